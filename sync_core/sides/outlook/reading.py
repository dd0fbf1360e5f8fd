"""Everything in the window: single events one by one, a series as one item."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from exchangelib import Q
from exchangelib.errors import ErrorItemNotFound
from exchangelib.ewsdatetime import UTC as EWS_UTC
from exchangelib.ewsdatetime import EWSDateTime
from exchangelib.properties import CalendarView
from exchangelib.restriction import Restriction

from sync_core.items import Item, SideName
from sync_core.sides import CancelCheck, Progress, ProgressSink, Reading, Unreadable, Window
from sync_core.sides.outlook.connection import Connection, ReadError
from sync_core.sides.outlook.getting import Answer, Getter
from sync_core.sides.outlook.problems import reason
from sync_core.sides.outlook.services import PAGE_SIZE, Entry, Page, Parsed, SafeFindItem, Unparsable, paths

# a calendar view of more than two years is refused (facts: exchange A.5)
LONGEST_VIEW: Final = timedelta(days=730)
SHORTEST_VIEW: Final = timedelta(minutes=30)
_LISTED: Final = ("type", "start", "end", "subject")
_MOST_PAGES: Final = 1000

ToItem = Callable[[Parsed], Item]


@dataclass(slots=True)
class _Listing:
    """What the cheap first step found."""

    singles: dict[str, None] = field(default_factory=dict)
    masters: dict[str, None] = field(default_factory=dict)
    # subjects of occurrences, and of those that were changed
    occurrences: set[str] = field(default_factory=set)
    exceptions: set[str] = field(default_factory=set)
    unreadable: dict[str, Unreadable] = field(default_factory=dict)
    complete: bool = True


class Reader:
    """One reading of one calendar: a listing of ids first, then whole items in chunks (facts: exchange 0.18, A.5)."""

    def __init__(
        self, connection: Connection, folder: Any, getter: Getter, progress: ProgressSink, cancelled: CancelCheck
    ) -> None:
        self._connection = connection
        self._folder = folder
        self._getter = getter
        self._progress = progress
        self._cancelled = cancelled
        self._found = _Listing()

    def read(self, window: Window, to_item: ToItem) -> Reading:
        """The events of `window`. Raises SideError, CancelledError."""
        self._tell(0, None, "looking for events")
        start = window.start
        while start < window.end:
            end = min(start + LONGEST_VIEW, window.end)
            self._view(start, end)
            start = end
        if self._found.occurrences or self._found.exceptions:
            self._find_masters(window)
        ids = [*self._found.singles, *(i for i in self._found.masters if i not in self._found.singles)]
        self._tell(0, len(ids), "reading events")
        answers = self._getter.get(ids, self._cancelled, lambda done: self._tell(done, len(ids), "reading events"))
        items = [
            item
            for item_id, answer in zip(ids, answers, strict=True)
            for item in self._items(item_id, answer, window, to_item)
        ]
        return Reading(tuple(items), tuple(self._found.unreadable.values()), self._found.complete)

    def _tell(self, done: int, total: int | None, what: str) -> None:
        self._progress(Progress(SideName.OUTLOOK, done, total, what))

    def _items(self, item_id: str, answer: Answer, window: Window, to_item: ToItem) -> list[Item]:
        if isinstance(answer, ErrorItemNotFound):
            # gone between the listing and now; nobody claims that it is there
            self._found.unreadable.pop(item_id, None)
            return []
        if isinstance(answer, Exception):
            self._found.unreadable[item_id] = Unreadable(item_id, "", reason(answer))
            return []
        if isinstance(answer, Unparsable):
            self._found.unreadable[item_id] = Unreadable(item_id, answer.title, answer.why)
            return []
        if answer.item.type == "RecurringMaster" and not _series_touches(answer.item, window):
            return []
        try:
            item = to_item(answer)
        except (ValueError, TypeError, AttributeError, KeyError) as problem:
            why = f"a value of this event cannot be understood ({type(problem).__name__})"
            self._found.unreadable[item_id] = Unreadable(item_id, str(answer.item.subject or ""), why)
            return []
        self._found.unreadable.pop(item_id, None)
        return [item]

    def _page(self, **options: Any) -> Page:
        account = self._connection.account

        def call() -> Page:
            return SafeFindItem(account=account).page([self._folder], paths(_LISTED, account.version), **options)

        return self._connection.read(call, self._cancelled)

    def _view(self, start: datetime, end: datetime) -> None:
        view = CalendarView(
            start=EWSDateTime.from_datetime(start).astimezone(EWS_UTC),
            end=EWSDateTime.from_datetime(end).astimezone(EWS_UTC),
            # without it a server that holds back entries would be asked for ever (facts: exchange 0.8)
            max_items=PAGE_SIZE,
        )
        page = self._page(view=view)
        if len(page.entries) >= PAGE_SIZE or not page.last:
            if end - start > SHORTEST_VIEW:
                middle = (start + (end - start) / 2).replace(microsecond=0)
                self._view(start, middle)
                self._view(middle, end)
                return
            self._found.complete = False
        for entry in page.entries:
            self._sort(entry, start, end)

    def _sort(self, entry: Entry, start: datetime, end: datetime) -> None:
        match entry.type:
            case _ if not entry.id:
                self._found.complete = False
            case "Occurrence":
                self._found.occurrences.add(entry.subject)
            case "Exception":
                self._found.exceptions.add(entry.subject)
            case "RecurringMaster":
                # some servers give the series instead of its occurrences (facts: exchange E)
                self._found.masters[entry.id] = None
                self._found.occurrences.add(entry.subject)
            case _ if _touches(entry.start, entry.end, start, end):
                self._found.singles[entry.id] = None

    def _find_masters(self, window: Window) -> None:
        """The items that stand for series: a view never shows them (facts: exchange A.10).

        They are asked for by a MAPI property first; a server that does not keep it is asked for everything that starts
        before the window's end.
        """
        masters: list[Entry] = []
        try:
            masters = self._list(Q(is_series=True))
        except ReadError as problem:
            if not problem.split:
                raise
        if not masters:
            until = EWSDateTime.from_datetime(window.end).astimezone(EWS_UTC)
            masters = self._list(Q(start__lt=until))
        # an occurrence that was given a subject of its own leads to no series by its subject
        doubtful = bool(self._found.exceptions - {master.subject for master in masters})
        wanted = self._found.occurrences | self._found.exceptions
        for master in masters:
            if doubtful or master.subject in wanted:
                self._found.masters[master.id] = None

    def _list(self, query: Q) -> list[Entry]:
        restriction = Restriction(query, folders=[self._folder], applies_to=Restriction.ITEMS)
        found: dict[str, Entry] = {}
        offset = 0
        for _ in range(_MOST_PAGES):
            page = self._page(restriction=restriction, offset=offset)
            found |= {entry.id: entry for entry in page.entries if entry.id and entry.type == "RecurringMaster"}
            offset += len(page.entries)
            if page.last or not page.entries:
                return list(found.values())
        self._found.complete = False
        return list(found.values())


def _touches(first: object, last: object, start: datetime, end: datetime) -> bool:
    """Whether an event has a moment in the range; what cannot be told counts as inside."""
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return True
    return first < end and (last > start or first >= start)


def _series_touches(master: Any, window: Window) -> bool:
    first = getattr(master.first_occurrence, "start", None) or master.start
    final = getattr(master.last_occurrence, "end", None)
    moved = [o for o in master.modified_occurrences or () if _touches(o.start, o.end, window.start, window.end)]
    if moved:
        return True
    if isinstance(first, datetime) and first >= window.end:
        return False
    return not isinstance(final, datetime) or final > window.start

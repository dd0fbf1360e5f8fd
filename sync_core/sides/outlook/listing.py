"""The cheap first step of a reading: which items there are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from exchangelib import Q
from exchangelib.ewsdatetime import UTC as EWS_UTC
from exchangelib.ewsdatetime import EWSDateTime
from exchangelib.properties import CalendarView
from exchangelib.restriction import Restriction

from sync_core.items import Kind
from sync_core.sides import CancelCheck, Window
from sync_core.sides.outlook.connection import Connection, ReadError
from sync_core.sides.outlook.events import touches
from sync_core.sides.outlook.mapping import ItemMapping
from sync_core.sides.outlook.services import PAGE_SIZE, Entry, Page, SafeFindItem, paths

# a calendar view of more than two years is refused (facts: exchange A.5)
LONGEST_VIEW: Final = timedelta(days=730)
SHORTEST_VIEW: Final = timedelta(minutes=30)
_MOST_PAGES: Final = 1000


class Lister:
    """Lists a folder page by page. `complete` says afterwards whether nothing can be missing."""

    def __init__(self, connection: Connection, folder: Any, mapping: ItemMapping, cancelled: CancelCheck) -> None:
        self._connection = connection
        self._folder = folder
        self._mapping = mapping
        self._cancelled = cancelled
        self.complete = True

    def ids(self, window: Window) -> list[str]:
        """The ids of what may belong to `window`, each once. Raises SideError, CancelledError."""
        found = [entry for entry in self._pages() if self._mapping.wanted(entry, window)]
        if not all(entry.id for entry in found):
            self.complete = False
        return list(dict.fromkeys(entry.id for entry in found if entry.id))

    def _pages(self, query: Q | None = None) -> list[Entry]:
        restriction = None
        if query is not None:
            restriction = Restriction(query, folders=[self._folder], applies_to=Restriction.ITEMS)
        found: list[Entry] = []
        for _ in range(_MOST_PAGES):
            page = self._page(restriction=restriction, offset=len(found))
            found += page.entries
            if page.last or not page.entries:
                return found
        self.complete = False
        return found

    def _page(self, **options: Any) -> Page:
        account = self._connection.account

        def call() -> Page:
            listed = paths(self._mapping.model, self._mapping.listed, account.version)
            return SafeFindItem(account=account).page([self._folder], listed, **options)

        return self._connection.read(call, self._cancelled)


class CalendarLister(Lister):
    """Lists a calendar by views, in which series have become occurrences, and then finds what stands for them."""

    def __init__(self, connection: Connection, folder: Any, mapping: ItemMapping, cancelled: CancelCheck) -> None:
        super().__init__(connection, folder, mapping, cancelled)
        self._singles: dict[str, None] = {}
        self._masters: dict[str, None] = {}
        # subjects of occurrences, and of those that were changed
        self._occurrences: set[str] = set()
        self._exceptions: set[str] = set()

    def ids(self, window: Window) -> list[str]:
        """The single events of `window`, and the series that have an occurrence there."""
        start = window.start
        while start < window.end:
            end = min(start + LONGEST_VIEW, window.end)
            self._view(start, end)
            start = end
        if self._occurrences or self._exceptions:
            self._find_masters(window)
        return list(dict.fromkeys([*self._singles, *self._masters]))

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
            self.complete = False
        for entry in page.entries:
            self._sort(entry, start, end)

    def _sort(self, entry: Entry, start: datetime, end: datetime) -> None:
        match entry.type:
            case _ if not entry.id:
                self.complete = False
            case "Occurrence":
                self._occurrences.add(entry.subject)
            case "Exception":
                self._exceptions.add(entry.subject)
            case "RecurringMaster":
                # some servers give the series instead of its occurrences (facts: exchange E)
                self._masters[entry.id] = None
                self._occurrences.add(entry.subject)
            case _ if touches(entry.start, entry.end, start, end):
                self._singles[entry.id] = None

    def _find_masters(self, window: Window) -> None:
        """The items that stand for series: a view never shows them (facts: exchange A.10).

        They are asked for by a MAPI property first; a server that does not keep it is asked for everything that starts
        before the window's end.
        """
        masters: list[Entry] = []
        try:
            masters = self._series(Q(is_series=True))
        except ReadError as problem:
            if not problem.split:
                raise
        if not masters:
            until = EWSDateTime.from_datetime(window.end).astimezone(EWS_UTC)
            masters = self._series(Q(start__lt=until))
        # an occurrence that was given a subject of its own leads to no series by its subject
        doubtful = bool(self._exceptions - {master.subject for master in masters})
        wanted = self._occurrences | self._exceptions
        for master in masters:
            if doubtful or master.subject in wanted:
                self._masters[master.id] = None

    def _series(self, query: Q) -> list[Entry]:
        return [entry for entry in self._pages(query) if entry.id and entry.type == "RecurringMaster"]


LISTERS: Final[Mapping[Kind, type[Lister]]] = MappingProxyType({Kind.CALENDAR: CalendarLister})

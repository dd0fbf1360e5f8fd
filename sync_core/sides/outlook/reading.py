"""Everything of a kind in the window: a listing of ids first, then whole items (facts: exchange 0.18, A.5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exchangelib.errors import ErrorItemNotFound

from sync_core.items import Item, SideName
from sync_core.sides import CancelCheck, Progress, ProgressSink, Reading, Unreadable, Window
from sync_core.sides.outlook.connection import Connection
from sync_core.sides.outlook.getting import Answer, Getter
from sync_core.sides.outlook.listing import LISTERS, Lister
from sync_core.sides.outlook.mapping import ItemMapping
from sync_core.sides.outlook.problems import reason
from sync_core.sides.outlook.services import Parsed, Unparsable

ToItem = Callable[[Parsed], Item]


class Reader:
    """One reading of one folder."""

    def __init__(
        self,
        connection: Connection,
        folder: Any,
        mapping: ItemMapping,
        progress: ProgressSink,
        cancelled: CancelCheck,
    ) -> None:
        self._mapping = mapping
        self._getter = Getter(connection, mapping)
        self._lister: Lister = LISTERS.get(mapping.kind, Lister)(connection, folder, mapping, cancelled)
        self._progress = progress
        self._cancelled = cancelled
        self._unreadable: list[Unreadable] = []

    def read(self, window: Window, to_item: ToItem) -> Reading:
        """The items of `window`. Raises SideError, CancelledError."""
        things = self._mapping.words.things
        self._tell(0, None, f"looking for {things}")
        ids = self._lister.ids(window)
        what = f"reading {things}"
        self._tell(0, len(ids), what)
        answers = self._getter.get(ids, self._cancelled, lambda done: self._tell(done, len(ids), what))
        items = [
            item
            for item_id, answer in zip(ids, answers, strict=True)
            for item in self._items(item_id, answer, window, to_item)
        ]
        return Reading(tuple(items), tuple(self._unreadable), self._lister.complete)

    def _tell(self, done: int, total: int | None, what: str) -> None:
        self._progress(Progress(SideName.OUTLOOK, done, total, what))

    def _items(self, item_id: str, answer: Answer, window: Window, to_item: ToItem) -> list[Item]:
        if isinstance(answer, ErrorItemNotFound):
            # gone between the listing and now; nobody claims that it is there
            return []
        if isinstance(answer, Exception):
            self._unreadable.append(Unreadable(item_id, "", reason(answer)))
            return []
        if isinstance(answer, Unparsable):
            self._unreadable.append(Unreadable(item_id, answer.title, answer.why))
            return []
        try:
            item = to_item(answer)
            return [item] if self._mapping.inside(answer, item, window) else []
        except (ValueError, TypeError, AttributeError, KeyError, OverflowError) as problem:
            why = f"a value of this {self._mapping.words.thing} cannot be understood ({type(problem).__name__})"
            self._unreadable.append(Unreadable(item_id, str(getattr(answer.item, "subject", "") or ""), why))
            return []

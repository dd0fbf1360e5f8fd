"""Which rows of a table are marked: one by one, all, or a range that grows from an anchor. No widget in here."""

from __future__ import annotations

from collections.abc import Iterable


class Marks:
    """The ids of marked rows, and the range that is being drawn up, if there is one."""

    def __init__(self) -> None:
        self.ids: frozenset[str] = frozenset()
        # whether moving the cursor marks rows
        self.ranging = False
        # the line a range grows from; what was marked before it began stays marked
        self._anchor: int | None = None
        self._before: frozenset[str] = frozenset()

    def begin(self, line: int) -> None:
        """A range grows from `line`, unless one does already."""
        if self._anchor is None:
            self._anchor, self._before = line, self.ids

    def end(self) -> None:
        """The range is over; its rows stay marked."""
        self.ranging, self._anchor = False, None

    def span(self, line: int) -> range:
        """The lines between the anchor and `line`, both inclusive; empty without a range."""
        if self._anchor is None:
            return range(0)
        first, last = sorted((self._anchor, line))
        return range(first, last + 1)

    def cover(self, ids: Iterable[str]) -> frozenset[str]:
        """The range covers just `ids` now; the ids whose mark changed."""
        return self.put(self._before.union(ids))

    def put(self, ids: Iterable[str]) -> frozenset[str]:
        """Marks just `ids`; the ids whose mark changed."""
        new = frozenset(ids)
        changed, self.ids = self.ids ^ new, new
        return changed

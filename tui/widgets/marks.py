"""Which rows of a table are marked: one by one, all, or a range that grows from an anchor. No widget in here.

What a step costs depends on how many rows it marks, never on how many there are or are marked already.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Set


class Marks:
    """The ids of marked rows, and the range that is being drawn up, if there is one."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        # whether moving the cursor marks rows
        self.ranging = False
        # the line a range grows from, the lines it covers now, and the ids that were not marked before it came
        self._anchor: int | None = None
        self._covered = range(0)
        self._own: set[str] = set()

    @property
    def ids(self) -> Set[str]:
        """The ids of the marked rows."""
        return self._ids

    def begin(self, line: int) -> None:
        """A range grows from `line`, unless one does already."""
        if self._anchor is None:
            self._anchor, self._covered, self._own = line, range(0), set()

    def end(self) -> None:
        """The range is over; its rows stay marked."""
        self.ranging, self._anchor = False, None

    def stretch(self, line: int, ids_at: Callable[[int], Iterable[str]]) -> list[str]:
        """The range reaches from its anchor to `line` now, both inclusive; the ids whose mark changed.

        `ids_at` gives the ids that a line stands for, none for a heading. Without a range nothing happens.
        """
        if self._anchor is None:
            return []
        before = self._covered
        now = self._covered = range(min(self._anchor, line), max(self._anchor, line) + 1)
        new = [row_id for at in _outside(now, before) for row_id in ids_at(at) if row_id not in self._ids]
        old = [row_id for at in _outside(before, now) for row_id in ids_at(at) if row_id in self._own]
        self._ids.update(new)
        self._own.update(new)
        self._ids.difference_update(old)
        self._own.difference_update(old)
        return new + old

    def toggle(self, ids: Collection[str]) -> Collection[str]:
        """Marks rows, or unmarks them if all of them are marked; the ids whose mark changed."""
        if self._ids.issuperset(ids):
            self._ids.difference_update(ids)
            return ids
        changed = [row_id for row_id in ids if row_id not in self._ids]
        self._ids.update(changed)
        return changed

    def put(self, ids: Iterable[str]) -> Set[str]:
        """Marks just `ids`; the ids whose mark changed."""
        new = set(ids)
        changed, self._ids = self._ids ^ new, new
        return changed


def _outside(lines: range, others: range) -> Iterable[int]:
    """What of `lines` is not in `others`; ranges of step 1."""
    if not others:
        return lines
    return [
        *range(lines.start, min(lines.stop, others.start)),
        *range(max(lines.start, others.stop), lines.stop),
    ]

"""The lines of a plan table: rows under the headings of their days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sync_core.plan import Row
from tui import format as fmt


@dataclass(frozen=True, slots=True)
class Heading:
    """The line above the rows of one day; None is "without a date"."""

    day: date | None


class PlanLines:
    """Rows in order, with a heading wherever the day changes, and where each row stands."""

    def __init__(self, rows: Iterable[Row] = (), zone: str = "UTC") -> None:
        self.lines: list[Row | Heading] = []
        # the day of each line
        self.days: list[date | None] = []
        self.where: dict[str, int] = {}
        last: object = self
        for row in rows:
            when = fmt.row_when(row)
            day = fmt.first_day(when, zone) if when is not None else None
            if day != last:
                self._add(Heading(day), day)
                last = day
            self.where[row.id] = len(self.lines)
            self._add(row, day)

    def _add(self, line: Row | Heading, day: date | None) -> None:
        self.lines.append(line)
        self.days.append(day)

    def __len__(self) -> int:
        return len(self.lines)

    def row(self, place: int) -> Row | None:
        """The row on line `place`; None for a heading, and outside."""
        line = self.lines[place] if 0 <= place < len(self.lines) else None
        return line if isinstance(line, Row) else None

    def key(self, place: int) -> str:
        """A name for line `place`: the id of its row, or one that no row has."""
        line = self.lines[place]
        return line.id if isinstance(line, Row) else f"day {place}"

    def replace(self, row: Row) -> int | None:
        """Puts `row` in the place of the one with its id; that place, None when nothing changed."""
        place = self.where.get(row.id)
        if place is None or self.lines[place] == row:
            return None
        self.lines[place] = row
        return place

    def nearest_row(self, place: int, step: int) -> int:
        """The first line from `place` on in the direction `step` that is a row; else the first the other way."""
        for way in (step, -step):
            at = place
            while 0 <= at < len(self.lines):
                if isinstance(self.lines[at], Row):
                    return at
                at += way
        return max(0, place)

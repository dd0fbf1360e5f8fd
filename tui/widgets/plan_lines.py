"""The lines of a plan table: rows under the headings of their days or first letters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sync_core.order import section
from sync_core.plan import Row


@dataclass(frozen=True, slots=True)
class Heading:
    """The line above the rows of one day, of one first letter, or of those without a date."""

    section: date | str


class PlanLines:
    """Rows in order, with a heading wherever the day or the letter changes, and where each row stands."""

    def __init__(self, rows: Iterable[Row] = (), zone: str = "UTC") -> None:
        self.lines: list[Row | Heading] = []
        # the day, the letter or the words that each line stands under
        self.sections: list[date | str] = []
        self.where: dict[str, int] = {}
        last: object = self
        for row in rows:
            found = section(row, zone)
            if found != last:
                self._add(Heading(found), found)
                last = found
            self.where[row.id] = len(self.lines)
            self._add(row, found)

    def _add(self, line: Row | Heading, found: date | str) -> None:
        self.lines.append(line)
        self.sections.append(found)

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

"""The lines of a plan table: rows under headings, which can be folded. No widget in here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sync_core.order import Order, heading
from sync_core.plan import Row, State

Section = date | str


@dataclass(frozen=True, slots=True)
class Heading:
    """The line above the rows of a day, of a first letter, of an action. Folded, it stands for its rows."""

    section: Section
    ids: tuple[str, ...]
    folded: bool = False


class PlanLines:
    """Rows in order, with a heading wherever the day (or what else they are grouped by) changes, and where each stands.

    The rows of `folded` sections have no lines of their own. `sections` says what each row stands under where that is
    known already, by row id.
    """

    def __init__(
        self,
        rows: Iterable[Row] = (),
        zone: str = "UTC",
        order: Order = Order.TIME,
        folded: frozenset[Section] = frozenset(),
        sections: Mapping[str, Section] | None = None,
    ) -> None:
        self.zone, self.order, self.folded = zone, order, folded
        self.rows = {row.id: row for row in rows}
        groups: dict[Section, list[Row]] = {}
        for row in self.rows.values():
            section = heading(row, order, zone) if sections is None else sections[row.id]
            groups.setdefault(section, []).append(row)
        self._groups = groups
        self.lines: list[Row | Heading] = []
        # the section that each line belongs to
        self.sections: list[Section] = []
        self.where: dict[str, int] = {}
        self._lay_out()

    def _lay_out(self) -> None:
        lines, where, sections = self.lines, self.where, self.sections
        for section, rows in self._groups.items():
            shut = section in self.folded
            lines.append(Heading(section, tuple(row.id for row in rows), shut))
            shown = [] if shut else rows
            where.update({row.id: place for place, row in enumerate(shown, len(lines))})
            lines += shown
            sections += [section] * (1 + len(shown))

    def __len__(self) -> int:
        return len(self.lines)

    def refolded(self, folded: frozenset[Section]) -> PlanLines:
        """The same rows under the same headings, with other sections folded."""
        new = PlanLines((), self.zone, self.order, folded & self._groups.keys())
        new.rows = self.rows
        new._groups = {section: [self.rows[row.id] for row in rows] for section, rows in self._groups.items()}
        new._lay_out()
        return new

    @cached_property
    def rank(self) -> dict[str, int]:
        """By id how many rows come before a row, those of folded headings included."""
        return {row_id: number for number, row_id in enumerate(self.rows)}

    @property
    def all_sections(self) -> frozenset[Section]:
        """Everything that rows stand under."""
        return frozenset(self._groups)

    def row(self, place: int) -> Row | None:
        """The row on line `place`; None for a heading, and outside."""
        line = self.lines[place] if 0 <= place < len(self.lines) else None
        return line if isinstance(line, Row) else None

    def heading(self, place: int) -> Heading | None:
        """The heading on line `place`; None for a row, and outside."""
        line = self.lines[place] if 0 <= place < len(self.lines) else None
        return line if isinstance(line, Heading) else None

    def ids(self, place: int) -> tuple[str, ...]:
        """The rows that line `place` stands for: itself, or those of a folded heading."""
        line = self.lines[place] if 0 <= place < len(self.lines) else None
        if isinstance(line, Row):
            return (line.id,)
        return line.ids if line is not None and line.folded else ()

    def day(self, place: int) -> date | None:
        """The day that the heading of line `place` says already, so that the line need not."""
        section = self.sections[place]
        return section if self.order is Order.TIME and isinstance(section, date) else None

    def section_of(self, row_id: str) -> Section | None:
        """What a row stands under, in view or folded."""
        place = self.where.get(row_id)
        if place is not None:
            return self.sections[place]
        return next((line.section for line in self.lines if isinstance(line, Heading) and row_id in line.ids), None)

    def place_of(self, section: Section) -> int:
        """The line of a heading; 0 when there is none."""
        return next(
            (n for n, line in enumerate(self.lines) if isinstance(line, Heading) and line.section == section), 0
        )

    def undecided(self, found: Heading) -> int:
        """How many of the rows under a heading wait for a person."""
        return sum(self.rows[row_id].state is State.UNDECIDED for row_id in found.ids)

    def key(self, place: int) -> str:
        """A name for line `place`: the id of its row, or one that no row has."""
        line = self.lines[place]
        return line.id if isinstance(line, Row) else f"day {place}"

    def replace(self, row: Row) -> int | None:
        """Puts `row` in the place of the one with its id; the line that looks different now, None when none does."""
        if row.id not in self.rows:
            return None
        same = self.rows[row.id] == row
        self.rows[row.id] = row
        place = self.where.get(row.id)
        if place is not None:
            self.lines[place] = row
        elif (section := self.section_of(row.id)) is not None:
            place = self.place_of(section)
        return None if same else place

    def nearest_stop(self, place: int, step: int) -> int:
        """The first line from `place` on in the direction `step` that the cursor may be on, else the first the other
        way: a row, or a folded heading."""
        for way in (step, -step):
            at = place
            while 0 <= at < len(self.lines):
                line = self.lines[at]
                if isinstance(line, Row) or line.folded:
                    return at
                at += way
        return max(0, place)

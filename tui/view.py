"""Which rows of a review are shown, and in which order. Values in, values out: no widget in here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from sync_core.finding import Finder, Wanted
from sync_core.groups import Group, group
from sync_core.order import Order, arranged, heading
from sync_core.plan import Row


class View:
    """A group, words and an order, and what is worked out once for each row: filtering is done with every key.

    `zone` is the user's, `today` the day there.
    """

    def __init__(self, zone: str, today: date) -> None:
        self.zone, self.today = zone, today
        self.group = Group.ALL
        self.words = ""
        self.order = Order.TIME
        # what each row stands under
        self.sections: dict[str, date | str] = {}
        self._finder = Finder(zone, today)
        self._grouped: dict[str, tuple[Row, Group, bool]] = {}

    @property
    def filtered(self) -> bool:
        """Whether some rows may be left out."""
        return bool(self.words) or self.group is not Group.ALL

    def clear(self) -> None:
        """Leaves nothing out."""
        self.words, self.group = "", Group.ALL

    def arrange(self, rows: Iterable[Row]) -> dict[str, Row]:
        """All rows in the order of the view, by id."""
        found = arranged(rows, self.order, self.zone)
        self.sections = {row.id: heading(row, self.order, self.zone) for row in found}
        return {row.id: row for row in found}

    def shown(self, rows: Mapping[str, Row]) -> list[Row]:
        """Those of `rows` that the view shows, in their order."""
        wanted = Wanted.of(self.words, self.today)
        if self.group is Group.ALL:
            found = [row for row in rows.values() if not self._of(row)[2]]
        else:
            found = [row for row in rows.values() if self._of(row)[1] is self.group]
        return self._finder.find(found, wanted)

    def learn(self, rows: Iterable[Row]) -> None:
        """Looks at rows before words are looked for in them."""
        self._finder.learn(rows)

    def _of(self, row: Row) -> tuple[Row, Group, bool]:
        known = self._grouped.get(row.id)
        if known is not None and known[0] is row:
            return known
        found = group(row)
        # as `Row.quiet` has it, which would work it all out once more
        quiet = found is Group.NOTHING and not row.touched and row.undo is None
        known = self._grouped[row.id] = (row, found, quiet)
        return known

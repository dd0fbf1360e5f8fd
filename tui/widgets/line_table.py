"""A table that is drawn line by line, with the manners of a DataTable.

To the rest of the program it is a DataTable: it posts DataTable's messages, has its cursor (`cursor_coordinate`,
`cursor_row`, `move_cursor`), its row keys, its actions and component classes. It is a ScrollView and no subclass,
because a DataTable wants every row added, measured and kept (14 s for 100,000 of them; facts: terminal 2), and all ways
round that lead through its private parts: what it knows of rows, heights and caches is asked for everywhere inside it.

A line is made in `render_line`, so neither filling the table nor changing a row copies, measures or caches text, and a
changed row repaints one line.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar, Final, cast

from textual.coordinate import Coordinate
from textual.reactive import reactive
from textual.widgets import DataTable
from textual.widgets.data_table import CellDoesNotExist, ColumnKey, RowDoesNotExist, RowKey

from tui.widgets.cursor_lines import CursorLines
from tui.widgets.plan_lines import PlanLines

# the lines of the table that do not scroll: the names of the columns
HEAD: Final = 1


class LineTable(CursorLines, inherit_bindings=False):
    """Lines with a cursor. Who inherits fills `_lines` and draws them."""

    HEAD: ClassVar[int] = HEAD
    RowHighlighted = DataTable.RowHighlighted
    RowSelected = DataTable.RowSelected
    cursor_type = "row"
    show_cursor = True
    cursor_coordinate: reactive[Coordinate] = reactive(Coordinate(0, 0), repaint=False, init=False)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines = PlanLines()

    @property
    def row_count(self) -> int:
        """How many lines there are, headings counted as rows without an item."""
        return len(self._lines)

    @property
    def line_count(self) -> int:
        """As `row_count`."""
        return len(self._lines)

    def ids_at(self, place: int) -> Collection[str]:
        """The row on a line, or all rows of a folded heading."""
        return self._lines.ids(place)

    @property
    def all_ids(self) -> Collection[str]:
        """The ids of all rows, folded ones among them."""
        return self._lines.rows.keys()

    def place_of(self, name: str) -> int | None:
        """The line of a row; None where it is folded away."""
        return self._lines.where.get(name)

    def first_with(self, place: int) -> int:
        """The heading of the first row in view belongs to it."""
        return place - 1 if place > 0 and self._lines.row(place - 1) is None else place

    def is_valid_row_index(self, row_index: int) -> bool:
        """Whether there is a line with this number, counted from 0."""
        return 0 <= row_index < len(self._lines)

    def get_row_index(self, row_key: RowKey | str) -> int:
        """The number of the line of a row; raises RowDoesNotExist."""
        found = self._lines.where.get((row_key.value if isinstance(row_key, RowKey) else row_key) or "")
        if found is None:
            raise RowDoesNotExist(f"No row exists for row_key={row_key!r}")
        return found

    def coordinate_to_cell_key(self, coordinate: Coordinate) -> tuple[RowKey, ColumnKey]:
        """The keys of a place in the table; raises CellDoesNotExist."""
        if not self.is_valid_row_index(coordinate.row):
            raise CellDoesNotExist(f"No cell exists at {coordinate!r}")
        return RowKey(self._lines.key(coordinate.row)), ColumnKey("row")

    @property
    def cursor_row(self) -> int:
        """The number of the line under the cursor."""
        return self.cursor_coordinate.row

    @property
    def cursor_column(self) -> int:
        """Always 0: the cursor is a whole line."""
        return 0

    @property
    def cursor_row_id(self) -> str | None:
        """The id of the row under the cursor; None when there are no rows."""
        row = self._lines.row(self.cursor_row)
        return row.id if row is not None else None

    # the cursor

    def validate_cursor_coordinate(self, value: Coordinate) -> Coordinate:
        """Keeps the cursor inside and off headings: it goes on in the direction it came from."""
        place = max(0, min(value.row, len(self._lines) - 1))
        return Coordinate(self._lines.nearest_stop(place, 1 if value.row >= self.cursor_row else -1), 0)

    def watch_cursor_coordinate(self, old_coordinate: Coordinate, new_coordinate: Coordinate) -> None:
        """Draws both lines, and tells."""
        self.refresh_row(old_coordinate.row)
        self.refresh_row(new_coordinate.row)
        self._scroll_to_cursor()
        self.cursor_moved()
        self.say_highlighted()

    def say_highlighted(self) -> None:
        """Says, as a DataTable does, which row the cursor is on."""
        if self.is_valid_row_index(self.cursor_row):
            key, _ = self.coordinate_to_cell_key(self.cursor_coordinate)
            self.post_message(self.RowHighlighted(cast("Any", self), self.cursor_row, key))

    def move_cursor(
        self, *, row: int | None = None, column: int | None = None, animate: bool = False, scroll: bool = True
    ) -> None:
        """Moves the cursor to a line and, if it shall `scroll`, into view. Nothing is animated, and columns are one."""
        if row is not None:
            self.cursor_coordinate = Coordinate(row, 0)
        if scroll:
            self._scroll_to_cursor()

    def go(self, row: int) -> None:
        """Moves the cursor to a line; a heading is passed over."""
        self.cursor_coordinate = Coordinate(row, 0)

    def action_select_cursor(self) -> None:
        """Enter: the DataTable's own message says so."""
        if self.is_valid_row_index(self.cursor_row):
            key, _ = self.coordinate_to_cell_key(self.cursor_coordinate)
            self.post_message(self.RowSelected(cast("Any", self), self.cursor_row, key))

"""A table that is drawn line by line, with the manners of a DataTable.

To the rest of the program it is a DataTable: it posts DataTable's messages, has its cursor (`cursor_coordinate`,
`cursor_row`, `move_cursor`), its row keys, its actions and component classes. It is a ScrollView and no subclass,
because a DataTable wants every row added, measured and kept (14 s for 100,000 of them; facts: terminal 2), and all ways
round that lead through its private parts: what it knows of rows, heights and caches is asked for everywhere inside it.

A line is made in `render_line`, so neither filling the table nor changing a row copies, measures or caches text, and a
changed row repaints one line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast

from textual.coordinate import Coordinate
from textual.geometry import Region
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.widgets import DataTable
from textual.widgets.data_table import CellDoesNotExist, ColumnKey, RowDoesNotExist, RowKey

from tui.widgets.plan_lines import PlanLines

# the lines of the table that do not scroll: the names of the columns
HEAD: Final = 1
# changes to more rows than this repaint the table as one
_FEW: Final = 20


class LineTable(ScrollView, can_focus=True, inherit_bindings=False):
    """Lines with a cursor. Who inherits fills `_lines` and draws them."""

    ALLOW_SELECT = False
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

    def refresh_row(self, row_index: int) -> None:
        """Draws a line again, if it is in view."""
        y = row_index + HEAD - self.scroll_offset.y
        if HEAD <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def refresh_rows(self, places: Sequence[int]) -> None:
        """Draws some lines again, or the whole table where they are many."""
        if len(places) > _FEW:
            self.refresh()
        else:
            for place in places:
                self.refresh_row(place)

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

    def cursor_moved(self) -> None:
        """The cursor is on another line now; for who inherits."""

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

    def _scroll_to_cursor(self) -> None:
        """Scrolls half a page at once when the cursor leaves the view: a line at a time repaints as much each time."""
        height = self.scrollable_content_region.height - HEAD
        if height < 1:
            return
        top, place = self.scroll_offset.y, self.cursor_row
        # the heading of the first row in view belongs to it
        first = place - 1 if place > 0 and self._lines.row(place - 1) is None else place
        if not (top <= first and place < top + height):
            self.scroll_to(y=max(0, place - height // 2), animate=False, force=True)

    def go(self, row: int) -> None:
        """Moves the cursor to a line; a heading is passed over."""
        self.cursor_coordinate = Coordinate(row, 0)

    def action_cursor_down(self) -> None:
        """Next row."""
        self.go(self.cursor_row + 1)

    def action_cursor_up(self) -> None:
        """Row before."""
        self.go(self.cursor_row - 1)

    def action_page_down(self) -> None:
        """A page down."""
        self.go(self.cursor_row + max(1, self.scrollable_content_region.height - 2))

    def action_page_up(self) -> None:
        """A page up."""
        self.go(self.cursor_row - max(1, self.scrollable_content_region.height - 2))

    def action_first(self) -> None:
        """First row."""
        self.go(0)

    def action_last(self) -> None:
        """Last row."""
        self.go(len(self._lines) - 1)

    def on_resize(self) -> None:
        """Keeps the cursor in view."""
        self.call_after_refresh(self._scroll_to_cursor)

    def action_select_cursor(self) -> None:
        """Enter: the DataTable's own message says so."""
        if self.is_valid_row_index(self.cursor_row):
            key, _ = self.coordinate_to_cell_key(self.cursor_coordinate)
            self.post_message(self.RowSelected(cast("Any", self), self.cursor_row, key))

    def on_focus(self) -> None:
        """Shows where the cursor is."""
        self.refresh_row(self.cursor_row)

    def on_blur(self) -> None:
        """The cursor is a mark only, while the keys go elsewhere."""
        self.refresh_row(self.cursor_row)

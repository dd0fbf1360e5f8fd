"""The rows of a plan as a table: drawn from the rows themselves when they come into view, marked, and folded."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.strip import Strip

from sync_core.items import Kind
from sync_core.order import Order
from sync_core.plan import Row
from tui.glyphs import UNICODE, GlyphSet
from tui.widgets.cursor_lines import cursor_keys, mark_keys
from tui.widgets.line_table import HEAD, LineTable
from tui.widgets.lines import LOOK_CLASSES, Looks, look_css, strip
from tui.widgets.plan_lines import Heading, PlanLines, Section
from tui.widgets.row_text import Columns, RowText

# the looks that are a DataTable's own
_OWN_LOOKS: Final = {"cursor": "datatable--cursor", "bar": "datatable--header"}


class RowTable(LineTable, inherit_bindings=False):
    """Rows of a plan to look at and to mark."""

    COMPONENT_CLASSES: ClassVar[set[str]] = LOOK_CLASSES | {*_OWN_LOOKS.values()}
    DEFAULT_CSS = (
        "RowTable { background: $surface; color: $foreground; height: 1fr; max-height: 100%; overflow-x: hidden; }"
        "RowTable { scrollbar-size-vertical: 1; }"
        "RowTable:focus { background-tint: $foreground 0%; }" + look_css("RowTable", **_OWN_LOOKS)
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        *cursor_keys("row"),
        *mark_keys("row"),
        Binding("z", "fold", "Fold", show=False, tooltip="Fold the rows under this heading, or open them again."),
        Binding("Z", "fold_all", "Fold all", show=False, tooltip="Fold the rows under every heading, or open all."),
        Binding("enter", "select_cursor", "Details", show=False, tooltip="To the details of the row, and back."),
    ]

    def __init__(self, zone: str, today: date, glyphs: GlyphSet = UNICODE, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.zone = zone
        self.today = today
        self.glyphs = glyphs
        self._text: RowText | None = None
        self._differences = False

    # rows

    def show(
        self, rows: Sequence[Row], order: Order = Order.TIME, sections: Mapping[str, Section] | None = None
    ) -> None:
        """Shows `rows`, which are in `order`, under headings. Cursor and marks stay on rows that are still there.

        `sections` says by row id what a row stands under, where that is known already.
        """
        at, before = self.cursor_row_id, self.cursor_row
        folded = self._lines.folded if order is self._lines.order else frozenset()
        self._show(PlanLines(rows, self.zone, order, folded, sections), at, before)

    def _show(self, lines: PlanLines, at: str | None, before: int) -> None:
        """Shows other lines; the cursor goes to the row `at`, else to the line `before`."""
        self._lines = lines
        self._marks.end()
        if self._marks.put(self._marks.ids & lines.rows.keys()):
            self.post_message(self.MarksChanged())
        self.virtual_size = Size(0, len(lines) + HEAD)
        self.move_cursor(row=max(0, lines.where.get(at or "", min(before, len(lines) - 1))))
        self.refresh()
        # on the same line there may be another row now
        if self.cursor_row == before and self.cursor_row_id != at:
            self.say_highlighted()

    def update(self, rows: Iterable[Row]) -> None:
        """Draws rows again that are shown and have changed."""
        places = [self._lines.replace(row) for row in rows]
        self.refresh_rows([place for place in places if place is not None])

    @property
    def selected_ids(self) -> list[str]:
        """The ids of the marked rows, from top to bottom."""
        return sorted(self._marks.ids, key=self._lines.rank.__getitem__)

    @property
    def marked(self) -> int:
        """How many rows are marked."""
        return len(self._marks.ids)

    def is_marked(self, row_id: str) -> bool:
        """Whether a row is marked."""
        return row_id in self._marks.ids

    @property
    def target_ids(self) -> list[str]:
        """What a command is for: the marked rows, else the row under the cursor, or all rows of a folded heading."""
        return self.selected_ids or list(self._lines.ids(self.cursor_row))

    @property
    def shown(self) -> int:
        """How many rows are shown, headings not counted; folded ones are."""
        return len(self._lines.rows)

    @property
    def rows_shown(self) -> Collection[Row]:
        """The rows that are shown, from top to bottom, folded ones among them."""
        return self._lines.rows.values()

    def row(self, row_id: str) -> Row:
        """A row that is shown."""
        return self._lines.rows[row_id]

    def row_at(self, place: int) -> Row | None:
        """The row on a line of the table, counted from the first one; None for a heading, and outside."""
        return self._lines.row(place)

    def go_to(self, row_id: str) -> None:
        """Moves the cursor to a row that is shown."""
        if row_id in self._lines.rows and row_id not in self._lines.where:
            section = self._lines.section_of(row_id)
            self._refold(self._lines.folded - {section})
        place = self._lines.where.get(row_id)
        if place is not None:
            self.move_cursor(row=place)

    def next_row(self, step: int, wanted: Callable[[Row], bool]) -> bool:
        """Moves to the next (`step` 1) or previous (-1) `wanted` row, round the ends; False when there is none.

        A folded heading opens for it.
        """
        ids = list(self._lines.rows)
        here = self._lines.ids(self.cursor_row)
        # from a folded heading on, its own rows come first
        at = ids.index(here[0]) if here else 0
        if here and self.cursor_row_id is None:
            at -= step
        for distance in range(1, len(ids) + 1):
            row_id = ids[(at + step * distance) % len(ids)]
            if wanted(self._lines.rows[row_id]):
                self.go_to(row_id)
                return True
        return False

    # folding

    def action_fold(self) -> None:
        """Folds what the cursor is in, or opens it again."""
        if len(self._lines):
            self.fold(self.cursor_row)

    def fold(self, place: int) -> None:
        """Folds the section that a line belongs to, or opens it again; the cursor goes to its heading or first row."""
        section = self._lines.sections[place]
        opens = section in self._lines.folded
        self._refold(self._lines.folded ^ {section})
        self.go(self._lines.place_of(section) + (1 if opens else 0))

    def action_fold_all(self) -> None:
        """Folds everything, or opens everything when something is folded."""
        if not len(self._lines):
            return
        section = self._lines.sections[self.cursor_row]
        at = self.cursor_row_id
        opens = bool(self._lines.folded)
        self._refold(frozenset() if opens else self._lines.all_sections)
        if opens and at is not None:
            self.go_to(at)
        else:
            self.go(self._lines.place_of(section) + (1 if opens else 0))

    def _refold(self, folded: frozenset[Section | None]) -> None:
        known = frozenset(section for section in folded if section is not None)
        self._show(self._lines.refolded(known), self.cursor_row_id, self.cursor_row)

    # drawing

    def notify_style_update(self) -> None:
        """Takes the styles anew: another theme, or another state."""
        super().notify_style_update()
        self._text = None

    def render_line(self, y: int) -> Strip:
        """One line of the table as it is in view: the header, a heading, or a row."""
        width = self.inner_width
        base = self.rich_style
        draw = self.drawing
        columns = Columns.of(width)
        if y < HEAD:
            words = self._lines.order.label(self._kind) if self._kind is not None else ""
            return strip(draw.header(columns, words), width, base + draw.looks.bar, self.app.console)
        place = y - HEAD + self.scroll_offset.y
        if place >= len(self._lines):
            return Strip.blank(width, base)
        line = self._lines.lines[place]
        cursor = place == self.cursor_row
        if isinstance(line, Heading) and not line.folded:
            return strip(draw.heading(line.section, columns), width, base, self.app.console)
        marked = all(row_id in self._marks.ids for row_id in self._lines.ids(place))
        if isinstance(line, Heading):
            undecided = self._lines.undecided(line)
            text = draw.folded(line.section, len(line.ids), undecided, columns, cursor=cursor, marked=marked)
        else:
            text = draw.line(line, self._lines.day(place), columns, cursor=cursor, marked=marked)
        if marked:
            base += draw.looks.marked
        return strip(text, width, base, self.app.console, draw.looks.cursor if cursor and self.has_focus else None)

    @property
    def inner_width(self) -> int:
        """The cells of a line, the scrollbar not counted."""
        return self.scrollable_content_region.width

    @property
    def _kind(self) -> Kind | None:
        return next((row.kind for row in self._lines.rows.values()), None)

    @property
    def drawing(self) -> RowText:
        """What draws the rows, with the styles of the moment."""
        if self._text is None:
            looks = Looks.of(self, **_OWN_LOOKS)
            self._text = RowText(self.zone, self.today, self.glyphs, looks, self._differences)
        return self._text

    def show_differences(self, only: bool) -> None:
        """Says between the sides what differs, or again what will be done."""
        self._differences, self._text = only, None
        self.refresh()

    def action_select_cursor(self) -> None:
        """Enter: on a row as in a DataTable; a folded heading opens."""
        if self.cursor_row_id is not None:
            super().action_select_cursor()
        elif self._lines.ids(self.cursor_row):
            self.action_fold()

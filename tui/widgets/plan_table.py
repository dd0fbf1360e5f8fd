"""The table of a review: a DataTable whose lines are drawn from the plan's rows when they come into view.

To the rest of the program it is a DataTable with one row per line (headings of days included), its cursor and its
messages. The cells stay empty: a line is made from its `Row` on `render_line`, so that neither filling the table nor
changing a row copies, measures or caches text, and a changed row repaints one line (facts: terminal 2).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.coordinate import Coordinate
from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip
from textual.widgets import DataTable

from sync_core.plan import Row, State
from tui import format as fmt
from tui.glyphs import UNICODE, GlyphSet
from tui.widgets.action_menu import Command, Entry, Menu
from tui.widgets.lines import LOOK_CLASSES, Looks, look_css, strip
from tui.widgets.row_text import MARKER, Columns, RowText

# rows added to the DataTable at once; more would block the screen for longer than a key press may take
SLICE: Final = 1000
# changes to more rows than this repaint the table as one
_FEW: Final = 20


@dataclass(frozen=True, slots=True)
class _Heading:
    """The line above the rows of one day."""

    day: date | None


class PlanTable(DataTable[Any], inherit_bindings=False):
    """Rows of a plan to look at, mark and act on."""

    COMPONENT_CLASSES: ClassVar[set[str]] = LOOK_CLASSES
    DEFAULT_CSS = (
        "PlanTable { height: 1fr; max-height: 100%; overflow-x: hidden; scrollbar-size-vertical: 1; }"
        "PlanTable:focus { background-tint: $foreground 0%; }" + look_css("PlanTable")
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "cursor_down", "Down", show=False, tooltip="Next row."),
        Binding("up,k", "cursor_up", "Up", show=False, tooltip="Row before."),
        Binding("pagedown,ctrl+f", "page_down", "Page down", show=False, tooltip="A page down."),
        Binding("pageup,ctrl+b", "page_up", "Page up", show=False, tooltip="A page up."),
        Binding("home,g", "first", "First", show=False, tooltip="First row."),
        Binding("end,G", "last", "Last", show=False, tooltip="Last row."),
        Binding("J,shift+down", "extend(1)", "Mark down", show=False, tooltip="Mark rows downwards."),
        Binding("K,shift+up", "extend(-1)", "Mark up", show=False, tooltip="Mark rows upwards."),
        Binding("v", "range", "Range", show=False, tooltip="Begin or end a range: moving marks the rows between."),
        Binding("space", "mark", "Mark", tooltip="Mark or unmark the row."),
        Binding("asterisk,ctrl+a", "mark_all", "Mark all", show=False, tooltip="Mark all rows shown, or none."),
        Binding("m,menu,shift+f10", "menu", "Menu", tooltip="What can be done with the row, or the marked rows."),
        Binding("enter", "select_cursor", "Details", show=False, tooltip="To the details of the row, and back."),
    ]

    class MarksChanged(Message):
        """Other rows are marked now, or a range began or ended."""

    class MenuAsked(Message):
        """The action menu is wanted for the marked rows or the cursor row; answer with `open_menu`."""

    class MenuChosen(Message):
        """An entry of the menu was chosen."""

        def __init__(self, command: Command) -> None:
            super().__init__()
            self.command = command

    class MenuRefused(Message):
        """An entry was chosen that is not possible, with the reason."""

        def __init__(self, entry: Entry) -> None:
            super().__init__()
            self.entry = entry

    def __init__(self, zone: str, today: date, glyphs: GlyphSet = UNICODE, *, id: str | None = None) -> None:
        super().__init__(cursor_type="row", zebra_stripes=False, id=id)
        for key in ("salesforce", "action", "outlook"):
            self.add_column("", width=1, key=key)
        self.zone = zone
        self.today = today
        self.glyphs = glyphs
        self._lines: list[Row | _Heading] = []
        self._days: list[date | None] = []
        self._where: dict[str, int] = {}
        self._filled = 0
        self._marked: set[str] = set()
        # a range grows from its anchor; what was marked before it began stays
        self._anchor: int | None = None
        self._before: frozenset[str] = frozenset()
        self._ranging = False
        self._extending = False
        self._menu: Menu | None = None
        self._text: RowText | None = None

    # rows

    def show(self, rows: Sequence[Row], *, headings: bool = True) -> None:
        """Shows `rows` in this order, under a heading per day. Cursor and marks stay on rows that are still there."""
        at = self.cursor_row_id
        before = self.cursor_row
        self.close_menu()
        self._lines, self._days, self._where = [], [], {}
        last: object = self
        for row in rows:
            when = fmt.row_when(row)
            day = fmt.first_day(when, self.zone) if when is not None else None
            if headings and day != last:
                self._lines.append(_Heading(day))
                self._days.append(day)
                last = day
            self._where[row.id] = len(self._lines)
            self._lines.append(row)
            self._days.append(day)
        self._anchor, self._ranging = None, False
        if not self._marked <= self._where.keys():
            self._marked &= self._where.keys()
            self.post_message(self.MarksChanged())
        self.clear()
        self._filled = 0
        target = self._where.get(at or "", min(before, len(self._lines) - 1))
        self._fill(max(SLICE, target + 1))
        if self._lines:
            self.move_cursor(row=target)
        self.refresh()

    def update(self, rows: Iterable[Row]) -> None:
        """Draws rows again that are shown and have changed."""
        places = []
        for row in rows:
            place = self._where.get(row.id)
            if place is not None and self._lines[place] != row:
                self._lines[place] = row
                places.append(place)
        self._repaint(places)

    def _fill(self, until: int) -> None:
        """Adds lines to the DataTable up to `until`, and the rest in slices while nothing else is to be done."""
        end = min(until, len(self._lines))
        for place in range(self._filled, end):
            line = self._lines[place]
            self.add_row(key=line.id if isinstance(line, Row) else f"day {place}", height=1)
        self._filled = max(self._filled, end)
        if self._filled < len(self._lines):
            self.call_later(self._fill_on, self._lines)

    def _fill_on(self, lines: list[Row | _Heading]) -> None:
        if lines is self._lines:
            self._fill(self._filled + SLICE)

    @property
    def cursor_row_id(self) -> str | None:
        """The id of the row under the cursor; None when there are no rows."""
        line = self._lines[self.cursor_row] if 0 <= self.cursor_row < len(self._lines) else None
        return line.id if isinstance(line, Row) else None

    @property
    def selected_ids(self) -> list[str]:
        """The ids of the marked rows, from top to bottom."""
        return sorted(self._marked, key=self._where.__getitem__)

    @property
    def target_ids(self) -> list[str]:
        """What a command is for: the marked rows, else the row under the cursor."""
        at = self.cursor_row_id
        return self.selected_ids or ([at] if at is not None else [])

    @property
    def shown(self) -> int:
        """How many rows are shown, headings not counted."""
        return len(self._where)

    @property
    def ranging(self) -> bool:
        """Whether moving the cursor marks rows."""
        return self._ranging

    def go_to(self, row_id: str) -> None:
        """Moves the cursor to a row that is shown."""
        place = self._where.get(row_id)
        if place is not None:
            self._fill(place + 1)
            self.move_cursor(row=place)

    def next_undecided(self, step: int) -> bool:
        """Moves to the next (`step` 1) or previous (-1) row that needs a decision, round the ends; False for none."""
        size = len(self._lines)
        for distance in range(1, size + 1):
            line = self._lines[(self.cursor_row + step * distance) % size]
            if isinstance(line, Row) and line.state is State.UNDECIDED:
                self.go_to(line.id)
                return True
        return False

    # drawing

    def notify_style_update(self) -> None:
        """Takes the styles anew: another theme, or another state."""
        super().notify_style_update()
        self._text = None

    def render_line(self, y: int) -> Strip:
        """One line of the table as it is in view: the header, a heading, a row, and the menu above them."""
        width = self.size.width
        line = self._render_own(y, width)
        menu = self._menu
        if menu is None or not menu.y <= y < menu.y + menu.height:
            return line
        own = strip(menu.line(y - menu.y, self._drawing.looks, self.glyphs), menu.width, self.rich_style, self._console)
        return Strip.join([line.crop(0, menu.x), own, line.crop(menu.x + menu.width)])

    @property
    def _drawing(self) -> RowText:
        if self._text is None:
            self._text = RowText(self.zone, self.today, self.glyphs, Looks.of(self))
        return self._text

    @property
    def _console(self) -> Any:
        return self.app.console

    def _render_own(self, y: int, width: int) -> Strip:
        base = self.rich_style
        draw = self._drawing
        columns = Columns.of(width)
        if y == 0:
            return strip(draw.header(columns), width, base + draw.looks.bar, self._console)
        place = y - 1 + self.scroll_offset.y
        if place >= len(self._lines):
            return Strip.blank(width, base)
        line = self._lines[place]
        if isinstance(line, _Heading):
            return strip(draw.heading(line.day, width), width, base, self._console)
        cursor = place == self.cursor_row
        marked = line.id in self._marked
        text = draw.line(line, self._days[place], columns, cursor=cursor, marked=marked)
        if marked:
            base += draw.looks.marked
        return strip(text, width, base, self._console, draw.looks.cursor if cursor and self.has_focus else None)

    def _repaint(self, places: Sequence[int]) -> None:
        if len(places) > _FEW:
            self.refresh()
        else:
            for place in places:
                self.refresh_row(place)

    # the cursor

    def validate_cursor_coordinate(self, value: Coordinate) -> Coordinate:
        """Keeps the cursor off headings: it goes on in the direction it came from."""
        row = super().validate_cursor_coordinate(value).row
        step = 1 if value.row >= self.cursor_row else -1
        for way in (step, -step):
            place = row
            while 0 <= place < len(self._lines):
                if isinstance(self._lines[place], Row):
                    return Coordinate(place, 0)
                place += way
        return Coordinate(max(0, row), 0)

    def watch_cursor_coordinate(self, old_coordinate: Coordinate, new_coordinate: Coordinate) -> None:
        """Marks what lies between when a range is open; any other move ends what Shift began."""
        super().watch_cursor_coordinate(old_coordinate, new_coordinate)
        if old_coordinate.row == new_coordinate.row:
            return
        if self._ranging or self._extending:
            self._mark_range()
        else:
            self._anchor = None

    def scroll_to_region(self, region: Region, **options: Any) -> Offset:
        """Scrolls half a page at once when the cursor leaves the view: a line at a time repaints as much each time."""
        height = self.scrollable_content_region.height - 1
        top = self.scroll_offset.y
        place = region.y - 1
        # the heading of the first row in view belongs to it
        first = place - 1 if place > 0 and isinstance(self._lines[place - 1], _Heading) else place
        if top <= first and place < top + height:
            return Offset()
        target = max(0, place - height // 2)
        self.scroll_to(y=target, animate=False, force=True, immediate=True)
        return Offset(0, target - top)

    def _go(self, row: int) -> None:
        self._fill(row + 1)
        self.cursor_coordinate = Coordinate(row, 0)

    def action_cursor_down(self) -> None:
        """Next row."""
        self._go(self.cursor_row + 1)

    def action_cursor_up(self) -> None:
        """Row before."""
        self._go(self.cursor_row - 1)

    def action_page_down(self) -> None:
        """A page down."""
        self._go(self.cursor_row + max(1, self.scrollable_content_region.height - 2))

    def action_page_up(self) -> None:
        """A page up."""
        self._go(self.cursor_row - max(1, self.scrollable_content_region.height - 2))

    def action_first(self) -> None:
        """First row."""
        self._go(0)

    def action_last(self) -> None:
        """Last row."""
        self._go(len(self._lines) - 1)

    # marks

    def action_extend(self, step: int) -> None:
        """Moves and marks the rows on the way."""
        self._begin_range()
        self._extending = True
        try:
            self._go(self.cursor_row + step)
            self._mark_range()
        finally:
            self._extending = False

    def action_range(self) -> None:
        """Begins a range at the cursor, or ends it; its rows stay marked."""
        self._ranging = not self._ranging
        self._anchor = None
        if self._ranging:
            self._begin_range()
            self._mark_range()
        self.post_message(self.MarksChanged())

    def action_mark(self) -> None:
        """Marks or unmarks the row under the cursor; ends a range."""
        if self._ranging:
            self.action_range()
            return
        at = self.cursor_row_id
        if at is not None:
            self._set_marks(self._marked ^ {at})

    def action_mark_all(self) -> None:
        """Marks all rows shown; unmarks them when all are marked already."""
        self._ranging, self._anchor = False, None
        self._set_marks(set() if len(self._marked) == len(self._where) else set(self._where))

    def clear_marks(self) -> bool:
        """Ends a range and unmarks all rows. False when there was nothing to end."""
        had = bool(self._marked) or self._ranging
        self._ranging, self._anchor = False, None
        if had:
            self._set_marks(set())
            self.post_message(self.MarksChanged())
        return had

    def _begin_range(self) -> None:
        if self._anchor is None:
            self._anchor, self._before = self.cursor_row, frozenset(self._marked)

    def _mark_range(self) -> None:
        if self._anchor is None:
            return
        first, last = sorted((self._anchor, self.cursor_row))
        between = {line.id for line in self._lines[first : last + 1] if isinstance(line, Row)}
        self._set_marks(self._before | between)

    def _set_marks(self, marked: Iterable[str]) -> None:
        new = set(marked)
        changed = self._marked ^ new
        if changed:
            self._marked = new
            self._repaint([self._where[row_id] for row_id in changed if row_id in self._where])
            self.post_message(self.MarksChanged())

    # the menu

    @property
    def menu(self) -> Menu | None:
        """The menu while it is open."""
        return self._menu

    def action_menu(self) -> None:
        """Asks for the menu."""
        if self.target_ids:
            self.post_message(self.MenuAsked())

    def action_select_cursor(self) -> None:
        """Enter: the DataTable's own message says so."""
        if self.cursor_row_id is not None:
            super().action_select_cursor()

    def open_menu(self, found: tuple[Entry, ...]) -> None:
        """Opens a menu at the row under the cursor."""
        self.close_menu()
        size = self.scrollable_content_region
        y = self.cursor_row + 1 - self.scroll_offset.y
        x = Columns.of(self.size.width).action_at - 4
        self._menu = Menu.at(found, len(self.target_ids), x, max(0, y), size.width, size.height)
        self._refresh_menu()

    def close_menu(self) -> None:
        """Closes the menu, if it is open."""
        if self._menu is not None:
            self._refresh_menu()
            self._menu = None

    def _refresh_menu(self) -> None:
        if self._menu is not None:
            self.refresh(Region(self._menu.x, self._menu.y, self._menu.width, self._menu.height))

    def _choose(self, entry: Entry | None) -> None:
        if entry is None:
            return
        if entry.why_not:
            self.post_message(self.MenuRefused(entry))
            return
        self.close_menu()
        self.post_message(self.MenuChosen(entry.command))

    def on_key(self, event: events.Key) -> None:
        """While the menu is open all keys are its own."""
        menu = self._menu
        if menu is None:
            return
        event.stop()
        event.prevent_default()
        match event.key:
            case "escape" | "q" | "m" | "left":
                self.close_menu()
            case "down" | "j" | "tab":
                menu.move(1)
            case "up" | "k" | "shift+tab":
                menu.move(-1)
            case "enter" | "space":
                self._choose(menu.entries[menu.cursor])
            case key:
                self._choose(menu.by_key(key))
        self._refresh_menu()

    def on_blur(self) -> None:
        """A menu without the keyboard is of no use."""
        self.close_menu()

    def on_resize(self) -> None:
        """The menu's place is gone."""
        self.close_menu()

    # the mouse

    def on_click(self, event: events.Click) -> None:
        """Left moves, on the sign it opens the menu, with Shift it marks a range; right opens the menu."""
        event.stop()
        event.prevent_default()
        if self._menu is not None:
            self._click_menu(self._menu, event)
            return
        place = event.y - 1 + self.scroll_offset.y
        if event.y < 1 or place >= len(self._lines) or not isinstance(line := self._lines[place], Row):
            return
        columns = Columns.of(self.size.width)
        if event.button == 3:
            if line.id not in self._marked:
                self.clear_marks()
                self._go(place)
            self.action_menu()
        elif event.shift:
            self.action_extend(place - self.cursor_row)
        else:
            self._go(place)
            if event.x < MARKER or event.ctrl:
                self.action_mark()
            elif columns.action_at <= event.x < columns.action_at + columns.action:
                self.action_menu()
            elif event.chain == 2:
                self.action_select_cursor()

    def _click_menu(self, menu: Menu, event: events.Click) -> None:
        if menu.covers(event.x, event.y):
            self._choose(menu.by_line(event.y - menu.y))
        else:
            self.close_menu()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Nothing follows the mouse: it would repaint the table all the time (facts: terminal 2)."""
        event.prevent_default()

    def on_leave(self, event: events.Leave) -> None:
        """As for `on_mouse_move`."""
        event.prevent_default()

"""The table of a review: rows to look at, to mark, and to act on with a menu that the table draws itself."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from tui.widgets.action_menu import Entry, Menu
from tui.widgets.lines import strip
from tui.widgets.plan_lines import PlanLines
from tui.widgets.row_table import RowTable
from tui.widgets.row_text import MARKER, Columns


class PlanTable(RowTable):
    """Rows of a plan with the action menu, for keys and mouse."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m,menu,shift+f10", "menu", "Menu", tooltip="What can be done with the row, or the marked rows."),
    ]

    class MenuAsked(Message):
        """The action menu is wanted for the marked rows or the cursor row; answer with `open_menu`."""

    class MenuChosen(Message):
        """An entry of the menu was chosen."""

        def __init__(self, entry: Entry) -> None:
            super().__init__()
            self.entry = entry

    class MenuRefused(Message):
        """An entry was chosen that is not possible, with the reason."""

        def __init__(self, entry: Entry) -> None:
            super().__init__()
            self.entry = entry

    _menu: Menu | None = None

    def _show(self, lines: PlanLines, at: str | None, before: int) -> None:
        """Shows other lines; the menu is closed."""
        self.close_menu()
        super()._show(lines, at, before)

    def render_line(self, y: int) -> Strip:
        """A line as it is in view, with the menu above it."""
        line = super().render_line(y)
        menu = self._menu
        if menu is None or not menu.y <= y < menu.y + menu.height:
            return line
        text = menu.line(y - menu.y, self.drawing.looks, self.glyphs)
        own = strip(text, menu.width, self.rich_style, self.app.console)
        return Strip.join([line.crop(0, menu.x), own, line.crop(menu.x + menu.width)])

    @property
    def menu(self) -> Menu | None:
        """The menu while it is open."""
        return self._menu

    def action_menu(self) -> None:
        """Asks for the menu."""
        if self.target_ids:
            self.post_message(self.MenuAsked())

    def open_menu(self, found: tuple[Entry, ...], title: str = "") -> None:
        """Opens a menu at the row under the cursor; unless given, its title says what it is for."""
        self.close_menu()
        size = self.scrollable_content_region
        y = self.cursor_row + 1 - self.scroll_offset.y
        x = Columns.of(self.inner_width).action_at - 4
        ids = self.target_ids
        title = title or (self.row(ids[0]).title if len(ids) == 1 else f"for {len(ids)} rows")
        self._menu = Menu.at(found, title, x, max(0, y), size.width, size.height)
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
        self.post_message(self.MenuChosen(entry))

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
                self._move_in_menu(menu, 1)
            case "up" | "k" | "shift+tab":
                self._move_in_menu(menu, -1)
            case "enter" | "space":
                self._choose(menu.entries[menu.cursor])
            case key:
                self._choose(menu.by_key(key))

    def _move_in_menu(self, menu: Menu, step: int) -> None:
        top, before = menu.top, menu.line_of_cursor
        menu.move(step)
        if menu.top != top:
            self._refresh_menu()
            return
        for line in (before, menu.line_of_cursor):
            self.refresh(Region(menu.x, menu.y + line, menu.width, 1))

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
        row = self.row_at(place)
        if event.y < 1:
            return
        if row is None:
            # a heading is folded and opened by a click
            if 0 <= place < self.row_count and event.button == 1:
                self.fold(place)
            return
        columns = Columns.of(self.inner_width)
        if event.button == 3:
            if not self.is_marked(row.id):
                self.clear_marks()
                self.go(place)
            self.action_menu()
        elif event.shift:
            self.action_extend(place - self.cursor_row)
        else:
            self.go(place)
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

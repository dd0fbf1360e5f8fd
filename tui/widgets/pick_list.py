"""A list of lines with a cursor and marks: what the review's table is to rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from tui.glyphs import UNICODE, GlyphSet
from tui.widgets.cursor_lines import CursorLines, cursor_keys, mark_keys
from tui.widgets.lines import LOOK_CLASSES, Looks, look_css, strip

MARKER = 2
Draw = Callable[[int, int, Looks], Text]


class PickList(CursorLines, inherit_bindings=False):
    """Lines to choose from. `draw` makes one: its place, the cells it may take, the looks.

    `marks` says whether lines can be marked; without them a command is for the line under the cursor.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = LOOK_CLASSES
    DEFAULT_CSS = "PickList { overflow-x: hidden; scrollbar-size-vertical: 1; }" + look_css("PickList")
    BINDINGS: ClassVar[list[BindingType]] = [
        *cursor_keys("line"),
        Binding("enter", "choose", "Open", tooltip="Open the line under the cursor."),
        *mark_keys("line"),
    ]
    _MARKING: ClassVar[frozenset[str]] = frozenset({"mark", "extend", "range", "mark_all"})

    class Moved(Message):
        """The cursor is on another line, or the lines are others."""

    class Chosen(Message):
        """Enter, or a click on the line under the cursor. `entry` is the line's id."""

        def __init__(self, entry: str) -> None:
            super().__init__()
            self.entry = entry

    def __init__(self, *, marks: bool = False, glyphs: GlyphSet = UNICODE, id: str | None = None) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs
        self._with_marks = marks
        self._ids: Sequence[str] = ()
        self._where: dict[str, int] = {}
        self._draw: Draw = lambda place, width, looks: Text()
        self._at = 0
        self._looks: Looks | None = None

    def fill(self, ids: Sequence[str], draw: Draw) -> None:
        """Shows other lines. Cursor and marks stay on lines that are still there."""
        at = self.at
        self._ids, self._draw = ids, draw
        self._where = {entry: place for place, entry in enumerate(ids)}
        self._marks.end()
        self._marks.put(self._marks.ids & self._where.keys())
        self._at = self._where.get(at or "", min(self._at, max(0, len(ids) - 1)))
        self.virtual_size = Size(self.scrollable_content_region.width, len(ids))
        self.refresh()
        self.call_after_refresh(self._scroll_to_cursor)
        self.post_message(self.Moved())

    @property
    def at(self) -> str | None:
        """The id of the line under the cursor; None when there are no lines."""
        return self._ids[self._at] if self._ids else None

    @property
    def cursor_row(self) -> int:
        """The number of the line under the cursor, from 0."""
        return self._at

    @property
    def line_count(self) -> int:
        """How many lines there are."""
        return len(self._ids)

    def ids_at(self, place: int) -> Collection[str]:
        """The id of a line."""
        return self._ids[place : place + 1]

    @property
    def all_ids(self) -> Collection[str]:
        """The ids of all lines."""
        return self._ids

    def place_of(self, name: str) -> int | None:
        """The place of a line."""
        return self._where.get(name)

    @property
    def marked(self) -> list[str]:
        """The ids of the marked lines, from top to bottom."""
        return sorted(self._marks.ids, key=self._where.__getitem__)

    @property
    def targets(self) -> list[str]:
        """What a command is for: the marked lines, else the one under the cursor."""
        return self.marked or ([self.at] if self.at is not None else [])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys for marks are there only where lines can be marked."""
        return self._with_marks or action not in self._MARKING

    # drawing

    def notify_style_update(self) -> None:
        """Takes the styles anew: another theme, or another state."""
        super().notify_style_update()
        self._looks = None

    @property
    def looks(self) -> Looks:
        """The styles to draw with."""
        if self._looks is None:
            self._looks = Looks.of(self)
        return self._looks

    def render_line(self, y: int) -> Strip:
        """One line of the part that is in view."""
        width, base, looks = self.scrollable_content_region.width, self.rich_style, self.looks
        place = y + self.scroll_offset.y
        if place >= len(self._ids):
            return Strip.blank(width, base)
        cursor, marked = place == self._at, self._ids[place] in self._marks.ids
        line = Text(end="")
        line.append(self.glyphs.cursor if cursor else " ", looks.strong if cursor else None)
        line.append(self.glyphs.mark if marked else " ", looks.warn if marked else None)
        text = self._draw(place, width - MARKER, looks)
        text.truncate(width - MARKER, overflow="ellipsis")
        line.append_text(text)
        if marked:
            base += looks.marked
        over = looks.cursor if cursor and self.has_focus else None
        return strip(self.glyphs.drawn(line), width, base, self.app.console, over)

    def on_resize(self) -> None:
        """Lines are as wide as there is room. (What the class above does then comes after this by itself.)"""
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._ids))

    # the cursor

    def go(self, row: int) -> None:
        """Moves the cursor to a line, as far as there are any."""
        row = max(0, min(row, len(self._ids) - 1))
        if row == self._at or not self._ids:
            return
        before, self._at = self._at, row
        self.refresh_row(before)
        self.refresh_row(row)
        self._scroll_to_cursor()
        self.cursor_moved()
        self.post_message(self.Moved())

    def action_choose(self) -> None:
        """Says which line was chosen."""
        if self.at is not None:
            self.post_message(self.Chosen(self.at))

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor; one on the line under the cursor chooses it."""
        place = event.get_content_offset_capture(self).y + self.scroll_offset.y
        if not 0 <= place < len(self._ids):
            return
        if place == self._at:
            self.action_choose()
        else:
            self._marks.end()
            self.go(place)

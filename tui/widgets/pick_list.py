"""A list of lines with a cursor and marks, each line drawn when it comes into view: what the review's table is to rows.

Moving the cursor repaints two lines, and leaving the view scrolls half a page at once (facts: terminal 2).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.glyphs import UNICODE, GlyphSet
from tui.widgets.lines import LOOK_CLASSES, Looks, look_css, strip
from tui.widgets.marks import Marks

MARKER = 2
Draw = Callable[[int, int, Looks], Text]


class PickList(ScrollView, can_focus=True, inherit_bindings=False):
    """Lines to choose from. `draw` makes one: its place, the cells it may take, the looks.

    `marks` says whether lines can be marked; without them a command is for the line under the cursor.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = LOOK_CLASSES
    DEFAULT_CSS = "PickList { overflow-x: hidden; scrollbar-size-vertical: 1; }" + look_css("PickList")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False, tooltip="Next line."),
        Binding("up,k", "move(-1)", "Up", show=False, tooltip="Line before."),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False, tooltip="A page down."),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False, tooltip="A page up."),
        Binding("home,g", "first", "First", show=False, tooltip="First line."),
        Binding("end,G", "last", "Last", show=False, tooltip="Last line."),
        Binding("enter", "choose", "Open", tooltip="Open the line under the cursor."),
        Binding("space", "mark", "Mark", tooltip="Mark or unmark the line."),
        Binding("J,shift+down", "extend(1)", "Mark down", show=False, tooltip="Mark lines downwards."),
        Binding("K,shift+up", "extend(-1)", "Mark up", show=False, tooltip="Mark lines upwards."),
        Binding("v", "range", "Range", show=False, tooltip="Begin or end a range: moving marks the lines between."),
        Binding("asterisk,ctrl+a", "mark_all", "Mark all", show=False, tooltip="Mark all lines, or none."),
    ]
    _MARKING: ClassVar[frozenset[str]] = frozenset({"mark", "extend", "range", "mark_all"})

    class Moved(Message):
        """The cursor is on another line, or the lines are others."""

    class Chosen(Message):
        """Enter, or a click on the line under the cursor. `entry` is the line's id."""

        def __init__(self, entry: str) -> None:
            super().__init__()
            self.entry = entry

    class MarksChanged(Message):
        """Other lines are marked now."""

    def __init__(self, *, marks: bool = False, glyphs: GlyphSet = UNICODE, id: str | None = None) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs
        self._with_marks = marks
        self._ids: Sequence[str] = ()
        self._where: dict[str, int] = {}
        self._draw: Draw = lambda place, width, looks: Text()
        self._at = 0
        self._marks = Marks()
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
        self.call_after_refresh(self._show_cursor)
        self.post_message(self.Moved())

    @property
    def at(self) -> str | None:
        """The id of the line under the cursor; None when there are no lines."""
        return self._ids[self._at] if self._ids else None

    @property
    def place(self) -> int:
        """The place of the cursor, from 0."""
        return self._at

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

    def _repaint(self, places: Iterable[int]) -> None:
        top, height = self.scroll_offset.y, self.size.height
        for place in places:
            if 0 <= place - top < height:
                self.refresh(Region(0, place - top, self.size.width, 1))

    def on_resize(self) -> None:
        """Keeps the cursor in view."""
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._ids))
        self.call_after_refresh(self._show_cursor)

    def on_focus(self) -> None:
        """The cursor's line shows where the focus is."""
        self._repaint([self._at])

    def on_blur(self) -> None:
        """As for `on_focus`."""
        self._repaint([self._at])

    # the cursor

    def go(self, place: int) -> None:
        """Moves the cursor to a line, as far as there are any."""
        place = max(0, min(place, len(self._ids) - 1))
        if place == self._at or not self._ids:
            return
        before, self._at = self._at, place
        if self._marks.ranging:
            self._mark_range()
        self._repaint([before, place])
        self._show_cursor()
        self.post_message(self.Moved())

    def _show_cursor(self) -> None:
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        if height and not top <= self._at < top + height:
            target = max(0, self._at - height // 2)
            self.scroll_to(y=target, animate=False, force=True, immediate=True)

    def action_move(self, step: int) -> None:
        """The next line, or the one before."""
        if not self._marks.ranging:
            self._marks.end()
        self.go(self._at + step)

    def action_page(self, step: int) -> None:
        """A page down or up."""
        self.action_move(step * max(1, self.scrollable_content_region.height - 1))

    def action_first(self) -> None:
        """The first line."""
        self.action_move(-len(self._ids))

    def action_last(self) -> None:
        """The last line."""
        self.action_move(len(self._ids))

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

    # marks

    def action_mark(self) -> None:
        """Marks or unmarks the line under the cursor; ends a range."""
        if self._marks.ranging:
            self.action_range()
        elif self.at is not None:
            self._marked(self._marks.toggle((self.at,)))

    def action_extend(self, step: int) -> None:
        """Moves and marks the lines on the way."""
        self._marks.begin(self._at)
        self.go(self._at + step)
        self._mark_range()

    def action_range(self) -> None:
        """Begins a range at the cursor, or ends it; its lines stay marked."""
        ranging = self._marks.ranging
        self._marks.end()
        if not ranging:
            self._marks.ranging = True
            self._marks.begin(self._at)
            self._mark_range()

    def action_mark_all(self) -> None:
        """Marks all lines; unmarks them when all are marked already."""
        self._marks.end()
        self._marked(self._marks.put(() if len(self._marks.ids) == len(self._ids) else self._ids))

    def clear_marks(self) -> bool:
        """Ends a range and unmarks all lines. False when there was nothing to end."""
        had = bool(self._marks.ids) or self._marks.ranging
        self._marks.end()
        self._marked(self._marks.put(()))
        return had

    def _mark_range(self) -> None:
        self._marked(self._marks.stretch(self._at, lambda place: (self._ids[place],)))

    def _marked(self, changed: Collection[str]) -> None:
        if changed:
            self._repaint([self._where[entry] for entry in changed])
            self.post_message(self.MarksChanged())

"""Lines with a cursor and marks, each drawn when it comes into view: what the review's table and the lists have in
common.

Moving the cursor repaints two lines, and leaving the view scrolls half a page at once (facts: terminal 2).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable, Sequence
from typing import ClassVar, Final

from textual.binding import Binding
from textual.geometry import Region
from textual.message import Message
from textual.scroll_view import ScrollView

from tui.widgets.marks import Marks

# changes to more lines than this repaint all of them as one
_FEW: Final = 20


def cursor_keys(line: str) -> list[Binding]:
    """The keys that move the cursor; `line` is what a line is called: "row"."""
    return [
        Binding("down,j", "cursor_down", "Down", show=False, tooltip=f"Next {line}."),
        Binding("up,k", "cursor_up", "Up", show=False, tooltip=f"{line.capitalize()} before."),
        Binding("pagedown,ctrl+f", "page_down", "Page down", show=False, tooltip="A page down."),
        Binding("pageup,ctrl+b", "page_up", "Page up", show=False, tooltip="A page up."),
        Binding("home,g", "first", "First", show=False, tooltip=f"First {line}."),
        Binding("end,G", "last", "Last", show=False, tooltip=f"Last {line}."),
    ]


def mark_keys(line: str) -> list[Binding]:
    """The keys that mark; `line` is what a line is called: "row"."""
    between = f"Begin or end a range: moving marks the {line}s between."
    return [
        Binding("J,shift+down", "extend(1)", "Mark down", show=False, tooltip=f"Mark {line}s downwards."),
        Binding("K,shift+up", "extend(-1)", "Mark up", show=False, tooltip=f"Mark {line}s upwards."),
        Binding("v", "range", "Range", show=False, tooltip=between),
        Binding("space", "mark", "Mark", tooltip=f"Mark or unmark the {line}."),
        Binding("asterisk,ctrl+a", "mark_all", "Mark all", show=False, tooltip=f"Mark all {line}s shown, or none."),
    ]


class CursorLines(ScrollView, can_focus=True, inherit_bindings=False):
    """Who inherits says which lines there are, keeps the cursor, and draws."""

    ALLOW_SELECT = False
    # the lines at the top that do not scroll
    HEAD: ClassVar[int] = 0

    class MarksChanged(Message):
        """Other lines are marked now, or a range began or ended."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._marks = Marks()
        self._extending = False

    # what who inherits knows

    @property
    @abstractmethod
    def line_count(self) -> int:
        """How many lines there are."""

    @property
    @abstractmethod
    def cursor_row(self) -> int:
        """The number of the line under the cursor, from 0."""

    @abstractmethod
    def go(self, row: int) -> None:
        """Moves the cursor to a line, as far as there are any."""

    @abstractmethod
    def ids_at(self, place: int) -> Collection[str]:
        """The ids that are marked with a line: its own, none, or all that stand under it."""

    @property
    @abstractmethod
    def all_ids(self) -> Collection[str]:
        """The ids of all that can be marked."""

    @abstractmethod
    def place_of(self, name: str) -> int | None:
        """The line of an id; None where it is not to be seen."""

    def first_with(self, place: int) -> int:
        """The line that has to be in view with another one, for it belongs to it."""
        return place

    # drawing

    def refresh_row(self, row_index: int) -> None:
        """Draws a line again, if it is in view."""
        y = row_index + self.HEAD - self.scroll_offset.y
        if self.HEAD <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def refresh_rows(self, places: Sequence[int]) -> None:
        """Draws some lines again, or all of them where they are many."""
        if len(places) > _FEW:
            self.refresh()
        else:
            for place in places:
                self.refresh_row(place)

    def on_resize(self) -> None:
        """Keeps the cursor in view."""
        self.call_after_refresh(self._scroll_to_cursor)

    def on_focus(self) -> None:
        """Shows where the cursor is."""
        self.refresh_row(self.cursor_row)

    def on_blur(self) -> None:
        """The cursor is a mark only, while the keys go elsewhere."""
        self.refresh_row(self.cursor_row)

    # the cursor

    def _scroll_to_cursor(self) -> None:
        """Scrolls half a page at once when the cursor leaves the view: a line at a time repaints as much each time."""
        height = self.scrollable_content_region.height - self.HEAD
        if height < 1:
            return
        top, place = self.scroll_offset.y, self.cursor_row
        if not (top <= self.first_with(place) and place < top + height):
            self.scroll_to(y=max(0, place - height // 2), animate=False, force=True)

    @property
    def _page(self) -> int:
        return max(1, self.scrollable_content_region.height - self.HEAD - 1)

    def action_cursor_down(self) -> None:
        """Next line."""
        self.go(self.cursor_row + 1)

    def action_cursor_up(self) -> None:
        """Line before."""
        self.go(self.cursor_row - 1)

    def action_page_down(self) -> None:
        """A page down."""
        self.go(self.cursor_row + self._page)

    def action_page_up(self) -> None:
        """A page up."""
        self.go(self.cursor_row - self._page)

    def action_first(self) -> None:
        """First line."""
        self.go(0)

    def action_last(self) -> None:
        """Last line."""
        self.go(self.line_count - 1)

    def cursor_moved(self) -> None:
        """Marks what lies between when a range is open; any other move ends what Shift began. To be called by `go`."""
        if self._marks.ranging or self._extending:
            self._mark_range()
        else:
            self._marks.end()

    # marks

    @property
    def ranging(self) -> bool:
        """Whether moving the cursor marks lines."""
        return self._marks.ranging

    def action_extend(self, step: int) -> None:
        """Moves and marks the lines on the way."""
        self._marks.begin(self.cursor_row)
        self._extending = True
        try:
            self.go(self.cursor_row + step)
            self._mark_range()
        finally:
            self._extending = False

    def action_range(self) -> None:
        """Begins a range at the cursor, or ends it; its lines stay marked."""
        ranging = self._marks.ranging
        self._marks.end()
        if not ranging:
            self._marks.ranging = True
            self._marks.begin(self.cursor_row)
            self._mark_range()
        self.post_message(self.MarksChanged())

    def action_mark(self) -> None:
        """Marks or unmarks the line under the cursor; ends a range."""
        here = self.ids_at(self.cursor_row)
        if self._marks.ranging:
            self.action_range()
        elif here:
            self._marked(self._marks.toggle(here))

    def action_mark_all(self) -> None:
        """Marks all lines; unmarks them when all are marked already."""
        self._marks.end()
        every = self.all_ids
        self._marked(self._marks.put(() if len(self._marks.ids) == len(every) else every))

    def clear_marks(self) -> bool:
        """Ends a range and unmarks all lines. False when there was nothing to end."""
        had = bool(self._marks.ids) or self._marks.ranging
        self._marks.end()
        self._marked(self._marks.put(()))
        if had:
            self.post_message(self.MarksChanged())
        return had

    def mark_only(self, ids: Iterable[str]) -> None:
        """Marks just these lines."""
        self._marks.end()
        self._marked(self._marks.put(set(ids).intersection(self.all_ids)))

    def _mark_range(self) -> None:
        self._marked(self._marks.stretch(self.cursor_row, self.ids_at))

    def _marked(self, changed: Collection[str]) -> None:
        """Draws lines again whose mark changed."""
        if not changed:
            return
        places = [place for name in changed if (place := self.place_of(name)) is not None]
        if len(places) < len(changed):
            # some of them are folded
            self.refresh()
        else:
            self.refresh_rows(places)
        self.post_message(self.MarksChanged())

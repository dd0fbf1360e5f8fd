"""Text drawn line by line: the looks that the review's widgets share, and a pane that repaints only what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

_NAMES: Final = ("quiet", "strong", "good", "warn", "bad", "key", "marked", "bar", "cursor")
LOOK_CLASSES: Final = {f"look--{name}" for name in _NAMES}


def look_css(widget: str, *, cursor: str = "look--cursor", bar: str = "look--bar") -> str:
    """The style rules of the looks for the widget class called `widget`; `cursor` and `bar` may have other names there.

    Without colours the same differences are made with bold, dim and reverse.
    """
    return f"""
    {widget} > .look--quiet {{ color: $quiet; }}
    {widget} > .look--strong {{ text-style: bold; }}
    {widget} > .look--good {{ color: $good; }}
    {widget} > .look--warn {{ color: $warn; text-style: bold; }}
    {widget} > .look--bad {{ color: $bad; text-style: bold; }}
    {widget} > .look--key {{ color: $key; text-style: bold; }}
    {widget} > .look--marked {{ background: $marked; }}
    {widget} > .{bar} {{ color: $quiet; background: $bar; }}
    {widget} > .{cursor} {{ background: $focus; color: $on-focus; }}
    {widget}:ansi > .look--quiet {{ text-style: dim; }}
    {widget}:ansi > .look--bad {{ text-style: bold reverse; }}
    {widget}:ansi > .look--marked {{ text-style: bold; }}
    {widget}:ansi > .{bar} {{ text-style: bold; }}
    {widget}:ansi > .{cursor} {{ text-style: reverse; }}
    """


@dataclass(frozen=True, slots=True)
class Looks:
    """The styles that texts of the review are made of."""

    quiet: Style
    strong: Style
    good: Style
    warn: Style
    bad: Style
    key: Style
    marked: Style
    bar: Style
    cursor: Style

    @classmethod
    def of(cls, widget: Widget, **others: str) -> Looks:
        """The looks as the style sheets have them for `widget`, which names LOOK_CLASSES among its own.

        `others` are the component classes of looks that have other names there, as given to `look_css`.
        """
        names = (others.get(name, f"look--{name}") for name in _NAMES)
        return cls(*(widget.get_component_rich_style(name, partial=True) for name in names))


def strip(text: Text, width: int, base: Style, console: Console, over: Style | None = None) -> Strip:
    """`text` as a line of exactly `width` cells, on the style `base`; `over` wins over everything (for a cursor)."""
    whole = Text(end="")
    whole.append_text(text)
    segments = Segment.apply_style(whole.render(console), base, over)
    return Strip(segments).adjust_cell_length(width, base if over is None else base + over).simplify()


class LineView(ScrollView, can_focus=True):
    """A pane of lines that scrolls. Changing its lines repaints only those that differ."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = LOOK_CLASSES
    DEFAULT_CSS = "LineView { overflow-x: hidden; scrollbar-size-vertical: 1; }" + look_css("LineView")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll_down", show=False, tooltip="Scroll down."),
        Binding("up,k", "scroll_up", show=False, tooltip="Scroll up."),
        Binding("pagedown", "page_down", show=False, tooltip="A page down."),
        Binding("pageup", "page_up", show=False, tooltip="A page up."),
        Binding("home", "scroll_home", show=False, tooltip="To the beginning."),
        Binding("end", "scroll_end", show=False, tooltip="To the end."),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: list[Text] = []

    @property
    def lines(self) -> Sequence[Text]:
        """What is shown, all of it."""
        return self._lines

    @property
    def looks(self) -> Looks:
        """The styles to build lines with."""
        return Looks.of(self)

    def show(self, lines: Sequence[Text], *, scrolls: bool = True, top: int = 0) -> None:
        """Shows `lines`, from line `top` on. Unless it `scrolls`, what does not fit is left out.

        A pane whose length changes all the time should not scroll: each change would lay out the screen anew.
        """
        old, self._lines = self._lines, list(lines)
        size = Size(self.scrollable_content_region.width, len(self._lines)) if scrolls else Size(0, 0)
        if size != self.virtual_size:
            self.virtual_size = size
        if self.scroll_offset.y != top:
            self.scroll_to(y=top, animate=False, immediate=True)
            self.refresh()
            return
        for y in range(top, min(top + self.size.height, max(len(old), len(self._lines)))):
            before = old[y] if y < len(old) else None
            after = self._lines[y] if y < len(self._lines) else None
            if before is None or after is None or before != after or before.spans != after.spans:
                self.refresh(Region(0, y - top, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """One line of the part that is in view."""
        y += self.scroll_offset.y
        base = self.rich_style
        width = self.scrollable_content_region.width
        if y >= len(self._lines):
            return Strip.blank(width, base)
        return strip(self._lines[y], width, base, self.app.console)

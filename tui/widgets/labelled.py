"""Lines of a label and words each, broken where the room ends: one widget for what would otherwise be many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from textwrap import wrap
from typing import Final

from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

# what words get at least
_LEAST: Final = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A label in a tone (a style, "" for none), and words; `quiet` words are dimmed."""

    label: str
    words: str
    tone: str = "$quiet"
    quiet: bool = False


class Labelled(Static):
    """Labels in a column, and words beside them. What needs more than a line goes on under its beginning."""

    def __init__(self, lines: Sequence[Line] = (), *, label: int = 6, classes: str = "lines") -> None:
        """`label` is the width of the labels' column, the gap included."""
        super().__init__(markup=False, classes=classes)
        self._lines = lines
        self._label = label

    def say(self, lines: Sequence[Line]) -> None:
        """Shows other lines."""
        self._lines = lines
        self.refresh(layout=True)

    @property
    def text(self) -> str:
        """All that is said, unbroken, a line each."""
        return "\n".join(f"{line.label} {line.words}" for line in self._lines)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as labels and words need."""
        return sum(len(self._broken(line, width)) for line in self._lines)

    def render(self) -> Content:
        """The labels, and the words beside them."""
        parts: list[str | tuple[str, str]] = []
        for line in self._lines:
            for label, words in self._broken(line, self.content_size.width):
                parts += ["\n"] if parts else []
                parts += [(label.ljust(self._label), line.tone), (words, "$quiet" if line.quiet else "")]
        return Content.assemble(*parts)

    def _broken(self, line: Line, width: int) -> list[tuple[str, str]]:
        labels = wrap(line.label, self._label - 1) or [""]
        words = wrap(line.words, max(_LEAST, width - self._label)) or [""]
        return list(zip_longest(labels, words, fillvalue=""))

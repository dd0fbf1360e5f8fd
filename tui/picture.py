"""What the lines of a terminal show, cell by cell, and the characters that may stand there."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from rich.cells import split_graphemes

from tui.pens import Pen

# Characters that every terminal draws one cell wide, and two: of others the place of what follows is said anew.
NARROW: Final = re.compile(
    "[\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0377\u037b-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u2400-\u2421"
    "\u23ce\u2500-\u25fc\u2713\u2717]*+"
)
_WIDE: Final = re.compile("[\u3041-\u3096\u30a1-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]")


@lru_cache(maxsize=4096)
def graphemes(text: str) -> tuple[tuple[str, int], ...]:
    """The characters of a text with the cells they take; those that take none are left out."""
    spans, _ = split_graphemes(text)
    return tuple((text[start:end], width) for start, end, width in spans if width)


@lru_cache(maxsize=4096)
def agreed(char: str, width: int) -> bool:
    """Whether every terminal draws a character in so many cells."""
    return bool(NARROW.fullmatch(char) if width == 1 else width == 2 and _WIDE.fullmatch(char))


class Line:
    """One line: per cell a character and its pen. None is a cell that nobody knows, or says nothing of.

    A character of two cells stands in the first one; the second one holds "".
    """

    __slots__ = ("chars", "pens")

    def __init__(self) -> None:
        self.chars: list[str | None] = []
        self.pens: list[Pen | None] = []

    def reach(self, cells: int) -> None:
        """Makes sure that there are so many cells."""
        missing = cells - len(self.chars)
        if missing > 0:
            self.chars += [None] * missing
            self.pens += [None] * missing

    def put(self, x: int, chars: list[str | None], pens: list[Pen | None]) -> None:
        """Shows some cells; a character of which they take one half is not known any longer."""
        if not chars:
            return
        end = x + len(chars)
        self.reach(end)
        if x and self.chars[x] == "":
            self.chars[x - 1] = None
        if end < len(self.chars) and self.chars[end] == "":
            self.chars[end] = None
        self.chars[x:end] = chars
        self.pens[x:end] = pens

    def lay(self, other: Line) -> None:
        """Shows what another line says something of; the rest stays."""
        x, end = 0, len(other.chars)
        while x < end:
            start = x
            while x < end and other.chars[x] is not None:
                x += 1
            if x > start:
                self.put(start, other.chars[start:x], other.pens[start:x])
            x += 1

    def copy(self) -> Line:
        """Another line that shows the same."""
        line = Line()
        line.chars, line.pens = self.chars.copy(), self.pens.copy()
        return line

    def width(self, x: int) -> int:
        """How many cells the character at `x` takes."""
        end = x + 1
        while end < len(self.chars) and self.chars[end] == "":
            end += 1
        return end - x

"""What goes out to the terminal: of each frame that Textual writes, only the cells that look different now.

Textual writes a whole region when something in it changes, each piece of it with all its colours set and taken back.
Over SSH that is most of the bytes. A `Painter` knows what every cell shows, takes what Textual writes, and gives a
short way to the same picture: the changed cells, the colours that change between them, and the moves that lead there.

What it cannot read it passes on as it is, and forgets what it knew: then everything is written again as it comes.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import Final, NamedTuple

from rich.cells import split_graphemes

# what a frame of Textual's is made of: moves, colours, text, and line ends that are followed by a move
_FRAME: Final = re.compile(r"(?:\x1b\[(?:\d+;\d+H|[\d;]*m)|[^\x00-\x09\x0b-\x1f\x7f-\x9f]++)*+")
_TOKEN: Final = re.compile(r"\x1b\[(\d+);(\d+)H|\x1b\[([\d;]*)m|([^\x00-\x1f]+)|\n")
# questions, modes and messages that leave the picture alone: mouse, paste, keyboard, line wrap, title, clipboard
_QUIET: Final = re.compile(
    r"(?:\x1b\[\?(?:7|25|1000|1002|1003|1004|1006|1015|1016|2004|2048)[hl]|\x1b\[\?\d+\$p|\x1b\[[<>]\d*u"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x07)*+"
)
_BEGIN: Final = "\x1b[?2026h"
_END: Final = "\x1b[?2026l"
# so many blank cells are worth a sequence that erases them
_ERASED: Final = 10
# A short frame arrives in one piece anyway; only longer ones ask the terminal to show them at once.
_LONG: Final = 1000
# Characters that every terminal draws one cell wide, and two: of others the place of what follows is said anew.
_NARROW: Final = re.compile(
    "[\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0377\u037b-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u2400-\u2421"
    "\u23ce\u2500-\u25fc\u2713\u2717]*+"
)
_WIDE: Final = re.compile("[\u3041-\u3096\u30a1-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]")

_RESET_ALL: Final = 0
_FLAGS: Final = {1: 1, 2: 2, 3: 4, 4: 8, 5: 16, 6: 16, 7: 32, 8: 64, 9: 128, 21: 256, 51: 512, 52: 1024, 53: 2048}
_CLEARS: Final = {22: 3, 23: 4, 24: 8 | 256, 25: 16, 27: 32, 28: 64, 29: 128, 54: 512 | 1024, 55: 2048}
# attributes that a blank shows as well: underline, reverse, strike, frames, overline
_ON_BLANKS: Final = 8 | 32 | 128 | 256 | 512 | 1024 | 2048


class Pen(NamedTuple):
    """How a cell is drawn: the parameters of its colours ("38;5;250", "" for the terminal's own) and its attributes."""

    fore: str = ""
    back: str = ""
    flags: int = 0


PLAIN: Final = Pen()


@lru_cache(maxsize=4096)
def pen_after(pen: Pen, parameters: str) -> Pen:
    """The pen after an SGR sequence with these parameters."""
    fore, back, flags = pen
    codes = iter(parameters.split(";"))
    for code in codes:
        number = int(code or 0)
        if number == _RESET_ALL:
            fore, back, flags = PLAIN
        elif number in _FLAGS:
            flags |= _FLAGS[number]
        elif number in _CLEARS:
            flags &= ~_CLEARS[number]
        elif number in (38, 48):
            kind = next(codes, "")
            colour = ";".join([code, kind, *(next(codes, "0") for _ in range(1 if kind == "5" else 3))])
            fore, back = (colour, back) if number == 38 else (fore, colour)
        elif 30 <= number <= 37 or 90 <= number <= 97:
            fore = code
        elif 40 <= number <= 47 or 100 <= number <= 107:
            back = code
        elif number in (39, 49):
            fore, back = ("", back) if number == 39 else (fore, "")
    return Pen(fore, back, flags)


@lru_cache(maxsize=4096)
def blank(pen: Pen) -> Pen:
    """What can be seen of a pen on a blank."""
    return pen if pen.flags & _ON_BLANKS else Pen("", pen.back, 0)


@lru_cache(maxsize=4096)
def change(before: Pen | None, after: Pen) -> str:
    """The shortest sequence that turns one pen into another; None is a pen that nobody knows."""
    if before == after:
        return ""
    anew = [str(code) for code, flag in _FLAGS.items() if after.flags & flag and code != 6]
    anew += [colour for colour in (after.fore, after.back) if colour]
    full = f"\x1b[{';'.join(['0', *anew])}m" if anew else "\x1b[m"
    if before is None:
        return full
    codes: list[str] = []
    left = before.flags
    for code, flags in _CLEARS.items():
        if left & ~after.flags & flags:
            codes.append(str(code))
            left &= ~flags
    codes += [str(code) for code, flag in _FLAGS.items() if after.flags & ~left & flag and code != 6]
    if before.fore != after.fore:
        codes.append(after.fore or "39")
    if before.back != after.back:
        codes.append(after.back or "49")
    return min(f"\x1b[{';'.join(codes)}m", full, key=len)


@lru_cache(maxsize=4096)
def _graphemes(text: str) -> tuple[tuple[str, int, bool], ...]:
    """The characters of a text with the cells they take, and whether every terminal agrees."""
    spans, _ = split_graphemes(text)
    found = []
    for start, end, width in spans:
        grapheme = text[start:end]
        agreed = _NARROW.fullmatch(grapheme) or (_WIDE.fullmatch(grapheme) and width == 2)
        if width:
            found.append((grapheme, width, bool(agreed)))
    return tuple(found)


def _end_of_blanks(text: str, start: int) -> int:
    """Where the blanks that begin at `start` end."""
    while start < len(text) and text[start] == " ":
        start += 1
    return start


class _Line:
    """What one line of the terminal shows: per cell a character and its pen. None is a cell that nobody knows.

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

    def put(self, x: int, char: str, width: int, pen: Pen) -> None:
        """Shows a character; what it takes one half of is not known any longer."""
        chars = self.chars
        if chars[x] == "" and x:
            chars[x - 1] = None
        end = x + width
        if end < len(chars) and chars[end] == "":
            chars[end] = None
        chars[x:end] = [char, *[""] * (width - 1)]
        self.pens[x:end] = [pen] * width


_ENDLESS: Final = 1 << 16


class Erasing(Enum):
    """What a terminal can do with many blank cells at once."""

    NONE = "none"
    # ECH and EL leave the terminal's own ground behind
    PLAIN = "plain"
    # ... or the ground that is set at the moment (terminfo: bce)
    COLOURED = "coloured"


class Painter:
    """Turns what Textual writes into what has to be written. `take` is all there is to it; `forget` starts anew.

    `erasing` is what the terminal is known to do.
    """

    def __init__(self, erasing: Erasing = Erasing.NONE) -> None:
        self._erasing = erasing
        self._lines: dict[int, _Line] = {}
        # where the terminal's own cursor is, as line and column from 0; None where nobody can know
        self._at: tuple[int, int] | None = None
        # how the terminal would draw the next character
        self._pen: Pen | None = None
        # where Textual wants the terminal's cursor between frames
        self._rest = (0, 0)
        self._began = self._begun = False
        # the size of the terminal; what Textual draws outside, while it does not know of a new size yet, is left out
        self._width = self._height = _ENDLESS
        # counts how often everything was forgotten
        self.forgotten = 0

    def forget(self) -> None:
        """The screen may show anything now: all is written again as it comes."""
        self._lines.clear()
        self._at = self._pen = None
        self.forgotten += 1

    def resize(self, width: int, height: int) -> None:
        """The terminal has another size now, in cells, and may show anything."""
        if (width, height) != (self._width, self._height):
            self._width, self._height = width, height
            self.forget()

    def take(self, data: str) -> str:
        """What to write to the terminal instead of `data`; "" for nothing."""
        if data == _BEGIN:
            self._began = True
            return ""
        if data == _END:
            ended = _END if self._begun else ""
            self._began = self._begun = False
            return ended
        if not _FRAME.fullmatch(data):
            return self._pass(data)
        forgotten = self.forgotten
        written = self._frame(data)
        if forgotten != self.forgotten:
            # a signal came in between and took the screen away: the frame stands for itself
            self.forget()
            return change(None, PLAIN) + data
        if self._began and not self._begun and len(written) >= _LONG:
            self._begun = True
            return _BEGIN + written
        return written

    def _pass(self, data: str) -> str:
        if _QUIET.fullmatch(data):
            return data
        self.forget()
        return change(None, PLAIN) + data

    def _frame(self, data: str) -> str:
        out: list[str] = []
        pen, (y, x) = PLAIN, self._rest
        at_rest = False
        for token in _TOKEN.finditer(data):
            match token.lastindex:
                case 2:
                    y, x = int(token[1]) - 1, int(token[2]) - 1
                case 3:
                    pen = pen_after(pen, token[3])
                case 4:
                    x = self._text(out, y, x, token[4], pen)
            at_rest = token.lastindex == 2
        if at_rest:
            self._rest = (y, x)
        # an input wants the terminal's cursor where one types; at the corner nobody needs it
        if self._rest != (0, 0) and self._at != self._rest:
            self._move(out, *self._rest)
        return "".join(out)

    def _text(self, out: list[str], y: int, x: int, text: str, pen: Pen) -> int:
        """Draws what differs of a piece of text; the column behind it."""
        if y >= self._height:
            return x
        line = self._lines.get(y)
        if line is None:
            line = self._lines[y] = _Line()
        on_blank = blank(pen)
        if _NARROW.fullmatch(text):
            end = x + len(text)
            text = text[: max(0, self._width - x)]
            line.reach(x + len(text))
            chars, pens = line.chars, line.pens
            erases = self._erases(on_blank)
            for at, char in enumerate(text, x):
                wanted = on_blank if char == " " else pen
                if chars[at] == char and pens[at] == wanted:
                    continue
                if char == " " and erases and self._erase(out, y, at, _end_of_blanks(text, at - x) + x, wanted):
                    continue
                self._put(out, y, at, char, wanted)
            return end
        for grapheme, width, agreed in _graphemes(text):
            if x + width > self._width:
                break
            line.reach(x + width)
            wanted = on_blank if grapheme == " " else pen
            shown = line.chars[x : x + width] == [grapheme, *[""] * (width - 1)]
            if not shown or line.pens[x] != wanted:
                if agreed:
                    self._put(out, y, x, grapheme, wanted, width)
                else:
                    self._doubtful(out, y, x, grapheme, wanted, width)
            x += width
        return x

    def _put(self, out: list[str], y: int, x: int, char: str, pen: Pen, width: int = 1) -> None:
        """Writes a character that differs."""
        if self._at != (y, x):
            self._move(out, y, x)
        if self._pen != pen:
            self._colour(out, char, pen)
        out.append(char)
        self._lines[y].put(x, char, width, pen)
        self._at = (y, x + width)

    def _erases(self, pen: Pen) -> bool:
        """Whether the terminal's way of erasing leaves the ground of this pen."""
        if pen.flags or self._erasing is Erasing.NONE:
            return False
        return self._erasing is Erasing.COLOURED or not pen.back

    def _erase(self, out: list[str], y: int, x: int, end: int, pen: Pen) -> bool:
        """Makes the cells up to `end` blank with one sequence, if there are enough of them to be worth it."""
        line = self._lines[y]
        differ = [at for at in range(x, end) if line.chars[at] != " " or line.pens[at] != pen]
        if len(differ) < _ERASED:
            return False
        if self._at != (y, x):
            self._move(out, y, x)
        if self._pen != pen:
            self._colour(out, " ", pen)
        cells = differ[-1] + 1 - x
        out.append(f"\x1b[{cells}X")
        for at in range(x, x + cells):
            line.put(at, " ", 1, pen)
        return True

    def _doubtful(self, out: list[str], y: int, x: int, grapheme: str, pen: Pen, width: int) -> None:
        """Writes a character whose width terminals do not agree on: its cells are blank before, and what follows is
        put in its place anew, so that the columns stay straight whatever the terminal makes of it.
        """
        for cell in range(x, x + width):
            self._put(out, y, cell, " ", pen)
        self._put(out, y, x, grapheme, pen, width)
        self._at = None
        line = self._lines[y]
        line.reach(x + width + 2)
        line.chars[x + width : x + width + 2] = [None, None]

    def _colour(self, out: list[str], char: str, pen: Pen) -> None:
        """Takes up another pen. For a blank only its ground is changed where that is enough, or nothing."""
        now = self._pen
        if char == " " and now is not None and not (now.flags | pen.flags) & _ON_BLANKS:
            pen = now._replace(back=pen.back)
        out.append(change(now, pen))
        self._pen = pen

    def _move(self, out: list[str], y: int, x: int) -> None:
        """Moves the terminal's cursor the shortest way, which may be over what stands there already."""
        way = f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H" if y else "\x1b[H"
        if self._at is not None and self._at[0] == y and self._at[1] < x:
            gap = x - self._at[1]
            way = f"\x1b[{gap}C" if gap > 1 else "\x1b[C"
            if gap <= len(way) and (over := self._again(y, self._at[1], x)):
                way = over
        out.append(way)
        self._at = (y, x)

    def _again(self, y: int, start: int, end: int) -> str:
        """The characters that some cells show, if they could be written again with the pen at hand; else ""."""
        line, now = self._lines.get(y), self._pen
        if line is None or now is None or end > len(line.chars):
            return ""
        found = ""
        for char, pen in zip(line.chars[start:end], line.pens[start:end], strict=True):
            if not char or not _NARROW.fullmatch(char) or (pen != now and not (char == " " and blank(now) == pen)):
                return ""
            found += char
        return found

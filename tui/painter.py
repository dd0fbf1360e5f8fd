"""What goes out to the terminal: of each frame that Textual writes, only the cells that look different now.

Textual writes a whole region when something in it changes, each piece of it with all its colours set and taken back.
Over SSH that is most of the bytes. A `Painter` knows what every cell shows, takes what Textual writes, and gives a
short way to the same picture: the changed cells, the colours that change between them, and the moves that lead there.

What it cannot read it passes on as it is, and forgets what it knew: then everything is written again as it comes.
"""

from __future__ import annotations

import re
from typing import Final

from tui.pens import PLAIN, Pen, blank, change, pen_after
from tui.picture import NARROW, Line, graphemes
from tui.shifting import after, shift, shifted
from tui.strokes import ENDLESS, Erasing, Tip, apply, cost, differences, moved, ways

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
# A short frame arrives in one piece anyway; only longer ones ask the terminal to show them at once.
_LONG: Final = 1000
# ... and may be shorter where the terminal moves lines itself
_WORTH_A_SHIFT: Final = 500


class Painter:
    """Turns what Textual writes into what has to be written. `take` is all there is to it; `forget` starts anew.

    `erasing` is what the terminal is known to do, and `scrolls` whether it moves lines in a scrolling region.
    """

    def __init__(self, erasing: Erasing = Erasing.NONE, *, scrolls: bool = False) -> None:
        self.erasing = erasing
        self.scrolls = scrolls
        self._lines: dict[int, Line] = {}
        # the terminal's own cursor and colours
        self._tip = Tip()
        # where Textual wants the terminal's cursor between frames
        self._rest = (0, 0)
        self._began = self._begun = False
        # the size of the terminal; what Textual draws outside, while it does not know of a new size yet, is left out
        self._width = self._height = ENDLESS
        # counts how often everything was forgotten
        self.forgotten = 0

    def forget(self) -> None:
        """The screen may show anything now: all is written again as it comes."""
        self._lines = {}
        self._tip = Tip()
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
        wanted, known = self._read(data), self._lines
        lines = {y: known[y].copy() if y in known else Line() for y in wanted}
        written, tip = self._drawn(lines, wanted, self._tip)
        if self.scrolls and len(written) >= _WORTH_A_SHIFT and (move := shift(known, wanted, self._width)):
            lines_there = {y: known[y].copy() if y in known else Line() for y in wanted} | shifted(known, move)
            other, tip_there = self._drawn(lines_there, wanted, Tip(None, self._tip.pen))
            # what stands beside it moved too, and has mostly other colours
            beside, tip_there = self._drawn(lines_there, after(known, wanted, move), tip_there)
            other = move.sequence + other + beside
            if cost(other) < cost(written):
                lines, written, tip = lines_there, other, tip_there
        known.update(lines)
        out = [written]
        # an input wants the terminal's cursor where one types; at the corner nobody needs it
        if self._rest != (0, 0) and tip.at != self._rest:
            out.append(moved(*self._rest, tip, Line(), bytearray(), self._width))
            tip = Tip(self._rest, tip.pen)
        self._tip = tip
        return "".join(out)

    def _drawn(self, lines: dict[int, Line], wanted: dict[int, Line], tip: Tip) -> tuple[str, Tip]:
        """What makes of `lines` what is wanted of them; they show it afterwards."""
        out = []
        for y, line in sorted(wanted.items()):
            shown = lines[y]
            if runs := differences(shown, line, self.erasing):
                apply(shown, runs)
                written, tip = min(ways(y, shown, runs, tip, self._width), key=lambda way: cost(way[0]))
                out.append(written)
        return "".join(out), tip

    def _read(self, data: str) -> dict[int, Line]:
        """What a frame says of lines."""
        wanted: dict[int, Line] = {}
        pen, (y, x) = PLAIN, self._rest
        at_rest = False
        for token in _TOKEN.finditer(data):
            match token.lastindex:
                case 2:
                    y, x = int(token[1]) - 1, int(token[2]) - 1
                case 3:
                    pen = pen_after(pen, token[3])
                case 4:
                    x = self._lay(wanted, y, x, token[4], pen)
            at_rest = token.lastindex == 2
        if at_rest:
            self._rest = (y, x)
        return wanted

    def _lay(self, wanted: dict[int, Line], y: int, x: int, text: str, pen: Pen) -> int:
        """Lays a piece of text over what a frame says already; the column behind it."""
        if y >= self._height:
            return x
        line = wanted.setdefault(y, Line())
        ground = blank(pen)
        if NARROW.fullmatch(text):
            end = x + len(text)
            text = text[: max(0, self._width - x)]
            line.put(x, list(text), [ground if char == " " else pen for char in text])
            return end
        for grapheme, width in graphemes(text):
            if x + width > self._width:
                break
            line.put(x, [grapheme, *[""] * (width - 1)], [ground if grapheme == " " else pen] * width)
            x += width
        return x

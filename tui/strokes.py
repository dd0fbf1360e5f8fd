"""How a line of the terminal gets its new look for the fewest bytes: what has to be drawn of it, and in which order.

A change of colours costs more than a move of the cursor. So what is of the same colours is drawn together where that is
shorter, and the cursor jumps over what has its turn later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import Final, NamedTuple

from tui.pens import ON_BLANKS, Pen, blank, change
from tui.picture import Line, agreed

# so many blank cells are worth a sequence that erases them
_ERASED: Final = 10
# what stands where a character of two cells may have its second one
_HALVES: Final = ("", None)
# the width of a terminal that nobody told
ENDLESS: Final = 1 << 16


class Erasing(Enum):
    """What a terminal can do with many blank cells at once."""

    NONE = "none"
    # ECH and EL leave the terminal's own ground behind
    PLAIN = "plain"
    # ... or the ground that is set at the moment (terminfo: bce)
    COLOURED = "coloured"

    def leaves(self, pen: Pen) -> bool:
        """Whether the terminal's way of erasing leaves the ground of this pen."""
        if pen.flags or self is Erasing.NONE:
            return False
        return self is Erasing.COLOURED or not pen.back


class Tip(NamedTuple):
    """Where the terminal's cursor is, as line and column from 0, and how the terminal would draw the next character.

    None is what nobody can know.
    """

    at: tuple[int, int] | None = None
    pen: Pen | None = None


class How(Enum):
    """How a run is drawn."""

    TEXT = "text"
    # blank cells, by one sequence that leaves the cursor where it is
    ERASED = "erased"
    # one character of which terminals do not agree how wide it is: nobody knows where the cursor is after it
    DOUBTFUL = "doubtful"


class Run(NamedTuple):
    """Cells that are drawn at once."""

    start: int
    end: int
    pen: Pen
    text: str
    how: How = How.TEXT


class _Growing:
    """The run that is being put together, and those that are complete."""

    __slots__ = ("_letters", "_pen", "_start", "_text", "runs")

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self._text: list[str] = []
        # where it began, and its pen: that of its blanks until a letter comes
        self._start, self._pen = 0, Pen()
        self._letters = False

    @property
    def begun(self) -> bool:
        """Whether there is anything in it."""
        return bool(self._text)

    def close(self, x: int) -> None:
        """Ends the run before cell `x`."""
        if self._text:
            self.runs.append(Run(self._start, x, self._pen, "".join(self._text)))
            self._text.clear()
        self._letters = False

    def add(self, x: int, char: str, own: Pen) -> None:
        """A character of the cell `x`, in this run if the pen allows it, else in a new one."""
        if self._text:
            if char == " ":
                fits = _goes_with(own, self._pen)
            elif self._letters:
                fits = self._pen == own
            elif fits := _goes_with(self._pen, own):
                self._pen = own
            if not fits:
                self.close(x)
        if not self._text:
            self._start, self._pen = x, own
        self._letters = self._letters or char != " "
        self._text.append(char)


def differences(shown: Line, wanted: Line, erasing: Erasing) -> list[Run]:
    """What has to be drawn of a line, from left to right. What `wanted` says nothing of stays as it is."""
    size = len(wanted.chars)
    shown.reach(size)
    if shown.chars[:size] == wanted.chars and shown.pens[:size] == wanted.pens:
        return []
    growing = _Growing()
    x = 0
    # cells from here on are drawn even where they look right: what stands before them may have spoiled them
    spoiled = 0
    while x < size:
        char, own = wanted.chars[x], wanted.pens[x]
        if char is None or own is None:
            if x < spoiled and shown.chars[x] is not None:
                wanted.chars[x], wanted.pens[x] = shown.chars[x], shown.pens[x]
                continue
            growing.close(x)
            x += 1
            continue
        width = wanted.width(x) if x + 1 < size and wanted.chars[x + 1] == "" else 1
        if x >= spoiled and _looks_right(shown, wanted, x, width):
            growing.close(x)
            x += width
        elif char == "":
            # the second half of a character whose first half nobody knows
            growing.close(x)
            x += 1
        elif char == " " and (end := _erased_to(shown, wanted, x, growing.begun, erasing)):
            growing.close(x)
            growing.runs.append(Run(x, end, own, " " * (end - x), How.ERASED))
            x = end
        elif char != " " and not agreed(char, width):
            growing.close(x)
            growing.runs.append(Run(x, x + width, blank(own), " " * width))
            growing.runs.append(Run(x, x + width, own, char, How.DOUBTFUL))
            x += width
            spoiled = x + 2
            if size < spoiled <= len(shown.chars):
                wanted.reach(spoiled)
                size = spoiled
        else:
            growing.add(x, char, own)
            x += width
    growing.close(x)
    return growing.runs


def _looks_right(shown: Line, wanted: Line, x: int, width: int) -> bool:
    """Whether the character at `x` is there as it should be, all its cells."""
    same = shown.pens[x] == wanted.pens[x] and shown.chars[x] == wanted.chars[x]
    return same and (width == 1 or shown.chars[x : x + width] == wanted.chars[x : x + width])


def _erased_to(shown: Line, wanted: Line, x: int, begun: bool, erasing: Erasing) -> int:
    """Where blanks that begin at `x` are erased to; 0 where they are written. `begun`: a run ends just before them."""
    pen = wanted.pens[x]
    if pen is None or (begun and wanted.chars[x - 1] == " " and shown.chars[x - 1] not in _HALVES):
        return 0
    return _end_of_erasure(shown, wanted, x, pen) if erasing.leaves(pen) else 0


def _goes_with(ground: Pen, pen: Pen) -> bool:
    """Whether a blank that looks like `ground` can be written with `pen`."""
    return ground == blank(pen)


def _end_of_erasure(shown: Line, wanted: Line, x: int, pen: Pen) -> int:
    """Where the blanks that begin at `x` end, as far as they differ; 0 if they are too few for an erasing sequence.

    What is erased must not end inside a character of two cells: tmux keeps its other half, and when that is written
    over later it takes away the ground of what was erased.
    """
    if x and shown.chars[x] in _HALVES:
        return 0
    last = differ = 0
    for at in range(x, len(wanted.chars)):
        if wanted.chars[at] != " " or wanted.pens[at] != pen:
            break
        if shown.chars[at] != " " or shown.pens[at] != pen:
            differ += 1
            last = at + 1
    if last < len(shown.chars) and shown.chars[last] in _HALVES:
        last -= 1
    return last if differ >= _ERASED else 0


def apply(line: Line, runs: Iterable[Run]) -> None:
    """Puts runs into what a line shows."""
    for run in runs:
        pen = blank(run.pen)
        if run.how is How.DOUBTFUL or len(run.text) != run.end - run.start:
            chars: list[str | None] = []
            for char in run.text if run.how is How.TEXT else (run.text,):
                width = run.end - run.start if run.how is How.DOUBTFUL else 1 if agreed(char, 1) else 2
                chars += [char, *[""] * (width - 1)]
        else:
            chars = list(run.text)
        line.put(run.start, chars, [pen if char == " " else run.pen for char in chars])


def ways(y: int, line: Line, runs: Sequence[Run], tip: Tip, width: int) -> list[tuple[str, Tip]]:
    """Ways to draw `runs` on line `y`, and what the terminal is like after each.

    `line` is what the line will show, `width` the terminal's.
    """
    return [_in_order(y, line, order, tip, width) for order in _orders(runs, tip.pen)]


def _orders(runs: Sequence[Run], pen: Pen | None) -> Iterator[Sequence[Run]]:
    """The orders that are tried: from left to right, and by colours."""
    yield runs
    if len(runs) < 3 or any(run.how is How.DOUBTFUL for run in runs):
        return
    groups: dict[Pen, list[Run]] = {}
    before: Pen | None = None
    for number, run in enumerate(runs):
        key = run.pen
        if run.text.isspace() and not key.flags & ON_BLANKS:
            # a blank is drawn on the way, with a neighbour that has its ground
            after = next((other.pen for other in runs[number + 1 :] if not other.text.isspace()), None)
            key = next((near for near in (before, after) if near is not None and blank(near) == key), key)
        else:
            before = key
        groups.setdefault(key, []).append(run)
    if len(groups) in (1, len(runs)):
        return
    pens = sorted(groups, key=lambda key: key != pen)
    yield [run for key in pens for run in groups[key]]
    yield [run for key in reversed(pens) for run in groups[key]]


def _in_order(y: int, line: Line, order: Sequence[Run], tip: Tip, width: int) -> tuple[str, Tip]:
    out: list[str] = []
    # cells that are still to be drawn: whatever stands there meanwhile
    due = bytearray(len(line.chars))
    for run in order:
        due[run.start : run.end] = b"\1" * (run.end - run.start)
    for run in order:
        colour, pen = _colour(run, tip.pen)
        if tip.at == (y, run.start):
            out.append(colour)
        else:
            way = moved(y, run.start, tip, line, due, width)
            if colour:
                other = moved(y, run.start, Tip(tip.at, pen), line, due, width)
                out.append(way + colour if len(way) <= len(other) else colour + other)
            else:
                out.append(way)
        if run.how is How.ERASED:
            cells = run.end - run.start
            out.append("\x1b[K" if run.end == width else f"\x1b[{cells}X")
            tip = Tip((y, run.start), pen)
        else:
            out.append(run.text)
            tip = Tip((y, run.end) if run.how is How.TEXT else None, pen)
        due[run.start : run.end] = bytes(run.end - run.start)
    return "".join(out), tip


def _colour(run: Run, now: Pen | None) -> tuple[str, Pen]:
    """Takes up the pen of a run. For blanks only their ground is changed where that is enough, or nothing."""
    pen = run.pen
    if now is not None and not (now.flags | pen.flags) & ON_BLANKS and run.text.isspace():
        pen = now._replace(back=pen.back)
    return change(now, pen), pen


def moved(y: int, x: int, tip: Tip, line: Line, due: bytearray, width: int) -> str:
    """The shortest way of the terminal's cursor to a cell, which may be over what stands there already."""
    ways = [f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H" if y else "\x1b[H"]
    if tip.at is not None:
        at = tip.at[1]
        if tip.at[0] == y:
            if at < x:
                ways.append(f"\x1b[{x - at}C" if x - at > 1 else "\x1b[C")
                ways.append(_again(line, at, x, tip.pen, due))
            elif at < width < ENDLESS:
                # behind the last column terminals do not agree where the cursor is
                ways.append(f"\x1b[{at - x}D" if at - x > 1 else "\b")
            ways.append("\r" + _over(line, x, tip.pen, due))
        elif tip.at[0] + 1 == y:
            ways.append("\r\n" + _over(line, x, tip.pen, due))
    return min((way for way in ways if way), key=cost)


def cost(way: str) -> int:
    """The bytes of what is written. A terminal's settings may put a carriage return before each line feed."""
    return (len(way) if way.isascii() else len(way.encode())) + way.count("\n")


def _over(line: Line, x: int, pen: Pen | None, due: bytearray) -> str:
    """From the first column to `x`."""
    if not x:
        return ""
    return _again(line, 0, x, pen, due) or (f"\x1b[{x}C" if x > 1 else "\x1b[C")


def _again(line: Line, start: int, end: int, now: Pen | None, due: bytearray) -> str:
    """The characters that some cells will show, if they can be written with the pen at hand; else "".

    What is drawn later may be written in any colours.
    """
    if now is None or end - start > _FAR or end > len(line.chars):
        return ""
    found = ""
    for at in range(start, end):
        char, pen = line.chars[at], line.pens[at]
        if not char or not agreed(char, 1):
            return ""
        if not due[at] and pen != now and not (char == " " and blank(now) == pen):
            return ""
        found += char
    return found


# no way over cells is shorter than a sequence if it is longer than this
_FAR: Final = 8

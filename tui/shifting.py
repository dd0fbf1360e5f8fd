"""Whether a frame shows what the terminal shows already, some lines further up or down.

Then the terminal can move those lines itself. It moves whole lines, with whatever stands beside what scrolls, so this
is one of two ways to a picture; the painter takes the shorter one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final, NamedTuple

from tui.picture import Line

# fewer lines that stay the same are sooner drawn again
_FEWEST: Final = 4


class Shift(NamedTuple):
    """Lines from `top` to `bottom`, counted from 0, of which each is to show what stands `by` lines below it."""

    top: int
    bottom: int
    by: int

    @property
    def sequence(self) -> str:
        """What makes the terminal do it: in a scrolling region (DECSTBM) lines are deleted (DL) or inserted (IL).

        Nobody knows where its cursor is afterwards, or what ground the lines have that came in.
        """
        lines = f"{abs(self.by)}M" if self.by > 0 else f"{abs(self.by)}L"
        return f"\x1b[{self.top + 1};{self.bottom + 1}r\x1b[{self.top + 1}H\x1b[{lines}\x1b[r"


def shift(shown: Mapping[int, Line], wanted: Mapping[int, Line], width: int) -> Shift | None:
    """How most lines of `wanted` lie beside those that are `shown` on a terminal of `width` cells; None for not at all.

    Only lines of which every cell is known can move: what comes after must be what Textual has drawn.
    """
    if len(wanted) < _FEWEST:
        return None
    # the cells that the frame draws, as far as they are the same ones on all lines: a pane, or the whole width
    start = max(_first(line) for line in wanted.values())
    end = min(len(line.chars) for line in wanted.values())
    if start >= end:
        return None
    places: dict[tuple[object, ...], int | None] = {}
    for y, line in shown.items():
        key = tuple(line.chars[start:end])
        # what stands there more than once says nothing of where it went
        places[key] = None if key in places else y
    found = [
        (y, there) for y, line in wanted.items() if (there := places.get(tuple(line.chars[start:end]))) is not None
    ]
    votes = Counter(there - y for y, there in found)
    by, count = votes.most_common(1)[0] if votes else (0, 0)
    if by == 0 or count < _FEWEST:
        return None
    moved = [y for pair in found if pair[1] - pair[0] == by for y in pair]
    top, bottom = min(moved), max(moved)
    if not all(y in shown and _whole(shown[y], width) for y in range(top, bottom + 1)):
        return None
    return Shift(top, bottom, by)


def shifted(shown: Mapping[int, Line], move: Shift) -> dict[int, Line]:
    """What the terminal shows afterwards on the lines that moved. Those that came in are blank, on whatever ground."""
    top, bottom, by = move
    came_in = Line()
    came_in.put(0, [" "] * len(shown[top].chars), [None] * len(shown[top].chars))
    return {y: (shown[y + by] if top <= y + by <= bottom else came_in).copy() for y in range(top, bottom + 1)}


def after(shown: Mapping[int, Line], wanted: Mapping[int, Line], move: Shift) -> dict[int, Line]:
    """What a frame wants of every cell of the lines that moved, and of those it draws besides."""
    whole = dict(wanted)
    for y in range(move.top, move.bottom + 1):
        line = shown[y].copy()
        if y in wanted:
            line.lay(wanted[y])
        whole[y] = line
    return whole


def _first(line: Line) -> int:
    return next((x for x, char in enumerate(line.chars) if char is not None), len(line.chars))


def _whole(line: Line, width: int) -> bool:
    return len(line.chars) == width and None not in line.chars

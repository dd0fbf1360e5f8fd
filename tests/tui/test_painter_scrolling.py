"""Where a frame is the old one moved up or down, the terminal moves the lines itself: it must come to the same."""

from __future__ import annotations

import re

import pyte
import pytest
from support.scrolling import Screens

from tui.painter import Painter
from tui.strokes import Erasing

Cells = list[list[object]]
SIZES = [(40, 12), (80, 24), (120, 40), (61, 17)]


class Shown:
    """What a terminal shows of what was written to it."""

    def __init__(self, width: int, height: int) -> None:
        self.screen = pyte.Screen(width, height)
        self.stream = pyte.Stream(self.screen)

    def after(self, data: str) -> Cells:
        """The cells after `data` was written too; of a blank only the ground can be seen."""
        self.stream.feed(data)
        found: Cells = []
        for y in range(self.screen.lines):
            row = [self.screen.buffer[y][x] for x in range(self.screen.columns)]
            found.append(
                [
                    (cell.data, cell.bg) if cell.data == " " and not (cell.reverse or cell.underscore) else cell
                    for cell in row
                ]
            )
        return found


@pytest.mark.parametrize("erasing", Erasing)
@pytest.mark.parametrize(("width", "height"), SIZES, ids=lambda value: str(value))
@pytest.mark.parametrize("part", [1.0, 0.6], ids=["whole width", "a pane beside"])
def test_a_screen_that_scrolls_is_what_textual_drew(erasing: Erasing, width: int, height: int, part: float) -> None:
    moved = 0
    for seed in range(2):
        painter, simple = Painter(erasing, scrolls=True), Painter(erasing)
        plain, painted = Shown(width, height), Shown(width, height)
        painter.resize(width, height)
        simple.resize(width, height)
        for frame in Screens(seed, width, height, int(width * part)).frames(8):
            written = painter.take(frame)
            assert painted.after(written) == plain.after(frame)
            # a region that scrolls is set only where that is the shorter way, and taken back at once
            assert len(simple.take(frame).encode()) + 100 > len(written.encode())
            regions = len(re.findall(r"\x1b\[\d+;\d+r", written))
            assert regions == written.count("\x1b[r")
            moved += regions
    assert moved


def test_a_page_down_is_much_shorter_where_lines_move() -> None:
    sizes = []
    for scrolls in (True, False):
        painter = Painter(Erasing.COLOURED, scrolls=scrolls)
        painter.resize(80, 24)
        screens = Screens(1, 80, 24, 80)
        painter.take(screens.whole())
        screens.top, screens.cursor = 6, 20
        sizes.append(len(painter.take(screens.list()).encode()))
    assert sizes[0] < sizes[1] * 0.6


def test_lines_that_nobody_knows_wholly_do_not_move() -> None:
    """What stands beside the list was never drawn: the terminal may show anything there, and must go on showing it."""
    painter, plain, painted = Painter(Erasing.COLOURED, scrolls=True), Shown(40, 12), Shown(40, 12)
    painter.resize(40, 12)
    for shown in (plain, painted):
        shown.after("\x1b[5;38Hold\x1b[1;1H")
    screens = Screens(3, 40, 12, 30)
    for top in (0, 3, 6):
        screens.top, screens.cursor = top, top + 2
        written = painter.take(screens.list())
        assert painted.after(written) == plain.after(screens.list())
        assert "\x1b[r" not in written


def test_nothing_moves_without_a_size() -> None:
    painter = Painter(Erasing.COLOURED, scrolls=True)
    screens = Screens(3, 40, 12, 40)
    painter.take(screens.whole())
    screens.top = 3
    assert "\x1b[r" not in painter.take(screens.list())

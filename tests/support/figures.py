"""What a review on a terminal costs: the bytes it writes, counted at the terminal's end. For tests and benchmarks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from support.terminal import Terminal

REVIEW = Path(__file__).with_name("review_program.py")
# bytes at 120x40: of every move inside the page, of a move on average while the table scrolls, and of opening the menu
MOVE, SCROLL, MENU = 300, 450, 1000
# the lines above and below the table
_HEAD, _FOOT = 4, 2


@dataclass(frozen=True, slots=True)
class Bytes:
    """Bytes written: per move of the cursor inside the page, per move on average while it scrolls, by the menu when it
    opens, moves and closes, by a key that does nothing, by nobody for some seconds, and by the mouse moving."""

    moves: tuple[int, ...]
    scrolling: tuple[int, ...]
    menu: int
    menu_step: int
    menu_closed: int
    nothing: int
    idle: int
    mouse: int


def cursor_line(terminal: Terminal) -> str:
    """The line of the table that the cursor stands on; "" while it is being drawn."""
    return next((line for line in terminal.lines[_HEAD:-_FOOT] if line.startswith(">")), "")


def ready(terminal: Terminal) -> None:
    """Waits until a review is there and at rest, and goes to its first row."""
    terminal.until(lambda: cursor_line(terminal) != "", "a row under the cursor")
    terminal.until_text("? Keys")
    terminal.quiet(1.0)
    terminal.send("g")
    terminal.quiet(1.0)


def step(terminal: Terminal, key: str) -> int:
    """The bytes of one move, which must come to another row."""
    before, start = cursor_line(terminal), len(terminal.written)
    terminal.send(key)
    terminal.until(lambda: cursor_line(terminal) not in ("", before), "the next row")
    terminal.quiet(0.05)
    return len(terminal.written) - start


def count(terminal: Terminal, rest: float = 0.3, scroll: int = 60) -> Bytes:
    """Counts on a terminal with a review that is `ready` and whose details stay as they are."""
    inside = tuple(step(terminal, "j") for _ in range(20))
    # the table scrolls when the cursor leaves it: every move from here on is counted, with and without
    scrolling = tuple(step(terminal, "j") for _ in range(scroll))
    menu = terminal.press("m", rest).size
    assert "┌ " in terminal.text
    menu_step = terminal.press("j", rest).size
    menu_closed = terminal.press("\x1b", max(rest, 0.4)).size
    assert "┌ " not in terminal.text
    return Bytes(
        moves=inside,
        scrolling=scrolling,
        menu=menu,
        menu_step=menu_step,
        menu_closed=menu_closed,
        # a key of no command, and the end of the list twice: the second time there is nothing to do
        nothing=terminal.press("@", rest).size + (terminal.press("G", 1.0).size and terminal.press("Gj", rest).size),
        idle=terminal.press("", 3.0).size,
        # dragging and mere movement, as terminals report them in mode 1002 and 1003
        mouse=terminal.press("\x1b[<32;50;20M\x1b[<32;51;22M\x1b[<35;30;25M\x1b[<35;31;26M", rest).size,
    )

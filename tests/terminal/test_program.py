"""Whole processes on a pseudo-terminal: what a person sees, and what is left when the program ends, however it ends."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from support.terminal import Terminal

REVIEW = Path(__file__).parents[1] / "support" / "review_program.py"
Start = Callable[..., Terminal]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a program with settings and a memory of its own."""
    running: list[Terminal] = []

    def begin(command: Sequence[str], environ: dict[str, str] | None = None, **more: Any) -> Terminal:
        own = {
            "HOME": str(tmp_path),
            "HANDSYNC_CONFIG": str(tmp_path / "config.toml"),
            "HANDSYNC_STATE_DIR": str(tmp_path / "state"),
        }
        running.append(Terminal([sys.executable, *command], {**own, **(environ or {})}, **more))
        return running[-1]

    yield begin
    for terminal in running:
        terminal.kill()


def review(start: Start, *arguments: str, environ: dict[str, str] | None = None, **more: Any) -> Terminal:
    """The Summary of the sample Monday, once it is there, with the cursor at the top."""
    terminal = start([str(REVIEW), *arguments], environ, **more)
    terminal.until_text("Trade fair")
    terminal.until_text("? Keys")
    terminal.until(lambda: "Budget" in cursor_line(terminal), "a row to decide")
    terminal.quiet()
    terminal.send("g")
    terminal.until(lambda: "Trade fair" in cursor_line(terminal), "the first row")
    terminal.quiet()
    return terminal


def cursor_line(terminal: Terminal) -> str:
    """The line that the cursor stands on."""
    return next((line for line in terminal.lines if line.startswith(">")), "")


def left_clean(terminal: Terminal) -> None:
    """The terminal is as it was found: its own screen, cursor, keyboard, mouse and settings."""
    written = terminal.written.decode("utf-8", "replace")
    for mode in ("1049", "1000", "1002", "1006", "1004", "2004"):
        states = re.findall(rf"\x1b\[\?{mode}([hl])", written)
        assert states[-1] == "l", mode
    assert written.rindex("\x1b[?25h") > written.rindex("\x1b[?25l")
    assert written.count("\x1b[<u") >= written.count("\x1b[>25u")
    assert terminal.modes == terminal.before


@pytest.mark.slow
def test_the_demo_from_start_to_end(start: Start) -> None:
    terminal = start(["-m", "tui", "--demo"])
    terminal.until_text("Summary")
    terminal.until_text("? Keys")
    terminal.quiet()
    first = cursor_line(terminal)
    terminal.send("j")
    terminal.until(lambda: cursor_line(terminal) not in ("", first), "the next row")
    terminal.send("m")
    terminal.until_text("┌ ")
    terminal.send("\x1b")
    terminal.until(lambda: "┌ " not in terminal.text, "the menu closed")
    terminal.send("\x11")
    assert terminal.wait() == 0
    left_clean(terminal)


def test_a_review_by_keys_and_mouse_leaves_the_terminal_as_it_was(start: Start) -> None:
    terminal = review(start, width=80, height=24)
    assert "Synchronization Summary" in terminal.lines[0]
    terminal.send("j")
    terminal.until(lambda: "Quarterly review" in cursor_line(terminal), "down")
    terminal.send("\x1b[1;2B")
    terminal.until_text("2 marked")
    y = terminal.line("Site visit")
    terminal.send(f"\x1b[<2;10;{y + 1}M\x1b[<2;10;{y + 1}m")
    terminal.until_text("┌ Site visit")
    terminal.send(".")
    terminal.until(lambda: "┌ " not in terminal.text and "=.=" in terminal.lines[y], "nothing for that row")
    terminal.send("u")
    terminal.until(lambda: "=.=" not in terminal.text, "undone")
    terminal.send("q")
    # marks first, then the screen, and with it the program
    terminal.until(lambda: "marked" not in terminal.text, "unmarked")
    terminal.send("q")
    assert terminal.wait() == 0
    left_clean(terminal)
    assert b"\x1b[?1003h" not in terminal.written


@pytest.mark.slow
def test_a_change_of_size_leaves_nothing_behind(start: Start) -> None:
    """What is on the screen after all kinds of sizes is what a fresh start in that size shows."""
    terminal = review(start)
    for width, height in ((100, 30), (70, 20), (200, 60), (80, 24)):
        terminal.resize(width, height)
        wanted = "70 x 20" if width < 80 else "Keys"
        terminal.until(lambda wanted=wanted: wanted in terminal.text, f"{width}x{height}: {wanted}")
        terminal.quiet()
    fresh = review(start, width=80, height=24)
    assert terminal.text == fresh.text
    # and garbage of others goes away at the key for it
    terminal.stream.feed(b"\x1b[5;5Hsome other program\x1b[7m wrote here")
    assert terminal.text != fresh.text
    terminal.send("\x0c")
    terminal.until(lambda: terminal.text == fresh.text, "drawn again")


def test_the_window_has_its_own_size_whatever_a_shell_exports(start: Start) -> None:
    """COLUMNS and LINES, once exported, stay what they were when the window is made larger."""
    exported = {"COLUMNS": "40", "LINES": "12"}
    terminal = review(start, environ=exported, width=100, height=30)
    assert terminal.text == review(start, width=100, height=30).text
    terminal.resize(130, 35)
    terminal.until(lambda: "Keys" in terminal.lines[34], "the keys on the last line of the larger window")
    assert max(map(len, terminal.lines)) > 100


def test_it_can_be_put_to_sleep_and_comes_back_whole(start: Start) -> None:
    terminal = review(start, width=80, height=24)
    before = terminal.text
    # as the shell does it: the process gets the signal, leaves its screen, and stops
    terminal.signal(signal.SIGTSTP)
    terminal.until(lambda: terminal.written.rstrip().endswith(b"\x1b[?1004l"), "left its screen")
    terminal.until(lambda: terminal.asleep, "asleep")
    terminal.screen.reset()
    terminal.stream.feed(b"$ make\r\nall done")
    terminal.signal(signal.SIGCONT)
    terminal.until(lambda: terminal.text == before, "the same screen")


def test_after_a_fault_of_ours_the_terminal_works_and_says_what_happened(start: Start) -> None:
    terminal = review(start, "--crash")
    terminal.send("!")
    assert terminal.wait() != 0
    left_clean(terminal)
    after = terminal.written.decode().rpartition("\x1b[?1049l")[2]
    assert "ValueError" in after
    assert "Traceback" not in after
    assert "hush-hush" not in after


@pytest.mark.slow
@pytest.mark.parametrize(
    ("term", "environ"),
    [("xterm", {}), ("screen", {}), ("xterm-256color", {"NO_COLOR": "1"})],
    ids=["8 colours", "screen", "no colour"],
)
def test_cursor_and_marks_can_be_seen_without_colours(start: Start, term: str, environ: dict[str, str]) -> None:
    terminal = review(start, environ=environ, term=term, width=80, height=24)
    terminal.send(" j")
    terminal.until(lambda: "1 marked" in terminal.text and "Quarterly" in cursor_line(terminal), "marked, and down")
    terminal.quiet()
    y = terminal.line("Quarterly")
    cells = [terminal.screen.buffer[y][x] for x in range(1, 78)]
    # the whole line is reversed, and nothing else of the table is
    assert all(cell.reverse for cell in cells)
    marked = terminal.screen.buffer[terminal.line("Trade fair")]
    assert marked[1].data == "*"
    assert marked[4].bold
    assert not marked[4].reverse
    colours = {cell.fg for line in terminal.screen.buffer.values() for cell in line.values()}
    named = {"default", "black", "red", "green", "brown", "blue", "magenta", "cyan", "white"}
    named |= {f"bright{name}" for name in named}
    assert colours <= named, colours


def test_where_no_screen_can_be_drawn_a_sentence_says_what_to_do(start: Start) -> None:
    terminal = start(["-m", "tui"], {"PYTHONIOENCODING": "latin-1"})
    # the plain text takes its place, and has no settings to work with here
    assert terminal.wait() == 2
    assert "handsync: there are no settings yet" in terminal.text
    assert b"\x1b[" not in terminal.written
    assert terminal.modes == terminal.before

"""Real tmux: what the painter sends must look there like what Textual drew, and a program must survive its ways."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.figures import REVIEW, cursor_line
from support.scrolling import Screens
from support.terminal import Terminal

from tui.painter import Painter
from tui.pens import Pen, blank, pen_after
from tui.strokes import Erasing

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
]
Cells = list[list[tuple[str, Pen]]]
PATIENCE = 60.0


class Tmux:
    """A tmux server of its own with one window."""

    def __init__(self, directory: Path, width: int, height: int, command: str, name: str = "tmux") -> None:
        self.socket = directory / name
        self("new-session", "-d", "-x", str(width), "-y", str(height), command)
        self("set", "-g", "status", "off")

    def __call__(self, *words: str) -> str:
        # a known environment
        environ = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        command = ["tmux", "-f", "/dev/null", "-u", "-S", str(self.socket), *words]
        done = subprocess.run(command, capture_output=True, text=True, env={**environ, "LANG": "C.UTF-8"}, check=True)
        return done.stdout

    @property
    def text(self) -> str:
        """The window without colours."""
        return self("capture-pane", "-p")

    @property
    def cells(self) -> Cells:
        """The window with its colours, without what nobody sees."""
        return seen(self("capture-pane", "-e", "-N", "-p"))

    def write(self, data: str, mark: str) -> None:
        """Writes to the window as a program in it would, and waits until tmux has taken it."""
        with open(self("display", "-p", "#{pane_tty}").strip(), "w", encoding="utf-8", newline="") as tty:
            tty.write(f"{data}\x1b]2;{mark}\x07")
        self.until(lambda: self("display", "-p", "#{pane_title}").strip() == mark, mark)

    def until(self, is_so: Callable[[], bool], what: str) -> None:
        """Waits until something is so."""
        deadline = time.monotonic() + PATIENCE
        while not is_so():
            assert time.monotonic() < deadline, f"did not come: {what}\n{self.text}"
            time.sleep(0.05)


def seen(text: str) -> Cells:
    """The lines of a text with SGR sequences as cells; of a blank only its ground counts."""
    found: Cells = []
    pen = Pen()
    for row in text.split("\n"):
        cells: list[tuple[str, Pen]] = []
        for number, part in enumerate(row.split("\x1b[")):
            words = part
            if number:
                codes, _, words = part.partition("m")
                pen = pen_after(pen, codes)
            cells += [(char, blank(pen) if char == " " else pen) for char in words]
        while cells and cells[-1] == (" ", Pen()):
            cells.pop()
        found.append(cells)
    return found


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Callable[..., Tmux]]:
    """Starts servers and ends them."""
    running: list[Tmux] = []

    def start(width: int, height: int, command: str) -> Tmux:
        running.append(Tmux(tmp_path, width, height, command, f"tmux{len(running)}"))
        return running[-1]

    yield start
    for server in running:
        server("kill-server")


@pytest.mark.parametrize("erasing", Erasing)
@pytest.mark.parametrize("list_width", [79, 48], ids=["a list", "a list and a pane beside it"])
def test_tmux_shows_what_textual_drew(servers: Callable[..., Tmux], erasing: Erasing, list_width: int) -> None:
    # the last column is never blank: tmux does not tell the ground of blanks that were erased there
    width, height = 80, 24
    plain, painted = (servers(width, height, "stty raw -echo; sleep 1000") for _ in range(2))
    painter = Painter(erasing, scrolls=True)
    painter.resize(width, height)
    moved = 0
    for server in (plain, painted):
        server.write("\x1b[?7l\x1b[2J", "ready")
    for number, frame in enumerate(Screens(5, width, height, list_width).frames(12)):
        written = painter.take(frame)
        moved += written.count("\x1b[r")
        plain.write(frame, f"frame {number}")
        painted.write(written, f"frame {number}")
        assert painted.cells == plain.cells, number
    assert moved


def environment(tmp_path: Path) -> dict[str, str]:
    """Settings and a memory that nobody else has."""
    state = {"HANDSYNC_CONFIG": f"{tmp_path}/config.toml", "HANDSYNC_STATE_DIR": f"{tmp_path}/state"}
    return {**state, "LANG": "C.UTF-8"}


def review(servers: Callable[..., Tmux], tmp_path: Path, width: int, height: int) -> Tmux:
    """The Summary of the sample Monday in tmux, with the program's first words on the screen."""
    words = [f"{name}={value}" for name, value in environment(tmp_path).items()]
    tmux = servers(width, height, shlex.join(["env", *words, sys.executable, str(REVIEW)]))
    tmux.until(lambda: "Trade fair" in tmux.text and "? Keys" in tmux.text, "the review")
    return tmux


def at_rest(tmux: Tmux) -> Cells:
    """The window, once it stays as it is."""
    before: Cells = []
    while (now := tmux.cells) != before:
        before = now
        time.sleep(0.5)
    return now


def test_a_window_that_gets_another_size_shows_what_a_fresh_start_shows(
    servers: Callable[..., Tmux], tmp_path: Path
) -> None:
    """As when somebody draws the window larger and smaller with the mouse."""
    tmux = review(servers, tmp_path, 120, 40)
    for width, height in ((70, 20), (200, 60), (80, 24)):
        tmux("resize-window", "-x", str(width), "-y", str(height))
        wanted = "70 x 20" if width < 80 else "? Keys"
        tmux.until(lambda wanted=wanted: wanted in tmux.text, f"{width}x{height}")
        at_rest(tmux)
    fresh = review(servers, tmp_path, 80, 24)
    assert at_rest(tmux) == at_rest(fresh)


def test_attached_again_with_another_terminal_it_looks_like_a_fresh_start(
    servers: Callable[..., Tmux], tmp_path: Path
) -> None:
    """A line is lost while a menu is open: the program lives on, and a smaller terminal shows it whole."""
    tmux = review(servers, tmp_path, 120, 40)
    tmux("set", "-g", "window-size", "latest")
    attach = ["tmux", "-f", "/dev/null", "-u", "-S", str(tmux.socket), "attach"]
    with Terminal(attach, width=120, height=40) as first:
        first.until_text("Trade fair")
        first.send("m")
        first.until_text("┌ ")
        first.kill()
    with Terminal(attach, width=90, height=30) as second:
        second.until(lambda: "Trade fair" in second.text and "┌" not in second.text, "the review")
        start = cursor_line(second)
        second.send("j")
        second.until(lambda: cursor_line(second) not in ("", start), "the next row")
        second.send("k")
        second.until(lambda: cursor_line(second) == start, "and back")
        second.quiet()
        again = second.text
    with Terminal([sys.executable, str(REVIEW)], environment(tmp_path), width=90, height=30) as fresh:
        fresh.until_text("Trade fair")
        fresh.until_text("? Keys")
        fresh.quiet()
        assert again == fresh.text


def test_what_tmux_shows_while_one_reviews_is_what_the_program_draws_anew(
    servers: Callable[..., Tmux], tmp_path: Path
) -> None:
    """After many keys nothing is left of what was there before: Ctrl+L, which draws all again, changes nothing."""
    tmux = review(servers, tmp_path, 100, 24)
    for keys in (
        "j",
        "j",
        "m",
        "Escape",
        "G",
        "Space",
        "g",
        "Z",
        "Z",
        "v",
        "J",
        "Escape",
        "D",
        "D",
        "?",
        "Escape",
        "n",
    ):
        tmux("send-keys", keys)
        at_rest(tmux)
    before = at_rest(tmux)
    tmux("send-keys", "C-l")
    time.sleep(0.5)
    assert at_rest(tmux) == before

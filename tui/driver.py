"""The terminal driver: mouse buttons and dragging are reported, mere movement is not; only what changed is sent.

Over SSH every report is a packet, and a report per cell the mouse crosses is repainting that nobody asked for
(facts: terminal 2). What the painter leaves out of a frame is most of it (facts: terminal 4).
"""

from __future__ import annotations

import contextlib
import os
import sys
from threading import RLock
from typing import IO, TYPE_CHECKING, cast

from textual import constants
from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver

from tui import clipboard
from tui.painter import Painter
from tui.strokes import Erasing

if TYPE_CHECKING:
    from io import TextIOWrapper


class Lasting:
    """A stream to a terminal that may go away: then what is written is lost, and nobody has to wait for it.

    Textual's writing thread would end with an error, and everybody who writes after that would wait for ever.
    """

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Writes as far as somebody is there."""
        with contextlib.suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """As for `write`."""
        with contextlib.suppress(OSError):
            self._stream.flush()

    def fileno(self) -> int:
        """The number of the stream's file."""
        return self._stream.fileno()

    def isatty(self) -> bool:
        """Whether the stream is a terminal."""
        return self._stream.isatty()


class QuietDriver(LinuxDriver):
    """Textual's driver with mouse mode 1002 (buttons and dragging) instead of 1003 (every movement), and a painter."""

    def __init__(
        self, app: App[object], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        # a stream is all that the writing thread asks of it
        self._file = cast("TextIOWrapper", Lasting(self._file)) if self._file is not None else None
        self._painter = painter(os.environ.get("TERM", ""))
        # keyboard thread and event loop both write; a signal that takes the screen away may come while one does
        self._writing = RLock()

    def write(self, data: str) -> None:
        """Writes what changes on the screen; a text for the clipboard in the form that gets there."""
        with self._writing:
            if clipboard.copies(data):
                super().write(clipboard.through(data, os.environ))
                return
            # asked each time: the terminal changes before Textual hears of it
            self._painter.resize(*self._get_terminal_size())
            if changed := self._painter.take(data):
                super().write(changed)

    def forget(self) -> None:
        """The terminal may show anything now: what is drawn from now on is sent whole."""
        with self._writing:
            self._painter.forget()

    def _get_terminal_size(self) -> tuple[int, int]:
        """The size that the terminal itself tells, columns first.

        Textual asks the environment first, and what a shell exports there (COLUMNS, LINES) stays what it was when the
        window is made larger. Only a terminal that does not know its size, as on a serial line, leaves it to that.
        """
        for stream in (sys.__stderr__, sys.__stdin__):
            if stream is None:
                continue
            with contextlib.suppress(OSError, ValueError):
                columns, lines = os.get_terminal_size(stream.fileno())
                if columns and lines:
                    return columns, lines
        return super()._get_terminal_size()

    def run_input_thread(self) -> None:
        """Reads keys. A terminal that is gone is no fault: whoever watches over it ends the program."""
        with contextlib.suppress(OSError):
            super().run_input_thread()

    def let_go(self) -> None:
        """Stops reading where the terminal is gone, which would say "end of file" without an end."""
        if not os.isatty(self.fileno):
            self.exit_event.set()

    def _enable_mouse_support(self) -> None:
        if self._mouse:
            # clicks, dragging, and coordinates as decimal numbers
            self.write("\x1b[?1000h\x1b[?1002h\x1b[?1006h")
            self.flush()

    def _disable_mouse_support(self) -> None:
        if self._mouse:
            self.write("\x1b[?1006l\x1b[?1002l\x1b[?1000l")
            self.flush()


def painter(term: str) -> Painter:
    """A painter that makes use of what a terminal called `term` can do, as terminfo has it; of nothing where it is not
    known there.
    """
    try:
        import curses
    except ImportError:
        return Painter()
    try:
        # the terminal itself is not asked for anything
        curses.setupterm(term, 2)
    except curses.error:
        return Painter()
    erasing = Erasing.NONE
    if curses.tigetstr("ech"):
        erasing = Erasing.COLOURED if curses.tigetflag("bce") > 0 else Erasing.PLAIN
    return Painter(erasing, scrolls=all(curses.tigetstr(ability) for ability in ("csr", "il", "dl")))


def driver_class() -> type[Driver] | None:
    """The driver to use, or None where TEXTUAL_DRIVER names another one."""
    return None if constants.DRIVER else QuietDriver

"""The terminal driver: mouse buttons and dragging are reported, mere movement is not; only what changed is sent.

Over SSH every report is a packet, and a report per cell the mouse crosses is repainting that nobody asked for
(facts: terminal 2). What the painter leaves out of a frame is most of it (facts: terminal 4).
"""

from __future__ import annotations

import os
from threading import RLock

from textual import constants
from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver

from tui import clipboard
from tui.painter import Erasing, Painter


class QuietDriver(LinuxDriver):
    """Textual's driver with mouse mode 1002 (buttons and dragging) instead of 1003 (every movement), and a painter."""

    def __init__(
        self, app: App[object], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._painter = Painter(erasing(os.environ.get("TERM", "")))
        # keyboard thread and event loop both write; a signal that takes the screen away may come while one does
        self._writing = RLock()

    def write(self, data: str) -> None:
        """Writes what changes on the screen; a text for the clipboard in the form that gets there."""
        with self._writing:
            if clipboard.copies(data):
                super().write(clipboard.through(data, os.environ))
            elif changed := self._painter.take(data):
                super().write(changed)

    def forget(self) -> None:
        """The terminal may show anything now: what is drawn from now on is sent whole."""
        with self._writing:
            self._painter.forget()

    def _enable_mouse_support(self) -> None:
        if self._mouse:
            # clicks, dragging, and coordinates as decimal numbers
            self.write("\x1b[?1000h\x1b[?1002h\x1b[?1006h")
            self.flush()

    def _disable_mouse_support(self) -> None:
        if self._mouse:
            self.write("\x1b[?1006l\x1b[?1002l\x1b[?1000l")
            self.flush()


def erasing(term: str) -> Erasing:
    """How a terminal called `term` erases cells, as terminfo has it; not at all where it is not known there."""
    try:
        import curses
    except ImportError:
        return Erasing.NONE
    try:
        # the terminal itself is not asked for anything
        curses.setupterm(term, 2)
    except curses.error:
        return Erasing.NONE
    if not curses.tigetstr("ech"):
        return Erasing.NONE
    return Erasing.COLOURED if curses.tigetflag("bce") > 0 else Erasing.PLAIN


def driver_class() -> type[Driver] | None:
    """The driver to use, or None where TEXTUAL_DRIVER names another one."""
    return None if constants.DRIVER else QuietDriver

"""The terminal driver: mouse buttons and dragging are reported, mere movement is not.

Over SSH every report is a packet, and a report per cell the mouse crosses is repainting that nobody asked for
(facts: terminal 2).
"""

from __future__ import annotations

from textual import constants
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver


class QuietMouseDriver(LinuxDriver):
    """Textual's driver with mouse mode 1002 (buttons and dragging) instead of 1003 (every movement)."""

    def _enable_mouse_support(self) -> None:
        if self._mouse:
            # clicks, dragging, and coordinates as decimal numbers
            self.write("\x1b[?1000h\x1b[?1002h\x1b[?1006h")
            self.flush()

    def _disable_mouse_support(self) -> None:
        if self._mouse:
            self.write("\x1b[?1006l\x1b[?1002l\x1b[?1000l")
            self.flush()


def driver_class() -> type[Driver] | None:
    """The driver to use, or None where TEXTUAL_DRIVER names another one."""
    return None if constants.DRIVER else QuietMouseDriver

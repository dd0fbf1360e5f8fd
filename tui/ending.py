"""The end of the program when something goes on, and when it is told to end from outside.

SIGHUP (a line that dropped, a terminal that was closed), SIGTERM and SIGINT do the same: what reads is stopped, a run
stops after the batch that is being written, that batch is recorded, the terminal is given back, and the program ends.
A second signal does not wait for the batch: the journal tells the next start what was on its way.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from typing import TYPE_CHECKING, Final

from tui.driver import QuietDriver

if TYPE_CHECKING:
    from tui.app import HandsyncApp

# seconds between two looks at whether a run has stopped
_PAUSE: Final = 0.05
# seconds between two looks at whether there is still a terminal
WATCH: Final = 10.0
SIGNALS: Final = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)


class Ending:
    """Stops what goes on in `app`, waits for it, and then leaves."""

    def __init__(self, app: HandsyncApp) -> None:
        self._app = app
        self._leaving: asyncio.Task[None] | None = None
        # whether somebody outside wanted the end
        self.told = False

    @property
    def leaving(self) -> bool:
        """Whether the program is about to end."""
        return self._leaving is not None

    def listen(self) -> None:
        """Takes the signals over, those that are not ignored: nohup and shells in the background mean it."""
        if threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, self.tell)

    def tell(self) -> None:
        """Somebody outside wants the end; to be called in the event loop."""
        driver = self._app._driver
        if isinstance(driver, QuietDriver):
            driver.let_go()
        again, self.told = self.told, True
        if again:
            self._app.exit(1)
        else:
            self.leave(1)

    def watch(self) -> None:
        """Ends the program when its terminal is gone without a signal that says so."""
        driver = self._app._driver
        if isinstance(driver, QuietDriver) and not os.isatty(driver.fileno) and not self.told:
            self.tell()

    def leave(self, code: int) -> None:
        """Stops what goes on, waits for a batch that is being written, and ends with exit code `code`.

        Called again it does not wait any longer.
        """
        if self._leaving is not None:
            self._app.exit(code)
            return
        for screen in self._app.screen_stack:
            stop = getattr(screen, "interrupt", None)
            if stop is not None:
                stop()
        if not self._busy:
            self._app.exit(code)
            return
        self._leaving = asyncio.get_running_loop().create_task(self._when_quiet(code))

    @property
    def _busy(self) -> bool:
        return any(getattr(screen, "busy", False) for screen in self._app.screen_stack)

    async def _when_quiet(self, code: int) -> None:
        while self._busy:
            await asyncio.sleep(_PAUSE)
        self._app.exit(code)

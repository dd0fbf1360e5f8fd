"""The terminal around a command: progress, questions, and being told to stop."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, Final, TextIO

from sync_core.errors import CancelledError

if TYPE_CHECKING:
    from sync_core.report import RunProgress
    from sync_core.sides import Progress

# the widest a line of plain text may be, and what is taken where nobody knows the width
MOST_COLUMNS: Final = 100
# seconds between two updates of the progress line
_PACE: Final = 0.1


def is_screen() -> bool:
    """Whether a full-screen program can be shown and used.

    It is drawn on standard error; in another encoding than UTF-8 its borders fall apart (facts: terminal 7).
    """
    encoding = (getattr(sys.__stderr__, "encoding", "") or "").lower().replace("-", "")
    return sys.stdout.isatty() and sys.stdin.isatty() and not is_dumb() and encoding == "utf8"


def is_dumb() -> bool:
    """Whether the terminal says of itself that it knows no control sequences."""
    return os.environ.get("TERM", "") in ("dumb", "")


def can_ask() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def columns() -> int:
    """How wide plain text may be."""
    if not sys.stdout.isatty():
        return MOST_COLUMNS
    return max(20, min(MOST_COLUMNS, shutil.get_terminal_size((80, 24)).columns - 1))


def ask(question: str) -> str:
    """A line that a person types; "" when there is nobody or the input ends."""
    try:
        return input(question).strip()
    except EOFError:
        print()
        return ""


class ProgressLine:
    """One line on standard error that says how far things are; nothing where that is not a terminal. Any thread."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._on = self._stream.isatty() and not is_dumb()
        self._sides: dict[str, str] = {}
        self._shown = 0.0
        self._lock = threading.Lock()

    def reading(self, progress: Progress) -> None:
        """A side says how far it is."""
        number = f"{progress.done} of {progress.total}" if progress.total else str(progress.done)
        with self._lock:
            self._sides[progress.side.label] = number
            self._show(", ".join(f"{side} {done}" for side, done in sorted(self._sides.items(), reverse=True)))

    def running(self, progress: RunProgress) -> None:
        """A run says how far it is."""
        with self._lock:
            self._show(f"{progress.done} of {progress.total}: {progress.what}")

    def say(self, sentence: str) -> None:
        """A step that takes a while begins."""
        with self._lock:
            self._show(sentence, now=True)

    def clear(self) -> None:
        """Takes the line away."""
        with self._lock:
            self._sides.clear()
            if self._on and self._shown:
                self._write("\r\x1b[K")
                self._shown = 0.0

    def _show(self, words: str, *, now: bool = False) -> None:
        if not self._on or (not now and time.monotonic() - self._shown < _PACE):
            return
        from sync_core.text import plain, shorten

        self._shown = time.monotonic()
        self._write(f"\r\x1b[K{shorten(plain(words), columns() - 1)}")

    def _write(self, words: str) -> None:
        # a closed standard error must not end a run
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(words)
            self._stream.flush()

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, at: TracebackType | None
    ) -> None:
        self.clear()


class Stop:
    """Ctrl+C, SIGTERM and a lost connection, all handled alike.

    As a rule they raise KeyboardInterrupt in the main thread. Inside `gently` the first one only sets a flag, so that
    what has begun is finished; the second one ends the program at once.
    """

    def __init__(self) -> None:
        self._asked = False
        self._gentle = False

    def asked(self) -> bool:
        """Whether to stop: the answer for those who ask between two requests."""
        return self._asked

    def check(self) -> None:
        """Raises CancelledError when it is time to stop: for those who go from one step to the next."""
        if self._asked:
            raise CancelledError

    @contextlib.contextmanager
    def gently(self) -> Iterator[None]:
        """While this lasts, the first signal lets the work come to an end by itself."""
        self._gentle = True
        try:
            yield
        finally:
            self._gentle = False

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Takes the signals over, and gives them back. Does nothing in a thread."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before: dict[int, Any] = {}
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # nohup and shells in the background have set it to "ignore", and mean it
            if signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, self._signalled)
        try:
            yield
        finally:
            for taken, handler in before.items():
                signal.signal(taken, handler)

    def _signalled(self, number: int, frame: FrameType | None) -> None:
        if not self._gentle:
            raise KeyboardInterrupt
        if self._asked:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            return
        self._asked = True
        with contextlib.suppress(OSError):
            # os.write, for print may be in the middle of something in the interrupted code
            os.write(2, b"\nhandsync: stopping after the current request; once more ends it at once.\n")

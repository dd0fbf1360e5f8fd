"""A terminal for real processes: a pseudo-terminal with pyte behind it, which counts what is written to it.

Nothing waits for a number of seconds: `until` waits for what the screen shows, `quiet` for the end of what is written.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType

import pyte

# how long something may take on a machine that has much else to do
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Written:
    """What came after some keys: how many bytes, in how many seconds the first and the last of them, and the text."""

    size: int
    first: float
    last: float
    data: bytes


class Terminal:
    """A process on a terminal of `width` by `height` cells. `environ` is added to a small, known environment."""

    def __init__(
        self,
        command: Sequence[str],
        environ: Mapping[str, str] | None = None,
        *,
        width: int = 120,
        height: int = 40,
        term: str = "xterm-256color",
    ) -> None:
        self.screen = pyte.Screen(width, height)
        self.stream = pyte.ByteStream(self.screen)
        self.written = b""
        self.code: int | None = None
        keep = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        env = {**keep, "TERM": term, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "", **(environ or {})}
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            # a shell in the background ignores Ctrl+C, and what it starts inherits that
            for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            # the child waits until the terminal has its size
            os.read(0, 1)
            os.execvpe(command[0], list(command), env)
        self._size(width, height)
        attributes = termios.tcgetattr(self._fd)
        self.before = attributes
        os.write(self._fd, b"\n")

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.kill()

    # what it shows

    @property
    def lines(self) -> list[str]:
        """The lines of the screen."""
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.lines)

    def line(self, words: str) -> int:
        """The number of the line that holds some words."""
        return next(number for number, line in enumerate(self.lines) if words in line)

    # what it is told

    def send(self, keys: str | bytes) -> None:
        """Types."""
        os.write(self._fd, keys.encode() if isinstance(keys, str) else keys)

    def resize(self, width: int, height: int) -> None:
        """Gives the window another size, as a person does with the mouse."""
        self._size(width, height)
        self.screen.resize(height, width)

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal to the process."""
        os.kill(self.pid, number)

    def press(self, keys: str | bytes, rest: float = 0.15) -> Written:
        """Types and waits until nothing more is written for `rest` seconds."""
        start, sent = len(self.written), time.perf_counter()
        first = last = sent
        self.send(keys)
        while self._read(rest):
            last = time.perf_counter()
            first = last if first == sent else first
        data = self.written[start:]
        return Written(len(data), first - sent, last - sent, data)

    # waiting

    def until(self, is_so: Callable[[], bool], what: str = "", patience: float = PATIENCE) -> None:
        """Waits until something is so; raises AssertionError with the screen when it does not come."""
        deadline = time.perf_counter() + patience
        while not is_so():
            if time.perf_counter() > deadline or (not self._read(0.1) and self.ended):
                if is_so():
                    return
                raise AssertionError(f"did not come: {what}\n{self.text}")

    def until_text(self, words: str, patience: float = PATIENCE) -> None:
        """Waits until the screen shows some words."""
        self.until(lambda: words in self.text, words, patience)

    def quiet(self, rest: float = 0.5, patience: float = PATIENCE) -> None:
        """Waits until nothing has been written for `rest` seconds."""
        deadline = time.perf_counter() + patience
        while self._read(rest):
            assert time.perf_counter() < deadline, "it goes on writing"

    def wait(self, patience: float = PATIENCE) -> int:
        """Waits for the end of the process; its exit code, negative for a signal."""
        self.until(lambda: self.ended, "the end", patience)
        while self._read(0.1):
            pass
        assert self.code is not None
        return self.code

    @property
    def ended(self) -> bool:
        """Whether the process has ended."""
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code is not None

    @property
    def asleep(self) -> bool:
        """Whether the process is stopped, as by Ctrl+Z. A signal to go on that comes earlier would be lost."""
        with open(f"/proc/{self.pid}/stat", encoding="ascii", errors="replace") as stat:
            return stat.read().rpartition(")")[2].split()[0] == "T"

    @property
    def cpu(self) -> float:
        """Seconds of processor time that the process has used."""
        with open(f"/proc/{self.pid}/stat", encoding="ascii", errors="replace") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def modes(self) -> list[object]:
        """The terminal's settings (termios), which a program must leave as it found them."""
        return termios.tcgetattr(self._fd)

    def kill(self) -> None:
        """Ends the process, whatever it does."""
        if not self.ended:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.code = -signal.SIGKILL
        with contextlib.suppress(OSError):
            os.close(self._fd)

    # underneath

    def _size(self, width: int, height: int) -> None:
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def _read(self, patience: float) -> bool:
        """Takes what has been written; False when nothing came."""
        if not select.select([self._fd], [], [], patience)[0]:
            return False
        try:
            data = os.read(self._fd, 65536)
        except OSError:
            return False
        self.written += data
        self.stream.feed(data)
        return bool(data)

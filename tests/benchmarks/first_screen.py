"""Time from start to first screen of `handsync --demo`, beside the smallest possible Textual program.

    python tests/benchmarks/first_screen.py [ROUNDS]

Both run in a pseudo-terminal of 120x40, in turn. The first screen is there when a program's first text stands in what
it has written: "handsync" for ours, "hello" for the smallest one. Prints median and range of wall time in milliseconds.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import sys
import termios
import time

SMALLEST = (
    "from textual.app import App\n"
    "from textual.widgets import Static\n"
    "class Hello(App):\n"
    "    def compose(self):\n"
    "        yield Static('hello')\n"
    "Hello().run()\n"
)
PROGRAMS = {
    "smallest Textual program": ([sys.executable, "-c", SMALLEST], b"hello"),
    "handsync --demo": ([sys.executable, "-m", "tui", "--demo"], b"handsync"),
}
PATIENCE = 30.0


def first_screen(command: list[str], awaited: bytes) -> float:
    """Seconds until `awaited` was written by a fresh process."""
    started = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", LANG="C.UTF-8")
        os.execv(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    written = b""
    try:
        while awaited not in written:
            if time.perf_counter() - started > PATIENCE:
                raise SystemExit(f"{command} wrote no {awaited!r} within {PATIENCE} s")
            if select.select([terminal], [], [], 0.5)[0]:
                written += os.read(terminal, 65536)
        return time.perf_counter() - started
    finally:
        os.kill(pid, signal.SIGTERM)
        end(pid, terminal)


def end(pid: int, terminal: int) -> None:
    """Waits for a process that was told to end, reading what it still writes; a deaf one is killed."""
    deadline = time.perf_counter() + 5
    while os.waitpid(pid, os.WNOHANG) == (0, 0):
        if time.perf_counter() > deadline:
            os.kill(pid, signal.SIGKILL)
        if select.select([terminal], [], [], 0.05)[0]:
            try:
                os.read(terminal, 65536)
            except OSError:
                time.sleep(0.01)
    os.close(terminal)


def main(rounds: int) -> None:
    """Both programs in turn, after one round that does not count."""
    times: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for number in range(rounds + 1):
        for name, (command, awaited) in PROGRAMS.items():
            seconds = first_screen(command, awaited)
            if number:
                times[name].append(seconds * 1000)
    for name, found in times.items():
        print(f"{name:<26} median {statistics.median(found):6.0f} ms  ({min(found):.0f} to {max(found):.0f})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)

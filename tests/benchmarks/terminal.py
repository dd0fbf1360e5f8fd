"""What the review costs on a terminal, beside what is wanted of it: one table of what, seen, target and met.

    python tests/benchmarks/terminal.py [--ssh]

Bytes are counted at the terminal's end, at 120x40. With `--ssh` that end is the ssh client's: a real sshd runs on
loopback meanwhile, with keys that are thrown away. Times of filling and of single acts are processor time, without a
terminal.
"""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import os
import shlex
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.figures import MENU, MOVE, REVIEW, SCROLL, count, ready  # noqa: E402 (the path comes first)
from support.review_program import busy, samples  # noqa: E402
from support.terminal import Terminal  # noqa: E402
from textual.app import App, ComposeResult  # noqa: E402

from sync_core.review import Review  # noqa: E402
from tui.glyphs import UNICODE  # noqa: E402
from tui.screens.summary_review import ReviewPane  # noqa: E402
from tui.theme import names  # noqa: E402

FRAME = 1000 / 60
KEYS = 100


def tell(what: str, seen: float, target: float, unit: str) -> None:
    """Prints a line of the table."""
    print(
        f"{what:<48}{seen:>9.1f} {unit:<6}{target:>8.1f} {unit:<6}{'yes' if seen <= target else 'NO'}",
        flush=True,
    )


def on_terminal(command: list[str], environ: dict[str, str]) -> None:
    """The bytes, and how long a held-down arrow goes on after the last key."""
    with Terminal(command, environ) as terminal:
        ready(terminal)
        found = count(terminal)
        terminal.press("g", 0.5)
        for _ in range(29):
            terminal.send("j")
            time.sleep(1 / 30)
        burst = terminal.press("j", 0.5)
    tell("cursor move, the largest of 20", max(found.moves), MOVE, "bytes")
    tell("scrolling move, mean of 60", statistics.mean(found.scrolling), SCROLL, "bytes")
    tell("menu opens", found.menu, MENU, "bytes")
    tell("a key that changes nothing", found.nothing, 0, "bytes")
    tell("idle for 3 s", found.idle, 0, "bytes")
    tell("mouse movement", found.mouse, 0, "bytes")
    tell("30 held-down arrows: last key to last byte", burst.last * 1000, FRAME, "ms")


def key_to_paint(command: list[str], environ: dict[str, str]) -> None:
    """Processor time of the whole process per key, on a terminal of this machine."""
    with Terminal(command, environ) as terminal:
        ready(terminal)
        before = terminal.cpu
        for _ in range(KEYS):
            terminal.press("j", 0.05)
        tell("key to paint, 10,000 rows (processor)", (terminal.cpu - before) * 1000 / KEYS, 16, "ms")


class Pane(App[None]):
    """A review and nothing else."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        made = samples()
        now = datetime(2026, 11, 23, 8, 2, tzinfo=UTC)
        self.plan = busy(rows)
        self.pane = ReviewPane(Review.of(self.plan), made.ZONE, made.TODAY, now=lambda: now, glyphs=UNICODE)

    def compose(self) -> ComposeResult:
        yield self.pane

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return names()


def spent(act: Callable[[], object], times: int = 1) -> float:
    """Milliseconds of processor time that one act takes, the median of some."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        act()
        taken.append((time.process_time() - start) * 1000)
    return statistics.median(taken)


async def acts(rows: int) -> dict[str, float]:
    """Milliseconds of filling the table, moving the cursor, marking a row and changing its action."""
    app = Pane(rows)
    async with app.run_test(size=(120, 40)) as pilot:
        table, pane = app.pane.table, app.pane
        await pilot.pause()
        taken = {"fill": spent(lambda: table.show(app.plan.rows), 3)}
        await pilot.pause()
        taken["cursor move"] = spent(table.action_cursor_down, 20)
        taken["mark"] = spent(table.action_mark, 20)
        table.clear_marks()
        turns = iter(["nothing", "reset"] * 10)
        taken["change of action"] = spent(lambda: pane.action_do(next(turns)), 20)
        return taken


def headless() -> None:
    """Filling, and what must cost the same however many rows there are (half as much again and 0.5 ms are noise)."""
    few, many, most = (asyncio.run(acts(rows)) for rows in (100, 10_000, 100_000))
    tell("fill 10,000 rows", many["fill"], 100, "ms")
    tell("fill 100,000 rows", most["fill"], 1000, "ms")
    for what in ("cursor move", "mark", "change of action"):
        tell(f"{what}, 100,000 rows ({few[what]:.2f} ms at 100)", most[what], few[what] * 1.5 + 0.5, "ms")


def first_screen() -> None:
    """Start to first screen, above the smallest Textual program; first_screen.py says more."""
    from first_screen import PROGRAMS
    from first_screen import first_screen as start

    smallest, ours = ([start(*program) for _ in range(4)][1:] for program in PROGRAMS.values())
    above = (statistics.median(ours) - statistics.median(smallest)) * 1000
    tell("first screen, above the smallest program", above, 150, "ms")


@contextmanager
def sshd(directory: Path) -> Iterator[list[str]]:
    """Runs an sshd on loopback; gives the command that logs in to it. Raises SystemExit when it does not start."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", directory / name], check=True)
    config = directory / "config"
    config.write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {directory}/host\nAuthorizedKeysFile {directory}/user.pub\n"
        "UsePAM no\nStrictModes no\nPasswordAuthentication no\nPermitRootLogin yes\nPidFile none\n"
    )
    with contextlib.suppress(OSError):
        # sshd wants it, and makes it itself only where it is a service
        os.makedirs("/run/sshd", exist_ok=True)
    program = shutil.which("sshd", path=os.environ.get("PATH", "") + ":/usr/sbin") or "sshd"
    server = subprocess.Popen([program, "-D", "-e", "-f", config], stderr=subprocess.DEVNULL)
    options = ["StrictHostKeyChecking=no", f"UserKnownHostsFile={directory}/known", "LogLevel=ERROR", "BatchMode=yes"]
    login = ["ssh", "-F", "none", "-tt", "-p", str(port), "-i", str(directory / "user")]
    login += [word for option in options for word in ("-o", option)] + [f"{getpass.getuser()}@127.0.0.1"]
    try:
        for _ in range(50):
            if subprocess.run([*login, "true"], stdin=subprocess.DEVNULL, capture_output=True).returncode == 0:
                break
            if server.poll() is not None:
                raise SystemExit(f"sshd did not start; try {program} -t -f with a configuration to see why.")
            time.sleep(0.1)
        else:
            raise SystemExit("sshd runs and lets nobody in; is the account locked, or without a shell?")
        yield login
    finally:
        server.terminate()
        server.wait()


def main(arguments: list[str]) -> None:
    """Prints the table."""
    over_ssh = "--ssh" in arguments
    if over_ssh and not (shutil.which("sshd", path=os.environ.get("PATH", "") + ":/usr/sbin") and shutil.which("ssh")):
        print("sshd or ssh is not installed, so bytes are counted without it: install openssh-server for --ssh.")
        over_ssh = False
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary)
        environ = {"HANDSYNC_CONFIG": f"{directory}/config.toml", "HANDSYNC_STATE_DIR": f"{directory}/state"}
        # with more rows there are neighbours that look alike, and a move could not be seen
        command = [sys.executable, str(REVIEW), "2000", "--still"]
        print(f"{'what':<48}{'seen':>9} {'':<6}{'target':>8} {'':<6}met")
        if over_ssh:
            there = ["env", "LANG=C.UTF-8", *(f"{k}={v}" for k, v in environ.items()), *command]
            with sshd(directory) as login:
                on_terminal([*login, shlex.join(there)], {})
        else:
            on_terminal(command, environ)
        key_to_paint([sys.executable, str(REVIEW), "10000", "--still"], environ)
    headless()
    first_screen()


if __name__ == "__main__":
    main(sys.argv[1:])

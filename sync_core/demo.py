"""The demo: the sandbox in a process of its own, brought to the state in which a Monday morning finds both sides.

Last week's world is synced once, as a person would have done it, then a week goes by. What comes out is a settings file
and a memory like anybody's, in a temporary directory that is gone afterwards. Nothing real is touched.
"""

from __future__ import annotations

import atexit
import contextlib
import http.client
import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, Any, Final
from urllib.parse import urlsplit

from sync_core.errors import HandsyncError
from sync_core.items import Kind
from sync_core.plan import Action, IgnoreMode, Plan, Situation, effect
from sync_core.settings.display import Display

# where the made-up company sits when nobody knows where we are
_ZONE: Final = "Europe/London"
# how long the servers may take to come up, and a request of ours to be answered (seconds)
_START: Final = 30.0
_ANSWER: Final = 60.0
_WEEK: Final = timedelta(days=7)
_ENVIRONMENT: Final = "HANDSYNC_"
_THINGS: Final = {Kind.CALENDAR: "events", Kind.CONTACTS: "contacts", Kind.TASKS: "tasks"}


@dataclass(frozen=True, slots=True)
class DemoPaths:
    """Where the demo's settings file and its memory are."""

    config: Path
    state_dir: Path


class Demo:
    """One demo. `start` it, use the paths, `close` it; or use it as a context manager.

    `progress` gets a sentence for each step. Variables of the environment that change settings are put aside while the
    demo is there, so that it never meets a real account; `close` brings them back. Make it in the main thread if the
    servers shall end with a SIGTERM or SIGHUP that nobody else handles; `start` and `close` may run in any thread.
    """

    def __init__(self, progress: Callable[[str], None] = lambda sentence: None) -> None:
        self._progress = progress
        self._directory: Path | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._put_aside: dict[str, str] = {}
        self._handlers: dict[int, Any] = {}
        self._lock = threading.RLock()
        self._closed = False
        self._end_with_us()

    def start(self, *, size: int | None = None, seed: int = 0, display: Display | None = None) -> DemoPaths:
        """Starts the servers, syncs last week's world and lets a week go by. Takes seconds.

        `size` and `seed` are those of the sandbox, `display` is how the demo shall look. Raises HandsyncError; then
        everything is cleaned up.
        """
        try:
            return self._start(size, seed, display or Display())
        except OSError as problem:
            self.close()
            raise HandsyncError(f"the demo could not start: {problem.strerror or problem}") from problem
        except BaseException:
            self.close()
            raise

    def _start(self, size: int | None, seed: int, display: Display) -> DemoPaths:
        self._progress("Starting a Salesforce and an Exchange server on this machine …")
        directory = Path(tempfile.mkdtemp(prefix="handsync-demo-"))
        with self._lock:
            self._directory = directory
            self._put_aside = {k: os.environ.pop(k) for k in list(os.environ) if k.upper().startswith(_ENVIRONMENT)}
        zone = _zone()
        connection = self._servers(directory, zone, size, seed)
        paths = DemoPaths(directory / "config.toml", directory / "state")
        _write_settings(paths.config, connection, zone, display)
        self._progress("Looking at last week: two sides that were never compared …")
        self._first_sync(paths)
        self._progress("Letting a week go by …")
        _post(str(connection["control"]) + "/advance")
        self._progress("It is Monday morning.")
        return paths

    def close(self) -> None:
        """Ends the servers and removes the directory. May be called more than once, and when nothing was started."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            atexit.unregister(self.close)
            self._restore_handlers()
            os.environ.update(self._put_aside)
            child, directory = self._child, self._directory
        if child is not None:
            _end(child)
        if directory is not None:
            shutil.rmtree(directory, ignore_errors=True)

    def __enter__(self) -> Demo:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- the servers -----------------------------------------------------------------------------------------------

    def _servers(self, directory: Path, zone: str, size: int | None, seed: int) -> Mapping[str, Any]:
        """Starts the child and waits for its line."""
        command = [sys.executable, "-m", "sync_core.sandbox", "--until-stdin-closes", "--zone", zone, f"--seed={seed}"]
        if size is not None:
            command.append(f"--size={size}")
        # the child must find the same code, from wherever the program was started
        path = os.pathsep.join(filter(None, (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH"))))
        complaints = directory / "sandbox.err"
        with complaints.open("wb") as errors:
            child = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={**os.environ, "PYTHONPATH": path},
                # Ctrl+C and a lost line are for us; the child ends when its standard input does
                start_new_session=True,
            )
        with self._lock:
            self._child = child
            closed = self._closed
        if closed:
            _end(child)
            raise HandsyncError("the demo was closed while it started")
        assert child.stdout is not None
        _warm_up()
        line = _first_line(child.stdout)
        if not line:
            said = complaints.read_text(errors="replace").strip().splitlines()
            raise HandsyncError(f"the demo's servers did not start: {said[-1] if said else 'they said nothing'}")
        answer: Mapping[str, Any] = json.loads(line)
        return answer

    # -- last week -------------------------------------------------------------------------------------------------

    def _first_sync(self, paths: DemoPaths) -> None:
        """What a person did last Monday: took the recommendations, and said no to two differences."""
        from sync_core.review import Review
        from sync_core.service import Service, iso
        from sync_core.settings.load import load

        def last_week() -> datetime:
            return datetime.now(UTC) - _WEEK

        service = Service(load(paths.config), paths.state_dir, clock=last_week)
        try:
            for kind in Kind:
                plan = service.plan(kind, lambda progress: None, lambda: self._closed)
                review = Review.of(plan)
                for row_id, mode in _refusals(plan).items() if kind is Kind.CALENDAR else ():
                    review = review.ignore([row_id], mode, iso(last_week()))
                self._progress(f"Syncing them for the first time: {review.counts().runnable} {_THINGS[kind]} …")
                report = service.run(review, lambda progress: None, lambda: self._closed)
                # a person who takes the recommendations leaves what a side refuses for later
                if kind is Kind.CALENDAR and not report.clean:
                    raise HandsyncError(f"the demo's first sync did not go well: {report.sentence}")
        finally:
            service.close()

    # -- the end ---------------------------------------------------------------------------------------------------

    def _end_with_us(self) -> None:
        atexit.register(self.close)
        if threading.current_thread() is not threading.main_thread():
            return
        for number in (signal.SIGTERM, signal.SIGHUP):
            # whoever handles it already will close us
            if signal.getsignal(number) is signal.SIG_DFL:
                self._handlers[number] = signal.signal(number, self._on_signal)

    def _restore_handlers(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        for number, handler in self._handlers.items():
            if signal.getsignal(number) == self._on_signal:
                signal.signal(number, handler)
        self._handlers.clear()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.close()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)


def _warm_up() -> None:
    """Loads the heavy libraries while the servers start. One after the other: both stand on the same ones."""
    import sync_core.sides.outlook
    import sync_core.sides.salesforce  # noqa: F401  # imported for the time it takes


def _zone() -> str:
    """The zone of the person before the screen, as far as the machine tells."""
    from sync_core.settings.zone import UTC as UNKNOWN
    from sync_core.settings.zone import local_zone

    zone = local_zone()
    return _ZONE if zone == UNKNOWN else zone


def _refusals(plan: Plan) -> dict[str, IgnoreMode]:
    """Two differing pairs to say no to: one whose notes differ for ever, another until the next change."""
    differing = [
        row for row in plan.rows if row.situation is Situation.TWIN_DIFFERENT and row.action is Action.CONFLICT
    ]
    by_notes = [row for row in differing if "notes" in effect(row).undecided]
    others = [row for row in differing if row not in by_notes]
    refusals = {row.id: IgnoreMode.FOREVER for row in by_notes[:1]}
    return refusals | {row.id: IgnoreMode.ONCE for row in others[:1]}


def _write_settings(path: Path, connection: Mapping[str, Any], zone: str, display: Display) -> None:
    import tomlkit

    settings = {
        "time_zone": zone,
        "salesforce": {"auth": "session", **connection["salesforce"]},
        "outlook": {"auth": "basic", **connection["outlook"], "calendar": "Calendar"},
        **{kind.value: {"include": True} for kind in Kind},
        "display": asdict(display),
    }
    with open(path, "x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write("# The demo's settings: made-up accounts on two servers of this machine.\n")
        file.write(tomlkit.dumps(settings))


def _first_line(stream: IO[bytes]) -> bytes:
    """The first line of a child's output, or b"" when it ends or stays silent too long."""
    until = time.monotonic() + _START
    line = b""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while not line.endswith(b"\n") and selector.select(max(0.0, until - time.monotonic())):
            more = os.read(stream.fileno(), 65_536)
            if not more:
                return b""
            line += more
    return line if line.endswith(b"\n") else b""


def _post(url: str) -> None:
    """Posts to the control endpoint. Straight to loopback: no proxy, no redirect."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=_ANSWER)
    try:
        connection.request("POST", parts.path)
        status = connection.getresponse().status
    finally:
        connection.close()
    if status != 200:
        raise HandsyncError(f"the demo's servers refused to go on (HTTP {status})")


def _end(child: subprocess.Popen[bytes]) -> None:
    """Ends the child: asks by closing its input, then by SIGTERM, then kills it."""
    assert child.stdin is not None
    assert child.stdout is not None
    for ask in (child.stdin.close, child.terminate, child.kill):
        with contextlib.suppress(OSError):
            ask()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=3)
            break
    child.stdout.close()

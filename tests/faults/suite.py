"""Every fault at every point of a run; then the program starts again, and both servers must be as if nothing had been.

The points are the requests to either side and the writes of the journal. Killed runs are processes of their own, killed
with SIGKILL by the server that they talk to, or by themselves in the middle of a write of the journal.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, Final
from unittest import mock

import diskcache

from faults.scenario import Point, Stage, go
from sync_core.errors import HandsyncError
from sync_core.items import Kind
from sync_core.memory.database import Database
from sync_core.sandbox.faults import Fault

SIDES: Final = ("salesforce", "outlook")
# what a server does at one request
REQUEST_FAULTS: Final = ("dropped before", "dropped after", "half an answer", "503", "one row refused")
KILLS: Final = ("killed before", "killed after")
JOURNAL_FAULTS: Final = {
    "killed before the journal": "journal",
    "killed after the journal": "journal",
    "disk full": "values",
}
FAULTS: Final = (*REQUEST_FAULTS, *KILLS, *JOURNAL_FAULTS)
# of these with many rows
MANY_FAULTS: Final = ("dropped before", "dropped after", "half an answer", "killed after")
# seconds that a killed or finished run may take
_PATIENCE: Final = 60
_SLOWLY: Final = 0.05

_FORKS: Final = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["exchangelib", "simple_salesforce", "sync_core.service", "faults.suite"])


@dataclass(frozen=True)
class Injection:
    """One fault at one point: `side` is "journal" for writes of the journal."""

    kind: Kind
    fault: str
    side: str
    number: int
    # with more rows than go into one batch
    many: bool = False
    # in the run that takes another one back
    undo: bool = False

    def __str__(self) -> str:
        how = ", many rows" * self.many + ", taken back" * self.undo
        return f"{self.kind.value}{how}: {self.fault} at {self.side} {self.number}"


@dataclass(frozen=True)
class Undisturbed:
    """A run without faults: how many points it has, and what both servers hold after it.

    Points: the requests to either side, the transactions of the journal, and the single values written in them.
    """

    points: dict[str, int]
    contents: tuple[list[str], list[str]]


@cache
def known(kind: Kind, many: bool = False, undo: bool = False) -> Undisturbed:
    """Runs once with nothing in the way. With `undo` it is the run that takes another back, and all is as before."""
    with Stage(kind, many=many) as stage:
        before = stage.contents()
        if undo:
            stage.ran()
        with counted_writes() as writes, counted_values() as values:
            stage.go()
        points = {**stage.seen, "journal": writes[0], "values": values[0]}
        complaints = stage.recover()
        assert complaints == [], complaints
        assert not undo or stage.contents() == before, unlike(stage.contents(), before)
        return Undisturbed(points, stage.contents())


def unlike(now: tuple[list[str], list[str]], wanted: tuple[list[str], list[str]]) -> str:
    """In which items two contents differ."""
    one, other = (Counter(chain.from_iterable(contents)) for contents in (now, wanted))
    return f"too much: {list((one - other).elements())}; missing: {list((other - one).elements())}"


def injections(kind: Kind, whole: Undisturbed, *, undo: bool = False) -> list[Injection]:
    """Every fault at every point."""
    found = [
        Injection(kind, fault, side, number, undo=undo)
        for fault in (*REQUEST_FAULTS, *KILLS)
        for side in SIDES
        for number in range(whole.points[side])
    ]
    return found + [
        Injection(kind, fault, "journal", number, undo=undo)
        for fault, points in JOURNAL_FAULTS.items()
        for number in range(whole.points[points])
    ]


def injections_of_many(kind: Kind, whole: Undisturbed) -> list[Injection]:
    """What may go wrong between one batch and the next: answers lost, runs killed, in the run's part of the requests.

    A run of many rows takes long, so each fault has every third point only, and others than its neighbour.
    """
    shift = {fault: number for number, fault in enumerate(MANY_FAULTS)}
    found = [
        Injection(kind, fault, side, number, many=True)
        for fault in MANY_FAULTS
        for side in SIDES
        for number in range(shift[fault] % 3, whole.points[side], 3)
    ]
    return found + [
        Injection(kind, "killed after the journal", "journal", number, many=True)
        for number in range(0, whole.points["journal"], 3)
    ]


def inject(what: Injection, whole: Undisturbed) -> list[str]:
    """Plays one injection to its end; gives what is wrong then, in words."""
    with Stage(what.kind, many=what.many) as stage:
        if what.undo:
            stage.ran()
        _play(stage, what)
        try:
            wrong = stage.recover()
        except HandsyncError as problem:
            wrong = [problem.sentence()]
        if not wrong and stage.contents() != whole.contents:
            wrong = [unlike(stage.contents(), whole.contents)]
    return [f"{what}: {words}" for words in wrong]


def _play(stage: Stage, what: Injection) -> None:
    if what.fault == "disk full":
        with full_disk(what.number), contextlib.suppress(HandsyncError):
            stage.go()
    elif what.fault.startswith("killed") and what.side == "journal":
        child = _child(stage, what.number, after=what.fault.startswith("killed after"))
        _ended(child)
    elif what.fault in KILLS:
        child = _child(stage, None)
        stage.point = _killing(what, child)
        child.start()
        _ended(child)
        stage.point = None
    else:
        stage.point = Point(what.side, what.number, _fault(what))
        with contextlib.suppress(HandsyncError):
            stage.go()
        stage.point = None
        stage.sandbox.faults.clear()


def _fault(what: Injection) -> Fault:
    match what.fault:
        case "dropped before":
            return Fault(what.side, "drop_before")
        case "dropped after":
            return Fault(what.side, "drop_after")
        case "half an answer":
            return Fault(what.side, "truncate")
        case "503":
            return Fault(what.side, "status", status=503, retry_after=0)
    code = "ErrorInternalServerError" if what.side == "outlook" else "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
    return Fault(what.side, "rows", rows=(0,), code=code, message="an automation failed")


def _killing(what: Injection, child: Any) -> Point:
    """The server kills the run: before it applies the request, or once it has."""
    if what.fault == "killed before":
        fault = Fault(what.side, "drop_before")
        return Point(what.side, what.number, fault, lambda: os.kill(child.pid, signal.SIGKILL))

    def stop() -> None:
        # it must not see the answer, nor that there is none
        os.kill(child.pid, signal.SIGSTOP)
        threading.Timer(_SLOWLY, os.kill, (child.pid, signal.SIGKILL)).start()

    return Point(what.side, what.number, Fault(what.side, "drop_after"), stop)


def _child(stage: Stage, kill_at: int | None, *, after: bool = False) -> Any:
    values = (stage.settings, str(stage.state_dir), stage.kind.value, stage.takes_back, kill_at, after)
    child = _FORKS.Process(target=_run_alone, args=values, daemon=True)
    if kill_at is not None:
        child.start()
    return child


def _ended(child: Any) -> None:
    child.join(_PATIENCE)
    assert not child.is_alive(), "the run neither ended nor was killed"


def _run_alone(
    settings: dict[str, Any], state_dir: str, kind: str, takes_back: str, kill_at: int | None, after: bool
) -> None:
    """One sync or undo in a process of its own, which kills itself at a write of the journal if it is told to."""
    from sync_core.service import Service
    from sync_core.settings.models import Settings

    with contextlib.suppress(HandsyncError), dying(kill_at, after=after):
        go(Service(Settings.model_validate(settings), Path(state_dir)), Kind(kind), takes_back)


@contextlib.contextmanager
def counted_writes() -> Iterator[list[int]]:
    """Counts what is written to memory: each outermost transaction is one."""
    seen = [0]

    def count(_: int) -> None:
        seen[0] += 1

    with _around_writes(count, lambda _: None):
        yield seen


@contextlib.contextmanager
def dying(number: int | None, *, after: bool) -> Iterator[None]:
    """Kills this process at one write of memory, just before it is committed or just after."""

    def die(at: int) -> None:
        if at == number:
            os.kill(os.getpid(), signal.SIGKILL)

    def nothing(_: int) -> None: ...

    with _around_writes(nothing, die) if after else _around_writes(die, nothing):
        yield


@contextlib.contextmanager
def _around_writes(before: Any, after: Any) -> Iterator[None]:
    """Calls `before` inside every outermost transaction as its last deed, and `after` once it is on disk."""
    whole = Database.transaction
    depth, seen = [0], [0]

    @contextlib.contextmanager
    def transaction(self: Database) -> Iterator[None]:
        outermost = depth[0] == 0
        depth[0] += 1
        number = seen[0]
        try:
            with whole(self):
                yield
                if outermost:
                    before(number)
            if outermost:
                seen[0] += 1
                after(number)
        finally:
            depth[0] -= 1

    with mock.patch.object(Database, "transaction", transaction):
        yield


@contextlib.contextmanager
def counted_values() -> Iterator[list[int]]:
    """Counts the single values that are written to memory."""
    seen = [0]
    write = diskcache.Cache.set

    def set_(self: Any, *args: Any, **more: Any) -> Any:
        seen[0] += 1
        return write(self, *args, **more)

    with mock.patch.object(diskcache.Cache, "set", set_):
        yield seen


@contextlib.contextmanager
def full_disk(number: int) -> Iterator[None]:
    """From one write of memory on, SQLite says that the disk is full."""
    seen = [0]
    write = diskcache.Cache.set

    def set_(self: Any, *args: Any, **more: Any) -> Any:
        seen[0] += 1
        if seen[0] > number:
            raise sqlite3.OperationalError("database or disk is full")
        return write(self, *args, **more)

    with mock.patch.object(diskcache.Cache, "set", set_):
        yield

"""The lock: one run at a time, whatever dies, sleeps or races; from two hosts, and without hard links too."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sync_core import lock as lock_module
from sync_core.errors import StoreError
from sync_core.lock import LockedError, LockLostError, RunLock
from sync_core.place import Place, here

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OTHER = Place("kim", "jump2", 4711, machine="m2", boot="b2", space="s2", born="9")


def at(minutes: float = 0) -> Callable[[], datetime]:
    return lambda: NOW + timedelta(minutes=minutes)


def ours(directory: Path, minutes: float = 0, place: Place | None = None, what: str = "Calendar") -> RunLock:
    return RunLock(directory, what, at(minutes), lambda: place or here())


def aged(directory: Path, minutes: float) -> None:
    """The file server's clock went on: all files of the lock are so much older."""
    for path in directory.glob("run.lock.*"):
        then = time.time() - minutes * 60
        os.utime(path, (then, then))


def test_one_at_a_time(tmp_path: Path) -> None:
    first, second = ours(tmp_path / "deep" / "state"), ours(tmp_path / "deep" / "state", 5, what="Tasks")
    first.take()
    with pytest.raises(LockedError) as caught:
        second.take()
    holder = caught.value.holder
    assert (holder.pid, holder.what, holder.since, holder.stale) == (
        os.getpid(),
        "Calendar",
        "2026-11-23T12:00:00Z",
        False,
    )
    sentence = caught.value.sentence()
    assert f"Calendar, started 5 minutes ago by {here().user} on {here().host} (process {os.getpid()})" in sentence
    assert "Wait until it has ended" in sentence
    assert second.holder() == holder
    # nobody takes over a live one
    with pytest.raises(LockedError):
        second.take(over=True)
    first.beat()
    first.release()
    first.release()
    assert second.holder() is None
    with second:
        second.take()
        assert second.held
        with pytest.raises(LockedError, match="Tasks"):
            first.take()
    first.take()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "deep" / "state").iterdir()}
    assert modes == {0o600}


def test_pairs_do_not_disturb_each_other(tmp_path: Path) -> None:
    ours(tmp_path / "a").take()
    ours(tmp_path / "b").take()


CHILD = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from datetime import UTC, datetime
from sync_core.lock import RunLock
lock = RunLock(Path(sys.argv[2]), "Contacts", lambda: datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
lock.take()
print("taken", flush=True)
time.sleep(60)
"""


@pytest.fixture
def child(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(ROOT), str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "taken\n"
        yield process
        process.kill()


def test_a_process_that_was_killed_may_be_taken_over_after_a_question(
    tmp_path: Path, child: subprocess.Popen[str]
) -> None:
    with pytest.raises(LockedError) as caught:
        ours(tmp_path, 1).take()
    assert not caught.value.holder.stale
    assert caught.value.holder.pid == child.pid
    child.send_signal(signal.SIGKILL)
    child.wait(10)
    with pytest.raises(LockedError) as caught:
        ours(tmp_path, 1).take()
    assert caught.value.holder.stale
    assert "was cut off" in caught.value.sentence()
    assert "taken over" in caught.value.sentence()
    mine = ours(tmp_path, 1)
    mine.take(over=True)
    mine.beat()
    mine.release()
    ours(tmp_path, 1).take()


def test_a_number_that_another_process_was_given_is_not_the_same_process(
    tmp_path: Path, child: subprocess.Popen[str]
) -> None:
    born = replace(here(), pid=child.pid, born="1")
    ours(tmp_path / "reused", place=born).take()
    with pytest.raises(LockedError) as caught:
        ours(tmp_path / "reused").take()
    assert caught.value.holder.stale


def test_another_boot_of_the_same_host(tmp_path: Path) -> None:
    ours(tmp_path, place=replace(here(), boot="before")).take()
    ours(tmp_path).take(over=True)


@pytest.mark.parametrize(
    "who", [OTHER, replace(here(), machine="clone", boot="b", pid=1 << 22), replace(here(), space="s", pid=1 << 22)]
)
def test_whoever_cannot_be_seen_from_here_is_believed_for_ten_minutes(tmp_path: Path, who: Place) -> None:
    theirs = ours(tmp_path, place=who)
    theirs.take()
    aged(tmp_path, 9)
    with pytest.raises(LockedError):
        ours(tmp_path, 9).take(over=True)
    # our clock says so, the file server's does not, or the other way round: clocks of two hosts differ
    with pytest.raises(LockedError):
        ours(tmp_path, 11).take(over=True)
    aged(tmp_path, 11)
    with pytest.raises(LockedError):
        ours(tmp_path, 9).take(over=True)
    with pytest.raises(LockedError) as caught:
        ours(tmp_path, 11).take()
    assert caught.value.holder.stale
    assert "11 minutes ago" in caught.value.sentence()
    ours(tmp_path, 11).take(over=True)
    with pytest.raises(LockLostError, match="another one took over"):
        theirs.beat()
    assert not theirs.held
    theirs.release()
    with pytest.raises(LockedError):
        ours(tmp_path, 11).take(over=True)


def test_a_clock_that_was_wrong_by_far_does_not_lock_for_ever(tmp_path: Path) -> None:
    ours(tmp_path, 600_000, place=OTHER).take()
    aged(tmp_path, 11)
    with pytest.raises(LockedError, match="just now"):
        ours(tmp_path).take()
    ours(tmp_path).take(over=True)


def test_a_sign_of_life_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock_module, "_BEAT_EVERY", 0)
    minutes = 0.0
    theirs = RunLock(tmp_path, "Calendar", lambda: at(minutes)(), lambda: OTHER)
    theirs.take()
    aged(tmp_path, 30)
    minutes = 29
    theirs.beat()
    with pytest.raises(LockedError) as caught:
        ours(tmp_path, 30).take(over=True)
    assert caught.value.holder.beat == "2026-11-23T12:29:00Z"
    assert caught.value.holder.since == "2026-11-23T12:00:00Z"
    # our own clock may be wrong: the file server has just dated it
    with pytest.raises(LockedError):
        ours(tmp_path, 90).take(over=True)


def test_signs_of_life_cost_little(tmp_path: Path) -> None:
    mine = ours(tmp_path)
    mine.take()
    before = [path.stat().st_mtime_ns for path in tmp_path.iterdir()]
    began = time.process_time()
    for _ in range(1000):
        mine.beat()
    assert time.process_time() - began < 0.5
    assert [path.stat().st_mtime_ns for path in tmp_path.iterdir()] == before


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"what": "x"}', b"\xff" * 100, b"[" * 100_000])
def test_a_file_that_makes_no_sense_is_somebody_for_ten_minutes(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "run.lock.000001").write_bytes(content)
    with pytest.raises(LockedError, match="unknown run"):
        RunLock(tmp_path, "x", lambda: datetime.now(UTC)).take(over=True)
    aged(tmp_path, 11)
    RunLock(tmp_path, "x", lambda: datetime.now(UTC)).take(over=True)


def test_a_hostile_name_does_not_reach_the_terminal(tmp_path: Path) -> None:
    ours(tmp_path, place=replace(OTHER, user="kim\x1b[2J", host="h" * 500), what="Cal\u202eendar").take()
    with pytest.raises(LockedError) as caught:
        ours(tmp_path).take()
    assert "\x1b" not in caught.value.sentence()
    assert "\u202e" not in caught.value.sentence()
    assert len(caught.value.sentence()) < 400


RACER = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from datetime import UTC, datetime
from sync_core.lock import LockedError, RunLock
directory, start, rounds = Path(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
lock = RunLock(directory, "race", lambda: datetime.now(UTC))
counter = directory / "counter"
time.sleep(max(0, start - time.time()))
won = 0
while won < rounds:
    try:
        lock.take(over=True)
    except LockedError:
        if rounds == 1:
            break
        time.sleep(0.001)
        continue
    won += 1
    # not safe at all without the lock
    value = int(counter.read_text())
    time.sleep(0.001)
    counter.write_text(str(value + 1))
    if rounds > 1:
        lock.release()
if rounds == 1:
    # those who died may be taken over: stay until all have tried
    time.sleep(0.8)
print(won)
"""


def race(directory: Path, racers: int, rounds: int) -> list[int]:
    (directory / "counter").write_text("0")
    start = str(time.time() + 0.6)
    command = [sys.executable, "-c", RACER, str(ROOT), str(directory), start, str(rounds)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(racers)]
    return [int(process.communicate(timeout=60)[0]) for process in running]


def test_of_many_who_take_over_at_once_one_gets_it(tmp_path: Path) -> None:
    ours(tmp_path, place=replace(here(), boot="before")).take()
    assert sorted(race(tmp_path, 4, 1)) == [0, 0, 0, 1]


def test_runs_one_after_the_other_never_at_once(tmp_path: Path) -> None:
    assert race(tmp_path, 3, 30) == [30, 30, 30]
    assert (tmp_path / "counter").read_text() == "90"
    # what was left behind does not grow
    assert len(list(tmp_path.iterdir())) < 8


def test_one_who_was_slow_to_look_does_not_get_an_old_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = ours(tmp_path)
    old = slow._found()
    assert old is None
    for _ in range(8):
        with ours(tmp_path) as quick:
            quick.take()
    holder = ours(tmp_path, what="Tasks")
    holder.take()
    answers = iter([old])
    real = slow._found
    monkeypatch.setattr(slow, "_found", lambda: next(answers, None) or real())
    with pytest.raises(LockedError, match="Tasks"):
        slow.take()
    holder.beat()


@pytest.mark.parametrize("problem", [errno.EPERM, errno.EOPNOTSUPP])
def test_a_file_system_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, problem: int) -> None:
    def refuse(*_: object) -> None:
        raise OSError(problem, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    first = ours(tmp_path)
    first.take()
    with pytest.raises(LockedError):
        ours(tmp_path).take()
    first.release()
    ours(tmp_path).take()


def test_a_link_that_was_made_though_the_answer_says_no(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.link

    def lie(source: Path, target: Path) -> None:
        real(source, target)
        raise FileExistsError(errno.EEXIST, "sent twice, the second answer came")

    monkeypatch.setattr(os, "link", lie)
    mine = ours(tmp_path)
    mine.take()
    assert mine.held
    assert {path.name for path in tmp_path.iterdir()} == {"run.lock.000001"}


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where a directory should be")
    with pytest.raises(StoreError, match="nothing was started") as caught:
        ours(tmp_path / "state" / "x").take()
    assert "Traceback" not in caught.value.sentence()

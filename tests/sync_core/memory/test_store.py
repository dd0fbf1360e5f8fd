"""Memory: what was put is there after anything, nothing foreign is unpickled, and damage is said and left alone."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import resource
import sqlite3
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync_core.compare import NO_BASELINE, Baseline
from sync_core.errors import StoreError
from sync_core.items import Fields, Kind, When
from sync_core.memory import Memory, opening, store
from sync_core.pairing import Link
from sync_core.plan import Ignore, IgnoreMode

PAIR = "00D1/0051|rep@example.com/Calendar"
CALENDAR = Kind.CALENDAR


def fields(number: int = 1, **others: Any) -> Fields:
    return {
        "subject": f"Meeting {number}",
        "when": When("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z"),
        "notes": "Agenda\nand more",
        "private": False,
        "reminder": 15,
        "attachments": ("plan.pdf",),
        **others,
    }


def link(number: int = 1, **others: Any) -> Link:
    baseline = Baseline(fields(number), fields(number, **others))
    return Link(CALENDAR, f"00U{number:06d}", f"AAMk{number}", baseline, f"mark{number}", "2026-11-20T08:00:00Z")


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "state", PAIR)


def again(old: Memory) -> Memory:
    old.close()
    return Memory(old.directory.parent, PAIR)


def by_id(links: list[Link]) -> dict[tuple[str, str], Link]:
    assert len(links) == len({(one.left_id, one.right_id) for one in links})
    return {(one.left_id, one.right_id): one for one in links}


def test_links_come_back_as_they_were(memory: Memory) -> None:
    odd = [
        link(1),
        link(2, notes="other", reminder=None),
        Link(CALENDAR, "a", "b", NO_BASELINE),
        Link(CALENDAR, "c", "d", Baseline({"subject": "left only"}, {"private": True})),
        Link(CALENDAR, "é\u2028", "", Baseline({"when": When("2026-11-23", "2026-11-24", True, "weekly")}, {})),
    ]
    memory.put_links(CALENDAR, odd)
    assert by_id(again(memory).links(CALENDAR)) == by_id(odd)
    assert again(memory).links(Kind.TASKS) == []


def test_the_last_word_counts(memory: Memory) -> None:
    memory.put_links(CALENDAR, [link(1), link(2)])
    memory.put_links(CALENDAR, [link(1, notes="newer")])
    memory.drop_links(CALENDAR, [link(2), link(3)])
    assert again(memory).links(CALENDAR) == [link(1, notes="newer")]
    memory.put_links(CALENDAR, [link(2)])
    assert len(memory.links(CALENDAR)) == 2


STEPS = st.lists(st.tuples(st.booleans(), st.sets(st.integers(1, 6)), st.sampled_from(["", "x"])), max_size=25)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=STEPS)
def test_it_behaves_like_a_dictionary(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[bool, set[int], str]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        # so that the log is written anew in the middle
        patch.setattr(store, "_MOST_RECORDS", 3)
        patch.setattr(store, "_CHUNK", 2)
        memory = Memory(tmp_path_factory.mktemp("state"), PAIR)
        expected: dict[tuple[str, str], Link] = {}
        for put, numbers, notes in steps:
            links = [link(number, notes=notes) for number in sorted(numbers)]
            if put:
                memory.put_links(CALENDAR, links)
                expected |= by_id(links)
            else:
                memory.drop_links(CALENDAR, links)
                for one in links:
                    expected.pop((one.left_id, one.right_id), None)
            assert by_id(memory.links(CALENDAR)) == expected
        assert by_id(again(memory).links(CALENDAR)) == expected
        memory.close()


def test_the_log_does_not_grow_for_ever(memory: Memory) -> None:
    for number in range(250):
        memory.put_links(CALENDAR, [link(number % 3)])
    with sqlite3.connect(memory.path) as database:
        (records,) = database.execute("SELECT count(*) FROM Cache WHERE key LIKE 'links/%'").fetchone()
    assert records <= 101
    assert len(memory.links(CALENDAR)) == 3


def test_ignores_and_notes(memory: Memory) -> None:
    once = Ignore("r1", IgnoreMode.ONCE, "aa", "", "2026-11-20T08:00:00Z", "Budget \x1b[2J", "new in Outlook")
    forever = Ignore("r2", IgnoreMode.FOREVER, "", "bb")
    memory.put_ignores(CALENDAR, [once, forever])
    memory.put_last_run(CALENDAR, {"finished": "2026-11-20T08:00:00Z", "sentence": "2 done"})
    memory.put_note("accounts", ["a", "b"])
    memory = again(memory)
    assert memory.ignores(CALENDAR) == {"r1": once, "r2": forever}
    assert memory.ignores(Kind.TASKS) == {}
    memory.drop_ignores(CALENDAR, ["r1", "r9"])
    assert memory.ignores(CALENDAR) == {"r2": forever}
    assert memory.last_run(CALENDAR) == {"finished": "2026-11-20T08:00:00Z", "sentence": "2 done"}
    assert memory.last_run(Kind.TASKS) is None
    assert memory.note("accounts") == ["a", "b"]
    assert memory.note("nothing") is None


def test_pairs_do_not_see_each_other(tmp_path: Path) -> None:
    one, other = Memory(tmp_path, "a|b"), Memory(tmp_path, "a|c")
    one.put_links(CALENDAR, [link(1)])
    assert other.links(CALENDAR) == []


def test_everything_is_private(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        memory = Memory(tmp_path / "deep" / "state", PAIR)
        memory.put_links(CALENDAR, [link(number) for number in range(2000)])
    finally:
        os.umask(old)
    for directory in (tmp_path / "deep", tmp_path / "deep" / "state", memory.directory):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    names = {entry.name: stat.S_IMODE(entry.stat().st_mode) for entry in memory.directory.iterdir()}
    assert set(names.values()) == {0o600}
    # no value was put into a file beside the database, where it would not be part of a transaction
    assert set(names) <= {"cache.db", "cache.db-journal", "opening"}


def test_every_connection_waits_for_the_disk(memory: Memory) -> None:
    memory.put_note("x", 1)

    def synchronous() -> int:
        memory.note("x")
        return int(memory._database._cache._con.execute("PRAGMA synchronous").fetchone()[0])

    with ThreadPoolExecutor(1) as pool:
        assert (synchronous(), pool.submit(synchronous).result()) == (2, 2)


class Trap:
    """Unpickling this makes a directory."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


def test_a_pickle_planted_while_the_memory_is_open_is_not_opened_either(memory: Memory, tmp_path: Path) -> None:
    memory.put_links(CALENDAR, [link(1)])
    with sqlite3.connect(memory.path) as database:
        database.execute("UPDATE Cache SET mode = 4, value = ?", (pickle.dumps(Trap(tmp_path / "unpickled")),))
    database.close()
    with pytest.raises(StoreError, match="damaged"):
        memory.links(CALENDAR)
    with pytest.raises(StoreError, match="damaged"):
        memory.note("x") or memory.last_run(CALENDAR) or memory._database.get("pair")
    assert not (tmp_path / "unpickled").exists()


@pytest.mark.parametrize("mode", [1, 2, 3, 4])
@pytest.mark.parametrize("place", ["value", "file", "key"])
def test_a_planted_pickle_is_not_opened(memory: Memory, tmp_path: Path, mode: int, place: str) -> None:
    trace = tmp_path / "unpickled"
    bomb = pickle.dumps(Trap(trace))
    memory.put_links(CALENDAR, [link(1)])
    memory.close()
    outside = memory.directory / "planted.val"
    outside.write_bytes(bomb)
    with sqlite3.connect(memory.path) as database:
        where = "WHERE key LIKE 'links/%'"
        if place == "value":
            database.execute(f"UPDATE Cache SET mode = ?, value = ? {where}", (mode, bomb))
        elif place == "file":
            database.execute(f"UPDATE Cache SET mode = ?, value = NULL, filename = 'planted.val' {where}", (mode,))
        else:
            database.execute("INSERT INTO Cache (key, raw, mode, value) VALUES (?, 0, ?, '1')", (bomb, mode))
    database.close()
    found = Memory(tmp_path / "state", PAIR)
    assert found.links(CALENDAR) == []
    assert "what was not written by handsync" in found.rebuilt_because
    assert not trace.exists()
    assert outside.exists()
    # the trap works, so its silence means something
    pickle.loads(bomb)
    assert trace.exists()


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where a directory should be")
    with pytest.raises(StoreError, match=r"Not a directory|File exists") as caught:
        Memory(tmp_path / "state", PAIR)
    assert "permissions" in caught.value.sentence()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_directory(memory: Memory) -> None:
    memory.close()
    memory.directory.chmod(0o500)
    memory.path.chmod(0o400)
    with pytest.raises(StoreError, match="cannot be used"):
        Memory(memory.directory.parent, PAIR)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_a_directory_of_somebody_else_is_not_trusted(memory: Memory) -> None:
    memory.close()
    os.chown(memory.directory, 12345, -1)
    with pytest.raises(StoreError, match="belongs to somebody else"):
        Memory(memory.directory.parent, PAIR)


def test_a_disk_that_fills_up_loses_nothing(memory: Memory) -> None:
    memory.put_links(CALENDAR, [link(1)])
    memory.close()
    # a limit on the size of files stands in for a full disk: SQLite's write fails in the same place
    code = f"""
import resource, signal, sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parents[3])!r})
from sync_core.errors import StoreError
from sync_core.memory import Memory, opening, store
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
memory = Memory(Path({str(memory.directory.parent)!r}), {PAIR!r})
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    memory.put_note("big", "x" * 3_000_000)
except StoreError as error:
    print(error.sentence())
    print(len(memory.links("calendar")))
"""
    code = code.replace('"calendar"', "__import__('sync_core.items').items.Kind.CALENDAR")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    sentence, links = done.stdout.splitlines()
    assert "cannot be used" in sentence
    assert "free space" in sentence
    assert links == "1"
    assert again(memory).links(CALENDAR) == [link(1)]
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def _writer(state: Path, first: int) -> None:
    memory = Memory(state, PAIR)
    for number in range(first, first + 40):
        memory.put_links(CALENDAR, [link(number)])
        memory.put_ignores(CALENDAR, [Ignore(str(number), IgnoreMode.ONCE, "", "")])


def test_processes_do_not_lose_each_other_s_links(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_writer, args=(tmp_path, first)) for first in (0, 100, 200)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    memory = Memory(tmp_path, PAIR)
    assert len(memory.links(CALENDAR)) == 120
    assert len(memory.ignores(CALENDAR)) == 120


def test_threads_share_one_memory(memory: Memory) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: memory.put_links(CALENDAR, [link(number)]), range(60)))
    assert len(memory.links(CALENDAR)) == 60


def test_a_memory_in_use_is_a_sentence(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    memory.close()
    monkeypatch.setattr(opening, "PATIENCE", 0.2)
    waiting = Memory(memory.directory.parent, PAIR)
    with sqlite3.connect(memory.path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="in use by another handsync"):
            waiting.put_links(CALENDAR, [link(1)])
        other.execute("ROLLBACK")
    waiting.put_links(CALENDAR, [link(1)])


def test_ten_thousand_links_are_read_in_one_go(memory: Memory) -> None:
    links = [link(number, notes="other" if number % 3 else "same") for number in range(10_000)]
    for first in range(0, 10_000, 100):
        memory.put_links(CALENDAR, links[first : first + 100])
    memory = again(memory)
    statements: list[str] = []
    memory._database._cache._con.set_trace_callback(statements.append)
    began = time.process_time()
    found = memory.links(CALENDAR)
    took = time.process_time() - began
    assert by_id(found) == by_id(links)
    # a statement per record of the log, not per link
    assert len(statements) < 150
    # seconds of our own CPU; 0.25 as a rule
    assert took < 1.5

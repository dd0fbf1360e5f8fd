"""Records and transactions: together or not at all, whatever happens in between, and quick among many others."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

import pytest

from sync_core.errors import StoreError
from sync_core.items import Kind
from sync_core.memory import Memory
from sync_core.plan import Ignore, IgnoreMode

PAIR = "00D1/0051|rep@example.com/Calendar"
ROOT = Path(__file__).parents[3]


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "state", PAIR)


def again(old: Memory) -> Memory:
    old.close()
    return Memory(old.directory.parent, PAIR)


def test_records_are_found_by_the_beginning_of_their_keys_in_order(memory: Memory) -> None:
    memory.put_records({"run/b/2": [2], "run/b/10": {"x": None}, "run/b": "head", "run/b~": 1, "run/c": 0, "run/a~": 0})
    memory.put_record("run/B/1", 1)
    memory = again(memory)
    assert list(memory.records("run/b/").items()) == [("run/b/10", {"x": None}), ("run/b/2", [2])]
    assert list(memory.records("run/b")) == ["run/b", "run/b/10", "run/b/2", "run/b~"]
    assert memory.record("run/b/2") == [2]
    assert memory.record("run/b/3") is None
    assert len(memory.records("")) == 7
    memory.drop_records("run/b/")
    memory.drop_records("nothing")
    assert list(memory.records("")) == ["run/B/1", "run/a~", "run/b", "run/b~", "run/c"]


def test_records_are_apart_from_everything_else(memory: Memory) -> None:
    memory.put_ignores(Kind.TASKS, [Ignore("r", IgnoreMode.ONCE, "", "")])
    memory.put_note("x", 1)
    memory.put_record("note/x", 2)
    memory.drop_records("")
    assert memory.note("x") == 1
    assert len(memory.ignores(Kind.TASKS)) == 1


@pytest.mark.parametrize("key", ["ü", "a\n", "\x7f", "\x00"])
def test_a_key_that_could_be_missed_is_refused(memory: Memory, key: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII"):
        memory.put_records({"good": 1, f"x{key}": 1})
    assert memory.records("") == {}


def test_what_is_not_json_is_a_mistake_of_the_program_and_no_damage(memory: Memory) -> None:
    with pytest.raises(TypeError):
        memory.put_records({"a": 1, "b": {1, 2}})
    with pytest.raises(ValueError, match="JSON"):
        memory.put_record("a", float("nan"))
    assert again(memory).records("") == {}


def test_a_transaction_is_taken_back_as_a_whole(memory: Memory) -> None:
    memory.put_record("a", 1)

    def fail() -> None:
        with memory.transaction():
            memory.put_record("a", 2)
            with memory.transaction():
                memory.put_note("x", 1)
            assert memory.record("a") == 2
            # an error of the caller's own comes out as it is
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        fail()
    assert memory.record("a") == 1
    assert memory.note("x") is None
    memory.put_record("a", 3)
    assert again(memory).record("a") == 3


def test_a_failure_inside_that_the_caller_swallows_takes_everything_back(memory: Memory) -> None:
    def go_on() -> None:
        with memory.transaction():
            memory.put_record("a", 1)
            with pytest.raises(TypeError):
                memory.put_record("b", object())
            memory.put_record("c", 1)

    with pytest.raises(StoreError, match="belongs together"):
        go_on()
    assert memory.records("") == {}


def test_others_see_all_of_it_or_nothing(memory: Memory) -> None:
    other = Memory(memory.directory.parent, PAIR)
    with memory.transaction():
        memory.put_record("a", 1)
        assert other.records("") == {}
        # another thread of this process waits for the end, and does not slip into the transaction
        thread = Thread(target=memory.put_record, args=("b", 2))
        thread.start()
        time.sleep(0.05)
        memory.put_record("c", 3)
    assert other.record("a") == 1
    thread.join(5)
    assert other.records("") == {"a": 1, "b": 2, "c": 3}


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from sync_core.memory import Memory
memory = Memory(Path(sys.argv[2]), sys.argv[3])
memory.put_record("before", 1)
with memory.transaction():
    memory.put_record("a", "x" * 3_000_000)
    with memory.transaction():
        memory.put_record("b", 2)
    if sys.argv[4] == "inside":
        os.kill(os.getpid(), signal.SIGKILL)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("place", ["inside", "after"])
def test_a_process_that_is_killed(memory: Memory, place: str) -> None:
    memory.close()
    done = subprocess.run([sys.executable, "-c", KILLED, str(ROOT), str(memory.directory.parent), PAIR, place])
    assert done.returncode == -signal.SIGKILL
    assert list(again(memory).records("")) == (["before"] if place == "inside" else ["a", "b", "before"])


FULL = """
import resource, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from sync_core.errors import StoreError
from sync_core.memory import Memory
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
memory = Memory(Path(sys.argv[2]), sys.argv[3])
memory.put_record("before", 1)
hard = resource.RLIM_INFINITY
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
for size in (10, 3_000_000):
    try:
        with memory.transaction():
            memory.put_record("a", 1)
            memory.put_record("b", "x" * size * 10)
            memory.put_record("c", "x" * 190_000)
    except StoreError as error:
        print(error.sentence())
print(sorted(memory.records("")))
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
memory.put_record("after", 1)
print(sorted(memory.records("")))
"""


def test_a_disk_that_fills_up_inside_a_transaction(memory: Memory) -> None:
    memory.close()
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(ROOT), str(memory.directory.parent), PAIR],
        capture_output=True,
        text=True,
        check=True,
    )
    first, second, left, later = done.stdout.splitlines()
    for sentence in (first, second):
        assert "cannot be used" in sentence
        assert "free space" in sentence
    assert left == "['before']"
    assert later == "['after', 'before']"
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_a_damaged_record_harms_no_other(memory: Memory) -> None:
    memory.put_records({"run/1": 1, "run/2": 2, "other": 3})
    with sqlite3.connect(memory.path) as database:
        database.execute("UPDATE Cache SET value = '{' WHERE key = 'record/run/2'")
    database.close()
    with pytest.raises(StoreError, match="damaged"):
        memory.records("run/")
    assert memory.record("run/1") == 1
    assert memory.records("other") == {"other": 3}
    memory.drop_records("run/2")
    assert memory.records("run/") == {"run/1": 1}


def test_a_long_history_costs_those_nothing_who_do_not_ask_for_it(memory: Memory) -> None:
    with memory.transaction():
        for run in range(200):
            memory.put_records({f"run/calendar/{run:04d}/{at:06d}": {"rows": ["x" * 50] * 40} for at in range(30)})
            memory.put_record(f"run-head/calendar/{run:04d}", {"id": run})
    memory = again(memory)
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    # every hundred steps of SQLite's own machine; walking through all keys takes thousands of them
    memory._database._cache._con.set_progress_handler(count, 100)
    assert len(memory.records("run-head/calendar/")) == 200
    assert len(memory.records("run/calendar/0007/")) == 30
    memory.links(Kind.CALENDAR)
    assert steps < 40
    began = time.process_time()
    memory.drop_records("run/calendar/0007/")
    assert time.process_time() - began < 0.5
    assert len(memory.records("run/")) == 199 * 30
    assert os.path.getsize(memory.path) > 5_000_000

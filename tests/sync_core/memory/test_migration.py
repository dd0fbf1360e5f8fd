"""A memory of the first format becomes one of today's, with all that is in it, in one step or not at all.

`format_1.sql` is what a handsync of that format wrote: three links, three ignores, a note and a last run.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync_core.items import Kind, When
from sync_core.memory import FORMAT, Memory
from sync_core.plan import IgnoreMode

PAIR = "00D1/0051|rep@example.com/Calendar"
OLD = (Path(__file__).parent / "format_1.sql").read_text("utf-8")
ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state directory with a memory of the first format."""
    empty = Memory(tmp_path / "state", PAIR)
    empty.close()
    empty.path.unlink()
    with sqlite3.connect(empty.path) as database:
        database.executescript(OLD)
    database.close()
    empty.path.chmod(0o600)
    return tmp_path / "state"


def opened(state: Path) -> Memory:
    return Memory(state, PAIR, clock=lambda: NOW)


def written(path: Path) -> dict[str, str]:
    """What the file holds."""
    with sqlite3.connect(path) as database:
        found = dict(database.execute("SELECT key, value FROM Cache").fetchall())
    database.close()
    return found


def check_that_all_of_it_is_there(memory: Memory) -> None:
    links = {link.left_id: link for link in memory.links(Kind.CALENDAR)}
    assert sorted(links) == ["00U0", "00U1", "00U2"]
    assert (links["00U1"].right_id, links["00U1"].mark) == ("AAMk1", "mark1")
    for known in (links["00U1"].baseline.left, links["00U1"].baseline.right):
        assert known["subject"] == "Meeting 1, Zürich"
        assert known["when"] == When("2026-11-24T09:00:00Z", "2026-11-24T10:00:00Z")
        assert (known["notes"], known["attachments"]) == ("a\nb", ())
    ignores = memory.ignores(Kind.CALENDAR)
    assert {row_id: (one.mode, one.title) for row_id, one in ignores.items()} == {
        "r0": (IgnoreMode.ONCE, "Yoga 0"),
        "r1": (IgnoreMode.FOREVER, "Yoga 1"),
    }
    assert list(memory.ignores(Kind.TASKS)) == ["t/1"]
    assert memory.note("calendar/doubtful") == ["00U9"]
    assert memory.last_run(Kind.CALENDAR) == {"finished": "2026-11-20T08:00:00Z", "sentence": "2 done"}
    assert memory.rebuilt_because == "", "nothing was damaged"


def test_everything_is_there_and_the_file_is_one_of_today(state: Path) -> None:
    memory = opened(state)
    check_that_all_of_it_is_there(memory)
    memory.close()
    assert written(memory.path)["format"] == str(FORMAT)
    # one ignore can be taken back without the others, which is what the new format is for
    memory = opened(state)
    memory.drop_ignores(Kind.CALENDAR, ["r0"])
    memory.close()
    memory = opened(state)
    assert list(memory.ignores(Kind.CALENDAR)) == ["r1"]
    assert len(memory.links(Kind.CALENDAR)) == 3


@pytest.mark.parametrize("at", range(8))
def test_cut_off_in_the_middle_it_is_as_it_was_and_the_next_start_does_it(state: Path, at: int) -> None:
    """The process is killed at one of the records that it writes."""
    code = f"""
import os, signal, sys
from pathlib import Path
from sync_core.memory import Memory, opening
real, seen = opening._insert, [0]
def insert(*values):
    if seen[0] == {at}:
        os.kill(os.getpid(), signal.SIGKILL)
    seen[0] += 1
    real(*values)
opening._insert = insert
Memory(Path(sys.argv[1]), {PAIR!r}).links(__import__("sync_core.items").items.Kind.CALENDAR)
"""
    (path,) = state.glob("*/cache.db")
    before = written(path)
    done = subprocess.run([sys.executable, "-c", code, str(state)], cwd=ROOT, env={**os.environ}, check=False)
    assert done.returncode == -signal.SIGKILL
    assert written(path) == before
    check_that_all_of_it_is_there(opened(state))


def test_a_record_of_it_that_makes_no_sense_sets_the_whole_aside(state: Path) -> None:
    (path,) = state.glob("*/cache.db")
    with sqlite3.connect(path) as database:
        database.execute("UPDATE Cache SET value = '{\"r0\"' WHERE key = 'ignores/calendar'")
    database.close()
    memory = opened(state)
    assert memory.links(Kind.CALENDAR) == []
    assert "damaged" in memory.rebuilt_because
    kept = [one for one in path.parent.iterdir() if one != path and one.is_file() and one.stat().st_size > 1000]
    assert kept, "nothing is deleted"

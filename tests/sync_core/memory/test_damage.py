"""A memory that is damaged when it is opened: set aside, said, and what can be saved is. Nothing is ever deleted."""

from __future__ import annotations

import os
import random
import sqlite3
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.build import fields

from sync_core.compare import Baseline
from sync_core.errors import StoreError
from sync_core.items import Kind
from sync_core.jsondisk import sealed
from sync_core.lock import LockedError, RunLock
from sync_core.memory import Memory, opening
from sync_core.pairing import Link
from sync_core.plan import Ignore, IgnoreMode

PAIR = "00D1/0051|rep@example.com/Calendar"
CALENDAR = Kind.CALENDAR
NOW = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
BEGAN = {"finished": "2026-11-20T08:00:00Z", "sentence": "2 done"}


def link(number: int) -> Link:
    values = fields(subject=f"Meeting {number}")
    return Link(
        CALENDAR, f"00U{number}", f"AAMk{number}", Baseline(values, values), f"mark{number}", "2026-11-20T08:00:00Z"
    )


def opened(state: Path) -> Memory:
    return Memory(state, PAIR, clock=lambda: NOW)


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    """A memory with something of everything, closed."""
    memory = opened(tmp_path / "state")
    memory.put_links(CALENDAR, [link(number) for number in range(300)])
    memory.put_ignores(CALENDAR, [Ignore(f"r{number}", IgnoreMode.FOREVER, "a", "b") for number in range(40)])
    memory.put_records({f"run/calendar/1/{number:06d}": {"rows": ["x" * 60] * 20} for number in range(40)})
    memory.put_last_run(CALENDAR, BEGAN)
    memory.close()
    return memory


def state(memory: Memory) -> Path:
    return memory.directory.parent


def change(memory: Memory, statement: str, *values: object) -> None:
    with sqlite3.connect(memory.path) as database:
        database.execute(statement, values)
    database.close()


def test_a_file_that_is_no_database_is_set_aside(memory: Memory) -> None:
    rubbish = b"this is no database at all, but it is long enough to be looked at" * 20
    memory.path.write_bytes(rubbish)
    new = opened(state(memory))
    aside = memory.directory / "damaged-20261123T101500Z.db"
    assert new.set_aside == aside
    assert aside.read_bytes() == rubbish
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600
    assert "damaged (file is not a database)" in new.rebuilt_because
    assert str(aside) in new.rebuilt_because
    assert "deletes nothing" in new.rebuilt_because
    assert new.fresh
    assert new.links(CALENDAR) == []
    # it is said until a run has ended, whoever asks
    new.put_links(CALENDAR, [link(1)])
    new.close()
    new = opened(state(memory))
    assert new.fresh
    assert new.set_aside == aside
    new.put_last_run(CALENDAR, BEGAN)
    new.close()
    new = opened(state(memory))
    assert (new.fresh, new.rebuilt_because, new.set_aside) == (False, "", None)
    assert new.links(CALENDAR) == [link(1)]
    # a second time in the same second replaces nothing
    new.close()
    new.path.write_bytes(b"again" * 300)
    assert opened(state(memory)).set_aside == memory.directory / "damaged-20261123T101500Z-1.db"
    assert aside.read_bytes() == rubbish


def test_an_ordinary_memory_says_nothing(memory: Memory, tmp_path: Path) -> None:
    again = opened(state(memory))
    assert (again.fresh, again.rebuilt_because, again.set_aside) == (False, "", None)
    new = Memory(tmp_path / "new", PAIR)
    assert (new.fresh, new.rebuilt_because, new.set_aside) == (True, "", None)


def test_what_is_whole_is_saved_but_for_the_links(memory: Memory) -> None:
    change(memory, "UPDATE Cache SET value = replace(value, 'Meeting 7', 'Meeting 8') WHERE key LIKE 'links/%'")
    new = opened(state(memory))
    assert "links are not what was written" in new.rebuilt_because
    assert "40 ignored items were saved" in new.rebuilt_because
    assert new.links(CALENDAR) == []
    assert len(new.ignores(CALENDAR)) == 40
    assert len(new.records("run/")) == 40
    assert new.last_run(CALENDAR) == BEGAN
    assert new.fresh


@pytest.mark.parametrize("content", ["", "x", "{", '"no list"', "[[1,2,3]]"])
def test_a_record_of_the_links_that_is_none(memory: Memory, content: str) -> None:
    change(memory, "UPDATE Cache SET value = ? WHERE key LIKE 'links/%'", content)
    new = opened(state(memory))
    assert new.set_aside is not None
    assert new.links(CALENDAR) == []


def test_a_link_that_makes_no_sense_harms_only_itself(memory: Memory) -> None:
    odd = sealed('[["a","b","","",{"subject":5},{},[]],["00U1","AAMk1"],["c","d"]]')
    change(memory, "INSERT INTO Cache (key, raw, mode, value) VALUES ('links/calendar/000000000002', 1, 1, ?)", odd)
    found = opened(state(memory))
    assert found.rebuilt_because == ""
    assert {one.left_id for one in found.links(CALENDAR)} == {f"00U{number}" for number in range(300)} - {"00U1"}


def test_links_whose_owner_cannot_be_told_are_damage_with_a_remedy(memory: Memory) -> None:
    change(memory, "UPDATE Cache SET value = ? WHERE key LIKE 'links/%'", sealed("[[1,2,3]]"))
    found = opened(state(memory))
    with pytest.raises(StoreError, match="damaged") as caught:
        found.links(CALENDAR)
    assert "handsync rebuild" in caught.value.sentence()
    assert str(found.path) in caught.value.sentence()
    found.rebuild()
    assert found.links(CALENDAR) == []
    assert len(found.ignores(CALENDAR)) == 40


def test_a_record_of_its_own_harms_no_other(memory: Memory) -> None:
    change(memory, "UPDATE Cache SET value = replace(value, 'forever', 'forevex') WHERE key = 'ignore/calendar/r7'")
    change(memory, "UPDATE Cache SET value = CAST(x'5BFF5D' AS TEXT) WHERE key = 'record/run/calendar/1/000003'")
    found = opened(state(memory))
    assert len(found.ignores(CALENDAR)) == 39
    assert len(found.records("run/")) == 39
    assert len(found.links(CALENDAR)) == 300
    assert found.rebuilt_because.startswith("2 records of the memory were damaged")
    assert (found.set_aside, found.fresh) == (None, False)
    # they are not deleted, and not found again
    found.close()
    with sqlite3.connect(found.path) as database:
        kept = [key for (key,) in database.execute("SELECT key FROM Cache WHERE key LIKE 'damaged/%' ORDER BY key")]
    database.close()
    assert kept == [
        "damaged/20261123T101500Z/ignore/calendar/r7",
        "damaged/20261123T101500Z/record/run/calendar/1/000003",
    ]
    assert len(opened(state(memory)).records("run/")) == 39


@pytest.mark.slow
def test_wherever_a_block_is_damaged_it_is_noticed_or_nothing_is_wrong(memory: Memory) -> None:
    """Blocks of rubbish all over the file: never an error when it is opened, never a wrong value."""
    whole = memory.path.read_bytes()
    expected_links = {one.left_id: one for one in opened(state(memory)).links(CALENDAR)}
    dice = random.Random(5)
    noticed = 0
    for _ in range(60):
        for path in memory.directory.iterdir():
            path.unlink()
        at, size = dice.randrange(len(whole)), dice.choice([1, 8, 600, 9000])
        memory.path.write_bytes(whole[:at] + dice.randbytes(size) + whole[at + size :])
        found = opened(state(memory))
        links, ignores, runs = found.links(CALENDAR), found.ignores(CALENDAR), found.records("run/")
        noticed += bool(found.rebuilt_because)
        assert all(expected_links[one.left_id] == one for one in links)
        assert set(ignores) <= {f"r{number}" for number in range(40)}
        assert all(data == {"rows": ["x" * 60] * 20} for data in runs.values())
        assert (found.set_aside is not None) <= found.fresh
        if found.rebuilt_because == "":
            assert (len(links), len(ignores), len(runs)) == (300, 40, 40)
        found.put_links(CALENDAR, [link(1)])
        found.close()
    assert noticed > 20


@pytest.mark.parametrize("size", [0, 1, 100, 4096, 20_000])
def test_a_file_that_was_cut_off(memory: Memory, size: int) -> None:
    memory.path.write_bytes(memory.path.read_bytes()[:size])
    found = opened(state(memory))
    # nothing at all is as good as new: a crash before the first word was on disk
    assert (found.set_aside is None) == (size == 0)
    assert found.fresh


@pytest.mark.parametrize("suffix", ["-wal", "-journal"])
def test_the_journal_goes_with_the_file(memory: Memory, suffix: str) -> None:
    memory.path.write_bytes(b"")
    Path(f"{memory.path}{suffix}").write_bytes(b"half a transaction")
    found = opened(state(memory))
    assert found.set_aside is not None
    assert Path(f"{found.set_aside}{suffix}").read_bytes() == b"half a transaction"
    assert not os.path.exists(f"{memory.path}{suffix}") or os.path.getsize(f"{memory.path}{suffix}") == 0


def test_a_memory_that_was_cut_off_while_it_was_made(tmp_path: Path) -> None:
    new = opened(tmp_path)
    new.close()
    for statement in ("DELETE FROM Cache", "DROP TABLE Cache"):
        change(new, statement)
        found = opened(tmp_path)
        assert found.set_aside is None
        found.put_links(CALENDAR, [link(1)])
        found.close()


def test_a_database_of_another_program_is_not_touched(memory: Memory) -> None:
    memory.path.unlink()
    change(memory, "CREATE TABLE bookmarks (url TEXT)")
    found = opened(state(memory))
    assert "not written by handsync" in found.rebuilt_because
    assert found.set_aside is not None
    with sqlite3.connect(found.set_aside) as database:
        assert database.execute("SELECT name FROM sqlite_master").fetchall() == [("bookmarks",)]


def test_a_memory_that_does_not_say_its_format(memory: Memory) -> None:
    for value in ("DELETE FROM Cache WHERE key = 'format'", "UPDATE Cache SET value = '2.0' WHERE key = 'format'"):
        change(memory, value)
        found = opened(state(memory))
        assert found.set_aside is not None
        assert len(found.ignores(CALENDAR)) == 40
        found.close()


def test_a_newer_format_is_left_alone(memory: Memory) -> None:
    change(memory, "UPDATE Cache SET value = '3' WHERE key = 'format'")
    before = memory.path.read_bytes()
    with pytest.raises(StoreError, match="format 3, which is newer") as caught:
        opened(state(memory))
    assert "newer handsync" in caught.value.sentence()
    assert memory.path.read_bytes() == before


def test_nothing_is_set_aside_during_a_run(memory: Memory) -> None:
    memory.path.write_bytes(b"rubbish" * 1000)
    run = RunLock(memory.directory, "Calendar", lambda: NOW)
    run.take()
    with pytest.raises(StoreError, match="another run of these accounts goes on") as caught:
        opened(state(memory))
    assert "the memory is damaged" in caught.value.sentence()
    assert memory.path.read_bytes() == b"rubbish" * 1000
    run.release()
    assert opened(state(memory)).set_aside is not None


def test_damage_that_comes_later_is_said_and_a_new_start_helps(memory: Memory) -> None:
    found = opened(state(memory))
    found.links(CALENDAR)
    found.close()
    raw = memory.path.read_bytes()
    memory.path.write_bytes(raw[:4096] + b"\xff" * (len(raw) - 4096))
    with pytest.raises(StoreError, match="damaged") as caught:
        found.links(CALENDAR)
    assert "Start handsync again" in caught.value.sentence()
    found.close()
    assert opened(state(memory)).rebuilt_because


def test_rebuilding_on_demand(memory: Memory) -> None:
    found = opened(state(memory))
    found.rebuild()
    assert found.fresh
    assert found.rebuilt_because.startswith("the memory was rebuilt")
    assert found.links(CALENDAR) == []
    assert len(found.ignores(CALENDAR)) == 40
    assert len(found.records("run/")) == 40
    found.put_last_run(CALENDAR, BEGAN)
    assert (found.fresh, found.rebuilt_because) == (False, "")


def test_rebuilding_a_file_that_is_damaged_by_now(memory: Memory) -> None:
    found = opened(state(memory))
    change(memory, "UPDATE Cache SET value = 'x' WHERE key = 'ignore/calendar/r3' OR key LIKE 'links/%'")
    found.rebuild()
    assert found.set_aside is not None
    assert found.fresh
    assert len(found.ignores(CALENDAR)) == 39
    found.put_links(CALENDAR, [link(1)])
    assert found.links(CALENDAR) == [link(1)]


def test_forgetting_leaves_nothing(memory: Memory) -> None:
    memory.path.write_bytes(memory.path.read_bytes()[:30_000])
    found = opened(state(memory))
    assert found.set_aside is not None
    found.put_links(CALENDAR, [link(number) for number in range(300)])
    found.put_ignores(CALENDAR, [Ignore("secret-row", IgnoreMode.ONCE, "", "", title="A secret title")])
    found.put_record("draft/calendar", {"title": "A secret draft"})
    found.forget()
    assert (found.links(CALENDAR), found.ignores(CALENDAR), found.records("")) == ([], {}, {})
    assert (found.fresh, found.set_aside, found.rebuilt_because) == (True, None, "")
    found.close()
    left = b"".join(path.read_bytes() for path in memory.directory.iterdir())
    for word in (b"secret", b"Meeting", b"AAMk"):
        assert word not in left
    assert not list(memory.directory.glob("damaged-*"))
    again = opened(state(memory))
    again.put_links(CALENDAR, [link(1)])
    assert again.links(CALENDAR) == [link(1)]


def test_forgetting_a_file_that_is_damaged_by_now(memory: Memory) -> None:
    found = opened(state(memory))
    found.close()
    memory.path.write_bytes(b"rubbish" * 1000)
    found.forget()
    assert not list(memory.directory.glob("damaged-*"))
    assert found.links(CALENDAR) == []
    assert found.rebuilt_because == ""


@pytest.mark.parametrize("what", ["rebuild", "forget"])
def test_neither_happens_during_a_run(memory: Memory, what: str) -> None:
    found = opened(state(memory))
    run = RunLock(memory.directory, "Calendar", lambda: NOW)
    run.take()
    with pytest.raises(LockedError):
        getattr(found, what)()
    assert len(found.links(CALENDAR)) == 300
    run.release()
    getattr(found, what)()
    run.take()


def test_big_files_are_not_read_through_at_every_start(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    change(memory, "UPDATE Cache SET value = 'x' WHERE key LIKE 'links/%'")
    monkeypatch.setattr(opening, "_CHECKED_WHOLE", 1000)
    found = opened(state(memory))
    assert found.rebuilt_because == ""
    with pytest.raises(StoreError, match="damaged"):
        found.links(CALENDAR)

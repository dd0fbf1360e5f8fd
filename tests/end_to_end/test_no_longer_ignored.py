"""When a "no" ends: what memory keeps of it then, on both servers and a memory on disk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from support.servers import Servers
from support.watching import until

from sync_core.items import Kind
from sync_core.plan import Action, IgnoreMode, State
from sync_core.review import Review
from tui.app import HandsyncApp
from tui.backend import FileBackend
from tui.screens.home import HomeScreen
from tui.screens.ignored import IgnoredScreen

SINCE = "2026-11-23T08:00:00Z"


class Person(Servers):
    """Somebody with one task that both sides have, which Salesforce has changed."""

    def __init__(self, desk: Any) -> None:
        super().__init__(desk, Kind.TASKS)
        fields = {"Subject": "Call", "ActivityDate": "2026-12-01", "Priority": "Normal"}
        self.record: str = self.org.create("Task", fields, by=self.me)
        self.run()
        self.change(Priority="High")

    def change(self, **fields: Any) -> None:
        self.org.update("Task", self.record, fields, by=self.me)

    def ignore(self, mode: IgnoreMode) -> None:
        plan = self.plan()
        self.desk.service.keep_ignores(Review.of(plan).ignore([row.id for row in plan.rows], mode, SINCE))

    def states(self) -> list[tuple[State, Action]]:
        return [(row.state, row.action) for row in self.plan().rows]

    @property
    def stored(self) -> Any:
        (found,) = self.box.items(self.box.folder("tasks"))
        return found

    def kept(self) -> list[str]:
        return [ignore.title for _, ignore in self.desk.service.ignored()]


@pytest.fixture
def person(open_desk: Callable[..., Any]) -> Person:
    return Person(open_desk(world="empty"))


def test_what_was_ignored_until_the_next_change_is_off_the_list_after_it(person: Person) -> None:
    person.ignore(IgnoreMode.ONCE)
    assert person.states() == [(State.IGNORED_ONCE, Action.NONE)]
    person.change(Description="about the offer")
    (row,) = person.plan().rows
    assert row.reason.endswith("(ignored until now: notes changed in Salesforce)")
    person.run()
    assert person.kept() == []
    # and what it held before is no longer meant, should it ever hold that again
    person.box.update(person.stored.id, {"body": "", "importance": "Normal"})
    person.run()
    person.change(Priority="High")
    assert person.states() == [(State.READY, Action.UPDATE_IN_OUTLOOK)]


def test_a_difference_that_is_gone_is_off_the_list(person: Person) -> None:
    """Somebody makes the change by hand on the other side."""
    person.ignore(IgnoreMode.ONCE)
    person.change(Priority="Normal")
    assert person.states() == []
    person.desk.service.keep_ignores(Review.of(person.plan()))
    assert person.kept() == []


def test_out_of_range_and_back_it_is_ignored_still(person: Person) -> None:
    """What is not seen has not changed, for all that anybody knows."""
    person.ignore(IgnoreMode.ONCE)
    due = person.stored.fields["due_date"]
    person.box.update(person.stored.id, {"due_date": datetime(2030, 1, 1, tzinfo=UTC)})
    (row,) = person.plan().rows
    assert (row.action, "ignored until now" in row.reason) == (Action.NONE, False)
    person.run()
    person.box.update(person.stored.id, {"due_date": due})
    assert person.states() == [(State.IGNORED_ONCE, Action.NONE)]


def test_a_no_is_taken_back_in_the_review_whatever_the_row_is_called_by_then(person: Person) -> None:
    """Outlook has given the item another id since, and the pair is another row for it."""
    person.ignore(IgnoreMode.FOREVER)
    (before,) = person.plan().rows
    person.box.move(person.stored.id, person.box.folder("tasks"))
    person.desk.service.rebuild_memory()
    (row,) = person.plan().rows
    assert (row.id != before.id, row.state) == (True, State.IGNORED_FOREVER)
    # said anew, it is one "no" and not two
    person.ignore(IgnoreMode.ONCE)
    assert person.kept() == ["Call"]
    person.desk.service.keep_ignores(Review.of(person.plan()).reset([row.id]))
    assert person.kept() == []
    assert [state for state, _ in person.states()] == [State.UNDECIDED]


@pytest.mark.slow
async def test_forever_is_taken_back_on_the_ignored_items_screen(person: Person, tmp_path: Path) -> None:
    """And undone there, in the memory that the next plan reads."""
    person.ignore(IgnoreMode.FOREVER)
    person.change(Description="about the offer")
    person.desk.restart()
    config = tmp_path / "config.toml"
    config.write_text(person.desk.sandbox.settings_toml(("tasks",)))
    config.chmod(0o600)
    app = HandsyncApp(FileBackend(config, person.desk.state_dir))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, HomeScreen, "Outlook connected")
        await pilot.press("i")
        await until(pilot, IgnoredScreen, "forever, whatever changes, until you take it back here.")
        await pilot.press("t")
        await until(pilot, IgnoredScreen, "Taken back: “Call”. u undoes it.")
        await pilot.press("u")
        await until(pilot, IgnoredScreen, "Ignored again: “Call”")
        await pilot.press("t")
        await until(pilot, IgnoredScreen, "Nothing is being ignored.")
    assert app.faults == []
    assert person.kept() == []
    assert person.states() == [(State.READY, Action.UPDATE_IN_OUTLOOK)]

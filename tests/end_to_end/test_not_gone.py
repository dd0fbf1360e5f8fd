"""What is out of sight, hidden, or changed all at once is not deleted or cleared for it: on both servers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.calendars import Empty
from support.watching import until

from sync_core.items import Kind, SideName
from sync_core.plan import Action, Row, Situation, State
from sync_core.review import Review
from sync_core.sides import Operation
from tui.app import HandsyncApp
from tui.backend import FileBackend
from tui.screens.confirm import OkQuestion
from tui.screens.home import HomeScreen
from tui.screens.question import Question
from tui.screens.run import RunScreen
from tui.screens.summary import SummaryScreen

pytestmark = pytest.mark.slow

START = datetime(2026, 11, 25, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def both(open_desk: Callable[..., Any]) -> Empty:
    both = Empty(open_desk(world="empty", zone="Europe/London"))
    for kind in Kind:
        both.desk.configure(kind.value, include=True, **({"past_days": 400} if kind is Kind.CALENDAR else {}))
    for customer in both.org.rows("Contact"):
        both.org.delete("Contact", str(customer["Id"]), by=both.me)
    return both


def sync(both: Empty, kind: Kind) -> None:
    assert both.desk.run_of(Review.of(both.desk.plan_of(kind))).clean


def event(both: Empty, subject: str, start: datetime = START) -> str:
    return both.in_salesforce(subject, StartDateTime=start, Recurrence2PatternText=None)


def person(both: Empty, name: str = "Lee") -> str:
    fields = {"LastName": name, "Title": "Buyer", "Email": f"{name.lower()}@example.org"}
    return both.org.create("Contact", fields, by=both.me)


def only(both: Empty, kind: Kind) -> Row:
    (row,) = both.desk.plan_of(kind).rows
    return row


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.value)
def test_what_is_given_to_a_colleague_stays_in_outlook(both: Empty, kind: Kind) -> None:
    made = {
        Kind.CALENDAR: lambda: event(both, "Review"),
        Kind.CONTACTS: lambda: person(both),
        Kind.TASKS: lambda: both.org.create("Task", {"Subject": "Send offer"}, by=both.me),
    }[kind]()
    sync(both, kind)
    colleague = both.org.add_user("Sam Ek", "sam@example.org", "sam@example.org")
    sobject = {Kind.CALENDAR: "Event", Kind.CONTACTS: "Contact", Kind.TASKS: "Task"}[kind]
    both.org.update(sobject, made, {"OwnerId": colleague}, by=both.me)
    row = only(both, kind)
    assert (row.situation, row.action) == (Situation.OUT_OF_RANGE, Action.NONE)
    sync(both, kind)
    assert len(both.box.items(both.box.folder(kind.value))) == 1
    # and comes back as what it was
    both.org.update(sobject, made, {"OwnerId": both.me}, by=colleague)
    assert [row for row in both.desk.plan_of(kind).rows if not row.quiet] == []


def test_what_salesforce_archives_stays_in_outlook(both: Empty) -> None:
    event(both, "Kick-off", datetime(2025, 11, 27, 10, tzinfo=UTC))
    sync(both, Kind.CALENDAR)
    # an org that archives earlier
    both.org.archive_days = 300
    found = both.desk.plan_of(Kind.CALENDAR).rows
    assert [row.action for row in found if not row.quiet] == []
    sync(both, Kind.CALENDAR)
    assert len(both.masters()) == 1


def test_a_field_that_is_hidden_from_one_day_on_is_unknown_and_not_cleared(both: Empty) -> None:
    person(both)
    sync(both, Kind.CONTACTS)
    both.org.hide_fields("Contact", "Title")
    both.desk.restart()
    assert [row for row in both.desk.plan_of(Kind.CONTACTS).rows if not row.quiet] == []
    (stored,) = both.box.items(both.box.folder("contacts"))
    both.box.update(stored.id, {"department": "Purchasing"})
    sync(both, Kind.CONTACTS)
    assert stored.fields["job_title"] == "Buyer"
    (row,) = both.org.rows("Contact")
    assert (row["Title"], row["Department"]) == ("Buyer", "Purchasing")


def test_where_everything_changed_at_once_nothing_is_recommended_until_the_number_is_typed(both: Empty) -> None:
    made = [event(both, f"Visit {n}", START + timedelta(days=n)) for n in range(12)]
    sync(both, Kind.CALENDAR)
    for record in made:
        both.org.update("Event", record, {"Location": "moved by an import"}, by=both.me)
    plan = both.desk.plan()
    assert [(guard.side, guard.operation, guard.count) for guard in plan.guards] == [
        (SideName.OUTLOOK, Operation.UPDATE, 12)
    ]
    assert {(row.recommended, row.state) for row in plan.rows} == {(Action.UPDATE_IN_OUTLOOK, State.PREVENTED)}
    both.desk.run(Review.of(plan))
    assert {item.fields["location"] for item in both.masters().values()} == {""}
    with pytest.raises(ValueError, match="12"):
        Review.of(plan).confirm(0, "11")
    assert both.desk.run(Review.of(both.desk.plan()).confirm(0, "12")).clean
    assert {item.fields["location"] for item in both.masters().values()} == {"moved by an import"}
    assert both.desk.plan().rows == ()


async def test_what_is_suspected_happens_once_its_number_is_typed_on_the_screen(
    open_desk: Callable[..., Any], tmp_path: Path
) -> None:
    both = Empty(open_desk(world="empty", today=None))
    soon = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    made = [event(both, f"Visit {n}", soon + timedelta(days=n)) for n in range(12)]
    sync(both, Kind.CALENDAR)
    for record in made:
        both.org.update("Event", record, {"Location": "moved by an import"}, by=both.me)
    both.desk.restart()
    config = tmp_path / "config.toml"
    config.write_text(both.desk.sandbox.settings_toml())
    config.chmod(0o600)
    app = HandsyncApp(FileBackend(config, both.desk.state_dir))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, HomeScreen, "Outlook connected")
        await pilot.press("s")
        await until(pilot, Question, "Calendar")
        await pilot.press("y")
        await until(pilot, SummaryScreen, "Blocked 12")
        await pilot.press("o")
        await until(pilot, OkQuestion, "12")
        app.screen.query_one("#guard-0-0").focus()
        await pilot.press(*"11", "enter")
        await until(pilot, OkQuestion, "changed in Outlook at once. Type")
        await pilot.press("backspace", "2", "enter")
        await until(pilot, OkQuestion, "Confirmed")
        assert {item.fields["location"] for item in both.masters().values()} == {""}
        await pilot.press("y")
        await until(pilot, RunScreen, "done.")
    assert app.faults == []
    assert {item.fields["location"] for item in both.masters().values()} == {"moved by an import"}

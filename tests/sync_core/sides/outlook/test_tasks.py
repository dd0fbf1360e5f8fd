"""Tasks, against a server over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from exchangelib.ewsdatetime import UTC as EWS_UTC
from exchangelib.ewsdatetime import EWSDateTime

from sync_core.items import Kind
from sync_core.sandbox.ews.recurrence import Recurrence
from sync_core.sides import Fate, Outcome, Ref, Window
from sync_core.sides.outlook.services import PlainTask

FULL = {
    "subject": "Send offer",
    "due": "2026-12-01",
    "status": "in_progress",
    "priority": "high",
    "notes": "one\ntwo",
    "reminder": "2026-11-30T08:30:00Z",
}
Updates = Callable[[], list[str]]


def utc(year: int, month: int, day: int, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


def test_what_is_created_reads_the_same(world: Any, tasks: Any) -> None:
    outcome = tasks.create("m-1", **FULL)
    assert outcome.ok, outcome.error
    item = tasks.item()
    assert (item.id, item.mark, item.kind) == (outcome.id, "m-1", Kind.TASKS)
    assert item.fields == FULL
    assert (item.locked, item.series, item.private) == ("", False, False)
    assert item.changed_at == "2026-11-23T08:00:00Z"
    assert item.changed_by == "Robin Rep"
    (stored,) = world.stored("tasks")
    assert (stored.fields["status"], stored.fields["importance"]) == ("InProgress", "High")
    assert "start_date" not in stored.fields


def test_a_task_with_nothing_but_a_subject(world: Any, tasks: Any) -> None:
    world.task()
    fields = tasks.item().fields
    assert (fields["subject"], fields["due"], fields["reminder"]) == ("Send offer", None, None)
    assert (fields["status"], fields["notes"]) == ("not_started", "")


@pytest.mark.parametrize("zone", ["Pacific/Honolulu", "America/New_York", "Europe/Berlin", "Pacific/Kiritimati"])
def test_due_dates_that_are_written(world: Any, calls_for: Callable[..., Any], zone: str) -> None:
    """A.10: midnight UTC is the day before, west of UTC. The day is right in UTC and where the user is."""
    tasks = calls_for(Kind.TASKS, zone=zone)
    assert tasks.create(subject="x", due="2026-12-01").ok
    stored = world.stored("tasks")[0]
    item = tasks.item()
    assert item.fields["due"] == "2026-12-01"
    assert tasks.update(item, due="2027-07-01").ok
    assert tasks.item().fields["due"] == "2027-07-01"
    moment = stored.fields["due_date"]
    assert moment.date() == date(2027, 7, 1)
    assert moment.astimezone(ZoneInfo(zone)).date() == date(2027, 7, 1)


@pytest.mark.parametrize(
    ("stored", "zone"),
    [
        (utc(2026, 12, 1), "America/Los_Angeles"),
        (utc(2026, 12, 1), "Asia/Tokyo"),
        # midnight where the user is
        (utc(2026, 12, 1, 8), "America/Los_Angeles"),
        (utc(2026, 11, 30, 15), "Asia/Tokyo"),
        (utc(2026, 11, 30, 10), "Pacific/Kiritimati"),
        # midnight somewhere else
        (utc(2026, 12, 1, 8), "Europe/Berlin"),
        (utc(2026, 11, 30, 23), "America/New_York"),
    ],
)
def test_due_dates_that_are_read(world: Any, calls_for: Callable[..., Any], stored: datetime, zone: str) -> None:
    """A.10: other programs keep a day as midnight UTC, or as midnight where they run."""
    world.task(due_date=stored)
    assert calls_for(Kind.TASKS, zone=zone).item().fields["due"] == "2026-12-01"


def test_a_due_date_that_cannot_be_read_is_unknown(world: Any, tasks: Any, rewrite: Any) -> None:
    """E: exchangelib gives None for it, which must not look like a date that was taken away."""
    world.task(due_date=utc(2026, 12, 1))
    rewrite("GetItem", "<t:DueDate>[^<]*<", "<t:DueDate>soon<")
    assert "due" not in tasks.item().fields


def test_fractions_of_seconds(world: Any, tasks: Any, rewrite: Any) -> None:
    """E: exchangelib reads a moment with a fraction as None."""
    world.task(due_date=utc(2026, 12, 1), reminder_is_set=True, reminder_due_by=utc(2026, 11, 30, 9))
    for operation in ("FindItem", "GetItem"):
        rewrite(operation, r":00Z<", ":00.000Z<")
    fields = tasks.item().fields
    assert (fields["due"], fields["reminder"]) == ("2026-12-01", "2026-11-30T09:00:00Z")


def test_what_was_not_sent_is_unknown_and_not_a_default(world: Any, tasks: Any, rewrite: Any) -> None:
    """0.6: exchangelib gives NotStarted and Normal for what did not come."""
    world.task(status="Deferred", importance="Low", sensitivity="Private")
    for element in ("Status", "Importance", "ReminderIsSet"):
        rewrite("GetItem", f"<t:{element}>[^<]*</t:{element}>", "")
    item = tasks.item()
    assert not {"status", "priority", "reminder"} & set(item.fields)
    assert item.private


@pytest.mark.parametrize(
    ("there", "here"),
    [
        ("NotStarted", "not_started"),
        ("InProgress", "in_progress"),
        ("Completed", "completed"),
        ("WaitingOnOthers", "waiting"),
        ("Deferred", "deferred"),
    ],
)
def test_status_both_ways(world: Any, tasks: Any, there: str, here: str) -> None:
    stored = world.task(status=there)
    assert tasks.item().fields["status"] == here
    assert tasks.create(subject="new", status=here).ok
    assert world.stored("tasks")[1].fields["status"] == there
    other = "deferred" if here != "deferred" else "waiting"
    first = next(item for item in tasks.fetch().items if item.id == stored.id)
    assert tasks.update(first, status=other).ok
    assert tasks.look_one(stored.id).fields["status"] == other


@pytest.mark.parametrize("zone", ["Pacific/Honolulu", "Pacific/Kiritimati"])
@pytest.mark.parametrize("day", ["1601-01-01", "4500-12-31", "2028-02-29"])
def test_the_ends_of_the_calendar(world: Any, calls_for: Callable[..., Any], zone: str, day: str) -> None:
    tasks = calls_for(Kind.TASKS, zone=zone)
    outcome = tasks.create(subject="x", due=day)
    assert outcome.ok, outcome.error
    assert tasks.look_one(outcome.id).fields["due"] == day


@pytest.mark.parametrize("stored", [utc(1, 1, 1, 5), utc(9999, 12, 31, 23)])
@pytest.mark.parametrize("zone", ["Pacific/Honolulu", "Pacific/Kiritimati"])
def test_days_that_no_zone_can_hold(world: Any, calls_for: Callable[..., Any], stored: datetime, zone: str) -> None:
    world.task(due_date=stored)
    world.task("good")
    reading = calls_for(Kind.TASKS, zone=zone).fetch()
    assert [item.title for item in reading.items] == ["good"]
    assert reading.complete


def test_outlooks_own_word_for_no_date(world: Any, tasks: Any) -> None:
    world.task(due_date=utc(4501, 1, 1))
    assert tasks.item().fields["due"] is None


def test_hostile_text(world: Any, tasks: Any) -> None:
    """0.16: a lone surrogate raises in exchangelib, and a control character is replaced without a word."""
    assert tasks.create(subject="lone \ud800 \x07<b>&", notes="\x1b[31m\x00red").ok
    fields = tasks.item().fields
    assert (fields["subject"], fields["notes"]) == ("lone \ufffd <b>&", "[31mred")


# ---- what is Outlook's alone


def test_an_update_sends_nothing_but_what_changes(world: Any, tasks: Any, updates: Updates) -> None:
    """0.5, 0.17: no start date, no percentage, no categories, no work."""
    kept = {
        "start_date": utc(2026, 11, 25),
        "percent_complete": 40.0,
        "categories": ["Red"],
        "actual_work": 90,
        "companies": ["Northwind"],
    }
    stored = world.task(due_date=utc(2026, 12, 1), status="InProgress", **kept)
    assert tasks.update(tasks.item(), due="2026-12-05", priority="low", notes="new").ok
    assert updates() == ["item:Body", "item:Importance", "task:DueDate"]
    assert {name: stored.fields[name] for name in kept} == kept
    assert tasks.item().fields["due"] == "2026-12-05"


def test_a_due_date_before_the_start_is_said_and_not_moved(world: Any, tasks: Any) -> None:
    """0.17: exchangelib would make the due date the start date without a word."""
    stored = world.task(start_date=utc(2026, 11, 25), due_date=utc(2026, 12, 1))
    outcome = tasks.update(tasks.item(), due="2026-11-24")
    assert not outcome.ok
    assert "due date 2026-11-24 is before the start date 2026-11-25" in outcome.error
    assert "UpdateItem" not in world.operations()
    assert stored.fields["due_date"] == utc(2026, 12, 1)
    assert tasks.update(tasks.item(), due="2026-11-25").ok


def test_completing_sends_the_status_alone(world: Any, tasks: Any, updates: Updates) -> None:
    """0.17: exchangelib would send 100 % with it; Exchange does that by itself, and the outcome says so."""
    stored = world.task(status="InProgress", percent_complete=40.0, start_date=utc(2026, 11, 25))
    item = tasks.item()
    outcome = tasks.update(item, status="completed")
    note = "with the status Exchange sets percent complete from 40 to 100"
    assert outcome == Outcome(True, item.id, note=note)
    assert updates() == ["task:Status"]
    assert (stored.fields["is_complete"], stored.fields["start_date"]) == (True, utc(2026, 11, 25))
    assert tasks.item().fields["status"] == "completed"


@pytest.mark.parametrize(
    ("before", "percent", "after", "note"),
    [
        ("InProgress", 40.0, "not_started", "from 40 to 0"),
        ("Completed", 100.0, "in_progress", "takes back the 100"),
        ("InProgress", 40.0, "waiting", ""),
        ("NotStarted", 0.0, "in_progress", ""),
    ],
)
def test_what_exchange_does_to_the_percentage(
    world: Any, tasks: Any, updates: Updates, before: str, percent: float, after: str, note: str
) -> None:
    stored = world.task(status=before, percent_complete=percent)
    outcome = tasks.update(tasks.item(), status=after)
    assert outcome.ok
    assert note in outcome.note
    assert bool(outcome.note) == (stored.fields["percent_complete"] != percent)
    assert updates() == ["task:Status"]


def test_checking_a_task_changes_nothing() -> None:
    """0.17: exchangelib's own check moves the due date to the start, and sets the percentage by the status."""
    start, due = (EWSDateTime(2026, 11, day, tzinfo=EWS_UTC) for day in (25, 24))
    task = PlainTask(subject="x", start_date=start, due_date=due, status="NotStarted", percent_complete=Decimal(40))
    task.clean()
    assert (task.due_date, task.percent_complete) == (due, 40)


def test_a_task_that_is_created_completed(world: Any, tasks: Any) -> None:
    assert tasks.create(subject="Done", status="completed").ok
    assert tasks.item().fields["status"] == "completed"
    assert world.stored("tasks")[0].fields["percent_complete"] == 100


def test_clearing(world: Any, tasks: Any, updates: Updates) -> None:
    assert tasks.create(**FULL).ok
    assert tasks.update(tasks.item(), due=None, notes="", reminder=None).ok
    assert updates() == ["-task:DueDate", "item:Body", "item:ReminderIsSet"]
    fields = tasks.item().fields
    assert (fields["due"], fields["notes"], fields["reminder"]) == (None, "", None)


def test_a_reminder_moves(world: Any, tasks: Any, updates: Updates) -> None:
    assert tasks.create(**FULL).ok
    assert tasks.update(tasks.item(), reminder="2026-11-29T10:00:00Z").ok
    assert updates() == ["item:ReminderDueBy", "item:ReminderIsSet"]
    assert tasks.item().fields["reminder"] == "2026-11-29T10:00:00Z"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"due": "2026-12-01"}, "needs a subject"),
        ({"subject": "x" * 256}, "256 characters"),
        ({"subject": "x", "due": "soon"}, "due date is not a date"),
        ({"subject": "x", "due": "0001-01-01"}, "dates from 1601 to 4500"),
        ({"subject": "x", "due": "9999-12-31"}, "dates from 1601 to 4500"),
        ({"subject": "x", "reminder": "0001-01-01T10:00:00+14:00"}, "none that Outlook holds"),
        ({"subject": "x", "status": "lost"}, "no status lost"),
        ({"subject": "x", "priority": ""}, "no priority (blank)"),
        ({"subject": "x", "reminder": "2026-11-30T08:30:00"}, "reminder cannot be read"),
    ],
)
def test_what_cannot_be_written_is_not_sent(world: Any, tasks: Any, fields: dict[str, str], words: str) -> None:
    assert words in tasks.create(**fields).error
    assert "CreateItem" not in world.operations()


# ---- tasks that are left alone


def test_recurring_tasks(world: Any, tasks: Any) -> None:
    world.task(due_date=utc(2026, 12, 1), recurrence=Recurrence("Weekly", date(2026, 11, 24), days=("Tuesday",)))
    item = tasks.item()
    assert (item.series, item.locked) == (True, "a recurring task: not synced yet")
    assert tasks.update(item, due="2026-12-05").error == item.locked
    assert tasks.delete(item).error == item.locked


@pytest.mark.parametrize(
    "said", ["<t:IsTeamTask>true</t:IsTeamTask>", "<t:DelegationState>Accepted</t:DelegationState>"]
)
def test_assigned_tasks(world: Any, tasks: Any, rewrite: Any, said: str) -> None:
    """Promise 6: a change of an assigned task goes to somebody else by mail."""
    world.task()
    rewrite("GetItem", "<t:IsTeamTask>[^<]*</t:IsTeamTask>", "")
    rewrite("GetItem", "</t:Task>", f"{said}</t:Task>")
    item = tasks.item()
    assert "was assigned" in item.locked
    assert tasks.update(item, subject="x").error == item.locked


def test_tasks_that_may_only_be_read(world: Any, calls_for: Callable[..., Any]) -> None:
    folder = world.colleague.folder("tasks")
    world.exchange.share("priya@example.com", "rep@example.com", "reviewer", folder.id)
    world.colleague.create(folder, {"subject": "Hers"})
    assert (
        calls_for(Kind.TASKS, mailbox="priya@example.com").item().locked == "you may read this task but not change it"
    )


# ---- the window


def test_the_window(world: Any, tasks: Any) -> None:
    """Due inside, or without a date; completed ones without a date only when that was inside."""
    done = {"status": "Completed", "percent_complete": 100.0, "is_complete": True}
    world.task("first day", due_date=utc(2026, 10, 24))
    world.task("last day", due_date=utc(2027, 11, 23))
    world.task("done inside", due_date=utc(2026, 11, 1), complete_date=utc(2026, 11, 2), **done)
    world.task("no date")
    world.task("no date, done lately", complete_date=utc(2026, 11, 2), **done)
    world.task("no date, done long ago", complete_date=utc(2026, 9, 2), **done)
    world.task("no date, taken up again", complete_date=utc(2026, 9, 2), status="InProgress")
    world.task("day before", due_date=utc(2026, 10, 23))
    world.task("day after", due_date=utc(2027, 11, 24))
    world.task("done before", due_date=utc(2026, 9, 1), complete_date=utc(2026, 11, 2), **done)
    reading = tasks.fetch()
    assert [item.title for item in reading.items] == [
        *("first day", "last day", "done inside", "no date", "no date, done lately", "no date, taken up again")
    ]
    assert reading.complete
    asked = world.requests("GetItem")[0].xpath("//*[local-name()='ItemIds']/*")
    assert len(asked) == 6, "nothing that lies outside is read whole"


@pytest.mark.parametrize("zone", ["Pacific/Honolulu", "Pacific/Auckland"])
def test_the_edge_of_the_window_is_a_day(world: Any, calls_for: Callable[..., Any], zone: str) -> None:
    for day in (23, 24, 25, 26):
        world.task(f"day {day}", due_date=utc(2026, 11, day))
    window = Window(date(2026, 11, 24), date(2026, 11, 25), zone)
    titles = [item.title for item in calls_for(Kind.TASKS, zone=zone).fetch(window).items]
    assert titles == ["day 24", "day 25"]


def test_few_requests(world: Any, tasks: Any) -> None:
    for number in range(120):
        world.task(f"Task {number}", due_date=utc(2026, 11, 1) + timedelta(days=number))
    assert len(tasks.fetch().items) == 120
    assert world.operations() == ["GetFolder", "FindItem", "GetItem", "GetItem"]


# ---- looking again


def test_fates(world: Any, tasks: Any) -> None:
    """A.8: an id changes with every move, the mark does not."""
    here, gone, moved = (world.task(f"Task {n}", mark=f"m-{n}") for n in range(3))
    later = world.box.add_folder("Later", world.box.folder("tasks"), "IPF.Task")
    world.box.delete(gone.id)
    world.box.move(moved.id, later)
    sightings = tasks.look(*(Ref(item.id, f"m-{n}") for n, item in enumerate((here, gone, moved))))
    assert [s.fate for s in sightings.values()] == [Fate.HERE, Fate.DELETED, Fate.MOVED]
    assert sightings[moved.id].detail == "Tasks/Later"


def test_copies_are_never_chosen_from(world: Any, tasks: Any) -> None:
    gone = world.task(mark="m-1")
    world.task("copy", mark="m-1")
    world.task("copy", mark="m-1")
    world.box.delete(gone.id, "nowhere")
    sighting = tasks.look(Ref(gone.id, "m-1"))[gone.id]
    assert (sighting.fate, sighting.detail) == (
        Fate.UNREADABLE,
        "more than one task in this task folder carries its mark",
    )


def test_a_delete_can_be_taken_back(world: Any, tasks: Any) -> None:
    """0.11: to Deleted Items; a task needs a word about its series."""
    world.task()
    assert tasks.delete(tasks.item()).ok
    assert [item.fields["subject"] for item in world.stored("deleteditems")] == ["Send offer"]


def test_what_changed_since_is_not_overwritten(world: Any, tasks: Any) -> None:
    stored = world.task()
    item = tasks.item()
    world.box.update(stored.id, {"importance": "High"})
    assert tasks.update(item, subject="x").error == "changed in Outlook since it was looked at"


def test_a_lost_answer_makes_no_duplicate(world: Any, tasks: Any) -> None:
    world.fault("drop_after", "CreateItem")
    outcome = tasks.create("m-1", **FULL)
    assert outcome.ok
    assert [item.id for item in world.stored("tasks")] == [outcome.id]

"""Tasks: the window, the org's own statuses and priorities, reminders (facts: salesforce B2 and B4)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sync_core.errors import SideError
from sync_core.items import FIELDS, Kind, canonical
from sync_core.sandbox.httpd import Request, Response
from sync_core.sides import Fate, Operation, Window, Write
from sync_core.sides.salesforce.rows import ARCHIVED
from sync_core.sides.salesforce.tasks import RECURRING

NOVEMBER = Window(date(2026, 11, 1), date(2026, 11, 30), "America/Los_Angeles")
EVERYTHING: dict[str, Any] = {
    "subject": "Offer für Zoë",
    "due": "2026-11-30",
    "status": "waiting",
    "priority": "high",
    "notes": "One\n\n  two",
    "reminder": "2026-11-29T08:30:00Z",
}


@pytest.fixture
def org(world: Any) -> Any:
    """The world, with tasks behind its shorthands."""
    world.kind = Kind.TASKS
    return world


def task(world: Any, subject: str = "Call", *, by: str | None = None, **fields: Any) -> str:
    made: str = world.org.create("Task", {"Subject": subject, **fields}, by=by or world.me)
    return made


def body(world: Any, method: str) -> dict[str, Any]:
    """The first row of the last request that created (POST) or updated (PATCH) some."""
    row: dict[str, Any] = world.sent(method)[0]
    return row


def titles(reading: Any) -> set[str]:
    return {item.title for item in reading.items}


def statuses(world: Any, *rows: tuple[str, str, bool, bool]) -> None:
    """The org's own statuses: label, API name, closed, default."""
    for row in world.org.rows("TaskStatus"):
        world.org.purge("TaskStatus", row["Id"])
    for place, (label, name, closed, default) in enumerate(rows, 1):
        values = {"MasterLabel": label, "ApiName": name, "SortOrder": place, "IsClosed": closed, "IsDefault": default}
        world.org.seed_row("TaskStatus", values)


def test_create_and_read_again(org: Any) -> None:
    """Every field goes there and comes back as it went; what only Salesforce derives is never written."""
    outcome = org.create(**EVERYTHING)
    assert outcome.ok, outcome
    assert org.only().fields == EVERYTHING
    assert set(EVERYTHING) == {f.name for f in FIELDS[Kind.TASKS]}
    assert org.only() == org.item(outcome.id)
    row = org.row(outcome.id)
    assert (row["OwnerId"], row["TaskSubtype"], row["Status"]) == (org.me, "Task", "Waiting on someone else")
    sent = {"Subject", "ActivityDate", "Status", "Priority", "Description", "IsReminderSet", "ReminderDateTime"}
    assert set(body(org, "POST")) == {"attributes", *sent}


def test_create_with_blanks(org: Any) -> None:
    """Blank fields are left out of a create."""
    assert org.create(subject="Call", due=None, notes="", reminder=None, status="not_started", priority="normal").ok
    assert set(body(org, "POST")) == {"attributes", "Subject", "Status", "Priority", "IsReminderSet"}


def test_update_sends_what_changes(org: Any) -> None:
    """An update holds the fields of the change; blanks go as null."""
    record_id = task(org, ActivityDate=date(2026, 11, 24), Description="keep", Priority="High")
    assert org.update(record_id, status="completed").ok
    assert body(org, "PATCH") == {"attributes": {"type": "Task"}, "id": record_id, "Status": "Completed"}
    assert org.row(record_id)["IsClosed"] is True
    assert org.update(record_id, due=None, notes="").ok
    row = org.row(record_id)
    assert (row["ActivityDate"], row["Description"], row["Priority"]) == (None, None, "High")


@pytest.mark.parametrize(
    ("due", "inside"),
    [
        (date(2026, 10, 31), False),
        (date(2026, 11, 1), True),
        (date(2026, 11, 30), True),
        (date(2026, 12, 1), False),
        (None, True),
    ],
)
def test_window(org: Any, due: date | None, inside: bool) -> None:
    """B2, ActivityDate is a day without a zone: both ends of the window count, and a task without one is in each."""
    task(org, ActivityDate=due)
    reading = org.fetch(NOVEMBER)
    assert bool(reading.items) is inside
    if due and inside:
        assert reading.items[0].fields["due"] == due.isoformat()


def test_only_tasks_of_mine(org: Any) -> None:
    """B2, TaskSubtype: logged e-mails and calls are not to be done; B2, OwnerId: nor are other people's tasks."""
    task(org, "Mine")
    for subtype in ("Email", "Call", "LinkedIn"):
        task(org, subtype, TaskSubtype=subtype)
    task(org, "Theirs", by=org.colleague)
    assert titles(org.fetch()) == {"Mine"}


def test_given_away(org: Any) -> None:
    """A task given to somebody else is not deleted."""
    record_id = task(org)
    org.org.update("Task", record_id, {"OwnerId": org.colleague}, by=org.me)
    (sighting,) = org.look(record_id)
    assert (sighting.fate, sighting.detail) == (Fate.OTHER_OWNER, "Priya Nair")


def test_recurring(org: Any) -> None:
    """B2, recurrence: a series is one locked item; nothing of it is written or deleted."""
    master = org.org.seed_row("Task", {"Subject": "Report", "OwnerId": org.me, "IsRecurrence": True})
    for day in (25, 24, 26):
        values = {"Subject": "Report", "OwnerId": org.me, "RecurrenceActivityId": master}
        org.org.seed_row("Task", {**values, "ActivityDate": date(2026, 11, day)})
    item = org.only()
    assert (item.id, item.series, item.locked, item.fields["due"]) == (master, True, RECURRING, "2026-11-24")
    assert "not synced yet" in org.update(master, subject="x").error
    assert "not synced yet" in org.delete(master)[0].error
    assert len(org.org.rows("Task")) == 4


def test_archived(org: Any) -> None:
    """B4, archived activities: a task closed and due over a year ago is hidden by query(), and is not deleted."""
    old, day = task(org, "Old", ActivityDate=date(2025, 10, 1), Status="Completed"), date(2025, 9, 1)
    task(org, "Still open", ActivityDate=date(2025, 10, 1))
    reading = org.fetch(Window(day, date(2026, 12, 1), "UTC"))
    assert titles(reading) == {"Old", "Still open"}
    assert reading.complete
    assert {item.locked for item in reading.items if item.id == old} == {ARCHIVED}
    assert org.look(old)[0].fate is Fate.ARCHIVED
    assert org.count("GET queryAll") == 2
    org.fetch()
    assert org.count("GET queryAll") == 2


def test_archived_without_due_date(org: Any) -> None:
    """B4: without a due date the day of its creation counts; such a task is in no window, and is not deleted."""
    undated = task(org, "Undated", Status="Completed")
    org.now = datetime(2028, 1, 1, 8, tzinfo=UTC)
    assert org.fetch(Window(date(2027, 12, 1), date(2028, 2, 1), "UTC")).items == ()
    assert org.fetch(Window(date(2026, 1, 1), date(2028, 2, 1), "UTC")).items == ()
    assert org.look(undated)[0].fate is Fate.ARCHIVED


def test_deleted(org: Any) -> None:
    """Deleted is deleted, and can be done by us."""
    kept, gone = task(org, "Kept"), task(org, "Gone")
    assert org.delete(gone)[0].ok
    assert [one.fate for one in org.look(kept, gone)] == [Fate.HERE, Fate.DELETED]
    assert titles(org.fetch(Window(date(2024, 1, 1), date(2027, 1, 1), "UTC"))) == {"Kept"}


@pytest.mark.parametrize("name", ["not_started", "in_progress", "completed", "waiting", "deferred"])
def test_status_of_a_new_org(org: Any, name: str) -> None:
    """B2, Status: the five that a new org has are Exchange's five."""
    outcome = org.create(subject="A", status=name, priority="normal")
    assert outcome.ok
    assert org.item(outcome.id).fields["status"] == name
    assert org.row(outcome.id)["IsClosed"] is (name == "completed")


@pytest.mark.parametrize("name", ["low", "normal", "high"])
def test_priority_of_a_new_org(org: Any, name: str) -> None:
    """B2, Priority."""
    outcome = org.create(subject="A", status="not_started", priority=name)
    assert org.item(outcome.id).fields["priority"] == name
    assert org.row(outcome.id)["IsHighPriority"] is (name == "high")


def test_statuses_of_the_org(org: Any) -> None:
    """B2, an org can change them: completed is its default closed one, not started its default open one."""
    rows = [("Neu", False, True), ("In Progress", False, False), ("Abgelehnt", True, False), ("Erledigt", True, True)]
    statuses(org, *((label, label, closed, default) for label, closed, default in rows))
    for name, value in (("not_started", "Neu"), ("completed", "Erledigt"), ("in_progress", "In Progress")):
        outcome = org.create(subject="A", status=name)
        assert outcome.ok, outcome
        assert org.row(outcome.id)["Status"] == value
        assert org.item(outcome.id).fields["status"] == name


def test_first_closed_where_none_is_default(org: Any) -> None:
    """B2, IsDefault: as a rule only one status is the default, and it is open; the first closed one has to do."""
    statuses(org, ("Neu", "Neu", False, True), ("Weg", "Weg", True, False), ("Erledigt", "Erledigt", True, False))
    outcome = org.create(subject="A", status="completed")
    assert org.row(outcome.id)["Status"] == "Weg"


def test_not_started_is_never_guessed(org: Any) -> None:
    """Which of several open ones means "not started", or of several low ones "normal", only the default can tell."""
    statuses(org, ("Neu", "Neu", False, False), ("Completed", "Completed", True, False), ("Weg", "Weg", True, True))
    for row in org.org.rows("TaskPriority"):
        org.org.stamp("TaskPriority", row["Id"], {"MasterLabel": row["Id"], "ApiName": row["Id"], "IsDefault": False})
    for fields in ({"status": "not_started"}, {"priority": "normal"}):
        assert "the org has nothing" in org.create(subject="A", **fields).error


def test_renamed_label(org: Any) -> None:
    """The label is renamed, the API name stays: that is what stands in the task."""
    rows = [("Neu", "Not Started", False, True), ("In Progress", "Status_3", False, False)]
    statuses(org, *rows, ("Completed", "Status_7", True, False))
    assert org.item(task(org, Status="Status_3")).fields["status"] == "in_progress"
    record_id = task(org, Status="Status_7")
    assert org.item(record_id).fields["status"] == "completed"
    assert org.update(record_id, status="not_started").ok
    assert org.row(record_id)["Status"] == "Not Started"
    assert org.row(record_id)["IsClosed"] is False


def test_label_that_misleads(org: Any) -> None:
    """B2, IsClosed decides: a "Completed" that leaves the task open is not completed."""
    statuses(org, ("Not Started", "Not Started", False, True), ("Completed", "Completed", False, False))
    assert org.item(task(org, Status="Completed")).fields["status"] == "not_started"
    assert not org.create(subject="A", status="completed").ok


def test_status_that_the_org_cannot_express(org: Any) -> None:
    """A neutral value without a value in the org is a reason, before the run and in it."""
    statuses(org, ("Not Started", "Not Started", False, True), ("Completed", "Completed", True, False))
    refuses = org.side.describe(Kind.TASKS).limits.refuses
    assert "“waiting”" in refuses(canonical(Kind.TASKS, {"subject": "A", "status": "waiting"}))
    assert refuses({"subject": "A", "status": "completed", "priority": "low"}) == ""
    for outcome in (org.create(subject="A", status="waiting"), org.update(task(org), status="in_progress")):
        assert "Not Started, Completed" in outcome.error
    assert org.count("POST composite/sobjects") == org.count("PATCH composite/sobjects") == 0


def test_a_status_without_a_name_is_open_or_closed(org: Any) -> None:
    """B2, IsClosed: a value of the org's own counts as what it is; an update says nothing of it, unless meant to."""
    rows = [("Not Started", "Not Started", False, True), ("In Progress", "In Progress", False, False)]
    own = [
        ("Review", "On review", False, False),
        ("Completed", "Completed", True, False),
        ("Filed", "Filed", True, False),
    ]
    statuses(org, *rows, *own)
    record_id = task(org, Status="On review", Priority="Urgent")
    item = org.item(record_id)
    assert item.fields["status"] == "in_progress"
    assert "priority" not in item.fields
    assert org.item(task(org, Status="Filed")).fields["status"] == "completed"
    assert org.update(record_id, subject="Renamed").ok
    row = org.row(record_id)
    assert (row["Status"], row["Priority"]) == ("On review", "Urgent")
    assert org.update(record_id, status="completed").ok
    assert org.row(record_id)["Status"] == "Completed"


def test_a_status_that_the_org_no_longer_offers(org: Any) -> None:
    """It is in no table; the task itself tells whether it is closed."""
    assert org.item(task(org, Status="On hold")).fields["status"] == "in_progress"


def test_an_org_without_a_word_for_it_leaves_the_status_unknown(org: Any) -> None:
    """Nothing is proposed, as nothing could be written."""
    statuses(org, ("Anders", "Anders", False, False), ("Completed", "Completed", True, True))
    assert "status" not in org.item(task(org, Status="Anders")).fields


def test_priorities_of_the_org(org: Any) -> None:
    """B2, IsHighPriority: high and normal by what they mean; low has no such sign."""
    for row in org.org.rows("TaskPriority"):
        org.org.purge("TaskPriority", row["Id"])
    for place, name in enumerate(("Dringend", "Egal", "Üblich"), 1):
        values = {"MasterLabel": name, "ApiName": name, "SortOrder": place}
        flags = {"IsHighPriority": name == "Dringend", "IsDefault": name == "Üblich"}
        org.org.seed_row("TaskPriority", {**values, **flags})
    for neutral, value in (("high", "Dringend"), ("normal", "Üblich")):
        outcome = org.create(subject="A", priority=neutral)
        assert org.row(outcome.id)["Priority"] == value
        assert org.item(outcome.id).fields["priority"] == neutral
    assert "“low”" in org.create(subject="A", priority="low").error


def test_a_priority_without_a_name_is_high_where_the_org_says_so(org: Any) -> None:
    """B2, IsHighPriority. What is not high may be normal or low: that stays unknown, and is not written over."""
    for place, (name, high) in enumerate((("Urgent", True), ("Someday", False)), 9):
        values = {"MasterLabel": name, "ApiName": name, "SortOrder": place, "IsDefault": False, "IsHighPriority": high}
        org.org.seed_row("TaskPriority", values)
    assert org.item(task(org, Priority="Urgent")).fields["priority"] == "high"
    assert "priority" not in org.item(task(org, Priority="Someday")).fields
    assert org.row(org.create(subject="A", priority="high").id)["Priority"] == "High"


def test_tables_are_asked_once(org: Any) -> None:
    """One question per table and session; none for the calendar."""
    task(org)
    for _ in range(3):
        org.fetch()
    org.side.describe(Kind.TASKS)
    org.side.describe(Kind.CALENDAR)
    for table in ("TaskStatus", "TaskPriority"):
        assert sum(f"FROM {table}" in one.query.get("q", "") for one in org.requests) == 1


def test_without_tables(org: Any) -> None:
    """A server that does not show these tables: what describe lists is known by its labels."""
    org.org.deny("TaskStatus", "read")
    org.org.deny("TaskPriority", "read")
    outcome = org.create(**EVERYTHING)
    assert outcome.ok, outcome
    assert org.only().fields == EVERYTHING


def test_without_describe(org: Any) -> None:
    """Without describe, Task is taken to be what the references say."""
    org.before = lambda request: Response(404, b"[]") if "/describe" in request.path else None
    outcome = org.create(**EVERYTHING)
    assert outcome.ok, outcome
    assert org.only().fields == EVERYTHING


def test_reminder(org: Any) -> None:
    """A moment, not minutes: it stays when the due date moves; both columns go together."""
    outcome = org.create(subject="A", due="2026-11-30", reminder="2026-11-29T08:30:00Z")
    assert org.update(outcome.id, due="2026-12-05").ok
    assert org.only().fields["reminder"] == "2026-11-29T08:30:00Z"
    assert org.update(outcome.id, reminder=None).ok
    row = org.row(outcome.id)
    assert (row["IsReminderSet"], row["ReminderDateTime"]) == (False, None)
    assert org.only().fields["reminder"] is None


def test_fired_reminder_is_no_change(org: Any) -> None:
    """B2, IsReminderSet may read false once the reminder has fired: unknown, and an update says nothing of it."""
    at = datetime(2026, 11, 23, 7, 59, tzinfo=UTC)
    record_id = task(org, IsReminderSet=True, ReminderDateTime=at)
    assert org.only().fields["reminder"] == "2026-11-23T07:59:00Z"
    org.org.fire_reminders()
    assert "reminder" not in org.only().fields
    assert org.update(record_id, subject="B").ok
    assert not {"IsReminderSet", "ReminderDateTime"} & set(body(org, "PATCH"))
    later = task(org, "Later", IsReminderSet=False, ReminderDateTime=datetime(2026, 11, 24, tzinfo=UTC))
    assert org.item(later).fields["reminder"] is None


def test_limits(org: Any) -> None:
    """B2: lengths from describe, line ends counted as Salesforce stores them; dates from 1700 to 4000 (recalled)."""
    limits = org.side.describe(Kind.TASKS).limits
    assert limits.lengths == {"subject": 255, "notes": 32_000}
    notes = "x" * 31_998 + "\ny"
    assert "32,001" in limits.refuses({"notes": notes})
    assert not org.create(subject="A", notes=notes).ok
    assert org.create(subject="A", notes=notes[1:]).ok
    assert "year 4001" in limits.refuses({"due": "4001-01-01"})
    assert "year 4001" in org.create(subject="A", due="4001-01-01").error
    assert "255" in org.create(subject="x" * 256).error


def test_no_status_at_all(org: Any) -> None:
    """B2, Status and Priority are required: clearing one is refused in words."""
    record_id = task(org)
    (outcome,) = org.write(Write(Operation.UPDATE, {"status": ""}, org.item(record_id)))
    assert "no task without a status" in outcome.error


def test_field_level_security(org: Any) -> None:
    """Hidden fields are unknown; without the due date there is no window."""
    task(org, Description="x", IsReminderSet=True, ReminderDateTime=datetime(2026, 11, 25, tzinfo=UTC))
    org.org.hide_fields("Task", "Description", "ReminderDateTime", "Priority")
    assert set(org.only().fields) == {"subject", "due", "status"}
    assert set(org.side.describe(Kind.TASKS).unwritable) == {"notes", "reminder", "priority"}
    assert org.create(**EVERYTHING).ok
    org.org.hide_fields("Task", "ActivityDate")
    with pytest.raises(SideError, match=r"ActivityDate.*administrator"):
        org.make().describe(Kind.TASKS)


def spoiled(world: Any, change: Callable[[dict[str, Any]], None]) -> None:
    """Lets the org answer queries for tasks, and changes their rows on the way."""

    def before(request: Request) -> Response | None:
        if "FROM Task WHERE" not in request.query.get("q", ""):
            return None
        response = world.application(request)
        answer = json.loads(response.body)
        for row in answer["records"]:
            change(row)
        return Response(200, json.dumps(answer).encode())

    world.before = before


def test_row_that_cannot_be_read(org: Any) -> None:
    """One bad row harms no other, and has a name."""
    task(org, "Good")
    bad = task(org, "Bad")
    spoiled(org, lambda row: row.update(ActivityDate="soon") if row["Id"] == bad else None)
    reading = org.fetch()
    assert titles(reading) == {"Good"}
    assert [(one.id, one.title) for one in reading.unreadable] == [(bad, "Bad")]
    assert org.look(bad)[0].fate is Fate.UNREADABLE


def test_people(org: Any) -> None:
    """Whom a task is about, for display and finding."""
    account = org.org.create("Account", {"Name": "Northwind"}, by=org.me)
    contact = org.org.create("Contact", {"LastName": "Ek", "FirstName": "Ana"}, by=org.me)
    task(org, WhoId=contact, WhatId=account)
    assert org.only().people == ("Ana Ek", "Northwind")
    assert org.only().changed_by == "Robin Rowe"

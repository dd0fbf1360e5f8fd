"""Tasks by their days, on both servers: what is over, what lies out of range, and what starts later than it is due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from support.servers import Servers

from sync_core.items import Kind, SideName
from sync_core.plan import Action, Situation, State
from sync_core.review import Review


class Lists(Servers):
    """Two task lists, empty, and the program that compares them."""

    def record(self, subject: str, **fields: Any) -> str:
        made: str = self.org.create("Task", {"Subject": subject, **fields}, by=self.me)
        return made

    def task(self, subject: str, **fields: Any) -> Any:
        return self.box.create(self.box.folder("tasks"), {"subject": subject, **fields})

    def subjects(self) -> tuple[list[str], list[str]]:
        stored = self.box.items(self.box.folder("tasks"))
        return sorted(row["Subject"] for row in self.org.rows("Task")), sorted(one.fields["subject"] for one in stored)


@pytest.fixture
def lists(open_desk: Callable[..., Any]) -> Lists:
    return Lists(open_desk(world="empty"), Kind.TASKS)


def test_what_was_done_long_ago_is_not_brought_over_though_it_has_no_date(lists: Lists) -> None:
    """Else the one that Outlook does not list for that reason would be there twice."""
    now = lists.desk.sandbox.world.clock()
    for subject, days in (("Long ago", 90), ("Lately", 10)):
        record = lists.record(subject, Status="Completed")
        lists.org.stamp("Task", record, {"CompletedDateTime": now - timedelta(days=days)})
    lists.task("Long ago", status="Completed", percent_complete=100.0, complete_date=now - timedelta(days=90))
    assert [(row.title, row.action) for row in lists.loud()] == [("Lately", Action.CREATE_IN_OUTLOOK)]
    lists.run()
    assert lists.subjects() == (["Lately", "Long ago"], ["Lately", "Long ago"])
    assert lists.loud() == []


def test_what_is_done_and_grows_old_stays_a_pair(lists: Lists) -> None:
    record = lists.record("Buy stamps", Status="Completed")
    lists.run()
    then = lists.desk.sandbox.world.clock() - timedelta(days=90)
    lists.org.stamp("Task", record, {"CompletedDateTime": then})
    (stored,) = lists.box.items(lists.box.folder("tasks"))
    lists.box.update(stored.id, {"complete_date": then})
    assert lists.loud() == []
    lists.box.update(stored.id, {"body": "twelve of them"})
    assert [row.action for row in lists.loud()] == [Action.UPDATE_IN_SALESFORCE]


FAR = {
    SideName.SALESFORCE: (date(1700, 1, 1), date(2026, 9, 1), date(4000, 12, 31)),
    SideName.OUTLOOK: (date(1, 1, 1), date(1601, 1, 2), date(2026, 9, 1), date(4500, 8, 31)),
}


@pytest.mark.parametrize("side", list(SideName))
def test_what_is_put_far_out_of_range_is_not_taken_for_deleted(lists: Lists, side: SideName) -> None:
    """It has no place among the days of a sync: nothing is written, and back in range all is as it was."""
    ids: dict[str, tuple[str, str]] = {}
    for far in FAR[side]:
        lists.record(f"{far}", ActivityDate="2026-12-01")
    lists.run()
    for row in lists.org.rows("Task"):
        (stored,) = (i for i in lists.box.items(lists.box.folder("tasks")) if i.fields["subject"] == row["Subject"])
        ids[str(row["Subject"])] = str(row["Id"]), stored.id

    def put_off(title: str, day: date) -> None:
        if side is SideName.SALESFORCE:
            lists.org.update("Task", ids[title][0], {"ActivityDate": day.isoformat()}, by=lists.me)
        else:
            lists.box.update(ids[title][1], {"due_date": datetime(day.year, day.month, day.day, tzinfo=UTC)})

    for far in FAR[side]:
        put_off(f"{far}", far)
    before = lists.subjects()
    for _ in range(2):
        plan = lists.plan()
        assert {(row.situation, row.action, row.reason) for row in plan.rows} == {
            (
                Situation.OUT_OF_RANGE,
                Action.NONE,
                f"in {side.label} it is outside the days of this sync: nothing is written",
            )
        }
        assert len(plan.rows) == len(FAR[side])
        assert plan.guards == ()
        lists.run()
        assert lists.subjects() == before
    for far in FAR[side]:
        put_off(f"{far}", date(2026, 12, 1))
    assert lists.loud() == []


@pytest.mark.parametrize("side", list(SideName))
def test_what_only_ever_was_far_out_of_range_has_no_row(lists: Lists, side: SideName) -> None:
    """As the settings say: what is due outside the days does not take part."""
    for far in FAR[side]:
        if side is SideName.SALESFORCE:
            lists.record(f"{far}", ActivityDate=far.isoformat())
        else:
            lists.task(f"{far}", due_date=datetime(far.year, far.month, far.day, tzinfo=UTC))
    plan = lists.plan()
    assert (plan.rows, plan.in_sync) == ((), 0)


def test_due_before_the_start_date_is_said_before_the_run(lists: Lists) -> None:
    """Outlook alone has a start date: it is neither moved nor passed over without a word."""
    record = lists.record("Plan", ActivityDate="2026-12-10")
    lists.run()
    (stored,) = lists.box.items(lists.box.folder("tasks"))
    lists.box.update(stored.id, {"start_date": datetime(2026, 12, 5, tzinfo=UTC)})
    assert lists.loud() == []
    lists.org.update("Task", record, {"ActivityDate": "2026-12-01"}, by=lists.me)
    (row,) = lists.loud()
    assert (row.recommended, row.state) == (Action.UPDATE_IN_OUTLOOK, State.PREVENTED)
    assert row.why_not == (
        "due 1 Dec 2026 is before the start date 5 Dec 2026, which only Outlook has; change that one there first"
    )
    # what comes from Outlook is no such thing, nor is a due date on the day of the start
    lists.box.update(stored.id, {"start_date": datetime(2026, 12, 1, tzinfo=UTC)})
    lists.run()
    assert lists.loud() == []
    assert stored.fields["due_date"].date() == date(2026, 12, 1)
    lists.box.update(
        stored.id, {"start_date": datetime(2026, 12, 7, tzinfo=UTC), "due_date": datetime(2026, 12, 8, tzinfo=UTC)}
    )
    assert [row.action for row in lists.loud()] == [Action.UPDATE_IN_SALESFORCE]


def test_a_task_by_the_name_of_a_recurring_one_across_is_asked_about(lists: Lists) -> None:
    """Recurring tasks are left alone: what may be an occurrence of one is not made a second time beside it."""
    common = {"Subject": "Report", "OwnerId": lists.me, "TaskSubtype": "Task"}
    master = lists.org.seed_row("Task", {**common, "IsRecurrence": True})
    for day in (1, 8):
        lists.org.seed_row("Task", {**common, "RecurrenceActivityId": master, "ActivityDate": date(2026, 12, day)})
    for day in (1, 8):
        lists.task("report", due_date=datetime(2026, 12, day, tzinfo=UTC))
    (series,) = (row for row in lists.loud() if row.left is not None)
    assert (series.state, series.why_not) == (State.PREVENTED, "a recurring task: not synced yet")
    asked = [row for row in lists.loud() if row.right is not None]
    assert [(row.situation, row.action) for row in asked] == [(Situation.AMBIGUOUS, Action.CONFLICT)] * 2
    question = "an occurrence of the recurring task “Report” in Salesforce, or one of its own?"
    assert {row.reason for row in asked} == {f"{question} bring it over (<), or leave it out"}
    lists.run()
    assert lists.subjects()[0] == ["Report"] * 3
    # a person may say that it is one of its own
    assert lists.desk.run_of(Review.of(lists.plan()).point([asked[0].id], SideName.SALESFORCE)).clean
    assert lists.subjects()[0] == ["Report"] * 3 + ["report"]
    assert [row.id for row in lists.loud() if row.right is not None] == [asked[1].id]


@pytest.mark.parametrize(("status", "percent"), [("Completed", 100), ("Not Started", 0)])
def test_what_a_new_status_does_to_the_percentage_is_said_before_the_run(
    lists: Lists, status: str, percent: int
) -> None:
    """Outlook alone knows how much is done; its server keeps that in step with the status, and nobody can hinder it."""
    record = lists.record("Plan", ActivityDate="2026-12-10", Status="In Progress")
    lists.run()
    (stored,) = lists.box.items(lists.box.folder("tasks"))
    lists.box.update(stored.id, {"percent_complete": 40.0})
    assert lists.loud() == []
    lists.org.update("Task", record, {"Status": status}, by=lists.me)
    (row,) = lists.loud()
    assert row.reason.endswith(f"; with the status Outlook sets percent complete from 40 to {percent}")
    lists.run()
    assert stored.fields["percent_complete"] == percent
    # no other status touches it, and a whole or an empty one is nobody's own words
    lists.org.update("Task", record, {"Status": "Deferred"}, by=lists.me)
    assert "percent" not in lists.loud()[0].reason
    lists.run()
    lists.box.update(stored.id, {"percent_complete": 40.0, "status": "Deferred"})
    lists.org.update("Task", record, {"Status": "Waiting on someone else"}, by=lists.me)
    assert "percent" not in lists.loud()[0].reason
    lists.run()
    assert stored.fields["percent_complete"] == 40
    assert lists.loud() == []


def test_a_new_reminder_reaches_salesforce_though_the_old_one_has_fired_there(lists: Lists) -> None:
    """Salesforce takes back the flag of a reminder that has fired (facts: salesforce B2), which is nobody's change."""
    reminder = {"IsReminderSet": True, "ReminderDateTime": "2026-11-23T06:00:00Z"}
    record = lists.record("Call", ActivityDate="2026-11-24", **reminder)
    lists.run()
    (stored,) = lists.box.items(lists.box.folder("tasks"))
    lists.org.fire_reminders()
    assert lists.org.get("Task", record)["IsReminderSet"] is False
    assert lists.loud() == []
    # dismissed in Outlook as well, it is over on both sides
    lists.box.update(stored.id, {"reminder_is_set": False})
    assert lists.loud() == []
    later = datetime(2026, 12, 1, 8, tzinfo=UTC)
    lists.box.update(stored.id, {"reminder_is_set": True, "reminder_due_by": later})
    (row,) = lists.loud()
    assert (row.action, [change.name for change in row.changes]) == (Action.UPDATE_IN_SALESFORCE, ["reminder"])
    lists.run()
    record_now = lists.org.get("Task", record)
    assert (record_now["IsReminderSet"], record_now["ReminderDateTime"]) == (True, later)
    assert lists.loud() == []

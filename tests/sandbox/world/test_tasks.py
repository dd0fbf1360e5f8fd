"""The tasks of both acts, as the two stores hold them natively."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sync_core.sandbox.world import MOST_DELETES, TasksChapter, TaskSituation
from sync_core.sandbox.world.situations import Change, Copy, Create, Delete, First, Move, Reassign, Remind

STORY = (*TasksChapter.changed, *TasksChapter.standing, *TasksChapter.new)
ACT_ONE = [s for s in STORY if s.first is not First.NOWHERE]
TWINS = [s for s in ACT_ONE if s.first is First.BOTH and s.copies == (1, 1)]
DEEDS = [
    pytest.param(s, side, deed, id=f"{s.name}-{side}-{number}")
    for s in STORY
    for side in ("salesforce", "outlook")
    for number, deed in enumerate(
        (*getattr(s, side), *(TasksChapter.later.get(s.name, ()) if side == "outlook" else ()))
    )
]
_STATUS = {
    "NotStarted": "Not Started", "InProgress": "In Progress", "Completed": "Completed", "Deferred": "Deferred",
    "WaitingOnOthers": "Waiting on someone else",
}  # fmt: skip
_OWN = {"Waiting on customer": "Waiting on someone else", "Urgent": "High"}


@pytest.fixture
def told(tell: Callable[..., Any]) -> Any:
    """The standard world, looked into for tasks."""
    return tell(kind="tasks")


def left(row: dict[str, Any]) -> dict[str, object]:
    """What a Salesforce record says."""
    return {
        "subject": row["Subject"] or "",
        "due": row["ActivityDate"],
        "status": _OWN.get(row["Status"], row["Status"]),
        "priority": _OWN.get(row["Priority"], row["Priority"]),
        "notes": (row["Description"] or "").replace("\r\n", "\n"),
        "reminder": row["ReminderDateTime"] if row["IsReminderSet"] else None,
    }


def right(item: Any) -> dict[str, object]:
    """What an Outlook item says, in the same words."""
    values = item.fields
    due = values.get("due_date")
    return {
        "subject": values.get("subject") or "",
        "due": due and due.date(),
        "status": _STATUS[values["status"]],
        "priority": values["importance"],
        "notes": (values.get("body") or "").replace("\r\n", "\n"),
        "reminder": values["reminder_due_by"] if values["reminder_is_set"] else None,
    }


def test_names_are_unique_and_say_what_they_are() -> None:
    names = [s.name for s in STORY]
    assert len(set(names)) == len(names)
    assert all(s.story for s in STORY)


def test_about_fifty_on_each_side(told: Any) -> None:
    assert 40 <= len(told.rows()) <= 55
    assert 40 <= len(told.items()) <= 55


@pytest.mark.parametrize("situation", [pytest.param(s, id=s.name) for s in ACT_ONE])
def test_each_situation_is_where_it_says(told: Any, situation: TaskSituation) -> None:
    entry = told.entry(situation.name)
    for side, copies in zip(("salesforce", "outlook"), situation.copies, strict=True):
        assert len(entry.ids[side]) == (copies if situation.first.value in ("both", side) else 0)
    mine = {row["Id"] for row in told.rows()}
    assert all((record in mine) is not situation.colleague for record in entry.ids["salesforce"])
    assert {item.id for item in told.items(situation.folder)}.issuperset(entry.ids["outlook"])


@pytest.mark.parametrize("situation", [pytest.param(s, id=s.name) for s in TWINS])
def test_twins_are_equal_but_for_what_the_situation_says(told: Any, situation: TaskSituation) -> None:
    one, other = left(told.row(situation.name)), right(told.item(situation.name))
    assert {name for name in one if one[name] != other[name]} == set(situation.also) - {"percent"}


def test_status_percentage_and_completion_go_together_in_outlook(told: Any) -> None:
    for _ in range(2):
        for item in told.items():
            values = item.fields
            done = values["status"] == "Completed"
            assert values["is_complete"] is done
            assert (values["percent_complete"] == 100) is done
            assert ("complete_date" in values) is done
            assert values["status"] != "NotStarted" or values["percent_complete"] == 0
        told.advance()


def test_statuses_and_priorities_of_all_kinds(told: Any) -> None:
    assert {item.fields["status"] for item in told.items()} == set(_STATUS)
    assert {item.fields["importance"] for item in told.items()} == {"Low", "Normal", "High"}
    statuses = {row["MasterLabel"]: row for row in told.world.org.rows("TaskStatus")}
    assert statuses["Waiting on customer"]["IsClosed"] is False
    assert statuses["Cancelled"]["IsClosed"] is True
    assert {row["Status"] for row in told.rows()} == set(statuses)
    priorities = {row["MasterLabel"]: row["IsHighPriority"] for row in told.world.org.rows("TaskPriority")}
    assert priorities == {"High": True, "Normal": False, "Low": False, "Urgent": True}
    assert told.row("org_priority")["IsHighPriority"] is True
    assert told.row("salesforce_cancelled")["IsClosed"] is True
    assert "Waiting on customer" in told.world.org.schema["Task"].fields["Status"].choices


def test_what_only_outlook_has_is_there(told: Any) -> None:
    values = told.item("twin_in_progress").fields
    assert values["percent_complete"] == 40
    assert values["start_date"] < values["due_date"]
    assert {"categories", "total_work", "actual_work", "billing", "mileage"} <= set(values)
    assert told.item("outlook_html").fields["body_type"] == "HTML"
    assert told.item("outlook_private").fields["sensitivity"] == "Private"
    assert told.item("outlook_recurring").item_type == "RecurringMaster"
    assert told.item("outlook_no_subject").fields["subject"] == ""
    assert "due_date" not in told.item("outlook_done_long_ago").fields


def test_what_must_stay_out_is_there(told: Any) -> None:
    kinds = Counter(row["TaskSubtype"] for row in told.rows())
    assert (kinds["Call"], kinds["Email"]) == (1, 1)
    assert told.row("salesforce_recurring")["IsRecurrence"] is True
    assert told.row("salesforce_archived")["IsArchived"] is True
    now = told.world.today
    assert told.row("salesforce_far")["ActivityDate"] > now + timedelta(days=400)
    assert told.row("salesforce_past")["ActivityDate"] < now - timedelta(days=60)
    assert told.row("twin_no_due")["ActivityDate"] is None


@pytest.mark.parametrize("seed", [0, 7])
def test_the_same_seed_and_day_make_the_same_tasks(tell: Callable[..., Any], seed: int) -> None:
    one, other = tell(kind="tasks", seed=seed, size=90), tell(kind="tasks", seed=seed, size=90)
    assert one.dump() == other.dump()
    one.advance(), other.advance()
    assert one.dump() == other.dump()
    assert one.dump()[0] != tell(kind="tasks", seed=seed + 1, size=90).dump()[0]


@pytest.mark.parametrize("size", [0, 1, 12, 71, 200, 1000])
def test_any_size_keeps_the_proportion(tell: Callable[..., Any], size: int) -> None:
    told = tell(kind="tasks", size=size)
    wanted = round(size * 51 / 71)
    assert abs(len(told.rows()) - wanted) <= 4 + size // 20
    assert abs(len(told.items()) - wanted) <= 4 + size // 20
    assert {line["why"] for line in told.advance().skipped} <= {
        "the task is not there",
        "enough was deleted this week",
    }


# -- act two ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def synced(told: Any) -> Any:
    """A world in which somebody brought what was one-sided across, with a note on the copies."""
    world = told.world
    for entry in told.chapter.entries:
        s, task = entry.situation, entry.things["outlook"]
        if s.first is First.SALESFORCE and not s.colleague:
            mark = {("c0ffee00-0000-4000-8000-000000000001", "mark"): s.name}
            fields = {"subject": task.subject, "importance": "Normal", "extended": mark}
            world.mailbox.create(told.chapter.folders[""], fields)
        if s.first is First.OUTLOOK and task.subject and not s.folder:
            world.org.create("Task", {"Subject": task.subject, "ActivityDate": task.due}, by=world.user_id)
    return told


def test_everything_happens_when_act_one_was_synced(synced: Any) -> None:
    report = synced.advance()
    assert report.skipped == []
    done = {(line["situation"], line["side"]) for line in report.happened}
    assert done == {(param.values[0].name, param.values[1]) for param in DEEDS}  # type: ignore[attr-defined]


@pytest.mark.parametrize(("situation", "side", "deed"), DEEDS)
def test_each_deed_can_be_seen_on_its_side(synced: Any, situation: TaskSituation, side: str, deed: Any) -> None:
    before = _look(synced, situation, side)
    synced.advance()
    after = _look(synced, situation, side)
    match deed:
        case Change() | Remind():
            assert len(before["here"]) == len(after["here"]) == 1
            assert after["here"] != before["here"]
        case Delete():
            assert len(before["here"]) == 1
            assert after["here"] == []
            assert len(after["bin"]) == (0 if deed.for_good else 1)
        case Move():
            assert len(before["here"]) == 1
            assert set(after["ids"]).isdisjoint(before["ids"])
            assert (len(after["here"]), len(after["Someday"])) == ((1, 0) if deed.back else (0, 1))
        case Copy():
            assert len(after["here"]) == len(before["here"]) + 1
            assert after["marks"][0] == after["marks"][1] != {}
        case Reassign():
            assert len(before["here"]) == 1
            assert after["here"] == []
        case Create():
            assert before["here"] == []
            assert len(after["here"]) == (2 if deed.twice else 1)


def _look(told: Any, situation: TaskSituation, side: str) -> dict[str, Any]:
    """What a side has under the subject that the situation has now."""
    subject = told.entry(situation.name).things[side].subject
    if side == "salesforce":
        rows = [row for row in told.rows() if row["Subject"] == subject]
        gone = [r for r in told.world.org.rows("Task", deleted=True) if r["IsDeleted"] and r["Subject"] == subject]
        own = {"SystemModstamp", "LastModifiedDate"}
        return {"here": [{k: v for k, v in r.items() if k not in own} for r in rows], "bin": gone}

    def named(folder: str) -> list[Any]:
        return [item for item in told.items(folder) if item.fields.get("subject") == subject]

    here = named("")
    return {
        "here": [{k: v for k, v in i.native().items() if k not in ("last_modified", "change_key")} for i in here],
        "ids": [i.id for i in here],
        "marks": [dict(i.extended) for i in here],
        "bin": named("deleteditems"),
        "Someday": named("Someday"),
    }


def test_completed_and_reopened(told: Any) -> None:
    assert told.row("salesforce_reopened")["IsClosed"] is True
    told.advance()
    assert told.row("salesforce_completed")["CompletedDateTime"] is not None
    assert told.row("salesforce_reopened")["CompletedDateTime"] is None
    assert told.item("outlook_completed").fields["percent_complete"] == 100
    reopened = told.item("outlook_reopened").fields
    assert (reopened["percent_complete"], reopened["is_complete"]) == (0, False)
    assert left(told.row("both_completed")) == right(told.item("both_completed"))


def test_a_reminder_that_was_shown_was_changed_by_nobody(told: Any) -> None:
    before = told.row("salesforce_reminded")
    told.advance()
    after = told.row("salesforce_reminded")
    assert (before["IsReminderSet"], after["IsReminderSet"]) == (True, False)
    assert after["LastModifiedDate"] == before["LastModifiedDate"]
    assert after["ReminderDateTime"] < datetime.combine(told.world.today, datetime.min.time(), UTC)
    assert told.item("salesforce_reminded").fields["reminder_is_set"] is True


def test_what_changes_and_what_stays(told: Any) -> None:
    told.advance()

    def differing(name: str) -> set[str]:
        one, other = left(told.row(name)), right(told.item(name))
        return {field for field in one if one[field] != other[field]}

    assert differing("merge_due_notes") == {"due", "notes"}
    assert differing("conflict_due") == {"due"}
    assert differing("conflict_status_more") == {"status", "priority"}
    assert differing("outlook_percent") == set()
    assert told.item("outlook_percent").fields["percent_complete"] == 70
    assert differing("outlook_due_removed") == {"due"}
    assert differing("outlook_reminder") == {"reminder"}
    assert differing("twin_in_progress") == set()
    assert differing("new_twin") == set()
    assert told.row("salesforce_own_status")["Status"] == "Waiting on customer"
    assert len(told.item("notes_too_long").fields["body"]) > 32_000


def test_hostile_subjects_arrive_as_they_are(told: Any) -> None:
    told.advance()
    subjects = [*(str(row["Subject"]) for row in told.rows()), *(str(i.fields["subject"]) for i in told.items())]
    for piece in ("[/close]", "\x1b]52;c;", "\u202e"):
        assert piece in "\n".join(subjects)
    assert max(map(len, subjects)) == 255


def test_a_week_is_no_mass_deletion_and_more_weeks_follow(told: Any) -> None:
    report = told.advance()
    for side in ("salesforce", "outlook"):
        gone = [line for line in report.happened if line["side"] == side and line["did"].startswith("deleted")]
        assert 2 <= len(gone) <= MOST_DELETES
    again = told.advance()
    assert again.happened
    assert again.skipped == []

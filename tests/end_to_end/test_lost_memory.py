"""What a plan makes of a memory that was lost: it deletes nothing, makes no twin, and says so. Over HTTP."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from sync_core.cli import plain
from sync_core.items import Kind
from sync_core.plan import Action, Choice, Situation
from sync_core.planfile import plan_to_json
from sync_core.review import Review


@pytest.fixture
def desk(open_desk: Callable[..., Any]) -> Any:
    """Three pairs in step; then one is rewritten in Salesforce, and one is deleted from Outlook."""
    desk = open_desk(world="empty")
    box, org, me = desk.sandbox.mailbox, desk.sandbox.org, desk.sandbox.user_id
    times = {"StartDateTime": "2026-11-24T10:00:00Z", "EndDateTime": "2026-11-24T11:00:00Z"}
    org.create("Event", {"Subject": "Stays as it is", **times}, by=me)
    org.create("Event", {"Subject": "Deleted in Outlook", **times}, by=me)
    start, end = (desk.sandbox.world.clock().replace(hour=hour, minute=0) for hour in (9, 10))
    made = {"subject": "From Outlook", "start": start, "end": end, "reminder_is_set": False}
    box.create(box.folder("calendar"), made)
    assert desk.run().clean
    by_name = {row["Subject"]: row["Id"] for row in org.rows("Event")}
    other = {"StartDateTime": "2026-12-01T15:00:00Z", "EndDateTime": "2026-12-01T16:30:00Z"}
    org.update("Event", by_name["From Outlook"], {"Subject": "Kick-off Wadebridge", **other}, by=me)
    box.delete(outlook(desk)["Deleted in Outlook"])
    return desk


def outlook(desk: Any) -> dict[str, str]:
    box = desk.sandbox.mailbox
    return {item.fields["subject"]: item.id for item in box.items(box.folder("calendar"))}


def salesforce(desk: Any) -> list[str]:
    return sorted(str(row["Subject"]) for row in desk.sandbox.org.rows("Event"))


def rebuilt(desk: Any) -> None:
    desk.service.rebuild_memory()


def damaged(desk: Any) -> None:
    path = desk.service._open.known_memory(Kind.CALENDAR).path
    desk.restart()
    with sqlite3.connect(path) as database:
        database.execute("UPDATE Cache SET value = replace(value, 'Stays', 'Strays') WHERE key LIKE 'links/%'")
    database.close()


@pytest.mark.parametrize(("lose", "said"), [(rebuilt, "was rebuilt"), (damaged, "was damaged")])
def test_nothing_is_deleted_and_no_twin_is_made(desk: Any, lose: Callable[[Any], None], said: str) -> None:
    left, right = salesforce(desk), sorted(outlook(desk))
    lose(desk)
    plan = desk.plan()
    assert {(row.title, row.action) for row in plan.rows} == {
        ("Stays as it is", Action.LINK),
        ("Deleted in Outlook", Action.CONFLICT),
        ("Kick-off Wadebridge", Action.CONFLICT),
        ("From Outlook", Action.CONFLICT),
    }
    (note,) = plan.notes
    assert said in note
    assert f"Note: {note}.".replace(" ", "") in "".join(plain.plan_text(plan, 100).split())
    assert json.loads(json.dumps(plan_to_json(plan)))["notes"] == [note]

    assert desk.run(Review.of(plan)).clean
    assert (salesforce(desk), sorted(outlook(desk))) == (left, right)
    again = desk.plan()
    assert again.notes == ()
    asked = {row.title for row in again.rows if row.situation is Situation.FORGOTTEN}
    assert asked == {"Deleted in Outlook", "Kick-off Wadebridge", "From Outlook"}, "what nobody decided stays open"


def test_a_person_may_say_that_it_is_to_be_brought_over(desk: Any) -> None:
    rebuilt(desk)
    review = Review.of(desk.plan())
    (lost,) = [row for row in review.rows() if row.title == "Deleted in Outlook"]
    assert desk.run(review.choose([lost.id], Choice.TO_OUTLOOK)).clean
    assert "Deleted in Outlook" in outlook(desk)
    assert len([row for row in desk.plan().rows if row.situation is Situation.FORGOTTEN]) == 2


def test_what_is_new_later_is_new(desk: Any) -> None:
    rebuilt(desk)
    desk.run()
    values = {"Subject": "New", "StartDateTime": "2026-11-25T10:00:00Z", "DurationInMinutes": 30}
    desk.sandbox.org.create("Event", values, by=desk.sandbox.user_id)
    (row,) = [row for row in desk.plan().rows if row.title == "New"]
    assert (row.situation, row.action) == (Situation.NEW, Action.CREATE_IN_OUTLOOK)


def test_links_of_a_first_run_that_was_cut_off_delete_nothing_yet(desk: Any) -> None:
    rebuilt(desk)
    memory = desk.service._open.known_memory(Kind.CALENDAR)
    desk.run()
    # as if that run had linked the pair and had been killed before its end
    memory._database.delete("state/synced")
    desk.sandbox.mailbox.delete(outlook(desk)["Stays as it is"])
    (row,) = [row for row in desk.plan().rows if row.title == "Stays as it is"]
    assert (row.recommended, row.action) == (Action.DELETE_FROM_SALESFORCE, Action.NONE)
    assert "deletes nothing" in row.why_not
    desk.run()
    (row,) = [row for row in desk.plan().rows if row.title == "Stays as it is"]
    assert row.action is Action.DELETE_FROM_SALESFORCE

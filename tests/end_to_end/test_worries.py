"""What is not gone though it looks so, and what was suspected and stays so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.calendars import Empty

from sync_core.items import Kind
from sync_core.plan import Action, Situation, State
from sync_core.review import Review

START = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def both(open_desk: Any) -> Empty:
    return Empty(open_desk(world="empty", zone="Europe/London"))


def in_outlook(both: Empty, subject: str, day: int = 0) -> Any:
    start = START + timedelta(days=day)
    fields = {"subject": subject, "start": start, "end": start + timedelta(hours=1)}
    return both.box.create(both.box.folder("calendar"), fields)


def in_salesforce(both: Empty, subject: str, day: int = 0, **fields: Any) -> str:
    start = START + timedelta(days=day)
    return both.org.create(
        "Event", {"Subject": subject, "StartDateTime": start, "DurationInMinutes": 60, **fields}, by=both.me
    )


def test_what_is_suspected_stays_so_until_somebody_confirms_it(both: Empty) -> None:
    """Also when the run itself has put something else on the side that showed nothing."""
    made = [in_outlook(both, f"Visit {number}", number) for number in range(3)]
    assert both.desk.run().clean
    for item in made:
        both.box.delete(item.id)
    in_salesforce(both, "Call", 4)
    plan = both.desk.plan()
    assert [guard.count for guard in plan.guards] == [3]
    assert both.desk.run(Review.of(plan)).clean
    assert [i.fields["subject"] for i in both.box.items(both.box.folder("calendar"))] == ["Call"]

    both.desk.restart()
    plan = both.desk.plan()
    assert [guard.count for guard in plan.guards] == [3]
    assert {row.state for row in plan.rows} == {State.PREVENTED}
    # running it once more changes nothing about that
    both.desk.run(Review.of(plan))
    plan = both.desk.plan()
    assert both.desk.run(Review.of(plan).confirm(0, "3")).clean
    assert [row["Subject"] for row in both.org.rows("Event") if not row["IsDeleted"]] == ["Call"]
    assert both.desk.plan().rows == ()


def linked(both: Empty) -> tuple[Any, str]:
    """A pair that was equal and only linked: the Outlook item carries no mark of ours."""
    item, record = in_outlook(both, "Review"), in_salesforce(both, "Review")
    assert both.only().action in (Action.LINK, Action.CONFLICT, Action.UPDATE_IN_SALESFORCE)
    review = Review.of(both.desk.plan())
    assert both.desk.run(review).clean
    return item, record


def test_an_item_that_was_only_linked_is_found_when_it_was_moved_and_renamed(both: Empty) -> None:
    item, _ = linked(both)
    folder = both.box.add_folder("Archive", both.box.folder("calendar"))
    moved = both.box.move(item.id, folder)
    both.box.update(moved.id, {"subject": "Review of the year"})
    plan = both.desk.plan()
    assert [(row.situation, row.recommended) for row in plan.rows] == [(Situation.OUT_OF_RANGE, Action.NONE)]


@pytest.mark.parametrize("known", ["before", "after"])
def test_a_contact_that_was_only_linked_is_found_when_it_was_moved(both: Empty, known: str) -> None:
    desk, box = both.desk, both.box
    desk.settings["contacts"] = {"include": True}
    fields = {"given_name": "Nia", "surname": "Hill", "emails": {"EmailAddress1": "nia@example.org"}}
    item = box.create(box.folder("contacts"), fields)
    names = {"FirstName": "Nia", "LastName": "Hill", "Email": "nia@example.org"}
    both.org.create("Contact", names, by=both.me)
    mine = [row for row in desk.plan_of(Kind.CONTACTS).rows if row.title == "Nia Hill"]
    assert [row.action for row in mine] == [Action.LINK]
    desk.run_of(Review.of(desk.plan_of(Kind.CONTACTS)))
    moved = box.move(item.id, box.add_folder("Partners", box.folder("contacts"), "IPF.Contact"))
    if known == "after":
        box.update(moved.id, {"surname": "Hill-Berg"})
    (row,) = [row for row in desk.plan_of(Kind.CONTACTS).rows if row.title == "Nia Hill"]
    assert (row.situation, row.recommended) == (Situation.OUT_OF_RANGE, Action.NONE)


def test_another_event_at_the_same_time_elsewhere_is_not_taken_for_it(both: Empty) -> None:
    """A deleted one stays deleted, though some other folder has an event of another kind at that time."""
    item, _ = linked(both)
    both.box.delete(item.id, "nowhere")
    folder = both.box.add_folder("Team", both.box.folder("calendar"))
    other = {"subject": "Town hall", "start": START, "end": START + timedelta(hours=1), "location": "Hall 2"}
    both.box.create(folder, other)
    row = both.only()
    assert (row.situation, row.recommended) == (Situation.GONE, Action.DELETE_FROM_SALESFORCE)


def test_an_event_that_is_not_visible_any_more_is_asked_about(both: Empty) -> None:
    """Given to somebody else and made private: no query shows it, and the log of deletes does not have it either."""
    record = in_salesforce(both, "Appraisal")
    assert both.desk.run().clean
    colleague = both.org.add_user("Sam Ek", "sam@example.org", "sam@example.org")
    both.org.update("Event", record, {"OwnerId": colleague, "IsPrivate": True}, by=both.me)
    row = both.only()
    assert (row.situation, row.action) == (Situation.GONE_CHANGED, Action.CONFLICT)
    assert row.reason.startswith("not to be seen in Salesforce any more since the last sync on 23 Nov 2026: ")
    assert both.desk.run(Review.of(both.desk.plan())).clean
    assert len(both.box.items(both.box.folder("calendar"))) == 1


def test_an_event_whose_bin_was_emptied_is_deleted_all_the_same(both: Empty) -> None:
    record = in_salesforce(both, "Appraisal")
    assert both.desk.run().clean
    both.org.delete("Event", record, by=both.me)
    both.org.purge("Event", record)
    row = both.only()
    assert (row.situation, row.action) == (Situation.GONE, Action.DELETE_FROM_OUTLOOK)

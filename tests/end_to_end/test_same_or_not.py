"""What is the same on both sides, what only looks like it, and what is a copy: the program on both servers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from support.calendars import Empty

from sync_core.items import Kind
from sync_core.plan import Action, Row, Situation, State
from sync_core.review import Review

pytestmark = pytest.mark.slow

START = datetime(2026, 11, 25, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


# of a copy of an event, by whose memory it is and by how many days it was moved
SAID = {
    ("kept", 0): "which one? it carries the same mark as “Review” (Outlook), as copies in Outlook do;"
    " nothing that is read tells them apart",
    ("kept", 2): "which one? it carries the same mark as “Review” (Outlook, 25 Nov 2026, 10:00 to 11:00), as copies in"
    " Outlook do; this one: 27 Nov 2026, 10:00 to 11:00",
    ("another host's", 0): "which one? it could be “Review” (Salesforce); it carries the same mark as “Review”"
    " (Outlook), as copies in Outlook do; nothing that is read tells them apart",
    ("another host's", 2): "which one? it carries our mark, as copies in Outlook do, and nothing here is what it was"
    " made from",
}


@pytest.fixture
def both(open_desk: Callable[..., Any]) -> Empty:
    both = Empty(open_desk(world="empty", zone="Europe/London"))
    for kind in Kind:
        both.desk.configure(kind.value, include=True)
    for customer in both.org.rows("Contact"):
        both.org.delete("Contact", str(customer["Id"]), by=both.me)
    return both


def rows(both: Empty, kind: Kind) -> list[Row]:
    return [row for row in both.desk.plan_of(kind).rows if not row.quiet]


def sync(both: Empty, kind: Kind) -> None:
    assert both.desk.run_of(Review.of(both.desk.plan_of(kind))).clean


def event(both: Empty, subject: str, **fields: Any) -> Any:
    times = {"start": START, "end": START + HOUR, "reminder_is_set": False}
    return both.box.create(both.box.folder("calendar"), {"subject": subject, **times, **fields})


def record(both: Empty, subject: str, **fields: Any) -> str:
    return both.in_salesforce(subject, StartDateTime=START, Recurrence2PatternText=None, **fields)


def test_an_event_of_one_subject_start_and_end_is_linked(both: Empty) -> None:
    event(both, "Review")
    record(both, "Review")
    (row,) = rows(both, Kind.CALENDAR)
    assert (row.situation, row.action) == (Situation.TWIN_EQUAL, Action.LINK)
    sync(both, Kind.CALENDAR)
    assert rows(both, Kind.CALENDAR) == []


def test_a_task_of_one_subject_and_due_date_is_linked(both: Empty) -> None:
    """Of one subject on another day it is another task."""
    both.org.create("Task", {"Subject": "Send offer", "ActivityDate": "2026-12-01"}, by=both.me)
    for day in (1, 8):
        due = datetime(2026, 12, day, tzinfo=UTC)
        both.box.create(both.box.folder("tasks"), {"subject": "Send offer", "due_date": due})
    found = {(row.situation, row.action) for row in rows(both, Kind.TASKS)}
    assert found == {(Situation.TWIN_EQUAL, Action.LINK), (Situation.NEW, Action.CREATE_IN_SALESFORCE)}
    sync(both, Kind.TASKS)
    assert rows(both, Kind.TASKS) == []
    assert len(both.org.rows("Task")) == len(both.box.items(both.box.folder("tasks"))) == 2


def test_what_only_looks_the_same_is_proposed_and_never_paired_by_itself(both: Empty) -> None:
    """How much it is alike and what differs is said; a person picks it."""
    event(both, "Workshop Contoso", location="Leeds", body="Bring the draft")
    record(both, "Workshop with Contoso", Location="Leeds")
    found = rows(both, Kind.CALENDAR)
    assert {(row.situation, row.state) for row in found} == {(Situation.LIKELY, State.UNDECIDED)}
    assert all("% alike" in row.reason and "subject and notes" in row.reason for row in found)
    review = Review.of(both.desk.plan())
    assert both.desk.run(review).rows == ()
    mine, theirs = (next(row for row in found if (row.left is None) is other) for other in (False, True))
    assert [row.id for row in review.candidates(mine.id)] == [theirs.id]
    assert len(review.pick(mine.id, theirs.id).rows()) == 1


@pytest.mark.parametrize("memory", ["kept", "another host's"])
@pytest.mark.parametrize("days", [0, 2], ids=["where it was", "moved"])
def test_a_copy_with_our_mark_is_asked_about_and_never_makes_a_twin(both: Empty, memory: str, days: int) -> None:
    """Outlook copies our mark along with an event (Ctrl and a drag): a person says which one is meant."""
    record(both, "Review")
    sync(both, Kind.CALENDAR)
    (first,) = both.box.items(both.box.folder("calendar"))
    start = START + timedelta(days=days)
    copy = event(both, "Review", start=start, end=start + HOUR, show_as=first.fields["show_as"])
    copy.extended.update(first.extended)
    if memory != "kept":
        both.desk.restart()
        both.desk.state_dir = both.desk.state_dir.with_name("another")
    asked = [row for row in rows(both, Kind.CALENDAR) if row.action is not Action.LINK]
    assert {(row.situation, row.action) for row in asked} == {(Situation.AMBIGUOUS, Action.CONFLICT)}
    (said,) = [row.reason for row in asked if row.right is not None and row.right.id == copy.id]
    assert said == SAID[memory, days]
    sync(both, Kind.CALENDAR)
    assert len(both.events("Review")) == 1
    both.box.delete(copy.id)
    sync(both, Kind.CALENDAR)
    assert rows(both, Kind.CALENDAR) == []
    assert len(both.events("Review")) == len(both.box.items(both.box.folder("calendar"))) == 1


def test_further_addresses_and_phones_of_a_contact_stay(both: Empty) -> None:
    """Salesforce has one e-mail and changes it; it changes one phone."""
    names = {"given_name": "Zoë", "surname": "Ångström", "company_name": ""}
    mails = {f"EmailAddress{n}": f"zoe{n}@example.org" for n in (1, 2, 3)}
    phones = {"BusinessPhone": "1", "MobilePhone": "2", "CarPhone": "3", "Pager": "4", "BusinessPhone2": "5"}
    stored = both.box.create(both.box.folder("contacts"), {**names, "emails": mails, "phones": phones})
    sync(both, Kind.CONTACTS)
    (mine,) = both.org.rows("Contact")
    both.org.update(
        "Contact", str(mine["Id"]), {"Email": "new@example.org", "Phone": "9", "MobilePhone": ""}, by=both.me
    )
    sync(both, Kind.CONTACTS)
    assert dict(stored.fields["emails"]) == {**mails, "EmailAddress1": "new@example.org"}
    kept = {k: v for k, v in stored.fields["phones"].items() if v}
    assert kept == {"BusinessPhone": "9", "CarPhone": "3", "Pager": "4", "BusinessPhone2": "5"}
    assert rows(both, Kind.CONTACTS) == []


def test_the_order_in_which_things_were_made_means_nothing(open_desk: Callable[..., Any]) -> None:
    """Two companies that have the same, each made in the opposite order: the same is asked and recommended."""
    said = []
    for back in (False, True):
        both = Empty(open_desk(world="empty", zone="Europe/London"))
        made: list[Callable[[], Any]] = [
            partial(record, both, "Review"),
            partial(event, both, "Review", location="Room 4"),
            partial(record, both, "Budget"),
            *(partial(event, both, "Budget", location=f"Room {number}") for number in (7, 5, 6)),
            partial(record, both, "Workshop with Contoso"),
            partial(event, both, "Workshop Contoso"),
            partial(event, both, "Only here"),
            partial(both.in_salesforce, "Jour fixe"),
            partial(both.in_outlook, "Stand-up"),
        ]
        for make in reversed(made) if back else made:
            make()
        plan = both.desk.plan()
        said.append(sorted((row.title, row.situation, row.action, row.state) for row in plan.rows))
    assert said[0] == said[1]
    assert len(said[0]) == 10

"""Servers that refuse, make us wait, or keep something else than they were sent; and how long the history is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from sync_core.items import Kind
from sync_core.journal import Journal
from sync_core.report import Result, RunProgress
from sync_core.review import Review
from sync_core.sandbox.faults import Fault


@pytest.fixture
def desk(open_desk: Callable[..., Any]) -> Any:
    """Two events in Salesforce to be brought to Outlook, and one the other way."""
    desk = open_desk(world="empty")
    for number in range(2):
        brought(desk, f"Call {number}")
    box, start = desk.sandbox.mailbox, desk.sandbox.world.clock().replace(minute=0)
    times = {"start": start, "end": start + timedelta(hours=1), "reminder_is_set": False}
    box.create(box.folder("calendar"), {"subject": "Lunch", "location": "Room 4", **times})
    return desk


def brought(desk: Any, subject: str) -> None:
    values = {"Subject": subject, "StartDateTime": "2026-11-24T10:00:00Z", "DurationInMinutes": 30}
    desk.sandbox.org.create("Event", values, by=desk.sandbox.user_id)


def outlook(desk: Any) -> list[str]:
    box = desk.sandbox.mailbox
    return sorted(item.fields["subject"] for item in box.items(box.folder("calendar")))


def test_a_refused_sign_in_ends_the_run_and_its_record(desk: Any) -> None:
    review = Review.of(desk.plan())
    desk.sandbox.faults.add(Fault("outlook", "status", "CreateItem", status=401, times=50))
    report = desk.run(review)
    assert {row.title: row.result for row in report.rows} == {
        "Lunch": Result.DONE,
        "Call 0": Result.FAILED,
        "Call 1": Result.FAILED,
    }
    refused = [row.message for row in report.rows if row.result is Result.FAILED]
    assert all("refused the user name or the password" in message for message in refused)
    assert desk.service.unfinished() == []
    desk.sandbox.faults.clear()
    assert desk.run().clean
    assert outlook(desk) == ["Call 0", "Call 1", "Lunch"]


@pytest.mark.parametrize(
    ("side", "fault"),
    [
        ("outlook", Fault("outlook", "busy", "CreateItem", seconds=30)),
        ("outlook", Fault("outlook", "status", "CreateItem", status=503, retry_after=30)),
        ("salesforce", Fault("salesforce", "status", "POST composite", status=503, retry_after=30)),
        ("salesforce", Fault("salesforce", "status", "POST composite", status=429, retry_after=30)),
    ],
    ids=["ErrorServerBusy", "Exchange 503", "Salesforce 503", "Salesforce 429"],
)
def test_a_wait_is_told_and_can_be_cut_short(desk: Any, side: str, fault: Fault) -> None:
    """Nobody waits half a minute here: the run is stopped as soon as the wait is told of."""
    review = Review.of(desk.plan())
    desk.sandbox.faults.add(fault)
    told: list[RunProgress] = []

    def waiting() -> bool:
        return any("waiting 30 s" in progress.what for progress in told)

    report = desk.service.run(review, told.append, waiting)
    assert waiting(), [progress.what for progress in told]
    assert report.cancelled, report
    (waits,) = {(p.done, p.total) for p in told if "waiting 30 s" in p.what}
    assert waits == ((0, 3) if side == "salesforce" else (1, 3)), "it says how far it had come"
    written = "Lunch" if side == "salesforce" else "Call 0"
    assert {row.result for row in report.rows if row.title == written} <= {Result.NOT_STARTED, Result.FAILED}
    assert desk.service.unfinished() == []
    desk.sandbox.faults.clear()
    assert desk.run().clean
    assert outlook(desk) == ["Call 0", "Call 1", "Lunch"]
    assert len(desk.sandbox.org.rows("Event")) == 3


def test_a_run_that_would_use_up_the_day_is_asked_about_before_it_begins(desk: Any) -> None:
    """As Sforce-Limit-Info told with the last answer: what is left, and the share that is set."""
    org = desk.sandbox.salesforce_server._application
    review = Review.of(desk.plan())
    assert desk.service.questions(review) == []
    cost = org._used()
    # reading once more, and half of the day's requests are used up
    org.daily_limit = 2 * (2 * cost + 1)
    desk.configure("salesforce", daily_share=50)
    review = Review.of(desk.plan())
    before = desk.requests()["salesforce"]
    (asked,) = desk.service.questions(review)
    assert f"of the {org.daily_limit} requests that everybody may make to Salesforce in 24 hours are used" in asked
    assert desk.requests()["salesforce"] == before, "asking costs no request"
    org.daily_limit = 4 * org._used()
    desk.configure("salesforce", daily_share=100)
    assert desk.service.questions(Review.of(desk.plan())) == []
    # less is left than the run needs, whatever share is set
    org.daily_limit = org._used() + cost + 1
    desk.restart()
    (asked,) = desk.service.questions(Review.of(desk.plan()))
    assert "requests to Salesforce, and 1 are left" in asked
    assert "it would stop half-way" in asked


def test_a_limit_of_the_day_fails_the_rows_in_words(desk: Any) -> None:
    review = Review.of(desk.plan())
    desk.sandbox.faults.add(Fault("salesforce", "limit", "POST composite", times=20))
    (lunch,) = [row for row in desk.run(review).rows if row.title == "Lunch"]
    assert lunch.result is Result.FAILED
    assert "requests" in lunch.message
    desk.sandbox.faults.clear()
    assert desk.run().clean


def test_what_a_trigger_made_of_it_is_said_and_not_argued_with(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    org = desk.sandbox.org
    insert = org.insert

    def with_trigger(actor: Any, sobject: str, fields: Any) -> str:
        made = insert(actor, sobject, fields)
        org.stamp(sobject, made, {"Location": "ROOM 4, NORTH"})
        return str(made)

    monkeypatch.setattr(org, "insert", with_trigger)
    report = desk.run()
    (lunch,) = [row for row in report.rows if row.title == "Lunch"]
    assert lunch.result in (Result.DONE, Result.DIFFERENT)
    assert "Salesforce keeps location in a form of its own" in lunch.message
    assert [row for row in desk.plan().rows if not row.quiet] == [], "the next plan does not argue with it"
    record = desk.service.run_record(report.run_id)
    (done,) = [record.done[i.number] for i in record.intents if i.title == "Lunch"]
    assert next(iter(done.after.values()))["location"] == "ROOM 4, NORTH"


def test_the_history_keeps_so_many_runs(desk: Any) -> None:
    desk.configure("history", runs=2)
    for number in range(4):
        brought(desk, f"More {number}")
        desk.run()
    heads = desk.service.runs()
    assert len(heads) == 2
    assert [desk.service.run_record(head.id).intents[0].title for head in heads] == ["More 3", "More 2"]


def test_the_history_keeps_runs_for_so_many_days(desk: Any) -> None:
    desk.configure("history", days=90)
    old = desk.run().run_id
    desk.sandbox.world.clock.offset += timedelta(days=89)
    desk.restart()
    desk.run()
    assert old in [head.id for head in desk.service.runs()]
    desk.sandbox.world.clock.offset += timedelta(days=2)
    desk.restart()
    desk.run()
    assert old not in [head.id for head in desk.service.runs()]
    assert desk.service.run_record(old) is None, "nothing of it is left behind"


def test_a_run_without_an_end_is_never_forgotten(desk: Any) -> None:
    review = Review.of(desk.plan())
    desk.sandbox.faults.add(Fault("outlook", "drop_after", "CreateItem"))
    desk.sandbox.faults.add(Fault("outlook", "status", "FindItem", status=401, times=500))
    desk.run(review)
    desk.sandbox.faults.clear()
    (head,) = desk.service.unfinished()
    journal = Journal(desk.service._open.known_memory(Kind.CALENDAR), Kind.CALENDAR)
    much_later = desk.sandbox.world.clock() + timedelta(days=400)
    assert journal.prune(much_later, days=1, runs=1) == 0
    assert [one.id for one in desk.service.unfinished()] == [head.id]
    desk.run()
    assert journal.prune(much_later, days=1, runs=1) > 0
    assert desk.service.runs() == []

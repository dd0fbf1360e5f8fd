"""Runs that were cut off, and what a person says about the rest; and forgetting. Over HTTP, with the real clients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sync_core.errors import HandsyncError, SettingsError, SideError
from sync_core.finish import not_done
from sync_core.items import Kind
from sync_core.plan import Action, Choice
from sync_core.report import Result
from sync_core.review import Review
from sync_core.sandbox.faults import Fault

NOTHING = (lambda p: None, lambda: False)


def subjects(desk: Any) -> list[str]:
    box = desk.sandbox.mailbox
    return sorted(item.fields["subject"] for item in box.items(box.folder("calendar")))


@pytest.fixture
def cut(open_desk: Callable[..., Any]) -> Any:
    """A run of three creates: the first batch was applied and its answer lost, and then the line was gone."""
    desk = open_desk(world="empty")
    for number in range(3):
        desk.sandbox.org.create("Event", event(number), by=desk.sandbox.user_id)
    review = Review.of(desk.plan())
    left_out = review.plan.rows[2].id
    review = review.choose([left_out], Choice.NOTHING)
    desk.sandbox.faults.add(Fault("outlook", "drop_after", "CreateItem"))
    desk.sandbox.faults.add(Fault("outlook", "status", status=401, times=500))
    report = desk.run(review)
    assert [row.result for row in report.rows] == [Result.UNKNOWN, Result.UNKNOWN]
    desk.sandbox.faults.clear()
    desk.restart()
    return desk


def event(number: int) -> dict[str, Any]:
    return {
        "Subject": f"Call {number}",
        "StartDateTime": f"2026-11-2{4 + number}T10:00:00Z",
        "EndDateTime": f"2026-11-2{4 + number}T11:00:00Z",
    }


def test_a_run_that_was_cut_off_is_known_without_a_connection(cut: Any) -> None:
    (head,) = cut.service.cut_off()
    assert (head.kind, head.finished) == (Kind.CALENDAR, "")


def test_what_was_done_is_found_and_nothing_of_it_is_left_to_finish(cut: Any) -> None:
    (record,) = cut.service.recover(Kind.CALENDAR)
    assert [record.done[i.number].result for i in record.intents] == [Result.DONE, Result.DONE]
    assert not_done(record) == ()
    assert cut.service.finish_plan(record.head.id, *NOTHING).rows == ()
    # the row that a person had left out is for an ordinary plan
    assert [row.title for row in cut.plan().rows if not row.quiet] == ["Call 2"]
    assert subjects(cut) == ["Call 0", "Call 1"]


def test_finishing_brings_exactly_the_rows_that_were_not_done(cut: Any) -> None:
    box = cut.sandbox.mailbox
    # as if only the first of the batch had been applied
    lost = next(item for item in box.items(box.folder("calendar")) if item.fields["subject"] == "Call 1")
    box.delete(lost.id, to="nowhere")
    (record,) = cut.service.recover(Kind.CALENDAR)
    assert [record.done[i.number].result for i in record.intents] == [Result.DONE, Result.NOT_STARTED]
    plan = cut.service.finish_plan(record.head.id, *NOTHING)
    assert [(row.title, row.action) for row in plan.rows] == [("Call 1", Action.CREATE_IN_OUTLOOK)]
    assert cut.run(Review.of(plan)).clean
    assert subjects(cut) == ["Call 0", "Call 1"]
    assert cut.service.cut_off() == [], "running it is the answer"


def test_what_a_person_had_chosen_is_chosen_again(open_desk: Callable[..., Any]) -> None:
    desk = open_desk(world="empty")
    record_id = desk.sandbox.org.create("Event", event(0), by=desk.sandbox.user_id)
    desk.run()
    box = desk.sandbox.mailbox
    (item,) = box.items(box.folder("calendar"))
    desk.sandbox.org.update("Event", record_id, {"Location": "Leeds"}, by=desk.sandbox.user_id)
    box.update(item.id, {"location": "York"})
    review = Review.of(desk.plan())
    assert review.plan.rows[0].action is Action.CONFLICT
    review = review.choose([review.plan.rows[0].id], Choice.TO_SALESFORCE)
    desk.sandbox.faults.add(Fault("salesforce", "drop_before", "POST composite"))
    # what comes after the verification and the write is the look-up of what nobody answered
    desk.sandbox.faults.add(Fault("salesforce", "status", status=401, times=500, after=1))
    desk.run(review)
    desk.sandbox.faults.clear()
    (head,) = desk.service.cut_off()
    plan = desk.service.finish_plan(head.id, *NOTHING)
    (row,) = plan.rows
    assert (row.recommended, row.action) == (Action.CONFLICT, Action.UPDATE_IN_SALESFORCE)


def test_stopping_here_closes_the_run_and_the_next_plan_offers_the_rest(cut: Any) -> None:
    box = cut.sandbox.mailbox
    for item in list(box.items(box.folder("calendar"))):
        box.delete(item.id, to="nowhere")
    (head,) = cut.service.cut_off()
    record = cut.service.stop_here(head.id)
    assert record.head.finished
    assert record.head.answered
    assert cut.service.cut_off() == []
    assert cut.service.recover(Kind.CALENDAR) == []
    assert len([row for row in cut.plan().rows if row.action is Action.CREATE_IN_OUTLOOK]) == 3


def test_a_plan_that_looked_a_run_up_does_not_answer_for_a_person(cut: Any) -> None:
    cut.plan()
    assert cut.service.unfinished() == []
    (head,) = cut.service.cut_off()
    assert head.settled_later
    assert [record.head.id for record in cut.service.recover(Kind.CALENDAR)] == [head.id]


def test_stopping_needs_the_servers_so_that_nothing_done_is_forgotten(cut: Any) -> None:
    (head,) = cut.service.cut_off()
    cut.sandbox.faults.add(Fault("outlook", "status", status=401, times=500))
    with pytest.raises(SideError):
        cut.service.stop_here(head.id)
    cut.sandbox.faults.clear()
    assert [one.id for one in cut.service.unfinished()] == [head.id]


@pytest.mark.parametrize("method", ["stop_here", "undo_plan"])
def test_a_run_that_is_not_there_is_a_sentence(open_desk: Callable[..., Any], method: str) -> None:
    with pytest.raises(SettingsError, match="the history has no run “nonsense”"):
        getattr(open_desk(world="empty").service, method)("nonsense")


def test_forgetting_everything_leaves_both_sides_as_they_are(cut: Any) -> None:
    cut.run()
    before = subjects(cut)
    assert cut.service.runs()
    assert cut.service.forget_memory() == [Kind.CALENDAR]
    assert (cut.service.runs(), cut.service.ignored(), cut.service.last_run(Kind.CALENDAR)) == ([], [], None)
    assert cut.service.forget_memory() == [], "there is nothing left to forget"
    cut.restart()
    assert cut.run().clean
    assert subjects(cut) == before, "equal items find each other again"


def test_rebuilding_keeps_history_and_ignores_and_deletes_nothing(cut: Any) -> None:
    cut.run()
    runs = [head.id for head in cut.service.runs()]
    assert cut.service.rebuild_memory(Kind.CALENDAR) == [Kind.CALENDAR]
    assert cut.service.rebuild_memory(Kind.TASKS) == []
    assert [head.id for head in cut.service.runs()] == runs
    plan = cut.plan()
    assert {row.action for row in plan.rows} == {Action.LINK}
    cut.run(Review.of(plan))
    assert subjects(cut) == ["Call 0", "Call 1", "Call 2"]


def test_nothing_is_forgotten_while_a_run_goes_on(cut: Any) -> None:
    memory = cut.service._open.known_memory(Kind.CALENDAR)
    with cut.service._locked(memory, Kind.CALENDAR, over=True):
        for method in (cut.service.forget_memory, cut.service.rebuild_memory):
            with pytest.raises(HandsyncError, match="another run of these accounts goes on"):
                method()
    assert cut.service.unfinished()

"""A plan that finishes a run that was cut off: the rows it had not done, with what a person had chosen for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from support.build import CAL, MADE_AT, OL, SF, at, left, link, plan, right

from sync_core.finish import finish_plan, not_done
from sync_core.intent import Done, Intent
from sync_core.journal import RunHead, RunRecord
from sync_core.plan import Action, Choice, Effect, Guard, Plan, Row, Situation, Undo
from sync_core.question import Rules
from sync_core.report import Result
from sync_core.review import Review
from sync_core.sides import Operation


def record(rows: Iterable[Row], *done: Done) -> RunRecord:
    """A run that was to do these rows, in their order, and came as far as `done`."""
    intents = tuple(Intent.of(row, number, lambda: "nonce") for number, row in enumerate(rows))
    return RunRecord(RunHead("run", CAL, MADE_AT), intents, done={one.number: one for one in done})


def three() -> Plan:
    """Three events that are new in Salesforce."""
    return plan([left(f"L{n}", subject=f"Event {n}", when=at(20 + n)) for n in range(3)], [])


def chosen(p: Plan, choice: Choice) -> Plan:
    """The plan with one answer for every row."""
    return replace(p, rows=tuple(Review.of(p).choose([row.id for row in p.rows], choice).rows()))


@pytest.mark.parametrize(
    ("result", "is_open"),
    [
        (Result.NOT_STARTED, True),
        (Result.UNKNOWN, True),
        (Result.DONE, False),
        (Result.DIFFERENT, False),
        # what was refused or skipped has had its turn
        (Result.FAILED, False),
        (Result.SKIPPED, False),
    ],
)
def test_what_was_never_sent_or_nobody_can_tell_of_is_not_done(result: Result, is_open: bool) -> None:
    cut = record(three().rows, Done(0, Result.DONE), Done(1, result))
    assert [one.number for one in not_done(cut)] == ([1, 2] if is_open else [2])
    assert finish_plan(cut, three()).rows == three().rows[1 if is_open else 2 :]


def test_rows_that_the_run_did_not_mean_are_left_out_and_nothing_of_the_plan_is_counted_again() -> None:
    now = replace(three(), in_sync=7, out_of_range=2)
    finished = finish_plan(record(now.rows[:1]), now)
    assert (finished.rows, finished.in_sync, finished.out_of_range) == (now.rows[:1], 0, 0)
    assert (finished.made_at, finished.window, finished.kind) == (now.made_at, now.window, now.kind)


@pytest.mark.parametrize(
    ("before", "done", "now", "found"),
    [
        # an unsent create, and somebody has made the other half meanwhile
        (plan([left("L1")], []), None, plan([left("L1")], [right("R1")]), True),
        (plan([], [right("R1")]), None, plan([left("L1")], [right("R1")]), True),
        # created without an answer: the id that was looked up tells
        (plan([left("L1")], []), Done(0, Result.UNKNOWN, ids={OL: "R1"}), plan([], [right("R1")]), True),
        (plan([left("L1")], []), Done(0, Result.UNKNOWN, ids={OL: "R2"}), plan([], [right("R1")]), False),
        (plan([left("L1")], []), None, plan([], [right("R1")]), False),
        # only the link is left of what the run saw
        (
            plan([left("L1", notes="new")], [right("R1")], [link()]),
            None,
            plan([], [right("R1")], [link("L9", "R1")]),
            True,
        ),
        (plan([left("L1", notes="new")], [right("R1")], [link()]), None, plan([left("L2")], [right("R2")]), False),
    ],
    ids=["other-half-made", "other-way", "looked-up", "looked-up-elsewhere", "another", "half-seen", "others"],
)
def test_a_row_is_known_again_by_any_item_that_the_run_knew_it_by(
    before: Plan, done: Done | None, now: Plan, found: bool
) -> None:
    cut = record(before.rows, *([done] if done else []))
    assert len(finish_plan(cut, now).rows) == (1 if found else 0)


def test_a_row_whose_items_left_no_id_is_known_by_its_own_name() -> None:
    one = Row("same", CAL, Situation.NEW, "", None, None)
    assert finish_plan(record([one]), replace(three(), rows=(one, replace(one, id="other")))).rows == (one,)


def conflict() -> Plan:
    return plan([left(subject="A", location="York")], [right(subject="B")], [link()])


@pytest.mark.parametrize(
    "choice", [Choice.TO_OUTLOOK, Choice.TO_SALESFORCE, Choice.MERGE_SALESFORCE, Choice.MERGE_OUTLOOK]
)
def test_what_a_person_had_chosen_is_chosen_again(choice: Choice) -> None:
    before = chosen(conflict(), choice)
    (row,) = finish_plan(record(before.rows), conflict()).rows
    assert (row.action, row.touched) == (before.rows[0].action, True)
    wanted = (before.rows[0].action, *_writes(before.rows[0]))
    assert (row.action, *_writes(row)) == wanted


def _writes(row: Row) -> tuple[object, object]:
    one = Intent.of(row, 0, lambda: "nonce")
    return one.to_left, one.to_right


@pytest.mark.parametrize(
    "now",
    [
        # another value on the side that was to be taken, and on the one that was to be replaced whole
        plan([left(subject="Changed", location="York")], [right(subject="B")], [link()]),
        plan([left(subject="A", location="York")], [right(subject="B", notes="theirs")], [link()]),
    ],
)
def test_a_choice_that_would_write_something_else_is_made_anew(now: Plan) -> None:
    before = chosen(conflict(), Choice.TO_OUTLOOK)
    (row,) = finish_plan(record(before.rows), now).rows
    assert (row.choice, row.action) == (Choice.RECOMMENDED, Action.CONFLICT)


def test_the_same_writes_the_other_way_are_another_choice() -> None:
    before = chosen(plan([left(subject="A")], [right(subject="B")], [link()]), Choice.TO_SALESFORCE)
    assert _writes(before.rows[0]) == ({"subject": "B"}, {})
    now = plan([left(subject="B")], [right(subject="A")], [link()])
    (row,) = finish_plan(record(before.rows), now).rows
    assert row.action is Action.CONFLICT


def test_a_recommendation_stays_a_recommendation() -> None:
    (row,) = finish_plan(record(three().rows[:1]), three()).rows
    assert (row.choice, row.touched, row.action) == (Choice.RECOMMENDED, False, Action.CREATE_IN_OUTLOOK)


def test_nothing_is_not_chosen_for_a_row_that_the_run_could_do_nothing_for() -> None:
    before = chosen(three(), Choice.NOTHING)
    assert {row.action for row in before.rows} == {Action.NONE}
    (first, *_) = finish_plan(record(before.rows), three()).rows
    assert (first.choice, first.action) == (Choice.RECOMMENDED, Action.CREATE_IN_OUTLOOK)


def test_a_row_that_takes_a_run_back_is_not_chosen_for() -> None:
    undo = Undo(Effect(Action.UPDATE_IN_OUTLOOK, {}, {"subject": "A"}))
    before = chosen(conflict(), Choice.TO_OUTLOOK)
    row = replace(conflict().rows[0], undo=undo)
    assert finish_plan(record(before.rows), replace(conflict(), rows=(row,))).rows == (row,)


def test_only_the_suspicions_about_its_own_rows_stay() -> None:
    lefts = [left(f"L{n}", subject=f"New {n}", when=at(1 + n)) for n in range(6)]
    rights = [right(f"R{n}", subject=f"Old {n}", when=at(1 + n)) for n in range(6)]
    links = [link(f"L{n}", f"R{n}", subject=f"Old {n}", when=at(1 + n)) for n in range(6)]
    held = plan(lefts, rights, links, rules=Rules(suspect_rows=2))
    assert len(held.guards) == 1
    other = Guard(SF, Operation.DELETE, 3, 4)
    both = replace(held, guards=(*held.guards, other))
    assert finish_plan(record(held.rows), both).guards == held.guards
    assert finish_plan(record([]), both).guards == ()

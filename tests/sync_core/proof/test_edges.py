"""Edges of the pure core that only a planted bug or a mutation showed to be untested."""

from __future__ import annotations

from datetime import date

import pytest
from support.build import (
    CAL,
    OL,
    SF,
    WINDOW,
    all_day,
    at,
    fields,
    gone,
    item,
    left,
    link,
    link_of,
    only,
    picture,
    plan,
    question,
    right,
)
from support.model import World

from sync_core.compare import NO_BASELINE, Verdict, compare
from sync_core.decide import make_plan, unseen
from sync_core.errors import SideError
from sync_core.items import Kind, SideName, When
from sync_core.pairing import make_mark
from sync_core.plan import Action, Choice, Situation, State, effect
from sync_core.question import Rules
from sync_core.report import Result
from sync_core.review import Review
from sync_core.sides import Operation, Reading
from sync_core.span import days_of, in_window, inside

WANTS = {
    (OL, Operation.CREATE): ([left()], [], []),
    (SF, Operation.CREATE): ([], [right()], []),
    (OL, Operation.UPDATE): ([left(notes="x")], [right()], [link()]),
    (SF, Operation.UPDATE): ([left()], [right(notes="x")], [link()]),
    (OL, Operation.DELETE): (picture(SF, [], gone("L1")), [right()], [link()]),
    (SF, Operation.DELETE): ([left()], picture(OL, [], gone("R1")), [link()]),
}


@pytest.mark.parametrize("need", list(WANTS))
def test_each_prevented_operation_is_taken_out_of_the_plan(need):
    """Invariant 18: in the plan already, with the reason, and nothing else is."""
    for prevented in WANTS:
        row = only(plan(*WANTS[need], rules=Rules(prevented=frozenset({prevented}))))
        assert (row.state is State.PREVENTED) is (prevented == need)
        assert bool(row.why_not) is (prevented == need)


def test_a_copy_names_what_it_could_be_a_copy_of():
    mark = make_mark("L1", "n")
    original = right(mark=mark)
    row = only(plan([left()], [original, right("R2", mark=mark, when=at(30))], [link(mark=mark)]))
    assert row.rivals == (original,)
    assert "as copies in Outlook do" in row.reason


def test_which_one_is_asked_in_the_same_order_however_it_is_listed():
    """Invariant 1, where several candidates are named."""
    lefts = [left("L1"), left("L2")]
    rights = [right("R1"), right("R2"), right("R3")]
    first = make_plan(question(lefts, rights))
    assert make_plan(question(lefts[::-1], rights[::-1])) == first
    assert [i.id for i in first.rows[0].rivals] == sorted(i.id for i in first.rows[0].rivals)


@pytest.mark.parametrize("side", list(SideName))
def test_what_nobody_answered_is_looked_up_and_remembered(side):
    world = World()
    world.side(side.other).put(fields())
    world.side(side).unanswered = lambda write: True
    report = world.sync()
    assert [(r.result, len(world.side(side).items)) for r in report.rows] == [(Result.DONE, 1)]
    assert len(world.books.links_by_id) == 1
    assert world.plan().rows == ()


@pytest.mark.parametrize("side", list(SideName))
def test_no_answer_is_neither_done_nor_refused_when_it_cannot_be_looked_up(side):
    world = World()
    world.side(side.other).put(fields())
    world.side(side).unanswered = lambda write: True
    honest = world.side(side).find

    def find(kind, sought):
        raise SideError("it does not answer")

    world.side(side).find = find
    report = world.sync()
    assert [r.result for r in report.rows] == [Result.UNKNOWN]
    assert "it may have been done" in report.rows[0].message
    assert world.books.links_by_id == {}
    world.side(side).find = honest
    assert world.plan().rows == ()
    assert len(world.books.links_by_id) == 1


def test_a_pick_for_a_pair_that_is_known_keeps_what_both_had_agreed_on():
    """The Outlook half is gone, and two copies carry its mark."""
    mark = make_mark("L1", "n")
    copies = [right("R2", mark=mark, notes="new"), right("R3", mark=mark)]
    review = Review.of(plan([left()], picture(OL, copies, gone("R1")), [link(mark=mark)]))
    known = next(r for r in review.rows() if r.linked)
    copy = next(r for r in review.rows() if r.right and r.right.id == "R2")
    for one, other in ((known, copy), (copy, known)):
        picked = review.pick(one.id, other.id)
        row = next(r for r in picked.rows() if r.left and r.right)
        assert (row.link_ids, row.situation) == (("L1", "R1"), Situation.CHANGED)
        assert row.action is Action.UPDATE_IN_SALESFORCE
        assert effect(row).to_left == {"notes": "new"}


@pytest.mark.parametrize(("to", "wins"), [(OL, "A"), (SF, "B")])
def test_an_arrow_answers_a_conflict_and_keeps_what_was_not_asked(to, wins):
    pair = [left(subject="A", location="Leeds")], [right(subject="B", notes="more")], [link()]
    review = Review.of(plan(*pair))
    done = effect(review.point([review.plan.rows[0].id], to).rows()[0])
    assert {**done.to_left, **done.to_right} == {"subject": wins, "location": "Leeds", "notes": "more"}
    assert dict(done.to_right).get("location") == "Leeds"
    assert dict(done.to_left).get("notes") == "more"


def on(day: date) -> When:
    return When(day.isoformat(), day.isoformat(), all_day=True)


def test_both_ends_of_the_window_are_inside():
    assert inside(on(WINDOW.first), WINDOW)
    assert inside(on(WINDOW.last), WINDOW)
    assert not inside(on(WINDOW.first.replace(day=WINDOW.first.day - 1)), WINDOW)
    assert not inside(on(WINDOW.last.replace(day=WINDOW.last.day + 1)), WINDOW)
    # British summer time: the first day starts an hour earlier, and ends of events are exclusive
    first, last = "2026-10-22T23:00:00Z", "2027-11-23T00:00:00Z"
    assert not inside(When("2026-10-22T22:00:00Z", first), WINDOW)
    assert inside(When("2026-10-22T22:00:00Z", "2026-10-22T23:00:01Z"), WINDOW)
    assert inside(When(first, first), WINDOW), "an event of no length at the very start"
    assert inside(When("2027-11-22T23:59:59Z", last), WINDOW)
    assert not inside(When(last, "2027-11-23T01:00:00Z"), WINDOW)


def test_a_series_that_began_long_ago_may_still_go_on():
    began = "2020-01-06T10:00:00Z", "2020-01-06T11:00:00Z"
    assert not inside(When(*began), WINDOW)
    assert inside(When(*began, recurrence="every Monday"), WINDOW)
    assert inside(When("2020-01-06", "2020-01-06", True, "every Monday"), WINDOW)
    assert not inside(When("2030-01-06", "2030-01-06", True, "every Monday"), WINDOW)
    assert not inside(When("2030-01-06T10:00:00Z", "2030-01-06T11:00:00Z", False, "every Monday"), WINDOW)


def test_what_belongs_to_the_window():
    assert in_window(Kind.CONTACTS, {}, WINDOW) is True
    assert in_window(Kind.TASKS, {}, WINDOW) is None
    assert in_window(Kind.TASKS, {"due": None}, WINDOW) is True
    for due, belongs in (("2026-10-22", False), ("2026-10-23", True), ("2027-11-22", True), ("2027-11-23", False)):
        assert in_window(Kind.TASKS, {"due": due}, WINDOW) is belongs
    assert in_window(CAL, {}, WINDOW) is None
    assert in_window(CAL, {"when": all_day(1)}, WINDOW) is True


@pytest.mark.parametrize(
    ("when", "days"),
    [
        (all_day(1), 1),
        (all_day(1, 14), 14),
        (at(1), 1),
        (When("2026-11-01T10:00:00Z", "2026-11-02T10:00:00Z"), 1),
        (When("2026-11-01T10:00:00Z", "2026-11-02T10:00:01Z"), 2),
        (When("2026-11-01T10:00:00Z", "2026-11-01T10:00:00Z"), 1),
        (When("", ""), 0),
        (When("", "", all_day=True), 0),
        (When("2026-11-01T10:00:00Z", "soon"), 0),
    ],
)
def test_days_of_an_event(when, days):
    assert days_of(when) == days


def test_nothing_chosen_writes_nothing_in_any_situation():
    for lefts, rights, links in WANTS.values():
        row = only(plan(lefts, rights, links))
        assert effect(row, Choice.NOTHING).action is Action.NONE


def people(mine: dict[str, str], theirs: dict[str, str]) -> set[Situation]:
    bare = {"email": "", "business_phone": "", "first_name": "", "last_name": "", "notes": ""}
    here, there = item(Kind.CONTACTS, SF, "L1", **bare | mine), item(Kind.CONTACTS, OL, "R1", **bare | theirs)
    return {r.situation for r in plan([here], [there], kind=Kind.CONTACTS).rows}


@pytest.mark.parametrize(
    ("mine", "theirs", "found"),
    [
        ({"email": "a@x", "last_name": "Shah"}, {"email": "A@X", "last_name": "Lee"}, Situation.TWIN_DIFFERENT),
        ({"email": "a@x", "last_name": "Shah"}, {"email": "b@x", "last_name": "Lee"}, Situation.NEW),
        ({"email": "a@x", "last_name": "Shah"}, {"last_name": "Lee"}, Situation.NEW),
        (
            {"first_name": "Priyá", "last_name": "Shah", "notes": "a"},
            {"first_name": "PRIYA", "last_name": "Shah", "notes": "b"},
            Situation.TWIN_DIFFERENT,
        ),
        (
            {"first_name": "Priya", "last_name": "Shah", "company": "Acme", "notes": "a"},
            {"first_name": "Priya", "last_name": "Shah", "company": "Other"},
            Situation.LIKELY,
        ),
        ({"last_name": "Shah", "notes": "a"}, {"last_name": "Shah", "notes": "b"}, Situation.LIKELY),
        ({"first_name": "Priya", "notes": "a"}, {"first_name": "Priya", "notes": "b"}, Situation.NEW),
        ({"first_name": "Anna", "last_name": "Shah"}, {"first_name": "Bo", "last_name": "Shah"}, Situation.NEW),
        ({"company": "Acme", "notes": "a"}, {"company": "Acme", "notes": "b"}, Situation.NEW),
    ],
)
def test_by_what_contacts_are_known(mine, theirs, found):
    assert people(mine, theirs) == {found}


@pytest.mark.parametrize("left_is", [False, True])
def test_a_flag_is_a_value_on_both_sides(left_is):
    found = compare(CAL, NO_BASELINE, fields(private=left_is), fields(private=not left_is))
    assert {c.name: c.verdict for c in found}["private"] is Verdict.BOTH


def test_names_of_attachments_of_a_twin_go_to_salesforce():
    row = only(plan([left(attachments=("old.pdf",))], [right(attachments=("new.pdf",))]))
    assert (row.action, effect(row).to_left) == (Action.UPDATE_IN_SALESFORCE, {"attachments": ("new.pdf",)})


@pytest.mark.parametrize(("number", "more"), [(3, False), (4, True)])
def test_three_candidates_are_named(number, more):
    row = plan([left()], [right(f"R{n}") for n in range(number)]).rows[0]
    assert (" and 1 more;" in row.reason) is more
    assert row.reason.count("Budget") == 3


def test_long_titles_are_shortened_in_reasons():
    names = [right("R1", subject="x" * 31), right("R2", subject="x" * 31)]
    assert f"“{'x' * 29}…”" in plan([left(subject="x" * 31)], names).rows[0].reason
    likely = plan([left(subject="x" * 31)], [right(subject="x" * 31, when=at(24))])
    assert f"“{'x' * 29}…”" in likely.rows[0].reason


def test_a_conflict_with_one_way_out_is_asked_about_and_one_with_none_is_not():
    pair = [left(notes="a")], [right(notes="b")], [link()]

    def state(*prevented: tuple[SideName, Operation]) -> State:
        return only(plan(*pair, rules=Rules(prevented=frozenset(prevented)))).state

    assert state((OL, Operation.UPDATE)) is State.UNDECIDED
    assert state((SF, Operation.UPDATE)) is State.UNDECIDED
    assert state((SF, Operation.UPDATE), (OL, Operation.UPDATE)) is State.PREVENTED
    assert state((SF, Operation.CREATE), (OL, Operation.DELETE)) is State.UNDECIDED


def test_old_tasks_are_not_asked_for():
    old = link_of(Kind.TASKS, due="2025-01-01")
    assert unseen([old], Reading(()), Reading(()), WINDOW) == ([], [])
    timeless = link_of(Kind.TASKS, due=None)
    assert [len(refs) for refs in unseen([timeless], Reading(()), Reading(()), WINDOW)] == [1, 1]


def test_an_unwritable_field_that_changed_on_its_own_side_blocks_nothing():
    closed = picture(OL, [right(location="York")], unwritable={"location": "read-only"})
    row = only(plan([left(notes="x")], closed, [link()]))
    assert (row.action, row.state) == (Action.MERGE, State.READY)
    both = only(plan([left(location="Leeds")], closed, [link()]))
    assert both.blocks[OL, Operation.UPDATE] == "location is read-only"

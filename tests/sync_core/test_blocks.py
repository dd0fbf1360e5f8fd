"""What a side cannot hold, and what may not happen to a row: said on the row, on the last step of each bound."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from support.build import (
    OL,
    SF,
    all_day,
    at,
    fields,
    gone,
    item,
    left,
    left_first,
    link,
    link_of,
    only,
    picture,
    plan,
    question,
    right,
)

from sync_core.blocks import limits_of
from sync_core.decide import make_plan
from sync_core.items import Item, Kind, SideName, When
from sync_core.plan import Action, Row, State
from sync_core.question import Rules
from sync_core.recurrence import ChangedOccurrence, Exceptions
from sync_core.sides import Description, Limits, Operation

RULES = Rules(private=True)
BOTH = pytest.mark.parametrize("side", list(SideName))


def described(side: SideName, limits: Limits | None = None, **more: Any) -> Description:
    return Description(side, "a", "b", limits or Limits(), **more)


def row(here: Item | None, there: Item | None, *, known: bool = True) -> Row:
    """The row of a pair, or of one half alone, where nothing is forbidden."""
    links = [link("L1", "R1")] if known and here and there else []
    return only(plan([here] if here else [], [there] if there else [], links, rules=RULES))


def coming(side: SideName, **values: Any) -> Row:
    """A pair in step but for what comes from across."""
    return row(left("L1", **values), right("R1")) if side is OL else row(left("L1"), right("R1", **values))


def new(side: SideName, **values: Any) -> Row:
    return row(left("L1", **values), None) if side is OL else row(None, right("R1", **values))


@BOTH
@pytest.mark.parametrize(("length", "held"), [(10, ""), (11, "notes has 11 characters, {side} holds 10")])
def test_a_text_may_be_as_long_as_the_side_holds(side, length, held):
    limits = described(side, Limits({"notes": 10, "nothing": 1}))
    said = held.format(side=side.label)
    assert limits_of(new(side, notes="x" * length), side, limits) == ({(side, Operation.CREATE): said} if said else {})
    assert limits_of(coming(side, notes="x" * length), side, limits) == (
        {(side, Operation.UPDATE): said} if said else {}
    )
    # what travels the other way, and what stays is nobody's business
    assert limits_of(coming(side.other, notes="x" * length), side, limits) == {}
    assert limits_of(coming(side, subject="y" * length), side, limits) == {}
    assert limits_of(new(side.other, notes="x" * length), side, limits) == {}


@BOTH
def test_what_would_be_refused_is_told_of_what_is_written_and_not_of_what_it_takes_the_place_of(side):
    """A blank that is filled from here is not what would be written here."""
    picky = described(side, Limits(refuses=lambda fields: "" if fields.get("location") else "it needs a place"))
    here, there = (left("L1"), right("R1")) if side is SF else (right("R1"), left("L1"))
    blank = replace(there, fields={**there.fields, "location": ""})
    filled = replace(blank, fields={**blank.fields, "notes": "from across"})
    empty = replace(here, fields={**here.fields, "notes": ""})

    def pair_of(one: Item, other: Item) -> Row:
        return row(*left_first(side, one, other), known=False)

    assert limits_of(pair_of(empty, filled), side, picky) == {}
    nowhere = replace(empty, fields={**empty.fields, "location": ""})
    assert limits_of(pair_of(nowhere, filled), side, picky) == {(side, Operation.UPDATE): "it needs a place"}


@BOTH
@pytest.mark.parametrize(
    ("days", "because", "held"),
    [
        (14, "", ""),
        (15, "", "it lasts 15 days, {side} holds events of up to 14"),
        (15, "it is so set", "it lasts 15 days, {side} holds events of up to 14: it is so set"),
    ],
)
def test_an_event_may_be_as_long_as_the_side_holds(side, days, because, held):
    limits = described(side, Limits(longest_days=14, longest_because=because))
    said = set(limits_of(new(side, when=all_day(1, days)), side, limits).values())
    assert said == ({held.format(side=side.label)} if held else set())
    assert limits_of(new(side, when=all_day(1, days)), side, described(side)) == {}


@BOTH
def test_what_may_not_be_set_is_said_where_it_comes_from_across(side):
    limits = described(side, unwritable={"location": "not yours to set"})
    assert set(limits_of(coming(side, location="York"), side, limits).values()) == {"location is not yours to set"}
    assert limits_of(coming(side.other, location="York"), side, limits) == {}
    # what is made anew is made without it
    assert limits_of(new(side, location="York"), side, limits) == {}


def test_what_becomes_private_may_be_related_to_nobody():
    there = replace(left("L1"), people=("Kim \x1b[1mLee", "x" * 80))
    limits = described(SF, Limits(private_relations=False))
    [why] = set(limits_of(row(there, right("R1", private=True)), SF, limits).values())
    names = f"Kim ␛[1mLee, {'x' * 46}…"
    assert why == f"Salesforce keeps no private event that is related to somebody ({names}): take that off there first"
    assert limits_of(row(there, right("R1", private=True)), SF, described(SF)) == {}
    assert limits_of(row(left("L1"), right("R1", private=True)), SF, limits) == {}
    assert limits_of(row(there, right("R1", notes="x")), SF, limits) == {}
    assert limits_of(row(None, right("R1", private=True)), SF, limits) == {}
    open_now = only(
        plan(
            [replace(there, fields={**there.fields, "private": True})], [right("R1")], [link(private=True)], rules=RULES
        )
    )
    assert limits_of(open_now, SF, limits) == {}


@BOTH
def test_what_does_not_fit_together_is_asked_of_what_it_would_be(side):
    """A change is judged with what stays; a new item by all it has, and by what only a new one must not be."""
    asked: list[tuple[str, dict[str, Any]]] = []

    def says(name: str):
        return lambda values: asked.append((name, dict(values))) or (name if values["notes"] == "bad" else "")

    limits = described(side, Limits(refuses=says("old"), refuses_new=says("new")))
    assert set(limits_of(coming(side, notes="bad"), side, limits).values()) == {"old"}
    [(name, values)] = asked
    assert (name, values) == ("old", fields(notes="bad"))
    asked.clear()
    assert set(limits_of(new(side, notes="bad"), side, limits).values()) == {"old"}
    assert limits_of(new(side, notes="good"), side, limits) == {}
    assert [name for name, _ in asked] == ["old", "old", "new"]
    only_new = described(side, Limits(refuses_new=says("new")))
    assert set(limits_of(new(side, notes="bad"), side, only_new).values()) == {"new"}
    assert limits_of(coming(side, notes="bad"), side, only_new) == {}


@BOTH
def test_one_occurrence_takes_only_what_it_can_have_of_its_own(side):
    def occurrence(**values: Any) -> Row:
        changed = coming(side, **values)
        mine = replace(changed.item(side), part_of="series")
        return replace(changed, left=mine) if side is SF else replace(changed, right=mine)

    free, fixed = described(side), described(side, Limits(no_changed_occurrences=", yet"))
    update = (side, Operation.UPDATE)
    assert limits_of(occurrence(notes="x", when=at(9), subject="y"), side, free) == {}
    assert limits_of(occurrence(notes="x", private=True), side, free) == {
        update: "one occurrence of a series has its private from the series"
    }
    assert limits_of(occurrence(notes="x"), side, fixed) == {
        update: f"one occurrence of a series: {side.label} cannot change it without the others, yet"
    }
    # what goes the other way is no change of it
    other = coming(side.other, private=True)
    mine = replace(other.item(side), part_of="series")
    other = replace(other, left=mine) if side is SF else replace(other, right=mine)
    assert limits_of(other, side, fixed) == {}


@BOTH
def test_the_first_sync_with_a_new_memory_deletes_nothing(side):
    lefts = [left("L1")] if side is SF else picture(SF, [], gone("L1"))
    rights = [right("R1")] if side is OL else picture(OL, [], gone("R1"))
    q = question(lefts, rights, [link()], rules=RULES)
    fresh = only(make_plan(replace(q, fresh=True)))
    assert (fresh.state, fresh.why_not) == (
        State.PREVENTED, "the first sync with a new memory deletes nothing; the next one offers it",
    )  # fmt: skip
    assert set(fresh.blocks) == {(s, Operation.DELETE) for s in SideName}
    assert only(make_plan(q)).state is State.READY
    # what is not linked is not deleted anyway
    assert only(make_plan(replace(question([left("L1")], [], rules=RULES), fresh=True))).blocks == {}


def test_a_series_is_known_by_its_pattern_too():
    """An item of an older file is a series, though nothing says so but its time."""
    weekly = When("2026-11-24T15:00:00Z", "2026-11-24T16:00:00Z", False, "FREQ=WEEKLY;BYDAY=WE", "Asia/Tokyo")
    limits = described(SF, Limits(series_zone="Europe/London"))
    for marked in (True, False):
        one = replace(right("R1", when=weekly), series=marked)
        assert "its time zone, Asia/Tokyo" in limits_of(row(None, one), SF, limits)[SF, Operation.CREATE]


@pytest.mark.parametrize(
    ("kind", "values", "why"),
    [
        (Kind.TASKS, {"due": "2026-11-31"}, "due cannot be understood"),
        (Kind.TASKS, {"due": "2026-11-20T08:00:00Z"}, "due cannot be understood"),
        (Kind.TASKS, {"reminder": "2026-11-20"}, "reminder cannot be understood"),
        (Kind.TASKS, {"reminder": "2026-11-20T08:00:00Z"}, ""),
        (Kind.CONTACTS, {"birthday": "1981-02-29"}, "birthday cannot be understood"),
    ],
)
def test_days_and_moments_that_are_none_are_said(kind, values, why):
    made = only(plan([item(kind, SF, "L1", **values)], [], kind=kind, rules=RULES))
    assert made.why_not == why
    assert made.recommended is Action.CREATE_IN_OUTLOOK


# one occurrence of a series, where a side keeps their order


# Tuesdays at three for an hour; what is asked about is the first of December
TUESDAYS = When("2026-11-24T15:00:00Z", "2026-11-24T16:00:00Z", False, "FREQ=WEEKLY;BYDAY=TU", "Europe/London")
FIRST = at(1, 15, 12)
ORDER = Limits(keeps_order=True)


def occurrence(side: SideName, to: When, exceptions: str = "", was: When = FIRST, notes: str = "", **more: Any) -> Row:
    """The row of an occurrence on `side`, of which the single event across is at another time now."""
    known = {"notes": "", "when": was}
    pair = {SF: left("L1", **known), OL: right("R1", **known)}
    there = replace(pair[side.other], fields={**pair[side.other].fields, "when": to, "notes": notes})
    mine = replace(pair[side], id="S1#2026-12-01", part_of="S1", whole=(TUESDAYS, exceptions))
    mine = replace(mine, **more)
    here, across = left_first(side, mine, there)
    return only(plan([here], [across], [link(here.id, across.id, **known)], rules=RULES))


@BOTH
@pytest.mark.parametrize(
    ("to", "refused"),
    [(at(2, 9, 12), False), (at(8, 14, 12), False), (at(8, 15, 12), True), (at(9, 9, 12), True), (at(20, 9), True)],
)
def test_one_occurrence_is_not_moved_onto_or_past_its_neighbours(side: SideName, to: When, refused: bool) -> None:
    moved = occurrence(side, to)
    why = f"one occurrence of a series: {side.label} lets none be moved onto or past another one of it"
    assert limits_of(moved, side, described(side, ORDER)) == ({(side, Operation.UPDATE): why} if refused else {})
    # the other side keeps no order, or has a single event there
    assert limits_of(moved, side, described(side)) == {}
    assert limits_of(moved, side.other, described(side.other, ORDER)) == {}


@BOTH
def test_where_a_neighbour_is_gone_there_is_room(side: SideName) -> None:
    gone_one = Exceptions((date(2026, 12, 8),)).text
    assert limits_of(occurrence(side, at(9, 9, 12), gone_one), side, described(side, ORDER)) == {}
    assert limits_of(occurrence(side, at(16, 9, 12), gone_one), side, described(side, ORDER)) != {}
    elsewhere = ChangedOccurrence(
        date(2026, 12, 8),
        datetime.fromisoformat("2026-12-03T09:00:00+00:00"),
        datetime.fromisoformat("2026-12-03T10:00:00+00:00"),
    )
    moved = Exceptions((), (elsewhere,)).text
    assert limits_of(occurrence(side, at(2, 9, 12), moved), side, described(side, ORDER)) == {}
    assert limits_of(occurrence(side, at(4, 9, 12), moved), side, described(side, ORDER)) != {}


@BOTH
def test_order_is_asked_of_times_only_and_of_those_that_are_one(side: SideName) -> None:
    limits = described(side, ORDER)
    # where it was put by hand it may stay, when its words change
    assert limits_of(occurrence(side, at(20, 9), was=at(20, 9), notes="x"), side, limits) == {}
    # and with other words it may not go there
    assert limits_of(occurrence(side, at(20, 9), notes="x"), side, limits) != {}
    # a series that nobody told of has no neighbours
    assert limits_of(occurrence(side, at(9, 9, 12), whole=None), side, limits) == {}
    # a time that is none is told as that
    backwards = When("2026-12-09T10:00:00Z", "2026-12-09T09:00:00Z")
    [why] = limits_of(occurrence(side, backwards), side, limits).values()
    assert why == "it ends before it starts"
    # what cannot be done to one occurrence at all is told first
    fixed = described(side, Limits(keeps_order=True, no_changed_occurrences=", yet"))
    [why] = limits_of(occurrence(side, at(9, 9, 12)), side, fixed).values()
    assert why == f"one occurrence of a series: {side.label} cannot change it without the others, yet"


# a due date and a start date, which only Outlook has


EARLY = "due 1 Dec 2026 is before the start date 2 Dec 2026, which only {side} has; change that one there first"


@BOTH
@pytest.mark.parametrize(
    ("due", "starts", "why"),
    [
        ("2026-12-01", "2026-12-02", EARLY),
        ("2026-12-02", "2026-12-02", ""),
        ("2026-12-03", "2026-12-02", ""),
        (None, "2026-12-02", ""),
        ("2026-12-01", "", ""),
    ],
)
def test_a_task_cannot_become_due_before_it_starts(side: SideName, due: str | None, starts: str, why: str) -> None:
    ids = {SF: "L1", OL: "R1"}
    mine = replace(item(Kind.TASKS, side, ids[side]), starts=starts)
    other = item(Kind.TASKS, side.other, ids[side.other], due=due)
    here, there = left_first(side, mine, other)
    known = link_of(Kind.TASKS)
    moved = only(plan([here], [there], [known], kind=Kind.TASKS, rules=RULES))
    said = why.format(side=side.label)
    assert limits_of(moved, side, described(side)) == ({(side, Operation.UPDATE): said} if said else {})
    assert limits_of(moved, side.other, described(side.other)) == {}


@BOTH
def test_a_due_date_before_the_start_is_said_only_where_it_would_be_written(side: SideName) -> None:
    """What a side has made of its own task by itself is its own business, and so is a task that is made anew."""
    ids = {SF: "L1", OL: "R1"}
    odd = replace(item(Kind.TASKS, side, ids[side], due="2026-12-01"), starts="2026-12-02")
    other = item(Kind.TASKS, side.other, ids[side.other])
    here, there = left_first(side, odd, other)
    own = only(plan([here], [there], [link_of(Kind.TASKS)], kind=Kind.TASKS, rules=RULES))
    assert limits_of(own, side, described(side)) == {}
    alone = only(plan([here] if side is SF else [], [there] if side is OL else [], kind=Kind.TASKS, rules=RULES))
    assert limits_of(alone, side, described(side)) == {}
    new_one = only(plan([here] if side is OL else [], [there] if side is SF else [], kind=Kind.TASKS, rules=RULES))
    assert limits_of(new_one, side, described(side)) == {}

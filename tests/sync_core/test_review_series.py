"""Taking the offer that occurrences of a series cross as single events, and giving it back: in the review alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from support.build import CAL, MADE_AT, OL, SF, TOKYO, at, left, link, picture, plan, repeated, right

from sync_core.groups import Group
from sync_core.items import When
from sync_core.plan import Action, Choice, IgnoreMode, Plan, Singles, Situation, State
from sync_core.question import Rules
from sync_core.recurrence import ChangedOccurrence, Exceptions
from sync_core.review import LIES_ON_TWO, Review
from sync_core.sides import Limits, Operation

LONDON = When("2026-11-24T15:00:00Z", "2026-11-24T16:00:00Z", False, "FREQ=WEEKLY;BYDAY=TU;COUNT=3", "Europe/London")
LIMITS = Limits(series_zone="Europe/London", fixed_pattern=True, no_changed_occurrences="")
DAYS = ("2026-11-25", "2026-12-02", "2026-12-09")


def series(item_id: str, when: When = TOKYO, **values: Any) -> Any:
    return repeated(OL, item_id, when, **values)


def offered(*rights: Any, lefts: Any = (), links: Any = ()) -> Plan:
    return plan(picture(SF, lefts, limits=LIMITS), picture(OL, rights), links)


def offers(review: Review) -> list[str]:
    return [row.id for row in review.rows() if row.offer is not None]


def test_a_row_that_cannot_cross_becomes_its_occurrences():
    p = offered(series("R1"))
    [row_id] = offers(Review.of(p))
    taken = Review.of(p).as_single_events([row_id], MADE_AT)
    assert taken.said == "“Budget 2027”: occurrences as single events"
    assert [(r.right.id, r.action) for r in taken.rows() if r.right] == [
        (f"R1#{day}", Action.CREATE_IN_SALESFORCE) for day in DAYS
    ]
    assert taken.counts().actions[Action.CREATE_IN_SALESFORCE] == 3
    assert (len(taken.shown()), taken.groups()[Group.BLOCKED], Review.of(p).groups()[Group.BLOCKED]) == (3, 0, 1)
    # each is decided like any other row
    one = taken.rows()[0]
    assert taken.choose([one.id], Choice.NOTHING).row(one.id).action is Action.NONE
    assert taken.picks == 0


def test_memory_keeps_what_was_chosen_and_since_when():
    p = offered(series("R1"))
    taken = Review.of(p).as_single_events(offers(Review.of(p)), MADE_AT)
    new, ended = taken.ignores()
    [(row_id, kept)] = new.items()
    assert (row_id, ended) == (p.rows[0].id, set())
    assert (kept.mode, kept.since, kept.right_id, kept.left_id) == (Singles.OCCURRENCES, MADE_AT, "R1", "")
    assert (kept.left_digest, kept.right_digest) == ("", p.rows[0].right.digest if p.rows[0].right else "")
    assert Review.of(p).ignores() == ({}, set())


def test_it_is_told_with_at_most_forty_characters_of_a_title():
    p = offered(series("R1", subject="B" * 41))
    taken = Review.of(p).as_single_events(offers(Review.of(p)), MADE_AT)
    assert taken.said == f"“{'B' * 39}…”: occurrences as single events"


def test_where_there_is_no_offer_nothing_happens():
    p = offered(series("R1", LONDON))
    assert offers(Review.of(p)) == []
    same = Review.of(p).as_single_events([p.rows[0].id], MADE_AT)
    assert same.said == "no series there that could cross as single events"
    assert same.rows() == Review.of(p).rows()
    assert not same.can_undo
    assert Review.of(p).as_single_events([], MADE_AT).rows() == same.rows()


def test_several_are_taken_at_once_and_others_stay_as_they_are():
    p = offered(series("R1"), series("R2", subject="Tokyo call"), right("R3", subject="Lunch", when=at(9)))
    review = Review.of(p)
    assert len(offers(review)) == 2
    taken = review.as_single_events([row.id for row in review.rows()], MADE_AT)
    assert taken.said == "2 rows: occurrences as single events"
    ids = [r.right.id for r in taken.rows() if r.right]
    assert sorted(ids) == sorted([f"R{n}#{day}" for n in (1, 2) for day in DAYS] + ["R3"])
    assert len(ids) == len(set(ids))
    assert len(taken.ignores()[0]) == 2


def test_it_is_given_back_with_any_of_its_rows_and_with_its_own():
    p = offered(series("R1"), series("R2", subject="Tokyo call"))
    first, second = offers(Review.of(p))
    taken = Review.of(p).as_single_events([first, second], MADE_AT)
    for which in (taken.rows()[0].id, taken.rows()[1].id):
        back = taken.reset([which])
        assert back.said == "a series again, as it was"
        assert [r.offer is not None for r in back.rows()].count(True) == 1
        assert len(back.rows()) == 4
        assert len(back.ignores()[0]) == 1
    whole = taken.reset([r.id for r in taken.rows()])
    assert whole.rows() == Review.of(p).rows()
    assert whole.ignores() == ({}, set())


def test_several_are_given_back_at_once_by_one_row_of_each():
    p = offered(series("R1"), series("R2", subject="Tokyo call"))
    taken = Review.of(p).as_single_events(offers(Review.of(p)), MADE_AT)
    back = taken.reset([next(r.id for r in taken.rows() if r.right and r.right.part_of == one) for one in ("R1", "R2")])
    assert back.rows() == Review.of(p).rows()
    assert (back.ignores(), back.picks) == (({}, set()), 0)


def test_undo_and_redo_know_it():
    p = offered(series("R1"))
    taken = Review.of(p).as_single_events(offers(Review.of(p)), MADE_AT)
    assert taken.can_undo
    assert taken.undo().rows() == Review.of(p).rows()
    assert taken.undo().redo().rows() == taken.rows()
    assert taken.undo().ignores() == ({}, set())


def test_what_was_decided_about_the_series_before_ends_with_it():
    p = offered(series("R1"))
    [row_id] = offers(Review.of(p))
    ignored = Review.of(p).ignore([row_id], IgnoreMode.FOREVER, MADE_AT)
    taken = ignored.as_single_events([row_id], MADE_AT)
    assert [kept.mode for kept in taken.ignores()[0].values()] == [Singles.OCCURRENCES]
    assert {r.ignored for r in taken.rows()} == {None}


def test_what_is_an_occurrence_already_becomes_part_of_it():
    """Single events that came of a choice which memory lost: they are not doubled, and not left beside their twins."""
    there = [left(f"L{n}", when=TOKYO._replace(recurrence="", zone="")) for n in range(1)]
    p = offered(series("R1"), lefts=there)
    asked = [r for r in p.rows if r.left is not None]
    assert [r.situation for r in asked] == [Situation.AMBIGUOUS]
    assert "Budget 2027" in asked[0].reason
    [row_id] = offers(Review.of(p))
    taken = Review.of(p).as_single_events([row_id], MADE_AT)
    halves = [(r.left.id if r.left else "", r.right.id if r.right else "") for r in taken.rows()]
    assert sorted(halves) == [("", f"R1#{DAYS[1]}"), ("", f"R1#{DAYS[2]}"), ("L0", f"R1#{DAYS[0]}")]
    back = taken.reset([taken.rows()[0].id])
    assert back.rows() == Review.of(p).rows()


def on_two_series() -> Plan:
    """Two series alike, as they come of copying one, an event across that lies on both, and another series."""
    there = [left("L0", when=TOKYO._replace(recurrence="", zone=""))]
    return offered(series("R1"), series("R2"), series("R3", subject="Osaka call"), lefts=there)


def twice(review: Review) -> list[str]:
    """The items that stand in more than one row."""
    ids = [item.id for row in review.rows() for item in (row.left, row.right) if item is not None]
    return [one for one in ids if ids.count(one) > 1]


def test_an_event_that_lies_on_two_series_never_becomes_part_of_both():
    """Which one it belongs to is never left to chance: a person says it by taking one of the two."""
    p = on_two_series()
    row_of = {row.right.id: row.id for row in p.rows if row.right}
    both = Review.of(p).as_single_events([row_of["R1"], row_of["R2"]], MADE_AT)
    assert (both.said, both.rows(), both.can_undo) == (LIES_ON_TWO, Review.of(p).rows(), False)
    every = Review.of(p).as_single_events(list(row_of.values()), MADE_AT)
    assert every.said == f"“Osaka call”: occurrences as single events; {LIES_ON_TWO}"
    assert [kept.right_id for kept in every.ignores()[0].values()] == ["R3"]
    for one, other in (("R1", "R2"), ("R2", "R1")):
        taken = Review.of(p).as_single_events([row_of[one]], MADE_AT)
        [pair] = [row for row in taken.rows() if row.left]
        assert pair.right is not None
        assert (pair.right.part_of, pair.action) == (one, Action.LINK)
        more = taken.as_single_events([row_of[other]], MADE_AT)
        assert (more.said, more.rows(), twice(more)) == (LIES_ON_TWO, taken.rows(), [])
        # given back, the other may have it
        assert taken.reset([pair.id]).as_single_events([row_of[other]], MADE_AT).said != LIES_ON_TWO


CHANGED = Exceptions(
    (),
    (
        ChangedOccurrence(
            date(2026, 12, 1), datetime(2026, 12, 1, 18, tzinfo=UTC), datetime(2026, 12, 1, 19, tzinfo=UTC)
        ),
    ),
).text


@pytest.mark.parametrize("linked", [False, True])
def test_only_what_was_changed_crosses_by_itself(linked):
    here = [left("L1", series=True, when=LONDON, exceptions="")] if linked else []
    links = [link("L1", "R1", when=LONDON, exceptions="")] if linked else []
    p = offered(series("R1", LONDON, exceptions=CHANGED), lefts=here, links=links)
    [row_id] = offers(Review.of(p))
    taken = Review.of(p).as_single_events([row_id], MADE_AT)
    assert taken.said == "“Budget 2027”: changed occurrences as single events, the rest as a series"
    rows = {r.right.id: r for r in taken.rows() if r.right}
    assert set(rows) == {"R1", "R1#2026-12-01"}
    assert rows["R1#2026-12-01"].action is Action.CREATE_IN_SALESFORCE
    assert rows["R1"].action is (Action.UPDATE_IN_SALESFORCE if linked else Action.CREATE_IN_SALESFORCE)
    assert rows["R1"].right is not None
    assert rows["R1"].right.fields["exceptions"] == '{"changed":[],"deleted":["2026-12-01"]}'
    assert [k.mode for k in taken.ignores()[0].values()] == [Singles.CHANGED_ONES]
    assert rows["R1"].kind is CAL


def test_what_one_occurrence_cannot_take_is_said_when_it_is_picked():
    """Promise 10: a person says that a single event is an occurrence; what its series keeps from it shows at once."""
    alike = TOKYO._replace(recurrence="", zone="")
    ones = [right("R1#2026-11-25", when=alike, subject="A")]
    ones = [replace(one, part_of="R1") for one in ones]
    p = plan(picture(SF, [left("L1", when=alike, subject="A"), left("L2", when=alike, subject="A")]), picture(OL, ones))
    by_id = {i.id: r.id for r in p.rows for i in (r.left, r.right) if i}
    picked = Review.of(p).pick(by_id["L1"], by_id["R1#2026-11-25"])
    [row] = [r for r in picked.rows() if r.left and r.right]
    assert row.blocks == {}, "alike"
    private = plan(
        picture(SF, [left("L1", when=alike, subject="A", private=True), left("L2", when=alike, subject="A")]),
        picture(OL, ones),
        rules=Rules(private=True),
    )
    [row] = [r for r in Review.of(private).pick(by_id["L1"], by_id["R1#2026-11-25"]).rows() if r.left and r.right]
    assert row.blocks == {(OL, Operation.UPDATE): "one occurrence of a series has its private from the series"}
    chosen = Review.of(private).pick(by_id["L1"], by_id["R1#2026-11-25"]).point([row.id], OL)
    assert chosen.row(row.id).state is State.PREVENTED

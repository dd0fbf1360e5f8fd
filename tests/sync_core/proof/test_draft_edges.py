"""Reviews that are taken up again, at their edges: what was seen, which row it is by now, and how many are told of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from support.build import CAL, OL, SF, TOKYO, at, gone, left, link, picture, plan, repeated, right

from sync_core.draft import Draft, Resumed, draft_of, from_json, resume, to_json
from sync_core.items import Item
from sync_core.plan import Action, Choice, FieldChoice, IgnoreMode, Plan, Row, State
from sync_core.review import Review
from sync_core.sides import Limits, Unreadable

SAVED_AT = "2026-11-22T09:05:00Z"
NO_TOKYO = Limits(series_zone="Europe/London", fixed_pattern=True, no_changed_occurrences="")


def stored(review: Review) -> Draft:
    """A draft that went to disk and came back."""
    return from_json(json.loads(json.dumps(to_json(draft_of(review, SAVED_AT)))))


def numbers(found: Resumed) -> tuple[int, int, int]:
    """How many decisions were kept, have to be made again, and are about what is done or gone."""
    return found.kept, found.changed, found.gone


def row_with(p: Plan | Review, item_id: str) -> Row:
    rows = p.rows if isinstance(p, Plan) else p.rows()
    return next(row for row in rows if item_id in {item.id for item in (row.left, row.right) if item is not None})


def not_this_time(p: Plan, *item_ids: str) -> Draft:
    """The draft of somebody who left the rows of these items alone."""
    return stored(Review.of(p).choose([row_with(p, one).id for one in item_ids], Choice.NOTHING))


# ---- what a decision stands on


def test_a_question_which_one_is_asked_again_when_one_of_the_candidates_is_another() -> None:
    """The row itself is as it was; what it could be the same as is not."""
    before = plan([left()], [right("R1", notes="mine"), right("R2")])
    after = plan([left()], [right("R1", notes="mine"), right("R2", location="York")])
    assert numbers(resume(before, not_this_time(before, "L1"))) == (1, 0, 0)
    found = resume(after, not_this_time(before, "L1"))
    assert numbers(found) == (0, 1, 0)
    assert row_with(found.review, "L1").outdated == "do nothing this time"


def test_a_decision_holds_no_longer_when_it_was_the_other_side_that_changed() -> None:
    """Both items are as they were, and what the two agreed on last is not: something else is recommended by now."""
    items = [left(subject="A")], [right(subject="B")]
    before, after = plan(*items, [link(subject="B")]), plan(*items, [link(subject="A")])
    assert (before.rows[0].action, after.rows[0].action) == (Action.UPDATE_IN_OUTLOOK, Action.UPDATE_IN_SALESFORCE)
    found = resume(after, not_this_time(before, "L1"))
    assert numbers(found) == (0, 1, 0)
    assert found.review.rows()[0].state is State.UNDECIDED


# ---- which row it is by now


def test_what_was_new_in_outlook_takes_its_question_along_into_another_row() -> None:
    before = plan([], [right("R1", subject="Only here")])
    after = plan([left("L9", subject="Renamed")], [right("R1", subject="Only here")], [link("L9", "R1", subject="Was")])
    assert before.rows[0].id != after.rows[0].id
    found = resume(after, not_this_time(before, "R1"))
    assert numbers(found) == (0, 1, 0)
    assert found.review.rows()[0].outdated == "do nothing this time"


def test_what_had_gone_from_salesforce_and_is_there_again_is_the_same_thing() -> None:
    """Memory was lost meanwhile, and the other half is gone: only its old id tells that this was decided."""
    before = plan(picture(SF, [], gone("L1")), picture(OL, [right()]), [link()])
    assert before.rows[0].action is Action.DELETE_FROM_OUTLOOK
    after = plan([left()], [])
    assert before.rows[0].id != after.rows[0].id
    found = resume(after, not_this_time(before, "R1"))
    assert numbers(found) == (0, 1, 0)
    assert found.review.rows()[0].outdated == "do nothing this time"


def test_two_rows_that_are_one_by_now_ask_once() -> None:
    before = plan([left("L1", subject="Here")], [right("R1", subject="There")])
    after = plan([left("L1", subject="Here")], [right("R1", subject="There")], [link("L1", "R1", subject="Was")])
    review = Review.of(before).choose([row_with(before, "L1").id], Choice.NOTHING)
    review = review.ignore([row_with(before, "R1").id], IgnoreMode.FOREVER, SAVED_AT)
    found = resume(after, stored(review))
    assert numbers(found) == (0, 1, 1)
    assert found.review.rows()[0].outdated == "do nothing this time"


# ---- how many are told of


def test_everything_that_is_gone_or_in_step_by_now_is_counted() -> None:
    many = [left(f"L{n}", subject=f"E{n}", when=at(9 + n)) for n in range(6)]
    draft = not_this_time(plan(many, []), *(f"L{n}" for n in range(6)))
    # two are gone, two are in step with what has come to be across, and two are as they were
    across = [right(f"R{n}", subject=f"E{n}", when=at(9 + n)) for n in (2, 3)]
    links = [link(f"L{n}", f"R{n}", subject=f"Old {n}", when=at(9 + n)) for n in (2, 3)]
    found = resume(plan(many[2:], across, links), draft)
    assert numbers(found) == (2, 0, 4)
    assert found.review.said == "2 decisions kept, 4 done or gone"


def pairs_to_pick(**changes: Mapping[str, Any]) -> Plan:
    """Two events that each could be one of two: L1 is R1 or R2, L3 is R3 or R4. `changes` are values, by item."""
    lefts = [
        left("L1", **changes.get("L1", {})),
        left("L3", **{"subject": "Lunch", "when": at(24), **changes.get("L3", {})}),
    ]
    rights = [right(one, notes=one) for one in ("R1", "R2")]
    rights += [right(one, subject="Lunch", when=at(24), notes=one) for one in ("R3", "R4")]
    return plan([one for one in lefts if changes.get(one.id) != {"gone": True}], rights)


def picked(p: Plan) -> Review:
    review = Review.of(p)
    for one, other in (("L1", "R1"), ("L3", "R3")):
        review = review.pick(row_with(p, one).id, row_with(p, other).id)
    return review


def test_of_what_was_said_to_be_the_same_each_pair_is_judged_by_itself() -> None:
    draft = stored(picked(pairs_to_pick()))
    found = resume(pairs_to_pick(), draft)
    assert numbers(found) == (2, 0, 0)
    assert {row_with(found.review, one).right.id for one in ("L1", "L3")} == {"R1", "R3"}  # type: ignore[union-attr]
    found = resume(pairs_to_pick(L3={"location": "York"}), draft)
    assert numbers(found) == (1, 1, 0)
    assert row_with(found.review, "L1").right is not None
    asked = row_with(found.review, "L3")
    assert (asked.outdated, asked.right) == ("the two are the same thing", None)


def test_a_pair_that_was_said_to_be_the_same_may_be_done_by_now() -> None:
    """Somebody else's sync linked them: nothing is left to say, and nothing asks."""
    draft = stored(picked(pairs_to_pick()))
    lefts = [left("L1", notes="R1"), left("L3", subject="Lunch", when=at(24), notes="R3")]
    rights = [right("R1", notes="R1"), right("R3", subject="Lunch", when=at(24), notes="R3")]
    links = [link("L1", "R1", notes="R1"), link("L3", "R3", subject="Lunch", when=at(24), notes="R3")]
    found = resume(plan(lefts, rights, links), draft)
    assert (numbers(found), found.review.rows()) == ((0, 0, 2), [])


# ---- series


def tokyo(*rights: Item, lefts: Sequence[Item] = (), unreadable: Sequence[Unreadable] = ()) -> Plan:
    """A plan where Salesforce takes no series that keeps the hours of Tokyo."""
    return plan(picture(SF, lefts, limits=NO_TOKYO), picture(OL, rights, unreadable=unreadable))


def series(item_id: str, **values: Any) -> Item:
    return repeated(OL, item_id, **{"subject": item_id, **values})


def split(p: Plan) -> Draft:
    """The draft of somebody who let every series cross as single events."""
    return stored(Review.of(p).as_single_events([row.id for row in p.rows if row.offer is not None], "before"))


def test_memory_gets_to_know_when_a_series_was_decided_and_not_when_it_was_taken_up_again() -> None:
    found = resume(tokyo(series("R1")), split(tokyo(series("R1"))))
    assert numbers(found) == (1, 0, 0)
    assert [kept.since for kept in found.review.ignores()[0].values()] == [SAVED_AT]


def test_series_that_are_gone_are_counted_one_by_one_and_ask_nothing() -> None:
    draft = split(tokyo(series("R1"), series("R2"), series("R3")))
    found = resume(tokyo(series("R1")), draft)
    assert (numbers(found), found.review.outdated) == ((1, 0, 2), {})


def test_a_series_that_cannot_be_read_this_time_asks_nothing() -> None:
    draft = split(tokyo(series("R1")))
    found = resume(tokyo(unreadable=[Unreadable("R1", "R1", "it has no start")]), draft)
    assert [row.id for row in found.review.rows()] == [row.id for row in tokyo(series("R1")).rows]
    assert (numbers(found), found.review.outdated) == ((0, 0, 1), {})


def test_series_and_pairs_that_changed_wait_side_by_side() -> None:
    """What asks again for one reason does not make what asks for another forget that it does."""

    def both(notes: str) -> Plan:
        rights = [series("R9", notes=notes), right("R1", notes="mine"), right("R2")]
        return plan(picture(SF, [left("L1", notes=notes)], limits=NO_TOKYO), picture(OL, rights))

    before, after = both("before"), both("after")
    review = Review.of(before).pick(row_with(before, "L1").id, row_with(before, "R1").id)
    review = review.as_single_events([row_with(before, "R9").id], SAVED_AT)
    found = resume(after, stored(review))
    assert found.kept == 0
    words = {item: row_with(found.review, item).outdated for item in ("L1", "R1", "R9")}
    assert words == {
        "L1": "the two are the same thing",
        "R1": "the two are the same thing",
        "R9": "its occurrences as single events",
    }


def test_two_series_that_an_event_has_come_to_lie_on_are_decided_again() -> None:
    """Which of them it belongs to nobody has said: neither is taken over."""
    draft = split(tokyo(series("R1", subject="Call"), series("R2", subject="Call"), series("R3")))
    assert draft.decisions == 3
    lies_on_both = left("L0", subject="Call", when=TOKYO._replace(recurrence="", zone=""))
    found = resume(
        tokyo(*(series(f"R{n}", subject="Call" if n < 3 else "R3") for n in (1, 2, 3)), lefts=[lies_on_both]), draft
    )
    assert numbers(found) == (1, 2, 0)
    words = {item: row_with(found.review, item).outdated for item in ("R1", "R2")}
    assert words == dict.fromkeys(words, "its occurrences as single events")


# ---- words


def test_what_was_decided_is_told_whole() -> None:
    """Fields and the choice for the rest, and also that somebody went back to what was recommended."""
    items = [left(subject="A", location="Hall")], [right(subject="B", location="Room 7")]
    before, after = plan(*items, [link()]), plan(items[0], [right(subject="C", location="Room 7")], [link()])
    review = Review.of(before).choose([before.rows[0].id], Choice.TO_OUTLOOK)
    review = review.choose_field(before.rows[0].id, "location", FieldChoice(OL))
    [row] = resume(after, stored(review)).review.rows()
    assert row.outdated == "use Salesforce, location from Outlook"
    ignored = Review.of(before).ignore([before.rows[0].id], IgnoreMode.FOREVER, SAVED_AT).ignores()[0]
    known = replace(before, rows=tuple(replace(row, ignored=ignored[row.id]) for row in before.rows))
    back = Review.of(known).reset([before.rows[0].id])
    [row] = resume(after, stored(back)).review.rows()
    assert row.outdated == "back to the recommendation"
    assert draft_of(back, SAVED_AT).kind is CAL

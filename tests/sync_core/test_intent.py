"""What a confirmed row comes to, and the link that it leaves: what both agree on is what was confirmed, and no more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from support.build import CAL, MADE_AT, OL, SF, fields, fields_of, gone, item, left, link, link_of, only, picture, right
from support.build import plan as plan_of

from sync_core.compare import Baseline
from sync_core.intent import Done, Intent, deletes, held_after, link_after, space_for
from sync_core.items import Kind, SideName
from sync_core.pairing import Link
from sync_core.plan import Action, Choice, Effect, Row, Situation, Undo
from sync_core.report import Result
from sync_core.review import Review
from sync_core.sides import Operation

BOTH = pytest.mark.parametrize("side", list(SideName))
MARK = "hs1:L1:old"


def counter() -> Callable[[], str]:
    numbers = iter("123456789")
    return lambda: f"n{next(numbers)}"


def of(row: Row) -> Intent:
    return Intent.of(row, 4, counter())


def test_a_row_is_taken_over_whole():
    row = only(plan_of([left("L1", notes="new")], [right("R1", location="York", mark=MARK)], [link(mark=MARK)]))
    assert row.action is Action.MERGE
    assert of(row) == Intent(
        number=4,
        row_id=row.id,
        kind=CAL,
        title="Budget 2027",
        action=Action.MERGE,
        left=row.left,
        right=row.right,
        to_left={"location": "York"},
        to_right={"notes": "new"},
        baseline=row.baseline,
        link_ids=("L1", "R1"),
        mark=MARK,
    )


def test_what_is_made_in_outlook_gets_a_mark_and_what_is_made_in_salesforce_a_name():
    """Invariant 10: what is created can be found again by a name that was kept before it was sent."""
    made = of(only(plan_of([left("L1")], [])))
    assert (made.action, made.mark, made.key) == (Action.CREATE_IN_OUTLOOK, "hs1:L1:n1", "")
    made = of(only(plan_of([], [right("R1")])))
    assert (made.action, made.mark, made.key) == (Action.CREATE_IN_SALESFORCE, "", "n1n2")
    # its twin is gone and forgotten, and a person says that it shall be there
    p = plan_of([], [right("R1", mark=MARK)])
    made = of(Review.of(p).choose([only(p).id], Choice.TO_SALESFORCE).rows()[0])
    assert (made.action, made.mark, made.key) == (Action.CREATE_IN_SALESFORCE, only(p).mark, "n1n2")


def test_what_has_no_mark_gets_one_with_the_first_write_and_what_has_one_keeps_it():
    bare = plan_of([left("L1", notes="new")], [right("R1")], [link()])
    assert of(only(bare)).mark == "hs1:L1:n1"
    marked = plan_of([left("L1", notes="new")], [right("R1", mark=MARK)], [link(mark=MARK)])
    assert of(only(marked)).mark == MARK
    # only what is written
    there = plan_of([left("L1")], [right("R1", notes="new")], [link()])
    assert (of(only(there)).mark, of(only(there)).key) == ("", "")
    removed = plan_of(picture(SF, [], gone("L1")), [right("R1")], [link()])
    assert (of(only(removed)).action, of(only(removed)).mark) == (Action.DELETE_FROM_OUTLOOK, "")


def taken_back(effect: Effect, restores: str = "", mark: str = "", **halves: Any) -> Row:
    return Row(
        "row", CAL, Situation.TAKEN_BACK, "", halves.get("left"), halves.get("right"),
        link_ids=("L1", "R1"), mark=mark, undo=Undo(effect, restores),
    )  # fmt: skip


def test_what_comes_back_keeps_the_mark_that_it_had():
    effect = Effect(Action.CREATE_IN_OUTLOOK, to_right={"notes": "x"})
    back = of(taken_back(effect, "R1", MARK, left=left("L1")))
    assert (back.takes_back, back.restores, back.mark) == (True, "R1", MARK)
    # it had none: it gets one, of the pair that it belongs to
    assert of(taken_back(effect, "R1", left=left("L1"))).mark == "hs1:L1:n1"
    assert of(taken_back(effect, "R1")).mark == "hs1:L1:n1"
    # and what is made anew is another item
    assert of(taken_back(effect, "", MARK, left=left("L1"))).mark == "hs1:L1:n1"


def test_an_ordinary_row_takes_nothing_back():
    made = of(only(plan_of([left("L1")], [])))
    assert (made.takes_back, made.restores) == (False, "")


def test_what_was_decided_against_its_way_is_kept_by_both():
    """The company travels to Outlook only: who chose Outlook's value leaves both as they are from now on."""
    kind = Kind.CONTACTS
    lefts = [item(kind, SF, "L1", company="Acme", title="A")]
    rights = [item(kind, OL, "R1", title="B")]
    p = plan_of(lefts, rights, [link_of(kind)], kind=kind)
    chosen = Review.of(p).choose([only(p).id], Choice.TO_SALESFORCE).rows()[0]
    assert of(chosen).kept == ("company",)
    other = Review.of(p).choose([only(p).id], Choice.MERGE_SALESFORCE).rows()[0]
    assert of(other).kept == ()
    assert dict(of(other).to_right) == {"company": "Acme", "title": "A"}
    undone = replace(chosen, situation=Situation.TAKEN_BACK, undo=Undo(Effect(Action.NONE)))
    assert of(undone).kept == ()


def test_what_is_known_of_its_halves():
    row = only(plan_of(picture(SF, [], gone("L1")), [right("R1", mark=MARK)], [link(mark=MARK)]))
    intent = of(row)
    assert intent.needs == {OL: Operation.DELETE}
    assert (intent.old_id(SF), intent.old_id(OL)) == ("L1", "R1")
    assert (intent.item(SF), intent.item(OL)) == (None, row.right)
    assert intent.linked
    assert intent.old_link() == Link(CAL, "L1", "R1", row.baseline, MARK)
    new = of(only(plan_of([left("L1")], [])))
    assert (new.old_id(SF), new.old_id(OL), new.linked) == ("L1", "", False)
    assert (new.fields(SF), new.fields(OL)["subject"]) == ({}, "Budget 2027")
    assert not of(only(plan_of([left("L1")], [right("R1")]))).linked


def test_which_actions_take_away():
    assert {a for a in Action if deletes(a)} == {Action.DELETE_FROM_OUTLOOK, Action.DELETE_FROM_SALESFORCE}


# what a side holds after a write, and what both agree on then


def update(side: SideName, **written: Any) -> Intent:
    """New values for one half of a pair in step; the other half has other new ones."""
    lefts, rights = left("L1"), right("R1", mark=MARK)
    return Intent(
        0, "row", CAL, "", Action.UPDATE_IN_SALESFORCE if side is SF else Action.UPDATE_IN_OUTLOOK, lefts, rights,
        written if side is SF else {}, written if side is OL else {}, Baseline(fields(), fields()), ("L1", "R1"), MARK,
    )  # fmt: skip


@BOTH
def test_a_side_holds_what_it_gave_back_of_what_was_written(side):
    intent = update(side, notes="new")
    ids, back = {side: "X"}, {side: fields(notes="NEW", location="somebody's")}
    assert held_after(intent, side, ids, back) == fields(notes="NEW")
    # what was not read back is as it was sent
    assert held_after(intent, side, ids, {}) == fields(notes="new")
    # what was not confirmed was not done
    assert held_after(intent, side, {}, back) == fields()
    assert held_after(intent, side.other, ids, back) == fields()


@BOTH
def test_of_what_was_made_all_that_it_holds_is_known(side):
    intent = (
        replace(update(side, notes="new"), left=None) if side is SF else replace(update(side, notes="new"), right=None)
    )
    back = {side: fields(notes="NEW", location="its own")}
    assert held_after(intent, side, {side: "X"}, back) == fields(notes="NEW", location="its own")
    assert held_after(intent, side, {}, {}) == {}


@BOTH
def test_the_link_after_a_write(side):
    intent = update(side, notes="new")
    there = fields_of(CAL, notes="new", location="York")
    intent = replace(intent, **{"left" if side is OL else "right": replace(intent.item(side.other), fields=there)})
    known = link_after(intent, {side: "X"}, {side: {"notes": "NEW"}}, MADE_AT)
    assert (known.kind, known.mark, known.synced_at) == (CAL, MARK, MADE_AT)
    assert (known.left_id, known.right_id) == (("X", "R1") if side is SF else ("L1", "X"))
    # each side has its own form of what was written; what was not written is still a difference
    assert (known.baseline.on(side)["notes"], known.baseline.on(side.other)["notes"]) == ("NEW", "new")
    assert known.baseline.on(side.other)["location"] == known.baseline.on(side)["location"] == "Room 4"


@BOTH
def test_what_goes_to_both_is_agreed_on_when_both_have_it(side):
    """A value that a person typed for both sides, of which one half was refused."""
    intent = replace(update(SF, notes="typed"), action=Action.MERGE, to_right={"notes": "typed"})
    half = link_after(intent, {side: intent.old_id(side)}, {}, MADE_AT)
    assert (half.baseline.left["notes"], half.baseline.right["notes"]) == ("Bring figures.", "Bring figures.")
    whole = link_after(intent, {SF: "L1", OL: "R1"}, {OL: {"notes": "TYPED"}}, MADE_AT)
    assert (whole.baseline.left["notes"], whole.baseline.right["notes"]) == ("typed", "TYPED")


def test_what_both_keep_is_agreed_on():
    kind = Kind.CONTACTS
    here, there = (item(kind, s, f"{s.value[0].upper()}1", company=c) for s, c in ((SF, "Acme"), (OL, "My friends")))
    base = Baseline(fields_of(kind), fields_of(kind))
    intent = Intent(0, "r", kind, "", Action.NONE, here, there, baseline=base, link_ids=("S1", "O1"))
    assert link_after(intent, {}, {}, MADE_AT).baseline.left["company"] == ""
    kept = link_after(replace(intent, kept=("company",)), {}, {}, MADE_AT)
    assert (kept.baseline.left["company"], kept.baseline.right["company"]) == ("Acme", "My friends")


def test_of_what_was_made_everything_is_agreed_on():
    """Also where a field does not travel that way: the company of a contact that was made in Salesforce."""
    kind = Kind.CONTACTS
    there = item(kind, OL, "R1", company="Acme")
    intent = Intent(0, "r", kind, "", Action.CREATE_IN_SALESFORCE, None, there, to_left={"notes": "x"})
    known = link_after(intent, {SF: "new"}, {SF: fields_of(kind)}, MADE_AT)
    assert (known.left_id, known.right_id) == ("new", "R1")
    assert (known.baseline.left["company"], known.baseline.right["company"]) == ("", "Acme")


# room on the disk


def test_how_much_room_a_run_takes_is_told_by_more_rather_than_less():
    assert space_for([]) == 200_000
    short, long = (only(plan_of([left("L1", notes="x" * n)], [])) for n in (1, 10_001))
    assert space_for([long]) - space_for([short]) == 8 * 10_000
    both = only(plan_of([left("L1", notes="x")], [right("R1", notes="y" * 101)], [link()]))
    alone = only(plan_of([left("L1", notes="x")], []))
    letters = sum(len(str(value)) for value in right("R1", notes="y" * 101).fields.values())
    assert space_for([both]) - space_for([alone]) == 8 * letters
    assert space_for([both, both]) == 2 * space_for([both]) - 200_000
    assert 2_000 < space_for([alone]) - 200_000 < 4_000


def test_a_result_knows_only_what_it_was_told():
    assert Done(1, Result.DONE) == Done(1, Result.DONE, "", {}, {}, {})

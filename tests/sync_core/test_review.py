"""A person's changes to a plan."""

from dataclasses import replace

import pytest
from support.build import OL, SF, at, gone, left, link, picture, plan, right

from sync_core.groups import Group
from sync_core.plan import Action, Choice, FieldChoice, IgnoreMode, State
from sync_core.review import Review, options


def sample() -> Review:
    lefts = [left("L1", subject="A"), left("L2", subject="Only left"), left("L3", subject="Gone there")]
    rights = [right("R1", subject="B"), right("R4", subject="Only right", location="Leeds")]
    links = [link("L1", "R1"), link("L3", "R3", subject="Gone there")]
    return Review.of(plan(lefts, picture(OL, rights, gone("R3")), links))


def ids(review: Review) -> dict[str, str]:
    return {row.title: row.id for row in review.rows()}


def test_choosing_derives_the_action():
    review = sample()
    named = ids(review)
    chosen = review.point([named["A"]], OL)
    assert review.row(named["A"]).action is Action.CONFLICT, "the old review is untouched"
    assert chosen.row(named["A"]).action is Action.UPDATE_IN_OUTLOOK
    assert chosen.point([named["A"]], SF).row(named["A"]).action is Action.UPDATE_IN_SALESFORCE
    assert chosen.reset([named["A"]]).row(named["A"]).state is State.UNDECIDED


def test_what_makes_no_sense_changes_nothing():
    review = sample()
    row_id = ids(review)["Only left"]
    after = review.point([row_id], SF)
    assert after.row(row_id).action is Action.CREATE_IN_OUTLOOK, "an unlinked item is never deleted by an arrow key"
    assert after.said == "nothing to change there"


def test_restoring_instead_of_deleting():
    review = sample()
    row_id = ids(review)["Gone there"]
    assert review.row(row_id).action is Action.DELETE_FROM_SALESFORCE
    assert review.point([row_id], OL).row(row_id).action is Action.CREATE_IN_OUTLOOK


def test_ignoring_several_rows_and_taking_it_back():
    review = sample()
    named = ids(review)
    both = [named["A"], named["Only left"]]
    ignored = review.ignore(both, IgnoreMode.FOREVER, "2026-11-22T10:00:00Z")
    assert {ignored.row(i).state for i in both} == {State.IGNORED_FOREVER}
    assert ignored.said == "2 rows: ignored forever"
    assert set(ignored.ignores()[0]) == set(both)
    back = ignored.reset(both)
    assert back.ignores() == ({}, set())
    assert {back.row(i).state for i in both} == {State.UNDECIDED, State.READY}


def test_what_memory_forgets_are_the_ignores_that_ended_or_were_taken_back_under_the_id_they_were_said_of():
    """A row may have another id by now: what memory has is filed under the one of then."""
    fresh = sample()
    named = ids(fresh)
    said = fresh.ignore([named["A"]], IgnoreMode.ONCE, "2026-11-20T10:00:00Z").ignores()[0][named["A"]]
    then = replace(said, row_id="of then")
    rows = tuple(replace(row, ignored=then) if row.id == named["A"] else row for row in fresh.plan.rows)
    known = Review.of(replace(fresh.plan, rows=rows, no_longer_ignored=frozenset({"ended"})))
    assert known.ignores() == ({}, {"ended"})
    # taken back
    assert known.reset([named["A"]]).ignores() == ({}, {"ended", "of then"})
    # said otherwise, and so filed anew under what the row is called now
    forever = known.ignore([named["A"]], IgnoreMode.FOREVER, "2026-11-22T10:00:00Z")
    assert forever.ignores() == ({named["A"]: forever.row(named["A"]).ignored}, {"ended", "of then"})
    # decided beside the ignore, which stays
    both = known.ignore([named["Only left"]], IgnoreMode.ONCE)
    assert set(both.ignores()[0]) == {named["Only left"]}
    assert both.ignores()[1] == {"ended"}
    # what is said again under an id that has just ended is not forgotten
    again = Review.of(replace(fresh.plan, no_longer_ignored=frozenset({named["A"], "ended"})))
    again = again.ignore([named["A"]], IgnoreMode.FOREVER)
    assert (set(again.ignores()[0]), again.ignores()[1]) == ({named["A"]}, {"ended"})


def test_undo_and_redo_say_what_they_did():
    review = sample()
    row_id = ids(review)["Only left"]
    after = review.choose([row_id], Choice.NOTHING)
    assert after.row(row_id).action is Action.NONE
    undone = after.undo()
    assert undone.row(row_id).action is Action.CREATE_IN_OUTLOOK
    assert undone.said == "undone: “Only left”: do nothing this time"
    assert undone.redo().row(row_id).action is Action.NONE
    assert review.undo().said == "nothing to undo"


def test_counts_and_groups():
    review = sample()
    counts = review.counts()
    assert (counts.writes, counts.undecided) == (3, 1)
    groups = review.groups()
    assert (groups[Group.ALL], groups[Group.NEW], groups[Group.DELETED], groups[Group.CONFLICT]) == (4, 2, 1, 1)
    assert [r.title for r in review.shown(Group.NEW)] == ["Only left", "Only right"]


def test_options_say_what_they_would_do_and_why_not():
    review = sample()
    row = review.row(ids(review)["Only left"])
    asked = {o.choice: o for o in options(row)}
    assert asked[Choice.TO_OUTLOOK].possible
    assert not asked[Choice.TO_SALESFORCE].possible
    assert asked[Choice.TO_SALESFORCE].why_not == "there is nothing to bring over"


def test_a_guard_opens_only_to_its_number():
    links = [link(f"L{i}", f"R{i}", subject=f"E{i}") for i in range(20)]
    lefts = [left(f"L{i}", subject=f"E{i}") for i in range(20)]
    review = Review.of(plan(lefts, picture(OL, [], gone(*(f"R{i}" for i in range(20)))), links))
    assert review.counts().prevented == 20
    with pytest.raises(ValueError, match="Type 20"):
        review.confirm(0, "yes")
    opened = review.confirm(0, " 20 ")
    assert opened.counts().actions[Action.DELETE_FROM_SALESFORCE] == 20
    assert opened.undo().counts().prevented == 20


def ambiguous() -> Review:
    """One event on the left that either of two on the right could be."""
    return Review.of(plan([left("L1")], [right("R1", notes="mine"), right("R2")]))


def test_which_one_is_picked_by_a_person_and_can_be_taken_back():
    review = ambiguous()
    row = next(r for r in review.rows() if r.left)
    asked = review.candidates(row.id)
    assert {r.right.id for r in asked} == {"R1", "R2"}
    picked = review.pick(row.id, next(r.id for r in asked if r.right.id == "R2"))
    assert len(picked.rows()) == 2
    joined = next(r for r in picked.rows() if r.left)
    assert (joined.right.id, joined.action) == ("R2", Action.LINK)
    other = next(r for r in picked.rows() if not r.left)
    assert picked.candidates(other.id) == [], "what was picked is taken"
    assert {r.id for r in picked.reset([joined.id]).rows()} == {r.id for r in review.rows()}
    assert picked.undo().rows() == review.rows()


def test_going_back_to_the_recommendation_is_one_step_to_undo_whatever_the_rows_are():
    lefts = [left("L1"), left("L2", subject="Lunch")]
    review = Review.of(plan(lefts, [right("R1", notes="mine"), right("R2")]))
    lunch = next(r.id for r in review.rows() if r.title == "Lunch")
    asks = next(r.id for r in review.rows() if r.left and r.left.id == "L1")
    chosen = review.choose([lunch], Choice.NOTHING)
    assert chosen.reset([lunch]).undo().undo().rows() == review.rows()
    picked = chosen.pick(asks, review.candidates(asks)[0].id)
    (joined,) = picked.joined
    back = picked.reset([joined, lunch])
    assert back.rows() == review.rows()
    assert back.undo().rows() == picked.rows()
    assert back.undo().undo().rows() == chosen.rows()
    # where only the pick had to end, that is what is told
    alone = picked.reset([lunch]).reset([joined, lunch])
    assert (alone.said, alone.rows()) == ("no longer taken as the same thing", review.rows())
    assert alone.undo().undo().rows() == picked.rows()


def test_a_picked_pair_that_differs_is_decided_like_any_other():
    review = ambiguous()
    row = next(r for r in review.rows() if r.left)
    picked = review.pick(row.id, next(r.id for r in review.candidates(row.id) if r.right.id == "R1"))
    joined = next(r for r in picked.rows() if r.left)
    assert joined.state is State.UNDECIDED
    decided = picked.point([joined.id], OL).row(joined.id)
    assert decided.action is Action.UPDATE_IN_OUTLOOK
    ignored = picked.ignore([joined.id], IgnoreMode.FOREVER)
    assert ignored.row(joined.id).state is State.IGNORED_FOREVER
    assert set(ignored.ignores()[0]) == {joined.id}


def test_two_of_one_side_are_never_the_same_thing():
    review = ambiguous()
    one, two = (r.id for r in review.rows() if r.right)
    with pytest.raises(ValueError, match="not one item of each side"):
        review.pick(one, two)


def test_undoing_and_redoing_several_decisions_names_each_of_them():
    review = sample()
    named = ids(review)
    one = review.choose([named["Only left"]], Choice.NOTHING)
    two = one.choose([named["Only right"]], Choice.NOTHING)
    again = two.undo().choose([named["Only left"]], Choice.NOTHING)
    assert again.said == "nothing to change there"
    assert again.undo().said == "undone: “Only left”: do nothing this time"
    back = two.undo().undo()
    assert back.said == "undone: “Only left”: do nothing this time"
    assert back.redo().said == "again: “Only left”: do nothing this time"
    assert back.redo().redo().said == "again: “Only right”: do nothing this time"


def test_a_review_that_is_taken_up_again_says_what_changed_meanwhile():
    """Promise 2 between two days: what was decided about something else waits for the person once more."""
    before = sample()
    named = ids(before)
    decided = before.point([named["A"]], OL).choose([named["Only left"]], Choice.NOTHING)
    begun = decided.begun("taken up again", {named["Gone there"]: "deleted"})
    assert begun.said == "taken up again"
    assert not begun.can_undo
    assert not begun.can_redo
    assert not decided.undo().begun("", {}).can_redo
    # what still holds is as it was decided
    assert begun.row(named["A"]).action is Action.UPDATE_IN_OUTLOOK
    row = begun.row(named["Gone there"])
    assert (row.state, row.action, row.outdated) == (State.UNDECIDED, Action.CONFLICT, "deleted")
    assert row.reason.endswith("(it changed after you had decided: deleted)")
    assert decided.row(named["Gone there"]).outdated == ""
    # deciding it again, whatever way, is the answer
    again = begun.choose([row.id], Choice.RECOMMENDED)
    assert (again.row(row.id).state, again.row(row.id).outdated) == (State.READY, "")


def test_undo_and_redo_go_to_and_fro_and_a_new_decision_ends_the_future():
    review = sample()
    named = ids(review)
    one = review.choose([named["A"]], Choice.NOTHING)
    two = one.choose([named["Only left"]], Choice.NOTHING)
    back = two.undo().undo()
    assert (back.rows(), back.can_undo, back.can_redo) == (review.rows(), False, True)
    again = back.redo().redo()
    assert (again.rows(), again.can_undo, again.can_redo) == (two.rows(), True, False)
    assert again.undo().rows() == one.rows()
    assert again.undo().undo().rows() == review.rows()
    other = two.undo().choose([named["Only right"]], Choice.NOTHING)
    assert not other.can_redo
    assert other.undo().rows() == one.rows()


def test_all_that_is_in_step_or_out_of_range_stays_counted():
    lefts, rights = [left("L1", subject="A"), left("L2")], [right("R1", subject="A"), right("R2", notes="x")]
    review = Review.of(plan(lefts, rights, [link("L1", "R1", subject="A"), link("L2", "R2")]))
    counts = review.choose([review.rows()[0].id], Choice.NOTHING).counts()
    assert (counts.in_sync, counts.out_of_range) == (1, 0)
    # a link of last spring, of which neither side lists anything
    old = plan(lefts, rights, [link("L1", "R1", subject="A"), link("L2", "R2"), link("L3", "R3", when=at(1, month=3))])
    assert (Review.of(old).counts().in_sync, Review.of(old).counts().out_of_range) == (1, 1)


def test_what_was_done_is_told_with_at_most_forty_characters_of_a_title():
    """One line at the bottom of the screen has room for it."""
    for length, shown in ((40, "B" * 40), (41, "B" * 39 + "…"), (200, "B" * 39 + "…")):
        alike = {"subject": "B" * length}
        review = Review.of(plan([left("L1", **alike)], [right("R1", **alike, notes="mine"), right("R2", **alike)]))
        row = next(r for r in review.rows() if r.left)
        picked = review.pick(row.id, review.candidates(row.id)[0].id)
        assert picked.said == f"“{shown}”: taken as the same thing"
        assert review.choose([row.id], Choice.NOTHING).said == f"“{shown}”: do nothing this time"


def test_an_ignored_row_keeps_what_was_said_about_its_fields():
    review = sample()
    row_id = ids(review)["A"]
    said = review.choose_field(row_id, "subject", FieldChoice(SF))
    assert said.ignore([row_id], IgnoreMode.FOREVER).row(row_id).by_field == {"subject": FieldChoice(SF)}


def test_what_can_be_chosen_is_named_and_merges_stand_where_both_changed():
    review = sample()
    named = ids(review)
    merges = [Choice.MERGE_SALESFORCE, Choice.MERGE_OUTLOOK]
    arrows = [Choice.TO_OUTLOOK, Choice.TO_SALESFORCE, Choice.NOTHING, Choice.RECOMMENDED]
    assert [o.choice for o in options(review.row(named["A"]))] == [*merges, *arrows]
    assert [o.choice for o in options(review.row(named["Only left"]))] == arrows
    assert [o.label for o in options(review.row(named["Only left"]))][:3] == [
        "use Salesforce",
        "use Outlook",
        "do nothing this time",
    ]
    # an ignore hides none of it
    ignored = review.ignore([named["A"]], IgnoreMode.FOREVER).row(named["A"])
    assert {o.result.state for o in options(ignored)} & {State.IGNORED_FOREVER} == set()


def test_only_what_could_be_the_same_thing_is_offered_to_pick_from():
    lefts = [left("L1"), left("L2", subject="Lunch"), left("L3", subject="Lunch")]
    rights = [right("R1"), right("R2"), right("R3", subject="Lunch"), right("R4", subject="Other", when=at(9))]
    review = Review.of(plan(lefts, rights))
    row_of = {i.id: r.id for r in review.rows() for i in (r.left, r.right) if i}
    offered = {one: {i.id for r in review.candidates(row_of[one]) for i in (r.left, r.right) if i} for one in row_of}
    assert offered == {
        "L1": {"R1", "R2"},
        "R1": {"L1"},
        "R2": {"L1"},
        "L2": {"R3"},
        "L3": {"R3"},
        "R3": {"L2", "L3"},
        "R4": set(),
    }

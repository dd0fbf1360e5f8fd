"""What a review remembers, takes back and says; what joins two rows; what an ignore keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.build import CAL, OL, SF, at, gone, item, left, link, only, picture, plan, right

from sync_core.decide import unseen
from sync_core.finding import Finder, Wanted
from sync_core.groups import Group
from sync_core.items import Kind, When
from sync_core.joining import join, joinable
from sync_core.pairing import make_mark
from sync_core.plan import Action, Choice, IgnoreMode, Situation, State, action_label, choice_for, row_id
from sync_core.review import Decision, Review, options, settle
from sync_core.sides import Reading

MARK = make_mark("L1", "n")
LONG = "x" * 41


def sample() -> Review:
    lefts = [left("L1", subject="A"), left("L2", subject=LONG, when=at(25)), left("L3", subject="C", when=at(26))]
    rights = [right("R1", subject="B"), right("R4", subject="D", when=at(27), location="Budget Hall, Leeds")]
    return Review.of(plan(lefts, rights, [link("L1", "R1")]))


def ids(review: Review) -> dict[str, str]:
    return {row.title: row.id for row in review.rows()}


def test_each_change_says_what_it_did():
    review = sample()
    named = ids(review)
    long = f"“{'x' * 39}…”"
    assert review.choose([named[LONG]], Choice.NOTHING).said == f"{long}: do nothing this time"
    assert review.choose(list(named.values()), Choice.NOTHING).said == "4 rows: do nothing this time"
    assert review.choose([named["A"]], Choice.TO_OUTLOOK).said == "“A”: use Salesforce"
    assert review.choose([named["A"]], Choice.TO_SALESFORCE).said == "“A”: use Outlook"
    assert review.point([named["A"]], OL).said == "“A”: use Salesforce"
    assert review.point([named["A"]], SF).said == "“A”: use Outlook"
    assert review.ignore([named["A"]], IgnoreMode.ONCE).said == "“A”: ignored until the next change"
    assert review.ignore([named["A"]], IgnoreMode.FOREVER).said == "“A”: ignored forever"
    chosen = review.choose([named["A"]], Choice.MERGE_OUTLOOK)
    assert chosen.said == "“A”: merge, Outlook where both changed"
    assert chosen.reset([named["A"]]).said == "“A”: back to the recommendation"
    assert review.reset([named["A"]]).said == "nothing to change there"
    assert review.redo().said == "nothing to redo"
    assert review.redo().plan is review.plan


CHOICES = st.sampled_from([Choice.NOTHING, Choice.TO_OUTLOOK, Choice.TO_SALESFORCE])


@given(st.lists(st.tuples(st.integers(0, 3), CHOICES)))
def test_undo_goes_back_step_by_step_and_redo_forward_again(steps):
    review = sample()
    row_ids = [r.id for r in review.plan.rows]
    history = [review]
    for number, choice in steps:
        after = history[-1].choose([row_ids[number]], choice)
        if after.said != "nothing to change there":
            history.append(after)
    here = history[-1]
    for before in reversed(history[:-1]):
        assert here.can_undo
        here = here.undo()
        assert here.said.startswith("undone: ")
        assert (here.decisions, here.rows()) == (before.decisions, before.rows())
    assert not here.can_undo
    for after in history[1:]:
        assert here.can_redo
        here = here.redo()
        assert here.said.startswith("again: ")
        assert (here.decisions, here.rows()) == (after.decisions, after.rows())
    assert not here.can_redo
    if len(history) > 1:
        fresh = here.undo().ignore([row_ids[0]], IgnoreMode.FOREVER)
        assert (fresh.can_undo, fresh.can_redo) == (True, False)


def test_an_ignore_keeps_what_it_was_about():
    review = sample()
    named = ids(review)
    ignored = review.choose([named["A"]], Choice.TO_OUTLOOK).ignore([named["A"], named["D"]], IgnoreMode.ONCE, "now")
    assert ignored.decisions[named["A"]].choice is Choice.TO_OUTLOOK
    kept = ignored.ignores()[0]
    a, d = kept[named["A"]], kept[named["D"]]
    row = review.row(named["A"])
    assert (a.row_id, a.mode, a.since, a.title, a.reason) == (row.id, IgnoreMode.ONCE, "now", "A", row.reason)
    assert (a.left_id, a.right_id, a.left_digest, a.right_digest) == ("L1", "R1", row.left.digest, row.right.digest)
    assert (a.left, a.right) == (row.left.fields, row.right.fields)
    assert (d.left_id, d.right_id, d.left_digest, d.left) == ("", "R4", "", {})
    again = ignored.ignore([named["A"]], IgnoreMode.ONCE, "now")
    assert again.said == "nothing to change there"
    assert review.ignore([named["A"]], IgnoreMode.ONCE).ignores()[0][named["A"]].since == ""
    lone = only(plan([left()], picture(OL, [], gone("R1")), [link()]))
    half = Review.of(plan([left()], picture(OL, [], gone("R1")), [link()])).ignore([lone.id], IgnoreMode.ONCE)
    assert next(iter(half.ignores()[0].values())).right_id == "R1"


def test_an_ignore_taken_back_is_ended():
    first = Review.of(plan([left()], []))
    row = first.plan.rows[0]
    kept = first.ignore([row.id], IgnoreMode.FOREVER, "now").ignores()[0]
    later = Review.of(plan([left()], [], ignores=kept))
    assert later.ignores() == ({}, set())
    assert later.reset([row.id]).ignores() == ({}, {row.id})
    assert later.choose([row.id], Choice.NOTHING).ignores() == ({}, {row.id})


def test_what_ended_an_ignore_is_said():
    first = Review.of(plan([left(notes="a")], [right(notes="b")], [link()]))
    row = first.plan.rows[0]
    kept = first.ignore([row.id], IgnoreMode.ONCE, "now").ignores()[0]

    def reason(lefts, rights) -> str:
        found = only(plan(lefts, rights, [link()], ignores=kept))
        return found.reason.partition(" (ignored until now: ")[2].rstrip(")")

    gone_now = picture(OL, [], gone("R1"))
    assert reason([left(notes="a")], gone_now) == "one side no longer has it"
    changed = reason([left(notes="a", subject="x")], [right(notes="b", location="y")])
    assert changed == "subject changed in Salesforce; location changed in Outlook"
    assert reason([left(notes="a")], [right(notes="b")]) == ""


def ambiguous() -> Review:
    return Review.of(plan([left("L1")], [right("R1", notes="mine"), right("R2", notes=""), right("R3")]))


def test_a_pick_is_one_row_with_a_name_of_its_own():
    review = ambiguous()
    one = next(r for r in review.rows() if r.left)
    other = next(r for r in review.rows() if r.right and r.right.id == "R2")
    chosen = review.choose([other.id], Choice.TO_SALESFORCE)
    third = next(r for r in review.rows() if r.right and r.right.id == "R3")
    picked = chosen.choose([third.id], Choice.TO_SALESFORCE).pick(one.id, other.id)
    assert picked.said == "“Budget 2027”: taken as the same thing"
    row = next(r for r in picked.rows() if r.left)
    assert row.id == row_id(CAL, "L1", "R2")
    assert (row.situation, row.action) == (Situation.TWIN_DIFFERENT, Action.UPDATE_IN_OUTLOOK)
    assert (row.reason, row.rivals, row.mark) == ("you said that these two are the same thing", (), "")
    assert (row.choice, row.ignored) == (Choice.RECOMMENDED, None)
    assert set(picked.decisions) == {third.id}, "what was decided about other rows stays"
    decided = picked.choose([row.id], Choice.NOTHING)
    parted = decided.reset([row.id])
    assert parted.said == "no longer taken as the same thing"
    assert (set(parted.decisions), dict(parted.joined)) == ({third.id}, {})
    assert [r.id for r in parted.rows()] == [r.id for r in review.rows()]
    both = decided.reset([row.id, third.id])
    assert (dict(both.decisions)[third.id], dict(both.joined)) == (Decision(), {})


def test_two_picks_are_parted_one_by_one():
    lefts = [left("L1"), left("L2")]
    review = Review.of(plan(lefts, [right("R1"), right("R2")]))
    by_item = {(r.left or r.right).id: r.id for r in review.rows()}
    picked = review.pick(by_item["L1"], by_item["R1"]).pick(by_item["L2"], by_item["R2"])
    one, two = (row_id(CAL, a, b) for a, b in (("L1", "R1"), ("L2", "R2")))
    assert [r.id for r in picked.rows()] == [one, two]
    parted = picked.reset([one])
    assert {r.id for r in parted.rows()} == {by_item["L1"], by_item["R1"], two}
    assert parted.row(two).right.id == "R2"


def test_only_one_item_of_each_side_can_be_joined():
    new = {r.right.id if r.right else r.left.id: r for r in ambiguous().plan.rows}
    pair = only(plan([left("L8", subject="x")], [right("R8")], [link("L8", "R8")]))
    far = only(plan([left("L9")], picture(OL, [], gone("R9")), [link("L9", "R9")]))
    near = only(plan(picture(SF, [], gone("L7")), [right("R7")], [link("L7", "R7")]))
    nobody = "these two are not one item of each side"
    for one, other, why in (
        (new["R1"], new["R2"], nobody),
        (new["L1"], far, nobody),
        (new["L1"], pair, nobody),
        (pair, new["R1"], nobody),
        (far, near, "both are known already, each as something else"),
    ):
        assert not joinable(one, other)
        with pytest.raises(ValueError, match=f"^{why}$"):
            join(one, other)
    for one, other in ((new["L1"], new["R1"]), (new["R1"], new["L1"]), (far, new["R1"]), (new["L1"], near)):
        assert joinable(one, other)
        assert join(one, other).left is not None


@pytest.mark.parametrize(
    ("mine", "theirs", "situation"),
    [
        ({}, {}, Situation.SAME_CHANGE),
        ({"notes": "x"}, {}, Situation.CHANGED),
        ({"notes": "x"}, {"location": "y"}, Situation.CHANGED_BOTH),
        ({"notes": "x"}, {"notes": "y"}, Situation.CONFLICT),
        ({"notes": "x"}, {"notes": "y", "location": "z"}, Situation.CONFLICT),
    ],
)
def test_a_known_half_keeps_what_both_agreed_on(mine, theirs, situation):
    far = only(plan([left("L1", **mine)], picture(OL, [], gone("R1")), [link(mark=MARK)]))
    here = only(plan([], [right("R2", mark=MARK, **theirs)]))
    for row in (join(far, here), join(here, far)):
        assert (row.situation, row.link_ids, row.mark) == (situation, ("L1", "R1"), MARK)
    assert join(far, replace(here, right=replace(here.right, mark=make_mark("L5", "n")))).mark == ""


@pytest.mark.parametrize(
    ("mine", "theirs", "situation"),
    [({}, {}, Situation.TWIN_EQUAL), ({"notes": "x"}, {"notes": "y"}, Situation.TWIN_DIFFERENT)],
)
def test_two_new_ones_become_a_twin(mine, theirs, situation):
    one, other = only(plan([left(**mine)], [])), only(plan([], [right(**theirs)]))
    assert join(one, other).situation is situation


def test_a_restored_item_is_called_restored():
    for lefts, rights, to in (
        ([left(notes="x")], picture(OL, [], gone("R1")), OL),
        (picture(SF, [], gone("L1")), [right(notes="x")], SF),
    ):
        review = Review.of(plan(lefts, rights, [link()]))
        restored = review.point([review.plan.rows[0].id], to).rows()[0]
        assert action_label(restored) == f"restore in {to.label}"
    assert action_label(only(plan([left()], []))) == "create in Outlook"
    assert action_label(only(plan([left(notes="x")], [right()], [link()]))) == "update in Outlook"


def test_the_choice_that_makes_an_action():
    row = only(plan([left(notes="x")], [right(location="y")], [link()]))
    wanted = {
        Action.MERGE: Choice.RECOMMENDED,
        Action.UPDATE_IN_OUTLOOK: Choice.TO_OUTLOOK,
        Action.UPDATE_IN_SALESFORCE: Choice.TO_SALESFORCE,
        Action.NONE: Choice.NOTHING,
        Action.DELETE_FROM_OUTLOOK: None,
    }
    assert {action: choice_for(row, action) for action in wanted} == wanted


def found(review, words):
    today = date(2026, 11, 22)
    return Finder("Europe/London", today).find(review.shown(), Wanted.of(words, today))


def test_groups_and_filters():
    review = sample()
    sizes = {g: n for g, n in review.groups().items() if n}
    assert sizes == {Group.ALL: 4, Group.NEW: 3, Group.CONFLICT: 1}
    ignored = review.ignore([ids(review)["A"]], IgnoreMode.ONCE)
    assert {g: n for g, n in ignored.groups().items() if n} == {Group.ALL: 4, Group.NEW: 3, Group.IGNORED: 1}
    assert [r.title for r in review.shown(Group.CONFLICT)] == ["A"]
    for words, titles in (
        ("", ["A", LONG, "C", "D"]),
        ("only", []),
        (" LEEDS  budget ", ["D"]),
        ("room", ["A", LONG, "C"]),
        ("2026-11-26", ["C"]),
        ("undecided", ["A"]),
        ("room nowhere", []),
    ):
        assert [r.title for r in found(review, words)] == titles, words
    people = plan([left(people=("Priya Shah",))], [])
    assert len(found(Review.of(people), "priya")) == 1
    quiet = Review.of(plan([left(subject="x")], [right(subject="x")], [link()]))
    assert (quiet.shown(), len(quiet.shown(Group.NOTHING)), quiet.groups()[Group.ALL]) == ([], 1, 0)


def test_arrows_settle_conflicts_and_nothing_else():
    conflict = only(plan([left(subject="A")], [right(subject="B")], [link()]))
    changed = only(plan([left(subject="A")], [right()], [link()]))
    assert settle(conflict, Choice.TO_OUTLOOK) is Choice.MERGE_SALESFORCE
    assert settle(conflict, Choice.TO_SALESFORCE) is Choice.MERGE_OUTLOOK
    assert settle(conflict, Choice.NOTHING) is Choice.NOTHING
    assert settle(changed, Choice.TO_OUTLOOK) is Choice.TO_OUTLOOK
    assert settle(changed, Choice.TO_SALESFORCE) is Choice.TO_SALESFORCE


def test_options_of_an_ignored_row_are_those_of_the_row():
    review = sample()
    row = review.ignore([ids(review)["D"]], IgnoreMode.FOREVER).row(ids(review)["D"])
    assert row.state is State.IGNORED_FOREVER
    assert [o.choice for o in options(row) if o.possible] == [
        Choice.TO_SALESFORCE, Choice.NOTHING, Choice.RECOMMENDED,
    ]  # fmt: skip


def test_a_guard_that_is_confirmed_says_so():
    numbers = range(12)
    lefts = [left(f"L{n}", subject=f"E{n}") for n in numbers]
    links = [link(f"L{n}", f"R{n}", subject=f"E{n}") for n in numbers]
    review = Review.of(plan(lefts, picture(OL, [], gone(*(f"R{n}" for n in numbers))), links))
    opened = review.confirm(0, "12")
    assert opened.said == "confirmed: 12 of 12 linked items would be deleted from Salesforce at once"
    assert opened.confirmed == {0}
    with pytest.raises(ValueError, match=r"at once\. Type 12 to let that happen\.$"):
        review.confirm(0, "")


@pytest.mark.parametrize(
    ("first", "last", "asked"),
    [
        ("2026-10-21", "2026-10-21", False),
        ("2026-10-22", "2026-10-22", True),
        ("2027-11-23", "2027-11-23", True),
        ("2027-11-24", "2027-11-24", False),
    ],
)
def test_links_a_day_around_the_window_are_asked_for(first, last, asked):
    """The zone of an all-day event may shift an edge by a day."""
    empty = Reading(())
    window = plan().window
    refs = unseen([link(when=When(first, last, True))], empty, empty, window)
    assert bool(refs[0]) is bool(refs[1]) is asked


def test_tasks_are_the_same_by_subject_and_due_date():
    def rows(**theirs):
        return plan(
            [item(Kind.TASKS, SF, "L1", notes="a", due="2026-11-20")],
            [item(Kind.TASKS, OL, "R1", **{"notes": "b", "due": "2026-11-20"} | theirs)],
            kind=Kind.TASKS,
        ).rows

    assert [r.situation for r in rows()] == [Situation.TWIN_DIFFERENT]
    assert {r.situation for r in rows(due="2026-11-21")} == {Situation.LIKELY}
    assert {r.situation for r in rows(subject="Something else altogether")} == {Situation.NEW}


@pytest.mark.parametrize(
    ("theirs", "asked"), [({"due": None}, True), ({"due": "2026-11-20"}, False), ({"due": None, "subject": "x"}, False)]
)
def test_tasks_without_a_subject_are_asked_about_by_their_day(theirs, asked):
    rows = plan(
        [item(Kind.TASKS, SF, "L1", subject="", due=None, notes="a")],
        [item(Kind.TASKS, OL, "R1", **{"subject": "", "notes": "b"} | theirs)],
        kind=Kind.TASKS,
    ).rows
    assert {r.situation for r in rows} == {Situation.AMBIGUOUS if asked else Situation.NEW}


def test_a_side_that_shows_nothing_is_suspected_from_the_second_on():
    """Invariant 13, on either side."""
    for number, suspected in ((1, False), (2, True)):
        names = [str(n) for n in range(number)]
        links = [link(f"L{n}", f"R{n}", subject=n) for n in names]
        lefts, rights = [left(f"L{n}", subject=n) for n in names], [right(f"R{n}", subject=n) for n in names]
        for p in (
            plan(lefts, picture(OL, [], gone(*(r.id for r in rights))), links),
            plan(picture(SF, [], gone(*(x.id for x in lefts))), rights, links),
        ):
            assert bool(p.guards) is suspected
    shown = plan([left("L1")], picture(OL, [right("R9", subject="z", when=at(2))], gone("R1")), [link()])
    assert shown.guards == ()

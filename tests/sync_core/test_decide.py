"""The decision table of DESIGN.md section 5, line by line."""

from dataclasses import replace

import pytest
from support.build import CAL, OL, SF, all_day, at, gone, left, link, only, picture, plan, question, right

from sync_core.compare import Baseline
from sync_core.decide import make_plan
from sync_core.ignores import ignore_for
from sync_core.items import Item, Kind, When, canonical
from sync_core.pairing import make_mark
from sync_core.plan import (
    Action,
    Choice,
    Ignore,
    IgnoreMode,
    Situation,
    State,
    allowed,
    count,
    effect,
    remarks,
    results,
)
from sync_core.question import Rules
from sync_core.sides import Fate, Limits, Operation, Sighting, Unreadable


def test_in_step_is_counted_not_shown():
    p = plan([left()], [right()], [link()])
    assert p.rows == ()
    assert p.in_sync == 1


@pytest.mark.parametrize(
    ("lefts", "rights", "action"),
    [
        (left(subject="New"), right(), Action.UPDATE_IN_OUTLOOK),
        (left(), right(subject="New"), Action.UPDATE_IN_SALESFORCE),
        (left(subject="New"), right(location="York"), Action.MERGE),
        (left(subject="A"), right(subject="B"), Action.CONFLICT),
    ],
)
def test_linked_and_changed(lefts, rights, action):
    row = only(plan([lefts], [rights], [link()]))
    assert row.recommended is row.action is action
    assert "since the last sync on 16 Nov 2026" in row.reason


def test_changed_alike_writes_nothing():
    row = only(plan([left(subject="New")], [right(subject="New")], [link()]))
    assert (row.situation, row.action, row.quiet) == (Situation.SAME_CHANGE, Action.NONE, True)


@pytest.mark.parametrize("side", [SF, OL])
def test_gone_and_unchanged_is_deleted_across(side):
    if side is SF:
        row = only(plan(picture(SF, [], gone("L1")), [right()], [link()]))
        assert row.recommended is Action.DELETE_FROM_OUTLOOK
    else:
        row = only(plan([left()], picture(OL, [], gone("R1")), [link()]))
        assert row.recommended is Action.DELETE_FROM_SALESFORCE
    assert row.reason.startswith(f"deleted in {side.label}")


def test_gone_and_changed_is_a_conflict_between_restoring_and_deleting():
    row = only(plan([left(subject="Edited")], picture(OL, [], gone("R1")), [link()]))
    assert (row.situation, row.recommended, row.state) == (Situation.GONE_CHANGED, Action.CONFLICT, State.UNDECIDED)
    assert effect(row, Choice.TO_OUTLOOK).action is Action.CREATE_IN_OUTLOOK
    assert effect(row, Choice.TO_SALESFORCE).action is Action.DELETE_FROM_SALESFORCE


def test_gone_on_both_sides_forgets_the_link():
    row = only(plan(picture(SF, [], gone("L1")), picture(OL, [], gone("R1")), [link()]))
    assert (row.situation, row.action) == (Situation.GONE_BOTH, Action.NONE)


@pytest.mark.parametrize("fate", [Fate.MOVED, Fate.OTHER_OWNER, Fate.ARCHIVED, Fate.HERE])
def test_not_seen_is_not_gone(fate):
    """Invariant 12: a delete needs the item itself to answer that it is gone."""
    row = only(plan([left()], picture(OL, [], {"R1": Sighting(fate)}), [link()]))
    assert (row.situation, row.action) == (Situation.OUT_OF_RANGE, Action.NONE)


def test_not_asked_or_not_read_completely_is_not_gone():
    row = only(plan([left()], picture(OL, []), [link()]))
    assert row.action is Action.NONE
    row = only(plan([left()], picture(OL, [], gone("R1"), complete=False), [link()]))
    assert row.action is Action.NONE
    assert "completely" in row.reason


def test_moved_out_of_the_window_says_so():
    elsewhere = right(when=at(1, month=1))
    row = only(plan([left()], picture(OL, [], {"R1": Sighting(Fate.HERE, elsewhere)}), [link()]))
    assert row.situation is Situation.OUT_OF_RANGE
    assert "outside the days" in row.reason


def test_missed_by_the_listing_but_inside_the_window_is_taken_as_seen():
    p = plan([left()], picture(OL, [], {"R1": Sighting(Fate.HERE, right())}), [link()])
    assert (p.rows, p.in_sync) == ((), 1)


def test_links_outside_the_window_on_both_sides_are_counted_only():
    old = link(when=When("2025-01-01T10:00:00Z", "2025-01-01T11:00:00Z"))
    p = plan([], [], [old])
    assert (p.rows, p.out_of_range) == ((), 1)


def test_new_on_one_side():
    assert only(plan([left()], [])).recommended is Action.CREATE_IN_OUTLOOK
    assert only(plan([], [right()])).recommended is Action.CREATE_IN_SALESFORCE


def test_attachment_names_are_not_created_in_outlook():
    row = only(plan([left(attachments=("a.pdf",))], []))
    assert "attachments" not in effect(row).to_right


def test_a_unique_equal_twin_is_linked_without_a_write():
    row = only(plan([left()], [right()]))
    assert row.recommended is Action.LINK
    assert effect(row).to_left == effect(row).to_right == {}


def test_a_unique_different_twin_is_a_conflict():
    row = only(plan([left(location="Leeds")], [right(location="York")]))
    assert (row.situation, row.recommended) == (Situation.TWIN_DIFFERENT, Action.CONFLICT)
    assert results(row).get("location") is None


def test_blanks_of_a_twin_are_filled():
    row = only(plan([left(location="")], [right(location="York")]))
    assert row.recommended is Action.UPDATE_IN_SALESFORCE
    assert effect(row).to_left == {"location": "York"}


def test_several_candidates_are_never_paired_by_chance():
    p = plan([left("L1")], [right("R1"), right("R2")])
    assert {r.situation for r in p.rows} == {Situation.AMBIGUOUS}
    assert {r.recommended for r in p.rows} == {Action.CONFLICT}
    assert len(p.rows) == 3


def test_a_copy_that_carries_our_mark_is_asked_about():
    mark = make_mark("L1", "n")
    copy = right("R2", mark=mark, when=at(30))
    p = plan([left()], [right(mark=mark), copy], [link(mark=mark)])
    row = only(p)
    assert (row.situation, row.right) == (Situation.AMBIGUOUS, copy)
    assert p.in_sync == 1


def test_an_outlook_item_that_came_back_under_another_id_is_linked_again():
    mark = make_mark("L1", "n")
    row = only(plan([left()], [right("R9", mark=mark)], [link(mark=mark)]))
    assert (row.action, row.link_ids, row.right.id) == (Action.NONE, ("L1", "R1"), "R9")
    row = only(plan([left()], [right("R9", mark=mark, subject="New")], [link(mark=mark)]))
    assert row.action is Action.UPDATE_IN_SALESFORCE


def test_lost_memory_deletes_nothing_and_doubles_nothing():
    """Invariant 14."""
    p = plan([left("L1"), left("L2", subject="B")], [right("R1", mark=make_mark("L1", "x"), subject="Renamed")])
    by_title = {r.left.id: r for r in p.rows if r.left}
    assert by_title["L1"].right is not None
    assert by_title["L1"].action is Action.CONFLICT
    assert by_title["L2"].action is Action.CREATE_IN_OUTLOOK


def test_prevented_keeps_the_row_with_its_reason():
    rules = Rules(prevented=frozenset({(OL, Operation.CREATE)}))
    row = only(plan([left()], [], rules=rules))
    assert (row.recommended, row.action, row.state) == (Action.CREATE_IN_OUTLOOK, Action.NONE, State.PREVENTED)
    assert "creating in Outlook is prevented" in row.why_not
    assert allowed(row, Choice.TO_OUTLOOK).state is State.PREVENTED


def test_half_of_a_merge_may_be_prevented():
    rules = Rules(prevented=frozenset({(OL, Operation.UPDATE)}))
    row = only(plan([left(subject="New")], [right(location="York")], [link()], rules=rules))
    assert (row.recommended, row.action, row.state) == (Action.MERGE, Action.UPDATE_IN_SALESFORCE, State.READY)
    assert allowed(row).effect.to_left == {"location": "York"}
    assert allowed(row).effect.to_right == {}


def test_private_stays_out_unless_asked_for():
    assert only(plan([], [right(private=True)])).state is State.PREVENTED
    assert only(plan([], [right(private=True)], rules=Rules(private=True))).state is State.READY
    # a private conflict is nobody's to decide either
    assert only(plan([left(private=True)], [right()], [link()])).state is State.PREVENTED


def test_locked_items_are_not_written_but_may_be_copied():
    locked = right(locked="a meeting of somebody else", subject="Theirs")
    assert only(plan([], [locked])).action is Action.CREATE_IN_SALESFORCE
    row = only(plan([left(subject="Mine")], [right(locked="a meeting of somebody else")], [link()]))
    assert (row.state, row.why_not) == (State.PREVENTED, "a meeting of somebody else")


def test_a_series_is_left_alone():
    row = only(plan([], [right(series=True, locked="a recurring series")]))
    assert row.state is State.PREVENTED


def test_what_a_side_cannot_hold_is_said_before_the_run():
    limits = Limits(lengths={"notes": 32_000}, longest_days=14)
    p = plan(picture(SF, [], limits=limits), [right(notes="x" * 32_001), right("R2", when=all_day(1, 16))])
    assert {r.state for r in p.rows} == {State.PREVENTED}
    whys = " ".join(r.why_not for r in p.rows)
    assert "notes has 32,001 characters, Salesforce holds 32,000" in whys
    assert "it lasts 16 days" in whys


def test_a_refused_permission_blocks():
    p = plan(picture(SF, [], refused={Operation.CREATE: "you may not create events"}), [right()])
    assert only(p).why_not == "you may not create events"


def test_an_unreadable_item_harms_only_itself():
    p = plan([left()], picture(OL, [], unreadable=[Unreadable("R7", "Strange", "an unknown element")]))
    assert {r.situation for r in p.rows} == {Situation.NEW, Situation.UNREADABLE}
    assert count(p.rows).writes == 1


def test_ignored_once_holds_until_one_changes():
    pair = [left(subject="A")], [right(subject="B")], [link()]
    row = only(plan(*pair))
    no = Ignore(row.id, IgnoreMode.ONCE, row.left.digest, row.right.digest)
    quiet = only(plan(*pair, ignores={row.id: no}))
    assert (quiet.state, quiet.action, quiet.recommended) == (State.IGNORED_ONCE, Action.NONE, Action.CONFLICT)
    again = only(plan([left(subject="A")], [right(subject="C")], [link()], ignores={row.id: no}))
    assert again.state is State.UNDECIDED
    assert "it changed in Outlook" in again.reason, "an ignore of old, without contents, says as much as it can"


def test_an_ignore_keeps_what_it_was_said_of():
    """Both halves by id and content, for whoever looks it up later; of a half that is gone the id that it had."""
    since = "2026-11-20T09:00:00Z"
    row = only(plan([left(subject="A")], [right()], [link()]))
    no = ignore_for(row, IgnoreMode.ONCE, since)
    assert (no.row_id, no.mode, no.since, no.title, no.reason) == (row.id, IgnoreMode.ONCE, since, "A", row.reason)
    assert (no.left_id, no.right_id, no.left, no.right) == ("L1", "R1", row.left.fields, row.right.fields)
    assert (no.left_digest, no.right_digest) == (row.left.digest, row.right.digest)
    half = ignore_for(only(plan([], picture(OL, [right()]), [link()])), IgnoreMode.FOREVER, since)
    assert (half.left_id, half.left_digest, half.left) == ("L1", "", {})
    other = ignore_for(only(plan([left()], [], [link()])), IgnoreMode.FOREVER, since)
    assert (other.right_id, other.right_digest, other.right) == ("R1", "", {})
    alone = ignore_for(only(plan([left()], [])), IgnoreMode.ONCE, since)
    assert (alone.left_id, alone.right_id, alone.right_digest) == ("L1", "", "")


@pytest.mark.parametrize(
    ("lefts", "rights", "ended"),
    [
        # as it was; out of sight, which is no change
        ([left(subject="A")], [right()], False),
        ([left(subject="A")], [], False),
        # changed once more; the same on both sides by now
        ([left(subject="C", notes="c")], [right()], True),
        ([left()], [right()], True),
    ],
)
def test_a_plan_tells_which_ignores_have_ended(lefts, rights, ended):
    """Memory forgets them then: what was ignored until the next change is not ignored again after it."""
    row = only(plan([left(subject="A")], [right()], [link()]))
    once, forever = (ignore_for(row, mode, "2026-11-20T09:00:00Z") for mode in IgnoreMode)
    sure = plan(lefts, rights, [link()], ignores={row.id: once})
    assert sure.no_longer_ignored == ({row.id} if ended else set())
    assert plan(lefts, rights, [link()], ignores={row.id: forever}).no_longer_ignored == set()
    # by whichever half it is known, under the id that it was said of
    for known in (replace(once, left_id=""), replace(once, right_id="")):
        moved = plan(lefts, rights, [link()], ignores={"other": replace(known, row_id="other")})
        assert moved.no_longer_ignored == ({"other"} if ended else set())


def test_ignored_forever_holds_whatever_changes():
    row = only(plan([left(subject="A")], [right(subject="B")], [link()]))
    no = Ignore(row.id, IgnoreMode.FOREVER, "", "")
    again = only(plan([left(subject="A")], [right(subject="C")], [link()], ignores={row.id: no}))
    assert again.state is State.IGNORED_FOREVER


def many(n: int):
    ids = [f"{i:02}" for i in range(n)]
    return (
        [left(f"L{i}", subject=f"Event {i}") for i in ids],
        [right(f"R{i}", subject=f"Event {i}") for i in ids],
        [link(f"L{i}", f"R{i}", subject=f"Event {i}") for i in ids],
    )


def test_a_mass_of_deletes_is_suspected():
    """Invariant 13: more than 10 rows and 20 % of the links."""
    lefts, rights, links = many(40)
    vanished = gone(*(r.id for r in rights[:11]))
    p = plan(lefts, picture(OL, rights[11:], vanished), links)
    assert {(r.state, r.action) for r in p.rows} == {(State.PREVENTED, Action.NONE)}
    assert {r.recommended for r in p.rows} == {Action.DELETE_FROM_SALESFORCE}
    assert [g.count for g in p.guards] == [11]
    few = plan(lefts, picture(OL, rights[10:], gone(*(r.id for r in rights[:10]))), links)
    assert few.guards == ()
    assert {r.state for r in few.rows} == {State.READY}


def test_everything_changed_at_once_is_suspected():
    lefts, rights, links = many(12)
    shifted = [right(r.id, subject=r.title, when=at(24)) for r in rights]
    p = plan(lefts, shifted, links)
    assert {r.state for r in p.rows} == {State.PREVENTED}
    assert p.guards[0].operation is Operation.UPDATE


def test_a_conflict_answered_with_one_side_keeps_the_other_sides_own_changes():
    row = only(plan([left(subject="A")], [right(subject="B", location="York")], [link()]))
    done = effect(row, Choice.MERGE_SALESFORCE)
    assert done.action is Action.MERGE
    assert (done.to_right, done.to_left) == ({"subject": "A"}, {"location": "York"})
    whole = effect(row, Choice.TO_OUTLOOK)
    assert (whole.action, whole.to_right) == (Action.UPDATE_IN_OUTLOOK, {"subject": "A", "location": "Room 4"})


def test_row_ids_are_stable_and_differ():
    one, two = plan([left()], []), plan([left(subject="Other now")], [])
    assert only(one).id == only(two).id
    assert only(one).id != only(plan([left("L2")], [])).id
    assert CAL.value not in only(one).id


def test_a_field_that_a_side_does_not_let_us_set_blocks_its_update():
    closed = {"location": "read-only for you"}
    theirs = picture(OL, [right()], unwritable=closed)
    row = only(plan([left(location="York")], theirs, [link()]))
    assert row.why_not == "location is read-only for you"
    assert only(plan([left(subject="New")], theirs, [link()])).action is Action.UPDATE_IN_OUTLOOK
    assert only(plan([left()], picture(OL, [right(location="York")], unwritable=closed), [link()])).state is State.READY


@pytest.mark.parametrize("side", [SF, OL])
def test_an_unmarked_item_that_was_moved_away_and_back_is_known_by_its_exact_key(side):
    if side is OL:
        row = only(plan([left()], picture(OL, [right("R9")], gone("R1")), [link()]))
    else:
        row = only(plan(picture(SF, [left("L9")], gone("L1")), [right()], [link()]))
    assert (row.situation, row.action, row.link_ids) == (Situation.SAME_CHANGE, Action.NONE, ("L1", "R1"))
    edited = only(plan([left()], picture(OL, [right("R9", notes="New")], gone("R1")), [link()]))
    assert edited.action is Action.UPDATE_IN_SALESFORCE


def test_two_that_could_be_the_one_that_moved_are_not_taken_for_it():
    p = plan([left()], picture(OL, [right("R8"), right("R9")], gone("R1")), [link()])
    assert {r.link_ids for r in p.rows} == {("L1", "R1"), ("", "")}
    elsewhere = plan([left()], picture(OL, [right("R9")], {"R1": Sighting(Fate.MOVED)}), [link()])
    assert {r.situation for r in elsewhere.rows} == {Situation.OUT_OF_RANGE, Situation.NEW}


def test_a_side_that_shows_nothing_is_suspected_however_few_it_had():
    lefts, rights, links = many(3)
    p = plan(lefts, picture(OL, [], gone(*(r.id for r in rights))), links)
    assert [g.count for g in p.guards] == [3]
    one_left = plan(lefts, picture(OL, rights[2:], gone(*(r.id for r in rights[:2]))), links)
    assert one_left.guards == ()


def test_what_is_a_mass_is_a_setting():
    lefts, rights, links = many(40)
    vanished = picture(OL, rights[11:], gone(*(r.id for r in rights[:11])))
    assert plan(lefts, vanished, links, rules=Rules(suspect_rows=20)).guards == ()
    assert plan(lefts, vanished, links, rules=Rules(suspect_percent=50)).guards == ()


def test_lost_formatting_is_said_before_the_run():
    formatted = replace(right(), formatted=True)
    row = only(plan([left(notes="New text")], [formatted], [link()]))
    assert row.action is Action.UPDATE_IN_OUTLOOK
    assert "the formatting of the notes in Outlook is lost" in row.reason
    untouched = only(plan([left(subject="New")], [formatted], [link()]))
    assert "formatting" not in untouched.reason
    theirs = only(plan([left()], [replace(formatted, fields=right(notes="Theirs").fields)], [link()]))
    assert "formatting" not in theirs.reason
    assert "formatting" in remarks(theirs, Choice.TO_OUTLOOK)[0]


def test_what_a_side_says_about_an_operation_is_said_on_the_row():
    notes = {Operation.CREATE: "it will be private to you"}
    there = picture(SF)
    there = replace(there, description=replace(there.description, notes=notes))
    assert only(plan(there, [right()])).reason.endswith("; it will be private to you")


def test_an_ended_ignore_says_what_changed():
    row = only(plan([left(subject="A")], [right(subject="B")], [link()]))
    no = ignore_for(row, IgnoreMode.ONCE, "2026-11-20T09:00:00Z")
    again = only(plan([left(subject="A")], [right(subject="B", location="York")], [link()], ignores={row.id: no}))
    assert again.state is State.UNDECIDED
    assert again.reason.endswith("(ignored until now: location changed in Outlook)")


def test_an_ignore_survives_another_id_a_lost_link_and_a_fired_reminder():
    pair = only(plan([left(subject="A")], [right(subject="B")], [link()]))
    no = {pair.id: ignore_for(pair, IgnoreMode.ONCE, "")}
    mark = make_mark("L1", "n")
    moved = only(plan([left(subject="A")], [right("R9", subject="B", mark=mark)], [link(mark=mark)], ignores=no))
    assert moved.state is State.IGNORED_ONCE
    forgotten = plan([left(subject="A")], [right(subject="B")], ignores=no)
    assert {r.state for r in forgotten.rows} == {State.IGNORED_ONCE}
    fired = only(plan([left(subject="A", without=["reminder"])], [right(subject="B")], [link()], ignores=no))
    assert fired.state is State.IGNORED_ONCE
    single = only(plan([], [right()]))
    only_there = {single.id: ignore_for(single, IgnoreMode.FOREVER, "")}
    assert only(plan([], [right("R9")], ignores=only_there)).state is State.IGNORED_FOREVER
    assert only(plan([], [right("R9", subject="Other")], ignores=only_there)).state is State.READY


def test_what_salesforce_cannot_keep_private_is_said():
    task = Item(
        Kind.TASKS, OL, "T1", "1", canonical(Kind.TASKS, {"subject": "Doctor", "due": "2026-11-24"}), private=True
    )
    asked = replace(question(picture(SF), picture(OL, [task])), kind=Kind.TASKS)
    assert only(make_plan(asked)).state is State.PREVENTED
    wanted = replace(asked, rules=Rules(private=True))
    assert "colleagues may see it" in only(make_plan(wanted)).reason


def test_a_field_that_the_gone_side_never_had_is_no_change():
    known = link()
    known = replace(
        known,
        baseline=Baseline({n: v for n, v in known.baseline.left.items() if n != "reminder"}, known.baseline.right),
    )
    assert only(plan(picture(SF, [], gone("L1")), [right()], [known])).situation is Situation.GONE

"""What the plan that takes a run back says, asks and keeps, where something happened to an item since."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.build import CAL, MADE_AT, OL, SF, WINDOW, fields
from support.model import World

from sync_core.compare import FieldChange, Verdict
from sync_core.intent import Done, Intent
from sync_core.items import SideName
from sync_core.journal import RunHead, RunRecord
from sync_core.plan import Action, State, row_id
from sync_core.question import Question, Rules
from sync_core.report import Result
from sync_core.review import Review
from sync_core.sides import Fate, Operation, Ref, Sighting
from sync_core.undo import NOT_THE_OLD_ONE, comes_back, takes_back_anything, to_look_at, undo_plan


@pytest.fixture
def world() -> World:
    """One pair in step, made in Salesforce."""
    world = World()
    world.left.put(fields(subject="Pair"))
    assert world.sync().clean
    return world


def record(world: World, run_id: str) -> RunRecord:
    found = world.journal.load(run_id)
    assert found is not None
    return found


def after_a_merge(world: World) -> str:
    world.left.edit("S0001", subject="Renamed")
    world.right.edit("O0001", location="York")
    report = world.sync()
    assert [r.action for r in report.rows] == [Action.MERGE]
    return report.run_id


def test_it_says_whose_run_of_which_kind_it_takes_back(world):
    run_id = after_a_merge(world)
    plan, ordinary = world.undo(run_id), world.plan()
    assert (plan.kind, plan.made_at, plan.window, plan.takes_back) == (CAL, MADE_AT, WINDOW, run_id)
    assert (plan.left_account, plan.right_account) == (ordinary.left_account, ordinary.right_account) != ("", "")


def test_a_merge_is_taken_back_on_both_sides_and_shows_what_would_change(world):
    """Promise 7, and what is reviewed says what it replaces and with what."""
    row = world.undo(after_a_merge(world)).rows[0]
    assert (row.action, row.reason) == (
        Action.MERGE,
        "location in Salesforce as before the run; subject in Outlook as before the run",
    )
    assert set(row.changes) == {
        FieldChange("location", Verdict.RIGHT, "Room 4", "York", "York"),
        FieldChange("subject", Verdict.LEFT, "Pair", "Renamed", "Renamed"),
    }
    assert row.undo is not None
    assert dict(row.undo.effect.to_left) == {"location": "Room 4"}
    assert dict(row.undo.effect.to_right) == {"subject": "Pair"}
    assert world.run(Review.of(world.undo(row_run(world)))).clean
    assert world.left.items["S0001"].fields["location"] == "Room 4"
    assert world.right.items["O0001"].fields["subject"] == "Pair"


def row_run(world: World) -> str:
    return world.journal.heads()[0].id


def test_its_rows_are_those_of_the_pair_and_keep_what_both_agreed_on(world):
    """The id of a row is the same from one plan to the next for the same pair."""
    row = world.undo(after_a_merge(world)).rows[0]
    known = world.books.links_by_id["S0001", "O0001"]
    assert row.id == row_id(CAL, "S0001", "O0001")
    assert (row.link_ids, row.baseline, row.mark) == (("S0001", "O0001"), known.baseline, known.mark)
    assert row.mark.startswith("hs1:")
    assert (row.left, row.right) == (world.left.items["S0001"], world.right.items["O0001"])


def test_a_pair_that_memory_lost_is_taken_back_without_becoming_one_again(world):
    run_id = after_a_merge(world)
    world.books.links_by_id.clear()
    row = world.undo(run_id).rows[0]
    assert (row.id, row.link_ids, row.action) == (row_id(CAL, "S0001", "O0001"), ("", ""), Action.MERGE)
    assert row.baseline == record(world, run_id).intents[0].baseline
    assert row.mark == record(world, run_id).intents[0].mark != ""


@pytest.mark.parametrize(
    ("gone", "fate"),
    [(SF, Fate.DELETED), (OL, Fate.DELETED), (SF, Fate.MOVED), (OL, Fate.MOVED), (OL, Fate.UNREADABLE)],
)
def test_what_is_not_there_any_more_is_said_and_the_other_half_is_taken_back(world, gone, fate):
    run_id = after_a_merge(world)
    side = world.side(gone)
    item_id = next(iter(side.items))
    if fate is Fate.DELETED:
        del side.items[item_id]
    else:
        side.take_away(item_id, fate)
    row = world.undo(run_id).rows[0]
    assert f"it is no longer there in {gone.label}" in row.reason
    assert row.action is (Action.UPDATE_IN_OUTLOOK if gone is SF else Action.UPDATE_IN_SALESFORCE)
    assert row.item(gone) is None
    assert row.changes == ()


def test_an_item_that_the_run_made_and_somebody_moved_away_is_left_alone(world):
    world.left.put(fields(subject="Fresh"))
    run_id = world.sync().run_id
    world.right.take_away("O0002", Fate.MOVED)
    row = world.undo(run_id).rows[0]
    assert (row.action, row.reason) == (Action.NONE, "it is no longer there in Outlook")


def test_what_already_is_as_it_was_needs_nothing(world):
    """A server that took the write, and kept its own value all the same."""
    world.right.normalise = lambda f: {**f, "subject": "Pair"}
    row = world.undo(after_a_merge(world)).rows[0]
    assert row.action is Action.UPDATE_IN_SALESFORCE
    assert row.reason == "location in Salesforce as before the run; Outlook holds what it held before the run"


def test_only_what_changed_is_mentioned_where_somebody_typed_over_all_of_it(world):
    run_id = after_a_merge(world)
    world.left.edit("S0001", location="typed since")
    world.right.edit("O0001", subject="typed since")
    plan = world.undo(run_id)
    assert plan.rows[0].action is Action.NONE
    assert plan.rows[0].reason.split("; ") == [
        "somebody changed location in Salesforce since: that stays",
        "somebody changed subject in Outlook since: that stays",
    ]
    assert not takes_back_anything(plan)
    assert not plan.rows[0].quiet


def test_a_half_that_was_refused_has_nothing_to_take_back(world):
    world.right.refuse = lambda write: "no"
    run_id = after_a_merge(world)
    world.right.refuse = lambda write: ""
    plan = world.undo(run_id)
    assert (plan.rows[0].action, plan.rows[0].reason) == (
        Action.UPDATE_IN_SALESFORCE,
        "location in Salesforce as before the run",
    )
    assert takes_back_anything(plan)


def test_a_half_of_which_nothing_is_known_hides_not_the_other(world):
    whole = record(world, after_a_merge(world))
    only_there = replace(whole.done[0], ids={OL: "O0001"})
    row = undo_plan(replace(whole, done={0: only_there}), question(world, seen(world))).rows[0]
    assert (row.action, row.reason) == (Action.UPDATE_IN_OUTLOOK, "subject in Outlook as before the run")


def seen(world: World) -> dict[str, Sighting]:
    items = {**world.left.items, **world.right.items}
    return {item_id: Sighting(Fate.HERE, item) for item_id, item in items.items()}


@pytest.mark.parametrize("deleted", list(SideName))
def test_a_deleted_item_is_asked_for_by_its_old_name_and_comes_back_as_it_was(world, deleted):
    """Promise 7: also with what was typed in the last moment, which the run did not see coming."""
    here, there = world.side(deleted), world.side(deleted.other)
    here_id, there_id = next(iter(here.items)), next(iter(there.items))
    mark, known = world.right.items["O0001"].mark, world.books.links_by_id["S0001", "O0001"]
    del there.items[there_id]
    run_id = world.sync().run_id
    asked = to_look_at(record(world, run_id))
    assert asked[deleted] == [Ref(here_id, mark, known.baseline.on(deleted))]
    # nothing was written there: what it is known by is what both had agreed on
    assert [ref.id for ref in asked[deleted.other]] == [there_id]
    row = world.undo(run_id).rows[0]
    assert row.id == row_id(CAL, "S0001", "O0001")
    assert (row.link_ids, row.mark) == (("S0001", "O0001"), mark)
    assert row.undo is not None
    assert row.undo.restores == here_id
    whole = "" if deleted is OL else f"; {NOT_THE_OLD_ONE}"
    assert row.reason == f"the run deleted it from {deleted.label}{whole}"
    assert not world.undo(run_id, ["another row"]).rows
    assert to_look_at(record(world, run_id), ["another row"]) == {SF: [], OL: []}


@pytest.mark.parametrize("side", list(SideName))
def test_what_comes_back_has_what_was_typed_in_the_last_moment(world, side):
    """Promise 8: the journal keeps what a deleted item held in the end."""
    here, there = world.side(side), world.side(side.other)
    here_id = next(iter(here.items))
    there.items.clear()
    run_id = world.sync().run_id
    old = record(world, run_id)
    done = replace(old.done[0], last={side: {"notes": "typed last"}}, ids={side: "in the bin"})
    q = question(world, {here_id: Sighting(Fate.DELETED)})
    row = undo_plan(replace(old, done={0: done}), q).rows[0]
    assert row.undo is not None
    fields_back = row.undo.effect.to_left if side is SF else row.undo.effect.to_right
    assert (fields_back["notes"], fields_back["subject"]) == ("typed last", "Pair")
    # where it lies among the deleted ones it has another name
    assert row.undo.restores == "in the bin"
    # and the row is that of the pair that it was
    assert row.id == row_id(CAL, "S0001", "O0001")


def question(world: World, sightings: dict[str, Sighting]) -> Question:
    q = world.question()
    return replace(q, left=replace(q.left, sightings=sightings), right=replace(q.right, sightings=sightings))


def test_what_is_there_again_is_not_doubled(world):
    del world.left.items["S0001"]
    held = dict(world.right.items["O0001"].fields)
    run_id = world.sync().run_id
    world.right.put(held, item_id="O0001")
    row = world.undo(run_id).rows[0]
    assert (row.action, row.reason) == (Action.NONE, "it is there again in Outlook")


def test_what_nobody_can_say_about_a_deleted_item_brings_nothing_back(world):
    del world.left.items["S0001"]
    run_id = world.sync().run_id
    row = undo_plan(record(world, run_id), question(world, {})).rows[0]
    assert (row.action, row.reason) == (Action.NONE, "it is there again in Outlook")


def test_a_row_that_did_nothing_says_so(world):
    """A run that ended in the middle of a pair of which nothing can be told."""
    run = RunRecord(
        RunHead("r1", CAL, MADE_AT),
        (Intent(0, "row", CAL, "Pair", Action.DELETE_FROM_OUTLOOK, None, None, link_ids=("S0001", "O0001")),),
        done={0: Done(0, Result.DONE, ids={OL: "O0001"})},
    )
    plan = undo_plan(run, question(world, {}))
    assert plan.rows[0].reason == "the run did nothing to it that could be taken back"
    assert plan.rows[0].action is Action.NONE


@pytest.mark.parametrize("side", list(SideName))
def test_a_half_that_is_known_alone_has_the_row_of_a_half(world, side):
    """Neither memory nor the record says what belonged to it."""
    item_id = next(iter(world.side(side).items))
    action = Action.DELETE_FROM_SALESFORCE if side is SF else Action.DELETE_FROM_OUTLOOK
    run = RunRecord(
        RunHead("r1", CAL, MADE_AT),
        (Intent(0, "row", CAL, "Pair", action, None, None),),
        done={0: Done(0, Result.DONE, ids={side: item_id})},
    )
    world.books.links_by_id.clear()
    [row] = undo_plan(run, question(world, {})).rows
    assert row.id == (row_id(CAL, item_id, "") if side is SF else row_id(CAL, "", item_id))


def test_what_it_costs_is_said(world):
    """Notes that go back into a formatted body lose what plain text cannot hold."""
    world.left.edit("S0001", notes="new")
    run_id = world.sync().run_id
    world.right.items["O0001"] = replace(world.right.items["O0001"], formatted=True)
    row = world.undo(run_id).rows[0]
    assert row.reason == (
        "notes in Outlook as before the run; "
        "the formatting of the notes in Outlook is lost, as Salesforce has plain text"
    )
    assert row.state is State.READY


@pytest.mark.parametrize("side", list(SideName))
def test_what_comes_back_is_shown_as_it_will_be(world, side):
    """There is no item of it on either side: it is told by what it held, under its old name."""
    here, there = world.side(side), world.side(side.other)
    held = next(iter(here.items.values()))
    there.items.clear()
    run_id = world.sync().run_id
    [row] = world.undo(run_id).rows
    item = comes_back(row, side)
    assert item is not None
    assert (item.kind, item.side, item.id, item.version) == (CAL, side, held.id, "")
    assert (item.title, item.fields["location"]) == ("Pair", held.fields["location"])
    assert item.mark == row.mark != ""
    assert comes_back(row, side.other) is None
    # nor what is there again
    assert comes_back(replace(row, left=item) if side is SF else replace(row, right=item), side) is None
    # what is prevented does not come back
    world.rules = Rules(private=True, prevented=frozenset({(side, Operation.CREATE)}))
    [prevented] = world.undo(run_id).rows
    assert prevented.state is State.PREVENTED
    assert comes_back(prevented, side) is None


def test_nothing_comes_back_where_nothing_was_deleted_or_it_is_there(world):
    for row in (*world.undo(after_a_merge(world)).rows, *world.undo(row_run(world)).rows):
        assert [comes_back(row, side) for side in SideName] == [None, None]
    world.left.put(fields(subject="Fresh"))
    [ordinary] = world.plan().rows
    assert [comes_back(ordinary, side) for side in SideName] == [None, None]
    world.sync()
    world.left.items.clear()
    run_id = world.run(
        Review.of(world.plan()).confirm(0, "2") if world.plan().guards else Review.of(world.plan())
    ).run_id
    for row in world.undo(run_id).rows:
        item = comes_back(row, OL)
        assert item is not None
        assert comes_back(replace(row, right=item), OL) is None


@pytest.mark.parametrize("side", list(SideName))
def test_what_lies_among_the_deleted_ones_under_a_new_name_is_asked_for_by_the_old_one(world, side):
    here, there = world.side(side), world.side(side.other)
    here_id, there_id = next(iter(here.items)), next(iter(there.items))
    there.items.clear()
    old = record(world, world.sync().run_id)
    moved = replace(old, done={0: replace(old.done[0], ids={side: "in the bin"})})
    asked = to_look_at(moved)
    assert [ref.id for ref in asked[side]] == [here_id]
    assert [ref.id for ref in asked[side.other]] == [there_id]

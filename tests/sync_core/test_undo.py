"""What a run did can be taken back, as far as nobody has touched it since."""

import pytest
from support.build import OL, SF, fields
from support.model import World

from sync_core.plan import Action, State
from sync_core.report import Result
from sync_core.review import Review


@pytest.fixture
def world() -> World:
    """Three synced pairs; then one new item on each side, a change each way, and one deleted in Salesforce."""
    world = World()
    for n in range(3):
        world.left.put(fields(subject=f"Both {n}"))
        world.right.put(fields(subject=f"Both {n}"))
    assert world.sync().clean
    world.left.put(fields(subject="Only left"))
    world.right.put(fields(subject="Only right"))
    world.left.edit("S0001", subject="Renamed", location="Leeds")
    world.right.edit("O0002", location="York")
    del world.left.items["S0003"]
    return world


def contents(world: World) -> list[list]:
    return [
        sorted(sorted(i.fields.items(), key=str) for i in side.items.values()) for side in (world.left, world.right)
    ]


def test_everything_is_as_it_was_and_stays_so(world):
    """Promises 4 and 7: what a run replaced comes back, and the next sync has nothing to do."""
    before = contents(world)
    report = world.sync()
    assert report.clean
    assert contents(world) != before
    plan = world.undo(report.run_id)
    assert plan.takes_back == report.run_id
    assert {row.action for row in plan.rows} == {
        Action.DELETE_FROM_OUTLOOK,
        Action.DELETE_FROM_SALESFORCE,
        Action.UPDATE_IN_OUTLOOK,
        Action.UPDATE_IN_SALESFORCE,
        Action.CREATE_IN_OUTLOOK,
    }
    assert world.run(Review.of(plan)).clean
    assert contents(world) == before
    assert [row for row in world.plan().rows if row.state is State.READY and not row.quiet] == []


def test_what_was_touched_since_stays(world):
    report = world.sync()
    made = next(i for i in world.right.items.values() if i.title == "Only left")
    world.right.edit(made.id, notes="typed since")
    world.right.edit("O0001", location="typed since")
    plan = world.undo(report.run_id)
    rows = {row.title: row for row in plan.rows}
    assert rows["Only left"].action is Action.NONE
    assert rows["Only left"].reason == "somebody changed notes in Outlook since: it stays"
    assert dict(rows["Renamed"].undo.effect.to_right) == {"subject": "Both 0"}
    assert rows["Renamed"].reason == (
        "subject in Outlook as before the run; somebody changed location in Outlook since: that stays"
    )
    world.run(Review.of(plan))
    assert world.right.items["O0001"].fields["location"] == "typed since"
    assert made.id in world.right.items


def test_touched_between_review_and_run_is_skipped(world):
    report = world.sync()
    review = Review.of(world.undo(report.run_id))
    made = next(i for i in world.right.items.values() if i.title == "Only left")
    world.right.edit(made.id, notes="typed meanwhile")
    again = world.run(review)
    assert [row.title for row in again.rows if row.result is Result.SKIPPED] == ["Only left"]
    assert made.id in world.right.items


def test_a_deleted_item_comes_back_linked_and_quiet(world):
    report = world.sync()
    assert "O0003" not in world.right.items
    plan = world.undo(report.run_id, [r.row_id for r in report.rows if r.action is Action.DELETE_FROM_OUTLOOK])
    assert [row.action for row in plan.rows] == [Action.CREATE_IN_OUTLOOK]
    world.run(Review.of(plan))
    back = next(i for i in world.right.items.values() if i.title == "Both 2")
    assert ("S0003", back.id) in world.books.links_by_id
    assert [row.state for row in world.plan().rows] == [State.IGNORED_ONCE]
    world.right.edit(back.id, notes="now I want it")
    [row] = world.plan().rows
    assert row.state is not State.IGNORED_ONCE


def test_an_undo_can_be_undone(world):
    first = world.sync()
    after = contents(world)
    second = world.run(Review.of(world.undo(first.run_id)))
    third = world.run(Review.of(world.undo(second.run_id)))
    assert third.clean
    assert contents(world) == after


def test_prevents_hold_for_undo_too(world):
    from sync_core.question import Rules
    from sync_core.sides import Operation

    report = world.sync()
    world.rules = Rules(private=True, prevented=frozenset({(OL, Operation.DELETE), (SF, Operation.UPDATE)}))
    plan = world.undo(report.run_id)
    assert [row.state for row in plan.rows if row.recommended is Action.DELETE_FROM_OUTLOOK] == [State.PREVENTED]
    assert [row.state for row in plan.rows if row.recommended is Action.UPDATE_IN_SALESFORCE] == [State.PREVENTED]


def test_a_second_undo_of_the_same_run_does_nothing(world):
    report = world.sync()
    world.run(Review.of(world.undo(report.run_id)))
    again = world.undo(report.run_id)
    assert {row.action for row in again.rows} == {Action.NONE}

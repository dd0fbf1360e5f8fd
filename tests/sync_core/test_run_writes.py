"""What a write carries beside the fields: key, source, mark, to whom it relates, and what shall come back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.build import OL, SF, fields
from support.model import World

from sync_core.items import SideName
from sync_core.plan import Row
from sync_core.review import Review
from sync_core.sides import Fate, Operation, Person, Ref, Write


def sent(world: World, side: SideName) -> Write:
    """The one write that the next run sends to a side, where each row would be related to somebody."""
    world.side(side).writes.clear()
    p = world.plan()
    rows: list[Row] = [replace(row, relates=Person("003A", "Anna")) for row in p.rows]
    assert world.run(Review.of(replace(p, rows=tuple(rows)))).clean
    [write] = world.side(side).writes
    return write


@pytest.mark.parametrize("side", list(SideName))
def test_a_create_an_update_and_a_delete(side: SideName) -> None:
    world = World()
    here = world.side(side.other).put(fields(attachments=("a.pdf",)))
    made = sent(world, side)
    assert (made.operation, made.before, made.restore) == (Operation.CREATE, None, None)
    assert made.source == here.fields, "what never travels is told to the side as well"
    assert bool(made.key) is (side is SF)
    assert made.relate == ("003A" if side is SF else "")
    assert made.mark.startswith(f"hs1:{here.id}:") if side is OL else made.mark == ""

    world.side(side.other).edit(here.id, location="York")
    changed = sent(world, side)
    assert (changed.operation, dict(changed.fields)) == (Operation.UPDATE, {"location": "York"})
    assert changed.before is not None
    assert (changed.key, changed.relate, changed.restore) == ("", "", None)
    assert changed.source["location"] == "York"
    assert changed.mark == "", "it has its mark already, or gets none"

    world.side(side.other).take_away(here.id, Fate.DELETED)
    gone = sent(world, side)
    assert (gone.operation, gone.fields, gone.mark, gone.key, gone.relate) == (Operation.DELETE, {}, "", "", "")


def test_what_is_taken_back_may_come_back_itself() -> None:
    world = World()
    here = world.left.put(fields())
    world.sync()
    [twin] = world.right.items.values()
    world.left.take_away(here.id, Fate.DELETED)
    report = world.sync()
    assert world.right.items == {}
    world.right.writes.clear()
    assert world.run(Review.of(world.undo(report.run_id))).clean
    [write] = world.right.writes
    assert write.operation is Operation.CREATE
    assert write.restore == Ref(twin.id, write.mark, write.fields)

"""What a create of ours has made is found again, what was deleted comes back, and waits are told and cut short."""

from __future__ import annotations

from typing import Any

import pytest

from sync_core.errors import CancelledError
from sync_core.items import Kind
from sync_core.sides import Operation, Ref, Sought, Write

SINCE = "2026-11-23T08:00:00Z"


def test_a_create_is_found_by_its_mark_alone(world: Any, calls: Any) -> None:
    calls.create("hs1:a:1", subject="Mine")
    calls.create("hs1:b:1", subject="Mine")
    world.event("Mine")
    found = calls.side.find(Kind.CALENDAR, [Sought("hs1:b:1", {}, SINCE), Sought("hs1:c:1", {}, SINCE)])
    assert [[item.mark for item in items] for items in found] == [["hs1:b:1"], []]
    assert calls.side.find(Kind.CALENDAR, []) == []


@pytest.mark.parametrize("mark", ["", "hs1:a:1"])
def test_a_deleted_event_comes_back_whole_and_no_mail_is_sent(world: Any, calls: Any, mark: str) -> None:
    world.event("Visit", body="<b>bold</b>", categories=["Red"], **({"mark": mark} if mark else {}))
    item = calls.item()
    assert calls.delete(item).ok
    assert world.stored() == []
    restore = Ref(item.id, item.mark, item.fields)
    back = calls.write(Write(Operation.CREATE, item.fields, None, "hs1:new:1", restore=restore))[0]
    assert back.ok
    assert back.id != item.id
    [stored] = world.stored()
    assert stored.fields["categories"] == ["Red"], "what we do not map is there again as well"
    assert calls.look_one(back.id).fields == item.fields
    assert world.exchange.outbox == []


def test_where_it_is_no_longer_it_is_made_anew(world: Any, calls: Any) -> None:
    world.event("Visit")
    item = calls.item()
    calls.delete(item)
    bin_folder = world.box.folder("deleteditems")
    for gone in world.box.items(bin_folder):
        world.exchange.remove(gone)
    back = calls.write(Write(Operation.CREATE, item.fields, None, "hs1:n:1", restore=Ref(item.id, "", item.fields)))[0]
    assert back.ok
    assert calls.look_one(back.id).mark == "hs1:n:1"


def test_another_one_of_the_same_subject_is_left_where_it_is(world: Any, calls: Any) -> None:
    world.event("Visit", location="Leeds")
    other = calls.item()
    calls.delete(other)
    wanted = {**other.fields, "location": "York"}
    calls.write(Write(Operation.CREATE, wanted, None, "hs1:n:1", restore=Ref("gone", "", wanted)))
    assert len(world.box.items(world.box.folder("deleteditems"))) == 1
    assert calls.item().fields["location"] == "York"


def test_a_lost_answer_to_a_move_is_looked_up(world: Any, calls: Any) -> None:
    world.event("Visit")
    item = calls.item()
    calls.delete(item)
    world.fault("drop_after", "MoveItem")
    back = calls.write(Write(Operation.CREATE, item.fields, None, "hs1:n:1", restore=Ref(item.id, "", item.fields)))[0]
    assert back.ok
    assert len(world.stored()) == 1


@pytest.mark.parametrize("kind", [Kind.CONTACTS, Kind.TASKS])
def test_contacts_and_tasks_come_back_too(world: Any, calls: Any, kind: Kind) -> None:
    calls.kind = kind
    made = world.contact() if kind is Kind.CONTACTS else world.task("Send offer")
    item = calls.item()
    calls.delete(item)
    back = calls.write(Write(Operation.CREATE, item.fields, None, "hs1:n:1", restore=Ref(item.id, "", item.fields)))[0]
    assert back.ok
    assert back.note == "brought back from Deleted Items"
    assert calls.look_one(back.id).fields == item.fields
    assert made.id != back.id


def test_a_wait_is_told_and_can_be_cut_short(world: Any, calls: Any) -> None:
    told: list[str] = []
    stop: list[bool] = []
    calls.side.attend(told.append, lambda: bool(stop))
    world.fault("status", "CreateItem", status=503, retry_after=7)
    assert calls.create().ok
    assert told == ["Outlook: Exchange is too busy to answer (HTTP 503); waiting 7 s"]
    stop.append(True)
    world.fault("status", "GetItem", status=503, retry_after=7)
    with pytest.raises(CancelledError):
        calls.look(Ref(world.event("Visit").id))

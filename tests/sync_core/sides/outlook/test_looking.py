"""Looking at items again by id and mark, against a server over HTTP."""

from __future__ import annotations

from typing import Any

from sync_core.items import When
from sync_core.sides import Fate, Ref


def test_here(world: Any, calls: Any) -> None:
    stored = world.event()
    sighting = calls.look(Ref(stored.id))[stored.id]
    assert sighting.fate is Fate.HERE
    assert sighting.item is not None
    assert sighting.item.title == "Visit"
    assert world.operations() == ["GetFolder", "GetItem"]


def test_many_in_few_requests(world: Any, calls: Any) -> None:
    stored = [world.event(f"Event {number}") for number in range(120)]
    sightings = calls.look(*(Ref(item.id) for item in stored))
    assert all(sightings[item.id].fate is Fate.HERE for item in stored)
    assert world.operations().count("GetItem") == 2


def test_deleted(world: Any, calls: Any) -> None:
    """A.8: an id changes with the move to Deleted Items; the mark does not."""
    kept, purged, unmarked = world.event(mark="m-1"), world.event(mark="m-2"), world.event()
    world.box.delete(kept.id)
    world.box.delete(purged.id, "nowhere")
    world.box.delete(unmarked.id)
    sightings = calls.look(Ref(kept.id, "m-1"), Ref(purged.id, "m-2"), Ref(unmarked.id))
    assert [sighting.fate for sighting in sightings.values()] == [Fate.DELETED] * 3
    assert sightings[kept.id].item is not None
    assert sightings[kept.id].detail == "Deleted Items"
    assert sightings[purged.id].item is None


def test_moved_to_another_calendar(world: Any, calls: Any) -> None:
    stored = world.event(mark="m-1")
    team = world.box.add_folder("Team", world.box.folder("calendar"))
    moved = world.box.move(stored.id, team)
    sighting = calls.look(Ref(stored.id, "m-1"))[stored.id]
    assert (sighting.fate, sighting.detail) == (Fate.MOVED, "Calendar/Team")
    assert sighting.item is not None
    assert sighting.item.id == moved.id
    # by its new id it is no more here than before
    assert calls.look(Ref(moved.id))[moved.id].fate is Fate.MOVED


def test_moved_into_a_deleted_calendar(world: Any, calls: Any) -> None:
    stored = world.event(mark="m-1")
    old = world.box.add_folder("Old", world.box.folder("deleteditems"))
    world.box.move(stored.id, old)
    assert calls.look(Ref(stored.id, "m-1"))[stored.id].fate is Fate.DELETED


def test_back_under_another_id(world: Any, calls: Any) -> None:
    """A.8: moved away and back, or an invitation accepted again: the same event with a new id."""
    stored = world.event(mark="m-1")
    team = world.box.add_folder("Team", world.box.folder("calendar"))
    back = world.box.move(world.box.move(stored.id, team).id, world.box.folder("calendar"))
    sighting = calls.look(Ref(stored.id, "m-1"))[stored.id]
    assert sighting.fate is Fate.HERE
    assert sighting.item is not None
    assert sighting.item.id == back.id


def test_copies_are_never_chosen_from(world: Any, calls: Any) -> None:
    """A.8: copying an event in Outlook copies the mark."""
    gone = world.event(mark="m-1")
    world.event("copy", mark="m-1")
    world.event("copy", mark="m-1")
    world.box.delete(gone.id, "nowhere")
    sighting = calls.look(Ref(gone.id, "m-1"))[gone.id]
    assert sighting.fate is Fate.UNREADABLE
    assert "more than one" in sighting.detail


def test_an_id_of_another_server(world: Any, calls: Any) -> None:
    """E: an id that cannot be read has not been answered with "deleted"; the others are answered as usual."""
    stored = world.event()
    sightings = calls.look(Ref("nonsense"), Ref(stored.id))
    assert sightings["nonsense"].fate is Fate.UNREADABLE
    assert sightings[stored.id].fate is Fate.HERE


def test_an_item_that_cannot_be_read(world: Any, calls: Any) -> None:
    stored = world.event()
    world.fault("rows", "GetItem", rows=(0,), code="ErrorItemCorrupt", message="Corrupt.")
    sighting = calls.look(Ref(stored.id))[stored.id]
    assert sighting.fate is Fate.UNREADABLE
    assert "damaged" in sighting.detail


def test_out_of_the_window_is_still_here(world: Any, calls: Any, moment: Any) -> None:
    stored = world.event(start=moment(1, 9, year=2019), end=moment(1, 10, year=2019))
    sighting = calls.look(Ref(stored.id))[stored.id]
    assert sighting.fate is Fate.HERE
    assert sighting.item is not None
    assert sighting.item.when == When("2019-11-01T09:00:00Z", "2019-11-01T10:00:00Z")


def test_no_refs_no_requests(world: Any, calls: Any) -> None:
    assert calls.look() == {}
    assert world.operations() == []

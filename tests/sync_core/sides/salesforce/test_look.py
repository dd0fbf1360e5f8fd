"""Looking again: what became of records that a reading did not show (facts: salesforce B4)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sync_core.sides import Fate


def test_here(world: Any) -> None:
    """The same item as in a reading, digest and all."""
    record_id = world.event(Description="x", Location="y")
    (sighting,) = world.look(record_id)
    assert sighting.fate is Fate.HERE
    assert sighting.item == world.only()


def test_deleted(world: Any) -> None:
    """B4, recycle bin: deleted is deleted, in the bin or purged from it."""
    binned, purged = world.event(), world.event()
    for one in (binned, purged):
        world.org.delete("Event", one, by=world.me)
    world.org.purge("Event", purged)
    assert [one.fate for one in world.look(binned, purged)] == [Fate.DELETED, Fate.DELETED]


def test_not_visible_any_more(world: Any) -> None:
    """Somebody else's private event is in no query, and neither is what was purged long ago: nobody can tell which."""
    record_id = world.event()
    world.org.update("Event", record_id, {"OwnerId": world.colleague, "IsPrivate": True}, by=world.me)
    assert [one.fate for one in world.look(record_id)] == [Fate.MISSING]
    assert world.count("GET deleted") <= 1


def test_archived_is_not_deleted(world: Any) -> None:
    """B4, "=> trap": an event that ages past a year vanishes from query(); absence is never proof of deletion."""
    start = datetime(2025, 10, 1, 9, tzinfo=UTC)
    record_id = world.event("Old", StartDateTime=start, DurationInMinutes=30)
    (sighting,) = world.look(record_id)
    assert sighting.fate is Fate.ARCHIVED
    assert sighting.item is not None
    assert sighting.item.title == "Old"


def test_other_owner(world: Any) -> None:
    """Given to somebody else is not deleted either."""
    record_id = world.event()
    world.org.update("Event", record_id, {"OwnerId": world.colleague}, by=world.me)
    (sighting,) = world.look(record_id)
    assert (sighting.fate, sighting.detail) == (Fate.OTHER_OWNER, "Priya Nair")


def test_out_of_the_window(world: Any) -> None:
    """Moved out of the window is here."""
    start = datetime(2029, 1, 1, 9, tzinfo=UTC)
    record_id = world.event(StartDateTime=start, DurationInMinutes=30)
    assert world.fetch().items == ()
    assert world.look(record_id)[0].fate is Fate.HERE


def test_many(world: Any) -> None:
    """B4, URI: 16,384 bytes hold about 600 ids, so they are asked for 400 at a time; every id gets an answer."""
    here = [world.event(f"E{number}") for number in range(3)]
    strangers = [f"00UQy{number:07d}AAAMAA"[:15] for number in range(900)]
    found = world.look(*here, *strangers)
    assert [one.fate for one in found[:3]] == [Fate.HERE] * 3
    assert all(one.fate is Fate.MISSING for one in found[3:])
    assert world.count("GET queryAll") == 3


def test_nothing(world: Any) -> None:
    """B4 and A4, format_soql: an empty list would make IN (), which is not SOQL."""
    assert world.look() == []
    assert world.count("GET queryAll") == 0


def test_row_that_cannot_be_read(world: Any) -> None:
    """A row that is there and cannot be understood is not deleted."""
    record_id = world.event()
    world.org.stamp("Event", record_id, {"StartDateTime": None})
    (sighting,) = world.look(record_id)
    assert (sighting.fate, sighting.detail) == (Fate.UNREADABLE, "it has no start")

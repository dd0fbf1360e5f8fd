"""getUpdated and getDeleted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest


def span(world: Any, hours: float = 1) -> tuple[datetime, datetime]:
    return world.now - timedelta(hours=hours), world.now + timedelta(minutes=5)


def test_updated_lists_what_was_made_and_changed(world: Any, sf: Any) -> None:
    old = world.event("old")
    world.advance(hours=3)
    new, gone = world.event("new"), world.event("gone")
    world.org.delete("Event", gone, by=world.alice)
    found = sf.Event.updated(*span(world))
    assert found["ids"] == [new]
    # the minute that is not over is not covered
    assert found["latestDateCovered"] == "2026-11-23T12:30:00.000+0000"
    # a process moves SystemModstamp, and that is what counts
    world.org.stamp("Event", old, {"ClientGuid": "x"})
    assert set(sf.Event.updated(*span(world))["ids"]) == {old, new}


def test_deleted_lists_what_went_even_out_of_the_bin(world: Any, sf: Any) -> None:
    first, second = world.event(), world.event()
    world.org.delete("Event", first, by=world.alice)
    world.org.delete("Event", second, by=world.alice)
    world.org.purge("Event", second)
    contact = world.org.create("Contact", {"LastName": "Stone"}, by=world.alice)
    world.org.delete("Contact", contact, by=world.alice)
    found = sf.Event.deleted(*span(world))
    assert found["deletedRecords"] == [
        {"id": record_id, "deletedDate": "2026-11-23T09:30:15.000+0000"} for record_id in (first, second)
    ]
    assert found["earliestDateAvailable"] <= "2026-11-23"
    assert (
        sf.Event.deleted(world.now + timedelta(minutes=-60), world.now - timedelta(minutes=30))["deletedRecords"] == []
    )


def test_seconds_are_ignored(world: Any) -> None:
    world.org.delete("Event", world.event(), by=world.alice)
    # deleted at 09:30:15
    query = {"start": "2026-11-23T09:30:55Z", "end": "2026-11-23T09:40:00Z"}
    assert len(world.call("GET", "sobjects/Event/deleted/", params=query).json()["deletedRecords"]) == 1
    query = {"start": "2026-11-23T09:20:00Z", "end": "2026-11-23T09:30:59Z"}
    assert world.call("GET", "sobjects/Event/deleted/", params=query).json()["deletedRecords"] == []


@pytest.mark.parametrize(
    ("what", "start", "end"),
    [
        ("updated", "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z"),
        ("deleted", "2026-11-01T00:00:00Z", "2026-11-20T00:00:00Z"),
        ("updated", "2026-11-22T00:00:00Z", "2026-11-21T00:00:00Z"),
        ("updated", "2026-11-22T00:00:00Z", "2026-11-22T00:00:30Z"),
        ("updated", "2026-12-22T00:00:00Z", "2026-12-23T00:00:00Z"),
        ("updated", "yesterday", "2026-11-22T00:00:00Z"),
        ("updated", "2026-11-22T00:00:00:", "2026-11-22T00:00:00Z"),
    ],
)
def test_windows_that_are_refused(world: Any, what: str, start: str, end: str) -> None:
    reply = world.call("GET", f"sobjects/Event/{what}/", params={"start": start, "end": end})
    assert (reply.status_code, reply.json()[0]["errorCode"]) == (400, "INVALID_REPLICATION_DATE")


def test_windows_reach_fifteen_and_thirty_days_back(world: Any, sf: Any) -> None:
    world.advance(days=40)
    end = world.now
    assert sf.Event.updated(end - timedelta(days=30), end)["ids"] == []
    assert sf.Event.deleted(end - timedelta(days=15), end)["deletedRecords"] == []


def test_objects_without_a_recycle_bin(world: Any) -> None:
    query = {"start": "2026-11-22T00:00:00Z", "end": "2026-11-23T00:00:00Z"}
    assert world.call("GET", "sobjects/TaskStatus/updated", params=query).status_code == 404


def test_the_start_belongs_to_the_window_and_the_end_does_not(world: Any) -> None:
    made = world.event()
    world.advance(seconds=45)  # to 09:31:00
    world.org.update("Event", made, {"Subject": "b"}, by=world.alice)
    other = world.event()
    world.org.delete("Event", other, by=world.alice)
    for start, end, number in (("09:31", "09:32", 1), ("09:29", "09:31", 0)):
        query = {"start": f"2026-11-23T{start}:00Z", "end": f"2026-11-23T{end}:00Z"}
        assert len(world.call("GET", "sobjects/Event/updated", params=query).json()["ids"]) == number
        assert len(world.call("GET", "sobjects/Event/deleted", params=query).json()["deletedRecords"]) == number

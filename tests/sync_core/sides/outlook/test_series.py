"""Series over EWS: the item that stands for one is read whole, made, changed and deleted (facts: exchange A.10, E)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sync_core.items import When
from sync_core.recurrence import Exceptions
from sync_core.sandbox.ews.recurrence import ModifiedOccurrence, Recurrence
from sync_core.sides import Fate, Ref

MONDAYS = When("2026-11-30T09:00:00Z", "2026-11-30T10:00:00Z", False, "FREQ=WEEKLY;BYDAY=MO;COUNT=20", "Europe/Berlin")


def weekly(world: Any, **fields: Any) -> Any:
    start = datetime(2026, 10, 19, 8, tzinfo=UTC)
    pattern = Recurrence("Weekly", date(2026, 10, 19), days=("Monday",), count=30)
    values = {"start": start, "end": start + timedelta(minutes=15), "recurrence": pattern, **fields}
    return world.event("Stand-up", **values)


def test_a_series_is_one_item_with_its_pattern_and_zone(world: Any, calls: Any) -> None:
    master = weekly(world)
    item = calls.item()
    assert (item.id, item.series, item.locked) == (master.id, True, "")
    assert item.when is not None
    assert item.when[2:] == (False, "FREQ=WEEKLY;BYDAY=MO;COUNT=30", item.when.zone)
    assert item.when.zone
    assert item.fields["exceptions"] == ""


def test_a_zone_is_spelled_as_windows_knows_it(world: Any, calls_with: Any) -> None:
    """A.10: Copenhagen becomes Romance Standard Time, which comes back as Paris."""
    weekly(world, start_zone="Romance Standard Time", end_zone="Romance Standard Time")
    item = calls_with(zone="Europe/Copenhagen").item()
    assert item.when.zone == "Europe/Paris"


def test_changed_and_deleted_occurrences_belong_to_the_content(world: Any, calls: Any) -> None:
    """E: the master's ChangeKey need not move when one of them is edited."""
    moved = datetime(2026, 11, 2, 9, tzinfo=UTC)
    gone = datetime(2026, 11, 9, 9, tzinfo=UTC)
    changes = {"start": moved + timedelta(hours=3), "end": moved + timedelta(hours=4)}
    weekly(
        world, start_zone="W. Europe Standard Time",
        modified_occurrences=[ModifiedOccurrence(moved, changes)], deleted_occurrences=[gone],
    )  # fmt: skip
    item = calls.item()
    found = Exceptions.parse(str(item.fields["exceptions"]))
    assert found.deleted == (date(2026, 11, 9),)
    (changed,) = found.changed
    assert (changed.original, changed.start) == (date(2026, 11, 2), datetime(2026, 11, 2, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("zone", "start", "summer"),
    [
        ("Europe/Berlin", "2026-11-30T09:00:00Z", "2027-03-29T08:00:00Z"),
        ("America/New_York", "2026-11-30T15:00:00Z", "2027-03-29T14:00:00Z"),
        ("Asia/Kolkata", "2026-11-30T04:30:00Z", "2027-03-29T04:30:00Z"),
    ],
)
def test_a_new_series_keeps_its_local_hour(world: Any, calls: Any, zone: str, start: str, summer: str) -> None:
    from sync_core.series import zone_name

    begins = datetime.fromisoformat(start)
    when = MONDAYS._replace(start=start, end=f"{begins + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}", zone=zone_name(zone))
    outcome = calls.create(subject="Jour fixe", when=when, exceptions="")
    assert outcome.ok, outcome.error
    item = calls.look_one(outcome.id)
    assert item.when == when
    assert item.series
    (master,) = world.stored()
    view = occurrence_starts(world, master, datetime(2027, 3, 29, tzinfo=UTC))
    assert view == [datetime.fromisoformat(summer)]


def occurrence_starts(world: Any, master: Any, day: datetime) -> list[Any]:
    from sync_core.sandbox.ews.occurrences import in_window

    return [one.fields["start"] for one in in_window(world.exchange, master, day, day + timedelta(days=1))]


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=3;COUNT=5",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;UNTIL=20270301",
        "FREQ=MONTHLY;BYMONTHDAY=30;COUNT=1",
        "FREQ=MONTHLY;BYDAY=-1MO",
        "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=11;BYDAY=-1MO",
    ],
)
def test_patterns_come_back_as_they_were_written(world: Any, calls: Any, text: str) -> None:
    outcome = calls.create(when=MONDAYS._replace(recurrence=text))
    if text == "FREQ=MONTHLY;BYMONTHDAY=30;COUNT=1":
        assert "Outlook cannot hold this series" in outcome.error
        return
    assert outcome.ok, outcome.error
    assert calls.look_one(outcome.id).when.recurrence == text


def test_an_all_day_series(world: Any, calls: Any) -> None:
    when = When("2026-11-30", "2026-12-01", True, "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;COUNT=9")
    outcome = calls.create(when=when)
    assert outcome.ok, outcome.error
    assert calls.look_one(outcome.id).when == when


def test_what_changes_is_sent_and_nothing_else(world: Any, calls: Any, updates: Any) -> None:
    weekly(world)
    item = calls.item()
    assert calls.update(item, subject="Stand-up sales").ok
    assert updates() == ["item:Subject"]
    item = calls.item()
    when = item.when._replace(recurrence="FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;COUNT=30")
    assert calls.update(item, when=when).ok
    assert calls.item().when == when


def test_a_deleted_series_lies_in_deleted_items(world: Any, calls: Any) -> None:
    weekly(world)
    item = calls.item()
    assert calls.delete(item).ok
    assert world.stored() == []
    assert calls.look(Ref(item.id, item.mark))[item.id].fate is Fate.DELETED


def test_a_series_of_meetings_stays_locked(world: Any, calls: Any) -> None:
    weekly(world, is_meeting=True, required_attendees=[("Priya", "priya@example.com", "Accept")])
    assert "attendees" in calls.item().locked


def test_a_pattern_that_cannot_be_written_is_refused_before_the_request(world: Any, calls: Any) -> None:
    outcome = calls.create(when=MONDAYS._replace(recurrence="FREQ=MONTHLY;BYDAY=2MO,4MO"))
    assert "several days of a month" in outcome.error
    assert "CreateItem" not in world.operations()


OUT = Exceptions((date(2026, 12, 7), date(2026, 12, 21))).text


def test_occurrences_are_taken_out_with_a_create_and_later(world: Any, calls: Any) -> None:
    """A.10: by their place in the series, in which those that were deleted before keep theirs."""
    made = calls.create(when=MONDAYS, exceptions=Exceptions((date(2026, 12, 7),)).text)
    assert made.ok, made.error
    item = calls.look_one(made.id)
    assert Exceptions.parse(str(item.fields["exceptions"])).deleted == (date(2026, 12, 7),)
    assert calls.update(item, exceptions=OUT).ok
    assert calls.look_one(made.id).fields["exceptions"] == OUT
    assert world.requests("DeleteItem")[-1].xpath("count(//*[local-name()='OccurrenceItemId'])") == 1.0


def test_what_could_not_be_taken_out_is_told(world: Any, calls: Any) -> None:
    world.fault("rows", "DeleteItem", rows=(1,), code="ErrorAccessDenied", message="no")
    made = calls.create(when=MONDAYS, exceptions=OUT)
    assert not made.ok
    assert "could not be taken out" in made.error
    (master,) = world.stored()
    found = Exceptions.parse(str(calls.look_one(master.id).fields["exceptions"]))
    assert found.deleted == (date(2026, 12, 7),)

"""Lightning series over HTTP: one item, read whole, made, changed and deleted (facts: salesforce B1, IsRecurrence2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sync_core.items import When
from sync_core.recurrence import Exceptions
from sync_core.sides import Fate, Operation, Ref, Window, Write

WEEKLY = {"Recurrence2PatternText": "RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=30"}
TUESDAYS = When("2026-11-24T09:00:00Z", "2026-11-24T10:00:00Z", False, "FREQ=WEEKLY;BYDAY=TU;COUNT=30", "Europe/Berlin")


def rows(world: Any) -> list[dict[str, Any]]:
    alive = [row for row in world.org.rows("Event") if not row["IsDeleted"]]
    return sorted(alive, key=lambda row: row["StartDateTime"])


def test_a_series_is_one_item_whatever_the_window(world: Any) -> None:
    first = world.event("Stand-up", **WEEKLY)
    item = world.only()
    assert (item.id, item.series, item.locked) == (first, True, "")
    assert item.when == TUESDAYS._replace(start="2026-11-24T10:00:00Z", end="2026-11-24T11:00:00Z", zone=item.when.zone)
    assert item.fields["exceptions"] == ""
    later = world.only(Window(date(2027, 2, 1), date(2027, 3, 1), "Europe/Berlin"))
    assert later == item
    assert world.item(first) == item
    # any other occurrence leads to the whole as well
    assert world.item(rows(world)[7]["Id"]) == item


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney"])
def test_a_new_series_keeps_its_local_hour(world: Any, zone: str) -> None:
    from zoneinfo import ZoneInfo

    from sync_core.series import zone_name

    me = world.org.get("User", world.me)
    world.org.put("User", world.me, {**me, "TimeZoneSidKey": zone})
    start = datetime(2026, 11, 24, 9, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    when = TUESDAYS._replace(
        start=f"{start:%Y-%m-%dT%H:%M:%SZ}",
        end=f"{start + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}",
        zone=zone_name(zone),
    )
    outcome = world.create(subject="Jour fixe", when=when, exceptions="")
    assert outcome.ok, outcome.error
    made = rows(world)
    assert len(made) == 30
    assert {row["StartDateTime"].astimezone(ZoneInfo(zone)).hour for row in made} == {9}
    assert world.item(outcome.id).when == when


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY;UNTIL=20261210",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=7",
        "FREQ=MONTHLY;BYDAY=-1TU",
        "FREQ=MONTHLY;BYMONTHDAY=24;COUNT=12",
        "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=24;COUNT=3",
    ],
)
def test_patterns_come_back_as_they_were_written(world: Any, text: str) -> None:
    when = TUESDAYS._replace(recurrence=text)
    outcome = world.create(when=when)
    assert outcome.ok, outcome.error
    item = world.item(outcome.id)
    assert item.when == when
    assert item.fields["exceptions"] == ""


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Asia/Tokyo", "Pacific/Auckland"])
def test_a_last_day_is_the_same_in_every_zone(world: Any, zone: str) -> None:
    """RFC 5545, 3.3.10: the end of a series with a time is an instant in UTC, and must not add or lose a day."""
    from zoneinfo import ZoneInfo

    from sync_core.series import zone_name

    world.org.put("User", world.me, {**world.org.get("User", world.me), "TimeZoneSidKey": zone})
    for hour in (0, 8, 23):
        start = datetime(2026, 11, 24, hour, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        ends = [f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in (start, start + timedelta(minutes=30))]
        when = When(*ends, False, "FREQ=DAILY;UNTIL=20261130", zone_name(zone))
        outcome = world.create(subject=f"At {hour}", when=when)
        assert outcome.ok, outcome.error
        assert world.item(outcome.id).when == when
        made = [
            row["StartDateTime"].astimezone(ZoneInfo(zone)) for row in rows(world) if row["Subject"] == f"At {hour}"
        ]
        assert [moment.day for moment in made] == [24, 25, 26, 27, 28, 29, 30]


def test_an_org_that_shows_no_more_than_a_part(world: Any) -> None:
    """What a server cuts off is no exception: such a series is shown and left alone."""
    first = world.event("Stand-up", **WEEKLY)
    hide = world.side._reader.shape(world.kind).columns
    column = hide["Recurrence2PatternStartDate"]
    hide["Recurrence2PatternStartDate"] = replace(column, filterable=False)
    item = world.only(Window(date(2026, 11, 1), date(2026, 12, 31), "Europe/Berlin"))
    assert (item.id, item.series) == (first, True)
    assert "did not give all occurrences" in item.locked


def test_an_all_day_series(world: Any) -> None:
    when = When("2026-11-24", "2026-11-25", True, "FREQ=WEEKLY;BYDAY=TU;COUNT=4")
    outcome = world.create(when=when)
    assert outcome.ok, outcome.error
    assert world.item(outcome.id).when == when


def test_another_zone_than_the_users_is_refused(world: Any) -> None:
    """B1: the pattern's text is all that can be given; the zone would be another, and summer would move the hour."""
    outcome = world.create(when=TUESDAYS._replace(zone="America/New_York"))
    assert "time zone" in outcome.error
    assert rows(world) == []


def test_a_change_reaches_all_occurrences_to_come(world: Any) -> None:
    """v58+: changing one to come changes them all; past ones keep what they were, and the series stays one."""
    first = world.event("Stand-up", **WEEKLY)
    world.now = datetime(2026, 12, 9, 8, tzinfo=UTC)
    outcome = world.update(first, subject="Stand-up sales", location="Room 4")
    assert (outcome.ok, outcome.id) == (True, first)
    assert [row["Subject"] for row in rows(world)] == ["Stand-up"] * 3 + ["Stand-up sales"] * 27
    item = world.only()
    assert (item.id, item.title, item.fields["location"]) == (first, "Stand-up sales", "Room 4")
    assert item.fields["exceptions"] == ""


def test_another_hour_moves_the_series(world: Any) -> None:
    first = world.event("Stand-up", **WEEKLY)
    world.now = datetime(2026, 12, 9, 8, tzinfo=UTC)
    before = world.item(first)
    when = before.when._replace(start="2026-11-24T13:00:00Z", end="2026-11-24T13:30:00Z")
    outcome = world.update(first, when=when)
    assert outcome.ok, outcome.error
    item = world.only()
    assert (item.id, item.when, item.fields["exceptions"]) == (first, when, "")
    assert [row["StartDateTime"].hour for row in rows(world)[:5]] == [10, 10, 10, 13, 13]


def test_other_days_are_create_only(world: Any) -> None:
    first = world.event("Stand-up", **WEEKLY)
    when = world.item(first).when
    for other in (
        when._replace(recurrence="FREQ=WEEKLY;BYDAY=TU,TH"),
        when._replace(start="2026-11-25T10:00:00Z", end="2026-11-25T11:00:00Z"),
    ):
        assert "keeps the days" in world.update(first, when=other).error


def test_older_versions_of_the_api_would_change_one_occurrence(world: Any) -> None:
    first = world.event("Stand-up", **WEEKLY)
    side = world.make(api_version="57.0")
    item = side.look(world.kind, [Ref(first)])[first].item
    (outcome,) = side.write(world.kind, [Write(Operation.UPDATE, {"subject": "x"}, item)])
    assert "api_version" in outcome.error
    assert {row["Subject"] for row in rows(world)} == {"Stand-up"}


def test_deleting_leaves_the_past_and_the_series_is_gone(world: Any) -> None:
    """B1, delete from here on: what was is history, and nobody offers it anew."""
    first = world.event("Stand-up", **WEEKLY)
    world.now = datetime(2026, 12, 9, 8, tzinfo=UTC)
    (outcome,) = world.delete(first)
    assert (outcome.ok, outcome.id) == (True, first)
    assert len(rows(world)) == 3
    assert world.fetch().items == ()
    (sighting,) = world.look(first)
    assert sighting.fate is Fate.DELETED


def test_what_is_left_of_a_series_may_lie_before_the_first_day_of_its_pattern(world: Any) -> None:
    """Its first occurrence was entered a day earlier after it had passed, and all others were deleted since."""
    first = world.event("Stand-up", **WEEKLY)
    world.now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    earlier = {"StartDateTime": datetime(2026, 11, 23, 10, tzinfo=UTC), "DurationInMinutes": 60}
    world.org.update("Event", first, earlier, by=world.me)
    for row in rows(world)[1:]:
        world.org.delete("Event", row["Id"], by=world.me)
    (sighting,) = world.look(first)
    assert sighting.fate is Fate.DELETED
    (left,) = world.fetch().remains
    assert sighting.left == left
    (moved,) = Exceptions.parse(str(left.fields["exceptions"])).changed
    assert (moved.original, moved.start) == (date(2026, 11, 24), datetime(2026, 11, 23, 10, tzinfo=UTC))


def test_a_series_that_is_over_is_still_there_and_cannot_be_deleted(world: Any) -> None:
    first = world.event("Stand-up", Recurrence2PatternText="FREQ=WEEKLY;BYDAY=TU;COUNT=2")
    world.now = datetime(2026, 12, 9, 8, tzinfo=UTC)
    assert world.only().id == first
    (outcome,) = world.delete(first)
    assert "past" in outcome.error


def test_a_missing_occurrence_is_an_exception(world: Any) -> None:
    first = world.event("Stand-up", **WEEKLY)
    world.org.delete("Event", rows(world)[2]["Id"], by=world.me)
    item = world.only()
    assert item.id == first
    assert Exceptions.parse(str(item.fields["exceptions"])).deleted == (date(2026, 12, 8),)


def test_a_changed_past_occurrence_is_an_exception(world: Any) -> None:
    first = world.event("Stand-up", **WEEKLY)
    world.now = datetime(2026, 12, 9, 8, tzinfo=UTC)
    moved = rows(world)[1]
    changes = {"StartDateTime": moved["StartDateTime"] + timedelta(hours=2), "DurationInMinutes": 60}
    world.org.update("Event", moved["Id"], changes, by=world.me)
    (changed,) = Exceptions.parse(str(world.item(first).fields["exceptions"])).changed
    assert (changed.original, changed.start) == (date(2026, 12, 1), datetime(2026, 12, 1, 12, tzinfo=UTC))


def test_the_first_occurrence_may_be_taken_out(world: Any) -> None:
    """The series goes by the next one then, at the same time as before: its pattern tells that."""
    first = world.event("Stand-up", **WEEKLY)
    before = world.only()
    world.org.delete("Event", first, by=world.me)
    after = world.only()
    assert after.id != first
    assert after.when == before.when
    assert world.look(first)[0].fate is Fate.DELETED


def test_twins_of_one_pattern_after_one_was_renamed(world: Any) -> None:
    """No id of a series: nobody can tell then which past occurrence belongs to which, so nothing is written."""
    first = world.event("Stand-up", **WEEKLY)
    world.event("Other", **WEEKLY)
    world.now = datetime(2026, 12, 9, 8, tzinfo=UTC)
    item = next(one for one in world.fetch().items if one.id == first)
    (outcome,) = world.write(Write(Operation.UPDATE, {"subject": "Renamed"}, item))
    assert outcome.ok, outcome.error
    assert {one.locked.split(",")[0] for one in world.fetch().items} == {
        "two series with the same pattern begin together"
    }


def test_a_reminder_counts_back_from_each_occurrence(world: Any) -> None:
    outcome = world.create(when=TUESDAYS, reminder=15)
    assert world.item(outcome.id).fields["reminder"] == 15
    assert world.update(outcome.id, reminder=30).ok
    world.now = datetime(2026, 12, 9, 8, tzinfo=UTC)
    assert world.item(outcome.id).fields["reminder"] == 30


def test_nothing_is_written_by_an_id_that_is_no_series(world: Any) -> None:
    item = replace(world.item(world.event("Stand-up", **WEEKLY)), id=world.event("Single"))
    (outcome,) = world.write(Write(Operation.UPDATE, {"subject": "x"}, item))
    assert "no longer there" in outcome.error


def test_occurrences_are_taken_out_with_a_create_and_later(world: Any) -> None:
    """Each is deleted by itself; when the first one goes, the series goes by the next."""
    out = Exceptions((date(2026, 12, 1),)).text
    made = world.create(when=TUESDAYS, exceptions=out)
    assert made.ok, made.error
    assert (world.item(made.id).fields["exceptions"], len(rows(world))) == (out, 29)
    more = Exceptions((date(2026, 11, 24), date(2026, 12, 1), date(2026, 12, 8))).text
    outcome = world.update(made.id, exceptions=more)
    assert outcome.ok, outcome.error
    assert outcome.id != made.id
    assert [row["StartDateTime"].day for row in rows(world)[:2]] == [15, 22]
    assert world.item(outcome.id).when == TUESDAYS


def test_more_occurrences_are_taken_out_than_one_request_deletes(world: Any) -> None:
    """A request deletes 200 records (facts: salesforce B4, sObject Collections)."""
    days = [date(2026, 11, 25) + timedelta(days=number) for number in range(205)]
    daily = TUESDAYS._replace(recurrence="FREQ=DAILY;COUNT=210")
    made = world.create(when=daily, exceptions=Exceptions(tuple(days)).text)
    assert made.ok, made.error
    assert len(rows(world)) == 5


def test_what_could_not_be_taken_out_is_told_and_offered_again(world: Any) -> None:
    """The pair is found by its exact key at the next comparison, which then has the rest to do."""
    world.fault("rows", "DELETE composite/sobjects", rows=(0,), code="DELETE_FAILED", message="a trigger says no")
    made = world.create(when=TUESDAYS, exceptions=Exceptions((date(2026, 12, 1),)).text)
    assert not made.ok
    assert "could not be taken out" in made.error
    assert len(rows(world)) == 30


def test_occurrences_that_are_not_written_out_yet_are_told(world: Any) -> None:
    when = TUESDAYS._replace(recurrence="FREQ=WEEKLY;BYDAY=TU")
    made = world.create(when=when, exceptions=Exceptions((date(2035, 1, 2),)).text)
    assert made.ok
    assert "not written out" in made.note
    # and there is nothing to ask the server to delete
    assert "DELETE composite/sobjects" not in world.server.operations()

"""Series of both kinds: patterns, the occurrences they bring, and what changes and deletions do to them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

import pytest

from sync_core.sandbox.salesforce import ApiError
from sync_core.sandbox.salesforce.recurrence import parse

FIRST = date(2026, 11, 23)  # a Monday


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FREQ=DAILY;COUNT=3", ["11-23", "11-24", "11-25"]),
        ("RRULE:FREQ=DAILY;INTERVAL=2;UNTIL=20261127T000000Z", ["11-23", "11-25", "11-27"]),
        ("FREQ=DAILY;BYDAY=MO,TU;COUNT=3", ["11-23", "11-24", "11-30"]),
        ("FREQ=WEEKLY;COUNT=2", ["11-23", "11-30"]),
        ("FREQ=WEEKLY;BYDAY=WE,FR;COUNT=3", ["11-25", "11-27", "12-02"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;COUNT=3;WKST=MO", ["11-23", "11-29", "12-07"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;COUNT=3;WKST=SU", ["11-23", "12-06", "12-07"]),
        ("FREQ=MONTHLY;COUNT=2", ["11-23", "12-23"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=2", ["12-31", "01-31"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=2", ["11-30", "12-31"]),
        ("FREQ=MONTHLY;BYDAY=2TU;COUNT=2", ["12-08", "01-12"]),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=2", ["11-27", "12-25"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2", ["11-30", "12-31"]),
        ("FREQ=YEARLY;COUNT=2", ["11-23", "11-23"]),
        # the calendar ends before the rule does
        ("FREQ=YEARLY;INTERVAL=999;COUNT=9999", ["11-23"] * 8),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=1MO;COUNT=2", ["03-01", "03-06"]),
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", []),
    ],
)
def test_patterns(text: str, expected: list[str]) -> None:
    days = islice(parse(text).anchored(FIRST).starts(FIRST), 10)
    assert [f"{day:%m-%d}" for day in days] == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "FREQ=HOURLY", "COUNT=3", "FREQ=DAILY;FREQ=DAILY", "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=2;UNTIL=20261201", "FREQ=DAILY;UNTIL=20261301",
        "FREQ=DAILY;BYHOUR=3", "FREQ=WEEKLY;BYDAY=XX", "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;UNTIL=tomorrow", "FREQ=WEEKLY;WKST=X", "EXDATE:20261123",
    ],
)  # fmt: skip
def test_patterns_that_are_none(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (every message is right)
        parse(text)


def occurrences(world: Any) -> list[dict[str, Any]]:
    return sorted(world.org.rows("Event"), key=lambda row: row["StartDateTime"])


def weekly(world: Any, text: str = "FREQ=WEEKLY;COUNT=4", **fields: object) -> list[dict[str, Any]]:
    """A weekly hour from Monday the 23rd, 14:00 UTC, as Alice (London) makes it."""
    start = datetime(2026, 11, 23, 14, tzinfo=UTC)
    world.event("Stand-up", StartDateTime=start, DurationInMinutes=60, Recurrence2PatternText=text, **fields)
    return occurrences(world)


def test_a_lightning_series_brings_its_occurrences(world: Any, sf: Any) -> None:
    rows = weekly(world)
    assert [row["StartDateTime"].day for row in rows] == [23, 30, 7, 14]
    for row in rows:
        shown = sf.Event.get(row["Id"])
        assert shown["IsRecurrence2"] is True
        assert shown["IsRecurrence"] is False
        # rewritten on save: what the rule left to the first day is said
        assert shown["Recurrence2PatternText"] == "RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO;COUNT=4"
        assert shown["Recurrence2PatternStartDate"] == "2026-11-23T14:00:00.000+0000"
        assert shown["Recurrence2PatternTimeZone"] == "Europe/London"
        assert shown["DurationInMinutes"] == 60
        assert "_series" not in shown


def test_occurrences_keep_their_local_time(world: Any) -> None:
    rows = weekly(world, "FREQ=MONTHLY;COUNT=6", ReminderDateTime=datetime(2026, 11, 23, 13, 45, tzinfo=UTC))
    # London has summer time from 28 March 2027 on
    assert [row["StartDateTime"].hour for row in rows] == [14, 14, 14, 14, 14, 13]
    assert all(row["StartDateTime"] - row["ReminderDateTime"] == timedelta(minutes=15) for row in rows)


def test_an_endless_series_ends_at_the_horizon(world: Any) -> None:
    rows = weekly(world, "FREQ=WEEKLY")
    assert 100 <= len(rows) <= 110


def test_an_all_day_series(world: Any) -> None:
    world.event(IsAllDayEvent=True, ActivityDate=FIRST, Recurrence2PatternText="FREQ=YEARLY;COUNT=2")
    assert [(row["StartDateTime"], row["EndDateTime"]) for row in occurrences(world)] == [
        (datetime(2026, 11, 23, tzinfo=UTC),) * 2,
        (datetime(2027, 11, 23, tzinfo=UTC),) * 2,
    ]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"Recurrence2PatternText": "FREQ=HOURLY"}, "FIELD_INTEGRITY_EXCEPTION"),
        ({"Recurrence2PatternText": "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30"}, "FIELD_INTEGRITY_EXCEPTION"),
        ({"Recurrence2PatternText": "FREQ=WEEKLY;BYDAY=" + ",".join(["MO"] * 170)}, "STRING_TOO_LONG"),
        ({"IsRecurrence2": True}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({"IsRecurrence": True}, "REQUIRED_FIELD_MISSING"),
    ],
)
def test_series_that_cannot_be(world: Any, values: dict[str, object], code: str) -> None:
    with pytest.raises(ApiError) as caught:
        world.event(**values)
    assert caught.value.code == code
    assert world.org.rows("Event") == []


def test_the_pattern_is_for_create_only_and_from_v52(world: Any) -> None:
    body = {"StartDateTime": "2026-11-24T10:00:00Z", "DurationInMinutes": 30, "Recurrence2PatternText": "FREQ=DAILY"}
    reply = world.call("POST", "sobjects/Event", json=body, version="51.0")
    assert reply.json()[0]["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    reply = world.call("PATCH", f"sobjects/Event/{world.event()}", json={"Recurrence2PatternText": "FREQ=DAILY"})
    assert reply.json()[0]["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"


def test_a_future_occurrence_changes_the_whole_series(world: Any) -> None:
    rows = weekly(world)
    world.advance(days=8)  # two of them are over
    world.org.update(
        "Event", rows[2]["Id"],
        {"Subject": "Moved", "StartDateTime": rows[2]["StartDateTime"] + timedelta(hours=1), "DurationInMinutes": 30},
        by=world.alice,
    )  # fmt: skip
    after = occurrences(world)
    assert [row["Subject"] for row in after] == ["Stand-up", "Stand-up", "Moved", "Moved"]
    assert [row["StartDateTime"].hour for row in after] == [14, 14, 15, 15]
    assert [row["DurationInMinutes"] for row in after] == [60, 60, 30, 30]
    assert [row["IsRecurrence2Exclusion"] for row in after] == [True, True, False, False]
    assert after[3]["SystemModstamp"] == world.now.replace(microsecond=0)


def test_before_v58_a_change_stays_alone(world: Any) -> None:
    rows = weekly(world)
    reply = world.call("PATCH", f"sobjects/Event/{rows[2]['Id']}", json={"Subject": "Alone"}, version="57.0")
    assert reply.status_code == 204
    after = occurrences(world)
    assert [row["Subject"] for row in after] == ["Stand-up", "Stand-up", "Alone", "Stand-up"]
    assert [row["IsRecurrence2Exception"] for row in after] == [False, False, True, False]


def test_a_past_occurrence_becomes_an_exception(world: Any) -> None:
    rows = weekly(world)
    world.advance(days=8)
    world.org.update("Event", rows[0]["Id"], {"Subject": "Was different"}, by=world.alice)
    after = occurrences(world)
    assert [row["Subject"] for row in after] == ["Was different", "Stand-up", "Stand-up", "Stand-up"]
    assert [row["IsRecurrence2Exception"] for row in after] == [True, False, False, False]


def test_deleting_one_and_all_that_follow(world: Any) -> None:
    rows = weekly(world)
    world.org.delete("Event", rows[0]["Id"], by=world.alice)
    assert len(occurrences(world)) == 3
    assert world.call("DELETE", f"sobjects/Event/{rows[2]['Id']}/fromThisEventOnwards").status_code == 204
    assert [row["Id"] for row in occurrences(world)] == [rows[1]["Id"]]
    single = world.event()
    assert world.call("DELETE", f"sobjects/Event/{single}/fromThisEventOnwards").status_code == 400


# -- Classic series ------------------------------------------------------------------------------------------------


def classic(world: Any, kind: str, until: date, **fields: object) -> str:
    return world.event(
        "Classic", StartDateTime=datetime(2026, 11, 23, 14, tzinfo=UTC), DurationInMinutes=60, IsRecurrence=True,
        RecurrenceStartDateTime=datetime(2026, 11, 23, 14, tzinfo=UTC), RecurrenceEndDateOnly=until,
        RecurrenceType=kind, **fields,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "until", "fields", "expected"),
    [
        ("RecursDaily", date(2026, 11, 25), {"RecurrenceInterval": 1}, ["11-23", "11-24", "11-25"]),
        ("RecursEveryWeekday", date(2026, 11, 30), {}, ["11-23", "11-24", "11-25", "11-26", "11-27", "11-30"]),
        # Monday 2, Saturday 64
        ("RecursWeekly", date(2026, 12, 1), {"RecurrenceInterval": 1, "RecurrenceDayOfWeekMask": 66},
         ["11-23", "11-28", "11-30"]),
        ("RecursMonthly", date(2027, 1, 31), {"RecurrenceInterval": 1, "RecurrenceDayOfMonth": 30},
         ["11-30", "12-30", "01-30"]),
        ("RecursMonthlyNth", date(2027, 1, 31),
         {"RecurrenceInterval": 1, "RecurrenceInstance": "Last", "RecurrenceDayOfWeekMask": 32},
         ["11-27", "12-25", "01-29"]),
        ("RecursYearly", date(2028, 1, 1), {"RecurrenceDayOfMonth": 25, "RecurrenceMonthOfYear": "December"},
         ["12-25", "12-25"]),
        ("RecursYearlyNth", date(2028, 1, 1),
         {"RecurrenceInstance": "First", "RecurrenceDayOfWeekMask": 2, "RecurrenceMonthOfYear": "May"}, ["05-03"]),
    ],
)  # fmt: skip
def test_classic_series(world: Any, kind: str, until: date, fields: dict[str, object], expected: list[str]) -> None:
    master = classic(world, kind, until, **fields)
    rows = [row for row in occurrences(world) if not row["IsRecurrence"]]
    assert [f"{row['StartDateTime']:%m-%d}" for row in rows] == expected
    assert {row["RecurrenceActivityId"] for row in occurrences(world)} == {master}
    assert {row["IsRecurrence2"] for row in rows} == {False}


def test_deleting_a_classic_series_takes_past_and_future(world: Any) -> None:
    master = classic(world, "RecursDaily", date(2026, 11, 27), RecurrenceInterval=1)
    one = classic(world, "RecursDaily", date(2026, 11, 24), RecurrenceInterval=1)
    world.advance(days=2)
    world.org.delete("Event", master, by=world.alice)
    assert {row["RecurrenceActivityId"] for row in occurrences(world)} == {one}
    single = next(row for row in occurrences(world) if not row["IsRecurrence"])
    world.org.delete("Event", single["Id"], by=world.alice)
    assert len(occurrences(world)) == 2


@pytest.mark.parametrize(
    ("kind", "until", "fields", "code"),
    [
        ("RecursDaily", date(2027, 11, 23), {"RecurrenceInterval": 1}, "FIELD_INTEGRITY_EXCEPTION"),
        ("RecursDaily", date(2026, 11, 1), {"RecurrenceInterval": 1}, "FIELD_INTEGRITY_EXCEPTION"),
        ("RecursWeekly", date(2026, 12, 1), {"RecurrenceInterval": 1}, "REQUIRED_FIELD_MISSING"),
        ("RecursDaily", date(2026, 12, 1), {"RecurrenceInterval": 1, "RecurrenceTimeZoneSidKey": "Europe"},
         "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ("RecursDaily", date(2026, 12, 1), {"RecurrenceInterval": 0}, "FIELD_INTEGRITY_EXCEPTION"),
        ("RecursWeekly", date(2026, 12, 1), {"RecurrenceInterval": 1, "RecurrenceDayOfWeekMask": 128},
         "FIELD_INTEGRITY_EXCEPTION"),
        ("RecursHourly", date(2026, 12, 1), {}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ("RecursDaily", date(2026, 12, 1), {"RecurrenceInterval": 1, "Recurrence2PatternText": "FREQ=DAILY"},
         "FIELD_INTEGRITY_EXCEPTION"),
    ],
)  # fmt: skip
def test_classic_series_that_cannot_be(
    world: Any, kind: str, until: date, fields: dict[str, object], code: str
) -> None:
    with pytest.raises(ApiError) as caught:
        classic(world, kind, until, **fields)
    assert caught.value.code == code
    assert world.org.rows("Event") == []


def test_the_pattern_of_a_classic_series_stays(world: Any) -> None:
    master = classic(world, "RecursDaily", date(2026, 11, 25), RecurrenceInterval=1)
    with pytest.raises(ApiError) as caught:
        world.org.update("Event", master, {"RecurrenceInterval": 2}, by=world.alice)
    assert caught.value.code == "INVALID_FIELD_FOR_INSERT_UPDATE"


def test_a_classic_series_keeps_the_time_of_its_zone(world: Any) -> None:
    classic(
        world, "RecursMonthly", date(2027, 4, 30), RecurrenceInterval=1, RecurrenceDayOfMonth=23,
        RecurrenceTimeZoneSidKey="America/New_York",
    )  # fmt: skip
    rows = [row for row in occurrences(world) if not row["IsRecurrence"]]
    # New York has summer time from 14 March 2027 on
    assert [row["StartDateTime"].hour for row in rows] == [14, 14, 14, 14, 13, 13]


def test_an_end_in_utc_is_an_instant(world: Any) -> None:
    """RFC 5545, 3.3.10: 23:59:59 in New York is the next day in UTC, on which nothing happens any more."""
    start = datetime(2026, 11, 23, 14, tzinfo=UTC)
    text = "FREQ=DAILY;UNTIL=20261126T045959Z"
    key = {"RecurrenceTimeZoneSidKey": "America/New_York"}
    world.event("Stand-up", StartDateTime=start, DurationInMinutes=60, Recurrence2PatternText=text, **key)
    assert [row["StartDateTime"].day for row in occurrences(world)] == [23, 24, 25]


def test_a_changed_reminder_is_as_far_ahead_of_each(world: Any, sf: Any) -> None:
    rows = weekly(world, ReminderDateTime=datetime(2026, 11, 23, 13, 45, tzinfo=UTC), IsReminderSet=True)
    coming = next(row for row in rows if row["StartDateTime"] > world.org.now())
    sf.Event.update(
        coming["Id"], {"ReminderDateTime": f"{coming['StartDateTime'] - timedelta(minutes=30):%Y-%m-%dT%H:%M:%SZ}"}
    )
    later = [row for row in occurrences(world) if row["StartDateTime"] >= coming["StartDateTime"]]
    assert {row["StartDateTime"] - row["ReminderDateTime"] for row in later} == {timedelta(minutes=30)}

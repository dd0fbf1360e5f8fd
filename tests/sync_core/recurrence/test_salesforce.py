"""Patterns of Salesforce: the text of Lightning series, the fields of Classic ones, and what they mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sync_core.recurrence import (
    Frequency,
    Pattern,
    PatternError,
    from_classic,
    from_salesforce,
    parse,
    salesforce_cannot,
    to_salesforce,
)

START = date(2026, 1, 5)
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("FREQ=WEEKLY", "RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO"),
        ("FREQ=WEEKLY;COUNT=13", "RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO;COUNT=13"),
        # a week start is said where it matters, also Monday
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU", "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=MO"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"),
        ("FREQ=MONTHLY;UNTIL=20260301", "RRULE:FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=5;UNTIL=20260301"),
        ("FREQ=YEARLY", "RRULE:FREQ=YEARLY;INTERVAL=1;BYMONTH=1;BYMONTHDAY=5"),
    ],
)
def test_the_text_that_is_written(text: str, written: str) -> None:
    assert to_salesforce(parse(text), START) == written


def test_the_last_day_of_a_timed_series_is_its_last_second_in_utc() -> None:
    pattern = parse("FREQ=WEEKLY;UNTIL=20260301")
    weekly = "RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO;UNTIL="
    assert to_salesforce(pattern, START, NEW_YORK) == weekly + "20260302T045959Z"
    assert to_salesforce(pattern, START, LORD_HOWE) == weekly + "20260301T125959Z"
    # the calendar has no later second
    assert to_salesforce(parse("FREQ=WEEKLY;UNTIL=99991231"), START, NEW_YORK) == weekly + "99991231T235959Z"


@pytest.mark.usefixtures("in_tokyo")
def test_the_last_second_is_in_utc_wherever_the_program_runs() -> None:
    written = to_salesforce(parse("FREQ=DAILY;UNTIL=20260301"), START, NEW_YORK)
    assert written == "RRULE:FREQ=DAILY;INTERVAL=1;UNTIL=20260302T045959Z"


@pytest.mark.parametrize(
    ("until", "zone", "at", "last"),
    [
        ("20260301", None, None, date(2026, 3, 1)),
        ("20260301T235959Z", None, None, date(2026, 3, 1)),
        # the occurrence of 8:00 on 2 March is 21:00 on 1 March in UTC
        ("20260301T210000Z", LORD_HOWE, time(8), date(2026, 3, 2)),
        ("20260301T205959Z", LORD_HOWE, time(8), date(2026, 3, 1)),
        ("20260301T140000Z", NEW_YORK, time(9), date(2026, 3, 1)),
        ("20260301T135959Z", NEW_YORK, time(9), date(2026, 2, 28)),
        ("20260301T040000Z", NEW_YORK, time(9), date(2026, 2, 28)),
        # without a Z it is local time
        ("20260301T090000", NEW_YORK, time(9), date(2026, 3, 1)),
        ("20260301T085959", NEW_YORK, time(9), date(2026, 2, 28)),
    ],
)
def test_an_end_with_a_time_is_the_last_day_that_may_start(
    until: str, zone: ZoneInfo | None, at: time | None, last: date
) -> None:
    assert from_salesforce(f"RRULE:FREQ=DAILY;UNTIL={until}", START, zone, at).until == last


def test_it_is_read_back_whatever_order_it_was_rewritten_to() -> None:
    pattern = from_salesforce("RRULE:FREQ=WEEKLY;BYDAY=MO;WKST=SU;INTERVAL=1;COUNT=13", START)
    assert pattern == from_salesforce("COUNT=13;INTERVAL=1;FREQ=WEEKLY", START)
    assert pattern.text == "FREQ=WEEKLY;BYDAY=MO;COUNT=13"


def test_what_does_not_fit() -> None:
    both_ways = (*range(1, 32), *range(-31, 0))
    long = Pattern(Frequency.MONTHLY, 3, month_days=both_ways, positions=(*range(1, 63), *range(-62, 0)), count=100)
    short = Pattern(Frequency.MONTHLY, 3, month_days=both_ways, positions=both_ways[:40], count=100)
    reason = salesforce_cannot(long, START)
    assert reason.endswith("characters, and Salesforce keeps 512")
    with pytest.raises(PatternError, match="keeps 512"):
        to_salesforce(long, START)
    assert salesforce_cannot(short, START) == ""
    for length in range(505, 520):
        made = next(p for p in _of_growing_length(short) if len("RRULE:" + p.text) == length)
        assert (salesforce_cannot(made, START) == "") == (length <= 512)
        assert salesforce_cannot(made, START) in (
            "",
            f"its pattern takes {length} characters, and Salesforce keeps 512",
        )


def _of_growing_length(pattern: Pattern) -> Iterator[Pattern]:
    for last in range(32, 100):
        for count in (1, 10, 100, 1000):
            yield replace(pattern, positions=(*pattern.positions, *range(32, last)), count=count)


def test_a_series_without_an_end() -> None:
    assert salesforce_cannot(parse("FREQ=DAILY"), START) == ""
    never = salesforce_cannot(parse("FREQ=DAILY"), START, needs_end=True)
    assert never == "it never ends, and in Salesforce a series has a last day"
    assert salesforce_cannot(parse("FREQ=DAILY;COUNT=3"), START, needs_end=True) == ""


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"RecurrenceType": "RecursDaily", "RecurrenceInterval": 2}, "FREQ=DAILY;INTERVAL=2"),
        ({"RecurrenceType": "RecursEveryWeekday", "RecurrenceDayOfWeekMask": 62}, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        (
            {"RecurrenceType": "RecursWeekly", "RecurrenceInterval": 2, "RecurrenceDayOfWeekMask": 1 + 2 + 64},
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SA,SU;WKST=SU",
        ),
        (
            {"RecurrenceType": "RecursMonthly", "RecurrenceInterval": 1, "RecurrenceDayOfMonth": 15},
            "FREQ=MONTHLY;BYMONTHDAY=15",
        ),
        (
            {
                "RecurrenceType": "RecursMonthlyNth",
                "RecurrenceInterval": 3,
                "RecurrenceInstance": "Last",
                "RecurrenceDayOfWeekMask": 32,
            },
            "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR",
        ),
        (
            {"RecurrenceType": "RecursYearly", "RecurrenceDayOfMonth": 24, "RecurrenceMonthOfYear": "December"},
            "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24",
        ),
        (
            {
                "RecurrenceType": "RecursYearlyNth",
                "RecurrenceInstance": "First",
                "RecurrenceDayOfWeekMask": 62,
                "RecurrenceMonthOfYear": "May",
            },
            "FREQ=YEARLY;BYMONTH=5;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1",
        ),
    ],
)
def test_classic_fields(values: dict[str, Any], text: str) -> None:
    assert from_classic(values, START).text == text
    ended = f"{text};UNTIL=20261231"
    assert from_classic({**values, "RecurrenceEndDateOnly": "2026-12-31"}, START).text == ended
    assert from_classic({**values, "RecurrenceEndDateOnly": date(2026, 12, 31)}, START).text == ended
    # with a time of day, too, its end is a day
    assert from_classic({**values, "RecurrenceEndDateOnly": "2026-12-31T00:00:00.000+0000"}, START).text == ended
    assert from_classic({**values, "RecurrenceEndDateOnly": datetime(2026, 12, 31, 9)}, START).text == ended


@pytest.mark.parametrize(
    ("mask", "days"),
    [
        *[(1, "SU"), (2, "MO"), (4, "TU"), (8, "WE"), (16, "TH"), (32, "FR"), (64, "SA")],
        *[(65, "SA,SU"), (126, "MO,TU,WE,TH,FR,SA")],
    ],
)
def test_the_days_of_a_classic_mask_begin_with_sunday(mask: int, days: str) -> None:
    values = {"RecurrenceType": "RecursWeekly", "RecurrenceInterval": 1, "RecurrenceDayOfWeekMask": mask}
    assert from_classic(values, START).text == f"FREQ=WEEKLY;BYDAY={days}"


def test_all_days_of_a_classic_mask_are_every_day() -> None:
    values = {"RecurrenceType": "RecursWeekly", "RecurrenceInterval": 1, "RecurrenceDayOfWeekMask": 127}
    assert from_classic(values, START).text == "FREQ=DAILY"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, "it has an unknown kind of Classic recurrence"),
        ({"RecurrenceType": None}, "it has an unknown kind of Classic recurrence"),
        ({"RecurrenceType": "RecursHourly"}, "it has an unknown kind of Classic recurrence"),
        ({"RecurrenceType": "RecursDaily"}, "its pattern lacks RecurrenceInterval"),
        ({"RecurrenceType": "RecursWeekly", "RecurrenceInterval": 1}, "its pattern lacks RecurrenceDayOfWeekMask"),
        (
            {"RecurrenceType": "RecursWeekly", "RecurrenceInterval": 1, "RecurrenceDayOfWeekMask": 0},
            "its pattern names no weekday",
        ),
        (
            {"RecurrenceType": "RecursWeekly", "RecurrenceInterval": 1, "RecurrenceDayOfWeekMask": 128},
            "its pattern names no weekday",
        ),
        (
            {"RecurrenceType": "RecursYearly", "RecurrenceDayOfMonth": 1, "RecurrenceMonthOfYear": "Smarch"},
            "its pattern has unknown values",
        ),
        (
            {"RecurrenceType": "RecursDaily", "RecurrenceInterval": 1, "RecurrenceEndDateOnly": "soon"},
            "its pattern has unknown values",
        ),
        (
            {"RecurrenceType": "RecursDaily", "RecurrenceInterval": -1},
            "the interval of a pattern is between 1 and 999",
        ),
    ],
)
def test_classic_fields_that_cannot_be(values: dict[str, Any], reason: str) -> None:
    with pytest.raises(PatternError) as refused:
        from_classic(values, START)
    assert str(refused.value) == reason

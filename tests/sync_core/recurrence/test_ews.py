"""Patterns of Exchange: names and numbers, what a short month does, and the reasons why Outlook cannot hold one."""

from __future__ import annotations

from datetime import date, datetime
from itertools import islice
from typing import Any

import pytest
from exchangelib import recurrence as exchangelib

from sync_core.recurrence import (
    EwsRecurrence,
    PatternError,
    anchored,
    days,
    ews_cannot,
    from_ews,
    parse,
    same_occurrences,
    to_ews,
)

START = date(2026, 1, 5)


@pytest.mark.parametrize(
    ("kind", "values", "text"),
    [
        ("Daily", {"interval": 3}, "FREQ=DAILY;INTERVAL=3"),
        ("DailyPattern", {"interval": 14}, "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"),
        (
            "Weekly",
            {"interval": 2, "weekdays": ["Wednesday", "Monday"], "first_day_of_week": "Monday"},
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE",
        ),
        ("WeeklyPattern", {"interval": 1, "weekdays": [1, 3, 5]}, "FREQ=WEEKLY;BYDAY=MO,WE,FR"),
        ("Weekly", {"interval": 1, "weekdays": ["Weekday"]}, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        # a week from Sunday to Saturday, where nothing else is said, and two that are said by name and by number
        ("Weekly", {"interval": 2, "weekdays": ["Sunday", "Monday"]}, "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=TU"),
        (
            "Weekly",
            {"interval": 2, "weekdays": ["Sunday", "Monday"], "first_day_of_week": "Monday"},
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU",
        ),
        (
            "Weekly",
            {"interval": 2, "weekdays": [7, 1], "first_day_of_week": 1},
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU",
        ),
        ("Weekly", {"interval": 1, "weekdays": "Friday"}, "FREQ=WEEKLY;BYDAY=FR"),
        ("AbsoluteMonthlyRecurrence", {"interval": 1, "day_of_month": 15}, "FREQ=MONTHLY;BYMONTHDAY=15"),
        ("AbsoluteMonthly", {"interval": 1, "day_of_month": 28}, "FREQ=MONTHLY;BYMONTHDAY=28"),
        (
            "AbsoluteMonthly",
            {"interval": 1, "day_of_month": 29},
            "FREQ=MONTHLY;BYMONTHDAY=28,29;BYSETPOS=-1",
        ),
        ("AbsoluteMonthly", {"interval": 1, "day_of_month": 31}, "FREQ=MONTHLY;BYMONTHDAY=-1"),
        (
            "AbsoluteMonthly",
            {"interval": 1, "day_of_month": 30},
            "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1",
        ),
        ("AbsoluteMonthly", {"interval": 12, "day_of_month": 31}, "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=31"),
        ("AbsoluteMonthly", {"interval": 6, "day_of_month": 31}, "FREQ=MONTHLY;INTERVAL=6;BYMONTHDAY=31"),
        ("RelativeMonthly", {"interval": 1, "weekday": "Tuesday", "week_number": "Second"}, "FREQ=MONTHLY;BYDAY=2TU"),
        (
            "RelativeMonthly",
            {"interval": 3, "weekday": "Thursday", "week_number": "Fourth"},
            "FREQ=MONTHLY;INTERVAL=3;BYDAY=4TH",
        ),
        (
            "RelativeMonthly",
            {"interval": 1, "weekday": 9, "week_number": 5},
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        ),
        ("RelativeMonthly", {"interval": 1, "weekday": "Day", "week_number": "Last"}, "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("RelativeMonthly", {"interval": 1, "weekday": "Day", "week_number": "Third"}, "FREQ=MONTHLY;BYMONTHDAY=3"),
        ("AbsoluteYearly", {"day_of_month": 24, "month": "December"}, "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24"),
        ("AbsoluteYearly", {"day_of_month": 31, "month": 4}, "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=30"),
        ("AbsoluteYearly", {"day_of_month": 29, "month": "February"}, "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1"),
        (
            "RelativeYearly",
            {"weekday": "WeekendDay", "week_number": "First", "month": "May"},
            "FREQ=YEARLY;BYMONTH=5;BYDAY=SA,SU;BYSETPOS=1",
        ),
    ],
)
def test_every_kind_as_a_rule(kind: str, values: dict[str, Any], text: str) -> None:
    pattern = from_ews(kind, start=START, **values)
    assert pattern.text == text
    assert ews_cannot(pattern, START) == ""


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("FREQ=DAILY;INTERVAL=3", "Daily", {"interval": 3}),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE,MO",
            "Weekly",
            {"interval": 2, "weekdays": ["Monday", "Wednesday"], "first_day_of_week": "Monday"},
        ),
        ("FREQ=WEEKLY;INTERVAL=142", "Daily", {"interval": 994}),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "RelativeMonthly", {"weekday": "Day", "week_number": "Last", "interval": 1}),
        ("FREQ=MONTHLY;BYMONTHDAY=28,29;BYSETPOS=-1", "AbsoluteMonthly", {"day_of_month": 29, "interval": 1}),
        (
            "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR",
            "RelativeMonthly",
            {"weekday": "Friday", "week_number": "Last", "interval": 3},
        ),
        (
            "FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=1",
            "RelativeMonthly",
            {"weekday": "WeekendDay", "week_number": "First", "interval": 1},
        ),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24", "AbsoluteYearly", {"day_of_month": 24, "month": "December"}),
        ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=31", "AbsoluteYearly", {"day_of_month": 31, "month": "March"}),
        (
            "FREQ=YEARLY;BYMONTH=5;BYDAY=1MO",
            "RelativeYearly",
            {"weekday": "Monday", "week_number": "First", "month": "May"},
        ),
        ("FREQ=YEARLY;INTERVAL=2;BYMONTH=3;BYMONTHDAY=1", "AbsoluteMonthly", {"day_of_month": 1, "interval": 24}),
        # quarters that do not begin with the month of the start
        ("FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=1", "AbsoluteMonthly", {"day_of_month": 1, "interval": 3}),
    ],
)
def test_a_rule_as_exchange_has_it(text: str, kind: str, values: dict[str, Any]) -> None:
    pattern = parse(text)
    made = to_ews(pattern, START)
    assert (made.kind, made.values) == (kind, values)
    assert made.boundary == "NoEnd"
    again = from_ews(made.kind, **made.limits, **made.values)
    first = made.limits["start"]
    assert [*islice(days(again, first), 30)] == [*islice(days(pattern, START), 30)]


def test_the_boundary_starts_on_the_first_occurrence_and_says_the_end() -> None:
    march = to_ews(parse("FREQ=YEARLY;INTERVAL=2;BYMONTH=3;BYMONTHDAY=1;COUNT=5"), date(2026, 5, 1))
    assert (march.boundary, march.limits) == ("Numbered", {"start": date(2028, 3, 1), "number": 5})
    until = to_ews(parse("FREQ=DAILY;UNTIL=20260301"), START)
    assert until == EwsRecurrence("Daily", {"interval": 1}, "EndDate", {"start": START, "end": date(2026, 3, 1)})
    # Exchange counts to 999
    assert to_ews(parse("FREQ=DAILY;COUNT=999"), START).boundary == "Numbered"
    many = to_ews(parse("FREQ=DAILY;COUNT=1000"), START)
    assert (many.boundary, many.limits["end"]) == ("EndDate", date(2028, 9, 30))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=31", "it skips months without a day 31, and Outlook would take their last day"),
        ("FREQ=MONTHLY;BYMONTHDAY=29", "it skips months without a day 29, and Outlook would take their last day"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "it is on 29 Feb only, and in other years Outlook would take 28 Feb"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15", "it falls on several days of a month, and in Outlook a series has one"),
        ("FREQ=MONTHLY;BYDAY=1MO,3MO", "it falls on several days of a month, and in Outlook a series has one"),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1,-1",
            "it falls on several days of a month, and in Outlook a series has one",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=1,15;BYSETPOS=-1",
            "it falls on several days of a month, and in Outlook a series has one",
        ),
        ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1", "it picks from weekdays that Outlook does not take together"),
        (
            "FREQ=MONTHLY;BYDAY=5MO",
            "it is the fifth of a month, and Outlook knows the first to the fourth and the last",
        ),
        (
            "FREQ=MONTHLY;BYDAY=-2FR",
            "it is the second to last of a month, and Outlook knows the first to the fourth and the last",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=-2",
            "it is the second to last day of a month, and Outlook counts from the end only for the last day",
        ),
        (
            "FREQ=MONTHLY;INTERVAL=2;BYDAY=MO",
            "it falls on every such weekday of its months, and in Outlook a series by months has one day in each",
        ),
        (
            "FREQ=YEARLY;BYMONTH=1,2;BYMONTHDAY=5",
            "it falls in several months (January and February), and in Outlook a yearly series has one",
        ),
        ("FREQ=MONTHLY;INTERVAL=100;BYMONTHDAY=5", "it comes every 100 months, and Outlook counts up to 99 months"),
        ("FREQ=YEARLY;INTERVAL=9;BYMONTH=1;BYMONTHDAY=5", "it comes every 9 years, and Outlook counts up to 99 months"),
        ("FREQ=WEEKLY;INTERVAL=100;BYDAY=MO,TU", "it comes every 100 weeks, and Outlook counts up to 99"),
        ("FREQ=WEEKLY;INTERVAL=143;BYDAY=MO", "it comes every 143 weeks, and Outlook counts up to 99"),
    ],
)
def test_why_outlook_cannot_hold_it(text: str, reason: str) -> None:
    pattern = parse(text)
    assert ews_cannot(pattern, START) == reason
    with pytest.raises(PatternError) as refused:
        to_ews(pattern, START)
    assert str(refused.value) == reason


def test_the_limits_themselves_are_held() -> None:
    for text in (
        "FREQ=WEEKLY;INTERVAL=99;BYDAY=MO,TU",
        "FREQ=MONTHLY;INTERVAL=99;BYMONTHDAY=5",
        "FREQ=YEARLY;INTERVAL=8;BYMONTH=1;BYMONTHDAY=5",
        "FREQ=DAILY;INTERVAL=999",
        "FREQ=MONTHLY;BYDAY=4MO",
    ):
        assert ews_cannot(parse(text), START) == ""


def test_31_skipped_and_31_clipped_are_different_series() -> None:
    start = date(2026, 1, 31)
    outlook = from_ews("AbsoluteMonthly", start=start, interval=1, day_of_month=31)
    rule = parse("FREQ=MONTHLY;BYMONTHDAY=31")
    assert not same_occurrences(outlook, rule, start)
    assert [str(day)[5:] for day in islice(days(outlook, start), 4)] == ["01-31", "02-28", "03-31", "04-30"]
    assert [str(day)[5:] for day in islice(days(rule, start), 4)] == ["01-31", "03-31", "05-31", "07-31"]


# the four of Microsoft's schema, and how exchangelib names one
@pytest.mark.parametrize(
    "kind",
    [
        "DailyRegeneration",
        "WeeklyRegeneration",
        "MonthlyRegeneration",
        "YearlyRegeneration",
        "MonthlyRegenerationPatternType",
    ],
)
def test_regenerating_patterns_are_refused(kind: str) -> None:
    with pytest.raises(PatternError) as refused:
        from_ews(kind, start=START, interval=1)
    assert str(refused.value) == "each one is made when the last one was completed, so there is no pattern of days"


@pytest.mark.parametrize(
    ("kind", "values", "reason"),
    [
        ("Hourly", {}, "it has an unknown kind of pattern"),
        ("Weekly", {"interval": 1}, "its pattern lacks weekdays"),
        ("AbsoluteMonthly", {"interval": 1}, "its pattern lacks day_of_month"),
        ("AbsoluteYearly", {"day_of_month": 1}, "its pattern lacks month"),
        ("RelativeMonthly", {"interval": 1, "weekday": "Monday"}, "its pattern lacks week_number"),
        # what could not be read is unknown: nobody takes every second week for every week
        ("Daily", {}, "its pattern lacks interval"),
        ("Weekly", {"weekdays": ["Monday"]}, "its pattern lacks interval"),
        ("AbsoluteMonthly", {"day_of_month": 1}, "its pattern lacks interval"),
        ("RelativeMonthly", {"weekday": "Monday", "week_number": "First"}, "its pattern lacks interval"),
        ("AbsoluteMonthly", {"day_of_month": 32}, "its day of the month is not between 1 and 31"),
        ("AbsoluteMonthly", {"day_of_month": 0}, "its day of the month is not between 1 and 31"),
        ("AbsoluteMonthly", {"day_of_month": "x"}, "its pattern has unknown values"),
        ("AbsoluteYearly", {"day_of_month": 1, "month": "Smarch"}, "its pattern has unknown values"),
        ("AbsoluteYearly", {"day_of_month": 1, "month": 13}, "its pattern has unknown values"),
        ("AbsoluteYearly", {"day_of_month": 1, "month": 0}, "its pattern has unknown values"),
        (
            "RelativeMonthly",
            {"interval": 1, "weekday": "Monday", "week_number": "Fifth"},
            "its pattern has unknown values",
        ),
        ("Daily", {"interval": 0}, "the interval of a pattern is between 1 and 999"),
        ("Daily", {"interval": 10**30}, "the interval of a pattern is between 1 and 999"),
        ("Daily", {"interval": 1, "number": 0}, "a series has between 1 and 9999 occurrences"),
        ("Daily", {"interval": 1, "end": date(2026, 1, 4)}, "the series ends before it starts"),
        (
            "Daily",
            {"interval": 1, "end": date(2026, 3, 4), "number": 3},
            "a pattern ends on a day or after a number of occurrences, not both",
        ),
    ],
)
def test_what_exchange_should_not_say(kind: str, values: dict[str, Any], reason: str) -> None:
    with pytest.raises(PatternError) as refused:
        from_ews(kind, start=START, **values)
    assert str(refused.value) == reason


def test_a_boundary_with_times_counts_by_its_days() -> None:
    pattern = from_ews("Daily", start=datetime(2026, 1, 5, 9), end=datetime(2026, 1, 7, 8), interval=1)
    assert pattern == anchored(parse("FREQ=DAILY;UNTIL=20260107"), START)


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=7",
        "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1;UNTIL=20280101",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24",
        "FREQ=YEARLY;BYMONTH=5;BYDAY=1MO",
    ],
)
def test_exchangelib_takes_the_values_and_gives_them_back(text: str) -> None:
    start = date(2026, 1, 1)
    made = to_ews(parse(text), start)
    pattern = getattr(exchangelib, f"{made.kind}Pattern")(**made.values)
    boundary = getattr(exchangelib, f"{made.boundary}Pattern")(**made.limits)
    pattern.clean(version=None)
    values = {field.name: getattr(pattern, field.name) for field in pattern.FIELDS}
    limits = {field.name: getattr(boundary, field.name) for field in boundary.FIELDS}
    again = from_ews(type(pattern).__name__, **limits, **values)
    assert again == anchored(parse(text), made.limits["start"])

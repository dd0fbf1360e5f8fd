"""Patterns as they are built: what cannot be and why, in whole sentences, and what just can."""

from __future__ import annotations

import calendar
from datetime import date
from typing import Any

import pytest

from sync_core.recurrence import Day, Frequency, Pattern, PatternError
from sync_core.recurrence.pattern import LONGEST, SHORTEST

DAILY, WEEKLY, MONTHLY, YEARLY = Frequency
MON, TUE = Day(0), Day(1)
WORKDAYS = tuple(Day(day) for day in range(5))
WEEK = tuple(Day(day) for day in range(7))

INTERVAL = "the interval of a pattern is between 1 and 999"
COUNT = "a series has between 1 and 9999 occurrences"
MONTH_DAY = "a day of the month is between 1 and 31, or from -31 to -1 counted from its end"
WEEKDAY = "a month has no such weekday: the places are 1 to 5, or -5 to -1 counted from its end"
NO_SUCH_DAY = "the pattern never happens: its month has no such day"
NOT_SO_MANY = "the pattern never happens: there are not so many days to choose from"
MIXED = "the pattern mixes weekdays, their places in the month and positions"


@pytest.mark.parametrize(
    ("frequency", "parts", "reason"),
    [
        (DAILY, {"interval": 0}, INTERVAL),
        (DAILY, {"interval": 1_000}, INTERVAL),
        (DAILY, {"count": 0}, COUNT),
        (DAILY, {"count": 10_000}, COUNT),
        (
            DAILY,
            {"count": 1, "until": date(2027, 1, 1)},
            "a pattern ends on a day or after a number of occurrences, not both",
        ),
        (YEARLY, {"months": (0, 5)}, "a month is a number from 1 to 12"),
        (YEARLY, {"months": (5, 13)}, "a month is a number from 1 to 12"),
        (MONTHLY, {"month_days": (0,)}, MONTH_DAY),
        (MONTHLY, {"month_days": (5, 32)}, MONTH_DAY),
        (MONTHLY, {"month_days": (-32,)}, MONTH_DAY),
        (MONTHLY, {"days": (Day(0, 6),)}, WEEKDAY),
        (MONTHLY, {"days": (Day(0, -6),)}, WEEKDAY),
        (WEEKLY, {"days": (MON, Day(7))}, WEEKDAY),
        (WEEKLY, {"days": (Day(-1),)}, WEEKDAY),
        (WEEKLY, {"week_start": 7}, "a week begins on one of seven days"),
        (WEEKLY, {"week_start": -1}, "a week begins on one of seven days"),
        (DAILY, {"months": (1,)}, "a pattern of every day names months, days of the month or positions"),
        (DAILY, {"month_days": (1,)}, "a pattern of every day names months, days of the month or positions"),
        (WEEKLY, {"positions": (1,)}, "a pattern of every week names months, days of the month or positions"),
        (DAILY, {"days": (MON,)}, "a pattern of every few days names weekdays"),
        (WEEKLY, {"days": (Day(0, 1),)}, "a pattern of every week has no first or last weekday"),
        (MONTHLY, {"days": (MON, Day(1, 1))}, MIXED),
        (MONTHLY, {"days": (Day(1, 1),), "positions": (1,)}, MIXED),
        (MONTHLY, {"days": (MON,), "month_days": (1,)}, "the pattern names both weekdays and days of the month"),
        (MONTHLY, {"positions": (1,)}, "the pattern has a position but no days to choose from"),
        (MONTHLY, {"months": (1,), "interval": 2}, "the pattern names months but comes only every 2 months"),
        (YEARLY, {"days": (Day(0, 1),)}, "the yearly pattern does not name its month"),
        (YEARLY, {"month_days": (1,)}, "the yearly pattern does not name its month"),
        (YEARLY, {"months": (2,), "month_days": (30,)}, NO_SUCH_DAY),
        (YEARLY, {"months": (2,), "month_days": (-30,)}, NO_SUCH_DAY),
        (MONTHLY, {"months": (4, 6, 9, 11), "month_days": (31,)}, NO_SUCH_DAY),
        (MONTHLY, {"days": (MON,), "positions": (6,)}, NOT_SO_MANY),
        (MONTHLY, {"days": (MON, TUE), "positions": (-11,)}, NOT_SO_MANY),
        (MONTHLY, {"days": (MON,), "positions": (0, 1)}, NOT_SO_MANY),
        (MONTHLY, {"month_days": (1, 15), "positions": (3,)}, NOT_SO_MANY),
        # 28 days have each weekday four times; the 29th of a leap February has one of them a fifth time
        (YEARLY, {"months": (2,), "days": (MON, TUE), "positions": (10,)}, NOT_SO_MANY),
        (MONTHLY, {"months": (1, 7), "days": WEEK, "positions": (32,)}, NOT_SO_MANY),
        (YEARLY, {"months": (1, 7), "days": WEEK, "positions": (63,)}, NOT_SO_MANY),
    ],
)
def test_what_cannot_be_is_said_in_a_whole_sentence(frequency: Frequency, parts: dict[str, Any], reason: str) -> None:
    with pytest.raises(PatternError) as refused:
        Pattern(frequency, **parts)
    assert str(refused.value) == reason


@pytest.mark.parametrize(
    ("frequency", "parts", "text"),
    [
        (DAILY, {"interval": 999}, "FREQ=DAILY;INTERVAL=999"),
        (DAILY, {"count": 1}, "FREQ=DAILY;COUNT=1"),
        (DAILY, {"count": 9_999}, "FREQ=DAILY;COUNT=9999"),
        (WEEKLY, {"days": (Day(6), MON), "week_start": 6}, "FREQ=WEEKLY;BYDAY=MO,SU;WKST=SU"),
        (MONTHLY, {"month_days": (31, -31, -1, 1)}, "FREQ=MONTHLY;BYMONTHDAY=1,31,-31,-1"),
        (MONTHLY, {"days": (Day(0, -5), Day(4, 5), Day(1, 5))}, "FREQ=MONTHLY;BYDAY=5TU,5FR,-5MO"),
        (MONTHLY, {"months": (1,), "month_days": (1,)}, "FREQ=MONTHLY;BYMONTH=1;BYMONTHDAY=1"),
        (MONTHLY, {"interval": 2, "month_days": (1,)}, "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=1"),
        (YEARLY, {"months": (12, 1)}, "FREQ=YEARLY;BYMONTH=1,12"),
        (YEARLY, {"months": (2,), "month_days": (29,)}, "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"),
        (YEARLY, {"months": (2, 4), "month_days": (30,)}, "FREQ=YEARLY;BYMONTH=2,4;BYMONTHDAY=30"),
        (MONTHLY, {"days": (MON,), "positions": (5,)}, "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=5"),
        (MONTHLY, {"days": WORKDAYS, "positions": (-23, 23)}, "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=23,-23"),
        (MONTHLY, {"days": WEEK, "positions": (31,)}, "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=31"),
        (MONTHLY, {"month_days": (1, 15), "positions": (2,)}, "FREQ=MONTHLY;BYMONTHDAY=1,15;BYSETPOS=2"),
        # the 29 days of February may have five Mondays and four Tuesdays
        (
            YEARLY,
            {"months": (2,), "days": (MON, TUE), "positions": (9,)},
            "FREQ=YEARLY;BYMONTH=2;BYDAY=MO,TU;BYSETPOS=9",
        ),
        (
            YEARLY,
            {"months": (1, 7), "days": WEEK, "positions": (62,)},
            "FREQ=YEARLY;BYMONTH=1,7;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=62",
        ),
    ],
)
def test_what_just_can_be_and_its_text(frequency: Frequency, parts: dict[str, Any], text: str) -> None:
    assert Pattern(frequency, **parts).text == text


def test_where_weeks_begin_means_nothing_to_days_months_and_years() -> None:
    for frequency in (DAILY, MONTHLY, YEARLY):
        assert Pattern(frequency, week_start=6) == Pattern(frequency)
    assert Pattern(WEEKLY, week_start=6) != Pattern(WEEKLY)


def test_a_pattern_has_an_end_or_none() -> None:
    assert Pattern(DAILY).endless
    assert not Pattern(DAILY, count=1).endless
    assert not Pattern(DAILY, until=date(2027, 1, 1)).endless


def test_its_weekdays_are_named_once_and_in_order() -> None:
    assert Pattern(MONTHLY, days=(Day(4, -1), Day(0, 3), Day(4, 1))).weekdays == (0, 4)


def test_the_longest_and_the_shortest_that_each_month_can_be() -> None:
    for month in range(1, 13):
        lengths = {calendar.monthrange(year, month)[1] for year in (2023, 2024)}
        assert (SHORTEST[month], LONGEST[month]) == (min(lengths), max(lengths))

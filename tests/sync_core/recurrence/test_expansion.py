"""The days of a series: those that dateutil finds in the text of the rule, from any day on; its first and its last."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice

import pytest
from support.rules import by_dateutil
from support.within import within

from sync_core.recurrence import PatternError, days, first_day, last_day, parse, same_occurrences

START = date(2026, 1, 5)
STARTS = [START, date(2024, 2, 29), date(2023, 12, 31), date(2025, 5, 18)]
RULES = [
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=DAILY;INTERVAL=30",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU",
    "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU,SA;WKST=TH",
    "FREQ=MONTHLY;BYMONTHDAY=31",
    "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=1,-1",
    "FREQ=MONTHLY;INTERVAL=5;BYDAY=1MO,-1FR",
    "FREQ=MONTHLY;INTERVAL=7;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1",
    "FREQ=YEARLY;INTERVAL=2;BYMONTH=1;BYMONTHDAY=1",
    "FREQ=YEARLY;INTERVAL=3;BYMONTH=2,12;BYMONTHDAY=-1",
    "FREQ=YEARLY;INTERVAL=2;BYMONTH=1,6;BYDAY=MO;BYSETPOS=-1",
    "FREQ=DAILY;INTERVAL=3;UNTIL=20270301",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;COUNT=20",
    "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=1;COUNT=12",
]


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("text", RULES)
def test_searched_from_any_day_on_the_days_stay_the_same(text: str, start: date) -> None:
    pattern = parse(text)
    expected = by_dateutil(text, start, 24)
    assert [*islice(days(pattern, start), 24)] == expected
    for place, day in enumerate(expected):
        # from the day itself, and from the one after it
        assert [*islice(days(pattern, start, day), 3)] == by_dateutil(text, start, place + 3)[place:]
        after = [*islice(days(pattern, start, day + timedelta(days=1)), 1)]
        assert after == by_dateutil(text, start, place + 2)[place + 1 :]


@pytest.mark.parametrize(
    ("text", "day"),
    [("FREQ=DAILY", 1), ("FREQ=WEEKLY", 6), ("FREQ=MONTHLY;UNTIL=99991231", 7), ("FREQ=YEARLY", 7)],
)
def test_a_series_of_long_ago_is_searched_from_today_on(text: str, day: int) -> None:
    long_ago, today = date(2, 1, 7), date(9000, 1, 1)
    # of nine thousand years, none is gone through
    with within(0.05):
        assert next(days(parse(text), long_ago, today)) == date(9000, 1, day)


def test_nothing_lies_before_the_start_of_a_series() -> None:
    # the week, the month and the year of the start have days before it
    thursday = date(2026, 1, 8)
    assert next(days(parse("FREQ=WEEKLY;BYDAY=MO,FR"), thursday, date(2025, 1, 1))) == date(2026, 1, 9)
    assert next(days(parse("FREQ=MONTHLY;BYMONTHDAY=2,15"), thursday, date(2025, 1, 1))) == date(2026, 1, 15)
    assert next(days(parse("FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=2"), thursday, date(2025, 1, 1))) == date(2027, 1, 2)


def test_both_ends_of_the_calendar_are_days_like_others() -> None:
    # 1 January of the year 1 is a Monday: a week from Sunday on began before it
    rule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU"
    first = date(1, 1, 1)
    assert [*islice(days(parse(rule), first), 4)] == [first, date(1, 1, 14), date(1, 1, 15), date(1, 1, 28)]
    assert [*islice(days(parse(rule), first, date(1, 1, 16)), 1)] == [date(1, 1, 28)]
    assert [*days(parse("FREQ=DAILY"), date(9999, 12, 30))] == [date(9999, 12, 30), date(9999, 12, 31)]
    assert [*days(parse("FREQ=WEEKLY"), date(9999, 12, 20))] == [date(9999, 12, 20), date(9999, 12, 27)]
    assert [*days(parse("FREQ=MONTHLY;INTERVAL=2"), date(9999, 9, 5))] == [date(9999, 9, 5), date(9999, 11, 5)]
    assert [*days(parse("FREQ=YEARLY;INTERVAL=5"), date(9998, 9, 5))] == [date(9998, 9, 5)]


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("FREQ=DAILY", None),
        ("FREQ=DAILY;COUNT=1", START),
        ("FREQ=DAILY;COUNT=10", date(2026, 1, 14)),
        ("FREQ=WEEKLY;UNTIL=20260120", date(2026, 1, 19)),
        # the end is years from the first day, and far from the last one before it
        ("FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=31;UNTIL=20401101", date(2040, 8, 31)),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;UNTIL=21030101", date(2096, 2, 29)),
        ("FREQ=YEARLY;INTERVAL=4;BYMONTH=6;BYMONTHDAY=1;UNTIL=20270101", date(2026, 6, 1)),
    ],
)
def test_the_last_day_of_a_series(text: str, last: date | None) -> None:
    assert last_day(parse(text), START) == last


def test_a_series_that_never_happens_is_refused() -> None:
    # only in leap years, but from an odd year on every second one
    never = parse("FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29")
    until = parse("FREQ=MONTHLY;BYMONTHDAY=20;UNTIL=20260110")
    for what in (
        lambda: first_day(never, date(2025, 1, 1)),
        lambda: first_day(until, START),
        lambda: last_day(until, START),
    ):
        with pytest.raises(PatternError, match=r"^the series has no occurrence$"):
            what()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("FREQ=WEEKLY", "FREQ=DAILY;INTERVAL=7"),
        # the 31st, and the last day of the months that have one
        ("FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=YEARLY;BYMONTH=1,3,5,7,8,10,12;BYMONTHDAY=-1"),
        ("FREQ=WEEKLY;COUNT=3", "FREQ=WEEKLY;UNTIL=20260120"),
        ("FREQ=WEEKLY;UNTIL=20260119", "FREQ=WEEKLY;UNTIL=20260125"),
        ("FREQ=DAILY;COUNT=1", "FREQ=YEARLY;COUNT=1"),
    ],
)
def test_two_ways_to_say_the_same_days(one: str, other: str) -> None:
    # it does not take long with those that never end
    with within(0.2):
        assert same_occurrences(parse(one), parse(other), START)
        assert same_occurrences(parse(other), parse(one), START)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # the same first day and no last one; the same first and last
        ("FREQ=MONTHLY", "FREQ=WEEKLY"),
        ("FREQ=DAILY;UNTIL=20260119", "FREQ=WEEKLY;UNTIL=20260119"),
        ("FREQ=WEEKLY;COUNT=3", "FREQ=WEEKLY;COUNT=4"),
        ("FREQ=WEEKLY;COUNT=3", "FREQ=WEEKLY;UNTIL=20260126"),
        ("FREQ=WEEKLY", "FREQ=WEEKLY;COUNT=3"),
        ("FREQ=DAILY;COUNT=2", "FREQ=YEARLY;COUNT=1"),
        ("FREQ=DAILY;COUNT=1", "FREQ=WEEKLY;COUNT=2"),
    ],
)
def test_other_days_are_another_series(one: str, other: str) -> None:
    assert not same_occurrences(parse(one), parse(other), START)
    assert not same_occurrences(parse(other), parse(one), START)

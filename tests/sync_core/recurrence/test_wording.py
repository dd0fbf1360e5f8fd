"""Patterns in words."""

from __future__ import annotations

from datetime import date
from itertools import islice

import pytest

from sync_core.recurrence import days, parse, words
from sync_core.recurrence.wording import joined, place

START = date(2026, 1, 5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("FREQ=DAILY", "every day"),
        ("FREQ=DAILY;INTERVAL=3;COUNT=5", "every 3 days, 5 times"),
        ("FREQ=DAILY;COUNT=1", "every day, once"),
        ("FREQ=WEEKLY", "every week on Mon"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=WE,MO;UNTIL=20270301", "every 2 weeks on Mon and Wed until 1 Mar 2027"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every weekday"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR", "every 2 weeks on Mon, Tue, Wed, Thu and Fri"),
        ("FREQ=MONTHLY;BYMONTHDAY=15", "on day 15 of every month"),
        ("FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=1,15,-1", "on days 1 and 15 and the last day of every 2 months"),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "on day 31 of every month (shorter months are skipped)"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "on the last day of every month"),
        ("FREQ=MONTHLY;BYMONTHDAY=-2", "on the second to last day of every month"),
        ("FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1", "on day 30 (or the last day) of every month"),
        ("FREQ=MONTHLY;BYDAY=2TU", "on the second Tue of every month"),
        ("FREQ=MONTHLY;BYDAY=1MO,3MO", "on the first Mon and the third Mon of every month"),
        ("FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR", "on the last Fri of every 3 months"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=12", "on the last weekday of every month, 12 times"),
        ("FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=1", "on the first weekend day of every month"),
        ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1,-1", "on the first and last Mon and Tue of every month"),
        ("FREQ=MONTHLY;INTERVAL=2;BYDAY=MO", "on every Mon of every 2 months"),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24", "every year on 24 Dec"),
        ("FREQ=YEARLY;INTERVAL=2;BYMONTH=5;BYDAY=1MO", "every 2 years on the first Mon of May"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "every year on 29 Feb (leap years only)"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", "every year on the last day of Feb"),
        ("FREQ=YEARLY;BYMONTH=1,2;BYMONTHDAY=5", "every year on 5 Jan and Feb"),
        ("FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1", "every year on 1 Jan"),
        ("FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=1,15;COUNT=2", "every year on 1 and 15 Jun, 2 times"),
        (
            "FREQ=MONTHLY;BYMONTH=3,9;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1",
            "on the first weekday of every month in Mar and Sep",
        ),
        ("FREQ=MONTHLY;BYMONTHDAY=13,14,15;BYSETPOS=2", "on the second of days 13, 14 and 15 of every month"),
        (
            "FREQ=YEARLY;BYMONTH=1,7;BYDAY=SU,MO,TU,WE,TH,FR,SA;BYSETPOS=40,-2",
            "every year on the 40th and second to last day of Jan and Jul together",
        ),
    ],
)
def test_words(text: str, said: str) -> None:
    assert words(parse(text), START) == said


def test_once_a_year_sounds_different_from_once_in_each_of_its_months() -> None:
    # RFC 5545, 3.3.10: BYSETPOS counts within the period of the rule, which is the year
    once = parse("FREQ=YEARLY;BYMONTH=1,2;BYDAY=MO;BYSETPOS=-1")
    twice = parse("FREQ=YEARLY;BYMONTH=1,2;BYDAY=-1MO")
    assert [*islice(days(once, START), 2)] == [date(2026, 2, 23), date(2027, 2, 22)]
    assert [*islice(days(twice, START), 2)] == [date(2026, 1, 26), date(2026, 2, 23)]
    assert words(once, START) == "every year on the last Mon of Jan and Feb together"
    assert words(twice, START) == "every year on the last Mon of Jan and Feb"
    last = parse("FREQ=YEARLY;BYMONTH=1,2;BYMONTHDAY=28,29,30;BYSETPOS=-1")
    assert [*islice(days(last, START), 2)] == [date(2026, 2, 28), date(2027, 2, 28)]
    assert words(last, START) == "every year on the last of days 28, 29 and 30 of Jan and Feb together"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=28", "on day 28 of every month"),
        ("FREQ=MONTHLY;BYMONTHDAY=29", "on day 29 of every month (shorter months are skipped)"),
        ("FREQ=MONTHLY;BYMONTHDAY=-28", "on the 28th to last day of every month"),
        ("FREQ=MONTHLY;BYMONTHDAY=-29", "on the 29th to last day of every month (shorter months are skipped)"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=1,-31",
            "on day 1 and the 31st to last day of every month (shorter months are skipped)",
        ),
        ("FREQ=YEARLY;BYMONTH=1,4;BYMONTHDAY=30", "every year on 30 Jan and Apr"),
        ("FREQ=YEARLY;BYMONTH=1,4;BYMONTHDAY=31", "every year on 31 Jan and Apr (shorter months are skipped)"),
        ("FREQ=YEARLY;BYMONTH=1,2;BYMONTHDAY=29", "every year on 29 Jan and Feb (shorter months are skipped)"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28", "every year on 28 Feb"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29", "every year on 28 and 29 Feb"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-29", "every year on the 29th to last day of Feb (leap years only)"),
    ],
)
def test_months_without_such_a_day_are_named(text: str, said: str) -> None:
    assert words(parse(text), START) == said


def test_places_and_lists() -> None:
    assert [place(n) for n in (1, 5, 6, 11, 21, 22, 23, -1, -3)] == [
        *("first", "fifth", "6th", "11th", "21st", "22nd", "23rd", "last", "third to last")
    ]
    assert [place(n) for n in (12, 13, 14, 24, 100, 101, 111, 112, 113, 122, -2, -11)] == [
        *("12th", "13th", "14th", "24th", "100th", "101st", "111th", "112th", "113th", "122nd"),
        *("second to last", "11th to last"),
    ]
    assert joined(["a"]) == "a"
    assert joined(["a", "b"]) == "a and b"
    assert joined(["a", "b", "c"]) == "a, b and c"

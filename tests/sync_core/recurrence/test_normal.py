"""The normal form of patterns by example, and that it has the days of the text it came from."""

from __future__ import annotations

from datetime import date
from itertools import islice

import pytest
from support.rules import by_dateutil

from sync_core.recurrence import PatternError, anchored, days, parse
from sync_core.recurrence.normal import nominal_day, reachable, week_of, week_start_matters

MONDAY = date(2026, 1, 5)
WEEK = "MO,TU,WE,TH,FR,SA,SU"


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        # a position among the days of a month that is the only one is a position in its year
        ("FREQ=MONTHLY;BYMONTH=3;BYDAY=MO,WE;BYSETPOS=1", "FREQ=YEARLY;BYMONTH=3;BYDAY=MO,WE;BYSETPOS=1"),
        # among those of two months it is not: there would be one occurrence a year instead of two
        ("FREQ=MONTHLY;BYMONTH=3,9;BYDAY=MO,WE;BYSETPOS=1", "FREQ=MONTHLY;BYMONTH=3,9;BYDAY=MO,WE;BYSETPOS=1"),
        ("FREQ=YEARLY;BYMONTH=3,9;BYDAY=MO,WE;BYSETPOS=1", "FREQ=YEARLY;BYMONTH=3,9;BYDAY=MO,WE;BYSETPOS=1"),
        # January and July of every year is every six months; of every second year it is not
        ("FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=5", "FREQ=MONTHLY;INTERVAL=6;BYMONTHDAY=5"),
        ("FREQ=YEARLY;INTERVAL=2;BYMONTH=1,7;BYMONTHDAY=5", "FREQ=YEARLY;INTERVAL=2;BYMONTH=1,7;BYMONTHDAY=5"),
        ("FREQ=YEARLY;INTERVAL=3;BYMONTH=1,7;BYMONTHDAY=5", "FREQ=YEARLY;INTERVAL=3;BYMONTH=1,7;BYMONTHDAY=5"),
        ("FREQ=YEARLY;BYMONTH=1,5,9;BYMONTHDAY=5", "FREQ=MONTHLY;INTERVAL=4;BYMONTHDAY=5"),
        ("FREQ=YEARLY;BYMONTH=1,5,8;BYMONTHDAY=5", "FREQ=YEARLY;BYMONTH=1,5,8;BYMONTHDAY=5"),
        # evenly spaced, but the months that it would count from January are others
        ("FREQ=YEARLY;BYMONTH=2,8;BYDAY=1MO", "FREQ=YEARLY;BYMONTH=2,8;BYDAY=1MO"),
        # among all days of a month the 31st is day 31, and a place that no month has is left where it is
        (f"FREQ=MONTHLY;BYDAY={WEEK};BYSETPOS=31", "FREQ=MONTHLY;BYMONTHDAY=31"),
        (f"FREQ=MONTHLY;BYDAY={WEEK};BYSETPOS=-31", "FREQ=MONTHLY;BYMONTHDAY=-31"),
        (f"FREQ=MONTHLY;BYDAY={WEEK};BYSETPOS=1,32", f"FREQ=MONTHLY;BYDAY={WEEK};BYSETPOS=1,32"),
        (f"FREQ=YEARLY;BYMONTH=1,3;BYDAY={WEEK};BYSETPOS=32", f"FREQ=YEARLY;BYMONTH=1,3;BYDAY={WEEK};BYSETPOS=32"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=5,-5", "FREQ=MONTHLY;BYDAY=5MO,-5MO"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1,6", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1,6"),
        # in months of one length a day from the end is a day from the start, and a day that they lack is dropped
        ("FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=-2", "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=29"),
        ("FREQ=YEARLY;BYMONTH=6,9;BYMONTHDAY=-30,5", "FREQ=YEARLY;BYMONTH=6,9;BYMONTHDAY=1,5"),
        ("FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=15,31", "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=15"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-2", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-2"),
        ("FREQ=MONTHLY;BYMONTHDAY=-2", "FREQ=MONTHLY;BYMONTHDAY=-2"),
        # the last of 28, 29 and 30 is day 30 where every month has one, and the last day where none has more
        ("FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1", "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1"),
        ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=28,29,30;BYSETPOS=-1", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=30"),
        ("FREQ=MONTHLY;BYMONTH=1,4;BYMONTHDAY=28,29,30;BYSETPOS=-1", "FREQ=YEARLY;BYMONTH=1,4;BYMONTHDAY=30"),
        ("FREQ=MONTHLY;BYMONTH=4,6;BYMONTHDAY=28,29,30;BYSETPOS=-1", "FREQ=YEARLY;BYMONTH=4,6;BYMONTHDAY=30"),
        ("FREQ=MONTHLY;BYMONTH=1,4;BYMONTHDAY=28,29;BYSETPOS=-1", "FREQ=YEARLY;BYMONTH=1,4;BYMONTHDAY=29"),
        ("FREQ=MONTHLY;BYMONTH=2,4;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", "FREQ=YEARLY;BYMONTH=2,4;BYMONTHDAY=-1"),
        ("FREQ=MONTHLY;BYMONTH=1,2;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", "FREQ=YEARLY;BYMONTH=1,2;BYMONTHDAY=-1"),
        # once a year, in February: the position counts through both months
        (
            "FREQ=YEARLY;BYMONTH=1,2;BYMONTHDAY=28,29,30;BYSETPOS=-1",
            "FREQ=YEARLY;BYMONTH=1,2;BYMONTHDAY=28,29,30;BYSETPOS=-1",
        ),
        # where no week is skipped it is all the same on which day weeks begin
        ("FREQ=WEEKLY;BYDAY=MO,SU;WKST=SU", "FREQ=WEEKLY;BYDAY=MO,SU"),
        ("FREQ=WEEKLY;INTERVAL=3;BYDAY=TH;WKST=SU", "FREQ=WEEKLY;INTERVAL=3;BYDAY=TH"),
        # where weeks are skipped, the first Thursday after this Monday may be one of the week that comes next
        ("FREQ=WEEKLY;INTERVAL=3;BYDAY=TH;WKST=TH", "FREQ=WEEKLY;INTERVAL=3;BYDAY=TH;WKST=TU"),
        ("FREQ=DAILY;INTERVAL=14", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"),
        ("FREQ=DAILY;INTERVAL=8", "FREQ=DAILY;INTERVAL=8"),
    ],
)
def test_the_normal_form_and_its_days(text: str, normal: str) -> None:
    assert anchored(parse(text), MONDAY).text == normal
    assert [*islice(days(parse(normal), MONDAY), 60)] == by_dateutil(text, MONDAY, 60)


@pytest.mark.parametrize(
    ("text", "start", "months"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=1", date(2026, 5, 1), {*range(1, 13)}),
        ("FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=1", date(2026, 5, 1), {*range(1, 13)}),
        ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1", date(2026, 2, 1), {2, 5, 8, 11}),
        ("FREQ=MONTHLY;INTERVAL=8;BYMONTHDAY=1", date(2026, 12, 1), {4, 8, 12}),
        ("FREQ=MONTHLY;INTERVAL=18;BYMONTHDAY=1", date(2026, 1, 1), {1, 7}),
        ("FREQ=YEARLY", date(2026, 5, 1), {5}),
        ("FREQ=YEARLY;BYMONTH=2,11", date(2026, 5, 1), {2, 11}),
    ],
)
def test_the_months_in_which_a_pattern_can_fall(text: str, start: date, months: set[int]) -> None:
    assert reachable(parse(text), start) == months


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=-1", 31),
        ("FREQ=YEARLY;BYMONTH=1,2;BYMONTHDAY=-1", 31),
        ("FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", 31),
        ("FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1", 30),
        ("FREQ=MONTHLY;BYMONTHDAY=28,29;BYSETPOS=-1", 29),
        # no day but these, or another place among them
        ("FREQ=MONTHLY;BYMONTHDAY=30", 0),
        ("FREQ=MONTHLY;BYMONTHDAY=-2", 0),
        ("FREQ=MONTHLY;BYDAY=-1FR", 0),
        ("FREQ=MONTHLY;BYMONTHDAY=28,29,30", 0),
        ("FREQ=MONTHLY;BYMONTHDAY=29,30;BYSETPOS=-1", 0),
        ("FREQ=MONTHLY;BYMONTHDAY=28,30;BYSETPOS=-1", 0),
        ("FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=1", 0),
        # one day a year, not one in each month
        ("FREQ=YEARLY;BYMONTH=1,2;BYMONTHDAY=28,29,30;BYSETPOS=-1", 0),
        ("FREQ=YEARLY;BYMONTH=1,2;BYMONTHDAY=-1;BYSETPOS=1", 0),
    ],
)
def test_the_day_that_a_pattern_aims_at_in_months_that_may_be_shorter(text: str, day: int) -> None:
    assert nominal_day(parse(text)) == day


def test_a_series_may_end_on_its_first_day_and_not_before() -> None:
    assert anchored(parse("FREQ=DAILY;UNTIL=20260105"), MONDAY).text == "FREQ=DAILY;UNTIL=20260105"
    with pytest.raises(PatternError, match=r"^the series ends before it starts$"):
        anchored(parse("FREQ=DAILY;UNTIL=20260104"), MONDAY)


@pytest.mark.parametrize(
    ("day", "week_start", "first"),
    [
        # Monday to Sunday, and the same Wednesday in weeks that begin on Sunday, Wednesday or Thursday
        (date(2026, 1, 5), 0, date(2026, 1, 5)),
        (date(2026, 1, 11), 0, date(2026, 1, 5)),
        (date(2026, 1, 7), 6, date(2026, 1, 4)),
        (date(2026, 1, 7), 2, date(2026, 1, 7)),
        (date(2026, 1, 7), 3, date(2026, 1, 1)),
        (date(2026, 1, 4), 6, date(2026, 1, 4)),
        (date(2026, 1, 3), 6, date(2025, 12, 28)),
    ],
)
def test_the_first_day_of_a_week(day: date, week_start: int, first: date) -> None:
    assert week_of(day, week_start) == first


def test_when_it_matters_on_which_day_weeks_begin() -> None:
    # RFC 5545, 3.8.5.3: every other week on Tuesday and Sunday means other days from another day on
    assert week_start_matters(parse("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU"), date(1997, 8, 5))
    assert not week_start_matters(parse("FREQ=WEEKLY;BYDAY=TU,SU"), date(1997, 8, 5))
    assert not week_start_matters(parse("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"), date(1997, 8, 5))
    monday, sunday = (parse(f"FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST={day}") for day in ("MO", "SU"))
    assert [day.day for day in days(monday, date(1997, 8, 5))] == [5, 10, 19, 24]
    assert [day.day for day in days(sunday, date(1997, 8, 5))] == [5, 17, 19, 31]

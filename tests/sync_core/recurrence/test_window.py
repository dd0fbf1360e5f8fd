"""Occurrences in a window: clock time over the changes of summer time, days, exceptions, bounds."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from support.within import within

from sync_core.recurrence import ChangedOccurrence, Occurrence, Pattern, occurrences, parse

LONDON = ZoneInfo("Europe/London")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
APIA = ZoneInfo("Pacific/Apia")
ZONES = [LONDON, NEW_YORK, LORD_HOWE, APIA, ZoneInfo("Asia/Kolkata"), ZoneInfo("America/St_Johns"), ZoneInfo("UTC")]
DAILY = parse("FREQ=DAILY")
HOUR = timedelta(hours=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def starts(
    pattern: Pattern, start: datetime, end: datetime, zone: ZoneInfo, first: str, last: str, **more: object
) -> list[str]:
    found = occurrences(pattern, start, end, zone, utc(first), utc(last), **more)  # type: ignore[arg-type]
    return [f"{one.start:%m-%d %H:%M}-{one.end:%H:%M}" for one in found]


def at(zone: ZoneInfo, text: str, hours: float = 1) -> tuple[datetime, datetime, ZoneInfo]:
    start = datetime.fromisoformat(text).replace(tzinfo=zone)
    return start, (start.replace(tzinfo=None) + timedelta(hours=hours)).replace(tzinfo=zone), zone


def test_the_clock_time_stays_over_both_changes_of_the_year() -> None:
    event = at(LONDON, "2026-01-05 09:00")
    weekly = parse("FREQ=WEEKLY")
    assert starts(weekly, *event, "2026-03-23", "2026-04-01") == ["03-23 09:00-10:00", "03-30 08:00-09:00"]
    assert starts(weekly, *event, "2026-10-19", "2026-10-27") == ["10-19 08:00-09:00", "10-26 09:00-10:00"]


def test_a_start_that_the_clock_jumps_over_is_later_by_the_jump_and_as_long_as_ever() -> None:
    event = at(NEW_YORK, "2026-03-07 02:30", 0.75)
    # on 8 March the clock goes from 2:00 to 3:00: 2:30 EST is 3:30 EDT
    assert starts(DAILY, *event, "2026-03-07", "2026-03-10") == [
        "03-07 07:30-08:15",
        "03-08 07:30-08:15",
        "03-09 06:30-07:15",
    ]


def test_a_long_event_that_the_clock_jumps_over_keeps_its_length() -> None:
    event = at(NEW_YORK, "2026-03-07 02:30", 2)
    assert starts(DAILY, *event, "2026-03-08", "2026-03-09") == ["03-08 07:30-09:30"]


def test_a_start_that_comes_twice_is_the_first_one_unless_it_was_given() -> None:
    event = at(NEW_YORK, "2026-10-31 01:30", 0.5)
    assert starts(DAILY, *event, "2026-10-31", "2026-11-03") == [
        "10-31 05:30-06:00",
        # an hour and a half: it ends at 2:00, which comes once
        "11-01 05:30-07:00",
        "11-02 06:30-07:00",
    ]
    second = datetime(2026, 11, 1, 1, 30, fold=1, tzinfo=NEW_YORK)
    end = datetime(2026, 11, 1, 2, 0, tzinfo=NEW_YORK)
    assert starts(DAILY, second, end, NEW_YORK, "2026-11-01", "2026-11-03") == [
        "11-01 06:30-07:00",
        "11-02 06:30-07:00",
    ]


def test_the_second_of_two_hours_is_the_first_one_again_the_year_after() -> None:
    second = datetime(2026, 11, 1, 1, 30, fold=1, tzinfo=NEW_YORK)
    event = (second, second.astimezone(UTC) + HOUR, NEW_YORK)
    # summer time ends on the first Sunday of November: half past one comes twice on 7 November 2027, too
    assert starts(DAILY, *event, "2027-11-06", "2027-11-08 06:00") == ["11-06 05:30-06:30", "11-07 05:30-07:30"]


def test_a_first_event_over_the_night_of_a_change_has_the_length_of_its_clock() -> None:
    event = at(LONDON, "2026-03-28 23:00", 4)
    # three hours, from 23:00 to 3:00; all others last four
    assert starts(DAILY, *event, "2026-03-28", "2026-03-31") == [
        "03-28 23:00-02:00",
        "03-29 22:00-02:00",
        "03-30 22:00-02:00",
    ]


def test_a_first_event_during_which_the_clock_comes_back_to_where_it_was_lasts_that_hour() -> None:
    start = datetime(2026, 11, 1, 1, 30, tzinfo=NEW_YORK)
    again = datetime(2026, 11, 1, 1, 30, fold=1, tzinfo=NEW_YORK)
    assert starts(DAILY, start, again, NEW_YORK, "2026-11-01", "2026-11-03") == [
        "11-01 05:30-06:30",
        "11-02 06:30-07:30",
    ]


def test_an_event_over_the_night_of_a_change_is_an_hour_shorter_or_longer() -> None:
    event = at(LONDON, "2026-03-27 23:00", 4)
    assert starts(DAILY, *event, "2026-03-28 12:00", "2026-03-29 12:00") == ["03-28 23:00-02:00"]
    assert starts(DAILY, *event, "2026-10-24 12:00", "2026-10-25 12:00") == ["10-24 22:00-03:00"]


def test_an_end_in_the_jump_never_comes_before_the_start() -> None:
    # 1:45 to 2:15 and 2:45 to 3:15 around the jump from 2:00 to 3:00
    early, late = at(NEW_YORK, "2026-03-07 01:45", 0.5), at(NEW_YORK, "2026-03-07 02:45", 0.5)
    assert starts(DAILY, *early, "2026-03-08", "2026-03-09") == ["03-08 06:45-07:15"]
    assert starts(DAILY, *late, "2026-03-08", "2026-03-09") == ["03-08 07:45-08:15"]


def test_a_first_event_during_which_the_clock_goes_back_keeps_its_real_length() -> None:
    start = datetime(2026, 11, 1, 1, 50, tzinfo=NEW_YORK)
    end = datetime(2026, 11, 1, 1, 10, fold=1, tzinfo=NEW_YORK)
    assert starts(DAILY, start, end, NEW_YORK, "2026-11-01", "2026-11-03") == ["11-01 05:50-06:10", "11-02 06:50-07:10"]


def test_half_an_hour_of_summer_time_on_lord_howe() -> None:
    event = at(LORD_HOWE, "2026-04-03 08:00")
    assert starts(DAILY, *event, "2026-04-03 12:00", "2026-04-06") == [
        "04-03 21:00-22:00",
        "04-04 21:30-22:30",
        "04-05 21:30-22:30",
    ]


def test_the_day_that_samoa_left_out() -> None:
    event = at(APIA, "2011-12-28 09:00")
    # 30 December 2011 never was: its 9:00 would be the same moment as that of the 31st
    assert starts(DAILY, *event, "2011-12-28", "2012-01-01") == [
        "12-28 19:00-20:00",
        "12-29 19:00-20:00",
        "12-30 19:00-20:00",
        "12-31 19:00-20:00",
    ]


@settings(max_examples=300)
@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2009, 1, 1), datetime(2030, 12, 31)),
    st.sampled_from(
        [
            "FREQ=DAILY",
            "FREQ=DAILY;INTERVAL=3",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU",
            "FREQ=MONTHLY;BYMONTHDAY=31",
            "FREQ=MONTHLY;BYDAY=-1SU",
            "FREQ=YEARLY;BYMONTH=3,11;BYDAY=2SU",
            "FREQ=DAILY;COUNT=400",
        ]
    ),
    st.integers(0, 4_000),
    st.integers(1, 500),
    st.integers(0, 3_000),
)
def test_several_years_and_zones_agree_with_dateutil(
    zone: ZoneInfo, clock: datetime, text: str, ahead: int, width: int, minutes: int
) -> None:
    clock = clock.replace(microsecond=0)
    begin = clock.replace(tzinfo=zone)
    start = begin.astimezone(UTC)
    # only a start that the zone has; jumps have tests of their own
    clock = start.astimezone(zone).replace(tzinfo=None)
    length = timedelta(minutes=minutes)
    end = (clock + length).replace(tzinfo=zone).astimezone(UTC)
    first = start + timedelta(days=ahead)
    last = first + timedelta(days=width)
    found = occurrences(parse(text), start, max(start, end), zone, first, last)
    horizon = last.astimezone(zone).replace(tzinfo=None) + timedelta(days=2)
    local = rrulestr(text, dtstart=clock).between(clock - length - HOUR, horizon, inc=True)
    expected = {moment.replace(tzinfo=zone).astimezone(UTC): moment for moment in local}
    sure = {
        moment: wall
        for moment, wall in expected.items()
        if (moment < last and moment + length - 25 * HOUR > first) or first <= moment < last
    }
    starts_found = {one.start for one in found}
    assert set(sure) <= starts_found <= set(expected)
    for one in found:
        assert isinstance(one.start, datetime)
        assert isinstance(one.end, datetime)
        assert one.start < last
        assert one.end > first or one.start >= first
        back = one.start.astimezone(zone)
        if back.replace(tzinfo=None) == expected[one.start]:
            assert back.time() == clock.time()
        assert one.end >= one.start
    assert [one.start for one in found] == sorted(starts_found)


def test_a_window_is_touched_from_both_ends_and_has_no_last_moment() -> None:
    event = at(LONDON, "2026-01-05 09:00", 2)
    assert starts(DAILY, *event, "2026-01-06 11:00", "2026-01-07 09:00") == []
    assert starts(DAILY, *event, "2026-01-06 10:59", "2026-01-07 09:01") == ["01-06 09:00-11:00", "01-07 09:00-11:00"]
    nothing = at(LONDON, "2026-01-05 09:00", 0)
    assert starts(DAILY, *nothing, "2026-01-06 09:00", "2026-01-07 09:00") == ["01-06 09:00-09:00"]


def test_east_and_west_of_utc_the_days_of_a_window_are_others() -> None:
    east, west = at(LORD_HOWE, "2026-05-01 08:00"), at(NEW_YORK, "2026-05-01 22:00")
    # the 7th on Lord Howe is the 6th in UTC; the 5th in New York is the 6th in UTC
    assert starts(DAILY, *east, "2026-05-06 12:00", "2026-05-06 23:00") == ["05-06 21:30-22:30"]
    assert starts(DAILY, *west, "2026-05-06 01:00", "2026-05-06 12:00") == ["05-06 02:00-03:00"]


def test_a_long_event_west_of_utc_is_found_on_its_last_morning() -> None:
    # from ten in the evening on Friday in New York to nine on Sunday, which is three o'clock to one on Monday in UTC
    event = at(NEW_YORK, "2026-01-02 22:00", 47)
    weekly = parse("FREQ=WEEKLY")
    assert starts(weekly, *event, "2026-01-12 01:30", "2026-01-12 02:00") == ["01-10 03:00-02:00"]
    assert starts(weekly, *event, "2026-01-12 02:00", "2026-01-12 03:00") == []


@pytest.mark.usefixtures("in_tokyo")
def test_moments_are_in_utc_whatever_the_zone_of_the_host() -> None:
    event = at(NEW_YORK, "2026-01-05 09:00")
    moved = ChangedOccurrence(datetime(2026, 1, 7, 9, tzinfo=NEW_YORK), *at(NEW_YORK, "2026-01-07 10:00")[:2])
    for one in occurrences(DAILY, *event, utc("2026-01-05"), utc("2026-01-08"), moved=[moved]):
        assert {moment.tzinfo for moment in one[:3] if isinstance(moment, datetime)} == {UTC}


def test_an_event_of_400_days_touches_every_window_of_a_year() -> None:
    start, end, zone = at(LONDON, "2020-06-01 00:00", 400 * 24)
    yearly = parse("FREQ=YEARLY")
    assert len(occurrences(yearly, start, end, zone, utc("2026-01-01"), utc("2026-01-02"))) == 1
    assert len(occurrences(yearly, start, end, zone, utc("2026-06-15"), utc("2026-06-16"))) == 2


def test_an_endless_series_of_long_ago_is_found_at_once_and_never_floods() -> None:
    event = at(LONDON, "0001-01-02 09:00")
    # day by day from the year 1 it would be five seconds
    with within(0.5):
        found = occurrences(DAILY, *event, utc("2026-01-01"), utc("9999-12-31"))
        assert len(found) == 1_000
        assert found[0].start == utc("2026-01-01 09:00")
        assert len(occurrences(DAILY, *event, utc("2026-01-01"), utc("9999-12-31"), limit=7)) == 7


@pytest.mark.parametrize("zone", [LONDON, NEW_YORK, APIA])
def test_the_ends_of_the_calendar_are_no_error(zone: ZoneInfo) -> None:
    start = datetime(9999, 12, 20, 9, tzinfo=UTC)
    found = occurrences(DAILY, start, start + 30 * HOUR, zone, start, datetime(9999, 12, 31, 23, tzinfo=UTC))
    assert 9 <= len(found) <= 12
    early = datetime(1, 1, 3, 9, tzinfo=UTC)
    assert len(occurrences(DAILY, early, early + HOUR, zone, datetime(1, 1, 1, tzinfo=UTC), utc("0001-01-05"))) == 2


def test_all_day_series_on_the_first_and_the_last_day_of_the_calendar() -> None:
    first = [one.start for one in occurrences(DAILY, date.min, date.min, None, date.min, date(1, 1, 3))]
    assert first == [date(1, 1, 1), date(1, 1, 2), date(1, 1, 3)]
    eve = date(9999, 12, 30)
    found = occurrences(DAILY, eve, date.max, None, eve, date.max)
    assert [(one.start, one.end) for one in found] == [(eve, date.max), (date.max, date.max)]


@pytest.mark.parametrize(
    ("start", "zone"),
    [(datetime(1, 1, 1, 2, tzinfo=UTC), NEW_YORK), (datetime(9999, 12, 31, 22, tzinfo=UTC), LORD_HOWE)],
)
def test_a_first_event_that_its_own_calendar_does_not_have(start: datetime, zone: ZoneInfo) -> None:
    with pytest.raises(OverflowError):
        occurrences(DAILY, start, start + HOUR, zone, utc("2026-01-01"), utc("2026-01-02"))


def test_what_is_left_out_and_what_was_moved() -> None:
    event = at(LONDON, "2026-03-23 09:00")
    gone = [utc("2026-03-24 09:00")]
    moved = [
        # on 30 March the pattern has 08:00Z
        ChangedOccurrence(utc("2026-03-30 08:00"), utc("2026-03-26 15:00"), utc("2026-03-26 16:00")),
        ChangedOccurrence(utc("2026-03-25 09:00"), utc("2026-05-01 15:00"), utc("2026-05-01 16:00")),
        ChangedOccurrence(utc("2026-04-30 08:00"), utc("2026-03-23 12:00"), utc("2026-03-23 13:00")),
        ChangedOccurrence(utc("2026-03-24 09:00"), utc("2026-03-24 19:00"), utc("2026-03-24 20:00")),
    ]
    found = occurrences(DAILY, *event, utc("2026-03-23"), utc("2026-03-31"), deleted=gone, moved=moved)
    assert [f"{one.start:%d %H}{'*' if one.changed else ''}" for one in found] == [
        *("23 09", "23 12*", "26 09", "26 15*", "27 09", "28 09", "29 08")
    ]
    assert found[3].original == utc("2026-03-30 08:00")
    assert found[3].end == utc("2026-03-26 16:00")
    assert found[3].changed is moved[0]


def test_an_exception_is_known_by_its_local_day_even_if_its_clock_is_off() -> None:
    event = at(LONDON, "2026-03-23 09:00")
    assert starts(DAILY, *event, "2026-03-29", "2026-03-31", deleted=[utc("2026-03-30 09:00")]) == ["03-29 08:00-09:00"]
    assert starts(DAILY, *event, "2026-03-29", "2026-03-31", deleted=[date(2026, 3, 30)]) == ["03-29 08:00-09:00"]
    # half past midnight in London is the day before in UTC
    late = at(LONDON, "2026-06-01 00:30")
    assert starts(DAILY, *late, "2026-06-01 12:00", "2026-06-03 12:00", deleted=[utc("2026-06-01 23:30")]) == [
        "06-02 23:30-00:30"
    ]


def test_late_in_the_evening_what_was_moved_or_left_out_is_still_that_of_its_own_day() -> None:
    # ten in the evening in New York is the next day in UTC
    event = at(NEW_YORK, "2026-06-01 22:00")
    moved = ChangedOccurrence(utc("2026-06-04 02:00"), utc("2026-06-04 20:00"), utc("2026-06-04 21:00"))
    window = "2026-06-03", "2026-06-06"
    assert starts(DAILY, *event, *window, moved=[moved]) == [
        "06-03 02:00-03:00",
        "06-04 20:00-21:00",
        "06-05 02:00-03:00",
    ]
    # the day before, told as a day, is not the one that was moved
    left_out = ["06-04 20:00-21:00", "06-05 02:00-03:00"]
    assert starts(DAILY, *event, *window, moved=[moved], deleted=[date(2026, 6, 2)]) == left_out
    assert starts(DAILY, *event, *window, moved=[moved], deleted=[date(2026, 6, 3)]) == [
        *("06-03 02:00-03:00", "06-05 02:00-03:00")
    ]
    assert starts(DAILY, *event, *window, moved=[moved], deleted=[date(2026, 6, 4)]) == [
        *("06-03 02:00-03:00", "06-04 20:00-21:00")
    ]


def test_an_exception_that_the_pattern_no_longer_has_is_still_there() -> None:
    event = at(LONDON, "2026-03-23 09:00")
    lost = ChangedOccurrence(utc("2026-03-24 09:00"), utc("2026-03-24 15:00"), utc("2026-03-24 16:00"))
    found = occurrences(parse("FREQ=WEEKLY"), *event, utc("2026-03-23"), utc("2026-03-27"), moved=[lost])
    assert [one.changed for one in found] == [None, lost]


def test_all_day_series_are_dates_with_an_inclusive_end() -> None:
    first, last = date(2026, 12, 24), date(2026, 12, 26)
    found = occurrences(parse("FREQ=YEARLY"), first, last, None, date(2027, 12, 26), date(2028, 12, 24))
    assert found == [
        Occurrence(date(2027, 12, 24), date(2027, 12, 26), date(2027, 12, 24)),
        Occurrence(date(2028, 12, 24), date(2028, 12, 26), date(2028, 12, 24)),
    ]
    assert occurrences(parse("FREQ=YEARLY"), first, last, None, date(2027, 12, 27), date(2028, 12, 23)) == []


def test_a_moved_all_day_occurrence_touches_the_window_by_its_first_and_last_day() -> None:
    moved = [ChangedOccurrence(date(2026, 3, 9), date(2026, 3, 11), date(2026, 3, 12))]
    event = (parse("FREQ=WEEKLY"), date(2026, 3, 2), date(2026, 3, 2), None)
    for first, last, number in ((12, 14, 1), (13, 14, 0), (10, 11, 1), (10, 10, 0)):
        found = occurrences(*event, date(2026, 3, first), date(2026, 3, last), moved=moved)
        assert len(found) == number, (first, last)


def test_the_limit_holds_for_moved_ones_too() -> None:
    event = at(LONDON, "2026-03-01 09:00")
    moved = [ChangedOccurrence(utc("2026-03-20 09:00"), utc("2026-03-02 15:00"), utc("2026-03-02 16:00"))]
    found = occurrences(DAILY, *event, utc("2026-03-01"), utc("2026-03-31"), moved=moved, limit=3)
    assert [f"{one.start:%d %H}" for one in found] == ["01 09", "02 09", "02 15"]
    assert len(occurrences(DAILY, date(2026, 3, 1), date(2026, 3, 1), None, date(2026, 3, 5), date.max, limit=3)) == 3


def test_an_all_day_occurrence_in_a_series_with_times_and_the_reverse() -> None:
    event = at(LONDON, "2026-03-23 09:00")
    day = ChangedOccurrence(utc("2026-03-24 09:00"), date(2026, 3, 24), date(2026, 3, 24))
    found = occurrences(DAILY, *event, utc("2026-03-23"), utc("2026-03-25"), moved=[day])
    assert [one.start for one in found] == [utc("2026-03-23 09:00"), date(2026, 3, 24)]
    timed = ChangedOccurrence(date(2026, 3, 24), utc("2026-03-24 09:00"), utc("2026-03-24 10:00"))
    days = (date(2026, 3, 23), date(2026, 3, 23), LONDON, date(2026, 3, 23), date(2026, 3, 24))
    assert [one.start for one in occurrences(DAILY, *days, moved=[timed])] == [
        date(2026, 3, 23),
        utc("2026-03-24 09:00"),
    ]


def test_leap_days_come_every_four_years_and_month_ends_follow_the_month() -> None:
    event = at(LONDON, "2024-02-29 09:00")
    leap = occurrences(parse("FREQ=YEARLY"), *event, utc("2024-01-01"), utc("2040-01-01"))
    assert [one.start.year for one in leap] == [2024, 2028, 2032, 2036]
    ends = occurrences(parse("FREQ=MONTHLY;BYMONTHDAY=-1"), *event, utc("2024-02-01"), utc("2024-06-01"))
    assert [one.start.day for one in ends] == [29, 31, 30, 31]


def test_what_cannot_be_asked() -> None:
    start, end, zone = at(LONDON, "2026-03-23 09:00")
    window = utc("2026-03-23"), utc("2026-03-25")
    with pytest.raises(ValueError, match=r"^a series with a time of day needs a time zone$"):
        occurrences(DAILY, start, end, None, *window)
    with pytest.raises(ValueError, match=r"^a moment of a series needs a time zone$"):
        occurrences(DAILY, start, end, zone, datetime(2026, 3, 23), window[1])
    with pytest.raises(ValueError, match=r"^a series with a time of day needs datetimes throughout$"):
        occurrences(DAILY, start, end, zone, date(2026, 3, 23), window[1])
    with pytest.raises(ValueError, match=r"^an all-day series needs dates throughout$"):
        occurrences(DAILY, start.date(), end.date(), zone, *window)
    with pytest.raises(ValueError, match=r"^the event ends before it starts$"):
        occurrences(DAILY, end, start, zone, *window)
    with pytest.raises(ValueError, match=r"^the event ends before it starts$"):
        occurrences(DAILY, date(2026, 3, 2), date(2026, 3, 1), None, date(2026, 3, 2), date(2026, 3, 3))


def test_a_year_of_a_daily_series_takes_milliseconds() -> None:
    start, end, zone = at(LONDON, "2010-01-01 09:00")
    with within(5 * 0.1):
        for _ in range(5):
            assert len(occurrences(DAILY, start, end, zone, utc("2026-01-01"), utc("2027-01-01"))) == 365


def test_times_of_day_are_kept_to_the_second() -> None:
    start = datetime(2026, 1, 5, 9, 0, 17, 999, tzinfo=LONDON)
    found = occurrences(DAILY, start, start + HOUR, LONDON, utc("2026-01-06"), utc("2026-01-07"))
    assert [one.start for one in islice(found, 1)] == [utc("2026-01-06 09:00:17")]
    assert isinstance(found[0].start, datetime)
    assert found[0].start.time() == time(9, 0, 17)

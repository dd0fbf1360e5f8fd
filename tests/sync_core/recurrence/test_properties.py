"""Patterns by properties: against dateutil's reading of the same text, and against Exchange's rules day by day."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import islice, takewhile
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from support.rules import by_dateutil

from sync_core.recurrence import (
    Day,
    Frequency,
    Pattern,
    PatternError,
    anchored,
    days,
    ews_cannot,
    first_day,
    from_ews,
    from_salesforce,
    last_day,
    parse,
    same_occurrences,
    to_ews,
    to_salesforce,
    words,
)

ZONES = [
    ZoneInfo(name)
    for name in (
        "Europe/London",
        "America/New_York",
        "Australia/Lord_Howe",
        "Asia/Kolkata",
        "Pacific/Apia",
        "America/St_Johns",
        "UTC",
    )
]
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
GROUPS = {"Day": DAYS, "Weekday": DAYS[:5], "WeekendDay": DAYS[5:]}
PLACES = ("First", "Second", "Third", "Fourth", "Last")
MONTHS = tuple(calendar.month_name)[1:]

starts = st.dates(date(1999, 1, 1), date(2040, 12, 31))
weekdays = st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True)
month_days = st.one_of(st.integers(1, 31), st.integers(-31, -1), st.sampled_from([28, 29, 30, 31, -1]))


@st.composite
def patterns(draw: st.DrawFn) -> Pattern:
    """Patterns of every shape that can be built, as the sides may say them: not in their normal form."""
    frequency = draw(st.sampled_from(Frequency))
    interval = draw(st.one_of(st.just(1), st.integers(1, 15), st.sampled_from([24, 28, 36, 49, 99, 100, 700, 999])))
    parts: dict[str, Any] = {}
    if frequency is Frequency.WEEKLY:
        parts["days"] = [Day(day) for day in draw(st.one_of(st.just([]), weekdays))]
        parts["week_start"] = draw(st.integers(0, 6))
    elif frequency is not Frequency.DAILY:
        parts |= draw(monthly_parts())
        if frequency is Frequency.YEARLY or (interval == 1 and draw(st.booleans())):
            parts["months"] = draw(st.lists(st.integers(1, 12), min_size=1, max_size=12, unique=True))
    end = draw(st.sampled_from(["never", "until", "count"]))
    if end == "until":
        parts["until"] = draw(st.dates(date(2000, 1, 1), date(2060, 12, 31)))
    elif end == "count":
        parts["count"] = draw(st.integers(1, 60))
    try:
        return Pattern(frequency, interval, **parts)
    except PatternError:
        assume(False)
        raise


@st.composite
def monthly_parts(draw: st.DrawFn) -> dict[str, Any]:
    match draw(st.sampled_from(["nothing", "days of the month", "placed", "positions", "every", "clipped"])):
        case "days of the month":
            return {"month_days": draw(st.lists(month_days, min_size=1, max_size=4))}
        case "placed":
            place = st.integers(-5, 5).filter(bool)
            return {"days": draw(st.lists(st.builds(Day, st.integers(0, 6), place), min_size=1, max_size=4))}
        case "positions":
            chosen = draw(st.one_of(weekdays, st.sampled_from([range(5), range(7), (5, 6)])))
            places = st.lists(st.integers(-6, 6).filter(bool), min_size=1, max_size=2)
            return {"days": [Day(day) for day in chosen], "positions": draw(places)}
        case "every":
            return {"days": [Day(day) for day in draw(weekdays)]}
        case "clipped":
            return {"month_days": range(28, draw(st.integers(28, 31)) + 1), "positions": [-1]}
    return {}


@given(patterns())
def test_its_text_says_the_pattern_and_nothing_else(pattern: Pattern) -> None:
    assert parse(pattern.text) == pattern
    assert parse(f"DTSTART:20260101T090000Z\r\nRRULE:{pattern.text.lower()}\r\n") == pattern
    assert parse(";".join(reversed(pattern.text.split(";")))) == pattern


@pytest.mark.slow
@settings(max_examples=400)
@given(patterns(), starts)
@example(parse("FREQ=MONTHLY;BYMONTHDAY=31"), date(2026, 1, 31))
@example(parse("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"), date(2024, 2, 29))
@example(parse("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU"), date(2026, 3, 4))
def test_the_days_are_those_that_dateutil_finds_in_the_text(pattern: Pattern, start: date) -> None:
    try:
        normal = anchored(pattern, start)
    except PatternError:
        # refused only where there is nothing to find
        assert by_dateutil(pattern.text, start, 1) == []
        return
    assert [*islice(days(pattern, start), 40)] == by_dateutil(pattern.text, start, 40)
    assert by_dateutil(normal.text, start, 40) == by_dateutil(pattern.text, start, 40)


@given(patterns(), starts)
def test_the_normal_form_stays_as_it_is(pattern: Pattern, start: date) -> None:
    try:
        normal = anchored(pattern, start)
    except PatternError:
        return
    assert anchored(normal, start) == normal
    assert parse(normal.text) == normal
    assert same_occurrences(pattern, normal, start)


@given(patterns(), starts, st.integers(0, 20_000))
def test_a_late_start_of_the_search_finds_the_same_days(pattern: Pattern, start: date, ahead: int) -> None:
    since = start + timedelta(days=ahead)
    pattern = replace(pattern, until=None)
    try:
        found = [*islice(days(pattern, start, since), 3)]
    except PatternError:
        return
    horizon = found[-1] if found else since
    everything = takewhile(lambda day: day <= horizon, days(pattern, start))
    assert found == [day for day in everything if day >= since]


@given(patterns(), starts)
def test_the_last_day_is_the_last(pattern: Pattern, start: date) -> None:
    try:
        last = last_day(pattern, start)
    except PatternError:
        return
    assert (last is None) == pattern.endless
    if last is not None:
        text = pattern.text
        assert last == by_dateutil(text, start, 100_000)[-1]
        assert last == [*days(pattern, start)][-1]


@pytest.mark.slow
@given(patterns(), patterns(), starts)
def test_equal_normal_forms_and_equal_days_are_the_same_thing(a: Pattern, b: Pattern, start: date) -> None:
    a, b = replace(a, until=None, count=None), replace(b, until=None, count=None)
    try:
        same = same_occurrences(a, b, start)
    except PatternError:
        return
    assert same == same_occurrences(b, a, start)
    if same:
        assert [*islice(days(a, start), 200)] == [*islice(days(b, start), 200)]
    else:
        assert anchored(a, start) != anchored(b, start)


@given(patterns(), starts)
def test_an_end_says_the_same_as_a_date_or_as_a_number(pattern: Pattern, start: date) -> None:
    counted = replace(pattern, until=None, count=7)
    try:
        found = [*days(counted, start)]
    except PatternError:
        return
    assume(len(found) == 7)
    dated = replace(counted, count=None, until=found[-1])
    assert same_occurrences(counted, dated, start)
    assert not same_occurrences(replace(counted, count=6), dated, start)
    assert not same_occurrences(counted, replace(dated, until=None), start)


@settings(max_examples=300)
@given(patterns(), starts, st.sampled_from([None, *ZONES]))
def test_salesforce_and_back(pattern: Pattern, start: date, zone: ZoneInfo | None) -> None:
    try:
        text = to_salesforce(pattern, start, zone)
    except PatternError:
        return
    assert len(text) <= 512
    assert {part.partition("=")[0] for part in text.removeprefix("RRULE:").split(";")} <= {
        *("FREQ", "BYMONTH", "BYMONTHDAY", "BYDAY", "WKST", "BYSETPOS", "INTERVAL", "UNTIL", "COUNT")
    }
    for at in (time(0, 0), time(9, 30), time(23, 59, 59)):
        assert from_salesforce(text, start, zone, at if zone else None) == anchored(pattern, start)


@st.composite
def exchange(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    kind = draw(
        st.sampled_from(["Daily", "Weekly", "AbsoluteMonthly", "RelativeMonthly", "AbsoluteYearly", "RelativeYearly"])
    )
    values: dict[str, Any] = {}
    if kind == "Weekly":
        values["weekdays"] = draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=7, unique=True))
        values["first_day_of_week"] = draw(st.sampled_from(DAYS))
    if "Absolute" in kind:
        values["day_of_month"] = draw(st.one_of(st.integers(1, 31), st.integers(28, 31)))
    if "Relative" in kind:
        values["weekday"] = draw(st.sampled_from([*DAYS, *GROUPS]))
        values["week_number"] = draw(st.sampled_from(PLACES))
    if "Yearly" in kind:
        values["month"] = draw(st.sampled_from(MONTHS))
    else:
        values["interval"] = draw(st.one_of(st.integers(1, 14), st.sampled_from([24, 36, 99])))
    return kind, values


def as_exchange_does(kind: str, values: dict[str, Any], start: date, until: date) -> Iterator[date]:
    """Day by day, by the words of Microsoft's reference: short months use their last day, places count in the month."""
    interval = values.get("interval", 1)
    for number in range((until - start).days + 1):
        day = start + timedelta(days=number)
        months = (day.year - start.year) * 12 + day.month - start.month
        length = calendar.monthrange(day.year, day.month)[1]
        if kind == "Daily":
            good = number % interval == 0
        elif kind == "Weekly":
            first = DAYS.index(values["first_day_of_week"])
            weeks = ((day - start).days + (start.weekday() - first) % 7) // 7
            good = weeks % interval == 0 and DAYS[day.weekday()] in values["weekdays"]
        else:
            good = MONTHS[day.month - 1] == values["month"] if "Yearly" in kind else months % interval == 0
            if "Absolute" in kind:
                good = good and day.day == min(values["day_of_month"], length)
            else:
                names = GROUPS.get(values["weekday"], (values["weekday"],))
                fitting = [n for n in range(1, length + 1) if DAYS[date(day.year, day.month, n).weekday()] in names]
                place = PLACES.index(values["week_number"])
                good = good and day.day == (fitting[-1] if place == 4 else fitting[place])
        if good:
            yield day


@pytest.mark.slow
@settings(max_examples=400)
@given(exchange(), starts)
@example(("AbsoluteMonthly", {"day_of_month": 31, "interval": 1}), date(2026, 1, 31))
@example(("AbsoluteMonthly", {"day_of_month": 30, "interval": 1}), date(2027, 12, 30))
@example(("AbsoluteYearly", {"day_of_month": 29, "month": "February"}), date(2024, 2, 29))
@example(("AbsoluteMonthly", {"day_of_month": 31, "interval": 6}), date(2026, 1, 31))
@example(("RelativeMonthly", {"weekday": "WeekendDay", "week_number": "Last", "interval": 12}), date(2026, 1, 1))
def test_exchange_means_the_days_that_its_reference_says(made: tuple[str, dict[str, Any]], start: date) -> None:
    kind, values = made
    until = start + timedelta(days=1_800)
    expected = [*as_exchange_does(kind, values, start, until)]
    pattern = from_ews(kind, start=start, end=until, **values)
    assert [*days(pattern, start)] == expected
    if expected:
        # whatever Exchange has, Outlook can hold, Salesforce can say, and both mean the same
        assert ews_cannot(pattern, start) == ""
        again = to_ews(pattern, start)
        assert [
            *as_exchange_does(again.kind, dict(again.values), again.limits["start"], again.limits["end"])
        ] == expected
        assert by_dateutil(to_salesforce(pattern, start), start, 2_000) == expected


@pytest.mark.slow
@settings(max_examples=400)
@given(patterns(), starts)
def test_to_exchange_and_back_or_a_reason(pattern: Pattern, start: date) -> None:
    try:
        reason = ews_cannot(pattern, start)
    except PatternError:
        return
    if reason:
        with pytest.raises(PatternError, match="Outlook") as refused:
            to_ews(pattern, start)
        assert str(refused.value) == reason
        return
    made = to_ews(pattern, start)
    first = first_day(pattern, start)
    assert made.limits["start"] == first
    back = from_ews(made.kind, **made.limits, **made.values)
    assert same_occurrences(back, anchored(pattern, start), first)
    horizon = first + timedelta(days=1_500)
    expected = [*takewhile(lambda day: day <= horizon, days(replace(pattern, until=None, count=None), start))]
    assert [*as_exchange_does(made.kind, dict(made.values), first, horizon)] == expected


@given(patterns(), starts)
def test_every_pattern_has_words_and_different_ones_differ(pattern: Pattern, start: date) -> None:
    try:
        said = words(pattern, start)
    except PatternError:
        return
    assert said
    assert said == " ".join(said.split())
    assert said == words(anchored(pattern, start), start)
    assert said[0].islower()


@pytest.mark.slow
@settings(max_examples=400)
@given(patterns(), patterns(), st.sets(st.sampled_from([*Pattern.__dataclass_fields__])), starts)
def test_equal_words_mean_equal_days(a: Pattern, b: Pattern, kept: set[str], start: date) -> None:
    try:
        a, b = anchored(a, start), anchored(replace(b, **{name: getattr(a, name) for name in kept}), start)
    except PatternError:
        return
    if words(a, start) == words(b, start) and a.week_start == b.week_start:
        assert a == b


@given(st.text(max_size=60) | st.text(alphabet="FREQ=WKLY;BDAMOINTUVCS,-0123456789:\n ", max_size=80))
def test_any_text_is_a_pattern_or_refused_with_a_reason(text: str) -> None:
    try:
        pattern = parse(text)
    except PatternError as refused:
        reason = str(refused)
    else:
        reason = "none"
        assert parse(pattern.text) == pattern
    assert reason
    assert reason.isprintable()
    assert reason.isascii()

"""Values typed by hand, and days as people write them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.host import dates_in, local_time

from sync_core import dates
from sync_core.datewords import Days, days, one_day
from sync_core.items import FIELDS, FieldType, Kind, When, canonical
from sync_core.typed import _LONGEST_REMINDER, parse, written

ZONE = "Europe/London"
# a Wednesday
TODAY = date(2026, 11, 25)
CAL = Kind.CALENDAR


def typed(name: str, words: str, base: Any = None, kind: Kind = CAL) -> Any:
    return parse(kind, name, words, ZONE, TODAY, base)


def when(start: str, end: str) -> When:
    return When(f"{start}:00Z", f"{end}:00Z")


@pytest.mark.parametrize(
    ("name", "words", "value"),
    [
        ("subject", "  Budget \t 2027 ", "Budget 2027"),
        ("subject", "a\x1b[31mb", "a[31mb"),
        ("notes", "one \r\ntwo\x00", "one\ntwo"),
        ("show_as", "out of office", "out_of_office"),
        ("show_as", "OUT", "out_of_office"),
        ("show_as", "out-of-office", "out_of_office"),
        ("private", "Yes", True),
        ("private", "no", False),
        ("reminder", "15", 15),
        ("reminder", "2 hours before", 120),
        ("reminder", "1d", 1440),
        ("reminder", "at the start", 0),
        ("reminder", "none", None),
        ("reminder", "3 weeks", 30_240),
        ("reminder", "5 mins", 5),
        ("reminder", "0 min", 0),
        ("when", "2026-12-24 10:00", when("2026-12-24T10:00", "2026-12-24T11:00")),
        ("when", "2026-12-24 10:00-11:30", when("2026-12-24T10:00", "2026-12-24T11:30")),
        ("when", "next mon 9:00 to 10:00", when("2026-11-30T09:00", "2026-11-30T10:00")),
        ("when", "tomorrow 9:00 to 10:00", when("2026-11-26T09:00", "2026-11-26T10:00")),
        ("when", "24 Dec 22:00 – 25 Dec 01:00", when("2026-12-24T22:00", "2026-12-25T01:00")),
        ("when", "2026-07-01 10:00-11:00", when("2026-07-01T09:00", "2026-07-01T10:00")),
        ("when", "2026-12-24", When("2026-12-24", "2026-12-24", True)),
        ("when", "2026-12-24 - 2026-12-26", When("2026-12-24", "2026-12-26", True)),
    ],
)
def test_what_words_mean(name: str, words: str, value: Any) -> None:
    assert typed(name, words) == value


def test_a_time_without_a_day_keeps_the_day_and_how_long_it_lasts() -> None:
    base = when("2026-12-24T10:00", "2026-12-24T11:30")
    assert typed("when", "14:00", base) == when("2026-12-24T14:00", "2026-12-24T15:30")
    assert typed("when", "14:00-14:15", base) == when("2026-12-24T14:00", "2026-12-24T14:15")
    assert typed("when", "fri 14:00", base) == when("2026-11-27T14:00", "2026-11-27T15:30")


def test_a_time_for_what_lasted_whole_days_is_on_the_first_of_them() -> None:
    """Wherever the person is: the day of a whole-day event is the same in every zone."""
    base = When("2026-12-24", "2026-12-26", True)
    assert typed("when", "14:00-15:00", base) == when("2026-12-24T14:00", "2026-12-24T15:00")
    there = parse(CAL, "when", "14:00", "America/New_York", TODAY, base)
    assert there == when("2026-12-24T19:00", "2026-12-24T20:00")


def test_what_the_host_keeps_for_its_own_time_does_not_matter() -> None:
    """The zone is that of the user, on a jump host that may be anywhere."""
    with local_time("America/New_York"):
        assert typed("when", "2026-07-01 10:00-11:00") == when("2026-07-01T09:00", "2026-07-01T10:00")
        assert typed("reminder", "2026-07-01 09:00", kind=Kind.TASKS) == "2026-07-01T08:00:00Z"
        # a moment that tells no zone is UTC
        assert written(Kind.TASKS, "reminder", "2026-07-01T08:00:00", ZONE) == "2026-07-01 09:00"


def test_a_time_beyond_the_calendar_is_none() -> None:
    """The last evening of the year 9999 in New York is in a year that no calendar has."""
    with pytest.raises(ValueError, match="write it like"):
        parse(CAL, "when", "9999-12-31 22:00-23:00", "America/New_York", TODAY)


def test_days_and_moments_of_tasks() -> None:
    assert typed("due", "24 Dec", kind=Kind.TASKS) == "2026-12-24"
    assert typed("due", "Thu 24 Dec", kind=Kind.TASKS) == "2026-12-24"
    assert typed("due", "none", kind=Kind.TASKS) is None
    assert typed("reminder", "fri 09:00", kind=Kind.TASKS) == "2026-11-27T09:00:00Z"
    assert typed("status", "in pro", kind=Kind.TASKS) == "in_progress"


@pytest.mark.parametrize(
    ("name", "words", "why"),
    [
        ("private", "perhaps", "private is yes or no"),
        ("show_as", "", "show as may be busy, free, out of office"),
        ("reminder", "soon", "15 min, 2 hours"),
        ("reminder", "-5", "15 min, 2 hours"),
        ("reminder", "9999999999 weeks", "15 min, 2 hours"),
        ("reminder", "5 s", "15 min, 2 hours"),
        ("when", "2026-12-24 - 2026-12-25 - 2026-12-26", "write it like"),
        ("when", "2026-12-24 10:00 - 11:00 - 12:00", "write it like"),
        ("when", "", "write it like"),
        ("when", "14:00", "write it like"),
        ("when", "31 feb", "write it like"),
        ("when", "dec 10:00-11:00", "write it like"),
        ("when", "2026-12-24 11:00-10:00", "it would end before it starts"),
        ("when", "2026-12-26 - 2026-12-24", "it would end before it starts"),
        ("when", "2026-12-24 10:00 - 2026-12-24", "an end with a time"),
        ("when", "2026-12-24 - 2026-12-24 10:00", "its end has no time either"),
        ("when", "2027-03-28 01:30-03:00", "the clocks go forward"),
        ("when", "9999-12-31 23:30", "write it like"),
        ("attachments", "a.pdf", "attachments cannot be typed"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(name: str, words: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        typed(name, words)


def test_an_address_and_a_due_date_that_are_none() -> None:
    for words in ("priya at example", "@example.com", "priya@", "priya@shah@example.com", "priya shah@example.com"):
        with pytest.raises(ValueError, match=r"^an e-mail address looks like name@example\.com$"):
            typed("email", words, kind=Kind.CONTACTS)
    for words in ("priya.shah@example.com", ""):
        assert typed("email", words, kind=Kind.CONTACTS) == words
    with pytest.raises(ValueError, match="due is a day"):
        typed("due", "soon", kind=Kind.TASKS)
    with pytest.raises(ValueError, match="a day and a time"):
        typed("reminder", "tomorrow", kind=Kind.TASKS)


moments = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(lambda m: m.replace(microsecond=0))


@st.composite
def values(draw: st.DrawFn) -> tuple[Kind, str, Any]:
    kind = draw(st.sampled_from(list(Kind)))
    f = draw(st.sampled_from(FIELDS[kind]))
    match f.type:
        case FieldType.WHEN:
            start = draw(moments)
            end = start + timedelta(minutes=draw(st.integers(0, 5000)))
            whole = When(start.date().isoformat(), end.date().isoformat(), True)
            value: Any = draw(st.sampled_from([whole, When(f"{start.isoformat()}Z", f"{end.isoformat()}Z")]))
        case FieldType.FLAG:
            value = draw(st.booleans())
        case FieldType.CHOICE:
            value = draw(st.sampled_from(f.choices))
        case FieldType.MINUTES:
            value = draw(st.one_of(st.none(), st.integers(0, 500_000)))
        case FieldType.DATE:
            value = draw(st.one_of(st.none(), moments.map(lambda m: m.date().isoformat())))
        case FieldType.MOMENT:
            value = draw(st.one_of(st.none(), moments.map(lambda m: f"{m.isoformat()}Z")))
        case FieldType.LINE | FieldType.BLOCK:
            value = draw(st.text(max_size=30)) if f.name != "email" else "a@example.com"
        case _:
            value = None
    return kind, f.name, canonical(kind, {f.name: value})[f.name]


def outcome(kind: Kind, name: str, words: str, zone: str) -> tuple[Any, str]:
    """The value, or why there is none."""
    try:
        return parse(kind, name, words, zone, TODAY), ""
    except ValueError as refused:
        return None, str(refused)


@given(values(), st.sampled_from([ZONE, "Asia/Kathmandu", "America/New_York", "UTC"]))
@example((CAL, "when", When("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z")), "UTC")
def test_what_is_written_is_read_back_as_the_same(given: tuple[Kind, str, Any], zone: str) -> None:
    kind, name, value = given
    if FIELDS[kind][[f.name for f in FIELDS[kind]].index(name)].type in (FieldType.NAMES, FieldType.EXCEPTIONS):
        return
    again, refused = outcome(kind, name, written(kind, name, value, zone), zone)
    if refused:
        assert "end before it starts" in refused, "only an hour that occurs twice can turn a time round"
        return
    if isinstance(value, When) and not value.all_day:
        assert isinstance(again, When)
        for mine, theirs in ((again.start, value.start), (again.end, value.end)):
            assert _apart(mine, theirs) in (timedelta(), timedelta(hours=1))
    elif value is not None and FIELDS[kind][[f.name for f in FIELDS[kind]].index(name)].type is FieldType.MOMENT:
        assert _apart(str(again), str(value)) in (timedelta(), timedelta(hours=1))
    else:
        assert again == value


def _apart(one: str, other: str) -> timedelta:
    return abs(datetime.fromisoformat(one).astimezone(UTC) - datetime.fromisoformat(other).astimezone(UTC))


@given(st.sampled_from([(kind, f.name) for kind in Kind for f in FIELDS[kind]]), st.text(max_size=40))
def test_whatever_is_typed_is_understood_or_refused(which: tuple[Kind, str], words: str) -> None:
    kind, name = which
    value, refused = outcome(kind, name, words, ZONE)
    assert refused or canonical(kind, {name: value}) == {name: value}, "what is typed is in canonical form"


@pytest.mark.parametrize(
    ("words", "first", "last", "used"),
    [
        ("today", "2026-11-25", "2026-11-25", 1),
        ("tomo", "2026-11-26", "2026-11-26", 1),
        ("next week", "2026-11-30", "2026-12-06", 2),
        ("this month budget", "2026-11-01", "2026-11-30", 2),
        ("next fri", "2026-12-04", "2026-12-04", 2),
        ("last year", "2025-01-01", "2025-12-31", 2),
        ("2026-12-24", "2026-12-24", "2026-12-24", 1),
        ("2026-12", "2026-12-01", "2026-12-31", 1),
        ("24.12.2026", "2026-12-24", "2026-12-24", 1),
        ("24/12/2026", "2026-12-24", "2026-12-24", 1),
        ("dec 24 2026", "2026-12-24", "2026-12-24", 3),
        ("24 dec 2026", "2026-12-24", "2026-12-24", 3),
        ("dec 2026", "2026-12-01", "2026-12-31", 2),
    ],
)
def test_days_in_words(words: str, first: str, last: str, used: int) -> None:
    found = days(words.split(), TODAY)
    assert found is not None
    assert (found[0].ranges, found[1]) == (((date.fromisoformat(first), date.fromisoformat(last)),), used)


def test_words_that_mean_many_days() -> None:
    december = days(["dec"], TODAY)
    assert december is not None
    assert december[0].touches(date(2026, 12, 24), date(2026, 12, 24))
    assert december[0].touches(date(2027, 11, 28), date(2027, 12, 3))
    assert not december[0].touches(date(2026, 11, 24), date(2026, 11, 30))
    mondays = days(["mon"], TODAY)
    assert mondays is not None
    assert mondays[0].touches(date(2026, 11, 28), date(2026, 11, 30))
    assert not mondays[0].touches(date(2026, 12, 1), date(2026, 12, 6))
    assert mondays[0].touches(date(2026, 12, 1), date(2026, 12, 7))
    assert mondays[0].touches(date(2026, 11, 1), date(2027, 11, 1))


@pytest.mark.parametrize("words", ["dec 24", "24.12.", "24th dec", "24. dec", "dec. 24"])
def test_a_day_without_a_year_is_meant_in_every_year_around_today(words: str) -> None:
    found = days(words.split(), TODAY)
    assert found is not None
    years = (2024, 2025, 2026, 2027, 2028, 2029)
    assert found == (Days(tuple((date(year, 12, 24), date(year, 12, 24)) for year in years)), len(words.split()))


def test_a_month_without_a_year_is_meant_in_every_year_around_today() -> None:
    for words in ("feb", "feb."):
        found = days([words], TODAY)
        assert found is not None
        assert [(start.isoformat(), end.day) for start, end in found[0].ranges] == [
            ("2024-02-01", 29),
            ("2025-02-01", 28),
            ("2026-02-01", 28),
            ("2027-02-01", 28),
            ("2028-02-01", 29),
            ("2029-02-01", 28),
        ]


def test_the_last_days_of_months_and_leap_days_are_days() -> None:
    leap = days(["29", "feb"], TODAY)
    assert leap is not None
    assert [start.isoformat() for start, _ in leap[0].ranges] == ["2024-02-29", "2028-02-29"]
    last = days(["31", "dec"], TODAY)
    assert last is not None
    assert len(last[0].ranges) == 6
    for words in ("30 feb", "31 nov", "1.13.", "0 dec"):
        assert days(words.split(), TODAY) != (Days(), 2)
        assert one_day(words, TODAY) is None


@pytest.mark.parametrize(("words", "used"), [("dec 4711", 1), ("dec 24 4711", 2), ("24 dec 4711", 2), ("dec 3000", 1)])
def test_a_number_that_is_no_year_of_these_centuries_is_a_word_of_its_own(words: str, used: int) -> None:
    """Such as the number of an order: it is looked for in what rows say."""
    found = days(words.split(), TODAY)
    assert found is not None
    assert found[1] == used
    assert found[0].touches(date(2026, 12, 24), date(2026, 12, 24))
    assert one_day(words, TODAY) is None


def test_numbers_with_a_slash_are_read_as_the_person_writes_dates() -> None:
    with dates_in(replace(dates.style(), order="mdy")):
        assert one_day("12/24/2026", TODAY) == one_day("12/24", TODAY) == date(2026, 12, 24)
        assert one_day("24/12/2026", TODAY) is None
    with dates_in(replace(dates.style(), order="dmy")):
        assert one_day("24/12/2026", TODAY) == one_day("24/12", TODAY) == date(2026, 12, 24)
        assert one_day("12/24/2026", TODAY) is None


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("last week", "2026-11-16", "2026-11-22"),
        ("this wee", "2026-11-23", "2026-11-29"),
        ("last month", "2026-10-01", "2026-10-31"),
        ("next mont", "2026-12-01", "2026-12-31"),
        # a Monday, and no month
        ("next mon", "2026-11-30", "2026-11-30"),
        ("last mon", "2026-11-16", "2026-11-16"),
        ("this year", "2026-01-01", "2026-12-31"),
        ("next yea", "2027-01-01", "2027-12-31"),
        ("last tue", "2026-11-17", "2026-11-17"),
        ("this sunday", "2026-11-29", "2026-11-29"),
        ("next wed", "2026-12-02", "2026-12-02"),
    ],
)
def test_the_one_before_this_one_and_the_next(words: str, first: str, last: str) -> None:
    assert days(words.split(), TODAY) == (Days(((date.fromisoformat(first), date.fromisoformat(last)),)), 2)


def test_the_month_after_december_and_the_one_before_january_are_of_another_year() -> None:
    december, january = date(2026, 12, 31), date(2027, 1, 1)
    assert days(["next", "month"], december) == (Days(((date(2027, 1, 1), date(2027, 1, 31)),)), 2)
    assert days(["last", "month"], january) == (Days(((date(2026, 12, 1), date(2026, 12, 31)),)), 2)


@pytest.mark.parametrize("words", ["next we", "this mo", "last ye", "next budget"])
def test_words_that_are_too_short_to_be_sure_of_mean_no_days(words: str) -> None:
    assert days(words.split(), TODAY) is None


@pytest.mark.parametrize(
    "words", ["de", "to", "budget", "31 feb", "32.12.", "0/0", "2026-13-01", "99999999", "next", "\x1b["]
)
def test_what_is_no_day(words: str) -> None:
    assert days(words.split(), TODAY) is None or days(words.split(), TODAY)[1] < len(words.split())  # type: ignore[index]
    assert one_day(words, TODAY) is None


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("wed", "2026-11-25"),
        ("tue", "2026-12-01"),
        ("1 jan", "2027-01-01"),
        ("1 nov", "2026-11-01"),
        ("24/12", "2026-12-24"),
        # sixty days ago is not long ago yet
        ("26 sep", "2026-09-26"),
        ("25 sep", "2027-09-25"),
        ("Thu, 24 Dec, 2026", "2026-12-24"),
        ("Thu 2026-12-24", "2026-12-24"),
        ("dec 24", "2026-12-24"),
    ],
)
def test_one_day_is_the_next_or_a_recent_one(words: str, day: str) -> None:
    assert one_day(words, TODAY) == date.fromisoformat(day)


@pytest.mark.parametrize("words", ["dec", "2026-12", "next week", "this month", "last year", "dec 2026", "mon tue"])
def test_where_many_days_are_meant_none_is_guessed_at(words: str) -> None:
    assert one_day(words, TODAY) is None


def test_a_weekday_that_is_not_that_of_the_day_is_refused() -> None:
    assert one_day("Fri 24 Dec 2026", TODAY) is None
    assert one_day("Thu 24 Dec 2026", TODAY) == date(2026, 12, 24)


@given(st.text(max_size=30))
def test_no_text_breaks_it(words: str) -> None:
    days(words.casefold().split(), TODAY)
    one_day(words, TODAY)


@pytest.mark.parametrize(
    ("kind", "name", "value", "words"),
    [
        (CAL, "private", True, "yes"),
        (CAL, "private", False, "no"),
        (CAL, "show_as", "out_of_office", "out of office"),
        (CAL, "show_as", None, ""),
        (CAL, "reminder", None, "none"),
        (CAL, "reminder", 0, "0 min"),
        (CAL, "reminder", 45, "45 min"),
        (CAL, "reminder", 60, "1 hour"),
        (CAL, "reminder", 90, "90 min"),
        (CAL, "reminder", 120, "2 hours"),
        (CAL, "reminder", 1440, "1 day"),
        (CAL, "reminder", 2880, "2 days"),
        (CAL, "reminder", 10080, "1 week"),
        (CAL, "reminder", 20160, "2 weeks"),
        (CAL, "location", "Room 4", "Room 4"),
        (CAL, "location", None, ""),
        (CAL, "when", None, ""),
        (CAL, "when", When("2026-12-24", "2026-12-24", True), "2026-12-24"),
        (CAL, "when", When("2026-12-24", "2026-12-26", True), "2026-12-24 - 2026-12-26"),
        (CAL, "when", when("2026-12-24T10:00", "2026-12-24T11:30"), "2026-12-24 10:00-11:30"),
        (CAL, "when", when("2026-12-24T22:00", "2026-12-25T01:00"), "2026-12-24 22:00 - 2026-12-25 01:00"),
        (CAL, "when", When("2026-12-24T10:00:30Z", "2026-12-24T11:00:00Z"), "2026-12-24 10:00:30-11:00"),
        # as either side may tell a moment: with a zone of its own, or with none, which is UTC
        (CAL, "when", When("2026-07-01T10:00:00+02:00", "2026-07-01T10:00:00"), "2026-07-01 09:00-11:00"),
        # one half of it would not be what is there
        (CAL, "when", When("soon", "2026-12-24T11:00:00Z"), ""),
        (CAL, "when", When("2026-12-24T11:00:00Z", "later"), ""),
        (Kind.TASKS, "reminder", "soon", ""),
        (Kind.TASKS, "due", "2026-11-27", "2026-11-27"),
        (Kind.TASKS, "due", None, "none"),
        (Kind.TASKS, "reminder", "2026-07-01T08:00:00Z", "2026-07-01 09:00"),
        (Kind.TASKS, "reminder", None, "none"),
    ],
)
def test_where_typing_starts_from(kind: Kind, name: str, value: Any, words: str) -> None:
    assert written(kind, name, value, ZONE) == words


@pytest.mark.parametrize(
    ("name", "words", "sentence"),
    [
        (
            "when",
            "2026-11-26 - 2026-11-27 10:00",
            "a start without a time is a whole day, and its end has no time either",
        ),
        ("when", "2026-11-26 10:00 - 2026-11-27", "a start with a time needs an end with a time"),
        ("when", "2026-11-27 - 2026-11-26", "it would end before it starts"),
        ("when", "2026-11-27 10:00 - 2026-11-26 11:00", "it would end before it starts"),
    ],
)
def test_what_cannot_be_a_time_says_why(name: str, words: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        typed(name, words)


def test_a_reminder_may_be_as_long_as_the_longest_and_knows_its_units() -> None:
    assert typed("reminder", str(_LONGEST_REMINDER)) == _LONGEST_REMINDER
    for words in (str(_LONGEST_REMINDER + 1), "3 fortnights", "soon"):
        with pytest.raises(ValueError, match="how long before"):
            typed("reminder", words)


def test_an_event_may_take_no_time_at_all() -> None:
    moment = typed("when", "2026-11-26 10:00 - 2026-11-26 10:00")
    assert moment == when("2026-11-26T10:00", "2026-11-26T10:00")

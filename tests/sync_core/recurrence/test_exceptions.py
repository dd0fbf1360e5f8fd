"""Changed and deleted occurrences: one canonical text, whatever the order and the zone they were told in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_core.recurrence import NOTHING, ChangedOccurrence, Exceptions, Moment, PatternError
from sync_core.recurrence.exceptions import local_day, local_days, moment_text

zones = st.builds(lambda minutes: timezone(timedelta(minutes=minutes)), st.integers(-14 * 60, 14 * 60))
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=zones) | st.dates(date(1990, 1, 1))
values = st.text() | st.booleans() | st.integers() | st.none() | st.lists(st.text(max_size=5)).map(tuple)
changed = st.builds(
    ChangedOccurrence,
    moments,
    moments,
    moments,
    st.lists(st.tuples(st.text(max_size=9), values), max_size=4).map(tuple),
)
TEN = datetime(2026, 11, 23, 10, tzinfo=UTC)


@given(st.lists(moments, max_size=5), st.lists(changed, max_size=5), st.randoms())
def test_the_text_says_all_and_forgets_order_and_zone(deleted: list, edited: list, chance: object) -> None:
    told = Exceptions(tuple(deleted), tuple(edited))
    assert Exceptions.parse(told.text) == told
    mixed = list(dict.fromkeys(deleted))
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    elsewhere = [
        moment.astimezone(timezone(timedelta(hours=5, minutes=45))) if isinstance(moment, datetime) else moment
        for moment in mixed
    ]
    assert Exceptions((*elsewhere, *mixed), told.changed[::-1]).text == told.text
    assert told.text.isascii()
    assert "\n" not in told.text


def test_nothing_differs_is_no_text() -> None:
    assert Exceptions().text == ""
    assert Exceptions.parse("") is NOTHING
    assert NOTHING.words == ""


def test_the_text_as_it_is_kept() -> None:
    moved = ChangedOccurrence(
        TEN, TEN + timedelta(hours=1), TEN + timedelta(hours=2), (("subject", "Later"), ("location", None))
    )
    exceptions = Exceptions((date(2026, 12, 25), TEN + timedelta(days=7)), (moved,))
    assert exceptions.text == (
        '{"changed":[["2026-11-23T10:00:00Z","2026-11-23T11:00:00Z","2026-11-23T12:00:00Z",'
        '{"location":null,"subject":"Later"}]],"deleted":["2026-11-30T10:00:00Z","2026-12-25"]}'
    )
    assert exceptions.words == "1 changed, 2 left out"
    assert moved.text in exceptions.text


def test_what_is_kept_is_read_back() -> None:
    text = (
        '{"changed":[["2026-11-23T10:00:00Z","2026-11-24T09:30:00Z","2026-11-24T10:15:00Z",'
        '{"all_day":false,"categories":["Red","Blue"],"location":null,"reminder":15,"subject":"Caf\\u00e9"}],'
        '["2026-12-24","2026-12-24","2026-12-26",{}]],'
        '"deleted":["2026-11-30T10:00:00Z","2026-12-25"]}'
    )
    fields = (
        ("all_day", False),
        ("categories", ("Red", "Blue")),
        ("location", None),
        ("reminder", 15),
        ("subject", "Café"),
    )
    day = datetime(2026, 11, 24, tzinfo=UTC)
    edited = ChangedOccurrence(TEN, day.replace(hour=9, minute=30), day.replace(hour=10, minute=15), fields)
    longer = ChangedOccurrence(date(2026, 12, 24), date(2026, 12, 24), date(2026, 12, 26))
    told = Exceptions((date(2026, 12, 25), datetime(2026, 11, 30, 10, tzinfo=UTC)), (longer, edited))
    assert told.text == text
    assert Exceptions.parse(text) == told


def test_half_a_character_in_a_subject_stops_nothing() -> None:
    one = Exceptions((), (ChangedOccurrence(TEN, TEN, TEN, (("subject", "\ud83d"),)),))
    assert one.text.encode("ascii")
    assert Exceptions.parse(one.text) == one


def test_a_field_told_twice_has_its_last_value_and_names_are_in_order() -> None:
    one = ChangedOccurrence(TEN, TEN, TEN, (("subject", "A"), ("location", "Room 1"), ("subject", "B")))
    assert one.fields == (("location", "Room 1"), ("subject", "B"))


def test_what_was_written_can_be_read_however_long_it_is() -> None:
    """Long notes in the events of a daily series: what a side gives must never be too long for the rest to read."""
    days = [date.fromordinal(date(2026, 11, 23).toordinal() + number) for number in range(100)]
    told = Exceptions((), tuple(ChangedOccurrence(day, day, day, (("notes", "ж" * 3_000),)) for day in days))
    assert len(told.text) > 1_800_000
    assert Exceptions.parse(told.text) == told


@pytest.mark.usefixtures("in_tokyo")
def test_moments_are_kept_in_utc_wherever_the_program_runs() -> None:
    local = datetime(2026, 11, 23, 11, 0, 0, 999_999, tzinfo=ZoneInfo("Europe/Berlin"))
    assert moment_text(local) == "2026-11-23T10:00:00Z"
    one = ChangedOccurrence(local, local, local)
    assert one.original == TEN
    assert isinstance(one.original, datetime)
    assert one.original.tzinfo is UTC


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        # half past midnight in London is the day before in UTC, and an evening in New York the day after
        (datetime(2026, 5, 31, 23, 30, tzinfo=UTC), "Europe/London", date(2026, 6, 1)),
        (datetime(2026, 6, 1, 1, 30, tzinfo=UTC), "America/New_York", date(2026, 5, 31)),
        (datetime(2026, 6, 1, 8, tzinfo=ZoneInfo("Australia/Lord_Howe")), None, date(2026, 5, 31)),
        (date(2026, 6, 1), "America/New_York", date(2026, 6, 1)),
        (date(2026, 6, 1), None, date(2026, 6, 1)),
    ],
)
def test_an_occurrence_lies_on_a_day_of_the_series_own_zone(moment: Moment, zone: str | None, day: date) -> None:
    own = ZoneInfo(zone) if zone else None
    assert local_day(moment, own) == day
    assert local_days([moment, date(2026, 1, 1), moment], own) == {day, date(2026, 1, 1)}


def test_every_difference_makes_another_text() -> None:
    base = ChangedOccurrence(TEN, TEN, TEN + timedelta(hours=1), (("subject", "A"),))
    others = [
        ChangedOccurrence(TEN + timedelta(days=1), base.start, base.end, base.fields),
        ChangedOccurrence(TEN, TEN + timedelta(seconds=1), base.end, base.fields),
        ChangedOccurrence(TEN, base.start, base.end + timedelta(seconds=1), base.fields),
        ChangedOccurrence(TEN, base.start, base.end, (("subject", "B"),)),
        ChangedOccurrence(TEN, base.start, base.end, (("subject", "A"), ("location", ""))),
        ChangedOccurrence(TEN, base.start, base.end),
    ]
    texts = {Exceptions((), (one,)).text for one in (base, *others)} | {Exceptions((TEN,)).text}
    assert len(texts) == 8


def test_taken_out_wins_and_the_last_change_told_is_kept() -> None:
    one = ChangedOccurrence(TEN, TEN, TEN, (("subject", "first"),))
    two = ChangedOccurrence(TEN, TEN, TEN, (("subject", "second"),))
    assert Exceptions((), (one, two)).changed == (two,)
    assert Exceptions((TEN,), (one, two)) == Exceptions((TEN,))


def test_moments_need_a_zone() -> None:
    nowhere = datetime(2026, 11, 23, 10)
    for what in (
        lambda: ChangedOccurrence(nowhere, TEN, TEN),
        lambda: ChangedOccurrence(TEN, TEN, nowhere),
        lambda: Exceptions((nowhere,)),
        lambda: local_day(nowhere, ZoneInfo("Europe/London")),
    ):
        with pytest.raises(ValueError, match=r"^a moment of a series needs a time zone$"):
            what()


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "[]",
        "{}",
        "null",
        '{"changed":[],"deleted":["nonsense"]}',
        '{"changed":[],"deleted":["2026-11-23T10:00:00"]}',
        '{"changed":[[1,2,3,{}]],"deleted":[]}',
        '{"changed":[["2026-11-23"]],"deleted":[]}',
        '{"changed":[],"deleted":[],"more":1}',
        "[" * 100_000,
        '{"changed":[],"deleted":[' + '"2026-11-23",' * 100_000 + "]}",
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(PatternError, match=r"^this is no list of changed and deleted occurrences$"):
        Exceptions.parse(text)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = Exceptions.parse(text)
    except PatternError:
        return
    assert Exceptions.parse(found.text) == found

"""Changed and deleted occurrences: one canonical text, whatever the order and the zone they were told in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_core.recurrence import NOTHING, ChangedOccurrence, Exceptions, PatternError

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
    with pytest.raises(ValueError, match="time zone"):
        ChangedOccurrence(datetime(2026, 11, 23, 10), TEN, TEN)
    with pytest.raises(ValueError, match="time zone"):
        Exceptions((datetime(2026, 11, 23, 10),))


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
    with pytest.raises(PatternError, match="no list of changed and deleted occurrences"):
        Exceptions.parse(text)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = Exceptions.parse(text)
    except PatternError:
        return
    assert Exceptions.parse(found.text) == found

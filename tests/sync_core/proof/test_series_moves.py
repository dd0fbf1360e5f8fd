"""Whether a series is over, and which of its occurrences may go where: never onto a neighbour, and never past one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from support.build import OL

from sync_core import series
from sync_core.items import When
from sync_core.recurrence import ChangedOccurrence, Exceptions, PatternError
from sync_core.sides import Limits

LONDON = "Europe/London"
# Tuesdays at three for an hour, the first of December among them
WEEKLY = When("2026-11-24T15:00:00Z", "2026-11-24T16:00:00Z", False, "FREQ=WEEKLY;BYDAY=TU", LONDON)
DAILY = WEEKLY._replace(recurrence="FREQ=DAILY")
# two whole days from every Tuesday on
DAYS = When("2026-11-24", "2026-11-25", True, "FREQ=WEEKLY;BYDAY=TU")
TUESDAY = date(2026, 12, 1)


def at(day: int, hour: int, until: int | None = None, month: int = 12) -> When:
    return When(f"2026-{month:02}-{day:02}T{hour:02}:00:00Z", f"2026-{month:02}-{day:02}T{until or hour + 1:02}:00:00Z")


def whole(first: int, last: int) -> When:
    return When(f"2026-12-{first:02}", f"2026-12-{last:02}", True)


def moved(original: date, start: datetime | date, end: datetime | date) -> str:
    """Exceptions with this one moved."""
    return Exceptions((), (ChangedOccurrence(original, start, end),)).text


def out(*days: int) -> str:
    """Exceptions with these days of December taken out."""
    return Exceptions(tuple(date(2026, 12, day) for day in days)).text


# ---- where an occurrence may go


@pytest.mark.parametrize(
    ("to", "refused"),
    [
        (at(1, 15), False),  # where it is
        (at(1, 9), False),
        (at(2, 15), False),
        (at(7, 22), False),
        (at(8, 14), False),  # until the next one begins
        (at(8, 14, 16), True),  # into the next one
        (at(8, 15), True),
        (at(8, 16), True),  # beside it, and so past it
        (at(9, 10), True),
        (at(20, 10), True),
        (at(24, 16, 17, month=11), False),  # from the end of the one before on
        (at(24, 15, 16, month=11), True),
        (at(24, 9, month=11), True),
        (at(3, 10, month=11), True),
    ],
)
def test_an_occurrence_stays_between_its_neighbours(to: When, refused: bool) -> None:
    assert series.may_not_move(TUESDAY, to, (WEEKLY, "")) is refused


@pytest.mark.parametrize(
    ("to", "refused"),
    [(at(1, 22), False), (at(2, 9), False), (at(2, 14, 16), True), (at(2, 16), True), (at(30, 14, 17, month=11), True)],
)
def test_with_an_occurrence_a_day_there_is_less_room(to: When, refused: bool) -> None:
    assert series.may_not_move(TUESDAY, to, (DAILY, "")) is refused


@pytest.mark.parametrize(
    ("to", "refused"),
    [
        (whole(1, 2), False),
        (whole(6, 7), False),
        (whole(7, 8), True),  # the last day belongs to it
        (whole(8, 9), True),
        (whole(15, 16), True),
        (When("2026-11-26", "2026-11-27", True), False),
        (When("2026-11-25", "2026-11-26", True), True),
    ],
)
def test_whole_days_count_up_to_the_last_of_them(to: When, refused: bool) -> None:
    assert series.may_not_move(TUESDAY, to, (DAYS, "")) is refused


def test_a_neighbour_that_was_taken_out_or_moved_away_is_no_neighbour_there() -> None:
    """What counts is where the others are now."""
    assert series.may_not_move(TUESDAY, at(9, 10), (WEEKLY, "")) is True
    assert series.may_not_move(TUESDAY, at(9, 10), (WEEKLY, out(8))) is False
    assert series.may_not_move(TUESDAY, at(16, 10), (WEEKLY, out(8))) is True
    later = moved(date(2026, 12, 8), datetime(2026, 12, 11, 9, tzinfo=UTC), datetime(2026, 12, 11, 10, tzinfo=UTC))
    assert series.may_not_move(TUESDAY, at(9, 10), (WEEKLY, later)) is False
    assert series.may_not_move(TUESDAY, at(11, 9), (WEEKLY, later)) is True
    earlier = moved(date(2026, 12, 8), datetime(2026, 12, 3, 9, tzinfo=UTC), datetime(2026, 12, 3, 10, tzinfo=UTC))
    assert series.may_not_move(TUESDAY, at(2, 9), (WEEKLY, earlier)) is False
    assert series.may_not_move(TUESDAY, at(4, 9), (WEEKLY, earlier)) is True


def test_an_occurrence_that_was_moved_before_is_judged_by_where_it_goes_now() -> None:
    before = moved(TUESDAY, datetime(2026, 12, 2, 9, tzinfo=UTC), datetime(2026, 12, 2, 10, tzinfo=UTC))
    assert series.may_not_move(TUESDAY, at(3, 9), (WEEKLY, before)) is False
    # back to where it was at first is always possible
    assert series.may_not_move(TUESDAY, at(1, 15), (WEEKLY, before)) is False
    assert series.may_not_move(TUESDAY, at(8, 15), (WEEKLY, before)) is True


def test_the_days_are_those_of_the_series_own_zone() -> None:
    """Half past eight in the evening in New York is the next day in London, and no other occurrence."""
    evening = When("2026-12-02T01:30:00Z", "2026-12-02T02:30:00Z", False, "FREQ=DAILY", "America/New_York")
    assert series.may_not_move(TUESDAY, at(2, 3), (evening, "")) is False
    # until the next one begins, on the evening of the second
    assert series.may_not_move(TUESDAY, When("2026-12-03T00:30:00Z", "2026-12-03T01:30:00Z"), (evening, "")) is False
    assert series.may_not_move(TUESDAY, When("2026-12-03T02:00:00Z", "2026-12-03T03:00:00Z"), (evening, "")) is True


def test_where_there_is_no_pattern_nothing_is_in_the_way_and_what_cannot_be_read_is_told() -> None:
    for when in (WEEKLY._replace(recurrence=""), WEEKLY._replace(recurrence="now and then")):
        assert series.may_not_move(TUESDAY, at(20, 10), (when, "")) is False
    with pytest.raises(PatternError):
        series.may_not_move(TUESDAY, at(2, 10), (WEEKLY, "none"))


@pytest.mark.parametrize(
    ("when", "elsewhere"),
    [
        (WEEKLY, (datetime(2026, 12, 20, 9, tzinfo=UTC), datetime(2026, 12, 20, 10, tzinfo=UTC))),
        (DAYS, (date(2026, 12, 20), date(2026, 12, 21))),
    ],
)
def test_what_was_taken_out_or_moved_is_not_where_it_was(when: When, elsewhere: tuple[date, date]) -> None:
    first, last = date(2026, 12, 1), date(2026, 12, 3)
    begin, end = datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 3, tzinfo=UTC)
    assert series.touches(when, begin, end, first, last, Exceptions.parse("")) is True
    for own in (out(1), moved(TUESDAY, *elsewhere)):
        assert series.touches(when, begin, end, first, last, Exceptions.parse(own)) is False


# ---- whether a series is over


def over(when: When | None, now: datetime, exceptions: Any = "") -> bool:
    return series.has_ended({"when": when, "exceptions": exceptions}, now)


def test_a_series_is_over_once_its_last_occurrence_is() -> None:
    three = WEEKLY._replace(recurrence="FREQ=WEEKLY;BYDAY=TU;COUNT=3")
    assert over(three, datetime(2026, 12, 8, 14, tzinfo=UTC)) is False
    assert over(three, datetime(2026, 12, 8, 15, 30, tzinfo=UTC)) is False
    assert over(three, datetime(2026, 12, 8, 17, tzinfo=UTC)) is True
    assert over(three, datetime(2027, 12, 8, 17, tzinfo=UTC)) is True
    assert over(WEEKLY, datetime(2031, 12, 8, 17, tzinfo=UTC)) is False


def test_what_was_taken_out_of_a_series_or_moved_tells_when_it_is_over() -> None:
    three = WEEKLY._replace(recurrence="FREQ=WEEKLY;BYDAY=TU;COUNT=3")
    now = datetime(2026, 12, 3, 9, tzinfo=UTC)
    assert over(three, now) is False
    assert over(three, now, out(8)) is True
    later = moved(date(2026, 12, 8), datetime(2026, 12, 20, 9, tzinfo=UTC), datetime(2026, 12, 20, 10, tzinfo=UTC))
    assert over(three, datetime(2026, 12, 15, 9, tzinfo=UTC), later) is False
    assert over(three, datetime(2026, 12, 21, 9, tzinfo=UTC), later) is True


def test_an_all_day_series_is_over_on_the_day_after() -> None:
    one = DAYS._replace(recurrence="FREQ=WEEKLY;BYDAY=TU;COUNT=2")
    assert over(one, datetime(2026, 12, 1, 9, tzinfo=UTC)) is False
    assert over(one, datetime(2026, 12, 3, 9, tzinfo=UTC)) is True


def test_of_what_is_no_series_or_cannot_be_read_nobody_says_that_it_is_over() -> None:
    now = datetime(2030, 1, 1, tzinfo=UTC)
    assert over(None, now) is False
    assert over(WEEKLY._replace(recurrence=""), now) is False
    assert over(WEEKLY._replace(recurrence="now and then"), now) is False
    ended = WEEKLY._replace(recurrence="FREQ=WEEKLY;BYDAY=TU;COUNT=3")
    assert over(ended, now) is True
    assert over(ended, now, "none") is False
    assert series.has_ended({"when": ended}, now) is True
    assert series.has_ended({}, now) is False


# ---- what a side that keeps the order of occurrences is not given


ORDER = Limits(keeps_order=True)
TWO = Exceptions(
    (),
    (
        ChangedOccurrence(TUESDAY, datetime(2026, 12, 9, 9, tzinfo=UTC), datetime(2026, 12, 9, 10, tzinfo=UTC)),
        ChangedOccurrence(
            date(2026, 12, 15), datetime(2026, 12, 23, 9, tzinfo=UTC), datetime(2026, 12, 23, 10, tzinfo=UTC)
        ),
    ),
).text
ONE = moved(TUESDAY, datetime(2026, 12, 9, 9, tzinfo=UTC), datetime(2026, 12, 9, 10, tzinfo=UTC))
NEAR = moved(TUESDAY, datetime(2026, 12, 2, 9, tzinfo=UTC), datetime(2026, 12, 2, 10, tzinfo=UTC))


@pytest.mark.parametrize(
    ("exceptions", "why"),
    [
        (ONE, "Outlook cannot hold: 1 occurrence moved onto or past another one of its series"),
        (TWO, "Outlook cannot hold: 2 occurrences moved onto or past another one of its series"),
        (NEAR, ""),
        ("", ""),
    ],
)
def test_occurrences_out_of_order_are_counted_and_refused_where_a_side_keeps_the_order(
    exceptions: str, why: str
) -> None:
    fields = {"when": WEEKLY, "exceptions": exceptions}
    assert series.cannot_create(OL, fields, ORDER) == why
    assert series.cannot_create(OL, fields, Limits()) == ""
    known = {"when": WEEKLY, "exceptions": ""}
    assert series.cannot_update(OL, known, {"exceptions": exceptions}, ORDER) == why
    # what is there already is not refused once more
    assert series.cannot_update(OL, fields, {"exceptions": exceptions}, ORDER) == ""


def test_out_of_order_is_judged_by_the_time_that_the_series_gets() -> None:
    """On Tuesdays it would be past a neighbour; once the series is every four weeks there is room."""
    rare = WEEKLY._replace(recurrence="FREQ=WEEKLY;INTERVAL=4;BYDAY=TU", start="2026-12-01T15:00:00Z",
                           end="2026-12-01T16:00:00Z")  # fmt: skip
    wanted = {"when": rare, "exceptions": ONE}
    assert series.cannot_update(OL, {"when": WEEKLY, "exceptions": ""}, wanted, ORDER) == ""
    back = series.cannot_update(OL, {"when": rare, "exceptions": ""}, {"when": WEEKLY, "exceptions": ONE}, ORDER)
    assert back == "Outlook cannot hold: 1 occurrence moved onto or past another one of its series"


def test_all_reasons_against_an_update_are_told() -> None:
    never = WEEKLY._replace(recurrence="FREQ=WEEKLY;BYDAY=TU;UNTIL=20200101")
    why = series.cannot_update(OL, {"when": WEEKLY, "exceptions": out(8)}, {"when": never, "exceptions": ""}, Limits())
    first, second = why.split("; ")
    assert first == "Outlook cannot hold: the series ends before it starts"
    assert second.startswith("1 occurrence to be put back")

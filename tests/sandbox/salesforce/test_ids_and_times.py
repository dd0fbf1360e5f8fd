"""Record ids and the forms of dates and times."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_core.sandbox.salesforce.ids import checksum, make_id, normal_id
from sync_core.sandbox.salesforce.ranges import days
from sync_core.sandbox.salesforce.times import parse_date, parse_datetime, parse_http_date, show_datetime


def test_the_published_example_of_a_checksum() -> None:
    # the well-known pair of a 15 and an 18 character id
    assert checksum("0015000000Gv7qJ") == "AAR"


@given(st.integers(1, 62**9 - 1))
def test_an_id_keeps_its_meaning_in_every_spelling(number: int) -> None:
    found = make_id("00U", number)
    assert len(found) == 18
    assert found.startswith("00U")
    assert normal_id(found) == found
    assert normal_id(found[:15]) == found
    assert normal_id(found.upper()) == found
    assert normal_id(found.lower()) == found


def test_a_short_id_is_case_sensitive() -> None:
    assert normal_id("00UQy000000000A") != normal_id("00UQy000000000a")


@pytest.mark.parametrize("text", ["", "00U", "00UQy00000000-1", "0" * 16, "00UQy0000000001AB!", "00UQy0000000001ZZZ"])
def test_what_is_no_id(text: str) -> None:
    assert normal_id(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-23T10:00:00Z", datetime(2026, 11, 23, 10, tzinfo=UTC)),
        ("2026-11-23T10:00:00.000+0000", datetime(2026, 11, 23, 10, tzinfo=UTC)),
        ("2026-11-23T10:00:59.999-05:30", datetime(2026, 11, 23, 15, 30, 59, tzinfo=UTC)),
        ("2026-11-23T10:00Z", datetime(2026, 11, 23, 10, tzinfo=UTC)),
        ("2026-11-23T10:00:00", None),
        ("2026-11-23", None),
        ("2026-02-30T10:00:00Z", None),
        ("2026-11-23T25:00:00Z", None),
        ("1200-01-01T00:00:00Z", None),
        ("", None),
    ],
)
def test_datetimes(text: str, expected: datetime | None) -> None:
    assert parse_datetime(text) == expected


def test_dates_and_their_forms() -> None:
    assert parse_date("2026-11-23") == date(2026, 11, 23)
    assert parse_date("23.11.2026") is None
    assert show_datetime(datetime(2026, 11, 23, 10, tzinfo=UTC)) == "2026-11-23T10:00:00.000+0000"
    assert parse_http_date("Mon, 23 Nov 2026 10:00:00 GMT") == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert parse_http_date("yesterday") is None


@pytest.mark.parametrize(
    ("literal", "number", "first", "after"),
    [
        ("TODAY", 0, date(2026, 11, 25), date(2026, 11, 26)),
        ("YESTERDAY", 0, date(2026, 11, 24), date(2026, 11, 25)),
        ("TOMORROW", 0, date(2026, 11, 26), date(2026, 11, 27)),
        # today is part of it (facts B4)
        ("LAST_N_DAYS", 3, date(2026, 11, 22), date(2026, 11, 26)),
        ("NEXT_N_DAYS", 3, date(2026, 11, 26), date(2026, 11, 29)),
        ("N_DAYS_AGO", 3, date(2026, 11, 22), date(2026, 11, 23)),
        ("THIS_WEEK", 0, date(2026, 11, 22), date(2026, 11, 29)),
        ("NEXT_MONTH", 0, date(2026, 12, 1), date(2027, 1, 1)),
        ("LAST_N_MONTHS", 2, date(2026, 9, 1), date(2026, 11, 1)),
        ("NEXT_N_YEARS", 1, date(2027, 1, 1), date(2028, 1, 1)),
        ("LAST_90_DAYS", 0, date(2026, 8, 27), date(2026, 11, 26)),
    ],
)
def test_date_literals(literal: str, number: int, first: date, after: date) -> None:
    assert days(literal, number, date(2026, 11, 25)) == (first, after)

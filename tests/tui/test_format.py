"""How values look: in the user's zone, in words, and harmless whatever a stranger wrote."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from sync_core.items import Kind, When
from sync_core.order import first_day
from sync_core.sides import Window
from tui import format as fmt

TODAY = date(2026, 11, 23)
LONDON = "Europe/London"


@pytest.mark.parametrize(
    ("when", "zone", "words"),
    [
        (When("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z"), LONDON, "Mon 23 Nov 10:00–11:00"),
        (When("2026-07-01T10:00:00Z", "2026-07-01T11:00:00Z"), LONDON, "Wed 1 Jul 11:00–12:00"),
        (When("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z"), "America/New_York", "Mon 23 Nov 05:00–06:00"),
        (When("2026-11-23T23:30:00Z", "2026-11-24T00:30:00Z"), "Asia/Tokyo", "Tue 24 Nov 08:30–09:30"),
        (When("2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z"), LONDON, "Mon 23 Nov 10:00"),
        (When("2026-11-23T22:00:00Z", "2026-11-24T00:00:00Z"), LONDON, "Mon 23 Nov 22:00–00:00"),
        (When("2026-11-23T22:00:00Z", "2026-11-24T01:00:00Z"), LONDON, "Mon 23 Nov 22:00 – Tue 24 Nov 01:00"),
        (When("2027-01-04T10:00:00Z", "2027-01-04T11:00:00Z"), LONDON, "Mon 4 Jan 2027 10:00–11:00"),
        (When("2026-11-23", "2026-11-23", True), LONDON, "Mon 23 Nov, all day"),
        (When("2026-11-23", "2026-11-25", True), LONDON, "Mon 23 – Wed 25 Nov, all day"),
        (When("2026-11-30", "2026-12-02", True), LONDON, "Mon 30 Nov – Wed 2 Dec, all day"),
        (When("2026-12-31", "2027-01-01", True), LONDON, "Thu 31 Dec – Fri 1 Jan 2027, all day"),
        (When("2026-11-23", "2026-11-23", True), "Pacific/Auckland", "Mon 23 Nov, all day"),
        (
            When("2026-11-23T09:00:00Z", "2026-11-23T09:15:00Z", False, "every weekday"),
            LONDON,
            "Mon 23 Nov 09:00–09:15, every weekday",
        ),
    ],
)
def test_a_when_is_readable(when: When, zone: str, words: str) -> None:
    assert fmt.time_range(when, zone, TODAY) == words


def test_a_when_that_is_no_time_is_shown_as_it_is_and_harmlessly() -> None:
    assert fmt.time_range(When("soon\x1b[31m", "later"), LONDON, TODAY) == "soon␛[31m – later"
    assert fmt.slot(When("soon", ""), LONDON, TODAY, TODAY) == "soon"
    assert first_day(When("soon", ""), LONDON) is None


@pytest.mark.parametrize(
    ("when", "whole", "words"),
    [
        (When("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z"), False, "10:00"),
        (When("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z"), True, "10:00–11:00"),
        (When("2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z"), True, "10:00"),
        (When("2026-11-24T10:00:00Z", "2026-11-24T11:00:00Z"), False, "Tue 24 Nov 10:00"),
        (When("2026-11-23", "2026-11-23", True), False, "all day"),
        (When("2026-11-23", "2026-11-25", True), False, "all day–25 Nov"),
        (When("2026-11-24", "2026-11-24", True), False, "Tue 24 Nov all day"),
        (When("2026-11-23T20:00:00Z", "2026-11-24T01:00:00Z"), False, "20:00"),
        (When("2026-11-23T20:00:00Z", "2026-11-25T01:00:00Z"), False, "20:00–25 Nov"),
    ],
)
def test_under_a_days_heading_only_what_is_new_is_said(when: When, whole: bool, words: str) -> None:
    assert fmt.slot(when, LONDON, TODAY, TODAY, whole=whole) == words


def test_the_day_an_event_starts_on_is_the_users_day() -> None:
    late = When("2026-11-23T23:30:00Z", "2026-11-24T00:30:00Z")
    assert first_day(late, LONDON) == date(2026, 11, 23)
    assert first_day(late, "Asia/Tokyo") == date(2026, 11, 24)
    assert first_day(When("2026-11-23", "2026-11-23", True), "Asia/Tokyo") == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (datetime(2026, 11, 23, 8, 0, 30, tzinfo=UTC), "just now"),
        (datetime(2026, 11, 23, 8, 2, tzinfo=UTC), "2 min ago"),
        (datetime(2026, 11, 23, 11, 30, tzinfo=UTC), "3 h ago"),
        (datetime(2026, 11, 26, 8, 0, tzinfo=UTC), "3 days ago"),
        (datetime(2026, 11, 23, 7, 0, tzinfo=UTC), "just now"),
    ],
)
def test_ages(now: datetime, words: str) -> None:
    assert fmt.age("2026-11-23T08:00:00Z", now) == words


def test_an_age_of_nonsense_is_no_error() -> None:
    assert fmt.age("yesterday", datetime(2026, 11, 23, tzinfo=UTC)) == "at an unknown time"
    assert fmt.instant("yest\x1berday", LONDON, TODAY) == "yest␛erday"
    assert fmt.instant("2026-11-23T08:00:00Z", LONDON, TODAY) == "Mon 23 Nov 08:00"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("reminder", None, "none"),
        ("reminder", 0, "at the start"),
        ("reminder", 15, "15 min before"),
        ("reminder", 60, "1 hour before"),
        ("reminder", 120, "2 hours before"),
        ("reminder", 1440, "1 day before"),
        ("reminder", 10080, "1 week before"),
        ("show_as", "out_of_office", "out of office"),
        ("show_as", "busy", "busy"),
        ("private", True, "yes"),
        ("private", False, "no"),
        ("attachments", ("a.pdf", "b\x1b.xlsx"), "a.pdf, b␛.xlsx"),
        ("attachments", (), ""),
        ("notes", "one\ntwo\x9b31m", "one\ntwo31m"),
        ("subject", "one\ntwo", "one⏎two"),
        ("subject", None, ""),
        ("when", When("2026-11-23", "2026-11-23", True), "Mon 23 Nov, all day"),
        ("when", None, ""),
    ],
)
def test_values_of_fields_are_words(name: str, value: object, words: str) -> None:
    assert fmt.field_value(Kind.CALENDAR, name, value, LONDON, TODAY) == words  # type: ignore[arg-type]  # any value


def test_a_window_has_its_years() -> None:
    window = Window(date(2026, 10, 23), date(2027, 11, 22), LONDON)
    assert fmt.period(window) == "23 Oct 2026 – 22 Nov 2027"


@pytest.mark.parametrize("hostile", ["[/close] [bold]", "[@click=app.quit]x[/]", "\x1b]52;c;aGk=\x07", "a\x9b31mb"])
def test_a_cell_is_text_without_markup_or_controls(hostile: str) -> None:
    shown = fmt.cell(hostile)
    assert not shown.spans
    assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 for char in shown.plain)
    assert ("[" in hostile) == ("[" in shown.plain)


@given(st.text(max_size=60), st.integers(0, 80))
def test_fitting_gives_exactly_the_width_whatever_the_text(subject: str, width: int) -> None:
    assert cell_len(fmt.fit(fmt.cell(subject), width).plain) == width


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)),
    st.integers(0, 10_000),
    st.sampled_from(sorted(available_timezones())),
)
def test_every_time_in_every_zone_can_be_shown(start: datetime, minutes: int, zone: str) -> None:
    end = datetime.fromtimestamp(start.replace(tzinfo=UTC).timestamp() + 60 * minutes, UTC)
    when = When(f"{start:%Y-%m-%dT%H:%M:%S}Z", f"{end:%Y-%m-%dT%H:%M:%S}Z")
    first = first_day(when, zone)
    assert first is not None
    assert fmt.day(first, TODAY) in fmt.time_range(when, zone, TODAY)
    assert fmt.slot(when, zone, first, TODAY).startswith(tuple("012"))


def test_plurals() -> None:
    assert [fmt.plural(n, "row") for n in (0, 1, 2)] == ["0 rows", "1 row", "2 rows"]
    assert fmt.plural(2, "person", "people") == "2 people"


def test_dates_and_choices_of_contacts_and_tasks() -> None:
    def words(kind: Kind, name: str, value: str | None) -> str:
        return fmt.field_value(kind, name, value, LONDON, TODAY)

    assert words(Kind.CONTACTS, "birthday", "1980-05-17") == "17 May 1980"
    assert words(Kind.TASKS, "due", "2026-11-24") == "Tue 24 Nov"
    assert words(Kind.TASKS, "due", "soon") == "soon"
    assert words(Kind.TASKS, "due", None) == "none"
    assert words(Kind.TASKS, "reminder", "2026-11-30T08:30:00Z") == "Mon 30 Nov 08:30"
    assert words(Kind.TASKS, "status", "not_started") == "not started"

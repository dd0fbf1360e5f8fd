"""Series at their edges: what cannot be read, what a side cannot hold, and what is otherwise than the pattern."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from support.build import OL, SF
from support.host import local_time

from sync_core import series
from sync_core.items import SideName, When
from sync_core.recurrence import ChangedOccurrence, Exceptions, PatternError
from sync_core.sides import Limits

LONDON = "Europe/London"
WEEKLY = When("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z", False, "FREQ=WEEKLY;BYDAY=MO", LONDON)
DAYS = When("2026-11-23", "2026-11-24", True, "FREQ=WEEKLY;BYDAY=MO")
SINGLE = WEEKLY._replace(recurrence="", zone="")
ANY = Limits()
BOTH = pytest.mark.parametrize("side", list(SideName))


def utc(day: int, hour: int = 10, minute: int = 0, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def changed(original: date, start: date, end: date, **fields: Any) -> ChangedOccurrence:
    return ChangedOccurrence(original, start, end, tuple(fields.items()))


def one_moved(day: int = 7) -> ChangedOccurrence:
    return changed(date(2026, 12, day), utc(day, 12), utc(day, 13))


# ---- days and words


@pytest.mark.parametrize(
    ("when", "day"),
    [
        (WEEKLY, date(2026, 11, 23)),
        (DAYS, date(2026, 11, 23)),
        # the day is that of the series' own zone
        (WEEKLY._replace(start="2026-11-23T23:30:00Z", zone="Europe/Paris"), date(2026, 11, 24)),
        (WEEKLY._replace(start="2026-11-23T02:00:00Z", zone="America/New_York"), date(2026, 11, 22)),
        (WEEKLY._replace(start="2026-11-23T23:30:00Z", zone=""), date(2026, 11, 23)),
        (WEEKLY._replace(start="2026-11-24T00:30:00+01:00", zone=""), date(2026, 11, 23)),
    ],
)
def test_the_day_of_the_first_event_is_in_the_zone_of_the_series(when: When, day: date) -> None:
    assert series.first_day(when) == day


@pytest.mark.parametrize("start", ["2026-11-23T10:00:00", "soon", ""])
def test_a_start_without_a_zone_or_sense_is_refused(start: str) -> None:
    with pytest.raises(ValueError, match=r"time zone|Invalid isoformat"):
        series.first_day(WEEKLY._replace(start=start))


def test_a_moment_without_a_zone_says_what_it_lacks() -> None:
    with pytest.raises(ValueError, match=r"^a moment needs a time zone$"):
        series.first_day(WEEKLY._replace(start="2026-11-23T10:00:00"))


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (WEEKLY, "every week on Mon"),
        (SINGLE, ""),
        (WEEKLY._replace(recurrence="weekly, I think"), "weekly, I think"),
        # what cannot be placed is shown as it was written
        (WEEKLY._replace(start="soon"), WEEKLY.recurrence),
        (WEEKLY._replace(zone="Nowhere/Land"), WEEKLY.recurrence),
        (WEEKLY._replace(start="0001-01-01T00:00:00Z", zone="America/New_York"), WEEKLY.recurrence),
    ],
)
def test_a_pattern_in_words(when: When, words: str) -> None:
    assert series.in_words(when) == words


@pytest.mark.parametrize("pattern", ["", "weekly, I think", "FREQ=SOMETIMES"])
def test_what_is_no_pattern(pattern: str) -> None:
    assert series.pattern_of(WEEKLY._replace(recurrence=pattern)) is None
    assert series.pattern_of(WEEKLY) is not None


@pytest.mark.parametrize(
    ("exceptions", "words"),
    [
        (Exceptions((date(2026, 11, 30), date(2026, 12, 7)), (one_moved(14),)).text, "1 changed, 2 left out"),
        ("", ""),
        ("[]", ""),
    ],
)
def test_exceptions_in_words(exceptions: str, words: str) -> None:
    assert series.exceptions_in_words(exceptions) == words


# ---- in a window


@pytest.mark.parametrize(
    ("when", "first", "last", "found"),
    [
        (WEEKLY, utc(7, 9), utc(7, 12), True),
        (WEEKLY, utc(7, 11), utc(13, 12), False),
        (WEEKLY, utc(7, 10, 59), utc(7, 12), True),
        (WEEKLY, utc(8, 9), utc(14, 10, 1), True),
        (WEEKLY._replace(zone=""), utc(7, 9), utc(7, 12), True),
        # the hour stays that of its zone when the clock changes
        (WEEKLY._replace(start="2026-10-19T09:00:00Z", end="2026-10-19T10:00:00Z"), utc(7, 9), utc(7, 10), False),
        (WEEKLY._replace(start="2026-10-19T09:00:00Z", end="2026-10-19T10:00:00Z"), utc(7, 10), utc(7, 11), True),
        (DAYS, utc(7, 9), utc(7, 9), True),
        (DAYS, utc(8, 9), utc(8, 9), True),
        (DAYS, utc(9, 9), utc(13, 9), False),
        (SINGLE, utc(7), utc(8), None),
        (WEEKLY._replace(recurrence="weekly, I think"), utc(7), utc(8), None),
        (WEEKLY._replace(start="soon"), utc(7), utc(8), None),
        (WEEKLY._replace(end="2026-11-23T11:00:00"), utc(7), utc(8), None),
        (WEEKLY._replace(zone="Nowhere/Land"), utc(7), utc(8), None),
        (DAYS._replace(end="soon"), utc(7), utc(8), None),
    ],
)
def test_whether_a_series_has_an_event_in_a_window(
    when: When, first: datetime, last: datetime, found: bool | None
) -> None:
    assert series.touches(when, first, last, first.date(), last.date()) is found


# ---- what a side cannot be given


def fields_of(when: Any, exceptions: Any = "") -> dict[str, Any]:
    return {"when": when, "exceptions": exceptions}


MOVED = Exceptions((), (one_moved(),)).text
TWO_MOVED = Exceptions((), (one_moved(7), one_moved(14))).text
OUT = Exceptions((date(2026, 11, 30),)).text
TWO_OUT = Exceptions((date(2026, 11, 30), date(2026, 12, 21))).text
NO_CHANGED = Limits(no_changed_occurrences=", whatever it is")
IN_LONDON = Limits(series_zone=LONDON)


@pytest.mark.parametrize(
    ("side", "fields", "limits", "why"),
    [
        (SF, fields_of(WEEKLY), ANY, ""),
        (OL, fields_of(WEEKLY), ANY, ""),
        (SF, {}, ANY, ""),
        (SF, fields_of("soon"), ANY, ""),
        (SF, {"when": WEEKLY}, ANY, ""),
        (SF, fields_of(WEEKLY, None), NO_CHANGED, ""),
        (SF, fields_of(SINGLE), ANY, "Salesforce cannot hold: its pattern cannot be read"),
        (OL, fields_of(WEEKLY._replace(recurrence="x")), ANY, "Outlook cannot hold: its pattern cannot be read"),
        (SF, fields_of(WEEKLY._replace(start="soon")), ANY, "Salesforce cannot hold: its start cannot be read"),
        (OL, fields_of(WEEKLY._replace(zone="No/Where")), ANY, "Outlook cannot hold: its start cannot be read"),
        # zones
        (SF, fields_of(WEEKLY), IN_LONDON, ""),
        (SF, fields_of(DAYS), IN_LONDON, ""),
        (SF, fields_of(WEEKLY._replace(zone="Europe/Paris")), Limits(series_zone="Europe/Copenhagen"), ""),
        (
            SF,
            fields_of(WEEKLY._replace(zone="Europe/Paris")),
            IN_LONDON,
            "Salesforce cannot hold: its time zone, Europe/Paris: a new series there is in yours, Europe/London",
        ),
        (
            SF,
            fields_of(WEEKLY._replace(zone="")),
            IN_LONDON,
            "Salesforce cannot hold: its time zone, which is not known: a new series there is in yours, Europe/London",
        ),
        # occurrences
        (SF, fields_of(WEEKLY, MOVED), ANY, ""),
        (SF, fields_of(WEEKLY, OUT), NO_CHANGED, ""),
        (SF, fields_of(WEEKLY, MOVED), NO_CHANGED, "Salesforce cannot hold: 1 changed occurrence, whatever it is"),
        (
            SF,
            fields_of(WEEKLY, TWO_MOVED),
            Limits(no_changed_occurrences=""),
            "Salesforce cannot hold: 2 changed occurrences",
        ),
        (
            OL,
            fields_of(WEEKLY, "nonsense"),
            ANY,
            "Outlook cannot hold: its changed occurrences, which cannot be read",
        ),
        # all of it in one sentence
        (
            SF,
            fields_of(WEEKLY._replace(recurrence="x", zone="Europe/Paris"), MOVED),
            Limits(series_zone=LONDON, no_changed_occurrences=""),
            (
                "Salesforce cannot hold: its pattern cannot be read; "
                "its time zone, Europe/Paris: a new series there is in yours, Europe/London; 1 changed occurrence"
            ),
        ),
    ],
)
def test_why_a_series_cannot_be_made(side: SideName, fields: dict[str, Any], limits: Limits, why: str) -> None:
    assert series.cannot_create(side, fields, limits) == why


@pytest.mark.parametrize("side", list(SideName))
@pytest.mark.parametrize(
    ("when", "why"),
    [
        (WEEKLY._replace(recurrence="FREQ=WEEKLY;BYDAY=MO;UNTIL=20200101"), "the series ends before it starts"),
        (WEEKLY._replace(recurrence="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), "its pattern cannot be read"),
        (WEEKLY._replace(zone="Nowhere/Land"), "its start cannot be read"),
        (WEEKLY._replace(start="soon"), "its start cannot be read"),
    ],
)
def test_a_series_that_can_never_happen_is_refused_in_words(side: SideName, when: When, why: str) -> None:
    """Neither side is sent a series of which nobody can tell a single day."""
    assert series.cannot_create(side, fields_of(when), ANY) == f"{side.label} cannot hold: {why}"


def test_a_pattern_that_a_side_does_not_know_is_told_with_its_reason() -> None:
    twice = WEEKLY._replace(recurrence="FREQ=MONTHLY;BYDAY=2MO,4MO", start="2026-12-14T10:00:00Z")
    why = series.cannot_create(OL, fields_of(twice), ANY)
    assert why.startswith("Outlook cannot hold: on the second Mon and the fourth Mon of every month (")
    assert why.endswith(")")


FIXED = Limits(fixed_pattern=True)
KEEPS = (
    "Salesforce keeps the days that a series was made with, every week on Mon from 2026-11-23; across it is {}: "
    "delete it there, and it is made anew"
)


@pytest.mark.parametrize(
    ("now", "wanted", "limits", "why"),
    [
        (fields_of(WEEKLY), {"subject": "New"}, FIXED, ""),
        (fields_of(WEEKLY), {"when": "soon"}, FIXED, ""),
        ({}, {"when": WEEKLY}, FIXED, ""),
        (
            fields_of(SINGLE),
            {"when": WEEKLY},
            ANY,
            "a single event cannot become a series in Salesforce: delete it there, and it is made anew",
        ),
        (
            fields_of(WEEKLY),
            {"when": SINGLE},
            ANY,
            "a series cannot become one event in Salesforce: delete it there, and it is made anew",
        ),
        # another hour of the same days
        (
            fields_of(WEEKLY),
            {"when": WEEKLY._replace(start="2026-11-23T12:00:00Z", end="2026-11-23T13:00:00Z")},
            FIXED,
            "",
        ),
        # other days, where a side can take them and where not
        (fields_of(WEEKLY), {"when": WEEKLY._replace(recurrence="FREQ=WEEKLY;BYDAY=TU")}, ANY, ""),
        (
            fields_of(WEEKLY),
            {"when": WEEKLY._replace(recurrence="FREQ=WEEKLY;BYDAY=MO,TU")},
            FIXED,
            KEEPS.format("every week on Mon and Tue from 2026-11-23"),
        ),
        (
            fields_of(WEEKLY),
            {"when": WEEKLY._replace(start="2026-11-30T10:00:00Z", end="2026-11-30T11:00:00Z")},
            FIXED,
            KEEPS.format("every week on Mon from 2026-11-30"),
        ),
        (fields_of(WEEKLY), {"when": DAYS}, FIXED, KEEPS.format("every week on Mon from 2026-11-23")),
        (
            fields_of(WEEKLY),
            {"when": WEEKLY._replace(start="soon")},
            FIXED,
            KEEPS.format("FREQ=WEEKLY;BYDAY=MO from soon"),
        ),
        (
            fields_of(WEEKLY),
            {"when": WEEKLY._replace(zone="No/Where")},
            FIXED,
            KEEPS.format("FREQ=WEEKLY;BYDAY=MO from 2026-11-23T10:00:00Z"),
        ),
        (
            fields_of(WEEKLY),
            {"when": WEEKLY._replace(recurrence="x")},
            ANY,
            "Salesforce cannot hold: its pattern cannot be read",
        ),
        # occurrences: those that are new to it
        (fields_of(WEEKLY, MOVED), {"exceptions": MOVED}, NO_CHANGED, ""),
        (fields_of(WEEKLY, None), {"exceptions": None}, NO_CHANGED, ""),
        (fields_of(WEEKLY), {"exceptions": OUT}, NO_CHANGED, ""),
        (
            fields_of(WEEKLY, MOVED),
            {"exceptions": TWO_MOVED},
            NO_CHANGED,
            "Salesforce cannot hold: 1 changed occurrence, whatever it is",
        ),
        (fields_of(WEEKLY), {"exceptions": TWO_MOVED}, ANY, ""),
        # what was taken out does not come back, and what was changed neither
        (
            fields_of(WEEKLY, OUT),
            {"exceptions": ""},
            ANY,
            "Salesforce cannot hold: 1 occurrence to be put back as the pattern has it",
        ),
        (
            fields_of(WEEKLY, TWO_OUT),
            {"exceptions": ""},
            ANY,
            "Salesforce cannot hold: 2 occurrences to be put back as the pattern has it",
        ),
        (fields_of(WEEKLY, TWO_OUT), {"exceptions": TWO_OUT}, ANY, ""),
        (
            fields_of(WEEKLY, MOVED),
            {"exceptions": OUT},
            ANY,
            "Salesforce cannot hold: 1 occurrence to be put back as the pattern has it",
        ),
        # a changed one that is taken out is not put back
        (fields_of(WEEKLY, MOVED), {"exceptions": Exceptions((date(2026, 12, 7),)).text}, ANY, ""),
        (fields_of(WEEKLY, Exceptions((date(2026, 12, 7),)).text), {"exceptions": MOVED}, ANY, ""),
        (
            fields_of(WEEKLY, OUT),
            {"exceptions": MOVED},
            NO_CHANGED,
            (
                "Salesforce cannot hold: 1 changed occurrence, whatever it is; "
                "1 occurrence to be put back as the pattern has it"
            ),
        ),
        (
            fields_of(WEEKLY, "nonsense"),
            {"exceptions": ""},
            ANY,
            "Salesforce cannot hold: its changed occurrences, which cannot be read",
        ),
        (
            fields_of(WEEKLY),
            {"when": WEEKLY._replace(recurrence="x"), "exceptions": MOVED},
            NO_CHANGED,
            "Salesforce cannot hold: its pattern cannot be read; 1 changed occurrence, whatever it is",
        ),
    ],
)
def test_why_a_series_cannot_be_changed_so(
    now: dict[str, Any], wanted: dict[str, Any], limits: Limits, why: str
) -> None:
    assert series.cannot_update(SF, now, wanted, limits) == why


def test_other_zones_are_other_days_where_days_are_kept() -> None:
    why = series.cannot_update(SF, fields_of(WEEKLY), {"when": WEEKLY._replace(zone="Europe/Paris")}, FIXED)
    assert why == KEEPS.format("every week on Mon from 2026-11-23")


# ---- exceptions


@pytest.mark.parametrize(
    ("now", "wanted", "coming"),
    [
        ("", "", ("", 0)),
        (OUT, OUT, ("", 0)),
        (TWO_OUT, OUT, ("", 0)),
        (OUT, TWO_OUT, ("2026-12-21", 0)),
        ("", TWO_MOVED, ("", 2)),
        (MOVED, TWO_MOVED, ("", 1)),
        # changed once more
        (MOVED, Exceptions((), (changed(date(2026, 12, 7), utc(7, 12), utc(7, 14)),)).text, ("", 1)),
        (MOVED, Exceptions((date(2026, 11, 30),), (one_moved(),)).text, ("2026-11-30", 0)),
    ],
)
def test_what_is_new_of_the_exceptions(now: str, wanted: str, coming: tuple[str, int]) -> None:
    found = series.changed_by(now, wanted)
    assert (" ".join(str(day) for day in found.deleted), len(found.changed)) == coming
    assert [str(day) for day in series.to_take_out(now, wanted)] == ([coming[0]] if coming[0] else [])


@pytest.mark.parametrize("ask", [series.changed_by, series.to_take_out])
@pytest.mark.parametrize(("now", "wanted"), [("nonsense", ""), ("", "nonsense")])
def test_exceptions_that_cannot_be_read_are_refused(ask: Callable[[str, str], Any], now: str, wanted: str) -> None:
    with pytest.raises(PatternError):
        ask(now, wanted)


def test_only_days_are_taken_out() -> None:
    """A moment is no day of the series: who takes it out must say which day it means."""
    mixed = Exceptions((date(2026, 11, 30), utc(7))).text
    assert series.to_take_out("", mixed) == [date(2026, 11, 30)]


@pytest.mark.parametrize(
    ("moment", "when", "day"),
    [
        (utc(7, 23, 30), WEEKLY, date(2026, 12, 7)),
        (utc(7, 23, 30), WEEKLY._replace(zone="Europe/Paris"), date(2026, 12, 8)),
        (utc(7, 23, 30), WEEKLY._replace(zone=""), date(2026, 12, 7)),
        (utc(7, 23, 30), DAYS._replace(zone="Europe/Paris"), date(2026, 12, 7)),
        (date(2026, 12, 7), WEEKLY, date(2026, 12, 7)),
    ],
)
def test_the_day_of_an_occurrence(moment: date, when: When, day: date) -> None:
    assert series.local_day_of(moment, when) == day


PARIS = When("2026-11-23T23:30:00Z", "2026-11-24T00:30:00Z", False, "FREQ=WEEKLY;BYDAY=TU", "Europe/Paris")


@pytest.mark.parametrize(
    ("one", "when", "still"),
    [
        # as the pattern has it
        (changed(date(2026, 12, 7), utc(7, 10), utc(7, 11)), WEEKLY, False),
        (changed(utc(7, 10), utc(7, 10), utc(7, 11)), WEEKLY, False),
        (changed(date(2026, 12, 7), date(2026, 12, 7), date(2026, 12, 8)), DAYS, False),
        (changed(date(2026, 12, 8), utc(7, 23, 30), utc(8, 0, 30)), PARIS, False),
        (changed(utc(7, 23, 30), utc(7, 23, 30), utc(8, 0, 30)), PARIS, False),
        (changed(date(2026, 12, 7), utc(7, 10), utc(7, 11)), WEEKLY._replace(zone=""), False),
        # the same hour of its zone in summer is another one in UTC
        (changed(date(2027, 6, 7), datetime(2027, 6, 7, 9, tzinfo=UTC), datetime(2027, 6, 7, 10, tzinfo=UTC)), WEEKLY,
         False),
        (changed(date(2027, 6, 7), datetime(2027, 6, 7, 10, tzinfo=UTC), datetime(2027, 6, 7, 11, tzinfo=UTC)), WEEKLY,
         True),
        # moved, longer, on another day, with contents of its own
        (changed(date(2026, 12, 7), utc(7, 12), utc(7, 13)), WEEKLY, True),
        (changed(date(2026, 12, 7), utc(7, 10), utc(7, 12)), WEEKLY, True),
        (changed(date(2026, 12, 7), utc(8, 10), utc(8, 11)), WEEKLY, True),
        (changed(utc(7, 10), utc(8, 10), utc(8, 11)), WEEKLY, True),
        (changed(date(2026, 12, 7), utc(7, 10), utc(7, 11), subject="New"), WEEKLY, True),
        (changed(date(2026, 12, 7), date(2026, 12, 7), date(2026, 12, 7)), DAYS, True),
        (changed(date(2026, 12, 7), date(2026, 12, 8), date(2026, 12, 9)), DAYS, True),
        # a whole day of a series with hours, and the other way
        (changed(date(2026, 12, 7), date(2026, 12, 7), date(2026, 12, 7)), WEEKLY, True),
        (changed(date(2026, 12, 7), utc(7, 0), utc(8, 0)), DAYS, True),
    ],
)  # fmt: skip
def test_whether_an_occurrence_is_still_otherwise_than_its_series(
    one: ChangedOccurrence, when: When, still: bool
) -> None:
    assert series.differs(one, when) is still


def test_whole_days_are_days_on_a_machine_whose_clock_changes_between_them() -> None:
    with local_time("America/New_York"):
        summer = When("2026-07-06", "2026-07-06", True, "FREQ=WEEKLY;BYDAY=MO")
        assert not series.differs(changed(date(2026, 12, 7), date(2026, 12, 7), date(2026, 12, 7)), summer)


@BOTH
def test_what_a_side_can_hold_is_no_matter_of_the_other(side: SideName) -> None:
    """Each side has its own list of patterns: one that is fine for both blocks nothing."""
    for recurrence in ("FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO", "FREQ=MONTHLY;BYMONTHDAY=23", "FREQ=MONTHLY;BYDAY=4MO"):
        assert series.cannot_create(side, fields_of(WEEKLY._replace(recurrence=recurrence)), ANY) == ""

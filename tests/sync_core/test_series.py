"""Series as items: their words, their zones, their window, and what a side cannot hold, said on the row."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from support.build import OL, SF, left, link, only, picture, plan, repeated, right

from sync_core import series
from sync_core.items import (
    Kind,
    SideName,
    When,
    canonical,
    digest,
    fields_from_json,
    fields_to_json,
    from_json,
    to_json,
)
from sync_core.pairing import pair
from sync_core.plan import Action, Situation, State
from sync_core.recurrence import ChangedOccurrence, Exceptions
from sync_core.sides import Limits, Operation, Window
from sync_core.span import inside

WEEKLY = When("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z", False, "FREQ=WEEKLY;BYDAY=MO", "Europe/London")
FIXED = Limits(series_zone="Europe/London", fixed_pattern=True, no_changed_occurrences="")
ONE_OUT = Exceptions((date(2026, 11, 30),)).text
ONE_CHANGED = Exceptions(
    (),
    (
        ChangedOccurrence(
            date(2026, 12, 7), datetime(2026, 12, 7, 12, tzinfo=UTC), datetime(2026, 12, 7, 13, tzinfo=UTC)
        ),
    ),
).text


def here(item_id: str = "L1", **values: Any) -> Any:
    return repeated(SF, item_id, **{"when": WEEKLY, **values})


def there(item_id: str = "R1", **values: Any) -> Any:
    return repeated(OL, item_id, **{"when": WEEKLY, **values})


def known(**values: Any) -> Any:
    return link(**{"when": WEEKLY, "exceptions": "", **values})


def in_salesforce(*items: Any, limits: Limits = FIXED) -> Any:
    return picture(SF, items, limits=limits)


def in_outlook(*items: Any) -> Any:
    return picture(OL, items, limits=Limits(no_changed_occurrences=", which cannot be brought there yet"))


# ---- values


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("Europe/Copenhagen", "Europe/Paris"),
        ("Europe/Paris", "Europe/Paris"),
        ("UTC", "Etc/UTC"),
        ("Asia/Kolkata", "Asia/Calcutta"),
        # Windows knows none like it: the name stays
        ("Antarctica/Troll", "Antarctica/Troll"),
        ("Nowhere/Land", ""),
        ("../etc/passwd", ""),
        ("", ""),
    ],
)
def test_zones_are_spelled_alike(name: str, spelled: str) -> None:
    """Exchange keeps the Windows zone only (facts: exchange A.10)."""
    assert series.zone_name(name) == spelled
    assert series.zone_name(spelled) == spelled


def test_json_has_the_zone_of_a_series_and_of_nothing_else() -> None:
    assert from_json(Kind.CALENDAR, "when", to_json(WEEKLY)) == WEEKLY
    single = WEEKLY._replace(recurrence="", zone="")
    assert to_json(single) == {"start": single.start, "end": single.end, "all_day": False, "recurrence": ""}
    # as older files have it, with a pattern in words
    old = {"start": single.start, "end": single.end, "all_day": False, "recurrence": "every week on Monday"}
    assert from_json(Kind.CALENDAR, "when", old) == single._replace(recurrence="every week on Monday")


def test_the_fields_of_a_series_survive_json() -> None:
    fields = canonical(Kind.CALENDAR, {"subject": "x", "when": WEEKLY, "exceptions": ONE_CHANGED})
    assert fields_from_json(Kind.CALENDAR, fields_to_json(fields)) == fields


@pytest.mark.parametrize("text", ["{}", "[]", "nonsense", '{"changed":[],"deleted":["soon"]}'])
def test_exceptions_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="list of changed"):
        canonical(Kind.CALENDAR, {"exceptions": text})


def test_everything_about_a_series_is_part_of_its_hash() -> None:
    fields = {"when": WEEKLY, "exceptions": ""}
    digests = {
        digest(Kind.CALENDAR, one)
        for one in (
            fields,
            {**fields, "exceptions": ONE_OUT},
            {**fields, "exceptions": ONE_CHANGED},
            {**fields, "when": WEEKLY._replace(zone="Europe/Paris")},
            {**fields, "when": WEEKLY._replace(recurrence="FREQ=DAILY")},
        )
    }
    assert len(digests) == 5


def test_the_hash_of_a_single_event_is_what_it_was_before_series() -> None:
    """Or every "ignored until the next change" would end with an update of the program."""
    assert "zone" not in repr(WEEKLY._replace(zone=""))
    assert "zone='Europe/London'" in repr(WEEKLY)


def test_words() -> None:
    assert series.in_words(WEEKLY) == "every week on Mon"
    assert series.in_words(WEEKLY._replace(recurrence="")) == ""
    assert series.in_words(WEEKLY._replace(recurrence="FREQ=SOMETIMES")) == "FREQ=SOMETIMES"
    assert series.in_words(WEEKLY._replace(start="soon")) == "FREQ=WEEKLY;BYDAY=MO"
    assert series.exceptions_in_words(ONE_OUT) == "1 left out"
    assert series.exceptions_in_words("x") == ""


@pytest.mark.parametrize(
    ("first", "last", "recurrence", "expected"),
    [
        (date(2026, 11, 1), date(2026, 11, 22), "FREQ=WEEKLY;BYDAY=MO", False),
        (date(2026, 11, 1), date(2026, 11, 23), "FREQ=WEEKLY;BYDAY=MO", True),
        (date(2030, 1, 1), date(2030, 2, 1), "FREQ=WEEKLY;BYDAY=MO", True),
        (date(2030, 1, 1), date(2030, 2, 1), "FREQ=WEEKLY;BYDAY=MO;COUNT=20", False),
        (date(2027, 1, 1), date(2027, 2, 1), "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=23", False),
        # nobody can tell: it has begun, so it may still go on
        (date(2030, 1, 1), date(2030, 2, 1), "every week on Monday", True),
    ],
)
def test_a_series_is_in_the_window_with_any_of_its_events(
    first: date, last: date, recurrence: str, expected: bool
) -> None:
    window = Window(first, last, "Europe/London")
    assert inside(WEEKLY._replace(recurrence=recurrence), window) is expected
    all_day = When("2026-11-23", "2026-11-23", True, recurrence)
    assert inside(all_day, window) is expected


# ---- rows


def test_a_new_series_is_created_across() -> None:
    assert only(plan(in_salesforce(), in_outlook(there()))).action is Action.CREATE_IN_SALESFORCE
    assert only(plan(in_salesforce(here()), in_outlook())).action is Action.CREATE_IN_OUTLOOK


def test_twins_are_series_of_the_same_pattern() -> None:
    row = only(plan(in_salesforce(here()), in_outlook(there())))
    assert (row.situation, row.action) == (Situation.TWIN_EQUAL, Action.LINK)
    other = there(when=WEEKLY._replace(recurrence="FREQ=DAILY"))
    assert {p.left is None for p in pair(Kind.CALENDAR, [here()], [other], [])} == {True, False}
    single = right(when=WEEKLY._replace(recurrence="", zone=""))
    assert len(pair(Kind.CALENDAR, [here()], [single], [])) == 2


def test_fields_of_a_series_change_and_merge_like_any_other() -> None:
    row = only(plan(in_salesforce(here(subject="New")), in_outlook(there()), [known()]))
    assert row.action is Action.UPDATE_IN_OUTLOOK
    row = only(plan(in_salesforce(here(subject="New")), in_outlook(there(location="Room 9")), [known()]))
    assert row.action is Action.MERGE
    row = only(plan(in_salesforce(here(subject="New")), in_outlook(there(subject="Newer")), [known()]))
    assert row.action is Action.CONFLICT


def test_an_occurrence_that_was_taken_out_goes_across() -> None:
    row = only(plan(in_salesforce(here()), in_outlook(there(exceptions=ONE_OUT)), [known()]))
    assert (row.action, row.reason[:30]) == (Action.UPDATE_IN_SALESFORCE, "changed occurrences changed in")


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (there(exceptions=ONE_CHANGED), "Salesforce cannot hold: 1 changed occurrence"),
        (there(when=WEEKLY._replace(zone="America/New_York")), "its time zone, America/New_York"),
        (there(when=WEEKLY._replace(recurrence="every now and then")), "its pattern cannot be read"),
        (there(when=WEEKLY._replace(start="soon")), "its time cannot be understood"),
    ],
)
def test_what_salesforce_cannot_hold_is_said_before_the_run(item: Any, words: str) -> None:
    row = only(plan(in_salesforce(), in_outlook(item)))
    assert row.state is State.PREVENTED
    assert words in row.why_not


def test_what_outlook_cannot_hold_is_said_before_the_run() -> None:
    several = here(when=WEEKLY._replace(recurrence="FREQ=MONTHLY;BYDAY=2MO,4MO"), exceptions=ONE_CHANGED)
    row = only(plan(in_salesforce(several), in_outlook()))
    assert row.state is State.PREVENTED
    assert "Outlook cannot hold: on the second Mon and the fourth Mon of every month" in row.why_not
    assert "1 changed occurrence, which" in row.why_not


@pytest.mark.parametrize(
    "when",
    [
        WEEKLY._replace(recurrence="FREQ=WEEKLY;BYDAY=MO,TU"),
        WEEKLY._replace(start="2026-11-30T10:00:00Z", end="2026-11-30T11:00:00Z"),
        WEEKLY._replace(zone="Europe/Paris"),
    ],
)
def test_other_days_cannot_reach_salesforce_and_a_subject_with_them_neither(when: When) -> None:
    row = only(plan(in_salesforce(here()), in_outlook(there(when=when)), [known()]))
    assert (row.recommended, row.state) == (Action.UPDATE_IN_SALESFORCE, State.PREVENTED)
    assert "keeps the days that a series was made with, every week on Mon from 2026-11-23" in row.why_not
    row = only(plan(in_salesforce(here(when=when)), in_outlook(there()), [known()]))
    assert row.action is Action.UPDATE_IN_OUTLOOK


def test_another_hour_can_reach_salesforce() -> None:
    later = WEEKLY._replace(start="2026-11-23T13:00:00Z", end="2026-11-23T14:00:00Z")
    row = only(plan(in_salesforce(here()), in_outlook(there(when=later)), [known()]))
    assert row.action is Action.UPDATE_IN_SALESFORCE


def test_a_single_event_becomes_no_series_and_the_other_way_round() -> None:
    single = WEEKLY._replace(recurrence="", zone="")
    row = only(plan(in_salesforce(left(when=single)), in_outlook(there()), [link(when=single)]))
    assert "cannot become a series" in row.why_not
    row = only(plan(in_salesforce(here()), in_outlook(right(when=single)), [known()]))
    assert "cannot become one event" in row.why_not


def test_an_occurrence_does_not_come_back() -> None:
    row = only(plan(in_salesforce(here(exceptions=ONE_OUT)), in_outlook(there()), [known(exceptions=ONE_OUT)]))
    assert row.state is State.PREVENTED
    assert "1 occurrence to be put back" in row.why_not


def test_a_series_that_its_own_side_locks_stays_out_altogether() -> None:
    row = only(plan(in_salesforce(here(locked="of the old kind")), in_outlook()))
    assert (row.state, row.why_not) == (State.PREVENTED, "of the old kind")
    assert {op for _, op in row.blocks} == set(Operation)
    assert {side for side, _ in row.blocks} == set(SideName)


def test_a_series_without_exceptions_in_memory_is_in_step_after_it_was_compared() -> None:
    """What was linked before occurrences were compared has no baseline for them: equal is equal."""
    old = link(when=WEEKLY)
    row = only(plan(in_salesforce(here()), in_outlook(there()), [old]))
    assert (row.situation, row.action) == (Situation.SAME_CHANGE, Action.NONE)

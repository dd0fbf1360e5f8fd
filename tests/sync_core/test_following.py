"""What a row of a series says of the single events that came of it: they go after it, not with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from support.build import OL, SF, gone, left, link, picture, plan, repeated, right
from support.build import question as asked

from sync_core.following import followed
from sync_core.items import SideName, When
from sync_core.plan import Plan, Row
from sync_core.sides import Operation
from sync_core.singles import on_day

DAILY = When("2026-11-25T10:00:00Z", "2026-11-25T11:00:00Z", False, "FREQ=DAILY;COUNT=3", "Europe/London")
BEFORE = "2026-10-20"
DAYS = ("2026-11-25", "2026-11-26")


def series(side: SideName, **values: Any) -> Any:
    return repeated(side, "S1" if side is SF else "R1", **{"when": DAILY, **values})


def row(p: Plan) -> Row:
    """The row of the series itself."""
    (found,) = [r for r in p.rows if any(item and item.series for item in (r.left, r.right))]
    return found


def said(r: Row) -> dict[tuple[SideName, Operation], str]:
    return {key: words for key, words in r.remarks.items() if "the next sync then offers" in words}


# ---- a series that is deleted


def deleted(*days: str, series_id: str = "R1", **values: Any) -> Row:
    """An Outlook series of which the half in Salesforce is gone, and single events of some days."""
    item = series(OL, **values)
    singles = [link(f"L{number}", f"{series_id}#{day}") for number, day in enumerate(days)]
    links = [link("S1", "R1", when=DAILY, exceptions=""), *singles]
    q = asked(picture(SF, sightings=gone("S1")), [item], links)
    (found,) = [r for r in plan(picture(SF, sightings=gone("S1")), [item], links[:1]).rows if r.right is not None]
    return followed(replace(found, remarks={}), q)


@pytest.mark.parametrize(
    ("days", "number"),
    [
        (DAYS, "2 single events"),
        (DAYS[:1], "1 single event"),
        ((BEFORE, DAYS[0]), "1 single event"),
        (("2026-10-23",), "1 single event"),
        (("2026-10-22",), ""),
        ((), ""),
    ],
)
def test_single_events_of_these_days_are_deleted_after_their_series(days, number):
    words = f"the next sync then offers to delete {number} of it in Salesforce"
    assert said(deleted(*days)) == ({(OL, Operation.DELETE): words} if number else {})


def test_it_is_said_of_a_series_that_was_changed_and_deleted_too():
    assert "1 single event of it" in said(deleted(DAYS[0], location="Room 7"))[OL, Operation.DELETE]


def test_single_events_of_another_series_go_with_that():
    assert said(deleted(*DAYS, series_id="R2")) == {}


def test_an_event_that_does_not_repeat_has_none():
    links = [link("L1", "R1"), link("L2", "R1#2026-11-25")]
    (one,) = [r for r in plan(picture(SF, sightings=gone("L1")), [right("R1")], links[:1]).rows if r.right]
    q = asked(picture(SF, sightings=gone("L1")), [right("R1")], links)
    assert said(followed(replace(one, remarks={}), q)) == {}


# ---- a series that is changed


def changed(in_outlook: Any, *, own: Any = (), single: Any = (), offered: bool = False) -> dict[Any, str]:
    """A series from Salesforce, changed in Outlook; its first day crosses by itself, or is `offered` to.

    `own` is what that day has of its own in Salesforce, `single` what its single event in Outlook has by now.
    """
    source = series(SF)
    day = on_day(source, date(2026, 11, 25))
    assert day is not None
    day = replace(day, fields={**day.fields, **dict(own)})
    across = right("R5", when=day.when, **dict(single))
    theirs = series(OL, **dict(in_outlook))
    links = [link("S1", "R1", when=DAILY, exceptions="")]
    r = replace(row(plan([source], [theirs], links)), remarks={})
    if offered:
        return said(followed(r, asked([source], [theirs], links), [day]))
    links.append(link(day.id, "R5", when=day.when))
    return said(followed(r, asked([source, day], [theirs, across], links)))


LATER = When("2026-11-25T12:00:00Z", "2026-11-25T13:00:00Z", False, "FREQ=DAILY;COUNT=3", "Europe/London")


@pytest.mark.parametrize(
    ("in_outlook", "names"),
    [
        ({"location": "Room 7"}, "location"),
        ({"location": "Room 7", "subject": "Forecast"}, "subject and location"),
        ({"location": "Room 7", "private": True}, "location"),
        ({"private": True}, ""),
        ({"when": LATER}, ""),
    ],
)
def test_single_events_take_over_what_their_series_got_with_another_sync(in_outlook, names):
    """Of its own an occurrence has a subject, a place, notes; at another time of the series it stays where it is."""
    words = f"the next sync then offers {names} for 1 single event of it in Outlook"
    assert changed(in_outlook) == ({(SF, Operation.UPDATE): words} if names else {})
    assert changed(in_outlook, offered=True) == changed(in_outlook)


def test_what_one_day_has_of_its_own_it_keeps():
    assert changed({"location": "Room 7"}, own={"location": "Hall"}) == {}
    ((_, words),) = changed({"location": "Room 7", "subject": "Forecast"}, own={"location": "Hall"}).items()
    assert "offers subject for 1" in words


def test_one_that_gets_something_from_its_single_event_keeps_the_rest():
    assert changed({"location": "Room 7"}, single={"subject": "Forecast"}) == {}
    # what its single event never was agreed to be is no change
    assert changed({"location": "Room 7"}, single={}) != {}


def test_an_event_on_one_side_only_has_nothing_to_take_over():
    (r,) = plan([series(SF)], []).rows
    assert said(followed(r, asked([series(SF)], []))) == {}


@pytest.mark.parametrize(("single", "says"), [({}, True), ({"subject": "Forecast"}, False)])
def test_it_is_the_same_the_other_way_round(single, says):
    day = on_day(series(OL), date(2026, 11, 25))
    assert day is not None
    across = left("S5", when=day.when, **single)
    theirs = series(SF, location="Room 7")
    links = [link("S1", "R1", when=DAILY, exceptions=""), link("S5", day.id, when=day.when)]
    r = replace(row(plan([theirs], [series(OL)], links[:1])), remarks={})
    words = "the next sync then offers location for 1 single event of it in Salesforce"
    found = said(followed(r, asked([theirs, across], [series(OL), day], links)))
    assert found == ({(OL, Operation.UPDATE): words} if says else {})


def test_what_goes_the_other_way_is_not_taken_over_here():
    """The single events of a series in Salesforce lie in Outlook: they have what changed in Salesforce from there."""
    source = series(SF, location="Room 7")
    day = on_day(source, date(2026, 11, 25))
    assert day is not None
    links = [link("S1", "R1", when=DAILY, exceptions="")]
    r = replace(row(plan([source], [series(OL)], links)), remarks={})
    assert said(followed(r, asked([source, day], [series(OL)], links))) == {}

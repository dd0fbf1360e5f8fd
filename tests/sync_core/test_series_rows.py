"""Rows of series: what becomes of the single events that came of one, and when nobody can tell if a pair is in step."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.build import OL, SF, at, event, gone, left, left_first, link, only, picture, plan, repeated, right

from sync_core import reasons
from sync_core.compare import Baseline
from sync_core.items import Item, SideName, When
from sync_core.pairing import Link
from sync_core.plan import Action, Choice, Row, Situation, remarks
from sync_core.question import Picture
from sync_core.sides import Fate, Sighting

WHEN = When("2026-11-24T10:00:00Z", "2026-11-24T11:00:00Z", False, "FREQ=WEEKLY;BYDAY=TU;COUNT=20", "Europe/London")
WHOLE = link("L1", "R1", when=WHEN, exceptions="")
# the first day of the sync, and the day before it
FIRST, BEFORE = "2026-10-23", "2026-10-22"
LATER = WHEN._replace(start="2026-12-01T10:00:00Z", end="2026-12-01T11:00:00Z")
# the choice that makes a side like the other one
LIKE_ACROSS = {SF: Choice.TO_SALESFORCE, OL: Choice.TO_OUTLOOK}
GO_AFTER = "the next sync then offers to delete"


def side_id(side: SideName) -> str:
    return "L1" if side is SF else "R1"


def series(side: SideName, **values: object) -> Item:
    return repeated(side, side_id(side), **{"when": WHEN, **values})


def single(side: SideName, series_id: str, day: str, number: int) -> Link:
    """The link of a single event that came of a series on `side`."""
    return link(*left_first(side, f"{series_id}#{day}", f"X{number}"))


def deleted_across(side: SideName, *singles: Link, **values: object) -> Row:
    """A series that is still on `side`, and was deleted on the other one."""
    item = series(side, **values)
    other = picture(side.other, [], gone("L1", "R1"))
    p = plan(*left_first(side, picture(side, [item]), other), [WHOLE, *singles])
    return next(row for row in p.rows if item in (row.left, row.right))


@pytest.mark.parametrize("side", list(SideName))
@pytest.mark.parametrize(
    ("days", "said"),
    [
        ([FIRST], "1 single event of it"),
        (["2026-12-01"], "1 single event of it"),
        (["2026-12-01", "2026-12-08"], "2 single events of it"),
        (["2026-12-01", BEFORE], "1 single event of it"),
    ],
)
@pytest.mark.parametrize("values", [{}, {"subject": "Changed since"}], ids=["as it was", "changed"])
def test_single_events_of_a_series_that_is_deleted_go_after_it(side, days, said, values):
    row = deleted_across(side, *(single(side, side_id(side), day, n) for n, day in enumerate(days)), **values)
    assert row.situation is (Situation.GONE_CHANGED if values else Situation.GONE)
    words = f"{GO_AFTER} {said} in {side.other.label}"
    # of a series that changed since it is said once a person wants it deleted, and not when they want it restored
    assert row.reason.endswith(f"; {words}") is (not values)
    assert (remarks(row, LIKE_ACROSS[side]), remarks(row, LIKE_ACROSS[side.other])) == ((words,), ())


@pytest.mark.parametrize("side", list(SideName))
def test_nothing_is_said_of_single_events_that_are_not_its_own_or_not_of_these_days(side):
    own = side_id(side)
    for of, day in ((own, BEFORE), ("other", "2026-12-01")):
        assert GO_AFTER not in deleted_across(side, single(side, of, day, 1)).reason
    assert GO_AFTER not in deleted_across(side).reason
    # the id of the other half says nothing
    assert GO_AFTER not in deleted_across(side, single(side.other, own, "2026-12-01", 1)).reason
    # a single event has none
    assert GO_AFTER not in deleted_across(side, single(side, own, "2026-12-01", 1), series=False).reason


def test_nothing_is_said_of_single_events_where_the_series_is_not_deleted():
    row = plan([series(SF, subject="New")], [series(OL)], [WHOLE, single(OL, "R1", "2026-12-01", 1)])
    (changed,) = (r for r in row.rows if r.situation is Situation.CHANGED)
    assert changed.action is Action.UPDATE_IN_OUTLOOK
    assert GO_AFTER not in changed.reason


def untelling(side: SideName) -> Item:
    """A series whose side does not say what its single occurrences are."""
    item = series(side, locked="an occurrence was taken out of its pattern")
    return replace(item, fields={n: v for n, v in item.fields.items() if n != "exceptions"})


@pytest.mark.parametrize("side", list(SideName))
def test_a_series_that_does_not_tell_its_occurrences_is_not_called_in_step(side):
    items = {one: untelling(one) if one is side else series(one) for one in SideName}
    row = only(plan([items[SF]], [items[OL]], [WHOLE]))
    assert (row.situation, row.action) == (Situation.UNREADABLE, Action.NONE)
    assert row.reason == (
        f"whether single occurrences changed in {side.label} cannot be told: an occurrence was taken out of its pattern"
    )


def test_a_series_of_which_occurrences_were_never_agreed_on_is_in_step():
    known = link("L1", "R1", when=WHEN)
    never = {name: value for name, value in known.baseline.left.items() if name != "exceptions"}
    known = replace(known, baseline=Baseline(never, never))
    p = plan([untelling(SF)], [untelling(OL)], [known])
    assert (p.rows, p.in_sync) == ((), 1)
    assert plan([left()], [right()], [link()]).in_sync == 1


@pytest.mark.parametrize("listed", [True, False])
def test_a_series_that_salesforce_has_under_another_id_keeps_its_link(listed):
    """It goes there by its first occurrence that is left, which becomes another one with time."""
    now = replace(series(SF), id="L9")
    seen = {"L1": Sighting(Fate.HERE, now)}
    row = only(plan(picture(SF, [now] if listed else [], seen), [series(OL)], [WHOLE]))
    assert (row.situation, row.action, row.link_ids) == (Situation.SAME_CHANGE, Action.NONE, ("L1", "R1"))
    assert row.left is now
    assert row.reason == "moved, and found again under another id: the link follows, nothing is written"
    later = replace(now, fields={**now.fields, "location": "York"})
    seen = {"L1": Sighting(Fate.HERE, later)}
    row = only(plan(picture(SF, [later] if listed else [], seen), [series(OL)], [WHOLE]))
    assert (row.action, [c.name for c in row.changes]) == (Action.UPDATE_IN_OUTLOOK, ["location"])


def remaining(side: SideName, *past: Item) -> Picture:
    """A side that lists nothing, and still has the past of series that were split there."""
    shown = picture(side)
    return replace(shown, reading=replace(shown.reading, remains=past))


@pytest.mark.parametrize("side", list(SideName))
def test_a_series_whose_past_is_left_across_is_not_made_there_again(side):
    """It was deleted there from some day on. Made again it would have its past twice."""

    def row_of(past: Item, item: Item) -> Row:
        return only(plan(*left_first(side, picture(side, [item]), remaining(side.other, past))))

    own, past = series(side), series(side.other)
    row = row_of(past, own)
    assert (row.situation, row.action, row.reason) == (Situation.FORGOTTEN, Action.CONFLICT, reasons.remained(own))
    # whatever the capitals of its name, and whatever became of its rule and its end
    ended = WHEN._replace(end="2026-11-24T12:00:00Z", recurrence="FREQ=WEEKLY;BYDAY=TU;COUNT=2")
    for left_over in (series(side.other, subject="BUDGET 2027", when=ended), replace(past, series=False)):
        assert row_of(left_over, own).situation is Situation.FORGOTTEN
    # one of another name, one that began at another time, one of unknown time, and a single event are new
    for values in ({"subject": "Call"}, {"when": LATER}):
        assert row_of(past, series(side, **values)).situation is Situation.NEW
        assert row_of(series(side.other, **values), own).situation is Situation.NEW
    timeless = replace(own, fields={n: v for n, v in own.fields.items() if n != "when"})
    once = series(side, series=False, when=WHEN._replace(recurrence="", zone=""))
    for other in (timeless, once, replace(own, series=False)):
        assert row_of(past, other).situation is Situation.NEW
    # and what is left on its own side says nothing
    here = picture(side, [own])
    here = replace(here, reading=replace(here.reading, remains=(past,)))
    assert only(plan(*left_first(side, here, picture(side.other)))).situation is Situation.NEW


@pytest.mark.parametrize("side", list(SideName))
@pytest.mark.parametrize(
    ("own", "across", "said"),
    [
        ({}, {}, True),
        ({"notes": "With guests."}, {"notes": "With guests."}, True),
        # it has a place of its own, or gets something from its single event and keeps its place with that
        ({"location": "Leeds"}, {"location": "Leeds"}, False),
        ({}, {"notes": "Changed since"}, False),
    ],
)
def test_what_a_single_event_takes_over_from_its_series_is_said_in_the_row_of_that(side, own, across, said):
    """It has it only once the series has, and a run writes nothing that was not seen."""
    day = at(1, 10, 12)
    one = replace(event(side, f"{side_id(side)}#2026-12-01", when=day, **own), part_of=side_id(side))
    other = event(side.other, "X1", when=day, **across)
    ids = left_first(side, one.id, "X1")
    mine, theirs = [series(side), one], [series(side.other, location="York"), other]
    rows = plan(*left_first(side, mine, theirs), [WHOLE, link(*ids, when=day, **own)]).rows
    (row,) = (r for r in rows if r.link_ids == ("L1", "R1"))
    words = f"the next sync then offers location for 1 single event of it in {side.other.label}"
    assert row.reason.endswith(f"; {words}") is said, row.reason


@pytest.mark.parametrize("side", list(SideName))
def test_what_a_single_event_has_with_its_series_crosses_with_this_sync(side):
    """Its series changed on its own side, and it with that: there is nothing to wait for."""
    day = at(1, 10, 12)
    one = replace(event(side, f"{side_id(side)}#2026-12-01", when=day, location="York"), part_of=side_id(side))
    ids = left_first(side, one.id, "X1")
    mine, theirs = [series(side, location="York"), one], [series(side.other), event(side.other, "X1", when=day)]
    rows = plan(*left_first(side, mine, theirs), [WHOLE, link(*ids, when=day)]).rows
    assert len(rows) == 2
    assert all([c.name for c in row.changes] == ["location"] and "next sync" not in row.reason for row in rows)


@pytest.mark.parametrize("side", list(SideName))
def test_an_occurrence_that_crosses_for_the_first_time_takes_over_from_its_series_too(side):
    one = replace(event(side, f"{side_id(side)}#2026-12-01", when=at(1, 10, 12)), part_of=side_id(side))
    mine, theirs = [series(side), one], [series(side.other, location="York")]
    rows = plan(*left_first(side, mine, theirs), [WHOLE]).rows
    (row,) = (r for r in rows if r.link_ids == ("L1", "R1"))
    assert row.reason.endswith(f"the next sync then offers location for 1 single event of it in {side.other.label}")


@pytest.mark.parametrize("side", list(SideName))
def test_a_single_event_is_held_against_what_its_own_side_gave_back(side):
    """A server that cuts its notes has changed nothing: the event still takes over from the series."""
    day, cut = at(1, 10, 12), {"notes": "Bring"}
    one = replace(event(side, f"{side_id(side)}#2026-12-01", when=day), part_of=side_id(side))
    whole, short = link("X", "Y", when=day).baseline.left, link("X", "Y", when=day, **cut).baseline.left
    known = replace(link(*left_first(side, one.id, "X1")), baseline=Baseline(*left_first(side, whole, short)))
    mine, theirs = [series(side), one], [series(side.other, location="York"), event(side.other, "X1", when=day, **cut)]
    rows = plan(*left_first(side, mine, theirs), [WHOLE, known]).rows
    (row,) = (r for r in rows if r.link_ids == ("L1", "R1"))
    assert "the next sync then offers location for 1 single event" in row.reason

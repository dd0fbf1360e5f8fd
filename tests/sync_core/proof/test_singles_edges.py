"""Single events of a series at their edges: what is past of it, which series are asked for, which one is meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from support.build import MADE_AT, OL, SF, TOKYO, WINDOW, left, left_first, link, repeated

from sync_core import singles
from sync_core.items import Item, SideName, When
from sync_core.pairing import make_mark
from sync_core.plan import Ignore, IgnoreMode, Singles
from sync_core.recurrence import ChangedOccurrence, Exceptions
from sync_core.sides import Fate, Ref, Sighting
from sync_core.singles import Chosen

FIRST, SECOND, THIRD = date(2026, 11, 25), date(2026, 12, 2), date(2026, 12, 9)
BOTH = pytest.mark.parametrize("side", list(SideName))
ORDINARY = Ignore("ordinary", IgnoreMode.FOREVER, "", "", left_id="L9", right_id="R9")


def series(side: SideName = OL, item_id: str = "S1", exceptions: Exceptions | None = None, **values: Any) -> Item:
    return repeated(side, item_id, exceptions=exceptions.text if exceptions else "", **values)


def choice(source: Item, mode: Singles = Singles.OCCURRENCES, other: str = "", row: str = "row") -> Ignore:
    return singles.choice(mode, source, other, row, "why", MADE_AT)


def linked(side: SideName, item_id: str, other: str) -> Any:
    """A link of which `item_id` is on a side."""
    return link(*left_first(side, item_id, other))


# ---- what is left of a series that was deleted


def test_of_a_series_of_which_the_rest_was_deleted_what_is_past_is_still_there() -> None:
    """Salesforce deletes from a day on (facts: salesforce B1): the occurrences before it are what they were."""
    left_over = series(SF, exceptions=Exceptions((SECOND,)))
    gone = Sighting(Fate.DELETED, None, left=left_over)
    first = Chosen().sighting(FIRST, gone)
    assert (first.fate, first.item) == (Fate.HERE, singles.on_day(left_over, FIRST))
    assert first.item is not None
    assert Chosen().sighting(SECOND, gone) == Sighting(Fate.DELETED)
    # what cannot be told apart is gone with its series
    assert Chosen().sighting(FIRST, replace(gone, left=left("S1"))).fate is Fate.DELETED
    assert Chosen().sighting(FIRST, replace(gone, left=None)).fate is Fate.DELETED


def test_what_is_left_of_a_series_is_asked_for_only_where_it_was_deleted() -> None:
    """A series that is out of sight for another reason is where it is, with all its occurrences."""
    for fate in (Fate.MOVED, Fate.ARCHIVED, Fate.MISSING):
        assert Chosen().sighting(FIRST, Sighting(fate, None, "away", left=series(SF))) == Sighting(fate, None, "away")


# ---- which series are asked for


@BOTH
def test_a_series_that_crosses_as_single_events_and_that_no_side_lists_is_asked_for(side: SideName) -> None:
    """It lies beside the days of the sync, or is gone, and with it how it crosses."""
    source = series(side)
    one, other = choice(source, row="a"), choice(series(side, "S2"), row="b")
    found = singles.unlisted([ORDINARY, one, other], [replace(source, id="S2")], [], WINDOW)
    assert found == {side: {"a": Ref("S1", known=source.fields)}, side.other: {}}
    assert singles.unlisted([ORDINARY, one], [source], [], WINDOW) == {SF: {}, OL: {}}
    assert singles.unlisted([], [], [], WINDOW) == {SF: {}, OL: {}}


@BOTH
def test_a_series_is_not_asked_for_while_its_single_events_have_rows(side: SideName) -> None:
    """They are looked at by themselves, from the first day of the sync on; those before it say nothing."""
    one = choice(series(side))

    def asked(day: date) -> list[str]:
        links = [link("L8", "R8"), linked(side, singles.occurrence_id("S1", day), "X1")]
        return list(singles.unlisted([one], [], links, WINDOW)[side])

    assert asked(WINDOW.first) == []
    assert asked(WINDOW.last) == []
    assert asked(WINDOW.first - timedelta(days=1)) == ["row"]
    elsewhere = [linked(side, singles.occurrence_id("S2", WINDOW.last), "X1")]
    assert list(singles.unlisted([one], [], elsewhere, WINDOW)[side]) == ["row"]


# ---- which series a choice means


def test_what_a_series_held_when_it_was_chosen_is_known_on_either_side() -> None:
    sources = [series(SF, "S1", subject="One"), series(OL, "S2", subject="Two")]
    known = Chosen.of([ORDINARY, *(choice(source) for source in sources)], [], sources)
    assert known.known == {source.id: source.fields for source in sources}
    assert known.modes == dict.fromkeys(["S1", "S2"], Singles.OCCURRENCES)


@BOTH
@pytest.mark.parametrize(("mode", "found"), [(Singles.OCCURRENCES, "S1"), (Singles.CHANGED_ONES, "again")])
def test_a_series_with_our_mark_of_what_is_there_crosses_whole(side: SideName, mode: Singles, found: str) -> None:
    """However alike, it is not the one of which all events cross by themselves: those have marks of their own."""
    source = series(side)
    marked = replace(source, id="again", mark=make_mark("X1", "n"))
    there = series(side.other, "X1")
    assert set(Chosen.of([choice(source, mode)], [], [marked, there]).modes) == {found}
    # of what is not there any more a mark says nothing
    assert set(Chosen.of([choice(source, mode)], [], [marked]).modes) == {"again"}


@BOTH
def test_a_series_that_links_know_is_another_one_however_alike(side: SideName) -> None:
    source = series(side)
    again = replace(source, id="again")
    crossing = [linked(side, "again", "X1")]
    for mode in Singles:
        assert "S1" in Chosen.of([choice(source, mode)], crossing, [again]).known
        assert "again" in Chosen.of([choice(source, mode)], [], [again]).known


def test_from_the_day_on_which_it_was_chosen_events_cross_that_end_on_it() -> None:
    """Of a series whose other half was deleted: what was before is there already."""
    source = series(OL)
    ends = When("2026-11-22T00:00:00Z", "2026-11-22T01:00:00Z", False, "FREQ=DAILY;COUNT=2", "UTC")
    daily = replace(source, fields={**source.fields, "when": ends})
    whole_days = replace(
        source, fields={**source.fields, "when": When("2026-11-20", "2026-11-20", True, "FREQ=DAILY;COUNT=4")}
    )
    for item, days in ((daily, [22, 23]), (whole_days, [22, 23])):
        seen = Chosen.of([choice(item, other="X1")], []).view([item], WINDOW)
        assert [singles.parts_of(one.id) for one in seen] == [("S1", date(2026, 11, day)) for day in days]
    # chosen while the other half is there, or for changed ones, it says nothing of the days before
    assert len(Chosen.of([choice(whole_days)], []).view([whole_days], WINDOW)) == 4
    assert Chosen.of([choice(whole_days, Singles.CHANGED_ONES, "X1")], []).since == {}


def test_of_changed_ones_each_that_is_changed_crosses_and_the_others_do_not() -> None:
    """And those that cross already go on to do so, though they are as the series has them again."""
    moved = ChangedOccurrence(SECOND, datetime(2026, 12, 4, 9, tzinfo=UTC), datetime(2026, 12, 4, 10, tzinfo=UTC))
    item = series(OL, exceptions=Exceptions((), (moved,)))
    chosen = Chosen.of([choice(item, Singles.CHANGED_ONES)], [], [item])
    whole, *ones = chosen.view([item], WINDOW)
    assert [one.id for one in ones] == [f"S1#{SECOND}"]
    assert Exceptions.parse(str(whole.fields["exceptions"])) == Exceptions((SECOND,))
    assert chosen.whole(item) == whole
    plain = series(OL)
    assert chosen.view([plain], WINDOW) == [replace(plain, fields={**plain.fields, "exceptions": ""})]


# ---- what is written


def test_what_is_written_to_a_changed_occurrence_takes_the_place_of_what_it_had() -> None:
    """One moment can be named by its day or by its instant: it is the same occurrence."""
    by_instant = datetime(2026, 12, 1, 15, tzinfo=UTC)
    moved = ChangedOccurrence(by_instant, datetime(2026, 12, 4, 9, tzinfo=UTC), datetime(2026, 12, 4, 10, tzinfo=UTC))
    item = series(OL, exceptions=Exceptions((), (moved,)))
    [one] = Exceptions.parse(str(singles.written_to(item, {SECOND: {"location": "York"}})["exceptions"])).changed
    assert (one.original, one.start, dict(one.fields)) == (SECOND, moved.start, {"location": "York"})
    out = Exceptions.parse(str(singles.written_to(item, {SECOND: None})["exceptions"]))
    assert out == Exceptions((SECOND,))
    # two at once
    both = singles.written_to(item, {FIRST: None, THIRD: {"subject": "Last"}})
    now = Exceptions.parse(str(both["exceptions"]))
    assert now.deleted == (FIRST,)
    assert {singles.series.local_day_of(one.original, TOKYO) for one in now.changed} == {SECOND, THIRD}


def test_links_of_either_side_end_with_the_choice_for_all_events() -> None:
    links = [link("L1", "S1"), link("S2", "R2"), link("L3", "R3")]
    chosen = [choice(series(OL), other="L1"), choice(series(SF, "S2"), other="R2")]
    assert singles.ended_by(chosen, links) == links[:2]


def test_an_occurrence_knows_the_series_that_it_is_part_of_and_may_be_changed_where_that_may_not() -> None:
    """Its neighbours are in its way (see `blocks`). Salesforce keeps a series that is past, not what single events
    of it are elsewhere."""
    out = Exceptions((SECOND,))
    item = replace(series(OL, exceptions=out), kept="all its occurrences are past")
    ones = singles.in_window(item, WINDOW)
    assert [(one.whole, one.kept) for one in ones] == [((TOKYO, out.text), "")] * 2
    assert singles.in_window(series(OL), WINDOW)[0].whole == (TOKYO, "")


def test_a_series_whose_zone_is_not_known_has_its_days_in_greenwich() -> None:
    late = When("2026-11-25T23:30:00Z", "2026-11-26T00:30:00Z", False, "FREQ=DAILY;COUNT=2")
    item = series(OL)
    item = replace(item, fields={**item.fields, "when": late})
    assert [one.id for one in singles.in_window(item, WINDOW)] == ["S1#2026-11-25", "S1#2026-11-26"]
    assert singles.on_day(item, date(2026, 11, 24)) is None
    one = singles.on_day(item, FIRST)
    assert one is not None
    assert one.when == When("2026-11-25T23:30:00Z", "2026-11-26T00:30:00Z")

"""Occurrences of a series as single events: what they are, what is written to them, how the choice is found again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from support.build import MADE_AT, OL, SF, TOKYO, WINDOW, at, fields, link, repeated, right
from support.model import World

from sync_core import singles
from sync_core.items import Item, SideName, When
from sync_core.pairing import make_mark
from sync_core.plan import Action, Ignore, IgnoreMode, Singles
from sync_core.recurrence import ChangedOccurrence, Exceptions
from sync_core.review import Review
from sync_core.sides import Fate, Limits, Reading, Sighting, Window
from sync_core.singles import Chosen

DAYS = When("2026-11-24", "2026-11-25", True, "FREQ=WEEKLY;BYDAY=TU;COUNT=3")
LIMITS = Limits(series_zone="Europe/London", fixed_pattern=True, no_changed_occurrences="")
# in Tokyo these are Wednesdays, and the day before in Greenwich
ALL = ["2026-11-25", "2026-12-02", "2026-12-09"]


def series(when: When = TOKYO, exceptions: Exceptions | None = None, **values: Any) -> Item:
    return repeated(OL, "R1", when, exceptions=exceptions.text if exceptions else "", **values)


def moved(day: str, start: datetime, end: datetime, **own: Any) -> ChangedOccurrence:
    return ChangedOccurrence(date.fromisoformat(day), start, end, tuple(own.items()))


TO_FRIDAY = moved(
    "2026-12-02", datetime(2026, 12, 4, 9, tzinfo=UTC), datetime(2026, 12, 4, 10, tzinfo=UTC), subject="X"
)


@pytest.mark.parametrize(
    ("item_id", "parts"),
    [
        ("R1#2026-11-25", ("R1", date(2026, 11, 25))),
        ("a#b#2026-11-25", ("a#b", date(2026, 11, 25))),
        ("R1", None),
        ("#2026-11-25", None),
        ("R1#", None),
        ("R1#soon", None),
        ("2026-11-25", None),
    ],
)
def test_which_ids_name_an_occurrence(item_id, parts):
    assert singles.parts_of(item_id) == parts
    if parts is not None:
        assert singles.occurrence_id(*parts) == item_id


def test_occurrences_are_items_of_their_own():
    item = replace(series(mark="hs1:L9:n", subject="Call"), people=("kim@example.org",))
    found = singles.in_window(item, WINDOW)
    assert [one.id for one in found] == [f"R1#{day}" for day in ALL]
    first = found[0]
    assert first.when == When("2026-11-24T15:00:00Z", "2026-11-24T16:00:00Z")
    assert (first.series, first.mark, first.part_of, first.side, first.people) == (False, "", "R1", OL, item.people)
    assert first.fields == {**{n: v for n, v in item.fields.items() if n != "exceptions"}, "when": first.when}
    assert singles.in_window(item, Window(date(2026, 11, 26), date(2026, 12, 2), "Asia/Tokyo"))[0].id == f"R1#{ALL[1]}"
    assert singles.in_window(right("R1", without=["when"]), WINDOW) == []


def test_occurrences_of_whole_days():
    found = singles.in_window(series(DAYS), WINDOW)
    assert [(one.id, one.when) for one in found] == [
        ("R1#2026-11-24", When("2026-11-24", "2026-11-25", True)),
        ("R1#2026-12-01", When("2026-12-01", "2026-12-02", True)),
        ("R1#2026-12-08", When("2026-12-08", "2026-12-09", True)),
    ]
    assert singles.on_day(series(DAYS), date(2026, 12, 1)) == found[1]
    assert singles.on_day(series(DAYS), date(2026, 12, 2)) is None


def test_what_one_of_them_has_of_its_own():
    item = series(exceptions=Exceptions((date(2026, 11, 25),), (TO_FRIDAY,)), subject="Call")
    found = {one.id: one for one in singles.in_window(item, WINDOW)}
    assert set(found) == {"R1#2026-12-02", "R1#2026-12-09"}
    own = found["R1#2026-12-02"]
    assert (own.fields["subject"], own.when) == ("X", When("2026-12-04T09:00:00Z", "2026-12-04T10:00:00Z"))
    assert found["R1#2026-12-09"].fields["subject"] == "Call"
    # it has its day's name wherever it is now, and where it was moved to it has none
    assert singles.on_day(item, date(2026, 12, 2)) == own
    assert [singles.on_day(item, date(2026, *day)) for day in ((11, 25), (12, 4))] == [None, None]
    assert singles.on_day(item, date(2026, 12, 9)) == found["R1#2026-12-09"]


def test_a_series_that_does_not_tell_all_is_not_taken_apart():
    assert singles.readable(series())
    assert not singles.readable(right("R1", when=TOKYO))
    assert not singles.readable(series(TOKYO._replace(recurrence="now and then")))
    untold = series()
    assert not singles.readable(replace(untold, fields={n: v for n, v in untold.fields.items() if n != "exceptions"}))
    assert not singles.readable(replace(untold, fields={n: v for n, v in untold.fields.items() if n != "when"}))


def test_a_series_as_the_other_side_has_it():
    item = series(exceptions=Exceptions((date(2026, 11, 25),), (TO_FRIDAY,)))
    assert (
        singles.without(item, [date(2026, 12, 9)]).fields["exceptions"]
        == Exceptions(tuple(date.fromisoformat(day) for day in ALL)).text
    )


# what is written to them


def written(item: Item, day: str, values: dict[str, Any] | None) -> Exceptions:
    return Exceptions.parse(str(singles.written_to(item, {date.fromisoformat(day): values})["exceptions"]))


def test_new_values_become_a_changed_occurrence():
    item = series(exceptions=Exceptions((date(2026, 11, 25),)), subject="Call")
    now = written(item, "2026-12-09", {"subject": "Other", "when": at(10, 8, 12)})
    assert now == Exceptions(
        (date(2026, 11, 25),),
        (
            moved(
                "2026-12-09",
                datetime(2026, 12, 10, 8, tzinfo=UTC),
                datetime(2026, 12, 10, 9, tzinfo=UTC),
                subject="Other",
            ),
        ),
    )
    # what it had of its own it keeps, and what is as the series has it is no value of its own
    item = series(exceptions=Exceptions((), (TO_FRIDAY,)), subject="Call")
    [one] = written(item, "2026-12-02", {"location": "York"}).changed
    assert (one.start, dict(one.fields)) == (TO_FRIDAY.start, {"subject": "X", "location": "York"})
    [one] = written(item, "2026-12-02", {"subject": "Call"}).changed
    assert dict(one.fields) == {}
    [one] = written(series(DAYS), "2026-12-01", {"when": When("2026-12-03", "2026-12-03", True)}).changed
    assert (one.start, one.end) == (date(2026, 12, 3), date(2026, 12, 3))


def test_what_is_deleted_is_taken_out():
    item = series(exceptions=Exceptions((date(2026, 11, 25),), (TO_FRIDAY,)))
    assert written(item, "2026-12-02", None) == Exceptions((date(2026, 11, 25), date(2026, 12, 2)))
    assert written(item, "2026-12-09", None).changed == (TO_FRIDAY,)
    # one that is not there any more gets no values
    assert written(item, "2026-11-25", {"subject": "x"}) == Exceptions((date(2026, 11, 25),), (TO_FRIDAY,))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"private": True, "attachments": ()}, "one occurrence of a series cannot have its own private, attachments"),
        ({"when": None}, "it has no time"),
    ],
)
def test_what_one_occurrence_cannot_have_is_said(values, words):
    with pytest.raises(ValueError, match=f"^{words}$"):
        singles.written_to(series(), {date(2026, 12, 2): values})


def test_of_what_crosses_by_itself_a_series_keeps_its_own():
    """The series is written as the other side sees it, without the occurrences that cross by themselves."""
    raw = series(exceptions=Exceptions((), (TO_FRIDAY,)))
    as_seen = singles.without(raw, [])
    wanted = Exceptions((date(2026, 12, 2), date(2026, 12, 9))).text
    assert Exceptions.parse(singles.taken_out(raw, as_seen, wanted)) == Exceptions((date(2026, 12, 9),), (TO_FRIDAY,))


# the choice


def chosen(mode: Singles = Singles.OCCURRENCES, source: Item | None = None, other: str = "") -> Ignore:
    return singles.choice(mode, source or series(), other, "row", "why", MADE_AT)


@pytest.mark.parametrize("side", list(SideName))
def test_what_memory_keeps_of_it(side):
    source = series() if side is OL else repeated(SF, "L1")
    kept = chosen(Singles.CHANGED_ONES, source, "across")
    assert (kept.row_id, kept.mode, kept.since, kept.title, kept.reason) == (
        "row", Singles.CHANGED_ONES, MADE_AT, source.title, "why",
    )  # fmt: skip
    halves = [(kept.left_id, kept.left_digest, kept.left), (kept.right_id, kept.right_digest, kept.right)]
    mine, theirs = halves[:: 1 if side is SF else -1]
    assert mine == (source.id, source.digest, source.fields)
    assert theirs == ("across", "", {})
    links = [
        link(f"{source.id}#{day}", f"X{n}") if side is SF else link(f"X{n}", f"{source.id}#{day}")
        for n, day in enumerate(ALL)
    ]
    assert singles.of_choice(kept, [*links, link("L8", "R8"), link("L7#2026-11-25", "R7")]) == links
    assert singles.of_choice(Ignore("row", IgnoreMode.ONCE, "", "", right_id="R1"), links) == []


def test_the_links_of_what_crosses_by_itself_end_with_the_choice():
    links = [link("L1", "R1"), link("L2", "R2")]
    assert singles.ended_by([chosen(other="L1")], links) == links[:1]
    assert singles.ended_by([chosen(Singles.CHANGED_ONES, other="L1")], links) == []


def test_a_reading_has_occurrences_in_the_place_of_what_was_chosen():
    reading = Reading((right("R0"), series(), replace(series(), id="R2"), right("R3")), complete=False)
    seen = singles.as_chosen(reading, Chosen.of([chosen()], []), WINDOW)
    assert [i.id for i in seen.items] == ["R0", *(f"R1#{day}" for day in ALL), "R2", "R3"]
    assert not seen.complete
    assert singles.as_chosen(reading, Chosen.of([], []), WINDOW) is reading
    strange = Reading((series(TOKYO._replace(recurrence="now and then")),))
    assert singles.as_chosen(strange, Chosen.of([chosen()], []), WINDOW).items == strange.items


def test_of_a_series_whose_other_half_was_deleted_only_what_is_to_come_crosses():
    """What was before is still there: Salesforce keeps what is past of a series."""
    past = When("2026-11-10T15:00:00Z", "2026-11-10T16:00:00Z", False, "FREQ=WEEKLY;BYDAY=WE;COUNT=4", "Asia/Tokyo")
    item = series(past)
    seen = Chosen.of([chosen(source=item, other="L1")], []).view([item], WINDOW)
    assert [one.id for one in seen] == ["R1#2026-11-25", "R1#2026-12-02"]
    # unless it crosses already
    seen = Chosen.of([chosen(source=item, other="L1")], [link("L5", "R1#2026-11-11")]).view([item], WINDOW)
    assert [one.id for one in seen] == ["R1#2026-11-11", "R1#2026-11-25", "R1#2026-12-02"]
    seen = Chosen.of([chosen(source=item)], []).view([item], WINDOW)
    assert len(seen) == 4


def test_of_changed_ones_the_rest_crosses_as_a_series():
    item = series(exceptions=Exceptions((), (TO_FRIDAY,)))
    known = Chosen.of([chosen(Singles.CHANGED_ONES, item)], [link("L5", "R1#2026-12-09"), link("L1", "R1")], [item])
    whole, *ones = known.view([item], WINDOW)
    assert (whole.id, whole.fields["exceptions"]) == ("R1", Exceptions((date(2026, 12, 2), date(2026, 12, 9))).text)
    assert [one.id for one in ones] == ["R1#2026-12-02", "R1#2026-12-09"]
    assert known.whole(item) == whole
    assert Chosen.of([chosen()], []).whole(item) is item
    assert known.whole(replace(item, id="R2")).fields == item.fields


def test_what_both_halves_of_a_series_have_changed_is_part_of_the_series():
    item = series(exceptions=Exceptions((), (TO_FRIDAY,)))
    half = repeated(SF, "L1", exceptions=item.fields["exceptions"])
    links = [link("L5", "R1#2026-12-09"), link("L1", "R1")]
    _, *ones = Chosen.of([chosen(Singles.CHANGED_ONES, item)], links, [item, half]).view([item], WINDOW)
    assert [one.id for one in ones] == ["R1#2026-12-09"]
    # a half that does not tell its occurrences says nothing of them
    untold = replace(half, fields={n: v for n, v in half.fields.items() if n != "exceptions"})
    _, *ones = Chosen.of([chosen(Singles.CHANGED_ONES, item)], links, [item, untold]).view([item], WINDOW)
    assert [one.id for one in ones] == ["R1#2026-12-02", "R1#2026-12-09"]


def test_the_choice_is_found_in_links_and_marks_where_memory_lost_it():
    item = series()
    assert Chosen.of([], [link("L5", "R1#2026-12-02")], [item]).modes == {"R1": Singles.OCCURRENCES}
    both = [link("L5", "R1#2026-12-02"), link("L1", "R1")]
    assert Chosen.of([], both, [item]).modes == {"R1": Singles.CHANGED_ONES}
    source = repeated(SF, "L1")
    copy = right("R5", mark=make_mark("L1#2026-11-25", "n"))
    assert Chosen.of([], [], [source, copy]).modes == {"L1": Singles.OCCURRENCES}
    assert Chosen.of([], [], [copy]).modes == {}
    assert Chosen.of([], [link("L1", "R1")], [source, copy]).modes == {}
    assert Chosen.of([Ignore("row", IgnoreMode.FOREVER, "", "x", right_id="R1")], [], [item]).modes == {}


@pytest.mark.parametrize("side", list(SideName))
def test_a_series_under_another_id_is_known_by_what_it_is(side):
    source = series() if side is OL else repeated(SF, "L1")
    again = replace(source, id="again", fields={**source.fields, "notes": "typed since"})
    found = Chosen.of([chosen(source=source)], [], [again])
    assert found.modes == {"again": Singles.OCCURRENCES}
    [(row_id, kept)] = found.renamed
    assert (row_id, kept.right_id if side is OL else kept.left_id) == ("row", "again")
    assert (kept.left_id if side is OL else kept.right_id) == ""
    for others in ([source, again], [again, replace(again, id="third")], [replace(again, series=False)], []):
        assert Chosen.of([chosen(source=source)], [], others).renamed == ()
    for other in ({"subject": "other"}, {"when": TOKYO._replace(zone="Asia/Seoul")}):
        assert Chosen.of([chosen(source=source)], [], [replace(again, fields={**again.fields, **other})]).renamed == ()


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (Sighting(Fate.DELETED, None, "gone"), Sighting(Fate.DELETED, None, "gone")),
        (Sighting(Fate.MOVED, series(), "away"), Sighting(Fate.MOVED, None, "away")),
        (Sighting(Fate.HERE, None), Sighting(Fate.HERE, None)),
        (
            Sighting(Fate.HERE, right("R1")),
            Sighting(Fate.UNREADABLE, None, "the occurrences of its series cannot be told"),
        ),
        (Sighting(Fate.HERE, right("R1", locked="old")), Sighting(Fate.UNREADABLE, None, "old")),
        (Sighting(Fate.HERE, series(exceptions=Exceptions((date(2026, 12, 2),)))), Sighting(Fate.DELETED)),
    ],
)
def test_what_became_of_one_follows_from_its_series(of, expected):
    assert Chosen().sighting(date(2026, 12, 2), of) == expected
    here = Chosen().sighting(date(2026, 12, 2), Sighting(Fate.HERE, series()))
    assert (here.fate, here.item) == (Fate.HERE, singles.on_day(series(), date(2026, 12, 2)))


# a few weeks with them


@pytest.mark.parametrize("source", list(SideName))
def test_they_move_change_and_vanish_with_their_series_and_it_with_them(source):
    world = World()
    here, there = world.side(source), world.side(source.other)
    there.limits = LIMITS
    whole = here.put({**fields(subject="Call"), "when": TOKYO})
    review = Review.of(world.plan())
    assert world.run(review.as_single_events([review.rows()[0].id], MADE_AT)).clean
    days = {str(i.when.start)[:10]: i for i in there.items.values() if i.when}
    assert sorted(days) == ["2026-11-24", "2026-12-01", "2026-12-08"]
    assert world.plan().rows == ()
    # a person moves one of them, and deletes another
    there.edit(days["2026-12-01"].id, when=at(4, 9, 12), notes="typed there")
    del there.items[days["2026-12-08"].id]
    assert world.sync().clean
    now = Exceptions.parse(str(here.items[whole.id].fields["exceptions"]))
    assert now.deleted == (date(2026, 12, 9),)
    [one] = now.changed
    assert (one.original, one.start, dict(one.fields)) == (
        date(2026, 12, 2), datetime(2026, 12, 4, 9, tzinfo=UTC), {"notes": "typed there"},
    )  # fmt: skip
    assert world.plan().rows == ()
    # the series gets other words, which reach all of them that have none of their own
    here.edit(whole.id, subject="Renamed", notes="for all")
    assert world.sync().clean
    assert sorted((i.title, i.fields["notes"]) for i in there.items.values()) == [
        ("Renamed", "for all"),
        ("Renamed", "typed there"),
    ]
    del here.items[whole.id]
    assert {r.recommended for r in world.plan().rows} == {
        Action.DELETE_FROM_SALESFORCE if source is OL else Action.DELETE_FROM_OUTLOOK
    }
    assert world.run(Review.of(world.plan()).confirm(0, "2") if world.plan().guards else Review.of(world.plan())).clean
    assert not there.items
    assert world.plan().rows == ()

"""What is offered where a series cannot cross: in which words, with which occurrences, and what memory will keep."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from support.build import MADE_AT, OL, SF, TOKYO, all_day, at, event, gone, link, only, picture, plan, repeated

from sync_core.items import Item, SideName, When
from sync_core.pairing import Link
from sync_core.plan import Action, Plan, Row, Singles, Situation, State
from sync_core.recurrence import ChangedOccurrence, Exceptions
from sync_core.review import Review
from sync_core.sides import Fate, Limits, Operation, Sighting

LONDON = When("2026-11-24T15:00:00Z", "2026-11-24T16:00:00Z", False, "FREQ=WEEKLY;BYDAY=TU;COUNT=3", "Europe/London")
LIMITS = Limits(series_zone="Europe/London", fixed_pattern=True, no_changed_occurrences="")
BOTH = pytest.mark.parametrize("source", list(SideName))


def item_id(side: SideName, number: int = 1) -> str:
    return f"{'L' if side is SF else 'R'}{number}"


def series(side: SideName, when: When = TOKYO, number: int = 1, **values: Any) -> Item:
    return repeated(side, item_id(side, number), when, **values)


def changed(*days: int) -> str:
    """The series in December with occurrences of these days moved to the evening."""
    return Exceptions(
        (),
        tuple(
            ChangedOccurrence(
                date(2026, 12, day), datetime(2026, 12, day, 18, tzinfo=UTC), datetime(2026, 12, day, 19, tzinfo=UTC)
            )
            for day in days
        ),
    ).text


def planned(source: SideName, here: list[Item], there: list[Item], links: list[Link] = [], **of: Any) -> Plan:  # noqa: B006
    """A plan where the side across from `source` takes no series of another zone and no changed occurrence."""
    mine = picture(source, here)
    across = picture(source.other, there, of.pop("sightings", None), limits=LIMITS, **of)
    return plan(*((mine, across) if source is SF else (across, mine)), links)


def halves(row: Row, source: SideName) -> tuple[str, str]:
    """The ids of a row's items: that of the side of the series first."""
    mine, theirs = row.item(source), row.item(source.other)
    return mine.id if mine else "", theirs.id if theirs else ""


@BOTH
@pytest.mark.parametrize(("count", "what"), [(1, "its occurrence"), (2, "its 2 occurrences"), (3, "its 3 occurrences")])
def test_all_occurrences_are_offered_and_counted(source, count, what):
    one = series(source, TOKYO._replace(recurrence=f"FREQ=WEEKLY;BYDAY=WE;COUNT={count}"))
    row = only(planned(source, [one], []))
    why = row.blocks[source.other, Operation.CREATE]
    assert "its time zone, Asia/Tokyo" in why
    assert row.reason == (
        f"only in {source.label}; {what} of these days can cross as single events (menu), or leave it out"
    )
    assert row.offer is not None
    days = ["2026-11-25", "2026-12-02", "2026-12-09"][:count]
    assert [halves(part, source) for part in row.offer.parts] == [(f"{one.id}#{day}", "") for day in days]
    assert {part.state for part in row.offer.parts} == {State.READY}
    kept = row.offer.choice
    assert (kept.row_id, kept.mode, kept.reason, kept.since) == (
        row.id,
        Singles.OCCURRENCES,
        f"only in {source.label}",
        "",
    )
    assert (kept.left_id, kept.right_id) == ((one.id, "") if source is SF else ("", one.id))


@BOTH
@pytest.mark.parametrize("first", [True, False])
def test_a_series_that_crosses_in_part_is_new_only_where_something_was_synced_before(source, first):
    """Before the first sync nothing is new: it is on one side, and may have been there for years."""
    links = [] if first else [link(subject="Lunch", when=at(9))]
    pair = [event(side, item_id(side), subject="Lunch", when=at(9)) for side in (source, source.other)]
    here, there = ([], []) if first else ([pair[0]], [pair[1]])
    one = series(source, LONDON, number=2, exceptions=changed(1))
    row = only(planned(source, [*here, one], there, links))
    assert row.offer is not None
    whole = next(part for part in row.offer.parts if part.item(source).id == one.id)
    assert whole.reason == (
        f"only in {source.label}" if first else f"new in {source.label}, not in {source.other.label}"
    )


@BOTH
@pytest.mark.parametrize(
    ("days", "what"),
    [((1,), "its changed occurrence"), ((1, 8), "its 2 changed occurrences")],
)
@pytest.mark.parametrize("known", [False, True])
def test_changed_occurrences_are_offered_and_the_rest_stays_a_series(source, days, what, known):
    one = series(source, LONDON, exceptions=changed(*days))
    there = [series(source.other, LONDON)] if known else []
    links = [link(when=LONDON, exceptions="")] if known else []
    row = only(planned(source, [one], there, links))
    end = "can cross as single events, and the rest as a series (menu), or leave it out"
    assert row.reason.endswith(f"; {what} {end}")
    assert row.offer is not None
    kept = row.offer.choice
    assert kept.mode is Singles.CHANGED_ONES
    assert row.reason == f"{kept.reason}; {what} {end}"
    across = item_id(source.other) if known else ""
    assert (kept.left_id, kept.right_id) == ((one.id, across) if source is SF else (across, one.id))
    whole = next(part for part in row.offer.parts if part.item(source).id == one.id)
    assert (halves(whole, source), whole.linked) == ((one.id, across), known)
    assert [halves(part, source) for part in row.offer.parts if part is not whole] == [
        (f"{one.id}#2026-12-{day:02}", "") for day in days
    ]


@BOTH
def test_a_pair_that_nobody_knew_is_still_no_known_pair(source):
    """Twins by their key, and one of them with changed occurrences: as a whole they are twins again."""
    one, other = series(source, LONDON, exceptions=changed(1)), series(source.other, LONDON)
    [row] = planned(source, [one], [other]).rows
    assert row.offer is not None
    whole = next(part for part in row.offer.parts if part.item(source).id == one.id)
    assert (halves(whole, source), whole.linked) == ((one.id, other.id), False)
    assert whole.situation in {Situation.TWIN_DIFFERENT, Situation.TWIN_EQUAL}
    assert (row.offer.choice.left_id, row.offer.choice.right_id) == ("L1", "R1")


@BOTH
def test_the_mark_and_what_was_agreed_on_go_with_the_series(source):
    mark = "hs1:L1:n"
    one = series(source, LONDON, exceptions=changed(1), notes="new", **({"mark": mark} if source is OL else {}))
    other = series(source.other, LONDON, **({"mark": mark} if source is SF else {}))
    known = link(mark=mark, when=LONDON, exceptions="")
    row = only(planned(source, [one], [other], [known]))
    assert row.offer is not None
    whole = next(part for part in row.offer.parts if part.item(source).id == one.id)
    assert (whole.link_ids, whole.mark, whole.baseline, whole.kind) == (("L1", "R1"), mark, known.baseline, row.kind)
    assert {change.name for change in whole.changes if change.verdict.value != "same"} >= {"notes"}


@BOTH
def test_of_a_series_that_was_deleted_across_only_what_is_to_come_is_offered(source):
    """What is past of it is still there: an occurrence of the day of the plan counts as to come."""
    when = When("2026-11-10T15:00:00Z", "2026-11-10T16:00:00Z", False, "FREQ=WEEKLY;BYDAY=WE;COUNT=4", "Asia/Tokyo")
    one = series(source, when, notes="new")
    dead = item_id(source.other)
    row = only(planned(source, [one], [], [link(when=when, exceptions="")], sightings=gone(dead)))
    assert row.situation is Situation.GONE_CHANGED
    assert row.offer is not None
    assert MADE_AT.startswith("2026-11-22")
    days = ["2026-11-25", "2026-12-02"]
    assert [halves(part, source) for part in row.offer.parts] == [(f"{one.id}#{day}", "") for day in days]
    kept = row.offer.choice
    assert (kept.left_id, kept.right_id) == ("L1", "R1")


def test_a_whole_day_that_ends_today_is_still_to_come():
    # two days of a month are no series in Outlook: yesterday, today, and the same days of December
    when = all_day(21)._replace(recurrence="FREQ=MONTHLY;BYMONTHDAY=21,22;COUNT=4")
    one = series(SF, when, notes="new")
    row = only(planned(SF, [one], [], [link(when=when, exceptions="")], sightings=gone("R1")))
    assert row.offer is not None
    days = ["2026-11-22", "2026-12-21", "2026-12-22"]
    assert [halves(part, SF) for part in row.offer.parts] == [(f"L1#{day}", "") for day in days]


@BOTH
def test_the_series_comes_back_whole_where_only_its_changes_cannot_cross(source):
    known = link(when=LONDON, exceptions="")
    one = series(source, LONDON, exceptions=changed(1))
    row = only(planned(source, [one], [], [known], sightings=gone(item_id(source.other))))
    assert row.offer is not None
    whole = next(part for part in row.offer.parts if part.item(source).id == one.id)
    assert (whole.link_ids, whole.linked, whole.baseline) == (("L1", "R1"), True, known.baseline)
    assert whole.situation is Situation.GONE_CHANGED


@BOTH
@pytest.mark.parametrize("lock", ["source", "window", "prevented", "unreadable"])
def test_where_nothing_is_offered(source, lock):
    one = series(source)
    options: dict[str, Any] = {}
    links: list[Link] = []
    if lock == "source":
        one = replace(one, locked="of somebody else")
    elif lock == "window":
        links = [link(when=TOKYO, exceptions="")]
        options["sightings"] = {item_id(source.other): Sighting(Fate.MOVED)}
    elif lock == "prevented":
        options["refused"] = {Operation.CREATE: "not permitted"}
    else:
        one = replace(one, fields={n: v for n, v in one.fields.items() if n != "exceptions"})
    row = only(planned(source, [one], [], links, **options))
    assert row.offer is None
    assert "single events" not in row.reason


@BOTH
def test_single_events_on_the_days_of_two_series_are_asked_about(source):
    """Each belongs to its own series; what lies on no occurrence, or is known, is left alone."""
    alone = TOKYO._replace(recurrence="", zone="")
    ones = [series(source), series(source, number=2, subject="Call")]
    there = [
        event(source.other, item_id(source.other, 1), when=alone),
        event(source.other, item_id(source.other, 2), when=alone, subject="Call"),
        event(source.other, item_id(source.other, 3), when=at(9)),
    ]
    made = planned(source, ones, there)
    single = {halves(row, source)[1]: row for row in made.rows if row.item(source.other) is not None}
    assert [single[i.id].situation for i in there] == [Situation.AMBIGUOUS, Situation.AMBIGUOUS, Situation.NEW]
    assert f"“Call” in {source.label}" in single[there[1].id].reason
    assert f"“Budget 2027” in {source.label}" in single[there[0].id].reason
    offers = {halves(row, source)[0]: row for row in made.rows if row.offer is not None}
    for one, theirs in zip(ones, there, strict=False):
        offer = offers[one.id].offer
        assert offer is not None
        assert offer.absorbs == (single[theirs.id].id,)
        assert (f"{one.id}#2026-11-25", theirs.id) in [halves(part, source) for part in offer.parts]
    taken = Review.of(made).as_single_events([row.id for row in made.rows], MADE_AT)
    writes = taken.counts().actions
    create = Action.CREATE_IN_OUTLOOK if source is SF else Action.CREATE_IN_SALESFORCE
    assert writes[create] == 4


@BOTH
def test_what_is_known_or_in_question_already_stays_as_it_is(source):
    """A pair of single events at the time of an occurrence belongs together, whatever became of the series."""
    alone = TOKYO._replace(recurrence="", zone="")
    known = link("L5", "R5", when=alone)
    pair = [event(side, item_id(side, 5), when=alone, notes=side.value) for side in (source, source.other)]
    made = planned(source, [series(source), pair[0]], [pair[1]], [known])
    both = next(row for row in made.rows if row.left is not None and row.right is not None)
    assert both.situation is Situation.CONFLICT
    [offer] = [row.offer for row in made.rows if row.offer is not None]
    assert offer.absorbs == ()
    assert [halves(part, source)[1] for part in offer.parts] == ["", "", ""]

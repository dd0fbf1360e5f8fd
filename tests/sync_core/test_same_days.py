"""A rule in other words is no change: "12 times" on one side, "until 10 February" on the other, and the same days."""

from __future__ import annotations

from typing import Any

import pytest
from support.build import CAL, OL, SF, event, fields, left, only, plan, right
from support.model import World

from sync_core.compare import Baseline, Verdict, alike, compare, merged_baseline
from sync_core.ignores import ignore_for
from sync_core.items import Fields, When
from sync_core.pairing import Link
from sync_core.plan import Action, IgnoreMode, Situation, State
from sync_core.report import Result
from sync_core.review import Review
from sync_core.series import cannot_update, rule_of, same_days
from sync_core.sides import Limits
from sync_core.verify import same_content

LONDON = "Europe/London"
# twelve Mondays, the last of them 8 February
TIMES = When("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z", False, "FREQ=WEEKLY;BYDAY=MO;COUNT=12", LONDON)
UNTIL = TIMES._replace(recurrence="FREQ=WEEKLY;BYDAY=MO;UNTIL=20270210")
SHORTER = TIMES._replace(recurrence="FREQ=WEEKLY;BYDAY=MO;COUNT=11")
ENDLESS = TIMES._replace(recurrence="FREQ=WEEKLY;BYDAY=MO")
LATER = {"start": "2026-11-23T13:00:00Z", "end": "2026-11-23T14:00:00Z"}


def series_of(when: When, **values: Any) -> dict[str, Any]:
    return fields(when=when, **values)


def verdicts(base: tuple[When, When], left_when: When, right_when: When) -> list[Verdict]:
    known = Baseline({"when": base[0]}, {"when": base[1]})
    return [c.verdict for c in compare(CAL, known, {"when": left_when}, {"when": right_when})]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (TIMES, UNTIL, True),
        (TIMES, SHORTER, False),
        # the end is the last day that there is, not the day that somebody gave as the end
        (UNTIL, UNTIL._replace(recurrence="FREQ=WEEKLY;BYDAY=MO;UNTIL=20270214"), True),
        (UNTIL, UNTIL._replace(recurrence="FREQ=WEEKLY;BYDAY=MO;UNTIL=20270215"), False),
        # at another time, in another zone or for whole days it is another series
        (TIMES, UNTIL._replace(end="2026-11-23T11:30:00Z"), False),
        (TIMES, UNTIL._replace(start="2026-11-23T10:30:00Z"), False),
        (TIMES, UNTIL._replace(zone="Europe/Paris"), False),
        (TIMES, UNTIL._replace(all_day=True), False),
        # a single event is no series, and a text that is no rule has no days
        (TIMES, TIMES._replace(recurrence=""), False),
        (TIMES, TIMES._replace(recurrence="every Monday, I think"), False),
        (TIMES._replace(start="soon"), UNTIL._replace(start="soon"), False),
        (TIMES._replace(zone="Nowhere/Land"), UNTIL._replace(zone="Nowhere/Land"), False),
        (None, TIMES, False),
        (None, None, True),
        ("Leeds", "York", False),
    ],
)
def test_what_means_the_same(one: Any, other: Any, same: bool) -> None:
    assert alike(one, other) is same
    assert alike(other, one) is same


@pytest.mark.parametrize(
    ("when", "rule"),
    [
        (TIMES, "FREQ=WEEKLY;BYDAY=MO;UNTIL=20270208"),
        (UNTIL, "FREQ=WEEKLY;BYDAY=MO;UNTIL=20270208"),
        # the day of the week is that of the first event, and the end is the last day that there is
        (TIMES._replace(recurrence="FREQ=WEEKLY;COUNT=12"), "FREQ=WEEKLY;BYDAY=MO;UNTIL=20270208"),
        (TIMES._replace(recurrence="FREQ=WEEKLY;BYDAY=MO;UNTIL=20270208"), "FREQ=WEEKLY;BYDAY=MO;UNTIL=20270208"),
        (TIMES._replace(recurrence="FREQ=WEEKLY;UNTIL=20270214"), "FREQ=WEEKLY;BYDAY=MO;UNTIL=20270208"),
        (ENDLESS, "FREQ=WEEKLY;BYDAY=MO"),
        (TIMES._replace(recurrence="FREQ=DAILY;INTERVAL=7"), "FREQ=WEEKLY;BYDAY=MO"),
        # the days are those of its own zone: its first event is on a Tuesday there
        (
            TIMES._replace(start="2026-11-23T20:00:00Z", recurrence="FREQ=WEEKLY;COUNT=2", zone="Asia/Tokyo"),
            "FREQ=WEEKLY;BYDAY=TU;UNTIL=20261201",
        ),
        (TIMES._replace(recurrence=""), ""),
        # what nobody can place stays as it is
        (TIMES._replace(recurrence="every Monday, I think"), "every Monday, I think"),
        (TIMES._replace(start="soon"), TIMES.recurrence),
        (TIMES._replace(zone="Nowhere/Land"), TIMES.recurrence),
        (TIMES._replace(start="0001-01-01T00:00:00Z", zone="America/New_York"), TIMES.recurrence),
        (TIMES._replace(recurrence="FREQ=DAILY;UNTIL=20261101"), "FREQ=DAILY;UNTIL=20261101"),
    ],
)
def test_one_form_for_all_ways_to_say_a_rule(when: When, rule: str) -> None:
    assert rule_of(when) == rule


def test_series_fall_on_the_same_days_whatever_their_words_are() -> None:
    assert same_days(ENDLESS, ENDLESS._replace(recurrence="FREQ=WEEKLY"))
    # another hour is no other day
    assert same_days(ENDLESS, ENDLESS._replace(**LATER))
    # single events on one day
    assert same_days(ENDLESS._replace(recurrence=""), ENDLESS._replace(recurrence=""))
    odd = ENDLESS._replace(recurrence="now and then")
    assert same_days(odd, odd), "the same text means the same, whatever it means"
    for other in (
        ENDLESS._replace(recurrence="FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"),
        ENDLESS._replace(start="2026-11-30T10:00:00Z", end="2026-11-30T11:00:00Z"),
        ENDLESS._replace(zone="Europe/Paris"),
        odd,
        When("2026-11-23", "2026-11-24", True, ENDLESS.recurrence),
    ):
        assert not same_days(ENDLESS, other), other


def test_a_series_of_which_nobody_knows_the_first_day_is_like_itself_alone() -> None:
    soon = TIMES._replace(start="soon")
    assert same_days(soon, soon._replace(end="later"))
    assert not same_days(soon, soon._replace(recurrence=UNTIL.recurrence))
    assert not same_days(soon, soon._replace(start="sooner"))
    # and so is one of which nobody knows the rule: another hour of it is no other series
    strange = TIMES._replace(recurrence="every Monday, I think")
    assert same_days(strange, strange._replace(**LATER))
    assert not same_days(TIMES, When("2026-11-23", "2026-11-23", True, TIMES.recurrence, LONDON))


def test_a_linked_pair_may_hold_its_rule_in_two_ways() -> None:
    assert verdicts((TIMES, UNTIL), TIMES, UNTIL) == []
    # a server writes the rule in other words, on one side or on both
    assert verdicts((TIMES, TIMES), UNTIL, TIMES) == []
    assert verdicts((TIMES, TIMES), UNTIL, UNTIL) == []
    # what is really changed is seen, and both may change it to the same
    later = TIMES._replace(**LATER)
    assert verdicts((TIMES, UNTIL), TIMES, SHORTER) == [Verdict.RIGHT]
    assert verdicts((TIMES, UNTIL), later, UNTIL) == [Verdict.LEFT]
    assert verdicts((SHORTER, SHORTER), TIMES, UNTIL) == [Verdict.SAME]
    assert verdicts((TIMES, UNTIL), SHORTER, later) == [Verdict.BOTH]


def test_each_side_keeps_its_own_words_for_the_rule() -> None:
    known = merged_baseline(CAL, Baseline({}, {}), series_of(TIMES), series_of(UNTIL), {})
    assert (known.left["when"], known.right["when"]) == (TIMES, UNTIL)


def test_the_same_series_made_by_hand_on_both_sides_is_linked_and_not_doubled() -> None:
    both: dict[str, Any] = {"series": True, "exceptions": ""}
    mine, theirs = event(SF, "L1", **both, when=TIMES), event(OL, "R1", **both, when=UNTIL)
    row = only(plan([mine], [theirs]))
    assert (row.situation, row.action) == (Situation.TWIN_EQUAL, Action.LINK)
    # where several bear its name at its time, they are told apart by the rest, whatever the words of their rules
    more = [
        event(SF, "L2", **both, when=TIMES, location="7"),
        event(OL, "R2", **both, when=UNTIL, location="7"),
    ]
    rows = plan([mine, more[0]], [theirs, more[1]]).rows
    assert {(r.left.id, r.right.id, r.action) for r in rows if r.left and r.right} == {
        ("L1", "R1", Action.LINK),
        ("L2", "R2", Action.LINK),
    }


def test_a_series_of_the_same_name_and_time_with_other_days_is_asked_about_and_not_doubled() -> None:
    mine, theirs = event(SF, "L1", when=TIMES, series=True), event(OL, "R1", when=SHORTER, series=True)
    rows = plan([mine], [theirs]).rows
    assert {(row.situation, row.action) for row in rows} == {(Situation.AMBIGUOUS, Action.CONFLICT)}
    assert [[one.id for one in row.rivals] for row in rows if row.left] == [["R1"]]
    assert all("which one?" in row.reason for row in rows)
    # at another hour it is another series; so is one of another name, and a single event is none
    apart = [SHORTER._replace(**LATER), TIMES._replace(recurrence="", zone="")]
    for other in (event(OL, "R1", when=when, series=bool(when.recurrence)) for when in apart):
        assert {row.situation for row in plan([mine], [other]).rows} == {Situation.NEW}
    named = event(OL, "R1", when=SHORTER, subject="Budget 2028", series=True)
    assert {row.situation for row in plan([mine], [named]).rows} == {Situation.NEW}
    # nor is one of which nobody knows the name
    unknown = [
        event(side, "1", when=when, series=True, without=["subject"]) for side, when in ((SF, TIMES), (OL, SHORTER))
    ]
    assert {row.situation for row in plan(unknown[:1], unknown[1:]).rows} == {Situation.NEW}


def test_it_is_linked_without_a_write_and_stays_quiet() -> None:
    world = World()
    world.left.put(series_of(TIMES))
    world.right.put(series_of(UNTIL))
    assert world.sync().clean
    assert world.left.writes == world.right.writes == []
    again = world.plan()
    assert (again.rows, again.in_sync) == ((), 1)
    assert [i.when for s in (world.left, world.right) for i in s.items.values()] == [TIMES, UNTIL]


def until_for_times(given: Fields) -> Fields:
    """A server that keeps the day on which a series ends, and not how many times it happens."""
    when = given["when"]
    assert isinstance(when, When)
    return {**given, "when": when._replace(recurrence=when.recurrence.replace("COUNT=12", "UNTIL=20270208"))}


def test_a_server_that_keeps_the_last_day_writes_nothing_differently() -> None:
    world = World()
    world.right.normalise = until_for_times
    world.left.put(series_of(TIMES))
    report = world.sync()
    assert [(row.result, row.message) for row in report.rows] == [(Result.DONE, "")]
    made = next(iter(world.right.items.values()))
    assert made.when is not None
    assert made.when.recurrence.endswith("UNTIL=20270208")
    assert world.plan().rows == ()
    # another hour crosses back, and the rule with it does not
    world.right.edit(made.id, when=made.when._replace(**LATER))
    assert world.sync().clean
    assert world.plan().rows == ()


def test_other_words_between_review_and_run_are_no_change() -> None:
    world = World()
    world.left.put(series_of(TIMES))
    world.right.put(series_of(TIMES))
    world.sync()
    world.left.edit("S0001", location="York")
    review = Review.of(world.plan())
    world.right.edit("O0001", when=UNTIL)
    world.left.edit("S0001", when=UNTIL)
    assert [row.result for row in world.run(review).rows] == [Result.DONE]
    assert world.plan().rows == ()
    assert not same_content({"when": TIMES}, {"when": SHORTER})


def test_a_run_that_was_cut_off_finds_what_it_did_in_other_words() -> None:
    world = World()
    world.right.normalise = until_for_times
    world.right.unanswered = lambda write: True
    world.left.put(series_of(TIMES))
    world.sync()
    world.right.unanswered = lambda write: False
    again = world.plan()
    assert (again.rows, again.in_sync) == ((), 1)


def test_a_run_is_taken_back_though_the_rule_is_in_other_words_by_now() -> None:
    world = World()
    world.left.put(series_of(TIMES))
    first = world.sync()
    (made,) = world.right.items
    world.right.edit(made, when=UNTIL)
    row = only(world.undo(first.run_id))
    assert row.action is Action.DELETE_FROM_OUTLOOK
    world.right.edit(made, when=SHORTER)
    assert "somebody changed when in Outlook since" in only(world.undo(first.run_id)).reason


def test_another_hour_is_taken_back_though_the_rule_is_in_other_words_by_now() -> None:
    world = World()
    world.left.put(series_of(TIMES))
    world.right.put(series_of(TIMES))
    world.sync()
    world.left.edit("S0001", when=TIMES._replace(**LATER))
    moved = world.sync()
    world.right.edit("O0001", when=UNTIL._replace(**LATER))
    row = only(world.undo(moved.run_id))
    assert (row.action, row.reason) == (Action.UPDATE_IN_OUTLOOK, "when in Outlook as before the run")


def test_a_no_holds_while_a_server_writes_the_rule_in_other_words() -> None:
    known = Link(CAL, "L1", "R1", Baseline(series_of(TIMES), series_of(TIMES)))
    row = only(plan([left(when=TIMES, subject="A")], [right(when=TIMES, subject="B")], [known]))
    no = {row.id: ignore_for(row, IgnoreMode.ONCE, "")}
    quiet = only(plan([left(when=TIMES, subject="A")], [right(when=UNTIL, subject="B")], [known], ignores=no))
    assert quiet.state is State.IGNORED_ONCE
    ended = only(plan([left(when=TIMES, subject="A")], [right(when=SHORTER, subject="B")], [known], ignores=no))
    assert "ignored until now: when changed in Outlook" in ended.reason


def test_deleted_on_one_side_and_in_other_words_on_the_other_is_deleted() -> None:
    world = World()
    world.left.put(series_of(TIMES))
    world.right.put(series_of(TIMES))
    world.sync()
    del world.left.items["S0001"]
    world.right.edit("O0001", when=UNTIL)
    assert only(world.plan()).situation is Situation.GONE
    world.right.edit("O0001", when=SHORTER)
    assert only(world.plan()).situation is Situation.GONE_CHANGED


def test_a_side_that_keeps_its_days_takes_another_hour_from_a_rule_in_other_words() -> None:
    fixed = Limits(series_zone=LONDON, fixed_pattern=True)
    assert cannot_update(SF, {"when": TIMES}, {"when": UNTIL._replace(**LATER)}, fixed) == ""
    why = cannot_update(SF, {"when": TIMES}, {"when": SHORTER._replace(**LATER)}, fixed)
    assert "keeps the days that a series was made with" in why

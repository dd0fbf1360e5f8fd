"""Act one: what the made-up company has in its two calendars before anybody compares them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sync_core.sandbox.world import CHANGED, NEW, STANDING, Situation
from sync_core.sandbox.world.situations import First

ACT_ONE = [s for s in (*CHANGED, *STANDING) if s.first is not First.NOWHERE]
TWINS = [s for s in ACT_ONE if s.first is First.BOTH and s.copies == (1, 1)]
by_name = pytest.mark.parametrize("situation", [pytest.param(s, id=s.name) for s in ACT_ONE])


def test_names_are_unique_and_say_what_they_are() -> None:
    names = [s.name for s in (*CHANGED, *STANDING, *NEW)]
    assert len(set(names)) == len(names)
    assert all(s.story for s in (*CHANGED, *STANDING, *NEW))


def test_about_seventy_events_on_each_side(told: Any) -> None:
    assert 60 <= len(told.rows()) <= 80
    assert 60 <= len(told.items()) <= 80


@by_name
def test_each_situation_is_where_it_says(told: Any, situation: Situation) -> None:
    entry = told.entry(situation.name)
    assert bool(entry.ids["salesforce"]) == (situation.first in (First.BOTH, First.SALESFORCE))
    assert bool(entry.ids["outlook"]) == (situation.first in (First.BOTH, First.OUTLOOK))
    if situation.series is None and not situation.folder and not situation.colleague:
        subject = entry.things["outlook"].subject
        assert sum((row["Subject"] or "") == subject for row in told.rows()) == situation.on("salesforce")
        assert sum(item.fields.get("subject", "") == subject for item in told.items()) == situation.on("outlook")


@pytest.mark.parametrize("situation", [pytest.param(s, id=s.name) for s in TWINS])
def test_twins_are_equal_in_every_neutral_field_but_what_the_situation_says(told: Any, situation: Situation) -> None:
    left, right = told.left(told.row(situation.name)), told.right(told.item(situation.name))
    assert {name for name in left if left[name] != right[name]} == set(situation.also)


def test_no_two_events_of_a_side_are_mistaken_for_each_other_unless_meant(told: Any) -> None:
    twice = {told.entry(n).things["outlook"].subject for n in ("duplicate_outlook", "duplicate_both")}
    for events in ([told.left(r) for r in told.rows()], [told.right(i) for i in told.items()]):
        counts = Counter((e["subject"], e["when"]) for e in events)
        assert {subject for (subject, _), n in counts.items() if n > 1} <= twice


def test_what_only_one_system_knows_is_there(told: Any) -> None:
    assert told.item("outlook_html").fields["body_type"] == "HTML"
    assert "<b>chapter 3</b>" in str(told.item("outlook_html").fields["body"])
    assert told.item("outlook_attachments").fields["attachments"][0][0] == "Tender 2291.pdf"
    assert told.item("outlook_confidential").fields["sensitivity"] == "Confidential"
    assert told.item("outlook_tentative").fields["show_as"] == "Tentative"
    assert told.item("twin_new_york").fields["start_zone"] == "Eastern Standard Time"
    assert told.item("twin_custom_zone").fields["start_zone"] == "tzone://Microsoft/Custom"
    invited = told.item("outlook_invited").fields
    assert invited["organizer"][1] != told.world.mailbox.smtp
    assert invited["my_response"] == "Accept"
    guest = told.item("outlook_organised").fields["required_attendees"][0]
    assert guest[1].endswith(".example.org")
    assert "{" not in repr(guest)


def test_series_have_an_exception_and_a_cancelled_meeting(told: Any) -> None:
    for name in ("outlook_weekly", "outlook_monthly"):
        master = told.item(name)
        assert master.item_type == "RecurringMaster"
        assert len(master.fields["modified_occurrences"]) == 1
        assert len(master.fields["deleted_occurrences"]) == 1
    rows = [row for row in told.rows() if row["IsRecurrence2"]]
    assert len(rows) == 4
    assert {row["Recurrence2PatternText"] for row in rows} != {None}


def test_far_away_and_old_events(told: Any) -> None:
    now = datetime.combine(told.world.today, datetime.min.time(), UTC)
    assert told.row("salesforce_past")["IsArchived"]
    assert told.row("salesforce_far")["StartDateTime"] > now + timedelta(days=400)
    assert told.item("outlook_far").fields["start"] > now + timedelta(days=700)


def test_it_is_last_week_there(told: Any) -> None:
    """The clock of both stores is a week behind; nothing was made later than that, nor before it was made."""
    world = told.world
    now = world.clock()
    assert timedelta(days=6) <= datetime.combine(world.today, datetime.max.time(), UTC) - now < timedelta(days=9)
    made = [row["CreatedDate"] for row in told.rows()] + [item.fields["created"] for item in told.items()]
    assert max(made) < now
    assert len(set(made)) > 50


@pytest.mark.parametrize("seed", [0, 7])
def test_the_same_seed_and_day_make_the_same_world(tell: Callable[..., Any], seed: int) -> None:
    one, other = tell(seed=seed, size=90), tell(seed=seed, size=90)
    assert one.dump() == other.dump()
    one.advance(), other.advance()
    assert one.dump() == other.dump()


def test_another_seed_or_day_makes_another_world(tell: Callable[..., Any]) -> None:
    subjects = [
        sorted(str(row["Subject"]) for row in tell(seed=seed, today=day).rows())
        for seed, day in ((0, date(2026, 11, 23)), (1, date(2026, 11, 23)), (0, date(2026, 11, 24)))
    ]
    assert subjects[0] != subjects[1]
    assert subjects[0] != subjects[2]


@pytest.mark.parametrize("size", [0, 1, 12, 71, 200, 1000])
def test_any_size(tell: Callable[..., Any], size: int) -> None:
    told = tell(size=size)
    # a series is taken whole or left out, and the sides need not have equally many
    assert abs(len(told.rows()) - size) <= 4 + size // 50
    assert abs(len(told.items()) - size) <= 4 + size // 50
    told.advance()


def test_a_large_world_has_the_same_mix(tell: Callable[..., Any]) -> None:
    told = tell(size=1500)
    names = Counter(entry.situation.name for entry in told.world.calendar.entries)
    rounds = {names[s.name] for s in (*CHANGED, *STANDING, *NEW)}
    assert len(rounds) == 1
    assert rounds.pop() >= 18
    # and each round is another one
    subjects = [e.things["outlook"].subject for e in told.world.calendar.entries if e.situation.name == "outlook_moved"]
    assert len(set(subjects)) == len(subjects)
    assert all(len(e.things["outlook"].subject) <= 255 for e in told.world.calendar.entries)


@pytest.mark.slow
def test_ten_thousand_events_take_seconds(tell: Callable[..., Any]) -> None:
    begun = time.process_time()
    told = tell(size=10_000)
    told.advance()
    assert time.process_time() - begun < 20
    assert len(told.items()) > 9_900


def test_a_negative_size_is_refused(tell: Callable[..., Any]) -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        tell(size=-1)


# Saturday, Sunday, a leap day, the two changes of the clocks, the turn of the year
@pytest.mark.parametrize(
    "day",
    [
        date(2026, 11, 21),
        date(2026, 11, 22),
        date(2028, 2, 29),
        date(2026, 3, 29),
        date(2026, 10, 25),
        date(2027, 1, 1),
    ],
    ids=str,
)
@pytest.mark.parametrize("zone", ["Europe/London", "Pacific/Kiritimati", "Asia/Kolkata", "America/Los_Angeles"])
def test_any_day_and_any_zone(tell: Callable[..., Any], day: date, zone: str) -> None:
    told = tell(today=day, zone=zone)
    for situation in TWINS:
        left, right = told.left(told.row(situation.name)), told.right(told.item(situation.name))
        assert {name for name in left if left[name] != right[name]} == set(situation.also), situation.name
    report = told.advance()
    assert {line["why"] for line in report.skipped} <= {"the event is not there"}


def test_without_a_story_there_are_people_but_no_events(tell: Callable[..., Any]) -> None:
    told = tell(story=False)
    assert told.rows() == []
    assert told.items() == []
    assert told.world.org.rows("Account")
    assert told.advance().happened == []

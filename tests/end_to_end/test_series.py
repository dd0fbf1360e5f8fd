"""Series from one side to the other and back, over both protocols: a row each, and nothing left after a sync."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from support.calendars import Empty
from tzlocal.windows_tz import tz_win

from sync_core.plan import Action, Choice, Situation, State
from sync_core.review import Review
from sync_core.sandbox.ews.occurrences import in_window
from sync_core.sandbox.ews.recurrence import ModifiedOccurrence, Recurrence
from sync_core.sandbox.faults import Fault


@pytest.fixture
def both(open_desk: Any) -> Empty:
    return Empty(open_desk(world="empty", zone="Europe/London"))


def test_a_series_on_each_side_crosses_over_and_stays_in_step(both: Empty) -> None:
    both.in_salesforce()
    both.in_outlook()
    plan = both.desk.plan()
    assert {row.title: row.action for row in plan.rows} == {
        "Jour fixe": Action.CREATE_IN_OUTLOOK,
        "Stand-up": Action.CREATE_IN_SALESFORCE,
    }
    assert both.desk.run().clean
    again = both.desk.plan()
    assert (again.rows, again.in_sync) == ((), 2)

    # the local hour stays when summer time begins
    made = both.masters()["Jour fixe"]
    assert made.fields["recurrence"].days == ("Tuesday",)
    hours = {row["StartDateTime"].strftime("%m %H:%M") for row in both.events("Stand-up")}
    assert {"03 08:30", "04 07:30"} <= hours

    # what changes flows, the other way round for each
    first = both.events("Jour fixe")[0]["Id"]
    both.org.update("Event", first, {"Subject": "Jour fixe sales"}, by=both.me)
    stand_up = both.masters()["Stand-up"]
    both.box.update(stand_up.id, {"subject": "Stand-up sales", "location": "Room 4"})
    plan = both.desk.plan()
    assert {row.action for row in plan.rows} == {Action.UPDATE_IN_OUTLOOK, Action.UPDATE_IN_SALESFORCE}
    assert both.desk.run().clean
    assert both.desk.plan().rows == ()
    assert "Jour fixe sales" in both.masters()
    assert {row["Location"] for row in both.events("Stand-up sales")} == {"Room 4"}


def test_a_series_that_is_deleted_is_offered_as_a_delete(both: Empty) -> None:
    both.in_salesforce()
    both.in_outlook()
    both.desk.run()
    both.box.delete(both.masters()["Stand-up"].id)
    for row in both.events("Jour fixe"):
        both.org.delete("Event", row["Id"], by=both.me)
    plan = both.desk.plan()
    assert {row.title: (row.situation, row.action) for row in plan.rows} == {
        "Stand-up": (Situation.GONE, Action.DELETE_FROM_SALESFORCE),
        "Jour fixe": (Situation.GONE, Action.DELETE_FROM_OUTLOOK),
    }
    assert both.desk.run().clean
    assert both.desk.plan().rows == ()
    assert both.masters() == {}
    assert both.events("Stand-up") == []


def test_deleting_a_series_keeps_what_was_and_offers_nothing_anew(both: Empty) -> None:
    both.in_outlook(
        start=datetime(2026, 11, 4, 8, 30, tzinfo=UTC),
        end=datetime(2026, 11, 4, 9, tzinfo=UTC),
        recurrence=Recurrence("Weekly", date(2026, 11, 4), days=("Wednesday",), count=20),
    )
    both.desk.run()
    both.box.delete(both.masters()["Stand-up"].id)
    assert both.only().action is Action.DELETE_FROM_SALESFORCE
    assert both.desk.run().clean
    assert len(both.events("Stand-up")) == 3
    assert both.desk.plan().rows == ()


def test_twins_are_linked(both: Empty) -> None:
    both.in_salesforce()
    start = datetime(2026, 11, 24, 9, tzinfo=UTC)
    pattern = Recurrence("Weekly", date(2026, 11, 24), days=("Tuesday",), count=30)
    both.in_outlook("Jour fixe", start=start, end=start + timedelta(hours=1), recurrence=pattern)
    assert both.only().action in (Action.LINK, Action.CONFLICT, Action.UPDATE_IN_SALESFORCE)
    assert both.only().situation in (Situation.TWIN_EQUAL, Situation.TWIN_DIFFERENT)


def test_the_same_series_in_other_words_is_linked_and_stays_in_step(both: Empty) -> None:
    """A person made it in both: "12 times" in Salesforce, "until 10 February" in Outlook, and the same days."""
    both.in_salesforce(Recurrence2PatternText="RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=12")
    start = datetime(2026, 11, 24, 9, tzinfo=UTC)
    until = Recurrence("Weekly", date(2026, 11, 24), days=("Tuesday",), end=date(2027, 2, 10))
    hour = {"start": start, "end": start + timedelta(hours=1)}
    made = both.in_outlook("Jour fixe", **hour, recurrence=until, reminder_is_set=False)
    row = both.only()
    assert (row.situation, row.action) == (Situation.TWIN_EQUAL, Action.LINK)
    assert both.desk.run().clean
    assert (both.desk.plan().rows, both.desk.plan().in_sync) == ((), 1)
    # each keeps its own words, and what is really changed crosses, though Salesforce keeps the days of a series
    assert both.masters()["Jour fixe"].fields["recurrence"] == until
    both.box.update(made.id, {"start": start + timedelta(hours=2), "end": start + timedelta(hours=3)})
    assert both.only().action is Action.UPDATE_IN_SALESFORCE
    assert both.desk.run().clean
    assert both.desk.plan().rows == ()
    assert [row["StartDateTime"].hour for row in both.events("Jour fixe")] == [11] * 12
    assert all("COUNT=12" in row["Recurrence2PatternText"] for row in both.events("Jour fixe"))


def test_a_series_that_ends_otherwise_is_asked_about_and_not_doubled(both: Empty) -> None:
    both.in_salesforce(Recurrence2PatternText="RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=12")
    start = datetime(2026, 11, 24, 9, tzinfo=UTC)
    shorter = Recurrence("Weekly", date(2026, 11, 24), days=("Tuesday",), count=11)
    both.in_outlook("Jour fixe", start=start, end=start + timedelta(hours=1), recurrence=shorter)
    review = Review.of(both.desk.plan())
    assert [(row.situation, row.action) for row in review.rows()] == [(Situation.AMBIGUOUS, Action.CONFLICT)] * 2
    assert both.desk.run(review).rows == ()
    # a person says that they are the same, and that it goes on as long as Salesforce has it
    one, other = review.rows()
    review = review.pick(one.id, other.id)
    (row,) = review.rows()
    review = review.choose([row.id], Choice.TO_OUTLOOK)
    assert both.desk.run(review).clean
    assert both.masters()["Jour fixe"].fields["recurrence"].count == 12
    assert (both.desk.plan().rows, both.desk.plan().in_sync) == ((), 1)


def test_what_salesforce_cannot_hold_is_said(both: Empty) -> None:
    moved = datetime(2026, 12, 2, 8, 30, tzinfo=UTC)
    entry = ModifiedOccurrence(moved, {"start": moved + timedelta(hours=1), "end": moved + timedelta(hours=2)})
    both.in_outlook(modified_occurrences=[entry])
    row = both.only()
    assert (row.recommended, row.state) == (Action.CREATE_IN_SALESFORCE, State.PREVENTED)
    assert "1 changed occurrence" in row.why_not


def test_what_outlook_cannot_hold_is_said(both: Empty) -> None:
    both.in_salesforce(Recurrence2PatternText="RRULE:FREQ=MONTHLY;BYDAY=2TU,4TU;COUNT=10")
    row = both.only()
    assert (row.recommended, row.state) == (Action.CREATE_IN_OUTLOOK, State.PREVENTED)
    assert "the second Tue and the fourth Tue" in row.why_not
    assert "Outlook cannot hold" in row.why_not


def test_another_pattern_in_outlook_cannot_reach_salesforce(both: Empty) -> None:
    both.in_outlook()
    both.desk.run()
    pattern = Recurrence("Weekly", date(2026, 11, 25), days=("Wednesday",), end=date(2027, 6, 30))
    both.box.update(both.masters()["Stand-up"].id, {"recurrence": pattern})
    row = both.only()
    assert (row.recommended, row.state) == (Action.UPDATE_IN_SALESFORCE, State.PREVENTED)
    assert "every week on Wed and Fri" in row.why_not


def test_another_hour_in_outlook_reaches_salesforce(both: Empty) -> None:
    both.in_outlook()
    both.desk.run()
    start = datetime(2026, 11, 25, 10, tzinfo=UTC)
    both.box.update(both.masters()["Stand-up"].id, {"start": start, "end": start + timedelta(minutes=30)})
    assert both.only().action is Action.UPDATE_IN_SALESFORCE
    assert both.desk.run().clean
    assert both.desk.plan().rows == ()
    assert {row["StartDateTime"].minute for row in both.events("Stand-up")} == {0}


def test_a_lost_memory_doubles_no_series(both: Empty, tmp_path: Any) -> None:
    both.in_salesforce()
    both.in_outlook()
    both.desk.run()
    both.desk.restart()
    both.desk.state_dir = tmp_path / "another host"
    assert {row.action for row in both.desk.plan().rows} == {Action.LINK}


def test_occurrences_that_are_taken_out_go_both_ways(both: Empty) -> None:
    both.in_salesforce()
    both.in_outlook(deleted_occurrences=[datetime(2026, 12, 2, 8, 30, tzinfo=UTC)])
    both.org.delete("Event", both.events("Jour fixe")[1]["Id"], by=both.me)
    assert {row.state for row in both.desk.plan().rows} == {State.READY}
    assert both.desk.run().clean
    assert both.desk.plan().rows == ()
    made = both.masters()["Jour fixe"]
    assert [moment.date() for moment in made.fields["deleted_occurrences"]] == [date(2026, 12, 1)]
    days = [row["StartDateTime"].date() for row in both.events("Stand-up")]
    assert date(2026, 12, 2) not in days
    assert date(2026, 12, 4) in days

    # and again, one on each side later on, the first of all among them
    both.org.delete("Event", both.events("Stand-up")[0]["Id"], by=both.me)
    both.org.delete("Event", both.events("Jour fixe")[5]["Id"], by=both.me)
    plan = both.desk.plan()
    assert {row.title: row.action for row in plan.rows}["Jour fixe"] is Action.UPDATE_IN_OUTLOOK
    assert both.desk.run().clean
    assert both.desk.plan().rows == ()


def test_what_could_not_be_taken_out_is_done_with_the_next_sync(both: Empty) -> None:
    """A run that fails half way through a series leaves no second one, and the next run finishes it."""
    both.in_outlook(deleted_occurrences=[datetime(2026, 12, 2, 8, 30, tzinfo=UTC)])
    fault = Fault("salesforce", "rows", "DELETE composite/sobjects", rows=(0,), code="DELETE_FAILED", message="no")
    both.desk.sandbox.faults.add(fault)
    report = both.desk.run()
    assert not report.clean
    assert "could not be taken out" in report.rows[0].message
    row = both.only()
    assert (row.situation, row.action) == (Situation.TWIN_DIFFERENT, Action.UPDATE_IN_SALESFORCE)
    assert both.desk.run().clean
    assert both.desk.plan().rows == ()
    assert date(2026, 12, 2) not in [row["StartDateTime"].date() for row in both.events("Stand-up")]
    assert len(both.masters()) == 1


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo", "Europe/Copenhagen", "Australia/Sydney"])
def test_the_local_hour_stays_in_every_zone(open_desk: Any, zone: str) -> None:
    desk = open_desk(world="empty", zone=zone)
    desk.settings["time_zone"] = zone
    both, here = Empty(desk), ZoneInfo(zone)
    start = datetime(2026, 11, 24, 9, tzinfo=here).astimezone(UTC)
    both.in_salesforce(StartDateTime=start, Recurrence2PatternText="RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20270831T235959Z")
    begins = datetime(2026, 11, 25, 8, 30, tzinfo=here).astimezone(UTC)
    both.in_outlook(start=begins, end=begins + timedelta(minutes=15), start_zone=tz_win[zone], end_zone=tz_win[zone])
    assert both.desk.run().clean
    again = both.desk.plan()
    assert (again.rows, again.in_sync) == ((), 2)
    local = {row["StartDateTime"].astimezone(here).strftime("%H:%M") for row in both.events("Stand-up")}
    assert local == {"08:30"}
    master = both.masters()["Jour fixe"]
    slots = in_window(desk.sandbox.exchange, master, start, start + timedelta(days=270))
    assert {one.fields["start"].astimezone(here).strftime("%a %H:%M") for one in slots} == {"Tue 09:00"}


def test_a_changed_occurrence_reaches_outlook(both: Empty) -> None:
    """One that somebody changed in Salesforce by itself, as its own pages can; with all that it has of its own."""
    both.in_salesforce()
    assert both.desk.run().clean
    third, fourth = both.events("Jour fixe")[2:4]
    later = third["StartDateTime"] + timedelta(hours=3)
    both.alone(third["Id"], StartDateTime=later, EndDateTime=later + timedelta(hours=1), Location="Annexe")
    both.alone(fourth["Id"], Subject="Jour fixe, budget")
    row = both.only()
    assert (row.action, [change.name for change in row.changes]) == (Action.UPDATE_IN_OUTLOOK, ["exceptions"])
    report = both.desk.run()
    assert report.clean, [one.message for one in report.rows]
    entries = {
        entry.original_start: entry.changes for entry in both.masters()["Jour fixe"].fields["modified_occurrences"]
    }
    assert entries[third["StartDateTime"]]["start"] == later
    assert entries[third["StartDateTime"]]["location"] == "Annexe"
    assert entries[fourth["StartDateTime"]] == {"subject": "Jour fixe, budget"}
    assert both.desk.plan().rows == ()


def test_a_series_is_made_in_outlook_with_its_changed_occurrences(both: Empty) -> None:
    both.in_salesforce()
    third = both.events("Jour fixe")[2]
    both.alone(third["Id"], Location="Annexe")
    assert both.desk.run().clean
    (entry,) = both.masters()["Jour fixe"].fields["modified_occurrences"]
    assert (entry.original_start, entry.changes) == (third["StartDateTime"], {"location": "Annexe"})
    assert both.desk.plan().rows == ()


def test_long_notes_of_single_occurrences_cross_and_harm_no_other_row(both: Empty) -> None:
    """More than a million characters between them, as the text is kept: six signs for a letter that is not ASCII."""
    both.in_salesforce(Recurrence2PatternText="RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=8")
    both.in_salesforce("Retro")
    for event in both.events("Jour fixe")[:6]:
        both.alone(event["Id"], Description="ж" * 30_000)
    weekly, start = (
        Recurrence("Weekly", date(2026, 11, 25), count=8, days=("Wednesday",)),
        datetime(2026, 11, 25, 8, 30),
    )
    wednesdays = [start.replace(tzinfo=UTC) + timedelta(weeks=number) for number in (1, 2)]
    long = [ModifiedOccurrence(when, {"body": "y" * 600_000}) for when in wednesdays]
    both.in_outlook(recurrence=weekly, modified_occurrences=long)
    plan = both.desk.plan()
    assert {row.title: (row.recommended, row.state) for row in plan.rows} == {
        "Jour fixe": (Action.CREATE_IN_OUTLOOK, State.READY),
        "Retro": (Action.CREATE_IN_OUTLOOK, State.READY),
        "Stand-up": (Action.CREATE_IN_SALESFORCE, State.PREVENTED),
    }
    (held,) = (row.why_not for row in plan.rows if row.state is State.PREVENTED)
    assert held == "Salesforce cannot hold: 2 changed occurrences"
    assert both.desk.run().clean
    entries = both.masters()["Jour fixe"].fields["modified_occurrences"]
    assert [str(entry.changes["body"]).count("ж") for entry in entries] == [30_000] * 6
    # and memory, which holds all of it, is read again
    both.desk.restart()
    again = both.desk.plan()
    assert ([row.title for row in again.rows], again.in_sync) == (["Stand-up"], 2)


def test_what_one_occurrence_holds_is_part_of_the_comparison(both: Empty) -> None:
    """Exchange tells of a changed occurrence only its times: the rest is read from the occurrence itself."""
    both.in_outlook()
    both.desk.run()
    when = datetime(2026, 12, 2, 8, 30, tzinfo=UTC)
    both.box.update(
        both.masters()["Stand-up"].id, {"modified_occurrences": [ModifiedOccurrence(when, {"location": "7"})]}
    )
    row = both.only()
    assert (row.recommended, row.state) == (Action.UPDATE_IN_SALESFORCE, State.PREVENTED)
    assert '"location":"7"' in str(row.changes[0].right)
    # changed and then as before: Exchange still calls it changed, and nothing is different
    both.box.update(both.masters()["Stand-up"].id, {"modified_occurrences": [ModifiedOccurrence(when, {})]})
    assert both.desk.plan().rows == ()


def test_a_series_that_is_cut_in_salesforce_ends_in_outlook_too(both: Empty) -> None:
    both.in_salesforce(Recurrence2PatternText="RRULE:FREQ=WEEKLY;BYDAY=TU")
    both.desk.run()
    events = both.events("Jour fixe")
    for event in events[5:]:
        both.org.delete("Event", event["Id"], by=both.me)
    row = both.only()
    assert (row.action, [change.name for change in row.changes]) == (Action.UPDATE_IN_OUTLOOK, ["when"])
    assert both.desk.run().clean
    assert both.masters()["Jour fixe"].fields["recurrence"].end == events[4]["StartDateTime"].date()
    assert both.desk.plan().rows == ()


def test_the_last_occurrences_of_a_series_that_ends_are_taken_out(both: Empty) -> None:
    both.in_salesforce(Recurrence2PatternText="RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=6")
    both.in_outlook(recurrence=Recurrence("Weekly", date(2026, 11, 25), days=("Wednesday",), count=4))
    both.desk.run()
    last = both.events("Jour fixe")[-1]
    both.org.delete("Event", last["Id"], by=both.me)
    final = datetime(2026, 12, 16, 8, 30, tzinfo=UTC)
    both.box.update(both.masters()["Stand-up"].id, {"deleted_occurrences": [final]})
    plan = both.desk.plan()
    assert [[change.name for change in row.changes] for row in plan.rows] == [["exceptions"], ["exceptions"]]
    assert both.desk.run().clean
    assert both.masters()["Jour fixe"].fields["deleted_occurrences"] == [last["StartDateTime"]]
    assert final not in [row["StartDateTime"] for row in both.events("Stand-up")]
    assert both.desk.plan().rows == ()

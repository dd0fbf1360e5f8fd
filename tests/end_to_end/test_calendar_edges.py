"""What lies on an edge: of the days of a sync, of a zone's day, of summer time, of a series. Over both protocols."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from support.calendars import IN_TOKYO, NOW, ZONE, Empty
from tzlocal.windows_tz import tz_win

from sync_core.items import Kind
from sync_core.plan import Action, Singles, Situation, State
from sync_core.review import Review
from sync_core.sandbox.ews.recurrence import ModifiedOccurrence, Recurrence

pytestmark = pytest.mark.slow
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def both(open_desk: Any) -> Empty:
    return Empty(open_desk(world="empty", zone="Europe/London"))


def calendars(open_desk: Any, zone: str, today: date) -> Empty:
    """Empty calendars of somebody in a zone, on some day."""
    desk = open_desk(world="empty", zone=zone, today=today)
    desk.settings["time_zone"] = zone
    return Empty(desk)


def later(both: Empty, **time: int) -> None:
    both.desk.sandbox.world.clock.offset += timedelta(**time)


def event(both: Empty, subject: str, start: datetime, end: datetime, **fields: Any) -> None:
    """The same event on both sides, as two people would type it."""
    zone = fields.pop("start_zone", ZONE)
    values = {"subject": subject, "start": start, "end": end, "start_zone": zone, "end_zone": zone, **fields}
    both.box.create(both.box.folder("calendar"), {"reminder_is_set": False, **values})
    both.org.create("Event", {"Subject": subject, "StartDateTime": start, "EndDateTime": end}, by=both.me)


def all_day(both: Empty, subject: str, day: date, zone: str) -> None:
    """The same all-day event on both sides, made in some zone in Outlook."""
    start, end = (datetime(d.year, d.month, d.day, tzinfo=ZoneInfo(zone)).astimezone(UTC) for d in (day, day + DAY))
    values = {"start": start, "end": end, "is_all_day": True, "start_zone": tz_win[zone], "end_zone": tz_win[zone]}
    both.box.create(both.box.folder("calendar"), {"subject": subject, "reminder_is_set": False, **values})
    both.org.create("Event", {"Subject": subject, "IsAllDayEvent": True, "ActivityDate": day}, by=both.me)


def actions(both: Empty) -> dict[str, Action]:
    return {row.title: row.action for row in both.desk.plan().rows}


# ---- the days of a sync


def test_both_sides_have_the_same_first_and_last_moment(both: Empty) -> None:
    """What only one side counts as inside would be made a second time on the other."""
    window = both.desk.plan().window
    event(both, "ends as it begins", window.start - HOUR, window.start)
    event(both, "reaches in", window.start - HOUR, window.start + HOUR)
    event(both, "no length", window.start, window.start)
    event(both, "begins as it ends", window.end, window.end + HOUR)
    assert actions(both) == {"reaches in": Action.LINK, "no length": Action.LINK}


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo", "Pacific/Auckland", "Europe/London"])
def test_an_all_day_event_of_another_zone_counts_by_its_days(both: Empty, zone: str) -> None:
    """Its instants reach into the window from a day that does not."""
    window = both.desk.plan().window
    for name, day in (("before", window.first - DAY), ("first", window.first)):
        all_day(both, name, day, zone)
    for name, day in (("last", window.last), ("after", window.last + DAY)):
        all_day(both, name, day, zone)
    assert actions(both) == {"first": Action.LINK, "last": Action.LINK}


def test_a_series_that_pauses_over_the_days_of_a_sync_is_not_part_of_it(both: Empty) -> None:
    """Yearly, in June, while November is compared; and a weekly one of the same name that is."""
    both.desk.configure("calendar", past_days=10, future_days=20)
    june = datetime(2025, 6, 10, 9, tzinfo=UTC)
    both.in_salesforce("Review", StartDateTime=june, Recurrence2PatternText="RRULE:FREQ=YEARLY;COUNT=5")
    yearly = Recurrence("AbsoluteYearly", june.date(), day_of_month=10, month="June", count=5)
    both.in_outlook("Review", start=june, end=june + HOUR, recurrence=yearly)
    both.in_outlook("Review")
    # one of which the only occurrence of these days was taken out
    monthly = Recurrence("AbsoluteMonthly", date(2026, 10, 25), day_of_month=25, count=6)
    start, gone = datetime(2026, 10, 25, 9, tzinfo=UTC), datetime(2026, 11, 25, 9, tzinfo=UTC)
    both.in_outlook("Review", start=start, end=start + HOUR, recurrence=monthly, deleted_occurrences=[gone])
    rows = both.desk.plan().rows
    assert [(row.action, row.right and row.right.when and row.right.when.recurrence) for row in rows] == [
        (Action.CREATE_IN_SALESFORCE, "FREQ=WEEKLY;BYDAY=WE,FR;UNTIL=20270630")
    ]


def test_what_salesforce_has_archived_reaches_outlook(both: Empty) -> None:
    """It is older than a year and inside of days that go back so far; handsync writes nothing to it."""
    both.desk.configure("calendar", past_days=400)
    start = datetime(2025, 11, 2, 10, tzinfo=UTC)
    both.org.create("Event", {"Subject": "Kick-off", "StartDateTime": start, "EndDateTime": start + HOUR}, by=both.me)
    assert actions(both) == {"Kick-off": Action.CREATE_IN_OUTLOOK}
    report = both.desk.run()
    assert report.clean, [row.message for row in report.rows]
    both.in_step()
    both.box.update(both.masters()["Kick-off"].id, {"location": "York"})
    assert "archived" in both.only().why_not


# ---- summer time


def test_a_series_keeps_its_hour_when_its_next_event_lies_on_a_clock_change(open_desk: Any) -> None:
    """01:30 is not there on 28 March 2027 in London, and the night before it ends an hour later by the clock."""
    both = calendars(open_desk, "Europe/London", date(2027, 3, 27))
    both.in_salesforce(
        "Backup", StartDateTime=datetime(2027, 3, 20, 1, 30, tzinfo=UTC),
        Recurrence2PatternText="RRULE:FREQ=DAILY;COUNT=30",
    )  # fmt: skip
    both.in_salesforce(
        "Night shift", StartDateTime=datetime(2027, 3, 13, 22, tzinfo=UTC), DurationInMinutes=480,
        Recurrence2PatternText="RRULE:FREQ=WEEKLY;COUNT=30",
    )  # fmt: skip
    assert both.desk.run().clean
    assert {name: one.fields["start"].strftime("%H:%M") for name, one in both.masters().items()} == {
        "Backup": "01:30",
        "Night shift": "22:00",
    }
    night = both.masters()["Night shift"].fields
    assert night["end"] - night["start"] == 8 * HOUR
    for _ in range(4):
        both.in_step()
        later(both, days=1)


def test_another_hour_reaches_salesforce_on_the_eve_of_a_clock_change(open_desk: Any) -> None:
    both = calendars(open_desk, "Europe/London", date(2027, 3, 27))
    start = datetime(2027, 3, 20, 1, 30, tzinfo=UTC)
    daily = Recurrence("Daily", start.date(), count=30)
    both.in_outlook("Backup", start=start, end=start + HOUR, recurrence=daily)
    assert both.desk.run().clean
    both.box.update(both.masters()["Backup"].id, {"start": start + HOUR, "end": start + 2 * HOUR})
    assert actions(both) == {"Backup": Action.UPDATE_IN_SALESFORCE}
    assert both.desk.run().clean
    both.in_step()
    here = ZoneInfo("Europe/London")
    april = [row["StartDateTime"] for row in both.events("Backup") if row["StartDateTime"].month == 4]
    assert {moment.astimezone(here).strftime("%H:%M") for moment in april} == {"02:30"}


def test_a_series_that_begins_on_a_clock_change_has_the_same_length_ever_after(open_desk: Any) -> None:
    """From 01:00 to 08:00, the first time on 25 October 2026, when that is an hour longer."""
    both = calendars(open_desk, "Europe/Berlin", date(2026, 10, 20))
    here = ZoneInfo("Europe/Berlin")
    start, end = (datetime(2026, 10, 25, hour, tzinfo=here).astimezone(UTC) for hour in (1, 8))
    weekly = Recurrence("Weekly", date(2026, 10, 25), days=("Sunday",), count=6)
    both.in_outlook("Shift", start=start, end=end, recurrence=weekly, start_zone=tz_win["Europe/Berlin"])
    assert both.desk.run().clean
    both.in_step()
    lengths = [row["EndDateTime"] - row["StartDateTime"] for row in both.events("Shift")]
    assert set(lengths) == {7 * HOUR}


@pytest.mark.parametrize(
    ("zone", "eve"),
    [
        ("Africa/Cairo", date(2027, 4, 29)),
        ("America/Santiago", date(2027, 9, 4)),
        ("Asia/Beirut", date(2027, 3, 27)),
        # and where midnight comes twice
        ("America/Havana", date(2027, 11, 7)),
    ],
)
def test_an_all_day_event_before_a_day_without_midnight_has_one_day(open_desk: Any, zone: str, eve: date) -> None:
    both = calendars(open_desk, zone, date(2026, 11, 23))
    for day in (eve - DAY, eve, eve + DAY):
        all_day(both, f"{day} there", day, zone)
    both.org.create("Event", {"Subject": "Trip", "IsAllDayEvent": True, "ActivityDate": eve}, by=both.me)
    assert sorted(set(actions(both).values())) == [Action.CREATE_IN_OUTLOOK, Action.LINK]
    assert both.desk.run().clean
    both.in_step()


# ---- series and their occurrences


def test_what_was_taken_out_of_a_series_stays_out_when_the_series_moves(both: Empty) -> None:
    """Exchange forgets deleted and changed occurrences of a series that gets another time: they are brought about
    anew. A cancelled meeting that is there again is worse than none."""
    both.in_salesforce()
    both.org.delete("Event", both.events("Jour fixe")[1]["Id"], by=both.me)
    assert both.desk.run().clean
    first = both.events("Jour fixe")[0]
    begins = first["StartDateTime"] + HOUR
    both.org.update("Event", first["Id"], {"StartDateTime": begins, "EndDateTime": begins + HOUR}, by=both.me)
    assert both.desk.run().clean
    master = both.masters()["Jour fixe"].fields
    assert master["start"] == begins
    assert [moment.date() for moment in master["deleted_occurrences"]] == [date(2026, 12, 1)]
    both.in_step()


def test_a_changed_past_occurrence_stays_as_it_was_when_the_series_moves(both: Empty) -> None:
    both.in_salesforce(StartDateTime=datetime(2026, 11, 3, 9, tzinfo=UTC))
    second = both.events("Jour fixe")[1]
    both.org.update("Event", second["Id"], {"Location": "Annexe"}, by=both.me)
    assert both.desk.run().clean
    coming = both.events("Jour fixe")[3]
    begins = coming["StartDateTime"] + HOUR
    both.org.update("Event", coming["Id"], {"StartDateTime": begins, "EndDateTime": begins + HOUR}, by=both.me)
    assert both.desk.run().clean
    (entry,) = both.masters()["Jour fixe"].fields["modified_occurrences"]
    assert (entry.original_start.date(), entry.changes["location"]) == (date(2026, 11, 10), "Annexe")
    both.in_step()


def move(both: Empty, place: int, by: timedelta) -> dict[str, Any]:
    """Moves one occurrence of the series in Salesforce by itself, as its own pages can."""
    row = both.events("Jour fixe")[place]
    start = row["StartDateTime"] + by
    both.alone(row["Id"], StartDateTime=start, ActivityDateTime=start, EndDateTime=start + HOUR)
    return row


@pytest.mark.parametrize(
    ("rule", "by"),
    [
        # onto the day of the next one, far past others, and onto the very hour of the one before
        ("RRULE:FREQ=DAILY;COUNT=10", timedelta(days=1, hours=4)),
        ("RRULE:FREQ=DAILY;COUNT=10", timedelta(days=5)),
        ("RRULE:FREQ=DAILY;COUNT=10", timedelta(days=-1)),
        ("RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=10", timedelta(days=9)),
    ],
)
@pytest.mark.parametrize("linked", [False, True])
def test_an_occurrence_moved_past_another_one_is_said_before_the_run(
    both: Empty, rule: str, by: timedelta, linked: bool
) -> None:
    """Exchange refuses it (ErrorOccurrenceCrossingBoundary), and no meeting may be lost over it."""
    both.in_salesforce(Recurrence2PatternText=rule)
    if linked:
        both.desk.run()
    row = move(both, 2, by)
    blocked = both.only()
    assert (blocked.action, blocked.state) == (Action.NONE, State.PREVENTED)
    assert blocked.why_not == "Outlook cannot hold: 1 occurrence moved onto or past another one of its series"
    review = Review.of(both.desk.plan()).as_single_events([blocked.id], NOW)
    assert both.desk.run(review).clean
    both.in_step()
    items = both.box.items(both.box.folder("calendar"))
    assert [i.fields["start"] for i in items if "recurrence" not in i.fields] == [row["StartDateTime"] + by]
    (master,) = [i for i in items if "recurrence" in i.fields]
    assert master.fields["deleted_occurrences"] == [row["StartDateTime"]]


@pytest.mark.parametrize("rule", ["RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=6", "RRULE:FREQ=WEEKLY;BYDAY=TU"])
def test_the_last_occurrence_may_be_moved_to_an_earlier_day(both: Empty, rule: str) -> None:
    both.in_salesforce(Recurrence2PatternText=rule)
    for row in both.events("Jour fixe")[6:]:
        both.org.delete("Event", row["Id"], by=both.me)
    assert both.desk.run().clean
    last = move(both, 5, timedelta(days=-1))
    assert both.only().action is Action.UPDATE_IN_OUTLOOK
    assert both.desk.run().clean
    both.in_step()
    (entry,) = both.masters()["Jour fixe"].fields["modified_occurrences"]
    assert (entry.original_start, entry.changes["start"]) == (
        last["StartDateTime"], last["StartDateTime"] - DAY,
    )  # fmt: skip


def test_the_first_occurrence_may_be_moved_behind_the_second(both: Empty) -> None:
    """A series goes by its first occurrence, which is another one then: it is the same series."""
    both.in_salesforce()
    both.desk.run()
    move(both, 0, timedelta(days=9))
    row = both.only()
    assert row.why_not == "Outlook cannot hold: 1 occurrence moved onto or past another one of its series"
    review = Review.of(both.desk.plan()).as_single_events([row.id], NOW)
    assert both.desk.run(review).clean
    both.in_step()
    first = both.events("Jour fixe")[0]
    both.org.update("Event", first["Id"], {"Location": "Annexe"}, by=both.me)
    assert set(actions(both).values()) == {Action.UPDATE_IN_OUTLOOK}
    assert both.desk.run().clean
    both.in_step()


def test_occurrences_may_be_moved_as_far_as_their_neighbours(both: Empty) -> None:
    both.in_salesforce()
    both.desk.run()
    move(both, 2, timedelta(days=6, hours=23))
    move(both, 5, timedelta(days=-6, hours=-23))
    assert both.only().action is Action.UPDATE_IN_OUTLOOK
    assert both.desk.run().clean
    both.in_step()


@pytest.mark.parametrize(
    ("rule", "place", "by"),
    [
        ("RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=6", 0, 2 * HOUR),
        ("RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=6", 1, DAY),
        ("RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=6", 5, DAY),
        ("RRULE:FREQ=WEEKLY;BYDAY=TU", 0, DAY),
    ],
)
def test_a_moved_occurrence_stays_moved_when_its_series_is_changed_in_outlook(
    both: Empty, rule: str, place: int, by: timedelta
) -> None:
    """Salesforce changes all to come with the series, moved ones too, and may say no more that they are moved."""
    both.in_salesforce(Recurrence2PatternText=rule)
    both.desk.run()
    moved = move(both, place, by)
    assert both.desk.run().clean
    both.in_step()
    for text in ("Agenda", "Agenda and budget"):
        both.box.update(both.masters()["Jour fixe"].id, {"body": text, "body_type": "Text"})
        assert actions(both) == {"Jour fixe": Action.UPDATE_IN_SALESFORCE}
        assert both.desk.run().clean
        both.in_step()
    (entry,) = both.masters()["Jour fixe"].fields["modified_occurrences"]
    assert entry.changes["start"] == moved["StartDateTime"] + by
    assert {row["Description"] for row in both.events("Jour fixe")} == {"Agenda and budget"}
    # past, it is where it was
    for weeks in (1, 1, 4):
        later(both, weeks=weeks)
        both.in_step()


def test_what_one_occurrence_has_of_its_own_stays_when_its_series_is_changed(both: Empty) -> None:
    both.in_salesforce()
    both.desk.run()
    third = both.events("Jour fixe")[2]["Id"]
    both.alone(third, Location="Annexe")
    assert both.desk.run().clean
    both.box.update(both.masters()["Jour fixe"].id, {"subject": "Jour fixe sales"})
    assert both.desk.run().clean
    both.in_step()
    # and where somebody in Salesforce gives it something else meanwhile
    both.org.put("Event", third, {**both.org.lookup("Event", third), "Location": "Garden"})
    assert actions(both) == {"Jour fixe sales": Action.UPDATE_IN_OUTLOOK}
    assert both.desk.run().clean
    (entry,) = both.masters()["Jour fixe sales"].fields["modified_occurrences"]
    assert entry.changes["location"] == "Garden"
    for _ in range(4):
        both.in_step()
        later(both, weeks=1)


def test_an_occurrence_on_the_day_of_another_one_makes_no_second_series(both: Empty) -> None:
    both.in_salesforce(Recurrence2PatternText="RRULE:FREQ=DAILY;COUNT=10")
    both.desk.run()
    row = both.events("Jour fixe")[2]
    start = row["StartDateTime"] + timedelta(hours=23)
    times = {"StartDateTime": start, "ActivityDateTime": start, "EndDateTime": start + HOUR / 2}
    both.alone(row["Id"], **times, DurationInMinutes=30)
    assert both.desk.run().clean
    for place in ("York", "Leeds"):
        both.box.update(both.masters()["Jour fixe"].id, {"location": place})
        assert both.desk.run().clean
        both.in_step()
    assert {row["Location"] for row in both.events("Jour fixe")} == {"Leeds"}


def test_a_series_of_which_nobody_can_tell_the_occurrences_is_a_row(both: Empty) -> None:
    """Equal in all else it is not in step for that: somebody moved one, and nobody would hear of it."""
    both.in_salesforce(Recurrence2PatternText="RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=6")
    both.desk.run()
    one = both.org.lookup("Event", both.events("Jour fixe")[2]["Id"])
    assert one is not None
    start = one["StartDateTime"] + DAY
    more = {"StartDateTime": start, "ActivityDateTime": start, "EndDateTime": start + HOUR}
    record_id = both.org.new_id("Event")
    both.org.put("Event", record_id, {**one, **more, "Id": record_id})
    row = both.only()
    assert (row.situation, row.action) == (Situation.UNREADABLE, Action.NONE)
    assert row.reason == (
        "whether single occurrences changed in Salesforce cannot be told: a series that has more occurrences than its "
        "pattern has days. Delete there what is too much"
    )
    assert both.desk.run().rows == ()
    both.org.delete("Event", record_id, by=both.me)
    both.in_step()


def test_notes_of_one_occurrence_over_a_formatted_text_are_said(both: Empty) -> None:
    both.in_salesforce(Description="Agenda")
    both.desk.run()
    html = {"body": "<html><body><p><b>Agenda</b></p></body></html>", "body_type": "HTML"}
    both.box.update(both.masters()["Jour fixe"].id, html)
    row = both.events("Jour fixe")[2]
    both.alone(row["Id"], Location="Annexe")
    assert "formatting" not in both.only().reason
    both.alone(row["Id"], Description="Budget only")
    lost = "the formatting of the notes of single occurrences is lost, as Salesforce has plain text"
    assert lost in both.only().reason


@pytest.mark.parametrize("rule", ["RRULE:FREQ=WEEKLY;BYDAY=TU", "RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=40"])
def test_a_series_that_was_cut_short_ends_one_day_and_is_not_deleted_for_it(both: Empty, rule: str) -> None:
    """Its pattern goes on in Salesforce, and no occurrence is to come: as if it were deleted just now."""
    both.in_salesforce(Recurrence2PatternText=rule)
    both.desk.run()
    for row in both.events("Jour fixe")[5:]:
        both.org.delete("Event", row["Id"], by=both.me)
    assert both.desk.run().clean
    for _ in range(5):
        later(both, weeks=2)
        both.in_step()
    assert list(both.masters()) == ["Jour fixe"]
    assert len(both.events("Jour fixe")) == 5


@pytest.mark.parametrize("forgotten", [False, True])
def test_a_series_that_was_split_in_salesforce_is_not_made_there_again(both: Empty, forgotten: bool) -> None:
    """Its past is still there, and would be there twice: who knows nothing of it, or no longer, is asked."""
    start = datetime(2026, 11, 24, 9, tzinfo=UTC)
    weekly = Recurrence("Weekly", start.date(), days=("Tuesday",), count=30)
    both.in_outlook("Jour fixe", start=start, end=start + HOUR, recurrence=weekly)
    if forgotten:
        assert both.desk.run().clean
        both.desk.service.forget_memory(Kind.CALENDAR)
    else:
        both.in_salesforce()
    # "this and following" from the third one on: the series ends, and another one begins
    third, *rest = both.events("Jour fixe")[2:]
    for row in (third, *rest):
        both.org.delete("Event", row["Id"], by=both.me)
    both.in_salesforce(
        StartDateTime=third["StartDateTime"] + HOUR, Recurrence2PatternText="RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=28"
    )
    later(both, weeks=3)
    for _ in range(2):
        asked = {row.situation: row for row in both.desk.plan().rows}[Situation.FORGOTTEN]
        assert asked.action is Action.CONFLICT
        assert asked.reason == (
            "only in Outlook; in Salesforce a series of that name, which began at that time, was deleted from some day "
            "on: bring it over, and what is past is there twice, or leave it out"
        )
        assert both.desk.run().clean
    assert len(both.events("Jour fixe")) == 30
    # another one of its name is no such question
    both.in_outlook("Jour fixe", start=start + 3 * HOUR, end=start + 4 * HOUR, recurrence=weekly)
    assert Action.CREATE_IN_SALESFORCE in [row.action for row in both.desk.plan().rows]


def test_a_series_of_which_all_is_past_is_said_to_stay_as_it_is(both: Empty) -> None:
    """Salesforce changes and deletes a series from a day on (facts: salesforce B1). To Outlook it can cross."""
    start = datetime(2026, 10, 27, 9, tzinfo=UTC)
    both.in_salesforce(StartDateTime=start, Recurrence2PatternText="RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=3")
    assert both.only().action is Action.CREATE_IN_OUTLOOK
    assert both.desk.run().clean
    both.in_step()
    both.box.update(both.masters()["Jour fixe"].id, {"location": "York"})
    kept = "all its occurrences are past, and Salesforce keeps those"
    assert (both.only().recommended, both.only().why_not) == (Action.UPDATE_IN_SALESFORCE, kept)
    both.box.delete(both.masters()["Jour fixe"].id)
    assert kept in both.only().why_not


def test_a_series_moved_to_an_earlier_hour_can_be_deleted(both: Empty) -> None:
    """Salesforce cuts a series at no occurrence that lies before the start of its pattern."""
    both.in_salesforce()
    both.in_salesforce("Other")
    both.desk.run()
    first = both.events("Jour fixe")[0]
    begins = first["StartDateTime"] - HOUR
    both.org.update("Event", first["Id"], {"StartDateTime": begins, "EndDateTime": begins + HOUR}, by=both.me)
    # one of them changed by itself, which goes with the others
    tenth = both.events("Jour fixe")[9]
    both.alone(tenth["Id"], Location="Annexe")
    assert both.desk.run().clean
    both.box.delete(both.masters()["Jour fixe"].id)
    assert actions(both) == {"Jour fixe": Action.DELETE_FROM_SALESFORCE}
    report = both.desk.run()
    assert report.clean, [row.message for row in report.rows]
    assert both.events("Jour fixe") == []
    assert len(both.events("Other")) == 30
    both.in_step()


# ---- series that cross as single events


def test_a_single_event_moved_past_the_next_one_is_said_before_the_run(both: Empty) -> None:
    master = both.in_tokyo(end=IN_TOKYO + HOUR)
    assert both.desk.run(both.as_single_events()).clean
    second = both.events("Tokyo call")[1]

    def moved(by: timedelta) -> None:
        start = second["StartDateTime"] + by
        both.org.update("Event", second["Id"], {"StartDateTime": start, "EndDateTime": start + HOUR}, by=both.me)

    moved(timedelta(days=8))
    row = both.only()
    assert (row.recommended, row.state) == (Action.UPDATE_IN_OUTLOOK, State.PREVENTED)
    assert row.why_not == "one occurrence of a series: Outlook lets none be moved onto or past another one of it"
    moved(timedelta(days=6))
    assert both.only().action is Action.UPDATE_IN_OUTLOOK
    assert both.desk.run().clean
    both.in_step()
    # where the next one is gone, there is room
    both.box.update(master.id, {"deleted_occurrences": [second["StartDateTime"] + timedelta(days=7)]})
    assert both.desk.run().clean
    moved(timedelta(days=8))
    assert both.only().action is Action.UPDATE_IN_OUTLOOK
    assert both.desk.run().clean
    both.in_step()


def test_single_events_of_a_series_that_is_deleted_across_go_after_it_and_the_row_says_so(both: Empty) -> None:
    when = datetime(2026, 12, 2, 8, 30, tzinfo=UTC)
    both.in_outlook(modified_occurrences=[ModifiedOccurrence(when, {"subject": "Stand-up with guests"})])
    event(both, "Visit", when + 2 * HOUR, when + 3 * HOUR)
    assert both.desk.run(both.as_single_events()).clean
    for row in both.events("Stand-up"):
        both.org.delete("Event", row["Id"], by=both.me)
    row = both.only()
    assert row.action is Action.DELETE_FROM_OUTLOOK
    assert row.reason.endswith("; the next sync then offers to delete 1 single event of it in Salesforce")
    assert both.desk.run().clean
    assert actions(both) == {"Stand-up with guests": Action.DELETE_FROM_SALESFORCE}
    assert both.desk.run().clean
    both.in_step()
    # all is gone, and with it how it crossed
    assert both.desk.service.ignored() == []


def test_how_a_series_crosses_is_forgotten_with_the_series(both: Empty) -> None:
    """One that is made later, however alike, is asked about anew."""
    master = both.in_tokyo()
    event(both, "Visit", datetime(2026, 11, 25, 10, tzinfo=UTC), datetime(2026, 11, 25, 11, tzinfo=UTC))
    assert both.desk.run(both.as_single_events()).clean
    both.desk.plan()
    assert [one.mode for _, one in both.desk.service.ignored()] == [Singles.OCCURRENCES]
    both.box.delete(master.id)
    assert {row.action for row in both.desk.plan().rows} == {Action.DELETE_FROM_SALESFORCE}
    assert both.desk.run().clean
    both.in_step()
    assert both.desk.service.ignored() == []
    both.in_tokyo()
    row = both.only()
    assert (row.state, row.offer is not None) == (State.PREVENTED, True)


def test_how_a_series_crosses_is_remembered_while_it_is_beside_the_days_of_a_sync(both: Empty) -> None:
    both.in_tokyo()
    assert both.desk.run(both.as_single_events()).clean
    both.desk.configure("calendar", past_days=1, future_days=1)
    both.desk.plan()
    later(both, weeks=10)
    both.in_step()
    assert [one.mode for _, one in both.desk.service.ignored()] == [Singles.OCCURRENCES]


def test_what_is_past_of_a_series_stays_when_the_rest_of_it_is_deleted(both: Empty) -> None:
    """Salesforce deletes from a day on: what was before that is still there, and so are its single events."""
    both.in_salesforce(
        "Pipeline", StartDateTime=datetime(2026, 11, 10, 9, tzinfo=UTC),
        Recurrence2PatternText="RRULE:FREQ=MONTHLY;BYDAY=2TU,4TU;COUNT=10",
    )  # fmt: skip
    assert both.desk.run(both.as_single_events()).clean
    first, *coming = both.events("Pipeline")
    for row in coming:
        both.org.delete("Event", row["Id"], by=both.me)
    plan = both.desk.plan()
    assert [row.situation for row in plan.rows] == [Situation.GONE] * 9
    # a side that lists nothing at all is suspected
    assert both.desk.run(Review.of(plan).confirm(0, "9")).clean
    items = both.box.items(both.box.folder("calendar"))
    assert [item.fields["start"] for item in items] == [first["StartDateTime"]]
    both.in_step()
    # and it can be taken out by itself
    both.box.delete(items[0].id)
    assert both.only().action is Action.DELETE_FROM_SALESFORCE
    report = both.desk.run()
    assert report.clean, [row.message for row in report.rows]
    assert both.events("Pipeline") == []
    both.in_step()


def test_a_changed_occurrence_of_a_series_in_outlook_is_part_of_these_days(both: Empty) -> None:
    """A series that has ended, with its last event put off into the days of a sync."""
    start, put_off = datetime(2026, 9, 2, 9, tzinfo=UTC), datetime(2026, 11, 25, 9, tzinfo=UTC)
    last = datetime(2026, 9, 23, 9, tzinfo=UTC)
    weekly = Recurrence("Weekly", start.date(), days=("Wednesday",), count=4)
    moved = ModifiedOccurrence(last, {"start": put_off, "end": put_off + HOUR})
    fields = {"start": start, "end": start + HOUR, "recurrence": weekly}
    both.in_outlook("Course", **fields, modified_occurrences=[moved])
    assert both.only().recommended is Action.CREATE_IN_SALESFORCE


# ---- reminders that have fired


def reminded(both: Empty) -> tuple[str, str]:
    """An event of today, a quarter of an hour before the start of which both sides remind; Salesforce has done so."""
    start = datetime(2026, 11, 23, 10, tzinfo=UTC)
    times = {"StartDateTime": start, "EndDateTime": start + HOUR, "ReminderDateTime": start - HOUR / 4}
    record = both.org.create("Event", {"Subject": "Call", "IsReminderSet": True, **times}, by=both.me)
    assert both.desk.run().clean
    later(both, hours=4)
    both.org.fire_reminders()
    assert both.org.get("Event", record)["IsReminderSet"] is False
    both.in_step()
    (stored,) = both.box.items(both.box.folder("calendar"))
    return record, stored.id


def moved(both: Empty, stored: str, start: datetime) -> None:
    both.box.update(stored, {"start": start, "end": start + HOUR})
    (row,) = both.desk.plan().rows
    assert (row.action, [change.name for change in row.changes]) == (Action.UPDATE_IN_SALESFORCE, ["when"])
    assert both.desk.run().clean


def test_an_event_put_off_reminds_again_though_it_has_reminded_before(both: Empty) -> None:
    """Salesforce takes back the flag of a reminder that has fired (facts: salesforce B2), which is nobody's wish."""
    record, stored = reminded(both)
    start = datetime(2026, 12, 1, 10, tzinfo=UTC)
    moved(both, stored, start)
    row = both.org.get("Event", record)
    assert (row["IsReminderSet"], row["ReminderDateTime"]) == (True, start - HOUR / 4)
    both.in_step()


def test_an_event_moved_within_the_past_does_not_remind_at_once(both: Empty) -> None:
    record, stored = reminded(both)
    moved(both, stored, datetime(2026, 11, 23, 11, tzinfo=UTC))
    assert both.org.get("Event", record)["IsReminderSet"] is False
    both.in_step()


def test_a_new_reminder_of_an_event_put_off_is_brought_over(both: Empty) -> None:
    record, stored = reminded(both)
    start = datetime(2026, 12, 1, 10, tzinfo=UTC)
    both.box.update(stored, {"start": start, "end": start + HOUR, "reminder_minutes": 60})
    (row,) = both.desk.plan().rows
    assert {change.name for change in row.changes} == {"when", "reminder"}
    assert both.desk.run().clean
    assert both.org.get("Event", record)["ReminderDateTime"] == start - HOUR
    both.in_step()


def test_what_a_single_event_takes_over_from_its_series_is_said_before_the_run(both: Empty) -> None:
    """Its occurrence has it only after the run, in which nothing is written that was not seen."""
    both.in_salesforce()
    both.desk.run()
    third, fourth = (row["StartDateTime"] for row in both.events("Jour fixe")[2:4])
    own = [
        ModifiedOccurrence(third, {"start": third + HOUR, "end": third + 2 * HOUR}),
        ModifiedOccurrence(fourth, {"location": "Annexe"}),
    ]
    both.box.update(both.masters()["Jour fixe"].id, {"modified_occurrences": own})
    first = both.events("Jour fixe")[0]["Id"]
    both.org.update("Event", first, {"Location": "York"}, by=both.me)
    plan = both.desk.plan()
    review = Review.of(plan).as_single_events([row.id for row in plan.rows], NOW)
    said = "; the next sync then offers location for 1 single event of it in Salesforce"
    assert [said in row.reason for row in review.rows()] == [True, False, False]
    assert both.desk.run(review).clean
    taken = both.only()
    assert (taken.action, taken.reason[:27]) == (Action.UPDATE_IN_SALESFORCE, "location changed in Outlook")
    assert both.desk.run().clean
    both.in_step()
    # and so ever after; what gets something else from its single event stays as that is
    (alike,) = [row for row in both.events("Jour fixe") if row["StartDateTime"] == third + HOUR]
    both.org.update("Event", first, {"Subject": "Jour fixe sales", "Location": "Leeds"}, by=both.me)
    both.org.update("Event", alike["Id"], {"Location": "Garden"}, by=both.me)
    said = "; the next sync then offers subject for 1 single event of it in Salesforce"
    assert [row.reason.endswith(said) for row in both.desk.plan().rows] == [True, False]
    assert both.desk.run().clean
    assert [(row.action, row.changes[0].name) for row in both.desk.plan().rows] == [
        (Action.UPDATE_IN_SALESFORCE, "subject")
    ]
    assert both.desk.run().clean
    both.in_step()


def test_single_events_stay_where_they_are_when_their_series_moves(both: Empty) -> None:
    both.in_salesforce()
    both.desk.run()
    third = both.events("Jour fixe")[2]["StartDateTime"]
    own = [ModifiedOccurrence(third, {"location": "Annexe"})]
    both.box.update(both.masters()["Jour fixe"].id, {"modified_occurrences": own})
    assert both.desk.run(both.as_single_events()).clean
    first = both.events("Jour fixe")[0]
    begins = first["StartDateTime"] + HOUR
    both.org.update("Event", first["Id"], {"StartDateTime": begins, "EndDateTime": begins + HOUR}, by=both.me)
    assert "next sync" not in both.only().reason
    assert both.desk.run().clean
    both.in_step()
    (entry,) = both.masters()["Jour fixe"].fields["modified_occurrences"]
    assert entry.changes["location"] == "Annexe"

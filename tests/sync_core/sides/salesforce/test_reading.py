"""Reading events: the window, pages, series and every field (facts: salesforce B1 and B4)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import unquote_plus

import pytest

from sync_core.errors import CancelledError, SideError
from sync_core.items import Kind, When
from sync_core.sandbox.httpd import Request, Response
from sync_core.sides import Operation, Progress, Window
from sync_core.sides.salesforce.recurrence import CLASSIC

NOVEMBER = Window(date(2026, 11, 1), date(2026, 11, 30), "Europe/Berlin")


def at(day: int, hour: int = 10, minute: int = 0, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def titles(reading: Any) -> set[str]:
    return {item.title for item in reading.items}


def test_describe(world: Any) -> None:
    """B3, last line, holds for all objects: lengths come from describe; the notes leave room for the names."""
    described = world.side.describe(Kind.CALENDAR)
    assert described.limits.lengths == {"subject": 255, "location": 255, "notes": 32_000}
    assert described.limits.refuses({"notes": "x" * 31_990, "attachments": ()}) == ""
    assert "Salesforce holds 32,000" in described.limits.refuses({"notes": "x" * 31_990, "attachments": ("a.pdf",)})
    assert described.limits.longest_days == 14
    assert described.refused == {}
    assert described.unwritable == {}
    asked = len(world.requests)
    world.side.describe(Kind.CALENDAR)
    assert len(world.requests) == asked


def test_refused_operations(world: Any) -> None:
    """Object permissions come from describe, and are said in words."""
    world.org.deny("Event", "create", "delete")
    refused = world.side.describe(Kind.CALENDAR).refused
    assert set(refused) == {Operation.CREATE, Operation.DELETE}
    assert "Robin Rowe create events" in refused[Operation.CREATE]


def test_no_events_for_this_user(world: Any) -> None:
    """Without read permission the object is not there at all."""
    world.org.deny("Event", "read")
    with pytest.raises(SideError):
        world.side.describe(Kind.CALENDAR)


def test_field_level_security(world: Any) -> None:
    """B3: hidden fields are absent from describe; they are unknown, not blank, and never asked for."""
    world.event(Location="Leeds", Description="x")
    world.org.hide_fields("Event", "Location", "Description", "LastModifiedById", "WhoId", "AccountId")
    item = world.only()
    assert not {"location", "notes", "attachments"} & set(item.fields)
    assert item.fields["subject"] == "Meeting"
    hidden = world.side.describe(Kind.CALENDAR).unwritable
    assert set(hidden) == {"location", "notes", "attachments"}
    assert "field-level security" in hidden["location"]


def test_essential_field_hidden(world: Any) -> None:
    """Without the start there is no calendar: one sentence for the administrator."""
    world.org.hide_fields("Event", "StartDateTime")
    with pytest.raises(SideError, match=r"StartDateTime.*administrator"):
        world.fetch()


def test_fields(world: Any) -> None:
    """Every neutral field, and what is for display."""
    account = world.org.create("Account", {"Name": "Northwind"}, by=world.me)
    contact = world.org.create("Contact", {"LastName": "Ek", "FirstName": "Ana", "AccountId": account}, by=world.me)
    record_id = world.event(
        "  Budget   2027 ",
        Location="Room 4",
        Description="Agenda\r\n\r\n-- Attachments in Outlook: 1 (kept by handsync) --\r\n* plan.pdf",
        ShowAs="OutOfOffice",
        IsReminderSet=True,
        ReminderDateTime=at(24, 9, 45),
        WhoId=contact,
        WhatId=account,
    )
    item = world.only()
    assert item.fields == {
        "subject": "Budget 2027",
        "when": When("2026-11-24T10:00:00Z", "2026-11-24T11:00:00Z"),
        "location": "Room 4",
        "notes": "Agenda",
        "show_as": "out_of_office",
        "private": False,
        "reminder": 15,
        "attachments": ("plan.pdf",),
    }
    assert item.id == record_id
    assert item.people[0] == "Ana Ek"
    assert item.changed_by == "Robin Rowe"
    assert item.changed_at == "2026-11-23T08:00:00Z"
    assert (item.locked, item.series, item.mark) == ("", False, "")


def test_version_is_system_modstamp(world: Any) -> None:
    """B4, SystemModstamp: it moves for automated changes, too; LastModifiedDate is for display."""
    record_id = world.event()
    before = world.only()
    world.now += timedelta(hours=1)
    world.org.stamp("Event", record_id, {})
    after = world.only()
    assert after.version != before.version
    assert after.changed_at == before.changed_at
    assert after.digest == before.digest


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles", "UTC"])
def test_all_day_is_not_shifted(world: Any, zone: str) -> None:
    """B1, all-day: midnight UTC is a date and not an instant, whatever the zone; the end is inclusive."""
    world.event(IsAllDayEvent=True, StartDateTime=at(21, 0), EndDateTime=at(23, 0))
    window = Window(date(2026, 11, 23), date(2026, 11, 23), zone)
    (item,) = world.fetch(window, world.make(zone=zone)).items
    assert item.when == When("2026-11-21", "2026-11-23", True)


def test_all_day_of_one_day(world: Any) -> None:
    """B1, all-day end: a single day ends on the day it begins."""
    world.event(IsAllDayEvent=True, ActivityDate=date(2026, 11, 25))
    assert world.only().when == When("2026-11-25", "2026-11-25", True)


@pytest.mark.parametrize(
    ("fields", "inside"),
    [
        ({"StartDateTime": at(31, 22, 30, month=10), "EndDateTime": at(31, 22, 59, month=10)}, False),
        ({"StartDateTime": at(31, 22, 30, month=10), "EndDateTime": at(31, 23, 30, month=10)}, True),
        ({"StartDateTime": at(20, 9, month=10), "EndDateTime": at(2, 9)}, True),
        ({"StartDateTime": at(30, 22, 59), "EndDateTime": at(30, 23, 30)}, True),
        ({"StartDateTime": at(30, 23), "EndDateTime": at(30, 23, 30)}, False),
        ({"IsAllDayEvent": True, "StartDateTime": at(31, 0, month=10)}, False),
        ({"IsAllDayEvent": True, "StartDateTime": at(25, 0, month=10), "EndDateTime": at(1, 0)}, True),
        ({"IsAllDayEvent": True, "StartDateTime": at(30, 0)}, True),
        ({"IsAllDayEvent": True, "StartDateTime": at(1, 0, month=12)}, False),
    ],
)
def test_window(world: Any, fields: dict[str, Any], inside: bool) -> None:
    """B1, multi-day and query warning: what touches the window is found by StartDateTime, as early as 14 days before.

    The window is November in Berlin, UTC+1.
    """
    world.event(**fields)
    assert bool(world.fetch(NOVEMBER).items) is inside
    query = next(unquote_plus(one.target) for one in world.requests if "/query" in one.path)
    assert "StartDateTime >= " in query


def test_mine_only(world: Any) -> None:
    """B1, OwnerId and IsChild: other people's events and invitees' copies are not this calendar's."""
    world.event("Mine")
    world.event("Theirs", by=world.colleague)
    meeting = world.event("Their meeting", by=world.colleague)
    world.org.invite(meeting, world.me)
    assert titles(world.fetch()) == {"Mine"}


def test_deleted_is_not_read(world: Any) -> None:
    """Deleted events do not come back through queryAll."""
    world.org.delete("Event", world.event("Gone"), by=world.me)
    world.event("Here")
    assert titles(world.fetch()) == {"Here"}
    wide = Window(date(2024, 1, 1), date(2027, 1, 1), "UTC")
    assert titles(world.fetch(wide)) == {"Here"}


def test_archived(world: Any) -> None:
    """B4, archived activities and "=> trap": events older than a year vanish from query() without being deleted."""
    old = world.event("Old", StartDateTime=at(1, year=2025, month=10), EndDateTime=at(1, 11, year=2025, month=10))
    reading = world.fetch(Window(date(2025, 9, 1), date(2026, 12, 1), "UTC"))
    (item,) = reading.items
    assert (item.id, reading.complete) == (old, True)
    assert "archived" in item.locked
    assert world.count("GET queryAll") == 1
    world.fetch()
    assert (world.count("GET queryAll"), world.count("GET query")) == (1, 1)


def test_archived_begins_before_the_window(world: Any) -> None:
    """B4 with B1: a multi-day event may be archived although the window begins less than a year ago."""
    world.event("Trip", StartDateTime=at(20, year=2025), EndDateTime=at(28, year=2025))
    reading = world.fetch(Window(date(2025, 11, 27), date(2026, 12, 1), "UTC"))
    assert titles(reading) == {"Trip"}


def test_pages(world: Any) -> None:
    """B4, paging: 2,000 rows at most in a page, progress in between, and nothing lost."""
    for number in range(2_005):
        world.org.seed_row(
            "Event",
            {
                "Subject": f"E{number}",
                "OwnerId": world.me,
                "StartDateTime": at(24),
                "EndDateTime": at(24, 11),
                "DurationInMinutes": 60,
            },
        )
    seen: list[Progress] = []
    reading = world.side.fetch(Kind.CALENDAR, NOVEMBER, seen.append, lambda: False)
    assert len(reading.items) == 2_005
    assert reading.complete
    assert [(one.done, one.total) for one in seen] == [(0, None), (2_000, 2_005), (2_005, 2_005)]
    assert world.count("GET query/more") == 1


def test_short_pages(world: Any) -> None:
    """B4, paging: a page may hold fewer rows than asked for; none is lost and none comes twice."""
    for number in range(40):
        world.event(f"E{number}")
    world.fault("short_page", "GET query", times=50)
    reading = world.fetch()
    assert len(reading.items) == len(titles(reading)) == 40
    assert reading.complete
    assert world.count("GET query/more") >= 2


def test_cancel_between_pages(world: Any) -> None:
    """A person who asks to stop does not wait for the last page."""
    for number in range(10):
        world.event(f"E{number}")
    world.fault("short_page", "GET query", times=50)
    answers = iter([False, True])
    with pytest.raises(CancelledError):
        world.side.fetch(Kind.CALENDAR, NOVEMBER, lambda progress: None, lambda: next(answers, True))
    assert world.count("GET query/more") <= 1


def edited(world: Any, change: Any) -> None:
    """Lets the org answer queries, and changes the answers on the way."""

    def before(request: Request) -> Response | None:
        if "/query" not in request.path:
            return None
        response = world.application(request)
        answer = json.loads(response.body)
        change(answer)
        return Response(response.status, json.dumps(answer).encode(), response.content_type, response.headers)

    world.before = before


def test_truncated_answer_is_no_proof(world: Any) -> None:
    """Fewer rows than totalSize says: the reading is not complete, so nothing can be taken for deleted."""
    world.event("A")
    world.event("B")
    edited(world, lambda answer: answer["records"].pop())
    reading = world.fetch()
    assert len(reading.items) == 1
    assert not reading.complete


def test_next_page_without_address(world: Any) -> None:
    """Neither done nor a next page: not complete, and no endless loop."""
    world.event()
    edited(world, lambda answer: answer.update(done=False))
    assert not world.fetch().complete
    edited(world, lambda answer: answer.update(done=False, nextRecordsUrl="https://evil.example/next"))
    with pytest.raises(SideError):
        world.fetch()


def test_row_that_cannot_be_read(world: Any) -> None:
    """One bad row harms no other, and is not silently gone."""
    world.event("Good")
    world.event("Bad")

    def spoil(answer: dict[str, Any]) -> None:
        for row in answer["records"]:
            if row["Subject"] == "Bad":
                row["StartDateTime"] = "soon"

    edited(world, spoil)
    reading = world.fetch()
    assert titles(reading) == {"Good"}
    (bad,) = reading.unreadable
    assert bad.title == "Bad"
    assert "soon" in bad.why


def test_unknown_show_as(world: Any) -> None:
    """B1, ShowAs: the values are recalled, so an org's own one is unknown and not a change."""
    world.event()
    edited(world, lambda answer: [row.update(ShowAs="Working Elsewhere") for row in answer["records"]])
    assert "show_as" not in world.only().fields
    edited(world, lambda answer: [row.update(ShowAs="Out of Office") for row in answer["records"]])
    assert world.only().fields["show_as"] == "out_of_office"


def test_fired_reminder_is_no_change(world: Any) -> None:
    """B2, IsReminderSet: it may read false once it has fired; that is nobody's change."""
    past = world.event("Past", StartDateTime=at(22), EndDateTime=at(22, 11))
    future = world.event("Future")
    items = {item.id: item for item in world.fetch().items}
    assert "reminder" not in items[past].fields
    assert items[future].fields["reminder"] is None


def test_reminder_of_an_all_day_event(world: Any) -> None:
    """An all-day event begins at the user's own midnight: 15:00 UTC the day before is 480 minutes in Berlin."""
    world.event(IsAllDayEvent=True, StartDateTime=at(25, 0), IsReminderSet=True, ReminderDateTime=at(24, 15))
    assert world.only().fields["reminder"] == 480


def test_reminder_after_the_start(world: Any) -> None:
    """Minutes before the start cannot say "in the morning of the day": unknown, and not zero."""
    world.event(IsAllDayEvent=True, StartDateTime=at(25, 0), IsReminderSet=True, ReminderDateTime=at(25, 7))
    assert "reminder" not in world.only().fields


def test_lightning_series(world: Any) -> None:
    """B1, IsRecurrence2: there is no id of a series, so occurrences are told by their pattern; one item for each."""
    weekly = {"Recurrence2PatternText": "RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=30"}
    world.event("Stand-up", **weekly)
    world.event("Other", **weekly)
    world.event("Stand-up", StartDateTime=at(24, 14), EndDateTime=at(24, 15), **weekly)
    world.event("Single")
    reading = world.fetch()
    assert sorted(item.title for item in reading.items) == ["Other", "Single", "Stand-up", "Stand-up"]
    series = [item for item in reading.items if item.series]
    assert len(series) == 3
    for item in series:
        assert item.locked == ""
        assert item.when is not None
        assert item.when.recurrence == "FREQ=WEEKLY;BYDAY=TU;COUNT=30"
        assert item.when.start.startswith("2026-11-24")


def test_classic_series(world: Any) -> None:
    """B1, IsRecurrence: RecurrenceActivityId links the occurrences and is the item's id."""
    master = world.event(
        "Jour fixe",
        IsRecurrence=True,
        RecurrenceStartDateTime=at(24),
        RecurrenceEndDateOnly=date(2026, 12, 20),
        RecurrenceType="RecursWeekly",
        RecurrenceInterval=1,
        RecurrenceDayOfWeekMask=4,
        StartDateTime=at(24),
        DurationInMinutes=30,
    )
    item = world.only()
    assert (item.id, item.series, item.locked) == (master, True, CLASSIC)
    assert item.when is not None
    assert item.when.recurrence == "every week on Tuesday, until 2026-12-20"


@pytest.mark.parametrize(
    ("stamp", "words"),
    [
        ({"IsClientManaged": True}, "another sync tool"),
        ({"IsGroupEvent": True, "GroupEventType": "1"}, "invited people"),
    ],
)
def test_locked(world: Any, stamp: dict[str, Any], words: str) -> None:
    """B1, IsClientManaged and IsGroupEvent: shown, compared, not written."""
    world.org.stamp("Event", world.event(), stamp)
    item = world.only()
    assert words in item.locked
    (outcome,) = world.delete(item.id)
    assert not outcome.ok
    assert words in outcome.error
    assert world.row(item.id)["IsDeleted"] is False


def test_hostile_text(world: Any) -> None:
    """Foreign text is canonical where it enters; nothing of it gets into a query."""
    world.event("Robert'); DROP\x1b]52;c;x\x07 [bold]", Description="x" * 31_999)
    item = world.only()
    assert item.title == "Robert'); DROP]52;c;x [bold]"
    assert len(str(item.fields["notes"])) == 31_999

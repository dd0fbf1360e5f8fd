"""Reading a calendar, against a server over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sync_core.errors import CancelledError, SideError
from sync_core.items import Kind, When
from sync_core.sandbox.ews.recurrence import Recurrence
from sync_core.sides import Progress, Window

Moment = Callable[..., datetime]
YEAR = timedelta(days=365)


def test_an_event_in_neutral_form(world: Any, calls: Any) -> None:
    world.event(
        "Visit", location="Leeds", body="two\r\nlines ", body_type="Text", show_as="OOF", sensitivity="Confidential",
        reminder_is_set=True, reminder_minutes=30, mark="m-7",
    )  # fmt: skip
    item = calls.item()
    assert item.fields == {
        "subject": "Visit",
        "when": When("2026-11-24T09:00:00Z", "2026-11-24T10:00:00Z"),
        "location": "Leeds",
        "notes": "two\nlines",
        "show_as": "out_of_office",
        "private": True,
        "reminder": 30,
        "attachments": (),
    }
    assert item.mark == "m-7"
    assert item.changed_at == "2026-11-23T08:00:00Z"
    assert item.changed_by == "Robin Rep"
    assert item.people == ("Robin Rep <rep@example.com>",)
    assert not item.locked


@pytest.mark.parametrize(
    ("there", "here"),
    [("Busy", "busy"), ("Tentative", "busy"), ("WorkingElsewhere", "busy"), ("Free", "free"), ("OOF", "out_of_office")],
)
def test_show_as(world: Any, calls: Any, there: str, here: str) -> None:
    world.event(show_as=there)
    assert calls.item().fields["show_as"] == here


def test_few_requests(world: Any, calls: Any) -> None:
    """0.19, A.4, A.5: one request for the folder, one for the list, one per hundred items."""
    for number in range(150):
        world.event(f"Event {number}")
    assert len(calls.fetch().items) == 150
    assert world.operations() == ["GetFolder", "FindItem", "GetItem", "GetItem"]
    calls.fetch()
    assert world.operations()[4:] == ["FindItem", "GetItem", "GetItem"]


def test_construction_sends_nothing(world: Any) -> None:
    """0.19: nothing before the first call, not even a check of the settings."""
    world.side(service_endpoint="https://nowhere.invalid/EWS/Exchange.asmx", primary_smtp_address="nobody")
    assert world.operations() == []


def test_the_access_is_never_impersonation(world: Any, calls: Any) -> None:
    """0.3: without an explicit access type every request would carry ExchangeImpersonation."""
    calls.fetch()
    assert all(b"ExchangeImpersonation" not in line.request for line in world.server.log)
    assert all(line.status == 200 for line in world.server.log)


def test_nothing_but_the_window(world: Any, calls: Any, moment: Moment) -> None:
    world.event("inside")
    world.event("long before", start=moment(1, 9, month=9), end=moment(1, 10, month=9))
    world.event("long after", start=moment(1, 9, year=2028), end=moment(1, 10, year=2028))
    assert [item.title for item in calls.fetch().items] == ["inside"]


def test_sensitivity_is_always_asked_for(world: Any, calls: Any) -> None:
    """0.6: a field that is not requested comes back as its default, and a private event would look public."""
    calls.fetch()
    world.event(sensitivity="Private")
    assert calls.item().fields["private"] is True
    asked = world.requests("GetItem")[0].xpath("//@FieldURI")
    assert {"item:Sensitivity", "calendar:IsAllDayEvent", "calendar:LegacyFreeBusyStatus"} <= set(asked)


def test_views_of_more_than_two_years_are_cut(world: Any, calls: Any, moment: Moment) -> None:
    """0.8, A.5: ErrorCalendarViewRangeTooBig; events on the seams come once."""
    for year in range(2021, 2031):
        world.event(f"in {year}", start=moment(20, 22, year=year), end=moment(25, 1, year=year))
    # one that lies across a seam of the views
    world.event("seam", start=datetime(2022, 12, 30, tzinfo=UTC), end=datetime(2023, 1, 5, tzinfo=UTC))
    reading = calls.fetch(Window(date(2021, 1, 1), date(2030, 12, 31), "Europe/Berlin"))
    assert reading.complete
    assert sorted(item.title for item in reading.items) == [*(f"in {year}" for year in range(2021, 2031)), "seam"]


def test_a_view_that_holds_back_entries_ends(world: Any, calls: Any, moment: Moment) -> None:
    """0.8: exchangelib's own view loops for ever when the server says that there is more; here the range is halved."""
    for number in range(40):
        world.event(
            f"Event {number}", start=moment(24, 9) + timedelta(days=number), end=moment(24, 10) + timedelta(days=number)
        )
    world.application.max_page = 7
    world.fault("short_page", "FindItem")
    reading = calls.fetch()
    assert reading.complete
    assert len(reading.items) == 40
    assert len({item.id for item in reading.items}) == 40
    assert world.operations().count("FindItem") < 40
    assert set(world.requests("FindItem")[0].xpath("//@MaxEntriesReturned")) == {"1000"}


def test_a_view_that_cannot_be_halved_is_not_complete(world: Any, calls: Any) -> None:
    """0.8: a reading that may lack something must not prove that anything is gone."""
    for number in range(9):
        world.event(f"Event {number}")
    world.application.max_page = 5
    reading = calls.fetch(Window(date(2026, 11, 24), date(2026, 11, 24), "Europe/Berlin"))
    assert not reading.complete


def test_a_custom_time_zone_costs_nothing(world: Any, calls: Any) -> None:
    """0.9: tzone://Microsoft/Custom raises ValueError in exchangelib and kills the whole page."""
    world.event("odd", start_zone="tzone://Microsoft/Custom", end_zone="tzone://Microsoft/Custom")
    world.event("known", start_zone="Romance Standard Time")
    reading = calls.fetch()
    assert sorted(item.title for item in reading.items) == ["known", "odd"]
    assert all(item.when == When("2026-11-24T09:00:00Z", "2026-11-24T10:00:00Z") for item in reading.items)


@pytest.mark.parametrize("zone", ["Customized Time Zone", "Kamchatka Standard Time", "Mid-Atlantic Standard Time"])
def test_zones_without_a_name_elsewhere(world: Any, calls: Any, recwarn: pytest.WarningsRecorder, zone: str) -> None:
    """A.10: unknown zones give None and a Python warning, which would land on the screen."""
    world.event(start_zone=zone)
    assert calls.item().when == When("2026-11-24T09:00:00Z", "2026-11-24T10:00:00Z")
    assert not [warning for warning in recwarn if "timezone" in str(warning.message)]


def test_fractions_of_seconds(world: Any, calls: Any, rewrite: Any) -> None:
    """A.5, E: exchangelib reads a moment with a fraction as None, without an error."""
    world.event()
    rewrite("GetItem", r"(:\d\d)Z<", r"\g<1>.123Z<")
    rewrite("FindItem", r"(:\d\d)Z<", r"\g<1>.123Z<")
    item = calls.item()
    assert item.when == When("2026-11-24T09:00:00Z", "2026-11-24T10:00:00Z")
    assert item.changed_at == "2026-11-23T08:00:00Z"


def test_what_was_not_sent_is_unknown_and_not_blank(world: Any, calls: Any, rewrite: Any) -> None:
    """E: None read from a server is unknown, never cleared."""
    world.event(body="notes", body_type="Text", sensitivity="Private")
    for element in ("Start", "Sensitivity", "ReminderIsSet", "TextBody", "Body"):
        rewrite("GetItem", f"<t:{element}( [^>]*)?>[^<]*</t:{element}>", "")
    fields = calls.item().fields
    assert not {"when", "private", "reminder", "notes"} & set(fields)
    assert fields["subject"] == "Visit"


def test_text_of_the_body_when_there_is_no_text_body(world: Any, calls: Any, rewrite: Any) -> None:
    """E: text_body may be None; then it is made from the body."""
    world.event(body="<html><body><p>one</p><p>two</p></body></html>", body_type="HTML")
    rewrite("GetItem", "<t:TextBody[^>]*>[^<]*</t:TextBody>", "")
    assert calls.item().fields["notes"] == "one\ntwo"


def test_formatting_is_noticed(world: Any, calls: Any) -> None:
    world.event("fat", body="<html><body><p><b>bold</b></p></body></html>", body_type="HTML")
    assert calls.item().formatted


def test_an_unknown_element_harms_only_itself(world: Any, calls: Any, rewrite: Any) -> None:
    """A.5: an unknown item element raises ValueError for the whole page in exchangelib."""
    world.event("good")
    world.event("Surprise")
    # both lists and items come as an element that nobody knows, for one of the two
    pattern = r"<t:CalendarItem>((?:(?!</t:CalendarItem>).)*?Surprise.*?)</t:CalendarItem>"
    for operation in ("FindItem", "GetItem"):
        rewrite(operation, pattern, r"<t:Novelty>\1</t:Novelty>")
    reading = calls.fetch()
    assert [item.title for item in reading.items] == ["good"]
    assert [odd.title for odd in reading.unreadable] == ["Surprise"]
    assert reading.complete


def test_an_item_that_fails_by_itself(world: Any, calls: Any) -> None:
    """0.7: one error among the answers raises in exchangelib and loses all the others."""
    for number in range(3):
        world.event(f"Event {number}")
    world.fault("rows", "GetItem", rows=(1,), code="ErrorCorruptData", message="The data is corrupt.")
    reading = calls.fetch()
    assert [item.title for item in reading.items] == ["Event 0", "Event 2"]
    assert "damaged" in reading.unreadable[0].why


def test_an_item_that_fails_its_whole_batch(world: Any, calls: Any) -> None:
    """E: one malformed id fails a whole GetItem batch on some servers; it is cut until the one is found."""
    for number in range(6):
        world.event(f"Event {number}")
    fault = (
        b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Server'
        b"</faultcode><faultstring>broken</faultstring></s:Fault></s:Body></s:Envelope>"
    )
    world.other.rewrite.append(lambda name, body: fault if name == "GetItem" and b"Event 3" in body else body)
    reading = calls.fetch()
    assert sorted(item.title for item in reading.items) == [f"Event {n}" for n in (0, 1, 2, 4, 5)]
    assert len(reading.unreadable) == 1


def test_a_reply_that_was_cut_off_is_not_taken_for_whole(world: Any, calls: Any) -> None:
    """exchangelib's parser mends a reply that ends too early; the events behind the cut would look deleted."""
    for number in range(6):
        world.event(f"Event {number}")
    cut = [True]

    def once(name: str, body: bytes) -> bytes:
        if name == "FindItem" and cut.pop():
            cut.append(False)
            return body[: body.index(b"Event 3")]
        return body

    world.other.rewrite.append(once)
    assert len(calls.fetch().items) == 6


def test_characters_that_xml_cannot_carry(world: Any, calls: Any, rewrite: Any) -> None:
    """0.16: they come as references on some servers; the item is read without them."""
    world.event("be&fore")
    rewrite("GetItem", "be&amp;fore", "be&#x1;fore")
    assert calls.item().title in ("before", "be\ufffdfore")


def test_a_server_that_fails_everything_is_not_asked_for_ever(world: Any, calls: Any) -> None:
    for number in range(300):
        world.event(f"Event {number}")
    world.fault("status", "GetItem", status=500, body="oops", times=1000)
    with pytest.raises(SideError):
        calls.fetch()
    assert world.operations().count("GetItem") < 60


def test_an_event_deleted_while_reading(world: Any, calls: Any) -> None:
    gone = world.event("gone")
    world.event("stays")
    world.other.before["GetItem"] = lambda: world.box.delete(gone.id)
    reading = calls.fetch()
    assert [item.title for item in reading.items] == ["stays"]
    assert not reading.unreadable


# ---- series


def weekly(world: Any, subject: str = "Stand-up", **fields: Any) -> Any:
    pattern = fields.pop("recurrence", Recurrence("Weekly", date(2026, 10, 26), days=("Monday", "Wednesday")))
    start = datetime(2026, 10, 26, 8, tzinfo=UTC)
    return world.event(
        subject, **{"start": start, "end": start + timedelta(minutes=15), "recurrence": pattern, **fields}
    )


def test_a_series_is_one_item(world: Any, calls: Any) -> None:
    """A.10: a view gives occurrences and never the master; the master is what is shown."""
    master = weekly(world)
    item = calls.item()
    assert item.id == master.id
    assert item.series
    assert item.locked == ""
    zone = item.when.zone
    assert item.when == When("2026-10-26T08:00:00Z", "2026-10-26T08:15:00Z", False, "FREQ=WEEKLY;BYDAY=MO,WE", zone)


def test_a_series_among_single_events(world: Any, calls: Any) -> None:
    weekly(world)
    world.event("Visit")
    ended = Recurrence("Daily", date(2026, 1, 5), count=5)
    early = datetime(2026, 1, 5, 8, tzinfo=UTC)
    weekly(world, "Ended", recurrence=ended, start=early, end=early + timedelta(hours=1))
    assert sorted(item.title for item in calls.fetch().items) == ["Stand-up", "Visit"]


def test_series_are_found_without_listing_the_calendar(world: Any, calls: Any) -> None:
    """A.10: one request more, however long the calendar is."""
    weekly(world)
    for number in range(30):
        world.event(
            f"Past {number}", start=datetime(2025, 1, 1, 9, tzinfo=UTC), end=datetime(2025, 1, 1, 10, tzinfo=UTC)
        )
    assert [item.title for item in calls.fetch().items] == ["Stand-up"]
    assert world.operations() == ["GetFolder", "FindItem", "FindItem", "GetItem"]


def test_no_search_for_series_where_there_are_none(world: Any, calls: Any) -> None:
    world.event()
    calls.fetch()
    assert world.operations().count("FindItem") == 1


def test_a_view_may_give_the_master_itself(world: Any, calls: Any, rewrite: Any) -> None:
    """E: some servers answer a view with the recurring master instead of its occurrences."""
    master = weekly(world)
    world.event("Visit")
    world.server.clear_log()
    pattern = r'<t:ItemId Id="[^"]*" ChangeKey="[^"]*"/>((?:(?!<t:ItemId).)*?)<t:CalendarItemType>Occurrence<'
    rewrite(
        "FindItem",
        pattern,
        rf'<t:ItemId Id="{master.id}" ChangeKey="{master.change_key}"/>\1<t:CalendarItemType>RecurringMaster<',
    )
    reading = calls.fetch()
    assert sorted(item.title for item in reading.items) == ["Stand-up", "Visit"]


def test_series_are_found_on_a_server_without_the_property(world: Any, calls: Any, window: Window) -> None:
    """A.10: when the search by PidLidRecurring finds nothing, everything before the window's end is looked through."""
    old = Recurrence("Weekly", date(2020, 1, 6), days=("Monday",))
    early = datetime(2020, 1, 6, 8, tzinfo=UTC)
    weekly(world, "Old", recurrence=old, start=early, end=early + timedelta(hours=1))
    weekly(world, "New")
    none = re.compile(b"<t:Items>.*</t:Items>", re.DOTALL)
    world.other.rewrite.append(lambda _, body: none.sub(b"<t:Items/>", body) if b"33315" in world.other.asked else body)
    assert sorted(item.title for item in calls.fetch(window).items) == ["New", "Old"]


# ---- meetings


def test_a_meeting_of_somebody_else_is_locked(world: Any, calls: Any) -> None:
    world.event(
        organizer=("Priya Patel", "priya@example.com"), my_response="Accept", is_meeting=True,
        required_attendees=(("Robin Rep", "rep@example.com"),),
    )  # fmt: skip
    item = calls.item()
    assert item.locked == "a meeting of Priya Patel: only its organizer can change it"
    assert item.people == ("Priya Patel <priya@example.com>", "Robin Rep <rep@example.com>")


def test_our_own_meeting_is_locked(world: Any, calls: Any) -> None:
    """0.12: no attendee ever gets mail, and a silent change would leave them with the old time."""
    world.event(required_attendees=(("Priya Patel", "priya@example.com"),))
    assert calls.item().locked.startswith("has attendees")


def test_a_cancelled_meeting_is_locked(world: Any, calls: Any) -> None:
    world.event(is_cancelled=True)
    assert calls.item().locked.startswith("a cancelled meeting")


# ---- stopping, progress


def test_progress_and_stopping(world: Any, calls: Any, window: Window) -> None:
    for number in range(250):
        world.event(f"Event {number}")
    seen: list[Progress] = []
    calls.side.fetch(Kind.CALENDAR, window, seen.append, lambda: False)
    assert [(step.done, step.total) for step in seen] == [(0, None), (0, 250), (100, 250), (200, 250), (250, 250)]
    world.server.clear_log()
    with pytest.raises(CancelledError):
        calls.side.fetch(Kind.CALENDAR, window, seen.append, lambda: len(world.server.log) >= 2)
    assert len(world.server.log) == 2

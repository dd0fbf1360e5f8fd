"""Times, links and owners of events (facts B1)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from sync_core.sandbox.salesforce import ApiError, Org

START = datetime(2026, 11, 24, 10, tzinfo=UTC)
END = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)
DAY = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def org() -> Org:
    return Org(lambda: datetime(2026, 11, 23, 9, tzinfo=UTC))


@pytest.fixture
def user(org: Org) -> str:
    return org.add_user("Alice Archer", "alice@example.com", "alice@example.com")


def saved(org: Org, user: str, **fields: object) -> dict[str, Any]:
    found = org.get("Event", org.create("Event", fields, by=user))
    assert found is not None
    return found


def changed(org: Org, user: str, row: dict[str, Any], **fields: object) -> dict[str, Any]:
    org.update("Event", row["Id"], fields, by=user)
    found = org.get("Event", row["Id"])
    assert found is not None
    return found


def refusal(org: Org, user: str, **fields: object) -> tuple[str, tuple[str, ...]]:
    with pytest.raises(ApiError) as caught:
        org.create("Event", fields, by=user)
    return caught.value.code, tuple(caught.value.fields or ())


TIMED = {
    "StartDateTime": START, "ActivityDateTime": START, "ActivityDate": date(2026, 11, 24), "EndDateTime": END,
    "EndDate": date(2026, 11, 24), "DurationInMinutes": 90,
}  # fmt: skip


@pytest.mark.parametrize(
    "given",
    [
        {"StartDateTime": START, "EndDateTime": END},
        {"StartDateTime": START, "DurationInMinutes": 90},
        {"ActivityDateTime": START, "DurationInMinutes": 90},
        {"StartDateTime": START, "EndDateTime": END, "DurationInMinutes": 90},
        {"StartDateTime": START, "ActivityDateTime": START, "ActivityDate": date(2026, 11, 24), "EndDateTime": END},
        {"StartDateTime": START, "ActivityDate": None, "EndDateTime": END, "DurationInMinutes": None},
    ],
)
def test_timed_events_are_completed(org: Org, user: str, given: dict[str, object]) -> None:
    row = saved(org, user, **given)
    assert {name: row[name] for name in TIMED} == TIMED
    assert row["IsAllDayEvent"] is False
    assert row["ShowAs"] == "Busy"


@pytest.mark.parametrize(
    ("given", "code", "fields"),
    [
        ({}, "REQUIRED_FIELD_MISSING", ("StartDateTime", "EndDateTime")),
        ({"StartDateTime": START}, "REQUIRED_FIELD_MISSING", ("EndDateTime",)),
        ({"EndDateTime": END}, "REQUIRED_FIELD_MISSING", ("StartDateTime",)),
        ({"StartDateTime": START, "ActivityDateTime": END, "EndDateTime": END}, "FIELD_INTEGRITY_EXCEPTION",
         ("StartDateTime",)),
        ({"StartDateTime": START, "ActivityDate": date(2026, 11, 25), "EndDateTime": END}, "FIELD_INTEGRITY_EXCEPTION",
         ("ActivityDate",)),
        ({"StartDateTime": START, "EndDateTime": END, "DurationInMinutes": 60}, "FIELD_INTEGRITY_EXCEPTION",
         ("DurationInMinutes",)),
        ({"StartDateTime": END, "EndDateTime": START}, "FIELD_INTEGRITY_EXCEPTION", ("EndDateTime",)),
        ({"StartDateTime": START, "DurationInMinutes": -1}, "FIELD_INTEGRITY_EXCEPTION", ("DurationInMinutes",)),
        ({"StartDateTime": START, "DurationInMinutes": 14 * 1440 + 1}, "FIELD_INTEGRITY_EXCEPTION",
         ("DurationInMinutes",)),
        ({"IsAllDayEvent": True}, "REQUIRED_FIELD_MISSING", ("ActivityDate",)),
        ({"IsAllDayEvent": True, "ActivityDate": date(2026, 11, 23), "StartDateTime": DAY},
         "FIELD_INTEGRITY_EXCEPTION", ("StartDateTime",)),
        ({"IsAllDayEvent": True, "StartDateTime": DAY, "EndDateTime": datetime(2026, 11, 23, tzinfo=UTC)},
         "FIELD_INTEGRITY_EXCEPTION", ("EndDateTime",)),
        ({"IsAllDayEvent": True, "StartDateTime": DAY, "EndDateTime": DAY, "DurationInMinutes": 2880},
         "FIELD_INTEGRITY_EXCEPTION", ("DurationInMinutes",)),
        ({"IsAllDayEvent": True, "StartDateTime": DAY, "EndDateTime": datetime(2026, 12, 8, tzinfo=UTC)},
         "FIELD_INTEGRITY_EXCEPTION", ("EndDateTime",)),
    ],
)  # fmt: skip
def test_times_that_do_not_fit(
    org: Org, user: str, given: dict[str, object], code: str, fields: tuple[str, ...]
) -> None:
    assert refusal(org, user, **given) == (code, fields)


def test_no_length_at_all_is_allowed(org: Org, user: str) -> None:
    assert saved(org, user, StartDateTime=START, EndDateTime=START)["DurationInMinutes"] == 0


def test_fourteen_days_are_allowed(org: Org, user: str) -> None:
    assert saved(org, user, StartDateTime=START, DurationInMinutes=14 * 1440)["DurationInMinutes"] == 14 * 1440
    row = saved(org, user, IsAllDayEvent=True, StartDateTime=DAY, EndDateTime=datetime(2026, 12, 7, tzinfo=UTC))
    assert row["DurationInMinutes"] == 14 * 1440


@pytest.mark.parametrize(
    ("given", "last", "minutes"),
    [
        ({"ActivityDate": date(2026, 11, 24)}, 24, 1440),
        ({"StartDateTime": DAY}, 24, 1440),
        # a time of day is dropped, as UTC has it
        ({"StartDateTime": START, "EndDateTime": END}, 24, 1440),
        ({"StartDateTime": DAY, "EndDateTime": datetime(2026, 11, 26, tzinfo=UTC)}, 26, 3 * 1440),
        ({"StartDateTime": DAY, "DurationInMinutes": 2880}, 25, 2880),
        ({"ActivityDate": date(2026, 11, 24), "DurationInMinutes": 0}, 24, 1440),
    ],
)
def test_all_day_events_end_on_their_last_day(
    org: Org, user: str, given: dict[str, object], last: int, minutes: int
) -> None:
    row = saved(org, user, IsAllDayEvent=True, **given)
    assert row["StartDateTime"] == row["ActivityDateTime"] == DAY
    assert row["ActivityDate"] == date(2026, 11, 24)
    assert row["EndDateTime"] == datetime(2026, 11, last, tzinfo=UTC)
    assert row["EndDate"] == date(2026, 11, last)
    assert row["DurationInMinutes"] == minutes


def test_without_multiday_events_a_day_is_the_most() -> None:
    org = Org(lambda: datetime(2026, 11, 23, 9, tzinfo=UTC), multiday_events=False)
    user = org.add_user("Alice Archer", "alice@example.com", "alice@example.com")
    with pytest.raises(ApiError) as caught:
        org.create("Event", {"StartDateTime": START, "DurationInMinutes": 1441}, by=user)
    # the words that the real org uses (facts B1)
    assert caught.value.message == "Duration must be between 0 and 1440 minutes: DurationInMinutes"
    two_days = {"IsAllDayEvent": True, "StartDateTime": DAY, "EndDateTime": datetime(2026, 11, 25, tzinfo=UTC)}
    assert refusal(org, user, **two_days) == ("FIELD_INTEGRITY_EXCEPTION", ("EndDateTime",))
    assert saved(org, user, StartDateTime=START, DurationInMinutes=1440)["DurationInMinutes"] == 1440
    assert saved(org, user, IsAllDayEvent=True, StartDateTime=DAY)["DurationInMinutes"] == 1440


def test_updates_of_times(org: Org, user: str) -> None:
    row = saved(org, user, StartDateTime=START, EndDateTime=END)
    later = datetime(2026, 11, 25, 14, tzinfo=UTC)
    row = changed(org, user, row, StartDateTime=later)
    assert (row["EndDateTime"], row["DurationInMinutes"]) == (datetime(2026, 11, 25, 15, 30, tzinfo=UTC), 90)
    assert row["ActivityDate"] == date(2026, 11, 25)
    row = changed(org, user, row, EndDateTime=datetime(2026, 11, 25, 15, tzinfo=UTC))
    assert row["DurationInMinutes"] == 60
    row = changed(org, user, row, DurationInMinutes=15)
    assert row["EndDateTime"] == datetime(2026, 11, 25, 14, 15, tzinfo=UTC)
    with pytest.raises(ApiError):
        org.update("Event", row["Id"], {"EndDateTime": START}, by=user)
    row = changed(org, user, row, Subject="only this")
    assert row["StartDateTime"] == later


def test_from_timed_to_all_day_and_back(org: Org, user: str) -> None:
    row = saved(org, user, StartDateTime=START, EndDateTime=END)
    row = changed(org, user, row, IsAllDayEvent=True)
    assert (row["StartDateTime"], row["EndDateTime"], row["DurationInMinutes"]) == (DAY, DAY, 1440)
    row = changed(org, user, row, ActivityDate=date(2026, 11, 26))
    assert row["StartDateTime"] == datetime(2026, 11, 26, tzinfo=UTC)
    row = changed(org, user, row, IsAllDayEvent=False, StartDateTime=START, EndDateTime=END)
    assert {name: row[name] for name in TIMED} == TIMED


def test_private_events_have_no_links(org: Org, user: str) -> None:
    account = org.create("Account", {"Name": "Northwind"}, by=user)
    contact = org.create("Contact", {"LastName": "Stone"}, by=user)
    times = {"StartDateTime": START, "EndDateTime": END}
    assert refusal(org, user, **times, IsPrivate=True, WhoId=contact, WhatId=account) == (
        "FIELD_INTEGRITY_EXCEPTION",
        ("WhoId", "WhatId"),
    )
    row = saved(org, user, **times, WhoId=contact)
    with pytest.raises(ApiError):
        org.update("Event", row["Id"], {"IsPrivate": True}, by=user)
    assert changed(org, user, row, IsPrivate=True, WhoId=None)["IsPrivate"] is True


def test_a_reminder_needs_a_time(org: Org, user: str) -> None:
    times = {"StartDateTime": START, "EndDateTime": END}
    assert refusal(org, user, **times, IsReminderSet=True) == ("REQUIRED_FIELD_MISSING", ("ReminderDateTime",))
    row = saved(org, user, **times, IsReminderSet=True, ReminderDateTime=DAY)
    with pytest.raises(ApiError):
        org.update("Event", row["Id"], {"ReminderDateTime": None}, by=user)


def test_owners(org: Org, user: str) -> None:
    other = org.add_user("Bob Baker", "bob@example.com", "bob@example.com")
    times = {"StartDateTime": START, "EndDateTime": END}
    assert saved(org, user, **times)["OwnerId"] == user
    assert saved(org, user, **times, OwnerId=other)["OwnerId"] == other
    assert refusal(org, user, **times, OwnerId=org.automated_user) == ("INVALID_CROSS_REFERENCE_KEY", ("OwnerId",))


def test_invitees_and_their_copies(org: Org, user: str) -> None:
    other = org.add_user("Bob Baker", "bob@example.com", "bob@example.com")
    row = saved(org, user, Subject="a", StartDateTime=START, EndDateTime=END)
    copy = org.invite(row["Id"], other)
    child = org.get("Event", copy)
    assert child is not None
    assert (child["IsChild"], child["OwnerId"], child["Subject"]) == (True, other, "a")
    assert org.get("Event", row["Id"])["IsGroupEvent"] is True  # type: ignore[index]
    (relation,) = org.rows("EventRelation")
    assert (relation["EventId"], relation["RelationId"], relation["Status"]) == (row["Id"], other, "New")
    with pytest.raises(ApiError) as caught:
        org.update("Event", copy, {"Subject": "b"}, by=other)
    assert caught.value.code == "FIELD_INTEGRITY_EXCEPTION"
    org.update("Event", copy, {"IsReminderSet": True, "ReminderDateTime": DAY}, by=other)
    org.update("Event", row["Id"], {"Subject": "b", "StartDateTime": END}, by=user)
    child = org.get("Event", copy)
    assert child is not None
    assert (child["Subject"], child["StartDateTime"], child["IsReminderSet"]) == ("b", END, True)
    assert child["OwnerId"] == other
    org.delete("Event", row["Id"], by=user)
    assert org.rows("Event") == []


def test_events_of_another_client(org: Org, user: str) -> None:
    row = saved(org, user, Subject="a", StartDateTime=START, EndDateTime=END)
    org.stamp("Event", row["Id"], {"IsClientManaged": True, "ClientGuid": "guid"})
    with pytest.raises(ApiError) as caught:
        org.update("Event", row["Id"], {"Subject": "b"}, by=user)
    assert (caught.value.code, caught.value.fields) == ("FIELD_INTEGRITY_EXCEPTION", ("Subject",))
    # the same value again changes nothing, and a reminder is not critical
    org.update("Event", row["Id"], {"Subject": "a", "IsReminderSet": True, "ReminderDateTime": DAY}, by=user)


def test_nulls(org: Org, user: str) -> None:
    row = saved(org, user, StartDateTime=START, EndDateTime=END, ShowAs=None, OwnerId=None, Subject=None)
    assert (row["ShowAs"], row["OwnerId"], row["Subject"]) == ("Busy", user, None)
    row = changed(org, user, row, ShowAs="Free", Subject="a", Location="b")
    row = changed(org, user, row, ShowAs=None, OwnerId=None, Subject=None, Location="")
    assert (row["ShowAs"], row["OwnerId"], row["Subject"], row["Location"]) == (None, user, None, None)


def test_fired_reminders_read_as_not_set(org: Org, user: str) -> None:
    times = {"StartDateTime": START, "EndDateTime": END, "IsReminderSet": True}
    due = saved(org, user, **times, ReminderDateTime=datetime(2026, 11, 23, 9, tzinfo=UTC))
    later = saved(org, user, **times, ReminderDateTime=datetime(2026, 11, 23, 10, tzinfo=UTC))
    org.fire_reminders()
    found = {row["Id"]: (row["IsReminderSet"], row["ReminderDateTime"].hour) for row in org.rows("Event")}  # type: ignore[attr-defined]
    assert found == {due["Id"]: (False, 9), later["Id"]: (True, 10)}


def test_whom_an_event_may_be_related_to(org: Org, user: str) -> None:
    """B1, WhoId: a contact or a lead; nothing else, nobody unknown, nobody who was deleted."""
    times = {"StartDateTime": "2026-11-25T10:00:00Z", "DurationInMinutes": 60}
    contact = org.create("Contact", {"LastName": "Berg"}, by=user)
    lead = org.create("Lead", {"LastName": "Odd", "Company": "Acme"}, by=user)
    account = org.create("Account", {"Name": "Acme"}, by=user)
    for person in (contact, lead):
        event = org.create("Event", {**times, "WhoId": person}, by=user)
        found = org.get("Event", event)
        assert found is not None
        assert found["WhoId"] == person
    assert refusal(org, user, **times, WhoId=account)[0] == "FIELD_INTEGRITY_EXCEPTION"
    assert refusal(org, user, **times, WhoId="003000000000000AAA")[0] == "INVALID_CROSS_REFERENCE_KEY"
    org.delete("Contact", contact, by=user)
    assert refusal(org, user, **times, WhoId=contact) == ("ENTITY_IS_DELETED", ("WhoId",))

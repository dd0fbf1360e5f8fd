"""What a query gives back: rows, order, parents, pages; and what it keeps back."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from simple_salesforce.exceptions import SalesforceMalformedRequest

from sync_core.sandbox.salesforce.fields import Field


def subjects(reply: Any) -> list[str]:
    return [row["Subject"] for row in reply["records"]]


@pytest.fixture
def week(world: Any) -> Any:
    """Five events on five days at 10:00 UTC, from Monday the 23rd on; the org's clock shows Wednesday."""
    for offset, subject in enumerate(["Mon", "tue", "Wed", "thu", "Fri"]):
        start = datetime(2026, 11, 23 + offset, 10, tzinfo=UTC)
        place = None if subject == "Wed" else f"Room {offset}"
        world.event(subject, StartDateTime=start, DurationInMinutes=30 * (offset + 1), Location=place)
    world.advance(days=2)
    return world


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("Subject = 'mon'", {"Mon"}),
        ("Subject LIKE '%U%'", {"tue", "thu"}),
        ("Subject LIKE '_ri'", {"Fri"}),
        ("Subject LIKE '\\_ri'", set()),
        ("Subject IN ('MON', 'Fri')", {"Mon", "Fri"}),
        ("Location = null", {"Wed"}),
        # a row without a value is unequal to every value
        ("Location != 'Room 0'", {"tue", "Wed", "thu", "Fri"}),
        ("Location NOT IN ('Room 0', 'Room 1')", {"Wed", "thu", "Fri"}),
        ("Location > 'Room 1'", {"thu", "Fri"}),
        ("NOT Location LIKE 'Room%'", {"Wed"}),
        ("DurationInMinutes >= 90 AND DurationInMinutes < 150", {"Wed", "thu"}),
        ("(Subject = 'Mon' AND IsAllDayEvent = false) OR Subject = 'Fri'", {"Mon", "Fri"}),
        ("StartDateTime >= 2026-11-25T10:00:00Z", {"Wed", "thu", "Fri"}),
        ("StartDateTime > 2026-11-25T11:00:00+01:00", {"thu", "Fri"}),
        ("StartDateTime = TODAY", {"Wed"}),
        ("StartDateTime < TODAY", {"Mon", "tue"}),
        ("StartDateTime <= TODAY", {"Mon", "tue", "Wed"}),
        ("StartDateTime > TODAY", {"thu", "Fri"}),
        ("StartDateTime != TODAY", {"Mon", "tue", "thu", "Fri"}),
        ("StartDateTime = LAST_N_DAYS:1", {"tue", "Wed"}),
        ("StartDateTime = NEXT_N_DAYS:1", {"thu"}),
        ("ActivityDate = 2026-11-24", {"tue"}),
        ("ActivityDate IN (YESTERDAY, TOMORROW)", {"tue", "thu"}),
        ("Owner.Name = 'alice archer'", {"Mon", "tue", "Wed", "thu", "Fri"}),
        ("Owner.Name = 'Bob Baker'", set()),
    ],
)
def test_where(week: Any, sf: Any, where: str, expected: set[str]) -> None:
    assert set(subjects(sf.query(f"SELECT Subject FROM Event WHERE {where}"))) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("Subject", ["Fri", "Mon", "thu", "tue", "Wed"]),
        ("Subject DESC", ["Wed", "tue", "thu", "Mon", "Fri"]),
        ("StartDateTime", ["Mon", "tue", "Wed", "thu", "Fri"]),
        ("Location", ["Wed", "Mon", "tue", "thu", "Fri"]),
        ("Location NULLS LAST", ["Mon", "tue", "thu", "Fri", "Wed"]),
        ("Location DESC NULLS LAST", ["Fri", "thu", "tue", "Mon", "Wed"]),
        ("IsPrivate, DurationInMinutes DESC LIMIT 2 OFFSET 1", ["thu", "Wed"]),
    ],
)
def test_order(week: Any, sf: Any, order: str, expected: list[str]) -> None:
    assert subjects(sf.query(f"SELECT Subject FROM Event ORDER BY {order}")) == expected


def test_today_is_today_where_the_user_is(world: Any) -> None:
    # 03:00 UTC on the 24th is still the 23rd in New York, where Bob is
    world.event("late", by=world.bob, StartDateTime=datetime(2026, 11, 24, 3, tzinfo=UTC), DurationInMinutes=30)
    token = world.application.sessions.open(world.bob)
    text = "SELECT Id FROM Event WHERE StartDateTime = TODAY"
    assert world.soql(text, token=token).json()["totalSize"] == 1
    assert world.soql(text).json()["totalSize"] == 0


def test_parents(world: Any, sf: Any) -> None:
    account = world.org.create("Account", {"Name": "Northwind"}, by=world.alice)
    contact = world.org.create("Contact", {"LastName": "Stone", "FirstName": "Nia", "AccountId": account}, by=world.bob)
    world.event("Visit", WhoId=contact)
    text = "SELECT Id, Who.Name, Who.Type, What.Name, Owner.Name, LastModifiedBy.Email, Account.Name FROM Event"
    (row,) = sf.query(text)["records"]
    assert row["Who"]["Name"] == "Nia Stone"
    assert row["Who"]["Type"] == "Contact"
    assert row["Who"]["attributes"]["type"] == "Name"
    assert row["What"] is None
    assert row["Owner"]["Name"] == "Alice Archer"
    assert row["LastModifiedBy"]["attributes"]["type"] == "User"
    assert row["LastModifiedBy"]["Email"] == "alice@example.com"
    assert row["Account"]["Name"] == "Northwind"


def test_a_row_says_what_it_is(world: Any, sf: Any) -> None:
    made = world.event()
    (row,) = sf.query("SELECT id, startdatetime FROM event")["records"]
    assert row["attributes"] == {"type": "Event", "url": f"/services/data/v62.0/sobjects/Event/{made}"}
    assert row["Id"] == made
    assert row["StartDateTime"] == "2026-11-24T10:00:00.000+0000"


def test_count(week: Any, sf: Any) -> None:
    assert sf.query("SELECT COUNT() FROM Event WHERE Location != null") == {
        "totalSize": 4,
        "done": True,
        "records": [],
    }


def test_pages_of_at_most_two_thousand(world: Any, sf: Any) -> None:
    for number in range(4100):
        world.event(f"{number}")
    first = sf.query("SELECT Id FROM Event")
    assert (first["totalSize"], len(first["records"]), first["done"]) == (4100, 2000, False)
    assert first["nextRecordsUrl"].startswith("/services/data/v62.0/query/01g")
    found = sf.query_all("SELECT Id FROM Event")["records"]
    assert len({row["Id"] for row in found}) == 4100
    found = sf.query_all("SELECT Id FROM Event", headers={"Sforce-Query-Options": "batchSize=500"})["records"]
    assert len({row["Id"] for row in found}) == 4100
    # the last of these asked for all nine pages
    assert world.server.operations()[-9:] == ["GET query", *["GET query/more"] * 8]
    small = world.soql("SELECT Id FROM Event", headers={"Sforce-Query-Options": "batchSize=10"}).json()
    assert len(small["records"]) == 200


def test_a_cursor_shows_the_rows_as_they_were(world: Any, sf: Any) -> None:
    ids = [world.event(f"{number:04}") for number in range(250)]
    options = {"Sforce-Query-Options": "batchSize=200"}
    page = world.soql("SELECT Id, Subject FROM Event ORDER BY Subject", headers=options).json()
    world.org.delete("Event", ids[240], by=world.alice)
    rest = sf.query_more(page["nextRecordsUrl"], identifier_is_url=True)
    assert len(rest["records"]) == 50
    assert rest["done"]


def test_a_cursor_ends_after_two_days_and_belongs_to_its_user(world: Any, sf: Any) -> None:
    for number in range(250):
        world.event(f"{number}")
    options = {"Sforce-Query-Options": "batchSize=200"}
    page = world.soql("SELECT Id FROM Event", headers=options).json()
    path = page["nextRecordsUrl"].split("v62.0/")[1]
    other = world.application.sessions.open(world.bob)
    assert world.call("GET", path, token=other).json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"
    assert world.call("GET", path).status_code == 200
    world.advance(days=2)
    with pytest.raises(SalesforceMalformedRequest) as caught:
        sf.query_more(page["nextRecordsUrl"], identifier_is_url=True)
    assert caught.value.content[0]["errorCode"] == "INVALID_QUERY_LOCATOR"


def test_long_custom_texts_make_small_pages(world: Any) -> None:
    for name in ("One__c", "Two__c"):
        world.org.add_field("Event", Field(name, "textarea", name, 32_000, True, True, custom=True, filterable=False))
    for number in range(201):
        world.event(f"{number}")
    assert world.soql("SELECT Id, One__c FROM Event").json()["done"]
    assert len(world.soql("SELECT Id, One__c, Two__c FROM Event").json()["records"]) == 200


def test_archived_events_vanish_without_being_deleted(world: Any, sf: Any) -> None:
    # tomorrow at 10:00, which is in 24 hours, 29 minutes and 45 seconds
    world.event("old")
    world.advance(days=366, minutes=29, seconds=44)
    text = "SELECT Id, IsDeleted, IsArchived FROM Event"
    assert sf.query(text)["totalSize"] == 1
    world.advance(seconds=1)
    assert sf.query(text)["totalSize"] == 0
    (row,) = sf.query(text, include_deleted=True)["records"]
    assert (row["IsDeleted"], row["IsArchived"]) == (False, True)
    # still there by id, and still changeable
    assert sf.Event.get(row["Id"])["IsArchived"] is True
    assert sf.Event.update(row["Id"], {"Subject": "older"}) == 204


def test_private_events_are_for_their_owner(world: Any, sf: Any) -> None:
    secret = world.event("secret", by=world.bob, IsPrivate=True)
    public = world.event("public", by=world.bob)
    assert subjects(sf.query("SELECT Subject FROM Event")) == ["public"]
    assert world.call("GET", f"sobjects/Event/{secret}").status_code == 404
    # the other one can be read, not changed
    assert sf.Event.get(public)["Subject"] == "public"
    for method, more in (("PATCH", {"json": {"Subject": "mine"}}), ("DELETE", {})):
        reply = world.call(method, f"sobjects/Event/{public}", **more)
        assert reply.status_code == 403
        assert reply.json()[0]["errorCode"] == "INSUFFICIENT_ACCESS_OR_READONLY"


def test_hidden_fields_do_not_exist(world: Any, sf: Any) -> None:
    made = world.event(Location="Room 1")
    world.org.hide_fields("Event", "Location")
    assert "Location" not in {field["name"] for field in sf.Event.describe()["fields"]}
    assert "Location" not in sf.Event.get(made)
    assert world.soql("SELECT Location FROM Event").json()[0]["errorCode"] == "INVALID_FIELD"
    reply = world.call("PATCH", f"sobjects/Event/{made}", json={"Location": "Room 2"})
    assert reply.json()[0]["message"] == "No such column 'Location' on sobject of type Event"


def test_fields_come_with_their_version(world: Any) -> None:
    text = "SELECT IsRecurrence2 FROM Event"
    assert world.soql(text, version="44.0").status_code == 200
    assert world.soql(text, version="43.0").json()[0]["errorCode"] == "INVALID_FIELD"


def test_ten_thousand_events_are_filtered_quickly(world: Any) -> None:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    for number in range(10_000):
        world.event(f"{number}", StartDateTime=start + timedelta(minutes=5 * number), DurationInMinutes=30)
    text = (
        "SELECT Id, Subject, Location, StartDateTime, EndDateTime, IsAllDayEvent, SystemModstamp FROM Event"
        " WHERE StartDateTime >= 2026-11-10T00:00:00Z AND StartDateTime < 2026-11-12T00:00:00Z ORDER BY StartDateTime"
    )
    began = time.perf_counter()
    reply = world.soql(text).json()
    assert time.perf_counter() - began < 1.0
    assert reply["totalSize"] == 576


def test_huge_scans_are_refused(world: Any) -> None:
    for number in range(11):
        world.event(f"{number}")
    world.org.largest_scan = 10
    refused = ("", " WHERE Subject = '1'", " WHERE StartDateTime = TODAY OR Subject = '1'", " WHERE Id != null")
    for where in refused:
        (error,) = world.soql(f"SELECT Id FROM Event{where}").json()
        assert error["errorCode"] == "OPERATION_TOO_LARGE", where
    assert world.soql("SELECT Id FROM Event WHERE startdatetime = TODAY AND Subject = '1'").status_code == 200


def test_files_of_a_record(world: Any, sf: Any) -> None:
    made = world.event()
    world.org.seed_row("Attachment", {"ParentId": made, "Name": "map.pdf", "BodyLength": 5, "OwnerId": world.alice})
    (row,) = sf.query(f"SELECT Name, BodyLength, Parent.Name FROM Attachment WHERE ParentId = '{made}'")["records"]
    assert (row["Name"], row["BodyLength"], row["Parent"]["Name"]) == ("map.pdf", 5, "Meeting")
    world.org.seed_row("ContentDocumentLink", {"LinkedEntityId": made, "ShareType": "V"})
    text = f"SELECT ShareType FROM ContentDocumentLink WHERE LinkedEntityId = '{made}'"
    assert sf.query(text)["records"][0]["ShareType"] == "V"

"""Rows by id and by external id, conditional requests, what a save may hold."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import pytest
from simple_salesforce.exceptions import (
    SalesforceGeneralError,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceResourceNotFound,
)

from sync_core.sandbox.salesforce import ApiError
from sync_core.sandbox.salesforce.fields import Field

TIMES = {"StartDateTime": "2026-11-24T10:00:00Z", "EndDateTime": "2026-11-24T11:00:00Z"}


def error(reply: Any) -> dict[str, Any]:
    (found,) = reply.json()
    return found


def http_date(value: datetime) -> str:
    return format_datetime(value.replace(microsecond=0), usegmt=True)


def test_create_answers_with_id_and_place(world: Any) -> None:
    reply = world.call("POST", "sobjects/Event/", json={"Subject": "a", **TIMES})
    assert reply.status_code == 201
    made = reply.json()
    assert made == {"id": made["id"], "success": True, "errors": []}
    assert len(made["id"]) == 18
    assert made["id"].startswith("00U")
    assert reply.headers["Location"] == f"/services/data/v62.0/sobjects/Event/{made['id']}"


def test_ids_are_the_same_for_the_same_history(world: Any) -> None:
    first, second = world.event(), world.event()
    assert (first[:15], second[:15]) == ("00UQy0000000001", "00UQy0000000002")


def test_get_by_every_spelling_of_the_id(world: Any, sf: Any) -> None:
    made = world.event("a")
    for spelling in (made, made[:15], made.lower()):
        assert sf.Event.get(spelling)["Id"] == made
    assert list(world.call("GET", f"sobjects/Event/{made}?fields=Subject,OwnerId").json()) == [
        "attributes",
        "Subject",
        "OwnerId",
    ]
    assert error(world.call("GET", f"sobjects/Event/{made}?fields=Colour"))["errorCode"] == "INVALID_FIELD"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("sobjects/Event/00UQy0000009999", 404, "NOT_FOUND"),
        ("sobjects/Event/nonsense", 404, "NOT_FOUND"),
        ("sobjects/Event/003Qy0000000001", 400, "MALFORMED_ID"),
        ("sobjects/Meeting/00UQy0000009999", 404, "NOT_FOUND"),
        ("sobjects/Event/Colour__c/1", 404, "NOT_FOUND"),
        ("nothing/here", 404, "NOT_FOUND"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_ids_and_paths_that_lead_nowhere(world: Any, method: str, path: str, status: int, code: str) -> None:
    reply = world.call(method, path, json={"Subject": "a"})
    assert reply.status_code == status
    assert error(reply)["errorCode"] == code


def test_wrong_methods(world: Any) -> None:
    made = world.event()
    for method, path in (
        ("PUT", f"sobjects/Event/{made}"),
        ("DELETE", "sobjects/Event"),
        ("POST", "query"),
        ("PUT", "composite/sobjects"),
        ("GET", "composite"),
    ):
        assert world.call(method, path).status_code == 405, (method, path)


def test_every_dml_error_has_fields_every_other_has_none(world: Any) -> None:
    assert error(world.call("POST", "sobjects/Event", json={"Subject": "x" * 256, **TIMES}))["fields"] == ["Subject"]
    assert "fields" not in error(world.call("POST", "sobjects/Event", json={"Colour": "red", **TIMES}))


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"Subject": "x" * 256}, "STRING_TOO_LONG", "Subject"),
        ({"Location": "x" * 256}, "STRING_TOO_LONG", "Location"),
        ({"Description": "x" * 32_001}, "STRING_TOO_LONG", "Description"),
        # a line end counts as two characters
        ({"Description": "x\n" * 11_000}, "STRING_TOO_LONG", "Description"),
        ({"ShowAs": "Tentative"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "ShowAs"),
        ({"EndDate": "2026-11-24"}, "INVALID_FIELD_FOR_INSERT_UPDATE", "EndDate"),
        ({"IsChild": True}, "INVALID_FIELD_FOR_INSERT_UPDATE", "IsChild"),
        ({"SystemModstamp": "2026-11-24T10:00:00Z"}, "INVALID_FIELD_FOR_INSERT_UPDATE", "SystemModstamp"),
        ({"Id": "00UQy0000000001"}, "INVALID_FIELD_FOR_INSERT_UPDATE", "Id"),
        ({"OwnerId": "nonsense"}, "MALFORMED_ID", "OwnerId"),
        ({"OwnerId": "005Qy0000009999"}, "INVALID_CROSS_REFERENCE_KEY", "OwnerId"),
        ({"WhoId": "003Qy0000009999"}, "INVALID_CROSS_REFERENCE_KEY", "WhoId"),
        ({"WhoId": "005Qy0000000002"}, "FIELD_INTEGRITY_EXCEPTION", "WhoId"),
        ({"DurationInMinutes": 123_456_789}, "NUMBER_OUTSIDE_VALID_RANGE", "DurationInMinutes"),
    ],
)
def test_what_a_field_cannot_hold(world: Any, values: dict[str, Any], code: str, field: str) -> None:
    reply = world.call("POST", "sobjects/Event", json={**TIMES, **values})
    assert reply.status_code == 400
    found = error(reply)
    assert (found["errorCode"], found["fields"]) == (code, [field])
    assert world.org.rows("Event") == []


@pytest.mark.parametrize(
    "values",
    [
        {"Subject": 5},
        {"Subject": ["a"]},
        {"IsAllDayEvent": "maybe"},
        {"IsAllDayEvent": None},
        {"DurationInMinutes": "an hour"},
        {"DurationInMinutes": 1.5},
        {"StartDateTime": "2026-11-24"},
        {"StartDateTime": "2026-11-24T10:00:00"},
        {"StartDateTime": 1},
        {"ActivityDate": "24.11.2026"},
        {"OwnerId": {"Name": "Alice"}},
    ],
)
def test_wrong_json_types(world: Any, values: dict[str, Any]) -> None:
    reply = world.call("POST", "sobjects/Event", json={**TIMES, **values})
    assert (reply.status_code, error(reply)["errorCode"]) == (400, "JSON_PARSER_ERROR")


def test_bodies_that_are_no_records(world: Any) -> None:
    for body, status, code in (
        (b"{", 400, "JSON_PARSER_ERROR"),
        (b"[]", 400, "JSON_PARSER_ERROR"),
        (b"\xff", 400, "JSON_PARSER_ERROR"),
    ):
        reply = world.call("POST", "sobjects/Event", data=body, headers={"Content-Type": "application/json"})
        assert (reply.status_code, error(reply)["errorCode"]) == (status, code)
    reply = world.call("POST", "sobjects/Event", data=b"a=b", headers={"Content-Type": "text/plain"})
    assert (reply.status_code, error(reply)["errorCode"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_texts_are_normalised(world: Any, sf: Any) -> None:
    made = sf.Event.create({"Subject": "  two\nlines \t", "Description": "\n a\nb\r\nc \n", "Location": "  ", **TIMES})
    found = sf.Event.get(made["id"])
    assert found["Subject"] == "two lines"
    assert found["Description"] == "a\r\nb\r\nc"
    assert found["Location"] is None


def test_times_keep_whole_seconds(world: Any, sf: Any) -> None:
    # the clock of the org stands at 250 ms
    found = sf.Event.get(world.event())
    assert found["SystemModstamp"] == found["LastModifiedDate"] == "2026-11-23T09:30:15.000+0000"
    made = sf.Event.create({"StartDateTime": "2026-11-24T10:00:00.900Z", "DurationInMinutes": 30})
    assert sf.Event.get(made["id"])["StartDateTime"] == "2026-11-24T10:00:00.000+0000"


def test_an_update_moves_the_stamps(world: Any, sf: Any) -> None:
    made = world.event("a")
    world.advance(minutes=5)
    sf.Event.update(made, {"Subject": "b"})
    found = sf.Event.get(made)
    assert found["CreatedDate"] == "2026-11-23T09:30:15.000+0000"
    assert found["SystemModstamp"] == found["LastModifiedDate"] == "2026-11-23T09:35:15.000+0000"
    # an automated process moves only SystemModstamp
    world.advance(minutes=5)
    world.org.stamp("Event", made, {"ClientGuid": "x"})
    found = sf.Event.get(made)
    assert (found["LastModifiedDate"], found["SystemModstamp"]) == (
        "2026-11-23T09:35:15.000+0000",
        "2026-11-23T09:40:15.000+0000",
    )


def test_an_id_has_no_place_in_the_body(world: Any) -> None:
    made = world.event()
    reply = world.call("PATCH", f"sobjects/Event/{made}", json={"Id": made, "Subject": "b"})
    assert error(reply)["errorCode"] == "INVALID_FIELD"


# -- conditions ----------------------------------------------------------------------------------------------------


def test_if_modified_since(world: Any, sf: Any) -> None:
    made = world.event("a")
    stamp = world.now
    with pytest.raises(SalesforceGeneralError) as caught:
        sf.Event.get(made, headers={"If-Modified-Since": http_date(stamp)})
    assert caught.value.status == 304
    world.advance(seconds=1)
    sf.Event.update(made, {"Subject": "b"})
    assert sf.Event.get(made, headers={"If-Modified-Since": http_date(stamp)})["Subject"] == "b"


def test_if_unmodified_since_guards_an_update(world: Any, sf: Any) -> None:
    made = world.event("a")
    read_at = http_date(world.now)
    world.advance(seconds=1)
    world.org.update("Event", made, {"Subject": "theirs"}, by=world.alice)
    with pytest.raises(SalesforceGeneralError) as caught:
        sf.Event.update(made, {"Subject": "mine"}, headers={"If-Unmodified-Since": read_at})
    assert caught.value.status == 412
    assert sf.Event.get(made)["Subject"] == "theirs"
    sf.Event.update(made, {"Subject": "mine"}, headers={"If-Unmodified-Since": http_date(world.now)})
    assert sf.Event.get(made)["Subject"] == "mine"
    world.advance(seconds=1)
    with pytest.raises(SalesforceGeneralError) as caught:
        sf.Event.get(made, headers={"If-Unmodified-Since": read_at})
    assert caught.value.status == 412


def test_the_grain_is_a_second(world: Any, sf: Any) -> None:
    made = world.event("a")
    read_at = http_date(world.now)
    world.advance(seconds=0.5)
    world.org.update("Event", made, {"Subject": "theirs"}, by=world.alice)
    # changed within the same second: the condition does not see it
    assert sf.Event.update(made, {"Subject": "mine"}, headers={"If-Unmodified-Since": read_at}) == 204


def test_conditions_that_are_no_dates(world: Any) -> None:
    made = world.event()
    for method in ("GET", "PATCH"):
        reply = world.call(method, f"sobjects/Event/{made}", json={}, headers={"If-Unmodified-Since": "2026-11-23"})
        assert reply.status_code == 400


def test_delete_takes_no_notice_of_conditions(world: Any) -> None:
    made = world.event()
    world.advance(days=1)
    world.org.update("Event", made, {"Subject": "theirs"}, by=world.alice)
    past = http_date(datetime(2020, 1, 1, tzinfo=UTC))
    assert world.call("DELETE", f"sobjects/Event/{made}", headers={"If-Unmodified-Since": past}).status_code == 204
    assert world.org.get("Event", made)["IsDeleted"] is True


# -- the end of a record -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_deleted_then_purged(world: Any, method: str) -> None:
    made = world.event()
    world.org.delete("Event", made, by=world.alice)
    reply = world.call(method, f"sobjects/Event/{made}", json={})
    assert (reply.status_code, error(reply)["errorCode"]) == (404, "ENTITY_IS_DELETED")
    world.advance(days=14, hours=23)
    assert error(world.call(method, f"sobjects/Event/{made}", json={}))["errorCode"] == "ENTITY_IS_DELETED"
    world.advance(hours=1)
    reply = world.call(method, f"sobjects/Event/{made}", json={})
    assert (reply.status_code, error(reply)["errorCode"]) == (404, "NOT_FOUND")
    assert world.org.get("Event", made) is None


def test_purge_at_once(world: Any, sf: Any) -> None:
    made = world.event()
    world.org.delete("Event", made, by=world.alice)
    assert [row["Id"] for row in world.org.rows("Event", deleted=True)] == [made]
    world.org.purge("Event", made)
    assert world.org.rows("Event", deleted=True) == []
    with pytest.raises(SalesforceResourceNotFound):
        sf.Event.get(made)


def test_object_permissions(world: Any, sf: Any) -> None:
    made = world.event()
    world.org.deny("Event", "create", "edit", "delete")
    for method, path, more in (
        ("POST", "sobjects/Event", {"json": {"Subject": "a", **TIMES}}),
        ("PATCH", f"sobjects/Event/{made}", {"json": {"Subject": "b"}}),
        ("DELETE", f"sobjects/Event/{made}", {}),
    ):
        reply = world.call(method, path, **more)
        assert (reply.status_code, error(reply)["errorCode"]) == (403, "INSUFFICIENT_ACCESS_OR_READONLY")
    about = sf.Event.describe()
    assert (about["createable"], about["updateable"], about["deletable"]) == (False, False, False)
    assert not any(field["createable"] or field["updateable"] for field in about["fields"])
    world.org.allow("Event", "edit")
    assert sf.Event.update(made, {"Subject": "b"}) == 204
    world.org.deny("Event", "read")
    assert world.soql("SELECT Id FROM Event").json()[0]["errorCode"] == "INVALID_TYPE"
    assert world.call("GET", f"sobjects/Event/{made}").status_code == 404
    assert "Event" not in {entry["name"] for entry in sf.describe()["sobjects"]}


# -- external ids --------------------------------------------------------------------------------------------------


@pytest.fixture
def keyed(world: Any) -> Any:
    world.org.add_field("Event", Field("Key__c", "string", "Key", 40, True, True, external_id=True, custom=True))
    return world


def test_upsert_creates_then_updates(keyed: Any, sf: Any) -> None:
    reply = keyed.call("PATCH", "sobjects/Event/Key__c/a%2Fb", json={"Subject": "a", **TIMES})
    made = reply.json()
    assert (reply.status_code, made["created"]) == (201, True)
    assert sf.Event.get(made["id"])["Key__c"] == "a/b"
    reply = keyed.call("PATCH", "sobjects/Event/Key__c/A%2FB", json={"Subject": "b"})
    assert (reply.status_code, reply.json()["created"], reply.json()["id"]) == (200, False, made["id"])
    assert sf.Event.get_by_custom_id("Key__c", "a/b")["Subject"] == "b"
    reply = keyed.call("PATCH", "sobjects/Event/Key__c/x", json={"Subject": "b", "Key__c": "x"})
    assert error(reply)["errorCode"] == "INVALID_FIELD"
    assert keyed.call("GET", "sobjects/Event/Key__c/x").status_code == 404


def test_several_records_with_one_external_id(keyed: Any, sf: Any) -> None:
    ids = {keyed.event("a", Key__c="k"), keyed.event("b", Key__c="k")}
    with pytest.raises(SalesforceMoreThanOneRecord) as caught:
        sf.Event.upsert("Key__c/k", {"Subject": "c"})
    assert {url.rsplit("/", 1)[1] for url in caught.value.content} == ids


# -- other objects -------------------------------------------------------------------------------------------------


def test_contacts(world: Any, sf: Any) -> None:
    made = sf.Contact.create({"FirstName": "Nia", "LastName": "Stone", "Email": "nia@example.com"})
    found = sf.Contact.get(made["id"])
    assert (found["Name"], found["OwnerId"]) == ("Nia Stone", world.alice)
    sf.Contact.update(made["id"], {"LastName": "Marsh"})
    assert sf.Contact.get(made["id"])["Name"] == "Nia Marsh"
    for values, code in (
        ({"FirstName": "Nia"}, "REQUIRED_FIELD_MISSING"),
        ({"LastName": "x" * 81}, "STRING_TOO_LONG"),
        ({"LastName": "a", "Email": "nia at example"}, "INVALID_EMAIL_ADDRESS"),
    ):
        with pytest.raises(SalesforceMalformedRequest) as caught:
            sf.Contact.create(values)
        assert caught.value.content[0]["errorCode"] == code


def test_tasks(world: Any, sf: Any) -> None:
    made = sf.Task.create({"Subject": "Call", "ActivityDate": "2026-11-30"})["id"]
    found = sf.Task.get(made)
    assert (found["Status"], found["Priority"], found["IsClosed"]) == ("Not Started", "Normal", False)
    sf.Task.update(made, {"Status": "Completed", "Priority": "High"})
    found = sf.Task.get(made)
    assert (found["IsClosed"], found["IsHighPriority"]) == (True, True)
    assert found["CompletedDateTime"] == "2026-11-23T09:30:15.000+0000"
    sf.Task.update(made, {"Status": "In Progress"})
    assert sf.Task.get(made)["CompletedDateTime"] is None
    statuses = sf.query("SELECT MasterLabel, IsClosed FROM TaskStatus WHERE IsClosed = true")["records"]
    assert [row["MasterLabel"] for row in statuses] == ["Completed"]
    with pytest.raises(SalesforceMalformedRequest):
        sf.Task.create({"Subject": "x" * 256})


def test_an_account_follows_the_link(world: Any, sf: Any) -> None:
    account = world.org.create("Account", {"Name": "Northwind"}, by=world.alice)
    contact = world.org.create("Contact", {"LastName": "Stone", "AccountId": account}, by=world.alice)
    assert sf.Event.get(world.event(WhatId=account))["AccountId"] == account
    made = world.event(WhoId=contact)
    assert sf.Event.get(made)["AccountId"] == account
    sf.Event.update(made, {"WhoId": None})
    assert sf.Event.get(made)["AccountId"] is None
    world.org.delete("Contact", contact, by=world.alice)
    with pytest.raises(ApiError) as caught:
        world.event(WhoId=contact)
    assert caught.value.code == "ENTITY_IS_DELETED"


def test_bodies_made_to_hurt(world: Any, sf: Any) -> None:
    json_type = {"Content-Type": "application/json"}
    for body in (b"[" * 100_000, b'{"DurationInMinutes": NaN}', b'{"\\ud800": 1}'):
        reply = world.call("POST", "sobjects/Event", data=body, headers=json_type)
        assert reply.status_code == 400, reply.text
    body = b'{"IsAllDayEvent": true, "ActivityDate": "2026-11-24", "Subject": "a\\u001b[31m \\ud800 \\u202e\\u00a0"}'
    made = world.call("POST", "sobjects/Event", data=body, headers=json_type).json()
    # hostile text is stored as it is; half a surrogate pair is no text; a no-break space is not trimmed
    assert sf.Event.get(made["id"])["Subject"] == "a\x1b[31m \ufffd \u202e\u00a0"

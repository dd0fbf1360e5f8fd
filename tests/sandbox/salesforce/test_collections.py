"""sObject Collections: many rows in one request, each with its own result."""

from __future__ import annotations

from typing import Any

import pytest
from simple_salesforce.exceptions import SalesforceMalformedRequest

from sync_core.sandbox.salesforce.fields import Field

DAY = {"IsAllDayEvent": True, "ActivityDate": "2026-11-24"}


def event(subject: str, **fields: object) -> dict[str, Any]:
    return {"attributes": {"type": "Event"}, "Subject": subject, **DAY, **fields}


def post(world: Any, records: list[Any], **more: object) -> Any:
    return world.call("POST", "composite/sobjects", json={"records": records, **more})


def codes(results: list[dict[str, Any]]) -> list[str | None]:
    return [None if result["success"] else result["errors"][0]["statusCode"] for result in results]


def test_each_row_has_its_own_result(world: Any, sf: Any) -> None:
    rows = [event("a"), event("x" * 256), event("b", ShowAs="Maybe"), event("c")]
    results = sf.restful("composite/sobjects", method="POST", json={"records": rows})
    assert codes(results) == [None, "STRING_TOO_LONG", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", None]
    assert "id" not in results[1]
    assert results[1]["errors"][0]["fields"] == ["Subject"]
    assert [world.org.get("Event", results[at]["id"])["Subject"] for at in (0, 3)] == ["a", "c"]
    assert len(world.org.rows("Event")) == 2


def test_all_or_none(world: Any) -> None:
    results = post(world, [event("a"), event("x" * 256), event("c")], allOrNone=True).json()
    rolled_back = "ALL_OR_NONE_OPERATION_ROLLED_BACK"
    assert codes(results) == [rolled_back, "STRING_TOO_LONG", rolled_back]
    assert world.org.rows("Event", deleted=True) == []
    assert codes(post(world, [event("a"), event("b")], allOrNone=True).json()) == [None, None]


def test_updates(world: Any, sf: Any) -> None:
    mine, gone, theirs = world.event("mine"), world.event("gone"), world.event("theirs", by=world.bob)
    world.org.delete("Event", gone, by=world.alice)
    about = {"attributes": {"type": "Event"}}
    rows = [
        {**about, "id": mine, "Subject": "changed"},
        {**about, "id": gone, "Subject": "changed"},
        {**about, "Id": theirs, "Subject": "changed"},
        {**about, "id": "00UQy0000009999", "Subject": "changed"},
        {**about, "id": "nonsense", "Subject": "changed"},
        {**about, "Subject": "changed"},
    ]
    results = sf.restful("composite/sobjects", method="PATCH", json={"records": rows})
    assert codes(results) == [
        None,
        "ENTITY_IS_DELETED",
        "INSUFFICIENT_ACCESS_OR_READONLY",
        "INVALID_CROSS_REFERENCE_KEY",
        "MALFORMED_ID",
        "MISSING_ARGUMENT",
    ]
    assert world.org.get("Event", mine)["Subject"] == "changed"


def test_a_rolled_back_update_leaves_no_trace(world: Any) -> None:
    first, second = world.event("first"), world.event("second")
    before = world.org.rows("Event")
    world.advance(hours=1)
    about = {"attributes": {"type": "Event"}}
    rows = [{**about, "id": first, "Subject": "changed"}, {**about, "id": second, "Subject": "x" * 256}]
    reply = world.call("PATCH", "composite/sobjects", json={"records": rows, "allOrNone": True})
    assert reply.status_code == 200
    assert world.org.rows("Event") == before


def test_deletes(world: Any, sf: Any) -> None:
    first, second = world.event(), world.event()
    contact = world.org.create("Contact", {"LastName": "Stone"}, by=world.alice)
    ids = f"{first},{contact},00UQy0000009999,{first}"
    results = sf.restful("composite/sobjects", method="DELETE", params={"ids": ids})
    assert codes(results) == [None, None, "INVALID_CROSS_REFERENCE_KEY", "ENTITY_IS_DELETED"]
    ids = f"{second},00UQy0000009999"
    results = sf.restful("composite/sobjects", method="DELETE", params={"ids": ids, "allOrNone": "true"})
    assert codes(results) == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "INVALID_CROSS_REFERENCE_KEY"]
    assert [row["Id"] for row in world.org.rows("Event")] == [second]
    # what was rolled back has not been deleted for a reader of the delete log, either
    assert [record_id for _, record_id, _ in world.org.deletions] == [first, contact]


def test_two_hundred_rows_and_ten_chunks_are_the_most(world: Any) -> None:
    assert post(world, [event("a")] * 200).status_code == 200
    reply = post(world, [event("a")] * 201)
    assert (reply.status_code, reply.json()[0]["errorCode"]) == (400, "EXCEEDED_ID_LIMIT")
    contact = {"attributes": {"type": "Contact"}, "LastName": "Stone"}
    assert post(world, [event("a"), contact] * 5).status_code == 200
    reply = post(world, [*[event("a"), contact] * 5, event("a")])
    assert (reply.status_code, reply.json()[0]["errorCode"]) == (400, "LIMIT_EXCEEDED")
    assert len(world.org.rows("Event")) == 205
    ids = ",".join(["00UQy0000000001"] * 201)
    assert world.call("DELETE", "composite/sobjects", params={"ids": ids}).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"records": {}},
        {"records": []},
        {"records": ["a"]},
        {"records": [{"Subject": "a"}]},
        {"records": [event("a")], "allorNone": True},
        # what cannot be read fails the whole request
        {"records": [event("a"), event("b", Colour="red")]},
        {"records": [event("a"), event("b", StartDateTime="soon")]},
    ],
)
def test_what_fails_the_whole_request(world: Any, body: dict[str, Any]) -> None:
    reply = world.call("POST", "composite/sobjects", json=body)
    assert reply.status_code == 400
    assert set(reply.json()[0]) >= {"message", "errorCode"}
    assert world.org.rows("Event") == []


def test_unknown_types_fail_their_row(world: Any) -> None:
    results = post(world, [event("a"), {"attributes": {"type": "Meeting"}, "Subject": "b"}]).json()
    assert codes(results) == [None, "INVALID_TYPE"]


def test_retrieve(world: Any, sf: Any) -> None:
    first, second, gone = (world.event(name) for name in ("a", "b", "gone"))
    secret = world.event("secret", by=world.bob, IsPrivate=True)
    world.org.delete("Event", gone, by=world.alice)
    ids = [second, gone, secret, "00UQy0000009999", first[:15]]
    found = sf.restful("composite/sobjects/Event", method="POST", json={"ids": ids, "fields": ["Id", "Subject"]})
    assert [row and row["Subject"] for row in found] == ["b", None, None, None, "a"]
    assert set(found[0]) == {"attributes", "Id", "Subject"}
    by_get = sf.restful("composite/sobjects/Event", params={"ids": ",".join(ids), "fields": "Id,Subject"})
    assert by_get == found
    for body, code in (
        ({"ids": [first]}, "JSON_PARSER_ERROR"),
        ({"ids": [first], "fields": []}, "MISSING_ARGUMENT"),
        ({"ids": [first], "fields": ["Colour"]}, "INVALID_FIELD"),
        ({"ids": ["nonsense"], "fields": ["Id"]}, "MALFORMED_ID"),
        ({"ids": [first] * 2001, "fields": ["Id"]}, "EXCEEDED_ID_LIMIT"),
    ):
        with pytest.raises(SalesforceMalformedRequest) as caught:
            sf.restful("composite/sobjects/Event", method="POST", json=body)
        assert caught.value.content[0]["errorCode"] == code
    assert len(sf.restful("composite/sobjects/Event", method="POST", json={"ids": [first] * 2000, "fields": ["Id"]}))


def test_upsert(world: Any) -> None:
    world.org.add_field("Event", Field("Key__c", "string", "Key", 40, True, True, external_id=True, custom=True))
    path = "composite/sobjects/Event/Key__c"
    records = [event("a", Key__c="1"), event("b", Key__c="2"), event("c")]
    results = world.call("PATCH", path, json={"records": records}).json()
    assert codes(results) == [None, None, "MISSING_ARGUMENT"]
    assert [result.get("created") for result in results] == [True, True, None]
    results = world.call("PATCH", path, json={"records": [event("A", Key__c="1")]}).json()
    assert results[0]["created"] is False
    world.event("twin", Key__c="1")
    assert codes(world.call("PATCH", path, json={"records": records[:1]}).json()) == ["DUPLICATE_EXTERNAL_ID"]

"""Versions, limits, names of operations, and the faults that only this server knows."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from simple_salesforce.exceptions import SalesforceRefusedRequest

from sync_core.sandbox.httpd import Request
from sync_core.sandbox.salesforce import operation_name

DAY = {"IsAllDayEvent": True, "ActivityDate": "2026-11-24"}


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "/services/data/v62.0/query/", "GET query"),
        ("GET", "/services/data/v62.0/query", "GET query"),
        ("GET", "/services/data/v62.0/query/01gQy0000000001AAA-2000", "GET query/more"),
        ("GET", "/services/data/v62.0/queryAll/", "GET queryAll"),
        ("POST", "/services/data/v62.0/sobjects/Event/", "POST sobjects/Event"),
        ("PATCH", "/services/data/v62.0/sobjects/Event/00UQy0000000001", "PATCH sobjects/Event"),
        ("PATCH", "/services/data/v62.0/sobjects/Event/Key__c/a%2Fb", "PATCH sobjects/Event"),
        ("GET", "/services/data/v62.0/sobjects/Event/describe", "GET sobjects/Event/describe"),
        ("GET", "/services/data/v62.0/sobjects/Event/updated/", "GET sobjects/Event/updated"),
        ("DELETE", "/services/data/v62.0/sobjects/Event/00UQy0000000001/fromThisEventOnwards",
         "DELETE sobjects/Event/fromThisEventOnwards"),
        ("GET", "/services/data/v62.0/sobjects", "GET sobjects"),
        ("POST", "/services/data/v62.0/composite/sobjects", "POST composite/sobjects"),
        ("POST", "/services/data/v62.0/composite/sobjects/Event", "POST composite/sobjects/Event"),
        ("POST", "/services/data/v62.0/composite", "POST composite"),
        ("POST", "/services/oauth2/token", "POST oauth2/token"),
        ("GET", "/services/data", "GET data"),
        ("GET", "/elsewhere", "GET elsewhere"),
    ],
)  # fmt: skip
def test_names_of_operations(method: str, path: str, name: str) -> None:
    assert operation_name(Request(method, path, {}, {}, b"")) == name


def test_versions(world: Any) -> None:
    found = world.session.get(f"{world.server.url}/services/data", timeout=10).json()
    assert found[0] == {"label": "Summer '14", "url": "/services/data/v31.0", "version": "31.0"}
    by_version = {entry["version"]: entry["label"] for entry in found}
    assert (by_version["59.0"], by_version["67.0"]) == ("Winter '24", "Summer '26")
    assert world.call("GET", "sobjects", version="30.0").status_code == 410
    assert world.call("GET", "sobjects", version="68.0").status_code == 404
    assert world.call("GET", "sobjects", version="31.0").status_code == 200
    assert set(world.call("GET", "").json()) >= {"sobjects", "query", "queryAll", "composite", "limits"}


def test_paths_that_lead_nowhere(world: Any) -> None:
    for path in ("/", "/services", "/services/Soap/u/62.0", "/services/data/v62/sobjects", "/services/data/latest/"):
        headers = {"Authorization": "Bearer 00Dfixed!session.token"}
        reply = world.session.get(world.server.url + path, headers=headers, timeout=10)
        assert reply.status_code == 404, path
        assert reply.json()[0] == {"message": "The requested resource does not exist", "errorCode": "NOT_FOUND"}


def test_usage_is_on_every_reply(world: Any, sf: Any) -> None:
    for number in range(1, 4):
        reply = world.call("GET", "sobjects" if number != 2 else "nowhere")
        assert reply.headers["Sforce-Limit-Info"] == f"api-usage={number}/103000"
    sf.query("SELECT Id FROM Event")
    assert sf.api_usage["api-usage"].used == 4
    # this call itself counts
    assert sf.limits()["DailyApiRequests"] == {"Max": 103_000, "Remaining": 103_000 - 5}


def test_the_daily_limit(make_world: Callable[..., Any]) -> None:
    world = make_world(daily_limit=2)
    sf = world.client()
    sf.describe()
    sf.describe()
    with pytest.raises(SalesforceRefusedRequest) as caught:
        sf.describe()
    assert caught.value.content[0]["errorCode"] == "REQUEST_LIMIT_EXCEEDED"
    world.advance(hours=24)
    sf.describe()


def test_describe_has_what_a_client_reads(sf: Any) -> None:
    about = sf.Event.describe()
    assert (about["keyPrefix"], about["replicateable"], about["queryable"]) == ("00U", True, True)
    fields = {field["name"]: field for field in about["fields"]}
    for field in fields.values():
        assert {"name", "label", "type", "length", "createable", "updateable", "nillable", "filterable", "sortable",
                "picklistValues", "restrictedPicklist", "referenceTo", "relationshipName", "defaultedOnCreate",
                "externalId", "custom", "calculated"} <= set(field)  # fmt: skip
    assert fields["ShowAs"]["restrictedPicklist"] is True
    assert fields["Subject"]["restrictedPicklist"] is False
    assert (fields["Recurrence2PatternText"]["createable"], fields["Recurrence2PatternText"]["updateable"]) == (
        True,
        False,
    )
    assert fields["OwnerId"]["referenceTo"] == ["User"]
    assert fields["WhoId"]["relationshipName"] == "Who"
    contact = {field["name"]: field["length"] for field in sf.Contact.describe()["fields"]}
    assert (contact["LastName"], contact["Email"], contact["Title"]) == (80, 80, 128)
    assert sf.Event.metadata()["objectDescribe"]["name"] == "Event"
    assert sf.is_sandbox() is True


def test_per_row_faults(world: Any, sf: Any) -> None:
    rows = [{"attributes": {"type": "Event"}, "Subject": name, **DAY} for name in "abcd"]
    world.fault("rows", "POST composite/sobjects", rows=(1, 3), code="FIELD_CUSTOM_VALIDATION_EXCEPTION", message="No.")
    found = sf.restful("composite/sobjects", method="POST", json={"records": rows})
    assert [each["success"] for each in found] == [True, False, True, False]
    assert found[1]["errors"] == [{"statusCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "message": "No.", "fields": []}]
    assert {row["Subject"] for row in world.org.rows("Event")} == {"a", "c"}
    # it happens once
    assert all(each["success"] for each in sf.restful("composite/sobjects", method="POST", json={"records": rows}))


def test_per_row_faults_roll_back_with_all_or_none(world: Any, sf: Any) -> None:
    rows = [{"attributes": {"type": "Event"}, "Subject": name, **DAY} for name in "ab"]
    world.fault("rows", "POST composite/sobjects", rows=(1,))
    found = sf.restful("composite/sobjects", method="POST", json={"records": rows, "allOrNone": True})
    assert [each["errors"][0]["statusCode"] for each in found] == [
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "UNABLE_TO_LOCK_ROW",
    ]
    assert world.org.rows("Event") == []


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_a_single_row_can_fail_too(world: Any, method: str) -> None:
    made = world.event("a")
    world.fault("rows", f"{method} sobjects/Event", rows=(0,))
    path = "sobjects/Event" if method == "POST" else f"sobjects/Event/{made}"
    reply = world.call(method, path, json={"Subject": "b", **DAY})
    assert (reply.status_code, reply.json()[0]["errorCode"]) == (400, "UNABLE_TO_LOCK_ROW")
    assert [row["Subject"] for row in world.org.rows("Event")] == ["a"]


def test_deletes_and_subrequests_can_fail_by_row(world: Any) -> None:
    first, second = world.event(), world.event()
    world.fault("rows", "DELETE composite/sobjects", rows=(0,))
    found = world.call("DELETE", "composite/sobjects", params={"ids": f"{first},{second}"}).json()
    assert [each["success"] for each in found] == [False, True]
    world.fault("rows", "POST composite", rows=(0,))
    part = {"referenceId": "p", "method": "GET", "url": "/services/data/v62.0/sobjects"}
    found = world.call("POST", "composite", json={"compositeRequest": [part]}).json()["compositeResponse"]
    assert found[0]["httpStatusCode"] == 400


def test_the_limit_fault(world: Any) -> None:
    world.fault("limit", "sobjects/Event")
    reply = world.call("POST", "sobjects/Event", json=DAY)
    assert (reply.status_code, reply.json()[0]["errorCode"]) == (403, "REQUEST_LIMIT_EXCEEDED")
    assert world.org.rows("Event") == []


def test_short_pages(world: Any, sf: Any) -> None:
    ids = {world.event(f"{number}") for number in range(9)}
    world.fault("short_page", "GET query", times=3)
    found = sf.query_all("SELECT Id FROM Event")["records"]
    assert {row["Id"] for row in found} == ids
    assert len(found) == 9
    assert len(world.server.operations()) > 3


def test_transport_faults_apply_what_they_say(world: Any) -> None:
    world.fault("drop_after", "POST sobjects/Event")
    with pytest.raises(Exception, match=r"Connection aborted|RemoteDisconnected"):
        world.call("POST", "sobjects/Event", json=DAY)
    assert len(world.org.rows("Event")) == 1


def test_many_writers_at_once(world: Any) -> None:
    def write() -> None:
        for number in range(25):
            world.org.create("Event", {"Subject": f"{number}", **DAY}, by=world.alice)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({row["Id"] for row in world.org.rows("Event")}) == 200


def test_native_values(world: Any) -> None:
    row = world.org.get("Event", world.event("a"))
    assert row["StartDateTime"].tzinfo is not None
    assert row["IsAllDayEvent"] is False
    assert not any(name.startswith("_") for name in row)
    row["Subject"] = "a copy"
    assert world.org.get("Event", row["Id"])["Subject"] == "a"
    assert world.org.get("Event", "nonsense") is None
    with pytest.raises(KeyError):
        world.org.purge("Event", "00UQy0000009999")

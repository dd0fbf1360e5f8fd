"""Duplicate rules of contacts."""

from __future__ import annotations

from typing import Any

import pytest

ALLOW = {"Sforce-Duplicate-Rule-Header": "allowSave=true; includeRecordDetails=true; runAsCurrentUser=true"}
NIA = {"LastName": "Stone", "FirstName": "Nia", "Email": "nia@example.com"}


@pytest.fixture
def first(world: Any) -> str:
    world.org.duplicate_rules["Contact"] = "alert"
    return world.org.create("Contact", NIA, by=world.alice)


def test_an_alert_stops_a_save_unless_allowed(world: Any, first: str) -> None:
    again = {**NIA, "LastName": "Marsh", "Email": "NIA@example.com"}
    reply = world.call("POST", "sobjects/Contact", json=again)
    (error,) = reply.json()
    assert (reply.status_code, error["errorCode"]) == (400, "DUPLICATES_DETECTED")
    assert error["duplicateResult"]["allowSave"] is True
    assert error["duplicateResult"]["matchResults"][0]["size"] == 1
    assert world.call("POST", "sobjects/Contact", json=again, headers=ALLOW).status_code == 201
    assert len(world.org.rows("Contact")) == 2


def test_details_on_request(world: Any, first: str) -> None:
    header = {"Sforce-Duplicate-Rule-Header": "includeRecordDetails=true"}
    (error,) = world.call("POST", "sobjects/Contact", json=NIA, headers=header).json()
    (match,) = error["duplicateResult"]["matchResults"][0]["matchRecords"]
    assert match["record"]["Id"] == first


def test_a_block_stops_every_save(world: Any, first: str) -> None:
    world.org.duplicate_rules["Contact"] = "block"
    assert world.call("POST", "sobjects/Contact", json=NIA, headers=ALLOW).status_code == 400
    assert len(world.org.rows("Contact")) == 1


def test_updates_and_rows_of_a_collection(world: Any, first: str) -> None:
    other = world.org.create("Contact", {"LastName": "Marsh"}, by=world.alice)
    path = f"sobjects/Contact/{other}"
    assert world.call("PATCH", path, json={"Email": "nia@example.com"}).status_code == 400
    # what does not touch the key is not checked
    assert world.call("PATCH", f"sobjects/Contact/{first}", json={"Title": "CEO"}).status_code == 204
    rows = [{"attributes": {"type": "Contact"}, **NIA}, {"attributes": {"type": "Contact"}, "LastName": "Hill"}]
    found = world.call("POST", "composite/sobjects", json={"records": rows}).json()
    assert [each["success"] for each in found] == [False, True]
    assert found[0]["errors"][0]["statusCode"] == "DUPLICATES_DETECTED"
    assert "duplicateResult" in found[0]["errors"][0]

"""The real simple-salesforce against the server."""

from __future__ import annotations

from typing import Any

import pytest
from simple_salesforce.exceptions import SalesforceResourceNotFound


def test_a_record_lives_and_dies(world: Any, sf: Any) -> None:
    made = sf.Event.create(
        {"Subject": "Review", "StartDateTime": "2026-11-24T10:00:00Z", "EndDateTime": "2026-11-24T11:00:00Z"}
    )
    assert made["success"]
    found = sf.Event.get(made["id"])
    assert found["Subject"] == "Review"
    assert found["StartDateTime"] == "2026-11-24T10:00:00.000+0000"
    assert found["DurationInMinutes"] == 60
    assert found["OwnerId"] == world.alice
    assert sf.Event.update(made["id"], {"Subject": "Review 2"}) == 204
    rows = sf.query_all("SELECT Id, Subject, Owner.Name FROM Event WHERE Subject LIKE 'review%'")["records"]
    assert [(row["Id"], row["Subject"], row["Owner"]["Name"]) for row in rows] == [
        (made["id"], "Review 2", "Alice Archer")
    ]
    assert sf.Event.delete(made["id"]) == 204
    with pytest.raises(SalesforceResourceNotFound) as caught:
        sf.Event.get(made["id"])
    assert caught.value.content[0]["errorCode"] == "ENTITY_IS_DELETED"
    assert sf.query("SELECT Id FROM Event")["totalSize"] == 0
    gone = sf.query("SELECT Id, IsDeleted FROM Event", include_deleted=True)["records"]
    assert [(row["Id"], row["IsDeleted"]) for row in gone] == [(made["id"], True)]


def test_describe(sf: Any) -> None:
    names = {entry["name"] for entry in sf.describe()["sobjects"]}
    assert {"Event", "Task", "Contact", "Account", "User"} <= names
    fields = {field["name"]: field for field in sf.Event.describe()["fields"]}
    assert fields["Subject"]["length"] == 255
    assert not fields["Description"]["filterable"]
    assert not fields["EndDate"]["createable"]
    assert [choice["value"] for choice in fields["ShowAs"]["picklistValues"]] == ["Busy", "OutOfOffice", "Free"]


def test_collections(world: Any, sf: Any) -> None:
    rows = [
        {"attributes": {"type": "Event"}, "Subject": "a", "IsAllDayEvent": True, "ActivityDate": "2026-11-24"},
        {"attributes": {"type": "Event"}, "Subject": "x" * 256, "IsAllDayEvent": True, "ActivityDate": "2026-11-24"},
    ]
    first, second = sf.restful("composite/sobjects", method="POST", json={"records": rows})
    assert first["success"]
    assert not second["success"]
    assert second["errors"][0]["statusCode"] == "STRING_TOO_LONG"
    assert second["errors"][0]["fields"] == ["Subject"]

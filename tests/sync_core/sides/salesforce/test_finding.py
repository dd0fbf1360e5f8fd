"""What a create of ours has made is found again, and an org may keep our own key so that nothing is made twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from sync_core.errors import CancelledError
from sync_core.items import Kind, When, canonical
from sync_core.sandbox.salesforce.fields import Field
from sync_core.sides import Allowance, Operation, Sought, Write

WHEN = When("2026-11-25T10:00:00Z", "2026-11-25T11:00:00Z")
SINCE = "2026-11-23T08:00:00Z"
KEY = Field("Handsync_Id__c", "string", "Handsync Id", 40, True, True, external_id=True, custom=True)


def fields(**values: Any) -> dict[str, Any]:
    return canonical(
        Kind.CALENDAR,
        {"subject": "New", "when": WHEN, "notes": "a\nb", "location": "Leeds", **values},
    )


@pytest.fixture
def keyed(world: Any) -> Iterator[Any]:
    """An org that keeps our key, and a side that uses it."""
    for sobject in ("Event", "Contact", "Task"):
        world.org.add_field(sobject, KEY)
    world._side = world.make(external_id_field="Handsync_Id__c")
    return world


def sent(world: Any, **values: Any) -> dict[str, Any]:
    """What is sent for a new event, as the plan has it."""
    outcome = world.create(**values)
    assert outcome.ok, outcome
    return world.item(outcome.id).fields


def test_found_by_maker_time_and_very_content(world: Any) -> None:
    mine = sent(world, subject="Mine", notes="one\ntwo  ")
    world.org.create("Event", {"Subject": "Mine", "StartDateTime": "2026-11-25T10:00:00.000+0000",
                               "EndDateTime": "2026-11-25T11:00:00.000+0000", "OwnerId": world.colleague},
                     by=world.colleague)  # fmt: skip
    sent(world, subject="Mine", notes="other")
    found = world.side.find(Kind.CALENDAR, [Sought("", mine, SINCE), Sought("", {**mine, "subject": "No"}, SINCE)])
    assert [[item.fields["notes"] for item in items] for items in found] == [["one\ntwo"], []]


def test_what_was_there_before_the_run_is_not_ours(world: Any) -> None:
    mine = sent(world, subject="Mine")
    later = (world.now + timedelta(minutes=6)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert world.side.find(Kind.CALENDAR, [Sought("", mine, later)]) == [()]
    soon = (world.now + timedelta(minutes=4)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert len(world.side.find(Kind.CALENDAR, [Sought("", mine, soon)])[0]) == 1, "clocks may differ"


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Kind.CONTACTS, {"first_name": "Kim", "last_name": "Lee", "email": "kim@example.com", "company": "Acme"}),
        (Kind.TASKS, {"subject": "Send offer", "due": "2026-11-30", "status": "in_progress", "priority": "high"}),
    ],
)
def test_contacts_and_tasks_are_found_too(world: Any, kind: Kind, values: dict[str, Any]) -> None:
    world.kind = kind
    assert world.create(**values).ok
    [items] = world.side.find(kind, [Sought("", canonical(kind, values), SINCE)])
    assert len(items) == 1, "the company is not ours to set, and does not tell"


def test_with_a_key_a_create_sent_twice_makes_one_record(keyed: Any) -> None:
    write = Write(Operation.CREATE, fields(), key="abc123")
    keyed.fault("drop_after", "PATCH composite/sobjects")
    (outcome,) = keyed.write(write)
    assert outcome.ok
    assert len([name for name in keyed.server.operations() if name.startswith("PATCH")]) == 2, "it was sent again"
    [row] = keyed.org.rows("Event")
    assert row["Handsync_Id__c"] == "abc123"


def test_with_a_key_it_is_found_by_that_alone(keyed: Any) -> None:
    (outcome,) = keyed.write(Write(Operation.CREATE, fields(), key="abc123"))
    keyed.org.update("Event", outcome.id, {"Subject": "renamed by a trigger"}, by=keyed.me)
    found = keyed.side.find(Kind.CALENDAR, [Sought("abc123", {"subject": "New"}, SINCE), Sought("o'x\\", {}, SINCE)])
    assert [[item.id for item in items] for items in found] == [[outcome.id], []]


def test_an_org_without_the_field_says_so_before_anything_is_made(world: Any) -> None:
    side = world.make(external_id_field="Missing__c")
    world._side = side
    why = side.describe(Kind.CALENDAR).refused[Operation.CREATE]
    assert why.startswith("this org has no field Missing__c on Event")
    assert not world.create().ok
    assert world.fetch().items == ()


def test_the_allowance_is_what_the_last_answer_told(world: Any) -> None:
    assert world.side.allowance() is None
    world.fetch()
    told = world.side.allowance()
    assert isinstance(told, Allowance)
    assert 0 < told.used < told.limit
    assert world.side.requests_for(Kind.CALENDAR, 201, 1, 0) == 4 + 3


def test_a_wait_is_told_and_can_be_cut_short(world: Any) -> None:
    told: list[str] = []
    stop: list[bool] = []
    world.side.attend(told.append, lambda: bool(stop))
    world.fault("status", "POST composite/sobjects", status=503, retry_after=9)
    assert world.create().ok
    assert len(told) == 1
    assert told[0].startswith("Salesforce: the server is busy")
    assert told[0].endswith("waiting 9 s")
    stop.append(True)
    world.fault("status", "POST composite/sobjects", status=503, retry_after=9)
    with pytest.raises(CancelledError):
        world.create(subject="Second")
    assert [item.title for item in world.fetch().items] == ["New"], "the server had not taken it"

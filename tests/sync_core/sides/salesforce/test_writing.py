"""Writing events: batches, one outcome per row, and what is refused before it is sent (facts: salesforce B1 and B4)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sync_core.errors import SideError, SignInError
from sync_core.items import Item, Kind, SideName, When, canonical
from sync_core.sandbox.httpd import Response
from sync_core.sides import Operation, Write

WHEN = When("2026-11-25T10:00:00Z", "2026-11-25T11:00:00Z")


def at(day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def creation(**fields: Any) -> Write:
    return Write(Operation.CREATE, canonical(Kind.CALENDAR, {"subject": "New", "when": WHEN, **fields}))


EVERYTHING: dict[str, Any] = {
    "subject": "Ærlig talt 🎉",
    "when": WHEN,
    "location": "Room 12",
    "notes": "One\n\n  two\nthree",
    "show_as": "free",
    "private": True,
    "reminder": 30,
    "attachments": ("a.txt", "b.pdf"),
}


def test_create_and_read_again(world: Any) -> None:
    """What was written is what is read: nothing that Salesforce normalises looks like a change."""
    outcome = world.create(**EVERYTHING)
    assert outcome.ok
    item = world.only()
    assert item.id == outcome.id
    assert item.fields == EVERYTHING
    (row,) = world.sent("POST")
    assert "OwnerId" not in row
    assert world.row(outcome.id)["OwnerId"] == world.me


def test_create_with_blanks(world: Any) -> None:
    """Blank fields are left out of a create, so that the org's own defaults and rules hold."""
    outcome = world.create(subject="", location="", notes="", reminder=None, attachments=())
    assert outcome.ok
    (row,) = world.sent("POST")
    assert set(row) == {"attributes", "IsAllDayEvent", "StartDateTime", "EndDateTime", "IsReminderSet"}
    assert world.only().fields["location"] == ""


@pytest.mark.parametrize(
    "when",
    [
        When("2026-11-25", "2026-11-25", True),
        When("2026-11-25", "2026-12-08", True),
        When("2026-11-25T10:00:00Z", "2026-11-25T10:00:00Z"),
        When("2026-11-25T10:00:00Z", "2026-12-09T10:00:00Z"),
    ],
)
def test_times(world: Any, when: When) -> None:
    """B1, all-day and multi-day: inclusive ends, midnight UTC, up to 14 days; start and end only, no duration."""
    outcome = world.create(when=when)
    assert outcome.ok, outcome
    assert world.only().when == when
    (row,) = world.sent("POST")
    assert not {"DurationInMinutes", "ActivityDate", "ActivityDateTime"} & set(row)


def test_update_sends_what_changes(world: Any) -> None:
    """An update holds the fields of the change and no other."""
    record_id = world.event(Location="Leeds", Description="keep")
    world.org.update("Event", record_id, {"Location": "York"}, by=world.me)
    assert world.update(record_id, subject="Renamed").ok
    (row,) = world.sent("PATCH")
    assert row == {"attributes": {"type": "Event"}, "id": record_id, "Subject": "Renamed"}
    assert world.row(record_id)["Location"] == "York"


def test_update_to_blank(world: Any) -> None:
    """A blank is sent as null."""
    record_id = world.event(Location="Leeds", Description="gone")
    assert world.update(record_id, location="", notes="").ok
    assert (world.row(record_id)["Location"], world.row(record_id)["Description"]) == (None, None)


def test_timed_to_all_day_and_back(world: Any) -> None:
    """B1: start, end and all-day go together in both directions."""
    record_id = world.event()
    day = When("2026-11-26", "2026-11-27", True)
    assert world.update(record_id, when=day).ok
    assert world.only().when == day
    assert world.update(record_id, when=WHEN).ok
    assert world.only().when == WHEN


def test_notes_and_attachments_share_a_field(world: Any) -> None:
    """Description holds both: changing one keeps the other."""
    outcome = world.create(notes="Agenda", attachments=["a.txt"])
    assert world.update(outcome.id, notes="New agenda").ok
    assert world.only().fields["attachments"] == ("a.txt",)
    assert world.update(outcome.id, attachments=["b.txt", "c.txt"]).ok
    fields = world.only().fields
    assert (fields["notes"], fields["attachments"]) == ("New agenda", ("b.txt", "c.txt"))
    assert world.update(outcome.id, attachments=[]).ok
    assert world.row(outcome.id)["Description"] == "New agenda"


def test_other_half_unknown(world: Any) -> None:
    """Without the other half of Description, nothing is written over."""
    record_id = world.event(Description="keep")
    item = world.item(record_id)
    fields = {name: value for name, value in item.fields.items() if name != "notes"}
    bare = Item(item.kind, item.side, item.id, item.version, fields)
    (outcome,) = world.write(Write(Operation.UPDATE, {"attachments": ("x",)}, bare))
    assert not outcome.ok
    assert world.row(record_id)["Description"] == "keep"


def test_reminder_moves_with_the_event(world: Any) -> None:
    """B1, ReminderDateTime is an instant: minutes before the start stay what they were."""
    outcome = world.create(reminder=45)
    later = When("2026-11-27T15:00:00Z", "2026-11-27T16:00:00Z")
    assert world.update(outcome.id, when=later).ok
    assert world.row(outcome.id)["ReminderDateTime"] == at(27, 14, 15)
    assert world.only().fields["reminder"] == 45
    assert world.update(outcome.id, reminder=None).ok
    assert world.row(outcome.id)["IsReminderSet"] is False


def test_fired_reminder_is_left_alone(world: Any) -> None:
    """B2: an event with a fired reminder that moves says nothing of reminders."""
    record_id = world.event(StartDateTime=at(22), EndDateTime=at(22, 11))
    assert world.update(record_id, when=WHEN).ok
    (row,) = world.sent("PATCH")
    assert not {"IsReminderSet", "ReminderDateTime"} & set(row)


def test_reminder_of_an_all_day_event(world: Any) -> None:
    """An all-day event begins at the user's own midnight, in Berlin at 23:00 UTC."""
    outcome = world.create(when=When("2026-11-25", "2026-11-25", True), reminder=480)
    assert world.row(outcome.id)["ReminderDateTime"] == at(24, 15)
    assert world.only().fields["reminder"] == 480


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"subject": "x" * 256}, "256 characters, and Salesforce holds 255"),
        ({"location": "x" * 300}, "Salesforce holds 255"),
        ({"notes": "x" * 31_990, "attachments": ["name.txt"]}, "Salesforce holds 32000"),
        ({"notes": "x\n" * 12_000}, "Salesforce holds 32000"),
        ({"when": When("2026-11-25T10:00:00Z", "2026-11-25T09:00:00Z")}, "ends before it starts"),
        ({"when": When("2026-11-25", "2026-11-24", True)}, "ends before it starts"),
        ({"when": When("2026-11-25T10:00:00Z", "2026-12-09T10:01:00Z")}, "longer than 14 days"),
        ({"when": When("2026-11-25", "2026-12-09", True)}, "longer than 14 days"),
        ({"when": None}, "no time"),
        ({"when": When("2026-11-25", "2026-11-25", True, "every day")}, "pattern cannot be read"),
    ],
)
def test_refused_before_it_is_sent(world: Any, fields: dict[str, Any], words: str) -> None:
    """B1 and B4, too long values: said with the limit in a row's own words, never cut off, and the others go on."""
    bad, good = world.write(creation(**fields), creation())
    assert not bad.ok
    assert not bad.unknown
    assert words in bad.error
    assert good.ok
    assert len(world.org.rows("Event")) == 1


def test_private_with_people(world: Any) -> None:
    """B1, IsPrivate: an event that is related to somebody cannot be private."""
    contact = world.org.create("Contact", {"LastName": "Ek"}, by=world.me)
    record_id = world.event(WhoId=contact)
    outcome = world.update(record_id, private=True)
    assert "no private event that is related to somebody (Ek)" in outcome.error
    assert world.row(record_id)["IsPrivate"] is False


def test_private_with_people_unseen(world: Any) -> None:
    """The same, when only the server knows."""
    contact = world.org.create("Contact", {"LastName": "Ek"}, by=world.me)
    record_id = world.event(WhoId=contact)
    item = world.item(record_id)
    unseen = Item(item.kind, item.side, item.id, item.version, item.fields)
    (outcome,) = world.write(Write(Operation.UPDATE, {"private": True}, unseen))
    assert "do not fit together" in outcome.error


@pytest.mark.parametrize("world", [False], indirect=True)
def test_multi_day_switched_off(world: Any) -> None:
    """B1, multi-day: an org with multi-day events off refuses more than 1,440 minutes; the row says why."""
    two_days = When("2026-11-25T10:00:00Z", "2026-11-26T11:00:00Z")
    long, short = world.write(creation(when=two_days), creation())
    assert "multi-day events are switched off" in long.error
    assert short.ok


def test_order_and_requests(world: Any) -> None:
    """One request per operation, outcomes in the order of the writes."""
    first, second, third = world.event("A"), world.event("B"), world.event("C")
    a, b, c = (world.item(one) for one in (first, second, third))
    outcomes = world.write(
        Write(Operation.DELETE, {}, a),
        Write(Operation.UPDATE, {"subject": "B2"}, b),
        creation(subject="D"),
        Write(Operation.UPDATE, {"subject": "C2"}, c),
        creation(subject="E"),
    )
    assert all(one.ok for one in outcomes)
    assert [one.id for one in outcomes[:2]] == [first, second]
    assert [world.row(one.id)["Subject"] for one in outcomes] == ["A", "B2", "D", "C2", "E"]
    assert world.row(first)["IsDeleted"] is True
    assert [name for name in world.server.operations() if "composite" in name] == [
        "POST composite/sobjects",
        "POST composite",
        "DELETE composite/sobjects",
    ]


def test_two_hundred(world: Any) -> None:
    """B4, sObject Collections: 200 rows in a request, and not one more."""
    assert world.side.batch_size == 200
    outcomes = world.write(*(creation(subject=f"E{number}") for number in range(201)))
    assert [world.row(one.id)["Subject"] for one in outcomes] == [f"E{number}" for number in range(201)]
    assert world.count("POST composite/sobjects") == 2
    items = [world.item(one.id) for one in outcomes[:200]]
    assert all(one.ok for one in world.write(*(Write(Operation.DELETE, {}, item) for item in items)))
    assert world.count("DELETE composite/sobjects") == 1


@pytest.mark.parametrize(
    ("code", "message", "words"),
    [
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Subject needs a project number", "a validation rule of the org says no"),
        ("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", "does not let you change"),
        ("ENTITY_IS_DELETED", "entity is deleted", "it has been deleted in Salesforce meanwhile"),
        ("STRANGE_NEW_CODE", "Odd \x1b[31mmessage", "STRANGE_NEW_CODE: Odd ␛[31mmessage"),
    ],
)
def test_row_errors(world: Any, code: str, message: str, words: str) -> None:
    """B4, transient and permanent: a refused row says why in words, an unknown code is passed on clean."""
    world.fault("rows", "POST composite/sobjects", rows=(1,), code=code, message=message)
    first, second, third = world.write(creation(), creation(), creation())
    assert (first.ok, second.ok, third.ok) == (True, False, True)
    assert words.replace("␛", "") in second.error.replace("␛", "")
    assert "\x1b" not in second.error
    assert not second.unknown


def test_deleted_meanwhile(world: Any) -> None:
    """B4, ENTITY_IS_DELETED: an update fails, a delete has nothing left to do."""
    one, two = world.event(), world.event()
    items = [world.item(one), world.item(two)]
    for record_id in (one, two):
        world.org.delete("Event", record_id, by=world.me)
    update, delete = world.write(
        Write(Operation.UPDATE, {"subject": "x"}, items[0]), Write(Operation.DELETE, {}, items[1])
    )
    assert "deleted in Salesforce meanwhile" in update.error
    assert delete.ok


def test_locked_row_is_tried_again(world: Any) -> None:
    """B4, UNABLE_TO_LOCK_ROW: only the row that was held goes out again, with some jitter."""
    world.fault("rows", "POST composite/sobjects", rows=(1,), code="UNABLE_TO_LOCK_ROW", message="busy")
    told: list[str] = []
    world.side.attend(told.append, lambda: False)
    first, second = world.write(creation(subject="A"), creation(subject="B"))
    assert told == ["Salesforce: a row is held by somebody else; trying again"]
    assert first.ok
    assert second.ok
    assert [row["Subject"] for row in world.sent("POST")] == ["B"]
    assert 0.5 <= sum(world.slept) <= 0.76
    assert len(world.org.rows("Event")) == 2


def test_locked_row_in_the_end(world: Any) -> None:
    """B4: it is not tried for ever."""
    world.fault("rows", "POST composite/sobjects", rows=(0,), code="UNABLE_TO_LOCK_ROW", message="busy", times=99)
    (outcome,) = world.write(creation())
    assert "somebody else was writing" in outcome.error
    assert not outcome.unknown
    assert world.count("POST composite/sobjects") == 4


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "truncate"])
def test_no_answer_is_unknown(world: Any, fault: str) -> None:
    """A4, retries: a write without an answer may be done; it is never sent again by itself."""
    world.fault(fault, "POST composite/sobjects")
    (outcome,) = world.write(creation())
    assert (outcome.ok, outcome.unknown) == (False, True)
    assert world.count("POST composite/sobjects") == 1
    assert len(world.org.rows("Event")) == (fault != "drop_before")


def test_server_error_is_unknown(world: Any) -> None:
    """500 does not say whether anything was applied."""
    world.fault("status", "POST composite/sobjects", status=500)
    (outcome,) = world.write(creation())
    assert (outcome.ok, outcome.unknown) == (False, True)
    assert "status 500" in outcome.error
    assert world.count("POST composite/sobjects") == 1


def test_page_instead_of_an_answer_is_unknown(world: Any) -> None:
    """Nor does a page."""
    world.fault("html", "POST composite/sobjects")
    (outcome,) = world.write(creation())
    assert (outcome.ok, outcome.unknown) == (False, True)


@pytest.mark.parametrize("status", [429, 503])
def test_turned_away_is_sent_again(world: Any, status: int) -> None:
    """B4, transient: 429 and 503 say that nothing was applied, so the write waits as told and goes out again."""
    world.fault("status", "POST composite/sobjects", status=status, retry_after=7)
    (outcome,) = world.write(creation())
    assert outcome.ok
    assert sum(world.slept) == 7
    assert len(world.org.rows("Event")) == 1


def test_first_request_fails_for_certain(world: Any) -> None:
    """Nothing was written at all: an exception, and not one failed row after another."""
    world.side.describe(Kind.CALENDAR)
    world.fault("limit", "composite/sobjects", times=99)
    with pytest.raises(SideError, match="used up the API requests"):
        world.write(creation())
    world.faults.clear()
    world.fault("session_expired", "composite/sobjects")
    with pytest.raises(SignInError):
        world.write(creation())


def test_second_request_fails_for_certain(world: Any) -> None:
    """Once something was written, outcomes must be told: the failed request's rows are known not to be done."""
    item = world.item(world.event())
    world.fault("limit", "DELETE composite/sobjects", times=99)
    created, deleted = world.write(creation(), Write(Operation.DELETE, {}, item))
    assert created.ok
    assert (deleted.ok, deleted.unknown) == (False, False)
    assert "used up the API requests" in deleted.error


def test_read_only_field(world: Any) -> None:
    """B3, describe: a field that this user may not set is said in words; a create goes without it."""

    def before(request: Any) -> Response | None:
        if not request.path.endswith("/describe"):
            return None
        answer = json.loads(world.application(request).body)
        for field in answer["fields"]:
            if field["name"] == "Location":
                field["createable"] = field["updateable"] = False
        return Response(200, json.dumps(answer).encode())

    world.before = before
    assert "read-only" in world.side.describe(Kind.CALENDAR).unwritable["location"]
    record_id = world.event(Location="Leeds")
    assert world.item(record_id).fields["location"] == "Leeds"
    assert "location is read-only" in world.update(record_id, location="York").error
    assert world.create(location="York").ok
    assert "Location" not in world.sent("POST")[0]


def test_nothing_to_write(world: Any) -> None:
    """No writes, no request; a write without its item, or without a change, says so."""
    assert world.write() == []
    record_id = world.event()
    without, empty = world.write(
        Write(Operation.UPDATE, {"subject": "x"}), Write(Operation.UPDATE, {}, world.item(record_id))
    )
    assert "which Salesforce record" in without.error
    assert "nothing to change" in empty.error
    assert not any("composite" in name for name in world.server.operations())


def test_second_reading_has_no_change(world: Any) -> None:
    """Writing back what was read changes nothing, whatever Salesforce makes of it."""
    world.create(**EVERYTHING)
    item = world.only()
    world.now += timedelta(minutes=5)
    (outcome,) = world.write(Write(Operation.UPDATE, item.fields, item))
    assert outcome.ok
    assert world.only().digest == item.digest
    assert item.side is SideName.SALESFORCE


def test_what_changed_since_it_was_read_is_not_overwritten(world: Any) -> None:
    """B4, conditional requests: the second line, after the look just before the write."""
    record_id, other = world.event("A"), world.event("B")
    seen, fresh = world.item(record_id), world.item(other)
    world.now += timedelta(seconds=2)
    world.org.update("Event", record_id, {"Location": "typed just now"}, by=world.me)
    stale, fine = world.write(
        Write(Operation.UPDATE, {"location": "ours"}, seen), Write(Operation.UPDATE, {"location": "ours"}, fresh)
    )
    assert (stale.ok, stale.stale, stale.unknown) == (False, True, False)
    assert stale.error == "changed in Salesforce since you looked"
    assert fine.ok
    assert [world.row(one)["Location"] for one in (record_id, other)] == ["typed just now", "ours"]


def test_many_updates_go_in_parts_and_a_lost_answer_harms_its_own(world: Any) -> None:
    ids = [world.event(f"{number}") for number in range(60)]
    items = [world.item(one) for one in ids]
    world.fault("drop_after", "POST composite", after=1)
    outcomes = world.write(*(Write(Operation.UPDATE, {"location": "York"}, item) for item in items))
    assert world.count("POST composite") == 3
    assert [one.ok for one in outcomes] == [True] * 25 + [False] * 25 + [True] * 10
    assert all(one.unknown for one in outcomes[25:50])
    assert {world.row(one)["Location"] for one in ids} == {"York"}


def test_a_part_that_is_refused_says_why_in_words(world: Any) -> None:
    first, second = (world.item(world.event(name)) for name in "AB")
    world.fault("rows", "POST composite", rows=(1,), code="FIELD_CUSTOM_VALIDATION_EXCEPTION", message="No rooms today")
    fine, refused = world.write(*(Write(Operation.UPDATE, {"location": "York"}, item) for item in (first, second)))
    assert (fine.ok, refused.ok, refused.stale) == (True, False, False)
    assert "No rooms today" in refused.error


def test_a_locked_part_is_sent_again_by_itself(world: Any) -> None:
    first, second = (world.item(world.event(name)) for name in "AB")
    world.fault("rows", "POST composite", rows=(0,), code="UNABLE_TO_LOCK_ROW", message="unable to obtain access")
    outcomes = world.write(*(Write(Operation.UPDATE, {"location": "York"}, item) for item in (first, second)))
    assert all(one.ok for one in outcomes)
    assert [row["id"] for row in world.sent("PATCH")] == [first.id]
    assert world.slept


def test_a_server_without_composite_gets_collections(world: Any) -> None:
    record_id = world.event("A")
    world.fault("status", "POST composite", status=404, body='[{"errorCode": "NOT_FOUND", "message": "no"}]')
    assert world.update(record_id, location="York").ok
    assert world.count("PATCH composite/sobjects") == 1
    assert world.update(record_id, location="Leeds").ok
    assert world.count("POST composite") == 1, "it is not tried again"

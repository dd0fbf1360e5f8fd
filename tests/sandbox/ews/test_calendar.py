"""What the real client library does with a calendar."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from exchangelib import (
    BASIC,
    DELEGATE,
    Account,
    CalendarItem,
    Configuration,
    Credentials,
    EWSDateTime,
    EWSTimeZone,
)
from exchangelib.protocol import FailFast

BERLIN = EWSTimeZone("Europe/Berlin")


def test_an_item_that_is_created_comes_back_as_it_was(world, account):
    start = EWSDateTime(2026, 11, 24, 10, tzinfo=BERLIN)
    item = CalendarItem(
        account=account,
        folder=account.calendar,
        subject="Quarterly review",
        body="one\ntwo",
        start=start,
        end=EWSDateTime(2026, 11, 24, 11, 30, tzinfo=BERLIN),
        location="Room 4",
        sensitivity="Private",
        legacy_free_busy_status="Tentative",
        categories=["Red", "Customer"],
        reminder_is_set=True,
        reminder_minutes_before_start=30,
    )
    item.save()
    (stored,) = world.box.items(world.box.folder("calendar"))
    assert stored.id == item.id
    assert stored.fields["start"] == datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert stored.fields["start_zone"] == "W. Europe Standard Time"
    again = account.calendar.get(id=item.id)
    assert (again.subject, again.location, again.sensitivity) == ("Quarterly review", "Room 4", "Private")
    assert again.start == start
    assert again.body == "one\r\ntwo"
    assert again.categories == ["Red", "Customer"]
    assert again.reminder_minutes_before_start == 30
    assert again.organizer.email_address == "rep@example.com"
    assert again.datetime_created == again.last_modified_time == datetime(2026, 11, 23, 8, tzinfo=UTC)


def test_update_changes_the_change_key_and_only_what_was_named(world, account):
    made = world.box.create(
        world.box.folder("calendar"),
        {
            "subject": "Stand-up",
            "start": datetime(2026, 11, 24, 8, tzinfo=UTC),
            "end": datetime(2026, 11, 24, 9, tzinfo=UTC),
            "location": "Room 1",
        },
    )
    before = made.change_key
    item = account.calendar.get(id=made.id)
    item.subject = "Stand-up, moved"
    item.save(update_fields=["subject"], conflict_resolution="NeverOverwrite")
    assert made.fields["subject"] == "Stand-up, moved"
    assert made.fields["location"] == "Room 1"
    assert made.change_key == item.changekey != before


def test_delete_moves_to_deleted_items_under_a_new_id(world, account):
    made = world.box.create(
        world.box.folder("calendar"),
        {
            "subject": "Old",
            "start": datetime(2026, 11, 24, 8, tzinfo=UTC),
            "end": datetime(2026, 11, 24, 9, tzinfo=UTC),
        },
    )
    account.calendar.get(id=made.id).move_to_trash()
    assert not world.box.items(world.box.folder("calendar"))
    (gone,) = world.box.items(world.box.folder("deleteditems"))
    assert gone.id != made.id
    assert gone.fields["uid"] == made.fields["uid"]


def test_find_by_filter_and_everything_at_once(world, account):
    for number in range(5):
        world.box.create(
            world.box.folder("calendar"),
            {
                "subject": f"Meeting {number}",
                "start": datetime(2026, 11, 24, 8 + number, tzinfo=UTC),
                "end": datetime(2026, 11, 24, 9 + number, tzinfo=UTC),
            },
        )
    found = account.calendar.filter(subject__contains="3").only("subject", "start")
    assert [item.subject for item in found] == ["Meeting 3"]
    assert len(list(account.calendar.all())) == 5
    view = account.calendar.view(
        start=EWSDateTime(2026, 11, 24, 9, tzinfo=EWSTimeZone("UTC")),
        end=EWSDateTime(2026, 11, 24, 11, tzinfo=EWSTimeZone("UTC")),
        max_items=100,
    ).only("subject", "start", "end", "type")
    assert [item.subject for item in view] == ["Meeting 1", "Meeting 2"]
    changes = list(account.calendar.sync_items(only_fields=["subject"]))
    assert [kind for kind, _ in changes] == ["create"] * 5


def test_a_careless_save_does_the_damage_that_it_does_on_a_real_server(world, account):
    """The client sends deletions for everything it did not read: the server must carry them out."""
    made = world.box.create(
        world.box.folder("calendar"),
        {
            "subject": "Precious",
            "body": "notes",
            "location": "Leeds",
            "categories": ["Red"],
            "sensitivity": "Private",
            "start": datetime(2026, 11, 24, 8, tzinfo=UTC),
            "end": datetime(2026, 11, 24, 9, tzinfo=UTC),
            "start_zone": "W. Europe Standard Time",
        },
    )
    (item,) = account.calendar.all().only("subject", "start", "end")
    item.subject = "Broken"
    item.save()
    assert made.fields["subject"] == "Broken"
    assert not {"body", "location", "categories"} & set(made.fields)
    assert made.fields["sensitivity"] == "Normal"
    assert account.calendar.get(id=made.id).subject == "Broken"


def test_the_client_finds_out_the_version_by_itself(world):
    configuration = Configuration(
        service_endpoint=world.endpoint,
        credentials=Credentials("rep@example.com", "correct horse"),
        auth_type=BASIC,
        retry_policy=FailFast(),
    )
    account = Account("rep@example.com", config=configuration, autodiscover=False, access_type=DELEGATE)
    assert account.calendar.name == "Calendar"
    assert str(account.version.build) == "15.2.1544.4"
    assert world.server.operations()[0] == "ConvertId"


def test_ids_are_converted_to_what_they_are(world):
    made = world.box.create(
        world.box.folder("calendar"),
        {"start": datetime(2026, 11, 24, 8, tzinfo=UTC), "end": datetime(2026, 11, 24, 9, tzinfo=UTC)},
    )
    request = (
        '<m:ConvertId DestinationFormat="{}"><m:SourceIds><t:AlternateId Format="EwsId" Id="{}" '
        'Mailbox="rep@example.com"/></m:SourceIds></m:ConvertId>'
    )
    reply = world.post(request.format("EwsId", made.id))
    assert reply.find(".//{*}AlternateId").get("Id") == made.id
    assert world.codes(request.format("EwsId", "x")) == ["ErrorInvalidIdMalformed"]


def test_every_field_at_once_and_json(world, account):
    made = world.box.create(
        world.box.folder("calendar"),
        {
            "subject": "Plain",
            "start": datetime(2026, 11, 24, 8, tzinfo=UTC),
            "end": datetime(2026, 11, 25, 9, 30, tzinfo=UTC),
            "extended": {("0a1b2c3d-0000-4000-8000-00000000abcd", "when"): datetime(2026, 1, 1, tzinfo=UTC)},
        },
    )
    (item,) = account.calendar.all()
    assert (item.duration, item.type, item.my_response_type) == ("P1DT1H30M", "Single", "Organizer")
    assert (item.is_recurring, item.is_meeting, item.has_attachments) == (False, False, False)
    assert item.reminder_due_by == item.start
    assert item.parent_folder_id.id == account.calendar.id
    assert item.effective_rights.delete is True
    assert json.loads(json.dumps(made.native()))["start"] == "2026-11-24T08:00:00Z"


def test_eight_clients_at_once(world):
    def work(number: int) -> None:
        start = f"2026-11-24T{number:02}:00:00Z"
        request = (
            '<m:CreateItem SendMeetingInvitations="SendToNone"><m:Items><t:CalendarItem>'
            f"<t:Start>{start}</t:Start><t:End>{start}</t:End></t:CalendarItem></m:Items></m:CreateItem>"
        )
        for _ in range(5):
            assert world.codes(request) == ["NoError"]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    stored = world.box.items(world.box.folder("calendar"))
    assert len({item.id for item in stored}) == 40

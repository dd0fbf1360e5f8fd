"""What the real client library does with a calendar."""

from __future__ import annotations

from datetime import UTC, datetime

from exchangelib import CalendarItem, EWSDateTime, EWSTimeZone

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

"""Paging, moves, deletes, SyncFolderItems, extended properties, attachments, folders, shared mailboxes."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from exchangelib import UID, CalendarItem, EWSDate, EWSDateTime, EWSTimeZone, ExtendedProperty, Mailbox
from exchangelib.errors import (
    ErrorAccessDenied,
    ErrorFolderNotFound,
    ErrorInvalidSyncStateData,
    ErrorIrresolvableConflict,
    ErrorItemNotFound,
    ErrorNonExistentMailbox,
)
from exchangelib.folders import Calendar, SingleFolderQuerySet
from exchangelib.properties import DistinguishedFolderId

LINK_SET = "0a1b2c3d-0000-4000-8000-00000000abcd"


class LinkKey(ExtendedProperty):
    property_set_id = LINK_SET
    property_name = "link"
    property_type = "String"


class Number(ExtendedProperty):
    property_set_id = LINK_SET
    property_name = "number"
    property_type = "Integer"


@pytest.fixture
def linked():
    CalendarItem.register("link_key", LinkKey)
    CalendarItem.register("link_number", Number)
    yield
    CalendarItem.deregister("link_key")
    CalendarItem.deregister("link_number")


def fields(number: int = 0, **more):
    start = datetime(2026, 11, 24, 8, tzinfo=UTC) + timedelta(hours=number)
    return {"subject": f"Meeting {number}", "start": start, "end": start + timedelta(hours=1), **more}


def fill(world, count: int, **more):
    return [world.box.create(world.box.folder("calendar"), fields(n, **more)) for n in range(count)]


def in_zone(*parts: int) -> EWSDateTime:
    return EWSDateTime(*parts, tzinfo=EWSTimeZone("UTC"))


# ---- paging and searching


def test_pages_are_as_large_as_the_server_allows(make_world):
    world = make_world(max_page=7)
    account = world.account()
    fill(world, 20)
    query = account.calendar.all().only("subject")
    query.page_size = 100
    assert sorted(item.subject for item in query) == sorted(f"Meeting {n}" for n in range(20))
    assert world.server.operations().count("FindItem") == 3


def test_order_limits_and_filters(world, account):
    made = fill(world, 12)
    world.box.update(made[3].id, {"sensitivity": "Private", "categories": ["Red"], "location": "LEEDS, Room 4"})
    world.clock.forward(hours=1)
    world.box.update(made[5].id, {"show_as": "Free", "is_all_day": False})
    calendar = account.calendar

    def found(*arguments, **tests):
        return sorted(int(i.subject.split()[1]) for i in calendar.filter(*arguments, **tests).only("subject"))

    newest = calendar.all().only("subject", "start").order_by("-start")[:3]
    assert [item.subject for item in newest] == ["Meeting 11", "Meeting 10", "Meeting 9"]
    assert found(sensitivity="Private") == [3]
    assert found(categories__contains="Red") == [3]
    assert found(location__icontains="leeds") == [3]
    assert found(location__contains="leeds") == []
    assert found(location__exists=True) == [3]
    assert found(subject__startswith="Meeting 1") == [1, 10, 11]
    assert found(start__gte=in_zone(2026, 11, 24, 18), end__lt=in_zone(2026, 11, 24, 20)) == [10]
    assert found(start__range=(in_zone(2026, 11, 24, 9), in_zone(2026, 11, 24, 10))) == [1, 2]
    assert found(last_modified_time__gt=in_zone(2026, 11, 23, 8, 30)) == [5]
    assert found(legacy_free_busy_status="Free") == [5]
    assert calendar.filter(subject__not="Meeting 0").count() == 11
    from exchangelib import Q

    assert found(Q(subject="Meeting 1") | Q(subject="Meeting 2")) == [1, 2]
    assert found(~Q(subject__contains="1")) == [0, 2, 3, 4, 5, 6, 7, 8, 9]


def test_extended_properties(world, account, linked):
    fill(world, 3)
    item = CalendarItem(
        folder=account.calendar,
        subject="Linked",
        start=in_zone(2026, 12, 1, 9),
        end=in_zone(2026, 12, 1, 10),
        link_key="sf:00U1",
        link_number=7,
    ).save()
    (hit,) = account.calendar.filter(link_key="sf:00U1").only("id", "changekey")
    assert hit.id == item.id
    assert account.calendar.filter(link_key="sf:00u1").count() == 0
    assert account.calendar.filter(link_number__gt=6).count() == 1
    assert account.calendar.get(id=item.id).link_key == "sf:00U1"
    stored = world.box.get(item.id)
    assert stored.native()["extended"] == {f"{LINK_SET}/link": "sf:00U1", f"{LINK_SET}/number": 7}
    item.link_key = None
    item.save(update_fields=["link_key"])
    assert stored.native()["extended"] == {f"{LINK_SET}/number": 7}
    native = world.box.create(world.box.folder("calendar"), fields(extended={(LINK_SET.upper(), "link"): "sf:00U2"}))
    (hit,) = account.calendar.filter(link_key="sf:00U2").only("id")
    assert hit.id == native.id
    world.box.update(native.id, {"extended": {(LINK_SET, "link"): None}})
    assert account.calendar.filter(link_key="sf:00U2").count() == 0


def test_a_foreign_uid_is_found_by_its_global_object_id(world, account):
    class GlobalId(ExtendedProperty):
        distinguished_property_set_id = "Meeting"
        property_id = 3
        property_type = "Binary"

    CalendarItem.register("global_id", GlobalId)
    try:
        fill(world, 2)
        made = world.box.create(world.box.folder("calendar"), fields(5, uid="abc@example.org"))
        (hit,) = account.calendar.filter(global_id=bytes(UID("abc@example.org"))).only("id")
        assert hit.id == made.id
    finally:
        CalendarItem.deregister("global_id")


def test_ten_thousand_items_are_searched_quickly(world, account, linked):
    for number in range(10_000):
        world.box.create(world.box.folder("calendar"), fields(number % 500, extended={(LINK_SET, "link"): str(number)}))
    begun = time.perf_counter()
    assert account.calendar.filter(link_key="9999").count() == 1
    assert time.perf_counter() - begun < 1


# ---- ids


def test_moves_make_a_new_id(world, account):
    (made,) = fill(world, 1)
    team = world.box.add_folder("Team", world.box.folder("calendar"))
    folder = next(iter(account.calendar.children))
    assert folder.name == "Team"
    item = account.calendar.get(id=made.id)
    item.move(folder)
    assert world.box.get(made.id) is None
    (moved,) = world.box.items(team)
    assert moved.id == item.id
    assert moved.id != made.id
    assert (moved.fields["uid"], moved.fields["created"]) == (made.fields["uid"], made.fields["created"])


@pytest.mark.parametrize(
    ("how", "place"),
    [("delete", None), ("soft_delete", "recoverableitemsdeletions"), ("move_to_trash", "deleteditems")],
)
def test_three_ways_to_delete(world, account, how, place):
    (made,) = fill(world, 1)
    getattr(account.calendar.get(id=made.id), how)()
    assert world.box.get(made.id) is None
    for name in ("deleteditems", "recoverableitemsdeletions"):
        found = world.box.items(world.box.folder(name))
        assert len(found) == (name == place)
        assert all(item.id != made.id for item in found)


def test_the_same_world_has_the_same_ids(make_world):
    one, two = make_world(), make_world()
    first, second = fill(one, 3), fill(two, 3)
    assert [(i.id, i.change_key, i.fields["uid"]) for i in first] == [
        (i.id, i.change_key, i.fields["uid"]) for i in second
    ]
    assert all(len(item.id) <= 152 for item in first)


def test_a_stale_change_key_is_refused(world, account):
    (made,) = fill(world, 1)
    item = account.calendar.get(id=made.id)
    world.box.update(made.id, {"subject": "theirs"})
    item.subject = "mine"
    with pytest.raises(ErrorIrresolvableConflict):
        item.save(update_fields=["subject"], conflict_resolution="NeverOverwrite")
    assert made.fields["subject"] == "theirs"


# ---- SyncFolderItems


def sync(account, state=None, **options):
    found = list(account.calendar.sync_items(sync_state=state, only_fields=["subject"], **options))
    return [(kind, getattr(item, "subject", None) or item.id) for kind, item in found], account.calendar.item_sync_state


def test_changes_since_a_state(world, account):
    one, two, _three = fill(world, 3)
    seen, state = sync(account)
    assert seen == [("create", "Meeting 0"), ("create", "Meeting 1"), ("create", "Meeting 2")]
    assert sync(account, state) == ([], state)
    world.box.update(one.id, {"subject": "changed"})
    world.box.delete(two.id)
    world.box.create(world.box.folder("calendar"), fields(9))
    brief = world.box.create(world.box.folder("calendar"), fields(10))
    world.box.delete(brief.id, to="nowhere")
    seen, later = sync(account, state)
    assert seen == [("update", "changed"), ("delete", two.id), ("create", "Meeting 9")]
    assert sync(account, later)[0] == []
    # an old state still works
    assert sync(account, state)[0] == seen


def test_many_changes_come_in_pieces(world, account):
    fill(world, 25)
    seen, _ = sync(account, max_changes_returned=10)
    assert len(seen) == 25
    assert world.server.operations().count("SyncFolderItems") == 3


def test_everything_but_the_body_can_be_synced(world, account):
    fill(world, 2, body="secret", attachments=[("a.txt", 10, "text/plain", False)])
    found = [item for _, item in account.calendar.sync_items()]
    assert [(item.subject, item.body) for item in found] == [("Meeting 0", None), ("Meeting 1", None)]


@pytest.mark.parametrize("state", ["garbage", "Z2FyYmFnZQ=="])
def test_a_state_from_elsewhere_is_refused(world, account, state):
    with pytest.raises(ErrorInvalidSyncStateData):
        sync(account, state)
    team = world.box.add_folder("Team", world.box.folder("calendar"))
    _, own = sync(account)
    shape = "<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>"
    request = (
        f'<m:SyncFolderItems>{shape}<m:SyncFolderId><t:FolderId Id="{team.id}"/></m:SyncFolderId>'
        f"<m:SyncState>{own}</m:SyncState><m:MaxChangesReturned>10</m:MaxChangesReturned></m:SyncFolderItems>"
    )
    reply = world.post(request)
    assert reply.findtext(".//{*}ResponseCode") == "ErrorInvalidSyncStateData"
    assert reply.find(".//{*}SyncState") is not None
    assert reply.find(".//{*}IncludesLastItemInRange") is not None


# ---- what an item is made of


def test_all_day_items_last_from_midnight_to_midnight(world, account):
    item = CalendarItem(
        folder=account.calendar,
        subject="Fair",
        start=EWSDate(2026, 12, 24),
        end=EWSDate(2026, 12, 25),
        is_all_day=True,
    ).save()
    stored = world.box.get(item.id)
    assert stored.fields["start"] == datetime(2026, 12, 23, 23, tzinfo=UTC)
    assert stored.fields["end"] == datetime(2026, 12, 25, 23, tzinfo=UTC)
    again = account.calendar.get(id=item.id)
    assert (again.start, again.end, again.is_all_day) == (EWSDate(2026, 12, 24), EWSDate(2026, 12, 25), True)


def test_all_day_times_are_rounded_to_days_of_the_requests_zone(world):
    request = (
        '<m:CreateItem SendMeetingInvitations="SendToNone"><m:Items><t:CalendarItem>'
        "<t:Start>2026-12-24T12:00:00Z</t:Start><t:End>2026-12-24T13:00:00Z</t:End>"
        "<t:IsAllDayEvent>1</t:IsAllDayEvent></t:CalendarItem></m:Items></m:CreateItem>"
    )
    zone = '<t:TimeZoneContext><t:TimeZoneDefinition Id="Tokyo Standard Time"/></t:TimeZoneContext>'
    assert world.codes(request, zone) == ["NoError"]
    (stored,) = world.box.items(world.box.folder("calendar"))
    assert stored.fields["start_zone"] == "Tokyo Standard Time"
    assert stored.fields["start"] == datetime(2026, 12, 23, 15, tzinfo=UTC)
    assert stored.fields["end"] == datetime(2026, 12, 24, 15, tzinfo=UTC)


def test_times_without_an_offset_are_meant_in_the_requests_zone(world):
    request = (
        '<m:CreateItem SendMeetingInvitations="SendToNone"><m:Items><t:CalendarItem>'
        "<t:Start>2026-12-24T12:00:00</t:Start><t:End>2026-12-24T13:00:00.999</t:End>"
        "</t:CalendarItem></m:Items></m:CreateItem>"
    )
    zone = '<t:TimeZoneContext><t:TimeZoneDefinition Id="Tokyo Standard Time"/></t:TimeZoneContext>'
    world.codes(request, zone)
    (stored,) = world.box.items(world.box.folder("calendar"))
    assert stored.fields["start"] == datetime(2026, 12, 24, 3, tzinfo=UTC)
    assert stored.fields["end"] == datetime(2026, 12, 24, 4, tzinfo=UTC)


def test_an_unknown_zone_is_kept_as_it_is(world):
    made = world.box.create(world.box.folder("calendar"), fields(start_zone="tzone://Microsoft/Custom"))
    more = '<t:AdditionalProperties><t:FieldURI FieldURI="calendar:StartTimeZone"/></t:AdditionalProperties>'
    request = (
        f"<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape>{more}</m:ItemShape>"
        f'<m:ItemIds><t:ItemId Id="{made.id}"/></m:ItemIds></m:GetItem>'
    )
    assert world.post(request).find(".//{*}StartTimeZone").get("Id") == "tzone://Microsoft/Custom"


def test_attachments_have_names_and_come_without_content(world, account):
    files = [("offer.pdf", 2000, "application/pdf", False), ("logo.png", 5, "image/png", True)]
    made = world.box.create(world.box.folder("calendar"), fields(attachments=files))
    (found,) = account.calendar.all().only("has_attachments")
    assert found.has_attachments is True
    item = account.calendar.get(id=made.id)
    assert [(a.name, a.size, a.content_type, a.is_inline) for a in item.attachments] == files
    assert "GetAttachment" not in world.server.operations()
    assert len(item.attachments[0].content) == 2000
    assert "GetAttachment" in world.server.operations()


def test_meetings_show_who_is_invited_and_who_invites(world, account):
    made = world.box.create(
        world.box.folder("calendar"),
        fields(
            organizer=("Kim Lee", "kim@example.org"),
            my_response="Accept",
            required_attendees=[("Sam Rep", "rep@example.com", "Accept"), ("Ann", "ann@example.org", "Decline")],
            optional_attendees=[("Bo", "bo@example.org", "Unknown")],
            is_cancelled=True,
        ),
    )
    item = account.calendar.get(id=made.id)
    assert (item.is_meeting, item.is_cancelled, item.my_response_type) == (True, True, "Accept")
    assert item.organizer.email_address == "kim@example.org"
    assert [(a.mailbox.email_address, a.response_type) for a in item.required_attendees] == [
        ("rep@example.com", "Accept"),
        ("ann@example.org", "Decline"),
    ]
    assert item.display_cc == "Bo"


def test_hostile_text_reaches_the_client_as_xml_can_carry_it(world, account):
    made = world.box.create(
        world.box.folder("calendar"), fields() | {"subject": "a\x1b[31m<b>\x9b\u202e\ud800&", "body": "x\ny\r\nz"}
    )
    item = account.calendar.get(id=made.id)
    assert item.subject == "a?[31m<b>\x9b\u202e?&"
    assert item.body == "x\r\ny\r\nz"


def test_times_of_change_come_from_the_clock(world, account):
    (made,) = fill(world, 1)
    world.clock.forward(minutes=5)
    item = account.calendar.get(id=made.id)
    item.location = "Leeds"
    item.save(update_fields=["location"])
    assert made.native()["last_modified"] == "2026-11-23T08:05:00Z"
    assert made.native()["created"] == "2026-11-23T08:00:00Z"


# ---- folders and other people's mailboxes


def test_folders_are_found_with_a_stroke(world, account):
    calendar = world.box.folder("calendar")
    team = world.box.add_folder("Team", calendar)
    world.box.add_folder("Deep", team)
    query = SingleFolderQuerySet(account=account, folder=account.msg_folder_root).depth("Deep")
    found = {f.name: f for f in query.only("name", "folder_class", "child_folder_count")}
    assert {"Calendar", "Team", "Deep", "Contacts", "Tasks", "Deleted Items", "Inbox"} <= set(found)
    assert found["Calendar"].folder_class == "IPF.Appointment"
    assert found["Calendar"].child_folder_count == 1
    shallow = SingleFolderQuerySet(account=account, folder=account.calendar).depth("Shallow").only("name")
    assert [folder.name for folder in shallow] == ["Team"]
    named = SingleFolderQuerySet(account=account, folder=account.msg_folder_root).depth("Deep")
    assert [f.name for f in named.filter(name="Deep").only("name")] == ["Deep"]


def test_folders_come_in_pages(make_world):
    world = make_world(max_page=5)
    account = world.account()
    for number in range(12):
        world.box.add_folder(f"Team {number}", world.box.folder("calendar"))
    found = SingleFolderQuerySet(account=account, folder=account.calendar).depth("Shallow").only("name")
    assert len(list(found)) == 12


def shared_calendar(account, smtp: str) -> Calendar:
    mailbox = Mailbox(email_address=smtp)
    folder = Calendar(root=account.root, _distinguished_id=DistinguishedFolderId(id="calendar", mailbox=mailbox))
    found = SingleFolderQuerySet(account=account, folder=folder).resolve()
    if isinstance(found, Exception):
        raise found
    return found


def test_another_persons_calendar(world, account):
    world.colleague.create(world.colleague.folder("calendar"), fields())
    with pytest.raises(ErrorFolderNotFound):
        shared_calendar(account, "priya@example.com")
    with pytest.raises(ErrorNonExistentMailbox):
        shared_calendar(account, "nobody@example.com")
    world.exchange.share("priya@example.com", "rep@example.com", "reviewer", world.colleague.folder("calendar").id)
    calendar = shared_calendar(account, "priya@example.com")
    (item,) = calendar.all()
    assert (item.subject, item.effective_rights.modify) == ("Meeting 0", False)
    new = CalendarItem(folder=calendar, subject="x", start=in_zone(2026, 12, 1, 9), end=in_zone(2026, 12, 1, 10))
    item.subject = "changed"
    for attempt in (new.save, item.delete, lambda: item.save(update_fields=["subject"])):
        with pytest.raises(ErrorAccessDenied):
            attempt()
    world.exchange.share("priya@example.com", "rep@example.com", "editor", world.colleague.folder("calendar").id)
    new.save()
    item.save(update_fields=["subject"])
    assert [i.fields["subject"] for i in world.colleague.items(world.colleague.folder("calendar"))] == ["changed", "x"]
    assert new.organizer is None or new.organizer.email_address == "priya@example.com"


def test_items_of_a_mailbox_that_is_not_shared_are_not_there(world, account):
    hidden = world.colleague.create(world.colleague.folder("calendar"), fields())
    (found,) = account.fetch([(hidden.id, hidden.change_key)])
    assert isinstance(found, ErrorItemNotFound)

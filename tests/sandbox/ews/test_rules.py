"""Each thing that Exchange refuses, asked for in plain XML."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import requests

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
CREATE = (
    '<m:CreateItem SendMeetingInvitations="SendToNone"><m:SavedItemFolderId><t:DistinguishedFolderId Id="calendar"/>'
    "</m:SavedItemFolderId><m:Items><t:CalendarItem>{}</t:CalendarItem></m:Items></m:CreateItem>"
)
TIMES = "<t:Start>2026-11-24T09:00:00Z</t:Start><t:End>2026-11-24T10:00:00Z</t:End>"
UPDATE = (
    '<m:UpdateItem ConflictResolution="{mode}" SendMeetingInvitationsOrCancellations="SendToNone"><m:ItemChanges>'
    '<t:ItemChange><t:ItemId Id="{item.id}" {key}/><t:Updates>{steps}</t:Updates></t:ItemChange></m:ItemChanges>'
    "</m:UpdateItem>"
)
SHAPE = "<m:ItemShape><t:BaseShape>{}</t:BaseShape>{}</m:ItemShape>"
CALENDAR = '<m:ParentFolderIds><t:DistinguishedFolderId Id="calendar"/></m:ParentFolderIds>'


def set_field(uri: str, inner: str, kind: str = "CalendarItem") -> str:
    return f'<t:SetItemField><t:FieldURI FieldURI="{uri}"/><t:{kind}>{inner}</t:{kind}></t:SetItemField>'


def update(item, steps: str, mode: str = "AlwaysOverwrite", key: str = "") -> str:
    return UPDATE.format(item=item, steps=steps, mode=mode, key=f'ChangeKey="{key}"' if key else "")


def find(inner: str, shape: str = "IdOnly", more: str = "") -> str:
    return f'<m:FindItem Traversal="Shallow">{SHAPE.format(shape, more)}{inner}{CALENDAR}</m:FindItem>'


@pytest.fixture
def item(world):
    fields = {"subject": "Review", "start": START, "end": START + timedelta(hours=1), "location": "Leeds"}
    return world.box.create(world.box.folder("calendar"), fields)


@pytest.mark.parametrize(
    ("inner", "code"),
    [
        (TIMES, "NoError"),
        (f"<t:Subject>{'x' * 255}</t:Subject>{TIMES}", "NoError"),
        (f"<t:Subject>{'x' * 256}</t:Subject>{TIMES}", "ErrorInvalidPropertySet"),
        (f"<t:DateTimeCreated>2026-11-24T09:00:00Z</t:DateTimeCreated>{TIMES}", "ErrorInvalidPropertySet"),
        (f"<t:HasAttachments>true</t:HasAttachments>{TIMES}", "ErrorInvalidPropertySet"),
        ("<t:Subject>no time</t:Subject>", "ErrorCalendarInvalidPropertyState"),
        (
            "<t:Start>2026-11-24T09:00:00Z</t:Start><t:End>2026-11-24T08:59:59Z</t:End>",
            "ErrorCalendarEndDateIsEarlierThanStartDate",
        ),
        (
            "<t:Start>2026-11-24T09:00:00Z</t:Start><t:End>2032-11-24T09:00:00Z</t:End>",
            "ErrorCalendarDurationIsTooLong",
        ),
        (f"<t:Body>no type</t:Body>{TIMES}", "ErrorSchemaValidation"),
        (f"{TIMES}<t:Subject>wrong order</t:Subject>", "ErrorSchemaValidation"),
        (f"<t:Sensitivity>Secret</t:Sensitivity>{TIMES}", "ErrorSchemaValidation"),
        (f"<t:Subject>a&#x1b;b</t:Subject>{TIMES}", "ErrorSchemaValidation"),
        (
            (
                '<t:ExtendedProperty><t:ExtendedFieldURI PropertyName="x" PropertyType="String"/><t:Value>1</t:Value>'
                f"</t:ExtendedProperty>{TIMES}"
            ),
            "ErrorInvalidExtendedProperty",
        ),
        (
            (
                '<t:ExtendedProperty><t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyName="x" '
                f'PropertyType="Integer"/><t:Value>one</t:Value></t:ExtendedProperty>{TIMES}'
            ),
            "ErrorInvalidExtendedPropertyValue",
        ),
        (
            (
                f"{TIMES}<t:Recurrence><t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence>"
                "<t:EndDateRecurrence><t:StartDate>2026-11-24</t:StartDate><t:EndDate>2026-11-23</t:EndDate>"
                "</t:EndDateRecurrence></t:Recurrence>"
            ),
            "ErrorCalendarInvalidRecurrence",
        ),
        (
            (
                f"{TIMES}<t:RequiredAttendees><t:Attendee><t:Mailbox><t:EmailAddress>nobody</t:EmailAddress></t:Mailbox>"
                "</t:Attendee></t:RequiredAttendees>"
            ),
            "ErrorInvalidRecipients",
        ),
    ],
)
def test_create(world, inner, code):
    assert world.codes(CREATE.format(inner)) == [code]
    stored = world.box.items(world.box.folder("calendar"))
    assert len(stored) == (1 if code == "NoError" else 0)


def test_calendar_items_need_a_word_about_mail(world, item):
    assert world.codes(CREATE.format(TIMES).replace(' SendMeetingInvitations="SendToNone"', "")) == [
        "ErrorSendMeetingInvitationsRequired"
    ]
    change = update(item, set_field("item:Subject", "<t:Subject>x</t:Subject>"))
    assert world.codes(change.replace(' SendMeetingInvitationsOrCancellations="SendToNone"', "")) == [
        "ErrorSendMeetingInvitationsOrCancellationsRequired"
    ]
    delete = f'<m:DeleteItem DeleteType="HardDelete"><m:ItemIds><t:ItemId Id="{item.id}"/></m:ItemIds></m:DeleteItem>'
    assert world.codes(delete) == ["ErrorSendMeetingCancellationsRequired"]
    assert world.box.get(item.id) is item
    assert item.fields["subject"] == "Review"


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        (set_field("item:Subject", "<t:Subject>x</t:Subject>"), "NoError"),
        (set_field("item:Subject", f"<t:Subject>{'x' * 256}</t:Subject>"), "ErrorInvalidPropertySet"),
        (set_field("item:Subject", "<t:Importance>High</t:Importance>"), "ErrorUpdatePropertyMismatch"),
        (set_field("item:Size", "<t:Size>1</t:Size>"), "ErrorInvalidPropertySet"),
        (set_field("calendar:Organizer", "<t:Organizer><t:Mailbox/></t:Organizer>"), "ErrorInvalidPropertySet"),
        (set_field("contacts:JobTitle", "<t:JobTitle>x</t:JobTitle>", "Contact"), "ErrorObjectTypeChanged"),
        (
            set_field("item:Subject", "<t:Subject>x</t:Subject><t:Sensitivity>Normal</t:Sensitivity>"),
            "ErrorIncorrectUpdatePropertyCount",
        ),
        (
            set_field("calendar:End", "<t:End>2026-11-24T08:00:00Z</t:End>"),
            "ErrorCalendarEndDateIsEarlierThanStartDate",
        ),
        ('<t:DeleteItemField><t:FieldURI FieldURI="calendar:Location"/></t:DeleteItemField>', "NoError"),
        (
            '<t:DeleteItemField><t:FieldURI FieldURI="calendar:Start"/></t:DeleteItemField>',
            "ErrorInvalidPropertyDelete",
        ),
        (
            '<t:DeleteItemField><t:FieldURI FieldURI="item:Sensitivity"/></t:DeleteItemField>',
            "ErrorInvalidPropertyDelete",
        ),
        (
            (
                '<t:AppendToItemField><t:FieldURI FieldURI="calendar:Location"/><t:CalendarItem>'
                "<t:Location>x</t:Location></t:CalendarItem></t:AppendToItemField>"
            ),
            "ErrorInvalidPropertyAppend",
        ),
        # the first step alone would be fine: all or nothing
        (
            set_field("item:Subject", "<t:Subject>x</t:Subject>") + set_field("item:Size", "<t:Size>1</t:Size>"),
            "ErrorInvalidPropertySet",
        ),
    ],
)
def test_update(world, item, steps, code):
    before, key = item.native(), item.change_key
    assert world.codes(update(item, steps)) == [code]
    assert (item.change_key == key) == (code != "NoError")
    assert (item.native() == before) == (code != "NoError")


def test_append_to_the_body(world, item):
    steps = (
        '<t:AppendToItemField><t:FieldURI FieldURI="item:Body"/><t:CalendarItem><t:Body BodyType="Text">{}</t:Body>'
        "</t:CalendarItem></t:AppendToItemField>"
    )
    world.codes(update(item, steps.format("one ")))
    world.codes(update(item, steps.format("two")))
    assert item.fields["body"] == "one two"


def test_conflict_resolution(world, item):
    stale = item.change_key
    steps = set_field("item:Subject", "<t:Subject>theirs</t:Subject>")
    world.box.update(item.id, {"location": "York"})
    assert world.codes(update(item, steps, "NeverOverwrite", stale)) == ["ErrorIrresolvableConflict"]
    assert item.fields["subject"] == "Review"
    assert world.codes(update(item, steps, "NeverOverwrite")) == ["ErrorChangeKeyRequired"]
    assert world.codes(update(item, steps, "NeverOverwrite", "nonsense")) == ["ErrorInvalidChangeKey"]
    assert world.codes(update(item, steps, "NeverOverwrite", item.change_key)) == ["NoError"]
    assert world.codes(update(item, steps, "AutoResolve", stale)) == ["NoError"]
    assert world.codes(update(item, steps, "AlwaysOverwrite", stale)) == ["NoError"]


def test_the_change_key_changes_even_if_nothing_else_does(world, item):
    key = item.change_key
    world.codes(update(item, set_field("item:Subject", "<t:Subject>Review</t:Subject>")))
    assert item.change_key != key


def get(item_id: str, shape: str = "IdOnly", more: str = "") -> str:
    return f'<m:GetItem>{SHAPE.format(shape, more)}<m:ItemIds><t:ItemId Id="{item_id}"/></m:ItemIds></m:GetItem>'


def test_ids_that_are_wrong_in_different_ways(world, item):
    folder = world.box.folder("calendar").id
    assert world.codes(get("AAMk=")) == ["ErrorInvalidIdMalformed"]
    assert world.codes(get("")) == ["ErrorInvalidIdEmpty"]
    assert world.codes(get(item.id.swapcase())) == ["ErrorInvalidIdMalformed"]
    assert world.codes(get(folder)) == ["ErrorCannotUseFolderIdForItemId"]
    assert world.codes(get(item.id)) == ["NoError"]
    world.box.delete(item.id)
    assert world.codes(get(item.id)) == ["ErrorItemNotFound"]
    in_folder = (
        "<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>"
        '<t:FolderId Id="{}"/></m:FolderIds></m:GetFolder>'
    )
    assert world.codes(in_folder.format(folder)) == ["NoError"]
    assert world.codes(in_folder.format(item.id)) == ["ErrorCannotUseItemIdForFolderId"]
    assert world.codes(in_folder.format("x")) == ["ErrorInvalidIdMalformed"]


def test_one_message_per_id_in_order(world, item):
    ids = f'<t:ItemId Id="x"/><t:ItemId Id="{item.id}"/><t:ItemId Id=""/>'
    request = f"<m:GetItem>{SHAPE.format('IdOnly', '')}<m:ItemIds>{ids}</m:ItemIds></m:GetItem>"
    assert world.codes(request) == ["ErrorInvalidIdMalformed", "NoError", "ErrorInvalidIdEmpty"]


def restriction(inner: str) -> str:
    return f"<m:Restriction>{inner}</m:Restriction>"


def equals(uri: str, value: str) -> str:
    constant = f'<t:FieldURIOrConstant><t:Constant Value="{value}"/></t:FieldURIOrConstant>'
    return f'<t:IsEqualTo><t:FieldURI FieldURI="{uri}"/>{constant}</t:IsEqualTo>'


@pytest.mark.parametrize(
    ("inner", "code"),
    [
        (restriction(equals("item:Subject", "Review")), "NoError"),
        (restriction(equals("calendar:UID", "x")), "ErrorUnsupportedPathForQuery"),
        (restriction(equals("calendar:Recurrence", "x")), "ErrorUnsupportedPathForQuery"),
        (restriction(equals("calendar:Start", "yesterday")), "ErrorInvalidValueForProperty"),
        (
            (
                '<m:SortOrder><t:FieldOrder Order="Ascending"><t:FieldURI FieldURI="item:Attachments"/></t:FieldOrder>'
                "</m:SortOrder>"
            ),
            "ErrorUnsupportedPathForSortGroup",
        ),
        (
            '<m:IndexedPageItemView MaxEntriesReturned="0" Offset="0" BasePoint="Beginning"/>',
            "ErrorInvalidPagingMaxRows",
        ),
        ('<m:IndexedPageItemView Offset="-1" BasePoint="Beginning"/>', "ErrorInvalidIndexedPagingParameters"),
        ('<m:CalendarView StartDate="2026-01-01T00:00:00Z" EndDate="2027-12-31T00:00:00Z"/>', "NoError"),
        (
            '<m:CalendarView StartDate="2026-01-01T00:00:00Z" EndDate="2028-02-01T00:00:00Z"/>',
            "ErrorCalendarViewRangeTooBig",
        ),
        (
            '<m:CalendarView StartDate="2026-01-02T00:00:00Z" EndDate="2026-01-01T00:00:00Z"/>',
            "ErrorCalendarEndDateIsEarlierThanStartDate",
        ),
        (
            '<m:CalendarView StartDate="2026-01-01T00:00:00Z" EndDate="2026-02-01T00:00:00Z"/>'
            + restriction(equals("item:Subject", "x")),
            "ErrorInvalidRestriction",
        ),
    ],
)
def test_find_item(world, item, inner, code):
    assert world.codes(find(inner)) == [code]


def test_find_item_does_not_return_bodies_and_cuts_text(world, item):
    world.box.update(item.id, {"body": "x" * 400, "location": "y" * 400})
    body = '<t:AdditionalProperties><t:FieldURI FieldURI="item:Body"/></t:AdditionalProperties>'
    assert world.codes(find("", more=body)) == ["ErrorInvalidPropertyRequest"]
    reply = world.post(find("", "AllProperties"))
    assert reply.find(".//{*}Body") is None
    assert len(reply.findtext(".//{*}Location")) == 255
    assert len(world.post(get(item.id, "AllProperties")).findtext(".//{*}Location")) == 400


def test_shapes_return_no_more_than_was_asked_for(world, item):
    (only,) = world.post(get(item.id)).iter("{*}CalendarItem")
    assert [e.tag.rpartition("}")[2] for e in only] == ["ItemId"]
    more = (
        '<t:AdditionalProperties><t:FieldURI FieldURI="calendar:Location"/><t:FieldURI FieldURI="item:Subject"/>'
        "</t:AdditionalProperties>"
    )
    (two,) = world.post(get(item.id, more=more)).iter("{*}CalendarItem")
    assert [e.tag.rpartition("}")[2] for e in two] == ["ItemId", "Subject", "Location"]
    (default,) = world.post(get(item.id, "Default")).iter("{*}CalendarItem")
    (everything,) = world.post(get(item.id, "AllProperties")).iter("{*}CalendarItem")
    names = {e.tag.rpartition("}")[2] for e in default}
    assert {"ItemId", "Subject", "Start", "End", "Location", "LegacyFreeBusyStatus"} <= names
    assert "Body" not in names
    assert len(everything) > 25


def test_body_types(world, item):
    world.box.update(item.id, {"body": "<p>Hello <b>you</b></p><p>&amp; me</p>", "body_type": "HTML"})
    body = '<t:AdditionalProperties><t:FieldURI FieldURI="item:Body"/></t:AdditionalProperties>'

    def read(kind: str) -> tuple[str, str]:
        shape = f"<t:BodyType>{kind}</t:BodyType>{body}" if kind else body
        (element,) = world.post(get(item.id, more=shape)).iter("{*}Body")
        return element.get("BodyType"), element.text

    assert read("") == read("Best") == read("HTML") == ("HTML", "<p>Hello <b>you</b></p><p>&amp; me</p>")
    assert read("Text") == ("Text", "Hello you\r\n\r\n& me")
    world.box.update(item.id, {"body": "a < b\nc", "body_type": "Text"})
    assert read("Best") == ("Text", "a < b\r\nc")
    assert read("HTML") == ("HTML", "<html><body>a &lt; b<br>\r\nc</body></html>")


def test_what_is_not_soap(world):
    def send(body: bytes, **options) -> tuple[int, bytes]:
        reply = requests.post(world.endpoint, body, auth=("rep@example.com", "correct horse"), timeout=10, **options)
        return reply.status_code, reply.content

    assert send(b"no xml")[0] == 500
    assert b"ErrorSchemaValidation" in send(b"no xml")[1]
    assert b"ErrorSchemaValidation" in send(b"<a/>")[1]
    bomb = b'<!DOCTYPE x [<!ENTITY a "b">]><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"/>'
    assert b"DTD is prohibited" in send(bomb)[1]
    assert world.codes("<m:GetItem/>") == ["ErrorSchemaValidation"]
    assert world.codes(
        "<m:GetUserPhoto><m:Email>a@b</m:Email><m:SizeRequested>HR48x48</m:SizeRequested></m:GetUserPhoto>"
    ) == ["ErrorInvalidOperation"]
    assert world.codes(get("x"), '<t:RequestServerVersion Version="Exchange2030"/>') == ["ErrorInvalidServerVersion"]


def test_other_paths_and_methods(world):
    auth = ("rep@example.com", "correct horse")
    assert requests.get(world.server.url + "/", auth=auth, timeout=10).status_code == 404
    assert requests.post(world.server.url + "/EWS/Other.asmx", b"", auth=auth, timeout=10).status_code == 404
    assert requests.get(world.endpoint, auth=auth, timeout=10).status_code == 405


def test_mail_that_a_request_would_send_is_written_down(world, item):
    people = {"required_attendees": [("Kim", "kim@example.org", "Unknown")]}
    world.box.update(item.id, people)
    steps = set_field("item:Subject", "<t:Subject>x</t:Subject>")
    world.codes(update(item, steps))
    assert world.exchange.outbox == []
    world.codes(update(item, steps).replace("SendToNone", "SendToAllAndSaveCopy"))
    (mail,) = world.exchange.outbox
    assert (mail.operation, mail.mode, mail.recipients) == ("UpdateItem", "SendToAllAndSaveCopy", ("kim@example.org",))
    gone = '<t:DeleteItemField><t:FieldURI FieldURI="calendar:RequiredAttendees"/></t:DeleteItemField>'
    world.codes(update(item, gone).replace("SendToNone", "SendToChangedAndSaveCopy"))
    assert world.exchange.outbox[-1].recipients == ("kim@example.org",)
    world.codes(CREATE.format(TIMES).replace("SendToNone", "SendOnlyToAll"))
    assert world.exchange.outbox[-1].operation == "CreateItem"


def test_items_and_folders_of_different_kinds(world):
    wrong = CREATE.format(TIMES).replace('Id="calendar"', 'Id="contacts"')
    assert world.codes(wrong) == ["ErrorCannotCreateCalendarItemInNonCalendarFolder"]
    message = (
        '<m:CreateItem MessageDisposition="SendAndSaveCopy"><m:Items><t:Message><t:Subject>x</t:Subject></t:Message>'
        "</m:Items></m:CreateItem>"
    )
    assert world.codes(message) == ["ErrorInvalidItemForOperationCreateItem"]
    assert [mail.operation for mail in world.exchange.outbox] == ["CreateItem"]
    view = '<m:CalendarView StartDate="2026-01-01T00:00:00Z" EndDate="2026-02-01T00:00:00Z"/>'
    inbox = find(view).replace('Id="calendar"', 'Id="inbox"')
    assert world.codes(inbox) == ["ErrorCalendarFolderIsInvalidForCalendarView"]

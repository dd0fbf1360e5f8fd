"""CreateItem, UpdateItem, DeleteItem and MoveItem."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from lxml import etree

from sync_core.sandbox.ews import codec, extended
from sync_core.sandbox.ews.access import Session
from sync_core.sandbox.ews.extended import ExtendedKey
from sync_core.sandbox.ews.fields import FIELDS, KINDS, Field, fields_of
from sync_core.sandbox.ews.occurrences import check_neighbours, modified, occurrence_of
from sync_core.sandbox.ews.recurrence import ModifiedOccurrence
from sync_core.sandbox.ews.rules import check, not_settable
from sync_core.sandbox.ews.shape import INDEXED
from sync_core.sandbox.ews.soap import EwsError, M, children, failure, find, local, sub, success
from sync_core.sandbox.ews.store import Folder, Mail, StoredItem

Rows = Callable[[int], None]
_SEPARATE: Final = {
    "CalendarItem": "ErrorCannotCreateCalendarItemInNonCalendarFolder",
    "Contact": "ErrorCannotCreateContactInNonContactFolder",
    "Task": "ErrorCannotCreateTaskInNonTaskFolder",
}


def _messages(
    operation: str, elements: list[etree._Element], container: str | None, planned: Rows, work: Callable[..., Any]
) -> list[etree._Element]:
    """One message per element; `planned` raises for the rows that a fault wants to fail before they are touched."""
    messages = []
    for position, element in enumerate(elements):
        try:
            planned(position)
            messages.append(work(element))
        except EwsError as problem:
            messages.append(failure(operation, problem, container))
    return messages


def _identified(operation: str, item: StoredItem) -> etree._Element:
    message = success(operation)
    element = sub(sub(message, "Items", None, M), item.kind)
    sub(element, "ItemId", Id=item.id, ChangeKey=item.change_key)
    return message


def _record(session: Session, operation: str, mode: str, item: StoredItem, *more: object) -> None:
    """Notes the mail that Exchange would send now."""
    if mode == "SendToNone":
        return
    people: list[Any] = []
    for values in (item.fields, *more):
        if isinstance(values, dict):
            for name in ("required_attendees", "optional_attendees", "resources"):
                people.extend(values.get(name) or [])
    addresses = tuple(sorted({str(person[1]) for person in people}))
    session.exchange.outbox.append(Mail(operation, mode, str(item.fields.get("subject") or ""), addresses))


# ---- CreateItem


def create_item(request: etree._Element, session: Session, planned: Rows) -> list[etree._Element]:
    """One message per item of the request."""

    def create(element: etree._Element) -> etree._Element:
        kind = local(element)
        mode = request.get("SendMeetingInvitations")
        if kind not in KINDS or not KINDS[kind].made_by_clients:
            _record_other(request, session, element)
            raise EwsError("ErrorInvalidItemForOperationCreateItem", f"{kind} items are not served here.")
        if kind == "CalendarItem" and mode is None:
            raise EwsError(
                "ErrorSendMeetingInvitationsRequired",
                "SendMeetingInvitations is required for calendar items.",
            )
        folder = session.target(request, "m:SavedItemFolderId") or _default_folder(session, kind)
        session.may_write(folder)
        if not folder.folder_class.startswith(KINDS[kind].folder_class):
            raise EwsError(_SEPARATE[kind], "Items of this type cannot be created in a folder of this type.")
        values, properties = read_item(element, session)
        draft = StoredItem("", "", kind, folder.mailbox, folder.id, 0, values, properties, 0, 0)
        if kind == "CalendarItem":
            values.setdefault("start_zone", session.zone_id)
            values.setdefault("end_zone", values["start_zone"])
            values.setdefault("show_as", "Busy")
            values.setdefault("is_all_day", False)
        check(draft, {}, session.exchange.now())
        item = session.exchange.insert(folder, kind, draft.fields, properties)
        if mode is not None:
            _record(session, "CreateItem", mode, item)
        return _identified("CreateItem", item)

    with session.exchange.lock:
        return _messages("CreateItem", children(find(request, "m:Items")), "Items", planned, create)


def _record_other(request: etree._Element, session: Session, element: etree._Element) -> None:
    """Answers to invitations and messages would be mail, whatever becomes of them."""
    if request.get("MessageDisposition") != "SaveOnly":
        mode = f"{local(element)} {request.get('MessageDisposition') or ''}".strip()
        session.exchange.outbox.append(Mail("CreateItem", mode, "", ()))


def _default_folder(session: Session, kind: str) -> Folder:
    box = session.exchange.mailboxes[session.smtp.lower()]
    return box.folder({"CalendarItem": "calendar", "Contact": "contacts", "Task": "tasks"}[kind])


def read_item(element: etree._Element, session: Session) -> tuple[dict[str, object], dict[ExtendedKey, object]]:
    """The fields and extended properties of an item element. Raises EwsError for what a client may not set."""
    wire = codec.Wire(session.zone, session.zone_id)
    values: dict[str, object] = {}
    properties: dict[ExtendedKey, object] = {}
    known = fields_of(local(element))
    for child in children(element):
        if local(child) == "ExtendedProperty":
            path = children(child)[0]
            key = extended.read_key(path)
            properties[key] = extended.read_value(child, key.type)
            continue
        field = known.get(local(child))
        if field is not None and field.uri in INDEXED:
            values |= codec.read(field, child, wire)
        elif field is None or not field.may("c"):
            raise not_settable(field or Field(f"item:{local(child)}", "", "", ""))
        else:
            values |= codec.read(field, child, wire)
    return values, properties


# ---- UpdateItem


def update_item(request: etree._Element, session: Session, planned: Rows) -> list[etree._Element]:
    """One message per ItemChange."""
    mode = request.get("SendMeetingInvitationsOrCancellations")
    resolution = str(request.get("ConflictResolution"))

    def update(change: etree._Element) -> etree._Element:
        target = children(change)[0]
        item = session.item(target)
        if item.kind == "CalendarItem" and mode is None:
            raise EwsError(
                "ErrorSendMeetingInvitationsOrCancellationsRequired",
                "The SendMeetingInvitationsOrCancellations attribute is required for calendar items.",
            )
        session.may_write(_folder(session, item))
        key = target.get("ChangeKey")
        if key is None and resolution == "NeverOverwrite":
            raise EwsError("ErrorChangeKeyRequired", "The change key is required for this operation.")
        if key is not None and key != item.change_key and resolution == "NeverOverwrite":
            raise EwsError(
                "ErrorIrresolvableConflict",
                "The send or update operation could not be performed because the change key passed in the request "
                "does not match the current change key for the item.",
            )
        # the whole change or nothing: worked out on a copy
        draft = replace(item, fields=dict(item.fields), extended=dict(item.extended))
        for step in children(find(change, "t:Updates")):
            _apply(step, draft, session)
        check(draft, item.fields, session.exchange.now())
        if item.master_id is not None:
            check_neighbours(session.exchange, session.exchange.items_by_id[item.master_id], draft)
        before = item.fields
        stored = _store(session, item, draft)
        if mode is not None:
            # those who are no longer invited would get a cancellation
            _record(session, "UpdateItem", mode, stored, before)
        message = _identified("UpdateItem", stored)
        sub(sub(message, "ConflictResults", None, M), "Count", "0")
        return message

    with session.exchange.lock:
        return _messages("UpdateItem", children(find(request, "m:ItemChanges")), "Items", planned, update)


def _folder(session: Session, item: StoredItem) -> Folder:
    folder = session.exchange.folder_by_id(item.folder_id)
    assert folder is not None
    return folder


def _store(session: Session, item: StoredItem, draft: StoredItem) -> StoredItem:
    """Keeps a changed item; a changed occurrence becomes an exception of its series, which then has changed too."""
    if item.master_id is None:
        item.fields, item.extended = draft.fields, draft.extended
        session.exchange.touch(item)
        return item
    master = session.exchange.items_by_id[item.master_id]
    assert item.original_start is not None
    names = {*draft.fields, *item.fields}
    changes = {n: draft.fields.get(n) for n in names if draft.fields.get(n) != item.fields.get(n)}
    entries = modified(master)
    entry = entries.setdefault(item.original_start, ModifiedOccurrence(item.original_start))
    entry.changes = {**entry.changes, **changes}
    master.fields["modified_occurrences"] = list(entries.values())
    session.exchange.touch(master)
    made = occurrence_of(session.exchange, master, item.original_start)
    assert made is not None
    return made


def _apply(step: etree._Element, draft: StoredItem, session: Session) -> None:
    """One SetItemField, AppendToItemField or DeleteItemField."""
    action = local(step).removesuffix("ItemField").removesuffix("To")
    path, *rest = children(step)
    holder = rest[0] if rest else None
    if holder is not None:
        if local(holder) not in (draft.kind, "Item"):
            raise EwsError("ErrorObjectTypeChanged", "The item in the update has another type than the stored one.")
        if len(children(holder)) != 1:
            raise EwsError("ErrorIncorrectUpdatePropertyCount", "An update must set exactly one property.")
    value = None if holder is None else children(holder)[0]
    match local(path):
        case "ExtendedFieldURI":
            _apply_extended(path, value, draft)
        case "IndexedFieldURI":
            _apply_indexed(path, value, draft, session)
        case _:
            _apply_field(action, path, value, draft, session)


def _mismatch(path: etree._Element) -> EwsError:
    return EwsError("ErrorUpdatePropertyMismatch", "Update property mismatch.", path=path)


def _apply_extended(path: etree._Element, value: etree._Element | None, draft: StoredItem) -> None:
    key = extended.read_key(path)
    if value is None:
        draft.extended.pop(key, None)
        return
    if local(value) != "ExtendedProperty" or extended.read_key(children(value)[0]) != key:
        raise _mismatch(path)
    draft.extended[key] = extended.read_value(value, key.type)


def _apply_indexed(path: etree._Element, value: etree._Element | None, draft: StoredItem, session: Session) -> None:
    uri, index = str(path.get("FieldURI")), str(path.get("FieldIndex"))
    whole = next((name for name, start in INDEXED.items() if uri.startswith(start)), None)
    field = None if whole is None else FIELDS[whole]
    if field is None or field.element not in fields_of(draft.kind):
        raise _mismatch(path)
    entries: dict[str, Any] = dict(draft.fields.get(field.name) or {})  # type: ignore[call-overload]  # a dict by the table
    part = uri.partition("PhysicalAddress:")[2]
    new: Any = None
    if value is not None:
        if local(value) != field.element:
            raise _mismatch(path)
        read: Any = codec.read(field, value, codec.Wire(session.zone))[field.name]
        if list(read) != [index]:
            raise _mismatch(path)
        new = read[index]
    if part:
        parts = {**entries.get(index, {}), part: (new or {}).get(part)}
        new = {name: text for name, text in parts.items() if text} or None
    if new is None:
        entries.pop(index, None)
    else:
        entries[index] = new
    draft.fields[field.name] = entries


def _apply_field(
    action: str, path: etree._Element, value: etree._Element | None, draft: StoredItem, session: Session
) -> None:
    field = FIELDS.get(str(path.get("FieldURI")))
    if field is None or field.element not in fields_of(draft.kind):
        raise EwsError("ErrorInvalidPropertySet", "Property is not valid for this object type.", path=path)
    if value is None:
        if not field.may("d"):
            raise EwsError("ErrorInvalidPropertyDelete", "Property cannot be deleted.", path=path)
        draft.fields.pop(field.name, None)
        return
    if action == "Append":
        if not field.may("a"):
            raise EwsError("ErrorInvalidPropertyAppend", "Property cannot be appended.", path=path)
    elif not field.may("u") or (draft.master_id and field.name in ("recurrence", "uid")):
        raise not_settable(field)
    if local(value) != field.element:
        raise _mismatch(path)
    read = codec.read(field, value, codec.Wire(session.zone, session.zone_id))
    if action == "Append" and field.name in draft.fields:
        old: Any = draft.fields[field.name]
        read[field.name] = old + read[field.name]
    draft.fields.update(read)


# ---- DeleteItem and MoveItem


def delete_item(request: etree._Element, session: Session, planned: Rows) -> list[etree._Element]:
    """One message per id."""
    mode = request.get("SendMeetingCancellations")
    how = str(request.get("DeleteType"))

    def delete(element: etree._Element) -> etree._Element:
        item = session.item(element)
        if item.kind == "CalendarItem" and mode is None:
            raise EwsError(
                "ErrorSendMeetingCancellationsRequired",
                "The SendMeetingCancellations attribute is required for calendar items.",
            )
        if item.kind == "Task" and request.get("AffectedTaskOccurrences") is None:
            raise EwsError(
                "ErrorAffectedTaskOccurrencesRequired", "The AffectedTaskOccurrences attribute is required for tasks."
            )
        session.may_write(_folder(session, item))
        exchange = session.exchange
        if item.master_id is not None:
            _delete_occurrence(session, item)
        elif how == "HardDelete":
            exchange.remove(item)
        else:
            box = exchange.mailboxes[item.mailbox.lower()]
            place = "deleteditems" if how == "MoveToDeletedItems" else "recoverableitemsdeletions"
            exchange.move(item, box.folder(place))
        if mode is not None:
            _record(session, "DeleteItem", mode, item)
        return success("DeleteItem")

    with session.exchange.lock:
        return _messages("DeleteItem", children(find(request, "m:ItemIds")), None, planned, delete)


def _delete_occurrence(session: Session, item: StoredItem) -> None:
    assert item.master_id is not None
    assert item.original_start is not None
    master = session.exchange.items_by_id[item.master_id]
    gone: Any = master.fields.get("deleted_occurrences") or []
    master.fields["deleted_occurrences"] = [*gone, item.original_start]
    kept = [entry for start, entry in modified(master).items() if start != item.original_start]
    master.fields["modified_occurrences"] = kept
    session.exchange.touch(master)


def move_item(request: etree._Element, session: Session, planned: Rows) -> list[etree._Element]:
    """One message per id, with the new id of the moved item."""

    def move(element: etree._Element) -> etree._Element:
        try:
            folder = session.target(request, "m:ToFolderId")
        except EwsError as problem:
            raise EwsError("ErrorToFolderNotFound", "The destination folder was not found.") from problem
        assert folder is not None
        item = session.item(element)
        if item.master_id is not None:
            raise EwsError("ErrorCalendarCannotMoveOrCopyOccurrence", "An occurrence cannot be moved or copied.")
        session.may_write(folder)
        session.may_write(_folder(session, item))
        return _identified("MoveItem", session.exchange.move(item, folder))

    with session.exchange.lock:
        return _messages("MoveItem", children(find(request, "m:ItemIds")), "Items", planned, move)

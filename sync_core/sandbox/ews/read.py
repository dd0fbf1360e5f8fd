"""GetItem, GetAttachment, SyncFolderItems and ConvertId."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Any, Final

from lxml import etree

from sync_core.sandbox.ews import ids
from sync_core.sandbox.ews.access import Session
from sync_core.sandbox.ews.shape import Shape, write_attachment
from sync_core.sandbox.ews.soap import EwsError, M, children, failure, find, sub, success
from sync_core.sandbox.ews.store import Folder, StoredItem, Tombstone
from sync_core.sandbox.ews.write import Rows

# MaxChangesReturned goes up to 512 in the schema; a server may send fewer
_SYNC_HEAD: Final = b"\x01sync"


def get_item(request: etree._Element, session: Session, planned: Rows) -> list[etree._Element]:
    """One message per id."""
    elements = children(find(request, "m:ItemIds"))
    try:
        shape = Shape(find(request, "m:ItemShape"), "get", session)
    except EwsError as problem:
        return [failure("GetItem", problem, "Items") for _ in elements]
    messages = []
    for position, element in enumerate(elements):
        try:
            planned(position)
            item = session.item(element)
            message = success("GetItem")
            shape.write(sub(message, "Items", None, M), item)
            messages.append(message)
        except EwsError as problem:
            messages.append(failure("GetItem", problem, "Items"))
    return messages


def get_attachment(request: etree._Element, session: Session) -> list[etree._Element]:
    """One message per attachment id. The content is as long as the attachment says, and the same every time."""
    messages = []
    for element in children(find(request, "m:AttachmentIds")):
        attachment_id = str(element.get("Id"))
        try:
            parsed = ids.parse_id(attachment_id)
            if parsed.kind != "attachment":
                raise EwsError("ErrorInvalidIdNotAnItemAttachmentId", "Id is not the id of an attachment.")
            owner = etree.Element("ItemId", Id=ids.make_id("item", parsed.mailbox_guid, parsed.number))
            item = session.item(owner)
            files: Any = item.fields.get("attachments") or []
            if parsed.part >= len(files):
                raise EwsError("ErrorInvalidAttachmentId", "The attachment was not found.")
            size = int(files[parsed.part][1])
            seed = hashlib.sha256(attachment_id.encode()).digest()
            content = base64.b64encode((seed * (size // len(seed) + 1))[:size]).decode()
            message = success("GetAttachment")
            holder = sub(message, "Attachments", None, M)
            write_attachment(holder, attachment_id, files[parsed.part], item, content)
            messages.append(message)
        except EwsError as problem:
            messages.append(failure("GetAttachment", problem, "Attachments"))
    return messages


# ---- SyncFolderItems


def _write_state(folder: Folder, change: int) -> str:
    mark = hashlib.sha256(f"{folder.id}/{change}".encode()).digest()[:16]
    return base64.b64encode(_SYNC_HEAD + change.to_bytes(8) + mark).decode()


def _read_state(text: str, folder: Folder) -> int:
    """The number of the change up to which a client knows a folder. Raises EwsError(ErrorInvalidSyncStateData)."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    change = int.from_bytes(data[len(_SYNC_HEAD) : len(_SYNC_HEAD) + 8])
    if data[: len(_SYNC_HEAD)] != _SYNC_HEAD or _write_state(folder, change) != text:
        raise EwsError("ErrorInvalidSyncStateData", "Synchronization state data is corrupt or otherwise invalid.")
    return change


def sync_folder_items(request: etree._Element, session: Session, max_changes: int, short: bool) -> list[etree._Element]:
    """One message. It has SyncState and IncludesLastItemInRange even when it is an error, as documented examples do."""
    given = request.findtext("{*}SyncState") or ""
    try:
        return [_sync(request, session, given, max_changes, short)]
    except EwsError as problem:
        message = failure("SyncFolderItems", problem)
        sub(message, "SyncState", "", M)
        sub(message, "IncludesLastItemInRange", "true", M)
        return [message]


def _sync(request: etree._Element, session: Session, given: str, max_changes: int, short: bool) -> etree._Element:
    shape = Shape(find(request, "m:ItemShape"), "sync", session)
    folder = session.target(request, "m:SyncFolderId")
    assert folder is not None
    since = _read_state(given, folder) if given else 0
    limit = min(int(request.findtext("{*}MaxChangesReturned") or 1), max_changes)
    ignored = {str(element.get("Id")) for element in children(find(request, "m:Ignore"))}
    changes: list[StoredItem | Tombstone] = [item for item in folder.items.values() if item.changed > since]
    # what came and went since then was never seen
    changes += [stone for stone in folder.tombstones if stone.changed > since >= stone.created]
    changes.sort(key=lambda entry: entry.changed)
    if short:
        limit = max(1, min(limit, len(changes)) // 2)
    page = changes[:limit]
    last = len(page) == len(changes)
    message = success("SyncFolderItems")
    reached = session.exchange.change if last else page[-1].changed
    sub(message, "SyncState", _write_state(folder, reached), M)
    sub(message, "IncludesLastItemInRange", "true" if last else "false", M)
    holder = sub(message, "Changes", None, M)
    for entry in page:
        if entry.id in ignored:
            continue
        if isinstance(entry, Tombstone):
            sub(sub(holder, "Delete"), "ItemId", Id=entry.id, ChangeKey=ids.make_change_key(entry.created, 1))
        else:
            shape.write(sub(holder, "Create" if entry.created > since else "Update"), entry)
    return message


# ---- ConvertId


def convert_id(request: etree._Element) -> list[etree._Element]:
    """One message per id. There is one form of ids here: EwsId to EwsId is what clients use to ask for the version."""
    messages = []
    wanted = str(request.get("DestinationFormat"))
    for element in children(find(request, "m:SourceIds")):
        try:
            source, text = element.get("Format"), str(element.get("Id"))
            if source != wanted or source != "EwsId":
                raise EwsError("ErrorInvalidIdMalformed", "Id is malformed.")
            ids.parse_id(text)
            message = success("ConvertId")
            alternate = sub(message, "AlternateId", None, M, Format=wanted, Id=text)
            alternate.set("Mailbox", str(element.get("Mailbox")))
            alternate.set("{http://www.w3.org/2001/XMLSchema-instance}type", "t:AlternateIdType")
            messages.append(message)
        except EwsError as problem:
            messages.append(failure("ConvertId", problem))
    return messages

"""Who asks: the signed-in person, the time zone of the request, and what they may see and change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo

from lxml import etree

from sync_core.sandbox.ews import ids
from sync_core.sandbox.ews.occurrences import occurrence_at_index, occurrence_on_day
from sync_core.sandbox.ews.soap import EwsError, find, local
from sync_core.sandbox.ews.store import Exchange, Folder, StoredItem


@dataclass(frozen=True, slots=True)
class Session:
    """One request's surroundings."""

    exchange: Exchange
    smtp: str
    zone: tzinfo = UTC
    zone_id: str = "UTC"

    def folder(self, element: etree._Element) -> Folder:
        """The folder that a FolderId or DistinguishedFolderId names.

        Raises EwsError: ErrorFolderNotFound (also for folders one has no right to see), ErrorInvalidIdMalformed,
        ErrorCannotUseItemIdForFolderId, ErrorNonExistentMailbox.
        """
        if local(element) == "DistinguishedFolderId":
            smtp = element.findtext("{*}Mailbox/{*}EmailAddress") or self.smtp
            box = self.exchange.mailboxes.get(smtp.lower())
            if box is None:
                raise EwsError("ErrorNonExistentMailbox", "The SMTP address has no mailbox associated with it.")
            folder = box.distinguished.get(str(element.get("Id")))
        else:
            parsed = ids.parse_id(str(element.get("Id")))
            if parsed.kind != "folder":
                raise EwsError("ErrorCannotUseItemIdForFolderId", "Id is an item id, not a folder id.")
            folder = self.exchange.folder_by_id(str(element.get("Id")))
        if folder is None or self.exchange.level(folder, self.smtp) == "none":
            raise EwsError("ErrorFolderNotFound", "The specified folder could not be found in the store.")
        return folder

    def may_write(self, folder: Folder) -> None:
        """Raises EwsError(ErrorAccessDenied) if this person may only look."""
        if self.exchange.level(folder, self.smtp) not in ("editor", "owner"):
            raise EwsError("ErrorAccessDenied", "Access is denied. Check credentials and try again.")

    def item(self, element: etree._Element) -> StoredItem:
        """The item that an ItemId, OccurrenceItemId or RecurringMasterItemId names; occurrences are made on the way.

        Raises EwsError: ErrorItemNotFound, ErrorInvalidIdMalformed, ErrorInvalidChangeKey and what series add to them.
        """
        kind = local(element)
        name = {"OccurrenceItemId": "RecurringMasterId", "RecurringMasterItemId": "OccurrenceId"}.get(kind, "Id")
        item_id = str(element.get(name))
        parsed = ids.parse_id(item_id)
        key = element.get("ChangeKey")
        if key and not ids.is_change_key(key):
            raise EwsError("ErrorInvalidChangeKey", "The change key is invalid.")
        if parsed.kind == "folder":
            raise EwsError("ErrorCannotUseFolderIdForItemId", "Id is a folder id, not an item id.")
        if parsed.kind == "attachment":
            raise EwsError("ErrorInvalidId", "Id is an attachment id, not an item id.")
        stored = self._stored(ids.make_id("item", parsed.mailbox_guid, parsed.number))
        if parsed.kind == "occurrence":
            if kind == "OccurrenceItemId":
                raise EwsError("ErrorCalendarCannotUseIdForRecurringMasterId", "Id must belong to a recurring master.")
            return stored if kind == "RecurringMasterItemId" else occurrence_on_day(self.exchange, stored, parsed.part)
        if kind == "RecurringMasterItemId":
            raise EwsError("ErrorCalendarCannotUseIdForOccurrenceId", "Id must belong to an occurrence.")
        if kind == "OccurrenceItemId":
            return occurrence_at_index(self.exchange, stored, int(str(element.get("InstanceIndex"))))
        return stored

    def _stored(self, item_id: str) -> StoredItem:
        item = self.exchange.items_by_id.get(item_id)
        folder = None if item is None else self.exchange.folder_by_id(item.folder_id)
        if item is None or folder is None or self.exchange.level(folder, self.smtp) == "none":
            raise EwsError("ErrorItemNotFound", "The specified object was not found in the store.")
        return item

    def target(self, parent: etree._Element, path: str) -> Folder | None:
        """The folder inside a SavedItemFolderId, ToFolderId or the like; None if there is no such element."""
        holder = find(parent, path)
        return None if holder is None else self.folder(holder[0])

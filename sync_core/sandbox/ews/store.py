"""Mailboxes in memory: what a user of Outlook sees and does, without the wire.

`Mailbox.create`, `update`, `delete` and `move` act as the owner does in Outlook; nothing is refused that Outlook would
store. The rules that a client program meets stand in `write`.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final, Literal

from sync_core.sandbox.ews import ids
from sync_core.sandbox.ews.extended import ExtendedKey, native_key
from sync_core.sandbox.ews.fields import KINDS
from sync_core.sandbox.ews.recurrence import ModifiedOccurrence, Recurrence
from sync_core.sandbox.ews.text import clean, lines
from sync_core.sandbox.ews.zones import midnight

Level = Literal["none", "reviewer", "editor", "owner"]

# distinguished name, display name, parent, folder class; the order is that of a FindFolder
_FOLDERS: Final = (
    ("root", "", None, ""),
    ("msgfolderroot", "Top of Information Store", "root", ""),
    ("calendar", "Calendar", "msgfolderroot", "IPF.Appointment"),
    ("contacts", "Contacts", "msgfolderroot", "IPF.Contact"),
    ("deleteditems", "Deleted Items", "msgfolderroot", "IPF.Note"),
    ("drafts", "Drafts", "msgfolderroot", "IPF.Note"),
    ("inbox", "Inbox", "msgfolderroot", "IPF.Note"),
    ("journal", "Journal", "msgfolderroot", "IPF.Journal"),
    ("junkemail", "Junk Email", "msgfolderroot", "IPF.Note"),
    ("notes", "Notes", "msgfolderroot", "IPF.StickyNote"),
    ("outbox", "Outbox", "msgfolderroot", "IPF.Note"),
    ("sentitems", "Sent Items", "msgfolderroot", "IPF.Note"),
    ("tasks", "Tasks", "msgfolderroot", "IPF.Task"),
    ("recoverableitemsroot", "Recoverable Items", "root", ""),
    ("recoverableitemsdeletions", "Deletions", "recoverableitemsroot", ""),
)

# what every task has, also one that was made with nothing but a subject
_TASK_DEFAULTS: Final = {"status": "NotStarted", "percent_complete": 0.0, "is_complete": False}


@dataclass(slots=True)
class StoredItem:
    """One item. `fields` holds what `fields.FIELDS` names; `changed` and `created` count changes of the whole store.

    An occurrence that was made out of a series has `master_id` and `original_start`; it is never in a folder itself.
    """

    id: str
    change_key: str
    kind: str
    mailbox: str
    folder_id: str
    number: int
    fields: dict[str, object]
    extended: dict[ExtendedKey, object]
    created: int
    changed: int
    version: int = 1
    master_id: str | None = None
    original_start: datetime | None = None
    modified: bool = False

    @property
    def item_type(self) -> str:
        """CalendarItemType: Single, Occurrence, Exception or RecurringMaster."""
        if self.master_id:
            return "Exception" if self.modified else "Occurrence"
        return "RecurringMaster" if isinstance(self.fields.get("recurrence"), Recurrence) else "Single"

    def native(self) -> dict[str, object]:
        """The item as plain JSON values, for tests and for the control endpoint. Moments are ISO 8601 in UTC."""
        extended = {f"{key.set_id}/{key.name}": _json(value) for key, value in self.extended.items()}
        return {
            "id": self.id,
            "change_key": self.change_key,
            "kind": self.kind,
            "folder_id": self.folder_id,
            **{name: _json(value) for name, value in sorted(self.fields.items())},
            "extended": extended,
        }


@dataclass(slots=True)
class Tombstone:
    """What is left of an item that went out of a folder, so that SyncFolderItems can tell."""

    id: str
    created: int
    changed: int


@dataclass(slots=True)
class Folder:
    """One folder of a mailbox. `items` is in the order of creation."""

    id: str
    change_key: str
    name: str
    mailbox: str
    parent_id: str | None
    folder_class: str
    distinguished: str | None = None
    items: dict[str, StoredItem] = field(default_factory=dict)
    tombstones: list[Tombstone] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Mail:
    """Mail that a request would have sent."""

    operation: str
    mode: str
    subject: str
    recipients: tuple[str, ...]


class Mailbox:
    """The folders and items of one owner."""

    def __init__(self, exchange: Exchange, smtp: str, name: str) -> None:
        self.exchange = exchange
        self.smtp = smtp
        self.name = name
        self.guid = ids.mailbox_guid(smtp)
        self.folders: dict[str, Folder] = {}
        self.distinguished: dict[str, Folder] = {}
        for key, display, parent, folder_class in _FOLDERS:
            parent_id = self.distinguished[parent].id if parent else None
            folder = self._new_folder(display, parent_id, folder_class)
            folder.distinguished = key
            self.distinguished[key] = folder

    def _new_folder(self, name: str, parent_id: str | None, folder_class: str) -> Folder:
        number = self.exchange.next_number()
        folder_id = ids.make_id("folder", self.guid, number)
        folder = Folder(folder_id, ids.make_change_key(number, 1), name, self.smtp, parent_id, folder_class)
        self.folders[folder_id] = folder
        return folder

    def folder(self, distinguished: str) -> Folder:
        """A folder by its distinguished name ("calendar", "deleteditems"). Raises KeyError for an unknown one."""
        return self.distinguished[distinguished]

    def add_folder(self, name: str, parent: Folder, folder_class: str = "IPF.Appointment") -> Folder:
        """A new folder below another. Two folders of one name are not refused: shared mailboxes have them."""
        with self.exchange.lock:
            return self._new_folder(name, parent.id, folder_class)

    def create(self, folder: Folder, fields: Mapping[str, object]) -> StoredItem:
        """A new item as its owner would make it in Outlook: organizer, uid, reminder and change key are filled in.

        The kind of item follows from the folder. `extended` is {(property set id, name): value}.
        """
        with self.exchange.lock:
            kind = next((k for k in KINDS.values() if folder.folder_class.startswith(k.folder_class)), None)
            values = dict(fields)
            extended: Any = values.pop("extended", None) or {}
            return self.exchange.insert(
                folder,
                kind.element if kind else "CalendarItem",
                _cleaned(values),
                {native_key(set_id, name, value): value for (set_id, name), value in extended.items()},
            )

    def update(self, item_id: str, fields: Mapping[str, object]) -> StoredItem:
        """Changes fields of an item; None takes a field away. Raises KeyError if there is no such item."""
        with self.exchange.lock:
            item = self.exchange.items_by_id[item_id]
            values = dict(fields)
            extended: Any = values.pop("extended", None) or {}
            for (set_id, name), value in extended.items():
                kept = {k: v for k, v in item.extended.items() if (k.set_id, k.name) != (set_id.lower(), name)}
                item.extended = kept if value is None else {**kept, native_key(set_id, name, value): value}
            item.fields = {k: v for k, v in _cleaned({**item.fields, **values}).items() if v is not None}
            self.exchange.touch(item)
            return item

    def delete(self, item_id: str, to: Literal["deleteditems", "nowhere"] = "deleteditems") -> None:
        """Deletes an item into Deleted Items, or past it. Raises KeyError if there is no such item."""
        with self.exchange.lock:
            item = self.exchange.items_by_id[item_id]
            if to == "nowhere":
                self.exchange.remove(item)
            else:
                self.exchange.move(item, self.folder("deleteditems"))

    def move(self, item_id: str, folder: Folder) -> StoredItem:
        """Moves an item; it gets a new id there. Raises KeyError if there is no such item."""
        with self.exchange.lock:
            return self.exchange.move(self.exchange.items_by_id[item_id], folder)

    def items(self, folder: Folder) -> list[StoredItem]:
        """The items of a folder in the order of creation; series as one item."""
        with self.exchange.lock:
            return list(folder.items.values())

    def get(self, item_id: str) -> StoredItem | None:
        """An item of this mailbox by id."""
        item = self.exchange.items_by_id.get(item_id)
        return item if item is not None and item.mailbox == self.smtp else None


class Exchange:
    """A server's mailboxes. One lock for everything: take it around what must happen in one piece."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.mailboxes: dict[str, Mailbox] = {}
        self.items_by_id: dict[str, StoredItem] = {}
        self.outbox: list[Mail] = []
        self._shares: list[tuple[str, str, Level, str | None]] = []
        self._number = 0
        self._change = 0

    def add_mailbox(self, smtp: str, name: str) -> Mailbox:
        """A new mailbox with the usual folders."""
        with self.lock:
            mailbox = self.mailboxes[smtp.lower()] = Mailbox(self, smtp, name)
            return mailbox

    def share(
        self, owner_smtp: str, with_smtp: str, level: Literal["reviewer", "editor"], folder_id: str | None = None
    ) -> None:
        """Lets another person see (reviewer) or change (editor) one folder, or with None the whole mailbox."""
        with self.lock:
            self._shares.append((owner_smtp.lower(), with_smtp.lower(), level, folder_id))

    def level(self, folder: Folder, smtp: str) -> Level:
        """What a person may do in a folder. The last share that fits counts."""
        if folder.mailbox.lower() == smtp.lower():
            return "owner"
        for owner, guest, level, folder_id in reversed(self._shares):
            if (owner, guest) == (folder.mailbox.lower(), smtp.lower()) and folder_id in (None, folder.id):
                return level
        return "none"

    def folder_by_id(self, folder_id: str) -> Folder | None:
        """A folder of any mailbox."""
        return next((box.folders[folder_id] for box in self.mailboxes.values() if folder_id in box.folders), None)

    def now(self) -> datetime:
        """The clock's moment in UTC, in whole seconds as Exchange tells it."""
        return self.clock().astimezone(UTC).replace(microsecond=0)

    def next_number(self) -> int:
        """A number nothing has yet; ids are made from it."""
        self._number += 1
        return self._number

    @property
    def change(self) -> int:
        """How many changes there were so far."""
        return self._change

    def insert(
        self, folder: Folder, kind: str, fields: Mapping[str, object], extended: Mapping[ExtendedKey, object]
    ) -> StoredItem:
        """Puts a new item into a folder and fills in what Exchange fills in."""
        box = self.mailboxes[folder.mailbox.lower()]
        number = self.next_number()
        now = self.now()
        values: dict[str, object] = {
            "item_class": KINDS[kind].item_class,
            "sensitivity": "Normal",
            "importance": "Normal",
            "reminder_is_set": False,
            "created": now,
            "last_modified": now,
            "last_modified_name": box.name,
            **(_calendar_defaults(box, number) if kind == "CalendarItem" else {}),
            **(_TASK_DEFAULTS if kind == "Task" else {}),
            **{name: value for name, value in fields.items() if value is not None},
        }
        if kind == "CalendarItem":
            values.setdefault("end_zone", values["start_zone"])
        self._change += 1
        item_id = ids.make_id("item", box.guid, number)
        item = StoredItem(
            item_id,
            ids.make_change_key(number, 1),
            kind,
            box.smtp,
            folder.id,
            number,
            values,
            dict(extended),
            self._change,
            self._change,
        )
        folder.items[item_id] = self.items_by_id[item_id] = item
        return item

    def touch(self, item: StoredItem) -> None:
        """Says that an item was changed: new change key, new time of change."""
        self._change += 1
        item.version += 1
        item.changed = self._change
        item.change_key = ids.make_change_key(item.number, item.version)
        item.fields["last_modified"] = self.now()

    def remove(self, item: StoredItem) -> None:
        """Takes an item out of its folder for good."""
        folder = self.folder_by_id(item.folder_id)
        assert folder is not None
        self._change += 1
        del folder.items[item.id], self.items_by_id[item.id]
        folder.tombstones.append(Tombstone(item.id, item.created, self._change))

    def move(self, item: StoredItem, folder: Folder) -> StoredItem:
        """Moves an item, which makes another item of it: new id, new change key; created and modified times stay."""
        self.remove(item)
        return self.insert(folder, item.kind, item.fields, item.extended)


def _calendar_defaults(box: Mailbox, number: int) -> dict[str, object]:
    mark = hashlib.sha256(f"{box.guid}/{number}".encode()).hexdigest().upper()
    return {
        # the form of a GlobalObjectId, which is what Exchange uses for items made by Outlook
        "uid": f"040000008200E00074C5B7101A82E008{'0' * 8}{mark[:16]}{'0' * 16}10000000{mark[16:48]}",
        "organizer": (box.name, box.smtp),
        "is_all_day": False,
        "show_as": "Busy",
        "reminder_is_set": True,
        "reminder_minutes": 15,
        "my_response": "Organizer",
        "start_zone": "UTC",
    }


def _cleaned(fields: Mapping[str, object]) -> dict[str, object]:
    """Fields as the store keeps them: moments in UTC, text that XML can carry, all-day items by whole days."""
    values = dict(fields)
    for name, value in values.items():
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise ValueError(f"{name} needs a time zone")
            values[name] = value.astimezone(UTC).replace(microsecond=0)
        elif isinstance(value, str):
            values[name] = lines(clean(value)) if name == "body" else clean(value)
    zone = values.get("start_zone")
    for name in ("start", "end"):
        moment = values.get(name)
        if values.get("is_all_day") and isinstance(moment, datetime):
            values[name] = midnight(moment, zone if isinstance(zone, str) else None, up=name == "end")
    return values


def _json(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Recurrence):
        return {name: _json(getattr(value, name)) for name in Recurrence.__dataclass_fields__}
    if isinstance(value, ModifiedOccurrence):
        return {"original_start": _json(value.original_start), "changes": _json(value.changes)}
    if isinstance(value, Mapping):
        return {str(name): _json(entry) for name, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json(entry) for entry in value]
    return value

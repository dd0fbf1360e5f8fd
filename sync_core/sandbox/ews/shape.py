"""Shapes: which properties of an item a reply holds. No more than was asked for, in the order of the schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from lxml import etree

from sync_core.sandbox.ews import codec, extended, ids, text
from sync_core.sandbox.ews.access import Session
from sync_core.sandbox.ews.fields import FIELDS, KINDS, Field, fields_of
from sync_core.sandbox.ews.occurrences import first_slot, last_slot, occurrence_id, occurrence_of
from sync_core.sandbox.ews.soap import EwsError, T, children, element_order, find, local, sub, tag
from sync_core.sandbox.ews.store import StoredItem
from sync_core.sandbox.ews.times import write_moment

Purpose = Literal["get", "find", "sync"]

# FindItem gives no more than the first 255 characters of a text (documented: 512 bytes of any streamable property)
FIND_CUT: Final = 255
# what FindItem answers with an error instead of leaving it out
_REFUSED: Final = frozenset({"item:Body", "item:Attachments", "item:MimeContent", "item:UniqueBody"})


class Shape:
    """An ItemShape, read once and then applied to any number of items."""

    def __init__(self, element: etree._Element | None, purpose: Purpose, session: Session) -> None:
        """Raises EwsError(ErrorInvalidPropertyRequest) for what the operation cannot return."""
        self.session = session
        self.purpose = purpose
        base = None if element is None else element.findtext(tag(T, "BaseShape"))
        self.base = base or "IdOnly"
        self.body_type = (None if element is None else element.findtext(tag(T, "BodyType"))) or "Best"
        self.uris: set[str] = set()
        self.indexed: list[tuple[str, str]] = []
        self.extended: list[tuple[extended.ExtendedKey, etree._Element]] = []
        self.wire = codec.Wire(session.zone, session.zone_id, FIND_CUT if purpose == "find" else None)
        for path in children(None if element is None else find(element, "t:AdditionalProperties")):
            self._add(path)
        self._plans: dict[str, list[Field]] = {}

    def _add(self, path: etree._Element) -> None:
        match local(path):
            case "FieldURI":
                uri = str(path.get("FieldURI"))
                if uri.startswith("folder:") or (self.purpose == "find" and uri in _REFUSED):
                    raise EwsError(
                        "ErrorInvalidPropertyRequest", "Property is not valid for this operation.", path=path
                    )
                self.uris.add(uri)
            case "IndexedFieldURI":
                self.indexed.append((str(path.get("FieldURI")), str(path.get("FieldIndex"))))
            case "ExtendedFieldURI":
                key = extended.read_key(path)
                if key not in (known for known, _ in self.extended):
                    self.extended.append((key, path))

    def _plan(self, kind: str) -> list[Field]:
        if kind not in self._plans:
            order = element_order(KINDS[kind].schema_type)
            letter = {"Default": "D", "AllProperties": "A"}.get(self.base)
            wanted = [
                field
                for field in fields_of(kind).values()
                if (field.uri in self.uris or (letter is not None and field.may(letter)) or field.uri == "item:ItemId")
                and (self.purpose == "get" or field.may("f"))
            ]
            self._plans[kind] = sorted(wanted, key=lambda field: order[field.element])
        return self._plans[kind]

    def write(self, parent: etree._Element, item: StoredItem) -> None:
        """Appends an item."""
        element = sub(parent, item.kind)
        order = element_order(KINDS[item.kind].schema_type)
        uid = item.fields.get("uid")
        values = [
            (path, extended.value_of(item.extended, key, uid, item.fields.get("recurrence") is not None))
            for key, path in self.extended
        ]
        found = [(path, value) for path, value in values if value is not None]
        place = order["ExtendedProperty"]
        written = False
        for field in self._plan(item.kind):
            if not written and order[field.element] > place:
                self._write_extended(element, found)
                written = True
            self._write_field(element, field, item)
        if not written:
            self._write_extended(element, found)
        self._write_indexed(element, item, order)

    def _write_extended(self, element: etree._Element, found: list[tuple[etree._Element, object]]) -> None:
        for path, value in found:
            extended.write(element, path, value, self.wire.cut)

    def _write_indexed(self, element: etree._Element, item: StoredItem, order: Mapping[str, int]) -> None:
        """Entries of dictionaries that were asked for one by one: a phone number, the city of an address."""
        for name, fragment in INDEXED.items():
            field = FIELDS[name]
            wanted = [(uri.rpartition(":")[2], label) for uri, label in self.indexed if uri.startswith(fragment)]
            if not wanted or field.element not in fields_of(item.kind):
                continue
            if find(element, f"t:{field.element}") is not None:
                continue
            entries: Any = item.fields.get(field.name) or {}
            kept: dict[str, Any] = {}
            for part, label in wanted:
                value = entries.get(label)
                if isinstance(value, dict):
                    kept.setdefault(label, {}).update({part: value.get(part)})
                elif value is not None:
                    kept[label] = value
            if kept:
                codec.write(element, field, kept, self.wire)
                new = element[-1]
                place = sum(1 for e in element if e is not new and order[local(e)] < order[field.element])
                element.insert(place, new)

    def _write_field(self, element: etree._Element, field: Field, item: StoredItem) -> None:
        special = _SPECIAL.get(field.kind)
        if special is not None:
            special(self, element, field, item)
            return
        value = value_of(item, field, self.session)
        if value is not None:
            codec.write(element, field, value, self.wire)

    def body(self, element: etree._Element, field: Field, item: StoredItem) -> None:
        stored, kind = str(item.fields.get("body") or ""), str(item.fields.get("body_type") or "Text")
        asked = kind if self.body_type == "Best" else self.body_type
        if asked != kind and stored:
            stored = text.html_to_text(stored) if asked == "Text" else text.text_to_html(stored)
        sub(element, field.element, stored, BodyType=asked)

    def text_body(self, element: etree._Element, field: Field, item: StoredItem) -> None:
        stored = str(item.fields.get("body") or "")
        if item.fields.get("body_type") == "HTML":
            stored = text.html_to_text(stored)
        sub(element, field.element, stored[: self.wire.cut], BodyType="Text")

    def item_id(self, element: etree._Element, field: Field, item: StoredItem) -> None:
        sub(element, field.element, Id=item.id, ChangeKey=item.change_key)

    def folder_id(self, element: etree._Element, field: Field, item: StoredItem) -> None:
        folder = self.session.exchange.folder_by_id(item.folder_id)
        assert folder is not None
        sub(element, field.element, Id=folder.id, ChangeKey=folder.change_key)

    def attachments(self, element: etree._Element, field: Field, item: StoredItem) -> None:
        files: Any = item.fields.get("attachments")
        if not files:
            return
        holder = sub(element, field.element)
        guid = self.session.exchange.mailboxes[item.mailbox.lower()].guid
        for position, entry in enumerate(files):
            write_attachment(holder, ids.make_id("attachment", guid, item.number, position), entry, item)

    def occurrences(self, element: etree._Element, field: Field, item: StoredItem) -> None:
        changed: Any = item.fields.get("modified_occurrences")
        if not changed:
            return
        holder = sub(element, field.element)
        for entry in sorted(changed, key=lambda one: one.original_start):
            found = occurrence_of(self.session.exchange, item, entry.original_start)
            if found is not None:
                _write_occurrence(holder, "Occurrence", found.id, found)

    def occurrence(self, element: etree._Element, field: Field, item: StoredItem) -> None:
        """FirstOccurrence and LastOccurrence."""
        slot = first_slot(item) if field.name == "first_occurrence" else last_slot(item)
        if slot is not None:
            found = occurrence_of(self.session.exchange, item, slot.start)
            if found is not None:
                _write_occurrence(element, field.element, occurrence_id(self.session.exchange, item, slot.day), found)


def _write_occurrence(parent: etree._Element, name: str, item_id: str, found: StoredItem) -> None:
    element = sub(parent, name)
    sub(element, "ItemId", Id=item_id, ChangeKey=found.change_key)
    sub(element, "Start", write_moment(_moment(found, "start")))
    sub(element, "End", write_moment(_moment(found, "end")))
    assert found.original_start is not None
    sub(element, "OriginalStart", write_moment(found.original_start))


def write_attachment(
    parent: etree._Element, attachment_id: str, entry: Any, item: StoredItem, content: str | None = None
) -> None:
    """Appends a FileAttachment; without `content` only what is known about it. `entry`: name, size, type, is_inline."""
    name, size, kind, inline = entry
    element = sub(parent, "FileAttachment")
    if content is None:
        sub(element, "AttachmentId", Id=attachment_id)
    else:
        sub(element, "AttachmentId", Id=attachment_id, RootItemId=item.id, RootItemChangeKey=item.change_key)
    sub(element, "Name", name)
    sub(element, "ContentType", kind)
    sub(element, "Size", str(size))
    sub(element, "LastModifiedTime", write_moment(_moment(item, "last_modified")))
    sub(element, "IsInline", "true" if inline else "false")
    sub(element, "IsContactPhoto", "false")
    if content is not None:
        sub(element, "Content", content)


def _moment(item: StoredItem, name: str) -> datetime:
    value = item.fields[name]
    assert isinstance(value, datetime)
    return value


# the dictionaries, and how the URI of one of their entries begins
INDEXED: Final = {
    "contacts:EmailAddresses": "contacts:EmailAddress",
    "contacts:PhysicalAddresses": "contacts:PhysicalAddress",
    "contacts:PhoneNumbers": "contacts:PhoneNumber",
    "contacts:ImAddresses": "contacts:ImAddress",
}
_SPECIAL: Final[dict[str, Callable[[Shape, etree._Element, Field, StoredItem], None]]] = {
    "body": Shape.body,
    "text_body": Shape.text_body,
    "item_id": Shape.item_id,
    "folder_id": Shape.folder_id,
    "attachments": Shape.attachments,
    "occurrences": Shape.occurrences,
    "occurrence": Shape.occurrence,
    "ignored": lambda *_: None,
}


def value_of(item: StoredItem, field: Field, session: Session) -> Any:
    """The value of a property, stored or worked out; None if the item has none."""
    work = _WORKED_OUT.get(field.name)
    return item.fields.get(field.name) if work is None else work(item, session)


def _people(item: StoredItem, *names: str) -> list[Any]:
    return [person for name in names for person in (item.fields.get(name) or [])]  # type: ignore[attr-defined]  # lists by the store's contract


def _duration(item: StoredItem, _: Session) -> str | None:
    if "start" not in item.fields:
        return None
    minutes = int((_moment(item, "end") - _moment(item, "start")).total_seconds()) // 60
    days, rest = divmod(minutes, 24 * 60)
    hours, rest = divmod(rest, 60)
    day_part = f"{days}D" if days else ""
    clock = (f"{hours}H" if hours else "") + (f"{rest}M" if rest else "")
    return f"P{day_part}{'T' + clock if clock else ''}" if days or clock else "PT0S"


def _due(item: StoredItem, _: Session) -> datetime | None:
    if item.kind != "CalendarItem":
        due = item.fields.get("reminder_due_by")
        return due if isinstance(due, datetime) else None
    return _moment(item, "start") if "start" in item.fields else None


def _next_reminder(item: StoredItem, session: Session) -> datetime | None:
    due = _due(item, session)
    if due is None or not item.fields.get("reminder_is_set"):
        return None
    return due - timedelta(minutes=int(str(item.fields.get("reminder_minutes") or 0)))


def _is_organizer(item: StoredItem) -> bool:
    person: Any = item.fields.get("organizer") or ("", "")
    return bool(str(person[1]).lower() == item.mailbox.lower())


def _is_meeting(item: StoredItem, _: Session) -> bool:
    stored = item.fields.get("is_meeting")
    return bool(_people(item, "required_attendees", "optional_attendees") if stored is None else stored)


def _level(item: StoredItem, session: Session) -> str:
    folder = session.exchange.folder_by_id(item.folder_id)
    assert folder is not None
    return session.exchange.level(folder, session.smtp)


def _size(item: StoredItem, _: Session) -> int:
    files: Any = item.fields.get("attachments") or []
    return 1000 + sum(len(str(value)) for value in item.fields.values()) + sum(int(entry[1]) for entry in files)


def _names(item: StoredItem, *names: str) -> str:
    return "; ".join(str(person[0]) for person in _people(item, *names))


_WORKED_OUT: Final[dict[str, Callable[[StoredItem, Session], Any]]] = {
    "received": lambda item, _: item.fields.get("created"),
    "sent": lambda item, _: item.fields.get("created"),
    "stamp": lambda item, _: item.fields.get("last_modified"),
    "size": _size,
    "duration": _duration,
    "reminder_due_by": _due,
    "reminder_next_time": _next_reminder,
    "effective_rights": _level,
    "has_attachments": lambda item, _: any(not entry[3] for entry in _people(item, "attachments")),
    "display_to": lambda item, _: _names(item, "required_attendees"),
    "display_cc": lambda item, _: _names(item, "optional_attendees"),
    "is_submitted": lambda *_: False,
    "is_draft": lambda *_: False,
    "is_from_me": lambda *_: False,
    "is_resend": lambda *_: False,
    "is_unmodified": lambda item, _: item.version == 1,
    "is_associated": lambda *_: False,
    "is_online_meeting": lambda *_: False,
    "is_meeting": _is_meeting,
    "is_cancelled": lambda item, _: bool(item.fields.get("is_cancelled")),
    "is_recurring": lambda item, _: (
        item.item_type in ("Occurrence", "Exception") or (item.kind == "Task" and item.item_type == "RecurringMaster")
    ),
    "is_organizer": lambda item, _: _is_organizer(item),
    "request_was_sent": lambda item, session: _is_meeting(item, session),
    "is_response_requested": lambda item, _: item.fields.get("is_response_requested", True),
    "allow_new_time": lambda item, _: item.fields.get("allow_new_time", True),
    "conference_type": lambda item, _: item.fields.get("conference_type", 0),
    "culture": lambda item, _: item.fields.get("culture", "en-GB"),
    "item_type": lambda item, _: item.item_type,
    "original_start": lambda item, _: item.original_start,
    "recurrence_id": lambda item, _: item.original_start,
    "sequence": lambda *_: 0,
    "state": lambda item, session: (1 if _is_meeting(item, session) else 0) | (0 if _is_organizer(item) else 2),
    "start_zone_id": lambda item, _: item.fields.get("start_zone"),
    "end_zone_id": lambda item, _: item.fields.get("end_zone"),
}

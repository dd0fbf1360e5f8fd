"""Extended properties: MAPI properties by property set and name or number, or by tag."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple

from lxml import etree

from sync_core.sandbox.ews.soap import EwsError, T, children, local, sub, tag
from sync_core.sandbox.ews.times import parse_moment, write_moment

# the property sets that have a name of their own in EWS
_SETS: Final = {
    "Meeting": "6ed8da90-450b-101b-98da-00aa003f1305",
    "Appointment": "00062002-0000-0000-c000-000000000046",
    "Common": "00062008-0000-0000-c000-000000000046",
    "PublicStrings": "00020329-0000-0000-c000-000000000046",
    "Address": "00062004-0000-0000-c000-000000000046",
    "InternetHeaders": "00020386-0000-0000-c000-000000000046",
    "CalendarAssistant": "11000e07-b51b-40d6-af21-caa85edab1d0",
    "UnifiedMessaging": "4442858e-a9e3-4e80-b900-317a210cc15b",
    "Task": "00062003-0000-0000-c000-000000000046",
    "Sharing": "00062040-0000-0000-c000-000000000046",
}


class ExtendedKey(NamedTuple):
    """What makes a property the same one. The type belongs to it, as in MAPI; `set_id` is empty for a tag."""

    set_id: str
    name: str
    type: str


def native_key(set_id: str, name: str, value: object) -> ExtendedKey:
    """The key of a named property by the Python type of its value."""
    kinds = {bool: "Boolean", int: "Integer", bytes: "Binary", datetime: "SystemTime", list: "StringArray"}
    return ExtendedKey(set_id.lower(), name, kinds.get(type(value), "String"))


def read_key(path: etree._Element) -> ExtendedKey:
    """The key that an ExtendedFieldURI names. Raises EwsError(ErrorInvalidExtendedProperty)."""
    known = path.get("DistinguishedPropertySetId")
    set_id = path.get("PropertySetId")
    name, number, mark = path.get("PropertyName"), path.get("PropertyId"), path.get("PropertyTag")
    kind = str(path.get("PropertyType"))
    one_set = (known is None) != (set_id is None)
    if mark is not None and not (known or set_id or name or number):
        return ExtendedKey("", f"tag:{int(mark, 0)}", kind)
    if mark is not None or not one_set or (name is None) == (number is None):
        raise EwsError(
            "ErrorInvalidExtendedProperty",
            "The extended property attribute combination is invalid.",
            path=path,
        )
    group = _SETS[known] if known else str(set_id).lower()
    return ExtendedKey(group, name if name is not None else f"id:{number}", kind)


# GlobalObjectId and CleanGlobalObjectId: the UID of a calendar item as MAPI has it
_GLOBAL_IDS: Final = frozenset({ExtendedKey(_SETS["Meeting"], f"id:{number}", "Binary") for number in (0x03, 0x23)})
_GLOBAL_START: Final = "040000008200E00074C5B7101A82E008"

_RECURRING: Final = ExtendedKey(_SETS["Appointment"], f"id:{0x8223}", "Boolean")


def value_of(values: Mapping[ExtendedKey, object], key: ExtendedKey, uid: object, recurring: bool = False) -> object:
    """An extended property of an item with this UID; None if it has none. The global ids follow from the UID, and
    PidLidRecurring ([MS-OXOCAL] 2.2.1.12) from the item being a series."""
    if key == _RECURRING:
        return recurring
    if key not in _GLOBAL_IDS or not isinstance(uid, str):
        return values.get(key)
    if uid.upper().startswith(_GLOBAL_START):
        return bytes.fromhex(uid)
    # the form of a foreign UID inside a GlobalObjectId, [MS-OXCICAL] 2.1.3.1.1.20.26
    data = b"vCal-Uid\x01\x00\x00\x00" + uid.encode() + b"\x00"
    return bytes.fromhex(_GLOBAL_START) + bytes(20) + len(data).to_bytes(4, "little") + data


def read_value(element: etree._Element, kind: str) -> object:
    """The value of an ExtendedProperty element. Raises EwsError(ErrorInvalidExtendedPropertyValue)."""
    holder = next((c for c in children(element) if local(c) in ("Value", "Values")), None)
    many = kind.endswith("Array")
    if holder is None or many != (local(holder) == "Values"):
        raise _bad(kind)
    base = kind.removesuffix("Array")
    if many:
        return [parse_value(value.text or "", base) for value in children(holder)]
    return parse_value(holder.text or "", base)


def parse_value(text: str, kind: str) -> object:
    """A value of a MAPI type from its text. Raises EwsError(ErrorInvalidExtendedPropertyValue)."""
    try:
        match kind:
            case "Integer" | "Short" | "Long" | "Currency":
                return int(text)
            case "Boolean":
                return {"true": True, "1": True, "false": False, "0": False}[text.strip().lower()]
            case "Double" | "Float" | "ApplicationTime":
                return float(text)
            case "SystemTime":
                return parse_moment(text, UTC)
            case "Binary":
                return base64.b64decode(text, validate=True)
            case _:
                return text
    except (ValueError, KeyError, binascii.Error) as problem:
        raise _bad(kind) from problem


def _bad(kind: str) -> EwsError:
    return EwsError("ErrorInvalidExtendedPropertyValue", f"The extended property value is not valid for {kind}.")


def write_value(value: object) -> str:
    """A value as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return write_moment(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value)


def write(parent: etree._Element, path: etree._Element, value: object, limit: int | None = None) -> None:
    """Appends an ExtendedProperty with the URI as it was asked for. `limit` cuts text, as FindItem does."""
    element = etree.SubElement(parent, tag(T, "ExtendedProperty"))
    uri = etree.SubElement(element, tag(T, "ExtendedFieldURI"))
    for name, text in path.attrib.items():
        uri.set(name, text)
    if isinstance(value, list):
        holder = sub(element, "Values")
        for entry in value:
            sub(holder, "Value", write_value(entry))
    else:
        sub(element, "Value", write_value(value)[:limit])

"""Values of fields: from JSON to what the org stores, and back."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final

from sync_core.sandbox.salesforce.errors import ApiError, bad_json, refused
from sync_core.sandbox.salesforce.fields import TEXT_TYPES, Field
from sync_core.sandbox.salesforce.ids import normal_id
from sync_core.sandbox.salesforce.times import parse_date, parse_datetime, show_datetime, whole_second

# what Salesforce keeps of an address; stricter than RFC 5321, laxer than a mail server
_EMAIL: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_SHOWN: Final = 60
# trimmed from both ends of a text: the space and what stands before it, as Java's trim() has it (recalled); a no-break
# space stays
_BLANKS: Final = "".join(map(chr, range(33)))


def clean(field: Field, value: object) -> object:
    """The value as the org stores it: str, bool, int, float, date, aware UTC datetime or None.

    Takes JSON values, and dates and datetimes as they are. Text is trimmed, an empty text becomes None, line ends in
    text areas become CRLF, times lose their fractions. Raises ApiError for a wrong type, a text too long (API >= 15
    never truncates, facts B4), a value outside a restricted picklist.
    """
    if value is None:
        if field.type == "boolean":
            raise _mismatch("boolean", value)
        return None
    if field.type in TEXT_TYPES:
        return _text(field, value)
    match field.type:
        case "boolean":
            return _boolean(value)
        case "int":
            return _integer(field, value)
        case "date":
            return _date(value)
        case "datetime":
            return _datetime(value)
        case "reference" | "id":
            return _reference(field, value)
    raise refused("INVALID_TYPE_ON_FIELD_IN_RECORD", f"{field.name} cannot be set", field.name)


def show(value: object) -> object:
    """The JSON form of a stored value."""
    if isinstance(value, datetime):
        return show_datetime(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def _token(value: object) -> str:
    match value:
        case None:
            return "VALUE_NULL value null"
        case bool():
            return f"VALUE_{str(value).upper()} value {str(value).lower()}"
        case int():
            return f"VALUE_NUMBER_INT value {value}"
        case float():
            return f"VALUE_NUMBER_FLOAT value {value}"
        case str():
            return f"VALUE_STRING value {value[:_SHOWN]}"
        case list():
            return "START_ARRAY value ["
    return "START_OBJECT value {"


def _mismatch(wanted: str, value: object) -> ApiError:
    return bad_json(
        f"Cannot deserialize instance of {wanted} from {_token(value)} or request may be missing a required field"
    )


def _text(field: Field, value: object) -> str | None:
    if not isinstance(value, str):
        raise _mismatch("string", value)
    # a one-line field cannot hold line ends
    breaks, joint = (r"\r\n|\r|\n", "\r\n") if field.type == "textarea" else (r"[ \t]*[\r\n]+\s*", " ")
    text = re.sub(breaks, joint, value.strip(_BLANKS))
    # half a surrogate pair is no character
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if not text:
        return None
    if field.length and len(text) > field.length:
        shown = text if len(text) <= 255 else text[:255] + "..."
        raise refused(
            "STRING_TOO_LONG", f"{field.label}: data value too large: {shown} (max length={field.length})", field.name
        )
    if field.restricted and text not in field.choices:
        raise refused(
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            f"{field.label}: bad value for restricted picklist field: {text}",
            field.name,
        )
    if field.type == "email" and not _EMAIL.fullmatch(text):
        raise refused("INVALID_EMAIL_ADDRESS", f"{field.label}: invalid email address: {text}", field.name)
    return text


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise _mismatch("boolean", value)


def _integer(field: Field, value: object) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,18}", value, re.ASCII):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise _mismatch("int", value)
    if field.length and len(str(abs(value))) > field.length:
        raise refused("NUMBER_OUTSIDE_VALID_RANGE", f"{field.label}: value outside of valid range: {value}", field.name)
    return value


def _date(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    found = parse_date(value) if isinstance(value, str) else None
    if found is None:
        raise _mismatch("date", value)
    return found


def _datetime(value: object) -> datetime:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return whole_second(value)
    found = parse_datetime(value) if isinstance(value, str) else None
    if found is None:
        raise _mismatch("datetime", value)
    return found


def _reference(field: Field, value: object) -> str | None:
    if not isinstance(value, str):
        raise _mismatch("reference", value)
    if not value:
        return None
    found = normal_id(value)
    if found is None:
        raise refused("MALFORMED_ID", f"{field.label}: id value of incorrect type: {value[:_SHOWN]}", field.name)
    return found

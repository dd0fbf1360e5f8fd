"""Calendar items as neutral fields and back. Contacts and tasks will be two more modules of this form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from exchangelib.ewsdatetime import UTC as EWS_UTC
from exchangelib.ewsdatetime import EWSDate, EWSDateTime, EWSTimeZone
from exchangelib.items import CalendarItem
from exchangelib.properties import Body, HTMLBody

from sync_core import text
from sync_core.items import Fields, Item, Kind, SideName, Value, When, canonical
from sync_core.sides.outlook import recurrence
from sync_core.sides.outlook.bodies import html_to_text, is_formatted
from sync_core.sides.outlook.services import Parsed

# Exchange's own limit (facts: exchange A.11)
SUBJECT_LENGTH: Final = 255

# what every reading asks for: a field that is not asked for comes back as its default (facts: exchange 0.6)
FIELDS: Final = (
    *("subject", "sensitivity", "body", "text_body", "attachments", "has_attachments", "parent_folder_id"),
    *("reminder_is_set", "reminder_minutes_before_start", "last_modified_name", "last_modified_time"),
    *("effective_rights", "handsync_mark", "uid", "start", "end", "is_all_day", "legacy_free_busy_status", "location"),
    *("is_meeting", "is_cancelled", "type", "my_response_type", "organizer"),
    *("required_attendees", "optional_attendees", "resources", "appointment_state"),
    *("recurrence", "first_occurrence", "last_occurrence", "modified_occurrences", "deleted_occurrences"),
    *("_start_timezone", "_end_timezone"),
)

SERIES: Final = "a recurring series: not synced yet"
CANCELLED: Final = "a cancelled meeting: handsync leaves meetings alone"
ATTENDEES: Final = "has attendees: handsync never mails attendees, so it leaves meetings alone"
READ_ONLY: Final = "you may read this event but not change it"

# Tentative, WorkingElsewhere and NoData have no counterpart in Salesforce and count as busy; never written over
_SHOW_AS: Final = {"Free": "free", "OOF": "out_of_office"}
_FREE_BUSY: Final = {"busy": "Busy", "free": "Free", "out_of_office": "OOF"}
_DAY: Final = timedelta(days=1)


def to_item(parsed: Parsed, zone: str, owners: frozenset[str]) -> Item:
    """A calendar item in neutral form. `zone` is the user's IANA zone, `owners` the addresses that are the user's own.

    Values the server did not give are left out of the fields: they are unknown, not blank (facts: exchange E).
    """
    item = parsed.item
    series = item.type == "RecurringMaster"
    raw: dict[str, Any] = {"subject": item.subject, "location": item.location}
    when = _when(parsed, zone, series)
    if when is not None:
        raw["when"] = when
    notes = _notes(parsed)
    if notes is not None:
        raw["notes"] = notes
    if "Sensitivity" in parsed.present and item.sensitivity:
        raw["private"] = item.sensitivity != "Normal"
    if "LegacyFreeBusyStatus" in parsed.present and item.legacy_free_busy_status:
        raw["show_as"] = _SHOW_AS.get(item.legacy_free_busy_status, "busy")
    raw |= _reminder(parsed)
    names = _attachments(parsed)
    if names is not None:
        raw["attachments"] = names
    return Item(
        Kind.CALENDAR,
        SideName.OUTLOOK,
        id=str(item.id),
        version=str(item.changekey or ""),
        fields=canonical(Kind.CALENDAR, raw),
        mark=str(item.handsync_mark or ""),
        locked=_locked(item, series, owners),
        series=series,
        people=_people(item),
        changed_at=_instant(item.last_modified_time) if item.last_modified_time else "",
        changed_by=text.line(item.last_modified_name),
        formatted=isinstance(item.body, HTMLBody) and is_formatted(str(item.body)),
    )


def _plain(moment: Any) -> datetime:
    """exchangelib's moment as a plain one, UTC: its own class knows none but its own time zones."""
    there = moment.astimezone(EWS_UTC)
    return datetime.combine(date(there.year, there.month, there.day), there.time().replace(tzinfo=None), UTC)


def _instant(moment: Any) -> str:
    return _plain(moment).strftime("%Y-%m-%dT%H:%M:%SZ")


def _when(parsed: Parsed, zone: str, series: bool) -> When | None:
    item = parsed.item
    start, end = item.start, item.end
    if not isinstance(start, datetime) or not isinstance(end, datetime) or "IsAllDayEvent" not in parsed.present:
        return None
    words = recurrence.in_words(item) if series else ""
    if not item.is_all_day:
        return When(_instant(start), _instant(end), False, words)
    own = item._start_timezone
    zones = [ZoneInfo(name) for name in ((own.key, zone) if own is not None else (zone,))]
    first, last = _days(_plain(start), _plain(end), zones)
    return When(first.isoformat(), last.isoformat(), True, words)


def _days(start: datetime, end: datetime, zones: list[ZoneInfo]) -> tuple[date, date]:
    """The days of an all-day event, both inclusive: midnights in the event's own zone, else in the user's.

    Where neither gives midnights, the days that are touched in the event's own zone.
    """
    for zone in zones:
        first, after = start.astimezone(zone), end.astimezone(zone)
        if first.time() == time() == after.time():
            return first.date(), max(first.date(), after.date() - _DAY)
    first, after = start.astimezone(zones[0]), end.astimezone(zones[0]) - timedelta(seconds=1)
    return first.date(), max(first.date(), after.date())


def _notes(parsed: Parsed) -> str | None:
    if "TextBody" in parsed.present:
        return str(parsed.item.text_body or "")
    if "Body" not in parsed.present:
        return None
    body = parsed.item.body
    return html_to_text(str(body)) if isinstance(body, HTMLBody) else str(body or "")


def _reminder(parsed: Parsed) -> dict[str, int | None]:
    if "ReminderIsSet" not in parsed.present:
        return {}
    if not parsed.item.reminder_is_set:
        return {"reminder": None}
    minutes = parsed.item.reminder_minutes_before_start
    if "ReminderMinutesBeforeStart" not in parsed.present or minutes is None:
        return {}
    return {"reminder": int(minutes)}


def _attachments(parsed: Parsed) -> list[str] | None:
    """Names from the list itself, as HasAttachments may be wrong (facts: exchange E); no pictures of the text."""
    found = [a for a in parsed.item.attachments or () if not getattr(a, "is_inline", False)]
    if not found and "Attachments" not in parsed.present and parsed.item.has_attachments:
        return None
    return [str(a.name or "(no name)") for a in found]


def _attendees(item: Any) -> list[Any]:
    groups = (item.required_attendees, item.optional_attendees, item.resources)
    return [attendee.mailbox for group in groups for attendee in group or () if attendee.mailbox is not None]


def _name(mailbox: Any) -> str:
    name, address = text.line(mailbox.name), text.line(mailbox.email_address)
    if name and address and name.lower() != address.lower():
        return f"{name} <{address}>"
    return name or address


def _people(item: Any) -> tuple[str, ...]:
    boxes = [item.organizer, *_attendees(item)] if item.organizer else _attendees(item)
    return tuple(dict.fromkeys(name for name in map(_name, boxes) if name))


def _locked(item: Any, series: bool, owners: frozenset[str]) -> str:
    if series or item.type in ("Occurrence", "Exception"):
        return SERIES
    state = item.appointment_state or ()
    if item.is_cancelled or "Canceled" in state:
        return CANCELLED
    attendees = _attendees(item)
    if attendees or item.is_meeting or "Meeting" in state or "Received" in state:
        return ATTENDEES if _organised_here(item, state, owners) else _foreign(item)
    rights = item.effective_rights
    if rights is not None and not rights.modify:
        return READ_ONLY
    return ""


def _organised_here(item: Any, state: tuple[str, ...], owners: frozenset[str]) -> bool:
    if "Received" in state or item.my_response_type in ("Tentative", "Accept", "Decline", "NoResponseReceived"):
        return False
    address = text.line(item.organizer.email_address).lower() if item.organizer else ""
    return item.my_response_type == "Organizer" or not address or address in owners


def _foreign(item: Any) -> str:
    organizer = text.line(item.organizer.name or item.organizer.email_address) if item.organizer else ""
    return f"a meeting of {organizer or 'somebody else'}: only its organizer can change it"


# ---- and back


def check(fields: Fields) -> str:
    """Why these values cannot be written, in words; "" when they can. Exchange accepts an end before the start
    (facts: exchange E), and exchangelib refuses a whole batch for one long subject (facts: exchange A.11)."""
    subject = fields.get("subject")
    if isinstance(subject, str) and len(subject) > SUBJECT_LENGTH:
        return f"the subject is {len(subject)} characters long and Outlook holds {SUBJECT_LENGTH}"
    if "show_as" in fields and fields["show_as"] not in _FREE_BUSY:
        return f"Outlook cannot show a time as {fields['show_as']}"
    reminder = fields.get("reminder")
    if reminder is not None and (not isinstance(reminder, int) or reminder < 0):
        return "the reminder is not a number of minutes"
    if "when" in fields:
        return _check_when(fields["when"])
    return ""


def _check_when(when: Value) -> str:
    if not isinstance(when, When):
        return "an event needs a time"
    if when.recurrence:
        return SERIES
    try:
        start, end = _moments(when)
    except ValueError:
        return "the time of the event cannot be read"
    return "the end is before the start" if end < start else ""


def _moments(when: When) -> tuple[date, date]:
    if when.all_day:
        return date.fromisoformat(when.start), date.fromisoformat(when.end)
    return datetime.fromisoformat(when.start), datetime.fromisoformat(when.end)


def new_item(fields: Fields, mark: str, account: Any, folder: Any) -> CalendarItem:
    """A calendar item for CreateItem with all `fields`, times in the account's zone. Check the fields before."""
    values = _values(fields, {}, account.default_timezone)
    if mark:
        values["handsync_mark"] = mark
    return CalendarItem(account=account, folder=folder, **values)


def changed_item(fields: Fields, mark: str, before: Item, now: Parsed, account: Any) -> tuple[CalendarItem, list[str]]:
    """A calendar item for UpdateItem and the names of the fields to send: never more than what changes.

    `now` is the item as it is on the server; a moved start keeps the item's own time zone. An empty list of names means
    that there is nothing to write.
    """
    zone = _own_zone(fields, now, account.default_timezone)
    values = _values(fields, before.fields, zone)
    if mark and mark != before.mark:
        values["handsync_mark"] = mark
    names = list(values)
    item = CalendarItem(account=account, id=now.item.id, changekey=now.item.changekey, **values)
    return item, names


def _own_zone(fields: Fields, now: Parsed, default: Any) -> Any:
    when = fields.get("when")
    if now.item._start_timezone is None or not isinstance(when, When):
        return default
    # an event that becomes all-day is so where the user is
    return default if when.all_day and not now.item.is_all_day else now.item._start_timezone


def _values(fields: Fields, before: Mapping[str, Value], zone: EWSTimeZone) -> dict[str, Any]:
    """exchangelib's attributes for `fields`; what equals `before` is left alone, so that Tentative stays Tentative."""
    values: dict[str, Any] = {}
    for name, value in fields.items():
        if name in before and before[name] == value:
            continue
        match name:
            case "subject" | "location":
                # '' clears; None would be ignored by some servers (facts: exchange E)
                values[name] = text.storable(str(value or ""))
            case "notes":
                values["body"] = Body(text.storable(str(value or "")))
            case "show_as":
                values["legacy_free_busy_status"] = _FREE_BUSY[str(value)]
            case "private":
                values["sensitivity"] = "Private" if value else "Normal"
            case "reminder":
                values |= _reminder_values(value)
            case "when" if isinstance(value, When):
                values |= _when_values(value, zone)
    return values


def _reminder_values(value: Value) -> dict[str, Any]:
    if value is None:
        return {"reminder_is_set": False}
    return {"reminder_is_set": True, "reminder_minutes_before_start": value}


def _when_values(when: When, zone: EWSTimeZone) -> dict[str, Any]:
    start, end = _moments(when)
    values: dict[str, Any] = {"is_all_day": when.all_day, "_start_timezone": zone, "_end_timezone": zone}
    if isinstance(start, datetime) and isinstance(end, datetime):
        values["start"] = EWSDateTime.from_datetime(start).astimezone(zone)
        values["end"] = EWSDateTime.from_datetime(end).astimezone(zone)
    else:
        values["start"], values["end"] = EWSDate.from_date(start), EWSDate.from_date(end)
    return values

"""Calendar items as neutral fields and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from exchangelib.ewsdatetime import EWSDate, EWSDateTime, EWSTimeZone
from exchangelib.folders import Calendar
from exchangelib.items import CalendarItem
from exchangelib.properties import Body

from sync_core import span, text
from sync_core.items import Fields, Item, Kind, SideName, Value, When, canonical
from sync_core.recurrence import Exceptions
from sync_core.series import OWN_FIELDS
from sync_core.series import touches as series_touches
from sync_core.sides import Window
from sync_core.sides.outlook import recurrence, values
from sync_core.sides.outlook.mapping import Change, ItemMapping, Words
from sync_core.sides.outlook.services import Parsed

# Exchange's own limit (facts: exchange A.11)
_LENGTHS: Final = {"subject": 255}

# what every reading asks for: a field that is not asked for comes back as its default (facts: exchange 0.6)
_FIELDS: Final = (
    *("subject", "sensitivity", "body", "text_body", "attachments", "has_attachments", "parent_folder_id"),
    *("reminder_is_set", "reminder_minutes_before_start", "last_modified_name", "last_modified_time"),
    *("effective_rights", "handsync_mark", "uid", "start", "end", "is_all_day", "legacy_free_busy_status", "location"),
    *("is_meeting", "is_cancelled", "type", "my_response_type", "organizer"),
    *("required_attendees", "optional_attendees", "resources", "appointment_state"),
    *("recurrence", "first_occurrence", "last_occurrence", "modified_occurrences", "deleted_occurrences"),
    *("_start_timezone", "_end_timezone"),
)

OCCURRENCE: Final = "one occurrence of a series: the series is changed as a whole"
CANCELLED: Final = "a cancelled meeting: handsync leaves meetings alone"
ATTENDEES: Final = "has attendees: handsync never mails attendees, so it leaves meetings alone"
NO_TIME: Final = "an event needs a time"
READ_ONLY: Final = "you may read this event but not change it"

# Tentative, WorkingElsewhere and NoData have no counterpart in Salesforce and count as busy; never written over
_SHOW_AS: Final = {"Free": "free", "OOF": "out_of_office"}
_NO_WORD: Final = {"Tentative": "tentative", "WorkingElsewhere": "working elsewhere", "NoData": "unknown"}
_FREE_BUSY: Final = {"busy": "Busy", "free": "Free", "out_of_office": "OOF"}


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
    notes = values.notes(parsed)
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
    fields = canonical(Kind.CALENDAR, raw)
    if series and when is not None:
        known = recurrence.exceptions(parsed, when, zone, lambda one: _own(one, fields, zone, owners))
        if known is not None:
            fields |= canonical(Kind.CALENDAR, {"exceptions": known})
    return Item(
        Kind.CALENDAR,
        SideName.OUTLOOK,
        id=str(item.id),
        version=str(item.changekey or ""),
        fields=fields,
        mark=str(item.handsync_mark or ""),
        locked=_locked(parsed, series, owners),
        series=series,
        people=_people(item),
        addresses=_addresses(item, owners),
        changed_at=values.changed_at(item),
        changed_by=values.changed_by(item),
        unmapped=_unmapped(item, fields),
        formatted=values.formatted(item),
    )


def _unmapped(item: Any, fields: Fields) -> tuple[tuple[str, str], ...]:
    """What it is shown as in Outlook, where Salesforce has no such choice."""
    word = _NO_WORD.get(str(item.legacy_free_busy_status))
    return (("show_as", word),) if word and "show_as" in fields else ()


def _own(occurrence: Parsed, of_series: Fields, zone: str, owners: frozenset[str]) -> Fields:
    """What a changed occurrence has otherwise than its series."""
    found = to_item(occurrence, zone, owners).fields
    return {n: found[n] for n in OWN_FIELDS if n in found and n in of_series and found[n] != of_series[n]}


def _when(parsed: Parsed, zone: str, series: bool) -> When | None:
    item = parsed.item
    start, end = item.start, item.end
    if not isinstance(start, datetime) or not isinstance(end, datetime) or "IsAllDayEvent" not in parsed.present:
        return None
    if not item.is_all_day:
        own = recurrence.zone_of(item, zone) if series else ""
        when = When(values.instant(start), values.instant(end), False, "", own)
    else:
        first, last = values.all_day(item, start, end, zone)
        when = When(first.isoformat(), last.isoformat(), True)
    return when._replace(recurrence=recurrence.pattern_text(item, when)) if series else when


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


def _addresses(item: Any, owners: frozenset[str]) -> tuple[str, ...]:
    """Who takes part besides the user, by e-mail: the organizer too, but no rooms and no things."""
    groups = (item.required_attendees, item.optional_attendees)
    boxes = [item.organizer, *(attendee.mailbox for group in groups for attendee in group or ())]
    found = (text.line(box.email_address).lower() for box in boxes if box is not None)
    return tuple(dict.fromkeys(address for address in found if address and address not in owners))


def _locked(parsed: Parsed, series: bool, owners: frozenset[str]) -> str:
    item = parsed.item
    if item.type in ("Occurrence", "Exception"):
        return OCCURRENCE
    state = item.appointment_state or ()
    if item.is_cancelled or "Canceled" in state:
        return CANCELLED
    attendees = _attendees(item)
    if attendees or item.is_meeting or "Meeting" in state or "Received" in state:
        return ATTENDEES if _organised_here(item, state, owners) else _foreign(item)
    if not values.may_modify(item):
        return READ_ONLY
    return recurrence.unreadable(parsed) if series else ""


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
    if problem := values.too_long(fields, _LENGTHS):
        return problem
    if "show_as" in fields and fields["show_as"] not in _FREE_BUSY:
        return f"Outlook cannot show a time as {fields['show_as']}"
    reminder = fields.get("reminder")
    if reminder is not None and (not isinstance(reminder, int) or reminder < 0):
        return "the reminder is not a number of minutes"
    if "when" in fields:
        return _check_when(fields["when"])
    return ""


def check_new(fields: Fields) -> str:
    """Why these values make no event, in words; "" when they do."""
    return check(fields) or ("" if "when" in fields else NO_TIME)


def _check_when(when: Value) -> str:
    if not isinstance(when, When):
        return NO_TIME
    if why := span.senseless(when):
        return why
    for moment in when[:2]:
        # the day is enough: what is a day off in some zone is far from both ends
        if why := values.day_problem(moment[:10], "the time of the event"):
            return why
    return recurrence.problem(when) if when.recurrence else ""


def _moments(when: When) -> tuple[date, date]:
    if when.all_day:
        return date.fromisoformat(when.start), date.fromisoformat(when.end)
    return datetime.fromisoformat(when.start), datetime.fromisoformat(when.end)


def new_item(fields: Fields, mark: str, account: Any, folder: Any) -> CalendarItem:
    """A calendar item for CreateItem with all `fields`, times in the account's zone. Check the fields before."""
    made = _attributes(fields, {}, recurrence.zone_for(fields, account.default_timezone))
    if mark:
        made["handsync_mark"] = mark
    return CalendarItem(account=account, folder=folder, **made)


def changed_item(fields: Fields, mark: str, before: Item, now: Parsed, account: Any) -> Change:
    """An UpdateItem of what changes and nothing else. A moved start keeps the item's own time zone."""
    zone = recurrence.zone_for(fields, _own_zone(fields, now, account.default_timezone), now.item._start_timezone)
    made = _attributes(fields, before.fields, zone)
    if mark and mark != before.mark:
        made["handsync_mark"] = mark
    item = CalendarItem(account=account, id=now.item.id, changekey=now.item.changekey, **made)
    return Change(item, list(made))


def _own_zone(fields: Fields, now: Parsed, default: Any) -> Any:
    when = fields.get("when")
    if now.item._start_timezone is None or not isinstance(when, When):
        return default
    # an event that becomes all-day is so where the user is
    return default if when.all_day and not now.item.is_all_day else now.item._start_timezone


def _attributes(fields: Fields, before: Mapping[str, Value], zone: EWSTimeZone) -> dict[str, Any]:
    """exchangelib's attributes for `fields`; what equals `before` is left alone, so that Tentative stays Tentative."""
    made: dict[str, Any] = {}
    for name, value in fields.items():
        if name in before and before[name] == value:
            continue
        match name:
            case "subject" | "location":
                # '' clears; None would be ignored by some servers (facts: exchange E)
                made[name] = text.storable(str(value or ""))
            case "notes":
                made["body"] = Body(text.storable(str(value or "")))
            case "show_as":
                made["legacy_free_busy_status"] = _FREE_BUSY[str(value)]
            case "private":
                made["sensitivity"] = "Private" if value else "Normal"
            case "reminder":
                made |= _reminder_values(value)
            case "when" if isinstance(value, When):
                made |= _when_values(value, zone)
    return made


def _reminder_values(value: Value) -> dict[str, Any]:
    if value is None:
        return {"reminder_is_set": False}
    return {"reminder_is_set": True, "reminder_minutes_before_start": value}


def _when_values(when: When, zone: EWSTimeZone) -> dict[str, Any]:
    start, end = _moments(when)
    made: dict[str, Any] = {"is_all_day": when.all_day, "_start_timezone": zone, "_end_timezone": zone}
    if isinstance(start, datetime) and isinstance(end, datetime):
        made["start"] = EWSDateTime.from_datetime(start).astimezone(zone)
        made["end"] = EWSDateTime.from_datetime(end).astimezone(zone)
    else:
        made["start"], made["end"] = EWSDate.from_date(start), EWSDate.from_date(end)
    return made | recurrence.values(when)


# ---- the window


def inside(parsed: Parsed, item: Item, window: Window) -> bool:
    """Whether an event touches the window.

    A view finds by instants, and an all-day event made in another zone has days of its own: those count, as they do in
    Salesforce. A series may lie beside the window, before it or between two of its events.
    """
    when = item.when
    if when is None:
        return True
    if not item.series:
        return span.inside(when, window)
    own = item.fields.get("exceptions")
    if own is None:
        return _series_touches(parsed.item, window)
    days = window.start, window.end, window.first, window.last
    found = series_touches(when, *days, Exceptions.parse(str(own)))
    return _series_touches(parsed.item, window) if found is None else found


def _series_touches(master: Any, window: Window) -> bool:
    first = getattr(master.first_occurrence, "start", None) or master.start
    final = getattr(master.last_occurrence, "end", None)
    moved = [o for o in master.modified_occurrences or () if touches(o.start, o.end, window.start, window.end)]
    if moved:
        return True
    if isinstance(first, datetime) and first >= window.end:
        return False
    return not isinstance(final, datetime) or final > window.start


def touches(first: object, last: object, start: datetime, end: datetime) -> bool:
    """Whether an event has a moment in the range; what cannot be told counts as inside."""
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return True
    return first < end and (last > start or first >= start)


MAPPING: Final = ItemMapping(
    Kind.CALENDAR,
    model=CalendarItem,
    folder_model=Calendar,
    distinguished="calendar",
    standard="Calendar",
    folder_class="IPF.Appointment",
    words=Words("calendar", "event", "events"),
    fields=_FIELDS,
    listed=("type", "start", "end", "subject"),
    lengths=_LENGTHS,
    to_item=to_item,
    check=check,
    check_new=check_new,
    new_item=new_item,
    changed_item=changed_item,
    # a calendar view holds nothing but the window
    wanted=lambda entry, window: True,
    inside=inside,
)

"""Event and the calendar's items: writing. What Salesforce would refuse is refused here, before it is sent."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from sync_core.items import FIELDS, Fields, Kind, When
from sync_core.sides import Operation, Write
from sync_core.sides.salesforce import notes, rows, times
from sync_core.sides.salesforce.event_values import LONGEST_DAYS, SHOW_AS_FROM, plain_choice, reminder_base
from sync_core.sides.salesforce.mapping import Context, UnwritableError
from sync_core.sides.salesforce.shape import Shape

_LABELS: Final = {spec.name: spec.label for spec in FIELDS[Kind.CALENDAR]}


def record(write: Write, context: Context, unwritable: dict[str, str]) -> dict[str, Any]:
    """The fields of Event to send. A create leaves out what is blank and what this user cannot set."""
    creating = write.operation is Operation.CREATE
    given = rows.writable(Kind.CALENDAR, write, unwritable)
    if creating and "when" in unwritable:
        raise UnwritableError(f"the {_LABELS['when']} is {unwritable['when']}")
    before: Fields = write.before.fields if write.before else {}
    _check_private(write, given)
    result: dict[str, Any] = {}
    if "subject" in given:
        result["Subject"] = rows.fitting(Kind.CALENDAR, "subject", "Subject", given["subject"], context.shape)
    if "location" in given:
        result["Location"] = rows.fitting(Kind.CALENDAR, "location", "Location", given["location"], context.shape)
    if creating or "when" in given:
        result |= _when(given.get("when"))
    if "notes" in given or "attachments" in given:
        result["Description"] = _description(given, before, creating, context.shape)
    if "show_as" in given:
        result["ShowAs"] = _show_as(str(given["show_as"]), context.shape)
    if "private" in given:
        result["IsPrivate"] = bool(given["private"])
    if "reminder" not in unwritable:
        result |= _reminder(given, before, creating, context.zone)
    return {name: value for name, value in result.items() if not creating or value is not None}


def _check_private(write: Write, given: Fields) -> None:
    # such an event cannot have WhoId or WhatId (facts: salesforce B1, IsPrivate)
    if given.get("private") and write.before is not None and write.before.people:
        raise UnwritableError(
            f"Salesforce keeps no private event that is related to somebody ({', '.join(write.before.people)}): "
            "take the relation off there first"
        )


def _when(when: object) -> dict[str, Any]:
    """Start, end and all-day, always together; DurationInMinutes would have to agree with them and is left out."""
    if not isinstance(when, When):
        raise UnwritableError("it has no time")
    if when.recurrence:
        raise UnwritableError("a recurring series: not synced yet")
    if when.all_day:
        first, last = date.fromisoformat(when.start), date.fromisoformat(when.end)
        start, end = times.midnight(first), times.midnight(last)
        length = end - start + timedelta(days=1)
    else:
        start, end = times.instant(when.start), times.instant(when.end)
        length = end - start
    if end < start:
        raise UnwritableError("it ends before it begins")
    if length > timedelta(days=LONGEST_DAYS):
        raise UnwritableError(f"it lasts longer than {LONGEST_DAYS} days, which is the most Salesforce holds")
    return {"IsAllDayEvent": when.all_day, "StartDateTime": times.wire(start), "EndDateTime": times.wire(end)}


def _description(given: Fields, before: Fields, creating: bool, shape: Shape) -> str | None:
    for name in ("notes", "attachments"):
        if name not in given and name not in before and not creating:
            raise UnwritableError(f"the {_LABELS[name]} in Salesforce are not known, and share a field with the rest")
    body = given["notes"] if "notes" in given else before.get("notes", "")
    names = given["attachments"] if "attachments" in given else before.get("attachments", ())
    whole = notes.join(str(body or ""), [str(name) for name in names] if isinstance(names, tuple) else [])
    limit = shape.columns["Description"].length
    # Salesforce stores a line break as two characters (recalled)
    length = len(whole) + whole.count("\n")
    if limit is not None and length > limit:
        raise UnwritableError(
            f"the notes, with the attachments' names, have {length} characters, and Salesforce holds {limit}"
        )
    return whole or None


def _show_as(value: str, shape: Shape) -> str:
    for known in shape.columns["ShowAs"].values or ("Busy", "Free", "OutOfOffice"):
        if SHOW_AS_FROM.get(plain_choice(known)) == value:
            return known
    raise UnwritableError(f'this org has no "{value.replace("_", " ")}" to show a time as')


def _reminder(given: Fields, before: Fields, creating: bool, zone: str) -> dict[str, Any]:
    """The reminder, which Salesforce keeps as an instant: it has to move when the event moves."""
    if "reminder" in given:
        minutes = given["reminder"]
    elif "when" in given and before.get("reminder") is not None:
        minutes = before["reminder"]
    else:
        return {}
    if minutes is None:
        return {"IsReminderSet": False} if creating else {"IsReminderSet": False, "ReminderDateTime": None}
    when = given.get("when") or before.get("when")
    if not isinstance(when, When) or not isinstance(minutes, int):
        raise UnwritableError("its time is not known, so its reminder cannot be set")
    at = reminder_base(when, zone) - timedelta(minutes=minutes)
    return {"IsReminderSet": True, "ReminderDateTime": times.wire(at)}

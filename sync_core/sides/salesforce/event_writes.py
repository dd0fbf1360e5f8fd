"""Event and the calendar's items: writing. What Salesforce would refuse is refused here, before it is sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sync_core import series
from sync_core.items import FIELDS, Fields, Item, Kind, SideName, When
from sync_core.recurrence import to_salesforce
from sync_core.sides import Limits, Operation, Write
from sync_core.sides.salesforce import notes, rows, times
from sync_core.sides.salesforce import series as series_rows
from sync_core.sides.salesforce.event_values import LONGEST_DAYS, SHOW_AS_FROM, plain_choice, reminder_base
from sync_core.sides.salesforce.ids import id18
from sync_core.sides.salesforce.mapping import Context, UnwritableError
from sync_core.sides.salesforce.series import Family
from sync_core.sides.salesforce.shape import Shape
from sync_core.span import senseless

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
        if creating:
            result |= _pattern(given, context)
            result |= _length(given.get("when"))
    if "notes" in given or "attachments" in given:
        result["Description"] = _description(given, before, creating, context.shape)
    if "show_as" in given:
        result["ShowAs"] = _show_as(str(given["show_as"]), context.shape)
    if "private" in given:
        result["IsPrivate"] = bool(given["private"])
    if creating and write.relate:
        # such a relation is what makes Salesforce refuse a private event (facts: salesforce B1, IsPrivate)
        if given.get("private"):
            raise UnwritableError("a private event cannot be related to anybody in Salesforce")
        result["WhoId"] = write.relate
    if "reminder" not in unwritable:
        result |= _reminder(given, before, creating, context.zone) or _once_more(given, write.before, context)
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
    if why := no_such_time({"when": when}):
        raise UnwritableError(why)
    if when.all_day:
        first, last = date.fromisoformat(when.start), date.fromisoformat(when.end)
        start, end = times.midnight(first), times.midnight(last)
        length = end - start + timedelta(days=1)
    else:
        start, end = times.instant(when.start), times.instant(when.end)
        length = end - start
    if length > timedelta(days=LONGEST_DAYS):
        raise UnwritableError(f"it lasts longer than {LONGEST_DAYS} days, which is the most Salesforce holds")
    return {"IsAllDayEvent": when.all_day, "StartDateTime": times.wire(start), "EndDateTime": times.wire(end)}


def no_such_time(fields: Fields) -> str:
    """Why Salesforce cannot hold an event at the time in these fields; "" when it can, or there is none."""
    when = fields.get("when")
    if not isinstance(when, When):
        return ""
    if why := senseless(when):
        return why
    outside = rows.out_of_years(when.start) or rows.out_of_years(when.end)
    return f"it is {outside}" if outside else ""


def _pattern(given: Fields, context: Context) -> dict[str, Any]:
    """What makes a series of a new event. The text is create-only, and there is no zone to give with it (facts: B1)."""
    when = given.get("when")
    if not isinstance(when, When) or not when.recurrence:
        return {}
    if why := series.cannot_create(SideName.SALESFORCE, given, series_limits(context)):
        raise UnwritableError(why)
    if not context.shape.can_write("Recurrence2PatternText", Operation.CREATE):
        raise UnwritableError("this org does not let you make series over its interface")
    pattern = series.pattern_of(when)
    assert pattern is not None, "cannot_create has read it"
    zone = None if when.all_day else ZoneInfo(context.series_zone or context.zone)
    return {"Recurrence2PatternText": to_salesforce(pattern, series.first_day(when), zone)}


def _length(when: object) -> dict[str, Any]:
    """The end of a series' first event, with the length by the clock that all others have.

    Salesforce gives every occurrence as many minutes as the first: over the night of a clock change that is an hour
    more or less than ever after.
    """
    if not isinstance(when, When) or not when.recurrence or when.all_day:
        return {}
    zone = ZoneInfo(when.zone or "UTC")
    start, end = times.instant(when.start), times.instant(when.end)
    length = end.astimezone(zone).replace(tzinfo=None) - start.astimezone(zone).replace(tzinfo=None)
    return {"EndDateTime": times.wire(start + length)} if length > timedelta() else {}


def series_limits(context: Context) -> Limits:
    """What of a series an org cannot be given."""
    return Limits(
        series_zone=context.series_zone or context.zone,
        fixed_pattern=True,
        # from v58 on changing one to come changes them all (facts: salesforce B1)
        no_changed_occurrences="",
    )


def of_series(write: Write, family: Family, context: Context) -> tuple[str, Write]:
    """The occurrence by which a series is changed or deleted, and what to do to it.

    From v58 on changing one to come changes them all; deleting goes from one on (facts: B1). Raises UnwritableError.
    """
    assert write.before is not None, "only what exists is changed or deleted"
    deleting = write.operation is Operation.DELETE
    coming = family.ahead(context.now) if deleting else family.coming(context.now)
    if not coming and write.operation is Operation.UPDATE and set(write.fields) == {"exceptions"}:
        # past ones can be taken out one by one all the same
        return family.id, replace(write, fields={})
    if not coming:
        raise UnwritableError(series_rows.ALL_PAST)
    row, before = coming[0] if deleting else family.typical(context.now), write.before
    fields = dict(write.fields)
    # occurrences are taken out one by one, after the series is changed
    exceptions = {"exceptions": fields.pop("exceptions")} if "exceptions" in fields else {}
    if why := series.cannot_update(SideName.SALESFORCE, before.fields, exceptions, series_limits(context)):
        raise UnwritableError(why)
    wanted, now = fields.get("when"), before.when
    if isinstance(wanted, When) and now is not None:
        try:
            fields["when"] = series_rows.on_day_of(row, wanted, now)
        except ValueError as problem:
            raise UnwritableError(str(problem)) from None
    if now is not None:
        # a reminder counts back from this occurrence, not from the first
        mine = {**before.fields, "when": series_rows.on_day_of(row, now, now)}
        before = replace(before, fields=mine)
    return id18(str(row["Id"])), replace(write, fields=fields, before=before)


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
    try:
        at = reminder_base(when, zone) - timedelta(minutes=minutes)
    except OverflowError:
        raise UnwritableError("its reminder is at no time that there is") from None
    if why := rows.out_of_years(times.wire(at)):
        raise UnwritableError(f"its reminder is {why}")
    return {"IsReminderSet": True, "ReminderDateTime": times.wire(at)}


def _once_more(given: Fields, before: Item | None, context: Context) -> dict[str, Any]:
    """The reminder of an event that has moved on since it fired: across it reminds again, and so it does here."""
    if before is None or before.spent.get("reminder") is None or "when" not in given:
        return {}
    again = _reminder(given, before.spent, creating=False, zone=context.zone)
    return again if times.instant(again["ReminderDateTime"]) > context.now else {}

"""Series of events: the occurrences a new one brings, and what a change of one occurrence does to the others.

Facts B1. A Lightning series has no master and no id: occurrences carry the pattern. A Classic series has a master row
that its occurrences point to. Occurrences keep their local time across a change to or from summer time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final, cast
from zoneinfo import ZoneInfo

from sync_core.sandbox.salesforce import recurrence
from sync_core.sandbox.salesforce.errors import ApiError, refused
from sync_core.sandbox.salesforce.event_rules import DAY, Row

if TYPE_CHECKING:
    from sync_core.sandbox.salesforce.store import Actor, Org

# how far ahead a Lightning series is written out, and how many rows at most (the real bounds are not documented)
HORIZON: Final = timedelta(days=730)
MOST: Final = 1_000
# from here on the change of a future occurrence is the change of the series (facts B1)
WHOLE_SERIES_SINCE: Final = 58
_SERIES: Final = "_series"
_TIMES: Final = frozenset(
    {"IsAllDayEvent", "ActivityDate", "ActivityDateTime", "StartDateTime", "EndDateTime", "DurationInMinutes"}
)
_MOMENTS: Final = ("StartDateTime", "ActivityDateTime", "EndDateTime", "ReminderDateTime")


def expand(org: Org, actor: Actor, row: Row) -> None:
    """Adds the occurrences of a new series. Raises ApiError for a pattern that cannot be."""
    if row.get("IsRecurrence"):
        _expand_classic(org, actor, row)
    elif row.get("Recurrence2PatternText"):
        _expand_lightning(org, actor, row)


def _expand_lightning(org: Org, actor: Actor, row: Row) -> None:
    zone = _zone(org, actor, row)
    first = _start(row).astimezone(zone)
    try:
        text = cast(str, row["Recurrence2PatternText"])
        pattern = recurrence.parse(text).ending(first).anchored(first.date())
    except ValueError as problem:
        raise refused(
            "FIELD_INTEGRITY_EXCEPTION", f"Recurrence2PatternText is invalid: {problem}", "Recurrence2PatternText"
        ) from None
    last = max(org.now(), _start(row)) + HORIZON
    starts: list[datetime] = []
    for day in islice(pattern.starts(first.date()), MOST):
        start = recurrence.at_time(day, first).astimezone(UTC)
        if starts and start > last:
            break
        starts.append(start)
    if not starts:
        raise refused("FIELD_INTEGRITY_EXCEPTION", "The recurrence pattern has no occurrence", "Recurrence2PatternText")
    shared: Row = {
        "IsRecurrence2": True,
        "Recurrence2PatternText": pattern.text(),
        "Recurrence2PatternVersion": "1",
        "Recurrence2PatternStartDate": starts[0],
        "Recurrence2PatternTimeZone": zone.key,
        _SERIES: row["Id"],
    }
    # the row that was created is the first occurrence, even if the pattern begins on a later day than was given
    org.put("Event", cast(str, row["Id"]), {**_moved(row, starts[0]), **shared})
    _add(org, row, starts[1:], shared)


def _expand_classic(org: Org, actor: Actor, row: Row) -> None:
    kind = cast(str, row["RecurrenceType"])
    missing = [name for name in recurrence.CLASSIC_NEEDS[kind] if row.get(name) is None]
    if missing:
        raise refused("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", *missing)
    for name, (least, greatest) in recurrence.CLASSIC_RANGES.items():
        value = row.get(name)
        if isinstance(value, int) and not least <= value <= greatest:
            raise refused("FIELD_INTEGRITY_EXCEPTION", f"{name} must be between {least} and {greatest}", name)
    if cast(int, row["DurationInMinutes"]) > DAY:
        raise refused(
            "FIELD_INTEGRITY_EXCEPTION", "A recurring event cannot be longer than 24 hours", "DurationInMinutes"
        )
    zone = _zone(org, actor, row)
    first = _start(row).astimezone(zone)
    most = recurrence.CLASSIC_MOST[kind]
    days = list(islice(recurrence.classic(row).starts(first.date()), most + 1))
    if not days or len(days) > most:
        raise refused(
            "FIELD_INTEGRITY_EXCEPTION",
            f"A recurring series must have between 1 and {most} occurrences",
            "RecurrenceEndDateOnly",
        )
    org.put("Event", cast(str, row["Id"]), {**row, "RecurrenceActivityId": row["Id"]})
    starts = [recurrence.at_time(day, first).astimezone(UTC) for day in days]
    _add(org, row, starts, {"IsRecurrence": False, "RecurrenceActivityId": row["Id"]})


def _add(org: Org, row: Row, starts: Iterable[datetime], shared: Row) -> None:
    for start in starts:
        record_id = org.new_id("Event")
        org.put("Event", record_id, {**_moved(row, start), **shared, "Id": record_id})


def _zone(org: Org, actor: Actor, row: Row) -> ZoneInfo:
    """All-day events live in UTC; others in the zone of the series or of the user who makes it."""
    if row.get("IsAllDayEvent"):
        return ZoneInfo("UTC")
    key = row.get("RecurrenceTimeZoneSidKey")
    if not key:
        return org.zone(actor)
    try:
        return ZoneInfo(cast(str, key))
    except (KeyError, ValueError, OSError):
        field = "RecurrenceTimeZoneSidKey"
        wrong = f"Recurrence Time Zone: bad value for restricted picklist field: {key}"
        raise refused("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", wrong, field) from None


def _start(row: Row) -> datetime:
    return cast(datetime, row["StartDateTime"])


def _moved(row: Row, start: datetime) -> Row:
    """The row at another start, as long as before and with its reminder as far ahead as before."""
    shift = start - _start(row)
    moved = {**row, **{name: cast(datetime, row[name]) + shift for name in _MOMENTS if row.get(name)}}
    moved["ActivityDate"] = start.date()
    moved["EndDate"] = cast(datetime, moved["EndDateTime"]).date()
    return moved


def follow(org: Org, actor: Actor, old: Row, row: Row, given: frozenset[str]) -> None:
    """Carries a change of one Lightning occurrence over to its series.

    A past occurrence, or any before v58, becomes an exception. Otherwise all occurrences from now on take the change,
    earlier exceptions too; a change of time moves them all by as much, and past ones are excluded from the series.
    """
    changed = frozenset(name for name in given if row.get(name) != old.get(name))
    if not old.get("IsRecurrence2") or not changed:
        return
    record_id = cast(str, row["Id"])
    if actor.version < WHOLE_SERIES_SINCE or _start(old) < org.now():
        org.put("Event", record_id, {**row, "IsRecurrence2Exception": True})
        return
    zone = ZoneInfo(cast(str, old["Recurrence2PatternTimeZone"]))
    shift = _local(row, zone) - _local(old, zone)
    shared: Row = {name: row[name] for name in changed - _TIMES - {"ReminderDateTime"}}
    if changed & _TIMES:
        shared["IsAllDayEvent"] = row["IsAllDayEvent"]
    for other in org.family("Event", _SERIES, old[_SERIES]):
        if other["Id"] == record_id or other.get("IsRecurrence2Exclusion"):
            continue
        if _start(other) < org.now():
            if changed & _TIMES:
                org.put("Event", cast(str, other["Id"]), {**other, "IsRecurrence2Exclusion": True})
            continue
        new = {**other, **shared, "IsRecurrence2Exception": False}
        if changed & _TIMES:
            start = (_local(other, zone) + shift).replace(tzinfo=zone).astimezone(UTC)
            new = _moved(new, start)
            end = start + (cast(datetime, row["EndDateTime"]) - _start(row))
            new["EndDateTime"], new["EndDate"] = end, end.date()
            new["DurationInMinutes"] = row["DurationInMinutes"]
        if "ReminderDateTime" in changed:
            # one instant cannot be the reminder of all: each keeps it as far ahead as the changed one has it
            ahead = _start(row) - cast(datetime, row["ReminderDateTime"]) if row.get("ReminderDateTime") else None
            new["ReminderDateTime"] = None if ahead is None else _start(new) - ahead
        org.stamp_row(new, actor.user_id)
        org.put("Event", cast(str, other["Id"]), new)


def _local(row: Row, zone: ZoneInfo) -> datetime:
    """The start as a wall-clock time, so that shifts do not fall over the change to summer time."""
    return _start(row).astimezone(zone).replace(tzinfo=None)


def forget(org: Org, actor: Actor, row: Row) -> None:
    """Deletes the occurrences of a deleted Classic master, past and future ones (facts B1)."""
    if not row.get("IsRecurrence"):
        return
    for other in org.family("Event", "RecurrenceActivityId", row["Id"]):
        org.discard("Event", other, actor)


def cut(org: Org, actor: Actor, row: Row) -> None:
    """Deletes an occurrence of a Lightning series and all that follow it. Raises ApiError for any other event."""
    begins = row.get("Recurrence2PatternStartDate")
    early = isinstance(begins, datetime) and _start(row) < begins
    if not row.get("IsRecurrence2") or row.get("IsRecurrence2Exclusion") or row.get("IsChild") or early:
        raise ApiError(400, "INVALID_OPERATION", "The event is not an occurrence of a series that can be cut", ())
    for other in org.family("Event", _SERIES, row[_SERIES]):
        if _start(other) >= _start(row) and not other.get("IsRecurrence2Exclusion"):
            org.discard("Event", other, actor)

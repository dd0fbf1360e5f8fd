"""What Salesforce makes of an Event that is saved: which times belong together, what is derived, what is refused.

Source: facts B1. Where two readings were possible the stricter one is taken and said here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sync_core.sandbox.salesforce.errors import refused
from sync_core.sandbox.salesforce.times import midnight

Row = dict[str, object]

DAY: Final = 1440
# "Multiday events can't exceed 14 days" (facts B1)
LONGEST: Final = 14 * DAY
_TIMES: Final = frozenset(
    {"IsAllDayEvent", "ActivityDate", "ActivityDateTime", "StartDateTime", "EndDateTime", "DurationInMinutes"}
)
# "only non-critical fields editable" (facts B1); which ones are critical is not said: what the other client owns
_CLIENT_MANAGED: Final = _TIMES | {"Subject", "Location", "Description", "OwnerId", "ShowAs", "IsPrivate"}


@dataclass(slots=True)
class Draft:
    """A save on its way: the row as it would be, what it was (None on create), and the names that were given."""

    row: Row
    old: Mapping[str, object] | None
    given: frozenset[str]
    version: int
    multiday: bool = True

    def fresh(self, name: str) -> object:
        """The value that this save gives, None if it gives none."""
        return self.row.get(name) if name in self.given else None


def settle(draft: Draft) -> None:
    """Checks the event and fills in what is derived. Raises ApiError."""
    _who_may_change(draft)
    if draft.row.get("IsRecurrence") and draft.old is None:
        _classic(draft)
    if draft.old is None or draft.given & _TIMES:
        if draft.row.get("IsAllDayEvent"):
            _all_day(draft)
        else:
            _timed(draft)
    _links(draft.row)
    remind(draft)


def _who_may_change(draft: Draft) -> None:
    old = draft.old
    if old is None:
        return
    if old.get("IsChild") and draft.given - {"IsReminderSet", "ReminderDateTime"}:
        fields = sorted(draft.given - {"IsReminderSet", "ReminderDateTime"})
        raise refused(
            "FIELD_INTEGRITY_EXCEPTION", f"an invitee's copy of an event cannot be changed: {fields[0]}", *fields
        )
    changed = {name for name in draft.given if draft.row.get(name) != old.get(name)}
    if old.get("IsClientManaged") and changed & _CLIENT_MANAGED:
        fields = sorted(changed & _CLIENT_MANAGED)
        raise refused(
            "FIELD_INTEGRITY_EXCEPTION", f"the event is managed by an external client: {', '.join(fields)}", *fields
        )


def _classic(draft: Draft) -> None:
    """A Classic series takes its times from the recurrence fields."""
    row = draft.row
    needed = ("RecurrenceStartDateTime", "RecurrenceEndDateOnly", "RecurrenceType")
    missing = [name for name in needed if row.get(name) is None]
    if missing:
        raise refused("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", *missing)
    if row.get("Recurrence2PatternText"):
        raise refused(
            "FIELD_INTEGRITY_EXCEPTION", "an event cannot be part of both kinds of series", "Recurrence2PatternText"
        )
    if row.get("StartDateTime") is None and row.get("ActivityDateTime") is None and row.get("ActivityDate") is None:
        row["StartDateTime"] = row["RecurrenceStartDateTime"]
        draft.given |= {"StartDateTime"}


def _disagree(one: str, other: str, field: str) -> None:
    raise refused("FIELD_INTEGRITY_EXCEPTION", f"{one} and {other} do not agree: {field}", field)


def _all_day(draft: Draft) -> None:
    """All-day: midnight UTC, the end is the last day itself (inclusive), a time of day is dropped."""
    days = {_as_day(draft.fresh(name)) for name in ("ActivityDate", "StartDateTime", "ActivityDateTime")} - {None}
    if len(days) > 1:
        _disagree("ActivityDate", "StartDateTime", "StartDateTime")
    old_start = _as_day(draft.old.get("StartDateTime")) if draft.old else None
    start = days.pop() if days else old_start
    if start is None:
        raise refused("REQUIRED_FIELD_MISSING", "Required fields are missing: [ActivityDate]", "ActivityDate")
    end = _as_day(draft.fresh("EndDateTime"))
    minutes = draft.fresh("DurationInMinutes")
    length = None
    if isinstance(minutes, int):
        if minutes < 0:
            _bad_duration(draft)
        length = max(1, -(-minutes // DAY))
    if end is None:
        if length is None:
            length = _old_days(draft)
        end = start + timedelta(days=length - 1)
    elif length is not None and end != start + timedelta(days=length - 1):
        _disagree("EndDateTime", "DurationInMinutes", "DurationInMinutes")
    if end < start:
        raise refused("FIELD_INTEGRITY_EXCEPTION", "End date must be on or after start date: EndDateTime",
                      "EndDateTime")  # fmt: skip
    _store(draft, midnight(start), midnight(end), ((end - start).days + 1) * DAY)


def _old_days(draft: Draft) -> int:
    """How many days an all-day event keeps when only its start is given: one for a new one."""
    if draft.old is None:
        return 1
    start, end = _as_day(draft.old.get("StartDateTime")), _as_day(draft.old.get("EndDateTime"))
    return (end - start).days + 1 if start and end else 1


def _timed(draft: Draft) -> None:
    start, other = draft.fresh("StartDateTime"), draft.fresh("ActivityDateTime")
    if start is not None and other is not None and start != other:
        _disagree("ActivityDateTime", "StartDateTime", "StartDateTime")
    start = start or other or (draft.old or {}).get("StartDateTime")
    day = draft.fresh("ActivityDate")
    end, minutes = draft.fresh("EndDateTime"), draft.fresh("DurationInMinutes")
    missing = [] if isinstance(start, datetime) else ["StartDateTime"]
    if end is None and minutes is None and draft.old is None:
        # from v39 an error lands on EndDateTime when DurationInMinutes is absent
        missing.append("EndDateTime" if draft.version >= 39 else "DurationInMinutes")
    if missing or not isinstance(start, datetime):
        raise refused("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", *missing)
    if day is not None and day != start.date():
        _disagree("ActivityDate", "StartDateTime", "ActivityDate")
    if end is None and minutes is None:
        # a new start alone moves the event: it keeps its length
        minutes = (draft.old or {}).get("DurationInMinutes")
    if isinstance(end, datetime):
        length = int((end - start).total_seconds() // 60)
        if minutes is not None and minutes != length:
            _disagree("EndDateTime", "DurationInMinutes", "DurationInMinutes")
    else:
        length = minutes if isinstance(minutes, int) else 0
        end = start + timedelta(minutes=length)
    _store(draft, start, end, length)


def _store(draft: Draft, start: datetime, end: datetime, minutes: int) -> None:
    if not 0 <= minutes <= (LONGEST if draft.multiday else DAY):
        _bad_duration(draft, minutes)
    row = draft.row
    row["StartDateTime"] = row["ActivityDateTime"] = start
    row["ActivityDate"] = start.date()
    row["EndDateTime"] = end
    row["EndDate"] = end.date()
    row["DurationInMinutes"] = minutes


def _bad_duration(draft: Draft, minutes: int = -1) -> None:
    field = "DurationInMinutes" if draft.fresh("DurationInMinutes") is not None else "EndDateTime"
    if draft.multiday and minutes > LONGEST:
        raise refused("FIELD_INTEGRITY_EXCEPTION", f"Multiday events can't exceed 14 days: {field}", field)
    if minutes < 0 and field == "EndDateTime":
        raise refused("FIELD_INTEGRITY_EXCEPTION", "Start date must be before end date: EndDateTime", field)
    most = LONGEST if draft.multiday else DAY
    raise refused("FIELD_INTEGRITY_EXCEPTION", f"Duration must be between 0 and {most} minutes: {field}", field)


def _as_day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _links(row: Row) -> None:
    """A private event has no WhoId and no WhatId."""
    if not row.get("IsPrivate"):
        return
    fields = [name for name in ("WhoId", "WhatId") if row.get(name)]
    if fields:
        raise refused(
            "FIELD_INTEGRITY_EXCEPTION",
            f"a private event cannot be related to other records: {', '.join(fields)}",
            *fields,
        )


def remind(draft: Draft) -> None:
    """A reminder that is set needs its time. Raises ApiError."""
    if draft.row.get("IsReminderSet") and draft.row.get("ReminderDateTime") is None:
        raise refused("REQUIRED_FIELD_MISSING", "Required fields are missing: [ReminderDateTime]", "ReminderDateTime")


def archived(row: Mapping[str, object], now: datetime, after_days: int) -> bool:
    """Whether an event or task is archived: 365 days old or older (facts B4).

    Events count from their start; tasks only when closed, from their due date, or from their creation without one.
    """
    if "IsClosed" in row and not row["IsClosed"]:
        return False
    when = row.get("StartDateTime") or row.get("ActivityDate") or row.get("CreatedDate")
    if isinstance(when, date) and not isinstance(when, datetime):
        when = midnight(when)
    return isinstance(when, datetime) and when <= now - timedelta(days=after_days)

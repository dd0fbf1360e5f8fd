"""Series: what their patterns say in words, and which occurrences belong together.

Salesforce has two kinds. Classic ones share RecurrenceActivityId; Lightning ones carry the pattern on every occurrence
and no id of the series (facts: salesforce B1).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sync_core import text
from sync_core.sides.salesforce import times

CLASSIC: Final = "a series of the old kind, which Salesforce lets nobody change over its interface"
UNTOLD: Final = "a series of which this org does not show the pattern"

_DAYS: Final = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}
_MASK: Final = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_UNITS: Final = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_PLACES: Final = {"1": "first", "2": "second", "3": "third", "4": "fourth", "-1": "last"}
_MONTHS: Final = (
    "",
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def is_series(row: Mapping[str, Any]) -> bool:
    """Whether a row of Event is a series or one of its occurrences."""
    return bool(row.get("IsRecurrence") or row.get("RecurrenceActivityId") or row.get("IsRecurrence2"))


def series_key(row: Mapping[str, Any], zone: str) -> tuple[Any, ...]:
    """What the occurrences of one series have in common: the local time of day, too, which summer time leaves alone."""
    if row.get("RecurrenceActivityId") or row.get("IsRecurrence"):
        return ("classic", row.get("RecurrenceActivityId") or row.get("Id"))
    pattern = row.get("Recurrence2PatternText"), row.get("Recurrence2PatternStartDate")
    try:
        start = times.instant(str(row.get("StartDateTime")))
        length = times.instant(str(row.get("EndDateTime"))) - start
    except ValueError:
        return ("lightning", *pattern, row.get("Subject"), None, None)
    all_day = bool(row.get("IsAllDayEvent"))
    at = None if all_day else start.astimezone(ZoneInfo(zone)).time().isoformat()
    return ("lightning", *pattern, row.get("Subject"), at, length)


def in_words(row: Mapping[str, Any]) -> str:
    """The pattern of a series as a person says it; never blank."""
    if row.get("IsRecurrence2") and (pattern := text.line(str(row.get("Recurrence2PatternText") or ""))):
        return _rule(pattern)
    if kind := row.get("RecurrenceType"):
        return _classic(str(kind), row)
    return "repeats"


def _rule(pattern: str) -> str:
    body = pattern.upper().rpartition("RRULE:")[2].strip().partition(" ")[0]
    parts = dict(part.split("=", 1) for part in body.split(";") if "=" in part)
    unit = _UNITS.get(parts.get("FREQ", ""))
    if unit is None:
        return f"repeats ({pattern})"
    words = _every(parts.get("INTERVAL", "1"), unit)
    days = [_day(one) for one in parts.get("BYDAY", "").split(",") if one]
    place = _PLACES.get(parts.get("BYSETPOS", ""), "")
    if days:
        words += f" on {'the ' + place + ' ' if place else ''}{_and(days)}"
    elif "BYMONTHDAY" in parts:
        words += f" on day {_and(parts['BYMONTHDAY'].split(','))}"
    months = [int(one) for one in parts.get("BYMONTH", "").split(",") if one.isdigit() and 1 <= int(one) <= 12]
    if months:
        words += f" in {_and([_MONTHS[one] for one in months])}"
    if "COUNT" in parts:
        words += f", {parts['COUNT']} times"
    elif len(until := parts.get("UNTIL", "")) >= 8:
        words += f", until {until[:4]}-{until[4:6]}-{until[6:8]}"
    return words


def _classic(kind: str, row: Mapping[str, Any]) -> str:
    interval = str(row.get("RecurrenceInterval") or 1)
    mask = int(row.get("RecurrenceDayOfWeekMask") or 0)
    days = [name for bit, name in enumerate(_MASK) if mask & 1 << bit]
    place = f"the {str(row.get('RecurrenceInstance') or '').lower()} ".replace("the  ", "")
    month = text.line(str(row.get("RecurrenceMonthOfYear") or ""))
    day = row.get("RecurrenceDayOfMonth")
    match kind:
        case "RecursDaily":
            words = _every(interval, "day")
        case "RecursEveryWeekday":
            words = "every weekday"
        case "RecursWeekly":
            words = _every(interval, "week") + (f" on {_and(days)}" if days else "")
        case "RecursMonthly":
            words = _every(interval, "month") + (f" on day {day}" if day else "")
        case "RecursMonthlyNth":
            words = _every(interval, "month") + (f" on {place}{_and(days)}" if days else "")
        case "RecursYearly":
            words = "every year" + (f" on {day} {month}" if day and month else "")
        case "RecursYearlyNth":
            words = "every year" + (f" on {place}{_and(days)}" if days else "") + (f" in {month}" if month else "")
        case _:
            words = "repeats"
    until = row.get("RecurrenceEndDateOnly")
    return f"{words}, until {until}" if until else words


def _day(code: str) -> str:
    name = _DAYS.get(code[-2:], code)
    place = _PLACES.get(code[:-2].removeprefix("+"), "")
    return f"the {place} {name}" if place else name


def _every(interval: str, unit: str) -> str:
    return f"every {unit}" if interval == "1" else f"every {interval} {unit}s"


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def last_day(first: date, minutes: int) -> date:
    """The last day (inclusive) of an all-day event of so many minutes."""
    return first + timedelta(days=max(0, -(-minutes // 1440) - 1))

"""The pattern of a series in words: "every week on Mon, Wed until 2027-03-01"."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "day", "weekday", "weekend day")
_NAMES: Final = {
    **{
        name: _DAYS[position]
        for position, name in enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))
    },
    "Day": "day",
    "Weekday": "weekday",
    "WeekendDay": "weekend day",
}
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_POSITIONS: Final = ("first", "second", "third", "fourth", "last")


def in_words(item: Any) -> str:
    """The recurrence of an exchangelib series master, with how many occurrences were changed or taken out.

    Those counts belong to it: editing one occurrence need not move the master's ChangeKey (facts: exchange E).
    """
    recurrence = getattr(item, "recurrence", None)
    if recurrence is None or recurrence.pattern is None:
        return "a recurring series"
    words = _pattern(recurrence.pattern) + _boundary(recurrence.boundary)
    changed, deleted = len(item.modified_occurrences or ()), len(item.deleted_occurrences or ())
    if changed:
        words += f", {changed} changed"
    if deleted:
        words += f", {deleted} left out"
    return words


def _every(interval: int, unit: str) -> str:
    return f"every {unit}" if interval == 1 else f"every {interval} {unit}s"


def _day(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(_day(one) for one in value)
    if isinstance(value, int):
        return _DAYS[value - 1]
    return _NAMES.get(str(value), str(value))


def _month(value: Any) -> str:
    return _MONTHS[value - 1] if isinstance(value, int) else str(value)[:3]


def _position(value: Any) -> str:
    return _POSITIONS[value - 1] if isinstance(value, int) else str(value).lower()


def _pattern(pattern: Any) -> str:
    match type(pattern).__name__:
        case "DailyPattern":
            return _every(pattern.interval, "day")
        case "WeeklyPattern":
            return f"{_every(pattern.interval, 'week')} on {_day(pattern.weekdays)}"
        case "AbsoluteMonthlyPattern":
            return f"{_every(pattern.interval, 'month')} on day {pattern.day_of_month}"
        case "RelativeMonthlyPattern":
            which = f"{_position(pattern.week_number)} {_day(pattern.weekday)}"
            return f"{_every(pattern.interval, 'month')} on the {which}"
        case "AbsoluteYearlyPattern":
            return f"every year on {pattern.day_of_month} {_month(pattern.month)}"
        case "RelativeYearlyPattern":
            which = f"{_position(pattern.week_number)} {_day(pattern.weekday)}"
            return f"every year on the {which} of {_month(pattern.month)}"
    return "a recurring series"


def _boundary(boundary: Any) -> str:
    match type(boundary).__name__:
        case "EndDatePattern" if isinstance(boundary.end, date):
            # a date, or a datetime where a server sends one
            return f" until {boundary.end:%Y-%m-%d}"
        case "NumberedPattern":
            return f", {boundary.number} times"
    return ""

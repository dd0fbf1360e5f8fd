"""A pattern as a person says it."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Final

from sync_core import dates
from sync_core.recurrence.normal import anchored, counts_through_the_year, nominal_day, reachable
from sync_core.recurrence.pattern import EVERY_DAY, SHORTEST, WEEKEND, WORKDAYS, Frequency, Pattern

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS: Final = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PLACES: Final = ("", "first", "second", "third", "fourth", "fifth")
_GROUPS: Final = {WORKDAYS: "weekday", WEEKEND: "weekend day", EVERY_DAY: "day"}


def words(pattern: Pattern, start: date) -> str:
    """What a series that starts on `start` does, in English: "every 2 weeks on Mon and Wed until 1 Mar 2027".

    Without a full stop, lower case. Raises PatternError as `anchored`.
    """
    return _words(pattern, start, dates.style())


@lru_cache(maxsize=4096)
def _words(pattern: Pattern, start: date, style: dates.DateStyle) -> str:
    pattern = anchored(pattern, start)
    return _days(pattern, start, style) + _end(pattern)


def day_words(day: date) -> str:
    """A date as it stands in the words: "1 Mar 2027"."""
    return dates.style().day(day)


def joined(parts: list[str]) -> str:
    """ "Mon", "Mon and Wed", "Mon, Wed and Fri"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def place(number: int) -> str:
    """The name of a place: 1 is "first", 6 is "6th", -1 is "last", -2 is "second to last"."""
    if number == -1:
        return "last"
    if number < 0:
        return f"{place(-number)} to last"
    return _PLACES[number] if number < len(_PLACES) else f"{number}{_suffix(number)}"


def _suffix(number: int) -> str:
    return "th" if 11 <= number % 100 <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _every(pattern: Pattern) -> str:
    unit = pattern.frequency.unit
    return f"every {unit}" if pattern.interval == 1 else f"every {pattern.interval} {unit}s"


def _days(pattern: Pattern, start: date, style: dates.DateStyle) -> str:
    match pattern.frequency:
        case Frequency.DAILY:
            return _every(pattern)
        case Frequency.WEEKLY:
            if pattern.weekdays == WORKDAYS and pattern.interval == 1:
                return "every weekday"
            named = [DAYS[weekday] for weekday in style.week if weekday in pattern.weekdays]
            return f"{_every(pattern)} on {joined(named)}"
        case Frequency.MONTHLY:
            months = f" in {joined([MONTHS[month] for month in pattern.months])}" if pattern.months else ""
            return f"on {_which(pattern)} of {_every(pattern)}{months}{_but(pattern, start)}"
    months = joined([MONTHS[month] for month in pattern.months])
    if counts_through_the_year(pattern):
        months += " together"
    numbered = pattern.month_days and min(pattern.month_days) > 0 and not pattern.positions
    which = joined([str(day) for day in pattern.month_days]) if numbered else _which(pattern)
    return f"{_every(pattern)} on {which} {'' if numbered else 'of '}{months}{_but(pattern, start)}"


def _which(pattern: Pattern) -> str:
    """Which days of a month: "day 15", "the last Fri", "the first weekday"."""
    if nominal := nominal_day(pattern):
        return "the last day" if nominal == 31 else f"day {nominal} (or the last day)"
    if pattern.month_days:
        return _picked(pattern, _month_days(pattern.month_days))
    if not pattern.days[0].nth:
        group = _GROUPS.get(pattern.weekdays) or joined([DAYS[weekday] for weekday in pattern.weekdays])
        return f"the {joined([place(n) for n in pattern.positions])} {group}" if pattern.positions else f"every {group}"
    return joined([f"the {place(day.nth)} {DAYS[day.weekday]}" for day in pattern.days])


def _picked(pattern: Pattern, which: str) -> str:
    return f"the {joined([place(n) for n in pattern.positions])} of {which}" if pattern.positions else which


def _month_days(days: tuple[int, ...]) -> str:
    ahead = [str(day) for day in days if day > 0]
    behind = [f"the {place(day)} day" for day in days if day < 0]
    return joined(([f"{'day' if len(ahead) == 1 else 'days'} {joined(ahead)}"] if ahead else []) + behind)


def _but(pattern: Pattern, start: date) -> str:
    """What becomes of months that are too short."""
    if pattern.positions or not pattern.month_days or nominal_day(pattern):
        return ""
    months = reachable(pattern, start)
    # counted from its end a month must be as long, too: the 31st to last day is the first of the long ones
    needed = {abs(day) for day in pattern.month_days}
    if pattern.frequency is Frequency.YEARLY and months == {2} and 29 in needed:
        return " (leap years only)" if needed == {29} else ""
    skipped = any(max(needed) > SHORTEST[month] for month in months)
    return " (shorter months are skipped)" if skipped else ""


def _end(pattern: Pattern) -> str:
    if pattern.count is not None:
        return ", once" if pattern.count == 1 else f", {pattern.count} times"
    return "" if pattern.until is None else f" until {day_words(pattern.until)}"

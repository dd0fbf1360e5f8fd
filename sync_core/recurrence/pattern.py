"""The neutral pattern of a series: which days it falls on, for which both sides have their own notation.

Its words and its text are those of RFC 5545, because Salesforce keeps that text itself (facts: salesforce B1) and every
pattern of Exchange can be said in it. What neither side's own screens can make is refused when a pattern is built: the
hours of a day, week numbers, days of the year, and mixtures such as "Fridays that are a 13th".
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
EVERY_DAY: Final = tuple(range(7))
WORKDAYS: Final = (0, 1, 2, 3, 4)
WEEKEND: Final = (5, 6)
# bounds of our own: beyond every calendar seen, and small enough that no text can keep us busy
MAX_INTERVAL: Final = 999
MAX_COUNT: Final = 9_999
# the longest each month can be; 2023 is no leap year
LONGEST: Final = (0, *(29 if month == 2 else calendar.monthrange(2023, month)[1] for month in range(1, 13)))
SHORTEST: Final = (0, *(28 if month == 2 else length for month, length in enumerate(LONGEST[1:], 1)))


class PatternError(ValueError):
    """A pattern that cannot be: its text is the reason in words, a clause without a full stop, safe to show."""


class Frequency(StrEnum):
    """How often a pattern comes round, named as in the text of a rule."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"

    @property
    def unit(self) -> str:
        """What an interval counts: "day", "week", "month" or "year"."""
        return _UNITS[self]


_UNITS: Final = {
    Frequency.DAILY: "day",
    Frequency.WEEKLY: "week",
    Frequency.MONTHLY: "month",
    Frequency.YEARLY: "year",
}


class Day(NamedTuple):
    """A weekday, Monday being 0. `nth` is its place in the month: 1 to 5, from the end -1 to -5, or 0 for every one."""

    weekday: int
    nth: int = 0


@dataclass(frozen=True, slots=True)
class Pattern:
    """The days on which a series happens, counted from its first day on, and where it ends.

    `months` are 1 to 12; `month_days` are 1 to 31 or, from the end, -1 to -31, and a month without such a day is
    skipped; `days` are the weekdays; `positions` pick from the days that a month (or, in a yearly pattern, a year)
    then has: -1 is the last. `week_start` is the weekday on which weeks begin, which matters when an interval skips
    weeks. `until` is the last possible day in the series' own time zone; without it and `count` there is no end.

    The order of the lists means nothing. Building one raises PatternError for what cannot be or never happens. What it
    leaves open (the weekday of "every week") its first day decides: `anchored` writes that out.
    """

    frequency: Frequency
    interval: int = 1
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    days: tuple[Day, ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0
    until: date | None = None
    count: int | None = None

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "months", tuple(sorted(set(self.months))))
        put(self, "month_days", tuple(sorted(set(self.month_days), key=_from_start)))
        put(self, "days", tuple(sorted({Day(*day) for day in self.days}, key=lambda d: (*_from_start(d.nth), d[0]))))
        put(self, "positions", tuple(sorted(set(self.positions), key=_from_start)))
        if self.frequency is not Frequency.WEEKLY:
            put(self, "week_start", 0)
        _check_numbers(self)
        _check_shape(self)
        _check_possible(self)

    @property
    def text(self) -> str:
        """The pattern as the text of a rule, "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;UNTIL=20270301": no defaults, sorted.

        Patterns that are equal have equal texts. Take the text of `anchored` patterns to compare two that may say the
        same in two ways.
        """
        return _text(self)

    @property
    def endless(self) -> bool:
        """Whether it has no end."""
        return self.until is None and self.count is None

    @property
    def weekdays(self) -> tuple[int, ...]:
        """The weekdays it names, Monday being 0, whatever their place in the month."""
        return tuple(sorted({day.weekday for day in self.days}))


def _from_start(number: int) -> tuple[bool, int]:
    """Sorts 1, 2, 3 before -2, -1."""
    return number < 0, number


def _check_numbers(pattern: Pattern) -> None:
    if not 1 <= pattern.interval <= MAX_INTERVAL:
        raise PatternError(f"the interval of a pattern is between 1 and {MAX_INTERVAL}")
    if pattern.count is not None and not 1 <= pattern.count <= MAX_COUNT:
        raise PatternError(f"a series has between 1 and {MAX_COUNT} occurrences")
    if pattern.count is not None and pattern.until is not None:
        raise PatternError("a pattern ends on a day or after a number of occurrences, not both")
    if not all(1 <= month <= 12 for month in pattern.months):
        raise PatternError("a month is a number from 1 to 12")
    if not all(1 <= abs(day) <= 31 for day in pattern.month_days):
        raise PatternError("a day of the month is between 1 and 31, or from -31 to -1 counted from its end")
    if not all(0 <= day.weekday <= 6 and abs(day.nth) <= 5 for day in pattern.days):
        raise PatternError("a month has no such weekday: the places are 1 to 5, or -5 to -1 counted from its end")
    if not 0 <= pattern.week_start <= 6:
        raise PatternError("a week begins on one of seven days")


def _check_shape(pattern: Pattern) -> None:
    """Refuses mixtures that RFC 5545 forbids, that servers read in different ways, or that no calendar can make."""
    monthly = pattern.frequency in (Frequency.MONTHLY, Frequency.YEARLY)
    unit = pattern.frequency.unit
    if not monthly and (pattern.months or pattern.month_days or pattern.positions):
        raise PatternError(f"a pattern of every {unit} names months, days of the month or positions")
    if pattern.frequency is Frequency.DAILY and pattern.days:
        raise PatternError("a pattern of every few days names weekdays")
    placed = [day for day in pattern.days if day.nth]
    if placed and not monthly:
        raise PatternError(f"a pattern of every {unit} has no first or last weekday")
    if placed and (len(placed) < len(pattern.days) or pattern.positions):
        raise PatternError("the pattern mixes weekdays, their places in the month and positions")
    if pattern.days and pattern.month_days:
        raise PatternError("the pattern names both weekdays and days of the month")
    if pattern.positions and not (pattern.days or pattern.month_days):
        raise PatternError("the pattern has a position but no days to choose from")
    if pattern.frequency is Frequency.MONTHLY and pattern.months and pattern.interval > 1:
        raise PatternError(f"the pattern names months but comes only every {pattern.interval} months")
    if pattern.frequency is Frequency.YEARLY and (pattern.days or pattern.month_days) and not pattern.months:
        # RFC 5545 means every month of the year, or the days of the year; servers do not agree
        raise PatternError("the yearly pattern does not name its month")


def _check_possible(pattern: Pattern) -> None:
    """Refuses patterns such as 30 February, which would be looked for until the end of time."""
    longest = max(LONGEST[month] for month in pattern.months or range(1, 13))
    if pattern.month_days and min(map(abs, pattern.month_days)) > longest:
        raise PatternError("the pattern never happens: its month has no such day")
    if pattern.positions:
        named = len(pattern.weekdays)
        a_month = len(pattern.month_days) or 4 * named + min(named, longest - 28)
        most = a_month * (len(pattern.months) if pattern.frequency is Frequency.YEARLY else 1)
        if 0 in pattern.positions or min(map(abs, pattern.positions)) > most:
            raise PatternError("the pattern never happens: there are not so many days to choose from")


@lru_cache(maxsize=4096)
def _text(pattern: Pattern) -> str:
    parts = [f"FREQ={pattern.frequency}"]
    if pattern.interval != 1:
        parts.append(f"INTERVAL={pattern.interval}")
    if pattern.months:
        parts.append("BYMONTH=" + ",".join(map(str, pattern.months)))
    if pattern.month_days:
        parts.append("BYMONTHDAY=" + ",".join(map(str, pattern.month_days)))
    if pattern.days:
        parts.append("BYDAY=" + ",".join(f"{day.nth or ''}{WEEKDAYS[day.weekday]}" for day in pattern.days))
    if pattern.positions:
        parts.append("BYSETPOS=" + ",".join(map(str, pattern.positions)))
    if pattern.week_start:
        parts.append(f"WKST={WEEKDAYS[pattern.week_start]}")
    if pattern.count is not None:
        parts.append(f"COUNT={pattern.count}")
    if pattern.until is not None:
        parts.append(f"UNTIL={pattern.until.isoformat().replace('-', '')}")
    return ";".join(parts)

"""Days as a person writes them: "tomorrow", "mon", "24 dec", "2026-12-24", "next week". Pure: today is given.

For finding, words mean all days that they fit ("dec" is every December near today); for typing, exactly one.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sync_core import dates

_WEEKDAYS: Final = tuple(name.casefold() for name in dates.DAYS)
_MONTHS: Final = tuple(name.casefold() for name in dates.MONTHS)
_NEAR: Final = {"yesterday": -1, "today": 0, "tomorrow": 1}
_WHICH: Final = {"last": -1, "this": 0, "next": 1}
# letters from which on a word is taken for what it is the beginning of: who types should not see nothing on the way
_ENOUGH: Final = 3
_ENOUGH_NEAR: Final = 4
# months without a year are looked for in the years around today
_YEARS: Final = range(-2, 4)
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?")
_DOTTED: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})?")
_SLASHED: Final = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}))?")
_DAY: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\.?")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")

Range = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Days:
    """Some days: what lies in one of the ranges (both ends included), or on one of the weekdays (Monday is 0)."""

    ranges: tuple[Range, ...] = ()
    weekdays: frozenset[int] = frozenset()

    def touches(self, first: date, last: date) -> bool:
        """Whether something that lasts from `first` to `last` has one of these days."""
        if any(first <= end and last >= start for start, end in self.ranges):
            return True
        if not self.weekdays:
            return False
        return any((first.weekday() + n) % 7 in self.weekdays for n in range(min((last - first).days, 6) + 1))


def days(words: Sequence[str], today: date) -> tuple[Days, int] | None:
    """The days that the first of `words` mean, and how many of the words that takes; None when they mean none.

    `words` are casefolded and hold no blanks.
    """
    for number in (3, 2, 1):
        if len(words) >= number and (found := _phrase(words[:number], today)) is not None:
            return found, number
    return None


def one_day(written: str, today: date) -> date | None:
    """The one day that a text means; None when it means none, or several. A weekday is the next one, today included."""
    words = written.casefold().replace(",", " ").split()
    # "Thu 24 Dec": the weekday says nothing more
    if len(words) > 1 and _weekday(words[0]) is not None:
        found = one_day(" ".join(words[1:]), today)
        return found if found is not None and found.weekday() == _weekday(words[0]) else None
    if len(words) == 1 and (weekday := _weekday(words[0])) is not None:
        return today + timedelta(days=(weekday - today.weekday()) % 7)
    found_days = days(words, today)
    if found_days is None or found_days[1] != len(words):
        return None
    # none of them in "next week", which is many days, and is not guessed at
    single = {start for start, end in found_days[0].ranges if start == end}
    # without a year: the nearest one that is not long ago
    ahead = [day for day in single if day >= today - timedelta(days=60)]
    return min(ahead, default=max(single, default=None))


def _phrase(words: Sequence[str], today: date) -> Days | None:
    try:
        match list(words):
            case [one]:
                return _one(one, today)
            case [which, what] if which in _WHICH:
                return _period(_WHICH[which], what, today)
            case [day, month] if (d := _number(day)) and (m := _month(month)):
                return _each_year(today, m, d)
            case [month, day] if (d := _number(day)) and (m := _month(month)):
                return _each_year(today, m, d)
            case [month, year] if (m := _month(month)) and _YEAR.fullmatch(year):
                return _whole_month(int(year), m)
            case [day, month, year] if (d := _number(day)) and (m := _month(month)) and _YEAR.fullmatch(year):
                return _on(date(int(year), m, d))
            case [month, day, year] if (d := _number(day)) and (m := _month(month)) and _YEAR.fullmatch(year):
                return _on(date(int(year), m, d))
    except (ValueError, OverflowError):
        # the 31st of February, or a day beyond the calendar
        return None
    return None


def _one(word: str, today: date) -> Days | None:
    if found := _ISO.fullmatch(word):
        year, month, day = (int(part) if part else 0 for part in found.groups())
        return _on(date(year, month, day)) if day else _whole_month(year, month)
    if found := _DOTTED.fullmatch(word):
        day, month, year = (int(part) if part else 0 for part in found.groups())
        return _on(date(year, month, day)) if year else _each_year(today, month, day)
    if found := _SLASHED.fullmatch(word):
        a, b, year = (int(part) if part else 0 for part in found.groups())
        month, day = (a, b) if dates.style().order == "mdy" else (b, a)
        return _on(date(year, month, day)) if year else _each_year(today, month, day)
    for name, offset in _NEAR.items():
        if len(word) >= _ENOUGH_NEAR and name.startswith(word):
            return _on(today + timedelta(days=offset))
    if (weekday := _weekday(word)) is not None:
        return Days(weekdays=frozenset({weekday}))
    if month := _month(word):
        return Days(tuple(_whole_month(today.year + n, month).ranges[0] for n in _YEARS))
    return None


def _period(which: int, what: str, today: date) -> Days | None:
    """ "next week" and its like. Weeks begin on the day that the user's do."""
    first = dates.style().week_begins(today) + timedelta(weeks=which)
    # before the month: "next mon" is a Monday, as "mon" is everywhere
    if (weekday := _weekday(what)) is not None:
        return _on(first + timedelta(days=(weekday - first.weekday()) % 7))
    if len(what) >= _ENOUGH and "week".startswith(what):
        return Days(((first, first + timedelta(days=6)),))
    if len(what) >= _ENOUGH and "month".startswith(what):
        number = today.year * 12 + today.month - 1 + which
        return _whole_month(number // 12, number % 12 + 1)
    if len(what) >= _ENOUGH and "year".startswith(what):
        return Days(((date(today.year + which, 1, 1), date(today.year + which, 12, 31)),))
    return None


def _each_year(today: date, month: int, day: int) -> Days:
    """A day of the year, in the years around today. Raises ValueError when no year has it."""
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(2024, month)[1]:
        raise ValueError("no such day")
    years = [today.year + n for n in _YEARS]
    found = [date(year, month, day) for year in years if day <= calendar.monthrange(year, month)[1]]
    return Days(tuple((one, one) for one in found))


def _whole_month(year: int, month: int) -> Days:
    first = date(year, month, 1)
    return Days(((first, date(year, month, calendar.monthrange(year, month)[1])),))


def _on(day: date) -> Days:
    return Days(((day, day),))


def _weekday(word: str) -> int | None:
    return _beginning(_WEEKDAYS, word)


def _month(word: str) -> int:
    """The number of a month, 1 for January; 0 for no month. "mar" and "mar." are March."""
    found = _beginning(_MONTHS, word.removesuffix("."))
    return 0 if found is None else found + 1


def _beginning(names: Sequence[str], word: str) -> int | None:
    if len(word) < _ENOUGH:
        return None
    return next((number for number, name in enumerate(names) if name.startswith(word)), None)


def _number(word: str) -> int:
    found = _DAY.fullmatch(word)
    return int(found[1]) if found else 0

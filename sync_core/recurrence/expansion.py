"""The days of a series, expanded with dateutil."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice, zip_longest
from typing import Final, Literal

from dateutil import rrule

from sync_core.recurrence.normal import anchored, week_of
from sync_core.recurrence.pattern import Frequency, Pattern, PatternError

# dateutil's numbers for its frequencies, as literals, which its type stubs ask for
_Number = Literal[0, 1, 2, 3]
_YEARLY: Final[_Number] = 0
_MONTHLY: Final[_Number] = 1
_WEEKLY: Final[_Number] = 2
_DAILY: Final[_Number] = 3
_NUMBERS: Final[dict[Frequency, _Number]] = {
    Frequency.YEARLY: _YEARLY,
    Frequency.MONTHLY: _MONTHLY,
    Frequency.WEEKLY: _WEEKLY,
    Frequency.DAILY: _DAILY,
}
_LENGTHS: Final = {Frequency.DAILY: 1, Frequency.WEEKLY: 7, Frequency.MONTHLY: 31, Frequency.YEARLY: 366}
# patterns that agree on so many days and on the last one are the same
_ENOUGH: Final = 1_000


def days(pattern: Pattern, start: date, since: date | None = None) -> Iterator[date]:
    """The days of a series that starts on `start`, in order, from `since` on; endless if the pattern is.

    `start` counts the periods, as DTSTART does; it is a day of the series only if the pattern says so. A far `since`
    is jumped to, unless occurrences have to be counted. Ends with the year 9999. Raises PatternError as `anchored`.
    """
    pattern = anchored(pattern, start)
    since = max(start, since or start)
    begin = start if pattern.count is not None else _jump(pattern, start, since)
    try:
        for moment in _rule(pattern, begin):
            if moment.date() >= since:
                yield moment.date()
    except (ValueError, OverflowError):
        # the calendar is at its end
        return


def first_day(pattern: Pattern, start: date) -> date:
    """The first day of a series. Raises PatternError when it has none."""
    for day in days(pattern, start):
        return day
    raise PatternError("the series has no occurrence")


@lru_cache(maxsize=1024)
def last_day(pattern: Pattern, start: date) -> date | None:
    """The last day of a series, or None when it never ends. Raises PatternError when it has no day at all."""
    if pattern.endless:
        return None
    found: date | None = None
    if pattern.until is not None:
        back = pattern.until.toordinal() - 2 * pattern.interval * _LENGTHS[pattern.frequency]
        if back > start.toordinal():
            found = _last(days(pattern, start, date.fromordinal(back)))
    found = found or _last(days(pattern, start))
    if found is None:
        raise PatternError("the series has no occurrence")
    return found


def _last(found: Iterator[date]) -> date | None:
    return next(iter(deque(found, maxlen=1)), None)


def same_occurrences(a: Pattern, b: Pattern, start: date) -> bool:
    """Whether two patterns of a series that starts on `start` mean the same days, however they say it.

    "12 times" and "until 15 Dec" may be the same. Patterns whose normal forms differ are compared by their first
    thousand days and their last. Raises PatternError when one of them cannot be.
    """
    a, b = anchored(a, start), anchored(b, start)
    if a == b:
        return True
    pairs = zip_longest(days(a, start), days(b, start))
    if any(one != other for one, other in islice(pairs, _ENOUGH)):
        return False
    return last_day(a, start) == last_day(b, start)


def _rule(pattern: Pattern, start: date) -> rrule.rrule:
    weekdays = [rrule.weekday(day.weekday, day.nth or None) for day in pattern.days]
    return rrule.rrule(
        _NUMBERS[pattern.frequency],
        dtstart=datetime.combine(start, time()),
        interval=pattern.interval,
        wkst=pattern.week_start,
        count=pattern.count,
        until=None if pattern.until is None else datetime.combine(pattern.until, time()),
        bymonth=pattern.months or None,
        bymonthday=pattern.month_days or None,
        byweekday=weekdays or None,
        bysetpos=pattern.positions or None,
    )


def _jump(pattern: Pattern, start: date, since: date) -> date:
    """A day up to `since` from which the pattern, already spelled out, counts its periods as it does from `start`.

    It may lie before `start`, in the same week, month or year.
    """
    step = pattern.interval
    match pattern.frequency:
        case Frequency.DAILY:
            return since - timedelta(days=(since - start).days % step)
        case Frequency.WEEKLY:
            try:
                first = week_of(start, pattern.week_start)
            except OverflowError:
                # its first week begins before the calendar does
                return start
            week = week_of(since, pattern.week_start)
            return week - (week - first) % timedelta(weeks=step)
        case Frequency.MONTHLY:
            month = _month_number(since) - (_month_number(since) - _month_number(start)) % step
            return date(month // 12, month % 12 + 1, 1)
    return date(since.year - (since.year - start.year) % step, 1, 1)


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1

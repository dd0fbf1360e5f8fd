"""The normal form of a pattern: of all the ways to say the same, always the same one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from sync_core.recurrence.pattern import EVERY_DAY, LONGEST, SHORTEST, Day, Frequency, Pattern, PatternError


@lru_cache(maxsize=4096)
def anchored(pattern: Pattern, start: date) -> Pattern:
    """The pattern of a series that starts on `start` (the local day of its first occurrence), in its normal form.

    What the pattern leaves to its first day is written out, and what can be said in several ways is said in one:
    Monday to Sunday is every day, every 12 months is every year, "Mondays, the second of them" is the second Monday,
    a week start that makes no difference is dropped. The days are the same; so two patterns with the same normal form
    are the same. (The reverse holds for all that a calendar's own screens can make; see `same_occurrences`.)

    Raises PatternError when it ends before it starts, or can never happen from that day on.
    """
    if pattern.until is not None and pattern.until < start:
        raise PatternError("the series ends before it starts")
    pattern = _spelled_out(pattern, start)
    # one rewriting can make room for another; each goes one way only, so this comes to rest
    while (simpler := _simpler(pattern, start)) != pattern:
        pattern = simpler
    return pattern


def _simpler(pattern: Pattern, start: date) -> Pattern:
    pattern = _in_years(pattern, start)
    pattern = _placed(pattern)
    pattern = _month_ends(pattern, start)
    return _in_weeks(pattern, start)


def reachable(pattern: Pattern, start: date) -> set[int]:
    """The months (1 to 12) in which a monthly or yearly pattern can fall."""
    if pattern.months:
        return set(pattern.months)
    if pattern.frequency is Frequency.YEARLY:
        return {start.month}
    return {(start.month - 1 + step * pattern.interval) % 12 + 1 for step in range(12)}


def _spelled_out(pattern: Pattern, start: date) -> Pattern:
    if pattern.days or pattern.month_days or pattern.frequency is Frequency.DAILY:
        return pattern
    if pattern.frequency is Frequency.WEEKLY:
        return replace(pattern, days=(Day(start.weekday()),))
    months = (start.month,) if pattern.frequency is Frequency.YEARLY else ()
    return replace(pattern, month_days=(start.day,), months=pattern.months or months)


def _in_years(pattern: Pattern, start: date) -> Pattern:
    """Months as years where a year has them all, and years as months where they are evenly spaced."""
    if pattern.frequency is Frequency.MONTHLY:
        if pattern.months and (not pattern.positions or len(pattern.months) == 1):
            pattern = replace(pattern, frequency=Frequency.YEARLY)
        elif pattern.interval % 12 == 0:
            # from here on it is a yearly pattern of the month it starts in
            pattern = replace(
                pattern, frequency=Frequency.YEARLY, interval=pattern.interval // 12, months=(start.month,)
            )
    months = pattern.months
    if pattern.frequency is not Frequency.YEARLY or pattern.interval > 1 or pattern.positions or len(months) < 2:
        return pattern
    step, rest = divmod(12, len(months))
    even = not rest and all(later - earlier == step for earlier, later in pairwise(months))
    if even and start.month in months:
        return replace(pattern, frequency=Frequency.MONTHLY, interval=step, months=())
    return pattern


def _placed(pattern: Pattern) -> Pattern:
    """Positions among the Mondays of a month as the nth Monday, positions among all its days as days of the month."""
    if not pattern.positions or counts_through_the_year(pattern):
        return pattern
    if pattern.weekdays == EVERY_DAY and all(abs(place) <= 31 for place in pattern.positions):
        return replace(pattern, days=(), month_days=pattern.positions, positions=())
    if len(pattern.days) == 1 and all(abs(place) <= 5 for place in pattern.positions):
        weekday = pattern.days[0].weekday
        return replace(pattern, days=tuple(Day(weekday, place) for place in pattern.positions), positions=())
    if len(pattern.month_days) == 1:
        # no position but the first and the last is possible then
        return replace(pattern, positions=())
    return pattern


def _month_ends(pattern: Pattern, start: date) -> Pattern:
    """Days of the month that mean the same for the months in question, in one way: from the start where it can be."""
    if not pattern.month_days:
        return pattern
    months = reachable(pattern, start)
    longest = max(LONGEST[month] for month in months)
    shortest = min(SHORTEST[month] for month in months)
    days = [day for day in pattern.month_days if abs(day) <= longest]
    if shortest == longest:
        days = [day if day > 0 else longest + 1 + day for day in days]
    # one is left: a pattern that names its months has a day that they have, and others come round to a long month
    pattern = replace(pattern, month_days=tuple(days))
    up_to = nominal_day(pattern)
    if not up_to:
        return pattern
    up_to = min(up_to, longest)
    # a position among the only day that is left goes the next time round
    if up_to <= shortest:
        return replace(pattern, month_days=(up_to,))
    if up_to == longest:
        return replace(pattern, month_days=(-1,))
    return pattern


def nominal_day(pattern: Pattern) -> int:
    """The day of the month that a pattern aims at where shorter months use their last day: 29 to 31; 0 if it does not.

    This is how Exchange reads a day that a month lacks (facts: exchange A.10). In RFC 5545 it is the last of 28, 29
    and 30, for day 30; and simply the last day, for day 31.
    """
    if pattern.month_days == (-1,) and not pattern.positions:
        return 31
    last = pattern.month_days[-1] if pattern.month_days else 0
    in_each_month = pattern.positions == (-1,) and not counts_through_the_year(pattern)
    return last if in_each_month and pattern.month_days == tuple(range(28, last + 1)) else 0


def counts_through_the_year(pattern: Pattern) -> bool:
    """Whether positions pick from the days of several months together: "the first of them" comes once a year then."""
    return pattern.frequency is Frequency.YEARLY and len(pattern.months) > 1 and bool(pattern.positions)


def _in_weeks(pattern: Pattern, start: date) -> Pattern:
    """Weekdays of every month as weeks, all weekdays as days, days by sevens as weeks; and the week's start, if any."""
    every_month = pattern.frequency is Frequency.MONTHLY and pattern.interval == 1 and not pattern.months
    if every_month and not pattern.positions and pattern.days and not pattern.days[0].nth:
        pattern = replace(pattern, frequency=Frequency.WEEKLY)
    if pattern.frequency is Frequency.WEEKLY and pattern.interval == 1 and pattern.weekdays == EVERY_DAY:
        return replace(pattern, frequency=Frequency.DAILY, days=())
    if pattern.frequency is Frequency.DAILY and pattern.interval % 7 == 0:
        weekday = Day(start.weekday())
        pattern = replace(pattern, frequency=Frequency.WEEKLY, interval=pattern.interval // 7, days=(weekday,))
    if pattern.frequency is Frequency.WEEKLY:
        wanted = _phases(pattern, start, pattern.week_start)
        first = next(day for day in EVERY_DAY if _phases(pattern, start, day) == wanted)
        return replace(pattern, week_start=first)
    return pattern


def week_start_matters(pattern: Pattern, start: date) -> bool:
    """Whether a weekly pattern would have other days if weeks began on another day."""
    wanted = _phases(pattern, start, pattern.week_start)
    return any(_phases(pattern, start, day) != wanted for day in EVERY_DAY)


def _phases(pattern: Pattern, start: date, week_start: int) -> set[int]:
    """Where in its cycle of so many weeks each weekday of a weekly pattern falls."""
    begins = start.toordinal() - (start.weekday() - week_start) % 7
    cycle = 7 * pattern.interval
    return {(begins + (weekday - week_start) % 7) % cycle for weekday in pattern.weekdays}


def week_of(day: date, week_start: int) -> date:
    """The first day of the week that a day is in. Raises OverflowError before the year 1."""
    return day - timedelta(days=(day.weekday() - week_start) % 7)

"""Patterns as Exchange Web Services has them: plain values, named as in the schema and in exchangelib.

Facts: exchange A.10. Exchange takes the last day of a month that is too short for the day a pattern aims at (the
reference of DayOfMonth says so), where RFC 5545 skips that month. So day 31 from Exchange is "the last day" here, and
a rule that skips cannot be held by Outlook: it is refused with that reason, never bent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sync_core.recurrence.expansion import first_day, last_day
from sync_core.recurrence.normal import anchored, nominal_day, reachable
from sync_core.recurrence.pattern import (
    EVERY_DAY,
    SHORTEST,
    WEEKEND,
    WORKDAYS,
    Day,
    Frequency,
    Pattern,
    PatternError,
)
from sync_core.recurrence.wording import joined, place

DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
GROUPS: Final = {"Day": EVERY_DAY, "Weekday": WORKDAYS, "WeekendDay": WEEKEND}
PLACES: Final = {"First": 1, "Second": 2, "Third": 3, "Fourth": 4, "Last": -1}
MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
# exchangelib checks the intervals, Exchange the number of occurrences (facts: exchange A.10)
MAX_DAYS: Final = 999
MAX_WEEKS: Final = 99
MAX_MONTHS: Final = 99
MAX_NUMBER: Final = 999

_DAY_NAMES: Final = (*DAYS, *GROUPS)
_GROUP_NAMES: Final = {weekdays: name for name, weekdays in GROUPS.items()}
_PLACE_NAMES: Final = {number: name for name, number in PLACES.items()}
_SUFFIXES: Final = ("PatternType", "Pattern", "Recurrence")


class EwsRecurrence(NamedTuple):
    """A pattern for Exchange. `values` belong to the pattern of this `kind`, `limits` to the boundary of that name.

    Kinds are Daily, Weekly, AbsoluteMonthly, RelativeMonthly, AbsoluteYearly and RelativeYearly; boundaries are NoEnd
    (start), EndDate (start, end) and Numbered (start, number). Days, months and places are the names in the schema.
    """

    kind: str
    values: Mapping[str, Any]
    boundary: str
    limits: Mapping[str, Any]


def from_ews(kind: str, *, start: date, end: date | None = None, number: int | None = None, **values: Any) -> Pattern:
    """The pattern of a series in Exchange, in its normal form.

    `kind` is that of EwsRecurrence, with or without "Pattern" or "Recurrence" behind it. `start`, `end` and `number`
    are those of its boundary (local days; a datetime counts as its day). `values` are the others, by the names that
    exchangelib gives them: interval, weekdays, weekday, week_number, day_of_month, month, first_day_of_week. Days,
    places and months may be names, or exchangelib's numbers from 1. Weeks begin on Sunday where nothing is said, as
    before Exchange 2010 SP1 (recalled). All else is required, as in the schema: an interval that could not be read is
    unknown, not 1.

    Raises PatternError for what is missing or cannot be, also for regenerating patterns, which have no days of their
    own.
    """
    name = kind
    for suffix in _SUFFIXES:
        name = name.removesuffix(suffix)
    if name.endswith("Regeneration"):
        raise PatternError("each one is made when the last one was completed, so there is no pattern of days")
    try:
        made = _MAKERS[name](values)
    except KeyError as missing:
        what = "it has an unknown kind of pattern" if name not in _MAKERS else f"its pattern lacks {missing.args[0]}"
        raise PatternError(what) from None
    except (TypeError, ValueError, IndexError) as problem:
        raise problem if isinstance(problem, PatternError) else PatternError("its pattern has unknown values") from None
    made = replace(made, until=end and _as_date(end), count=number)
    return anchored(made, _as_date(start))


def ews_cannot(pattern: Pattern, start: date) -> str:
    """Why Outlook cannot hold this pattern, as a clause in words; "" when it can. Raises PatternError as `anchored`."""
    made = _made(pattern, start)
    return made if isinstance(made, str) else ""


def to_ews(pattern: Pattern, start: date) -> EwsRecurrence:
    """The pattern of a series that starts on `start`, for Exchange. The boundary starts on its first occurrence.

    Every few years is said in months, more than 999 times as an end date. Raises PatternError with the reason of
    `ews_cannot` when Outlook cannot hold it.
    """
    made = _made(pattern, start)
    if isinstance(made, str):
        raise PatternError(made)
    kind, values = made
    limits: dict[str, Any] = {"start": first_day(pattern, start)}
    if pattern.count is not None and pattern.count <= MAX_NUMBER:
        return EwsRecurrence(kind, values, "Numbered", {**limits, "number": pattern.count})
    if pattern.endless:
        return EwsRecurrence(kind, values, "NoEnd", limits)
    return EwsRecurrence(kind, values, "EndDate", {**limits, "end": pattern.until or last_day(pattern, start)})


_Made = tuple[str, dict[str, Any]]


def _made(pattern: Pattern, start: date) -> _Made | str:
    """Kind and values for Exchange, or the reason why there are none."""
    first = first_day(pattern, start)
    # seen from its first occurrence it is the same series, and months may turn out to be evenly spaced
    pattern = anchored(anchored(pattern, start), first)
    match pattern.frequency:
        case Frequency.DAILY:
            return "Daily", {"interval": pattern.interval}
        case Frequency.WEEKLY:
            return _weekly(pattern)
    return _monthly(pattern, first)


def _weekly(pattern: Pattern) -> _Made | str:
    if pattern.interval > MAX_WEEKS:
        if len(pattern.days) == 1 and pattern.interval <= MAX_DAYS // 7:
            return "Daily", {"interval": 7 * pattern.interval}
        return f"it comes every {pattern.interval} weeks, and Outlook counts up to {MAX_WEEKS}"
    return "Weekly", {
        "interval": pattern.interval,
        "weekdays": [DAYS[weekday] for weekday in pattern.weekdays],
        "first_day_of_week": DAYS[pattern.week_start],
    }


def _monthly(pattern: Pattern, start: date) -> _Made | str:
    """Monthly and yearly patterns. Exchange's yearly ones come every year, in one month."""
    if len(pattern.months) > 1:
        several = joined([MONTHS[month - 1] for month in pattern.months])
        return f"it falls in several months ({several}), and in Outlook a yearly series has one"
    yearly = pattern.frequency is Frequency.YEARLY
    months = pattern.interval * 12 if yearly else pattern.interval
    if months > MAX_MONTHS:
        return (
            f"it comes every {pattern.interval} {pattern.frequency.unit}s, and Outlook counts up to {MAX_MONTHS} months"
        )
    which = _which(pattern, start)
    if isinstance(which, str):
        return which
    kind, values = which
    if yearly and pattern.interval == 1:
        return f"{kind}Yearly", {**values, "month": MONTHS[pattern.months[0] - 1]}
    return f"{kind}Monthly", {**values, "interval": months}


def _which(pattern: Pattern, start: date) -> _Made | str:
    """The day of the month, or a weekday and its place in the month; or why Exchange has no such thing."""
    if nominal := nominal_day(pattern):
        # the same as day 31, and said more clearly
        return _relative("Day", -1) if nominal == 31 else ("Absolute", {"day_of_month": nominal})
    if pattern.month_days:
        return _absolute(pattern, start)
    placed = pattern.days[0].nth != 0
    places = tuple(day.nth for day in pattern.days) if placed else pattern.positions
    if not places:
        return "it falls on every such weekday of its months, and in Outlook a series by months has one day in each"
    if len(places) > 1:
        return "it falls on several days of a month, and in Outlook a series has one"
    if places[0] not in _PLACE_NAMES:
        return f"it is the {place(places[0])} of a month, and Outlook knows the first to the fourth and the last"
    group = DAYS[pattern.days[0].weekday] if placed else _GROUP_NAMES.get(pattern.weekdays)
    if group is None:
        return "it picks from weekdays that Outlook does not take together"
    return _relative(group, places[0])


def _relative(group: str, number: int) -> _Made:
    return "Relative", {"weekday": group, "week_number": _PLACE_NAMES[number]}


def _absolute(pattern: Pattern, start: date) -> _Made | str:
    if len(pattern.month_days) > 1:
        return "it falls on several days of a month, and in Outlook a series has one"
    day = pattern.month_days[0]
    if day < 0:
        return f"it is the {place(day)} day of a month, and Outlook counts from the end only for the last day"
    if any(day > SHORTEST[month] for month in reachable(pattern, start)):
        if pattern.months == (2,):
            return "it is on 29 Feb only, and in other years Outlook would take 28 Feb"
        return f"it skips months without a day {day}, and Outlook would take their last day"
    return "Absolute", {"day_of_month": day}


def _as_date(day: date) -> date:
    return day.date() if isinstance(day, datetime) else day


def _index(names: tuple[str, ...], value: Any) -> int:
    """The place of a name, from 0; exchangelib's numbers count from 1."""
    if isinstance(value, int) and 1 <= value <= len(names):
        return value - 1
    return names.index(str(value))


def _weekdays(value: Any) -> tuple[int, ...]:
    """The weekdays that one or several names stand for."""
    several: Iterable[Any] = value if isinstance(value, (list, tuple, set, frozenset)) else (value,)
    found: list[int] = []
    for one in several:
        name = _DAY_NAMES[_index(_DAY_NAMES, one)]
        found += GROUPS.get(name) or (DAYS.index(name),)
    return tuple(found)


def _from_daily(values: Mapping[str, Any]) -> Pattern:
    return Pattern(Frequency.DAILY, int(values["interval"]))


def _from_weekly(values: Mapping[str, Any]) -> Pattern:
    named = tuple(Day(weekday) for weekday in _weekdays(values["weekdays"]))
    first = values.get("first_day_of_week")
    week_start = DAYS.index("Sunday") if first is None else _index(DAYS, first)
    return Pattern(Frequency.WEEKLY, int(values["interval"]), days=named, week_start=week_start)


def _from_absolute(values: Mapping[str, Any], months: tuple[int, ...] = ()) -> Pattern:
    day = int(values["day_of_month"])
    if not 1 <= day <= 31:
        raise PatternError("its day of the month is not between 1 and 31")
    # the latest of these days that the month has; where only one month is meant, those beyond it fall away
    these = tuple(range(min(day, 28), day + 1))
    return Pattern(*_how_often(values, months), months=months, month_days=these, positions=(-1,))


def _from_relative(values: Mapping[str, Any], months: tuple[int, ...] = ()) -> Pattern:
    number = (*PLACES.values(),)[_index((*PLACES,), values["week_number"])]
    named = tuple(Day(weekday) for weekday in _weekdays(values["weekday"]))
    return Pattern(*_how_often(values, months), months=months, days=named, positions=(number,))


def _how_often(values: Mapping[str, Any], months: tuple[int, ...]) -> tuple[Frequency, int]:
    """Patterns that name a month come every year and have no interval (schema: AbsoluteYearly, RelativeYearly)."""
    return (Frequency.YEARLY, 1) if months else (Frequency.MONTHLY, int(values["interval"]))


def _month(values: Mapping[str, Any]) -> tuple[int, ...]:
    return (_index(MONTHS, values["month"]) + 1,)


def _from_absolute_yearly(values: Mapping[str, Any]) -> Pattern:
    return _from_absolute(values, _month(values))


def _from_relative_yearly(values: Mapping[str, Any]) -> Pattern:
    return _from_relative(values, _month(values))


_MAKERS: Final[Mapping[str, Callable[[Mapping[str, Any]], Pattern]]] = {
    "Daily": _from_daily,
    "Weekly": _from_weekly,
    "AbsoluteMonthly": _from_absolute,
    "RelativeMonthly": _from_relative,
    "AbsoluteYearly": _from_absolute_yearly,
    "RelativeYearly": _from_relative_yearly,
}

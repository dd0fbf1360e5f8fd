"""Patterns as Salesforce has them: the rule text of Lightning series, and the fields of Classic ones.

Facts: salesforce B1. Lightning keeps a part of RFC 5545 that covers every pattern here, so a month without the day that
a rule names is skipped, as that standard says. What a real org makes of days past the 28th is not documented.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any, Final, NamedTuple

from sync_core.recurrence.normal import anchored, week_start_matters
from sync_core.recurrence.pattern import WEEKDAYS, WORKDAYS, Day, Frequency, Pattern, PatternError
from sync_core.recurrence.rule_text import parse

# Recurrence2PatternText (facts: salesforce B1)
MAX_TEXT: Final = 512
_INSTANCES: Final = {"First": 1, "Second": 2, "Third": 3, "Fourth": 4, "Last": -1}
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_SUNDAY: Final = 6
_END_OF_DAY: Final = time(23, 59, 59)


def to_salesforce(pattern: Pattern, start: date, zone: tzinfo | None = None) -> str:
    """The text for Recurrence2PatternText of a series that starts on `start`, its first day in its own `zone`.

    It begins with "RRULE:" and has its interval and days always, as Salesforce writes it. With a zone the last day is
    written as its last second in UTC, as RFC 5545 wants it for events with a time; without one (all-day) as a date.
    Raises PatternError with the reason of `salesforce_cannot`.
    """
    reason = salesforce_cannot(pattern, start)
    if reason:
        raise PatternError(reason)
    return _written(anchored(pattern, start), start, zone)


def salesforce_cannot(pattern: Pattern, start: date, *, needs_end: bool = False) -> str:
    """Why a Lightning series cannot hold this pattern, as a clause in words; "" when it can.

    `needs_end`: for an org, or a kind of series such as Classic, that takes none without an end. Raises PatternError as
    `anchored`.
    """
    pattern = anchored(pattern, start)
    if needs_end and pattern.endless:
        return "it never ends, and in Salesforce a series has a last day"
    # the longest form of an end
    length = len(_written(pattern, start, UTC))
    return f"its pattern takes {length} characters, and Salesforce keeps {MAX_TEXT}" if length > MAX_TEXT else ""


def from_salesforce(text: str, start: date, zone: tzinfo | None = None, at: time | None = None) -> Pattern:
    """The pattern behind Recurrence2PatternText, in its normal form.

    `start` is the local day of Recurrence2PatternStartDate in `zone`, the series' own (Recurrence2PatternTimeZone), and
    `at` the local time at which its occurrences start; both give an end with a time its meaning. All-day: none of them.
    Raises PatternError for what cannot be read.
    """
    return anchored(parse(text, zone, at), start)


def from_classic(values: Mapping[str, Any], start: date) -> Pattern:
    """The pattern behind the Classic fields of an event (RecurrenceType and the others), in its normal form.

    `start` is the local day of its first occurrence. RecurrenceEndDateOnly is a date or its text. Weeks begin on
    Sunday, as in RecurrenceDayOfWeekMask (recalled). Raises PatternError for what is missing or cannot be.
    """
    shape = _CLASSIC.get(str(values.get("RecurrenceType")))
    if shape is None:
        raise PatternError("it has an unknown kind of Classic recurrence")
    end = values.get("RecurrenceEndDateOnly")
    try:
        return anchored(
            Pattern(
                shape.frequency,
                int(_needed(values, "RecurrenceInterval")) if shape.interval else 1,
                months=_classic_month(values) if shape.frequency is Frequency.YEARLY else (),
                month_days=(int(_needed(values, "RecurrenceDayOfMonth")),) if shape.month_day else (),
                days=_mask(int(_needed(values, "RecurrenceDayOfWeekMask"))) if shape.mask else shape.days,
                positions=(_INSTANCES[str(_needed(values, "RecurrenceInstance"))],) if shape.instance else (),
                week_start=_SUNDAY,
                # of a date, too, this is the text
                until=date.fromisoformat(str(end)[:10]) if end else None,
            ),
            start,
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise problem if isinstance(problem, PatternError) else PatternError("its pattern has unknown values") from None


class _Shape(NamedTuple):
    """What a kind of Classic recurrence is made of: which fields it needs, and weekdays of its own."""

    frequency: Frequency
    interval: bool = False
    month_day: bool = False
    mask: bool = False
    instance: bool = False
    days: tuple[Day, ...] = ()


_CLASSIC: Final = {
    "RecursDaily": _Shape(Frequency.DAILY, interval=True),
    "RecursEveryWeekday": _Shape(Frequency.WEEKLY, days=tuple(map(Day, WORKDAYS))),
    "RecursWeekly": _Shape(Frequency.WEEKLY, interval=True, mask=True),
    "RecursMonthly": _Shape(Frequency.MONTHLY, interval=True, month_day=True),
    "RecursMonthlyNth": _Shape(Frequency.MONTHLY, interval=True, mask=True, instance=True),
    "RecursYearly": _Shape(Frequency.YEARLY, month_day=True),
    "RecursYearlyNth": _Shape(Frequency.YEARLY, mask=True, instance=True),
}


def _needed(values: Mapping[str, Any], name: str) -> Any:
    value = values.get(name)
    if value is None:
        raise PatternError(f"its pattern lacks {name}")
    return value


def _classic_month(values: Mapping[str, Any]) -> tuple[int, ...]:
    return (_MONTHS.index(str(_needed(values, "RecurrenceMonthOfYear"))) + 1,)


def _mask(mask: int) -> tuple[Day, ...]:
    """The weekdays of a mask, in which Sunday is 1, Monday 2, up to Saturday 64."""
    if not 1 <= mask <= 127:
        raise PatternError("its pattern names no weekday")
    return tuple(Day(weekday) for weekday in range(7) if mask >> (weekday + 1) % 7 & 1)


def _written(pattern: Pattern, start: date, zone: tzinfo | None) -> str:
    parts = pattern.text.split(";")
    if pattern.interval == 1:
        parts.insert(1, "INTERVAL=1")
    weekly = pattern.frequency is Frequency.WEEKLY
    if weekly and not pattern.week_start and week_start_matters(pattern, start):
        # the standard's own default; what an org takes for its default is not documented
        parts.append(f"WKST={WEEKDAYS[0]}")
    if pattern.until is not None and zone is not None:
        until = _last_second(pattern.until, zone)
        parts = [f"UNTIL={until}" if part.startswith("UNTIL=") else part for part in parts]
    return "RRULE:" + ";".join(parts)


def _last_second(day: date, zone: tzinfo) -> str:
    try:
        moment = datetime.combine(day, _END_OF_DAY, tzinfo=zone).astimezone(UTC)
    except OverflowError:
        moment = datetime.combine(day, _END_OF_DAY)
    return moment.replace(tzinfo=None).isoformat().replace("-", "").replace(":", "") + "Z"

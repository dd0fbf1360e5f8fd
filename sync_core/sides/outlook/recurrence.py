"""Series in Exchange: the pattern, the zone and the exceptions of the item that stands for a series, and back.

Facts: exchange A.10 and E. Exchange keeps a Windows zone, and modified and deleted occurrences on the master, whose
ChangeKey need not move when one of them is edited: so they are part of the content.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from exchangelib import recurrence as ews
from exchangelib.ewsdatetime import EWSDate, EWSTimeZone

from sync_core import series
from sync_core.items import Fields, When
from sync_core.recurrence import (
    ChangedOccurrence,
    Exceptions,
    PatternError,
    from_ews,
    to_ews,
)
from sync_core.sides.outlook.services import Parsed
from sync_core.sides.outlook.values import all_day, plain_moment

_PARTS: Final = (
    *("interval", "weekdays", "weekday", "week_number", "day_of_month", "month", "first_day_of_week"),
)  # fmt: skip
_DAY: Final = timedelta(days=1)
# stands for a pattern that nobody can read: no text of a rule, so nothing is ever made of it
_UNKNOWN: Final = "a recurring series"


def zone_of(item: Any, zone: str) -> str:
    """The series' own zone as items spell it; the user's, `zone`, where the server gives none that is known."""
    own = item._start_timezone
    return series.zone_name(own.key if own is not None else zone) or series.zone_name(zone)


def pattern_text(item: Any, when: When) -> str:
    """The pattern of the series that starts at `when`, as items write it; never blank."""
    try:
        return _pattern(item, series.first_day(when))
    except (PatternError, ValueError, TypeError, AttributeError):
        return _UNKNOWN


def unreadable(parsed: Parsed) -> str:
    """Why the days of a series cannot be told, in words; "" when they can."""
    item = parsed.item
    if item._start_timezone is None and "StartTimeZone" in parsed.present and not item.is_all_day:
        return "a series in a time zone that is not known here, so nobody can tell its hours in summer and winter"
    try:
        _pattern(item, getattr(item.recurrence.boundary, "start", None) or plain_moment(item.start).date())
    except PatternError as problem:
        return f"a series whose pattern cannot be read: {problem}"
    except (ValueError, TypeError, AttributeError):
        return "a series whose pattern cannot be read"
    return ""


def _pattern(item: Any, start: date) -> str:
    found = item.recurrence
    if found is None or found.pattern is None:
        raise PatternError("the server does not give it")
    parts = {name: value for name in _PARTS if (value := getattr(found.pattern, name, None)) is not None}
    end = number = None
    match type(found.boundary).__name__:
        case "EndDatePattern":
            end = found.boundary.end
            if end is None:
                # a date that exchangelib could not read is not "no end" (facts: exchange E)
                raise PatternError("the day on which it ends")
        case "NumberedPattern":
            number = found.boundary.number
        case "NoneType":
            raise PatternError("the server does not say when it ends")
    made = from_ews(type(found.pattern).__name__, start=start, end=end, number=number, **parts)
    return made.text


def exceptions(parsed: Parsed, when: When, zone: str, differs: Callable[[Parsed], Fields]) -> str | None:
    """The changed and deleted occurrences as items write them; None when one of them cannot be read.

    An occurrence is named by its local day: a series has one a day, and the day stays when the series is moved. Its
    time is known from the master, what else `differs` from the occurrence itself.
    """
    if when.recurrence == _UNKNOWN:
        return None
    item, own = parsed.item, ZoneInfo(when.zone or "UTC")

    try:
        changed = []
        for one in item.modified_occurrences or ():
            whole = parsed.changed.get(str(one.id))
            if one.id and whole is None:
                # it could not be read: what it holds is unknown, not as the series has it
                return None
            fields = tuple(differs(whole).items()) if whole is not None else ()
            if when.all_day:
                original = all_day(item, one.original_start, one.original_start + _DAY, zone)[0]
                changed.append(ChangedOccurrence(original, *all_day(item, one.start, one.end, zone), fields))  # type: ignore[arg-type]  # no When among them
            else:
                original = plain_moment(one.original_start).astimezone(own).date()
                times = plain_moment(one.start), plain_moment(one.end)
                changed.append(ChangedOccurrence(original, *times, fields))  # type: ignore[arg-type]  # as above
        deleted = [
            all_day(item, one.start, one.start + _DAY, zone)[0]
            if when.all_day
            else plain_moment(one.start).astimezone(own).date()
            for one in item.deleted_occurrences or ()
        ]
    except (ValueError, TypeError, AttributeError, OverflowError):
        return None
    return Exceptions(tuple(deleted), tuple(one for one in changed if series.differs(one, when))).text


# ---- and back


def problem(when: When) -> str:
    """Why Exchange cannot be given this series, in words; "" when it can."""
    pattern = series.pattern_of(when)
    if pattern is None:
        return "the pattern of the series cannot be read"
    try:
        to_ews(pattern, series.first_day(when))
        if not when.all_day:
            EWSTimeZone(when.zone)
    except PatternError as why:
        return f"Outlook cannot hold this series: {why}"
    except Exception:  # exchangelib raises ValueError, UnknownTimeZone and others, as the name is formed
        return f"Outlook does not know the time zone of the series ({when.zone or 'none'})"
    return ""


def zone_for(fields: Fields, default: Any, own: Any = None) -> Any:
    """The zone to write an event in: a series brings its own, and keeps the spelling that it has (`own`)."""
    when = fields.get("when")
    if not isinstance(when, When) or not when.recurrence or when.all_day:
        return default
    if own is not None and series.zone_name(own.key) == when.zone:
        return own
    if series.zone_name(default.key) == when.zone:
        return default
    return EWSTimeZone(when.zone)


def values(when: When) -> dict[str, Any]:
    """exchangelib's attributes for the pattern; none for a single event. Check it before."""
    pattern = series.pattern_of(when)
    if pattern is None:
        return {}
    made = to_ews(pattern, series.first_day(when))
    limits: Mapping[str, Any] = {
        name: EWSDate.from_date(value) if isinstance(value, date) else value for name, value in made.limits.items()
    }
    boundary = {"NoEnd": ews.NoEndPattern, "EndDate": ews.EndDatePattern, "Numbered": ews.NumberedPattern}
    return {
        "recurrence": ews.Recurrence(
            pattern=getattr(ews, f"{made.kind}Pattern")(**made.values), boundary=boundary[made.boundary](**limits)
        )
    }

"""Reading the text of a rule, as RFC 5545 defines it and as Salesforce writes it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Any, Final

from sync_core.recurrence.pattern import WEEKDAYS, Day, Frequency, Pattern, PatternError

# Salesforce keeps 512 characters (facts: salesforce B1); a DTSTART line and blanks may stand before them
MAX_TEXT: Final = 2_048
_MAX_LIST: Final = 100
_FOLD: Final = re.compile(r"\r?\n[ \t]")
_DAY: Final = re.compile(r"([+-]?\d)?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?\d{1,4}", re.ASCII)
_UNTIL: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?", re.ASCII)
_TOO_FINE: Final = {"HOURLY": "every hour", "MINUTELY": "every minute", "SECONDLY": "every second"}
_OTHER: Final = {
    "BYHOUR": "hours of the day",
    "BYMINUTE": "minutes",
    "BYSECOND": "seconds",
    "BYYEARDAY": "days of the year",
    "BYWEEKNO": "week numbers",
}
_DATES: Final = ("EXDATE", "RDATE", "EXRULE")


@dataclass(frozen=True, slots=True)
class _Clock:
    """Where and when the occurrences of a series start: what an UNTIL with a time of day is measured against."""

    zone: tzinfo | None
    at: time | None


@lru_cache(maxsize=4096)
def parse(text: str, zone: tzinfo | None = None, at: time | None = None) -> Pattern:
    """The pattern that the text of a rule says: "FREQ=WEEKLY;BYDAY=MO", parts in any order, in either case.

    "RRULE:" before it and a DTSTART line beside it are allowed, the latter without effect. An UNTIL with a time of day
    becomes the last day on which an occurrence may start: `zone` is the series' own and `at` the local time at which
    its occurrences start; without them, the date is taken as it stands.

    Raises PatternError, saying why, for anything else; also for dates that are added or taken out (RDATE, EXDATE).
    """
    if len(text) > MAX_TEXT:
        raise PatternError(f"the text of the pattern is {len(text):,} characters long")
    values: dict[str, Any] = {}
    for name, value in _parts(_rule(text)).items():
        values.update(_value(name, value, _Clock(zone, at)))
    if "frequency" not in values:
        raise PatternError("the text of the pattern does not say how often (FREQ)")
    if values["frequency"] is Frequency.DAILY and values.get("days") and values.get("interval", 1) == 1:
        # "every day that is a Monday" is every Monday
        values["frequency"] = Frequency.WEEKLY
    return Pattern(**values)


def _rule(text: str) -> str:
    """The part of the text after "RRULE:", among the lines that may stand around it."""
    found = []
    for word in _FOLD.sub("", text).upper().split():
        head, colon, rest = word.partition(":")
        name = head.partition(";")[0]
        if name in _DATES and colon:
            raise PatternError(f"the text adds or leaves out single dates ({name})")
        if name == "DTSTART" and colon:
            continue
        if rest := (rest if colon and head == "RRULE" else word):
            found.append(rest)
    if len(found) != 1:
        raise PatternError("the text has no pattern" if not found else "the text has more than one pattern, or blanks")
    return str(found[0])


def _parts(rule: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for piece in rule.removesuffix(";").split(";"):
        if not piece:
            raise PatternError("the text of the pattern has an empty part")
        name, sign, value = piece.partition("=")
        if not sign or not value:
            raise PatternError(f"{_shown(piece)} is no part of a pattern")
        if name in parts:
            raise PatternError(f"{_shown(name)} stands twice in the text of the pattern")
        parts[name] = value
    return parts


def _value(name: str, value: str, clock: _Clock) -> dict[str, Any]:
    match name:
        case "FREQ":
            return {"frequency": _frequency(value)}
        case "INTERVAL":
            return {"interval": _number(name, value)}
        case "COUNT":
            return {"count": _number(name, value)}
        case "UNTIL":
            return {"until": _until(value, clock)}
        case "BYMONTH":
            return {"months": tuple(_number(name, one) for one in _list(name, value))}
        case "BYMONTHDAY":
            return {"month_days": tuple(_number(name, one) for one in _list(name, value))}
        case "BYSETPOS":
            return {"positions": tuple(_number(name, one) for one in _list(name, value))}
        case "BYDAY":
            return {"days": tuple(_day(one) for one in _list(name, value))}
        case "WKST" if value in WEEKDAYS:
            return {"week_start": WEEKDAYS.index(value)}
    if name in _OTHER:
        raise PatternError(f"the pattern names {_OTHER[name]}, which calendars here do not know")
    raise PatternError(f"{_shown(f'{name}={value}')} is no part of a pattern")


def _frequency(value: str) -> Frequency:
    if value in _TOO_FINE:
        raise PatternError(f"the series repeats {_TOO_FINE[value]}; both sides know days, weeks, months and years")
    try:
        return Frequency(value)
    except ValueError:
        raise PatternError(f"{_shown(f'FREQ={value}')} is no part of a pattern") from None


def _list(name: str, value: str) -> Iterable[str]:
    found = value.split(",")
    if len(found) > _MAX_LIST:
        raise PatternError(f"{name} lists {len(found):,} values")
    return found


def _number(name: str, value: str) -> int:
    if not _NUMBER.fullmatch(value):
        raise PatternError(f"{_shown(f'{name}={value}')}: that is no number a pattern may have")
    return int(value)


def _day(value: str) -> Day:
    found = _DAY.fullmatch(value)
    if not found or (found[1] is not None and int(found[1]) == 0):
        raise PatternError(f"{_shown(f'BYDAY={value}')}: that is no weekday of a week, month or year")
    return Day(WEEKDAYS.index(found[2]), int(found[1] or 0))


def _until(value: str, clock: _Clock) -> date:
    found = _UNTIL.fullmatch(value)
    try:
        if not found:
            raise ValueError
        day = date(int(found[1]), int(found[2]), int(found[3]))
        if found[4] is None:
            return day
        moment = datetime.combine(day, time(int(found[4]), int(found[5]), int(found[6])))
        if found[7] and clock.zone is not None:
            moment = moment.replace(tzinfo=UTC).astimezone(clock.zone).replace(tzinfo=None)
        # inclusive: an occurrence that starts at this very moment still happens
        return moment.date() - timedelta(days=clock.at is not None and moment.time() < clock.at)
    except (ValueError, OverflowError):
        raise PatternError(f"{_shown(f'UNTIL={value}')} is no date") from None


def _shown(text: str) -> str:
    """Foreign text as it may be shown: short, and nothing in it that a terminal would obey."""
    return ascii(text if len(text) <= 40 else text[:39] + "...")[1:-1]

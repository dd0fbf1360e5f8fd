"""Date literals of SOQL: which days TODAY, LAST_N_DAYS:n and the others mean, in the user's time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def days(literal: str, number: int, today: date) -> tuple[date, date]:
    """The first day and the day after the last of a date literal, where `today` is the user's.

    LAST_N_DAYS includes today (facts B4); NEXT_N_DAYS begins tomorrow. Weeks begin on Sunday, as in the US locale;
    real orgs follow the user's locale.
    """
    one = timedelta(days=1)
    match literal:
        case "TODAY":
            return today, today + one
        case "YESTERDAY":
            return today - one, today
        case "TOMORROW":
            return today + one, today + 2 * one
        case "LAST_90_DAYS":
            return today - 90 * one, today + one
        case "NEXT_90_DAYS":
            return today + one, today + 91 * one
        case "LAST_N_DAYS":
            return today - number * one, today + one
        case "NEXT_N_DAYS":
            return today + one, today + (number + 1) * one
        case "N_DAYS_AGO":
            return today - number * one, today - (number - 1) * one
    unit = literal.rsplit("_", 1)[1].rstrip("S")
    first, last = {"LAST": (-1, 0), "THIS": (0, 1), "NEXT": (1, 2)}[literal.split("_", 1)[0]]
    if "_N_" in literal:
        first, last = (-number, 0) if literal.startswith("LAST") else (1, number + 1)
    return _unit(today, unit, first), _unit(today, unit, last)


def _unit(today: date, unit: str, steps: int) -> date:
    """The first day of the week, month or year that is `steps` after the one of `today`."""
    if unit == "WEEK":
        return today - timedelta(days=(today.weekday() + 1) % 7) + timedelta(weeks=steps)
    if unit == "YEAR":
        return date(today.year + steps, 1, 1)
    months = today.year * 12 + today.month - 1 + steps
    return date(months // 12, months % 12 + 1, 1)


def moments(span: tuple[date, date], zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The same span as UTC times: midnights of the user's zone."""
    first, last = (datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC) for day in span)
    return first, last

"""Dates and times as the REST API writes and reads them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Final

_DATE: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_DATETIME: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})", re.ASCII
)
# the range of Salesforce's date and dateTime types
_FIRST_YEAR: Final = 1700
_LAST_YEAR: Final = 4000


def parse_date(text: str) -> date | None:
    """`2026-11-23` as a date, None for anything else."""
    found = _DATE.fullmatch(text)
    if not found:
        return None
    try:
        value = date(*map(int, found.groups()))
    except ValueError:
        return None
    return value if _FIRST_YEAR <= value.year <= _LAST_YEAR else None


def parse_datetime(text: str) -> datetime | None:
    """An ISO 8601 time with `Z` or an offset, as UTC to the second; None for anything else.

    Salesforce stores whole seconds and answers with `.000`, so fractions are dropped here.
    """
    found = _DATETIME.fullmatch(text)
    if not found:
        return None
    day = parse_date(found[1])
    if day is None:
        return None
    sign, offset = found[5], timedelta()
    if sign != "Z":
        offset = timedelta(hours=int(sign[1:3]), minutes=int(sign[-2:])) * (-1 if sign[0] == "-" else 1)
    if abs(offset) >= timedelta(hours=24):
        return None
    try:
        local = datetime(
            day.year, day.month, day.day, int(found[2]), int(found[3]), int(found[4] or 0), tzinfo=timezone(offset)
        )
    except ValueError:
        return None
    return local.astimezone(UTC)


def show_datetime(value: datetime) -> str:
    """`2026-11-23T10:00:00.000+0000`, as every dateTime comes back (facts B4)."""
    return value.isoformat()[:19] + ".000+0000"


def whole_second(value: datetime) -> datetime:
    """The same moment in UTC without a fraction."""
    return value.astimezone(UTC).replace(microsecond=0)


def midnight(day: date) -> datetime:
    """Midnight UTC of a date: where all-day events start."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def parse_http_date(text: str) -> datetime | None:
    """The time of an If-Modified-Since or If-Unmodified-Since header, or None if it is not one."""
    try:
        value = parsedate_to_datetime(text.strip())
    except (TypeError, ValueError):
        return None
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

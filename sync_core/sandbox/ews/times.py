"""Moments and days on the wire: xs:dateTime in, whole seconds with Z out."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?")
_DAY: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?:Z|[+-]\d\d:\d\d)?")


def parse_moment(text: str, default: tzinfo) -> datetime:
    """A moment in UTC; one without an offset is meant in the zone `default`. Raises ValueError for anything else."""
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"not a moment: {text}")
    moment = datetime.fromisoformat(f"{found[1]}T{found[2]}{found[3] or ''}")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=default)
    try:
        return moment.astimezone(UTC)
    except OverflowError as problem:
        raise ValueError(f"not a moment: {text}") from problem


def write_moment(moment: datetime) -> str:
    """`2026-11-02T09:00:00Z`."""
    # not strftime, which writes the year 1 as "1"
    return f"{moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat()}Z"


def parse_day(text: str) -> date:
    """A day; an offset behind it is not looked at. Raises ValueError."""
    found = _DAY.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"not a day: {text}")
    return date.fromisoformat(found[1])


def write_day(day: date, zone: tzinfo) -> str:
    """`2026-11-02+01:00`, with the offset of the zone on that day; `Z` for none."""
    offset = datetime(day.year, day.month, day.day, tzinfo=zone).utcoffset() or timedelta()
    if not offset:
        return f"{day.isoformat()}Z"
    minutes = abs(int(offset.total_seconds())) // 60
    sign = "-" if offset < timedelta() else "+"
    return f"{day.isoformat()}{sign}{minutes // 60:02}:{minutes % 60:02}"

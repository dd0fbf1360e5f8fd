"""Windows time zone names, as Exchange speaks of zones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from tzlocal.windows_tz import win_tz


@cache
def zone(windows_id: str | None) -> tzinfo:
    """The rules of a Windows zone; UTC for ids nobody knows, such as `tzone://Microsoft/Custom` of old Outlooks."""
    name = win_tz.get(windows_id or "UTC")
    return ZoneInfo(name) if name else UTC


def midnight(moment: datetime, windows_id: str | None, *, up: bool) -> datetime:
    """The start of the day of a moment in a zone, in UTC; with `up` the start of the next one if it is not midnight.

    Where the clock jumps over midnight, as in Cairo in spring, a day starts at the moment of the jump.
    """
    rules = zone(windows_id)
    there = moment.astimezone(rules).replace(tzinfo=None)
    day = there.replace(hour=0, minute=0, second=0, microsecond=0)
    if up and day.replace(tzinfo=rules).astimezone(UTC) < moment:
        day += timedelta(days=1)
    return day.replace(tzinfo=rules).astimezone(UTC)

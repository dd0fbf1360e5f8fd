"""Working days around today."""

from __future__ import annotations

from datetime import date, timedelta


def workday(today: date, count: int) -> date:
    """The working day `count` working days after today, or before it if negative; from Monday if today is none."""
    day = today + timedelta(days=max(0, 7 - today.weekday()) if today.weekday() > 4 else 0)
    weeks, rest = divmod(count, 5)
    day += timedelta(weeks=weeks)
    for _ in range(rest):
        day += timedelta(days=3 if day.weekday() == 4 else 1)
    return day

"""Salesforce's dates and times. All of ours are aware and UTC: naive ones are taken for machine-local time somewhere
in simple-salesforce, or sent malformed (facts: salesforce A4, BUG 5 and format_soql)."""

from __future__ import annotations

from datetime import UTC, date, datetime


def instant(value: str) -> datetime:
    """The instant behind a dateTime such as "2026-11-23T10:00:00.000+0000". Raises ValueError for anything else."""
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone: {value}")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"a time before the first day or after the last: {value}") from None


def neutral(moment: datetime) -> str:
    """`moment` as items have it: "2026-11-23T10:00:00Z". Sub-seconds are cut. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    # strftime writes the year 987 with three digits
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat() + "Z"


# a SOQL literal and a value to write have the same form (facts: salesforce B4, SOQL)
wire = neutral


def midnight(day: str | date) -> datetime:
    """Midnight UTC of `day`: where Salesforce puts an all-day event, whatever the zone (facts: salesforce B1)."""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return datetime(day.year, day.month, day.day, tzinfo=UTC)

"""Values of Event that reading and writing share. Sources are facts: salesforce B1."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from sync_core.items import When
from sync_core.sides.salesforce import times

# the longest event Salesforce takes; whether an org has multi-day events switched off cannot be read over REST
LONGEST_DAYS: Final = 14

SHOW_AS_FROM: Final = {"busy": "busy", "free": "free", "outofoffice": "out_of_office"}


def plain_choice(value: object) -> str:
    """A picklist value without blanks and capitals: the values are recalled, not read in a reference."""
    return str(value or "").replace(" ", "").replace("_", "").lower()


def reminder_base(when: When, zone: str) -> datetime:
    """The instant from which a reminder counts back. An all-day event begins at the user's own midnight."""
    if not when.all_day:
        return times.instant(when.start)
    return datetime.combine(date.fromisoformat(when.start), time(), ZoneInfo(zone)).astimezone(UTC)

"""One event as a person thinks of it, and the native form that each of the two systems stores it in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sync_core.sandbox.world.native import Native, Zone

_BUSY: Final = {"busy": "Busy", "free": "Free", "out_of_office": "OOF", "tentative": "Tentative"}
# Salesforce has no "tentative" (facts: Event.ShowAs)
_SHOW_AS: Final = {"busy": "Busy", "free": "Free", "out_of_office": "OutOfOffice", "tentative": "Busy"}


@dataclass(frozen=True, slots=True)
class Event:
    """An event in wall-clock time. All-day events have dates; `end` is then the last day itself (inclusive).

    `reminder` is in minutes before the start, None for none. `show_as` is busy, free, out_of_office or tentative.
    """

    subject: str
    start: datetime | date
    end: datetime | date
    location: str = ""
    notes: str = ""
    show_as: str = "busy"
    private: bool = False
    reminder: int | None = None

    @property
    def all_day(self) -> bool:
        """Whether it has days instead of times."""
        return not isinstance(self.start, datetime)

    def moment(self, zone: Zone) -> datetime:
        """When it starts, UTC; an all-day event at the day's first moment in the zone."""
        start = self.start if isinstance(self.start, datetime) else datetime.combine(self.start, time())
        return start.replace(tzinfo=zone.rules).astimezone(UTC)


def for_outlook(event: Event, zone: Zone) -> Native:
    """The fields of a calendar item in a mailbox. What is blank is None."""
    if isinstance(event.start, datetime):
        start, end = event.start, event.end
    else:
        # Exchange stores the first moment after the last day (facts: all-day)
        start = datetime.combine(event.start, time())
        end = datetime.combine(event.end + timedelta(days=1), time())
    assert isinstance(start, datetime)
    assert isinstance(end, datetime)
    return {
        "subject": event.subject,
        "start": start.replace(tzinfo=zone.rules),
        "end": end.replace(tzinfo=zone.rules),
        "is_all_day": event.all_day,
        "start_zone": zone.windows,
        "location": event.location or None,
        "body": event.notes or None,
        "body_type": "Text",
        "show_as": _BUSY[event.show_as],
        "sensitivity": "Private" if event.private else "Normal",
        "reminder_is_set": event.reminder is not None,
        "reminder_minutes": event.reminder or 0,
    }


def for_salesforce(event: Event, zone: Zone) -> Native:
    """The fields of an Event record. What is blank is None."""
    start: datetime | date
    end: datetime | date
    if isinstance(event.start, datetime) and isinstance(event.end, datetime):
        start = event.start.replace(tzinfo=zone.rules).astimezone(UTC)
        end = event.end.replace(tzinfo=zone.rules).astimezone(UTC)
    else:
        # midnight UTC of the first and of the last day, whatever the zone (facts: IsAllDayEvent)
        start = datetime.combine(event.start, time(), UTC)
        end = datetime.combine(event.end, time(), UTC)
    remind = None if event.reminder is None else start - timedelta(minutes=event.reminder)
    return {
        "Subject": event.subject,
        "StartDateTime": start,
        "EndDateTime": end,
        "IsAllDayEvent": event.all_day,
        "Location": event.location or None,
        "Description": event.notes or None,
        "ShowAs": _SHOW_AS[event.show_as],
        "IsPrivate": event.private,
        "IsReminderSet": event.reminder is not None,
        "ReminderDateTime": remind,
    }

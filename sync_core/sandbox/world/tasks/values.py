"""One task as a person thinks of it, and the native form that each of the two systems stores it in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final

from sync_core.sandbox.world.native import Native, Zone

# (Salesforce, Outlook); an org may have more (facts: salesforce B2)
_STATUS: Final = {
    "not_started": ("Not Started", "NotStarted"),
    "in_progress": ("In Progress", "InProgress"),
    "completed": ("Completed", "Completed"),
    "waiting": ("Waiting on someone else", "WaitingOnOthers"),
    "deferred": ("Deferred", "Deferred"),
}
_PRIORITY: Final = {"low": ("Low", "Low"), "normal": ("Normal", "Normal"), "high": ("High", "High")}


@dataclass(frozen=True, slots=True)
class Task:
    """A task. `reminder` is a moment in wall-clock time, None for none.

    `percent`, `begins` and `private` are Outlook's alone. `status` is not_started, in_progress, completed, waiting or
    deferred; `priority` low, normal or high. `done` is the day on which it was completed, if that is known.
    """

    subject: str
    due: date | None = None
    status: str = "not_started"
    priority: str = "normal"
    notes: str = ""
    reminder: datetime | None = None
    percent: int = 0
    begins: date | None = None
    private: bool = False
    done: date | None = None


def for_outlook(task: Task, zone: Zone) -> Native:
    """The fields of a task in a mailbox. What is blank is None."""
    completed = task.status == "completed"
    # Outlook keeps status and percentage in step
    percent = 100.0 if completed else 0.0 if task.status == "not_started" else float(task.percent)
    return {
        "subject": task.subject,
        "due_date": _day(task.due),
        "start_date": _day(task.begins),
        "status": _STATUS[task.status][1],
        "percent_complete": percent,
        "is_complete": completed,
        "complete_date": _day(task.done) if completed else None,
        "importance": _PRIORITY[task.priority][1],
        "body": task.notes or None,
        "body_type": "Text",
        "sensitivity": "Private" if task.private else "Normal",
        "reminder_is_set": task.reminder is not None,
        "reminder_due_by": _moment(task.reminder, zone),
    }


def for_salesforce(task: Task, zone: Zone) -> Native:
    """The fields of a Task record. What is blank is None."""
    return {
        "Subject": task.subject or None,
        "ActivityDate": task.due,
        "Status": _STATUS[task.status][0],
        "Priority": _PRIORITY[task.priority][0],
        "Description": task.notes or None,
        "IsReminderSet": task.reminder is not None,
        "ReminderDateTime": _moment(task.reminder, zone),
    }


def _day(day: date | None) -> datetime | None:
    # a day is midnight UTC on the wire (facts: exchange A.10)
    return None if day is None else datetime.combine(day, time(), UTC)


def _moment(moment: datetime | None, zone: Zone) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=zone.rules).astimezone(UTC)

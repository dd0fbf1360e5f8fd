"""Tasks as neutral fields and back.

Start date, percent complete, categories and work are Outlook's alone: nothing here ever sends them for a task that is
there. exchangelib's Task.clean changes them without a word (facts: exchange 0.17) and is not used.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from exchangelib.folders import Tasks
from exchangelib.properties import Body

from sync_core import text
from sync_core.items import Fields, Item, Kind, SideName, Value, canonical
from sync_core.sides import Window
from sync_core.sides.outlook import values
from sync_core.sides.outlook.mapping import Change, ItemMapping, Words
from sync_core.sides.outlook.services import Entry, Parsed, PlainTask

_LENGTHS: Final = {"subject": 255}
_FIELDS: Final = (
    *("subject", "sensitivity", "importance", "body", "text_body", "parent_folder_id", "effective_rights"),
    *("handsync_mark", "last_modified_name", "last_modified_time", "reminder_is_set", "reminder_due_by"),
    *("due_date", "start_date", "status", "percent_complete", "complete_date", "owner"),
    *("is_recurring", "recurrence", "is_team_task", "delegation_state"),
)

SERIES: Final = "a recurring task: not synced yet"
ASSIGNED: Final = "a task that was assigned: a change would be sent to somebody else, so handsync leaves it alone"
READ_ONLY: Final = "you may read this task but not change it"
NO_SUBJECT: Final = "a task needs a subject"

_STATUS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "NotStarted": "not_started",
        "InProgress": "in_progress",
        "Completed": "completed",
        "WaitingOnOthers": "waiting",
        "Deferred": "deferred",
    }
)
_PRIORITY: Final[Mapping[str, str]] = MappingProxyType({"Low": "low", "Normal": "normal", "High": "high"})
_STATUS_BACK: Final = {neutral: there for there, neutral in _STATUS.items()}
_PRIORITY_BACK: Final = {neutral: there for there, neutral in _PRIORITY.items()}
# TaskDelegateStateType of the EWS schema: NoMatch and Owned are tasks that nobody else has a copy of
_OWN: Final = (None, "NoMatch", "Owned")
_ALL: Final = Decimal(100)


def to_item(parsed: Parsed, zone: str, owners: frozenset[str]) -> Item:
    """A task in neutral form. `zone` is the user's IANA zone.

    A value that came and cannot be understood, or a choice that did not come, is unknown (facts: exchange E).
    """
    item = parsed.item
    raw: dict[str, Any] = {"subject": item.subject}
    if (due := _day(parsed, "DueDate", item.due_date, zone)) != "":
        raw["due"] = due
    if "Status" in parsed.present and item.status in _STATUS:
        raw["status"] = _STATUS[item.status]
    if "Importance" in parsed.present and item.importance in _PRIORITY:
        raw["priority"] = _PRIORITY[item.importance]
    notes = values.notes(parsed)
    if notes is not None:
        raw["notes"] = notes
    raw |= _reminder(parsed)
    series = bool(item.is_recurring) or "Recurrence" in parsed.present
    owner = text.line(item.owner)
    return Item(
        Kind.TASKS,
        SideName.OUTLOOK,
        id=str(item.id),
        version=str(item.changekey or ""),
        fields=canonical(Kind.TASKS, raw),
        mark=str(item.handsync_mark or ""),
        locked=_locked(item, series),
        private=values.private(parsed),
        series=series,
        people=(owner,) if owner else (),
        changed_at=values.changed_at(item),
        changed_by=values.changed_by(item),
        percent=_percent(parsed),
        starts=_day(parsed, "StartDate", item.start_date, zone) or "",
        formatted=values.formatted(item),
    )


def _day(parsed: Parsed, element: str, moment: object, zone: str) -> str | None:
    """A day; None when there is none, and "" when there is one that cannot be read."""
    if isinstance(moment, datetime):
        return values.day(moment, zone)
    return "" if element in parsed.present else None


def _reminder(parsed: Parsed) -> dict[str, str | None]:
    if "ReminderIsSet" not in parsed.present:
        return {}
    if not parsed.item.reminder_is_set:
        return {"reminder": None}
    moment = parsed.item.reminder_due_by
    return {"reminder": values.instant(moment)} if isinstance(moment, datetime) else {}


def _locked(item: Any, series: bool) -> str:
    if series:
        return SERIES
    if item.is_team_task or item.delegation_state not in _OWN:
        return ASSIGNED
    return "" if values.may_modify(item) else READ_ONLY


# ---- and back


def check(fields: Fields) -> str:
    """Why these values cannot be written, in words; "" when they can."""
    if problem := values.too_long(fields, _LENGTHS) or values.day_problem(fields.get("due"), "the due date"):
        return problem
    if "status" in fields and fields["status"] not in _STATUS_BACK:
        return f"Outlook has no status {fields['status'] or '(blank)'} for a task"
    if "priority" in fields and fields["priority"] not in _PRIORITY_BACK:
        return f"Outlook has no priority {fields['priority'] or '(blank)'} for a task"
    reminder = fields.get("reminder")
    if reminder is not None:
        try:
            values.ews_moment(str(reminder))
        except ValueError:
            return "the time of the reminder cannot be read, or is none that Outlook holds"
    return ""


def check_new(fields: Fields) -> str:
    """Why these values make no task, in words; "" when they do."""
    return check(fields) or ("" if fields.get("subject") else NO_SUBJECT)


def new_item(fields: Fields, mark: str, account: Any, folder: Any) -> PlainTask:
    """A task for CreateItem with all `fields`. Check the fields before."""
    made = _attributes(fields, _zone(account))
    if made.get("status") == "Completed":
        # CreateItem always says a percentage, and a completed task with 0 % is none
        made["percent_complete"] = _ALL
    if mark:
        made["handsync_mark"] = mark
    return PlainTask(account=account, folder=folder, **made)


def changed_item(fields: Fields, mark: str, before: Item, now: Parsed, account: Any) -> Change:
    """An UpdateItem of what changes and nothing else. The note tells what Exchange does to the percentage.

    Raises ValueError when the due date would lie before the task's start date, which is Outlook's alone.
    """
    zone = _zone(account)
    changed = {n: v for n, v in fields.items() if n not in before.fields or before.fields[n] != v}
    start = _day(now, "StartDate", now.item.start_date, zone)
    due = changed.get("due")
    if due and start and str(due) < start:
        raise ValueError(
            f"the due date {due} is before the start date {start}, which only Outlook has; change that one there first"
        )
    made = _attributes(changed, zone)
    if mark and mark != before.mark:
        made["handsync_mark"] = mark
    item = PlainTask(account=account, id=now.item.id, changekey=now.item.changekey, **made)
    return Change(item, list(made), _note(made.get("status"), now))


def _percent(parsed: Parsed) -> int | None:
    percent = parsed.item.percent_complete if "PercentComplete" in parsed.present else None
    return int(percent) if percent is not None and 0 <= percent <= _ALL else None


def _note(status: str | None, now: Parsed) -> str:
    """What Exchange does by itself when the status changes: it keeps status and percentage in step."""
    percent = now.item.percent_complete if "PercentComplete" in now.present else None
    if status is None or percent is None:
        return ""
    if status == "Completed" and percent != _ALL:
        return f"with the status Exchange sets percent complete from {percent:.0f} to 100"
    if status == "NotStarted" and percent != 0:
        return f"with the status Exchange sets percent complete from {percent:.0f} to 0"
    if status not in ("Completed", "NotStarted") and percent == _ALL:
        return "with the status Exchange takes back the 100 percent complete"
    return ""


def _zone(account: Any) -> str:
    return str(account.default_timezone.key)


def _attributes(fields: Fields, zone: str) -> dict[str, Any]:
    """exchangelib's attributes for `fields`."""
    made: dict[str, Any] = {}
    for name, value in fields.items():
        match name:
            case "subject":
                # '' clears; None would be ignored by some servers (facts: exchange E)
                made["subject"] = text.storable(str(value or ""))
            case "notes":
                made["body"] = Body(text.storable(str(value or "")))
            case "due":
                made["due_date"] = values.due_moment(str(value), zone) if value else None
            case "status":
                made["status"] = _STATUS_BACK[str(value)]
            case "priority":
                made["importance"] = _PRIORITY_BACK[str(value)]
            case "reminder":
                made |= _reminder_attributes(value)
    return made


def _reminder_attributes(value: Value) -> dict[str, Any]:
    if value is None:
        return {"reminder_is_set": False}
    return {"reminder_is_set": True, "reminder_due_by": values.ews_moment(str(value))}


# ---- the window


def _in_window(due: datetime | None, done: datetime | None, completed: bool, window: Window) -> bool:
    """Whether a task belongs to a sync: due in the window, or without a date and not completed before it."""
    first, last = window.first.isoformat(), window.last.isoformat()
    due_day = None if due is None else values.day(due, window.zone)
    if due_day is not None:
        return first <= due_day <= last
    done_day = None if done is None else values.day(done, window.zone)
    return not (completed and done_day is not None and done_day < first)


def wanted(entry: Entry, window: Window) -> bool:
    """Whether a line of a list is worth reading whole. What is no task comes out as unreadable."""
    return entry.element != "Task" or _in_window(entry.due, entry.completed, entry.status == "Completed", window)


def inside(parsed: Parsed, item: Item, window: Window) -> bool:
    """Whether a task belongs to the window, by what was read of it."""
    task = parsed.item
    due = task.due_date if isinstance(task.due_date, datetime) else None
    done = task.complete_date if isinstance(task.complete_date, datetime) else None
    return _in_window(due, done, task.status == "Completed", window)


MAPPING: Final = ItemMapping(
    Kind.TASKS,
    model=PlainTask,
    folder_model=Tasks,
    distinguished="tasks",
    standard="Tasks",
    folder_class="IPF.Task",
    words=Words("task folder", "task", "tasks"),
    fields=_FIELDS,
    listed=("subject", "due_date", "status", "complete_date"),
    lengths=_LENGTHS,
    to_item=to_item,
    check=check,
    check_new=check_new,
    new_item=new_item,
    changed_item=changed_item,
    wanted=wanted,
    inside=inside,
)

"""What Exchange refuses or straightens when a client stores an item."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from lxml import etree

from sync_core.sandbox.ews.fields import Field
from sync_core.sandbox.ews.occurrences import first_slot
from sync_core.sandbox.ews.recurrence import Recurrence
from sync_core.sandbox.ews.soap import EwsError, T, tag
from sync_core.sandbox.ews.store import StoredItem
from sync_core.sandbox.ews.zones import midnight

MAX_SUBJECT: Final = 255
_MAX_LENGTH: Final = timedelta(days=5 * 366)


def path_element(field: Field) -> etree._Element:
    """A FieldURI element, for the MessageXml of an error."""
    return etree.Element(tag(T, "FieldURI"), {"FieldURI": field.uri})


def not_settable(field: Field) -> EwsError:
    """What a client gets that sets what only the server sets."""
    return EwsError("ErrorInvalidPropertySet", "Set action is invalid for property.", path=path_element(field))


def check(item: StoredItem, before: dict[str, Any], now: datetime) -> None:
    """Straightens and checks an item whose fields were just set by a client; `before` are the fields it had.

    Raises EwsError: ErrorInvalidPropertySet for a subject over 255 characters, ErrorRequiredPropertyMissing,
    ErrorCalendarEndDateIsEarlierThanStartDate, ErrorCalendarDurationIsTooLong.
    """
    values: dict[str, Any] = item.fields
    if len(values.get("subject") or "") > MAX_SUBJECT:
        # (recalled) the store's limit for PR_SUBJECT
        raise EwsError("ErrorInvalidPropertySet", f"The subject may not have more than {MAX_SUBJECT} characters.")
    if item.kind == "CalendarItem":
        _check_calendar(item, values, before)
    elif item.kind == "Task":
        _check_task(values, before, now)


def _check_calendar(item: StoredItem, values: dict[str, Any], before: dict[str, Any]) -> None:
    missing = next((name for name in ("start", "end") if values.get(name) is None), None)
    if missing is not None:
        raise EwsError("ErrorCalendarInvalidPropertyState", f"The property {missing} is missing.")
    if values["end"] < values["start"]:
        raise EwsError("ErrorCalendarEndDateIsEarlierThanStartDate", "EndDate is earlier than StartDate.")
    if values["end"] - values["start"] > _MAX_LENGTH:
        raise EwsError("ErrorCalendarDurationIsTooLong", "The duration of a calendar item must be less than 5 years.")
    values.setdefault("start_zone", "UTC")
    values.setdefault("end_zone", values["start_zone"])
    if values.get("is_all_day"):
        values["start"] = midnight(values["start"], values.get("start_zone"), up=False)
        values["end"] = midnight(values["end"], values.get("end_zone"), up=True)
        if values["end"] <= values["start"]:
            next_day = values["start"] + timedelta(hours=36)
            values["end"] = midnight(next_day, values.get("end_zone"), up=False)
    changed = any(values.get(name) != before.get(name) for name in ("start", "end", "recurrence", "start_zone"))
    if isinstance(values.get("recurrence"), Recurrence) and changed:
        # a new pattern or time forgets what was changed in the old one; a series begins with its first occurrence
        if before:
            values.pop("modified_occurrences", None)
            values.pop("deleted_occurrences", None)
        slot = first_slot(item)
        if slot is None:
            raise EwsError("ErrorCalendarInvalidRecurrence", "The recurrence has no occurrence.")
        values["start"], values["end"] = slot.start, slot.end


def _check_task(values: dict[str, Any], before: dict[str, Any], now: datetime) -> None:
    """Status, percentage and date of completion follow each other, as in Outlook."""
    if not 0 <= values.get("percent_complete", 0) <= 100:
        raise EwsError("ErrorInvalidPercentCompleteValue", "The percentage must be between 0 and 100.")
    values.setdefault("status", "NotStarted")
    values.setdefault("percent_complete", 0.0)
    if values["status"] != before.get("status", "NotStarted"):
        done = values["status"] == "Completed"
        # not started is 0 %, as completed is 100 %
        if done or values["status"] == "NotStarted" or values["percent_complete"] == 100:
            values["percent_complete"] = 100.0 if done else 0.0
    elif values["percent_complete"] != before.get("percent_complete", 0):
        full = values["percent_complete"] == 100
        values["status"] = "Completed" if full else "InProgress" if values["percent_complete"] else "NotStarted"
    values["is_complete"] = values["status"] == "Completed"
    if values["is_complete"]:
        values.setdefault("complete_date", now.replace(hour=0, minute=0, second=0))
    else:
        values.pop("complete_date", None)

"""The orders in which a person reads rows, and the headings they stand under. Pure: rows in, keys out.

At first events are read by day and start, tasks by their due day, contacts by last name as in an address book.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sync_core import text
from sync_core.items import Kind, Value, When
from sync_core.orders import Order as Order
from sync_core.plan import Action, Row, State, action_label

# what needs a person comes first
_ACTIONS: Final = (
    Action.CONFLICT,
    Action.DELETE_FROM_SALESFORCE,
    Action.DELETE_FROM_OUTLOOK,
    Action.CREATE_IN_SALESFORCE,
    Action.CREATE_IN_OUTLOOK,
    Action.UPDATE_IN_SALESFORCE,
    Action.UPDATE_IN_OUTLOOK,
    Action.MERGE,
    Action.LINK,
    Action.NONE,
)
_STATES: Final = {
    State.PREVENTED: "blocked",
    State.IGNORED_ONCE: "ignored until the next time one changes",
    State.IGNORED_FOREVER: "ignored forever",
}
NOT_KNOWN: Final = "Not known when it changed"
NO_DATE: Final = "Without a date"
NO_DUE_DATE: Final = "No due date"
# the heading of names that begin with no letter
NO_LETTER: Final = "#"


def value(row: Row, name: str) -> Value:
    """The value that a row is sorted and grouped by: Salesforce's, else Outlook's, else what was last synced."""
    for item in (row.left, row.right):
        if item is not None and (found := item.fields.get(name)):
            return found
    if row.left is not None or row.right is not None:
        return None
    return row.baseline.left.get(name) or row.baseline.right.get(name)


def row_when(row: Row) -> When | None:
    """The time that the row of an event is sorted and grouped by."""
    found = value(row, "when")
    return found if isinstance(found, When) else None


def first_day(when: When, zone: str) -> date | None:
    """The day an event starts on in the user's zone; None when its start cannot be understood."""
    try:
        return date.fromisoformat(when.start) if when.all_day else _local(when.start, zone).date()
    except (ValueError, OverflowError):
        return None


def last_day(when: When, zone: str) -> date | None:
    """The last day an event touches in the user's zone: one that ends at midnight does not reach into the next day."""
    try:
        if when.all_day:
            return date.fromisoformat(when.end)
        start, end = _local(when.start, zone), _local(when.end, zone)
        return max(start.date(), (end - timedelta(seconds=1)).date())
    except (ValueError, OverflowError):
        return None


def due_day(found: Value) -> date | None:
    """A due date as a date; None when there is none, or it cannot be understood."""
    try:
        return date.fromisoformat(str(found)) if found else None
    except ValueError:
        return None


def section(row: Row, zone: str) -> date | str:
    """What a row stands under: a day in the user's zone, a first letter, or words where there is no day."""
    match row.kind:
        case Kind.CONTACTS:
            return _letter(_filed_as(row))
        case Kind.TASKS:
            return due_day(value(row, "due")) or NO_DUE_DATE
    when = row_when(row)
    return (first_day(when, zone) if when is not None else None) or NO_DATE


def sort_key(row: Row, zone: str) -> tuple[Any, ...]:
    """Orders the rows of one kind so that those of a section stand together; those without a day come last."""
    match row.kind:
        case Kind.CONTACTS:
            name = _filed_as(row)
            letter = _letter(name)
            return (letter == NO_LETTER, letter, _folded(name), name)
        case Kind.TASKS:
            due = due_day(value(row, "due"))
            # the last day of the calendar is a day, too
            return (due is None, due or date.max, _folded(row.title), row.title)
    when = row_when(row)
    first = first_day(when, zone) if when is not None else None
    if when is None or first is None:
        return (True, date.max, True, "")
    return (False, first, not when.all_day, when.start)


def arranged(rows: Iterable[Row], order: Order, zone: str) -> list[Row]:
    """Rows in an order; those that are equal in it are in the order of time."""
    found = sorted(rows, key=lambda row: sort_key(row, zone))
    match order:
        case Order.SUBJECT:
            found.sort(key=lambda row: _by_letter(text.plain(row.title)))
        case Order.ACTION:
            found.sort(key=_action_place)
        case Order.CHANGED:
            found.sort(key=last_change, reverse=True)
    return found


def heading(row: Row, order: Order, zone: str) -> date | str:
    """What a row stands under in an order."""
    match order:
        case Order.SUBJECT:
            return _letter(text.plain(row.title))
        case Order.ACTION:
            words = _STATES.get(row.state) or action_label(row)
            return f"{words[0].upper()}{words[1:]}"
        case Order.CHANGED:
            moment = last_change(row)
            try:
                return _local(moment, zone).date() if moment else NOT_KNOWN
            except (ValueError, OverflowError):
                return NOT_KNOWN
    return section(row, zone)


def last_change(row: Row) -> str:
    """When either side changed the item last, as far as they say: an instant, or ""."""
    return max((item.changed_at for item in (row.left, row.right) if item is not None), default="")


def _action_place(row: Row) -> tuple[int, int]:
    state = list(_STATES).index(row.state) + 1 if row.state in _STATES else 0
    return state, 0 if state else _ACTIONS.index(row.action) * 2 + (action_label(row) != row.action.label)


def _filed_as(row: Row) -> str:
    """ "Lee Kim" for Kim Lee; without a name what the contact is called instead."""
    names = [str(value(row, name) or "") for name in ("last_name", "first_name")]
    return text.plain(" ".join(filter(None, names)) or row.title)


def _folded(words: str) -> str:
    """Words as an address book sorts them: without accents, small and capital letters alike."""
    return "".join(c for c in unicodedata.normalize("NFKD", words) if not unicodedata.combining(c)).casefold()


def _letter(name: str) -> str:
    first = _folded(name)[:1].upper()
    return first if first.isalpha() else NO_LETTER


def _by_letter(name: str) -> tuple[bool, str]:
    """Names that begin with no letter stand together at the end."""
    return (_letter(name) == NO_LETTER, _folded(name))


def _local(moment: str, zone: str) -> datetime:
    parsed = datetime.fromisoformat(moment)
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(ZoneInfo(zone))

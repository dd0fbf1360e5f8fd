"""Occurrences: the items that a series becomes when it is looked at through a calendar view or one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import islice
from typing import Any

from sync_core.sandbox.ews import ids
from sync_core.sandbox.ews.recurrence import ModifiedOccurrence, Recurrence, Slot, slots, slots_until
from sync_core.sandbox.ews.soap import EwsError
from sync_core.sandbox.ews.store import Exchange, StoredItem
from sync_core.sandbox.ews.zones import zone

# what a series has and its occurrences do not
_OF_SERIES = ("recurrence", "modified_occurrences", "deleted_occurrences")


def _series(master: StoredItem) -> tuple[Recurrence, datetime, datetime, tzinfo]:
    values: Any = master.fields
    return values["recurrence"], values["start"], values["end"], zone(values.get("start_zone"))


def modified(master: StoredItem) -> dict[datetime, ModifiedOccurrence]:
    """The changed occurrences of a series by their original start in UTC."""
    entries: Any = master.fields.get("modified_occurrences") or []
    return {entry.original_start.astimezone(UTC): entry for entry in entries}


def deleted(master: StoredItem) -> set[datetime]:
    """The original starts of the deleted occurrences in UTC."""
    moments: Any = master.fields.get("deleted_occurrences") or []
    return {moment.astimezone(UTC) for moment in moments}


def occurrence_id(exchange: Exchange, master: StoredItem, day: date) -> str:
    """The id of the occurrence that the series has on a day; it stays when the occurrence is moved."""
    guid = exchange.mailboxes[master.mailbox.lower()].guid
    return ids.make_id("occurrence", guid, master.number, day.toordinal())


def _make(exchange: Exchange, master: StoredItem, slot: Slot) -> StoredItem:
    values = {name: value for name, value in master.fields.items() if name not in _OF_SERIES}
    entry = modified(master).get(slot.start)
    values |= {"start": slot.start, "end": slot.end}
    if entry is not None:
        values |= {k: v.astimezone(UTC) if isinstance(v, datetime) else v for k, v in entry.changes.items()}
    return replace(
        master,
        id=occurrence_id(exchange, master, slot.day),
        fields={name: value for name, value in values.items() if value is not None},
        master_id=master.id,
        original_start=slot.start,
        modified=entry is not None,
    )


def in_window(exchange: Exchange, master: StoredItem, start: datetime, end: datetime) -> Iterator[StoredItem]:
    """The occurrences that lie at least partly between two moments; moved ones where they are now."""
    recurrence, begins, ends, rules = _series(master)
    changes, gone = modified(master), deleted(master)
    # an occurrence may have been moved into the window from behind it
    latest = max([end, *(moment + timedelta(seconds=1) for moment in changes)])
    for slot in slots_until(recurrence, begins, ends, rules, latest):
        if slot.start in gone or (slot.start not in changes and not touches(slot.start, slot.end, start, end)):
            continue
        made = _make(exchange, master, slot)
        values: Any = made.fields
        if touches(values["start"], values["end"], start, end):
            yield made


def touches(start: datetime, end: datetime, window_start: datetime, window_end: datetime) -> bool:
    """Whether a time lies at least partly in a window; one without length counts where it starts."""
    return start < window_end and (end > window_start or start == end == window_start)


def _slot(master: StoredItem, wanted: datetime) -> Slot | None:
    recurrence, begins, ends, rules = _series(master)
    found = slots_until(recurrence, begins, ends, rules, wanted + timedelta(seconds=1))
    return next((slot for slot in found if slot.start == wanted), None)


def occurrence_of(exchange: Exchange, master: StoredItem, original_start: datetime) -> StoredItem | None:
    """The occurrence with an original start; None if the series has none there."""
    slot = _slot(master, original_start.astimezone(UTC))
    return None if slot is None else _make(exchange, master, slot)


def check_neighbours(exchange: Exchange, master: StoredItem, occurrence: StoredItem) -> None:
    """Raises EwsError(ErrorOccurrenceCrossingBoundary) if an occurrence reaches its neighbours or passes them."""
    begin, finish, gone = occurrence.fields["start"], occurrence.fields["end"], deleted(master)
    before: StoredItem | None = None
    for slot in slots(*_series(master)):
        if slot.start in gone or slot.start == occurrence.original_start:
            continue
        made = _make(exchange, master, slot)
        if occurrence.original_start is not None and slot.start > occurrence.original_start:
            crosses = bool(finish > made.fields["start"])  # type: ignore[operator]  # moments by the store's contract
            break
        before = made
    else:
        crosses = False
    if crosses or (before is not None and bool(begin < before.fields["end"])):  # type: ignore[operator]  # as above
        raise EwsError(
            "ErrorOccurrenceCrossingBoundary",
            "Modified occurrence is crossing or overlapping adjacent occurrence.",
        )


def occurrence_on_day(exchange: Exchange, master: StoredItem, ordinal: int) -> StoredItem:
    """The occurrence of a day. Raises EwsError if the series has none there or it was deleted."""
    if master.item_type != "RecurringMaster":
        raise EwsError("ErrorItemNotFound", "The specified object was not found in the store.")
    recurrence, begins, ends, rules = _series(master)
    for slot in slots(recurrence, begins, ends, rules):
        if slot.day.toordinal() == ordinal and slot.start not in deleted(master):
            return _make(exchange, master, slot)
        if slot.day.toordinal() >= ordinal:
            break
    raise EwsError("ErrorItemNotFound", "The specified object was not found in the store.")


def occurrence_at_index(exchange: Exchange, master: StoredItem, index: int) -> StoredItem:
    """The occurrence with a 1-based index; deleted ones keep their place."""
    if master.item_type != "RecurringMaster":
        raise EwsError("ErrorCalendarCannotUseIdForRecurringMasterId", "Id must belong to a recurring master.")
    recurrence, begins, ends, rules = _series(master)
    slot = next(islice(slots(recurrence, begins, ends, rules), index - 1, index), None) if index > 0 else None
    if slot is None:
        raise EwsError(
            "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange", "Occurrence index is out of recurrence range."
        )
    if slot.start in deleted(master):
        raise EwsError(
            "ErrorCalendarOccurrenceIsDeletedFromRecurrence", "Occurrence with this index was previously deleted."
        )
    return _make(exchange, master, slot)


def first_slot(master: StoredItem) -> Slot | None:
    """The first place of a series that was not deleted; None for an item that is no series."""
    if master.item_type != "RecurringMaster" or master.kind != "CalendarItem":
        return None
    gone = deleted(master)
    return next((slot for slot in slots(*_series(master)) if slot.start not in gone), None)


def last_slot(master: StoredItem) -> Slot | None:
    """The last place of a series that was not deleted; None for a series without an end."""
    if master.item_type != "RecurringMaster" or master.kind != "CalendarItem":
        return None
    recurrence, begins, ends, rules = _series(master)
    if recurrence.end is None and recurrence.count is None:
        return None
    gone = deleted(master)
    return next((s for s in reversed(list(slots(recurrence, begins, ends, rules))) if s.start not in gone), None)

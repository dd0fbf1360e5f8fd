"""Event and the calendar's items: reading. Sources are facts: salesforce B1, unless another is named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from sync_core.items import Item, Kind, SideName, Value, When, canonical
from sync_core.sides import Limits, Operation, Unreadable, Window, Write
from sync_core.sides.salesforce import event_writes, notes, people, recurrence, rows, series, times
from sync_core.sides.salesforce.event_values import LONGEST_DAYS, SHOW_AS_FROM, plain_choice, reminder_base
from sync_core.sides.salesforce.ids import id18
from sync_core.sides.salesforce.mapping import Context, ObjectMapping, UnwritableError
from sync_core.sides.salesforce.shape import Shape, assumed_event
from sync_core.span import inside

# the columns behind each neutral field
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "subject": ("Subject",),
    "when": ("IsAllDayEvent", "StartDateTime", "EndDateTime"),
    "location": ("Location",),
    "notes": ("Description",),
    "show_as": ("ShowAs",),
    "private": ("IsPrivate",),
    "reminder": ("IsReminderSet", "ReminderDateTime"),
    "attachments": ("Description",),
}
_OTHERS: Final = (
    *rows.COMMON,
    *("ActivityDate", "DurationInMinutes", "IsChild", "IsGroupEvent", "IsClientManaged", "IsArchived"),
    *("IsRecurrence", "RecurrenceActivityId", "RecurrenceType", "RecurrenceInterval", "RecurrenceDayOfWeekMask"),
    *("RecurrenceDayOfMonth", "RecurrenceInstance", "RecurrenceMonthOfYear", "RecurrenceEndDateOnly"),
    *("IsRecurrence2", "Recurrence2PatternText", "Recurrence2PatternStartDate", "Recurrence2PatternTimeZone"),
    *("IsRecurrence2Exception", "IsRecurrence2Exclusion"),
)
_DAY: Final = 24 * 60
# Activity Settings > Enable Multiday Events (facts: salesforce B1, multi-day): nothing but an event tells of it
_SWITCHED_OFF: Final = "multi-day events are switched off in this org"
_RELATED: Final = {
    "WhoId": "Who",
    "WhatId": "What",
    "AccountId": "Account",
    "LastModifiedById": "LastModifiedBy",
    "OwnerId": "Owner",
}
# whom and what an event is about, in the order in which it is shown
_ABOUT: Final = ("Who", "What", "Account")


class EventMapping(ObjectMapping):
    """Event as the calendar's object."""

    sobject = "Event"
    what = "events"

    def __init__(self) -> None:
        # whether the org has multi-day events switched on, once an event or a refusal has told
        self._multiday: bool | None = None

    def assumed(self) -> Shape:
        """The shape to work with where a server has no describe."""
        return assumed_event()

    def essential(self, shape: Shape) -> str:
        """Why events cannot be read, in words; "" when they can."""
        end = [] if shape.has("DurationInMinutes") else ["EndDateTime"]
        return rows.missing_column(shape, ["Id", "StartDateTime", "IsAllDayEvent", *end])

    def limits(self, context: Context) -> Limits:
        """Lengths as describe gives them; the notes share theirs with the names of attachments."""
        texts = {field: COLUMNS[field] for field in ("subject", "location", "notes")}
        lengths = rows.lengths(texts, context.shape)
        most = lengths.get("notes")
        return replace(
            event_writes.series_limits(context),
            lengths=lengths,
            longest_days=1 if self._multiday is False else LONGEST_DAYS,
            longest_because=_SWITCHED_OFF if self._multiday is False else "",
            doubtful_days=1 if self._multiday is None else None,
            private_relations=False,
            refuses=lambda fields: event_writes.no_such_time(fields) or notes.too_long(fields, most),
        )

    def unwritable(self, shape: Shape, operation: Operation) -> dict[str, str]:
        """The neutral fields that this user cannot set with `operation`, with the reason in words."""
        return rows.unwritable(COLUMNS, shape, operation)

    def columns(self, shape: Shape) -> list[str]:
        """The fields to ask for."""
        return rows.columns(COLUMNS, _OTHERS, shape)

    def related(self, shape: Shape) -> list[str]:
        """The names of the people, the records and the users that an event points to."""
        return rows.related(_RELATED, shape)

    def condition(self, context: Context, window: Window) -> str:
        """A range of StartDateTime, as huge scans end in OPERATION_TOO_LARGE; the exact window is cut out in `reading`.

        The range begins as early as the longest event may have begun. All-day events start at midnight UTC.
        """
        shape = context.shape
        end = max(window.end, times.midnight(window.last + timedelta(days=1)))
        clauses = [
            f"StartDateTime >= {times.wire(_earliest_start(window))}",
            f"StartDateTime < {times.wire(end)}",
        ]
        if shape.can_filter("OwnerId"):
            clauses.append(f"OwnerId = '{context.user_id}'")
        if shape.can_filter("IsChild"):
            # an invitee's copy: hardly any field of it may be written
            clauses.append("IsChild = false")
        return " AND ".join(clauses)

    def reaches_archive(self, window: Window, now: datetime) -> bool:
        """Whether something found by `condition` may be archived."""
        return _earliest_start(window) < now - rows.ARCHIVED_AFTER

    def reading(
        self, found: Sequence[Mapping[str, Any]], context: Context, window: Window
    ) -> tuple[list[Item], list[Unreadable]]:
        """The items in `window` among `found`; the occurrences of a series become one item."""
        if any(_is_long(row) for row in found):
            self._multiday = True
        items: list[Item] = []
        unreadable: list[Unreadable] = []
        classic: dict[tuple[Any, ...], list[tuple[Item, Mapping[str, Any]]]] = defaultdict(list)
        lightning = []
        for row in found:
            try:
                item = self.item(row, context)
            except (ValueError, KeyError, TypeError, AttributeError) as problem:
                unreadable.append(self.unreadable(row, problem))
                continue
            if series.is_lightning(row):
                lightning.append((row, item))
            elif item.when is None or not _touches(item.when, window):
                continue
            elif item.series:
                classic[recurrence.series_key(row, context.zone)].append((item, row))
            else:
                items.append(item)
        items += [_one_series(occurrences) for occurrences in classic.values()]
        seen = {item.id for _, item in lightning if item.when is not None and _touches(item.when, window)}
        for family in series.families([row for row, _ in lightning]):
            if seen & family.ids and (whole := self.series_item(family, context)) is not None:
                items.append(whole)
        return items, unreadable

    def rest(self, found: Sequence[Mapping[str, Any]], context: Context) -> list[str]:
        """The WHERE clauses for all occurrences of the Lightning series among `found`."""
        if not context.shape.can_filter("Recurrence2PatternStartDate"):
            return []
        return series.conditions(filter(series.is_lightning, found), context.user_id)

    def series_item(self, family: series.Family, context: Context, *, left: bool = False) -> Item | None:
        """A Lightning series as one item; None when it was deleted, unless it is asked for what is `left` of it.

        Raises ValueError, in words.
        """
        found = series.item(family, lambda row: self.item(row, context), context.now, left=left)
        known = context.shape.can_filter("Recurrence2PatternStartDate") and not context.partial
        return found if known or found is None else replace(found, locked=found.locked or series.IN_PART)

    def whole(self, found: Sequence[Mapping[str, Any]], context: Context) -> dict[str, Item | None]:
        """By the id of each occurrence of a Lightning series: the series, or None when it is deleted from now on."""
        result: dict[str, Item | None] = {}
        for family in series.families(filter(series.is_lightning, found)):
            result |= dict.fromkeys(family.ids, self.series_item(family, context))
        return result

    def left(self, found: Sequence[Mapping[str, Any]], record_id: str, context: Context) -> Item | None:
        """What is left of the series of a record among `found` that is deleted from now on: its past occurrences."""
        return self.series_item(self.family(found, record_id), context, left=True)

    def remains(self, found: Sequence[Mapping[str, Any]], context: Context) -> list[Item]:
        """What is left of the Lightning series among `found` that are deleted from now on: their past occurrences."""
        result = []
        for family in series.families(filter(series.is_lightning, found)):
            # one that has an occurrence to come is not deleted
            if not family.ahead(context.now):
                with suppress(ValueError, KeyError, TypeError, AttributeError):
                    if self.series_item(family, context) is None:
                        past = self.series_item(family, context, left=True)
                        result += [past] if past is not None else []
        return result

    def of_series(self, write: Write, found: Sequence[Mapping[str, Any]], context: Context) -> tuple[str, Write]:
        """The record by which the series `write.before` is changed, and what to do to it; `found` are its rows.

        Raises UnwritableError.
        """
        try:
            family = self.family(found, write.before.id if write.before else "")
        except ValueError as problem:
            raise UnwritableError(str(problem)) from None
        return event_writes.of_series(write, family, context)

    def family(self, found: Sequence[Mapping[str, Any]], record_id: str) -> series.Family:
        """The series among `found` that a record belongs to. Raises ValueError when there is none."""
        for family in series.families(filter(series.is_lightning, found)):
            if id18(record_id) in family.ids:
                return family
        raise ValueError("the series is no longer there as it was read")

    def item(self, row: Mapping[str, Any], context: Context) -> Item:
        """One row as an item. Raises ValueError, in words, for a row that cannot be understood."""
        raw: dict[str, Any] = {
            name: row[column]
            for name, column in (("subject", "Subject"), ("location", "Location"), ("private", "IsPrivate"))
            if column in row
        }
        when = _when(row)
        raw["when"] = when
        if "Description" in row:
            raw["notes"], raw["attachments"] = notes.split(row["Description"])
        if (show_as := SHOW_AS_FROM.get(plain_choice(row.get("ShowAs")))) is not None:
            raw["show_as"] = show_as
        spent: dict[str, Value] = {}
        if "IsReminderSet" in row and "ReminderDateTime" in row:
            known, minutes = _reminder(row, when, context)
            if known:
                raw["reminder"] = minutes
            elif minutes is not None and not recurrence.is_series(row):
                spent = {"reminder": minutes}
        return Item(
            kind=Kind.CALENDAR,
            side=SideName.SALESFORCE,
            id=id18(str(row["Id"])),
            version=rows.version(row),
            fields=canonical(Kind.CALENDAR, raw),
            locked=_locked(row),
            series=recurrence.is_series(row),
            spent=spent,
            people=tuple(dict.fromkeys(name for name in (rows.name_of(row, r) for r in _ABOUT) if name)),
            changed_at=rows.shown_moment(row.get("LastModifiedDate") or row.get("SystemModstamp")),
            changed_by=rows.name_of(row, "LastModifiedBy"),
        )

    def unreadable(self, row: Mapping[str, Any], problem: Exception) -> Unreadable:
        """A row that `item` raised `problem` for."""
        return rows.unreadable(row, problem, row.get("Subject") or "(no subject)", "it lacks what every event has")

    def record(self, write: Write, context: Context) -> dict[str, Any]:
        """The fields to send for a create or an update. Raises UnwritableError."""
        return event_writes.record(write, context, self.unwritable(context.shape, write.operation))

    def refusal(self, code: str, message: str, fields: Sequence[str], shape: Shape) -> str:
        """The contact of a new event may be gone by then; an event may be longer than the org takes."""
        if code == "FIELD_INTEGRITY_EXCEPTION" and "1440" in message:
            self._multiday = False
        return people.refusal(code, message, fields)


def _is_long(row: Mapping[str, Any]) -> bool:
    minutes = row.get("DurationInMinutes")
    return isinstance(minutes, int) and minutes > _DAY


def _touches(when: When, window: Window) -> bool:
    """Whether the event of one row is in the window, whatever it repeats."""
    return inside(when._replace(recurrence=""), window)


def _earliest_start(window: Window) -> datetime:
    return min(window.start, times.midnight(window.first)) - timedelta(days=LONGEST_DAYS + 1)


def _when(row: Mapping[str, Any]) -> When:
    start = row.get("StartDateTime")
    minutes = row.get("DurationInMinutes")
    if row.get("IsAllDayEvent"):
        # dates as they stand: no zone is applied to an all-day event, and its end is inclusive
        first = date.fromisoformat(str(start or row.get("ActivityDate") or "no date")[:10])
        if row.get("EndDateTime"):
            last = date.fromisoformat(str(row["EndDateTime"])[:10])
        else:
            last = recurrence.last_day(first, int(minutes or 0))
        return When(first.isoformat(), max(first, last).isoformat(), True, _pattern(row))
    if not start:
        raise ValueError("it has no start")
    begins = times.instant(str(start))
    ends = times.instant(str(row["EndDateTime"])) if row.get("EndDateTime") else None
    return When(
        times.neutral(begins),
        times.neutral(ends or begins + timedelta(minutes=int(minutes or 0))),
        False,
        _pattern(row),
    )


def _pattern(row: Mapping[str, Any]) -> str:
    return recurrence.in_words(row) if recurrence.is_series(row) else ""


def _reminder(row: Mapping[str, Any], when: When, context: Context) -> tuple[bool, int | None]:
    """Whether the reminder is known, and its minutes before the start; of one that has fired what they were."""
    start = reminder_base(when, context.zone)
    at = times.instant(str(row["ReminderDateTime"])) if row["ReminderDateTime"] else None
    # after the start, as on the morning of an all-day event: minutes before it cannot say that
    minutes = int((start - at).total_seconds()) // 60 if at is not None and at <= start else None
    if not row["IsReminderSet"]:
        # it reads false once it has fired: that is nobody's change (facts: salesforce B2)
        fired = start <= context.now or (at is not None and at <= context.now)
        return not fired, minutes if fired else None
    return minutes is not None, minutes


def _locked(row: Mapping[str, Any]) -> str:
    if recurrence.is_series(row) and not row.get("IsRecurrence2"):
        return recurrence.CLASSIC
    if recurrence.is_series(row) and not series.is_lightning(row):
        return recurrence.UNTOLD
    if row.get("IsClientManaged"):
        return "kept by another sync tool in Salesforce: two tools writing to it would undo each other"
    if row.get("IsGroupEvent"):
        return "a meeting with invited people in Salesforce: not written, so that nobody gets mail from it"
    if row.get("IsChild"):
        return "an invitation: only the meeting's owner can change it in Salesforce"
    if row.get("IsArchived"):
        return rows.ARCHIVED
    return ""


def _one_series(occurrences: list[tuple[Item, Mapping[str, Any]]]) -> Item:
    """The series of these occurrences, at the time of the first; a Classic one has an id of its own."""
    occurrences.sort(key=lambda pair: (pair[0].when or When("", ""), pair[0].id))
    first, row = occurrences[0]
    series_id = id18(str(row.get("RecurrenceActivityId") or first.id))
    when = first.when or When("", "")
    # of a Classic series, only the master may tell the pattern
    words = max((item.when.recurrence for item, _ in occurrences if item.when), key=len)
    fields = {**first.fields, "when": when._replace(recurrence=words)}
    return replace(first, id=series_id, version=max(item.version for item, _ in occurrences), fields=fields)

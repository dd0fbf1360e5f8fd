"""Task. Sources are facts: salesforce B2, unless another is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from sync_core.items import Fields, Item, Kind, SideName, Value, canonical, spec
from sync_core.sides import Limits, Operation, Unreadable, Window, Write
from sync_core.sides.salesforce import rows, task_choices, times
from sync_core.sides.salesforce.ids import id18, is_id
from sync_core.sides.salesforce.mapping import Context, ObjectMapping, Rows, UnwritableError
from sync_core.sides.salesforce.shape import Column, Shape
from sync_core.sides.salesforce.task_choices import Choices
from sync_core.span import in_window

RECURRING: Final = "a recurring task: not synced yet"

# the columns behind each neutral field
COLUMNS: Final[rows.Columns] = {
    "subject": ("Subject",),
    "due": ("ActivityDate",),
    "status": ("Status",),
    "priority": ("Priority",),
    "notes": ("Description",),
    "reminder": ("IsReminderSet", "ReminderDateTime"),
}
_OTHERS: Final = (
    *(*rows.COMMON, "TaskSubtype", "IsClosed", "CompletedDateTime", "IsRecurrence", "RecurrenceActivityId"),
    "IsArchived",
)
_RELATED: Final = {"WhoId": "Who", "AccountId": "Account", "LastModifiedById": "LastModifiedBy", "OwnerId": "Owner"}
_TABLES: Final = {
    "TaskStatus": "SELECT ApiName, MasterLabel, SortOrder, IsDefault, IsClosed FROM TaskStatus",
    "TaskPriority": "SELECT ApiName, MasterLabel, SortOrder, IsDefault, IsHighPriority FROM TaskPriority",
}
_STATUSES: Final = ("Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred")
_PRIORITIES: Final = ("High", "Normal", "Low")


@dataclass(frozen=True, slots=True)
class _Org:
    """What the org has set up for tasks."""

    status: Choices
    priority: Choices

    def refused(self, fields: Fields, lengths: Mapping[str, int]) -> str:
        """Why Salesforce could not hold a task with these fields, in words; "" when it can."""
        for name, choices in (("status", self.status), ("priority", self.priority)):
            value = fields.get(name)
            if value and value not in choices.to_org:
                there = ", ".join(choices.to_org.values())
                wanted = str(value).replace("_", " ")
                return f"the org has nothing for the {name} “{wanted}” among those that are known: {there or 'none'}"
        blocks = {name: lengths[name] for name in ("notes",) if name in lengths}
        return rows.too_long(Kind.TASKS, fields, blocks) or rows.out_of_range(Kind.TASKS, fields, "due", "reminder")


class TaskMapping(ObjectMapping):
    """Task as the tasks' object: the user's own, and no logged e-mails or calls."""

    sobject = "Task"
    what = "tasks"

    def assumed(self) -> Shape:
        """Task as the references have it, for servers that have no describe."""
        columns = [
            Column("Id", 18, createable=False, updateable=False),
            Column("Subject", 255),
            Column("ActivityDate"),
            Column("Status", values=_STATUSES),
            Column("Priority", values=_PRIORITIES),
            Column("Description", 32_000, filterable=False),
            Column("IsReminderSet"),
            Column("ReminderDateTime"),
            Column("TaskSubtype", updateable=False),
            Column("OwnerId"),
            Column("SystemModstamp", createable=False, updateable=False),
            Column("LastModifiedDate", createable=False, updateable=False),
        ]
        return Shape(self.sobject, "Tasks", {one.name: one for one in columns})

    def essential(self, shape: Shape) -> str:
        """Why tasks cannot be read, in words; "" when they can."""
        return rows.missing_column(shape, ("Id", "ActivityDate"))

    def tables(self, shape: Shape) -> Mapping[str, str]:
        """The org's own statuses and priorities."""
        return _TABLES

    def limits(self, context: Context) -> Limits:
        """Lengths as describe gives them; no status and no priority that the org does not have."""
        org = _org(context)
        texts = {name: COLUMNS[name] for name in ("subject", "notes")}
        lengths = rows.lengths(texts, context.shape)
        return Limits(lengths, refuses=lambda fields: org.refused(fields, lengths))

    def unwritable(self, shape: Shape, operation: Operation) -> dict[str, str]:
        """The neutral fields that this user cannot set with `operation`, with the reason in words."""
        return rows.unwritable(COLUMNS, shape, operation)

    def columns(self, shape: Shape) -> list[str]:
        """The fields to ask for."""
        return rows.columns(COLUMNS, _OTHERS, shape)

    def related(self, shape: Shape) -> list[str]:
        """The names of the people, the account and the users that a task points to."""
        return rows.related(_RELATED, shape)

    def condition(self, context: Context, window: Window) -> str:
        """My own, due in the window or without a due date; an e-mail or a call that was logged is no task to do."""
        shape = context.shape
        first, last = window.first.isoformat(), window.last.isoformat()
        clauses = [f"(ActivityDate = null OR (ActivityDate >= {first} AND ActivityDate <= {last}))"]
        if shape.can_filter("OwnerId"):
            clauses.append(f"OwnerId = '{context.user_id}'")
        if shape.can_filter("TaskSubtype"):
            clauses.append("TaskSubtype = 'Task'")
        return " AND ".join(clauses)

    def reaches_archive(self, window: Window, now: datetime) -> bool:
        """Closed tasks are archived a year after their due date (facts: salesforce B4)."""
        return times.midnight(window.first) < now - rows.ARCHIVED_AFTER

    def reading(self, found: Rows, context: Context, window: Window) -> tuple[list[Item], list[Unreadable]]:
        """The items in `window` among `found`; the occurrences of a series become one item.

        A task without a due date that is archived, or was completed before the window, would be in every window, and is
        in none: so it is in Outlook, too.
        """
        org = _org(context)
        items: list[Item] = []
        bad: list[Unreadable] = []
        series: dict[str, Item] = {}
        for row in found:
            try:
                item = _item(row, context, org)
            except (ValueError, KeyError, TypeError, AttributeError) as problem:
                bad.append(self.unreadable(row, problem))
                continue
            over = row.get("IsArchived") or _completed_before(row, window)
            if in_window(Kind.TASKS, item.fields, window) is False or (over and not row["ActivityDate"]):
                continue
            if item.series:
                series[item.id] = _earlier(series.get(item.id), item)
            else:
                items.append(item)
        return items + list(series.values()), bad

    def item(self, row: Mapping[str, Any], context: Context) -> Item:
        """One row as an item. Raises ValueError, in words, for a row that cannot be understood."""
        return _item(row, context, _org(context))

    def unreadable(self, row: Mapping[str, Any], problem: Exception) -> Unreadable:
        """A row that `item` raised `problem` for."""
        return rows.unreadable(row, problem, row.get("Subject") or "(no subject)", "it lacks what every task has")

    def record(self, write: Write, context: Context) -> dict[str, Any]:
        """The fields of Task to send. A create leaves out what is blank and what this user cannot set."""
        creating = write.operation is Operation.CREATE
        given = rows.writable(Kind.TASKS, write, self.unwritable(context.shape, write.operation))
        org = _org(context)
        texts = {name: COLUMNS[name] for name in ("subject", "notes")}
        if why := org.refused(given, rows.lengths(texts, context.shape)):
            raise UnwritableError(why)
        result: dict[str, Any] = {}
        for name, (column,) in texts.items():
            if name in given:
                result[column] = rows.fitting(Kind.TASKS, name, column, given[name], context.shape)
        if "due" in given:
            result["ActivityDate"] = given["due"]
        # IsClosed and CompletedDateTime follow from these, and are read-only
        for name, choices in (("status", org.status), ("priority", org.priority)):
            if given.get(name):
                result[COLUMNS[name][0]] = choices.to_org[str(given[name])]
            elif name in given and not creating:
                raise UnwritableError(f"Salesforce keeps no task without a {spec(Kind.TASKS, name).label}")
        if "reminder" in given:
            result |= _reminder(given["reminder"], creating)
        return {name: value for name, value in result.items() if not creating or value is not None}


def _org(context: Context) -> _Org:
    def values(name: str) -> tuple[str, ...]:
        return context.shape.columns[name].values if context.shape.has(name) else ()

    return _Org(
        task_choices.statuses(context.tables.get("TaskStatus", ()), values("Status")),
        task_choices.priorities(context.tables.get("TaskPriority", ()), values("Priority")),
    )


def _item(row: Mapping[str, Any], context: Context, org: _Org) -> Item:
    raw: dict[str, Any] = {
        name: row[column] for name, column in (("subject", "Subject"), ("notes", "Description")) if column in row
    }
    # a day as it stands: no zone is applied to it
    raw["due"] = date.fromisoformat(str(row["ActivityDate"])).isoformat() if row["ActivityDate"] else None
    # a value that the org no longer offers is in no table, and the task itself tells whether it closes it
    said = str(row.get("Status"))
    if status := org.status.from_org.get(said) or task_choices.by_closed(org.status, row.get("IsClosed")):
        raw["status"] = status
    # a priority that we have no name for is unknown, and so it is not written over
    if (priority := org.priority.from_org.get(str(row.get("Priority")))) is not None:
        raw["priority"] = priority
    spent: dict[str, Value] = {}
    if "IsReminderSet" in row and "ReminderDateTime" in row:
        known, moment = _read_reminder(row, context.now)
        if known:
            raw["reminder"] = moment
        elif moment is not None:
            spent = {"reminder": moment}
    series = bool(row.get("IsRecurrence") or row.get("RecurrenceActivityId"))
    master = str(row.get("RecurrenceActivityId") or "")
    return Item(
        kind=Kind.TASKS,
        side=SideName.SALESFORCE,
        id=id18(master if is_id(master) else str(row["Id"])),
        version=rows.version(row),
        fields=canonical(Kind.TASKS, raw),
        locked=RECURRING if series else rows.ARCHIVED if row.get("IsArchived") else "",
        series=series,
        spent=spent,
        people=tuple(dict.fromkeys(name for name in (rows.name_of(row, r) for r in ("Who", "Account")) if name)),
        changed_at=rows.shown_moment(row.get("LastModifiedDate") or row.get("SystemModstamp")),
        changed_by=rows.name_of(row, "LastModifiedBy"),
    )


def _completed_before(row: Mapping[str, Any], window: Window) -> bool:
    """Whether a task was completed before a window begins, as far as the server tells."""
    if not (row.get("IsClosed") and row.get("CompletedDateTime")):
        return False
    try:
        return times.instant(str(row["CompletedDateTime"])) < window.start
    except ValueError:
        return False


def _read_reminder(row: Mapping[str, Any], now: datetime) -> tuple[bool, str | None]:
    """Whether the reminder is known, and its moment; of one that has fired the moment when it did."""
    at = times.instant(str(row["ReminderDateTime"])) if row["ReminderDateTime"] else None
    if row["IsReminderSet"]:
        return at is not None, times.neutral(at) if at else None
    # it reads false once it has fired: that is nobody's change
    fired = at is not None and at <= now
    return not fired, times.neutral(at) if at is not None and fired else None


def _reminder(value: object, creating: bool) -> dict[str, Any]:
    if value is None:
        return {"IsReminderSet": False} if creating else {"IsReminderSet": False, "ReminderDateTime": None}
    return {"IsReminderSet": True, "ReminderDateTime": times.wire(times.instant(str(value)))}


def _earlier(one: Item | None, other: Item) -> Item:
    """Of two items of a series the one that is due first, with the newer version; the master itself has no due date."""
    if one is None:
        return other
    first = min(one, other, key=lambda item: (str(item.fields["due"] or "9999"), item.version))
    return replace(first, version=max(one.version, other.version))

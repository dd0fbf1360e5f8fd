"""A plan as plain text: one thing after the other, as a screen reader reads and a pipe carries it. Pure."""

from __future__ import annotations

import contextlib
import textwrap
from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from sync_core import dates, order, series, text
from sync_core.compare import Verdict
from sync_core.items import FieldType, Kind, SideName, Value, When, spec
from sync_core.plan import DELETES, Action, Counts, Plan, Row, State, action_label, count, field_label, results
from sync_core.settings.document import shown as shown
from sync_core.sides import Operation

_MOST_OF_A_VALUE: Final = 200
_WORDS: Final = {Operation.CREATE: "new", Operation.UPDATE: "changed", Operation.DELETE: "DELETED"}
_STATES: Final = {
    State.PREVENTED: "prevented",
    State.IGNORED_ONCE: "ignored until the next change",
    State.IGNORED_FOREVER: "ignored forever",
}


def clean(words: str) -> str:
    """Foreign text as it may be printed on one line."""
    return text.plain(words)


def wrapped(words: str, width: int, *, indent: int = 0, hanging: int | None = None) -> str:
    """A paragraph: cleaned, broken at `width`, indented, its further lines by `hanging`."""
    further = indent if hanging is None else hanging
    return textwrap.fill(
        clean(words), width, initial_indent=" " * indent, subsequent_indent=" " * further, break_on_hyphens=False
    )


def plan_text(plan: Plan, width: int) -> str:
    """The whole plan: the numbers first, then the rows that are not quiet, day by day."""
    rows = [row for row in plan.rows if not row.quiet]
    counts = count(plan.rows, in_sync=plan.in_sync, out_of_range=plan.out_of_range)
    zone = plan.window.zone
    head = [
        plan.kind.process,
        _reach(plan),
        *(f"Note: {note}." for note in plan.notes),
        f"Salesforce: {plan.left_account}. Outlook: {plan.right_account}.",
        *numbers(counts),
        *(f"Held back: {guard.sentence}." for guard in plan.guards),
    ]
    parts = ["\n".join(wrapped(line, width) for line in head)]
    for section, group in groupby(
        sorted(rows, key=lambda row: order.sort_key(row, zone)), key=lambda row: order.section(row, zone)
    ):
        below = list(group)
        title = section if isinstance(section, str) else dates.style().day(section, weekday=True, long=True)
        heading = f"{title}: {len(below)} {'row' if len(below) == 1 else 'rows'}"
        parts.append("\n\n".join([heading, *(row_text(row, zone, width, under=section) for row in below)]))
    if not rows:
        parts.append("There is nothing to do.")
    return "\n\n".join(parts)


def _reach(plan: Plan) -> str:
    """Which items the plan is about."""
    zone = plan.window.zone
    if plan.kind is Kind.CONTACTS:
        return f"All contacts. Times in {zone}."
    days = f"{_date(plan.window.first)} to {_date(plan.window.last)}"
    if plan.kind is Kind.TASKS:
        return f"Due {days}, or without a due date. Times in {zone}."
    return f"{days}, times in {zone}."


def numbers(counts: Counts) -> list[str]:
    """What a run would do, in sentences: a line per side, and one for what it would leave alone."""
    lines = []
    for side, operations in per_side(counts).items():
        words = ", ".join(f"{n} {_WORDS[operation]}" for operation, n in operations.items() if n)
        lines.append(f"In {side.label}: {words or 'nothing'}.")
    rest = {
        "equal on both sides, to be linked": counts.actions[Action.LINK],
        "waiting for a choice": counts.undecided,
        "prevented": counts.prevented,
        "ignored": counts.ignored,
        "in step": counts.in_sync,
        "out of range": counts.out_of_range,
    }
    if words := "; ".join(f"{n} {what}" for what, n in rest.items() if n):
        lines.append(f"Also: {words}.")
    return lines


def per_side(counts: Counts) -> dict[SideName, dict[Operation, int]]:
    """How many items would be made, changed and deleted on each side."""
    a, merged = counts.actions, counts.actions[Action.MERGE]
    return {
        SideName.SALESFORCE: {
            Operation.CREATE: a[Action.CREATE_IN_SALESFORCE],
            Operation.UPDATE: a[Action.UPDATE_IN_SALESFORCE] + merged,
            Operation.DELETE: a[Action.DELETE_FROM_SALESFORCE],
        },
        SideName.OUTLOOK: {
            Operation.CREATE: a[Action.CREATE_IN_OUTLOOK],
            Operation.UPDATE: a[Action.UPDATE_IN_OUTLOOK] + merged,
            Operation.DELETE: a[Action.DELETE_FROM_OUTLOOK],
        },
    }


def row_text(row: Row, zone: str, width: int, *, under: date | str | None = None, with_id: bool = True) -> str:
    """One row: what would happen, to what, when, why, and field by field what differs.

    What the heading `under` that it stands below says already is not said again.
    """
    lines = [wrapped(f"{action_words(row)}: {row.title}", width, hanging=4)]
    lines += [wrapped(words, width, indent=2, hanging=4) for words in _about(row, zone, under)]
    lines.append(wrapped(f"Why: {row.reason}", width, indent=2, hanging=4))
    if row.why_not:
        lines.append(wrapped(f"Not done: {row.why_not}", width, indent=2, hanging=4))
    lines += [wrapped(words, width, indent=2, hanging=4) for words in differences(row, zone)]
    if with_id:
        lines.append(f"  Id: {row.id}")
    return "\n".join(lines)


def row_line(row: Row, zone: str) -> str:
    """A row as one sentence or two, for a list or a message to somebody."""
    named = ", ".join([text.shorten(row.title, _MOST_OF_A_VALUE), *about(row, zone)])
    why_not = f" Not done: {row.why_not}." if row.why_not else ""
    return clean(f"{named}. {action_words(row)}: {row.reason}.{why_not}")


def differences(row: Row, zone: str) -> list[str]:
    """What differs, a line per field: the value of before, of both sides, and what it will be. Foreign text in it."""
    done = results(row)
    lines = []
    for change in row.changes:
        if change.verdict is Verdict.SAME:
            continue
        before, left, right, will = (
            field_value(row.kind, change.name, given, zone)
            for given in (change.baseline, change.left, change.right, done.get(change.name))
        )
        will = will if change.name in done else _open(row)
        known = f"before {before}; " if row.linked else ""
        lines.append(f"{field_label(row.kind, change.name)}: {known}Salesforce {left}; Outlook {right}; will be {will}")
    return lines


def _open(row: Row) -> str:
    return "not decided" if row.state is State.UNDECIDED else "left as it is"


def action_words(row: Row) -> str:
    """What would happen to a row: "Update in Outlook", "DELETE FROM SALESFORCE", "Prevented (create in Outlook)"."""
    state = _STATES.get(row.state)
    if state:
        return f"{state.capitalize()} ({row.recommended.label})"
    label = action_label(row)
    return label.upper() if row.action in DELETES else label[:1].upper() + label[1:]


def about(row: Row, zone: str) -> list[str]:
    """What tells this item from others of its name, without saying what it is."""
    return [words.partition(": ")[2] for words in _about(row, zone)]


def _about(row: Row, zone: str, under: date | str | None = None) -> list[str]:
    """What tells this item from others of its name: its time, its due date, or where a person is reached."""
    match row.kind:
        case Kind.CALENDAR:
            when = order.row_when(row)
            return [f"When: {moment(when, zone, under)}"] if when is not None else []
        case Kind.TASKS:
            due = order.value(row, "due")
            return [f"Due: {field_value(row.kind, 'due', due, zone)}"] if due and under is None else []
    known = [str(found) for name in ("company", "email") if (found := order.value(row, name))]
    return [f"Of: {', '.join(known)}"] if known else []


def field_value(kind: Kind, name: str, given: Value, zone: str) -> str:
    """The value of a field of `kind` in words: dates and moments as a person reads them."""
    form = spec(kind, name).type
    if isinstance(given, str) and given:
        with contextlib.suppress(ValueError, OverflowError):
            if form is FieldType.DATE:
                return _date(date.fromisoformat(given))
            if form is FieldType.MOMENT:
                local = _local(given, zone)
                return f"{_date(local.date())}, {_time(local)}"
        if form is FieldType.EXCEPTIONS:
            return series.exceptions_in_words(given) or "unknown"
        if form is FieldType.CHOICE:
            return given.replace("_", " ")
    return value(given, zone)


def value(given: Value, zone: str) -> str:
    """A field's value in words. Foreign text in it is cut short, and cleaned when it is printed."""
    match given:
        case None | "" | ():
            return "nothing"
        case bool():
            return "yes" if given else "no"
        case When():
            return moment(given, zone)
        case int():
            return f"{given} minutes before"
        case str():
            return f"“{text.shorten(given, _MOST_OF_A_VALUE)}”"
    return ", ".join(given)


def moment(when: When, zone: str, under: date | str | None = None) -> str:
    """A start and an end in the user's zone: "23 November 2026, 10:00 to 11:00", "10:00 to 11:00" under that day."""
    repeats = f", {series.in_words(when)}" if when.recurrence else ""
    try:
        if when.all_day:
            first, last = date.fromisoformat(when.start), date.fromisoformat(when.end)
            if first == last == under:
                return f"all day{repeats}"
            days = _date(first) if first == last else f"{_date(first)} to {_date(last)}"
            return f"{days}, all day{repeats}"
        start, end = _local(when.start, zone), _local(when.end, zone)
    except (ValueError, OverflowError):
        return f"{when.start} to {when.end}{repeats}"
    day = "" if start.date() == under else f"{_date(start.date())}, "
    until = _time(end) if end.date() == start.date() else f"{_date(end.date())}, {_time(end)}"
    return f"{day}{_time(start)} to {until}{repeats}"


def _date(day: date) -> str:
    return dates.style().day(day, long=True)


def _time(moment: datetime) -> str:
    return dates.style().time(moment)


def _local(iso: str, zone: str) -> datetime:
    found = datetime.fromisoformat(iso)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(ZoneInfo(zone))


def titles(rows: Sequence[Row], zone: str, width: int) -> str:
    """A list of rows, a line each."""
    lines = []
    for row in rows:
        lines.append(wrapped(", ".join([row.title, *about(row, zone)]), width, indent=4, hanging=6))
    return "\n".join(lines)

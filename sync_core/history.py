"""Runs from the history as JSON and as a table, for other programs and for people who keep books. Values only."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any, Final

from sync_core.intent import Done, Intent, held_after
from sync_core.items import FIELDS, Fields, SideName, Value, fields_to_json, to_json
from sync_core.journal import RunHead, RunRecord
from sync_core.report import Result
from sync_core.sides import Operation

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Written:
    """One field on one side: before the run, as it was written, and after it. None is a value that is not there.

    `sent` says whether the run wrote it.
    """

    name: str
    before: Value
    written: Value
    after: Value
    sent: bool


@dataclass(frozen=True, slots=True)
class SideOfRow:
    """What one row of a run meant for one side. `operation` is None where nothing was to be written.

    `before` and `after` say whether the item was there. After a write that nobody confirmed `after` is what was there.
    """

    side: SideName
    operation: Operation | None
    id_before: str
    id_after: str
    before: bool
    after: bool
    done: bool
    fields: tuple[Written, ...]


def side_of_row(intent: Intent, done: Done | None, side: SideName) -> SideOfRow:
    """What a row of a run meant for a side, field by field in their usual order; blank ones left out."""
    item, after, sent = intent.item(side), _after(intent, done, side), intent.fields(side)
    operation = intent.needs.get(side)
    before = item.fields if item is not None else {}
    now = after if after is not None else {}
    fields = tuple(
        Written(f.name, before.get(f.name), sent.get(f.name), now.get(f.name), f.name in sent)
        for f in FIELDS[intent.kind]
        if any(f.name in values and values[f.name] not in (None, f.blank) for values in (before, sent, now))
    )
    confirmed = done is not None and side in done.ids
    id_before, id_after = intent.old_id(side), (done.ids.get(side, "") if done is not None else "")
    # where a deleted item lies it may have another id, which is of no use to anybody
    id_after = "" if operation is Operation.DELETE and confirmed else id_after or id_before
    return SideOfRow(side, operation, id_before, id_after, item is not None, after is not None, confirmed, fields)


COLUMNS: Final = (
    *("run", "process", "row", "title", "action", "result", "message"),
    *("side", "id before", "id after", "field", "before", "written", "after"),
)
# a spreadsheet takes a text that begins so for a formula
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def head_to_json(head: RunHead) -> dict[str, Any]:
    """A run in one line."""
    return {
        "id": head.id,
        "process": head.kind.value,
        "started": head.started,
        "finished": head.finished or None,
        "user": head.user,
        "salesforce": head.accounts[0],
        "outlook": head.accounts[1],
        "sentence": head.sentence,
        "cancelled": head.cancelled,
        "cut_off": head.settled_later or not head.finished,
        "takes_back": head.takes_back or None,
        "actions": dict(head.actions),
        "results": dict(head.results),
    }


def run_to_json(record: RunRecord) -> dict[str, Any]:
    """A run whole: per row what was there before, what was written, and what became of it."""
    return {
        "format": FORMAT,
        **head_to_json(record.head),
        "rows": [_row(intent, record.done.get(intent.number)) for intent in record.intents],
    }


def _row(intent: Intent, done: Done | None) -> dict[str, Any]:
    return {
        "id": intent.row_id,
        "title": intent.title,
        "action": intent.action.value,
        "result": result_of(done).value,
        "message": done.message if done else "",
        **{side.value: _side(intent, done, side) for side in SideName},
    }


def result_of(done: Done | None) -> Result:
    """What became of a row; of one that was never settled nobody knows."""
    return done.result if done else Result.UNKNOWN


def _side(intent: Intent, done: Done | None, side: SideName) -> dict[str, Any]:
    item = intent.item(side)
    after = _after(intent, done, side)
    return {
        "id_before": intent.old_id(side) or None,
        "id_after": (done.ids.get(side) if done else None) or intent.old_id(side) or None,
        "before": fields_to_json(item.fields) if item else None,
        "written": fields_to_json(intent.fields(side)),
        "after": fields_to_json(after) if after is not None else None,
    }


def _after(intent: Intent, done: Done | None, side: SideName) -> Fields | None:
    """What a side held after the run as far as it is known; None for nothing."""
    item = intent.item(side)
    if done is None or side not in done.ids:
        return item.fields if item else None
    if intent.needs.get(side) is Operation.DELETE:
        return None
    return held_after(intent, side, done.ids, done.after)


def run_to_csv(record: RunRecord) -> str:
    """A run as a table: a line per field that was written, one per item that was deleted, one per row without either.

    What a spreadsheet would take for a formula gets a quote before it.
    """
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for intent in record.intents:
        done = record.done.get(intent.number)
        head = [record.head.id, record.head.kind.value, intent.row_id, intent.title, intent.action.value]
        head += [result_of(done).value, done.message if done else ""]
        lines = [line for side in intent.needs for line in _lines(intent, done, side)]
        for line in lines or [[""] * 7]:
            table.writerow([harmless(cell) for cell in (*head, *line)])
    return out.getvalue()


def _lines(intent: Intent, done: Done | None, side: SideName) -> list[list[Any]]:
    item = intent.item(side)
    before = item.fields if item else {}
    ids = [side.label, intent.old_id(side), done.ids.get(side, "") if done else ""]
    if intent.needs[side] is Operation.DELETE:
        return [[*ids, name, _text(value), "", ""] for name, value in before.items()] or [[*ids, "", "", "", ""]]
    after = _after(intent, done, side) or {}
    return [
        [*ids, name, _text(before.get(name)), _text(value), _text(after.get(name))]
        for name, value in intent.fields(side).items()
    ]


def _text(value: Any) -> str:
    said = to_json(value)
    if isinstance(said, dict):
        return " ".join(f"{name}={part}" for name, part in said.items() if part)
    if isinstance(said, list):
        return ", ".join(str(part) for part in said)
    return "" if said is None else str(said)


def harmless(cell: Any) -> str:
    """A cell of a table that no spreadsheet takes for a formula."""
    words = str(cell)
    return f"'{words}" if words.startswith(_FORMULA) else words

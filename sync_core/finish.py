"""A plan that finishes a run that was cut off: of a plan made anew, the rows that the run had not done. Values only.

Nothing is repeated blindly: the rows are those that both sides ask for now, and they are reviewed like any other. What
a person had chosen is chosen again where it still means the very same writes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from sync_core.intent import Intent
from sync_core.journal import RunRecord
from sync_core.plan import Action, Choice, Plan, Row, effect
from sync_core.report import Result

# what was never sent, and what nobody could tell of. What was refused or skipped has had its turn
_OPEN: Final = (Result.NOT_STARTED, Result.UNKNOWN)


def not_done(record: RunRecord) -> tuple[Intent, ...]:
    """The rows of a run that it had not done when it was cut off."""
    return tuple(i for i in record.intents if i.number not in record.done or record.done[i.number].result in _OPEN)


def finish_plan(record: RunRecord, plan: Plan) -> Plan:
    """Of `plan`, which compares both sides as they are now, the rows that the run had not done."""
    rows = []
    for row in plan.rows:
        intent = next((one for one in not_done(record) if _meant(one, record, row)), None)
        if intent is not None:
            rows.append(_chosen(row, intent))
    held = {row.held for row in rows}
    guards = tuple(guard for guard in plan.guards if guard in held)
    return replace(plan, rows=tuple(rows), guards=guards, in_sync=0, out_of_range=0)


def _meant(intent: Intent, record: RunRecord, row: Row) -> bool:
    """Whether a row is about the items of an intent."""
    if row.id == intent.row_id:
        return True
    done = record.done.get(intent.number)
    ours = _ids((intent.left, intent.right), intent.link_ids, done.ids.values() if done else ())
    return bool(ours & _ids((row.left, row.right), row.link_ids, ()))


def _ids(items: Iterable[object], links: Iterable[str], more: Iterable[str]) -> set[str]:
    return {i for i in (*(getattr(item, "id", "") for item in items), *links, *more) if i}


def _chosen(row: Row, intent: Intent) -> Row:
    """The row with what a person had chosen, where that still writes what the run was to write."""
    if row.undo is not None or intent.action in (Action.NONE, Action.CONFLICT):
        return row
    wanted = (intent.action, intent.to_left, intent.to_right)
    for choice in Choice:
        would = effect(row, choice)
        if (would.action, would.to_left, would.to_right) == wanted:
            return replace(row, choice=choice)
    return row

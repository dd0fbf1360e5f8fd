"""The mass-change guard: what comes in a mass is suspected, not believed, until a person confirms it in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sync_core.items import SideName
from sync_core.plan import NEEDS, Guard, Row, effect
from sync_core.question import Question
from sync_core.sides import Operation

# a run that would touch more than this many rows, and more than this share of the links, is suspected
GUARD_ROWS: Final = 10
GUARD_SHARE: Final = 0.2


def guarded(rows: list[Row], q: Question, in_sync: int) -> tuple[tuple[Guard, ...], list[Row]]:
    """Holds back deletes and changes that come in a mass: suspected, not believed."""
    linked = len(q.links)
    guards: list[Guard] = []
    for side in SideName:
        deletes = [r for r in rows if _acts(r, side, Operation.DELETE)]
        if _is_mass(len(deletes), linked):
            guards.append(Guard(side, Operation.DELETE, len(deletes), linked))
        updates = [r for r in rows if _acts(r, side, Operation.UPDATE) and r.linked]
        if len(updates) > GUARD_ROWS and in_sync == 0 and len(updates) * 10 >= linked * 9:
            guards.append(Guard(side, Operation.UPDATE, len(updates), linked))
    if not guards:
        return (), rows
    held = {(g.side, g.operation): g for g in guards}

    def hold(row: Row) -> Row:
        for key, guard in held.items():
            if row.linked and _acts(row, *key):
                return replace(row, held=guard)
        return row

    return tuple(guards), [hold(row) for row in rows]


def _is_mass(number: int, linked: int) -> bool:
    return number > GUARD_ROWS and number > GUARD_SHARE * linked


def _acts(row: Row, side: SideName, operation: Operation) -> bool:
    action = effect(row).action
    return row.ignored is None and (side, operation) in NEEDS[action]

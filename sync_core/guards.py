"""The mass-change guard: what comes in a mass is suspected, not believed, until a person confirms it in words."""

from __future__ import annotations

from dataclasses import replace

from sync_core.items import SideName
from sync_core.plan import NEEDS, Guard, Row, effect
from sync_core.question import Question, Rules
from sync_core.sides import Operation


def guarded(rows: list[Row], q: Question, in_sync: int) -> tuple[tuple[Guard, ...], list[Row]]:
    """Holds back deletes and changes that come in a mass: suspected, not believed."""
    linked = len(q.links)
    guards: list[Guard] = []
    for side in SideName:
        deletes = sum(_acts(row, side, Operation.DELETE) for row in rows)
        suspicious = (deletes > 1 and _shows_nothing(side.other, q)) or _held_before(rows, side, Operation.DELETE, q)
        if _is_mass(deletes, linked, q.rules) or suspicious:
            guards.append(Guard(side, Operation.DELETE, deletes, linked))
        updates = sum(row.linked and _acts(row, side, Operation.UPDATE) for row in rows)
        # nine of ten changed and not one left as it was: a format, a zone or a filter changed, not so many minds
        mass = updates > q.rules.suspect_rows and in_sync == 0 and updates * 10 >= linked * 9
        if mass or _held_before(rows, side, Operation.UPDATE, q):
            guards.append(Guard(side, Operation.UPDATE, updates, linked))
    if not guards:
        return (), rows
    held = {(g.side, g.operation): g for g in guards}

    def hold(row: Row) -> Row:
        for key, guard in held.items():
            if row.linked and _acts(row, *key):
                return replace(row, held=guard)
        return row

    return tuple(guards), [hold(row) for row in rows]


def _is_mass(number: int, linked: int, rules: Rules) -> bool:
    return number > rules.suspect_rows and number * 100 > rules.suspect_percent * linked


def _held_before(rows: list[Row], side: SideName, operation: Operation, q: Question) -> bool:
    """Whether something of the kind was held back and not confirmed: what a run did besides makes it no likelier."""
    return any(row.link_ids in q.suspected and _acts(row, side, operation) for row in rows)


def _shows_nothing(side: SideName, q: Question) -> bool:
    """Whether a side that had items in the window lists none at all."""
    picture = q.left if side is SideName.SALESFORCE else q.right
    return not picture.reading.items and not picture.reading.unreadable


def _acts(row: Row, side: SideName, operation: Operation) -> bool:
    action = effect(row).action
    return row.ignored is None and (side, operation) in NEEDS[action]

"""A world seen in a mirror: what is left there is right here."""

from __future__ import annotations

from dataclasses import replace

from support.model import Books, ModelSide, World
from sync_core.compare import Baseline
from sync_core.items import FIELDS, Fields, Flow, Item, SideName
from sync_core.plan import Action, Plan, Row

MIRROR = {
    Action.CREATE_IN_OUTLOOK: Action.CREATE_IN_SALESFORCE,
    Action.UPDATE_IN_OUTLOOK: Action.UPDATE_IN_SALESFORCE,
    Action.DELETE_FROM_OUTLOOK: Action.DELETE_FROM_SALESFORCE,
}
MIRROR |= {b: a for a, b in MIRROR.items()}


def seen(world: World, *, swap: bool) -> World:
    """The world without what has no mirror image: with `swap` in a mirror, else as it is.

    Marks live in Outlook only, and some fields travel one way: both would break the symmetry and are left out.
    """
    shared = {f.name for f in FIELDS[world.kind] if f.flow is Flow.BOTH}

    def both_ways(fields: Fields) -> Fields:
        return {name: value for name, value in fields.items() if name in shared}

    def turned(item: Item, name: SideName) -> Item:
        return replace(item, side=name, mark="", fields=both_ways(item.fields))

    def turn(side: ModelSide) -> ModelSide:
        name = side.name.other if swap else side.name
        items = {i: turned(item, name) for i, item in side.items.items()}
        away = {i: (fate, turned(item, name)) for i, (fate, item) in side.away.items()}
        return ModelSide(name, items, kind=world.kind, away=away, limits=side.limits)

    links = {}
    for link in world.books.links_by_id.values():
        ids = (link.right_id, link.left_id) if swap else (link.left_id, link.right_id)
        known = (link.baseline.right, link.baseline.left) if swap else (link.baseline.left, link.baseline.right)
        base = Baseline(both_ways(known[0]), both_ways(known[1]))
        links[ids] = replace(link, left_id=ids[0], right_id=ids[1], baseline=base, mark="")
    prevented = frozenset((s.other if swap else s, o) for s, o in world.rules.prevented)
    left, right = (world.right, world.left) if swap else (world.left, world.right)
    rules = replace(world.rules, prevented=prevented)
    return World(turn(left), turn(right), Books(links), rules, world.kind, world.window)


def shape(plan: Plan, *, swapped: bool) -> list[tuple[object, ...]]:
    """What a plan would do to each pair, as it looks from this side of the mirror."""

    def of(row: Row) -> tuple[object, ...]:
        ids = (row.left.id if row.left else "", row.right.id if row.right else "")
        action = MIRROR.get(row.recommended, row.recommended) if swapped else row.recommended
        return (ids[::-1] if swapped else ids, action, row.state, row.situation)

    return sorted(map(of, plan.rows))

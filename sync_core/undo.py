"""A plan that takes a run back: from what the journal says it did, and what both sides hold now. Values only.

What it made is deleted if nobody has touched it since; what it changed gets its former values in the fields that nobody
has touched since; what it deleted comes back. It is an ordinary plan: reviewed, verified and journalled like any other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from sync_core.blocks import blocks_of
from sync_core.compare import FieldChange, Verdict, unlike
from sync_core.intent import Done, Intent, held_after
from sync_core.items import Item, SideName, Value, spec
from sync_core.journal import RunRecord
from sync_core.pairing import Link
from sync_core.plan import NEEDS, Action, Effect, Plan, Row, Situation, Undo, allowed, remarked, row_id
from sync_core.question import Question
from sync_core.reasons import names
from sync_core.sides import Fate, Operation, Ref, Sighting

NOT_THE_OLD_ONE: Final = (
    "a new record with the fields handsync knows; its relations and files do not come back, "
    "and for 15 days Salesforce's Recycle Bin has the old one whole"
)
"""Only Apex and SOAP undelete; the bin keeps a record for 15 days (Salesforce, Apex Developer Guide, `undelete`)."""


@dataclass(slots=True)
class _Back:
    """What taking back one row comes to, as it is put together."""

    to: dict[SideName, dict[str, Value]] = field(default_factory=dict)
    deletes: set[SideName] = field(default_factory=set)
    restores: dict[SideName, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)


def ids_of(intent: Intent, done: Done) -> dict[SideName, str]:
    """The ids under which the two halves of a row are to be found after the run, where there are any."""
    return {side: item_id for side in SideName if (item_id := done.ids.get(side) or intent.old_id(side))}


def to_look_at(record: RunRecord, rows: Collection[str] | None = None) -> dict[SideName, list[Ref]]:
    """The items to ask both sides for before `undo_plan`. `rows` are ids of rows; all unless given."""
    refs: dict[SideName, list[Ref]] = {side: [] for side in SideName}
    for intent, done in _taken(record, rows):
        for side, item_id in ids_of(intent, done).items():
            # a deleted item is asked for by its old id: under the new one it lies among the deleted ones
            where = intent.old_id(side) if intent.needs.get(side) is Operation.DELETE else item_id
            refs[side].append(Ref(where, intent.mark, held_after(intent, side, done.ids, done.after)))
    return refs


def undo_plan(record: RunRecord, q: Question, rows: Collection[str] | None = None) -> Plan:
    """The plan that takes a run back. `q` holds what both sides answered for `to_look_at`, and the links of now."""
    links = {(side, link.id_on(side)): link for link in q.links for side in SideName}
    made = [_row(intent, done, q, links) for intent, done in _taken(record, rows)]
    made = [replace(row, blocks=blocks_of(row, q)) for row in made]
    made = [remarked(row) for row in made]
    return Plan(
        q.kind,
        q.made_at,
        q.window,
        tuple(made),
        left_account=q.left.description.account,
        right_account=q.right.description.account,
        takes_back=record.head.id,
    )


def _taken(record: RunRecord, rows: Collection[str] | None) -> Iterable[tuple[Intent, Done]]:
    """The rows of a run that wrote something."""
    for intent in record.intents:
        done = record.done.get(intent.number)
        if done is not None and done.ids and (rows is None or intent.row_id in rows):
            yield intent, done


def _row(intent: Intent, done: Done, q: Question, links: Mapping[tuple[SideName, str], Link]) -> Row:
    back = _Back()
    ids = ids_of(intent, done)
    link = next((found for side, i in ids.items() if (found := links.get((side, i))) is not None), None)
    sightings = {side: _sighting(intent, done, side, q) for side in SideName}
    now = {side: s.item if s is not None and s.fate is Fate.HERE else None for side, s in sightings.items()}
    for side, operation in intent.needs.items():
        if side not in done.ids:
            continue
        match operation:
            case Operation.CREATE:
                _unmake(back, intent, done, side, now[side])
            case Operation.UPDATE:
                _put_back(back, intent, done, side, now[side])
            case Operation.DELETE:
                # a pair that memory knows has been made whole since, by an earlier undo or by hand
                _bring_back(back, intent, done, side, sightings[side] if link is None else None)
    link_ids = (link.left_id, link.right_id) if link else ("", "")
    if back.restores and link is None:
        link_ids = intent.link_ids
    left, right = now[SideName.SALESFORCE], now[SideName.OUTLOOK]
    name_ids = link_ids if link_ids != ("", "") else (ids.get(SideName.SALESFORCE, ""), ids.get(SideName.OUTLOOK, ""))
    return Row(
        id=row_id(q.kind, *name_ids),
        kind=q.kind,
        situation=Situation.TAKEN_BACK,
        reason="; ".join(back.said) or "the run did nothing to it that could be taken back",
        left=left,
        right=right,
        baseline=link.baseline if link else intent.baseline,
        changes=_changes(back, left, right),
        link_ids=link_ids,
        mark=(link.mark if link else "") or intent.mark,
        undo=Undo(_effect(back), next(iter(back.restores.values()), "")),
    )


def _sighting(intent: Intent, done: Done, side: SideName, q: Question) -> Sighting | None:
    deleted = intent.needs.get(side) is Operation.DELETE
    item_id = intent.old_id(side) if deleted else ids_of(intent, done).get(side, "")
    picture = q.left if side is SideName.SALESFORCE else q.right
    return picture.sightings.get(item_id) if item_id else None


def _unmake(back: _Back, intent: Intent, done: Done, side: SideName, item: Item | None) -> None:
    if item is None:
        back.said.append(f"it is no longer there in {side.label}")
        return
    touched = unlike(held_after(intent, side, done.ids, done.after), item.fields)
    if touched:
        back.said.append(f"somebody changed {names(intent.kind, touched)} in {side.label} since: it stays")
        return
    back.deletes.add(side)
    back.said.append(f"the run made it in {side.label}, and nobody has touched it since")


def _put_back(back: _Back, intent: Intent, done: Done, side: SideName, item: Item | None) -> None:
    before = intent.item(side)
    if item is None or before is None:
        back.said.append(f"it is no longer there in {side.label}")
        return
    after = held_after(intent, side, done.ids, done.after)
    written = [name for name in intent.fields(side) if name in before.fields]
    touched = unlike({name: after[name] for name in written}, item.fields)
    former = {
        name: before.fields[name]
        for name in written
        if name not in touched and name in item.fields and item.fields[name] != before.fields[name]
    }
    if former:
        back.to[side] = former
        back.said.append(f"{names(intent.kind, list(former))} in {side.label} as before the run")
    if touched:
        back.said.append(f"somebody changed {names(intent.kind, touched)} in {side.label} since: that stays")
    if not former and not touched:
        back.said.append(f"{side.label} holds what it held before the run")


def _bring_back(back: _Back, intent: Intent, done: Done, side: SideName, sighting: Sighting | None) -> None:
    before = intent.item(side)
    if before is None:
        return
    if sighting is None or sighting.fate not in (Fate.DELETED, Fate.MISSING):
        back.said.append(f"it is there again in {side.label}")
        return
    back.restores[side] = done.ids[side] or before.id
    held = {**before.fields, **done.last.get(side, {})}
    back.to[side] = {n: v for n, v in held.items() if spec(intent.kind, n).flow.allows(side)}
    back.said.append(f"the run deleted it from {side.label}")
    if side is SideName.SALESFORCE:
        back.said.append(NOT_THE_OLD_ONE)


def _effect(back: _Back) -> Effect:
    to_left, to_right = back.to.get(SideName.SALESFORCE, {}), back.to.get(SideName.OUTLOOK, {})
    if SideName.SALESFORCE in back.deletes:
        return Effect(Action.DELETE_FROM_SALESFORCE)
    if SideName.OUTLOOK in back.deletes:
        return Effect(Action.DELETE_FROM_OUTLOOK)
    if SideName.SALESFORCE in back.restores:
        return Effect(Action.CREATE_IN_SALESFORCE, to_left)
    if SideName.OUTLOOK in back.restores:
        return Effect(Action.CREATE_IN_OUTLOOK, to_right=to_right)
    if to_left and to_right:
        return Effect(Action.MERGE, to_left, to_right)
    if to_left:
        return Effect(Action.UPDATE_IN_SALESFORCE, to_left)
    return Effect(Action.UPDATE_IN_OUTLOOK, to_right=to_right) if to_right else Effect(Action.NONE)


def _changes(back: _Back, left: Item | None, right: Item | None) -> tuple[FieldChange, ...]:
    """What would change, for the person who reviews it: before the run, and as it is now on both sides."""
    if left is None or right is None:
        return ()
    changes = []
    for side, verdict in ((SideName.SALESFORCE, Verdict.RIGHT), (SideName.OUTLOOK, Verdict.LEFT)):
        for name, value in back.to.get(side, {}).items():
            changes.append(FieldChange(name, verdict, value, left.fields.get(name), right.fields.get(name)))
    return tuple(changes)


def takes_back_anything(plan: Plan) -> bool:
    """Whether a run of this plan would do anything."""
    return any(NEEDS[row.action] for row in plan.rows)


def comes_back(row: Row, side: SideName) -> Item | None:
    """The deleted item that a row brings back on a side, with what it will hold; None where it brings back none."""
    if row.undo is None or not row.undo.restores or row.item(side) is not None:
        return None
    effect = allowed(row).effect
    fields = effect.to_left if side is SideName.SALESFORCE else effect.to_right
    return Item(row.kind, side, row.undo.restores, "", fields, row.mark) if fields else None

"""What may not happen to a row, and why: prevented operations, private items, locks, permissions, limits.

All of it is taken away after it was recommended: the row stays, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from sync_core import dates, series, singles, text
from sync_core.items import FIELDS, Fields, FieldType, Item, SideName, When, spec
from sync_core.plan import Row
from sync_core.question import Question
from sync_core.sides import Description, Operation
from sync_core.span import days_of, is_day, is_instant, senseless

Blocks = Mapping[tuple[SideName, Operation], str]


def blocks_of(row: Row, q: Question) -> Blocks:
    """Every reason why an operation may not happen to this row."""
    blocks: dict[tuple[SideName, Operation], str] = {}

    def block(side: SideName, operations: Iterable[Operation], why: str) -> None:
        for op in operations:
            blocks.setdefault((side, op), why)

    if not q.rules.private and (who := _private_in(row)):
        for side in SideName:
            block(side, Operation, f"private in {who}, and private items stay out (Configure)")
    for side, picture in ((SideName.SALESFORCE, q.left), (SideName.OUTLOOK, q.right)):
        item, other = row.item(side), row.item(side.other)
        for source in (item, other):
            if source is not None and source.series and source.locked:
                # not even copied: what its own side will not let us change would drift apart
                block(side, Operation, source.locked)
        for op in Operation:
            if (side, op) in q.rules.prevented:
                block(side, [op], f"{_DOING[op]} in {side.label} is prevented (Configure)")
            if op in picture.description.refused:
                block(side, [op], picture.description.refused[op])
        if q.fresh and row.linked:
            block(side, [Operation.DELETE], "the first sync with a new memory deletes nothing; the next one offers it")
        if item is not None and (why := item.locked or item.kept):
            block(side, (Operation.UPDATE, Operation.DELETE), why)
        for key, why in limits_of(row, side, picture.description).items():
            block(key[0], [key[1]], why)
    return blocks


def limits_of(row: Row, side: SideName, description: Description) -> Blocks:
    """What a side cannot hold of a row, whatever is permitted and whatever a person decides."""
    blocks: dict[tuple[SideName, Operation], str] = {}
    item = row.item(side)
    if item is not None and item.part_of and (why := _one_occurrence(row, side, description)):
        blocks[side, Operation.UPDATE] = why
    if why := _too_much(row, side, description):
        # of a row that becomes a pair, what it could not be made of says nothing
        blocks.setdefault((side, Operation.CREATE if item is None else Operation.UPDATE), why)
    return blocks


def _one_occurrence(row: Row, side: SideName, description: Description) -> str:
    """Why what comes from across cannot be written to one occurrence of a series; "" when it can."""
    coming = [c.name for c in row.changes if c.comes_from(side.other)]
    if (why := description.limits.no_changed_occurrences) is not None and coming:
        return f"one occurrence of a series: {side.label} cannot change it without the others{why}"
    if foreign := [spec(row.kind, name).label for name in coming if name not in (*series.OWN_FIELDS, "when")]:
        return f"one occurrence of a series has its {' and '.join(foreign)} from the series"
    source, item = row.item(side.other), row.item(side)
    if "when" not in coming or not description.limits.keeps_order or source is None or item is None:
        return ""
    parts, to = singles.parts_of(item.id), source.when
    if parts is None or to is None or item.whole is None or senseless(to):
        return ""
    if series.may_not_move(parts[1], to, item.whole):
        return f"one occurrence of a series: {side.label} lets none be moved onto or past another one of it"
    return ""


_DOING: Final = {Operation.CREATE: "creating", Operation.UPDATE: "updating", Operation.DELETE: "deleting"}


def _private_in(row: Row) -> str:
    for item in (row.left, row.right):
        if item is not None and (item.private or item.fields.get("private") is True):
            return item.side.label
    return ""


def _too_much(row: Row, side: SideName, description: Description) -> str:
    """What `side` cannot hold of the other side's values: said before the run, never cut off."""
    source = row.item(side.other)
    if source is None:
        return ""
    target = row.item(side)
    wanted: Fields = source.fields
    if target is not None:
        # what travels the other way is not written here
        coming = {c.name for c in row.changes if c.comes_from(side.other)}
        wanted = {name: value for name, value in source.fields.items() if name in coming}
        for name in wanted:
            if name in description.unwritable:
                return f"{spec(row.kind, name).label} is {description.unwritable[name]}"
    limits = description.limits
    for name, most in limits.lengths.items():
        value = wanted.get(name)
        if isinstance(value, str) and len(value) > most:
            return f"{spec(row.kind, name).label} has {len(value):,} characters, {side.label} holds {most:,}"
    if why := _senseless(row, wanted) or _before_start(target, wanted):
        return why
    when = wanted.get("when")
    if isinstance(when, When) and limits.longest_days is not None and (days := days_of(when)) > limits.longest_days:
        because = f": {limits.longest_because}" if limits.longest_because else ""
        return f"it lasts {days} days, {side.label} holds events of up to {limits.longest_days}{because}"
    if wanted.get("private") is True and target is not None and target.people and not limits.private_relations:
        people = text.shorten(text.plain(", ".join(target.people)), 60)
        return f"{side.label} keeps no private event that is related to somebody ({people}): take that off there first"
    if _repeats(source) or _repeats(target):
        if target is None:
            why = series.cannot_create(side, source.fields, limits)
        else:
            why = series.cannot_update(side, target.fields, wanted, limits)
        if why:
            return why
    if not wanted:
        return ""
    if target is None:
        return limits.refuses(wanted) or limits.refuses_new(wanted)
    return limits.refuses({**target.fields, **wanted})


def _repeats(item: Item | None) -> bool:
    return item is not None and (item.series or (item.when is not None and bool(item.when.recurrence)))


def _senseless(row: Row, wanted: Fields) -> str:
    """Why a time or a day in these fields is none, whatever side it would go to; "" when all are."""
    for f in FIELDS[row.kind]:
        value = wanted.get(f.name)
        if isinstance(value, When):
            if why := senseless(value):
                return why
        elif isinstance(value, str) and f.type in (FieldType.DATE, FieldType.MOMENT):
            known = is_day(value) if f.type is FieldType.DATE else is_instant(value)
            if not known:
                return f"{f.label} cannot be understood"
    return ""


def _before_start(target: Item | None, wanted: Fields) -> str:
    """Why a due date that comes from across cannot be: before the start date, which only the target's side has."""
    due = wanted.get("due")
    if target is None or not target.starts or not isinstance(due, str) or due >= target.starts:
        return ""
    day, start = (dates.style().day(date.fromisoformat(one)) for one in (due, target.starts))
    where = target.side.label
    return f"due {day} is before the start date {start}, which only {where} has; change that one there first"

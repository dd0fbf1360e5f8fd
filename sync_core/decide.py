"""The decision table: from what both sides show to a plan. Values in, values out: no clock, no I/O.

What is prevented, private, locked or too long is taken away after it was recommended: the row stays, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from sync_core import reasons
from sync_core.compare import NO_BASELINE, Baseline, FieldChange, Verdict, compare
from sync_core.items import FIELDS, Fields, Item, Kind, SideName, When, spec
from sync_core.pairing import Link, Pair, marked_for, pair
from sync_core.plan import (
    NEEDS,
    Guard,
    Ignore,
    IgnoreMode,
    Plan,
    Row,
    Situation,
    effect,
    row_id,
)
from sync_core.sides import Description, Fate, Operation, Reading, Ref, Sighting, Window

# a run that would touch more than this many rows, and more than this share of the links, is suspected
GUARD_ROWS: Final = 10
GUARD_SHARE: Final = 0.2

Blocks = Mapping[tuple[SideName, Operation], str]


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is known of one side: what it listed, and what it answered when asked for single items."""

    description: Description
    reading: Reading
    sightings: Mapping[str, Sighting] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a job allows, whatever else is set."""

    private: bool = False
    prevented: frozenset[tuple[SideName, Operation]] = frozenset()


@dataclass(frozen=True, slots=True)
class Question:
    """Everything a plan is made of."""

    kind: Kind
    window: Window
    made_at: str
    left: Picture
    right: Picture
    links: Sequence[Link]
    ignores: Mapping[str, Ignore] = field(default_factory=dict)
    rules: Rules = field(default_factory=Rules)


def inside(when: When, window: Window) -> bool:
    """Whether an event touches the window. A series does when it has not ended before it, as far as anybody knows."""
    if when.all_day:
        try:
            first, last = date.fromisoformat(when.start), date.fromisoformat(when.end)
        except ValueError:
            return False
        return first <= window.last and (last >= window.first or bool(when.recurrence))
    start, end = _instant(when.start), _instant(when.end)
    if start is None or end is None:
        return False
    return start < window.end and (end > window.start or start >= window.start or bool(when.recurrence))


def _instant(iso: str) -> datetime | None:
    try:
        value = datetime.fromisoformat(iso)
    except ValueError:
        return None
    return value if value.tzinfo is not None else None


def unseen(links: Iterable[Link], left: Reading, right: Reading, window: Window) -> tuple[list[Ref], list[Ref]]:
    """The linked items to ask for by id: those a side did not list though they may matter.

    A link whose both halves are unlisted, and were outside the window when they were last synced, is not asked for:
    every past year would otherwise be read again with each sync.
    """
    seen_left, seen_right = {i.id for i in left.items}, {i.id for i in right.items}
    marks = {i.mark for i in right.items if i.mark}
    ask_left: list[Ref] = []
    ask_right: list[Ref] = []
    for link in links:
        here, there = link.left_id in seen_left, link.right_id in seen_right or (bool(link.mark) and link.mark in marks)
        if (here and there) or (not here and not there and _was_outside(link, window)):
            continue
        if not here:
            ask_left.append(Ref(link.left_id))
        if not there:
            ask_right.append(Ref(link.right_id, link.mark))
    return ask_left, ask_right


def _was_outside(link: Link, window: Window) -> bool:
    # the zone of an all-day event and daylight saving may shift an edge by a day: inside means a day more on both ends
    wide = Window(window.first - timedelta(days=1), window.last + timedelta(days=1), window.zone)
    for fields in (link.baseline.left, link.baseline.right):
        when = fields.get("when")
        if not isinstance(when, When) or inside(when, wide):
            return False
    return True


def make_plan(q: Question) -> Plan:
    """The plan that follows from what both sides show. The same answer for the same question, in whatever order."""
    left, right = _present(q.left, q.window), _present(q.right, q.window)
    pairs = pair(left, right, q.links)
    first = not q.links
    rows: list[Row] = []
    in_sync = silent = 0
    for p in pairs:
        if p.link is not None and p.left is None and p.right is None and _silent(p.link, q):
            silent += 1
            continue
        row = _row(p, q, first=first)
        if row is None:
            in_sync += 1
        else:
            rows.append(row)
    rows += list(_unreadable_rows(q, rows))
    rows = [_with_ignore(replace(row, blocks=_blocks(row, q)), q.ignores) for row in rows]
    guards, rows = _guarded(rows, q, in_sync)
    rows.sort(key=_order)
    return Plan(
        q.kind,
        q.made_at,
        q.window,
        tuple(rows),
        in_sync,
        silent,
        q.left.description.account,
        q.right.description.account,
        guards,
    )


def _present(picture: Picture, window: Window) -> list[Item]:
    """The items of a side: those it listed, and those it had not listed but that turned out to be in the window."""
    items = {item.id: item for item in picture.reading.items}
    for sighting in picture.sightings.values():
        item = sighting.item
        if sighting.fate is Fate.HERE and item is not None and item.when is not None and inside(item.when, window):
            items.setdefault(item.id, item)
    return list(items.values())


def _silent(link: Link, q: Question) -> bool:
    asked = link.left_id in q.left.sightings or link.right_id in q.right.sightings
    return not asked and _was_outside(link, q.window)


def _row(p: Pair, q: Question, *, first: bool) -> Row | None:
    """The row of one pair, or None when both halves are in step."""
    if p.rivals:
        return _make(p, q, Situation.AMBIGUOUS, reasons.rivals(p.left or p.right, p.rivals))
    if p.left is not None and p.right is not None:
        return _pair_row(p, q, p.left, p.right)
    if p.link is not None:
        return _half_row(p, q, p.link)
    item = p.left or p.right
    assert item is not None, "a pair has a half"
    if item.side is SideName.OUTLOOK and marked_for(item.mark):
        why = "which one? it carries our mark, but the item it was made from is not here"
        return _make(p, q, Situation.AMBIGUOUS, why)
    return _make(p, q, Situation.NEW, reasons.new(item, first=first))


def _pair_row(p: Pair, q: Question, left: Item, right: Item) -> Row | None:
    baseline = p.link.baseline if p.link else NO_BASELINE
    changes = compare(q.kind, baseline, left.fields, right.fields)
    moved = {c.verdict for c in changes}
    if p.link is None:
        equal = moved <= {Verdict.SAME}
        why = reasons.twins(q.kind, changes, by_mark=bool(marked_for(right.mark)))
        return _make(p, q, Situation.TWIN_EQUAL if equal else Situation.TWIN_DIFFERENT, why, changes)
    if not changes:
        if not p.came_back:
            return None
        why = "moved in Outlook and found again: the link follows, nothing is written"
        return _make(p, q, Situation.SAME_CHANGE, why)
    if moved == {Verdict.SAME}:
        fields = reasons.names(q.kind, [c.name for c in changes])
        return _make(p, q, Situation.SAME_CHANGE, f"{fields} changed alike on both sides: nothing is written", changes)
    if Verdict.BOTH in moved:
        situation = Situation.CONFLICT
    elif {Verdict.LEFT, Verdict.RIGHT} <= moved:
        situation = Situation.CHANGED_BOTH
    else:
        situation = Situation.CHANGED
    return _make(p, q, situation, reasons.changed(q.kind, changes, p.link), changes)


def _half_row(p: Pair, q: Question, link: Link) -> Row:
    """A linked pair of which at least one half is not in sight."""
    missing = [s for s, item in ((SideName.SALESFORCE, p.left), (SideName.OUTLOOK, p.right)) if item is None]
    fates = {side: _fate(side, link, q) for side in missing}
    for side, sighting in fates.items():
        if sighting is not None and sighting.fate is Fate.UNREADABLE:
            return _make(p, q, Situation.UNREADABLE, reasons.away(side, sighting))
        if sighting is None or sighting.fate is not Fate.DELETED:
            return _make(p, q, Situation.OUT_OF_RANGE, reasons.away(side, sighting))
    if len(missing) == 2:
        return _make(p, q, Situation.GONE_BOTH, f"deleted on both sides {reasons.since(link)}: the link is forgotten")
    item = p.left or p.right
    assert item is not None, "one half is in sight"
    mine = link.baseline.left if item.side is SideName.SALESFORCE else link.baseline.right
    changed = _moved_fields(q.kind, item, mine)
    situation = Situation.GONE_CHANGED if changed else Situation.GONE
    return _make(p, q, situation, reasons.gone(missing[0], link, changed, q.kind))


def _fate(side: SideName, link: Link, q: Question) -> Sighting | None:
    """What is proven about a half that was not listed. None when nothing is."""
    picture = q.left if side is SideName.SALESFORCE else q.right
    sighting = picture.sightings.get(link.left_id if side is SideName.SALESFORCE else link.right_id)
    if sighting is not None and sighting.fate is Fate.DELETED and not picture.reading.complete:
        return None
    return sighting


def _moved_fields(kind: Kind, item: Item, baseline: Fields) -> list[str]:
    return [
        f.name
        for f in FIELDS[kind]
        if f.name in item.fields and (f.name not in baseline or item.fields[f.name] != baseline[f.name])
    ]


def _make(p: Pair, q: Question, situation: Situation, why: str, changes: tuple[FieldChange, ...] = ()) -> Row:
    link = p.link
    left_id = link.left_id if link else p.left.id if p.left else ""
    right_id = link.right_id if link else p.right.id if p.right else ""
    return Row(
        id=row_id(q.kind, left_id, right_id),
        kind=q.kind,
        situation=situation,
        reason=why,
        left=p.left,
        right=p.right,
        baseline=link.baseline if link else Baseline({}, {}),
        changes=changes,
        link_ids=(link.left_id, link.right_id) if link else ("", ""),
        # a copy carries the mark of what it was copied from: that mark is not its own
        mark="" if p.rivals else (link.mark if link else "") or (p.right.mark if p.right else ""),
    )


def _unreadable_rows(q: Question, rows: Sequence[Row]) -> Iterable[Row]:
    """A row for each item that a side could not make sense of, unless a linked row tells of it already."""
    known = {i for row in rows for i in row.link_ids if i}
    for side, picture in ((SideName.SALESFORCE, q.left), (SideName.OUTLOOK, q.right)):
        for what in picture.reading.unreadable:
            if what.id in known:
                continue
            left = side is SideName.SALESFORCE
            title = Baseline({"subject": what.title}, {}) if left else Baseline({}, {"subject": what.title})
            name = row_id(q.kind, what.id if left else "", "" if left else what.id)
            yield Row(name, q.kind, Situation.UNREADABLE, reasons.unreadable(side, what), None, None, title)


def _blocks(row: Row, q: Question) -> Blocks:
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
            if source is not None and source.series:
                block(side, Operation, source.locked or "a recurring series")
        for op in Operation:
            if (side, op) in q.rules.prevented:
                block(side, [op], f"{_DOING[op]} in {side.label} is prevented (Configure)")
            if op in picture.description.refused:
                block(side, [op], picture.description.refused[op])
        if item is not None and item.locked:
            block(side, (Operation.UPDATE, Operation.DELETE), item.locked)
        if why := _too_much(row, side, picture.description):
            block(side, (Operation.CREATE, Operation.UPDATE), why)
    return blocks


_DOING: Final = {Operation.CREATE: "creating", Operation.UPDATE: "updating", Operation.DELETE: "deleting"}


def _private_in(row: Row) -> str:
    for item in (row.left, row.right):
        if item is not None and item.fields.get("private") is True:
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
        wanted = {c.name: source.fields[c.name] for c in row.changes if c.name in source.fields}
    limits = description.limits
    if target is not None:
        for name in wanted:
            if name in description.unwritable and _comes_from(row, name, side.other):
                return f"{spec(row.kind, name).label} is {description.unwritable[name]}"
    for name, most in limits.lengths.items():
        value = wanted.get(name)
        if isinstance(value, str) and len(value) > most:
            return f"{spec(row.kind, name).label} has {len(value):,} characters, {side.label} holds {most:,}"
    when = wanted.get("when")
    if isinstance(when, When) and limits.longest_days is not None and (days := days_of(when)) > limits.longest_days:
        return f"it lasts {days} days, {side.label} holds events of up to {limits.longest_days}"
    return limits.refuses({**(target.fields if target else {}), **wanted}) if wanted else ""


def _comes_from(row: Row, name: str, side: SideName) -> bool:
    """Whether `side` is where a field was changed, or may have been."""
    mine = Verdict.LEFT if side is SideName.SALESFORCE else Verdict.RIGHT
    return any(c.name == name and c.verdict in (mine, Verdict.BOTH) for c in row.changes)


def days_of(when: When) -> int:
    """How many days an event takes, begun ones counted; 0 when its times cannot be read."""
    if when.all_day:
        try:
            return (date.fromisoformat(when.end) - date.fromisoformat(when.start)).days + 1
        except ValueError:
            return 0
    start, end = _instant(when.start), _instant(when.end)
    return 0 if start is None or end is None else max(1, -((start - end) // timedelta(days=1)))


def _with_ignore(row: Row, ignores: Mapping[str, Ignore]) -> Row:
    """A person's earlier "no", as long as it holds."""
    ignore = ignores.get(row.id)
    if ignore is None:
        return row
    left = row.left.digest if row.left else ""
    right = row.right.digest if row.right else ""
    if ignore.mode is IgnoreMode.ONCE and (left, right) != (ignore.left_digest, ignore.right_digest):
        moved = [SideName.SALESFORCE.label] if left != ignore.left_digest else []
        moved += [SideName.OUTLOOK.label] if right != ignore.right_digest else []
        return replace(row, reason=f"{row.reason} (was ignored until now: it changed in {' and '.join(moved)})")
    return replace(row, ignored=ignore)


def _guarded(rows: list[Row], q: Question, in_sync: int) -> tuple[tuple[Guard, ...], list[Row]]:
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


def _order(row: Row) -> tuple[str, str, str]:
    """Rows in the order of the calendar, whatever the sides listed first."""
    when = next((i.when for i in (row.left, row.right) if i is not None and i.when is not None), None)
    if when is None:
        base = row.baseline.left.get("when") or row.baseline.right.get("when")
        when = base if isinstance(base, When) else None
    return (when.start if when else "9999", row.title.casefold(), row.id)

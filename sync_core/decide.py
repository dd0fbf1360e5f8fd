"""The decision table: from what both sides show to a plan. Values in, values out: no clock, no I/O.

What is prevented, private, locked or too long is taken away after it was recommended: the row stays, with the reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from sync_core import reasons
from sync_core.blocks import blocks_of
from sync_core.compare import NO_BASELINE, Baseline, FieldChange, Verdict, alike, compare
from sync_core.following import followed
from sync_core.guards import guarded
from sync_core.ignores import said_no
from sync_core.items import FIELDS, Fields, Flow, Item, Kind, SideName, When, spec
from sync_core.keys import addresses, folded
from sync_core.offers import offered
from sync_core.pairing import Link, Pair, marked_for, pair
from sync_core.plan import Plan, Row, Situation, remarked, row_id, saying
from sync_core.question import Picture, Question
from sync_core.relating import related
from sync_core.sides import Fate, Operation, Reading, Ref, Sighting, Window
from sync_core.span import days_of, in_window
from sync_core.telling import LIKE_ANOTHER, told_apart


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
        here, there = link.left_id in seen_left, link.right_id in seen_right
        # its mark may be on the item under a new id, or on a copy: only the old id can tell
        marked = bool(link.mark) and link.mark in marks
        if (here and there) or (not here and not there and not marked and _was_outside(link, window)):
            continue
        if not here:
            ask_left.append(Ref(link.left_id, known=link.baseline.left))
        if not there:
            ask_right.append(Ref(link.right_id, link.mark, link.baseline.right))
    return ask_left, ask_right


def _was_outside(link: Link, window: Window) -> bool:
    # the zone of an all-day event and daylight saving may shift an edge by a day: inside means a day more on both ends
    wide = Window(window.first - timedelta(days=1), window.last + timedelta(days=1), window.zone)
    known = (link.baseline.left, link.baseline.right)
    return all(in_window(link.kind, fields, wide) is False for fields in known)


def make_plan(q: Question) -> Plan:
    """The plan that follows from what both sides show. The same answer for the same question, in whatever order."""
    left, right = _present(q.left, q.window), _present(q.right, q.window)
    pairs = pair(q.kind, left, right, q.links, _gone(q), _elsewhere(q), _named(q, left, right), _renamed(q))
    first = not q.links
    told, no = _told(pairs, q.window.zone), said_no(q.kind, q.ignores)
    rows: list[Row] = []
    in_sync = silent = 0
    for p in pairs:
        if p.left is None and p.right is None and p.link is not None and _silent(p.link, q):
            silent += 1
            continue
        row = _row(p, q, told, first=first)
        if row is None:
            in_sync += 1
            if no.by_row and p.link is not None:
                no.in_step(p.link)
        else:
            rows.append(row)
    rows += list(_unreadable_rows(q, rows))
    said = _remarks(q)

    def finished(row: Row, ones: Sequence[Item] = ()) -> Row:
        row = replace(row, blocks=blocks_of(row, q), remarks=said)
        return remarked(related(_left_out(_doubted(followed(row, q, ones), q), q), q.people or {}))

    def rows_of(some: Sequence[Pair], ones: Sequence[Item]) -> list[Row]:
        made = [finished(row, ones) for p in some if (row := _row(p, q, {}, first=first)) is not None]
        return sorted(made, key=_order)

    rows = offered([finished(row) for row in rows], q, rows_of)
    rows = [no.on(row) for row in rows] if no.by_row else rows
    guards, rows = guarded(rows, q, in_sync)
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
        notes=(q.lost,) if q.lost else (),
        no_longer_ignored=frozenset(no.ended),
        descriptions={SideName.SALESFORCE: q.left.description, SideName.OUTLOOK: q.right.description},
    )


def _present(picture: Picture, window: Window) -> list[Item]:
    """The items of a side: those it listed, and those it had not listed but that turned out to be in the window."""
    found = {
        sighting.item.id: sighting.item
        for sighting in picture.sightings.values()
        if sighting.fate is Fate.HERE
        and sighting.item is not None
        and in_window(sighting.item.kind, sighting.item.fields, window)
    }
    # what was listed comes last: where an item is in both, that is the one that counts
    return [*found.values(), *picture.reading.items]


def _named(q: Question, left: Iterable[Item], right: Iterable[Item]) -> dict[tuple[str, str], tuple[Item, Item]]:
    """The pairs that a side named as the same, as far as both items are known, wherever they are."""
    if not q.named:
        return {}
    known = {item_id: s.item for item_id, s in q.left.sightings.items() if s.item is not None}
    known |= {item.id: item for item in (*left, *right)}
    return {(one, other): (known[one], known[other]) for one, other in q.named if one in known and other in known}


def _gone(q: Question) -> frozenset[str]:
    """The ids that a side, asked for them, answered not to have any more."""
    sightings = (*q.left.sightings.items(), *q.right.sightings.items())
    return frozenset(item_id for item_id, sighting in sightings if sighting.fate is Fate.DELETED)


def _renamed(q: Question) -> dict[str, str]:
    """The ids under which Salesforce has what goes by another id by now."""
    here = ((i, s.item.id) for i, s in q.left.sightings.items() if s.fate is Fate.HERE and s.item is not None)
    return {item_id: now for item_id, now in here if item_id != now}


def _elsewhere(q: Question) -> frozenset[str]:
    """The ids under which Outlook still has an item, though it did not list it."""
    if not q.right.sightings:
        return frozenset()
    marks = Counter(item.mark for item in q.right.reading.items)
    # asked for an id that is no more, a side cannot say which of several items with the mark took its place
    doubtful = {link.right_id for link in q.links if marks[link.mark] > 1}
    return frozenset(
        item_id
        for item_id, sighting in q.right.sightings.items()
        if sighting.fate is not Fate.DELETED
        and (item_id not in doubtful if sighting.item is None else sighting.item.id == item_id)
    )


def _silent(link: Link, q: Question) -> bool:
    asked = link.left_id in q.left.sightings or link.right_id in q.right.sightings
    return not asked and _was_outside(link, q.window)


def _told(pairs: Sequence[Pair], zone: str) -> dict[str, str]:
    """What tells items that are asked about from others of their side and name that could be the same thing, by id."""
    groups: dict[tuple[str, ...], list[Item]] = {}
    for p in pairs:
        item = (p.left or p.right) if p.rivals else None
        if item is not None and any(one.side is not item.side for one in p.rivals):
            across = sorted(one.id for one in p.rivals if one.side is not item.side)
            groups.setdefault((item.side, item.title, *across), []).append(item)
    found: dict[str, str] = {}
    for group in groups.values():
        if len(group) > 1:
            facts = told_apart(group, zone)
            found |= {item.id: fact or LIKE_ANOTHER for item, fact in zip(group, facts, strict=True)}
    return found


def _row(p: Pair, q: Question, told: Mapping[str, str], *, first: bool) -> Row | None:
    """The row of one pair, or None when both halves are in step. `told` is what `_told` gives."""
    zone, half = q.window.zone, p.left or p.right
    this = told.get(half.id, "") if half is not None else ""
    if p.named:
        return _make(p, q, Situation.LIKELY, reasons.named(p.left or p.right, p.rivals[0], q.left.reading))
    if p.tied:
        return _make(p, q, Situation.AMBIGUOUS, reasons.tied(half, p.rivals, p.likeness, zone, this))
    if p.likeness:
        return _make(p, q, Situation.LIKELY, reasons.likely(p.left or p.right, p.rivals[0], p.likeness))
    if p.taken:
        # there is nobody to pick: who it could be has a place
        return _make(p._replace(rivals=()), q, Situation.AMBIGUOUS, reasons.taken(p.rivals))
    if p.rivals:
        return _make(p, q, Situation.AMBIGUOUS, reasons.rivals(half, p.rivals, zone, this))
    if p.left is not None and p.right is not None:
        return _pair_row(p, q, p.left, p.right)
    if p.link is not None:
        return _half_row(p, q, p.link)
    item = p.left or p.right
    assert item is not None, "a pair has a half"
    if item.side is SideName.OUTLOOK and marked_for(item.mark):
        why = "which one? it carries our mark, as copies in Outlook do, and nothing here is what it was made from"
        return _make(p, q, Situation.AMBIGUOUS, why)
    across = (q.left if item.side is SideName.OUTLOOK else q.right).reading.remains
    if item.series and any(_began(item) == _began(past) for past in across):
        # made again it would have its past twice
        return _make(p, q, Situation.FORGOTTEN, reasons.remained(item))
    if (q.fresh and q.lost) or item.id in q.doubtful:
        # its other half may be there, and changed beyond recognition: made again it would be a twin
        return _make(p, q, Situation.FORGOTTEN, reasons.forgotten(item))
    return _make(p, q, Situation.NEW, reasons.new(item, first=first))


def _began(item: Item) -> tuple[str, str]:
    return folded(item, "subject"), item.when.start if item.when is not None else ""


def _pair_row(p: Pair, q: Question, left: Item, right: Item) -> Row | None:
    baseline = p.link.baseline if p.link else NO_BASELINE
    changes = compare(q.kind, baseline, _with_spent(left, right, baseline), _with_spent(right, left, baseline))
    if p.link is not None and not changes and not p.came_back:
        why = reasons.untold(left, right, baseline)
        return _make(p, q, Situation.UNREADABLE, why) if why else None
    moved = {c.verdict for c in changes}
    if p.link is None:
        equal = moved <= {Verdict.SAME}
        by_address = left.fields.get("email") != right.fields.get("email") and bool(addresses(left) & addresses(right))
        by_address = by_address and bool(left.addresses or right.addresses)
        why = reasons.twins(q.kind, changes, by_mark=marked_for(right.mark) == left.id, by_address=by_address)
        return _make(p, q, Situation.TWIN_EQUAL if equal else Situation.TWIN_DIFFERENT, why, changes)
    if not changes:
        why = "moved, and found again under another id: the link follows, nothing is written"
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


def _with_spent(item: Item, other: Item, baseline: Baseline) -> Fields:
    """The fields of an item, with what ran out as it was agreed on where the other side has a new one by now.

    A reminder that has fired is nobody's change; a later one that somebody sets across is to be brought over.
    """
    if not item.spent:
        return item.fields
    agreed = baseline.on(item.side)
    again = {
        name: value
        for name, value in item.spent.items()
        if agreed.get(name) == value and other.fields.get(name) not in (None, value)
    }
    return {**item.fields, **again}


def _half_row(p: Pair, q: Question, link: Link) -> Row:
    """A linked pair of which at least one half is not in sight."""
    missing = [s for s, item in ((SideName.SALESFORCE, p.left), (SideName.OUTLOOK, p.right)) if item is None]
    fates = {side: _fate(side, link, q) for side in missing}
    for side, sighting in fates.items():
        if sighting is not None and sighting.fate is Fate.UNREADABLE:
            return _make(p, q, Situation.UNREADABLE, reasons.away(side, sighting))
    for side, sighting in fates.items():
        if sighting is not None and sighting.fate is Fate.MISSING and len(missing) == 1:
            return _make(p, q, Situation.GONE_CHANGED, reasons.missing(side, link))
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
    if sighting is not None and sighting.fate in (Fate.DELETED, Fate.MISSING) and not picture.reading.complete:
        return None
    return sighting


def _moved_fields(kind: Kind, item: Item, baseline: Fields) -> list[str]:
    """The fields that changed since both sides agreed.

    Of a field that travels one way and was never agreed on, nobody can say that it did.
    """
    return [
        f.name
        for f in FIELDS[kind]
        if f.name in item.fields
        and (not alike(item.fields[f.name], baseline[f.name]) if f.name in baseline else f.flow is Flow.BOTH)
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
        rivals=p.rivals,
        # a copy carries the mark of what it was copied from: that mark is not its own
        mark="" if p.rivals else (link.mark if link else "") or _own_mark(p),
    )


def _own_mark(p: Pair) -> str:
    """The mark of an unlinked Outlook item, unless it names another item than the one it is paired with."""
    if p.right is None or (p.left is not None and marked_for(p.right.mark) not in ("", p.left.id)):
        return ""
    return p.right.mark


def _unreadable_rows(q: Question, rows: Sequence[Row]) -> Iterable[Row]:
    """A row for each item that a side could not make sense of, unless a linked row tells of it already."""
    known = {i for row in rows for i in row.link_ids if i}
    # what a row is called by, and filed under
    called = "last_name" if q.kind is Kind.CONTACTS else "subject"
    for side, picture in ((SideName.SALESFORCE, q.left), (SideName.OUTLOOK, q.right)):
        for what in picture.reading.unreadable:
            if what.id in known:
                continue
            left = side is SideName.SALESFORCE
            title = Baseline({called: what.title}, {}) if left else Baseline({}, {called: what.title})
            name = row_id(q.kind, what.id if left else "", "" if left else what.id)
            yield Row(name, q.kind, Situation.UNREADABLE, reasons.unreadable(side, what), None, None, title)


def _remarks(q: Question) -> dict[tuple[SideName, Operation], str]:
    """What both sides say about operations, before any of them happens."""
    descriptions = (q.left.description, q.right.description)
    return {(d.side, operation): words for d in descriptions for operation, words in d.notes.items()}


def _doubted(row: Row, q: Question) -> Row:
    """The row with words about a length that a side may refuse, where nothing can tell before."""
    for side, picture in ((SideName.SALESFORCE, q.left), (SideName.OUTLOOK, q.right)):
        sure, source, target = picture.description.limits.doubtful_days, row.item(side.other), row.item(side)
        if sure is None or source is None or source.when is None or (days := days_of(source.when)) <= sure:
            continue
        operation = Operation.CREATE if target is None else Operation.UPDATE
        if target is None or any(c.name == "when" and c.verdict is not Verdict.SAME for c in row.changes):
            said = f"it lasts {days} days, which {side.label} refuses where multi-day events are switched off"
            row = saying(row, side, operation, said)
    return row


def _left_out(row: Row, q: Question) -> Row:
    """The row with words about what a new item will not have, as its side does not let us set it."""
    for side, picture in ((SideName.SALESFORCE, q.left), (SideName.OUTLOOK, q.right)):
        source = row.item(side.other)
        if not picture.description.unwritable or source is None or row.item(side) is not None:
            continue
        by_reason: dict[str, list[str]] = {}
        for name, why in picture.description.unwritable.items():
            f = spec(row.kind, name)
            if f.flow.allows(side) and source.fields.get(name, f.blank) not in (f.blank, None):
                by_reason.setdefault(why, []).append(name)
        for why, names in by_reason.items():
            said = f"without {reasons.names(row.kind, names)} in {side.label}: {why}"
            row = saying(row, side, Operation.CREATE, said)
    return row


def _order(row: Row) -> tuple[str, str, str]:
    """Rows in the order of the calendar, whatever the sides listed first."""
    when = next((i.when for i in (row.left, row.right) if i is not None and i.when is not None), None)
    if when is None:
        base = row.baseline.left.get("when") or row.baseline.right.get("when")
        when = base if isinstance(base, When) else None
    due = next((i.fields["due"] for i in (row.left, row.right) if i is not None and i.fields.get("due")), None)
    return (when.start if when else str(due or "9999"), row.title.casefold(), row.id)

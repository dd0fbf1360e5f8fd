"""What is offered where a series cannot cross as it is: its occurrences, or the changed ones of them, as single events.

Pure. The rows that would come of it are made with the plan, so that a person who takes the offer sees them at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from sync_core import reasons, series, singles
from sync_core.items import Item, SideName
from sync_core.keys import EXACT_KEYS
from sync_core.pairing import Link, Pair, pair
from sync_core.plan import Offer, Row, Singles, Situation
from sync_core.question import Question
from sync_core.sides import Operation

# pairs as rows of the same plan, with everything that prevents; given what crosses by itself then
RowsOf = Callable[[Sequence[Pair], Sequence[Item]], list[Row]]


@dataclass(slots=True)
class _Desk:
    """What all offers of a plan are made with. `free` are the new rows of single events, by the id of their item."""

    question: Question
    rows_of: RowsOf
    free: dict[str, Row]
    absorbed: dict[str, Row]

    def offer(self, mode: Singles, source: Item, row: Row, pairs: Sequence[Pair], ones: Sequence[Item]) -> Offer:
        """The offer that consists of `pairs`, and of the occurrences `ones` with what is theirs across already."""
        key_of = EXACT_KEYS[source.kind]
        keys = {key for one in ones for make in key_of if (key := make(one))}
        theirs = [
            item
            for free in self.free.values()
            if (item := free.item(source.side.other)) is not None and any(make(item) in keys for make in key_of)
        ]
        here, there = (list(ones), theirs) if source.side is SideName.SALESFORCE else (theirs, list(ones))
        parts = self.rows_of([*pairs, *pair(source.kind, here, there, [])], ones)
        absorbs = [self.free[item.id] for item in theirs]
        self.absorbed |= {one.id: row for one in absorbs}
        other = row.item(source.side.other)
        other_id = other.id if other is not None else row.link_ids[0 if source.side is SideName.OUTLOOK else 1]
        choice = singles.choice(mode, source, other_id, row.id, row.reason, "")
        return Offer(choice, tuple(parts), tuple(sorted(one.id for one in absorbs)))


def offered(rows: Iterable[Row], q: Question, rows_of: RowsOf) -> list[Row]:
    """The rows, with an offer where a series cannot cross, and with a question where a single event lies on a series.

    `rows` have their blocks. Such a single event may have come of a choice that memory lost: it is not doubled.
    """
    rows = list(rows)
    if not any(_blocked_series(row) for row in rows):
        return rows
    desk = _Desk(q, rows_of, {i.id: r for r in rows if (i := _free(r)) is not None}, {})
    made = [_with_offer(row, desk) if _blocked_series(row) else row for row in rows]
    return [_asked(row, desk.absorbed[row.id]) if row.id in desk.absorbed else row for row in made]


def _blocked_series(row: Row) -> bool:
    items = [item for item in (row.left, row.right) if item is not None]
    return bool(row.blocks) and any(item.series and not item.locked for item in items)


def _free(row: Row) -> Item | None:
    """The single event of a row that only one side has and nobody knew."""
    item = row.left or row.right
    if item is None or item.series or item.part_of:
        return None
    return item if row.situation in (Situation.NEW, Situation.FORGOTTEN) else None


def _with_offer(row: Row, desk: _Desk) -> Row:
    for source in (row.left, row.right):
        if source is None or source.locked or not singles.readable(source):
            continue
        both = row.left is not None and row.right is not None
        offer = _for_pair(row, source, desk) if both else _for_half(row, source, desk)
        if offer is not None and offer.parts:
            return replace(row, reason=f"{row.reason}; {_words(offer)}", offer=offer)
    return row


def _for_half(row: Row, source: Item, desk: _Desk) -> Offer | None:
    """For a series that only one side has, or has still."""
    q, across = desk.question, source.side.other
    picture = q.left if across is SideName.SALESFORCE else q.right
    why = series.cannot_create(across, source.fields, picture.description.limits)
    if not why or row.blocks.get((across, Operation.CREATE)) != why or row.situation is Situation.OUT_OF_RANGE:
        # nothing to do with the series: prevented, private, no permission; or its other half is there, out of sight
        return None
    whole = singles.without(source, ())
    if not series.cannot_create(across, whole.fields, picture.description.limits):
        link = Link(row.kind, *row.link_ids, row.baseline, row.mark) if row.linked else None
        pairs = [Pair(link=link).with_half(whole)]
        return desk.offer(Singles.CHANGED_ONES, source, row, pairs, _changed(source, whole, q))
    ones = singles.in_window(source, q.window)
    if row.linked:
        # what was before the other half was deleted is still there: Salesforce keeps what is past of a series
        ones = [one for one in ones if one.when is not None and one.when.end >= q.made_at[:10]]
    return desk.offer(Singles.OCCURRENCES, source, row, (), ones)


def _for_pair(row: Row, source: Item, desk: _Desk) -> Offer | None:
    """For a series on both sides of which single occurrences were changed."""
    across = source.side.other
    if (across, Operation.UPDATE) not in row.blocks or source.fields.get("exceptions") in (None, ""):
        return None
    whole = singles.without(source, ())
    if whole.fields == source.fields:
        return None
    link = Link(row.kind, *row.link_ids, row.baseline, row.mark) if row.linked else None
    as_whole = Pair(link, row.left, row.right).with_half(whole)
    if any((across, Operation.UPDATE) in one.blocks for one in desk.rows_of([as_whole], ())):
        return None
    return desk.offer(Singles.CHANGED_ONES, source, row, [as_whole], _changed(source, whole, desk.question))


def _changed(source: Item, whole: Item, q: Question) -> list[Item]:
    """The changed occurrences of a series in the window."""
    kept = {one.id for one in singles.in_window(whole, q.window)}
    return [one for one in singles.in_window(source, q.window) if one.id not in kept]


def _words(offer: Offer) -> str:
    number = sum(bool(_part(row)) for row in offer.parts)
    if offer.choice.mode is Singles.CHANGED_ONES:
        what = "its changed occurrence" if number == 1 else f"its {number} changed occurrences"
        return f"{what} can cross as single events, and the rest as a series (menu), or leave it out"
    what = "its occurrence" if number == 1 else f"its {number} occurrences"
    return f"{what} of these days can cross as single events (menu), or leave it out"


def _part(row: Row) -> str:
    return next((i.part_of for i in (row.left, row.right) if i is not None and i.part_of), "")


def _asked(row: Row, of: Row) -> Row:
    """A single event that lies on an occurrence of a series across."""
    item = row.left or row.right
    assert item is not None, "a free row has an item"
    return replace(row, situation=Situation.AMBIGUOUS, reason=reasons.on_a_series(item, of.title))

"""What becomes of single events that came of a series, once the series is deleted or changed: they go after it.

Pure. They are told of in the row of the series, before the run.
"""

from __future__ import annotations

from collections.abc import Sequence

from sync_core import reasons, series, singles
from sync_core.compare import alike
from sync_core.items import Item, SideName
from sync_core.plan import Row, Situation, saying
from sync_core.question import Question
from sync_core.sides import Operation


def followed(row: Row, q: Question, ones: Sequence[Item] = ()) -> Row:
    """The row of a series with words about the single events that came of it, and about what they will take over.

    `ones` are occurrences that cross by themselves only if an offer is taken.
    """
    return _inherited(_deleted(row, q), q, ones)


def _deleted(row: Row, q: Question) -> Row:
    """With words about what a delete of the series leaves: they go after it, not with it."""
    item = row.left or row.right
    if row.situation not in (Situation.GONE, Situation.GONE_CHANGED) or item is None or not item.series:
        return row
    named = (singles.parts_of(link.id_on(item.side)) for link in q.links)
    number = sum(parts is not None and parts[0] == item.id and parts[1] >= q.window.first for parts in named)
    if not number:
        return row
    said = f"the next sync then offers to delete {_events(number)} of it in {item.side.other.label}"
    return saying(row, item.side, Operation.DELETE, said)


def _inherited(row: Row, q: Question, ones: Sequence[Item]) -> Row:
    """With words about what those of the occurrences `ones` that cross by themselves take over from their series.

    They have it only once the series has, and a run writes nothing that was not seen: it takes another sync. At another
    time of the series they stay where they are, and so do the single events.
    """
    if row.left is None or row.right is None or not row.left.series:
        return row
    for item, picture in ((row.left, q.left), (row.right, q.right)):
        changes = [c.name for c in row.changes if c.comes_from(item.side.other) and c.name in series.OWN_FIELDS]
        if not changes:
            continue
        own = [one for one in (*picture.reading.items, *ones) if one.part_of == item.id]
        busy = _busy(own, item.side, q)
        # what it has as its series has it, it will have as that will have it
        heirs = [[n for n in changes if one.fields.get(n) == item.fields.get(n)] for one in own if one.id not in busy]
        if number := sum(map(bool, heirs)):
            fields = reasons.names(row.kind, [n for n in changes if any(n in heir for heir in heirs)])
            where = f"{_events(number)} of it in {item.side.other.label}"
            row = saying(row, item.side, Operation.UPDATE, f"the next sync then offers {fields} for {where}")
    return row


def _busy(own: Sequence[Item], side: SideName, q: Question) -> set[str]:
    """Which occurrences of a side get something from their single events, by id: they keep all else as it is."""
    ids = {one.id for one in own}
    links = {link.id_on(side.other): link for link in q.links if link.id_on(side) in ids}
    across = q.left if side is SideName.OUTLOOK else q.right
    return {
        link.id_on(side)
        for item in across.reading.items
        if (link := links.get(item.id)) is not None
        and any(not alike(item.fields.get(name), value) for name, value in link.baseline.on(item.side).items())
    }


def _events(number: int) -> str:
    return "1 single event" if number == 1 else f"{number} single events"

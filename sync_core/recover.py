"""What became of writes that nobody answered: looked up on both sides, by reading only.

A reply that is lost after the server has applied the request is the normal case, not the exception; and a process may
end at any moment. Nothing is repeated here. What was done is remembered as a link, what was not is left for the next
plan to offer again, and what cannot be told is said to be unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, Protocol

from sync_core.compare import Baseline, alike, unlike
from sync_core.errors import SideError
from sync_core.ignores import ignore_for
from sync_core.intent import Done, Intent, deletes, link_after
from sync_core.items import Fields, Item, Kind, SideName
from sync_core.journal import Journal, OpenRun, RunRecord
from sync_core.pairing import Link
from sync_core.plan import Ignore, IgnoreMode, Row, Situation, row_id
from sync_core.report import Result
from sync_core.sides import Fate, Operation, Ref, Side, Sighting, Sought


class Books(Protocol):
    """What a run keeps: links, and ignores where it takes something back. Each call is on disk when it returns."""

    def links(self, kind: Kind) -> Sequence[Link]:
        """All links of a kind."""

    def put_links(self, kind: Kind, links: Iterable[Link]) -> None:
        """Keeps links, in place of those with the same ids."""

    def drop_links(self, kind: Kind, links: Iterable[Link]) -> None:
        """Forgets links."""

    def put_ignores(self, kind: Kind, ignores: Iterable[Ignore]) -> None:
        """Keeps ignores, in place of those for the same rows."""


class Found(StrEnum):
    """What a look at a side says about one write."""

    DONE = "done"
    DIFFERENT = "done_differently"
    NOT_DONE = "not_done"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Sight:
    """What was found of one write on one side, in words too."""

    found: Found
    why: str = ""
    id: str = ""
    item: Item | None = None


@dataclass(slots=True)
class Doubt:
    """A row of which something is not known. `ask` are the writes to look up, `never` those that were not even sent.

    `ids` and `after` are what is known for sure of the writes that were answered.
    """

    intent: Intent
    ask: dict[SideName, Operation]
    never: frozenset[SideName] = frozenset()
    ids: dict[SideName, str] = field(default_factory=dict)
    after: dict[SideName, Fields] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


_RESULT: Final = {
    Found.DONE: Result.DONE,
    Found.DIFFERENT: Result.DIFFERENT,
    Found.NOT_DONE: Result.NOT_STARTED,
    Found.UNKNOWN: Result.UNKNOWN,
}
# the worst one tells what became of a row with two writes
_WORST: Final = (Found.UNKNOWN, Found.NOT_DONE, Found.DIFFERENT, Found.DONE)


def doubts_of(record: RunRecord) -> list[Doubt]:
    """What a run that was cut off leaves open."""
    found = []
    for intent in record.open:
        doubt = Doubt(intent, {})
        never = set()
        for side, operation in intent.needs.items():
            answer = record.answers.get((intent.number, side))
            if answer is not None and answer.ok:
                doubt.ids[side] = answer.id
                if operation is not Operation.DELETE:
                    doubt.ask[side] = operation
            elif answer is not None and not answer.unknown:
                never.add(side)
                doubt.errors.append(answer.error)
            elif (intent.number, side) in record.sent:
                doubt.ask[side] = operation
            else:
                never.add(side)
        doubt.never = frozenset(never)
        found.append(doubt)
    return found


def settle_unfinished(kind: Kind, sides: Mapping[SideName, Side], books: Books, journal: Journal, now: str) -> int:
    """Looks up what runs that were cut off left open, remembers what was done, and ends their records.

    Reads the sides, writes nothing to them. The caller holds the lock, so that none of these runs still goes on. `now`
    is UTC, ISO 8601. Gives how many runs were settled. Raises SideError when a side cannot be read; then nothing is
    settled that was not looked up.
    """
    heads = journal.unfinished()
    for head in heads:
        record = journal.load(head.id)
        if record is None:
            continue
        log = journal.reopen(record)
        log.head = replace(log.head, settled_later=True)
        settle(kind, sides, books, log, doubts_of(record), head.started, now)
        whole = journal.load(head.id)
        numbers = [done.result for done in whole.done.values()] if whole else []
        log.end(now, f"cut off; {sentence(numbers)}")
    return len(heads)


def sentence(results: Sequence[Result]) -> str:
    """Results counted in words: "3 done, 1 not started"."""
    parts = [f"{n} {result.value.replace('_', ' ')}" for result in Result if (n := results.count(result))]
    return ", ".join(parts) or "nothing was done"


def settle(
    kind: Kind,
    sides: Mapping[SideName, Side],
    books: Books,
    log: OpenRun,
    doubts: Sequence[Doubt],
    since: str,
    now: str,
    *,
    final: bool = True,
) -> list[Done]:
    """Looks up doubtful rows and settles them in books and log. Times are UTC, ISO 8601. Raises SideError.

    Rows that stay unknown are not settled unless this look is `final`.
    """
    sights = _look(kind, sides, doubts, _taken(books.links(kind)), since)
    settled: list[Done] = []
    put: list[Link] = []
    drop: list[Link] = []
    ignores: list[Ignore] = []
    for doubt in doubts:
        done = _conclude(doubt, sights.get(doubt.intent.number, {}))
        if done.result is Result.UNKNOWN and not final:
            continue
        settled.append(done)
        change = bookkeeping(doubt.intent, done.ids, done.after, now, sure=done.result is Result.DONE)
        put += change.put
        drop += change.drop
        ignores += change.ignores
    with log.transaction():
        keep(books, kind, Change(put, drop, ignores))
        log.settled(settled)
    return settled


@dataclass(frozen=True, slots=True)
class Change:
    """What a row leaves in the books."""

    put: Sequence[Link] = ()
    drop: Sequence[Link] = ()
    ignores: Sequence[Ignore] = ()


def keep(books: Books, kind: Kind, change: Change) -> None:
    """Writes a change of the books."""
    if change.drop:
        books.drop_links(kind, change.drop)
    if change.put:
        books.put_links(kind, change.put)
    if change.ignores:
        books.put_ignores(kind, change.ignores)


def bookkeeping(
    intent: Intent, ids: Mapping[SideName, str], after: Mapping[SideName, Fields], now: str, *, sure: bool = True
) -> Change:
    """What a row leaves in the books, given what was confirmed. `now` is UTC, ISO 8601.

    Not `sure` means that what a side holds may be somebody else's work by now: only what is as it was sent is agreed.
    """
    if not ids:
        return Change()
    if deletes(intent.action):
        return Change(drop=[intent.old_link()], ignores=_said_no(intent, ids, after, now))
    done = set(ids) >= set(intent.needs)
    if not done and not intent.linked:
        return Change()
    link = link_after(intent, ids, after, now) if sure else _link_unsure(intent, ids, after, now)
    drop = [intent.old_link()] if intent.linked and (link.left_id, link.right_id) != intent.link_ids else []
    return Change([link], drop, _said_no(intent, ids, after, now) if intent.restores else [])


def _link_unsure(intent: Intent, ids: Mapping[SideName, str], after: Mapping[SideName, Fields], now: str) -> Link:
    """The link of what may have been somebody else's work by the time it was looked at."""
    # the fields that a side does not hold as they were sent to it
    otherwise = {side: unlike(intent.fields(side), after.get(side, {})) for side in SideName}
    as_sent = replace(
        intent,
        to_left=_without(intent.to_left, otherwise[SideName.SALESFORCE]),
        to_right=_without(intent.to_right, otherwise[SideName.OUTLOOK]),
    )
    link = link_after(as_sent, ids, after, now)
    # what we made is agreed on as a whole, but for what is not as it was sent
    doubtful = [name for side in SideName if intent.item(side) is None for name in otherwise[side]]
    known = Baseline(_without(link.baseline.left, doubtful), _without(link.baseline.right, doubtful))
    return replace(link, baseline=known)


def _without(fields: Fields, names: Sequence[str]) -> Fields:
    return {name: value for name, value in fields.items() if name not in names}


def _said_no(intent: Intent, ids: Mapping[SideName, str], after: Mapping[SideName, Fields], now: str) -> list[Ignore]:
    """What was taken back stays as it is until one side changes: the next plan must not offer it straight away."""
    if not intent.takes_back:
        return []
    left, right = (_held(intent, side, ids, after) for side in SideName)
    if left is None and right is None:
        return []
    link = ("", "") if deletes(intent.action) else tuple(ids.get(s) or intent.old_id(s) for s in SideName)
    name = row_id(intent.kind, link[0] or (left.id if left else ""), link[1] or (right.id if right else ""))
    row = Row(name, intent.kind, Situation.NEW, "taken back", left, right, link_ids=(link[0], link[1]))
    return [ignore_for(row, IgnoreMode.ONCE, now)]


def _held(intent: Intent, side: SideName, ids: Mapping[SideName, str], after: Mapping[SideName, Fields]) -> Item | None:
    if side not in ids:
        return intent.item(side)
    if intent.needs.get(side) is Operation.DELETE:
        return None
    return Item(intent.kind, side, ids[side], "", {**intent.fields(side), **after.get(side, {})}, intent.mark)


def _taken(links: Iterable[Link]) -> set[tuple[SideName, str]]:
    return {(side, link.id_on(side)) for link in links for side in SideName}


def _look(
    kind: Kind,
    sides: Mapping[SideName, Side],
    doubts: Sequence[Doubt],
    taken: set[tuple[SideName, str]],
    since: str,
) -> dict[int, dict[SideName, Sight]]:
    sights: dict[int, dict[SideName, Sight]] = {}
    for side in SideName:
        mine = [(d, d.ask[side]) for d in doubts if side in d.ask]
        created = [d for d, op in mine if op is Operation.CREATE and side not in d.ids]
        others = [(d, op) for d, op in mine if op is not Operation.CREATE or side in d.ids]
        if created:
            found = sides[side].find(kind, [_sought(d.intent, side, since) for d in created])
            for d, items in zip(created, found, strict=True):
                sight = _created(d.intent, side, [i for i in items if (side, i.id) not in taken])
                if sight.id:
                    taken.add((side, sight.id))
                sights.setdefault(d.intent.number, {})[side] = sight
        if others:
            refs = [_ref(d, side) for d, _ in others]
            seen = sides[side].look(kind, refs)
            for (d, op), ref in zip(others, refs, strict=True):
                sight = _touched(d, side, op, seen.get(ref.id))
                sights.setdefault(d.intent.number, {})[side] = sight
    return sights


def _sought(intent: Intent, side: SideName, since: str) -> Sought:
    return Sought(intent.mark if side is SideName.OUTLOOK else intent.key, intent.fields(side), since)


def _ref(doubt: Doubt, side: SideName) -> Ref:
    intent = doubt.intent
    return Ref(doubt.ids.get(side) or intent.old_id(side), intent.mark, intent.baseline.on(side))


def _created(intent: Intent, side: SideName, items: Sequence[Item]) -> Sight:
    if not items:
        return Sight(Found.NOT_DONE, f"it was not created in {side.label}")
    if len(items) > 1:
        return Sight(Found.UNKNOWN, f"{len(items)} items in {side.label} could be the one that was created")
    return _compared(intent, side, items[0])


def _touched(doubt: Doubt, side: SideName, operation: Operation, sighting: Sighting | None) -> Sight:
    """What a look at an item that was there before, or was confirmed, says about the write to it."""
    if sighting is None or sighting.fate is Fate.UNREADABLE:
        return Sight(Found.UNKNOWN, f"it cannot be read in {side.label}")
    if operation is Operation.DELETE:
        if sighting.fate is Fate.DELETED:
            return Sight(Found.DONE, id=doubt.intent.old_id(side))
        return Sight(Found.NOT_DONE, f"it is still in {side.label}")
    if sighting.item is None or sighting.fate is not Fate.HERE:
        return Sight(Found.UNKNOWN, f"it is no longer there in {side.label}")
    before = doubt.intent.item(side)
    sight = _compared(doubt.intent, side, sighting.item)
    untouched = before is not None and all(
        alike(before.fields.get(name), sighting.item.fields.get(name)) for name in doubt.intent.fields(side)
    )
    if sight.found is Found.DIFFERENT and untouched and side not in doubt.ids:
        return Sight(Found.NOT_DONE, f"it is as it was in {side.label}")
    return sight


def _compared(intent: Intent, side: SideName, item: Item) -> Sight:
    if unlike(intent.fields(side), item.fields):
        return Sight(Found.DIFFERENT, f"{side.label} holds something else than was sent", item.id, item)
    return Sight(Found.DONE, id=item.id, item=item)


def _conclude(doubt: Doubt, sights: Mapping[SideName, Sight]) -> Done:
    """What the sights of both sides come to for one row."""
    ids, after = dict(doubt.ids), dict(doubt.after)
    found = [Found.NOT_DONE] * len(doubt.never)
    words = list(doubt.errors)
    for side, sight in sights.items():
        found.append(sight.found)
        words += [sight.why] if sight.why else []
        if sight.found in (Found.DONE, Found.DIFFERENT):
            ids[side] = sight.id
            if sight.item is not None:
                after[side] = sight.item.fields
    result = _RESULT[next((worst for worst in _WORST if worst in found), Found.DONE)]
    if result is Result.NOT_STARTED and ids:
        # the other half is what was not done
        words.insert(0, f"done in {next(iter(ids)).label} only")
    if result is Result.NOT_STARTED and doubt.errors:
        result = Result.FAILED
    if not words and result is Result.NOT_STARTED:
        words = ["the run was cut off before its turn"]
    # errors are whole sentences
    said = "; ".join([*(word.rstrip(".") for word in words[:-1]), *words[-1:]])
    return Done(doubt.intent.number, result, said, ids, after)


__all__ = ["Books", "Change", "Doubt", "Found", "SideError", "bookkeeping", "keep", "settle", "settle_unfinished"]

"""A side held in memory that obeys the Protocol: for properties of the core, where no server's habits matter."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from support.build import CAL, MADE_AT, WINDOW
from sync_core.decide import make_plan, unseen
from sync_core.items import FIELDS, Fields, FieldSpec, FieldType, Item, Kind, SideName, Value, When
from sync_core.journal import Journal
from sync_core.pairing import Link
from sync_core.plan import Ignore, Plan
from sync_core.question import Picture, Question, Rules
from sync_core.recover import settle_unfinished
from sync_core.report import RunReport
from sync_core.review import Review
from sync_core.run import Run
from sync_core.sides import (
    Allowance,
    CancelCheck,
    Description,
    Fate,
    Limits,
    Operation,
    Outcome,
    ProgressSink,
    Reading,
    Ref,
    Side,
    Sighting,
    Sought,
    Unreadable,
    Window,
    Write,
)
from sync_core.sides.occurrences import OccurrenceSide
from sync_core.singles import Chosen, as_chosen, ended_by
from sync_core.span import in_window
from sync_core.undo import to_look_at, undo_plan


class PowerCutError(BaseException):
    """The process ends here, whatever it was doing: nothing may catch this."""


def _default(f: FieldSpec) -> Value:
    return f.choices[0] if f.type is FieldType.CHOICE else f.blank


@dataclass
class ModelSide:
    """One side as a dictionary. `normalise` is what this server does to what it stores.

    `away` holds what is no longer in the folder, or no longer ours, with the answer this side gives about it.
    """

    name: SideName
    items: dict[str, Item] = field(default_factory=dict)
    normalise: Callable[[Fields], Fields] = field(default=lambda fields: fields)
    batch_size: int = 3
    look_size: int = 6
    writes: list[Write] = field(default_factory=list)
    # what runs asked for: where occurrences are items of their own, their series is what is written
    asked: list[Write] = field(default_factory=list)
    before_write: Callable[[], None] = field(default=lambda: None)
    # called before and after each single write, and at the start of each request: may raise PowerCutError
    tick: Callable[[], None] = field(default=lambda: None)
    refuse: Callable[[Write], str] = field(default=lambda write: "")
    # writes that are done without an answer ever coming
    unanswered: Callable[[Write], bool] = field(default=lambda write: False)
    kind: Kind = CAL
    away: dict[str, tuple[Fate, Item]] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    _count: int = 0

    def new_id(self) -> str:
        """An id never used before."""
        self._count += 1
        return f"{self.name.value[0].upper()}{self._count:04}"

    def put(self, fields: Fields, *, item_id: str = "", mark: str = "") -> Item:
        """A person creates or rewrites an item here."""
        item_id = item_id or self.new_id()
        old = self.items.get(item_id)
        version = str(int(old.version) + 1) if old else "1"
        # a real server answers with every field, whatever it was given
        whole = {f.name: fields.get(f.name, _default(f)) for f in FIELDS[self.kind]}
        when = whole.get("when")
        item = Item(
            self.kind,
            self.name,
            item_id,
            version,
            dict(self.normalise(whole)),
            mark or (old.mark if old else ""),
            series=isinstance(when, When) and bool(when.recurrence),
        )
        self.items[item_id] = item
        return item

    def edit(self, item_id: str, **changes: object) -> Item:
        """A person changes some fields."""
        return self.put({**self.items[item_id].fields, **changes}, item_id=item_id)  # type: ignore[dict-item]

    def take_away(self, item_id: str, fate: Fate) -> None:
        """The item goes to another folder, another owner or the archive, or becomes unreadable."""
        self.away[item_id] = (fate, self.items.pop(item_id))

    def bring_back(self, item_id: str) -> None:
        """The item is where it was."""
        self.items[item_id] = self.away.pop(item_id)[1]

    def describe(self, kind: Kind) -> Description:
        return Description(self.name, self.name.value, f"{self.name.value}-scope", self.limits)

    def fetch(self, kind: Kind, window: Window, progress: ProgressSink, cancelled: CancelCheck) -> Reading:
        listed = tuple(i for i in self.items.values() if in_window(self.kind, i.fields, window))
        strange = tuple(
            Unreadable(item_id, item.title, "a value cannot be understood")
            for item_id, (fate, item) in self.away.items()
            if fate is Fate.UNREADABLE
        )
        return Reading(listed, strange)

    def look(self, kind: Kind, refs: Sequence[Ref]) -> dict[str, Sighting]:
        assert kind is self.kind
        self.tick()
        return {ref.id: self._sighting(ref) for ref in refs}

    def _sighting(self, ref: Ref) -> Sighting:
        if ref.id in self.items:
            return Sighting(Fate.HERE, self.items[ref.id])
        if ref.id in self.away:
            fate, item = self.away[ref.id]
            return Sighting(fate, None if fate is Fate.UNREADABLE else item)
        if ref.mark:
            marked = [i for i in self.items.values() if i.mark == ref.mark]
            if len(marked) > 1:
                return Sighting(Fate.UNREADABLE, detail="more than one item carries its mark")
            if marked:
                return Sighting(Fate.HERE, marked[0])
        return Sighting(Fate.DELETED)

    def write(self, kind: Kind, writes: Sequence[Write]) -> list[Outcome]:
        assert kind is self.kind
        self.before_write()
        assert len(writes) <= self.batch_size
        return [self._apply(write) for write in writes]

    def _apply(self, write: Write) -> Outcome:
        self.tick()
        if why := self.refuse(write):
            return Outcome(False, error=why)
        self.writes.append(write)
        if write.operation is Operation.CREATE:
            item_id = self.put(write.fields, mark=write.mark).id
        else:
            assert write.before is not None
            item_id = write.before.id
            if write.operation is Operation.DELETE:
                del self.items[item_id]
            else:
                self.put({**self.items[item_id].fields, **write.fields}, item_id=item_id, mark=write.mark)
        self.tick()
        if self.unanswered(write):
            return Outcome(False, unknown=True)
        return Outcome(True, item_id)

    def find(self, kind: Kind, sought: Sequence[Sought]) -> list[tuple[Item, ...]]:
        assert kind is self.kind
        self.tick()
        return [tuple(i for i in self.items.values() if self._made_by(one, i)) for one in sought]

    def _made_by(self, one: Sought, item: Item) -> bool:
        if self.name is SideName.OUTLOOK:
            return item.mark == one.key
        whole = {f.name: one.fields.get(f.name, _default(f)) for f in FIELDS[self.kind]}
        return dict(item.fields) == dict(self.normalise(whole))

    def requests_for(self, kind: Kind, creates: int, updates: int, deletes: int) -> int:
        return creates + updates + deletes

    def allowance(self) -> Allowance | None:
        return None

    def attend(self, tell: Callable[[str], None], cancelled: CancelCheck) -> None:
        """It never asks anybody to wait."""

    def close(self) -> None:
        """Nothing to give back."""


class _Asked(OccurrenceSide):
    """Keeps what it is asked to write."""

    def __init__(self, side: ModelSide, chosen: Chosen) -> None:
        super().__init__(side, chosen)
        self._asked = side.asked

    def write(self, kind: Kind, writes: Sequence[Write]) -> list[Outcome]:
        self._asked += writes
        return super().write(kind, writes)


@dataclass
class Books:
    """Links, ignores and the journal in memory, as the memory on disk keeps them."""

    links_by_id: dict[tuple[str, str], Link] = field(default_factory=dict)
    ignores: dict[str, Ignore] = field(default_factory=dict)
    # called before each change: may raise PowerCutError
    tick: Callable[[], None] = field(default=lambda: None)
    kept: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        before = dict(self.links_by_id), dict(self.ignores), dict(self.kept)
        try:
            yield
        except BaseException:
            self.links_by_id, self.ignores, self.kept = before
            raise

    def put_record(self, key: str, data: Any) -> None:
        self.tick()
        self.kept[key] = json.dumps(data)

    def record(self, key: str) -> Any:
        return json.loads(self.kept[key]) if key in self.kept else None

    def records(self, prefix: str) -> dict[str, Any]:
        return {key: json.loads(self.kept[key]) for key in sorted(self.kept) if key.startswith(prefix)}

    def drop_records(self, prefix: str) -> None:
        self.tick()
        for key in [key for key in self.kept if key.startswith(prefix)]:
            del self.kept[key]

    def put_ignores(self, kind: Kind, ignores: Iterable[Ignore]) -> None:
        self.tick()
        self.ignores.update({ignore.row_id: ignore for ignore in ignores})

    def links(self, kind: Kind) -> list[Link]:
        assert isinstance(kind, Kind)
        return list(self.links_by_id.values())

    def put_links(self, kind: Kind, links: Iterable[Link]) -> None:
        self.tick()
        assert isinstance(kind, Kind)
        for link in links:
            assert link.kind is kind
            self.links_by_id[link.left_id, link.right_id] = link

    def drop_links(self, kind: Kind, links: Iterable[Link]) -> None:
        self.tick()
        for link in links:
            assert link.kind is kind
            self.links_by_id.pop((link.left_id, link.right_id), None)


@dataclass
class World:
    """Both sides, what is remembered, and what the job allows."""

    left: ModelSide = field(default_factory=lambda: ModelSide(SideName.SALESFORCE))
    right: ModelSide = field(default_factory=lambda: ModelSide(SideName.OUTLOOK))
    books: Books = field(default_factory=Books)
    rules: Rules = field(default_factory=lambda: Rules(private=True))
    kind: Kind = CAL
    window: Window = WINDOW
    _nonce: int = 0

    @classmethod
    def of(cls, kind: Kind, rules: Rules | None = None) -> World:
        """An empty world for a kind of item."""
        left, right = (ModelSide(side, kind=kind) for side in SideName)
        return cls(left, right, rules=rules or Rules(private=True), kind=kind)

    def side(self, name: SideName) -> ModelSide:
        """One of the two."""
        return self.left if name is SideName.SALESFORCE else self.right

    def question(self, *, reverse: bool = False, half_read: SideName | None = None) -> Question:
        """What a plan would be made of now. `reverse` lists everything in the opposite order.

        `half_read` is a side that lists only every other item and says that this is not all.
        """
        links = self.books.links(self.kind)[:: -1 if reverse else 1]
        readings = self._read()
        if reverse:
            readings = [replace(r, items=r.items[::-1], unreadable=r.unreadable[::-1]) for r in readings]
        for number, side in enumerate(SideName):
            if side is half_read:
                readings[number] = replace(readings[number], items=readings[number].items[::2], complete=False)
        chosen = self._chosen([item for reading in readings for item in reading.items])
        readings = [as_chosen(reading, chosen, self.window) for reading in readings]
        asked = unseen(links, readings[0], readings[1], self.window)
        pictures = [
            Picture(side.describe(self.kind), reading, side.look(self.kind, refs))
            for side, reading, refs in zip(self._sides(chosen).values(), readings, asked, strict=True)
        ]
        return Question(
            self.kind, self.window, MADE_AT, pictures[0], pictures[1], links, self.books.ignores, self.rules
        )

    def _read(self) -> list[Reading]:
        return [s.fetch(self.kind, self.window, lambda p: None, lambda: False) for s in (self.left, self.right)]

    def listed(self) -> dict[SideName, dict[str, Item]]:
        """What both sides list now, by id, as it crosses."""
        readings = self._read()
        chosen = self._chosen([item for reading in readings for item in reading.items])
        seen = (as_chosen(reading, chosen, self.window).items for reading in readings)
        return {side: {item.id: item for item in items} for side, items in zip(SideName, seen, strict=True)}

    def _chosen(self, items: Sequence[Item] = ()) -> Chosen:
        """Which series cross as single events, as the program finds it out."""
        if self.kind is not CAL:
            return Chosen()
        chosen = Chosen.of(self.books.ignores.values(), self.books.links(self.kind), items)
        self.books.ignores.update(chosen.renamed)
        return chosen

    def _sides(self, chosen: Chosen) -> dict[SideName, Side]:
        return {side.name: _Asked(side, chosen) for side in (self.left, self.right)}

    @property
    def sides(self) -> dict[SideName, Side]:
        """Both of them, with occurrences as items of their own where a series crosses as single events."""
        return self._sides(self._chosen())

    @property
    def journal(self) -> Journal:
        """What runs have done."""
        return Journal(self.books, self.kind)

    def plan(self, *, reverse: bool = False, half_read: SideName | None = None) -> Plan:
        """What a sync would do now, see `question`. Runs that were cut off are settled before."""
        settle_unfinished(self.kind, self.sides, self.books, self.journal, MADE_AT)
        return make_plan(self.question(reverse=reverse, half_read=half_read))

    def run(
        self,
        review: Review,
        *,
        cancelled: CancelCheck = lambda: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> RunReport:
        """Runs a review against both sides."""
        new, ended = review.ignores()
        self.books.ignores.update(new)
        for row_id in ended:
            self.books.ignores.pop(row_id, None)
        self.books.drop_links(self.kind, ended_by(new.values(), self.books.links(self.kind)))
        return Run(
            kind=self.kind,
            sides=self.sides,
            rules=self.rules,
            store=self.books,
            journal=self.journal,
            now=lambda: MADE_AT,
            nonce=self._next_nonce,
            progress=lambda p: None,
            cancelled=cancelled,
            clock=clock,
        ).execute(review.rows())

    def undo(self, run_id: str, rows: Collection[str] | None = None) -> Plan:
        """The plan that takes a run back."""
        record = self.journal.load(run_id)
        assert record is not None
        refs = to_look_at(record, rows)
        left, right = (
            Picture(side.describe(self.kind), Reading(()), side.look(self.kind, refs[side.name]))
            for side in (self.left, self.right)
        )
        links = self.books.links(self.kind)
        return undo_plan(record, Question(self.kind, self.window, MADE_AT, left, right, links, {}, self.rules), rows)

    def sync(self) -> RunReport:
        """Plans and runs what is recommended."""
        return self.run(Review.of(self.plan()))

    def _next_nonce(self) -> str:
        self._nonce += 1
        return str(self._nonce)

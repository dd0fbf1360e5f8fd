"""A side held in memory that obeys the Protocol: for properties of the core, where no server's habits matter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from support.build import CAL, MADE_AT, WINDOW
from sync_core.decide import make_plan, unseen
from sync_core.items import FIELDS, Fields, Item, Kind, SideName
from sync_core.pairing import Link
from sync_core.plan import Ignore, Plan
from sync_core.question import Picture, Question, Rules
from sync_core.report import RunReport
from sync_core.review import Review
from sync_core.run import Run
from sync_core.sides import (
    CancelCheck,
    Description,
    Fate,
    Operation,
    Outcome,
    ProgressSink,
    Reading,
    Ref,
    Sighting,
    Window,
    Write,
)
from sync_core.span import inside


@dataclass
class ModelSide:
    """One side as a dictionary. `normalise` is what this server does to what it stores."""

    name: SideName
    items: dict[str, Item] = field(default_factory=dict)
    normalise: Callable[[Fields], Fields] = field(default=lambda fields: fields)
    batch_size: int = 3
    writes: list[Write] = field(default_factory=list)
    before_write: Callable[[], None] = field(default=lambda: None)
    refuse: Callable[[Write], str] = field(default=lambda write: "")
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
        whole = {f.name: fields.get(f.name, f.blank) for f in FIELDS[CAL]}
        item = Item(CAL, self.name, item_id, version, dict(self.normalise(whole)), mark or (old.mark if old else ""))
        self.items[item_id] = item
        return item

    def edit(self, item_id: str, **changes: object) -> Item:
        """A person changes some fields."""
        return self.put({**self.items[item_id].fields, **changes}, item_id=item_id)  # type: ignore[dict-item]

    def describe(self, kind: Kind) -> Description:
        return Description(self.name, self.name.value, f"{self.name.value}-scope")

    def fetch(self, kind: Kind, window: Window, progress: ProgressSink, cancelled: CancelCheck) -> Reading:
        return Reading(tuple(i for i in self.items.values() if i.when is not None and inside(i.when, window)))

    def look(self, kind: Kind, refs: Sequence[Ref]) -> dict[str, Sighting]:
        return {ref.id: self._sighting(ref) for ref in refs}

    def _sighting(self, ref: Ref) -> Sighting:
        item = self.items.get(ref.id)
        if item is None and ref.mark:
            item = next((i for i in self.items.values() if i.mark == ref.mark), None)
        return Sighting(Fate.HERE, item) if item else Sighting(Fate.DELETED)

    def write(self, kind: Kind, writes: Sequence[Write]) -> list[Outcome]:
        self.before_write()
        assert len(writes) <= self.batch_size
        return [self._apply(write) for write in writes]

    def _apply(self, write: Write) -> Outcome:
        if why := self.refuse(write):
            return Outcome(False, error=why)
        self.writes.append(write)
        if write.operation is Operation.CREATE:
            return Outcome(True, self.put(write.fields, mark=write.mark).id)
        assert write.before is not None
        item_id = write.before.id
        if write.operation is Operation.DELETE:
            del self.items[item_id]
        else:
            self.put({**self.items[item_id].fields, **write.fields}, item_id=item_id, mark=write.mark)
        return Outcome(True, item_id)

    def close(self) -> None:
        """Nothing to give back."""


@dataclass
class Books:
    """Links and ignores in memory, as the memory on disk keeps them."""

    links: dict[tuple[str, str], Link] = field(default_factory=dict)
    ignores: dict[str, Ignore] = field(default_factory=dict)

    def put_links(self, kind: Kind, links: Iterable[Link]) -> None:
        for link in links:
            self.links[link.left_id, link.right_id] = link

    def drop_links(self, kind: Kind, links: Iterable[Link]) -> None:
        for link in links:
            self.links.pop((link.left_id, link.right_id), None)


@dataclass
class World:
    """Both sides, what is remembered, and what the job allows."""

    left: ModelSide = field(default_factory=lambda: ModelSide(SideName.SALESFORCE))
    right: ModelSide = field(default_factory=lambda: ModelSide(SideName.OUTLOOK))
    books: Books = field(default_factory=Books)
    rules: Rules = field(default_factory=lambda: Rules(private=True))
    _nonce: int = 0

    def side(self, name: SideName) -> ModelSide:
        """One of the two."""
        return self.left if name is SideName.SALESFORCE else self.right

    def plan(self, *, reverse: bool = False) -> Plan:
        """What a sync would do now. `reverse` lists everything in the opposite order."""
        links = list(self.books.links.values())[:: -1 if reverse else 1]
        readings = [s.fetch(CAL, WINDOW, lambda p: None, lambda: False) for s in (self.left, self.right)]
        if reverse:
            readings = [replace(r, items=r.items[::-1]) for r in readings]
        asked = unseen(links, readings[0], readings[1], WINDOW)
        pictures = [
            Picture(side.describe(CAL), reading, side.look(CAL, refs))
            for side, reading, refs in zip((self.left, self.right), readings, asked, strict=True)
        ]
        return make_plan(
            Question(CAL, WINDOW, MADE_AT, pictures[0], pictures[1], links, self.books.ignores, self.rules)
        )

    def run(self, review: Review, *, cancelled: CancelCheck = lambda: False) -> RunReport:
        """Runs a review against both sides."""
        new, ended = review.ignores()
        self.books.ignores.update(new)
        for row_id in ended:
            self.books.ignores.pop(row_id, None)
        return Run(
            kind=CAL,
            sides={SideName.SALESFORCE: self.left, SideName.OUTLOOK: self.right},
            rules=self.rules,
            store=self.books,
            now=lambda: MADE_AT,
            nonce=self._next_nonce,
            progress=lambda p: None,
            cancelled=cancelled,
        ).execute(review.rows())

    def sync(self) -> RunReport:
        """Plans and runs what is recommended."""
        return self.run(Review.of(self.plan()))

    def _next_nonce(self) -> str:
        self._nonce += 1
        return str(self._nonce)

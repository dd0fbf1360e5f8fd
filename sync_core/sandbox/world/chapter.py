"""A chapter of the story: all situations of one kind of item, put into both stores, and how a week changes them."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import Any, ClassVar, Final, Generic, TypeVar

from sync_core.sandbox.ews.store import Folder, StoredItem
from sync_core.sandbox.world import people
from sync_core.sandbox.world.company import Company
from sync_core.sandbox.world.days import workday
from sync_core.sandbox.world.native import Native, overlay, without_blanks
from sync_core.sandbox.world.situations import Change, Copy, Create, Deed, Delete, First, Occurrence, Scene, SideKey
from sync_core.sandbox.world.texts import Cast

# working days after today on which later rounds of the story may begin; they reach 20 days back and 20 ahead
_LAST_BASE: Final = 220
ORDINARY: Final = "ordinary"
SIDES: Final[tuple[SideKey, SideKey]] = ("salesforce", "outlook")

# an Event, a Contact or a Task, as a person thinks of it
ThingT = TypeVar("ThingT")
SceneT = TypeVar("SceneT", bound=Scene)


class MissingError(Exception):
    """The item is not there any more."""


@dataclass(slots=True)
class Entry(Generic[ThingT, SceneT]):
    """One situation of one round as it is now: what it is about, and its ids, on each side."""

    situation: SceneT
    cast: Cast
    things: dict[SideKey, ThingT]
    ids: dict[SideKey, list[str]] = field(default_factory=lambda: {"salesforce": [], "outlook": []})


class Chapter(ABC, Generic[ThingT, SceneT]):
    """One kind of item in the story of a company, the same for the same `seed`.

    `kind` is the name of the process; `changed`, `standing` and `new` are its tables, and `later` what happens to
    situations of `standing`. `everyday_pairs` equal pairs stand beside the story when nobody asks for a size, and
    `weekly` is what an ordinary week does to some of them.
    """

    kind: ClassVar[str]
    # what a person calls one of them
    word: ClassVar[str]
    sobject: ClassVar[str]
    # class variables cannot be generic, or these would be tuples of SceneT
    changed: ClassVar[tuple[Scene, ...]]
    standing: ClassVar[tuple[Scene, ...]]
    new: ClassVar[tuple[Scene, ...]]
    later: ClassVar[Mapping[str, tuple[Deed, ...]]] = {}
    everyday_pairs: ClassVar[int] = 2
    weekly: ClassVar[tuple[Deed, ...]]
    native_words: ClassVar[Mapping[str, str]]

    def __init__(self, company: Company, seed: str) -> None:
        self.company = company
        self.random = random.Random(seed)
        self.folders: dict[str, Folder] = {}
        self.entries: list[Entry[ThingT, SceneT]] = []

    # -- what each kind knows for itself ---------------------------------------------------------------------------

    @abstractmethod
    def thing(self, situation: SceneT, cast: Cast) -> ThingT:
        """What a situation is about, as it is in act one on the Salesforce side."""

    @abstractmethod
    def also(self, entry_thing: ThingT, situation: SceneT, cast: Cast) -> ThingT:
        """The same as Outlook has it."""

    @abstractmethod
    def everyday(self, number: int) -> Entry[ThingT, SceneT]:
        """An equal pair that both sides have."""

    @abstractmethod
    def native(self, side: SideKey, thing: ThingT) -> Native:
        """The native fields on a side. What is blank is None, or "" under a label."""

    @abstractmethod
    def title(self, thing: ThingT) -> str:
        """What a person calls it."""

    @abstractmethod
    def title_of_row(self, row: Mapping[str, Any]) -> str:
        """What a person calls a Salesforce record."""

    @abstractmethod
    def title_of_item(self, item: StoredItem) -> str:
        """What a person calls an item of the mailbox."""

    @abstractmethod
    def changed_thing(self, thing: ThingT, change: Change, cast: Cast) -> ThingT:
        """It after a change."""

    @abstractmethod
    def prepare(self) -> None:
        """Makes the folders that the story needs."""

    def salesforce_extras(self, entry: Entry[ThingT, SceneT]) -> Native:
        """What a record gets on the day it is made, beside its fields."""
        return {}

    def outlook_extras(self, entry: Entry[ThingT, SceneT], values: Native) -> Native:
        """What an item gets on the day it is made, beside its fields."""
        return {}

    def copied(self, entry: Entry[ThingT, SceneT], deed: Copy) -> Native:
        """What is otherwise in a copy."""
        return {}

    def occurrence(self, item: StoredItem, deed: Occurrence) -> str:
        """Changes one occurrence of a series and says what was done. Raises MissingError."""
        raise TypeError(f"a {self.word} has no occurrences")

    # -- what there will be ----------------------------------------------------------------------------------------

    @classmethod
    def story_size(cls) -> int:
        """How many items one round of the story has on the fuller side in act one."""
        return max(sum(s.on(side) for s in (*cls.changed, *cls.standing)) for side in SIDES)

    @classmethod
    def full_size(cls) -> int:
        """How many items a side has when nobody asks for a size."""
        return cls.story_size() + cls.everyday_pairs

    def plan(self, size: int) -> None:
        """The entries of act one and, with nothing to show yet, those that begin in act two.

        A world that is smaller than the story leaves some of it out; a larger one tells it several times.
        """
        counts: dict[SideKey, int] = {"salesforce": 0, "outlook": 0}
        story: list[Any] = [*self.changed, *self.standing, *self.new]
        if size < self.story_size():
            self.random.shuffle(story)
        for number in range(max(1, size // self.full_size())):
            cast = self.cast(number)
            for situation in story:
                more = {side: situation.on(side) for side in SIDES}
                if any(counts[side] + more[side] > size for side in SIDES):
                    continue
                for side in SIDES:
                    counts[side] += more[side]
                self.entries.append(self._entry(situation, cast))
        ordinary = (self.everyday(number) for number in range(size))
        self.entries += islice(ordinary, size - max(counts.values()))

    def cast(self, number: int) -> Cast:
        """Who plays in a round, and around which day."""
        today = self.company.today
        base = today if number == 0 else workday(today, self.random.randrange(_LAST_BASE))
        return Cast(number, base, self.random.choice(people.CUSTOMERS), self.random.choice(people.COLLEAGUES))

    def _entry(self, situation: SceneT, cast: Cast) -> Entry[ThingT, SceneT]:
        # one customer in a dozen events would be dull
        if cast.number == 0:
            cast = replace(cast, customer=self.random.choice(people.CUSTOMERS),
                           colleague=self.random.choice(people.COLLEAGUES))  # fmt: skip
        thing = self.thing(situation, cast)
        return Entry(situation, cast, {"salesforce": thing, "outlook": self.also(thing, situation, cast)})

    # -- making it -------------------------------------------------------------------------------------------------

    def build(self) -> None:
        """Fills both stores. Each side has its own order: nobody enters a week twice in the same order."""
        steps: list[tuple[SideKey, Entry[ThingT, SceneT]]] = []
        for side in SIDES:
            here = [(side, entry) for entry in self.entries if entry.situation.first in (First.BOTH, First(side))]
            self.random.shuffle(here)
            steps += here
        begin = datetime.combine(self.company.today - timedelta(days=70), time(8), UTC)
        with self.company.clock.staged(begin, begin + timedelta(days=61), len(steps)) as ticker:
            self.company.furnish()
            self.prepare()
            for side, entry in steps:
                copies = entry.situation.copies[0 if side == "salesforce" else 1]
                for _ in range(copies):
                    entry.ids[side].append(self.enter(entry, side))
                ticker.tick()

    def enter(self, entry: Entry[ThingT, SceneT], side: SideKey, native: Mapping[str, object] | None = None) -> str:
        """Enters the item of an entry on a side by hand, and returns its id there."""
        situation, values = entry.situation, self.native(side, entry.things[side])
        if side == "salesforce":
            values = overlay(values | self.salesforce_extras(entry), entry.cast.native(situation.native_salesforce))
            return self.enter_salesforce(entry, overlay(values, native or {}))
        values = overlay(overlay(values, entry.cast.native(situation.native_outlook)), native or {})
        values |= self.outlook_extras(entry, values)
        return self.enter_outlook(entry, without_blanks(values)).id

    def enter_salesforce(self, entry: Entry[ThingT, SceneT], values: Native) -> str:
        """Makes the record and returns its id."""
        company = self.company
        by = company.colleagues[1] if entry.situation.colleague else company.user_id
        given = {name: value for name, value in values.items() if value is not None}
        return company.org.insert(company.person(by), self.sobject, given)

    def enter_outlook(self, entry: Entry[ThingT, SceneT], values: Native) -> StoredItem:
        """Makes the item."""
        return self.company.mailbox.create(self.folders[entry.situation.folder], values)

    # -- living on -------------------------------------------------------------------------------------------------

    def story_deeds(self) -> Iterator[tuple[Entry[ThingT, SceneT], SideKey, Deed]]:
        """The deeds of the tables, side by side, in a mixed order of situations."""
        entries = list(self.entries)
        self.random.shuffle(entries)
        for entry in entries:
            later = self.later.get(entry.situation.name, ())
            for deed in entry.situation.salesforce:
                yield entry, "salesforce", deed
            for deed in (*entry.situation.outlook, *later):
                yield entry, "outlook", deed

    def everyday_deeds(self, week: int) -> Iterator[tuple[Entry[ThingT, SceneT], SideKey, Deed]]:
        """A few changes, a new item and a deletion on each side."""
        pairs = [entry for entry in self.entries if all(entry.ids.values()) and entry.situation.name == ORDINARY]
        some = self.random.sample(pairs, min(len(pairs), 10))
        kinds: tuple[Deed, ...] = (*self.weekly, Delete())
        for number, entry in enumerate(some):
            yield entry, SIDES[number % 2], kinds[number // 2]
        for side in SIDES:
            entry = self.everyday(week)
            self.entries.append(entry)
            yield entry, side, Create()

    def live_ids(self, side: SideKey) -> list[str]:
        """The ids of the person's own items: in the usual folder, and the records that belong to them."""
        if side == "outlook":
            return [item.id for item in self.company.mailbox.items(self.folders[""])]
        rows = self.company.org.rows(self.sobject)
        return [str(row["Id"]) for row in rows if row["OwnerId"] == self.company.user_id and not row.get("IsChild")]

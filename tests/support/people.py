"""What people do in a random week, on either side: make, write, move, copy and throw away. See `machine`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from support.build import OL, SF, fields_of
from support.machine_values import AWAY, CHANGES, FRESH, PLAIN, PREVENTED, SERVERS, SIDES, WHICH
from support.oracle import Oracle
from sync_core.items import Fields, Item, Kind, SideName
from sync_core.review import Review
from sync_core.sides import Fate, Operation

# names that nobody takes for one another: what is alike is asked about, and then nothing can be foretold of it
UNLIKE = ("Budget", "Quarry", "Visit to Leeds", "Tax", "Monthly figures", "Offsite")


class People(Oracle):
    """A person with two systems."""

    @initialize(left=st.sampled_from(SERVERS), right=st.sampled_from(SERVERS), pairs=st.sampled_from([0, 3, 6]))
    def servers(self, left: Callable[[Fields], Fields], right: Callable[[Fields], Fields], pairs: int) -> None:
        self.world.left.normalise, self.world.right.normalise = left, right
        name = "last_name" if self.kind is Kind.CONTACTS else "subject"
        for number in range(pairs):
            raw = fields_of(self.kind, **PLAIN[self.kind] | self.fresh({"notes": FRESH, name: UNLIKE[number]}))
            self.type(self.world.side(SF if number % 2 else OL).put(raw))
        self.run_review(Review.of(self.world.plan()))

    def write(self, side: SideName, item_id: str, changes: dict[str, Any]) -> None:
        """Somebody writes some fields of an item."""
        old = self.world.side(side).items[item_id]
        self.type(self.world.side(side).edit(item_id, **self.fresh(self.as_it_can_be(old, changes))), old)

    def as_it_can_be(self, item: Item, changes: dict[str, Any]) -> dict[str, Any]:
        """The changes that a program lets somebody make to this item."""
        return changes

    def throw_away(self, side: SideName, item_id: str) -> None:
        """Somebody deletes an item."""
        self.forget(self.world.side(side).items.pop(item_id))

    def pick(self, side: SideName, position: int) -> str:
        items = sorted(self.world.side(side).items)
        return items[position % len(items)] if items else ""

    @rule(side=SIDES, data=st.data())
    def create(self, side: SideName, data: st.DataObject) -> None:
        changes = self.fresh({"notes": FRESH} | data.draw(CHANGES[self.kind]))
        self.type(self.world.side(side).put(fields_of(self.kind, **PLAIN[self.kind] | changes)))

    @rule(data=st.data(), number=st.integers(2, 6))
    def create_several(self, data: st.DataObject, number: int) -> None:
        """An ordinary day: several items here, and the same ones there."""
        for _ in range(number):
            changes = self.fresh({"notes": FRESH} | data.draw(CHANGES[self.kind]))
            for side in SideName:
                made = self.world.side(side).put(fields_of(self.kind, **PLAIN[self.kind] | changes))
            # edited before they were ever synced they are two things, for all anybody can tell
            self.type(made, copies=4)

    @rule(side=SIDES, position=WHICH, data=st.data())
    def edit(self, side: SideName, position: int, data: st.DataObject) -> None:
        if item_id := self.pick(side, position):
            self.write(side, item_id, data.draw(CHANGES[self.kind]))

    @rule(position=WHICH, data=st.data(), alike=st.booleans())
    def edit_both(self, position: int, data: st.DataObject, alike: bool) -> None:
        """Both halves of a pair change, to the same or to something else."""
        links = sorted(self.world.books.links_by_id)
        if not links:
            return
        changes = data.draw(CHANGES[self.kind])
        for side, item_id in zip(SideName, links[position % len(links)], strict=True):
            if item_id in self.world.side(side).items:
                self.write(side, item_id, changes if alike else data.draw(CHANGES[self.kind]))

    @rule(side=SIDES, position=WHICH)
    def delete(self, side: SideName, position: int) -> None:
        if item_id := self.pick(side, position):
            self.throw_away(side, item_id)

    @rule(side=SIDES, keep=st.integers(0, 2))
    def delete_many(self, side: SideName, keep: int) -> None:
        for item_id in sorted(self.world.side(side).items)[keep:]:
            self.throw_away(side, item_id)

    @rule(side=SIDES, position=WHICH, fate=AWAY)
    def take_away(self, side: SideName, position: int, fate: Fate) -> None:
        """To another folder, another owner, the archive; or something in it cannot be understood any more."""
        if item_id := self.pick(side, position):
            if not any(item_id in ids for ids in self.world.books.links_by_id):
                # nobody knows it, nobody sees it: its twin across is new
                self.may_become_two(self.world.side(side).items[item_id])
            self.world.side(side).take_away(item_id, fate)

    @rule(side=SIDES)
    def bring_back(self, side: SideName) -> None:
        for item_id in list(self.world.side(side).away):
            self.world.side(side).bring_back(item_id)

    @rule(position=WHICH)
    def move_in_outlook(self, position: int) -> None:
        """Moving an item to another folder and back gives it another id (facts: exchange A.8)."""
        if item_id := self.pick(OL, position):
            old = self.world.right.items.pop(item_id)
            self.world.right.put(old.fields, mark=old.mark)
            if not old.mark or old.series:
                # edited before the next sync as well, it is another item for all anybody can tell
                self.may_become_two(old)

    @rule(position=WHICH, data=st.data())
    def copy_in_outlook(self, position: int, data: st.DataObject) -> None:
        """A copy carries our mark, too."""
        if item_id := self.pick(OL, position):
            old = self.world.right.items[item_id]
            changes = self.fresh(self.as_it_can_be(old, data.draw(CHANGES[self.kind])))
            self.type(self.world.right.put({**old.fields, **changes}, mark=old.mark))

    @rule(days=st.sampled_from([30, 40]))
    def time_passes(self, days: int) -> None:
        window = self.world.window
        if window.first.month in (10, 11):
            self.world.window = replace(window, first=window.first + timedelta(days))

    @rule(operations=PREVENTED)
    def prevent(self, operations: frozenset[tuple[SideName, Operation]]) -> None:
        self.world.rules = replace(self.world.rules, prevented=operations)

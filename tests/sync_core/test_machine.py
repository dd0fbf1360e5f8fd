"""The promises of DESIGN.md section 6, against random weeks: edits, deletes, moves and syncs in any order.

The machine edits contents on both sides, also between review and run: one that never edits proves nothing.
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule
from support.build import OL, SF, at, fields
from support.model import Books, ModelSide, World

from sync_core.compare import Baseline
from sync_core.items import SideName
from sync_core.plan import Action, Choice, IgnoreMode, State, allowed
from sync_core.question import Rules
from sync_core.report import Result
from sync_core.review import Review
from sync_core.sides import Operation
from sync_core.span import inside

SIDES = st.sampled_from(list(SideName))
TEXTS = st.sampled_from(["", "a", "b", "c", "d"])
WHENS = st.sampled_from([at(20), at(21), at(22, 15), at(23, month=12), at(5, month=1)])
CHANGES = st.one_of(
    st.fixed_dictionaries({"subject": TEXTS}),
    st.fixed_dictionaries({"location": TEXTS}),
    st.fixed_dictionaries({"notes": TEXTS}),
    st.fixed_dictionaries({"reminder": st.sampled_from([None, 15, 30])}),
    st.fixed_dictionaries({"when": WHENS}),
    st.fixed_dictionaries({"subject": TEXTS, "location": TEXTS}),
)
MIRROR = {
    Action.CREATE_IN_OUTLOOK: Action.CREATE_IN_SALESFORCE,
    Action.UPDATE_IN_OUTLOOK: Action.UPDATE_IN_SALESFORCE,
    Action.DELETE_FROM_OUTLOOK: Action.DELETE_FROM_SALESFORCE,
}
MIRROR |= {b: a for a, b in MIRROR.items()}


def swapped(world: World) -> World:
    """The same world seen in a mirror. Marks live in Outlook only and would break the symmetry: they are left out."""

    def turn(side: ModelSide, name: SideName) -> ModelSide:
        items = {i: replace(item, side=name, mark="", _digest=[]) for i, item in side.items.items()}
        return ModelSide(name, items)

    links = {}
    for link in world.books.links.values():
        base = Baseline(link.baseline.right, link.baseline.left)
        links[link.right_id, link.left_id] = replace(
            link, left_id=link.right_id, right_id=link.left_id, baseline=base, mark=""
        )
    rules = Rules(world.rules.private, frozenset((s.other, o) for s, o in world.rules.prevented))
    return World(turn(world.right, SF), turn(world.left, OL), Books(links), rules)


def bare(world: World) -> World:
    """The same world without marks."""
    return swapped(swapped(world))


class Weeks(RuleBasedStateMachine):
    """A person with two calendars and handsync."""

    made = Bundle("made")

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        # Outlook's new ids, and the old ones they took the place of
        self.moved: dict[str, str] = {}

    # what people do

    @rule(target=made, side=SIDES, changes=CHANGES)
    def create(self, side, changes):
        return side, self.world.side(side).put(fields(**changes)).id

    @rule(thing=made, changes=CHANGES)
    def edit(self, thing, changes):
        side, item_id = thing
        if item_id in self.world.side(side).items:
            self.world.side(side).edit(item_id, **changes)

    @rule(side=SIDES, position=st.integers(0, 20), changes=CHANGES)
    def edit_any(self, side, position, changes):
        items = sorted(self.world.side(side).items)
        if items:
            self.world.side(side).edit(items[position % len(items)], **changes)

    @rule(side=SIDES, position=st.integers(0, 20))
    def delete_any(self, side, position):
        items = sorted(self.world.side(side).items)
        if items:
            del self.world.side(side).items[items[position % len(items)]]

    @rule(position=st.integers(0, 20))
    def move_in_outlook(self, position):
        """Moving an item to another folder and back gives it another id (facts: exchange A.8)."""
        items = sorted(self.world.right.items)
        if items:
            old = self.world.right.items.pop(items[position % len(items)])
            moved = self.world.right.put(old.fields, mark=old.mark)
            self.moved[moved.id] = old.id

    @rule(position=st.integers(0, 20), changes=CHANGES)
    def copy_in_outlook(self, position, changes):
        """A copy carries our mark, too."""
        items = sorted(self.world.right.items)
        if items:
            old = self.world.right.items[items[position % len(items)]]
            self.world.right.put({**old.fields, **changes}, mark=old.mark)

    @rule(operations=st.sets(st.tuples(SIDES, st.sampled_from(list(Operation))), max_size=2))
    def prevent(self, operations):
        self.world.rules = Rules(private=True, prevented=frozenset(operations))

    @rule()
    def lose_memory(self):
        self.world.books.links.clear()
        plan = self.world.plan()
        assert not any("delete" in row.recommended for row in plan.rows), "lost memory must never delete (invariant 14)"

    # what handsync does

    @rule()
    def sync(self):
        self._run(Review.of(self.world.plan()))

    @rule(side=SIDES, position=st.integers(0, 20), changes=CHANGES, gone=st.booleans())
    def sync_while_somebody_edits(self, side, position, changes, gone):
        review = Review.of(self.world.plan())
        items = sorted(self.world.side(side).items)
        if items:
            item_id = items[position % len(items)]
            if gone:
                del self.world.side(side).items[item_id]
            else:
                self.world.side(side).edit(item_id, **changes)
        self._run(review, edited=True)

    @rule(choices=st.lists(st.sampled_from(list(Choice)), min_size=1, max_size=5))
    def review_and_sync(self, choices):
        review = Review.of(self.world.plan())
        for row, choice in zip(review.plan.rows, choices, strict=False):
            review = review.choose([row.id], choice)
        self._run(review, recommended=False)

    @rule(position=st.integers(0, 20), mode=st.sampled_from(list(IgnoreMode)))
    def ignore(self, position, mode):
        plan = self.world.plan()
        if plan.rows:
            row = plan.rows[position % len(plan.rows)]
            review = Review.of(plan).ignore([row.id], mode)
            others = [r.id for r in plan.rows if r.id != row.id]
            self._run(review.choose(others, Choice.NOTHING), recommended=False)
            again = next((r for r in self.world.plan().rows if r.id == row.id), None)
            assert again is None or again.action is Action.NONE, "a declined row stays quiet (invariant 19)"

    def _run(self, review: Review, *, recommended: bool = True, edited: bool = False) -> None:
        before = {side: dict(self.world.side(side).items) for side in SideName}
        base = {}
        for link in self.world.books.links.values():
            base[SF, link.left_id] = link.baseline.left
            base[OL, link.right_id] = link.baseline.right
            if link.mark:
                base[OL, link.mark] = link.baseline.right
        for side in SideName:
            self.world.side(side).writes.clear()
        report = self.world.run(review)
        approved = [allowed(row).effect for row in review.rows() if row.state is State.READY]
        for side in SideName:
            for write in self.world.side(side).writes:
                assert (side, write.operation) not in self.world.rules.prevented, "invariant 18"
            sent = sorted(str(sorted(w.fields.items())) for w in self.world.side(side).writes if w.fields)
            meant = sorted(str(sorted((e.to_left if side is SF else e.to_right).items())) for e in approved)
            assert all(meant.count(s) >= sent.count(s) for s in sent), "only what the rows said (invariant 5)"
        if recommended:
            self._nothing_typed_is_lost(before, base)
        if not edited and all(row.result is Result.DONE for row in report.rows):
            left_over = self.world.plan().rows
            done = {row.row_id for row in report.rows}
            assert not [r for r in left_over if r.id in done and r.action is not Action.NONE], "invariant 8"

    def _nothing_typed_is_lost(self, before, base):
        """Promise 8 with the recommendations alone: what somebody typed since the last sync stays on its side."""
        for side in SideName:
            for item_id, old in before[side].items():
                # an Outlook item that was moved has another id now
                agreed = base.get((side, item_id)) or (base.get((side, old.mark)) if old.mark else None)
                before_move = self.moved.get(item_id)
                while agreed is None and before_move is not None and side is OL:
                    agreed, before_move = base.get((OL, before_move)), self.moved.get(before_move)
                now = self.world.side(side).items.get(item_id)
                if now is None:
                    assert agreed is not None, "an item nobody had synced was deleted"
                    assert all(old.fields[n] == v for n, v in agreed.items()), "an edited item was deleted"
                    continue
                for name, value in old.fields.items():
                    if now.fields[name] != value:
                        known = agreed is not None and name in agreed
                        assert (agreed[name] == value) if known else value in ("", None), (name, value)

    # what is always true

    @invariant()
    def plans_are_pure_and_order_means_nothing(self):
        before = (dict(self.world.left.items), dict(self.world.right.items), dict(self.world.books.links))
        plan = self.world.plan()
        assert plan == self.world.plan(reverse=True)
        assert before == (self.world.left.items, self.world.right.items, self.world.books.links)

    @invariant()
    def every_item_is_in_one_row_or_in_step(self):
        plan = self.world.plan()
        for side in SideName:
            seen = [row.item(side).id for row in plan.rows if row.item(side)]
            assert len(seen) == len(set(seen)), "invariant 2"
            inside_window = [i for i in self.world.side(side).items.values() if inside(i.when, plan.window)]
            assert len(inside_window) == len(seen) + plan.in_sync, "invariant 2"
        assert len({row.id for row in plan.rows}) == len(plan.rows)

    @invariant()
    def links_are_one_to_one(self):
        links = self.world.books.links.values()
        assert len({k.left_id for k in links}) == len({k.right_id for k in links}) == len(links), "invariant 15"

    @invariant()
    def left_and_right_are_mirror_images(self):
        here = bare(self.world).plan()
        there = swapped(self.world).plan()

        def shape(row, turned):
            ids = (row.left.id if row.left else "", row.right.id if row.right else "")
            action = MIRROR.get(row.recommended, row.recommended) if turned else row.recommended
            return (ids[::-1] if turned else ids, action, row.state, row.situation)

        assert sorted(shape(r, False) for r in here.rows) == sorted(shape(r, True) for r in there.rows), "invariant 3"
        assert here.in_sync == there.in_sync

    @precondition(lambda self: not self.world.rules.prevented and not self.world.books.ignores)
    @rule()
    def one_sync_brings_both_in_step(self):
        """Invariant 7: with nothing undecided or suspected one sync is enough, and a second has nothing to do."""
        self.world.sync()
        plan = self.world.plan()
        assert {r.action for r in plan.rows} <= {Action.NONE, Action.CONFLICT}
        for link in self.world.books.links.values():
            row = next((r for r in plan.rows if r.link_ids == (link.left_id, link.right_id)), None)
            left, right = self.world.left.items.get(link.left_id), self.world.right.items.get(link.right_id)
            if row is None and left is not None and right is not None and inside(left.when, plan.window):
                assert left.fields == right.fields


TestWeeks = Weeks.TestCase
TestWeeks.settings = settings(max_examples=60, stateful_step_count=25, deadline=None, report_multiple_bugs=False)

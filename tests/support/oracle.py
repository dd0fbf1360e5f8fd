"""What must be true of every week, whatever people and handsync did: the promises of DESIGN.md section 6.

Notes are texts that nobody else ever typed, so that each can be followed: where it is now, and how many items hold it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, invariant

from support.build import OL, SF
from support.machine_values import FRESH, own_words, token
from support.mirror import seen, shape
from support.model import World
from sync_core import series, singles
from sync_core.compare import Baseline
from sync_core.items import FIELDS, Fields, Flow, Item, Kind, SideName, When
from sync_core.plan import Action, Ignore, IgnoreMode, Plan, Singles, State, allowed
from sync_core.question import Rules
from sync_core.report import Result
from sync_core.review import Review
from sync_core.sides import Operation, Write
from sync_core.span import in_window

Snapshot = dict[SideName, dict[str, Item]]


@dataclass
class Tally:
    """How much was tried."""

    examples: int = 0
    steps: int = 0
    syncs: int = 0
    # pairs of which was said beforehand what a sync comes to
    foretold: int = 0
    # series that crossed as single events, once for each sync that made them so
    series_split: int = 0


class Oracle(RuleBasedStateMachine):
    """Follows every text that was typed, runs syncs, and says what was wrong with them."""

    kind = Kind.CALENDAR
    tally = Tally()

    def __init__(self) -> None:
        super().__init__()
        # few enough that a handful of items can be a mass
        self.world = World.of(self.kind, Rules(private=True, suspect_rows=3))
        # what was typed and not typed over since, and how many items of a side may hold it
        self.typed: set[str] = set()
        self.may_hold: Counter[str] = Counter()
        # texts of series, and how many occurrences may hold each as single events
        self.of_series: dict[str, int] = {}
        self.declined: dict[str, tuple[IgnoreMode, str, str]] = {}
        self._count = 0
        self._checked: object = None
        self.tally.examples += 1

    def fresh(self, changes: dict[str, Any]) -> dict[str, Any]:
        """The changes with a text that was never typed before, where they ask for one."""
        if changes.get("notes") != FRESH:
            return changes
        self._count += 1
        return changes | {"notes": f"t{self._count:04}-and-more"}

    def type(self, new: Item, old: Item | None = None, *, copies: int = 1) -> None:
        """Somebody made an item, or wrote one so that what it holds is not what the `old` one held."""
        before, after = _words(old), _words(new)
        pattern = series.pattern_of(new.when) if new.series and new.when is not None else None
        if pattern is not None:
            self.of_series[token(new.fields)] = pattern.count or 1
        for word in after - before:
            self.typed.add(word)
            self.may_hold[word] += copies
        self._forget(old, before - after)

    def forget(self, item: Item | None) -> None:
        """Somebody threw it away, or said that the other side's values are right."""
        self._forget(item, _words(item))

    def _forget(self, item: Item | None, words: set[str]) -> None:
        if item is None or item.series:
            self.typed -= words
        else:
            # what one occurrence shows is its series' text still
            self.typed -= words - (self._in_series() if words & self.of_series.keys() else set())

    def _in_series(self) -> set[str]:
        items = (item for side in SideName for item in self._everything(side) if item.series)
        return {token(item.fields) for item in items}

    def _everything(self, side: SideName) -> list[Item]:
        model = self.world.side(side)
        return [*model.items.values(), *(item for _, item in model.away.values())]

    def may_become_two(self, *items: Item | None) -> None:
        """For all anybody can tell these are new things from here on."""
        for item in items:
            if item is not None:
                self.may_hold.update(_words(item))

    def nobody_said_no(self) -> bool:
        """Whether nothing is prevented, and nothing ignored."""
        ignored = any(isinstance(one.mode, IgnoreMode) for one in self.world.books.ignores.values())
        return not self.world.rules.prevented and not ignored

    # syncs

    def snapshot(self) -> Snapshot:
        """What both sides hold."""
        return {side: dict(self.world.side(side).items) for side in SideName}

    def _as_rows_have_it(self, chosen: frozenset[str]) -> Snapshot:
        """The same, with occurrences in the place of those series."""
        shown: Snapshot = {}
        for side, items in self.snapshot().items():
            shown[side] = {}
            for item in items.values():
                ones = singles.in_window(item, self.world.window) if item.id in chosen else [item]
                shown[side] |= {one.id: one for one in ones}
        return shown

    def single(self) -> frozenset[str]:
        """The series that cross as single events, as memory has chosen it."""
        chosen = {_source(one) for one in self.world.books.ignores.values() if isinstance(one.mode, Singles)}
        linked = (parts[0] for ids in self.world.books.links_by_id for i in ids if (parts := singles.parts_of(i)))
        return frozenset((*chosen, *linked))

    def run_review(
        self, review: Review, *, recommended: bool = True, undisturbed: bool = True, consent: bool = False
    ) -> None:
        """Runs a review, and looks at what came of it.

        `recommended` means that nobody chose anything, `undisturbed` that no server failed and nobody typed meanwhile,
        `consent` that the guards were confirmed.
        """
        self.tally.syncs += 1
        self.tally.series_split += len(review.chosen)
        chosen = self.single() | {_source(one) for one in review.chosen.values()}
        before, base = self._as_rows_have_it(chosen), self._agreed()
        for side in SideName:
            self.world.side(side).writes.clear()
            self.world.side(side).asked.clear()
        report = self.world.run(review)
        self._only_what_was_approved(review)
        if recommended:
            self._nothing_typed_is_lost(before, self._as_rows_have_it(chosen), base)
            if not consent:
                self._no_mass_without_consent(len(base))
        self.nothing_typed_vanished()
        if undisturbed:
            done = {row.row_id for row in report.rows if row.result is Result.DONE}
            # of a merge of which one half is prevented, that half is asked about again
            halves = {row.id for row in review.rows() if row.why_not}
            again = [r for r in self.world.plan().rows if r.id in done - halves and r.action is not Action.NONE]
            assert not again, ("invariant 8", [(r.situation, r.reason, r.changes) for r in again])
            assert done == {row.row_id for row in report.rows}, [r.message for r in report.rows]

    def _only_what_was_approved(self, review: Review) -> None:
        approved = [allowed(row).effect for row in review.rows() if row.state is State.READY]
        for side in SideName:
            model = self.world.side(side)
            for write in model.asked:
                assert (side, write.operation) not in self.world.rules.prevented, "invariant 18"
            sent = Counter(str(sorted(w.fields.items())) for w in model.asked if w.fields)
            meant = Counter(str(sorted((e.to_left if side is SF else e.to_right).items())) for e in approved)
            assert sent <= meant, "invariant 5: only what the rows said"
            deletes = Counter(w.before and w.before.id for w in model.asked if w.operation is Operation.DELETE)
            may_go = Counter(
                item.id
                for row in review.rows()
                if row.state is State.READY
                and row.action is (Action.DELETE_FROM_SALESFORCE if side is SF else Action.DELETE_FROM_OUTLOOK)
                and (item := row.item(side)) is not None
            )
            assert deletes <= may_go, "invariant 5: deletes only what the rows said"
            for write in model.writes:
                self._can_be_held(side, write)

    def _can_be_held(self, side: SideName, write: Write) -> None:
        """Invariant 20: what a side cannot hold of a series never reaches it."""
        limits = self.world.side(side).limits
        when, before = write.fields.get("when"), write.before
        if isinstance(when, When) and when.recurrence and limits.series_zone:
            if write.operation is Operation.CREATE:
                assert when.zone == limits.series_zone, "invariant 20: the zone of a series"
            elif before is not None and before.when is not None and limits.fixed_pattern:
                assert before.when[3:] == when[3:], "invariant 20: the days of a series"
                assert series.first_day(before.when) == series.first_day(when), "invariant 20: the days of a series"
        if limits.no_changed_occurrences is not None and "exceptions" in write.fields:
            held = str(before.fields.get("exceptions") or "") if before is not None else ""
            coming = series.changed_by(held, str(write.fields["exceptions"] or ""))
            assert not coming.changed, "invariant 20: an occurrence that was changed"

    def _no_mass_without_consent(self, links: int) -> None:
        for side in SideName:
            deletes = sum(w.operation is Operation.DELETE for w in self.world.side(side).asked)
            rules = self.world.rules
            assert deletes <= rules.suspect_rows or deletes * 100 <= rules.suspect_percent * links, "invariant 13"

    def _agreed(self) -> list[Baseline]:
        return [link.baseline for link in self.world.books.links_by_id.values()]

    def _nothing_typed_is_lost(self, before: Snapshot, after: Snapshot, base: list[Baseline]) -> None:
        """Promise 8 with the recommendations alone: what replaces a value replaces one that both had agreed on."""
        for side in SideName:
            agreed = [b.on(side) for b in base]
            for item_id, old in before[side].items():
                now = after[side].get(item_id)
                if now is None:
                    # an occurrence has no occurrences of its own
                    same = (all(old.fields.get(n, v) == v for n, v in a.items()) for a in agreed)
                    assert any(same), "invariant 23"
                    continue
                for name, value in old.fields.items():
                    # the names of attachments are handsync's own block in Salesforce
                    if now.fields[name] != value and name != "attachments":
                        known = any(name in a and a[name] == value for a in agreed)
                        assert known or value in ("", None, ()), ("invariant 23", name, value)

    def nothing_typed_vanished(self) -> None:
        """Invariant 23 by an oracle that asks nothing of the program: every text is somewhere, and in no twin."""
        held = {side: self._held(side) for side in SideName}
        lost = self.typed - {word for side in SideName for word, _ in held[side]}
        assert not lost, ("invariant 23", lost)
        for side in SideName:
            twins = {
                (word, how): n
                for (word, how), n in held[side].items()
                if word and n > self.may_hold[word] * (self.of_series[word] if how == "as single events" else 1)
            }
            assert not twins, ("a duplicate", side, twins)

    def _held(self, side: SideName) -> Counter[tuple[str, str]]:
        """How many items of a side hold each text, and as what."""
        held: Counter[tuple[str, str]] = Counter()
        for item in self._everything(side):
            word = token(item.fields)
            held[word, "as single events" if word in self.of_series and not item.series else ""] += 1
            held.update((own, "in a series") for own in own_words(item.fields))
        return held

    # what is always true

    @invariant()
    def everything_holds(self) -> None:
        """All that must be true of every state; a step that changed nothing needs no second look."""
        self.tally.steps += 1
        world = self.world
        away = {side: dict(world.side(side).away) for side in SideName}
        books = (dict(world.books.links_by_id), dict(world.books.ignores))
        state = (self.snapshot(), away, books, world.rules, world.window, dict(self.declined))
        if state != self._checked:
            self.plans_are_pure_and_order_means_nothing()
            self.half_a_listing_proves_nothing()
            self.links_are_one_to_one()
            self.left_and_right_are_mirror_images()
            self._checked = state

    def plans_are_pure_and_order_means_nothing(self) -> None:
        """Invariant 1."""
        before = (self.snapshot(), dict(self.world.books.links_by_id))
        plan = self.world.plan()
        assert plan == self.world.plan(reverse=True), "invariant 1"
        assert before == (self.snapshot(), self.world.books.links_by_id), "invariant 1"
        listed = self.world.listed()
        self._every_item_is_in_one_row_or_in_step(plan, listed)
        self._declined_stays_quiet(plan)
        self._deletes_have_evidence(plan)
        self._what_is_in_step_is_alike(plan, listed)

    def _every_item_is_in_one_row_or_in_step(self, plan: Plan, listed: Snapshot) -> None:
        for side in SideName:
            ids = [item.id for row in plan.rows if (item := row.item(side)) is not None]
            assert len(ids) == len(set(ids)), "invariant 2"
            here = [i for i in listed[side].values() if in_window(self.kind, i.fields, plan.window)]
            # an event of a series that ended before the window may have been moved into it: a look by its id finds it
            known = {link_ids[0 if side is SF else 1] for link_ids in self.world.books.links_by_id}
            hidden = sum(singles.parts_of(i) is not None and i not in listed[side] for i in known)
            assert 0 <= len(ids) + plan.in_sync - len(here) <= hidden, "invariant 2"
        assert len({row.id for row in plan.rows}) == len(plan.rows), "invariant 2"
        for row in plan.rows:
            if row.linked and row.right is not None and row.right.id != row.link_ids[1]:
                still = (*self.world.right.items, *self.world.right.away)
                assert row.link_ids[1] not in still, "a copy was taken for the original"

    def _declined_stays_quiet(self, plan: Plan) -> None:
        rows = {row.id: row for row in plan.rows}
        for row_id in [i for i in self.declined if i in rows]:
            (mode, *before), row = self.declined[row_id], rows[row_id]
            now = [item.digest if item else "" for item in (row.left, row.right)]
            if mode is IgnoreMode.FOREVER or before == now:
                assert row.action is Action.NONE, "invariant 19"
                assert row_id not in plan.no_longer_ignored, "invariant 19: it has ended though nothing changed"
        for row_id in plan.no_longer_ignored:
            # what has ended does not begin again when everything is as it was
            self.declined.pop(row_id, None)

    def _deletes_have_evidence(self, plan: Plan) -> None:
        for row in plan.rows:
            if "delete" in row.recommended:
                assert row.linked, "invariant 12"
                for side, item_id in zip(SideName, row.link_ids, strict=True):
                    if row.item(side) is None:
                        self._is_gone(side, item_id)

    def _is_gone(self, side: SideName, item_id: str) -> None:
        model = self.world.side(side)
        parts = singles.parts_of(item_id)
        if parts is not None and parts[0] in model.items:
            assert singles.on_day(model.items[parts[0]], parts[1]) is None, "invariant 12"
        else:
            assert (parts[0] if parts is not None else item_id) not in {**model.items, **model.away}, "invariant 12"

    def half_a_listing_proves_nothing(self) -> None:
        """Invariant 12: no delete follows from a reading that was not complete."""
        if self._count % 3 == 0:
            for side in SideName:
                wanted = Action.DELETE_FROM_OUTLOOK if side is SF else Action.DELETE_FROM_SALESFORCE
                plan = self.world.plan(half_read=side)
                assert not [row for row in plan.rows if row.recommended is wanted], "invariant 12"

    def links_are_one_to_one(self) -> None:
        """Invariant 15."""
        links = self.world.books.links_by_id
        assert len({a for a, _ in links}) == len({b for _, b in links}) == len(links), "invariant 15"

    def left_and_right_are_mirror_images(self) -> None:
        """Invariant 3."""
        here = seen(self.world, swap=False).plan()
        there = seen(self.world, swap=True).plan()
        assert shape(here, swapped=False) == shape(there, swapped=True), "invariant 3"
        assert here.in_sync == there.in_sync, "invariant 3"

    def _what_is_in_step_is_alike(self, plan: Plan, listed: Snapshot) -> None:
        """Invariants 7 and 11: a pair that needs nothing is the same on both sides, as far as the servers keep it."""
        rows = {row.link_ids for row in plan.rows}
        for ids in self.world.books.links_by_id:
            left, right = listed[SF].get(ids[0]), listed[OL].get(ids[1])
            if ids in rows or left is None or right is None:
                continue
            for f in FIELDS[self.kind]:
                if f.flow is Flow.BOTH and f.name in left.fields and f.name in right.fields:
                    self._in_step(f.name, left.fields, right.fields)

    def _in_step(self, name: str, left: Fields, right: Fields) -> None:
        same = left[name] == right[name]
        kept = self.world.right.normalise(left)[name] == right[name]
        taken = self.world.left.normalise(right)[name] == left[name]
        assert same or kept or taken, ("invariant 7", name, left[name], right[name])


def _words(item: Item | None) -> set[str]:
    """All texts of an item that nobody else ever typed."""
    return {w for w in (token(item.fields), *own_words(item.fields)) if w} if item is not None else set()


def _source(choice: Ignore) -> str:
    """The series of which single events cross."""
    return choice.left_id if choice.left_digest else choice.right_id

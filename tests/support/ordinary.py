"""Weeks of which is said beforehand, from the values alone, what one sync must come to. See `machine`."""

from __future__ import annotations

from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import rule

from support.build import OL, SF
from support.machine_values import BAD_SERVERS, FRESH, SECOND, STORIES, WINNERS, Outcome, Story
from support.people import People
from sync_core.items import FIELDS, Flow, Item, SideName, Value
from sync_core.plan import Choice, Situation, State
from sync_core.review import Review
from sync_core.span import in_window


class OrdinaryWeeks(People):
    """Something happens to each of some pairs, and a careful person knows what should come of it."""

    @rule(stories=st.lists(STORIES, min_size=1, max_size=6), winner=WINNERS, bad=BAD_SERVERS)
    def an_ordinary_week(self, stories: list[Story], winner: Choice | None, bad: tuple[SideName, int] | None) -> None:
        """Something happens to each of some pairs, and what a careful person would expect is what one sync does.

        With a server that refuses one write it takes two.
        """
        told = [self.tell(ids, story) for ids, story in zip(self.quiet_pairs(), stories, strict=False)]
        expected = {ids: self._expect(ids, winner) for ids in told}
        nobody_else = self._all_are_linked()
        if bad is not None:
            server, number = self.world.side(bad[0]), iter(range(100))
            server.refuse = lambda write: "the server does not like it" if next(number) == bad[1] else ""
            self._decide_and_run(winner, undisturbed=False)
            server.refuse = lambda write: ""
        self._decide_and_run(winner, undisturbed=True)
        if self.nobody_said_no() and nobody_else:
            assert {ids: self._outcome(ids) for ids in told} == expected, "invariant 7"
            self.tally.foretold += len(told)

    def _decide_and_run(self, winner: Choice | None, *, undisturbed: bool) -> None:
        """All guards are confirmed, and all conflicts are decided one way, or none is."""
        review = Review.of(self.world.plan())
        for number, guard in enumerate(review.plan.guards):
            review = review.confirm(number, str(guard.count))
        asked = [r for r in review.rows() if r.situation is Situation.CONFLICT and r.ignored is None]
        if winner is not None and asked:
            loser = OL if winner is Choice.MERGE_SALESFORCE else SF
            review = review.choose([r.id for r in asked], winner)
            for row in asked:
                self.forget(row.item(loser))
        self.run_review(review, recommended=winner is None, consent=True, undisturbed=undisturbed)

    def quiet_pairs(self) -> list[tuple[str, str]]:
        """Links whose both halves are here and in step, and of which there are no copies."""
        plan = self.world.plan()
        busy = {i for row in plan.rows for i in row.link_ids}
        marks = Counter(item.mark for item in self.world.right.items.values())
        single = self.single()
        return [
            ids
            for ids in sorted(self.world.books.links_by_id)
            if not (busy | single) & set(ids)
            and (left := self.world.left.items.get(ids[0])) is not None
            and (right := self.world.right.items.get(ids[1])) is not None
            and in_window(self.kind, left.fields, plan.window)
            and (not right.mark or marks[right.mark] == 1)
        ]

    def _all_are_linked(self) -> bool:
        known = {i for ids in self.world.books.links_by_id for i in ids}
        return known >= {*self.world.left.items, *self.world.right.items}

    def tell(self, ids: tuple[str, str], story: Story) -> tuple[str, str]:
        """What happens to the halves of a pair; gives the pair."""
        same = self.fresh({"notes": FRESH})["notes"]
        for side, item_id, event in zip(SideName, ids, story, strict=True):
            other = {f.name: f for f in FIELDS[self.kind]}[SECOND[self.kind]]
            match event:
                case "same notes":
                    self.write(side, item_id, {"notes": same})
                case "own notes":
                    self.write(side, item_id, {"notes": FRESH})
                case "second field":
                    old = self.world.side(side).items[item_id].fields[other.name]
                    choices = other.choices or ("York", "Leeds")
                    self.write(side, item_id, {other.name: next(c for c in choices if c != old)})
                case "deleted":
                    self.throw_away(side, item_id)
        return ids

    def _expect(self, ids: tuple[str, str], winner: Choice | None) -> Outcome:
        """What one sync must come to, from the two halves and what they last agreed on, and from nothing else."""
        base = self.world.books.links_by_id[ids].baseline
        left, right = self.world.left.items.get(ids[0]), self.world.right.items.get(ids[1])
        if left is None or right is None:
            there, agreed = (right, base.right) if left is None else (left, base.left)
            # a field that travels one way may never have been agreed on
            if there is None or all(there.fields[n] == v for n, v in agreed.items()):
                return None, None, False, False
            return _fields(left), _fields(right), True, True
        here_now, there_now = dict(left.fields), dict(right.fields)
        for f in FIELDS[self.kind]:
            mine, theirs = left.fields[f.name], right.fields[f.name]
            if f.flow is not Flow.BOTH or mine == theirs:
                continue
            moved = (mine != base.left[f.name], theirs != base.right[f.name])
            if moved == (True, False) or (all(moved) and winner is Choice.MERGE_SALESFORCE):
                there_now = dict(self.world.right.normalise(there_now | {f.name: mine}))
            elif moved == (False, True) or (all(moved) and winner is Choice.MERGE_OUTLOOK):
                here_now = dict(self.world.left.normalise(here_now | {f.name: theirs}))
            elif all(moved):
                # a person is asked, and until then nothing of this pair is written
                return dict(left.fields), dict(right.fields), True, True
        return here_now, there_now, True, False

    def _outcome(self, ids: tuple[str, str]) -> Outcome:
        left, right = self.world.left.items.get(ids[0]), self.world.right.items.get(ids[1])
        known = ids in self.world.books.links_by_id
        asked = any(r.link_ids == ids and r.state is State.UNDECIDED for r in self.world.plan().rows)
        return _fields(left), _fields(right), known, asked


def _fields(item: Item | None) -> dict[str, Value] | None:
    return dict(item.fields) if item is not None else None

"""Random weeks: a person with two systems and handsync, for every kind of item. The promises of DESIGN.md section 6.

The machine edits contents on both sides, also between review and run: one that never edits proves nothing. What people
do stands in `people` and `repeating`, what must be true in `oracle`.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from support.machine_values import BAD_SERVERS, CHANGES, FRESH, PREVENTED, SERVERS, SIDES, STORIES, WHICH, WINNERS
from support.model import PowerCutError
from support.oracle import Tally
from support.ordinary import OrdinaryWeeks
from support.repeating import Repeating
from sync_core.items import Kind, SideName
from sync_core.plan import Action, Choice, IgnoreMode, Situation
from sync_core.review import Review

__all__ = ["BAD_SERVERS", "PREVENTED", "SERVERS", "STORIES", "WINNERS", "Weeks", "weeks"]


class Weeks(OrdinaryWeeks):
    """What handsync does, in all ways that it can come to a good or a bad end."""

    @rule()
    def lose_memory(self) -> None:
        """Invariant 14: the first plan after that deletes nothing, and makes no twin of a pair that was in step."""
        before = self.world.plan()
        open_ids = {i for row in before.rows for i in row.link_ids}
        in_step = [k for k in self.world.books.links_by_id if not set(k) & open_ids]
        self.world.books.links_by_id.clear()
        plan = self.world.plan()
        assert not any("delete" in row.recommended for row in plan.rows), "invariant 14: lost memory never deletes"
        row_of = {item.id: row for row in plan.rows for item in (row.left, row.right) if item is not None}
        for left_id, right_id in in_step:
            rows = [row_of[i] for i in (left_id, right_id) if i in row_of]
            if len(rows) == 2:
                # one half alone may be taken for the twin of another item that looks exactly like it
                assert not all("create" in row.recommended for row in rows), "invariant 14: a twin of a known pair"
        # where nobody can tell any more what belongs together, what is asked may come to be two
        for row in plan.rows:
            if row.left is None or row.right is None or (row.left.id, row.right.id) not in in_step:
                self.may_become_two(row.left, row.right)
        for side in SideName:
            out = (i for i in self.world.side(side).items.values() if i.id not in row_of)
            for item in (*out, *(item for _, item in self.world.side(side).away.values())):
                self.may_become_two(item)
        self.run_review(Review.of(plan))
        # a pair that a person is still asked about, as a server writes its notes its own way, is not known again: once
        # edited, the two are two things for all anybody can tell
        for row in plan.rows:
            if row.left and row.right and (row.left.id, row.right.id) not in self.world.books.links_by_id:
                self.may_become_two(row.left, row.right)

    @rule()
    def sync(self) -> None:
        self.run_review(Review.of(self.world.plan()))

    @rule(side=SIDES, position=WHICH, data=st.data(), gone=st.booleans())
    def sync_while_somebody_edits(self, side: SideName, position: int, data: st.DataObject, gone: bool) -> None:
        """Invariant 6: what was typed between review and run is still there after it."""
        review = Review.of(self.world.plan())
        if item_id := self.pick(side, position):
            if gone:
                self.throw_away(side, item_id)
            else:
                self.write(side, item_id, data.draw(CHANGES[self.kind]))
        self.run_review(review, undisturbed=False)

    @rule(side=SIDES, position=WHICH, data=st.data())
    def sync_while_somebody_types(self, side: SideName, position: int, data: st.DataObject) -> None:
        """As above, but in the middle of the run: before the second request that writes to the other side."""
        review = Review.of(self.world.plan())
        requests = 0

        def typing() -> None:
            nonlocal requests
            requests += 1
            if requests == 2 and (item_id := self.pick(side, position)):
                self.write(side, item_id, {"notes": FRESH} | data.draw(CHANGES[self.kind]))

        before = self.snapshot()
        self.world.side(side.other).before_write = typing
        self.world.run(review)
        self.world.side(side.other).before_write = lambda: None
        del before
        self.nothing_typed_vanished()

    @rule(choices=st.lists(st.sampled_from(list(Choice)), min_size=1, max_size=5), picks=st.booleans())
    def review_and_sync(self, choices: list[Choice], picks: bool) -> None:
        review = Review.of(self.world.plan())
        if picks:
            review = self._answer_which_one(review)
        for row, choice in zip(review.rows(), choices, strict=False):
            review = review.choose([row.id], choice)
            self.declined.pop(row.id, None)
            if choice is not Choice.RECOMMENDED:
                self.may_become_two(row.left, row.right)
                for item in (row.left, row.right):
                    self.forget(item)
        for number, guard in enumerate(review.plan.guards):
            review = review.confirm(number, str(guard.count))
        self.run_review(review, recommended=False)

    def _answer_which_one(self, review: Review) -> Review:
        for row in review.plan.rows:
            if row.rivals and any(r.id == row.id for r in review.rows()):
                candidates = review.candidates(row.id)
                if candidates and not (row.linked and candidates[0].linked):
                    self.declined.pop(row.id, None)
                    self.declined.pop(candidates[0].id, None)
                    review = review.pick(row.id, candidates[0].id)
        return review

    @rule(position=WHICH, mode=st.sampled_from(list(IgnoreMode)))
    def ignore(self, position: int, mode: IgnoreMode) -> None:
        plan = self.world.plan()
        rows = [row for row in plan.rows if row.situation is not Situation.UNREADABLE]
        if rows:
            row = rows[position % len(rows)]
            review = Review.of(plan).ignore([row.id], mode)
            others = [r.id for r in plan.rows if r.id != row.id and r.ignored is None]
            left, right = (i.digest if i else "" for i in (row.left, row.right))
            if row.ignored is not None:
                # what is said now takes the place of what was said before, under whatever id
                self.declined.pop(row.ignored.row_id, None)
            self.declined[row.id] = (mode, left, right)
            self.run_review(review.choose(others, Choice.NOTHING), recommended=False)

    @rule(after=st.integers(0, 14))
    def sync_is_cut_off(self, after: int) -> None:
        """Invariant 10: killed after any step of a run, the next sync finishes it without a duplicate."""
        left = after

        def tick() -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise PowerCutError

        review = Review.of(self.world.plan())
        for part in (self.world.left, self.world.right, self.world.books):
            part.tick = tick
        try:
            self.world.run(review)
        except PowerCutError:
            pass
        finally:
            for part in (self.world.left, self.world.right, self.world.books):
                part.tick = lambda: None
        self.nothing_typed_vanished()
        self.run_review(Review.of(self.world.plan()))

    @rule(side=SIDES, position=st.integers(0, 3), unknown=st.booleans())
    def sync_with_a_bad_server(self, side: SideName, position: int, unknown: bool) -> None:
        """Invariant 16: one refused or unanswered write; the next sync makes good."""
        count = 0

        def this_one(write: object) -> bool:
            nonlocal count
            count += 1
            return count == position + 1

        server = self.world.side(side)
        if unknown:
            server.unanswered = this_one
        else:
            server.refuse = lambda write: "the server does not like it" if this_one(write) else ""
        self.run_review(Review.of(self.world.plan()), undisturbed=False)
        server.unanswered, server.refuse = (lambda write: False), (lambda write: "")
        self.run_review(Review.of(self.world.plan()))

    @rule()
    def sync_twice(self) -> None:
        """Invariant 9: the same confirmed plan run a second time does nothing more."""
        review = Review.of(self.world.plan())
        self.run_review(review)
        for side in SideName:
            self.world.side(side).asked.clear()
        self.world.run(review)
        assert not [*self.world.left.asked, *self.world.right.asked], "invariant 9"

    @precondition(lambda self: self.nobody_said_no())
    @rule()
    def one_sync_brings_both_in_step(self) -> None:
        """Invariant 7: with nothing undecided or suspected one sync is enough, and a second has nothing to do."""
        review = Review.of(self.world.plan())
        for number, guard in enumerate(review.plan.guards):
            review = review.confirm(number, str(guard.count))
        self.world.run(review)
        plan = self.world.plan()
        assert {r.action for r in plan.rows} <= {Action.NONE, Action.CONFLICT}, "invariant 7"
        self.nothing_typed_vanished()


class WeeksWithSeries(Repeating, Weeks):
    """The same with events that repeat."""


def weeks(kind: Kind) -> type[Weeks]:
    """The machine for one kind of item, with a tally of its own."""
    base = WeeksWithSeries if kind is Kind.CALENDAR else Weeks
    return type(f"Weeks{kind.label}", (base,), {"kind": kind, "tally": Tally()})

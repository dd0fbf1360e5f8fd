"""Random weeks: a person with two systems and handsync, for every kind of item. The promises of DESIGN.md section 6.

The machine edits contents on both sides, also between review and run: one that never edits proves nothing. Notes are
texts that nobody else ever typed, so that each can be followed: where it is now, and how many items hold it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from support.build import OL, SF, at, fields_of
from support.model import Books, ModelSide, PowerCutError, World
from sync_core.compare import Baseline
from sync_core.items import FIELDS, Fields, Flow, Item, Kind, SideName, Value
from sync_core.plan import Action, Choice, IgnoreMode, Plan, Row, Situation, State, allowed
from sync_core.question import Rules
from sync_core.report import Result
from sync_core.review import Review
from sync_core.sides import Fate, Operation
from sync_core.span import in_window

SIDES = st.sampled_from(list(SideName))
WHICH = st.integers(0, 20)
TEXTS = st.sampled_from(["", "a", "b", "c"])
WHENS = st.sampled_from([at(20), at(21), at(22, 15), at(23, month=12), at(5, month=1)])
# stands for a text that nobody ever typed before
FRESH = "(fresh)"
_TOKEN = 5


def _some(**choices: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """One or two of these fields."""
    one = [st.fixed_dictionaries({name: values}) for name, values in choices.items()]
    return st.one_of(*one, st.fixed_dictionaries({}, optional=choices))


CHANGES: Mapping[Kind, st.SearchStrategy[dict[str, Any]]] = {
    Kind.CALENDAR: _some(
        subject=TEXTS,
        location=TEXTS,
        notes=st.just(FRESH),
        reminder=st.sampled_from([None, 15, 30]),
        when=WHENS,
        attachments=st.sampled_from([(), ("a.pdf",)]),
    ),
    Kind.CONTACTS: _some(
        first_name=TEXTS,
        last_name=st.sampled_from(["Shah", "Lee"]),
        email=st.sampled_from(["", "a@example.com", "b@example.com"]),
        business_phone=st.sampled_from(["", "020 7946 0018", "020 7946 0123"]),
        company=st.sampled_from(["", "Acme", "Northwind"]),
        notes=st.just(FRESH),
        birthday=st.sampled_from([None, "1980-02-29"]),
    ),
    Kind.TASKS: _some(
        subject=st.sampled_from(["", "a", "b"]),
        due=st.sampled_from([None, "2026-11-20", "2026-11-21", "2026-01-05"]),
        status=st.sampled_from(["not_started", "completed"]),
        priority=st.sampled_from(["low", "normal"]),
        notes=st.just(FRESH),
        reminder=st.sampled_from([None, "2026-11-20T08:00:00Z"]),
    ),
}
# ordinary values that would make all contacts of a machine the same person
PLAIN: Mapping[Kind, dict[str, Any]] = {
    Kind.CALENDAR: {"location": "", "subject": "a", "when": at(20)},
    Kind.CONTACTS: {"email": "", "company": "", "business_phone": "", "first_name": "a"},
    Kind.TASKS: {"subject": "a", "due": "2026-11-20"},
}


def _as_it_is(fields: Fields) -> Fields:
    return fields


def _truncates(fields: Fields) -> Fields:
    """A server that keeps the first characters of a long text."""
    return {**fields, "notes": str(fields["notes"])[: _TOKEN + 2]}


def _shouts(fields: Fields) -> Fields:
    """A server that writes notes its own way."""
    return {**fields, "notes": str(fields["notes"]).upper()}


SERVERS: tuple[Callable[[Fields], Fields], ...] = (_as_it_is, _truncates, _shouts)
# what happens in a week to the left half of a pair, and to the right one
EVENTS = ["nothing", "same notes", "own notes", "second field", "deleted"]
Story = tuple[str, str]
STORIES = st.tuples(st.sampled_from(EVENTS), st.sampled_from(EVENTS))
WINNERS = st.sampled_from([None, None, Choice.MERGE_SALESFORCE, Choice.MERGE_OUTLOOK])
PREVENTED = st.one_of(
    st.just(frozenset[tuple[SideName, Operation]]()),
    st.frozensets(st.tuples(SIDES, st.sampled_from(list(Operation))), max_size=2),
)
# a side that refuses one write, and which
BAD_SERVERS = st.one_of(st.none(), st.tuples(SIDES, st.integers(0, 3)))
SECOND: Mapping[Kind, str] = {Kind.CALENDAR: "location", Kind.CONTACTS: "title", Kind.TASKS: "priority"}
# what each side holds in the end, whether the pair is remembered, and whether a person is asked about it
Outcome = tuple[dict[str, Value] | None, dict[str, Value] | None, bool, bool]
AWAY = st.sampled_from([Fate.MOVED, Fate.OTHER_OWNER, Fate.ARCHIVED, Fate.UNREADABLE])
MIRROR = {
    Action.CREATE_IN_OUTLOOK: Action.CREATE_IN_SALESFORCE,
    Action.UPDATE_IN_OUTLOOK: Action.UPDATE_IN_SALESFORCE,
    Action.DELETE_FROM_OUTLOOK: Action.DELETE_FROM_SALESFORCE,
}
MIRROR |= {b: a for a, b in MIRROR.items()}


def swapped(world: World) -> World:
    """The same world seen in a mirror.

    Marks live in Outlook only, and some fields travel one way: both would break the symmetry and are left out.
    """
    shared = {f.name for f in FIELDS[world.kind] if f.flow is Flow.BOTH}

    def both_ways(fields: Fields) -> Fields:
        return {name: value for name, value in fields.items() if name in shared}

    def turned(item: Item, name: SideName) -> Item:
        return replace(item, side=name, mark="", fields=both_ways(item.fields))

    def turn(side: ModelSide, name: SideName) -> ModelSide:
        items = {i: turned(item, name) for i, item in side.items.items()}
        away = {i: (fate, turned(item, name)) for i, (fate, item) in side.away.items()}
        return ModelSide(name, items, kind=world.kind, away=away)

    links = {}
    for link in world.books.links_by_id.values():
        base = Baseline(both_ways(link.baseline.right), both_ways(link.baseline.left))
        links[link.right_id, link.left_id] = replace(
            link, left_id=link.right_id, right_id=link.left_id, baseline=base, mark=""
        )
    rules = replace(world.rules, prevented=frozenset((s.other, o) for s, o in world.rules.prevented))
    return World(turn(world.right, SF), turn(world.left, OL), Books(links), rules, world.kind, world.window)


def bare(world: World) -> World:
    """The same world without marks and one-way fields."""
    return swapped(swapped(world))


def token(fields: Fields) -> str:
    """The text in an item that nobody else ever typed, whatever a server made of it; "" when there is none."""
    return str(fields.get("notes") or "")[:_TOKEN].casefold()


@dataclass
class Tally:
    """How much was tried."""

    examples: int = 0
    steps: int = 0
    syncs: int = 0
    # pairs of which was said beforehand what a sync comes to
    foretold: int = 0


class Weeks(RuleBasedStateMachine):
    """A person with two systems and handsync."""

    kind = Kind.CALENDAR
    tally = Tally()

    def __init__(self) -> None:
        super().__init__()
        # few enough that a handful of items can be a mass
        self.world = World.of(self.kind, Rules(private=True, suspect_rows=3))
        # Outlook's new ids, and the old ones they took the place of
        self.moved: dict[str, str] = {}
        # what was typed and not typed over since, and how many items of a side may hold it
        self.typed: set[str] = set()
        self.may_hold: Counter[str] = Counter()
        self.declined: dict[str, tuple[IgnoreMode, str, str]] = {}
        self._count = 0
        self.tally.examples += 1

    @initialize(left=st.sampled_from(SERVERS), right=st.sampled_from(SERVERS), pairs=st.sampled_from([0, 3, 6]))
    def servers(self, left: Callable[[Fields], Fields], right: Callable[[Fields], Fields], pairs: int) -> None:
        self.world.left.normalise, self.world.right.normalise = left, right
        name = "last_name" if self.kind is Kind.CONTACTS else "subject"
        for number in range(pairs):
            raw = fields_of(self.kind, **PLAIN[self.kind] | self._fresh({"notes": FRESH, name: f"Pair {number}"}))
            self._type(self.world.side(SF if number % 2 else OL).put(raw).fields)
        self._run(Review.of(self.world.plan()))

    # what people do

    def _fresh(self, changes: dict[str, Any]) -> dict[str, Any]:
        if changes.get("notes") != FRESH:
            return changes
        self._count += 1
        return changes | {"notes": f"t{self._count:04}-and-more"}

    def _type(self, fields: Fields, *, copies: int = 1) -> None:
        """Somebody made or wrote an item that now holds these fields."""
        if word := token(fields):
            self.typed.add(word)
            self.may_hold[word] += copies

    def _forget(self, fields: Fields) -> None:
        """Somebody typed over this, threw it away, or said that the other side's value is right."""
        self.typed.discard(token(fields))

    def _edit(self, side: SideName, item_id: str, changes: dict[str, Any]) -> None:
        changes = self._fresh(changes)
        old = self.world.side(side).items[item_id]
        new = self.world.side(side).edit(item_id, **changes)
        if token(new.fields) != token(old.fields):
            self._forget(old.fields)
            self._type(new.fields)

    def _delete(self, side: SideName, item_id: str) -> None:
        self._forget(self.world.side(side).items.pop(item_id).fields)

    def _pick(self, side: SideName, position: int) -> str:
        items = sorted(self.world.side(side).items)
        return items[position % len(items)] if items else ""

    @rule(side=SIDES, data=st.data())
    def create(self, side: SideName, data: st.DataObject) -> None:
        changes = self._fresh({"notes": FRESH} | data.draw(CHANGES[self.kind]))
        self._type(self.world.side(side).put(fields_of(self.kind, **PLAIN[self.kind] | changes)).fields)

    @rule(data=st.data(), number=st.integers(2, 6))
    def create_several(self, data: st.DataObject, number: int) -> None:
        """An ordinary day: several items here, and the same ones there."""
        for _ in range(number):
            changes = self._fresh({"notes": FRESH} | data.draw(CHANGES[self.kind]))
            for side in SideName:
                made = self.world.side(side).put(fields_of(self.kind, **PLAIN[self.kind] | changes))
            # edited before they were ever synced they are two things, for all anybody can tell
            self._type(made.fields, copies=4)

    @rule(side=SIDES, position=WHICH, data=st.data())
    def edit(self, side: SideName, position: int, data: st.DataObject) -> None:
        if item_id := self._pick(side, position):
            self._edit(side, item_id, data.draw(CHANGES[self.kind]))

    @rule(position=WHICH, data=st.data(), alike=st.booleans())
    def edit_both(self, position: int, data: st.DataObject, alike: bool) -> None:
        """Both halves of a pair change, to the same or to something else."""
        links = sorted(self.world.books.links_by_id)
        if not links:
            return
        changes = data.draw(CHANGES[self.kind])
        for side, item_id in zip(SideName, links[position % len(links)], strict=True):
            if item_id in self.world.side(side).items:
                self._edit(side, item_id, changes if alike else data.draw(CHANGES[self.kind]))

    @rule(side=SIDES, position=WHICH)
    def delete(self, side: SideName, position: int) -> None:
        if item_id := self._pick(side, position):
            self._delete(side, item_id)

    @rule(side=SIDES, keep=st.integers(0, 2))
    def delete_many(self, side: SideName, keep: int) -> None:
        for item_id in sorted(self.world.side(side).items)[keep:]:
            self._delete(side, item_id)

    @rule(side=SIDES, position=WHICH, fate=AWAY)
    def take_away(self, side: SideName, position: int, fate: Fate) -> None:
        """To another folder, another owner, the archive; or something in it cannot be understood any more."""
        if item_id := self._pick(side, position):
            if not any(item_id in ids for ids in self.world.books.links_by_id):
                # nobody knows it, nobody sees it: its twin across is new
                self.may_hold[token(self.world.side(side).items[item_id].fields)] += 1
            self.world.side(side).take_away(item_id, fate)

    @rule(side=SIDES)
    def bring_back(self, side: SideName) -> None:
        for item_id in list(self.world.side(side).away):
            self.world.side(side).bring_back(item_id)

    @rule(position=WHICH)
    def move_in_outlook(self, position: int) -> None:
        """Moving an item to another folder and back gives it another id (facts: exchange A.8)."""
        if item_id := self._pick(OL, position):
            old = self.world.right.items.pop(item_id)
            moved = self.world.right.put(old.fields, mark=old.mark)
            self.moved[moved.id] = old.id
            if not old.mark:
                # edited before the next sync as well, it is another item for all anybody can tell
                self.may_hold[token(old.fields)] += 1

    @rule(position=WHICH, data=st.data())
    def copy_in_outlook(self, position: int, data: st.DataObject) -> None:
        """A copy carries our mark, too."""
        if item_id := self._pick(OL, position):
            old = self.world.right.items[item_id]
            changes = self._fresh(data.draw(CHANGES[self.kind]))
            self._type(self.world.right.put({**old.fields, **changes}, mark=old.mark).fields)

    @rule(days=st.sampled_from([30, 40]))
    def time_passes(self, days: int) -> None:
        window = self.world.window
        if window.first.month in (10, 11):
            self.world.window = replace(window, first=window.first + timedelta(days))

    @rule(operations=PREVENTED)
    def prevent(self, operations: frozenset[tuple[SideName, Operation]]) -> None:
        self.world.rules = replace(self.world.rules, prevented=operations)

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
                self._may_become_two(row)
        for side in SideName:
            out = (i for i in self.world.side(side).items.values() if i.id not in row_of)
            for item in (*out, *(item for _, item in self.world.side(side).away.values())):
                self.may_hold[token(item.fields)] += 1
        self._run(Review.of(plan))
        # a pair that a person is still asked about, as a server writes its notes its own way, is not known again: once
        # edited, the two are two things for all anybody can tell
        for row in plan.rows:
            if row.left and row.right and (row.left.id, row.right.id) not in self.world.books.links_by_id:
                self._may_become_two(row)

    def _may_become_two(self, row: Row) -> None:
        for item in (row.left, row.right):
            if item is not None:
                self.may_hold[token(item.fields)] += 1

    # what handsync does

    @rule()
    def sync(self) -> None:
        self._run(Review.of(self.world.plan()))

    @rule(stories=st.lists(STORIES, min_size=1, max_size=6), winner=WINNERS, bad=BAD_SERVERS)
    def an_ordinary_week(self, stories: list[Story], winner: Choice | None, bad: tuple[SideName, int] | None) -> None:
        """Something happens to each of some pairs, and what a careful person would expect is what one sync does.

        With a server that refuses one write it takes two.
        """
        told = [self._tell(ids, story) for ids, story in zip(self._quiet_pairs(), stories, strict=False)]
        expected = {ids: self._expect(ids, winner) for ids in told}
        nobody_else = self._all_are_linked()
        if bad is not None:
            server, number = self.world.side(bad[0]), iter(range(100))
            server.refuse = lambda write: "the server does not like it" if next(number) == bad[1] else ""
            self._decide_and_run(winner, undisturbed=False)
            server.refuse = lambda write: ""
        self._decide_and_run(winner, undisturbed=True)
        if not self.world.rules.prevented and not self.world.books.ignores and nobody_else:
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
                self._forget(row.item(loser).fields)  # type: ignore[union-attr]  # a conflict has two halves
        self._run(review, recommended=winner is None, consent=True, undisturbed=undisturbed)

    def _quiet_pairs(self) -> list[tuple[str, str]]:
        """Links whose both halves are here and in step, and of which there are no copies."""
        plan = self.world.plan()
        busy = {i for row in plan.rows for i in row.link_ids}
        marks = Counter(item.mark for item in self.world.right.items.values())
        return [
            ids
            for ids in sorted(self.world.books.links_by_id)
            if not busy & set(ids)
            and (left := self.world.left.items.get(ids[0])) is not None
            and (right := self.world.right.items.get(ids[1])) is not None
            and in_window(self.kind, left.fields, plan.window)
            and (not right.mark or marks[right.mark] == 1)
        ]

    def _all_are_linked(self) -> bool:
        known = {i for ids in self.world.books.links_by_id for i in ids}
        return known >= {*self.world.left.items, *self.world.right.items}

    def _tell(self, ids: tuple[str, str], story: Story) -> tuple[str, str]:
        same = self._fresh({"notes": FRESH})["notes"]
        for side, item_id, event in zip(SideName, ids, story, strict=True):
            other = {f.name: f for f in FIELDS[self.kind]}[SECOND[self.kind]]
            match event:
                case "same notes":
                    self._edit(side, item_id, {"notes": same})
                case "own notes":
                    self._edit(side, item_id, {"notes": FRESH})
                case "second field":
                    old = self.world.side(side).items[item_id].fields[other.name]
                    choices = other.choices or ("York", "Leeds")
                    self._edit(side, item_id, {other.name: next(c for c in choices if c != old)})
                case "deleted":
                    self._delete(side, item_id)
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
            return left and dict(left.fields), right and dict(right.fields), True, True
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
        return left and dict(left.fields), right and dict(right.fields), known, asked

    @rule(side=SIDES, position=WHICH, data=st.data(), gone=st.booleans())
    def sync_while_somebody_edits(self, side: SideName, position: int, data: st.DataObject, gone: bool) -> None:
        """Invariant 6: what was typed between review and run is still there after it."""
        review = Review.of(self.world.plan())
        if item_id := self._pick(side, position):
            if gone:
                self._delete(side, item_id)
            else:
                self._edit(side, item_id, data.draw(CHANGES[self.kind]))
        self._run(review, undisturbed=False)

    @rule(side=SIDES, position=WHICH, data=st.data())
    def sync_while_somebody_types(self, side: SideName, position: int, data: st.DataObject) -> None:
        """As above, but in the middle of the run: before the second request that writes to the other side."""
        review = Review.of(self.world.plan())
        requests = 0

        def typing() -> None:
            nonlocal requests
            requests += 1
            if requests == 2 and (item_id := self._pick(side, position)):
                self._edit(side, item_id, {"notes": FRESH} | data.draw(CHANGES[self.kind]))

        before = self._snapshot()
        self.world.side(side.other).before_write = typing
        self.world.run(review)
        self.world.side(side.other).before_write = lambda: None
        del before
        self._nothing_typed_vanished()

    @rule(choices=st.lists(st.sampled_from(list(Choice)), min_size=1, max_size=5), picks=st.booleans())
    def review_and_sync(self, choices: list[Choice], picks: bool) -> None:
        review = Review.of(self.world.plan())
        if picks:
            review = self._answer_which_one(review)
        for row, choice in zip(review.rows(), choices, strict=False):
            review = review.choose([row.id], choice)
            self.declined.pop(row.id, None)
            if choice is not Choice.RECOMMENDED:
                self._may_become_two(row)
                for item in (row.left, row.right):
                    self._forget(item.fields if item else {})
        for number, guard in enumerate(review.plan.guards):
            review = review.confirm(number, str(guard.count))
        self._run(review, recommended=False)

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
            self.declined[row.id] = (mode, *(i.digest if i else "" for i in (row.left, row.right)))
            self._run(review.choose(others, Choice.NOTHING), recommended=False)

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
        self._nothing_typed_vanished()
        self._run(Review.of(self.world.plan()))

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
        self._run(Review.of(self.world.plan()), undisturbed=False)
        server.unanswered, server.refuse = (lambda write: False), (lambda write: "")
        self._run(Review.of(self.world.plan()))

    @rule()
    def sync_twice(self) -> None:
        """Invariant 9: the same confirmed plan run a second time does nothing more."""
        review = Review.of(self.world.plan())
        self._run(review)
        for side in SideName:
            self.world.side(side).writes.clear()
        self.world.run(review)
        assert not [*self.world.left.writes, *self.world.right.writes], "invariant 9"

    def _snapshot(self) -> dict[SideName, dict[str, Item]]:
        return {side: dict(self.world.side(side).items) for side in SideName}

    def _run(
        self, review: Review, *, recommended: bool = True, undisturbed: bool = True, consent: bool = False
    ) -> None:
        self.tally.syncs += 1
        before, base = self._snapshot(), self._agreed()
        for side in SideName:
            self.world.side(side).writes.clear()
        report = self.world.run(review)
        self._only_what_was_approved(review)
        if recommended:
            self._nothing_typed_is_lost(before, base)
            if not consent:
                self._no_mass_without_consent(len(base))
        self._nothing_typed_vanished()
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
            for write in self.world.side(side).writes:
                assert (side, write.operation) not in self.world.rules.prevented, "invariant 18"
            sent = Counter(str(sorted(w.fields.items())) for w in self.world.side(side).writes if w.fields)
            meant = Counter(str(sorted((e.to_left if side is SF else e.to_right).items())) for e in approved)
            assert sent <= meant, "invariant 5: only what the rows said"
            deletes = Counter(w.before.id for w in self.world.side(side).writes if w.operation is Operation.DELETE)
            may_go = Counter(
                item.id
                for row in review.rows()
                if row.state is State.READY
                and row.action is (Action.DELETE_FROM_SALESFORCE if side is SF else Action.DELETE_FROM_OUTLOOK)
                and (item := row.item(side)) is not None
            )
            assert deletes <= may_go, "invariant 5: deletes only what the rows said"

    def _no_mass_without_consent(self, links: int) -> None:
        for side in SideName:
            deletes = sum(w.operation is Operation.DELETE for w in self.world.side(side).writes)
            rules = self.world.rules
            assert deletes <= rules.suspect_rows or deletes * 100 <= rules.suspect_percent * links, "invariant 13"

    def _agreed(self) -> list[Baseline]:
        return [link.baseline for link in self.world.books.links_by_id.values()]

    def _nothing_typed_is_lost(self, before: dict[SideName, dict[str, Item]], base: list[Baseline]) -> None:
        """Promise 8 with the recommendations alone: what replaces a value replaces one that both had agreed on."""
        for side in SideName:
            agreed = [b.on(side) for b in base]
            for item_id, old in before[side].items():
                now = self.world.side(side).items.get(item_id)
                if now is None:
                    assert any(all(old.fields[n] == v for n, v in a.items()) for a in agreed), "invariant 23"
                    continue
                for name, value in old.fields.items():
                    # the names of attachments are handsync's own block in Salesforce
                    if now.fields[name] != value and name != "attachments":
                        known = any(name in a and a[name] == value for a in agreed)
                        assert known or value in ("", None, ()), ("invariant 23", name, value)

    def _nothing_typed_vanished(self) -> None:
        """Invariant 23 by an oracle that asks nothing of the program: every text is somewhere, and in no twin."""
        held = {side: Counter[str]() for side in SideName}
        for side in SideName:
            model = self.world.side(side)
            for item in (*model.items.values(), *(item for _, item in model.away.values())):
                held[side][token(item.fields)] += 1
        lost = {word for word in self.typed if not any(held[side][word] for side in SideName)}
        assert not lost, ("invariant 23", lost)
        for side in SideName:
            twins = {w: n for w, n in held[side].items() if w and n > self.may_hold[w]}
            assert not twins, ("a duplicate", side, twins)

    # what is always true

    @invariant()
    def plans_are_pure_and_order_means_nothing(self) -> None:
        """Invariant 1."""
        self.tally.steps += 1
        before = (self._snapshot(), dict(self.world.books.links_by_id))
        plan = self.world.plan()
        assert plan == self.world.plan(reverse=True), "invariant 1"
        assert before == (self._snapshot(), self.world.books.links_by_id), "invariant 1"
        self._every_item_is_in_one_row_or_in_step(plan)
        self._declined_stays_quiet(plan)
        self._deletes_have_evidence(plan)
        self._what_is_in_step_is_alike(plan)

    def _every_item_is_in_one_row_or_in_step(self, plan: Plan) -> None:
        for side in SideName:
            seen = [item.id for row in plan.rows if (item := row.item(side)) is not None]
            assert len(seen) == len(set(seen)), "invariant 2"
            here = [i for i in self.world.side(side).items.values() if in_window(self.kind, i.fields, plan.window)]
            assert len(here) == len(seen) + plan.in_sync, "invariant 2"
        assert len({row.id for row in plan.rows}) == len(plan.rows), "invariant 2"
        for row in plan.rows:
            if row.linked and row.right is not None and row.right.id != row.link_ids[1]:
                still = (*self.world.right.items, *self.world.right.away)
                assert row.link_ids[1] not in still, "a copy was taken for the original"

    def _declined_stays_quiet(self, plan: Plan) -> None:
        for row in plan.rows:
            if row.id in self.declined:
                mode, left, right = self.declined[row.id]
                same = (left, right) == (row.left.digest if row.left else "", row.right.digest if row.right else "")
                if mode is IgnoreMode.FOREVER or same:
                    assert row.action is Action.NONE, "invariant 19"

    def _deletes_have_evidence(self, plan: Plan) -> None:
        for row in plan.rows:
            if "delete" in row.recommended:
                assert row.linked, "invariant 12"
                for side, item_id in zip(SideName, row.link_ids, strict=True):
                    if row.item(side) is None:
                        model = self.world.side(side)
                        assert item_id not in {**model.items, **model.away}, "invariant 12"

    @invariant()
    def half_a_listing_proves_nothing(self) -> None:
        """Invariant 12: no delete follows from a reading that was not complete."""
        if self._count % 3 == 0:
            for side in SideName:
                wanted = Action.DELETE_FROM_OUTLOOK if side is SF else Action.DELETE_FROM_SALESFORCE
                plan = self.world.plan(half_read=side)
                assert not [row for row in plan.rows if row.recommended is wanted], "invariant 12"

    @invariant()
    def links_are_one_to_one(self) -> None:
        links = self.world.books.links_by_id
        assert len({a for a, _ in links}) == len({b for _, b in links}) == len(links), "invariant 15"

    @invariant()
    def left_and_right_are_mirror_images(self) -> None:
        here = bare(self.world).plan()
        there = swapped(self.world).plan()

        def shape(row: Row, turned: bool) -> tuple[object, ...]:
            ids = (row.left.id if row.left else "", row.right.id if row.right else "")
            action = MIRROR.get(row.recommended, row.recommended) if turned else row.recommended
            return (ids[::-1] if turned else ids, action, row.state, row.situation)

        assert sorted(shape(r, False) for r in here.rows) == sorted(shape(r, True) for r in there.rows), "invariant 3"
        assert here.in_sync == there.in_sync, "invariant 3"

    @precondition(lambda self: not self.world.rules.prevented and not self.world.books.ignores)
    @rule()
    def one_sync_brings_both_in_step(self) -> None:
        """Invariant 7: with nothing undecided or suspected one sync is enough, and a second has nothing to do."""
        review = Review.of(self.world.plan())
        for number, guard in enumerate(review.plan.guards):
            review = review.confirm(number, str(guard.count))
        self.world.run(review)
        plan = self.world.plan()
        assert {r.action for r in plan.rows} <= {Action.NONE, Action.CONFLICT}, "invariant 7"
        self._nothing_typed_vanished()

    def _what_is_in_step_is_alike(self, plan: Plan) -> None:
        """Invariants 7 and 11: a pair that needs nothing is the same on both sides, as far as the servers keep it."""
        rows = {row.link_ids for row in plan.rows}
        for ids in self.world.books.links_by_id:
            left, right = self.world.left.items.get(ids[0]), self.world.right.items.get(ids[1])
            if ids in rows or left is None or right is None or not in_window(self.kind, left.fields, plan.window):
                continue
            for f in FIELDS[self.kind]:
                if f.flow is Flow.BOTH:
                    self._in_step(f.name, left.fields, right.fields)

    def _in_step(self, name: str, left: Fields, right: Fields) -> None:
        same = left[name] == right[name]
        kept = self.world.right.normalise(left)[name] == right[name]
        taken = self.world.left.normalise(right)[name] == left[name]
        assert same or kept or taken, ("invariant 7", name, left[name], right[name])


def weeks(kind: Kind) -> type[Weeks]:
    """The machine for one kind of item, with a tally of its own."""
    return type(f"Weeks{kind.label}", (Weeks,), {"kind": kind, "tally": Tally()})

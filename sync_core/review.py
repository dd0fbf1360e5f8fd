"""A review: a person's changes to a plan. Every change gives a new review; the old one is what undo goes back to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from sync_core import by_field, text
from sync_core.blocks import limits_of
from sync_core.groups import Group, group, in_group
from sync_core.ignores import ignore_for
from sync_core.items import SideName
from sync_core.joining import join, joinable
from sync_core.plan import (
    Action,
    Allowed,
    Choice,
    Counts,
    FieldChoice,
    Ignore,
    IgnoreMode,
    Plan,
    Row,
    Situation,
    State,
    allowed,
    count,
    effect,
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about one row, where it differs from the plan."""

    choice: Choice = Choice.RECOMMENDED
    ignored: Ignore | None = None
    # fields that were decided one by one; they win over `choice`
    by_field: Mapping[str, FieldChoice] = field(default_factory=dict)

    @classmethod
    def of(cls, row: Row) -> Decision:
        """The decision that a row stands on."""
        return cls(row.choice, row.ignored, row.by_field)


@dataclass(frozen=True, slots=True)
class Review:
    """A plan and the decisions on top of it. Values: every change makes another review.

    `said` is a line about what was done last, for the status line.
    """

    plan: Plan
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    confirmed: frozenset[int] = frozenset()
    said: str = ""
    # what the decision that made this review did, in words: undo and redo tell it again
    made: str = ""
    # rows a person said are the same thing: the row made of them by its id, and by the ids of what it is made of
    joined: Mapping[str, Row] = field(default_factory=dict)
    # rows that changed after a person had decided them, and wait to be decided again: what that was, in words
    outdated: Mapping[str, str] = field(default_factory=dict)
    _part_of: Mapping[str, str] = field(default_factory=dict, repr=False)
    # series that a person said shall cross as single events: what memory keeps of it, by the id of the row
    chosen: Mapping[str, Ignore] = field(default_factory=dict)
    _split: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    _rows: Mapping[str, Row] = field(default_factory=dict, repr=False)
    _past: tuple[Review, ...] = field(default=(), repr=False)
    _future: tuple[Review, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, plan: Plan) -> Review:
        """The review of a plan that nobody has touched yet."""
        return cls(plan, _rows={row.id: row for row in plan.rows})

    def row(self, row_id: str) -> Row:
        """The row as it stands after all decisions. Raises KeyError when the plan has no such row."""
        return self._applied(self.joined.get(row_id) or self._rows[row_id])

    def rows(self) -> list[Row]:
        """All rows as they stand, in the plan's order; what was joined stands where its first part stood."""
        if not self._part_of and not self._split:
            return [self._applied(row) for row in self.plan.rows]
        whole = dict.fromkeys(
            part
            for row in self.plan.rows
            for part in self._split.get(row.id, (self._part_of.get(row.id, row.id),))
            if part
        )
        return [self.row(row_id) for row_id in whole]

    @property
    def parts(self) -> Mapping[str, str]:
        """The rows that are part of a joined one: the id of that one, by their own."""
        return self._part_of

    def begun(self, said: str, outdated: Mapping[str, str]) -> Review:
        """The same review with nothing to undo, and with the rows that changed after they had been decided."""
        return replace(self, said=said, outdated=outdated, _past=(), _future=())

    def candidates(self, row_id: str) -> list[Row]:
        """The rows of the other side that this row could be the same thing as, for a person to pick from."""
        row = self.row(row_id)
        wanted = {(item.side, item.id) for item in row.rivals}
        return [
            other
            for other in self.rows()
            if other.id != row_id
            and other.rivals
            and any((i.side, i.id) in wanted for i in (other.left, other.right) if i)
            and joinable(row, other)
        ]

    def pick(self, row_id: str, other_id: str) -> Review:
        """Says that two rows are the same thing: they become one row. Raises ValueError when they cannot be."""
        one, other = self.row(row_id), self.row(other_id)
        row = join(one, other)
        # what goes from half to half is known only now
        held = [limits_of(row, side, description) for side, description in self.plan.descriptions.items()]
        row = replace(row, blocks={**{key: why for limits in held for key, why in limits.items()}, **row.blocks})
        decisions = {k: v for k, v in self.decisions.items() if k not in (one.id, other.id)}
        said = f"“{text.shorten(text.plain(row.title), 40)}”: taken as the same thing"
        return self._next(
            decisions=decisions,
            joined={**self.joined, row.id: row},
            _part_of={**self._part_of, one.id: row.id, other.id: row.id},
            said=said,
        )

    def as_single_events(self, row_ids: Iterable[str], since: str) -> Review:
        """Takes the offers of rows: occurrences of their series cross as single events. `since` is now, UTC ISO 8601.

        The rows of these events take the place of the series' own; rows without such an offer stay as they are. So do
        series that a single event of the other side could belong to as well as to another one: whose it is, a person
        says by taking one of them.
        """
        asked = {row.id: row.offer for row in map(self.row, row_ids) if row.offer is not None}
        if not asked:
            return replace(self, said="no series there that could cross as single events")
        claims = Counter(one for offer in asked.values() for one in offer.absorbs)
        offers = {
            row_id: offer
            for row_id, offer in asked.items()
            if all(claims[one] == 1 and one not in self._split for one in offer.absorbs)
        }
        if not offers:
            return replace(self, said=LIES_ON_TWO)
        gone = {*offers, *(one for offer in offers.values() for one in offer.absorbs)}
        parts = [part for offer in offers.values() for part in offer.parts]
        split = {row_id: tuple(part.id for part in offer.parts) for row_id, offer in offers.items()}
        first = next(iter(offers))
        what = f"“{text.shorten(text.plain(self.row(first).title), 40)}”" if len(offers) == 1 else f"{len(offers)} rows"
        label = offers[first].label
        return self._next(
            decisions={k: v for k, v in self.decisions.items() if k not in gone},
            joined={**self.joined, **{part.id: part for part in parts}},
            chosen={**self.chosen, **{k: replace(offer.choice, since=since) for k, offer in offers.items()}},
            _split={**self._split, **dict.fromkeys(gone, ()), **split},
            said=f"{what}: {label[0].lower()}{label[1:]}" + (f"; {LIES_ON_TWO}" if len(offers) < len(asked) else ""),
        )

    @property
    def picks(self) -> int:
        """How many pairs of rows were said to be the same thing."""
        return len(self.joined) - sum(map(len, self._split.values()))

    def shown(self, chosen: Group = Group.ALL) -> list[Row]:
        """The rows of one group, in the plan's order. ALL leaves the quiet ones out. For words see `finding`."""
        return [row for row in self.rows() if in_group(row, chosen)]

    def counts(self) -> Counts:
        """How many rows of each sort there are now."""
        return count(self.rows(), in_sync=self.plan.in_sync, out_of_range=self.plan.out_of_range)

    def groups(self) -> dict[Group, int]:
        """How many rows each group has now; ALL counts those that are shown without a filter."""
        sizes = dict.fromkeys(Group, 0)
        for row in self.rows():
            sizes[group(row)] += 1
            sizes[Group.ALL] += not row.quiet
        return sizes

    def choose(self, row_ids: Iterable[str], choice: Choice) -> Review:
        """Chooses for rows; an ignore on them ends. Rows for which `choice` means nothing stay as they were."""
        return self._changed(row_ids, lambda row: _decision(row, choice), CHOICE_WORDS[choice])

    def point(self, row_ids: Iterable[str], to: SideName) -> Review:
        """What the arrow keys mean: bring rows across to the side `to`; see `settle` for conflicts."""
        choice = Choice.TO_OUTLOOK if to is SideName.OUTLOOK else Choice.TO_SALESFORCE
        return self._changed(row_ids, lambda row: _decision(row, settle(row, choice)), CHOICE_WORDS[choice])

    def choose_field(self, row_id: str, name: str, said: FieldChoice | None) -> Review:
        """Decides one field of a row, or gives it back (None) to what was chosen for the row as a whole.

        Nothing to happen, and an ignore, end with it. Raises ValueError with a sentence when it cannot be.
        """
        row = self.row(row_id)
        if said is not None and (why := by_field.why_not(row, name, said, self.plan.descriptions)):
            raise ValueError(why)
        decided = by_field.decide(row, name, said)
        words = by_field.in_words(row.kind, name, said)
        return self._changed([row_id], lambda row: Decision.of(decided), words)

    def ignore(self, row_ids: Iterable[str], mode: IgnoreMode, since: str = "") -> Review:
        """Ignores rows, once or for good. `since` is now, UTC ISO 8601; this module has no clock of its own."""

        def decide(row: Row) -> Decision | None:
            if row.situation is Situation.UNREADABLE:
                return None
            return Decision(row.choice, ignore_for(row, mode, since), row.by_field)

        words = "ignored until the next change" if mode is IgnoreMode.ONCE else "ignored forever"
        return self._changed(row_ids, decide, words)

    def reset(self, row_ids: Iterable[str]) -> Review:
        """Puts rows back to the recommendation; an ignore on them ends, also an earlier one, and so does a pick."""
        ids = list(row_ids)
        picked = [row_id for row_id in ids if row_id in self.joined]
        review = self._separated(picked) if picked else self
        rest = [row_id for row_id in ids if row_id not in picked]
        if not rest:
            return review
        after = review._changed(rest, lambda row: Decision(), CHOICE_WORDS[Choice.RECOMMENDED])
        if not picked:
            return after
        # what ends with one key comes back with one
        return replace(after, _past=review._past) if len(after._past) > len(review._past) else review

    def _separated(self, row_ids: Iterable[str]) -> Review:
        gone = set(row_ids)
        split = dict(self._split)
        series = [row_id for row_id in self.chosen if gone & {row_id, *split[row_id]}]
        for row_id in series:
            gone |= {*split.pop(row_id)}
            offer = self._rows[row_id].offer
            for absorbed in offer.absorbs if offer is not None else ():
                split.pop(absorbed)
        return self._next(
            decisions={k: v for k, v in self.decisions.items() if k not in gone},
            joined={k: v for k, v in self.joined.items() if k not in gone},
            chosen={k: v for k, v in self.chosen.items() if k not in series},
            _part_of={k: v for k, v in self._part_of.items() if v not in gone},
            _split=split,
            said="a series again, as it was" if series else "no longer taken as the same thing",
        )

    def confirm(self, guard: int, typed: str) -> Review:
        """Lets through what guard number `guard` of the plan holds back, if `typed` is its count in figures.

        Raises ValueError with a sentence when it is not.
        """
        asked = self.plan.guards[guard]
        if typed.strip() != str(asked.count):
            raise ValueError(f"{asked.sentence}. Type {asked.count} to let that happen.")
        return self._next(confirmed=self.confirmed | {guard}, said=f"confirmed: {asked.sentence}")

    @property
    def can_undo(self) -> bool:
        """Whether there is a decision to take back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether there is an undone decision to bring back."""
        return bool(self._future)

    def undo(self) -> Review:
        """The review before the last change."""
        if not self._past:
            return replace(self, said="nothing to undo")
        before = self._past[-1]
        return replace(
            before, said=f"undone: {self.made}", _past=self._past[:-1], _future=(*self._future, replace(self, _past=()))
        )

    def redo(self) -> Review:
        """The review as it was before the last undo."""
        if not self._future:
            return replace(self, said="nothing to redo")
        again = self._future[-1]
        here = replace(self, _past=(), _future=())
        return replace(again, said=f"again: {again.made}", _past=(*self._past, here), _future=self._future[:-1])

    def ignores(self) -> tuple[dict[str, Ignore], set[str]]:
        """What memory should keep: the ignores that are new or changed, and the ids of those that have ended or were
        taken back. An ignore keeps the id of the row that it was said of, whatever that row is called now."""
        new: dict[str, Ignore] = dict(self.chosen)
        ended = set(self.plan.no_longer_ignored)
        for row_id, decision in self.decisions.items():
            before = self._rows[row_id].ignored if row_id in self._rows else None
            if decision.ignored is not None and decision.ignored != before:
                new[row_id] = decision.ignored
                ended |= {before.row_id} if before is not None else set()
            elif decision.ignored is None and before is not None:
                ended.add(before.row_id)
        return new, ended - new.keys()

    def _applied(self, row: Row) -> Row:
        decision = self.decisions.get(row.id)
        if decision is not None:
            row = replace(row, choice=decision.choice, ignored=decision.ignored, by_field=decision.by_field)
        elif row.id in self.outdated:
            row = outdate(row, self.outdated[row.id])
        if row.held is not None and any(self.plan.guards[number] == row.held for number in self.confirmed):
            row = replace(row, held=None)
        return row

    def _changed(self, row_ids: Iterable[str], decide: Callable[[Row], Decision | None], words: str) -> Review:
        decisions = dict(self.decisions)
        touched: list[Row] = []
        for row_id in row_ids:
            row = self.row(row_id)
            decision = decide(row)
            if decision is not None and (decision != Decision.of(row) or row.outdated):
                decisions[row_id] = decision
                touched.append(row)
        if not touched:
            return replace(self, said="nothing to change there")
        what = f"“{text.shorten(text.plain(touched[0].title), 40)}”" if len(touched) == 1 else f"{len(touched)} rows"
        return self._next(decisions=decisions, said=f"{what}: {words}")

    def _next(self, **changes: object) -> Review:
        here = replace(self, _past=(), _future=())
        changes = {"made": changes["said"], **changes}
        return replace(self, **changes, _past=(*self._past, here), _future=())  # type: ignore[arg-type]  # field names


# why a series is left as it is
LIES_ON_TWO: Final = (
    "a single event could be an occurrence of two of these series: take one of them, and the other after the next sync"
)

CHOICE_WORDS: Final[Mapping[Choice, str]] = {
    Choice.RECOMMENDED: "back to the recommendation",
    Choice.TO_OUTLOOK: "use Salesforce",
    Choice.TO_SALESFORCE: "use Outlook",
    Choice.MERGE_SALESFORCE: "merge, Salesforce where both changed",
    Choice.MERGE_OUTLOOK: "merge, Outlook where both changed",
    Choice.NOTHING: "do nothing this time",
}


def outdate(row: Row, decided: str) -> Row:
    """A row that changed after `decided`, in words, was decided about it: it waits for a person, and says so."""
    return replace(row, outdated=decided, reason=f"{row.reason} (it changed after you had decided: {decided})")


def _decision(row: Row, choice: Choice) -> Decision | None:
    stays = choice in (Choice.RECOMMENDED, Choice.NOTHING)
    return Decision(choice) if stays or effect(row, choice).action is not Action.NONE else None


def settle(row: Row, choice: Choice) -> Choice:
    """What `>` and `<` mean on this row.

    In a conflict they answer the question that was asked, the fields both sides changed, and keep what only one side
    changed; everywhere else they make one side like the other.
    """
    if row.situation is Situation.CONFLICT:
        if choice is Choice.TO_OUTLOOK:
            return Choice.MERGE_SALESFORCE
        if choice is Choice.TO_SALESFORCE:
            return Choice.MERGE_OUTLOOK
    return choice


@dataclass(frozen=True, slots=True)
class Option:
    """One entry of the action menu: what it would do to the rows it is asked for, and why not where it cannot."""

    choice: Choice
    label: str
    result: Allowed

    @property
    def possible(self) -> bool:
        """Whether choosing it would lead to something that may happen."""
        return self.result.state in (State.READY, State.UNDECIDED) and (
            self.choice in (Choice.NOTHING, Choice.RECOMMENDED) or self.result.effect.action is not Action.NONE
        )

    @property
    def why_not(self) -> str:
        """Why it is not possible, in words."""
        if self.possible:
            return ""
        return "; ".join(self.result.refused) or "there is nothing to bring over"


def options(row: Row) -> tuple[Option, ...]:
    """The choices for one row, with what each would mean: what may be asked before it is chosen."""
    entries = [Choice.TO_OUTLOOK, Choice.TO_SALESFORCE]
    if row.situation in (Situation.CONFLICT, Situation.CHANGED_BOTH):
        entries = [Choice.MERGE_SALESFORCE, Choice.MERGE_OUTLOOK, *entries]
    entries += [Choice.NOTHING, Choice.RECOMMENDED]
    return tuple(Option(choice, CHOICE_WORDS[choice], allowed(row, choice)) for choice in entries)

"""A plan: what a sync would do, row by row, and why.

A row keeps what was recommended beside what was chosen. The operation is derived from the choice and the values, so
that no impossible one can be stored; what is prevented is taken away after that, and the row stays with its reason.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from sync_core.actions import (
    DELETES,
    NEEDS,
    Action,
    Choice,
    FieldChoice,
    IgnoreMode,
    Singles,
    Situation,
    State,
)
from sync_core.compare import NO_BASELINE, Baseline, FieldChange
from sync_core.effects import Allowed, Effect, action_label, allowed, choice_for, effect, remarked, remarks, results
from sync_core.items import Fields, Item, Kind, SideName, spec, title
from sync_core.sides import Description, Operation, Person, Window

__all__ = [
    "DELETES",
    "NEEDS",
    "Action",
    "Allowed",
    "Choice",
    "Counts",
    "Effect",
    "FieldChoice",
    "Guard",
    "Ignore",
    "IgnoreMode",
    "Offer",
    "Plan",
    "Row",
    "Singles",
    "Situation",
    "State",
    "Undo",
    "action_label",
    "allowed",
    "choice_for",
    "count",
    "effect",
    "field_label",
    "remarked",
    "remarks",
    "results",
    "row_id",
    "saying",
]


@dataclass(frozen=True, slots=True)
class Ignore:
    """A person said no to a pair. ONCE ends when either content is no longer what the digests say ("" = not there).

    With one of `Singles` they said how a series crosses; then only the half that is meant has a digest.

    The ids of both halves find the pair again when it has another row id; `left` and `right` are what they held.
    """

    row_id: str
    mode: IgnoreMode | Singles
    left_digest: str
    right_digest: str
    since: str = ""
    title: str = ""
    reason: str = ""
    left_id: str = ""
    right_id: str = ""
    left: Fields = field(default_factory=dict)
    right: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Guard:
    """More changes of one sort on one side than an ordinary week brings: skipped until confirmed in words."""

    side: SideName
    operation: Operation
    count: int
    of: int

    @property
    def sentence(self) -> str:
        """What is suspected."""
        verb = "be deleted from" if self.operation is Operation.DELETE else "be changed in"
        return f"{self.count} of {self.of} linked items would {verb} {self.side.label} at once"


@dataclass(frozen=True, slots=True)
class Undo:
    """How a row takes back what a run did to it. `restores` is the id of a deleted item that shall come back."""

    effect: Effect
    restores: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a row of a series that cannot cross becomes when occurrences of it cross as single events.

    `choice` is what memory then keeps, but for its date. `absorbs` are the rows of the other side that are found to be
    occurrences already, and become part of `parts`.
    """

    choice: Ignore
    parts: tuple[Row, ...]
    absorbs: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """As the action menu has it."""
        if self.choice.mode is Singles.CHANGED_ONES:
            return "Changed occurrences as single events, the rest as a series"
        return "Occurrences as single events"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a plan. Values only: what it does is answered by `effect`, `action` and `state`."""

    id: str
    kind: Kind
    situation: Situation
    reason: str
    left: Item | None
    right: Item | None
    baseline: Baseline = NO_BASELINE
    changes: tuple[FieldChange, ...] = ()
    # the ids under which memory knows the pair; ("", "") when there is no link
    link_ids: tuple[str, str] = ("", "")
    mark: str = ""
    # the items across that this one could be, where only a person can tell
    rivals: tuple[Item, ...] = ()
    # why an operation may not happen, per side and operation
    blocks: Mapping[tuple[SideName, Operation], str] = field(default_factory=dict)
    # what a side says about an operation before it happens, per side and operation
    remarks: Mapping[tuple[SideName, Operation], str] = field(default_factory=dict)
    # suspected by the mass-change guard: nothing happens until a person confirms it in words
    held: Guard | None = None
    choice: Choice = Choice.RECOMMENDED
    # what a person said field by field: it wins over `choice`
    by_field: Mapping[str, FieldChoice] = field(default_factory=dict)
    ignored: Ignore | None = None
    # set in a plan that takes a run back: that, or nothing
    undo: Undo | None = None
    # it changed after a person had decided it: what that was, in words. Nothing happens until they decide again
    outdated: str = ""
    # what a series that cannot cross as it is becomes when a person says so
    offer: Offer | None = None
    # the contact that the event is related to if it is made in Salesforce
    relates: Person | None = None

    @property
    def linked(self) -> bool:
        """Whether memory knows this pair."""
        return self.link_ids != ("", "")

    @property
    def title(self) -> str:
        """What a person calls it. Foreign text: show it through `text.plain`."""
        for item in (self.left, self.right):
            if item is not None:
                return item.title
        for fields in (self.baseline.left, self.baseline.right):
            if fields:
                return title(self.kind, fields)
        return title(self.kind, {})

    def item(self, side: SideName) -> Item | None:
        """The item on one side."""
        return self.left if side is SideName.SALESFORCE else self.right

    @property
    def recommended(self) -> Action:
        """What the plan recommends, before anything was prevented or ignored."""
        return effect(self, Choice.RECOMMENDED).action

    @property
    def action(self) -> Action:
        """What a run would do to this row now."""
        return allowed(self).effect.action

    @property
    def state(self) -> State:
        """Whether it would happen, and if not, what stands in the way."""
        return allowed(self).state

    @property
    def quiet(self) -> bool:
        """Nothing to do and nothing in the way: such rows are counted, and shown only when asked for."""
        # of a run that is taken back a person wants to know what cannot be, and why
        if self.touched or self.undo is not None:
            return False
        return self.state is State.READY and self.action is Action.NONE

    @property
    def touched(self) -> bool:
        """Whether a person chose something for it, as a whole or field by field."""
        return self.choice is not Choice.RECOMMENDED or bool(self.by_field)

    @property
    def why_not(self) -> str:
        """What stands in the way of what was chosen, in words; "" when nothing does."""
        return "; ".join(allowed(self).refused)


def row_id(kind: Kind, left_id: str, right_id: str) -> str:
    """The name of a row, the same from one plan to the next for the same pair."""
    return hashlib.sha256(f"{kind.value}\n{left_id}\n{right_id}".encode("utf-8", "backslashreplace")).hexdigest()[:12]


def saying(row: Row, side: SideName, operation: Operation, words: str) -> Row:
    """The row with one more sentence about an operation, which a person should know before it happens."""
    said = "; ".join(one for one in (row.remarks.get((side, operation), ""), words) if one)
    return replace(row, remarks={**row.remarks, (side, operation): said})


@dataclass(frozen=True, slots=True)
class Plan:
    """One process compared: the rows, and what was in step. `made_at` is UTC, ISO 8601."""

    kind: Kind
    made_at: str
    window: Window
    rows: tuple[Row, ...]
    in_sync: int = 0
    # links whose both halves lie outside the window by all we know: counted, not shown
    out_of_range: int = 0
    left_account: str = ""
    right_account: str = ""
    # what is suspected, one sentence each, with the number a person has to confirm
    guards: tuple[Guard, ...] = ()
    # the id of the run that this plan takes back; "" for an ordinary plan
    takes_back: str = ""
    # what a person must know before they look at the rows, in sentences without their full stop
    notes: tuple[str, ...] = ()
    # the row ids of ignores that held until something changed, which it has
    no_longer_ignored: frozenset[str] = frozenset()
    # what each side can hold, for values that a person types
    descriptions: Mapping[SideName, Description] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows of each sort a plan or a review has."""

    actions: Mapping[Action, int]
    prevented: int
    ignored: int
    out_of_range: int
    in_sync: int

    @property
    def writes(self) -> int:
        """Rows that would write something."""
        quiet = (Action.NONE, Action.CONFLICT, Action.LINK)
        return sum(n for action, n in self.actions.items() if action not in quiet)

    @property
    def runnable(self) -> int:
        """Rows that a run would do something for, links included."""
        return self.writes + self.actions[Action.LINK]

    @property
    def undecided(self) -> int:
        """Rows that need a person's choice."""
        return self.actions[Action.CONFLICT]


def count(rows: Iterable[Row], *, in_sync: int = 0, out_of_range: int = 0) -> Counts:
    """Counts `rows` by what would happen to them."""
    actions = dict.fromkeys(Action, 0)
    prevented = ignored = 0
    for row in rows:
        what = allowed(row)
        if what.state is State.PREVENTED:
            prevented += 1
        elif what.state in (State.IGNORED_ONCE, State.IGNORED_FOREVER):
            ignored += 1
        elif row.situation is Situation.OUT_OF_RANGE:
            out_of_range += 1
        else:
            actions[what.effect.action] += 1
    return Counts(actions, prevented, ignored, out_of_range, in_sync)


def field_label(kind: Kind, name: str) -> str:
    """The label of a field as screens and reasons use it."""
    return spec(kind, name).label

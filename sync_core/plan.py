"""A plan: what a sync would do, row by row, and why.

A row keeps what was recommended beside what was chosen. The operation is derived from the choice and the values, so
that no impossible one can be stored; what is prevented is taken away after that, and the row stays with its reason.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from sync_core.compare import NO_BASELINE, Baseline, FieldChange, Verdict
from sync_core.items import FIELDS, Fields, Flow, Item, Kind, SideName, Value, spec, title
from sync_core.sides import Description, Operation, Window


class Action(StrEnum):
    """What a run does to a row, named as files and other programs know it."""

    CREATE_IN_OUTLOOK = "create_in_outlook"
    UPDATE_IN_OUTLOOK = "update_in_outlook"
    DELETE_FROM_OUTLOOK = "delete_from_outlook"
    CREATE_IN_SALESFORCE = "create_in_salesforce"
    UPDATE_IN_SALESFORCE = "update_in_salesforce"
    DELETE_FROM_SALESFORCE = "delete_from_salesforce"
    MERGE = "merge"
    LINK = "link"
    CONFLICT = "conflict"
    NONE = "none"

    @property
    def label(self) -> str:
        """In words, for a person."""
        return _ACTION_LABELS[self]


_ACTION_LABELS: Final[Mapping[Action, str]] = {
    Action.CREATE_IN_OUTLOOK: "create in Outlook",
    Action.UPDATE_IN_OUTLOOK: "update in Outlook",
    Action.DELETE_FROM_OUTLOOK: "delete from Outlook",
    Action.CREATE_IN_SALESFORCE: "create in Salesforce",
    Action.UPDATE_IN_SALESFORCE: "update in Salesforce",
    Action.DELETE_FROM_SALESFORCE: "delete from Salesforce",
    Action.MERGE: "merge both",
    Action.LINK: "link, already equal",
    Action.CONFLICT: "conflict, needs a choice",
    Action.NONE: "nothing",
}

DELETES: Final = frozenset({Action.DELETE_FROM_OUTLOOK, Action.DELETE_FROM_SALESFORCE})
# (side, operation) that each action needs
NEEDS: Final[Mapping[Action, tuple[tuple[SideName, Operation], ...]]] = MappingProxyType(
    {
        Action.CREATE_IN_OUTLOOK: ((SideName.OUTLOOK, Operation.CREATE),),
        Action.UPDATE_IN_OUTLOOK: ((SideName.OUTLOOK, Operation.UPDATE),),
        Action.DELETE_FROM_OUTLOOK: ((SideName.OUTLOOK, Operation.DELETE),),
        Action.CREATE_IN_SALESFORCE: ((SideName.SALESFORCE, Operation.CREATE),),
        Action.UPDATE_IN_SALESFORCE: ((SideName.SALESFORCE, Operation.UPDATE),),
        Action.DELETE_FROM_SALESFORCE: ((SideName.SALESFORCE, Operation.DELETE),),
        Action.MERGE: ((SideName.SALESFORCE, Operation.UPDATE), (SideName.OUTLOOK, Operation.UPDATE)),
        Action.LINK: (),
        Action.CONFLICT: (),
        Action.NONE: (),
    }
)


class Choice(StrEnum):
    """What a person said about a row. Everything else follows from it and from the values."""

    RECOMMENDED = "recommended"
    # make Outlook like Salesforce, whole; and the other way
    TO_OUTLOOK = "to_outlook"
    TO_SALESFORCE = "to_salesforce"
    # each side gets the other's changes; where both changed, this side's value wins
    MERGE_SALESFORCE = "merge_salesforce"
    MERGE_OUTLOOK = "merge_outlook"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """What a person said about one field of a row: the side whose value it takes, or what they typed instead.

    `typed` is a canonical value, and counts where `side` is None.
    """

    side: SideName | None
    typed: Value = None

    def value(self, change: FieldChange) -> Value:
        """What the field becomes on both sides."""
        if self.side is None:
            return self.typed
        return change.left if self.side is SideName.SALESFORCE else change.right


class State(StrEnum):
    """Whether a row will happen."""

    READY = "ready"
    PREVENTED = "prevented"
    IGNORED_ONCE = "ignored_once"
    IGNORED_FOREVER = "ignored_forever"
    UNDECIDED = "undecided"


class Situation(StrEnum):
    """How a row came to be: the rows of the decision table."""

    NEW = "new"
    CHANGED = "changed"
    CHANGED_BOTH = "changed_both"
    CONFLICT = "conflict"
    SAME_CHANGE = "same_change"
    GONE = "gone"
    GONE_CHANGED = "gone_changed"
    GONE_BOTH = "gone_both"
    OUT_OF_RANGE = "out_of_range"
    TWIN_EQUAL = "twin_equal"
    TWIN_DIFFERENT = "twin_different"
    AMBIGUOUS = "ambiguous"
    LIKELY = "likely"
    UNREADABLE = "unreadable"
    # memory was lost: nobody knows whether it is new, or what it belonged to
    FORGOTTEN = "forgotten"
    # what an earlier run did to it, to be taken back
    TAKEN_BACK = "taken_back"


# nothing ever happens to these, whatever is chosen
_SILENT: Final = frozenset({Situation.SAME_CHANGE, Situation.GONE_BOTH, Situation.OUT_OF_RANGE, Situation.UNREADABLE})


class IgnoreMode(StrEnum):
    """How long a person's "no" holds."""

    ONCE = "ignored_once"
    FOREVER = "ignored_forever"


class Singles(StrEnum):
    """Which occurrences of a series cross as single events: all, or those that somebody changed.

    Then the rest of it crosses as a series. Memory keeps that as it keeps a "no".
    """

    OCCURRENCES = "single_events"
    CHANGED_ONES = "changed_as_single_events"


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


@dataclass(frozen=True, slots=True)
class Effect:
    """What a choice means for a row: the action, and the fields it writes to each side."""

    action: Action
    to_left: Fields = field(default_factory=dict)
    to_right: Fields = field(default_factory=dict)
    undecided: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Allowed:
    """What remains of an effect after everything that prevents has had its say."""

    effect: Effect
    state: State
    refused: tuple[str, ...] = ()


_NOTHING: Final = Effect(Action.NONE)


def effect(row: Row, choice: Choice | None = None) -> Effect:
    """What `choice` would do, before anything is prevented. The row's own unless given, and then what was said field by
    field as well."""
    by_field = row.by_field if choice is None else {}
    choice = row.choice if choice is None else choice
    if choice is Choice.NOTHING or row.situation in _SILENT:
        return _NOTHING
    if row.situation is Situation.TAKEN_BACK:
        return row.undo.effect if row.undo is not None and choice is Choice.RECOMMENDED else _NOTHING
    if row.left is not None and row.right is not None:
        return _pair_effect(row, choice, by_field)
    if row.left is not None:
        return _single_effect(row, choice, row.left)
    if row.right is not None:
        return _single_effect(row, choice, row.right)
    return _NOTHING


def _single_effect(row: Row, choice: Choice, item: Item) -> Effect:
    """Only one side has it: bring it across, or (for a pair whose other half is gone) take it away here as well."""
    from_left = item.side is SideName.SALESFORCE
    across = Choice.TO_OUTLOOK if from_left else Choice.TO_SALESFORCE
    back = Choice.TO_SALESFORCE if from_left else Choice.TO_OUTLOOK
    if choice is Choice.RECOMMENDED:
        match row.situation:
            case Situation.NEW:
                choice = across
            case Situation.GONE:
                choice = back
            case _:
                return Effect(Action.CONFLICT)
    if choice is across:
        fields = {n: v for n, v in item.fields.items() if _may_flow(row.kind, n, item.side.other)}
        if from_left:
            return Effect(Action.CREATE_IN_OUTLOOK, to_right=fields)
        return Effect(Action.CREATE_IN_SALESFORCE, to_left=fields)
    if choice is back and row.linked:
        return Effect(Action.DELETE_FROM_SALESFORCE if from_left else Action.DELETE_FROM_OUTLOOK)
    return _NOTHING


def _pair_effect(row: Row, choice: Choice, by_field: Mapping[str, FieldChoice]) -> Effect:
    to_left, to_right, undecided = _shared_out(row, choice, by_field)
    if undecided or (row.situation is Situation.AMBIGUOUS and choice is Choice.RECOMMENDED):
        return Effect(Action.CONFLICT, undecided=frozenset(undecided))
    return _written(to_left, to_right, linked=row.linked)


def _shared_out(
    row: Row, choice: Choice, by_field: Mapping[str, FieldChoice]
) -> tuple[dict[str, Value], dict[str, Value], set[str]]:
    """What goes to Salesforce, what to Outlook, and the fields of which nobody has said whose value they take."""
    to_left: dict[str, Value] = {}
    to_right: dict[str, Value] = {}
    undecided: set[str] = set()
    for change in row.changes:
        if change.verdict is Verdict.SAME:
            continue
        said = by_field.get(change.name)
        if said is None:
            winner = _winner(change.verdict, choice)
            if winner is None:
                undecided.add(change.name)
                continue
            said = FieldChoice(winner)
        value = said.value(change)
        if value != change.left and _may_flow(row.kind, change.name, SideName.SALESFORCE):
            to_left[change.name] = value
        if value != change.right and _may_flow(row.kind, change.name, SideName.OUTLOOK):
            to_right[change.name] = value
    return to_left, to_right, undecided


def _written(to_left: Fields, to_right: Fields, *, linked: bool) -> Effect:
    if to_left and to_right:
        return Effect(Action.MERGE, to_left, to_right)
    if to_left:
        return Effect(Action.UPDATE_IN_SALESFORCE, to_left)
    if to_right:
        return Effect(Action.UPDATE_IN_OUTLOOK, to_right=to_right)
    return Effect(Action.NONE if linked else Action.LINK)


def _winner(verdict: Verdict, choice: Choice) -> SideName | None:
    """The side whose value a field takes; None when nobody has said."""
    match choice:
        case Choice.TO_OUTLOOK:
            return SideName.SALESFORCE
        case Choice.TO_SALESFORCE:
            return SideName.OUTLOOK
    if verdict is Verdict.LEFT:
        return SideName.SALESFORCE
    if verdict is Verdict.RIGHT:
        return SideName.OUTLOOK
    match choice:
        case Choice.MERGE_SALESFORCE:
            return SideName.SALESFORCE
        case Choice.MERGE_OUTLOOK:
            return SideName.OUTLOOK
    return None


def _may_flow(kind: Kind, name: str, to: SideName) -> bool:
    return spec(kind, name).flow.allows(to)


def allowed(row: Row, choice: Choice | None = None) -> Allowed:
    """What `choice` (the row's own unless given) comes to, after ignores, prevents, limits, locks and the guard.

    A row that changed after it had been decided waits to be decided again, whatever is recommended. A merge of which
    one half is prevented does its other half, and says so.
    """
    wanted = effect(row, choice)
    if choice is None and row.ignored is not None:
        return Allowed(_NOTHING, State(row.ignored.mode.value))
    if choice is None and row.outdated and wanted.action is not Action.NONE:
        wanted = Effect(Action.CONFLICT, undecided=wanted.undecided)
    if wanted.action is Action.CONFLICT:
        return _open_or_shut(row, wanted)
    refused = [(side, why) for side, op in NEEDS[wanted.action] if (why := row.blocks.get((side, op)))]
    if row.held is not None and wanted.action is not Action.NONE:
        return Allowed(_NOTHING, State.PREVENTED, (row.held.sentence,))
    if not refused:
        return Allowed(wanted, State.READY)
    reasons = tuple(dict.fromkeys(why for _, why in refused))
    sides = {side for side, _ in refused}
    if wanted.action is Action.MERGE and len(sides) == 1 and (rest := _half(wanted, refused[0][0])):
        left, right = ({}, rest) if SideName.SALESFORCE in sides else (rest, {})
        return Allowed(_written(left, right, linked=row.linked), State.READY, reasons)
    return Allowed(_NOTHING, State.PREVENTED, reasons)


def _half(merge: Effect, refused: SideName) -> Fields:
    """What is left of a merge when one side may not be written.

    What a person typed for both sides stays out: written to one of them only, it would part them.
    """
    there, here = merge.to_left, merge.to_right
    if refused is SideName.OUTLOOK:
        there, here = here, there
    return {name: value for name, value in here.items() if name not in there}


def _open_or_shut(row: Row, wanted: Effect) -> Allowed:
    """A conflict is a person's to decide, unless every way out of it is prevented."""
    if not row.blocks:
        return Allowed(wanted, State.UNDECIDED)
    for choice in (Choice.TO_OUTLOOK, Choice.TO_SALESFORCE):
        action = effect(row, choice).action
        if action is not Action.NONE and not any(need in row.blocks for need in NEEDS[action]):
            return Allowed(wanted, State.UNDECIDED)
    return Allowed(_NOTHING, State.PREVENTED, tuple(dict.fromkeys(row.blocks.values())))


def remarks(row: Row, choice: Choice | None = None) -> tuple[str, ...]:
    """What a person should know before `choice` (the row's own unless given) happens, one sentence each."""
    now = allowed(row, choice).effect
    said = [row.remarks[need] for need in NEEDS[now.action] if need in row.remarks]
    if "notes" in now.to_right and row.right is not None and row.right.formatted:
        said.append("the formatting of the notes in Outlook is lost, as Salesforce has plain text")
    creates = now.action is Action.CREATE_IN_SALESFORCE
    if creates and row.kind is not Kind.CALENDAR and row.right is not None and row.right.private:
        said.append("it is private in Outlook, and Salesforce has no such flag: colleagues may see it there")
    return tuple(said)


def results(row: Row) -> dict[str, Value]:
    """What each differing field will be after a run, wherever it is written; a field nobody decided is missing.

    An undecided row still shows what its decided fields would become.
    """
    done: dict[str, Value] = {c.name: c.left for c in row.changes if c.verdict is Verdict.SAME}
    now = allowed(row)
    shown = _decided(row) if now.state is State.UNDECIDED else now.effect
    done.update(shown.to_left)
    done.update(shown.to_right)
    return done


def _decided(row: Row) -> Effect:
    if row.left is None or row.right is None:
        return _NOTHING
    to_left, to_right, _ = _shared_out(row, row.choice, row.by_field)
    return _written(to_left, to_right, linked=row.linked)


def choice_for(row: Row, action: Action) -> Choice | None:
    """The choice that makes `action` of this row, or None when there is none. The recommendation comes first."""
    for choice in Choice:
        if effect(row, choice).action is action:
            return choice
    return None


def action_label(row: Row) -> str:
    """The row's action in words; a pair whose other half is gone is restored, not created."""
    if row.linked and row.action in (Action.CREATE_IN_OUTLOOK, Action.CREATE_IN_SALESFORCE):
        return row.action.label.replace("create", "restore")
    return row.action.label


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


def shared_fields(kind: Kind) -> tuple[str, ...]:
    """The names of the fields that travel both ways, in the order of the field table."""
    return tuple(f.name for f in FIELDS[kind] if f.flow is Flow.BOTH)

"""What a choice comes to: the action, what it writes to each side, and what is taken away of it before it may happen.

The operation is derived from the choice and the values, so that no impossible one can be stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from sync_core.actions import NEEDS, Action, Choice, FieldChoice, Situation, State
from sync_core.compare import Verdict
from sync_core.items import Fields, Item, Kind, SideName, Value, spec

if TYPE_CHECKING:
    # a row asks these functions what it comes to
    from sync_core.plan import Row

# nothing ever happens to these, whatever is chosen
_SILENT: Final = frozenset({Situation.SAME_CHANGE, Situation.GONE_BOTH, Situation.OUT_OF_RANGE, Situation.UNREADABLE})


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
    if "exceptions" in now.to_right and row.right is not None and row.right.formatted and _new_notes(row, now):
        said.append("the formatting of the notes of single occurrences is lost, as Salesforce has plain text")
    if row.right is not None:
        said += _percent_lost(row.right, now)
        said += [
            f"“{word}” in Outlook is {str(now.to_left[name]).replace('_', ' ')} in Salesforce, which has no such choice"
            for name, word in row.right.unmapped
            if name in now.to_left and now.to_left[name] == row.right.fields.get(name)
        ]
    creates = now.action is Action.CREATE_IN_SALESFORCE
    if creates and row.kind is not Kind.CALENDAR and row.right is not None and row.right.private:
        said.append("it is private in Outlook, and Salesforce has no such flag: colleagues may see it there")
    return tuple(said)


# where Exchange puts the percentage when it gets such a status (see the note of sides.outlook.tasks)
_PERCENT: Final = {"completed": 100, "not_started": 0}


def _percent_lost(item: Item, now: Effect) -> list[str]:
    """What becomes of how much is done, which Salesforce does not know: typed by a person where it is between."""
    status = str(now.to_right.get("status", ""))
    if status not in _PERCENT or item.percent in (None, 0, 100):
        return []
    return [f"with the status Outlook sets percent complete from {item.percent} to {_PERCENT[status]}"]


def remarked(row: Row) -> Row:
    """The row with what a person should know before it happens as part of its reason."""
    return replace(row, reason="; ".join((row.reason, *remarks(row))))


def _new_notes(row: Row, now: Effect) -> bool:
    """Whether a series in Outlook gets an occurrence with notes of its own."""
    # only series need it, and it brings the expansion of patterns along
    from sync_core.recurrence import PatternError
    from sync_core.series import changed_by

    held = str(row.right.fields.get("exceptions") or "") if row.right is not None else ""
    try:
        coming = changed_by(held, str(now.to_right["exceptions"] or "")).changed
    except PatternError:
        return False
    return any(name == "notes" for one in coming for name, _ in one.fields)


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

"""One field of a row decided by a person: which fields there are to decide, and what speaks against a decision.

Values in, values out. The decision itself is `plan.FieldChoice`; what it leads to is derived by `plan.effect`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from sync_core import series, text
from sync_core.compare import FieldChange, Verdict
from sync_core.items import FieldType, Flow, Kind, SideName, Value, When, from_json, spec, to_json
from sync_core.plan import Choice, FieldChoice, Row, Situation, effect, results
from sync_core.sides import Description
from sync_core.span import days_of, is_day, is_instant, senseless

# pairs of which nobody doubts that they are one thing
_PAIRS: Final = frozenset({Situation.CHANGED, Situation.CHANGED_BOTH, Situation.CONFLICT, Situation.TWIN_DIFFERENT})
# what no line can be typed for
_NOT_TYPED: Final = {
    FieldType.NAMES: "names of files are not typed",
    FieldType.EXCEPTIONS: "single occurrences are changed in Outlook or Salesforce",
}


def open_fields(row: Row) -> tuple[FieldChange, ...]:
    """The fields of a row that can be decided one by one: those in which a pair differs."""
    if row.left is None or row.right is None or row.situation not in _PAIRS:
        return ()
    return tuple(change for change in row.changes if change.verdict is not Verdict.SAME)


def open_field(row: Row, name: str) -> FieldChange | None:
    """The field called `name`, if it is one to decide."""
    return next((change for change in open_fields(row) if change.name == name), None)


def decide(row: Row, name: str, said: FieldChoice | None) -> Row:
    """The row with one field decided; None gives the field back to what was chosen for the row as a whole.

    A row that nothing was to happen to, or that was ignored, is decided from its recommendation on.
    """
    rest = {n: one for n, one in row.by_field.items() if n != name}
    if said is not None:
        rest[name] = said
    choice = Choice.RECOMMENDED if row.choice is Choice.NOTHING else row.choice
    return replace(row, choice=choice, ignored=None, by_field=rest)


def typed(row: Row, name: str, value: Value) -> FieldChoice:
    """The decision for a value that a person typed: that of a side, where it is what this side has already."""
    change = open_field(row, name)
    if change is not None and value == change.left:
        return FieldChoice(SideName.SALESFORCE)
    if change is not None and value == change.right:
        return FieldChoice(SideName.OUTLOOK)
    return FieldChoice(None, value)


def to_start_from(row: Row, name: str) -> Value:
    """The value that a person edits: what the field would become, else what Salesforce has."""
    change = open_field(row, name)
    if change is None:
        return None
    said = row.by_field.get(name)
    return said.value(change) if said is not None else results(row).get(name, change.left)


def cannot_type(row: Row, name: str) -> str:
    """Why a field of a row cannot be typed by hand, in words; "" when it can."""
    f = spec(row.kind, name)
    change = open_field(row, name)
    if change is None:
        return f"{f.label} does not differ"
    if f.type in _NOT_TYPED:
        return f"{f.label}: {_NOT_TYPED[f.type]}"
    if f.flow is not Flow.BOTH:
        return f"{f.label} goes one way only, {f.flow.value.replace('_', ' ').title().replace('To', 'to')}"
    whens = [value for value in (change.left, change.right) if isinstance(value, When)]
    if any(when.recurrence for when in whens):
        return "the time of a series is changed in Outlook or Salesforce"
    return ""


def why_not(row: Row, name: str, said: FieldChoice, sides: Mapping[SideName, Description]) -> str:
    """Why a field cannot be decided like this, in words; "" when it can. `sides` say what they can hold.

    What is prevented is not looked at: the row then stays, with its reason, like any other.
    """
    change = open_field(row, name)
    if change is None:
        return f"{spec(row.kind, name).label} does not differ"
    if said.side is None and (why := cannot_type(row, name)):
        return why
    label = spec(row.kind, name).label
    written = effect(decide(row, name, said))
    for side, fields in ((SideName.SALESFORCE, written.to_left), (SideName.OUTLOOK, written.to_right)):
        item, description = row.item(side), sides.get(side)
        value = said.value(change)
        now = change.left if side is SideName.SALESFORCE else change.right
        if value == now or description is None or item is None or not spec(row.kind, name).flow.allows(side):
            continue
        if name in description.unwritable:
            return f"{label} is {description.unwritable[name]}"
        most = description.limits.lengths.get(name)
        if most is not None and isinstance(value, str) and len(value) > most:
            return f"{label} has {len(value):,} characters, {side.label} holds {most:,}"
        if why := _no_time(row.kind, name, value, side, description):
            return why
        repeats = item.series or (isinstance(value, When) and bool(value.recurrence))
        if repeats and (why := series.cannot_update(side, item.fields, {name: value}, description.limits)):
            return why
        if why := description.limits.refuses({**item.fields, **fields, name: value}):
            return why
    return ""


def _no_time(kind: Kind, name: str, value: object, side: SideName, description: Description) -> str:
    """Why a time is none, or lasts too long for a side."""
    f = spec(kind, name)
    if isinstance(value, When):
        most = description.limits.longest_days
        if why := senseless(value):
            return why
        if most is not None and (days := days_of(value)) > most:
            return f"it lasts {days} days, {side.label} holds events of up to {most}"
    elif isinstance(value, str) and f.type in (FieldType.DATE, FieldType.MOMENT):
        known = is_day(value) if f.type is FieldType.DATE else is_instant(value)
        return "" if known else f"{f.label} cannot be understood"
    return ""


def in_words(kind: Kind, name: str, said: FieldChoice | None) -> str:
    """What was said about a field: "location from Outlook", "location typed: Room 7"."""
    label = spec(kind, name).label
    if said is None:
        return f"{label} as the row has it"
    if said.side is not None:
        return f"{label} from {said.side.label}"
    if isinstance(said.typed, str) and spec(kind, name).type in (FieldType.LINE, FieldType.BLOCK):
        return f"{label} typed: {text.shorten(text.plain(said.typed), 40) or 'nothing'}"
    return f"{label} typed"


def fields_to_json(by_field: Mapping[str, FieldChoice]) -> dict[str, Any]:
    """Decisions field by field as JSON has them: {"location": {"from": "outlook"}, "notes": {"typed": "..."}}."""
    return {
        name: {"from": said.side.value} if said.side is not None else {"typed": to_json(said.typed)}
        for name, said in by_field.items()
    }


def fields_from_json(kind: Kind, data: Mapping[str, Any]) -> dict[str, FieldChoice]:
    """The inverse of `fields_to_json`. Raises ValueError, KeyError or TypeError for what is none."""
    found = {}
    for name, said in data.items():
        if "from" in said:
            spec(kind, name)
            found[name] = FieldChoice(SideName(said["from"]))
        else:
            found[name] = FieldChoice(None, from_json(kind, name, said["typed"]))
    return found

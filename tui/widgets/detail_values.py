"""The fields of a row in words: before, Salesforce, Outlook, and what will be. No widget in here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from sync_core.compare import FieldChange, Verdict
from sync_core.items import FIELDS, FieldSpec, FieldType, SideName, Value
from sync_core.plan import DELETES, Action, Effect, Row, State, allowed, results
from sync_core.undo import comes_back
from tui import format as fmt

DELETED: Final = "(deleted)"
STAYS: Final = "stays as it is"
UNDECIDED: Final = "choose > or <"
# of what both sides have alike, so much is shown of each value
_SHORT: Final = 60
# texts longer than this are told by what differs in them, line by line
_LONG: Final = 80

Word = Callable[[FieldSpec, Value], str]


@dataclass(frozen=True, slots=True)
class Values:
    """One field of a row in words. None is "not there", shown as a blank.

    `name` is that of a field of a pair that differs, "" where there is nothing to decide by field. `long` is a text of
    many lines that is told by what differs in it. `own` says that a person decided this field by itself.
    """

    label: str
    before: str | None
    left: str | None
    right: str | None
    after: str
    changed: frozenset[SideName]
    undecided: bool = False
    name: str = ""
    long: bool = False
    own: bool = False

    def side(self, side: SideName) -> str:
        """What one side has."""
        return (self.left if side is SideName.SALESFORCE else self.right) or ""


def values_of(row: Row, word: Word) -> tuple[list[Values], list[str]]:
    """The fields to compare, and in words those that both sides have alike. `word` puts a value into words."""
    changes = {change.name: change for change in row.changes}
    will_be = _will_be(row, word)
    differing, equal = [], []
    for f in FIELDS[row.kind]:
        if f.name in changes and changes[f.name].verdict is not Verdict.SAME:
            differing.append(_pair(row, f, changes[f.name], will_be, word))
        elif row.left is not None and row.right is not None:
            value = row.left.fields.get(f.name)
            # what a side does not know is not the same
            if value is not None and value != f.blank:
                equal.append(f"{f.label} {word(f, value)}".replace("\n", " "))
        elif (single := _single(row, f, word)) is not None:
            differing.append(single)
    short = _SHORT - 1
    return differing, [fmt.cell(words).plain if len(words) <= short else f"{words[:short]}…" for words in equal]


def _will_be(row: Row, word: Word) -> dict[str, str]:
    """What each field will be, in words, where that is known. What is taken back may differ from side to side."""
    done = results(row)
    specs = {f.name: f for f in FIELDS[row.kind]}
    found = {name: word(specs[name], value) for name, value in done.items()}
    now = allowed(row).effect
    for name in now.to_left.keys() & now.to_right.keys():
        if now.to_left[name] != now.to_right[name]:
            ours, theirs = (word(specs[name], fields[name]) for fields in (now.to_left, now.to_right))
            found[name] = f"Salesforce: {ours}, Outlook: {theirs}"
    return found


def _pair(row: Row, f: FieldSpec, change: FieldChange, will_be: Mapping[str, str], word: Word) -> Values:
    moved = {
        Verdict.LEFT: frozenset({SideName.SALESFORCE}),
        Verdict.RIGHT: frozenset({SideName.OUTLOOK}),
    }.get(change.verdict, frozenset(SideName))
    undecided = f.name not in will_be and row.state is State.UNDECIDED
    after = will_be.get(f.name, UNDECIDED if undecided else STAYS)
    known = change.baseline is not None or row.linked
    before = word(f, change.baseline) if known else None
    left, right = word(f, change.left), word(f, change.right)
    texts = (before or "", left, right, after)
    long = f.type is FieldType.BLOCK and any("\n" in text or len(text) > _LONG for text in texts)
    return Values(f.label, before, left, right, after, moved, undecided, f.name, long, f.name in row.by_field)


def _single(row: Row, f: FieldSpec, word: Word) -> Values | None:
    """A field of a row that only one side has."""
    item = row.left or row.right or comes_back(row, SideName.SALESFORCE) or comes_back(row, SideName.OUTLOOK)
    fields: Mapping[str, Value] = item.fields if item is not None else row.baseline.left or row.baseline.right
    value = fields.get(f.name)
    old = (row.baseline.left or row.baseline.right).get(f.name) if row.linked else None
    if (value is None or value == f.blank) and (old is None or old == f.blank):
        return None
    words = word(f, value)
    left = words if row.left is not None else None
    right = words if row.right is not None else None
    before = word(f, old) if row.linked else None
    moved = item is not None and row.linked and before != words
    changed = frozenset({item.side}) if item is not None and moved else frozenset()
    now = allowed(row)
    after = _after_single(now.state, now.effect, f.name, words)
    return Values(f.label, before, left, right, after, changed, after == UNDECIDED)


def _after_single(state: State, now: Effect, name: str, words: str) -> str:
    if state is State.UNDECIDED:
        return UNDECIDED
    if state is not State.READY or now.action is Action.NONE:
        return STAYS
    if now.action in DELETES:
        return DELETED
    if now.action in (Action.CREATE_IN_OUTLOOK, Action.CREATE_IN_SALESFORCE):
        return words if name in now.to_left or name in now.to_right else "not carried over"
    return words


def same_as(v: Values) -> str:
    """What a long text will be, in a word that spares saying it again: "as in Outlook"."""
    if v.undecided or v.after == STAYS:
        return v.after
    for words, name in ((v.left, "as in Salesforce"), (v.right, "as in Outlook")):
        if v.after == words:
            return name
    return "as you typed it" if v.own else v.after

"""Field by field: what changed on which side since both last agreed.

Each side is compared with its *own* baseline, the form in which that side gave the value back after the last write, so
what a server normalises never looks like a change. Equal on both sides is never a conflict, however they got there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sync_core.items import FIELDS, Fields, FieldSpec, FieldType, Flow, Kind, SideName, Value, When


class Verdict(StrEnum):
    """What became of one field since the baseline."""

    SAME = "same"
    LEFT = "changed left"
    RIGHT = "changed right"
    # both changed, or nobody knows what was there before: only a person can tell
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Baseline:
    """The values both sides had after the last sync, as each side gave them back.

    A field that is missing was never agreed on.
    """

    left: Fields
    right: Fields

    def on(self, side: SideName) -> Fields:
        """The values of one side."""
        return self.left if side is SideName.SALESFORCE else self.right


NO_BASELINE: Final = Baseline({}, {})


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a pair that differs, or that differed from its baseline and now agrees (`verdict` SAME)."""

    name: str
    verdict: Verdict
    baseline: Value
    left: Value
    right: Value

    def comes_from(self, side: SideName) -> bool:
        """Whether `side` is where it was changed, or may have been."""
        return self.verdict in (Verdict.LEFT if side is SideName.SALESFORCE else Verdict.RIGHT, Verdict.BOTH)


def alike(one: Value, other: Value) -> bool:
    """Whether two values of a field mean the same: equal ones do, and so do two rules of a series with the same days.

    "12 times" on one side and "until 10 February" on the other is no difference: each keeps its own words for it.
    """
    if one == other:
        return True
    if not isinstance(one, When) or not isinstance(other, When) or (one.start, one.end) != (other.start, other.end):
        return False
    # only series need it, and it brings the expansion of patterns along
    from sync_core.series import same_days

    return same_days(one, other)


def unlike(fields: Fields, now: Fields) -> list[str]:
    """The names of those `fields` that mean something else `now`. What is unknown there says nothing."""
    return [name for name, value in fields.items() if name in now and not alike(now[name], value)]


def compare(kind: Kind, baseline: Baseline, left: Fields, right: Fields) -> tuple[FieldChange, ...]:
    """The fields in which `left` and `right` differ, and those in which both moved together.

    Fields in step (neither moved) do not appear, whatever their values are.
    """
    if left == right and baseline.left == left and baseline.right == right:
        return ()
    changes = []
    for f in FIELDS[kind]:
        change = _compare_field(f, baseline, left, right)
        if change is not None:
            changes.append(change)
    return tuple(changes)


def _compare_field(f: FieldSpec, baseline: Baseline, left: Fields, right: Fields) -> FieldChange | None:
    name = f.name
    if name not in left or name not in right:
        # unknown on a side: nothing can be said, so nothing is proposed (facts: exchange E, first line)
        return None
    left_value, right_value = left[name], right[name]
    known = name in baseline.left and name in baseline.right
    before = _before(f, baseline, left_value, right_value)
    same = alike(left_value, right_value)
    if not same and _is_their_own(f, baseline if known else NO_BASELINE, left_value, right_value):
        return None
    if not known:
        if same:
            return FieldChange(name, Verdict.SAME, before, left_value, right_value)
        return FieldChange(name, _first_verdict(f, left_value, right_value), before, left_value, right_value)
    left_moved = not alike(left_value, baseline.left[name]) and f.flow is not Flow.TO_SALESFORCE
    right_moved = not alike(right_value, baseline.right[name]) and f.flow is not Flow.TO_OUTLOOK
    if not left_moved and not right_moved:
        return None
    if same:
        return FieldChange(name, Verdict.SAME, before, left_value, right_value)
    if left_moved and right_moved:
        return FieldChange(name, Verdict.BOTH, before, left_value, right_value)
    return FieldChange(name, Verdict.LEFT if left_moved else Verdict.RIGHT, before, left_value, right_value)


def _is_their_own(f: FieldSpec, baseline: Baseline, left: Value, right: Value) -> bool:
    """Whether a field that travels one way holds, where it travels to, what somebody typed there.

    The other side cannot take that value, and it must not be typed over: both keep what they have. Only what both once
    agreed on (`baseline`, empty where they never did) was brought there by us. Names are handsync's own block, in which
    nobody types.
    """
    if f.flow is Flow.BOTH or f.type is FieldType.NAMES:
        return False
    there, agreed = (right, baseline.right) if f.flow is Flow.TO_OUTLOOK else (left, baseline.left)
    return there not in (f.blank, agreed.get(f.name, f.blank))


def _first_verdict(f: FieldSpec, left: Value, right: Value) -> Verdict:
    """Without a baseline a blank may be filled from the other side; anything else is a person's choice."""
    if f.flow is not Flow.BOTH:
        return Verdict.RIGHT if f.flow is Flow.TO_SALESFORCE else Verdict.LEFT
    if left == f.blank and f.blank is not False:
        return Verdict.RIGHT
    if right == f.blank and f.blank is not False:
        return Verdict.LEFT
    return Verdict.BOTH


def _before(f: FieldSpec, baseline: Baseline, left: Value, right: Value) -> Value:
    """The one value to show as "before": the sides' baselines differ only by what a server normalised."""
    if f.name not in baseline.left and f.name not in baseline.right:
        return None
    if f.name in baseline.left and baseline.left.get(f.name) != left:
        return baseline.left[f.name]
    if f.name in baseline.right and baseline.right.get(f.name) != right:
        return baseline.right[f.name]
    return baseline.left.get(f.name, baseline.right.get(f.name))


def merged_baseline(kind: Kind, old: Baseline, left: Fields, right: Fields, written: Mapping[str, bool]) -> Baseline:
    """The baseline after a sync: fields that now agree, or were just `written`, move; the others stay as they were.

    `left` and `right` are what the sides hold now, as they gave it back. What only one side knows is kept for that
    side: it can never be agreed on, and tells whether that side's item was touched since. So is what somebody typed in
    a field that does not travel from there.
    """
    new_left, new_right = dict(old.left), dict(old.right)
    for f in FIELDS[kind]:
        if f.name not in left or f.name not in right:
            if f.name in left and f.name not in old.right:
                new_left[f.name] = left[f.name]
            if f.name in right and f.name not in old.left:
                new_right[f.name] = right[f.name]
            continue
        if alike(left[f.name], right[f.name]) or written.get(f.name, False):
            new_left[f.name], new_right[f.name] = left[f.name], right[f.name]
        elif f.flow is Flow.TO_OUTLOOK and f.name not in old.left:
            new_right[f.name] = right[f.name]
        elif f.flow is Flow.TO_SALESFORCE and f.name not in old.right:
            new_left[f.name] = left[f.name]
    return Baseline(new_left, new_right)

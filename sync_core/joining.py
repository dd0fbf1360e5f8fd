"""Two rows that a person says are the same thing, as one row."""

from __future__ import annotations

from dataclasses import replace

from sync_core.compare import Verdict, compare
from sync_core.pairing import marked_for
from sync_core.plan import Choice, Row, Situation, row_id


def joinable(one: Row, other: Row) -> bool:
    """Whether two rows are one item of each side, and at most one of them a pair that is known already."""
    here, there = (one.left or other.left), (one.right or other.right)
    halves = sum(item is not None for row in (one, other) for item in (row.left, row.right))
    return here is not None and there is not None and halves == 2 and not (one.linked and other.linked)


def join(one: Row, other: Row) -> Row:
    """The row of two halves that a person says are the same thing.

    Raises ValueError, in words, when they are not one item of each side.
    """
    left, right = one.left or other.left, one.right or other.right
    if left is None or right is None or (one.left and one.right) or (other.left and other.right):
        raise ValueError("these two are not one item of each side")
    linked = [row for row in (one, other) if row.linked]
    if len(linked) == 2:
        raise ValueError("both are known already, each as something else")
    base = linked[0] if linked else one
    changes = compare(one.kind, base.baseline, left.fields, right.fields)
    moved = {c.verdict for c in changes} - {Verdict.SAME}
    if linked and not moved:
        situation = Situation.SAME_CHANGE
    elif linked and Verdict.BOTH not in moved:
        situation = Situation.CHANGED_BOTH if len(moved) == 2 else Situation.CHANGED
    elif linked:
        situation = Situation.CONFLICT
    else:
        situation = Situation.TWIN_DIFFERENT if moved else Situation.TWIN_EQUAL
    return replace(
        base,
        id=row_id(one.kind, left.id, right.id),
        situation=situation,
        reason="you said that these two are the same thing",
        left=left,
        right=right,
        changes=changes,
        # a mark that names another item belongs to that one: this is a copy
        mark=right.mark if marked_for(right.mark) == left.id else "",
        rivals=(),
        blocks={**one.blocks, **other.blocks},
        choice=Choice.RECOMMENDED,
        by_field={},
        ignored=None,
    )

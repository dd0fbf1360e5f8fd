"""What somebody typed into a record in the moment before it was deleted: the recycle bin still has it.

A DELETE knows no condition (facts: salesforce B4, conditional requests), so this is how such an edit comes into the
history.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from sync_core.compare import unlike
from sync_core.sides import Operation, Outcome, Write
from sync_core.sides.salesforce.ids import id18
from sync_core.sides.salesforce.mapping import Context, ObjectMapping

_NOTE: Final = "somebody changed it in the very moment it was deleted; the history keeps what it held"


def deleted(writes: Sequence[Write], outcomes: Mapping[int, Outcome]) -> dict[str, int]:
    """The records that were deleted, by id, with the place of their write. A series is no record."""
    return {
        id18(write.before.id): place
        for place, write in enumerate(writes)
        if write.operation is Operation.DELETE and write.before is not None and not write.before.series
        if outcomes[place].ok
    }


def noted(
    rows: Iterable[Mapping[str, Any]],
    writes: Sequence[Write],
    outcomes: dict[int, Outcome],
    mapping: ObjectMapping,
    context: Context,
) -> dict[int, Outcome]:
    """The outcomes that change because `rows`, from the recycle bin, do not hold what was read before the delete."""
    places, changed = deleted(writes, outcomes), {}
    for row in rows:
        place = places.get(id18(str(row.get("Id") or "")))
        before = writes[place].before if place is not None else None
        if place is None or before is None or not row.get("IsDeleted"):
            continue
        # one that makes no sense says nothing
        with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
            last = mapping.item(row, context).fields
            if unlike(last, before.fields):
                changed[place] = replace(outcomes[place], last=last, note=_NOTE)
    return changed

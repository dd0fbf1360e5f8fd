"""Series of events: what a save of one occurrence does to the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync_core.sandbox.salesforce.errors import refused
from sync_core.sandbox.salesforce.event_rules import Row

if TYPE_CHECKING:
    from sync_core.sandbox.salesforce.store import Actor, Org


def expand(org: Org, actor: Actor, row: Row) -> None:
    """Adds the occurrences of a new series. Raises ApiError."""
    for name in ("IsRecurrence", "Recurrence2PatternText"):
        if row.get(name):
            raise refused("FIELD_INTEGRITY_EXCEPTION", f"series of events are switched off in this org: {name}", name)


def follow(org: Org, actor: Actor, old: Row, row: Row, given: frozenset[str]) -> None:
    """Carries a change of one occurrence over to its series."""


def forget(org: Org, actor: Actor, row: Row) -> None:
    """Deletes the occurrences of a deleted Classic series."""


def cut(org: Org, actor: Actor, row: Row) -> None:
    """Deletes an occurrence of a Lightning series and all that follow it. Raises ApiError for any other event."""
    raise refused("FIELD_INTEGRITY_EXCEPTION", "the event is not part of a series: IsRecurrence2", "IsRecurrence2")

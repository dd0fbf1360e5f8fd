"""Status and priority of tasks: between our names and the values that an org has set up.

An org may rename, add and remove them (facts: salesforce B2): its TaskStatus and TaskPriority tables say which ones are
closed, default or high. Every org value stands for one neutral value at most; a status that we have no name for counts
as what it is to Salesforce, closed or open, so that a completion on one side reaches the other, and a priority as high
where it is high.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sync_core.sides.salesforce.event_values import plain_choice
from sync_core.sides.salesforce.mapping import Rows

Row = Mapping[str, Any]

# the labels that a new org has, without blanks and capitals
_STATUS: Final = {
    "not_started": ("notstarted",),
    "in_progress": ("inprogress",),
    "completed": ("completed",),
    "waiting": ("waitingonsomeoneelse", "waiting"),
    "deferred": ("deferred",),
}
_PRIORITY: Final = {"low": ("low",), "normal": ("normal",), "high": ("high",)}


@dataclass(frozen=True, slots=True)
class Choices:
    """The org's value for each neutral one, and the neutral one behind each of the org's, which has no more."""

    to_org: Mapping[str, str]
    from_org: Mapping[str, str]


def statuses(table: Rows, assumed: tuple[str, ...]) -> Choices:
    """Statuses by the rows of TaskStatus, or by `assumed` values where a server does not show that table.

    What is known by its label counts only if it is as closed, or as open, as its meaning. Else completed is the default
    closed one (the first closed one where none is the default), and not started the default open one.
    """
    rows = _ordered(table) or [{"ApiName": v, "IsClosed": plain_choice(v) in _STATUS["completed"]} for v in assumed]

    def fits(name: str, row: Row) -> bool:
        return name == "deferred" or bool(row.get("IsClosed")) is (name == "completed")

    found = _by_label(rows, _STATUS, fits)
    _add(found, rows, "completed", lambda row: bool(row.get("IsClosed")), any_will_do=True)
    _add(found, rows, "not_started", lambda row: not row.get("IsClosed"), any_will_do=False)
    choices = _choices(found)
    others = {_value(row): by_closed(choices, row.get("IsClosed")) for row in rows}
    return Choices(choices.to_org, {**{value: name for value, name in others.items() if name}, **choices.from_org})


def by_closed(status: Choices, closed: object) -> str:
    """The neutral status of a task of which only that is known; "" where the org has no value for it."""
    if closed is None:
        return ""
    wanted = ("completed",) if closed else ("in_progress", "not_started")
    return next((name for name in wanted if name in status.to_org), "")


def priorities(table: Rows, assumed: tuple[str, ...]) -> Choices:
    """Priorities by the rows of TaskPriority, or by `assumed` values where a server does not show that table.

    What is known by its label counts only if it is as high as its meaning. Else high is the default high one (the first
    high one where none is the default), and normal the default one.
    """
    rows = _ordered(table) or [{"ApiName": v, "IsHighPriority": plain_choice(v) in _PRIORITY["high"]} for v in assumed]

    def fits(name: str, row: Row) -> bool:
        return bool(row.get("IsHighPriority")) is (name == "high")

    found = _by_label(rows, _PRIORITY, fits)
    _add(found, rows, "high", lambda row: bool(row.get("IsHighPriority")), any_will_do=True)
    _add(found, rows, "normal", lambda row: not row.get("IsHighPriority"), any_will_do=False)
    choices = _choices(found)
    # one more that is high is high; one more that is not may be low as well as normal
    others = {_value(row): "high" for row in rows if row.get("IsHighPriority") and "high" in choices.to_org}
    return Choices(choices.to_org, {**others, **choices.from_org})


def _ordered(table: Rows) -> list[Row]:
    return sorted((row for row in table if _value(row)), key=lambda row: (row.get("SortOrder") or 0, _value(row)))


def _value(row: Row) -> str:
    """What stands in the task: the API name, which a renamed label leaves alone."""
    return str(row.get("ApiName") or row.get("MasterLabel") or "")


def _by_label(
    rows: list[Row], labels: Mapping[str, tuple[str, ...]], fits: Callable[[str, Row], bool]
) -> dict[str, Row]:
    """The rows whose label, or else whose API name, is one that a new org has."""
    found: dict[str, Row] = {}
    for column in ("MasterLabel", "ApiName"):
        for name, known in labels.items():
            for row in rows:
                taken = name in found or any(row is other for other in found.values())
                if not taken and plain_choice(row.get(column)) in known and fits(name, row):
                    found[name] = row
    return found


def _add(found: dict[str, Row], rows: list[Row], name: str, fits: Callable[[Row], bool], *, any_will_do: bool) -> None:
    if name in found:
        return
    free = [row for row in rows if fits(row) and not any(row is other for other in found.values())]
    chosen = next((row for row in free if row.get("IsDefault")), free[0] if free and any_will_do else None)
    if chosen is not None:
        found[name] = chosen


def _choices(found: Mapping[str, Row]) -> Choices:
    to_org = {name: _value(row) for name, row in found.items()}
    return Choices(to_org, {value: name for name, value in to_org.items()})

"""What an object looks like to this user: its fields as describe gives them, after field-level security."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sync_core.sides import Operation


@dataclass(frozen=True, slots=True)
class Column:
    """One visible field. `length` is None where there is none; `values` are a picklist's active values,
    and `restricted` says that it takes no others."""

    name: str
    length: int | None = None
    createable: bool = True
    updateable: bool = True
    filterable: bool = True
    values: tuple[str, ...] = ()
    restricted: bool = False
    relationship: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """An object and what may be done to it. Fields hidden by field-level security are not in `columns`."""

    sobject: str
    label: str
    columns: Mapping[str, Column]
    permitted: Mapping[Operation, bool] = field(default_factory=lambda: dict.fromkeys(Operation, True))

    def has(self, name: str) -> bool:
        """Whether this user can see the field."""
        return name in self.columns

    def can_filter(self, name: str) -> bool:
        """Whether a query may filter on the field."""
        return name in self.columns and self.columns[name].filterable

    def can_write(self, name: str, operation: Operation) -> bool:
        """Whether this user may set the field in a create or an update."""
        column = self.columns.get(name)
        if column is None:
            return False
        return column.createable if operation is Operation.CREATE else column.updateable


def of_describe(sobject: str, answer: Mapping[str, Any]) -> Shape:
    """The Shape in an answer to describe. What an answer leaves out is taken as allowed: a write would tell."""
    columns = [_column(one) for one in answer["fields"] if isinstance(one, Mapping) and one.get("name")]
    permitted = {
        Operation.CREATE: answer.get("createable") is not False,
        Operation.UPDATE: answer.get("updateable") is not False,
        Operation.DELETE: answer.get("deletable") is not False,
    }
    label = str(answer.get("labelPlural") or sobject)
    return Shape(sobject, label, {one.name: one for one in columns}, permitted)


def _column(answer: Mapping[str, Any]) -> Column:
    length = answer.get("length")
    values = answer.get("picklistValues") or ()
    return Column(
        name=str(answer["name"]),
        length=length if isinstance(length, int) and length > 0 else None,
        createable=answer.get("createable") is not False,
        updateable=answer.get("updateable") is not False,
        filterable=answer.get("filterable") is not False,
        values=tuple(
            str(v["value"])
            for v in values
            if isinstance(v, Mapping) and v.get("value") and v.get("active") is not False
        ),
        restricted=answer.get("restrictedPicklist") is True,
        relationship=str(answer.get("relationshipName") or ""),
    )


def assumed_event() -> Shape:
    """Event as the references have it (facts: salesforce B1), for servers that have no describe."""
    columns = [
        Column("Id", 18, createable=False, updateable=False),
        Column("Subject", 255),
        Column("Location", 255),
        Column("Description", 32_000, filterable=False),
        Column("IsAllDayEvent"),
        Column("StartDateTime"),
        Column("EndDateTime"),
        Column("ShowAs", values=("Busy", "OutOfOffice", "Free")),
        Column("IsPrivate"),
        Column("IsReminderSet"),
        Column("ReminderDateTime"),
        Column("OwnerId"),
        Column("SystemModstamp", createable=False, updateable=False),
        Column("LastModifiedDate", createable=False, updateable=False),
    ]
    return Shape("Event", "Events", {one.name: one for one in columns})

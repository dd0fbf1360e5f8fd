"""Names in a query: which field a path means, of which type it is, and how to read it from a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from sync_core.sandbox.salesforce.errors import ApiError, query_error
from sync_core.sandbox.salesforce.event_rules import Row
from sync_core.sandbox.salesforce.fields import Field, SObject
from sync_core.sandbox.salesforce.soql import Column, Path, Query, place
from sync_core.sandbox.salesforce.tables import NAME_FIELDS

if TYPE_CHECKING:
    from sync_core.sandbox.salesforce.store import Actor, Org

Getter = Callable[[Row], Any]

# relationships that lead to more than one object answer with the fields of Name
POLYMORPHIC: Final = frozenset({"Who", "What", "Owner", "Relation", "LinkedEntity", "Parent"})
_MAX_DEPTH: Final = 5
_REFERENCE_HELP: Final = " Please reference your WSDL or the describe call for the appropriate names."


@dataclass(frozen=True, slots=True)
class Found:
    """A field at the end of a path: how to read it, of which type it is, and its name in the reply."""

    field: Field
    read: Getter
    names: Path


class Names:
    """The names that a query may use, as this actor sees them in this version."""

    def __init__(self, org: Org, actor: Actor, query: Query) -> None:
        self.org = org
        self.actor = actor
        self.query = query
        self.now = org.now()
        self.table = self._table(query.sobject)

    def columns(self) -> list[Found]:
        """The selected fields, FIELDS(...) expanded. Raises ApiError INVALID_FIELD."""
        found: list[Found] = []
        seen: set[Path] = set()
        for column in self.query.columns:
            for path in self._expanded(column):
                one = self.find(path, column.position)
                if one.names in seen:
                    raise query_error("INVALID_FIELD", f"duplicate field selected: {'.'.join(path)}")
                seen.add(one.names)
                found.append(one)
        return found

    def find(self, path: Path, position: int) -> Found:
        """The field at the end of a path. Raises ApiError INVALID_FIELD."""
        table = self.table
        if len(path) > 1 and path[0].lower() == table.name.lower():
            path = path[1:]
        if len(path) > _MAX_DEPTH + 1:
            raise query_error("INVALID_FIELD", f"Relationship {'.'.join(path)} is more than {_MAX_DEPTH} levels deep")
        names: list[str] = []
        steps: list[Getter] = []
        for step in path[:-1]:
            link = table.by_relationship(step, self.actor.version)
            if link is None:
                raise self._no_relationship(step, position)
            names.append(cast(str, link.relationship))
            steps.append(self.parent(link))
            if link.relationship in POLYMORPHIC:
                return self._name_field(path, names, steps, position)
            table = self.org.schema[link.targets[0]]
        field = table.find(path[-1], self.actor.version)
        if field is None:
            raise self._no_column(path[-1], table.name, position)
        return Found(field, _chain(steps, self._own(field)), (*names, field.name))

    def sort_key(self, path: Path, position: int) -> Getter:
        """How to read a field for ORDER BY. Raises ApiError for one that cannot be sorted."""
        found = self.find(path, position)
        if not found.field.sortable:
            raise query_error(
                "INVALID_FIELD",
                place(self.query.text, position) + f"field '{found.field.name}' can not be sorted in a query call",
            )
        return found.read

    def parent(self, link: Field) -> Getter:
        """How to get from a row to the one that a reference field points to: None if the actor does not see it."""
        org, actor = self.org, self.actor

        def parent(row: Row) -> Row | None:
            record_id = row.get(link.name)
            if not isinstance(record_id, str):
                return None
            sobject = org.prefixes.get(record_id[:3], "")
            found = org.lookup(sobject, record_id) if sobject else None
            return found if found is not None and org.visible(actor, found, sobject) else None

        return parent

    def _table(self, name: str) -> SObject:
        try:
            found = self.org.table(name)
        except ApiError:
            found = None
        if found is None or not found.queryable:
            raise query_error(
                "INVALID_TYPE",
                place(self.query.text, self.query.from_position)
                + f"sObject type '{name}' is not supported. If you are attempting to use a custom object, be sure to"
                " append the '__c' after the entity name." + _REFERENCE_HELP,
            )
        return found

    def _expanded(self, column: Column) -> list[Path]:
        if not column.group:
            return [column.path]
        fields = self.table.visible(self.actor.version)
        return [
            (field.name,) for field in fields if column.group == "ALL" or field.custom == (column.group == "CUSTOM")
        ]

    def _name_field(self, path: Path, names: list[str], steps: list[Getter], position: int) -> Found:
        last = ".".join(path[len(names) :])
        known = {name.lower(): name for name in NAME_FIELDS}.get(last.lower())
        if known is None:
            raise self._no_column(last, "Name", position)
        field = Field(known, "id" if known == "Id" else "string", known)
        prefixes = self.org.prefixes
        read: Getter = lambda row: row.get(known)  # noqa: E731 (three of a kind)
        if known == "Type":
            read = lambda row: prefixes.get(cast(str, row["Id"])[:3])  # noqa: E731
        elif known == "Name":
            read = lambda row: row.get("Name") or row.get("Subject")  # noqa: E731
        return Found(field, _chain(steps, read), (*names, known))

    def _own(self, field: Field) -> Getter:
        if field.name == "IsArchived":
            return lambda row: self.org.is_archived(row, self.now)
        name = field.name
        return lambda row: row.get(name)

    def _no_relationship(self, name: str, position: int) -> ApiError:
        return query_error(
            "INVALID_FIELD",
            place(self.query.text, position)
            + f"Didn't understand relationship '{name}' in field path. If you are attempting to use a custom"
            " relationship, be sure to append the '__r' after the custom relationship name." + _REFERENCE_HELP,
        )

    def _no_column(self, name: str, entity: str, position: int) -> ApiError:
        return query_error(
            "INVALID_FIELD",
            place(self.query.text, position)
            + f"No such column '{name}' on entity '{entity}'. If you are attempting to use a custom field, be sure to"
            " append the '__c' after the custom field name." + _REFERENCE_HELP,
        )


def _chain(steps: list[Getter], last: Getter) -> Getter:
    if not steps:
        return last

    def read(row: Row) -> Any:
        at: Any = row
        for step in steps:
            at = step(at)
            if at is None:
                return None
        return last(at)

    return read

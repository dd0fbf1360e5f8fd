"""What an object is made of: one table of fields, from which describe, queries and saves all follow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

NEWEST_VERSION: Final = 67
# versions 30 and lower are retired (facts A4)
OLDEST_VERSION: Final = 31

# types of text; the SOAP type and the treatment of a value follow from the type
TEXT_TYPES: Final = frozenset({"string", "combobox", "textarea", "picklist", "email", "phone", "url", "base64"})


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an object, with the properties that describe shows.

    `length` counts characters for text and digits for `int`. `choices` are the values of a picklist. `default` stands
    in a new record when nothing was given. `since` is the API version from which the field exists, `create_since` the
    one from which it can be given on create.
    """

    name: str
    type: str
    label: str = ""
    length: int = 0
    create: bool = False
    update: bool = False
    nillable: bool = True
    filterable: bool = True
    sortable: bool = True
    choices: tuple[str, ...] = ()
    restricted: bool = False
    default: object = None
    targets: tuple[str, ...] = ()
    relationship: str | None = None
    external_id: bool = False
    unique: bool = False
    custom: bool = False
    since: int = OLDEST_VERSION
    create_since: int = OLDEST_VERSION

    @property
    def required(self) -> bool:
        """Whether a create must give it: not nillable, and nothing stands in for it."""
        return self.create and not self.nillable and self.default is None and self.type != "boolean"

    def createable(self, version: int) -> bool:
        """Whether a create in this API version may give it."""
        return self.create and version >= self.create_since


@dataclass(slots=True)
class SObject:
    """One object: its name, its key prefix and its fields by name.

    `hidden` fields exist, but field-level security keeps them from the user.
    """

    name: str
    prefix: str
    fields: dict[str, Field]
    label: str = ""
    plural: str = ""
    name_field: str = "Name"
    createable: bool = True
    updateable: bool = True
    deletable: bool = True
    queryable: bool = True
    hidden: set[str] = field(default_factory=set)
    _lower: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.label = self.label or self.name
        self.plural = self.plural or f"{self.label}s"
        self._lower = {name.lower(): name for name in self.fields}

    def add(self, extra: Field) -> None:
        """Gives the object one more field."""
        self.fields[extra.name] = extra
        self._lower[extra.name.lower()] = extra.name

    def find(self, name: str, version: int) -> Field | None:
        """The field of this name, in any case, if it exists in this version and is not hidden."""
        known = self._lower.get(name.lower())
        if known is None or known in self.hidden:
            return None
        found = self.fields[known]
        return found if version >= found.since else None

    def visible(self, version: int) -> list[Field]:
        """The fields that describe shows in this version."""
        return [each for each in self.fields.values() if version >= each.since and each.name not in self.hidden]

    def by_relationship(self, name: str, version: int) -> Field | None:
        """The reference field behind a relationship such as Owner or LastModifiedBy."""
        for each in self.fields.values():
            if each.relationship and each.relationship.lower() == name.lower():
                return self.find(each.name, version)
        return None


def table(entries: Iterable[Field]) -> dict[str, Field]:
    """Fields by name, in the order of the table."""
    return {entry.name: entry for entry in entries}


def identity() -> list[Field]:
    """Id and IsDeleted, which every object begins with."""
    return [
        Field("Id", "id", "Record ID", 18, nillable=False),
        Field("IsDeleted", "boolean", "Deleted", nillable=False, default=False),
    ]


def audit() -> list[Field]:
    """The system fields: who made and last changed a record, and when."""
    return [
        Field("CreatedDate", "datetime", "Created Date", nillable=False),
        Field("CreatedById", "reference", "Created By ID", 18, False, False, False, targets=("User",),
              relationship="CreatedBy"),
        Field("LastModifiedDate", "datetime", "Last Modified Date", nillable=False),
        Field("LastModifiedById", "reference", "Last Modified By ID", 18, False, False, False, targets=("User",),
              relationship="LastModifiedBy"),
        Field("SystemModstamp", "datetime", "System Modstamp", nillable=False),
    ]  # fmt: skip


def text(name: str, length: int, label: str = "", **more: object) -> Field:
    """A text field that can be written."""
    return Field(name, **{"type": "string", "label": label, "length": length, **_WRITE, **more})  # type: ignore[arg-type]


def writable(name: str, type_: str, label: str = "", **more: object) -> Field:
    """A field of any type that can be written."""
    return Field(name, **{"type": type_, "label": label, **_WRITE, **more})  # type: ignore[arg-type]


_WRITE: Final[dict[str, object]] = {"create": True, "update": True}

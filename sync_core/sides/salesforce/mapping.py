"""What the side needs to know of one kind of item: one implementation per Salesforce object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sync_core.items import Item
from sync_core.sides import Limits, Operation, Unreadable, Window, Write
from sync_core.sides.salesforce.series import Family
from sync_core.sides.salesforce.shape import Shape

Rows = Sequence[Mapping[str, Any]]


class UnwritableError(ValueError):
    """A write that Salesforce would refuse, with the reason as a sentence without its full stop."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a mapping may lean on: the object's shape, the user's zone (IANA), the time of the call, the user's id.

    `tables` holds the rows of `ObjectMapping.tables`, `found` those of `ObjectMapping.questions`; what the server
    refused to show is not in them.
    """

    shape: Shape
    zone: str
    now: datetime
    user_id: str
    tables: Mapping[str, Rows] = field(default_factory=dict)
    found: Rows = ()
    # the zone that new series get: the user's own in Salesforce (IANA)
    series_zone: str = ""
    # the server gave only a part of what belongs to the rows at hand
    partial: bool = False


class ObjectMapping(Protocol):
    """Between the rows of one Salesforce object and items. Pure: no clock, no I/O."""

    @property
    def sobject(self) -> str:
        """The object's API name."""

    @property
    def what(self) -> str:
        """The items' name for people, plural."""

    @property
    def reach(self) -> str:
        """Whose records are synced: "" for the signed-in user's own, else a name that becomes part of the scope."""
        return ""

    @property
    def headers(self) -> Mapping[str, str]:
        """The HTTP headers that every write of this object carries."""
        return {}

    def assumed(self) -> Shape:
        """The shape to work with where a server has no describe."""

    def essential(self, shape: Shape) -> str:
        """Why nothing can be done with this shape, in words; "" when it will do."""

    def tables(self, shape: Shape) -> Mapping[str, str]:
        """The queries, by name, for what the org has set up: asked once, answered in `Context.tables`."""
        return {}

    def limits(self, context: Context) -> Limits:
        """What the object cannot hold."""

    def notes(self, shape: Shape) -> Mapping[Operation, str]:
        """What a person should know before an operation, as `Description.notes`."""
        return {}

    def unwritable(self, shape: Shape, operation: Operation) -> dict[str, str]:
        """The neutral fields that this user cannot set with `operation`, with the reason in words."""

    def columns(self, shape: Shape) -> list[str]:
        """The fields to ask for that are the object's own."""

    def related(self, shape: Shape) -> list[str]:
        """The fields of related records to ask for: names, which not every server can join."""

    def condition(self, context: Context, window: Window) -> str:
        """The WHERE clause that finds at least everything in `window`."""

    def reaches_archive(self, window: Window, now: datetime) -> bool:
        """Whether something found by `condition` may be archived, which query() hides."""
        return False

    def reading(self, found: Rows, context: Context, window: Window) -> tuple[list[Item], list[Unreadable]]:
        """The items in `window` among the rows `found`, and what could not be read of them."""

    def remains(self, found: Rows, context: Context) -> list[Item]:
        """What is left of series among the rows `found` that are deleted from now on."""
        return []

    def rest(self, found: Rows, context: Context) -> list[str]:
        """The WHERE clauses for what belongs to rows `found` and may lie elsewhere: `reading` gets both."""
        return []

    def whole(self, found: Rows, context: Context) -> dict[str, Item | None]:
        """By the id of each row that is part of something larger: the whole of it, or None when that is deleted."""
        return {}

    def left(self, found: Rows, record_id: str, context: Context) -> Item | None:
        """What is left of the larger thing, deleted from now on, that a record is a part of; None where nothing is."""
        return None

    def of_series(self, write: Write, found: Rows, context: Context) -> tuple[str, Write]:
        """The record by which a series is changed, and what to do to it. Raises UnwritableError."""
        raise UnwritableError("a series: not written")

    def family(self, found: Rows, record_id: str) -> Family:
        """The series among `found` that a record belongs to. Raises ValueError when there is none."""
        raise ValueError("no series")

    def item(self, row: Mapping[str, Any], context: Context) -> Item:
        """One row as an item. Raises ValueError, in words, for a row that cannot be understood."""

    def unreadable(self, row: Mapping[str, Any], problem: Exception) -> Unreadable:
        """A row that `item` raised `problem` for."""

    def questions(self, writes: Sequence[Write], context: Context) -> list[str]:
        """The queries to ask before these writes: their rows are in `Context.found` of `record`."""
        return []

    def record(self, write: Write, context: Context) -> dict[str, Any]:
        """The fields to send for a create or an update. Raises UnwritableError."""

    def refusal(self, code: str, message: str, fields: Sequence[str], shape: Shape) -> str:
        """What a refusal of this object means, where its code alone does not tell; "" otherwise."""
        return ""

"""What the side needs to know of one kind of item: one implementation per Salesforce object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sync_core.items import Item
from sync_core.sides import Limits, Operation, Unreadable, Window, Write
from sync_core.sides.salesforce.shape import Shape


class UnwritableError(ValueError):
    """A write that Salesforce would refuse, with the reason as a sentence without its full stop."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a mapping may lean on: the object's shape, the user's zone (IANA), the time of the call, the user's id."""

    shape: Shape
    zone: str
    now: datetime
    user_id: str


class ObjectMapping(Protocol):
    """Between the rows of one Salesforce object and items. Pure: no clock, no I/O."""

    @property
    def sobject(self) -> str:
        """The object's API name."""

    @property
    def what(self) -> str:
        """The items' name for people, plural."""

    def assumed(self) -> Shape:
        """The shape to work with where a server has no describe."""

    def essential(self, shape: Shape) -> str:
        """Why nothing can be done with this shape, in words; "" when it will do."""

    def limits(self, shape: Shape) -> Limits:
        """What the object cannot hold."""

    def unwritable(self, shape: Shape, operation: Operation) -> dict[str, str]:
        """The neutral fields that this user cannot set with `operation`, with the reason in words."""

    def columns(self, shape: Shape) -> list[str]:
        """The fields to ask for that are the object's own."""

    def related(self, shape: Shape) -> list[str]:
        """The fields of related records to ask for: names, which not every server can join."""

    def condition(self, context: Context, window: Window) -> str:
        """The WHERE clause that finds at least everything in `window`."""

    def earliest_start(self, window: Window) -> datetime:
        """The earliest instant at which something found by `condition` may start."""

    def reading(
        self, rows: Sequence[Mapping[str, Any]], context: Context, window: Window
    ) -> tuple[list[Item], list[Unreadable]]:
        """The items in `window` among `rows`, and what could not be read of them."""

    def item(self, row: Mapping[str, Any], context: Context) -> Item:
        """One row as an item. Raises ValueError, in words, for a row that cannot be understood."""

    def record(self, write: Write, context: Context) -> dict[str, Any]:
        """The fields to send for a create or an update. Raises UnwritableError."""

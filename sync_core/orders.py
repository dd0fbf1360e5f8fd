"""What rows may be sorted by. Apart from the sorting itself: the first screen needs the names, and not the plan."""

from __future__ import annotations

from enum import StrEnum

from sync_core.items import Kind


class Order(StrEnum):
    """What rows are sorted by, and stand under."""

    TIME = "time"
    SUBJECT = "subject"
    ACTION = "action"
    CHANGED = "change"

    def label(self, kind: Kind) -> str:
        """As the head of the table has it."""
        if kind is Kind.CONTACTS and self in (Order.TIME, Order.SUBJECT):
            return "by name" if self is Order.TIME else "by first name"
        if kind is Kind.TASKS and self is Order.TIME:
            return "by due date"
        return "by last change" if self is Order.CHANGED else f"by {self.value}"

    @property
    def next(self) -> Order:
        """The one after it, round the end."""
        every = list(Order)
        return every[(every.index(self) + 1) % len(every)]

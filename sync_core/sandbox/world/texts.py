"""Filling names into the texts of the story."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sync_core.sandbox.world.people import Customer, Person

# what both systems hold of a subject
_SUBJECT: Final = 255


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays in one round of the story, and when it takes place. `number` 0 is the round around today."""

    number: int
    base: date
    customer: Customer
    colleague: Person

    def fill(self, text: str) -> str:
        """The text with names in it."""
        if "{" not in text:
            return text
        return (
            text.replace("{customer}", self.customer.name)
            .replace("{contact}", self.customer.contact.name)
            .replace("{contact_smtp}", self.customer.contact.smtp)
            .replace("{city}", self.customer.city)
            .replace("{colleague}", self.colleague.name)
            .replace("{month}", f"{self.base:%B}")
            .replace("{year}", str(self.base.year + 1))
        )

    def subject(self, text: str, length: int = _SUBJECT) -> str:
        """A subject with names in it; later rounds of the story carry their number, so that no two are the same."""
        filled = self.fill(text)
        if not self.number:
            return filled
        mark = f" P{self.number}"
        return (filled[: length - len(mark)] + mark).strip()

    def native(self, values: Mapping[str, object]) -> dict[str, object]:
        """Native values with names in them, however deep."""
        return {name: self._deep(value) for name, value in values.items()}

    def _deep(self, value: object) -> Any:
        if isinstance(value, str):
            return self.fill(value)
        if isinstance(value, Mapping):
            return {label: self._deep(each) for label, each in value.items()}
        if isinstance(value, tuple):
            return tuple(self._deep(each) for each in value)
        return [self._deep(each) for each in value] if isinstance(value, list) else value

    def fields(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Fields with names in them."""
        filled = {name: self.fill(value) if isinstance(value, str) else value for name, value in values.items()}
        if isinstance(values.get("subject"), str):
            filled["subject"] = self.subject(values["subject"])
        return filled

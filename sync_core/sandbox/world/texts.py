"""Filling names into the texts of the story."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sync_core.sandbox.world.days import workday
from sync_core.sandbox.world.events import Event
from sync_core.sandbox.world.people import Customer, Person
from sync_core.sandbox.world.situations import Change, Situation

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

    def subject(self, text: str) -> str:
        """A subject with names in it; later rounds of the story carry their number, so that no two are the same."""
        filled = self.fill(text)
        if not self.number:
            return filled
        mark = f" P{self.number}"
        return (filled[: _SUBJECT - len(mark)] + mark).strip()

    def native(self, values: Mapping[str, object]) -> dict[str, object]:
        """Native values with names in them, however deep."""
        return {name: self._deep(value) for name, value in values.items()}

    def _deep(self, value: object) -> Any:
        if isinstance(value, str):
            return self.fill(value)
        if isinstance(value, tuple):
            return tuple(self._deep(each) for each in value)
        return [self._deep(each) for each in value] if isinstance(value, list) else value

    def fields(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Fields of an event with names in them."""
        filled = {name: self.fill(value) if isinstance(value, str) else value for name, value in values.items()}
        if isinstance(values.get("subject"), str):
            filled["subject"] = self.subject(values["subject"])
        return filled

    def event(self, situation: Situation, today: date) -> Event:
        """The event of a situation as it is in act one on the Salesforce side."""
        day = workday(self.base, situation.day) if situation.far is None else today + timedelta(days=situation.far)
        if situation.series is not None and situation.series.days:
            while f"{day:%A}" not in situation.series.days:
                day += timedelta(days=1)
        start: datetime | date = day
        end: datetime | date = day + timedelta(days=situation.length - 1)
        if situation.at:
            start = datetime.combine(day, time.fromisoformat(situation.at))
            end = start + timedelta(minutes=situation.minutes)
        return Event(
            self.subject(situation.subject),
            start,
            end,
            self.fill(situation.location),
            self.fill(situation.notes),
            situation.show_as,
            situation.private,
            situation.reminder,
        )


def changed(event: Event, change: Change, cast: Cast) -> Event:
    """The event after a change."""
    values = cast.fields(change.fields)
    if change.add:
        values["notes"] = event.notes + cast.fill(change.add)
    by = timedelta(days=change.calendar_days)
    if change.days:
        first = event.start.date() if isinstance(event.start, datetime) else event.start
        by += workday(first, change.days) - first
    if isinstance(event.start, datetime):
        by += timedelta(minutes=change.later)
    values["start"] = event.start + by
    values["end"] = event.end + by
    if isinstance(event.end, datetime):
        values["end"] += timedelta(minutes=change.longer)
    return replace(event, **values)

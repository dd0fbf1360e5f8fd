"""The calendar: its situations as events of both systems, and its series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any, ClassVar, Final

from sync_core.sandbox.ews.occurrences import deleted, modified
from sync_core.sandbox.ews.recurrence import ModifiedOccurrence, Recurrence, slots
from sync_core.sandbox.ews.store import StoredItem
from sync_core.sandbox.world import people
from sync_core.sandbox.world.calendar.events import Event, for_outlook, for_salesforce
from sync_core.sandbox.world.calendar.standing import STANDING
from sync_core.sandbox.world.calendar.week import CHANGED, LATER, NEW
from sync_core.sandbox.world.chapter import ORDINARY, Chapter, Entry, MissingError
from sync_core.sandbox.world.company import Company
from sync_core.sandbox.world.days import workday
from sync_core.sandbox.world.native import Native, Zone
from sync_core.sandbox.world.situations import Change, Copy, Occurrence, Series, SideKey, Situation
from sync_core.sandbox.world.texts import Cast

_WEEKDAY: Final = {"Monday": "MO", "Tuesday": "TU", "Wednesday": "WE", "Thursday": "TH", "Friday": "FR"}


class CalendarChapter(Chapter[Event, Situation]):
    """The events."""

    kind = "calendar"
    word = "event"
    sobject = "Event"
    changed, standing, new, later = CHANGED, STANDING, NEW, LATER
    everyday_pairs = 4
    weekly = (
        Change(later=30),
        Change({"location": "Room 4"}),
        Change(add="\nSee the mail of this week."),
        Change({"reminder": 45}),
    )
    native_words: ClassVar[Mapping[str, str]] = {
        "Subject": "subject", "subject": "subject", "StartDateTime": "time", "EndDateTime": "time", "start": "time",
        "end": "time", "Location": "place", "location": "place", "Description": "notes", "body": "notes",
        "IsPrivate": "private", "sensitivity": "private", "ShowAs": "show as", "show_as": "show as",
        "IsReminderSet": "reminder", "reminder_minutes": "reminder",
    }  # fmt: skip

    def __init__(self, company: Company, seed: str) -> None:
        super().__init__(company, seed)
        self.folders = company.calendars
        self._used: set[tuple[str, datetime]] = set()

    def prepare(self) -> None:
        """Nothing: the calendars are there."""

    def thing(self, situation: Situation, cast: Cast) -> Event:
        """The event of a situation."""
        event = _event(situation, cast, self.company.today)
        self._used.add((event.subject, event.moment(self.company.zone)))
        return event

    def also(self, entry_thing: Event, situation: Situation, cast: Cast) -> Event:
        """The same as Outlook has it."""
        return replace(entry_thing, **cast.fields(situation.also))

    def everyday(self, number: int) -> Entry[Event, Situation]:
        """An equal pair of everyday events, most of them soon."""
        rng = self.random
        while True:
            cast = self.cast(0)
            subject, minutes = rng.choice(people.VISITS if rng.random() < 0.65 else people.HOUSE)
            far = rng.random() < (0.3 if number < self.story_size() else 0.9)
            day = rng.randrange(20, 240) if far else rng.randrange(-18, 20)
            situation = Situation(
                ORDINARY,
                "an everyday event that both sides have",
                subject,
                day=day,
                at=f"{rng.randrange(8, 18):02}:{rng.choice((0, 15, 30, 45)):02}",
                minutes=minutes,
                location=rng.choice((*people.PLACES, "{city}")),
                notes=rng.choice(people.NOTES),
                reminder=rng.choice((None, 5, 15, 15, 15, 30, 60)),
            )
            event = _event(situation, cast, self.company.today)
            key = (event.subject, event.moment(self.company.zone))
            if key not in self._used:
                self._used.add(key)
                return Entry(situation, cast, {"salesforce": event, "outlook": event})

    def native(self, side: SideKey, thing: Event) -> Native:
        """The native fields on a side."""
        return (for_salesforce if side == "salesforce" else for_outlook)(thing, self.company.zone)

    def title(self, thing: Event) -> str:
        """The subject."""
        return thing.subject

    def title_of_row(self, row: Mapping[str, Any]) -> str:
        """The subject."""
        return str(row["Subject"] or "")

    def title_of_item(self, item: StoredItem) -> str:
        """The subject."""
        return str(item.fields.get("subject", ""))

    def changed_thing(self, thing: Event, change: Change, cast: Cast) -> Event:
        """The event after a change."""
        values = cast.fields(change.fields)
        if change.add:
            values["notes"] = thing.notes + cast.fill(change.add)
        by = timedelta(days=change.calendar_days)
        if change.days:
            first = thing.start.date() if isinstance(thing.start, datetime) else thing.start
            by += workday(first, change.days) - first
        if isinstance(thing.start, datetime):
            by += timedelta(minutes=change.later)
        values["start"] = thing.start + by
        values["end"] = thing.end + by
        if isinstance(thing.end, datetime):
            values["end"] += timedelta(minutes=change.longer)
        return replace(thing, **values)

    def salesforce_extras(self, entry: Entry[Event, Situation]) -> Native:
        """Whom it is about, and the pattern of a series."""
        situation, customer = entry.situation, entry.cast.customer.name
        extras: Native = {}
        if not entry.things["salesforce"].private and not situation.colleague:
            if "{customer}" in situation.subject:
                extras["WhatId"] = self.company.accounts[customer]
            if "{contact}" in situation.subject:
                extras["WhoId"] = self.company.customer_contacts[customer]
        if situation.series is not None:
            extras["Recurrence2PatternText"] = _rule(situation.series)
        return extras

    def outlook_extras(self, entry: Entry[Event, Situation], values: Native) -> Native:
        """The pattern of a series, and its exceptions."""
        series = entry.situation.series
        return {} if series is None else _series(series, values, self.company.zone)

    def copied(self, entry: Entry[Event, Situation], deed: Copy) -> Native:
        """The time of the copy."""
        event = self.changed_thing(entry.things["outlook"], Change(days=deed.days), entry.cast)
        native = self.native("outlook", event)
        return {name: native[name] for name in ("start", "end")}

    def occurrence(self, item: StoredItem, deed: Occurrence) -> str:
        """Moves or cancels one meeting of a series."""
        values: Any = item.fields
        places = slots(values["recurrence"], values["start"], values["end"], self.company.zone.rules)
        gone, changes = deleted(item), modified(item)
        now = datetime.combine(self.company.today, time(), UTC)
        ahead = (place for place in places if place.start >= now and place.start not in gone)
        place = next(islice((p for p in ahead if p.start not in changes), deed.number - 1, None), None)
        if place is None:
            raise MissingError
        if deed.gone:
            self.company.mailbox.update(item.id, {"deleted_occurrences": [*sorted(gone), place.start]})
            return "cancelled one meeting of the series"
        moved = ModifiedOccurrence(place.start, _moved(place.start, place.end, deed.later, deed.location))
        self.company.mailbox.update(item.id, {"modified_occurrences": [*changes.values(), moved]})
        return "moved one meeting of the series"


def _event(situation: Situation, cast: Cast, today: date) -> Event:
    """The event of a situation as it is in act one on the Salesforce side."""
    day = workday(cast.base, situation.day) if situation.far is None else today + timedelta(days=situation.far)
    if situation.series is not None and situation.series.days:
        while f"{day:%A}" not in situation.series.days:
            day += timedelta(days=1)
    start: datetime | date = day
    end: datetime | date = day + timedelta(days=situation.length - 1)
    if situation.at:
        start = datetime.combine(day, time.fromisoformat(situation.at))
        end = start + timedelta(minutes=situation.minutes)
    return Event(
        cast.subject(situation.subject),
        start,
        end,
        cast.fill(situation.location),
        cast.fill(situation.notes),
        situation.show_as,
        situation.private,
        situation.reminder,
    )


def _rule(series: Series) -> str:
    """A Lightning series' pattern (facts: Recurrence2PatternText)."""
    parts = [f"FREQ={series.pattern.removeprefix('Absolute').upper()}", f"INTERVAL={series.interval}"]
    if series.days:
        parts.append("BYDAY=" + ",".join(_WEEKDAY[day] for day in series.days))
    if series.count:
        parts.append(f"COUNT={series.count}")
    return "RRULE:" + ";".join(parts)


def _series(series: Series, values: Mapping[str, Any], zone: Zone) -> Native:
    """The recurrence of an Outlook series, and its occurrences that are not as the others."""
    first = values["start"].date()
    recurrence = Recurrence(
        series.pattern,
        first,
        series.interval,
        series.days,
        day_of_month=first.day if series.pattern == "AbsoluteMonthly" else None,
        count=series.count or None,
    )
    places = list(islice(slots(recurrence, values["start"], values["end"], zone.rules), 40))
    moved = [
        ModifiedOccurrence(
            places[number - 1].start, _moved(places[number - 1].start, places[number - 1].end, later, place)
        )
        for number, later, place in series.moved
    ]
    return {
        "recurrence": recurrence,
        "modified_occurrences": moved,
        "deleted_occurrences": [places[number - 1].start for number in series.deleted],
    }


def _moved(start: datetime, end: datetime, later: int, location: str) -> dict[str, object]:
    by = timedelta(minutes=later)
    changes: dict[str, object] = {"start": start + by, "end": end + by} if later else {}
    return changes | ({"location": location} if location else {})

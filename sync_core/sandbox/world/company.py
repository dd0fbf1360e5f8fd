"""Act one: the made-up company, its mailbox and its org, as they were a week ago."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any, Final

from sync_core.sandbox.ews.recurrence import ModifiedOccurrence, Recurrence, slots
from sync_core.sandbox.ews.store import Exchange, Folder, StoredItem
from sync_core.sandbox.salesforce.store import Org
from sync_core.sandbox.world import people
from sync_core.sandbox.world.clock import WorldClock
from sync_core.sandbox.world.days import workday
from sync_core.sandbox.world.events import Event, Zone, for_outlook, for_salesforce
from sync_core.sandbox.world.situations import First, Series, SideKey, Situation
from sync_core.sandbox.world.standing import STANDING
from sync_core.sandbox.world.texts import Cast
from sync_core.sandbox.world.week import CHANGED, NEW

# one round of the story has about this many events on each side
STORY_SIZE: Final = max(sum(s.on(side) for s in (*CHANGED, *STANDING)) for side in ("salesforce", "outlook"))
# and this many everyday events stand beside it when nobody asks for a size
_EVERYDAY: Final = 4
# working days after today on which later rounds of the story may begin; they reach 20 days back and 20 ahead
_LAST_BASE: Final = 220
_WEEKDAY: Final = {"Monday": "MO", "Tuesday": "TU", "Wednesday": "WE", "Thursday": "TH", "Friday": "FR"}
_ORDINARY: Final = "ordinary"


@dataclass(slots=True)
class Entry:
    """One situation of one round as it is now: its event and its ids on each side."""

    situation: Situation
    cast: Cast
    events: dict[SideKey, Event]
    ids: dict[SideKey, list[str]] = field(default_factory=lambda: {"salesforce": [], "outlook": []})


class World:
    """A company of about `size` events on each side, the same for the same `seed` and `today`.

    `exchange` and `org` must be empty and share `clock`. `zone` (an IANA name) is where its people work. Without a
    `story` there are people and customers, but no events.
    """

    def __init__(
        self,
        exchange: Exchange,
        org: Org,
        clock: WorldClock,
        *,
        today: date,
        size: int | None = None,
        seed: int = 0,
        zone: str = "Europe/London",
        story: bool = True,
    ) -> None:
        if size is not None and size < 0:
            raise ValueError("the size of the world must not be negative")
        self.exchange = exchange
        self.org = org
        self.clock = clock
        self.today = today
        self.zone = Zone(zone)
        self.random = random.Random(f"{seed}/{today.isoformat()}")
        self.story = story
        self.week = 0
        self.mailbox = exchange.add_mailbox(people.OWNER.smtp, people.OWNER.name)
        self.folders = self._folders()
        self.colleagues: list[str] = []
        self.user_id = self._users()
        self._accounts: dict[str, tuple[str, str]] = {}
        self._used: set[tuple[str, datetime]] = set()
        self.entries = self._plan(STORY_SIZE + _EVERYDAY if size is None else size) if story else []
        self._build()

    def _folders(self) -> dict[str, Folder]:
        calendar = self.mailbox.folder("calendar")
        team = self.mailbox.add_folder("Team", calendar)
        for _ in range(2):
            # a name that is there twice, as in shared mailboxes
            self.mailbox.add_folder("Projects", calendar)
        self.mailbox.add_folder("Birthdays", calendar)
        for guest, level in ((people.ASSISTANT, "editor"), (people.TEAM, "reviewer")):
            box = self.exchange.add_mailbox(guest.smtp, guest.name)
            self.exchange.share(
                guest.smtp, people.OWNER.smtp, "editor" if level == "editor" else "reviewer", box.folder("calendar").id
            )
        return {"": calendar, "Team": team}

    def _users(self) -> str:
        owner = self.org.add_user(people.OWNER.name, people.OWNER.smtp, people.OWNER.smtp, self.zone.iana)
        for each in people.COLLEAGUES:
            self.colleagues.append(self.org.add_user(each.name, each.smtp, each.smtp, self.zone.iana))
        return owner

    # -- what there will be ----------------------------------------------------------------------------------------

    def _plan(self, size: int) -> list[Entry]:
        """The entries of act one and, with nothing to show yet, those that begin in act two.

        A world that is smaller than the story leaves some of it out; a larger one tells it several times.
        """
        entries: list[Entry] = []
        counts: dict[SideKey, int] = {"salesforce": 0, "outlook": 0}
        story = [*CHANGED, *STANDING, *NEW]
        if size < STORY_SIZE:
            self.random.shuffle(story)
        for number in range(max(1, size // (STORY_SIZE + _EVERYDAY))):
            cast = self._cast(number)
            for situation in story:
                more: dict[SideKey, int] = {
                    "salesforce": situation.on("salesforce"),
                    "outlook": situation.on("outlook"),
                }
                if any(counts[side] + more[side] > size for side in counts):
                    continue
                for side in counts:
                    counts[side] += more[side]
                entries.append(self._entry(situation, cast))
        ordinary = (self.everyday(number) for number in range(size))
        entries += islice(ordinary, size - max(counts.values()))
        return entries

    def _cast(self, number: int) -> Cast:
        base = self.today if number == 0 else workday(self.today, self.random.randrange(_LAST_BASE))
        return Cast(number, base, self.random.choice(people.CUSTOMERS), self.random.choice(people.COLLEAGUES))

    def _entry(self, situation: Situation, cast: Cast) -> Entry:
        # one customer in a dozen events would be dull
        if cast.number == 0:
            cast = replace(cast, customer=self.random.choice(people.CUSTOMERS),
                           colleague=self.random.choice(people.COLLEAGUES))  # fmt: skip
        event = cast.event(situation, self.today)
        self._used.add((event.subject, event.moment(self.zone)))
        return Entry(situation, cast, {"salesforce": event, "outlook": replace(event, **cast.fields(situation.also))})

    def everyday(self, number: int) -> Entry:
        """An equal pair of everyday events, most of them soon."""
        rng = self.random
        while True:
            cast = self._cast(0)
            subject, minutes = rng.choice(people.VISITS if rng.random() < 0.65 else people.HOUSE)
            far = rng.random() < (0.3 if number < STORY_SIZE else 0.9)
            day = rng.randrange(20, 240) if far else rng.randrange(-18, 20)
            situation = Situation(
                _ORDINARY,
                "an everyday event that both sides have",
                subject,
                day=day,
                at=f"{rng.randrange(8, 18):02}:{rng.choice((0, 15, 30, 45)):02}",
                minutes=minutes,
                location=rng.choice((*people.PLACES, "{city}")),
                notes=rng.choice(people.NOTES),
                reminder=rng.choice((None, 5, 15, 15, 15, 30, 60)),
            )
            event = cast.event(situation, self.today)
            key = (event.subject, event.moment(self.zone))
            if key not in self._used:
                self._used.add(key)
                return Entry(situation, cast, {"salesforce": event, "outlook": event})

    # -- making it -------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        """Fills both stores. Each side has its own order: nobody enters a week twice in the same order."""
        steps: list[tuple[SideKey, Entry]] = []
        for side in ("salesforce", "outlook"):
            here: list[tuple[SideKey, Entry]] = [
                (side, entry) for entry in self.entries if entry.situation.first in (First.BOTH, First(side))
            ]
            self.random.shuffle(here)
            steps += here
        begin = datetime.combine(self.today - timedelta(days=70), time(8), UTC)
        with self.clock.staged(begin, begin + timedelta(days=61), len(steps)) as ticker:
            for customer in people.CUSTOMERS:
                self._accounts[customer.name] = self._customer(customer)
            for side, entry in steps:
                copies = entry.situation.copies[0 if side == "salesforce" else 1]
                for _ in range(copies):
                    entry.ids[side].append(self.enter(entry, side))
                ticker.tick()

    def _customer(self, customer: people.Customer) -> tuple[str, str]:
        account = self.org.create("Account", {"Name": customer.name, "BillingCity": customer.city}, by=self.user_id)
        first, _, last = customer.contact.name.rpartition(" ")
        contact = self.org.create(
            "Contact",
            {"FirstName": first, "LastName": last, "Email": customer.contact.smtp, "AccountId": account},
            by=self.user_id,
        )
        return account, contact

    def enter(self, entry: Entry, side: SideKey, native: dict[str, object] | None = None) -> str:
        """Enters the event of an entry on a side by hand, and returns its id there."""
        if side == "salesforce":
            return self._enter_salesforce(entry, native or {})
        return self._enter_outlook(entry, native or {}).id

    def _enter_salesforce(self, entry: Entry, native: dict[str, object]) -> str:
        situation, event = entry.situation, entry.events["salesforce"]
        values = for_salesforce(event, self.zone) | entry.cast.native(situation.native_salesforce) | native
        if not event.private and not situation.colleague:
            account, contact = self._accounts[entry.cast.customer.name]
            if "{customer}" in situation.subject:
                values["WhatId"] = account
            if "{contact}" in situation.subject:
                values["WhoId"] = contact
        if situation.series is not None:
            values["Recurrence2PatternText"] = _rule(situation.series)
        by = self.colleagues[1] if situation.colleague else self.user_id
        return self.org.create("Event", {name: value for name, value in values.items() if value is not None}, by=by)

    def _enter_outlook(self, entry: Entry, native: dict[str, object]) -> StoredItem:
        situation, event = entry.situation, entry.events["outlook"]
        values = for_outlook(event, self.zone) | entry.cast.native(situation.native_outlook) | native
        if situation.series is not None:
            values |= _series(situation.series, values, self.zone)
        return self.mailbox.create(self.folders[situation.folder], values)


def _rule(series: Series) -> str:
    """A Lightning series' pattern (facts: Recurrence2PatternText)."""
    parts = [f"FREQ={series.pattern.removeprefix('Absolute').upper()}", f"INTERVAL={series.interval}"]
    if series.days:
        parts.append("BYDAY=" + ",".join(_WEEKDAY[day] for day in series.days))
    if series.count:
        parts.append(f"COUNT={series.count}")
    return "RRULE:" + ";".join(parts)


def _series(series: Series, values: dict[str, Any], zone: Zone) -> dict[str, object]:
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


def moved_occurrence(start: datetime, end: datetime, later: int, location: str) -> ModifiedOccurrence:
    """An occurrence that starts `later` minutes after its place in the series, at `location` unless that is ""."""
    return ModifiedOccurrence(start, _moved(start, end, later, location))

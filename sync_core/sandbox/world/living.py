"""Act two: the made-up world lives on for a week. Everything is done natively, as people do it in the two programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from itertools import islice
from typing import Any, Final

from sync_core.sandbox.ews.occurrences import deleted, modified
from sync_core.sandbox.ews.recurrence import slots
from sync_core.sandbox.ews.store import StoredItem
from sync_core.sandbox.salesforce.errors import ApiError
from sync_core.sandbox.world.company import Entry, World, moved_occurrence
from sync_core.sandbox.world.events import Event, Native, difference, for_outlook, for_salesforce
from sync_core.sandbox.world.situations import (
    Change,
    Copy,
    Create,
    Deed,
    Delete,
    Move,
    Occurrence,
    Reassign,
    SideKey,
)
from sync_core.sandbox.world.texts import changed
from sync_core.sandbox.world.week import LATER

# an ordinary week deletes no more than this on a side, however large the world is
MOST_DELETES: Final = 10
# of a mass deletion
_MASS: Final = 0.8
# what a copy does not take along: Exchange gives it its own
_OWN: Final = frozenset({"uid", "created", "last_modified", "last_modified_name"})


@dataclass(slots=True)
class Report:
    """What happened in a week, and what could not, because somebody had taken the event away before."""

    week: int
    happened: list[dict[str, str]] = field(default_factory=list)
    skipped: list[dict[str, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        """The report as JSON has it."""
        return {"week": self.week, "happened": self.happened, "skipped": self.skipped}


class _MissingError(Exception):
    """The event is not there any more."""


def advance(world: World) -> Report:
    """Lets a week go by: the whole story the first time, an everyday week after that.

    Works whether or not somebody synced in between: what was on one side only is looked for by its subject on the
    other, and left alone where it is not found. Never deletes more than `MOST_DELETES` events of a side.
    """
    world.week += 1
    report = Report(world.week)
    deeds = list(_story(world) if world.week == 1 else _everyday(world))
    week = _Week(world, report)
    if world.week > 1 or not world.story:
        # the clock has caught up already
        for entry, side, deed in deeds:
            week.do(entry, side, deed)
        return report
    begin = datetime.combine(world.today - timedelta(days=5), time(8), UTC)
    with world.clock.staged(begin, begin + timedelta(days=3, hours=9), len(deeds)) as ticker:
        for entry, side, deed in deeds:
            week.do(entry, side, deed)
            ticker.tick()
    world.clock.offset += timedelta(days=7)
    return report


def delete_most(world: World, side: SideKey) -> Report:
    """Deletes four of five events of one side: what a wrong filter or a broken import looks like."""
    report = Report(world.week)
    ids = [row.id for row in world.mailbox.items(world.folders[""])] if side == "outlook" else _own_rows(world)
    for item_id in ids[: int(len(ids) * _MASS)]:
        if side == "outlook":
            world.mailbox.delete(item_id)
        elif not _is_gone(world, item_id):
            world.org.delete("Event", item_id, by=world.user_id)
        report.happened.append({"situation": "mass", "side": side, "did": "deleted", "subject": ""})
    return report


def _own_rows(world: World) -> list[str]:
    return [str(row["Id"]) for row in world.org.rows("Event") if row["OwnerId"] == world.user_id and not row["IsChild"]]


def _is_gone(world: World, record_id: str) -> bool:
    row = world.org.get("Event", record_id)
    return row is None or bool(row["IsDeleted"])


def _story(world: World) -> Iterator[tuple[Entry, SideKey, Deed]]:
    """The deeds of the tables, side by side, in a mixed order of situations."""
    entries = list(world.entries)
    world.random.shuffle(entries)
    for entry in entries:
        later = LATER.get(entry.situation.name, ())
        for deed in entry.situation.salesforce:
            yield entry, "salesforce", deed
        for deed in (*entry.situation.outlook, *later):
            yield entry, "outlook", deed


def _everyday(world: World) -> Iterator[tuple[Entry, SideKey, Deed]]:
    """A few changes, a new event and a deletion on each side."""
    pairs = [entry for entry in world.entries if all(entry.ids.values()) and entry.situation.name == "ordinary"]
    some = world.random.sample(pairs, min(len(pairs), 10))
    sides: tuple[SideKey, SideKey] = ("salesforce", "outlook")
    kinds: tuple[Deed, ...] = (
        Change(later=30),
        Change({"location": "Room 4"}),
        Change(add="\nSee the mail of this week."),
        Change({"reminder": 45}),
        Delete(),
    )
    for number, entry in enumerate(some):
        yield entry, sides[number % 2], kinds[number // 2]
    for side in sides:
        entry = world.everyday(world.week)
        world.entries.append(entry)
        yield entry, side, Create()


class _Week:
    """Carries deeds out."""

    def __init__(self, world: World, report: Report) -> None:
        self.world = world
        self.report = report
        self.deletes: dict[SideKey, int] = {"salesforce": 0, "outlook": 0}

    def do(self, entry: Entry, side: SideKey, deed: Deed) -> None:
        """Does one deed and writes down what it was."""
        line = {"situation": entry.situation.name, "side": side, "subject": entry.events[side].subject}
        if isinstance(deed, Delete):
            if self.deletes[side] >= MOST_DELETES:
                self.report.skipped.append({**line, "why": "enough was deleted this week"})
                return
            self.deletes[side] += 1
        try:
            did = self._salesforce(entry, deed) if side == "salesforce" else self._outlook(entry, deed)
        except _MissingError:
            self.report.skipped.append({**line, "why": "the event is not there"})
        except ApiError as problem:
            # a colleague of the person who tests may have changed it beyond what the story knows
            self.report.skipped.append({**line, "why": str(problem)})
        else:
            self.report.happened.append({**line, "did": did})

    # -- Salesforce ------------------------------------------------------------------------------------------------

    def _salesforce(self, entry: Entry, deed: Deed) -> str:
        org, by = self.world.org, self.world.user_id
        if isinstance(deed, Create):
            return self._create(entry, "salesforce", deed)
        record = self._record(entry)
        match deed:
            case Change():
                before, after = self._step(entry, "salesforce", deed)
                values = difference(for_salesforce(before, self.world.zone), for_salesforce(after, self.world.zone))
                org.update("Event", record, values | entry.cast.native(deed.native), by=by)
                return _changed(values)
            case Delete():
                org.delete("Event", record, by=by)
                if deed.for_good:
                    org.purge("Event", record)
                return "deleted for good" if deed.for_good else "deleted"
            case Reassign():
                org.update("Event", record, {"OwnerId": self.world.colleagues[1]}, by=by)
                return "given to a colleague"
        raise TypeError(f"nobody can do that in Salesforce: {deed}")

    def _record(self, entry: Entry) -> str:
        known = entry.ids["salesforce"]
        record = known[0] if known else self._records.get(entry.events["salesforce"].subject)
        if record is None or _is_gone(self.world, record):
            raise _MissingError
        return record

    @cached_property
    def _records(self) -> dict[object, str]:
        """Our Salesforce events by subject, as they are when the week begins to look for one."""
        rows = self.world.org.rows("Event")
        return {row["Subject"]: str(row["Id"]) for row in rows if row["OwnerId"] == self.world.user_id}

    # -- Outlook ---------------------------------------------------------------------------------------------------

    def _outlook(self, entry: Entry, deed: Deed) -> str:
        box = self.world.mailbox
        if isinstance(deed, Create):
            return self._create(entry, "outlook", deed)
        item = self._item(entry)
        match deed:
            case Change():
                before, after = self._step(entry, "outlook", deed)
                values = difference(for_outlook(before, self.world.zone), for_outlook(after, self.world.zone))
                box.update(item.id, values | entry.cast.native(deed.native))
                return _changed(values)
            case Delete():
                box.delete(item.id, to="nowhere" if deed.for_good else "deleteditems")
                return "deleted for good" if deed.for_good else "deleted"
            case Move():
                moved = box.move(item.id, self.world.folders[deed.folder])
                if deed.back:
                    moved = box.move(moved.id, self.world.folders[""])
                entry.ids["outlook"] = [moved.id]
                return f"moved to {deed.folder} and back" if deed.back else f"moved to {deed.folder}"
            case Copy():
                self._copy(entry, item, deed)
                return "copied"
            case Occurrence():
                return self._occurrence(item, deed)
        raise TypeError(f"nobody can do that in Outlook: {deed}")

    def _item(self, entry: Entry) -> StoredItem:
        known = entry.ids["outlook"]
        item_id = known[0] if known else self._items.get(entry.events["outlook"].subject)
        found = None if item_id is None else self.world.mailbox.get(item_id)
        if found is None or found.folder_id == self.world.mailbox.folder("deleteditems").id:
            raise _MissingError
        return found

    @cached_property
    def _items(self) -> dict[object, str]:
        """The items of the calendar by subject, as they are when the week begins to look for one."""
        here = self.world.mailbox.items(self.world.folders[""])
        return {item.fields.get("subject"): item.id for item in here}

    def _copy(self, entry: Entry, item: StoredItem, deed: Copy) -> None:
        values: dict[str, Any] = {name: value for name, value in item.fields.items() if name not in _OWN}
        event = changed(entry.events["outlook"], Change(days=deed.days), entry.cast)
        native = for_outlook(event, self.world.zone)
        values |= {name: native[name] for name in ("start", "end")}
        values["extended"] = {(key.set_id, key.name): value for key, value in item.extended.items()}
        self.world.mailbox.create(self.world.folders[""], values)

    def _occurrence(self, item: StoredItem, deed: Occurrence) -> str:
        values: Any = item.fields
        places = slots(values["recurrence"], values["start"], values["end"], self.world.zone.rules)
        gone, changes = deleted(item), modified(item)
        now = datetime.combine(self.world.today, time(), UTC)
        ahead = (place for place in places if place.start >= now and place.start not in gone)
        place = next(islice((p for p in ahead if p.start not in changes), deed.number - 1, None), None)
        if place is None:
            raise _MissingError
        if deed.gone:
            self.world.mailbox.update(item.id, {"deleted_occurrences": [*sorted(gone), place.start]})
            return "cancelled one meeting of the series"
        entries = [*changes.values(), moved_occurrence(place.start, place.end, deed.later, deed.location)]
        self.world.mailbox.update(item.id, {"modified_occurrences": entries})
        return "moved one meeting of the series"

    # -- both ------------------------------------------------------------------------------------------------------

    def _create(self, entry: Entry, side: SideKey, deed: Create) -> str:
        entry.events[side] = replace(entry.events[side], **entry.cast.fields(deed.fields))
        for _ in range(2 if deed.twice else 1):
            entry.ids[side].append(self.world.enter(entry, side, entry.cast.native(deed.native)))
        return "entered twice" if deed.twice else "entered"

    def _step(self, entry: Entry, side: SideKey, deed: Change) -> tuple[Event, Event]:
        before = entry.events[side]
        after = entry.events[side] = changed(before, deed, entry.cast)
        return before, after


_WORDS: Final = {
    "Subject": "subject", "subject": "subject", "StartDateTime": "time", "EndDateTime": "time", "start": "time",
    "end": "time", "Location": "place", "location": "place", "Description": "notes", "body": "notes",
    "IsPrivate": "private", "sensitivity": "private", "ShowAs": "show as", "show_as": "show as",
    "IsReminderSet": "reminder", "reminder_minutes": "reminder",
}  # fmt: skip


def _changed(values: Native) -> str:
    words = dict.fromkeys(_WORDS[name] for name in values if name in _WORDS)
    return "changed " + ", ".join(sorted(words))

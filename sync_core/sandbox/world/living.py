"""Act two: the made-up world lives on for a week. Everything is done natively, as people do it in the two programs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from typing import Any, Final, Literal

from sync_core.sandbox.ews.store import StoredItem
from sync_core.sandbox.salesforce.errors import ApiError
from sync_core.sandbox.world.chapter import SIDES, Chapter, Entry, MissingError
from sync_core.sandbox.world.native import Native, difference, overlay, without_blanks
from sync_core.sandbox.world.situations import (
    Change,
    Copy,
    Create,
    Deed,
    Delete,
    Move,
    Occurrence,
    Reassign,
    Remind,
    SideKey,
)
from sync_core.sandbox.world.world import World

# an ordinary week deletes no more than this of a kind on a side, however large the world is
MOST_DELETES: Final = 10
# of a mass deletion
_MASS: Final = 0.8
# what a copy does not take along: Exchange gives it its own
_OWN: Final = frozenset({"uid", "created", "last_modified", "last_modified_name"})


@dataclass(slots=True)
class Report:
    """What happened in a week, and what could not, because somebody had taken the item away before."""

    week: int
    happened: list[dict[str, str]] = field(default_factory=list)
    skipped: list[dict[str, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        """The report as JSON has it."""
        return {"week": self.week, "happened": self.happened, "skipped": self.skipped}


def advance(world: World) -> Report:
    """Lets a week go by: the whole story the first time, an everyday week after that.

    Works whether or not somebody synced in between: what was on one side only is looked for by its title on the
    other, and left alone where it is not found. Never deletes more than `MOST_DELETES` items of a kind and side.
    """
    world.week += 1
    report = Report(world.week)
    for chapter in world.chapters if world.story else (world.calendar,):
        _live(world, chapter, report)
    if world.week == 1 and world.story:
        world.clock.offset += timedelta(days=7)
    return report


def _live(world: World, chapter: Chapter[Any, Any], report: Report) -> None:
    deeds = list(chapter.story_deeds() if world.week == 1 else chapter.everyday_deeds(world.week))
    week = _Week(world, chapter, report)
    if world.week > 1 or not world.story:
        # the clock has caught up already
        for entry, side, deed in deeds:
            week.do(entry, side, deed)
        return
    begin = datetime.combine(world.today - timedelta(days=5), time(8), UTC)
    with world.clock.staged(begin, begin + timedelta(days=3, hours=9), len(deeds)) as ticker:
        for entry, side, deed in deeds:
            week.do(entry, side, deed)
            ticker.tick()


def delete_most(world: World, side: SideKey, kind: Literal["calendar", "contacts", "tasks"] = "calendar") -> Report:
    """Deletes four of five items of one kind and side: what a wrong filter or a broken import looks like."""
    chapter = world.chapter(kind)
    report = Report(world.week)
    ids = chapter.live_ids(side)
    for item_id in ids[: int(len(ids) * _MASS)]:
        if side == "outlook":
            world.mailbox.delete(item_id)
        elif not _is_gone(world, chapter, item_id):
            world.org.delete(chapter.sobject, item_id, by=world.user_id)
        report.happened.append({"kind": kind, "situation": "mass", "side": side, "did": "deleted", "subject": ""})
    return report


def _is_gone(world: World, chapter: Chapter[Any, Any], record_id: str) -> bool:
    row = world.org.get(chapter.sobject, record_id)
    return row is None or bool(row["IsDeleted"])


class _Week:
    """Carries the deeds of one chapter out."""

    def __init__(self, world: World, chapter: Chapter[Any, Any], report: Report) -> None:
        self.world = world
        self.chapter = chapter
        self.report = report
        self.deletes: dict[SideKey, int] = dict.fromkeys(SIDES, 0)

    def do(self, entry: Entry[Any, Any], side: SideKey, deed: Deed) -> None:
        """Does one deed and writes down what it was."""
        line = {"kind": self.chapter.kind, "situation": entry.situation.name, "side": side,
                "subject": self.chapter.title(entry.things[side])}  # fmt: skip
        if isinstance(deed, Delete):
            if self.deletes[side] >= MOST_DELETES:
                self.report.skipped.append({**line, "why": "enough was deleted this week"})
                return
            self.deletes[side] += 1
        try:
            did = self._salesforce(entry, deed) if side == "salesforce" else self._outlook(entry, deed)
        except MissingError:
            self.report.skipped.append({**line, "why": f"the {self.chapter.word} is not there"})
        except ApiError as problem:
            # a colleague of the person who tests may have changed it beyond what the story knows
            self.report.skipped.append({**line, "why": str(problem)})
        else:
            self.report.happened.append({**line, "did": did})

    # -- Salesforce ------------------------------------------------------------------------------------------------

    def _salesforce(self, entry: Entry[Any, Any], deed: Deed) -> str:
        org, sobject = self.world.org, self.chapter.sobject
        person = self.world.person(self.world.user_id)
        if isinstance(deed, Create):
            return self._create(entry, "salesforce", deed)
        record = self._record(entry)
        match deed:
            case Change():
                values = self._step(entry, "salesforce", deed)
                org.change(person, sobject, record, values | entry.cast.native(deed.native))
                return self._changed(values)
            case Delete():
                org.remove(person, sobject, record)
                if deed.for_good:
                    org.purge(sobject, record)
                return "deleted for good" if deed.for_good else "deleted"
            case Reassign():
                org.change(person, sobject, record, {"OwnerId": self.world.colleagues[1]})
                return "given to a colleague"
            case Remind():
                org.stamp(sobject, record, {"IsReminderSet": False})
                return "reminded"
        raise TypeError(f"nobody can do that in Salesforce: {deed}")

    def _record(self, entry: Entry[Any, Any]) -> str:
        known = entry.ids["salesforce"]
        record = known[0] if known else self._records.get(self.chapter.title(entry.things["salesforce"]))
        if record is None or _is_gone(self.world, self.chapter, record):
            raise MissingError
        return record

    @cached_property
    def _records(self) -> dict[str, str]:
        """Our Salesforce records by title, as they are when the week begins to look for one."""
        rows = self.world.org.rows(self.chapter.sobject)
        mine = (row for row in rows if row["OwnerId"] == self.world.user_id)
        return {self.chapter.title_of_row(row): str(row["Id"]) for row in mine}

    # -- Outlook ---------------------------------------------------------------------------------------------------

    def _outlook(self, entry: Entry[Any, Any], deed: Deed) -> str:
        box = self.world.mailbox
        if isinstance(deed, Create):
            return self._create(entry, "outlook", deed)
        item = self._item(entry)
        match deed:
            case Change():
                values = self._step(entry, "outlook", deed)
                self._update(item, overlay(values, entry.cast.native(deed.native)))
                return self._changed(values)
            case Delete():
                box.delete(item.id, to="nowhere" if deed.for_good else "deleteditems")
                return "deleted for good" if deed.for_good else "deleted"
            case Move():
                moved = box.move(item.id, self.chapter.folders[deed.folder])
                if deed.back:
                    moved = box.move(moved.id, self.chapter.folders[""])
                entry.ids["outlook"] = [moved.id]
                return f"moved to {deed.folder} and back" if deed.back else f"moved to {deed.folder}"
            case Copy():
                self._copy(entry, item, deed)
                return "copied"
            case Occurrence():
                return self.chapter.occurrence(item, deed)
        raise TypeError(f"nobody can do that in Outlook: {deed}")

    def _update(self, item: StoredItem, values: Native) -> None:
        """Changes an item; labels that the change does not name stay as they are."""
        stored: dict[str, object] = {name: item.fields.get(name) for name in values if name != "extended"}
        self.world.mailbox.update(item.id, without_blanks(overlay(stored, values)) | _extended(values))

    def _item(self, entry: Entry[Any, Any]) -> StoredItem:
        known = entry.ids["outlook"]
        item_id = known[0] if known else self._items.get(self.chapter.title(entry.things["outlook"]))
        found = None if item_id is None else self.world.mailbox.get(item_id)
        if found is None or found.folder_id == self.world.mailbox.folder("deleteditems").id:
            raise MissingError
        return found

    @cached_property
    def _items(self) -> dict[str, str]:
        """The items of the usual folder by title, as they are when the week begins to look for one."""
        here = self.world.mailbox.items(self.chapter.folders[""])
        return {self.chapter.title_of_item(item): item.id for item in here}

    def _copy(self, entry: Entry[Any, Any], item: StoredItem, deed: Copy) -> None:
        values: dict[str, Any] = {name: value for name, value in item.fields.items() if name not in _OWN}
        values |= self.chapter.copied(entry, deed)
        values["extended"] = {(key.set_id, key.name): value for key, value in item.extended.items()}
        self.world.mailbox.create(self.chapter.folders[""], values)

    # -- both ------------------------------------------------------------------------------------------------------

    def _create(self, entry: Entry[Any, Any], side: SideKey, deed: Create) -> str:
        entry.things[side] = self.chapter.changed_thing(entry.things[side], Change(deed.fields), entry.cast)
        for _ in range(2 if deed.twice else 1):
            entry.ids[side].append(self.chapter.enter(entry, side, entry.cast.native(deed.native)))
        return "entered twice" if deed.twice else "entered"

    def _step(self, entry: Entry[Any, Any], side: SideKey, deed: Change) -> Native:
        """The native fields that a change changes."""
        before = entry.things[side]
        after = entry.things[side] = self.chapter.changed_thing(before, deed, entry.cast)
        return difference(self.chapter.native(side, before), self.chapter.native(side, after))

    def _changed(self, values: Native) -> str:
        known = self.chapter.native_words
        words = dict.fromkeys(known[name] for name in values if name in known)
        return "changed " + (", ".join(sorted(words)) or "what only this side has")


def _extended(values: Native) -> Native:
    return {"extended": values["extended"]} if "extended" in values else {}

"""Worlds without servers, and what their two stores hold, brought to one form by other means than the world's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sync_core.sandbox.ews.store import Exchange, StoredItem
from sync_core.sandbox.salesforce.store import Org
from sync_core.sandbox.world import Chapter, Entry, Report, World, WorldClock, advance

TODAY = date(2026, 11, 23)


@dataclass
class Told:
    """A world, and how to look into it."""

    world: World
    kind: str = "calendar"

    @property
    def chapter(self) -> Chapter[Any, Any]:
        """The chapter that is looked into."""
        return self.world.chapter(self.kind)

    def advance(self) -> Report:
        """Lets a week go by, and tells what happened to this kind of item."""
        report = advance(self.world)
        happened = [line for line in report.happened if line["kind"] == self.kind]
        return Report(report.week, happened, [line for line in report.skipped if line["kind"] == self.kind])

    def entry(self, name: str) -> Entry[Any, Any]:
        """The entry of a situation in the round around today."""
        return next(e for e in self.chapter.entries if e.situation.name == name and e.cast.number == 0)

    def rows(self) -> list[dict[str, Any]]:
        """All live Salesforce records of the user."""
        return [r for r in self.world.org.rows(self.chapter.sobject) if r["OwnerId"] == self.world.user_id]

    def items(self, folder: str = "") -> list[StoredItem]:
        """The items of a folder, by its distinguished name or its name."""
        folder = folder or self.kind
        box = self.world.mailbox
        found = next(f for f in box.folders.values() if folder in (f.distinguished, f.name))
        return box.items(found)

    def row(self, name: str) -> dict[str, Any]:
        """The Salesforce record of a situation, also from the recycle bin; {} when it is gone for good."""
        return self.world.org.get(self.chapter.sobject, self.entry(name).ids["salesforce"][0]) or {}

    def item(self, name: str) -> StoredItem | None:
        """The Outlook item of a situation."""
        return self.world.mailbox.get(self.entry(name).ids["outlook"][0])

    def dump(self) -> tuple[list[dict[str, Any]], list[dict[str, object]]]:
        """Everything of both stores."""
        items = [item.native() for box in self.world.exchange.mailboxes.values() for f in box.folders.values()
                 for item in f.items.values()]  # fmt: skip
        return self.world.org.rows(self.chapter.sobject, deleted=True), items

    def left(self, row: dict[str, Any]) -> dict[str, object]:
        """What a Salesforce record says, in neutral words."""
        start, end = row["StartDateTime"], row["EndDateTime"]
        remind = row["ReminderDateTime"] if row["IsReminderSet"] else None
        return {
            "subject": row["Subject"] or "",
            "when": (start.date(), end.date()) if row["IsAllDayEvent"] else (start, end),
            "location": row["Location"] or "",
            "notes": (row["Description"] or "").replace("\r\n", "\n"),
            "show_as": row["ShowAs"],
            "private": row["IsPrivate"],
            "reminder": remind and (start - remind) // timedelta(minutes=1),
        }

    def right(self, item: StoredItem) -> dict[str, object]:
        """What an Outlook item says, in the same words."""
        values: Any = item.fields
        start, end = values["start"], values["end"]
        if values["is_all_day"]:
            zone = ZoneInfo(self.world.zone.iana)
            start, end = start.astimezone(zone).date(), end.astimezone(zone).date() - timedelta(days=1)
        return {
            "subject": values.get("subject") or "",
            "when": (start, end),
            "location": values.get("location") or "",
            "notes": (values.get("body") or "").replace("\r\n", "\n"),
            "show_as": {"OOF": "OutOfOffice"}.get(values["show_as"], values["show_as"]),
            "private": values["sensitivity"] != "Normal",
            "reminder": values["reminder_minutes"] if values["reminder_is_set"] else None,
        }


@pytest.fixture
def tell() -> Callable[..., Told]:
    """Makes a world in act one: `tell(kind=, size=, seed=, today=, zone=, story=)`."""

    def make(*, today: date = TODAY, kind: str = "calendar", **options: Any) -> Told:
        real = datetime.now(UTC).date()
        clock = WorldClock(today - real - timedelta(days=7))
        return Told(World(Exchange(clock), Org(clock), clock, today=today, **options), kind)

    return make


@pytest.fixture
def told(tell: Callable[..., Told]) -> Told:
    """The standard world."""
    return tell()

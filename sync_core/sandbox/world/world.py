"""Act one: the whole made-up world, as it was a week ago."""

from __future__ import annotations

from datetime import date
from typing import Any

from sync_core.sandbox.ews.store import Exchange
from sync_core.sandbox.salesforce.store import Org
from sync_core.sandbox.world.calendar.chapter import CalendarChapter
from sync_core.sandbox.world.chapter import Chapter
from sync_core.sandbox.world.clock import WorldClock
from sync_core.sandbox.world.company import Company
from sync_core.sandbox.world.contacts.chapter import ContactsChapter
from sync_core.sandbox.world.tasks.chapter import TasksChapter


class World(Company):
    """A company with about `size` events on each side, and contacts and tasks in proportion.

    It is the same for the same `seed` and `today`. Without a `story` there are people and customers, but nothing else.
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
        super().__init__(exchange, org, clock, today=today, zone=zone)
        self.story = story
        self.week = 0
        key = f"{seed}/{today.isoformat()}"
        # the calendar comes first: what is entered after it changes nothing about it
        self.calendar = CalendarChapter(self, key)
        self.contacts = ContactsChapter(self, f"{key}/contacts")
        self.tasks = TasksChapter(self, f"{key}/tasks")
        if not story:
            self.calendar.build()
            return
        for chapter in self.chapters:
            full, whole = chapter.full_size(), self.calendar.full_size()
            chapter.plan(full if size is None else round(size * full / whole))
            chapter.build()

    @property
    def chapters(self) -> tuple[Chapter[Any, Any], ...]:
        """The calendar, the contacts and the tasks, in the order in which everything happens to them."""
        return self.calendar, self.contacts, self.tasks

    def chapter(self, kind: str) -> Chapter[Any, Any]:
        """The chapter of a process: "calendar", "contacts" or "tasks". Raises KeyError for another name."""
        return {chapter.kind: chapter for chapter in self.chapters}[kind]

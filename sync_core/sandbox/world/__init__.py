"""The made-up company in two acts: last week's world, and what a week makes of it.

The story has three chapters, of events, contacts and tasks. The tables of each (`standing`, `changed`, `new`, `later`)
are its situations by name: where an item is in act one, and what is done to it. Those of the calendar are `CHANGED`,
`STANDING`, `NEW` and `LATER`.
"""

from sync_core.sandbox.world.calendar.chapter import CalendarChapter
from sync_core.sandbox.world.calendar.standing import STANDING
from sync_core.sandbox.world.calendar.week import CHANGED, LATER, NEW
from sync_core.sandbox.world.chapter import Chapter, Entry
from sync_core.sandbox.world.clock import WorldClock
from sync_core.sandbox.world.contacts.chapter import ContactsChapter
from sync_core.sandbox.world.living import MOST_DELETES, Report, advance, delete_most
from sync_core.sandbox.world.situations import ContactSituation, Scene, Situation, TaskSituation
from sync_core.sandbox.world.tasks.chapter import TasksChapter
from sync_core.sandbox.world.world import World

__all__ = [
    "CHANGED",
    "LATER",
    "MOST_DELETES",
    "NEW",
    "STANDING",
    "CalendarChapter",
    "Chapter",
    "ContactSituation",
    "ContactsChapter",
    "Entry",
    "Report",
    "Scene",
    "Situation",
    "TaskSituation",
    "TasksChapter",
    "World",
    "WorldClock",
    "advance",
    "delete_most",
]

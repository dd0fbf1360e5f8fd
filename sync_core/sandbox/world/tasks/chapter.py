"""The tasks: their situations as tasks of both systems, and what the org has set up for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Final

from sync_core.sandbox.ews.recurrence import Recurrence
from sync_core.sandbox.ews.store import StoredItem
from sync_core.sandbox.world import people
from sync_core.sandbox.world.chapter import ORDINARY, Chapter, Entry
from sync_core.sandbox.world.company import Company
from sync_core.sandbox.world.days import workday
from sync_core.sandbox.world.native import Native
from sync_core.sandbox.world.situations import Change, SideKey, TaskSituation
from sync_core.sandbox.world.tasks.standing import STANDING
from sync_core.sandbox.world.tasks.values import Task, for_outlook, for_salesforce
from sync_core.sandbox.world.tasks.week import CHANGED, LATER, NEW
from sync_core.sandbox.world.texts import Cast

# what is completed in act one was so before its "today"
_BEFORE: Final = timedelta(days=8)
# what this org has besides the standard values
OWN_STATUS: Final = "Waiting on customer"
OWN_CLOSED_STATUS: Final = "Cancelled"
OWN_PRIORITY: Final = "Urgent"
_OWN: Final = (
    ("TaskStatus", "Status", OWN_STATUS, "IsClosed", False),
    ("TaskStatus", "Status", OWN_CLOSED_STATUS, "IsClosed", True),
    ("TaskPriority", "Priority", OWN_PRIORITY, "IsHighPriority", True),
)


class TasksChapter(Chapter[Task, TaskSituation]):
    """The tasks."""

    kind = "tasks"
    word = "task"
    sobject = "Task"
    changed, standing, new, later = CHANGED, STANDING, NEW, LATER
    weekly = (
        Change({"status": "completed"}),
        Change(days=1),
        Change(add="\nAsked again by mail."),
        Change({"priority": "high"}),
    )
    native_words: ClassVar[Mapping[str, str]] = {
        "Subject": "subject", "subject": "subject", "ActivityDate": "due date", "due_date": "due date", "Status":
        "status", "status": "status", "Priority": "priority", "importance": "priority", "Description": "notes", "body":
        "notes", "IsReminderSet": "reminder", "ReminderDateTime": "reminder", "reminder_is_set": "reminder",
        "reminder_due_by": "reminder", "sensitivity": "private",
    }  # fmt: skip

    def __init__(self, company: Company, seed: str) -> None:
        super().__init__(company, seed)
        self._used: set[tuple[str, date | None]] = set()

    def prepare(self) -> None:
        """The folders, and the statuses and priorities that are this org's own."""
        tasks = self.company.mailbox.folder("tasks")
        self.folders = {"": tasks, "Someday": self.company.mailbox.add_folder("Someday", tasks, "IPF.Task")}
        org = self.company.org
        for sobject, name, value, flag, on in _OWN:
            place = len(org.rows(sobject)) + 1
            org.seed_row(sobject, {"MasterLabel": value, "ApiName": value, "SortOrder": place, flag: on})
            field = org.schema["Task"].fields[name]
            org.schema["Task"].add(replace(field, choices=(*field.choices, value)))

    # -- what they are about ---------------------------------------------------------------------------------------

    def thing(self, situation: TaskSituation, cast: Cast) -> Task:
        """The task of a situation."""
        task = self._task(situation, cast)
        self._used.add((task.subject, task.due))
        return task

    def _task(self, situation: TaskSituation, cast: Cast) -> Task:
        today = self.company.today
        due: date | None = None
        if situation.due:
            due = workday(cast.base, situation.day)
            if situation.far is not None:
                due = today + timedelta(days=situation.far)
        reminder = None
        if situation.remind:
            reminder = datetime.combine(due or workday(cast.base, 1), time.fromisoformat(situation.remind))
        done = None
        if situation.status == "completed":
            done = today + timedelta(days=situation.done) if situation.done else min(due or today, today) - _BEFORE
        return Task(
            cast.subject(situation.subject),
            due,
            situation.status,
            situation.priority,
            cast.fill(situation.notes),
            reminder,
            situation.percent,
            None if situation.begins is None else workday(cast.base, situation.begins),
            situation.private,
            done,
        )

    def also(self, entry_thing: Task, situation: TaskSituation, cast: Cast) -> Task:
        """The same as Outlook has it."""
        return replace(entry_thing, **cast.fields(situation.also))

    def everyday(self, number: int) -> Entry[Task, TaskSituation]:
        """An equal pair of tasks, most of them due soon."""
        rng = self.random
        while True:
            cast = self.cast(0)
            situation = TaskSituation(
                ORDINARY,
                "a task that both sides have",
                rng.choice(people.ERRANDS),
                day=rng.randrange(20, 240) if number > self.story_size() else rng.randrange(-10, 20),
                status=rng.choice(("not_started", "not_started", "in_progress", "waiting")),
                priority=rng.choice(("normal", "normal", "normal", "high", "low")),
                notes=rng.choice(people.NOTES),
                remind=rng.choice(("", "", "09:00")),
            )
            task = self._task(situation, cast)
            if (task.subject, task.due) not in self._used:
                self._used.add((task.subject, task.due))
                return Entry(situation, cast, {"salesforce": task, "outlook": task})

    def changed_thing(self, thing: Task, change: Change, cast: Cast) -> Task:
        """The task after a change. The reminder stays when the due date moves."""
        values = cast.fields(change.fields)
        if change.add:
            values["notes"] = thing.notes + cast.fill(change.add)
        if thing.due is not None and (change.days or change.calendar_days):
            due = thing.due + timedelta(days=change.calendar_days)
            values["due"] = workday(due, change.days) if change.days else due
        if thing.reminder is not None and change.later:
            values["reminder"] = thing.reminder + timedelta(minutes=change.later)
        if values.get("status", thing.status) != "completed":
            values["done"] = None
        elif thing.status != "completed":
            values["done"] = self.company.org.now().date()
        return replace(thing, **values)

    def native(self, side: SideKey, thing: Task) -> Native:
        """The native fields on a side."""
        return (for_salesforce if side == "salesforce" else for_outlook)(thing, self.company.zone)

    def title(self, thing: Task) -> str:
        """The subject."""
        return thing.subject

    def title_of_row(self, row: Mapping[str, Any]) -> str:
        """The subject."""
        return str(row["Subject"] or "")

    def title_of_item(self, item: StoredItem) -> str:
        """The subject."""
        return str(item.fields.get("subject", ""))

    # -- making them -----------------------------------------------------------------------------------------------

    def enter_salesforce(self, entry: Entry[Task, TaskSituation], values: Native) -> str:
        """Makes the record; one of a series says so, which no client can set later (facts: salesforce B2)."""
        record = super().enter_salesforce(entry, values)
        if entry.situation.series is not None:
            self.company.org.stamp("Task", record, {"IsRecurrence": True})
        return record

    def outlook_extras(self, entry: Entry[Task, TaskSituation], values: Native) -> Native:
        """The pattern of a series."""
        series, due = entry.situation.series, entry.things["outlook"].due
        if series is None or due is None:
            return {}
        return {"recurrence": Recurrence(series.pattern, due, series.interval, series.days, count=series.count or None)}

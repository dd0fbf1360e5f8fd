"""One run with creates, updates, merges and deletes on both sides, on servers that can be told when to fail."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from faults.deeds import Deeds
from sync_core.errors import HandsyncError
from sync_core.items import Kind
from sync_core.journal import RunHead, RunRecord
from sync_core.plan import State
from sync_core.report import Result
from sync_core.review import Review
from sync_core.sandbox.faults import Fault
from sync_core.sandbox.running import start_sandbox
from sync_core.service import Service
from sync_core.settings.models import Settings

# more rows than one batch takes, per side to be written: 200 in Salesforce, 50 in Outlook (facts: salesforce B4)
MANY: Final = {"salesforce": 205, "outlook": 55}
# syncs after which there must be nothing left to do
MOST_SYNCS: Final = 4
_LEFT: Final = {
    Kind.CALENDAR: ("Event", ("Subject", "StartDateTime", "EndDateTime", "Location", "Description", "ShowAs")),
    Kind.CONTACTS: ("Contact", ("FirstName", "LastName", "Email", "Title", "Phone", "Description")),
    Kind.TASKS: ("Task", ("Subject", "ActivityDate", "Status", "Priority", "Description")),
}
_RIGHT: Final = {
    Kind.CALENDAR: ("calendar", ("subject", "start", "end", "location", "body", "show_as")),
    Kind.CONTACTS: ("contacts", ("given_name", "surname", "email_addresses__EmailAddress1", "job_title", "body")),
    Kind.TASKS: ("tasks", ("subject", "due_date", "status", "importance", "body")),
}


@dataclass
class Point:
    """When something happens: before or after the `number`th request to a side."""

    side: str
    number: int
    fault: Fault | None = None
    happened: Callable[[], None] = field(default=lambda: None)


class Stage:
    """Two servers and a memory in the middle of a week: everything is in step, then a week's changes come.

    With `many` there are more creates and more updates on each side than go into one batch.
    """

    def __init__(self, kind: Kind = Kind.CALENDAR, *, many: bool = False) -> None:
        self.kind = kind
        self._many = MANY if many else dict.fromkeys(MANY, 0)
        self.sandbox = start_sandbox(world="empty", validate_replies=True)
        self.directory = tempfile.TemporaryDirectory()
        self.state_dir = Path(self.directory.name) / "state"
        connection = {k: v for k, v in self.sandbox.connection().items() if k != "control"}
        jobs = {k.value: {"include": True, "prevent_salesforce": []} for k in Kind}
        self.settings: dict[str, Any] = {"time_zone": "Europe/London", **jobs, **connection}
        self.seen: dict[str, int] = {"salesforce": 0, "outlook": 0}
        self.point: Point | None = None
        # the run that is taken back from now on; "" while there is none
        self.takes_back = ""
        self._take = self.sandbox.faults.take
        self.sandbox.faults.take = self._counted  # type: ignore[method-assign]  # every request passes here
        self._set_up()
        self._known_runs = {head.id for head in self._heads()}
        self.deeds = Deeds(self.sandbox, _LEFT[kind][0])

    def __enter__(self) -> Stage:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.sandbox.close()
        self.directory.cleanup()

    def _counted(self, side: str, operation: str) -> Fault | None:
        number = self.seen[side]
        self.seen[side] += 1
        point = self.point
        if point is not None and point.side == side and point.number == number:
            self.point = None
            point.happened()
            return point.fault
        return self._take(side, operation)

    # ---- the week

    def _left(self, title: str, **more: Any) -> str:
        org, me = self.sandbox.org, self.sandbox.user_id
        values = {
            Kind.CALENDAR: {"Subject": title, "StartDateTime": at(3, 10), "EndDateTime": at(3, 11)},
            Kind.CONTACTS: {"LastName": title, "FirstName": "Kim"},
            Kind.TASKS: {"Subject": title, "ActivityDate": f"{at(4):%Y-%m-%d}"},
        }[self.kind]
        return org.create(_LEFT[self.kind][0], {**values, **more}, by=me)

    def _right(self, title: str, **more: Any) -> str:
        box = self.sandbox.mailbox
        values: dict[str, Any] = {
            Kind.CALENDAR: {"subject": title, "start": at(5, 9), "end": at(5, 10), "reminder_is_set": False},
            Kind.CONTACTS: {"surname": title, "given_name": "Lee", "file_as": title},
            Kind.TASKS: {"subject": title, "due_date": at(6)},
        }[self.kind]
        return box.create(box.folder(_RIGHT[self.kind][0]), {**values, **more}).id

    def _set_up(self) -> None:
        for number in range(5):
            self._left(f"From the left {number}")
            self._right(f"From the right {number}")
        # what will be updated in Outlook was made in Salesforce, and the other way round
        for number in range(self._many["outlook"]):
            self._left(f"Many on the left {number}")
        for number in range(self._many["salesforce"]):
            self._right(f"Many on the right {number}")
        while self.sync():
            pass
        left = {self.title_left(row): str(row["Id"]) for row in self.rows()}
        right = {self.title_right(item): item.id for item in self.items()}
        place_left, place_right = self._place_names()
        for name in ("From the left 0", "From the right 0"):
            self.edit_left(left[name], **{place_left: "Leeds"})
        for name in ("From the left 1", "From the right 1"):
            self.edit_right(right[name], **{place_right: "York"})
        for name in ("From the left 2", "From the right 2"):
            self.edit_left(left[name], Description="typed on the left")
            self.edit_right(right[name], **{place_right: "typed on the right"})
        self.delete_left(left["From the left 3"])
        self.sandbox.mailbox.delete(right["From the right 3"])
        for name in [name for name in left if name.startswith("Many on the left")]:
            self.edit_left(left[name], **{place_left: f"York, {name}"})
        for name in [name for name in right if name.startswith("Many on the right")]:
            self.edit_right(right[name], **{place_right: f"Leeds, {name}"})
        for number in range(2 + self._many["outlook"]):
            self._left(f"New on the left {number}")
        for number in range(2 + self._many["salesforce"]):
            self._right(f"New on the right {number}")
        self.seen = dict.fromkeys(self.seen, 0)

    def _place_names(self) -> tuple[str, str]:
        return {
            Kind.CALENDAR: ("Location", "location"),
            Kind.CONTACTS: ("Title", "job_title"),
            Kind.TASKS: ("Subject", "subject"),
        }[self.kind]

    def edit_left(self, record_id: str, **values: Any) -> None:
        """Somebody edits a record."""
        self.sandbox.org.update(_LEFT[self.kind][0], record_id, values, by=self.sandbox.user_id)

    def delete_left(self, record_id: str) -> None:
        """Somebody deletes a record."""
        self.sandbox.org.delete(_LEFT[self.kind][0], record_id, by=self.sandbox.user_id)

    def edit_right(self, item_id: str, **values: Any) -> None:
        """Somebody edits an item."""
        self.sandbox.mailbox.update(item_id, values)

    # ---- what is there

    def rows(self) -> list[dict[str, Any]]:
        """Salesforce's records of this user."""
        found = self.sandbox.org.rows(_LEFT[self.kind][0])
        return [row for row in found if row.get("OwnerId") == self.sandbox.user_id]

    def items(self) -> list[Any]:
        """Outlook's items."""
        box = self.sandbox.mailbox
        return box.items(box.folder(_RIGHT[self.kind][0]))

    def title_left(self, row: dict[str, Any]) -> str:
        return str(row["LastName" if self.kind is Kind.CONTACTS else "Subject"])

    def title_right(self, item: Any) -> str:
        return str(item.fields["surname" if self.kind is Kind.CONTACTS else "subject"])

    def contents(self) -> tuple[list[str], list[str]]:
        """What both servers hold, without ids, versions and marks; blank is as good as missing."""
        left = [repr([row.get(name) or None for name in _LEFT[self.kind][1]]) for row in self.rows()]
        right = [repr([item.fields.get(name) or None for name in _RIGHT[self.kind][1]]) for item in self.items()]
        return sorted(left), sorted(right)

    # ---- the program

    def service(self) -> Service:
        """The program, started anew."""
        return Service(Settings.model_validate(self.settings), self.state_dir)

    def sync(self) -> bool:
        """One sync of all that is recommended. Whether there was anything to do. Raises HandsyncError."""
        service = self.service()
        try:
            return run_once(service, self.kind)
        finally:
            service.close()

    def ran(self) -> str:
        """Syncs once; gives the id of that run, which is taken back by all that follows."""
        self.sync()
        self.takes_back = self._heads()[0].id
        self.seen = dict.fromkeys(self.seen, 0)
        return self.takes_back

    def go(self) -> bool:
        """Syncs once, or takes the run back. Whether there was anything to do. Raises HandsyncError."""
        service = self.service()
        try:
            return go(service, self.kind, self.takes_back)
        finally:
            service.close()

    def recover(self) -> list[str]:
        """Starts again until nothing is left to do; gives what is wrong then, in words."""
        for _ in range(MOST_SYNCS):
            try:
                if not self.go():
                    break
            except HandsyncError as problem:
                return [f"a sync after it failed: {problem.sentence()}"]
        else:
            return [f"there is still something to do after {MOST_SYNCS} syncs"]
        return self.complaints()

    def complaints(self) -> list[str]:
        """What is wrong once everything is in step again."""
        wrong = []
        service = self.service()
        try:
            plan = service.plan(self.kind, lambda p: None, lambda: False)
            # what was taken back is not offered again before it changes
            resting = State.IGNORED_ONCE if self.takes_back else None
            waiting = [f"{row.title} ({row.reason})" for row in plan.rows if not (row.quiet or row.state is resting)]
            wrong += [f"the plan still has: {', '.join(waiting)}"] if waiting else []
        finally:
            service.close()
        return wrong + self.untrue()

    def untrue(self) -> list[str]:
        """What the history says and is not so, or does not say; and mail, which nobody must ever get."""
        wrong = ["mail was sent"] if self.sandbox.exchange.outbox else []
        service = self.service()
        try:
            wrong += [f"the run {head.id} has no end" for head in service.unfinished(self.kind)]
            heads = [head for head in service.runs(self.kind) if head.id not in self._known_runs]
            records = [record for head in heads if (record := service.run_record(head.id)) is not None]
            wrong += self._lies(records)
        finally:
            service.close()
        return wrong

    def kept(self) -> list[str]:
        """What is kept of items that a run deleted though somebody had changed them in the last moment: by the history,
        or in Deleted Items, from where the undo brings back that very item."""
        service = self.service()
        try:
            records = [service.run_record(head.id) for head in service.runs(self.kind)]
        finally:
            service.close()
        box = self.sandbox.mailbox
        return [str(item.fields.get("body")) for item in box.items(box.folder("deleteditems"))] + [
            repr(dict(fields))
            for record in records
            if record is not None
            for done in record.done.values()
            for fields in done.last.values()
        ]

    def _heads(self) -> list[RunHead]:
        service = self.service()
        try:
            return service.runs(self.kind)
        finally:
            service.close()

    def _lies(self, records: list[RunRecord]) -> list[str]:
        """What the history says was done and is not, or was done and is not said; and rows without a verdict."""
        wrong = [
            f"the history does not say what became of {intent.title}"
            for record in records
            for intent in record.intents
            if intent.number not in record.done or record.done[intent.number].result is Result.UNKNOWN
        ]
        return wrong + self.deeds.lies(records)


def go(service: Service, kind: Kind, takes_back: str) -> bool:
    """Syncs once, or takes a run back. Whether there was anything to do."""
    return undo_once(service, takes_back) if takes_back else run_once(service, kind)


def undo_once(service: Service, run_id: str) -> bool:
    """Takes a run back. Whether there was anything to take back."""
    review = Review.of(service.undo_plan(run_id))
    if not review.counts().runnable:
        return False
    service.run(review, lambda p: None, lambda: False, take_over=True)
    return True


def run_once(service: Service, kind: Kind) -> bool:
    """Plans and runs what is recommended. Whether there was anything to do."""
    plan = service.plan(kind, lambda p: None, lambda: False)
    review = Review.of(plan)
    if not review.counts().runnable and not any(row.quiet for row in plan.rows):
        return False
    # a run that was killed leaves its lock: a person has looked, and says yes
    service.run(review, lambda p: None, lambda: False, take_over=True)
    return bool(review.counts().runnable)


def at(day: int, hour: int = 0) -> datetime:
    """A moment some days from now, UTC."""
    today = datetime.now(UTC).replace(hour=hour, minute=0, second=0, microsecond=0)
    return today + timedelta(days=day)

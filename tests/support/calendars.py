"""An empty mailbox and an empty org, and hands that make series in them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sync_core.plan import Plan, Row
from sync_core.review import Review
from sync_core.sandbox.ews.recurrence import Recurrence
from sync_core.sandbox.salesforce.store import Org

ZONE = "GMT Standard Time"
NOW = "2026-11-23T08:00:00Z"
# where a series in Tokyo begins: half past nine there
IN_TOKYO = datetime(2026, 11, 25, 0, 30, tzinfo=UTC)


class Empty:
    """A desk on an empty mailbox and an empty org."""

    def __init__(self, desk: Any) -> None:
        self.desk = desk
        world = desk.sandbox.world
        self.org: Org = world.org
        self.me: str = world.user_id
        self.box = world.mailbox

    def in_salesforce(self, subject: str = "Jour fixe", **fields: Any) -> str:
        start = datetime(2026, 11, 24, 9, tzinfo=UTC)
        values = {"Subject": subject, "StartDateTime": start, "DurationInMinutes": 60, **fields}
        values.setdefault("Recurrence2PatternText", "RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=30")
        return self.org.create("Event", values, by=self.me)

    def in_outlook(self, subject: str = "Stand-up", **fields: Any) -> Any:
        start = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)
        pattern = Recurrence("Weekly", date(2026, 11, 25), days=("Wednesday", "Friday"), end=date(2027, 6, 30))
        values = {"start": start, "end": start + timedelta(minutes=15), "recurrence": pattern, "start_zone": ZONE}
        return self.box.create(self.box.folder("calendar"), {"subject": subject, **values, **fields})

    def in_tokyo(self, **fields: Any) -> Any:
        """A series in Outlook in a zone that a new Salesforce series cannot have: Wednesdays, five times."""
        pattern = Recurrence("Weekly", IN_TOKYO.date(), days=("Wednesday",), count=5)
        times = {"start": IN_TOKYO, "end": IN_TOKYO + timedelta(minutes=30), "start_zone": "Tokyo Standard Time"}
        return self.in_outlook("Tokyo call", **{**times, "recurrence": pattern, **fields})

    def alone(self, record_id: str, **fields: Any) -> None:
        """Changes one occurrence in Salesforce by itself, as its own pages can: it stays part of its series."""
        row = self.org.lookup("Event", record_id)
        assert row is not None
        self.org.put("Event", record_id, {**row, **fields, "IsRecurrence2Exception": True})

    def events(self, subject: str) -> list[dict[str, Any]]:
        rows = [r for r in self.org.rows("Event") if r["Subject"] == subject and not r["IsDeleted"]]
        return sorted(rows, key=lambda row: row["StartDateTime"])

    def masters(self) -> dict[str, Any]:
        return {item.fields["subject"]: item for item in self.box.items(self.box.folder("calendar"))}

    def only(self) -> Row:
        plan: Plan = self.desk.plan()
        (row,) = plan.rows
        return row

    def as_single_events(self, plan: Plan | None = None) -> Review:
        """The review in which every series that is offered to cross as single events does so."""
        plan = plan or self.desk.plan()
        return Review.of(plan).as_single_events([row.id for row in plan.rows if row.offer is not None], NOW)

    def in_step(self) -> None:
        """Nothing is left to do. Raises AssertionError with what there is instead."""
        assert [(row.title, row.situation, row.reason) for row in self.desk.plan().rows] == []

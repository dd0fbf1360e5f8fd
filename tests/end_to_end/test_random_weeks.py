"""Random weeks through the real client libraries and both servers: what the machine of the core promises, over HTTP."""

from __future__ import annotations

import os
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sync_core.items import Kind
from sync_core.plan import Action, Choice, State
from sync_core.review import Review
from sync_core.sandbox.ews.recurrence import ModifiedOccurrence, Recurrence
from sync_core.sandbox.running import Sandbox, start_sandbox
from sync_core.service import Service
from sync_core.settings.models import Settings

pytestmark = pytest.mark.slow

SCENARIOS = int(os.environ.get("HANDSYNC_TEST_SCENARIOS", "200"))
BATCHES = 8
SERIES = int(os.environ.get("HANDSYNC_TEST_SERIES", "40"))
WORDS = ("Budget", "Site visit", "Call", "Review", "Lunch", "Stand-up", "Trade fair", "1:1")


class Town:
    """People with two calendars, and a service that syncs them."""

    def __init__(self, seed: int, state_dir: Path, *, series: bool = False) -> None:
        self.series = series
        self.random = random.Random(seed)
        self.sandbox: Sandbox = start_sandbox(world="empty")
        self.calendar = self.sandbox.mailbox.folder("calendar")
        connection = {k: v for k, v in self.sandbox.connection().items() if k != "control"}
        settings = {"calendar": {"include": True, "private": True}, "time_zone": "Europe/London", **connection}
        self.service = Service(Settings.model_validate(settings), state_dir, clock=self.sandbox.world.clock)
        self.midnight = self.sandbox.world.clock().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)

    def close(self) -> None:
        self.service.close()
        self.sandbox.close()

    def moment(self) -> datetime:
        # sometimes outside the window of 30 and 365 days
        days = self.random.choice([*range(1, 20), -40, 380])
        return self.midnight + timedelta(days=days, hours=self.random.randrange(7, 18))

    def text(self) -> str:
        return f"{self.random.choice(WORDS)} {self.random.randrange(10**6)}"

    def live_in_somebodys_hands(self) -> None:
        """One thing that a person does on one side."""
        if self.random.random() < 0.5:
            self._in_outlook()
        else:
            self._in_salesforce()

    def _in_outlook(self) -> None:
        box, items = self.sandbox.mailbox, self.sandbox.mailbox.items(self.calendar)
        start = self.moment()
        times = {"start": start, "end": start + timedelta(minutes=45)}
        what = self.random.choice(["create", "create", "edit", "edit", "delete", "move"]) if items else "create"
        item = self.random.choice(items) if items else None
        if self.series and self.random.random() < 0.3:
            self._series_in_outlook(start)
        elif item is not None and item.item_type == "RecurringMaster" and what == "edit":
            box.update(item.id, self._other_series(item))
        elif what == "create" or item is None:
            box.create(self.calendar, {"subject": self.text(), "body": self.text(), "location": self.text(), **times})
        elif what == "edit":
            box.update(item.id, self.random.choice([{"subject": self.text()}, {"location": self.text()}, times]))
        elif what == "delete":
            box.delete(item.id, self.random.choice(["deleteditems", "nowhere"]))
        else:
            # away and back: another id
            box.move(box.move(item.id, box.folder("deleteditems")).id, self.calendar)

    def _in_salesforce(self) -> None:
        org, me = self.sandbox.org, self.sandbox.user_id
        rows = org.rows("Event")
        start = self.moment()
        times = {"StartDateTime": start, "EndDateTime": start + timedelta(minutes=45)}
        what = self.random.choice(["create", "create", "edit", "edit", "delete"]) if rows else "create"
        if self.series and self.random.random() < 0.2:
            pattern = self.random.choice(["FREQ=WEEKLY;COUNT=5", "FREQ=MONTHLY;BYDAY=2TU,4TU;COUNT=4"])
            org.create("Event", {"Subject": self.text(), "Recurrence2PatternText": f"RRULE:{pattern}", **times}, by=me)
            return
        if what == "create":
            org.create("Event", {"Subject": self.text(), "Description": self.text(), **times}, by=me)
            return
        row = self.random.choice(rows)
        record = str(row["Id"])
        if what == "edit":
            # Exchange lets no occurrence pass its neighbour: with series, times stay
            changes: list[dict[str, Any]] = [{"Subject": self.text()}, {"Location": self.text()}]
            change = self.random.choice(changes if self.series else [*changes, times])
            org.update("Event", record, change, by=me)
        else:
            org.delete("Event", record, by=me)

    def _series_in_outlook(self, start: datetime) -> None:
        """A weekly series, now and then in a zone that a new Salesforce series cannot have."""
        zone = self.random.choice(["GMT Standard Time", "GMT Standard Time", "Tokyo Standard Time"])
        local = start.astimezone(ZoneInfo("Asia/Tokyo" if zone.startswith("Tokyo") else "Europe/London"))
        pattern = Recurrence("Weekly", local.date(), days=(f"{local:%A}",), count=5)
        times = {"start": start, "end": start + timedelta(minutes=45), "recurrence": pattern, "start_zone": zone}
        self.sandbox.mailbox.create(self.calendar, {"subject": self.text(), **times})

    def _other_series(self, item: Any) -> dict[str, object]:
        """Another name, an occurrence taken out, or one that is changed."""
        day = item.fields["start"] + timedelta(weeks=self.random.randrange(5))
        gone = item.fields.get("deleted_occurrences") or []
        changed = item.fields.get("modified_occurrences") or []
        untouched = day not in gone and day not in [one.original_start for one in changed]
        choices: list[dict[str, object]] = [{"subject": self.text()}]
        if untouched and len(gone) < 3:
            entry = ModifiedOccurrence(day, {"location": self.text()})
            choices += [{"deleted_occurrences": [*gone, day]}, {"modified_occurrences": [*changed, entry]}]
        return self.random.choice(choices)

    def review(self) -> Review:
        """The review in which all occurrences that are offered cross as single events."""
        review = Review.of(self.service.plan(Kind.CALENDAR, lambda p: None, lambda: False))
        return review.as_single_events(
            [row.id for row in review.rows() if row.offer is not None], "2026-11-23T08:00:00Z"
        )

    def run(self, review: Review) -> Any:
        return self.service.run(review, lambda p: None, lambda: False)

    def contents(self) -> tuple[Counter[str], Counter[str]]:
        """The subjects on both sides."""
        rows = self.sandbox.org.rows("Event")
        left = Counter(str(row["Subject"]) for row in rows if not row.get("IsRecurrence2"))
        right = Counter(str(i.native()["subject"]) for i in self.sandbox.mailbox.items(self.calendar))
        return left, right


def live(town: Town) -> None:
    """A few weeks, each with a sync; the promises after each."""
    for _ in range(3):
        for _ in range(town.random.randrange(1, 6)):
            town.live_in_somebodys_hands()
        review = town.review()
        if town.random.random() < 0.3:
            # somebody edits while the review is open
            town.live_in_somebodys_hands()
            town.run(review)
            review = town.review()
        for number, guard in enumerate(review.plan.guards):
            # what is suspected is let through in words: it would be offered again by the next plan
            review = review.confirm(number, str(guard.count))
        for row in review.rows():
            if row.state is State.UNDECIDED and town.random.random() < 0.5:
                review = review.choose([row.id], town.random.choice([Choice.TO_OUTLOOK, Choice.TO_SALESFORCE]))
        left, right = town.contents()
        report = town.run(review)
        assert report.clean, [r for r in report.rows if r.message]
        again = town.review()
        assert {r.action for r in again.rows()} <= {Action.NONE, Action.CONFLICT}, "promise 4"
        now_left, now_right = town.contents()
        if town.series:
            # one series may be many events across; what must hold is that a second sync has nothing to do
            assert town.sandbox.exchange.outbox == [], "promise 6"
            continue
        # nothing is doubled: no subject is on a side more often than it was on either
        for subject, n in now_left.items():
            assert n <= max(left[subject], right[subject]), subject
        for subject, n in now_right.items():
            assert n <= max(left[subject], right[subject]), subject
        assert town.sandbox.exchange.outbox == [], "promise 6"


@pytest.mark.parametrize("batch", range(BATCHES))
def test_random_weeks_keep_the_promises(batch: int, tmp_path: Path) -> None:
    for seed in range(batch, SCENARIOS, BATCHES):
        town = Town(seed, tmp_path / str(seed))
        try:
            live(town)
        except AssertionError as problem:
            raise AssertionError(f"seed {seed}: {problem}") from problem
        finally:
            town.close()


@pytest.mark.parametrize("batch", range(2))
def test_random_weeks_with_series_keep_the_promises(batch: int, tmp_path: Path) -> None:
    for seed in range(batch, SERIES, 2):
        town = Town(seed, tmp_path / str(seed), series=True)
        try:
            live(town)
        except AssertionError as problem:
            raise AssertionError(f"seed {seed}: {problem}") from problem
        finally:
            town.close()

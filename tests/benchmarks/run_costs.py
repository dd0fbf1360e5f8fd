"""What journal and verification add to a run: our own processor time per written row, reads, and bytes kept.

    python tests/benchmarks/run_costs.py [EVENTS]

A first sync of that many events on each side, then all of them are edited and synced again; over HTTP, with the real
client libraries. "Own" is the run's thread without what the libraries do; targets: 2 ms per row, one more read per 200
rows in Salesforce and per 50 in Outlook.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sync_core.items import Kind
from sync_core.journal import Journal, OpenRun
from sync_core.review import Review
from sync_core.run import Run
from sync_core.sandbox.running import Sandbox, start_sandbox
from sync_core.service import Service
from sync_core.settings.models import Settings
from sync_core.sides.outlook import OutlookSide
from sync_core.sides.salesforce import SalesforceSide
from sync_core.verify import Verifier

SPENT: Counter[str] = Counter()
READS = ("query", "queryAll", "GetItem", "FindItem")


def timed(owner: Any, name: str, part: str) -> None:
    """From now on a method's processor time is added to `part`."""
    real: Callable[..., Any] = getattr(owner, name)

    def measured(*args: Any, **more: Any) -> Any:
        started = time.thread_time()
        try:
            return real(*args, **more)
        finally:
            SPENT[part] += time.thread_time() - started

    setattr(owner, name, measured)


def measure() -> None:
    """Journal and memory, verification, and in the latter what the libraries of the sides need."""
    timed(Journal, "begin", "journal and memory")
    for name in ("sent", "answered", "end"):
        timed(OpenRun, name, "journal and memory")
    timed(Run, "_keep", "journal and memory")
    for name in ("before", "read_back"):
        timed(Verifier, name, "verification")
    for side in (SalesforceSide, OutlookSide):
        timed(side, "look", "libraries")


def fill(sandbox: Sandbox, events: int) -> None:
    """As many events on each side, an hour apart."""
    box, org = sandbox.mailbox, sandbox.org
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    for number in range(events):
        at = start + timedelta(hours=number % 2000)
        text = {"subject": f"From Outlook {number}", "location": "Room 4", "body": "What was agreed last time. " * 4}
        box.create(box.folder("calendar"), {**text, "start": at, "end": at + timedelta(hours=1)})
        values = {"Subject": f"From Salesforce {number}", "StartDateTime": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
        more = {"DurationInMinutes": 30, "Location": "York", "Description": "What was agreed last time. " * 4}
        org.create("Event", {**values, **more}, by=sandbox.user_id)


def edit(sandbox: Sandbox) -> None:
    """Everything is edited where it came from."""
    for row in sandbox.org.rows("Event"):
        if str(row["Subject"]).startswith("From Salesforce"):
            sandbox.org.update("Event", str(row["Id"]), {"Location": "Leeds"}, by=sandbox.user_id)
    box = sandbox.mailbox
    for item in box.items(box.folder("calendar")):
        if str(item.fields["subject"]).startswith("From Outlook"):
            box.update(item.id, {"location": "Room 12"})


def sync(service: Service, sandbox: Sandbox, name: str) -> None:
    """One sync, measured from Ok on."""
    review = Review.of(service.plan(Kind.CALENDAR, lambda p: None, lambda: False))
    for server in (sandbox.salesforce_server, sandbox.outlook_server):
        server.clear_log()
    SPENT.clear()
    report = service.run(review, lambda p: None, lambda: False)
    rows = len(report.rows)
    own = SPENT["journal and memory"] + SPENT["verification"] - SPENT["libraries"]
    print(f"{name}: {report.sentence}")
    print(f"  own processor time per row: {own / rows * 1000:.2f} ms", end="")
    print(f" (journal and memory {SPENT['journal and memory'] / rows * 1000:.2f};", end="")
    print(f" reading again in the libraries besides: {SPENT['libraries'] / rows * 1000:.2f})")
    for server in (sandbox.salesforce_server, sandbox.outlook_server):
        operations = Counter(server.operations())
        reads = sum(n for operation, n in operations.items() if any(word in operation for word in READS))
        print(f"  {server.side}: {reads} reads for {rows} rows; {', '.join(f'{n} {o}' for o, n in operations.items())}")


def kept(directory: Path, pairs: int) -> None:
    """Bytes of links and history."""
    sizes: Counter[str] = Counter()
    for path in directory.glob("*/cache.db"):
        with sqlite3.connect(path) as database:
            for key, size in database.execute("SELECT key, length(value) FROM Cache"):
                sizes["history" if str(key).startswith("record/run") else str(key).split("/")[0]] += size
        database.close()
    for what, runs in (("links", 1), ("history", 2)):
        print(f"{what}: {sizes[what] / pairs * 1000 / runs / 1000:,.0f} kB per 1,000 items{' and run' * (runs > 1)}")
    print(f"file: {sum(path.stat().st_size for path in directory.glob('*/cache.db')) / 1e6:.1f} MB")


def main(events: int) -> None:
    """Two syncs of one world."""
    measure()
    with tempfile.TemporaryDirectory() as directory, start_sandbox(world="empty") as sandbox:
        fill(sandbox, events)
        connection = {k: v for k, v in sandbox.connection().items() if k != "control"}
        settings = Settings.model_validate({"calendar": {"include": True}, "time_zone": "Europe/London", **connection})
        service = Service(settings, Path(directory))
        sync(service, sandbox, f"creates, {events} on each side")
        edit(sandbox)
        sync(service, sandbox, f"updates, {events} on each side")
        service.close()
        kept(Path(directory), 2 * events)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)

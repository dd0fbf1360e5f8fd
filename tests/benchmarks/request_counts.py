"""Requests made to each side for a first sync of 500 events, and for a second one with nothing to do.

    python tests/benchmarks/request_counts.py [EVENTS]

Counts what arrives at the sandbox's two servers, per operation; both client libraries are the real ones.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from sync_core.items import Kind
from sync_core.review import Review
from sync_core.sandbox.running import Sandbox, start_sandbox
from sync_core.service import Service
from sync_core.settings.models import Settings


def sync(service: Service) -> str:
    """Plans and runs what is recommended; the outcome in words."""
    plan = service.plan(Kind.CALENDAR, lambda p: None, lambda: False)
    review = Review.of(plan)
    if not review.counts().runnable:
        return f"nothing to do, {plan.in_sync} in step, {review.counts().undecided} undecided"
    return service.run(review, lambda p: None, lambda: False).sentence


def told(sandbox: Sandbox) -> None:
    """Prints what arrived since the last time."""
    for server in (sandbox.salesforce_server, sandbox.outlook_server):
        operations = Counter(server.operations())
        print(f"  {server.side:<10} {operations.total():>3} requests: ", end="")
        print(", ".join(f"{n} {name}" for name, n in operations.most_common()))
        server.clear_log()


def main(events: int) -> None:
    """Two syncs of one world."""
    with tempfile.TemporaryDirectory() as directory, start_sandbox(size=events) as sandbox:
        connection = {k: v for k, v in sandbox.connection().items() if k != "control"}
        settings = Settings.model_validate({"calendar": {"include": True}, "time_zone": "Europe/London", **connection})
        for number in ("first", "second"):
            service = Service(settings, Path(directory), clock=sandbox.world.clock)
            started = time.perf_counter()
            outcome = sync(service)
            print(f"{number} sync of {events} events on each side: {outcome} ({time.perf_counter() - started:.1f} s)")
            told(sandbox)
            service.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)

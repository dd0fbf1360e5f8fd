"""Time and memory of the pure part: pairing, compare and plan, beside vdirsyncer's own algorithm on as many items.

    python tests/benchmarks/plan_pairs.py [PAIRS ...]

Wall time in seconds, the median of five runs and the shortest in brackets; hashing of all contents is included, and
items are made anew for each run, so that no hash is remembered. vdirsyncer's column needs vdirsyncer in the same
environment (pip install vdirsyncer; handsync itself has no use for it): `vdirsyncer.sync.sync` between two storages in
memory, with its status in SQLite in memory. It carries its changes out, while a plan only says what would be done.

Memory is what links as read back from disk, the plan and all hashes take per pair, above the items of both sides, and
the most that it was while the plan was made (tracemalloc).
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import importlib.util
import json
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.build import CAL, OL, SF, event, question  # noqa: E402 (the path comes first)

from sync_core.compare import Baseline  # noqa: E402
from sync_core.decide import make_plan  # noqa: E402
from sync_core.items import Item, SideName, When  # noqa: E402
from sync_core.memory import entries  # noqa: E402
from sync_core.pairing import Link  # noqa: E402
from sync_core.plan import Plan, count  # noqa: E402
from sync_core.question import Question  # noqa: E402

RUNS = 5
CHANGED, IN_STEP, FIRST = "1 % changed", "nothing changed", "first sync, all equal"


def _start(number: int) -> tuple[int, int, int]:
    """Day, hour and minute of an event, so that not all are at once."""
    return number % 28 + 1, number // 28 % 12 + 8, number // 336 % 60


def _notes(number: int) -> str:
    return f"Agenda of meeting {number}. " * 10


def items(side: SideName, pairs: int, story: str) -> list[Item]:
    """The events of one side; as one of a hundred is changed, it is so in Salesforce."""
    made = []
    for n in range(pairs):
        day, hour, minute = _start(n)
        start = f"2026-12-{day:02}T{hour:02}:{minute:02}:00Z"
        moved = " moved" if story == CHANGED and side is SF and n % 100 == 0 else ""
        values = {"subject": f"Event {n}{moved}", "when": When(start, start[:11] + "23:30:00Z"), "notes": _notes(n)}
        made.append(event(side, f"{side.value[0]}{n:06}", **values))
    return made


def links(pairs: int) -> list[Link]:
    """What memory has of them: read back from its JSON, so that no text is shared with the items."""
    kept = []
    for here, there in zip(items(SF, pairs, IN_STEP), items(OL, pairs, IN_STEP), strict=True):
        link = Link(CAL, here.id, there.id, Baseline(here.fields, there.fields), "", "2026-11-16T09:00:00Z")
        kept.append(entries.link(CAL, json.loads(json.dumps(entries.link_data(link)))))
    return kept


def planned(asked: Question) -> Plan:
    """The plan, with all contents hashed and all rows counted."""
    plan = make_plan(asked)
    for picture in (asked.left, asked.right):
        for item in picture.reading.items:
            item.digest  # noqa: B018 (the hash is part of what is measured)
    count(plan.rows)
    return plan


def ours(pairs: int, story: str) -> float:
    """One run."""
    asked = question(items(SF, pairs, story), items(OL, pairs, story), [] if story == FIRST else links(pairs))
    started = time.perf_counter()
    plan = planned(asked)
    taken = time.perf_counter() - started
    assert count(plan.rows).runnable == {CHANGED: pairs // 100, IN_STEP: 0, FIRST: pairs}[story]
    return taken


def theirs(pairs: int, story: str) -> float:
    """One run of vdirsyncer's algorithm, with items of about the same size."""
    memory = importlib.import_module("vdirsyncer.storage.memory").MemoryStorage
    status_of: Any = importlib.import_module("vdirsyncer.sync.status").SqliteStatus
    item: Any = importlib.import_module("vdirsyncer.vobject").Item
    sync: Any = importlib.import_module("vdirsyncer.sync").sync

    def text(n: int, moved: str = "") -> str:
        day, hour, minute = _start(n)
        lines = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//bench//EN",
            "BEGIN:VEVENT",
            f"UID:bench-{n:06}@example.invalid",
            f"DTSTART:202612{day:02}T{hour:02}{minute:02}00Z",
            f"DTEND:202612{day:02}T233000Z",
            f"SUMMARY:Event {n}{moved}",
            "LOCATION:Room 4",
            f"DESCRIPTION:{_notes(n)}",
            "END:VEVENT",
            "END:VCALENDAR",
        ]
        return "\r\n".join(lines)

    async def run() -> float:
        a, b, status = memory(), memory(), status_of()
        for n in range(pairs):
            for storage in (a, b):
                await storage.upload(item(text(n)))
        if story != FIRST:
            await sync(a, b, status)
            for n in range(0, pairs if story == CHANGED else 0, 100):
                changed = item(text(n, " moved"))
                href = f"bench-{n:06}@example.invalid"
                await a.update(href, changed, a.items[href][0])
        for storage in (a, b):
            # nothing that was parsed or hashed before is remembered
            storage.items = {href: (etag, item(old.raw)) for href, (etag, old) in storage.items.items()}
        started = time.perf_counter()
        await sync(a, b, status)
        return time.perf_counter() - started

    return asyncio.run(run())


def memory_of(pairs: int) -> tuple[float, float]:
    """What is held in the end, and the most that was held, in bytes per pair."""
    lefts, rights = items(SF, pairs, CHANGED), items(OL, pairs, CHANGED)
    gc.collect()
    tracemalloc.start()
    asked = question(lefts, rights, links(pairs))
    gc.collect()
    tracemalloc.reset_peak()
    plan = planned(asked)
    held, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert plan.rows
    return held / pairs, most / pairs


def times(run: Callable[[int, str], float], pairs: int, story: str) -> str:
    """The median of some runs and the shortest, for the table."""
    taken = [run(pairs, story) for _ in range(RUNS)]
    return f"{statistics.median(taken):.3f} ({min(taken):.3f})"


def main() -> None:
    """Prints the table."""
    beside = importlib.util.find_spec("vdirsyncer") is not None
    print(f"{'pairs':>7}  {'':22}{'handsync':>16}" + (f"{'vdirsyncer':>18}" if beside else ""))
    for size in [int(a) for a in sys.argv[1:]] or [1000, 10_000]:
        for story in (CHANGED, IN_STEP, FIRST):
            other = f"{times(theirs, size, story):>18}" if beside else ""
            print(f"{size:>7}  {story:22}{times(ours, size, story):>16}{other}", flush=True)
        held, most = memory_of(size)
        print(f"{size:>7}  {'memory above the items':22} {held:.0f} bytes per pair, at most {most:.0f}", flush=True)
    if not beside:
        print("vdirsyncer is not installed here, so its column is left out: pip install vdirsyncer")


if __name__ == "__main__":
    main()

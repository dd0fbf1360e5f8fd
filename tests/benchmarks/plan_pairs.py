"""Time of the pure part: pairing, compare and plan of linked pairs of which one in a hundred changed.

    python tests/benchmarks/plan_pairs.py [PAIRS ...]

Prints the median of five runs for each size, hashing of all contents included, in seconds of wall time.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.build import left, link, question, right  # noqa: E402 (the path comes first)

from sync_core.decide import make_plan  # noqa: E402
from sync_core.items import When  # noqa: E402
from sync_core.plan import count  # noqa: E402
from sync_core.question import Question  # noqa: E402

RUNS = 5


def world(pairs: int) -> Question:
    """`pairs` linked events, every hundredth with another subject on one side."""
    lefts, rights, links = [], [], []
    for n in range(pairs):
        day, hour = n % 28 + 1, n // 28 % 12 + 8
        values = {
            "subject": f"Event {n}",
            "when": When(f"2026-12-{day:02}T{hour:02}:00:00Z", f"2026-12-{day:02}T{hour:02}:30:00Z"),
            "notes": f"Agenda of meeting {n}. " * 10,
        }
        lefts.append(left(f"L{n:06}", **(values | {"subject": f"Event {n} moved"} if n % 100 == 0 else values)))
        rights.append(right(f"R{n:06}", **values))
        links.append(link(f"L{n:06}", f"R{n:06}", **values))
    return question(lefts, rights, links)


def measure(pairs: int) -> float:
    """The median time of one plan, in seconds. Items are made anew for each run, so no hash is remembered."""
    times = []
    for _ in range(RUNS):
        asked = world(pairs)
        started = time.perf_counter()
        plan = make_plan(asked)
        for picture in (asked.left, asked.right):
            for item in picture.reading.items:
                item.digest  # noqa: B018 (the hash is part of what is timed)
        counts = count(plan.rows)
        times.append(time.perf_counter() - started)
        assert counts.writes == pairs // 100
        assert plan.in_sync == pairs - pairs // 100
    return statistics.median(times)


if __name__ == "__main__":
    for size in [int(a) for a in sys.argv[1:]] or [1000, 10_000]:
        print(f"{size:>7} pairs: {measure(size):.3f} s")

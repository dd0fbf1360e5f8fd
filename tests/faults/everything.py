"""Every fault and every edit at every point: `everything.py [PROCESS ...] [--only WORDS] [--jobs N]`."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]


def main() -> int:
    """Plays everything; prints what failed as it comes, and two lines per process. 1 when something did."""
    from faults.edits import edits, edits_of_many
    from faults.suite import injections, injections_of_many, known
    from sync_core.items import Kind

    words = argparse.ArgumentParser(description="Every fault and every edit at every point of a run.")
    words.add_argument("kinds", nargs="*", type=Kind, metavar="PROCESS", help="calendar, contacts, tasks")
    words.add_argument("--only", default="", metavar="WORDS", help="only those with these words in their description")
    words.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N")
    options = words.parse_args()
    failed = 0
    with ProcessPoolExecutor(options.jobs, multiprocessing.get_context("forkserver")) as pool:
        for kind in options.kinds or list(Kind):
            failed += _played(pool, f"faults: {kind.value}", injections(kind, known(kind)), options.only)
            undone = injections(kind, known(kind, undo=True), undo=True)
            failed += _played(pool, f"faults, taken back: {kind.value}", undone, options.only)
            failed += _played(pool, f"edits: {kind.value}", list(edits(kind)), options.only)
        if Kind.CALENDAR in (options.kinds or list(Kind)):
            many = injections_of_many(Kind.CALENDAR, known(Kind.CALENDAR, True))
            failed += _played(pool, "faults, many rows: calendar", many, options.only)
            failed += _played(pool, "edits, many rows: calendar", edits_of_many(Kind.CALENDAR), options.only)
    return 1 if failed else 0


def _played(pool: ProcessPoolExecutor, name: str, points: list[object], only: str) -> int:
    started = time.monotonic()
    chosen = [what for what in points if only in str(what)]
    tried = Counter(getattr(what, "fault", "") or getattr(what, "what", "") for what in chosen)
    wrong = 0
    for result in as_completed([pool.submit(play, what) for what in chosen]):
        for sentence in result.result():
            print(sentence, flush=True)
            wrong += 1
    parts = ", ".join(f"{fault} {number}" for fault, number in tried.items())
    took = time.monotonic() - started
    print(f"{name}: {len(chosen)} tried ({parts}), {wrong} failed, {took:.0f} s", flush=True)
    return wrong


def play(what: object) -> list[str]:
    """One point, in a process of the pool; a crash is a failure like any other."""
    from faults import edits
    from faults.suite import Injection, inject, known

    try:
        if isinstance(what, Injection):
            return inject(what, known(what.kind, what.many, what.undo))
        assert isinstance(what, edits.Edit)
        return edits.play(what)
    except Exception as problem:
        return [f"{what}: {type(problem).__name__}: {problem}"]


if __name__ == "__main__":
    sys.exit(main())

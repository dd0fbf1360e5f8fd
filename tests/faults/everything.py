"""Every fault at every point: `python tests/faults/everything.py [PROCESS ...] [--only FAULT] [--jobs N]`."""

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
    """Plays everything; prints what failed as it comes, and a line per kind. 1 when something did."""
    from faults.suite import injections, known
    from sync_core.items import Kind

    words = argparse.ArgumentParser(description="Every fault at every point of a run.")
    words.add_argument(
        "kinds", nargs="*", type=Kind, metavar="PROCESS", help="calendar, contacts, tasks; all unless given"
    )
    words.add_argument("--only", default="", metavar="FAULT", help="only faults with this in their name")
    words.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N")
    options = words.parse_args()
    failed = 0
    with ProcessPoolExecutor(options.jobs, multiprocessing.get_context("forkserver")) as pool:
        for kind in options.kinds or list(Kind):
            started = time.monotonic()
            found = [what for what in injections(kind, known(kind)) if options.only in what.fault]
            tried = Counter(what.fault for what in found)
            wrong = 0
            for result in as_completed([pool.submit(play, what) for what in found]):
                for sentence in result.result():
                    print(sentence, flush=True)
                    wrong += 1
            points = ", ".join(f"{fault} {number}" for fault, number in tried.items())
            took = time.monotonic() - started
            print(f"faults: {kind.value}: {sum(tried.values())} tried ({points}), {wrong} failed, {took:.0f} s")
            failed += wrong
    return 1 if failed else 0


def play(what: object) -> list[str]:
    """One injection, in a process of the pool; a crash is a failure like any other."""
    from faults.suite import Injection, inject, known

    assert isinstance(what, Injection)
    try:
        return inject(what, known(what.kind))
    except Exception as problem:
        return [f"{what}: {type(problem).__name__}: {problem}"]


if __name__ == "__main__":
    sys.exit(main())

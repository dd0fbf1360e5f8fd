"""Every fault at every point: `python tests/faults/everything.py [calendar|contacts|tasks ...] [--only FAULT]`."""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]


def main(names: list[str]) -> int:
    """Plays everything; prints what failed, and a line per kind. 1 when something did."""
    from faults.suite import inject, injections, undisturbed
    from sync_core.items import Kind

    only = names.pop(names.index("--only") + 1) if "--only" in names else ""
    names = [name for name in names if name != "--only"]
    failed = 0
    for kind in [Kind(name) for name in names] or list(Kind):
        started = time.monotonic()
        known = undisturbed(kind)
        tried: Counter[str] = Counter()
        wrong: list[str] = []
        for what in injections(kind, known):
            if only not in what.fault:
                continue
            tried[what.fault] += 1
            wrong += inject(what, known)
        for words in wrong:
            print(words)
        points = ", ".join(f"{fault} {number}" for fault, number in tried.items())
        took = time.monotonic() - started
        print(f"faults: {kind.value}: {sum(tried.values())} tried ({points}), {len(wrong)} failed, {took:.0f} s")
        failed += len(wrong)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

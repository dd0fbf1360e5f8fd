"""Every one of the 23 invariants is named, by number, by at least one test; the list of them stands here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[2]
SOURCES = [p for p in TESTS.rglob("*.py") if p != Path(__file__).resolve()]
INVARIANTS = {
    1: "Purity: a plan writes nothing, is deterministic, and does not depend on the order of listing.",
    2: "Totality: each live item and each link is in exactly one row.",
    3: "Mirror: swapping the sides mirrors every action.",
    4: "Locality: a row depends on its own pair and the global guards alone.",
    5: "Consent: what is written is what the approved rows say.",
    6: "No lost update: a version that was not in the plan is never overwritten or deleted.",
    7: "Convergence: with all rows decided and no failure, both sides and the baseline agree.",
    8: "No echo: right after a run the plan is empty, on servers that normalise what they store.",
    9: "Idempotence: running the same plan twice is running it once.",
    10: "Crash safety: cut off anywhere and started again, the end is the same and nothing is doubled.",
    11: "The baseline is never ahead of what a side confirmed.",
    12: "Deletion evidence: a delete needs a link, a complete listing and the item's own answer.",
    13: "Guards: a mass of deletes or changes waits for a typed yes.",
    14: "First run or lost memory: nothing is deleted or overwritten by default.",
    15: "Links are one to one; what is ambiguous is never paired by itself.",
    16: "Failure isolation: a failing row changes no other and comes again unchanged.",
    17: "Clock independence: shifting a server's clock changes no action.",
    18: "Capability: no operation where it is forbidden, whatever was chosen.",
    19: "A declined row stays quiet until a content changes.",
    20: "Foreign fields: an update touches mapped fields only; what does not fit blocks.",
    21: "Undo: what a write replaces is known in full, and can be put back.",
    22: "Single writer: a second run does nothing twice, a dead one never blocks the next.",
    23: "Nothing vanishes: each typed value is on a side, in a row that asks, or kept.",
}


@pytest.mark.parametrize("number", sorted(INVARIANTS))
def test_a_test_names_it(number):
    """A number that no test names is a promise that nobody keeps."""
    name = re.compile(rf"\binvariants? (?:\d+(?:, | and ))*{number}\b", re.IGNORECASE)
    found = [p.name for p in SOURCES if name.search(p.read_text(encoding="utf-8"))]
    assert any(f.startswith("test_") for f in found), f"no test names invariant {number}: {INVARIANTS[number]}"

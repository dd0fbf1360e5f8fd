"""How many random values a property is tried with, and whether they are the same each time."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import Phase, settings

# the same values each time, so that a change is judged by itself and not by luck; PROOF_RANDOM=1 looks for new ones
ALWAYS_THE_SAME = "PROOF_ALWAYS_THE_SAME" in os.environ or "PROOF_RANDOM" not in os.environ


def profile(examples: int, **more: Any) -> settings:
    """Settings for so many examples; `more` as hypothesis has it."""
    run = settings(max_examples=examples, deadline=None, report_multiple_bugs=False, **more)
    return settings(run, derandomize=True, database=None, phases=[Phase.generate]) if ALWAYS_THE_SAME else run

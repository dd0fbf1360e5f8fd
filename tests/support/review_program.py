"""A process that shows the Summary of a made-up plan on the terminal it is started on, and nothing else.

    python tests/support/review_program.py [ROWS] [--still] [--crash]

With ROWS the plan has so many rows, of all sorts, with subjects as people write them; without it is the Monday of the
screens' tests, in which everything occurs. `--still` never lets the details follow the cursor, and `--crash` puts a
fault of our own behind the key "!".
"""

from __future__ import annotations

import importlib.util
import random
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS)]

from sync_core.items import SideName, When  # noqa: E402  # the path comes first
from sync_core.plan import Plan, Situation  # noqa: E402
from sync_core.review import Review  # noqa: E402

SUBJECTS = (
    "Quarterly review with Northwind",
    "Budget 2027",
    "Site visit, Leeds",
    "Call David Amory back about the offer",
    "Stand-up",
    "Workshop with Castellan Pumps: requirements and next steps",
    "1:1 Priya",
    "Trade fair, Perth",
    "Service contract, Thistle Foods",
    "Interview, second round",
)
PLACES = ("Room 1", "Room 12", "York", "online", "Castle Street 4, Leeds")


def samples() -> ModuleType:
    """The plans made by hand for the screens' tests."""
    spec = importlib.util.spec_from_file_location("sample_plans", TESTS / "tui" / "sample_plans.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def busy(size: int) -> Plan:
    """A plan of `size` rows over a year, always the same for a size: two thirds changed on one side."""
    rng, made = random.Random(size), samples()
    b = made.Builder()
    for number in range(size):
        day = (date(2026, 11, 1) + timedelta(days=number * 380 // size)).isoformat()
        hour = 8 + number % 9
        when = When(f"{day}T{hour:02}:00:00Z", f"{day}T{hour + 1:02}:00:00Z")
        later = When(f"{day}T{hour:02}:30:00Z", f"{day}T{hour + 1:02}:30:00Z")
        old = made.fields(f"{rng.choice(SUBJECTS)} {number}", when, location=rng.choice(PLACES))
        change: dict[str, Any] = rng.choice([{"location": rng.choice(PLACES)}, {"when": later}, {"subject": "Moved"}])
        match rng.randrange(12):
            case 0:
                b.single(Situation.NEW, SideName.SALESFORCE, old, "new in Salesforce, not in Outlook")
            case 1:
                b.single(Situation.NEW, SideName.OUTLOOK, old, "new in Outlook, not in Salesforce")
            case 2:
                both = ({"location": "Room 4"}, {"location": "Room 5"})
                b.pair(Situation.CONFLICT, old, *both, "location changed on both sides")
            case 3:
                gone = "deleted in Salesforce"
                b.single(Situation.GONE, SideName.OUTLOOK, old, gone, before=old)
            case turn:
                sides = (change, {}) if turn % 2 else ({}, change)
                b.pair(
                    Situation.CHANGED, old, *sides, f"{next(iter(change))} changed since the last sync on 16 Nov 2026"
                )
    return made.plan(b.rows)


def main(arguments: list[str]) -> int:
    """Shows the summary as `handsync` shows its first screen, until it is left; the exit code."""
    from textual.binding import Binding
    from textual.screen import Screen

    from tui import app as program
    from tui.__main__ import main as handsync
    from tui.screens.summary import SummaryScreen
    from tui.screens.summary_review import ReviewPane

    made = samples()
    rows = next((int(word) for word in arguments if word.isdigit()), 0)
    review = Review.of(busy(rows) if rows else made.monday())
    now = datetime(2026, 11, 23, 8, 2, tzinfo=UTC)

    class Reviewing(program.HandsyncApp):
        """The program with the summary in the place of Home."""

        CSS_PATH = "app.tcss"
        BINDINGS = [Binding("exclamation_mark", "crash")] if "--crash" in arguments else []  # as Textual declares it

        def get_default_screen(self) -> Screen[Any]:
            return Screen()

        def on_ready(self) -> None:
            self.push_screen(SummaryScreen([review], made.ZONE, made.TODAY, now=lambda: now), lambda _: self.exit(0))

        def action_crash(self) -> None:
            secret = "hush-hush"
            raise ValueError(f"a fault of {len(secret)}")

    Reviewing.CSS_PATH = [str(Path(program.__file__).with_name("app.tcss"))]
    if "--still" in arguments:
        ReviewPane.REST = 3600
    program.HandsyncApp = Reviewing  # type: ignore[misc]
    return handsync([])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What Home says: directions, and what to press next."""

from __future__ import annotations

from datetime import date
from itertools import chain, combinations

import pytest

from sync_core.items import Kind, SideName
from sync_core.remembered import LastRun
from sync_core.settings.models import CalendarJob, Settings
from tui import home_words
from tui.home_words import Now
from tui.words import OPERATIONS, Prevented

SUBSETS = [frozenset(c) for c in chain.from_iterable(combinations(OPERATIONS, n) for n in range(4))]
VERBS = {"create": "create", "update": "change", "delete": "delete"}
TODAY = date(2026, 11, 22)


@pytest.mark.parametrize("salesforce", SUBSETS)
@pytest.mark.parametrize("outlook", SUBSETS)
def test_what_a_process_may_do(salesforce: frozenset[str], outlook: frozenset[str]) -> None:
    """The arrow points to every side that may be written to, and each side says what may happen there."""
    prevented = Prevented(salesforce, outlook)
    said = home_words.may(prevented)
    assert ("◂" in said) is not prevented.shut(SideName.SALESFORCE)
    assert ("▸" in said) is not prevented.shut(SideName.OUTLOOK)
    assert said.startswith(("◂-▸ both ways", "-▸ to Outlook only", "◂- to Salesforce only", ". compares only"))
    able = [
        [VERBS[one] for one in OPERATIONS if one not in prevented.on(side)]
        for side in SideName
        if not prevented.shut(side)
    ]
    for found in able:
        assert ", ".join(found) in said or (len(found) == 3 and ": all" in said)
    assert home_words.may(Prevented(outlook, salesforce)).count(",") == said.count(",")


def test_a_process_that_is_on() -> None:
    job = CalendarJob(include=True, prevent_outlook=["delete"], private=True)
    lines = home_words.process(Kind.CALENDAR, Settings(calendar=job), None, "Europe/London", TODAY)
    assert [(line.label, line.words) for line in lines] == [
        ("ON", "◂-▸ both ways   Salesforce: all   Outlook: create, change"),
        ("for", "23 Oct 2026 – 22 Nov 2027, private items too"),
        ("last", "never run"),
    ]


def test_a_process_that_is_off_tells_of_its_last_run() -> None:
    last = LastRun("2026-11-20T16:02:00Z", "12 done")
    lines = home_words.process(Kind.TASKS, Settings(), last, "Europe/London", TODAY)
    assert [(line.label, line.words) for line in lines] == [
        ("off", "Space leads to where it is switched on"),
        ("last", "Fri 20 Nov 16:02: 12 done"),
    ]


def test_manual_sync() -> None:
    assert "".join(home_words.manual([])) == "Manual sync is OFF: no process is switched on."
    assert "".join(home_words.manual(list(Kind))) == "Manual sync is ON for Calendar, Contacts and Tasks."


ON = [Kind.CALENDAR]


@pytest.mark.parametrize(
    ("now", "key"),
    [
        (Now([], []), "c"),
        (Now([], [], cut_off=True), "c"),
        (Now(ON, ON), "s"),
        (Now(ON, []), "Space"),
        (Now(ON, ON, kept=True), "e"),
        (Now(ON, ON, kept=True, broken=[SideName.OUTLOOK]), "c"),
        (Now(ON, ON, kept=True, cut_off=True), "f"),
    ],
)
def test_what_to_press_next(now: Now, key: str) -> None:
    """What stands in the way comes first. It fits the line of a small terminal."""
    pressed, what = home_words.next_step(now)
    assert pressed == key
    assert len(f"Next: {pressed} {what}") <= 77 or now.broken

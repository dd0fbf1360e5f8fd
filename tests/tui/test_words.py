"""What settings mean, in words."""

from __future__ import annotations

from datetime import date
from itertools import chain, combinations

import pytest

from sync_core.items import Kind, SideName
from sync_core.settings.models import Settings
from tui import words

ALL = frozenset(words.OPERATIONS)
SUBSETS = [frozenset(c) for c in chain.from_iterable(combinations(words.OPERATIONS, n) for n in range(4))]


def prevented(salesforce: str = "", outlook: str = "") -> words.Prevented:
    """From first letters: "cd" is create and delete."""
    by_letter = {name[0]: name for name in words.OPERATIONS}
    return words.Prevented(frozenset(by_letter[x] for x in salesforce), frozenset(by_letter[x] for x in outlook))


@pytest.mark.parametrize(
    ("salesforce", "outlook", "sentence"),
    [
        ("", "", "Changes flow both ways, between Salesforce and Outlook."),
        ("d", "", "Changes flow both ways, between Salesforce and Outlook. Nothing is deleted from Salesforce."),
        (
            "",
            "cd",
            "Changes flow both ways, between Salesforce and Outlook. Nothing is created in Outlook or deleted from it.",
        ),
        (
            "u",
            "d",
            (
                "Changes flow both ways, between Salesforce and Outlook. "
                "Nothing is changed in Salesforce and nothing is deleted from Outlook."
            ),
        ),
        ("cud", "", "Changes flow one way, from Salesforce to Outlook; Salesforce is never written to."),
        (
            "d",
            "cud",
            (
                "Changes flow one way, from Outlook to Salesforce; Outlook is never written to. "
                "Nothing is deleted from Salesforce."
            ),
        ),
        ("cud", "cud", "Every operation is prevented on both sides: a sync only compares, and writes nothing."),
    ],
)
def test_the_sentence_about_the_flow(salesforce: str, outlook: str, sentence: str) -> None:
    assert words.flow(prevented(salesforce, outlook)) == sentence


@pytest.mark.parametrize("left", SUBSETS)
@pytest.mark.parametrize("right", SUBSETS)
def test_the_sides_are_mirror_images(left: frozenset[str], right: frozenset[str]) -> None:
    here, there = words.Prevented(left, right), words.Prevented(right, left)
    # what the sentence says of a side that may be written to, it says of that side's mirror image
    for side in SideName:
        if not here.shut(side) and (limit := words.never(side, here.on(side))):
            assert limit.lower() in words.flow(here).lower()
            assert words.never(side.other, here.on(side)).lower() in words.flow(there).lower()


def test_reach() -> None:
    today = date(2026, 11, 22)
    settings = Settings()
    assert words.reach(Kind.CONTACTS, settings, today) == "all your contacts"
    settings.salesforce.contacts = "all"
    assert words.reach(Kind.CONTACTS, settings, today) == "all contacts you can see"
    assert words.reach(Kind.TASKS, settings, today) == "due 23 Oct 2026 – 22 Nov 2027 or undated"


def test_days_labels() -> None:
    assert [words.days_label(n) for n in (0, 1, 30)] == ["none", "1 day", "30 days"]


def test_sides_are_named_as_people_name_them() -> None:
    assert words.never(SideName.OUTLOOK, ALL) == "nothing is created or changed in Outlook or deleted from it"
    assert words.variable("calendar", "past_days") == "HANDSYNC_CALENDAR__PAST_DAYS"

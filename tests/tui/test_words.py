"""What settings mean, in words."""

from __future__ import annotations

from datetime import date
from itertools import chain, combinations

import pytest

from sync_core.items import Kind, SideName
from sync_core.settings.models import Settings, SyncJob
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
    swap = {"Salesforce": "Outlook", "Outlook": "Salesforce"}
    assert words.direction(there) == " ".join(swap.get(word, word) for word in words.direction(here).split(" "))
    # what the sentence says of a side that may be written to, it says of that side's mirror image
    for side in SideName:
        if not here.shut(side) and (limit := words.never(side, here.on(side))):
            assert limit.lower() in words.flow(here).lower()
            assert words.never(side.other, here.on(side)).lower() in words.flow(there).lower()


def test_the_summary_of_a_job() -> None:
    today = date(2026, 11, 22)
    job = SyncJob(include=True, prevent_outlook=["delete"], private=True)
    assert words.summary(Kind.CALENDAR, Settings(calendar=job), today) == [
        "both ways, 23 Oct 2026 – 22 Nov 2027, private items too",
        "nothing is deleted from Outlook",
    ]
    shut = SyncJob(include=True, prevent_outlook=["create", "update", "delete"], past_days=0, future_days=1)
    assert words.summary(Kind.CALENDAR, Settings(calendar=shut), today) == [
        "one way, from Outlook to Salesforce, 22 Nov 2026 – 23 Nov 2026, private items stay out"
    ]


def test_contacts_have_no_days_and_tasks_are_due_in_them() -> None:
    today = date(2026, 11, 22)
    settings = Settings()
    assert words.summary(Kind.CONTACTS, settings, today) == [
        "both ways, all your contacts, private items stay out",
        "nothing is deleted from Salesforce",
    ]
    settings.salesforce.contacts = "all"
    assert words.reach(Kind.CONTACTS, settings, today) == "all contacts you can see"
    assert words.summary(Kind.TASKS, settings, today) == [
        "both ways, due 23 Oct 2026 – 22 Nov 2027 or undated, private items stay out"
    ]


def test_days_labels() -> None:
    assert [words.days_label(n) for n in (0, 1, 30)] == ["none", "1 day", "30 days"]


def test_sides_are_named_as_people_name_them() -> None:
    assert words.never(SideName.OUTLOOK, ALL) == "nothing is created or changed in Outlook or deleted from it"
    assert words.variable("calendar", "past_days") == "HANDSYNC_CALENDAR__PAST_DAYS"

"""What a choice comes to: what is written where, what is kept from happening and why, and what to know beforehand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.build import OL, SF, gone, item, left, link, only, picture, plan, right

from sync_core.effects import Allowed, allowed, remarked, remarks
from sync_core.items import Kind, SideName
from sync_core.plan import Action, Choice, Effect, Guard, Row, State
from sync_core.sides import Operation

PREVENTED = "updating there is prevented"


def merge() -> Row:
    """A row of which Salesforce changed the location, and Outlook the notes."""
    row = only(plan([left(location="York")], [right(notes="Other.")], [link()]))
    assert row.action is Action.MERGE
    return row


@pytest.mark.parametrize(
    ("shut", "effect"),
    [
        (OL, Effect(Action.UPDATE_IN_SALESFORCE, to_left={"notes": "Other."})),
        (SF, Effect(Action.UPDATE_IN_OUTLOOK, to_right={"location": "York"})),
    ],
)
def test_a_merge_of_which_one_half_is_prevented_does_the_other_and_says_why(shut: SideName, effect: Effect) -> None:
    row = replace(merge(), blocks={(shut, Operation.UPDATE): PREVENTED})
    assert allowed(row) == Allowed(effect, State.READY, (PREVENTED,))
    assert (row.action, row.why_not) == (effect.action, PREVENTED)


def test_a_merge_of_which_both_halves_are_prevented_says_all_that_stands_against_it_from_left_to_right() -> None:
    blocks = {(OL, Operation.UPDATE): "not in Outlook", (SF, Operation.UPDATE): "not in Salesforce"}
    row = replace(merge(), blocks=blocks)
    assert allowed(row) == Allowed(Effect(Action.NONE), State.PREVENTED, ("not in Salesforce", "not in Outlook"))
    assert row.why_not == "not in Salesforce; not in Outlook"
    # the same reason is said once
    row = replace(row, blocks=dict.fromkeys(blocks, PREVENTED))
    assert row.why_not == PREVENTED


def test_what_a_guard_holds_back_says_that_it_waits_for_a_person() -> None:
    guard = Guard(OL, Operation.DELETE, 12, 20)
    row = only(plan(picture(SF, [], gone("L1")), picture(OL, [right()]), [link()]))
    assert row.action is Action.DELETE_FROM_OUTLOOK
    held = replace(row, held=guard)
    assert allowed(held) == Allowed(Effect(Action.NONE), State.PREVENTED, (guard.sentence,))
    assert held.why_not == guard.sentence


def test_a_row_that_changed_after_it_was_decided_asks_about_the_fields_that_are_open() -> None:
    row = only(plan([left(location="York")], [right(location="Leeds")], [link()]))
    for one in (row, replace(row, outdated="use Salesforce")):
        now = allowed(one)
        assert (now.state, now.effect.action) == (State.UNDECIDED, Action.CONFLICT)
        assert now.effect.undecided == {"location"}
    # nothing of an update is open, and yet nothing of it happens
    update = replace(only(plan([left(location="York")], [right()], [link()])), outdated="do nothing this time")
    assert allowed(update).effect == Effect(Action.CONFLICT)
    # what a person chooses now is the answer
    assert allowed(update, Choice.RECOMMENDED).effect.action is Action.UPDATE_IN_OUTLOOK


# ---- what to know beforehand


def test_formatting_is_lost_where_notes_go_to_outlook_and_only_there() -> None:
    words = "the formatting of the notes in Outlook is lost, as Salesforce has plain text"
    formatted = replace(right(), formatted=True)
    row = only(plan([left(notes="new")], [formatted], [link()]))
    assert remarks(row) == (words,)
    assert remarked(row).reason == f"{row.reason}; {words}"
    assert remarks(row, Choice.TO_SALESFORCE) == remarks(row, Choice.NOTHING) == ()
    elsewhere = only(plan([left(location="York")], [formatted], [link()]))
    assert (remarks(elsewhere), remarked(elsewhere)) == ((), elsewhere)
    plain = only(plan([left(notes="new")], [right()], [link()]))
    assert remarks(plain) == ()


@pytest.mark.parametrize("kind", [Kind.CONTACTS, Kind.TASKS])
def test_what_is_private_in_outlook_is_seen_by_colleagues_in_salesforce(kind: Kind) -> None:
    private = replace(item(kind, OL, "R1"), private=True)
    row = only(plan([], [private], kind=kind))
    new = replace(row, blocks={})
    assert new.action is Action.CREATE_IN_SALESFORCE
    assert remarks(new) == ("it is private in Outlook, and Salesforce has no such flag: colleagues may see it there",)
    assert remarks(replace(new, right=replace(private, private=False))) == ()
    # what is there already is seen already, and what does not cross is not
    assert remarks(new, Choice.NOTHING) == ()


def test_a_private_event_is_private_on_both_sides() -> None:
    row = replace(only(plan([], [replace(right(private=True), private=True)])), blocks={})
    assert row.action is Action.CREATE_IN_SALESFORCE
    assert remarks(row) == ()


def test_what_a_side_says_beforehand_comes_first_and_all_of_it_is_told() -> None:
    row = only(plan([left(notes="new")], [replace(right(), formatted=True)], [link()]))
    warned = replace(row, remarks={(OL, Operation.UPDATE): "it is slow today", (OL, Operation.DELETE): "never said"})
    first, second = remarks(warned)
    assert (first, second.startswith("the formatting")) == ("it is slow today", True)
    assert remarked(warned).reason == f"{row.reason}; {first}; {second}"

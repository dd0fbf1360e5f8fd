"""What a choice comes to: what is written where, what is kept from happening and why, and what to know beforehand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from support.build import OL, SF, gone, item, left, link, link_of, only, picture, plan, right

from sync_core.effects import Allowed, allowed, remarked, remarks, results
from sync_core.items import Kind, SideName, When
from sync_core.plan import Action, Choice, Effect, FieldChoice, Guard, Row, State
from sync_core.recurrence import ChangedOccurrence, Exceptions
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


def test_a_conflict_with_every_way_out_of_it_shut_says_what_shuts_them() -> None:
    row = only(plan([left(location="York")], [right(location="Leeds")], [link()]))
    shut = replace(row, blocks={(SF, Operation.UPDATE): "not here", (OL, Operation.UPDATE): "not there"})
    assert allowed(shut) == Allowed(Effect(Action.NONE), State.PREVENTED, ("not here", "not there"))
    same = replace(row, blocks=dict.fromkeys(shut.blocks, PREVENTED))
    assert same.why_not == PREVENTED
    # one way out is enough to ask
    for side in SideName:
        one = replace(row, blocks={(side, Operation.UPDATE): PREVENTED})
        assert (one.state, one.why_not) == (State.UNDECIDED, "")


# ---- what will be there afterwards


def test_what_will_be_there_is_told_of_what_is_decided_and_of_what_will_be_written() -> None:
    """Of a conflict that is the fields that nobody has to decide; of a merge with one half shut it is the other one."""
    row = only(plan([left(location="York", show_as="free")], [right(location="Leeds", notes="Other.")], [link()]))
    assert row.state is State.UNDECIDED
    assert results(row) == {"notes": "Other.", "show_as": "free"}
    shut = replace(merge(), blocks={(OL, Operation.UPDATE): PREVENTED})
    assert results(shut) == {"notes": "Other."}
    assert results(merge()) == {"notes": "Other.", "location": "York"}
    # what has become the same on both sides is there already
    same = only(plan([left(location="York", notes="new")], [right(location="York")], [link()]))
    assert results(same) == {"location": "York", "notes": "new"}


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


WEEKLY = When("2026-11-24T15:00:00Z", "2026-11-24T16:00:00Z", False, "FREQ=WEEKLY;BYDAY=TU;COUNT=3", "Europe/London")


def with_occurrence(**own: str) -> str:
    """The exceptions of a series of which one occurrence is later, with fields of its own."""
    start, end = datetime(2026, 12, 1, 18, tzinfo=UTC), datetime(2026, 12, 1, 19, tzinfo=UTC)
    return Exceptions((), (ChangedOccurrence(date(2026, 12, 1), start, end, tuple(own.items())),)).text


@pytest.mark.parametrize(
    ("own", "formatted", "lost"),
    [
        ({"notes": "Bring the figures of May."}, True, True),
        ({"location": "York"}, True, False),
        ({"notes": "Bring the figures of May."}, False, False),
    ],
)
def test_formatting_is_lost_in_occurrences_that_get_notes_of_their_own(
    own: dict[str, str], formatted: bool, lost: bool
) -> None:
    here = left(series=True, when=WEEKLY, exceptions=with_occurrence(**own))
    there = replace(right(series=True, when=WEEKLY, exceptions=""), formatted=formatted)
    row = only(plan([here], [there], [link(when=WEEKLY, exceptions="")]))
    assert row.action is Action.UPDATE_IN_OUTLOOK
    words = "the formatting of the notes of single occurrences is lost, as Salesforce has plain text"
    assert (words in remarks(row)) is lost
    # an occurrence that Outlook has so already gets nothing
    known = replace(row, right=replace(there, fields={**there.fields, "exceptions": here.fields["exceptions"]}))
    assert words not in remarks(known)
    # what is no list of occurrences tells nothing, and harms nothing
    broken = replace(row, right=replace(there, fields={**there.fields, "exceptions": "none"}))
    assert words not in remarks(broken)


def test_a_choice_that_salesforce_does_not_have_is_told_where_it_crosses() -> None:
    there = replace(item(Kind.TASKS, OL, "R1", status="in_progress"), unmapped=(("status", "Half way"),))
    words = "“Half way” in Outlook is in progress in Salesforce, which has no such choice"
    new = only(plan([], [there], kind=Kind.TASKS))
    assert (new.action, remarks(new)) == (Action.CREATE_IN_SALESFORCE, (words,))
    assert remarks(new, Choice.NOTHING) == ()
    here = item(Kind.TASKS, SF, "L1", status="not_started")
    changed = only(plan([here], [there], [link_of(Kind.TASKS)], kind=Kind.TASKS))
    assert (changed.action, remarks(changed)) == (Action.UPDATE_IN_SALESFORCE, (words,))
    # a person chose something else for it
    typed = replace(changed, by_field={"status": FieldChoice(None, "completed")})
    assert words not in remarks(typed)
    # it stays where it is: another field crosses, or it goes the other way
    subject = only(
        plan([here], [replace(there, fields={**here.fields, "subject": "B"})], [link_of(Kind.TASKS)], kind=Kind.TASKS)
    )
    assert (subject.action, remarks(subject)) == (Action.UPDATE_IN_SALESFORCE, ())
    assert remarks(changed, Choice.TO_OUTLOOK) == ()


@pytest.mark.parametrize(
    ("status", "percent", "said"),
    [
        ("completed", 40, ("with the status Outlook sets percent complete from 40 to 100",)),
        ("not_started", 40, ("with the status Outlook sets percent complete from 40 to 0",)),
        ("in_progress", 40, ()),
        ("completed", 0, ()),
        ("completed", 100, ()),
        ("completed", None, ()),
        ("completed", 1, ("with the status Outlook sets percent complete from 1 to 100",)),
        ("completed", 99, ("with the status Outlook sets percent complete from 99 to 100",)),
    ],
)
def test_how_much_is_done_goes_with_the_status(status: str, percent: int | None, said: tuple[str, ...]) -> None:
    before = "waiting"
    here = item(Kind.TASKS, SF, "L1", status=status)
    there = replace(item(Kind.TASKS, OL, "R1", status=before), percent=percent)
    row = only(plan([here], [there], [link_of(Kind.TASKS, status=before)], kind=Kind.TASKS))
    assert (row.action, remarks(row)) == (Action.UPDATE_IN_OUTLOOK, said)
    # another field leaves it alone
    other = only(plan([item(Kind.TASKS, SF, "L1", subject="B")], [replace(item(Kind.TASKS, OL, "R1"), percent=percent)],
                      [link_of(Kind.TASKS)], kind=Kind.TASKS))  # fmt: skip
    assert (other.action, remarks(other)) == (Action.UPDATE_IN_OUTLOOK, ())

"""A plan's own values: names of rows, counts, words that are added to a row, and the fields that travel both ways."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.build import CAL, OL, SF, fields_of, gone, left, link, only, picture, plan, right

from sync_core.actions import FieldChoice
from sync_core.compare import Baseline, FieldChange, Verdict
from sync_core.items import Kind, SideName, Value
from sync_core.plan import (
    Action,
    Choice,
    Counts,
    Guard,
    Ignore,
    IgnoreMode,
    Offer,
    Row,
    Singles,
    Situation,
    count,
    field_label,
    row_id,
    saying,
)
from sync_core.sides import Operation


def test_the_name_of_a_row_is_the_same_for_ever_and_fits_any_id() -> None:
    """Memory and plan files hold it: another way to make it would lose every ignore."""
    assert row_id(CAL, "L1", "R1") == "7970173e7bc4"
    assert (
        len({row_id(kind, *ids) for kind in Kind for ids in (("L1", "R1"), ("L1", ""), ("", "L1"), ("R1", "L1"))}) == 12
    )
    # a lone half of a pair of code units is no text that can be encoded, and a foreign id may have it
    assert row_id(CAL, "\ud800", "") != row_id(CAL, "\ud801", "")


@pytest.mark.parametrize(
    ("before", "words", "after"),
    [
        ({}, "one", {(OL, Operation.CREATE): "one"}),
        ({(OL, Operation.CREATE): "one"}, "two", {(OL, Operation.CREATE): "one; two"}),
        ({(OL, Operation.CREATE): "one"}, "", {(OL, Operation.CREATE): "one"}),
        (
            {(SF, Operation.CREATE): "there", (OL, Operation.UPDATE): "then"},
            "one",
            {(SF, Operation.CREATE): "there", (OL, Operation.UPDATE): "then", (OL, Operation.CREATE): "one"},
        ),
    ],
)
def test_one_more_sentence_goes_to_its_side_and_operation(
    before: dict[tuple[SideName, Operation], str], words: str, after: dict[tuple[SideName, Operation], str]
) -> None:
    row = Row("r", CAL, Situation.NEW, "why", None, None, remarks=before)
    assert saying(row, OL, Operation.CREATE, words) == replace(row, remarks=after)


def test_rows_are_counted_by_what_would_happen_to_them() -> None:
    new = only(plan([left()], []))
    link_row = only(plan([left()], [right()]))
    conflict = only(plan([left(subject="A")], [right(subject="B")], [link()]))
    away = only(plan([left()], picture(OL, []), [link()]))
    deleted = only(plan(picture(SF, [], gone("L1")), [right()], [link()]))
    shut = replace(new, blocks={(OL, Operation.CREATE): "prevented"})
    once, forever = (replace(new, ignored=Ignore("", mode, "", "")) for mode in IgnoreMode)
    rows = [new, new, link_row, conflict, conflict, conflict, away, away, deleted, shut, shut, once, once, forever]
    counts = count(rows)
    assert {action: n for action, n in counts.actions.items() if n} == {
        Action.CREATE_IN_OUTLOOK: 2,
        Action.LINK: 1,
        Action.CONFLICT: 3,
        Action.DELETE_FROM_OUTLOOK: 1,
    }
    assert set(counts.actions) == set(Action)
    assert (counts.prevented, counts.ignored, counts.out_of_range, counts.in_sync) == (2, 3, 2, 0)
    assert (counts.writes, counts.runnable, counts.undecided) == (3, 4, 3)
    more = count(rows, in_sync=5, out_of_range=7)
    assert (more.in_sync, more.out_of_range) == (5, 9)
    assert count([]) == Counts(dict.fromkeys(Action, 0), 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("kind", "name", "label"),
    [(Kind.CALENDAR, "when", "when"), (Kind.CALENDAR, "show_as", "show as"), (Kind.TASKS, "due", "due")],
)
def test_fields_have_a_label(kind: Kind, name: str, label: str) -> None:
    assert field_label(kind, name) == label


def test_a_row_is_called_by_what_is_there_or_was() -> None:
    assert only(plan([left(subject="Ours")], [right(subject="Theirs")], [link()])).title == "Ours"
    row = Row("r", CAL, Situation.GONE, "", None, right(subject="Theirs"), Baseline({"subject": "Old"}, {}))
    assert row.title == "Theirs"
    assert replace(row, right=None).title == "Old"
    assert replace(row, right=None, baseline=Baseline({}, {"subject": "Older"})).title == "Older"
    assert (
        replace(row, right=None, baseline=Baseline({}, {})).title == Row("r", CAL, row.situation, "", None, None).title
    )
    assert (row.item(SF), row.item(OL)) == (None, row.right)


def test_a_person_of_whom_only_memory_knows_is_called_by_name_and_one_without_a_name_by_none() -> None:
    known = Baseline({}, fields_of(Kind.CONTACTS))
    gone_row = Row("r", Kind.CONTACTS, Situation.GONE_BOTH, "", None, None, known)
    assert gone_row.title == "Priya Shah"
    nameless = [replace(gone_row, kind=kind, baseline=Baseline({}, {})).title for kind in Kind]
    assert nameless == ["(no subject)", "(no name)", "(no subject)"]


def test_what_is_recommended_stays_beside_what_was_chosen_and_what_is_ignored() -> None:
    row = only(plan([left(subject="New")], [right()], [link()]))
    for other in (
        replace(row, choice=Choice.NOTHING),
        replace(row, choice=Choice.TO_SALESFORCE),
        replace(row, by_field={"subject": FieldChoice(OL)}),
        replace(row, ignored=Ignore("", IgnoreMode.FOREVER, "", "")),
    ):
        assert (other.recommended, other.action) != (other.recommended, Action.UPDATE_IN_OUTLOOK)
        assert other.recommended is Action.UPDATE_IN_OUTLOOK


@pytest.mark.parametrize("half", [("L1", ""), ("", "R1"), ("L1", "R1"), ("", "")])
def test_a_row_is_linked_by_either_id(half: tuple[str, str]) -> None:
    row = Row("r", CAL, Situation.NEW, "", None, None, link_ids=half)
    assert row.linked is (half != ("", ""))


def test_a_row_is_quiet_when_nothing_happens_and_nothing_stands_in_the_way() -> None:
    alike = only(plan([left(subject="New")], [right(subject="New")], [link()]))
    new = only(plan([left()], []))
    assert (alike.quiet, new.quiet) == (True, False)
    # what a person chose is shown, also where it is that nothing shall happen
    assert not replace(new, choice=Choice.NOTHING).quiet
    assert not replace(alike, by_field={"subject": FieldChoice(SF)}).quiet
    assert not replace(new, blocks={(OL, Operation.CREATE): "prevented"}).quiet


def test_what_stands_in_the_way_is_said_once_and_in_one_line() -> None:
    row = only(plan([left(subject="A")], [right(location="York")], [link()]))
    both = replace(row, blocks={(OL, Operation.UPDATE): "one", (SF, Operation.UPDATE): "two"})
    assert set(both.why_not.split("; ")) == {"one", "two"}
    same = replace(row, blocks={(OL, Operation.UPDATE): "one", (SF, Operation.UPDATE): "one"})
    assert (same.why_not, row.why_not) == ("one", "")


@pytest.mark.parametrize(
    ("operation", "side", "words"),
    [
        (Operation.DELETE, OL, "3 of 4 linked items would be deleted from Outlook at once"),
        (Operation.UPDATE, SF, "3 of 4 linked items would be changed in Salesforce at once"),
    ],
)
def test_a_suspicion_in_words(operation: Operation, side: SideName, words: str) -> None:
    assert Guard(side, operation, 3, 4).sentence == words


def test_an_offer_in_words() -> None:
    every, some = (Offer(Ignore("r", mode, "", ""), ()) for mode in (Singles.OCCURRENCES, Singles.CHANGED_ONES))
    assert every.label == "Occurrences as single events"
    assert some.label == "Changed occurrences as single events, the rest as a series"


@pytest.mark.parametrize(
    ("said", "value"),
    [(FieldChoice(SF), "ours"), (FieldChoice(OL), "theirs"), (FieldChoice(None, "typed"), "typed"),
     (FieldChoice(None), None), (FieldChoice(SF, "typed"), "ours")],
)  # fmt: skip
def test_what_a_field_becomes(said: FieldChoice, value: Value) -> None:
    assert said.value(FieldChange("subject", Verdict.BOTH, "old", "ours", "theirs")) == value


def test_every_action_has_its_own_words() -> None:
    assert len({action.label for action in Action}) == len(Action)
    assert Action.MERGE.label == "merge both"

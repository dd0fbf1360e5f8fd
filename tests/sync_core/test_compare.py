"""Field by field, each side against its own baseline."""

import pytest
from support.build import CAL, OL, SF, all_day, at, fields

from sync_core.compare import NO_BASELINE, Baseline, FieldChange, Verdict, compare, merged_baseline
from sync_core.items import Kind, SideName


def verdicts(base: Baseline, left: dict, right: dict) -> dict[str, Verdict]:
    return {c.name: c.verdict for c in compare(CAL, base, left, right)}


def both(**values) -> Baseline:
    return Baseline(fields(**values), fields(**values))


def test_nothing_moved_is_no_change():
    assert verdicts(both(), fields(), fields()) == {}


def test_each_side_is_held_against_its_own_baseline():
    # the server on the left keeps "Room 4 " as "Room 4": both are in step though they differ
    base = Baseline(fields(location="Room four"), fields(location="Room 4"))
    assert verdicts(base, fields(location="Room four"), fields(location="Room 4")) == {}


def test_one_side_moved():
    assert verdicts(both(), fields(subject="New"), fields()) == {"subject": Verdict.LEFT}
    assert verdicts(both(), fields(), fields(subject="New")) == {"subject": Verdict.RIGHT}


def test_both_moved_apart_and_both_moved_alike():
    assert verdicts(both(), fields(location="A"), fields(location="B")) == {"location": Verdict.BOTH}
    assert verdicts(both(), fields(location="A"), fields(location="A")) == {"location": Verdict.SAME}


def test_when_is_one_field():
    # the start on one side and the end on the other cannot both be right: together they are one field
    assert verdicts(both(), fields(when=at(23, 11)), fields(when=at(23, 10, hours=2))) == {"when": Verdict.BOTH}
    assert verdicts(both(), fields(when=all_day(23)), fields()) == {"when": Verdict.LEFT}


def test_unknown_is_no_change():
    """A None read from a server is unknown, never cleared (facts: exchange E, first line)."""
    left = fields()
    del left["reminder"]
    assert verdicts(both(), left, fields()) == {}
    assert verdicts(both(), left, fields(reminder=30)) == {}


def test_attachment_names_never_flow_back():
    assert verdicts(both(attachments=("a.pdf",)), fields(attachments=()), fields(attachments=("a.pdf",))) == {}
    assert verdicts(both(), fields(), fields(attachments=("a.pdf",))) == {"attachments": Verdict.RIGHT}


def test_without_a_baseline_blanks_may_be_filled_and_the_rest_is_open():
    found = verdicts(NO_BASELINE, fields(location="", notes="x"), fields(location="Leeds", notes="y"))
    assert found["location"] is Verdict.RIGHT
    assert found["notes"] is Verdict.BOTH
    assert found["subject"] is Verdict.SAME


def test_a_flag_is_never_blank():
    assert verdicts(NO_BASELINE, fields(private=True), fields(private=False))["private"] is Verdict.BOTH


def test_a_field_never_agreed_on_stays_open_on_a_linked_pair():
    base = both()
    for side in (base.left, base.right):
        del side["notes"]
    assert verdicts(base, fields(notes="a"), fields(notes="b")) == {"notes": Verdict.BOTH}


def test_the_baseline_moves_only_where_both_agree_or_we_wrote():
    old = both()
    moved = merged_baseline(CAL, old, fields(subject="X", location="A"), fields(subject="X"), {})
    assert moved.left["subject"] == moved.right["subject"] == "X"
    assert moved.left["location"] == "Room 4", "nobody brought the location across: it is still a change"
    kept = merged_baseline(CAL, old, fields(location="A"), fields(location="A (cut)"), {"location": True})
    assert (kept.left["location"], kept.right["location"]) == ("A", "A (cut)")


def test_what_only_one_side_knows_is_kept_for_that_side():
    left = fields()
    del left["reminder"]
    moved = merged_baseline(CAL, NO_BASELINE, left, fields(), {})
    assert "reminder" not in moved.left
    assert moved.right["reminder"] == 15
    # a value that was agreed on, and that one side does not tell now, is not forgotten
    assert merged_baseline(CAL, both(), left, fields(reminder=30), {}).right["reminder"] == 15


@pytest.mark.parametrize(
    ("before", "left", "right", "expected"),
    [
        # how both came to agree is told whole: what it was, and what each has
        (("a", "a"), "b", "b", FieldChange("location", Verdict.SAME, "a", "b", "b")),
        ((None, None), "b", "b", FieldChange("location", Verdict.SAME, None, "b", "b")),
        ((None, None), "", "", FieldChange("location", Verdict.SAME, None, "", "")),
        (("a", "A"), "A", "A", FieldChange("location", Verdict.SAME, "a", "A", "A")),
        # what only one side moved
        (("a", "A"), "b", "A", FieldChange("location", Verdict.LEFT, "a", "b", "A")),
        (("a", "A"), "a", "b", FieldChange("location", Verdict.RIGHT, "A", "a", "b")),
        (("a", "A"), "b", "c", FieldChange("location", Verdict.BOTH, "a", "b", "c")),
        # nothing was agreed on: blanks may be filled, on either side, and nothing else
        ((None, None), "", "c", FieldChange("location", Verdict.RIGHT, None, "", "c")),
        ((None, None), "b", "", FieldChange("location", Verdict.LEFT, None, "b", "")),
        ((None, None), "b", "c", FieldChange("location", Verdict.BOTH, None, "b", "c")),
    ],
)
def test_one_field_by_its_three_values(before, left, right, expected):
    """The table of DESIGN.md section 5, for a text."""
    base = Baseline(*({} if known is None else {"location": known} for known in before))
    assert compare(CAL, base, {"location": left}, {"location": right}) == (expected,)


@pytest.mark.parametrize("flag", [True, False])
def test_of_a_flag_neither_value_is_blank(flag):
    """Who says "not private" has said something: it is not filled from the other side."""
    found = compare(CAL, NO_BASELINE, {"private": flag}, {"private": not flag})
    assert [c.verdict for c in found] == [Verdict.BOTH]


@pytest.mark.parametrize(
    ("kind", "name", "left", "right", "verdict"),
    [
        (CAL, "attachments", (), ("a.pdf",), Verdict.RIGHT),
        (CAL, "attachments", ("old.pdf",), (), Verdict.RIGHT),
        (Kind.CONTACTS, "company", "Acme", "", Verdict.LEFT),
    ],
)
def test_what_travels_one_way_comes_from_there_from_the_first_sync_on(kind, name, left, right, verdict):
    assert [c.verdict for c in compare(kind, NO_BASELINE, {name: left}, {name: right})] == [verdict]


def test_both_sides_are_looked_at_before_a_pair_is_called_in_step():
    """Equal to each other is not enough, and neither is equal to one baseline."""
    new = fields(location="new")
    assert verdicts(both(), new, new) == {"location": Verdict.SAME}
    assert verdicts(Baseline(new, fields()), new, new) == {"location": Verdict.SAME}
    assert verdicts(Baseline(fields(), new), new, new) == {"location": Verdict.SAME}
    assert verdicts(Baseline(new, fields()), new, fields()) == {}


@pytest.mark.parametrize(
    ("verdict", "sides"),
    [(Verdict.LEFT, {SF}), (Verdict.RIGHT, {OL}), (Verdict.BOTH, {SF, OL}), (Verdict.SAME, set())],
)
def test_where_a_change_comes_from(verdict, sides):
    """Where both changed it, it may have come from either."""
    change = FieldChange("location", verdict, "a", "b", "c")
    assert {side for side in SideName if change.comes_from(side)} == sides

"""Fields that a person decides one by one: what follows from it, what is refused, and undo and redo of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.build import OL, SF, at, left, link, only, picture, plan, right

from sync_core import by_field
from sync_core.compare import Verdict
from sync_core.intent import Intent, link_after
from sync_core.items import Kind, SideName, Value
from sync_core.plan import NEEDS, Action, Choice, FieldChoice, IgnoreMode, Row, State, allowed, effect, results
from sync_core.review import Review
from sync_core.sides import Limits, Operation

FROM = {side: FieldChoice(side) for side in SideName}
BEFORE = {"subject": "A", "location": "Room 4", "notes": "n", "reminder": 15, "when": at(23)}
VALUES: Mapping[str, list[Any]] = {
    "subject": ["A", "B", "C"],
    "location": ["Room 4", "", "Leeds"],
    "notes": ["n", "one\ntwo", ""],
    "reminder": [15, None, 30],
    "when": [at(23), at(23, 11), at(24)],
}


def values() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({name: st.sampled_from(found) for name, found in VALUES.items()})


def reviews() -> st.SearchStrategy[Review]:
    """Reviews of one pair, linked or not, with things prevented or not."""

    def make(ours: dict[str, Any], theirs: dict[str, Any], linked: bool, prevented: set[Any]) -> Review:
        made = plan([left(**ours)], [right(**theirs)], [link(**BEFORE)] if linked else [])
        blocks = dict.fromkeys(prevented, "prevented")
        return Review.of(replace(made, rows=tuple(replace(row, blocks=blocks) for row in made.rows)))

    prevented = st.sets(st.sampled_from([(side, Operation.UPDATE) for side in SideName]))
    return st.builds(make, values(), values(), st.booleans(), prevented)


def conflict(**options: Any) -> Review:
    """Both sides changed the place and the subject, Salesforce the notes as well."""
    ours = left(subject="B", location="Leeds", notes="ours")
    theirs = right(subject="C", location="York", notes="n")
    made = plan(options.pop("ours", [ours]), options.pop("theirs", [theirs]), [link(**BEFORE)], **options)
    return Review.of(made)


def row_of(review: Review) -> Row:
    (row,) = review.rows()
    return row


def test_a_conflict_is_settled_field_by_field() -> None:
    review = conflict()
    row_id = row_of(review).id
    half = review.choose_field(row_id, "subject", FROM[SF])
    assert row_of(half).state is State.UNDECIDED, "the place is still open"
    assert results(row_of(half)) == {"subject": "B", "notes": "ours"}
    whole = half.choose_field(row_id, "location", FROM[OL])
    assert row_of(whole).action is Action.MERGE
    assert effect(row_of(whole)).to_left == {"location": "York"}
    assert effect(row_of(whole)).to_right == {"subject": "B", "notes": "ours"}
    assert whole.said == "“B”: location from Outlook"
    assert row_of(whole).recommended is Action.CONFLICT, "what was recommended is kept beside it"


def test_a_typed_value_goes_to_both_sides() -> None:
    review = conflict()
    row_id = row_of(review).id
    review = review.choose_field(row_id, "location", FieldChoice(None, "Oslo"))
    review = review.choose_field(row_id, "subject", FROM[OL])
    done = effect(row_of(review))
    assert done.to_left == {"subject": "C", "location": "Oslo"}
    assert done.to_right == {"location": "Oslo", "notes": "ours"}
    assert review.undo().undo().said == "undone: “B”: location typed: Oslo"


def test_the_row_as_a_whole_ends_what_was_said_by_field() -> None:
    review = conflict()
    row_id = row_of(review).id
    said = review.choose_field(row_id, "location", FROM[OL])
    assert row_of(said.point([row_id], OL)).by_field == {}
    assert row_of(said.reset([row_id])) == row_of(review)
    assert row_of(said.choose_field(row_id, "location", None)) == row_of(review)


def test_an_exception_on_top_of_a_choice_for_the_whole() -> None:
    review = conflict()
    row_id = row_of(review).id
    said = review.point([row_id], OL).choose_field(row_id, "location", FROM[OL])
    assert effect(row_of(said)).to_right == {"subject": "B", "notes": "ours"}
    assert effect(row_of(said)).to_left == {"location": "York"}


@pytest.mark.parametrize(
    "before", [lambda r, i: r.choose([i], Choice.NOTHING), lambda r, i: r.ignore([i], IgnoreMode.ONCE)]
)
def test_a_field_ends_nothing_and_an_ignore(before: Any) -> None:
    review = conflict()
    row_id = row_of(review).id
    said = before(review, row_id).choose_field(row_id, "location", FROM[OL])
    assert row_of(said).state is State.UNDECIDED
    assert row_of(said.undo()) == row_of(before(review, row_id))


def test_an_ignore_leaves_what_was_said_by_field_for_later() -> None:
    review = conflict()
    row_id = row_of(review).id
    said = review.choose_field(row_id, "location", FROM[OL])
    ignored = said.ignore([row_id], IgnoreMode.ONCE)
    assert row_of(ignored).state is State.IGNORED_ONCE
    assert row_of(ignored.undo()) == row_of(said)


def test_what_does_not_differ_or_cannot_be_is_refused_in_words() -> None:
    ours = left(subject="B", location="Leeds", notes="n", attachments=())
    theirs = right(subject="C", location="York", notes="n", attachments=("a.pdf",))
    limits = Limits({"location": 5}, refuses=lambda fields: "it needs a subject" if not fields["subject"] else "")
    review = conflict(
        ours=picture(SF, [ours], unwritable={"subject": "not yours to write in Salesforce"}),
        theirs=picture(OL, [theirs], limits=limits),
    )
    row_id = row_of(review).id

    def why(name: str, said: FieldChoice) -> str:
        with pytest.raises(ValueError, match=name) as refused:
            review.choose_field(row_id, name, said)
        return str(refused.value)

    assert why("notes", FROM[SF]) == "notes does not differ"
    assert why("attachments", FieldChoice(None, ("x",))) == "attachments: names of files are not typed"
    assert why("subject", FROM[OL]) == "subject is not yours to write in Salesforce"
    assert why("location", FieldChoice(None, "a long place")) == "location has 12 characters, Outlook holds 5"
    assert why("when", FROM[SF]) == "when does not differ"
    # taking Salesforce's name writes to Outlook only, which may be
    assert review.choose_field(row_id, "subject", FROM[SF])
    # a field that goes one way is decided for or against that way
    assert review.choose_field(row_id, "attachments", FROM[SF])


def test_a_blank_that_a_side_cannot_hold_is_refused() -> None:
    limits = Limits(refuses=lambda fields: "" if fields["subject"] else "it needs a subject")
    review = conflict(theirs=picture(OL, [right(subject="C", location="York", notes="n")], limits=limits))
    with pytest.raises(ValueError, match="it needs a subject"):
        review.choose_field(row_of(review).id, "subject", FieldChoice(None, ""))


def test_a_typed_time_is_looked_at_like_any_other() -> None:
    review = conflict(ours=[left(when=at(23, 11))], theirs=[right(when=at(23, 12))])
    row_id = row_of(review).id
    backwards = at(23, 12)._replace(end="2026-11-23T11:00:00Z")
    with pytest.raises(ValueError, match="it ends before it starts"):
        review.choose_field(row_id, "when", FieldChoice(None, backwards))
    assert row_of(review.choose_field(row_id, "when", FieldChoice(None, at(25)))).action is Action.MERGE


def test_a_row_of_one_half_has_no_fields_to_decide() -> None:
    review = Review.of(plan([left()], []))
    assert by_field.open_fields(row_of(review)) == ()
    with pytest.raises(ValueError, match="does not differ"):
        review.choose_field(row_of(review).id, "subject", FROM[SF])


@given(reviews(), st.sampled_from([(SideName.SALESFORCE, Choice.TO_OUTLOOK), (SideName.OUTLOOK, Choice.TO_SALESFORCE)]))
def test_all_fields_from_one_side_are_the_choice_of_that_side(review: Review, which: tuple[SideName, Choice]) -> None:
    side, choice = which
    for row in review.rows():
        said = review
        for change in by_field.open_fields(row):
            said = said.choose_field(row.id, change.name, FROM[side])
        if by_field.open_fields(row):
            whole = replace(row, choice=choice)
            assert allowed(said.row(row.id)) == allowed(whole)
            assert results(said.row(row.id)) == results(whole)


@given(reviews(), st.data())
def test_decisions_by_field_are_undone_and_redone_exactly(review: Review, data: st.DataObject) -> None:
    states = [review]
    for row in review.rows():
        for change in by_field.open_fields(row):
            typed: list[Value] = VALUES[change.name]
            said = data.draw(
                st.one_of(st.none(), st.sampled_from(list(FROM.values())), st.sampled_from(typed).map(_typed))
            )
            now = states[-1].choose_field(row.id, change.name, said)
            if now.said != "nothing to change there":
                states.append(now)

    def stands(one: Review) -> Any:
        return one.rows(), dict(one.decisions)

    back = states[-1]
    for before in reversed(states[:-1]):
        back = back.undo()
        assert stands(back) == stands(before)
    for after in states[1:]:
        back = back.redo()
        assert stands(back) == stands(after)
    assert not back.can_redo


def _typed(value: Value) -> FieldChoice:
    return FieldChoice(None, value)


@given(reviews(), st.data())
def test_what_is_prevented_never_passes(review: Review, data: st.DataObject) -> None:
    for row in review.rows():
        said = {
            change.name: data.draw(
                st.one_of(st.sampled_from(list(FROM.values())), st.sampled_from(VALUES[change.name]).map(_typed))
            )
            for change in by_field.open_fields(row)
        }
        now = allowed(replace(row, by_field=said))
        if now.state is State.READY:
            assert not any(need in row.blocks for need in NEEDS[now.effect.action])
            shared = set(now.effect.to_left) & set(now.effect.to_right)
            wanted = effect(replace(row, by_field=said))
            # what was typed for both reaches both, or neither
            for name in set(wanted.to_left) & set(wanted.to_right):
                assert name in shared or name not in {**now.effect.to_left, **now.effect.to_right}


@given(reviews(), st.data())
def test_once_done_it_is_in_step_and_half_done_it_is_asked_again(review: Review, data: st.DataObject) -> None:
    for row in review.rows():
        said = {
            change.name: FieldChoice(None, data.draw(st.sampled_from(VALUES[change.name])))
            for change in by_field.open_fields(row)
        }
        now = replace(row, by_field=said, blocks={})
        if not row.linked or not said or allowed(now).effect.action is not Action.MERGE:
            continue
        intent = Intent.of(now, 0, lambda: "x")
        assert now.left is not None
        assert now.right is not None
        ids = {SF: "L1", OL: "R1"}
        after = {side: {**now.item(side).fields, **intent.fields(side)} for side in SideName}  # type: ignore[union-attr]
        whole = link_after(intent, ids, after, "2026-11-23T10:00:00Z")
        assert plan([left(**after[SF])], [right(**after[OL])], [whole]).rows == ()
        half = link_after(intent, {OL: "R1"}, {OL: after[OL]}, "2026-11-23T10:00:00Z")
        again = only(plan([now.left], [right(**after[OL])], [half]))
        for name in set(intent.to_left) & set(intent.to_right):
            change = next(change for change in again.changes if change.name == name)
            assert change.verdict is not Verdict.SAME, "what only one side has is not agreed"


@given(st.dictionaries(st.sampled_from(list(VALUES)), st.sampled_from(list(FROM.values())), max_size=3), st.data())
def test_as_json_and_back(said: dict[str, FieldChoice], data: st.DataObject) -> None:
    for name in data.draw(st.sets(st.sampled_from(list(VALUES)))):
        said = {**said, name: FieldChoice(None, data.draw(st.sampled_from(VALUES[name])))}
    assert by_field.fields_from_json(Kind.CALENDAR, by_field.fields_to_json(said)) == said


@pytest.mark.parametrize("data", [{"subject": {"from": "nowhere"}}, {"nonsense": {"from": "outlook"}}, {"subject": {}}])
def test_json_that_is_none_is_refused(data: Any) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        by_field.fields_from_json(Kind.CALENDAR, data)

"""A plan file with several rows: each is done or refused by itself, in the words and under the name of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.build import MADE_AT, OL, SF, TOKYO, at, left, link, picture, plan, right

from sync_core.errors import SettingsError
from sync_core.filed import Refusal, decide
from sync_core.items import Item, SideName
from sync_core.plan import Action, Choice, FieldChoice, Guard, Plan, effect
from sync_core.planfile import PlanDocument, plan_to_json, read_plan_file
from sync_core.question import Rules
from sync_core.review import LIES_ON_TWO, Review
from sync_core.sides import Limits, Operation

LIMITS = Limits(series_zone="Europe/London", fixed_pattern=True, no_changed_occurrences="")


def series(item_id: str, **values: Any) -> Item:
    return right(item_id, **{"series": True, "when": TOKYO, "exceptions": "", "subject": item_id, **values})


def offered(*rights: Item) -> Plan:
    """A plan where Salesforce takes no series that keeps the hours of Tokyo."""
    return plan(picture(SF, [], limits=LIMITS), picture(OL, rights))


def id_of(p: Plan, title: str) -> str:
    return next(row.id for row in p.rows if row.title == title)


def done(path: Path, file_of: Plan, fresh: Plan, **edits: dict[str, Any]) -> tuple[Review, list[Refusal]]:
    """What becomes of the file of one plan, with the rows of some titles edited, where another plan is fresh."""
    data = plan_to_json(file_of)
    by_id = {id_of(file_of, title): edit for title, edit in edits.items()}
    for row in data["rows"]:
        row |= by_id.get(row["id"], {})
    file = path / "plan.json"
    file.write_text(json.dumps(data))
    (document,) = read_plan_file(file)
    return decide(document, fresh)


SPLIT = {"series": "single_events"}


def test_series_of_the_file_cross_as_single_events(tmp_path: Path) -> None:
    p = offered(series("A"), series("B"), series("C"), right("D", subject="D", when=at(9)))
    review, refusals = done(tmp_path, p, p, A=SPLIT, C=SPLIT)
    assert refusals == []
    by_hand = Review.of(p).as_single_events([id_of(p, "A"), id_of(p, "C")], MADE_AT)
    assert {row.id: row.action for row in review.rows()} == {row.id: row.action for row in by_hand.rows()}
    assert review.counts().actions[Action.CREATE_IN_SALESFORCE] == 7
    assert {(one.right_id, one.since) for one in review.ignores()[0].values()} == {("A", MADE_AT), ("C", MADE_AT)}


def test_a_series_that_is_another_by_now_is_refused_and_the_rest_is_done(tmp_path: Path) -> None:
    before = offered(series("A"), series("B"), series("C"), right("D", subject="D", when=at(9)))
    fresh = offered(series("A", location="York"), series("C"), right("D", subject="D", when=at(9)))
    review, refusals = done(tmp_path, before, fresh, A=SPLIT, B=SPLIT, C=SPLIT, D=SPLIT)
    ids = {title: id_of(before, title) for title in "ABCD"}
    assert sorted(refusals, key=lambda one: one.title) == [
        Refusal(ids["A"], "A", Action.NONE, "the Outlook item changed since the plan was made"),
        Refusal(ids["B"], "B", Action.NONE, "no longer there, or already in step"),
        Refusal(ids["D"], "D", Action.CREATE_IN_SALESFORCE, "how the series can cross changed since the plan was made"),
    ]
    assert {one.right_id for one in review.ignores()[0].values()} == {"C"}
    assert review.counts().actions[Action.CREATE_IN_SALESFORCE] == 3


def test_a_file_does_not_say_of_which_of_two_series_an_event_is_part(tmp_path: Path) -> None:
    there = [left("L0", subject="A", when=TOKYO._replace(recurrence="", zone=""))]
    alike = [series(item_id, subject="A") for item_id in ("R1", "R2")]
    p = plan(picture(SF, there, limits=LIMITS), picture(OL, [*alike, series("B")]))
    data = plan_to_json(p)
    for row in data["rows"]:
        row |= SPLIT if row["outlook"] else {}
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(data))
    review, refusals = decide(read_plan_file(file)[0], p)
    row_of = {row.right.id: row.id for row in p.rows if row.right is not None}
    assert sorted(refusals, key=lambda one: one.row_id) == [
        Refusal(row_id, "A", Action.NONE, LIES_ON_TWO) for row_id in sorted((row_of["R1"], row_of["R2"]))
    ]
    assert [kept.right_id for kept in review.ignores()[0].values()] == ["B"]


def test_what_is_refused_stops_nothing_else(tmp_path: Path) -> None:
    items = [
        left(f"L{n}", subject=n, when=at(9 + i), location="York" if n in "AC" else "") for i, n in enumerate("ABCD")
    ]
    before = plan([left(f"L{n}", subject=n, when=at(9 + i), location="") for i, n in enumerate("ABCD")])
    fresh = plan(items)
    review, refusals = done(tmp_path, before, fresh)
    why = "the Salesforce item changed since the plan was made"
    assert refusals == [Refusal(id_of(before, n), n, Action.CREATE_IN_OUTLOOK, why) for n in "AC"]
    assert {row.title: row.action for row in review.rows()} == {
        "A": Action.NONE,
        "B": Action.CREATE_IN_OUTLOOK,
        "C": Action.NONE,
        "D": Action.CREATE_IN_OUTLOOK,
    }
    # what was not to happen is passed over, and what comes after it is not
    review, refusals = done(tmp_path, before, before, A={"action": "none"}, C={"action": "none"})
    assert refusals == []
    assert [row.title for row in review.rows() if row.action is Action.CREATE_IN_OUTLOOK] == ["B", "D"]


def test_all_that_stands_against_a_row_is_said(tmp_path: Path) -> None:
    rules = Rules(prevented=frozenset((side, Operation.UPDATE) for side in SideName))
    p = plan([left(location="York")], [right(notes="theirs")], [link()], rules=rules)
    [row] = p.rows
    review, [refusal] = done(tmp_path, p, p, **{row.title: {"action": "merge"}})
    assert (refusal.row_id, refusal.title, refusal.action) == (row.id, row.title, Action.MERGE)
    assert refusal.why == "; ".join(f"updating in {side.label} is prevented (Configure)" for side in SideName)
    assert not review.counts().runnable


def test_what_is_prevented_stands_against_the_action_of_the_file_and_not_against_another_one(tmp_path: Path) -> None:
    """What is recommended may be prevented where the action that somebody typed is not, and the other way round."""
    for side, refused in ((OL, []), (SF, ["updating in Salesforce is prevented (Configure)"])):
        rules = Rules(prevented=frozenset([(side, Operation.UPDATE)]))
        p = plan([left(subject="A", location="York")], [right(subject="A")], [link(subject="A")], rules=rules)
        review, refusals = done(tmp_path, p, p, A={"action": "update_in_salesforce"})
        assert [one.why for one in refusals] == refused
        assert review.rows()[0].action is (Action.NONE if refused else Action.UPDATE_IN_SALESFORCE)


def test_a_row_of_which_something_else_is_known_by_now_is_refused(tmp_path: Path) -> None:
    """The items are what they were; what they were when they were last in step, or what is recommended, is not."""
    why = "what is known about it changed since the plan was made"

    def last_in(place: str) -> Plan:
        known = link(subject="A", location=place)
        return plan([left(subject="A", location="York")], [right(subject="A", location="Leeds")], [known])

    _, refusals = done(tmp_path, last_in("Rome"), last_in("Bonn"), A={"action": "update_in_outlook"})
    assert [one.why for one in refusals] == [why]
    alone = plan([left(subject="A")])
    _, refusals = done(tmp_path, alone, alone, A={"recommended": "delete_from_salesforce"})
    assert [one.why for one in refusals] == [why]


def test_an_action_that_cannot_be_is_said_with_its_place_in_the_file(tmp_path: Path) -> None:
    alone = plan([left(subject="A")])
    with pytest.raises(SettingsError) as caught:
        done(tmp_path, alone, alone, A={"action": "merge"})
    assert caught.value.where == f"{tmp_path / 'plan.json'}, line 1, id “{id_of(alone, 'A')}”"
    # beside a choice for single fields, too
    p = plan([left(subject="A", location="York")], [right(subject="A")], [link(subject="A")])
    said = Review.of(p).choose_field(p.rows[0].id, "location", FieldChoice(None, "Oslo"))
    data = plan_to_json(p, said.rows())
    data["rows"][0]["action"] = "delete_from_outlook"
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(data))
    review, [refusal] = decide(read_plan_file(file)[0], p)
    assert refusal.why == "what would be written changed since the plan was made"
    assert review.rows()[0].action is Action.NONE


def test_fields_beside_a_choice_for_the_rest(tmp_path: Path) -> None:
    """The action of the file says what becomes of the fields that were not decided by themselves."""
    p = plan([left(location="York", notes="ours")], [right(location="Leeds", notes="theirs")], [link()])
    for choice in (Choice.TO_OUTLOOK, Choice.TO_SALESFORCE):
        [row] = p.rows
        said = Review.of(p).choose([row.id], choice).choose_field(row.id, "location", FieldChoice(None, "Oslo"))
        file = tmp_path / "plan.json"
        file.write_text(json.dumps(plan_to_json(p, said.rows())))
        (document,) = read_plan_file(file)
        review, refusals = decide(document, p)
        assert refusals == []
        assert effect(review.rows()[0]) == effect(said.rows()[0])
        assert review.rows()[0].action is Action.MERGE


def in_file(path: Path, p: Plan, **decided: FieldChoice) -> PlanDocument:
    """The file of a plan of one row in which some fields are decided by themselves."""
    review = Review.of(p)
    for name, one in decided.items():
        review = review.choose_field(p.rows[0].id, name, one)
    file = path / "plan.json"
    file.write_text(json.dumps(plan_to_json(p, review.rows())))
    return read_plan_file(file)[0]


def test_what_prevents_a_row_that_was_decided_field_by_field_is_said_as_it_is(tmp_path: Path) -> None:
    """Not that something else would be written by now."""
    pair = [left(location="York", notes="ours")], [right()], [link()]
    document = in_file(tmp_path, plan(*pair), location=FieldChoice(None, "Oslo"))
    shut = plan(*pair, rules=Rules(prevented=frozenset((side, Operation.UPDATE) for side in SideName)))
    review, [refusal] = decide(document, shut)
    assert refusal.why == "; ".join(f"updating in {side.label} is prevented (Configure)" for side in SideName)
    assert review.rows()[0].action is Action.NONE
    # where the other half can be done by itself it is not what the file says
    for side, why in (
        (SF, "what would be written changed since the plan was made"),
        (OL, "updating in Outlook is prevented (Configure)"),
    ):
        half = plan(*pair, rules=Rules(prevented=frozenset([(side, Operation.UPDATE)])))
        review, [refusal] = decide(document, half)
        assert refusal.why == why
        assert review.rows()[0].action is Action.NONE


def test_a_row_that_is_held_back_is_done_as_it_was_decided_field_by_field_once_that_is_confirmed(
    tmp_path: Path,
) -> None:
    p = plan([left(location="York", notes="ours")], [right()], [link()])
    document = in_file(tmp_path, p, location=FieldChoice(None, "Oslo"))
    guard = Guard(OL, Operation.UPDATE, 12, 12)
    held = replace(p, rows=(replace(p.rows[0], held=guard),), guards=(guard,))
    review, [refusal] = decide(document, held)
    assert (refusal.guard, refusal.why) == (0, guard.sentence)
    assert review.rows()[0].action is Action.NONE
    row = review.confirm(0, "12").rows()[0]
    assert row.action is Action.MERGE
    assert effect(row).to_right == {"location": "Oslo", "notes": "ours"}
    assert effect(row).to_left == {"location": "Oslo"}

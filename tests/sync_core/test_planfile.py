"""Plan files: their form is a contract, and a file can only ask for what the fresh plan can do."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.build import MADE_AT, OL, SF, gone, left, link, only, picture, plan, right

from sync_core.errors import SettingsError, StoreError
from sync_core.filed import decide
from sync_core.items import SideName, fields_to_json
from sync_core.plan import Action, Choice, FieldChoice, Guard, Plan, Situation, State, effect, results
from sync_core.planfile import dumps, plan_to_json, read_plan_file, write_plan_file
from sync_core.question import Rules
from sync_core.review import Review
from sync_core.sides import Description, Limits, Operation


def both_changed() -> Plan:
    return plan([left(location="York")], [right(location="Leeds", notes="Other.")], [link()])


def mixed() -> Plan:
    """A row of most sorts."""
    return plan(
        picture(SF, [left("L1"), left("L2", subject="Changed", location="York"), left("L9", subject="Only here")]),
        picture(
            OL,
            [right("R1"), right("R2", subject="Changed"), right("R3", subject="Lonely"), right("R4", subject="Half")],
            gone(),
        ),
        [link(), link("L2", "R2", subject="Changed")],
    )


def written(path: Path, *documents: Any) -> Path:
    path.write_text("".join(json.dumps(document) + "\n" for document in documents))
    return path


def edited(p: Plan, path: Path, action: str, row: int = 0, **others: Any) -> Path:
    data = plan_to_json(p)
    data["rows"][row]["action"] = action
    data["rows"][row] |= others
    return written(path, data)


def test_the_form_is_that_of_the_design() -> None:
    p = both_changed()
    data = plan_to_json(p)
    assert list(data) == ["format", "process", "made_at", "window", "counts", "rows"]
    assert (data["format"], data["process"], data["made_at"]) == (1, "calendar", MADE_AT)
    assert data["window"] == {"from": "2026-10-23", "to": "2027-11-22"}
    assert list(data["counts"]) == [*(a.value for a in Action), "prevented", "ignored", "out_of_range", "in_sync"]
    assert data["counts"]["conflict"] == 1
    (row,) = data["rows"]
    assert list(row) == ["id", "recommended", "action", "state", "reason", "salesforce", "outlook", "changes"]
    assert (row["recommended"], row["action"], row["state"]) == ("conflict", "conflict", "undecided")
    assert row["id"] == only(p).id
    assert row["salesforce"] == {"id": "L1", "fields": fields_to_json(left(location="York").fields)}
    changes = {change["field"]: change for change in row["changes"]}
    assert changes["location"] == {
        "field": "location",
        "baseline": "Room 4",
        "salesforce": "York",
        "outlook": "Leeds",
        "result": None,
    }
    assert changes["notes"]["result"] == "Other."


def test_a_review_is_written_with_its_choices() -> None:
    p = both_changed()
    review = Review.of(p).choose([only(p).id], Choice.MERGE_OUTLOOK)
    (row,) = plan_to_json(p, review.rows())["rows"]
    assert (row["recommended"], row["action"], row["state"]) == ("conflict", "update_in_salesforce", "ready")
    assert {change["field"]: change["result"] for change in row["changes"]} == {"location": "Leeds", "notes": "Other."}


def test_a_side_that_is_not_there_is_null() -> None:
    (row,) = plan_to_json(plan([left()]))["rows"]
    assert row["outlook"] is None
    assert row["action"] == "create_in_outlook"


def test_the_text_is_one_line_that_no_terminal_acts_on() -> None:
    words = "a\x7fb\x1b[2Jc\u009bd\u202ee\nf\u2028g\ud800"
    line = dumps(plan_to_json(plan([left(notes="x\ny")])) | {"x": words})
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["x"] == words


def test_a_file_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    p = mixed()
    old = os.umask(0)
    try:
        write_plan_file(path, [plan_to_json(p)])
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text().count("\n") == 1
    (document,) = read_plan_file(path)
    assert document.made_at == MADE_AT
    assert [row.id for row in document.rows] == [row.id for row in p.rows]
    assert document.rows[0].title == p.rows[0].title


def test_an_editor_s_line_breaks_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text("\ufeff\n" + json.dumps(plan_to_json(mixed()), indent=2).replace("\n", "\r\n") + "\n\n")
    (document,) = read_plan_file(path)
    assert len(document.rows) == len(mixed().rows)


def test_what_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="the plan cannot be written: No such file"):
        write_plan_file(tmp_path / "no" / "plan.json", [])
    # a pipe of the test's own and no device: were the guard gone, root would put a file in the place of /dev/null
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(StoreError) as caught:
        write_plan_file(pipe, [])
    problem = caught.value
    assert (problem.what, problem.where) == ("this is not a file", str(pipe))
    assert problem.remedy == "Leave --out away for the screen"
    assert stat.S_ISFIFO(os.stat(pipe).st_mode)


GOOD: dict[str, Any] = plan_to_json(plan([left()]))


def row_with(**others: Any) -> dict[str, Any]:
    return GOOD | {"rows": [{k: v for k, v in (GOOD["rows"][0] | others).items() if v != "missing"}]}


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("", ["there is no plan in this file", "plan --out FILE"]),
        ("{", ["line 1, column 2", "not JSON"]),
        (json.dumps(GOOD) + "\n{'a': 1}\n", ["line 2, column 2", "not JSON"]),
        ("[]", ["line 1", "this is not a plan"]),
        (json.dumps(GOOD | {"format": 2}), ["format other than 1"]),
        (json.dumps(GOOD | {"process": "calender"}), ["“calender”", "did you mean calendar?"]),
        (json.dumps(GOOD) + json.dumps(GOOD), ["two plans for calendar"]),
        (json.dumps(GOOD | {"rows": {}}), ["“rows” must be a list"]),
        (json.dumps(GOOD | {"rows": ["x"]}), ["line 1, row 1", "not a row"]),
        (json.dumps(GOOD | {"rows": GOOD["rows"] * 2}), ["stands there twice", GOOD["rows"][0]["id"]]),
        (json.dumps(row_with(action="create_in_outlok")), ["row 1, id", "did you mean create_in_outlook?"]),
        (json.dumps(row_with(action="zzzzz")), ["“zzzzz”", "it may be create_in_outlook, update_in_outlook"]),
        (json.dumps(row_with(action="missing")), ["the key “action” is missing"]),
        (json.dumps(row_with(action=None)), ["“action” must be text"]),
        (json.dumps(row_with(salesforce=3)), ["“salesforce” must be an object or null"]),
        (json.dumps(row_with(salesforce={"id": "L1"})), ["salesforce", "“fields” is missing"]),
        (json.dumps(row_with(changes=[1])), ["“changes” must be a list of objects"]),
        ('{"rows": [], "rows": []}', ["“rows” stands twice"]),
        ('{"rows": [NaN]}', ["NaN is not JSON"]),
        ("[" * 100_000, ["not a plan"]),
    ],
)
def test_a_broken_file_is_one_sentence(tmp_path: Path, content: str, parts: list[str]) -> None:
    path = tmp_path / "plan.json"
    path.write_text(content)
    with pytest.raises(SettingsError) as caught:
        read_plan_file(path)
    sentence = caught.value.sentence()
    assert "plan.json" in sentence
    for part in parts:
        assert part in sentence


def test_the_file_as_it_is_does_what_the_plan_says(tmp_path: Path) -> None:
    p = mixed()
    write_plan_file(tmp_path / "plan.json", [plan_to_json(p)])
    review, refusals = decide(read_plan_file(tmp_path / "plan.json")[0], p)
    assert refusals == []
    assert review.rows() == list(p.rows)


def test_an_edited_action_is_a_choice(tmp_path: Path) -> None:
    p = both_changed()
    for action, result in (
        ("update_in_outlook", {"location": "York", "notes": "Bring figures."}),
        ("update_in_salesforce", {"location": "Leeds", "notes": "Other."}),
        ("none", {}),
    ):
        (document,) = read_plan_file(edited(p, tmp_path / "plan.json", action))
        review, refusals = decide(document, p)
        (row,) = review.rows()
        assert refusals == []
        assert row.action.value == action
        now = effect(row)
        assert dict(now.to_left) | dict(now.to_right) == {
            k: v for k, v in result.items() if k in now.to_left | now.to_right
        }
        assert bool(now.to_left or now.to_right) is bool(result)


def test_a_result_in_the_file_says_which_choice_was_meant(tmp_path: Path) -> None:
    p = plan([left(location="York", show_as="free")], [right(location="Leeds", notes="Other.")], [link()])
    for choice in (Choice.MERGE_SALESFORCE, Choice.MERGE_OUTLOOK):
        review = Review.of(p).choose([only(p).id], choice)
        data = plan_to_json(p, review.rows())
        assert data["rows"][0]["action"] == "merge"
        (document,) = read_plan_file(written(tmp_path / "plan.json", data))
        again, refusals = decide(document, p)
        assert refusals == []
        assert effect(again.rows()[0]) == effect(review.rows()[0])


def test_an_impossible_action_names_what_is_possible(tmp_path: Path) -> None:
    p = plan([left()])
    (document,) = read_plan_file(edited(p, tmp_path / "plan.json", "update_in_salesforce"))
    with pytest.raises(SettingsError, match="cannot have the action update_in_salesforce") as caught:
        decide(document, p)
    assert "It may be create_in_outlook, none" in caught.value.sentence()
    assert only(p).id in caught.value.sentence()
    (document,) = read_plan_file(edited(p, tmp_path / "plan.json", "conflict"))
    with pytest.raises(SettingsError, match="cannot have the action conflict"):
        decide(document, p)


@pytest.mark.parametrize(
    ("then", "why"),
    [
        (lambda: plan([left(subject="Budget 2028")]), "the Salesforce item changed since the plan was made"),
        (lambda: plan([]), "no longer there, or already in step"),
        (lambda: plan([left()], [right()], [link()]), "no longer there, or already in step"),
    ],
)
def test_what_changed_since_is_refused(tmp_path: Path, then: Any, why: str) -> None:
    write_plan_file(tmp_path / "plan.json", [plan_to_json(plan([left()]))])
    review, refusals = decide(read_plan_file(tmp_path / "plan.json")[0], then())
    assert [refusal.why for refusal in refusals] == [why]
    assert refusals[0].title == "Budget 2027"
    assert all(row.action is Action.NONE for row in review.rows())


def test_a_change_on_the_other_side_or_in_memory_is_refused_too(tmp_path: Path) -> None:
    before = plan([left(location="York")], [right()], [link()])
    write_plan_file(tmp_path / "plan.json", [plan_to_json(before)])
    (document,) = read_plan_file(tmp_path / "plan.json")
    moved = plan([left(location="York")], [right(notes="Other.")], [link()])
    assert "the Outlook item changed" in decide(document, moved)[1][0].why
    other_memory = plan([left(location="York")], [right()], [link(location="Leeds", notes="x")])
    review, refusals = decide(document, other_memory)
    assert "what is known about it changed" in refusals[0].why
    assert review.rows()[0].action is Action.NONE


def test_an_edited_value_is_not_taken_in(tmp_path: Path) -> None:
    p = plan([left()])
    data = plan_to_json(p)
    data["rows"][0]["salesforce"]["fields"]["subject"] = "Something else"
    review, refusals = decide(read_plan_file(written(tmp_path / "plan.json", data))[0], p)
    assert len(refusals) == 1
    assert review.rows()[0].action is Action.NONE


def test_a_row_that_was_not_to_happen_is_not_refused(tmp_path: Path) -> None:
    path = edited(plan([left()]), tmp_path / "plan.json", "none")
    review, refusals = decide(read_plan_file(path)[0], plan([left(subject="Budget 2028")]))
    assert refusals == []
    assert review.rows()[0].action is Action.NONE


def test_rows_that_are_not_in_the_file_are_left_alone(tmp_path: Path) -> None:
    p = mixed()
    data = plan_to_json(p)
    kept = data["rows"][:1]
    (document,) = read_plan_file(written(tmp_path / "plan.json", data | {"rows": kept}))
    review, refusals = decide(document, p)
    assert refusals == []
    assert [row.action for row in review.rows()] == [p.rows[0].action, *[Action.NONE] * (len(p.rows) - 1)]


def test_prevented_stays_prevented_whatever_the_file_says(tmp_path: Path) -> None:
    rules = Rules(prevented=frozenset({(OL, Operation.CREATE)}))
    p = plan([left()], rules=rules)
    assert only(p).state is State.PREVENTED
    write_plan_file(tmp_path / "plan.json", [plan_to_json(p)])
    review, refusals = decide(read_plan_file(tmp_path / "plan.json")[0], p)
    assert refusals == []
    assert review.rows()[0].action is Action.NONE
    (document,) = read_plan_file(edited(p, tmp_path / "plan.json", "create_in_outlook"))
    review, refusals = decide(document, p)
    assert "prevented" in refusals[0].why
    assert review.rows()[0].state is State.PREVENTED


def test_what_was_prevented_in_the_file_does_not_happen_because_the_settings_changed(tmp_path: Path) -> None:
    sides = ([left(location="York")], [right(notes="Other.")], [link()])
    half = plan(*sides, rules=Rules(prevented=frozenset({(SF, Operation.UPDATE)})))
    whole = plan(*sides)
    assert (only(half).action, only(whole).action) == (Action.UPDATE_IN_OUTLOOK, Action.MERGE)
    write_plan_file(tmp_path / "plan.json", [plan_to_json(half)])
    review, refusals = decide(read_plan_file(tmp_path / "plan.json")[0], whole)
    assert "what would be written changed" in refusals[0].why
    assert review.rows()[0].action is Action.NONE
    alone = plan([left()])
    blocked = plan([left()], rules=Rules(prevented=frozenset({(OL, Operation.CREATE)})))
    write_plan_file(tmp_path / "plan.json", [plan_to_json(blocked)])
    review, refusals = decide(read_plan_file(tmp_path / "plan.json")[0], alone)
    assert (refusals, review.rows()[0].action) == ([], Action.NONE)


def test_a_held_row_needs_the_file_and_a_person(tmp_path: Path) -> None:
    guard = Guard(OL, Operation.DELETE, 12, 20)
    free = plan([], picture(OL, [right()]), [link()])
    # whatever the plan recommends for it, the guard holds it back
    row = replace(only(plan([left()])), held=guard)
    p = replace(free, rows=(row,), guards=(guard,))
    assert row.state is State.PREVENTED
    write_plan_file(tmp_path / "plan.json", [plan_to_json(p)])
    review, refusals = decide(read_plan_file(tmp_path / "plan.json")[0], p)
    assert refusals == []
    assert review.confirm(0, "12").rows()[0].action is Action.NONE
    (document,) = read_plan_file(edited(p, tmp_path / "plan.json", "create_in_outlook"))
    review, refusals = decide(document, p)
    assert [refusal.guard for refusal in refusals] == [0]
    assert review.rows()[0].action is Action.NONE
    assert review.confirm(0, "12").rows()[0].action is Action.CREATE_IN_OUTLOOK


def test_an_undecided_row_is_no_refusal_when_its_ways_out_are_shut(tmp_path: Path) -> None:
    p = both_changed()
    shut = plan(
        [left(location="York")],
        [right(location="Leeds", notes="Other.")],
        [link()],
        rules=Rules(prevented=frozenset({(SF, Operation.UPDATE), (OL, Operation.UPDATE)})),
    )
    write_plan_file(tmp_path / "plan.json", [plan_to_json(p)])
    review, refusals = decide(read_plan_file(tmp_path / "plan.json")[0], shut)
    assert refusals == []
    assert review.rows()[0].action is Action.NONE


def test_quiet_rows_stay_what_they_are(tmp_path: Path) -> None:
    p = plan([left(location="York")], [right(location="York")], [link()])
    assert only(p).situation is Situation.SAME_CHANGE
    write_plan_file(tmp_path / "plan.json", [plan_to_json(p)])
    review, refusals = decide(read_plan_file(tmp_path / "plan.json")[0], p)
    assert (refusals, review.decisions) == ([], {})


def by_field_decided(p: Plan) -> Review:
    """The one row of `p` with its location from Outlook, and its notes typed."""
    row = only(p)
    review = Review.of(p).choose_field(row.id, "location", FieldChoice(SideName.OUTLOOK))
    return review.choose_field(row.id, "notes", FieldChoice(None, "Typed by hand."))


def test_what_was_decided_field_by_field_comes_back(tmp_path: Path) -> None:
    p = both_changed()
    made = by_field_decided(p)
    path = written(tmp_path / "plan.json", plan_to_json(p, made.rows()))
    (document,) = read_plan_file(path)
    review, refusals = decide(document, p)
    assert refusals == []
    assert plan_to_json(p, review.rows()) == plan_to_json(p, made.rows())
    (row,) = review.rows()
    assert row.state is State.READY
    assert results(row) == {"location": "Leeds", "notes": "Typed by hand."}


def test_a_row_of_which_only_some_fields_were_decided_is_still_undecided(tmp_path: Path) -> None:
    p = plan([left(location="York", notes="Mine.")], [right(location="Leeds", notes="Other.")], [link()])
    made = Review.of(p).choose_field(only(p).id, "location", FieldChoice(SideName.OUTLOOK))
    (row,) = made.rows()
    assert row.state is State.UNDECIDED
    (document,) = read_plan_file(written(tmp_path / "plan.json", plan_to_json(p, made.rows())))
    review, refusals = decide(document, p)
    assert refusals == []
    (row,) = review.rows()
    assert row.action in (Action.CONFLICT, Action.NONE)


def test_fields_of_an_item_that_changed_since_are_refused(tmp_path: Path) -> None:
    p = both_changed()
    (document,) = read_plan_file(written(tmp_path / "plan.json", plan_to_json(p, by_field_decided(p).rows())))
    other = plan([left(location="Hull")], [right(location="Leeds", notes="Other.")], [link()])
    review, (refusal,) = decide(document, other)
    assert refusal.why == "the Salesforce item changed since the plan was made"
    assert not review.counts().runnable


def test_a_typed_value_that_a_side_cannot_hold_is_refused(tmp_path: Path) -> None:
    p = both_changed()
    sides = {SideName.SALESFORCE: Description(SideName.SALESFORCE, "Priya", "s", limits=Limits(lengths={"notes": 5}))}
    (document,) = read_plan_file(written(tmp_path / "plan.json", plan_to_json(p, by_field_decided(p).rows())))
    _, (refusal,) = decide(document, replace(p, descriptions=sides))
    assert "notes has 14 characters, Salesforce holds 5" in refusal.why


@pytest.mark.parametrize(
    "fields", [[], {"location": {}}, {"location": {"from": "x"}}, {"nonsense": {"from": "outlook"}}, {"location": 3}]
)
def test_fields_that_are_none_are_a_sentence(tmp_path: Path, fields: Any) -> None:
    path = edited(both_changed(), tmp_path / "plan.json", "merge", fields=fields)
    with pytest.raises(SettingsError, match="fields"):
        read_plan_file(path)


def test_a_result_that_does_not_belong_to_the_fields_is_refused(tmp_path: Path) -> None:
    p = both_changed()
    data = plan_to_json(p, by_field_decided(p).rows())
    data["rows"][0]["changes"][0]["result"] = "Somewhere else"
    (document,) = read_plan_file(written(tmp_path / "plan.json", data))
    review, (refusal,) = decide(document, p)
    assert refusal.why == "what would be written changed since the plan was made"
    assert not review.counts().runnable

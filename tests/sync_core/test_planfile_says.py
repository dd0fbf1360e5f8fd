"""What a plan file says beside its rows, and what is said of a file that an editor has broken: where, and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.build import OL, SF, at, left, link, picture, plan, repeated, right

from sync_core.errors import SettingsError, StoreError
from sync_core.items import Kind
from sync_core.plan import Plan, State
from sync_core.planfile import PlanDocument, plan_to_json, quoted, read_plan_file, write_plan_file
from sync_core.sides import Limits

GOOD: dict[str, Any] = plan_to_json(plan([left()]))
ID = GOOD["rows"][0]["id"]


def read(path: Path, *documents: Any) -> list[PlanDocument]:
    """The plans of a file that holds these, a line each."""
    file = path / "plan.json"
    file.write_text("".join(json.dumps(document) + "\n" for document in documents))
    return read_plan_file(file)


def row_with(key: str, value: Any) -> dict[str, Any]:
    """A plan whose one row has something else under a key, or has it no more (...)."""
    row = {**GOOD["rows"][0], key: value}
    return GOOD | {"rows": [{name: said for name, said in row.items() if said is not ...}]}


def refused(path: Path, document: Any) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        read(path, GOOD | {"process": "tasks", "rows": []}, document)
    return caught.value


# ---- beside the rows


def test_what_is_in_step_or_out_of_range_is_counted_in_the_file() -> None:
    pairs = [left("L1"), left("L2", subject="Lunch")], [right("R1"), right("R2", subject="Lunch")]
    links = [link("L1", "R1"), link("L2", "R2", subject="Lunch"), link("L3", "R3", when=at(1, month=3))]
    counts = plan_to_json(plan(*pairs, links))["counts"]
    assert (counts["in_sync"], counts["out_of_range"]) == (2, 1)
    assert {number for name, number in counts.items() if name not in ("in_sync", "out_of_range")} == {0}


def test_a_plan_that_takes_a_run_back_names_it_and_an_ordinary_one_says_nothing_of_it(tmp_path: Path) -> None:
    ordinary = plan([left()])
    back = Plan(ordinary.kind, ordinary.made_at, ordinary.window, ordinary.rows, takes_back="run-7")
    assert ("takes_back" in plan_to_json(ordinary), plan_to_json(back)["takes_back"]) == (False, "run-7")
    assert [one.takes_back for one in read(tmp_path, plan_to_json(back))] == ["run-7"]
    assert [one.takes_back for one in read(tmp_path, plan_to_json(ordinary))] == [""]
    problem = refused(tmp_path, plan_to_json(back) | {"takes_back": 7})
    assert (problem.what, problem.where) == ("“takes_back” must be text", f"{tmp_path}/plan.json, line 2")


def test_what_must_be_known_beforehand_stands_in_the_file() -> None:
    ordinary = plan([left()])
    warned = Plan(ordinary.kind, ordinary.made_at, ordinary.window, ordinary.rows, notes=("memory was lost", "b"))
    assert ("notes" in plan_to_json(ordinary), plan_to_json(warned)["notes"]) == (False, ["memory was lost", "b"])


def test_only_a_series_that_could_cross_otherwise_says_how_it_crosses() -> None:
    series = repeated(OL, "R1")
    limits = Limits(series_zone="Europe/London", fixed_pattern=True, no_changed_occurrences="")
    rows = plan_to_json(plan(picture(SF, [left()], limits=limits), picture(OL, [series])))["rows"]
    assert {row["outlook"] is not None: row.get("series") for row in rows} == {True: "whole", False: None}


def test_a_row_of_a_file_knows_its_kind_and_the_state_it_had(tmp_path: Path) -> None:
    [document] = read(tmp_path, GOOD)
    [row] = document.rows
    assert (document.kind, row.kind, row.state) == (Kind.CALENDAR, Kind.CALENDAR, State.READY)
    # where it stands is told with what is refused later
    assert document.where == f"{tmp_path}/plan.json, line 1"


def test_plans_of_several_processes_stand_in_one_file_each_on_a_line_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    documents = [GOOD, GOOD | {"process": "tasks", "rows": []}]
    write_plan_file(file, documents)
    assert [json.loads(line) for line in file.read_text().splitlines()] == documents
    assert [(one.kind, one.where) for one in read_plan_file(file)] == [
        (Kind.CALENDAR, f"{file}, line 1"),
        (Kind.TASKS, f"{file}, line 2"),
    ]


def test_a_file_that_cannot_be_written_or_read_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "no" / "plan.json"
    with pytest.raises(StoreError) as unwritten:
        write_plan_file(missing, [GOOD])
    assert (unwritten.value.what, unwritten.value.where) == (
        "the plan cannot be written: No such file or directory",
        str(missing),
    )
    with pytest.raises(SettingsError) as unread:
        read_plan_file(missing)
    assert (unread.value.what, unread.value.where) == (
        "the plan cannot be read: No such file or directory",
        str(missing),
    )
    picture_file = tmp_path / "picture.png"
    picture_file.write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(SettingsError) as no_text:
        read_plan_file(picture_file)
    assert (no_text.value.what, no_text.value.where) == (
        "this is not a plan: it is not UTF-8 text",
        str(picture_file),
    )


# ---- what is broken


@pytest.mark.parametrize(
    ("key", "value", "what"),
    [
        ("recommended", ..., "the key “recommended” is missing"),
        ("recommended", 1, "“recommended” must be text"),
        ("action", 1, "“action” must be text"),
        ("state", ..., "the key “state” is missing"),
        ("state", [], "“state” must be text"),
        ("state", "redy", "“state” is “redy”, which is not known; did you mean ready?"),
        ("action", "Merge it", "“action” is “Merge it”, which is not known; did you mean merge?"),
        (
            "state",
            "perhaps",
            (
                "“state” is “perhaps”, which is not known; "
                "it may be ready, prevented, ignored_once, ignored_forever, undecided"
            ),
        ),
        ("changes", ..., "the key “changes” is missing"),
        ("changes", {}, "“changes” must be a list"),
        ("changes", [{}, 1], "“changes” must be a list of objects"),
        ("salesforce", ..., "the key “salesforce” is missing"),
        ("outlook", 3, "“outlook” must be an object or null"),
        ("series", 1, "“series” must be text"),
        ("series", "by hand", "“series” is “by hand”, which is not known; it may be whole, single_events"),
        ("fields", [], "“fields” must be an object"),
    ],
)
def test_a_row_that_is_broken_is_named_by_its_id(tmp_path: Path, key: str, value: Any, what: str) -> None:
    problem = refused(tmp_path, row_with(key, value))
    assert (problem.what, problem.remedy) == (what, "")
    assert problem.where == f"{tmp_path}/plan.json, line 2, row 1, id “{ID}”"


@pytest.mark.parametrize("side", ["salesforce", "outlook"])
@pytest.mark.parametrize(
    ("value", "what"),
    [
        ({"fields": {}}, "the key “id” is missing"),
        ({"id": 1, "fields": {}}, "“id” must be text"),
        ({"id": "L1"}, "the key “fields” is missing"),
        ({"id": "L1", "fields": []}, "“fields” must be an object"),
    ],
)
def test_an_item_that_is_broken_is_named_by_its_side(tmp_path: Path, side: str, value: Any, what: str) -> None:
    problem = refused(tmp_path, row_with(side, value))
    assert (problem.what, problem.where) == (what, f"{tmp_path}/plan.json, line 2, row 1, id “{ID}”, {side}")


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("x", "this is not a row of a plan"),
        ({}, "the key “id” is missing"),
        ({"id": 1}, "“id” must be text"),
    ],
)
def test_a_row_without_an_id_is_named_by_its_place(tmp_path: Path, row: Any, what: str) -> None:
    problem = refused(tmp_path, GOOD | {"rows": [*GOOD["rows"], row]})
    assert (problem.what, problem.where) == (what, f"{tmp_path}/plan.json, line 2, row 2")


def test_what_was_decided_for_fields_is_told_how_it_is_written(tmp_path: Path) -> None:
    problem = refused(tmp_path, row_with("fields", {"location": {"from": "nowhere"}}))
    assert problem.what == "“fields” is not what was decided for fields of this row"
    assert problem.where == f"{tmp_path}/plan.json, line 2, row 1, id “{ID}”"
    assert problem.remedy == 'It may be such as {"location": {"from": "outlook"}}'


@pytest.mark.parametrize("document", [7, "rows", ["rows"], {}, {"format": 1}])
def test_what_is_no_plan_at_all_is_told_how_to_make_one(tmp_path: Path, document: Any) -> None:
    problem = refused(tmp_path, document)
    assert (problem.what, problem.where) == ("this is not a plan", f"{tmp_path}/plan.json, line 2")
    assert problem.remedy == "Make one: handsync plan --out FILE"


@pytest.mark.parametrize(
    ("document", "what", "remedy"),
    [
        (GOOD | {"format": 2}, "this plan has a format other than 1", "Make it again with this handsync"),
        (GOOD | {"process": 1}, "“process” must be text", ""),
        (GOOD | {"rows": {}}, "“rows” must be a list", ""),
        (GOOD | {"made_at": 1}, "“made_at” must be text", ""),
        (GOOD | {"rows": GOOD["rows"] * 2}, f"the row “{ID}” stands there twice", "Keep one of them"),
    ],
)
def test_a_plan_that_is_broken_is_named_by_its_line(tmp_path: Path, document: Any, what: str, remedy: str) -> None:
    problem = refused(tmp_path, document)
    assert (problem.what, problem.where, problem.remedy) == (what, f"{tmp_path}/plan.json, line 2", remedy)


@pytest.mark.parametrize(
    ("content", "what", "where", "remedy"),
    [
        ("", "there is no plan in this file", "", "Make one: handsync plan --out FILE"),
        ("\n\n{]", "this is not JSON: Expecting property name enclosed in double quotes", ", line 3, column 2", ""),
        ('\n[\n\n{"b": 2, "a": 1, "a": 3}]', "the key “a” stands twice in one object", ", in the plan on line 2", ""),
        ('\n{"rows": [Infinity]}', "Infinity is not JSON", ", in the plan on line 2", ""),
        ("\n" + "[" * 100_000, "this is not a plan", ", line 2", ""),
    ],
)  # fmt: skip
def test_a_file_that_is_broken_is_told_where(tmp_path: Path, content: str, what: str, where: str, remedy: str) -> None:
    file = tmp_path / "plan.json"
    file.write_text(content)
    with pytest.raises(SettingsError) as caught:
        read_plan_file(file)
    problem = caught.value
    assert (problem.what, problem.where, problem.remedy) == (what, f"{file}{where}", remedy)


def test_two_plans_of_one_process_are_one_too_many(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, GOOD, GOOD)
    problem = caught.value
    assert (problem.what, problem.remedy) == ("there are two plans for calendar", "Keep one of them")
    assert problem.where == f"{tmp_path}/plan.json"


@pytest.mark.parametrize(("length", "shown"), [(60, "a" * 60), (61, "a" * 59 + "…")])
def test_a_text_of_a_file_is_told_with_at_most_sixty_characters(length: int, shown: str) -> None:
    assert quoted("a" * length) == f"“{shown}”"
    assert quoted("a\x1b[31m\nb") == "“a␛[31m⏎b”"

"""Past runs for other programs and for people who keep books: what was there, what was written, and what is there."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any

import pytest
from support.build import CAL, OL, SF, at

from sync_core.compare import Baseline
from sync_core.history import COLUMNS, Written, harmless, head_to_json, run_to_csv, run_to_json, side_of_row
from sync_core.intent import Done, Intent
from sync_core.items import Item
from sync_core.journal import RunHead, RunRecord
from sync_core.plan import Action
from sync_core.report import Result
from sync_core.sides import Operation

HEAD = RunHead(
    "run-1",
    CAL,
    "2026-11-22T09:00:00Z",
    user="priya@jump1",
    finished="2026-11-22T09:00:05Z",
    sentence="1 done",
    actions={"merge": 1},
    results={"done": 1},
    accounts=("rep@example.com", "priya@example.com"),
)
HERE = Item(CAL, SF, "S1", "1", {"subject": "Budget", "location": "Leeds", "notes": "", "private": False})
THERE = Item(CAL, OL, "O1", "1", {"subject": "Budget", "location": "York", "notes": "Bring figures."})


def intent(action: Action, number: int = 0, **values: Any) -> Intent:
    """A row of a pair that both sides have, unless told otherwise."""
    told: dict[str, Any] = {"left": HERE, "right": THERE, "link_ids": ("S1", "O1"), **values}
    return Intent(number, f"row{number}", CAL, "Budget", action, baseline=Baseline({}, {}), **told)


MERGE = intent(Action.MERGE, to_left={"location": "York"}, to_right={"subject": "Budget 2027"})
MERGED = Done(
    0,
    Result.DONE,
    "all well",
    {SF: "S1", OL: "O1"},
    # Outlook keeps it in a form of its own
    {SF: {"location": "York"}, OL: {"subject": "Budget 2027."}},
)


def lines(intents: list[Intent], done: dict[int, Done]) -> list[dict[str, str]]:
    """The lines of the table, read again by the names of its columns."""
    written = run_to_csv(RunRecord(HEAD, tuple(intents), done=done))
    table = list(csv.DictReader(io.StringIO(written)))
    assert written.splitlines()[0] == ",".join(COLUMNS)
    return table


# ---- a run in one line


def test_a_run_in_one_line() -> None:
    assert head_to_json(HEAD) == {
        "id": "run-1",
        "process": "calendar",
        "started": "2026-11-22T09:00:00Z",
        "finished": "2026-11-22T09:00:05Z",
        "user": "priya@jump1",
        "salesforce": "rep@example.com",
        "outlook": "priya@example.com",
        "sentence": "1 done",
        "cancelled": False,
        "cut_off": False,
        "takes_back": None,
        "actions": {"merge": 1},
        "results": {"done": 1},
    }


@pytest.mark.parametrize(
    ("finished", "settled_later", "cut_off"),
    [("", False, True), ("2026-11-22T09:00:05Z", True, True), ("2026-11-22T09:00:05Z", False, False)],
)
def test_a_run_was_cut_off_when_it_has_no_end_or_was_looked_up_later(
    finished: str, settled_later: bool, cut_off: bool
) -> None:
    said = head_to_json(replace(HEAD, finished=finished, settled_later=settled_later, takes_back="run-0"))
    assert (said["finished"], said["cut_off"], said["takes_back"]) == (finished or None, cut_off, "run-0")


# ---- a run whole


def test_a_run_whole_says_of_each_side_what_was_there_what_was_written_and_what_is_there() -> None:
    said = run_to_json(RunRecord(HEAD, (MERGE,), done={0: MERGED}))
    assert {**head_to_json(HEAD), "format": 1}.items() <= said.items()
    assert said["rows"] == [
        {
            "id": "row0",
            "title": "Budget",
            "action": "merge",
            "result": "done",
            "message": "all well",
            "salesforce": {
                "id_before": "S1",
                "id_after": "S1",
                "before": {"subject": "Budget", "location": "Leeds", "notes": "", "private": False},
                "written": {"location": "York"},
                "after": {"subject": "Budget", "location": "York", "notes": "", "private": False},
            },
            "outlook": {
                "id_before": "O1",
                "id_after": "O1",
                "before": {"subject": "Budget", "location": "York", "notes": "Bring figures."},
                "written": {"subject": "Budget 2027"},
                "after": {"subject": "Budget 2027.", "location": "York", "notes": "Bring figures."},
            },
        }
    ]
    json.dumps(said)


def test_of_a_row_that_was_never_settled_nobody_knows_and_it_holds_what_it_held() -> None:
    [row] = run_to_json(RunRecord(HEAD, (MERGE,)))["rows"]
    assert (row["result"], row["message"]) == ("unknown", "")
    assert row["salesforce"]["after"] == row["salesforce"]["before"]
    assert row["salesforce"]["id_after"] == "S1"


def test_what_was_created_has_no_before_and_gets_its_id_from_the_run() -> None:
    made = intent(Action.CREATE_IN_OUTLOOK, right=None, link_ids=("", ""), to_right={"subject": "Budget"})
    [row] = run_to_json(RunRecord(HEAD, (made,), done={0: Done(0, Result.DONE, "", {OL: "O9"}, {})}))["rows"]
    assert (row["outlook"]["id_before"], row["outlook"]["id_after"]) == (None, "O9")
    assert (row["outlook"]["before"], row["outlook"]["after"]) == (None, {"subject": "Budget"})
    # and nothing where it failed
    [row] = run_to_json(RunRecord(HEAD, (made,), done={0: Done(0, Result.FAILED, "no")}))["rows"]
    assert (row["outlook"]["id_after"], row["outlook"]["after"], row["result"]) == (None, None, "failed")


def test_what_was_deleted_is_no_longer_there() -> None:
    deleted = intent(Action.DELETE_FROM_OUTLOOK, left=None)
    [row] = run_to_json(RunRecord(HEAD, (deleted,), done={0: Done(0, Result.DONE, "", {OL: "O1-bin"})}))["rows"]
    assert (row["outlook"]["id_before"], row["outlook"]["id_after"], row["outlook"]["after"]) == ("O1", "O1-bin", None)
    assert (row["salesforce"]["before"], row["salesforce"]["id_before"]) == (None, "S1")


# ---- a row field by field


def test_a_side_of_a_row_is_told_field_by_field_without_what_is_blank() -> None:
    told = side_of_row(MERGE, MERGED, OL)
    assert (told.side, told.operation, told.id_before, told.id_after) == (OL, Operation.UPDATE, "O1", "O1")
    assert (told.before, told.after, told.done) == (True, True, True)
    assert told.fields == (
        Written("subject", "Budget", "Budget 2027", "Budget 2027.", sent=True),
        Written("location", "York", None, "York", sent=False),
        Written("notes", "Bring figures.", None, "Bring figures.", sent=False),
    )
    # notes that are empty, and a flag that is off, tell nothing
    assert [one.name for one in side_of_row(MERGE, MERGED, SF).fields] == ["subject", "location"]


def test_a_field_that_is_blank_only_by_now_is_told() -> None:
    """Somebody who reads the history looks for just these: what a run has emptied, and what it has filled."""
    emptied = intent(Action.UPDATE_IN_OUTLOOK, to_right={"location": "", "notes": ""})
    filled = intent(Action.UPDATE_IN_SALESFORCE, to_left={"notes": "Bring figures."})
    done = Done(0, Result.DONE, "", {SF: "S1", OL: "O1"}, {OL: {"location": "", "notes": ""}})
    fields = {one.name: one for one in side_of_row(emptied, done, OL).fields}
    assert fields["location"] == Written("location", "York", "", "", sent=True)
    assert fields["notes"] == Written("notes", "Bring figures.", "", "", sent=True)
    fields = {one.name: one for one in side_of_row(filled, done, SF).fields}
    assert fields["notes"] == Written("notes", "", "Bring figures.", "Bring figures.", sent=True)


def test_a_side_that_nothing_was_written_to_is_told_as_it_is() -> None:
    told = side_of_row(intent(Action.UPDATE_IN_OUTLOOK, to_right={"subject": "B"}), None, SF)
    assert (told.operation, told.done, told.before, told.after) == (None, False, True, True)
    assert (told.id_before, told.id_after) == ("S1", "S1")
    assert {(one.sent, one.before == one.after) for one in told.fields} == {(False, True)}


def test_a_deleted_item_has_no_id_any_more_and_a_created_one_has_none_before() -> None:
    deleted = intent(Action.DELETE_FROM_OUTLOOK)
    told = side_of_row(deleted, Done(0, Result.DONE, "", {OL: "O1-bin"}), OL)
    assert (told.id_before, told.id_after, told.before, told.after, told.done) == ("O1", "", True, False, True)
    # a delete that nobody confirmed leaves it where it was
    told = side_of_row(deleted, Done(0, Result.UNKNOWN), OL)
    assert (told.id_after, told.after, told.done) == ("O1", True, False)
    made = intent(Action.CREATE_IN_OUTLOOK, right=None, link_ids=("", ""), to_right={"subject": "Budget"})
    told = side_of_row(made, Done(0, Result.DONE, "", {OL: "O9"}), OL)
    assert (told.id_before, told.id_after, told.before, told.after) == ("", "O9", False, True)
    assert told.fields == (Written("subject", None, "Budget", "Budget", sent=True),)
    told = side_of_row(made, None, OL)
    assert (told.id_after, told.after, told.done) == ("", False, False)


# ---- the table


def test_the_table_has_a_line_per_field_that_was_written() -> None:
    first, second = lines([MERGE], {0: MERGED})
    assert first == {
        "run": "run-1",
        "process": "calendar",
        "row": "row0",
        "title": "Budget",
        "action": "merge",
        "result": "done",
        "message": "all well",
        "side": "Salesforce",
        "id before": "S1",
        "id after": "S1",
        "field": "location",
        "before": "Leeds",
        "written": "York",
        "after": "York",
    }
    assert (second["side"], second["field"], second["before"]) == ("Outlook", "subject", "Budget")
    assert (second["written"], second["after"]) == ("Budget 2027", "Budget 2027.")


def test_the_table_has_what_a_deleted_item_held() -> None:
    deleted = intent(Action.DELETE_FROM_OUTLOOK)
    found = lines([deleted], {0: Done(0, Result.DONE, "", {OL: "O1-bin"})})
    assert [(one["field"], one["before"], one["written"], one["after"]) for one in found] == [
        ("subject", "Budget", "", ""),
        ("location", "York", "", ""),
        ("notes", "Bring figures.", "", ""),
    ]
    assert {(one["side"], one["id before"], one["id after"]) for one in found} == {("Outlook", "O1", "O1-bin")}
    # a line of its own for one of which nothing is known
    [one] = lines([replace(deleted, right=None)], {})
    assert (one["side"], one["id before"], one["id after"], one["result"]) == ("Outlook", "O1", "", "unknown")
    assert (one["field"], one["before"], one["written"], one["after"]) == ("", "", "", "")


def test_the_table_has_a_line_for_a_row_that_writes_nothing() -> None:
    linked, after = intent(Action.LINK), intent(Action.MERGE, 1, to_left={"location": "York"})
    first, second = lines([linked, after], {0: Done(0, Result.DONE)})
    assert (first["row"], first["action"], first["result"], first["message"]) == ("row0", "link", "done", "")
    assert {first[name] for name in COLUMNS[7:]} == {""}
    assert list(first) == list(second) == list(COLUMNS), "a cell per column, and none beside them"
    assert second["message"] == ""
    assert (second["row"], second["result"], second["side"]) == ("row1", "unknown", "Salesforce")


def test_a_side_that_confirmed_nothing_has_no_id_after_the_run() -> None:
    first, second = lines([MERGE], {0: Done(0, Result.FAILED, "it is too long", {SF: "S1"})})
    assert (first["side"], first["id before"], first["id after"], first["message"]) == (
        "Salesforce",
        "S1",
        "S1",
        "it is too long",
    )
    assert (second["side"], second["id before"], second["id after"]) == ("Outlook", "O1", "")
    [deleted] = lines([intent(Action.DELETE_FROM_OUTLOOK, right=None)], {0: Done(0, Result.FAILED, "no")})
    assert (deleted["id before"], deleted["id after"]) == ("O1", "")


def test_a_field_that_was_not_there_before_is_blank_in_the_table() -> None:
    made = intent(
        Action.CREATE_IN_OUTLOOK,
        right=None,
        link_ids=("", ""),
        to_right={"subject": "Budget", "when": at(23), "attachments": ("a.pdf", "b.pdf"), "reminder": None},
    )
    found = {one["field"]: one for one in lines([made], {})}
    assert {one["before"] for one in found.values()} == {""}
    assert {one["after"] for one in found.values()} == {""}
    assert found["when"]["written"] == "start=2026-11-23T10:00:00Z end=2026-11-23T11:00:00Z"
    assert found["attachments"]["written"] == "a.pdf, b.pdf"
    assert found["reminder"]["written"] == ""


@pytest.mark.parametrize("words", ["=1+2", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_spreadsheet_takes_no_cell_for_a_formula(words: str) -> None:
    assert harmless(words) == f"'{words}"
    [one] = lines([replace(MERGE, to_left={"location": words}, to_right={})], {})
    assert one["written"] == f"'{words}"
    assert harmless("a=1") == "a=1"
    assert harmless(7) == "7"


def test_both_sides_are_told_of_in_their_usual_order() -> None:
    assert [one["side"] for one in lines([MERGE], {})] == ["Salesforce", "Outlook"]

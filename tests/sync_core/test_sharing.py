"""Rows taken along: as a table, as a plan, as Markdown, as text. Nothing a stranger wrote is acted on by anybody."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.host import local_time
from support.hostile import TEXTS

from sync_core import sharing
from sync_core.compare import Baseline, compare
from sync_core.filed import decide
from sync_core.items import Item, Kind, SideName, When
from sync_core.plan import Plan, Row, Situation
from sync_core.planfile import read_plan_file
from sync_core.sides import Operation, Window

ACTED_ON = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
WINDOW = Window(date(2026, 10, 23), date(2027, 11, 22), "Europe/London")
WHEN = When("2026-07-01T10:00:00Z", "2026-07-01T11:00:00Z")


def row(number: int, subject: str, kind: Kind = Kind.CALENDAR, **fields: Any) -> Row:
    """A row of a pair whose location or description differs; `subject` is a stranger's."""
    name = "location" if kind is Kind.CALENDAR else "notes"
    before = {"subject": subject, name: "Leeds", **({"when": WHEN} if kind is Kind.CALENDAR else {}), **fields}
    after = {**before, name: subject}
    here = Item(kind, SideName.SALESFORCE, f"L{number}", "1", after)
    there = Item(kind, SideName.OUTLOOK, f"R{number}", "1", before)
    base = Baseline(before, before)
    changes = compare(kind, base, after, before)
    return Row(f"r{number}", kind, Situation.CHANGED, "it changed", here, there, base, changes, ("L", "R"), "m")


def plan(*rows: Row) -> Plan:
    """A plan of these rows."""
    return Plan(rows[0].kind if rows else Kind.CALENDAR, "2026-11-23T08:00:00Z", WINDOW, rows)


def table(rows: list[Row]) -> list[dict[str, str]]:
    """The CSV read again."""
    return list(csv.DictReader(io.StringIO(sharing.to_csv(plan(*rows), rows))))


def test_a_table_has_a_line_per_row_with_times_that_sort() -> None:
    first, second = table([row(1, "Budget"), row(2, "Send offer", Kind.TASKS, due="2026-11-24")])
    assert first["title"] == "Budget"
    # British summer time
    assert (first["start or due"], first["end"]) == ("2026-07-01 11:00", "2026-07-01 12:00")
    assert (first["action"], first["state"], first["reason"]) == ("update_in_outlook", "ready", "it changed")
    assert first["differences"] == "location: before “Leeds”; Salesforce “Budget”; Outlook “Leeds”; will be “Budget”"
    assert (first["salesforce id"], first["outlook id"], first["row"]) == ("L1", "R1", "r1")
    assert (second["process"], second["start or due"], second["end"]) == ("tasks", "2026-11-24", "")


@pytest.mark.parametrize(
    ("when", "start", "end"),
    [
        # in the zone of the plan, whichever zone a moment is told in, and UTC where it tells none
        (WHEN, "2026-07-01 11:00", "2026-07-01 12:00"),
        (When("2026-07-01T10:00:00", "2026-07-01T11:00:00"), "2026-07-01 11:00", "2026-07-01 12:00"),
        (When("2026-07-01T23:30:00-04:00", "2026-07-02T00:30:00-04:00"), "2026-07-02 04:30", "2026-07-02 05:30"),
        (When("2026-12-24", "2026-12-26", True), "2026-12-24", "2026-12-26"),
        # what nobody can read is there as it came
        (When("soon", "9999-12-31T23:59:00-12:00"), "soon", "9999-12-31T23:59:00-12:00"),
        (None, "", ""),
    ],
)
def test_times_of_the_table_sort_as_text(when: When | None, start: str, end: str) -> None:
    [found] = table([row(1, "Budget", when=when)])
    assert (found["start or due"], found["end"]) == (start, end)


def test_what_the_host_keeps_for_its_own_time_does_not_matter() -> None:
    with local_time("America/New_York"):
        [found] = table([row(1, "Budget", when=When("2026-07-01T10:00:00", "2026-07-01T11:00:00Z"))])
    assert (found["start or due"], found["end"]) == ("2026-07-01 11:00", "2026-07-01 12:00")


def test_what_only_one_side_has_leaves_the_other_side_empty_in_the_table() -> None:
    whole = row(1, "Send offer", Kind.TASKS, due=None)
    here, there = table([replace(whole, right=None), replace(whole, left=None)])
    assert (here["salesforce id"], here["outlook id"], here["start or due"]) == ("L1", "", "")
    assert (there["salesforce id"], there["outlook id"], there["end"]) == ("", "R1", "")


def two_differences() -> Row:
    """A row of which place and time differ, and which may not be written."""
    shut = {(SideName.OUTLOOK, Operation.UPDATE): "updating in Outlook is prevented"}
    items = row(1, "Budget")
    assert items.left is not None
    assert items.right is not None
    later = When("2026-07-01T12:00:00Z", "2026-07-01T13:00:00Z")
    left = replace(items.left, fields={**items.left.fields, "location": "York | Hull", "when": later})
    changes = compare(Kind.CALENDAR, items.baseline, left.fields, items.right.fields)
    return replace(items, left=left, changes=changes, blocks=shut)


def test_differences_are_told_one_after_the_other_in_the_zone_of_the_plan() -> None:
    [found] = table([two_differences()])
    when, where = found["differences"].split(" | ", 1)
    assert when == (
        "when: before 1 July 2026, 11:00 to 12:00; Salesforce 1 July 2026, 13:00 to 14:00; "
        "Outlook 1 July 2026, 11:00 to 12:00; will be left as it is"
    )
    assert where == "location: before “Leeds”; Salesforce “York | Hull”; Outlook “Leeds”; will be left as it is"
    assert (found["state"], found["not done because"]) == ("prevented", "updating in Outlook is prevented")


def test_markdown_is_a_heading_and_a_table_that_says_what_the_screen_says() -> None:
    shut = two_differences()
    assert sharing.to_markdown(plan(shut), [shut]).split("\n") == [
        "# Salesforce – Microsoft Outlook Calendar",
        "",
        "1 row, times in Europe/London.",
        "",
        "| what | would happen | why | differences |",
        "| --- | --- | --- | --- |",
        (
            "| Budget, 1 July 2026, 13:00 to 14:00 | Prevented \\(update in Outlook\\) "
            "| it changed. Not done: updating in Outlook is prevented "
            "| when: before 1 July 2026, 11:00 to 12:00; Salesforce 1 July 2026, 13:00 to 14:00; "
            "Outlook 1 July 2026, 11:00 to 12:00; will be left as it is<br>"
            "location: before “Leeds”; Salesforce “York \\| Hull”; Outlook “Leeds”; will be left as it is |"
        ),
        "",
    ]
    first, second = row(1, "Budget"), row(2, "Offer")
    assert sharing.to_markdown(plan(first, second), [first, second]).split("\n")[2] == "2 rows, times in Europe/London."
    assert " | it changed | " in sharing.to_markdown(plan(first), [first])


def test_all_that_is_known_of_rows_has_a_blank_line_between_them_and_no_inner_names() -> None:
    rows = [row(1, "Budget"), row(2, "Offer")]
    parts = sharing.to_details(rows, "Europe/London").split("\n\n")
    assert [part.splitlines()[0] for part in parts] == ["Update in Outlook: Budget", "Update in Outlook: Offer"]
    assert "Id:" not in "".join(parts)


def test_a_plan_in_json_has_a_line_per_value_and_comes_back_as_it_was() -> None:
    """A person may edit it: one value a line. A delete character is spelled out, and is still one when it is read."""
    one = row(1, "a\x7fb")
    words = sharing.to_json(plan(one), [one])
    assert words.splitlines()[:2] == ["{", ' "format": 1,']
    assert words.endswith("}\n")
    assert "\x7f" not in words
    assert json.loads(words)["rows"][0]["salesforce"]["fields"]["subject"] == "a\x7fb"


@pytest.mark.parametrize("subject", ["=1+2", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(subject: str) -> None:
    found = table([row(1, subject)])[0]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in found.values())
    assert subject.strip() in found["title"]


@pytest.mark.parametrize("form", list(sharing.FORMATS))
@pytest.mark.parametrize("subject", TEXTS.values(), ids=TEXTS)
def test_no_format_holds_anything_that_a_terminal_acts_on(form: str, subject: str) -> None:
    rows = [row(1, subject)]
    for words in (
        sharing.FORMATS[form](plan(*rows), rows),
        sharing.to_lines(rows, "UTC"),
        sharing.to_details(rows, "UTC"),
    ):
        words.encode()
        bad = [
            c for c in words if (ord(c) < 32 and c not in "\r\n") or 0x7F <= ord(c) < 0xA0 or "\u202a" <= c <= "\u202e"
        ]
        assert bad == []


@given(st.lists(st.text(max_size=30), min_size=1, max_size=4))
def test_a_table_can_be_read_again_whatever_the_subjects_are(subjects: list[str]) -> None:
    rows = [row(number, subject) for number, subject in enumerate(subjects)]
    assert [found["row"] for found in table(rows)] == [one.id for one in rows]


@given(st.text(max_size=40))
def test_markdown_stays_one_table_without_markup_of_strangers(subject: str) -> None:
    rows = [row(1, subject)]
    lines = sharing.to_markdown(plan(*rows), rows).split("\n")
    assert len(lines) == 8
    last = lines[6]
    # four cells, and no others
    assert last.replace("\\\\", "").replace("\\|", "").count("|") == 5
    assert "<script" not in last


def test_markdown_does_not_act_on_html_links_or_pictures() -> None:
    words = sharing.to_markdown(plan(), [row(1, "<img src=x> ![a](http://x) [b](javascript:y) **c** | d")])
    line = words.splitlines()[-1]
    for token in ("<img", "![", "](", "**", " | d"):
        assert token not in line.replace("\\" + token[0], "\\")


def test_json_is_a_plan_of_just_these_rows(tmp_path: Path) -> None:
    both = [row(1, "Budget"), row(2, "Offer")]
    fresh = plan(*both)
    path = tmp_path / "some.json"
    path.write_text(sharing.to_json(fresh, both[1:]))
    assert path.read_text().isascii()
    assert json.loads(path.read_text())["counts"]["update_in_outlook"] == 1
    review, refused = decide(read_plan_file(path)[0], fresh)
    assert refused == []
    assert [one.action.value for one in review.rows()] == ["none", "update_in_outlook"]


def test_a_copied_row_says_what_when_and_why_in_one_line() -> None:
    assert sharing.to_lines([row(1, "Budget"), row(2, "A\nB")], "Europe/London").splitlines() == [
        "Budget, 1 July 2026, 11:00 to 12:00. Update in Outlook: it changed.",
        "A⏎B, 1 July 2026, 11:00 to 12:00. Update in Outlook: it changed.",
    ]
    whole = sharing.to_details([row(1, "Budget")], "Europe/London")
    assert whole.splitlines()[0] == "Update in Outlook: Budget"
    assert "location: before “Leeds”; Salesforce “Budget”; Outlook “Leeds”; will be “Budget”" in whole

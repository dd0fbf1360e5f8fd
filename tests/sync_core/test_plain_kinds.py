"""Contacts and tasks as plain text, and as rows of a plan file."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sync_core.cli import plain
from sync_core.compare import Baseline, compare
from sync_core.items import Item, Kind, SideName
from sync_core.plan import Action, Plan, Row, Situation, State
from sync_core.planfile import FileRow, plan_to_json
from sync_core.sides import Window

WINDOW = Window(date(2026, 10, 23), date(2027, 11, 22), "Europe/London")


def plan(kind: Kind, *pairs: tuple[dict[str, Any] | None, dict[str, Any] | None]) -> Plan:
    """A plan whose rows have these fields on the two sides; two sides have Salesforce's values as those of before."""
    rows = []
    for number, (left, right) in enumerate(pairs):
        here = Item(kind, SideName.SALESFORCE, f"L{number}", "1", left) if left is not None else None
        there = Item(kind, SideName.OUTLOOK, f"R{number}", "1", right) if right is not None else None
        row = Row(f"r{number}", kind, Situation.NEW, "new", here, there)
        if left is not None and right is not None:
            base = Baseline(left, left)
            changes = compare(kind, base, left, right)
            row = Row(f"r{number}", kind, Situation.CHANGED, "changed", here, there, base, changes, ("L", "R"), "m")
        rows.append(row)
    return Plan(kind, "2026-11-23T08:00:00Z", WINDOW, tuple(rows))


def test_contacts_are_listed_by_last_name_under_letters() -> None:
    said = plain.plan_text(
        plan(
            Kind.CONTACTS,
            (None, {"first_name": "Zoë", "last_name": "Ångström", "company": "Fjäll", "email": "zoe@fjall.example"}),
            ({"first_name": "Tom", "last_name": "Abbott"}, None),
            ({"last_name": "Lee", "birthday": "1980-05-17"}, {"last_name": "Lee", "birthday": "1980-05-18"}),
        ),
        100,
    )
    assert "All contacts. Times in Europe/London." in said
    order = ["\nA: 2 rows\n", "Create in Outlook: Tom Abbott", "Create in Salesforce: Zoë Ångström", "\nL: 1 row\n"]
    assert [said.index(words) for words in order] == sorted(said.index(words) for words in order)
    assert "Of: Fjäll, zoe@fjall.example" in said
    assert "birthday: before 17 May 1980; Salesforce 17 May 1980; Outlook 18 May 1980; will be 18 May 1980" in said


def test_tasks_are_listed_by_due_day() -> None:
    first = {"subject": "Send offer", "due": "2026-11-24", "status": "not_started", "reminder": None}
    second = {**first, "status": "in_progress", "reminder": "2026-11-24T08:30:00Z"}
    said = plain.plan_text(plan(Kind.TASKS, ({"subject": "Call"}, None), (first, second)), 100)
    assert "Due 23 October 2026 to 22 November 2027, or without a due date." in said
    assert said.index("Tuesday 24 November 2026") < said.index("Send offer") < said.index("No due date")
    # the heading says it
    assert "Due: 24 November 2026" not in said
    assert "status: before not started; Salesforce not started; Outlook in progress" in said
    assert "reminder: before nothing; Salesforce nothing; Outlook 24 November 2026, 08:30" in said


@pytest.mark.parametrize(
    ("kind", "fields", "title"),
    [
        (Kind.CONTACTS, {"first_name": "Kim", "last_name": "Lee"}, "Kim Lee"),
        (Kind.CONTACTS, {"email": "kim@example.org"}, "kim@example.org"),
        (Kind.CONTACTS, {}, "(no name)"),
        (Kind.TASKS, {"subject": "Call"}, "Call"),
        (Kind.CALENDAR, {"subject": 7}, "7"),
    ],
)
def test_a_row_of_a_file_is_called_what_its_item_is_called(kind: Kind, fields: dict[str, Any], title: str) -> None:
    side = {"id": "1", "fields": fields}
    for left, right in ((side, None), (None, side), (side, {"id": "2", "fields": {}})):
        row = FileRow(kind, "r", Action.NONE, Action.NONE, State.READY, left, right, ())
        assert row.title == title


def test_plans_of_contacts_are_json() -> None:
    (row,) = plan_to_json(plan(Kind.CONTACTS, ({"last_name": "Lee"}, {"last_name": "Lee-Hart"})))["rows"]
    assert row["changes"] == [
        {"field": "last_name", "baseline": "Lee", "salesforce": "Lee", "outlook": "Lee-Hart", "result": "Lee-Hart"}
    ]

"""The Summary of contacts and of tasks: order, headings, what a line and the details say, and the filter."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from tui.widgets.plan_lines import Heading


def headings(shown: Any) -> list[str]:
    """The headings of the table, days as ISO 8601."""
    return [str(line.section) for line in shown.screen.table._lines.lines if isinstance(line, Heading)]


def titles(shown: Any) -> list[str]:
    """The titles of the rows, from top to bottom."""
    return [line.title for line in shown.screen.table._lines.lines if not isinstance(line, Heading)]


async def test_contacts_stand_under_letters_by_last_name(summary: Any, samples: ModuleType) -> None:
    async with summary(samples.contacts(), size=(120, 40)) as shown:
        assert headings(shown) == ["A", "G", "H", "I", "L", "S", "山", "#"]
        assert titles(shown)[:5] == [
            "Tom Abbott",
            "Zoë Ångström",
            "Ewan Geddes",
            "Omar Haddad",
            "info@tailspin.example",
        ]
        said = shown.text()
        # one without a name is called by its address, once
        assert "info@tailspin.example, info" not in said
        # contacts have no window
        assert "Contacts  all  read 2 min ago" in said
        assert "2026 –" not in said
        # what changed besides is counted where its names would take the line
        assert "+3 fields" in said
        assert "\x1b" not in said


async def test_the_name_of_a_contact_is_strong_only_where_it_differs(summary: Any, samples: ModuleType) -> None:
    b = samples.Builder(samples.Kind.CONTACTS)
    old = samples.contact("Kim", "Lee", company="Northwind")
    b.pair(samples.Situation.CHANGED, old, {"last_name": "Lee-Hart"}, {}, "last name changed in Salesforce")
    b.pair(samples.Situation.CHANGED, old, {"title": "Buyer"}, {}, "title changed in Salesforce")
    plan = samples.Plan(samples.Kind.CONTACTS, samples.MADE_AT, samples.WINDOW, tuple(b.rows))
    async with summary(plan) as shown:
        draw, table = shown.screen.table.drawing, shown.screen.table
        bold = {
            row.title: any(
                span.style == draw.looks.strong and "Kim" in line.plain[span.start : span.end] for span in line.spans
            )
            for row in (table.row_at(1), table.row_at(2))
            for line in [draw.side(row, samples.SideName.SALESFORCE, None, 40)]
        }
    assert bold == {"Kim Lee": False, "Kim Lee-Hart": True}


async def test_tasks_stand_under_the_day_they_are_due(summary: Any, samples: ModuleType) -> None:
    async with summary(samples.tasks(), size=(120, 40)) as shown:
        assert headings(shown) == ["2026-11-24", "2026-11-25", "2026-11-30", "2026-12-04", "2027-01-11", "No due date"]
        said = shown.text()
        assert "Mon 11 Jan 2027 ──" in said
        assert "(no date) Visit report, in" in said
        assert "Compare prices, waiting" in said
        # what goes without saying is not said
        assert "Call Omar back, " not in said


@pytest.mark.parametrize(
    ("plan", "words", "found"),
    [
        ("contacts", "oldmill", ["Omar Haddad"]),
        ("contacts", "GEDDES northwind", ["Ewan Geddes"]),
        ("contacts", "07700", ["Priya Shah"]),
        ("contacts", "york", ["Kim Lee"]),
        ("tasks", "2026-12-04", ["Ask for references"]),
        ("tasks", "waiting prices", ["Compare prices"]),
    ],
)
async def test_the_filter_finds_by_what_the_rows_hold(
    summary: Any, samples: ModuleType, plan: str, words: str, found: list[str]
) -> None:
    async with summary(getattr(samples, plan)()) as shown:
        await shown.press("slash", *(("space" if c == " " else c) for c in words), "enter")
        assert titles(shown) == found


async def test_details_of_a_new_contact_leave_out_what_is_blank(summary: Any, samples: ModuleType) -> None:
    async with summary(samples.contacts(), size=(80, 40)) as shown:
        shown.go_to("Zoë Ångström")
        await shown.press("enter")
        said = shown.text()
        assert "mobile phone" in said
        assert "+46 70 174 06 01" in said
        assert "department" not in said
        assert "birthday" not in said


async def test_details_name_long_fields_whole_and_dates_in_words(summary: Any, samples: ModuleType) -> None:
    async with summary(samples.contacts(), size=(80, 40)) as shown:
        shown.go_to("Kim Lee")
        await shown.press("enter")
        said = " ".join(shown.text().split())
        assert "business postal code LS1 4AB" in said
        assert "birthday 17 May 1980" in said
        # both lines of a street
        assert "Unit 4" in said
        assert "1 Station Road" in said


async def test_details_of_a_task(summary: Any, samples: ModuleType) -> None:
    async with summary(samples.tasks(), size=(80, 40)) as shown:
        shown.go_to("Visit report")
        await shown.press("enter")
        said = " ".join(shown.text().split())
        assert "due Mon 23 Nov Wed 25 Nov none choose > or <" in said
        assert "status not started not started in progress in progress" in said
        assert "reminder Mon 23 Nov 08:30" in said

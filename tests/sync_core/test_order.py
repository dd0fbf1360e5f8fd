"""The order of rows, and the headings they stand under."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sync_core import order
from sync_core.compare import NO_BASELINE, Baseline
from sync_core.items import Item, Kind, SideName
from sync_core.plan import Row, Situation


def row(kind: Kind, left: dict[str, Any] | None, right: dict[str, Any] | None = None, **more: Any) -> Row:
    """A row with these fields on the two sides."""
    items = [
        Item(kind, side, side.value, "1", fields) if fields is not None else None
        for side, fields in zip(SideName, (left, right), strict=True)
    ]
    return Row("r", kind, Situation.NEW, "", items[0], items[1], **more)


@pytest.mark.parametrize(
    ("fields", "letter"),
    [
        ({"first_name": "Kim", "last_name": "Lee"}, "L"),
        ({"first_name": "Zoë", "last_name": "Ångström"}, "A"),
        ({"first_name": "kim"}, "K"),
        ({"company": "Northwind", "email": "kim@example.org"}, "N"),
        ({"email": "kim@example.org"}, "K"),
        ({"last_name": "112 Reception"}, "#"),
        ({"last_name": "\u202e\x1b[31m"}, "#"),
        ({"last_name": "ßtraße"}, "S"),
        ({}, "#"),
    ],
)
def test_contacts_stand_under_the_first_letter_of_what_they_are_filed_as(fields: dict[str, Any], letter: str) -> None:
    assert order.section(row(Kind.CONTACTS, fields), "UTC") == letter


def test_contacts_are_sorted_as_in_an_address_book() -> None:
    names = [("Bo", "Ek"), ("ann", "ek"), ("Åke", "Ängel"), ("Abe", "Anders"), ("", "1st Floor"), ("Cy", "Ekberg")]
    rows = [row(Kind.CONTACTS, {"first_name": first, "last_name": last}) for first, last in names]
    rows.sort(key=lambda r: order.sort_key(r, "UTC"))
    assert [r.title for r in rows] == ["Abe Anders", "Åke Ängel", "ann ek", "Bo Ek", "Cy Ekberg", "1st Floor"]


def test_tasks_stand_under_the_day_they_are_due_and_those_without_come_last() -> None:
    rows = [
        row(Kind.TASKS, {"subject": subject, "due": due})
        for subject, due in [("b", None), ("c", "2026-12-01"), ("B", "2026-11-23"), ("a", "2026-11-23"), ("A", "soon")]
    ]
    rows.sort(key=lambda r: order.sort_key(r, "UTC"))
    assert [r.title for r in rows] == ["a", "B", "c", "A", "b"]
    assert [order.section(r, "UTC") for r in rows] == [
        *(date(2026, 11, 23), date(2026, 11, 23), date(2026, 12, 1)),
        *(order.NO_DUE_DATE, order.NO_DUE_DATE),
    ]


def test_salesforce_says_where_a_row_stands_and_else_outlook_or_what_was_synced() -> None:
    early, late = {"subject": "x", "due": "2026-11-23"}, {"subject": "x", "due": "2026-12-01"}
    assert order.section(row(Kind.TASKS, early, late), "UTC") == date(2026, 11, 23)
    assert order.section(row(Kind.TASKS, {"subject": "x", "due": None}, late), "UTC") == date(2026, 12, 1)
    gone = row(Kind.TASKS, None, None, baseline=Baseline(early, early))
    assert order.section(gone, "UTC") == date(2026, 11, 23)
    # a date that was taken away is not looked for in the past
    cleared = row(Kind.TASKS, {"subject": "x", "due": None}, None, baseline=Baseline(early, early))
    assert order.section(cleared, "UTC") == order.NO_DUE_DATE
    assert order.section(row(Kind.CALENDAR, {"subject": "x"}, baseline=NO_BASELINE), "UTC") == order.NO_DATE

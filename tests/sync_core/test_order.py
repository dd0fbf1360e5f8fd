"""The order of rows, and the headings they stand under."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from support import build
from support.host import local_time

from sync_core import order
from sync_core.compare import NO_BASELINE, Baseline
from sync_core.items import Item, Kind, SideName, When
from sync_core.order import Order
from sync_core.plan import Choice, Ignore, IgnoreMode, Row, Situation
from sync_core.sides import Operation

ZONE = "Europe/London"


def row(kind: Kind, left: dict[str, Any] | None, right: dict[str, Any] | None = None, **more: Any) -> Row:
    """A row with these fields on the two sides."""
    items = [
        Item(kind, side, side.value, "1", fields) if fields is not None else None
        for side, fields in zip(SideName, (left, right), strict=True)
    ]
    return Row("r", kind, Situation.NEW, "", items[0], items[1], **more)


@pytest.mark.parametrize(
    ("kind", "labels"),
    [
        (Kind.CALENDAR, ["by time", "by subject", "by action", "by last change"]),
        (Kind.CONTACTS, ["by name", "by first name", "by action", "by last change"]),
        (Kind.TASKS, ["by due date", "by subject", "by action", "by last change"]),
    ],
)
def test_an_order_is_called_after_what_the_kind_has(kind: Kind, labels: list[str]) -> None:
    assert [one.label(kind) for one in Order] == labels


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
        for subject, due in [
            ("b", None),
            ("a call", "2026-12-01"),
            ("B", "2026-11-23"),
            ("a", "2026-11-23"),
            ("A", "soon"),
        ]
    ]
    rows.sort(key=lambda r: order.sort_key(r, "UTC"))
    assert [r.title for r in rows] == ["a", "B", "a call", "A", "b"]
    assert [order.section(r, "UTC") for r in rows] == [
        *(date(2026, 11, 23), date(2026, 11, 23), date(2026, 12, 1)),
        *(order.NO_DUE_DATE, order.NO_DUE_DATE),
    ]


@pytest.mark.parametrize(
    ("kind", "dated"),
    [
        (Kind.TASKS, {"due": "9999-12-31"}),
        (Kind.CALENDAR, {"when": When("9999-12-31", "9999-12-31", all_day=True)}),
        (Kind.CALENDAR, {"when": When("9999-12-31T10:00:00Z", "9999-12-31T11:00:00Z")}),
    ],
)
def test_the_last_day_of_the_calendar_stands_before_what_has_no_day(kind: Kind, dated: dict[str, Any]) -> None:
    """In the middle of those it would give them two headings."""
    rows = [row(kind, {"subject": s, **(dated if s == "m" else {})}) for s in ("z", "m", "a")]
    rows.sort(key=lambda r: order.sort_key(r, "UTC"))
    sections = [order.section(r, "UTC") for r in rows]
    assert sections[0] == date(9999, 12, 31)
    assert len(set(sections[1:])) == 1


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


def event(subject: str, start: str = "2026-11-23T10:00:00Z", end: str = "2026-11-23T11:00:00Z", **more: Any) -> Row:
    """The row of an event that is in Salesforce only; a start without an hour is a whole day."""
    when = When(start, end, all_day="T" not in start)
    return row(Kind.CALENDAR, {"subject": subject, "when": when}, **more)


def test_events_are_read_by_day_whole_days_first_and_those_without_a_time_last() -> None:
    rows = [
        event("no time", "soon"),
        event("noon", "2026-11-23T12:00:00Z"),
        row(Kind.CALENDAR, {"subject": "never said"}),
        event("next day", "2026-11-24", "2026-11-24"),
        event("ten", "2026-11-23T10:00:00Z"),
        event("whole day", "2026-11-23", "2026-11-23"),
        event("eve", "2026-11-22T23:59:00Z"),
    ]
    found = order.arranged(rows, Order.TIME, ZONE)
    assert [one.title for one in found][:5] == ["eve", "whole day", "ten", "noon", "next day"]
    assert [order.heading(one, Order.TIME, ZONE) for one in found] == [
        *(date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 23), date(2026, 11, 23), date(2026, 11, 24)),
        *("Without a date", "Without a date"),
    ]


@pytest.mark.parametrize(
    ("start", "end", "zone", "first", "last"),
    [
        ("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z", "UTC", 23, 23),
        # in the zone of who reads
        ("2026-11-23T23:30:00Z", "2026-11-24T00:30:00Z", "Europe/Paris", 24, 24),
        ("2026-11-23T00:30:00Z", "2026-11-23T01:30:00Z", "America/New_York", 22, 22),
        # whatever zone it is written in
        ("2026-11-23T23:30:00-02:00", "2026-11-23T23:45:00-02:00", "UTC", 24, 24),
        # without a zone it is UTC, wherever the program runs
        ("2026-11-23T23:30:00", "2026-11-24T00:30:00", "Europe/Paris", 24, 24),
        # until midnight is not into the next day, a second later is
        ("2026-11-23T22:00:00Z", "2026-11-24T00:00:00Z", "UTC", 23, 23),
        ("2026-11-23T22:00:00Z", "2026-11-24T00:00:01Z", "UTC", 23, 24),
        ("2026-11-23T00:00:00Z", "2026-11-23T00:00:00Z", "UTC", 23, 23),
        ("2026-11-23T22:00:00Z", "2026-11-22T00:00:00Z", "UTC", 23, 23),
        ("2026-11-23", "2026-11-25", "Pacific/Apia", 23, 25),
        ("2026-11-23", "2026-11-25", "America/New_York", 23, 25),
        ("soon", "2026-11-24T00:00:00Z", "UTC", None, None),
        ("2026-11-23T10:00:00Z", "later", "UTC", 23, None),
        ("0001-01-01T00:00:00Z", "0001-01-01T01:00:00Z", "America/New_York", None, None),
    ],
)
def test_the_days_of_an_event(start: str, end: str, zone: str, first: int | None, last: int | None) -> None:
    when = When(start, end, all_day="T" not in start and start != "soon")
    days = [None if day is None else date(2026, 11, day) for day in (first, last)]
    assert [order.first_day(when, zone), order.last_day(when, zone)] == days


def test_a_time_without_a_zone_is_utc_on_a_machine_that_is_elsewhere() -> None:
    with local_time("America/New_York"):
        assert order.first_day(When("2026-11-23T23:30:00", "2026-11-23T23:45:00"), "UTC") == date(2026, 11, 23)


def test_days_that_are_none_have_no_place() -> None:
    whole = When("2026-11-31", "2026-11-31", all_day=True)
    assert (order.first_day(whole, ZONE), order.last_day(whole, ZONE)) == (None, None)
    assert [order.due_day(found) for found in ("2026-12-01", "soon", "", None)] == [date(2026, 12, 1), None, None, None]


def test_a_time_is_salesforces_else_outlooks_else_what_was_synced() -> None:
    one, other = (When(f"2026-11-2{n}T10:00:00Z", f"2026-11-2{n}T11:00:00Z") for n in (3, 4))
    assert order.row_when(row(Kind.CALENDAR, {"when": one}, {"when": other})) == one
    assert order.row_when(row(Kind.CALENDAR, None, {"when": other})) == other
    assert order.row_when(row(Kind.CALENDAR, None, baseline=Baseline({}, {"when": other}))) == other
    assert order.row_when(row(Kind.CALENDAR, None, baseline=Baseline({"when": one}, {"when": other}))) == one
    assert order.row_when(row(Kind.CALENDAR, {"when": "soon"})) is None
    assert order.value(row(Kind.CALENDAR, None), "when") is None


SUBJECTS = ["Zebra", "\u202ebudget", "Ähre", "2 o'clock", "Budget", "alpha", "§ 4"]


def test_rows_by_subject_stand_together_under_their_letters_however_they_are_written() -> None:
    found = order.arranged([event(one) for one in SUBJECTS], Order.SUBJECT, ZONE)
    assert [one.title for one in found] == [
        *("Ähre", "alpha", "\u202ebudget", "Budget", "Zebra"),
        *("2 o'clock", "§ 4"),
    ]
    assert [order.heading(one, Order.SUBJECT, ZONE) for one in found] == ["A", "A", "B", "B", "Z", "#", "#"]


def test_what_is_equal_in_an_order_stays_in_the_order_of_time() -> None:
    late, early = event("One", "2026-11-25T10:00:00Z"), event("one", "2026-11-24T10:00:00Z")
    for by in Order:
        assert order.arranged([late, early], by, ZONE) == [early, late]


def test_contacts_of_one_letter_are_sorted_by_the_whole_name_and_by_first_name_when_asked() -> None:
    people = [("Kim", "lee"), ("Ann", "Lee"), ("Bo", "Lea"), ("", "Lee"), ("Ann", "lee")]
    rows = [row(Kind.CONTACTS, {"first_name": first, "last_name": last}) for first, last in people]
    by_name = ["Bo Lea", "Lee", "Ann Lee", "Ann lee", "Kim lee"]
    assert [one.title for one in order.arranged(rows, Order.TIME, ZONE)] == by_name
    found = order.arranged(rows, Order.SUBJECT, ZONE)
    assert [one.title for one in found] == ["Ann Lee", "Ann lee", "Bo Lea", "Kim lee", "Lee"]
    assert [order.heading(one, Order.SUBJECT, ZONE) for one in found] == ["A", "A", "B", "K", "L"]
    assert {order.heading(one, Order.TIME, ZONE) for one in found} == {"L"}


def test_names_that_differ_in_their_accents_only_have_one_order() -> None:
    rows = [row(Kind.CONTACTS, {"last_name": name}) for name in ("Lée", "lee", "Lee")]
    for some in (rows, rows[::-1]):
        assert [one.title for one in sorted(some, key=lambda one: order.sort_key(one, ZONE))] == ["Lee", "Lée", "lee"]


def actions() -> dict[str, Row]:
    """A row of each heading that the order by action has, by that heading, in that order."""
    gone_here, gone_there = build.picture(build.SF, [], build.gone("L1")), build.picture(build.OL, [], build.gone("R1"))
    known = [build.link()]

    def one(lefts: Any, rights: Any, links: Any = (), **more: Any) -> Row:
        return replace(build.only(build.plan(lefts, rights, links)), **more)

    left, right = build.left, build.right
    edited, created = [left(subject="Edited")], {(SideName.OUTLOOK, Operation.CREATE): "prevented"}
    return {
        "Conflict, needs a choice": one(edited, gone_there, known),
        "Delete from Salesforce": one([left()], gone_there, known),
        "Delete from Outlook": one(gone_here, [right()], known),
        "Create in Salesforce": one([], [right()]),
        "Restore in Salesforce": one(gone_here, [right(subject="Edited")], known, choice=Choice.TO_SALESFORCE),
        "Create in Outlook": one([left()], []),
        "Restore in Outlook": one(edited, gone_there, known, choice=Choice.TO_OUTLOOK),
        "Update in Salesforce": one([left()], [right(subject="Edited")], known),
        "Update in Outlook": one(edited, [right()], known),
        "Merge both": one(edited, [right(location="York")], known),
        "Link, already equal": one([left()], [right()]),
        "Nothing": one([left()], [], choice=Choice.NOTHING),
        "Blocked": one([left()], [], blocks=created),
        "Ignored until the next time one changes": one([left()], [], ignored=Ignore("", IgnoreMode.ONCE, "", "")),
        "Ignored forever": one(edited, [right()], known, ignored=Ignore("", IgnoreMode.FOREVER, "", "")),
    }


def test_by_action_what_needs_a_person_comes_first_and_what_is_left_out_last() -> None:
    rows = actions()
    for some in (list(rows.values()), list(rows.values())[::-1]):
        found = order.arranged(some, Order.ACTION, ZONE)
        assert [order.heading(one, Order.ACTION, ZONE) for one in found] == list(rows)


def changed(here: str, there: str | None = None) -> Row:
    """A row of which Salesforce says that it changed `here`, and Outlook `there`."""
    made = row(Kind.TASKS, {"subject": here}, None if there is None else {"subject": there})
    return replace(
        made,
        left=None if made.left is None else replace(made.left, changed_at=here),
        right=None if made.right is None else replace(made.right, changed_at=there or ""),
    )


@pytest.mark.parametrize(
    ("here", "there", "zone", "under"),
    [
        ("2026-11-20T10:00:00Z", None, ZONE, date(2026, 11, 20)),
        ("2026-11-20T10:00:00Z", "2026-11-21T10:00:00Z", ZONE, date(2026, 11, 21)),
        ("2026-11-22T10:00:00Z", "2026-11-21T10:00:00Z", ZONE, date(2026, 11, 22)),
        ("", "2026-11-21T10:00:00Z", ZONE, date(2026, 11, 21)),
        ("2026-11-20T23:30:00Z", None, "Europe/Paris", date(2026, 11, 21)),
        ("", "", ZONE, "Not known when it changed"),
        ("lately", None, ZONE, "Not known when it changed"),
        ("0001-01-01T00:00:00Z", None, "America/New_York", "Not known when it changed"),
    ],
)
def test_the_day_of_the_last_change(here: str, there: str | None, zone: str, under: date | str) -> None:
    assert order.heading(changed(here, there), Order.CHANGED, zone) == under


def test_what_changed_last_comes_first_and_what_nobody_knows_of_last() -> None:
    rows = [changed(""), changed("2026-11-20T10:00:00Z"), changed("2026-11-19T10:00:00Z", "2026-11-21T10:00:00Z")]
    assert order.arranged(rows, Order.CHANGED, ZONE) == rows[::-1]
    nobody = row(Kind.TASKS, None)
    assert order.last_change(nobody) == ""

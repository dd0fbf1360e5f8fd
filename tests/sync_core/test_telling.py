"""What tells items of the same name apart, where a person is asked which one is meant."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.build import OL, at, item

from sync_core.items import Item, Kind, When
from sync_core.telling import told_apart

ZONE = "Europe/London"


def two(kind: Kind, name: str, one: Any, other: Any) -> list[Item]:
    return [replace(item(kind, OL, f"R{n}", **{name: value}), changed_at="") for n, value in enumerate((one, other))]


@pytest.mark.parametrize(
    ("kind", "name", "values", "words"),
    [
        (Kind.CALENDAR, "when", (at(23, 9), at(24, 9)), ("23 Nov 2026, 09:00 to 10:00", "24 Nov 2026, 09:00 to 10:00")),
        (
            Kind.CALENDAR,
            "when",
            (When("2026-11-23", "2026-11-23", all_day=True), When("2026-11-23", "2026-11-24", all_day=True)),
            ("23 Nov 2026", "23 Nov 2026 to 24 Nov 2026"),
        ),
        (Kind.CALENDAR, "location", ("Room 4", ""), ("location “Room 4”", "no location")),
        (Kind.CALENDAR, "private", (True, False), ("private", "not private")),
        (Kind.CALENDAR, "reminder", (15, None), ("reminder 15 min", "no reminder")),
        (Kind.CALENDAR, "attachments", (("a.pdf",), ()), ("attachments a.pdf", "no attachments")),
        (Kind.CONTACTS, "business_phone", ("1", "2"), ("business phone “1”", "business phone “2”")),
        (Kind.CONTACTS, "birthday", ("1980-02-29", None), ("birthday 29 Feb 1980", "no birthday")),
        (Kind.TASKS, "due", ("2026-12-01", "2026-12-02"), ("due 1 Dec 2026", "due 2 Dec 2026")),
        (Kind.TASKS, "status", ("in_progress", "waiting"), ("status in progress", "status waiting")),
        (Kind.TASKS, "reminder", ("2026-07-01T08:00:00Z", None), ("reminder 1 Jul 2026, 09:00", "no reminder")),
    ],
)
def test_the_one_thing_that_differs_is_said(kind: Kind, name: str, values: Any, words: Any) -> None:
    assert tuple(told_apart(two(kind, name, *values), ZONE)) == words


def test_days_and_times_are_written_as_the_person_is_used_to_who_is_asked() -> None:
    (first, _) = told_apart(two(Kind.CALENDAR, "when", at(23, 9), at(24, 9)), "America/New_York")
    assert first == "23 Nov 2026, 04:00 to 05:00"


def test_one_fact_is_enough_where_it_tells_all_apart_and_two_are_said_where_it_does_not() -> None:
    notes = [item(Kind.TASKS, OL, f"R{n}", notes=words, reminder=None) for n, words in enumerate("abb")]
    assert told_apart(notes, ZONE) == ["notes “a”", "notes “b”", "notes “b”"]
    by_two = [replace(one, changed_at=f"2026-11-2{n}T09:00:00Z") for n, one in enumerate(notes)]
    assert told_apart(by_two, ZONE) == [
        "notes “a”, changed 20 Nov 2026, 09:00",
        "notes “b”, changed 21 Nov 2026, 09:00",
        "notes “b”, changed 22 Nov 2026, 09:00",
    ]


def test_what_is_not_in_the_fields_tells_apart_too() -> None:
    """Whom it is about, whether it is private or a series, and who changed it last and when."""
    one = item(Kind.TASKS, OL, "R1")
    for other, words in (
        (replace(one, people=("Kim Lee",)), ["with nobody", "with Kim Lee"]),
        (replace(one, private=True), ["not private", "private"]),
        (replace(one, series=True), ["no series", "a series"]),
    ):
        assert told_apart([one, other], ZONE) == words
    ann = item(Kind.CONTACTS, OL, "R1")
    assert told_apart([ann, replace(ann, addresses=("a@x.example",))], ZONE) == ["no other e-mail", "also a@x.example"]
    changed = [replace(one, changed_at="2026-11-20T09:00:00Z", changed_by=who) for who in ("Priya", "Sam")]
    assert told_apart(changed, ZONE) == ["changed by Priya", "changed by Sam"]


def test_what_is_not_known_of_one_tells_nothing() -> None:
    known = item(Kind.TASKS, OL, "R1", notes="a")
    unknown = replace(known, id="R2", fields={n: v for n, v in known.fields.items() if n != "notes"})
    assert told_apart([known, unknown], ZONE) == ["", ""]


def test_where_nothing_differs_nothing_is_said() -> None:
    same = [item(Kind.CONTACTS, OL, f"R{n}") for n in range(3)]
    assert told_apart(same, ZONE) == ["", "", ""]
    assert told_apart(same[:1], ZONE) == [""]
    assert told_apart([], ZONE) == []


def test_long_texts_that_begin_alike_are_shown_from_where_they_differ() -> None:
    head = "Dear all, as said at the meeting on Monday "
    assert told_apart(two(Kind.TASKS, "notes", f"{head}yes", f"{head}no"), ZONE) == [
        "notes “…on Monday yes”",
        "notes “…on Monday no”",
    ]


def test_foreign_text_is_harmless_and_short() -> None:
    told = told_apart(two(Kind.TASKS, "notes", "\x1b[2J" + "x" * 100, "line\nline"), ZONE)
    assert told == [f"notes “[2J{'x' * 26}…”", "notes “line line”"]


def test_a_time_that_cannot_be_understood_breaks_nothing() -> None:
    one, other = two(Kind.CALENDAR, "when", When("tomorrow", "soon"), When("\x1b9999", "", all_day=True))
    assert told_apart([one, other], ZONE) == ["tomorrow to soon", "9999 to "]

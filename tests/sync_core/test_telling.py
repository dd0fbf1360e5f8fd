"""What tells items of the same name apart, where a person is asked which one is meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from support.build import OL, at, item
from support.host import dates_in

from sync_core import dates
from sync_core.items import Item, Kind, When
from sync_core.recurrence import ChangedOccurrence, Exceptions
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


def test_of_an_end_on_the_same_day_the_time_alone_is_said_however_days_are_written() -> None:
    """A day that is written month first has a comma of its own."""
    with dates_in(dates.of_locale("en_US")):
        (first, _) = told_apart(two(Kind.CALENDAR, "when", at(23, 9), at(24, 9)), ZONE)
    assert first == "Nov 23, 2026, 9:00 am to 10:00 am"


def test_what_happens_once_and_what_is_repeated_is_told() -> None:
    weekly = at(23, 9)._replace(recurrence="FREQ=WEEKLY;BYDAY=MO", zone=ZONE)
    once = "23 Nov 2026, 09:00 to 10:00"
    assert told_apart(two(Kind.CALENDAR, "when", weekly, at(23, 9)), ZONE) == [f"{once}, repeated", once]


def test_changed_occurrences_are_told_in_words() -> None:
    """They are kept as a text for programs, which is nothing to show."""
    out = Exceptions((date(2026, 12, 1),))
    moved = ChangedOccurrence(
        date(2026, 12, 8), datetime(2026, 12, 9, 9, tzinfo=UTC), datetime(2026, 12, 9, 10, tzinfo=UTC)
    )
    more = Exceptions(out.deleted, (moved,))
    assert told_apart(two(Kind.CALENDAR, "exceptions", "", out.text), ZONE) == ["no changed occurrences", "1 left out"]
    told = told_apart(two(Kind.CALENDAR, "exceptions", out.text, more.text), ZONE)
    assert told == ["1 left out", "1 changed, 1 left out"]


def test_two_facts_are_enough_though_more_would_tell_all_apart() -> None:
    four = [
        item(Kind.TASKS, OL, f"R{n}", due=due, status=status, notes=notes)
        for n, (due, status, notes) in enumerate(
            [
                ("2026-12-02", "waiting", "a"),
                ("2026-12-01", "in_progress", "a"),
                ("2026-12-01", "waiting", "a"),
                ("2026-12-01", "waiting", "b"),
            ]
        )
    ]
    assert told_apart(four, ZONE) == [
        "due 2 Dec 2026, status waiting",
        "due 1 Dec 2026, status in progress",
        "due 1 Dec 2026, status waiting",
        "due 1 Dec 2026, status waiting",
    ]


def test_where_one_thing_is_not_known_of_all_another_one_tells() -> None:
    known = item(Kind.TASKS, OL, "R1", notes="a")
    unknown = replace(known, id="R2", fields={n: v for n, v in known.fields.items() if n != "notes"}, private=True)
    assert told_apart([known, unknown], ZONE) == ["not private", "private"]


def test_what_a_person_would_ask_first_is_told_first() -> None:
    """The company of a contact before its street, the notes of a task before its priority."""
    ann = item(Kind.CONTACTS, OL, "R1", company="Acme", business_street="1 High Street")
    other = item(Kind.CONTACTS, OL, "R2", company="Globex", business_street="2 High Street", first_name="P.")
    assert told_apart([ann, other], ZONE) == ["company “Acme”", "company “Globex”"]
    one = item(Kind.TASKS, OL, "R1", notes="a", priority="high")
    assert told_apart([one, item(Kind.TASKS, OL, "R2", notes="b", priority="low")], ZONE) == ["notes “a”", "notes “b”"]


def test_when_and_by_whom_it_was_changed_is_told_where_that_is_known_of_all() -> None:
    one = replace(item(Kind.TASKS, OL, "R1"), changed_at="", changed_by="")
    assert told_apart([one, replace(one, changed_at="2026-11-20T09:00:00Z")], ZONE) == ["", ""]
    assert told_apart([one, replace(one, changed_by="Priya")], ZONE) == ["", ""]


def test_several_of_them_are_told_one_after_the_other() -> None:
    one = item(Kind.CONTACTS, OL, "R1")
    addresses = replace(one, addresses=("a@x.example", "b@x.example"))
    assert told_apart([one, addresses], ZONE)[1] == "also a@x.example, b@x.example"
    task = item(Kind.TASKS, OL, "R1")
    assert told_apart([task, replace(task, people=("Kim Lee", "Sam Roe"))], ZONE)[1] == "with Kim Lee, Sam Roe"
    assert told_apart(two(Kind.CALENDAR, "attachments", (), ("a.pdf", "b.pdf")), ZONE)[1] == "attachments a.pdf, b.pdf"


@pytest.mark.parametrize(
    ("alike", "shown"), [(1, "xyes"), (20, f"{'x' * 20}yes"), (21, f"…{'x' * 10}yes"), (30, f"…{'x' * 10}yes")]
)
def test_texts_that_begin_alike_for_longer_than_a_few_words_are_cut_in_front(alike: int, shown: str) -> None:
    """Where they differ within what is shown anyway, they are shown from their first word on."""
    told = told_apart(two(Kind.TASKS, "notes", "x" * alike + "yes", "x" * alike + "no"), ZONE)
    assert told[0] == f"notes “{shown}”"


def test_where_there_is_less_room_what_differs_is_shown_all_the_same() -> None:
    """Texts of every sort are cut to so many characters, and those that begin alike in front."""
    notes = two(Kind.TASKS, "notes", "about the offer of Friday", "about the lease of Friday")
    assert told_apart(notes, ZONE, 8) == ["notes “…e offer…”", "notes “…e lease…”"]
    names = two(Kind.CALENDAR, "attachments", ("offer of Friday.pdf",), ("lease.pdf",))
    assert told_apart(names, ZONE, 8) == ["attachments offer o…", "attachments lease.p…"]
    task = item(Kind.TASKS, OL, "R1", subject="Ring back")
    seen = [replace(task, people=(name,)) for name in ("Priya Shah of Contoso", "Tom Becker")]
    assert told_apart(seen, ZONE, 8) == ["with Priya S…", "with Tom Bec…"]
    changed = [replace(task, changed_by=name) for name in ("Priya Shah of Contoso", "Tom Becker")]
    assert told_apart(changed, ZONE, 8) == ["changed by Priya S…", "changed by Tom Bec…"]
    ann = item(Kind.CONTACTS, OL, "R1", last_name="Lee")
    known = [replace(ann, addresses=(mail,)) for mail in ("kim.lee@example.org", "lee@example.org")]
    assert told_apart(known, ZONE, 8) == ["also kim.lee…", "also lee@exa…"]

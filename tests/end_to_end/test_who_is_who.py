"""Who is the same person on both sides, in whatever spelling and by whichever address: on both servers."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from support.servers import Servers

from sync_core.items import Kind, SideName
from sync_core.plan import Action, Choice, Situation, State
from sync_core.review import Review
from tui.widgets.detail_text import outcome


class Books(Servers):
    """Two address books, empty, and the program that compares them."""

    def __init__(self, desk: Any) -> None:
        super().__init__(desk, Kind.CONTACTS, Kind.TASKS)
        self.delete_customers()

    def record(self, first: str, last: str, **fields: Any) -> str:
        made: str = self.org.create("Contact", {"FirstName": first, "LastName": last, **fields}, by=self.me)
        return made

    def person(self, first: str, last: str, *emails: str, **fields: Any) -> Any:
        addresses = {f"EmailAddress{n}": one for n, one in enumerate(emails, 1)}
        names = {"given_name": first, "surname": last, "display_name": f"{first} {last}"}
        return self.box.create(self.box.folder("contacts"), {**names, "emails": addresses, **fields})

    def people(self) -> tuple[int, int]:
        return len(self.org.rows("Contact")), len(self.box.items(self.box.folder("contacts")))


@pytest.fixture
def books(open_desk: Callable[..., Any]) -> Books:
    return Books(open_desk(world="empty"))


def test_one_of_several_addresses_is_enough_to_know_somebody(books: Books) -> None:
    """Salesforce has one address, and it need not be the first that Outlook has."""
    books.record("Annette", "Lee", Email="Ann@acme.example")
    ann = books.person("Ann", "Leigh", "ann@home.example", "ann.lee@old.example", "ann@ACME.example")
    (row,) = books.loud()
    assert (row.situation, row.action) == (Situation.TWIN_DIFFERENT, Action.CONFLICT)
    assert row.reason.startswith("one e-mail address of several is the same on both sides, but first name, last name")
    books.run(Review.of(books.plan()).choose([row.id], Choice.TO_SALESFORCE))
    assert [(one["Name"], one["Email"]) for one in books.org.rows("Contact")] == [("Ann Leigh", "ann@home.example")]
    assert len(ann.fields["emails"]) == 3
    assert books.loud() == []


def test_an_address_of_two_people_is_asked_about(books: Books) -> None:
    books.record("Ann", "Lee", Email="office@acme.example")
    for first in ("Annette", "Anna"):
        books.person(first, "Leigh", f"{first}@home.example", "office@acme.example")
    assert {(row.situation, row.action) for row in books.loud()} == {(Situation.AMBIGUOUS, Action.CONFLICT)}
    assert len(books.loud()) == 3


def test_people_who_share_an_address_are_known_by_their_names(books: Books) -> None:
    """As long as there is one of each name on both sides; else all that have the address are asked about."""
    for first, last in (("Ann", "Lee"), ("Bob", "Ray")):
        books.record(first, last, Email="info@acme.example")
        books.person(first.upper(), last, "info@acme.example", job_title="Buyer")
    assert {(row.left.title, row.right.title) for row in books.loud() if row.left and row.right} == {
        ("Ann Lee", "ANN Lee"),
        ("Bob Ray", "BOB Ray"),
    }
    books.person("Cy", "Oz", "info@acme.example")
    assert {row.situation for row in books.loud()} == {Situation.AMBIGUOUS}


NAMES = (
    (("IŞIL", "YILDIZ"), ("Işıl", "Yıldız")),
    (("Isil", "Yilmaz"), ("Işıl", "Yılmaz")),
    (("İpek", "İNCE"), ("ipek", "ince")),
    (("Łukasz", "Gałązka"), ("Lukasz", "Galazka")),
    (("Søren", "ÆRØ"), ("Soren", "aero")),
    (("Hans", "Groß"), ("HANS", "GROSS")),
    (("Đorđe", "Nuñez"), ("Dorde", "NUNEZ")),
)


def test_a_name_in_capitals_or_without_its_accents_is_the_same_name(books: Books) -> None:
    for here, there in NAMES:
        books.record(*here)
        books.person(*there)
    rows = books.loud()
    assert {(row.situation, row.action) for row in rows} == {(Situation.TWIN_DIFFERENT, Action.CONFLICT)}
    assert {(row.left.title, row.right.title) for row in rows if row.left and row.right} == {
        (" ".join(here), " ".join(there)) for here, there in NAMES
    }


def test_letters_in_two_parts_are_no_difference(books: Books) -> None:
    """Some programs store "é" as "e" and an accent, which nobody can see: nothing is asked, and nothing is written."""
    apart = unicodedata.normalize("NFD", "Zoë")
    record = books.record(apart, "Ångström", Description="Café")
    person = books.person("Zoë", unicodedata.normalize("NFD", "Ångström"), body=unicodedata.normalize("NFD", "Café"))
    books.org.create(
        "Task", {"Subject": unicodedata.normalize("NFD", "Mañana"), "ActivityDate": "2026-12-01"}, by=books.me
    )
    day = datetime(2026, 12, 1, tzinfo=UTC)
    books.box.create(books.box.folder("tasks"), {"subject": "Mañana", "due_date": day})
    for kind in (Kind.CONTACTS, Kind.TASKS):
        (row,) = books.loud(kind)
        assert (row.situation, row.action) == (Situation.TWIN_EQUAL, Action.LINK)
        books.run(Review.of(books.plan(kind)))
        assert books.loud(kind) == []
    assert books.org.get("Contact", record)["FirstName"] == apart
    assert person.fields["given_name"] == "Zoë"


def test_a_contact_of_nothing_but_an_address_is_filled_in_on_both_sides_at_once(books: Books) -> None:
    """As Outlook keeps whom one wrote to. Salesforce wants a last name and has it: nothing of that is written there."""
    books.record("Ann", "Lee", Email="ann@acme.example")
    person = books.person("", "", "ann@acme.example", phones={"MobilePhone": "07700 900001"})
    (row,) = books.loud()
    assert (row.action, row.state, row.why_not) == (Action.MERGE, State.READY, "")
    books.run(Review.of(books.plan()))
    assert person.fields["surname"] == "Lee"
    assert books.org.rows("Contact")[0]["MobilePhone"] == "07700 900001"
    assert books.loud() == []


def test_capitals_in_an_address_are_no_difference(books: Books) -> None:
    """Salesforce keeps addresses in small letters (recalled): else every contact would be a conflict."""
    books.record("Ann", "Lee", Email="ann.lee@acme.example")
    person = books.person("Ann", "Lee", "Ann.Lee@ACME.example")
    (row,) = books.loud()
    assert (row.situation, row.action) == (Situation.TWIN_EQUAL, Action.LINK)
    books.run(Review.of(books.plan()))
    books.box.update(person.id, {"emails": {"EmailAddress1": "ANN.LEE@acme.example"}})
    assert books.loud() == []
    assert person.fields["emails"] == {"EmailAddress1": "ANN.LEE@acme.example"}


@pytest.mark.parametrize("side", list(SideName))
def test_somebody_with_the_address_of_one_who_is_synced_already_is_asked_about(books: Books, side: SideName) -> None:
    """The vendor of another program documents that it makes a second contact of them (facts: field 1c)."""
    books.record("Ann", "Lee", Email="ann@acme.example")
    books.run(Review.of(books.plan()))
    if side is SideName.OUTLOOK:
        books.person("Ann L.", "Lee", "x@home.example", "ann@acme.example")
    else:
        books.record("Ann L.", "Lee", Email="ann@acme.example")
    (row,) = books.loud()
    assert (row.situation, row.action, row.state) == (Situation.AMBIGUOUS, Action.CONFLICT, State.UNDECIDED)
    key = "<" if side is SideName.OUTLOOK else ">"
    assert row.reason == (
        f"“Ann Lee” in {side.other.label} has the same e-mail address and is another contact's twin already: "
        f"a second one there? bring it over ({key}), or leave it out"
    )
    assert outcome(row) == "needs a choice: > or <"
    assert Review.of(books.plan()).candidates(row.id) == []
    books.run(Review.of(books.plan()))
    assert sum(books.people()) == 3
    # a person may say that there are two of them
    books.run(Review.of(books.plan()).point([row.id], side.other))
    assert books.people() == (2, 2)
    assert books.loud() == []

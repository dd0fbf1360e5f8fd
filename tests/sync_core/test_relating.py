"""To whom a new event in Salesforce is related: values in, values out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.build import SF, left, link, only, picture, question, right

from sync_core.decide import make_plan
from sync_core.items import Item
from sync_core.plan import Action, Choice, Row, remarks
from sync_core.question import Rules
from sync_core.relating import addresses
from sync_core.sides import Operation, Person

ANNA = Person("003A", "Anna Berg")
BEN = Person("003B", "Ben \x1b[31mOdd")


def meeting(*who: str, **values: Any) -> Item:
    return replace(right(**values), addresses=who)


def row_of(item: Item, people: dict[str, tuple[Person, ...]] | None, **options: Any) -> Row:
    return only(make_plan(replace(question([], [item], **options), people=people)))


def test_the_one_contact_is_said_on_the_row_before_anything_is_written() -> None:
    row = row_of(meeting("anna@example.org", "eve@example.org"), {"anna@example.org": (ANNA,)})
    assert row.action is Action.CREATE_IN_SALESFORCE
    assert row.relates == ANNA
    assert "it will be related to Anna Berg in Salesforce" in row.reason
    assert "nobody gets mail" in row.reason


def test_nobody_is_related_unless_it_is_wanted() -> None:
    row = row_of(meeting("anna@example.org"), None)
    assert row.relates is None
    assert "related" not in row.reason


def test_several_contacts_are_never_resolved_by_chance() -> None:
    """One address of two contacts, and two addresses of a contact each; a person with two addresses is one."""
    for who, people in (
        (("anna@example.org",), {"anna@example.org": (ANNA, BEN)}),
        (("anna@example.org", "ben@example.org"), {"anna@example.org": (ANNA,), "ben@example.org": (BEN,)}),
    ):
        row = row_of(meeting(*who), people)
        assert row.relates is None
        assert "related to nobody: Anna Berg, Ben" in row.reason
        assert "\x1b" not in row.reason
    twice = {"anna@example.org": (ANNA,), "a.berg@example.org": (ANNA,)}
    assert row_of(meeting(*twice), twice).relates == ANNA


@pytest.mark.parametrize(
    ("number", "named"),
    [(2, "P1, P2"), (3, "P1, P2 and 1 more"), (5, "P1, P2 and 3 more")],
)
def test_two_contacts_are_named_and_the_rest_is_counted(number: int, named: str) -> None:
    people = {f"{n}@example.org": (Person(f"003{n}", f"P{n}"),) for n in range(1, number + 1)}
    said = f"it will be related to nobody: {named} in Salesforce have addresses of attendees"
    assert remarks(row_of(meeting(*people), people), Choice.TO_SALESFORCE) == (said,)


def test_a_name_of_forty_characters_is_shown_whole() -> None:
    for name, shown in (("x" * 40, "x" * 40), ("x" * 41, "x" * 39 + "…")):
        row = row_of(meeting("a@example.org"), {"a@example.org": (Person("003A", name),)})
        assert f"related to {shown} in Salesforce" in row.reason


def test_a_private_event_is_related_to_nobody() -> None:
    """Not even where private items cross; their attendees are not asked about either."""
    item = meeting("anna@example.org", private=True)
    row = row_of(item, {"anna@example.org": (ANNA,)}, rules=Rules(private=True))
    assert row.action is Action.CREATE_IN_SALESFORCE
    assert row.relates is None
    assert addresses([], [], [item]) == []


def test_what_is_in_salesforce_keeps_the_relation_that_a_person_made() -> None:
    """An update never relates, and nobody asks about attendees of what is linked; a restored event is a new one."""
    item = meeting("anna@example.org", subject="Moved")
    known = replace(question([left()], [item], [link()]), people={"anna@example.org": (ANNA,)})
    row = only(make_plan(known))
    assert (row.action, row.relates) == (Action.UPDATE_IN_SALESFORCE, None)
    assert addresses([link()], [left()], [item]) == []
    assert addresses([link()], [], [item]) == ["anna@example.org"]


def test_the_words_belong_to_the_create_alone() -> None:
    row = row_of(meeting("anna@example.org"), {"anna@example.org": (ANNA,)})
    assert remarks(row, Choice.NOTHING) == ()
    assert any("Anna Berg" in words for words in remarks(row, Choice.TO_SALESFORCE))


def test_an_event_that_is_related_does_not_become_private_in_salesforce() -> None:
    """Salesforce would refuse it; the row says so before the run."""
    here = replace(left(people=("Anna Berg",)))
    refusing = picture(SF, [here])
    limits = replace(refusing.description.limits, private_relations=False)
    refusing = replace(refusing, description=replace(refusing.description, limits=limits))
    rules = Rules(private=True)
    row = only(make_plan(question(refusing, [right(private=True)], [link()], rules=rules)))
    assert row.recommended is Action.UPDATE_IN_SALESFORCE
    assert row.action is Action.NONE
    assert "no private event that is related to somebody (Anna Berg)" in row.why_not
    # what else changes is not held back, and neither is one that is related to nobody
    row = only(make_plan(question(refusing, [right(subject="Other")], [link()], rules=rules)))
    assert row.action is Action.UPDATE_IN_SALESFORCE
    free = replace(refusing, reading=replace(refusing.reading, items=(left(),)))
    row = only(make_plan(question(free, [right(private=True)], [link()], rules=rules)))
    assert row.action is Action.UPDATE_IN_SALESFORCE


def test_a_prevented_create_relates_nobody() -> None:
    rules = Rules(prevented=frozenset({(SF, Operation.CREATE)}))
    row = row_of(meeting("anna@example.org"), {"anna@example.org": (ANNA,)}, rules=rules)
    assert row.action is Action.NONE

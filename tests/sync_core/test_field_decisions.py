"""One field decided by hand: where typing starts, and what is refused, on the last step of each bound."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.build import CAL, OL, SF, all_day, at, item, left, link, link_of, only, picture, plan, right

from sync_core import by_field
from sync_core.items import Kind, SideName, When
from sync_core.plan import Choice, FieldChoice, Row, Situation
from sync_core.sides import Description, Limits

FROM = {side: FieldChoice(side) for side in SideName}
SERIES = When("2026-11-24T10:00:00Z", "2026-11-24T11:00:00Z", False, "FREQ=WEEKLY;BYDAY=TU;COUNT=3", "Europe/London")


def typed(value: Any) -> FieldChoice:
    return FieldChoice(None, value)


def sides(**limits: Limits) -> dict[SideName, Description]:
    """Both sides, with limits by the name of the side."""
    return {s: Description(s, "a", "b", limits.get(s.value, Limits())) for s in SideName}


def pair(ours: dict[str, Any], theirs: dict[str, Any], kind: Kind = CAL) -> Row:
    """A known pair, of which both halves may have changed."""
    return only(plan([item(kind, SF, "L1", **ours)], [item(kind, OL, "R1", **theirs)], [link_of(kind)], kind=kind))


def test_only_a_pair_that_is_one_thing_has_fields_to_decide():
    row = pair({"notes": "x", "location": "Leeds"}, {"location": "York"})
    assert [change.name for change in by_field.open_fields(row)] == ["location", "notes"]
    assert by_field.open_fields(replace(row, situation=Situation.UNREADABLE)) == ()
    assert by_field.open_fields(replace(row, right=None)) == ()
    assert by_field.open_fields(replace(row, left=None)) == ()


def test_what_is_typed_is_that_of_a_side_where_it_has_it_already():
    row = pair({"location": "Leeds"}, {"location": "York"})
    assert by_field.typed(row, "location", "Leeds") == FROM[SF]
    assert by_field.typed(row, "location", "York") == FROM[OL]
    assert by_field.typed(row, "location", "Oslo") == typed("Oslo")
    assert by_field.typed(row, "subject", "Budget 2027") == typed("Budget 2027")
    assert by_field.typed(row, "subject", None) == typed(None)


def test_typing_starts_from_what_the_field_would_become():
    row = pair({"location": "Leeds"}, {"location": "York", "notes": "theirs"})
    assert by_field.to_start_from(row, "notes") == "theirs"
    assert by_field.to_start_from(row, "location") == "Leeds", "open: what Salesforce has"
    assert by_field.to_start_from(replace(row, choice=Choice.TO_SALESFORCE), "location") == "York"
    assert by_field.to_start_from(by_field.decide(row, "location", FROM[OL]), "location") == "York"
    assert by_field.to_start_from(by_field.decide(row, "location", typed("Oslo")), "location") == "Oslo"
    assert by_field.to_start_from(by_field.decide(row, "location", typed("Oslo")), "notes") == "theirs"
    assert by_field.to_start_from(row, "subject") is None


@pytest.mark.parametrize(
    ("kind", "name", "ours", "theirs", "why"),
    [
        (CAL, "location", "Leeds", "York", ""),
        (CAL, "location", "York", "York", "location does not differ"),
        (CAL, "when", at(24), at(25), ""),
        (CAL, "when", SERIES, at(24), "the time of a series is changed in Outlook or Salesforce"),
        (CAL, "when", at(24), SERIES, "the time of a series is changed in Outlook or Salesforce"),
        (CAL, "attachments", (), ("a.pdf",), "attachments: names of files are not typed"),
        (Kind.CONTACTS, "company", "Acme", "", "company goes one way only, to Outlook"),
        (Kind.CONTACTS, "fax", "1", "2", ""),
    ],
)
def test_what_can_be_typed(kind, name, ours, theirs, why):
    assert by_field.cannot_type(pair({name: ours}, {name: theirs}, kind), name) == why
    if why:
        assert by_field.why_not(pair({name: ours}, {name: theirs}, kind), name, typed("x"), sides()) == why


def test_changed_occurrences_are_not_typed():
    gone = '{"changed":[],"deleted":["2026-12-01"]}'
    ours, theirs = ({"series": True, "when": SERIES, "exceptions": text} for text in ("", gone))
    row = only(plan([left(**ours)], [right(**theirs)], [link(when=SERIES, exceptions="")]))
    said = "changed occurrences: single occurrences are changed in Outlook or Salesforce"
    assert by_field.cannot_type(row, "exceptions") == said


@pytest.mark.parametrize("to", list(SideName))
def test_a_text_may_be_as_long_as_the_side_holds_it_is_written_to(to):
    row = pair({"location": "12345"}, {"location": "54321"})
    limits = {held: sides(**{to.value: Limits({"location": held})}) for held in (4, 5)}
    for said in (FROM[to.other], typed("Leeds")):
        assert by_field.why_not(row, "location", said, limits[5]) == ""
        why = f"location has 5 characters, {to.label} holds 4"
        assert by_field.why_not(row, "location", said, limits[4]) == why
    # it has its own already
    assert by_field.why_not(row, "location", FROM[to], limits[4]) == ""
    long = sides(**{to.value: Limits({"location": 1_999})})
    why = f"location has 2,000 characters, {to.label} holds 1,999"
    assert by_field.why_not(row, "location", typed("x" * 2_000), long) == why
    # nothing is known of a side that is not described
    assert by_field.why_not(row, "location", FROM[to.other], {}) == ""


def test_what_never_travels_to_a_side_is_not_measured_there():
    row = pair({"company": "Acme"}, {"company": ""}, Kind.CONTACTS)
    assert by_field.why_not(row, "company", FROM[OL], sides(salesforce=Limits(refuses=lambda f: "never"))) == ""
    why = "company has 4 characters, Outlook holds 1"
    assert by_field.why_not(row, "company", FROM[SF], sides(outlook=Limits({"company": 1}))) == why


@pytest.mark.parametrize("to", list(SideName))
def test_an_event_may_last_as_long_as_the_side_holds(to):
    row = pair({"when": all_day(3, 4)}, {"when": all_day(5, 6)})
    limits = {days: sides(**{to.value: Limits(longest_days=days)}) for days in (1, 2)}
    for said in (FROM[to.other], typed(all_day(10, 11))):
        assert by_field.why_not(row, "when", said, limits[2]) == ""
        assert by_field.why_not(row, "when", said, limits[1]) == f"it lasts 2 days, {to.label} holds events of up to 1"


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("due", "2026-12-24", ""),
        ("due", None, ""),
        ("due", "2026-02-30", "due cannot be understood"),
        ("due", "2026-12-24T10:00:00Z", "due cannot be understood"),
        ("reminder", "2026-12-24T10:00:00Z", ""),
        ("reminder", "2026-12-24", "reminder cannot be understood"),
        ("subject", "2026-02-30", ""),
    ],
)
def test_days_and_moments_of_a_task(name, value, why):
    first, second = {
        "due": ("2026-12-01", "2026-12-02"),
        "reminder": ("2026-12-01T08:00:00Z", "2026-12-02T08:00:00Z"),
        "subject": ("A", "B"),
    }[name]
    row = pair({name: first}, {name: second}, Kind.TASKS)
    assert by_field.why_not(row, name, typed(value), sides()) == why


def test_a_series_stays_one_and_a_single_event_becomes_none():
    kept = {"salesforce": Limits(fixed_pattern=True)}
    later = SERIES._replace(start="2026-12-01T10:00:00Z", end="2026-12-01T11:00:00Z")
    both = {"series": True, "exceptions": ""}
    row = only(plan([left(when=SERIES, **both)], [right(when=later, **both)], [link(when=SERIES, exceptions="")]))
    said = by_field.why_not(row, "when", FROM[OL], sides(**kept))
    assert said.startswith("Salesforce keeps the days that a series was made with, ")
    assert "from 2026-11-24; across it is" in said
    assert by_field.why_not(row, "when", FROM[OL], sides()) == ""
    assert by_field.why_not(row, "when", FROM[SF], sides(**kept)) == "", "Outlook keeps no days"
    row = only(plan([left(when=at(24))], [right(when=SERIES, **both)], [link()]))
    end = ": delete it there, and it is made anew"
    assert by_field.why_not(row, "when", FROM[OL], sides()) == (
        f"a single event cannot become a series in Salesforce{end}"
    )
    assert by_field.why_not(row, "when", FROM[SF], sides()) == f"a series cannot become one event in Outlook{end}"


def test_what_a_side_refuses_is_looked_at_with_all_that_is_written():
    """What else the row brings counts: alone the blank place would do."""
    nameless = Limits(refuses=lambda f: "" if f["subject"] or f["location"] else "it needs a subject or a place")
    row = pair({"location": "Leeds"}, {"location": "", "subject": ""})
    said = by_field.why_not(row, "location", FROM[OL], sides(salesforce=nameless))
    assert said == "it needs a subject or a place"
    row = pair({"location": "Leeds"}, {"location": ""})
    assert by_field.why_not(row, "location", FROM[OL], sides(salesforce=nameless)) == ""


@pytest.mark.parametrize(
    ("name", "said", "words"),
    [
        ("location", None, "location as the row has it"),
        ("show_as", FROM[SF], "show as from Salesforce"),
        ("location", typed("Room 7"), "location typed: Room 7"),
        ("location", typed(""), "location typed: nothing"),
        ("location", typed("x" * 40), "location typed: " + "x" * 40),
        ("location", typed("x" * 41), "location typed: " + "x" * 39 + "…"),
        ("notes", typed("one\ntwo"), "notes typed: one⏎two"),
        ("show_as", typed("free"), "show as typed"),
        ("reminder", typed(15), "reminder typed"),
    ],
)
def test_what_was_said_in_words(name, said, words):
    assert by_field.in_words(CAL, name, said) == words


def test_a_field_that_is_not_written_is_not_asked_about():
    held = picture(OL, [right(location="York")], unwritable={"location": "not yours"})
    row = only(plan([left(location="Leeds")], held, [link()]))
    assert by_field.why_not(row, "location", FROM[SF], {OL: held.description}) == "location is not yours"
    assert by_field.why_not(row, "location", FROM[OL], {OL: held.description}) == ""

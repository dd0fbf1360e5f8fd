"""The field table: names that stand in plan files and in memory, labels on the screen, which way each field goes."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType

import pytest
from support.build import at

from sync_core import items
from sync_core.items import Kind, When, to_json

TABLE = {
    "calendar": """
        subject|subject|line|both
        when|when|when|both
        exceptions|changed occurrences|exceptions|both
        location|location|line|both
        notes|notes|block|both
        show_as|show as|choice|both
        private|private|flag|both
        reminder|reminder|minutes|both
        attachments|attachments|names|to_salesforce
    """,
    "contacts": """
        first_name|first name|line|both
        last_name|last name|line|both
        salutation|salutation|line|both
        suffix|suffix|line|both
        title|title|line|both
        department|department|line|both
        company|company|line|to_outlook
        email|e-mail|line|both
        business_phone|business phone|line|both
        mobile_phone|mobile phone|line|both
        home_phone|home phone|line|both
        other_phone|other phone|line|both
        fax|fax|line|both
        assistant_phone|assistant phone|line|both
        assistant_name|assistant name|line|both
        business_street|business street|block|both
        business_city|business city|line|both
        business_state|business state|line|both
        business_postal_code|business postal code|line|both
        business_country|business country|line|both
        other_street|other street|block|both
        other_city|other city|line|both
        other_state|other state|line|both
        other_postal_code|other postal code|line|both
        other_country|other country|line|both
        birthday|birthday|date|both
        notes|notes|block|both
    """,
    "tasks": """
        subject|subject|line|both
        due|due|date|both
        status|status|choice|both
        priority|priority|choice|both
        notes|notes|block|both
        reminder|reminder|moment|both
    """,
}


def loaded_again() -> ModuleType:
    """The module from its file: the table is made while it is loaded, so this is what the file says at this moment."""
    found = spec_from_file_location("sync_core.items", items.__file__)
    assert found is not None
    assert found.loader is not None
    module = module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_the_fields_of_each_kind_in_their_order():
    again = loaded_again()
    for kind, lines in TABLE.items():
        fields = again.FIELDS[again.Kind(kind)]
        assert [f"{f.name}|{f.label}|{f.type.value}|{f.flow.value}" for f in fields] == [
            line.strip() for line in lines.strip().splitlines()
        ]


def test_a_single_event_is_written_as_it_was_before_series_had_a_zone():
    """A content hash is made from it: another spelling would make every known event look changed."""
    start, end = "2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z"
    alone = f"When(start='{start}', end='{end}', all_day=False, recurrence='')"
    assert repr(at(23)) == alone
    series = When(start, end, False, "FREQ=DAILY", "Europe/London")
    assert repr(series) == f"{alone[:-3]}'FREQ=DAILY', zone='Europe/London')"


@pytest.mark.parametrize(
    ("value", "json"),
    [
        (("a.pdf", "b.pdf"), ["a.pdf", "b.pdf"]),
        ((), []),
        ("x", "x"),
        (None, None),
        (
            When("2026-11-23", "2026-11-23", True),
            {"start": "2026-11-23", "end": "2026-11-23", "all_day": True, "recurrence": ""},
        ),
    ],
)
def test_a_value_as_json_has_it(value, json):
    assert to_json(value) == json
    assert type(to_json(value)) is type(json)


def test_a_series_and_its_changed_occurrences_through_json():
    raw = '{"deleted": ["2026-12-08", "2026-12-01"], "changed": []}'
    known = items.canonical(Kind.CALENDAR, {"exceptions": raw})["exceptions"]
    assert known == '{"changed":[],"deleted":["2026-12-01","2026-12-08"]}'
    assert items.canonical(Kind.CALENDAR, {"exceptions": None}) == {"exceptions": ""}
    when = When("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z", False, "FREQ=DAILY", "Europe/London")
    assert to_json(when)["zone"] == "Europe/London"
    fields = {"when": when, "exceptions": known, "attachments": ("a.pdf",)}
    assert items.fields_from_json(Kind.CALENDAR, items.fields_to_json(fields)) == fields


def test_an_address_is_the_same_in_capitals_and_a_name_is_not():
    said = items.canonical(Kind.CONTACTS, {"email": " Priya.Shah@Example.COM", "last_name": "Shah "})
    assert said == {"email": "priya.shah@example.com", "last_name": "Shah"}
    assert items.from_json(Kind.CONTACTS, "email", "PRIYA.SHAH@example.com") == said["email"]


def test_all_that_has_a_blank():
    assert {f.name: f.blank for f in items.FIELDS[Kind.TASKS]} == {
        "subject": "",
        "due": None,
        "status": "",
        "priority": "",
        "notes": "",
        "reminder": None,
    }

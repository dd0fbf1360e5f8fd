"""Contacts, against a server over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from sync_core.errors import SideError
from sync_core.items import Kind
from sync_core.sides import Fate, Operation, Outcome, Ref
from sync_core.sides.outlook.filing import Names, first, follow

FULL = {
    "first_name": "Kim",
    "last_name": "Lee",
    "salutation": "Dr.",
    "suffix": "Jr.",
    "title": "Buyer",
    "department": "Purchasing",
    "company": "Northwind",
    "email": "kim@example.org",
    "business_phone": "+44 1",
    "mobile_phone": "+44 2",
    "home_phone": "+44 3",
    "other_phone": "+44 4",
    "fax": "+44 5",
    "assistant_phone": "+44 6",
    "assistant_name": "Sam",
    "business_street": "1 High St\nFloor 2",
    "business_city": "Leeds",
    "business_state": "Yorkshire",
    "business_postal_code": "LS1",
    "business_country": "UK",
    "other_street": "2 Low St",
    "other_city": "York",
    "other_state": "",
    "other_postal_code": "YO1",
    "other_country": "UK",
    "birthday": "1980-05-17",
    "notes": "met in Leeds\ntwice",
}
Updates = Callable[[], list[str]]


def test_what_is_created_reads_the_same(world: Any, contacts: Any) -> None:
    outcome = contacts.create("m-1", **FULL)
    assert outcome.ok, outcome.error
    item = contacts.item()
    assert (item.id, item.mark, item.kind) == (outcome.id, "m-1", Kind.CONTACTS)
    assert item.fields == FULL
    assert item.changed_at == "2026-11-23T08:00:00Z"
    assert item.changed_by == "Robin Rep"
    assert not item.locked
    assert not item.private
    (stored,) = world.stored("contacts")
    assert stored.fields["display_name"] == "Dr. Kim Lee Jr."
    assert (stored.fields["file_as"], stored.fields["file_as_mapping"]) == ("Lee, Kim", "LastCommaFirst")
    assert stored.fields["birthday"] == datetime(1980, 5, 17, 11, 59, tzinfo=UTC)


def test_what_is_blank_reads_blank_and_not_unknown(world: Any, contacts: Any) -> None:
    """Exchange leaves out what is blank; otherwise nothing that was cleared in Outlook would ever be noticed."""
    world.contact()
    fields = contacts.item().fields
    blank = {name: None if name == "birthday" else "" for name in FULL}
    assert fields == {**blank, "first_name": "Kim", "last_name": "Lee"}


def test_few_requests(world: Any, contacts: Any) -> None:
    for number in range(120):
        world.contact(surname=f"Lee {number}")
    assert len(contacts.fetch().items) == 120
    assert world.operations() == ["GetFolder", "FindItem", "GetItem", "GetItem"]


def test_pages_of_a_folder(world: Any, contacts: Any) -> None:
    for number in range(25):
        world.contact(surname=f"Lee {number}")
    world.application.max_page = 10
    reading = contacts.fetch()
    assert reading.complete
    assert len({item.id for item in reading.items}) == 25


@pytest.mark.parametrize("sensitivity", ["Private", "Personal", "Confidential"])
def test_private_contacts(world: Any, contacts: Any, updates: Updates, sensitivity: str) -> None:
    """0.6: a field that is not requested comes back as its default, and a private contact would look public."""
    stored = world.contact(sensitivity=sensitivity)
    item = contacts.item()
    assert item.private
    assert contacts.update(item, title="Buyer").ok
    assert updates() == ["contacts:JobTitle"]
    assert stored.fields["sensitivity"] == sensitivity


# ---- labels


def test_one_phone_changes_one_label(world: Any, contacts: Any, updates: Updates) -> None:
    """A.7: exchangelib's own update of two phones sends 2 Set and 35 Delete; the pager would be gone."""
    phones = {"MobilePhone": "1", "HomePhone": "2", "Pager": "3", "BusinessPhone2": "4"}
    stored = world.contact(phones=phones)
    assert contacts.update(contacts.item(), mobile_phone="+44 9", fax="+44 8").ok
    assert updates() == ["contacts:PhoneNumber/BusinessFax", "contacts:PhoneNumber/MobilePhone"]
    assert stored.fields["phones"] == {**phones, "MobilePhone": "+44 9", "BusinessFax": "+44 8"}
    assert contacts.item().fields["mobile_phone"] == "+44 9"


def test_clearing_one_phone_keeps_the_others(world: Any, contacts: Any, updates: Updates) -> None:
    stored = world.contact(phones={"MobilePhone": "1", "Pager": "3"})
    assert contacts.update(contacts.item(), mobile_phone="").ok
    assert updates() == ["-contacts:PhoneNumber/MobilePhone"]
    assert stored.fields["phones"] == {"Pager": "3"}
    assert contacts.item().fields["mobile_phone"] == ""


def test_the_second_and_third_address_of_mail_stay(world: Any, contacts: Any, updates: Updates) -> None:
    """A.7: Salesforce has one e-mail, Outlook three."""
    stored = world.contact(emails={f"EmailAddress{n}": f"kim{n}@example.org" for n in (1, 2, 3)})
    assert contacts.update(contacts.item(), email="lee@example.org").ok
    assert updates() == ["contacts:EmailAddress/EmailAddress1"]
    assert list(stored.fields["emails"].values()) == ["lee@example.org", "kim2@example.org", "kim3@example.org"]
    assert contacts.update(contacts.item(), email="").ok
    assert stored.fields["emails"] == {"EmailAddress2": "kim2@example.org", "EmailAddress3": "kim3@example.org"}


def test_one_part_of_an_address_changes_alone(world: Any, contacts: Any, updates: Updates) -> None:
    """A.7: neither the rest of that address nor the home address is touched."""
    home = {"Street": "3 Home St", "City": "Hull"}
    stored = world.contact(
        addresses={"Business": {"Street": "1 High St", "City": "Leeds", "PostalCode": "LS1"}, "Home": home}
    )
    assert contacts.update(contacts.item(), business_city="York", business_postal_code="").ok
    assert updates() == ["-contacts:PhysicalAddress:PostalCode/Business", "contacts:PhysicalAddress:City/Business"]
    assert stored.fields["addresses"] == {"Business": {"Street": "1 High St", "City": "York"}, "Home": home}


@pytest.mark.parametrize("inside", ["EX:/o=First/ou=Exchange/cn=Recipients/cn=kim", "/O=FIRST/OU=X/CN=KIM"])
def test_addresses_inside_exchange_are_unknown(world: Any, contacts: Any, inside: str) -> None:
    """A.11: such a name means nothing to Salesforce, and is neither an e-mail address nor a cleared one."""
    world.contact(emails={"EmailAddress1": inside})
    assert "email" not in contacts.item().fields


def test_the_routing_type_tells_too(world: Any, contacts: Any, rewrite: Any) -> None:
    """exchangelib takes the person's name from the entry when its address is empty."""
    world.contact(emails={"EmailAddress1": "kim@example.org"})
    rewrite(
        "GetItem",
        r'<t:Entry Key="EmailAddress1"[^>]*>[^<]*</t:Entry>',
        '<t:Entry Key="EmailAddress1" Name="Kim Lee" RoutingType="EX"></t:Entry>',
    )
    assert "email" not in contacts.item().fields


# ---- texts and days


def test_empty_text_clears(world: Any, contacts: Any) -> None:
    """E: None in an update may be ignored, '' clears."""
    assert contacts.create(**FULL).ok
    kept = ("first_name", "last_name")
    assert contacts.update(contacts.item(), **{n: "" for n in FULL if n not in (*kept, "birthday")}, birthday=None).ok
    fields = contacts.item().fields
    assert {name: value for name, value in fields.items() if value} == {"first_name": "Kim", "last_name": "Lee"}


def test_an_update_sends_nothing_but_what_changes(world: Any, contacts: Any, updates: Updates) -> None:
    """0.5: save() on a contact read in part would send deletions of everything else."""
    stored = world.contact(
        job_title="Buyer", nickname="Kimmy", spouse_name="Alex", categories=["Red"], body="notes", body_type="Text"
    )
    item = contacts.item()
    assert contacts.update(item, title="Head buyer", department="") == Outcome(True, item.id)
    assert updates() == ["contacts:JobTitle"]
    kept = {name: stored.fields[name] for name in ("nickname", "spouse_name", "categories", "body")}
    assert kept == {"nickname": "Kimmy", "spouse_name": "Alex", "categories": ["Red"], "body": "notes"}


def test_an_update_with_nothing_to_say_is_not_sent(world: Any, contacts: Any) -> None:
    world.contact()
    assert contacts.update(contacts.item(), first_name="Kim", birthday=None).ok
    assert "UpdateItem" not in world.operations()


@pytest.mark.parametrize(
    "stored",
    [
        datetime(1980, 5, 17, 11, 59, tzinfo=UTC),
        datetime(1980, 5, 17, 0, 0, tzinfo=UTC),
        datetime(1980, 5, 17, 12, 0, tzinfo=UTC),
        # midnight in New York and in Berlin, in summer time
        datetime(1980, 5, 17, 4, 0, tzinfo=UTC),
        datetime(1980, 5, 16, 22, 0, tzinfo=UTC),
    ],
)
@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Europe/Berlin", "Asia/Tokyo", "UTC"])
def test_birthdays_anywhere(world: Any, calls_for: Callable[..., Any], stored: datetime, zone: str) -> None:
    """A.10: the same day in every zone, in whatever way another program has stored it."""
    world.contact(birthday=stored)
    assert calls_for(Kind.CONTACTS, zone=zone).item().fields["birthday"] == "1980-05-17"


@pytest.mark.parametrize("zone", ["Pacific/Honolulu", "Europe/Berlin", "Pacific/Auckland", "Pacific/Kiritimati"])
@pytest.mark.parametrize("day", ["1980-05-17", "2000-02-29", "1899-12-31"])
def test_birthdays_that_are_written(world: Any, calls_for: Callable[..., Any], zone: str, day: str) -> None:
    contacts = calls_for(Kind.CONTACTS, zone=zone)
    assert contacts.create(last_name="Lee", birthday=day).ok
    assert contacts.item().fields["birthday"] == day
    assert contacts.update(contacts.item(), birthday="1990-01-01").ok
    assert contacts.item().fields["birthday"] == "1990-01-01"
    assert world.stored("contacts")[0].fields["birthday"] == datetime(1990, 1, 1, 11, 59, tzinfo=UTC)


def test_a_birthday_that_cannot_be_read_is_unknown(world: Any, contacts: Any, rewrite: Any) -> None:
    """E: exchangelib gives None for it, which must not look like a birthday that was taken away."""
    world.contact(birthday=datetime(1980, 5, 17, 11, 59, tzinfo=UTC))
    rewrite("GetItem", "<t:Birthday>[^<]*<", "<t:Birthday>in May<")
    assert "birthday" not in contacts.item().fields


def test_fractions_of_seconds(world: Any, contacts: Any, rewrite: Any) -> None:
    """E: exchangelib reads a moment with a fraction as None."""
    world.contact(birthday=datetime(1980, 5, 17, 11, 59, tzinfo=UTC))
    rewrite("GetItem", r":00Z</t:Birthday>", ":00.000Z</t:Birthday>")
    assert contacts.item().fields["birthday"] == "1980-05-17"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": "Buyer"}, "a contact needs a name"),
        ({"last_name": "x" * 256}, "256 characters"),
        ({"last_name": "Lee", "birthday": "soon"}, "birthday is not a date"),
    ],
)
def test_what_cannot_be_written_is_not_sent(world: Any, contacts: Any, fields: dict[str, str], words: str) -> None:
    assert words in contacts.create(**fields).error
    assert "CreateItem" not in world.operations()


# ---- the names that Outlook makes


def test_shown_and_filed_names_follow_the_name(world: Any, contacts: Any, updates: Updates) -> None:
    stored = world.contact()
    assert contacts.update(contacts.item(), last_name="Smith").ok
    assert (stored.fields["display_name"], stored.fields["file_as"]) == ("Kim Smith", "Smith, Kim")
    assert updates() == ["contacts:DisplayName", "contacts:FileAs", "contacts:Surname"]


def test_names_that_a_person_typed_stay(world: Any, contacts: Any, updates: Updates) -> None:
    stored = world.contact(display_name="Kimmy from the fair", file_as="Fair: Kim")
    assert contacts.update(contacts.item(), last_name="Smith").ok
    assert updates() == ["contacts:Surname"]
    assert stored.fields["file_as"] == "Fair: Kim"
    assert contacts.item().people == ("Kimmy from the fair",)


def test_a_middle_name_is_kept_in_the_shown_name(world: Any, contacts: Any) -> None:
    stored = world.contact(middle_name="J.", display_name="Kim J. Lee", file_as="Lee, Kim J.")
    assert contacts.update(contacts.item(), first_name="Kimberly", salutation="Ms.").ok
    assert (stored.fields["display_name"], stored.fields["file_as"]) == ("Ms. Kimberly J. Lee", "Lee, Kimberly J.")


@pytest.mark.parametrize(
    ("file_as", "wanted"),
    [
        ("Lee, Kim", "Smith, Kim"),
        ("Kim Lee", "Kim Smith"),
        ("Lee, Kim (Northwind)", "Smith, Kim (Northwind)"),
        ("Northwind (Lee, Kim)", "Northwind (Smith, Kim)"),
        ("Northwind", None),
        ("", None),
    ],
)
def test_forms_of_filing(file_as: str, wanted: str | None) -> None:
    old = Names("Kim", "Lee", company="Northwind")
    assert follow(old, old._replace(last_name="Smith"), display_name="", file_as=file_as).get("file_as") == wanted


@pytest.mark.parametrize(
    ("names", "shown", "filed"),
    [
        (Names("Kim", "Lee", company="Northwind"), "Kim Lee", "Lee, Kim"),
        (Names("", "Lee"), "Lee", "Lee"),
        (Names("Kim"), "Kim", "Kim"),
        (Names(company="Northwind"), "Northwind", "Northwind"),
        (Names(), "kim@example.org", "kim@example.org"),
    ],
)
def test_names_of_new_contacts(names: Names, shown: str, filed: str) -> None:
    made = first(names, "kim@example.org")
    assert (made["display_name"], made["file_as"]) == (shown, filed)


# ---- folders and other things that lie there


def test_groups_are_passed_over(world: Any, contacts: Any, rewrite: Any) -> None:
    """A.11: the contacts folder also yields DistributionList."""
    world.contact()
    world.contact(surname="Board", subject="The board")
    pattern = r"<t:Contact>((?:(?!</t:Contact>).)*?The board.*?)</t:Contact>"
    rewrite("FindItem", pattern, r"<t:DistributionList>\1</t:DistributionList>")
    reading = contacts.fetch()
    assert [item.title for item in reading.items] == ["Kim Lee"]
    assert (reading.unreadable, reading.complete) == ((), True)


def test_an_unknown_element_harms_only_itself(world: Any, contacts: Any, rewrite: Any) -> None:
    """A.5: an unknown item element raises ValueError for the whole page in exchangelib."""
    world.contact()
    world.contact(surname="Surprise", subject="Surprise")
    pattern = r"<t:Contact>((?:(?!</t:Contact>).)*?Surprise.*?)</t:Contact>"
    for operation in ("FindItem", "GetItem"):
        rewrite(operation, pattern, r"<t:Novelty>\1</t:Novelty>")
    reading = contacts.fetch()
    assert [item.title for item in reading.items] == ["Kim Lee"]
    assert [(odd.title, odd.why) for odd in reading.unreadable] == [
        ("Surprise", "an item of a kind that is not known here (Novelty)")
    ]


def test_the_folder_of_the_settings(world: Any, calls_for: Callable[..., Any]) -> None:
    folder = world.box.add_folder("Customers", world.box.folder("contacts"), "IPF.Contact")
    standard, below = calls_for(Kind.CONTACTS), calls_for(Kind.CONTACTS, contacts="Contacts/Customers")
    assert standard.side.describe(Kind.CONTACTS).scope == f"rep@example.com/{world.box.folder('contacts').id}"
    assert standard.side.describe(Kind.CONTACTS).account == "rep@example.com, Contacts"
    assert below.side.describe(Kind.CONTACTS).scope == f"rep@example.com/{folder.id}"
    assert below.create(last_name="Lee").ok
    assert len(world.box.items(folder)) == 1
    assert standard.fetch().items == ()


def test_a_contacts_folder_that_does_not_exist(calls_for: Callable[..., Any]) -> None:
    with pytest.raises(SideError, match=r'no contacts folder called "Contacts/VIP".*Set contacts below'):
        calls_for(Kind.CONTACTS, contacts="Contacts/VIP").fetch()
    with pytest.raises(SideError, match='"Calendar" is not a contacts folder'):
        calls_for(Kind.CONTACTS, contacts="Calendar").fetch()


def test_shared_contacts(world: Any, calls_for: Callable[..., Any]) -> None:
    """A.13: the owner's root may not be seen; the folder alone is enough."""
    folder = world.colleague.folder("contacts")
    world.exchange.share("priya@example.com", "rep@example.com", "reviewer", folder.id)
    world.colleague.create(folder, {"surname": "Hers", "display_name": "Hers"})
    contacts = calls_for(Kind.CONTACTS, mailbox="priya@example.com")
    description = contacts.side.describe(Kind.CONTACTS)
    assert description.refused == dict.fromkeys(Operation, "you may only read this contacts folder")
    item = contacts.item()
    assert item.locked == "you may read this contact but not change it"
    assert contacts.update(item, title="x").error == item.locked


def test_calendar_and_contacts_on_one_side(world: Any, contacts: Any) -> None:
    """One connection, one folder per kind."""
    world.event()
    world.contact()
    assert contacts.side.describe(Kind.CALENDAR).scope != contacts.side.describe(Kind.CONTACTS).scope
    assert contacts.item().title == "Kim Lee"
    contacts.kind = Kind.CALENDAR
    assert contacts.item().title == "Visit"


# ---- looking again


def test_fates(world: Any, contacts: Any) -> None:
    """A.8: an id changes with every move, the mark does not."""
    here, gone, moved, purged = (world.contact(surname=f"Lee {n}", mark=f"m-{n}") for n in range(4))
    vip = world.box.add_folder("VIP", world.box.folder("contacts"), "IPF.Contact")
    world.box.delete(gone.id)
    world.box.move(moved.id, vip)
    world.box.delete(purged.id, "nowhere")
    sightings = contacts.look(*(Ref(item.id, f"m-{n}") for n, item in enumerate((here, gone, moved, purged))))
    assert [s.fate for s in sightings.values()] == [Fate.HERE, Fate.DELETED, Fate.MOVED, Fate.DELETED]
    assert sightings[moved.id].detail == "Contacts/VIP"
    assert sightings[gone.id].item.fields["last_name"] == "Lee 1"


def test_what_changed_since_is_not_overwritten(world: Any, contacts: Any) -> None:
    stored = world.contact()
    item = contacts.item()
    world.box.update(stored.id, {"job_title": "Buyer"})
    for outcome in (contacts.update(item, title="Seller"), contacts.delete(item)):
        assert outcome == Outcome(False, item.id, "changed in Outlook since it was looked at", stale=True)


def test_a_delete_can_be_taken_back(world: Any, contacts: Any) -> None:
    """0.11: to Deleted Items."""
    world.contact()
    assert contacts.delete(contacts.item()).ok
    assert [item.fields["surname"] for item in world.stored("deleteditems")] == ["Lee"]


def test_a_lost_answer_makes_no_duplicate(world: Any, contacts: Any) -> None:
    """A.9: the contact is found by its mark."""
    world.fault("drop_after", "CreateItem")
    outcome = contacts.create("m-1", **FULL)
    assert outcome.ok
    assert [item.id for item in world.stored("contacts")] == [outcome.id]

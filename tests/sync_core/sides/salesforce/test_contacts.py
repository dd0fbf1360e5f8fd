"""Contacts: scope, every field, and what the org refuses (facts: salesforce B3 and B4)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from sync_core.errors import SideError
from sync_core.items import FIELDS, Kind, canonical
from sync_core.sandbox.httpd import Request, Response
from sync_core.sandbox.salesforce.fields import Field
from sync_core.sides import Fate, Operation, Outcome, Write

EVERYTHING: dict[str, Any] = {
    "first_name": "Zoë",
    "last_name": "Größenwahn",
    "salutation": "Dr.",
    "title": "Head of façades",
    "department": "Leeds",
    "email": "zoe@northwind.example",
    "business_phone": "+44 113 496 0000",
    "mobile_phone": "07700 900001",
    "home_phone": "0113 496 0001",
    "other_phone": "0113 496 0002",
    "fax": "0113 496 0003",
    "assistant_phone": "0113 496 0004",
    "assistant_name": "Ana Ek",
    "business_street": "Unit 4\n12 Mill Lane",
    "business_city": "Leeds",
    "business_state": "West Yorkshire",
    "business_postal_code": "LS1 4AB",
    "business_country": "United Kingdom",
    "other_street": "Hof 1\n3. OG",
    "other_city": "Wien",
    "other_state": "Wien",
    "other_postal_code": "1010",
    "other_country": "Austria",
    "birthday": "1980-02-29",
    "notes": "One\n\n  two",
}


@pytest.fixture
def org(world: Any) -> Any:
    """The world, with contacts behind its shorthands."""
    world.kind = Kind.CONTACTS
    return world


def contact(world: Any, last: str = "Ek", *, by: str | None = None, **fields: Any) -> str:
    made: str = world.org.create("Contact", {"LastName": last, **fields}, by=by or world.me)
    return made


def body(world: Any, method: str) -> dict[str, Any]:
    """The first row of the last request that created (POST) or updated (PATCH) some."""
    row: dict[str, Any] = world.sent(method)[0]
    return row


def create(world: Any, side: Any, source: dict[str, Any] | None = None, **fields: Any) -> Outcome:
    """Creates through a side with settings of its own."""
    write = Write(Operation.CREATE, canonical(Kind.CONTACTS, fields), source=canonical(Kind.CONTACTS, source or {}))
    outcome: Outcome
    (outcome,) = side.write(Kind.CONTACTS, [write])
    return outcome


def account(world: Any, name: str, website: str = "") -> str:
    made: str = world.org.create("Account", {"Name": name, "Website": website or None}, by=world.me)
    return made


def test_create_and_read_again(org: Any) -> None:
    """B3: every field goes there and comes back as it went."""
    org.org.add_field("Contact", Field("Suffix", "string", "Suffix", 40, create=True, update=True))
    values = {**EVERYTHING, "suffix": "MSc"}
    outcome = org.create(**values)
    assert outcome.ok, outcome
    assert org.only().fields == values
    # the company is the account's, and there is none
    assert set(values) == {f.name for f in FIELDS[Kind.CONTACTS]} - {"company"}
    assert org.row(outcome.id)["AccountId"] is None
    assert org.row(outcome.id)["OwnerId"] == org.me
    assert org.only() == org.item(outcome.id)


def test_create_leaves_blanks_out(org: Any) -> None:
    """Blank fields are left out of a create, so that the org's own defaults hold."""
    assert org.create(last_name="Ek", first_name="", email="", birthday=None, notes="").ok
    assert set(body(org, "POST")) == {"attributes", "LastName"}


def test_update_sends_what_changes(org: Any) -> None:
    """Setting one phone or one part of an address leaves the others as they are."""
    record_id = contact(org, Phone="1", MobilePhone="2", MailingStreet="A", MailingCity="B", Birthdate=date(1980, 1, 2))
    assert org.update(record_id, mobile_phone="3", business_city="C").ok
    assert body(org, "PATCH") == {
        "attributes": {"type": "Contact"},
        "id": record_id,
        "MobilePhone": "3",
        "MailingCity": "C",
    }
    assert org.update(record_id, mobile_phone="", birthday=None).ok
    row = org.row(record_id)
    assert (row["Phone"], row["MobilePhone"], row["Birthdate"]) == ("1", None, None)


def test_mine_or_all(org: Any) -> None:
    """The contacts that I own, or by choice all that I may read: another scope, so that nothing looks deleted."""
    contact(org, "Mine")
    theirs = contact(org, "Theirs", by=org.colleague)
    assert [item.title for item in org.fetch().items] == ["Mine"]
    assert org.look(theirs)[0].fate is Fate.OTHER_OWNER
    assert org.look(theirs)[0].detail == "Priya Nair"
    everybody = org.make(contacts="all")
    assert sorted(item.title for item in org.fetch(side=everybody).items) == ["Mine", "Theirs"]
    assert org.side.describe(Kind.CONTACTS).scope + ":all" == everybody.describe(Kind.CONTACTS).scope
    org._side = everybody
    assert org.look(theirs)[0].fate is Fate.HERE
    # the calendar stays my own
    assert everybody.describe(Kind.CALENDAR).scope == f"salesforce:{org.org.id}:{org.me}"


def test_the_window_means_nothing(org: Any) -> None:
    """Contacts have no time and are never archived: one query, however old they are."""
    contact(org)
    org.now += timedelta(days=900)
    assert [item.title for item in org.fetch().items] == ["Ek"]
    assert (org.count("GET query"), org.count("GET queryAll")) == (1, 0)


def test_company_is_the_accounts_name(org: Any) -> None:
    """Shown and matched, never written: no request touches an account, and an update of it is refused."""
    record_id = contact(org, AccountId=account(org, "Northwind  Ltd"))
    assert org.only().fields["company"] == "Northwind Ltd"
    outcome = org.update(record_id, company="Acme")
    assert not outcome.ok
    assert "never written" in outcome.error
    assert org.create(last_name="Hill", company="Acme").ok
    assert "company" not in body(org, "POST")
    assert not any("Account" in one.path for one in org.requests)


def test_no_account_is_no_blank_company(org: Any) -> None:
    """Without an account the company is unknown: a blank one would clear what stands in Outlook with each sync."""
    contact(org)
    assert "company" not in org.only().fields


def test_no_last_name(org: Any) -> None:
    """B3, LastName is required: said before the run, and refused without a request."""
    refuses = org.side.describe(Kind.CONTACTS).limits.refuses
    assert "no last name" in refuses(canonical(Kind.CONTACTS, {"first_name": "Ana", "last_name": " "}))
    assert refuses({"last_name": "Ek"}) == ""
    record_id = contact(org)
    for outcome in (org.create(first_name="Ana", last_name=""), org.update(record_id, last_name="")):
        assert "no last name" in outcome.error
    assert org.count("POST composite/sobjects") == org.count("PATCH composite/sobjects") == 0


def test_salutation_of_a_restricted_picklist(org: Any) -> None:
    """B3, Salutation is a picklist of the org: what a restricted one lacks is a reason; an open one takes all."""
    assert org.create(last_name="A", salutation="Frau").ok
    fields = org.org.schema["Contact"].fields
    fields["Salutation"] = replace(fields["Salutation"], restricted=True)
    side = org.make()
    refuses = side.describe(Kind.CONTACTS).limits.refuses
    assert "no salutation “Frau”" in refuses({"last_name": "A", "salutation": "Frau"})
    assert refuses({"last_name": "A", "salutation": "Dr."}) == refuses({"last_name": "A", "salutation": ""}) == ""
    outcome = create(org, side, last_name="B", salutation="Frau")
    assert "Mr., Ms." in outcome.error
    assert len(org.org.rows("Contact")) == 1


def test_suffix_is_the_orgs_own_choice(org: Any) -> None:
    """B3, Suffix only if enabled: unknown, left out of a create, and a reason for an update."""
    assert "in this org" in org.side.describe(Kind.CONTACTS).unwritable["suffix"]
    outcome = org.create(last_name="Ek", suffix="MSc")
    assert outcome.ok
    assert "suffix" not in org.only().fields
    assert "in this org" in org.update(outcome.id, suffix="MSc").error


def test_lengths(org: Any) -> None:
    """B3: lengths come from describe; a line end in a street counts as two characters, before the run as in it."""
    limits = org.side.describe(Kind.CONTACTS).limits
    assert (limits.lengths["last_name"], limits.lengths["email"], limits.lengths["business_street"]) == (80, 80, 255)
    assert "birthday" not in limits.lengths
    street = "x" * 126 + "\n" + "y" * 126 + "\n" + "z"
    assert len(street) == 255
    assert "257 characters" in limits.refuses({"last_name": "A", "business_street": street})
    assert limits.refuses({"last_name": "A", "business_street": street[:253]}) == ""
    assert "257 characters" in org.create(last_name="A", business_street=street).error
    assert org.create(last_name="A", business_street=street[:253]).ok
    assert "last name has 81" in org.create(last_name="x" * 81).error
    assert org.count("POST composite/sobjects") == 1


def test_birthday_that_salesforce_cannot_hold(org: Any) -> None:
    """Year 1604 stands for "no year" in some programs; dates begin in 1700 here (recalled)."""
    fields = {"last_name": "A", "birthday": "1604-05-06"}
    assert "1700 to 4000" in org.side.describe(Kind.CONTACTS).limits.refuses(fields)
    assert "1604" in org.create(**fields).error
    assert org.create(last_name="A", birthday="1700-01-01").ok


def test_invalid_email(org: Any) -> None:
    """B3, Email is validated: one sentence on its own row, and the other rows are unharmed."""
    writes = [
        Write(Operation.CREATE, canonical(Kind.CONTACTS, {"last_name": name, "email": email}))
        for name, email in (("A", "not an address"), ("B", "b@example.com"))
    ]
    bad, good = org.write(*writes)
    assert "does not take its e-mail address" in bad.error
    assert not bad.unknown
    assert good.ok


def test_private_to_its_owner(org: Any) -> None:
    """B3, AccountId null: the plan can say that a new contact will be private; the calendar has nothing to say."""
    notes = org.side.describe(Kind.CONTACTS).notes
    assert notes == {Operation.CREATE: "it will be private to you, as it gets no account"}
    assert org.side.describe(Kind.CALENDAR).notes == {}
    for match in ("domain", "name"):
        words = org.make(account_match=match).describe(Kind.CONTACTS).notes[Operation.CREATE]
        assert "if there is none" in words


def test_account_by_domain(org: Any) -> None:
    """Exactly one account with the web site of the e-mail's domain; a longer or shorter name is another one."""
    side = org.make(account_match="domain")
    wanted = account(org, "Northwind", "https://www.Northwind.example/en")
    account(org, "Not Northwind", "notnorthwind.example")
    account(org, "Shop", "https://shop.northwind.example")
    outcome = create(org, side, last_name="Ek", email="ana@NORTHWIND.example")
    assert org.row(outcome.id)["AccountId"] == wanted
    assert org.item(outcome.id).fields["company"] == "Northwind"
    account(org, "Northwind UK", "northwind.example")
    outcome = create(org, side, last_name="Hill", email="jo@northwind.example")
    assert org.row(outcome.id)["AccountId"] is None
    for email in ("", "%@%.%", "x' OR Name != '@a'b.example"):
        side.write(Kind.CONTACTS, [Write(Operation.CREATE, {"last_name": "X", "email": email})])
    assert all(row["AccountId"] in (None, wanted) for row in org.org.rows("Contact"))


def test_account_by_name(org: Any) -> None:
    """Exactly one account of the company's very name, which travels beside the write; quotes stay quoted."""
    side = org.make(account_match="name")
    wanted = account(org, "O'Hara \\ Sons")
    account(org, "O'Hara")
    company = {"company": "O'Hara \\ Sons"}
    for spelled in (company, {"company": "O'HARA \\ sons"}):
        outcome = create(org, side, spelled, last_name="Ek")
        assert org.row(outcome.id)["AccountId"] == wanted
    account(org, "O'Hara \\ Sons")
    outcome = create(org, side, company, last_name="Hill")
    assert outcome.ok
    assert org.row(outcome.id)["AccountId"] is None


def test_account_of_many(org: Any) -> None:
    """B4, URI: the questions for the accounts of a whole batch fit into addresses."""
    side = org.make(account_match="name")
    names = [f"{number:03} {'ж' * 200}" for number in range(100)]
    ids = {name: account(org, name) for name in names}
    writes = [
        Write(Operation.CREATE, {"last_name": str(number)}, source={"company": name})
        for number, name in enumerate(names)
    ]
    outcomes = side.write(Kind.CONTACTS, writes)
    assert [org.row(one.id)["AccountId"] for one in outcomes] == [ids[name] for name in names]


def test_account_off_by_default(org: Any) -> None:
    """Off: no account is asked for, and none is chosen."""
    account(org, "Northwind", "northwind.example")
    outcome = create(org, org.side, {"company": "Northwind"}, last_name="Ek", email="a@northwind.example")
    assert org.row(outcome.id)["AccountId"] is None
    assert not any("Account WHERE" in one.query.get("q", "") for one in org.requests)


def test_accounts_hidden(org: Any) -> None:
    """Somebody who may not read accounts still creates contacts."""
    org.org.deny("Account", "read")
    outcome = create(org, org.make(account_match="domain"), last_name="Ek", email="a@northwind.example")
    assert outcome.ok


@pytest.mark.parametrize("rule", ["alert", "block"])
@pytest.mark.parametrize("collections", [True, False])
def test_duplicate(org: Any, rule: str, collections: bool) -> None:
    """B4, duplicates: alert rules stop a save over the API, too; the row names the record and gives its id."""
    if not collections:
        org.before = lambda request: Response(404, b"[]") if "/composite" in request.path else None
    there = contact(org, "Stone", FirstName="Nia", Email="nia@example.com")
    org.org.duplicate_rules["Contact"] = rule
    outcome = org.create(last_name="Marsh", email="nia@example.com")
    assert not outcome.ok
    assert outcome.duplicate_of == there
    assert f"Nia Stone (Contact {there}) is there already; the next comparison offers to link the two" in outcome.error
    assert len(org.org.rows("Contact")) == 1
    request = [one for one in org.requests if one.method == "POST"][-1]
    header = {name.lower(): value for name, value in request.headers.items()}["sforce-duplicate-rule-header"]
    assert header == "allowSave=false; includeRecordDetails=true; runAsCurrentUser=true"
    assert org.create(last_name="Hill", email="hill@example.com").duplicate_of == ""


def test_several_duplicates(org: Any) -> None:
    """Which of several is meant is not for us to say."""
    for name in ("Stone", "Marsh"):
        contact(org, name, Email="nia@example.com")
    org.org.duplicate_rules["Contact"] = "alert"
    outcome = org.create(last_name="Hill", email="nia@example.com")
    assert outcome.duplicate_of == ""
    assert "and 1 more" in outcome.error


def test_duplicate_of_an_update(org: Any) -> None:
    """A linked contact that would become like another one cannot be linked to that one."""
    contact(org, "Stone", Email="nia@example.com")
    record_id = contact(org, "Marsh")
    org.org.duplicate_rules["Contact"] = "alert"
    outcome = org.update(record_id, email="nia@example.com")
    assert (outcome.ok, outcome.duplicate_of) == (False, "")
    assert "it would be like Stone" in outcome.error


def test_duplicate_that_cannot_be_read(org: Any) -> None:
    """Only a number of matches, as sharing may have it; a lead; foreign text: still one sentence, and no traceback."""
    answers: list[Any] = []

    def before(request: Request) -> Response | None:
        if request.method != "POST" or "composite" not in request.path:
            return None
        error = {"statusCode": "DUPLICATES_DETECTED", "message": "Use one of these records?", "fields": []}
        error["duplicateResult"] = {"matchResults": answers}
        return Response(200, json.dumps([{"success": False, "errors": [error]}]).encode())

    org.before = before
    assert "you cannot see" in org.create(last_name="A").error
    answers[:] = [
        {"matchRecords": [{"record": None}, {"record": {"attributes": {"type": "Contact"}, "Id": "x' OR 'a"}}, 7]},
        None,
    ]
    assert "you cannot see" in org.create(last_name="A").error
    lead = {"attributes": {"type": "Lead"}, "Id": "00Q000000000001AAA"}
    answers[:] = [{"matchRecords": [{"record": lead}]}]
    outcome = org.create(last_name="A")
    assert outcome.duplicate_of == ""
    assert "a record (Lead 00Q000000000001AAA)" in outcome.error
    answers[:] = [{"matchRecords": [{"record": {**lead, "Name": "\x1b[31mNia\u202e"}}]}]
    assert not set("\x1b\u202e") & set(org.create(last_name="A").error)


def test_states_and_countries_of_a_list(org: Any) -> None:
    """B3, state and country picklists: the refusal is said in words where the org has such lists, and only there."""
    said = "There's a problem with this country, even though it may appear correct."
    error = {"statusCode": "FIELD_INTEGRITY_EXCEPTION", "message": said, "fields": ["MailingCountry"]}
    org.before = lambda request: (
        Response(200, json.dumps([{"success": False, "errors": [error]}]).encode())
        if request.method == "POST" and "composite" in request.path
        else None
    )
    assert "lists" not in org.create(last_name="A", business_country="Scotland").error
    org.org.add_field("Contact", Field("MailingCountryCode", "picklist", "Country Code", 10, create=True, update=True))
    outcome = create(org, org.make(), last_name="A", business_country="Scotland")
    assert "only as they stand in its lists" in outcome.error
    assert said[:20] in outcome.error


def test_person_account(org: Any) -> None:
    """A person account's contact is a view of the account: shown, and not written."""
    org.org.add_field("Contact", Field("IsPersonAccount", "boolean", "Is Person Account", nillable=False, default=True))
    record_id = contact(org)
    assert "person account" in org.item(record_id).locked
    assert "person account" in org.update(record_id, title="CEO").error
    assert org.row(record_id)["Title"] is None


def test_field_level_security(org: Any) -> None:
    """B3: hidden fields are unknown; without the last name nothing can be done."""
    contact(org, Phone="1", Title="CEO")
    org.org.hide_fields("Contact", "Phone", "AccountId")
    assert not {"business_phone", "company"} & set(org.only().fields)
    assert "security" in org.side.describe(Kind.CONTACTS).unwritable["business_phone"]
    org.org.hide_fields("Contact", "LastName")
    with pytest.raises(SideError, match="LastName"):
        org.make().fetch(Kind.CONTACTS, None, lambda progress: None, lambda: False)


def test_deleted(org: Any) -> None:
    """Deleted is deleted, in the bin or out of it, and can be done by us."""
    kept, gone = contact(org, "Kept"), contact(org, "Gone")
    assert [one.ok for one in org.delete(gone)] == [True]
    assert [one.fate for one in org.look(kept, gone)] == [Fate.HERE, Fate.DELETED]
    assert [item.title for item in org.fetch().items] == ["Kept"]


def test_without_describe(org: Any) -> None:
    """Without describe, Contact is taken to be what the references say."""
    org.before = lambda request: Response(404, b"[]") if "/describe" in request.path else None
    contact(org, Phone="1", Email="a@example.com")
    assert org.only().fields["business_phone"] == "1"
    described = org.side.describe(Kind.CONTACTS)
    assert described.limits.lengths["title"] == 128
    assert described.limits.lengths["first_name"] == 40
    assert set(described.unwritable) == {"suffix"}


def test_row_that_cannot_be_read(org: Any) -> None:
    """One bad row harms no other, and has a name."""
    contact(org, "Good")
    bad = contact(org, "Bad", FirstName="Very")

    def before(request: Request) -> Response | None:
        if "/query" not in request.path:
            return None
        response = org.application(request)
        answer = json.loads(response.body)
        for row in answer["records"]:
            if row["Id"] == bad:
                row["LastName"] = 7
        return Response(200, json.dumps(answer).encode())

    org.before = before
    reading = org.fetch()
    assert [item.title for item in reading.items] == ["Good"]
    assert [(one.id, one.title) for one in reading.unreadable] == [(bad, "Very Bad")]

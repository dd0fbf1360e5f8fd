"""The contacts of both acts, as the two stores hold them natively."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from sync_core.sandbox.world import MOST_DELETES, ContactsChapter, ContactSituation
from sync_core.sandbox.world.situations import Change, Copy, Create, Delete, First, Move, Reassign

STORY = (*ContactsChapter.changed, *ContactsChapter.standing, *ContactsChapter.new)
ACT_ONE = [s for s in STORY if s.first is not First.NOWHERE]
TWINS = [s for s in ACT_ONE if s.first is First.BOTH and s.copies == (1, 1)]
# differences that are not in `also`, but in what one system cannot or does not say
NATIVE = {"twin_no_account": {"company"}, "outlook_html": {"notes"}, "salesforce_notes": {"notes"}}
DEEDS = [
    pytest.param(s, side, deed, id=f"{s.name}-{side}-{number}")
    for s in STORY
    for side in ("salesforce", "outlook")
    for number, deed in enumerate(
        (*getattr(s, side), *(ContactsChapter.later.get(s.name, ()) if side == "outlook" else ()))
    )
]
_PARTS = {"Street": "street", "City": "city", "State": "state", "PostalCode": "code", "CountryOrRegion": "country"}
_PHONES = {
    "BusinessPhone": "Phone", "MobilePhone": "MobilePhone", "HomePhone": "HomePhone", "OtherTelephone": "OtherPhone",
    "BusinessFax": "Fax", "AssistantPhone": "AssistantPhone",
}  # fmt: skip


@pytest.fixture
def told(tell: Callable[..., Any]) -> Any:
    """The standard world, looked into for contacts."""
    return tell(kind="contacts")


def left(told: Any, row: dict[str, Any]) -> dict[str, object]:
    """What a Salesforce record says."""
    accounts = {account["Id"]: account["Name"] for account in told.world.org.rows("Account")}
    said: dict[str, object] = {
        "first": row["FirstName"], "last": row["LastName"], "title": row["Title"], "email": row["Email"],
        "salutation": row["Salutation"], "department": row["Department"], "company": accounts.get(row["AccountId"]),
        "assistant_name": row["AssistantName"], "birthday": row["Birthdate"],
        "notes": (row["Description"] or "").replace("\r\n", "\n"),
        **{column: row[column] for column in _PHONES.values()},
    }  # fmt: skip
    for label, prefix in (("Business", "Mailing"), ("Other", "Other")):
        for part, end in (("street", "Street"), ("city", "City"), ("state", "State"), ("code", "PostalCode"),
                          ("country", "Country")):  # fmt: skip
            said[f"{label}_{part}"] = (row[f"{prefix}{end}"] or "").replace("\r\n", "\n")
    return {name: value or "" for name, value in said.items()}


def right(item: Any) -> dict[str, object]:
    """What an Outlook item says, in the same words."""
    values = item.fields
    prefix = next((value for key, value in item.extended.items() if key.name == "tag:14917"), "")
    born = values.get("birthday")
    phones, addresses = values.get("phones", {}), values.get("addresses", {})
    said: dict[str, object] = {
        "first": values.get("given_name"), "last": values.get("surname"), "title": values.get("job_title"),
        "email": values.get("emails", {}).get("EmailAddress1"), "salutation": prefix,
        "department": values.get("department"), "company": values.get("company_name"),
        "assistant_name": values.get("assistant_name"), "birthday": born and born.date(),
        "notes": (values.get("body") or "").replace("\r\n", "\n"),
        **{column: phones.get(label) for label, column in _PHONES.items()},
    }  # fmt: skip
    for label in ("Business", "Other"):
        for part, name in _PARTS.items():
            said[f"{label}_{name}"] = addresses.get(label, {}).get(part)
    return {name: value or "" for name, value in said.items()}


def test_names_are_unique_and_say_what_they_are() -> None:
    names = [s.name for s in STORY]
    assert len(set(names)) == len(names)
    assert all(s.story for s in STORY)


def test_about_fifty_on_each_side(told: Any) -> None:
    assert 45 <= len(told.rows()) <= 58
    assert 45 <= len(told.items()) <= 58


@pytest.mark.parametrize("situation", [pytest.param(s, id=s.name) for s in ACT_ONE])
def test_each_situation_is_where_it_says(told: Any, situation: ContactSituation) -> None:
    entry = told.entry(situation.name)
    for side, copies in zip(("salesforce", "outlook"), situation.copies, strict=True):
        assert len(entry.ids[side]) == (copies if situation.first.value in ("both", side) else 0)
    mine = {row["Id"] for row in told.rows()}
    assert all((record in mine) is not situation.colleague for record in entry.ids["salesforce"])
    here = {item.id for item in told.items(situation.folder)}
    assert here.issuperset(entry.ids["outlook"])


@pytest.mark.parametrize("situation", [pytest.param(s, id=s.name) for s in TWINS])
def test_twins_are_equal_but_for_what_the_situation_says(told: Any, situation: ContactSituation) -> None:
    one, other = left(told, told.row(situation.name)), right(told.item(situation.name))
    phones = {"home_phone": "HomePhone", "mobile_phone": "MobilePhone"}
    also = {phones.get(name, name) for name in situation.also} | NATIVE.get(situation.name, set())
    assert {name for name in one if one[name] != other[name]} == also


def test_the_twin_with_everything_has_everything(told: Any) -> None:
    assert all(left(told, told.row("twin_full")).values())


def test_other_letters_but_the_same_person(told: Any) -> None:
    for name in ("twin_case", "twin_accents"):
        one, other = left(told, told.row(name)), right(told.item(name))
        assert (one["email"], other["email"]) == ("", "")
        assert one["last"] != other["last"]
    assert left(told, told.row("twin_email_case"))["email"] != right(told.item("twin_email_case"))["email"]


def test_several_with_one_address(told: Any) -> None:
    email = told.entry("duplicate_salesforce").things["salesforce"].email
    assert sum(row["Email"] == email for row in told.rows()) == 2
    email = told.entry("duplicate_outlook").things["outlook"].email
    assert sum(i.fields.get("emails", {}).get("EmailAddress1") == email for i in told.items()) == 2
    # and nobody else shares one by chance
    for addresses in (
        [row["Email"] for row in told.rows() if row["Email"]],
        [i.fields["emails"]["EmailAddress1"] for i in told.items() if i.fields.get("emails")],
    ):
        assert sum(n > 1 for n in Counter(address.lower() for address in addresses).values()) == 1


def test_what_only_outlook_has_is_there(told: Any) -> None:
    labels = told.item("outlook_labels").fields
    assert {"Pager", "CarPhone", "BusinessPhone2", "HomePhone2", "HomeFax"} <= set(labels["phones"])
    assert set(labels["emails"]) == {"EmailAddress1", "EmailAddress2", "EmailAddress3"}
    extras = told.item("outlook_extras").fields
    assert extras["addresses"]["Home"]["City"] == "Clevedon"
    assert extras["generation"] == "PhD"
    assert len(extras["categories"]) == 2
    assert told.item("outlook_html").fields["body_type"] == "HTML"
    assert "<b>mail</b>" in told.item("outlook_html").fields["body"]
    assert told.item("outlook_ex_address").fields["emails"]["EmailAddress1"].startswith("EX:/o=")
    assert told.item("outlook_private").fields["sensitivity"] == "Private"
    assert "surname" not in told.item("outlook_no_last_name").fields
    assert told.item("outlook_company_only").fields["display_name"] == "Harbour Taxi"
    assert len(told.item("outlook_long_phone").fields["phones"]["BusinessPhone"]) > 40
    assert told.item("outlook_list").kind == "DistributionList"
    assert [kind for kind, n in Counter(i.kind for i in told.items()).items() if n > 1] == ["Contact"]


def test_birthdays_on_the_leap_day(told: Any) -> None:
    assert told.row("twin_leap_day")["Birthdate"] == date(1988, 2, 29)
    assert told.item("twin_leap_day").fields["birthday"] == datetime(1988, 2, 29, 11, 59, tzinfo=UTC)


def test_accounts_and_owners(told: Any) -> None:
    accounts = Counter(row["Name"] for row in told.world.org.rows("Account"))
    assert accounts["Northgate Holdings"] == 2
    assert told.row("twin_no_account")["AccountId"] is None
    assert told.item("twin_no_account").fields["company_name"]
    assert told.row("salesforce_no_account")["AccountId"] is None
    shared = told.row("colleague_same_email")
    assert shared["OwnerId"] in told.world.colleagues
    sites = [row["Website"] for row in told.world.org.rows("Account")]
    assert "https://www.oldmill.example.org" in sites
    assert told.world.org.duplicate_rules == {"Contact": "alert"}


@pytest.mark.parametrize("seed", [0, 7])
def test_the_same_seed_and_day_make_the_same_contacts(tell: Callable[..., Any], seed: int) -> None:
    one, other = tell(kind="contacts", seed=seed, size=90), tell(kind="contacts", seed=seed, size=90)
    assert one.dump() == other.dump()
    one.advance(), other.advance()
    assert one.dump() == other.dump()
    assert one.dump()[0] != tell(kind="contacts", seed=seed + 1, size=90).dump()[0]


@pytest.mark.parametrize("size", [0, 1, 12, 71, 200, 1000])
def test_any_size_keeps_the_proportion(tell: Callable[..., Any], size: int) -> None:
    told = tell(kind="contacts", size=size)
    wanted = round(size * 55 / 71)
    # the customers' contact persons are in Salesforce in any case
    assert abs(len(told.rows()) - max(12, wanted)) <= 12 + size // 10
    assert abs(len(told.items()) - wanted) <= 4 + size // 20
    assert {line["why"] for line in told.advance().skipped} <= {
        "the contact is not there",
        "enough was deleted this week",
    }


def test_a_large_world_has_the_same_mix_of_other_people(tell: Callable[..., Any]) -> None:
    told = tell(kind="contacts", size=1500)
    names = Counter(entry.situation.name for entry in told.chapter.entries)
    assert len({names[situation.name] for situation in STORY}) == 1
    emails = Counter(row["Email"] for row in told.rows() if row["Email"])
    twice = {e.things["salesforce"].email for e in told.chapter.entries if e.situation.copies[0] == 2}
    assert {address for address, n in emails.items() if n > 1} == twice


# -- act two ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def synced(told: Any) -> Any:
    """A world in which somebody brought what was one-sided across, with a note on the copies."""
    world = told.world
    for entry in told.chapter.entries:
        s, person = entry.situation, entry.things["outlook"]
        if s.first is First.SALESFORCE and not s.colleague:
            world.mailbox.create(
                told.chapter.folders[""],
                {
                    "given_name": person.first,
                    "surname": person.last,
                    "extended": {("c0ffee00-0000-4000-8000-000000000001", "mark"): s.name},
                },
            )
        if s.first is First.OUTLOOK and person.last and not s.folder:
            world.org.create("Contact", {"FirstName": person.first, "LastName": person.last}, by=world.user_id)
    return told


def test_everything_happens_when_act_one_was_synced(synced: Any) -> None:
    report = synced.advance()
    assert report.skipped == []
    done = {(line["situation"], line["side"]) for line in report.happened}
    assert done == {(param.values[0].name, param.values[1]) for param in DEEDS}  # type: ignore[attr-defined]


@pytest.mark.parametrize(("situation", "side", "deed"), DEEDS)
def test_each_deed_can_be_seen_on_its_side(synced: Any, situation: ContactSituation, side: str, deed: Any) -> None:
    before = _look(synced, situation, side)
    synced.advance()
    after = _look(synced, situation, side)
    match deed:
        case Change():
            assert len(before["here"]) == len(after["here"]) == 1
            assert after["here"] != before["here"]
        case Delete():
            assert len(before["here"]) == 1
            assert after["here"] == []
            assert len(after["bin"]) == (0 if deed.for_good else 1)
        case Move():
            assert len(before["here"]) == 1
            assert set(after["ids"]).isdisjoint(before["ids"])
            assert (len(after["here"]), len(after["Former"])) == ((1, 0) if deed.back else (0, 1))
        case Copy():
            assert len(after["here"]) == len(before["here"]) + 1
            assert after["marks"][0] == after["marks"][1] != {}
        case Reassign():
            assert len(before["here"]) == 1
            assert after["here"] == []
        case Create():
            assert before["here"] == []
            assert len(after["here"]) == (2 if deed.twice else 1)


def _look(told: Any, situation: ContactSituation, side: str) -> dict[str, Any]:
    """What a side has under the name that the situation has now."""
    thing = told.entry(situation.name).things[side]
    name = told.chapter.title(thing)
    if side == "salesforce":
        # the org trims names and cannot hold line ends
        rows = [row for row in told.rows() if row["Name"].strip() == name.strip()]
        gone = [r for r in told.world.org.rows("Contact", deleted=True) if r["IsDeleted"] and r["Name"] == name]
        return {"here": [{k: v for k, v in r.items() if k != "SystemModstamp"} for r in rows], "bin": gone}

    def named(folder: str) -> list[Any]:
        # Exchange cannot hold what XML cannot
        said = "".join("?" if ord(char) < 32 else char for char in name)
        return [item for item in told.items(folder) if told.chapter.title_of_item(item) == said]

    here = named("")
    return {
        "here": [{k: v for k, v in i.native().items() if k != "last_modified"} for i in here],
        "ids": [i.id for i in here],
        "marks": [dict(i.extended) for i in here],
        "bin": named("deleteditems"),
        "Former": named("Former"),
    }


def test_a_phone_that_goes_leaves_the_others(told: Any) -> None:
    before = dict(told.item("outlook_phone_removed").fields["phones"])
    told.advance()
    after = told.item("outlook_phone_removed").fields["phones"]
    assert set(before) - set(after) == {"HomePhone"}
    assert {"Pager", "MobilePhone", "BusinessPhone"} <= set(after)
    assert told.item("outlook_labels").fields["phones"]["Pager"] == "+44 1632 960219"
    assert "CarPhone" in told.item("outlook_labels").fields["phones"]


def test_merges_and_conflicts(told: Any) -> None:
    told.advance()

    def differing(name: str) -> set[str]:
        one, other = left(told, told.row(name)), right(told.item(name))
        return {field for field in one if one[field] != other[field]}

    assert differing("both_alike") == set()
    assert differing("merge_phone_title") == {"title", "MobilePhone"}
    assert differing("conflict_phone") == {"MobilePhone"}
    assert differing("conflict_title_more") == {"title", "department"}
    assert differing("salesforce_account") == {"company"}
    assert differing("new_twin") == set()
    assert differing("new_twin_blank") == {"MobilePhone"}
    assert differing("new_twin_different") == {"title"}
    assert differing("new_likely") == {"first", "email"}


def test_the_new_contact_would_be_a_duplicate_of_a_colleagues(told: Any) -> None:
    told.advance()
    email = told.item("new_duplicate_rule").fields["emails"]["EmailAddress1"]
    owners = {row["OwnerId"] for row in told.world.org.rows("Contact") if row["Email"] == email}
    assert owners == {told.world.colleagues[1]}
    with pytest.raises(Exception, match="DUPLICATES_DETECTED"):
        told.world.org.create("Contact", {"LastName": "Birch", "Email": email}, by=told.world.user_id)


def test_hostile_names_arrive_as_they_are(told: Any) -> None:
    told.advance()
    everything = "\n".join([*(row["Name"] for row in told.rows()), *(str(i.fields["subject"]) for i in told.items())])
    for piece in ("[/close]", "[@click=app.quit]", "\x1b]52;c;", "\u202e", "\u200d", "\ufe0f", "\u0351", "=HYPERLINK"):
        assert piece in everything
    assert max(len(row["LastName"]) for row in told.rows()) == 80


def test_a_week_is_no_mass_deletion_and_more_weeks_follow(told: Any) -> None:
    report = told.advance()
    for side in ("salesforce", "outlook"):
        gone = [line for line in report.happened if line["side"] == side and line["did"].startswith("deleted")]
        assert 2 <= len(gone) <= MOST_DELETES
    again = told.advance()
    assert again.happened
    assert again.skipped == []


def test_what_happened_lies_within_the_week(told: Any) -> None:
    before = told.world.clock()
    told.advance()
    begin = datetime.combine(told.world.today, time(), UTC)
    moments = {row["LastModifiedDate"] for row in told.rows() if row["LastModifiedDate"] > before}
    moments |= {i.fields["last_modified"] for i in told.items() if i.fields["last_modified"] > before}
    assert len(moments) > 15
    assert max(moments) < begin


def test_without_a_story_only_the_customers_are_there(tell: Callable[..., Any]) -> None:
    told = tell(kind="contacts", story=False)
    assert len(told.rows()) == 12
    assert told.world.mailbox.items(told.world.mailbox.folder("contacts")) == []
    assert told.world.org.duplicate_rules == {}
    told.advance()
    assert told.advance().happened == []

"""The contacts: their situations as contacts of both systems, the accounts they belong to, and lists of people."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from typing import Any, ClassVar, Final

from sync_core.sandbox.ews.store import StoredItem
from sync_core.sandbox.world import people
from sync_core.sandbox.world.chapter import ORDINARY, Chapter, Entry
from sync_core.sandbox.world.company import Company
from sync_core.sandbox.world.contacts.standing import STANDING
from sync_core.sandbox.world.contacts.values import Contact, for_outlook, for_salesforce
from sync_core.sandbox.world.contacts.week import CHANGED, LATER, NEW
from sync_core.sandbox.world.native import Native
from sync_core.sandbox.world.situations import Change, ContactSituation, SideKey
from sync_core.sandbox.world.texts import Cast

# of a last name in Salesforce (facts: salesforce B3)
_LAST_NAME: Final = 80
# there are two accounts of this name: nobody can tell which one is meant
TWO_ACCOUNTS: Final = "Northgate Holdings"


class ContactsChapter(Chapter[Contact, ContactSituation]):
    """The contacts."""

    kind = "contacts"
    word = "contact"
    sobject = "Contact"
    changed, standing, new, later = CHANGED, STANDING, NEW, LATER
    weekly = (
        Change({"title": "Head of operations"}),
        Change({"mobile_phone": "+44 7700 900800"}),
        Change(add="\nMet at the trade fair."),
        Change({"department": "Purchasing"}),
    )
    native_words: ClassVar[Mapping[str, str]] = {
        "FirstName": "name", "LastName": "name", "given_name": "name", "surname": "name", "Title": "title",
        "job_title": "title", "AccountId": "company", "company_name": "company", "Email": "e-mail", "emails": "e-mail",
        "Phone": "phone", "MobilePhone": "phone", "HomePhone": "phone", "phones": "phone", "MailingStreet": "address",
        "MailingCity": "address", "MailingPostalCode": "address", "addresses": "address", "Birthdate": "birthday",
        "birthday": "birthday", "Description": "notes", "body": "notes", "sensitivity": "private",
        "Department": "department", "department": "department",
    }  # fmt: skip

    def __init__(self, company: Company, seed: str) -> None:
        super().__init__(company, seed)
        self._names: set[str] = {customer.contact.name for customer in people.CUSTOMERS}
        self._numbers = count(1)

    def prepare(self) -> None:
        """The folders, and what the org has that not every org has."""
        contacts = self.company.mailbox.folder("contacts")
        self.folders = {
            "": contacts,
            "Former": self.company.mailbox.add_folder("Former", contacts, "IPF.Contact"),
        }
        # bought by another company, whose account was imported a second time
        first = self.company.account(TWO_ACCOUNTS, BillingCity="Leeds")
        second = {"Name": TWO_ACCOUNTS, "BillingCity": "York"}
        assert self.company.org.create("Account", second, by=self.company.user_id) != first

    def build(self) -> None:
        """Fills both stores; then the org gets the rule about duplicates that a new real org has (facts B4)."""
        super().build()
        self.company.org.duplicate_rules["Contact"] = "alert"

    # -- what they are about ---------------------------------------------------------------------------------------

    def thing(self, situation: ContactSituation, cast: Cast) -> Contact:
        """The contact of a situation: the customer's contact person, the person of that name, or a made-up one."""
        if situation.customer is not None and cast.number == 0:
            customer = people.CUSTOMERS[situation.customer]
            person = self._person(*_halves(customer.contact.name), customer, customer.contact.smtp)
        elif situation.subject:
            first, last = _halves(situation.subject)
            marked = cast.subject(last, _LAST_NAME) if last else ""
            first = first if last else cast.subject(first)
            email = _address(_halves(situation.subject), cast.customer, cast.number)
            person = self._person(first, marked, cast.customer, email)
        else:
            person = self._made_up(cast.customer)
        return replace(person, **self._fields(situation.fields, cast))

    def also(self, entry_thing: Contact, situation: ContactSituation, cast: Cast) -> Contact:
        """The same as Outlook has it."""
        return replace(entry_thing, **self._fields(situation.also, cast))

    def everyday(self, number: int) -> Entry[Contact, ContactSituation]:
        """An equal pair of contacts, some of them with more than a card has."""
        cast, rng = self.cast(0), self.random
        situation = ContactSituation(ORDINARY, "a contact that both sides have")
        more: dict[str, Any] = {"notes": rng.choice(people.NOTES)} if rng.random() < 0.3 else {}
        if rng.random() < 0.5:
            more["mobile_phone"] = self._phone("7700 900")
        person = replace(self._made_up(cast.customer), **more)
        return Entry(situation, cast, {"salesforce": person, "outlook": person})

    def _made_up(self, customer: people.Customer) -> Contact:
        rng = self.random
        first, last = rng.choice(people.FIRST_NAMES), rng.choice(people.LAST_NAMES)
        while f"{first} {last}" in self._names:
            # half a hundred first and last names are soon used up
            first, last = rng.choice(people.FIRST_NAMES), f"{rng.choice(people.LAST_NAMES)}-{last}"[:40].rstrip("-")
            if len(last) > 30:
                last = rng.choice(people.LAST_NAMES)
        return self._person(first, last, customer, _address((first, last), customer))

    def _person(self, first: str, last: str, customer: people.Customer, email: str) -> Contact:
        self._names.add(f"{first} {last}")
        number = next(self._numbers)
        title = people.TITLES[number % len(people.TITLES)]
        return Contact(
            first, last, title=title, company=customer.name, email=email, business_phone=self._phone("1632 960")
        )

    def _phone(self, block: str) -> str:
        """A number of a block that Ofcom keeps for films and books."""
        return f"+44 {block}{self.random.randrange(1000):03}"

    def _fields(self, values: Mapping[str, Any], cast: Cast) -> dict[str, Any]:
        """Fields with names in them; in later rounds of the story e-mail addresses and last names are marked."""
        filled = cast.fields(values)
        if cast.number:
            if "@" in filled.get("email", ""):
                local, _, domain = filled["email"].rpartition("@")
                filled["email"] = f"{local}.p{cast.number}@{domain}"
            if filled.get("last"):
                filled["last"] = cast.subject(values["last"], _LAST_NAME)
            elif "last" in filled and filled.get("company"):
                # a company without a person: its name is all there is to tell one from the other
                filled["company"] = cast.subject(values["company"])
        return filled

    def changed_thing(self, thing: Contact, change: Change, cast: Cast) -> Contact:
        """The contact after a change."""
        values = self._fields(change.fields, cast)
        if change.add:
            values["notes"] = thing.notes + cast.fill(change.add)
        return replace(thing, **values)

    def native(self, side: SideKey, thing: Contact) -> Native:
        """The native fields on a side. In Salesforce the company is an account, which is made when it is missing."""
        if side == "outlook":
            return for_outlook(thing)
        account = self.company.account(thing.company) if thing.company else None
        return {**for_salesforce(thing), "AccountId": account}

    def title(self, thing: Contact) -> str:
        """The name, else the company, else the e-mail address."""
        return thing.title_line

    def title_of_row(self, row: Mapping[str, Any]) -> str:
        """The name."""
        return str(row["Name"] or "")

    def title_of_item(self, item: StoredItem) -> str:
        """The name, else the company, else the e-mail address."""
        values: Any = item.fields
        name = f"{values.get('given_name', '')} {values.get('surname', '')}".strip()
        return str(name or values.get("company_name") or values.get("emails", {}).get("EmailAddress1") or "")

    # -- making them -----------------------------------------------------------------------------------------------

    def enter_salesforce(self, entry: Entry[Contact, ContactSituation], values: Native) -> str:
        """Makes the record; a customer's contact person is there already, and only gets the rest."""
        index = entry.situation.customer
        if index is None or entry.cast.number:
            return super().enter_salesforce(entry, values)
        record = self.company.customer_contacts[people.CUSTOMERS[index].name]
        self.company.org.change(self.company.person(self.company.user_id), "Contact", record, values)
        return record

    def enter_outlook(self, entry: Entry[Contact, ContactSituation], values: Native) -> StoredItem:
        """Makes the item; a list of people is an item of another kind in the same folder."""
        if not entry.situation.members:
            return super().enter_outlook(entry, values)
        fields = {"subject": values["subject"], "display_name": values["subject"], "file_as": values["subject"],
                  "members": list(entry.situation.members)}  # fmt: skip
        return self.company.exchange.insert(self.folders[entry.situation.folder], "DistributionList", fields, {})


def _halves(name: str) -> tuple[str, str]:
    """First and last name: a name in one word is a last name, and one that ends in "," is a first name."""
    if name.endswith(","):
        return name.removesuffix(","), ""
    first, _, last = name.rpartition(" ")
    return first, last


def _address(names: tuple[str, str], customer: people.Customer, number: int = 0) -> str:
    """An e-mail address in plain letters at the customer's domain, marked with the number of the round."""
    plain = (unicodedata.normalize("NFKD", part.lower()).encode("ascii", "ignore").decode() for part in names)
    words = ["".join(char for char in part if char.isalnum()) for part in plain]
    parts = [word[:24] for word in words if word] or ["post"]
    if number:
        parts.append(f"p{number}")
    return f"{'.'.join(parts)}@{customer.contact.smtp.rpartition('@')[2]}"

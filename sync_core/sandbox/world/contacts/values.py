"""One contact as a person thinks of it, and the native form that each of the two systems stores it in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final, NamedTuple

from sync_core.sandbox.world.native import Native

# PidTagDisplayNamePrefix, [MS-OXOCNTC] 2.2.1.1.3: EWS shows it as an extended property only
TITLE_PREFIX: Final = ("", f"tag:{0x3A45}")
# [MS-OXOCNTC] 2.2.1.5.1: PidTagBirthday is 11:59 UTC of the day
_BIRTHDAY: Final = time(11, 59)
_PHONES: Final = {
    "business_phone": ("Phone", "BusinessPhone"),
    "mobile_phone": ("MobilePhone", "MobilePhone"),
    "home_phone": ("HomePhone", "HomePhone"),
    "other_phone": ("OtherPhone", "OtherTelephone"),
    "fax": ("Fax", "BusinessFax"),
    "assistant_phone": ("AssistantPhone", "AssistantPhone"),
}


class Address(NamedTuple):
    """A postal address."""

    street: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""


NOWHERE: Final = Address()


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact. `private` is something that only Outlook can say."""

    first: str = ""
    last: str = ""
    salutation: str = ""
    title: str = ""
    department: str = ""
    company: str = ""
    email: str = ""
    business_phone: str = ""
    mobile_phone: str = ""
    home_phone: str = ""
    other_phone: str = ""
    fax: str = ""
    assistant_phone: str = ""
    assistant_name: str = ""
    business: Address = NOWHERE
    other: Address = NOWHERE
    birthday: date | None = None
    notes: str = ""
    private: bool = False

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first} {self.last}".strip()

    @property
    def title_line(self) -> str:
        """What a list shows: the name, else the company, else the e-mail address."""
        return self.name or self.company or self.email


def for_outlook(contact: Contact) -> Native:
    """The fields of a contact in a mailbox. What is blank is None, or "" under its label."""
    filed = ", ".join(part for part in (contact.last, contact.first) if part)
    born = contact.birthday
    return {
        "subject": contact.title_line or None,
        "display_name": contact.title_line or None,
        "file_as": filed or contact.title_line or None,
        "given_name": contact.first or None,
        "surname": contact.last or None,
        "company_name": contact.company or None,
        "job_title": contact.title or None,
        "department": contact.department or None,
        "assistant_name": contact.assistant_name or None,
        "emails": {"EmailAddress1": contact.email},
        "phones": {label: getattr(contact, name) for name, (_, label) in _PHONES.items()},
        "addresses": {"Business": _entry(contact.business), "Other": _entry(contact.other)},
        "birthday": None if born is None else datetime.combine(born, _BIRTHDAY, UTC),
        "body": contact.notes or None,
        "body_type": "Text",
        "sensitivity": "Private" if contact.private else "Normal",
        "extended": {TITLE_PREFIX: contact.salutation or None},
    }


def _entry(address: Address) -> dict[str, str]:
    parts = {
        "Street": address.street,
        "City": address.city,
        "State": address.state,
        "CountryOrRegion": address.country,
        "PostalCode": address.postal_code,
    }
    return {name: value for name, value in parts.items() if value}


def for_salesforce(contact: Contact) -> Native:
    """The fields of a Contact record, but for the account. What is blank is None."""
    texts = {
        "FirstName": contact.first,
        "LastName": contact.last,
        "Salutation": contact.salutation,
        "Title": contact.title,
        "Department": contact.department,
        "Email": contact.email,
        "AssistantName": contact.assistant_name,
        "Description": contact.notes,
        **{column: getattr(contact, name) for name, (column, _) in _PHONES.items()},
    }
    for prefix, address in (("Mailing", contact.business), ("Other", contact.other)):
        texts |= {
            f"{prefix}Street": address.street,
            f"{prefix}City": address.city,
            f"{prefix}State": address.state,
            f"{prefix}PostalCode": address.postal_code,
            f"{prefix}Country": address.country,
        }
    return {**{name: value or None for name, value in texts.items()}, "Birthdate": contact.birthday}

"""Contact. Sources are facts: salesforce B3, unless another is named."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sync_core.items import Fields, Item, Kind, SideName, canonical
from sync_core.settings.models import AccountMatch, ContactReach
from sync_core.sides import Limits, Operation, Unreadable, Window, Write
from sync_core.sides.salesforce import contact_accounts, duplicates, failures, rows
from sync_core.sides.salesforce.ids import id18
from sync_core.sides.salesforce.mapping import Context, ObjectMapping, Rows, UnwritableError
from sync_core.sides.salesforce.shape import Column, Shape

# the column behind each neutral field; the company is the account's name and has none of its own
_COLUMN: Final[Mapping[str, str]] = {
    "first_name": "FirstName",
    "last_name": "LastName",
    "salutation": "Salutation",
    "suffix": "Suffix",
    "title": "Title",
    "department": "Department",
    "email": "Email",
    "business_phone": "Phone",
    "mobile_phone": "MobilePhone",
    "home_phone": "HomePhone",
    "other_phone": "OtherPhone",
    "fax": "Fax",
    "assistant_phone": "AssistantPhone",
    "assistant_name": "AssistantName",
    **{
        f"{prefix}_{part}": f"{column}{end}"
        for prefix, column in (("business", "Mailing"), ("other", "Other"))
        for part, end in (
            ("street", "Street"),
            ("city", "City"),
            ("state", "State"),
            ("postal_code", "PostalCode"),
            ("country", "Country"),
        )
    },
    "birthday": "Birthdate",
    "notes": "Description",
}
COLUMNS: Final[rows.Columns] = {name: (column,) for name, column in _COLUMN.items()}
_BLOCKS: Final = ("business_street", "other_street", "notes")
_OTHERS: Final = (*rows.COMMON, "Name", "AccountId", "IsPersonAccount")
_RELATED: Final = {"AccountId": "Account", "LastModifiedById": "LastModifiedBy", "OwnerId": "Owner"}
_NO_SUFFIX: Final = "not a field of contacts in this org, or hidden from you"
_PERSON: Final = "a person account: Salesforce keeps its values with the account"
_NO_LAST_NAME: Final = "it has no last name, and Salesforce keeps no contact without one"
# lengths where a server has no describe
_LENGTHS: Final = {
    **dict.fromkeys(("LastName", "Email", "Department", "MailingState", "MailingCountry", "OtherState"), 80),
    **dict.fromkeys(("OtherCountry",), 80),
    **dict.fromkeys(("MailingStreet", "OtherStreet"), 255),
    **dict.fromkeys(("MailingPostalCode", "OtherPostalCode"), 20),
    "Title": 128,
    "Description": 32_000,
}
_STANDARD_LENGTH: Final = 40
# what every address has; Salesforce is stricter, and says so itself (facts: salesforce B3, Email)
_EMAIL: Final = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_NO_EMAIL: Final = "Salesforce does not take its e-mail address for one; correct it, or clear it"
_LISTED: Final = ("MailingStateCode", "MailingCountryCode", "OtherStateCode", "OtherCountryCode")
_LIST_CODES: Final = ("FIELD_INTEGRITY_EXCEPTION", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST")


class ContactMapping(ObjectMapping):
    """Contact as the contacts' object: the user's own ("mine") or all that are readable ("all").

    `match` says how a new contact gets an account.
    """

    sobject = "Contact"
    what = "contacts"
    headers = duplicates.HEADERS

    def __init__(self, contacts: ContactReach = "mine", match: AccountMatch = "off") -> None:
        self._contacts = contacts
        self._match = match

    @property
    def reach(self) -> str:
        """Blank for the user's own contacts, "all" for everybody's: what is in one only is not deleted in the other."""
        return "" if self._contacts == "mine" else self._contacts

    def assumed(self) -> Shape:
        """Contact as the references have it, for servers that have no describe."""
        names = [column for name, column in _COLUMN.items() if name not in ("suffix", "birthday")]
        columns = [
            Column("Id", 18, createable=False, updateable=False),
            *(Column(name, _LENGTHS.get(name, _STANDARD_LENGTH), filterable=name != "Description") for name in names),
            Column("Birthdate"),
            Column("AccountId", 18, relationship="Account"),
            Column("OwnerId"),
            Column("SystemModstamp", createable=False, updateable=False),
            Column("LastModifiedDate", createable=False, updateable=False),
        ]
        return Shape(self.sobject, "Contacts", {one.name: one for one in columns})

    def essential(self, shape: Shape) -> str:
        """Why contacts cannot be read, in words; "" when they can."""
        return rows.missing_column(shape, ("Id", "LastName"))

    def limits(self, context: Context) -> Limits:
        """Lengths as describe gives them; no contact without a last name; a restricted picklist's own values."""
        lengths = rows.lengths(COLUMNS, context.shape)
        return Limits(lengths, refuses=lambda fields: _refused(fields, context.shape, lengths))

    def notes(self, shape: Shape) -> dict[Operation, str]:
        """Without an account, a contact is private to its owner."""
        if self._match == "off":
            return {Operation.CREATE: "it will be private to you, as it gets no account"}
        by = "the web site at its e-mail's domain" if self._match == "domain" else "the name of its company"
        return {Operation.CREATE: f"it gets the one account with {by}; if there is none, it will be private to you"}

    def unwritable(self, shape: Shape, operation: Operation) -> dict[str, str]:
        """The neutral fields that this user cannot set; whether an org has Suffix is its own choice."""
        result = rows.unwritable(COLUMNS, shape, operation)
        return {**result, "suffix": _NO_SUFFIX} if not shape.has("Suffix") else result

    def columns(self, shape: Shape) -> list[str]:
        """The fields to ask for."""
        return rows.columns(COLUMNS, _OTHERS, shape)

    def related(self, shape: Shape) -> list[str]:
        """The names of the account and of the users that a contact points to."""
        return rows.related(_RELATED, shape)

    def condition(self, context: Context, window: Window) -> str:
        """The contacts in scope: they have no time, so the window means nothing."""
        # every contact has a last name, and a query wants a condition
        own = self._contacts == "mine" and context.shape.can_filter("OwnerId")
        return f"OwnerId = '{context.user_id}'" if own else "LastName != null"

    def reading(self, found: Rows, context: Context, window: Window) -> tuple[list[Item], list[Unreadable]]:
        """All of them."""
        items: list[Item] = []
        bad: list[Unreadable] = []
        for row in found:
            try:
                items.append(self.item(row, context))
            except (ValueError, KeyError, TypeError, AttributeError) as problem:
                bad.append(self.unreadable(row, problem))
        return items, bad

    def item(self, row: Mapping[str, Any], context: Context) -> Item:
        """One row as an item. Raises ValueError for a row that cannot be understood."""
        raw: dict[str, Any] = {name: row[column] for name, column in _COLUMN.items() if column in row}
        # no account is no company to tell Outlook of: what stands there would be cleared with each sync
        if row.get("AccountId") and (company := rows.name_of(row, "Account")):
            raw["company"] = company
        return Item(
            kind=Kind.CONTACTS,
            side=SideName.SALESFORCE,
            id=id18(str(row["Id"])),
            version=rows.version(row),
            fields=canonical(Kind.CONTACTS, raw),
            locked=_PERSON if row.get("IsPersonAccount") else "",
            changed_at=rows.shown_moment(row.get("LastModifiedDate") or row.get("SystemModstamp")),
            changed_by=rows.name_of(row, "LastModifiedBy"),
        )

    def unreadable(self, row: Mapping[str, Any], problem: Exception) -> Unreadable:
        """A row that `item` raised `problem` for."""
        title = row.get("Name") or row.get("LastName") or "(no name)"
        return rows.unreadable(row, problem, title, "it lacks what every contact has")

    def questions(self, writes: Sequence[Write], context: Context) -> list[str]:
        """The accounts that may fit the contacts to be created."""
        if not context.shape.can_write("AccountId", Operation.CREATE):
            return []
        new = [_known(write) for write in writes if write.operation is Operation.CREATE]
        return contact_accounts.questions(self._match, new)

    def record(self, write: Write, context: Context) -> dict[str, Any]:
        """The fields of Contact to send. A create leaves out what is blank; the company is only for finding one."""
        creating = write.operation is Operation.CREATE
        if not creating and "company" in write.fields:
            raise UnwritableError("the company is the account's name, and accounts are never written")
        given = rows.writable(Kind.CONTACTS, write, self.unwritable(context.shape, write.operation))
        given.pop("company", None)
        if creating and not given.get("last_name"):
            raise UnwritableError(_NO_LAST_NAME)
        if why := _refused(given, context.shape, rows.lengths(COLUMNS, context.shape)):
            raise UnwritableError(why)
        result: dict[str, Any] = {}
        for name, value in given.items():
            column = _COLUMN[name]
            dated = name == "birthday"
            result[column] = value if dated else rows.fitting(Kind.CONTACTS, name, column, value, context.shape)
        if creating and (account := contact_accounts.choose(self._match, _known(write), context.found)):
            result["AccountId"] = account
        return {name: value for name, value in result.items() if not creating or value is not None}

    def refusal(self, code: str, message: str, fields: Sequence[str], shape: Shape) -> str:
        """In an org with lists of states and countries, what is not in them is refused."""
        about = " ".join((message, *fields)).lower()
        if code in _LIST_CODES and any(map(shape.has, _LISTED)) and ("state" in about or "country" in about):
            return (
                "this org takes states and countries only as they stand in its lists; write them so in Outlook, or "
                f"clear them: {failures.clean(message)}"
            )
        return ""


def _known(write: Write) -> Fields:
    """All that is known of a contact to be created."""
    return {**write.source, **write.fields}


def _refused(fields: Fields, shape: Shape, lengths: Mapping[str, int]) -> str:
    """Why Salesforce would refuse a contact with these fields, in words."""
    if "last_name" in fields and not fields["last_name"]:
        return _NO_LAST_NAME
    if (email := fields.get("email")) and not _EMAIL.fullmatch(str(email)):
        return _NO_EMAIL
    salutation, picklist = fields.get("salutation"), shape.columns.get("Salutation")
    if salutation and picklist is not None and picklist.restricted and salutation not in picklist.values:
        return f"the org has no salutation “{salutation}”: it has {', '.join(picklist.values) or 'none'}"
    blocks = {name: lengths[name] for name in _BLOCKS if name in lengths}
    return rows.too_long(Kind.CONTACTS, fields, blocks) or rows.out_of_range(Kind.CONTACTS, fields, "birthday")

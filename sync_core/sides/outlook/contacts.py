"""Contacts as neutral fields and back.

Phones, e-mails and addresses are lists of labels. Nothing but the label that changes is ever sent: what else is there
belongs to the person (facts: exchange A.7).
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, Final

from exchangelib.ewsdatetime import UTC as EWS_UTC
from exchangelib.ewsdatetime import EWSDateTime
from exchangelib.folders import Contacts
from exchangelib.indexed_properties import EmailAddress, PhoneNumber, PhysicalAddress
from exchangelib.properties import Body

from sync_core import text
from sync_core.items import Fields, Item, Kind, SideName, Value, canonical
from sync_core.sides.outlook import filing, values
from sync_core.sides.outlook.mapping import Change, ItemMapping, Words
from sync_core.sides.outlook.services import Parsed, PlainContact

# exchangelib's limit for these two (facts: exchange A.11)
_LENGTHS: Final = {"first_name": 255, "last_name": 255}
_TEXTS: Final = {
    "first_name": "given_name",
    "last_name": "surname",
    "salutation": "title_prefix",
    "suffix": "generation",
    "title": "job_title",
    "department": "department",
    "company": "company_name",
    "assistant_name": "assistant_name",
}
_EMAIL: Final = "email_addresses__EmailAddress1"
# Salesforce has no place for these: who it is, they tell all the same
_MORE_EMAILS: Final = ("email_addresses__EmailAddress2", "email_addresses__EmailAddress3")
_PHONES: Final = {
    "business_phone": "BusinessPhone",
    "mobile_phone": "MobilePhone",
    "home_phone": "HomePhone",
    "other_phone": "OtherTelephone",
    "fax": "BusinessFax",
    "assistant_phone": "AssistantPhone",
}
_PARTS: Final = {
    "street": "street",
    "city": "city",
    "state": "state",
    "postal_code": "zipcode",
    "country": "country",
}
# neutral field -> label, in the spelling of services.path
_LABELS: Final = {
    "email": _EMAIL,
    **{name: f"phone_numbers__{label}" for name, label in _PHONES.items()},
    **{
        f"{prefix}_{part}": f"physical_addresses__{prefix.capitalize()}__{attribute}"
        for prefix in ("business", "other")
        for part, attribute in _PARTS.items()
    },
}
_ENTRIES: Final = {
    "email_addresses": (EmailAddress, "email"),
    "phone_numbers": (PhoneNumber, "phone_number"),
    "physical_addresses": (PhysicalAddress, ""),
}
_FIELDS: Final = (
    *("subject", "sensitivity", "body", "text_body", "parent_folder_id", "effective_rights", "handsync_mark"),
    *("last_modified_name", "last_modified_time", "birthday", "display_name", "file_as", "middle_name"),
    *_TEXTS.values(),
    *_LABELS.values(),
    *_MORE_EMAILS,
)

READ_ONLY: Final = "you may read this contact but not change it"
NO_NAME: Final = "a contact needs a name, a company or an e-mail address"
# [MS-OXOCNTC] 2.2.1.5.1: PidTagBirthday is 11:59 UTC of the day, so that it is the same day nearly everywhere
_BIRTHDAY: Final = time(11, 59)


def to_item(parsed: Parsed, zone: str, owners: frozenset[str]) -> Item:
    """A contact in neutral form. `zone` is the user's IANA zone.

    Exchange leaves out what is blank, so a text that did not come is blank; a value that came and cannot be understood
    is unknown.
    """
    item = parsed.item
    raw: dict[str, Any] = {name: getattr(item, attribute) for name, attribute in _TEXTS.items()}
    labels = _labels(item)
    raw |= {name: labels.get(path) for name, path in _LABELS.items()}
    if _inside_address(raw["email"]):
        del raw["email"]
    if "Birthday" not in parsed.present:
        raw["birthday"] = None
    elif isinstance(item.birthday, datetime):
        raw["birthday"] = values.day(item.birthday, zone)
    notes = values.notes(parsed)
    if notes is not None:
        raw["notes"] = notes
    fields = canonical(Kind.CONTACTS, raw)
    shown = text.line(item.display_name)
    return Item(
        Kind.CONTACTS,
        SideName.OUTLOOK,
        id=str(item.id),
        version=str(item.changekey or ""),
        fields=fields,
        mark=str(item.handsync_mark or ""),
        locked="" if values.may_modify(item) else READ_ONLY,
        private=values.private(parsed),
        addresses=tuple(
            text.line(labels[path]).lower()
            for path in _MORE_EMAILS
            if path in labels and not _inside_address(labels[path])
        ),
        people=(shown,) if shown and shown != f"{fields['first_name']} {fields['last_name']}".strip() else (),
        changed_at=values.changed_at(item),
        changed_by=values.changed_by(item),
        formatted=values.formatted(item),
    )


def _labels(item: Any) -> dict[str, str]:
    """What the lists of labels hold, in the spelling of services.path."""
    found: dict[str, str] = {}
    for field_name, (_, attribute) in _ENTRIES.items():
        for entry in getattr(item, field_name) or ():
            for part in [attribute] if attribute else _PARTS.values():
                value = getattr(entry, part)
                if value:
                    tail = "" if attribute else f"__{part}"
                    found[f"{field_name}__{entry.label}{tail}"] = str(value)
    return found


def _inside_address(email: object) -> bool:
    """Whether this is a name inside the Exchange organisation, "EX:/o=...", which means nothing elsewhere (A.11)."""
    return str(email or "").strip().lower().startswith(("ex:", "/o=", "/ou=", "/cn="))


# ---- and back


def check(fields: Fields) -> str:
    """Why these values cannot be written, in words; "" when they can."""
    return values.too_long(fields, _LENGTHS) or values.day_problem(fields.get("birthday"), "the birthday")


def check_new(fields: Fields) -> str:
    """Why these values make no contact, in words; "" when they do."""
    named = any(fields.get(name) for name in ("first_name", "last_name", "company", "email"))
    return check(fields) or ("" if named else NO_NAME)


def new_item(fields: Fields, mark: str, account: Any, folder: Any) -> PlainContact:
    """A contact for CreateItem with all `fields`, filed as Outlook does it. Check the fields before."""
    filled = {name: value for name, value in fields.items() if value}
    names = filing.Names(**{name: str(filled.get(name) or "") for name in filing.FIELDS})
    made = _attributes(filled) | _lists(filled) | filing.first(names, str(filled.get("email") or ""))
    if mark:
        made["handsync_mark"] = mark
    return PlainContact(account=account, folder=folder, **made)


def changed_item(fields: Fields, mark: str, before: Item, now: Parsed, account: Any) -> Change:
    """An UpdateItem of what changes and nothing else, label by label. Names that Outlook made out of the name follow
    it; those that a person typed stay."""
    changed = {n: v for n, v in fields.items() if n not in before.fields or before.fields[n] != v}
    made = _attributes(changed)
    made |= _followers(changed, now.item)
    if mark and mark != before.mark:
        made["handsync_mark"] = mark
    names = [*made, *(_LABELS[name] for name in changed if name in _LABELS)]
    item = PlainContact(account=account, id=now.item.id, changekey=now.item.changekey, **made, **_lists(changed))
    return Change(item, names)


def _followers(changed: Fields, item: Any) -> dict[str, Any]:
    old = filing.Names(
        middle_name=text.line(item.middle_name),
        **{name: text.line(getattr(item, _TEXTS[name])) for name in filing.FIELDS},
    )
    new = old._replace(**{name: text.line(str(changed[name] or "")) for name in filing.FIELDS if name in changed})
    return filing.follow(old, new, display_name=text.line(item.display_name), file_as=str(item.file_as or ""))


def _attributes(fields: Fields) -> dict[str, Any]:
    """exchangelib's attributes for `fields`, without the lists of labels."""
    made: dict[str, Any] = {}
    for name, value in fields.items():
        if name == "salutation":
            # an extended property is taken away by None
            made["title_prefix"] = text.storable(str(value or "")) or None
        elif name in _TEXTS:
            # '' clears; None would be ignored by some servers (facts: exchange E)
            made[_TEXTS[name]] = text.storable(str(value or ""))
        elif name == "notes":
            made["body"] = Body(text.storable(str(value or "")))
        elif name == "birthday":
            made["birthday"] = _birthday(value)
    return made


def _birthday(value: Value) -> Any:
    if not value:
        return None
    return EWSDateTime.from_datetime(datetime.combine(date.fromisoformat(str(value)), _BIRTHDAY, EWS_UTC))


def _lists(fields: Fields) -> dict[str, list[Any]]:
    """The entries of the lists that hold a value; what is blank is left out."""
    entries: dict[str, dict[str, Any]] = {}
    for name, path in _LABELS.items():
        value = text.storable(str(fields.get(name) or ""))
        if value:
            field_name, label, *part = path.split("__")
            model, attribute = _ENTRIES[field_name]
            entry = entries.setdefault(field_name, {}).setdefault(label, model(label=label))
            setattr(entry, part[0] if part else attribute, value)
    return {field_name: list(by_label.values()) for field_name, by_label in entries.items()}


MAPPING: Final = ItemMapping(
    Kind.CONTACTS,
    model=PlainContact,
    folder_model=Contacts,
    distinguished="contacts",
    standard="Contacts",
    folder_class="IPF.Contact",
    words=Words("contacts folder", "contact", "contacts"),
    fields=_FIELDS,
    listed=("subject",),
    lengths=_LENGTHS,
    to_item=to_item,
    check=check,
    check_new=check_new,
    new_item=new_item,
    changed_item=changed_item,
    # groups of contacts lie in the same folder, and are nothing that handsync knows (facts: exchange A.11)
    wanted=lambda entry, window: entry.element != "DistributionList",
    # a contact has no time
    inside=lambda parsed, item, window: True,
)

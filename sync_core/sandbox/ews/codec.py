"""Values of properties: from an element of a request into the store, and from the store into an element of a reply."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from lxml import etree

from sync_core.sandbox.ews import text
from sync_core.sandbox.ews.fields import Field
from sync_core.sandbox.ews.recurrence import MONTHS, Recurrence
from sync_core.sandbox.ews.soap import EwsError, children, find, local, sub
from sync_core.sandbox.ews.times import parse_day, parse_moment, write_day, write_moment

# name, smtp, and for attendees the response
Person = Sequence[str]
_ADDRESS_PARTS: Final = ("Street", "City", "State", "CountryOrRegion", "PostalCode")


@dataclass(frozen=True, slots=True)
class Wire:
    """What decides how values look on the wire: the TimeZoneContext of the request, and where FindItem cuts text."""

    zone: tzinfo = UTC
    zone_id: str = "UTC"
    cut: int | None = None


def invalid(field: Field, element: etree._Element, why: str = "") -> EwsError:
    """ErrorInvalidValueForProperty with the property and its value."""
    return EwsError(
        "ErrorInvalidValueForProperty",
        f"The specified value is invalid for property {field.uri}.{' ' + why if why else ''}",
        values={"Name": field.uri, "Value": element.text or ""},
    )


def read(field: Field, element: etree._Element, wire: Wire) -> dict[str, object]:
    """What an element sets in the store: {name: value}, for a body also its type. Raises EwsError for bad values."""
    try:
        return _read(field, element, wire)
    except ValueError as problem:
        raise invalid(field, element) from problem


def _read(field: Field, element: etree._Element, wire: Wire) -> dict[str, object]:
    value = element.text or ""
    match field.kind:
        case "text" | "enum":
            return {field.name: value}
        case "bool":
            return {field.name: value.strip() in ("true", "1")}
        case "int":
            return {field.name: int(value)}
        case "float":
            return {field.name: float(value)}
        case "datetime":
            return {field.name: parse_moment(value, wire.zone)}
        case "body":
            return {"body": text.lines(value), "body_type": str(element.get("BodyType"))}
        case "strings":
            return {field.name: [child.text or "" for child in children(element)]}
        case "attendees":
            return {field.name: [_read_attendee(child) for child in children(element)]}
        case "recurrence":
            return {field.name: read_recurrence(element)}
        case "zone":
            return {field.name: element.get("Id") or "UTC"}
        case "ignored":
            return {}
        case "emails" | "phones":
            return {field.name: {str(e.get("Key")): e.text or "" for e in children(element)}}
        case "addresses":
            return {
                field.name: {
                    str(e.get("Key")): {local(p): p.text or "" for p in children(e)} for e in children(element)
                }
            }
    raise invalid(field, element)


def _read_attendee(element: etree._Element) -> tuple[str, str, str]:
    mailbox = find(element, "t:Mailbox")
    address = "" if mailbox is None else (mailbox.findtext("{*}EmailAddress") or "")
    if "@" not in address:
        raise EwsError("ErrorInvalidRecipients", "At least one recipient is not valid.")
    name = "" if mailbox is None else (mailbox.findtext("{*}Name") or "")
    return name or address, address, element.findtext("{*}ResponseType") or "Unknown"


def read_recurrence(element: etree._Element) -> Recurrence:
    """A Recurrence element. Raises EwsError(ErrorCalendarInvalidRecurrence)."""
    pattern, limits = children(element)

    def said(holder: etree._Element, name: str) -> str | None:
        return holder.findtext(f"{{*}}{name}")

    day = said(pattern, "DayOfMonth")
    end, count = said(limits, "EndDate"), said(limits, "NumberOfOccurrences")
    name: Any = local(pattern).removesuffix("Recurrence")
    if name not in ("Daily", "Weekly", "AbsoluteMonthly", "RelativeMonthly", "AbsoluteYearly", "RelativeYearly"):
        raise EwsError("ErrorCalendarInvalidRecurrence", "The specified recurrence cannot be created.")
    recurrence = Recurrence(
        pattern=name,
        start=parse_day(said(limits, "StartDate") or ""),
        interval=int(said(pattern, "Interval") or 1),
        days=tuple((said(pattern, "DaysOfWeek") or "").split()),
        first_day=said(pattern, "FirstDayOfWeek") or "Sunday",
        day_of_month=int(day) if day else None,
        index=said(pattern, "DayOfWeekIndex"),
        month=said(pattern, "Month"),
        end=parse_day(end) if end else None,
        count=int(count) if count else None,
    )
    problem = recurrence.problem()
    if problem:
        raise EwsError("ErrorCalendarInvalidRecurrence", f"The specified recurrence cannot be created. {problem}")
    return recurrence


def write_recurrence(parent: etree._Element, value: Recurrence, wire: Wire) -> None:
    """Appends a Recurrence element; its days carry the offset of the request's zone."""
    element = sub(parent, "Recurrence")
    pattern = sub(element, f"{value.pattern}Recurrence")
    if value.pattern in ("Daily", "Weekly", "AbsoluteMonthly", "RelativeMonthly"):
        sub(pattern, "Interval", str(value.interval))
    if value.days:
        sub(pattern, "DaysOfWeek", " ".join(value.days))
    if value.pattern == "Weekly":
        sub(pattern, "FirstDayOfWeek", value.first_day)
    if value.index:
        sub(pattern, "DayOfWeekIndex", value.index)
    if value.day_of_month:
        sub(pattern, "DayOfMonth", str(value.day_of_month))
    if value.month:
        assert value.month in MONTHS
        sub(pattern, "Month", value.month)
    kind = "EndDate" if value.end else "Numbered" if value.count else "NoEnd"
    limits = sub(element, f"{kind}Recurrence")
    sub(limits, "StartDate", write_day(value.start, wire.zone))
    if value.end:
        sub(limits, "EndDate", write_day(value.end, wire.zone))
    elif value.count:
        sub(limits, "NumberOfOccurrences", str(value.count))


def write_person(parent: etree._Element, person: Person) -> None:
    """Appends a Mailbox element."""
    mailbox = sub(parent, "Mailbox")
    sub(mailbox, "Name", person[0])
    sub(mailbox, "EmailAddress", person[1])
    sub(mailbox, "RoutingType", "SMTP")
    sub(mailbox, "MailboxType", "Mailbox" if person[1] else "Unknown")


def _write_attendees(parent: etree._Element, field: Field, people: Sequence[Person]) -> None:
    holder = sub(parent, field.element)
    for person in people:
        attendee = sub(holder, "Attendee")
        write_person(attendee, person)
        sub(attendee, "ResponseType", person[2] if len(person) > 2 else "Unknown")


def _write_rights(parent: etree._Element, field: Field, level: str) -> None:
    element = sub(parent, field.element)
    writes = "true" if level in ("editor", "owner") else "false"
    for name in ("CreateAssociated", "CreateContents", "CreateHierarchy", "Delete", "Modify"):
        sub(element, name, writes)
    sub(element, "Read", "true")
    sub(element, "ViewPrivateItems", "true" if level == "owner" else "false")


def _write_zone(parent: etree._Element, field: Field, zone_id: str) -> None:
    sub(parent, field.element, Id=zone_id, Name=zone_id)


def _write_entries(parent: etree._Element, field: Field, entries: dict[str, Any]) -> None:
    holder = sub(parent, field.element)
    for key, value in entries.items():
        entry = sub(holder, "Entry", Key=key)
        if isinstance(value, dict):
            for name in _ADDRESS_PARTS:
                if value.get(name):
                    sub(entry, name, value[name])
        else:
            entry.text = value
            if field.kind == "emails":
                entry.set("Name", value)
                entry.set("RoutingType", "SMTP")
                entry.set("MailboxType", "Contact")


def _write_moments(parent: etree._Element, field: Field, moments: Sequence[datetime]) -> None:
    holder = sub(parent, field.element)
    for moment in moments:
        sub(sub(holder, "DeletedOccurrence"), "Start", write_moment(moment))


def _write_strings(parent: etree._Element, field: Field, values: Sequence[str]) -> None:
    holder = sub(parent, field.element)
    for value in values:
        sub(holder, "String", value)


def _write_members(parent: etree._Element, field: Field, people: Sequence[Person]) -> None:
    holder = sub(parent, field.element)
    for person in people:
        member = sub(holder, "Member")
        write_person(member, person)
        sub(member, "Status", "Normal")


def _write_recipient(parent: etree._Element, field: Field, person: Person) -> None:
    write_person(sub(parent, field.element), person)


_WRITERS: Final[dict[str, Callable[[etree._Element, Field, Any], None]]] = {
    "attendees": _write_attendees,
    "recipient": _write_recipient,
    "rights": _write_rights,
    "zone": _write_zone,
    "emails": _write_entries,
    "phones": _write_entries,
    "addresses": _write_entries,
    "deletions": _write_moments,
    "members": _write_members,
    "strings": _write_strings,
}


def write(parent: etree._Element, field: Field, value: Any, wire: Wire) -> None:
    """Appends the element of one property. An empty list is no element at all, as in Exchange."""
    match field.kind:
        case "text" | "enum":
            sub(parent, field.element, str(value)[: wire.cut])
        case "bool":
            sub(parent, field.element, "true" if value else "false")
        case "int" | "float":
            sub(parent, field.element, f"{value:g}" if isinstance(value, float) else str(value))
        case "datetime":
            sub(parent, field.element, write_moment(value))
        case "recurrence":
            write_recurrence(parent, value, wire)
        case kind:
            if value:
                _WRITERS[kind](parent, field, value)

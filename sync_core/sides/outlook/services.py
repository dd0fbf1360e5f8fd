"""Exchange's operations, guarded: per-element answers in order, replies tidied before exchangelib reads them.

exchangelib raises on the first unexpected element and loses the results of all others although they were applied
(facts: exchange 0.7). It also cannot read some values that servers do send (facts: exchange 0.9, A.5, E): those are put
right here, element by element, so that one odd item never costs a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from exchangelib import CalendarItem, ExtendedProperty
from exchangelib.errors import EWSWarning, MalformedResponseError, ResponseMessageError, SOAPError, TransportError
from exchangelib.ewsdatetime import EWSTimeZone
from exchangelib.fields import FieldPath
from exchangelib.folders import BaseFolder
from exchangelib.items import ID_ONLY, SHALLOW, Item
from exchangelib.properties import CalendarView
from exchangelib.restriction import Restriction
from exchangelib.services import CreateItem, DeleteItem, FindItem, GetItem, UpdateItem
from exchangelib.util import SOAPNS, TNS, ParseError, to_xml

# handsync's own property set: never to be changed, or every mark ever written is lost
MARK_SET: Final = "7f1a6d4e-3c52-4b1b-9a86-2d0e5c94b7a3"
MARK_NAME: Final = "handsync"
# an answer to a FindItem holds 1000 entries at most by default (facts: exchange A.6)
PAGE_SIZE: Final = 1000

_CAUGHT: Final = (ResponseMessageError, TransportError, EWSWarning)
_FRACTION: Final = re.compile(r"(T\d\d:\d\d:\d\d)\.\d+")
_MOMENTS: Final = frozenset({"Start", "End", "OriginalStart", "LastModifiedTime", "StartDate", "EndDate"})
_ZONES: Final = frozenset({"StartTimeZone", "EndTimeZone", "MeetingTimeZone"})


class Mark(ExtendedProperty):  # type: ignore[misc]  # exchangelib is untyped
    """The property by which handsync knows an item again after a move (facts: exchange A.8)."""

    property_set_id = MARK_SET
    property_name = MARK_NAME
    property_type = "String"


class Recurring(ExtendedProperty):  # type: ignore[misc]  # exchangelib is untyped
    """PidLidRecurring of [MS-OXOCAL] 2.2.1.12: true on the item that stands for a whole series."""

    distinguished_property_set_id = "Appointment"
    property_id = 0x8223
    property_type = "Boolean"


def _register() -> None:
    known = {field.name for field in CalendarItem.FIELDS}
    for name, property_class in (("handsync_mark", Mark), ("is_series", Recurring)):
        if name not in known:
            CalendarItem.register(name, property_class)


_register()


@dataclass(frozen=True, slots=True)
class Parsed:
    """An item as a reply had it.

    `present` names the elements that were there: exchangelib gives a default for what was not (facts: exchange 0.6).
    Start and end are instants also when the event is all-day. `zone` is the item's Windows zone, "" when unknown.
    """

    item: Any
    present: frozenset[str]
    zone: str


@dataclass(frozen=True, slots=True)
class Unparsable:
    """An element that nobody can read, with what could be made out of it."""

    id: str
    title: str
    why: str


class Entry(NamedTuple):
    """One line of a list. What the server did not say, or nobody can read, is "" or None."""

    id: str
    type: str
    subject: str
    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """One answer to a FindItem: its entries, and whether the server says that there are no more."""

    entries: tuple[Entry, ...]
    last: bool
    problems: tuple[Exception, ...] = ()


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _zone_known(name: str) -> bool:
    try:
        EWSTimeZone.from_ms_id(name)
    except Exception:  # exchangelib raises ValueError, UnknownTimeZone and others, as the name is formed
        return False
    return True


def _tidy(element: Any) -> str:
    """Puts right in place what exchangelib cannot read. Gives back the name of the item's time zone, "" if unknown."""
    zone = ""
    for child in element.iter():
        if not isinstance(child.tag, str):
            continue
        name = _local(child)
        if name in _MOMENTS and child.text and "." in child.text:
            child.text = _FRACTION.sub(r"\1", child.text)
        elif name == "Body" and child.get("BodyType") not in ("HTML", "Text"):
            child.set("BodyType", "Text")
    for child in list(element):
        name = _local(child)
        if name in _ZONES:
            known = child.get("Id") or child.get("Name") or ""
            if not _zone_known(known):
                element.remove(child)
            elif name == "StartTimeZone":
                zone = known
    return zone


def parse(element: Any, account: Any) -> Parsed | Unparsable:
    """One item element as a value. Never raises: what cannot be read becomes Unparsable."""
    id_element = element.find(f"{{{TNS}}}ItemId")
    item_id = "" if id_element is None else str(id_element.get("Id") or "")
    title = str(element.findtext(f"{{{TNS}}}Subject") or "")
    present = frozenset(_local(child) for child in element if isinstance(child.tag, str))
    try:
        zone = _tidy(element)
        model = BaseFolder.item_model_from_tag(element.tag)
        if model is CalendarItem:
            # past CalendarItem.from_xml, which takes a day off an all-day end in UTC and so loses one on the day that
            # summer time begins, and takes the machine's zone where the item's is unknown
            item = Item.from_xml.__func__(CalendarItem, elem=element, account=account)
        else:
            item = model.from_xml(elem=element, account=account)
    except Exception as problem:  # exchangelib raises ValueError, KeyError, AttributeError and more on odd values
        return Unparsable(item_id, title, f"Exchange sent a value that cannot be read ({type(problem).__name__})")
    return Parsed(item, present, zone)


def list_entry(element: Any) -> Entry:
    """A line of a list. Lists are long, and exchangelib looks for all of an item's seventy fields in each line."""
    id_element = element.find(f"{{{TNS}}}ItemId")
    return Entry(
        "" if id_element is None else str(id_element.get("Id") or ""),
        str(element.findtext(f"{{{TNS}}}CalendarItemType") or ""),
        str(element.findtext(f"{{{TNS}}}Subject") or ""),
        _moment(element.findtext(f"{{{TNS}}}Start")),
        _moment(element.findtext(f"{{{TNS}}}End")),
    )


def _moment(said: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(said or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class _Safe:
    """What all our services have in common: every element's own answer, and replies read in one go."""

    ERRORS_TO_CATCH_IN_RESPONSE = _CAUGHT
    WARNINGS_TO_CATCH_IN_RESPONSE = _CAUGHT

    @classmethod
    def _get_soap_parts(cls, response: Any) -> tuple[Any, Any]:
        # exchangelib takes the reply byte by byte, which costs more than anything else in a long reading
        try:
            root = to_xml(response.content)
        except ParseError as problem:
            raise SOAPError("Bad SOAP response") from problem
        body = root.find(f"{{{SOAPNS}}}Body")
        if body is None:
            raise MalformedResponseError("No Body element in SOAP response")
        return root.find(f"{{{SOAPNS}}}Header"), body


class SafeGetItem(_Safe, GetItem):  # type: ignore[misc]  # exchangelib is untyped
    """GetItem whose answers are values, Unparsable or exceptions, in the order of the ids."""

    def _elem_to_obj(self, elem: Any) -> Parsed | Unparsable:
        return parse(elem, self.account)

    def read(self, ids: Sequence[Any], fields: Sequence[FieldPath]) -> list[Any]:
        """The items of one request: `ids` are exchangelib ids, the answer is as long."""
        answers = list(self.call(items=list(ids), additional_fields=list(fields), shape=ID_ONLY))
        if len(answers) != len(ids):
            raise TransportError(f"{len(ids)} items were asked for and {len(answers)} came")
        return answers


class SafeFindItem(_Safe, FindItem):  # type: ignore[misc]  # exchangelib is untyped
    """FindItem one page at a time: exchangelib's own loop never ends on some answers (facts: exchange 0.8)."""

    def _get_page(self, message: Any) -> Any:
        return self._get_element_container(message=message, name=self.paging_container_name)

    def page(
        self,
        folders: Sequence[Any],
        fields: Sequence[FieldPath],
        *,
        restriction: Restriction | None = None,
        view: CalendarView | None = None,
        offset: int = 0,
    ) -> Page:
        """One request. With several folders a folder's own error lands in `problems`; with one it is raised."""
        payload = self.get_payload(
            folders=folders,
            additional_fields=list(fields),
            restriction=restriction,
            order_fields=None,
            query_string=None,
            shape=ID_ONLY,
            depth=SHALLOW,
            calendar_view=view,
            page_size=PAGE_SIZE,
            offset=offset,
        )
        entries: list[Entry] = []
        problems: list[Exception] = []
        last = True
        for root in list(self._get_elements(payload=payload)):
            if isinstance(root, Exception):
                problems.append(root)
                continue
            if isinstance(root, bool):
                continue
            last = last and str(root.get("IncludesLastItemInRange", "true")).lower() in ("true", "1")
            container = root.find(self.element_container_name)
            entries.extend(list_entry(element) for element in (() if container is None else container))
        if problems and len(folders) == 1:
            raise problems[0]
        return Page(tuple(entries), last, tuple(problems))


class SafeCreateItem(_Safe, CreateItem):  # type: ignore[misc]  # exchangelib is untyped
    """CreateItem that answers for every item."""


class SafeUpdateItem(_Safe, UpdateItem):  # type: ignore[misc]  # exchangelib is untyped
    """UpdateItem that answers for every item."""


class SafeDeleteItem(_Safe, DeleteItem):  # type: ignore[misc]  # exchangelib is untyped
    """DeleteItem that answers for every item."""


def paths(names: Iterable[str], version: Any) -> list[FieldPath]:
    """The fields of a calendar item by exchangelib's names, without those that the server's version does not know."""
    fields = (CalendarItem.get_field_by_fieldname(name) for name in names)
    return [FieldPath(field=field) for field in fields if field.supports_version(version)]

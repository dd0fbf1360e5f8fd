"""Exchange's operations, guarded: per-element answers in order, replies tidied before exchangelib reads them.

exchangelib raises on the first unexpected element and loses the results of all others although they were applied
(facts: exchange 0.7). It also cannot read some values that servers do send (facts: exchange 0.9, A.5, E): those are put
right here, element by element, so that one odd item never costs a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from exchangelib import CalendarItem, Contact, ExtendedProperty, Task
from exchangelib.errors import EWSWarning, MalformedResponseError, ResponseMessageError, SOAPError, TransportError
from exchangelib.ewsdatetime import EWSTimeZone
from exchangelib.fields import DateTimeField, FieldPath, IndexedField
from exchangelib.items import ID_ONLY, SHALLOW, Item
from exchangelib.properties import CalendarView, Fields
from exchangelib.restriction import Restriction
from exchangelib.services import CreateItem, DeleteItem, FindItem, GetItem, MoveItem, UpdateItem
from exchangelib.util import SOAPNS, TNS, ParseError, to_xml

from sync_core.sides.outlook.problems import clean

# handsync's own property set: never to be changed, or every mark ever written is lost
MARK_SET: Final = "7f1a6d4e-3c52-4b1b-9a86-2d0e5c94b7a3"
MARK_NAME: Final = "handsync"
# an answer to a FindItem holds 1000 entries at most by default (facts: exchange A.6)
PAGE_SIZE: Final = 1000

_CAUGHT: Final = (ResponseMessageError, TransportError, EWSWarning)
_FRACTION: Final = re.compile(r"(T\d\d:\d\d:\d\d)\.\d+")
_MOMENTS: Final = frozenset(
    {"Start", "End", "OriginalStart", "LastModifiedTime", "StartDate", "EndDate"}
    | {"Birthday", "DueDate", "CompleteDate", "ReminderDueBy"}
)
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


class TitlePrefix(ExtendedProperty):  # type: ignore[misc]  # exchangelib is untyped
    """PidTagDisplayNamePrefix of [MS-OXPROPS]: "Dr.", "Ms.". EWS shows it in CompleteName, which cannot be written."""

    property_tag = 0x3A45
    property_type = "String"


def _register() -> None:
    for model, name, property_class in (
        (CalendarItem, "handsync_mark", Mark),
        (CalendarItem, "is_series", Recurring),
        (Contact, "handsync_mark", Mark),
        (Contact, "title_prefix", TitlePrefix),
        (Task, "handsync_mark", Mark),
    ):
        if name not in {field.name for field in model.FIELDS}:
            model.register(name, property_class)


_register()


def _with_moments(model: Any, *names: str) -> Any:
    """The fields of `model`, those called `names` with the whole moment: exchangelib cuts it down to the day in UTC,
    which may be another day than the user's (facts: exchange A.10)."""
    fields = [DateTimeField(f.name, field_uri=f.field_uri) if f.name in names else f for f in model.FIELDS]
    return Fields(*fields)


class PlainContact(Contact):  # type: ignore[misc]  # exchangelib is untyped
    """A contact whose birthday is the moment that Exchange keeps."""

    FIELDS = _with_moments(Contact, "birthday")


class PlainTask(Task):  # type: ignore[misc]  # exchangelib is untyped
    """A task whose days are the moments that Exchange keeps, and that stays as it was made."""

    FIELDS = _with_moments(Task, "due_date", "start_date")

    def clean(self, version: Any = None) -> None:
        """Checks the values. Past Task.clean, which changes them (facts: exchange 0.17)."""
        super(Task, self).clean(version=version)


_MODELS: Final = {model.response_tag(): model for model in (CalendarItem, PlainContact, PlainTask)}


@dataclass(frozen=True, slots=True)
class Parsed:
    """An item as a reply had it.

    `present` names the elements that were there: exchangelib gives a default for what was not (facts: exchange 0.6).
    Start and end are instants also when the event is all-day. `zone` is the item's Windows zone, "" when unknown.
    `changed` are the changed occurrences of a series, by their ids.
    """

    item: Any
    present: frozenset[str]
    zone: str
    changed: Mapping[str, Parsed] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unparsable:
    """An element that nobody can read, with what could be made out of it."""

    id: str
    title: str
    why: str


class Entry(NamedTuple):
    """One line of a list. What the server did not say, or nobody can read, is "" or None; `element` is its kind."""

    id: str
    type: str
    subject: str
    start: datetime | None
    end: datetime | None
    element: str = ""
    due: datetime | None = None
    status: str = ""
    completed: datetime | None = None


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
        elif name == "Entry" and child.get("RoutingType") == "EX":
            # exchangelib drops the routing type, and takes the person's name where the address is empty
            child.text = f"EX:{(child.text or '').removeprefix('EX:')}"
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
    title = str(element.findtext(f"{{{TNS}}}Subject") or element.findtext(f"{{{TNS}}}DisplayName") or "")
    present = frozenset(_local(child) for child in element if isinstance(child.tag, str))
    model = _MODELS.get(element.tag)
    if model is None:
        return Unparsable(item_id, title, f"an item of a kind that is not known here ({clean(_local(element))})")
    try:
        zone = _tidy(element)
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

    def said(name: str) -> str:
        return str(element.findtext(f"{{{TNS}}}{name}") or "")

    entry = Entry(
        "" if id_element is None else str(id_element.get("Id") or ""),
        said("CalendarItemType"),
        said("Subject"),
        _moment(said("Start")),
        _moment(said("End")),
        _local(element),
    )
    if entry.element != "Task":
        return entry
    return entry._replace(due=_moment(said("DueDate")), status=said("Status"), completed=_moment(said("CompleteDate")))


def _moment(said: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(said)
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
    """UpdateItem that answers for every item, and that touches single labels.

    exchangelib's own deletes every phone number, e-mail and address that is not in the list (facts: exchange A.7).
    """

    def _update_elems(self, target: Any, fieldnames: Iterable[str]) -> Iterator[Any]:
        names = list(fieldnames)
        whole = [name for name in names if "__" not in name]
        if whole:
            yield from super()._update_elems(target=target, fieldnames=whole)
        for name in names:
            if "__" in name:
                yield self._label_elem(target, path(type(target), name))

    def _label_elem(self, target: Any, field_path: FieldPath) -> Any:
        there = getattr(target, field_path.field.name)
        value = field_path.get_value(target) if there else None
        if not value:
            return self._delete_field_elem(field_path=field_path)
        entry = field_path.field.value_cls(**{"label": field_path.label, field_path.subfield.name: value})
        return self._set_field_elem(target_model=type(target), field_path=field_path, value=entry)


class SafeDeleteItem(_Safe, DeleteItem):  # type: ignore[misc]  # exchangelib is untyped
    """DeleteItem that answers for every item."""


class SafeMoveItem(_Safe, MoveItem):  # type: ignore[misc]  # exchangelib is untyped
    """MoveItem that answers for every item, with its new id."""


def path(model: Any, name: str) -> FieldPath:
    """A field of `model` by exchangelib's name; "phone_numbers__HomePhone" and "physical_addresses__Business__city" are
    single labels. Raises ValueError for an unknown one."""
    field_name, *rest = name.split("__") if "__" in name else [name]
    field = model.get_field_by_fieldname(field_name)
    if not isinstance(field, IndexedField):
        return FieldPath(field=field)
    label, *part = rest
    entry = field.value_cls
    subfield = entry.get_field_by_fieldname(part[0]) if part else entry.value_field(version=None)
    return FieldPath(field=field, label=label, subfield=subfield)


def paths(model: Any, names: Iterable[str], version: Any) -> list[FieldPath]:
    """The fields called `names` (see `path`), without those that the server's version does not know."""
    found = [path(model, name) for name in names]
    return [field_path for field_path in found if field_path.field.supports_version(version)]

"""Items: what both sides agree an event is. One field table per kind; values are canonical, so `==` means the same.

An item holds its fields in a mapping. A field that is missing from the mapping is *unknown* (the server did not say, or
could not be read), which is something else than blank: an unknown value is never taken for a change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from itertools import repeat
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from sync_core import text


class SideName(StrEnum):
    """The two sides. Salesforce is always left, Outlook always right."""

    SALESFORCE = "salesforce"
    OUTLOOK = "outlook"

    @property
    def label(self) -> str:
        """As a person writes it."""
        return "Salesforce" if self is SideName.SALESFORCE else "Outlook"

    @property
    def other(self) -> SideName:
        """The side across."""
        return SideName.OUTLOOK if self is SideName.SALESFORCE else SideName.SALESFORCE


class Kind(StrEnum):
    """The kinds of item, named as the command line and the settings name their processes."""

    CALENDAR = "calendar"
    CONTACTS = "contacts"
    TASKS = "tasks"

    @property
    def process(self) -> str:
        """The name of the process in full."""
        return f"Salesforce – Microsoft Outlook {_PROCESS[self]}"

    @property
    def label(self) -> str:
        """The name of the process in short."""
        return self.value.capitalize()


_PROCESS: Final = {Kind.CALENDAR: "Calendar", Kind.CONTACTS: "Contact", Kind.TASKS: "Task"}


class When(NamedTuple):
    """Start, end, all-day, recurrence and zone of an event: one field, because they only make sense together.

    Timed: `start` and `end` are instants, "2026-11-23T10:00:00Z". All-day: they are dates, "2026-11-23", and `end` is
    the last day (inclusive). A series has those of its first event. `recurrence` is the text of a series' pattern, as
    `recurrence.Pattern.text` has it ("FREQ=WEEKLY;BYDAY=MO"), or "" for a single event. `zone` is the IANA name of the
    zone in which a series keeps its clock time, as `series.zone_name` spells it; "" for single and all-day events.
    """

    start: str
    end: str
    all_day: bool = False
    recurrence: str = ""
    zone: str = ""

    def __repr__(self) -> str:
        # a content hash is made from this: that of a single event stays what it was before series had a zone
        zone = f", zone={self.zone!r}" if self.zone else ""
        return (
            f"When(start={self.start!r}, end={self.end!r}, all_day={self.all_day!r}, "
            f"recurrence={self.recurrence!r}{zone})"
        )


# Canonical values. JSON-ready but for When, which `to_json` turns into an object.
Value = str | bool | int | When | tuple[str, ...] | None
Fields = Mapping[str, Value]


class FieldType(StrEnum):
    """How a field's value is brought into canonical form."""

    LINE = "line"
    BLOCK = "block"
    FLAG = "flag"
    CHOICE = "choice"
    MINUTES = "minutes"
    WHEN = "when"
    NAMES = "names"
    # a day, "2026-11-23"
    DATE = "date"
    # an instant, "2026-11-23T10:00:00Z"
    MOMENT = "moment"
    # the canonical text of a series' changed and deleted occurrences, `recurrence.Exceptions.text`
    EXCEPTIONS = "exceptions"


class Flow(StrEnum):
    """Which way a field may travel."""

    BOTH = "both"
    TO_SALESFORCE = "to_salesforce"
    TO_OUTLOOK = "to_outlook"

    def allows(self, to: SideName) -> bool:
        """Whether a value may travel to that side."""
        return self is Flow.BOTH or self.value == f"to_{to.value}"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a kind: its name in plans and files, its label on the screen, its type, and where it may go."""

    name: str
    label: str
    type: FieldType
    flow: Flow = Flow.BOTH
    choices: tuple[str, ...] = ()
    # capitals mean nothing, and Salesforce keeps none (recalled): its canonical form has none
    lower: bool = False

    @property
    def blank(self) -> Value:
        """The value of this field when there is nothing in it."""
        return _BLANK[self.type]


_BLANK: Final[Mapping[FieldType, Value]] = {
    FieldType.LINE: "",
    FieldType.BLOCK: "",
    FieldType.FLAG: False,
    FieldType.CHOICE: "",
    FieldType.MINUTES: None,
    FieldType.WHEN: None,
    FieldType.NAMES: (),
    FieldType.DATE: None,
    FieldType.MOMENT: None,
    FieldType.EXCEPTIONS: "",
}

# Salesforce knows these three only (facts: salesforce B1); what Outlook has beyond them is never written over.
SHOW_AS: Final = ("busy", "free", "out_of_office")
# Exchange's five (facts: exchange C.2, To Do vs EWS task); an org's own are mapped through its TaskStatus table
TASK_STATUS: Final = ("not_started", "in_progress", "completed", "waiting", "deferred")
TASK_PRIORITY: Final = ("low", "normal", "high")


def _line(name: str, label: str = "", flow: Flow = Flow.BOTH) -> FieldSpec:
    return FieldSpec(name, label or name.replace("_", " "), FieldType.LINE, flow)


def _address(prefix: str) -> tuple[FieldSpec, ...]:
    parts = tuple(_line(f"{prefix}_{part}") for part in ("city", "state", "postal_code", "country"))
    # a street may have several lines (facts: salesforce B3)
    return (FieldSpec(f"{prefix}_street", f"{prefix} street", FieldType.BLOCK), *parts)


FIELDS: Final[Mapping[Kind, tuple[FieldSpec, ...]]] = MappingProxyType(
    {
        Kind.CALENDAR: (
            FieldSpec("subject", "subject", FieldType.LINE),
            FieldSpec("when", "when", FieldType.WHEN),
            # only series have it: what is not as their pattern says
            FieldSpec("exceptions", "changed occurrences", FieldType.EXCEPTIONS),
            FieldSpec("location", "location", FieldType.LINE),
            FieldSpec("notes", "notes", FieldType.BLOCK),
            FieldSpec("show_as", "show as", FieldType.CHOICE, choices=SHOW_AS),
            FieldSpec("private", "private", FieldType.FLAG),
            # minutes before the start; None means no reminder
            FieldSpec("reminder", "reminder", FieldType.MINUTES),
            # the names reach Salesforce, the files do not, and nothing flows back
            FieldSpec("attachments", "attachments", FieldType.NAMES, Flow.TO_SALESFORCE),
        ),
        Kind.CONTACTS: (
            _line("first_name"),
            _line("last_name"),
            _line("salutation"),
            _line("suffix"),
            _line("title"),
            _line("department"),
            # the Account's name: shown and matched, and never written to the Account
            _line("company", flow=Flow.TO_OUTLOOK),
            # Salesforce has one; what Outlook has beyond the first is not touched
            FieldSpec("email", "e-mail", FieldType.LINE, lower=True),
            _line("business_phone"),
            _line("mobile_phone"),
            _line("home_phone"),
            _line("other_phone"),
            _line("fax"),
            _line("assistant_phone"),
            _line("assistant_name"),
            *_address("business"),
            *_address("other"),
            FieldSpec("birthday", "birthday", FieldType.DATE),
            FieldSpec("notes", "notes", FieldType.BLOCK),
        ),
        Kind.TASKS: (
            FieldSpec("subject", "subject", FieldType.LINE),
            FieldSpec("due", "due", FieldType.DATE),
            FieldSpec("status", "status", FieldType.CHOICE, choices=TASK_STATUS),
            FieldSpec("priority", "priority", FieldType.CHOICE, choices=TASK_PRIORITY),
            FieldSpec("notes", "notes", FieldType.BLOCK),
            FieldSpec("reminder", "reminder", FieldType.MOMENT),
        ),
    }
)


_NAMES: Final = {kind: tuple(f.name for f in fields) for kind, fields in FIELDS.items()}


def spec(kind: Kind, name: str) -> FieldSpec:
    """The field called `name` of `kind`. Raises KeyError when there is none."""
    return _BY_NAME[kind][name]


_BY_NAME: Final = {kind: {f.name: f for f in fields} for kind, fields in FIELDS.items()}


@dataclass(frozen=True, slots=True)
class Item:
    """One event on one side, in neutral form.

    `version` (ChangeKey, SystemModstamp) says only where to look; content decides. `mark` is handsync's own key that an
    Outlook item may carry. `locked` is the reason, in words, why this item must not be written ("" when it may be).
    `changed_at`, `changed_by` and `people` are for display and finding, never compared.
    """

    kind: Kind
    side: SideName
    id: str
    version: str
    fields: Fields
    mark: str = ""
    locked: str = ""
    # a person keeps it to themselves, in whatever way that side says so
    private: bool = False
    series: bool = False
    # why its side keeps it as it is, in words; unlike one that is `locked`, it may be copied
    kept: str = ""
    people: tuple[str, ...] = ()
    # the e-mail addresses of those who take part, in lower case and without the user's own; of a contact those that it
    # has beyond its first: never compared
    addresses: tuple[str, ...] = ()
    changed_at: str = ""
    changed_by: str = ""
    # the id of the series, where the item is one occurrence that crosses by itself (see `singles`)
    part_of: str = ""
    # the time of that series, and its changed occurrences
    whole: tuple[When, str] | None = None
    # the day before which it cannot be due, where its side keeps a start date that never travels; "" for none
    starts: str = ""
    # what a field that reads unknown held until it ran out by itself: a reminder that has fired
    spent: Fields = field(default_factory=dict)
    # how much of a task is done, where its side keeps that: 0 to 100, None for unknown
    percent: int | None = None
    # fields of which its side says more than the other one has a word for: the name, and what it says
    unmapped: tuple[tuple[str, str], ...] = ()
    # a guess at what it costs to write over: "html" when the notes come from a formatted body
    formatted: bool = False
    # found out when it is asked for; a copy with other contents finds out its own
    _digest: str = field(default="", init=False, compare=False, repr=False)

    @property
    def title(self) -> str:
        """What a person calls the item. Foreign text: show it through `text.plain`."""
        return title(self.kind, self.fields)

    @property
    def when(self) -> When | None:
        """The event's time, if it is known."""
        value = self.fields.get("when")
        return value if isinstance(value, When) else None

    @property
    def digest(self) -> str:
        """The content hash: equal contents of the same kind give equal digests, on whatever side."""
        if not self._digest:
            object.__setattr__(self, "_digest", digest(self.kind, self.fields))
        return self._digest


def title(kind: Kind, fields: Fields) -> str:
    """What a person calls an item with these fields. Foreign text: show it through `text.plain`."""
    if kind is not Kind.CONTACTS:
        return str(fields.get("subject") or "(no subject)")
    name = " ".join(str(fields[n]) for n in ("first_name", "last_name") if fields.get(n))
    return name or str(fields.get("company") or fields.get("email") or "(no name)")


def digest(kind: Kind, fields: Fields) -> str:
    """The content hash of `fields`: hexadecimal, 32 characters, in the order of the field table."""
    # no value is the Ellipsis: it stands for a field that is missing, which is something else than None
    values = tuple(map(fields.get, _NAMES[kind], repeat(...)))
    # ascii() is the quickest text that tells values of different types apart and holds no lone surrogate
    return sha256(ascii(values).encode("ascii")).hexdigest()[:32]


def canonical(kind: Kind, raw: Mapping[str, Any]) -> dict[str, Value]:
    """`raw` values of a side in canonical form. Unknown fields must be absent from `raw`; None means blank.

    Raises ValueError with the field's name for a value that is not of the field's type, KeyError for an unknown field.
    """
    result: dict[str, Value] = {}
    for f in FIELDS[kind]:
        if f.name in raw:
            result[f.name] = _canonical_value(f, raw[f.name])
    if unknown := set(raw) - set(result):
        raise KeyError(f"{kind.value} has no field {', '.join(sorted(unknown))}")
    return result


def _canonical_value(f: FieldSpec, value: Any) -> Value:
    match f.type:
        case FieldType.LINE:
            return text.line(value).lower() if f.lower else text.line(value)
        case FieldType.BLOCK:
            return text.block(value)
        case FieldType.FLAG:
            return bool(value)
        case FieldType.CHOICE:
            if value not in f.choices:
                raise ValueError(f"{f.name}: {value!r} is not one of {', '.join(f.choices)}")
            return f.choices[f.choices.index(value)]
        case FieldType.MINUTES:
            return None if value is None else max(0, int(value))
        case FieldType.WHEN:
            if value is None or isinstance(value, When):
                return value
            raise ValueError(f"{f.name}: not a When")
        case FieldType.DATE | FieldType.MOMENT:
            return str(value) if value else None
        case FieldType.EXCEPTIONS:
            return _exceptions(value)
        case FieldType.NAMES:
            return tuple(sorted(name for name in (text.line(n) for n in value or ()) if name))


def _exceptions(value: Any) -> str:
    if not value:
        return ""
    # only series need it, and it brings the expansion of patterns along
    from sync_core.recurrence import Exceptions

    return Exceptions.parse(str(value)).text


def to_json(value: Value) -> Any:
    """A value as JSON has it. The inverse of `from_json`."""
    if isinstance(value, When):
        said = value._asdict()
        return said if value.zone else {name: part for name, part in said.items() if name != "zone"}
    return list(value) if isinstance(value, tuple) else value


def from_json(kind: Kind, name: str, value: Any) -> Value:
    """The value of a field as read from JSON. Raises ValueError or KeyError when it does not fit the field table."""
    f = spec(kind, name)
    if f.type is FieldType.WHEN and isinstance(value, dict):
        value = When(
            str(value["start"]),
            str(value["end"]),
            bool(value["all_day"]),
            str(value.get("recurrence") or ""),
            str(value.get("zone") or ""),
        )
    return _canonical_value(f, value)


def fields_to_json(fields: Fields) -> dict[str, Any]:
    """All values of an item as JSON has them."""
    return {name: to_json(value) for name, value in fields.items()}


def fields_from_json(kind: Kind, data: Mapping[str, Any]) -> dict[str, Value]:
    """The fields of an item as read from JSON. Raises ValueError or KeyError when they do not fit the field table."""
    # the names of the field table and not those that were read: tens of thousands of items would each keep their own
    return {spec(kind, name).name: from_json(kind, name, value) for name, value in data.items()}

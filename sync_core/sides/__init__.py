"""The outside world behind one Protocol: fetch, look again, write, describe yourself.

Everything a side takes and gives is a value in neutral form. What a server said, in whatever tongue, ends in here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from sync_core.items import Fields, Item, Kind, SideName


class Operation(StrEnum):
    """What can be done to an item of a side."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Window:
    """The days a sync looks at, both inclusive, in the user's time zone (an IANA name)."""

    first: date
    last: date
    zone: str

    @property
    def start(self) -> datetime:
        """The first instant inside, UTC."""
        return datetime.combine(self.first, time(), ZoneInfo(self.zone)).astimezone(UTC)

    @property
    def end(self) -> datetime:
        """The first instant after it, UTC."""
        return datetime.combine(self.last + timedelta(days=1), time(), ZoneInfo(self.zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a side is. `total` is None while nobody knows it."""

    side: SideName
    done: int
    total: int | None
    what: str


ProgressSink = Callable[[Progress], None]
# answers True once a person asked to stop; sides ask between requests and then raise errors.CancelledError
CancelCheck = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a side cannot hold. Said in the plan, before the run, never cut off silently."""

    # characters per field
    lengths: Mapping[str, int] = field(default_factory=dict)
    # the longest event in days; 1 when an org has multi-day events switched off; None when there is no such limit
    longest_days: int | None = None
    # longer events than this may be refused, and nothing tells before; None when everything is known
    doubtful_days: int | None = None
    # why the longest event is no longer, in words; "" when that is the side's own limit
    longest_because: str = ""
    # the IANA zone that every new series gets; "" where a series brings its own
    series_zone: str = ""
    # a series keeps for good the days that it was made with
    fixed_pattern: bool = False
    # whether one occurrence of a series can be changed, and why not: "" for "it cannot hold that"; None when it can
    no_changed_occurrences: str | None = None
    # no changed occurrence may lie on, or beyond, another one of its series
    keeps_order: bool = False
    # whether what is private may be related to somebody there
    private_relations: bool = True
    # why values do not fit together, in words; "" when they do. A pure function of an item's fields
    refuses: Callable[[Fields], str] = field(default=lambda fields: "")
    # the same of a new item's fields: what it cannot be made without
    refuses_new: Callable[[Fields], str] = field(default=lambda fields: "")


@dataclass(frozen=True, slots=True)
class Description:
    """Who we are on a side and what we may do there.

    `account` is for people. `scope` names account and folder for good: links belong to a pair of scopes, so another
    calendar never looks like deletions. `refused` gives, per operation that is not permitted, the reason in words;
    `unwritable` gives it per field that this side does not let us set, which a create leaves out. `notes` says, per
    operation, what a person should know before it: part of a sentence, such as "it will be private to you".
    """

    side: SideName
    account: str
    scope: str
    limits: Limits = field(default_factory=Limits)
    refused: Mapping[Operation, str] = field(default_factory=dict)
    unwritable: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[Operation, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a side keeps as a contact of its own: the id there, and the name for people."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An item that is there but cannot be understood, with the reason in words. It harms its own row and no other."""

    id: str
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a side holds in the window. Only a `complete` reading may serve as a proof that something is absent.

    `remains` is what is left there of series that are deleted: their past.
    """

    items: tuple[Item, ...]
    unreadable: tuple[Unreadable, ...] = ()
    complete: bool = True
    remains: tuple[Item, ...] = ()


class Fate(StrEnum):
    """What a side answers when it is asked for one item by its id."""

    HERE = "here"
    DELETED = "deleted"
    MOVED = "moved"
    OTHER_OWNER = "other_owner"
    ARCHIVED = "archived"
    # not to be seen, and not known to have been deleted: nobody can tell which of the two it is
    MISSING = "missing"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Ref:
    """How to ask for an item again: its id, and our mark in case the id has changed, as with a move in Outlook.

    `known` is what the item held when it was last synced: one without a mark is looked for by that.
    """

    id: str
    mark: str = ""
    known: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sighting:
    """The answer to a Ref. `item` is set for HERE, and where the side could still read it; `detail` is for people.

    `left` is what is left of a series that was deleted from some day on: its past, as a series that has ended.
    """

    fate: Fate
    item: Item | None = None
    detail: str = ""
    left: Item | None = None


@dataclass(frozen=True, slots=True)
class Write:
    """One write to one item. `fields` are all fields for a create and only those to change for an update.

    `before` is the item as it was read just before (None for a create). `mark` is put on what is written in Outlook.
    `source` are all fields of the item across, also those that never travel: a side may look things up by them, and
    writes nothing of them. `key` names a create of ours for good, where the side can keep such a name as an external
    id. `relate` is the id of the contact that a new event is to be related to, "" for none. `restore` says, with a
    create, which item was deleted: that very one is brought back where the side still has it, and made anew from
    `fields` where it has not.
    """

    operation: Operation
    fields: Fields = field(default_factory=dict)
    before: Item | None = None
    mark: str = ""
    source: Fields = field(default_factory=dict)
    key: str = ""
    restore: Ref | None = None
    relate: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one write. `id` is the item's id after it. `unknown` means that no answer came: it may be done.

    After a delete `id` is the one under which the side still keeps the item, if it does. `note` tells what the server
    has changed besides what was asked for, in words; "" for nothing. `duplicate_of` is the id of the one item that is
    there already, when a create was refused because of it. `stale` means refused because the item has changed since it
    was read. `last` is what a deleted item held in the end, where somebody changed it after it was read.
    """

    ok: bool
    id: str = ""
    error: str = ""
    unknown: bool = False
    note: str = ""
    duplicate_of: str = ""
    stale: bool = False
    last: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sought:
    """A create of ours of which nobody knows whether it was applied.

    `key` is the mark or the key that it was given, `fields` what was sent, and `since` (UTC, ISO 8601) when it was sent
    at the earliest, by our clock.
    """

    key: str
    fields: Fields
    since: str


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many requests of the day's allowance are used, by everybody."""

    used: int
    limit: int


class Side(Protocol):
    """One of the two systems, signed in. One thread at a time; calls may take long, and all may raise SideError."""

    @property
    def name(self) -> SideName:
        """Which side this is."""

    @property
    def batch_size(self) -> int:
        """How many writes go into one request at most."""

    @property
    def look_size(self) -> int:
        """How many items one request reads again at most."""

    def describe(self, kind: Kind) -> Description:
        """Who we are there and what it can hold. Reads only; answers from memory after the first time."""

    def fetch(self, kind: Kind, window: Window, progress: ProgressSink, cancelled: CancelCheck) -> Reading:
        """Everything of `kind` that touches the window. Reads only; raises CancelledError when asked to stop."""

    def look(self, kind: Kind, refs: Sequence[Ref]) -> dict[str, Sighting]:
        """The items behind `refs` as they are now, keyed by the id in the Ref; every Ref gets an answer. Reads only."""

    def write(self, kind: Kind, writes: Sequence[Write]) -> list[Outcome]:
        """Does up to `batch_size` writes, in order, each by itself: one refused write harms no other."""

    def find(self, kind: Kind, sought: Sequence[Sought]) -> list[tuple[Item, ...]]:
        """For each, the items that this create may have made. Reads only.

        By the name of ours that the item carries, where the side keeps one; else by who made it, when, and what with.
        """

    def people(self, addresses: Sequence[str], cancelled: CancelCheck) -> dict[str, tuple[Person, ...]]:
        """The contacts that have these e-mail addresses (lower case), by address. Reads only.

        None where the side keeps no contacts that an event could be related to, or does not let us relate it.
        """

    def requests_for(self, kind: Kind, creates: int, updates: int, deletes: int) -> int:
        """About how many requests so many writes would cost, looking before and after included."""

    def allowance(self) -> Allowance | None:
        """The day's allowance as the server told it last, or None where there is none."""

    def attend(self, tell: Callable[[str], None], cancelled: CancelCheck) -> None:
        """From now on `tell` hears a sentence per wait that the server asks for, and `cancelled` may cut it short.

        A wait that is cut short ends with CancelledError: that request was not applied.
        """

    def close(self) -> None:
        """Gives connections back."""

"""The Outlook side: the calendar, contacts and tasks of one Exchange mailbox behind the Side protocol."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from sync_core.items import Item, Kind, SideName
from sync_core.settings.models import OutlookSettings
from sync_core.sides import (
    Allowance,
    CancelCheck,
    Description,
    Limits,
    Outcome,
    Person,
    ProgressSink,
    Reading,
    Ref,
    Sighting,
    Sought,
    Window,
    Write,
)
from sync_core.sides.outlook import contacts, events, tasks
from sync_core.sides.outlook.connection import Connection, never
from sync_core.sides.outlook.folders import Folders, UsedFolder
from sync_core.sides.outlook.getting import CHUNK, Getter
from sync_core.sides.outlook.looking import Looker
from sync_core.sides.outlook.mapping import ItemMapping
from sync_core.sides.outlook.occurrences import Occurrences
from sync_core.sides.outlook.reading import Reader
from sync_core.sides.outlook.restoring import Restorer
from sync_core.sides.outlook.services import Parsed
from sync_core.sides.outlook.writing import PER_REQUEST, Writer

BATCH_SIZE: Final = 50
_MAPPINGS: Final = {mapping.kind: mapping for mapping in (events.MAPPING, contacts.MAPPING, tasks.MAPPING)}


def _now() -> datetime:
    return datetime.now(UTC)


class OutlookSide:
    """Implements `sync_core.sides.Side` for Exchange over EWS.

    `password` is the user's, `zone` the user's IANA time zone. Making one does no I/O and checks nothing; the first
    call raises SettingsError when the settings cannot work, and SignInError or SideError when the server does not let
    us in. `sleep` waits that many seconds, as a busy server tells; `clock` tells the present moment, for servers that
    name a moment instead.
    """

    def __init__(
        self,
        settings: OutlookSettings,
        password: str,
        zone: str,
        clock: Callable[[], datetime] = _now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings
        self._password = password
        self._zone = zone
        self._clock = clock
        self._sleep = sleep
        self._connection: Connection | None = None
        self._folders: dict[Kind, Folders] = {}
        # what the last look saw, for the write that follows it at once
        self._seen: dict[str, tuple[Item, Parsed]] = {}
        self._tell: Callable[[str], None] = lambda sentence: None
        self._stop: CancelCheck = never

    def __repr__(self) -> str:
        return f"OutlookSide({self._settings.primary_smtp_address!r})"

    @property
    def name(self) -> SideName:
        """Outlook."""
        return SideName.OUTLOOK

    @property
    def batch_size(self) -> int:
        """How many writes one call takes; they go out in requests of at most 20 (facts: exchange A.9)."""
        return BATCH_SIZE

    @property
    def look_size(self) -> int:
        """How many items one request reads again: what one batch left and the next one starts from."""
        return CHUNK

    def describe(self, kind: Kind) -> Description:
        """The account and folder in use, for people and for good, and what it can hold. One request, the first time;
        two for a folder below the standard one."""
        mapping = _MAPPINGS[kind]
        used = self._used(mapping, never)
        return Description(
            SideName.OUTLOOK,
            account=f"{used.mailbox}, {used.name}",
            scope=f"{used.mailbox.lower()}/{used.id}",
            # ErrorOccurrenceCrossingBoundary (recalled)
            limits=Limits(lengths=dict(mapping.lengths), refuses_new=mapping.check_new, keeps_order=True),
            refused=dict(used.refused),
        )

    def fetch(self, kind: Kind, window: Window, progress: ProgressSink, cancelled: CancelCheck) -> Reading:
        """Everything in the window, each series as one item. All contacts, whatever the window."""
        mapping = _MAPPINGS[kind]
        used = self._used(mapping, cancelled)
        reader = Reader(self._connected(), used.folder, mapping, progress, cancelled)
        return reader.read(window, self._to_item(mapping))

    def look(self, kind: Kind, refs: Sequence[Ref]) -> dict[str, Sighting]:
        """The items behind `refs` as they are now. Whether one is out of the window is for the caller to say."""
        self._seen = {}
        mapping = _MAPPINGS[kind]
        if not refs:
            return {}
        used = self._used(mapping, never)
        getter = Getter(self._connected(), mapping)
        looker = Looker(self._folders[kind], used, getter, mapping.words, self._to_item(mapping))
        sightings = looker.look(refs)
        if len(refs) <= CHUNK:
            # more than a write can be about, and they would only be kept for nothing
            self._seen = looker.here
        return sightings

    def write(self, kind: Kind, writes: Sequence[Write]) -> list[Outcome]:
        """Does the writes in order, each by itself. Raises SideError only when nothing was written.

        An update of an item that the call before this one has looked at is sent as it is; every other item, and each
        one that is to be deleted, is read once more.
        """
        seen, self._seen = self._seen, {}
        mapping = _MAPPINGS[kind]
        if not writes:
            return []
        used = self._used(mapping, never)
        getter = Getter(self._connected(), mapping)
        to_item = self._to_item(mapping)
        back = Restorer(self._connected(), self._folders[kind], used, getter, to_item).restore(writes)
        rest = [write for place, write in enumerate(writes) if place not in back]
        made = iter(Writer(self._connected(), used, mapping, getter, to_item, seen).write(rest) if rest else ())
        outcomes = [back[place] if place in back else next(made) for place in range(len(writes))]
        single = Occurrences(self._connected(), to_item)
        return [
            single.settled(write, outcome) if outcome.ok and kind is Kind.CALENDAR else outcome
            for write, outcome in zip(writes, outcomes, strict=True)
        ]

    def find(self, kind: Kind, sought: Sequence[Sought]) -> list[tuple[Item, ...]]:
        """The items in the folder that carry the marks of creates of ours; nothing else tells for sure."""
        mapping = _MAPPINGS[kind]
        marks = [one.key for one in sought if one.key]
        found: dict[str, list[Item]] = {}
        if marks:
            used = self._used(mapping, never)
            to_item = self._to_item(mapping)
            for parsed in Getter(self._connected(), mapping).marked(marks, [used.folder]):
                item = to_item(parsed)
                found.setdefault(item.mark, []).append(item)
        return [tuple(found.get(one.key, ())) for one in sought]

    def people(self, addresses: Sequence[str], cancelled: CancelCheck) -> dict[str, tuple[Person, ...]]:
        """Nobody: an event in Outlook has attendees, and those are left alone."""
        return {}

    def requests_for(self, kind: Kind, creates: int, updates: int, deletes: int) -> int:
        """Requests for so many writes: each batch is looked at, written in parts, and looked at again."""
        parts = [-(-number // PER_REQUEST) for number in (creates, updates, deletes)]
        batches = -(-(creates + updates + deletes) // BATCH_SIZE)
        return sum(parts) + 3 * batches

    def allowance(self) -> Allowance | None:
        """Exchange has no daily allowance; it throttles, and says for how long."""
        return None

    def attend(self, tell: Callable[[str], None], cancelled: CancelCheck) -> None:
        """Who hears of waits from now on, and who may cut them short."""
        self._tell, self._stop = tell, cancelled
        if self._connection is not None:
            self._connection.tell, self._connection.stop = tell, cancelled

    def close(self) -> None:
        """Gives the connection back. The side may be used again after that."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            self._folders = {}

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = Connection(self._settings, self._password, self._zone, self._clock, self._sleep)
            self._connection.tell, self._connection.stop = self._tell, self._stop
        return self._connection

    def _used(self, mapping: ItemMapping, cancelled: Callable[[], bool]) -> UsedFolder:
        connection = self._connected()
        if mapping.kind not in self._folders:
            self._folders[mapping.kind] = Folders(connection, self._settings, mapping)
        return self._folders[mapping.kind].used(cancelled)

    def _to_item(self, mapping: ItemMapping) -> Callable[[Parsed], Item]:
        settings = self._settings
        own = {settings.primary_smtp_address, settings.mailbox, settings.username}
        owners = frozenset(address.strip().lower() for address in own if address)
        return lambda parsed: mapping.to_item(parsed, self._zone, owners)

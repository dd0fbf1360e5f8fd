"""The Outlook side: one Exchange calendar behind the Side protocol."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from sync_core.items import Item, Kind, SideName
from sync_core.settings.models import OutlookSettings
from sync_core.sides import (
    CancelCheck,
    Description,
    Limits,
    Outcome,
    ProgressSink,
    Reading,
    Ref,
    Sighting,
    Window,
    Write,
)
from sync_core.sides.outlook import events
from sync_core.sides.outlook.connection import Connection, never, problem_at
from sync_core.sides.outlook.folders import STANDARD, CalendarFolder, Folders
from sync_core.sides.outlook.getting import Getter
from sync_core.sides.outlook.looking import Looker
from sync_core.sides.outlook.reading import Reader
from sync_core.sides.outlook.services import Parsed
from sync_core.sides.outlook.writing import Writer

BATCH_SIZE: Final = 50


def _now() -> datetime:
    return datetime.now(UTC)


class OutlookSide:
    """Implements `sync_core.sides.Side` for calendars on Exchange over EWS.

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
        self._folders: Folders | None = None

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

    def describe(self, kind: Kind) -> Description:
        """The account and calendar in use, for people and for good, and what it can hold. One request, the first time;
        two for a calendar below the standard one."""
        _supported(kind)
        calendar = self._calendar(never)
        label = calendar.mailbox if calendar.name == STANDARD else f"{calendar.mailbox}, {calendar.name}"
        return Description(
            SideName.OUTLOOK,
            account=label if calendar.name != STANDARD else f"{label}, {STANDARD}",
            scope=f"{calendar.mailbox.lower()}/{calendar.id}",
            limits=Limits(lengths={"subject": events.SUBJECT_LENGTH}),
            refused=dict(calendar.refused),
        )

    def fetch(self, kind: Kind, window: Window, progress: ProgressSink, cancelled: CancelCheck) -> Reading:
        """Everything in the window: single events, and each series as one locked item."""
        _supported(kind)
        calendar = self._calendar(cancelled)
        reader = Reader(self._connected(), calendar.folder, self._getter(), progress, cancelled)
        return reader.read(window, self._item)

    def look(self, kind: Kind, refs: Sequence[Ref]) -> dict[str, Sighting]:
        """The items behind `refs` as they are now. Whether one is out of the window is for the caller to say."""
        _supported(kind)
        if not refs:
            return {}
        calendar = self._calendar(never)
        assert self._folders is not None
        return Looker(self._folders, calendar, self._getter(), self._item).look(refs)

    def write(self, kind: Kind, writes: Sequence[Write]) -> list[Outcome]:
        """Does the writes in order, each by itself. Raises SideError only when nothing was written."""
        _supported(kind)
        if not writes:
            return []
        calendar = self._calendar(never)
        return Writer(self._connected(), calendar, self._getter(), self._item).write(writes)

    def close(self) -> None:
        """Gives the connection back. The side may be used again after that."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            self._folders = None

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = Connection(self._settings, self._password, self._zone, self._clock, self._sleep)
            self._folders = Folders(self._connection, self._settings)
        return self._connection

    def _calendar(self, cancelled: Callable[[], bool]) -> CalendarFolder:
        self._connected()
        assert self._folders is not None
        return self._folders.calendar(cancelled)

    def _getter(self) -> Getter:
        return Getter(self._connected(), events.FIELDS)

    def _item(self, parsed: Parsed) -> Item:
        settings = self._settings
        own = {settings.primary_smtp_address, settings.mailbox, settings.username}
        return events.to_item(parsed, self._zone, frozenset(address.strip().lower() for address in own if address))


def _supported(kind: Kind) -> None:
    if kind is not Kind.CALENDAR:
        raise problem_at(f"{kind.label} are not synced with Outlook yet")

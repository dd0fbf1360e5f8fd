"""The sides and memories that a service has open: made when they are first needed, given back at the end."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from sync_core.items import Kind, SideName
from sync_core.sides import Side

if TYPE_CHECKING:
    from sync_core.memory import Memory
    from sync_core.settings.models import Settings

_IMPORTING: Final = Lock()


class Connections:
    """What is open for one set of settings. Making it does no I/O."""

    def __init__(self, settings: Settings, state_dir: Path, zone: str, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._state_dir = state_dir
        self._zone = zone
        self._clock = clock
        self._sides: dict[SideName, Side] = {}
        self._memories: dict[str, Memory] = {}
        self._opening = Lock()

    def side(self, name: SideName) -> Side:
        """One side, signed in when it is first asked something. Raises SettingsError, SideError."""
        if name not in self._sides:
            self._sides[name] = self._open(name)
        return self._sides[name]

    def open_sides(self) -> dict[SideName, Side]:
        """Both sides."""
        return {name: self.side(name) for name in SideName}

    def drop(self, name: SideName) -> None:
        """Gives a side back; the next call opens it anew."""
        side = self._sides.pop(name, None)
        if side is not None:
            side.close()

    def memory(self, kind: Kind) -> Memory:
        """The memory of the pair that the sides say they are; settings find it again without a connection."""
        scopes = [self.side(side).describe(kind).scope for side in SideName]
        self._opened("index").put_note(self._fingerprint(kind), scopes)
        return self._opened("|".join(scopes))

    def known_memory(self, kind: Kind) -> Memory | None:
        """The memory of the pair that these settings led to the last time, or None when they never led anywhere.

        Each process has folders of its own, and so a pair of its own. Needs no connection.
        """
        if not self._state_dir.exists():
            return None
        scopes = self._opened("index").note(self._fingerprint(kind))
        return self._opened("|".join(scopes)) if isinstance(scopes, list) else None

    def forget(self, kind: Kind) -> None:
        """Forgets which pair of accounts these settings led to."""
        self._opened("index").drop_note(self._fingerprint(kind))

    def close(self) -> None:
        """Gives connections and files back."""
        for side in list(self._sides):
            self.drop(side)
        for memory in self._memories.values():
            memory.close()
        self._memories.clear()

    def _open(self, name: SideName) -> Side:
        from sync_core.settings.secrets import outlook_password, salesforce_secrets

        # two threads that import the same circular packages at once (requests is one) see them half made
        with _IMPORTING:
            if name is SideName.SALESFORCE:
                from sync_core.sides.salesforce import SalesforceSide
            else:
                from sync_core.sides.outlook import OutlookSide
        if name is SideName.SALESFORCE:
            section = self._settings.salesforce
            return SalesforceSide(section, salesforce_secrets(section), self._zone, clock=self._clock)
        outlook = self._settings.outlook
        return OutlookSide(outlook, outlook_password(outlook), self._zone, clock=self._clock)

    def _opened(self, name: str) -> Memory:
        from sync_core.memory import Memory

        # drafts are kept by a thread of their own
        with self._opening:
            if name not in self._memories:
                self._memories[name] = Memory(self._state_dir, name)
            return self._memories[name]

    def _fingerprint(self, kind: Kind) -> str:
        """What in the settings decides which two accounts and folders a process is about; no connection is needed."""
        s, o = self._settings.salesforce, self._settings.outlook
        parts = [s.instance_url, s.auth.value, s.username, s.client_id]
        folder = {Kind.CALENDAR: o.calendar, Kind.CONTACTS: o.contacts, Kind.TASKS: o.tasks}[kind]
        reach = s.contacts if kind is Kind.CONTACTS else ""
        parts += [o.service_endpoint, o.primary_smtp_address, o.mailbox, kind.value, folder, reach]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

"""The org: its users and records, and the rules under which they change."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, cast
from zoneinfo import ZoneInfo

from sync_core.sandbox.salesforce import saving
from sync_core.sandbox.salesforce.errors import ApiError, bad_reference, is_deleted, no_access, not_found
from sync_core.sandbox.salesforce.event_rules import Row, archived
from sync_core.sandbox.salesforce.fields import NEWEST_VERSION, Field, SObject
from sync_core.sandbox.salesforce.ids import make_id, normal_id
from sync_core.sandbox.salesforce.tables import schema
from sync_core.sandbox.salesforce.times import whole_second

# how long a deleted record stays in the recycle bin (facts B4)
RECYCLE_DAYS: Final = 15
_ACTIVITIES: Final = ("Event", "Task")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, in which API version: what exists, what is visible and what may be given depends on both."""

    user_id: str
    version: int = NEWEST_VERSION
    # what Sforce-Duplicate-Rule-Header asks for
    allow_duplicates: bool = False
    duplicate_details: bool = False


class Org:
    """One Salesforce org. Safe to use from several threads.

    `clock` gives the time of the org as an aware datetime. Values in rows are Python values: str, bool, int, date,
    aware UTC datetime, None. Everybody sees their own activities and those of others, except private ones; only the
    owner of an activity changes or deletes it. Other objects are public.
    """

    def __init__(self, clock: Callable[[], datetime], *, multiday_events: bool = True) -> None:
        self.multiday_events = multiday_events
        self.archive_days = 365
        # object name -> "alert" or "block"; a new real org has an alert rule for contacts
        self.duplicate_rules: dict[str, str] = {}
        # a query that looks at more events than this, without a filter on an indexed field, is refused
        self.largest_scan = 100_000
        self.lock = threading.RLock()
        self.schema = schema()
        self._clock = clock
        self._tables: dict[str, dict[str, Row]] = {name: {} for name in self.schema}
        self._numbers: dict[str, int] = {}
        self._denied: set[tuple[str, str]] = set()
        self._journal: list[tuple[str, str, Row | None]] | None = None
        self._bin: dict[str, tuple[str, datetime]] = {}
        self.deletions: list[tuple[str, str, datetime]] = []
        # the delete log reaches back to here; later than a client's start it means: read everything again
        self.deletions_since = whole_second(clock()) - timedelta(days=RECYCLE_DAYS)
        self.prefixes = {each.prefix: each.name for each in self.schema.values()}
        self.automated_user = self._seed()

    # -- making the org ------------------------------------------------------------------------------------------

    def _seed(self) -> str:
        robot = self.add_user("Automated Process", "autoproc@org.invalid", "autoproc@org.invalid", "Etc/UTC")
        self._tables["User"][robot]["UserType"] = "AutomatedProcess"
        self.seed_row("Organization", {"Name": "Sandbox"})
        for place, name in enumerate(self.schema["Task"].fields["Status"].choices, 1):
            self.seed_row("TaskStatus", {"MasterLabel": name, "ApiName": name, "SortOrder": place,
                          "IsDefault": name == "Not Started", "IsClosed": name == "Completed"})  # fmt: skip
        for place, name in enumerate(self.schema["Task"].fields["Priority"].choices, 1):
            self.seed_row("TaskPriority", {"MasterLabel": name, "ApiName": name, "SortOrder": place,
                          "IsDefault": name == "Normal", "IsHighPriority": name == "High"})  # fmt: skip
        return robot

    @property
    def id(self) -> str:
        """The id of the org itself (00D...)."""
        return next(iter(self._tables["Organization"]))

    def add_user(self, name: str, username: str, email: str, time_zone: str = "Europe/London") -> str:
        """Adds an active standard user and returns the id. `time_zone` is an IANA name."""
        first, _, last = name.rpartition(" ")
        ZoneInfo(time_zone)
        return self.seed_row(
            "User",
            {"Username": username, "Email": email, "Name": name, "FirstName": first or None, "LastName": last,
             "Alias": last[:8].lower(), "TimeZoneSidKey": time_zone},
        )  # fmt: skip

    def add_field(self, sobject: str, field: Field) -> None:
        """Adds a custom field (its name ends in __c); existing records have no value for it."""
        with self.lock:
            self.schema[sobject].add(field)
            for row in self._tables[sobject].values():
                row[field.name] = field.default

    def hide_fields(self, sobject: str, *names: str) -> None:
        """Field-level security: these fields are absent from describe, queries and saves."""
        self.schema[sobject].hidden.update(names)

    def deny(self, sobject: str, *operations: str) -> None:
        """Takes object permissions away from everybody: "read", "create", "edit", "delete"."""
        self._denied.update((sobject, operation) for operation in operations)

    def allow(self, sobject: str, *operations: str) -> None:
        """Gives object permissions back."""
        self._denied.difference_update((sobject, operation) for operation in operations)

    def seed_row(self, sobject: str, values: Mapping[str, object]) -> str:
        """Adds a row as the platform itself does: no permissions, no rules, read-only fields may be set."""
        with self.lock:
            row = self.blank(sobject)
            record_id = self._new_id(sobject)
            row.update(values)
            row["Id"] = record_id
            self.stamp_row(row, getattr(self, "automated_user", record_id), created=True)
            self.put(sobject, record_id, row)
            return record_id

    def stamp(self, sobject: str, record_id: str, values: Mapping[str, object]) -> None:
        """Sets read-only fields as the platform or another client does: SystemModstamp moves, LastModifiedDate not."""
        with self.lock:
            found = self._existing(sobject, record_id)
            row = {**found, **values, "SystemModstamp": self.now()}
            self.put(sobject, cast(str, found["Id"]), row)

    def invite(self, event_id: str, user_id: str, status: str = "New") -> str:
        """Invites a user to an event, as the user interface does, and returns the id of their copy (IsChild is True).

        The event becomes a group event; an EventRelation holds the answer.
        """
        with self.transaction():
            event = self._existing("Event", event_id)
            master = cast(str, event["Id"])
            group = {"IsGroupEvent": True, "GroupEventType": "1", "SystemModstamp": self.now()}
            self.put("Event", master, {**event, **group})
            self.seed_row("EventRelation", {"EventId": master, "RelationId": user_id, "Status": status})
            copied = {name: value for name, value in event.items() if name != "Id" and not name.startswith("_")}
            child = {**copied, **group, "OwnerId": user_id, "IsChild": True, saving.MASTER: master}
            return self.seed_row("Event", child)

    def fire_reminders(self) -> None:
        """Shows the reminders that are due: IsReminderSet reads false from then on, though no user changed it."""
        with self.lock:
            for sobject in _ACTIVITIES:
                for row in list(self._tables[sobject].values()):
                    due = row.get("ReminderDateTime")
                    if row.get("IsReminderSet") and isinstance(due, datetime) and due <= self.now():
                        self.stamp(sobject, cast(str, row["Id"]), {"IsReminderSet": False})

    # -- the native interface ------------------------------------------------------------------------------------

    def create(self, sobject: str, fields: Mapping[str, object], *, by: str) -> str:
        """Creates a record under the same rules as over HTTP and returns its id. Raises ApiError."""
        return self.insert(Actor(by), sobject, fields)

    def update(self, sobject: str, record_id: str, fields: Mapping[str, object], *, by: str) -> None:
        """Changes fields of a record under the same rules as over HTTP. Raises ApiError."""
        self.change(Actor(by), sobject, record_id, fields)

    def delete(self, sobject: str, record_id: str, *, by: str) -> None:
        """Puts a record into the recycle bin. Raises ApiError."""
        self.remove(Actor(by), sobject, record_id)

    def purge(self, sobject: str, record_id: str) -> None:
        """Takes a record out of the recycle bin for good; a live one too. Raises KeyError for an unknown one."""
        with self.lock:
            full = normal_id(record_id) or record_id
            row = self._tables[sobject][full]
            if not row.get("IsDeleted"):
                self.deletions.append((sobject, full, self.now()))
            self._journalled(sobject, full)
            del self._tables[sobject][full]
            self._bin.pop(full, None)

    def rows(self, sobject: str, *, deleted: bool = False) -> list[dict[str, object]]:
        """Copies of all records, whoever owns them, archived ones too; those in the recycle bin only with `deleted`."""
        with self.lock:
            self.sweep()
            return [self._public(sobject, row) for row in self._tables[sobject].values()
                    if deleted or not row.get("IsDeleted")]  # fmt: skip

    def get(self, sobject: str, record_id: str) -> dict[str, object] | None:
        """A copy of one record, also from the recycle bin (then IsDeleted is True); None if there is none."""
        with self.lock:
            self.sweep()
            row = self._tables[sobject].get(normal_id(record_id) or "")
            return None if row is None else self._public(sobject, row)

    # -- saves on behalf of somebody -----------------------------------------------------------------------------

    def insert(self, actor: Actor, sobject: str, fields: Mapping[str, object]) -> str:
        """Creates a record for an actor; see `create`."""
        with self.transaction():
            return saving.insert(self, actor, self.table(sobject), fields)

    def change(self, actor: Actor, sobject: str, record_id: str, fields: Mapping[str, object]) -> None:
        """Updates a record for an actor; see `update`."""
        with self.transaction():
            table = self.table(sobject)
            saving.update(self, actor, table, self.editable(actor, table.name, record_id, "edit"), fields)

    def remove(self, actor: Actor, sobject: str, record_id: str) -> None:
        """Deletes a record for an actor; see `delete`."""
        with self.transaction():
            table = self.table(sobject)
            saving.delete(self, actor, table, self.editable(actor, table.name, record_id, "delete"))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens, or nothing if an ApiError leaves it. Holds the lock; may be nested."""
        with self.lock:
            outer, self._journal = self._journal, []
            deletions = len(self.deletions)
            try:
                yield
            except BaseException:
                for sobject, record_id, before in reversed(self._journal):
                    self._restore(sobject, record_id, before)
                del self.deletions[deletions:]
                self._journal = outer
                raise
            if outer is not None:
                outer.extend(self._journal)
            self._journal = outer

    def _restore(self, sobject: str, record_id: str, before: Row | None) -> None:
        if before is None:
            self._tables[sobject].pop(record_id, None)
        else:
            self._tables[sobject][record_id] = before
        if not (before and before.get("IsDeleted")):
            self._bin.pop(record_id, None)

    # -- reading on behalf of somebody ---------------------------------------------------------------------------

    def table(self, sobject: str) -> SObject:
        """The object of this name in any case. Raises NOT_FOUND as a path with an unknown object does."""
        for name in (sobject, *(each for each in self.schema if each.lower() == sobject.lower())):
            if name in self.schema and self.allowed(name, "read"):
                return self.schema[name]
        raise not_found()

    def allowed(self, sobject: str, operation: str) -> bool:
        """Whether the object permission is there."""
        return (sobject, operation) not in self._denied

    def visible(self, actor: Actor, row: Row, sobject: str) -> bool:
        """Whether the actor sees the record: a private event or task of somebody else is not there for them."""
        return not (sobject in _ACTIVITIES and row.get("IsPrivate") and row.get("OwnerId") != actor.user_id)

    def readable(self, actor: Actor, sobject: str, record_id: str) -> Row:
        """The stored row, archived or not. Raises NOT_FOUND or ENTITY_IS_DELETED. Not to be changed by the caller."""
        with self.lock:
            self.sweep()
            full = normal_id(record_id)
            row = self._tables[sobject].get(full or "")
            if row is None or not self.visible(actor, row, sobject):
                raise not_found()
            if row.get("IsDeleted"):
                raise is_deleted()
            return row

    def editable(self, actor: Actor, sobject: str, record_id: str, operation: str) -> Row:
        """The stored row, if the actor may edit or delete it. Raises as `readable`, or INSUFFICIENT_ACCESS."""
        row = self.readable(actor, sobject, record_id)
        flag = self.schema[sobject].updateable if operation == "edit" else self.schema[sobject].deletable
        owned = sobject not in _ACTIVITIES or row.get("OwnerId") == actor.user_id
        if not (flag and owned and self.allowed(sobject, operation)):
            raise no_access()
        return row

    def scan(self, actor: Actor, sobject: str, *, everything: bool) -> list[Row]:
        """The rows that a query may see; with `everything` also the recycle bin and archived activities (queryAll)."""
        with self.lock:
            self.sweep()
            found = [row for row in self._tables[sobject].values() if self.visible(actor, row, sobject)]
        if everything:
            return found
        now = self.now()
        ages = sobject in _ACTIVITIES
        return [row for row in found if not row.get("IsDeleted") and not (ages and self.is_archived(row, now))]

    def lookup(self, sobject: str, record_id: str) -> Row | None:
        """The stored row, deleted or not, or None."""
        return self._tables[sobject].get(record_id)

    def raw(self, sobject: str) -> Mapping[str, Row]:
        """The stored rows by id, also deleted ones, to be read under the lock."""
        return self._tables[sobject]

    def is_archived(self, row: Row, now: datetime | None = None) -> bool:
        """Whether the activity is archived by now."""
        return archived(row, now or self.now(), self.archive_days)

    def zone(self, actor: Actor) -> ZoneInfo:
        """The time zone of the actor, in which date literals are read."""
        user = self._tables["User"].get(actor.user_id)
        return ZoneInfo(cast(str, user["TimeZoneSidKey"]) if user else "Etc/UTC")

    def now(self) -> datetime:
        """The time of the org: UTC, whole seconds, as Salesforce stores it."""
        return whole_second(self._clock())

    # -- used by the rules of saving -----------------------------------------------------------------------------

    def blank(self, sobject: str) -> Row:
        """A row with every field of the object at its default."""
        row: Row = {name: field.default for name, field in self.schema[sobject].fields.items()}
        for name in ("OwnerId",):
            if name in row:
                row[name] = None
        return row

    def new_id(self, sobject: str) -> str:
        """The next id of the object."""
        with self.lock:
            return self._new_id(sobject)

    def _new_id(self, sobject: str) -> str:
        number = self._numbers.get(sobject, 0) + 1
        self._numbers[sobject] = number
        return make_id(self.schema[sobject].prefix, number)

    def stamp_row(self, row: Row, user_id: str, *, created: bool = False) -> None:
        """Sets who and when. LastModifiedDate and SystemModstamp move together on a user's save."""
        now = self.now()
        if created:
            row["CreatedDate"], row["CreatedById"] = now, user_id
        row["LastModifiedDate"] = row["SystemModstamp"] = now
        row["LastModifiedById"] = user_id

    def put(self, sobject: str, record_id: str, row: Row) -> None:
        """Stores a row. Rows are replaced, never changed in place, so that a reader keeps what it saw."""
        self._journalled(sobject, record_id)
        self._tables[sobject][record_id] = row

    def discard(self, sobject: str, row: Row, actor: Actor) -> None:
        """Moves a row into the recycle bin."""
        record_id = cast(str, row["Id"])
        gone = {**row, "IsDeleted": True}
        self.stamp_row(gone, actor.user_id)
        self.put(sobject, record_id, gone)
        self._bin[record_id] = (sobject, self.now())
        self.deletions.append((sobject, record_id, self.now()))

    def check_reference(self, actor: Actor, field: Field, record_id: str) -> Row:
        """The row a reference points to. Raises INVALID_CROSS_REFERENCE_KEY, or ENTITY_IS_DELETED."""
        target = self.prefixes.get(record_id[:3], "")
        row = self._tables[target].get(record_id) if target in field.targets else None
        if row is None or not self.visible(actor, row, target):
            raise bad_reference(field.name) if target in field.targets or not target else ApiError(
                400, "FIELD_INTEGRITY_EXCEPTION", f"{field.label}: id value of incorrect type: {record_id}",
                (field.name,))  # fmt: skip
        if row.get("IsDeleted"):
            raise ApiError(400, "ENTITY_IS_DELETED", "entity is deleted", (field.name,))
        return row

    def family(self, sobject: str, key: str, value: object) -> list[Row]:
        """The live rows that share an internal key, such as the occurrences of one series."""
        return [row for row in self._tables[sobject].values() if row.get(key) == value and not row.get("IsDeleted")]

    def sweep(self) -> None:
        """Empties what has been in the recycle bin for 15 days."""
        limit = self.now() - timedelta(days=RECYCLE_DAYS)
        for record_id, (sobject, since) in list(self._bin.items()):
            if since > limit:
                break
            self._tables[sobject].pop(record_id, None)
            del self._bin[record_id]

    def _journalled(self, sobject: str, record_id: str) -> None:
        if self._journal is not None:
            self._journal.append((sobject, record_id, self._tables[sobject].get(record_id)))

    def _existing(self, sobject: str, record_id: str) -> Row:
        row = self._tables[sobject].get(normal_id(record_id) or "")
        if row is None:
            raise KeyError(record_id)
        return row

    def _public(self, sobject: str, row: Row) -> dict[str, object]:
        shown = {name: value for name, value in row.items() if not name.startswith("_")}
        if "IsArchived" in shown:
            shown["IsArchived"] = self.is_archived(row)
        return shown

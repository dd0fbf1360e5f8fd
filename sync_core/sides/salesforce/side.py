"""Salesforce as a side: the Protocol of `sync_core.sides` over REST."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sync_core.errors import CancelledError, SideError
from sync_core.items import Item, Kind, SideName
from sync_core.settings.models import SalesforceSettings
from sync_core.sides import (
    Allowance,
    CancelCheck,
    Description,
    Fate,
    Operation,
    Outcome,
    Progress,
    ProgressSink,
    Reading,
    Ref,
    Sighting,
    Sought,
    Window,
    Write,
)
from sync_core.sides.salesforce import account, last_moment, shape, times
from sync_core.sides.salesforce.account import Account
from sync_core.sides.salesforce.contacts import ContactMapping
from sync_core.sides.salesforce.events import EventMapping
from sync_core.sides.salesforce.failures import GatewayError, Sort
from sync_core.sides.salesforce.gateway import Gateway, Page, missing, never
from sync_core.sides.salesforce.ids import id18, is_id
from sync_core.sides.salesforce.mapping import Context, ObjectMapping, Rows, UnwritableError
from sync_core.sides.salesforce.rows import name_of
from sync_core.sides.salesforce.series import taken_out
from sync_core.sides.salesforce.shape import Shape
from sync_core.sides.salesforce.tasks import TaskMapping
from sync_core.sides.salesforce.transport import Usage
from sync_core.sides.salesforce.writing import BATCH, PARTS, Row, Writer

# ids per IN list: the address of a GET may have 16,384 bytes (facts: salesforce B4, URI)
_IDS: Final = 400
# what a record's own address answers when it is gone (facts: salesforce B4, transient)
_GONE: Final = ("ENTITY_IS_DELETED", "NOT_FOUND", "INVALID_CROSS_REFERENCE_KEY")
# from this version on, changing an occurrence to come changes its series (facts: salesforce B1)
_WHOLE_SERIES: Final = 58
# the log of deletes goes back 15 days, by the server's clock (facts: salesforce B4, getDeleted)
_DELETED_LATELY: Final = timedelta(days=14)
# our clock and the server's may differ by so much
_CLOCKS_DIFFER: Final = timedelta(minutes=5)
_VERBS: Final = {Operation.CREATE: "create", Operation.UPDATE: "change", Operation.DELETE: "delete"}


def _literal(words: str) -> str:
    """A text in SOQL; a backslash and a quote are what it needs escaped."""
    return "'" + words.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _names(sought: Sequence[Sought]) -> set[str]:
    return {name for one in sought for name in one.fields}


def _holds(item: Item, one: Sought, settable: set[str]) -> bool:
    """Whether an item has all of what was sent, as far as it could be set and is known."""
    return all(item.fields[n] == v for n, v in one.fields.items() if n in settable and n in item.fields)


def _now() -> datetime:
    return datetime.now(UTC)


class SalesforceSide:
    """A Salesforce user's records. Construction does no I/O and checks nothing: the first call does.

    `secrets` holds the values of "access_token", "client_secret" and "private_key", as far as `settings.auth` needs
    them. `zone` is the user's IANA zone, `clock` gives aware times, `sleep` waits for so many seconds, `timeout` is
    (connect, read) in seconds. All calls may raise SideError, SignInError and SettingsError.
    """

    name: Final = SideName.SALESFORCE
    batch_size: Final = BATCH

    def __init__(
        self,
        settings: SalesforceSettings,
        secrets: Mapping[str, str],
        zone: str,
        clock: Callable[[], datetime] = _now,
        *,
        sleep: Callable[[float], None] = time.sleep,
        timeout: tuple[float, float] | None = None,
    ) -> None:
        self._settings = settings
        self._zone = zone
        self._clock = clock
        self._gateway = Gateway(settings, secrets, sleep, timeout)
        self._account: Account | None = None
        self._mappings: dict[Kind, ObjectMapping] = {
            Kind.CALENDAR: EventMapping(),
            Kind.CONTACTS: ContactMapping(settings.contacts, settings.account_match),
            Kind.TASKS: TaskMapping(),
        }
        self._shapes: dict[Kind, Shape] = {}
        self._tables: dict[Kind, Mapping[str, Rows]] = {}
        self._writers: dict[Kind, Writer] = {}
        # what turned out while asking: whether the server joins names, and whether it has queryAll
        self._joins = True
        self._query_all = True

    @property
    def usage(self) -> Usage | None:
        """The org's API requests within 24 hours, as the last answer told; None when it did not."""
        return self._gateway.usage

    def describe(self, kind: Kind) -> Description:
        """Who is signed in and what this user may do with the kind's object."""
        # the object first: a server that is not Salesforce shows it there
        context, who, mapping = self._context(kind), self._who(), self._mapping(kind)
        form = context.shape
        refused = {
            operation: f"Salesforce does not let {who.user_name} {_VERBS[operation]} {mapping.what}: "
            "the permission is missing in the profile"
            for operation, permitted in form.permitted.items()
            if not permitted
        }
        if (why := self._keyless(form)) and Operation.CREATE not in refused:
            refused[Operation.CREATE] = why
        # without the permission on the object, every field reads as read-only
        writable = Operation.UPDATE not in refused
        unwritable = mapping.unwritable(form, Operation.UPDATE) if writable else {}
        scope = f"{who.scope}:{mapping.reach}" if mapping.reach else who.scope
        limits, notes = mapping.limits(context), mapping.notes(form)
        return Description(self.name, who.label, scope, limits, refused, unwritable, notes)

    def fetch(self, kind: Kind, window: Window, progress: ProgressSink, cancelled: CancelCheck) -> Reading:
        """The kind's items in the window: the signed-in user's own, and others' only where the settings say so."""
        mapping, context = self._mapping(kind), self._context(kind)
        everything = mapping.reaches_archive(window, context.now)
        condition = mapping.condition(context, window)
        if everything and context.shape.has("IsDeleted"):
            condition += " AND IsDeleted = false"
        if cancelled():
            raise CancelledError
        rows: list[Mapping[str, Any]] = []
        complete = True
        progress(Progress(self.name, 0, None, mapping.what))
        for page in self._select(kind, condition, everything, cancelled):
            rows += page.rows
            complete = complete and not page.cut
            progress(Progress(self.name, len(rows), page.total, mapping.what))
        # what queryAll may have held back is not deleted: nothing may be concluded from its absence
        complete = complete and (self._query_all or not everything)
        alive = [row for row in rows if row.get("IsDeleted") is not True]
        more, whole = self._rest(kind, alive, context, cancelled)
        complete = complete and whole
        items, unreadable = mapping.reading([*alive, *more], replace(context, partial=not whole), window)
        return Reading(tuple(items), tuple(unreadable), complete)

    def look(self, kind: Kind, refs: Sequence[Ref]) -> dict[str, Sighting]:
        """The records behind `refs`, deleted and archived ones included."""
        context = self._context(kind)
        wanted = list(dict.fromkeys(id18(ref.id) for ref in refs if is_id(ref.id)))
        found: dict[str, Sighting] = {}
        for at in range(0, len(wanted), _IDS):
            found |= self._look(kind, wanted[at : at + _IDS], context)
        stranger = Sighting(Fate.UNREADABLE, detail="this is not a Salesforce id")
        return {ref.id: found.get(id18(ref.id), stranger) for ref in refs}

    def write(self, kind: Kind, writes: Sequence[Write]) -> list[Outcome]:
        """Creates, then updates, then deletes: a request for each, and one per 25 updates.

        Raises only if nothing at all was written. Updates of what has changed since it was read are refused, deletes
        are not: see `writing`.
        """
        mapping, context = self._mapping(kind), self._context(kind)
        found = [*self._answers(mapping.questions(writes, context)), *self._series_rows(kind, writes, context)]
        context = replace(context, found=found)
        outcomes: dict[int, Outcome] = {}
        rows: dict[Operation, list[Row]] = {operation: [] for operation in Operation}
        for place, write in enumerate(writes):
            try:
                row = self._row(kind, place, write, context)
                if write.operation is Operation.UPDATE and not row.fields:
                    # nothing but occurrences to take out
                    outcomes[place] = Outcome(True, row.id)
                else:
                    rows[write.operation].append(row)
            except UnwritableError as problem:
                outcomes[place] = Outcome(False, write.before.id if write.before else "", str(problem))
        key_field = self._settings.external_id_field
        writer = self._writers.setdefault(kind, Writer(self._gateway, mapping, context.shape, key_field))
        sent = False
        series = [row for row in rows[Operation.DELETE] if row.series]
        rows[Operation.DELETE] = [row for row in rows[Operation.DELETE] if not row.series]
        for operation, group in rows.items():
            while group:
                size = writer.batch(operation)
                outcomes |= writer.send(operation, group[:size], first=not sent)
                sent, group = True, group[size:]
        outcomes |= self._look_back(kind, writes, outcomes, context)
        for row in series:
            outcomes[row.place] = writer.cut(row)
        for place, write in enumerate(writes):
            if write.before is not None and write.before.series:
                # a series goes by its first occurrence, whichever one it was changed by
                outcomes[place] = replace(outcomes[place], id=write.before.id)
            if outcomes[place].ok and (days := taken_out(write)):
                outcomes[place] = self._take_out(kind, outcomes[place], days, writer)
        return [outcomes[place] for place in range(len(writes))]

    def _look_back(
        self, kind: Kind, writes: Sequence[Write], outcomes: dict[int, Outcome], context: Context
    ) -> dict[int, Outcome]:
        ids = last_moment.deleted(writes, outcomes)
        if not ids:
            return {}
        listed = ", ".join(f"'{one}'" for one in ids)
        try:
            rows = [row for page in self._select(kind, f"Id IN ({listed})", True) for row in page.rows]
        except (SideError, CancelledError):
            # the deletes were done; this look is for what hardly ever happens
            return {}
        return last_moment.noted(rows, writes, outcomes, self._mapping(kind), context)

    def find(self, kind: Kind, sought: Sequence[Sought]) -> list[tuple[Item, ...]]:
        """The records that creates of ours may have made: by our name for them, where the org has a field for it, else
        the signed-in user's own of about that time with the very content that was sent."""
        context, mapping, key_field = self._context(kind), self._mapping(kind), self._settings.external_id_field
        if not sought:
            return []
        if key_field:
            return [self._keyed(kind, one.key, context) for one in sought]
        since = min(datetime.fromisoformat(one.since) for one in sought) - _CLOCKS_DIFFER
        who = _literal(context.user_id)
        condition = f"OwnerId = {who} AND CreatedById = {who} AND CreatedDate >= {since:%Y-%m-%dT%H:%M:%SZ}"
        items = self._found(kind, condition, context)
        settable = {n for n in _names(sought) if n not in mapping.unwritable(context.shape, Operation.CREATE)}
        return [tuple(item for item in items if _holds(item, one, settable)) for one in sought]

    def requests_for(self, kind: Kind, creates: int, updates: int, deletes: int) -> int:
        """Requests for so many writes: one per batch to look, to write and to look again."""
        batches = [-(-number // BATCH) for number in (creates, updates, deletes)]
        return 2 * batches[0] + 2 * batches[1] + -(-updates // PARTS) + 3 * batches[2]

    def allowance(self) -> Allowance | None:
        """The org's API requests within 24 hours, as the last answer told (facts: salesforce B4, limits)."""
        usage = self._gateway.usage
        return Allowance(usage.used, usage.total) if usage else None

    def attend(self, tell: Callable[[str], None], cancelled: CancelCheck) -> None:
        """Who hears of waits from now on, and who may cut them short."""
        self._gateway.attend(tell, cancelled)

    def close(self) -> None:
        """Closes the connections."""
        self._gateway.close()

    def _keyless(self, form: Shape) -> str:
        """Why nothing can be created with our own name on it, in words; "" when it can, or is not wanted."""
        name = self._settings.external_id_field
        if not name or form.has(name):
            return ""
        return (
            f"this org has no field {name} on {form.sobject}, in which handsync should keep its own key: make it"
            " there as an external id, or clear external_id_field in the settings"
        )

    def _keyed(self, kind: Kind, key: str, context: Context) -> tuple[Item, ...]:
        field = self._settings.external_id_field
        return tuple(self._found(kind, f"{field} = {_literal(key)}", context)) if key else ()

    def _found(self, kind: Kind, condition: str, context: Context) -> list[Item]:
        """The items behind a condition, wherever in time they are, each series as one."""
        rows = [row for page in self._select(kind, condition, False) for row in page.rows]
        more, whole = self._rest(kind, rows, context)
        window = Window(date(1700, 1, 2), date(4000, 12, 30), self._zone)
        items, _ = self._mapping(kind).reading([*rows, *more], replace(context, partial=not whole), window)
        return items

    def _who(self) -> Account:
        if self._account is None:
            self._account = account.find(self._gateway, self._settings.username)
        return self._account

    def _shape(self, kind: Kind) -> Shape:
        if kind not in self._shapes:
            mapping = self._mapping(kind)
            form = self._described(mapping)
            if why := mapping.essential(form):
                raise SideError(
                    why, where=f"Salesforce ({self._gateway.host})", remedy="Ask an administrator to make it visible"
                )
            self._shapes[kind] = form
        return self._shapes[kind]

    def _described(self, mapping: ObjectMapping) -> Shape:
        try:
            return shape.of_describe(mapping.sobject, self._gateway.describe(mapping.sobject))
        except GatewayError as problem:
            if not missing(problem):
                raise
        # no such version, no such object for this user, or a server without describe: one more question tells
        try:
            list(self._gateway.query(f"SELECT Id FROM {mapping.sobject} LIMIT 1"))
        except GatewayError as problem:
            if not missing(problem):
                raise
            raise SideError(
                f"the server has no REST API of version {self._settings.api_version}",
                where=f"Salesforce ({self._gateway.host})",
                remedy="Check salesforce.instance_url and salesforce.api_version",
            ) from None
        return mapping.assumed()

    def _context(self, kind: Kind) -> Context:
        form = self._shape(kind)
        if kind not in self._tables:
            asked = self._mapping(kind).tables(form)
            self._tables[kind] = {name: self._answers([soql]) for name, soql in asked.items()}
        who = self._who()
        tables = self._tables[kind]
        return Context(form, self._zone, self._clock(), who.user_id, tables, series_zone=who.zone or self._zone)

    def _answers(self, questions: Sequence[str]) -> Rows:
        """The rows of these queries; none where the server refuses one: no such table, or not for this user."""
        rows: list[Mapping[str, Any]] = []
        for soql in questions:
            try:
                rows += [row for page in self._gateway.query(soql) for row in page.rows]
            except GatewayError as problem:
                if problem.failure.sort is not Sort.REFUSED:
                    raise
        return rows

    def _rest(
        self, kind: Kind, rows: Sequence[Mapping[str, Any]], context: Context, cancelled: CancelCheck = never
    ) -> tuple[list[Mapping[str, Any]], bool]:
        """What belongs to `rows` and may lie elsewhere, archived records included, and whether that is all of it."""
        found: list[Mapping[str, Any]] = []
        complete = True
        for condition in self._mapping(kind).rest(rows, context):
            alive = " AND IsDeleted = false" if context.shape.has("IsDeleted") else ""
            for page in self._select(kind, condition + alive, True, cancelled):
                found += [row for row in page.rows if row.get("IsDeleted") is not True]
                complete = complete and not page.cut
        return found, complete

    def _series_rows(self, kind: Kind, writes: Sequence[Write], context: Context) -> Rows:
        """The occurrences of the series that are to be written."""
        ids = [id18(w.before.id) for w in writes if w.before is not None and w.before.series and is_id(w.before.id)]
        return self._family_rows(kind, ids, context) if ids else []

    def _take_out(self, kind: Kind, done: Outcome, days: Sequence[date], writer: Writer) -> Outcome:
        """Deletes the occurrences of a series on these local days. A failure leaves the rest to the next comparison."""
        try:
            context = self._context(kind)
            family = self._mapping(kind).family(self._family_rows(kind, [done.id], context), done.id)
            rows = [Row(place, one, {}) for place, one in enumerate(family.on(days))]
            failed = [one for one in writer.send(Operation.DELETE, rows, first=False).values() if not one.ok]
        except (SideError, ValueError) as problem:
            why = problem.sentence() if isinstance(problem, SideError) else "they are not there"
            return replace(done, ok=False, error=f"done, but its occurrences could not be taken out: {why}")
        if failed:
            why = f"{len(failed)} of its occurrences could not be taken out: {failed[0].error}"
            return replace(done, ok=False, error=f"done, but {why}")
        left = [row for row in family.ids_in_order if row not in {row.id for row in rows}]
        late = len(days) - len(rows)
        note = f"{late} of the occurrences to take out are not written out in Salesforce yet" if late else ""
        # a series goes by its first occurrence
        return replace(done, id=left[0] if left else done.id, note=note)

    def _family_rows(self, kind: Kind, ids: Sequence[str], context: Context) -> Rows:
        """All occurrences of the series that these records belong to; none when not all can be read."""
        listed = ", ".join(f"'{one}'" for one in ids)
        rows = [row for page in self._select(kind, f"Id IN ({listed})", True) for row in page.rows]
        more, complete = self._rest(kind, rows, context)
        return more if complete else []

    def _row(self, kind: Kind, place: int, write: Write, context: Context) -> Row:
        """One write as a row to send. Raises UnwritableError."""
        if write.operation is Operation.CREATE:
            if why := self._keyless(context.shape):
                raise UnwritableError(why)
            # there is no undelete in REST (facts: salesforce B4): what is to be restored is made anew
            return Row(place, "", self._mapping(kind).record(write, context), key=write.key)
        if write.before is None or not is_id(write.before.id):
            raise UnwritableError("it is not known which Salesforce record this is")
        if write.before.locked:
            raise UnwritableError(f"not written: {write.before.locked}")
        record_id, seen, whole = id18(write.before.id), write.before.version, write
        if write.before.series:
            record_id, write = self._mapping(kind).of_series(write, context.found, context)
            if write.operation is Operation.UPDATE and float(self._settings.api_version) < _WHOLE_SERIES:
                raise UnwritableError(
                    f"version {self._settings.api_version} of the API would change one occurrence and not the series: "
                    f"set salesforce.api_version to {_WHOLE_SERIES}.0 or later"
                )
        if write.operation is Operation.DELETE:
            return Row(place, record_id, {}, write.before is not None and write.before.series)
        fields = self._mapping(kind).record(write, context)
        if not fields and not taken_out(whole):
            raise UnwritableError("there is nothing to change in it")
        return Row(place, record_id, fields, seen=seen)

    def _select(self, kind: Kind, condition: str, everything: bool, cancelled: CancelCheck = never) -> Iterator[Page]:
        """The pages of the kind's rows. Does without joins and without queryAll where the server has none."""
        mapping, form = self._mapping(kind), self._shape(kind)
        while True:
            related = mapping.related(form) if self._joins else []
            soql = f"SELECT {', '.join(mapping.columns(form) + related)} FROM {mapping.sobject} WHERE {condition}"
            try:
                yield from self._gateway.query(soql, everything=everything and self._query_all, cancelled=cancelled)
                return
            except GatewayError as problem:
                # only a first page can fail like this, so nothing has been given out twice
                if related and problem.failure.code in ("INVALID_FIELD", "MALFORMED_QUERY", "INVALID_TYPE"):
                    self._joins = False
                elif everything and self._query_all and missing(problem):
                    self._query_all = False
                else:
                    raise

    def _look(self, kind: Kind, ids: Sequence[str], context: Context) -> dict[str, Sighting]:
        listed = ", ".join(f"'{one}'" for one in ids)
        found: dict[str, Sighting] = {}
        complete = True
        rows: list[Mapping[str, Any]] = []
        for page in self._select(kind, f"Id IN ({listed})", True):
            complete = complete and not page.cut
            rows += page.rows
        more, whole = self._rest(kind, [row for row in rows if not row.get("IsDeleted")], context)
        parts = self._mapping(kind).whole(more, replace(context, partial=not whole))
        for row in rows:
            one = id18(str(row.get("Id") or ""))
            found[one] = self._sighting(kind, row, context)
            if one in parts and found[one].fate is not Fate.DELETED:
                series = parts[one]
                found[one] = Sighting(Fate.DELETED) if series is None else Sighting(Fate.HERE, series)
            elif found[one].fate is Fate.HERE and self._mapping(kind).rest([row], context):
                found[one] = Sighting(Fate.UNREADABLE, detail="the rest of its series was not to be found")
        absent = [one for one in ids if one not in found]
        lately = self._deleted_lately(kind, context.now) if absent and complete and self._query_all else frozenset()
        for one in absent:
            if not complete:
                found[one] = Sighting(Fate.UNREADABLE, detail="the server gave only a part of its answer")
            elif self._query_all:
                # a deleted record is in queryAll while it is in the recycle bin; somebody else's private one never is
                found[one] = Sighting(Fate.DELETED if one in lately else Fate.MISSING)
            else:
                found[one] = self._look_alone(kind, one, context)
        return found

    def _deleted_lately(self, kind: Kind, now: datetime) -> frozenset[str]:
        """The ids of what was deleted within the last fortnight, gone from the recycle bin or not (facts: B4).

        None where the server does not tell.
        """
        # seconds are ignored, and the last minute counts too
        window = {"start": times.wire(now - _DELETED_LATELY), "end": times.wire(now + timedelta(minutes=1))}
        try:
            answer = self._gateway.get(f"sobjects/{self._mapping(kind).sobject}/deleted/", window)
        except GatewayError as problem:
            if problem.failure.sort is Sort.REFUSED or missing(problem):
                return frozenset()
            raise
        told = answer.get("deletedRecords") if isinstance(answer, Mapping) else None
        rows = told if isinstance(told, list) else []
        return frozenset(id18(str(row["id"])) for row in rows if isinstance(row, Mapping) and is_id(str(row.get("id"))))

    def _look_alone(self, kind: Kind, record_id: str, context: Context) -> Sighting:
        """Without queryAll, a row that a query leaves out may be archived: its own address tells."""
        try:
            row = self._gateway.record(self._mapping(kind).sobject, record_id)
        except GatewayError as problem:
            if problem.failure.code in _GONE or missing(problem):
                return Sighting(Fate.DELETED)
            raise
        if not isinstance(row, Mapping):
            return Sighting(Fate.UNREADABLE, detail="the server's answer is not a record")
        return self._sighting(kind, row, context)

    def _sighting(self, kind: Kind, row: Mapping[str, Any], context: Context) -> Sighting:
        mapping = self._mapping(kind)
        if row.get("IsDeleted"):
            return Sighting(Fate.DELETED)
        owner = id18(str(row.get("OwnerId") or context.user_id))
        try:
            item = mapping.item(row, context)
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            return Sighting(Fate.UNREADABLE, detail=mapping.unreadable(row, problem).why)
        if owner != context.user_id and not mapping.reach:
            return Sighting(Fate.OTHER_OWNER, item, name_of(row, "Owner"))
        return Sighting(Fate.ARCHIVED if row.get("IsArchived") else Fate.HERE, item)

    def _mapping(self, kind: Kind) -> ObjectMapping:
        return self._mappings[kind]

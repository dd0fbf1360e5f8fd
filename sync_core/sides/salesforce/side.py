"""Salesforce as a side: the Protocol of `sync_core.sides` over REST."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sync_core.compare import alike
from sync_core.errors import CancelledError, SideError
from sync_core.items import Item, Kind, SideName
from sync_core.settings.models import SalesforceSettings
from sync_core.sides import (
    Allowance,
    CancelCheck,
    Description,
    Operation,
    Outcome,
    Person,
    Progress,
    ProgressSink,
    Reading,
    Ref,
    Sighting,
    Sought,
    Window,
    Write,
)
from sync_core.sides.salesforce import last_moment, people
from sync_core.sides.salesforce.contacts import ContactMapping
from sync_core.sides.salesforce.events import EventMapping
from sync_core.sides.salesforce.gateway import Gateway
from sync_core.sides.salesforce.ids import id18, is_id
from sync_core.sides.salesforce.looking import IDS, Looker
from sync_core.sides.salesforce.mapping import Context, ObjectMapping, UnwritableError
from sync_core.sides.salesforce.reader import Reader
from sync_core.sides.salesforce.series import taken_out
from sync_core.sides.salesforce.shape import Shape
from sync_core.sides.salesforce.soql import literal
from sync_core.sides.salesforce.tasks import TaskMapping
from sync_core.sides.salesforce.transport import Usage
from sync_core.sides.salesforce.writing import BATCH, PARTS, Row, Writer

# from this version on, changing an occurrence to come changes its series (facts: salesforce B1)
_WHOLE_SERIES: Final = 58
# our clock and the server's may differ by so much
_CLOCKS_DIFFER: Final = timedelta(minutes=5)
_VERBS: Final = {Operation.CREATE: "create", Operation.UPDATE: "change", Operation.DELETE: "delete"}


def _names(sought: Sequence[Sought]) -> set[str]:
    return {name for one in sought for name in one.fields}


def _holds(item: Item, one: Sought, settable: set[str]) -> bool:
    """Whether an item has all of what was sent, as far as it could be set and is known."""
    return all(alike(item.fields[n], v) for n, v in one.fields.items() if n in settable and n in item.fields)


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
    look_size: Final = IDS

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
        self._gateway = Gateway(settings, secrets, sleep, timeout)
        mappings: dict[Kind, ObjectMapping] = {
            Kind.CALENDAR: EventMapping(),
            Kind.CONTACTS: ContactMapping(settings.contacts, settings.account_match),
            Kind.TASKS: TaskMapping(),
        }
        self._reader = Reader(self._gateway, settings, zone, clock, mappings)
        self._looker = Looker(self._gateway, self._reader)
        self._writers: dict[Kind, Writer] = {}

    @property
    def usage(self) -> Usage | None:
        """The org's API requests within 24 hours, as the last answer told; None when it did not."""
        return self._gateway.usage

    def describe(self, kind: Kind) -> Description:
        """Who is signed in and what this user may do with the kind's object."""
        # the object first: a server that is not Salesforce shows it there
        context, who, mapping = self._reader.context(kind), self._reader.who(), self._reader.mapping(kind)
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
        mapping, context = self._reader.mapping(kind), self._reader.context(kind)
        everything = mapping.reaches_archive(window, context.now)
        condition = mapping.condition(context, window)
        if everything and context.shape.has("IsDeleted"):
            condition += " AND IsDeleted = false"
        if cancelled():
            raise CancelledError
        rows: list[Mapping[str, Any]] = []
        complete = True
        progress(Progress(self.name, 0, None, mapping.what))
        for page in self._reader.select(kind, condition, everything, cancelled):
            rows += page.rows
            complete = complete and not page.cut
            progress(Progress(self.name, len(rows), page.total, mapping.what))
        # what queryAll may have held back is not deleted: nothing may be concluded from its absence
        complete = complete and (self._reader.query_all or not everything)
        alive = [row for row in rows if row.get("IsDeleted") is not True]
        more, whole = self._reader.rest(kind, alive, context, cancelled)
        complete = complete and whole
        items, unreadable = mapping.reading([*alive, *more], replace(context, partial=not whole), window)
        return Reading(tuple(items), tuple(unreadable), complete, tuple(mapping.remains([*alive, *more], context)))

    def look(self, kind: Kind, refs: Sequence[Ref]) -> dict[str, Sighting]:
        """The records behind `refs`, deleted and archived ones included."""
        return self._looker.look(kind, refs)

    def write(self, kind: Kind, writes: Sequence[Write]) -> list[Outcome]:
        """Creates, then updates, then deletes: a request for each, and one per 25 updates.

        Raises only if nothing at all was written. Updates of what has changed since it was read are refused, deletes
        are not: see `writing`.
        """
        mapping, context = self._reader.mapping(kind), self._reader.context(kind)
        found = [
            *self._reader.answers(mapping.questions(writes, context)),
            *self._reader.series_rows(kind, writes, context),
        ]
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
            done = writer.cut(row)
            refused = not done.ok and not done.unknown
            outcomes[row.place] = self._one_by_one(kind, row, context, writer, done) if refused else done
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
            rows = [row for page in self._reader.select(kind, f"Id IN ({listed})", True) for row in page.rows]
        except (SideError, CancelledError):
            # the deletes were done; this look is for what hardly ever happens
            return {}
        return last_moment.noted(rows, writes, outcomes, self._reader.mapping(kind), context)

    def find(self, kind: Kind, sought: Sequence[Sought]) -> list[tuple[Item, ...]]:
        """The records that creates of ours may have made: by our name for them, where the org has a field for it, else
        the signed-in user's own of about that time with the very content that was sent."""
        context, mapping, key_field = (
            self._reader.context(kind),
            self._reader.mapping(kind),
            self._settings.external_id_field,
        )
        if not sought:
            return []
        if key_field:
            return [self._keyed(kind, one.key, context) for one in sought]
        since = min(datetime.fromisoformat(one.since) for one in sought) - _CLOCKS_DIFFER
        who = literal(context.user_id)
        condition = f"OwnerId = {who} AND CreatedById = {who} AND CreatedDate >= {since:%Y-%m-%dT%H:%M:%SZ}"
        items = self._reader.found(kind, condition, context)
        settable = {n for n in _names(sought) if n not in mapping.unwritable(context.shape, Operation.CREATE)}
        return [tuple(item for item in items if _holds(item, one, settable)) for one in sought]

    def people(self, addresses: Sequence[str], cancelled: CancelCheck) -> dict[str, tuple[Person, ...]]:
        """The contacts this user may read that have these addresses, whoever owns them; several addresses a request.

        Nobody where this user cannot set WhoId of a new event, or may not read contacts.
        """
        if not self._reader.shape(Kind.CALENDAR).can_write("WhoId", Operation.CREATE):
            return {}
        rows: list[Mapping[str, Any]] = []
        for question in people.questions(addresses):
            if cancelled():
                raise CancelledError
            rows += self._reader.answers([question])
        return people.found(rows)

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
        return tuple(self._reader.found(kind, f"{field} = {literal(key)}", context)) if key else ()

    def _take_out(self, kind: Kind, done: Outcome, days: Sequence[date], writer: Writer) -> Outcome:
        """Deletes the occurrences of a series on these local days. A failure leaves the rest to the next comparison."""
        try:
            context = self._reader.context(kind)
            family = self._reader.mapping(kind).family(self._reader.family_rows(kind, [done.id], context), done.id)
            ids = family.on(days)
            failed = [one for one in writer.delete(ids) if not one.ok]
        except (SideError, ValueError) as problem:
            why = problem.sentence() if isinstance(problem, SideError) else "they are not there"
            return replace(done, ok=False, error=f"done, but its occurrences could not be taken out: {why}")
        if failed:
            why = f"{len(failed)} of its occurrences could not be taken out: {failed[0].error}"
            return replace(done, ok=False, error=f"done, but {why}")
        left = [one for one in family.ids_in_order if one not in ids]
        late = len(days) - len(ids)
        note = f"{late} of the occurrences to take out are not written out in Salesforce yet" if late else ""
        # a series goes by its first occurrence
        return replace(done, id=left[0] if left else done.id, note=note)

    def _one_by_one(self, kind: Kind, row: Row, context: Context, writer: Writer, refused: Outcome) -> Outcome:
        """Deletes what is to come of a series that cannot be cut from `row` on, as after it was moved to an earlier
        hour than its pattern began with (recalled); what else stands in the way refuses these, too."""
        try:
            family = self._reader.mapping(kind).family(context.found, row.id)
        except ValueError:
            return refused
        done = writer.delete([id18(str(one["Id"])) for one in family.ahead(context.now)])
        failed = next((one for one in done if not one.ok), None)
        return Outcome(True, row.id) if failed is None else replace(failed, id=row.id)

    def _row(self, kind: Kind, place: int, write: Write, context: Context) -> Row:
        """One write as a row to send. Raises UnwritableError."""
        if write.operation is Operation.CREATE:
            if why := self._keyless(context.shape):
                raise UnwritableError(why)
            # there is no undelete in REST (facts: salesforce B4): what is to be restored is made anew
            return Row(place, "", self._reader.mapping(kind).record(write, context), key=write.key)
        if write.before is None or not is_id(write.before.id):
            raise UnwritableError("it is not known which Salesforce record this is")
        if write.before.locked:
            raise UnwritableError(f"not written: {write.before.locked}")
        record_id, seen, whole = id18(write.before.id), write.before.version, write
        if write.before.series:
            record_id, write = self._reader.mapping(kind).of_series(write, context.found, context)
            if write.operation is Operation.UPDATE and float(self._settings.api_version) < _WHOLE_SERIES:
                raise UnwritableError(
                    f"version {self._settings.api_version} of the API would change one occurrence and not the series: "
                    f"set salesforce.api_version to {_WHOLE_SERIES}.0 or later"
                )
        if write.operation is Operation.DELETE:
            return Row(place, record_id, {}, write.before is not None and write.before.series)
        fields = self._reader.mapping(kind).record(write, context)
        if not fields and not taken_out(whole):
            raise UnwritableError("there is nothing to change in it")
        return Row(place, record_id, fields, seen=seen)

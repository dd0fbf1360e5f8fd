"""One record asked for by its id: there, deleted, archived, somebody else's, or not to be seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sync_core.items import Fields, Item, Kind
from sync_core.series import has_ended
from sync_core.sides import Fate, Ref, Sighting
from sync_core.sides.salesforce import times
from sync_core.sides.salesforce.failures import GatewayError, Sort
from sync_core.sides.salesforce.gateway import Gateway, missing
from sync_core.sides.salesforce.ids import id18, is_id
from sync_core.sides.salesforce.mapping import Context
from sync_core.sides.salesforce.reader import Reader
from sync_core.sides.salesforce.rows import name_of

# ids per IN list: the address of a GET may have 16,384 bytes (facts: salesforce B4, URI)
IDS: Final = 400
# what a record's own address answers when it is gone (facts: salesforce B4, transient)
_GONE: Final = ("ENTITY_IS_DELETED", "NOT_FOUND", "INVALID_CROSS_REFERENCE_KEY")
# the log of deletes goes back 15 days, by the server's clock (facts: salesforce B4, getDeleted)
_DELETED_LATELY: Final = timedelta(days=14)


class Looker:
    """Looks for single records. All calls may raise SideError, SignInError and SettingsError."""

    def __init__(self, gateway: Gateway, reader: Reader) -> None:
        self._gateway = gateway
        self._reader = reader

    def look(self, kind: Kind, refs: Sequence[Ref]) -> dict[str, Sighting]:
        """The records behind `refs`, deleted and archived ones included."""
        context = self._reader.context(kind)
        wanted = list(dict.fromkeys(id18(ref.id) for ref in refs if is_id(ref.id)))
        known = {id18(ref.id): ref.known for ref in refs if is_id(ref.id)}
        found: dict[str, Sighting] = {}
        for at in range(0, len(wanted), IDS):
            found |= self._look(kind, wanted[at : at + IDS], known, context)
        stranger = Sighting(Fate.UNREADABLE, detail="this is not a Salesforce id")
        return {ref.id: found.get(id18(ref.id), stranger) for ref in refs}

    def _look(
        self, kind: Kind, ids: Sequence[str], known: Mapping[str, Fields], context: Context
    ) -> dict[str, Sighting]:
        listed = ", ".join(f"'{one}'" for one in ids)
        found: dict[str, Sighting] = {}
        complete = True
        rows: list[Mapping[str, Any]] = []
        for page in self._reader.select(kind, f"Id IN ({listed})", True):
            complete = complete and not page.cut
            rows += page.rows
        more, whole = self._reader.rest(kind, [row for row in rows if not row.get("IsDeleted")], context)
        parts = self._reader.mapping(kind).whole(more, replace(context, partial=not whole))
        for row in rows:
            one = id18(str(row.get("Id") or ""))
            found[one] = self._sighting(kind, row, context)
            if one in parts and found[one].fate is not Fate.DELETED:
                found[one] = self._of_series(kind, one, parts[one], more, known[one], context)
            elif found[one].fate is Fate.HERE and self._reader.mapping(kind).rest([row], context):
                found[one] = Sighting(Fate.UNREADABLE, detail="the rest of its series was not to be found")
        absent = [one for one in ids if one not in found]
        lately = (
            self._deleted_lately(kind, context.now) if absent and complete and self._reader.query_all else frozenset()
        )
        for one in absent:
            if not complete:
                found[one] = Sighting(Fate.UNREADABLE, detail="the server gave only a part of its answer")
            elif self._reader.query_all:
                # a deleted record is in queryAll while it is in the recycle bin; somebody else's private one never is
                found[one] = Sighting(Fate.DELETED if one in lately else Fate.MISSING)
            else:
                found[one] = self._look_alone(kind, one, context)
        return found

    def _of_series(
        self,
        kind: Kind,
        one: str,
        series: Item | None,
        rows: Sequence[Mapping[str, Any]],
        known: Fields,
        context: Context,
    ) -> Sighting:
        """What became of a series that one of its occurrences was asked for; its past stays when the rest goes.

        One that was cut before, and of which all that was `known` is past by now, has ended: nobody deleted it since.
        """
        if series is not None:
            return Sighting(Fate.HERE, series)
        left = self._reader.mapping(kind).left(rows, one, context)
        if left is None or not has_ended(known, context.now):
            return Sighting(Fate.DELETED, left=left)
        as_known = {name: known[name] for name in ("when", "exceptions") if name in known}
        return Sighting(Fate.HERE, replace(left, fields={**left.fields, **as_known}))

    def _deleted_lately(self, kind: Kind, now: datetime) -> frozenset[str]:
        """The ids of what was deleted within the last fortnight, gone from the recycle bin or not (facts: B4).

        None where the server does not tell.
        """
        # seconds are ignored, and the last minute counts too
        window = {"start": times.wire(now - _DELETED_LATELY), "end": times.wire(now + timedelta(minutes=1))}
        try:
            answer = self._gateway.get(f"sobjects/{self._reader.mapping(kind).sobject}/deleted/", window)
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
            row = self._gateway.record(self._reader.mapping(kind).sobject, record_id)
        except GatewayError as problem:
            if problem.failure.code in _GONE or missing(problem):
                return Sighting(Fate.DELETED)
            raise
        if not isinstance(row, Mapping):
            return Sighting(Fate.UNREADABLE, detail="the server's answer is not a record")
        return self._sighting(kind, row, context)

    def _sighting(self, kind: Kind, row: Mapping[str, Any], context: Context) -> Sighting:
        mapping = self._reader.mapping(kind)
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

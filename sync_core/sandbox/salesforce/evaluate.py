"""Answers a parsed query: names and conditions are checked, then rows are filtered, sorted and shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sync_core.sandbox.salesforce.conditions import Conditions
from sync_core.sandbox.salesforce.errors import query_error
from sync_core.sandbox.salesforce.event_rules import Row
from sync_core.sandbox.salesforce.fields import Field
from sync_core.sandbox.salesforce.paths import POLYMORPHIC, Found, Getter, Names
from sync_core.sandbox.salesforce.soql import Comparison, Condition, Query
from sync_core.sandbox.salesforce.values import show

if TYPE_CHECKING:
    from sync_core.sandbox.salesforce.store import Actor, Org


# filters that narrow a scan of events; facts B1 name StartDateTime, the others are indexed as well (recalled)
_INDEXED: Final = frozenset(
    {"id", "startdatetime", "enddatetime", "activitydate", "activitydatetime", "systemmodstamp", "createddate", "whoid"}
)


def run(org: Org, actor: Actor, query: Query, *, everything: bool) -> tuple[list[dict[str, object]], int]:
    """The rows of the reply and their number; for COUNT() no rows. `everything` is queryAll. Raises ApiError."""
    names = Names(org, actor, query)
    columns = names.columns()
    test = Conditions(names).test(query.where) if query.where else None
    keys = [(names.sort_key(order.path, order.position), order) for order in query.order]
    _restrictions(names)
    rows = org.scan(actor, names.table.name, everything=everything)
    if test is not None:
        rows = [row for row in rows if test(row)]
    if not query.count:
        # without ORDER BY the order means nothing; it is made to look like that, the same way every time
        rows.sort(key=lambda row: cast(str, row["Id"])[14::-1])
        for read, order in reversed(keys):
            _sort(rows, read, order.descending, order.nulls_last)
    rows = rows[query.offset :]
    if query.limit is not None:
        rows = rows[: query.limit]
    return [] if query.count else [_show(names, row, columns) for row in rows], len(rows)


def attributes(sobject: str, record_id: object, version: int) -> dict[str, object]:
    """The `attributes` of a row in a reply."""
    return {"type": sobject, "url": f"/services/data/v{version}.0/sobjects/{sobject}/{record_id}"}


def _restrictions(names: Names) -> None:
    """What may not be asked of an object as a whole (facts B1 and B4). Raises ApiError."""
    comparisons = _comparisons(names.query.where)
    if names.table.name == "Event" and len(names.org.raw("Event")) > names.org.largest_scan:
        # facts B1: huge scans are refused; filter on StartDateTime
        if not {each.path[-1].lower() for each in comparisons if each.operator not in ("!=", "not in")} & _INDEXED:
            raise query_error(
                "OPERATION_TOO_LARGE", "The query would look at too many events. Use a more selective filter."
            )
        return
    if names.table.name != "ContentDocumentLink":
        return
    filtered = {each.path[-1].lower() for each in comparisons if each.operator in ("=", "in")}
    if not filtered & {"id", "linkedentityid", "contentdocumentid"}:
        raise query_error(
            "MALFORMED_QUERY",
            "Implementation restriction: ContentDocumentLink requires a filter by a single Id on ContentDocumentId"
            " or LinkedEntityId using the equals operator or multiple Id's using the IN operator.",
        )


def _comparisons(condition: Condition | None) -> list[Comparison]:
    """The comparisons that hold for every row: those joined by AND."""
    if isinstance(condition, Comparison):
        return [condition]
    if condition is None or condition.operator != "and":
        return []
    return [each for part in condition.parts for each in _comparisons(part)]


def _show(names: Names, row: Row, columns: list[Found]) -> dict[str, object]:
    shown: dict[str, object] = {"attributes": attributes(names.table.name, row["Id"], names.actor.version)}
    for column in columns:
        if len(column.names) == 1:
            shown[column.names[0]] = show(column.read(row))
        else:
            _nest(names, shown, row, column)
    return shown


def _nest(names: Names, shown: dict[str, object], row: Row, column: Found) -> None:
    """Puts a parent's field into an object of its own; null where there is no parent."""
    table, parent, inside = names.table, row, shown
    for name in column.names[:-1]:
        link = cast(Field, table.by_relationship(name, names.actor.version))
        following = names.parent(link)(parent)
        if following is None:
            inside[name] = None
            return
        sobject = names.org.prefixes[cast(str, following["Id"])[:3]]
        if name not in inside:
            about = attributes(sobject, following["Id"], names.actor.version)
            inside[name] = {"attributes": about | ({"type": "Name"} if name in POLYMORPHIC else {})}
        inside = cast(dict[str, object], inside[name])
        table, parent = names.org.schema[sobject], following
    inside[column.names[-1]] = show(column.read(row))


def _sort(rows: list[Row], read: Getter, descending: bool, nulls_last: bool) -> None:
    """Sorts in place, text without regard to case; nulls come first unless asked otherwise."""
    empty = [row for row in rows if read(row) is None]
    full = [row for row in rows if read(row) is not None]
    full.sort(key=lambda row: value.lower() if isinstance(value := read(row), str) else value, reverse=descending)
    rows[:] = full + empty if nulls_last else empty + full

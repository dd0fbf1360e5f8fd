"""getUpdated and getDeleted: the ids of what changed or went away in a span of time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, cast

from sync_core.sandbox.salesforce.errors import ApiError, not_found
from sync_core.sandbox.salesforce.fields import SObject
from sync_core.sandbox.salesforce.store import Org
from sync_core.sandbox.salesforce.times import parse_datetime, show_datetime

# how far back the windows reach (facts B4)
UPDATED_DAYS: Final = 30
DELETED_DAYS: Final = 15


def updated(org: Org, table: SObject, query: Mapping[str, str]) -> dict[str, object]:
    """The ids of records whose SystemModstamp is in [start, end), also created ones, not deleted ones."""
    start, end, covered = _window(org, table, query, UPDATED_DAYS)
    with org.lock:
        org.sweep()
        ids = [
            row_id
            for row_id, row in org.raw(table.name).items()
            if not row.get("IsDeleted") and start <= cast(datetime, row["SystemModstamp"]) < end
        ]
    return {"ids": ids, "latestDateCovered": show_datetime(covered)}


def deleted(org: Org, table: SObject, query: Mapping[str, str]) -> dict[str, object]:
    """What was deleted in [start, end), even if it has left the recycle bin since."""
    start, end, covered = _window(org, table, query, DELETED_DAYS)
    with org.lock:
        found = [
            {"id": record_id, "deletedDate": show_datetime(when)}
            for sobject, record_id, when in org.deletions
            if sobject == table.name and start <= when < end
        ]
    earliest = max(org.now() - timedelta(days=DELETED_DAYS), org.deletions_since)
    return {
        "deletedRecords": found,
        "earliestDateAvailable": show_datetime(earliest),
        "latestDateCovered": show_datetime(covered),
    }


def _window(org: Org, table: SObject, query: Mapping[str, str], most_days: int) -> tuple[datetime, datetime, datetime]:
    """Start and end to the minute, and the date that the reply covers. Raises ApiError."""
    if "IsDeleted" not in table.fields:
        raise not_found()
    start, end = (_moment(query, name) for name in ("start", "end"))
    now = org.now()
    if start >= end:
        raise ApiError(400, "INVALID_REPLICATION_DATE", "startDate must be before endDate")
    if end - start < timedelta(minutes=1):
        raise ApiError(400, "INVALID_REPLICATION_DATE", "endDate must be at least one minute after startDate")
    if start < now - timedelta(days=most_days, minutes=1):
        raise ApiError(
            400, "INVALID_REPLICATION_DATE", f"startDate before org replication enabled date or {most_days} days ago"
        )
    if start > now:
        raise ApiError(400, "INVALID_REPLICATION_DATE", "startDate cannot be in the future")
    return start, end, min(end, now.replace(second=0))


def _moment(query: Mapping[str, str], name: str) -> datetime:
    text = query.get(name)
    found = parse_datetime(text) if text else None
    if found is None:
        raise ApiError(400, "INVALID_REPLICATION_DATE", f"{name} parameter is missing or is not a valid date: {text}")
    # seconds are ignored: 12:35:15 counts as 12:35:00 (facts B4)
    return found.replace(second=0)

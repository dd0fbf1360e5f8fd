"""Taking single occurrences out of a series: deleted one by one, by their place in it (facts: exchange A.10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import takewhile
from typing import Final

from exchangelib.errors import ErrorCalendarOccurrenceIsDeletedFromRecurrence, ErrorItemNotFound
from exchangelib.items import ALL_OCCURRENCES, MOVE_TO_DELETED_ITEMS, SEND_TO_NONE
from exchangelib.properties import OccurrenceItemId

from sync_core import series
from sync_core.items import When
from sync_core.recurrence import days as days_of
from sync_core.sides import Operation, Outcome, Write
from sync_core.sides.outlook.connection import Connection
from sync_core.sides.outlook.problems import judge, reason
from sync_core.sides.outlook.services import SafeDeleteItem

# as it was wanted
_GONE: Final = (ErrorCalendarOccurrenceIsDeletedFromRecurrence, ErrorItemNotFound)


def take_out(connection: Connection, write: Write, done: Outcome) -> Outcome:
    """What became of a write whose series is `done`, after the occurrences that it takes out are deleted, too.

    A failure leaves the rest to the next comparison, which finds the series by its mark.
    """
    if write.operation is Operation.DELETE or not write.fields.get("exceptions"):
        return done
    before = write.before.fields if write.before else {}
    when = write.fields.get("when") or before.get("when")
    wanted = series.to_take_out(str(before.get("exceptions") or ""), str(write.fields["exceptions"]))
    if not wanted or not isinstance(when, When):
        return done
    ids = [OccurrenceItemId(id=done.id, instance_index=place) for place in _places(when, wanted)]
    try:
        answers = SafeDeleteItem(account=connection.account).call(
            items=ids,
            delete_type=MOVE_TO_DELETED_ITEMS,
            send_meeting_cancellations=SEND_TO_NONE,
            affected_task_occurrences=ALL_OCCURRENCES,
            suppress_read_receipts=True,
        )
        failed = [one for one in answers if isinstance(one, Exception) and not isinstance(one, _GONE)]
    except Exception as problem:  # judge tells them apart
        return replace(done, ok=False, error=_sentence(judge(problem).error.sentence()))
    return replace(done, ok=False, error=_sentence(reason(failed[0]))) if failed else done


def _places(when: When, wanted: Sequence[date]) -> list[int]:
    """The places of these days in the series, counted from 1, those that were deleted included."""
    pattern, last = series.pattern_of(when), max(wanted)
    if pattern is None:
        return []
    found = takewhile(lambda day: day <= last, days_of(pattern, series.first_day(when)))
    return [place for place, day in enumerate(found, 1) if day in wanted]


def _sentence(why: str) -> str:
    return f"done, but its occurrences could not be taken out: {why}"

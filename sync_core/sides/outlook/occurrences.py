"""Single occurrences of a series: taken out or changed one by one, by their place in it (facts: exchange A.10)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import takewhile
from typing import Final

from exchangelib.errors import ErrorCalendarOccurrenceIsDeletedFromRecurrence, ErrorItemNotFound
from exchangelib.items import ALL_OCCURRENCES, MOVE_TO_DELETED_ITEMS, NEVER_OVERWRITE, SAVE_ONLY, SEND_TO_NONE
from exchangelib.properties import OccurrenceItemId

from sync_core import series
from sync_core.items import Fields, Item, Value, When
from sync_core.recurrence import ChangedOccurrence
from sync_core.recurrence import days as days_of
from sync_core.recurrence.exceptions import moment_text
from sync_core.sides import Operation, Outcome, Write
from sync_core.sides.outlook import events
from sync_core.sides.outlook.connection import Connection
from sync_core.sides.outlook.getting import CHUNK
from sync_core.sides.outlook.problems import judge, reason
from sync_core.sides.outlook.services import Parsed, SafeDeleteItem, SafeGetItem, SafeUpdateItem, paths

# as it was wanted
_GONE: Final = (ErrorCalendarOccurrenceIsDeletedFromRecurrence, ErrorItemNotFound)


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Brings the occurrences of series to where the exceptions of a write want them."""

    connection: Connection
    to_item: Callable[[Parsed], Item]

    def settled(self, write: Write, done: Outcome) -> Outcome:
        """What became of a write whose series is `done`, after its occurrences are taken out and changed, too.

        A failure leaves the rest to the next comparison, which finds the series by its mark.
        """
        if write.operation is Operation.DELETE:
            return done
        before: Fields = write.before.fields if write.before else {}
        fields = {**before, **write.fields}
        when, wanted = fields.get("when"), str(fields.get("exceptions") or "")
        moved = when != before.get("when")
        if not isinstance(when, When) or not wanted or not (moved or "exceptions" in write.fields):
            return done
        # a series that gets another time or pattern forgets what was changed and deleted in it (recalled, as Outlook
        # itself warns): all of that is brought about anew, and what is as it should be is left alone
        now = "" if moved else str(before.get("exceptions") or "")
        gone, changed = series.to_take_out(now, wanted), series.changed_by(now, wanted).changed
        for days, what, verb in ((gone, self._take_out, "taken out"), (changed, None, "changed")):
            if not days:
                continue
            try:
                why = what(done.id, when, gone) if what is not None else self._change(done.id, when, changed, fields)
            except Exception as problem:  # judge tells them apart
                why = judge(problem).error.sentence()
            if why:
                return replace(done, ok=False, error=f"done, but its occurrences could not be {verb}: {why}")
        return done

    def _take_out(self, series_id: str, when: When, days: Sequence[date]) -> str:
        ids = [OccurrenceItemId(id=series_id, instance_index=place) for place in _places(when, days).values()]
        if not ids:
            return ""
        answers = SafeDeleteItem(account=self.connection.account).call(
            items=ids,
            delete_type=MOVE_TO_DELETED_ITEMS,
            send_meeting_cancellations=SEND_TO_NONE,
            affected_task_occurrences=ALL_OCCURRENCES,
            suppress_read_receipts=True,
        )
        failed = [one for one in answers if isinstance(one, Exception) and not isinstance(one, _GONE)]
        return reason(failed[0]) if failed else ""

    def _change(self, series_id: str, when: When, changed: Sequence[ChangedOccurrence], of: Fields) -> str:
        """Why an occurrence could not be changed; "" when all are as they should be.

        One by one, each read just before: changing one moves the ChangeKey of all others.
        """
        wanted = {series.local_day_of(one.original, when): one for one in changed}
        for day, place in _places(when, list(wanted)).items():
            why = self._change_one(OccurrenceItemId(id=series_id, instance_index=place), _fields(wanted[day], of))
            if why:
                return why
        return ""

    def _change_one(self, occurrence: OccurrenceItemId, wanted: Fields) -> str:
        account, mapping = self.connection.account, events.MAPPING
        if problem := mapping.check(wanted):
            return problem
        fields = paths(mapping.model, mapping.fields, account.version)
        getter = SafeGetItem(account=account, chunk_size=CHUNK)
        (answer,) = self.connection.read(lambda: getter.read([occurrence], fields))
        if isinstance(answer, Exception):
            return reason(answer)
        if not isinstance(answer, Parsed):
            return "one of them cannot be read"
        change = mapping.changed_item(wanted, "", self.to_item(answer), answer, account)
        if not change.names:
            # as it should be already
            return ""
        done = SafeUpdateItem(account=account).call(
            items=[(change.item, change.names)],
            conflict_resolution=NEVER_OVERWRITE,
            message_disposition=SAVE_ONLY,
            send_meeting_invitations_or_cancellations=SEND_TO_NONE,
            suppress_read_receipts=True,
        )
        return next((reason(one) for one in done if isinstance(one, Exception)), "")


def _fields(one: ChangedOccurrence, of: Fields) -> dict[str, Value]:
    """All that an occurrence shall have: its own, and for the rest what its series has."""
    own = dict(one.fields)
    wanted: dict[str, Value] = {n: own.get(n, of[n]) for n in series.OWN_FIELDS if n in own or n in of}
    wanted["when"] = When(moment_text(one.start), moment_text(one.end), not isinstance(one.start, datetime))
    return wanted


def _places(when: When, wanted: Sequence[date]) -> dict[date, int]:
    """The places of these days in the series, counted from 1, those that were deleted included."""
    pattern, last = series.pattern_of(when), max(wanted)
    if pattern is None:
        return {}
    found = takewhile(lambda day: day <= last, days_of(pattern, series.first_day(when)))
    return {day: place for place, day in enumerate(found, 1) if day in wanted}

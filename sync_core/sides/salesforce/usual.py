"""What the occurrences of a Lightning series usually have, and which of them have something else.

Salesforce marks an occurrence that was changed by itself (IsRecurrence2Exception). Whether the mark stays when the
series is changed after it is not documented, and the occurrence stays where it was moved to: so what lies beside its
pattern, or is otherwise than its neighbours, was changed by itself, marked or not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sync_core import text
from sync_core.sides.salesforce import times

Row = Mapping[str, Any]

# of the fields that an occurrence may have of its own; a reminder reads differently once it has fired
_VALUES: Final = ("Subject", "Location", "Description", "ShowAs")
# past ones that say, beside those to come, at what hour a series is: a series that moved has none that do (facts:
# salesforce B1, IsRecurrence2Exclusion)
_PAST: Final = 3


def zone_of(row: Row) -> ZoneInfo:
    """The series' own zone. Raises ValueError when there is none of that name."""
    name = str(row.get("Recurrence2PatternTimeZone") or "")
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"its time zone is not known ({text.shorten(text.plain(name), 40) or 'none'})") from None


def day_of(row: Row) -> date:
    """The local day on which an occurrence starts; in UTC when its zone is not known."""
    start = times.instant(str(row["StartDateTime"]))
    try:
        return start.date() if row.get("IsAllDayEvent") else start.astimezone(zone_of(row)).date()
    except ValueError:
        return start.date()


def ends_of(row: Row) -> tuple[datetime, datetime]:
    """The start and the end of an occurrence, in UTC."""
    start = times.instant(str(row["StartDateTime"]))
    return start, times.instant(str(row["EndDateTime"])) if row.get("EndDateTime") else start


def plain(row: Row) -> bool:
    """Whether Salesforce says of an occurrence that it is as its series is."""
    return not (row.get("IsRecurrence2Exception") or row.get("IsRecurrence2Exclusion"))


def steady(row: Row) -> bool:
    """Whether the clock does not change on the days of an occurrence."""
    if row.get("IsAllDayEvent"):
        return True
    try:
        zone = zone_of(row)
    except ValueError:
        return True
    start, end = ends_of(row)
    before, after = start.astimezone(zone) - timedelta(days=1), end.astimezone(zone) + timedelta(days=1)
    return before.utcoffset() == after.utcoffset()


def _clock(row: Row) -> Hashable:
    """The local time of day of an occurrence, and how long it is."""
    start, end = ends_of(row)
    if row.get("IsAllDayEvent"):
        return end - start
    try:
        zone = zone_of(row)
    except ValueError:
        return start.time(), end - start
    wall, last = (moment.astimezone(zone).replace(tzinfo=None) for moment in (start, end))
    return wall.time(), last - wall


def _values(row: Row) -> Hashable:
    return tuple(row.get(name) for name in _VALUES)


@dataclass(frozen=True, slots=True)
class Usual:
    """What most occurrences of a series have: the time of day with the length, and the other fields."""

    clock: Hashable
    values: Hashable

    @classmethod
    def of(cls, rows: Sequence[Row], now: datetime) -> Usual:
        """Of the occurrences `rows` in order. Past ones may have what the series held before, and have no say in it
        as long as there are others."""
        known = [row for row in rows if plain(row)] or list(rows)
        coming = [row for row in known if ends_of(row)[0] >= now]
        past = known[: len(known) - len(coming)][::-1]
        clocks = [row for row in (*coming, *past[:_PAST]) if steady(row)] or known
        return cls(_most(map(_clock, clocks)), _most(map(_values, coming or past[:1] or known)))

    def fits(self, row: Row) -> bool:
        """Whether an occurrence is at the usual time. One over which the clock changes cannot tell."""
        return not steady(row) or _clock(row) == self.clock

    def shown_by(self, row: Row) -> bool:
        """Whether an occurrence has all that is usual."""
        return steady(row) and _clock(row) == self.clock and _values(row) == self.values

    def alone(self, rows: Sequence[Row], on: Iterable[date], now: datetime) -> list[Row]:
        """The occurrences among `rows`, in order, that were changed by themselves; `on` are the days of the pattern.

        Of past ones without the mark those are between two that are as the series is: what was before a change of the
        series is history.
        """
        there = set(on)
        whole = [row for row in rows if plain(row)]
        like = [day_of(row) in there and self.fits(row) and _values(row) == self.values for row in whole]
        # at its hour before and after: of the first and of the last one only another time can be told from history, as
        # past ones of a series that moved are marked
        lone = (
            [not like[at] and _values(whole[at]) == self.values and any(like[1:-1]) for at in (0, -1)] if like else []
        )
        between = [*lone[:1], *(one and other for one, other in zip(like, like[2:], strict=False)), *lone[1:]]
        found = {
            row["Id"]
            for row, is_like, is_between in zip(whole, like, between, strict=False)
            if not is_like and (is_between or ends_of(row)[0] >= now)
        }
        return [row for row in rows if row.get("IsRecurrence2Exception") or row["Id"] in found]


def _most(found: Iterable[Hashable]) -> Hashable:
    """What is found most often; of several the first."""
    return Counter(found).most_common(1)[0][0]

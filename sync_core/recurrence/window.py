"""The occurrences of a series in a window: its days at its own time of day, and what differs from them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final, NamedTuple

from sync_core.recurrence.exceptions import ChangedOccurrence, Moment, in_utc, local_day, local_days, moment_text
from sync_core.recurrence.expansion import days
from sync_core.recurrence.pattern import Pattern

# more than anybody looks at; a daily series has 365 a year
LIMIT: Final = 1_000
_DAY: Final = timedelta(days=1)
_NONE: Final = timedelta()


class Occurrence(NamedTuple):
    """One event of a series: when it starts and ends now, when the pattern has it, and how it differs (if it does).

    Moments are in UTC. In an all-day series they are dates, and `end` is the last day (inclusive).
    """

    start: Moment
    end: Moment
    original: Moment
    changed: ChangedOccurrence | None = None


def occurrences(
    pattern: Pattern,
    start: Moment,
    end: Moment,
    zone: tzinfo | None,
    first: Moment,
    last: Moment,
    *,
    deleted: Iterable[Moment] = (),
    moved: Iterable[ChangedOccurrence] = (),
    limit: int = LIMIT,
) -> list[Occurrence]:
    """The occurrences that touch a window, in order, at most `limit` of them; endless patterns are fine.

    `start` and `end` are those of the series' first event: aware datetimes, or dates with `end` inclusive when it is
    all-day. `zone` is the series' own zone, in which its clock time stays the same. The window goes from `first` up to
    but not including `last`; for an all-day series both are dates, and `last` belongs to it. `deleted` are original
    starts, `moved` the changed occurrences; both are matched by their local day, as a series has one occurrence a day.
    A moved one counts where it is now, also when the pattern no longer has its day: the side says that it exists.

    Daylight saving: start and end keep their clock time, as in Outlook, so an event over the night of a change is an
    hour shorter or longer. A start that the clock jumps over is later by the jump (RFC 5545, 3.3.5), with the event as
    long as ever. A start that comes twice is the first one, unless it is the series' own first event, which stays as
    given. Where a whole day is jumped over (Apia, 30 Dec 2011), the occurrence that would fall on the same moment as
    the next one is left out.

    Raises ValueError for datetimes without a zone, a missing `zone`, dates among datetimes, or an end before the start;
    OverflowError for a first event that in its zone lies before the year 1 or after 9999; PatternError as `anchored`.
    """
    gone = local_days(deleted, zone)
    changed = {local_day(one.original, zone): one for one in moved if local_day(one.original, zone) not in gone}
    if isinstance(start, datetime):
        if zone is None:
            raise ValueError("a series with a time of day needs a time zone")
        found = _timed(
            pattern, _Timed(start, _aware(end), zone), _aware(first), _aware(last), gone | set(changed), limit
        )
    else:
        if any(isinstance(moment, datetime) for moment in (end, first, last)):
            raise ValueError("an all-day series needs dates throughout")
        found = _all_day(pattern, start, end, first, last, gone | set(changed), limit)
    for one in changed.values():
        if _touches(one.start, one.end, in_utc(first), in_utc(last)):
            found.append(Occurrence(one.start, one.end, one.original, one))
    # by their texts: an occurrence may be all-day in a series that is not
    return sorted(found, key=lambda one: (moment_text(one.start), moment_text(one.original)))[:limit]


def _aware(moment: Moment) -> datetime:
    found = in_utc(moment)
    if not isinstance(found, datetime):
        raise ValueError("a series with a time of day needs datetimes throughout")
    return found


class _Timed:
    """The first event of a series with a time of day, as a pattern for the others."""

    def __init__(self, start: datetime, end: datetime, zone: tzinfo) -> None:
        self.zone = zone
        self.start, self.end = _aware(start), end
        self.elapsed = self.end - self.start
        if self.elapsed < _NONE:
            raise ValueError("the event ends before it starts")
        self.local = self.start.astimezone(zone).replace(tzinfo=None)
        length = self.end.astimezone(zone).replace(tzinfo=None) - self.local
        # around the end of summer time the clock may stand still or go back during the first event
        self.length = length if length > _NONE else self.elapsed

    def on(self, day: date) -> tuple[datetime, datetime]:
        """Start and end on a day, in UTC. Raises OverflowError at the ends of the calendar."""
        if day == self.local.date():
            return self.start, self.end
        clock = datetime.combine(day, self.local.time())
        start = self._instant(clock)
        jumped = start.astimezone(self.zone).replace(tzinfo=None) != clock
        return start, start + self.length if jumped else self._instant(clock + self.length)

    def _instant(self, clock: datetime) -> datetime:
        # zoneinfo takes the offset from before the change for times that do not exist, and the first of two
        return clock.replace(tzinfo=self.zone, fold=0).astimezone(UTC)


def _timed(
    pattern: Pattern, event: _Timed, first: datetime, last: datetime, without: set[date], limit: int
) -> list[Occurrence]:
    found: list[Occurrence] = []
    # a local day lies within a day of the same one in UTC, on either side; and an event may last a part of a day more
    since = _back(first.date(), event.length.days + 2)
    stop = _ahead(last.date(), 1)
    previous: Occurrence | None = None
    for day in days(pattern, event.local.date(), since):
        if day > stop or len(found) >= limit:
            break
        if day in without:
            continue
        try:
            start, end = event.on(day)
        except OverflowError:
            # the calendar is at its end
            break
        if previous is not None and previous.start == start:
            continue
        previous = Occurrence(start, end, start)
        if _touches(start, end, first, last):
            found.append(previous)
    return found


def _all_day(
    pattern: Pattern, start: date, end: date, first: date, last: date, without: set[date], limit: int
) -> list[Occurrence]:
    length = end - start
    if length < _NONE:
        raise ValueError("the event ends before it starts")
    found: list[Occurrence] = []
    for day in days(pattern, start, _back(first, length.days)):
        if day > last or len(found) >= limit:
            break
        if day not in without:
            found.append(Occurrence(day, _ahead(day, length.days), day))
    return found


def _touches(start: Moment, end: Moment, first: Moment, last: Moment) -> bool:
    if isinstance(start, datetime) != isinstance(first, datetime):
        # an occurrence made all-day in a series that is not, or the other way round: by days, generously
        start, end, first, last = (_date(moment) for moment in (start, end, first, last))
    if isinstance(start, datetime):
        return start < last and (end > first or start >= first)
    return start <= last and end >= first


def _date(moment: Moment) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _back(day: date, by: int) -> date:
    return date.fromordinal(max(1, day.toordinal() - by))


def _ahead(day: date, by: int) -> date:
    return date.fromordinal(min(date.max.toordinal(), day.toordinal() + by))

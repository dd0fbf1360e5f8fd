"""Series: the patterns of EWS, and the days and moments on which they happen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice, takewhile
from typing import Final, Literal

from dateutil import rrule

Pattern = Literal["Daily", "Weekly", "AbsoluteMonthly", "RelativeMonthly", "AbsoluteYearly", "RelativeYearly"]

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS: Final = {
    "Monday": rrule.MO,
    "Tuesday": rrule.TU,
    "Wednesday": rrule.WE,
    "Thursday": rrule.TH,
    "Friday": rrule.FR,
    "Saturday": rrule.SA,
    "Sunday": rrule.SU,
}
_GROUPS: Final = {
    "Day": tuple(_WEEKDAYS),
    "Weekday": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
    "WeekendDay": ("Saturday", "Sunday"),
}
_POSITIONS: Final = {"First": 1, "Second": 2, "Third": 3, "Fourth": 4, "Last": -1}
# dateutil's numbers for its frequencies, as literals, which its type stubs ask for
_Frequency = Literal[0, 1, 2, 3]
_YEARLY: Final[_Frequency] = 0
_MONTHLY: Final[_Frequency] = 1
_WEEKLY: Final[_Frequency] = 2
_DAILY: Final[_Frequency] = 3
MAX_COUNT: Final = 999


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A pattern and its range. `end` and `count` exclude each other; with neither the series never ends.

    `days` are names of days ("Monday"; in the relative patterns also "Day", "Weekday", "WeekendDay"), `index` is
    "First" to "Last", `month` the English name.
    """

    pattern: Pattern
    start: date
    interval: int = 1
    days: tuple[str, ...] = ()
    first_day: str = "Sunday"
    day_of_month: int | None = None
    index: str | None = None
    month: str | None = None
    end: date | None = None
    count: int | None = None

    def problem(self) -> str | None:
        """Why Exchange would refuse this recurrence, or None."""
        if self.interval < 1 or self.interval > 999:
            return "The interval must be between 1 and 999."
        if self.count is not None and not 1 <= self.count <= MAX_COUNT:
            return f"The number of occurrences must be between 1 and {MAX_COUNT}."
        if self.end is not None and self.end < self.start:
            return "The recurrence ends before it starts."
        if self.day_of_month is not None and not 1 <= self.day_of_month <= 31:
            return "The day of the month must be between 1 and 31."
        if self.pattern == "Weekly" and (not self.days or set(self.days) & set(_GROUPS)):
            return "A weekly recurrence needs days of the week."
        if next(self.dates(), None) is None:
            return "The recurrence has no occurrence."
        return None

    def dates(self) -> Iterator[date]:
        """The days of the series, in order, before any is deleted or moved."""
        found = (moment.date() for moment in self._rule())
        return found if self.count is None else islice(found, self.count)

    def _rule(self) -> rrule.rrule:
        until = None if self.end is None else datetime.combine(self.end, time())
        start = datetime.combine(self.start, time())
        days = [_WEEKDAYS[name] for group in self.days for name in _GROUPS.get(group, (group,))]
        month = None if self.month is None else MONTHS.index(self.month) + 1
        if self.pattern == "Daily":
            return rrule.rrule(_DAILY, start, self.interval, until=until)
        if self.pattern == "Weekly":
            first = _WEEKDAYS.get(self.first_day, rrule.SU)
            return rrule.rrule(_WEEKLY, start, self.interval, wkst=first, byweekday=days, until=until)
        interval = 1 if month else self.interval
        frequency: _Frequency = _YEARLY if month else _MONTHLY
        if self.day_of_month is not None:
            # the 31st of a short month is its last day: the latest day that exists up to the one asked for
            candidates = range(min(28, self.day_of_month), self.day_of_month + 1)
            return rrule.rrule(
                frequency, start, interval, bymonth=month, bymonthday=list(candidates), bysetpos=-1, until=until
            )
        position = _POSITIONS[self.index or "First"]
        return rrule.rrule(frequency, start, interval, bymonth=month, byweekday=days, bysetpos=position, until=until)


@dataclass(slots=True)
class ModifiedOccurrence:
    """One occurrence that differs from its series. `original_start` is when the series had it; `changes` are fields."""

    original_start: datetime
    changes: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of a series: its 1-based index, its day, and when it starts and ends if nobody moved it (UTC)."""

    index: int
    day: date
    start: datetime
    end: datetime


def slots(recurrence: Recurrence, start: datetime, end: datetime, zone: tzinfo) -> Iterator[Slot]:
    """The places of a series whose first one lasts from `start` to `end`; wall-clock time in `zone` stays the same."""
    first = start.astimezone(zone).replace(tzinfo=None)
    length = end.astimezone(zone).replace(tzinfo=None) - first
    for index, day in enumerate(recurrence.dates(), 1):
        begins = datetime.combine(day, first.time())
        yield Slot(
            index,
            day,
            begins.replace(tzinfo=zone).astimezone(UTC),
            (begins + length).replace(tzinfo=zone).astimezone(UTC),
        )


def slots_until(
    recurrence: Recurrence, start: datetime, end: datetime, zone: tzinfo, before: datetime
) -> Iterator[Slot]:
    """The places that start before a moment."""
    # a day more: the last slot of a window may begin on another date in UTC
    last = (before + timedelta(days=1)).date()
    return takewhile(lambda slot: slot.day <= last and slot.start < before, slots(recurrence, start, end, zone))

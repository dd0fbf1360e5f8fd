"""Recurrence patterns: the part of RFC 5545's RRULE that Lightning series use, and the Classic fields as such a rule.

Lightning takes FREQ, BYMONTH, BYMONTHDAY, BYDAY, WKST, BYSETPOS, INTERVAL, UNTIL and COUNT (facts B1).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, cast

from sync_core.sandbox.salesforce.tables import INSTANCES, MONTHS

WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FREQUENCIES: Final = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_BY_DAY: Final = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_UNTIL: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(T\d{6}Z?)?", re.ASCII)
# a pattern that never matches, such as 30 February, ends after this many empty periods
_EMPTY_PERIODS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Pattern:
    """A rule. `days` are pairs of ordinal (0: every) and weekday (Monday 0); `until` is the last day, inclusive."""

    frequency: str
    interval: int = 1
    count: int | None = None
    until: date | None = None
    until_text: str = ""
    days: tuple[tuple[int, int], ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0

    def text(self) -> str:
        """The rule as the org writes it back: always the same order, INTERVAL always there (facts B1: rewritten)."""
        parts = [f"FREQ={self.frequency}", f"INTERVAL={self.interval}"]
        if self.months:
            parts.append("BYMONTH=" + ",".join(map(str, self.months)))
        if self.month_days:
            parts.append("BYMONTHDAY=" + ",".join(map(str, self.month_days)))
        if self.days:
            parts.append("BYDAY=" + ",".join(f"{number or ''}{WEEKDAYS[day]}" for number, day in self.days))
        if self.positions:
            parts.append("BYSETPOS=" + ",".join(map(str, self.positions)))
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        if self.until is not None:
            parts.append(f"UNTIL={self.until_text}")
        if self.week_start:
            parts.append(f"WKST={WEEKDAYS[self.week_start]}")
        return "RRULE:" + ";".join(parts)

    def ending(self, first: datetime) -> Pattern:
        """The rule of a series that starts at `first`, local time: an UNTIL in UTC is an instant (RFC 5545, 3.3.10)."""
        if not self.until_text.endswith("Z"):
            return self
        moment = datetime.strptime(self.until_text, "%Y%m%dT%H%M%S%z").astimezone(first.tzinfo)
        last = moment.date() - timedelta(days=moment.time() < first.time())
        return _replaced(self, until=last)

    def starts(self, first: date) -> Iterator[date]:
        """The days of the occurrences on and after `first`, in order; endless if the rule is."""
        made = empty = 0
        periods = self._periods(first)
        while True:
            try:
                period = next(periods)
            except (ValueError, OverflowError):
                # past the end of the calendar
                return
            if self.until is not None and period[0] > self.until:
                return
            found = [day for day in self._chosen(period) if day >= first]
            empty = 0 if found else empty + 1
            if empty > _EMPTY_PERIODS:
                return
            for day in found:
                if (self.until is not None and day > self.until) or made == self.count:
                    return
                made += 1
                yield day

    def _periods(self, first: date) -> Iterator[list[date]]:
        """The days that may match, period by period, as the frequency goes from `first`."""
        steps = 0
        while True:
            number = steps * self.interval
            steps += 1
            match self.frequency:
                case "DAILY":
                    yield [first + timedelta(days=number)]
                case "WEEKLY":
                    start = first - timedelta(days=(first.weekday() - self.week_start) % 7) + timedelta(weeks=number)
                    yield [start + timedelta(days=offset) for offset in range(7)]
                case "MONTHLY":
                    months = first.year * 12 + first.month - 1 + number
                    yield _month(months // 12, months % 12 + 1)
                case _:
                    wanted = self.months or (first.month,)
                    yield [day for month in sorted(wanted) for day in _month(first.year + number, month)]

    def _chosen(self, period: list[date]) -> list[date]:
        found = [day for day in period if not self.months or day.month in self.months]
        if self.month_days:
            found = [
                day for day in found if day.day in self.month_days or day.day - _length(day) - 1 in self.month_days
            ]
        if self.days:
            found = [day for day in found if any(_is_nth(day, number, weekday) for number, weekday in self.days)]
        if self.positions:
            found = [found[at - 1 if at > 0 else at] for at in self.positions if abs(at) <= len(found)]
            found = sorted(set(found))
        return found

    def anchored(self, first: date) -> Pattern:
        """The rule with what it leaves to its first day written out: the weekday, the day of the month, the month."""
        if self.frequency == "WEEKLY" and not self.days:
            return _replaced(self, days=((0, first.weekday()),))
        if self.frequency in ("MONTHLY", "YEARLY") and not (self.days or self.month_days):
            months = self.months or ((first.month,) if self.frequency == "YEARLY" else ())
            return _replaced(self, month_days=(first.day,), months=months)
        if self.frequency == "YEARLY" and not self.months:
            return _replaced(self, months=(first.month,))
        return self


def _replaced(pattern: Pattern, **more: object) -> Pattern:
    values = {name: getattr(pattern, name) for name in Pattern.__dataclass_fields__}
    return Pattern(**{**values, **more})


def _length(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _month(year: int, month: int) -> list[date]:
    return [date(year, month, day) for day in range(1, calendar.monthrange(year, month)[1] + 1)]


def _is_nth(day: date, number: int, weekday: int) -> bool:
    """Whether a day is the nth such weekday of its month, from the end if negative; 0 stands for every one."""
    if day.weekday() != weekday:
        return False
    if number == 0:
        return True
    return (day.day - 1) // 7 + 1 == number if number > 0 else (_length(day) - day.day) // 7 + 1 == -number


def parse(text: str) -> Pattern:
    """Reads a pattern, with or without `RRULE:` before it. Raises ValueError, saying which part is wrong."""
    body = text.strip().upper().removeprefix("RRULE:").rstrip(";")
    parts: dict[str, str] = {}
    for piece in body.split(";"):
        name, sign, value = piece.partition("=")
        if not sign or not value or name in parts:
            raise ValueError(piece)
        parts[name] = value
    frequency = parts.pop("FREQ", "")
    if frequency not in _FREQUENCIES:
        raise ValueError(f"FREQ={frequency}")
    values: dict[str, object] = {"frequency": frequency}
    for name, value in parts.items():
        values.update(_part(name, value))
    if "count" in values and "until" in values:
        raise ValueError("COUNT and UNTIL")
    return Pattern(**values)  # type: ignore[arg-type]  # each value was made for its name in _part


def _part(name: str, value: str) -> dict[str, object]:
    match name:
        case "INTERVAL":
            return {"interval": _number(name, value, 1, 999)}
        case "COUNT":
            return {"count": _number(name, value, 1, 9_999)}
        case "UNTIL":
            found = _UNTIL.fullmatch(value)
            if not found:
                raise ValueError(f"UNTIL={value}")
            return {"until": date(int(found[1]), int(found[2]), int(found[3])), "until_text": value}
        case "BYMONTH":
            return {"months": tuple(_number(name, each, 1, 12) for each in value.split(","))}
        case "BYMONTHDAY":
            return {"month_days": tuple(_number(name, each, -31, 31) for each in value.split(","))}
        case "BYSETPOS":
            return {"positions": tuple(_number(name, each, -31, 31) for each in value.split(","))}
        case "WKST" if value in WEEKDAYS:
            return {"week_start": WEEKDAYS.index(value)}
        case "BYDAY":
            found_days = [_BY_DAY.fullmatch(each) for each in value.split(",")]
            if all(found_days):
                days = cast("list[re.Match[str]]", found_days)
                return {"days": tuple((int(each[1] or 0), WEEKDAYS.index(each[2])) for each in days)}
    raise ValueError(f"{name}={value}")


def _number(name: str, text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"-?\d{1,4}", text, re.ASCII) or not least <= int(text) <= most or int(text) == 0:
        raise ValueError(f"{name}={text}")
    return int(text)


# what each Classic type needs beside the common fields, and how many occurrences it may have (recalled)
CLASSIC_NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "RecursDaily": ("RecurrenceInterval",),
    "RecursEveryWeekday": (),
    "RecursWeekly": ("RecurrenceInterval", "RecurrenceDayOfWeekMask"),
    "RecursMonthly": ("RecurrenceInterval", "RecurrenceDayOfMonth"),
    "RecursMonthlyNth": ("RecurrenceInterval", "RecurrenceInstance", "RecurrenceDayOfWeekMask"),
    "RecursYearly": ("RecurrenceDayOfMonth", "RecurrenceMonthOfYear"),
    "RecursYearlyNth": ("RecurrenceInstance", "RecurrenceDayOfWeekMask", "RecurrenceMonthOfYear"),
}
CLASSIC_MOST: Final[Mapping[str, int]] = {
    "RecursDaily": 100,
    "RecursEveryWeekday": 100,
    "RecursWeekly": 53,
    "RecursMonthly": 60,
    "RecursMonthlyNth": 60,
    "RecursYearly": 10,
    "RecursYearlyNth": 10,
}
_WORKDAYS: Final = 62


CLASSIC_RANGES: Final[Mapping[str, tuple[int, int]]] = {
    "RecurrenceInterval": (1, 9_999),
    "RecurrenceDayOfWeekMask": (1, 127),
    "RecurrenceDayOfMonth": (1, 31),
}


def classic(row: Mapping[str, object]) -> Pattern:
    """The rule behind the Classic fields of an event, all of which its type needs are there."""
    kind = cast(str, row["RecurrenceType"])
    mask = _WORKDAYS if kind == "RecursEveryWeekday" else cast(int, row.get("RecurrenceDayOfWeekMask") or 0)
    # the mask counts Sunday as 1, Monday as 2 up to Saturday as 64
    days = tuple((0, weekday) for weekday in range(7) if mask >> (weekday + 1) % 7 & 1)
    month = row.get("RecurrenceMonthOfYear")
    instance = row.get("RecurrenceInstance")
    place = {name: number for number, name in enumerate(INSTANCES, 1)} | {"Last": -1}
    nth = kind.endswith("Nth")
    monthly = "Monthly" in kind or "Yearly" in kind
    frequency = "DAILY" if kind == "RecursDaily" else "WEEKLY"
    if monthly:
        frequency = "MONTHLY" if "Monthly" in kind else "YEARLY"
    return Pattern(
        frequency,
        interval=cast(int, row.get("RecurrenceInterval") or 1),
        until=cast(date, row["RecurrenceEndDateOnly"]),
        days=() if kind == "RecursDaily" or (monthly and not nth) else days,
        month_days=(cast(int, row["RecurrenceDayOfMonth"]),) if monthly and not nth else (),
        months=(MONTHS.index(cast(str, month)) + 1,) if frequency == "YEARLY" else (),
        positions=(place[cast(str, instance)],) if nth else (),
        week_start=6,
    )


def at_time(day: date, like: datetime) -> datetime:
    """The local time of `like` on another day."""
    return like.replace(year=day.year, month=day.month, day=day.day)

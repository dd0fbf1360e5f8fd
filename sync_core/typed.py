"""Values that a person types for a field: from words to a canonical value, and back to words to start from.

Pure: zone and today are given. What cannot be understood is refused with a sentence that says how it is written.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sync_core import text
from sync_core.datewords import one_day
from sync_core.items import FieldSpec, FieldType, Kind, Value, When, spec

_YES: Final = frozenset({"yes", "y", "true", "on", "1"})
_NO: Final = frozenset({"no", "n", "false", "off", "0"})
_NONE: Final = frozenset({"", "none", "no", "-"})
_SIZES: Final = {"m": 1, "min": 1, "minute": 1, "h": 60, "hour": 60, "d": 1440, "day": 1440, "w": 10080, "week": 10080}
_MINUTES: Final = re.compile(r"(\d{1,6}) ?([a-z]*)(?: before)?")
_CLOCK: Final = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)(?::([0-5]\d))?")
# between start and end: a dash of any length, or "to"
_UNTIL: Final = re.compile(r"\s+(?:-|–|—|to)\s+|(?<=\d)\s*[–—]\s*(?=\d)|(?<=:\d\d)\s*-\s*(?=\d)")
# longer ones are no reminder that anybody wants, and no number that a server takes
_LONGEST_REMINDER: Final = 366 * 24 * 60
_HOW_WHEN: Final = "write it like 2026-12-24 10:00-11:00, or 2026-12-24 for a whole day"


def parse(kind: Kind, name: str, words: str, zone: str, today: date, base: Value = None) -> Value:
    """The canonical value that `words` mean for a field. Raises ValueError with a sentence.

    `zone` is the IANA name of the user's zone. `base` is a time that words without a day, or without an end, go by.
    """
    f = spec(kind, name)
    line = text.line(words)
    said = line.casefold()
    match f.type:
        case FieldType.BLOCK:
            return text.block(words)
        case FieldType.LINE:
            return _line(f, line)
        case FieldType.FLAG:
            return _flag(f, said)
        case FieldType.CHOICE:
            return _choice(f, said)
        case FieldType.MINUTES:
            return _minutes(f, said)
        case FieldType.DATE:
            return None if said in _NONE else _day(f, line, today).isoformat()
        case FieldType.MOMENT:
            return None if said in _NONE else _moment(f, line, zone, today)
        case FieldType.WHEN:
            return _when(line, zone, today, base if isinstance(base, When) else None)
    raise ValueError(f"{f.label} cannot be typed")


def _line(f: FieldSpec, line: str) -> str:
    if f.name == "email" and line and not re.fullmatch(r"[^@\s]+@[^@\s]+", line):
        raise ValueError("an e-mail address looks like name@example.com")
    return line.lower() if f.lower else line


def _flag(f: FieldSpec, said: str) -> bool:
    if said in _YES or said in _NO:
        return said in _YES
    raise ValueError(f"{f.label} is yes or no")


def _choice(f: FieldSpec, said: str) -> str:
    wanted = said.replace(" ", "_").replace("-", "_")
    fitting = [one for one in f.choices if one == wanted] or [one for one in f.choices if one.startswith(wanted)]
    if wanted and len(fitting) == 1:
        return fitting[0]
    raise ValueError(f"{f.label} may be {', '.join(one.replace('_', ' ') for one in f.choices)}")


def _minutes(f: FieldSpec, said: str) -> int | None:
    if said in _NONE:
        return None
    if said == "at the start":
        return 0
    found = _MINUTES.fullmatch(said)
    if found is not None:
        size = _SIZES.get(found[2].removesuffix("s"), 0) if found[2] else 1
        minutes = int(found[1]) * size
        if size and minutes <= _LONGEST_REMINDER:
            return minutes
    raise ValueError(f"{f.label} is how long before: 15 min, 2 hours, 1 day, or none")


def _day(f: FieldSpec, line: str, today: date) -> date:
    found = one_day(line, today)
    if found is None:
        raise ValueError(f"{f.label} is a day: 2026-12-24, 24 Dec, tomorrow, or none")
    return found


def _moment(f: FieldSpec, line: str, zone: str, today: date) -> str:
    day, clock = _day_and_clock(line, today)
    if day is None or clock is None:
        raise ValueError(f"{f.label} is a day and a time: 2026-12-24 09:00, tomorrow 9:00, or none")
    return _instant(day, clock, zone)


def _day_and_clock(line: str, today: date) -> tuple[date | None, time | None]:
    """What a text says of day and time of day; None for what it does not say. ValueError when it says neither."""
    head, _, tail = line.rpartition(" ")
    found = _CLOCK.fullmatch(tail)
    if found is None:
        day = one_day(line, today)
        if day is None:
            raise ValueError(_HOW_WHEN)
        return day, None
    clock = time(int(found[1]), int(found[2]), int(found[3] or 0))
    if not head:
        return None, clock
    day = one_day(head, today)
    if day is None:
        raise ValueError(_HOW_WHEN)
    return day, clock


def _when(line: str, zone: str, today: date, base: When | None) -> When:
    parts = _UNTIL.split(line)
    if len(parts) > 2:
        raise ValueError(_HOW_WHEN)
    first, start = _day_and_clock(parts[0], today)
    last, end = _day_and_clock(parts[1], today) if len(parts) == 2 else (None, None)
    if first is None:
        first = _first_day(base, zone)
        if first is None:
            raise ValueError(_HOW_WHEN)
    if start is None:
        if end is not None:
            raise ValueError("a start without a time is a whole day, and its end has no time either")
        last = last or first
        if last < first:
            raise ValueError("it would end before it starts")
        return When(first.isoformat(), last.isoformat(), all_day=True)
    begins = _instant(first, start, zone)
    if len(parts) == 1:
        ends = _after(begins, _length(base))
    elif end is None:
        raise ValueError("a start with a time needs an end with a time")
    else:
        ends = _instant(last or first, end, zone)
    if datetime.fromisoformat(ends) < datetime.fromisoformat(begins):
        raise ValueError("it would end before it starts")
    return When(begins, ends)


def _first_day(base: When | None, zone: str) -> date | None:
    if base is None:
        return None
    try:
        return date.fromisoformat(base.start) if base.all_day else _local(base.start, zone).date()
    except (ValueError, OverflowError):
        return None


def _length(base: When | None) -> timedelta:
    """How long an event lasts of which only the start is typed: as long as before, else an hour."""
    hour = timedelta(hours=1)
    if base is None or base.all_day:
        return hour
    try:
        return datetime.fromisoformat(base.end) - datetime.fromisoformat(base.start)
    except (ValueError, TypeError):
        return hour


def _after(moment: str, length: timedelta) -> str:
    try:
        return _iso(datetime.fromisoformat(moment) + length)
    except OverflowError:
        raise ValueError(_HOW_WHEN) from None


def _instant(day: date, clock: time, zone: str) -> str:
    """A local time as an instant. Raises ValueError for a time that the clocks leave out."""
    try:
        local = datetime.combine(day, clock, ZoneInfo(zone))
        utc = local.astimezone(UTC)
        there = utc.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local.replace(tzinfo=None)
    except OverflowError:
        raise ValueError(_HOW_WHEN) from None
    if not there:
        raise ValueError(f"there is no {clock:%H:%M} on that day: the clocks go forward")
    return _iso(utc)


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _local(moment: str, zone: str) -> datetime:
    parsed = datetime.fromisoformat(moment)
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(ZoneInfo(zone))


def written(kind: Kind, name: str, value: Value, zone: str) -> str:
    """A value as it is typed: what `parse` gives for it is the value again, but for times that occur twice."""
    f = spec(kind, name)
    match f.type:
        case FieldType.FLAG:
            return "yes" if value else "no"
        case FieldType.CHOICE:
            return str(value or "").replace("_", " ")
        case FieldType.MINUTES:
            return "none" if value is None else _size(int(str(value)))
        case FieldType.DATE:
            return str(value) if value else "none"
        case FieldType.MOMENT:
            return _shown(str(value), zone) if value else "none"
        case FieldType.WHEN:
            return _written_when(value, zone) if isinstance(value, When) else ""
    return str(value or "")


def _size(minutes: int) -> str:
    for size, unit in ((10080, "week"), (1440, "day"), (60, "hour")):
        if minutes and minutes % size == 0:
            return f"{minutes // size} {unit}" + ("" if minutes == size else "s")
    return f"{minutes} min"


def _shown(moment: str, zone: str) -> str:
    try:
        local = _local(moment, zone)
    except (ValueError, OverflowError):
        return ""
    return f"{local:%Y-%m-%d %H:%M}" + (f":{local:%S}" if local.second else "")


def _written_when(when: When, zone: str) -> str:
    if when.all_day:
        return when.start if when.start == when.end else f"{when.start} - {when.end}"
    start, end = _shown(when.start, zone), _shown(when.end, zone)
    if not start or not end:
        return ""
    same_day = start[:10] == end[:10]
    return f"{start}-{end[11:]}" if same_day else f"{start} - {end}"

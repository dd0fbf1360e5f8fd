"""Values that items of every kind have: moments, days, bodies, rights, marks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from exchangelib.ewsdatetime import UTC as EWS_UTC
from exchangelib.ewsdatetime import EWSDateTime
from exchangelib.properties import HTMLBody

from sync_core import text
from sync_core.items import Fields
from sync_core.sides.outlook.bodies import html_to_text, is_formatted
from sync_core.sides.outlook.services import Parsed

_NOON = time(12)
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
# Outlook's own way to say "none" in a property that holds a day (recalled); servers seldom let it through
_NONE = date(4501, 1, 1)
# MAPI keeps moments as FILETIME of [MS-DTYP] 2.3.3, which begins in 1601
_FIRST = date(1601, 1, 1)


def plain_moment(moment: Any) -> datetime:
    """exchangelib's moment as a plain one, UTC: its own class knows none but its own time zones."""
    there = moment.astimezone(EWS_UTC)
    return datetime.combine(date(there.year, there.month, there.day), there.time().replace(tzinfo=None), UTC)


def instant(moment: Any) -> str:
    """exchangelib's moment as "2026-11-23T10:00:00Z"."""
    # not strftime, which writes the year 1 as "1"
    return f"{plain_moment(moment).replace(microsecond=0, tzinfo=None).isoformat()}Z"


def all_day(item: Any, start: Any, end: Any, zone: str) -> tuple[date, date]:
    """The days between two moments of an all-day event, both inclusive."""
    own = item._start_timezone
    zones = [ZoneInfo(name) for name in ((own.key, zone) if own is not None else (zone,))]
    return _days(plain_moment(start), plain_moment(end), zones)


def _days(start: datetime, end: datetime, zones: list[ZoneInfo]) -> tuple[date, date]:
    """The days of an all-day event, both inclusive: midnights in the event's own zone, else in the user's.

    Where neither gives midnights, the days that are touched in the event's own zone.
    """
    for zone in zones:
        if _begins_a_day(start, zone) and _begins_a_day(end, zone):
            first, after = start.astimezone(zone), end.astimezone(zone)
            return first.date(), max(first.date(), after.date() - _DAY)
    day, last = start.astimezone(zones[0]).date(), (end - _SECOND).astimezone(zones[0]).date()
    return day, max(day, last)


def _begins_a_day(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether a day begins at that moment: at midnight, or later where the clock jumps over midnight, as in Cairo."""
    there = moment.astimezone(zone)
    try:
        return there.time() == time() or (moment - _SECOND).astimezone(zone).date() < there.date()
    except OverflowError:
        # the first second of the calendar
        return True


def ews_moment(said: str) -> Any:
    """An instant as exchangelib's moment, UTC. Raises ValueError when it is none that Outlook can hold."""
    moment = datetime.fromisoformat(said)
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    if not _FIRST < moment.date() < _NONE:
        raise ValueError("a moment that Outlook cannot hold")
    return EWSDateTime.from_datetime(moment.astimezone(UTC))


def day(moment: datetime, zone: str) -> str | None:
    """The day that Exchange keeps as an instant, "2026-12-01". None for Outlook's "none".

    `zone` is the user's IANA zone. Programs store a day as midnight UTC, as 11:59 or noon UTC, or as midnight where
    they run (facts: exchange A.10). A midnight here is taken at its word; any other instant belongs to the nearest
    midnight UTC, which is right for whoever lives within twelve hours of it.
    """
    there = moment.astimezone(UTC) if type(moment) is datetime else plain_moment(moment)
    try:
        found = _nearest(there, zone)
    except OverflowError:
        # the first and the last day of the calendar
        found = there.date()
    return None if found == _NONE else found.isoformat()


def _nearest(there: datetime, zone: str) -> date:
    if there.time() == time():
        return there.date()
    here = there.astimezone(ZoneInfo(zone))
    if here.time() == time():
        return here.date()
    return there.date() + _DAY if there.time() > _NOON else there.date()


def due_moment(said: str, zone: str) -> Any:
    """The instant under which a day is that day in UTC and for the user too, whichever of the two a program looks at.

    Midnight UTC is the day before, west of UTC (facts: exchange A.10). So it is the later one of both midnights.
    """
    midnight = datetime.combine(date.fromisoformat(said), time())
    moment = max(midnight.replace(tzinfo=UTC), midnight.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC))
    return EWSDateTime.from_datetime(moment)


def day_problem(value: object, what: str) -> str:
    """Why a day cannot be written, in words; "" when it can, or is None."""
    if value is None:
        return ""
    try:
        found = date.fromisoformat(str(value))
    except ValueError:
        return f"{what} is not a date"
    return "" if _FIRST <= found < _NONE else f"{what} is {found}, and Outlook holds dates from 1601 to 4500"


def too_long(fields: Fields, lengths: Mapping[str, int]) -> str:
    """Why a text does not fit, in words; "" when all do (facts: exchange A.11)."""
    for name, length in lengths.items():
        value = fields.get(name)
        if isinstance(value, str) and len(value) > length:
            label = name.replace("_", " ")
            return f"the {label} is {len(value)} characters long and Outlook holds {length}"
    return ""


def notes(parsed: Parsed) -> str | None:
    """The text of the body; None when the server gave none (facts: exchange E)."""
    if "TextBody" in parsed.present:
        return str(parsed.item.text_body or "")
    if "Body" not in parsed.present:
        return None
    body = parsed.item.body
    return html_to_text(str(body)) if isinstance(body, HTMLBody) else str(body or "")


def formatted(item: Any) -> bool:
    """Whether the body has formatting that plain text would lose."""
    return isinstance(item.body, HTMLBody) and is_formatted(str(item.body))


def private(parsed: Parsed) -> bool:
    """Whether the item is marked as Personal, Private or Confidential."""
    return "Sensitivity" in parsed.present and (parsed.item.sensitivity or "Normal") != "Normal"


def may_modify(item: Any) -> bool:
    """Whether the rights on the item, if the server tells them, let us change it."""
    return item.effective_rights is None or bool(item.effective_rights.modify)


def changed_at(item: Any) -> str:
    """When the item changed last, as an instant; "" when the server does not say."""
    return instant(item.last_modified_time) if item.last_modified_time else ""


def changed_by(item: Any) -> str:
    """Who changed it last."""
    return text.line(item.last_modified_name)

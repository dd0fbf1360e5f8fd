"""What an event that repeats means: its pattern, its zone, its words, and what a side cannot hold of it.

Pure. The patterns themselves are the business of `sync_core.recurrence`; here they are those of items.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from tzlocal.windows_tz import tz_win, win_tz

from sync_core.items import Fields, SideName, Value, When
from sync_core.recurrence import (
    NOTHING,
    ChangedOccurrence,
    Exceptions,
    Occurrence,
    Pattern,
    PatternError,
    anchored,
    ews_cannot,
    last_day,
    occurrences,
    parse,
    salesforce_cannot,
    same_occurrences,
    words,
)
from sync_core.recurrence.exceptions import local_day
from sync_core.sides import Limits

# what one occurrence may have otherwise than its series, besides its time; the rest is the series' own
OWN_FIELDS: Final = ("subject", "location", "notes", "show_as", "reminder")
# rarer than every ten years no calendar is
_AHEAD: Final = timedelta(days=3660)
_CANNOT: Final = {SideName.SALESFORCE: salesforce_cannot, SideName.OUTLOOK: ews_cannot}


@lru_cache(maxsize=1024)
def zone_name(name: str) -> str:
    """One spelling for all zones that Windows takes for the same: "Europe/Copenhagen" becomes "Europe/Paris".

    Exchange keeps the Windows zone only (facts: exchange A.10), so both sides must say the same. A zone that Windows
    does not know stays as it is; "" for a name that is no zone.
    """
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ""
    return win_tz.get(tz_win.get(name, ""), name)


def first_day(when: When) -> date:
    """The local day of the first event. Raises ValueError for a time that cannot be read."""
    if when.all_day:
        return date.fromisoformat(when.start)
    return _instant(when.start).astimezone(ZoneInfo(when.zone or "UTC")).date()


def pattern_of(when: When) -> Pattern | None:
    """The pattern of a series; None for a single event, and for a text that is none."""
    if not when.recurrence:
        return None
    try:
        return parse(when.recurrence)
    except PatternError:
        return None


def rule_of(when: When) -> str:
    """The rule of a series in one form for all ways to say it, with the last day as its end; "" for a single event.

    Series at the same time whose rules have the same form have the same days. A text that is no rule stays as it is.
    """
    pattern = pattern_of(when)
    if pattern is None:
        return when.recurrence
    try:
        start = first_day(when)
        return replace(anchored(pattern, start), count=None, until=last_day(pattern, start)).text
    except (ValueError, OverflowError, KeyError):
        return when.recurrence


def same_days(one: When, other: When) -> bool:
    """Whether two series, or two single events, fall on the same days of the same zone, in whatever words."""
    if (one.all_day, one.zone) != (other.all_day, other.zone):
        return False
    try:
        day = first_day(one)
        if day != first_day(other):
            return False
    except (ValueError, OverflowError, KeyError):
        return (one.recurrence, one.start) == (other.recurrence, other.start)
    return one.recurrence == other.recurrence or _same_rule(one.recurrence, other.recurrence, day)


@lru_cache(maxsize=1024)
def _same_rule(one: str, other: str, day: date) -> bool:
    try:
        return same_occurrences(parse(one), parse(other), day)
    except PatternError:
        # nobody knows the days of a text that is no rule
        return False


def in_words(when: When) -> str:
    """The pattern as a person says it, "every week on Mon until 1 Mar 2027"; "" for a single event.

    A text that is no pattern is shown as it is: foreign text, to be cleaned.
    """
    pattern = pattern_of(when)
    if pattern is None:
        return when.recurrence
    try:
        return words(pattern, first_day(when))
    except (ValueError, OverflowError, KeyError):
        return when.recurrence


def exceptions_in_words(text: str) -> str:
    """Changed and deleted occurrences: "2 changed, 1 left out"; "" when there is none."""
    try:
        return Exceptions.parse(text).words
    except PatternError:
        return ""


def touches(
    when: When, start: datetime, end: datetime, first: date, last: date, own: Exceptions = NOTHING
) -> bool | None:
    """Whether a series has an event between the instants `start` and `end`, or on the days `first` to `last` if it is
    all-day. None when nobody can tell. What was moved or deleted is looked at as far as `own` tells of it."""
    pattern = pattern_of(when)
    if pattern is None:
        return None
    there: dict[str, Any] = {"deleted": own.deleted, "moved": own.changed, "limit": 1}
    try:
        if when.all_day:
            days = (date.fromisoformat(when.start), date.fromisoformat(when.end))
            return bool(occurrences(pattern, *days, None, first, last, **there))
        zone = ZoneInfo(when.zone or "UTC")
        return bool(occurrences(pattern, _instant(when.start), _instant(when.end), zone, start, end, **there))
    except (ValueError, OverflowError, KeyError):
        return None


def has_ended(fields: Fields, now: datetime) -> bool:
    """Whether a series with these fields has no occurrence from a moment on, for all that its fields tell."""
    when = fields.get("when")
    if not isinstance(when, When) or not when.recurrence:
        return False
    try:
        own = Exceptions.parse(str(fields.get("exceptions") or ""))
    except PatternError:
        return False
    far = now + _AHEAD
    return touches(when, now, far, now.date() + timedelta(days=1), far.date(), own) is False


def cannot_create(side: SideName, fields: Fields, limits: Limits) -> str:
    """Why `side` cannot be given this series, in words; "" when it can."""
    when = fields.get("when")
    if not isinstance(when, When):
        return ""
    why = [*_pattern_reasons(side, when), *_zone_reasons(when, limits)]
    return _sentence(side, [*why, *_exception_reasons("", str(fields.get("exceptions") or ""), when, limits)])


def cannot_update(side: SideName, now: Fields, wanted: Fields, limits: Limits) -> str:
    """Why the series that `side` has `now` cannot be given the `wanted` fields, in words; "" when it can.

    `wanted` are the fields that change.
    """
    why: list[str] = []
    mine, theirs = now.get("when"), wanted.get("when")
    if isinstance(mine, When) and isinstance(theirs, When):
        if bool(mine.recurrence) != bool(theirs.recurrence):
            what = "a single event cannot become a series" if theirs.recurrence else "a series cannot become one event"
            return f"{what} in {side.label}: delete it there, and it is made anew"
        why += _pattern_reasons(side, theirs)
        if limits.fixed_pattern and not same_days(mine, theirs):
            return (
                f"{side.label} keeps the days that a series was made with, {in_words(mine)} from {_day(mine)}; "
                f"across it is {in_words(theirs)} from {_day(theirs)}: delete it there, and it is made anew"
            )
    if "exceptions" in wanted:
        when = theirs if isinstance(theirs, When) else mine
        why += _exception_reasons(str(now.get("exceptions") or ""), str(wanted["exceptions"] or ""), when, limits)
    return _sentence(side, why)


def _day(when: When) -> str:
    try:
        return first_day(when).isoformat()
    except (ValueError, OverflowError, KeyError):
        return when.start


def _pattern_reasons(side: SideName, when: When) -> list[str]:
    pattern = pattern_of(when)
    if pattern is None:
        return ["its pattern cannot be read"]
    try:
        why = _CANNOT[side](pattern, first_day(when))
    except (ValueError, KeyError, OverflowError) as problem:
        return [str(problem) if isinstance(problem, PatternError) else "its start cannot be read"]
    return [f"{in_words(when)} ({why})"] if why else []


def _zone_reasons(when: When, limits: Limits) -> list[str]:
    if when.all_day or not limits.series_zone or when.zone == zone_name(limits.series_zone):
        return []
    return [f"its time zone, {when.zone or 'which is not known'}: a new series there is in yours, {limits.series_zone}"]


def _exception_reasons(now: str, wanted: str, when: Value, limits: Limits) -> list[str]:
    """What of the `wanted` exceptions cannot be brought to a series at `when` that has those of `now`."""
    try:
        coming, mine, theirs = changed_by(now, wanted), Exceptions.parse(now), Exceptions.parse(wanted)
    except PatternError:
        return ["its changed occurrences, which cannot be read"]
    why = []
    if coming.changed and limits.no_changed_occurrences is not None:
        why.append(_several(len(coming.changed), "changed occurrence") + limits.no_changed_occurrences)
    if limits.keeps_order and isinstance(when, When):
        passing = sum(_passes(one, theirs, when) for one in coming.changed)
        if passing:
            why.append(_several(passing, "occurrence") + " moved onto or past another one of its series")
    named = {*theirs.deleted, *(one.original for one in theirs.changed)}
    back = sum(moment not in named for moment in (*mine.deleted, *(one.original for one in mine.changed)))
    if back:
        why.append(_several(back, "occurrence") + " to be put back as the pattern has it")
    return why


def changed_by(now: str, wanted: str) -> Exceptions:
    """What of the `wanted` exceptions the `now` ones do not have. Raises PatternError for a text that is none."""
    mine, theirs = Exceptions.parse(now), Exceptions.parse(wanted)
    known = {one.text for one in mine.changed}
    deleted = tuple(moment for moment in theirs.deleted if moment not in mine.deleted)
    changed = tuple(one for one in theirs.changed if one.text not in known)
    return Exceptions(deleted, changed) if deleted or changed else NOTHING


def local_day_of(moment: date, when: When) -> date:
    """The day on which a series at `when` has the occurrence that a moment, or a day, belongs to."""
    return local_day(moment, None if when.all_day else ZoneInfo(when.zone or "UTC"))


def differs(one: ChangedOccurrence, when: When) -> bool:
    """Whether a changed occurrence is still otherwise than the pattern of its series at `when` has it."""
    if one.fields or when.all_day != (not isinstance(one.start, datetime)):
        return True
    first = (date.fromisoformat if when.all_day else _instant)(when.start)
    last = (date.fromisoformat if when.all_day else _instant)(when.end)
    zone = ZoneInfo(when.zone or "UTC")

    def wall(moment: date) -> datetime:
        whole = moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day, tzinfo=zone)
        return whole.astimezone(zone).replace(tzinfo=None)

    begins, ends, start = wall(one.start), wall(one.end), wall(first)
    original = wall(one.original).date() if isinstance(one.original, datetime) else one.original
    same_day = begins.date() == original and begins.time() == start.time()
    return not same_day or ends - begins != wall(last) - start


def may_not_move(day: date, to: When, of: tuple[When, str]) -> bool:
    """Whether the occurrence that a series has on a local day would reach or pass a neighbour at another time.

    `of` are the time of the series and its exceptions. Raises PatternError for exceptions that cannot be read.
    """
    when, own = of[0], Exceptions.parse(of[1])
    kind = date if to.all_day else datetime
    one = ChangedOccurrence(day, kind.fromisoformat(to.start), kind.fromisoformat(to.end))
    others = tuple(other for other in own.changed if local_day_of(other.original, when) != day)
    return _passes(one, Exceptions(own.deleted, (*others, one)), when)


def _passes(one: ChangedOccurrence, of: Exceptions, when: When) -> bool:
    """Whether a changed occurrence of a series at `when` reaches or passes a neighbour; `of` are all its exceptions."""
    pattern = pattern_of(when)
    if pattern is None or not differs(replace(one, fields=()), when):
        return False
    kind = date.fromisoformat if when.all_day else _instant
    first, last = kind(when.start), kind(when.end)
    zone, day = ZoneInfo(when.zone or "UTC"), local_day_of(one.original, when)
    room = timedelta(days=(last - first).days + 2)
    days = sorted((day, local_day_of(one.start, when), local_day_of(one.end, when)))
    begin, end = days[0] - room, days[-1] + room
    span: tuple[date, date] = begin, end
    if not when.all_day:
        span = datetime.combine(begin, time(), zone), datetime.combine(end, time(), zone)
    found = occurrences(pattern, first, last, zone, *span, deleted=of.deleted, moved=of.changed)
    return any(_reaches(one, day, other, local_day_of(other.original, when)) for other in found)


def _reaches(one: ChangedOccurrence, day: date, other: Occurrence, other_day: date) -> bool:
    """Whether an occurrence that belongs on a `day` lies on, or beyond, another one that belongs on `other_day`."""
    timed = isinstance(one.start, datetime)
    if day == other_day or timed != isinstance(other.start, datetime):
        return False
    before, after = (one, other) if day < other_day else (other, one)
    # the last day of an all-day event belongs to it
    return before.end > after.start if timed else before.end >= after.start


def to_take_out(now: str, wanted: str) -> list[date]:
    """The local days of the occurrences that a series with the exceptions `now` loses; PatternError as `changed_by`."""
    return [moment for moment in changed_by(now, wanted).deleted if not isinstance(moment, datetime)]


def _several(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _sentence(side: SideName, why: list[str]) -> str:
    return f"{side.label} cannot hold: {'; '.join(why)}" if why else ""


def _instant(iso: str) -> datetime:
    moment = datetime.fromisoformat(iso)
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC)

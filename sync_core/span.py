"""When items happen, and whether that touches the window of a sync."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sync_core.items import Fields, Kind, When
from sync_core.sides import Window


def in_window(kind: Kind, fields: Fields, window: Window) -> bool | None:
    """Whether an item belongs to the window; None when that cannot be known.

    Contacts have no time: all belong. A task belongs by its due date, and one without a due date always does.
    """
    if kind is Kind.CONTACTS:
        return True
    if kind is Kind.TASKS:
        if "due" not in fields:
            return None
        due = fields["due"]
        return due is None or window.first.isoformat() <= str(due) <= window.last.isoformat()
    when = fields.get("when")
    return inside(when, window) if isinstance(when, When) else None


def inside(when: When, window: Window) -> bool:
    """Whether an event touches the window. A series does with any of its events; where its pattern cannot be read, when
    it has begun by then."""
    if when.recurrence:
        # only series need it, and it brings the expansion of patterns along
        from sync_core import series

        found = series.touches(when, window.start, window.end, window.first, window.last)
        if found is not None:
            return found
    if when.all_day:
        try:
            first, last = date.fromisoformat(when.start), date.fromisoformat(when.end)
        except ValueError:
            return False
        return first <= window.last and (last >= window.first or bool(when.recurrence))
    start, end = _instant(when.start), _instant(when.end)
    if start is None or end is None:
        return False
    return start < window.end and (end > window.start or start >= window.start or bool(when.recurrence))


def _instant(iso: str) -> datetime | None:
    try:
        value = datetime.fromisoformat(iso)
    except ValueError:
        return None
    return value if value.tzinfo is not None else None


def is_day(iso: str) -> bool:
    """Whether a text is a day of the calendar, "2026-11-23"."""
    try:
        date.fromisoformat(iso)
    except ValueError:
        return False
    return True


def is_instant(iso: str) -> bool:
    """Whether a text is an instant, "2026-11-23T10:00:00Z"."""
    return _instant(iso) is not None


def senseless(when: When) -> str:
    """Why no calendar could hold an event at this time, in words; "" when nothing speaks against it."""
    known = is_day if when.all_day else is_instant
    if not known(when.start) or not known(when.end):
        return "its time cannot be understood"
    if when.all_day:
        backwards = date.fromisoformat(when.end) < date.fromisoformat(when.start)
    else:
        backwards = datetime.fromisoformat(when.end) < datetime.fromisoformat(when.start)
    return "it ends before it starts" if backwards else ""


def days_of(when: When) -> int:
    """How many days an event takes, begun ones counted; 0 when its times cannot be read."""
    if when.all_day:
        try:
            return (date.fromisoformat(when.end) - date.fromisoformat(when.start)).days + 1
        except ValueError:
            return 0
    start, end = _instant(when.start), _instant(when.end)
    return 0 if start is None or end is None else max(1, -((start - end) // timedelta(days=1)))

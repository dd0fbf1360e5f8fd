"""How values look: dates, times, ages and the values of fields, in words. No clock, no widget; dates in the style of
`sync_core.dates`.

Everything that may hold foreign text goes through `sync_core.text.plain` here and leaves as a rich Text (or as a str
that is only ever put into one), so that markup and control characters in a subject stay harmless.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from rich.style import Style
from rich.text import Text

from sync_core import dates
from sync_core.items import FieldType, Item, Kind, Value, When, spec
from sync_core.text import plain

if TYPE_CHECKING:
    from sync_core.plan import Row
    from sync_core.sides import Window

# "10:30pm": times of twelve hours in a column are as wide as the widest
_TWELVE_WIDTH: Final = 7
# cells that are left of words with something beside them
LEAST_BESIDE: Final = 14


def cell(text: str, style: Style | str = "") -> Text:
    """Foreign text as it may be shown on one line: harmless, never markup, never wrapped."""
    return Text(plain(text), style=style, no_wrap=True, overflow="ellipsis", end="")


def fit(text: Text, width: int) -> Text:
    """A copy of `text` that is exactly `width` cells wide, with an ellipsis where something is cut off."""
    if width < 1:
        return Text(end="")
    # what is padded does not take the style: a reversed word would become a reversed column
    fitted = Text(end="", no_wrap=True).append_text(text)
    fitted.truncate(width, overflow="ellipsis", pad=True)
    return fitted


def beside(words: str, more: str, width: int) -> str:
    """ "words, more" in `width` cells at most: where both are too long `words` keep few, and `more` has the rest."""
    start, end = cell(words), cell(f", {more}")
    start.truncate(max(LEAST_BESIDE - 2, width - end.cell_len), overflow="ellipsis")
    end.truncate(max(0, width - start.cell_len), overflow="ellipsis")
    return start.plain + end.plain


def day(when: date, today: date, *, weekday: bool = True) -> str:
    """A day: "Mon 23 Nov", with the year when it is not the year of `today`."""
    return dates.style().day(when, year=when.year != today.year, weekday=weekday)


def clock(moment: datetime) -> str:
    """A time of day: "15:30", "3:30pm"."""
    return dates.style().time(moment, tight=True)


def period(window: Window) -> str:
    """The days of a window: "23 Oct 2026 – 22 Nov 2027", always with years."""
    never = date(1, 1, 1)
    return f"{day(window.first, never, weekday=False)} – {day(window.last, never, weekday=False)}"


def instant(utc: str, zone: str, today: date) -> str:
    """A moment (UTC, ISO 8601) in the user's zone: "Mon 23 Nov 10:00". What is no moment is shown as it is."""
    try:
        local = _local(utc, zone)
    except ValueError:
        return plain(utc)
    return f"{day(local.date(), today)} {clock(local)}"


def time_range(when: When, zone: str, today: date) -> str:
    """A whole "when": "Mon 23 Nov 10:00–11:00", "Mon 23 – Wed 25 Nov, all day", with the pattern of a series."""
    try:
        words = _all_day(when, today) if when.all_day else _timed(when, zone, today)
    except (ValueError, OverflowError):
        words = plain(f"{when.start} – {when.end}")
    if not when.recurrence:
        return words
    # the expansion of patterns is loaded with the first series, not with the first screen
    from sync_core import series

    return f"{words}, {plain(series.in_words(when))}"


def slot(when: When, zone: str, group: date | None, today: date, *, whole: bool = False) -> str:
    """A "when" under the heading of the day `group`: "10:00", "10:00–11:00" if `whole`, "all day".

    The day is said as well when it is not `group`, and the last day of what lasts a day and more.
    """
    try:
        start, end = _ends(when, zone)
    except (ValueError, OverflowError):
        return plain(when.start)
    last = _last_day(start, end, when.all_day)
    before = "" if start.date() == group else f"{day(start.date(), today)} "
    long = when.all_day or end - start >= timedelta(days=1)
    after = "" if last == start.date() or not long else f"–{day(last, today, weekday=False)}"
    if when.all_day:
        return f"{before}all day{after}"
    begins = clock(start)
    if dates.style().clock == "12" and not before:
        # subjects of one day begin below each other
        begins = f"{begins:>{_TWELVE_WIDTH}}"
    if after:
        return f"{before}{begins}{after}"
    return f"{before}{begins}" + (f"–{clock(end)}" if whole and end != start else "")


def age(then: str, now: datetime) -> str:
    """How long ago a moment (UTC, ISO 8601) was: "just now", "2 min ago", "3 h ago", "2 days ago"."""
    try:
        seconds = (now - _utc(then)).total_seconds()
    except ValueError:
        return "at an unknown time"
    minutes = int(seconds // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    if minutes < 48 * 60:
        return f"{minutes // 60} h ago"
    return f"{minutes // (24 * 60)} days ago"


def field_value(kind: Kind, name: str, value: Value, zone: str, today: date) -> str:
    """A field's value in words, harmless; "" when there is nothing in it. A block of text keeps its line ends."""
    # screens that show no values start without it
    from sync_core.order import due_day

    f = spec(kind, name)
    match f.type:
        case FieldType.WHEN:
            return time_range(value, zone, today) if isinstance(value, When) else ""
        case FieldType.FLAG:
            return "yes" if value else "no"
        case FieldType.MINUTES:
            return "none" if value is None else _before_start(int(str(value)))
        case FieldType.CHOICE:
            return plain(str(value or "").replace("_", " "))
        case FieldType.NAMES:
            names = value if isinstance(value, tuple) and not isinstance(value, When) else ()
            return ", ".join(plain(name) for name in names)
        case FieldType.EXCEPTIONS:
            return _exceptions(str(value or ""))
        case FieldType.BLOCK:
            return plain(str(value or ""), keep_newlines=True)
        case FieldType.DATE | FieldType.MOMENT if not value:
            return "none"
        case FieldType.DATE if (found := due_day(value)) is not None:
            # of a day long ago the weekday says nothing
            return day(found, today, weekday=kind is Kind.TASKS)
        case FieldType.MOMENT:
            return instant(str(value), zone, today)
    return plain(str(value or ""))


def _exceptions(given: str) -> str:
    if not given:
        return ""
    from sync_core import series

    return series.exceptions_in_words(given)


def row_words(row: Row, zone: str, today: date) -> str:
    """A row in a few words: when it is and its subject, or a name and where. Not made harmless: give it to `cell`."""
    item = row.left or row.right
    if item is None:
        return row.title
    when = item.when
    if when is not None and not when.all_day:
        return f"{instant(when.start, zone, today)} {item.title}"
    return item_words(item, zone, today)


def item_words(item: Item, zone: str, today: date) -> str:
    """An item in a few words that tell it from others: "Kim Lee, Northwind, kim@example.org". Not made harmless."""
    match item.kind:
        case Kind.CONTACTS:
            parts = [item.title, *(str(item.fields.get(name) or "") for name in ("company", "email"))]
            return ", ".join(dict.fromkeys(filter(None, parts)))
        case Kind.TASKS if due := item.fields.get("due"):
            return f"due {field_value(item.kind, 'due', due, zone, today)} {item.title}"
    return item.title if item.when is None else f"{time_range(item.when, zone, today)} {item.title}"


def plural(number: int, what: str, many: str = "") -> str:
    """ "1 row", "2 rows", "2 people"."""
    return f"{number} {what if number == 1 else many or what + 's'}"


def _before_start(minutes: int) -> str:
    for size, name in ((7 * 24 * 60, "week"), (24 * 60, "day"), (60, "hour")):
        if minutes and minutes % size == 0:
            return f"{plural(minutes // size, name)} before"
    return f"{minutes} min before" if minutes else "at the start"


def _timed(when: When, zone: str, today: date) -> str:
    start, end = _ends(when, zone)
    head = f"{day(start.date(), today)} {clock(start)}"
    if end == start:
        return head
    if _last_day(start, end, False) == start.date():
        return f"{head}–{clock(end)}"
    return f"{head} – {day(end.date(), today)} {clock(end)}"


def _all_day(when: When, today: date) -> str:
    first, last = date.fromisoformat(when.start), date.fromisoformat(when.end)
    if last <= first:
        return f"{day(first, today)}, all day"
    same_month = (first.year, first.month) == (last.year, last.month)
    # "Mon 23 – Wed 25 Nov" needs the day before the month
    short = same_month and dates.style().order == "dmy"
    head = f"{dates.DAYS[first.weekday()][:3]} {first.day}" if short else day(first, today)
    return f"{head} – {day(last, today)}, all day"


def _ends(when: When, zone: str) -> tuple[datetime, datetime]:
    if when.all_day:
        return datetime.fromisoformat(when.start), datetime.fromisoformat(when.end)
    return _local(when.start, zone), _local(when.end, zone)


def _last_day(start: datetime, end: datetime, all_day: bool) -> date:
    """The last day an event touches: one that ends at midnight does not reach into the next day."""
    if not all_day and end > start and end.time() == datetime.min.time():
        end -= timedelta(minutes=1)
    return max(end.date(), start.date())


def _utc(moment: str) -> datetime:
    parsed = datetime.fromisoformat(moment)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _local(moment: str, zone: str) -> datetime:
    return _utc(moment).astimezone(ZoneInfo(zone))

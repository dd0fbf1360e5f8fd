"""What all mappings do alike: which columns to ask for, what may be written, what fits, what cannot be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

from sync_core import text
from sync_core.items import Fields, FieldType, Kind, spec
from sync_core.sides import Operation, Unreadable, Write
from sync_core.sides.salesforce import times
from sync_core.sides.salesforce.ids import id18
from sync_core.sides.salesforce.mapping import UnwritableError
from sync_core.sides.salesforce.shape import Shape
from sync_core.span import is_day, is_instant

HIDDEN: Final = "hidden from you by the org's field-level security"
READ_ONLY: Final = "read-only for you in this org"
# query() hides activities that are older; a day's grace for the zone and for when the archiving runs (facts:
# salesforce B4, archived activities)
ARCHIVED_AFTER: Final = timedelta(days=364)
ARCHIVED: Final = "archived by Salesforce, as it is more than a year old"
# the columns of display and bookkeeping that every object has
COMMON: Final = ("Id", "OwnerId", "SystemModstamp", "LastModifiedDate", "IsDeleted")
# what Salesforce's dates can be (recalled)
_FIRST_YEAR: Final = 1700
_LAST_YEAR: Final = 4000

# the columns behind each neutral field
Columns = Mapping[str, tuple[str, ...]]


def missing_column(shape: Shape, names: Iterable[str]) -> str:
    """Why nothing can be read when one of these columns is not there, in words; "" when all are."""
    gone = next((name for name in names if not shape.has(name)), "")
    return f"the field {gone} of {shape.sobject} is {HIDDEN}" if gone else ""


def unwritable(table: Columns, shape: Shape, operation: Operation) -> dict[str, str]:
    """The neutral fields that this user cannot set with `operation`, with the reason in words."""
    result = {}
    for field, names in table.items():
        if not all(shape.has(name) for name in names):
            result[field] = HIDDEN
        elif not all(shape.can_write(name, operation) for name in names):
            result[field] = READ_ONLY
    return result


def columns(table: Columns, others: Iterable[str], shape: Shape) -> list[str]:
    """The columns to ask for, each once, as far as this user sees them."""
    names = dict.fromkeys((*others, *(name for group in table.values() for name in group)))
    return [name for name in names if shape.has(name)]


def related(relations: Mapping[str, str], shape: Shape) -> list[str]:
    """The names to ask for of the records behind these columns; `relations` maps a column to its relationship."""
    return [
        f"{relation}.Name"
        for column, relation in relations.items()
        if shape.has(column) and shape.columns[column].relationship == relation
    ]


def lengths(table: Columns, shape: Shape) -> dict[str, int]:
    """How many characters each text field holds, as describe gives it."""
    found = {}
    for field, names in table.items():
        column = shape.columns.get(names[0])
        if len(names) == 1 and column is not None and column.length is not None:
            found[field] = column.length
    return found


def name_of(row: Mapping[str, Any], relation: str) -> str:
    """The name of a related record, "" where there is none."""
    found = row.get(relation)
    return text.line(str(found.get("Name") or "")) if isinstance(found, Mapping) else ""


def shown_moment(value: object) -> str:
    """A dateTime for display, "" for what is none."""
    try:
        return times.neutral(times.instant(str(value)))
    except ValueError:
        return ""


def version(row: Mapping[str, Any]) -> str:
    """SystemModstamp, which moves for automated changes, too (facts: salesforce B4)."""
    return str(row.get("SystemModstamp") or row.get("LastModifiedDate") or "")


def unreadable(row: Mapping[str, Any], problem: Exception, title: object, lacks: str) -> Unreadable:
    """A row that could not be understood; `lacks` says what it lacks when `problem` is not in words."""
    why = str(problem) if isinstance(problem, ValueError) else lacks
    return Unreadable(id18(str(row.get("Id") or "")), text.line(str(title or "")), text.shorten(text.plain(why), 200))


def writable(kind: Kind, write: Write, refused: Mapping[str, str]) -> dict[str, Any]:
    """The fields of `write` that can be sent: a create leaves out what this user cannot set.

    Raises UnwritableError for an update of such a field.
    """
    given = dict(write.fields)
    for name in [name for name in given if name in refused]:
        if write.operation is not Operation.CREATE:
            raise UnwritableError(f"the {spec(kind, name).label} is {refused[name]}")
        del given[name]
    return given


def fitting(kind: Kind, name: str, column: str, value: object, shape: Shape) -> str | None:
    """A text for `column`, None for a blank one. Raises UnwritableError when it is too long: nothing is cut off."""
    words = str(value or "")
    limit = shape.columns[column].length
    if limit is not None and (length := _length(kind, name, words)) > limit:
        raise UnwritableError(f"the {spec(kind, name).label} has {length} characters, and Salesforce holds {limit}")
    return words or None


def too_long(kind: Kind, fields: Fields, most: Mapping[str, int]) -> str:
    """Which text of many lines does not fit into the length that Salesforce gives it; "" when all do."""
    for name, limit in most.items():
        value = fields.get(name)
        if isinstance(value, str) and (length := _length(kind, name, value)) > limit:
            return f"{spec(kind, name).label} has {length:,} characters with its line ends, Salesforce holds {limit:,}"
    return ""


def _length(kind: Kind, name: str, words: str) -> int:
    # Salesforce stores a line break as two characters (recalled)
    return len(words) + (words.count("\n") if spec(kind, name).type is FieldType.BLOCK else 0)


def out_of_range(kind: Kind, fields: Fields, *names: str) -> str:
    """Which of these dates or moments Salesforce cannot hold, or is none; "" when it holds all."""
    for name in names:
        value = fields.get(name)
        if not isinstance(value, str):
            continue
        f = spec(kind, name)
        known = is_day(value) if f.type is FieldType.DATE else is_instant(value)
        if not known:
            return f"{f.label} cannot be understood"
        if why := out_of_years(value):
            return f"{f.label} is {why}"
    return ""


def out_of_years(iso: str) -> str:
    """Why Salesforce cannot hold this day or instant, as the end of a sentence; "" when it can."""
    year = int(iso[:4])
    within = _FIRST_YEAR <= year <= _LAST_YEAR
    return "" if within else f"in the year {year}, Salesforce holds {_FIRST_YEAR} to {_LAST_YEAR}"

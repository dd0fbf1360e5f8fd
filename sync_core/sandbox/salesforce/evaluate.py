"""Answers a parsed query: checks every name and every type as the real org does, then filters, sorts and shows rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, cast

from sync_core.sandbox.salesforce.errors import ApiError, query_error
from sync_core.sandbox.salesforce.event_rules import Row
from sync_core.sandbox.salesforce.fields import Field, SObject
from sync_core.sandbox.salesforce.ids import normal_id
from sync_core.sandbox.salesforce.ranges import days, moments
from sync_core.sandbox.salesforce.soql import Column, Comparison, Condition, Literal, Logic, Path, Query, place
from sync_core.sandbox.salesforce.tables import NAME_FIELDS
from sync_core.sandbox.salesforce.times import parse_date, parse_datetime
from sync_core.sandbox.salesforce.values import show

if TYPE_CHECKING:
    from sync_core.sandbox.salesforce.store import Actor, Org

Getter = Callable[[Row], Any]
Test = Callable[[Row], bool]

# relationships that lead to more than one object answer with the fields of Name
_POLYMORPHIC: Final = frozenset({"Who", "What", "Owner", "Relation", "LinkedEntity", "Parent"})
_MAX_DEPTH: Final = 5


@dataclass(frozen=True, slots=True)
class _Found:
    """A field at the end of a path: how to read it, of which type it is, and its name in the reply."""

    field: Field
    read: Getter
    names: Path


def run(org: Org, actor: Actor, query: Query, *, everything: bool) -> tuple[list[dict[str, object]], int]:
    """The rows of the reply and their number; for COUNT() no rows. `everything` is queryAll. Raises ApiError."""
    return _Run(org, actor, query, everything).answer()


class _Run:
    def __init__(self, org: Org, actor: Actor, query: Query, everything: bool) -> None:
        self.org = org
        self.actor = actor
        self.query = query
        self.everything = everything
        self.now = org.now()
        self.zone = org.zone(actor)
        self.table = self._table(query.sobject)

    def answer(self) -> tuple[list[dict[str, object]], int]:
        columns = self._columns()
        test = self._condition(self.query.where) if self.query.where else None
        keys = [(self._sort_key(order.path, order.position), order) for order in self.query.order]
        self._restrictions()
        rows = self.org.scan(self.actor, self.table.name, everything=self.everything)
        if test is not None:
            rows = [row for row in rows if test(row)]
        if self.query.count:
            limited = rows[: self.query.limit] if self.query.limit is not None else rows
            return [], len(limited)
        # without ORDER BY the order means nothing; it is made to look like that, the same way every time
        rows.sort(key=lambda row: cast(str, row["Id"])[14::-1])
        for read, order in reversed(keys):
            _sort(rows, read, order.descending, order.nulls_last)
        rows = rows[self.query.offset :]
        if self.query.limit is not None:
            rows = rows[: self.query.limit]
        return [self._show(row, columns) for row in rows], len(rows)

    # -- names ---------------------------------------------------------------------------------------------------

    def _table(self, name: str) -> SObject:
        try:
            found = self.org.table(name)
        except ApiError:
            found = None
        if found is None or not found.queryable:
            raise query_error(
                "INVALID_TYPE",
                place(self.query.text, self.query.text.lower().find("from") + 5)
                + f"sObject type '{name}' is not supported. If you are attempting to use a custom object, be sure to"
                " append the '__c' after the entity name. Please reference your WSDL or the describe call for the"
                " appropriate names.",
            )
        return found

    def _columns(self) -> list[_Found]:
        found: list[_Found] = []
        seen: set[Path] = set()
        for column in self.query.columns:
            for path in self._expanded(column):
                one = self._find(path, column.position)
                if one.names in seen:
                    raise query_error("INVALID_FIELD", f"duplicate field selected: {'.'.join(path)}")
                seen.add(one.names)
                found.append(one)
        return found

    def _expanded(self, column: Column) -> list[Path]:
        if not column.group:
            return [column.path]
        fields = self.table.visible(self.actor.version)
        return [
            (field.name,) for field in fields if column.group == "ALL" or field.custom == (column.group == "CUSTOM")
        ]

    def _find(self, path: Path, position: int) -> _Found:
        table = self.table
        if len(path) > 1 and path[0].lower() == table.name.lower():
            path = path[1:]
        if len(path) > _MAX_DEPTH + 1:
            raise query_error("INVALID_FIELD", f"Relationship {'.'.join(path)} is more than {_MAX_DEPTH} levels deep")
        names: list[str] = []
        steps: list[Getter] = []
        for step in path[:-1]:
            link = table.by_relationship(step, self.actor.version)
            if link is None:
                raise query_error(
                    "INVALID_FIELD",
                    place(self.query.text, position)
                    + f"Didn't understand relationship '{step}' in field path. If you are attempting to use a custom"
                    " relationship, be sure to append the '__r' after the custom relationship name. Please reference"
                    " your WSDL or the describe call for the appropriate names.",
                )
            names.append(cast(str, link.relationship))
            steps.append(self._parent(link))
            if link.relationship in _POLYMORPHIC:
                return self._name_field(path, len(names), names, steps, position)
            table = self.org.schema[link.targets[0]]
        field = table.find(path[-1], self.actor.version)
        if field is None:
            raise self._no_column(path[-1], table.name, position)
        return _Found(field, _chain(steps, self._own(field)), (*names, field.name))

    def _name_field(self, path: Path, depth: int, names: list[str], steps: list[Getter], position: int) -> _Found:
        last = path[depth] if len(path) == depth + 1 else ".".join(path[depth:])
        known = {name.lower(): name for name in NAME_FIELDS}.get(last.lower())
        if known is None:
            raise self._no_column(last, "Name", position)
        field = Field(known, "id" if known == "Id" else "string", known)
        if known == "Type":
            return _Found(field, _chain(steps, lambda row: self.org.prefixes.get(row["Id"][:3])), (*names, known))
        if known == "Name":
            return _Found(field, _chain(steps, lambda row: row.get("Name") or row.get("Subject")), (*names, known))
        return _Found(field, _chain(steps, lambda row: row.get(known)), (*names, known))

    def _parent(self, link: Field) -> Getter:
        org, actor = self.org, self.actor

        def parent(row: Row) -> Row | None:
            record_id = row.get(link.name)
            if not isinstance(record_id, str):
                return None
            sobject = org.prefixes.get(record_id[:3], "")
            found = org.lookup(sobject, record_id) if sobject else None
            return found if found is not None and org.visible(actor, found, sobject) else None

        return parent

    def _own(self, field: Field) -> Getter:
        if field.name == "IsArchived":
            return lambda row: self.org.is_archived(row, self.now)
        name = field.name
        return lambda row: row.get(name)

    def _no_column(self, name: str, entity: str, position: int) -> ApiError:
        return query_error(
            "INVALID_FIELD",
            place(self.query.text, position)
            + f"No such column '{name}' on entity '{entity}'. If you are attempting to use a custom field, be sure to"
            " append the '__c' after the custom field name. Please reference your WSDL or the describe call for the"
            " appropriate names.",
        )

    def _sort_key(self, path: Path, position: int) -> Getter:
        found = self._find(path, position)
        if not found.field.sortable:
            raise query_error(
                "INVALID_FIELD",
                place(self.query.text, position) + f"field '{found.field.name}' can not be sorted in a query call",
            )
        return found.read

    def _restrictions(self) -> None:
        """ContentDocumentLink is read only through a filter on its ids (facts B4)."""
        if self.table.name != "ContentDocumentLink":
            return
        filtered = {
            comparison.path[-1].lower()
            for comparison in _comparisons(self.query.where)
            if comparison.operator in ("=", "in")
        }
        if not filtered & {"id", "linkedentityid", "contentdocumentid"}:
            raise query_error(
                "MALFORMED_QUERY",
                "Implementation restriction: ContentDocumentLink requires a filter by a single Id on ContentDocumentId"
                " or LinkedEntityId using the equals operator or multiple Id's using the IN operator.",
            )

    # -- conditions ----------------------------------------------------------------------------------------------

    def _condition(self, condition: Condition) -> Test:
        if isinstance(condition, Logic):
            tests = [self._condition(part) for part in condition.parts]
            if condition.operator == "not":
                return lambda row: not tests[0](row)
            if condition.operator == "and":
                return lambda row: all(test(row) for test in tests)
            return lambda row: any(test(row) for test in tests)
        return self._comparison(condition)

    def _comparison(self, comparison: Comparison) -> Test:
        found = self._find(comparison.path, comparison.position)
        field, read = found.field, found.read
        if not field.filterable:
            raise query_error(
                "INVALID_FIELD",
                place(self.query.text, comparison.position)
                + f"field '{field.name}' can not be filtered in a query call",
            )
        self._operator(comparison, field)
        if comparison.operator == "like":
            pattern = _like(comparison.values[0].text)
            return lambda row: isinstance(value := read(row), str) and pattern.fullmatch(value) is not None
        literals = [self._value(literal, field, comparison.position) for literal in comparison.values]
        if any(isinstance(literal, tuple) for literal in literals):
            return _range_test(comparison.operator, read, literals)
        return _plain_test(comparison.operator, read, literals, field)

    def _operator(self, comparison: Comparison, field: Field) -> None:
        operator = comparison.operator
        ordering = operator in ("<", ">", "<=", ">=")
        text = field.type not in ("boolean", "int", "date", "datetime", "id", "reference")
        if (
            (operator == "like" and not text)
            or (ordering and field.type in ("boolean", "id", "reference"))
            or (ordering and comparison.values[0].kind == "null")
        ):
            kind = "id" if field.type == "reference" else field.type
            raise query_error(
                "INVALID_QUERY_FILTER_OPERATOR",
                place(self.query.text, comparison.position) + f"invalid operator on {kind} field",
            )

    def _value(self, literal: Literal, field: Field, position: int) -> object:
        """The Python value of a literal, checked against the field's type; a pair of moments for a date literal."""
        if literal.kind == "null":
            return None
        kind, wanted = field.type, literal.kind
        if kind == "date" and wanted == "date":
            value: object = parse_date(literal.text)
        elif kind == "datetime" and wanted == "datetime":
            value = parse_datetime(literal.text)
        elif kind in ("date", "datetime") and wanted == "range":
            span = days(literal.text, literal.number, self.now.astimezone(self.zone).date())
            return span if kind == "date" else moments(span, self.zone)
        elif kind == "boolean" and wanted == "boolean":
            value = literal.text == "TRUE"
        elif kind == "int" and wanted == "number":
            value = float(literal.text) if "." in literal.text else int(literal.text)
        elif kind in ("id", "reference") and wanted == "string":
            return self._id(literal, field, position)
        elif kind not in ("date", "datetime", "boolean", "int", "id", "reference") and wanted == "string":
            return _unescaped(literal.text).lower() or None
        else:
            raise self._wrong_type(field, position)
        if value is None:
            raise query_error("MALFORMED_QUERY", place(self.query.text, position) + f"Invalid date: {literal.text}")
        return value

    def _id(self, literal: Literal, field: Field, position: int) -> object:
        if not literal.text:
            return None
        found = normal_id(literal.text)
        if found is None:
            raise query_error(
                "INVALID_QUERY_FILTER_OPERATOR",
                place(self.query.text, position) + f"invalid ID field: {literal.text[:60]}",
            )
        return found

    def _wrong_type(self, field: Field, position: int) -> ApiError:
        type_name = {"datetime": "dateTime", "id": "id", "reference": "id"}.get(field.type, field.type)
        quoted = field.type not in ("date", "datetime", "boolean", "int")
        type_name = type_name if not quoted or type_name == "id" else "string"
        return query_error(
            "INVALID_FIELD",
            place(self.query.text, position)
            + f"value of filter criterion for field '{field.name}' must be of type {type_name} and should"
            + (" be enclosed in quotes" if quoted else " not be enclosed in quotes"),
        )

    # -- rows ----------------------------------------------------------------------------------------------------

    def _show(self, row: Row, columns: list[_Found]) -> dict[str, object]:
        shown: dict[str, object] = {"attributes": attributes(self.table.name, row["Id"], self.actor.version)}
        for column in columns:
            if len(column.names) == 1:
                shown[column.names[0]] = show(column.read(row))
            else:
                self._nest(shown, row, column)
        return shown

    def _nest(self, shown: dict[str, object], row: Row, column: _Found) -> None:
        table, parent, place_in = self.table, row, shown
        for name in column.names[:-1]:
            link = cast(Field, table.by_relationship(name, self.actor.version))
            following = self._parent(link)(parent)
            if following is None:
                place_in[name] = None
                return
            sobject = self.org.prefixes[cast(str, following["Id"])[:3]]
            if name not in place_in:
                about = attributes(sobject, following["Id"], self.actor.version)
                place_in[name] = {"attributes": about | ({"type": "Name"} if name in _POLYMORPHIC else {})}
            place_in = cast(dict[str, object], place_in[name])
            table, parent = self.org.schema[sobject], following
        place_in[column.names[-1]] = show(column.read(row))


def attributes(sobject: str, record_id: object, version: int) -> dict[str, object]:
    """The `attributes` of a row in a reply."""
    return {"type": sobject, "url": f"/services/data/v{version}.0/sobjects/{sobject}/{record_id}"}


def _chain(steps: list[Getter], last: Getter) -> Getter:
    if not steps:
        return last

    def read(row: Row) -> Any:
        at: Row | None = row
        for step in steps:
            at = step(at)
            if at is None:
                return None
        return last(at)

    return read


def _comparisons(condition: Condition | None) -> list[Comparison]:
    """The comparisons that hold for every row: those joined by AND."""
    if isinstance(condition, Comparison):
        return [condition]
    if condition is None or condition.operator != "and":
        return []
    return [each for part in condition.parts for each in _comparisons(part)]


def _unescaped(text: str) -> str:
    return re.sub(r"\\([\\_%])", r"\1", text)


def _like(text: str) -> re.Pattern[str]:
    out = ""
    for part in re.findall(r"\\.|[^\\]", text, re.DOTALL):
        if part == "%":
            out += ".*"
        elif part == "_":
            out += "."
        else:
            out += re.escape(part[-1])
    return re.compile(out, re.IGNORECASE | re.DOTALL)


def _folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _plain_test(operator: str, read: Getter, literals: list[Any], field: Field) -> Test:
    # text is compared without regard to case, ids with it
    get: Getter = read if field.type in ("id", "reference") else lambda row: _folded(read(row))
    wanted = literals[0]
    if operator in ("in", "not in"):
        several = set(literals)
        return (lambda row: get(row) in several) if operator == "in" else (lambda row: get(row) not in several)
    if operator == "=":
        return lambda row: bool(get(row) == wanted)
    if operator == "!=":
        # a row without a value is unequal to every value
        return lambda row: bool(get(row) != wanted)
    compare: Callable[[Any, Any], bool] = {
        "<": lambda one, other: one < other,
        "<=": lambda one, other: one <= other,
        ">": lambda one, other: one > other,
        ">=": lambda one, other: one >= other,
    }[operator]
    return lambda row: (value := get(row)) is not None and wanted is not None and compare(value, wanted)


def _range_test(operator: str, read: Getter, literals: list[Any]) -> Test:
    spans = [each if isinstance(each, tuple) else None for each in literals]

    def within(value: date | datetime | None) -> bool:
        return any(
            span[0] <= value < span[1] if span is not None and value is not None else value == literal
            for span, literal in zip(spans, literals, strict=True)
        )

    start, end = cast(tuple[Any, Any], spans[0] or (None, None))
    match operator:
        case "=" | "in":
            return lambda row: within(read(row))
        case "!=" | "not in":
            return lambda row: not within(read(row))
        case "<":
            return lambda row: (value := read(row)) is not None and value < start
        case "<=":
            return lambda row: (value := read(row)) is not None and value < end
        case ">":
            return lambda row: (value := read(row)) is not None and value >= end
    return lambda row: (value := read(row)) is not None and value >= start


def _sort(rows: list[Row], read: Getter, descending: bool, nulls_last: bool) -> None:
    """Sorts in place, text without regard to case; nulls come first unless asked otherwise."""
    empty = [row for row in rows if read(row) is None]
    full = [row for row in rows if read(row) is not None]
    full.sort(key=lambda row: _folded(read(row)), reverse=descending)
    rows[:] = full + empty if nulls_last else empty + full

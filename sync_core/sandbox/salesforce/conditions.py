"""Conditions of a query: checked against the types of the fields as the real org does, then made into tests."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, cast

from sync_core.sandbox.salesforce.errors import ApiError, query_error
from sync_core.sandbox.salesforce.event_rules import Row
from sync_core.sandbox.salesforce.fields import Field
from sync_core.sandbox.salesforce.ids import normal_id
from sync_core.sandbox.salesforce.paths import Getter, Names
from sync_core.sandbox.salesforce.ranges import days, moments
from sync_core.sandbox.salesforce.soql import Comparison, Condition, Literal, Logic, place
from sync_core.sandbox.salesforce.times import parse_date, parse_datetime

Test = Callable[[Row], bool]


class Conditions:
    """Makes tests of rows from the conditions of one query."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.query = names.query
        self.zone = names.org.zone(names.actor)
        self.today = names.now.astimezone(self.zone).date()

    def test(self, condition: Condition) -> Test:
        """A test for rows. Raises ApiError for a field, an operator or a value that does not fit."""
        if isinstance(condition, Logic):
            tests = [self.test(part) for part in condition.parts]
            if condition.operator == "not":
                return lambda row: not tests[0](row)
            if condition.operator == "and":
                return lambda row: all(test(row) for test in tests)
            return lambda row: any(test(row) for test in tests)
        return self._comparison(condition)

    def _comparison(self, comparison: Comparison) -> Test:
        found = self.names.find(comparison.path, comparison.position)
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
            return self._span(literal, kind, position)
        elif kind == "boolean" and wanted == "boolean":
            value = literal.text == "TRUE"
        elif kind == "int" and wanted == "number":
            value = float(literal.text)
        elif kind in ("id", "reference") and wanted == "string":
            return self._id(literal, field, position)
        elif kind not in ("date", "datetime", "boolean", "int", "id", "reference") and wanted == "string":
            return _unescaped(literal.text).lower() or None
        else:
            raise self._wrong_type(field, position)
        if value is None:
            raise query_error("MALFORMED_QUERY", place(self.query.text, position) + f"Invalid date: {literal.text}")
        return value

    def _span(self, literal: Literal, kind: str, position: int) -> tuple[date, date]:
        try:
            span = days(literal.text, literal.number, self.today)
            return span if kind == "date" else moments(span, self.zone)
        except (ValueError, OverflowError):
            # outside of what a date can be
            raise query_error(
                "MALFORMED_QUERY", place(self.query.text, position) + f"{literal.text}:{literal.number} is out of range"
            ) from None

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

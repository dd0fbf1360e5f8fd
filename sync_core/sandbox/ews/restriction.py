"""Restrictions and sort orders of FindItem, turned into functions over stored items."""

from __future__ import annotations

import operator
import unicodedata
from collections.abc import Callable
from typing import Any, Final

from lxml import etree

from sync_core.sandbox.ews import extended
from sync_core.sandbox.ews.access import Session
from sync_core.sandbox.ews.fields import FIELDS, fields_of
from sync_core.sandbox.ews.shape import INDEXED, value_of
from sync_core.sandbox.ews.soap import EwsError, children, local
from sync_core.sandbox.ews.store import StoredItem
from sync_core.sandbox.ews.times import parse_moment

Test = Callable[[StoredItem], bool]
Getter = Callable[[StoredItem], Any]

_COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "IsEqualTo": operator.eq,
    "IsNotEqualTo": operator.ne,
    "IsGreaterThan": operator.gt,
    "IsGreaterThanOrEqualTo": operator.ge,
    "IsLessThan": operator.lt,
    "IsLessThanOrEqualTo": operator.le,
}


def restriction(element: etree._Element | None, session: Session) -> Test:
    """The test that a Restriction element stands for; everything passes None.

    Raises EwsError: ErrorUnsupportedPathForQuery for properties that cannot be searched, ErrorInvalidValueForProperty
    for constants that do not fit them, ErrorContainsFilterWrongType.
    """
    return (lambda _: True) if element is None else _expression(children(element)[0], session)


def _expression(element: etree._Element, session: Session) -> Test:
    name, inner = local(element), children(element)
    match name:
        case "And" | "Or":
            tests = [_expression(child, session) for child in inner]
            if name == "And":
                return lambda item: all(test(item) for test in tests)
            return lambda item: any(test(item) for test in tests)
        case "Not":
            negated = _expression(inner[0], session)
            return lambda item: not negated(item)
        case "Exists":
            get, _ = _path(inner[0], session)
            return lambda item: get(item) is not None
        case "Contains":
            return _contains(element, session)
        case _ if name in _COMPARISONS:
            return _comparison(_COMPARISONS[name], inner[0], children(inner[1])[0], session)
    raise EwsError("ErrorInvalidRestriction", "The restriction is invalid.")


def _comparison(
    compare: Callable[[Any, Any], bool], path: etree._Element, other: etree._Element, session: Session
) -> Test:
    get, parse = _path(path, session)
    if local(other) == "Constant":
        constant = parse(str(other.get("Value")))
        get_other: Getter = lambda _: constant  # noqa: E731 (shorter than a def, and typed)
    else:
        get_other, _ = _path(other, session)

    def test(item: StoredItem) -> bool:
        left, right = get(item), get_other(item)
        if left is None or right is None:
            # a property that is not there differs from every value and is neither above nor below it
            return compare is operator.ne
        if isinstance(left, list):
            return any(compare(entry, right) for entry in left)
        try:
            return compare(left, right)
        except TypeError:
            return False

    return test


def _fold(text: str, comparison: str) -> str:
    if "Case" in comparison or comparison.startswith("Loose"):
        text = text.casefold()
    if "NonSpac" in comparison or comparison.startswith("Loose"):
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return text


def _contains(element: etree._Element, session: Session) -> Test:
    path, constant = children(element)
    get, _ = _path(path, session)
    comparison = element.get("ContainmentComparison") or "Exact"
    mode = element.get("ContainmentMode") or "FullString"
    wanted = _fold(str(constant.get("Value")), comparison)

    def fits(value: object) -> bool:
        if isinstance(value, list):
            return any(fits(entry) for entry in value)
        if not isinstance(value, str):
            return False
        have = _fold(value, comparison)
        match mode:
            case "FullString":
                return have == wanted
            case "Prefixed":
                return have.startswith(wanted)
            case "PrefixOnWords":
                return any(word.startswith(wanted) for word in have.split())
        return wanted in have

    return lambda item: fits(get(item))


def _path(path: etree._Element, session: Session) -> tuple[Getter, Callable[[str], Any]]:
    """How to get at a property, and how to read a constant that it is compared with."""
    match local(path):
        case "ExtendedFieldURI":
            key = extended.read_key(path)
            base = key.type.removesuffix("Array")

            def get_extended(item: StoredItem) -> Any:
                return extended.value_of(
                    item.extended, key, item.fields.get("uid"), item.fields.get("recurrence") is not None
                )

            return get_extended, (lambda text: extended.parse_value(text, base))
        case "IndexedFieldURI":
            return _indexed(path), str
    uri = str(path.get("FieldURI"))
    field = FIELDS.get(uri)
    if field is None or not field.may("q"):
        raise EwsError("ErrorUnsupportedPathForQuery", "The property can not be used with this type of restriction.")
    known = field

    def get(item: StoredItem) -> Any:
        if known.element not in fields_of(item.kind):
            return None
        return item.id if known.name == "item_id" else value_of(item, known, session)

    def parse(text: str) -> Any:
        try:
            match known.kind:
                case "bool":
                    return {"true": True, "1": True, "false": False, "0": False}[text.lower()]
                case "int":
                    return int(text)
                case "float":
                    return float(text)
                case "datetime":
                    return parse_moment(text, session.zone)
        except (ValueError, KeyError) as problem:
            raise EwsError(
                "ErrorInvalidValueForProperty",
                f"The specified value is invalid for property {uri}.",
                values={"Name": uri, "Value": text},
            ) from problem
        return text

    return get, parse


def _indexed(path: etree._Element) -> Getter:
    uri, index = str(path.get("FieldURI")), str(path.get("FieldIndex"))
    whole = next((name for name, start in INDEXED.items() if uri.startswith(start)), None)
    if whole is None:
        raise EwsError("ErrorUnsupportedPathForQuery", "The property can not be used with this type of restriction.")
    name = FIELDS[whole].name
    part = uri.partition("PhysicalAddress:")[2]

    def get(item: StoredItem) -> Any:
        entries: Any = item.fields.get(name) or {}
        value = entries.get(index)
        return value.get(part) if part and isinstance(value, dict) else value

    return get


def sort(items: list[StoredItem], element: etree._Element | None, session: Session) -> list[StoredItem]:
    """The items in the order of a SortOrder element; those without a value come first when ascending.

    Raises EwsError(ErrorUnsupportedPathForSortGroup).
    """
    for order in reversed(children(element)):
        try:
            get, _ = _path(children(order)[0], session)
        except EwsError as problem:
            raise EwsError(
                "ErrorUnsupportedPathForSortGroup", "The property can not be used to sort or group."
            ) from problem

        def key(item: StoredItem, get: Getter = get) -> tuple[bool, Any]:
            value = get(item)
            return (value is not None, "") if value is None else (True, value)

        items = sorted(items, key=key, reverse=order.get("Order") == "Descending")
    return items

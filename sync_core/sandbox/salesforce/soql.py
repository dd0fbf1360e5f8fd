"""A recursive-descent parser for the part of SOQL that the sandbox answers. What it does not know it refuses.

Grammar as in the SOQL reference: AND and OR are not mixed at one level without parentheses, and a NOT beside another
condition stands in parentheses of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sync_core.sandbox.salesforce.errors import ApiError, query_error

# facts B4, "SOQL"
MAX_QUERY: Final = 100_000
MAX_STRING: Final = 4_000
MAX_OFFSET: Final = 2_000
# nested parentheses; where a real org gives up is not documented
MAX_DEPTH: Final = 50

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Literal:
    """A value in a condition. `kind`: string, number, date, datetime, boolean, null or range (a date literal)."""

    kind: str
    text: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """`path operator values`; only IN and NOT IN have more than one value. `position` is for error messages."""

    path: Path
    operator: str
    values: tuple[Literal, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Logic:
    """AND, OR or NOT over conditions."""

    operator: str
    parts: tuple[Condition, ...]


Condition = Comparison | Logic


@dataclass(frozen=True, slots=True)
class Column:
    """A selected field, or FIELDS(...) when `group` is ALL, STANDARD or CUSTOM."""

    path: Path
    position: int
    group: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """One key of ORDER BY."""

    path: Path
    descending: bool
    nulls_last: bool
    position: int


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query. `columns` is empty for COUNT()."""

    text: str
    sobject: str
    columns: tuple[Column, ...]
    count: bool
    where: Condition | None
    order: tuple[Order, ...]
    limit: int | None
    offset: int
    from_position: int


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


_ESCAPES: Final[Mapping[str, str]] = {
    "n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\", "N": "\n", "R": "\r",
    "T": "\t", "B": "\b", "F": "\f", "_": "\\_", "%": "\\%",
}  # fmt: skip
_TOKENS: Final = re.compile(
    r"""(?P<space>\s+)
    |(?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
    |(?P<date>\d{4}-\d\d-\d\d)(?![\dT])
    |(?P<number>[+-]?\d+(?:\.\d+)?)(?![\w-])
    |(?P<name>[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*)
    |(?P<string>'(?:[^'\\]|\\.)*')
    |(?P<mark><=|>=|!=|<>|[=<>(),:])""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_RESERVED: Final = frozenset(
    re.findall(
        r"\w+",
        "and asc desc excludes first from group having in includes last like limit not null nulls or order select true"
        " false using where with",
    )
)
# date literals (SOQL reference); those of the second list take :n
PLAIN_RANGES: Final = frozenset(
    re.findall(
        r"\w+",
        "YESTERDAY TODAY TOMORROW LAST_WEEK THIS_WEEK NEXT_WEEK LAST_MONTH THIS_MONTH NEXT_MONTH LAST_90_DAYS"
        " NEXT_90_DAYS THIS_YEAR LAST_YEAR NEXT_YEAR",
    )
)
COUNTED_RANGES: Final = frozenset(
    re.findall(
        r"\w+",
        "LAST_N_DAYS NEXT_N_DAYS N_DAYS_AGO LAST_N_WEEKS NEXT_N_WEEKS LAST_N_MONTHS NEXT_N_MONTHS LAST_N_YEARS"
        " NEXT_N_YEARS",
    )
)


def place(text: str, position: int) -> str:
    """Where in a query an error is, as the real messages show it: a line of context, a caret, row and column."""
    start = max(0, position - 40)
    context = text[start : position + 20].replace("\n", " ")
    row = text.count("\n", 0, position) + 1
    column = position - (text.rfind("\n", 0, position) + 1) + 1
    return f"\n{context}\n{' ' * (position - start)}^\nERROR at Row:{row}:Column:{column}\n"


def parse(text: str) -> Query:
    """Reads a query. Raises ApiError MALFORMED_QUERY, or another code where the real parser has one of its own."""
    if len(text) > MAX_QUERY:
        raise query_error("MALFORMED_QUERY", f"SOQL statements cannot be longer than {MAX_QUERY} characters.")
    return _Parser(text).query()


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    position = 0
    while position < len(text):
        match = _TOKENS.match(text, position)
        if match is None:
            if text[position] == "'":
                raise query_error("MALFORMED_QUERY", place(text, position) + "unterminated string literal")
            word = re.match(r"\S{1,20}", text[position:])
            shown = word[0] if word else text[position]
            raise query_error("MALFORMED_QUERY", place(text, position) + f"unexpected token: '{shown}'")
        kind = match.lastgroup or ""
        if kind != "space":
            found.append(_Token(kind, match[0], position))
        position = match.end()
    found.append(_Token("end", "<EOF>", len(text)))
    return found


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.at = 0
        self.depth = 0

    @property
    def now(self) -> _Token:
        return self.tokens[self.at]

    def fail(self, token: _Token | None = None, message: str = "") -> ApiError:
        token = token or self.now
        return query_error(
            "MALFORMED_QUERY", place(self.text, token.position) + (message or f"unexpected token: '{token.text}'")
        )

    def word(self, *words: str) -> bool:
        """Whether the next tokens are these keywords; they are passed over if so."""
        for offset, wanted in enumerate(words):
            index = self.at + offset
            token = self.tokens[index] if index < len(self.tokens) else self.tokens[-1]
            if token.kind != "name" or token.text.lower() != wanted:
                return False
        self.at += len(words)
        return True

    def mark(self, sign: str) -> bool:
        if self.now.kind == "mark" and self.now.text == sign:
            self.at += 1
            return True
        return False

    def need_word(self, *words: str) -> None:
        if not self.word(*words):
            raise self.fail()

    def need_mark(self, sign: str) -> None:
        if not self.mark(sign):
            raise self.fail()

    def name(self) -> _Token:
        token = self.now
        if token.kind != "name" or token.text.lower() in _RESERVED:
            raise self.fail()
        self.at += 1
        return token

    def query(self) -> Query:
        self.need_word("select")
        columns, count = self.columns()
        self.need_word("from")
        sobject = self.name()
        if "." in sobject.text:
            raise self.fail(sobject)
        where = self.condition() if self.word("where") else None
        order = self.order() if self.word("order", "by") else ()
        limit = self.integer("limit") if self.word("limit") else None
        offset = self.integer("offset") if self.word("offset") else 0
        if self.now.kind != "end":
            raise self.fail()
        if offset > MAX_OFFSET:
            raise query_error("NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {MAX_OFFSET}")
        if count and order:
            raise self.fail(self.tokens[0], "Ordering is not allowed with COUNT()")
        self.check_groups(columns, limit)
        return Query(self.text, sobject.text, columns, count, where, order, limit, offset, sobject.position)

    def check_groups(self, columns: tuple[Column, ...], limit: int | None) -> None:
        if any(column.group in ("ALL", "CUSTOM") for column in columns) and (limit is None or limit > 200):
            raise query_error("MALFORMED_QUERY", "The SOQL FIELDS function must have a LIMIT of at most 200")

    def columns(self) -> tuple[tuple[Column, ...], bool]:
        if self.word("count"):
            # only COUNT() alone; COUNT(field) is an aggregate, which the sandbox does not have
            self.need_mark("(")
            self.need_mark(")")
            return (), True
        found = [self.column()]
        while self.mark(","):
            found.append(self.column())
        return tuple(found), False

    def column(self) -> Column:
        token = self.name()
        if token.text.upper() == "FIELDS" and self.mark("("):
            group = self.name()
            self.need_mark(")")
            if group.text.upper() not in ("ALL", "STANDARD", "CUSTOM"):
                raise self.fail(group)
            return Column((), token.position, group.text.upper())
        return Column(tuple(token.text.split(".")), token.position)

    def condition(self) -> Condition:
        if self.word("not"):
            negated = Logic("not", (self.simple(),))
            if self.now.text.lower() in ("and", "or"):
                raise self.fail()
            return negated
        parts = [self.simple()]
        operator = ""
        while self.now.kind == "name" and self.now.text.lower() in ("and", "or"):
            if operator and self.now.text.lower() != operator:
                raise self.fail()
            operator = self.now.text.lower()
            self.at += 1
            parts.append(self.simple())
        return Logic(operator, tuple(parts)) if operator else parts[0]

    def simple(self) -> Condition:
        if self.mark("("):
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise query_error(
                    "QUERY_TOO_COMPLICATED",
                    "Query is either selecting too many fields or the filter conditions are too complicated.",
                )
            inner = self.condition()
            self.need_mark(")")
            self.depth -= 1
            return inner
        token = self.name()
        path = tuple(token.text.split("."))
        if self.word("not", "in"):
            return Comparison(path, "not in", self.several(), token.position)
        if self.word("in"):
            return Comparison(path, "in", self.several(), token.position)
        if self.word("like"):
            value = self.literal()
            if value.kind != "string":
                raise self.fail(self.tokens[self.at - 1])
            return Comparison(path, "like", (value,), token.position)
        operator = self.now
        if operator.kind != "mark" or operator.text not in ("=", "!=", "<>", "<", ">", "<=", ">="):
            raise self.fail()
        self.at += 1
        sign = "!=" if operator.text == "<>" else operator.text
        return Comparison(path, sign, (self.literal(),), token.position)

    def several(self) -> tuple[Literal, ...]:
        self.need_mark("(")
        found = [self.literal()]
        while self.mark(","):
            found.append(self.literal())
        self.need_mark(")")
        return tuple(found)

    def literal(self) -> Literal:
        token = self.now
        self.at += 1
        match token.kind:
            case "string":
                return Literal("string", self.unescaped(token))
            case "number" | "date" | "datetime":
                return Literal(token.kind, token.text)
            case "name":
                return self.word_literal(token)
        raise self.fail(token)

    def word_literal(self, token: _Token) -> Literal:
        upper = token.text.upper()
        if upper in ("TRUE", "FALSE"):
            return Literal("boolean", upper)
        if upper == "NULL":
            return Literal("null", "null")
        if upper in PLAIN_RANGES:
            return Literal("range", upper)
        if upper in COUNTED_RANGES:
            self.need_mark(":")
            count = self.integer(token.text)
            if count == 0:
                raise self.fail(token, f"{upper} must be followed by a positive number")
            return Literal("range", upper, count)
        raise self.fail(token, f"Bind variables only allowed in Apex code, or unexpected token: '{token.text}'")

    def unescaped(self, token: _Token) -> str:
        body = token.text[1:-1]
        if len(body) > MAX_STRING:
            raise self.fail(token, f"String literals in a WHERE clause cannot be longer than {MAX_STRING} characters")
        if "\\" not in body:
            return body
        out: list[str] = []
        letters = iter(range(len(body)))
        for index in letters:
            if body[index] != "\\":
                out.append(body[index])
                continue
            following = body[next(letters)]
            if following not in _ESCAPES:
                raise ApiError(
                    400,
                    "MALFORMED_QUERY",
                    place(self.text, token.position) + f"Illegal escape sequence '\\{following}'",
                )
            # a backslash of its own stays doubled, so that LIKE can tell it from \_ and \%
            out.append("\\\\" if following == "\\" else _ESCAPES[following])
        return "".join(out)

    def integer(self, after: str) -> int:
        token = self.now
        if token.kind != "number" or not token.text.isdigit() or len(token.text) > 9:
            raise self.fail(token, f"expecting a positive integer after {after.upper()}, found '{token.text}'")
        self.at += 1
        return int(token.text)

    def order(self) -> tuple[Order, ...]:
        found: list[Order] = []
        while True:
            token = self.name()
            descending = self.word("desc") or (self.word("asc") and False)
            nulls_last = False
            if self.word("nulls"):
                nulls_last = self.word("last")
                if not nulls_last:
                    self.need_word("first")
            found.append(Order(tuple(token.text.split(".")), descending, nulls_last, token.position))
            if not self.mark(","):
                return tuple(found)

"""What the SOQL parser and the checks of a query accept and refuse."""

from __future__ import annotations

from typing import Any

import pytest

ACCEPTED = [
    "SELECT Id FROM Event",
    "select id, subject from event",
    "SELECT Id FROM Event WHERE Subject = 'it\\'s'",
    "SELECT Id FROM Event WHERE Subject LIKE '50\\%%'",
    "SELECT Id FROM Event WHERE Subject = null",
    "SELECT Id FROM Event WHERE Subject != NULL AND IsAllDayEvent = FALSE",
    "SELECT Id FROM Event WHERE StartDateTime >= 2026-11-23T00:00:00Z",
    "SELECT Id FROM Event WHERE StartDateTime < 2026-11-23T00:00:00+01:00",
    "SELECT Id FROM Event WHERE StartDateTime = TODAY",
    "SELECT Id FROM Event WHERE StartDateTime = LAST_N_DAYS:30 OR StartDateTime = NEXT_N_DAYS:365",
    "SELECT Id FROM Event WHERE ActivityDate >= 2026-11-23",
    "SELECT Id FROM Event WHERE ActivityDate = THIS_WEEK",
    "SELECT Id FROM Event WHERE DurationInMinutes > 30 AND DurationInMinutes <= 90",
    "SELECT Id FROM Event WHERE (Subject = 'a' AND Location = 'b') OR Subject = 'c'",
    "SELECT Id FROM Event WHERE NOT Subject LIKE 'a%'",
    "SELECT Id FROM Event WHERE Subject != 'x' AND (NOT Subject LIKE 'a%')",
    "SELECT Id FROM Event WHERE Subject IN ('a', 'b')",
    "SELECT Id FROM Event WHERE OwnerId NOT IN ('005Qy0000000001', null)",
    "SELECT Id, Owner.Name, Who.Name, What.Type, LastModifiedBy.Name, CreatedBy.Email FROM Event",
    "SELECT Id FROM Event WHERE Owner.Name LIKE 'Ali%'",
    "SELECT Id FROM Event ORDER BY StartDateTime DESC NULLS LAST, Id",
    "SELECT Id FROM Event ORDER BY SystemModstamp ASC NULLS FIRST LIMIT 10 OFFSET 2000",
    "SELECT COUNT() FROM Event WHERE IsPrivate = true",
    "SELECT FIELDS(ALL) FROM Event LIMIT 200",
    "SELECT FIELDS(STANDARD) FROM Event",
    "SELECT Event.Id FROM Event WHERE Event.Subject <> 'a'",
    "SELECT Id\nFROM Event\nWHERE Subject = 'a'\n",
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_accepted(world: Any, text: str) -> None:
    reply = world.soql(text)
    assert reply.status_code == 200, reply.text
    assert reply.json()["done"] is True


REFUSED = [
    ("", "MALFORMED_QUERY", "query string"),
    ("SELECT * FROM Event", "MALFORMED_QUERY", "unexpected token: '*'"),
    ("SELECT FROM Event", "MALFORMED_QUERY", "unexpected token: 'FROM'"),
    ("SELECT Id FROM", "MALFORMED_QUERY", "unexpected token: '<EOF>'"),
    ("SELECT Id, FROM Event", "MALFORMED_QUERY", "unexpected token: 'FROM'"),
    ("SELECT Id FROM Event WHERE", "MALFORMED_QUERY", "unexpected token"),
    ("SELECT Id FROM Event WHERE Subject == 'a'", "MALFORMED_QUERY", "unexpected token: '='"),
    ('SELECT Id FROM Event WHERE Subject = "a"', "MALFORMED_QUERY", "unexpected token"),
    ("SELECT Id FROM Event WHERE Subject = 'a", "MALFORMED_QUERY", "unterminated string"),
    ("SELECT Id FROM Event WHERE Subject = 'a\\q'", "MALFORMED_QUERY", "Illegal escape"),
    ("SELECT Id FROM Event WHERE Id IN ()", "MALFORMED_QUERY", "unexpected token: ')'"),
    ("SELECT Id FROM Event WHERE Subject = 'a' AND Location = 'b' OR IsPrivate = true", "MALFORMED_QUERY",
     "unexpected token: 'OR'"),
    ("SELECT Id FROM Event WHERE Subject != 'x' AND NOT Subject LIKE 'a%'", "MALFORMED_QUERY",
     "unexpected token: 'NOT'"),
    ("SELECT Id FROM Event WHERE NOT Subject = 'x' AND IsPrivate = true", "MALFORMED_QUERY", "unexpected token: 'AND'"),
    ("SELECT Id FROM Event ALL ROWS", "MALFORMED_QUERY", "unexpected token: 'ALL'"),
    ("SELECT Id FROM Event LIMIT 10 WHERE Subject = 'a'", "MALFORMED_QUERY", "unexpected token: 'WHERE'"),
    ("SELECT Id FROM Event LIMIT -1", "MALFORMED_QUERY", "positive integer"),
    ("SELECT Id FROM Event GROUP BY Subject", "MALFORMED_QUERY", "unexpected token: 'GROUP'"),
    ("SELECT Id, (SELECT Id FROM EventRelations) FROM Event", "MALFORMED_QUERY", "unexpected token"),
    ("SELECT Id FROM Event WHERE Id IN (SELECT EventId FROM EventRelation)", "MALFORMED_QUERY", "unexpected token"),
    ("SELECT Id FROM Event WHERE Subject = :name", "MALFORMED_QUERY", "unexpected token"),
    ("SELECT Id FROM Event WHERE Subject = name", "MALFORMED_QUERY", "unexpected token: 'name'"),
    ("SELECT Id FROM Event; DROP", "MALFORMED_QUERY", "unexpected token"),
    ("SELECT Id FROM Event WHERE StartDateTime = LAST_N_DAYS:0", "MALFORMED_QUERY", "positive"),
    ("SELECT Id FROM Event WHERE StartDateTime = 2026-13-45T00:00:00Z", "MALFORMED_QUERY", "Invalid date"),
    ("SELECT FIELDS(ALL) FROM Event", "MALFORMED_QUERY", "LIMIT of at most 200"),
    ("SELECT FIELDS(ALL) FROM Event LIMIT 201", "MALFORMED_QUERY", "LIMIT of at most 200"),
    ("SELECT Id FROM Event OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "2000"),
    ("SELECT Id FROM Meeting", "INVALID_TYPE", "sObject type 'Meeting' is not supported"),
    ("SELECT Colour FROM Event", "INVALID_FIELD", "No such column 'Colour' on entity 'Event'"),
    ("SELECT Id FROM Event WHERE Colour = 'red'", "INVALID_FIELD", "No such column 'Colour'"),
    ("SELECT Id FROM Event ORDER BY Colour", "INVALID_FIELD", "No such column 'Colour'"),
    ("SELECT Id, Id FROM Event", "INVALID_FIELD", "duplicate field selected: Id"),
    ("SELECT Boss.Name FROM Event", "INVALID_FIELD", "Didn't understand relationship 'Boss'"),
    ("SELECT Owner.Colour FROM Event", "INVALID_FIELD", "No such column 'Colour' on entity 'Name'"),
    ("SELECT Id FROM Event WHERE Description = 'x'", "INVALID_FIELD", "can not be filtered in a query call"),
    ("SELECT Id FROM Event WHERE Description LIKE '%x%'", "INVALID_FIELD", "can not be filtered in a query call"),
    ("SELECT Id FROM Event ORDER BY Description", "INVALID_FIELD", "can not be sorted"),
    ("SELECT Id FROM Event WHERE StartDateTime > '2026-11-23T00:00:00Z'", "INVALID_FIELD",
     "must be of type dateTime and should not be enclosed in quotes"),
    ("SELECT Id FROM Event WHERE StartDateTime > 2026-11-23", "INVALID_FIELD", "must be of type dateTime"),
    ("SELECT Id FROM Event WHERE ActivityDate > 2026-11-23T00:00:00Z", "INVALID_FIELD", "must be of type date and"),
    ("SELECT Id FROM Event WHERE IsPrivate = 'true'", "INVALID_FIELD", "must be of type boolean"),
    ("SELECT Id FROM Event WHERE DurationInMinutes = '60'", "INVALID_FIELD", "must be of type int"),
    ("SELECT Id FROM Event WHERE Subject = 5", "INVALID_FIELD", "must be of type string and should be enclosed"),
    ("SELECT Id FROM Event WHERE Id = 'abc'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: abc"),
    ("SELECT Id FROM Event WHERE Id LIKE '00U%'", "INVALID_QUERY_FILTER_OPERATOR", "invalid operator on id field"),
    ("SELECT Id FROM ContentDocumentLink", "MALFORMED_QUERY", "ContentDocumentLink requires a filter"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "words"), REFUSED)
def test_refused(world: Any, text: str, code: str, words: str) -> None:
    reply = world.soql(text)
    assert reply.status_code == 400, reply.text
    (error,) = reply.json()
    assert error["errorCode"] == code
    assert words in error["message"]
    assert "fields" not in error


def test_the_place_of_an_error_is_shown(world: Any) -> None:
    (error,) = world.soql("SELECT Id\nFROM Event WHERE Colour = 'red'").json()
    lines = error["message"].split("\n")
    assert lines[3] == "ERROR at Row:2:Column:18"
    assert lines[1][lines[2].index("^") :].startswith("Colour")


def test_strings_have_a_limit(world: Any) -> None:
    assert world.soql(f"SELECT Id FROM Event WHERE Subject = '{'x' * 4000}'").status_code == 200
    (error,) = world.soql(f"SELECT Id FROM Event WHERE Subject = '{'x' * 4001}'").json()
    assert error["errorCode"] == "MALFORMED_QUERY"


def test_a_long_address_is_refused_before_it_is_read(world: Any) -> None:
    ids = ",".join(f"'{number:015d}'" for number in range(700))
    assert world.soql(f"SELECT Id FROM Event WHERE Id IN ({ids})").status_code == 414
    # with the headers it is too long, even if it would fit without
    pad = {"X-Padding": "x" * 16_300}
    assert world.soql("SELECT Id FROM Event WHERE Subject = 'a'", headers=pad).status_code == 431
    fits = ",".join(["'00UQy0000000001'"] * 400)
    assert world.soql(f"SELECT Id FROM Event WHERE Id IN ({fits})").status_code == 200


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SELECT Id FROM Event WHERE " + "(" * 300 + "Subject = 'a'" + ")" * 300, "QUERY_TOO_COMPLICATED"),
        ("SELECT Id FROM Event WHERE StartDateTime = LAST_N_DAYS:999999999", "MALFORMED_QUERY"),
        ("SELECT Id FROM Event WHERE ActivityDate = LAST_N_YEARS:3000", "MALFORMED_QUERY"),
        ("SELECT Id FROM Event LIMIT " + "9" * 5000, "MALFORMED_QUERY"),
        ("SELECT Id FROM Event WHERE Subject = 'a\x00\u202e", "MALFORMED_QUERY"),
    ],
)
def test_queries_made_to_hurt(world: Any, text: str, code: str) -> None:
    (error,) = world.soql(text).json()
    assert error["errorCode"] == code
    huge = world.soql("SELECT Id FROM Event WHERE DurationInMinutes < " + "9" * 5000)
    assert huge.status_code == 200

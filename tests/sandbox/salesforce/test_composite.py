"""Composite: subrequests that build on each other, in one call."""

from __future__ import annotations

from email.utils import format_datetime
from typing import Any

import pytest

BASE = "/services/data/v62.0"
DAY = {"IsAllDayEvent": True, "ActivityDate": "2026-11-24"}


def part(name: str, method: str, path: str, body: object = None, **headers: str) -> dict[str, Any]:
    found: dict[str, Any] = {"referenceId": name, "method": method, "url": f"{BASE}/{path}"}
    if body is not None:
        found["body"] = body
    if headers:
        found["httpHeaders"] = {key.replace("_", "-"): value for key, value in headers.items()}
    return found


def send(world: Any, *parts: dict[str, Any], **more: object) -> Any:
    return world.call("POST", "composite", json={"compositeRequest": list(parts), **more})


def results(reply: Any) -> list[tuple[str, int, Any]]:
    assert reply.status_code == 200, reply.text
    return [(each["referenceId"], each["httpStatusCode"], each["body"]) for each in reply.json()["compositeResponse"]]


def test_results_of_one_are_values_of_the_next(world: Any) -> None:
    reply = send(
        world,
        part("who", "POST", "sobjects/Contact", {"LastName": "Stone"}),
        part("visit", "POST", "sobjects/Event", {"Subject": "Visit of @{who.id}", "WhoId": "@{who.id}", **DAY}),
        part("again", "GET", "sobjects/Event/@{visit.id}?fields=Subject,WhoId"),
        part("found", "GET", "query/?q=SELECT+Id+FROM+Event+WHERE+WhoId='@{who.id}'"),
        part("change", "PATCH", "sobjects/Event/@{found.records[0].Id}", {"Subject": "changed"}),
        part("end", "DELETE", "sobjects/Event/@{visit.id}"),
    )
    found = results(reply)
    assert [status for _, status, _ in found] == [201, 201, 200, 200, 204, 204]
    who = found[0][2]["id"]
    assert (found[2][2]["Subject"], found[2][2]["WhoId"]) == (f"Visit of {who}", who)
    assert found[4][2] is None
    assert world.org.rows("Event") == []


def test_the_whole_counts_as_one_call(world: Any) -> None:
    before = world.call("GET", "limits").headers["Sforce-Limit-Info"]
    reply = send(world, *(part(f"p{n}", "POST", "sobjects/Event", {"Subject": "a", **DAY}) for n in range(25)))
    used = [int(text.split("=")[1].split("/")[0]) for text in (before, reply.headers["Sforce-Limit-Info"])]
    assert used[1] == used[0] + 1
    assert len(world.org.rows("Event")) == 25


def test_failures_stay_alone_unless_asked(world: Any) -> None:
    parts = [
        part("good", "POST", "sobjects/Event", {"Subject": "a", **DAY}),
        part("bad", "POST", "sobjects/Event", {"Subject": "x" * 256, **DAY}),
        part("hangs", "GET", "sobjects/Event/@{bad.id}"),
        part("last", "POST", "sobjects/Event", {"Subject": "b", **DAY}),
        part("worse", "POST", "sobjects/Event", {"Subject": "y" * 256, **DAY}),
    ]
    found = results(send(world, *parts))
    assert [status for _, status, _ in found] == [201, 400, 400, 201, 400]
    assert found[1][2][0]["errorCode"] == "STRING_TOO_LONG"
    assert found[2][2][0]["errorCode"] == "PROCESSING_HALTED"
    assert len(world.org.rows("Event")) == 2
    # nothing after the first failure is tried
    found = results(send(world, *parts, allOrNone=True))
    assert [body[0]["errorCode"] for _, _, body in found] == [
        "PROCESSING_HALTED",
        "STRING_TOO_LONG",
        "PROCESSING_HALTED",
        "PROCESSING_HALTED",
        "PROCESSING_HALTED",
    ]
    assert len(world.org.rows("Event")) == 2


def test_conditions_per_subrequest(world: Any) -> None:
    made = world.event("a")
    read_at = format_datetime(world.now.replace(microsecond=0), usegmt=True)
    world.advance(seconds=2)
    world.org.update("Event", made, {"Subject": "theirs"}, by=world.alice)
    found = results(
        send(world, part("p", "PATCH", f"sobjects/Event/{made}", {"Subject": "mine"}, If_Unmodified_Since=read_at))
    )
    assert found[0][1] == 412
    assert world.org.get("Event", made)["Subject"] == "theirs"


def test_collections_inside(world: Any) -> None:
    rows = {"records": [{"attributes": {"type": "Event"}, "Subject": "a", **DAY}]}
    found = results(send(world, part("many", "POST", "composite/sobjects", rows)))
    assert found[0][2][0]["success"] is True


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([], "JSON_PARSER_ERROR"),
        ([part(f"p{number}", "GET", "sobjects") for number in range(26)], "LIMIT_EXCEEDED"),
        ([part(f"p{number}", "GET", "query/?q=x") for number in range(6)], "LIMIT_EXCEEDED"),
        ([part("same", "GET", "sobjects"), part("same", "GET", "sobjects")], "INVALID_INPUT"),
        ([part("1st", "GET", "sobjects")], "JSON_PARSER_ERROR"),
        ([{"method": "GET", "url": f"{BASE}/sobjects"}], "JSON_PARSER_ERROR"),
        ([part("p", "GET", "sobjects", Authorization="Bearer x")], "INVALID_INPUT"),
    ],
)
def test_what_fails_the_whole_request(world: Any, parts: list[dict[str, Any]], code: str) -> None:
    reply = send(world, *parts)
    assert (reply.status_code, reply.json()[0]["errorCode"]) == (400, code)


def test_what_a_subrequest_cannot_be(world: Any) -> None:
    found = results(
        send(
            world,
            part("limits", "GET", "limits"),
            part("nested", "POST", "composite", {"compositeRequest": []}),
            {"referenceId": "elsewhere", "method": "GET", "url": "https://example.com/"},
        )
    )
    assert [status for _, status, _ in found] == [400, 400, 404]

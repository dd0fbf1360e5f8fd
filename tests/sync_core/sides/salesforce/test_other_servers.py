"""Servers that speak only a part of the API: what is optional may be missing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sync_core.errors import SideError
from sync_core.items import Kind
from sync_core.sandbox.httpd import Request, Response
from sync_core.sides import Fate, Operation, Window, Write

NOT_FOUND = Response(404, b'[{"errorCode":"NOT_FOUND","message":"The requested resource does not exist"}]')
BARE = Response(404, b"<html>Not Found</html>", "text/html")


def without(world: Any, *parts: str, answer: Response = NOT_FOUND) -> None:
    """Takes every path away that contains one of these."""
    world.before = lambda request: answer if any(part in request.path for part in parts) else None


@pytest.mark.parametrize("answer", [NOT_FOUND, BARE, Response(403, b"Bad_OAuth_Token", "text/html")])
def test_without_userinfo(world: Any, answer: Response) -> None:
    """A token without the openid scope, or a server without userinfo: the settings' user name helps."""
    without(world, "oauth2/userinfo", "chatter", answer=answer)
    with pytest.raises(SideError, match=r"salesforce\.username"):
        world.make().describe(Kind.CALENDAR)
    described = world.make(username="robin@example.com").describe(Kind.CALENDAR)
    assert described.scope == f"salesforce:{world.org.id}:{world.me}"
    assert described.account.startswith("Robin Rowe at ")


def test_user_name_is_quoted(world: Any) -> None:
    """The only thing from the settings that enters a query cannot leave its quotes."""
    without(world, "oauth2/userinfo")
    with pytest.raises(SideError, match="which user"):
        world.make(username="x' OR Username != '").describe(Kind.CALENDAR)


def test_chatter_tells_the_user(world: Any) -> None:
    """chatter/users/me is the second place."""

    def before(request: Request) -> Response | None:
        if "userinfo" in request.path:
            return NOT_FOUND
        if request.path.endswith("chatter/users/me"):
            return Response(200, json.dumps({"id": world.me, "name": "Robin Rowe"}).encode())
        return None

    world.before = before
    assert world.side.describe(Kind.CALENDAR).scope == f"salesforce:{world.org.id}:{world.me}"


def test_identity_of_the_token(world: Any) -> None:
    """A token of our own comes with an identity URL, which names org and user."""
    without(world, "userinfo", "chatter")
    side = world.make(auth="client_credentials", client_id="handsync-client")
    assert side.describe(Kind.CALENDAR).scope == f"salesforce:{world.org.id}:{world.me}"


def test_without_query_all(world: Any) -> None:
    """Without queryAll a record's own address tells what became of it, and an old window is no proof of anything."""
    without(world, "/queryAll")
    gone, here = world.event("Gone"), world.event("Here")
    world.org.delete("Event", gone, by=world.me)
    assert [one.fate for one in world.look(gone, here)] == [Fate.DELETED, Fate.HERE]
    assert world.fetch().complete


def test_without_query_all_archived(world: Any) -> None:
    """B4, "=> trap": an archived event is still not taken for deleted."""
    without(world, "/queryAll")
    old = world.event("Old", StartDateTime=datetime(2025, 10, 1, 9, tzinfo=UTC), DurationInMinutes=30)
    assert world.look(old)[0].fate is Fate.ARCHIVED
    reading = world.fetch(Window(date(2025, 9, 1), date(2026, 12, 1), "UTC"))
    assert not reading.complete


def test_without_collections(world: Any) -> None:
    """Without sObject Collections, row by row; one refused row harms no other."""
    without(world, "/composite")
    good, bad = world.create(subject="A"), world.create(subject="x" * 300)
    assert (good.ok, bad.ok) == (True, False)
    assert world.update(good.id, subject="B").ok
    assert world.row(good.id)["Subject"] == "B"
    item = world.item(good.id)
    world.org.delete("Event", good.id, by=world.me)
    assert "deleted in Salesforce meanwhile" in world.write(Write(Operation.UPDATE, {"subject": "C"}, item))[0].error
    other = world.create(subject="D")
    assert world.delete(other.id)[0].ok
    assert world.row(other.id)["IsDeleted"] is True
    assert world.count("POST composite/sobjects") == 1


def test_without_describe(world: Any) -> None:
    """Without describe, Event is taken to be what the references say."""
    without(world, "/describe")
    record_id = world.event(Location="Leeds")
    assert world.item(record_id).fields["location"] == "Leeds"
    assert world.side.describe(Kind.CALENDAR).limits.lengths["subject"] == 255
    assert world.create(notes="x").ok


def test_without_joins(world: Any) -> None:
    """A server that joins no names in a query is asked without them."""

    def before(request: Request) -> Response | None:
        if "/query" in request.path and "LastModifiedBy.Name" in request.query.get("q", ""):
            return Response(400, b'[{"errorCode":"INVALID_FIELD","message":"No such column"}]')
        return None

    world.before = before
    world.event()
    assert world.only().changed_by == ""
    world.fetch()
    assert sum("LastModifiedBy.Name" in one.query.get("q", "") for one in world.requests) == 1


def test_few_fields(world: Any) -> None:
    """Optional fields of Event that describe does not list are never asked for."""
    kept = {"Id", "Subject", "IsAllDayEvent", "StartDateTime", "DurationInMinutes", "OwnerId", "LastModifiedDate"}
    world.event()
    world.org.hide_fields("Event", *(set(world.org.schema["Event"].fields) - kept))
    item = world.only()
    assert set(item.fields) == {"subject", "when"}
    assert item.version == "2026-11-23T08:00:00.000+0000"
    assert world.look(item.id)[0].fate is Fate.HERE


def test_without_limits_header(world: Any) -> None:
    """No Sforce-Limit-Info: the usage is not known, and nothing else is different."""

    def before(request: Request) -> Response | None:
        response = world.application(request)
        return Response(response.status, response.body, response.content_type)

    world.before = before
    assert world.fetch().complete
    assert world.side.usage is None


def test_next_page_with_its_host(world: Any, serve: Callable[..., Any]) -> None:
    """A server that gives the next page's whole address is followed, if it is its own."""
    for number in range(6):
        world.event(f"E{number}")

    def before(request: Request) -> Response | None:
        if "/query" not in request.path:
            return None
        answer = json.loads(world.application(request).body)
        if "nextRecordsUrl" in answer:
            answer["nextRecordsUrl"] = world.server.url + answer["nextRecordsUrl"]
        return Response(200, json.dumps(answer).encode())

    world.before = before
    world.fault("short_page", "GET query", times=9)
    assert len(world.fetch().items) == 6

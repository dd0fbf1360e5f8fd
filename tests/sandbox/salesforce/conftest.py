"""An org behind a real port, a clock to move, and the real client pointed at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce

from sync_core.sandbox.faults import Fault, FaultBook
from sync_core.sandbox.httpd import LocalServer
from sync_core.sandbox.salesforce import Org, SalesforceApplication, operation_name

TOKEN = "00Dfixed!session.token"
VERSION = "62.0"


class PlainHttp(HTTPAdapter):
    """Sends what simple-salesforce addresses to https, on any host, to the local server over http."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._netloc = urlsplit(url).netloc

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        request.url = urlunsplit(("http", self._netloc, parts.path, parts.query, ""))
        return super().send(request, *args, **kwargs)


@dataclass
class World:
    """One org with two users, its server, and ways to talk to it."""

    now: datetime
    org: Org
    faults: FaultBook
    alice: str
    bob: str
    application: SalesforceApplication
    server: LocalServer
    session: requests.Session
    opened: list[requests.Session] = field(default_factory=list)

    def advance(self, **span: float) -> None:
        """Moves the clock of the org."""
        self.now += timedelta(**span)

    def client(self, token: str = TOKEN, version: str = VERSION) -> Salesforce:
        """The real client, in session mode."""
        return Salesforce(session_id=token, instance_url=self.server.url, version=version, session=self.plain())

    def plain(self) -> requests.Session:
        """A session whose https addresses all lead to the local server."""
        session = requests.Session()
        session.trust_env = False
        session.mount("https://", PlainHttp(self.server.url))
        self.opened.append(session)
        return session

    def call(self, method: str, path: str, *, token: str = TOKEN, version: str = VERSION, **more: Any) -> Any:
        """A bare request below /services/data/vXX.0/; gives back the response."""
        headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
        return self.session.request(
            method, f"{self.server.url}/services/data/v{version}/{path}", headers=headers, timeout=10, **more
        )

    def soql(self, text: str, **more: Any) -> Any:
        """A bare query; gives back the response."""
        return self.call("GET", "query/", params={"q": text}, **more)

    def fault(self, kind: str, match: str = "", **more: Any) -> None:
        """Puts a fault into the book."""
        self.faults.add(Fault("salesforce", kind, match, **more))

    def event(self, subject: str = "Meeting", *, by: str | None = None, **fields: object) -> str:
        """An event of an hour from tomorrow 10:00 UTC, unless told otherwise."""
        start = (self.now + timedelta(days=1)).replace(hour=10, minute=0, second=0, microsecond=0)
        times = {} if "StartDateTime" in fields or fields.get("IsAllDayEvent") else {
            "StartDateTime": start, "EndDateTime": start + timedelta(hours=1)}  # fmt: skip
        return self.org.create("Event", {"Subject": subject, **times, **fields}, by=by or self.alice)


def _open(**more: Any) -> World:
    holder: list[World] = []
    start = datetime(2026, 11, 23, 9, 30, 15, 250_000, tzinfo=UTC)
    org = Org(lambda: holder[0].now if holder else start, multiday_events=more.pop("multiday_events", True))
    alice = org.add_user("Alice Archer", "alice@example.com", "alice@example.com")
    bob = org.add_user("Bob Baker", "bob@example.com", "bob@example.com", "America/New_York")
    application = SalesforceApplication(
        org, access_token=TOKEN, user_id=alice, client_id="client", client_secret="secret", **more
    )
    faults = FaultBook()
    server = LocalServer("salesforce", application, operation_name, faults)
    session = requests.Session()
    session.trust_env = False
    holder.append(World(start, org, faults, alice, bob, application, server, session))
    server.start()
    return holder[0]


def _close(world: World) -> None:
    for session in (world.session, *world.opened):
        session.close()
    world.server.close()


@pytest.fixture
def make_world() -> Iterator[Callable[..., World]]:
    """Makes worlds with options of their own, and ends their servers and connections."""
    made: list[World] = []

    def make(**more: Any) -> World:
        made.append(_open(**more))
        return made[-1]

    yield make
    for world in made:
        _close(world)


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world()


@pytest.fixture
def sf(world: World) -> Salesforce:
    return world.client()

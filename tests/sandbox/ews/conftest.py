"""A server with one mailbox (and friends), and the real client talking to it over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from exchangelib import BASIC, DELEGATE, Account, Configuration, Credentials, EWSTimeZone
from exchangelib.protocol import FailFast, close_connections
from exchangelib.version import Build, Version
from lxml import etree

from sync_core.sandbox.ews.server import EwsApplication, operation_name
from sync_core.sandbox.ews.soap import M, T
from sync_core.sandbox.ews.store import Exchange, Mailbox
from sync_core.sandbox.faults import FaultBook
from sync_core.sandbox.httpd import LocalServer

ME = "rep@example.com"
COLLEAGUE = "priya@example.com"
USER, PASSWORD = "rep@example.com", "correct horse"
NAMESPACES = {"m": M, "t": T, "s": "http://schemas.xmlsoap.org/soap/envelope/"}


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    moment: datetime = field(default_factory=lambda: datetime(2026, 11, 23, 8, 0, 0, 123456, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **step: float) -> None:
        self.moment += timedelta(**step)


@dataclass
class World:
    """Everything a test needs."""

    exchange: Exchange
    box: Mailbox
    colleague: Mailbox
    clock: Clock
    application: EwsApplication
    server: LocalServer
    faults: FaultBook

    @property
    def endpoint(self) -> str:
        return f"{self.server.url}/EWS/Exchange.asmx"

    def account(self, smtp: str = ME, zone: str = "Europe/Berlin", **config: Any) -> Account:
        values: dict[str, Any] = {"credentials": Credentials(USER, PASSWORD), "auth_type": BASIC, **config}
        configuration = Configuration(
            service_endpoint=self.endpoint, version=Version(build=Build(15, 2)), retry_policy=FailFast(), **values
        )
        return Account(
            smtp,
            config=configuration,
            autodiscover=False,
            access_type=DELEGATE,
            default_timezone=EWSTimeZone(zone),
        )

    def post(self, operation: str, header: str = "") -> etree._Element:
        """Sends one operation as it is written here, without the client library; gives the body's only child."""
        text = (
            '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
            f'xmlns:m="{M}" xmlns:t="{T}"><s:Header>{header}</s:Header><s:Body>{operation}</s:Body></s:Envelope>'
        )
        reply = requests.post(self.endpoint, text.encode(), auth=(USER, PASSWORD), timeout=10)
        body = etree.fromstring(reply.content).find("s:Body", NAMESPACES)
        assert body is not None
        return body[0]

    def codes(self, operation: str, header: str = "") -> list[str]:
        """The response codes of an operation, one per message; for a fault its code."""
        reply = self.post(operation, header)
        return [str(e.text) for e in reply.iter("{*}ResponseCode")]


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture
def make_world() -> Iterator[Callable[..., World]]:
    servers: list[LocalServer] = []

    def make(**options: Any) -> World:
        clock = Clock()
        exchange = Exchange(clock)
        box = exchange.add_mailbox(ME, "Sam Rep")
        colleague = exchange.add_mailbox(COLLEAGUE, "Priya Patel")
        application = EwsApplication(exchange, USER, PASSWORD, ME, validate_replies=True, **options)
        faults = FaultBook()
        server = LocalServer("outlook", application, operation_name, faults)
        server.start()
        servers.append(server)
        return World(exchange, box, colleague, clock, application, server, faults)

    yield make
    close_connections()
    for server in servers:
        server.close()


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world()


@pytest.fixture
def account(world: World) -> Account:
    return world.account()

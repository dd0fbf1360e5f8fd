"""An org behind real HTTP, and the Salesforce side talking to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sync_core.items import Item, Kind, When, canonical
from sync_core.sandbox.faults import Fault, FaultBook
from sync_core.sandbox.httpd import Application, LocalServer, Request, Response
from sync_core.sandbox.salesforce import Org, SalesforceApplication, operation_name
from sync_core.settings.models import SalesforceSettings
from sync_core.sides import Operation, Outcome, Reading, Ref, Sighting, Window, Write
from sync_core.sides.salesforce import SalesforceSide

TOKEN = "00Dfixed!session.token"
SECRET = "quite-a-client-secret"
ZONE = "Europe/Berlin"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
WINDOW = Window(date(2026, 10, 24), date(2027, 11, 23), ZONE)


def at(day: int, hour: int = 10, minute: int = 0, month: int = 11, year: int = 2026) -> datetime:
    """A moment in UTC, in November 2026 unless said otherwise."""
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def timed(day: int, hour: int = 10, minutes: int = 60) -> When:
    """An event on a day of November 2026."""
    start = at(day, hour)
    end = start + timedelta(minutes=minutes)
    return When(f"{start:%Y-%m-%dT%H:%M:%SZ}", f"{end:%Y-%m-%dT%H:%M:%SZ}")


_SOBJECT = {Kind.CALENDAR: "Event", Kind.CONTACTS: "Contact", Kind.TASKS: "Task"}
_NEW: dict[str, Any] = {"subject": "New", "when": timed(25)}


@dataclass
class World:
    """Everything a test needs: the org to arrange things in, the side, the faults and what was asked."""

    org: Org
    me: str
    colleague: str
    key: str
    application: SalesforceApplication
    faults: FaultBook
    server: LocalServer
    now: datetime = NOW
    # what the shorthands below read and write
    kind: Kind = Kind.CALENDAR
    slept: list[float] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    # looks at every request before the org does, and may answer in its place
    before: Callable[[Request], Response | None] = lambda request: None
    _side: SalesforceSide | None = None
    opened: list[SalesforceSide] = field(default_factory=list)

    def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        return self.before(request) or self.application(request)

    def make(self, *, zone: str = ZONE, secrets: dict[str, str] | None = None, **changes: Any) -> SalesforceSide:
        """A side; settings as keywords."""
        timeout = changes.pop("timeout", None)
        values = {"instance_url": self.server.url, **changes}
        known = (
            {"access_token": TOKEN, "client_secret": SECRET, "private_key": self.key} if secrets is None else secrets
        )
        side = SalesforceSide(
            SalesforceSettings(**values), known, zone, lambda: self.now, sleep=self.slept.append, timeout=timeout
        )
        self.opened.append(side)
        return side

    @property
    def side(self) -> SalesforceSide:
        """A side in session mode."""
        self._side = self._side or self.make()
        return self._side

    def event(self, subject: str = "Meeting", *, by: str | None = None, **fields: Any) -> str:
        """An event of mine on 24 November 2026, 10:00 UTC, for an hour, unless told otherwise."""
        if not {"StartDateTime", "IsAllDayEvent"} & set(fields):
            fields |= {"StartDateTime": at(24), "EndDateTime": at(24, 11)}
        return self.org.create("Event", {"Subject": subject, **fields}, by=by or self.me)

    def row(self, record_id: str) -> dict[str, Any]:
        """What the org holds."""
        found = self.org.get(_SOBJECT[self.kind], record_id)
        assert found is not None
        return found

    def fetch(self, window: Window = WINDOW, side: SalesforceSide | None = None) -> Reading:
        return (side or self.side).fetch(self.kind, window, lambda progress: None, lambda: False)

    def only(self, window: Window = WINDOW) -> Item:
        """The one item there is."""
        (item,) = self.fetch(window).items
        return item

    def look(self, *ids: str) -> list[Sighting]:
        found = self.side.look(self.kind, [Ref(one) for one in ids])
        return [found[one] for one in ids]

    def item(self, record_id: str) -> Item:
        (sighting,) = self.look(record_id)
        assert sighting.item is not None, sighting
        return sighting.item

    def write(self, *writes: Write) -> list[Outcome]:
        return self.side.write(self.kind, writes)

    def create(self, **fields: Any) -> Outcome:
        values = {**(_NEW if self.kind is Kind.CALENDAR else {}), **fields}
        (outcome,) = self.write(Write(Operation.CREATE, canonical(self.kind, values)))
        return outcome

    def update(self, record_id: str, **fields: Any) -> Outcome:
        change = canonical(self.kind, fields)
        (outcome,) = self.write(Write(Operation.UPDATE, change, self.item(record_id)))
        return outcome

    def delete(self, *ids: str) -> list[Outcome]:
        return self.write(*(Write(Operation.DELETE, {}, self.item(one)) for one in ids))

    def fault(self, kind: str, match: str = "", **more: Any) -> None:
        self.faults.add(Fault("salesforce", kind, match, **more))

    def sent(self, method: str) -> list[dict[str, Any]]:
        """The rows of the last request that created (POST) or updated (PATCH) some, in the form of Collections."""
        update = method == "PATCH"
        wanted = [one for one in self.requests if one.method == "POST" and one.path.endswith("/composite") == update]
        data = json.loads(wanted[-1].body)
        if not update:
            return list(data["records"])
        rows = []
        for part in data["compositeRequest"]:
            sobject, record_id = part["url"].split("/")[-2:]
            rows.append({"attributes": {"type": sobject}, "id": record_id, **part["body"]})
        return rows

    def count(self, operation: str) -> int:
        """How many requests of this name were made."""
        return self.server.operations().count(operation)

    def close(self) -> None:
        for side in self.opened:
            side.close()
        self.server.close()


@pytest.fixture(scope="session")
def rsa_key() -> tuple[str, str]:
    """A private key and its public half, PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


@pytest.fixture
def world(rsa_key: tuple[str, str], request: pytest.FixtureRequest) -> Iterator[World]:
    """An org with two users; `multiday` as parameter switches multi-day events."""
    holder: list[World] = []
    org = Org(lambda: holder[0].now if holder else NOW, multiday_events=getattr(request, "param", True))
    me = org.add_user("Robin Rowe", "robin@example.com", "robin@example.com", ZONE)
    colleague = org.add_user("Priya Nair", "priya@example.com", "priya@example.com")
    application = SalesforceApplication(
        org,
        access_token=TOKEN,
        user_id=me,
        client_id="handsync-client",
        client_secret=SECRET,
        jwt_public_key=rsa_key[1],
    )
    faults = FaultBook()
    server = LocalServer("salesforce", lambda asked: holder[0](asked), operation_name, faults)
    holder.append(World(org, me, colleague, rsa_key[0], application, faults, server))
    server.start()
    yield holder[0]
    holder[0].close()


@dataclass
class Plain:
    """A server that is not Salesforce, with the requests it got."""

    server: LocalServer
    requests: list[Request]

    @property
    def url(self) -> str:
        return self.server.url


@pytest.fixture
def serve() -> Iterator[Callable[[Application], Plain]]:
    """Makes servers that answer as they are told."""
    made: list[LocalServer] = []

    def start(application: Application) -> Plain:
        requests: list[Request] = []

        def answer(request: Request) -> Response:
            requests.append(request)
            return application(request)

        server = LocalServer("salesforce", answer, lambda r: f"{r.method} {urlsplit(r.path).path}", FaultBook())
        server.start()
        made.append(server)
        return Plain(server, requests)

    yield start
    for server in made:
        server.close()

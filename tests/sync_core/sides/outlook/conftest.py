"""An Exchange in memory behind real HTTP, and the Outlook side talking to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from lxml import etree

from sync_core.items import Item, Kind, When
from sync_core.sandbox.ews.server import EwsApplication, operation_name
from sync_core.sandbox.ews.store import Exchange, Mailbox, StoredItem
from sync_core.sandbox.faults import Fault, FaultBook
from sync_core.sandbox.httpd import LocalServer, Request, Response
from sync_core.settings.models import OutlookSettings
from sync_core.sides import Operation, Outcome, Reading, Ref, Sighting, Window, Write
from sync_core.sides.outlook import OutlookSide

ME = "rep@example.com"
COLLEAGUE = "priya@example.com"
PASSWORD = "correct horse"
ZONE = "Europe/Berlin"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MARK_SET = "7f1a6d4e-3c52-4b1b-9a86-2d0e5c94b7a3"
WINDOW = Window(date(2026, 10, 24), date(2027, 11, 23), ZONE)


def at(day: int, hour: int, minute: int = 0, month: int = 11, year: int = 2026) -> datetime:
    """A moment in UTC, in November 2026 unless said otherwise."""
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@dataclass
class OtherServer:
    """The sandbox with another server's habits: its replies rewritten, and things happening just before a request."""

    application: EwsApplication
    rewrite: list[Callable[[str, bytes], bytes]] = field(default_factory=list)
    before: dict[str, Callable[[], object]] = field(default_factory=dict)
    # HTTP answers given instead of the sandbox's, by operation, once each
    instead: dict[str, list[Response]] = field(default_factory=dict)
    # the body of the request that is being answered
    asked: bytes = b""

    def __call__(self, request: Request) -> Response:
        name = operation_name(request)
        self.asked = request.body
        if happening := self.before.pop(name, None):
            happening()
        if self.instead.get(name):
            return self.instead[name].pop(0)
        response = self.application(request)
        body = response.body
        for rewrite in self.rewrite:
            body = rewrite(name, body)
        return replace(response, body=body)


@dataclass
class World:
    """Everything a test needs: the mailbox to arrange things in, the side, the faults and what was asked."""

    exchange: Exchange
    box: Mailbox
    colleague: Mailbox
    application: EwsApplication
    other: OtherServer
    server: LocalServer
    faults: FaultBook
    moment: datetime = NOW
    slept: list[float] = field(default_factory=list)
    sides: list[OutlookSide] = field(default_factory=list)

    def settings(self, **changes: Any) -> OutlookSettings:
        values = {
            "service_endpoint": f"{self.server.url}/EWS/Exchange.asmx",
            "primary_smtp_address": ME,
            "username": ME,
        }
        return OutlookSettings(**{**values, **changes})

    def side(self, password: str = PASSWORD, zone: str = ZONE, **changes: Any) -> OutlookSide:
        side = OutlookSide(self.settings(**changes), password, zone, lambda: NOW, self.slept.append)
        self.sides.append(side)
        return side

    def event(self, subject: str = "Visit", **fields: Any) -> StoredItem:
        """An event as a person makes it in Outlook: tomorrow from ten to eleven unless said otherwise."""
        values = {"subject": subject, "start": at(24, 9), "end": at(24, 10), "reminder_is_set": False}
        return self._stored("calendar", {**values, **fields})

    def contact(self, **fields: Any) -> StoredItem:
        """A contact as a person makes it in Outlook, filed by its name."""
        values = {"given_name": "Kim", "surname": "Lee", "display_name": "Kim Lee", "file_as": "Lee, Kim"}
        return self._stored("contacts", {**values, **fields})

    def task(self, subject: str = "Send offer", **fields: Any) -> StoredItem:
        """A task as a person makes it in Outlook, without a date unless said otherwise."""
        return self._stored("tasks", {"subject": subject, **fields})

    def _stored(self, folder: str, values: dict[str, Any]) -> StoredItem:
        mark = values.pop("mark", None)
        if mark:
            values["extended"] = {(MARK_SET, "handsync"): mark}
        return self.box.create(self.box.folder(folder), values)

    def fault(self, kind: str, match: str = "", **values: Any) -> None:
        self.faults.add(Fault("outlook", kind, match, **values))

    def operations(self) -> list[str]:
        return self.server.operations()

    def requests(self, operation: str) -> list[etree._Element]:
        """The bodies of the requests of one operation, in order."""
        return [etree.fromstring(line.request) for line in self.server.log if line.operation == operation]

    def stored(self, folder: str = "calendar") -> list[StoredItem]:
        return self.box.items(self.box.folder(folder))

    def mark_of(self, item: StoredItem) -> Any:
        return next((value for key, value in item.extended.items() if key.name == "handsync"), None)


@pytest.fixture
def world() -> Iterator[World]:
    exchange = Exchange(lambda: NOW)
    box = exchange.add_mailbox(ME, "Robin Rep")
    colleague = exchange.add_mailbox(COLLEAGUE, "Priya Patel")
    application = EwsApplication(exchange, ME, PASSWORD, ME, validate_replies=True)
    faults = FaultBook()
    other = OtherServer(application)
    server = LocalServer("outlook", other, application.name_of, faults)
    server.start()
    made = World(exchange, box, colleague, application, other, server, faults)
    yield made
    for side in made.sides:
        side.close()
    server.close()


@dataclass
class Calls:
    """The side's calls with everything that seldom matters filled in."""

    side: OutlookSide
    kind: Kind = Kind.CALENDAR

    def fetch(self, window: Window = WINDOW) -> Reading:
        return self.side.fetch(self.kind, window, lambda progress: None, lambda: False)

    def item(self, window: Window = WINDOW) -> Item:
        """The only item there is."""
        reading = self.fetch(window)
        assert reading.complete
        assert not reading.unreadable
        (item,) = reading.items
        return item

    def look(self, *refs: Ref) -> dict[str, Sighting]:
        return self.side.look(self.kind, refs)

    def look_one(self, item_id: str) -> Item:
        """An item as it is now, wherever it is."""
        item = self.look(Ref(item_id))[item_id].item
        assert item is not None
        return item

    def write(self, *writes: Write) -> list[Outcome]:
        return self.side.write(self.kind, writes)

    def create(self, mark: str = "m-1", **fields: Any) -> Outcome:
        if self.kind is not Kind.CALENDAR:
            return self.write(Write(Operation.CREATE, fields, None, mark))[0]
        return self.write(creation(mark, **fields))[0]

    def update(self, item: Item, mark: str = "", **fields: Any) -> Outcome:
        return self.write(Write(Operation.UPDATE, fields, item, mark))[0]

    def delete(self, item: Item) -> Outcome:
        return self.write(Write(Operation.DELETE, {}, item))[0]


def creation(mark: str = "m-1", **fields: Any) -> Write:
    values = {"subject": "Call", "when": When("2026-11-25T09:00:00Z", "2026-11-25T10:00:00Z"), **fields}
    return Write(Operation.CREATE, values, None, mark)


@pytest.fixture
def calls(world: World) -> Calls:
    return Calls(world.side())


@pytest.fixture
def calls_with(world: World) -> Callable[..., Calls]:
    return lambda **changes: Calls(world.side(**changes))


@pytest.fixture
def contacts(world: World) -> Calls:
    return Calls(world.side(), Kind.CONTACTS)


@pytest.fixture
def tasks(world: World) -> Calls:
    return Calls(world.side(), Kind.TASKS)


@pytest.fixture
def calls_for(world: World) -> Callable[..., Calls]:
    """Calls for a kind, with settings or a time zone of its own."""
    return lambda kind, **changes: Calls(world.side(**changes), kind)


@pytest.fixture
def updates(world: World) -> Callable[[], list[str]]:
    """What the last UpdateItem sent: field URIs with their labels; what it deletes has a minus before it."""

    def read() -> list[str]:
        request: Any = world.requests("UpdateItem")[-1]
        found = []
        for change in request.xpath("//*[local-name()='SetItemField' or local-name()='DeleteItemField']"):
            path = change[0]
            name = path.get("FieldURI") or path.get("PropertyName") or path.get("PropertyTag")
            label = f"/{path.get('FieldIndex')}" if path.get("FieldIndex") else ""
            found.append(("-" if change.tag.endswith("DeleteItemField") else "") + name + label)
        return sorted(found)

    return read


@pytest.fixture
def new() -> Callable[..., Write]:
    return creation


@pytest.fixture
def moment() -> Callable[..., datetime]:
    return at


@pytest.fixture
def window() -> Window:
    return WINDOW


@pytest.fixture
def rewrite(world: World) -> Callable[[str, str, str], None]:
    """From now on `old` (a pattern) is `new` in every reply to one operation."""

    def add(operation: str, old: str, new_text: str) -> None:
        pattern = re.compile(old.encode(), re.DOTALL)
        world.other.rewrite.append(
            lambda name, body: pattern.sub(new_text.encode(), body) if name == operation else body
        )

    return add

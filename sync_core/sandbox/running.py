"""The sandbox as a whole: both servers and the control endpoint, in threads of this process, on free loopback ports."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from types import TracebackType
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from sync_core.sandbox.control import ControlApplication
from sync_core.sandbox.ews.server import PATH as EWS_PATH
from sync_core.sandbox.ews.server import EwsApplication
from sync_core.sandbox.ews.store import Exchange, Mailbox
from sync_core.sandbox.faults import FaultBook
from sync_core.sandbox.httpd import LocalServer
from sync_core.sandbox.salesforce.server import SalesforceApplication
from sync_core.sandbox.salesforce.server import operation_name as salesforce_name
from sync_core.sandbox.salesforce.store import Org
from sync_core.sandbox.world import Report, World, WorldClock, advance, delete_most

WorldName = Literal["company", "empty"]
Process = Literal["calendar", "contacts", "tasks"]
# act one is last week's world
_BEHIND: Final = timedelta(days=7)
ZONE: Final = "Europe/London"


class Sandbox:
    """Two running servers with a world in them. Use it as a context manager, or call `close`.

    `exchange` and `org` are the stores, `mailbox` and `user_id` belong to the person who signs in. `faults` takes
    faults for both servers; `outlook_server` and `salesforce_server` keep logs of what was asked. `client_id` and
    `client_secret` are for the client credentials flow of Salesforce.
    """

    def __init__(
        self, world: World, faults: FaultBook, *, jwt_public_key: str | bytes | None, validate_replies: bool
    ) -> None:
        self.world = world
        self.exchange: Exchange = world.exchange
        self.org: Org = world.org
        self.mailbox: Mailbox = world.mailbox
        self.user_id = world.user_id
        self.faults = faults
        self.username = world.mailbox.smtp
        self.password = secrets.token_urlsafe(18)
        self.access_token = f"{world.org.id[:15]}!{secrets.token_urlsafe(48)}"
        self.client_id = secrets.token_urlsafe(24)
        self.client_secret = secrets.token_hex(32)
        ews = EwsApplication(
            self.exchange, self.username, self.password, world.mailbox.smtp, validate_replies=validate_replies
        )
        self.outlook_server = LocalServer("outlook", ews, ews.name_of, faults)
        rest = SalesforceApplication(
            self.org,
            access_token=self.access_token,
            user_id=self.user_id,
            client_id=self.client_id,
            client_secret=self.client_secret,
            jwt_public_key=jwt_public_key,
        )
        self.salesforce_server = LocalServer("salesforce", rest, salesforce_name, faults)
        control = ControlApplication(self, secrets.token_urlsafe(24))
        self.control_server = LocalServer("control", control, lambda request: request.method, FaultBook())
        self.control_url = f"{self.control_server.url}/{control.secret}"
        for server in self._servers:
            server.start()

    @property
    def _servers(self) -> tuple[LocalServer, LocalServer, LocalServer]:
        return self.outlook_server, self.salesforce_server, self.control_server

    def connection(self) -> dict[str, Any]:
        """How to reach the servers: the same keys as the settings, and the address of the control endpoint."""
        return {
            "salesforce": {"instance_url": self.salesforce_server.url, "access_token": self.access_token},
            "outlook": {
                "service_endpoint": self.outlook_server.url + EWS_PATH,
                "username": self.username,
                "password": self.password,
                "primary_smtp_address": self.mailbox.smtp,
            },
            "control": self.control_url,
        }

    def settings_toml(self, processes: Sequence[Process] = ("calendar",)) -> str:
        """A complete settings file for these servers, with these processes switched on."""
        connection = self.connection()
        return (
            f"time_zone = {json.dumps(self.world.zone.iana)}\n"
            + _section("salesforce", {"auth": "session", **connection["salesforce"]})
            + _section("outlook", {"auth": "basic", **connection["outlook"], "calendar": "Calendar"})
            + "".join(_section(process, {"include": True}) for process in processes)
        )

    def advance(self) -> Report:
        """Lets the made-up world live on for a week."""
        with self.exchange.lock, self.org.lock:
            return advance(self.world)

    def delete_most(self, side: Literal["salesforce", "outlook"] = "outlook", kind: Process = "calendar") -> Report:
        """Deletes most items of one side and kind: for tests of what guards against it."""
        with self.exchange.lock, self.org.lock:
            return delete_most(self.world, side, kind)

    def close(self) -> None:
        """Stops the servers."""
        for server in self._servers:
            server.close()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _section(name: str, values: Mapping[str, object]) -> str:
    # the strings of JSON are strings of TOML, too
    return f"\n[{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())


def start_sandbox(
    *,
    size: int | None = None,
    seed: int = 0,
    today: date | None = None,
    world: WorldName = "company",
    zone: str = ZONE,
    jwt_public_key: str | bytes | None = None,
    validate_replies: bool = False,
) -> Sandbox:
    """Starts both servers and the control endpoint; credentials are random.

    `world` is "company" (the story: `size` events on each side, about 70 unless given, and contacts and tasks in
    proportion) or "empty" (a mailbox and a user with customers, but nothing else). `today` is the day around which the
    story plays; the servers' clocks go by it. `zone` (IANA) is where its people work. With `validate_replies` an EWS
    reply that breaks Microsoft's schema is answered with 500.
    Raises ValueError for a negative size and zoneinfo.ZoneInfoNotFoundError for an unknown zone.
    """
    real = datetime.now(UTC).astimezone(ZoneInfo(zone)).date()
    shift = (today - real) if today is not None else timedelta()
    story = world == "company"
    clock = WorldClock(shift - _BEHIND if story else shift)
    made = World(
        Exchange(clock),
        Org(clock),
        clock,
        today=today or real,
        size=size if story else 0,
        seed=seed,
        zone=zone,
        story=story,
    )
    return Sandbox(made, FaultBook(), jwt_public_key=jwt_public_key, validate_replies=validate_replies)

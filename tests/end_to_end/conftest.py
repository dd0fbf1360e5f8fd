"""A sandbox, settings for it, and a service that uses both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from support.office import Office

from sync_core.items import Kind
from sync_core.plan import Plan
from sync_core.review import Review
from sync_core.sandbox.running import Sandbox, start_sandbox
from sync_core.service import Service
from sync_core.settings.models import Settings

TODAY = date(2026, 11, 23)


class Desk:
    """A person at their desk: one sandbox, one memory, and a service that may be closed and opened again."""

    def __init__(self, sandbox: Sandbox, state_dir: Path) -> None:
        self.sandbox = sandbox
        self.state_dir = state_dir
        connection = {k: v for k, v in sandbox.connection().items() if k != "control"}
        self.settings: dict[str, Any] = {"time_zone": "Europe/London", "calendar": {"include": True}, **connection}
        self._service: Service | None = None

    @property
    def service(self) -> Service:
        if self._service is None:
            # the sandbox lives on a clock of its own, which is the time of its world
            clock = self.sandbox.world.clock
            self._service = Service(Settings.model_validate(self.settings), self.state_dir, clock=clock)
        return self._service

    def configure(self, section: str, **values: Any) -> None:
        """Changes settings; the next call uses them."""
        self.settings[section] = {**self.settings.get(section, {}), **values}
        self.restart()

    def restart(self) -> None:
        """As if the program had been closed and started again."""
        if self._service is not None:
            self._service.close()
        self._service = None

    def plan(self) -> Plan:
        return self.service.plan(Kind.CALENDAR, lambda p: None, lambda: False)

    def run(self, review: Review | None = None):
        return self.service.run(review or Review.of(self.plan()), lambda p: None, lambda: False)

    def plan_of(self, kind: Kind) -> Plan:
        return self.service.plan(kind, lambda p: None, lambda: False)

    def run_of(self, review: Review):
        return self.service.run(review, lambda p: None, lambda: False)

    def requests(self) -> dict[str, int]:
        servers = (self.sandbox.salesforce_server, self.sandbox.outlook_server)
        return {server.side: len(server.operations()) for server in servers}

    def forget_requests(self) -> None:
        for server in (self.sandbox.salesforce_server, self.sandbox.outlook_server):
            server.clear_log()


@pytest.fixture
def open_desk(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Opens desks on sandboxes of the wanted size or world."""
    opened: list[Desk] = []

    def open_one(**options: Any) -> Desk:
        sandbox = start_sandbox(**{"today": TODAY, "validate_replies": True, **options})
        opened.append(Desk(sandbox, tmp_path / f"state{len(opened)}"))
        return opened[-1]

    yield open_one
    for desk in opened:
        desk.restart()
        desk.sandbox.close()


@pytest.fixture
def desk(open_desk: Callable[..., Desk]) -> Desk:
    """The standard company."""
    return open_desk()


@pytest.fixture
def office(open_desk: Callable[..., Desk], tmp_path: Path) -> Iterator[Office]:
    """An empty company, and two items on each side to be brought across."""
    office = Office(open_desk(world="empty", today=None), tmp_path)
    yield office
    office.arrived.set()

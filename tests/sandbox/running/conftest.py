"""A sandbox in threads of the test, and plain HTTP to its control endpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import requests

from sync_core.sandbox.running import Sandbox, start_sandbox

TODAY = date(2026, 11, 23)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """The standard world, with replies that are checked against Microsoft's schema."""
    with start_sandbox(today=TODAY, validate_replies=True) as running:
        yield running


@pytest.fixture
def control(sandbox: Sandbox) -> Callable[..., Any]:
    """`control("POST", "/advance", json=...)`: the answer's JSON; other statuses than 200 fail unless `status` says."""

    def call(method: str, route: str, *, status: int = 200, **options: Any) -> Any:
        answer = requests.request(method, sandbox.control_url + route, timeout=10, **options)
        assert answer.status_code == status, answer.text
        return answer.json()

    return call

"""Servers that ask to be left alone: reads wait as told, within bounds (facts: salesforce A4 and B4)."""

from __future__ import annotations

from typing import Any

import pytest

from sync_core.errors import CancelledError, SideError
from sync_core.items import Kind
from sync_core.sandbox.httpd import Response
from sync_core.sides import Window


@pytest.mark.parametrize("status", [429, 503])
def test_waits_as_told(world: Any, status: int) -> None:
    """Retry-After is obeyed."""
    world.event()
    world.fault("status", "GET query", status=status, retry_after=9, times=2)
    assert len(world.fetch().items) == 1
    assert sum(world.slept) == 18


def test_waits_without_being_told(world: Any) -> None:
    """Without Retry-After the waits double."""
    world.event()
    world.fault("status", "GET query", status=503, times=3)
    assert len(world.fetch().items) == 1
    assert sum(world.slept) == 1 + 2 + 4


def test_bounded(world: Any) -> None:
    """It ends."""
    world.fault("status", "GET query", status=503, times=99)
    with pytest.raises(SideError, match="busy"):
        world.fetch()
    assert world.count("GET query") == 6


def test_too_long_a_wait(world: Any) -> None:
    """An hour is not waited out in front of a person."""
    world.fault("status", "GET query", status=429, retry_after=3600)
    with pytest.raises(SideError, match="busy"):
        world.fetch()
    assert world.slept == []


def test_cancelled_while_waiting(world: Any) -> None:
    """A person who asks to stop does not wait for the server's sake."""
    window = Window(world.now.date(), world.now.date(), "UTC")
    world.fault("status", "GET query", status=503, retry_after=60)
    with pytest.raises(CancelledError):
        world.side.fetch(Kind.CALENDAR, window, lambda progress: None, lambda: sum(world.slept) >= 2)
    assert sum(world.slept) == 2


def test_request_limit(world: Any) -> None:
    """B4, limits and concurrency: REQUEST_LIMIT_EXCEEDED comes without Retry-After; a few tries, then a sentence."""
    world.event()
    world.fault("limit", "GET query", times=2)
    assert len(world.fetch().items) == 1
    world.fault("limit", "GET query", times=99)
    with pytest.raises(SideError, match="used up the API requests"):
        world.fetch()


def test_locked_row_while_reading(world: Any) -> None:
    """B4, transient: judged by its code, although the status is 400."""
    answers = [Response(400, b'[{"errorCode":"UNABLE_TO_LOCK_ROW","message":"busy"}]')]
    world.before = lambda request: answers.pop() if answers and "/query" in request.path else None
    world.event()
    assert len(world.fetch().items) == 1


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "truncate"])
def test_dropped_connection(world: Any, fault: str) -> None:
    """A4, retries: only what reads is sent again."""
    world.event()
    world.fault(fault, "GET query", times=2)
    assert len(world.fetch().items) == 1
    world.fault(fault, "GET query", times=99)
    with pytest.raises(SideError, match="connection broke off"):
        world.fetch()


def test_server_error(world: Any) -> None:
    """500 is tried again for what reads."""
    world.event()
    world.fault("status", "GET query", status=500, times=2)
    assert len(world.fetch().items) == 1


def test_retry_after_as_a_date(world: Any) -> None:
    """Retry-After may be a date; one in the past means now."""
    answers = [Response(503, headers={"Retry-After": "Mon, 23 Nov 2020 08:00:00 GMT"})]
    world.before = lambda request: answers.pop() if answers and "/query" in request.path else None
    assert world.fetch().complete
    assert world.slept == []

"""The list of ignored items."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from sync_core.errors import StoreError
from sync_core.items import Kind
from sync_core.plan import Ignore, IgnoreMode
from tui.app import HandsyncApp

Settle = Callable[[Pilot[Any]], Awaitable[None]]
IGNORES = [
    (Kind.CALENDAR, Ignore("a1", IgnoreMode.ONCE, "", "", "2026-11-16T09:00:00Z", "Budget 2027", "start differs")),
    (
        Kind.CALENDAR,
        Ignore("b2", IgnoreMode.FOREVER, "", "", "2026-11-09T09:00:00Z", "[/x] \x1b]0;t\x07 日本", "new"),
    ),
]


def shown(app: HandsyncApp) -> str:
    """What the terminal shows, every run of blanks as one."""
    lines = app.screen._compositor.render_strips()
    return " ".join(" ".join("".join(segment.text for segment in strip) for strip in lines).split())


@pytest.fixture
def ignored(app: HandsyncApp, backend: Any, settle: Settle) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Opens the list."""
    backend.given.ignores = list(IGNORES)

    async def go(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await pilot.press("i")
        await pilot.pause()
        await settle(pilot)

    return go


async def test_says_what_is_ignored_and_until_when(app: HandsyncApp, ignored: Any) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ignored(pilot)
        said = shown(app)
    assert "Budget 2027 until the next change Calendar since Mon 16 Nov 09:00 start differs" in said
    assert "[/x] ␛]0;t␇ 日本 forever" in said


async def test_one_is_taken_back_and_the_other_stays(
    app: HandsyncApp, backend: Any, ignored: Any, settle: Settle
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ignored(pilot)
        await pilot.press("j", "t")
        await settle(pilot)
        assert [entry.row_id for _, entry in backend.given.ignores] == ["a1"]
        assert "Taken back: “[/x] ␛]0;t␇ 日本”." in shown(app)
        await pilot.press("enter")
        await settle(pilot)
        assert backend.given.ignores == []
        assert "Nothing is being ignored." in shown(app)
        await pilot.press("enter")
        await pilot.pause()
        assert type(app.screen).__name__ == "HomeScreen"


async def test_a_memory_that_cannot_be_read_is_a_sentence(app: HandsyncApp, backend: Any, ignored: Any) -> None:
    def refuse() -> Any:
        raise StoreError("the memory cannot be read", where="~/.local/state/handsync", remedy="Check who owns it")

    backend.given.ignored = refuse
    async with app.run_test(size=(80, 24)) as pilot:
        await ignored(pilot)
        assert "the memory cannot be read. Check who owns it." in shown(app)

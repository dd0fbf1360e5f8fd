"""Pictures of the history's screens in both sizes, and of what few colours leave of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest
from support.given_runs import record_of
from support.sizes import every_size
from textual.pilot import Pilot

from tui.app import HandsyncApp
from tui.screens.summary import SummaryScreen

Compare = Callable[..., bool]
Before = Callable[[Pilot[Any]], Awaitable[None]]


@pytest.fixture
def opening(backend: Any, samples: ModuleType, settle: Any) -> Callable[..., Before]:
    """Three runs in the history, and the keys that are pressed before the picture is taken."""
    cut = record_of(samples.monday(), id="20261122-080000-cd34", started="2026-11-22T08:00:00Z", finished="")
    back = record_of(
        samples.contacts(),
        id="20261119-090000-ef56",
        started="2026-11-19T09:00:00Z",
        takes_back="20261118-100000-aa11",
        sentence="9 done",
        results={"done": 9},
    )
    backend.given.records = [cut, record_of(samples.monday()), back]

    def make(*keys: str) -> Before:
        async def before(pilot: Pilot[Any]) -> None:
            await settle(pilot)
            for key in ("h", *keys):
                await pilot.press(key)
                await settle(pilot)

        return before

    return make


@every_size
def test_history(snap_compare: Compare, app: HandsyncApp, opening: Any, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=opening())


@every_size
def test_one_run(snap_compare: Compare, app: HandsyncApp, opening: Any, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=opening("j", "enter", "j", "space", "j"))


@every_size
def test_one_row(snap_compare: Compare, app: HandsyncApp, opening: Any, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=opening("j", "enter", "j", "j", "j", "enter"))


def test_one_run_without_colours(snap_compare: Compare, backend: Any, opening: Any) -> None:
    app = HandsyncApp(backend, few_colours=True)
    assert snap_compare(app, terminal_size=(80, 24), run_before=opening("j", "enter", "j", "space", "j"))


def test_export(snap_compare: Compare, app: HandsyncApp, opening: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.screens.export.Path.cwd", lambda: "~/reports")
    assert snap_compare(app, terminal_size=(80, 24), run_before=opening("e"))


@every_size
def test_cut_off(
    snap_compare: Compare,
    app: HandsyncApp,
    backend: Any,
    opening: Any,
    samples: ModuleType,
    settle: Any,
    size: tuple[int, int],
) -> None:
    cut = backend.given.records[0]
    head = replace(cut.head, finished="2026-11-22T09:00:00Z", settled_later=True)
    backend.given.found = {cut.head.id: replace(cut, head=head)}

    async def before(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await pilot.press("f")
        await settle(pilot)
        await pilot.press("j", "j")
        await settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=before)


def test_home_says_that_a_run_was_cut_off(snap_compare: Compare, app: HandsyncApp, opening: Any, settle: Any) -> None:
    assert snap_compare(app, terminal_size=(80, 24), run_before=settle)


@every_size
def test_taking_back(
    snap_compare: Compare,
    app: HandsyncApp,
    backend: Any,
    opening: Any,
    samples: ModuleType,
    settle: Any,
    until: Any,
    size: tuple[int, int],
) -> None:
    """The plan that takes a run back: what comes back is shown where it comes back to."""
    there = opening("j")
    backend.given.undo_plans = [samples.taken_back()]

    async def before(pilot: Pilot[Any]) -> None:
        await there(pilot)
        await pilot.press("t")
        await until(pilot, lambda: isinstance(pilot.app.screen, SummaryScreen))
        await settle(pilot)
        pilot.app.screen._now = lambda: datetime(2026, 11, 23, 8, 2, tzinfo=UTC)
        await pilot.press("j")
        await settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=before)

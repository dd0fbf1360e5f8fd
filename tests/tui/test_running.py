"""Before a run: the day's requests, and another run of the same accounts in the way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest
from textual.pilot import Pilot

from sync_core.lock import Holder, LockedError
from sync_core.plan import Action
from sync_core.report import Result, RowReport, RunReport
from sync_core.review import Review
from tui.app import HandsyncApp
from tui.screens.question import Question
from tui.screens.run import RunScreen
from tui.widgets.controls import Words

Until = Callable[[Pilot[Any], Callable[[], bool]], Awaitable[None]]
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


class GivenRunner:
    """A service whose runs are in the way of one another until somebody takes over, or the other one ends."""

    def __init__(self, stale: bool | None = None, asks: tuple[str, ...] = ()) -> None:
        self.stale, self.asks = stale, list(asks)
        self.calls: list[bool] = []

    def questions(self, review: Review) -> list[str]:
        return self.asks

    def run(self, review: Review, progress: Any, cancelled: Any, *, take_over: bool = False) -> RunReport:
        self.calls.append(take_over)
        if self.stale is not None and not (self.stale and take_over):
            since = "2026-11-22T08:00:00Z"
            raise LockedError(Holder("tom\x1b[2J", "host-b", 77, since, since, "Calendar", self.stale), NOW)
        rows = (RowReport("a", "Trade fair", Action.CREATE_IN_OUTLOOK, Result.DIFFERENT, "it holds something else"),)
        return RunReport(review.plan.kind, "2026-11-22T09:00:00Z", "2026-11-22T09:00:05Z", rows)


async def opened(app: HandsyncApp, pilot: Pilot[Any], samples: ModuleType, runner: GivenRunner) -> RunScreen:
    screen = RunScreen(runner, [Review.of(samples.monday())])
    await app.push_screen(screen)
    await pilot.pause()
    return screen


def asked(app: HandsyncApp) -> str:
    return str(app.screen.query_one("#question-text", Words).content)


@pytest.mark.parametrize("key", ["enter", "n", "escape"])
async def test_a_run_that_died_is_not_taken_over_unasked(
    app: HandsyncApp, samples: ModuleType, until: Until, key: str
) -> None:
    runner = GivenRunner(stale=True)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(app, pilot, samples, runner)
        await until(pilot, lambda: isinstance(app.screen, Question))
        assert "Calendar, by tom␛[2J on host-b (process 77)" in asked(app)
        await pilot.press(key)
        await until(pilot, lambda: screen._over)
        assert runner.calls == [False]
        assert "was cut off" in str(screen.query_one("#result", Words).content)


async def test_a_run_that_died_is_taken_over_when_told_to(app: HandsyncApp, samples: ModuleType, until: Until) -> None:
    runner = GivenRunner(stale=True)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(app, pilot, samples, runner)
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("t")
        await until(pilot, lambda: screen._over)
        assert runner.calls == [False, True]
        shown = "\n".join(line.plain for line in screen.query_one("#rows").lines)  # type: ignore[attr-defined]
        assert "1 done differently" in shown, "what ended differently is told like everything else"


async def test_a_run_that_goes_on_can_only_be_waited_for(app: HandsyncApp, samples: ModuleType, until: Until) -> None:
    runner = GivenRunner(stale=False)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(app, pilot, samples, runner)
        await until(pilot, lambda: isinstance(app.screen, Question))
        assert "Two runs at once are not possible" in asked(app)
        await pilot.press("t")
        await until(pilot, lambda: len(runner.calls) == 2 and isinstance(app.screen, Question))
        runner.stale = None
        await pilot.press("t")
        await until(pilot, lambda: screen._over)
        assert runner.calls == [False, False, False]


@pytest.mark.parametrize(("key", "runs"), [("enter", 0), ("n", 0), ("escape", 0), ("y", 1)])
async def test_a_run_that_would_use_up_the_day_asks_first(
    app: HandsyncApp, samples: ModuleType, until: Until, key: str, runs: int
) -> None:
    runner = GivenRunner(asks=("this run needs about 900 requests to Salesforce, and 12 are left",))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(app, pilot, samples, runner)
        await until(pilot, lambda: isinstance(app.screen, Question))
        assert asked(app).startswith("This run needs about 900 requests")
        assert runner.calls == []
        await pilot.press(key)
        await until(pilot, lambda: screen._over)
        assert len(runner.calls) == runs

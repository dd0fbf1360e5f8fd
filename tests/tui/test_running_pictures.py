"""Pictures of what surrounds a run: what may be asked before it, what must be known of a plan, and how it ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from support.sizes import every_size
from textual.pilot import Pilot
from textual.screen import Screen

from sync_core.allowance import over_allowance
from sync_core.items import Kind, SideName
from sync_core.lock import Holder, LockedError
from sync_core.plan import Action
from sync_core.report import Result, RowReport, RunReport
from sync_core.review import Review
from sync_core.sides import Allowance
from tui.app import HandsyncApp
from tui.screens.question import Question
from tui.screens.run import RunScreen
from tui.screens.summary import SummaryScreen

Compare = Callable[..., bool]


def ago(minutes: int) -> str:
    """A moment so many minutes ago, and a little more: the picture says the same for as long as it takes."""
    return (datetime.now(UTC) - timedelta(minutes=minutes, seconds=10)).strftime("%Y-%m-%dT%H:%M:%SZ")


class GivenRunner:
    """A service that asks, or whose lock somebody else holds."""

    def __init__(self, holder: Holder | None = None, asks: tuple[str, ...] = ()) -> None:
        self.holder, self.asks = holder, asks

    def questions(self, review: Review) -> list[str]:
        return list(self.asks)

    def run(self, review: Review, progress: Any, cancelled: Any) -> RunReport:
        assert self.holder is not None
        raise LockedError(self.holder, datetime.now(UTC))


@pytest.fixture
def picture(snap_compare: Compare, app: HandsyncApp, samples: ModuleType, settle: Any, until: Any) -> Any:
    """Compares the picture of the question that stands before a run."""

    def compare(runner: GivenRunner, size: tuple[int, int]) -> bool:
        async def before(pilot: Pilot[Any]) -> None:
            await settle(pilot)
            pilot.app.push_screen(RunScreen(runner, [Review.of(samples.monday())]))
            await until(pilot, lambda: isinstance(pilot.app.screen, Question))
            await settle(pilot)

        return snap_compare(app, terminal_size=size, run_before=before)

    return compare


@every_size
def test_a_run_that_goes_on(picture: Any, size: tuple[int, int]) -> None:
    holder = Holder("tom", "jump-host-b", 4711, ago(3), ago(0), "Calendar", stale=False)
    assert picture(GivenRunner(holder), size)


@every_size
def test_a_run_that_died(picture: Any, size: tuple[int, int]) -> None:
    holder = Holder("tom", "jump-host-b", 4711, ago(95), ago(92), "Calendar", stale=True)
    assert picture(GivenRunner(holder), size)


@every_size
def test_a_run_that_would_use_up_the_day(picture: Any, size: tuple[int, int]) -> None:
    asks = over_allowance(SideName.SALESFORCE, 900, Allowance(14_988, 15_000), 80)
    assert asks
    assert picture(GivenRunner(asks=(asks,)), size)


@every_size
def test_a_run_that_is_over(
    snap_compare: Compare, app: HandsyncApp, samples: ModuleType, settle: Any, until: Any, size: tuple[int, int]
) -> None:
    """It is in the history, and a key leads there."""
    rows = tuple(
        RowReport(f"{result}", title, Action.UPDATE_IN_OUTLOOK, result, message)
        for title, result, message in (
            ("Quarterly review", Result.SKIPPED, "changed in Outlook since you looked"),
            ("Trade fair", Result.DONE, "Outlook keeps location in a form of its own"),
        )
    )
    report = RunReport(Kind.CALENDAR, "2026-11-23T08:03:00Z", "2026-11-23T08:03:05Z", rows, run_id="20261123-080300-ab")

    class Given:
        def run(self, *_: Any) -> RunReport:
            return report

    def past(run_ids: Sequence[str]) -> Screen[bool]:
        raise AssertionError(run_ids)

    async def before(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        screen = RunScreen(Given(), [Review.of(samples.monday())], past)
        pilot.app.push_screen(screen)
        await until(pilot, lambda: screen.report is not None and screen.query_one("#rows").display)
        await settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=before)


@every_size
def test_what_must_be_known_of_a_plan(
    snap_compare: Compare, app: HandsyncApp, samples: ModuleType, settle: Any, size: tuple[int, int]
) -> None:
    """As when the memory was damaged: it stands above the rows for as long as they are reviewed."""
    note = (
        "The memory of these accounts was damaged (no database); it was set aside as ~/state/cache.db.damaged. "
        "The links were found anew, and this plan deletes nothing"
    )

    async def before(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        plan = replace(samples.monday(), notes=(note,))
        now = datetime(2026, 11, 23, 8, 2, tzinfo=UTC)
        pilot.app.push_screen(SummaryScreen([Review.of(plan)], samples.ZONE, samples.TODAY, now=lambda: now))
        await settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=before)

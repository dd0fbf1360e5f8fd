"""Pictures of what may be asked before a run: the day's requests, and another run of the same accounts in the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from textual.pilot import Pilot

from sync_core.allowance import over_allowance
from sync_core.items import SideName
from sync_core.lock import Holder, LockedError
from sync_core.report import RunReport
from sync_core.review import Review
from sync_core.sides import Allowance
from tui.app import HandsyncApp
from tui.screens.question import Question
from tui.screens.run import RunScreen

Compare = Callable[..., bool]
both_sizes = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


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


@both_sizes
def test_a_run_that_goes_on(picture: Any, size: tuple[int, int]) -> None:
    holder = Holder("tom", "jump-host-b", 4711, ago(3), ago(0), "Calendar", stale=False)
    assert picture(GivenRunner(holder), size)


@both_sizes
def test_a_run_that_died(picture: Any, size: tuple[int, int]) -> None:
    holder = Holder("tom", "jump-host-b", 4711, ago(95), ago(92), "Calendar", stale=True)
    assert picture(GivenRunner(holder), size)


@both_sizes
def test_a_run_that_would_use_up_the_day(picture: Any, size: tuple[int, int]) -> None:
    asks = over_allowance(SideName.SALESFORCE, 900, Allowance(14_988, 15_000), 80)
    assert asks
    assert picture(GivenRunner(asks=(asks,)), size)

"""Several that are as likely: nothing is recommended until a person picks one in the menu. Through the program."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from support.watching import until

from sync_core.items import Kind
from sync_core.plan import Action, Situation
from tui.app import HandsyncApp
from tui.backend import FileBackend
from tui.screens.home import HomeScreen
from tui.screens.question import Question
from tui.screens.run import RunScreen
from tui.screens.summary import SummaryScreen


async def test_one_of_two_is_picked_and_the_other_stays_as_it_is(open_desk: Callable[..., Any], tmp_path: Path) -> None:
    """A review that Salesforce has on a day, and Outlook on the day before and on the day after."""
    desk = open_desk(world="empty", today=None)
    org, box, me = desk.sandbox.org, desk.sandbox.mailbox, desk.sandbox.user_id
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=5)
    org.create("Event", {"Subject": "Review", "StartDateTime": noon, "DurationInMinutes": 60}, by=me)
    for days in (-1, 1):
        start = noon + timedelta(days=days)
        times = {"start": start, "end": start + timedelta(hours=1), "reminder_is_set": False}
        box.create(box.folder("calendar"), {"subject": "Review", **times})
    plan = desk.plan_of(Kind.CALENDAR)
    assert {(row.situation, row.recommended) for row in plan.rows} == {(Situation.AMBIGUOUS, Action.CONFLICT)}
    assert len(plan.rows) == 3
    desk.restart()

    config = tmp_path / "config.toml"
    config.write_text(desk.sandbox.settings_toml())
    config.chmod(0o600)
    app = HandsyncApp(FileBackend(config, tmp_path / "state"))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, HomeScreen, "Outlook connected")
        await pilot.press("s")
        await until(pilot, Question, "Calendar")
        await pilot.press("y")
        await until(pilot, SummaryScreen, "Conflict 3")
        screen = app.screen
        assert isinstance(screen, SummaryScreen)
        assert screen.review.counts().writes == 0
        mine = next(row for row in screen.review.rows() if row.left is not None)
        screen.table.go_to(mine.id)
        await pilot.press("m")
        await until(pilot, SummaryScreen, "which one? m offers what it could be")
        await pilot.press("2")
        await pilot.pause()
        joined = screen.review.row(screen.table.cursor_row_id)
        assert joined.left is not None
        assert joined.right is not None
        later = joined.right.id
        # Outlook has it right
        await pilot.press("less_than_sign")
        await pilot.pause()
        assert screen.review.row(joined.id).action is Action.UPDATE_IN_SALESFORCE
        await pilot.press("o", "y")
        await until(pilot, RunScreen, "done.")
    assert app.faults == []
    (event,) = org.rows("Event")
    assert event["StartDateTime"] == noon + timedelta(days=1)
    items = {item.id: item for item in box.items(box.folder("calendar"))}
    assert len(items) == 2
    assert items[later].fields["start"] == noon + timedelta(days=1)
    assert desk.sandbox.exchange.outbox == []

"""Several that are as likely: nothing is recommended until a person picks one in the menu. Through the program."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.host import settings_file
from support.watching import start_sync, until

from sync_core.cli import main
from sync_core.items import Kind
from sync_core.plan import Action, Situation
from sync_core.review import Review
from tui.app import HandsyncApp
from tui.backend import FileBackend
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

    config = settings_file(tmp_path, desk.sandbox.settings_toml())
    app = HandsyncApp(FileBackend(config, tmp_path / "state"))
    async with app.run_test(size=(120, 40)) as pilot:
        await start_sync(pilot, "Calendar", "Conflict 3")
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


def tasks_of_one_name(desk: Any, directory: Path) -> Path:
    """Two tasks of Outlook each that could be the one of Salesforce, and settings for the two servers."""
    org, box, me = desk.sandbox.org, desk.sandbox.mailbox, desk.sandbox.user_id
    for subject, notes in (("Ring back", ("about the offer", "about the lease")), ("Call", ("", ""))):
        org.create("Task", {"Subject": subject}, by=me)
        for words in notes:
            box.create(box.folder("tasks"), {"subject": subject, "body": words})
    return settings_file(directory, desk.sandbox.settings_toml().replace("[calendar]", "[tasks]"))


def test_tasks_of_one_name_are_told_apart_in_print(
    open_desk: Callable[..., Any], tmp_path: Path, capsys: Any, monkeypatch: Any
) -> None:
    """Same subject, same day: a person reads what else differs, or that nothing does."""
    config = tasks_of_one_name(open_desk(world="empty", today=None), tmp_path)
    monkeypatch.setenv("HANDSYNC_CONFIG", str(config))
    monkeypatch.setenv("HANDSYNC_STATE_DIR", str(tmp_path / "state"))
    assert main(["plan", "tasks"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "“Ring back” (Outlook, notes “about the offer”), “Ring back” (Outlook, notes “about the lease”)" in printed
    assert "this one: notes “about the lease”" in printed
    assert (
        "“Call” (Outlook), “Call” (Outlook); never paired by chance; nothing that is read tells them apart" in printed
    )
    assert "this one: like another one of that name in all that is read" in printed


def test_what_a_half_could_not_be_made_of_says_nothing_of_the_pair_that_is_picked(
    open_desk: Callable[..., Any],
) -> None:
    """Outlook makes no task without a subject, and has one here: only a reminder is added to it."""
    desk = open_desk(world="empty")
    desk.configure("tasks", include=True)
    org, box, me = desk.sandbox.org, desk.sandbox.mailbox, desk.sandbox.user_id
    reminder = {"IsReminderSet": True, "ReminderDateTime": "2026-12-01T08:00:00Z"}
    org.create("Task", {"ActivityDate": "2026-12-01", "Description": "a", **reminder}, by=me)
    stored = box.create(
        box.folder("tasks"), {"due_date": datetime(2026, 12, 1, tzinfo=UTC), "body": "a", "reminder_is_set": False}
    )
    plan = desk.plan_of(Kind.TASKS)
    mine = next(row for row in plan.rows if row.left is not None)
    review = Review.of(plan)
    (other,) = review.candidates(mine.id)
    review = review.pick(mine.id, other.id)
    (joined,) = review.rows()
    assert (joined.action, joined.why_not) == (Action.UPDATE_IN_OUTLOOK, "")
    assert desk.run_of(review).clean
    assert stored.fields["reminder_due_by"] == datetime(2026, 12, 1, 8, tzinfo=UTC)
    assert [row for row in desk.plan_of(Kind.TASKS).rows if not row.quiet] == []


@pytest.mark.slow
async def test_tasks_of_one_name_are_told_apart_in_the_menu(open_desk: Callable[..., Any], tmp_path: Path) -> None:
    config = tasks_of_one_name(open_desk(world="empty", today=None), tmp_path)
    app = HandsyncApp(FileBackend(config, tmp_path / "state"))
    async with app.run_test(size=(120, 40)) as pilot:
        await start_sync(pilot, "Tasks", "Conflict 6")
        screen = app.screen
        assert isinstance(screen, SummaryScreen)
        for title, apart in (
            ("Ring back", ("notes “about the lease”", "notes “about the offer”")),
            ("Call", ("nothing that is read tells them apart",)),
        ):
            screen.table.go_to(next(r.id for r in screen.review.rows() if r.left is not None and r.title == title))
            await pilot.press("m")
            for words in apart:
                await until(pilot, SummaryScreen, f"The same as {title}, {words}")
            await pilot.press("escape")
    assert app.faults == []

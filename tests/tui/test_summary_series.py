"""A series that cannot cross as it is, on the Summary: its occurrences are offered, taken, and taken back."""

from __future__ import annotations

from typing import Any

from support.build import SF, only, picture, plan, right

from sync_core.items import When
from sync_core.plan import Action, State
from sync_core.review import Review
from sync_core.sides import Limits
from tui.widgets.action_menu import Command, entries

WEEKLY = When("2026-11-23T01:00:00Z", "2026-11-23T02:00:00Z", False, "FREQ=WEEKLY;BYDAY=MO;COUNT=3", "Asia/Tokyo")
LIMITS = Limits(series_zone="Europe/London", fixed_pattern=True, no_changed_occurrences="")


def offered() -> Any:
    """A plan with a series in Outlook, in a zone that a new Salesforce series cannot have."""
    series = right("R1", subject="Tokyo call", when=WEEKLY, exceptions="", series=True)
    return plan(picture(SF, (), limits=LIMITS), (series,))


def test_the_menu_offers_it_first() -> None:
    (first, *_) = entries([only(offered())])
    assert (first.command, first.label, first.meaning) == (
        Command.SINGLE_EVENTS,
        "Occurrences as single events",
        "3 rows to create",
    )
    ordinary = Review.of(offered()).as_single_events([only(offered()).id], "").rows()[0]
    assert Command.SINGLE_EVENTS not in [entry.command for entry in entries([ordinary])]


async def test_it_is_taken_by_key_and_taken_back(summary: Any) -> None:
    async with summary(offered()) as shown:
        assert shown.row("Tokyo call").state is State.PREVENTED
        await shown.press("e")
        rows = shown.screen.review.rows()
        assert [row.action for row in rows] == [Action.CREATE_IN_SALESFORCE] * 3
        assert "occurrences as single events" in shown.said()
        assert shown.screen.table.shown == 3
        await shown.press("u")
        assert [row.state for row in shown.screen.review.rows()] == [State.PREVENTED]
        await shown.press("m")
        assert "Occurrences as single events" in shown.text()
        await shown.press("e")
        await shown.press("r")
        assert len(shown.screen.review.rows()) == 1


async def test_e_on_another_row_says_that_there_is_no_series(summary: Any) -> None:
    async with summary() as shown:
        shown.go_to("Trade fair")
        await shown.press("e")
        assert shown.said() == "no series there that could cross as single events"

"""Several processes in one Summary: a tab each, one Ok for all or for one, and what is always to be seen."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest
from textual.pilot import Pilot

from sync_core.groups import Group
from sync_core.items import Kind
from sync_core.plan import Action
from sync_core.review import Review
from tui.app import HandsyncApp
from tui.screens.confirm import OkQuestion
from tui.screens.summary import NotRead, Opening, SummaryScreen
from tui.tally import Tally
from tui.widgets.process_tabs import ProcessTabs, TabState

NOW = datetime(2026, 11, 23, 8, 2, tzinfo=UTC)


class Tabs:
    """A summary of several processes that is open."""

    def __init__(self, pilot: Pilot[Any], screen: SummaryScreen, answers: list[Any], kept: list[Review]) -> None:
        self.pilot = pilot
        self.screen = screen
        self.answers = answers
        self.kept = kept

    async def press(self, *keys: str) -> None:
        """Presses keys and waits until they are dealt with."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    def lines(self) -> list[str]:
        """What the terminal shows."""
        return [strip.text.rstrip() for strip in self.pilot.app.screen._compositor.render_strips()]

    @property
    def kind(self) -> Kind:
        """The process in view."""
        return self.screen.review.plan.kind

    @property
    def title(self) -> str:
        """The row under the cursor."""
        at = self.screen.table.cursor_row_id
        return self.screen.review.row(at).title if at else ""

    def said(self) -> str:
        """What the question on top says."""
        screen = self.pilot.app.screen
        assert isinstance(screen, OkQuestion)
        return " ".join(str(widget.content) for widget in screen.query("Words"))  # type: ignore[attr-defined]  # Static


Open = Callable[..., AbstractAsyncContextManager[Tabs]]


@pytest.fixture
def tabs(app: HandsyncApp, samples: ModuleType, settle: Any) -> Open:
    """Opens a summary of the calendar, the contacts and the tasks of a Monday; other openings where given."""

    @asynccontextmanager
    async def opened(*given: Opening, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Tabs]:
        openings = given or [Review.of(make()) for make in (samples.monday, samples.contacts, samples.tasks)]
        async with app.run_test(size=size) as pilot:
            await settle(pilot)
            answers: list[Any] = []
            kept: list[Review] = []
            screen = SummaryScreen(openings, samples.ZONE, samples.TODAY, now=lambda: NOW, keep=kept.append)
            app.push_screen(screen, answers.append)
            await settle(pilot)
            yield Tabs(pilot, screen, answers, kept)

    return opened


async def test_each_process_has_a_tab_with_its_counts(tabs: Open) -> None:
    async with tabs(size=(120, 40)) as shown:
        title, line, would = shown.lines()[:3]
    assert title == " Synchronization Summary   Calendar  23 Oct 2026 – 22 Nov 2027  read 2 min ago"
    assert line.startswith("[1 Calendar 28 rows, 8 to decide, 2 DELETED] 2 Contacts 10 rows, 1 to decide ")
    assert line.endswith(" 3 Tasks 9 rows, 1 to decide, 1 DELETED")
    # what Ok would write is the sum of all
    assert "Salesforce: 1 DELETED, 10 new, 6 chg." in would
    assert would.endswith("10 undecided")


async def test_at_80_cells_the_head_fits(tabs: Open) -> None:
    async with tabs() as shown:
        head = shown.lines()[:3]
    assert head[0].endswith("read 2 min ago")
    assert head[1] == "[1 Calendar 28, 8 open, 2 DEL] 2 Contacts 10, 1 open  3 Tasks 9, 1 open, 1 DEL"
    assert head[2].endswith("  10 open")
    assert all(len(line) <= 80 for line in head)


@pytest.mark.parametrize(
    ("keys", "kind"),
    [
        ("right_square_bracket", Kind.CONTACTS),
        ("left_square_bracket", Kind.TASKS),
        ("right_square_bracket right_square_bracket right_square_bracket", Kind.CALENDAR),
        ("3", Kind.TASKS),
        ("2 1", Kind.CALENDAR),
        ("2 2", Kind.CONTACTS),
    ],
)
async def test_keys_go_from_tab_to_tab(tabs: Open, keys: str, kind: Kind) -> None:
    async with tabs() as shown:
        await shown.press(*keys.split())
        assert shown.kind is kind
        assert shown.screen.table.has_focus
        assert f"{list(Kind).index(kind) + 1} {kind.label}" in shown.lines()[1]
        assert shown.lines()[0].startswith(f" Synchronization Summary   {kind.label}")


async def test_a_click_goes_to_a_tab(tabs: Open) -> None:
    async with tabs(size=(120, 40)) as shown:
        at = shown.lines()[1].index("3 Tasks")
        await shown.pilot.click(ProcessTabs, offset=(at + 3, 0))
        assert shown.kind is Kind.TASKS


@pytest.mark.slow
async def test_each_tab_keeps_its_cursor_marks_filter_and_undo(tabs: Open) -> None:
    async with tabs() as shown:
        await shown.press("j", "j", "space", "i")
        here, marked = shown.title, shown.screen.table.selected_ids
        await shown.press("2", "slash", *"omar", "enter", "greater_than_sign")
        assert shown.title == "Omar Haddad"
        assert shown.screen.review.row(shown.screen.table.cursor_row_id or "").action is Action.MERGE
        await shown.press("1")
        assert (shown.title, shown.screen.table.selected_ids) == (here, marked)
        await shown.press("u")
        assert len(shown.screen.review.decisions) == 0
        await shown.press("2")
        assert shown.screen.table.shown == 1
        assert len(shown.screen.review.decisions) == 1
        await shown.press("u")
        assert len(shown.screen.review.decisions) == 0


async def test_the_details_keep_the_keyboard_in_their_tab(tabs: Open) -> None:
    async with tabs() as shown:
        await shown.press("enter")
        assert shown.screen.details.has_focus
        await shown.press("2")
        assert shown.screen.table.has_focus
        await shown.press("1")
        assert shown.screen.details.has_focus


async def test_one_process_has_no_tabs_and_no_keys_for_them(summary: Any) -> None:
    async with summary() as shown:
        assert not shown.screen.query_one(ProcessTabs).display
        await shown.press("2", "right_square_bracket")
        assert shown.screen.place == 0
        assert "Process" not in shown.text().split("\n")[-1]


async def test_the_key_line_names_the_key_to_the_next_process(tabs: Open) -> None:
    async with tabs(size=(120, 40)) as shown:
        last = shown.lines()[-1]
    assert "] Process" in last
    assert "? Keys" in last


async def test_one_question_states_the_numbers_of_all(tabs: Open) -> None:
    async with tabs() as shown:
        await shown.press("o")
        said = shown.said()
        assert "Calendar  Salesforce  1 DELETED, 5 new, 3 changed\n" in said
        assert "          Outlook     1 DELETED, 5 new, 2 changed\n" in said
        assert "Contacts  Salesforce  4 new, 1 changed\n" in said
        assert "Tasks     Salesforce" in said
        assert "10 undecided rows stay as they are." in said
        await shown.press("enter")
        assert shown.answers == []
        await shown.press("o", "y")
        (confirmed,) = shown.answers
        assert [review.plan.kind for review in confirmed] == list(Kind)


async def test_only_the_tab_in_view_may_be_run(tabs: Open) -> None:
    async with tabs() as shown:
        await shown.press("2", "o")
        assert "Only Contacts (t)" in "\n".join(shown.lines())
        await shown.press("t")
        (confirmed,) = shown.answers
        assert [review.plan.kind for review in confirmed] == [Kind.CONTACTS]


async def test_a_guard_is_asked_in_the_name_of_its_process(tabs: Open, samples: ModuleType) -> None:
    openings = [Review.of(samples.contacts()), Review.of(samples.guarded())]
    async with tabs(*openings) as shown:
        await shown.press("o")
        assert "Calendar: 13 of 40 linked items would be deleted from Outlook at once" in shown.said()
        shown.pilot.app.screen.query_one("#guard-1-0").focus()
        await shown.press("1", "3", "enter")
        assert "13 DELETED" in shown.said()
        await shown.press("y")
        (confirmed,) = shown.answers
        assert [sorted(review.confirmed) for review in confirmed] == [[], [0]]


async def test_a_process_that_could_not_be_read_says_so_and_the_others_go_on(tabs: Open, samples: ModuleType) -> None:
    trouble = NotRead(Kind.CALENDAR, "Outlook (calendar): the mailbox is \x1b[31mbusy. Try again later.")
    async with tabs(trouble, Review.of(samples.contacts())) as shown:
        # the first one that could be read is in view
        assert shown.kind is Kind.CONTACTS
        assert shown.lines()[1].startswith(" 1 Calendar not read [2 Contacts 10 rows")
        await shown.press("1")
        text = "\n".join(shown.lines())
        assert "Calendar could not be read. Nothing of it is written." in text
        assert "the mailbox is" in text
        assert "\x1b" not in text
        await shown.press("o", "y")
        (confirmed,) = shown.answers
        assert [review.plan.kind for review in confirmed] == [Kind.CONTACTS]


async def test_when_nothing_could_be_read_there_is_no_ok(tabs: Open) -> None:
    async with tabs(NotRead(Kind.CALENDAR, "No."), NotRead(Kind.TASKS, "No.")) as shown:
        await shown.press("o", "2", "r", "n", "m")
        assert shown.pilot.app.screen is shown.screen
        await shown.press("escape")
        assert shown.answers == [None]


async def test_a_process_in_step_says_so(tabs: Open, samples: ModuleType) -> None:
    from dataclasses import replace

    quiet = replace(samples.tasks(), rows=())
    async with tabs(Review.of(samples.contacts()), Review.of(quiet)) as shown:
        assert shown.lines()[1].endswith("2 Tasks in step")
        await shown.press("2")
        assert "Both sides are in step: 22 items compared, nothing to do." in "\n".join(shown.lines())


async def test_every_decision_is_told_to_whoever_keeps_it(tabs: Open) -> None:
    async with tabs() as shown:
        await shown.press("i", "2", "i", "u")
        assert [(review.plan.kind, len(review.decisions)) for review in shown.kept] == [
            (Kind.CALENDAR, 1),
            (Kind.CONTACTS, 1),
            (Kind.CONTACTS, 0),
        ]
        assert shown.screen.unsaved == ""
        assert shown.screen.kept() == ["Calendar: 1 decision"]


async def test_leaving_asks_and_may_keep_the_review_for_later(tabs: Open) -> None:
    async with tabs() as shown:
        await shown.press("full_stop", "2", "full_stop", "escape")
        text = "\n".join(shown.lines())
        assert "2 decisions would be lost; nothing has been written." in text
        await shown.press("k")
        assert shown.answers == [None]
        assert shown.screen.keeps_draft


async def test_leaving_for_good_keeps_nothing(tabs: Open) -> None:
    async with tabs() as shown:
        await shown.press("full_stop", "escape", "enter")
        # Enter stays
        assert shown.answers == []
        await shown.press("escape", "l")
        assert shown.answers == [None]
        assert not shown.screen.keeps_draft


def test_the_sum_of_tallies_is_the_tally_of_all(samples: ModuleType) -> None:
    plans = [samples.monday(), samples.contacts(), samples.tasks()]
    whole = Tally(row for plan in plans for row in plan.rows)
    parts = Tally.sum(Tally(plan.rows) for plan in plans)
    assert (parts.groups, parts.writes, parts.actions, parts.states) == (
        whole.groups,
        whole.writes,
        whole.actions,
        whole.states,
    )
    assert parts.groups[Group.ALL] == whole.groups[Group.ALL]


@pytest.mark.parametrize("width", [80, 100, 120, 200])
async def test_tabs_fit_whatever_the_numbers(app: HandsyncApp, width: int) -> None:
    line = ProcessTabs()
    async with app.run_test(size=(width, 24)) as pilot:
        await app.screen.mount(line, before=0)
        line.styles.height, line.styles.width = 1, "100%"
        await pilot.pause()
        line.show([TabState(kind, 1234, 123, 12) for kind in Kind], 1)
        await pilot.pause()
        said = str(line.content)
        assert len(said.rstrip()) <= width
        assert all(f"{kind.label} 1234" in said for kind in Kind)
        assert said.count("123") == 6

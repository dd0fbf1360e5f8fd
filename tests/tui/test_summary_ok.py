"""Ok: the question before a run, what it counts, its guards, and that nothing happens by a careless key."""

from __future__ import annotations

import re
from typing import Any

from sync_core.plan import State
from sync_core.review import Review
from tui.app import HandsyncApp
from tui.screens.confirm import OkQuestion, numbers
from tui.screens.summary import SummaryScreen
from tui.tally import Tally


def words(shown: Any) -> str:
    """What the question says, without the frame and what is behind it."""
    screen = shown.pilot.app.screen
    assert isinstance(screen, OkQuestion)
    return " ".join(str(widget.content) for widget in screen.query("Words"))  # type: ignore[attr-defined]  # Static


async def test_it_counts_per_side_and_says_deletes_in_words(summary: Any) -> None:
    async with summary() as shown:
        await shown.press("o")
        said = words(shown)
    assert re.search(r"Salesforce +5 will be new\n +3 will be changed\n +1 will be DELETED\n", said)
    assert re.search(r"Outlook +5 will be new\n +2 will be changed\n +1 will be DELETED\n", said)
    assert "1 equal pair will be remembered, without a write." in said
    assert "8 undecided rows stay as they are." in said
    assert "1 blocked row stays as it is." in said
    assert "2 rows are ignored." in said


async def test_enter_means_no(summary: Any) -> None:
    async with summary() as shown:
        await shown.press("o", "enter")
        assert shown.answers == []
        assert isinstance(shown.pilot.app.screen, SummaryScreen)
        # nor does the key that asked
        await shown.press("o", "o", "enter")
        assert shown.answers == []


async def test_escape_and_n_mean_no(summary: Any) -> None:
    async with summary() as shown:
        for key in ("escape", "n", "q"):
            await shown.press("o", key)
            assert shown.pilot.app.screen is shown.screen
            assert shown.answers == []


async def test_yes_answers_with_the_review_as_it_stands(summary: Any) -> None:
    async with summary() as shown:
        await shown.press("i", "j", "less_than_sign", "o", "y")
        assert shown.answers == [shown.screen.review]
        review = shown.answers[0]
        assert review is not None
        assert review.decisions.keys() == {shown.row("Trade fair").id, shown.row("Quarterly review").id}


async def test_yes_by_arrow_and_enter(summary: Any) -> None:
    async with summary() as shown:
        await shown.press("o", "right", "enter")
        assert shown.answers == [shown.screen.review]


async def test_a_guard_keeps_its_rows_out_until_its_number_is_typed(summary: Any, samples: Any) -> None:
    async with summary(samples.guarded()) as shown:
        assert shown.row("Weekly 1").state is State.PREVENTED
        await shown.press("o")
        assert "13 of 40 linked items would be deleted from Outlook at once" in words(shown)
        assert "Salesforce  1 will be new" in words(shown)
        assert "will be DELETED" not in words(shown)
        await shown.press("y")
        review = shown.answers[0]
        assert review is not None
        assert review.row(shown.row("Weekly 1").id).state is State.PREVENTED


async def test_the_number_of_a_guard_lets_its_rows_through(summary: Any, samples: Any) -> None:
    async with summary(samples.guarded()) as shown:
        await shown.press("o")
        shown.pilot.app.screen.query_one("#guard-0-0").focus()
        await shown.press(*"12", "enter")
        assert "Type 13 to let that happen." in words(shown)
        assert "will be DELETED" not in words(shown)
        # the keys of the question are letters in here
        await shown.press("y", "n")
        assert shown.answers == []
        await shown.press("backspace", "backspace", "backspace", "3", "enter")
        assert "Confirmed" in words(shown)
        assert re.search(r"Outlook +13 will be DELETED", words(shown))
        # the answer is still to be given, and Enter is still No
        assert shown.pilot.app.focused is not None
        assert shown.pilot.app.focused.id == "no"
        await shown.press("y")
        review = shown.answers[0]
        assert review is not None
        assert review.row(shown.row("Weekly 1").id).state is State.READY


async def test_a_confirmed_guard_is_forgotten_with_no(summary: Any, samples: Any) -> None:
    async with summary(samples.guarded()) as shown:
        await shown.press("o")
        shown.pilot.app.screen.query_one("#guard-0-0").focus()
        await shown.press(*"13", "enter", "n")
        assert shown.row("Weekly 1").state is State.PREVENTED


async def test_links_only_say_that_nothing_is_written(summary: Any, samples: Any) -> None:
    async with summary(samples.links_only()) as shown:
        await shown.press("o")
        assert "Nothing is written; 12 equal pairs will be remembered. Go on?" in words(shown)
        await shown.press("y")
        assert shown.answers == [shown.screen.review]


async def test_nothing_to_do_cannot_be_run(summary: Any, samples: Any) -> None:
    async with summary(samples.plan([])) as shown:
        await shown.press("o")
        assert "There is nothing to write." in words(shown)
        assert not shown.pilot.app.screen.query_one("#yes").display
        await shown.press("y")
        assert shown.answers == []
        await shown.press("enter")
        assert shown.pilot.app.screen is shown.screen


def test_undecided_rows_are_singular_when_they_are_one(samples: Any) -> None:
    review = Review.of(samples.monday())
    rows = [row for row in review.rows() if row.title == "Budget 2027"]
    assert str(numbers(Tally(rows))) == "1 undecided row stays as it is.\n"


async def test_the_whole_question_fits_80_by_24(summary: Any, app: HandsyncApp) -> None:
    async with summary() as shown:
        await shown.press("o")
        text = shown.text()
        assert "Write this now?" in text
        assert "[ No, go back (n) ]" in text
        assert "[ Yes, do it (y) ]" in text

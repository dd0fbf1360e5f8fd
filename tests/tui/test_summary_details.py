"""The details of a row: before, both sides, what will be; and how they fit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rich.cells import cell_len
from rich.style import Style

from sync_core.plan import Choice, Row
from sync_core.review import Review
from tui.glyphs import UNICODE
from tui.screens.summary_review import ReviewPane
from tui.widgets.detail_text import LONG, SHORT, DetailText, outcome
from tui.widgets.lines import Looks

PLAIN = Looks(*[Style.null()] * 9)


@pytest.fixture
def review(samples: Any) -> Review:
    """The sample, untouched."""
    return Review.of(samples.monday())


@pytest.fixture
def details(samples: Any) -> DetailText:
    """Draws in plain text."""
    return DetailText(samples.ZONE, samples.TODAY, UNICODE, PLAIN)


def find(review: Review, title: str) -> Row:
    """The row with a subject."""
    return next(row for row in review.rows() if row.title == title)


def lines(details: DetailText, row: Row, width: int = 79, most: int = LONG) -> list[str]:
    """The details as text without trailing blanks."""
    return [line.plain.rstrip() for line in details.lines(row, width, most)]


def test_a_conflict_side_by_side(details: DetailText, review: Review) -> None:
    found = lines(details, find(review, "Budget 2027"))
    assert found[2:7] == [
        "             before          Salesforce      Outlook         will be",
        "when         Mon 23 Nov      Mon 23 Nov      Mon 23 Nov      choose > or <",
        "             14:00–15:00     15:00–16:00     15:30–16:30",
        "location     Room 4          Room 4          Room 12         Room 12",
        "same: subject Budget 2027, show as busy, reminder 15 min before",
    ]
    assert found[7:] == [
        "with Priya Shah, Tom Becker",
        "Salesforce: last changed Sat 21 Nov 09:12 by Priya Shah",
        "Outlook: last changed Fri 20 Nov 16:40 by Tom B.",
    ]


def test_a_decision_shows_in_what_will_be(details: DetailText, review: Review) -> None:
    row = find(review, "Budget 2027")
    review = review.choose([row.id], Choice.MERGE_OUTLOOK)
    found = lines(details, review.row(row.id), 120)
    assert next(line for line in found if line.startswith("when")).endswith("Mon 23 Nov 15:30–16:30")
    assert "recommended was: conflict, needs a choice" in found


def test_the_same_one_under_another_where_it_is_narrow(details: DetailText, review: Review) -> None:
    found = lines(details, find(review, "Budget 2027"), 40)
    at = found.index("when")
    assert found[at : at + 5] == [
        "when",
        "  before     Mon 23 Nov 14:00–15:00",
        "  Salesforce Mon 23 Nov 15:00–16:00",
        "  Outlook    Mon 23 Nov 15:30–16:30",
        "  will be    choose > or <",
    ]
    assert found[0] == "both sides differ, choose > or <"


def test_a_new_item_has_no_column_for_the_side_that_lacks_it(details: DetailText, review: Review) -> None:
    found = lines(details, find(review, "Site visit"))
    assert found[1].split() == ["Outlook", "will", "be"]
    assert [line.split()[0] for line in found[2:7]] == ["subject", "when", "location", "show", "reminder"]


def test_what_is_made_like_the_other_side_is_not_said_twice_where_it_is_narrow(
    details: DetailText, review: Review
) -> None:
    assert "will be" not in "\n".join(lines(details, find(review, "Site visit"), 40))


def test_a_delete_says_what_goes_away(details: DetailText, review: Review) -> None:
    row = find(review, "Pipeline call")
    assert outcome(row) == "delete from Outlook"
    assert next(line for line in lines(details, row) if line.startswith("subject")).endswith("(deleted)")


def test_a_blocked_row_says_why_and_promises_nothing(details: DetailText, review: Review) -> None:
    row = find(review, "1:1 Priya")
    found = lines(details, row)
    assert outcome(row) == "blocked (delete from Outlook)"
    assert "Not possible: deleting is prevented for Outlook." in found
    assert "will be" not in "\n".join(found)
    assert "will be" not in "\n".join(lines(details, row, 40))


def test_ignored_rows_say_until_when(details: DetailText, review: Review) -> None:
    assert outcome(find(review, "Yoga 1")) == "ignored until the next time one changes"
    assert outcome(find(review, "Yoga 2")) == "ignored forever"
    assert "ignored since Mon 16 Nov 09:00" in lines(details, find(review, "Yoga 1"))


def test_a_restored_item_is_not_called_new(review: Review) -> None:
    row = find(review, "Team lunch")
    assert outcome(review.choose([row.id], Choice.TO_OUTLOOK).row(row.id)) == "restore in Outlook"


def test_what_comes_back_is_told_field_by_field(samples: Any, details: DetailText) -> None:
    """Somebody had moved it in the last moment: what comes back is what was deleted, not what was once agreed on."""
    row = find(Review.of(samples.taken_back()), "Pipeline call")
    assert row.undo is not None
    deleted = {**row.undo.effect.to_right, "location": "Leeds"}
    row = replace(row, undo=replace(row.undo, effect=replace(row.undo.effect, to_right=deleted)))
    found = lines(details, row)
    assert found[1].split() == ["before", "will", "be"]
    assert next(line for line in found if line.startswith("location")).endswith("Leeds")
    left_out = lines(details, replace(row, choice=Choice.NOTHING))
    assert not any("Leeds" in line for line in left_out)


async def test_a_row_says_what_comes_back_and_where(summary: Any, samples: Any) -> None:
    async with summary(samples.taken_back()) as shown:
        shown.go_to("Pipeline call")
        await shown.press()
        line = next(line for line in shown.text().splitlines() if "17:00 Pipeline call" in line)
        here, there = line.split("-▸+")
        assert "(not there)" in here
        assert "17:00 Pipeline call" in there


def test_a_long_text_is_shortened_until_it_is_read(samples: Any, details: DetailText) -> None:
    builder = samples.Builder()
    old = samples.fields("Minutes", samples.at(23, "10:00", "11:00"), notes="old")
    notes = "\n".join(f"line {number}" for number in range(50))
    row = builder.pair(samples.Situation.CHANGED, old, {"notes": notes}, {}, "notes changed in Salesforce")
    short = lines(details, row, 100, SHORT)
    assert any("+48 lines" in line for line in short)
    assert len(short) < 12
    full = "\n".join(lines(details, row, 100, LONG))
    assert "line 49" in full


@pytest.mark.parametrize("width", [30, 41, 66, 79, 160])
def test_every_row_fits_every_width_and_is_harmless(details: DetailText, review: Review, width: int) -> None:
    for row in review.rows():
        found = details.lines(row, width, SHORT)
        for line in [*found, details.title(row, width)]:
            assert cell_len(line.plain) <= width, (row.title, line.plain)
            assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 for char in line.plain)


def test_what_a_choice_brings_with_it_is_said(details: DetailText, review: Review) -> None:
    row = find(review, "Interview Ana")
    assert row.right is not None
    formatted = replace(row, right=replace(row.right, formatted=True))
    assert not any("formatting" in line for line in lines(details, formatted))
    chosen = replace(formatted, choice=Choice.TO_OUTLOOK)
    assert any(line.startswith("Mind: the formatting of the notes") for line in lines(details, chosen))


async def test_the_details_do_not_follow_a_cursor_that_moves(summary: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # longer than this test lives: what is shown then is not shown by waiting
    monkeypatch.setattr(ReviewPane, "REST", 3600)
    async with summary() as shown:
        await shown.press("j", "j")
        assert shown.title == "Call with Northwind"
        assert "─ Trade fair" in shown.text()
        # who goes to the details, or decides, sees those of the row
        await shown.press("enter")
        assert "─ Call with Northwind" in shown.text()
        await shown.press("enter", "j", "full_stop")
        assert f"─ {shown.title}" in shown.text()


async def test_the_details_come_when_the_cursor_rests(
    summary: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ReviewPane, "REST", 0.01)
    async with summary() as shown:
        await shown.press("j", "j")
        await until(shown.pilot, lambda: "─ Call with Northwind" in shown.text())

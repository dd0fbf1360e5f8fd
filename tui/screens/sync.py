"""The way of one sync through the screens: question, reading, review, run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync_core.items import Kind
from sync_core.plan import Plan
from sync_core.review import Group, Review
from tui import words
from tui.background import in_thread
from tui.format import plural
from tui.screens.fetch import FetchScreen
from tui.screens.question import Answer, Question

if TYPE_CHECKING:
    from tui.app import HandsyncApp, Loaded


def start_question(loaded: Loaded, kinds: list[Kind]) -> Question:
    """Whether to start. Yes is harmless: it only reads."""
    lines = []
    for kind in kinds:
        lines.append(f"{kind.label}: {words.reach(kind, loaded.settings, loaded.today)}")
    if len(kinds) > 1:
        lines.append("\nThey come one after the other.")
    return Question(
        "Start Sync?",
        "\n".join(lines) + "\n\nThis only reads both sides. What it finds is shown to you, "
        "and nothing is written before you say Ok there.",
        (Answer("yes", "y", "Yes"), Answer("no", "n", "No")),
        focus="yes",
    )


async def sync(app: HandsyncApp, loaded: Loaded, kind: Kind, turn: str = "") -> None:
    """One process, from reading to results. To be called from a worker.

    `turn` says which of several processes it is, "1 of 3".
    """
    plan = await app.ask(FetchScreen(loaded, kind, turn))
    if plan is not None:
        await review(app, loaded, plan, turn)


async def review(app: HandsyncApp, loaded: Loaded, plan: Plan, turn: str = "") -> None:
    """From a plan to results. To be called from a worker."""
    from tui.screens.run import RunScreen
    from tui.screens.summary import SummaryScreen

    start = Review.of(plan)
    if not plan.takes_back and in_step(start) and await app.ask(in_step_question(start, turn)) != "look":
        return
    summary = SummaryScreen(start, loaded.zone, loaded.today, turn=turn)
    confirmed = await app.ask(summary)
    if confirmed is not None:
        await app.ask(RunScreen(loaded.service, confirmed, turn))
    else:
        # left without Ok: what a person said no to is remembered all the same
        await in_thread(loaded.service.keep_ignores, summary.review)


def in_step(start: Review) -> bool:
    """Whether there is nothing that a person could run or would have to decide."""
    counts = start.counts()
    return not counts.runnable and not counts.undecided


def in_step_question(start: Review, turn: str = "") -> Question:
    """Says that nothing differs, and what was left out of that."""
    counts = start.counts()
    compared = counts.in_sync + sum(row.left is not None and row.right is not None for row in start.rows())
    rest = [
        f"{number} {word}"
        for number, word in (
            (counts.ignored, "ignored"),
            (counts.prevented, "blocked"),
            (counts.out_of_range, "out of range"),
        )
        if number
    ]
    text = f"Both sides are in step: {plural(compared, 'item')} compared, nothing to do."
    if rest:
        text += f"\n\nLeft out of that: {', '.join(rest)}."
    answers = [Answer("back", "b", "Back")]
    if start.groups()[Group.ALL]:
        answers.append(Answer("look", "l", "Look at them"))
    return Question(f"{start.plan.kind.label} {turn}".rstrip(), text, tuple(answers), focus="back")

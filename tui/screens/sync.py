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
        job = loaded.settings.job(kind)
        lines.append(f"{kind.label}: {words.days(loaded.today, job.past_days, job.future_days)}")
    return Question(
        "Start Sync?",
        "\n".join(lines) + "\n\nThis only reads both sides. What it finds is shown to you, "
        "and nothing is written before you say Ok there.",
        (Answer("yes", "y", "Yes"), Answer("no", "n", "No")),
        focus="yes",
    )


async def sync(app: HandsyncApp, loaded: Loaded, kind: Kind) -> None:
    """One process, from reading to results. To be called from a worker."""
    plan = await app.ask(FetchScreen(loaded, kind))
    if plan is not None:
        await review(app, loaded, plan)


async def review(app: HandsyncApp, loaded: Loaded, plan: Plan) -> None:
    """From a plan to results. To be called from a worker."""
    from tui.screens.run import RunScreen
    from tui.screens.summary import SummaryScreen

    start = Review.of(plan)
    if in_step(start) and await app.ask(in_step_question(start)) != "look":
        return
    summary = SummaryScreen(start, loaded.zone, loaded.today)
    confirmed = await app.ask(summary)
    if confirmed is not None:
        await app.ask(RunScreen(loaded.service, confirmed))
    else:
        # left without Ok: what a person said no to is remembered all the same
        await in_thread(loaded.service.keep_ignores, summary.review)


def in_step(start: Review) -> bool:
    """Whether there is nothing that a person could run or would have to decide."""
    counts = start.counts()
    return not counts.runnable and not counts.undecided


def in_step_question(start: Review) -> Question:
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
    return Question(start.plan.kind.label, text, tuple(answers), focus="back")

"""The way of one sync through the screens: question, reading, review, run. To be gone from a worker."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual.screen import Screen

from sync_core.draft import Draft, resume
from sync_core.errors import HandsyncError
from sync_core.groups import Group
from sync_core.items import Kind
from sync_core.plan import Plan, State
from sync_core.review import Review
from tui import words
from tui.background import in_thread
from tui.format import instant, plural
from tui.screens.fetch import FetchScreen
from tui.screens.fetch_all import FetchAllScreen
from tui.screens.question import Answer, Question

if TYPE_CHECKING:
    from tui.app import HandsyncApp, Loaded
    from tui.screens.summary import NotRead, Opening, SummaryScreen


def start_question(loaded: Loaded, kinds: list[Kind]) -> Question:
    """Whether to start. Yes is harmless: it only reads. Where a review was kept, whether to go on with it."""
    lines = [f"{kind.label}: {words.reach(kind, loaded.settings, loaded.today)}" for kind in kinds]
    if len(kinds) > 1:
        lines.append("\nThey are read one after the other, and reviewed together.")
    text = (
        "\n".join(lines) + "\n\nThis only reads both sides. What it finds is shown to you, "
        "and nothing is written before you say Ok there."
    )
    kept = kept_words(loaded, kinds)
    if not kept:
        return Question("Start Sync?", text, (Answer("yes", "y", "Yes"), Answer("no", "n", "No")), focus="yes")
    text += f"\n\nA review was kept: {kept}. Resume it, with the decisions on items that did not change, or start anew?"
    answers = (Answer("resume", "r", "Resume"), Answer("anew", "a", "Start anew"), Answer("no", "n", "No"))
    return Question("Start Sync?", text, answers, focus="resume")


def kept_words(loaded: Loaded, kinds: Sequence[Kind]) -> str:
    """The reviews that were kept for some processes, in words: "Calendar, 5 decisions, Mon 23 Nov 10:12"."""
    found = [draft for kind in kinds if (draft := loaded.drafts.get(kind)) is not None]
    return "; ".join(_draft_words(draft, loaded) for draft in found)


def _draft_words(draft: Draft, loaded: Loaded) -> str:
    when = instant(draft.saved_at, loaded.zone, loaded.today)
    return f"{draft.kind.label}, {plural(draft.decisions, 'decision')}, {when}"


async def sync(app: HandsyncApp, loaded: Loaded, kinds: Sequence[Kind], *, anew: bool = False) -> None:
    """Some processes, from reading to results. Reviews that were kept are resumed, unless it is to start `anew`."""
    found = await _read(app, loaded, kinds)
    if found:
        openings = [await _opening(app, loaded, one, anew=anew) for one in found]
        await _review(app, loaded, openings)


async def _read(app: HandsyncApp, loaded: Loaded, kinds: Sequence[Kind]) -> list[Plan | NotRead]:
    """What was read of some processes; nothing when it was given up."""
    if len(kinds) == 1:
        plan = await app.ask(FetchScreen(loaded, kinds[0]))
        return [] if plan is None else [plan]
    read = await app.ask(FetchAllScreen(loaded, kinds)) or []
    return [one if isinstance(one, Plan) else _not_read(kind, one) for kind, one in read]


def _not_read(kind: Kind, error: HandsyncError) -> NotRead:
    from tui.screens.summary import NotRead

    return NotRead(kind, error.sentence())


async def _opening(app: HandsyncApp, loaded: Loaded, found: Plan | NotRead, *, anew: bool) -> Opening:
    """The review to begin with: of the plan alone, or with what still holds of the draft."""
    if not isinstance(found, Plan):
        return found
    if anew:
        await in_thread(app.keeper.drop, found.kind, loaded.service.drop_draft)
        return Review.of(found)
    draft = await in_thread(loaded.service.draft, found.kind)
    return Review.of(found) if draft is None else resume(found, draft).review


async def review(app: HandsyncApp, loaded: Loaded, plan: Plan) -> None:
    """From a plan that takes a run back to results. It is no draft: taking back is quickly begun again."""
    await _review(app, loaded, [Review.of(plan)])


async def _review(app: HandsyncApp, loaded: Loaded, openings: Sequence[Opening]) -> None:
    from tui.screens.summary import SummaryScreen

    reviews = [opening for opening in openings if isinstance(opening, Review)]
    takes_back = any(one.plan.takes_back for one in reviews)
    quiet = not takes_back and len(reviews) == len(openings) and all(map(in_step, reviews))
    if quiet and await app.ask(in_step_question(reviews)) != "look":
        return
    habits = await in_thread(app.habits.load)
    if takes_back:
        named = await in_thread(_run_named, loaded, reviews[0].plan)
        summary = SummaryScreen(
            openings,
            loaded.zone,
            loaded.today,
            takes_back=named,
            habits=habits,
            keep_habits=app.habits.note,
        )
    else:
        summary = SummaryScreen(
            openings,
            loaded.zone,
            loaded.today,
            keep=lambda one: app.keeper.note(loaded.service.keep_draft, one),
            reread=lambda kind: FetchScreen(loaded, kind),
            habits=habits,
            keep_habits=app.habits.note,
        )
    # a run comes back here when something is left to review
    app.install_screen(summary, f"summary {id(summary)}")
    leaving = False
    try:
        await _go_on(app, loaded, summary, drafts=not takes_back)
    except asyncio.CancelledError:
        # the program takes all its screens away by itself
        leaving = True
        raise
    finally:
        # it is still open when the program is left
        if not leaving and summary not in app.screen_stack:
            app.uninstall_screen(summary)
            await summary.remove()


def _run_named(loaded: Loaded, plan: Plan) -> str:
    """The run that a plan takes back, in words. Blocks."""
    heads = loaded.service.runs(plan.kind)
    started = next((head.started for head in heads if head.id == plan.takes_back), "")
    return f"the run of {instant(started, loaded.zone, loaded.today)}" if started else "an earlier run"


async def _go_on(app: HandsyncApp, loaded: Loaded, summary: SummaryScreen, *, drafts: bool) -> None:
    """Review and run, until nothing is left or the Summary was left."""
    from tui.screens.run import RunScreen

    while True:
        confirmed = await app.ask(summary)
        if confirmed is None:
            # left without Ok: what a person said no to is remembered all the same
            for one in summary.reviews:
                await _leave(app, loaded, one, drafts=drafts and not summary.keeps_draft)
            return
        to_run = [one for one in confirmed if not _nothing_to_run(one)]
        reports = await app.ask(RunScreen(loaded.service, to_run, partial(_past, loaded))) or []
        whole = len(confirmed) == len(summary.reviews)
        ran = {report.kind for report in reports}
        for one in confirmed:
            if one.plan.kind in ran:
                cancelled = any(report.cancelled for report in reports if report.kind is one.plan.kind)
                if drafts and not cancelled:
                    await in_thread(app.keeper.drop, one.plan.kind, loaded.service.drop_draft)
            elif _nothing_to_run(one):
                await _leave(app, loaded, one, drafts=drafts)
        done = [one.plan.kind for one in confirmed if one.plan.kind in ran or _nothing_to_run(one)]
        all_ran = len(done) == len(confirmed)
        if not await summary.close(done) or (whole and all_ran):
            return


def _past(loaded: Loaded, run_ids: Sequence[str]) -> Screen[bool]:
    """Where the history shows what was run just now: the run, or the list when there are several."""
    from tui.screens.history import HistoryScreen
    from tui.screens.history_run import RunRecordScreen

    return RunRecordScreen(loaded, run_ids[0]) if len(run_ids) == 1 else HistoryScreen(loaded)


async def _leave(app: HandsyncApp, loaded: Loaded, one: Review, *, drafts: bool) -> None:
    """Keeps the ignores of a review that is not run, and forgets the rest of it."""
    await in_thread(loaded.service.keep_ignores, one)
    if drafts:
        await in_thread(app.keeper.drop, one.plan.kind, loaded.service.drop_draft)


def in_step(start: Review) -> bool:
    """Whether there is nothing that a person could run, would have to decide, or could let through as it is meant."""
    if start.counts().undecided or not _nothing_to_run(start):
        return False
    return not any(row.held is not None and row.state is State.PREVENTED for row in start.rows())


def _nothing_to_run(one: Review) -> bool:
    return not one.counts().runnable


def in_step_question(reviews: Sequence[Review]) -> Question:
    """Says that nothing differs, and what was left out of that."""
    several = len(reviews) > 1
    said = [f"{one.plan.kind.label}: {words.in_step(one)}" if several else words.in_step(one) for one in reviews]
    answers = [Answer("back", "b", "Back")]
    if any(one.groups()[Group.ALL] for one in reviews):
        answers.append(Answer("look", "l", "Look at them"))
    title = "Nothing to do" if several else reviews[0].plan.kind.label
    return Question(title, "\n\n".join(said), tuple(answers), focus="back")

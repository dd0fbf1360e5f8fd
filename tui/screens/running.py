"""Beginning a run: what is asked first, and what is said when another run of the same accounts stands in the way."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.content import Content

from sync_core.errors import HandsyncError
from sync_core.lock import Holder, LockedError
from sync_core.report import RunReport, RunSink
from sync_core.review import Review
from sync_core.sides import CancelCheck
from sync_core.text import plain
from tui import format as fmt
from tui.background import in_thread
from tui.screens.question import Answer, Question

if TYPE_CHECKING:
    from tui.app import HandsyncApp


class NotBegunError(HandsyncError):
    """A person said No to what was asked before a run. Nothing was written."""

    def __init__(self) -> None:
        super().__init__("not begun, as you said No; nothing was written")


async def begun(app: HandsyncApp, service: Any, review: Review, note: RunSink, cancelled: CancelCheck) -> RunReport:
    """Runs a review. To be called from a worker. Raises HandsyncError when it does not begin.

    Asks first when it would use up what is left of the day's requests. While another run of the accounts goes on it can
    be tried again; one that has died is taken over only when a person says so.
    """
    ask = getattr(service, "questions", None)
    asked: list[str] = await in_thread(ask, review) if ask is not None else []
    if asked and await app.ask(_go_on(asked)) != "yes":
        raise NotBegunError
    over = False
    while True:
        try:
            run = partial(service.run, take_over=True) if over else service.run
            return await in_thread(run, review, note, cancelled)
        except LockedError as error:
            answer = await app.ask(in_the_way(error.holder, datetime.now(UTC)))
            if answer not in ("over", "again") or cancelled():
                raise
            over = answer == "over"


def _go_on(asked: list[str]) -> Question:
    sentences = [f"{plain(words)[:1].upper()}{plain(words)[1:]}." for words in asked]
    answers = (Answer("no", "n", "No, do not begin"), Answer("yes", "y", "Yes, go on"))
    return Question("Go on all the same?", Content("\n\n".join(sentences)), answers, focus="no")


def in_the_way(holder: Holder, now: datetime) -> Question:
    """Says whose run stands in the way, on which host and for how long. `now` is the time, aware."""
    who = f"{plain(holder.what)}, by {plain(holder.user)} on {plain(holder.host)} (process {holder.pid})"
    when = f"Started {fmt.age(holder.since, now)}, last heard of {fmt.age(holder.beat, now)}."
    if holder.stale:
        text = f"{who}\n{when}\n\nIt gives no sign of life. If you take over, what it had begun is looked up first."
        answers = (Answer("back", "n", "No, leave it"), Answer("over", "t", "Take over"))
        return Question("A run of these accounts was cut off", Content(text), answers, focus="back")
    text = f"{who}\n{when}\n\nTwo runs at once are not possible. Wait until it has ended, or end it there."
    answers = (Answer("back", "b", "Back"), Answer("again", "t", "Try again"))
    return Question("Another run of these accounts goes on", Content(text), answers, focus="back")

"""Taking a run back: the plan for it is made while a person waits, and from then on it is a plan like any other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sync_core.journal import RunHead
from sync_core.plan import Plan
from sync_core.sides import CancelCheck
from tui import run_words
from tui.format import plural
from tui.screens.fetch import FetchScreen
from tui.screens.question import Answer, Question
from tui.screens.sync import review

if TYPE_CHECKING:
    from tui.app import HandsyncApp, Loaded


class UndoFetchScreen(FetchScreen):
    """Looks on both sides at what a run touched, and answers with the plan that takes it back."""

    def __init__(self, loaded: Loaded, head: RunHead, rows: Sequence[str] | None) -> None:
        super().__init__(loaded, head.kind)
        self._head = head
        self._rows = rows

    def heading(self) -> tuple[str, str]:
        """What is being read."""
        began = run_words.Clock(self._loaded.zone, self._loaded.today).moment(self._head.started)
        what = plural(len(self._rows), "row") if self._rows is not None else "the whole run"
        return "Take back", f"{self._kind.label}   {what} of {began}"

    def make(self, cancelled: CancelCheck) -> Plan:
        """The plan. Blocks."""
        return self._loaded.service.undo_plan(self._head.id, self._rows, self._note, cancelled)


async def take_back(app: HandsyncApp, loaded: Loaded, head: RunHead, rows: Sequence[str] | None = None) -> None:
    """Makes the plan that takes a run, or some rows of it, back, and goes on with it. To be called from a worker."""
    from sync_core.undo import takes_back_anything

    plan = await app.ask(UndoFetchScreen(loaded, head, rows))
    if plan is None:
        return
    if not takes_back_anything(plan) and await app.ask(nothing_left(plan)) != "look":
        return
    await review(app, loaded, plan)


def nothing_left(plan: Plan) -> Question:
    """Says that nothing of a run can be taken back; the Summary says why, row by row."""
    if not plan.rows:
        return Question(
            "Nothing to take back",
            "Nothing was written here that could be taken back.",
            (Answer("back", "b", "Back"),),
            focus="back",
        )
    answers = (Answer("back", "b", "Back"), Answer("look", "l", "Look at them"))
    text = f"None of the {plural(len(plan.rows), 'row')} can be taken back now. The rows say why."
    return Question("Nothing to take back", text, answers, focus="back")

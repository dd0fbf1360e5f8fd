"""The Synchronization Summary: the plan row by row, where a person decides what a run will do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from sync_core.items import Kind
from sync_core.review import Group, Review
from tui import decisions
from tui import format as fmt
from tui.glyphs import GlyphSet, current
from tui.screens.base import BaseScreen
from tui.screens.confirm import OkQuestion
from tui.screens.question import Answer, Question
from tui.screens.summary_review import ReviewPane
from tui.tally import Tally
from tui.widgets.chips import WouldWrite
from tui.widgets.details import DetailsPane
from tui.widgets.frame import KeyLine, TitleBar
from tui.widgets.plan_table import PlanTable

_ROOMY: Final = 90


def _now() -> datetime:
    return datetime.now(UTC)


class SummaryScreen(BaseScreen[Review | None]):
    """Shows a review and changes it; answers with the review to run, or None when it was left.

    `zone` is an IANA name, `today` the day there. `now` gives the time, UTC. Whoever shows the screen keeps the ignores
    of its `review` when it was left without Ok. `turn` says which of several processes it is, "1 of 3".
    """

    CSS_PATH = "summary.tcss"
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012  # as Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "ok", "Ok", tooltip="Ask, and then run what the rows say."),
        Binding("escape,q", "back", "Back", id="back", show=False, tooltip="Unmark rows, end a filter, or leave."),
    ]

    def __init__(
        self,
        review: Review,
        zone: str,
        today: date,
        *,
        now: Callable[[], datetime] = _now,
        glyphs: GlyphSet | None = None,
        turn: str = "",
    ) -> None:
        super().__init__()
        self._now = now
        self._turn = turn
        self.glyphs = glyphs or current()
        self.pane = ReviewPane(review, zone, today, now=now, glyphs=self.glyphs)
        self._age = ""

    def compose(self) -> ComposeResult:
        """Title, what Ok would write, the review, keys."""
        # with several processes an 80-column title has no room for the long word
        yield TitleBar(f"Summary {self._turn}" if self._turn else "Synchronization Summary")
        yield WouldWrite(id="would-write")
        yield self.pane
        yield KeyLine()

    def on_mount(self) -> None:
        """Starts at the first row."""
        self.set_class(self.glyphs.ascii, "-ascii")
        self._show_age()
        self.table.focus()

    # what is in view

    @property
    def review(self) -> Review:
        """The review in view."""
        return self.pane.review

    @property
    def tally(self) -> Tally:
        """Its counts."""
        return self.pane.tally

    @property
    def group(self) -> Group:
        """The group of rows that is shown."""
        return self.pane.group

    @property
    def table(self) -> PlanTable:
        """The table."""
        return self.pane.table

    @property
    def details(self) -> DetailsPane:
        """The details of the row under the cursor."""
        return self.pane.details

    @on(ReviewPane.Counted)
    def _show_counts(self) -> None:
        self.query_one(WouldWrite).show(self.tally)

    def _show_age(self) -> None:
        """The age of the picture; written only when it says something else."""
        age = fmt.age(self.review.plan.made_at, self._now())
        if age != self._age:
            self._age = age
            plan = self.review.plan
            # the word that a demo is one needs the room of another
            read = (
                ""
                if getattr(getattr(self.app, "backend", None), "demo", False) and self.size.width < _ROOMY
                else "read "
            )
            # contacts have no date, and all of them are compared
            span = "all" if plan.kind is Kind.CONTACTS else fmt.period(plan.window)
            note = f"{plan.kind.label}  {span}  {read}{age}"
            self.query_one(TitleBar).show(Content(self.glyphs.text(note)))

    def on_descendant_focus(self) -> None:
        """The keys of what has the focus are among those of the screen."""
        self.query_one(KeyLine).refresh_keys()

    def on_key(self, event: events.Key) -> None:
        """The age of the picture is looked at when somebody is there."""
        self._show_age()

    # leaving

    def action_back(self) -> None:
        """One step back: out of the details, the marks, the filter, and at last the screen."""
        if not self.pane.step_back():
            self._ask_to_leave()

    @property
    def unsaved(self) -> str:
        """What Ctrl+Q would lose: all decisions, for quitting keeps no ignores as leaving does."""
        made = len(self.review.decisions)
        if not made:
            return ""
        return f"{fmt.plural(made, 'decision')} of this review would be lost. Esc leaves it and keeps what is ignored."

    def _ask_to_leave(self) -> None:
        lost = decisions.lost(self.review)
        if not lost:
            self.dismiss(None)
            return
        kept = len(self.review.ignores()[0])
        text = f"{fmt.plural(lost, 'decision')} would be lost; nothing has been written."
        if kept:
            text += f"\n{fmt.plural(kept, 'ignored row')} will be remembered."
        answers = (Answer("stay", "s", "Stay"), Answer("leave", "l", "Leave"))
        self.app.push_screen(Question("Leave this review?", text, answers, "stay"), self._answered)

    def _answered(self, answer: str | None) -> None:
        if answer == "leave":
            self.dismiss(None)

    def action_ok(self) -> None:
        """Asks whether to run the review."""
        self.app.push_screen(OkQuestion(self.review), self._confirmed)

    def _confirmed(self, review: Review | None) -> None:
        if review is not None:
            self.dismiss(review)

"""The Synchronization Summary: the plan row by row, where a person decides what a run will do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import ClassVar, Final

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen

from sync_core import text
from sync_core.draft import draft_of, resume
from sync_core.groups import Group
from sync_core.items import Kind
from sync_core.plan import Plan
from sync_core.review import Review
from tui import decisions
from tui import format as fmt
from tui.glyphs import GlyphSet, current
from tui.habits import Habits
from tui.keys import KeyHelp
from tui.screens.base import BaseScreen
from tui.screens.confirm import OkQuestion
from tui.screens.question import Answer, Question
from tui.screens.summary_commands import more_commands
from tui.screens.summary_review import ReviewPane
from tui.tally import Tally
from tui.widgets.chips import WouldWrite
from tui.widgets.controls import Words
from tui.widgets.details import DetailsPane
from tui.widgets.frame import KeyLine, TitleBar
from tui.widgets.plan_table import PlanTable
from tui.widgets.process_tabs import ProcessTabs, TabState

_ROOMY: Final = 90
_MOST_TABS: Final = len(Kind)


def _now() -> datetime:
    return datetime.now(UTC)


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class NotRead:
    """A process that could not be read, and the sentence that says why."""

    kind: Kind
    sentence: str


class NotReadPane(VerticalScroll):
    """Stands where the review of a process would be that could not be read."""

    def __init__(self, found: NotRead) -> None:
        super().__init__(classes="not-read")
        self.found = found

    def compose(self) -> ComposeResult:
        """What is wrong, and what to do."""
        yield Words(f"{self.found.kind.label} could not be read. Nothing of it is written.", classes="bad")
        yield Words(Content(text.plain(self.found.sentence)))
        yield Words("R reads it again. The other processes can be reviewed and run meanwhile.", classes="quiet")

    def focus_inside(self) -> None:
        """Gives the keyboard to it."""
        self.focus()


Opening = Review | NotRead
Pane = ReviewPane | NotReadPane


class SummaryScreen(BaseScreen[tuple[Review, ...] | None]):
    """Shows reviews, one process in view, and changes them; answers with those to run, or None when it was left.

    `zone` is an IANA name, `today` the day there. `now` gives the time, UTC. `keep` is told of every review that was
    changed; without it decisions are lost when the screen is left. `reread` makes the screen that reads a process again
    and answers with its plan. `takes_back` names the run that is taken back, in words: "the run of Mon 23 Nov 10:12".
    `habits` are how the rows are looked at; `keep_habits` is told when they change. Whoever
    shows the screen keeps the ignores of its `reviews` when it was left without Ok.
    """

    CSS_PATH = "summary.tcss"
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012  # as Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "ok", "Ok", tooltip="Ask, and then run what the rows say."),
        Binding("right_square_bracket", "tab(1)", "Process", tooltip="To the next process."),
        Binding("left_square_bracket", "tab(-1)", "Process before", show=False, tooltip="To the process before."),
        *(
            Binding(str(n), f"tab_number({n - 1})", f"Process {n}", show=False, tooltip="To a process by its number.")
            for n in range(1, _MOST_TABS + 1)
        ),
        Binding(
            "R,f5",
            "read_again",
            "Read again",
            show=False,
            tooltip="Read both sides again; keep the decisions that hold.",
        ),
        Binding("escape,q", "back", "Back", id="back", show=False, tooltip="Unmark rows, end a filter, or leave."),
    ]

    def __init__(
        self,
        openings: Sequence[Opening],
        zone: str,
        today: date,
        *,
        now: Callable[[], datetime] = _now,
        glyphs: GlyphSet | None = None,
        keep: Callable[[Review], None] | None = None,
        reread: Callable[[Kind], Screen[Plan | None]] | None = None,
        takes_back: str = "",
        habits: Habits | None = None,
        keep_habits: Callable[[Habits], None] | None = None,
    ) -> None:
        super().__init__()
        self._takes_back = takes_back
        self.zone = zone
        self.today = today
        self._now = now
        self._keep = keep
        self._reread = reread
        self._habits = habits or Habits()
        self._keep_habits = keep_habits
        self.glyphs = glyphs or current()
        self.panes: list[Pane] = [self._pane_of(opening) for opening in openings]
        # the number of the one in view
        self.place = 0
        # a person who leaves may want to go on later
        self.keeps_draft = False
        self._title = ""

    def _pane_of(self, opening: Opening) -> Pane:
        if isinstance(opening, NotRead):
            return NotReadPane(opening)
        return ReviewPane(opening, self.zone, self.today, now=self._now, glyphs=self.glyphs, habits=self._habits)

    def compose(self) -> ComposeResult:
        """Title, processes, what Ok would write, the review in view, keys."""
        yield TitleBar("Take back" if self._takes_back else "Synchronization Summary")
        yield ProcessTabs(self.glyphs, id="processes")
        yield WouldWrite(id="would-write")
        yield from self.panes
        yield KeyLine()

    def on_mount(self) -> None:
        """Starts at the first process that could be read."""
        self.set_class(self.glyphs.ascii, "-ascii")
        self.place = next((place for place, pane in enumerate(self.panes) if isinstance(pane, ReviewPane)), 0)
        self._turn()

    # what is in view

    @property
    def current(self) -> Pane:
        """What is in view: a review, or why there is none."""
        return self.panes[self.place]

    @property
    def pane(self) -> ReviewPane:
        """The review in view; there must be one."""
        pane = self.current
        assert isinstance(pane, ReviewPane)
        return pane

    @property
    def reviews(self) -> list[Review]:
        """All reviews as they stand."""
        return [pane.review for pane in self.panes if isinstance(pane, ReviewPane)]

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

    def _turn(self) -> None:
        """Brings the process in view that `place` says."""
        for place, pane in enumerate(self.panes):
            pane.display = place == self.place
        self.query_one(ProcessTabs).display = len(self.panes) > 1
        self.current.focus_inside()
        self._show_counts()
        self._show_title()

    @on(ReviewPane.Counted)
    def _show_counts(self) -> None:
        panes = [pane for pane in self.panes if isinstance(pane, ReviewPane)]
        self.query_one(WouldWrite).show(Tally.sum(pane.tally for pane in panes))
        self.query_one(ProcessTabs).show([_tab_state(pane) for pane in self.panes], self.place)

    @on(ReviewPane.Decided)
    def _decided(self, event: ReviewPane.Decided) -> None:
        if self._keep is not None:
            self._keep(event.review)

    @on(ReviewPane.Habit)
    def _habit(self, event: ReviewPane.Habit) -> None:
        """Another habit: it is that of all processes, and remembered."""
        self._habits = event.habits
        for pane in self.panes:
            if isinstance(pane, ReviewPane):
                pane.adopt(event.habits)
        if self._keep_habits is not None:
            self._keep_habits(event.habits)

    def _show_title(self) -> None:
        """What is in view and the age of the picture; written only when it says something else."""
        pane = self.current
        if isinstance(pane, NotReadPane):
            note = pane.found.kind.label
        else:
            plan = pane.review.plan
            # the word that a demo is one needs the room of another
            demo = getattr(getattr(self.app, "backend", None), "demo", False)
            read = "" if demo and self.size.width < _ROOMY else "read "
            # contacts have no date, and all of them are compared
            span = self._takes_back or ("all" if plan.kind is Kind.CONTACTS else fmt.period(plan.window))
            note = f"{plan.kind.label}  {span}  {read}{fmt.age(plan.made_at, self._now())}"
        if note != self._title:
            self._title = note
            self.query_one(TitleBar).show(Content(self.glyphs.text(note)))

    def on_descendant_focus(self) -> None:
        """The keys of what has the focus are among those of the screen."""
        self.query_one(KeyLine).refresh_keys()

    def on_key(self, event: events.Key) -> None:
        """The age of the picture is looked at when somebody is there."""
        self._show_title()

    # several processes

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is possible: to go to processes that are there, and to read again what can be read."""
        match action:
            case "tab":
                return len(self.panes) > 1
            case "tab_number":
                return 1 < len(self.panes) > int(str(parameters[0]))
            case "read_again":
                return self._reread is not None
        return True

    def more_commands(self) -> list[KeyHelp]:
        """Each condition to mark by, each order, each group of rows of the review in view."""
        return more_commands(self.current) if isinstance(self.current, ReviewPane) else []

    def action_tab(self, step: int) -> None:
        """To the next process, or the one before."""
        self.action_tab_number((self.place + step) % len(self.panes))

    def action_tab_number(self, place: int) -> None:
        """To a process by its place in the line."""
        if place != self.place:
            self.place = place
            self._turn()

    @on(ProcessTabs.Chosen)
    def _chosen(self, event: ProcessTabs.Chosen) -> None:
        self.action_tab_number(event.place)

    async def close(self, kinds: Sequence[Kind]) -> bool:
        """Takes away processes that were dealt with; whether there is another one left."""
        gone = [pane for pane in self.panes if _kind(pane) in kinds]
        self.panes = [pane for pane in self.panes if pane not in gone]
        for pane in gone:
            await pane.remove()
        self.place = min(self.place, max(0, len(self.panes) - 1))
        if self.panes and self.is_current:
            self._turn()
        return bool(self.panes)

    def on_screen_resume(self) -> None:
        """Comes back after a run of some of the processes."""
        if self.is_mounted and self.panes:
            self._turn()

    # reading again

    @work(exclusive=True, group="read-again", exit_on_error=False)
    async def action_read_again(self) -> None:
        """Reads the process in view again, and keeps the decisions on rows that still look the same."""
        pane = self.current
        if self._reread is None:
            return
        plan = await self.handsync.ask(self._reread(_kind(pane)))
        if plan is None or pane not in self.panes:
            return
        if isinstance(pane, ReviewPane):
            pane.read_again(resume(plan, draft_of(pane.review, _stamp(self._now()))).review)
        else:
            fresh = self._pane_of(Review.of(plan))
            await self.mount(fresh, before=pane)
            self.panes[self.panes.index(pane)] = fresh
            await pane.remove()
        self._turn()

    # leaving

    def action_back(self) -> None:
        """One step back: out of the details, the marks, the filter, and at last the screen."""
        pane = self.current
        if not (isinstance(pane, ReviewPane) and pane.step_back()):
            self._ask_to_leave()

    def kept(self) -> list[str]:
        """What is kept when the program is left now, in words: "Calendar: 5 decisions". Hands it over to be kept."""
        if self._keep is None:
            return []
        for review in self.reviews:
            self._keep(review)
        made = [(review.plan.kind.label, draft_of(review, "").decisions) for review in self.reviews]
        return [f"{label}: {fmt.plural(number, 'decision')}" for label, number in made if number]

    def interrupt(self) -> None:
        """The program is about to end: the reviews are handed over to be kept."""
        self.kept()

    @property
    def unsaved(self) -> str:
        """What Ctrl+Q would lose: nothing where reviews are kept, else all decisions."""
        made = sum(len(review.decisions) for review in self.reviews)
        if not made or self._keep is not None:
            return ""
        return f"{fmt.plural(made, 'decision')} of this review would be lost. Esc leaves it and keeps what is ignored."

    def _ask_to_leave(self) -> None:
        lost = sum(decisions.lost(review) for review in self.reviews)
        if not lost:
            self.dismiss(None)
            return
        kept = sum(len(review.ignores()[0]) for review in self.reviews)
        text = f"{fmt.plural(lost, 'decision')} would be lost; nothing has been written."
        if kept:
            text += f"\n{fmt.plural(kept, 'ignored row')} will be remembered."
        answers = [Answer("stay", "s", "Stay"), Answer("leave", "l", "Leave")]
        if self._keep is not None:
            answers.insert(1, Answer("keep", "k", "Keep for later"))
            text += "\nKept for later, they are offered again when you start the next sync."
        self.app.push_screen(Question("Leave this review?", text, tuple(answers), "stay"), self._answered)

    def _answered(self, answer: str | None) -> None:
        if answer in ("leave", "keep"):
            self.keeps_draft = answer == "keep"
            self.dismiss(None)

    def action_ok(self) -> None:
        """Asks whether to run the reviews."""
        reviews = self.reviews
        if reviews:
            current = reviews.index(self.pane.review) if isinstance(self.current, ReviewPane) else 0
            self.app.push_screen(OkQuestion(reviews, current), self._confirmed)

    def _confirmed(self, reviews: tuple[Review, ...] | None) -> None:
        if reviews is not None:
            self.dismiss(reviews)


def _kind(pane: Pane) -> Kind:
    return pane.review.plan.kind if isinstance(pane, ReviewPane) else pane.found.kind


def _tab_state(pane: Pane) -> TabState:
    if isinstance(pane, NotReadPane):
        return TabState(pane.found.kind, failed=True)
    return TabState.of(pane.review.plan.kind, pane.tally, pane.tally.groups[Group.ALL])

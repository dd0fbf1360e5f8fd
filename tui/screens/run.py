"""A run, of one process or of several: how far it is, a way to stop it, and then what became of every row."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar, Final, Protocol

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Button

from sync_core.errors import HandsyncError
from sync_core.report import Result, RowReport, RunProgress, RunReport, RunSink
from sync_core.review import Review
from sync_core.sides import CancelCheck
from sync_core.text import plain
from tui import format as fmt
from tui.keys import HELP, MOVES
from tui.run_words import ORDER
from tui.screens.base import BaseScreen
from tui.screens.running import begun
from tui.widgets.controls import Push, Words
from tui.widgets.detail_text import wrap
from tui.widgets.frame import KeyLine, TitleBar
from tui.widgets.lines import LineView, Looks

# seconds between two looks at how far the run is: more would only be traffic (facts: terminal 0.5)
TICK: Final = 0.25
_BAR: Final = 40
_KEPT: Final = "It is kept in the history: h shows it row by row, and takes it back."
_MEANING: Final = {
    Result.FAILED: "refused or not possible; nothing was written for these rows",
    Result.UNKNOWN: "no answer came, they may have been written; the next sync finds out",
    Result.DIFFERENT: "the item is not as it was sent; the next sync shows the difference",
    Result.SKIPPED: "changed since the review; nothing was written, the next sync offers them again",
    Result.NOT_STARTED: "their turn had not come; the next sync offers them again",
    Result.DONE: "written, or remembered as equal",
}


class Runner(Protocol):
    """The part of the service that a run needs."""

    def run(self, review: Review, progress: RunSink, cancelled: CancelCheck) -> RunReport:
        """Does what the review says. Blocks; raises HandsyncError."""


class RunScreen(BaseScreen[list[RunReport]]):
    """Runs reviews, one after the other, and shows what became of them in one report.

    `past` makes the screen of the history for the runs of these ids; without it there is no way there. Answers with the
    reports of those that were run; a process that could not begin has none.
    """

    CSS_PATH = "run.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "back", "Close", id="back", tooltip="Stop after the current batch; then close."),
        Binding("ctrl+c", "stop", "Stop", show=False, tooltip="Stop after the current batch."),
        Binding("enter", "close", "Close", show=False, tooltip="Close the report."),
        Binding(
            "h", "history", "History", id="history", tooltip="What was there before and what was written; take back."
        ),
        Binding("p", "problems", "Problems", tooltip="Show only rows that were not done, or all."),
        HELP,
        *MOVES,
    ]

    def __init__(
        self,
        service: Runner,
        reviews: Sequence[Review],
        past: Callable[[Sequence[str]], Screen[bool]] | None = None,
    ) -> None:
        super().__init__()
        self._service = service
        self._past = past
        self._reviews = tuple(reviews)
        # the number of the one that is being run
        self._place = 0
        self._latest: RunProgress | None = None
        self._drawn: RunProgress | None = None
        self._cancelled = threading.Event()
        self._only_problems = False
        self._reports: list[RunReport] = []
        # what each process came to, in a sentence
        self._said: list[str] = []
        self._over = False

    def compose(self) -> ComposeResult:
        """First how far it is, later the results."""
        yield TitleBar("Run", ", ".join(review.plan.kind.label for review in self._reviews))
        with Vertical(id="running"):
            yield Words("Starting. Only what you confirmed is written.", id="what")
            yield Words("", id="bar")
            yield Words("", id="stopping")
            yield Push("Cancel", id="cancel")
        yield Words("", id="result")
        yield Words(_KEPT, id="kept")
        yield LineView(id="rows")
        yield KeyLine()

    def on_mount(self) -> None:
        """Begins."""
        self._turn()
        self.query_one("#cancel").focus()
        self._timer = self.set_interval(TICK, self._tick)
        self._run()

    def on_unmount(self) -> None:
        """No further batch when the program is left."""
        self._cancelled.set()

    @property
    def unsaved(self) -> str:
        """What Ctrl+Q would cut off: a run that goes on."""
        if self._over:
            return ""
        return (
            "A run is going on. Quitting stops it after the batch that is being written now: what is written stays "
            "written and is in the history, what is not is offered again."
        )

    @property
    def busy(self) -> bool:
        """Whether a batch may be on its way."""
        return not self._over

    def interrupt(self) -> None:
        """Stops after the batch that is being written now."""
        if not self._over:
            self.action_back()

    def action_stop(self) -> None:
        """Ctrl+C: stops the run, and does not close the report."""
        self.interrupt()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is possible now."""
        if action == "history":
            return self._over and self._past is not None and bool(self._ids)
        if action == "problems":
            return any(not report.clean for report in self._reports)
        return self._over if action == "close" else True

    @property
    def _ids(self) -> list[str]:
        """What the runs are called in the history."""
        return [report.run_id for report in self._reports if report.run_id]

    @property
    def report(self) -> RunReport | None:
        """All reports as one when it is over; None before, and when no run could begin."""
        if not self._over or not self._reports:
            return None
        first, last = self._reports[0], self._reports[-1]
        rows = tuple(row for report in self._reports for row in report.rows)
        cancelled = any(report.cancelled for report in self._reports)
        return RunReport(first.kind, first.started, last.finished, rows, cancelled)

    @work(exclusive=True, group="run", exit_on_error=False)
    async def _run(self) -> None:
        bad = False
        for place, review in enumerate(self._reviews):
            self._place = place
            if place and self._cancelled.is_set():
                self._tell(review, "not begun; nothing of it was written.")
                bad = True
                continue
            self._latest = None
            bad |= await self._run_one(review)
        self._end(bad=bad)

    async def _run_one(self, review: Review) -> bool:
        """Runs one process; whether something did not go well."""
        try:
            report = await begun(self.handsync, self._service, review, self._note, self._cancelled.is_set)
        except HandsyncError as error:
            self._tell(review, plain(error.sentence()))
            return True
        self._reports.append(report)
        words = report.sentence
        if report.cancelled:
            words = f"Stopped when you asked: {words}"
        self._tell(review, f"{words[0].upper()}{words[1:]}.")
        return not report.clean

    def _tell(self, review: Review, sentence: str) -> None:
        self._said.append(f"{review.plan.kind.label}: {sentence}" if len(self._reviews) > 1 else sentence)

    def _note(self, progress: RunProgress) -> None:
        """Called by the run's thread: only remembers; `_tick` shows."""
        self._latest = progress

    def _tick(self) -> None:
        progress = self._latest
        if progress is None or progress == self._drawn:
            return
        self._drawn = progress
        of = f"{self._reviews[self._place].plan.kind.label}, " if len(self._reviews) > 1 else ""
        self.query_one("#what", Words).update(Content(f"{of}{how_far(progress)}"))
        filled = _BAR * progress.done // max(1, progress.total)
        self.query_one("#bar", Words).update(f"[{'#' * filled}{'.' * (_BAR - filled)}]")

    def _end(self, *, bad: bool) -> None:
        self._over = True
        self._timer.stop()
        result = self.query_one("#result", Words)
        result.update(Content("\n".join(self._said)))
        result.set_class(bad, "bad")
        self._turn()
        self._show_rows()
        self.query_one("#rows").focus()
        self.query_one(KeyLine).refresh_keys()

    def _turn(self) -> None:
        """Fits what is shown to whether the run goes on."""
        self.query_one("#running").display = not self._over
        self.query_one("#result").display = self._over
        self.query_one("#kept").display = bool(self.check_action("history", ()))
        self.query_one("#rows").display = self._over

    def on_resize(self) -> None:
        """Breaks the lines anew."""
        if self._over:
            self.call_after_refresh(self._show_rows)

    def _show_rows(self) -> None:
        view = self.query_one("#rows", LineView)
        width = (view.scrollable_content_region.width or self.size.width) - 1
        lines: list[Text] = []
        for report in self._reports:
            found = report_lines(report.rows, view.looks, width, only_problems=self._only_problems)
            if found and len(self._reviews) > 1:
                lines += [Text(end="")] if lines else []
                lines.append(Text(f" {report.kind.label}", view.looks.strong, end=""))
            lines += found
        view.show(lines)

    def action_problems(self) -> None:
        """Shows only rows that were not done, or all again."""
        self._only_problems = not self._only_problems
        self._show_rows()

    @work(group="flow", exit_on_error=False)
    async def action_history(self) -> None:
        """What the history keeps of the run: before, written, after, row by row; from there it can be taken back."""
        if self._past is not None:
            await self.handsync.ask(self._past(self._ids))

    @on(Button.Pressed, "#cancel")
    def action_back(self) -> None:
        """Stops the run after the current batch; when it is over, closes."""
        if self._over:
            self.dismiss(self._reports)
        elif not self._cancelled.is_set():
            self._cancelled.set()
            self.query_one("#stopping", Words).update(
                "Stopping after the batch that is being written now. What is written stays written."
            )

    def action_close(self) -> None:
        """Closes the report."""
        self.action_back()


def how_far(progress: RunProgress) -> str:
    """Progress in words: "12 of 31: creating in Outlook"."""
    return f"{progress.done} of {fmt.plural(progress.total, 'row')}: {plain(progress.what)}"


def report_lines(rows: Sequence[RowReport], looks: Looks, width: int, *, only_problems: bool) -> list[Text]:
    """A report in lines of at most `width` cells: problems first, grouped by what became of the rows."""
    lines: list[Text] = []
    for result in ORDER:
        found = [row for row in rows if row.result is result]
        if not found or (only_problems and result is Result.DONE):
            continue
        head = Text(end="")
        style = looks.good if result is Result.DONE else looks.bad if result is Result.FAILED else looks.warn
        head.append(f" {len(found)} {result.value.replace('_', ' ')}", style)
        head.append(f": {_MEANING[result]}", looks.quiet)
        if lines:
            lines.append(Text(end=""))
        for number, part in enumerate(wrap(head, width - 1)):
            lines.append(part if number == 0 else Text(" ", end="").append_text(part))
        for row in found:
            lines += _row_lines(row, looks, width)
    return lines


def _row_lines(row: RowReport, looks: Looks, width: int) -> Iterable[Text]:
    line = Text("   ", end="")
    line.append_text(fmt.fit(Text(row.action.label), 23))
    line.append(" ")
    line.append_text(fmt.cell(row.title))
    line.truncate(width, overflow="ellipsis")
    yield line
    if row.message:
        for part in wrap(fmt.cell(row.message), max(10, width - 27)):
            message = Text(" " * 27, end="")
            message.append(part.plain, looks.quiet)
            yield message

"""A run: how far it is, a way to stop it between two batches, and then what became of every row."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import ClassVar, Final, Protocol

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Button

from sync_core.errors import HandsyncError
from sync_core.report import Result, RowReport, RunProgress, RunReport, RunSink
from sync_core.review import Review
from sync_core.sides import CancelCheck
from sync_core.text import plain
from tui import format as fmt
from tui.background import in_thread
from tui.keys import HELP, MOVES
from tui.screens.base import BaseScreen
from tui.widgets.controls import Push, Words
from tui.widgets.details import wrap
from tui.widgets.frame import KeyLine, TitleBar
from tui.widgets.lines import LineView, Looks

# seconds between two looks at how far the run is: more would only be traffic (facts: terminal 0.5)
TICK: Final = 0.25
_BAR: Final = 40
# what a person has to know first stands first
_ORDER: Final = (Result.FAILED, Result.UNKNOWN, Result.SKIPPED, Result.NOT_STARTED, Result.DONE)
_MEANING: Final = {
    Result.FAILED: "refused or not possible; nothing was written for these rows",
    Result.UNKNOWN: "no answer came, they may have been written; the next sync finds out",
    Result.SKIPPED: "changed since the review; nothing was written, the next sync offers them again",
    Result.NOT_STARTED: "their turn had not come; the next sync offers them again",
    Result.DONE: "written, or remembered as equal",
}


class Runner(Protocol):
    """The part of the service that a run needs."""

    def run(self, review: Review, progress: RunSink, cancelled: CancelCheck) -> RunReport:
        """Does what the review says. Blocks; raises HandsyncError."""


class RunScreen(BaseScreen[RunReport | None]):
    """Runs a review and shows what became of it; answers with the report, None when the run could not begin.

    `turn` says which of several processes it is, "1 of 3".
    """

    CSS_PATH = "run.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "back", "Close", id="back", tooltip="Stop after the current batch; then close."),
        Binding("ctrl+c", "stop", "Stop", show=False, tooltip="Stop after the current batch."),
        Binding("enter", "close", "Close", show=False, tooltip="Close the report."),
        Binding("p", "problems", "Problems", tooltip="Show only rows that were not done, or all."),
        HELP,
        *MOVES,
    ]

    def __init__(self, service: Runner, review: Review, turn: str = "") -> None:
        super().__init__()
        self._which = turn
        self._service = service
        self._review = review
        self._latest: RunProgress | None = None
        self._drawn: RunProgress | None = None
        self._cancelled = threading.Event()
        self._only_problems = False
        self.report: RunReport | None = None
        self._over = False

    def compose(self) -> ComposeResult:
        """First how far it is, later the results."""
        yield TitleBar(f"Run {self._which}".rstrip(), self._review.plan.kind.label)
        with Vertical(id="running"):
            yield Words("Starting. Only what you confirmed is written.", id="what")
            yield Words("", id="bar")
            yield Words("", id="stopping")
            yield Push("Cancel", id="cancel")
        yield Words("", id="result")
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
        if action == "problems":
            return self.report is not None and not self.report.clean
        return self._over if action == "close" else True

    @work(exclusive=True, group="run", exit_on_error=False)
    async def _run(self) -> None:
        try:
            self.report = await in_thread(self._service.run, self._review, self._note, self._cancelled.is_set)
        except HandsyncError as error:
            self._end(plain(error.sentence()), bad=True)
            return
        words = self.report.sentence
        if self.report.cancelled:
            words = f"Stopped when you asked: {words}"
        self._end(f"{words[0].upper()}{words[1:]}.", bad=not self.report.clean)

    def _note(self, progress: RunProgress) -> None:
        """Called by the run's thread: only remembers; `_tick` shows."""
        self._latest = progress

    def _tick(self) -> None:
        progress = self._latest
        if progress is None or progress == self._drawn:
            return
        self._drawn = progress
        self.query_one("#what", Words).update(Content(how_far(progress)))
        filled = _BAR * progress.done // max(1, progress.total)
        self.query_one("#bar", Words).update(f"[{'#' * filled}{'.' * (_BAR - filled)}]")

    def _end(self, words: str, *, bad: bool) -> None:
        self._over = True
        self._timer.stop()
        result = self.query_one("#result", Words)
        result.update(Content(words))
        result.set_class(bad, "bad")
        self._turn()
        self._show_rows()
        self.query_one("#rows").focus()
        self.query_one(KeyLine).refresh_keys()

    def _turn(self) -> None:
        """Fits what is shown to whether the run goes on."""
        self.query_one("#running").display = not self._over
        self.query_one("#result").display = self._over
        self.query_one("#rows").display = self._over

    def on_resize(self) -> None:
        """Breaks the lines anew."""
        if self._over:
            self.call_after_refresh(self._show_rows)

    def _show_rows(self) -> None:
        view = self.query_one("#rows", LineView)
        rows = self.report.rows if self.report is not None else ()
        width = view.scrollable_content_region.width or self.size.width
        view.show(report_lines(rows, view.looks, width - 1, only_problems=self._only_problems))

    def action_problems(self) -> None:
        """Shows only rows that were not done, or all again."""
        self._only_problems = not self._only_problems
        self._show_rows()

    @on(Button.Pressed, "#cancel")
    def action_back(self) -> None:
        """Stops the run after the current batch; when it is over, closes."""
        if self._over:
            self.dismiss(self.report)
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
    for result in _ORDER:
        found = [row for row in rows if row.result is result]
        if not found or (only_problems and result is Result.DONE):
            continue
        head = Text(end="")
        style = looks.good if result is Result.DONE else looks.bad if result is Result.FAILED else looks.warn
        head.append(f" {len(found)} {result.value.replace('_', ' ')}", style)
        head.append(f": {_MEANING[result]}", looks.quiet)
        if lines:
            lines.append(Text(end=""))
        lines += wrap(head, width)
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

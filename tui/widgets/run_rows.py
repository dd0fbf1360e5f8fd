"""The rows of a run that was made: what was to happen, what became of it, and why; what needs somebody stands first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from rich.style import Style
from rich.text import Text

from sync_core.history import result_of
from sync_core.intent import Done, Intent
from sync_core.journal import RunRecord
from sync_core.plan import DELETES
from sync_core.report import Result
from sync_core.text import plain
from tui import format as fmt
from tui import glyphs, run_words
from tui.glyphs import SIGN_WIDTH
from tui.widgets.lines import Looks
from tui.widgets.pick_list import PickList

if TYPE_CHECKING:
    from tui.app import HandsyncApp

_RESULT: Final = 16
# from this width on the message stands beside the title
_ROOMY: Final = 100
Word = Callable[[Result], str]


class RunRows(PickList):
    """A list of the rows of one run. Lines are called by the number of their row."""

    def __init__(self, *, marks: bool = False, id: str | None = None) -> None:
        super().__init__(marks=marks, glyphs=glyphs.current(), id=id)
        self._record: RunRecord | None = None
        self._word: Word = run_words.result_word
        self.rows: list[Intent] = []

    def show(self, record: RunRecord, *, only_problems: bool = False, word: Word = run_words.result_word) -> None:
        """Shows a run. `word` says what became of a row."""
        self._record, self._word = record, word
        ranks = {result: rank for rank, result in enumerate(run_words.ORDER)}
        rows = [i for i in record.intents if not (only_problems and result_of(self.done(i)) is Result.DONE)]
        self.rows = sorted(rows, key=lambda intent: ranks[result_of(self.done(intent))])
        self.fill([str(intent.number) for intent in self.rows], self._line)

    def done(self, intent: Intent) -> Done | None:
        """What became of a row."""
        return self._record.done.get(intent.number) if self._record is not None else None

    @property
    def row(self) -> Intent | None:
        """The row under the cursor."""
        return self.rows[self.cursor_row] if self.rows else None

    def about_cursor(self) -> str:
        """The row under the cursor, its result and its message, and how many are marked; harmless, a line each."""
        words = [f"{fmt.plural(len(self.marked), 'row')} marked"] if self.marked else []
        if self.row is not None:
            done = self.done(self.row)
            words.append(f"{self.row.title}: {self.row.action.label}, {self._word(result_of(done))}")
            words += [done.message] if done is not None and done.message else []
        return "\n".join(plain(line) for line in words)

    async def open_row(self, app: HandsyncApp, clock: run_words.Clock) -> None:
        """Shows the row under the cursor whole. To be called from a worker."""
        from tui.screens.history_row import RowRecordScreen

        if self.rows:
            rows = [(intent, self.done(intent)) for intent in self.rows]
            last = await app.ask(RowRecordScreen(clock, rows, self.cursor_row))
            self.go(self.cursor_row if last is None else last)

    def _line(self, place: int, width: int, looks: Looks) -> Text:
        intent = self.rows[place]
        done = self.done(intent)
        result = result_of(done)
        line = Text(end="")
        sign = Text(self.glyphs.actions[intent.action], looks.bad if intent.action in DELETES else looks.strong)
        line.append_text(fmt.fit(sign, SIGN_WIDTH)).append(" ")
        line.append_text(fmt.fit(Text(self._word(result), result_style(result, looks) or ""), _RESULT)).append(" ")
        rest = max(8, width - line.cell_len)
        message = done.message if done is not None else ""
        if not message or width < _ROOMY:
            return line.append_text(fmt.fit(fmt.cell(intent.title), rest))
        line.append_text(fmt.fit(fmt.cell(intent.title), rest * 2 // 5)).append(" ")
        return line.append(fmt.cell(message).plain, looks.quiet)


def result_style(result: Result, looks: Looks) -> Style | None:
    """How the word for a result looks: what was done needs no colour."""
    if result is Result.DONE:
        return None
    return looks.bad if result is Result.FAILED else looks.warn

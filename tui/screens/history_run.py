"""One run of the history, row by row: what was to happen, what became of it, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button

from sync_core.errors import HandsyncError
from sync_core.history import result_of
from sync_core.intent import Done, Intent
from sync_core.journal import RunRecord
from sync_core.plan import DELETES
from sync_core.report import Result
from sync_core.text import plain
from tui import format as fmt
from tui import glyphs, run_words
from tui.background import in_thread
from tui.glyphs import SIGN_WIDTH
from tui.keys import BACK, HELP, LEFT, RIGHT, SHIFT_TAB, TAB
from tui.screens.base import BaseScreen
from tui.widgets.controls import Push, Words
from tui.widgets.frame import KeyLine, TitleBar
from tui.widgets.lines import Looks
from tui.widgets.pick_list import PickList

if TYPE_CHECKING:
    from tui.app import Loaded

_RESULT = 16
# from this width on the message stands beside the title
_ROOMY = 100
# from this height on there is room to say what it was for, and whose accounts they were
_TALL = 30
GONE = "This run is no longer in the history."


def result_style(result: Result, looks: Looks) -> Style | None:
    """How the word for a result looks: what was done needs no colour."""
    if result is Result.DONE:
        return None
    return looks.bad if result is Result.FAILED else looks.warn


class RunRecordScreen(BaseScreen[bool]):
    """The rows of one run, what was not done first; marked ones, or all of them, can be taken back.

    Answers whether something may have been run from here.
    """

    CSS_PATH = "history.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "take_back", "Take back", id="take-back", tooltip="Take back the marked rows, or the whole run."),
        Binding("p", "problems", "Problems", id="problems", tooltip="Show only rows that were not done, or all."),
        Binding("e", "export", "Export", id="export", tooltip="Keep this run in a file, as JSON or CSV."),
        BACK,
        HELP,
        TAB,
        SHIFT_TAB,
        RIGHT,
        LEFT,
    ]

    def __init__(self, loaded: Loaded, run_id: str) -> None:
        super().__init__()
        self._loaded = loaded
        self._run_id = run_id
        self._clock = run_words.Clock(loaded.zone, loaded.today)
        self.record: RunRecord | None = None
        self._shown: list[Intent] = []
        self._only_problems = False
        self._glyphs = glyphs.current()
        self._left = False

    def compose(self) -> ComposeResult:
        """The rows, the message of the one under the cursor, and what can be done."""
        yield TitleBar("Run")
        yield Words("", classes="said")
        yield PickList(marks=True, glyphs=self._glyphs, id="rows")
        yield Words("", classes="foot quiet")
        with Horizontal(classes="buttons"):
            yield Push("Open", id="open")
            yield Push("Take back", id="take-back")
            yield Push("Export", id="export")
            yield Push("Back", id="back")
        yield KeyLine()

    def on_mount(self) -> None:
        """Reads the run."""
        self.query_one(PickList).focus()
        self.read()

    @work(exclusive=True, group="load", exit_on_error=False)
    async def read(self) -> None:
        """Reads the run from the memory and shows it."""
        try:
            self.record = await in_thread(self._loaded.service.run_record, self._run_id)
        except HandsyncError as error:
            self._say(error.sentence(), bad=True)
        else:
            if self.record is None:
                self._say(GONE, bad=True)
        if self.record is None:
            for name in ("#open", "#take-back", "#export"):
                self.query_one(name, Button).disabled = True
            self.query_one("#back").focus()
            return
        head = self.record.head
        self.query_one(TitleBar).show(Content(f"{self._clock.moment(head.started)}   {head.kind.label}"))
        self._introduce()
        self._show_rows()
        self.call_after_refresh(self.query_one(KeyLine).refresh_keys)

    def _introduce(self) -> None:
        if self.record is None:
            return
        head = self.record.head
        words = run_words.outcome(head, self._clock, {}, busy=False)
        lines = run_words.about(head, self._clock)[: 3 if self.size.height >= _TALL else 1]
        self._say("\n".join([f"{words[0].upper()}{words[1:]}.", *lines]))

    def _say(self, words: str, *, bad: bool = False) -> None:
        said = self.query_one(".said", Words)
        said.update(Content(plain(words, keep_newlines=True)))
        said.set_class(bad, "bad")

    def _show_rows(self) -> None:
        assert self.record is not None
        ranks = {result: rank for rank, result in enumerate(run_words.ORDER)}
        rows = [
            intent
            for intent in self.record.intents
            if not (self._only_problems and result_of(self._done(intent)) is Result.DONE)
        ]
        self._shown = sorted(rows, key=lambda intent: ranks[result_of(self._done(intent))])
        self.query_one(PickList).fill([str(intent.number) for intent in self._shown], self._line)

    def _done(self, intent: Intent) -> Done | None:
        return self.record.done.get(intent.number) if self.record is not None else None

    def _line(self, place: int, width: int, looks: Looks) -> Text:
        intent = self._shown[place]
        done = self._done(intent)
        result = result_of(done)
        line = Text(end="")
        sign = Text(self._glyphs.actions[intent.action], looks.bad if intent.action in DELETES else looks.strong)
        line.append_text(fmt.fit(sign, SIGN_WIDTH)).append(" ")
        word = Text(run_words.result_word(result), result_style(result, looks) or "")
        line.append_text(fmt.fit(word, _RESULT)).append(" ")
        rest = max(8, width - line.cell_len)
        message = done.message if done is not None else ""
        if not message or width < _ROOMY:
            return line.append_text(fmt.fit(fmt.cell(intent.title), rest))
        line.append_text(fmt.fit(fmt.cell(intent.title), rest * 2 // 5)).append(" ")
        return line.append(fmt.cell(message).plain, looks.quiet)

    @property
    def at(self) -> Intent | None:
        """The row under the cursor."""
        return self._shown[self.query_one(PickList).place] if self._shown else None

    @on(PickList.Moved)
    @on(PickList.MarksChanged)
    def _moved(self) -> None:
        intent, marked = self.at, self.query_one(PickList).marked
        words = []
        if intent is not None:
            done = self._done(intent)
            message = done.message if done is not None else ""
            words = [f"{intent.title}: {intent.action.label}, {run_words.result_word(result_of(done))}", message]
        if marked:
            words.insert(0, f"{fmt.plural(len(marked), 'row')} marked")
        self.query_one(".foot", Words).update(Content("\n".join(plain(line) for line in words)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What cannot be read cannot be taken back."""
        return self.record is not None or action not in ("take_back", "problems", "export")

    def action_back(self) -> None:
        """Unmarks, then leaves."""
        if not self.query_one(PickList).clear_marks():
            self.dismiss(self._left)

    def action_problems(self) -> None:
        """Shows only rows that were not done, or all again."""
        self._only_problems = not self._only_problems
        self._show_rows()

    @on(PickList.Chosen)
    @work(group="flow", exit_on_error=False)
    async def action_open(self) -> None:
        """One row, both sides, field by field."""
        from tui.screens.history_row import RowRecordScreen

        if self.record is not None and self.at is not None:
            rows = [(intent, self._done(intent)) for intent in self._shown]
            place = self.query_one(PickList).place
            last = await self.handsync.ask(RowRecordScreen(self._clock, rows, place))
            self.query_one(PickList).go(place if last is None else last)

    @work(group="flow", exit_on_error=False)
    async def action_take_back(self) -> None:
        """The plan that takes back the marked rows, or the whole run, shown in the Summary."""
        from tui.screens.undoing import take_back

        if self.record is None:
            return
        marked = set(self.query_one(PickList).marked)
        rows = [intent.row_id for intent in self.record.intents if str(intent.number) in marked]
        self._left = True
        await take_back(self.handsync, self._loaded, self.record.head, rows or None)
        self.read()

    @work(group="flow", exit_on_error=False)
    async def action_export(self) -> None:
        """Keeps the run in a file."""
        from tui.screens.export import export_run

        if self.record is not None:
            said = await export_run(self.handsync, self.record)
            if said:
                self._say(said)
            else:
                self._introduce()

    @on(Button.Pressed)
    def pressed(self, event: Button.Pressed) -> None:
        """The buttons do what the keys do."""
        match event.button.id:
            case "open":
                self.action_open()
            case "take-back":
                self.action_take_back()
            case "export":
                self.action_export()
            case "back":
                self.dismiss(self._left)

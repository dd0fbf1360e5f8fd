"""One run of the history, row by row: what was to happen, what became of it, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from sync_core.errors import HandsyncError
from sync_core.journal import RunRecord
from tui import run_words
from tui.background import in_thread
from tui.screens.records import RecordsScreen
from tui.widgets.frame import TitleBar
from tui.widgets.pick_list import PickList
from tui.widgets.run_rows import RunRows

if TYPE_CHECKING:
    from tui.app import Loaded

# from this height on there is room to say what it was for, and whose accounts they were
_TALL = 30
GONE = "This run is no longer in the history."


class RunRecordScreen(RecordsScreen[bool]):
    """The rows of one run, what was not done first; marked ones, or all of them, can be taken back.

    Answers whether something may have been run from here.
    """

    BUTTONS = (("Open", "open"), ("Take back", "take_back"), ("Export", "export"), ("Back", "back"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "take_back", "Take back", id="take-back", tooltip="Take back the marked rows, or the whole run."),
        Binding("p", "problems", "Problems", id="problems", tooltip="Show only rows that were not done, or all."),
        Binding("e", "export", "Export", id="export", tooltip="Keep this run in a file, as JSON or CSV."),
    ]

    def __init__(self, loaded: Loaded, run_id: str) -> None:
        super().__init__(loaded)
        self._run_id = run_id
        self.record: RunRecord | None = None
        self._only_problems = False
        self._left = False

    def compose(self) -> ComposeResult:
        """The rows; which run it is comes when it is read."""
        yield from self.laid_out(TitleBar("Run"), RunRows(marks=True, id="rows"))

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
            self.say(error.sentence(), bad=True)
        else:
            if self.record is None:
                self.say(GONE, bad=True)
        if self.record is None:
            for name in ("open", "take_back", "export"):
                self.button(name).disabled = True
            self.button("back").focus()
            return
        head = self.record.head
        self.query_one(TitleBar).show(Content(f"{self._clock.moment(head.started)}   {head.kind.label}"))
        self._introduce()
        self._show_rows()
        self.keys_changed()

    def _introduce(self) -> None:
        if self.record is None:
            return
        head = self.record.head
        words = run_words.outcome(head, self._clock, {})
        lines = run_words.about(head, self._clock)[: 3 if self.size.height >= _TALL else 1]
        self.say("\n".join([f"{words[0].upper()}{words[1:]}.", *lines]))

    def _show_rows(self) -> None:
        assert self.record is not None
        self.query_one(RunRows).show(self.record, only_problems=self._only_problems)

    @on(PickList.Moved)
    @on(PickList.MarksChanged)
    def _moved(self) -> None:
        self.tell(self.query_one(RunRows).about_cursor())

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
        await self.query_one(RunRows).open_row(self.handsync, self._clock)

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
                self.say(said)
            else:
                self._introduce()

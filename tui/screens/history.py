"""The history: every run that is still remembered, the newest first, and the way to each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from sync_core.errors import HandsyncError
from sync_core.journal import RunHead
from tui import format as fmt
from tui import glyphs, run_words
from tui.background import in_thread
from tui.screens.records import RecordsScreen
from tui.widgets.frame import TitleBar
from tui.widgets.lines import Looks
from tui.widgets.pick_list import PickList

if TYPE_CHECKING:
    from tui.app import Loaded

EMPTY = (
    "Nothing was run yet. Every run is kept here with what it replaced, so that you can look it up and take it back."
)
INTRO = "What was run, the newest first. Enter shows a run row by row, t takes it back: you see that plan first."
# cells of a line: when, process, rows; with a year the first one is wider
_WHEN = 17
_YEAR = 5
_PROCESS = 9
_ROWS = 8
# from this width on there is room to say what a run was for
_ROOMY = 100


class HistoryScreen(RecordsScreen[bool]):
    """A list of runs. What was cut off stands out. Answers whether something may have been run from here."""

    BUTTONS = (("Open", "open"), ("Take back", "take_back"), ("Export", "export"), ("Back", "back"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "take_back", "Take back", id="take-back", tooltip="Make the plan that takes this run back."),
        Binding("e", "export", "Export", id="export", tooltip="Keep this run in a file, as JSON or CSV."),
    ]

    def __init__(self, loaded: Loaded) -> None:
        super().__init__(loaded)
        self._heads: list[RunHead] = []
        self._starts: dict[str, str] = {}
        self._busy: frozenset[str] = frozenset()
        # those that were cut off and wait for a word
        self._open: frozenset[str] = frozenset()
        self._left = False

    def compose(self) -> ComposeResult:
        """All runs."""
        yield from self.laid_out(TitleBar("History"), PickList(glyphs=glyphs.current(), id="runs"))

    def on_mount(self) -> None:
        """Reads the list."""
        self.read()

    @work(exclusive=True, group="load", exit_on_error=False)
    async def read(self, said: str = "") -> None:
        """Reads the runs from the memory and shows them."""
        try:
            heads, busy = await in_thread(self._read)
        except HandsyncError as error:
            self.say(error.sentence(), bad=True)
            self.button("back").focus()
            return
        self._heads, self._busy = heads, busy
        self._starts = {head.id: head.started for head in heads}
        runs = self.query_one(PickList)
        runs.fill([head.id for head in heads], self._line)
        for name in ("open", "take_back", "export"):
            self.button(name).disabled = not heads
        if heads:
            runs.focus()
            self.say(said or INTRO)
        else:
            self.button("back").focus()
            self.say(" ".join(part for part in (said, EMPTY) if part))
        self.keys_changed()

    def _read(self) -> tuple[list[RunHead], frozenset[str]]:
        service = self._loaded.service
        heads = service.runs()
        busy = {head.id for head in heads if not head.finished and service.busy(head.kind)}
        self._open = frozenset(head.id for head in service.cut_off()) - busy
        return heads, frozenset(busy)

    def _line(self, place: int, width: int, looks: Looks) -> Text:
        head = self._heads[place]
        open_ = head.id in self._open
        style = looks.warn if open_ or run_words.troubled(head) else None
        years = any(head.started[:4] != str(self._clock.today.year) for head in self._heads)
        line = Text(end="")
        when = Text(self._clock.moment(head.started), looks.strong if open_ else "")
        line.append_text(fmt.fit(when, _WHEN + (_YEAR if years else 0)))
        line.append_text(fmt.fit(Text(head.kind.label), _PROCESS)).append(" ")
        if width >= _ROOMY:
            line.append_text(fmt.fit(Text(fmt.plural(run_words.rows_of(head), "row")), _ROWS)).append(" ")
        words = run_words.outcome(head, self._clock, self._starts, busy=head.id in self._busy, open_=open_)
        line.append(words, style)
        if width >= _ROOMY:
            line.append(f"   {run_words.writes(head)}", looks.quiet)
        return line

    @property
    def _head(self) -> RunHead | None:
        """The run under the cursor."""
        runs = self.query_one(PickList)
        return self._heads[runs.cursor_row] if self._heads else None

    @on(PickList.Moved)
    def _moved(self) -> None:
        head = self._head
        lines = run_words.about(head, self._clock) if head is not None else []
        self.tell("\n".join(lines))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without runs there is nothing to do to one."""
        return bool(self._heads) or action not in ("take_back", "export")

    @on(PickList.Chosen)
    @work(group="flow", exit_on_error=False)
    async def action_open(self) -> None:
        """One run; for one that was cut off, what became of it."""
        from tui.screens.cut_off import settle
        from tui.screens.history_run import RunRecordScreen

        head = self._head
        if head is not None and head.id in self._open:
            self._left = await settle(self.handsync, self._loaded, head) or self._left
            self.read()
        elif head is not None:
            ran = await self.handsync.ask(RunRecordScreen(self._loaded, head.id))
            self._left = self._left or bool(ran)
            self.read()

    @work(group="flow", exit_on_error=False)
    async def action_take_back(self) -> None:
        """The plan that takes the run back, shown in the Summary."""
        from tui.screens.undoing import take_back

        head = self._head
        if head is not None:
            self._left = True
            await take_back(self.handsync, self._loaded, head)
            self.read()

    def action_back(self) -> None:
        """Leaves the screen."""
        self.dismiss(self._left)

    @work(group="flow", exit_on_error=False)
    async def action_export(self) -> None:
        """Keeps the run in a file."""
        from tui.screens.export import export_run

        head = self._head
        if head is None:
            return
        try:
            record = await in_thread(self._loaded.service.run_record, head.id)
        except HandsyncError as error:
            self.say(error.sentence(), bad=True)
            return
        if record is not None:
            self.say(await export_run(self.handsync, record) or INTRO)

"""A run that was cut off: what became of each of its rows, looked up on both sides, and what shall become of the rest.

Looking up only reads. Nothing is repeated: what is not done is compared anew and reviewed, or left for the next sync.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from sync_core.errors import HandsyncError
from sync_core.finish import not_done
from sync_core.history import result_of
from sync_core.journal import RunHead, RunRecord
from sync_core.plan import Plan
from sync_core.report import Result
from sync_core.sides import CancelCheck
from sync_core.text import plain
from tui import format as fmt
from tui import run_words
from tui.backend import look_up
from tui.background import in_thread
from tui.past import about
from tui.screens.fetch import FetchScreen
from tui.screens.question import Answer, Question
from tui.screens.records import RecordsScreen
from tui.screens.sync import review
from tui.widgets.frame import TitleBar
from tui.widgets.pick_list import PickList
from tui.widgets.run_rows import RunRows

if TYPE_CHECKING:
    from tui.app import HandsyncApp, Loaded

LOOKING: Final = "Looking up on both sides what this run did. This only reads."
REST: Final = (
    "Finish compares what is not done once more and shows it to you before it is written. "
    "Stop here leaves it at that; the next sync offers it like anything new."
)
ALL_DONE: Final = "All of it had been done. Nothing is left to finish; Stop here closes the matter."


class CutOffScreen(RecordsScreen[str]):
    """Looks a run up and asks what shall become of it; answers "finish", "stop", or None for later."""

    BUTTONS = (("Finish", "finish"), ("Stop here", "stop"), ("Try again", "look"), ("Later", "back"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "finish", "Finish", id="finish", tooltip="Compare what is not done, review it, and run it."),
        Binding("s", "stop", "Stop here", id="stop", tooltip="Leave it at that; the next sync offers the rest anew."),
        Binding("r", "look", "Try again", id="again", tooltip="Look the run up again."),
    ]

    def __init__(self, loaded: Loaded, head: RunHead) -> None:
        super().__init__(loaded)
        self._head = head
        self.record: RunRecord | None = None
        self._failed = False

    def compose(self) -> ComposeResult:
        """Which run it is, and what was found of it, row by row."""
        yield from self.laid_out(TitleBar("Cut off", about(self._head, self._clock)), RunRows(id="rows"))

    def on_mount(self) -> None:
        """Looks."""
        self.button("back").focus()
        self.action_look()

    def _turned(self) -> None:
        """Fits buttons and keys to what is known."""
        ready = self.record is not None
        self.button("finish").display = ready and bool(self._left)
        self.button("stop").display = ready
        self.button("look").display = self._failed
        self.keys_changed()

    @property
    def _left(self) -> int:
        """How many rows are not done."""
        return len(not_done(self.record)) if self.record is not None else 0

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is possible now."""
        match action:
            case "finish":
                return bool(self._left)
            case "stop":
                return self.record is not None
            case "look":
                return self._failed
        return True

    @work(exclusive=True, group="look-up", exit_on_error=False)
    async def action_look(self) -> None:
        """Looks the run up, with connections of its own: whoever leaves meanwhile disturbs nothing."""
        self.record, self._failed = None, False
        self._turned()
        self.say(LOOKING)
        try:
            records = await in_thread(look_up, self.handsync.backend, self._loaded.settings, self._head.kind)
        except HandsyncError as error:
            self._failed = True
            self._turned()
            self.say(error.sentence(), bad=True)
            return
        self.record = next((record for record in records if record.head.id == self._head.id), None)
        if self.record is None:
            self.say("This run has been answered for meanwhile. Nothing is left to do here.")
            self._turned()
            return
        rows = self.query_one(RunRows)
        rows.show(self.record, word=found_word)
        rows.focus()
        self._turned()
        self.say(f"{found(self.record)}\n{REST if self._left else ALL_DONE}")

    @on(PickList.Moved)
    def _moved(self) -> None:
        self.tell(self.query_one(RunRows).about_cursor())

    @on(PickList.Chosen)
    @work(group="flow", exit_on_error=False)
    async def _open_row(self) -> None:
        await self.query_one(RunRows).open_row(self.handsync, self._clock)

    def action_finish(self) -> None:
        """Goes on with what is not done."""
        self.dismiss("finish")

    def action_stop(self) -> None:
        """Leaves it at that."""
        self.dismiss("stop")


def found_word(result: Result) -> str:
    """What became of a row of a run that was cut off: what was never sent is simply not done."""
    return "not done" if result is Result.NOT_STARTED else run_words.result_word(result)


def found(record: RunRecord) -> str:
    """What a look at both sides found, in numbers: "12 done, 3 not done."."""
    results = [result_of(record.done.get(intent.number)) for intent in record.intents]
    order = (Result.DONE, Result.NOT_STARTED, Result.DIFFERENT, Result.UNKNOWN, Result.SKIPPED, Result.FAILED)
    parts = [f"{n} {found_word(result)}" for result in order if (n := results.count(result))]
    return f"{', '.join(parts) or 'nothing was begun'}."


class FinishFetchScreen(FetchScreen):
    """Compares both sides, and answers with a plan of just the rows that a run had not done."""

    def __init__(self, loaded: Loaded, head: RunHead) -> None:
        super().__init__(loaded, head.kind)
        self._head = head

    def heading(self) -> tuple[str, str]:
        """What is being read."""
        began = run_words.Clock(self._loaded.zone, self._loaded.today).moment(self._head.started)
        return "Finish", f"{self._kind.label}   the run of {began}"

    def make(self, cancelled: CancelCheck) -> Plan:
        """The plan. Blocks."""
        return self._loaded.service.finish_plan(self._head.id, self._note, cancelled)


async def settle(app: HandsyncApp, loaded: Loaded, head: RunHead) -> bool:
    """Shows what a run that was cut off has done, and does what a person says. To be called from a worker.

    Gives whether they said anything; Esc leaves it for later.
    """
    answer = await app.ask(CutOffScreen(loaded, head))
    if answer == "stop":
        return await _stop_here(app, loaded, head)
    if answer != "finish":
        return False
    plan = await app.ask(FinishFetchScreen(loaded, head))
    if plan is None:
        return False
    if plan.rows:
        await review(app, loaded, plan)
        return True
    text = "Both sides have moved on: of what was not done, nothing is left to do."
    await app.ask(Question("Nothing is left", text, (Answer("ok", "o", "Ok"),), focus="ok"))
    return await _stop_here(app, loaded, head)


async def _stop_here(app: HandsyncApp, loaded: Loaded, head: RunHead) -> bool:
    try:
        await in_thread(loaded.service.stop_here, head.id)
    except HandsyncError as error:
        text = Content(plain(error.sentence()))
        await app.ask(Question("It was not recorded", text, (Answer("back", "b", "Back"),), focus="back"))
        return False
    app.notify("It stays as it is. What was not done is offered by the next sync.", markup=False)
    return True


async def settle_first(app: HandsyncApp, loaded: Loaded, heads: tuple[RunHead, ...]) -> bool:
    """Before a sync: says that a run was cut off. Gives whether to go on. To be called from a worker."""
    if not heads:
        return True
    clock = run_words.Clock(loaded.zone, loaded.today)
    text = (
        f"A run was cut off: {about(heads[0], clock)}.\n\nStart Sync looks up what it did, by reading only, and offers "
        "what is not done once more. Or see first what it did, row by row, and finish it or stop here."
    )
    if len(heads) > 1:
        text = f"{fmt.plural(len(heads), 'run')} were cut off. The newest one: {text.partition(': ')[2]}"
    answers = (Answer("see", "s", "See what it did"), Answer("go", "g", "Go on with Start Sync"))
    answer = await app.ask(Question("A run was cut off", Content(text), answers, focus="see"))
    if answer == "see":
        await settle(app, loaded, heads[0])
    return answer == "go"

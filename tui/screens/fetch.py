"""Reading both sides: how far each is, a way to stop, and what to do when it fails."""

from __future__ import annotations

import threading
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button

from sync_core import text
from sync_core.errors import CancelledError, HandsyncError
from sync_core.items import Kind, SideName
from sync_core.plan import Plan
from sync_core.sides import CancelCheck, Progress
from tui import words
from tui.background import in_thread
from tui.keys import HELP, MOVES
from tui.screens.base import BaseScreen
from tui.widgets.controls import Push, Words
from tui.widgets.frame import KeyLine, TitleBar

if TYPE_CHECKING:
    from tui.app import Loaded

# seconds between two looks at how far the sides are: more would only be traffic (facts: terminal 0.5)
TICK: Final = 0.25


class FetchScreen(BaseScreen[Plan | None]):
    """Reads both sides of one process and answers with the plan, or with None when it was given up."""

    CSS_PATH = "fetch.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "back", "Cancel", id="cancel", tooltip="Stop reading and go back. Nothing was written."),
        Binding("ctrl+c", "back", show=False, tooltip="Stop reading."),
        Binding("r", "retry", "Retry", id="retry", tooltip="Read both sides again."),
        HELP,
        *MOVES,
    ]

    def __init__(self, loaded: Loaded, kind: Kind) -> None:
        super().__init__()
        self._loaded = loaded
        self._kind = kind
        self._latest: dict[SideName, Progress] = {}
        self._shown: dict[SideName, Progress] = {}
        self._cancelled = threading.Event()
        self._started = 0.0
        self._failed = False

    def compose(self) -> ComposeResult:
        """A line per side, a line for the time or the trouble, and the buttons."""
        yield TitleBar(*self.heading())
        with Vertical(id="fetch"):
            yield Words("Reading both sides. Nothing is written.", id="headline")
            for side in SideName:
                with Horizontal(classes="side-line"):
                    yield Words(side.label, classes="side")
                    yield Words("waiting", id=f"progress-{side.value}", classes="progress")
            yield Words("", id="elapsed", classes="quiet")
            with Horizontal(id="buttons"):
                yield Push("Retry", id="retry")
                yield Push("Cancel", id="cancel")
        yield KeyLine()

    def heading(self) -> tuple[str, str]:
        """What is read: the title, and a word behind it."""
        span = words.reach(self._kind, self._loaded.settings, self._loaded.today)
        return "Start Sync", f"{self._kind.label}   {span}"

    def make(self, cancelled: CancelCheck) -> Plan:
        """Reads both sides and makes the plan. Blocks; called in a thread."""
        return self._loaded.service.plan(self._kind, self._note, cancelled)

    def on_mount(self) -> None:
        """Starts reading."""
        self.set_interval(TICK, self._tick)
        self.query_one("#cancel").focus()
        self._read()

    def on_unmount(self) -> None:
        """Stops the reading threads when the screen or the program is left."""
        self._cancelled.set()

    def interrupt(self) -> None:
        """Stops reading."""
        self._cancelled.set()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Retry is there only after a failure."""
        return self._failed if action == "retry" else True

    @work(exclusive=True, group="plan", exit_on_error=False)
    async def _read(self) -> None:
        cancelled = self._cancelled = threading.Event()
        self._started, self._failed = monotonic(), False
        self._latest, self._shown = {}, {}
        self._turned()
        for side in SideName:
            self.query_one(f"#progress-{side.value}", Words).update("connecting")
        try:
            plan = await in_thread(self.make, cancelled.is_set)
        except CancelledError:
            return
        except HandsyncError as error:
            self._fail(error)
            return
        await self.handsync.roomy.wait()
        self.dismiss(plan)

    def _note(self, progress: Progress) -> None:
        """Called by the reading threads: only remembers; `_tick` shows."""
        self._latest[progress.side] = progress

    def _tick(self) -> None:
        if self._failed:
            return
        for side, progress in list(self._latest.items()):
            if self._shown.get(side) != progress:
                self._shown[side] = progress
                self.query_one(f"#progress-{side.value}", Words).update(how_far(progress))
        seconds = int(monotonic() - self._started)
        if seconds >= 1:
            self._elapsed(f"{seconds} s")

    def _elapsed(self, line: str) -> None:
        elapsed = self.query_one("#elapsed", Words)
        # an update that changes nothing would still be sent over the line
        if str(elapsed.content) != line:
            elapsed.update(line)

    def _fail(self, error: HandsyncError) -> None:
        self._failed = True
        self._turned()
        self._elapsed("")
        self.query_one("#headline", Words).update(Content(text.plain(error.sentence())))
        self.query_one("#retry").focus()

    def _turned(self) -> None:
        """Fits texts and buttons to whether reading goes on or has failed."""
        headline = self.query_one("#headline", Words)
        headline.set_class(self._failed, "bad")
        if not self._failed:
            headline.update("Reading both sides. Nothing is written.")
        self.query_one("#retry").display = self._failed
        self.query(".side-line").set(display=not self._failed)
        self.query_one("#cancel", Button).label = Content("[ Back ]" if self._failed else "[ Cancel ]")
        self.query_one(KeyLine).refresh_keys()

    def action_retry(self) -> None:
        """Reads again."""
        self.query_one("#cancel").focus()
        self._read()

    @on(Button.Pressed)
    def pressed(self, event: Button.Pressed) -> None:
        """The buttons do what the keys do."""
        if event.button.id == "retry":
            self.action_retry()
        else:
            self.action_back()


def how_far(progress: Progress) -> str:
    """Progress in words: "reading events, 240 of 512"."""
    what = text.plain(progress.what)
    if progress.total is not None:
        return f"{what}, {progress.done} of {progress.total}"
    return f"{what}, {progress.done}" if progress.done else what

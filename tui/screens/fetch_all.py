"""Reading several processes: one after the other, all of them in view, each side with how far it is.

They are not read at once: both sides of a process are already, servers slow down whoever asks for more, and the
libraries of the two sides are brought in by the first reading (importing them in several threads fails now and then).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button

from sync_core.errors import CancelledError, HandsyncError
from sync_core.items import Kind, SideName
from sync_core.plan import Plan
from sync_core.sides import Progress
from tui.background import in_thread
from tui.format import plural
from tui.keys import HELP, MOVES
from tui.screens.base import BaseScreen
from tui.screens.fetch import TICK, how_far
from tui.widgets.controls import Push, Words
from tui.widgets.frame import KeyLine, TitleBar

if TYPE_CHECKING:
    from tui.app import Loaded

Found = tuple[Kind, Plan | HandsyncError]


class FetchAllScreen(BaseScreen[list[Found] | None]):
    """Reads processes and answers with a plan, or the error, for each; with None when it was given up.

    One that cannot be read is no reason to stop.
    """

    CSS_PATH = "fetch.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "back", "Cancel", id="cancel", tooltip="Stop reading and go back. Nothing was written."),
        Binding("ctrl+c", "back", show=False, tooltip="Stop reading."),
        HELP,
        *MOVES,
    ]

    def __init__(self, loaded: Loaded, kinds: Sequence[Kind]) -> None:
        super().__init__()
        self._loaded = loaded
        self._kinds = kinds
        # written by the reading threads, shown by `_tick`
        self._latest: dict[tuple[Kind, SideName], Progress] = {}
        self._cancelled = threading.Event()
        self._started = monotonic()

    def compose(self) -> ComposeResult:
        """A line per process with a place for each side, the time, and the way back."""
        yield TitleBar("Start Sync", f"{plural(len(self._kinds), 'process', 'processes')}, one after the other")
        with Vertical(id="fetch"):
            yield Words("Reading both sides. Nothing is written.", id="headline")
            with Horizontal(classes="side-line"):
                yield Words("", classes="side")
                for side in SideName:
                    yield Words(side.label, classes="progress quiet")
            for kind in self._kinds:
                with Horizontal(classes="side-line"):
                    yield Words(kind.label, classes="side")
                    for side in SideName:
                        yield Words("waiting", id=_place(kind, side), classes="progress quiet")
            yield Words("", id="elapsed", classes="quiet")
            with Horizontal(id="buttons"):
                yield Push("Cancel", id="cancel")
        yield KeyLine()

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

    @work(exclusive=True, group="plan", exit_on_error=False)
    async def _read(self) -> None:
        found: list[Found] = []
        for kind in self._kinds:
            for side in SideName:
                self._say(kind, side, "connecting", "")
            try:
                plan = await in_thread(self._plan, kind)
            except CancelledError:
                return
            except HandsyncError as error:
                found.append((kind, error))
                self._ended(kind, "could not be read", "bad")
            else:
                found.append((kind, plan))
                self._ended(kind, "read", "good")
        await self.handsync.roomy.wait()
        self.dismiss(found)

    def _plan(self, kind: Kind) -> Plan:
        """Reads both sides of a process and makes its plan. Blocks."""

        def note(progress: Progress) -> None:
            self._latest[kind, progress.side] = progress

        return self._loaded.service.plan(kind, note, self._cancelled.is_set)

    def _ended(self, kind: Kind, words: str, tone: str) -> None:
        """A process was dealt with: what is said of its sides stays."""
        for side in SideName:
            last = self._latest.pop((kind, side), None)
            number = f", {plural(last.done, 'item')}" if last is not None and last.done and tone == "good" else ""
            self._say(kind, side, f"{words}{number}", tone)

    def _tick(self) -> None:
        """Shows how far it is, a few times a second."""
        for (kind, side), progress in list(self._latest.items()):
            self._say(kind, side, how_far(progress), "")
        seconds = int(monotonic() - self._started)
        if seconds >= 1:
            _update(self.query_one("#elapsed", Words), f"{seconds} s")

    def _say(self, kind: Kind, side: SideName, words: str, tone: str) -> None:
        place = self.query_one(f"#{_place(kind, side)}", Words)
        place.set_classes(f"progress {tone}".strip())
        _update(place, words)

    @on(Button.Pressed)
    def pressed(self) -> None:
        """The button does what the key does."""
        self.action_back()


def _place(kind: Kind, side: SideName) -> str:
    return f"progress-{kind.value}-{side.value}"


def _update(place: Words, words: str) -> None:
    # an update that changes nothing would still be sent over the line
    if str(place.content) != words:
        place.update(words)

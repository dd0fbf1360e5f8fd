"""What handsync remembers of these accounts, and the two ways to make it forget. Both ask first, and No is the answer
that Enter gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Button
from textual.worker import Worker

from sync_core.errors import HandsyncError
from sync_core.items import Kind
from sync_core.remembered import FORGET, REBUILD, Kept
from sync_core.text import plain
from tui import format as fmt
from tui.background import in_thread
from tui.draft import Draft
from tui.screens.configure_lines import Entry, EntryLine, fill
from tui.screens.question import Answer, Question
from tui.widgets.controls import Push, Words

if TYPE_CHECKING:
    from tui.app import HandsyncApp, Loaded

INTRO: Final = (
    "handsync remembers which items belong together, what both sides agreed on last, what you ignored, and what every "
    "run replaced. It is readable by you alone."
)
HISTORY: Final = (
    Entry("days", "no longer than", "days", number=True),
    Entry("runs", "at most", "runs of each process", number=True),
)
NOTHING: Final = "Nothing is remembered of these accounts yet."


class MemoryPane(Vertical):
    """What is remembered per process, how long runs are, and the buttons.

    The buttons work at once. How long runs are kept is a setting like all others: kept with Apply or OK.
    """

    def __init__(self, draft: Draft, loaded: Loaded) -> None:
        super().__init__(id="memory-pane")
        self._draft = draft
        self._loaded = loaded

    def compose(self) -> ComposeResult:
        """The numbers, then each way with what it means."""
        yield Words(INTRO)
        yield Words("", id="memory-kept", classes="hint")
        yield Words("", id="memory-said", classes="hint")
        yield Words("Runs stay in the history, to be looked up or taken back:", classes="title")
        for entry in HISTORY:
            yield EntryLine(self._draft, "history", entry, self._loaded.locked)
        yield Words("", id="memory-note", classes="warn")
        yield Push("Rebuild memory", id="memory-rebuild")
        yield Words(REBUILD, classes="quiet")
        yield Push("Forget everything about these accounts", id="memory-forget")
        yield Words(FORGET, classes="quiet")

    def on_mount(self) -> None:
        """Reads the numbers."""
        self.show(self._draft)
        self.read()

    def show(self, draft: Draft) -> None:
        """Fills what can be set from `draft`."""
        self._draft = draft
        fill(list(self.query(EntryLine)), draft, self.query_one("#memory-note", Words))

    @property
    def _app(self) -> HandsyncApp:
        from tui.app import HandsyncApp

        app = self.app
        assert isinstance(app, HandsyncApp)
        return app

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A fault of our own is told by the program."""
        event.stop()
        self._app.on_worker_state_changed(event)

    @work(exclusive=True, group="load", exit_on_error=False)
    async def read(self) -> None:
        """Says what is remembered."""
        try:
            kept = await in_thread(self._loaded.service.remembered)
        except HandsyncError as error:
            self._say(error.sentence(), "bad")
            return
        lines = [f"{kind.label}: {in_words(one)}" for kind, one in kept.items()]
        self.query_one("#memory-kept", Words).update(Content("\n".join(lines) or NOTHING))

    def _say(self, sentence: str, tone: str) -> None:
        said = self.query_one("#memory-said", Words)
        said.update(Content(plain(sentence)))
        said.set_classes(f"hint {tone}")

    @on(Button.Pressed)
    def pressed(self, event: Button.Pressed) -> None:
        """Asks."""
        event.stop()
        if event.button.id == "memory-forget":
            self.forget()
        else:
            self.rebuild()

    @work(exclusive=True, group="memory", exit_on_error=False)
    async def forget(self) -> None:
        """Deletes all that is known of the accounts, if a person says Yes."""
        question = _question("Forget everything about these accounts?", FORGET, "Yes, forget it")
        if await self._app.ask(question) == "yes":
            await self._do(self._loaded.service.forget_memory, "Forgotten")

    @work(exclusive=True, group="memory", exit_on_error=False)
    async def rebuild(self) -> None:
        """Forgets which items belong together, if a person says Yes."""
        if await self._app.ask(_question("Rebuild the memory?", REBUILD, "Yes, rebuild it")) == "yes":
            await self._do(self._loaded.service.rebuild_memory, "Rebuilt")

    async def _do(self, work: Callable[[], list[Kind]], done: str) -> None:
        try:
            kinds = await in_thread(work)
        except HandsyncError as error:
            self._say(error.sentence(), "bad")
            return
        labels = ", ".join(kind.label for kind in kinds)
        self._say(f"{done}: {labels}." if labels else NOTHING, "good")
        self.read()


def in_words(kept: Kept) -> str:
    """What is remembered of a process, in numbers."""
    pairs = fmt.plural(kept.links, "pair of items", "pairs of items")
    return f"{pairs}, {fmt.plural(kept.ignores, 'ignored item')}, {fmt.plural(kept.runs, 'run')} in the history"


def _question(title: str, text: str, yes: str) -> Question:
    return Question(title, Content(text), (Answer("no", "n", "No"), Answer("yes", "y", yes)), focus="no")

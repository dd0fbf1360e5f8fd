"""Keeping what is shown in a file: its name, its format, and a question before another file is replaced."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Select
from textual.worker import Worker

from sync_core.errors import HandsyncError
from sync_core.text import plain
from tui.background import in_thread
from tui.keys import DOWN, SHIFT_TAB, TAB, UP
from tui.screens.question import Answer, Question
from tui.widgets.controls import Choice, Field, Push, Words

if TYPE_CHECKING:
    from sync_core.journal import RunRecord
    from tui.app import HandsyncApp


_NAMES: Final = {
    "csv": "CSV, a table for a spreadsheet",
    "json": "JSON, for other programs",
    "md": "Markdown, for a ticket or a wiki",
}


class ExportScreen(ModalScreen[str | None]):
    """Asks for a file and writes it; answers with a sentence that says where it is, or None.

    `formats` makes the content by the ending of the file's name, such as "json". `name` is proposed, without it.
    """

    AUTO_FOCUS: ClassVar[str | None] = ""
    CSS_PATH = "export.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", tooltip="Back; nothing is written."),
        Binding("down", DOWN.action, show=False),
        Binding("up", UP.action, show=False),
        TAB,
        SHIFT_TAB,
    ]

    def __init__(self, title: str, name: str, formats: Mapping[str, Callable[[], str]]) -> None:
        super().__init__()
        self._title = title
        self._name = name
        self._formats = formats

    def compose(self) -> ComposeResult:
        """The title, the name, the format, the answers."""
        first = next(iter(self._formats))
        named = [(_NAMES.get(ending, ending.upper()), ending) for ending in self._formats]
        with Vertical(id="export"):
            yield Words(Content(plain(self._title)), id="export-title")
            with Horizontal(classes="line"):
                yield Words("File", classes="label")
                yield Field(f"{self._name}.{first}", id="file")
            with Horizontal(classes="line"):
                yield Words("Format", classes="label")
                yield Choice(named, value=first, id="format")
            yield Words(f"In {plain(str(Path.cwd()))} unless you name another place.", id="export-said")
            with Horizontal(id="export-answers"):
                yield Push("Save", id="save")
                yield Push("Back", id="leave")

    def on_mount(self) -> None:
        """The name is what a person may want to change."""
        self.query_one("#file").focus()

    @on(Select.Changed, "#format")
    def _other_format(self, event: Select.Changed) -> None:
        """The ending of the name follows the format, as long as it is one of ours."""
        field = self.query_one("#file", Field)
        stem, dot, ending = field.value.rpartition(".")
        if dot and ending.lower() in self._formats:
            field.value = f"{stem}.{event.value}"

    @on(Input.Changed, "#file")
    def _other_ending(self, event: Input.Changed) -> None:
        """The format follows an ending that says one."""
        choice = self.query_one("#format", Choice)
        ending = event.value.strip().rpartition(".")[2].lower()
        if ending in self._formats and choice.value != ending:
            with self.prevent(Select.Changed):
                choice.value = ending

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.save()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "save":
            self.save()
        else:
            self.action_leave()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A fault of our own is told by the program."""
        from tui.app import HandsyncApp

        if isinstance(self.app, HandsyncApp):
            self.app.on_worker_state_changed(event)

    @work(exclusive=True, group="save", exit_on_error=False)
    async def save(self) -> None:
        """Writes the file; asks when one of that name is there."""
        from sync_core.export import ThereAlreadyError, save, target
        from sync_core.settings.document import shown

        make = self._formats[str(self.query_one("#format", Choice).value)]
        try:
            path = target(self.query_one("#file", Field).value)
            content = await in_thread(make)
            try:
                await in_thread(save, path, content)
            except ThereAlreadyError:
                if not await self._may_replace(shown(path)):
                    return
                await in_thread(save, path, content, replace=True)
        except HandsyncError as error:
            said = self.query_one("#export-said", Words)
            said.update(Content(plain(error.sentence())))
            said.set_class(True, "bad")
            self.query_one("#file").focus()
            return
        self.dismiss(f"Saved in {shown(path)}, readable by you alone.")

    async def _may_replace(self, name: str) -> bool:
        question = Question(
            "Replace the file?",
            Content(f"{name} is there already. What it holds now would be lost."),
            (Answer("keep", "k", "Keep it"), Answer("replace", "r", "Replace it")),
            focus="keep",
        )
        return await self.app.push_screen_wait(question) == "replace"

    def action_leave(self) -> None:
        """Nothing is written."""
        self.dismiss(None)


async def export_run(app: HandsyncApp, record: RunRecord) -> str:
    """Asks where to keep a run, and keeps it there; a sentence about it, "" for nothing. To be called from a worker."""
    from sync_core.history import run_to_csv, run_to_json
    from sync_core.planfile import dumps

    formats: dict[str, Callable[[], str]] = {
        "json": lambda: dumps(run_to_json(record)) + "\n",
        "csv": lambda: run_to_csv(record),
    }
    name = f"handsync-{record.head.kind.value}-{record.head.id}"
    return await app.ask(ExportScreen("Keep this run in a file", name, formats)) or ""

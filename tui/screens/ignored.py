"""The items a person said no to, and the way to take that back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, OptionList
from textual.widgets.option_list import Option

from sync_core import text
from sync_core.errors import HandsyncError
from sync_core.items import Kind
from sync_core.plan import Ignore, IgnoreMode, Singles
from tui.background import in_thread
from tui.format import instant
from tui.keys import BACK, HELP, LEFT, RIGHT
from tui.screens.base import BaseScreen
from tui.widgets.controls import Listing, Push, Words
from tui.widgets.frame import KeyLine, TitleBar

if TYPE_CHECKING:
    from tui.app import Loaded

_MODES = {
    IgnoreMode.ONCE: "until the next change",
    IgnoreMode.FOREVER: "forever",
    Singles.OCCURRENCES: "as single events",
    Singles.CHANGED_ONES: "changed ones as single events",
}

EMPTY = (
    "Nothing is being ignored. In a Synchronization Summary, i ignores a row until one of its items changes, "
    "and I ignores it forever; both end up here."
)


class IgnoredScreen(BaseScreen[None]):
    """A list of what is being ignored; `t` takes one back, and the next sync asks about it again."""

    CSS_PATH = "ignored.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t,delete", "take_back", "Take back", id="take-back", tooltip="Ask about this item again in a sync."),
        Binding("j", "down", show=False, tooltip="Down the list."),
        Binding("k", "up", show=False, tooltip="Up the list."),
        BACK,
        HELP,
        RIGHT,
        LEFT,
    ]

    def __init__(self, loaded: Loaded) -> None:
        super().__init__()
        self._loaded = loaded
        # by the row's id
        self._titles: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        """The list, and what to do with it."""
        yield TitleBar("Ignored items")
        yield Words("", id="ignored-said")
        yield Listing(id="list")
        with Horizontal(id="buttons"):
            yield Push("Take back", id="take-back")
            yield Push("Back", id="back")
        yield KeyLine()

    def on_mount(self) -> None:
        """Reads the list."""
        self.read()

    @work(exclusive=True, group="ignored", exit_on_error=False)
    async def read(self, said: str = "") -> None:
        """Reads what is being ignored from the memory and shows it."""
        try:
            ignored = await in_thread(self._loaded.service.ignored)
        except HandsyncError as error:
            self._say(error.sentence())
            return
        self._titles = {entry.row_id: _title(entry) for _, entry in ignored}
        options = self.query_one("#list", OptionList)
        keep = options.highlighted or 0
        options.clear_options()
        options.add_options([Option(self._line(kind, entry), id=entry.row_id) for kind, entry in ignored])
        self.query_one("#take-back", Button).disabled = not ignored
        if ignored:
            options.highlighted = min(keep, len(ignored) - 1)
            options.focus()
            self._say(said or "A sync leaves these alone. Take one back, and the next sync asks about it again.")
        else:
            self.query_one("#back").focus()
            self._say(" ".join(part for part in (said, EMPTY) if part))

    def _say(self, sentence: str) -> None:
        self.query_one("#ignored-said", Words).update(Content(text.plain(sentence)))

    def _line(self, kind: Kind, entry: Ignore) -> Content:
        title = _title(entry)
        since = instant(entry.since, self._loaded.zone, self._loaded.today) if entry.since else ""
        head = title + " " * max(1, 36 - cell_len(title))
        details = "  ".join(
            part for part in (kind.label, f"since {since}" if since else "", text.plain(entry.reason)) if part
        )
        return Content.assemble(head, _MODES[entry.mode], "\n  ", details)

    @on(OptionList.OptionSelected)
    def chosen(self) -> None:
        """Enter does what `t` does."""
        self.action_take_back()

    @work(exclusive=True, group="take-back", exit_on_error=False)
    async def action_take_back(self) -> None:
        """Takes back the one under the cursor."""
        options = self.query_one("#list", OptionList)
        option = options.highlighted_option
        if option is None or option.id is None:
            return
        try:
            await in_thread(self._loaded.service.remove_ignore, option.id)
        except HandsyncError as error:
            self._say(error.sentence())
            return
        self.read(f"Taken back: “{self._titles[option.id]}”.")

    def action_down(self) -> None:
        """The next one."""
        self.query_one("#list", OptionList).action_cursor_down()

    def action_up(self) -> None:
        """The one before."""
        self.query_one("#list", OptionList).action_cursor_up()

    @on(Button.Pressed)
    def pressed(self, event: Button.Pressed) -> None:
        """The buttons do what the keys do."""
        if event.button.id == "take-back":
            self.action_take_back()
        else:
            self.action_back()


def _title(entry: Ignore) -> str:
    return text.shorten(text.plain(entry.title) or "(no subject)", 34)

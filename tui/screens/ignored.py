"""The items a person said no to: what, since when, until when and by which rule; and the way to take that back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button

from sync_core import text
from sync_core.errors import HandsyncError
from sync_core.items import Fields, Item, Kind, SideName
from sync_core.plan import Ignore, IgnoreMode, Singles
from tui import format as fmt
from tui import glyphs
from tui.background import in_thread
from tui.keys import BACK, HELP, LEFT, RIGHT, SHIFT_TAB, TAB
from tui.screens.base import BaseScreen
from tui.screens.question import Answer, Question
from tui.widgets.controls import Push, Words
from tui.widgets.frame import KeyLine, TitleBar
from tui.widgets.lines import Looks
from tui.widgets.pick_list import MARKER, PickList
from tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from tui.app import Loaded

_MODES: Final = {
    IgnoreMode.ONCE: "until the next change",
    IgnoreMode.FOREVER: "forever",
    Singles.OCCURRENCES: "as single events",
    Singles.CHANGED_ONES: "changed ones single",
}
_RULES: Final = {
    IgnoreMode.ONCE: "Ignored since {}, until one of its items changes; then the next sync asks again.",
    IgnoreMode.FOREVER: "Ignored since {}, forever, whatever changes, until you take it back here.",
    Singles.OCCURRENCES: "Since {} its occurrences cross as single events, until you take that back here.",
    Singles.CHANGED_ONES: "Since {} its changed occurrences cross as single events, until you take that back here.",
}
EMPTY: Final = (
    "Nothing is being ignored. In a Synchronization Summary, i ignores a row until one of its items changes, "
    "and I ignores it forever; both end up here."
)
USUAL: Final = "A sync leaves these alone. Take one back, and the next sync asks about it again."
# cells of the columns behind the title
_KIND: Final = 10
_UNTIL: Final = 23
_SINCE: Final = 20


class IgnoredScreen(BaseScreen[None], inherit_bindings=False):
    """What is being ignored; `t` takes back the marked ones, or the one under the cursor, and `u` undoes that."""

    CSS_PATH = "ignored.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "t,delete",
            "take_back",
            "Take back",
            id="take-back",
            tooltip="The next sync asks about these items again.",
        ),
        Binding("u", "undo", "Undo", tooltip="Ignore again what was taken back last."),
        Binding("slash", "filter", "Filter", tooltip="Show only items with some words."),
        Binding("y", "copy", "Copy", show=False, tooltip="Copy the marked lines, or the one under the cursor."),
        BACK,
        HELP,
        TAB,
        SHIFT_TAB,
        RIGHT,
        LEFT,
    ]

    def __init__(self, loaded: Loaded) -> None:
        super().__init__()
        self._loaded = loaded
        self._all: dict[str, tuple[Kind, Ignore]] = {}
        self._taken: list[list[tuple[Kind, Ignore]]] = []
        self._words = ""

    def compose(self) -> ComposeResult:
        """A sentence, the list and its heading, all about one, what was said last, the buttons."""
        yield TitleBar("Ignored items")
        yield Words(USUAL, id="ignored-intro")
        yield Words("", id="heading", classes="quiet")
        yield PickList(marks=True, glyphs=glyphs.current(), id="list")
        yield Words("", id="about")
        yield StatusLine(id="status")
        with Horizontal(id="buttons"):
            yield Push("Take back", id="take-back")
            yield Push("Back", id="back")
        yield KeyLine()

    def on_mount(self) -> None:
        """Reads the list."""
        self.read()

    @property
    def picks(self) -> PickList:
        """The list."""
        return self.query_one(PickList)

    @work(exclusive=True, group="ignored", exit_on_error=False)
    async def read(self, said: str = "") -> None:
        """Reads what is being ignored from the memory and shows it."""
        try:
            found = await in_thread(self._loaded.service.ignored)
        except HandsyncError as error:
            self._tell(error.sentence())
            return
        ordered = sorted(found, key=lambda pair: (pair[1].since, pair[1].row_id), reverse=True)
        self._all = {ignore.row_id: (kind, ignore) for kind, ignore in ordered}
        self.query_one("#ignored-intro", Words).update(USUAL if found else EMPTY)
        self.query_one(TitleBar).show(fmt.plural(len(found), "item") if found else "")
        self._show()
        self._tell(said)
        if found:
            self.picks.focus()
        else:
            self.query_one("#back").focus()

    def _show(self) -> None:
        """Applies the filter."""
        wanted = self._words.casefold().split()
        ids = [row_id for row_id in self._all if all(word in self._haystack(row_id) for word in wanted)]
        self.query_one("#heading").display = self.query_one("#about").display = bool(self._all)
        self.query_one("#heading", Words).update(Content(" " * MARKER + self._head()))
        self.picks.fill(ids, lambda place, width, looks: self._line(ids[place], looks))
        self.query_one("#take-back", Button).disabled = not ids

    def _haystack(self, row_id: str) -> str:
        kind, ignore = self._all[row_id]
        parts = (ignore.title, ignore.reason, kind.label, _MODES[ignore.mode], self._since(ignore))
        return text.plain(" ".join(parts)).casefold()

    def _since(self, ignore: Ignore) -> str:
        return fmt.instant(ignore.since, self._loaded.zone, self._loaded.today) if ignore.since else "unknown"

    @property
    def _title_width(self) -> int:
        return max(20, self.size.width - 4 - MARKER - _KIND - _UNTIL - _SINCE)

    def _head(self) -> str:
        return f"{'what':<{self._title_width}}{'process':<{_KIND}}{'ignored':<{_UNTIL}}since"

    def _line(self, row_id: str, looks: Looks) -> Text:
        kind, ignore = self._all[row_id]
        line = fmt.fit(fmt.cell(_title(ignore), looks.strong), self._title_width - 1).append(" ")
        line.append(f"{kind.label:<{_KIND}}")
        line.append(f"{_MODES[ignore.mode]:<{_UNTIL}}")
        return line.append(self._since(ignore), looks.quiet)

    @on(PickList.Moved)
    def moved(self) -> None:
        """Says everything about the one under the cursor."""
        at = self.picks.at
        self.query_one("#about", Words).update(self._about(at) if at is not None else "No item has these words.")

    def _about(self, row_id: str) -> Content:
        kind, ignore = self._all[row_id]
        lines = [
            f"{kind.label}. {_RULES[ignore.mode].format(self._since(ignore))}",
            f"It had come up because: {ignore.reason}" if ignore.reason else "",
            *(self._side(kind, side, fields) for side, fields in _sides(ignore)),
        ]
        shown = "\n".join(text.plain(line) for line in lines if line)
        return Content.assemble((_title(ignore), "bold"), "\n", shown)

    def _side(self, kind: Kind, side: SideName, fields: Fields) -> str:
        item = Item(kind, side, "", "", fields)
        return f"{side.label}: {fmt.item_words(item, self._loaded.zone, self._loaded.today)}"

    def _tell(self, words: str) -> None:
        marked = len(self.picks.marked)
        parts: list[str | tuple[str, str]] = [" "]
        if marked:
            parts += [(f"{marked} marked", "bold $warn"), "  "]
        if self._words:
            parts += [(f"/{text.plain(self._words)}", "bold $key"), "  "]
        self.query_one(StatusLine).say(Content.assemble(*parts, text.plain(words)))

    @on(PickList.MarksChanged)
    def _marked(self) -> None:
        self._tell("")

    # taking back

    @on(PickList.Chosen)
    def chosen(self) -> None:
        """Enter, or a click on the line, asks first; Enter again does no harm."""
        at = self.picks.at
        if at is not None:
            question = Question(
                "Take it back?",
                f"“{_title(self._all[at][1])}”: the next sync asks about it again. Nothing is written now.",
                (Answer("take", "t", "Take back"), Answer("back", "b", "Back")),
                focus="back",
            )

            def answered(answer: str | None) -> None:
                if answer == "take":
                    self._take_back([at])

            self.app.push_screen(question, answered)

    def action_take_back(self) -> None:
        """Takes back the marked ones, or the one under the cursor."""
        if targets := self.picks.targets:
            self._take_back(targets)

    @work(exclusive=True, group="take-back", exit_on_error=False)
    async def _take_back(self, row_ids: list[str]) -> None:
        try:
            taken = await in_thread(self._loaded.service.take_back, row_ids)
        except HandsyncError as error:
            self._tell(error.sentence())
            return
        if taken:
            self._taken.append(taken)
        self.read(f"Taken back: {_named(taken)}. u undoes it.")

    @work(exclusive=True, group="take-back", exit_on_error=False)
    async def action_undo(self) -> None:
        """Ignores again what was taken back last."""
        if not self._taken:
            self._tell("Nothing was taken back since you came here.")
            return
        last = self._taken.pop()
        try:
            await in_thread(self._loaded.service.ignore_again, last)
        except HandsyncError as error:
            self._taken.append(last)
            self._tell(error.sentence())
            return
        self.read(f"Ignored again: {_named(last)}.")

    def action_copy(self) -> None:
        """Copies lines as text."""
        targets = self.picks.targets
        lines = [str(self._about(row_id)).replace("\n", ". ") for row_id in targets]
        if lines:
            self._tell(self.handsync.copy("\n".join(lines), fmt.plural(len(lines), "item")))

    # the filter

    def action_filter(self) -> None:
        """Opens the line to type words into."""
        self.query_one(StatusLine).open_filter()

    @on(StatusLine.Typed)
    def _typed(self) -> None:
        self._words = self.query_one(StatusLine).words
        self._show()

    @on(StatusLine.Kept)
    def _kept(self) -> None:
        """Enter keeps the words and goes back to the list."""
        self.query_one(StatusLine).close_filter()
        self.picks.focus()
        self._tell("")

    def action_back(self) -> None:
        """One step back: out of the marks, the filter, and at last the screen."""
        status = self.query_one(StatusLine)
        if status.filtering or (self._words and not self.picks.marked):
            status.clear()
            self._words = ""
            self._show()
            self.picks.focus()
            self._tell("")
        elif not self.picks.clear_marks():
            self.dismiss(None)

    @on(Button.Pressed)
    def pressed(self, event: Button.Pressed) -> None:
        """The buttons do what the keys do."""
        if event.button.id == "take-back":
            self.action_take_back()
        else:
            self.dismiss(None)


def _title(entry: Ignore) -> str:
    return text.shorten(text.plain(entry.title) or "(no subject)", 60)


def _named(entries: list[tuple[Kind, Ignore]]) -> str:
    """What entries are called in a sentence: the one's title, or how many they are."""
    return f"“{_title(entries[0][1])}”" if len(entries) == 1 else fmt.plural(len(entries), "item")


def _sides(entry: Ignore) -> list[tuple[SideName, Fields]]:
    """What both sides held when a person said no, as far as it was kept."""
    return [(side, fields) for side, fields in zip(SideName, (entry.left, entry.right), strict=True) if fields]

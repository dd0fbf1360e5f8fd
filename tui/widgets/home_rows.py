"""The rows of Home: a process with what it may do and did last, a connection with its state, and notices."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Checkbox

from sync_core import text
from sync_core.items import Kind, SideName
from tui import home_words
from tui.widgets.controls import Box, Words
from tui.widgets.labelled import Labelled

if TYPE_CHECKING:
    from sync_core.service import Finding
    from tui.app import Loaded


class ProcessRow(Horizontal):
    """One process: its check box, whether it is switched on, what it may do, and what became of its last run."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(id=f"row-{kind.value}", classes="process")
        self.kind = kind
        self.included = False

    def compose(self) -> ComposeResult:
        """The box on the left, the words on the right."""
        yield Box(self.kind.label, id=f"process-{self.kind.value}")
        yield Labelled()

    @property
    def box(self) -> Box:
        """The check box."""
        return self.query_one(Box)

    def show(self, loaded: Loaded) -> None:
        """Says what the settings and the last run mean for this process."""
        job = loaded.settings.job(self.kind)
        came = job.include and not self.included
        self.included = job.include
        with self.box.prevent(Checkbox.Changed):
            self.box.value = self.included and (came or self.box.value)
        lines = home_words.process(
            self.kind, loaded.settings, loaded.last_runs.get(self.kind), loaded.zone, loaded.today
        )
        self.query_one(Labelled).say(lines)

    def on_descendant_focus(self) -> None:
        """All lines of the row come into view, not only the box."""
        self.scroll_visible(animate=False)


class ConnectionRow(Horizontal, can_focus=True):
    """One connection: its state in a word, and a sentence. Enter leads to where it is set up."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "set_up", "Set up", show=False, tooltip="Set up this connection in Configure.")
    ]

    class SetUp(Message):
        """A person wants to set up a connection."""

        def __init__(self, side: SideName) -> None:
            super().__init__()
            self.side = side

    def __init__(self, side: SideName) -> None:
        super().__init__(id=f"connection-{side.value}", classes="connection")
        self.side = side
        # known to be wrong
        self.broken = False

    def compose(self) -> ComposeResult:
        """The side's name, the state and the sentence."""
        yield Words(self.side.label, classes="side")
        yield Words("", classes="mark")
        yield Words("", classes="words")

    def show(self, state: str, sentence: str, tone: str) -> None:
        """A state in a word, a sentence, and how it sounds: "good", "bad" or "quiet"."""
        self.broken = tone == "bad"
        mark = self.query_one(".mark", Words)
        mark.update(state)
        mark.set_classes(f"mark {tone}")
        self.query_one(".words", Words).update(Content(text.plain(sentence)))

    def report(self, findings: list[Finding]) -> None:
        """Shows what a check found: the first thing that is wrong, or that all is well."""
        wrong = [finding for finding in findings if not finding.ok]
        if wrong:
            self.show("FAILED", wrong[0].sentence, "bad")
        else:
            self.show("connected", findings[0].sentence if findings else "", "good")

    def action_set_up(self) -> None:
        """Asks for the place where it is set up."""
        self.post_message(self.SetUp(self.side))

    def on_click(self) -> None:
        """A click does the same."""
        self.action_set_up()


class Notices(VerticalScroll, inherit_bindings=False):
    """What a person should know first, in a few lines. Where there is more of it, arrows scroll it, then go on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "turn(1)", show=False, tooltip="More of the notices, then the next field."),
        Binding("up,k", "turn(-1)", show=False, tooltip="Back in the notices, then the field before."),
    ]

    def allow_focus(self) -> bool:
        """Only what does not fit needs the keyboard."""
        return self.max_scroll_y > 0

    def action_turn(self, step: int) -> None:
        """Scrolls by a line; leaves at the end."""
        at_end = self.scroll_offset.y >= self.max_scroll_y if step > 0 else self.scroll_offset.y <= 0
        if not at_end:
            self.scroll_relative(y=step, animate=False)
        elif step > 0:
            self.screen.focus_next()
        else:
            self.screen.focus_previous()

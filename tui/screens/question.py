"""A question with a few answers, each with its own key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Button

from tui.keys import LEFT, RIGHT
from tui.widgets.controls import Push, Words


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: what `Question` gives back, the key that chooses it, and its words, which begin with that letter."""

    name: str
    key: str
    label: str


class Question(ModalScreen[str | None]):
    """Asks, and answers with the name of the chosen answer; None when left with Esc.

    The answer called `focus` is the one that Enter gives: it must be one that does no harm.
    """

    AUTO_FOCUS: ClassVar[str | None] = ""
    CSS_PATH = "question.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", tooltip="Leave the question without an answer."),
        RIGHT,
        LEFT,
    ]

    def __init__(self, title: str, text: str | Content, answers: tuple[Answer, ...], focus: str) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._answers = answers
        self._first = focus

    def compose(self) -> ComposeResult:
        """The title, the text, the answers."""
        with Vertical(id="question"):
            yield Words(self._title, id="question-title")
            yield Words(self._text, id="question-text")
            with Horizontal(id="answers"):
                for answer in self._answers:
                    yield Push(f"{answer.label} ({answer.key})", id=f"answer-{answer.name}")

    def on_mount(self) -> None:
        """Enter gives the harmless answer."""
        self.query_one(f"#answer-{self._first}").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """An answer was pressed."""
        self.dismiss((event.button.id or "").removeprefix("answer-"))

    def on_key(self, event: Key) -> None:
        """An answer was given by its letter."""
        for answer in self._answers:
            if event.character and event.character.lower() == answer.key:
                event.stop()
                self.dismiss(answer.name)

    def action_leave(self) -> None:
        """No answer."""
        self.dismiss(None)

"""What a terminal shows that is too small for anything else."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.screen import ModalScreen

from tui.widgets.controls import Words


class TooSmallScreen(ModalScreen[None]):
    """Says how large the terminal is and how large it must be. The program takes it away when there is room again."""

    CSS_PATH = "too_small.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "app.quit", "Quit")]

    def __init__(self, width: int, height: int) -> None:
        super().__init__()
        self._needed = (width, height)

    def compose(self) -> ComposeResult:
        """One sentence."""
        yield Words(id="too-small")

    def on_resize(self, event: Resize) -> None:
        """Keeps the figures right."""
        width, height = self._needed
        self.query_one("#too-small", Words).update(
            f"This terminal is {event.size.width} x {event.size.height}. handsync needs {width} x {height}: "
            "please make the window larger or the letters smaller. Nothing is lost. (Ctrl+Q quits.)"
        )

"""What all our screens have in common: a way back, help, and arrows that move between fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import on
from textual.binding import BindingType
from textual.events import DescendantFocus
from textual.geometry import Offset
from textual.screen import Screen
from textual.widgets import Input
from textual.worker import Worker

from tui.keys import BACK, HELP, MOVES, KeyHelp

if TYPE_CHECKING:
    from tui.app import HandsyncApp

T = TypeVar("T")


class BaseScreen(Screen[T]):
    """A screen that can be left with Esc or q; what it answers then is None."""

    # every screen says itself where the cursor starts
    AUTO_FOCUS: ClassVar[str | None] = ""
    BINDINGS: ClassVar[list[BindingType]] = [BACK, HELP, *MOVES]

    @property
    def handsync(self) -> HandsyncApp:
        """The program this screen belongs to."""
        from tui.app import HandsyncApp

        app = self.app
        assert isinstance(app, HandsyncApp)
        return app

    @on(DescendantFocus)
    def _put_cursor_away(self, event: DescendantFocus) -> None:
        """Where nobody types the terminal's own cursor goes to the corner, which costs no bytes to keep it at."""
        if not isinstance(event.widget, Input):
            self.app.cursor_position = Offset(0, 0)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker of this screen ended: the program says so if it was by a fault."""
        self.handsync.on_worker_state_changed(event)

    @property
    def unsaved(self) -> str:
        """What would be lost if the program were left now, as a sentence; "" for nothing. Ctrl+Q then asks."""
        return ""

    @property
    def busy(self) -> bool:
        """Whether something is being written that the end of the program has to wait for."""
        return False

    def more_commands(self) -> list[KeyHelp]:
        """What can be done here besides what has a key: the palette offers it by name."""
        return []

    def interrupt(self) -> None:
        """The program is about to end: what this screen has begun stops as soon as it can."""

    def kept(self) -> list[str]:
        """What is kept for the next start if the program is left now, in words; the program says so at its end.

        A screen hands it over to be kept, should it not have done so yet.
        """
        return []

    def action_back(self) -> None:
        """Leaves the screen without an answer."""
        self.dismiss(None)

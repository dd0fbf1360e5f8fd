"""What is at the top and at the bottom of a screen: where one is, and what the keys do."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content
from textual.events import Click
from textual.widgets import Static

from tui.keys import KeyHelp, key_help


class TitleBar(Static):
    """The first line: the name of the screen, a word about it, and on a demo that it is one."""

    def __init__(self, title: str, note: str | Content = "") -> None:
        super().__init__(markup=False)
        self._title = title
        self._note = note

    def on_mount(self) -> None:
        """Draws itself."""
        self.show(self._note)

    def show(self, note: str | Content) -> None:
        """Changes the word behind the title."""
        self._note = note
        # other programs, such as a test's, may borrow a screen
        demo = getattr(getattr(self.app, "backend", None), "demo", False)
        tag = ("  DEMO", "bold $warn") if demo else ""
        self.update(Content.assemble(" ", (self._title, "bold"), tag, "   ", note))


class KeyLine(Static):
    """The last line: the keys that matter here. It is asked of the screen's bindings and never repainted on its own.

    A click on one does what the key does. What has no room is left out, the ways to help and back never.
    """

    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._fitted: list[KeyHelp] = []

    def on_mount(self) -> None:
        """Draws itself once the screen's bindings are known."""
        self.refresh_keys()

    def on_resize(self) -> None:
        """More or fewer have room."""
        self.refresh_keys()

    def refresh_keys(self) -> None:
        """Draws the line again; for screens whose possible commands changed."""
        fitted = fitting(key_help(self.screen), self.size.width or self.app.size.width)
        if fitted != self._fitted:
            self._fitted = fitted
            self.update(line(fitted), layout=False)

    async def on_click(self, event: Click) -> None:
        """A key was clicked."""
        event.stop()
        at = event.x
        for entry in self._fitted:
            at -= _width(entry)
            if at < 0:
                await self.app.run_action(entry.action, entry.node)
                return


def fitting(helps: list[KeyHelp], width: int) -> list[KeyHelp]:
    """The keys that a line of `width` cells shows, in their order.

    First the ways to help and back, then the screen's own from the left, and where there still is room the palette.
    """
    possible = [entry for entry in helps if entry.enabled and entry.label]
    shown = [entry for entry in possible if entry.shown]
    wanted = [entry for entry in shown if entry.last] + [entry for entry in shown if not entry.last]
    wanted += [entry for entry in possible if entry.id == "palette" and not entry.shown]
    taken = []
    for entry in wanted:
        if _width(entry) <= width:
            width -= _width(entry)
            taken.append(entry)
        elif not entry.last:
            break
    return [entry for entry in possible if any(entry is one for one in taken)]


def _width(entry: KeyHelp) -> int:
    return cell_len(entry.keys[0]) + cell_len(entry.label) + 3


def line(helps: list[KeyHelp]) -> Content:
    """The key line for what keys do: " s Start Sync   c Configure   ? Keys "."""
    parts: list[str | tuple[str, str]] = []
    for entry in helps:
        parts += [" ", (entry.keys[0], "bold $key"), f" {entry.label} "]
    return Content.assemble(*parts)

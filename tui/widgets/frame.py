"""What is at the top and at the bottom of a screen: where one is, and what the keys do."""

from __future__ import annotations

from textual.content import Content
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
    """The last line: the keys that matter here. It is asked of the screen's bindings and never repainted on its own."""

    def __init__(self) -> None:
        super().__init__(markup=False)

    def on_mount(self) -> None:
        """Draws itself once the screen's bindings are known."""
        self.refresh_keys()

    def refresh_keys(self) -> None:
        """Draws the line again; for screens whose possible commands changed."""
        self.update(line(key_help(self.screen)))


def line(helps: list[KeyHelp]) -> Content:
    """The key line for what keys do: " s Start Sync   c Configure   ? Keys "."""
    parts: list[str | tuple[str, str]] = []
    for entry in helps:
        if entry.shown and entry.enabled and entry.label:
            parts += [" ", (entry.keys[0], "bold $key"), f" {entry.label} "]
    return Content.assemble(*parts)

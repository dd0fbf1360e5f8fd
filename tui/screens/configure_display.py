"""The Display tab: colours, signs, and how dates and times are written, with an example that follows every change."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, time
from typing import TYPE_CHECKING, Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from sync_core import dates
from sync_core.plan import Action
from sync_core.settings.display import CHOICES, Display
from tui import glyphs
from tui.draft import Draft
from tui.screens.configure_lines import Edited, Entry, EntryLine, fill
from tui.widgets.controls import Words

if TYPE_CHECKING:
    from tui.app import Loaded

_WORDS: Final = {
    "theme": {
        "auto": "what fits the terminal",
        "dark": "dark",
        "light": "light",
        "high-contrast": "high contrast",
        "ansi": "the terminal's own 16 colours",
    },
    "glyphs": {"auto": "what fits the terminal", "unicode": "Unicode", "ascii": "plain ASCII"},
    "date_order": {
        "auto": "by the locale (LC_TIME)",
        "dmy": "23 Nov 2026",
        "mdy": "Nov 23, 2026",
        "ymd": "2026-11-23",
    },
    "clock": {"auto": "by the locale (LC_TIME)", "24": "24 hours: 15:30", "12": "12 hours: 3:30 pm"},
    "first_day": {
        "auto": "by the locale (LC_TIME)",
        "monday": "Monday",
        "sunday": "Sunday",
        "saturday": "Saturday",
    },
}
_LABELS: Final = {
    "theme": "Colours",
    "glyphs": "Signs",
    "date_order": "Dates",
    "clock": "Times",
    "first_day": "Weeks begin on",
}
FORM: Final = (
    *(
        Entry(key, label, choices=tuple((_WORDS[key][word], word) for word in CHOICES[key]))
        for key, label in _LABELS.items()
    ),
    Entry("mouse", "Mouse", "used, from the next start on", flag=True),
)
_SHOWN: Final = (
    Action.CREATE_IN_OUTLOOK,
    Action.UPDATE_IN_SALESFORCE,
    Action.DELETE_FROM_OUTLOOK,
    Action.MERGE,
    Action.CONFLICT,
)


class DisplayPane(Vertical):
    """How things look. Changes show at once; they are kept with Apply or OK like all others."""

    def __init__(self, draft: Draft, loaded: Loaded) -> None:
        super().__init__(id="display-pane", classes="connection-pane")
        self._draft = draft
        self._loaded = loaded

    def compose(self) -> ComposeResult:
        """A line per setting, the time zone, and an example."""
        for entry in FORM:
            yield EntryLine(self._draft, "display", entry, self._loaded.locked)
        zone = Entry("time_zone", "Time zone", f"{self._loaded.zone}, this machine's own")
        yield EntryLine(self._draft, "", zone, self._loaded.locked)
        yield Words("", id="display-note", classes="warn")
        yield Words("", id="example")

    def on_mount(self) -> None:
        """Shows the example."""
        self.show(self._draft)

    def show(self, draft: Draft) -> None:
        """Fills everything from `draft`."""
        self._draft = draft
        fill(list(self.query(EntryLine)), draft, self.query_one("#display-note", Words))
        self._example()

    @on(Edited)
    def _edited(self) -> None:
        """Takes on the look, as far as it is possible."""
        if not any(section == "display" for section, _ in self._draft.problems()):
            from tui.app import HandsyncApp

            assert isinstance(self.app, HandsyncApp)
            self.app.show_as(drafted(self._draft))
        self._example()

    def _example(self) -> None:
        style, signs = dates.style(), glyphs.current()
        today = self._loaded.today
        at = datetime.combine(today, time(15, 30))
        when = f"{style.day(today, weekday=True)}, {style.time(at)}; weeks begin on {dates.DAYS[style.first_day]}"
        shown = "  ".join(signs.actions[action] for action in _SHOWN)
        parts = (
            ("An example\n", "bold"),
            f"{when}\n{shown}   ",
            ("good ", "$good"),
            ("warning ", "$warn"),
            ("problem", "$bad"),
        )
        self.query_one("#example", Words).update(Content.assemble(*parts))


def drafted(draft: Draft) -> Display:
    """The look that a draft asks for."""
    return Display(**{field.name: draft.get("display", field.name) for field in fields(Display)})

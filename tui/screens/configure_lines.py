"""One setting of the Configure screen: its name, a place to change it, and below it what is wrong with it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Checkbox, Input, Select

from sync_core import text
from tui.draft import Draft
from tui.widgets.controls import Box, Choice, Field, Words
from tui.words import variable

# where a secret may come from; the values are the ends of the keys
_SOURCES: Final = (("typed here", ""), ("from a file", "file"), ("from a command", "command"))
_HINTS: Final[Mapping[str, str]] = {
    "": "not set",
    "file": "e.g. ~/.config/handsync/secret, mode 0600",
    "command": "e.g. pass show handsync",
}


class Edited(Message):
    """A value of the draft was changed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a form. `auths` are the ways to sign in that need it; all when empty."""

    key: str
    label: str
    hint: str = ""
    auths: tuple[str, ...] = ()
    secret: bool = False
    # of several lines: it comes from a file or a command, and is not typed
    long: bool = False
    number: bool = False
    flag: bool = False
    # label and value of each; a line to type into when there are none
    choices: tuple[tuple[str, str], ...] = ()


class EntryLine(Vertical):
    """A setting. Every change goes into the draft at once; what cannot be is said below, in a sentence.

    `section` is that of the settings file, "" for its top.
    """

    def __init__(
        self, draft: Draft, section: str, entry: Entry, locked: frozenset[str], *, id: str | None = None
    ) -> None:
        super().__init__(id=id, classes="entry")
        self._draft = draft
        self._section = section
        self._entry = entry
        self._locked = locked
        # what is wrong with the value, "" for nothing
        self.problem = ""
        # stays when the section changes
        self.control_id: Final = f"{section or 'top'}-{entry.key}"

    @property
    def key(self) -> str:
        """The key of the setting."""
        return self._entry.key

    def compose(self) -> ComposeResult:
        """The line, and the sentence below."""
        entry = self._entry
        with Horizontal(classes="line"):
            yield Words(entry.label, classes="label")
            if entry.secret:
                source = Choice(self._sources(), value=self._source(), id=f"{self.control_id}-source")
                yield source.add_class("source")
            if entry.flag:
                yield Box(entry.hint, id=self.control_id)
            elif entry.choices:
                yield Choice(entry.choices, value=self._value(), id=self.control_id)
            else:
                yield Field(placeholder="" if entry.number else entry.hint, id=self.control_id)
            if entry.number:
                yield Words(entry.hint, classes="unit")
        yield Words("", classes="problem bad")

    def on_mount(self) -> None:
        """Fills it."""
        self.show(self._draft)

    def show(self, draft: Draft, section: str | None = None) -> None:
        """Fills it from `draft`, from another `section` if one is given."""
        self._draft = draft
        entry = self._entry
        self._section = self._section if section is None else section
        with self.prevent(Input.Changed, Select.Changed, Checkbox.Changed):
            if entry.flag:
                self.query_one(Box).value = bool(self._value())
            elif entry.choices:
                self.query_one(f"#{self.control_id}", Choice).value = self._value()
            elif entry.secret:
                self.query_one(f"#{self.control_id}-source", Choice).value = self._source()
                self._show_secret()
            else:
                value = self._value()
                self.query_one(Field).value = "" if value is None else text.plain(str(value))
        for control in self.query("Field, Choice, Box"):
            control.disabled = bool(self.setters)
        self._judge()

    def enter(self) -> None:
        """Puts the cursor where the setting is changed."""
        self.query(f"#{self.control_id}").first().focus()

    @property
    def setters(self) -> list[str]:
        """The variables of the environment that decide this setting."""
        ends = ("", "_command", "_file") if self._entry.secret else ("",)
        prefix = f"{self._section}." if self._section else ""
        names = sorted(name for end in ends if (name := f"{prefix}{self._entry.key}{end}") in self._locked)
        return [variable(*name.split(".")) if "." in name else f"HANDSYNC_{name.upper()}" for name in names]

    def _value(self) -> Any:
        value = self._draft.get(self._section, self._entry.key)
        return str(value) if self._entry.choices else value

    def _source(self) -> str:
        source = self._draft.source(self._section, self._entry.key)
        return ("file" if self._entry.long else "") if not source else "" if source == "set" else source

    def _sources(self) -> tuple[tuple[str, str], ...]:
        typed = not self._entry.long or self._draft.source(self._section, self._entry.key) == "set"
        return _SOURCES if typed else _SOURCES[1:]

    def _show_secret(self) -> None:
        """What is typed into the field stands for the chosen source; a secret itself is never shown."""
        field, source = self.query_one(Field), str(self.query_one(f"#{self.control_id}-source", Choice).value)
        kept = self._draft.source(self._section, self._entry.key)
        field.password = not source
        field.placeholder = "set; type to replace it" if kept == "set" and not source else _HINTS[source]
        given = self._draft.kept(self._section, f"{self._entry.key}_{source}") if source else None
        words = shlex.join(given) if isinstance(given, list) else str(given or "")
        with self.prevent(Input.Changed):
            field.value = text.plain(words)

    def _judge(self) -> None:
        """Says what is wrong with the value, if something is."""
        problem = self._draft.problems().get((self._section, self._entry.key), "")
        if not problem and self._entry.secret:
            ends = ("_file", "_command")
            found = (self._draft.problems().get((self._section, self._entry.key + end), "") for end in ends)
            problem = next(filter(None, found), "")
        self.problem = problem
        said = self.query_one(".problem", Words)
        said.update(Content(f"{self._entry.label} {problem}" if problem else ""))
        said.display = bool(problem)

    @on(Checkbox.Changed)
    def ticked(self, event: Checkbox.Changed) -> None:
        """A box was ticked or unticked."""
        event.stop()
        self._set(event.value)

    @on(Select.Changed)
    def chosen(self, event: Select.Changed) -> None:
        """Another of a few values, or another source of a secret."""
        event.stop()
        if self._entry.secret:
            self._show_secret()
            self._draft.set_secret(self._section, self._entry.key, "")
            self._done()
        elif str(event.value) != self._value():
            self._set(str(event.value))

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        """A value was typed: it goes into the draft."""
        event.stop()
        words = event.value.strip()
        if self._entry.secret:
            source = str(self.query_one(f"#{self.control_id}-source", Choice).value)
            self._draft.set_secret(self._section, self._entry.key, event.value if not source else words, source)
            self._done()
        elif self._entry.number and words.isascii() and words.isdigit():
            # more digits than these are refused by Python before the settings can refuse them
            self._set(int(words[:12]))
        else:
            self._set(words)

    def _set(self, value: Any) -> None:
        self._draft.set(self._section, self._entry.key, value)
        self._done()

    def _done(self) -> None:
        self._judge()
        self.post_message(Edited())


def fill(lines: list[EntryLine], draft: Draft, note: Words) -> None:
    """Shows `draft` in the lines, and in `note` which of them the environment decides."""
    for line in lines:
        line.show(draft)
    names = [name for line in lines for name in line.setters]
    note.update(f"Locked: {', '.join(names)} in the environment wins over the settings file." if names else "")
    note.display = bool(names)

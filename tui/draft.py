"""A draft of the settings: what a person changed on the Configure screen and has not kept yet. No widget in here."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sync_core.errors import SettingsError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from sync_core.settings.models import Settings

Key = tuple[str, str]


class Draft:
    """Edits on top of settings. An edit back to what it was is no edit, so `changed` is always true to its word."""

    def __init__(self, before: Settings) -> None:
        self.before = before
        self._edits: dict[Key, Any] = {}

    @property
    def changed(self) -> bool:
        """Whether there is something to keep."""
        return bool(self._edits)

    def kept(self, section: str, key: str) -> Any:
        """The value as it was kept last. Sections are those of the settings file; "" is its top."""
        return getattr(getattr(self.before, section) if section else self.before, key)

    def get(self, section: str, key: str) -> Any:
        """The value as it stands now. A secret that was typed is a str, one that was kept a SecretStr."""
        if (section, key) in self._edits:
            return self._edits[section, key]
        return self.kept(section, key)

    def set(self, section: str, key: str, value: Any) -> None:
        """Changes a value."""
        if self.kept(section, key) == value:
            self._edits.pop((section, key), None)
        else:
            self._edits[section, key] = value

    def set_secret(self, section: str, key: str, typed: str, source: str = "") -> None:
        """Replaces a secret by what was typed; nothing typed leaves it as it is.

        `source` says what was typed: the secret itself, or the "file" or the "command" that gives it. It takes the
        place of the other two.
        """
        forms = {"": key, "file": f"{key}_file", "command": f"{key}_command"}
        for name in forms.values():
            self._edits.pop((section, name), None)
        if not typed:
            return
        self.set(section, forms[source], _given(typed, source))
        for other, name in forms.items():
            if other != source and self.kept(section, name) is not None:
                self._edits[section, name] = None

    def source(self, section: str, key: str) -> str:
        """Where a secret comes from as things were kept: "", "set", "command" or "file"."""
        if self.kept(section, key) is not None:
            return "set"
        for end in ("command", "file"):
            if self.kept(section, f"{key}_{end}") is not None:
                return end
        return ""

    def problems(self) -> dict[Key, str]:
        """What is wrong with each value that cannot be, as the rest of a sentence: "is not a whole number; ..."."""
        from pydantic import ValidationError

        try:
            self._validated()
        except ValidationError as error:
            return dict(_told(one) for one in reversed(error.errors(include_url=False)))
        return {}

    def build(self) -> Settings:
        """The settings with all edits. Raises SettingsError with a sentence when a value cannot be."""
        from pydantic import ValidationError

        try:
            return self._validated()
        except ValidationError as error:
            (section, key), problem = _told(error.errors(include_url=False)[0])
            name = f"{section}.{key}" if section else key
            raise SettingsError(f"{name} {problem}", remedy="Correct it here; nothing was kept") from None

    def _validated(self) -> Settings:
        data = self.before.model_dump()
        for (section, key), value in self._edits.items():
            (data[section] if section else data)[key] = value
        return type(self.before).model_validate(data)


def _given(typed: str, source: str) -> Any:
    """What was typed, as the settings have it."""
    if source == "file":
        return Path(typed)
    if source == "command":
        try:
            return shlex.split(typed)
        except ValueError:
            # a quotation mark that does not end is no list of words, which the settings say
            return typed
    return typed


def _told(error: ErrorDetails) -> tuple[Key, str]:
    """Where an error is, and its sentence without the name of the key."""
    from sync_core.settings.load import sentence

    keys = [str(part) for part in error["loc"] if not isinstance(part, int)]
    said = sentence(error).removeprefix(".".join(keys)).strip()
    return ((keys[0], keys[1]) if len(keys) > 1 else ("", keys[0])), said

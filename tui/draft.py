"""A draft of the settings: what a person changed on the Configure screen and has not kept yet. No widget in here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sync_core.errors import SettingsError

if TYPE_CHECKING:
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

    def set_secret(self, section: str, key: str, typed: str) -> None:
        """Replaces a secret by what was typed; nothing typed leaves it as it is.

        A typed secret takes the place of a `_command` or `_file` that gave it before.
        """
        others = [name for end in ("_command", "_file") if self.kept(section, name := key + end) is not None]
        for name in (key, *others):
            self._edits.pop((section, name), None)
        if typed:
            self._edits[section, key] = typed
            for name in others:
                self._edits[section, name] = None

    def source(self, section: str, key: str) -> str:
        """Where a secret comes from as things were kept: "", "set", "command" or "file"."""
        if self.kept(section, key) is not None:
            return "set"
        for end in ("command", "file"):
            if self.kept(section, f"{key}_{end}") is not None:
                return end
        return ""

    def build(self) -> Settings:
        """The settings with all edits. Raises SettingsError with a sentence when a value cannot be."""
        from pydantic import ValidationError

        data = self.before.model_dump()
        for (section, key), value in self._edits.items():
            (data[section] if section else data)[key] = value
        try:
            return type(self.before).model_validate(data)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            where = " ".join(str(part) for part in first["loc"])
            what = first["msg"].removeprefix("Value error, ")
            raise SettingsError(what, where=where, remedy="Correct it here; nothing was kept") from None

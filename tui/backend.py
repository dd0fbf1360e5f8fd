"""Where the screens get settings and service from. The heavy libraries are imported in here, on first use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sync_core.items import SideName

if TYPE_CHECKING:
    from sync_core.service import Finding, Service
    from sync_core.settings.models import Settings


class Backend(Protocol):
    """All that screens need of the world. Every method blocks: call it beside the screen (`background.in_thread`)."""

    @property
    def path(self) -> Path:
        """The settings file, whether it is there or not."""

    def load(self) -> Settings:
        """The settings as they are now. Raises SettingsError."""

    def locked(self) -> frozenset[str]:
        """The keys that the environment decides, as in "calendar.past_days". Raises SettingsError."""

    def save(self, before: Settings, after: Settings) -> None:
        """Keeps what changed between two settings. Raises SettingsError."""

    def service(self, settings: Settings) -> Service:
        """A service that works with `settings`."""

    def close(self) -> None:
        """Gives everything back at the end."""


class FileBackend:
    """The real one: the settings file, and the memory beside the other programs' state."""

    def __init__(self, path: Path | None = None, state_dir: Path | None = None) -> None:
        from sync_core.settings import settings_path, state_path

        self._path = settings_path(path)
        self._state_dir = state_path() if state_dir is None else state_dir

    @property
    def path(self) -> Path:
        """The settings file, whether it is there or not."""
        return self._path

    def load(self) -> Settings:
        """The settings file and the environment; with neither, settings as they are from the start."""
        from sync_core.settings import NoSettingsError
        from sync_core.settings.load import load
        from sync_core.settings.models import Settings

        try:
            return load(self._path)
        except NoSettingsError:
            return Settings()

    def locked(self) -> frozenset[str]:
        """The keys that the environment decides, as in "calendar.past_days". Raises SettingsError."""
        from sync_core.settings.load import from_environment

        return from_environment()

    def save(self, before: Settings, after: Settings) -> None:
        """Writes the changed keys into the settings file. Raises SettingsError."""
        from sync_core.settings.save import save

        save(self._path, before, after)

    def service(self, settings: Settings) -> Service:
        """A service that works with `settings`."""
        from sync_core.service import Service

        return Service(settings, self._state_dir)

    def close(self) -> None:
        """Nothing is held."""


def check_connection(backend: Backend, settings: Settings, side: SideName) -> list[Finding]:
    """Tries one connection with a service of its own, so that nothing else that runs is disturbed. Reads only."""
    service = backend.service(settings)
    try:
        return service.check_side(side)
    finally:
        service.close()

"""Where the screens get settings and service from. The heavy libraries are imported in here, on first use."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sync_core.errors import HandsyncError
from sync_core.items import Kind, SideName
from sync_core.settings.display import Display, early

if TYPE_CHECKING:
    from sync_core.demo import Demo
    from sync_core.journal import RunRecord
    from sync_core.service import Finding, Service
    from sync_core.settings.models import Settings


Say = Callable[[str], None]


class Backend(Protocol):
    """All that screens need of the world. What blocks is called beside the screen (`background.in_thread`)."""

    @property
    def demo(self) -> bool:
        """Whether all of it is made up."""

    @property
    def path(self) -> Path:
        """The settings file, whether it is there or not."""

    @property
    def state_dir(self) -> Path | None:
        """Where what is remembered is kept, whether it is there or not; None as long as there is no such place."""

    def display(self) -> Display:
        """How the program shall look, as far as that is known without loading anything. Raises nothing."""

    def begin(self, say: Say) -> Callable[[], None]:
        """Called once, in the main thread and before everything else; gives what blocks of the preparation.

        That may call `say` with a sentence for each step, from its thread, and may raise HandsyncError.
        """

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

    demo = False

    def __init__(self, path: Path | None = None, state_dir: Path | None = None) -> None:
        from sync_core.settings import settings_path, state_path

        self._path = settings_path(path)
        self._state_dir = state_path() if state_dir is None else state_dir

    @property
    def path(self) -> Path:
        """The settings file, whether it is there or not."""
        return self._path

    @property
    def state_dir(self) -> Path:
        """The directory of the memory."""
        return self._state_dir

    def display(self) -> Display:
        """What the settings file and the environment say."""
        return early(self._path, os.environ)

    def begin(self, say: Say) -> Callable[[], None]:
        """Nothing needs preparing."""
        return lambda: None

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


class DemoBackend:
    """A made-up company on two servers of this machine, from `begin` to `close`."""

    demo = True

    def __init__(self, path: Path | None = None) -> None:
        from sync_core.settings import settings_path

        # only for the looks: whoever needs large contrast needs it in the demo too
        self._display = early(settings_path(path), os.environ)
        self._demo: Demo | None = None
        self._files: FileBackend | None = None

    @property
    def files(self) -> FileBackend:
        """The demo's settings and memory. Raises HandsyncError as long as it has not been prepared."""
        if self._files is None:
            raise HandsyncError("the demo is not ready", remedy="Leave with Ctrl+Q and start it again")
        return self._files

    @property
    def path(self) -> Path:
        """The settings file."""
        return self.files.path

    @property
    def state_dir(self) -> Path | None:
        """The demo's, once it has been prepared."""
        return self._files.state_dir if self._files is not None else None

    def display(self) -> Display:
        """That of the person's own settings."""
        return self._display

    def begin(self, say: Say) -> Callable[[], None]:
        """Makes the demo in the main thread, where it can see to its own end on a signal; the rest starts it."""
        from sync_core.demo import Demo

        demo = self._demo = Demo(say)

        def start() -> None:
            paths = demo.start(display=self._display)
            self._files = FileBackend(paths.config, paths.state_dir)

        return start

    def load(self) -> Settings:
        """The demo's settings. Raises SettingsError."""
        return self.files.load()

    def locked(self) -> frozenset[str]:
        """Nothing: the demo puts the environment's settings aside."""
        return self.files.locked()

    def save(self, before: Settings, after: Settings) -> None:
        """Keeps changed settings for as long as the demo is there."""
        self.files.save(before, after)

    def service(self, settings: Settings) -> Service:
        """A service on the demo's servers."""
        return self.files.service(settings)

    def close(self) -> None:
        """Ends the servers and removes everything."""
        if self._demo is not None:
            self._demo.close()


def check_connection(backend: Backend, settings: Settings, side: SideName) -> list[Finding]:
    """Tries one connection with a service of its own, so that nothing else that runs is disturbed. Reads only."""
    service = backend.service(settings)
    try:
        return service.check_side(side)
    finally:
        service.close()


def look_up(backend: Backend, settings: Settings, kind: Kind) -> list[RunRecord]:
    """Looks up what runs that were cut off have done, with a service of its own. Reads only. Raises HandsyncError."""
    service = backend.service(settings)
    try:
        return service.recover(kind)
    finally:
        service.close()

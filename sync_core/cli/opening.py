"""What several commands need: the settings and a service."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sync_core.settings import settings_path, state_path

if TYPE_CHECKING:
    from sync_core.service import Service


@contextlib.contextmanager
def opened(config: Path | None, state_dir: Path | None = None) -> Iterator[Service]:
    """The service for a settings file and a memory, those of the usual places unless given. Raises SettingsError."""
    from sync_core.service import Service
    from sync_core.settings.load import load

    service = Service(load(settings_path(config)), state_dir or state_path())
    try:
        yield service
    finally:
        service.close()

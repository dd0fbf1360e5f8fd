"""What several commands need: the settings and a service."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sync_core import dates
from sync_core.settings import settings_path, state_path
from sync_core.settings.display import Display

if TYPE_CHECKING:
    from sync_core.service import Service


@contextlib.contextmanager
def opened(config: Path | None, state_dir: Path | None = None) -> Iterator[Service]:
    """The service for a settings file and a memory, those of the usual places unless given. Raises SettingsError.

    Dates are printed as the settings have it from then on.
    """
    from sync_core.service import Service
    from sync_core.settings.load import load

    settings = load(settings_path(config))
    dates.use(Display.of(settings.display).dates(os.environ))
    service = Service(settings, state_dir or state_path())
    try:
        yield service
    finally:
        service.close()

"""Settings: read from a file and the environment, checked, and saved without losing a person's comments.

This package's top is light; `models`, `load` and `save` import pydantic and belong in a worker.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from sync_core.errors import SettingsError

CONFIG_VARIABLE: Final = "HANDSYNC_CONFIG"
STATE_VARIABLE: Final = "HANDSYNC_STATE_DIR"


class NoSettingsError(SettingsError):
    """There are no settings at all: neither a file nor a variable. The screen offers Configure instead."""


def settings_path(argument: Path | None = None) -> Path:
    """Where the settings file is or will be: `argument` (--config), $HANDSYNC_CONFIG, or the usual place of XDG."""
    if argument is not None:
        return argument.expanduser()
    if named := os.environ.get(CONFIG_VARIABLE):
        return Path(named).expanduser()
    from platformdirs import user_config_path

    return user_config_path("handsync", appauthor=False) / "config.toml"


def state_path() -> Path:
    """The directory of the memory: $HANDSYNC_STATE_DIR, or the usual place of XDG. It need not exist yet."""
    if named := os.environ.get(STATE_VARIABLE):
        return Path(named).expanduser()
    from platformdirs import user_state_path

    return user_state_path("handsync", appauthor=False)

"""The host that a test runs on: the time that it keeps, how dates are written on it, and somebody's settings."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sync_core import dates


@contextmanager
def local_time(zone: str) -> Iterator[None]:
    """The host keeps the time of `zone` (an IANA name), whatever it keeps otherwise."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()


@contextmanager
def dates_in(style: dates.DateStyle) -> Iterator[None]:
    """Dates and times are written in this style, and as before afterwards."""
    before = dates.style()
    dates.use(style)
    try:
        yield
    finally:
        dates.use(before)


def settings_file(directory: Path, toml: str) -> Path:
    """A file of settings in a directory, to be read by its owner alone."""
    config = directory / "config.toml"
    config.write_text(toml)
    config.chmod(0o600)
    return config

"""Files of our own on disk: private, and replaced in one step."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


def make_private(directory: Path) -> None:
    """Makes a directory and those that lead to it, mode 0700. Those that are there stay as they are.

    Raises OSError.
    """
    for missing in reversed([d for d in (directory, *directory.parents) if not d.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)


def write_atomically(target: Path, content: bytes) -> None:
    """Puts `content` in the place of the file `target` in one step, mode 0600. Raises OSError; then nothing changed."""
    # mkstemp makes files of mode 0600
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".new", dir=target.parent)
    try:
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    directory = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)

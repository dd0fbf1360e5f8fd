"""What a person looks at, kept in a file that they name: private, whole or not at all, and no other is lost for it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from sync_core import files
from sync_core.errors import StoreError
from sync_core.settings.document import shown


class ThereAlreadyError(StoreError):
    """A file of that name is there already; it was left as it is."""


def target(typed: str) -> Path:
    """The file that a person means by what they typed: "~" is their home, a link is followed. Raises StoreError."""
    name = typed.strip()
    if not name:
        raise StoreError("there is no file name", remedy="Type one")
    try:
        return Path(os.path.realpath(os.path.expanduser(name)))
    except (ValueError, OSError):
        raise StoreError("this cannot be a file name", where=shown(Path(name)), remedy="Type another one") from None


def save(path: Path, content: str, *, replace: bool = False) -> None:
    """Writes a text as UTF-8, mode 0600, in one step. A file that is there is overwritten only if told to `replace` it.

    Raises ThereAlreadyError, or StoreError with what stands in the way; then nothing changed.
    """
    # half of a character pair, which foreign text may hold, is no UTF-8
    data = content.encode("utf-8", "replace")
    try:
        if path.exists() and not stat.S_ISREG(path.stat().st_mode):
            raise StoreError("this is not a file", where=shown(path), remedy="Type another name")
        if replace:
            files.write_atomically(path, data)
        else:
            files.write_new(path, data)
    except FileExistsError:
        raise ThereAlreadyError("this file is there already", where=shown(path), remedy="Type another name") from None
    except FileNotFoundError:
        raise StoreError("there is no such directory", where=shown(path.parent), remedy="Type another name") from None
    except NotADirectoryError:
        raise StoreError("this is no directory", where=shown(path.parent), remedy="Type another name") from None
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or "not a name that a file can have"
        raise StoreError(f"it cannot be written: {why}", where=shown(path), remedy="Type another name") from None

"""diskcache without pickle: keys are text, values are JSON with a checksum, and what is neither is refused.

diskcache unpickles what its database marks as pickled (CVE-2025-69872): whoever can write the file could run code. This
class has no way to do that: nothing of the base class's reading or writing is called. SQLite does not notice a flipped
bit inside a value; the checksum does.
"""

from __future__ import annotations

import json
import zlib
from typing import Any, Final

from diskcache import Disk

# as diskcache numbers the ways a value may be kept; this one is "as it is, in the database"
RAW: Final = 1


class ForeignRowError(ValueError):
    """A row of the database was not written by handsync, or was damaged since. It was not made use of."""


def sealed(text: str) -> str:
    """JSON text without line ends, as the database has it: with its checksum on a line of its own."""
    return f"{text}\n{zlib.crc32(text.encode()):08x}"


def opened(value: object) -> Any:
    """The inverse of `sealed`, parsed. Raises ForeignRowError."""
    if not isinstance(value, str):
        raise ForeignRowError("a value is not JSON")
    text, _, _ = value.rpartition("\n")
    try:
        if sealed(text) != value:
            raise ForeignRowError("a value is not what was written")
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ForeignRowError("a value is not JSON") from None


class JsonDisk(Disk):  # type: ignore[misc]  # diskcache has no type information
    """Turns values into JSON text inside the database and back. Files beside the database are never used."""

    def put(self, key: object) -> tuple[str, bool]:
        """The key as the database has it. Raises TypeError for anything but text."""
        if not isinstance(key, str):
            raise TypeError("keys are text")
        return key, True

    def get(self, key: object, raw: object) -> str:
        """The key of a row. Raises ForeignRowError for a pickled one."""
        if not raw or not isinstance(key, str):
            raise ForeignRowError("a key is not text")
        return key

    def store(self, value: object, read: bool, key: object = None) -> tuple[int, int, None, str]:
        """The value as the database has it. Raises TypeError or ValueError for what JSON does not know."""
        if read:
            raise TypeError("files are not kept here")
        return 0, RAW, None, sealed(json.dumps(value, allow_nan=False, separators=(",", ":")))

    def fetch(self, mode: object, filename: object, value: object, read: bool) -> Any:
        """The value of a row. Raises ForeignRowError for one that is pickled, kept in a file, no JSON or damaged."""
        if mode != RAW or filename is not None or read:
            raise ForeignRowError("a value is not JSON")
        return opened(value)

    def remove(self, file_path: object) -> None:
        """Does nothing: no row of ours has a file, and a planted row must not name one to be deleted."""

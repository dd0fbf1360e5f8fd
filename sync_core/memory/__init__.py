"""What handsync remembers about one pair of accounts, on disk.

`store` is the memory itself, `entries` what links and ignores look like on disk, `database` the file below, and
`opening` what happens to that file before it is used.
"""

from __future__ import annotations

from sync_core.memory.opening import FORMAT
from sync_core.memory.store import Memory

__all__ = ["FORMAT", "Memory"]

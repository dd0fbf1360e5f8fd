"""What handsync remembers about one pair of accounts, on disk.

`store` is the memory itself, `entries` what links and ignores look like on disk, `database` the file below.
"""

from __future__ import annotations

from sync_core.memory.store import FORMAT, Memory

__all__ = ["FORMAT", "Memory"]

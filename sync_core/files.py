"""Files of our own on disk: private, and replaced in one step."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

# file systems without hard links say one of these
NO_LINKS: Final = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


def make_private(directory: Path) -> None:
    """Makes a directory and those that lead to it, mode 0700. Those that are there stay as they are.

    Raises OSError.
    """
    for missing in reversed([d for d in (directory, *directory.parents) if not d.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)


def write_atomically(target: Path, content: bytes) -> None:
    """Puts `content` in the place of the file `target` in one step, mode 0600. Raises OSError; then nothing changed."""
    with _draft(target, content) as name:
        os.replace(name, target)


def write_new(target: Path, content: bytes) -> None:
    """Makes the file `target` in one step, mode 0600. Raises FileExistsError when something is there, else OSError.

    Whatever is there stays as it is, also when it came in the last moment.
    """
    with _draft(target, content) as name:
        try:
            os.link(name, target)
        except OSError as problem:
            if problem.errno not in NO_LINKS:
                raise
            # the name is taken in one step at least; what cannot be written whole is taken away again
            os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            os.replace(name, target)


@contextlib.contextmanager
def _draft(target: Path, content: bytes) -> Iterator[str]:
    """A finished file beside `target`, mode 0600, which is gone afterwards unless it was renamed."""
    # mkstemp makes files of mode 0600; a name as long as it may be leaves no room for more
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:40]}.", suffix=".new", dir=target.parent)
    try:
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield name
    finally:
        with contextlib.suppress(OSError):
            os.unlink(name)
    directory = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def free_space(directory: Path) -> int | None:
    """The bytes that this user may still write below `directory`, or None where the file system does not tell."""
    told = os.statvfs(directory)
    # some network file systems tell nothing but noughts
    return told.f_bavail * told.f_frsize if told.f_blocks else None


def try_to_write(directory: Path, size: int) -> None:
    """Writes a file of `size` bytes into `directory`, waits for the disk, and deletes it: what a quota or a disk that
    is full says. Raises OSError.
    """
    with tempfile.NamedTemporaryFile(prefix=".probe.", dir=directory) as file:
        # not noughts, which some file systems do not store
        block = os.urandom(65536)
        for at in range(0, size, len(block)):
            file.write(block[: size - at])
        file.flush()
        os.fsync(file.fileno())

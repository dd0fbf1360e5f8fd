"""Who runs handsync here: the user, the host, the process, and whether another process of this host still lives."""

from __future__ import annotations

import getpass
import os
import socket
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Place:
    """A process on a host, told apart from every other one.

    `machine` tells apart hosts of one name, `boot` the times a host was started, `space` containers on one host that
    number their processes anew, and `born` processes that were given the same number. What is not told is "".
    """

    user: str
    host: str
    pid: int
    machine: str = ""
    boot: str = ""
    space: str = ""
    born: str = ""

    def same_host(self, other: Place) -> bool:
        """Whether both are processes of one host."""
        return (self.host, self.machine) == (other.host, other.machine)

    def knows_dead(self, other: Place) -> bool:
        """Whether it can be told from here that `other` no longer runs. False means: perhaps it does."""
        if not self.same_host(other):
            return False
        if self.boot != other.boot:
            # both are known: a host that tells it once tells it always
            return bool(self.boot and other.boot)
        if self.space != other.space or not _own_numbers():
            return False
        return not _lives(other.pid) or bool(other.born and _born(other.pid) not in ("", other.born))


def here() -> Place:
    """This process."""
    return Place(
        user=_user(),
        host=socket.gethostname(),
        pid=os.getpid(),
        machine=_text("/etc/machine-id"),
        boot=_text("/proc/sys/kernel/random/boot_id"),
        space=_link("/proc/self/ns/pid"),
        born=_born(os.getpid()),
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # a number that nobody has given a name, as in many containers
        return str(os.geteuid())


def _own_numbers() -> bool:
    """Whether signals and process numbers mean here what they mean everywhere: not so on Windows."""
    return os.name == "posix"


def _lives(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _born(pid: int) -> str:
    """When a process was started, in ticks since the host was, or "". Source: proc(5), field 22 of /proc/PID/stat."""
    stat = _text(f"/proc/{pid}/stat")
    # the name in field 2 may hold blanks and brackets
    fields = stat.rpartition(")")[2].split()
    return fields[19] if len(fields) > 19 else ""


def _text(path: str) -> str:
    try:
        return Path(path).read_text("utf-8", "replace").strip()
    except OSError:
        return ""


def _link(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""

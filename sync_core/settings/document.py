"""The settings file as text: opened with care, parsed, and searched for the line a key stands on."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sync_core import text
from sync_core.errors import SettingsError

# a settings file has some forty lines; more is another file
_MOST_BYTES: Final = 1_000_000
_HEADER: Final = re.compile(r"\s*\[\s*([^\[\]#]+?)\s*\]\s*(#.*)?$")
_WHERE: Final = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Document:
    """A settings file as it was read. `mode` holds the permission bits."""

    path: Path
    text: str
    data: Mapping[str, Any]
    mode: int

    def where(self, keys: Sequence[str]) -> str:
        """The place of a key for an error sentence: the file, and the line where that is plain to see."""
        line = line_of(self.text, keys)
        return f"{shown(self.path)}, line {line}" if line else shown(self.path)


def shown(path: Path) -> str:
    """A path as a sentence names it: "~" for the home directory, nothing a terminal would act on."""
    name = str(path)
    home = os.path.expanduser("~")
    if home not in ("~", "/") and name.startswith(home + os.sep):
        name = "~" + name[len(home) :]
    return text.plain(name)


def read(path: Path) -> Document | None:
    """The settings file, or None when there is none. Raises SettingsError when it cannot be used."""
    try:
        raw, status = _bytes(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingsError(f"the settings cannot be read: {error.strerror}", where=shown(path)) from None
    # whoever can write here can make us run a *_command of theirs
    if status.st_uid not in (0, os.geteuid()):
        raise SettingsError("the settings belong to somebody else", where=shown(path), remedy="Make a copy of your own")
    if status.st_mode & 0o022:
        raise SettingsError(
            "the settings can be changed by other people", where=shown(path), remedy=f"Run: chmod 600 {shown(path)}"
        )
    return Document(path, *_parsed(path, raw), stat.S_IMODE(status.st_mode))


def _bytes(path: Path) -> tuple[bytes, os.stat_result]:
    # without O_NONBLOCK a named pipe would keep us waiting for ever
    with open(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise SettingsError("the settings are not a file", where=shown(path))
        raw = file.read(_MOST_BYTES + 1)
    if len(raw) > _MOST_BYTES:
        raise SettingsError("the file is too large to be settings", where=shown(path))
    return raw, status


def _parsed(path: Path, raw: bytes) -> tuple[str, Mapping[str, Any]]:
    try:
        # editors of another system put a byte order mark in front
        content = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SettingsError(
            "this line is not UTF-8 text", where=f"{shown(path)}, line {line}", remedy="Save the file as UTF-8"
        ) from None
    try:
        return content, tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise _toml_error(path, content, str(error)) from None
    except RecursionError:
        raise SettingsError("the settings are nested too deeply", where=shown(path)) from None


def _toml_error(path: Path, content: str, message: str) -> SettingsError:
    found = _WHERE.search(message)
    line, column = (found[1], found[2]) if found else (None, None)
    if found and line is None:
        # "end of document" is no help to somebody with an editor open
        line, column = str(content.count("\n") + 1), str(len(content) - content.rfind("\n"))
    place = f"{shown(path)}, line {line}, column {column}" if line else shown(path)
    what = text.plain(_WHERE.sub("", message))
    what = what[:1].lower() + what[1:]
    return SettingsError(f"this is not TOML: {what}", where=place, remedy='A line has the form key = "value"')


def line_of(content: str, keys: Sequence[str]) -> int | None:
    """The number of the one line that gives the key, or None where it is not plain (inline tables, dotted keys)."""
    section, key = (".".join(keys[:-1]), keys[-1]) if len(keys) > 1 else ("", keys[0])
    wanted = re.compile(rf"""\s*(["']?){re.escape(key)}\1\s*=""")
    current = ""
    lines: list[int] = []
    headers: list[int] = []
    for number, line in enumerate(content.split("\n"), start=1):
        header = _HEADER.match(line)
        if header:
            current = header[1]
            if len(keys) == 1 and current == key:
                headers.append(number)
        elif current == section and wanted.match(line):
            lines.append(number)
    found = lines or headers
    return found[0] if len(found) == 1 else None

"""Saving the settings: only what changed is written, and a person's comments, order and spelling survive."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tomllib
from collections.abc import Iterator, Mapping, MutableMapping
from enum import Enum
from pathlib import Path
from typing import Any, Final

import tomlkit
from pydantic import SecretStr, ValidationError
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Table

from sync_core import files
from sync_core.errors import SettingsError, StoreError
from sync_core.settings import NoSettingsError
from sync_core.settings.document import read, shown
from sync_core.settings.load import load
from sync_core.settings.models import Section, Settings

# (section or "", key) -> the new value; None takes the key out
Changes = Mapping[tuple[str, str], Any]

_TOP: Final = ""


def save(path: Path, before: Settings, after: Settings) -> None:
    """Writes what differs between `before` (as loaded from `path`) and `after`; all or nothing, mode 0600.

    Raises SettingsError when the file says something else than `before` by now, or when the result could not be loaded,
    and StoreError when it cannot be written. Then the file is as it was.
    """
    changes = _changes(before, after)
    if not changes:
        return
    # a link is followed, so that a file kept elsewhere is replaced there
    target = Path(os.path.realpath(path))
    try:
        files.make_private(target.parent)
        with _locked(target.parent):
            _must_be_unchanged(path, before)
            document = read(path)
            content = _written(path, document.text if document else "", changes)
            files.write_atomically(target, content.encode())
    except OSError as error:
        raise StoreError(f"the settings cannot be saved: {error.strerror}", where=shown(path)) from None


def _changes(before: Settings, after: Settings) -> Changes:
    changes: dict[tuple[str, str], Any] = {}
    for name in Settings.model_fields:
        old, new = getattr(before, name), getattr(after, name)
        if not isinstance(new, Section):
            if old != new:
                changes[_TOP, name] = _plain(new)
            continue
        for key in type(new).model_fields:
            if getattr(old, key) != getattr(new, key):
                changes[name, key] = _plain(getattr(new, key))
    return changes


def _plain(value: Any) -> Any:
    """A value as TOML has it."""
    match value:
        case SecretStr():
            return value.get_secret_value()
        case Enum():
            return value.value
        case Path():
            return str(value)
        case list():
            return [_plain(part) for part in value]
    return value


def _must_be_unchanged(path: Path, before: Settings) -> None:
    """Compares meanings, not bytes: a comment that somebody added meanwhile is no reason to refuse."""
    try:
        now = load(path)
    except NoSettingsError:
        now = Settings()
    if now != before:
        raise SettingsError(
            "the settings were changed by somebody else since they were read, so nothing was saved",
            where=shown(path),
            remedy="Open the settings again and repeat the change",
        )


def _written(path: Path, content: str, changes: Changes) -> str:
    try:
        document = tomlkit.parse(content)
        for (section, key), value in changes.items():
            if section == _TOP:
                _set(document, key, value)
                continue
            if section not in document:
                if value is None:
                    continue
                document[section] = tomlkit.table()
            _set(document[section], key, value)
        result = tomlkit.dumps(document)
        # what tomlkit wrote must say what was meant, read by another parser
        _must_say(result, changes)
    except (TOMLKitError, ValidationError, ValueError, KeyError) as error:
        raise SettingsError(
            "the file is written in a way that cannot be changed from here, so nothing was saved",
            where=shown(path),
            remedy="Change it with an editor",
        ) from error
    return result


def _set(table: MutableMapping[str, Any], key: str, value: Any) -> None:
    if value is None:
        table.pop(key, None)
    elif key in table or not isinstance(table, Table):
        table[key] = value
    else:
        _append(table, key, value)


def _append(table: Table, key: str, value: Any) -> None:
    """Adds a key below the last one. Comments and blank lines at the end belong to the section that follows."""
    body = table.value.body
    tail = []
    while body and body[-1][0] is None:
        tail.append(body.pop())
    table[key] = value
    body.extend(reversed(tail))


def _must_say(result: str, changes: Changes) -> None:
    data = tomllib.loads(result)
    for (section, key), value in changes.items():
        table = data.get(section, {}) if section else data
        if table.get(key) != value:
            raise ValueError("not what was meant")
    Settings.model_validate(data)


@contextlib.contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """One saver at a time."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)

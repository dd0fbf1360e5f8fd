"""Secrets: given literally, by a file or by a command, and fetched only when a side is opened."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import subprocess
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from sync_core import text
from sync_core.errors import SettingsError
from sync_core.settings.document import shown
from sync_core.settings.models import OutlookAuth, OutlookSettings, SalesforceAuth, SalesforceSettings

# what was given out in this process, so that a traceback can be cleaned of it
_given_out: set[str] = set()

SecretSection = SalesforceSettings | OutlookSettings

SECRETS: Final = {"salesforce": ("access_token", "client_secret", "private_key"), "outlook": ("password",)}
# how a secret may be given, beside literally
FORMS: Final = ("_file", "_command")
TIMEOUT: Final = 30.0
_MOST_BYTES: Final = 100_000
# a key in PEM form has many lines; of everything else the first line counts
_MANY_LINES: Final = frozenset({"private_key"})
_NEEDED: Final = {
    SalesforceAuth.SESSION: "access_token",
    SalesforceAuth.CLIENT_CREDENTIALS: "client_secret",
    SalesforceAuth.JWT: "private_key",
}


def salesforce_secrets(section: SalesforceSettings) -> dict[str, str]:
    """The secrets that the chosen way to sign in needs, by key; empty when they are not given.

    Raises SettingsError when a file or command does not give one.
    """
    needed = _NEEDED.get(section.auth)
    value = resolve(section, needed) if needed else ""
    return {needed: value} if needed and value else {}


def outlook_password(section: OutlookSettings) -> str:
    """The password, where the chosen way to sign in needs one. Raises SettingsError when it is not given."""
    if section.auth not in (OutlookAuth.BASIC, OutlookAuth.NTLM):
        return ""
    value = resolve(section, "password")
    if not value:
        raise SettingsError(
            "outlook.password is not set", remedy="Give password, password_file or password_command under [outlook]"
        )
    return value


def resolve(section: SecretSection, key: str) -> str:
    """The secret `key` of a section, "" when it is not given in any form. Blocks up to 30 s for a command.

    Raises SettingsError, never with the secret or a command's output in it.
    """
    check(section)
    name = f"{_section(section)}.{key}"
    literal, file, command = _forms(section, key)
    if file is not None:
        found = _from_file(f"{name}_file", file)
    elif command is not None:
        found = _from_command(f"{name}_command", command)
    else:
        return _remembered(literal)
    found = found.strip("\r\n") if key in _MANY_LINES else found.lstrip("\r\n").partition("\n")[0].rstrip("\r")
    if not found.strip():
        form = "_file" if file is not None else "_command"
        raise SettingsError(f"{name}{form} gave nothing", remedy="The first line must be the secret")
    return _remembered(found)


def _remembered(value: str) -> str:
    _given_out.add(value)
    return value


def scrub(words: str) -> str:
    """`words` with every secret taken out that was given out in this process. For tracebacks; the last resort."""
    for value in sorted(_given_out, key=len, reverse=True):
        if value.strip():
            words = words.replace(value, "***")
    return words


def check(section: SecretSection) -> None:
    """Refuses a secret that is given twice, a file without a full path and an empty command."""
    for key in SECRETS[_section(section)]:
        name = f"{_section(section)}.{key}"
        literal, file, command = _forms(section, key)
        given = [key] if literal else []
        given += [f"{key}_file"] if file is not None else []
        given += [f"{key}_command"] if command is not None else []
        if len(given) > 1:
            raise SettingsError(
                f"{' and '.join(given)} are both given", where=f"[{_section(section)}]", remedy="Keep one"
            )
        if file is not None and not file.expanduser().is_absolute():
            raise SettingsError(f"{name}_file must be a full path, from / or ~/ on")
        if command is not None and (not command or not command[0]):
            raise SettingsError(f'{name}_command names no command; give words, as in ["pass", "show", "sf"]')


def _section(section: SecretSection) -> str:
    return "salesforce" if isinstance(section, SalesforceSettings) else "outlook"


def _forms(section: SecretSection, key: str) -> tuple[str, Path | None, list[str] | None]:
    literal: SecretStr | None = getattr(section, key)
    return (
        literal.get_secret_value() if literal is not None else "",
        getattr(section, f"{key}_file"),
        getattr(section, f"{key}_command"),
    )


def _from_file(name: str, path: Path) -> str:
    path = path.expanduser()
    place = shown(path)
    try:
        with open(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise SettingsError("this is not a file", where=f"{name}: {place}")
            if status.st_uid != os.geteuid():
                raise SettingsError("this file belongs to somebody else", where=f"{name}: {place}")
            if status.st_mode & 0o077:
                raise SettingsError(
                    "other people may read this file", where=f"{name}: {place}", remedy=f"Run: chmod 600 {place}"
                )
            return file.read(_MOST_BYTES).decode()
    except UnicodeDecodeError:
        raise SettingsError("this file is not text", where=f"{name}: {place}") from None
    except OSError as error:
        raise SettingsError(f"this file cannot be read: {error.strerror}", where=f"{name}: {place}") from None


def _from_command(name: str, words: list[str]) -> str:
    """The standard output of a command. No shell, no terminal: it must not be able to ask on our screen."""
    program = f"“{text.shorten(text.plain(words[0]), 60)}”"
    try:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            # what it complains about may hold the secret
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "not a command"
        raise SettingsError(f"{program} cannot be started: {why}", where=name) from None
    with process:
        try:
            out, _ = process.communicate(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            _end(process)
            raise SettingsError(
                f"{program} gave no answer within {TIMEOUT:.0f} seconds",
                where=name,
                remedy="It may be asking for a password, which it cannot do from here; unlock it first",
            ) from None
        except BaseException:
            _end(process)
            raise
    if process.returncode != 0:
        raise SettingsError(
            f"{program} failed with exit code {process.returncode}", where=name, remedy="Try it on the command line"
        )
    try:
        return out[:_MOST_BYTES].decode()
    except UnicodeDecodeError:
        raise SettingsError(f"{program} gave something that is not text", where=name) from None


def _end(process: subprocess.Popen[bytes]) -> None:
    # the command leads a group of its own, so what it started ends with it
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)

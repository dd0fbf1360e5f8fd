"""Loading the settings: the file, then the environment on top, checked, every problem one sentence."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Final, get_args

from annotated_types import Ge, Le
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as SourceError

from sync_core import text
from sync_core.errors import SettingsError
from sync_core.settings import NoSettingsError
from sync_core.settings.document import Document, read, shown
from sync_core.settings.models import (
    SENTENCE,
    CalendarJob,
    ContactsJob,
    DisplaySettings,
    HistorySettings,
    OperationName,
    OutlookSettings,
    SalesforceSettings,
    Settings,
    SyncJob,
)
from sync_core.settings.secrets import FORMS, SECRETS, check

PREFIX: Final = "HANDSYNC_"
_DELIMITER: Final = "__"
# keys under which no secret can stand by mistake
_REPEATED: Final = ("auth", "past_days", "future_days", "prevent_salesforce", "prevent_outlook")

Tree = dict[str, Any]


class _Environment(BaseSettings):
    """The shape of the settings, for pydantic-settings to collect HANDSYNC_<SECTION>__<KEY> by."""

    # an empty variable counts as not set: `HANDSYNC_CONFIG= handsync` and its like are how people unset one
    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter=_DELIMITER, env_ignore_empty=True)

    time_zone: str
    salesforce: SalesforceSettings
    outlook: OutlookSettings
    calendar: CalendarJob
    contacts: ContactsJob
    tasks: SyncJob
    history: HistorySettings
    display: DisplaySettings


def load(path: Path) -> Settings:
    """The settings of the file `path` with the environment on top. Reads only.

    Raises NoSettingsError when there is neither, SettingsError for anything wrong: the sentence names the key, the file
    and line or the variable, and what is allowed, and never holds a secret.
    """
    document = read(path)
    environment = _environment()
    if document is None:
        if not environment:
            raise NoSettingsError(
                f"there are no settings yet at {shown(path)}",
                remedy="Run handsync and open Configure, or look around first with handsync --demo, which needs none",
            )
        document = Document(path, "", {}, 0o600)
    _private(document)
    try:
        settings = Settings.model_validate(_merged(document.data, environment))
    except ValidationError as error:
        raise _first_problem(error.errors(), document, environment) from None
    for section in (settings.salesforce, settings.outlook):
        try:
            check(section)
        except SettingsError as problem:
            where = f"{shown(path)}, {problem.where}" if problem.where else shown(path)
            raise SettingsError(problem.what, where=where, remedy=problem.remedy) from None
    return settings


def from_environment() -> frozenset[str]:
    """The keys that the environment decides, as in "calendar.past_days": writing them to the file changes nothing."""
    keys: set[str] = set()
    for name, value in _environment().items():
        keys |= {f"{name}.{key}" for key in value} if isinstance(value, dict) else {name}
    return frozenset(keys)


def _environment() -> Tree:
    """What the environment sets, as a tree like the file's. Raises SettingsError for a section that is not there."""
    sections = [name for name in _Environment.model_fields if name != "time_zone"]
    for variable, value in sorted(os.environ.items()):
        name = variable.upper()
        if not name.startswith(PREFIX) or _DELIMITER not in name or not value:
            continue
        section = name.removeprefix(PREFIX).partition(_DELIMITER)[0].lower()
        if section not in sections:
            raise SettingsError(
                f"there is no section {_quoted(section)}{_did_you_mean(section, sections)}",
                where=f"the environment variable {text.plain(variable)}",
            )
    try:
        found = EnvSettingsSource(_Environment)()
    except SourceError as error:
        # its text names the field and not the value, but it is written for programmers
        named = next((name for name in _Environment.model_fields if f'"{name}"' in str(error)), "")
        raise SettingsError(
            'a list or a section must be given as JSON here, as in ["delete"]',
            where=f"the environment variables {PREFIX}{named.upper()}{_DELIMITER}…",
        ) from None
    return {key: value for key, value in found.items() if value != {}}


def _merged(file: Mapping[str, Any], environment: Tree) -> Tree:
    """The file's tree with the environment's on top. A secret of the environment replaces its other forms too."""
    tree: Tree = dict(file)
    for name, value in environment.items():
        old = tree.get(name)
        if not isinstance(value, dict) or not isinstance(old, Mapping):
            tree[name] = value
            continue
        section = dict(old)
        for key in SECRETS.get(name, ()):
            forms = {key, *(key + form for form in FORMS)}
            if forms & set(value):
                section = {k: v for k, v in section.items() if k not in forms}
        tree[name] = section | value
    return tree


def _private(document: Document) -> None:
    """Refuses a file that holds a secret and that others may read."""
    if not document.mode & 0o077:
        return
    for section, keys in SECRETS.items():
        given = document.data.get(section)
        for key in keys:
            if isinstance(given, Mapping) and given.get(key):
                raise SettingsError(
                    f"{section}.{key} stands in a file that other people may read",
                    where=document.where((section, key)),
                    remedy=f"Run: chmod 600 {shown(document.path)}",
                )


def _first_problem(errors: list[ErrorDetails], document: Document, environment: Tree) -> SettingsError:
    """The first thing that is wrong, and how many more there are."""
    first = errors[0]
    keys = [str(part) for part in first["loc"] if not isinstance(part, int)]
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return SettingsError(f"{_sentence(first, keys)}{more}", where=_where(keys[:2], document, environment))


def _where(keys: list[str], document: Document, environment: Tree) -> str:
    section = environment.get(keys[0])
    if section is not None and (len(keys) == 1 or not isinstance(section, dict) or keys[1] in section):
        return f"the environment variable {PREFIX}{text.plain(_DELIMITER.join(keys).upper())}"
    return document.where(keys)


def sentence(error: ErrorDetails) -> str:
    """What is wrong with a value, in a sentence that begins with its key and holds no secret."""
    return _sentence(error, [str(part) for part in error["loc"] if not isinstance(part, int)])


def _sentence(error: ErrorDetails, keys: list[str]) -> str:
    name = text.shorten(text.plain(".".join(keys)), 80)
    context = error.get("ctx", {})
    # a value is repeated only where it cannot be a secret
    value = _quoted(error["input"]) if _is_harmless(keys, error["input"]) else ""
    match error["type"]:
        case "extra_forbidden":
            return _unknown(keys)
        case kind if kind == SENTENCE:
            return f"{name} {error['msg']}"
        case "greater_than_equal" | "less_than_equal":
            return f"{name} is {value or 'out of range'}; give a whole number {_range(keys)}"
        case "int_parsing" | "int_type" | "int_from_float" | "int_parsing_size":
            return f"{name} is not a whole number; give one {_range(keys)}, without quotes"
        case "bool_parsing" | "bool_type":
            return f"{name} must be true or false, without quotes"
        case "enum" | "literal_error":
            allowed = _allowed(keys) or str(context.get("expected", ""))
            got = f" does not know {value}" if value else " is something else"
            return f"{name}{got}; give one of {allowed}{_did_you_mean(error['input'], allowed.split(', '))}"
        case "list_type":
            example = '["delete"]' if keys[-1].startswith("prevent") else '["pass", "show", "sf"]'
            return f"{name} must be a list, as in {example}"
        case "string_type" | "path_type":
            return f"{name} must be text in quotes"
        case "model_type" | "model_attributes_type":
            return f"{name} must be a section: a line [{name}], and its keys below it"
        case _:
            return f"{name} cannot be used as it is"


def _unknown(keys: list[str]) -> str:
    key = keys[-1]
    if len(keys) == 1:
        known = list(Settings.model_fields)
        return f"there is no section or key {_quoted(key)}{_did_you_mean(key, known)}"
    fields = _fields(keys[0])
    hint = _did_you_mean(key, fields) or f"; it knows {', '.join(fields)}"
    return f"there is no key {_quoted(key)} in [{keys[0]}]{hint}"


def _fields(section: str) -> list[str]:
    model = Settings.model_fields[section].annotation if section in Settings.model_fields else None
    return list(model.model_fields) if isinstance(model, type) and issubclass(model, BaseModel) else []


def _field(keys: list[str]) -> FieldInfo | None:
    """What the models say of a key; None for one that they do not know."""
    model = Settings.model_fields[keys[0]].annotation if keys[0] in Settings.model_fields else None
    if isinstance(model, type) and issubclass(model, BaseModel) and len(keys) > 1:
        return model.model_fields.get(keys[1])
    return None


def _range(keys: list[str]) -> str:
    """The numbers that a key takes, in words."""
    field = _field(keys)
    least = next((bound.ge for bound in field.metadata if isinstance(bound, Ge)), 0) if field else 0
    most = next((bound.le for bound in field.metadata if isinstance(bound, Le)), None) if field else None
    return f"from {least}" if most is None else f"from {least} to {most}"


def _allowed(keys: list[str]) -> str:
    """The words a key takes, when it takes only some."""
    if keys[-1].startswith("prevent_"):
        return ", ".join(get_args(OperationName))
    field = _field(keys)
    kind = field.annotation if field else None
    if isinstance(kind, type) and issubclass(kind, Enum):
        return ", ".join(str(member.value) for member in kind)
    return ", ".join(str(word) for word in get_args(kind) if isinstance(word, str))


def _is_harmless(keys: list[str], value: object) -> bool:
    """Whether a value may be repeated: short, simple, and under a key that holds no secret."""
    if not isinstance(value, str | int | float) or len(str(value)) > 40:
        return False
    return keys[0] in ("display", "history") or keys[-1] in _REPEATED


def _quoted(value: object) -> str:
    return f"“{text.shorten(text.plain(str(value)), 60)}”" if isinstance(value, str) else str(value)


def _did_you_mean(word: object, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(str(word).casefold(), list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else ""

"""Plans as files: one JSON object per process and line, for other programs to read and for people to edit.

A file brings no values in but those that a person typed for a field, which are judged as on the screen. Its rows name
rows of a freshly made plan, and say what shall happen to them; a row whose contents are no longer those of the file is
refused.
"""

from __future__ import annotations

import difflib
import json
import os
import stat
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar

from sync_core import by_field, files, text
from sync_core.errors import SettingsError, StoreError
from sync_core.items import Item, Kind, fields_to_json, title, to_json
from sync_core.plan import (
    Action,
    Counts,
    FieldChoice,
    Plan,
    Row,
    State,
    count,
    results,
)

FORMAT: Final = 1
SINGLE_EVENTS: Final = "single_events"

_Word = TypeVar("_Word", bound=StrEnum)
_Json = dict[str, Any]


def plan_to_json(plan: Plan, rows: Sequence[Row] | None = None) -> _Json:
    """A plan as DESIGN.md section 7 has it. `rows` are its rows as a review left them; the plan's own unless given.

    A change's "result" is null while nobody has decided, and where nothing will be written.
    """
    rows = plan.rows if rows is None else rows
    counts = count(rows, in_sync=plan.in_sync, out_of_range=plan.out_of_range)
    return {
        "format": FORMAT,
        # only a plan that takes a run back has it
        **({"takes_back": plan.takes_back} if plan.takes_back else {}),
        "process": plan.kind.value,
        # only a plan of which something must be known beforehand has it
        **({"notes": list(plan.notes)} if plan.notes else {}),
        "made_at": plan.made_at,
        "window": {"from": plan.window.first.isoformat(), "to": plan.window.last.isoformat()},
        "counts": _counts_to_json(counts),
        "rows": [row_to_json(row) for row in rows],
    }


def _counts_to_json(counts: Counts) -> _Json:
    return {
        **{action.value: number for action, number in counts.actions.items()},
        "prevented": counts.prevented,
        "ignored": counts.ignored,
        "out_of_range": counts.out_of_range,
        "in_sync": counts.in_sync,
    }


def row_to_json(row: Row) -> _Json:
    """One row of a plan file."""
    done = results(row)
    return {
        "id": row.id,
        "recommended": row.recommended.value,
        "action": row.action.value,
        "state": row.state.value,
        "reason": row.reason,
        # only a series that cannot cross as it is has it; "single_events" takes the offer
        **({"series": "whole"} if row.offer is not None else {}),
        "salesforce": item_to_json(row.left),
        "outlook": item_to_json(row.right),
        "changes": [
            {**change, "result": to_json(done[name]) if (name := change["field"]) in done else None}
            for change in changes_to_json(row)
        ],
        # only a row that was decided field by field has it: where each of those comes from, or what was typed
        **({"fields": by_field.fields_to_json(row.by_field)} if row.by_field else {}),
    }


def changes_to_json(row: Row) -> list[_Json]:
    """The changes of a row, without what comes of them."""
    return [
        {
            "field": change.name,
            "baseline": to_json(change.baseline),
            "salesforce": to_json(change.left),
            "outlook": to_json(change.right),
        }
        for change in row.changes
    ]


def item_to_json(item: Item | None) -> _Json | None:
    """An item, None where a side has none."""
    return None if item is None else {"id": item.id, "fields": fields_to_json(item.fields)}


def dumps(data: Any) -> str:
    """JSON on one line that no terminal acts on: ASCII only, with DEL escaped like the other controls."""
    return json.dumps(data)


def write_plan_file(path: Path, documents: Iterable[_Json]) -> None:
    """Writes a plan file in one step, mode 0600: it holds what is in people's calendars. Raises StoreError."""
    target = Path(os.path.realpath(path))
    try:
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            raise StoreError(
                "this is not a file", where=text.plain(str(path)), remedy="Leave --out away for the screen"
            )
        files.write_atomically(target, "".join(f"{dumps(document)}\n" for document in documents).encode("ascii"))
    except OSError as error:
        raise StoreError(f"the plan cannot be written: {error.strerror}", where=text.plain(str(path))) from None


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row of a plan file. `salesforce`, `outlook` and `changes` are JSON values, to be compared and never used."""

    kind: Kind
    id: str
    recommended: Action
    action: Action
    state: State
    salesforce: Mapping[str, Any] | None
    outlook: Mapping[str, Any] | None
    changes: tuple[Mapping[str, Any], ...]
    # "single_events" where the occurrences of a series shall cross by themselves
    series: str = ""
    # what was decided field by field; the rest is as the action has it
    fields: Mapping[str, FieldChoice] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What a person calls it. Foreign text: show it through `text.plain`."""
        side = self.outlook if self.salesforce is None else self.salesforce
        return title(self.kind, side["fields"] if side is not None else {})


@dataclass(frozen=True, slots=True)
class PlanDocument:
    """The plan of one process in a file. `where` says where it stands, for sentences."""

    kind: Kind
    made_at: str
    rows: tuple[FileRow, ...]
    where: str
    # the run that is taken back; "" for an ordinary plan
    takes_back: str = ""


def read_plan_file(path: Path) -> list[PlanDocument]:
    """The plans in a file, checked in form. Line breaks inside an object do no harm: editors add them.

    Raises SettingsError with the line, the row and the key.
    """
    name = text.plain(str(path))
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SettingsError(f"the plan cannot be read: {error.strerror}", where=name) from None
    except UnicodeDecodeError:
        raise SettingsError("this is not a plan: it is not UTF-8 text", where=name) from None
    documents = [_document(data, f"{name}, line {line}") for line, data in _objects(content, name)]
    if not documents:
        raise SettingsError("there is no plan in this file", where=name, remedy="Make one: handsync plan --out FILE")
    twice = [kind for kind, number in Counter(document.kind for document in documents).items() if number > 1]
    if twice:
        raise SettingsError(f"there are two plans for {twice[0].value}", where=name, remedy="Keep one of them")
    return documents


def _objects(content: str, name: str) -> list[tuple[int, Any]]:
    """The JSON values of a text, each with the number of the line it begins on."""
    decoder = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_constant)
    found: list[tuple[int, Any]] = []
    at = 0
    while True:
        at += len(content[at:]) - len(content[at:].lstrip())
        if at == len(content):
            return found
        line = content.count("\n", 0, at) + 1
        try:
            value, at = decoder.raw_decode(content, at)
        except json.JSONDecodeError as error:
            raise SettingsError(
                f"this is not JSON: {error.msg}", where=f"{name}, line {error.lineno}, column {error.colno}"
            ) from None
        except _KeyError as error:
            raise SettingsError(str(error), where=f"{name}, in the plan on line {line}") from None
        except RecursionError:
            raise SettingsError("this is not a plan", where=f"{name}, line {line}") from None
        found.append((line, value))


class _KeyError(ValueError):
    pass


def _once(pairs: list[tuple[str, Any]]) -> _Json:
    """An object of which no key stands twice: with two "action" nobody could say which one was meant."""
    if len(result := dict(pairs)) != len(pairs):
        key = next(key for key, number in Counter(key for key, _ in pairs).items() if number > 1)
        raise _KeyError(f"the key {quoted(key)} stands twice in one object")
    return result


def _no_constant(name: str) -> Any:
    raise _KeyError(f"{name} is not JSON")


def _document(data: Any, where: str) -> PlanDocument:
    if not isinstance(data, dict) or "rows" not in data:
        raise SettingsError("this is not a plan", where=where, remedy="Make one: handsync plan --out FILE")
    if data.get("format") != FORMAT:
        raise SettingsError(
            f"this plan has a format other than {FORMAT}", where=where, remedy="Make it again with this handsync"
        )
    kind = _word(Kind, data, "process", where)
    rows = _typed(data, "rows", list, "a list", where)
    read = tuple(_row(kind, row, f"{where}, row {number}") for number, row in enumerate(rows, start=1))
    for row_id, number in Counter(row.id for row in read).items():
        if number > 1:
            raise SettingsError(f"the row {quoted(row_id)} stands there twice", where=where, remedy="Keep one of them")
    back = _typed(data, "takes_back", str, "text", where) if "takes_back" in data else ""
    return PlanDocument(kind, _typed(data, "made_at", str, "text", where), read, where, back)


def _row(kind: Kind, data: Any, where: str) -> FileRow:
    if not isinstance(data, dict):
        raise SettingsError("this is not a row of a plan", where=where)
    row_id = _typed(data, "id", str, "text", where)
    where = f"{where}, id {quoted(row_id)}"
    changes = _typed(data, "changes", list, "a list", where)
    if not all(isinstance(change, dict) for change in changes):
        raise SettingsError("“changes” must be a list of objects", where=where)
    return FileRow(
        kind,
        row_id,
        _word(Action, data, "recommended", where),
        _word(Action, data, "action", where),
        _word(State, data, "state", where),
        _side(data, "salesforce", where),
        _side(data, "outlook", where),
        tuple(changes),
        _series(data, where),
        _fields(kind, data, where),
    )


def _fields(kind: Kind, data: _Json, where: str) -> Mapping[str, FieldChoice]:
    said = _typed(data, "fields", dict, "an object", where) if "fields" in data else {}
    try:
        return by_field.fields_from_json(kind, said)
    except (ValueError, KeyError, TypeError):
        raise SettingsError(
            "“fields” is not what was decided for fields of this row",
            where=where,
            remedy='It may be such as {"location": {"from": "outlook"}}',
        ) from None


def _series(data: _Json, where: str) -> str:
    said = _typed(data, "series", str, "text", where) if "series" in data else ""
    if said not in ("", "whole", SINGLE_EVENTS):
        raise SettingsError(
            f"“series” is {quoted(said)}, which is not known; it may be whole, {SINGLE_EVENTS}", where=where
        )
    return said


def _side(data: _Json, key: str, where: str) -> Mapping[str, Any] | None:
    if key in data and data[key] is None:
        return None
    side = _typed(data, key, dict, "an object or null", where)
    _typed(side, "id", str, "text", f"{where}, {key}")
    _typed(side, "fields", dict, "an object", f"{where}, {key}")
    return {"id": side["id"], "fields": side["fields"]}


def _typed(data: _Json, key: str, kind: type, name: str, where: str) -> Any:
    if key not in data:
        raise SettingsError(f"the key “{key}” is missing", where=where)
    if not isinstance(data[key], kind):
        raise SettingsError(f"“{key}” must be {name}", where=where)
    return data[key]


def _word(kind: type[_Word], data: _Json, key: str, where: str) -> _Word:
    value = _typed(data, key, str, "text", where)
    try:
        return kind(value)
    except ValueError:
        known = [word.value for word in kind]
        close = difflib.get_close_matches(value.casefold(), known, n=1, cutoff=0.6)
        hint = f"did you mean {close[0]}?" if close else f"it may be {', '.join(known)}"
        raise SettingsError(f"“{key}” is {quoted(value)}, which is not known; {hint}", where=where) from None


def quoted(value: str) -> str:
    """A text from a file, harmless and not too long, in quotation marks."""
    return f"“{text.shorten(text.plain(value), 60)}”"

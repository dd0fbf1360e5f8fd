"""What a run means to do to one row, as it is kept on disk before anything is sent, and what came of it.

Values only. An intent holds all that is needed to finish, to explain or to take back the row without the plan that it
came from: the items as they were, the values to write, and the names under which what is created can be found again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync_core.compare import Baseline, merged_baseline
from sync_core.items import Fields, Flow, Item, Kind, SideName, Value, fields_from_json, fields_to_json, spec
from sync_core.pairing import Link, make_mark
from sync_core.plan import DELETES, NEEDS, Action, Row, allowed, effect
from sync_core.report import Result
from sync_core.sides import Operation


@dataclass(frozen=True, slots=True)
class Intent:
    """One row of a run: what is to be written where, and what it replaces.

    `mark` is what the Outlook item carries, or will carry after the write; `key` is the name of a create in Salesforce
    where the org has a field for it. `kept` are the fields that both sides keep as they are from now on. `takes_back`
    says that the row undoes an earlier run; `restores` is then the id of the deleted item that shall come back.
    """

    number: int
    row_id: str
    kind: Kind
    title: str
    action: Action
    left: Item | None
    right: Item | None
    to_left: Fields = field(default_factory=dict)
    to_right: Fields = field(default_factory=dict)
    baseline: Baseline = field(default_factory=lambda: Baseline({}, {}))
    link_ids: tuple[str, str] = ("", "")
    mark: str = ""
    key: str = ""
    kept: tuple[str, ...] = ()
    takes_back: bool = False
    restores: str = ""

    @classmethod
    def of(cls, row: Row, number: int, nonce: Callable[[], str]) -> Intent:
        """What a confirmed row comes to. `nonce` gives text that is never the same twice."""
        now = allowed(row).effect
        sides = dict(NEEDS[now.action])
        mark = row.mark
        writes_outlook = sides.get(SideName.OUTLOOK) not in (None, Operation.DELETE)
        restores = row.undo.restores if row.undo is not None else ""
        if writes_outlook and not (restores and mark) and (row.right is None or not row.right.mark):
            mark = make_mark(row.left.id if row.left else row.link_ids[0], nonce())
        key = nonce() + nonce() if sides.get(SideName.SALESFORCE) is Operation.CREATE else ""
        return cls(
            number=number,
            row_id=row.id,
            kind=row.kind,
            title=row.title,
            action=now.action,
            left=row.left,
            right=row.right,
            to_left=now.to_left,
            to_right=now.to_right,
            baseline=row.baseline,
            link_ids=row.link_ids,
            mark=mark,
            key=key,
            kept=_kept(row) if row.undo is None else (),
            takes_back=row.undo is not None,
            restores=restores,
        )

    @property
    def needs(self) -> dict[SideName, Operation]:
        """What is to be done on which side."""
        return dict(NEEDS[self.action])

    @property
    def linked(self) -> bool:
        """Whether memory knew the pair."""
        return self.link_ids != ("", "")

    def item(self, side: SideName) -> Item | None:
        """The item on one side as it was reviewed."""
        return self.left if side is SideName.SALESFORCE else self.right

    def fields(self, side: SideName) -> Fields:
        """The fields that are written to one side."""
        return self.to_left if side is SideName.SALESFORCE else self.to_right

    def old_id(self, side: SideName) -> str:
        """The id of one half before the run, or "" when there was none."""
        item = self.item(side)
        return item.id if item is not None else self.link_ids[0 if side is SideName.SALESFORCE else 1]

    def old_link(self) -> Link:
        """The link as it was before the run."""
        return Link(self.kind, *self.link_ids, self.baseline, self.mark)


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one intent: the ids the items have now, and what the sides gave back of what was written.

    `last` is what a deleted item held in the end, where somebody had changed it in the last moment.
    """

    number: int
    result: Result
    message: str = ""
    ids: Mapping[SideName, str] = field(default_factory=dict)
    after: Mapping[SideName, Fields] = field(default_factory=dict)
    last: Mapping[SideName, Fields] = field(default_factory=dict)


def _kept(row: Row) -> tuple[str, ...]:
    """Fields that travel one way and that were decided against that way: both sides keep theirs from now on."""
    wanted = effect(row)
    pending = {*wanted.to_left, *wanted.to_right}
    names = (c.name for c in row.changes if spec(row.kind, c.name).flow is not Flow.BOTH)
    return tuple(name for name in names if name not in pending)


def link_after(intent: Intent, ids: Mapping[SideName, str], after: Mapping[SideName, Fields], now: str) -> Link:
    """The link that a row leaves. `ids` and `after` tell of the sides that were written; `now` is UTC, ISO 8601."""
    left = held_after(intent, SideName.SALESFORCE, ids, after)
    right = held_after(intent, SideName.OUTLOOK, ids, after)
    written = dict.fromkeys(intent.kept, True)
    for side, held in ((SideName.SALESFORCE, left), (SideName.OUTLOOK, right)):
        if side in ids:
            # what we made is agreed on as a whole, also where a field does not travel that way
            created = intent.item(side) is None
            names = held if created else intent.fields(side)
            # what was typed for both sides is agreed on when both have it
            half = () if side.other in ids else intent.fields(side.other)
            written |= {name: True for name in names if name not in half}
    baseline = merged_baseline(intent.kind, intent.baseline, left, right, written)
    left_id = ids.get(SideName.SALESFORCE) or intent.old_id(SideName.SALESFORCE)
    right_id = ids.get(SideName.OUTLOOK) or intent.old_id(SideName.OUTLOOK)
    return Link(intent.kind, left_id, right_id, baseline, intent.mark, now)


def held_after(
    intent: Intent, side: SideName, ids: Mapping[SideName, str], after: Mapping[SideName, Fields]
) -> dict[str, Value]:
    """What a side holds after our write.

    Fields we wrote: as the side gave them back. All others: as the person saw them, so that what somebody else changed
    in between is still a change for the next plan.
    """
    seen = intent.item(side)
    held: dict[str, Value] = dict(seen.fields) if seen else {}
    if side not in ids:
        return held
    written = intent.fields(side)
    held.update(written)
    held.update({n: v for n, v in after.get(side, {}).items() if n in written or seen is None})
    return held


def deletes(action: Action) -> bool:
    """Whether an action takes an item away."""
    return action in DELETES


def space_for(rows: Iterable[Row]) -> int:
    """About how many bytes the rows of a run take in journal and memory, and more rather than less.

    Each value stands there as it was, as it is written and as it was given back, and in the link; JSON writes foreign
    letters as six signs.
    """
    size = 200_000
    for row in rows:
        items = [item for item in (row.left, row.right) if item is not None]
        letters = sum(len(str(value)) for item in items for value in item.fields.values())
        size += 2000 + 8 * letters
    return size


def intent_to_json(intent: Intent) -> dict[str, Any]:
    """An intent as JSON has it. What is blank is left out."""
    data: dict[str, Any] = {
        "number": intent.number,
        "row": intent.row_id,
        "title": intent.title,
        "action": intent.action.value,
        "salesforce": _item_to_json(intent.left),
        "outlook": _item_to_json(intent.right),
        "to_salesforce": fields_to_json(intent.to_left),
        "to_outlook": fields_to_json(intent.to_right),
        "link": list(intent.link_ids) if intent.linked else [],
        "mark": intent.mark,
        "key": intent.key,
        "kept": list(intent.kept),
        "takes_back": intent.takes_back,
        "restores": intent.restores,
    }
    if intent.linked:
        data["baseline"] = _differs(intent, SideName.SALESFORCE), _differs(intent, SideName.OUTLOOK)
    return {name: value for name, value in data.items() if value or name == "number"}


def intent_from_json(kind: Kind, data: Mapping[str, Any]) -> Intent:
    """The inverse of `intent_to_json`. Raises ValueError, KeyError or TypeError when it is not one."""
    left = _item_from_json(kind, SideName.SALESFORCE, data.get("salesforce"))
    right = _item_from_json(kind, SideName.OUTLOOK, data.get("outlook"))
    link = data.get("link") or ["", ""]
    known_left, known_right = data.get("baseline") or (None, None)
    return Intent(
        number=int(data["number"]),
        row_id=str(data["row"]),
        kind=kind,
        title=str(data.get("title", "")),
        action=Action(data["action"]),
        left=left,
        right=right,
        to_left=fields_from_json(kind, data.get("to_salesforce", {})),
        to_right=fields_from_json(kind, data.get("to_outlook", {})),
        baseline=Baseline(_undiffer(kind, left, known_left), _undiffer(kind, right, known_right)),
        link_ids=(str(link[0]), str(link[1])),
        mark=str(data.get("mark", "")),
        key=str(data.get("key", "")),
        kept=tuple(str(name) for name in data.get("kept", ())),
        takes_back=bool(data.get("takes_back", False)),
        restores=str(data.get("restores", "")),
    )


def done_to_json(done: Done, intent: Intent) -> dict[str, Any]:
    """A result as JSON has it. What a side gave back is kept as what differs from what it was sent."""
    data: dict[str, Any] = {
        "number": done.number,
        "result": done.result.value,
        "message": done.message,
        "ids": {side.value: item_id for side, item_id in done.ids.items()},
        "after": {
            side.value: fields_to_json(_unlike(_ours(intent, side, fields), intent.fields(side)))
            for side, fields in done.after.items()
        },
        "last": {side.value: fields_to_json(fields) for side, fields in done.last.items()},
    }
    return {name: value for name, value in data.items() if value or name == "number"}


def done_from_json(data: Mapping[str, Any], intent: Intent) -> Done:
    """The inverse of `done_to_json`. Raises ValueError, KeyError or TypeError when it is not one."""
    after = {
        SideName(side): {**intent.fields(SideName(side)), **fields_from_json(intent.kind, fields)}
        for side, fields in data.get("after", {}).items()
    }
    ids = {SideName(side): str(item_id) for side, item_id in data.get("ids", {}).items()}
    last = {SideName(side): fields_from_json(intent.kind, fields) for side, fields in data.get("last", {}).items()}
    return Done(int(data["number"]), Result(data["result"]), str(data.get("message", "")), ids, after, last)


def _ours(intent: Intent, side: SideName, fields: Fields) -> Fields:
    """Of what a side gave back, what was written; of an item that we made, all."""
    written = intent.fields(side)
    return fields if intent.item(side) is None else {n: v for n, v in fields.items() if n in written}


def _unlike(fields: Fields, known: Fields) -> dict[str, Value]:
    return {name: value for name, value in fields.items() if name not in known or known[name] != value}


def _differs(intent: Intent, side: SideName) -> list[Any]:
    """A baseline as what differs from the item on its side, and the names that it lacks."""
    item, known = intent.item(side), intent.baseline.on(side)
    seen = item.fields if item is not None else {}
    return [fields_to_json(_unlike(known, seen)), [name for name in seen if name not in known]]


def _undiffer(kind: Kind, item: Item | None, data: Any) -> dict[str, Value]:
    if data is None:
        return {}
    differs, lacks = data
    seen = dict(item.fields) if item is not None else {}
    seen.update(fields_from_json(kind, differs))
    return {name: value for name, value in seen.items() if name not in lacks}


def _item_to_json(item: Item | None) -> dict[str, Any] | None:
    if item is None:
        return None
    said: dict[str, Any] = {"id": item.id, "fields": fields_to_json(item.fields)}
    said |= {name: value for name in ("version", "mark", "private", "series") if (value := getattr(item, name))}
    return said


def _item_from_json(kind: Kind, side: SideName, data: Any) -> Item | None:
    if data is None:
        return None
    return Item(
        kind,
        side,
        str(data["id"]),
        str(data.get("version", "")),
        fields_from_json(kind, data["fields"]),
        mark=str(data.get("mark", "")),
        private=bool(data.get("private", False)),
        series=bool(data.get("series", False)),
    )

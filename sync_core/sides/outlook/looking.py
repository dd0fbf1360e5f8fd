"""What became of items that are asked for by their id, and by their mark where the id has changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from exchangelib.errors import (
    ErrorInvalidId,
    ErrorInvalidIdEmpty,
    ErrorInvalidIdMalformed,
    ErrorInvalidIdNotAnItemAttachmentId,
    ErrorItemNotFound,
)

from sync_core.items import Fields, Item, When
from sync_core.sides import Fate, Ref, Sighting
from sync_core.sides.outlook import values
from sync_core.sides.outlook.connection import ReadError, never
from sync_core.sides.outlook.folders import Folders, UsedFolder
from sync_core.sides.outlook.getting import Answer, Getter
from sync_core.sides.outlook.mapping import Words
from sync_core.sides.outlook.problems import reason
from sync_core.sides.outlook.reading import ToItem
from sync_core.sides.outlook.services import Parsed, Unparsable

_STRANGE: Final = (ErrorInvalidId, ErrorInvalidIdEmpty, ErrorInvalidIdMalformed, ErrorInvalidIdNotAnItemAttachmentId)


class Looker:
    """Answers for Refs. Ids change when an item is moved, the mark does not (facts: exchange A.8)."""

    def __init__(self, folders: Folders, used: UsedFolder, getter: Getter, words: Words, to_item: ToItem) -> None:
        self._folders = folders
        self._used = used
        self._words = words
        self._getter = getter
        self._to_item = to_item
        # the items that are here, by id, with the replies that they were made of
        self.here: dict[str, tuple[Item, Parsed]] = {}

    def look(self, refs: Sequence[Ref]) -> dict[str, Sighting]:
        """A Sighting per Ref. Raises SideError when the server cannot be read."""
        ids = list(dict.fromkeys(ref.id for ref in refs))
        asked = [item_id for item_id in ids if item_id]
        answers: dict[str, Answer] = dict(zip(asked, self._getter.get(asked), strict=True))
        result: dict[str, Sighting] = {}
        missing: list[Ref] = []
        for ref in refs:
            answer = answers.get(ref.id)
            if answer is None or isinstance(answer, (ErrorItemNotFound, *_STRANGE)) or _malformed(answer):
                missing.append(ref)
            else:
                result[ref.id] = self._seen(answer)
        if missing:
            result |= self._by_mark(missing, answers)
        return result

    def _seen(self, answer: Answer) -> Sighting:
        if isinstance(answer, Unparsable):
            return Sighting(Fate.UNREADABLE, detail=answer.why)
        if isinstance(answer, Exception):
            return Sighting(Fate.UNREADABLE, detail=reason(answer))
        try:
            item = self._to_item(answer)
        except (ValueError, TypeError, AttributeError, KeyError, OverflowError) as problem:
            return Sighting(Fate.UNREADABLE, detail=f"a value cannot be understood ({type(problem).__name__})")
        folder_id = folder_of(answer)
        if not folder_id or folder_id == self._used.id:
            self.here[item.id] = item, answer
            return Sighting(Fate.HERE, item)
        deleted, name = self._folders.place(folder_id, never)
        return Sighting(Fate.DELETED if deleted else Fate.MOVED, item, name)

    def _by_mark(self, missing: Sequence[Ref], answers: dict[str, Answer]) -> dict[str, Sighting]:
        marks = [ref.mark for ref in missing if ref.mark]
        here = self._group(marks, [self._used.folder])
        rest = [mark for mark in marks if mark not in here]
        elsewhere = self._group(rest, self._other_folders()) if rest else {}
        result = {}
        moved = self._moved([ref for ref in missing if ref.mark not in here and ref.mark not in elsewhere])
        for ref in missing:
            hits = here.get(ref.mark, []) or elsewhere.get(ref.mark, [])
            if hits:
                result[ref.id] = self._found(hits)
            elif ref.id in moved:
                result[ref.id] = moved[ref.id]
            elif isinstance(answers.get(ref.id), ErrorItemNotFound) or not ref.id:
                result[ref.id] = Sighting(Fate.DELETED)
            else:
                # a server that cannot read the id has not said that the item is gone
                detail = f"this server does not understand the {self._words.thing}'s id"
                result[ref.id] = Sighting(Fate.UNREADABLE, detail=detail)
        return result

    def _moved(self, missing: Sequence[Ref]) -> dict[str, Sighting]:
        """Items without a mark that lie in another folder now: known by their name or their time, and all the rest.

        One that was renamed as well is found by its time, one that was put off as well by its subject.
        """
        wanted = [(name, value) for ref in missing for name, value in _searched(ref.known).items()]
        folders = self._other_folders(deleted=False) if wanted else []
        if not folders:
            return {}
        hits: list[Sighting] = []
        for name in dict.fromkeys(name for name, _ in wanted):
            values = [value for one, value in wanted if one == name]
            hits += [self._seen(hit) for hit in self._getter.having(name, values, folders)]
        found: dict[str, Sighting] = {}
        for ref in missing:
            same = {
                hit.item.id: hit
                for hit in hits
                if hit.fate is Fate.MOVED and hit.item is not None and _same(hit.item.fields, ref.known)
            }
            if same:
                found[ref.id] = next(iter(same.values()))
        return found

    def _found(self, hits: Sequence[Parsed]) -> Sighting:
        sightings = [self._seen(hit) for hit in hits]
        for fate in (Fate.HERE, Fate.MOVED):
            same = [sighting for sighting in sightings if sighting.fate is fate]
            if len(same) > 1 and fate is Fate.HERE:
                return Sighting(
                    Fate.UNREADABLE,
                    detail=f"more than one {self._words.thing} in this {self._words.folder} carries its mark",
                )
            if same:
                return same[0]
        return sightings[0]

    def _group(self, marks: Sequence[str], folders: Sequence[Any]) -> dict[str, list[Parsed]]:
        groups: dict[str, list[Parsed]] = {}
        if not marks or not folders:
            return groups
        for parsed in self._getter.marked(marks, folders):
            groups.setdefault(str(parsed.item.handsync_mark or ""), []).append(parsed)
        return groups

    def _other_folders(self, *, deleted: bool = True) -> list[Any]:
        ids = list(self._folders.elsewhere(never))
        bin_id = self._folders.deleted(never)
        wanted = [bin_id, *ids] if deleted else [folder_id for folder_id in ids if folder_id != bin_id]
        return [self._folders.by_id(folder_id) for folder_id in dict.fromkeys(wanted) if folder_id]


# by what an item is searched for: fields that EWS can compare (facts: exchange A.5, A.8)
_NAMES: Final = {"subject": "subject", "last_name": "surname", "first_name": "given_name"}
# what of it may be otherwise without its being another item: one of these, and no more
_MAY_DIFFER: Final = ("subject", "when", "due", "first_name", "last_name")


def _searched(known: Fields) -> dict[str, Any]:
    """Exchange's fields to search by, with the values that an item had: at most one of them may be otherwise now."""
    found: dict[str, Any] = {ews: str(known[name]) for name, ews in _NAMES.items() if known.get(name)}
    when = known.get("when")
    if isinstance(when, When) and not when.all_day:
        found["start"] = values.ews_moment(when.start)
    return found


def _same(now: Fields, known: Fields) -> bool:
    """Whether an item is what it was, but for one of the fields that may differ.

    With the same subject and time, or the same full name, it is the same whatever else has changed.
    """
    names = [name for name in _MAY_DIFFER if name in known]
    differing = [name for name in names if now.get(name) != known[name]]
    if not differing:
        return True
    rest = [name for name in known if name not in _MAY_DIFFER and name in now]
    return len(differing) == 1 and len(names) > 1 and all(now[name] == known[name] for name in rest)


def folder_of(answer: Parsed) -> str:
    """The id of the folder that an item lies in, "" when the server does not say."""
    parent = answer.item.parent_folder_id
    return "" if parent is None else str(parent.id or "")


def _malformed(answer: object) -> bool:
    # a malformed id that made its whole request fail comes back as the error of a request of one
    return isinstance(answer, ReadError) and isinstance(answer.cause, _STRANGE)

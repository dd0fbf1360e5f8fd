"""Bringing deleted items back: moved out of Deleted Items, where they still are whole.

A move changes the id (facts: exchange A.8), and DeleteItem does not say the new one, so an item is looked for by our
mark, and one that carries none by its subject and all that is known of it. MoveItem sends nobody mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exchangelib.properties import ItemId

from sync_core.errors import SideError
from sync_core.items import Fields, Item
from sync_core.sides import Operation, Outcome, Write
from sync_core.sides.outlook.connection import Connection, never
from sync_core.sides.outlook.folders import Folders, UsedFolder
from sync_core.sides.outlook.getting import Getter
from sync_core.sides.outlook.problems import judge, reason
from sync_core.sides.outlook.reading import ToItem
from sync_core.sides.outlook.services import Parsed, SafeMoveItem

_OPEN = "no answer came, and whether it was brought back could not be found out"


class Restorer:
    """Brings back what writes of one call want back, as far as Deleted Items has it."""

    def __init__(
        self, connection: Connection, folders: Folders, used: UsedFolder, getter: Getter, to_item: ToItem
    ) -> None:
        self._connection = connection
        self._folders = folders
        self._used = used
        self._getter = getter
        self._to_item = to_item

    def restore(self, writes: Sequence[Write]) -> dict[int, Outcome]:
        """The outcomes, by place, of the writes that were dealt with here: the others are to be made anew.

        Raises SideError when Deleted Items cannot be read; nothing was moved then.
        """
        wanted = {i: w for i, w in enumerate(writes) if w.operation is Operation.CREATE and w.restore is not None}
        found = self._in_bin(wanted) if wanted else {}
        if not found:
            return {}
        places = list(found)
        try:
            moved = SafeMoveItem(account=self._connection.account).call(
                items=[ItemId(id=found[place].item.id, changekey=found[place].item.changekey) for place in places],
                to_folder=self._used.folder,
            )
            answers = list(moved)
        except Exception as problem:  # judge tells them apart
            return self._looked_up(wanted, places, judge(problem).error)
        return {place: self._outcome(answer) for place, answer in zip(places, answers, strict=True)}

    def _outcome(self, answer: Any) -> Outcome:
        if isinstance(answer, Exception):
            return Outcome(False, error=f"it could not be moved out of Deleted Items: {reason(answer)}")
        return Outcome(True, str(answer[0]), note="brought back from Deleted Items")

    def _looked_up(self, wanted: dict[int, Write], places: Sequence[int], error: SideError) -> dict[int, Outcome]:
        """What became of a move whose answer was lost: it is in the folder again, or still among the deleted ones."""
        outcomes = {place: Outcome(False, error=f"{error.what}; {_OPEN}", unknown=True) for place in places}
        try:
            left = self._in_bin({place: wanted[place] for place in places})
            here = self._search({place: wanted[place] for place in places}, self._used.folder)
        except SideError:
            return outcomes
        for place in places:
            if place in left:
                outcomes[place] = Outcome(False, error=error.sentence())
            elif place in here:
                outcomes[place] = Outcome(True, str(here[place].item.id), note="brought back from Deleted Items")
        return outcomes

    def _in_bin(self, wanted: dict[int, Write]) -> dict[int, Parsed]:
        folder_id = self._folders.deleted(never)
        return self._search(wanted, self._folders.by_id(folder_id)) if folder_id else {}

    def _search(self, wanted: dict[int, Write], folder: Any) -> dict[int, Parsed]:
        """The items by place, each of them once; the last one deleted where several are the same."""
        marks = [w.restore.mark for w in wanted.values() if w.restore and w.restore.mark]
        hits = self._getter.marked(marks, [folder]) if marks else []
        subjects = [str(w.fields["subject"]) for w in wanted.values() if w.fields.get("subject")]
        hits += self._getter.called(subjects, [folder]) if subjects else []
        surnames = [str(w.fields["last_name"]) for w in wanted.values() if w.fields.get("last_name")]
        hits += self._getter.surnamed(surnames, [folder]) if surnames else []
        items = [pair for hit in {hit.item.id: hit for hit in hits}.values() if (pair := self._read(hit)) is not None]
        items.sort(key=lambda pair: pair[1].changed_at, reverse=True)
        found: dict[int, Parsed] = {}
        for place, write in wanted.items():
            for hit, item in items:
                if _is_it(write, item):
                    found[place] = hit
                    items.remove((hit, item))
                    break
        return found

    def _read(self, hit: Parsed) -> tuple[Parsed, Item] | None:
        try:
            return hit, self._to_item(hit)
        except (ValueError, TypeError, AttributeError, KeyError, OverflowError):
            # a mail of the same subject, or something nobody can read: not what is looked for
            return None


def _is_it(write: Write, item: Item) -> bool:
    """Whether a deleted item is the one to be restored: it has what it had when it was deleted."""
    same = _holds(item.fields, write.fields)
    return same and (write.restore is None or not item.mark or item.mark == write.restore.mark)


def _holds(now: Fields, known: Fields) -> bool:
    return all(now[name] == value for name, value in known.items() if name in now)

"""Items by id and by mark: the two questions that reading, looking again and writing all ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from exchangelib import Q
from exchangelib.properties import ItemId
from exchangelib.restriction import Restriction

from sync_core.sides.outlook.connection import Connection, ReadError, never
from sync_core.sides.outlook.mapping import ItemMapping
from sync_core.sides.outlook.services import Parsed, SafeFindItem, SafeGetItem, Unparsable, paths

T = TypeVar("T")

# items per GetItem
CHUNK: Final = 100
# marks per FindItem
MARKS: Final = 20
# how often a batch that fails as a whole is cut in two before it is believed that the server itself is ill
MOST_CUTS: Final = 24

Answer = Parsed | Unparsable | Exception


def _of(answer: Parsed, found: dict[str, Parsed]) -> dict[str, Parsed]:
    own = (str(one.id) for one in getattr(answer.item, "modified_occurrences", None) or ())
    return {one_id: found[one_id] for one_id in own if one_id in found}


def chunks(things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """`things` in pieces of `size`."""
    for start in range(0, len(things), size):
        yield things[start : start + size]


class Getter:
    """Reads items. One odd id or item that makes a whole request fail is found by cutting the request in two."""

    def __init__(self, connection: Connection, mapping: ItemMapping) -> None:
        self._connection = connection
        self._mapping = mapping

    def get(
        self,
        ids: Sequence[str],
        cancelled: Callable[[], bool] = never,
        progress: Callable[[int], None] | None = None,
    ) -> list[Answer]:
        """An answer for each id, in their order. Raises SideError when the server cannot be read at all."""
        answers: list[Answer] = []
        cuts = [MOST_CUTS]
        for chunk in chunks(ids, CHUNK):
            answers += self._chunk(chunk, cancelled, cuts)
            if progress is not None:
                progress(len(answers))
        return self._with_changed(answers, cancelled, cuts)

    def _with_changed(self, answers: list[Answer], cancelled: Callable[[], bool], cuts: list[int]) -> list[Answer]:
        """The answers; series with what their changed occurrences hold, of which they tell the times only (A.10)."""
        ids = [
            str(one.id)
            for answer in answers
            if isinstance(answer, Parsed)
            for one in getattr(answer.item, "modified_occurrences", None) or ()
            if one.id
        ]
        if not ids:
            return answers
        found: dict[str, Parsed] = {}
        for chunk in chunks(list(dict.fromkeys(ids)), CHUNK):
            read = self._chunk(chunk, cancelled, cuts)
            found |= {one_id: one for one_id, one in zip(chunk, read, strict=True) if isinstance(one, Parsed)}
        return [replace(a, changed=_of(a, found)) if isinstance(a, Parsed) else a for a in answers]

    def _chunk(self, ids: Sequence[str], cancelled: Callable[[], bool], cuts: list[int]) -> list[Answer]:
        account = self._connection.account
        mapping = self._mapping
        wanted = [ItemId(id=item_id) for item_id in ids]

        def call() -> list[Answer]:
            fields = paths(mapping.model, mapping.fields, account.version)
            return SafeGetItem(account=account, chunk_size=CHUNK).read(wanted, fields)

        try:
            return self._connection.read(call, cancelled)
        except ReadError as problem:
            if not problem.split or cuts[0] <= 0:
                raise
            if len(ids) == 1:
                return [problem]
        cuts[0] -= 1
        middle = len(ids) // 2
        return self._chunk(ids[:middle], cancelled, cuts) + self._chunk(ids[middle:], cancelled, cuts)

    def marked(
        self, marks: Sequence[str], folders: Sequence[Any], cancelled: Callable[[], bool] = never
    ) -> list[Parsed]:
        """The items in `folders` that carry one of `marks`, read whole. Copies in Outlook carry it too, so any number
        may come (facts: exchange A.8). Folders that may not be searched are passed over."""
        return self._search("handsync_mark", marks, folders, cancelled)

    def called(
        self, subjects: Sequence[str], folders: Sequence[Any], cancelled: Callable[[], bool] = never
    ) -> list[Parsed]:
        """The items in `folders` that have one of `subjects`, read whole; otherwise as `marked`."""
        return self._search("subject", subjects, folders, cancelled)

    def having(
        self, name: str, values: Sequence[Any], folders: Sequence[Any], cancelled: Callable[[], bool] = never
    ) -> list[Parsed]:
        """The items in `folders` that have one of `values` in the field of that name; otherwise as `marked`."""
        return self._search(name, values, folders, cancelled)

    def surnamed(
        self, surnames: Sequence[str], folders: Sequence[Any], cancelled: Callable[[], bool] = never
    ) -> list[Parsed]:
        """The contacts in `folders` that have one of `surnames`, read whole; otherwise as `marked`."""
        return self._search("surname", surnames, folders, cancelled)

    def _search(
        self, name: str, values: Sequence[Any], folders: Sequence[Any], cancelled: Callable[[], bool]
    ) -> list[Parsed]:
        ids: list[str] = []
        account = self._connection.account
        for some in chunks(list(dict.fromkeys(values)), MARKS):
            query = Q(*(Q(**{name: value}) for value in some), conn_type=Q.OR)
            restriction = Restriction(query, folders=list(folders), applies_to=Restriction.ITEMS)
            offset = 0
            while True:
                page = self._connection.read(
                    lambda r=restriction, o=offset: SafeFindItem(account=account).page(  # type: ignore[misc]  # lambda
                        folders, paths(self._mapping.model, ["subject"], account.version), restriction=r, offset=o
                    ),
                    cancelled,
                )
                ids += [entry.id for entry in page.entries]
                if page.last or not page.entries or len(folders) > 1:
                    break
                offset += len(page.entries)
        found = self.get(list(dict.fromkeys(i for i in ids if i)), cancelled)
        return [answer for answer in found if isinstance(answer, Parsed)]

"""Folders: the one that the settings name for a kind of item, and where else an item may have gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from exchangelib.errors import ErrorAccessDenied, ErrorFolderNotFound, ErrorItemNotFound
from exchangelib.fields import FieldPath
from exchangelib.folders import DeletedItems, Folder, MsgFolderRoot, Root
from exchangelib.items import ID_ONLY
from exchangelib.properties import DistinguishedFolderId, FolderId, Mailbox
from exchangelib.services import FindFolder, GetFolder

from sync_core import text
from sync_core.settings.models import OutlookSettings
from sync_core.sides import Operation
from sync_core.sides.outlook.connection import Connection, problem_at
from sync_core.sides.outlook.mapping import ItemMapping
from sync_core.sides.outlook.problems import clean


@dataclass(frozen=True, slots=True)
class FolderInfo:
    """One folder. `path` begins with the name of the folder below the mailbox's top, or with the standard name."""

    id: str
    path: str
    folder_class: str
    below: tuple[str, ...]
    rights: Any = None


@dataclass(frozen=True, slots=True)
class UsedFolder:
    """The folder in use: exchangelib's folder, its id, and what may not be done in it, with reasons."""

    folder: Any
    id: str
    name: str
    mailbox: str
    refused: dict[Operation, str]


class Folders:
    """Finds the folders of one kind with few requests, none before it is asked (facts: exchange 0.19, A.4)."""

    def __init__(self, connection: Connection, settings: OutlookSettings, mapping: ItemMapping) -> None:
        self._connection = connection
        self._settings = settings
        self._mapping = mapping
        self._mailbox = (settings.mailbox or settings.primary_smtp_address).strip()
        self._used: UsedFolder | None = None
        self._others: list[FolderInfo] | None = None
        self._deleted: str | None = None
        self._standard: str = ""

    def _stub(self, model: Any, distinguished: str) -> Any:
        named = DistinguishedFolderId(id=distinguished, mailbox=Mailbox(email_address=self._mailbox))
        return model(root=self._root(), _distinguished_id=named)

    def _root(self) -> Any:
        # a stub: reading the real root costs a request and a permission (facts: exchange A.4, #1282)
        named = DistinguishedFolderId(id="root", mailbox=Mailbox(email_address=self._mailbox))
        return Root(account=self._connection.account, _distinguished_id=named)

    def by_id(self, folder_id: str) -> Any:
        """exchangelib's folder for an id, without asking anybody."""
        return self._mapping.folder_model(root=self._root(), _id=FolderId(id=folder_id))

    def used(self, cancelled: Callable[[], bool]) -> UsedFolder:
        """The folder that the settings name. Raises SideError with what there is when it cannot be found."""
        if self._used is None:
            self._used = self._find(cancelled)
        return self._used

    def _get(self, stub: Any, names: tuple[str, ...], cancelled: Callable[[], bool]) -> Any:
        fields = [FieldPath(field=type(stub).get_field_by_fieldname(name)) for name in names]
        account = self._connection.account

        def call() -> list[Any]:
            return list(GetFolder(account=account).call(folders=[stub], additional_fields=fields, shape=ID_ONLY))

        return self._connection.read(call, cancelled)[0]

    def _standard_stub(self) -> Any:
        return self._stub(self._mapping.folder_model, self._mapping.distinguished)

    def _find(self, cancelled: Callable[[], bool]) -> UsedFolder:
        standard, word = self._mapping.standard, self._mapping.words.folder
        answer = self._get(self._standard_stub(), ("name", "folder_class", "effective_rights"), cancelled)
        if isinstance(answer, (ErrorAccessDenied, ErrorFolderNotFound, ErrorItemNotFound)):
            raise problem_at(
                f"the {word} of {self._mailbox} cannot be opened",
                "Ask its owner to share it with you, or correct mailbox below [outlook] in the settings",
            )
        if isinstance(answer, Exception):
            raise problem_at(f"the {word} of {self._mailbox} cannot be opened: {clean(answer)}")
        self._standard = str(answer.id)
        wanted = str(getattr(self._settings, self._mapping.kind.value)).strip().strip("/") or standard
        if wanted.lower() in (standard.lower(), str(answer.name or "").lower()):
            info = FolderInfo(self._standard, standard, self._mapping.folder_class, (), answer.effective_rights)
            return self._in_use(info)
        found = self._others_below(cancelled)
        paths = {info.path.lower() for info in found}
        local = str(answer.name or standard)
        if local.lower() != standard.lower() and wanted.lower().startswith(f"{local.lower()}/"):
            wanted = standard + wanted[len(local) :]
        matches = [info for info in found if info.path.lower() == wanted.lower() and self._fits(info)]
        if len(matches) == 1:
            return self._in_use(matches[0])
        raise self._not_found(wanted, found, several=len(matches) > 1, other_class=wanted.lower() in paths)

    def _fits(self, info: FolderInfo) -> bool:
        return info.folder_class.startswith(self._mapping.folder_class)

    def _in_use(self, info: FolderInfo) -> UsedFolder:
        return UsedFolder(self.by_id(info.id), info.id, info.path, self._mailbox, self._refused(info.rights))

    def _others_below(self, cancelled: Callable[[], bool]) -> list[FolderInfo]:
        """All folders below the mailbox's top, or below the standard one when the mailbox is another's."""
        if self._others is None:
            shared = self._mailbox.lower() != self._settings.primary_smtp_address.strip().lower()
            top = self._standard_stub() if shared else self._stub(MsgFolderRoot, "msgfolderroot")
            names = ("name", "folder_class", "parent_folder_id", "effective_rights")
            fields = [FieldPath(field=Folder.get_field_by_fieldname(name)) for name in names]
            account = self._connection.account

            def call() -> list[Any]:
                service = FindFolder(account=account, page_size=1000)
                found = service.call(
                    folders=[top],
                    additional_fields=fields,
                    restriction=None,
                    shape=ID_ONLY,
                    depth="Deep",
                    max_items=None,
                    offset=0,
                )
                return list(found)

            answers = self._connection.read(call, cancelled)
            self._others = _with_paths(
                [a for a in answers if not isinstance(a, Exception)], self._standard, self._mapping.standard
            )
        return self._others

    def elsewhere(self, cancelled: Callable[[], bool]) -> dict[str, FolderInfo]:
        """The other folders of this kind by id, those below Deleted Items too, without the one in use."""
        used = self.used(cancelled).id
        mapping = self._mapping
        found = {info.id: info for info in self._others_below(cancelled) if self._fits(info)}
        found.setdefault(self._standard, FolderInfo(self._standard, mapping.standard, mapping.folder_class, ()))
        found.pop(used, None)
        return found

    def deleted(self, cancelled: Callable[[], bool]) -> str:
        """The id of Deleted Items; "" when it may not be seen, as in a shared mailbox."""
        if self._deleted is None:
            answer = self._get(self._stub(DeletedItems, "deleteditems"), ("folder_class",), cancelled)
            self._deleted = "" if isinstance(answer, Exception) else str(answer.id)
        return self._deleted

    def place(self, folder_id: str, cancelled: Callable[[], bool]) -> tuple[bool, str]:
        """Whether a folder is Deleted Items or below it, and what a person calls it."""
        deleted = self.deleted(cancelled)
        if folder_id == deleted:
            return True, "Deleted Items"
        if folder_id == self._standard:
            return False, self._mapping.standard
        info = next((info for info in self._others_below(cancelled) if info.id == folder_id), None)
        if info is None:
            return False, "another folder"
        return bool(deleted) and deleted in info.below, info.path

    def _not_found(self, wanted: str, found: list[FolderInfo], *, several: bool, other_class: bool) -> Exception:
        word = self._mapping.words.folder
        there = sorted({info.path for info in found if self._fits(info)} | {self._mapping.standard})
        listed = ", ".join(f'"{text.plain(path)}"' for path in there)
        if several:
            what = f'there is more than one {word} called "{wanted}"'
        elif other_class:
            what = f'"{wanted}" is not a {word}'
        else:
            what = f'there is no {word} called "{wanted}"'
        return problem_at(what, f"Set {self._mapping.kind.value} below [outlook] to one of these: {listed}")

    def _refused(self, rights: Any) -> dict[Operation, str]:
        """What may not be done, as far as the folder's rights tell.

        Modify and Delete of a folder speak of the folder itself: an editor of a shared calendar has neither, and may
        change its events. Only somebody who has nothing but reading can be told so here; the rest is said by each
        item's rights.
        """
        if rights is None:
            return {}
        words = self._mapping.words
        if not (rights.create_contents or rights.modify or rights.delete):
            return dict.fromkeys(Operation, f"you may only read this {words.folder}")
        no_create = f"you may not add {words.things} to this {words.folder}"
        return {} if rights.create_contents else {Operation.CREATE: no_create}


def _with_paths(folders: list[Any], standard: str, standard_name: str) -> list[FolderInfo]:
    by_id = {str(folder.id): folder for folder in folders}
    result = []
    for folder_id, folder in by_id.items():
        names: list[str] = []
        below: list[str] = []
        current: Any = folder
        here = folder_id
        while current is not None and here not in below:
            names.insert(0, standard_name if here == standard else text.line(current.name))
            below.append(here)
            here = str(current.parent_folder_id.id) if current.parent_folder_id else ""
            current = by_id.get(here)
        if here == standard:
            names.insert(0, standard_name)
        result.append(
            FolderInfo(
                folder_id,
                "/".join(names),
                str(folder.folder_class or ""),
                (*below[1:], here),
                getattr(folder, "effective_rights", None),
            )
        )
    return result

"""Folders: the calendar that the settings name, and where else an item may have gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from exchangelib.errors import ErrorAccessDenied, ErrorFolderNotFound, ErrorItemNotFound
from exchangelib.fields import FieldPath
from exchangelib.folders import Calendar, DeletedItems, Folder, MsgFolderRoot, Root
from exchangelib.items import ID_ONLY
from exchangelib.properties import DistinguishedFolderId, FolderId, Mailbox
from exchangelib.services import FindFolder, GetFolder

from sync_core import text
from sync_core.settings.models import OutlookSettings
from sync_core.sides import Operation
from sync_core.sides.outlook.connection import Connection, problem_at
from sync_core.sides.outlook.problems import clean

STANDARD: Final = "Calendar"
_CLASS: Final = "IPF.Appointment"
_READ_ONLY: Final = "you may only read this calendar"
_NO_CREATE: Final = "you may not add events to this calendar"


@dataclass(frozen=True, slots=True)
class FolderInfo:
    """One folder. `path` begins with the name of the folder below the mailbox's top, or with "Calendar"."""

    id: str
    path: str
    folder_class: str
    below: tuple[str, ...]
    rights: Any = None


@dataclass(frozen=True, slots=True)
class CalendarFolder:
    """The calendar in use: exchangelib's folder, its id, and what may not be done in it, with reasons."""

    folder: Any
    id: str
    name: str
    mailbox: str
    refused: dict[Operation, str]


class Folders:
    """Finds folders with few requests, none of them before it is asked (facts: exchange 0.19, A.4)."""

    def __init__(self, connection: Connection, settings: OutlookSettings) -> None:
        self._connection = connection
        self._settings = settings
        self._mailbox = (settings.mailbox or settings.primary_smtp_address).strip()
        self._calendar: CalendarFolder | None = None
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
        return Calendar(root=self._root(), _id=FolderId(id=folder_id))

    def calendar(self, cancelled: Callable[[], bool]) -> CalendarFolder:
        """The calendar that the settings name. Raises SideError with what there is when it cannot be found."""
        if self._calendar is None:
            self._calendar = self._find_calendar(cancelled)
        return self._calendar

    def _get(self, stub: Any, names: tuple[str, ...], cancelled: Callable[[], bool]) -> Any:
        fields = [FieldPath(field=type(stub).get_field_by_fieldname(name)) for name in names]
        account = self._connection.account

        def call() -> list[Any]:
            return list(GetFolder(account=account).call(folders=[stub], additional_fields=fields, shape=ID_ONLY))

        return self._connection.read(call, cancelled)[0]

    def _find_calendar(self, cancelled: Callable[[], bool]) -> CalendarFolder:
        answer = self._get(self._stub(Calendar, "calendar"), ("name", "folder_class", "effective_rights"), cancelled)
        if isinstance(answer, (ErrorAccessDenied, ErrorFolderNotFound, ErrorItemNotFound)):
            raise problem_at(
                f"the calendar of {self._mailbox} cannot be opened",
                "Ask its owner to share it with you, or correct mailbox below [outlook] in the settings",
            )
        if isinstance(answer, Exception):
            raise problem_at(f"the calendar of {self._mailbox} cannot be opened: {clean(answer)}")
        self._standard = str(answer.id)
        wanted = self._settings.calendar.strip().strip("/") or STANDARD
        if wanted.lower() in (STANDARD.lower(), str(answer.name or "").lower()):
            return self._in_use(FolderInfo(self._standard, STANDARD, _CLASS, (), answer.effective_rights))
        found = self._others_below(cancelled)
        paths = {info.path.lower() for info in found}
        local = str(answer.name or STANDARD)
        if local.lower() != STANDARD.lower() and wanted.lower().startswith(f"{local.lower()}/"):
            wanted = STANDARD + wanted[len(local) :]
        matches = [
            info for info in found if info.path.lower() == wanted.lower() and info.folder_class.startswith(_CLASS)
        ]
        if len(matches) == 1:
            return self._in_use(matches[0])
        raise _not_found(wanted, found, several=len(matches) > 1, other_class=wanted.lower() in paths)

    def _in_use(self, info: FolderInfo) -> CalendarFolder:
        return CalendarFolder(self.by_id(info.id), info.id, info.path, self._mailbox, _refused(info.rights))

    def _others_below(self, cancelled: Callable[[], bool]) -> list[FolderInfo]:
        """All folders below the mailbox's top, or below the calendar when the mailbox is somebody else's."""
        if self._others is None:
            shared = self._mailbox.lower() != self._settings.primary_smtp_address.strip().lower()
            top = self._stub(Calendar, "calendar") if shared else self._stub(MsgFolderRoot, "msgfolderroot")
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
            self._others = _with_paths([a for a in answers if not isinstance(a, Exception)], self._standard)
        return self._others

    def elsewhere(self, cancelled: Callable[[], bool]) -> dict[str, FolderInfo]:
        """The other calendar folders by id, those below Deleted Items too, without the one in use."""
        used = self.calendar(cancelled).id
        found = {info.id: info for info in self._others_below(cancelled) if info.folder_class.startswith(_CLASS)}
        found.setdefault(self._standard, FolderInfo(self._standard, STANDARD, _CLASS, ()))
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
            return False, STANDARD
        info = next((info for info in self._others_below(cancelled) if info.id == folder_id), None)
        if info is None:
            return False, "another folder"
        return bool(deleted) and deleted in info.below, info.path


def _with_paths(folders: list[Any], standard: str) -> list[FolderInfo]:
    by_id = {str(folder.id): folder for folder in folders}
    result = []
    for folder_id, folder in by_id.items():
        names: list[str] = []
        below: list[str] = []
        current: Any = folder
        here = folder_id
        while current is not None and here not in below:
            names.insert(0, STANDARD if here == standard else text.line(current.name))
            below.append(here)
            here = str(current.parent_folder_id.id) if current.parent_folder_id else ""
            current = by_id.get(here)
        if here == standard:
            names.insert(0, STANDARD)
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


def _not_found(wanted: str, found: list[FolderInfo], *, several: bool, other_class: bool) -> Exception:
    calendars = sorted({info.path for info in found if info.folder_class.startswith(_CLASS)} | {STANDARD})
    listed = ", ".join(f'"{text.plain(path)}"' for path in calendars)
    if several:
        what = f'there is more than one calendar called "{wanted}"'
    elif other_class:
        what = f'"{wanted}" is not a calendar'
    else:
        what = f'there is no calendar called "{wanted}"'
    return problem_at(what, f"Set calendar below [outlook] to one of these: {listed}")


def _refused(rights: Any) -> dict[Operation, str]:
    """What may not be done, as far as the folder's rights tell.

    Modify and Delete of a folder speak of the folder itself: an editor of a shared calendar has neither, and may change
    its events. Only somebody who has nothing but reading can be told so here; the rest is said by each event's rights.
    """
    if rights is None:
        return {}
    if not (rights.create_contents or rights.modify or rights.delete):
        return dict.fromkeys(Operation, _READ_ONLY)
    return {} if rights.create_contents else {Operation.CREATE: _NO_CREATE}

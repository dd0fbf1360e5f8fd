"""GetFolder and FindFolder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from sync_core.sandbox.ews import codec
from sync_core.sandbox.ews.access import Session
from sync_core.sandbox.ews.fields import Field
from sync_core.sandbox.ews.soap import EwsError, M, T, children, failure, find, local, sub, success, tag
from sync_core.sandbox.ews.store import Folder

_ELEMENTS: Final = {"IPF.Appointment": "CalendarFolder", "IPF.Contact": "ContactsFolder", "IPF.Task": "TasksFolder"}
_DEFAULT: Final = ("FolderId", "DisplayName", "TotalCount", "ChildFolderCount", "UnreadCount")
_ALL: Final = (
    "FolderId",
    "ParentFolderId",
    "FolderClass",
    "DisplayName",
    "TotalCount",
    "ChildFolderCount",
    "EffectiveRights",
    "DistinguishedFolderId",
    "UnreadCount",
)
_RIGHTS: Final = Field("folder:EffectiveRights", "effective_rights", "rights", "")


class FolderShape:
    """A FolderShape, read once."""

    def __init__(self, element: etree._Element | None, session: Session) -> None:
        """Raises EwsError(ErrorInvalidPropertyRequest) for properties of items."""
        self.session = session
        base = None if element is None else element.findtext(tag(T, "BaseShape"))
        wanted = {"FolderId", *{"Default": _DEFAULT, "AllProperties": _ALL}.get(base or "", ())}
        for path in children(None if element is None else find(element, "t:AdditionalProperties")):
            uri = path.get("FieldURI") or ""
            if local(path) == "FieldURI" and not uri.startswith("folder:"):
                raise EwsError("ErrorInvalidPropertyRequest", "Property is not valid for this object type.", path=path)
            wanted.add(uri.partition(":")[2])
        self.names = [name for name in _ALL if name in wanted]

    def write(self, parent: etree._Element, folder: Folder) -> None:
        """Appends a folder."""
        kind = _ELEMENTS.get(folder.folder_class, "Folder")
        element = sub(parent, kind)
        exchange = self.session.exchange
        above = None if folder.parent_id is None else exchange.folder_by_id(folder.parent_id)
        for name in self.names:
            match name:
                case "FolderId":
                    sub(element, name, Id=folder.id, ChangeKey=folder.change_key)
                case "ParentFolderId" if above is not None:
                    sub(element, name, Id=above.id, ChangeKey=above.change_key)
                case "FolderClass" if folder.folder_class:
                    sub(element, name, folder.folder_class)
                case "DisplayName":
                    sub(element, name, folder.name)
                case "TotalCount":
                    sub(element, name, str(len(folder.items)))
                case "ChildFolderCount":
                    sub(element, name, str(sum(1 for _ in below(self.session, folder, deep=False))))
                case "EffectiveRights":
                    codec.write(element, _RIGHTS, exchange.level(folder, self.session.smtp), codec.Wire())
                # the element has no place for a mailbox: it names folders of the signed-in person only. Clients that
                # follow the documented way to a shared calendar would end up in their own one otherwise
                case "DistinguishedFolderId" if folder.distinguished and folder.mailbox == self.session.smtp:
                    sub(element, name, folder.distinguished)
                case "UnreadCount" if kind in ("Folder", "TasksFolder"):
                    sub(element, name, "0")


def below(session: Session, folder: Folder, *, deep: bool) -> Iterator[Folder]:
    """The folders in a folder that this person may see, with `deep` also those further down."""
    box = session.exchange.mailboxes[folder.mailbox.lower()]
    for child in box.folders.values():
        if child.parent_id == folder.id:
            if session.exchange.level(child, session.smtp) != "none":
                yield child
            if deep:
                yield from below(session, child, deep=True)


def get_folder(request: etree._Element, session: Session) -> list[etree._Element]:
    """One message per folder id."""
    messages = []
    for element in children(find(request, "m:FolderIds")):
        try:
            shape = FolderShape(find(request, "m:FolderShape"), session)
            folder = session.folder(element)
            message = success("GetFolder")
            shape.write(sub(message, "Folders", None, M), folder)
            messages.append(message)
        except EwsError as problem:
            messages.append(failure("GetFolder", problem, "Folders"))
    return messages


def find_folder(request: etree._Element, session: Session, max_page: int) -> list[etree._Element]:
    """One message per parent folder."""
    messages = []
    for element in children(find(request, "m:ParentFolderIds")):
        try:
            messages.append(_find_in(request, session, session.folder(element), max_page))
        except EwsError as problem:
            messages.append(failure("FindFolder", problem))
    return messages


def _find_in(request: etree._Element, session: Session, parent: Folder, max_page: int) -> etree._Element:
    shape = FolderShape(find(request, "m:FolderShape"), session)
    view = find(request, "m:IndexedPageFolderView")
    size, offset = max_page, 0
    if view is not None:
        size = min(max_page, int(view.get("MaxEntriesReturned") or max_page))
        offset = int(str(view.get("Offset")))
    found = list(below(session, parent, deep=request.get("Traversal") == "Deep"))
    found = [folder for folder in found if _fits(find(request, "m:Restriction"), folder)]
    page = found[offset : offset + size]
    reached = offset + len(page)
    message = success("FindFolder")
    root = sub(message, "RootFolder", None, M)
    root.set("IndexedPagingOffset", str(reached))
    root.set("TotalItemsInView", str(len(found)))
    root.set("IncludesLastItemInRange", "true" if reached >= len(found) else "false")
    holder = sub(root, "Folders")
    for folder in page:
        shape.write(holder, folder)
    return message


def _fits(element: etree._Element | None, folder: Folder) -> bool:
    return element is None or _test(children(element)[0], folder)


def _test(element: etree._Element, folder: Folder) -> bool:
    """Restrictions on the name and the class of a folder, which is what clients search by."""
    inner = children(element)
    match local(element):
        case "And":
            return all(_test(child, folder) for child in inner)
        case "Or":
            return any(_test(child, folder) for child in inner)
        case "Not":
            return not _test(inner[0], folder)
    values = {"folder:DisplayName": folder.name, "folder:FolderClass": folder.folder_class}
    uri = inner[0].get("FieldURI") if inner else None
    if uri not in values:
        raise EwsError("ErrorUnsupportedPathForQuery", "The property can not be used with this type of restriction.")
    have = values[uri]
    if local(element) == "Contains":
        wanted = str(inner[1].get("Value"))
        if element.get("ContainmentComparison") != "Exact":
            have, wanted = have.casefold(), wanted.casefold()
        return have == wanted if element.get("ContainmentMode") == "FullString" else wanted in have
    constant = str(inner[1][0].get("Value"))
    match local(element):
        case "IsEqualTo":
            return have == constant
        case "IsNotEqualTo":
            return have != constant
    raise EwsError("ErrorInvalidRestriction", "The restriction is invalid.")

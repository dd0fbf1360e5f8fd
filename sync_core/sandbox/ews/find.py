"""FindItem: pages of a folder, and calendar views in which series have become occurrences."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from lxml import etree

from sync_core.sandbox.ews.access import Session
from sync_core.sandbox.ews.occurrences import in_window, touches
from sync_core.sandbox.ews.restriction import restriction, sort
from sync_core.sandbox.ews.shape import Shape
from sync_core.sandbox.ews.soap import EwsError, M, children, failure, find, local, sub, success
from sync_core.sandbox.ews.store import Folder, StoredItem
from sync_core.sandbox.ews.times import parse_moment

# FindCountLimit of the default throttling policy
MAX_PAGE: Final = 1000
_MAX_VIEW: Final = timedelta(days=2 * 365 + 1)


def find_item(request: etree._Element, session: Session, max_page: int, short: bool) -> list[etree._Element]:
    """One message per folder. `short` gives half of each page, which a server may always do."""
    messages = []
    holder = find(request, "m:ParentFolderIds")
    for element in children(holder):
        try:
            messages.append(_one_folder(request, session, session.folder(element), max_page, short))
        except EwsError as problem:
            messages.append(failure("FindItem", problem))
    return messages


def _one_folder(
    request: etree._Element, session: Session, folder: Folder, max_page: int, short: bool
) -> etree._Element:
    shape = Shape(find(request, "m:ItemShape"), "find", session)
    view = find(request, "m:CalendarView")
    if view is not None:
        items, total, last = _calendar(request, view, session, folder, max_page, short)
        offset = None
    else:
        items, total, offset, last = _page(request, session, folder, max_page, short)
    message = success("FindItem")
    root = sub(message, "RootFolder", None, M)
    if offset is not None:
        root.set("IndexedPagingOffset", str(offset))
    root.set("TotalItemsInView", str(total))
    root.set("IncludesLastItemInRange", "true" if last else "false")
    holder = sub(root, "Items")
    for item in items:
        shape.write(holder, item)
    return message


def _max_entries(view: etree._Element | None, max_page: int) -> int:
    """How many items a page may have. Raises EwsError(ErrorInvalidPagingMaxRows) for less than one."""
    asked = None if view is None else view.get("MaxEntriesReturned")
    if asked is not None and int(asked) < 1:
        raise EwsError("ErrorInvalidPagingMaxRows", "MaxEntriesReturned must be greater than zero.")
    return min(int(asked), max_page) if asked is not None else max_page


def _page(
    request: etree._Element, session: Session, folder: Folder, max_page: int, short: bool
) -> tuple[list[StoredItem], int, int, bool]:
    view = find(request, "m:IndexedPageItemView")
    unknown = [c for c in children(request) if local(c) in ("FractionalPageItemView", "GroupBy", "QueryString")]
    if unknown:
        raise EwsError("ErrorInvalidOperation", f"{local(unknown[0])} is not served here.")
    size = _max_entries(view, max_page)
    offset = 0 if view is None else int(str(view.get("Offset")))
    if offset < 0:
        raise EwsError("ErrorInvalidIndexedPagingParameters", "The offset must not be negative.")
    test = restriction(find(request, "m:Restriction"), session)
    found = [item for item in folder.items.values() if test(item)]
    found = sort(found, find(request, "m:SortOrder"), session)
    if request.get("Traversal") != "Shallow":
        # associated and soft-deleted items: there are none
        found = []
    if view is not None and view.get("BasePoint") == "End":
        end = max(0, len(found) - offset)
        begin = max(0, end - size)
        return found[begin:end], len(found), len(found) - begin, begin == 0
    if short:
        size = max(1, size // 2)
    page = found[offset : offset + size]
    reached = offset + len(page)
    return page, len(found), reached, reached >= len(found)


def _calendar(
    request: etree._Element, view: etree._Element, session: Session, folder: Folder, max_page: int, short: bool
) -> tuple[list[StoredItem], int, bool]:
    if find(request, "m:Restriction") is not None or find(request, "m:SortOrder") is not None:
        raise EwsError("ErrorInvalidRestriction", "Restrictions and sort orders are not allowed for a CalendarView.")
    if not folder.folder_class.startswith("IPF.Appointment"):
        raise EwsError("ErrorCalendarFolderIsInvalidForCalendarView", "Folder for CalendarView is not a calendar.")
    try:
        start = parse_moment(str(view.get("StartDate")), session.zone)
        end = parse_moment(str(view.get("EndDate")), session.zone)
    except ValueError as problem:
        raise EwsError("ErrorCalendarInvalidAttributeValue", "The range of the CalendarView is invalid.") from problem
    if end < start:
        raise EwsError("ErrorCalendarEndDateIsEarlierThanStartDate", "EndDate is earlier than StartDate.")
    if end - start > _MAX_VIEW:
        raise EwsError(
            "ErrorCalendarViewRangeTooBig", "The specified viewing range exceeds the maximum value of two years."
        )
    limit = _max_entries(view, max_page)
    found = expand(session, list(folder.items.values()), start, end)
    if short:
        limit = min(limit, max(1, len(found) // 2))
    return found[:limit], min(len(found), limit), len(found) <= limit


def expand(session: Session, items: list[StoredItem], start: datetime, end: datetime) -> list[StoredItem]:
    """What a calendar shows between two moments, by start."""
    found: list[StoredItem] = []
    for item in items:
        if item.kind != "CalendarItem":
            continue
        if item.item_type == "RecurringMaster":
            found.extend(in_window(session.exchange, item, start, end))
        else:
            values: Any = item.fields
            # an event without times, as damaged ones are, is in no view
            if values.get("start") is None or values.get("end") is None:
                continue
            if touches(values["start"], values["end"], start, end):
                found.append(item)
    moments: Any = [(item.fields["start"], item) for item in found]
    return [item for _, item in sorted(moments, key=lambda pair: pair[0])]

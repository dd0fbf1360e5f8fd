"""query and queryAll: pages of at most 2,000 rows, and cursors that lead to the next page for two days."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sync_core.sandbox.salesforce import evaluate, soql
from sync_core.sandbox.salesforce.calls import Call, Reply
from sync_core.sandbox.salesforce.errors import ApiError, query_error
from sync_core.sandbox.salesforce.ids import make_id
from sync_core.sandbox.salesforce.store import Org

# facts B4, "paging"
LARGEST_PAGE: Final = 2_000
SMALLEST_PAGE: Final = 200
CURSOR_LIFE: Final = timedelta(days=2)
_LOCATOR: Final = re.compile(r"(01g[A-Za-z0-9]{12,15})-(\d{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Cursor:
    user_id: str
    until: datetime
    rows: list[dict[str, object]]
    page: int


class Queries:
    """The queries of an org with their open cursors. A cursor keeps the rows as they were when the query ran."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._cursors: dict[str, _Cursor] = {}
        self._number = 0
        self._lock = threading.Lock()

    def answer(self, call: Call) -> Reply:
        """Answers `query?q=` and `query/LOCATOR`, the same for queryAll. Raises ApiError."""
        if call.method not in ("GET", "HEAD"):
            raise ApiError(405, "METHOD_NOT_ALLOWED", f"HTTP Method '{call.method}' not allowed. Allowed are HEAD,GET")
        if len(call.path) > 1:
            return self._more(call, call.path[1])
        text = call.query.get("q")
        if not text:
            raise query_error("MALFORMED_QUERY", "A query string has to be specified")
        query = soql.parse(text)
        rows, total = evaluate.run(self._org, call.actor, query, everything=call.path[0] == "queryAll")
        if query.count:
            return Reply(200, {"totalSize": total, "done": True, "records": []})
        page = self._page_size(call, query, len(rows))
        if len(rows) <= page:
            return Reply(200, {"totalSize": total, "done": True, "records": rows})
        with self._lock:
            self._number += 1
            locator = make_id("01g", self._number)
            self._cursors[locator] = _Cursor(call.actor.user_id, self._org.now() + CURSOR_LIFE, rows, page)
        return self._page(call, locator, self._cursors[locator], 0)

    def _page_size(self, call: Call, query: soql.Query, rows: int) -> int:
        """The batchSize of the Sforce-Query-Options header, within its bounds.

        Two long text custom fields bring it down to 200 (facts B4); a short page may hold fewer.
        """
        found = re.search(r"batchSize=(\d{1,9})", call.headers.get("sforce-query-options", ""), re.ASCII)
        size = min(max(int(found[1]), SMALLEST_PAGE), LARGEST_PAGE) if found else LARGEST_PAGE
        names = {column.path[-1].lower() for column in query.columns if column.path}
        fields = self._org.table(query.sobject).fields.values()
        long_texts = [each for each in fields if each.custom and each.type == "textarea" and each.length > 255]
        if sum(each.name.lower() in names for each in long_texts) > 1:
            size = min(size, SMALLEST_PAGE)
        if call.fault is not None and call.fault.kind == "short_page":
            size = max(1, min(size, rows) // 2)
        return size

    def _more(self, call: Call, text: str) -> Reply:
        found = _LOCATOR.fullmatch(text)
        cursor = self._cursors.get(found[1]) if found else None
        if found is None or cursor is None or cursor.user_id != call.actor.user_id or cursor.until <= self._org.now():
            raise ApiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        start = int(found[2])
        if start >= len(cursor.rows):
            raise ApiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        return self._page(call, found[1], cursor, start)

    def _page(self, call: Call, locator: str, cursor: _Cursor, start: int) -> Reply:
        size = cursor.page
        if start and call.fault is not None and call.fault.kind == "short_page":
            size = max(1, min(size, len(cursor.rows) - start) // 2)
        end = min(start + size, len(cursor.rows))
        body: dict[str, object] = {"totalSize": len(cursor.rows), "done": end == len(cursor.rows)}
        if end < len(cursor.rows):
            body["nextRecordsUrl"] = f"/services/data/v{call.actor.version}.0/{call.path[0]}/{locator}-{end}"
        body["records"] = cursor.rows[start:end]
        return Reply(200, body)

"""Rows of a plan as a table, as JSON, as Markdown and as text, for other programs and other people. Values only.

Whatever strangers wrote is harmless in all of them: no control characters, no formulas, no markup.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sync_core import order, planfile, text
from sync_core.cli import plain
from sync_core.history import harmless
from sync_core.items import Kind
from sync_core.plan import Plan, Row

COLUMNS: Final = (
    *("process", "title", "start or due", "end", "action", "state", "reason", "not done because"),
    *("differences", "salesforce id", "outlook id", "row"),
)
# what Markdown and HTML act on, besides what a table does
_MARKUP: Final = re.compile(r"([\\`*_{}\[\]<>()#+!|~&-])")
_WIDTH: Final = 100


def to_csv(plan: Plan, rows: Sequence[Row]) -> str:
    """A line per row, times in the plan's zone as "2026-11-23 10:00", for a spreadsheet."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for row in rows:
        table.writerow([harmless(text.plain(cell)) for cell in _cells(row, plan.window.zone)])
    return out.getvalue()


def to_json(plan: Plan, rows: Sequence[Row]) -> str:
    """A plan of these rows only, as `handsync plan --out` writes it: `handsync apply` takes it."""
    # ASCII only, so that no terminal acts on it
    return json.dumps(planfile.plan_to_json(plan, rows), indent=1) + "\n"


def to_markdown(plan: Plan, rows: Sequence[Row]) -> str:
    """A heading and a table, for a ticket or a wiki."""
    zone = plan.window.zone
    lines = [f"# {plan.kind.process}", "", f"{len(rows)} row{'s' * (len(rows) != 1)}, times in {zone}.", ""]
    lines += ["| what | would happen | why | differences |", "| --- | --- | --- | --- |"]
    for row in rows:
        about = ", ".join([row.title, *plain.about(row, zone)])
        why = ". ".join(filter(None, (row.reason, row.why_not and f"Not done: {row.why_not}")))
        cells = [_escaped(cell) for cell in (about, plain.action_words(row), why)]
        cells.append("<br>".join(_escaped(words) for words in plain.differences(row, zone)))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def to_lines(rows: Sequence[Row], zone: str) -> str:
    """A line per row, for a message to somebody."""
    return "\n".join(plain.row_line(row, zone) for row in rows)


def to_details(rows: Sequence[Row], zone: str) -> str:
    """Everything that is known of each row."""
    return "\n\n".join(plain.row_text(row, zone, _WIDTH, with_id=False) for row in rows)


FORMATS: Final[Mapping[str, Callable[[Plan, Sequence[Row]], str]]] = {
    "csv": to_csv,
    "json": to_json,
    "md": to_markdown,
}


def _cells(row: Row, zone: str) -> list[str]:
    start, end = _times(row, zone)
    return [
        row.kind.value,
        row.title,
        start,
        end,
        row.action.value,
        row.state.value,
        row.reason,
        row.why_not,
        " | ".join(plain.differences(row, zone)),
        row.left.id if row.left else "",
        row.right.id if row.right else "",
        row.id,
    ]


def _times(row: Row, zone: str) -> tuple[str, str]:
    """Start and end of an event, the due date of a task, in a form that sorts; "" for none."""
    if row.kind is Kind.TASKS:
        return str(order.value(row, "due") or ""), ""
    when = order.row_when(row)
    if when is None or when.all_day:
        return (when.start, when.end) if when else ("", "")
    return _local(when.start, zone), _local(when.end, zone)


def _local(moment: str, zone: str) -> str:
    try:
        found = datetime.fromisoformat(moment)
        return f"{(found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError):
        return moment


def _escaped(words: Any) -> str:
    """Foreign text inside a cell of a Markdown table."""
    return _MARKUP.sub(r"\\\1", text.plain(str(words)))

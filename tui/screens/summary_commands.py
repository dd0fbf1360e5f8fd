"""What can be done with the rows of a review besides what has a key: the palette offers it by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync_core.order import Order
from tui.keys import KeyHelp
from tui.widgets.action_menu import MARK_NAMES, conditions
from tui.widgets.chips import Chips

if TYPE_CHECKING:
    from tui.screens.summary_rows import RowsPane


def more_commands(pane: RowsPane) -> list[KeyHelp]:
    """Each condition to mark by, each order, and each group of rows that can be shown."""
    marks = [
        (f"s {entry.keys[1]}", f"Mark: {MARK_NAMES[entry.target]}", entry.label, f"mark_by('{entry.target}')")
        for entry in conditions(row_known=pane.table.cursor_row_id is not None)
        if not entry.why_not and pane.table.shown
    ]
    kind = pane.review.plan.kind
    sorts = [
        ("", f"Sort {order.label(kind)}", f"Sort the rows {order.label(kind)}", f"sort_by('{order.value}')")
        for order in Order
        if order is not pane.view.order
    ]
    groups = [
        ("", f"Show: {group.label}", f"Show the group {group.label} of the rows", f"show_group('{group.value}')")
        for group in pane.query_one(Chips).groups
        if group is not pane.group
    ]
    return [
        KeyHelp((keys,) if keys else (), label, f"{sentence}.", action, False, True, pane)
        for keys, label, sentence, action in (*marks, *sorts, *groups)
    ]

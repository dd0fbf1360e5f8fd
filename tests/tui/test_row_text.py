"""The lines of the table at every width from 80 cells to 250: what takes more or fewer cells than it has letters stays
in its column.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Any

import pytest
from rich.cells import split_graphemes
from rich.style import Style
from rich.text import Text
from support.hostile import TEXTS

from sync_core.items import SideName
from sync_core.plan import Situation
from tui.glyphs import ASCII, UNICODE, GlyphSet
from tui.widgets.lines import Looks
from tui.widgets.row_text import MARKER, Columns, RowText

# what a line has on terminals of 80 to 250 cells
WIDTHS = range(78, 251)
TITLES = {
    "double width": "四半期レビュー 東京オフィスとの会議 日本語の長い件名です",
    "double width in odd cells": "x四半期レビュー東京オフィスとの会議",
    "Korean": "한국 지사와의 분기 회의",
    "right to left": "פגישה רבעונית עם צוות המכירות",
    "right to left, with numbers": "اجتماع 2026 مع فريق المبيعات",
    "combining": "Cafe\u0301 Zu\u0308rich na\u0308ive " + "e\u0301" * 40,
    "emoji": "👩🏽‍🦽 Party 👍🏽 1️⃣ 🏳️‍🌈 ❤️ ⚠️ 🇬🇧",
    "zero width": "zero\u200bwidth\ufeff joined\u200d",
    "Devanagari": "नमस्ते तिमाही समीक्षा",
}
LOOKS = Looks(*[Style.null()] * 9)


def at_cells(line: Text, cells: Sequence[int]) -> list[str]:
    """What stands behind some numbers of cells; "" where a character of two cells lies across."""
    found, passed = {}, 0
    for start, _, width in split_graphemes(line.plain)[0]:
        found.setdefault(passed, line.plain[start:])
        passed += width
    return [found.get(cell, "") for cell in cells]


def test_both_sides_get_as_much_at_every_width_and_none_too_little() -> None:
    before = Columns.of(WIDTHS[0])
    for width in WIDTHS:
        columns = Columns.of(width)
        assert MARKER + columns.left + 1 + columns.action + 1 + columns.right == width
        assert 0 <= columns.left - columns.right <= 1
        # a time, and some words of a subject
        assert columns.right >= 30
        # the word of an action beside its sign
        assert columns.action == 14
        assert columns.left >= before.left, "wider, and less room"
        assert columns.right >= before.right
        before = columns


@pytest.mark.parametrize(
    ("name", "glyphs"),
    [*((name, UNICODE) for name in (*TITLES, *TEXTS)), ("double width", ASCII), ("emoji", ASCII)],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_the_columns_are_straight_at_every_width(samples: ModuleType, name: str, glyphs: GlyphSet) -> None:
    subject = (TITLES | TEXTS)[name][:2000]
    values = samples.fields(subject, samples.at(23, "10:00", "11:00"), location=subject)
    b = samples.Builder()
    rows = [
        b.pair(Situation.CHANGED, values, {"subject": f"{subject}!"}, {}, "why"),
        b.single(Situation.NEW, SideName.SALESFORCE, values, "new"),
        b.single(Situation.NEW, SideName.OUTLOOK, values, "new"),
    ]
    text = RowText(samples.ZONE, samples.TODAY, glyphs, LOOKS)
    for width in WIDTHS:
        columns = Columns.of(width)
        for row in rows:
            line = text.line(row, None, columns, cursor=True, marked=True)
            assert line.cell_len == width, (width, line.plain)
            assert "\n" not in line.plain
            places = (columns.action_at - 1, columns.action_at, columns.right_at - 1)
            before, sign, behind = at_cells(line, places)
            assert before.startswith(" "), (width, line.plain)
            assert sign.startswith(f"{glyphs.sign(row):<5} ")
            assert behind.startswith(" ")


def test_headings_never_reach_into_the_other_side(samples: ModuleType) -> None:
    text: Any = RowText(samples.ZONE, samples.TODAY, UNICODE, LOOKS)
    for width in WIDTHS:
        columns = Columns.of(width)
        assert text.header(columns, "by last change in Outlook").cell_len == width
        assert text.heading(samples.TODAY, columns).cell_len == columns.action_at - 1
        assert text.folded(samples.TODAY, 12345, 999, columns, cursor=True, marked=True).cell_len <= width


@pytest.mark.slow
async def test_on_every_screen_the_table_keeps_room_for_both_sides(summary: Any) -> None:
    """Where the details stand beside the table, and where they stand below it."""
    async with summary() as shown:
        for width in (*range(80, 250, 9), 119, 120, 121, 250):
            await shown.pilot.resize_terminal(width, 40)
            await shown.pilot.pause()
            table = shown.screen.table
            columns = Columns.of(table.inner_width)
            assert 0 <= columns.left - columns.right <= 1
            assert columns.right >= 28, (width, table.inner_width)
            for y in range(1, 12):
                assert table.render_line(y).cell_length == table.inner_width, (width, y)

"""The table as the rest of the program sees it, a DataTable; and what it does not do, however many rows there are."""

from __future__ import annotations

from typing import Any

import pytest
from textual import on
from textual.app import App, ComposeResult
from textual.coordinate import Coordinate
from textual.widgets import DataTable
from textual.widgets.data_table import CellDoesNotExist, RowDoesNotExist, RowKey

from sync_core.plan import Row
from tui.widgets.marks import Marks
from tui.widgets.plan_table import PlanTable
from tui.widgets.row_text import RowText


class Tables(App[None]):
    """A table and what it says."""

    def __init__(self, samples: Any, rows: int) -> None:
        super().__init__()
        self.table = PlanTable(samples.ZONE, samples.TODAY, id="plan")
        self.rows = samples.large(rows).rows
        self.said: list[tuple[str, int, str | None]] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.table.show(self.rows)
        self.table.focus()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        from tui.theme import names

        return names()

    @on(DataTable.RowHighlighted, "#plan")
    @on(DataTable.RowSelected, "#plan")
    def _hear(self, event: DataTable.RowHighlighted | DataTable.RowSelected) -> None:
        self.said.append((type(event).__name__, event.cursor_row, event.row_key.value))


async def test_it_speaks_and_moves_as_a_datatable_does(samples: Any) -> None:
    app = Tables(samples, 20)
    async with app.run_test() as pilot:
        table, first, second = app.table, app.rows[0], app.rows[1]
        # the heading of the day is a line, and the cursor is never on it
        assert table.cursor_coordinate == Coordinate(1, 0)
        assert (table.cursor_row, table.cursor_column, table.cursor_type) == (1, 0, "row")
        assert table.row_count == 40
        await pilot.press("down", "enter")
        table.move_cursor(row=0)
        await pilot.pause()
        assert app.said == [
            ("RowHighlighted", 1, first.id),
            ("RowHighlighted", 3, second.id),
            ("RowSelected", 3, second.id),
            ("RowHighlighted", 1, first.id),
        ]
        assert table.get_row_index(second.id) == table.get_row_index(RowKey(second.id)) == 3
        assert table.coordinate_to_cell_key(Coordinate(3, 0))[0] == second.id
        with pytest.raises(RowDoesNotExist):
            table.get_row_index("nobody")
        with pytest.raises(CellDoesNotExist):
            table.coordinate_to_cell_key(Coordinate(40, 0))
        assert table.is_valid_row_index(39)
        assert not table.is_valid_row_index(40)
        assert {"datatable--cursor", "datatable--header"} <= PlanTable.COMPONENT_CLASSES
        assert table.get_component_rich_style("datatable--cursor").bgcolor is not None


async def test_an_empty_table_has_a_cursor_on_nothing(samples: Any) -> None:
    app = Tables(samples, 0)
    async with app.run_test() as pilot:
        await pilot.press("down", "up", "end", "pagedown", "space", "J", "v", "enter", "m", "asterisk")
        assert app.table.cursor_row_id is None
        assert app.said == []
        assert app.table.row_count == app.table.marked == 0


async def test_a_step_draws_the_same_few_lines_in_a_large_table_as_in_a_small_one(
    samples: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is drawn and what is asked of rows is counted: time would depend on what else the machine does."""
    drawn: list[str] = []
    real = RowText.line

    def line(self: RowText, row: Row, *args: Any, **kwargs: Any) -> Any:
        drawn.append(row.id)
        return real(self, row, *args, **kwargs)

    monkeypatch.setattr(RowText, "line", line)
    counts = []
    for size in (100, 5000):
        app = Tables(samples, size)
        async with app.run_test(size=(120, 40)) as pilot:
            steps = []
            for key in ("down", "down", "space", "J", "v", "down", "v", "up"):
                drawn.clear()
                await pilot.press(key)
                await pilot.pause()
                steps.append(len(drawn))
            drawn.clear()
            row = app.table.row(app.rows[3].id)
            app.table.update([row, app.rows[60]])
            await pilot.pause()
            # nothing is different
            assert drawn == []
            counts.append(steps)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 4


def test_marks_change_only_what_a_range_wins_or_loses() -> None:
    marks = Marks()
    marks.put({f"row {number}" for number in range(1000)})
    seen: list[int] = []

    def ids_at(line: int) -> tuple[str, ...]:
        seen.append(line)
        # every third line is a heading, and there the last one is folded
        return (f"row {line}",) if line % 3 else ("row a", "row b") if line == 1005 else ()

    marks.begin(998)
    assert marks.stretch(998, ids_at) == []
    assert sorted(marks.stretch(1002, ids_at)) == ["row 1000", "row 1001"]
    seen.clear()
    assert marks.stretch(1003, ids_at) == ["row 1003"]
    assert seen == [1003]
    seen.clear()
    # back over the anchor: what the range marked is unmarked, what was marked before it came stays
    assert sorted(marks.stretch(996, ids_at)) == ["row 1000", "row 1001", "row 1003"]
    assert sorted(seen) == [996, 997, 999, 1000, 1001, 1002, 1003]
    assert "row 998" in marks.ids
    assert "row 1000" not in marks.ids
    marks.end()
    assert marks.stretch(0, ids_at) == []
    assert marks.toggle(("row 998",)) == ("row 998",)
    assert marks.toggle(("row 997", "row 998")) == ["row 998"]
    assert marks.toggle(("row 997", "row 998")) == ("row 997", "row 998")
    assert len(marks.put(())) == 998
    marks.begin(1004)
    assert marks.stretch(1005, ids_at) == ["row 1004", "row a", "row b"]

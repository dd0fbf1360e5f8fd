"""The rows of a review in the Synchronization Summary: which are shown, in which order, and which are marked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import DataTable

from sync_core import selecting
from sync_core.groups import Group
from sync_core.order import Order
from sync_core.plan import DELETES, NEEDS, Action, Row, State, allowed
from sync_core.review import Review
from sync_core.selecting import Condition
from sync_core.text import plain
from tui import format as fmt
from tui.glyphs import GlyphSet
from tui.habits import Habits
from tui.tally import Tally
from tui.view import View
from tui.widgets.action_menu import conditions
from tui.widgets.chips import Chips
from tui.widgets.controls import Words
from tui.widgets.details import DetailsPane
from tui.widgets.field_editor import FieldEditor
from tui.widgets.plan_table import PlanTable
from tui.widgets.status_line import StatusLine
from tui.words import in_step

# rows looked at in one go before words are looked for in them; more would hold up the keys
_SLICE: Final = 250
INVERT: Final = "invert"


class RowsPane(Vertical):
    """Shows the rows of a review. `zone` is an IANA name, `today` the day there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "next(1)", "Next", tooltip="To the next row that needs a decision."),
        Binding("N", "next(-1)", "Previous", show=False, tooltip="To the previous row that needs a decision."),
        Binding("c", "next_conflict(1)", "Next conflict", show=False, tooltip="To the next conflict, decided or not."),
        Binding("C", "next_conflict(-1)", "Conflict before", show=False, tooltip="To the conflict before."),
        Binding("x", "next_delete(1)", "Next delete", show=False, tooltip="To the next row that deletes something."),
        Binding("X", "next_delete(-1)", "Delete before", show=False, tooltip="To the delete before."),
        Binding(
            "slash",
            "filter",
            "Filter",
            show=False,
            tooltip="Show only rows with some words, days (tomorrow), or actions.",
        ),
        Binding("right", "group(1)", "Next group", show=False, tooltip="Show the next group of rows: New, Changed …"),
        Binding("left", "group(-1)", "Group before", show=False, tooltip="Show the group of rows before."),
        Binding("t", "sort", "Sort", show=False, tooltip="Sort by time, subject, action, or last change."),
        Binding("w", "what", "What differs", show=False, tooltip="Show what differs, or what will be done."),
        Binding("s", "select", "Select", show=False, tooltip="Mark rows by what they have in common, or invert."),
    ]

    # seconds the cursor rests on a row before its details are shown: a key that is held down does not wait for them,
    # and over SSH they are most of what would have to be sent
    REST: ClassVar[float] = 0.2

    class Counted(Message):
        """What a run would write may be something else now."""

    class Habit(Message):
        """A person looks at rows in another way; that is for all processes, and to be remembered."""

        def __init__(self, habits: Habits) -> None:
            super().__init__()
            self.habits = habits

    def __init__(
        self, review: Review, zone: str, today: date, *, glyphs: GlyphSet, habits: Habits | None = None
    ) -> None:
        super().__init__()
        self.habits = habits or Habits()
        self.review = review
        self.zone = zone
        self.today = today
        self.glyphs = glyphs
        self.view = View(zone, today)
        self.view.order = self.habits.order(review.plan.kind)
        self._rows: dict[str, Row] = {}
        self._ids: list[str] = []
        self.tally = Tally(())
        self._read_rows()
        self._told = ""
        self._resting: Timer | None = None

    def _read_rows(self) -> None:
        rows = self.review.rows()
        # the plan's order: what else is equal stays in it
        self._ids = [row.id for row in rows]
        self._rows = self.view.arrange(rows)
        self.tally = Tally(rows)

    def compose(self) -> ComposeResult:
        """What must be known of the plan, groups, table and details, a line about the last change."""
        yield Words("", id="notes")
        yield Chips(id="chips")
        with Container(id="body"):
            yield PlanTable(self.zone, self.today, self.glyphs, id="plan")
            yield DetailsPane(self.zone, self.today, self.glyphs, id="details")
        yield FieldEditor(id="editor")
        yield StatusLine(id="status")

    def on_mount(self) -> None:
        """Fills the table, in the way this person looks at it."""
        self.show_notes()
        self.adopt(self.habits)
        self._show_rows()
        # once it is known how many lines are in view
        self.call_after_refresh(self._go_to_first)
        self.tell(self.review.said or self._first_words())

    def show_notes(self) -> None:
        """Says what a person must know before they look at the rows."""
        notes = self.query_one("#notes", Words)
        notes.update(Content(self.glyphs.text(" ".join(f"{plain(note)}." for note in self.review.plan.notes))))
        notes.display = bool(self.review.plan.notes)

    def _go_to_first(self) -> None:
        """The cursor starts where something is to do: on a row to decide, else on one that would write something."""
        if not self.is_attached:
            return
        if self.tally.undecided:
            first = next((row for row in self.table.rows_shown if row.state is State.UNDECIDED), None)
        elif self.tally.writing:
            first = next((row for row in self.table.rows_shown if _writes(row)), None)
        else:
            first = None
        if first is not None:
            self.table.go_to(first.id)

    def _first_words(self) -> str:
        undecided = self.tally.undecided
        if undecided:
            return f"{fmt.plural(undecided, 'row')} to decide: n goes to the next one"
        return "" if self.table.shown else in_step(self.review)

    @property
    def table(self) -> PlanTable:
        """The table."""
        return self.query_one(PlanTable)

    @property
    def details(self) -> DetailsPane:
        """The details of the row under the cursor."""
        return self.query_one(DetailsPane)

    @property
    def editor(self) -> FieldEditor:
        """What a value for one field is typed into."""
        return self.query_one(FieldEditor)

    @property
    def status(self) -> StatusLine:
        """The line under the table."""
        return self.query_one(StatusLine)

    @property
    def group(self) -> Group:
        """The group of rows that is shown."""
        return self.view.group

    # what is shown

    def _show_rows(self) -> None:
        """Applies group, words and order anew."""
        self.table.show(self.view.shown(self._rows), self.view.order, self.view.sections)
        self._show_counts()
        self._show_details()

    def _show_counts(self) -> None:
        self.query_one(Chips).show(self.tally, self.group)
        self.post_message(self.Counted())

    def _show_details(self) -> None:
        if self._resting is not None:
            self._resting.stop()
            self._resting = None
        at = self.table.cursor_row_id
        self.details.show_row(self._rows[at] if at is not None else None)

    def tell(self, words: str) -> None:
        """Says something in the line under the table."""
        self._told = words
        self._show_status()

    def _show_status(self) -> None:
        parts: list[str | tuple[str, str]] = [" "]
        marked = self.table.marked
        if self.table.ranging:
            parts += [("range", "bold $warn"), "  "]
        if marked:
            parts += [(f"{marked} marked", "bold $warn"), "  "]
        if self.view.words:
            parts += [(f"/{plain(self.view.words)}", "bold $key"), f" {fmt.plural(self.table.shown, 'row')}  "]
        self.status.say(Content.assemble(*parts, self.glyphs.text(plain(self._told))))

    @on(DataTable.RowHighlighted)
    def _moved(self) -> None:
        if self.REST and not self.details.reading:
            if self._resting is not None:
                self._resting.stop()
            self._resting = self.set_timer(self.REST, self._show_details)
        else:
            self._show_details()

    @on(PlanTable.MarksChanged)
    def _marked(self) -> None:
        self._show_status()

    # moving about

    def action_next(self, step: int) -> None:
        """To the next or previous row that needs a decision."""
        undecided = self.tally.undecided
        if undecided and self.table.next_row(step, lambda row: row.state is State.UNDECIDED):
            return
        self.tell(
            f"no row shown needs a decision; {undecided} elsewhere: Esc ends the filter"
            if undecided
            else "no row needs a decision; o is Ok"
        )

    def action_next_conflict(self, step: int) -> None:
        """To the next or previous conflict, decided or not."""
        if not self.table.next_row(step, lambda row: row.recommended is Action.CONFLICT):
            self.tell("no row shown is a conflict")

    def action_next_delete(self, step: int) -> None:
        """To the next or previous row that deletes something."""
        if not self.table.next_row(step, lambda row: row.action in DELETES):
            self.tell("no row shown deletes anything")

    # habits

    def adopt(self, habits: Habits) -> None:
        """Takes on the habits of all processes; the order is one's own."""
        self.habits = habits
        self.set_class(not (habits.details or self.details.reading), "-no-details")
        if self.details.differences is not habits.differences:
            self.table.show_differences(habits.differences)
            self.details.show_differences(habits.differences)

    def _change_habits(self, habits: Habits) -> None:
        self.adopt(habits)
        self.post_message(self.Habit(habits))

    def action_what(self) -> None:
        """Shows what differs, in the table and in the details, or what will be done again."""
        only = not self.details.differences
        self._change_habits(replace(self.habits, differences=only))
        self.tell("what differs; w shows what will be done" if only else "what will be done; w shows what differs")

    # order and groups

    def action_sort(self) -> None:
        """Sorts by the next of the orders; the cursor stays on its row."""
        self.action_sort_by(self.view.order.next.value)

    def action_sort_by(self, name: str) -> None:
        """Sorts by one of the orders."""
        self.view.order = Order(name)
        self._change_habits(self.habits.with_order(self.review.plan.kind, self.view.order))
        self._rows = self.view.arrange(self._rows[row_id] for row_id in self._ids)
        self._show_rows()
        self.tell(f"sorted {self.view.order.label(self.review.plan.kind)}")

    def action_group(self, step: int) -> None:
        """Shows the next or previous group that has rows."""
        groups = self.query_one(Chips).groups
        self._show_group(groups[(groups.index(self.group) + step) % len(groups)])

    @on(Chips.Chosen)
    def _chosen(self, event: Chips.Chosen) -> None:
        # what is chosen already is left again
        self._show_group(Group.ALL if event.group is self.group else event.group)

    def action_show_group(self, name: str) -> None:
        """Shows one of the groups."""
        self._show_group(Group(name))

    def _show_group(self, group: Group) -> None:
        self.view.group = group
        self._show_rows()
        self._show_status()

    # marking by condition

    def action_select(self) -> None:
        """Opens the menu of conditions that rows are marked by."""
        if self.table.shown:
            self.table.open_menu(conditions(row_known=self.table.cursor_row_id is not None), "Mark")

    def action_mark_by(self, name: str) -> None:
        """Marks the rows shown that meet a condition, those alone; or what was not marked."""
        marked = set(self.table.selected_ids)
        shown = self.table.rows_shown
        if name == INVERT:
            self.table.mark_only(row.id for row in shown if row.id not in marked)
            self.tell("what was not marked is")
            return
        condition = Condition(name)
        at = self.table.cursor_row_id
        found = selecting.having(shown, condition, self._rows[at] if at is not None else None)
        if found and at not in found:
            # what was marked is to be seen
            self.table.go_to(found[0])
        self.table.mark_only(found)
        label = f"{condition.label[0].lower()}{condition.label[1:]}"
        self.tell(label if found else f"none to mark: {label}")

    # the filter

    def action_filter(self) -> None:
        """Opens the line to type words into."""
        self.status.open_filter()
        self._learn(iter(list(self._rows.values())))

    def _learn(self, rows: Iterable[Row]) -> None:
        """Looks at all rows bit by bit while nothing else is to be done."""
        some = list(islice(rows, _SLICE))
        self.view.learn(some)
        if some and self.is_attached:
            self.call_later(self._learn, rows)

    @on(StatusLine.Typed)
    def _typed(self) -> None:
        # keys that are waiting already come first: one answer for all of them
        self.call_later(self._find_typed)

    def _find_typed(self) -> None:
        words = self.status.words
        if words != self.view.words:
            self.view.words = words
            self._show_rows()

    @on(StatusLine.Kept)
    def _found(self) -> None:
        """Enter keeps the words and goes back to the table."""
        self._find_typed()
        self.status.close_filter()
        self.table.focus()
        self._show_status()

    def _end_filter(self) -> None:
        self.status.clear()
        self.view.clear()
        self._show_rows()
        self.table.focus()
        self._show_status()

    # leaving

    def step_back(self) -> bool:
        """One step back: out of the details, the marks, the filter; False when there was nothing to leave."""
        if self.editor.is_open:
            self._end_typing()
        elif self.status.filtering or (self.table.has_focus and self.view.filtered and not self._has_marks):
            self._end_filter()
        elif self.details.has_focus:
            self.table.focus()
        else:
            return self.table.clear_marks()
        return True

    def _end_typing(self) -> None:
        """Nothing is typed any longer; the keyboard goes back to the details."""
        self.details.focus()
        self.details.typing = False
        self.run_worker(self.editor.close(), exclusive=True, group="editor", exit_on_error=False)

    @property
    def _has_marks(self) -> bool:
        return self.table.marked > 0 or self.table.ranging


def _writes(row: Row) -> bool:
    now = allowed(row)
    return now.state is State.READY and bool(NEEDS[now.effect.action])

"""The review of one process in the Synchronization Summary: its table, its details, its filter, and every decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import DataTable

from sync_core.order import sort_key
from sync_core.plan import Row
from sync_core.review import Group, Review
from sync_core.text import plain
from tui import decisions
from tui import format as fmt
from tui.glyphs import GlyphSet
from tui.tally import Tally
from tui.widgets.action_menu import KEYS, Command, entries, picks
from tui.widgets.chips import Chips
from tui.widgets.details import DetailsPane
from tui.widgets.plan_table import PlanTable
from tui.widgets.status_line import StatusLine

# from so many rows on, filtering waits for a pause in the typing
_MANY: Final = 500
_FILTER_PAUSE: Final = 0.15


class ReviewPane(Vertical):
    """Shows a review and changes it.

    `zone` is an IANA name, `today` the day there. `now` gives the time, UTC.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(KEYS[command][0], f"do('{command}')", label, show=show, tooltip=sentence)
            for command, (label, sentence, show) in decisions.LABELS.items()
        ),
        Binding("u", "undo", "Undo", show=False, tooltip="Undo the last decision."),
        Binding("ctrl+r", "redo", "Redo", show=False, tooltip="Make the undone decision again."),
        Binding("n", "next(1)", "Next", tooltip="To the next row that needs a decision."),
        Binding("N", "next(-1)", "Previous", show=False, tooltip="To the previous row that needs a decision."),
        Binding("slash", "filter", "Filter", show=False, tooltip="Show only rows that hold some words."),
        Binding("right", "group(1)", "Next group", show=False, tooltip="Show the next group of rows: New, Changed ..."),
        Binding("left", "group(-1)", "Group before", show=False, tooltip="Show the group of rows before."),
    ]

    # seconds the cursor rests on a row before its details are shown: a key that is held down does not wait for them,
    # and over SSH they are most of what would have to be sent
    REST: ClassVar[float] = 0.2

    class Counted(Message):
        """What a run would write may be something else now."""

    def __init__(
        self, review: Review, zone: str, today: date, *, now: Callable[[], datetime], glyphs: GlyphSet
    ) -> None:
        super().__init__()
        self.review = review
        self.zone = zone
        self.today = today
        self._now = now
        self.glyphs = glyphs
        self._rows: dict[str, Row] = {}
        self.tally = Tally(())
        self._read_rows()
        self.group = Group.ALL
        self._words = ""
        self._told = ""
        self._resting: Timer | None = None

    def _read_rows(self) -> None:
        rows = sorted(self.review.rows(), key=lambda row: sort_key(row, self.zone))
        self._rows = {row.id: row for row in rows}
        self.tally = Tally(rows)

    def compose(self) -> ComposeResult:
        """Groups, table and details, a line about the last change."""
        yield Chips(id="chips")
        with Container(id="body"):
            yield PlanTable(self.zone, self.today, self.glyphs, id="plan")
            yield DetailsPane(self.zone, self.today, self.glyphs, id="details")
        yield StatusLine(id="status")

    def on_mount(self) -> None:
        """Fills the table."""
        self._show_rows()
        undecided = self.tally.undecided
        self.tell(f"{fmt.plural(undecided, 'row')} to decide: n goes to the next one" if undecided else "")

    @property
    def table(self) -> PlanTable:
        """The table."""
        return self.query_one(PlanTable)

    @property
    def details(self) -> DetailsPane:
        """The details of the row under the cursor."""
        return self.query_one(DetailsPane)

    @property
    def status(self) -> StatusLine:
        """The line under the table."""
        return self.query_one(StatusLine)

    # what is shown

    def _show_rows(self) -> None:
        """Applies group and words anew."""
        shown = {row.id for row in self.review.shown(self.group, self._words)}
        self.table.show([row for row in self._rows.values() if row.id in shown])
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
        marked = len(self.table.selected_ids)
        if self.table.ranging:
            parts += [("range", "bold $warn"), "  "]
        if marked:
            parts += [(f"{marked} marked", "bold $warn"), "  "]
        if self._words:
            parts += [(f"/{plain(self._words)}", "bold $key"), f" {fmt.plural(self.table.shown, 'row')}  "]
        self.status.say(Content.assemble(*parts, self.glyphs.text(plain(self._told))))

    # decisions

    def action_do(self, name: str) -> None:
        """Does a command to the marked rows, else to the row under the cursor."""
        command = Command(name)
        if command is Command.DETAILS:
            self.toggle_class("-no-details")
            return
        ids = self.table.target_ids
        if ids:
            now = self._now().strftime("%Y-%m-%dT%H:%M:%SZ")
            self._take(decisions.decided(self.review, command, ids, now))
            blocked = decisions.still_blocked([self._rows[row_id] for row_id in ids if row_id in self._rows])
            if blocked:
                self.tell(f"{self.review.said}; {blocked}")

    def action_undo(self) -> None:
        """Takes the last decision back."""
        self._take(self.review.undo())

    def action_redo(self) -> None:
        """Makes the undone decision again."""
        self._take(self.review.redo())

    def _take(self, review: Review) -> None:
        """Shows `review` instead of the one so far; rows stay where they are until the filter is changed."""
        before, self.review = self.review, review
        if before.joined != review.joined:
            self._read_rows()
            self._show_rows()
            self.tell(review.said)
            return
        ids = decisions.changed(before, review)
        changed = []
        for row_id in ids:
            row = review.row(row_id)
            self.tally.replace(self._rows[row_id], row)
            self._rows[row_id] = row
            changed.append(row)
        self.table.update(changed)
        if changed:
            self._show_counts()
            self._show_details()
        self.tell(review.said)

    # moving about

    def action_next(self, step: int) -> None:
        """To the next or previous row that needs a decision."""
        undecided = self.tally.undecided
        if undecided and self.table.next_undecided(step):
            return
        self.tell(
            f"no row shown needs a decision; {undecided} elsewhere: Esc ends the filter"
            if undecided
            else "no row needs a decision"
        )

    def action_group(self, step: int) -> None:
        """Shows the next or previous group that has rows."""
        groups = self.query_one(Chips).groups
        self._show_group(groups[(groups.index(self.group) + step) % len(groups)])

    @on(Chips.Chosen)
    def _chosen(self, event: Chips.Chosen) -> None:
        self._show_group(event.group)

    def _show_group(self, group: Group) -> None:
        self.group = group
        self._show_rows()
        self._show_status()

    @on(DataTable.RowHighlighted)
    def _moved(self) -> None:
        if self.REST:
            if self._resting is not None:
                self._resting.stop()
            self._resting = self.set_timer(self.REST, self._show_details)
        else:
            self._show_details()

    @on(DataTable.RowSelected)
    def _entered(self) -> None:
        """Enter goes to the details, which become large."""
        self.remove_class("-no-details")
        self.details.focus()

    @on(DetailsPane.Closed)
    def _left_details(self) -> None:
        self.table.focus()

    def on_descendant_focus(self) -> None:
        """The details are large while they are read, and those of the row under the cursor."""
        if self.details.has_focus and self._resting is not None:
            self._show_details()
        self.set_class(self.details.has_focus, "-reading")

    @on(PlanTable.MarksChanged)
    def _marked(self) -> None:
        self._show_status()

    # the menu

    @on(PlanTable.MenuAsked)
    def _menu(self) -> None:
        rows: list[Row] = [self._rows[row_id] for row_id in self.table.target_ids]
        candidates = self.review.candidates(rows[0].id) if len(rows) == 1 and rows[0].rivals else []
        named = [(row.id, fmt.row_words(row, self.zone, self.today)) for row in candidates]
        self.table.open_menu((*picks(named), *entries(rows)))

    def _pick(self, target: str) -> None:
        """The row under the cursor and `target` are the same thing."""
        at = self.table.target_ids[0]
        before = self.review.joined.keys()
        try:
            review = self.review.pick(at, target)
        except ValueError as error:
            self.tell(str(error))
            return
        self._take(review)
        for row_id in review.joined.keys() - before:
            self.table.go_to(row_id)

    @on(PlanTable.MenuChosen)
    def _menu_chosen(self, event: PlanTable.MenuChosen) -> None:
        match event.entry.command:
            case Command.DETAILS:
                self._entered()
            case Command.PICK:
                self._pick(event.entry.target)
            case command:
                self.action_do(command)

    @on(PlanTable.MenuRefused)
    def _menu_refused(self, event: PlanTable.MenuRefused) -> None:
        self.tell(f"not possible: {event.entry.why_not}")

    # the filter

    def action_filter(self) -> None:
        """Opens the line to type words into."""
        self.status.open_filter()

    @on(StatusLine.Typed)
    def _typed(self) -> None:
        if len(self._rows) < _MANY:
            self._find_typed()
        else:
            self.set_timer(_FILTER_PAUSE, self._find_typed)

    def _find_typed(self) -> None:
        words = self.status.words
        if words != self._words:
            self._words = words
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
        self._words = ""
        self.group = Group.ALL
        self._show_rows()
        self.table.focus()
        self._show_status()

    # leaving

    def step_back(self) -> bool:
        """One step back: out of the details, the marks, the filter; False when there was nothing to leave."""
        if self.status.filtering or (self.table.has_focus and self._filtered and not self._has_marks):
            self._end_filter()
        elif self.details.has_focus:
            self.table.focus()
        else:
            return self.table.clear_marks()
        return True

    @property
    def _filtered(self) -> bool:
        return bool(self._words) or self.group is not Group.ALL

    @property
    def _has_marks(self) -> bool:
        return bool(self.table.selected_ids) or self.table.ranging

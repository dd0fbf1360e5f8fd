"""The review of one process in the Synchronization Summary: every decision on its rows, and the menu they come from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import ClassVar, Final

from rich.cells import cell_len
from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import DataTable

from sync_core import by_field, typed
from sync_core.items import FieldType, Item, spec
from sync_core.plan import FieldChoice, Row, State, effect
from sync_core.review import Review
from sync_core.telling import ALIKE, told_apart
from tui import decisions
from tui import format as fmt
from tui.glyphs import GlyphSet
from tui.habits import Habits
from tui.screens import sharing
from tui.screens.summary_rows import RowsPane
from tui.widgets.action_menu import KEYS, Command, entries, picks, room_for_picks
from tui.widgets.details import DetailsPane
from tui.widgets.field_editor import FieldEditor
from tui.widgets.plan_table import PlanTable

# from so many rows on, filtering waits for a pause in the typing
_MANY: Final = 500
_FILTER_PAUSE: Final = 0.15
# the characters of a text that are shown in the menu where there is no room for more of what tells rows apart
_SHORTER: Final = (20, 14, 8)


class ReviewPane(RowsPane):
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
        Binding(
            "y", "copy", "Copy", show=False, tooltip="Copy the row or the marked ones, a line each; details whole."
        ),
        Binding("Y", "copy(True)", "Copy details", show=False, tooltip="Copy all that is known of the row."),
        Binding("E", "export", "Export", show=False, tooltip="Write the rows that are shown to a file."),
    ]

    class Decided(Message):
        """The review is another one now."""

        def __init__(self, review: Review) -> None:
            super().__init__()
            self.review = review

    def __init__(
        self,
        review: Review,
        zone: str,
        today: date,
        *,
        now: Callable[[], datetime],
        glyphs: GlyphSet,
        habits: Habits | None = None,
    ) -> None:
        super().__init__(review, zone, today, glyphs=glyphs, habits=habits)
        self._now = now
        # the row and the field that a value is typed for
        self._typing = ("", "")

    def focus_inside(self) -> None:
        """Gives the keyboard to where it was when this was in view the last time; first to the table."""
        (self.details if self.has_class("-reading") and self.details.display else self.table).focus()

    def read_again(self, review: Review) -> None:
        """Shows a review of another reading. Cursor, marks and filter stay where their rows are still there."""
        self.review = review
        self.show_notes()
        self._read_rows()
        self._show_rows()
        self.tell(review.said)
        self.post_message(self.Decided(review))

    # decisions

    def action_do(self, name: str) -> None:
        """Does a command to the marked rows, else to the row under the cursor."""
        command = Command(name)
        if command is Command.DETAILS:
            shown = not self.habits.details
            self._change_habits(replace(self.habits, details=shown))
            self.tell("details are shown" if shown else "details are hidden; Enter shows them, d keeps them")
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
        self.post_message(self.Decided(review))
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

    # taking something along

    def action_copy(self, whole: bool = False) -> None:
        """Copies the marked rows, else the row under the cursor; all that is known where the details are read."""
        rows = [self._rows[row_id] for row_id in self.table.target_ids]
        if rows:
            self.tell(sharing.copied(self.app, rows, self.zone, whole=whole or self.details.has_focus))

    def action_export(self) -> None:
        """Writes what is shown to a file that the person names."""
        rows = self.view.shown(self._rows)
        self.app.push_screen(sharing.export_screen(self.review.plan, rows, self.today), self._exported)

    def _exported(self, said: str | None) -> None:
        if said:
            self.tell(said)

    @on(DataTable.RowSelected)
    def _entered(self) -> None:
        """Enter goes to the details, which become large."""
        # hidden ones are shown for as long as they are read
        self.remove_class("-no-details")
        self.details.focus()

    @on(DetailsPane.Closed)
    def _left_details(self) -> None:
        self.table.focus()

    def on_descendant_focus(self) -> None:
        """The details are large while they are read, and those of the row under the cursor."""
        if self.details.has_focus and self._resting is not None:
            self._show_details()
        self.set_class(self.details.reading, "-reading")
        self.set_class(not (self.habits.details or self.details.reading), "-no-details")

    # fields one by one

    @on(DetailsPane.FieldChosen)
    def _field_chosen(self, event: DetailsPane.FieldChosen) -> None:
        self._decide_field(event.row.id, event.name, event.said)

    def _decide_field(self, row_id: str, name: str, said: FieldChoice | None) -> bool:
        """Decides a field, or says why it cannot be."""
        try:
            review = self.review.choose_field(row_id, name, said)
        except ValueError as why:
            self.tell(f"not possible: {why}")
            return False
        self._take(review)
        row = self._rows[row_id]
        if blocked := decisions.still_blocked([row]):
            self.tell(f"{review.said}; {blocked}")
        elif row.state is State.UNDECIDED:
            rest = len(effect(row).undecided)
            self.tell(f"{review.said}; {fmt.plural(rest, 'field')} to decide")
        return True

    @on(DetailsPane.TypeAsked)
    async def _type_asked(self, event: DetailsPane.TypeAsked) -> None:
        row, name = event.row, event.name
        if why := by_field.cannot_type(row, name):
            self.tell(f"not possible: {why}")
            return
        f = spec(row.kind, name)
        self._typing = (row.id, name)
        self.details.typing = True
        words = typed.written(row.kind, name, by_field.to_start_from(row, name), self.zone)
        await self.editor.open(f.label, words, page=f.type is FieldType.BLOCK)

    @on(FieldEditor.Typed)
    def _typed_value(self, event: FieldEditor.Typed) -> None:
        """Takes what was typed; what cannot be understood stays there to be corrected."""
        row_id, name = self._typing
        row = self._rows[row_id]
        base = by_field.to_start_from(row, name)
        try:
            value = typed.parse(row.kind, name, event.words, self.zone, self.today, base)
        except ValueError as why:
            self.tell(str(why))
            return
        if self._decide_field(row_id, name, by_field.typed(row, name, value)):
            self._end_typing()

    # the menu

    @on(PlanTable.MenuAsked)
    def _menu(self) -> None:
        rows: list[Row] = [self._rows[row_id] for row_id in self.table.target_ids]
        candidates = self.review.candidates(rows[0].id) if len(rows) == 1 and rows[0].rivals else []
        self.table.open_menu((*picks(self._named(candidates)), *entries(rows)))

    def _named(self, rows: Sequence[Row]) -> list[tuple[str, str]]:
        """Rows of one side by id, in words that tell them apart as far as anything does, in the room there is."""
        room = room_for_picks(self.table.scrollable_content_region.width)
        words = [fmt.row_words(row, self.zone, self.today) for row in rows]
        items = [item for row in rows if (item := row.left or row.right) is not None]
        # what differs behind what there is room for tells nobody anything
        if len({fmt.fit(fmt.cell(one), room).plain for one in words}) < len(words) == len(items):
            facts = self._apart(items, room - fmt.LEAST_BESIDE)
            words = [fmt.beside(one, fact or ALIKE, room) for one, fact in zip(words, facts, strict=True)]
        return [(row.id, one) for row, one in zip(rows, words, strict=True)]

    def _apart(self, items: Sequence[Item], room: int) -> list[str]:
        """What tells items apart, in `room` cells where that is possible."""
        facts = told_apart(items, self.zone)
        for length in _SHORTER:
            if max(map(cell_len, facts)) <= room:
                break
            shorter = told_apart(items, self.zone, length)
            # three texts that begin alike may no longer differ in what is shown of them
            if len(set(shorter)) == len(set(facts)):
                facts = shorter
        return facts

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
            case Command.MARK:
                self.action_mark_by(event.entry.target)
            case command:
                self.action_do(command)

    @on(PlanTable.MenuRefused)
    def _menu_refused(self, event: PlanTable.MenuRefused) -> None:
        self.tell(f"not possible: {event.entry.why_not}")

"""The Synchronization Summary: the plan row by row, where a person decides what a run will do."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.widgets import DataTable, Input

from sync_core.items import Kind
from sync_core.order import sort_key
from sync_core.plan import Row
from sync_core.review import Group, Review
from sync_core.text import plain
from tui import decisions
from tui import format as fmt
from tui.glyphs import GlyphSet, glyph_set
from tui.screens.base import BaseScreen
from tui.screens.confirm import OkQuestion
from tui.screens.question import Answer, Question
from tui.tally import Tally
from tui.widgets.action_menu import KEYS, Command, entries, picks
from tui.widgets.chips import Chips, WouldWrite
from tui.widgets.controls import Field, Words
from tui.widgets.details import DetailsPane
from tui.widgets.frame import KeyLine, TitleBar
from tui.widgets.plan_table import PlanTable

# from so many rows on, filtering waits for a pause in the typing
_MANY: Final = 500
_FILTER_PAUSE: Final = 0.15
_ROOMY: Final = 90


def _now() -> datetime:
    return datetime.now(UTC)


class SummaryScreen(BaseScreen[Review | None]):
    """Shows a review and changes it; answers with the review to run, or None when it was left.

    `zone` is an IANA name, `today` the day there. `now` gives the time, UTC. Whoever shows the screen keeps the ignores
    of its `review` when it was left without Ok. `turn` says which of several processes it is, "1 of 3".
    """

    CSS_PATH = "summary.tcss"
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012  # as Textual declares it
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
        Binding("o", "ok", "Ok", tooltip="Ask, and then run what the rows say."),
        Binding("escape,q", "back", "Back", id="back", show=False, tooltip="Unmark rows, end a filter, or leave."),
    ]

    def __init__(
        self,
        review: Review,
        zone: str,
        today: date,
        *,
        now: Callable[[], datetime] = _now,
        glyphs: GlyphSet | None = None,
        turn: str = "",
    ) -> None:
        super().__init__()
        self.review = review
        self.zone = zone
        self.today = today
        self._now = now
        self._turn = turn
        self.glyphs = glyphs or glyph_set(os.environ, getattr(sys.__stderr__, "encoding", "") or "")
        self._rows: dict[str, Row] = {}
        self.tally = Tally(())
        self._read_rows()
        self.group = Group.ALL
        self._words = ""
        self._age = ""
        self._told = ""

    def _read_rows(self) -> None:
        rows = sorted(self.review.rows(), key=lambda row: sort_key(row, self.zone))
        self._rows = {row.id: row for row in rows}
        self.tally = Tally(rows)

    def compose(self) -> ComposeResult:
        """Title, what Ok would write, groups, table and details, a line about the last change, keys."""
        # with several processes an 80-column title has no room for the long word
        yield TitleBar(f"Summary {self._turn}" if self._turn else "Synchronization Summary")
        yield WouldWrite(id="would-write")
        yield Chips(id="chips")
        with Container(id="body"):
            yield PlanTable(self.zone, self.today, self.glyphs, id="plan")
            yield DetailsPane(self.zone, self.today, self.glyphs, id="details")
        with Horizontal(id="status"):
            yield Words(id="said")
            yield Words("/", id="slash")
            yield Field(placeholder="words to find", id="filter")
            yield Words("Enter keeps  Esc ends ", id="filter-keys")
        yield KeyLine()

    def on_mount(self) -> None:
        """Fills the table."""
        self.set_class(self.glyphs.ascii, "-ascii")
        self._show_filter(False)
        self._show_age()
        self._show_rows()
        undecided = self.tally.undecided
        self._tell(f"{fmt.plural(undecided, 'row')} to decide: n goes to the next one" if undecided else "")
        self.table.focus()

    @property
    def table(self) -> PlanTable:
        """The table."""
        return self.query_one(PlanTable)

    @property
    def details(self) -> DetailsPane:
        """The details of the row under the cursor."""
        return self.query_one(DetailsPane)

    # what is shown

    def _show_rows(self) -> None:
        """Applies group and words anew."""
        shown = {row.id for row in self.review.shown(self.group, self._words)}
        self.table.show([row for row in self._rows.values() if row.id in shown])
        self._show_counts()
        self._show_details()

    def _show_counts(self) -> None:
        self.query_one(WouldWrite).show(self.tally)
        self.query_one(Chips).show(self.tally, self.group)

    def _show_details(self) -> None:
        at = self.table.cursor_row_id
        self.details.show_row(self._rows[at] if at is not None else None)

    def _show_age(self) -> None:
        """The age of the picture; written only when it says something else."""
        age = fmt.age(self.review.plan.made_at, self._now())
        if age != self._age:
            self._age = age
            plan = self.review.plan
            # the word that a demo is one needs the room of another
            read = (
                ""
                if getattr(getattr(self.app, "backend", None), "demo", False) and self.size.width < _ROOMY
                else "read "
            )
            # contacts have no date, and all of them are compared
            span = "all" if plan.kind is Kind.CONTACTS else fmt.period(plan.window)
            note = f"{plan.kind.label}  {span}  {read}{age}"
            self.query_one(TitleBar).show(Content(self.glyphs.text(note)))

    def _tell(self, words: str) -> None:
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
        self.query_one("#said", Words).update(
            Content.assemble(*parts, self.glyphs.text(plain(self._told))), layout=False
        )

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
                self._tell(f"{self.review.said}; {blocked}")

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
            self._tell(review.said)
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
        self._tell(review.said)

    # moving about

    def action_next(self, step: int) -> None:
        """To the next or previous row that needs a decision."""
        undecided = self.tally.undecided
        if undecided and self.table.next_undecided(step):
            return
        self._tell(
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
        """The details are large while they are read."""
        self.set_class(self.details.has_focus, "-reading")
        # the keys of what has the focus are among those of the screen
        self.query_one(KeyLine).refresh_keys()

    @on(PlanTable.MarksChanged)
    def _marked(self) -> None:
        self._show_status()

    def on_key(self, event: events.Key) -> None:
        """The age of the picture is looked at when somebody is there."""
        self._show_age()

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
            self._tell(str(error))
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
        self._tell(f"not possible: {event.entry.why_not}")

    # the filter

    def action_filter(self) -> None:
        """Opens the line to type words into."""
        self._show_filter(True)
        self.query_one("#filter", Field).focus()

    def _show_filter(self, open_: bool) -> None:
        for name in ("#slash", "#filter", "#filter-keys"):
            self.query_one(name).display = open_
        self.query_one("#said").display = not open_

    @on(Input.Changed, "#filter")
    def _typed(self, event: Input.Changed) -> None:
        if len(self._rows) < _MANY:
            self._find(event.value)
        else:
            self.set_timer(_FILTER_PAUSE, self._find_typed)

    def _find_typed(self) -> None:
        self._find(self.query_one("#filter", Field).value)

    def _find(self, words: str) -> None:
        if words != self._words:
            self._words = words
            self._show_rows()

    @on(Input.Submitted, "#filter")
    def _found(self) -> None:
        """Enter keeps the words and goes back to the table."""
        self._find_typed()
        self._show_filter(False)
        self.table.focus()
        self._show_status()

    def _end_filter(self) -> None:
        self.query_one("#filter", Field).value = ""
        self._words = ""
        self.group = Group.ALL
        self._show_filter(False)
        self._show_rows()
        self.table.focus()
        self._show_status()

    # leaving

    def action_back(self) -> None:
        """One step back: out of the details, the marks, the filter, and at last the screen."""
        if self.query_one("#filter").display or (self.table.has_focus and self._filtered and not self._has_marks):
            self._end_filter()
        elif self.details.has_focus:
            self.table.focus()
        elif not self.table.clear_marks():
            self._ask_to_leave()

    @property
    def _filtered(self) -> bool:
        return bool(self._words) or self.group is not Group.ALL

    @property
    def _has_marks(self) -> bool:
        return bool(self.table.selected_ids) or self.table.ranging

    @property
    def unsaved(self) -> str:
        """What Ctrl+Q would lose: all decisions, for quitting keeps no ignores as leaving does."""
        made = len(self.review.decisions)
        if not made:
            return ""
        return f"{fmt.plural(made, 'decision')} of this review would be lost. Esc leaves it and keeps what is ignored."

    def _ask_to_leave(self) -> None:
        lost = decisions.lost(self.review)
        if not lost:
            self.dismiss(None)
            return
        kept = len(self.review.ignores()[0])
        text = f"{fmt.plural(lost, 'decision')} would be lost; nothing has been written."
        if kept:
            text += f"\n{fmt.plural(kept, 'ignored row')} will be remembered."
        answers = (Answer("stay", "s", "Stay"), Answer("leave", "l", "Leave"))
        self.app.push_screen(Question("Leave this review?", text, answers, "stay"), self._answered)

    def _answered(self, answer: str | None) -> None:
        if answer == "leave":
            self.dismiss(None)

    def action_ok(self) -> None:
        """Asks whether to run the review."""
        self.app.push_screen(OkQuestion(self.review), self._confirmed)

    def _confirmed(self, review: Review | None) -> None:
        if review is not None:
            self.dismiss(review)

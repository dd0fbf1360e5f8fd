"""The question before a run: what would be written, per side and in numbers, and what is suspected."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input

from sync_core.items import SideName
from sync_core.plan import State
from sync_core.review import Review
from sync_core.sides import Operation
from tui import format as fmt
from tui.keys import LEFT, RIGHT
from tui.tally import Tally
from tui.widgets.controls import Field, Push, Words

_OPERATIONS = {
    Operation.CREATE: "will be new",
    Operation.UPDATE: "will be changed",
    Operation.DELETE: "will be DELETED",
}


class OkQuestion(ModalScreen[Review | None]):
    """Asks whether to run a review; answers with the review (guards confirmed in it), or None for No.

    Enter means No unless a person has moved to Yes. A guard lets its rows through only when its number is typed.
    """

    CSS_PATH = "confirm.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n,q", "no", "No", tooltip="Back to the review; nothing is written."),
        Binding("y", "yes", "Yes", tooltip="Run it."),
        RIGHT,
        LEFT,
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    def __init__(self, review: Review) -> None:
        super().__init__()
        self.review = review

    def compose(self) -> ComposeResult:
        """The question, the numbers, a field per guard, the answers."""
        with VerticalScroll(id="ok", can_focus=False):
            yield Words(id="ok-title")
            yield Words(id="ok-numbers")
            for number, guard in enumerate(self.review.plan.guards):
                yield Words(
                    f"{guard.sentence}. These rows stay out, unless you type the number {guard.count} here:",
                    classes="guard",
                )
                yield Field(placeholder="number, then Enter", id=f"guard-{number}")
                yield Words(id=f"said-{number}", classes="said")
            with Horizontal(id="ok-answers"):
                yield Push("No, go back (n)", id="no")
                yield Push("Yes, do it (y)", id="yes")

    def on_mount(self) -> None:
        """Enter must not write anything."""
        self._draw()
        self.query_one("#no").focus()

    def _draw(self) -> None:
        tally = Tally(self.review.rows())
        runs = bool(tally.writing or tally.links)
        self.query_one("#ok-title", Words).update("Write this now?" if tally.writing else _nothing(tally))
        self.query_one("#ok-numbers", Words).update(numbers(tally))
        self.query_one("#yes").display = runs
        for number in range(len(self.review.plan.guards)):
            done = number in self.review.confirmed
            self.query_one(f"#guard-{number}").display = not done
            if done:
                self.query_one(f"#said-{number}", Words).update("Confirmed: these rows are among the numbers above.")

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        number = int((event.input.id or "").removeprefix("guard-"))
        try:
            self.review = self.review.confirm(number, event.value)
        except ValueError as error:
            self.query_one(f"#said-{number}", Words).update(str(error))
            return
        self._draw()
        self.query_one("#no").focus()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(self.review if event.button.id == "yes" else None)

    def action_no(self) -> None:
        """Back to the review."""
        self.dismiss(None)

    def action_yes(self) -> None:
        """Runs it."""
        if self.query_one("#yes").display:
            self.dismiss(self.review)


def _nothing(tally: Tally) -> str:
    if tally.links:
        return f"Nothing is written; {fmt.plural(tally.links, 'equal pair')} will be remembered. Go on?"
    return "There is nothing to write."


def numbers(tally: Tally) -> Content:
    """What a run would do, in lines: per side and operation, then what stays as it is."""
    parts: list[str | tuple[str, str]] = []
    for side in SideName:
        found = [(operation, n) for operation in Operation if (n := tally.writes[(side, operation)])]
        for number, (operation, n) in enumerate(found):
            parts.append(f"{side.label if number == 0 else '':<12}")
            loud = operation is Operation.DELETE
            parts.append((f"{n} {_OPERATIONS[operation]}", "bold reverse $bad" if loud else "bold"))
            parts.append("\n")
    if tally.links and tally.writing:
        parts.append(f"{fmt.plural(tally.links, 'equal pair')} will be remembered, without a write.\n")
    rest = [
        (tally.undecided, "undecided row stays as it is", "undecided rows stay as they are"),
        (tally.states[State.PREVENTED], "blocked row stays as it is", "blocked rows stay as they are"),
        (
            tally.states[State.IGNORED_ONCE] + tally.states[State.IGNORED_FOREVER],
            "row is ignored",
            "rows are ignored",
        ),
    ]
    for n, one, many in rest:
        if n:
            parts.append((f"{n} {one if n == 1 else many}.\n", "$warn" if "undecided" in one else "$quiet"))
    return Content.assemble(*parts)

"""The question before a run: what would be written, per process, side and in numbers, and what is suspected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
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
from tui.tally import Tally, side_words
from tui.widgets.controls import Field, Push, Words

_OPERATIONS = {
    Operation.CREATE: "will be new",
    Operation.UPDATE: "will be changed",
    Operation.DELETE: "will be DELETED",
}
Part = str | tuple[str, str]


class OkQuestion(ModalScreen[tuple[Review, ...] | None]):
    """Asks whether to run reviews; answers with those to run (guards confirmed in them), or None for No.

    With several it may be all of them, or only the one in view, number `current`. Enter means No unless a person has
    moved to Yes. A guard lets its rows through only when its number is typed.
    """

    CSS_PATH = "confirm.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n,q", "no", "No", tooltip="Back to the review; nothing is written."),
        Binding("y", "yes", "Yes", tooltip="Run it."),
        Binding("t", "only", "Only this", tooltip="Run only the process in view."),
        RIGHT,
        LEFT,
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    def __init__(self, reviews: Sequence[Review], current: int = 0) -> None:
        super().__init__()
        self.reviews = list(reviews)
        self._current = current

    def compose(self) -> ComposeResult:
        """The question, the numbers, a field per guard, the answers."""
        with VerticalScroll(id="ok", can_focus=False):
            yield Words(id="ok-title")
            yield Words(id="ok-numbers")
            for place, review in enumerate(self.reviews):
                of = f"{review.plan.kind.label}: " if len(self.reviews) > 1 else ""
                for number, guard in enumerate(review.plan.guards):
                    yield Words(
                        f"{of}{guard.sentence}. These rows stay out, unless you type the number {guard.count} here:",
                        classes="guard",
                    )
                    yield Field(placeholder="number, then Enter", id=f"guard-{place}-{number}")
                    yield Words(id=f"said-{place}-{number}", classes="said")
            with Horizontal(id="ok-answers"):
                yield Push("No, go back (n)", id="no")
                yield Push("Yes, all (y)" if len(self.reviews) > 1 else "Yes, do it (y)", id="yes")
                yield Push(f"Only {self.reviews[self._current].plan.kind.label} (t)", id="only")

    def on_mount(self) -> None:
        """Enter must not write anything."""
        self._draw()
        self.query_one("#no").focus()

    def _draw(self) -> None:
        tallies = [Tally(review.rows()) for review in self.reviews]
        one = len(tallies) == 1
        writing = any(tally.writing for tally in tallies)
        self.query_one("#ok-title", Words).update("Write this now?" if writing else _nothing(tallies))
        lines = numbers(tallies[0]) if one else _several(self.reviews, tallies)
        self.query_one("#ok-numbers", Words).update(lines)
        self.query_one("#yes").display = any(map(_runs, tallies))
        self.query_one("#only").display = not one and _runs(tallies[self._current])
        for place, review in enumerate(self.reviews):
            for number in review.confirmed:
                self.query_one(f"#guard-{place}-{number}").display = False
                said = "Confirmed: these rows are among the numbers above."
                self.query_one(f"#said-{place}-{number}", Words).update(said)

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        place, number = (int(part) for part in (event.input.id or "").split("-")[1:])
        try:
            self.reviews[place] = self.reviews[place].confirm(number, event.value)
        except ValueError as error:
            self.query_one(f"#said-{place}-{number}", Words).update(str(error))
            return
        self._draw()
        self.query_one("#no").focus()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        match event.button.id:
            case "yes":
                self.action_yes()
            case "only":
                self.action_only()
            case _:
                self.dismiss(None)

    def action_no(self) -> None:
        """Back to the review."""
        self.dismiss(None)

    def action_yes(self) -> None:
        """Runs it."""
        if self.query_one("#yes").display:
            self.dismiss(tuple(self.reviews))

    def action_only(self) -> None:
        """Runs the process in view."""
        if self.query_one("#only").display:
            self.dismiss((self.reviews[self._current],))


def _runs(tally: Tally) -> bool:
    return bool(tally.writing or tally.links)


def _nothing(tallies: Sequence[Tally]) -> str:
    links = sum(tally.links for tally in tallies)
    if links:
        return f"Nothing is written; {fmt.plural(links, 'equal pair')} will be remembered. Go on?"
    return "There is nothing to write."


def numbers(tally: Tally) -> Content:
    """What a run of one process would do, in lines: per side and operation, then what stays as it is."""
    parts: list[Part] = []
    for side in SideName:
        found = [(operation, n) for operation in Operation if (n := tally.writes[(side, operation)])]
        for number, (operation, n) in enumerate(found):
            parts.append(f"{side.label if number == 0 else '':<12}")
            loud = operation is Operation.DELETE
            parts.append((f"{n} {_OPERATIONS[operation]}", "bold reverse $bad" if loud else "bold"))
            parts.append("\n")
    if tally.links and tally.writing:
        parts.append(f"{fmt.plural(tally.links, 'equal pair')} will be remembered, without a write.\n")
    return Content.assemble(*parts, *_stays([tally]))


def _several(reviews: Sequence[Review], tallies: Sequence[Tally]) -> Content:
    """What a run of several processes would do: a line per process and side, then what stays as it is."""
    parts: list[Part] = []
    for review, tally in zip(reviews, tallies, strict=True):
        label = f"{review.plan.kind.label:<10}"
        if not tally.writing:
            links = f"nothing is written; {fmt.plural(tally.links, 'equal pair')} will be remembered"
            parts.append(f"{label}{links if tally.links else 'nothing to do'}\n")
            continue
        for number, side in enumerate(SideName):
            parts.append(f"{label if number == 0 else '':<10}{side.label:<12}")
            for place, (words, loud) in enumerate(side_words(tally, side)):
                style = "bold reverse $bad" if loud else "bold" if words != "nothing" else "$quiet"
                parts += [", " if place else "", (words, style)]
            parts.append("\n")
    return Content.assemble(*parts, *_stays(tallies))


def _stays(tallies: Sequence[Tally]) -> list[Part]:
    states: Counter[State] = Counter()
    for tally in tallies:
        states.update(tally.states)
    rest = [
        (states[State.UNDECIDED], "undecided row stays as it is", "undecided rows stay as they are"),
        (states[State.PREVENTED], "blocked row stays as it is", "blocked rows stay as they are"),
        (states[State.IGNORED_ONCE] + states[State.IGNORED_FOREVER], "row is ignored", "rows are ignored"),
    ]
    return [
        (f"{n} {one if n == 1 else many}.\n", "$warn" if "undecided" in one else "$quiet") for n, one, many in rest if n
    ]

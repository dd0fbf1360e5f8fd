"""The Sync Jobs tab: what each process does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Checkbox, Select

from sync_core.items import Kind, SideName
from tui import words
from tui.draft import Draft
from tui.screens.configure_lines import Edited, Entry, EntryLine
from tui.widgets.controls import Box, Choice, Words

if TYPE_CHECKING:
    from tui.app import Loaded

DAYS: Final = (0, 1, 7, 14, 30, 60, 90, 180, 365, 730)
# what the environment may lock
_KEYS: Final = (
    *("include", "past_days", "future_days", "private", "relate_attendees", "prevent_salesforce", "prevent_outlook"),
)
_THINGS: Final = {Kind.CALENDAR: "calendar events", Kind.CONTACTS: "contacts", Kind.TASKS: "tasks"}
GUARDS: Final = (
    Entry("suspect_rows", "more than", "of one side, and", number=True),
    Entry("suspect_percent", "more than", "percent of its linked items", number=True),
)


class PreventTable(Vertical):
    """Sides down, operations across: what is ticked never happens, whatever else is set."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "row(1)", show=False, tooltip="To the same operation on the other side."),
        Binding("up,k", "row(-1)", show=False, tooltip="To the same operation on the side before."),
    ]

    def compose(self) -> ComposeResult:
        """A line per side."""
        yield Words("Prevent, whatever else is set:", classes="title")
        for side in SideName:
            with Horizontal(classes="line"):
                yield Words(f"in {side.label}", classes="label")
                for operation in words.OPERATIONS:
                    yield Box(operation, id=f"prevent_{side.value}-{operation}")

    def action_row(self, step: int) -> None:
        """To the same operation on the other side, and out of the table at its ends."""
        boxes = list(self.query(Box))
        at = next((number for number, box in enumerate(boxes) if box.has_focus), 0)
        wanted = at + step * len(words.OPERATIONS)
        if 0 <= wanted < len(boxes) and not boxes[wanted].disabled:
            boxes[wanted].focus()
            return
        self.screen.set_focus(boxes[-1] if step > 0 else boxes[0])
        self.screen.focus_next() if step > 0 else self.screen.focus_previous()


class JobsPane(Vertical):
    """One process at a time, chosen in the drop-down at the top; every change goes into the draft at once."""

    def __init__(self, draft: Draft, kind: Kind, loaded: Loaded) -> None:
        super().__init__(id="jobs")
        self._draft = draft
        self._kind = kind
        self._loaded = loaded

    def compose(self) -> ComposeResult:
        """The process, its options, and the sentence that says what they come to."""
        with Horizontal(classes="line"):
            yield Words("Process", classes="label")
            yield Choice([(kind.process, kind) for kind in Kind], value=self._kind, id="process")
        yield Words("", id="job-note", classes="warn")
        yield Box("", id="include")
        with Horizontal(classes="line", id="days"):
            yield Words("Past days", classes="label")
            yield Choice(self._days("past_days"), value=self._value("past_days"), id="past_days")
            yield Words("Future days", classes="label second")
            yield Choice(self._days("future_days"), value=self._value("future_days"), id="future_days")
        yield Words("", id="span", classes="quiet")
        yield Box("Sync private items too", id="private")
        yield Box("Relate new Salesforce events to an attendee's contact", id="relate_attendees")
        yield PreventTable(id="prevent")
        yield Words("", id="flow")
        yield Words("Many deletes at once wait until you type their number:", classes="title")
        for entry in GUARDS:
            yield EntryLine(self._draft, self._kind.value, entry, self._loaded.locked, id=f"line-{entry.key}")

    def on_mount(self) -> None:
        """Shows the job of the first process."""
        self.show(self._draft)

    def show(self, draft: Draft) -> None:
        """Shows the chosen process as it stands in `draft`."""
        self._draft = draft
        include = self.query_one("#include", Box)
        include.label = f"Include {_THINGS[self._kind]} in manual sync"
        with self.prevent(Checkbox.Changed, Select.Changed):
            include.value = self._value("include")
            self.query_one("#private", Box).value = self._value("private")
            relate = self.query_one("#relate_attendees", Box)
            relate.display = self._kind is Kind.CALENDAR
            if self._kind is Kind.CALENDAR:
                relate.value = self._value("relate_attendees")
            for key in ("past_days", "future_days"):
                choice = self.query_one(f"#{key}", Choice)
                choice.set_options(self._days(key))
                choice.value = self._value(key)
            for side in SideName:
                for operation in words.OPERATIONS:
                    box = self.query_one(f"#prevent_{side.value}-{operation}", Box)
                    box.value = operation in self._value(f"prevent_{side.value}")
        for line in self.query(EntryLine):
            line.show(draft, self._kind.value)
        self._lock()
        self._say()

    def choose(self, kind: Kind) -> None:
        """Shows another process."""
        self._kind = kind
        with self.prevent(Select.Changed):
            self.query_one("#process", Choice).value = kind
        self.show(self._draft)

    def _value(self, key: str) -> Any:
        return self._draft.get(self._kind.value, key)

    def _days(self, key: str) -> list[tuple[str, int]]:
        return [(words.days_label(number), number) for number in sorted({*DAYS, self._value(key)})]

    def _lock(self) -> None:
        """What the environment sets cannot be changed here."""
        variables = []
        for key in _KEYS:
            locked = f"{self._kind.value}.{key}" in self._loaded.locked
            if locked:
                variables.append(words.variable(self._kind.value, key))
            for widget in self.query(f"#{key}, #{key}-create, #{key}-update, #{key}-delete"):
                widget.disabled = locked
        variables += [name for line in self.query(EntryLine) for name in line.setters]
        notes = []
        if variables:
            notes.append(
                f"Locked: {', '.join(dict.fromkeys(variables))} in the environment wins over the settings file."
            )
        note = self.query_one("#job-note", Words)
        note.update("\n".join(notes))
        note.display = bool(notes)

    def _say(self) -> None:
        """The sentence about which way changes will flow, and the days in words."""
        prevented = words.Prevented(
            frozenset(self._value("prevent_salesforce")), frozenset(self._value("prevent_outlook"))
        )
        span = words.days(self._loaded.today, self._value("past_days"), self._value("future_days"))
        whose = words.whose(self._draft.get("salesforce", "contacts"))
        reach = {
            Kind.CALENDAR: f"{span}; the rest is left alone",
            Kind.CONTACTS: f"No days here: {whose} are compared",
            Kind.TASKS: f"due {span}, or without a due date; the rest is left alone",
        }
        self.query_one("#days").display = self._kind is not Kind.CONTACTS
        self.query_one("#span", Words).update(reach[self._kind])
        self.query_one("#flow", Words).update(words.flow(prevented))

    @on(Select.Changed)
    def selected(self, event: Select.Changed) -> None:
        """A drop-down was changed: the process, or a number of days."""
        event.stop()
        if event.select.id == "process":
            if event.value is not self._kind:
                self._kind = Kind(str(event.value))
                self.show(self._draft)
            return
        if isinstance(event.value, int) and event.value != self._value(str(event.select.id)):
            self._edit(str(event.select.id), event.value)

    @on(Checkbox.Changed)
    def ticked(self, event: Checkbox.Changed) -> None:
        """A box was ticked or unticked."""
        event.stop()
        key, _, operation = str(event.checkbox.id).partition("-")
        if not operation:
            self._edit(key, event.value)
            return
        chosen = {*self._value(key), operation} if event.value else {*self._value(key)} - {operation}
        kept = self._draft.kept(self._kind.value, key)
        # the order in the file is a person's own and no difference
        self._edit(key, kept if set(kept) == chosen else [name for name in words.OPERATIONS if name in chosen])

    def _edit(self, key: str, value: Any) -> None:
        self._draft.set(self._kind.value, key, value)
        self._say()
        self.post_message(Edited())

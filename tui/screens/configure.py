"""Configure: connections and sync jobs, as a draft that is kept with Apply or OK."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, ContentSwitcher, OptionList, TabbedContent, TabPane
from textual.widgets.option_list import Option

from sync_core import text
from sync_core.errors import HandsyncError
from sync_core.items import Kind, SideName
from sync_core.settings.display import Display
from tui.backend import check_connection
from tui.background import in_thread
from tui.draft import Draft
from tui.keys import HELP, MOVES
from tui.screens.base import BaseScreen
from tui.screens.configure_connections import ConnectionPane, Tested
from tui.screens.configure_display import DisplayPane
from tui.screens.configure_jobs import JobsPane
from tui.screens.configure_lines import Edited, EntryLine
from tui.screens.configure_memory import MemoryPane
from tui.screens.question import Answer, Question
from tui.widgets.controls import Listing, Push, Words
from tui.widgets.frame import KeyLine, TitleBar

if TYPE_CHECKING:
    from sync_core.service import Finding
    from tui.app import Loaded


COMPONENTS: Final = (
    Option("Connections", id="connections"),
    Option("Sync", id="sync"),
    Option("Display", id="display"),
    Option("Memory", id="memory"),
)


class ConfigureScreen(BaseScreen[None]):
    """Components on the left, their tabs on the right. Opens `at` the job of a process, or at a connection."""

    CSS_PATH = "configure.tcss"
    # declared as Textual does it
    VERTICAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-low"), (28, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a,ctrl+s", "apply", "Apply", id="apply", tooltip="Keep the changes and stay here."),
        Binding("o", "ok", "OK", id="ok", tooltip="Keep the changes and go back."),
        Binding("escape,q", "back", "Cancel", id="cancel", tooltip="Go back; asks first when changes were not kept."),
        Binding("t", "test", "Test connection", id="test", tooltip="Test the connection that is shown."),
        Binding("f2", "part", "Next part", id="part", tooltip="To the next part: connections, sync, display, memory."),
        HELP,
        *MOVES,
    ]

    def __init__(self, loaded: Loaded, at: Kind | SideName) -> None:
        super().__init__()
        self._loaded = loaded
        self._job = at if isinstance(at, Kind) else None
        self._side = at if isinstance(at, SideName) else SideName.SALESFORCE
        self._draft = Draft(loaded.settings)

    @property
    def unsaved(self) -> str:
        """What would be lost if the program were left now."""
        return "Changes on the Configure screen were not kept." if self._draft.changed else ""

    def compose(self) -> ComposeResult:
        """Everything at once; the switcher shows one component."""
        yield TitleBar("Configure", Content(text.plain(str(self.handsync.backend.path))))
        with Horizontal(id="configure-body"):
            yield Listing(*(Option(str(one.prompt), id=one.id) for one in COMPONENTS), id="components")
            with ContentSwitcher(initial="sync" if self._job else "connections", id="switcher"):
                with TabbedContent(id="connections", initial=f"tab-{self._side.value}"):
                    for side in SideName:
                        with TabPane(side.label, id=f"tab-{side.value}"):
                            yield ConnectionPane(self._draft, side, self._loaded.locked, self._test)
                with TabbedContent(id="sync"), TabPane("Sync Jobs", id="tab-jobs"):
                    yield JobsPane(self._draft, self._job or Kind.CALENDAR, self._loaded)
                with TabbedContent(id="display"), TabPane("Looks and dates", id="tab-display"):
                    yield DisplayPane(self._draft, self._loaded)
                with TabbedContent(id="memory"), TabPane("Memory", id="tab-memory"):
                    yield MemoryPane(self._draft, self._loaded)
        with Horizontal(id="buttons"):
            yield Push("Apply", id="press-apply")
            yield Push("OK", id="press-ok")
            yield Push("Cancel", id="press-cancel")
            yield Words("", id="configure-status")
        yield KeyLine()

    def on_mount(self) -> None:
        """The cursor starts where the person was sent to."""
        self.query_one("#components", OptionList).highlighted = 1 if self._job else 0
        first = {SideName.SALESFORCE: "#salesforce-instance_url", SideName.OUTLOOK: "#outlook-service_endpoint"}
        self.query_one("#include" if self._job else first[self._side]).focus()
        self._edited()

    @on(OptionList.OptionHighlighted, "#components")
    def component(self, event: OptionList.OptionHighlighted) -> None:
        """Another component."""
        self.query_one("#switcher", ContentSwitcher).current = event.option.id
        self.query_one(KeyLine).refresh_keys()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only connections can be tested."""
        return action != "test" or self.query_one("#switcher", ContentSwitcher).current == "connections"

    def action_part(self) -> None:
        """To the next part, and into it."""
        parts = self.query_one("#components", OptionList)
        parts.highlighted = ((parts.highlighted or 0) + 1) % parts.option_count
        self.enter_component()

    @on(OptionList.OptionSelected, "#components")
    def enter_component(self) -> None:
        """Enter goes on into the component, to the first thing that can be changed."""
        part = COMPONENTS[self.query_one("#components", OptionList).highlighted or 0].id
        switcher = self.query_one("#switcher", ContentSwitcher)
        switcher.current = part
        tabs = switcher.query_one(f"#{part}", TabbedContent)
        pane = tabs.active_pane or tabs
        first = next((control for control in pane.query("Choice, Box, Field") if control.focusable), None)
        if first is not None:
            first.focus()

    @on(Edited)
    def _edited(self) -> None:
        self.query_one("#press-apply", Button).disabled = not self._draft.changed
        self._say("Changes are not kept yet." if self._draft.changed else "", "warn")

    @on(Tested)
    def _tested(self, event: Tested) -> None:
        self.on_worker_state_changed(event.event)

    def _say(self, sentence: str, tone: str) -> None:
        status = self.query_one("#configure-status", Words)
        status.update(Content(text.plain(sentence)))
        status.set_classes(tone)

    async def _keep(self) -> bool:
        """Keeps the draft; whether that worked."""
        if not self._draft.changed:
            return True
        try:
            after = self._draft.build()
            await in_thread(self.handsync.backend.save, self._draft.before, after)
        except HandsyncError as error:
            self._say(error.sentence(), "bad")
            self._show_problem()
            return False
        self._draft = Draft(after)
        for connection in self.query(ConnectionPane):
            connection.show(self._draft)
        self.query_one(JobsPane).show(self._draft)
        self.query_one(DisplayPane).show(self._draft)
        self.query_one(MemoryPane).show(self._draft)
        self._edited()
        self._say("Kept.", "good")
        return True

    def _show_problem(self) -> None:
        """Leads to the first setting that cannot be, if it is one."""
        section = next(iter(self._draft.problems()), ("", ""))[0]
        if section in [kind.value for kind in Kind]:
            self.query_one(JobsPane).choose(Kind(section))
        for line in self.query(EntryLine):
            if line.problem:
                pane = line.query_ancestor(TabPane)
                tabs = pane.query_ancestor(TabbedContent)
                self.query_one("#components", OptionList).highlighted = [o.id for o in COMPONENTS].index(tabs.id)
                tabs.active = str(pane.id)
                line.enter()
                return

    async def _test(self, side: SideName) -> list[Finding]:
        return await in_thread(check_connection, self.handsync.backend, self._draft.build(), side)

    @work(exclusive=True, group="keep", exit_on_error=False)
    async def action_apply(self) -> None:
        """Keeps the changes."""
        await self._keep()

    @work(exclusive=True, group="keep", exit_on_error=False)
    async def action_ok(self) -> None:
        """Keeps the changes and goes back."""
        if await self._keep():
            self._leave()

    def action_back(self) -> None:
        """Goes back; asks when something would be lost."""
        if self._draft.changed:
            self._ask_back()
        else:
            self._leave()

    def _leave(self) -> None:
        """Goes back, in the looks that were kept."""
        self.handsync.show_as(Display.of(self._draft.before.display))
        self.dismiss(None)

    @work(exclusive=True, group="keep", exit_on_error=False)
    async def _ask_back(self) -> None:
        question = Question(
            "Keep the changes?",
            "You changed settings and did not keep them.",
            (Answer("keep", "k", "Keep"), Answer("discard", "d", "Discard"), Answer("stay", "s", "Stay here")),
            focus="stay",
        )
        answer = await self.handsync.ask(question)
        if answer == "discard" or (answer == "keep" and await self._keep()):
            self._leave()

    def action_test(self) -> None:
        """Tests the connection that is shown."""
        tabs = self.query_one("TabbedContent#connections", TabbedContent)
        if tabs.active_pane is not None:
            tabs.active_pane.query_one(ConnectionPane).run_test()

    @on(Button.Pressed, "#buttons Button")
    def pressed(self, event: Button.Pressed) -> None:
        """The buttons do what the keys do."""
        match event.button.id:
            case "press-apply":
                self.action_apply()
            case "press-ok":
                self.action_ok()
            case "press-cancel":
                self.action_back()

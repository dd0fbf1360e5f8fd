"""Home: manual mode. What can be synced, what each process will do, how both connections are, and the way on."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Checkbox

from sync_core import text
from sync_core.errors import HandsyncError
from sync_core.items import Kind, SideName
from tui import home_words
from tui.backend import check_connection
from tui.background import in_thread
from tui.format import day
from tui.keys import HELP, MOVES
from tui.screens.base import BaseScreen
from tui.screens.question import Answer, Question
from tui.widgets.controls import Push, Words
from tui.widgets.frame import KeyLine, TitleBar
from tui.widgets.home_rows import ConnectionRow, Notices, ProcessRow

if TYPE_CHECKING:
    from tui.app import Loaded

DEMO = "Demo: a made-up company, nothing real is touched."
FIRST_RUN = (
    "Welcome. handsync shows calendar, contacts and tasks of Salesforce beside those of Outlook, lets you decide item "
    "by item, and writes only what you saw and confirmed.\n\n"
    "1. Open Configure, and under Connections say how to reach both sides.\n"
    "2. Under Sync, switch on what you want: calendar, contacts, tasks.\n"
    "3. Come back here and start. The first run finds what is on both sides already.\n\n"
    "To look around without any of this, leave with Ctrl+Q and type: handsync --demo"
)


class HomeScreen(BaseScreen[None], inherit_bindings=False):
    """Where everything starts, and where everything comes back to."""

    # declared as Textual does it
    VERTICAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-low"), (30, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "start", "Start Sync", id="start", tooltip="Read both sides and show what a sync would do."),
        Binding("e", "resume", "Resume", id="resume", tooltip="Go on with the review that was kept; reads both sides."),
        Binding("c", "configure", "Configure", id="configure", tooltip="Connections, and what each process does."),
        Binding("i", "ignored", "Ignored", id="ignored", tooltip="What is being ignored; take it back there."),
        Binding("h", "history", "History", id="history", tooltip="What was run; look it up, take it back."),
        Binding("f", "cut_off", "Cut-off run", show=False, tooltip="What a cut-off run did; finish it or stop."),
        Binding(
            "r", "reload", "Check again", id="reload", tooltip="Read the settings and check both connections again."
        ),
        HELP,
        Binding("q", "app.quit", "Quit", id="leave", tooltip="Leave handsync."),
        *MOVES,
    ]

    def __init__(self) -> None:
        super().__init__()
        self.loaded: Loaded | None = None

    def compose(self) -> ComposeResult:
        """Everything that can be said without having read anything yet."""
        yield TitleBar("handsync")
        with VerticalScroll(id="home", can_focus=False):
            yield Words(DEMO, id="intro", classes="warn")
            yield Words("", id="manual")
            yield Words("", id="preparing")
            yield Words("", id="trouble", classes="bad")
            with Notices(id="notices"):
                yield Words("", id="past", classes="warn")
            yield Words(FIRST_RUN, id="first-run")
            with Horizontal(id="drafts"):
                yield Push("Resume (e)", id="resume")
                yield Words("", id="kept")
            with Vertical(id="connections"):
                for side in SideName:
                    yield ConnectionRow(side)
            with Vertical(id="processes"):
                for kind in Kind:
                    yield ProcessRow(kind)
        with Vertical(id="foot"):
            yield Words("", id="next")
            with Horizontal(id="buttons"):
                yield Push("Start Sync", id="start")
                yield Push("Configure", id="configure")
                yield Push("Ignored items", id="ignored")
                yield Push("History", id="history")
                yield Push("Quit", id="quit")
        yield KeyLine()

    def on_mount(self) -> None:
        """Paints first, then reads: the settings bring heavy libraries with them."""
        demo = self.handsync.backend.demo
        self.set_class(demo, "-preparing")
        self.query_one("#intro").display = demo
        if demo:
            self.query_one(KeyLine).refresh_keys()
        for name in ("#manual", "#first-run", "#trouble", "#notices", "#drafts", "#next"):
            self.query_one(name).display = False
        self.query_one("#start").focus()
        self.call_after_refresh(self.prepare)

    @work(group="prepare", exit_on_error=False)
    async def prepare(self) -> None:
        """What comes before everything else; a demo then opens on its plan by itself."""
        backend = self.handsync.backend
        loop = asyncio.get_running_loop()
        try:
            await in_thread(backend.begin(lambda sentence: _soon(loop, self._prepared, sentence)))
        except HandsyncError as error:
            self._trouble(error.sentence())
            return
        self.remove_class("-preparing")
        self.query_one(KeyLine).refresh_keys()
        await self.reload().wait()
        if backend.demo and self.loaded is not None:
            self.run_kinds([Kind.CALENDAR])

    def _prepared(self, sentence: str) -> None:
        preparing = self.query_one("#preparing", Words)
        preparing.update(Content(f"{preparing.content}\n{text.plain(sentence)}".strip()))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a demo is being prepared there is nothing to start or configure; without a draft none to resume."""
        if action == "cut_off":
            return self.loaded is not None and bool(self.loaded.past.cut_off)
        if action == "resume":
            return bool(self.kept_kinds)
        return action not in ("start", "configure", "ignored", "history", "reload") or not self.has_class("-preparing")

    @property
    def rows(self) -> list[ProcessRow]:
        """One row per process."""
        return list(self.query(ProcessRow))

    @work(exclusive=True, group="load", exit_on_error=False)
    async def reload(self) -> None:
        """Reads the settings, says what they mean, then checks both connections at once."""
        for connection in self.query(ConnectionRow):
            connection.show("..", "not checked yet", "quiet")
        try:
            loaded = await self.handsync.load()
        except HandsyncError as error:
            self.loaded = None
            self._trouble(f"{error.sentence()} Then press r.")
            return
        self._trouble("")
        self.query_one(TitleBar).show(f"{day(loaded.today, date.min)}, {loaded.zone}")
        before, self.loaded = self.loaded, loaded
        if before is not None:
            await in_thread(before.service.close)
        for row in self.rows:
            row.show(loaded)
        self._show_drafts(loaded)
        set_up = {
            SideName.SALESFORCE: bool(loaded.settings.salesforce.instance_url),
            SideName.OUTLOOK: bool(loaded.settings.outlook.service_endpoint),
        }
        fresh = not any(set_up.values())
        self.query_one("#first-run").display = fresh
        self._tell_past(loaded)
        self._show_manual()
        for name in ("#processes", "#connections", "#manual", "#next"):
            self.query_one(name).display = not fresh
        if fresh:
            self.query_one("#configure").focus()
        for connection in self.query(ConnectionRow):
            if set_up[connection.side]:
                self.check(connection)
            else:
                connection.show("not set up", "Enter leads to where it is set up", "quiet")

    def _tell_past(self, loaded: Loaded) -> None:
        """Says what a person should know of the past."""
        from tui.run_words import Clock

        said = loaded.past.sentences(Clock(loaded.zone, loaded.today), datetime.now(UTC))
        self.query_one("#past", Words).update(Content("\n".join(said)))
        self.query_one("#notices").display = bool(said)

    def _show_manual(self) -> None:
        """Whether manual sync is on, and for what."""
        before, state, after = home_words.manual([row.kind for row in self.rows if row.included])
        tone = "bold $good" if state == "ON" else "bold $warn"
        self.query_one("#manual", Words).update(Content.assemble((before, "bold"), (state, tone), after))
        self._show_next()

    def _show_next(self) -> None:
        """What to press next."""
        key, what = home_words.next_step(
            home_words.Now(
                included=[row.kind for row in self.rows if row.included],
                ticked=self.ticked_kinds,
                cut_off=self.loaded is not None and bool(self.loaded.past.cut_off),
                kept=bool(self.kept_kinds),
                broken=[connection.side for connection in self.query(ConnectionRow) if connection.broken],
            )
        )
        self.query_one("#next", Words).update(Content.assemble("Next: ", (key, "bold $key"), " ", what))

    @work(group="check", exit_on_error=False)
    async def check(self, connection: ConnectionRow) -> None:
        """Checks one connection."""
        loaded = self.loaded
        if loaded is None:
            return
        connection.show("checking", "", "quiet")
        try:
            findings = await in_thread(check_connection, self.handsync.backend, loaded.settings, connection.side)
        except HandsyncError as error:
            connection.show("FAILED", error.sentence(), "bad")
        else:
            if loaded is self.loaded:
                connection.report(findings)
        self._show_next()

    def _trouble(self, sentence: str) -> None:
        trouble = self.query_one("#trouble", Words)
        trouble.update(Content(text.plain(sentence)))
        trouble.display = bool(sentence)

    @on(Checkbox.Changed)
    def ticked(self, event: Checkbox.Changed) -> None:
        """A process was ticked: one that is switched off leads to Configure instead."""
        row = next(row for row in self.rows if row.box is event.checkbox)
        if not event.value or row.included:
            self._show_next()
            return
        with row.box.prevent(Checkbox.Changed):
            row.box.value = False
        self.switch_on(row.kind)

    @work(group="flow", exit_on_error=False)
    async def switch_on(self, kind: Kind) -> None:
        """A process that is switched off: says so and leads to Configure."""
        question = Question(
            f"{kind.label} is switched off",
            "Manual sync of a process is off until you switch it on. Configure is the place; "
            "have a look at the days and at what is prevented while you are there.",
            (Answer("configure", "c", "Configure"), Answer("back", "b", "Back")),
            focus="configure",
        )
        if await self.handsync.ask(question) == "configure":
            await self.configure(kind)

    async def configure(self, at: Kind | SideName = SideName.SALESFORCE) -> None:
        """Opens Configure, at a job or at a connection, and reads the settings again afterwards."""
        if self.loaded is None:
            self.notify("The settings cannot be read; see above.", markup=False)
            return
        from tui.screens.configure import ConfigureScreen

        await self.handsync.ask(ConfigureScreen(self.loaded, at))
        self.reload()

    @work(group="flow", exit_on_error=False)
    async def action_configure(self) -> None:
        """Opens Configure; at the connections as long as there are none, or at the one that does not work."""
        fresh = self.query_one("#first-run").display
        broken = [connection.side for connection in self.query(ConnectionRow) if connection.broken]
        if fresh:
            await self.configure()
        else:
            await self.configure(broken[0] if broken else Kind.CALENDAR)

    @on(ConnectionRow.SetUp)
    @work(group="flow", exit_on_error=False)
    async def set_up(self, event: ConnectionRow.SetUp) -> None:
        """Opens Configure at one of the connections."""
        await self.configure(event.side)

    @work(group="flow", exit_on_error=False)
    async def action_ignored(self) -> None:
        """Shows what is being ignored."""
        from tui.screens.ignored import IgnoredScreen

        if self.loaded is not None:
            await self.handsync.ask(IgnoredScreen(self.loaded))

    @work(group="flow", exit_on_error=False)
    async def action_history(self) -> None:
        """Shows what was run."""
        from tui.screens.history import HistoryScreen

        if self.loaded is not None and await self.handsync.ask(HistoryScreen(self.loaded)):
            self.reload()

    @work(group="flow", exclusive=True, exit_on_error=False)
    async def action_cut_off(self) -> None:
        """Runs that were cut off, one after the other, until none is left or one is left for later."""
        from tui.screens.cut_off import settle

        loaded = self.loaded
        for head in loaded.past.cut_off if loaded is not None else ():
            if loaded is None or not await settle(self.handsync, loaded, head):
                break
        self.reload()

    def action_reload(self) -> None:
        """Reads and checks everything again."""
        self.reload()

    @property
    def ticked_kinds(self) -> list[Kind]:
        """The processes that Start Sync would run."""
        return [row.kind for row in self.rows if row.included and row.box.value]

    @work(group="flow", exclusive=True, exit_on_error=False)
    async def action_start(self) -> None:
        """Asks, reads, lets the person review, runs."""
        from tui.screens.sync import start_question

        loaded, kinds = self.loaded, self.ticked_kinds
        if loaded is None:
            return
        if not kinds:
            self.notify("Tick a process first. One that is switched off is switched on in Configure.", markup=False)
            return
        if not await self._past_is_settled(loaded, kinds):
            return
        answer = await self.handsync.ask(start_question(loaded, kinds))
        if answer in ("yes", "resume", "anew"):
            self.run_kinds(kinds, anew=answer == "anew")

    async def _past_is_settled(self, loaded: Loaded, kinds: list[Kind]) -> bool:
        """Whether no run was cut off, or a person goes on all the same; asked of the memory as it is now."""
        from tui.past import Past
        from tui.screens.cut_off import settle_first

        past = await in_thread(Past.of, loaded.service)
        heads = tuple(head for head in past.cut_off if head.kind in kinds)
        going_on = await settle_first(self.handsync, loaded, heads)
        if heads and not going_on:
            self.reload()
        return going_on

    @work(group="run", exclusive=True, exit_on_error=False)
    async def run_kinds(self, kinds: list[Kind], *, anew: bool = False) -> None:
        """Takes processes through reading, review and run; reviews that were kept are resumed, unless `anew`."""
        from tui.screens.sync import sync

        if self.loaded is not None:
            await sync(self.handsync, self.loaded, kinds, anew=anew)
        self.reload()

    @property
    def kept_kinds(self) -> list[Kind]:
        """The processes of which a review was kept, and that are switched on."""
        return [row.kind for row in self.rows if row.included and self.loaded and row.kind in self.loaded.drafts]

    def _show_drafts(self, loaded: Loaded) -> None:
        from tui.screens.sync import kept_words

        kept = kept_words(loaded, self.kept_kinds)
        self.query_one("#drafts").display = bool(kept)
        self.query_one("#kept", Words).update(f"A review in progress was kept: {kept}.")
        if kept and self.query_one("#start").has_focus:
            self.query_one("#resume").focus()
        self.query_one(KeyLine).refresh_keys()

    @work(group="flow", exclusive=True, exit_on_error=False)
    async def action_resume(self) -> None:
        """Goes on with the reviews that were kept."""
        loaded, kinds = self.loaded, self.kept_kinds
        if loaded is not None and kinds and await self._past_is_settled(loaded, kinds):
            self.run_kinds(kinds)

    @on(Button.Pressed)
    def pressed(self, event: Button.Pressed) -> None:
        """The buttons do what the keys do."""
        match event.button.id:
            case "start":
                self.action_start()
            case "resume":
                self.action_resume()
            case "configure":
                self.action_configure()
            case "ignored":
                self.action_ignored()
            case "history":
                self.action_history()
            case "quit":
                self.app.exit(0)


def _soon(loop: asyncio.AbstractEventLoop, tell: Callable[[str], None], sentence: str) -> None:
    """From a thread: tells the screen, unless the program has ended meanwhile."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(tell, sentence)

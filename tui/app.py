"""The full-screen program: its looks, its start and end, and the way from one screen to the next."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

from textual import work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.filter import LineFilter
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from sync_core import dates
from sync_core.errors import CancelledError
from sync_core.items import Kind
from sync_core.settings.display import Display
from tui import clipboard, glyphs
from tui.backend import Backend, DemoBackend, FileBackend
from tui.background import in_thread
from tui.driver import QuietDriver, driver_class
from tui.ending import WATCH, Ending
from tui.glyphs import AsciiFilter
from tui.habits import HabitKeeper
from tui.keeping import DraftKeeper
from tui.keys import KeyHelp, key_help
from tui.look import Look, Terminal
from tui.past import Past
from tui.screens.base import BaseScreen
from tui.screens.home import HomeScreen
from tui.screens.question import Answer, Question
from tui.screens.too_small import TooSmallScreen
from tui.theme import LOOKS, names, themes

if TYPE_CHECKING:
    from sync_core.draft import Draft
    from sync_core.remembered import LastRun
    from sync_core.service import Service
    from sync_core.settings.models import Settings

T = TypeVar("T")
WIDTH: Final = 80
HEIGHT: Final = 24
# where Home leads to: imported beside the screen, when the first one was drawn
_NEXT: Final = ("tui.screens.sync", "tui.screens.configure", "tui.screens.ignored")


@dataclass(frozen=True)
class Loaded:
    """The settings, a service that works with them, and what Home shows of the past."""

    settings: Settings
    service: Service
    today: date
    zone: str
    last_runs: dict[Kind, LastRun | None]
    # the keys that the environment decides, as in "calendar.past_days"
    locked: frozenset[str] = frozenset()
    past: Past = Past()  # noqa: RUF009  # a frozen value
    # reviews that were in progress when the program was left or the line was lost
    drafts: dict[Kind, Draft] = field(default_factory=dict)


class HandsyncApp(App[int]):
    """The program. `backend` is where settings and service come from; tests give their own.

    `display` is what is known of those settings already. `few_colours` stands for a terminal with fewer than 256.
    """

    TITLE = "handsync"
    # the first screen's sheet is not loaded with the screen, as all others are
    CSS_PATH: ClassVar[list[str | PurePath]] = ["app.tcss", "screens/home.tcss"]
    # ours is made of the keys of the screen, and does not blink
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True, tooltip="Leave handsync."),
        Binding("ctrl+l", "redraw", "Draw again", show=False, tooltip="Draw the whole screen again."),
        Binding("ctrl+p", "palette", "Commands", id="palette", show=False, tooltip="Find a command by its name."),
    ]

    def __init__(
        self,
        backend: Backend,
        *,
        few_colours: bool = False,
        display: Display | None = None,
        terminal: Terminal | None = None,
    ) -> None:
        self.terminal = terminal or Terminal({"TERM": "screen" if few_colours else "xterm-256color"})
        # Textual decides while it starts whether NO_COLOR means grey or none at all, by this flag.
        super().__init__(driver_class=driver_class(), ansi_color="NO_COLOR" in self.terminal.environ or None)
        self.backend = backend
        # faults of our own, told when the program ends
        self.faults: list[BaseException] = []
        self.keeper = DraftKeeper(self.faults)
        self.habits = HabitKeeper(lambda: self.backend.state_dir)
        # what is said when the terminal has been given back
        self.farewell = ""
        self.animation_level = "none"
        for theme in themes():
            self.register_theme(theme)
        self.look = Look.of(display or Display(), self.terminal)
        self._wear(self.look)
        self._ascii = AsciiFilter()
        self.ending = Ending(self)
        # set while the terminal is large enough to show something
        self.roomy = asyncio.Event()

    def on_load(self) -> None:
        """Listens to signals from before the terminal is taken over."""
        if not self.is_headless:
            self.ending.listen()
            self.set_interval(WATCH, self.ending.watch)

    def show_as(self, display: Display) -> None:
        """Takes on the look that the settings ask for, at once and everywhere."""
        before, self.look = self.look, Look.of(display, self.terminal)
        if self.look == before:
            return
        self._wear(self.look)
        for screen in self.screen_stack:
            for widget in screen.walk_children():
                widget.refresh(layout=True)

    def _wear(self, look: Look) -> None:
        dates.use(look.dates)
        glyphs.use(look.glyphs)
        self.theme = look.theme

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What every line goes through before it is drawn."""
        filters = super().get_line_filters()
        return [*filters, self._ascii] if self.look.glyphs.ascii else filters

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The names our style sheets use, for themes that do not know them."""
        return names()

    def get_default_screen(self) -> Screen[Any]:
        """Home, or on a demo what prepares it."""
        return HomeScreen()

    def on_resize(self, event: Resize) -> None:
        """Says so when the terminal is too small, and goes on when it is large enough again."""
        # a terminal that changed its size, or was attached again, may show anything
        self.action_redraw()
        small = event.size.width < WIDTH or event.size.height < HEIGHT
        if not small:
            if isinstance(self.screen, TooSmallScreen):
                self.pop_screen()
            self.roomy.set()
        elif not isinstance(self.screen, TooSmallScreen):
            self.roomy.clear()
            self.push_screen(TooSmallScreen(WIDTH, HEIGHT))

    async def ask(self, screen: Screen[T]) -> T | None:
        """Shows `screen` as soon as there is room, and gives what it answers. To be called from a worker."""
        await self.roomy.wait()
        return await self.push_screen_wait(screen)

    async def load(self) -> Loaded:
        """Reads the settings and what Home shows of the past, beside the screen. Raises HandsyncError."""
        loaded = await in_thread(self._load)
        self.show_as(Display.of(loaded.settings.display))
        return loaded

    def _load(self) -> Loaded:
        for module in _NEXT:
            import_module(module)
        settings = self.backend.load()
        service = self.backend.service(settings)
        last_runs = {kind: service.last_run(kind) for kind in Kind}
        drafts = {kind: draft for kind in Kind if (draft := service.draft(kind)) is not None}
        locked, past = self.backend.locked(), Past.of(service)
        return Loaded(settings, service, service.today(), service.zone, last_runs, locked, past, drafts)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A fault of our own in a worker: said in a sentence, kept for the end, and never swallowed.

        The event does not bubble: screens and widgets with workers hand theirs on.
        """
        error = event.worker.error
        if event.state is WorkerState.ERROR and error is not None:
            self.faults.append(error)
            self.notify(
                f"Something went wrong that should not have ({type(error).__name__}). You can go on. When you quit, "
                "HANDSYNC_DEBUG=1 shows where it was.",
                severity="error",
                markup=False,
            )

    def _fatal_error(self) -> None:
        """Ends the program after a fault of our own. `run` raises it once the screen is gone.

        Textual would print a traceback here with the values of all variables, secrets among them.
        """
        self._close_messages_no_wait()

    def action_redraw(self) -> None:
        """Sends the whole screen again, for what another program or a bad line has left on it."""
        if isinstance(self._driver, QuietDriver):
            self._driver.forget()
        self.screen.refresh()

    async def action_quit(self) -> None:
        """Leaves the program; asks first when a screen holds something that was not kept."""
        if self.ending.leaving:
            self.ending.leave(0)
        else:
            self._quit()

    @work(exclusive=True, group="quit", exit_on_error=False)
    async def _quit(self) -> None:
        unsaved = " ".join(words for screen in self._ours() if (words := screen.unsaved))
        kept = self._kept()
        if not await in_thread(self.keeper.flush) and kept:
            unsaved = f"{unsaved} {self.keeper.trouble} The decisions of this review would be lost.".strip()
        answers = (Answer("quit", "q", "Quit"), Answer("stay", "s", "Stay"))
        if unsaved and await self.ask(Question("Quit handsync?", unsaved, answers, focus="stay")) != "quit":
            return
        if kept and not self.keeper.trouble:
            self.farewell = f"A review in progress is kept: {', '.join(kept)}. The next start offers to resume it."
        self.ending.leave(0)

    def _ours(self) -> list[BaseScreen[Any]]:
        return [screen for screen in self.screen_stack if isinstance(screen, BaseScreen)]

    def _kept(self) -> list[str]:
        return [words for screen in self._ours() for words in screen.kept()]

    def action_keys(self) -> None:
        """Shows what the keys do on the screen that is open."""
        from tui.screens.keys_page import KeysScreen

        if not isinstance(self.screen, KeysScreen):
            self.push_screen(KeysScreen(key_help(self.screen)))

    def action_palette(self) -> None:
        """Lists what can be done on the screen that is open, to be found by its name."""
        from tui.screens.palette import PaletteScreen, commands

        if not isinstance(self.screen, PaletteScreen):
            self.push_screen(PaletteScreen(commands(self.screen)), self._do)

    def _do(self, command: KeyHelp | None) -> None:
        if command is not None:
            self.call_later(self.run_action, command.action, command.node)

    def action_look(self, theme: str) -> None:
        """Other colours, for this session."""
        self.theme = LOOKS[theme]

    def copy(self, text: str, what: str) -> str:
        """Copies a text to the clipboard of the person's own machine; says what became of it, in a sentence.

        `text` must be harmless; `what` is its name, as in "3 rows".
        """
        if len(text.encode("utf-8", "replace")) > clipboard.MOST_BYTES:
            return f"{what}: too much for a clipboard over the terminal; export it to a file instead"
        self.copy_to_clipboard(text)
        return f"copied {what}"


def run(config_path: Path | None, demo: bool = False, no_mouse: bool = False) -> int:
    """Runs the full-screen program until it is left; the exit code.

    `config_path` is the settings file, or None for the usual place. A demo brings its own. Raises SettingsError when
    the place of the settings cannot be made out, CancelledError when a signal ended it, and at the end the first fault
    of our own, if there was one.
    """
    backend: Backend = DemoBackend(config_path) if demo else FileBackend(config_path)
    display = backend.display()
    app = HandsyncApp(backend, display=display, terminal=Terminal.here())
    try:
        code = app.run(mouse=display.mouse and not no_mouse)
    finally:
        app.keeper.flush()
        app.habits.flush()
        backend.close()
    if app.farewell:
        print(app.farewell)
    if app.ending.told:
        raise CancelledError
    if fault := app._exception or next(iter(app.faults), None):
        raise fault
    return app.return_code or 0 if code is None else code

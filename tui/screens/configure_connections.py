"""The Connections tabs: how to reach each side, and a test whether that works."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Final

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button
from textual.worker import Worker

from sync_core import text
from sync_core.errors import HandsyncError
from sync_core.items import SideName
from tui.draft import Draft
from tui.screens.configure_lines import Edited, Entry, EntryLine, fill
from tui.widgets.controls import Push, Words

if TYPE_CHECKING:
    from sync_core.service import Finding

# the ways to sign in that are there; the settings know more names, for later
SIGN_IN: Final[Mapping[SideName, Mapping[str, str]]] = {
    SideName.SALESFORCE: {
        "session": "access token",
        "client_credentials": "client credentials",
        "jwt": "JWT (key file)",
    },
    SideName.OUTLOOK: {"basic": "user name and password", "ntlm": "NTLM (Windows domain)"},
}


FORM: Final[Mapping[SideName, tuple[Entry, ...]]] = {
    SideName.SALESFORCE: (
        Entry("instance_url", "Instance URL", "e.g. https://example.my.salesforce.com"),
        Entry("access_token", "Access token", auths=("session",), secret=True),
        Entry("client_id", "Client id", "of the connected app", auths=("client_credentials", "jwt")),
        Entry("client_secret", "Client secret", auths=("client_credentials",), secret=True),
        Entry("username", "User name", "e.g. rep@example.com", auths=("jwt",)),
        Entry("private_key", "Private key", auths=("jwt",), secret=True, long=True),
        Entry("login_url", "Login URL", "the instance URL unless given", auths=("jwt",)),
        Entry("api_version", "API version", "e.g. 62.0"),
        Entry("contacts", "Contacts", choices=(("those you own", "mine"), ("all you can see", "all"))),
        Entry(
            "account_match",
            "New contacts",
            choices=(
                ("get no account", "off"),
                ("get the account of their e-mail domain", "domain"),
                ("get the account of their company's name", "name"),
            ),
        ),
        Entry("external_id_field", "Key field", "none, or e.g. Handsync_Id__c"),
        Entry("daily_share", "Daily requests", "percent for us, unasked", number=True),
    ),
    SideName.OUTLOOK: (
        Entry("service_endpoint", "Service endpoint", "e.g. https://mail.example.com/EWS/Exchange.asmx"),
        Entry("primary_smtp_address", "Mail address", "e.g. rep@example.com"),
        Entry("username", "User name", "e.g. rep@example.com or DOMAIN\\rep"),
        Entry("password", "Password", secret=True),
        Entry("calendar", "Calendar", "Calendar, or Calendar/Team for a folder below it"),
        Entry("contacts", "Contacts", "Contacts, or Contacts/Customers"),
        Entry("tasks", "Tasks", "Tasks, or Tasks/Follow-up"),
        Entry("mailbox", "Shared mailbox", "the owner's address, for shared folders"),
    ),
}


class Tested(Message):
    """The worker of a test came further, or ended."""

    def __init__(self, event: Worker.StateChanged) -> None:
        super().__init__()
        self.event = event


class ConnectionPane(Vertical):
    """How to reach one side. Secrets are typed here and never shown."""

    def __init__(
        self, draft: Draft, side: SideName, locked: frozenset[str], test: Callable[[SideName], Awaitable[list[Finding]]]
    ) -> None:
        super().__init__(id=f"pane-{side.value}", classes="connection-pane")
        self._draft = draft
        self._side = side
        self._locked = locked
        self._test = test

    def compose(self) -> ComposeResult:
        """A line per setting, the test, and what it said."""
        for entry in (Entry("auth", "Sign in with", choices=self._ways()), *FORM[self._side]):
            yield EntryLine(self._draft, self._side.value, entry, self._locked, id=self._named(f"line-{entry.key}"))
        yield Words(
            "A secret that is typed here goes into the settings file, which only you can read. "
            f"Variables of the environment (HANDSYNC_{self._side.value.upper()}__...) win over the file.",
            classes="quiet hint",
        )
        yield Words("", id=self._named("note"), classes="warn")
        yield Push("Test connection", id=self._named("test"))
        yield Words("", id=self._named("result"), classes="result")

    def on_mount(self) -> None:
        """Fills the form."""
        self.show(self._draft)

    def show(self, draft: Draft) -> None:
        """Fills the form from `draft`."""
        self._draft = draft
        fill(list(self.query(EntryLine)), draft, self.query_one(f"#{self._named('note')}", Words))
        self._fit()

    @on(Edited)
    def _fit(self) -> None:
        """Shows the lines that the chosen way to sign in needs."""
        auth = str(self._draft.get(self._side.value, "auth"))
        for entry in FORM[self._side]:
            self.query_one(f"#{self._named('line-' + entry.key)}").display = not entry.auths or auth in entry.auths

    def _named(self, name: str) -> str:
        return f"{self._side.value}-{name}"

    def _ways(self) -> tuple[tuple[str, str], ...]:
        ways = tuple((label, name) for name, label in SIGN_IN[self._side].items())
        now = str(self._draft.get(self._side.value, "auth"))
        return ways if now in SIGN_IN[self._side] else (*ways, (f"{now}: not there yet", now))

    @on(Button.Pressed)
    def pressed(self, event: Button.Pressed) -> None:
        """The test was asked for."""
        event.stop()
        self.run_test()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """The test ended: the program says so if it was by a fault."""
        self.post_message(Tested(event))

    @work(exclusive=True, group="test", exit_on_error=False)
    async def run_test(self) -> None:
        """Tests what stands in the form, kept or not, and says what came of it."""
        result = self.query_one(f"#{self._named('result')}", Words)
        result.update("Testing the connection. Nothing is written.")
        try:
            findings = await self._test(self._side)
        except HandsyncError as error:
            result.update(Content.assemble(("!! ", "$bad"), text.plain(error.sentence())))
            self.call_after_refresh(result.scroll_visible, animate=False)
            return
        parts: list[str | tuple[str, str]] = []
        for finding in findings:
            parts += [
                ("ok " if finding.ok else "!! ", "$good" if finding.ok else "$bad"),
                text.plain(finding.sentence),
                "\n",
            ]
        result.update(Content.assemble(*parts))
        # on a small terminal what was said may be below the last line
        self.call_after_refresh(result.scroll_visible, animate=False)

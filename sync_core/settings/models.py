"""The settings as a tree of models: two connections and one job per process.

Importing this module imports pydantic, which takes as long as drawing the first screen: import it in a worker.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from sync_core.items import Kind, SideName
from sync_core.sides import Operation, Window

PAST_DAYS = 30
FUTURE_DAYS = 365
# more than ten years is a typing error
MOST_DAYS = 3650

OperationName = Literal["create", "update", "delete"]
Days = Annotated[int, Field(ge=0, le=MOST_DAYS)]


class Section(BaseModel):
    """A section of the settings file. Unknown keys are refused: a misspelt key must not silently do nothing."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)


class SalesforceAuth(StrEnum):
    """The ways to sign in to Salesforce that the settings know; not all are there yet."""

    SESSION = "session"
    JWT = "jwt"
    CLIENT_CREDENTIALS = "client_credentials"
    BROWSER = "browser"
    SF_CLI = "sf_cli"
    PASSWORD = "password"


class OutlookAuth(StrEnum):
    """The ways to sign in to Exchange that the settings know; not all are there yet."""

    BASIC = "basic"
    NTLM = "ntlm"
    KERBEROS = "kerberos"
    OAUTH = "oauth"


class SalesforceSettings(Section):
    """How to reach Salesforce. Any secret may be given as KEY_command (a list of words) or KEY_file instead."""

    auth: SalesforceAuth = SalesforceAuth.SESSION
    instance_url: str = ""
    access_token: SecretStr | None = None
    access_token_command: list[str] | None = None
    access_token_file: Path | None = None
    # client_credentials and jwt
    client_id: str = ""
    client_secret: SecretStr | None = None
    client_secret_command: list[str] | None = None
    client_secret_file: Path | None = None
    # jwt
    username: str = ""
    private_key: SecretStr | None = None
    private_key_command: list[str] | None = None
    private_key_file: Path | None = None
    # jwt: where the token is asked for and for whom it is meant; My Domain's address unless given
    login_url: str = ""
    api_version: str = "62.0"


class OutlookSettings(Section):
    """How to reach Exchange, and which calendar to use. Secrets as in SalesforceSettings."""

    auth: OutlookAuth = OutlookAuth.BASIC
    service_endpoint: str = ""
    primary_smtp_address: str = ""
    username: str = ""
    password: SecretStr | None = None
    password_command: list[str] | None = None
    password_file: Path | None = None
    # one calendar: "Calendar" is the standard one, "Calendar/Team" a folder below it
    calendar: str = "Calendar"
    # the owner's address when the calendar is a shared one
    mailbox: str = ""


class SyncJob(Section):
    """What one process does when it is started. Nothing syncs until `include` is switched on."""

    include: bool = False
    past_days: Days = PAST_DAYS
    future_days: Days = FUTURE_DAYS
    private: bool = False
    prevent_salesforce: list[OperationName] = Field(default_factory=list)
    prevent_outlook: list[OperationName] = Field(default_factory=list)

    def window(self, today: date, zone: str) -> Window:
        """The days this job looks at around `today`, in the user's `zone` (an IANA name)."""
        return Window(today - timedelta(days=self.past_days), today + timedelta(days=self.future_days), zone)

    def prevented(self, side: SideName) -> frozenset[Operation]:
        """The operations that must never happen on `side`, whatever else is set."""
        names = self.prevent_salesforce if side is SideName.SALESFORCE else self.prevent_outlook
        return frozenset(Operation(name) for name in names)


class ContactsJob(SyncJob):
    """The contacts process: deleting contacts from Salesforce is prevented unless somebody allows it."""

    prevent_salesforce: list[OperationName] = Field(default_factory=lambda: list[OperationName](("delete",)))


class Settings(Section):
    """Everything handsync can be told."""

    # an IANA name; the machine's own zone when empty
    time_zone: str = ""
    salesforce: SalesforceSettings = Field(default_factory=SalesforceSettings)
    outlook: OutlookSettings = Field(default_factory=OutlookSettings)
    calendar: SyncJob = Field(default_factory=SyncJob)
    contacts: ContactsJob = Field(default_factory=ContactsJob)
    tasks: SyncJob = Field(default_factory=SyncJob)

    def job(self, kind: Kind) -> SyncJob:
        """The job of one process."""
        return {Kind.CALENDAR: self.calendar, Kind.CONTACTS: self.contacts, Kind.TASKS: self.tasks}[kind]

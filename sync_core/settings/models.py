"""The settings as a tree of models: two connections and one job per process.

Importing this module imports pydantic, which takes as long as drawing the first screen: import it in a worker.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr
from pydantic_core import PydanticCustomError

from sync_core import text
from sync_core.items import Kind, SideName
from sync_core.settings import addresses, zone
from sync_core.sides import Operation, Window

PAST_DAYS = 30
FUTURE_DAYS = 365
# more than ten years is a typing error
MOST_DAYS = 3650

# errors of this type are sentences of our own, fit to be shown
SENTENCE = "handsync"


def _address(url: str) -> str:
    url = url.strip()
    if url and (problem := addresses.problem(url)):
        raise PydanticCustomError(SENTENCE, "{problem}", {"problem": problem})
    return url


def _zone(name: str) -> str:
    name = name.strip()
    if name and not zone.is_zone(name):
        shown = text.shorten(text.plain(name), 60)
        like = zone.zone_like(name)
        hint = f"did you mean {like}?" if like else "give an IANA name such as Europe/London"
        problem = f"names the time zone “{shown}”, which is not known; {hint}"
        raise PydanticCustomError(SENTENCE, "{problem}", {"problem": problem})
    return name


def _version(version: str) -> str:
    if not re.fullmatch(r"[1-9]\d{1,2}\.0", version):
        raise PydanticCustomError(SENTENCE, 'is not a version of the API; give one such as "62.0"')
    return version


def _number(value: object) -> object:
    # Python takes True for 1; a person does not
    if isinstance(value, bool):
        raise PydanticCustomError(SENTENCE, "is true or false; give a whole number")
    return value


def _api_name(value: str) -> str:
    if value and not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,38}__c", value):
        raise PydanticCustomError(SENTENCE, 'is not the API name of a custom field, such as "Handsync_Id__c"')
    return value


OperationName = Literal["create", "update", "delete"]
# whose contacts: those the signed-in user owns, or all that this user may read
ContactReach = Literal["mine", "all"]
# how a contact that is new to Salesforce gets an account: not at all, by the domain of its e-mail, by its company
AccountMatch = Literal["off", "domain", "name"]


def _word(value: object) -> object:
    # clock = 24 is as good as clock = "24"
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


# how it looks: "auto" is by the terminal, or for dates by the locale (LC_TIME)
ThemeName = Literal["auto", "dark", "light", "high-contrast", "ansi"]
GlyphsName = Literal["auto", "unicode", "ascii"]
FirstDay = Literal["auto", "monday", "sunday", "saturday"]
ClockName = Annotated[Literal["auto", "24", "12"], BeforeValidator(_word)]
DateOrder = Literal["auto", "dmy", "mdy", "ymd"]
Days = Annotated[int, Field(ge=0, le=MOST_DAYS), BeforeValidator(_number)]
# "" stands for "not set"
Url = Annotated[str, AfterValidator(_address)]
ZoneName = Annotated[str, AfterValidator(_zone)]


class Section(BaseModel):
    """A section of the settings file. Unknown keys are refused: a misspelt key must not silently do nothing."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True, hide_input_in_errors=True)


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
    instance_url: Url = ""
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
    login_url: Url = ""
    api_version: Annotated[str, AfterValidator(_version)] = "62.0"
    contacts: ContactReach = "mine"
    account_match: AccountMatch = "off"
    # the API name of a text field, marked as external id, in which handsync may keep its own key; "" for none
    external_id_field: Annotated[str, AfterValidator(_api_name)] = ""
    # percent of the org's daily requests that may be used up before a run asks first
    daily_share: Annotated[int, Field(ge=0, le=100)] = 50


class OutlookSettings(Section):
    """How to reach Exchange, and which folders to use. Secrets as in SalesforceSettings."""

    auth: OutlookAuth = OutlookAuth.BASIC
    service_endpoint: Url = ""
    primary_smtp_address: str = ""
    username: str = ""
    password: SecretStr | None = None
    password_command: list[str] | None = None
    password_file: Path | None = None
    # one calendar: "Calendar" is the standard one, "Calendar/Team" a folder below it
    calendar: str = "Calendar"
    # one folder each, in the same way
    contacts: str = "Contacts"
    tasks: str = "Tasks"
    # the owner's address when the folders are shared ones
    mailbox: str = ""


class SyncJob(Section):
    """What one process does when it is started. Nothing syncs until `include` is switched on."""

    include: bool = False
    past_days: Days = PAST_DAYS
    future_days: Days = FUTURE_DAYS
    private: bool = False
    prevent_salesforce: list[OperationName] = Field(default_factory=list)
    prevent_outlook: list[OperationName] = Field(default_factory=list)
    # deletes on one side that are more than both of these are suspected until a person confirms their number
    suspect_rows: Annotated[int, Field(ge=0)] = 10
    suspect_percent: Annotated[int, Field(ge=0, le=100)] = 20

    def window(self, today: date, zone: str) -> Window:
        """The days this job looks at around `today`, in the user's `zone` (an IANA name)."""
        return Window(today - timedelta(days=self.past_days), today + timedelta(days=self.future_days), zone)

    def prevented(self, side: SideName) -> frozenset[Operation]:
        """The operations that must never happen on `side`, whatever else is set."""
        names = self.prevent_salesforce if side is SideName.SALESFORCE else self.prevent_outlook
        return frozenset(Operation(name) for name in names)


class CalendarJob(SyncJob):
    """The calendar process."""

    # a new event in Salesforce is related to the one contact that has the address of an attendee
    relate_attendees: bool = False


class ContactsJob(SyncJob):
    """The contacts process: deleting contacts from Salesforce is prevented unless somebody allows it."""

    prevent_salesforce: list[OperationName] = Field(default_factory=lambda: list[OperationName](("delete",)))


class HistorySettings(Section):
    """How long runs are kept: what is older than `days`, or beyond the newest `runs` of a process, is forgotten."""

    days: Annotated[int, Field(ge=1)] = 90
    runs: Annotated[int, Field(ge=1)] = 200


class DisplaySettings(Section):
    """How the program looks and how it writes dates. Nothing here changes what is synced."""

    theme: ThemeName = "auto"
    glyphs: GlyphsName = "auto"
    first_day: FirstDay = "auto"
    clock: ClockName = "auto"
    date_order: DateOrder = "auto"
    # False leaves the mouse to the terminal; from the next start on
    mouse: bool = True


class Settings(Section):
    """Everything handsync can be told."""

    # an IANA name; the machine's own zone when empty
    time_zone: ZoneName = ""
    salesforce: SalesforceSettings = Field(default_factory=SalesforceSettings)
    outlook: OutlookSettings = Field(default_factory=OutlookSettings)
    calendar: CalendarJob = Field(default_factory=CalendarJob)
    contacts: ContactsJob = Field(default_factory=ContactsJob)
    tasks: SyncJob = Field(default_factory=SyncJob)
    history: HistorySettings = Field(default_factory=HistorySettings)
    display: DisplaySettings = Field(default_factory=DisplaySettings)

    def job(self, kind: Kind) -> SyncJob:
        """The job of one process."""
        return {Kind.CALENDAR: self.calendar, Kind.CONTACTS: self.contacts, Kind.TASKS: self.tasks}[kind]

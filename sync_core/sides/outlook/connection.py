"""The line to one Exchange server: signed in, patient with a busy server, never surprising.

exchangelib is told everything it would otherwise guess: no autodiscover, explicit authentication, version and access
type (facts: exchange 0.3, 0.4, A.3).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from exchangelib import BASIC, DELEGATE, Account, Configuration, Credentials
from exchangelib import errors as ews
from exchangelib.ewsdatetime import EWSTimeZone
from exchangelib.protocol import CachingProtocol, Protocol
from exchangelib.transport import AUTH_TYPE_MAP, GSSAPI, NTLM
from exchangelib.version import Build, Version

from sync_core.errors import CancelledError, SettingsError, SideError, SignInError
from sync_core.settings.addresses import is_loopback
from sync_core.settings.models import OutlookAuth, OutlookSettings
from sync_core.sides.outlook.problems import DEFAULT_WAIT, WHERE, Fate, Policy, Verdict, judge, unsupported

T = TypeVar("T")

# seconds to connect, and to wait for a sign of life of an answer
TIMEOUT: Final = (15, 100)
# a server that wants more peace than this, in seconds and for one request, is reported instead of waited for
LONGEST_WAIT: Final = 300.0
# how often a read is repeated when the line breaks
LINE_TRIES: Final = 2
_SLICE: Final = 0.5
# shorter waits, in seconds, are over before anybody has read of them
_WORTH_TELLING: Final = 1.0


def never() -> bool:
    """A cancel check for what cannot be cancelled."""
    return False


def check_endpoint(url: str) -> str:
    """The service endpoint, if the password may be sent there. Raises SettingsError with what to change."""
    parts = urlsplit(url.strip())
    if not parts.hostname or parts.scheme not in ("http", "https"):
        raise SettingsError(
            "service_endpoint is not a web address",
            where="[outlook]",
            remedy='It looks like "https://mail.example.com/EWS/Exchange.asmx"',
        )
    if parts.username or parts.password:
        raise SettingsError("service_endpoint must not hold a user name or password", where="[outlook]")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise SettingsError(
            "service_endpoint begins with http://, which would send the password readable for everybody",
            where="[outlook]",
            remedy="Use https://; http:// is accepted for this machine only",
        )
    return url.strip()


def silence() -> None:
    """exchangelib logs credentials and bodies (facts: exchange 0.14): none of its records leaves the process."""
    logger = logging.getLogger("exchangelib")
    logger.propagate = False
    logger.setLevel(logging.CRITICAL + 10)
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


class _Protocol(Protocol):  # type: ignore[misc]  # exchangelib has no type information
    SESSION_POOLSIZE = 1
    TIMEOUT = TIMEOUT
    USERAGENT = "handsync"

    @classmethod
    def raw_session(cls, prefix: str, **options: Any) -> Any:
        session = super().raw_session(prefix, **options)
        if is_loopback(urlsplit(prefix).hostname or ""):
            # a proxy from the environment would get what is meant for this machine (facts: exchange A.3)
            session.trust_env = False
        return session


def _zone(name: str) -> Any:
    try:
        return EWSTimeZone(name)
    except Exception as problem:
        raise SettingsError(
            f"Exchange has no name for the time zone {name}",
            where="time_zone",
            remedy="Set time_zone to a bigger city with the same time",
        ) from problem


def _auth(auth: OutlookAuth) -> str:
    known = {OutlookAuth.BASIC: BASIC, OutlookAuth.NTLM: NTLM, OutlookAuth.KERBEROS: GSSAPI}.get(auth)
    if known is None or known not in AUTH_TYPE_MAP:
        raise unsupported(auth.value)
    return str(known)


def _account(settings: OutlookSettings, password: str, zone: Any, clock: Callable[[], datetime]) -> Any:
    address = settings.primary_smtp_address.strip()
    if "@" not in address:
        raise SettingsError("primary_smtp_address is not an e-mail address", where="[outlook]")
    auth = _auth(settings.auth)
    credentials = None if auth == GSSAPI else Credentials(settings.username or address, password)
    config = Configuration(
        service_endpoint=check_endpoint(settings.service_endpoint),
        credentials=credentials,
        auth_type=auth,
        # saves a request; a server of another version is found out from its first answer
        version=Version(build=Build(15, 2)),
        retry_policy=Policy(clock),
        max_connections=1,
    )
    account = Account(address, config=config, autodiscover=False, access_type=DELEGATE, default_timezone=zone)
    # exchangelib shares protocols process-wide by address and user, with whatever policy came first (facts: exchange
    # A.3); ours is its own, and knows about loopback
    CachingProtocol._protocol_cache.pop(CachingProtocol._cache_key(config), None)
    account.protocol = type.__call__(_Protocol, config=config)
    return account


class Connection:
    """A signed-in account. Nothing is sent before the first call; one thread at a time.

    Raises SettingsError when the settings cannot work. `sleep` waits that many seconds. `tell` hears a sentence per
    wait that the server asks for, and `stop` may cut it short.
    """

    def __init__(
        self,
        settings: OutlookSettings,
        password: str,
        zone: str,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
    ) -> None:
        silence()
        self.zone = _zone(zone)
        self.account = _account(settings, password, self.zone, clock)
        self._sleep = sleep
        self.tell: Callable[[str], None] = lambda sentence: None
        self.stop: Callable[[], bool] = never

    @property
    def version(self) -> Any:
        """The version that the server is known or thought to have."""
        return self.account.version

    def close(self) -> None:
        """Gives the connection back."""
        self.account.protocol.close()

    def wait(self, seconds: float, cancelled: Callable[[], bool] = never) -> None:
        """Waits in slices. Raises CancelledError when a person asks to stop."""
        while seconds > 0:
            if cancelled() or self.stop():
                raise CancelledError
            self._sleep(min(_SLICE, seconds))
            seconds -= _SLICE
        if cancelled() or self.stop():
            raise CancelledError

    def read(self, call: Callable[[], T], cancelled: Callable[[], bool] = never) -> T:
        """The result of a request that changes nothing: waits as told by a busy server, repeats when the line breaks.

        Raises ReadError, which says whether smaller pieces may go through, and CancelledError.
        """
        patience = Patience(self, cancelled)
        while True:
            if cancelled():
                raise CancelledError
            try:
                result = call()
                busy = _busy_within(result)
                if busy is None:
                    return result
                cause = busy
            except Exception as problem:  # judge tells them apart
                cause = problem
            verdict = judge(cause)
            if not patience.bear(verdict, reading=True):
                if isinstance(verdict.error, SignInError):
                    raise verdict.error
                raise ReadError(verdict, cause)


class ReadError(SideError):
    """A read that failed for good. `split`: the same in smaller pieces may go through."""

    def __init__(self, verdict: Verdict, cause: Exception) -> None:
        super().__init__(verdict.error.what, where=verdict.error.where, remedy=verdict.error.remedy)
        self.verdict = verdict
        self.split = verdict.split
        # what exchangelib raised
        self.cause = cause


class Patience:
    """How long one request is waited for."""

    def __init__(self, connection: Connection, cancelled: Callable[[], bool] = never) -> None:
        self._connection = connection
        self._cancelled = cancelled
        self._waited = 0.0
        self._next = DEFAULT_WAIT
        self._breaks = 0

    def bear(self, verdict: Verdict, *, reading: bool) -> bool:
        """Waits if the request may be sent again; False when it may not, or when it would take too long."""
        if verdict.fate is Fate.BUSY:
            seconds = self._next if verdict.wait is None else verdict.wait
            self._next *= 2
        elif reading and verdict.line and verdict.fate is Fate.UNKNOWN and self._breaks < LINE_TRIES:
            self._breaks += 1
            seconds = min(verdict.wait or 1.0, DEFAULT_WAIT)
        else:
            return False
        # a server that says "busy, come back at once" for ever must not keep us either
        seconds = max(seconds, 0.1)
        if self._waited + seconds > LONGEST_WAIT:
            return False
        self._waited += seconds
        if seconds >= _WORTH_TELLING:
            self._connection.tell(f"Outlook: {verdict.error.what}; waiting {seconds:.0f} s")
        self._connection.wait(seconds, self._cancelled)
        return True


def _busy_within(result: object) -> Exception | None:
    answers = result if isinstance(result, list) else getattr(result, "problems", ())
    return next((answer for answer in answers if isinstance(answer, ews.ErrorServerBusy)), None)


def problem_at(what: str, remedy: str = "") -> SideError:
    """A SideError of this side."""
    return SideError(what, where=WHERE, remedy=remedy)

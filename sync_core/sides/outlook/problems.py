"""What Exchange and the way to it answer when something is wrong, as sentences.

exchangelib puts headers, bodies and addresses into its messages (facts: exchange 0.13): nothing of that gets out of
here but the server's own short text, cleaned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Any, Final

import requests
import urllib3
from exchangelib import errors as ews
from exchangelib.protocol import FailFast

from sync_core import text
from sync_core.errors import HandsyncError, SettingsError, SideError, SignInError

WHERE: Final = "Outlook"
# how long to wait when a server that is busy does not say it
DEFAULT_WAIT: Final = 5.0
_LONGEST_TEXT: Final = 300
_ENDPOINT: Final = "Check service_endpoint below [outlook] in the settings; it usually ends in /EWS/Exchange.asmx"


class Fate(Enum):
    """What is known about a request that got no proper answer."""

    # it did not get as far as being applied, and may be sent again after a while
    BUSY = "busy"
    # it was refused as a whole
    REFUSED = "refused"
    # it may have been applied
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A problem judged: what became of the request, how long the server wants peace (seconds), and the sentence."""

    fate: Fate
    error: SideError
    wait: float | None = None
    # the same request in smaller pieces may go through
    split: bool = False
    # the line to the server broke; nothing was said about the request itself
    line: bool = False
    # the server has finished with the request and said so: what is not there now will not come later
    answered: bool = False


class AnswerError(Exception):
    """An HTTP answer that is not a SOAP reply. Holds no header and no body, only what was made of them."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.error.sentence())
        self.verdict = verdict


def clean(said: object) -> str:
    """A server's own words, as one short line that may be shown."""
    return text.shorten(text.plain(text.line(str(said))), _LONGEST_TEXT)


class Policy(FailFast):  # type: ignore[misc]  # exchangelib has no type information
    """Never waits or repeats by itself, and turns HTTP answers into AnswerError (facts: exchange 0.13, A.6)."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self._clock = clock

    def raise_response_errors(self, response: Any) -> None:
        """Raises AnswerError unless the answer is a SOAP reply, which Exchange may send with status 500 too."""
        status = int(response.status_code)
        content = response.content or b""
        if status in (200, 500) and _looks_xml(content):
            if not content.rstrip().endswith(b"Envelope>"):
                # exchangelib's parser mends what was cut off, and items would be missing without a word
                raise AnswerError(Verdict(Fate.UNKNOWN, _broken(), line=True))
            return
        raise AnswerError(_http_verdict(status, response, self._clock))


def _broken() -> SideError:
    return SideError("the connection to Exchange broke before it had answered", where=WHERE, remedy="Try again")


def _looks_xml(content: bytes) -> bool:
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<" and not _looks_html(content)


def _looks_html(content: bytes) -> bool:
    head = content.lstrip()[:200].lower()
    return head.startswith((b"<!doctype html", b"<html"))


def _retry_after(response: Any, clock: Callable[[], datetime]) -> float | None:
    """Seconds from the Retry-After header, which holds seconds or a date; dates are taken by the server's clock."""
    value = str(response.headers.get("Retry-After") or "").strip()
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        said = response.headers.get("Date")
        now = parsedate_to_datetime(str(said)) if said else clock()
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (ValueError, TypeError):
        return None


def _http_verdict(status: int, response: Any, clock: Callable[[], datetime]) -> Verdict:
    def refused(what: str, remedy: str, *, split: bool = False) -> Verdict:
        return Verdict(Fate.REFUSED, SideError(what, where=WHERE, remedy=remedy), split=split)

    match status:
        case 401:
            return Verdict(
                Fate.REFUSED,
                SignInError(
                    "Exchange refused the user name or the password",
                    where=WHERE,
                    remedy="Check username, password and auth below [outlook] in the settings; do not try too often,"
                    " accounts get locked",
                ),
            )
        case 403:
            return refused(
                "Exchange does not let this program in (HTTP 403)",
                "Ask the administrator whether EWS is allowed for this mailbox and this program; in Exchange Online it"
                " is being switched off and ends on 1 April 2027",
            )
        case 404:
            return refused("there is no Exchange service at this address (HTTP 404)", _ENDPOINT)
        case 413:
            return refused("the request was too large for the server (HTTP 413)", "Try a smaller window", split=True)
        case 429 | 503:
            error = SideError(
                f"Exchange is too busy to answer (HTTP {status})", where=WHERE, remedy="Try again in a few minutes"
            )
            return Verdict(Fate.BUSY, error, wait=_retry_after(response, clock))
        case 301 | 302 | 303 | 307 | 308:
            return refused(
                "the server sends us on to another address, which is not followed because it would get the password",
                _ENDPOINT,
            )
    if status == 200 or _looks_html(response.content or b""):
        error = SideError(
            "a web page came instead of an answer from Exchange",
            where=WHERE,
            remedy="A proxy or a sign-in page may stand in between. " + _ENDPOINT,
        )
        return Verdict(Fate.UNKNOWN, error)
    error = SideError(
        f"Exchange answered with an error of its own (HTTP {status})", where=WHERE, remedy="Try again later"
    )
    return Verdict(Fate.UNKNOWN, error, split=status == 500)


def _causes(problem: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting: list[BaseException | None] = [problem]
    while waiting:
        current = waiting.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting += [current.__cause__, current.__context__]
        waiting += [arg for arg in current.args if isinstance(arg, BaseException)]
        reason = getattr(current, "reason", None)
        waiting += [reason] if isinstance(reason, BaseException) else []


def never_sent(problem: BaseException) -> bool:
    """Whether a connection was never made, so that the request cannot have been applied (facts: exchange A.6)."""
    never = (
        urllib3.exceptions.NewConnectionError,
        urllib3.exceptions.ConnectTimeoutError,
        requests.exceptions.ConnectTimeout,
        requests.exceptions.ProxyError,
    )
    return any(isinstance(cause, never) for cause in _causes(problem))


_TOO_MUCH: Final = (ews.ErrorTooManyObjectsOpened, ews.ErrorExceededConnectionCount, ews.ErrorServerBusy)
_NOT_TAKEN: Final = (
    ews.ErrorSchemaValidation,
    ews.ErrorInvalidRequest,
    ews.ErrorInvalidServerVersion,
    ews.ErrorInvalidSchemaVersionForMailboxVersion,
    ews.ErrorIncorrectSchemaVersion,
)


def judge(problem: Exception) -> Verdict:
    """What an exception that came out of a request means. Raises CancelledError and the like again."""
    if isinstance(problem, AnswerError):
        return problem.verdict
    if isinstance(problem, SideError):
        return Verdict(Fate.REFUSED, problem)
    if isinstance(problem, ews.ErrorServerBusy):
        return _busy(problem)
    if isinstance(problem, _TOO_MUCH):
        return Verdict(Fate.BUSY, _said(problem, "Exchange is too busy to answer"))
    if isinstance(problem, ews.ErrorTimeoutExpired):
        return _line(problem)
    if isinstance(problem, ews.UnauthorizedError):
        return Verdict(Fate.REFUSED, SignInError("Exchange refused the user name or the password", where=WHERE))
    if isinstance(problem, (ews.ErrorNonExistentMailbox, ews.ErrorMailboxStoreUnavailable)):
        return Verdict(
            Fate.REFUSED, _said(problem, "the mailbox cannot be reached", "Check primary_smtp_address and mailbox")
        )
    if isinstance(problem, ews.SOAPError):
        error = SideError("the answer of Exchange could not be read", where=WHERE, remedy="Try again later")
        return Verdict(Fate.UNKNOWN, error, split=True)
    if isinstance(problem, ews.ResponseMessageError):
        fate = Fate.REFUSED if isinstance(problem, _NOT_TAKEN) else Fate.UNKNOWN
        return Verdict(fate, _said(problem, "Exchange refused the request"), split=True, answered=True)
    if isinstance(problem, (ews.TransportError, ews.EWSError, requests.exceptions.RequestException)):
        return _transport(problem)
    if isinstance(problem, HandsyncError):
        raise problem
    # exchangelib stumbles in many ways over replies that lack something, such as AttributeError (facts: exchange A.5)
    error = SideError(
        f"the answer of Exchange could not be understood ({type(problem).__name__})",
        where=WHERE,
        remedy="Try again later",
    )
    return Verdict(Fate.UNKNOWN, error, split=True)


def _busy(problem: Any) -> Verdict:
    # exchangelib makes its own ErrorServerBusy out of transient errors, which say nothing about the request
    transient = "Reraised from ErrorInternalServerTransientError" in str(problem)
    error = SideError("Exchange is too busy to answer", where=WHERE, remedy="Try again in a few minutes")
    return Verdict(Fate.UNKNOWN if transient else Fate.BUSY, error, wait=problem.back_off, line=transient)


def _line(problem: Exception) -> Verdict:
    if never_sent(problem):
        error = SideError("Exchange cannot be reached", where=WHERE, remedy="Check the network. " + _ENDPOINT)
        return Verdict(Fate.REFUSED, error, line=True)
    return Verdict(Fate.UNKNOWN, _broken(), line=True)


def _transport(problem: Exception) -> Verdict:
    if any(isinstance(cause, requests.exceptions.SSLError) for cause in _causes(problem)):
        return Verdict(
            Fate.REFUSED,
            SideError(
                "the server's TLS certificate could not be verified",
                where=WHERE,
                remedy="If your organisation has its own authority, point REQUESTS_CA_BUNDLE at its certificate",
            ),
        )
    error = SideError("the answer of Exchange could not be read", where=WHERE, remedy="Try again later")
    return Verdict(Fate.UNKNOWN, error, split=True)


def _said(problem: Exception, what: str, remedy: str = "") -> SideError:
    return SideError(f"{what}: {reason(problem)}", where=WHERE, remedy=remedy)


_REASONS: Final = {
    "ErrorIrresolvableConflict": "changed in Outlook since it was looked at",
    "ErrorStaleObject": "changed in Outlook since it was looked at",
    "ErrorItemNotFound": "no longer in Outlook",
    "ErrorAccessDenied": "you have no permission for that in this folder",
    "ErrorQuotaExceeded": "the mailbox is full",
    "ErrorMessageSizeExceeded": "larger than Exchange accepts",
    "ErrorCalendarEndDateIsEarlierThanStartDate": "the end is before the start",
    "ErrorCalendarDurationIsTooLong": "longer than Exchange allows",
    "ErrorItemSave": "Exchange could not save it",
    "ErrorItemCorrupt": "damaged in the mailbox",
    "ErrorCorruptData": "damaged in the mailbox",
}


def reason(problem: Exception) -> str:
    """Why Exchange refused one item, in words; its own text follows where it adds something."""
    name = type(problem).__name__
    known = _REASONS.get(name)
    said = clean(problem)
    if known in (_REASONS["ErrorIrresolvableConflict"], _REASONS["ErrorItemNotFound"]):
        return str(known)
    if known:
        return f"{known} ({said})" if said and said != "None" else known
    return said if said and said != "None" else name.removeprefix("Error")


def unsupported(auth: str) -> SettingsError:
    """For a way to sign in that is not there."""
    return SettingsError(
        f'auth = "{auth}" is not available for Outlook here',
        where="[outlook]",
        remedy='Use "basic" or "ntlm"; "kerberos" needs the package requests-gssapi',
    )

"""What goes wrong between us and Salesforce, and how it is said.

An answer is judged by its errorCode, not by the class of the exception, and by whether it proves that nothing was
applied (facts: salesforce A5 and B4).
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from typing import Any, Final

import requests
from urllib3.exceptions import NameResolutionError, NewConnectionError

from sync_core import text
from sync_core.errors import SideError, SignInError

_MESSAGE_LENGTH: Final = 300
# the message of a Failure whose body was a web page
_PAGE: Final = "page"


class Sort(Enum):
    """What a failure means for the next step."""

    SIGN_IN = auto()  # the credentials; nothing was applied
    BUSY = auto()  # turned away for now; nothing was applied
    LIMIT = auto()  # too many requests; nothing was applied
    REFUSED = auto()  # a definite no; nothing was applied
    UNREACHED = auto()  # no connection; nothing was applied
    NO_TRUST = auto()  # no connection that can be trusted; nothing was applied
    LOST = auto()  # no answer, or half of one: it may have been applied
    STRANGE = auto()  # an answer that is not Salesforce's: it may have been applied


_TELLS_NOTHING: Final = (Sort.LOST, Sort.STRANGE)


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed request: its sort, the HTTP status (0: no answer), Salesforce's errorCode, what was said, the
    seconds after which the server wants to be asked again (None when it did not say), and the first error as it came:
    foreign, and not to be shown as it is."""

    sort: Sort
    status: int = 0
    code: str = ""
    message: str = ""
    retry_after: float | None = None
    entry: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def maybe_applied(self) -> bool:
        """Whether a write that failed like this may have been carried out."""
        return self.sort in _TELLS_NOTHING


class GatewayError(SideError):
    """A failed request as a sentence, with the Failure behind it."""

    def __init__(self, failure: Failure, what: str, *, where: str, remedy: str = "") -> None:
        self.failure = failure
        super().__init__(what, where=where, remedy=remedy)


class GatewaySignInError(SignInError, GatewayError):
    """A refused sign-in, with the Failure behind it."""


_BY_CODE: Final = {
    "INVALID_SESSION_ID": Sort.SIGN_IN,
    "INVALID_AUTH_HEADER": Sort.SIGN_IN,
    "REQUEST_LIMIT_EXCEEDED": Sort.LIMIT,
    "UNABLE_TO_LOCK_ROW": Sort.BUSY,
    "SERVER_UNAVAILABLE": Sort.BUSY,
}


def of_answer(status: int, content: Any, retry_after: str | None) -> Failure:
    """The Failure in an answer; `content` is simple-salesforce's: decoded JSON, or text when it was none."""
    entry = _first_error(content)
    code, message = clean(entry.get("errorCode") or ""), clean(entry.get("message") or "")
    if not code and isinstance(content, str) and "<html" in content[:2000].lower():
        message = _PAGE
    wait = _seconds(retry_after)
    if code in _BY_CODE:
        sort = _BY_CODE[code]
    elif status in (429, 503):
        sort = Sort.BUSY
    elif status == 401:
        sort = Sort.SIGN_IN
    elif status >= 500 or status == 420:
        sort = Sort.LOST
    else:
        sort = Sort.STRANGE if status < 300 else Sort.REFUSED
    return Failure(sort, status, code, message, wait, entry)


def of_network(problem: Exception) -> Failure:
    """The Failure in what requests raised."""
    if isinstance(problem, requests.exceptions.SSLError):
        return Failure(Sort.NO_TRUST, message="tls")
    if isinstance(problem, requests.exceptions.ProxyError):
        return Failure(Sort.UNREACHED, message="proxy")
    if isinstance(problem, requests.exceptions.ConnectTimeout):
        return Failure(Sort.UNREACHED, message="timeout")
    if isinstance(problem, requests.exceptions.ConnectionError):
        reason = getattr(problem.args[0] if problem.args else None, "reason", None)
        if isinstance(reason, NameResolutionError):
            return Failure(Sort.NO_TRUST, message="name")
        if isinstance(reason, NewConnectionError):
            return Failure(Sort.UNREACHED, message="refused")
        return Failure(Sort.LOST, message="dropped")
    if isinstance(problem, requests.exceptions.Timeout):
        return Failure(Sort.LOST, message="timeout")
    if isinstance(problem, OSError) and not isinstance(problem, requests.exceptions.RequestException):
        # requests raises a plain OSError when REQUESTS_CA_BUNDLE names a file that is not there (facts: salesforce A3)
        return Failure(Sort.NO_TRUST, message="bundle")
    return Failure(Sort.LOST, message="dropped")


_NETWORK: Final = {
    "tls": (
        "its certificate cannot be trusted",
        "Check the address; ask your administrator about company certificates",
    ),
    "bundle": ("the certificate file to check it with cannot be read", ""),
    "name": ("there is no server of this name", "Check salesforce.instance_url for typing errors"),
    "refused": ("the server cannot be reached", "Check salesforce.instance_url and the network"),
    "proxy": ("the proxy of this network does not let us through", "Check HTTPS_PROXY and NO_PROXY"),
}


def error(failure: Failure, host: str) -> GatewayError:
    """The exception that says `failure` in words."""
    where = f"Salesforce ({host})"
    kind = GatewaySignInError if failure.sort is Sort.SIGN_IN else GatewayError
    what, remedy = _words(failure)
    return kind(failure, what, where=where, remedy=remedy)


def said(failure: Failure) -> str:
    """What went wrong, in words, without what to do about it."""
    return _words(failure)[0]


def _words(failure: Failure) -> tuple[str, str]:
    page = "salesforce.instance_url must be your org's own address, such as https://example.my.salesforce.com"
    said = f" ({failure.code}: {failure.message})" if failure.code else ""
    match failure.sort:
        case Sort.SIGN_IN if failure.code == "INVALID_SESSION_ID":
            return (
                "the access token is not valid, or not any more",
                "Sign in again and put the new token in the settings",
            )
        case Sort.SIGN_IN:
            return f"the sign-in was refused with status 401{said}", page
        case Sort.LIMIT:
            return (
                "the org has used up the API requests it may make for now",
                "Try again later, or ask an administrator",
            )
        case Sort.BUSY:
            return f"the server is busy and asks to be left alone for now{said}", "Try again in some minutes"
        case Sort.UNREACHED | Sort.NO_TRUST if failure.message in _NETWORK:
            what, remedy = _NETWORK[failure.message]
            names = [name for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE") if os.environ.get(name)]
            if failure.message in ("tls", "bundle") and names:
                remedy = f"The environment variable {names[0]} says which certificates to trust: check it"
            return what, remedy
        case Sort.UNREACHED:
            return "the server did not answer in time", "Check the network"
        case Sort.LOST if failure.status == 0:
            how = "no answer came in time" if failure.message == "timeout" else "the connection broke off"
            return how, "Try again"
        case Sort.LOST:
            return f"the server failed with status {failure.status}{said}", "Try again in some minutes"
        case Sort.STRANGE if failure.message == _PAGE:
            return "a web page came back instead of data: a log-in page or a proxy, perhaps", page
        case Sort.STRANGE:
            return "the answer is not what Salesforce answers", page
        case _ if 300 <= failure.status < 400:
            return "the server sends us to another address, which we do not follow with your credentials", page
        case _ if failure.code:
            return row_sentence(failure.code, failure.message), ""
        case _:
            came = " and a web page instead of data" if failure.message == _PAGE else ""
            return f"the server refused the request with status {failure.status}{came}", page


# What a person can do about the codes that rows fail with (facts: salesforce B4).
_ROWS: Final = {
    "ENTITY_IS_DELETED": "it has been deleted in Salesforce meanwhile",
    "INVALID_CROSS_REFERENCE_KEY": "it, or a record it refers to, is not in Salesforce any more or not visible to you",
    "INSUFFICIENT_ACCESS_OR_READONLY": "Salesforce does not let you change this record",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": "Salesforce does not let you use a record that it refers to",
    "INVALID_EMAIL_ADDRESS": "Salesforce does not take its e-mail address for one; correct it, or clear it",
    "STRING_TOO_LONG": "a text is longer than its field in Salesforce",
    "REQUIRED_FIELD_MISSING": "the org requires a field that handsync does not fill",
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": "a validation rule of the org says no",
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": "an automation of the org stopped it",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": "the org does not know this choice",
    "INVALID_FIELD_FOR_INSERT_UPDATE": "Salesforce does not let you write one of its fields",
    "UNABLE_TO_LOCK_ROW": "somebody else was writing to the same record; try again",
    "STORAGE_LIMIT_EXCEEDED": "the org has no storage left",
    "DUPLICATES_DETECTED": "a duplicate rule of the org stopped it",
    "REQUEST_LIMIT_EXCEEDED": "the org has used up the API requests it may make for now",
    "FIELD_INTEGRITY_EXCEPTION": "Salesforce says that its values do not fit together",
    "API_DISABLED_FOR_ORG": "this org or edition has no access to the API",
    "API_CURRENTLY_DISABLED": "the API is switched off in this org",
    "OPERATION_TOO_LARGE": "there are too many records for one question; choose a shorter window",
    "QUERY_TIMEOUT": "the org took too long to search; choose a shorter window",
    "UNSUPPORTED_API_VERSION": "this version of the API is retired; set a newer salesforce.api_version",
    "INVALID_TYPE": "this user cannot see this kind of record at all: the profile lacks the permission",
}
# whose own message says nothing that the sentence does not say
_SELF_EXPLAINING: Final = frozenset({"ENTITY_IS_DELETED", "UNABLE_TO_LOCK_ROW", "REQUEST_LIMIT_EXCEEDED"})


def row_sentence(code: str, message: str, fields: Iterable[str] = ()) -> str:
    """Why Salesforce refused a row, in words; the server's own message is foreign text and comes back cleaned."""
    message = clean(message)
    names = ", ".join(clean(name) for name in fields)
    if code == "FIELD_INTEGRITY_EXCEPTION" and "1440" in message:
        # Activity Settings > Enable Multiday Events (facts: salesforce B1, multi-day)
        return "it lasts longer than a day, and multi-day events are switched off in this org's Activity Settings"
    head = _ROWS.get(code, code or "Salesforce refused it")
    if code in _SELF_EXPLAINING or not message:
        return head
    return f"{head}: {message}" + (f" ({names})" if names and names not in message else "")


def clean(message: object) -> str:
    """Foreign text on one line, harmless on a terminal, and of a length that fits a sentence."""
    return text.shorten(text.plain(text.line(str(message))), _MESSAGE_LENGTH)


def _first_error(content: Any) -> Mapping[str, Any]:
    first = content[0] if isinstance(content, list) and content else content
    return first if isinstance(first, Mapping) else {}


def _seconds(retry_after: str | None) -> float | None:
    if not retry_after:
        return None
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, moment.timestamp() - time.time())

"""Where a Salesforce server is: the settings' address, checked before anything is sent to it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from sync_core.errors import SettingsError
from sync_core.settings.addresses import is_loopback

_EXAMPLE = 'Give it as in "https://example.my.salesforce.com"'


@dataclass(frozen=True, slots=True)
class Address:
    """A server: host with port as an address writes them, and whether it is spoken to without TLS (loopback only)."""

    netloc: str
    plain: bool = False

    @property
    def origin(self) -> str:
        """Scheme, host and port of the real server."""
        return f"{'http' if self.plain else 'https'}://{self.netloc}"

    @property
    def client_origin(self) -> str:
        """The origin as simple-salesforce writes it: it has "https://" built in (facts: salesforce A3)."""
        return f"https://{self.netloc}"


def parse(url: str, key: str = "salesforce.instance_url") -> Address:
    """The Address behind `url`, the setting named `key`. Raises SettingsError with a sentence for anything unusable."""
    url = url.strip()
    if not url:
        raise SettingsError(f"{key} is not set", remedy=_EXAMPLE)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise SettingsError(f"{key} is not an address of a server", remedy=_EXAMPLE) from None
    if parts.scheme not in ("https", "http") or not host or any(c.isspace() for c in url):
        raise SettingsError(f"{key} is not an address that starts with https://", remedy=_EXAMPLE)
    if parts.username is not None or parts.password is not None:
        raise SettingsError(f"{key} must not hold a user name or a password", remedy=_EXAMPLE)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise SettingsError(
            f"{key} has something after the name of the server", remedy=f'Use {key} = "{parts.scheme}://{host}"'
        )
    if host.endswith(".lightning.force.com"):
        # API calls to the pages' host end in redirects (facts: salesforce A4, BUG 8)
        name = host.removesuffix(".lightning.force.com")
        raise SettingsError(
            f"{key} is the address of the Lightning pages, which does not serve the API",
            remedy=f'Use {key} = "https://{name}.my.salesforce.com"',
        )
    plain = parts.scheme == "http"
    if plain and not is_loopback(host):
        raise SettingsError(
            f"{key} starts with http://, which would send the credentials in the clear",
            remedy=f'Use "https://{host}"; http:// is for servers on this machine only',
        )
    shown = f"[{host}]" if ":" in host else host
    return Address(f"{shown}:{port}" if port is not None else shown, plain)

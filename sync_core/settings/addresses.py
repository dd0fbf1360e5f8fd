"""Addresses of servers in the settings: https everywhere, http for this machine only, no credentials inside."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or an address without port, is this machine itself."""
    host = host.strip("[]").rstrip(".").casefold()
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def problem(url: str) -> str:
    """What is wrong with the address `url`, as the end of a sentence; "" when nothing is.

    The address itself is never repeated: a password may stand in it.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return "is not an address of a server; give one as in https://mail.example.com"
    if parts.scheme not in ("https", "http") or not host or any(c.isspace() or not c.isprintable() for c in url):
        return "is not an address of a server; give one that starts with https://"
    if parts.username is not None or parts.password is not None:
        return "holds a user name or a password; give them under their own keys"
    if parts.scheme == "http" and not is_loopback(host):
        return "starts with http://, which sends credentials in the clear and is for this machine only; use https://"
    return ""

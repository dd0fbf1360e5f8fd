"""The server's half of NTLM over HTTP: it challenges, and checks an NTLMv2 answer against a known password.

Messages and computation as in [MS-NLMP] sections 2.2.1, 3.3.2 and 4.2.4. NTLM signs in a connection, not a request.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import struct
import threading
from typing import Final

_SIGNATURE: Final = b"NTLMSSP\x00"
# UNICODE, REQUEST_TARGET, NTLM, ALWAYS_SIGN, TARGET_TYPE_DOMAIN, EXTENDED_SESSIONSECURITY, TARGET_INFO, 128, 56
_FLAGS: Final = 0x1 | 0x4 | 0x200 | 0x8000 | 0x10000 | 0x80000 | 0x800000 | 0x20000000 | 0x80000000
_DOMAIN: Final = "SANDBOX"
_KEPT: Final = 200


class NtlmGate:
    """Which connections are signed in, and the handshakes that are under way."""

    def __init__(self, username: str, password: str) -> None:
        self._user = username.rpartition("\\")[2]
        self._hash = md4(password.encode("utf-16-le"))
        self._challenges: dict[int, bytes] = {}
        self._signed_in: dict[int, None] = {}
        self._lock = threading.Lock()

    def knows(self, connection: int) -> bool:
        """Whether a connection is signed in."""
        with self._lock:
            return connection in self._signed_in

    def step(self, connection: int, token: str) -> str | None:
        """Takes the token of an Authorization header; no token counts if the connection is signed in already.

        Returns None for "signed in", the value of WWW-Authenticate for a challenge, and "" for a refusal.
        """
        if not token:
            return None if self.knows(connection) else ""
        try:
            message = base64.b64decode(token, validate=True)
        except (binascii.Error, ValueError):
            return ""
        kind = int.from_bytes(message[8:12], "little") if message.startswith(_SIGNATURE) else 0
        with self._lock:
            if kind == 1:
                self._signed_in.pop(connection, None)
                challenge = self._challenges[connection] = secrets.token_bytes(8)
                self._forget_old()
                return f"NTLM {base64.b64encode(_challenge_message(challenge)).decode()}"
            challenge = self._challenges.pop(connection, b"")
            if kind == 3 and challenge and self._right(message, challenge):
                self._signed_in[connection] = None
                return None
            return ""

    def _forget_old(self) -> None:
        for connection in list(self._challenges)[:-_KEPT]:
            del self._challenges[connection]
        for connection in list(self._signed_in)[:-_KEPT]:
            del self._signed_in[connection]

    def _right(self, message: bytes, challenge: bytes) -> bool:
        try:
            answer = _buffer(message, 20)
            domain = _buffer(message, 28).decode("utf-16-le")
            user = _buffer(message, 36).decode("utf-16-le")
        except (struct.error, UnicodeDecodeError):
            return False
        # shorter than this is NTLMv1
        if len(answer) < 44 or user.lower() != self._user.lower():
            return False
        key = hmac.new(self._hash, (user.upper() + domain).encode("utf-16-le"), hashlib.md5).digest()
        proof = hmac.new(key, challenge + answer[16:], hashlib.md5).digest()
        return hmac.compare_digest(proof, answer[:16])


def _buffer(message: bytes, position: int) -> bytes:
    length, _, offset = struct.unpack_from("<HHI", message, position)
    return message[offset : offset + length]


def _challenge_message(challenge: bytes) -> bytes:
    name = _DOMAIN.encode("utf-16-le")
    # NetBIOS domain and computer name, DNS names; the list ends with a pair of zeros
    info = b"".join(struct.pack("<HH", kind, len(name)) + name for kind in (2, 1, 4, 3)) + bytes(4)
    start = 56
    return (
        _SIGNATURE
        + struct.pack("<IHHII", 2, len(name), len(name), start, _FLAGS)
        + challenge
        + bytes(8)
        + struct.pack("<HHI", len(info), len(info), start + len(name))
        + b"\x0a\x00\x63\x45\x00\x00\x00\x0f"
        + name
        + info
    )


def md4(data: bytes) -> bytes:
    """MD4 (RFC 1320), which NTLM needs and which OpenSSL 3 no longer offers."""
    state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476]
    padded = data + b"\x80" + bytes((55 - len(data)) % 64) + struct.pack("<Q", len(data) * 8)
    for begin in range(0, len(padded), 64):
        words = struct.unpack_from("<16I", padded, begin)
        a, b, c, d = state
        for step in range(48):
            group, place = divmod(step, 16)
            if group == 0:
                mixed, word, shift, constant = (b & c) | (~b & d), place, (3, 7, 11, 19)[place % 4], 0
            elif group == 1:
                mixed = (b & c) | (b & d) | (c & d)
                word, shift, constant = place % 4 * 4 + place // 4, (3, 5, 9, 13)[place % 4], 0x5A827999
            else:
                mixed = b ^ c ^ d
                word = int(f"{place:04b}"[::-1], 2)
                shift, constant = (3, 9, 11, 15)[place % 4], 0x6ED9EBA1
            total = (a + mixed + words[word] + constant) & 0xFFFFFFFF
            a, b, c, d = d, ((total << shift) | (total >> (32 - shift))) & 0xFFFFFFFF, b, c
        state = [(old + new) & 0xFFFFFFFF for old, new in zip(state, (a, b, c, d), strict=True)]
    return struct.pack("<4I", *state)

"""Copying over SSH: OSC 52, the escape sequence by which a terminal puts a text into the clipboard of its own machine.

Whether a terminal obeys is its user's setting, and it never answers: so everything that can be copied can be written
to a file as well. (facts: terminal 7)
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Final

# what the narrowest terminals still take, in bytes of the text before it is encoded (hterm: 100,000 after it)
MOST_BYTES: Final = 74_000
# GNU screen hands on no more than 768 bytes at once; the end of one piece and the beginning of the next go with it
_SCREEN_PIECE: Final = 700
_BEGIN: Final = "\x1b]52;c;"


def sequence(text: str) -> str:
    """The sequence that copies `text`."""
    return f"{_BEGIN}{base64.b64encode(text.encode('utf-8', 'replace')).decode('ascii')}\a"


def copies(data: str) -> bool:
    """Whether what is about to be written to the terminal is such a sequence."""
    return data.startswith(_BEGIN)


def through(data: str, environ: Mapping[str, str]) -> str:
    """The sequence `data` as it gets through to the terminal that a person sits at.

    tmux acts on it with `set-clipboard on`; unless that is set it only hands on what is wrapped, where
    `allow-passthrough` lets it. Both at once do no harm. GNU screen hands on what is wrapped, in pieces.
    """
    if environ.get("TMUX"):
        return data + "\x1bPtmux;" + data.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    if environ.get("STY"):
        pieces = [data[at : at + _SCREEN_PIECE] for at in range(0, len(data), _SCREEN_PIECE)]
        return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)
    return data

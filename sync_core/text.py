"""Foreign text: the form in which it is compared and stored, and the form in which it may be shown.

Subjects and bodies come from strangers. `line` and `block` give the canonical form that both systems can hold; `plain`
gives what may be put on a terminal. They are different on purpose: showing must never change what is synced.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# What XML 1.0 cannot carry (facts: exchange A.11): C0, DEL, C1, noncharacters. Nobody types them.
_UNSTORABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufddf\ufffe\uffff]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_NEWLINES: Final = re.compile("\r\n|\r|\u0085|\u2028|\u2029")
# a letter and the marks on it, or a syllable of Hangul in its parts: some programs store "é" as two characters
_PARTS: Final = re.compile("[^\u0300-\u036f\u3099\u309a][\u0300-\u036f\u3099\u309a]+|[\u1100-\u11ff]{2,}")
_BLANKS: Final = re.compile(r"\s+")
_TRAILING: Final = re.compile(r"[ \t\u00a0]+$", re.MULTILINE)

# Characters that terminals act on, hide, or disagree about the width of (facts: terminal 2): controls, bidi, joiners,
# variation selectors, flags, skin tones, tags.
_DANGER: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u20e3\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff\ud800-\udfff"
    "\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U000e0000-\U000e0fff]"
)
_REGIONAL_A: Final = 0x1F1E6


def storable(text: str) -> str:
    """`text` without what one of the two systems cannot hold; a lone surrogate becomes U+FFFD."""
    if _SURROGATE.search(text):
        text = _SURROGATE.sub("\ufffd", text)
    return _UNSTORABLE.sub("", text)


def _composed(text: str) -> str:
    """`text` with letters and their marks as one character where there is one: nobody sees the difference (NFC).

    Characters by themselves stay as they are: NFC would put others in the place of some that names are written with.
    """
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text
    return _PARTS.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)


def line(text: str | None) -> str:
    """The canonical form of a one-line text: storable, letters composed, every run of blanks one space, none at the
    ends. None is ""."""
    if not text:
        return ""
    return _BLANKS.sub(" ", _composed(storable(text))).strip()


def block(text: str | None) -> str:
    """The canonical form of a text of many lines: storable, letters composed, "\\n" line ends, no trailing blanks, none
    at the ends."""
    if not text:
        return ""
    text = _composed(storable(_NEWLINES.sub("\n", text.replace("\x0b", "\n"))))
    return _TRAILING.sub("", text).strip("\n \t\u00a0")


def plain(text: str, *, keep_newlines: bool = False) -> str:
    """`text` as it may be written to a terminal: no escape sequence, no bidi control, no character of doubtful width.

    What is left out is shown: a control character becomes its picture (ESC is "␛"), other invisible ones vanish, flags
    become their letters. Newlines become "⏎" unless kept. Markup is not touched: give the result to widgets as Text.
    """
    text = _NEWLINES.sub("\n", text)
    return _DANGER.sub(lambda found: _harmless(found[0], keep_newlines), text)


def _harmless(char: str, keep_newlines: bool) -> str:
    code = ord(char)
    if char == "\n":
        return char if keep_newlines else "⏎"
    if char == "\t":
        return " "
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if _REGIONAL_A <= code < _REGIONAL_A + 26:
        return chr(ord("A") + code - _REGIONAL_A)
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else ""


def shorten(text: str, length: int) -> str:
    """The first `length` characters of `text`, with an ellipsis when something is missing."""
    return text if len(text) <= length else text[: max(0, length - 1)] + "…"

"""Bodies of Outlook items: their text, and whether writing over it costs formatting.

Python's own parser is used because it reads a stream: bodies are foreign, and a tree has a depth that can be exceeded.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

_BLOCKS: Final = frozenset(
    {"address", "article", "blockquote", "center", "dd", "div", "dl", "dt", "form", "h1", "h2", "h3", "h4", "h5", "h6"}
    | {"li", "ol", "p", "pre", "section", "table", "tr", "ul"}
)
_SKIPPED: Final = frozenset({"script", "style", "title", "template"})
_FORMATTING: Final = frozenset(
    {"b", "strong", "i", "em", "u", "s", "strike", "del", "ins", "sub", "sup", "mark", "blockquote", "code"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "img", "li", "ol", "ul", "table", "hr"}
)
_STYLES: Final = re.compile(
    r"font-weight\s*:\s*(bold|[6-9]00)|font-style\s*:\s*italic|text-decoration[a-z-]*\s*:\s*(under|line-th)"
)
_BLANKS: Final = re.compile(r"[ \t\r\n\f]+")
_MANY_LINES: Final = re.compile(r"\n{3,}")


class _Body(HTMLParser):
    """Collects the text, one line per block, and notices formatting that a person gave."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.formatted = False
        self._skipping = 0
        self._preformatted = 0
        self._link: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in _SKIPPED:
            self._skipping += 1
        elif tag in ("br", "hr"):
            self.parts.append("\n")
        elif tag in _BLOCKS:
            self._new_line()
        if tag == "pre":
            self._preformatted += 1
        if tag == "a":
            self._link = (values.get("href") or "", [])
        if tag in _FORMATTING or _STYLES.search((values.get("style") or "").lower()):
            self.formatted = True

    def handle_endtag(self, tag: str) -> None:
        if tag in _SKIPPED:
            self._skipping = max(0, self._skipping - 1)
        elif tag in _BLOCKS:
            self._new_line()
        if tag == "pre":
            self._preformatted = max(0, self._preformatted - 1)
        if tag == "a" and self._link is not None:
            self.formatted = self.formatted or _hides_target(self._link[0], "".join(self._link[1]))
            self._link = None

    def handle_data(self, data: str) -> None:
        if self._skipping:
            return
        if self._link is not None:
            self._link[1].append(data)
        self.parts.append(data.replace("\r\n", "\n") if self._preformatted else _BLANKS.sub(" ", data))

    def _new_line(self) -> None:
        if self.parts and not self.parts[-1].endswith("\n"):
            self.parts.append("\n")


def _read(source: str) -> _Body:
    body = _Body()
    body.feed(source)
    body.close()
    return body


def html_to_text(source: str) -> str:
    """The text of an HTML body, one line per block. For servers that give no TextBody (facts: exchange E)."""
    lines = [line.strip(" ") for line in "".join(_read(source).parts).split("\n")]
    return _MANY_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def is_formatted(source: str) -> bool:
    """Whether an HTML body has formatting that a person gave it, and that plain text would lose.

    Exchange keeps a plain text as HTML too: fonts, colours, divs and links that show their own address do not count.
    """
    return _read(source).formatted


def _hides_target(target: str, shown: str) -> bool:
    target = target.removeprefix("mailto:").rstrip("/")
    shown = shown.strip().rstrip("/")
    return bool(target and shown) and shown not in (target, target.partition("://")[2])

"""Text as Exchange keeps it: line ends, characters that XML cannot carry, HTML bodies as plain text and back."""

from __future__ import annotations

import html
import re
from typing import Final

import lxml.html
from lxml import etree

# everything XML 1.0 has no place for; lone surrogates among them
_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BLOCKS: Final = frozenset({"p", "div", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"})
_SILENT: Final = frozenset({"head", "script", "style", "title"})


def clean(text: str) -> str:
    """The text with `?` for each character that XML cannot carry."""
    return _ILLEGAL.sub("?", text)


def lines(text: str) -> str:
    """The text with "\\r\\n" at the end of each line."""
    return re.sub("\r\n|\r|\n", "\r\n", text)


def html_to_text(source: str) -> str:
    """The words of an HTML body, one line per paragraph or break, with "\\r\\n" between lines."""
    if not source.strip():
        return ""
    try:
        # as bytes: a string with an encoding declaration in it would be refused
        root = lxml.html.fromstring(clean(source).encode(), parser=lxml.html.HTMLParser(encoding="utf-8"))
    except etree.ParserError:
        # nothing but a comment
        return ""
    pieces: list[str] = []
    _collect(root, pieces)
    text = re.sub("[ \t\r\f\v]*\n[ \t\r\f\v]*", "\n", "".join(pieces))
    return lines(re.sub("\n{3,}", "\n\n", text).strip())


def _collect(element: etree._Element, pieces: list[str]) -> None:
    if isinstance(element.tag, str) and element.tag not in _SILENT:
        name = element.tag
        if name == "li":
            pieces.append("\n- ")
        elif name in _BLOCKS or name == "br":
            pieces.append("\n")
        pieces.append(re.sub(r"[ \t\r\n]+", " ", element.text or ""))
        for child in element:
            _collect(child, pieces)
        if name in _BLOCKS:
            pieces.append("\n")
    pieces.append(re.sub(r"[ \t\r\n]+", " ", element.tail or ""))


def text_to_html(text: str) -> str:
    """A plain text body as HTML."""
    inner = html.escape(text, quote=False).replace("\r\n", "<br>\r\n")
    return f"<html><body>{inner}</body></html>"

"""Bodies of Outlook items: their text, and whether writing over it costs formatting."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree, html

_BREAKS: Final = frozenset({"br", "hr"})
_BLOCKS: Final = frozenset(
    {"address", "article", "blockquote", "center", "dd", "div", "dl", "dt", "form", "h1", "h2", "h3", "h4", "h5", "h6"}
    | {"li", "ol", "p", "pre", "section", "table", "tr", "ul"}
)
_SKIPPED: Final = frozenset({"head", "script", "style", "title", "template"})
_FORMATTING: Final = frozenset(
    {"b", "strong", "i", "em", "u", "s", "strike", "del", "ins", "sub", "sup", "mark", "blockquote", "code"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "img", "li", "ol", "ul", "table", "hr"}
)
_STYLES: Final = re.compile(
    r"font-weight\s*:\s*(bold|[6-9]00)|font-style\s*:\s*italic|text-decoration\s*:\s*\w*\s*(under|line-th)"
)
_BLANKS: Final = re.compile(r"[ \t\r\n\f]+")
_MANY_LINES: Final = re.compile(r"\n{3,}")


def _tree(source: str) -> html.HtmlElement | None:
    try:
        return html.document_fromstring(source)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def html_to_text(source: str) -> str:
    """The text of an HTML body, one line per block. For servers that give no TextBody (facts: exchange E)."""
    root = _tree(_without_declaration(source))
    if root is None:
        return ""
    parts: list[str] = []
    _collect(root, parts, keep=False)
    joined = "".join(parts)
    lines = [line.strip(" ") for line in joined.split("\n")]
    return _MANY_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def _without_declaration(source: str) -> str:
    # lxml refuses text that declares an encoding
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", source)


def _add(parts: list[str], said: str | None, keep: bool) -> None:
    if said:
        parts.append(said if keep else _BLANKS.sub(" ", said))


def _new_line(parts: list[str]) -> None:
    if parts and not parts[-1].endswith("\n"):
        parts.append("\n")


def _collect(element: html.HtmlElement, parts: list[str], keep: bool) -> None:
    # a walk with a stack of its own: hostile bodies nest deeper than Python recurses
    stack: list[tuple[html.HtmlElement, bool, bool]] = [(element, False, keep)]
    while stack:
        node, leaving, kept = stack.pop()
        name = node.tag if isinstance(node.tag, str) else ""
        if leaving:
            if name in _BLOCKS:
                _new_line(parts)
            if node is not element:
                _add(parts, node.tail, kept)
            continue
        if not name or name in _SKIPPED:
            if node is not element:
                _add(parts, node.tail, kept)
            continue
        if name in _BREAKS:
            parts.append("\n")
        elif name in _BLOCKS:
            _new_line(parts)
        inner = kept or name == "pre"
        _add(parts, node.text, inner)
        stack.append((node, True, kept))
        stack.extend((child, False, inner) for child in reversed(node))


def is_formatted(source: str) -> bool:
    """Whether an HTML body has formatting that a person gave it, and that plain text would lose.

    Exchange keeps a plain text as HTML too: fonts, colours, divs and links that show their own address do not count.
    """
    root = _tree(_without_declaration(source))
    if root is None:
        return False
    for element in root.iter():
        name = element.tag if isinstance(element.tag, str) else ""
        if name in _FORMATTING or _STYLES.search(str(element.get("style") or "").lower()):
            return True
        if name == "a" and _hides_target(element):
            return True
    return False


def _hides_target(link: html.HtmlElement) -> bool:
    target = str(link.get("href") or "").removeprefix("mailto:").rstrip("/")
    shown = link.text_content().strip().rstrip("/")
    return bool(target and shown) and shown not in (target, target.partition("://")[2])

"""The signs of the review screen, in two sets: one for terminals that draw arrows, one for those that do not.

Every sign is as wide as its number of characters, everywhere: arrows such as U+2192 are not (facts: terminal 7), so
they are not used. What was chosen by a person has a doubled shaft (`=▸` instead of `-▸`), so nothing rests on colour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from rich.segment import Segment
from rich.text import Text
from textual.color import Color
from textual.filter import LineFilter

from sync_core.actions import Action, Choice, Situation, State
from sync_core.effects import effect

if TYPE_CHECKING:
    from sync_core.plan import Row

# terminals whose usual font has no arrows and no box drawing beyond the oldest code pages
_POOR: Final = ("dumb", "unknown", "linux", "vt", "cons", "ansi", "sun")
# the widest sign: a blocked merge or delete, "(-▸✗)", or an ignored delete, "-▸✗ i"
SIGN_WIDTH: Final = 5

_UNICODE: Final[Mapping[Action, str]] = MappingProxyType(
    {
        Action.CREATE_IN_OUTLOOK: "-▸+",
        Action.UPDATE_IN_OUTLOOK: "-▸",
        Action.DELETE_FROM_OUTLOOK: "-▸✗",
        Action.CREATE_IN_SALESFORCE: "+◂-",
        Action.UPDATE_IN_SALESFORCE: "◂-",
        Action.DELETE_FROM_SALESFORCE: "✗◂-",
        Action.MERGE: "◂-▸",
        Action.CONFLICT: "◂?▸",
        Action.LINK: "=",
        Action.NONE: ".",
    }
)
# one character for one, so that widths stay; the second line is what Textual's widgets draw
_TO_ASCII: Final = str.maketrans(
    "▸◂✗–…“”⏎─│·┌┐└┘" + "━╸╺╶╴┃├┤┬┴┼▼▲•▁▂▃▄▅▆▇█▉▊▋▌▍▎▏▔▕",
    '><x-~""|-|-++++' + "-----|+++++v^*_______#|||||||-|",
)


@dataclass(frozen=True, slots=True)
class GlyphSet:
    """One set of signs. `ascii` says whether everything of our own must be plain ASCII."""

    name: str
    ascii: bool
    actions: Mapping[Action, str] = field(repr=False)
    cursor: str = ">"
    mark: str = "*"

    def text(self, own: str) -> str:
        """A text of our own in this set: dashes, quotes and ellipses become ASCII where they must."""
        return own.translate(_TO_ASCII) if self.ascii else own

    def drawn(self, line: Text) -> Text:
        """`line`, whose own signs and lines are changed where they must be; its width stays."""
        if self.ascii:
            line.plain = line.plain.translate(_TO_ASCII)
        return line

    def chosen(self, action: Action) -> str:
        """The sign of an action that a person chose against the recommendation."""
        if action in (Action.LINK, Action.NONE):
            return f"={self.actions[action]}="
        return self.actions[action].replace("-", "=")

    def sign(self, row: Row) -> str:
        """The sign of a row as it stands: what would happen, and in one more character why it is special.

        `(-▸✗)` is blocked, `-▸ i` and `-▸ I` are ignored, `-▸ !` does only the half that is allowed, `◂?▸ ~` is a
        guess, `◂?▸ @` changed after a person had decided it.
        """
        state = row.state
        wanted = effect(row).action
        if state is State.IGNORED_ONCE:
            return f"{self.actions[wanted]} i"
        if state is State.IGNORED_FOREVER:
            return f"{self.actions[wanted]} I"
        if state is State.PREVENTED:
            return f"({self._of(row, wanted)})"
        sign = self._of(row, row.action)
        special = "!" if row.why_not else "@" if row.outdated else "~" if row.situation is Situation.LIKELY else ""
        return f"{sign} {special}" if special else sign

    def _of(self, row: Row, action: Action) -> str:
        own = row.touched and effect(row) != effect(row, Choice.RECOMMENDED)
        return self.chosen(action) if own else self.actions[action]


class AsciiFilter(LineFilter):
    """Draws every line without signs that ASCII does not have, Textual's own borders and arrows among them.

    Letters stay: whoever writes to somebody in Łódź has a terminal that shows it.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments, of the same widths."""
        return [
            segment if segment.text.isascii() else Segment(segment.text.translate(_TO_ASCII), segment.style, segment[2])
            for segment in segments
        ]


UNICODE: Final = GlyphSet("unicode", False, _UNICODE)
ASCII: Final = GlyphSet(
    "ascii",
    True,
    MappingProxyType({action: sign.translate(_TO_ASCII) for action, sign in _UNICODE.items()}),
)


_ONE: GlyphSet = UNICODE


def current() -> GlyphSet:
    """The set that this terminal gets."""
    return _ONE


def use(glyphs: GlyphSet) -> None:
    """This terminal gets `glyphs`."""
    global _ONE
    _ONE = glyphs


def glyph_set(environ: Mapping[str, str], encoding: str, setting: str = "") -> GlyphSet:
    """The set for a terminal: `setting` ("unicode" or "ascii") if given, else what TERM and the encoding can show.

    `environ` is the process environment, `encoding` that of the stream the screen is drawn on.
    """
    if setting in ("unicode", "ascii"):
        return UNICODE if setting == "unicode" else ASCII
    if "utf" not in encoding.lower():
        return ASCII
    return ASCII if environ.get("TERM", "").startswith(_POOR) else UNICODE

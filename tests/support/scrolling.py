"""Frames of a list that somebody scrolls in, as Textual writes them; the same ones for the same number."""

from __future__ import annotations

import random
from collections.abc import Iterator

STYLES = ["", "1", "38;5;250;48;5;16", "48;5;16", "1;38;5;210;48;5;16", "7", "4;31"]
WORDS = ["Budget", "10:00 ", "four words of it", "四半期レビュー", "한국", "é", "──────", "          ", "x", "…", "▸✗"]


def line(rng: random.Random, width: int) -> str:
    """A line of exactly `width` cells as Textual writes it, each piece with its colours set and taken back."""
    parts = []
    while width:
        words = rng.choice(WORDS)
        while cells(words) > width:
            words = words[:-1] or " "
        width -= cells(words)
        style = rng.choice(STYLES)
        parts.append(f"\x1b[{style}m{words}\x1b[0m" if style else words)
    return "".join(parts)


def cells(text: str) -> int:
    return sum(2 if char >= "ぁ" else 1 for char in text)


class Screens:
    """Frames of a list that scrolls, with a bar above and, if it is not as wide as the terminal, a pane beside it."""

    def __init__(self, seed: int, width: int, height: int, list_width: int) -> None:
        rng = self.rng = random.Random(seed)
        self.width, self.height, self.list_width = width, height, list_width
        self.lines = [line(rng, list_width) for _ in range(height * 6)]
        self.top, self.cursor = 0, 0
        beside = width - list_width
        # the pane ends in a rule, as the list's own scrollbar would
        self.beside = [line(rng, beside - 1) + "|" if beside else "" for _ in range(height)]

    def whole(self) -> str:
        """The first frame."""
        bar = f"\x1b[1;1H\x1b[7m{'bar':<{self.width}}\x1b[0m"
        beside = "".join(
            f"\x1b[{y + 1};{self.list_width + 1}H{self.beside[y]}" for y in range(1, self.height) if self.beside[y]
        )
        return bar + beside + self.list()

    def list(self) -> str:
        """The list as it is in view; the line under the cursor is reversed, and one line is another one than it was."""
        found = []
        for y in range(1, self.height):
            place = self.top + y - 1
            words = self.lines[place]
            if place == self.cursor:
                words = f"\x1b[7m{'> here':<{self.list_width}}\x1b[0m"
            found.append(f"\x1b[{y + 1};1H{words}")
        return "".join(found) + "\x1b[1;1H"

    def frames(self, count: int) -> Iterator[str]:
        """The whole screen, and what Textual writes while somebody scrolls in it and something changes meanwhile."""
        yield self.whole()
        for _ in range(count):
            step = self.rng.choice([1, 2, self.height // 2, self.height - 2, -1, -3, -self.height // 2])
            self.top = max(0, min(self.top + step, len(self.lines) - self.height))
            self.cursor = self.top + self.rng.randrange(self.height - 1)
            if self.rng.random() < 0.3:
                self.lines[self.rng.randrange(len(self.lines))] = line(self.rng, self.list_width)
            yield self.list()

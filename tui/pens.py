"""How a terminal draws a character: colours and attributes, and the sequences (SGR) that change them."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

_RESET_ALL: Final = 0
_FLAGS: Final = {1: 1, 2: 2, 3: 4, 4: 8, 5: 16, 6: 16, 7: 32, 8: 64, 9: 128, 21: 256, 51: 512, 52: 1024, 53: 2048}
_CLEARS: Final = {22: 3, 23: 4, 24: 8 | 256, 25: 16, 27: 32, 28: 64, 29: 128, 54: 512 | 1024, 55: 2048}
# attributes that a blank shows as well: underline, reverse, strike, frames, overline
ON_BLANKS: Final = 8 | 32 | 128 | 256 | 512 | 1024 | 2048


class Pen(NamedTuple):
    """How a cell is drawn: the parameters of its colours ("38;5;250", "" for the terminal's own) and its attributes."""

    fore: str = ""
    back: str = ""
    flags: int = 0


PLAIN: Final = Pen()


@lru_cache(maxsize=4096)
def pen_after(pen: Pen, parameters: str) -> Pen:
    """The pen after an SGR sequence with these parameters."""
    fore, back, flags = pen
    codes = iter(parameters.split(";"))
    for code in codes:
        number = int(code or 0)
        if number == _RESET_ALL:
            fore, back, flags = PLAIN
        elif number in _FLAGS:
            flags |= _FLAGS[number]
        elif number in _CLEARS:
            flags &= ~_CLEARS[number]
        elif number in (38, 48):
            kind = next(codes, "")
            colour = ";".join([code, kind, *(next(codes, "0") for _ in range(1 if kind == "5" else 3))])
            fore, back = (colour, back) if number == 38 else (fore, colour)
        elif 30 <= number <= 37 or 90 <= number <= 97:
            fore = code
        elif 40 <= number <= 47 or 100 <= number <= 107:
            back = code
        elif number in (39, 49):
            fore, back = ("", back) if number == 39 else (fore, "")
    return Pen(fore, back, flags)


@lru_cache(maxsize=4096)
def blank(pen: Pen) -> Pen:
    """What can be seen of a pen on a blank."""
    return pen if pen.flags & ON_BLANKS else Pen("", pen.back, 0)


@lru_cache(maxsize=4096)
def change(before: Pen | None, after: Pen) -> str:
    """The shortest sequence that turns one pen into another; None is a pen that nobody knows."""
    if before == after:
        return ""
    anew = [str(code) for code, flag in _FLAGS.items() if after.flags & flag and code != 6]
    anew += [colour for colour in (after.fore, after.back) if colour]
    # a parameter that is left out is 0
    full = f"\x1b[{';'.join(['', *anew])}m" if anew else "\x1b[m"
    if before is None:
        return full
    codes: list[str] = []
    left = before.flags
    for code, flags in _CLEARS.items():
        if left & ~after.flags & flags:
            codes.append(str(code))
            left &= ~flags
    codes += [str(code) for code, flag in _FLAGS.items() if after.flags & ~left & flag and code != 6]
    if before.fore != after.fore:
        codes.append(after.fore or "39")
    if before.back != after.back:
        codes.append(after.back or "49")
    return min(f"\x1b[{';'.join(codes)}m", full, key=len)

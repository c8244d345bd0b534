"""Text and sizes in; how much of a sheet of paper they take out, never less than a browser needs.

The page is laid out before any browser sees it, so its text is measured here: by the widths of the
widest font that a browser may fall back to, DejaVu Sans. In any other font there is room to spare.
"""

from typing import Final

WIDTH: Final = 193.0
"""Of a page, in mm: A4 is 210 wide and has margins of 8; the browser rounds to whole pixels."""
HEIGHT: Final = 262.0
"""Of a page, in mm: Letter is 279.4 high and has margins of 8."""

POINT: Final = 25.4 / 72
"""In mm."""

_BOLD = 1.13
_EMS = {
    sign: ems
    for ems, signs in (
        (0.30, "ijlIJ"),
        (0.33, " ',.’·"),
        (0.37, "/\\|:;-f"),
        (0.42, "()[]!rt"),
        (0.53, 'sz?*_"“”–'),
        (0.61, "ckvxyFLTY"),
        (0.64, "abdeghnopqu0123456789EPS$"),
        (0.70, "ABCKRVXZ"),
        (0.82, "w&"),
    )
    for sign in signs
}
_LOWER_EM, _UPPER_EM, _BROAD_EM = 0.66, 0.8, 1.1
_BROAD = frozenset("mMWœŒæÆ")
_LATIN = "\u024f"


def text_width(text: str, points: float, *, bold: bool = False) -> float:
    """The width of one line of text in mm, at most."""
    ems = sum(map(_em, text)) * (_BOLD if bold else 1)
    return ems * points * POINT


def line_count(text: str, width: float, points: float, *, bold: bool = False) -> int:
    """How many lines a text takes in a column so many mm wide, at most; empty text takes one."""
    space = text_width(" ", points, bold=bold)
    lines, used = 1, 0.0
    for word in text.split():
        length = text_width(word, points, bold=bold)
        if used and used + space + length > width:
            lines, used = lines + 1, 0.0
        # A word longer than the line is broken anywhere.
        beyond = int(length // width)
        lines, length = lines + beyond, length - beyond * width
        used += length + (space if used else 0)
    return lines


def height(lines: int, points: float, leading: float) -> float:
    """So many lines of text in mm; `leading` is the line's height in sizes of the font."""
    return lines * points * leading * POINT


def shortened(text: str, longest: int) -> str:
    """Text of at most so many characters, with an ellipsis where it is cut."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def _em(sign: str) -> float:
    if sign in _EMS:
        return _EMS[sign]
    if not sign.isalpha() or sign in _BROAD or sign > _LATIN:
        return _BROAD_EM
    return _UPPER_EM if sign.isupper() else _LOWER_EM

"""The palette read as numbers: contrast, lightness on a grey print, and colour blindness."""

from itertools import combinations, pairwise

import pytest

from stepladder.template import palette
from stepladder.template.page import LOOKS as LOOKS_OF_PAGES
from stepladder.template.palette import Look

LOOKS = {
    f"{column}: {word}": look
    for column, words in palette.WORDS.items()
    for word, look in words.items()
} | {
    "input header": palette.INPUT_HEADER,
    "own header": palette.OWN_HEADER,
    "calculated header": palette.CALCULATED_HEADER,
    "input cell": palette.INPUT_CELL,
    "calculated cell": palette.CALCULATED_CELL,
    "unread cell": palette.UNREAD_CELL,
}

# Machado, Oliveira and Fernandes 2009, severity 1.0; for linear RGB.
COLOUR_BLINDNESS = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}

Triple = tuple[float, float, float]


def linear(color: str) -> Triple:
    """Undo the sRGB curve."""

    def channel(start: int) -> float:
        value = int(color[start : start + 2], 16) / 255
        return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)

    return channel(1), channel(3), channel(5)


def luminance(rgb: Triple) -> float:
    """WCAG 2.2, relative luminance."""
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    darker, lighter = sorted((luminance(linear(one)), luminance(linear(other))))
    return (lighter + 0.05) / (darker + 0.05)


def lightness(rgb: Triple) -> float:
    """CIE L*, 0 to 100: what a grey print shows."""
    luminous = max(luminance(rgb), 0.0)
    return 116 * luminous ** (1 / 3) - 16 if luminous > 0.008856 else 903.3 * luminous


def seen_with(blindness: str, color: str) -> Triple:
    """Give the linear RGB that a colour-blind eye takes the colour for."""
    rgb = linear(color)
    red, green, blue = (
        sum(weight * channel for weight, channel in zip(row, rgb, strict=True))
        for row in COLOUR_BLINDNESS[blindness]
    )
    return red, green, blue


def fills(column: str) -> list[str]:
    """List the fills that stand in one column."""
    return [look.fill for look in palette.WORDS[column].values()]


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
def test_text_stands_out_from_its_fill(look: Look) -> None:
    """Every text has a contrast of at least 4.5 to the fill it is read on."""
    assert contrast(look.fill, look.text) >= 4.5


@pytest.mark.parametrize("name", LOOKS_OF_PAGES)
def test_text_of_a_page_stands_out_from_its_cell(name: str) -> None:
    """Start, Dashboard and Brief: a contrast of at least 4.5, on white where a cell has no fill."""
    look = LOOKS_OF_PAGES[name]
    assert contrast(look.get("bg_color", palette.SNOW), look.get("font_color", palette.INK)) >= 4.5


@pytest.mark.parametrize("column", palette.WORDS)
def test_a_grey_print_tells_the_words_apart(column: str) -> None:
    """Any two fills of a column differ by at least 9 in lightness."""
    shades = sorted(lightness(linear(fill)) for fill in fills(column))
    assert min(lighter - darker for darker, lighter in pairwise(shades)) >= 9


@pytest.mark.parametrize("blindness", COLOUR_BLINDNESS)
@pytest.mark.parametrize("column", palette.WORDS)
def test_a_colour_blind_eye_tells_the_words_apart(column: str, blindness: str) -> None:
    """Any two fills of a column differ by at least 9 in lightness, whatever colours are lost."""
    shades = [lightness(seen_with(blindness, fill)) for fill in fills(column)]
    assert min(abs(one - other) for one, other in combinations(shades, 2)) >= 9


def test_tiers_run_from_dark_to_light() -> None:
    """The higher the tier the darker its fill, so that the order shows without the colours."""
    shades = [lightness(linear(fill)) for fill in fills("tier")]
    assert shades == sorted(shades)


def test_calculated_columns_look_different_in_grey() -> None:
    """A calculated header is much lighter than an input header, and its cells are shaded."""
    ours, theirs = (
        lightness(linear(look.fill)) for look in (palette.CALCULATED_HEADER, palette.INPUT_HEADER)
    )
    assert ours - theirs > 40
    assert palette.CALCULATED_CELL.fill != palette.INPUT_CELL.fill

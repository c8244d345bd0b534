"""The colours of every sheet by name, and which word of which column wears which of them.

Words come in as the cells spell them; a fill and the text colour that is read on it go out.
Within one column the fills differ in lightness, so that a grey print and every kind of colour
vision still tell them apart; colour never says what the word in the cell does not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

INK: Final = "#1B2430"
SNOW: Final = "#FFFFFF"
MIST: Final = "#F1F4F8"
PALE: Final = "#DCEAF3"
RULE: Final = "#CBD3DC"
FOG: Final = "#C5D3E2"
SKY: Final = "#73A0CA"
OCEAN: Final = "#2F5D8C"
HARBOR: Final = "#1F3A5F"
NAVY: Final = "#14284B"
BUTTER: Final = "#F5DF9E"
AMBER: Final = "#EBBC5B"
BRICK: Final = "#8C2A1A"
SLATE: Final = "#566573"


@dataclass(frozen=True)
class Look:
    """A fill and the colour of the text on it, both as #RRGGBB."""

    fill: str
    text: str
    italic: bool = False


INPUT_HEADER: Final = Look(HARBOR, SNOW)
OWN_HEADER: Final = Look(SLATE, SNOW)
CALCULATED_HEADER: Final = Look(FOG, INK)
INPUT_CELL: Final = Look(SNOW, INK)
CALCULATED_CELL: Final = Look(MIST, INK)
UNREAD_CELL: Final = Look(BUTTER, BRICK)

INPUT_TAB: Final = HARBOR
RESULT_TAB: Final = SKY
PAGE_TAB: Final = AMBER

_FINE: Final = Look(PALE, INK)
_ASK: Final = Look(AMBER, INK)
_STOP: Final = Look(BRICK, SNOW)
_OUT: Final = Look(SLATE, SNOW)

WORDS: Final[Mapping[str, Mapping[str, Look]]] = MappingProxyType(
    {
        "tier": MappingProxyType(
            {
                "Highly competitive": Look(NAVY, SNOW),
                "Competitive": Look(OCEAN, SNOW),
                "Targeted": Look(SKY, INK),
                "Challenging": Look(AMBER, INK),
                "Steep climb": Look(BUTTER, INK),
                "Pending": Look(SNOW, INK, italic=True),
            }
        ),
        "status": MappingProxyType({"OK": _FINE, "Check": _ASK, "Fix": _STOP}),
        "severity": MappingProxyType({"Query": _ASK, "Error": _STOP}),
        "eligibility": MappingProxyType({"Eligible": _FINE, "Verify": _ASK, "Ineligible": _OUT}),
        "band": MappingProxyType(
            {
                "Best fit": Look(OCEAN, SNOW),
                "Target": Look(SKY, INK),
                "Reach": Look(BUTTER, INK),
            }
        ),
    }
)
"""By column name, then by the word in the cell."""

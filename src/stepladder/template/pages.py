"""The pages of a workbook by the name that each has for one of its cells, wherever it is moved."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from stepladder.template import brief, dashboard, start
from stepladder.template.contents import Contents
from stepladder.template.page import Page


@dataclass(frozen=True)
class NamedPage:
    """One page.

    title    of its sheet when it was made
    named    the workbook's name for one of its cells, and `address` where that cell stands
    make     gives the page
    follows  it shows results; otherwise it tells of the refresh itself
    """

    title: str
    named: str
    address: str
    make: Callable[[Contents], Page]
    follows: bool


PAGES: Final = (
    NamedPage(
        dashboard.TITLE,
        dashboard.ADVISOR,
        dashboard.ADVISOR_CELL,
        dashboard.dashboard,
        follows=True,
    ),
    NamedPage(brief.TITLE, brief.APPLICANT, brief.APPLICANT_CELL, brief.brief, follows=True),
    NamedPage(start.TITLE, start.AS_OF, start.AS_OF_CELL, start.start, follows=False),
)

"""What a page shows in; its HTML, which needs nothing from anywhere else, out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from jinja2 import Environment, PackageLoader, StrictUndefined

from stepladder.briefs import charts, layout, space
from stepladder.briefs.page import Brief
from stepladder.template import palette


@dataclass(frozen=True)
class Printed:
    """What every page says of itself: the day it is for, and the rulebook behind its words.

    `is_calibrated` says that its numbers of interviews are the office's own, not illustrative.
    """

    as_of: date
    rulebook: str
    is_calibrated: bool = False


@dataclass(frozen=True)
class Entry:
    """A page in the list of pages."""

    file: str
    brief: Brief


def page_html(brief: Brief, printed: Printed) -> str:
    """One applicant's page."""
    page = _PAGES.get_template("brief.html.j2")
    return page.render(brief=brief, layout=layout.lay_out(brief), printed=printed)


def index_html(entries: Sequence[Entry], printed: Printed) -> str:
    """The list of the pages that were written together."""
    return _PAGES.get_template("index.html.j2").render(entries=entries, printed=printed)


def _environment() -> Environment:
    pages = Environment(
        loader=PackageLoader("stepladder.briefs", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    pages.globals.update(
        colors=palette,
        words=palette.WORDS,
        plain=palette.CALCULATED_CELL,
        size=layout,
        space=space,
        bar_length=charts.BAR,
        label_points=charts.LABEL_POINTS,
        mm_per_point=space.POINT,
    )
    return pages


_PAGES = _environment()

"""Cells with their looks in; a sheet that is read as a page, not as a table, out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from string import digits
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from stepladder.books.table import column_position
from stepladder.template import palette

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

Value: TypeAlias = str | int | float | date | None

_FONT: Final = MappingProxyType(
    {"font_name": "Calibri", "font_size": 11, "font_color": palette.INK, "valign": "vcenter"}
)
_EDGE: Final = MappingProxyType({"bottom": 1, "bottom_color": palette.RULE})
_INPUT: Final = MappingProxyType(
    {"bg_color": palette.SNOW, "border": 2, "border_color": palette.OCEAN, "bold": True}
)
_DAY: Final = MappingProxyType({"num_format": "yyyy-mm-dd", "align": "left"})
# Away from the words of the block to the right.
_FIGURE: Final = MappingProxyType({"align": "right", "indent": 2})

LOOKS: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "title": {"bold": True, "font_size": 20, "font_color": palette.HARBOR},
        "subtitle": {"font_color": palette.SLATE},
        "heading": {"bold": True, "font_size": 12, "font_color": palette.HARBOR, **_EDGE},
        "label": {"font_color": palette.SLATE, "text_wrap": True},
        "top label": {"font_color": palette.SLATE, "text_wrap": True, "valign": "top"},
        "head": {"font_color": palette.SLATE, **_FIGURE},
        "close head": {"font_color": palette.SLATE, "align": "right", "indent": 1, "shrink": True},
        "hint": {"italic": True, "font_color": palette.SLATE, "text_wrap": True, "indent": 1},
        "text": {"align": "left", "text_wrap": True, "valign": "top"},
        "short": {"align": "left", "shrink": True},
        "figure": {"align": "left", "indent": 1, "shrink": True},
        "strong": {"bold": True, "align": "left", "shrink": True},
        "number": {"num_format": "#,##0", **_FIGURE},
        "left number": {"num_format": "#,##0", "align": "left"},
        "mean": {"num_format": "0.0", **_FIGURE},
        "points": {"num_format": "0.##", "align": "left"},
        "money": {"num_format": "$#,##0", **_FIGURE},
        "left money": {"num_format": "$#,##0", "align": "left"},
        "year": {"num_format": "0", "align": "left"},
        "day": dict(_DAY),
        "listed day": {**_DAY, "font_size": 9},
        "bar": {"font_color": palette.OCEAN, "font_name": "Consolas", "font_size": 9},
        "step": {"text_wrap": True, "font_size": 12, "indent": 1},
        "step number": {"bold": True, "font_size": 14, "font_color": palette.OCEAN},
        "input": {**_INPUT, "align": "left"},
        "id input": {**_INPUT, "align": "left", "num_format": "@"},
        "tile label": {"font_color": palette.SLATE, "bg_color": palette.MIST, "align": "center"},
        "tile": {
            "bold": True,
            "font_size": 18,
            "bg_color": palette.MIST,
            "font_color": palette.HARBOR,
            "align": "center",
            "num_format": "#,##0",
        },
        "money tile": {
            "bold": True,
            "font_size": 18,
            "bg_color": palette.MIST,
            "font_color": palette.HARBOR,
            "align": "center",
            "num_format": "$#,##0",
        },
        "button": {
            "bold": True,
            "font_size": 14,
            "align": "center",
            "bg_color": palette.HARBOR,
            "font_color": palette.SNOW,
        },
        "note": {"italic": True, "font_color": palette.SLATE, "text_wrap": True, "valign": "top"},
        "listed": {"align": "left", "shrink": True, "font_size": 9},
        "marks": {"align": "left", "font_size": 9, "bold": True, "font_color": palette.HARBOR},
        "working": {"font_color": palette.SLATE, "font_size": 9},
        "legend input": {
            "bg_color": palette.INPUT_HEADER.fill,
            "font_color": palette.INPUT_HEADER.text,
            "bold": True,
            "align": "center",
        },
        "legend own": {
            "bg_color": palette.OWN_HEADER.fill,
            "font_color": palette.OWN_HEADER.text,
            "bold": True,
            "align": "center",
        },
        "legend calculated": {
            "bg_color": palette.CALCULATED_HEADER.fill,
            "font_color": palette.CALCULATED_HEADER.text,
            "bold": True,
            "italic": True,
            "align": "center",
        },
        "legend unread": {
            "bg_color": palette.UNREAD_CELL.fill,
            "font_color": palette.UNREAD_CELL.text,
            "bold": True,
            "align": "center",
        },
    }
)
"""By name, as XlsxWriter spells formats."""


@dataclass(frozen=True)
class PageCell:
    """One cell of a page.

    at       its address, A1 style
    value    what it shows; for a formula, the value that Excel would find
    formula  without it the value is what the cell holds
    look     a name in LOOKS
    to       the last cell of a merged range that it opens
    is_told  without a formula, and yet written anew by each refresh
    """

    at: str
    value: Value
    look: str = "short"
    formula: str = ""
    to: str = ""
    is_told: bool = False


@dataclass(frozen=True)
class Page:
    """A sheet without a table: its cells, and what else is drawn on it (widths, charts, print)."""

    title: str
    cells: tuple[PageCell, ...]
    draw: Callable[["Workbook", "Worksheet"], None]


def draw_page(book: "Workbook", page: Page) -> None:
    """Add the page to the book."""
    # Workbooks are read without XlsxWriter, which takes a while to import.
    from stepladder.template.page_sheet import PageSheet  # noqa: PLC0415 - as above

    drawn = book.add_worksheet(page.title, PageSheet)
    drawn.hide_gridlines(2)
    drawn.set_tab_color(palette.PAGE_TAB)
    looks: dict[str, Format] = {}
    for cell in page.cells:
        if cell.look not in looks:
            looks[cell.look] = book.add_format({**_FONT, **LOOKS[cell.look]})
        _write(drawn, cell, looks[cell.look])
    page.draw(book, drawn)


def _write(drawn: "Worksheet", cell: PageCell, look: "Format") -> None:
    row, column = _place(cell.at)
    if cell.to:
        drawn.merge_range(row, column, *_place(cell.to), "", look)
    if cell.formula:
        value = "" if cell.value is None else cell.value
        drawn.write_formula(row, column, f"={cell.formula}", look, _shown(value))
    elif isinstance(cell.value, str) and cell.value:
        # Not `write`, which would take a text with = or an address for a formula or a link.
        drawn.write_string(row, column, cell.value, look)
    elif isinstance(cell.value, date):
        drawn.write_datetime(row, column, cell.value, look)
    elif isinstance(cell.value, int | float):
        drawn.write_number(row, column, cell.value, look)
    else:
        drawn.write_blank(row, column, None, look)


def _place(at: str) -> tuple[int, int]:
    """The place of a cell such as B7, from 0: XlsxWriter looks much longer for it."""
    letters = at.rstrip(digits)
    return int(at[len(letters) :]) - 1, column_position(letters)


_DAY_ZERO: Final = date(1899, 12, 30)


def _shown(value: str | float | date) -> str | float:
    return (value - _DAY_ZERO).days if isinstance(value, date) else value


def print_page(drawn: "Worksheet", last_cell: str, *, pages_high: int) -> None:
    """Print from A1 to the last cell on portrait pages, one page wide."""
    drawn.set_portrait()
    drawn.set_paper(1)
    drawn.set_margins(left=0.35, right=0.35, top=0.4, bottom=0.6)
    drawn.print_area(f"A1:{last_cell}")
    drawn.fit_to_pages(1, pages_high)
    drawn.center_horizontally()
    drawn.set_footer("&L&A&RPage &P of &N")

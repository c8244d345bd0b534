"""Columns in, drawn sheets out: an empty Excel table with the looks that every row will wear."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from stepladder.books.cells import cut_text
from stepladder.books.packed import AnySheet
from stepladder.books.rows import LINE_POINTS, line_characters
from stepladder.books.table import SHEET_ROWS, SheetColumn, column_letters
from stepladder.template import limits, palette
from stepladder.template.palette import Look

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

SHEET_COLUMNS: Final = 16_384

CALCULATED: Final = "Calculated by Stepladder"
_MARKED: Final = MappingProxyType({"num_format": '@" (calculated)"'})
"""The word beside a header that is ours; shown by the format, so that the title stays the title."""
CALCULATED_NOTE: Final = f"{CALCULATED}: what is typed here is overwritten."

_NUMBER_FORMATS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "id": "@",
        "integer": "0",
        "number": "General",
        "money": "$#,##0",
        "rate": "0.000",
        "date": "yyyy-mm-dd",
    }
)
_COUNTED: Final = frozenset({"integer", "number", "money", "rate"})
_FONT: Final = MappingProxyType({"font_name": "Calibri", "font_size": 11})
_KNOWN_BY: Final = frozenset({"rank", "name", "program_name"})
_SENTENCE_WIDTH: Final = 20
_LONGEST_TITLE: Final = 255
_LINE_PIXELS: Final = 17
_NOTE_LINE: Final = 38
# At this many characters a landscape Letter page prints at about half size, the least that reads.
_PAGE_CHARACTERS: Final = 290
_LETTER_PAPER: Final = 1


def draw_sheet(book: "Workbook", sheet: AnySheet) -> "Worksheet":
    """Add the sheet to the book: its table with header and pattern, nothing of its frame.

    Row 1 is the header. Row 2 is the table's one row: blank cells that wear what each column's
    typed cells wear. Row 3, under the table, wears what cells that could not be read wear.
    """
    drawn = book.add_worksheet(sheet.title)
    is_filled_in = any(column.limits for column in sheet.columns)
    drawn.set_tab_color(palette.INPUT_TAB if is_filled_in else palette.RESULT_TAB)
    titles = table_titles([column.title for column in sheet.columns])
    headers = [
        book.add_format(
            {**_header_format(column), **(_MARKED if is_filled_in and _is_ours(column) else {})}
        )
        for column in sheet.columns
    ]
    for position, column in enumerate(sheet.columns):
        drawn.set_column(
            position, position, column.width, book.add_format(_unshaded_format(column))
        )
        drawn.write_blank(1, position, None, book.add_format(_cell_format(column)))
        drawn.write_blank(2, position, None, book.add_format(_unread_format(column)))
        note = _note(column)
        if note:
            drawn.write_comment(0, position, note, _note_box(note))
        if is_filled_in and (options := limits.validation(column, position, note)):
            drawn.data_validation(*limits.rows(position), options)
    drawn.add_table(
        0,
        0,
        1,
        len(sheet.columns) - 1,
        {
            "name": sheet.title.replace(" ", "_"),
            # The cells carry the looks themselves, so that every office program shows them.
            "style": None,
            "columns": [
                {"header": title, "header_format": header}
                for title, header in zip(titles, headers, strict=True)
            ],
        },
    )
    shown = [
        f"{title} (calculated)" if is_filled_in and _is_ours(column) else title
        for title, column in zip(titles, sheet.columns, strict=True)
    ]
    drawn.set_row(0, _header_height(shown, sheet.columns))
    frozen = frozen_columns(sheet.columns)
    drawn.freeze_panes(1, frozen)
    _mark_words(book, drawn, sheet.columns)
    _quiet_text_numbers(drawn, sheet.columns)
    _set_up_print(drawn, sheet.columns, frozen)
    return drawn


def frozen_columns(columns: Sequence[SheetColumn]) -> int:
    """Count the columns that stay in view: what a row is known by, where an id leads.

    That is the ids, a rank between them, and the name beside them.
    """
    leading = 0
    for column in columns:
        if column.kind != "id" and (not leading or column.name not in _KNOWN_BY):
            break
        leading += 1
    return leading


def table_titles(titles: Sequence[str]) -> list[str]:
    """Give the titles as Excel takes them for a table's header.

    One line, printable, at most 255 characters, none empty, no two alike in any case.
    """
    taken: set[str] = set()
    fit: list[str] = []
    for position, title in enumerate(titles):
        plain = "".join(sign if sign.isprintable() else " " for sign in title)
        # XlsxWriter takes text from <r> to </r> for ready-made XML.
        plain = plain.replace("<r>", "<r >")
        plain = " ".join(plain.split()) or f"Column {column_letters(position)}"
        plain = cut_text(plain, _LONGEST_TITLE - len(" (99999)"), "…")
        fit.append(next(name for name in _spellings(plain) if name.casefold() not in taken))
        taken.add(fit[-1].casefold())
    return fit


def _spellings(title: str) -> Iterator[str]:
    yield title
    count = 2
    while True:
        yield f"{title} ({count})"
        count += 1


def line_length(column: SheetColumn) -> int | None:
    """Count the characters of a line where long text wraps; None where it does not wrap."""
    if column.kind in {"text", "list"} and column.width >= _SENTENCE_WIDTH:
        return line_characters(column.width)
    return None


def _is_ours(column: SheetColumn) -> bool:
    return column.owner == "computed"


def _alignment(kind: str) -> dict[str, Any]:
    if kind in _COUNTED:
        return {"align": "right"}
    if kind == "date":
        return {"align": "center"}
    # Words keep away from a number that ends at the column's edge before them.
    return {"align": "left", "indent": 1}


def _unshaded_format(column: SheetColumn) -> dict[str, Any]:
    calculated_words = _is_ours(column) and column.kind not in _NUMBER_FORMATS
    return {
        **_FONT,
        # In a cell of the format "@" old versions of Excel show long text as ######.
        "num_format": _NUMBER_FORMATS.get(column.kind, "General" if calculated_words else "@"),
        "valign": "top",
        "text_wrap": line_length(column) is not None,
        **_alignment(column.kind),
    }


def _cell_format(column: SheetColumn) -> dict[str, Any]:
    calculated = _is_ours(column)
    look = palette.CALCULATED_CELL if calculated else palette.INPUT_CELL
    return {
        **_unshaded_format(column),
        "font_color": look.text,
        "border": 1,
        "border_color": palette.RULE,
        **({"bg_color": look.fill} if calculated else {}),
        **({"font_color": palette.OCEAN, "underline": 1} if column.kind == "link" else {}),
    }


def _unread_format(column: SheetColumn) -> dict[str, Any]:
    return {
        **_cell_format(column),
        "font_color": palette.UNREAD_CELL.text,
        "bg_color": palette.UNREAD_CELL.fill,
        "bold": True,
    }


def _header_format(column: SheetColumn) -> dict[str, Any]:
    look = {"computed": palette.CALCULATED_HEADER, "own": palette.OWN_HEADER}.get(
        column.owner, palette.INPUT_HEADER
    )
    return {
        **_FONT,
        "bold": True,
        "italic": _is_ours(column),
        "font_color": look.text,
        "bg_color": look.fill,
        "border": 1,
        "border_color": palette.RULE,
        "text_wrap": True,
        "valign": "top",
        "align": "left",
        "indent": 1,
    }


def _header_height(titles: Sequence[str], columns: Sequence[SheetColumn]) -> float:
    lines = max(
        len(textwrap.wrap(title, max(column.width - 2, 4)))
        for title, column in zip(titles, columns, strict=True)
    )
    return LINE_POINTS * max(lines, 2) + 3


def _note(column: SheetColumn) -> str:
    marker = CALCULATED_NOTE if _is_ours(column) else ""
    return "\n".join(part for part in (marker, column.help) if part)


def _note_box(note: str) -> dict[str, Any]:
    lines = sum(len(textwrap.wrap(line, _NOTE_LINE)) or 1 for line in note.splitlines())
    return {
        "width": 250,
        "height": _LINE_PIXELS * lines + 12,
        "color": palette.SNOW,
        "font_size": 9,
    }


def _mark_words(book: "Workbook", drawn: "Worksheet", columns: Sequence[SheetColumn]) -> None:
    for position, column in enumerate(columns):
        for word, look in palette.WORDS.get(column.name, {}).items():
            drawn.conditional_format(
                # Down to the sheet's end: the colours hold for rows that are added later.
                1,
                position,
                SHEET_ROWS - 1,
                position,
                {
                    "type": "cell",
                    "criteria": "==",
                    "value": f'"{word}"',
                    "format": book.add_format(_mark_format(look)),
                },
            )


def _mark_format(look: Look) -> dict[str, Any]:
    return {
        "bg_color": look.fill,
        "font_color": look.text,
        **({"italic": True} if look.italic else {}),
    }


def _quiet_text_numbers(drawn: "Worksheet", columns: Sequence[SheetColumn]) -> None:
    """Spare ids such as 007 Excel's green corner for numbers that are stored as text."""
    letters = [column_letters(n) for n, column in enumerate(columns) if column.kind == "id"]
    if letters:
        ranges = " ".join(f"{letter}2:{letter}{SHEET_ROWS}" for letter in letters)
        drawn.ignore_errors({"number_stored_as_text": ranges})


def _set_up_print(drawn: "Worksheet", columns: Sequence[SheetColumn], frozen: int) -> None:
    """Landscape; one page wide, or as many as it takes to stay readable, ids on each of them."""
    pages = -(-sum(column.width for column in columns) // _PAGE_CHARACTERS)
    drawn.set_landscape()
    drawn.set_paper(_LETTER_PAPER)
    drawn.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    drawn.fit_to_pages(pages, 0)
    drawn.repeat_rows(0)
    if pages > 1 and frozen:
        drawn.repeat_columns(0, frozen - 1)
    drawn.set_footer("&L&A&RPage &P of &N")

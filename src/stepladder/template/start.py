"""The last refresh in; Start, which says what to do and how things stand, out."""

from collections.abc import Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from stepladder.template.contents import Contents
from stepladder.template.page import Page, PageCell, Value, print_page

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

TITLE: Final = "Start"
SEASON_CELL: Final = "D13"
AS_OF_CELL: Final = "D18"
LINE_CELL: Final = "B11"
"""Empty in a new workbook; the buttons leave their line there."""
AS_OF: Final = "As_of"
SEASON: Final = "Office_season"
FIRST_YEAR, LAST_YEAR = 2000, 2100

_STEPS: Final = (
    "Applicants: one row each. Needed are id, IMG status and graduation year; empty means unknown.",
    "Programs: one row for each program code, from your own sources. Fill in what you know.",
    "Refresh. Only calculated columns and sheets are written; what you typed stays as it is.",
    "Findings: what is wrong or doubtful, where, and what to do. Mend it and refresh again.",
    "Shortlist, Plan and Dashboard show everyone; Brief prints one page about one applicant.",
)
_SEASON_HELP: Final = (
    "◂ for applicants without a season of their own, as the year of the Match (2027: applications "
    "sent in September 2026). Empty: the next season."
)
_LEGEND: Final = (
    ("legend input", "Yours to fill in", "Drop-downs and help come with each cell."),
    ("legend own", "Your own columns", "Add as many as you like; they are never read or changed."),
    ("legend calculated", "Calculated", "Written anew by each refresh: do not type here."),
    ("legend unread", "Could not be read", "Findings says what is expected."),
)
_FOOTNOTE: Final = (
    "Interviews are ranges and rates an index, {rates_are}; a tier is named by opportunity, never "
    "by probability. The workbook holds personal data: keep it where such data may be kept. "
    "Nothing leaves this machine."
)
_REFRESH_FROM: Final = 9
_BUTTON: Final = MappingProxyType(
    {
        "macro": "RefreshAll",
        "caption": "Refresh",
        "description": "Refresh: brings all calculated columns and sheets up to date.",
        "width": 185,
        "height": 45,
    }
)
_STATE_FROM: Final = 16
_NEVER: Final = "not yet"
_STATE_LOOKS: Final = {"As of": "day", "Season assumed": "year", "What changed": "text"}


def start(contents: Contents) -> Page:
    """Make the page; its lower half is written by each refresh."""
    closed = f"save and close this workbook, then run:  stepladder refresh {quoted(contents.book)}"
    cells = (
        PageCell("B1", "Stepladder", "title", to="D1"),
        PageCell(
            "B2",
            "Plan applications of international medical graduates to PM&R residency.",
            "subtitle",
        ),
        PageCell("B3", "What to do", "heading", to="F3"),
        *(
            cell
            for n, words in enumerate(_STEPS, 1)
            for cell in (
                PageCell(f"B{n + 3}", n, "step number"),
                PageCell(f"C{n + 3}", words, "step", to=f"F{n + 3}"),
            )
        ),
        *([] if contents.has_button else [_cell_in_place_of_the_button()]),
        PageCell(
            f"D{_REFRESH_FROM + 1}",
            f"Where macros are switched off: {closed}" if contents.has_button else f"S{closed[1:]}",
            "step",
            to=f"F{_REFRESH_FROM + 1}",
            is_told=True,
        ),
        PageCell(LINE_CELL, None, "text", to="F11"),
        PageCell("B12", "The office's season", "heading", to="F12"),
        PageCell("B13", "Season", "strong", to="C13"),
        PageCell(SEASON_CELL, contents.season, "input"),
        PageCell("E13", _SEASON_HELP, "hint", to="F13"),
        PageCell("B15", "At the last refresh", "heading", to="F15"),
        *_state(contents),
        *_legend(contents.rulebook.rates_are),
    )

    def draw(book: "Workbook", drawn: "Worksheet") -> None:
        book.define_name(AS_OF, f"={TITLE}!${AS_OF_CELL[0]}${AS_OF_CELL[1:]}")
        book.define_name(SEASON, f"={TITLE}!${SEASON_CELL[0]}${SEASON_CELL[1:]}")
        _set_up(drawn)
        if contents.has_button:
            drawn.insert_button(_REFRESH_FROM, 1, {**_BUTTON})

    return Page(TITLE, cells, draw)


def _cell_in_place_of_the_button() -> PageCell:
    return PageCell(f"B{_REFRESH_FROM + 1}", "Refresh", "button", to=f"C{_REFRESH_FROM + 1}")


def quoted(name: str) -> str:
    """Give a file's name as a command line takes it."""
    return f'"{name}"' if " " in name else name


def _state(contents: Contents) -> Iterator[PageCell]:
    """When, by whom, how many rows and findings, and what changed."""
    log = contents.frame("log")
    last: dict[str, Any] = log.row(-1, named=True) if log.height else {}
    statuses = contents.frame("applicants")["status"]
    by_status = ", ".join(
        f"{int((statuses == status).sum())} {words}"
        for status, words in (("OK", "OK"), ("Check", "to check"), ("Fix", "to fix"))
    )
    findings = (
        f"{last['errors']} to fix, {last['queries']} to look at (sheet Findings)" if last else ""
    )
    rows: tuple[tuple[str, Value], ...] = (
        ("When", last.get("when", _NEVER)),
        ("By", last.get("who", "")),
        ("As of", last.get("as_of")),
        ("Season assumed", last.get("season")),
        ("Applicants", f"{last['applicants']}: {by_status}" if last else ""),
        ("Programs", last.get("programs")),
        ("Findings", findings),
        ("Rulebook", last.get("rulebook", "")),
        # The Log tells of each applicant in the lines below the first.
        ("What changed", str(last.get("changed", "")).partition("\n")[0]),
    )
    for n, (label, value) in enumerate(rows, _STATE_FROM):
        look = _STATE_LOOKS.get(label, "left number")
        side = "top label" if look == "text" else "label"
        yield PageCell(f"B{n}", label, side, to=f"C{n}")
        yield PageCell(f"D{n}", value, look, to=f"F{n}", is_told=True)


def _legend(rates_are: str) -> Iterator[PageCell]:
    row = _STATE_FROM + 10
    yield PageCell(f"B{row}", "What the colors mean", "heading", to=f"F{row}")
    for n, (look, words, meaning) in enumerate(_LEGEND, row + 1):
        yield PageCell(f"B{n}", words, look, to=f"C{n}")
        yield PageCell(f"D{n}", meaning, "figure", to=f"F{n}")
    footnote = _FOOTNOTE.format(rates_are=rates_are)
    yield PageCell(f"B{row + 6}", footnote, "note", to=f"F{row + 8}", is_told=True)


def _set_up(drawn: "Worksheet") -> None:
    for column, width in (("A", 2), ("B", 5), ("C", 20), ("D", 22), ("E", 40), ("F", 32)):
        drawn.set_column(f"{column}:{column}", width)
    drawn.set_row(0, 32)
    for row in range(3, 8):
        drawn.set_row(row, 32)
    drawn.set_row(_REFRESH_FROM, 34)
    drawn.set_row(_REFRESH_FROM + 1, 32)
    drawn.set_row(12, 46)
    drawn.set_row(_STATE_FROM + 7, 48)
    drawn.data_validation(
        SEASON_CELL,
        {
            "validate": "integer",
            "criteria": "between",
            "minimum": FIRST_YEAR,
            "maximum": LAST_YEAR,
            "ignore_blank": True,
            "input_title": "Season",
            "input_message": "The year of the Match, such as 2027; empty for the next season.",
            "error_title": "Season",
            "error_message": f"Enter a year from {FIRST_YEAR} to {LAST_YEAR}, or leave it empty.",
        },
    )
    print_page(drawn, "F34", pages_high=1)

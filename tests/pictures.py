"""The example in; pictures of its sheets, as LibreOffice draws them, into docs/pictures/ out.

Run `.venv/bin/python -m tests.pictures` after a sheet has changed its looks. It needs LibreOffice,
pdftoppm (poppler), convert (ImageMagick) and the font Carlito, which is as wide as Calibri.
"""

import re
import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import polars as pl
from pypdf import PdfReader
from tests.office import convert
from tests.shipped_workbooks import AS_OF, EXAMPLE

from stepladder.books import Sheet
from stepladder.books.packed import AnySheet
from stepladder.new import example, example_outcomes, new_workbook
from stepladder.outcomes import read_outcomes_of, with_outcomes
from stepladder.refresh import Settings, contents, facts_of, load_rulebook, read_outcomes
from stepladder.template import Contents
from stepladder.template.shared_workbook import shared_workbook
from stepladder.template.workbook import write_workbook

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
LARGEST = 250_000
"""Bytes of a picture, so that a page of the documents loads at once."""
_ON_BRIEF = "A008"
_PAGES = ("Start", "Dashboard", "Brief")
_PRINTED = ("start", "dashboard", "dashboard-figures", "brief-sheet")
"""The picture of each page that those sheets print; the Dashboard has two."""
_DOTS, _WIDTH, _COLORS = 220, 1400, 64
_FOOTER = 0.6
"""Inches of the lower margin, in which the footer stands."""


@dataclass(frozen=True)
class Cut:
    """The part of a sheet with a table that a picture shows."""

    sheet: str
    columns: tuple[str, ...]
    rows: pl.Expr
    most: int

    def of(self, sheet: AnySheet) -> Sheet:
        """Leave the columns and rows of the cut, in their order."""
        places = sheet.frame.select(pl.arg_where(self.rows)).to_series().head(self.most)
        by_name = {column.name: column for column in sheet.columns}
        return Sheet(
            sheet.name,
            sheet.title,
            sheet.frame[places],
            tuple(by_name[name] for name in self.columns),
            sheet.originals.clear(),
        )


CUTS = (
    Cut(
        "applicants",
        (
            *("applicant_id", "status", "tier", "trend", "low_score", "pmr_fit"),
            *("suggested_applications", "application_cost_usd"),
            *("expected_interviews_low", "expected_interviews_high", "next_step"),
        ),
        pl.col("tier").is_not_null(),
        16,
    ),
    Cut(
        "shortlist",
        (
            *("rank", "program_name", "state", "eligibility", "program_fit", "invite_rate"),
            *("band", "signal", "why", "watch_out"),
        ),
        pl.col("applicant_id") == "A004",
        12,
    ),
    Cut(
        "levers",
        (
            *("rank", "lever", "gain_target_chance_low", "gain_target_chance_high"),
            *("gain_interviews_low", "gain_interviews_high"),
            *("gain_pmr_fit", "gain_eligible_programs", "gain_applications", "takes"),
        ),
        pl.col("applicant_id") == "A036",
        12,
    ),
    Cut(
        "findings",
        ("severity", "cell", "applicant_id", "found", "message", "fix"),
        pl.col("applicant_id").is_in(["A049", "A051", "A055", "A046", "A047", "A060"]),
        12,
    ),
)


def draw(folder: Path) -> None:
    """Draw every picture anew."""
    with tempfile.TemporaryDirectory() as name:
        working = Path(name)
        shown = _example(working)
        book, pages = working / "example.xlsx", working / "pages.xlsx"
        write_workbook(book, shared_workbook(shown))
        _only_pages(book, pages)
        cuts = [working / f"{cut.sheet}.xlsx" for cut in CUTS]
        for cut, path in zip(CUTS, cuts, strict=True):
            write_workbook(path, [cut.of(shown.sheets[cut.sheet])])
        printed, *tables = convert(working, "pdf", [pages, *cuts])
        for number, picture in enumerate(_PRINTED, 1):
            if picture:
                _draw(printed, number, folder / f"{picture}.png")
        for table in tables:
            _draw(table, 1, folder / f"{table.stem}.png")


def _example(working: Path) -> Contents:
    """What the shipped example shows, with another applicant on the Brief."""
    settings = Settings(load_rulebook(), AS_OF)
    result = new_workbook(working / EXAMPLE, *example(), settings)
    tables = tuple(sheet for sheet in result.sheets if sheet.name != "curve")
    shown = contents(result, EXAMPLE, "stepladder new", tables)
    came = read_outcomes(example_outcomes())
    shown = with_outcomes(shown, result, read_outcomes_of(came, facts_of(settings)), came)
    return replace(shown, applicant_id=_ON_BRIEF)


def _only_pages(book: Path, out: Path) -> None:
    """Hide the sheets with tables, which print hundreds of pages."""

    def hidden(sheet: re.Match[bytes]) -> bytes:
        return sheet[0] if sheet[1].decode() in _PAGES else sheet[0] + b'state="hidden" '

    with ZipFile(book) as given, ZipFile(out, "w", ZIP_DEFLATED) as taken:
        for name in given.namelist():
            part = given.read(name)
            if name == "xl/workbook.xml":
                part = re.sub(rb'<sheet name="([^"]*)" ', hidden, part)
            taken.writestr(name, part)


def _draw(printed: Path, page: int, picture: Path) -> None:
    """Draw a printed page without its footer and margins, in few colours."""
    box = PdfReader(printed).pages[page - 1].mediabox
    width, height = (round(_DOTS * float(side) / 72) for side in (box.width, box.height))
    drawn = printed.with_name(picture.stem)
    area = ("-x", "0", "-y", "0", "-W", str(width), "-H", str(height - round(_DOTS * _FOOTER)))
    one = ("-f", str(page), "-l", str(page), "-singlefile")
    subprocess.run(["pdftoppm", "-png", "-r", str(_DOTS), *one, *area, printed, drawn], check=True)
    cropped = ("-trim", "+repage", "-bordercolor", "white", "-border", "12")
    smaller = ("-resize", f"{_WIDTH}x>", "+dither", "-colors", str(_COLORS))
    subprocess.run(
        ["convert", drawn.with_suffix(".png"), *cropped, *smaller, "-strip", f"PNG8:{picture}"],
        check=True,
    )
    if picture.stat().st_size > LARGEST:
        raise RuntimeError(f"{picture.name} has more than {LARGEST:,} bytes")


if __name__ == "__main__":
    draw(PICTURES)

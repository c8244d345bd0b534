"""Results in; one printable HTML page for each applicant, and a page that lists them, out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from stepladder.books import staged
from stepladder.books.destination import check_destination
from stepladder.briefs.file_names import INDEX, page_names
from stepladder.briefs.page import Day, briefs
from stepladder.briefs.render import Entry, Printed, index_html, page_html
from stepladder.errors import InputError, UsageError
from stepladder.results_file import Results, is_marked, read_results
from stepladder.rulebook import Rulebook

__all__ = ["Wanted", "Written", "write_briefs"]

_FILES = (".csv", ".htm", ".html", ".parquet", ".pdf", ".xls", ".xlsm", ".xlsx")


@dataclass(frozen=True)
class Wanted:
    """Whose pages are wanted: everyone's, one applicant's by id, one advisor's by name."""

    applicant: str | None = None
    advisor: str | None = None


@dataclass(frozen=True)
class Written:
    """How many pages were written, of how many applicants, and where they are listed."""

    pages: int
    applicants: int
    index: Path

    def lines(self) -> Iterator[str]:
        """What a person reads on the screen; nobody is named."""
        of = "" if self.pages == self.applicants else f" of {self.applicants:,} applicants"
        yield f"{self.pages:,} {'brief' if self.pages == 1 else 'briefs'}{of}: {self.index}"
        yield "  They show the last run or refresh: refresh first if cells have changed since."
        yield "  The pages hold names: keep the folder where only those who advise can open it."


def write_briefs(
    source: Path,
    out: Path,
    rulebook: Rulebook,
    as_of: date,
    *,
    season: int | None = None,
    wanted: Wanted = Wanted(),
) -> Written:
    """Write a page for each wanted applicant of these results into a folder, and index.html.

    source: a workbook or folder as `stepladder batch` writes it. Names, maximum points and the
    season's calendar are the rulebook's; `season` overrides the rows' own. Pages of an earlier run
    are replaced, everything else in the folder stays; all pages are written or none.

    Raises UsageError for options that fit nobody or another rulebook, InputError for what are no
    results, OutputError.
    """
    if out.suffix.lower() in _FILES:
        raise UsageError(f"--out {out.name} names a file, and briefs fill a folder; name a folder.")
    check_destination(out, None, (), ())
    results = read_results(source)
    applicants = _chosen(results, wanted)
    printed = Printed(
        as_of,
        f"{rulebook.version} ({rulebook.sha256[:12]})",
        is_calibrated=rulebook.is_calibrated and not is_marked(results),
    )
    pages = briefs(results, applicants, rulebook.policy, Day(as_of, season))
    entries: list[Entry] = []
    names = _names(results, applicants)
    with staged([out / name for name in (*names, INDEX)]) as (*places, index):
        for brief, name, place in zip(pages, names, places, strict=True):
            _write(place, page_html(brief, printed))
            entries.append(Entry(name, brief))
        _write(index, index_html(entries, printed))
    return Written(len(entries), results.applicants.height, out / INDEX)


def _chosen(results: Results, wanted: Wanted) -> pl.DataFrame:
    everyone = results.applicants.with_row_index("position")
    if everyone.is_empty():
        raise InputError(f"{results.source} has no applicants; run stepladder batch with some.")
    chosen = everyone
    if wanted.applicant is not None:
        chosen = chosen.filter(pl.col("applicant_id") == wanted.applicant.strip())
        if chosen.is_empty():
            raise UsageError(
                f"--applicant {wanted.applicant} is the id of nobody in {results.source}, which "
                f"has {everyone.height:,} applicants; check the id."
            )
    if wanted.advisor is not None:
        name = wanted.advisor.strip().lower()
        chosen = chosen.filter(pl.col("advisor").str.to_lowercase() == name)
        if chosen.is_empty():
            advisors = everyone["advisor"].drop_nulls().str.to_lowercase().n_unique()
            raise UsageError(
                f"--advisor {wanted.advisor} advises nobody that is asked for in "
                f"{results.source}, where {advisors:,} advisors are named; check the spelling."
            )
    return chosen


def _names(results: Results, chosen: pl.DataFrame) -> list[str]:
    """The file of each chosen applicant, as it would be if everyone were chosen."""
    names = list(page_names(results.applicants["applicant_id"]))
    return [names[position] for position in chosen["position"]]


def _write(place: Path, text: str) -> None:
    """A page holds a name, so only its owner may read it, unless it is told otherwise."""
    place.touch(mode=0o600)
    place.write_text(text, encoding="utf-8", newline="\n")

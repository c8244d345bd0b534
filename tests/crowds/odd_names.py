"""File names as offices make them in; what went wrong with a season's work under each, out."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.cli.command import AS_OF, COHORT, PROGRAMS, run
from tests.cli.office_edits import address, typed

from stepladder.books.backups import FOLDER, backups

_ON = ("--as-of", AS_OF)
LONGEST = 200
NAMES = (
    "Cohort 2027 (final) ",
    " leading blank",
    "Jürgen Müßig – Übersicht",
    unicodedata.normalize("NFD", "Jürgen Müßig – Übersicht"),
    "申请人 2027",
    "O'Brien's “best” cohort",
    'say "hello"',
    "-cohort",
    "--help",
    "--out=elsewhere",
    "50% [draft] #3 & more; $HOME `x`",
    "a*b?c",
    "two\nlines",
    "back\\slash",
    "v1.2.final.",
    "-Jürgen O'Brien's “best” \"cohort\" #1 ".ljust(LONGEST, "x"),
    "x" * LONGEST,
)
"""Stems of file names; Windows refuses some of them before Stepladder sees them."""


@dataclass
class Named:
    """How many names were tried, and every fault."""

    names: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        """How much must not be."""
        return len(self.faults)

    def __str__(self) -> str:
        return f"{self.names} odd names of files and folders: {self.wrong} faults"


def odd_names(names: tuple[str, ...] = NAMES) -> Named:
    """Work through a season under each name: tables, a workbook, results and a folder bear it."""
    done = Named()
    for name in names:
        with TemporaryDirectory() as top:
            office = Path(top) / name
            office.mkdir()
            done.names += 1
            done.faults += [f"{name!r}: {fault}" for fault in _season(office, name)]
    return done


def _season(office: Path, name: str) -> Iterator[str]:
    cohort, programs = office / f"{name}.csv", office / f"{name} programs.csv"
    if len(programs.name) > LONGEST:
        programs = office / "p.csv"
    cohort.write_text(COHORT, "utf-8")
    programs.write_text(PROGRAMS, "utf-8")
    book, out = office / f"{name}.xlsx", office / name
    inputs = (cohort, "--programs", programs)
    yield from _ends("batch", *inputs, "--out", out, *_ON)
    yield from _ends("batch", *inputs, "--out", office / f"{name[:100]}-r.xlsx", *_ON)
    yield from _ends("check", cohort, programs)
    yield from _ends("new", book, "--applicants", *inputs, *_ON)
    before = book.read_bytes()
    typed(book, "Applicants", {address(book, "Step 2 CK score", 1): 252})
    yield from _ends("refresh", book, *_ON)
    if len(backups(book)) != 1:
        yield "the state before is not kept"
    yield from _ends("restore", book)
    yield from _ends("refresh", book, *_ON)
    if book.read_bytes() == before:
        yield "nothing was written"
    yield from _ends("brief", out, "--out", office / f"{name[:100]} briefs", *_ON)
    yield from _ends("compare", out, out)
    for path in office.rglob(".*"):
        yield f"not swept: {path.name!r}"
    if {path.suffix for path in (office / FOLDER).iterdir()} != {".xlsx"}:
        yield "a backup bears another suffix"


def _ends(*words: str | Path) -> Iterator[str]:
    """A fault unless the command ends well."""
    done = run(*words)
    if done.exit_code:
        yield f"{words[0]} ended with {done.exit_code}: {done.err.strip()}"

"""Real workbooks in; for each what adopt and refresh did to it, as a line of JSON, out."""

import argparse
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.cli.office_books import office_book
from tests.corpus.losses import lost_by_openpyxl
from tests.corpus.readers import (
    CLOSED,
    by_audit,
    by_calamine,
    by_libreoffice,
    by_openpyxl,
    calamine,
    opened,
    table_rows,
)
from tests.corpus.standing import Roster, lost

from stepladder.adopt import adopt_book
from stepladder.books.edits import CellsEdit
from stepladder.books.graft import graft
from stepladder.books.outline import outline
from stepladder.books.package import Package
from stepladder.books.table import column_letters
from stepladder.books.workbook_patch import patch
from stepladder.errors import InputError
from stepladder.refresh import Settings, applicants_schema, load_rulebook, programs_schema
from stepladder.refresh_book import Refreshed, refresh_book
from stepladder.run_book import Asked

AS_OF: Final = date(2026, 11, 23)
TYPED: Final[Mapping[str, Mapping[str, object]]] = {
    "Applicants": {
        "applicant_id": "007",
        "name": "Ann Exemplar",
        "img_status": "US IMG",
        "graduation_year": 2024,
        "visa_needed": "None",
        "step2_ck_score": 251,
    },
    "Programs": {
        "program_id": "0340-P3",
        "program_name": "Ostermere (fictional)",
        "state": "TX",
        "considers_img": "Yes",
    },
}
TIER: Final = "Highly competitive"
"""Of whoever is typed in, or whose score is raised."""
_EVERY: Final = 8
"""Of so many workbooks one is adopted with the fictional cohort, too, and one with a roster."""


@dataclass
class Outcome:
    """One workbook: why it was refused, in which ways it was taken, and what is wrong since.

    closed  the readers that did not open it before, and were not asked after
    lost    the features that openpyxl's own load and save loses
    """

    name: str
    refused: str = ""
    ways: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def main() -> None:
    """Go over the files; each is told as soon as LibreOffice, too, has looked at all of them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("first", type=int)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--office", action="store_true")
    given = parser.parse_args()
    outcomes, results = [], dict[Path, Path]()
    told = given.folder / "told"
    for position, path in enumerate(given.files, given.first):
        outcome, made = looked_at(path, given.folder / f"{position:04}", position)
        outcomes.append(outcome)
        results |= made
        if not given.office:
            _tell(told, outcome)
    if given.office:
        shown = by_libreoffice(results, given.folder) if results else {}
        for position, outcome in enumerate(outcomes, given.first):
            for result, faults in shown.items():
                if result.stem.startswith(f"{position:04}"):
                    way = result.stem.rpartition("-")[2]
                    if CLOSED in faults:
                        outcome.closed = sorted({*outcome.closed, "LibreOffice"})
                        continue
                    outcome.faults += [f"{way}: {fault}" for fault in faults]
            _tell(told, outcome)


def _tell(told: Path, outcome: Outcome) -> None:
    with told.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(outcome)) + "\n")


def looked_at(path: Path, folder: Path, position: int) -> tuple[Outcome, dict[Path, Path]]:
    """What became of one workbook, and the results with the workbook they came from."""
    content = path.read_bytes()
    is_macro_book = path.suffix in {".xlsm", ".xltm"}
    outcome = Outcome(path.name, lost=[*lost_by_openpyxl(content, is_macro_book=is_macro_book)])
    for reader, is_open in (("openpyxl", opened(content)), ("calamine", calamine(content))):
        if is_open is None:
            outcome.closed.append(reader)
    results: dict[Path, Path] = {}
    ways = ["blank"]
    ways += ["example"] * (position % _EVERY == 0) + ["roster"] * (position % _EVERY == 1)
    for way in ways:
        stem = f"{position:04}-{way}"
        before = folder / way / f"{stem}-before{path.suffix}"
        before.parent.mkdir(parents=True)
        try:
            before.write_bytes(content if way != "roster" else with_roster(content, path.name))
        except InputError:
            continue
        book = before.parent / "book" / f"{stem}{path.suffix}"
        book.parent.mkdir()
        shutil.copyfile(before, book)
        try:
            outcome.faults += [f"{way}: {fault}" for fault in faults_of(before, book, way)]
            outcome.ways.append(way)
            results[book] = before
        except InputError as refusal:
            outcome.refused = refusal.message.replace(book.name, "The workbook")
            outcome.faults += [f"{way}: {fault}" for fault in faults_of_refusal(before, book)]
            if not is_one_sentence(refusal.message):
                outcome.faults.append(f"{way}: refused in more than a sentence: {refusal.message}")
        except Exception as problem:  # noqa: BLE001 - a traceback is a fault
            outcome.faults.append(f"{way}: {type(problem).__name__}: {problem}")
    return outcome, results


def is_one_sentence(message: str) -> bool:
    """Whether a refusal is one line that ends as a sentence does."""
    return message.endswith(".") and "\n" not in message


def faults_of_refusal(before: Path, book: Path) -> Iterator[str]:
    """What a refusal changed after all."""
    if book.read_bytes() != before.read_bytes():
        yield "was refused and changed all the same"
    if [*book.parent.iterdir()] != [book]:
        yield "was refused, and something was left beside it"


def faults_of(before: Path, book: Path, way: str) -> Iterator[str]:
    """Adopt it, refresh it, type into it and refresh it again; what is wrong after each.

    Raises InputError where adopt refuses it.
    """
    old = before.read_bytes()
    adopted = adopt_book(book, Settings(load_rulebook(), AS_OF), with_example=way == "example")
    taken = [
        Roster(one.sheet, one.table.display_name if one.table else None) for one in adopted.rosters
    ]
    if len(taken) != (2 if way == "roster" else 0):
        yield f"{len(taken)} lists were taken"
    yield from (f"adopted, {fault}" for fault in lost(old, book.read_bytes(), taken))
    # A meant-well reading of the fictional cohort is told once, so that its findings change once.
    if way == "example":
        refreshed(book)
    if not refreshed(book).is_unchanged:
        yield "a refresh without an edit changed something"
    typed = edited(book.read_bytes(), way)
    book.write_bytes(typed)
    if refreshed(book).is_unchanged:
        yield "a refresh after an edit changed nothing"
    new = book.read_bytes()
    yield from (
        f"refreshed, {fault}" for fault in lost(old, new, taken) if not _is_typed(fault, way)
    )
    yield from (f"refreshed, {fault}" for fault in _lost_inputs(typed, new))
    applicants = table_rows(new, "Applicants")
    if applicants and TIER not in {row["Tier"] for row in applicants}:
        yield "the edit did not move the tier"
    # Of the office's own cells the one that was typed into is another one on purpose.
    compared = edited(old, way) if way == "roster" else old
    sheets = {roster.sheet for roster in taken}
    yield from by_openpyxl(compared, new, sheets)
    yield from by_calamine(compared, new, sheets)
    yield from by_audit(before, book)


def _is_typed(fault: str, way: str) -> bool:
    return way == "roster" and fault.endswith(f"moved: c {_SCORE}")


_SCORE: Final = "K8"
"""On Advisees: where a score is typed over another."""


def refreshed(book: Path) -> Refreshed:
    """Refresh a workbook as of the one day."""
    return refresh_book(book, Asked(as_of=AS_OF))


def edited(content: bytes, way: str) -> bytes:
    """The workbook as somebody typed into it: whom it lacks, or another score."""
    package = Package(content)
    match way:
        case "roster":
            edits = [CellsEdit("Advisees", {_SCORE: 251})]
        case "example":
            title = applicants_schema().by_name["step2_ck_score"].title
            edits = [CellsEdit("Applicants", {_address(content, "Applicants", title): 251})]
        case _:
            edits = [
                CellsEdit(
                    table,
                    {
                        _address(content, table, schema.by_name[name].title): value
                        for name, value in TYPED[table].items()
                    },
                )
                for table, schema in (
                    ("Applicants", applicants_schema()),
                    ("Programs", programs_schema()),
                )
            ]
    saved = BytesIO()
    package.save(saved, patch(outline(package), edits).parts)
    return saved.getvalue()


def _address(content: bytes, table: str, title: str) -> str:
    found = outline(Package(content)).table(table)
    column = found.area.first_column + found.columns.index(title)
    return f"{column_letters(column)}{found.first_row}"


def _lost_inputs(typed: bytes, new: bytes) -> Iterator[str]:
    """Input cells of our own sheets that a refresh changed."""
    for table, schema in (("Applicants", applicants_schema()), ("Programs", programs_schema())):
        before, after = table_rows(typed, table), table_rows(new, table)
        titles = [column.title for column in schema.columns if before and column.title in before[0]]
        if [[row[title] for title in titles] for row in before] != [
            [row[title] for title in titles] for row in after
        ]:
            yield f"{table}: what was typed is another"


def with_roster(content: bytes, name: str) -> bytes:
    """The workbook with an office's roster and list of programs on sheets of their own."""
    package = Package(content, name)
    saved = BytesIO()
    graft(package, Package(_rosters()), ("Advisees", "Where to apply")).save(package, saved)
    return saved.getvalue()


@cache
def _rosters() -> bytes:
    with TemporaryDirectory() as folder:
        return office_book(Path(folder) / "office.xlsx", table=None).read_bytes()


if __name__ == "__main__":
    main()

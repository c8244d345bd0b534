"""Tables whose personal columns bear marks in; the files and outputs that repeat a mark out."""

import csv
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from tests.benchmarks.cohort import make_cohort, make_programs
from tests.cli.command import contents, rows, run

from stepladder.refresh import applicants_schema, programs_schema
from stepladder.validate import TableSchema

AS_OF = ("--as-of", "2026-09-01")
MARK = "Quillfeather"
"""Stands in every personal cell and nowhere else, so that whatever repeats one is found."""

BAD = ("two-forty", "#REF!", "31/31/2031", "NY; Utopia", "999", "maybe")
"""What people mistype: in every other cell of some rows, so that there is much to tell."""


@dataclass(frozen=True)
class Office:
    """A folder with marked tables, and all that was printed while it was worked on."""

    folder: Path
    printed: str


def marked(schema: TableSchema, lines: list[list[str]]) -> list[list[str]]:
    """The lines with a mark in each personal cell, and something mistyped in every third row."""
    header, *below = lines
    for n, line in enumerate(below):
        for m, name in enumerate(header):
            if schema.by_name[name].personal:
                line[m] = f"{MARK} {name} {n}"
            elif n % 3 == 0 and m != header.index(schema.columns[0].name):
                line[m] = BAD[(n + m) % len(BAD)]
    return lines


def written(path: Path, schema: TableSchema, lines: list[list[str]]) -> None:
    """Write the marked lines as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(marked(schema, lines))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Work on a marked cohort with every command that reads it, a failing one among them."""
    folder = tmp_path_factory.mktemp("marked")
    cohort, programs = folder / "cohort.csv", folder / "programs.csv"
    for path, schema, frame in (
        (cohort, applicants_schema(), make_cohort(12, 5)),
        (programs, programs_schema(), make_programs(15, 5)),
    ):
        texts = [[text or "" for text in line] for line in frame.rows()]
        written(path, schema, [frame.columns, *texts])
    torn = folder / "torn.csv"
    torn.write_bytes(cohort.read_bytes().replace(MARK.encode(), b'"' + MARK.encode(), 1))
    many = folder / "many"
    many.mkdir()
    for name in ("spring", "fall"):
        (many / f"{name}.csv").write_bytes(cohort.read_bytes())
    inputs = ("--programs", programs)
    done = [
        run("batch", cohort, *inputs, "--out", folder / "out", "--pairs", "--levers", *AS_OF),
        run("batch", many, *inputs, "--out", folder / "each", *AS_OF),
        run("batch", torn, *inputs, "--out", folder / "none", *AS_OF),
        run("check", cohort, programs, *AS_OF),
        run("new", folder / "book.xlsx", "--applicants", cohort, *inputs, *AS_OF),
        run("refresh", folder / "book.xlsx", "--as-of", "2026-10-01"),
        run("brief", folder / "out", "--out", folder / "briefs", *AS_OF),
        run("compare", folder / "out", folder / "out"),
    ]
    assert [one.exit_code for one in done] == [1, 1, 3, 1, 1, 1, 0, 0], done
    return Office(folder, "".join(one.out + one.err for one in done))


def personal(schema: TableSchema) -> set[str]:
    """The columns that are never quoted."""
    return {column.name for column in schema.columns if column.personal}


def test_names_and_notes_are_what_is_personal() -> None:
    """The columns that the schemas mark: what all the others hold, names no person by itself."""
    assert personal(applicants_schema()) == {"name", "notes"}
    assert personal(programs_schema()) == {"notes"}


def test_nothing_personal_is_printed(office: Office) -> None:
    """Validation: be it a summary, a finding, a failure or a comparison."""
    assert len(office.printed) > 2000
    assert MARK not in office.printed


def test_only_the_applicants_table_holds_what_is_personal(office: Office) -> None:
    """Findings, lists, plans, pairs, levers and counts go by ids; nor does a file's name tell."""
    holds = {name for name, content in contents(office.folder).items() if MARK.encode() in content}
    tables = {name for name in holds if not name.endswith((".html", ".xlsx"))}
    inputs = {"cohort.csv", "programs.csv", "torn.csv", "many/spring.csv", "many/fall.csv"}
    folders = ("out", "each/spring", "each/fall")
    assert tables == inputs | {f"{folder}/applicants.csv" for folder in folders}
    assert not [name for name in contents(office.folder) if MARK in name]
    assert len(rows(office.folder / "out" / "findings.csv")) > 100


def test_briefs_bear_names_and_no_notes(office: Office) -> None:
    """docs/privacy.md: one applicant each; the index names all."""
    pages = {path.name: path.read_text("utf-8") for path in (office.folder / "briefs").iterdir()}
    assert len(pages) > 5
    assert [name for name, page in pages.items() if f"{MARK} name" not in page] == []
    assert [name for name, page in pages.items() if f"{MARK} notes" in page] == []


def test_a_job_s_counts_hold_counts(office: Office) -> None:
    """What travels from a worker and stays beside results."""
    told = json.loads((office.folder / "each" / "fall" / "done.json").read_text("utf-8"))
    assert {*told} == {"made_with", "applicants", "errors", "queries", "statuses", "tiers"}


def sheets_with_a_mark(book: Path) -> Iterator[str]:
    """The sheets of a workbook that show a mark, stored values of formulas among them."""
    with closing(openpyxl.load_workbook(book, data_only=True)) as office:
        for sheet in office:
            if any(
                MARK in str(cell) for line in sheet.iter_rows(values_only=True) for cell in line
            ):
                yield sheet.title


def test_the_log_and_the_findings_of_a_workbook_bear_no_name(office: Office) -> None:
    """Names stand where they were typed, and beside ids where an advisor reads of a person."""
    shown = {*sheets_with_a_mark(office.folder / "book.xlsx")}
    of_people = {"Applicants", "Shortlist", "Plan", "Levers", "Dashboard", "Brief"}
    assert shown == of_people | {"Programs"}


def test_no_property_of_a_workbook_names_a_person(office: Office) -> None:
    """Neither author nor comments nor the names of its parts."""
    with ZipFile(office.folder / "book.xlsx") as package:
        for name in package.namelist():
            if "sharedStrings" not in name and "/sheet" not in name:
                assert MARK.encode() not in package.read(name), name

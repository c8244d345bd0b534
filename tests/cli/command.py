"""Arguments of the command in; its exit code, what it printed and the rows that it wrote out."""

import csv
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import openpyxl
from click.testing import CliRunner

from stepladder import shipped
from stepladder.cli import main

AS_OF = "2026-11-23"
EXAMPLE_APPLICANTS, EXAMPLE_PROGRAMS = (
    shipped.workbooks() / f"example-{name}-fictional.csv" for name in ("applicants", "programs")
)

COHORT = """\
applicant_id,Name,Season,img_status,graduation_year,Locker,visa_needed,step1_result,step1_score,\
step2_ck_score,step2_ck_date,step2_ck_attempts,tier,ecfmg_certified,budget_usd
007,Ann Exemplar,,US IMG,2024,12,None,Pass,,245,2026-05-10,1,mine,Yes,
3401-E5,Bob Exemplar,,Non-US IMG,2025,,J-1,Pass,210,238,2026-05-10,1,,Yes,1230
A3,Cyn Exemplar,,Non-US IMG,2022,,H-1B,Pass,,221,2026-05-10,1,,No,
"""
"""Three applicants without a finding, a column of the office's own, and a tier of its own."""

PROGRAMS = """\
program_id,program_name,institution,state,setting,track,considers_img,non_us_img_pct,min_step2_ck,\
j1_visa,h1b_visa,step3_required,ecfmg_required_to_apply
P1,Fennmoor (fictional),Fennmoor,NY,Community,Categorical,Yes,20,220,Yes,Yes,No,No
P2,Larkhollow (fictional),Larkhollow,PA,University,Advanced,Yes,10,240,Yes,No,No,No
0340-P3,Ostermere (fictional),Ostermere,TX,University-affiliated,Advanced,No,0,,,,,
"""
"""Three programs without a finding; the last takes no IMG."""


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    exit_code: int
    out: str
    err: str


def run(*arguments: str | Path) -> Done:
    """Run the command in this process; what it does not catch itself is raised."""
    words = [str(part) for part in arguments]
    ended = CliRunner().invoke(main, words, prog_name="stepladder", catch_exceptions=False)
    return Done(ended.exit_code, ended.stdout, ended.stderr)


def start(*arguments: str | Path, folder: Path, encoding: str = "utf-8") -> Done:
    """Run the command as a user does: a process of its own, in a folder, its output in a file."""
    ended = subprocess.run(
        [sys.executable, "-m", "stepladder", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        encoding=encoding,
        check=False,
    )
    return Done(ended.returncode, ended.stdout, ended.stderr)


def batch(folder: Path, *options: str | Path, out: str = "out") -> Done:
    """Run `batch` on the cohort.csv and programs.csv of a folder, as of one day."""
    inputs = (folder / "cohort.csv", "--programs", folder / "programs.csv")
    as_of = () if "--as-of" in options else ("--as-of", AS_OF)
    return run("batch", *inputs, "--out", folder / out, *as_of, *options)


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file that we wrote, by column name."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def columns(path: Path) -> list[str]:
    """The column names of a CSV file that we wrote."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file))


def sheet_rows(path: Path, title: str) -> list[dict[str, object]]:
    """The rows of a sheet that we wrote, by column title."""
    with closing(openpyxl.load_workbook(path, read_only=True)) as book:
        header, *below = book[title].iter_rows(values_only=True)
    return [dict(zip(map(str, header), row, strict=True)) for row in below]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path from there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def write_book(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]]) -> None:
    """Write a workbook as an office would: one sheet for each name, cells as they are."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, lines in sheets.items():
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append(line)
    book.save(path)


def cells(text: str) -> list[list[str]]:
    """The cells of CSV text, header first."""
    return list(csv.reader(text.splitlines()))

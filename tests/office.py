"""Workbooks in; what LibreOffice computes from their formulas, and what it draws of them, out."""

import os
import re
import shutil
import subprocess
import warnings
from collections.abc import Sequence
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest

ALWAYS_RECALCULATE = """\
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode"
oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
_VALUE_OF_FORMULA = re.compile(rb"(<c [^>]*?)( t=\"str\")?(><f>[^<]*</f>)<v>[^<]*</v>")


def required(*names: str) -> str:
    """Give the command of a program; without it the test is skipped, in CI it fails."""
    for name in names:
        if found := shutil.which(name):
            return found
    reason = f"{names[0]} is not installed"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def convert(folder: Path, kind: str, books: Sequence[Path]) -> list[Path]:
    """Let LibreOffice recalculate workbooks and save them in another format, into a folder."""
    soffice = required("soffice", "libreoffice")
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE, "utf-8")
    out = folder / "converted"
    subprocess.run(
        [
            soffice,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--convert-to",
            kind,
            "--outdir",
            str(out),
            *map(str, books),
        ],
        check=True,
        capture_output=True,
        timeout=300,
    )
    return [out / f"{book.stem}.{kind.split(':', maxsplit=1)[0]}" for book in books]


# Comma, double quote, UTF-8, from line 1, cells as they are shown, each sheet to its own file.
_AS_SHOWN = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1"


def shown_sheets(folder: Path, book: Path) -> list[Path]:
    """One CSV file for each sheet, as NAME-SHEET.csv, with the cells as LibreOffice shows them."""
    convert(folder, _AS_SHOWN, [book])
    return sorted((folder / "converted").glob(f"{book.stem}-*.csv"))


def recalculated(folder: Path, books: Sequence[Path]) -> list[openpyxl.Workbook]:
    """The workbooks with the values that LibreOffice finds; those in the files are taken out."""
    bare = [_without_values(book, folder / f"bare-{n}.xlsx") for n, book in enumerate(books)]
    with warnings.catch_warnings():
        # openpyxl warns of every feature that it does not keep; nothing is saved here.
        warnings.simplefilter("ignore")
        return [
            openpyxl.load_workbook(path, data_only=True)
            for path in convert(folder, "xlsx:Calc MS Excel 2007 XML", bare)
        ]


def _without_values(book: Path, bare: Path) -> Path:
    with ZipFile(book) as given, ZipFile(bare, "w", ZIP_DEFLATED) as taken:
        for name in given.namelist():
            part = given.read(name)
            if name.startswith("xl/worksheets/sheet"):
                part = _VALUE_OF_FORMULA.sub(rb"\1\3", part)
            if name == "[Content_Types].xml":
                part = part.replace(
                    b"ms-excel.sheet.macroEnabled",
                    b"openxmlformats-officedocument.spreadsheetml.sheet",
                )
            taken.writestr(name, part)
    return bare

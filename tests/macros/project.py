"""The plain text in macros/ and xlwings' own module in; what a workbook or an add-in runs, out.

pyOpenVBA makes the project when the workbooks are built; Stepladder itself runs without it.
"""

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from zipfile import ZipFile

import xlwings
from pyopenvba import ExcelFile, VBAModuleKind
from pyopenvba.cfb import CFB

from stepladder import shipped
from stepladder.template.macros import PROJECT_PART, Macros
from stepladder.template.page import Page
from stepladder.template.workbook import write_workbook

OURS: Final = ("Bridge", "Buttons")
XLWINGS, DICTIONARY = "xlwings", "Dictionary"
_XLWINGS_FOLDER: Final = Path(xlwings.__file__).parent
_NAME_TO_FILL_IN: Final = 'PROJECT_NAME As String = "myaddin"'
# MS-OVBA 2.3.4.1: a writer names version 0xFFFF and leaves the performance cache out.
_NO_CACHE: Final = bytes.fromhex("cc61ffff000000")


def workbook_modules() -> dict[str, str]:
    """The source of each module of a workbook, by name; xlwings' works on the workbook it is in."""
    return {**_our_modules(), XLWINGS: _text(_XLWINGS_FOLDER / "xlwings.bas"), **_dictionary()}


def addin_modules() -> dict[str, str]:
    """The source of each module of the add-in; xlwings' works on the workbook in front."""
    source = _text(_XLWINGS_FOLDER / "xlwings_custom_addin.bas")
    if _NAME_TO_FILL_IN not in source:
        raise AssertionError("xlwings names its add-in in another way than it did")
    named = source.replace(_NAME_TO_FILL_IN, 'PROJECT_NAME As String = "stepladder"')
    return {**_our_modules(), XLWINGS: named, **_dictionary()}


def macros(modules: dict[str, str], sheets: int) -> Macros:
    """The project of these modules for a workbook of so many sheets, and the ribbon.

    Equal sources give equal bytes.
    """
    ribbon = (shipped.macros() / "ribbon.xml").read_bytes()
    return Macros(_project(modules, sheets), ribbon, _version(modules))


def _version(modules: dict[str, str]) -> str:
    """As xlwings' module says it."""
    named = r'(?m)^Public Const XLWINGS_VERSION As String = "([^"]+)"'
    [version] = re.findall(named, modules[XLWINGS])
    return str(version)


def _our_modules() -> dict[str, str]:
    return {name: _text(shipped.macros() / f"{name}.bas") for name in OURS}


def _dictionary() -> dict[str, str]:
    return {DICTIONARY: _text(_XLWINGS_FOLDER / "addin" / "Dictionary.cls")}


def _text(path: Path) -> str:
    return "".join(f"{line}\r\n" for line in path.read_text("utf-8").splitlines())


def _project(modules: dict[str, str], sheets: int) -> bytes:
    pages = [Page(f"Page {number}", (), lambda _book, _drawn: None) for number in range(sheets)]
    with TemporaryDirectory() as folder:
        book = Path(folder) / "book.xlsm"
        write_workbook(book, pages)
        with ExcelFile(book) as opened:
            project = opened.add_vba_project()
            for name, source in modules.items():
                is_class = source.startswith("VERSION 1.0 CLASS")
                kind = VBAModuleKind.other if is_class else VBAModuleKind.standard
                project.add_module(name, source, kind=kind)
            opened.save(book)
        _without_caches(book)
        with ZipFile(book) as package:
            container = CFB.from_bytes(package.read(PROJECT_PART))
    container.write_stream_in_storage("VBA", "_VBA_PROJECT", _NO_CACHE)
    return bytes(container.to_bytes())


def _without_caches(book: Path) -> None:
    """Write every module anew: then none has compiled code in front of its source."""
    with ExcelFile(book) as opened:
        for module in opened.vba_project().modules:
            module.dirty = True
        opened.save(book)

"""The shipped workbooks and the add-in in; what their VBA project and ribbon hold, out."""

import re
import struct
import warnings
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest
from openxml_audit import OpenXmlValidator
from pyopenvba import ExcelFile
from pyopenvba.cfb import CFB
from pyopenvba.vba import decompress, normalize_class_source
from tests.macros.project import (
    DICTIONARY,
    OURS,
    XLWINGS,
    addin_modules,
    macros,
    workbook_modules,
)
from tests.shipped_workbooks import EXAMPLE, SHEETS

from stepladder import shipped
from stepladder.new import ADDIN, BLANK
from stepladder.template.macros import macros_of

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # oletools asks pyparsing for names that are on their way out.
    from oletools.olevba import VBA_Parser, VBA_Scanner

FILES = [BLANK, EXAMPLE, ADDIN]
MODULES = {BLANK: workbook_modules(), EXAMPLE: workbook_modules(), ADDIN: addin_modules()}
UI = "{http://schemas.microsoft.com/office/2006/01/customui}"

OF_XLWINGS = {
    # It starts Python: with WScript.Shell on Windows, AppleScript on a Mac, a DLL for its UDFs.
    *("Shell", "WScript.Shell", "run", "Exec", "CreateObject", "call", "command", "Lib"),
    *("MacScript", "applescript", "libc.dylib", "dylib", "system", "Windows"),
    # It reads its settings from files and the environment, and shows and deletes Python's log.
    *("Environ", "environment", "ExpandEnvironmentStrings", "open", "Write", "Output", "binary"),
    *("FileCopy", "Kill", "MkDir", "Chr", "Hex Strings", "Base64 Strings"),
    # It imports UDFs, which Stepladder has none of.
    *("VBProject", "VBComponents"),
}
"""What olevba remarks of the whole project besides; all of it stands in xlwings' own module."""

OF_PROGRAMS = {
    # Python by cmd.exe, or in a conda environment.
    *("cmd.exe", "python.exe", "conda.bat"),
    # Of the server for UDFs (its version ends so), of a remark, and of a way that no button takes.
    *("8.dll", "pywintypesXX.dll", "frozen_executable.exe"),
}
"""The programs that olevba finds named in it."""


def parsed(name: str) -> Any:  # noqa: ANN401 - oletools publishes no types
    """The file as olevba takes it apart."""
    return VBA_Parser(str(shipped.workbooks() / name))


def sources(name: str) -> dict[str, str]:
    """The source of each module as olevba finds it, by module."""
    parser = parsed(name)
    found = {
        Path(file).stem: source.replace("\r\n", "\n")
        for _, _, file, source in parser.extract_macros()
    }
    parser.close()
    return found


def is_document(name: str) -> bool:
    """Whether a module belongs to the workbook or a sheet."""
    return re.fullmatch(r"ThisWorkbook|Sheet\d+", name) is not None


@pytest.mark.parametrize("name", FILES)
def test_the_code_is_that_of_the_plain_text(name: str) -> None:
    """As olevba reads it: macros/*.bas and xlwings' module, line for line, and no more."""
    found = sources(name)
    code = {module: source for module, source in found.items() if not is_document(module)}
    expected = {**MODULES[name], DICTIONARY: normalize_class_source(MODULES[name][DICTIONARY])}
    assert {module: text.splitlines() for module, text in code.items()} == {
        module: text.splitlines() for module, text in expected.items()
    }
    for module in found.keys() - code.keys():
        lines = found[module].splitlines()
        assert [line for line in lines if line and not line.startswith("Attribute VB_")] == []


@pytest.mark.parametrize("module", OURS)
def test_our_modules_do_what_they_are_meant_to(module: str) -> None:
    """Olevba has nothing to remark."""
    source = (shipped.macros() / f"{module}.bas").read_text("utf-8")
    assert VBA_Scanner(source).scan() == []


@pytest.mark.parametrize("name", FILES)
def test_the_project_does_what_it_is_meant_to(name: str) -> None:
    """Seen by olevba: nothing runs by itself, nothing is hidden, and each remark is a known one."""
    parser = parsed(name)
    remarks = parser.analyze_macros()
    parser.close()
    of_kind = {
        kind: {keyword.lower() for found, keyword, _ in remarks if found == kind}
        for kind, _, _ in remarks
    }
    assert "AutoExec" not in of_kind
    assert of_kind["Suspicious"] == {keyword.lower() for keyword in OF_XLWINGS}
    assert of_kind.keys() == {"Suspicious", "IOC", "Hex String"}
    named = {indicator for indicator in of_kind["IOC"] if not indicator.startswith("http")}
    # Addresses stand in remarks only: test_safety.py.
    assert named == {program.lower() for program in OF_PROGRAMS}


@pytest.mark.parametrize("name", FILES)
def test_the_project_is_written_as_ms_ovba_asks_of_writers(name: str) -> None:
    """MS-OVBA 2.3.4.1, 2.3.4.2.3.2.5: version 0xFFFF, no performance caches, every offset 0."""
    container = CFB.from_bytes(macros_of(shipped.workbooks() / name).project)
    assert container.get_stream_in_storage("VBA", "_VBA_PROJECT").hex() == "cc61ffff000000"
    assert [stream for stream in container.list_streams() if stream.startswith("__SRP_")] == []
    with ExcelFile(shipped.workbooks() / name) as book:
        modules = book.vba_project().modules
        assert {module.text_offset for module in modules} == {0}
    for module in modules:
        stream = container.get_stream_in_storage("VBA", module.stream_name)
        assert decompress(stream).startswith(b"Attribute VB_Name = ")
    records = decompress(container.get_stream_in_storage("VBA", "dir"))
    assert records.count(struct.pack("<HII", 0x0031, 4, 0)) == len(modules)


@pytest.mark.parametrize("name", FILES)
def test_the_project_knows_the_sheets_by_their_code_names(name: str) -> None:
    """Excel: each sheet, and the workbook, has a module of the name that its part gives."""
    with ZipFile(shipped.workbooks() / name) as package:
        parts = [part for part in package.namelist() if part.startswith("xl/worksheets/sheet")]
        of_sheets = {
            found[1].decode()
            for part in parts
            if (found := re.search(rb'<sheetPr codeName="(\w+)"', package.read(part)))
        }
        of_book = re.search(rb'<workbookPr codeName="(\w+)"', package.read("xl/workbook.xml"))
    assert of_book
    assert of_book[1] == b"ThisWorkbook"
    assert len(parts) == len(of_sheets) == (1 if name == ADDIN else SHEETS)
    assert {module for module in sources(name) if is_document(module)} == {
        "ThisWorkbook",
        *of_sheets,
    }


@pytest.mark.parametrize("name", FILES)
def test_no_module_bears_the_name_of_a_sub(name: str) -> None:
    """Excel finds no macro whose module has its name."""
    found = sources(name)
    subs = {
        sub.lower()
        for source in found.values()
        for sub in re.findall(r"(?m)^\s*(?:Public |Private )?(?:Sub|Function) (\w+)", source)
    }
    assert subs & {module.lower() for module in found} == set()


def test_our_modules_need_no_library_and_no_directive() -> None:
    """32- and 64-bit Excel from 2016 on, and LibreOffice, read the same lines."""
    for module in OURS:
        lines = (shipped.macros() / f"{module}.bas").read_text("utf-8").splitlines()
        code = [line for line in lines if not line.lstrip().startswith("'")]
        assert "Option Explicit" in code
        assert [line for line in code if re.search(r"^\s*#|\bDeclare\b|\bLongPtr\b", line)] == []
        assert all(line.isascii() for line in lines)


@pytest.mark.parametrize("name", FILES)
def test_the_ribbon_names_macros_that_are_there(name: str) -> None:
    """ribbon.xml as it is; each onAction is a Sub, ids are no two alike, each button explained."""
    ribbon = macros_of(shipped.workbooks() / name).ribbon
    assert ribbon == (shipped.macros() / "ribbon.xml").read_bytes()
    root = ET.fromstring(ribbon)  # noqa: S314 - our own file
    assert root.tag == f"{UI}customUI"
    buttons = [*root.iter(f"{UI}button")]
    assert len(buttons) == 4
    subs = re.findall(r"(?m)^Public Sub (\w+)\(ByVal control As Object\)", sources(name)["Buttons"])
    assert [button.attrib["onAction"] for button in buttons] == subs
    ids = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
    assert len(ids) == len({*ids})
    for button in buttons:
        assert button.attrib["imageMso"]
        # Excel cuts them at 1024 characters.
        assert 0 < len(button.attrib["screentip"]) < len(button.attrib["supertip"]) < 1024


@pytest.mark.parametrize("name", FILES)
def test_the_package_leads_to_the_ribbon_once(name: str) -> None:
    """The relationship of 2006 to a part that is there."""
    with ZipFile(shipped.workbooks() / name) as package:
        relations = package.read("_rels/.rels")
        assert relations.count(b"/office/2006/relationships/ui/extensibility") == 1
        assert package.namelist().count("customUI/customUI.xml") == 1


@pytest.mark.parametrize("name", [BLANK, EXAMPLE])
def test_the_button_on_start_names_a_macro_that_is_there(name: str) -> None:
    """One form button at the place of Refresh; its macro is a Sub without parameters."""
    with ZipFile(shipped.workbooks() / name) as package:
        drawn = {part: package.read(part) for part in package.namelist() if part.endswith(".vml")}
        relations = package.read("xl/worksheets/_rels/sheet1.xml.rels")
        start = package.read("xl/worksheets/sheet1.xml")
    ((part, shapes),) = [
        (part, drawn) for part, drawn in drawn.items() if b'ObjectType="Button"' in drawn
    ]
    assert Path(part).name.encode() in relations
    assert re.findall(rb"<x:FmlaMacro>\[0\]!(\w+)</x:FmlaMacro>", shapes) == [b"RefreshAll"]
    assert re.findall(rb"<x:Anchor>([^<]*)</x:Anchor>", shapes) == [b"1, 0, 9, 0, 3, 0, 10, 0"]
    assert b'<mergeCell ref="B10:C10"/>' not in start
    assert "Public Sub RefreshAll()" in sources(name)["Buttons"]


@pytest.mark.parametrize("name", FILES)
def test_a_shipped_file_passes_the_schema_check(name: str) -> None:
    """Office Open XML: every part is as Excel expects it."""
    found = OpenXmlValidator().validate(shipped.workbooks() / name)
    assert [f"{error.part_uri}: {error.description}" for error in found.errors] == []


@pytest.mark.parametrize("name", [BLANK, ADDIN])
def test_the_schema_check_finds_what_excel_would_repair(name: str, tmp_path: Path) -> None:
    """An element out of its order, in a workbook with macros as in the add-in."""
    broken = tmp_path / name
    with ZipFile(shipped.workbooks() / name) as given, ZipFile(broken, "w") as made:
        for part in given.namelist():
            content = given.read(part)
            if part == "xl/worksheets/sheet1.xml":
                content = re.sub(
                    rb"(<sheetViews>.*</sheetViews>)(<sheetFormatPr[^>]*>)", rb"\2\1", content
                )
                assert content != given.read(part)
            made.writestr(part, content)
    assert OpenXmlValidator().validate(broken).errors


def test_the_same_sources_give_the_same_bytes() -> None:
    """Built twice, the projects are equal."""
    assert macros(workbook_modules(), SHEETS) == macros(workbook_modules(), SHEETS)
    assert macros(addin_modules(), 1) == macros(addin_modules(), 1)


def test_the_project_holds_all_of_macros_and_the_whole_of_xlwings() -> None:
    """Nothing in macros/ is left out; xlwings' module and the dictionary it needs on a Mac."""
    assert {path.stem for path in shipped.macros().glob("*.bas")} == {*OURS}
    assert {path.name for path in shipped.macros().iterdir()} == {
        *(f"{module}.bas" for module in OURS),
        "ribbon.xml",
    }
    assert [*workbook_modules()] == [*addin_modules()] == [*OURS, XLWINGS, DICTIONARY]

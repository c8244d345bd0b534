"""All code of the workbook and the add-in in; all that it can do outside Excel, out.

What is listed here is everything; docs/macros.md tells an office the same in words.
"""

import re

import pytest
from tests.macros.project import (
    DICTIONARY,
    OURS,
    XLWINGS,
    addin_modules,
    workbook_modules,
)
from tests.macros.source import Line, lines, reached, words

from stepladder.books.interpreter import Interpreter, settings

KINDS = {"workbook": lines(workbook_modules()), "add-in": lines(addin_modules())}
ALL = pytest.mark.parametrize("code", KINDS.values(), ids=KINDS)

LANGUAGE = {
    *("option", "explicit", "public", "private", "sub", "function", "end"),
    *("dim", "as", "string", "object", "integer", "boolean", "byval", "set", "is", "nothing", "if"),
    *("then", "else", "elseif", "for", "to", "next", "and", "not", "true"),
}
OUTSIDE = {
    # Of VBA: text, and a box with a sentence.
    *("len", "mid", "right", "lcase", "instr", "vblf", "vbexclamation", "msgbox"),
    # Of Excel: names of the workbook, the system, the lower edge.
    *("application", "operatingsystem", "statusbar", "thisworkbook", "activeworkbook"),
    *("name", "fullname"),
    # Of xlwings.
    *("runpython", "getconfig", "sheetexists", "fileexists"),
}
"""All that our own modules use besides the language and themselves."""

STARTS_PROGRAMS = re.compile(
    r"\b(Shell|AppleScriptTask|MacScript|ExecuteExcel4Macro|SendKeys|FollowHyperlink|system)\b"
    r"|\b(?:Application|WScript|XLPy)\.(Run|Exec)\b",
    re.IGNORECASE,
)
FILES = re.compile(
    r"^\s*(?:Open\b.*?\b(For \w+)|Name\b.*\b(As)\b)"
    r"|^\s*(Kill|FileCopy|MkDir|RmDir|ChDir|SetAttr|Put|Write|Print)\b"
    r"|\.(Save\w*|CreateTextFile|OpenTextFile|CopyFile|DeleteFile|ExportAsFixedFormat|Export)\b",
    re.IGNORECASE,
)
MAKES = re.compile(r"\b(CreateObject|GetObject|New)\b", re.IGNORECASE)
NETWORK_OR_REGISTRY = re.compile(
    r"XMLHTTP|WinHttp|URLDownload|InternetExplorer|ADODB|Outlook|QueryTables|WEBSERVICE|FollowHyper"
    r"|Reg(?:Read|Write|Delete)|(?:Get|Save|Delete)(?:All)?Settings?\b|https?://(?!\")\S",
    re.IGNORECASE,
)


def places(code: list[Line], pattern: re.Pattern[str]) -> set[tuple[str, str, str]]:
    """Module, procedure, and the word that was found there."""
    return {
        (line.module, line.procedure, next(filter(None, found.groups())).lower())
        for line in code
        if not re.match(r"\s*(?:\w+\s+)*Declare\b", line.code)
        for found in pattern.finditer(line.code)
    }


def in_quotes(code: list[Line], pattern: re.Pattern[str]) -> list[str]:
    """The code and texts in which it is found."""
    return [text for line in code for text in (line.code, *line.texts) if pattern.search(text)]


def test_our_modules_use_these_words_and_no_others() -> None:
    """Whatever is not listed, they cannot do: a new word is to be thought about here."""
    ours = [line for line in KINDS["workbook"] if line.module in OURS]
    own = {line.procedure.lower() for line in ours} | {
        *("book", "entry", "place", "signs", "n", "control", *map(str.lower, OURS))
    }
    assert {word for line in ours for word in words(line)} - own == LANGUAGE | OUTSIDE


@ALL
def test_a_button_starts_one_program_with_one_module(code: list[Line]) -> None:
    """Ours: RunPython of stepladder.addin, and nothing else."""
    ours = [line for line in code if line.module in OURS]
    (start,) = [line for line in ours if words(line) & {"runpython", "shell"}]
    assert start.code.split() == [
        "ElseIf",
        'RunPython(""',
        "&",
        "entry",
        "&",
        '"")',
        "<>",
        "0",
        "Then",
    ]
    assert start.texts == ("import stepladder.addin; stepladder.addin.", "()")


@ALL
def test_what_starts_programs_is_listed(code: list[Line]) -> None:
    """Of xlwings: Python on Windows and on a Mac; MacScript only asks for names of folders."""
    assert places(code, STARTS_PROGRAMS) == {
        (XLWINGS, "ExecuteWindows", "run"),
        (XLWINGS, "ExecuteMac", "applescripttask"),
        # Only with USE UDF SERVER, which the hidden sheet says 0 to.
        (XLWINGS, "RunPython", "exec"),
        (XLWINGS, "ToPosixPath", "macscript"),
        (XLWINGS, "ToMacPath", "macscript"),
        (XLWINGS, "GetMacDir", "macscript"),
        # Only in Excel before 2016.
        (XLWINGS, "FileOrFolderExistsOnMac", "macscript"),
        # In no button's way.
        (XLWINGS, "KillFileOnMac", "macscript"),
    }
    assert not in_reach(code, "KillFileOnMac")
    assert dict(settings(Interpreter()))["USE UDF SERVER"] == "0"


@ALL
def test_what_python_is_told_is_listed(code: list[Line]) -> None:
    """Two texts behind -c: that of the buttons, and that of the server for UDFs."""
    told = [
        (line.procedure, line.texts) for line in code if any(" -c " in one for one in line.texts)
    ]
    assert told == [
        (
            "ExecuteWindows",
            (
                ' -B -c "import xlwings.utils;xlwings.utils.prepare_sys_path(\\"',
                '\\"); ',
                '" ',
            ),
        ),
        (
            "XLPyCommand",
            (
                ' -B -c "import sys, os;',
                'import xlwings.utils;xlwings.utils.prepare_sys_path(\\"',
                "\\\");import xlwings; xlwings.serve('$(CLSID)')\"",
            ),
        ),
    ]


@ALL
def test_a_button_writes_no_file(code: list[Line]) -> None:
    """It reads settings and Python's log, and deletes that log: nothing else is in its reach."""
    assert places(reached(code, "Buttons"), FILES) == {
        (XLWINGS, "GetConfigFromFile", "for input"),
        (XLWINGS, "ReadFile", "for input"),
        (XLWINGS, "ExecuteWindows", "kill"),
        (XLWINGS, "ExecuteMac", "kill"),
    }
    kills = [line.code.split() for line in reached(code, "Buttons") if "kill" in words(line)]
    assert kills == [["Kill", "LOG_FILE"]] * 2
    beyond = {procedure for _, procedure, _ in places(code, FILES)}
    assert beyond - {line.procedure for line in reached(code, "Buttons")} == {
        *("SaveConfigToFile", "CleanUp")
    }


@ALL
def test_neither_network_nor_registry_is_touched(code: list[Line]) -> None:
    """No word of either, in code or in quotes."""
    assert in_quotes(code, NETWORK_OR_REGISTRY) == []


@ALL
def test_every_object_that_is_made_is_listed(code: list[Line]) -> None:
    """Windows' shell and dictionary, and the dictionary for Macs."""
    made = {
        (line.module, line.procedure, *(line.texts or re.findall(r"New (\w+)", line.code)))
        for line in code
        if MAKES.search(line.code)
    }
    assert made == {
        (XLWINGS, "WScript", "WScript.Shell"),
        (XLWINGS, "GetConfigFromSheet", "Scripting.Dictionary"),
        (XLWINGS, "GetConfigFromSheet", "Dictionary"),
        (DICTIONARY, "Class_Initialize", "Scripting.Dictionary"),
        (DICTIONARY, "Class_Initialize", "Collection"),
        (DICTIONARY, "RemoveAll", "Collection"),
    }


@ALL
def test_every_declared_library_is_listed(code: list[Line]) -> None:
    """Of xlwings' server for UDFs; the buttons' way leads there only with USE UDF SERVER."""
    declared = {
        (line.module, found[1], re.sub(r"\d\d-[\d.]+dll$", "", line.texts[0]))
        for line in code
        if (found := re.search(r"\bDeclare\b.*?\b(?:Function|Sub) (\w+)", line.code))
    }
    assert declared == {
        (XLWINGS, "system", "libc.dylib"),
        (XLWINGS, "LoadLibrary", "KERNEL32"),
        (XLWINGS, "XLPyDLLActivateAuto", "xlwings"),
        (XLWINGS, "XLPyDLLNDims", "xlwings"),
        (XLWINGS, "XLPyDLLVersion", "xlwings"),
    }
    called = {name for _, name, _ in declared}
    users = {
        line.procedure
        for line in code
        if "Declare" not in line.code and words(line) & {name.lower() for name in called}
    }
    assert users == {"XLPyLoadDLL", "NDims", "XLPy", "KillPy", "GetDLLVersion"}


def in_reach(code: list[Line], procedure: str) -> bool:
    """Whether a press of a button could come there."""
    return any(line.procedure == procedure for line in reached(code, "Buttons"))


@pytest.mark.parametrize(
    ("statement", "pattern"),
    [
        ('Shell "calc"', STARTS_PROGRAMS),
        ("x = shell(y)", STARTS_PROGRAMS),
        ('WScript.Run "cmd"', STARTS_PROGRAMS),
        ("Open place For Output As #1", FILES),
        ("Kill place", FILES),
        ("ActiveWorkbook.SaveAs place", FILES),
        ('Set x = CreateObject("Excel.Application")', MAKES),
        ("Set x = New Collection", MAKES),
    ],
)
def test_what_is_planted_is_found(statement: str, pattern: re.Pattern[str]) -> None:
    """In a procedure that a button calls by way of another; not in a remark or in quotes."""
    source = (
        "Sub Press()\n  Inner ' Other\nEnd Sub\n"
        f"Private Sub Inner()\n  {statement} ' why\nEnd Sub\n"
        f'Sub Other()\n  {statement}\n  \' {statement}\n  x = "Shell Kill New"\nEnd Sub\n'
    )
    found = places(reached(lines({"Buttons": source}), "Nowhere"), pattern)
    assert found == set()
    code = lines({"Buttons": "Sub Press()\nInner 'Other\nEnd Sub\n", "More": source})
    assert {procedure for _, procedure, _ in places(reached(code, "Buttons"), pattern)} == {"Inner"}
    assert {procedure for _, procedure, _ in places(code, pattern)} == {"Inner", "Other"}


@pytest.mark.parametrize(
    "statement",
    [
        'CreateObject("MSXML2.XMLHTTP").Open "GET"',
        'x.RegWrite "HKCU"',
        'SaveSetting "a", "b", "c", "d"',
        'y = "https://office.example/x"',
    ],
)
def test_a_planted_connection_is_found(statement: str) -> None:
    """In code and in quotes; a remark is none."""
    assert in_quotes(lines({"A": f"{statement}\n"}), NETWORK_OR_REGISTRY)
    assert not in_quotes(lines({"A": f"x = 1 ' {statement}\n"}), NETWORK_OR_REGISTRY)

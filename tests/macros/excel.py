"""A workbook of ours and a macro in; the commands that Excel would start, out, for either system.

pyOpenVBA's interpreter runs all of the project, xlwings' module included, on the workbook's own
sheets. Only what leaves Excel is replaced: the environment, the file system, and what starts
programs (Shell, WScript.Shell, AppleScriptTask).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pyopenvba.apps.excel import ExcelApplication
from pyopenvba.interpreter import MISSING, VBAObject, member, method, setter
from pyopenvba.interpreter._preprocess import strip_directives
from tests.macros.project import DICTIONARY

WINDOWS: Final = "Windows (64-bit) NT 10.00"
MAC: Final = "Macintosh (Intel) 14.5"

_APPLICATION_FOLDER: Final = {
    WINDOWS: r"C:\Program Files\Microsoft Office\root\Office16",
    MAC: "/Applications/Microsoft Excel.app/Contents/MacOS",
}
_CONSTANTS: Final[Mapping[str, Mapping[str, object]]] = {
    WINDOWS: {},
    MAC: {"Mac": True, "Win32": False, "Win64": False, "MAC_OFFICE_VERSION": 16},
}
# The interpreter cannot read a remark behind #If, nor files, and knows neither add-ins nor cells of
# a workbook that is not in front.
_REMARK: Final = re.compile(r"(?m)^(\s*#[^'\r\n]*?)\s*'[^\r\n]*")
_DELETES: Final = re.compile(r"(?m)^\s*Kill LOG_FILE\s*$")
_READS: Final = "Content = ReadFile(FileName)"
_IS_ADDIN: Final = "ThisWorkbook.IsAddin"
_CELLS: Final = 'In Range(sht.Range("A1"), lastCell)'
# Only the interpreter itself is there: no settings file, no log.
_OUTSIDE: Final = """\
Function Environ(name)
    Environ = OutsideEnviron(name)
End Function
Function Shell(program, Optional style)
    Shell = OutsideShell(program)
End Function
Function GetAttr(file)
    If Right(file, 10) <> "python.exe" Then Err.Raise 53
    GetAttr = 32
End Function
Function Dir(file, Optional attributes)
    Dir = ""
End Function
Function FreeFile()
    Err.Raise 53
End Function
Function MacScript(script)
    Dim quoted
    quoted = Split(script, Chr(34))
    If UBound(quoted) > 0 Then MacScript = quoted(1) Else MacScript = "/Volumes/Ann/"
End Function
"""


@dataclass(frozen=True)
class Started:
    """What a macro did: the programs it started, with their arguments, and what it said.

    status  what stands at Excel's lower edge; "" where Excel has it
    """

    commands: list[tuple[str, ...]] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    status: str = ""


def pressed(
    book: Path,
    modules: Mapping[str, str],
    macro: str,
    system: str,
    environment: Mapping[str, str] | None = None,
    *,
    in_front: Path | None = None,
    exit_code: int = 0,
) -> Started:
    """Run a macro of the modules in the book, as Excel on that system would.

    in_front   the workbook that is looked at, where the book is an add-in
    exit_code  what the program ends with that the macro starts
    """
    excel = ExcelApplication.open(book, with_vba=False)
    is_addin = book.suffix == ".xlam"
    if is_addin:
        excel.application.active_book = None
    if in_front:
        excel.activate_workbook(excel.open_workbook(in_front))
    outside = _Outside(system, excel.interpreter.host, environment or {}, exit_code)
    excel.interpreter.host = outside
    for name, source in modules.items():
        # Of the same use, and the interpreter has its own.
        if name != DICTIONARY:
            readable = _DELETES.sub("", _REMARK.sub(r"\1", source))
            readable = readable.replace(_READS, 'Content = "Traceback"')
            readable = readable.replace(_IS_ADDIN, str(is_addin))
            readable = readable.replace(_CELLS, 'In sht.Range("A1:A" & lastCell.Row)')
            known = strip_directives(readable, module=name, constants={**_CONSTANTS[system]})
            excel.add_module(known, name=name)
    excel.add_module(_OUTSIDE, name="Outside")
    excel.run(macro, *([_Control()] if macro.startswith("Ribbon") else []))
    messages = [*outside.popups, *(prompt for _, prompt, _, _ in excel.dialogs)]
    return Started(outside.commands, messages, outside.status)


class _Control(VBAObject):
    """What the ribbon hands over."""

    vba_type_name = "IRibbonControl"


class _Application(VBAObject):
    """The properties of Excel that xlwings asks for."""

    vba_type_name = "Application"

    def __init__(self, system: str) -> None:
        self._system = system
        self._status: object = False

    @member
    def Name(self) -> str:  # noqa: N802 - VBA's name
        return "Microsoft Excel"

    @member
    def OperatingSystem(self) -> str:  # noqa: N802 - as above
        return self._system

    @member
    def Version(self) -> str:  # noqa: N802 - as above
        return "16.0"

    @member
    def Path(self) -> str:  # noqa: N802 - as above
        return _APPLICATION_FOLDER[self._system]

    @member
    def Hwnd(self) -> int:  # noqa: N802 - as above
        return 4711

    @member
    def StatusBar(self) -> object:  # noqa: N802 - as above
        return self._status

    @setter("StatusBar")
    def set_status_bar(self, value: object) -> None:
        self._status = value


class _WindowsShell(VBAObject):
    """WScript.Shell."""

    vba_type_name = "WshShell"

    def __init__(
        self,
        commands: list[tuple[str, ...]],
        popups: list[str],
        environment: Mapping[str, str],
        exit_code: int,
    ) -> None:
        self._commands = commands
        self._environment = environment
        self._popups = popups
        self._exit_code = exit_code

    @method
    def Run(self, command: object, style: object = MISSING, wait: object = MISSING) -> int:  # noqa: ARG002, N802 - VBA's names
        self._commands.append((str(command),))
        return self._exit_code

    @method
    def Popup(self, text: object, *_: object) -> int:  # noqa: N802 - as above
        self._popups.append(str(text))
        return 1

    @method
    def ExpandEnvironmentStrings(self, text: object) -> object:  # noqa: N802 - as above
        expanded = str(text)
        for name, value in self._environment.items():
            expanded = expanded.replace(f"%{name}%", value)
        return expanded


class _Outside:
    """The interpreter's own Excel, with everything around it replaced."""

    def __init__(
        self,
        system: str,
        excel: Any,  # noqa: ANN401 - pyOpenVBA publishes no types
        environment: Mapping[str, str],
        exit_code: int,
    ) -> None:
        self.commands: list[tuple[str, ...]] = []
        self.popups: list[str] = []
        self._exit_code = exit_code
        self._excel = excel
        self._application = _Application(system)
        self._environment = environment
        self._functions = {
            "outsideenviron": lambda name: self._environment.get(str(name), ""),
            "outsideshell": self._start,
            "applescripttask": self._start,
        }

    @property
    def status(self) -> str:
        words = self._application.StatusBar()
        return words if isinstance(words, str) else ""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as above
        return getattr(self._excel, name)

    def global_object(self, name: str) -> object:
        is_application = name.lower() == "application"
        return self._application if is_application else self._excel.global_object(name)

    def has_global_member(self, name: str) -> bool:
        return name.lower() in self._functions or bool(self._excel.has_global_member(name))

    def call_global(self, name: str, arguments: list[object], named: dict[str, object]) -> object:
        function = self._functions.get(name.lower())
        if function is None:
            return self._excel.call_global(name, arguments, named)
        return function(*arguments)

    def create(self, class_name: str) -> object:
        if class_name.lower() == "wscript.shell":
            return _WindowsShell(self.commands, self.popups, self._environment, self._exit_code)
        return self._excel.create(class_name)

    def _start(self, *arguments: object) -> str:
        self.commands.append(tuple(map(str, arguments)))
        return "0"

"""What is known of a machine and of one workbook on it: the facts that the checks judge."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from stepladder.books.interpreter import Interpreter
from stepladder.books.program_place import System


@dataclass(frozen=True)
class Excel:
    """Excel on this machine; None for what the machine does not tell."""

    is_installed: bool | None = None
    bits: int | None = None
    is_running: bool | None = None


@dataclass(frozen=True)
class TrustedFolder:
    """A folder whose workbooks Excel for Windows opens with their macros."""

    path: str
    with_subfolders: bool = False


@dataclass(frozen=True)
class MacroSettings:
    """What Excel for Windows does with macros.

    level           1 runs all, 2 asks, 3 runs only signed ones, 4 runs none; None where nobody
                    has chosen, which is 2
    trusted         its trusted locations
    trusts_network  whether one of these may lie on a network drive
    """

    level: int | None = None
    trusted: tuple[TrustedFolder, ...] = ()
    trusts_network: bool = False


@dataclass(frozen=True)
class Machine:
    """This machine and the Python that runs the doctor.

    python     the full path of the program
    xlwings    the version that is installed; None where it is not
    variables  of the environment: those by which a path is written without a person's name, and
               those that say where OneDrive keeps its files
    scripts    the files in the folder from which Excel for Mac may run AppleScript; None elsewhere
    """

    system: System
    python: str
    python_version: str
    python_bits: int
    stepladder: str
    xlwings: str | None
    excel: Excel = Excel()
    macros: MacroSettings = MacroSettings()
    variables: Mapping[str, str] = field(default_factory=dict)
    scripts: frozenset[str] | None = None


@dataclass(frozen=True)
class BookPython:
    """What was found of the Python that a workbook names, without starting it.

    stepladder  the version installed beside it; None where there is none
    """

    is_there: bool
    stepladder: str | None = None


@dataclass(frozen=True)
class Book:
    """A saved workbook.

    place           its full path
    has_macros      whether it holds a VBA project
    interpreter     the Pythons that its settings sheet names; None where it has no such sheet
    xlwings         the version of xlwings' module in its macros; None where it does not say
    python          what was found of the one for this system
    is_marked       whether it bears the mark of a download; None where the system has no such mark
    may_write       whether it may be written
    may_add         whether a file may be added to its folder, as for a backup
    """

    name: str
    place: str
    has_macros: bool
    interpreter: Interpreter | None
    xlwings: str | None
    python: BookPython | None
    is_marked: bool | None
    may_write: bool
    may_add: bool

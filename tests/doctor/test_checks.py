"""What each check says of a table of facts: Windows, the Mac and other systems."""

from typing import Any

import pytest
from tests.doctor.made import BOOK, LINUX, MAC, MAC_BOOK, WINDOWS, other

from stepladder.books.interpreter import Interpreter
from stepladder.doctor.checks import Line, Standing, checks
from stepladder.doctor.facts import (
    Book,
    BookPython,
    Excel,
    Machine,
    MacroSettings,
    TrustedFolder,
)

OK, TO_DO, UNKNOWN = Standing.OK, Standing.TO_DO, Standing.UNKNOWN
NO_EXCEL, OLD_EXCEL = Excel(is_installed=False), Excel(is_installed=True, bits=32)
OFFICE = MacroSettings(trusted=(TrustedFolder(r"D:\Office"),))
NONE_RUN, SIGNED_RUN = MacroSettings(level=4), MacroSettings(level=3)
HERE, GONE = BookPython(is_there=True, stepladder="0.1.0"), BookPython(is_there=False)
EMPTY, OLDER = BookPython(is_there=True), BookPython(is_there=True, stepladder="0.0.9")
ELSEWHERE = Interpreter(r"E:\Python\python.exe", "/Volumes/Python/bin/python")
NO_XLWINGS = {"xlwings": None}
WIN, MACBOOK, LINUXES = (WINDOWS, BOOK), (MAC, MAC_BOOK), (LINUX, MAC_BOOK)
SCRIPT = "applescript"
MODULE = "xlwings' macros"
IN_ONEDRIVE = {"place": r"C:\Users\ann\Sky\a.xlsm"}
# fmt: off
CASES: list[tuple[Any, ...]] = [
    # the facts, but for this of the machine, and this of the workbook; the line, and its repair
    (WIN,     {},                           {},                      "Python",      OK, None),
    (WIN,     {"python_bits": 32},          {},                      "Python",      TO_DO, None),
    (WIN,     {"python": r"C:\My Py\p"},    {},                      "Python",      OK, None),
    (MACBOOK, {"python": "/My Py/python"},  {},                      "Python",      TO_DO, None),
    (WIN,     NO_XLWINGS,                   {},                      "xlwings",     TO_DO, None),
    (WIN,     {"excel": NO_EXCEL},          {},                      "Excel",       TO_DO, None),
    (WIN,     {"excel": OLD_EXCEL},         {},                      "Excel",       OK, None),
    (WIN,     {"excel": Excel()},           {},                      "Excel",       UNKNOWN, None),
    (MACBOOK, {"excel": NO_EXCEL},          {},                      "Excel",       TO_DO, None),
    (MACBOOK, {},                           {},                      "Automation",  UNKNOWN, None),
    (WIN,     {},                           {"has_macros": False},   "Button",      TO_DO, None),
    (WIN,     {},                           {"interpreter": None},   "Button",      TO_DO, None),
    (WIN,     {},                           {"is_marked": True},     "Macros",      TO_DO, "mark"),
    (WIN,     {},                           {"is_marked": None},     "Macros",      OK, None),
    (WIN,     {"macros": OFFICE},           {"is_marked": True},     "Macros",      OK, None),
    (WIN,     {"macros": NONE_RUN},         {},                      "Macros",      TO_DO, None),
    (WIN,     {"macros": SIGNED_RUN},       {},                      "Macros",      TO_DO, None),
    (WIN,     {"macros": MacroSettings(2)}, {},                      "Macros",      OK, None),
    (WIN,     {"macros": MacroSettings(1)}, {"is_marked": True},     "Macros",      TO_DO, "mark"),
    (MACBOOK, {},                           {"is_marked": True},     "Macros",      TO_DO, "mark"),
    (MACBOOK, {},                           {},                      "Macros",      UNKNOWN, None),
    (WIN,     {},                           {"xlwings": None},       MODULE,        UNKNOWN, None),
    (WIN,     {},                           {"xlwings": "0.37.7"},   MODULE,        UNKNOWN, None),
    (LINUXES, {},                           {"xlwings": "0.37.7"},   MODULE,        UNKNOWN, None),
    (LINUXES, {},                           {},                      MODULE,        OK, None),
    (WIN,     {},                           {},                      MODULE,        OK, None),
    (MACBOOK, {},                           {},                      "AppleScript", OK, None),
    (MACBOOK, {},                           {"xlwings": "0.37.7"},   "AppleScript", TO_DO, SCRIPT),
    (MACBOOK, {"scripts": frozenset()},     {},                      "AppleScript", TO_DO, SCRIPT),
    (MACBOOK, NO_XLWINGS,                   {"xlwings": None},       "AppleScript", UNKNOWN, None),
    (WIN,     {},                           {"may_write": False},    "Writing",     TO_DO, None),
    (WIN,     {},                           {"may_add": False},      "Writing",     TO_DO, None),
    (WIN,     {},                           IN_ONEDRIVE,             "Folder",      OK, None),
]
PYTHONS = [
    # what the workbook names, what is found there, and the judgement
    (BOOK.interpreter, HERE,  OK),     # The one that runs the doctor.
    (BOOK.interpreter, GONE,  OK),     # As above: it runs, so it is there.
    (Interpreter(),    None,  TO_DO),
    (ELSEWHERE,        HERE,  OK),
    (ELSEWHERE,        GONE,  TO_DO),
    (ELSEWHERE,        EMPTY, TO_DO),
    (ELSEWHERE,        OLDER, TO_DO),
]
# fmt: on


def said(machine: Machine, book: Book | None, topic: str) -> Line:
    """The one line on a topic."""
    [line] = [line for line in checks(machine, book) if line.topic == topic]
    return line


@pytest.mark.parametrize(("machine", "book"), [WIN, MACBOOK])
def test_nothing_is_to_do_on_a_machine_in_order(machine: Machine, book: Book) -> None:
    """Windows and Mac with all in place: no line asks for anything."""
    assert [line for line in checks(machine, book) if line.standing is TO_DO] == []


@pytest.mark.parametrize(("facts", "of_machine", "of_book", "topic", "standing", "repair"), CASES)
def test_each_fact_is_judged(
    facts: tuple[Machine, Book],
    of_machine: dict[str, object],
    of_book: dict[str, object],
    topic: str,
    standing: Standing,
    repair: str | None,
) -> None:
    """One fact differs from a machine in order; one line says so, and whether --fix mends it."""
    machine, book = facts
    line = said(other(machine, **of_machine), other(book, **of_book), topic)
    assert (line.standing, line.repair) == (standing, repair)
    assert line.advice or standing is not TO_DO


@pytest.mark.parametrize(("named", "found", "standing"), PYTHONS)
@pytest.mark.parametrize("facts", [WIN, MACBOOK])
def test_the_workbooks_python_is_judged(
    facts: tuple[Machine, Book],
    named: Interpreter,
    found: BookPython | None,
    standing: Standing,
) -> None:
    """It must be there and hold this Stepladder; --fix writes the one that runs."""
    machine, book = facts
    line = said(machine, other(book, interpreter=named, python=found), "Button's Python")
    assert line.standing is standing
    assert line.repair == ("interpreter" if standing is TO_DO else None)


def test_the_other_systems_python_does_not_count() -> None:
    """A workbook that a Mac wrote into names nothing for Windows."""
    book = other(BOOK, interpreter=Interpreter(mac="/usr/bin/python3"), python=None)
    assert said(WINDOWS, book, "Button's Python").repair == "interpreter"


@pytest.mark.parametrize("facts", [WIN, MACBOOK])
def test_a_path_that_names_a_login_can_be_mended(facts: tuple[Machine, Book]) -> None:
    """The button works, for one person; --fix makes it right for colleagues."""
    machine, book = facts
    named = Interpreter(machine.python, machine.python)
    line = said(machine, other(book, interpreter=named), "Button's Python")
    assert (line.standing, line.repair) == (OK, "interpreter")


def test_bits_that_differ_are_fine() -> None:
    """The button starts Python as a program of its own; the line says that it is meant so."""
    line = said(other(WINDOWS, excel=OLD_EXCEL), BOOK, "Excel")
    assert "32-bit" in line.said
    assert "fine" in line.said


def test_no_other_system_is_ready() -> None:
    """On Linux: Excel does not run here, said plainly; nothing is mended there."""
    lines = list(checks(LINUX, other(BOOK, place="/srv/cohort.xlsm", is_marked=None)))
    assert [line.topic for line in lines if line.standing is TO_DO] == ["Excel"]
    assert [line.repair for line in lines if line.repair] == []


@pytest.mark.parametrize("machine", [WINDOWS, MAC, LINUX])
def test_a_machine_is_examined_without_a_workbook(machine: Machine) -> None:
    """No line is about a workbook then."""
    assert {line.topic for line in checks(machine, None)} <= {
        *("Python", "xlwings", "Excel", "Automation", "AppleScript")
    }

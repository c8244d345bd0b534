"""Facts in; one line for each check, which says how things stand and what to do, out."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal, assert_never

from stepladder.books.program_place import expanded, portable
from stepladder.doctor.facts import Book, Machine
from stepladder.doctor.places import is_same, is_synchronised, is_trusted

Repair = Literal["interpreter", "mark", "applescript"]

_LEVEL_SIGNED_ONLY: Final = 3
_LEVEL_NONE: Final = 4
_TRUST_CENTER: Final = "File, Options, Trust Center, Trust Center Settings, Macro Settings"
_LEAST_BITS: Final = 64
_SYSTEMS: Final = {"windows": "Windows", "mac": "the Mac", "other": "this system"}


class Standing(Enum):
    """How a check ended; the value is what a person reads."""

    OK = "OK"
    TO_DO = "To do"
    UNKNOWN = "Cannot be told here"


@dataclass(frozen=True)
class Line:
    """One check.

    said    how things stand, a sentence
    advice  what to do, a sentence; "" where there is nothing
    repair  what --fix does about it
    """

    topic: str
    standing: Standing
    said: str
    advice: str = ""
    repair: Repair | None = None


def checks(machine: Machine, book: Book | None) -> Iterator[Line]:
    """What of a machine, and of a workbook on it, matters to the button."""
    yield python(machine)
    yield xlwings(machine)
    yield excel(machine)
    if machine.system == "mac":
        yield automation()
        yield applescript(machine, book)
    if book is None:
        return
    yield button(book)
    if book.has_macros and machine.system == "other":
        yield named_pythons(book)
    elif book.has_macros:
        # In this order they are mended, too: a file that is replaced bears no mark any more.
        yield macros(machine, book)
        yield interpreter(machine, book)
    if book.has_macros:
        yield module(machine, book)
    yield synchronised(machine, book)
    yield writing(book)


def python(machine: Machine) -> Line:
    """The Python that runs: polars is made for 64 bits only; its path must suit xlwings."""
    said = (
        f"Stepladder {machine.stepladder} on Python {machine.python_version}, "
        f"{machine.python_bits}-bit: {machine.python}"
    )
    if machine.python_bits < _LEAST_BITS:
        advice = "Install a 64-bit Python, and Stepladder in it."
        return Line("Python", Standing.TO_DO, said, advice)
    if machine.system == "mac" and " " in machine.python:
        return Line(
            "Python",
            Standing.TO_DO,
            f"{said} has a space in its path, over which the button would stumble on a Mac.",
            "Install Stepladder in a folder without a space in its path.",
        )
    return Line("Python", Standing.OK, said)


def xlwings(machine: Machine) -> Line:
    """The library that speaks with Excel."""
    if machine.xlwings is None:
        return Line(
            "xlwings",
            Standing.TO_DO,
            "xlwings, which speaks with Excel, is not installed beside Stepladder.",
            "Install Stepladder anew: docs/install.md.",
        )
    return Line("xlwings", Standing.OK, f"xlwings {machine.xlwings} is installed.")


def excel(machine: Machine) -> Line:
    """Excel, and its bitness: the button starts Python as a program of its own, so any will do."""
    if machine.system == "other":
        return Line(
            "Excel",
            Standing.TO_DO,
            "Excel does not run on this system, so there is no button to press.",
            "Open the workbook on Windows or a Mac; here stepladder refresh does the same to the "
            "saved workbook.",
        )
    if machine.excel.is_installed is None:
        return Line("Excel", Standing.UNKNOWN, "The system does not say whether Excel is there.")
    if not machine.excel.is_installed:
        return Line(
            "Excel",
            Standing.TO_DO,
            "Excel was not found on this machine.",
            "Install Excel for the desktop: the button does not work in Excel for the web.",
        )
    running = {True: " and running", False: ", not running", None: ""}[machine.excel.is_running]
    if machine.excel.bits is None:
        return Line("Excel", Standing.OK, f"Excel is installed{running}.")
    said = f"Excel is installed ({machine.excel.bits}-bit){running}."
    if machine.excel.bits != machine.python_bits:
        said += " Python has other bits, which is fine: it runs as a program of its own."
    return Line("Excel", Standing.OK, said)


def automation() -> Line:
    """Only the Mac itself knows what its owner has allowed, and tells no program."""
    return Line(
        "Automation",
        Standing.UNKNOWN,
        "A Mac tells no program whether it may control Excel.",
        "At the first click allow it; once refused: System Settings, Privacy & Security, "
        "Automation, switch Microsoft Excel on.",
    )


def button(book: Book) -> Line:
    """Whether there is anything to press."""
    if book.has_macros and book.interpreter:
        return Line("Button", Standing.OK, f"{book.name} has the Refresh button.")
    said = (
        f"The macros of {book.name} are not Stepladder's: it has no settings sheet."
        if book.has_macros
        else f"{book.name} holds no macros, so it has no Refresh button."
    )
    advice = (
        "Make a workbook with the button by stepladder new NAME.xlsm, press the add-in's "
        "(stepladder new stepladder.xlam), or keep this one up to date by stepladder refresh."
    )
    return Line("Button", Standing.TO_DO, said, advice)


def macros(machine: Machine, book: Book) -> Line:
    """Whether Excel lets the workbook's macros run: its mark, its place, Excel's own setting."""
    if machine.system == "mac":
        return _macros_on_a_mac(book)
    settings = machine.macros
    if is_trusted(book.place, settings.trusted, trusts_network=settings.trusts_network):
        return Line("Macros", Standing.OK, f"{book.name} lies in a trusted location.")
    if book.is_marked:
        return Line(
            "Macros",
            Standing.TO_DO,
            f"{book.name} bears the mark of a file from the internet, so Excel blocks its macros.",
            "If it comes from your own office, --fix takes the mark off; or move it to a trusted "
            "location (Trust Center, Trusted Locations).",
            "mark",
        )
    if settings.level in {_LEVEL_SIGNED_ONLY, _LEVEL_NONE}:
        which = "only signed macros" if settings.level == _LEVEL_SIGNED_ONLY else "no macros"
        return Line(
            "Macros",
            Standing.TO_DO,
            f"Excel is set to run {which}.",
            f"{_TRUST_CENTER}: disable with notification; or put the workbook in a trusted "
            "location, or sign it (docs/macros.md). Where this is greyed out, ask whoever runs the "
            "office's computers.",
        )
    return Line("Macros", Standing.OK, "Excel lets macros run, perhaps after Enable Content.")


def _macros_on_a_mac(book: Book) -> Line:
    if book.is_marked:
        return Line(
            "Macros",
            Standing.TO_DO,
            f"{book.name} bears the mark of a file from the internet.",
            "If it comes from your own office, --fix takes the mark off.",
            "mark",
        )
    return Line(
        "Macros",
        Standing.UNKNOWN,
        f"{book.name} bears no mark of a download; Excel's own setting is not told.",
        "Choose Enable Macros when Excel asks (Excel, Settings, Security).",
    )


def interpreter(machine: Machine, book: Book) -> Line:
    """The Python that the button starts: there, and with this Stepladder in it."""
    if book.interpreter is None:
        return Line("Button's Python", Standing.UNKNOWN, "The workbook has no settings sheet.")
    named = _named(machine, book)
    system = _SYSTEMS[machine.system]
    advice = "--fix writes this Python into the workbook; save and close it before."
    if not named:
        said = f"The workbook names no Python for {system}."
        return Line("Button's Python", Standing.TO_DO, said, advice, "interpreter")
    place = expanded(named, machine.system, machine.variables)
    if is_same(place, machine.python, machine.system):
        said = f"The button starts this Python: {named}"
        if portable(named, machine.system, machine.variables) == named:
            return Line("Button's Python", Standing.OK, said)
        return Line(
            "Button's Python",
            Standing.OK,
            f"{said} This place is yours alone.",
            "--fix writes it so that it is right for colleagues who share the workbook, too.",
            "interpreter",
        )
    if book.python is None or not book.python.is_there:
        said = f"The workbook names a Python that is not on this machine: {named}"
    elif book.python.stepladder is None:
        said = f"The workbook names a Python in which no Stepladder was found: {named}"
    elif book.python.stepladder != machine.stepladder:
        said = (
            f"The workbook names a Python with Stepladder {book.python.stepladder}, not "
            f"{machine.stepladder}: {named}"
        )
    else:
        said = f"The button starts another Python with the same Stepladder: {named}"
        return Line("Button's Python", Standing.OK, said)
    return Line("Button's Python", Standing.TO_DO, said, advice, "interpreter")


def named_pythons(book: Book) -> Line:
    """On a system without Excel: what the button would start elsewhere."""
    named = book.interpreter
    there = [
        f"for {system} {place}"
        for system, place in (
            ("Windows", named.windows if named else ""),
            ("the Mac", named.mac if named else ""),
        )
        if place
    ]
    said = f"The workbook names {' and '.join(there)}." if there else "The workbook names none."
    advice = f'Run stepladder doctor "{book.name}" --fix where Excel runs.'
    return Line("Button's Python", Standing.UNKNOWN, said, advice)


def module(machine: Machine, book: Book) -> Line:
    """The module of xlwings in the workbook, against the xlwings that is installed."""
    if book.xlwings is None:
        return Line(
            "xlwings' macros",
            Standing.UNKNOWN,
            "The workbook does not say which xlwings its macros are from.",
        )
    said = f"The workbook's macros are from xlwings {book.xlwings}"
    if book.xlwings == machine.xlwings or machine.xlwings is None:
        return Line("xlwings' macros", Standing.OK, f"{said}.")
    return Line(
        "xlwings' macros",
        Standing.UNKNOWN,
        f"{said}, and {machine.xlwings} is installed; they need not fit each other.",
        "If the button fails, make a new workbook that takes the rows over: stepladder new "
        f'NEW.xlsm --applicants "{book.name}" --programs "{book.name}".',
    )


def applescript(machine: Machine, book: Book | None) -> Line:
    """The file through which Excel for Mac starts anything at all."""
    wanted = script_name(machine, book)
    if wanted is None:
        return Line("AppleScript", Standing.UNKNOWN, "No xlwings says which file is needed.")
    if machine.scripts is not None and wanted in machine.scripts:
        return Line("AppleScript", Standing.OK, f"{wanted} is installed.")
    return Line(
        "AppleScript",
        Standing.TO_DO,
        f"{wanted}, through which Excel starts Python, is not installed.",
        "--fix installs it for you.",
        "applescript",
    )


def script_name(machine: Machine, book: Book | None) -> str | None:
    """The AppleScript file that a workbook's macros ask for by name."""
    version = book.xlwings if book and book.xlwings else machine.xlwings
    return f"xlwings-{version}.applescript" if version else None


def synchronised(machine: Machine, book: Book) -> Line:
    """OneDrive: the button does not care, a refresh of the file does."""
    if is_synchronised(book.place, machine):
        return Line(
            "Folder",
            Standing.OK,
            f"{book.name} lies in OneDrive or SharePoint: the button works there.",
            "Before stepladder refresh of the file, let everybody close it and OneDrive finish.",
        )
    return Line("Folder", Standing.OK, "The folder is kept by neither OneDrive nor SharePoint.")


def writing(book: Book) -> Line:
    """The right to save, and to keep a backup beside it."""
    if not book.may_write:
        return Line(
            "Writing",
            Standing.TO_DO,
            f"{book.name} may not be written.",
            "Ask whoever keeps it for permission to write, or work on a copy.",
        )
    if not book.may_add:
        return Line(
            "Writing",
            Standing.TO_DO,
            f"Nothing may be added to the folder of {book.name}, so no backup can be kept.",
            "Ask whoever keeps the folder for permission to write, or work on a copy.",
        )
    return Line("Writing", Standing.OK, f"{book.name} and its folder may be written.")


def _named(machine: Machine, book: Book) -> str:
    if book.interpreter is None:
        return ""
    match machine.system:
        case "windows":
            return book.interpreter.windows
        case "mac":
            return book.interpreter.mac
        case "other":
            return ""
        case _:
            assert_never(machine.system)

"""An office's tables, the fictional ones or none in; a new workbook to go on with, out."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from stepladder import shipped
from stepladder.books import TextTable, staged
from stepladder.books.interpreter import Interpreter, interpreter_edit, running
from stepladder.books.outline import outline
from stepladder.books.package import Package
from stepladder.books.program_place import WORKBOOK_SHEET
from stepladder.books.workbook_patch import patch
from stepladder.errors import OutputError, UsageError
from stepladder.outcomes import (
    outcomes_schema,
    outcomes_titles,
    read_outcomes_of,
    with_outcomes,
)
from stepladder.refresh import (
    Progress,
    Settings,
    applicants_schema,
    computed_titles,
    contents,
    facts_of,
    programs_schema,
    read_applicants,
    read_outcomes,
    read_programs,
    refresh,
    unheard,
)
from stepladder.result import Result
from stepladder.template.configuration import configuration
from stepladder.template.macros import Macros, macros_of
from stepladder.template.shared_workbook import shared_workbook
from stepladder.template.workbook import write_workbook
from stepladder.validate import empty, laid_out
from stepladder.workbook_limits import MOST_WITH_LEVERS, refuse_crowd, shortened

KINDS: Final = (".xlsm", ".xlsx")
_EXAMPLE: Final = ("example-applicants-fictional.csv", "example-programs-fictional.csv")
_EXAMPLE_OUTCOMES: Final = "example-outcomes-fictional.csv"
_MADE_BY: Final = "stepladder new"
BLANK: Final = "stepladder.xlsm"
ADDIN: Final = "stepladder.xlam"


@dataclass(frozen=True)
class Button:
    """What a workbook's button runs, and the Python that it starts."""

    macros: Macros
    interpreter: Interpreter


def new_workbook(
    book: Path,
    applicants: Path | None,
    programs: Path | None,
    settings: Settings,
    progress: Progress = unheard,
    *,
    most_listed: int | None = None,
    outcomes: Path | None = None,
    button: Button | None = None,
) -> Result:
    """Make a workbook that holds the tables and their results; a table that is not given is empty.

    Columns stand in the schema's order under its titles, the office's own after them. Of each list
    the first `most_listed` programs are shown, or all. A .xlsm gets the given button, by default
    that of the shipped workbook with the Python that runs now; a .xlsx gets none.

    Raises UsageError for a name that is no workbook's, OutputError for a file that is there
    already or results that have no room, InputError for a table that cannot be read or is too long.
    """
    check_book(book)
    came_so_far = read_outcomes(outcomes) if outcomes else empty(outcomes_schema())
    cohort, offered = (
        laid_out(read(path), schema(), titles) if path else empty(schema())
        for path, read, schema, titles in (
            (applicants, read_applicants, applicants_schema, computed_titles()),
            (programs, read_programs, programs_schema, {}),
        )
    )
    came = laid_out(came_so_far, outcomes_schema(), outcomes_titles())
    refuse_crowd(len(cohort.sheet_rows), cohort.source)
    facts = replace(facts_of(settings), applicant_ids=_ids(cohort), program_ids=_ids(offered))
    read = read_outcomes_of(came, facts)
    with_levers = replace(settings, with_levers=True, levers_up_to=MOST_WITH_LEVERS)
    result = refresh(cohort, offered, with_levers, progress, read.findings)
    # Each number of applications has a row in Curve, too many for a workbook that is shared.
    tables = shortened([sheet for sheet in result.sheets if sheet.name != "curve"], most_listed)
    made_by = _MADE_BY if applicants or programs else None
    without = contents(result, book.name, made_by, tables)
    shown = with_outcomes(without, result, read, came, came_so_far)
    if book.suffix.lower() == ".xlsm":
        button = button or Button(macros_of(shipped.workbooks() / BLANK), running())
        hidden = configuration(WORKBOOK_SHEET, button.interpreter, button.macros.xlwings)
    else:
        button = hidden = None
    parts = shared_workbook(shown, hidden)
    with staged([book]) as (temporary,):
        write_workbook(temporary, parts, button.macros if button else None)
    return result


def is_addin(path: Path) -> bool:
    """Whether the name is an add-in's."""
    return path.suffix.lower() == ".xlam"


def new_addin(path: Path) -> None:
    """Copy the shipped add-in, and let its buttons start the Python that runs now.

    Raises OutputError for a file that is there already, or where the system refuses to write.
    """
    _refuse_to_replace(path)
    found = outline(Package((shipped.workbooks() / ADDIN).read_bytes(), ADDIN))
    edit = interpreter_edit(found, running())
    parts = patch(found, [edit]).parts if edit else {}
    with staged([path]) as (temporary,), temporary.open("wb") as file:
        found.package.save(file, parts)


def example() -> tuple[Path, Path]:
    """The fictional applicants and programs."""
    applicants, programs = (shipped.workbooks() / name for name in _EXAMPLE)
    return applicants, programs


def example_outcomes() -> Path:
    """The fictional outcomes of some of those applicants."""
    return shipped.workbooks() / _EXAMPLE_OUTCOMES


def _ids(table: TextTable) -> frozenset[str]:
    """The ids of a table as it was laid out: in its first column."""
    return frozenset(table.cells["0"].drop_nulls().str.strip_chars().to_list())


def check_book(book: Path) -> None:
    """Refuse a name that is no workbook's, and a file that is there: it may hold an office's data.

    Raises UsageError, OutputError.
    """
    if book.suffix.lower() not in KINDS:
        message = f"{book.name} names no workbook; give it a name that ends in .xlsm or .xlsx."
        raise UsageError(message)
    _refuse_to_replace(book)


def _refuse_to_replace(book: Path) -> None:
    if book.exists():
        message = f"{book} is there already and stays as it is; name another file."
        raise OutputError(message)

"""What the checks found to do in; what of it is safe, done, and a sentence about each, out."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import BinaryIO

from stepladder.books import change
from stepladder.books.backups import FOLDER
from stepladder.books.disk import cannot_write, real_place
from stepladder.books.guard import damage_told
from stepladder.books.interpreter import interpreter_edit, named
from stepladder.books.outline import outline
from stepladder.books.package import Package
from stepladder.books.workbook_patch import patch
from stepladder.doctor.checks import Repair, script_name
from stepladder.doctor.facts import Book, Machine
from stepladder.doctor.mac import scripts_folder
from stepladder.doctor.this_machine import take_mark_off


def repair(
    wanted: Iterable[Repair], machine: Machine, path: Path | None, book: Book | None
) -> Iterator[str]:
    """Do each in turn, and say what was done.

    Raises WorkbookBusyError for a workbook that is open, OutputError where the system refuses.
    """
    for one in wanted:
        if one == "applescript":
            yield install_script(machine, book, scripts_folder())
        elif path:
            yield name_python(path, machine) if one == "interpreter" else _unmarked(path)


def name_python(path: Path, machine: Machine) -> str:
    """Let a saved workbook's button start the Python that runs now; a backup is kept.

    All else in the file stays byte for byte, the Python of the other system too.
    """
    wanted = named(machine.python, machine.system, machine.variables)

    def transform(content: bytes) -> Callable[[BinaryIO], None] | None:
        found = outline(Package(content, path.name))
        with damage_told(path.name):
            edit = interpreter_edit(found, wanted)
            if edit is None:
                return None
            patched = patch(found, [edit])
        if not patched.parts:
            return None
        return lambda file: found.package.save(file, patched.parts)

    changed = change(path, transform)
    if changed is None:
        return f"{path.name} has no place for the path of a Python, so nothing was written."
    kept = f"; the state before is kept as {FOLDER}/{changed.backup.name}" if changed.backup else ""
    return f"The button of {path.name} starts {wanted.windows or wanted.mac} now{kept}."


def install_script(machine: Machine, book: Book | None, folder: Path) -> str:
    """Copy xlwings' AppleScript file into the folder, under the name that the workbook asks for."""
    name = script_name(machine, book)
    source = files("xlwings") / f"xlwings-{machine.xlwings}.applescript"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as script, (folder / str(name)).open("wb") as copy:
            shutil.copyfileobj(script, copy)
    except OSError as problem:
        raise cannot_write(folder, problem) from problem
    return f"{name} is installed in {folder}."


def _unmarked(path: Path) -> str:
    try:
        take_mark_off(real_place(path))
    except OSError as problem:
        raise cannot_write(path, problem) from problem
    return f"{path.name} no longer bears the mark of a download."

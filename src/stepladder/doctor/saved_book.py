"""A workbook's file in; the facts of it that its button depends on, out."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from stepladder.books.disk import real_place
from stepladder.books.guard import damage_told, whole_file
from stepladder.books.interpreter import stored_interpreter, stored_xlwings
from stepladder.books.outline import outline
from stepladder.books.package import Package
from stepladder.books.program_place import expanded
from stepladder.doctor.facts import Book, BookPython, Machine
from stepladder.doctor.formats import installed_version
from stepladder.doctor.this_machine import is_marked

_PROJECT: Final = "xl/vbaProject.bin"
_ANYBODY_WRITES: Final = 0o222


def saved_book(path: Path, machine: Machine) -> Book:
    """Look at a workbook without changing anything, and without starting what it names.

    Raises InputError for a file that is missing, closed to us or no workbook.
    """
    found = outline(Package(whole_file(path), path.name))
    place = real_place(path)
    with damage_told(path.name):
        interpreter, xlwings = stored_interpreter(found), stored_xlwings(found)
    named = ""
    if interpreter:
        named = {"windows": interpreter.windows, "mac": interpreter.mac}.get(machine.system, "")
    return Book(
        name=path.name,
        place=str(place),
        has_macros=_PROJECT in found.package,
        interpreter=interpreter,
        xlwings=xlwings,
        python=book_python(expanded(named, machine.system, machine.variables)) if named else None,
        is_marked=is_marked(place),
        may_write=_may_write(place),
        may_add=_may_add(place.parent),
    )


def book_python(program: str) -> BookPython:
    """What lies at a path that a workbook names.

    The program is not started: a workbook from elsewhere could name any. The packages beside it
    tell as much, in an environment of its own as in a plain installation on Windows.
    """
    path = Path(program)
    if not path.is_absolute() or not path.is_file():
        return BookPython(is_there=False)
    folder = path.parent
    places = [
        *folder.parent.glob("lib/python3*/site-packages"),
        folder.parent / "Lib" / "site-packages",
        folder / "Lib" / "site-packages",
    ]
    for place in places:
        with suppress(OSError):
            if version := installed_version(one.name for one in place.iterdir()):
                return BookPython(is_there=True, stepladder=version)
    return BookPython(is_there=True)


def _may_write(place: Path) -> bool:
    # The administrator may write a read-only file all the same, but somebody meant it to stay.
    return os.access(place, os.W_OK) and bool(place.stat().st_mode & _ANYBODY_WRITES)


def _may_add(folder: Path) -> bool:
    """Tried, not asked: Windows answers truly only to one who tries."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False

"""Who has a file open, by the marker files that Excel and LibreOffice put beside it."""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path

from stepladder.books.disk import real_place
from stepladder.errors import WorkbookBusyError

_EXCEL_NAME = 52
"""The longest name of a person that Excel takes, in characters."""
_EXCEL_UTF16 = 55
_WORD_DROPS = 2
_WORD_LONG = 8
_LONGEST_SHOWN = 80
_FIELD = re.compile(r"((?:\\.|[^\\,;])*)[,;]")


@dataclass(frozen=True)
class Marker:
    """A program's note that somebody has a file open; stale where that program was killed.

    name     of the marker file
    program  Excel or LibreOffice
    person   as the program knows them, so that a colleague can go and ask; may be empty
    """

    name: str
    program: str
    person: str

    def __str__(self) -> str:
        return f"{self.program} by {self.person or 'somebody'}"


def refuse_while_open(path: Path, *, live_refresh: bool) -> None:
    """Raise WorkbookBusyError, with the person's name, while a marker says that a file is open.

    path          as it was named, which may be a link: markers stand beside it or the real file
    live_refresh  whether the open workbook itself could do what was asked for
    """
    found = markers(path)
    if not found:
        return
    who = " and in ".join(dict.fromkeys(map(str, found)))
    names = " and ".join(dict.fromkeys(marker.name for marker in found))
    stale = f"the marker file {names} is" if len(found) == 1 else f"the marker files {names} are"
    raise WorkbookBusyError(
        f"{path.name} is open in {who}. {close_it(live_refresh=live_refresh)}; "
        f"if nobody has it open, {stale} stale: run again with --force."
    )


def close_it(*, live_refresh: bool) -> str:
    """What to do about a file that is open: a sentence without its end."""
    close = "Close it there and run again"
    if live_refresh:
        return f"{close}, or click Refresh inside the workbook while it is open in Excel"
    return close


def markers(path: Path) -> list[Marker]:
    """The markers beside a file and, if it is a link, beside the real file."""
    places = dict.fromkeys((path.absolute(), real_place(path)))
    return [marker for place in places for marker in _markers_beside(place)]


def _markers_beside(place: Path) -> Iterator[Marker]:
    try:
        # Folders of Windows and of the Mac find names whatever their case, and so do we.
        beside = {path.name.casefold(): path for path in place.parent.iterdir()}
    except OSError:
        # A folder that is not there or closed to us is told where the file is opened.
        return
    if path := beside.get(f".~lock.{place.name}#".casefold()):
        yield Marker(path.name, "LibreOffice", _libreoffice_person(_start(path)))
    for name in _excel_markers(place, beside):
        if path := beside.get(name.casefold()):
            yield Marker(path.name, "Excel", _excel_person(_start(path)))


def _excel_markers(place: Path, beside: Container[str]) -> Iterator[str]:
    """The marker's name in full; for a long name also without its first two letters.

    Excel puts ~$ before the whole name. Word, whose markers are alike, drops the first two letters
    where there are eight or more before the suffix. That form is believed too, unless it fits a
    file of the shorter name: to refuse once too often costs a --force, once too rarely somebody's
    work.
    """
    yield f"~${place.name}"
    short = place.name[_WORD_DROPS:]
    if len(place.stem) >= _WORD_LONG and short.casefold() not in beside:
        yield f"~${short}"


def _start(path: Path) -> bytes:
    """All that a marker says; nothing if its program keeps it to itself."""
    try:
        with path.open("rb") as file:
            return file.read(4096)
    except OSError:
        return b""


def _excel_person(content: bytes) -> str:
    """Length and name in the ANSI code page, filled up to byte 55; then the same in UTF-16."""
    length = int.from_bytes(content[_EXCEL_UTF16 : _EXCEL_UTF16 + 2], "little")
    if 0 < length <= _EXCEL_NAME:
        start = _EXCEL_UTF16 + 2
        return _shown(content[start : start + 2 * length].decode("utf-16-le", "replace"))
    length = content[0] if content else 0
    return _shown(content[1 : 1 + min(length, _EXCEL_NAME)].decode("cp1252", "replace"))


def _libreoffice_person(content: bytes) -> str:
    """Name, login, computer, time and profile, parted by commas; the name may be empty."""
    fields = [
        _shown(re.sub(r"\\(.)", r"\1", field))
        for field in _FIELD.findall(content.decode("utf-8", "replace"))
    ]
    name, login, computer = (*fields, "", "", "")[:3]
    person = name or login
    return f"{person} on {computer}" if person and computer else person


def _shown(text: str) -> str:
    """A name fit for a terminal: a marker is a file that anybody may have written."""
    return "".join(letter for letter in text if letter.isprintable()).strip()[:_LONGEST_SHOWN]

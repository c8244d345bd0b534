"""The bytes of a file that anybody may have made, in; the same, known to be safe to parse, out.

Every reader of workbooks asks here first, so what is refused is refused everywhere, by what the
file holds and never by what its name says. All limits stand here, each with its reason.
"""

import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final, NoReturn

from stepladder.books.disk import cannot_read
from stepladder.books.kinds import OLE_CONTAINER
from stepladder.books.table import SHEET_COLUMNS, SHEET_ROWS, column_position, is_on_sheet
from stepladder.errors import InputError

LARGEST_FILE: Final = 2 << 30
"""Read whole, a file of any kind takes its size in memory several times over."""
LARGEST_WORKBOOK: Final = 512 << 20
"""Packed; Excel itself hardly opens as much, and the largest sheet of texts packs to a third."""
LARGEST_PACKAGE: Final = 2 << 30
"""Unpacked, all parts together: what Excel's own 32-bit edition could address."""
LARGEST_PART: Final = 1 << 30
"""Unpacked; a sheet of the 25 million cells below has some 40 bytes for each."""
LARGEST_TREE: Final = 32 << 20
"""Unpacked, of a part that becomes a tree in memory, 30 times as large; real ones reach 5 MB."""
MOST_PARTS: Final = 10_000
"""A workbook of 500 sheets with a chart on each has a fifth of it."""
HIGHEST_RATIO: Final = 250
"""Unpacked to packed; a sheet of one number all over has 180."""
RATIO_FROM: Final = 10 << 20
"""Below it the ratio says nothing, and the part does no harm."""
MOST_CELLS: Final = 25_000_000
"""In a sheet; a list of 400,000 people has as many."""
MOST_STRINGS: Final = 10_000_000
"""Texts that cells share; each takes some 60 bytes once it is read, however short."""
MOST_PARQUET_CELLS: Final = 250_000_000
"""Read at once; each takes 16 bytes at least, however few a repeated one takes in the file."""
READING_SECONDS: Final = 60
"""For any workbook that is read apart: a busy machine needs some seconds to start."""
READING_SECONDS_OF_A_MB: Final = 20
"""Besides, for each packed megabyte: openpyxl needs some three."""
READING_MEMORY: Final = 4 << 30
"""Of the process that reads workbooks apart: the largest sheet of all takes some 3 GB as text."""
LONGEST_TAG: Final = 1 << 20
"""Bytes without a tag's beginning among cells; the longest text of a cell has a quarter of it."""
LONGEST_PROLOG: Final = 64 << 10
"""Bytes before the first element of a part; a declaration has some 50."""

DAMAGE: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    StopIteration,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What openpyxl, zipfile and the XML parser raise on damaged files; ParseError is a SyntaxError."""

CONTENT_TYPES: Final = "[Content_Types].xml"

_TREES: Final = frozenset(
    {
        "Properties",
        "Relationships",
        "Types",
        "chartsheet",
        "coreProperties",
        "dialogsheet",
        "styleSheet",
        "table",
        "workbook",
    }
)
"""The root elements of parts that are read as a tree."""
_PICTURES: Final = frozenset({".svg", ".htm", ".html", ".mht", ".xsd"})
"""Beside the cells, these may declare what they like: nobody here reads them."""

_ENCRYPTED_PACKAGE: Final = "EncryptedPackage".encode("utf-16-le")
_OPEN_DOCUMENT: Final = b"application/vnd.oasis.opendocument"
_CHUNK: Final = 1 << 20
# PKWARE's APPNOTE.TXT, 4.3.7.
_LOCAL_START: Final = b"PK\3\4"
_LOCAL_SIZE: Final = 30
_IS_ENCRYPTED: Final = 0x1

_UTF8_MARK: Final = b"\xef\xbb\xbf"
_DECLARED_ENCODING: Final = re.compile(
    rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)""", re.IGNORECASE
)
_PROLOG: Final = re.compile(
    rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*(?:(?P<dtd><!DOCTYPE)|<(?:[\w.-]+:)?(?P<root>[\w.-]+))",
    re.DOTALL,
)
_ROW: Final = re.compile(rb"<(?:[\w.-]+:)?row(?=[\s/>])")
_CELL: Final = re.compile(rb"<(?:[\w.-]+:)?c(?=[\s/>])")
_STRING: Final = re.compile(rb"<(?:[\w.-]+:)?si(?=[\s/>])")
# Only what may be beyond a sheet: three letters, seven digits, or a number that is spelled oddly.
_FAR: Final = re.compile(
    rb"<(?:[\w.-]+:)?(?:row|c)\s(?:[^<]*?\s)?r\s*=\s*"
    rb"""["']([A-Za-z]{3,}[0-9]*|[A-Za-z]*[0-9]{7,}|[^"'<]*[^A-Za-z0-9"'<][^"'<]*)["']"""
)
_ADDRESS: Final = re.compile(rb"([A-Za-z]{0,3})([0-9]{1,7})?")

_KINDS: Final = (
    (re.compile(rb"%PDF-"), "a PDF"),
    (re.compile(rb"\{\\rtf"), "a text document (.rtf)"),
    (re.compile(rb"\x1f\x8b|7z\xbc\xaf\x27\x1c|Rar!\x1a\x07"), "an archive"),
    (re.compile(rb"\x09[\x00\x02\x04][\x04\x06\x08]\x00"), "in a very old Excel format (.xls)"),
    (
        re.compile(
            rb"\s*<\?xml(?=.{0,1024}(?:urn:schemas-microsoft-com:office:spreadsheet|Excel\.Sheet))",
            re.DOTALL,
        ),
        "in the XML format of Excel 2003",
    ),
    (
        re.compile(rb"\s*<(?:!doctype\s+html|html|head|body|meta|table|style)[\s>]", re.IGNORECASE),
        "a web page, whatever its name says",
    ),
)
"""The first bytes of files that offices take for a list, and what they are."""


def whole_file(path: Path) -> bytes:
    """What a file holds.

    Raises InputError for one that is missing, closed to us, far too large, or no ordinary file: a
    pipe gives its bytes but once, or waits for them for ever.
    """
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            refuse_unreadable(os.fstat(file.fileno()), path.name)
            return file.read()
    except OSError as problem:
        raise cannot_read(path, problem) from problem


def refuse_unreadable(status: os.stat_result, source: str) -> None:
    """Raise InputError for what is no ordinary file, or is far too large to be read whole."""
    if not stat.S_ISREG(status.st_mode):
        raise InputError(
            f"{source} is a pipe or a device and no file; save what comes out of it to a file, and "
            "use that."
        )
    if status.st_size > LARGEST_FILE:
        raise InputError(
            f"{source} is larger than {LARGEST_FILE >> 30} GB; split the list in parts."
        )


def _without_waiting(path: str, flags: int) -> int:
    """Open a file as `open` does, but never wait for somebody to write into a pipe."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def refuse_other_kind(content: bytes, source: str) -> None:
    """Raise InputError for a file that is no list at all, or in a format that is not read."""
    if content.startswith(OLE_CONTAINER):
        raise InputError(_ole_sentence(content, source))
    start = content[: 4 << 10].removeprefix(_UTF8_MARK)
    for pattern, what in _KINDS:
        if pattern.match(start):
            raise InputError(
                f"{source} is {what}; open it in Excel, save the list as .xlsx and use that file."
            )


@dataclass(frozen=True)
class Guarded:
    """A package that is what it says, and no more than can be read.

    parts    every entry, by `part_key` of its name
    records  where each is stored: its local header, its data and what trails them
    roots    the local names of the root elements of its XML parts
    """

    zip: zipfile.ZipFile
    parts: Mapping[str, zipfile.ZipInfo]
    records: Mapping[str, tuple[int, int]]
    roots: Mapping[str, str]
    source: str

    def chunks(self, key: str) -> Iterator[bytes]:
        """A part's content, some of it at a time. Raises InputError if it is damaged."""
        with damage_told(self.source), self.zip.open(self.parts[key]) as opened:
            while chunk := opened.read(_CHUNK):
                yield chunk

    def refuse_beyond(self) -> None:
        """Raise InputError where a sheet holds what no sheet has room for, or far too much.

        It goes over every cell, many times as fast as a parser does.
        """
        for key, root in self.roots.items():
            if root == "worksheet":
                _refuse_beyond_sheet(self.chunks(key), self.parts[key].filename, self.source)
            elif root == "sst":
                refuse_many_strings(self.chunks(key), self.source)


def guarded(content: bytes, source: str) -> Guarded:
    """Open a package: what it promises is checked before any part of it is parsed.

    Raises InputError, one sentence on what to do, for what is no workbook, encrypted, of the old
    or the binary format, damaged, too large, packed as no office program does it, or with parts
    that are not in UTF-8 or declare a DTD.
    """
    refuse_other_kind(content, source)
    if len(content) > LARGEST_WORKBOOK:
        refuse_size(source)
    with damage_told(source):
        opened = zipfile.ZipFile(BytesIO(content))
    _refuse_oversize(opened, source)
    _refuse_foreign(opened, source)
    parts: dict[str, zipfile.ZipInfo] = {}
    for part in opened.infolist():
        _refuse_odd(part, parts, source)
        parts[part_key(part.filename)] = part
    records = _local_records(content, parts, opened.start_dir, source)
    roots = {
        key: root
        for key, part in parts.items()
        if (root := _root(opened, part, source)) is not None
    }
    return Guarded(opened, parts, records, roots, source)


def part_key(name: str) -> str:
    """By what a part is known: its name without the leading slash, in any case."""
    return name.lstrip("/").lower()


def damage_sentence(source: str) -> str:
    """What to tell of a file that cannot be made out."""
    return (
        f"{source} is damaged or no Excel workbook; open it in Excel, save it as .xlsx and use "
        "that file."
    )


@contextmanager
def damage_told(source: str) -> Iterator[None]:
    """Tell a person, as InputError, what reading or patching a workbook stumbled over.

    A part may say anything, at any place, that the format has no word for; whoever reads it cannot
    foresee each. What was raised stays the cause.
    """
    try:
        yield
    except DAMAGE as problem:
        raise InputError(damage_sentence(source)) from problem


def refuse_size(source: str) -> NoReturn:
    """Raise InputError for a workbook that holds too much."""
    raise InputError(
        f"{source} unpacks to far more than a list of people; copy the list into a new workbook "
        "and use that."
    )


def refuse_dtd(source: str, part: str) -> NoReturn:
    """Raise InputError for a part with a DTD, by which a short text may become an endless one."""
    raise InputError(
        f"{source} declares its own XML entities in {part}, as no office program does; open it in "
        "Excel, save it as .xlsx and use that file."
    )


def refuse_encoding(start: bytes, source: str, part: str) -> None:
    """Raise InputError if a part that starts like this is not in UTF-8."""
    declared = _DECLARED_ENCODING.match(start.removeprefix(_UTF8_MARK))
    is_utf8 = declared is None or declared[1].lower() in {b"utf-8", b"utf8"}
    if not is_utf8 or b"\0" in start or start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(
            f"{source} holds {part} in an encoding that is not UTF-8; open it in Excel, save it "
            "as .xlsx and use that file."
        )


def refuse_many_strings(chunks: Iterable[bytes], source: str) -> None:
    """Raise InputError for more shared texts than fit in memory."""
    count, carried = 0, b""
    for chunk in chunks:
        text = carried + chunk
        cut = _last_tag(text, source)
        count += len(_STRING.findall(text, 0, cut))
        if count > MOST_STRINGS:
            refuse_size(source)
        carried = text[cut:]


def _refuse_beyond_sheet(chunks: Iterable[bytes], part: str, source: str) -> None:
    rows = cells = in_row = 0
    carried = b""
    for chunk in chunks:
        text = carried + chunk
        cut = _last_tag(text, source)
        body, carried = text[:cut], text[cut:]
        for far in _FAR.finditer(body):
            _refuse_far(far[1], part, source)
        first, *others = _ROW.split(body)
        rows += len(others)
        for at, piece in enumerate((first, *others)):
            found = len(_CELL.findall(piece))
            in_row = found + (0 if at else in_row)
            cells += found
            if in_row > SHEET_COLUMNS:
                raise _beyond(part, source, f"a row of more than {SHEET_COLUMNS:,} cells")
        if rows > SHEET_ROWS:
            raise _beyond(part, source, f"more than {SHEET_ROWS:,} rows")
        if cells > MOST_CELLS:
            refuse_size(source)


def _refuse_far(reference: bytes, part: str, source: str) -> None:
    found = _ADDRESS.fullmatch(reference)
    if found is not None:
        # A row's own number has no letters.
        column = max(column_position(found[1].decode()), 0)
        if is_on_sheet(int(found[2] or 1), column):
            return
    raise _beyond(part, source, "a cell where Excel has none")


def _beyond(part: str, source: str, what: str) -> InputError:
    return InputError(
        f"{source} has {what} in {part}, so it was not saved by Excel; open it in Excel, save it "
        "as .xlsx and use that file."
    )


def _last_tag(text: bytes, source: str) -> int:
    """Where the last tag begins, which may go on in the next chunk."""
    cut = max(text.rfind(b"<"), 0)
    if len(text) - cut > LONGEST_TAG:
        raise InputError(damage_sentence(source))
    return cut


def _root(package: zipfile.ZipFile, part: zipfile.ZipInfo, source: str) -> str | None:
    """The local name of a part's root element; None where it is no XML."""
    if os.path.splitext(part.filename)[1].lower() in _PICTURES:  # noqa: PTH122 - no path
        return None
    try:
        with package.open(part) as opened:
            start = opened.read(LONGEST_PROLOG)
    except DAMAGE as problem:
        # A picture that nobody reads may be damaged; a part that is read says so then.
        if part.filename.endswith((".xml", ".rels")):
            raise InputError(damage_sentence(source)) from problem
        return None
    if not start.lstrip(_UTF8_MARK + b" \t\r\n").startswith(b"<"):
        if start.startswith((b"\xff\xfe<", b"\xfe\xff\0<", b"<\0", b"\0<")):
            refuse_encoding(b"\0", source, part.filename)
        return None
    found = _PROLOG.match(start.removeprefix(_UTF8_MARK))
    if found is None or found["dtd"]:
        if found is None and len(start) < LONGEST_PROLOG:
            return None
        refuse_dtd(source, part.filename)
    refuse_encoding(start, source, part.filename)
    root = found["root"].decode()
    if root in _TREES and part.file_size > LARGEST_TREE:
        refuse_size(source)
    return root


def _ole_sentence(content: bytes, source: str) -> str:
    if _ENCRYPTED_PACKAGE in content:
        return f"{source} is protected by a password to open; save a copy without the password."
    return f"{source} is in the old Excel format (.xls); save it as .xlsx and use that file."


def _refuse_foreign(package: zipfile.ZipFile, source: str) -> None:
    """Raise InputError if this is a binary workbook, one of another office, or none at all."""
    names = package.namelist()
    if "xl/workbook.bin" in names:
        raise InputError(
            f"{source} is a binary workbook (.xlsb); save it as .xlsx and use that file."
        )
    if CONTENT_TYPES in names and any(
        name.startswith("xl/") or name.endswith("workbook.xml") for name in names
    ):
        return
    if "mimetype" in names:
        with package.open("mimetype") as kind:
            if kind.read(len(_OPEN_DOCUMENT)) == _OPEN_DOCUMENT:
                raise InputError(
                    f"{source} is an OpenDocument file (.ods); save it as .xlsx and use that file."
                )
    raise InputError(
        f"{source} is a package of files but no Excel workbook; save the list as .xlsx."
    )


def _refuse_oversize(package: zipfile.ZipFile, source: str) -> None:
    """Raise InputError if the package unpacks to what no roster needs.

    A reader takes no more of a part than the directory promises, so the promise is a limit.
    """
    parts = package.infolist()
    swollen = any(
        part.file_size > LARGEST_PART
        or (
            part.file_size > RATIO_FROM
            and part.file_size > HIGHEST_RATIO * max(part.compress_size, 1)
        )
        for part in parts
    )
    if swollen or len(parts) > MOST_PARTS or sum(p.file_size for p in parts) > LARGEST_PACKAGE:
        refuse_size(source)


def _refuse_odd(part: zipfile.ZipInfo, others: Mapping[str, zipfile.ZipInfo], source: str) -> None:
    key = part_key(part.filename)
    # Where zipfile changed the name, another program may see another part.
    is_clear = not {"\\", "\0"} & set(part.orig_filename) and ".." not in key.split("/")
    is_stored = part.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
    if key in others or not is_clear or not is_stored:
        raise InputError(
            f"{source} is not packed as office programs do it ({part.filename!a}); open it in "
            "Excel, save it as .xlsx and use that file."
        )
    if part.flag_bits & _IS_ENCRYPTED:
        raise InputError(_ole_sentence(_ENCRYPTED_PACKAGE, source))


def _local_records(
    content: bytes, parts: Mapping[str, zipfile.ZipInfo], directory: int, source: str
) -> dict[str, tuple[int, int]]:
    """Where each part is stored; InputError where two overlap, as in a bomb without a ratio."""
    ordered = sorted(parts.items(), key=lambda item: item[1].header_offset)
    starts = [part.header_offset for _, part in ordered]
    ends = [*starts[1:], directory]
    for (_, part), start, end in zip(ordered, starts, ends, strict=True):
        header = content[start : start + _LOCAL_SIZE]
        if start < 0 or not header.startswith(_LOCAL_START) or len(header) < _LOCAL_SIZE:
            raise InputError(damage_sentence(source))
        name, extra = (int.from_bytes(header[at : at + 2], "little") for at in (26, 28))
        if start + _LOCAL_SIZE + name + extra + part.compress_size > end:
            raise InputError(damage_sentence(source))
    return {key: (start, end) for (key, _), start, end in zip(ordered, starts, ends, strict=True)}

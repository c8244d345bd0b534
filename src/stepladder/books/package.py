"""The bytes of a saved workbook in; its parts, and the same package with some parts changed, out.

A part that nobody changed is copied as it is stored, still compressed: what this module does not
understand, it cannot lose.
"""

import posixpath
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any, Final, NoReturn
from xml.parsers import expat

from openpyxl.packaging.relationship import RelationshipList, get_rels_path
from openpyxl.xml.functions import fromstring

from stepladder.books.guard import (
    DAMAGE,
    damage_sentence,
    damage_told,
    guarded,
    part_key,
    refuse_dtd,
    refuse_encoding,
)
from stepladder.errors import InputError, OutputError

_CHUNK: Final = 1 << 20
# Of a worksheet, level 4 makes a sixth more bytes than Excel's 6 in less than half the time.
_COMPRESSION: Final = 4

# PKWARE's APPNOTE.TXT, 4.3.7, 4.3.12 and 4.3.16.
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s4B4H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")
_EXTRA: Final = struct.Struct("<2H")
_ZIP64_EXTRA: Final = 1
_LARGEST_ZIP: Final = 2**32 - 1
_VERSION: Final = 20
_IS_UTF8: Final = 0x800
_FIRST_DOS_DAY: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Relation:
    """One relationship of a part (ECMA-376 part 2, 9.3).

    kind    the last word of its type: worksheet, table, styles, …
    target  the name of the part it leads to; where it leads outside, the address as written
    """

    id: str
    kind: str
    target: str
    is_external: bool


class Deflated:
    """A part's new content, deflated as it is produced; only compressed bytes are held."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        compressor = zlib.compressobj(_COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)
        self.crc = 0
        self.size = 0
        self.pieces: list[bytes] = []
        for chunk in chunks:
            self.crc = zlib.crc32(chunk, self.crc)
            self.size += len(chunk)
            self.pieces.append(compressor.compress(chunk))
        self.pieces.append(compressor.flush())
        self.compressed_size = sum(map(len, self.pieces))


Content = bytes | Iterable[bytes] | Deflated
"""What a part shall hold: at once, as it is produced, or deflated already."""


class Package:
    """The parts of one .xlsx or .xlsm file, as its bytes hold them (ECMA-376 part 2).

    A part is known by its name without the leading slash, in any case: xl/workbook.xml. `source`
    is what a person calls the file; errors name it.

    Raises InputError, one sentence on what to do, for what is no workbook, encrypted, of the old
    or the binary format, damaged, signed, a legacy shared workbook, or far too large.
    """

    def __init__(self, content: bytes, source: str = "The workbook") -> None:
        found = guarded(content, source)
        self.source = source
        self._content = content
        self._zip, self._parts, self._records = found.zip, found.parts, found.records
        self._refuse_promises()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all parts, in the order of the package."""
        return tuple(part.filename.lstrip("/") for part in self._parts.values())

    def __contains__(self, name: str) -> bool:
        return part_key(name) in self._parts

    def read(self, name: str) -> bytes:
        """A part's content. Raises InputError if it is missing or damaged."""
        return b"".join(self.chunks(name))

    def chunks(self, name: str, size: int = _CHUNK) -> Iterator[bytes]:
        """A part's content, `size` bytes at a time. Raises InputError as `read` does."""
        part = self._parts.get(part_key(name))
        if part is None:
            raise InputError(damage_sentence(self.source))
        with damage_told(self.source), self._zip.open(part) as opened:
            while chunk := opened.read(size):
                yield chunk

    def xml(self, name: str) -> Any:  # noqa: ANN401 - an element of lxml or of the standard library
        """The root element of a part, for reading; what is written back is never made from it.

        Raises InputError if the part is missing, malformed, not in UTF-8, or declares a DTD.
        """
        content = b"".join(self.checked(self.chunks(name), name))
        try:
            return fromstring(content)
        except DAMAGE as problem:
            raise InputError(damage_sentence(self.source)) from problem

    def checked(self, chunks: Iterable[bytes], name: str) -> Iterator[bytes]:
        """The same chunks; InputError where they are no well-formed XML in UTF-8 without a DTD."""

        def refuse(*_: object) -> NoReturn:
            refuse_dtd(self.source, name)

        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = refuse
        is_first = True
        try:
            for chunk in chunks:
                if is_first:
                    refuse_encoding(chunk, self.source, name)
                    is_first = False
                parser.Parse(chunk, False)  # noqa: FBT003 - expat takes no keyword
                yield chunk
            parser.Parse(b"", True)  # noqa: FBT003 - as above
        except expat.ExpatError as problem:
            raise InputError(damage_sentence(self.source)) from problem

    def relations(self, part: str = "") -> tuple[Relation, ...]:
        """Where a part leads, in the order of its relationships; without a name, the package."""
        path = relations_part(part)
        if path not in self:
            return ()
        try:
            return tuple(
                Relation(
                    id=found.Id,
                    kind=found.Type.rsplit("/", 1)[-1],
                    target=found.Target if is_external else _resolved(part, found.Target),
                    is_external=is_external,
                )
                for found in RelationshipList.from_tree(self.xml(path))
                for is_external in [found.TargetMode == "External"]
            )
        except DAMAGE as problem:
            raise InputError(damage_sentence(self.source)) from problem

    def save(
        self,
        file: IO[bytes],
        changed: Mapping[str, Content] | None = None,
        added: Mapping[str, bytes] | None = None,
        dropped: Collection[str] = (),
    ) -> None:
        """Write the package to a file that is open for writing bytes; it need not seek.

        Parts keep their order, and added ones follow. Untouched ones are copied as stored, their
        dates and flags included; equal arguments give equal bytes.

        Raises, before anything is written, ValueError if a changed or dropped part is not there or
        an added one is, and whatever a changed part's chunks raise; OutputError beyond 4 GiB.
        """
        gone = {part_key(name) for name in dropped}
        if strangers := [name for name in [*(changed or {}), *gone] if name not in self]:
            raise ValueError(f"no such part: {strangers}")
        if doubled := [name for name in added or {} if name in self]:
            raise ValueError(f"already there: {doubled}")
        # All of it before the first byte is written: nothing can fail half-way but the disk.
        with damage_told(self.source):
            fresh = {part_key(name): _deflated(body) for name, body in (changed or {}).items()}
        writer = _Writer(file)
        for key, part in self._parts.items():
            if key in gone:
                continue
            if key in fresh:
                writer.write(_successor(part), fresh[key])
            else:
                start, end = self._records[key]
                writer.copy(part, memoryview(self._content)[start:end])
        for name, body in (added or {}).items():
            part = zipfile.ZipInfo(name, _FIRST_DOS_DAY)
            part.create_system = 0
            part.flag_bits = 0 if name.isascii() else _IS_UTF8
            writer.write(part, _deflated(body))
        writer.close(self._zip.comment)

    def _refuse_promises(self) -> None:
        """Refuse what a changed part would make untrue: a signature, a history of revisions."""
        if any(name.startswith("_xmlsignatures/") for name in self._parts):
            raise InputError(
                f"{self.source} is digitally signed, and a change would break the signature; save "
                "a copy without it (File, Info, Remove Signature) and use that."
            )
        if any(
            name.startswith("xl/revisions/") or name == "xl/usernames.xml" for name in self._parts
        ):
            raise InputError(
                f"{self.source} is a legacy shared workbook, which records every change itself; "
                "stop sharing it (Review, Unshare Workbook), save it and run again."
            )


def relations_part(part: str) -> str:
    """The name of the part that holds a part's relationships; without a name, the package's."""
    return str(get_rels_path(part)).lstrip("/") if part else "_rels/.rels"


@dataclass
class _Writer:
    """A zip archive in the making: local records first, then the directory of them all."""

    file: IO[bytes]
    offset: int = 0
    directory: list[bytes] = field(default_factory=list)

    def copy(self, part: zipfile.ZipInfo, record: memoryview) -> None:
        """Take over a local record as it is stored."""
        self._list(part)
        self._put(record)

    def write(self, part: zipfile.ZipInfo, body: Deflated) -> None:
        """Store new content under a name."""
        part.compress_type = zipfile.ZIP_DEFLATED
        part.CRC, part.file_size, part.compress_size = body.crc, body.size, body.compressed_size
        self._list(part)
        name = _stored_name(part)
        self._put(
            _LOCAL.pack(
                b"PK\3\4",
                part.extract_version,
                part.flag_bits,
                part.compress_type,
                *_dos_time(part),
                part.CRC,
                part.compress_size,
                part.file_size,
                len(name),
                0,
            )
            + name
        )
        for piece in body.pieces:
            self._put(piece)

    def close(self, comment: bytes) -> None:
        """Write the directory, which makes the archive whole."""
        start = self.offset
        for entry in self.directory:
            self._put(entry)
        count = len(self.directory)
        length = self.offset - start
        end = _END.pack(b"PK\5\6", 0, 0, count, count, length, start, len(comment))
        self._put(end + comment)

    def _list(self, part: zipfile.ZipInfo) -> None:
        name, extra = _stored_name(part), _without_zip64(part.extra)
        self.directory.append(
            _CENTRAL.pack(
                b"PK\1\2",
                part.create_version,
                part.create_system,
                part.extract_version,
                part.reserved,
                part.flag_bits,
                part.compress_type,
                *_dos_time(part),
                part.CRC,
                part.compress_size,
                part.file_size,
                len(name),
                len(extra),
                len(part.comment),
                0,
                part.internal_attr,
                part.external_attr,
                self.offset,
            )
            + name
            + extra
            + part.comment
        )

    def _put(self, piece: bytes | memoryview) -> None:
        self.offset += len(piece)
        if self.offset > _LARGEST_ZIP:
            raise OutputError("The workbook would be larger than 4 GB; split the list in two.")
        self.file.write(piece)


def _resolved(part: str, target: str) -> str:
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(part.lstrip("/")), target))


def _deflated(content: Content) -> Deflated:
    match content:
        case Deflated():
            return content
        case bytes():
            return Deflated([content])
        case _:
            return Deflated(content)


def _successor(part: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """An entry for a part's new content: the same name, date and attributes."""
    successor = zipfile.ZipInfo(part.orig_filename, part.date_time)
    successor.flag_bits = part.flag_bits & _IS_UTF8
    successor.create_system = part.create_system
    successor.create_version = successor.extract_version = _VERSION
    successor.internal_attr, successor.external_attr = part.internal_attr, part.external_attr
    successor.comment = part.comment
    return successor


def _stored_name(part: zipfile.ZipInfo) -> bytes:
    return part.orig_filename.encode("utf-8" if part.flag_bits & _IS_UTF8 else "cp437")


def _dos_time(part: zipfile.ZipInfo) -> tuple[int, int]:
    year, month, day, hour, minute, second = part.date_time
    return hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day


def _without_zip64(extra: bytes) -> bytes:
    """The extra fields less the long sizes, which the directory of a shorter archive repeats."""
    kept = b""
    while len(extra) >= _EXTRA.size:
        kind, length = _EXTRA.unpack_from(extra)
        end = _EXTRA.size + length
        if kind != _ZIP64_EXTRA:
            kept += extra[:end]
        extra = extra[end:]
    return kept + extra

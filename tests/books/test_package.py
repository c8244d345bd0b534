"""A saved workbook's parts, and the same package with some of them changed."""

import zipfile
from collections.abc import Callable
from io import BytesIO, RawIOBase

import pytest
from openpyxl import Workbook
from tests.books.packages import SHEET, WORKBOOK, parts, with_part, with_parts

from stepladder.books.package import Deflated, Package
from stepladder.errors import InputError

DATE = (2020, 2, 29, 10, 20, 30)


def workbook() -> bytes:
    """A workbook of one sheet, as openpyxl saves it."""
    book = Workbook()
    book.worksheets[0]["A1"] = "ID"
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def saved(package: Package, **what: object) -> bytes:
    """What a package saves."""
    file = BytesIO()
    package.save(file, **what)  # type: ignore[arg-type]  # each test names what it saves
    return file.getvalue()


class Pipe(RawIOBase):
    """Takes bytes and can neither seek nor tell."""

    def __init__(self) -> None:
        self.taken = b""

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, piece: object) -> int:
        """Take a piece."""
        assert isinstance(piece, bytes | memoryview)
        self.taken += bytes(piece)
        return len(piece)


def streamed_zip() -> bytes:
    """Entries as a program writes them that cannot seek: their sizes follow the data."""
    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts(workbook()).items():
            entry = zipfile.ZipInfo(name, DATE)
            entry.external_attr = 0o640 << 16
            entry.comment = b"kept"
            with package.open(entry, "w", force_zip64=True) as out:
                out.write(content)
        package.comment = b"from a pipe"
    return pipe.taken


@pytest.mark.parametrize("content", [workbook(), streamed_zip()], ids=["plain", "streamed"])
def test_what_nobody_changes_is_saved_as_it_was(content: bytes) -> None:
    """Every entry with its bytes as stored: saved without a change, the file is the same."""
    assert saved(Package(content)) == content


def test_a_changed_part_changes_nothing_else() -> None:
    """Others keep data, date, flags, attributes and comment; the changed one all but its data."""
    old = streamed_zip()
    new = saved(Package(old), changed={WORKBOOK: b"<workbook/>"})
    assert parts(new) == {**parts(old), WORKBOOK: b"<workbook/>"}
    with zipfile.ZipFile(BytesIO(old)) as before, zipfile.ZipFile(BytesIO(new)) as after:
        assert after.testzip() is None
        assert after.comment == b"from a pipe"
        for one, other in zip(before.infolist(), after.infolist(), strict=True):
            assert (one.filename, one.date_time, one.external_attr, one.comment) == (
                other.filename,
                other.date_time,
                other.external_attr,
                other.comment,
            )
            assert one.filename == WORKBOOK or one.flag_bits == other.flag_bits


def test_a_part_is_known_in_any_case_and_with_a_slash() -> None:
    """Part names differ by more than case (ECMA-376 part 2, 6.2.2.3)."""
    package = Package(workbook())
    assert "/XL/Workbook.xml" in package
    assert package.read("/XL/Workbook.xml") == package.read(WORKBOOK)
    assert b"<a/>" in parts(saved(package, changed={"/xl/WORKBOOK.xml": b"<a/>"})).values()


def test_parts_are_added_behind_the_others_and_dropped() -> None:
    """What is left keeps its order."""
    old = workbook()
    new = saved(Package(old), added={"xl/neu.xml": b"<a/>"}, dropped=["docProps/app.xml"])
    expected = [name for name in parts(old) if name != "docProps/app.xml"]
    assert list(parts(new)) == [*expected, "xl/neu.xml"]


def test_changed_parts_may_be_streamed_or_deflated_already() -> None:
    """All three ways give the same bytes, the same ones each time."""
    pieces = [b"<work", b"book/>"]
    ways = [b"".join(pieces), iter(pieces), Deflated(iter(pieces))]
    book = workbook()
    assert len({saved(Package(book), changed={WORKBOOK: way}) for way in ways}) == 1


def test_a_file_that_cannot_seek_is_good_enough() -> None:
    """Nothing is written twice."""
    pipe = Pipe()
    Package(workbook()).save(pipe, {SHEET: b"<a/>"})  # type: ignore[arg-type]
    assert parts(pipe.taken)[SHEET] == b"<a/>"


def test_a_stream_that_fails_leaves_the_file_untouched() -> None:
    """All new content is there before the first byte is written."""

    def broken() -> "object":
        yield b"<a>"
        raise InputError("no")

    file = BytesIO()
    with pytest.raises(InputError):
        Package(workbook()).save(file, {SHEET: broken()})  # type: ignore[dict-item]
    assert not file.getvalue()


@pytest.mark.parametrize(
    "what",
    [{"changed": {"xl/none.xml": b""}}, {"dropped": ["xl/none.xml"]}, {"added": {WORKBOOK: b""}}],
)
def test_a_part_that_is_not_there_cannot_change(what: dict[str, object]) -> None:
    """Nor can one be added twice."""
    with pytest.raises(ValueError, match=r"no such part|already there"):
        saved(Package(workbook()), **what)


def renamed(old: str, new: str) -> bytes:
    """The workbook with the name of one entry changed in all its bytes."""
    return workbook().replace(old.encode(), new.encode())


def encrypted_entry() -> bytes:
    """The workbook with the flag of encryption on its first entry."""
    content = bytearray(workbook())
    at = content.find(b"PK\1\2")
    content[at + 8] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "damaged or no Excel workbook"),
        (b"ID;Name\n007;Ann\n", "damaged or no Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel format"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "protected by a password",
        ),
        (encrypted_entry(), "protected by a password"),
        (with_parts(workbook(), {"_xmlsignatures/sig1.xml": b"<a/>"}), "digitally signed"),
        (with_parts(workbook(), {"xl/revisions/userNames.xml": b"<a/>"}), "shared workbook"),
        (with_parts(workbook(), {"xl/workbook.bin": b""}), "binary workbook"),
        (with_parts(workbook(), {"XL/Workbook.xml": b"<a/>"}), "not packed as office programs"),
        (with_parts(workbook(), {"xl/../evil.xml": b"<a/>"}), "not packed as office programs"),
        (renamed("xl/styles.xml", "xl\\styles.xml"), "not packed as office programs"),
        (workbook().replace(b"PK\3\4", b"PK\3\5", 1), "damaged"),
        (workbook()[:-200], "damaged"),
    ],
)
def test_what_cannot_be_taken_safely_is_refused_in_one_sentence(
    content: bytes, sentence: str
) -> None:
    """It names the file and says what to do."""
    with pytest.raises(InputError, match=sentence) as refusal:
        Package(content, "Book.xlsx")
    assert refusal.value.message.startswith("Book.xlsx ")


def test_what_unpacks_to_far_too_much_is_refused() -> None:
    """The limits are the reader's."""
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts(workbook()).items():
            package.writestr(name, content)
        package.writestr("xl/media/image1.emf", bytes(64 << 20))
    with pytest.raises(InputError, match="unpacks to far more"):
        Package(bomb.getvalue())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda old: b'<!DOCTYPE a [<!ENTITY b "c">]>' + old, "declares its own XML entities"),
        (lambda old: old.decode().encode("utf-16"), "not UTF-8"),
        (
            lambda old: b'<?xml version="1.0" encoding="ISO-8859-1"?>' + old,
            "not UTF-8",
        ),
        (lambda old: old[:-5], "damaged"),
    ],
)
def test_a_part_that_is_read_is_plain_xml(change: Callable[[bytes], bytes], sentence: str) -> None:
    """Well-formed, in UTF-8, without entities of its own."""
    content = with_part(workbook(), "docProps/app.xml", change)
    with pytest.raises(InputError, match=sentence):
        Package(content).xml("docProps/app.xml")


def test_damage_in_a_part_is_told_when_it_is_read() -> None:
    """A false checksum is no content."""
    old = workbook()
    at = old.rfind(b"PK\1\2")
    content = old[: at + 16] + b"\1\2\3\4" + old[at + 20 :]
    name = list(parts(old))[-1]
    with pytest.raises(InputError, match="damaged"):
        Package(content).read(name)

"""Who has a file open, as the marker files of Excel and LibreOffice say."""

import sys
from pathlib import Path

import pytest

from stepladder.books.markers import markers, refuse_while_open
from stepladder.errors import WorkbookBusyError


def excel_marker(person: str, ansi: bytes | None = None) -> bytes:
    """The 165 bytes that Excel writes: the name in its code page, then in UTF-16."""
    ansi = person.encode("cp1252") if ansi is None else ansi
    utf_16 = person.encode("utf-16-le")
    head = bytes([len(ansi)]) + ansi.ljust(54)
    return head + (len(utf_16) // 2).to_bytes(2, "little") + utf_16 + b" \0" * (54 - len(person))


def libreoffice_marker(name: str, login: str = "rhallow", computer: str = "FRONTDESK") -> bytes:
    """The line that LibreOffice writes."""
    return f"{name},{login},{computer},28.11.2026 14:05,file:///profile;".encode()


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A workbook that nobody has open."""
    path = tmp_path / "cohort.xlsm"
    path.write_bytes(b"book")
    return path


def refusal(book: Path, *, live_refresh: bool = True) -> str:
    """What a person reads."""
    with pytest.raises(WorkbookBusyError) as refused:
        refuse_while_open(book, live_refresh=live_refresh)
    return refused.value.message


def persons(book: Path) -> list[str]:
    """Everybody who has the book open."""
    return [marker.person for marker in markers(book)]


def test_nobody_is_in_the_way_of_a_file_without_markers(book: Path) -> None:
    """Markers of other files do not count."""
    book.with_name("~$other.xlsm").write_bytes(excel_marker("Ruth Hallowmere"))
    book.with_name(".~lock.cohort.xlsx#").write_bytes(libreoffice_marker("Ruth Hallowmere"))
    refuse_while_open(book, live_refresh=True)


def test_excel_s_marker_is_a_refusal_with_the_person_s_name(book: Path) -> None:
    """It says whom to ask, that the open workbook can refresh itself, and what --force is for."""
    book.with_name("~$cohort.xlsm").write_bytes(excel_marker("Ruth Hallowmere"))
    assert refusal(book) == (
        "cohort.xlsm is open in Excel by Ruth Hallowmere. Close it there and run again, or click "
        "Refresh inside the workbook while it is open in Excel; if nobody has it open, the marker "
        "file ~$cohort.xlsm is stale: run again with --force."
    )


def test_libreoffice_s_marker_tells_the_computer_too(book: Path) -> None:
    """A shared login is found by its desk."""
    book.with_name(".~lock.cohort.xlsm#").write_bytes(libreoffice_marker("Ruth Hallowmere"))
    assert "is open in LibreOffice by Ruth Hallowmere on FRONTDESK. Close it" in refusal(book)


def test_both_markers_are_told_together(book: Path) -> None:
    """LibreOffice writes Excel's marker as well, for colleagues who use Excel."""
    book.with_name("~$cohort.xlsm").write_bytes(excel_marker("Ruth Hallowmere"))
    book.with_name(".~lock.cohort.xlsm#").write_bytes(libreoffice_marker("", "rhallow"))
    said = refusal(book)
    assert "in LibreOffice by rhallow on FRONTDESK and in Excel by Ruth Hallowmere." in said
    assert "the marker files .~lock.cohort.xlsm# and ~$cohort.xlsm are stale" in said


def test_refresh_is_not_recommended_for_what_it_cannot_do(book: Path) -> None:
    """The button in the open workbook brings back no backup."""
    book.with_name("~$cohort.xlsm").write_bytes(excel_marker("Ruth Hallowmere"))
    assert "Refresh" not in refusal(book, live_refresh=False)


@pytest.mark.parametrize(
    ("content", "person"),
    [
        (excel_marker("Zoë Şahin", b"Zo\xeb ?ahin"), "Zoë Şahin"),
        (excel_marker("ルース", b"???"), "ルース"),
        (excel_marker("R" * 52), "R" * 52),
        (b"\x04Ruth" + b" " * 49, "Ruth"),
        (b"\x03Zo\xeb" + b" " * 51 + b"\xff\xff" + b"\0" * 108, "Zoë"),
        (excel_marker("Ruth\x1b[2J\nHallowmere"), "Ruth[2JHallowmere"),
        (excel_marker(""), ""),
        (b"", ""),
        (b"\xff" * 165, "ÿ" * 52),
    ],
    ids=["accents", "UTF-16 only", "longest", "short", "ANSI", "controls", "none", "empty", "junk"],
)
def test_excel_s_marker_is_read_whatever_it_holds(book: Path, content: bytes, person: str) -> None:
    """UTF-16 first, else the code page; nothing that a terminal would obey."""
    book.with_name("~$cohort.xlsm").write_bytes(content)
    assert persons(book) == [person]


@pytest.mark.parametrize(
    ("content", "person"),
    [
        (libreoffice_marker(r"Hallowmere\, Ruth", "r", "PC"), "Hallowmere, Ruth on PC"),
        (libreoffice_marker(r"back\\", "r", "PC"), "back\\ on PC"),
        (libreoffice_marker("", "rhallow", ""), "rhallow"),
        (libreoffice_marker("", "", "PC"), ""),
        (b"", ""),
        (b"\xff\xfe,", "\ufffd\ufffd"),
    ],
    ids=["comma", "backslash", "login", "nobody", "empty", "junk"],
)
def test_libreoffice_s_marker_is_read_whatever_it_holds(
    book: Path, content: bytes, person: str
) -> None:
    """Escaped commas belong to the name; a login stands in for a missing name."""
    book.with_name(".~lock.cohort.xlsm#").write_bytes(content)
    assert persons(book) == [person]


def test_a_marker_without_a_name_refuses_all_the_same(book: Path) -> None:
    """Excel may keep the marker to itself, or just be writing it."""
    book.with_name("~$cohort.xlsm").touch()
    assert "is open in Excel by somebody." in refusal(book)


@pytest.mark.parametrize("name", ["~$COHORT.XLSM", ".~LOCK.Cohort.xlsm#"])
def test_a_marker_is_found_whatever_its_case(book: Path, name: str) -> None:
    """A share of Windows does not tell cases apart."""
    book.with_name(name).write_bytes(b"")
    assert name in refusal(book)


def test_a_marker_without_the_first_two_letters_is_believed(tmp_path: Path) -> None:
    """Word shortens long names so; Excel is not known to."""
    book = tmp_path / "cohort-2027.xlsm"
    book.write_bytes(b"book")
    book.with_name("~$hort-2027.xlsm").write_bytes(excel_marker("Ruth Hallowmere"))
    assert persons(book) == ["Ruth Hallowmere"]


@pytest.mark.parametrize(
    ("name", "other"), [("cohort-2027.xlsm", "hort-2027.xlsm"), ("my-list.xlsm", "-list.xlsm")]
)
def test_a_shortened_marker_of_another_file_does_not_count(
    tmp_path: Path, name: str, other: str
) -> None:
    """The file of the shorter name is open; a name of seven letters is never shortened by two."""
    book = tmp_path / name
    book.write_bytes(b"book")
    if name.startswith("cohort"):
        book.with_name(other).write_bytes(b"another")
    book.with_name(f"~${other}").write_bytes(excel_marker("Ruth Hallowmere"))
    assert persons(book) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets few users make links")
@pytest.mark.parametrize("beside", ["link", "file"])
def test_a_marker_counts_beside_a_link_and_beside_the_real_file(
    tmp_path: Path, beside: str
) -> None:
    """Excel was given one name or the other."""
    places = {"link": tmp_path / "desk" / "mine.xlsm", "file": tmp_path / "share" / "cohort.xlsm"}
    for place in places.values():
        place.parent.mkdir()
    places["file"].write_bytes(b"book")
    places["link"].symlink_to(places["file"])
    places[beside].with_name(f"~${places[beside].name}").write_bytes(excel_marker("Ruth"))
    assert persons(places["link"]) == ["Ruth"]
    assert refusal(places["link"]).startswith("mine.xlsm is open in Excel by Ruth.")

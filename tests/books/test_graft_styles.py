"""Each style of ours finds its place among the office's, which keep theirs."""

import pytest
from tests.books.made_workbooks import MAIN, donor, unzipped

from stepladder.books.elements import located
from stepladder.books.graft_styles import NO_STYLES, StyleGraft

OURS = unzipped(donor())["xl/styles.xml"]


def styles(**lists: str) -> bytes:
    """A styles part of these lists, each given as its entries."""
    inner = "".join(f"<{name}>{entries}</{name}>" for name, entries in lists.items())
    return f'<styleSheet xmlns="{MAIN}">{inner}</styleSheet>'.encode()


def listed(part: bytes, name: str) -> list[bytes]:
    """The entries of one list as they are spelled."""
    found = located(part).child(name)
    return [part[entry.start : entry.end] for entry in found.children] if found else []


def all_grafted(theirs: bytes) -> bytes:
    """The styles with all of ours."""
    graft = StyleGraft("Book.xlsx", theirs, OURS)
    for position in range(len(listed(OURS, "cellXfs"))):
        graft.cell_format(position)
    for position in range(len(listed(OURS, "dxfs"))):
        graft.differential(position)
    return graft.result()


def test_a_second_graft_adds_nothing() -> None:
    """Entries that are there already are taken."""
    once = all_grafted(NO_STYLES)
    assert once != NO_STYLES
    assert all_grafted(once) == once


def test_the_first_cell_format_is_each_workbooks_own() -> None:
    """A cell without a style shows in the office's Normal, and so does one of ours."""
    graft = StyleGraft("Book.xlsx", NO_STYLES, OURS)
    assert graft.cell_format(0) == 0
    assert not graft.is_changed


def test_number_formats_share_codes_and_not_numbers() -> None:
    """A code that is there keeps its number; a new one gets the first free number from 164."""
    theirs = styles(
        numFmts='<numFmt numFmtId="164" formatCode="0.0&quot; kg&quot;"/>'
        '<numFmt numFmtId="166" formatCode="0.00"/>',
        cellXfs="<xf/>",
    )
    ours = styles(
        numFmts='<numFmt numFmtId="164" formatCode="$0"/>'
        '<numFmt numFmtId="165" formatCode=\'0.0" kg"\'/>',
        fonts="<font/>",
        fills="<fill/>",
        borders="<border/>",
        cellXfs='<xf/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="9"/>',
    )
    graft = StyleGraft("Book.xlsx", theirs, ours)
    for position in (1, 2, 3):
        graft.cell_format(position)
    numbers = [dict(entry.attributes) for entry in located(graft.result()).children[0].children]
    assert [number["numFmtId"] for number in numbers] == ["164", "166", "165"]
    formats = located(graft.result()).child("cellXfs")
    assert formats is not None
    assert [entry.attributes.get("numFmtId") for entry in formats.children] == [
        *(None, "165", "164", "9")
    ]


def test_missing_lists_start_with_what_excel_puts_there() -> None:
    """The first font, fills and cell format are for cells without a style, whoever adds to them."""
    theirs = f'<styleSheet xmlns="{MAIN}"/>'.encode()
    ours = styles(
        fonts="<font/><font><b/></font>",
        fills="<fill/><fill/><fill><red/></fill>",
        borders="<border/>",
        cellXfs='<xf/><xf fontId="1" fillId="2"/>',
    )
    graft = StyleGraft("Book.xlsx", theirs, ours)
    assert graft.cell_format(1) == 1
    result = graft.result()
    assert [child.name for child in located(result).children] == [
        *("fonts", "fills", "borders", "cellXfs")
    ]
    assert listed(result, "fonts")[1:] == [b"<font><b/></font>"]
    assert listed(result, "fills")[2:] == [b"<fill><red/></fill>"]
    assert listed(result, "cellXfs")[1].count(b"xfId") == 0


def test_a_differential_format_brings_its_number_format() -> None:
    """Its number is one that the office uses for no other code."""
    theirs = styles(numFmts='<numFmt numFmtId="164" formatCode="0.0"/>', cellXfs="<xf/>")
    ours = styles(dxfs='<dxf><numFmt numFmtId="164" formatCode="$0"/></dxf>')
    graft = StyleGraft("Book.xlsx", theirs, ours)
    assert graft.differential(0) == 0
    [added] = listed(graft.result(), "dxfs")
    assert added == b'<dxf><numFmt numFmtId="165" formatCode="$0"/></dxf>'


@pytest.mark.parametrize(
    ("code", "is_day"),
    [("yyyy-mm-dd", True), ("yyyy-mm-dd hh:mm", True), ("hh:mm", False), ('0" days"', False)],
)
def test_a_format_shows_days_if_its_code_does(code: str, is_day: bool) -> None:  # noqa: FBT001
    """Times of day and quoted words do not make a day of a number."""
    escaped = code.replace('"', "&quot;")
    ours = styles(
        numFmts=f'<numFmt numFmtId="164" formatCode="{escaped}"/>',
        cellXfs='<xf numFmtId="164"/><xf numFmtId="14"/><xf/>',
    )
    graft = StyleGraft("Book.xlsx", NO_STYLES, ours)
    assert [graft.shows_day(position) for position in range(3)] == [is_day, True, False]

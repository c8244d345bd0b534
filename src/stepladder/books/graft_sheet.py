"""A worksheet part by XlsxWriter in; the same for another workbook's styles, strings and days, out.

Such a part is spelled in one way: no prefixes, attributes in one order. One that is spelled
otherwise is a fault of ours, told as a ValueError.
"""

import re
from functools import cached_property
from typing import Final

from stepladder.books.elements import located, with_attributes
from stepladder.books.graft_styles import StyleGraft
from stepladder.books.outline import Outline

DAYS_TO_1904: Final = 1462
"""A day's number is lower by so many where days are counted from 1904 instead of 1900."""

_ROWS: Final = re.compile(
    rb"(?P<head>.*?)(?:<sheetData/>|<sheetData>(?P<rows>.*)</sheetData>)(?P<tail>.*)", re.DOTALL
)
_WORKSHEET: Final = re.compile(
    rb'(?:<\?xml[^>]*\?>\s*)?<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
)
_VIEW: Final = re.compile(rb"<(?:sheetView|sheetPr)\s[^>]*>")
_COLUMN_STYLE: Final = re.compile(rb'(<col [^>]*? style=")(\d+)"')
_ROW_STYLE: Final = re.compile(rb'(<row [^>]*? s=")(\d+)"')
_CELL: Final = re.compile(
    rb'<c r="(?P<place>[A-Z]+\d+)"(?: s="(?P<style>\d+)")?(?: t="(?P<type>\w+)")?'
    rb"(?:/>|>(?P<inner>.*?)</c>)",
    re.DOTALL,
)
_ANY_CELL: Final = re.compile(rb"<c[\s/>]")
_VALUE: Final = re.compile(rb"<v>([^<]*)</v>")
_DIFFERENTIAL: Final = re.compile(rb'(\s(?:dxfId|\w+DxfId)=")(\d+)"')
_DAY_RULE: Final = re.compile(
    rb'<dataValidation type="date"[^>]*>(?:<formula[12]>[^<]*</formula[12]>)+'
)
_DAY_IN_RULE: Final = re.compile(rb"(<formula[12]>)(\d+(?:\.\d+)?)(?=</formula)")


class SheetGraft:
    """Worksheet parts of the donor as the target shall have them; tables' parts likewise."""

    def __init__(self, target: Outline, donor: Outline, styles: StyleGraft) -> None:
        self._counts_from_1904 = target.is_1904
        self._donor = donor
        self._styles = styles

    def worksheet(self, content: bytes) -> bytes:
        """The part with the target's styles, text in its cells, and days as the target counts."""
        split = _ROWS.fullmatch(content)
        if split is None or not _WORKSHEET.match(content):
            raise ValueError("this is not spelled as XlsxWriter spells a worksheet")
        head = _VIEW.sub(_unselected, split["head"])
        head = _COLUMN_STYLE.sub(self._restyled, head)
        rows = _ROW_STYLE.sub(self._restyled, split["rows"] or b"")
        rows, cells = _CELL.subn(self._cell, rows)
        if cells != len(_ANY_CELL.findall(rows)):
            raise ValueError("this has cells that are not spelled as XlsxWriter spells them")
        tail = self.differentials(split["tail"])
        if self._counts_from_1904:
            tail = _DAY_RULE.sub(_moved_days, tail)
        return head + b"<sheetData>" + rows + b"</sheetData>" + tail

    def _cell(self, found: "re.Match[bytes]") -> bytes:
        """One cell in the target's style, its text inline, its day in the target's calendar."""
        style, kind, inner = int(found["style"] or 0), found["type"] or b"n", found["inner"] or b""
        if kind == b"s":
            kind, inner = b"inlineStr", self._inline(inner)
        elif kind == b"n" and self._counts_from_1904 and inner and self._styles.shows_day(style):
            inner = _VALUE.sub(_moved_day, inner)
        style = self._styles.cell_format(style)
        return b'<c r="%s"%s%s%s' % (
            found["place"],
            b' s="%d"' % style if style else b"",
            b' t="%s"' % kind if kind != b"n" else b"",
            b">%s</c>" % inner if inner else b"/>",
        )

    def _inline(self, inner: bytes) -> bytes:
        value = _VALUE.fullmatch(inner)
        if value is None:
            raise ValueError(f"no shared string: {inner!r}")
        return b"<is>" + self._strings[int(value[1])] + b"</is>"

    def _restyled(self, found: "re.Match[bytes]") -> bytes:
        return b'%s%d"' % (found[1], self._styles.cell_format(int(found[2])))

    def differentials(self, content: bytes) -> bytes:
        """A part with the donor's differential formats by their places in the target."""

        def placed(found: "re.Match[bytes]") -> bytes:
            return b'%s%d"' % (found[1], self._styles.differential(int(found[2])))

        return _DIFFERENTIAL.sub(placed, content)

    @cached_property
    def _strings(self) -> list[bytes]:
        """What each shared string of the donor holds, which an inline string holds as well."""
        part = self._donor.strings_part
        if part is None:
            return []
        content = self._donor.package.read(part)
        return [
            content[item.tag_end : item.inner_end] for item in located(content, depth=1).children
        ]


def _unselected(tag: "re.Match[bytes]") -> bytes:
    """The sheet is neither the one shown first nor known to a macro project."""
    return with_attributes(tag[0], {b"tabSelected": None, b"codeName": None})


def _moved_days(rule: "re.Match[bytes]") -> bytes:
    return _DAY_IN_RULE.sub(lambda found: b"%s%s" % (found[1], _day_1904(found[2])), rule[0])


def _moved_day(found: "re.Match[bytes]") -> bytes:
    return b"<v>%s</v>" % _day_1904(found[1]) if found[1] else found[0]


def _day_1904(number: bytes) -> bytes:
    """A day counted from 1900 as it is counted from 1904."""
    day = float(number) - DAYS_TO_1904
    if day < 0:
        raise ValueError(f"day {number!r} is before 1904")
    return b"%d" % day if day.is_integer() else repr(day).encode()

"""A workbook's cell styles in; whether they suit a value, and styles that do, out."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.xml.constants import SHEET_MAIN_NS

from stepladder.books.cells import Kind
from stepladder.books.guard import damage_sentence
from stepladder.books.outline import Outline
from stepladder.errors import InputError

_MAIN: Final = f"{{{SHEET_MAIN_NS}}}"
_GENERAL: Final = 0
# Excel shows both in the order of the reader's own country (ECMA-376 part 1, 18.8.30).
_SUITING: Final = {"number": _GENERAL, "day": 14, "moment": 22}
# Built in for East Asian offices only, which openpyxl does not list.
_EAST_ASIAN_DAYS: Final = frozenset({*range(27, 37), *range(50, 59)})
_HAS_DAY: Final = re.compile(r"[dDyY]")
_QUOTED: Final = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.')
_FORMATS: Final = re.compile(
    rb"(?P<start><(?P<prefix>(?:[\w.-]+:)?)cellXfs(?:\s[^>]*)?>)(?P<formats>.*?)"
    rb"(?P<end></(?:[\w.-]+:)?cellXfs\s*>)",
    re.DOTALL,
)
_FORMAT: Final = re.compile(
    rb"<(?:[\w.-]+:)?xf(?:\s[^>]*?)?(?:/>|>.*?</(?:[\w.-]+:)?xf\s*>)", re.DOTALL
)
_NUMBER_FORMAT: Final = re.compile(
    rb"""\s(?:numFmtId|applyNumberFormat)\s*=\s*(?:"[^"]*"|'[^']*')"""
)
_COUNT: Final = re.compile(rb"""(\scount\s*=\s*["'])\d+""")


@dataclass
class Styles:
    """The cell formats of one workbook; styles that it lacks are added at the end.

    A style is the position of its cell format, as a cell's `s` gives it; None is a cell without.
    """

    outline: Outline
    _added: dict[tuple[int, int], int] = field(default_factory=dict)
    _known: dict[tuple[int | None, Kind], bool] = field(default_factory=dict)

    def suits(self, style: int | None, kind: Kind) -> bool:
        """Whether a value of this kind, written under this style, shows as what it is.

        A number does unless the style makes a day or a time of it, a day only where the style
        shows days, and a text always does.
        """
        if (style, kind) not in self._known:
            number_format = self._number_format(style)
            self._known[style, kind] = {
                "text": True,
                "number": not self._shows_time(number_format),
                "day": self._shows_day(number_format),
                "moment": self._shows_day(number_format),
            }[kind]
        return self._known[style, kind]

    def suiting(self, style: int | None, kind: Kind) -> int | None:
        """The style itself where it suits; else one like it in all but the number format.

        A day gets the short date of the reader's country, a number the format General. Raises
        InputError if the workbook has no cell formats to add to.
        """
        if self.suits(style, kind):
            return style
        wanted = (style or 0, _SUITING[kind])
        if wanted not in self._added:
            self._added[wanted] = len(self._stored) + len(self._added)
        return self._added[wanted]

    def number_format(self, style: int | None) -> str:
        """The code by which a style shows numbers, such as 0.00 or yyyy-mm-dd."""
        return self._code(self._number_format(style))

    def wraps(self, style: int | None) -> bool:
        """Whether long text under this style runs on in the next line."""
        cell_format = self._format(style)
        alignment = None if cell_format is None else cell_format.find(f"{_MAIN}alignment")
        return alignment is not None and alignment.get("wrapText") in {"1", "true"}

    @property
    def changed(self) -> bytes | None:
        """The styles part with the added styles; None if nothing was added."""
        if not self._added:
            return None
        formats = self._region
        added = b"".join(
            _with_number_format(self._stored[min(like, len(self._stored) - 1)], number_format)
            for like, number_format in self._added
        )
        count = b"%d" % (len(self._stored) + len(self._added))
        start = _COUNT.sub(rb"\g<1>" + count, formats["start"])
        content = self._content
        return (
            content[: formats.start()]
            + start
            + formats["formats"]
            + added
            + content[formats.start("end") :]
        )

    def _number_format(self, style: int | None) -> int:
        cell_format = self._format(style)
        return _GENERAL if cell_format is None else int(cell_format.get("numFmtId", _GENERAL))

    def _format(self, style: int | None) -> Any | None:  # noqa: ANN401 - an XML element
        formats = self._formats
        # A style that is not there is drawn as the first one.
        position = style if style is not None and style < len(formats) else 0
        return formats[position] if formats else None

    def _shows_time(self, number_format: int) -> bool:
        return number_format in _EAST_ASIAN_DAYS or bool(is_date_format(self._code(number_format)))

    def _shows_day(self, number_format: int) -> bool:
        plain = _QUOTED.sub("", self._code(number_format).split(";")[0])
        return number_format in _EAST_ASIAN_DAYS or _HAS_DAY.search(plain) is not None

    def _code(self, number_format: int) -> str:
        return self._codes.get(number_format) or BUILTIN_FORMATS.get(number_format, "General")

    @cached_property
    def _content(self) -> bytes:
        part = self.outline.styles_part
        return b"" if part is None else self.outline.package.read(part)

    @cached_property
    def _root(self) -> Any | None:  # noqa: ANN401 - an XML element
        part = self.outline.styles_part
        return None if part is None else self.outline.package.xml(part)

    @cached_property
    def _formats(self) -> list[Any]:
        found = None if self._root is None else self._root.find(f"{_MAIN}cellXfs")
        return [] if found is None else found.findall(f"{_MAIN}xf")

    @cached_property
    def _codes(self) -> dict[int, str]:
        found = None if self._root is None else self._root.find(f"{_MAIN}numFmts")
        return (
            {}
            if found is None
            else {int(code.get("numFmtId")): code.get("formatCode") for code in found}
        )

    @cached_property
    def _region(self) -> "re.Match[bytes]":
        region = _FORMATS.search(self._content)
        if region is None:
            raise InputError(
                f"{self.outline.package.source} has no cell styles, so a day in it would look like "
                "a number; open it in Excel, save it as .xlsx and use that file."
            )
        return region

    @cached_property
    def _stored(self) -> list[bytes]:
        """The cell formats as they are written, to make others like them."""
        stored = _FORMAT.findall(self._region["formats"])
        if not stored or len(stored) != len(self._formats):
            raise InputError(damage_sentence(self.outline.package.source))
        return stored


def _with_number_format(cell_format: bytes, number_format: int) -> bytes:
    tag, mark, rest = cell_format.partition(b">")
    ending = b"/" if tag.endswith(b"/") else b""
    plain = _NUMBER_FORMAT.sub(b"", tag.removesuffix(b"/")).rstrip()
    return (
        b'%s numFmtId="%d" applyNumberFormat="1"%s' % (plain, number_format, ending) + mark + rest
    )

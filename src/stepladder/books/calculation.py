"""A workbook whose cells were changed in; the part that makes Excel calculate it anew, out."""

import re
from typing import Final

from stepladder.books.outline import Outline
from stepladder.books.package import damage_sentence
from stepladder.books.worksheet import said_in
from stepladder.errors import InputError

_WORKBOOK: Final = re.compile(rb"<((?:[\w.-]+:)?)workbook[\s>]")
_FULL: Final = re.compile(rb"""\sfullCalcOnLoad\s*=\s*(?:"[^"]*"|'[^']*')""")
_FORMULA: Final = re.compile(rb"<(?:[\w.-]+:)?f[\s/>]")
# What follows calcPr in a workbook (CT_Workbook, ECMA-376 part 1, 18.2.27).
_FOLLOWING: Final = (
    rb"oleSize|customWorkbookViews|pivotCaches|smartTagPr|smartTagTypes|webPublishing"
    rb"|fileRecoveryPr|webPublishObjects|extLst"
)


def has_formulas(outline: Outline, part: str) -> bool:
    """Whether a worksheet part holds a formula."""
    carried = b""
    for chunk in outline.package.chunks(part):
        if _FORMULA.search(carried + chunk):
            return True
        carried = chunk[-64:]
    return False


def calculated_on_load(outline: Outline) -> bytes | None:
    """The workbook part that tells Excel to calculate all formulas when it opens the file.

    None if it says so already. LibreOffice asks or does nothing, as its own settings have it.
    """
    content = outline.package.read(outline.workbook_part)
    root = _WORKBOOK.search(content)
    if root is None:
        raise InputError(damage_sentence(outline.package.source))
    prefix = root[1]
    calculation = re.search(rb"<%scalcPr(\s[^>]*?)?(/?)>" % prefix, content)
    if calculation is None:
        following = rb"<%s(?:%s)[\s/>]|</%sworkbook\s*>" % (prefix, _FOLLOWING, prefix)
        if (place := re.search(following, content)) is None:
            raise InputError(damage_sentence(outline.package.source))
        tag = b'<%scalcPr fullCalcOnLoad="1"/>' % prefix
        return content[: place.start()] + tag + content[place.start() :]
    said = calculation[1] or b""
    if said_in(said).get(b"fullCalcOnLoad") in {b"1", b"true"}:
        return None
    tag = b'<%scalcPr%s fullCalcOnLoad="1"%s>' % (
        prefix,
        _FULL.sub(b"", said).rstrip(),
        calculation[2],
    )
    return content[: calculation.start()] + tag + content[calculation.end() :]

"""A workbook whose cells were changed in; the part that makes Excel calculate it anew, out."""

import re
from collections.abc import Iterable
from typing import Final

from stepladder.books.changes import stored
from stepladder.books.elements import Edits, with_prefix
from stepladder.books.outline import Outline

WORKBOOK_ORDER: Final = (
    "fileVersion",
    "fileSharing",
    "workbookPr",
    "workbookProtection",
    "bookViews",
    "sheets",
    "functionGroups",
    "externalReferences",
    "definedNames",
    "calcPr",
    "oleSize",
    "customWorkbookViews",
    "pivotCaches",
    "smartTagPr",
    "smartTagTypes",
    "webPublishing",
    "fileRecoveryPr",
    "webPublishObjects",
    "extLst",
)
"""What a workbook part holds (CT_Workbook, ECMA-376 part 1, 18.2.27)."""

_FORMULA: Final = re.compile(rb"<(?:[\w.-]+:)?f[\s/>]")


def has_formulas(chunks: Iterable[bytes]) -> bool:
    """Whether a worksheet part holds a formula."""
    carried = b""
    for chunk in chunks:
        if _FORMULA.search(carried + chunk):
            return True
        carried = chunk[-64:]
    return False


def calculated_on_load(outline: Outline) -> bytes | None:
    """The workbook part that tells Excel to calculate all formulas when it opens the file.

    None if it says so already. LibreOffice asks or does nothing, as its own settings have it.
    """
    edits = Edits(stored(outline.package, outline.workbook_part))
    calculation = edits.root.child("calcPr")
    if calculation is None:
        element = with_prefix(b'<calcPr fullCalcOnLoad="1"/>', edits.root.prefix)
        edits.add_child("calcPr", element, WORKBOOK_ORDER)
    elif calculation.attributes.get("fullCalcOnLoad") in {"1", "true"}:
        return None
    else:
        edits.set_attribute(calculation, b"fullCalcOnLoad", b"1")
    return edits.result()

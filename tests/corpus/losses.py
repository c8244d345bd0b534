"""A workbook in; the features of it that openpyxl's own load and save loses, out."""

import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import openpyxl
from tests.corpus.standing import parts_of


@dataclass(frozen=True)
class Feature:
    """What stands in some parts of a package: the parts themselves, or marks in them."""

    parts: str
    mark: str = ""

    def count(self, parts: Mapping[str, bytes]) -> int:
        """How often it is there."""
        found = [part for name, part in parts.items() if re.search(self.parts, name, re.IGNORECASE)]
        if not self.mark:
            return len(found)
        return sum(len(re.findall(self.mark.encode(), part)) for part in found)


_SHEETS: Final = r"/(worksheets|chartsheets)/[^/]+\.xml$"
_DRAWINGS: Final = r"/drawings/[^/]+\.xml$"
FEATURES: Final[Mapping[str, Feature]] = {
    "charts": Feature(r"/charts/chart[^/]*\.xml$"),
    "charts' looks": Feature(r"/charts/(style|colors)[^/]*\.xml$"),
    "shapes and text boxes": Feature(_DRAWINGS, r"<xdr:(?:sp|cxnSp|grpSp)[ >]"),
    "images": Feature(r"/media/"),
    "form controls": Feature(r"/(ctrlProps|activeX)/"),
    "rich text": Feature(r"(/sharedStrings|/worksheets/[^/]+)\.xml$", r"<(?:\w+:)?rPr[ >/]"),
    "conditional formats, newer": Feature(_SHEETS, r"<x14:conditionalFormatting[ >]"),
    "validations, newer": Feature(_SHEETS, r"<x14:dataValidation[ >]"),
    "sparklines": Feature(_SHEETS, r"<x14:sparkline>"),
    "slicers and timelines": Feature(r"/(slicers|timelines)/"),
    "connections and queries": Feature(r"/(connections\.xml|queryTables/)"),
    "threaded comments": Feature(r"/threadedComments/"),
    "dynamic arrays": Feature(_SHEETS, r"<(?:\w+:)?c [^>]*\bcm="),
    "pivot caches": Feature(r"/pivotCacheDefinition[^/]*\.xml$"),
    "custom XML": Feature(r"^customXml/item\d*\.xml$"),
    "printer settings": Feature(r"/printerSettings/"),
    "VBA and ribbon": Feature(r"(vbaProject\.bin|^customUI/)"),
    "external links": Feature(r"/externalLinks/[^/]+\.xml$"),
    "stored values of formulas": Feature(
        _SHEETS, r"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)<(?:\w+:)?v(?: [^>]*)?>[^<]"
    ),
}


def lost_by_openpyxl(content: bytes, *, is_macro_book: bool) -> Iterator[str]:
    """The features of which less is left; one word where it cannot open or save the workbook."""
    saved = BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            openpyxl.load_workbook(BytesIO(content), keep_vba=is_macro_book).save(saved)
    except Exception:  # noqa: BLE001 - whatever it raises, the office has no file
        yield "everything (cannot be opened or saved)"
        return
    old, new = parts_of(content), parts_of(saved.getvalue())
    for name, feature in FEATURES.items():
        if feature.count(new) < feature.count(old):
            yield name

"""The end of a worksheet part and where its cells shall lead in; that end with those links out."""

import re
from collections.abc import Mapping
from typing import Final
from xml.sax.saxutils import quoteattr

from stepladder.books.placed_table import Area
from stepladder.books.worksheet import said_in

# What follows hyperlinks in a worksheet (CT_Worksheet, ECMA-376 part 1, 18.3.1.99); some of it
# may stand within mc:AlternateContent.
_FOLLOWING: Final = re.compile(
    rb"<(?:[\w.-]+:)?(?:printOptions|pageMargins|pageSetup|headerFooter|rowBreaks|colBreaks"
    rb"|customProperties|cellWatches|ignoredErrors|smartTags|drawing|legacyDrawing"
    rb"|legacyDrawingHF|picture|oleObjects|controls|webPublishItems|tableParts|extLst"
    rb"|AlternateContent)[\s/>]|</(?:[\w.-]+:)?worksheet\s*>"
)


def with_links(tail: bytes, prefix: bytes, area: Area, links: Mapping[str, str]) -> bytes:
    """The end of a worksheet part with all links of an area replaced by these.

    links  a place in the workbook ('Applicants'!A5) by the address of the cell that leads there

    Links elsewhere keep their bytes. Where the area has exactly these links, all bytes stay.
    """
    stored = re.search(
        rb"<%shyperlinks(?:\s[^>]*)?(?:/>|>(?P<links>.*?)</%shyperlinks\s*>)" % (prefix, prefix),
        tail,
        re.DOTALL,
    )
    link = re.compile(rb"<%shyperlink(\s[^>]*?)(?:/>|>\s*</%shyperlink\s*>)" % (prefix, prefix))
    kept: list[bytes] = []
    earlier: dict[bytes, bytes] = {}
    for found in link.finditer(stored["links"] or b"") if stored else ():
        said = said_in(found[1])
        if Area.of(said[b"ref"].decode()).meets(area):
            # An address outside the workbook has no location and is equal to no place in it.
            earlier[said[b"ref"]] = said.get(b"location", b"")
        else:
            kept.append(found[0])
    wanted = {address.encode(): quoteattr(place).encode() for address, place in links.items()}
    if {ref: b'"%s"' % place for ref, place in earlier.items()} == wanted:
        return tail
    kept += [
        b'<%shyperlink ref="%s" location=%s/>' % (prefix, ref, place)
        for ref, place in wanted.items()
    ]
    anew = b"<%shyperlinks>%s</%shyperlinks>" % (prefix, b"".join(kept), prefix) if kept else b""
    if stored:
        return tail[: stored.start()] + anew + tail[stored.end() :]
    following = _FOLLOWING.search(tail)
    place = following.start() if following else len(tail)
    return tail[:place] + anew + tail[place:]

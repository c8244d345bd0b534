"""Pages in a real browser: printed on Letter and on A4, measured, and nothing asked of a network.

Pages are set in DejaVu Sans, the widest font of those a browser falls back to, and so the worst
case; see space.py.
"""

import pytest
from tests.briefs.chromium import MM, Chromium, Measured, Text, together
from tests.briefs.tables import TODAY, brief_of, stress

from stepladder.briefs.render import Printed, page_html
from stepladder.briefs.space import HEIGHT, WIDTH

PAPERS = {"letter": (612, 792), "A4": (595, 842)}
"""Width and height in points."""

# The example's longest list, one that is typical, short, without a score, and to be fixed.
EXAMPLES = ("A008", "A005", "A001", "A012", "A024", "A031", "A049")
SHOWN = (*EXAMPLES, "stress")


@pytest.fixture(scope="session")
def shown(pages: dict[str, str]) -> dict[str, str]:
    """Pages of the example and the fullest page there can be, in the widest font."""
    fullest = page_html(brief_of(stress()), Printed(TODAY.as_of, "2026.11"))
    chosen = {name: pages[f"{name}.html"] for name in EXAMPLES} | {"stress": fullest}
    return {name: widest(page) for name, page in chosen.items()}


@pytest.fixture(scope="session")
def measured(shown: dict[str, str], chromium: Chromium) -> dict[str, Measured]:
    """Those pages as the browser lays them out."""
    sheets = chromium.measured(together([*shown.values()]))
    return dict(zip(shown, sheets, strict=True))


def widest(page: str) -> str:
    """The page in DejaVu Sans."""
    font = '<style>:root { font-family: "DejaVu Sans" !important }</style></head>'
    return page.replace("</head>", font)


def overlap(one: Text, other: Text) -> bool:
    """Two lines of text share more than the air above and below their letters."""
    air = 0.22 * (one.bottom - one.top)
    return (
        one.left + 1 < other.right
        and other.left + 1 < one.right
        and one.top + air < other.bottom - air
        and other.top + air < one.bottom - air
    )


@pytest.mark.parametrize("paper", PAPERS)
def test_the_fullest_page_prints_on_one_sheet(
    shown: dict[str, str], chromium: Chromium, paper: str
) -> None:
    """Issue, The workbook, 4: on Letter and A4."""
    printed = chromium.printed(shown["stress"], paper)
    assert len(printed.pages) == 1
    box = printed.pages[0].mediabox
    assert (float(box.width), float(box.height)) == pytest.approx(PAPERS[paper], abs=1)


@pytest.mark.parametrize("paper", PAPERS)
def test_every_page_of_the_example_prints_on_one_sheet(
    pages: dict[str, str], chromium: Chromium, paper: str
) -> None:
    """All 67 in one go: as many sheets as pages."""
    applicants = [widest(page) for name, page in sorted(pages.items()) if name != "index.html"]
    assert len(applicants) == 67
    assert len(chromium.printed(together(applicants), paper).pages) == len(applicants)


@pytest.mark.parametrize("name", SHOWN)
def test_a_page_is_no_larger_than_the_sheet(measured: dict[str, Measured], name: str) -> None:
    """The text's measures in space.py hold: the browser needs no more."""
    assert measured[name].width * MM == pytest.approx(WIDTH, abs=0.3)
    assert measured[name].height * MM <= HEIGHT + 0.3


@pytest.mark.parametrize("name", SHOWN)
def test_no_text_leaves_the_page(measured: dict[str, Measured], name: str) -> None:
    """To no side."""
    page = measured[name]
    assert len(page.texts) > 8
    beyond = [
        one.text
        for one in page.texts
        if one.left < -1
        or one.top < -1
        or one.right > page.width + 1
        or one.bottom > page.height + 1
    ]
    assert beyond == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_nothing_is_cut_off(measured: dict[str, Measured], name: str) -> None:
    """Every name of the example stands there in full."""
    assert measured[name].cut == ()


def test_only_names_are_cut_on_the_fullest_page(measured: dict[str, Measured]) -> None:
    """And an ellipsis says so."""
    assert {kind for kind, _ in measured["stress"].cut} <= {"name"}


@pytest.mark.parametrize("name", SHOWN)
def test_no_text_runs_into_another(measured: dict[str, Measured], name: str) -> None:
    """Neither in the text nor in the charts."""
    texts = measured[name].texts
    clashes = [
        (one.text, other.text)
        for at, one in enumerate(texts)
        for other in texts[at + 1 :]
        if one.text != other.text and overlap(one, other)
    ]
    assert clashes == []


@pytest.mark.parametrize("name", SHOWN)
def test_every_text_stands_out(measured: dict[str, Measured], name: str) -> None:
    """Issue, The workbook, 4: a contrast of at least 4.5, in charts too."""
    assert min(one.contrast for one in measured[name].texts) >= 4.5


@pytest.mark.parametrize("name", SHOWN)
def test_every_text_is_legible(measured: dict[str, Measured], name: str) -> None:
    """No type is smaller than 6.5 points, in charts too."""
    assert min(round(one.points, 1) for one in measured[name].texts) >= 6.5


def test_the_longest_example_uses_the_sheet(measured: dict[str, Measured]) -> None:
    """It is not made small for nothing: its text reaches down to the last tenth of the list."""
    page = measured["A008"]
    key = next(one for one in page.texts if one.text.startswith("use a signal here"))
    assert key.bottom > 0.9 * page.height


def test_the_index_stands_out_too(pages: dict[str, str], chromium: Chromium) -> None:
    """Every text, links included."""
    [index] = chromium.measured(pages["index.html"])
    assert min(one.contrast for one in index.texts) >= 4.5

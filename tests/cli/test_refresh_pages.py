"""`stepladder refresh`: Start, Dashboard and Brief show the new results of whoever is chosen."""

import datetime as dt
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName
from tests.cli.command import AS_OF, EXAMPLE_APPLICANTS, EXAMPLE_PROGRAMS, run
from tests.cli.office_edits import (
    address,
    cell,
    changed_parts,
    opened,
    part_of,
    parts,
    refresh,
    reworked,
    rows,
    told,
    typed,
    with_parts,
)
from tests.office import recalculated

SCORE = "Step 2 CK score"
PAGES = ("Start", "Dashboard", "Brief")
ADVISOR, EVERYONE = "C4", "All advisors"
CHOSEN = "C3"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook of 18 applicants with four advisors."""
    folder = tmp_path_factory.mktemp("example")
    lines = EXAMPLE_APPLICANTS.read_text("utf-8").splitlines(keepends=True)
    (folder / "cohort.csv").write_text("".join(lines[:20]), "utf-8")
    inputs = ("--applicants", folder / "cohort.csv", "--programs", EXAMPLE_PROGRAMS)
    run("new", folder / "book.xlsx", *inputs, "--as-of", AS_OF)
    return folder / "book.xlsx"


def choices(book: Path) -> dict[str, tuple[object, object]]:
    """An advisor and an applicant for each case."""
    people = rows(book, "Applicants")
    return {
        "one": (str(people[4]["Advisor"]).upper(), people[4]["Applicant ID"]),
        "nobody": (None, None),
        "gone": ("Nobody of that name", "no such id"),
    }


@pytest.fixture(scope="module")
def chosen(
    example: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[openpyxl.Workbook, openpyxl.Workbook]]:
    """For each choice the refreshed workbook, and what LibreOffice finds by its formulas."""
    folder = tmp_path_factory.mktemp("chosen")
    books = []
    for name, (advisor, applicant) in choices(example).items():
        book = Path(shutil.copy(example, folder / f"{name}.xlsx"))
        typed(book, "Dashboard", {ADVISOR: advisor})
        typed(book, "Brief", {CHOSEN: applicant})
        typed(book, "Applicants", {address(book, SCORE, 5): 251, address(book, SCORE, 10): None})
        typed(book, "Programs", {address(book, "Minimum Step 2 CK", 4, "Programs"): 260})
        assert refresh(book, "--as-of", "2027-01-15").exit_code == 1
        books.append(book)
    found = recalculated(folder, books)
    pairs = zip([opened(book) for book in books], found, strict=True)
    return dict(zip(choices(example), pairs, strict=True))


def alike(stored: Any, found: Any) -> bool:  # noqa: ANN401 - whatever a cell holds
    """Whether two programs show the same; a blank and an empty text do."""
    if isinstance(stored, int | float) and isinstance(found, int | float):
        return abs(stored - found) < 1e-9 * max(1, abs(stored))
    return (stored or None) == (found or None)


@pytest.mark.parametrize("case", ["one", "nobody", "gone"])
@pytest.mark.parametrize("page", PAGES)
def test_each_stored_value_is_what_its_formula_finds(
    chosen: dict[str, tuple[openpyxl.Workbook, openpyxl.Workbook]], case: str, page: str
) -> None:
    """Pages: for the chosen advisor and applicant, LibreOffice computes what the file says."""
    stored, found = (book[page] for book in chosen[case])
    different = {
        one.coordinate: (one.value, found[one.coordinate].value)
        for line in stored.iter_rows()
        for one in line
        if not alike(one.value, found[one.coordinate].value)
    }
    assert different == {}


def test_what_was_chosen_stays_chosen(
    chosen: dict[str, tuple[openpyxl.Workbook, openpyxl.Workbook]], example: Path
) -> None:
    """Dashboard and Brief: the choice is the office's, the values are that choice's."""
    for case, (advisor, applicant) in choices(example).items():
        stored, _ = chosen[case]
        assert stored["Dashboard"][ADVISOR].value == advisor
        assert stored["Brief"][CHOSEN].value == applicant
    one, _ = chosen["one"]
    person = rows(example, "Applicants")[4]
    assert one["Brief"]["B1"].value == person["Name"]
    theirs = [line for line in rows(example, "Applicants") if line["Advisor"] == person["Advisor"]]
    tiles = {
        one["Dashboard"].cell(6, n).value: one["Dashboard"].cell(7, n).value for n in range(2, 14)
    }
    assert tiles["Applicants"] == len(theirs) < 18


def test_a_workbook_with_a_button_keeps_it(tmp_path: Path) -> None:
    """Its code, ribbon, button and settings stay byte for byte, and Start's words are for it."""
    book = tmp_path / "cohort.xlsm"
    inputs = ("--applicants", EXAMPLE_APPLICANTS, "--programs", EXAMPLE_PROGRAMS)
    run("new", book, *inputs, "--as-of", AS_OF)
    words = cell(book, "Start", "D10")
    settings = part_of(book, "xlwings.conf")
    before = parts(book)
    typed(book, "Applicants", {address(book, SCORE, 5): 251})
    assert refresh(book, "--as-of", AS_OF).exit_code == 1
    after = parts(book)
    of_button = {
        name
        for name in before
        if name in {settings, "xl/vbaProject.bin"} or "customUI" in name or "vml" in name
    }
    assert of_button >= {settings, "xl/vbaProject.bin", "customUI/customUI.xml"}
    assert {name for name in of_button if after[name] != before[name]} == set()
    assert str(words).startswith("Where macros are switched off: ")
    assert cell(book, "Start", "D10") == words


def test_new_advisors_can_be_chosen(book: Path) -> None:
    """Dashboard: the drop-down's list follows the column Advisor."""
    typed(
        book,
        "Applicants",
        {address(book, "Advisor", n): name for n, name in ((1, "Zoe"), (2, "Abe"))},
    )
    refresh(book)
    listed = [cell(book, "Dashboard", f"P{n}") for n in range(2, 6)]
    assert listed == [EVERYONE, "Abe", "Zoe", None]
    typed(book, "Applicants", {address(book, "Advisor", 2): "Zoe"})
    refresh(book)
    assert [cell(book, "Dashboard", f"P{n}") for n in range(2, 5)] == [EVERYONE, "Zoe", None]


def shifted(name: str, title: str, at: str) -> DefinedName:
    """A workbook's name that leads to a cell of a sheet."""
    return DefinedName(name, attr_text=f"'{title}'!{at}")


def test_renamed_and_moved_pages_are_written(book: Path) -> None:
    """Pages: in another order, under other names, with rows put in above."""

    def rearranged(office: openpyxl.Workbook) -> None:
        for name in PAGES:
            office.move_sheet(name, 6)
        office["Start"].title, office["Brief"].title = "Read me", "One page"
        start = office["Read me"]
        start.unmerge_cells("D16:F16")
        start.insert_rows(1, 3)
        for name, at in (("As_of", "$D$21"), ("Office_season", "$D$16")):
            office.defined_names[name] = shifted(name, "Read me", at)
        office.defined_names["Shown_applicant"] = shifted("Shown_applicant", "One page", "$C$3")

    reworked(book, rearranged)
    typed(book, "Read me", {"D16": 2027})
    typed(book, "Applicants", {address(book, SCORE, 1): 252})
    done = refresh(book, "--as-of", "2026-12-01")
    assert (done.exit_code, "rebuilt" in done.out) == (0, False)
    assert cell(book, "Read me", "D21") == dt.datetime(2026, 12, 1)  # noqa: DTZ001 - a day
    assert cell(book, "Read me", "D22") == 2027
    assert cell(book, "Read me", "D20") == rows(book, "Log")[-1]["Who"]
    assert "Highly competitive" in {one.value for line in opened(book)["One page"] for one in line}


def test_a_page_that_was_rebuilt_is_left_alone(book: Path) -> None:
    """Pages: where rows were put into the middle nothing is written, and that is told."""

    def stretched(office: openpyxl.Workbook) -> None:
        office["Start"].insert_rows(20)
        office["Dashboard"].insert_rows(30)

    reworked(book, stretched)
    before = parts(book)
    typed(book, "Applicants", {address(book, SCORE, 1): 252})
    done = refresh(book)
    assert done.exit_code == 0
    for name in ("Start", "Dashboard"):
        assert f"The sheet {name} was rebuilt by hand" in done.out
        assert part_of(book, name) not in changed_parts(before, book)
    assert "The sheet Brief" not in done.out


def test_deleted_pages_are_not_missed(book: Path) -> None:
    """Pages: whoever deletes them wants none, even where their names are left behind."""

    def emptied(office: openpyxl.Workbook) -> None:
        for name in PAGES:
            office.remove(office[name])

    reworked(book, emptied)
    with_parts(
        book,
        {"xl/workbook.xml": lambda part: part.replace(b"Start!$D$18", b"#REF!", 1)},
    )
    typed(book, "Applicants", {address(book, SCORE, 1): 252})
    done = refresh(book)
    assert (done.exit_code, done.err) == (0, "")
    assert rows(book, "Applicants")[0]["Tier"] == "Highly competitive"


def test_a_word_of_the_pages_is_not_changed_on_rules(book: Path) -> None:
    """Rules: formulas look for a tier by its name, so another name there is a finding."""
    rules = [line["Rule"] for line in rows(book, "Rules")]
    at = address(book, "Value", rules.index("tier_names.competitive") + 1, "Rules")
    typed(book, "Rules", {at: "Very good"})
    assert refresh(book).exit_code == 1
    assert told(book) == [("rule_not_valid", at)]
    assert (
        "a word that the Dashboard and the Brief look for" in rows(book, "Findings")[0]["Message"]
    )
    assert rows(book, "Applicants")[0]["Tier"] == "Competitive"


def test_a_rulebook_with_other_words_leaves_the_dashboard_to_excel(book: Path) -> None:
    """Pages: formulas that name a tier as it was are not given the counts of another name."""
    shipped = (files("stepladder.rulebook") / "pmr.toml").read_text("utf-8")
    renamed = shipped.replace('competitive = "Competitive"', 'competitive = "Very good"')
    assert renamed != shipped
    own = book.with_name("own.toml")
    own.write_text(renamed, "utf-8")
    before = parts(book)
    done = refresh(book, "--rulebook", own)
    assert done.exit_code == 0
    assert rows(book, "Applicants")[0]["Tier"] == "Very good"
    assert (
        "The sheet Dashboard was rebuilt by hand, or its words are not this rulebook's" in done.out
    )
    assert part_of(book, "Dashboard") not in changed_parts(before, book)

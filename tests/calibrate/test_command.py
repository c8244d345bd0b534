"""`stepladder calibrate` as an office runs it: what it writes, refuses and says."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import polars as pl
import pytest
from tests.calibrate.offices import DOCS, DOCS_TRUTH, PROGRAMS, simulated
from tests.cli.command import AS_OF, EXAMPLE_APPLICANTS, Done, rows, run, sheet_rows

from stepladder.rulebook import load_rulebook, overridden
from stepladder.rulebook.calibrated import rate_entries

Calibrate = Callable[..., Done]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a calibrated rulebook and its report, made from two seasons."""
    folder = tmp_path_factory.mktemp("office")
    done = calibrated(folder, 2028)
    assert done.exit_code == 0, done.err
    (folder / "said.txt").write_text(done.out, "utf-8")
    return folder


def calibrated(folder: Path, until: int, *options: str | Path) -> Done:
    """Calibrate on the outcomes of docs/calibration.md until a season."""
    people = [
        part
        for season in range(2027, until + 1)
        for part in ("--applicants", DOCS / f"applicants-{season}-fictional.csv")
    ]
    return run(
        "calibrate",
        DOCS / f"outcomes-until-{until}-fictional.csv",
        *people,
        "--programs",
        PROGRAMS,
        "--out",
        folder / "office.toml",
        "--as-of",
        f"{until}-06-01",
        *options,
    )


def test_one_season_is_refused_and_nothing_written(tmp_path: Path) -> None:
    """Issue 9: below the stated minimum exit code 3, and nothing is written."""
    done = calibrated(tmp_path, 2027)
    assert done.exit_code == 3
    assert "1 of 2 seasons" in done.err
    assert list(tmp_path.iterdir()) == []


def test_few_outcomes_are_refused(tmp_path: Path) -> None:
    """Each count that is short is named with what is needed."""
    lines = (DOCS / "outcomes-until-2028-fictional.csv").read_text("utf-8").splitlines()
    (tmp_path / "few.csv").write_text("\n".join(lines[:51]), "utf-8")
    people = DOCS / "applicants-2027-fictional.csv"
    inputs = (tmp_path / "few.csv", "--applicants", people, "--programs", PROGRAMS)
    done = run("calibrate", *inputs, "--out", tmp_path / "office.toml", "--as-of", "2028-06-01")
    assert done.exit_code == 3
    assert "50 of 200 outcomes" in done.err
    assert not (tmp_path / "office.toml").exists()


def test_the_values_are_of_kind_calibrated_with_counts_and_date(office: Path) -> None:
    """Issue 9: kind `calibrated`, on how many outcomes, of which seasons and when."""
    book = load_rulebook(office / "office.toml")
    entries = {entry.name: entry for entry in book.entries}
    assert book.is_calibrated
    for name in rate_entries():
        assert entries[name].kind == "calibrated"
        assert "Calibrated on 2028-06-01 on 1,440 outcomes" in entries[name].source
        assert "of the seasons 2027, 2028" in entries[name].source


def test_all_else_of_the_rulebook_stays(office: Path) -> None:
    """Only the eight values, their kinds and sources, and the version differ."""
    own, before = (
        {entry.name: entry for entry in load_rulebook(path).entries}
        for path in (office / "office.toml", None)
    )
    mark = " (illustrative)"
    moved = {
        name for name, entry in own.items() if entry.value != before[name].value.replace(mark, "")
    }
    assert moved <= {*rate_entries()}
    shipped = Path(load_rulebook.__code__.co_filename).with_name("pmr.toml").read_text("utf-8")
    text = (office / "office.toml").read_text("utf-8")
    lines = {line for line in shipped.splitlines() if line.startswith("#")}
    assert lines <= {*text.splitlines()}
    assert tomllib.loads(text)["version"] == "2026.11+calibrated.2028-06-01"


def test_the_fit_moves_towards_the_truth(office: Path) -> None:
    """The docs' office was drawn from known rates: most values lie nearer to them than shipped."""
    own, shipped = (load_rulebook(path).policy for path in (office / "office.toml", None))
    pairs = [
        (getattr(own.tiers, key), getattr(shipped.tiers, key), DOCS_TRUTH[key])
        for key in DOCS_TRUTH
        if hasattr(own.tiers, key)
    ]
    nearer = [abs(o.invite_rate - t) < abs(s.invite_rate - t) for o, s, t in pairs]
    assert sum(nearer) >= 4
    assert own.invite_rate.signal_lift > shipped.invite_rate.signal_lift


def test_the_report_says_it_all_and_names_nobody(office: Path) -> None:
    """Issue 9: calibration curve, Brier score and log loss, with plots; no network, no person."""
    page = (office / "office.html").read_text("utf-8")
    assert page.count("<svg") == 3
    for words in ("Calibration curve", "Log loss", "Brier score", "1,440 outcomes", "2027", "2028"):
        assert words in page
    assert not re.search(r"https?://|F00\d\d", page)


def test_the_screen_says_what_came_of_it(office: Path) -> None:
    """Log loss and Brier score of both rulebooks, and where everything is."""
    said = (office / "said.txt").read_text("utf-8")
    assert "log loss" in said
    assert "Brier score" in said
    assert "no longer marked illustrative" in said
    assert f"Rulebook: {office / 'office.toml'}" in said


@pytest.fixture(scope="module")
def results(office: Path) -> Path:
    """Some of the example cohort under the calibrated rulebook: a workbook and a folder."""
    lines = EXAMPLE_APPLICANTS.read_text("utf-8").splitlines(keepends=True)
    (office / "cohort.csv").write_text("".join(lines[:9]), "utf-8")
    book = ("--rulebook", office / "office.toml")
    for out in ("results.xlsx", "results"):
        # A row of the example's programs is to be fixed on purpose.
        assert batch(office, out, *book).exit_code == 1
    return office


def batch(folder: Path, out: str, *options: str | Path) -> Done:
    """Run `batch` on the cohort of a folder, as of one day."""
    inputs = (folder / "cohort.csv", "--programs", PROGRAMS, "--as-of", AS_OF, "--quiet")
    return run("batch", *inputs, *options, "--out", folder / out)


def test_results_are_no_longer_marked_illustrative(results: Path) -> None:
    """Issue 9: titles, sentences and pages lose the word, which stays in sources on Rules."""
    with ZipFile(results / "results.xlsx") as book:
        text = b"".join(book.read(name) for name in book.namelist() if name.endswith(".xml"))
    assert b"(illustrative)" not in text
    assert b", illustrative" not in text
    assert b"illustrative until calibrated on the office" not in text
    for name in ("applicants", "shortlist", "plan"):
        assert "illustrative" not in (results / "results" / f"{name}.csv").read_text("utf-8-sig")


def test_a_workbook_of_calibrated_results_is_read_again(results: Path) -> None:
    """The titles without the word are known to brief and refresh."""
    done = run("brief", results / "results.xlsx", "--out", results / "briefs", "--quiet")
    assert done.exit_code == 0, done.err
    before = sheet_rows(results / "results.xlsx", "Applicants")
    again = ("--rulebook", results / "office.toml", "--as-of", AS_OF, "--quiet")
    assert run("refresh", results / "results.xlsx", *again).exit_code == 1
    column = "Interviews, low"
    after = sheet_rows(results / "results.xlsx", "Applicants")
    assert [row[column] for row in before] == [row[column] for row in after]


def test_titles_of_calibrated_rates_over_others_are_told(results: Path) -> None:
    """A workbook made with a calibrated rulebook and refreshed without it says so."""
    own = ("--rulebook", results / "office.toml")
    asked = ("refresh", results / "results.xlsx", "--as-of", AS_OF, "--dry-run")
    assert "rulebook of this refresh is not calibrated" in run(*asked).out
    assert "is not calibrated" not in run(*asked, *own).out


LOW = "Interviews, low"
MARKED = f"{LOW} (illustrative)"
OWN_SHEET = "Ours"


@pytest.fixture
def shipped_book(results: Path, tmp_path: Path) -> Path:
    """Results under the shipped rulebook, with a formula and a note of the office's own."""
    batch(results, "shipped.xlsx", "--levers")
    loaded = openpyxl.load_workbook(results / "shipped.xlsx")
    sheet = loaded.create_sheet(OWN_SHEET)
    sheet["A1"] = f"=SUM(Applicants[{MARKED}])+SUM(Theirs[{MARKED}])"
    sheet["A2"] = f"Applicants[{MARKED}] is what we watch"
    loaded.save(tmp_path / "book.xlsx")
    return tmp_path / "book.xlsx"


def titles(book: openpyxl.Workbook) -> dict[str, list[str]]:
    """The titles of each table, which are those of its header cells, or Excel mends the file."""
    found = {}
    for sheet in book:
        for table in sheet.tables.values():
            found[table.name] = [column.name for column in table.tableColumns]
            assert [cell.value for cell in sheet[table.ref][0]] == found[table.name]
    return found


def words(book: openpyxl.Workbook, sheet: str) -> list[str]:
    """All texts and formulas of a sheet."""
    cells = (cell.value for row in book[sheet] for cell in row)
    return [value for value in cells if isinstance(value, str)]


def refreshed(book: Path, *options: str | Path) -> Done:
    """Refresh it as of the day of its results; a row of the programs is to be fixed on purpose."""
    done = run("refresh", book, "--as-of", AS_OF, *options)
    assert done.exit_code == 1, done.err
    return done


def test_titles_of_a_workbook_follow_the_rulebook(results: Path, shipped_book: Path) -> None:
    """Issue 9, 3: the word goes from titles and formulas of what is calibrated, and comes back."""
    made = openpyxl.load_workbook(shipped_book)
    before, own = titles(made), words(made, OWN_SHEET)
    assert MARKED in before["Applicants"]
    said = refreshed(shipped_book, "--rulebook", results / "office.toml").out
    assert "no longer say illustrative" in said
    assert "rebuilt by hand" not in said
    calibrated_book = openpyxl.load_workbook(shipped_book)
    after = titles(calibrated_book)
    assert not [title for found in after.values() for title in found if "illustrative" in title]
    assert [*map(len, after.values())] == [*map(len, before.values())]
    assert words(calibrated_book, OWN_SHEET) == [own[0].replace(MARKED, LOW, 1), own[1]]
    for page in ("Start", "Dashboard", "Brief"):
        assert not [text for text in words(calibrated_book, page) if "llustrative" in text]
    assert "say illustrative again" in refreshed(shipped_book).out
    again = openpyxl.load_workbook(shipped_book)
    assert (titles(again), words(again, OWN_SHEET)) == (before, own)


def test_a_table_under_a_pivot_table_keeps_its_titles(results: Path, shipped_book: Path) -> None:
    """A pivot table would lose the column: that is said, and the other tables are renamed."""
    pivot = '<pivotCacheDefinition><worksheetSource name="Applicants"/></pivotCacheDefinition>'
    with ZipFile(shipped_book, "a") as book:
        book.writestr("xl/pivotCache/pivotCacheDefinition1.xml", pivot)
    said = refreshed(shipped_book, "--rulebook", results / "office.toml").out
    assert "A pivot table needs the titles of Applicants" in said
    found = titles(openpyxl.load_workbook(shipped_book))
    assert MARKED in found["Applicants"]
    assert "Invite rate (index)" in found["Shortlist"]


def test_a_brief_drops_the_word_only_for_calibrated_results(results: Path) -> None:
    """Results made under the shipped rulebook stay illustrative, whatever rulebook is named."""
    batch(results, "shipped")
    book = ("--rulebook", results / "office.toml", "--as-of", AS_OF, "--applicant", "A001")
    for source, is_marked in (("results", False), ("shipped", True)):
        out = results / f"briefs-{source}"
        assert run("brief", results / source, *book, "--out", out, "--quiet").exit_code == 0
        [page] = [path for path in out.iterdir() if path.name != "index.html"]
        assert ("illustrative" in page.read_text("utf-8")) is is_marked


def test_a_typed_value_is_illustrative_again(office: Path) -> None:
    """Rules: what somebody types over a calibrated value is no longer what the outcomes say."""
    path = office / "office.toml"
    kept = overridden(path, {"interviews.target": "6"}).rulebook
    typed = overridden(path, {"invite_rate.signal_lift": "0.9"}).rulebook
    assert kept.is_calibrated
    assert not typed.is_calibrated
    assert "(illustrative)" not in kept.policy.suggestion_sentences.target_met
    assert "(illustrative)" in typed.policy.suggestion_sentences.target_met


def test_a_calibrated_rulebook_is_not_calibrated_again(office: Path, tmp_path: Path) -> None:
    """Its outcomes would count twice."""
    done = calibrated(tmp_path, 2028, "--rulebook", office / "office.toml")
    assert done.exit_code == 2
    assert "calibrated already" in done.err
    assert list(tmp_path.iterdir()) == []


def test_where_it_cannot_tell_the_rulebook_s_values_are_kept(tmp_path: Path) -> None:
    """Issue 9: outcomes drawn from the shipped rates themselves; the file is the rulebook's own."""
    world = simulated({}, seed=5, applicants=20, applications=15)
    world.outcomes.write_csv(tmp_path / "outcomes.csv")
    pl.concat(world.applicants.values()).write_csv(tmp_path / "people.csv")
    inputs = (tmp_path / "outcomes.csv", "--applicants", tmp_path / "people.csv")
    out = ("--programs", PROGRAMS, "--out", tmp_path / "own.toml", "--as-of", "2027-06-01")
    done = run("calibrate", *inputs, *out)
    assert done.exit_code == 0, done.err
    assert "cannot tell" in done.out
    assert load_rulebook(tmp_path / "own.toml").sha256 == load_rulebook().sha256


def test_an_input_is_never_replaced(tmp_path: Path) -> None:
    """--out that is the rulebook that was read, or no .toml file, is refused."""
    own = tmp_path / "office.toml"
    own.write_bytes(Path(load_rulebook.__code__.co_filename).with_name("pmr.toml").read_bytes())
    before = own.read_bytes()
    done = calibrated(tmp_path, 2028, "--rulebook", own)
    assert done.exit_code == 2
    assert "is an input" in done.err
    assert own.read_bytes() == before
    inputs = ("x.csv", "--applicants", "y.csv", "--programs", "z.csv")
    assert run("calibrate", *inputs, "--out", tmp_path / "office.csv").exit_code == 2


def test_a_row_to_fix_is_told_and_left_out(tmp_path: Path) -> None:
    """Exit code 1: an application that was not sent cannot have been answered."""
    text = (DOCS / "outcomes-until-2028-fictional.csv").read_text("utf-8")
    wrong = re.sub(r"(?m)^(F0001,\w+,2027),Yes,(\w+),\w+", r"\1,No,\2,Yes", text, count=1)
    (tmp_path / "outcomes.csv").write_text(wrong, "utf-8")
    people = [
        part
        for season in (2027, 2028)
        for part in ("--applicants", DOCS / f"applicants-{season}-fictional.csv")
    ]
    out = ("--programs", PROGRAMS, "--out", tmp_path / "own.toml", "--as-of", "2028-06-01")
    done = run("calibrate", tmp_path / "outcomes.csv", *people, *out)
    assert done.exit_code == 1
    assert "Invited is “Yes”, yet Applied is No." in done.out
    assert "left out: 1 with an error" in done.out


def test_compare_tells_values_and_is_illustrative_where_a_result_is(results: Path) -> None:
    """Sentences that lost the word are no other rules; two calibrated results lack the word."""
    batch(results, "shipped.xlsx")
    batch(results, "later", "--season", "2030", "--rulebook", results / "office.toml")
    said = run("compare", results / "shipped.xlsx", results / "results.xlsx").out
    assert "rulebook invite_rate.signal_lift: 0.7 → 0.904" in said
    assert "_sentences." not in said
    assert "illustrative until calibrated" in said
    said = run("compare", results / "results", results / "later").out
    assert "applicants moved" in said
    assert "illustrative" not in said


def test_results_move_with_the_calibrated_rates(results: Path) -> None:
    """The calibrated rulebook is used: rates differ from the shipped ones."""
    batch(results, "before")
    rates = [
        [row["invite_rate"] for row in rows(results / folder / "shortlist.csv")]
        for folder in ("before", "results")
    ]
    assert rates[0] != rates[1]

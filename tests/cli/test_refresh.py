"""`stepladder refresh`: a saved workbook is brought up to date, and nothing else in it moves."""

import getpass
import os
import re
import shutil
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import fastexcel
import openpyxl
import pytest
from openxml_audit import OpenXmlValidator
from tests.cli.command import AS_OF, EXAMPLE_APPLICANTS, EXAMPLE_PROGRAMS, contents, run
from tests.cli.command import rows as csv_rows
from tests.cli.office_edits import (
    address,
    cell,
    changed_parts,
    opened,
    part_of,
    parts,
    refresh,
    row,
    rows,
    told,
    typed,
    with_parts,
)

from stepladder.books.backups import FOLDER
from stepladder.books.sheets import result_tables
from stepladder.errors import WorkbookBusyError
from stepladder.refresh_book import refresh_book
from stepladder.run_book import Asked

SCORE = "Step 2 CK score"
OURS = result_tables()["applicants"].titles
RESULTS = ("shortlist", "plan", "findings")


def state(book: Path) -> tuple[bytes, int, list[str]]:
    """What a file holds, when it was written, and what stands beside it."""
    beside = sorted(path.name for path in book.parent.rglob("*"))
    return book.read_bytes(), book.stat().st_mtime_ns, beside


# ── what is written ────────────────────────────────────────────────────────────────────────────


def test_a_changed_score_changes_the_results(book: Path) -> None:
    """Refresh: a new score, and the tier beside it, on the Brief and on the Dashboard is new."""
    assert row(book, "007")["Tier"] == "Competitive"
    typed(book, "Applicants", {address(book, SCORE, 1): 252})
    done = refresh(book)
    assert (done.exit_code, done.err) == (0, "")
    assert row(book, "007")["Tier"] == "Highly competitive"
    dashboard = {
        line[0].value: line[-1].value
        for line in opened(book)["Dashboard"].iter_rows(
            min_row=65, max_row=70, min_col=2, max_col=5
        )
    }
    assert dashboard["Highly competitive"] == 1
    assert dashboard["Competitive"] == 0
    assert "Highly competitive" in {one.value for line in opened(book)["Brief"] for one in line}


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook of 18 applicants after an office worked in it, refreshed a week later."""
    folder = tmp_path_factory.mktemp("edited")
    book = folder / "book.xlsx"
    lines = EXAMPLE_APPLICANTS.read_text("utf-8").splitlines(keepends=True)
    (folder / "cohort.csv").write_text("".join(lines[:20]), "utf-8")
    inputs = ("--applicants", folder / "cohort.csv", "--programs", EXAMPLE_PROGRAMS)
    run("new", book, *inputs, "--as-of", AS_OF)
    shutil.copy(book, folder / "before.xlsx")
    typed(
        book,
        "Applicants",
        {
            address(book, SCORE, 3): 255,
            address(book, SCORE, 5): None,
            address(book, "US PM&R rotations", 8): 2,
            address(book, "Name", 9): "=1+1",
        },
    )
    typed(book, "Programs", {address(book, "Minimum Step 2 CK", 4, "Programs"): 260})
    done = refresh(book, "--as-of", "2026-11-30")
    assert done.exit_code == 1, done.err
    return book


@pytest.mark.parametrize("table", RESULTS)
def test_the_results_are_those_of_batch(edited: Path, table: str) -> None:
    """Refresh: the same rows give the same results, by whichever command."""
    out = edited.parent / "batch"
    if not out.exists():
        words = (edited, "--programs", edited, "--out", out, "--as-of", "2026-11-30")
        assert run("batch", *words).exit_code == 1
    titles = result_tables()[table].titles
    by_refresh = [
        {name: shown(line[title]) for name, title in titles.items()}
        for line in rows(edited, table.capitalize())
    ]
    by_batch = [
        {name: unquoted(line[name]) for name in titles} for line in csv_rows(out / f"{table}.csv")
    ]
    if table == "findings":
        by_batch.sort(
            key=lambda line: (line["severity"] != "Error", line["table"], int(line["sheet_row"]))
        )
    assert by_refresh == by_batch


def test_the_columns_of_applicants_are_those_of_batch(edited: Path) -> None:
    """Refresh: each applicant's own row holds what batch finds for it."""
    out = edited.parent / "columns"
    run("batch", edited, "--programs", edited, "--out", out, "--as-of", "2026-11-30")
    by_refresh = [
        {name: shown(line[title]) for name, title in OURS.items()}
        for line in rows(edited, "Applicants")
    ]
    assert by_refresh == [
        {name: unquoted(line[name]) for name in OURS} for line in csv_rows(out / "applicants.csv")
    ]
    assert len(by_refresh) == 18


def shown(value: object) -> str:
    """A cell's value as a CSV of ours spells it."""
    match value:
        case None:
            return ""
        case datetime():
            return f"{value:%Y-%m-%d}"
        case float():
            return f"{value:.6f}".rstrip("0").rstrip(".")
        case _:
            return str(value)


def unquoted(text: str) -> str:
    """A cell of a CSV of ours, numbers without the zeros at their end."""
    text = text.removeprefix("'")
    return text.rstrip("0").rstrip(".") if re.fullmatch(r"\d+\.\d+", text) else text


def test_the_schema_check_finds_nothing(edited: Path) -> None:
    """Office Open XML: the refreshed workbook is as Excel expects it."""
    found = OpenXmlValidator().validate(edited)
    assert [f"{error.part_uri}: {error.description}" for error in found.errors] == []


def test_two_readers_read_every_table(edited: Path) -> None:
    """Calamine and openpyxl find the same titles and the same number of rows."""
    names = [name for one in opened(edited) for name in one.tables]
    assert len(names) == 10
    reader = fastexcel.read_excel(edited)
    for name in names:
        by_calamine = reader.load_table(name, dtypes="string").to_polars()
        by_openpyxl = rows(edited, name)
        assert by_calamine.columns == [*by_openpyxl[0]]
        assert by_calamine.height == len(by_openpyxl)


def test_only_our_parts_change(edited: Path) -> None:
    """Refresh: of all sheets the inputs' other bytes, Programs, Rules, charts and styles stay."""
    before = parts(edited.with_name("before.xlsx"))
    ours = {
        part_of(edited, name) for name in ("Start", "Applicants", *map(str.capitalize, RESULTS))
    }
    ours |= {part_of(edited, name) for name in ("Dashboard", "Brief", "Fit", "Levers", "Log")}
    edited_by_hand = {part_of(edited, "Programs")}
    sizes = {name for name in before if name.startswith("xl/tables/")}
    assert changed_parts(before, edited) <= ours | edited_by_hand | sizes


def test_each_finding_is_on_its_own_row(edited: Path) -> None:
    """Findings: an applicant's status says what their row's findings are; errors stand first."""
    severities: dict[str, set[str]] = {}
    for line in rows(edited, "Findings"):
        if line["Table"] == "applicants":
            severities.setdefault(line["Cell"].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), set()).add(
                line["Severity"]
            )
    for n, line in enumerate(rows(edited, "Applicants"), 2):
        found = severities.get(str(n), set())
        status = "Fix" if "Error" in found else "Check" if found else "OK"
        assert line["Status"] == status
    order = [line["Severity"] for line in rows(edited, "Findings")]
    assert order == sorted(order)


# ── what stays ─────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_written_where_nothing_changed(book: Path) -> None:
    """Refresh: the same bytes, the same time, no backup, no Log row."""
    before = state(book)
    done = refresh(book)
    assert done.exit_code == 0
    assert done.out.splitlines()[-1] == "The workbook is up to date: nothing was written."
    assert state(book) == before


def test_a_second_refresh_writes_nothing(book: Path) -> None:
    """Refresh: what the first one wrote is what the second one finds."""
    typed(book, "Applicants", {address(book, SCORE, 2): 219})
    refresh(book, "--as-of", "2026-12-01")
    before = state(book)
    assert "nothing was written" in refresh(book, "--as-of", "2026-12-01").out
    assert state(book) == before


def test_another_day_is_another_result(book: Path) -> None:
    """Refresh: Start, Brief and what is overdue say the day of the plan."""
    refresh(book, "--as-of", "2026-12-01")
    assert cell(book, "Start", "D18") == datetime(2026, 12, 1)  # noqa: DTZ001 - a day
    assert cell(book, "Brief", "C2") == datetime(2026, 12, 1)  # noqa: DTZ001 - a day
    assert rows(book, "Log")[-1]["Changed"] == "No applicant's tier, fit, number or list changed"


def test_a_dry_run_says_what_would_change(book: Path) -> None:
    """--dry-run: who would change and how, and nothing is written, not even a lock."""
    typed(book, "Applicants", {address(book, SCORE, 1): 221})
    before = state(book)
    done = refresh(book, "--dry-run")
    assert done.exit_code == 0
    assert "  007: tier Competitive → Challenging" in done.out
    assert "of our own sheets would change." in done.out
    assert "is kept as" not in done.out
    assert state(book) == before


def test_a_dry_run_looks_into_a_file_that_may_not_be_written(book: Path) -> None:
    """--dry-run: it needs no more than to read, whoever has the workbook open."""
    typed(book, "Applicants", {address(book, SCORE, 1): 221})
    book.with_name("~$book.xlsx").touch()
    book.chmod(0o444)
    assert "007: tier Competitive → Challenging" in refresh(book, "--dry-run").out


def test_quiet_is_quiet(book: Path) -> None:
    """--quiet: it refreshes all the same."""
    typed(book, "Applicants", {address(book, SCORE, 1): 221})
    done = refresh(book, "--quiet")
    assert (done.exit_code, done.out, done.err) == (0, "", "")
    assert row(book, "007")["Tier"] == "Challenging"


def test_the_offices_own_parts_stay(book: Path) -> None:
    """Refresh: sheets, formulas, pictures, names and properties keep every byte."""
    furnish(book)
    typed(book, "Applicants", {address(book, SCORE, 1): 252})
    before = parts(book)
    assert refresh(book).exit_code == 0
    changed = changed_parts(before, book)
    ours = ("Start", "Applicants", "Shortlist", "Dashboard", "Brief", "Log")
    assert changed - {part_of(book, name) for name in ours} == {"xl/tables/table10.xml"}
    assert {*before} >= {"docProps/app.xml", "xl/media/room.png", "xl/charts/chart1.xml"}


def furnish(book: Path) -> None:
    """Add a sheet of the office's own, with a formula on our results and a picture behind it."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packaged = "http://schemas.openxmlformats.org/package/2006/relationships"
    sheet = (
        f'<worksheet xmlns="{main}" xmlns:r="{relations}"><sheetData><row r="1"><c r="A1">'
        '<f>SUM(Applicants[PM&amp;R fit])</f><v>1</v></c></row></sheetData><picture r:id="rId1"/>'
        "</worksheet>"
    )
    picture = (
        f'<Relationships xmlns="{packaged}"><Relationship Id="rId1" Type="{relations}/image" '
        'Target="../media/room.png"/></Relationships>'
    )
    leads = f'<Relationship Id="rId99" Type="{relations}/worksheet" Target="worksheets/own.xml"/>'
    kinds = (
        '<Default Extension="png" ContentType="image/png"/><Override PartName='
        '"/xl/worksheets/own.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'spreadsheetml.worksheet+xml"/></Types>'
    )

    def with_before(end: str, added: str) -> Callable[[bytes], bytes]:
        return lambda part: part.replace(end.encode(), (added + end).encode())

    with_parts(
        book,
        {
            "xl/worksheets/own.xml": sheet.encode(),
            "xl/worksheets/_rels/own.xml.rels": picture.encode(),
            "xl/media/room.png": os.urandom(2048),
            "xl/_rels/workbook.xml.rels": with_before("</Relationships>", leads),
            "xl/workbook.xml": with_before(
                "</sheets>", '<sheet name="Room plan" sheetId="99" r:id="rId99"/>'
            ),
            "[Content_Types].xml": lambda part: part.replace(b"</Types>", kinds.encode()),
        },
    )


def test_macros_stay(made: Path, tmp_path: Path) -> None:
    """Refresh: the VBA project of a .xlsm keeps every byte."""
    book = Path(shutil.copy(made, tmp_path / "book.xlsm"))
    relation = (
        b'<Relationship Id="rIdMacros" Type="http://schemas.microsoft.com/office/2006/'
        b'relationships/vbaProject" Target="vbaProject.bin"/></Relationships>'
    )
    kind = b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
    with_parts(
        book,
        {
            "xl/vbaProject.bin": os.urandom(4096),
            "xl/_rels/workbook.xml.rels": lambda part: part.replace(b"</Relationships>", relation),
            "[Content_Types].xml": lambda part: part.replace(b"</Types>", kind).replace(
                b"openxmlformats-officedocument.spreadsheetml.sheet.main",
                b"ms-excel.sheet.macroEnabled.main",
            ),
        },
    )
    typed(book, "Applicants", {address(book, SCORE, 1): 221})
    before = parts(book)
    assert refresh(book).exit_code == 0
    changed = changed_parts(before, book)
    assert changed
    assert {
        name for name in changed if not name.startswith(("xl/worksheets/", "xl/tables/"))
    } == set()


def test_an_override_in_an_own_column_stays(book: Path) -> None:
    """Rules: an advisor's own word on a computed advice is a note in their own column."""
    at = address(book, "Locker", 1)
    typed(book, "Applicants", {at: "apply to 30, agreed 11/20", address(book, SCORE, 1): 221})
    refresh(book)
    assert row(book, "007")["Locker"] == "apply to 30, agreed 11/20"
    assert row(book, "007")["Tier"] == "Challenging"


@pytest.mark.parametrize("text", ["=1+1", "+1 555", "-5 to do", "@home", '=HYPERLINK("x")'])
def test_text_that_looks_like_a_formula_stays_text(book: Path, text: str) -> None:
    """Values beginning with = + - @ are text wherever they turn up."""
    typed(book, "Applicants", {address(book, "Name", 1): text, address(book, "Advisor", 1): text})
    typed(book, "Programs", {address(book, "Program name", 1, "Programs"): text})
    refresh(book)
    found = {
        one.data_type
        for name in ("Shortlist", "Plan", "Applicants", "Programs", "Dashboard")
        for line in opened(book)[name].iter_rows()
        for one in line
        if one.value == text
    }
    assert found == {"s"}
    assert rows(book, "Shortlist")[0]["Program"] == text
    assert cell(book, "Brief", "B1") == text


# ── the Log and Start ──────────────────────────────────────────────────────────────────────────


def test_the_log_tells_who_when_and_what(book: Path) -> None:
    """Log: a row for each refresh: who, when, which rulebook, and what changed by applicant."""
    typed(
        book, "Applicants", {address(book, SCORE, 1): 252, address(book, "US PM&R rotations", 2): 2}
    )
    refresh(book)
    first, entry = rows(book, "Log")
    assert first["Changed"] == "First results"
    assert entry["Who"] == getpass.getuser()
    assert abs(datetime.now() - datetime.fromisoformat(entry["When"])).total_seconds() < 120  # noqa: DTZ005, DTZ007, RUF100 - local time
    assert entry["Rulebook"] == first["Rulebook"]
    assert entry["Overrides"] is None
    assert entry["Input fingerprint"] != first["Input fingerprint"]
    line, *details = entry["Changed"].splitlines()
    assert line == "Applicants: 2 changed (1 tier, 1 fit)"
    assert details == ["007: tier Competitive → Highly competitive", "3401-E5: fit 0 → 25"]


def test_start_tells_it_in_one_line(book: Path) -> None:
    """Start: the first line of the Log's entry; the rest stands in the Log."""
    typed(book, "Applicants", {address(book, SCORE, 1): 252})
    refresh(book)
    entry = rows(book, "Log")[-1]
    assert "\n" in entry["Changed"]
    assert cell(book, "Start", "D24") == "Applicants: 1 changed (1 tier)"
    assert cell(book, "Start", "D16") == entry["When"]
    assert cell(book, "Start", "D17") == entry["Who"]
    assert cell(book, "Start", "D20") == "3: 3 OK, 0 to check, 0 to fix"


def test_the_log_keeps_its_entries(book: Path) -> None:
    """Log: entries of before keep every word, days and numbers included."""
    before = rows(book, "Log")
    for day in ("2026-12-01", "2026-12-02", "2026-12-03"):
        refresh(book, "--as-of", day)
    entries = rows(book, "Log")
    assert entries[:1] == before
    assert [f"{entry['As of']:%m-%d}" for entry in entries] == ["11-23", "12-01", "12-02", "12-03"]


def test_who_is_new_and_who_is_gone_is_told(book: Path) -> None:
    """Log: an id typed over another is somebody new, and the other one is gone."""
    typed(book, "Applicants", {address(book, "Applicant ID", 1): "008"})
    refresh(book)
    assert rows(book, "Log")[-1]["Changed"].splitlines() == [
        "Applicants: 1 new, 1 gone",
        "new: 008",
        "gone: 007",
    ]


def test_no_name_is_told(book: Path) -> None:
    """Privacy: ids only, on the screen and in the Log."""
    typed(book, "Applicants", {address(book, SCORE, 1): 221})
    done = refresh(book)
    assert "Exemplar" not in done.out + rows(book, "Log")[-1]["Changed"]


# ── shared files ───────────────────────────────────────────────────────────────────────────────


def test_a_workbook_that_is_open_is_refused_with_the_persons_name(book: Path) -> None:
    """Exit 4: who has it open; --force goes on."""
    typed(book, "Applicants", {address(book, SCORE, 1): 221})
    before = book.read_bytes()
    name = "Ruth Hallowmere"
    marker = bytes([len(name)]) + name.encode().ljust(54) + bytes([len(name), 0])
    book.with_name("~$book.xlsx").write_bytes(marker + name.encode("utf-16-le").ljust(108))
    done = refresh(book)
    assert (done.exit_code, done.out) == (4, "")
    assert "book.xlsx is open in Excel by Ruth Hallowmere." in done.err
    assert book.read_bytes() == before
    assert refresh(book, "--force").exit_code == 0
    assert row(book, "007")["Tier"] == "Challenging"


def test_a_save_meanwhile_is_not_lost(book: Path) -> None:
    """Changed while it was computed: the refresh starts anew, and holds both."""
    typed(book, "Applicants", {address(book, SCORE, 1): 221})
    saves = iter([{address(book, SCORE, 2): 252}])

    def somebody_saves(_done: int, _of: int) -> None:
        if cells := next(saves, None):
            typed(book, "Applicants", cells)

    asked = Asked(as_of=date.fromisoformat(AS_OF))
    refresh_book(book, asked, progress=somebody_saves)
    assert row(book, "007")["Tier"] == "Challenging"
    assert row(book, "3401-E5")[SCORE] == 252
    assert row(book, "3401-E5")["Tier"] == "Highly competitive"
    assert len(rows(book, "Log")) == 2


def test_a_workbook_that_is_saved_again_and_again_is_left_alone(book: Path) -> None:
    """Exit 4: whoever saves each time is at work in it; their last state stands."""
    typed(book, "Applicants", {address(book, SCORE, 1): 220})
    scores = iter(range(221, 240))

    def somebody_saves(_done: int, _of: int) -> None:
        typed(book, "Applicants", {address(book, SCORE, 1): next(scores)})

    with pytest.raises(WorkbookBusyError) as refused:
        refresh_book(book, Asked(as_of=date.fromisoformat(AS_OF)), progress=somebody_saves)
    assert refused.value.exit_code == 4
    assert row(book, "007")[SCORE] == next(scores) - 1
    assert len(rows(book, "Log")) == 1


def test_restore_brings_the_state_before_back(book: Path) -> None:
    """Refresh keeps the state before as a backup; restore puts it back, byte for byte."""
    typed(book, "Applicants", {address(book, SCORE, 1): 221})
    before = book.read_bytes()
    done = refresh(book)
    assert f"The state before is kept as {FOLDER}/book.0001." in done.out
    assert run("restore", book).exit_code == 0
    assert book.read_bytes() == before


def test_a_file_that_may_not_be_written_is_refused(book: Path) -> None:
    """Exit 6, and nothing has changed."""
    typed(book, "Applicants", {address(book, SCORE, 1): 221})
    before = state(book)
    book.chmod(0o444)
    done = refresh(book)
    assert (done.exit_code, "may be read but not changed" in done.err) == (6, True)
    assert state(book) == before


def test_a_link_stays_a_link(book: Path) -> None:
    """The real file is refreshed, and its backup stands beside it."""
    typed(book, "Applicants", {address(book, SCORE, 1): 221})
    link = book.parent / "desk" / "link.xlsx"
    link.parent.mkdir()
    link.symlink_to(book)
    assert refresh(link).exit_code == 0
    assert link.is_symlink()
    assert row(book, "007")["Tier"] == "Challenging"
    assert [path.name for path in (book.parent / FOLDER).iterdir()] != []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("list.csv", b"Applicant ID\n1\n", "no Excel workbook"),
        ("gone.xlsx", None, "is not there"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Excel format"),
    ],
)
def test_what_is_no_workbook_is_refused(
    tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    """Exit 3, in one sentence."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    before = contents(tmp_path)
    done = refresh(tmp_path / name)
    assert (done.exit_code, done.out) == (3, "")
    assert said in done.err
    assert contents(tmp_path) == before
    assert refresh(tmp_path / name, "--dry-run").exit_code == 3


def test_a_workbook_without_our_tables_is_referred_to_adopt(tmp_path: Path) -> None:
    """Exit 3: what to do instead."""
    with closing(openpyxl.Workbook()) as office:
        office.worksheets[0].append(["Applicant ID", "Name", "Step 2 CK score"])
        office.save(tmp_path / "roster.xlsx")
    done = refresh(tmp_path / "roster.xlsx")
    assert done.exit_code == 3
    assert "stepladder adopt roster.xlsx" in done.err


def test_a_blank_workbook_is_refreshed_too(tmp_path: Path) -> None:
    """Before anybody is entered there is nothing to do, and nothing fails."""
    book = tmp_path / "blank.xlsm"
    run("new", book)
    done = refresh(book)
    assert (done.exit_code, done.err) == (0, "")
    assert told(book) == []

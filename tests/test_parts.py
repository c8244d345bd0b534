"""A cohort read, checked and written part by part: byte for byte what one run gives."""

import csv
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from tests.cli.command import COHORT, PROGRAMS, contents, write_book

from stepladder import cohort, refresh, shipped
from stepladder.books import TextTable, csv_blocks, packed, parts, read_table
from stepladder.books.csv_blocks import CsvBlocks, NotPlainError
from stepladder.books.parts import CutTable, read_parts
from stepladder.errors import InputError
from stepladder.refresh import applicants_schema, computed_titles, facts_of
from stepladder.rulebook import load_rulebook
from stepladder.template.shared_workbook import shared_workbook
from stepladder.template.workbook import write_workbook
from stepladder.validate import columns_surveyed, later_findings, recognise, surveyed, validate

AS_OF = date(2026, 6, 1)
SETTINGS = refresh.Settings(load_rulebook(), AS_OF)
EXAMPLE = shipped.workbooks() / "example-applicants-fictional.csv"
HEADER = "applicant_id,Name,img_status,step1_date,step2_ck_date,Locker,,step2_ck_score,notes"


def whole(table: Sequence[TextTable]) -> TextTable:
    """Parts below each other."""
    return replace(
        table[0],
        cells=pl.concat([part.cells for part in table]),
        sheet_rows=pl.concat([part.sheet_rows for part in table]),
        overlong=pl.concat([part.overlong for part in table]),
    )


def assert_same_table(found: TextTable, expected: TextTable) -> None:
    """Every cell, address and header is the same."""
    assert_frame_equal(found.cells, expected.cells)
    assert found.sheet_rows.equals(expected.sheet_rows)
    assert found.overlong.equals(expected.overlong)
    assert (found.headers, found.header_row) == (expected.headers, expected.header_row)
    assert found.source == expected.source


def plain(path: Path, programs: Path, out: Path, told: refresh.Settings = SETTINGS) -> None:
    """One run over all rows at once."""
    result = refresh.refresh(refresh.read_applicants(path), refresh.read_programs(programs), told)
    refresh.write_to_folder(result.sheets, out, "csv")


# ── reading ─────────────────────────────────────────────────────────────────────────────────────

ODD = ("", " ", "a", "é", "'=1", "03/04/2020", "25/04/2020", "=1+1", "a;b")
quoted = st.sampled_from((*ODD, 'say ""x""', "two\nlines", "a,b", "cr\r\nlf"))
lines = st.lists(st.lists(quoted, min_size=1, max_size=11), max_size=9)
blocks = st.sampled_from([1, 7, 64, 4096])


def as_cell(text: str) -> str:
    """A cell as it is saved; quotation marks within are left as they are typed."""
    return f'"{text}"' if set(text) & set(',"\n') else text


@settings(max_examples=150, deadline=None)
@given(
    lines, st.sampled_from(["\n", "\r\n"]), blocks, st.booleans(), st.sampled_from(["", "\ufeff"])
)
def test_blocks_read_what_the_whole_file_reads(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[str]],
    end: str,
    block: int,
    is_blank_between: bool,  # noqa: FBT001 - as above
    mark: str,
) -> None:
    """Blank lines, long and short records, quotation marks: cut anywhere, the same table."""
    text = end.join(
        [HEADER]
        + [
            ",".join(f'"{cell}"' if set(cell) & set(',"\n') else cell for cell in row)
            for row in rows
        ]
        + ["", "  "] * is_blank_between
        + [""]
    )
    path = tmp_path_factory.mktemp("csv") / "cohort.csv"
    path.write_text(mark + text, encoding="utf-8", newline="")
    with pytest.MonkeyPatch.context() as patch:
        found = CsvBlocks.opened(path, recognise(applicants_schema()))
        assert found is not None
        patch.setattr(csv_blocks, "BLOCK", block)
        assert_same_table(
            whole([*found.tables()]), read_table(path, recognise(applicants_schema()))
        )


@pytest.mark.parametrize(
    "content",
    [
        (HEADER + "\nA1,Zoë,,,,,,,\n").encode("cp1252"),
        (HEADER + "\nA1,Zoe,,,,,,,\n").encode("utf-16"),
        (HEADER + "\nA1,Zoe,,,,,,,\n").encode("utf-16-le"),
        (HEADER + '\nA1,5" tall,,,,,,,\n').encode(),
        (HEADER + "\rA1,Zoe,,,,,,,\rA2,Ann,,,,,,,\r").encode(),
    ],
    ids=["cp1252", "utf-16", "utf-16 without a mark", "stray mark", "carriage returns"],
)
def test_what_is_not_plain_is_read_as_a_whole(
    tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader of whole files decides what only it can, and the results are the same."""
    (tmp_path / "programs.csv").write_text(PROGRAMS, encoding="utf-8")
    path = tmp_path / "cohort.csv"
    path.write_bytes(content)
    monkeypatch.setattr(csv_blocks, "LONGEST_BLOCK", 16)
    monkeypatch.setattr(csv_blocks, "BLOCK", 8)
    plain(path, tmp_path / "programs.csv", tmp_path / "plain")
    cohort.write_results(path, (tmp_path / "programs.csv", None), SETTINGS, tmp_path / "parts")
    assert contents(tmp_path / "parts") == contents(tmp_path / "plain")


def test_utf_16_without_a_mark_is_not_opened_as_plain_text(tmp_path: Path) -> None:
    """Its zeros are valid UTF-8, and between the letters of a title they pass for signs."""
    path = tmp_path / "cohort.csv"
    path.write_bytes((HEADER + "\nA1,Zoe,,,,,,,\n").encode("utf-16-le"))
    assert CsvBlocks.opened(path, recognise(applicants_schema())) is None


def test_an_open_quotation_mark_is_told_as_ever(tmp_path: Path) -> None:
    """The parts say nothing of their own: the sentence is that of the whole file."""
    path = tmp_path / "cohort.csv"
    path.write_text(HEADER + '\nA1,"Zoe,,,,,,,\nA2,Ann,,,,,,,\n', encoding="utf-8")
    (tmp_path / "programs.csv").write_text(PROGRAMS, encoding="utf-8")
    with pytest.raises(InputError, match="line 2: a quotation mark is opened and not closed"):
        cohort.write_results(path, (tmp_path / "programs.csv", None), SETTINGS, tmp_path / "out")
    assert not (tmp_path / "out").exists()


# ── what decides across parts ───────────────────────────────────────────────────────────────────

people = st.fixed_dictionaries(
    {
        "applicant_id": st.sampled_from(["A1", "A2", "A3", "A4", "Ann Lee", ""]),
        "Name": st.sampled_from(["Ann Lee", "Bob", "ann lee ", "", "#N/A"]),
        "img_status": st.sampled_from(["US IMG", "Non-US IMG", "Bob", ""]),
        "step1_date": st.sampled_from(
            ["03/04/2020", "25/04/2020", "04/25/2020", "2020-03-04", "-"]
        ),
        "step2_ck_date": st.sampled_from(["03/04/2020", "25/04/2020", "soon", ""]),
        "Locker": st.sampled_from(["", "7"]),
        "": st.sampled_from(["", "", "x"]),
        "step2_ck_score": st.sampled_from(["245", "245*", "999", "Ann Lee", ""]),
        "notes": st.sampled_from(["", "call Bob; Ann Lee", "x"]),
    }
)


@settings(max_examples=40, deadline=None)
@given(st.lists(people, max_size=7), st.integers(1, 3))
def test_parts_are_judged_as_the_whole_is(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]], length: int
) -> None:
    """Ids, date orders, names and empty columns of other parts decide in each: findings, values."""
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(
        [HEADER.split(","), *(r.values() for r in rows)]
    )
    path = tmp_path_factory.mktemp("csv") / "cohort.csv"
    path.write_text(text.getvalue(), encoding="utf-8")
    schema, facts = applicants_schema(), facts_of(SETTINGS)
    table = read_table(path, recognise(schema))
    at_once = validate(table, schema, facts, computed_titles())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "ROWS", length)
        cut = CutTable(table)
        survey = surveyed(cut.columns(columns_surveyed(cut.head, schema)), cut.head, schema)
        judged = [validate(part, schema, facts, computed_titles(), survey) for part in cut.tables()]
    frames = pl.concat([one.frame.drop("row") for one in judged])
    assert_frame_equal(frames, at_once.frame.drop("row"))
    assert_frame_equal(pl.concat([one.own for one in judged]), at_once.own)
    of_row = pl.col("sheet_row") > table.header_row
    findings = pl.concat([one.findings.filter(of_row) for one in judged])
    assert_frame_equal(findings, at_once.findings.filter(of_row))
    assert judged[0].findings.filter(~of_row).equals(at_once.findings.filter(~of_row))
    assert all(one.headers.equals(at_once.headers) for one in judged)


# ── writing ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("block", "piece"), [(400, 1), (5_000, 3), (1 << 20, 4096)])
def test_parts_write_the_bytes_of_one_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int, piece: int
) -> None:
    """Issue 7: any slice size gives the same bytes of every table, pairs included."""
    told = replace(SETTINGS, keep_pairs=True)
    programs = shipped.workbooks() / "example-programs-fictional.csv"
    lines_of = EXAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)
    path = tmp_path / "cohort.csv"
    # The first rows lack a season, which is asked about once; the last ones are met again.
    path.write_text("".join([*lines_of[:20], *lines_of[17:22]]), encoding="utf-8")
    plain(path, programs, tmp_path / "plain", told)
    monkeypatch.setattr(csv_blocks, "BLOCK", block)
    monkeypatch.setattr(refresh, "PIECE", piece)
    done = cohort.write_results(path, (programs, None), told, tmp_path / "parts")
    assert contents(tmp_path / "parts") == contents(tmp_path / "plain")
    assert len(done.tables) == 7


def test_a_season_that_was_carried_over_is_asked_about_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A finding at the header that a later part raises still comes first, and once."""
    rows = COHORT.splitlines()
    (tmp_path / "cohort.csv").write_text("\n".join([*rows, ""]), encoding="utf-8")
    (tmp_path / "programs.csv").write_text(PROGRAMS, encoding="utf-8")
    told = replace(SETTINGS, office_season=2060)
    inputs = tmp_path / "cohort.csv", tmp_path / "programs.csv"
    plain(*inputs, tmp_path / "plain", told)
    monkeypatch.setattr(csv_blocks, "BLOCK", 40)
    cohort.write_results(inputs[0], (inputs[1], None), told, tmp_path / "parts")
    assert contents(tmp_path / "parts") == contents(tmp_path / "plain")
    assert b"season_carried_over" in (tmp_path / "parts" / "findings.csv").read_bytes()


@pytest.mark.parametrize("suffix", ["parquet", "xlsx"])
def test_other_media_come_in_parts_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    """Parquet and workbooks: the same bytes as in one run."""
    cells = list(csv.reader(StringIO(COHORT)))
    path = tmp_path / f"cohort.{suffix}"
    if suffix == "xlsx":
        write_book(path, {"Applicants": cells})
    else:
        pl.DataFrame(cells[1:], schema=cells[0], orient="row").write_parquet(path)
    (tmp_path / "programs.csv").write_text(PROGRAMS, encoding="utf-8")
    plain(path, tmp_path / "programs.csv", tmp_path / "plain")
    monkeypatch.setattr(parts, "ROWS", 2)
    cohort.write_results(path, (tmp_path / "programs.csv", None), SETTINGS, tmp_path / "parts")
    assert contents(tmp_path / "parts") == contents(tmp_path / "plain")


def test_parquet_holds_what_csv_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams of parquet: the values of one run, whatever the size of the parts."""
    programs = shipped.workbooks() / "example-programs-fictional.csv"
    result = refresh.refresh(
        refresh.read_applicants(EXAMPLE), refresh.read_programs(programs), SETTINGS
    )
    refresh.write_to_folder(result.sheets, tmp_path / "plain", "parquet")
    written = []
    for block in (2_000, 1 << 20):
        monkeypatch.setattr(csv_blocks, "BLOCK", block)
        out = tmp_path / str(block)
        cohort.write_results(EXAMPLE, (programs, None), SETTINGS, out, "parquet")
        written.append(contents(out))
        for path in (tmp_path / "plain").iterdir():
            assert_frame_equal(pl.read_parquet(out / path.name), pl.read_parquet(path))
    assert written[0] == written[1]


@pytest.mark.parametrize("told", [SETTINGS, replace(SETTINGS, keep_pairs=True, with_levers=True)])
def test_a_workbook_of_compressed_lists_is_that_of_lists_that_are_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: refresh.Settings
) -> None:
    """Byte for byte, pages included, in however small pieces the lists are compressed."""
    programs = shipped.workbooks() / "example-programs-fictional.csv"
    result = refresh.refresh(
        refresh.read_applicants(EXAMPLE), refresh.read_programs(programs), told
    )
    shown = refresh.contents(result, "compressed.xlsx", refresh.BATCH)
    held, compressed = tmp_path / "held.xlsx", tmp_path / "compressed.xlsx"
    write_workbook(held, shared_workbook(refresh.with_no_outcomes(shown, result)))
    monkeypatch.setattr(refresh, "PIECE", 8)
    monkeypatch.setattr(packed, "_ROWS", 100)
    done = cohort.write_workbook_of(EXAMPLE, (programs, None), told, compressed)
    assert compressed.read_bytes() == held.read_bytes()
    assert (done.tables, done.summary.tiers) == (result.tables, result.summary.tiers)


@pytest.mark.parametrize("medium", ["csv", "parquet"])
def test_a_run_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, medium: refresh.Format
) -> None:
    """All files of a folder take their places together, or none does, and nothing else is left."""
    (tmp_path / "programs.csv").write_text(PROGRAMS, encoding="utf-8")
    (tmp_path / "cohort.csv").write_text(COHORT, encoding="utf-8")
    inputs = tmp_path / "cohort.csv", (tmp_path / "programs.csv", None)
    cohort.write_results(*inputs, SETTINGS, tmp_path / "out", medium)
    before = contents(tmp_path / "out")
    monkeypatch.setattr(csv_blocks, "BLOCK", 60)
    calls = iter(range(2))

    def breaks_off(*arguments: object) -> pl.DataFrame:
        next(calls)
        return later_findings(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(cohort, "later_findings", breaks_off)
    with pytest.raises(StopIteration):
        cohort.write_results(*inputs, SETTINGS, tmp_path / "out", medium)
    assert contents(tmp_path / "out") == before


def test_plain_files_are_never_read_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CSV and parquet go through in parts: the reader of whole files is not asked."""
    (tmp_path / "cohort.csv").write_text(COHORT, encoding="utf-8")
    pl.DataFrame({"applicant_id": ["A1"]}).write_parquet(tmp_path / "cohort.parquet")

    def refuses(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(parts, "read_table", refuses)
    for name in ("cohort.csv", "cohort.parquet"):
        found = read_parts(tmp_path / name, recognise(applicants_schema()))
        assert sum(len(part.sheet_rows) for part in found.tables()) == (3 if "csv" in name else 1)
    assert issubclass(NotPlainError, Exception)

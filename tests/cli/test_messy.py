"""The messy CSV of an office: every row kept, every finding with its cell, nobody named.

Engine issue, “It must show”: cp1252, semicolons, a title line, alias headers, "P", "245*",
"two-forty", a doubled id, 999.
"""

from dataclasses import dataclass

import pytest
from tests.cli.command import AS_OF, PROGRAMS, Done, contents, rows, run, start

MESSY = """\
Advisees of fall 2026 – list of the dean’s office
Student ID;Student name;IMG;YOG;Visa;Step 1;USMLE Step 2 CK;NBME;LORs;Locker
007;José Peñalver;us-img;2023;none;P;245*;;3;12
008;Björn Åkerlind;non us img;2024;J1;215;two-forty;;3;n/a
009;Zoë Lefèvre;Non-US IMG;2024;J-1;pass;999;;;
010;Iñaki Etxarte;Non-US IMG;2025;J-1;Pass;231;;2;
010;Søren Kjærgård;Non-US IMG;2025;J-1;Pass;228;;2;
012;Françoise D’Arblay;Non-US IMG;2023;J-1;; 240 ;;n/a;
"""
NAMES = [line.split(";")[1] for line in MESSY.splitlines()[2:]]
NAME_PARTS = [part for name in NAMES for part in name.split()]
OURS = slice(11, None)


@dataclass(frozen=True)
class Messy:
    """What `batch` and `check` said and wrote, and the office's files before and after."""

    batch: Done
    check: Done
    written: dict[str, bytes]
    applicants: list[dict[str, str]]
    findings: list[dict[str, str]]
    given: dict[str, bytes]
    left: dict[str, bytes]


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Messy:
    """Run both commands once."""
    folder = tmp_path_factory.mktemp("messy")
    (folder / "cohort.csv").write_bytes(MESSY.replace("\n", "\r\n").encode("cp1252"))
    (folder / "programs.csv").write_text(PROGRAMS, encoding="utf-8")
    given = contents(folder)
    options = ("--programs", "programs.csv", "--out", "out", "--as-of", AS_OF, "--pairs")
    batch = start("batch", "cohort.csv", *options, folder=folder)
    assert batch.exit_code == 1, batch.err
    return Messy(
        batch,
        run("check", folder / "cohort.csv", "--as-of", AS_OF),
        contents(folder / "out"),
        rows(folder / "out" / "applicants.csv"),
        rows(folder / "out" / "findings.csv"),
        given,
        contents(folder),
    )


def test_the_run_is_done_and_says_that_rows_need_fixing(messy: Messy) -> None:
    """Commands: exit 1, and nothing on stderr."""
    assert (messy.batch.exit_code, messy.batch.err) == (1, "")
    assert "2 to check · 4 to fix" in messy.batch.out


def test_all_six_rows_are_kept_in_their_order(messy: Messy) -> None:
    """Leading zeros, marks of cp1252 and the office's own column live."""
    ids = ["007", "008", "009", "010", "010", "012"]
    assert [row["applicant_id"] for row in messy.applicants] == ids
    assert [row["name"] for row in messy.applicants] == NAMES
    assert [row["Locker"] for row in messy.applicants] == ["12", "n/a", "", "", "", ""]


def test_each_finding_has_its_cell(messy: Messy) -> None:
    """Cells are those of the office's file: the header stands on line 2."""
    found = [
        (row["cell"], row["severity"], row["code"], row["found"])
        for row in messy.findings
        if row["table"] == "applicants"
    ]
    assert found == [
        ("F2", "Query", "column_split", "Step 1"),
        ("F3", "Query", "read_as_choice", "P"),
        ("G3", "Query", "read_as_number", "245*"),
        ("G4", "Error", "unreadable", "two-forty"),
        ("G5", "Error", "out_of_limits", "999"),
        ("A6", "Error", "doubled_id", "010"),
        ("A7", "Error", "doubled_id", "010"),
        ("G8", "Query", "read_as_number", " 240 "),
        ("I8", "Query", "read_as_blank", "n/a"),
    ]


def test_each_finding_says_what_to_do(messy: Messy) -> None:
    """Its message begins with the cell, and it has a fix."""
    for row in messy.findings:
        assert row["message"].startswith(f"{row['cell']}: ")
        assert row["fix"].endswith(".")


def test_both_doubled_rows_are_to_be_fixed_and_the_readable_ones_are_scored(messy: Messy) -> None:
    """Validation: the row is not scored, all other rows are."""
    statuses = [row["status"] for row in messy.applicants]
    assert statuses == ["Check", "Fix", "Fix", "Fix", "Fix", "Check"]
    tiers = [row["tier"] for row in messy.applicants]
    assert tiers == ["Competitive", "", "", "", "", "Competitive"]


def test_two_forty_is_not_read_as_240(messy: Messy) -> None:
    """The contract: number words are an error; no column of the row holds a 240."""
    row = messy.applicants[1]
    assert row["step2_ck_score"] == "two-forty"
    assert [name for name, value in row.items() if "240" in value] == []
    assert {*list(row.values())[OURS]} == {"Fix", ""}


def test_999_is_kept_and_not_used(messy: Messy) -> None:
    """The contract: the original text where not read."""
    row = messy.applicants[2]
    assert row["step2_ck_score"] == "999"
    assert {*list(row.values())[OURS]} == {"Fix", ""}


def test_what_was_meant_well_is_read(messy: Messy) -> None:
    """Validation: "P" is Pass, "245*" and " 240 " are numbers, J1 is J-1."""
    read = [
        (row["step1_result"], row["step1_score"], row["step2_ck_score"], row["visa_needed"])
        for row in messy.applicants
    ]
    assert read == [
        ("Pass", "", "245", "None"),
        ("", "215", "two-forty", "J-1"),
        ("Pass", "", "999", "J-1"),
        ("Pass", "", "231", "J-1"),
        ("Pass", "", "228", "J-1"),
        ("", "", "240", "J-1"),
    ]


@pytest.mark.parametrize("part", NAME_PARTS)
def test_nobody_is_named_beside_the_list_itself(messy: Messy, part: str) -> None:
    """Validation: no name in a finding, on the screen, or in any table but the applicants'."""
    for said in (messy.batch, messy.check):
        assert part not in said.out + said.err
    for name, content in messy.written.items():
        assert (part in content.decode("utf-8-sig")) == (name == "applicants.csv"), name


def test_check_groups_them_by_what_to_do(messy: Messy) -> None:
    """Commands: errors first, the exit code says so, the header mapping is shown."""
    assert messy.check.exit_code == 1
    assert "  “LORs” is Letters, total\n" in messy.check.out
    assert messy.check.out.index("MUST BE FIXED (4)") < messy.check.out.index("TO CHECK (5)")


def test_the_offices_files_are_as_they_were(messy: Messy) -> None:
    """Commands: a run only reads its inputs."""
    assert {name: messy.left[name] for name in messy.given} == messy.given

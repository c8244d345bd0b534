"""Which line of an export is which column of programs."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.programs_import.conftest import imported

Spec = Callable[[str], None]
Export = Callable[..., Path]


def test_each_line_of_an_export_has_its_column(spec: Spec) -> None:
    """Issue 3, item 6: the labels of an export as Residency Explorer writes them."""
    spec("""
        ACGME residency program code | 3409998001                  || program_id | 3409998001
        Residency program name | Fennmoor                          || program_name | Fennmoor
        City | Fennmoor Bay                                        || city | Fennmoor Bay
        State | OH                                                 || state | OH
        Program setting | Military                                 || setting | Military
        Percentage of residents who were US-citizen IMGs | 8       || us_img_pct | 8
        Percentage of residents who were non-US-citizen IMGs | 3   || non_us_img_pct | 3
        Range of average USMLE Step 1 score of current residents | 226-235 || typical_step1 | 230
        Range of average USMLE Step 2 CK score of current residents | 240 || typical_step2_ck | 240
        Program consider applicants with J-1 visa? | Yes           || j1_visa | Yes
        Program consider applicants with H-1B visa? | No           || h1b_visa | No
        # of applications submitted to this program in 2021 | 512  || applications_received | 512
        % of applicants interviewed by the program in 2020 | 10.6  || interviewed_pct | 10.6
        # of positions offered by this program in the 2021 NRMP Main Match | 6 || positions | 6
    """)


def test_years_in_a_label_do_not_matter(spec: Spec) -> None:
    """Issue 3, item 6: any year, a span of years, or none."""
    spec("""
        # of applications submitted to this program in 2027       || applications_received |
        # of applications submitted to this program in 2027 | 512 || applications_received | 512
        # of applications submitted to this program | 512         || applications_received | 512
        % of applicants interviewed by the program in 2023-2024 | 9 || interviewed_pct | 9
        % of applicants interviewed by the program in 2023–24 | 9   || interviewed_pct | 9
        # of positions offered by this program in the 2026 NRMP Main Match | 6 || positions | 6
    """)


def test_the_spelling_of_a_label_does_not_matter(spec: Spec) -> None:
    """Case, spaces, punctuation, small words; # and % as words."""
    spec("""
        PROGRAM  SETTING: | Other                                      || setting | Other
        Program considers applicants with J1 visa | Yes                || j1_visa | Yes
        Program consider applicants with the H1B visa? | Yes           || h1b_visa | Yes
        Percent of residents who are US citizen IMGs | 8               || us_img_pct | 8
        % of residents who were non-US citizen IMGs | 3                || non_us_img_pct | 3
        Range of average USMLE Step 2CK score of current residents | 240 || typical_step2_ck | 240
        Number of applications submitted to this program in 2024 | 5 || applications_received | 5
    """)


@pytest.mark.parametrize(
    "label",
    [
        "# of categorical positions filled by this program in the 2021 NRMP Main Match",
        "Range of average COMLEX Level 1 score of current residents",
        "Percentage of residents who were US MD graduates",
        "Percentage of residents who were US DO graduates",
        "Percentage of matched applicants who were US-citizen IMGs",
        "Program consider applicants with F-1 Visa (OPT 1st year)?",
        "Comparison to Matched Applicants: USMLE Step 1",
        "# Residents on Duty Year 1",
        "Total # Residents on Duty",
        "Zip",
    ],
)
def test_a_line_without_a_column_is_listed(export: Export, tmp_path: Path, label: str) -> None:
    """Issue 3, item 6: what is not mapped is listed, and a label that only looks alike is not."""
    given = export(f"""
        ACGME residency program code | 3409998001 | 3409998002
        Residency program name       | Fennmoor   | Gorsedale
        {label}                      | 44         |
    """)
    rows, report = imported([given], tmp_path / "programs.csv")
    assert report.unmapped.to_dicts() == [{"label": label, "programs": 1}]
    assert {value for row in rows for value in row.values()}.isdisjoint({"44"})


def test_the_label_of_the_later_year_counts(export: Export, tmp_path: Path) -> None:
    """Two lines for one fact: the later year is taken, wherever it stands, the other is listed."""
    given = export("""
        ACGME residency program code | 3409998001
        Residency program name | Fennmoor
        # of applications submitted to this program in 2024 | 600
        # of applications submitted to this program in 2023 | 500
    """)
    rows, report = imported([given], tmp_path / "programs.csv")
    assert rows[0]["applications_received"] == "600"
    assert report.unmapped["label"].to_list() == [
        "# of applications submitted to this program in 2023"
    ]


def test_every_program_column_becomes_a_row(export: Export, tmp_path: Path) -> None:
    """Issue 3, item 6: one program a column, up to 50 a file and more; codes keep their zeros."""
    codes = [f"0340{number:06}" for number in range(60)]
    given = export(
        f"ACGME residency program code | {' | '.join(codes)}\n"
        f"Residency program name | {' | '.join(f'Program {code}' for code in codes)}"
    )
    rows, _ = imported([given], tmp_path / "programs.csv")
    assert [row["program_id"] for row in rows] == codes


def test_a_program_without_a_code_is_told(export: Export, tmp_path: Path) -> None:
    """A row needs a code: the column is left out and named."""
    given = export("""
        ACGME residency program code | 3409998001 |           | 3409998003
        Residency program name       | Fennmoor   | Gorsedale | Heathby
    """)
    rows, report = imported([given], tmp_path / "programs.csv")
    assert [row["program_name"] for row in rows] == ["Fennmoor", "Heathby"]
    assert report.left_out == ("export.xlsx, column C: no program code, so it was left out.",)

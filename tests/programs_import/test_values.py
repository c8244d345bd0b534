"""What the values of an export mean in programs."""

from collections.abc import Callable
from pathlib import Path

from tests.programs_import.conftest import imported

Spec = Callable[[str], None]
Export = Callable[..., Path]


def test_settings(spec: Spec) -> None:
    """Issue 3, item 6: every setting of an export is one of ours; other spellings are read too."""
    spec("""
        Program setting | University Hospital  || setting | University
        Program setting | Affiliated Hospital  || setting | University-affiliated
        Program setting | Community Hospital   || setting | Community
        Program setting | Military             || setting | Military
        Program setting | Other                || setting | Other
        Program setting | university hospital. || setting | University
        Program setting | University-based     || setting | University
        Program setting | Not Available        || setting |
        Program setting | Rehabilitation spa   || setting |
    """)


def test_states(spec: Spec) -> None:
    """States become two-letter codes."""
    spec("""
        State | ny         || state | NY
        State | New York   || state | NY
        State | Ruritania  || state |
    """)


def test_ranges_of_scores(spec: Spec) -> None:
    """docs/importing-programs.md: the middle, rounded down; a range open at one end has none."""
    step1 = "Range of average USMLE Step 1 score of current residents"
    step2_ck = "Range of average USMLE Step 2 CK score of current residents"
    spec(f"""
        {step1}    | 210-225          || typical_step1    | 217
        {step1}    | 226-235          || typical_step1    | 230
        {step1}    | 236 – 245        || typical_step1    | 240
        {step1}    | 236 to 245       || typical_step1    | 240
        {step1}    | 232              || typical_step1    | 232
        {step1}    | Below 210        || typical_step1    |
        {step1}    | Greater than 245 || typical_step1    |
        {step1}    | 245-226          || typical_step1    |
        {step1}    | 301-310          || typical_step1    |
        {step2_ck} | 246-255          || typical_step2_ck | 250
    """)


def test_shares_and_counts(spec: Spec) -> None:
    """Percentages with and without a sign, thousands; 0 is a value, nothing is not."""
    spec("""
        % of applicants interviewed by the program in 2020 | 10.6%   || interviewed_pct | 10.6
        % of applicants interviewed by the program in 2020 | 0       || interviewed_pct | 0
        % of applicants interviewed by the program in 2020 | 101     || interviewed_pct |
        Percentage of residents who were US-citizen IMGs | 0         || us_img_pct | 0
        Percentage of residents who were US-citizen IMGs |           || us_img_pct |
        Percentage of residents who were US-citizen IMGs | -3        || us_img_pct |
        # of applications submitted to this program in 2021 | 1,024  || applications_received | 1024
        # of applications submitted to this program in 2021 | many   || applications_received |
    """)


def test_what_says_nothing_stays_unknown(spec: Spec) -> None:
    """Blank stays unknown, never No or 0 (design: Blank means unknown, everywhere)."""
    spec("""
        Program consider applicants with J-1 visa? |                || j1_visa |
        Program consider applicants with J-1 visa? | Not Available  || j1_visa |
        Program consider applicants with J-1 visa? | not available. || j1_visa |
        Program consider applicants with J-1 visa? | N/A            || j1_visa |
        Program consider applicants with J-1 visa? | -              || j1_visa |
        Program consider applicants with J-1 visa? | —              || j1_visa |
        City | Not Available                                        || city |
    """)


def test_track_and_positions(spec: Spec) -> None:
    """Issue 3, item 6: both kinds of position are one row; their sum, if both are known."""
    categorical = "# of categorical positions offered by this program in the 2025 NRMP Main Match"
    advanced = "# of advanced positions offered by this program in the 2025 NRMP Main Match"
    spec(f"""
        {categorical} | 2 & {advanced} | 4 || track     | Categorical and Advanced
        {categorical} | 2 & {advanced} | 4 || positions | 6
        {categorical} | 2 & {advanced} | 0 || track     | Categorical
        {categorical} | 2 & {advanced} | 0 || positions | 2
        {categorical} | 0 & {advanced} | 4 || track     | Advanced
        {categorical} | 0 & {advanced} | 4 || positions | 4
        {categorical} | 0 & {advanced} | 0 || track     |
        {categorical} | 0 & {advanced} | 0 || positions | 0
        {categorical} | 2 & {advanced} |   || track     |
        {categorical} | 2 & {advanced} |   || positions |
        {categorical} |   & {advanced} |   || positions |
    """)


def test_positions_not_told_apart_give_no_track(spec: Spec) -> None:
    """One line for all positions says nothing of their kind."""
    spec("""
        # of positions offered by this program in the 2025 NRMP Main Match | 5 || positions | 5
        # of positions offered by this program in the 2025 NRMP Main Match | 5 || track |
    """)


def test_a_value_that_is_not_taken_is_listed_with_its_cell(export: Export, tmp_path: Path) -> None:
    """Nothing is lost silently; what says that it knows nothing is not listed."""
    given = export("""
        ACGME residency program code | 3409998001    | 3409998002
        Residency program name       | Fennmoor      | Gorsedale
        Program setting              | Not Available | Rehabilitation spa
        Range of average USMLE Step 1 score of current residents | Below 210 | 226-235
        # of categorical positions offered by this program in the 2025 NRMP Main Match | 2 | 0
        # of advanced positions offered by this program in the 2025 NRMP Main Match    |   | 3
    """)
    _, report = imported([given], tmp_path / "programs.csv")
    assert report.unread.select("cell", "program_id", "text").rows() == [
        ("C4", "3409998002", "Rehabilitation spa"),
        ("B5", "3409998001", "Below 210"),
        ("B6", "3409998001", "2"),
    ]


def test_text_that_looks_like_a_formula_is_kept_as_text(export: Export, tmp_path: Path) -> None:
    """Design, the contract in the small: such text gets an apostrophe in a CSV."""
    given = export("""
        ACGME residency program code | 3409998001
        Residency program name       | @Fennmoor
    """)
    rows, _ = imported([given], tmp_path / "programs.csv")
    assert rows[0]["program_name"] == "'@Fennmoor"

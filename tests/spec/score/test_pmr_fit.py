"""pmr_fit and its parts (guide: Make PM&R Fit Unmistakable)."""

from collections.abc import Callable

import pytest

Spec = Callable[..., None]

EVERYTHING = {
    "pmr_rotations_us": "2",
    "pmr_observerships_us": "0",
    "letters_us_physiatrist": "2",
    "letter_pmr_faculty": "yes",
    "rotation_inpatient_rehab": "yes",
    "rotation_brain_spinal": "yes",
    "rotation_msk_pain": "yes",
    "case_reports": "1",
    "posters": "1",
    "qi_projects": "1",
    "publications": "0",
    "rehab_experience_months": "6",
    "personal_statement": "PM&R-focused",
}
NOTHING = {
    name: "Not started" if name == "personal_statement" else "no" if cell == "yes" else "0"
    for name, cell in EVERYTHING.items()
}


def test_two_us_rotations_earn_25(spec: Spec) -> None:
    """Design, pmr_fit: US PM&R rotations 25, full at 2."""
    spec("""
        applicant | pmr_rotations_us || fit_rotations
        none      |                0 ||           0.0
        one       |                1 ||          12.5
        two       |                2 ||          25.0
        three     |                3 ||          25.0
    """)


def test_an_observership_counts_half_a_rotation(spec: Spec) -> None:
    """Design, pmr_fit: an observership counts half."""
    spec("""
        applicant | pmr_rotations_us | pmr_observerships_us || fit_rotations
        one       |                0 |                    1 ||          6.25
        three     |                0 |                    3 ||         18.75
        four      |                0 |                    4 ||         25.00
        five      |                0 |                    5 ||         25.00
        both      |                1 |                    1 ||         18.75
        just_full |                1 |                    2 ||         25.00
        alone     |                  |                    2 ||         12.50
    """)


def test_two_letters_from_us_physiatrists_earn_25(spec: Spec) -> None:
    """Guide, Make PM&R Fit Unmistakable: at least 2 strong letters from U.S. physiatrists."""
    spec("""
        applicant | letters_us_physiatrist || fit_letters
        none      |                      0 ||         0.0
        one       |                      1 ||        12.5
        two       |                      2 ||        25.0
        three     |                      3 ||        25.0
    """)


def test_other_letters_earn_nothing(spec: Spec) -> None:
    """Design, pmr_fit: letters from US physiatrists, not letters in all."""
    spec("""
        applicant | letters_total | letters_us_physiatrist || fit_letters
        other     |             4 |                      0 ||         0.0
    """)


def test_a_letter_from_residency_faculty_earns_10(spec: Spec) -> None:
    """Guide, Make PM&R Fit Unmistakable: ideal, from a director or faculty where you rotated."""
    spec("""
        applicant | letter_pmr_faculty || fit_faculty_letter
        yes       | yes                ||               10.0
        no        | no                 ||                0.0
        blank     |                    ||                0.0
    """)


@pytest.mark.parametrize(
    "setting", ["rotation_inpatient_rehab", "rotation_brain_spinal", "rotation_msk_pain"]
)
def test_each_of_three_settings_earns_a_third_of_10(spec: Spec, setting: str) -> None:
    """Guide, Make PM&R Fit Unmistakable: inpatient rehab, brain or spinal cord injury, MSK."""
    spec(f"""
        applicant | {setting} || fit_settings
        yes       | yes       ||         3.33
        no        | no        ||         0.00
        blank     |           ||         0.00
    """)


def test_all_three_settings_earn_10(spec: Spec) -> None:
    """Design, pmr_fit: breadth of settings 10."""
    one, two, three = "rotation_inpatient_rehab", "rotation_brain_spinal", "rotation_msk_pain"
    spec(f"""
        applicant | {one} | {two} | {three} || fit_settings
        two       | yes   | yes   | no      ||         6.67
        three     | yes   | yes   | yes     ||        10.00
    """)


def test_three_research_experiences_of_any_kind_earn_10(spec: Spec) -> None:
    """Design, pmr_fit: research 10, full at 3 of case reports, posters, QI and publications."""
    spec("""
        applicant | case_reports | posters | qi_projects | publications || fit_research
        none      |            0 |       0 |           0 |            0 ||         0.00
        report    |            1 |         |             |              ||         3.33
        poster    |              |       1 |             |              ||         3.33
        project   |              |         |           1 |              ||         3.33
        article   |              |         |             |            1 ||         3.33
        two       |            1 |       1 |             |              ||         6.67
        three     |            1 |       1 |           1 |              ||        10.00
        four      |            1 |       1 |           1 |            1 ||        10.00
        alike     |            3 |       0 |           0 |            0 ||        10.00
    """)


def test_six_months_of_rehab_experience_earn_10(spec: Spec) -> None:
    """Design, pmr_fit: rehab experience 10, full at 6 months."""
    spec("""
        applicant | rehab_experience_months || fit_rehab
        none      |                       0 ||      0.00
        one       |                       1 ||      1.67
        five      |                       5 ||      8.33
        six       |                       6 ||     10.00
        seven     |                       7 ||     10.00
    """)


def test_only_a_focused_statement_earns_10(spec: Spec) -> None:
    """Design, pmr_fit: PM&R-focused personal statement 10; a draft is not yet focused."""
    spec("""
        applicant | personal_statement || fit_statement
        none      | Not started        ||           0.0
        draft     | Draft              ||           0.0
        focused   | PM&R-focused       ||          10.0
        blank     |                    ||           0.0
    """)


def test_all_that_the_guide_asks_for_earns_100(spec: Spec) -> None:
    """Design, pmr_fit 0–100: 25 + 25 + 10 + 10 + 10 + 10 + 10."""
    names, cells = zip(*EVERYTHING.items(), strict=True)
    spec(f"""
        applicant | {" | ".join(names)} || pmr_fit | fit_not_on_file
        all       | {" | ".join(cells)} ||     100 |
    """)


def test_nothing_entered_earns_0(spec: Spec) -> None:
    """Design, pmr_fit: blank earns nothing here; neither does an entered 0 or No."""
    spec("""
        applicant | pmr_rotations_us | letters_us_physiatrist | letter_pmr_faculty || pmr_fit
        blank     |                  |                        |                    ||       0
        entered   |                0 |                      0 | no                 ||       0
    """)


def test_pmr_fit_is_a_whole_number_rounded_half_up(spec: Spec) -> None:
    """Design, The contract in the small: pmr_fit is a whole number; 12.5 is 13, 3.33 is 3."""
    spec("""
        applicant | letters_us_physiatrist | rehab_experience_months || pmr_fit
        half      |                      1 |                         ||      13
        a_third   |                        |                       2 ||       3
        more      |                        |                       1 ||       2
    """)


def test_thirds_that_make_a_half_round_up(spec: Spec) -> None:
    """Design, pmr_fit: 12.5 + 10/3 + 20/3 is 22.5, which is 23."""
    spec("""
        applicant | letters_us_physiatrist | rotation_msk_pain | posters || pmr_fit
        thirds    |                      1 | yes               |       2 ||      23
    """)


@pytest.mark.parametrize(
    ("blank", "part"),
    [
        ("pmr_observerships_us", "US PM&R rotations"),
        ("letters_us_physiatrist", "letters from US physiatrists"),
        ("letter_pmr_faculty", "letter from PM&R residency faculty"),
        ("rotation_brain_spinal", "breadth of rehab settings"),
        ("publications", "research experiences"),
        ("rehab_experience_months", "rehab experience"),
        ("personal_statement", "PM&R-focused personal statement"),
    ],
)
def test_a_part_with_a_blank_is_named(spec: Spec, blank: str, part: str) -> None:
    """Design, pmr_fit: blank earns nothing here and is named; an entered 0 or No is not."""
    names, cells = zip(*{**NOTHING, blank: ""}.items(), strict=True)
    spec(f"""
        applicant | {" | ".join(names)} || pmr_fit | fit_not_on_file
        asked     | {" | ".join(cells)} ||       0 | {part}
    """)


def test_a_blank_in_a_full_part_is_not_asked_for(spec: Spec) -> None:
    """Design, pmr_fit: what earns all its points already has no gap to fill."""
    names, cells = zip(*{**NOTHING, "pmr_observerships_us": ""}.items(), strict=True)
    full = {**NOTHING, "pmr_observerships_us": "", "pmr_rotations_us": "2"}
    spec(f"""
        applicant | {" | ".join(names)} || fit_rotations | fit_not_on_file
        none      | {" | ".join(cells)} ||           0.0 | US PM&R rotations
        full      | {" | ".join(full.values())} ||  25.0 |
    """)

"""The screen “visa” (design: eligibility; domain.md, Visas)."""

from collections.abc import Callable

MatchSpec = Callable[..., None]


def test_no_visa_needed_meets_every_policy(match_spec: MatchSpec) -> None:
    """Design, eligibility: a blank matters for the visa if one is needed; None needs none."""
    match_spec("""
        pair | visa_needed | step3_score | p.j1_visa | p.h1b_visa || eligibility | fails | asks
        1    | None        |             | Yes       | Yes        || Eligible    |       |
        2    | None        |             | Yes       | No         || Eligible    |       |
        3    | None        |             | Yes       |            || Eligible    |       |
        4    | None        |             | No        | Yes        || Eligible    |       |
        5    | None        |             | No        | No         || Eligible    |       |
        6    | None        |             | No        |            || Eligible    |       |
        7    | None        |             |           | Yes        || Eligible    |       |
        8    | None        |             |           | No         || Eligible    |       |
        9    | None        |             |           |            || Eligible    |       |
    """)


def test_j_1_hangs_on_the_j_1_policy_alone(match_spec: MatchSpec) -> None:
    """Domain, Visas: J-1 is sponsored by ECFMG and needs Steps 1 and 2 CK, not Step 3."""
    match_spec("""
        pair | visa_needed | step3_score | p.j1_visa | p.h1b_visa || eligibility | asks
        1    | J-1         |             | Yes       | Yes        || Eligible    |
        2    | J-1         |             | Yes       | No         || Eligible    |
        3    | J-1         |             | Yes       |            || Eligible    |
        4    | J-1         |             | No        | Yes        || Ineligible  |
        5    | J-1         |             | No        | No         || Ineligible  |
        6    | J-1         |             | No        |            || Ineligible  |
        7    | J-1         |             |           | Yes        || Verify      | visa_policy
        8    | J-1         |             |           | No         || Verify      | visa_policy
        9    | J-1         |             |           |            || Verify      | visa_policy
        10   | J-1         |         225 | Yes       | Yes        || Eligible    |
        11   | J-1         |         225 | Yes       | No         || Eligible    |
        12   | J-1         |         225 | Yes       |            || Eligible    |
        13   | J-1         |         225 | No        | Yes        || Ineligible  |
        14   | J-1         |         225 | No        | No         || Ineligible  |
        15   | J-1         |         225 | No        |            || Ineligible  |
        16   | J-1         |         225 |           | Yes        || Verify      | visa_policy
        17   | J-1         |         225 |           | No         || Verify      | visa_policy
        18   | J-1         |         225 |           |            || Verify      | visa_policy
    """)


def test_h_1b_with_step_3_hangs_on_the_h_1b_policy_alone(match_spec: MatchSpec) -> None:
    """Domain, Visas: H-1B needs all three Steps passed before; the neutral applicant has them."""
    match_spec("""
        pair | visa_needed | p.j1_visa | p.h1b_visa || eligibility | fails | asks
        1    | H-1B        | Yes       | Yes        || Eligible    |       |
        2    | H-1B        | Yes       | No         || Ineligible  | visa  |
        3    | H-1B        | Yes       |            || Verify      |       | visa_policy
        4    | H-1B        | No        | Yes        || Eligible    |       |
        5    | H-1B        | No        | No         || Ineligible  | visa  |
        6    | H-1B        | No        |            || Verify      |       | visa_policy
        7    | H-1B        |           | Yes        || Eligible    |       |
        8    | H-1B        |           | No         || Ineligible  | visa  |
        9    | H-1B        |           |            || Verify      |       | visa_policy
    """)


def test_h_1b_without_step_3_is_not_yet(match_spec: MatchSpec) -> None:
    """Design, eligibility: H-1B without Step 3 so far is Unknown, never Fail."""
    match_spec("""
        pair | visa_needed | step3_score | p.j1_visa | p.h1b_visa || eligibility | asks
        1    | H-1B        |             | Yes       | Yes        || Verify      | visa_step3
        2    | H-1B        |             | Yes       | No         || Ineligible  |
        3    | H-1B        |             | Yes       |            || Verify      | visa_policy
        4    | H-1B        |             | No        | Yes        || Verify      | visa_step3
        5    | H-1B        |             | No        | No         || Ineligible  |
        6    | H-1B        |             | No        |            || Verify      | visa_policy
        7    | H-1B        |             |           | Yes        || Verify      | visa_step3
        8    | H-1B        |             |           | No         || Ineligible  |
        9    | H-1B        |             |           |            || Verify      | visa_policy
    """)


def test_j_1_or_h_1b_with_step_3_is_met_by_either(match_spec: MatchSpec) -> None:
    """Design, eligibility: `J-1 or H-1B` is met by either, and fails only where both are No."""
    match_spec("""
        pair | visa_needed | p.j1_visa | p.h1b_visa || eligibility | fails | asks
        1    | J-1 or H-1B | Yes       | Yes        || Eligible    |       |
        2    | J-1 or H-1B | Yes       | No         || Eligible    |       |
        3    | J-1 or H-1B | Yes       |            || Eligible    |       |
        4    | J-1 or H-1B | No        | Yes        || Eligible    |       |
        5    | J-1 or H-1B | No        | No         || Ineligible  | visa  |
        6    | J-1 or H-1B | No        |            || Verify      |       | visa_policy
        7    | J-1 or H-1B |           | Yes        || Eligible    |       |
        8    | J-1 or H-1B |           | No         || Verify      |       | visa_policy
        9    | J-1 or H-1B |           |            || Verify      |       | visa_policy
    """)


def test_j_1_or_h_1b_without_step_3_is_met_by_j_1(match_spec: MatchSpec) -> None:
    """Design, eligibility: without Step 3, J-1 meets it now and H-1B not yet."""
    match_spec("""
        pair | visa_needed | step3_score | p.j1_visa | p.h1b_visa || eligibility | asks
        1    | J-1 or H-1B |             | Yes       | Yes        || Eligible    |
        2    | J-1 or H-1B |             | Yes       | No         || Eligible    |
        3    | J-1 or H-1B |             | Yes       |            || Eligible    |
        4    | J-1 or H-1B |             | No        | Yes        || Verify      | visa_step3
        5    | J-1 or H-1B |             | No        | No         || Ineligible  |
        6    | J-1 or H-1B |             | No        |            || Verify      | visa_policy
        7    | J-1 or H-1B |             |           | Yes        || Verify      | visa_policy, visa_step3
        8    | J-1 or H-1B |             |           | No         || Verify      | visa_policy
        9    | J-1 or H-1B |             |           |            || Verify      | visa_policy
    """)  # noqa: E501 - one row has two questions


def test_h_1b_takes_a_passing_step_3(match_spec: MatchSpec) -> None:
    """Domain, Exams: Step 3 is passed at 200 from 2024 on; a failing score is not yet a pass."""
    match_spec("""
        pair    | visa_needed | step3_score | step3_date | p.h1b_visa || eligibility | asks
        failing | H-1B        |         199 | 2024-01-01 | Yes        || Verify      | visa_step3
        passing | H-1B        |         200 | 2024-01-01 | Yes        || Eligible    |
        booked  | H-1B        |             | 2026-10-01 | Yes        || Verify      | visa_step3
    """)


def test_a_us_img_who_needs_a_visa_is_screened_alike(match_spec: MatchSpec) -> None:
    """Design, Validation: a US IMG who needs a visa is a query; the row is read as it stands."""
    match_spec("""
        pair | img_status | visa_needed | p.j1_visa || eligibility | fails
        no   | US IMG     | J-1         | No        || Ineligible  | visa
        yes  | US IMG     | J-1         | Yes       || Eligible    |
    """)


def test_a_blank_need_of_a_non_us_img_is_asked_for(match_spec: MatchSpec) -> None:
    """Design, The two input tables: blank is unknown, never no, so it is not read as None."""
    match_spec("""
        pair | visa_needed | p.j1_visa | p.h1b_visa || eligibility | fails | asks
        1    |             | Yes       | Yes        || Eligible    |       |
        2    |             | Yes       | No         || Verify      |       | visa_need
        3    |             | Yes       |            || Verify      |       | visa_need
        4    |             | No        | Yes        || Verify      |       | visa_need
        5    |             | No        | No         || Verify      |       | visa_need
        6    |             | No        |            || Verify      |       | visa_need
        7    |             |           | Yes        || Verify      |       | visa_need
        8    |             |           | No         || Verify      |       | visa_need
        9    |             |           |            || Verify      |       | visa_need
    """)


def test_a_blank_need_of_a_us_img_asks_nothing(match_spec: MatchSpec) -> None:
    """Design, eligibility: a blank matters only where the applicant is exposed."""
    match_spec("""
        pair  | img_status | visa_needed | p.j1_visa | p.h1b_visa || eligibility | asks
        no    | US IMG     |             | No        | No         || Eligible    |
        blank | US IMG     |             |           |            || Eligible    |
    """)

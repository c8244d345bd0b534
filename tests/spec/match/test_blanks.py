"""What is not on file: never a no, and asked for only where the applicant is exposed to it."""

from collections.abc import Callable

MatchSpec = Callable[..., None]

DEMANDS = (
    "p.min_step1",
    "p.min_step2_ck",
    "p.max_step1_attempts",
    "p.max_step2_ck_attempts",
    "p.max_years_since_graduation",
    "p.j1_visa",
    "p.h1b_visa",
    "p.step3_required",
    "p.ecfmg_required_to_apply",
    "p.min_usce_months",
    "p.min_pmr_letters",
)
EXPOSED = {
    "step1_score": "210",
    "step1_date": "2020-03-01",
    "step1_attempts": "2",
    "step2_ck_score": "229",
    "step2_ck_attempts": "2",
    "graduation_year": "2021",
    "visa_needed": "J-1 or H-1B",
    "step3_score": "",
    "ecfmg_certified": "No",
    "usce_months": "0",
    "letters_us_physiatrist": "0",
}
"""An applicant whom every demand that a program may leave unstated could shut out."""

NOTHING_ENTERED = (
    "visa_needed",
    "ecfmg_certified",
    "step1_result",
    "step1_date",
    "step1_attempts",
    "step2_ck_score",
    "step2_ck_date",
    "step2_ck_attempts",
    "step3_score",
    "step3_date",
    "step3_attempts",
    "usce_months",
    "letters_us_physiatrist",
    "prior_gme_months",
    "preferred_states",
    "rotated_program_ids",
)
STRICTEST = {
    "p.min_step1": "300",
    "p.min_step2_ck": "300",
    "p.max_step1_attempts": "1",
    "p.max_step2_ck_attempts": "1",
    "p.j1_visa": "No",
    "p.h1b_visa": "No",
    "p.step3_required": "Yes",
    "p.ecfmg_required_to_apply": "Yes",
    "p.min_usce_months": "60",
    "p.min_pmr_letters": "5",
    "p.track": "Physician-only",
}


def row(changes: dict[str, str], **expected: str) -> str:
    """A table of one pair that differs from the neutral one by these cells."""
    halves = (
        ["pair", *changes],
        [*expected],
        ["only", *changes.values()],
        [*expected.values()],
    )
    names, outputs, cells, answers = (" | ".join(half) for half in halves)
    return f"{names} || {outputs}\n{cells} || {answers}"


def test_the_neutral_pair_is_eligible_and_rests_on_no_unknown(match_spec: MatchSpec) -> None:
    """Each test of these folders shows only what it changes from this pair."""
    match_spec("""
        pair    || eligibility | fails | asks | unknown | program_fit | invite_rate | desirability
        neutral || Eligible    |       |      |         | 50.00       | 0.120000    | 1.00
    """)


def test_an_applicant_not_exposed_is_asked_nothing(match_spec: MatchSpec) -> None:
    """Design, eligibility: a blank matters only where the applicant is exposed."""
    match_spec(row(dict.fromkeys(DEMANDS, ""), eligibility="Eligible", fails="", asks=""))


def test_a_program_with_nothing_on_file_is_asked_for_its_img_policy(match_spec: MatchSpec) -> None:
    """Design, eligibility: whether it considers IMGs matters to every IMG."""
    facts = ("p.considers_img", "p.us_img_pct", "p.non_us_img_pct", "p.track", *DEMANDS)
    match_spec(row(dict.fromkeys(facts, ""), eligibility="Verify", asks="considers_img"))


def test_an_exposed_applicant_is_asked_everything_and_shut_out_by_nothing(
    match_spec: MatchSpec,
) -> None:
    """Design, The two input tables: blank means unknown, everywhere, never no."""
    asks = (
        "step1_floor, step2_ck_floor, step1_attempts_limit, step2_ck_attempts_limit, "
        "graduation_limit, visa_policy, step3_policy, ecfmg_policy, usce_policy, letters_policy"
    )
    changes = EXPOSED | dict.fromkeys(DEMANDS, "")
    match_spec(row(changes, eligibility="Verify", fails="", asks=asks))


def test_an_applicant_with_nothing_entered_is_shut_out_by_nothing(match_spec: MatchSpec) -> None:
    """Design, The two input tables: a blank is never read as no or 0, however strict the demand."""
    asks = (
        "step1_score, step2_ck_score, step1_attempts, step2_ck_attempts, visa_need, "
        "step3, ecfmg, usce, letters, track"
    )
    changes = dict.fromkeys(NOTHING_ENTERED, "") | STRICTEST
    match_spec(row(changes, eligibility="Verify", fails="", asks=asks))


def test_a_fail_outweighs_every_unknown(match_spec: MatchSpec) -> None:
    """Design, eligibility: any Fail: Ineligible; else any Unknown that matters: Verify."""
    match_spec("""
        pair  | visa_needed | p.j1_visa | p.h1b_visa | p.considers_img || eligibility
        both  | J-1         |           |            | No              || Ineligible
        ask   | J-1         |           |            | Yes             || Verify
        clear | J-1         | Yes       |            | Yes             || Eligible
    """)

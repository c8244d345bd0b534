"""The sentences that say why a pair is Ineligible, or what to ask (design: eligibility)."""

from collections.abc import Callable, Mapping

import pytest

from stepladder.rulebook import load_rulebook

MatchSpec = Callable[..., None]

REASONS: Mapping[str, tuple[str, str]] = {
    "does not consider IMGs": ("p.considers_img", "No"),
    "Step 1 does not meet its minimum": ("step1_result", "Fail"),
    "Step 2 CK is under its minimum": ("p.min_step2_ck", "246"),
    "more Step 1 attempts than it allows": ("step1_attempts | p.max_step1_attempts", "2 | 1"),
    "more Step 2 CK attempts than it allows": (
        "step2_ck_attempts | p.max_step2_ck_attempts",
        "2 | 1",
    ),
    "graduated longer ago than it allows": ("p.max_years_since_graduation", "2"),
    "does not sponsor the visa needed": ("visa_needed | p.j1_visa", "J-1 | No"),
    "wants the ECFMG certificate at application": (
        "ecfmg_certified | p.ecfmg_required_to_apply",
        "No | Yes",
    ),
    "wants more months of US clinical experience": ("p.min_usce_months", "7"),
    "wants more letters from physiatrists": ("p.min_pmr_letters", "4"),
    "physician-only: earlier residency training needed": ("p.track", "Physician-only"),
}
"""What each screen says when it fails, and the least change of the neutral pair that makes it."""

NUMERIC_STEP1 = "step1_score | step1_date | step2_ck_score"
QUESTIONS: Mapping[str, tuple[str, str]] = {
    "IMG policy not on file: ask before you apply": (
        "p.considers_img | p.non_us_img_pct",
        " | ",
    ),
    "minimum Step 1 not on file: ask whether this result meets it": (
        f"{NUMERIC_STEP1} | p.min_step1",
        "210 | 2020-03-01 | 229 | ",
    ),
    "states a minimum Step 1, and no Step 1 score is on file": ("step1_date", ""),
    "minimum Step 2 CK not on file: ask whether this score meets it": (
        "step2_ck_score | p.min_step2_ck",
        "229 | ",
    ),
    "Step 2 CK score not on file yet": ("step2_ck_score", ""),
    "Step 1 attempts policy not on file: ask before you apply": (
        "step1_attempts | p.max_step1_attempts",
        "2 | ",
    ),
    "limits Step 1 attempts: enter how many there were": (
        "step1_attempts | p.max_step1_attempts",
        " | 3",
    ),
    "Step 2 CK attempts policy not on file: ask before you apply": (
        "step2_ck_attempts | p.max_step2_ck_attempts",
        "2 | ",
    ),
    "limits Step 2 CK attempts: enter how many there were": (
        "step2_ck_attempts | p.max_step2_ck_attempts",
        " | 3",
    ),
    "limit of years since graduation not on file: ask before you apply": (
        "graduation_year | p.max_years_since_graduation",
        "2021 | ",
    ),
    "visa policy not on file: ask before you apply": ("visa_needed | p.j1_visa", "J-1 | "),
    "sponsors H-1B, which needs Step 3 passed first": ("visa_needed | step3_score", "H-1B | "),
    "enter which visa is needed: not every visa is sponsored here": (
        "visa_needed | p.j1_visa",
        " | No",
    ),
    "whether Step 3 is required is not on file: ask before you apply": (
        "step3_score | p.step3_required",
        " | ",
    ),
    "requires Step 3, which is not passed yet": ("step3_score | p.step3_required", " | Yes"),
    "whether the ECFMG certificate is required is not on file: ask": (
        "ecfmg_certified | p.ecfmg_required_to_apply",
        "Expected | ",
    ),
    "wants the ECFMG certificate at application: have it by then": (
        "ecfmg_certified | p.ecfmg_required_to_apply",
        "Expected | Yes",
    ),
    "required months of US clinical experience not on file: ask": (
        "usce_months | p.min_usce_months",
        "0 | ",
    ),
    "states months of US clinical experience: enter how many there are": (
        "usce_months | p.min_usce_months",
        " | 1",
    ),
    "required physiatrist letters not on file: ask": (
        "letters_us_physiatrist | p.min_pmr_letters",
        "0 | ",
    ),
    "states physiatrist letters: enter how many there are": (
        "letters_us_physiatrist | p.min_pmr_letters",
        " | 1",
    ),
    "physician-only: ask whether earlier training counts": (
        "prior_gme_months | p.track",
        "12 | Physician-only",
    ),
}
"""What each screen asks, and the least change of the neutral pair that raises it alone.

Only the late Step 2 CK takes another day than the others: it has a test of its own.
"""

LATE = "Step 2 CK score may come after programs begin to review"


@pytest.mark.parametrize("sentence", REASONS)
def test_each_screen_that_fails_says_its_sentence(match_spec: MatchSpec, sentence: str) -> None:
    """Design, eligibility: any Fail: Ineligible with the reasons."""
    columns, cells = REASONS[sentence]
    match_spec(f"""
        pair | {columns} || eligibility | reasons
        only | {cells}   || Ineligible  | {sentence}
    """)


@pytest.mark.parametrize("sentence", QUESTIONS)
def test_each_screen_that_is_unknown_asks_its_question(
    match_spec: MatchSpec, sentence: str
) -> None:
    """Design, eligibility: any Unknown that matters: Verify with what to ask."""
    columns, cells = QUESTIONS[sentence]
    match_spec(f"""
        pair | {columns} || eligibility | reasons
        only | {cells}   || Verify      | {sentence}
    """)


def test_a_late_score_asks_its_question(match_spec: MatchSpec) -> None:
    """Design, eligibility: Step 2 CK late for review day is Unknown."""
    match_spec(
        f"""
        pair | step2_ck_date || eligibility | reasons
        late | 2026-09-01    || Verify      | {LATE}
        """,
        as_of="2026-10-01",
    )


def test_the_rulebook_has_no_other_sentences() -> None:
    """Issue, The rulebook: a sentence that nothing says fails the tests."""
    policy = load_rulebook().policy
    assert set(policy.ineligible_reasons) == REASONS.keys()
    assert set(policy.verify_questions) == QUESTIONS.keys() | {LATE}


def test_an_eligible_pair_has_no_reasons(match_spec: MatchSpec) -> None:
    """Design, Commands: reasons say why not, or what to ask."""
    match_spec("""
        pair    || eligibility | reasons
        neutral || Eligible    |
    """)


def test_reasons_are_joined_in_the_order_of_the_screens(match_spec: MatchSpec) -> None:
    """Design, eligibility: Ineligible with the reasons, all of them."""
    match_spec("""
        pair | visa_needed | p.considers_img | p.min_step2_ck | p.j1_visa || reasons
        two  | None        | Yes             |            246 | No        || Step 2 CK is under its minimum
        more | J-1         | No              |            246 | No        || does not consider IMGs; Step 2 CK is under its minimum; does not sponsor the visa needed
    """)  # noqa: E501 - the sentences are shown as they are written


def test_questions_are_joined_in_the_order_of_the_screens(match_spec: MatchSpec) -> None:
    """Design, eligibility: Verify with what to ask, all of it."""
    match_spec("""
        pair | visa_needed | step3_score | p.h1b_visa | p.step3_required || reasons
        two  | H-1B        |             | Yes        | Yes              || sponsors H-1B, which needs Step 3 passed first; requires Step 3, which is not passed yet
    """)  # noqa: E501 - the sentences are shown as they are written


def test_an_ineligible_pair_asks_nothing_more(match_spec: MatchSpec) -> None:
    """Design, eligibility: any Fail decides; there is no use in asking about the rest."""
    match_spec("""
        pair | visa_needed | p.j1_visa | p.considers_img || asks        | reasons
        both | J-1         |           | No              || visa_policy | does not consider IMGs
    """)

"""Rows that break one rule each, with a near twin that does not, in; the rule's finding out."""

from collections.abc import Callable
from dataclasses import replace

from stepladder.validate import Facts, TableSchema, Validated
from stepladder.validate.rules import DETAILS, RULES

Spec = Callable[..., None]


def test_every_rule_of_the_schemas_has_an_expression_and_no_other_has(
    schemas: dict[str, TableSchema],
) -> None:
    """Words in the schema and logic in the code agree on the names of the rules."""
    named = [rule.name for schema in schemas.values() for rule in schema.rules]
    assert sorted(named) == sorted(RULES)


def test_a_rule_that_shows_a_detail_has_one(schemas: dict[str, TableSchema]) -> None:
    """{detail} stands in a rule's message exactly where the code gives it."""
    rules = [rule for schema in schemas.values() for rule in schema.rules]
    assert {rule.name for rule in rules if "{detail}" in rule.message} == set(DETAILS)


def test_step1_score_without_pass(spec: Spec) -> None:
    """A score beside Not taken, or a passing one beside Fail; blank beside a score is a pass."""
    spec("""
        step1_score | step1_result || finding                  | cell
        210         | Not taken    || step1_score_without_pass | A2
        210         | Fail         || step1_score_without_pass | A3
        187         | Fail         || score_under_passing      | A4
        210         | Pass         ||                          |
        210         |              ||                          |
                    | Fail         ||                          |
    """)


def test_step3_without_step2_ck(spec: Spec) -> None:
    """Step 3 follows Step 2 CK."""
    spec("""
        step3_score | step2_ck_score || finding                | cell
        230         |                || step3_without_step2_ck | A2
        230         | 240            ||                        |
                    |                ||                        |
    """)


def test_step1_numeric_after_pass_fail(spec: Spec) -> None:
    """From 2022-01-26 on Step 1 has no number; the day before it still had."""
    spec("""
        step1_score | step1_date | step1_result || finding                       | severity
        230         | 2022-01-25 |              ||                               |
        230         | 2022-01-26 |              || step1_numeric_after_pass_fail | Error
                    | 2022-01-26 | Pass         ||                               |
        230         |            |              ||                               |
    """)


def test_score_under_passing(spec: Spec) -> None:
    """The passing score is that of the test's day; undated, the lowest of all; too early, none."""
    spec("""
        step2_ck_score | step2_ck_date || finding
        208            | 2025-06-30    || score_under_passing
        209            | 2025-06-30    ||
        217            | 2025-07-01    || score_under_passing
        218            | 2025-07-01    ||
        202            |               || score_under_passing
        203            |               ||
        150            | 2013-06-30    ||
    """)


def test_score_under_passing_is_told_for_each_step(spec: Spec) -> None:
    """Step 1 and Step 3 have passing scores of their own."""
    spec("""
        step1_score | step2_ck_score | step3_score || finding             | column
        187         | 240            | 230         || score_under_passing | step1_score
        188         | 240            | 190         ||                     |
        188         | 240            | 189         || score_under_passing | step3_score
    """)


def test_score_under_passing_shows_the_passing_score(read: Callable[..., Validated]) -> None:
    """The advisor is told the score that would have passed."""
    result = read("""
        applicant_id | img_status | graduation_year | step2_ck_score | step2_ck_date
        a            | US IMG     | 2020            | 217            | 2026-01-05
    """)
    assert result.findings["message"].to_list() == [
        "D2: “217” is under 218, the passing score of that time; the exam counts as failed."
    ]


def test_result_after_as_of(spec: Spec) -> None:
    """A result is of the day of the report at the latest; a booked exam has none yet."""
    spec("""
        S2CK | S2 date    | step1_result | step1_date || finding            | cell
        240  | 2026-09-01 |              |            ||                    |
        240  | 2026-09-02 |              |            || result_after_as_of | B3
             | 2026-09-02 |              |            ||                    |
             |            | Pass         | 2026-09-02 || result_after_as_of | D5
             |            | Not taken    | 2026-09-02 ||                    |
    """)


def test_dates_out_of_order(spec: Spec) -> None:
    """Step 3 comes after both other exams."""
    spec("""
        step3_date | step2_ck_date | step1_date || finding            | severity
        2024-05-02 | 2024-05-01    | 2019-05-01 ||                    |
        2024-05-01 | 2024-05-01    | 2019-05-01 || dates_out_of_order | Error
        2024-05-01 |               | 2024-06-01 || dates_out_of_order | Error
        2024-05-01 |               |            ||                    |
    """)


def test_step2_before_step1(spec: Spec) -> None:
    """Either of the two may come first; Step 2 CK first is rare enough to ask."""
    spec("""
        step2_ck_date | step1_date || finding            | severity
        2019-04-30    | 2019-05-01 || step2_before_step1 | Query
        2019-05-01    | 2019-05-01 ||                    |
    """)


def test_four_failed_attempts(spec: Spec) -> None:
    """Four attempts are the end of it, unless the last one passed."""
    spec("""
        step1_attempts | step1_result | step1_score || finding              | severity
        4              | Fail         |             || four_failed_attempts | Query
        4              |              |             || four_failed_attempts | Query
        4              | Pass         |             ||                      |
        4              |              | 200         ||                      |
        3              | Fail         |             ||                      |
    """)
    spec("""
        step2_ck_attempts | step2_ck_score || finding
        4                 |                || four_failed_attempts
        4                 | 203            ||
    """)


def test_result_without_attempt(spec: Spec) -> None:
    """An exam attempted 0 times has no result; blank attempts say nothing."""
    spec("""
        S2CK | S2CK attempts | step1_result | step1_attempts || finding                | cell
        240  | 0             |              |                || result_without_attempt | B2
        240  | 1             |              |                ||                        |
        240  |               |              |                ||                        |
             | 0             | Pass         | 0              || result_without_attempt | D5
             | 0             | Not taken    | 0              ||                        |
    """)


def test_us_img_with_visa(spec: Spec) -> None:
    """A US IMG who needs a visa is asked about."""
    spec("""
        img_status | visa_needed || finding          | cell
        US IMG     | J-1         || us_img_with_visa | B2
        US IMG     | None        ||                  |
        US IMG     |             ||                  |
        Non-US IMG | J-1         ||                  |
    """)


def test_graduation_after_season(spec: Spec, facts: Facts) -> None:
    """The season is the one asked for, else the row's own, else the assumed one (2027)."""
    spec("""
        graduation_year | season || finding
        2027            |        ||
        2028            |        || graduation_after_season
        2028            | 2028   ||
    """)
    spec(
        """
        graduation_year | season || finding
        2028            | 2028   || graduation_after_season
        """,
        facts=replace(facts, season=2027),
    )


def test_letters_physiatrist_above_total(spec: Spec) -> None:
    """A part is no more than the whole."""
    spec("""
        letters_us_physiatrist | letters_total || finding                        | severity
        3                      | 2             || letters_physiatrist_above_total | Query
        2                      | 2             ||                                |
        3                      |               ||                                |
    """)


def test_must_and_never(spec: Spec) -> None:
    """One program cannot be both."""
    spec("""
        must_program_ids | never_program_ids || finding        | severity | cell
        P1; P2           | P3; P2            || must_and_never | Error    | B2
        P1; P2           | P3                ||                |          |
                         | P3                ||                |          |
    """)


def test_unknown_program_ids(spec: Spec, facts: Facts) -> None:
    """Only where programs are given; codes are compared as they are typed."""
    spec(
        """
        rotated_program_ids | must_program_ids || finding             | cell
        P1; P9; P8          |                  || unknown_program_ids | A2
        P1                  | P2               ||                     |
        P1                  | p1               || unknown_program_ids | B4
        """,
        facts=replace(facts, program_ids=frozenset({"P1", "P2"})),
    )
    spec("""
        rotated_program_ids || finding
        P9                  ||
    """)


def test_the_codes_in_question_are_named(read: Callable[..., Validated], facts: Facts) -> None:
    """The message shows the codes that are unknown or in both lists, not the whole cell."""
    result = read(
        """
        id | img    | yog  | must_program_ids | never_program_ids
        a  | US IMG | 2020 | P1; P8; P9       | P2; P1
        """,
        facts=replace(facts, program_ids=frozenset({"P1", "P2"})),
    )
    assert result.findings["message"].to_list() == [
        "D2: P8; P9 is not a program code of the Programs table.",
        "E2: P1 is also among the programs that must be applied to.",
    ]


def test_considers_img_contradicted(spec: Spec) -> None:
    """No, while residents are IMGs; a share of 0 or blank contradicts nothing."""
    spec(
        """
        considers_img | us_img_pct | non_us_img_pct || finding
        No            | 5          |                || considers_img_contradicted
        No            | 0          | 5              || considers_img_contradicted
        No            | 0          | 0              ||
        No            |            |                ||
        Yes           | 5          | 5              ||
        """,
        schema="programs",
    )


def test_shares_above_100(spec: Spec) -> None:
    """US and non-US IMGs together are all residents at the most."""
    spec(
        """
        us_img_pct | non_us_img_pct || finding
        50         | 50             ||
        50         | 50.5           || shares_above_100
        90         |                ||
        """,
        schema="programs",
    )


def test_share_like_a_fraction(spec: Spec) -> None:
    """Excel stores 45% as 0.45; 0 and 1 may well be meant."""
    spec(
        """
        us_img_pct || us_img_pct | finding
        0          || 0          |
        0.45       || 0.45       | share_like_a_fraction
        1          || 1          |
        """,
        schema="programs",
    )


def test_a_minimum_above_what_is_typical(spec: Spec) -> None:
    """Such facts contradict each other, for either exam."""
    spec(
        """
        min_step1 | typical_step1 | min_step2_ck | typical_step2 || finding
        220       | 220           | 230          | 230           ||
        221       | 220           | 230          | 230           || step1_minimum_above_typical
        220       | 220           | 231          | 230           || step2_ck_minimum_above_typical
        220       |               | 230          |               ||
        """,
        schema="programs",
    )


def test_a_cell_that_was_not_read_breaks_no_rule(spec: Spec) -> None:
    """A score of 999 is beyond its limits, and nothing is concluded from it."""
    spec("""
        letters_us_physiatrist | letters_total || finding
        999                    | 2             || out_of_limits
    """)

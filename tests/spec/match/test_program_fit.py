"""program_fit of a pair, 0–100, and each of its parts (design: program_fit)."""

from collections.abc import Callable

MatchSpec = Callable[..., None]


# ── record with IMGs: 30 points, full at 20% of residents ───────────────────────────────────────


def test_the_img_record_earns_its_share_of_twenty_percent(match_spec: MatchSpec) -> None:
    """Design, program_fit: IMG record 30; 1.5 points for each percent up to 20."""
    match_spec("""
        pair  | p.non_us_img_pct || program_fit_img_record
        none  |                0 || 0.00
        half  |               10 || 15.00
        under |             19.9 || 29.85
        on    |               20 || 30.00
        over  |               21 || 30.00
        all   |              100 || 30.00
    """)


def test_for_a_non_us_img_the_non_us_share_counts(match_spec: MatchSpec) -> None:
    """Design, program_fit: residents who are US IMGs earn a non-US IMG nothing."""
    match_spec("""
        pair   | img_status | p.us_img_pct | p.non_us_img_pct || program_fit_img_record | unknown
        us     | Non-US IMG |           40 |                0 || 0.00                   |
        non_us | Non-US IMG |            0 |               10 || 15.00                  |
    """)


def test_for_a_us_img_both_shares_count_together(match_spec: MatchSpec) -> None:
    """Design, program_fit: IMG record; for a US IMG every IMG resident is a record."""
    match_spec("""
        pair   | img_status | p.us_img_pct | p.non_us_img_pct || program_fit_img_record | unknown
        us     | US IMG     |           10 |                0 || 15.00                  |
        non_us | US IMG     |            0 |               10 || 15.00                  |
        both   | US IMG     |            6 |                4 || 15.00                  |
        one    | US IMG     |           10 |                  || 15.00                  |
        other  | US IMG     |              |               10 || 15.00                  |
    """)


def test_an_img_record_not_on_file_counts_half_and_is_known_as_such(match_spec: MatchSpec) -> None:
    """Design, program_fit: what is unknown counts half, 15 of 30, and is named."""
    match_spec("""
        pair  | img_status | p.us_img_pct | p.non_us_img_pct || program_fit_img_record | unknown
        none  | Non-US IMG |              |                  || 15.00                  | img_record
        part  | Non-US IMG |           40 |                  || 15.00                  | img_record
        us    | US IMG     |              |                  || 15.00                  | img_record
    """)


# ── score: 10 points for the minimum, 15 for the typical score ──────────────────────────────────


def test_the_minimum_earns_ten_points_from_the_minimum_on(match_spec: MatchSpec) -> None:
    """Design, program_fit: score against the program's floor; far under the typical score here."""
    match_spec("""
        pair  | step2_ck_score | p.min_step2_ck | p.typical_step2_ck || program_fit_score
        under |            239 |            240 |                290 || 0.00
        on    |            240 |            240 |                290 || 10.00
        over  |            241 |            240 |                290 || 10.00
    """)


def test_each_point_under_the_typical_score_costs_one_of_fifteen(match_spec: MatchSpec) -> None:
    """Design, program_fit: score against the typical score; nothing from 15 points under it on."""
    match_spec("""
        pair    | step2_ck_score | p.min_step2_ck | p.typical_step2_ck || program_fit_score
        over    |            251 |            200 |                250 || 25.00
        on      |            250 |            200 |                250 || 25.00
        one     |            249 |            200 |                250 || 24.00
        ten     |            240 |            200 |                250 || 15.00
        least   |            236 |            200 |                250 || 11.00
        nothing |            235 |            200 |                250 || 10.00
        further |            220 |            200 |                250 || 10.00
    """)


def test_a_program_score_not_on_file_counts_half_of_its_points(match_spec: MatchSpec) -> None:
    """Design, program_fit: unknown counts half: 5 of 10 for the minimum, 7.5 of 15 for typical."""
    match_spec("""
        pair    | p.min_step2_ck | p.typical_step2_ck || program_fit_score | unknown
        floor   |                |                203 || 20.00             | score
        typical |            203 |                    || 17.50             | score
        both    |                |                    || 12.50             | score
        neither |            203 |                203 || 25.00             |
    """)


def test_a_missing_score_counts_half(match_spec: MatchSpec) -> None:
    """Design, program_fit: unknown counts half, 12.5 of 25, however low the demand."""
    match_spec("""
        pair    | step2_ck_score | practice_score || program_fit_score | unknown
        missing |                |                || 12.50             | score
    """)


def test_a_practice_score_stands_in_for_a_missing_score(match_spec: MatchSpec) -> None:
    """Design, tier: no score yet, so from the practice score; 10 + (15 − 5) for 240 against 245."""
    match_spec("""
        pair     | step2_ck_score | practice_score | p.typical_step2_ck || program_fit_score | unknown
        practice |                |            240 |                245 || 20.00             |
        real     |            245 |            240 |                245 || 25.00             |
    """)  # noqa: E501 - one row shows both scores


# ── the applicant: PM&R fit and rotations ───────────────────────────────────────────────────────


def test_pmr_fit_counts_by_its_share_of_fifteen(match_spec: MatchSpec) -> None:
    """Design, program_fit: the applicant's pmr_fit 15; letters earn 25 of its 100, rotations 25."""
    match_spec("""
        pair    | letters_us_physiatrist | pmr_rotations_us || program_fit_pmr_fit | unknown
        nothing |                      0 |                0 || 0.00                |
        letters |                      2 |                0 || 3.75                |
        both    |                      2 |                2 || 7.50                |
        blank   |                        |                  || 0.00                |
    """)


def test_having_rotated_there_earns_fifteen(match_spec: MatchSpec) -> None:
    """Design, program_fit: rotated there 15; the program's id is `here`."""
    match_spec("""
        pair      | rotated_program_ids || program_fit_rotated | unknown
        here      | here                || 15.00               |
        elsewhere | elsewhere           || 0.00                |
        both      | elsewhere; here     || 15.00               |
        part      | here2; her          || 0.00                |
    """)


def test_rotations_not_entered_count_half(match_spec: MatchSpec) -> None:
    """Design, program_fit: what is unknown counts half, 7.5 of 15, and is named."""
    match_spec("""
        pair  | rotated_program_ids || program_fit_rotated | unknown
        blank |                     || 7.50                | rotated
    """)


# ── the program: setting, holistic review, state ────────────────────────────────────────────────


def test_community_and_affiliated_settings_earn_all_five(match_spec: MatchSpec) -> None:
    """Design, program_fit: community and affiliated full (guide: Optimize Program Selection)."""
    match_spec("""
        pair            | step2_ck_score | p.setting             || program_fit_setting | unknown
        high_community  |            250 | Community             || 5.00                |
        high_affiliated |            250 | University-affiliated || 5.00                |
        low_community   |            219 | Community             || 5.00                |
        low_affiliated  |            219 | University-affiliated || 5.00                |
    """)


def test_a_university_earns_by_tier(match_spec: MatchSpec) -> None:
    """Design, program_fit: university full for the two upper tiers, 3 for Targeted, 1 below."""
    match_spec("""
        pair               | step2_ck_score | p.setting  || program_fit_setting | unknown
        highly_competitive |            250 | University || 5.00                |
        competitive        |            240 | University || 5.00                |
        targeted_top       |            239 | University || 3.00                |
        targeted           |            230 | University || 3.00                |
        challenging_top    |            229 | University || 1.00                |
        challenging        |            220 | University || 1.00                |
        steep_climb        |            219 | University || 1.00                |
    """)


def test_settings_the_guide_does_not_name_earn_half(match_spec: MatchSpec) -> None:
    """Rulebook, program_fit.other_setting: the guide does not name them, and they are on file."""
    match_spec("""
        pair     | p.setting || program_fit_setting | unknown
        military | Military  || 2.50                |
        other    | Other     || 2.50                |
    """)


def test_a_setting_not_on_file_counts_half(match_spec: MatchSpec) -> None:
    """Design, program_fit: what is unknown counts half, 2.5 of 5, and is named."""
    match_spec("""
        pair  | p.setting || program_fit_setting | unknown
        blank |           || 2.50                | setting
    """)


def test_a_university_is_unknown_while_the_tier_is_pending(match_spec: MatchSpec) -> None:
    """Design, tier: neither score gives Pending, never the lowest tier."""
    match_spec("""
        pair | step2_ck_score | practice_score | p.setting  || program_fit_setting | unknown
        wait |                |                | University || 2.50                | score, setting
        low  |                |            219 | University || 1.00                |
    """)


def test_holistic_review_counts_in_a_low_score_case(match_spec: MatchSpec) -> None:
    """Design, program_fit: holistic review 5 counts only in a low-score case; unknown half."""
    match_spec("""
        pair  | step2_ck_score | p.holistic_review || program_fit_holistic | unknown
        yes   |            229 | Yes               || 5.00                 |
        no    |            229 | No                || 0.00                 |
        blank |            229 |                   || 2.50                 | holistic
    """)


def test_without_a_low_score_holistic_review_is_full_everywhere(match_spec: MatchSpec) -> None:
    """Design, program_fit: else full, so that a blank is no unknown that counts."""
    match_spec("""
        pair  | step2_ck_score | p.holistic_review || program_fit_holistic | unknown
        yes   |            230 | Yes               || 5.00                 |
        no    |            230 | No                || 5.00                 |
        blank |            230 |                   || 5.00                 |
    """)


def test_holistic_review_counts_for_every_reason_of_a_low_score_case(
    match_spec: MatchSpec,
) -> None:
    """Design, low_score: a sharp drop or a second attempt as well, and no practice score."""
    match_spec("""
        pair     | step1_score | step1_attempts | step2_ck_score | practice_score | p.holistic_review || program_fit_holistic
        drop     |         265 |              1 |            250 |                | No                || 0.00
        attempts |             |              2 |            250 |                | No                || 0.00
        practice |             |              1 |                |            210 | No                || 5.00
    """)  # noqa: E501 - one row shows all reasons


def test_a_preferred_state_earns_five(match_spec: MatchSpec) -> None:
    """Design, program_fit: preferred state 5."""
    match_spec("""
        pair  | preferred_states | p.state || program_fit_preferred_state | unknown
        in    | NY               | NY      || 5.00                        |
        among | CA; NY           | NY      || 5.00                        |
        out   | CA               | NY      || 0.00                        |
    """)


def test_a_state_or_a_preference_not_on_file_counts_half(match_spec: MatchSpec) -> None:
    """Design, program_fit: what is unknown counts half, 2.5 of 5, and is named."""
    match_spec("""
        pair     | preferred_states | p.state || program_fit_preferred_state | unknown
        no_wish  |                  | NY      || 2.50                        | preferred_state
        no_state | NY               |         || 2.50                        | preferred_state
    """)


# ── the sum ─────────────────────────────────────────────────────────────────────────────────────


def test_the_parts_add_up(match_spec: MatchSpec) -> None:
    """Design, program_fit: record 15 + score 20 + PM&R fit 3.75 + rotated 15 + 5 + 5 + 5."""
    match_spec("""
        pair | rotated_program_ids | preferred_states | p.non_us_img_pct | p.typical_step2_ck || program_fit
        sum  | here                | NY               |               10 |                250 || 68.75
    """)  # noqa: E501 - one row shows all that is changed


def test_nothing_in_its_favor_is_1(match_spec: MatchSpec) -> None:
    """Design, program_fit: 0–100; every part 0 but the setting, which earns 1 at the least."""
    match_spec("""
        pair    | step2_ck_score | letters_us_physiatrist | p.setting  | p.min_step2_ck | p.typical_step2_ck | p.non_us_img_pct | p.holistic_review || program_fit
        nothing |            219 |                      0 | University |            220 |                234 |                0 | No                || 1.00
    """)  # noqa: E501 - one row shows all that is changed


def test_everything_in_its_favor_is_100(match_spec: MatchSpec) -> None:
    """Design, program_fit: 0–100; each part full."""
    strong = {
        "pmr_rotations_us": "2",
        "letters_us_physiatrist": "2",
        "letter_pmr_faculty": "Yes",
        "rotation_inpatient_rehab": "Yes",
        "rotation_brain_spinal": "Yes",
        "rotation_msk_pain": "Yes",
        "case_reports": "3",
        "rehab_experience_months": "6",
        "personal_statement": "PM&R-focused",
    }
    names, cells = " | ".join(strong), " | ".join(strong.values())
    match_spec(f"""
        pair | {names} | rotated_program_ids | preferred_states | p.non_us_img_pct || program_fit
        all  | {cells} | here                | NY               |               20 || 100.00
    """)


def test_nothing_on_file_counts_half_of_what_is_unknown(match_spec: MatchSpec) -> None:
    """Design, program_fit: record 15 + score 12.5 + PM&R fit 3.75 + rotated 7.5 + 2.5 + 5 + 2.5."""
    match_spec("""
        pair    | p.non_us_img_pct | p.min_step2_ck | p.typical_step2_ck | rotated_program_ids | p.setting | p.state || program_fit | unknown
        nothing |                  |                |                    |                     |           |         || 48.75       | img_record, score, rotated, setting, preferred_state
    """)  # noqa: E501 - one row shows every unknown


def test_the_sum_has_two_decimals_and_a_half_counts_up(match_spec: MatchSpec) -> None:
    """Match, program_fit: 7.37% earn 11.055, so the sum is 49.805; 7.36% earn 11.04."""
    match_spec("""
        pair | p.non_us_img_pct || program_fit_img_record | program_fit
        half |             7.37 || 11.0550                | 49.8100
        down |             7.36 || 11.0400                | 49.7900
        less |            7.369 || 11.0535                | 49.8000
    """)

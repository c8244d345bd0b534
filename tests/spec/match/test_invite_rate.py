"""invite_rate of a pair, recomputed by hand (design: invite_rate).

rate = 1 / (1 + e^−x), x = ln(base / (1 − base)) + 0.30·(program_fit − 50)/10, + 0.7 if signalled,
+ 0.2 for a strong Step 3. The neutral pair has a program_fit of 50, where the second term is 0.
ln(base / (1 − base)): 15% −1.734601 · 12% −1.992430 · 10% −2.197225 · 8% −2.442347 · 5% −2.944439.
"""

from collections.abc import Callable

MatchSpec = Callable[..., None]


def test_at_a_fit_of_50_the_rate_is_the_tiers(match_spec: MatchSpec) -> None:
    """Design, invite_rate: tier bases 15, 12, 10, 8, 5%, on both sides of each tier."""
    match_spec("""
        pair               | step2_ck_score || program_fit | invite_rate
        highly_competitive |            250 || 50.00       | 0.150000
        competitive_top    |            249 || 50.00       | 0.120000
        competitive        |            240 || 50.00       | 0.120000
        targeted_top       |            239 || 50.00       | 0.100000
        targeted           |            230 || 50.00       | 0.100000
        challenging_top    |            229 || 50.00       | 0.080000
        challenging        |            220 || 50.00       | 0.080000
        steep_climb        |            219 || 50.00       | 0.050000
    """)


def test_a_signal_adds_seven_tenths_of_log_odds(match_spec: MatchSpec) -> None:
    """Design, invite_rate: + 0.7 if signalled."""
    # 15%: −1.034601, 1/(1 + e^1.034601) = 1/3.813983 · 12%: −1.292430, 1/4.641626
    # 10%: −1.497225, 1/5.469268 · 8%: −1.742347, 1/6.710731 · 5%: −2.244439, 1/10.435121
    match_spec("""
        pair               | step2_ck_score || invite_rate_signalled
        highly_competitive |            250 || 0.262193
        competitive        |            245 || 0.215442
        targeted           |            235 || 0.182840
        challenging        |            225 || 0.149015
        steep_climb        |            215 || 0.095830
    """)


def test_ten_points_of_fit_are_three_tenths_of_log_odds(match_spec: MatchSpec) -> None:
    """Design, invite_rate: + 0.30·(program_fit − 50)/10, above 50 and under it."""
    # 65: −1.992430 + 0.45 = −1.542430, 1/5.675940 · 55: + 0.15 = −1.842430, 1/7.311858
    # 35: − 0.45 = −2.442430, 1/12.500956 · 38.75: − 0.3375 = −2.329930, 1/11.277224
    match_spec("""
        pair      | rotated_program_ids | preferred_states | p.non_us_img_pct | p.typical_step2_ck || program_fit | invite_rate
        rotated   | here                | CA               |              7.5 |                203 || 65.00       | 0.176182
        preferred | elsewhere           | NY               |              7.5 |                203 || 55.00       | 0.136764
        untypical | elsewhere           | CA               |              7.5 |                260 || 35.00       | 0.079994
        no_record | elsewhere           | CA               |                0 |                203 || 38.75       | 0.088674
    """)  # noqa: E501 - one row shows all that is changed


def test_fit_and_signal_add_up(match_spec: MatchSpec) -> None:
    """Design, invite_rate: one sum of log-odds."""
    # −1.992430 + 0.45 + 0.7 = −0.842430, 1/(1 + e^0.842430) = 1/3.322003
    match_spec("""
        pair    | rotated_program_ids || program_fit | invite_rate | invite_rate_signalled
        rotated | here                || 65.00       | 0.176182    | 0.301023
    """)


def test_a_strong_step_3_lifts_a_low_score_at_a_welcoming_program(match_spec: MatchSpec) -> None:
    """Design, invite_rate: + 0.2 if Step 3 strong (≥ 230), low score, community or affiliated."""
    # 8%: −2.442347 + 0.2 = −2.242347, 1/(1 + e^2.242347) = 1/10.415404
    # signalled: −1.542347, 1/5.675551
    match_spec("""
        pair       | step2_ck_score | step3_score | p.setting             || invite_rate | invite_rate_signalled
        under      |            225 |         229 | Community             || 0.080000    | 0.149015
        on         |            225 |         230 | Community             || 0.096012    | 0.176194
        over       |            225 |         231 | Community             || 0.096012    | 0.176194
        affiliated |            225 |         230 | University-affiliated || 0.096012    | 0.176194
        none       |            225 |             | Community             || 0.080000    | 0.149015
    """)  # noqa: E501 - one row shows both rates


def test_a_strong_step_3_lifts_no_score_that_is_not_low(match_spec: MatchSpec) -> None:
    """Design, invite_rate: low score; the lift ends at 230, where the tier makes up for it."""
    # 229: 8% lifted as above · 230: 10% as it stands
    match_spec("""
        pair  | step2_ck_score | step3_score || invite_rate
        under |            229 |         240 || 0.096012
        on    |            230 |         240 || 0.100000
    """)


def test_a_strong_step_3_lifts_repeated_attempts(match_spec: MatchSpec) -> None:
    """Design, low_score: more than one attempt at Step 1 or Step 2 CK is a low-score case."""
    # 12%: −1.992430 + 0.2 = −1.792430, 1/(1 + e^1.792430) = 1/7.004026
    match_spec("""
        pair      | step3_score | step1_attempts | step2_ck_attempts || invite_rate
        once      |         240 |              1 |                 1 || 0.120000
        step1     |         240 |              2 |                 1 || 0.142775
        step2_ck  |         240 |              1 |                 2 || 0.142775
        both      |         240 |              2 |                 2 || 0.142775
        weaker    |         229 |              2 |                 2 || 0.120000
    """)


def test_a_strong_step_3_lifts_no_sharp_drop_alone(match_spec: MatchSpec) -> None:
    """Design, Law: one more point of Step 2 CK, which ends the drop, may lower no rate."""
    match_spec("""
        pair    | step1_score | step2_ck_score | step3_score || invite_rate
        drop    |         260 |            245 |         240 || 0.120000
        no_drop |         259 |            245 |         240 || 0.120000
    """)


def test_a_strong_step_3_lifts_no_other_setting(match_spec: MatchSpec) -> None:
    """Design, invite_rate: a community or affiliated program; an unknown setting is neither."""
    # university, with a preferred state and 14 of 15 for the typical score: fit 50, 8% as it stands
    # military and blank, 2.5 for the setting: −2.442347 − 0.075 = −2.517347, 1/13.395668
    match_spec("""
        pair       | step2_ck_score | step3_score | p.setting  | preferred_states | p.typical_step2_ck || program_fit | invite_rate
        university |            225 |         240 | University | NY               |                226 || 50.00       | 0.080000
        military   |            225 |         240 | Military   | CA               |                203 || 47.50       | 0.074651
        blank      |            225 |         240 |            | CA               |                203 || 47.50       | 0.074651
    """)  # noqa: E501 - one row shows all that is changed


def test_a_practice_score_gives_the_rate_of_its_tier(match_spec: MatchSpec) -> None:
    """Design, tier: no score yet, so from the practice score; it is no low score to be lifted."""
    match_spec("""
        pair     | step2_ck_score | practice_score | step3_score || program_fit | invite_rate
        low      |                |            225 |         240 || 50.00       | 0.080000
        high     |                |            250 |         240 || 50.00       | 0.150000
        replaced |            245 |            250 |         240 || 50.00       | 0.120000
    """)


def test_a_pending_tier_has_no_rate(match_spec: MatchSpec) -> None:
    """Design, The contract in the small: Pending with no practice score: no rates (blank)."""
    match_spec("""
        pair    | step2_ck_score | practice_score || invite_rate | invite_rate_signalled
        pending |                |                ||             |
    """)


def test_a_rate_has_six_decimals(match_spec: MatchSpec) -> None:
    """Design, The contract in the small: rates are fractions with six decimals, rounded."""
    # 1/4.641626 is 0.2154418…: nothing is left behind the sixth decimal
    match_spec("""
        pair    || invite_rate  | invite_rate_signalled
        neutral || 0.1200000000 | 0.2154420000
    """)


def test_a_rate_is_given_whatever_the_eligibility(match_spec: MatchSpec) -> None:
    """Design, Commands: every pair has its rates, so that “why not this program?” has an answer."""
    match_spec("""
        pair | p.considers_img || eligibility | invite_rate
        no   | No              || Ineligible  | 0.120000
    """)

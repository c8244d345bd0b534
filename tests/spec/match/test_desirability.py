"""desirability of a pair (design: desirability)."""

from collections.abc import Callable

MatchSpec = Callable[..., None]


def test_any_program_is_wanted(match_spec: MatchSpec) -> None:
    """Design, desirability: 1 for any program."""
    match_spec("""
        pair    || desirability
        neutral || 1.00
    """)


def test_a_preferred_state_adds_a_half(match_spec: MatchSpec) -> None:
    """Design, desirability: + 0.5 preferred state."""
    match_spec("""
        pair  | preferred_states | p.state || desirability
        in    | NY               | NY      || 1.50
        among | CA; NY           | NY      || 1.50
        out   | CA               | NY      || 1.00
    """)


def test_having_rotated_there_adds_a_half(match_spec: MatchSpec) -> None:
    """Design, desirability: + 0.5 rotated there."""
    match_spec("""
        pair      | rotated_program_ids || desirability
        here      | here                || 1.50
        both      | elsewhere; here     || 1.50
        elsewhere | elsewhere           || 1.00
    """)


def test_a_categorical_position_adds_a_quarter(match_spec: MatchSpec) -> None:
    """Design, desirability: + 0.25 categorical, also where advanced positions stand beside it."""
    match_spec("""
        pair        | p.track                  || desirability
        categorical | Categorical              || 1.25
        both        | Categorical and Advanced || 1.25
        advanced    | Advanced                 || 1.00
        physician   | Physician-only           || 1.00
    """)


def test_all_of_it_adds_up(match_spec: MatchSpec) -> None:
    """Design, desirability: 1 + 0.5 + 0.5 + 0.25 = 2.25."""
    match_spec("""
        pair | preferred_states | rotated_program_ids | p.track     || desirability
        all  | NY               | here                | Categorical || 2.25
    """)


def test_what_is_not_on_file_adds_nothing(match_spec: MatchSpec) -> None:
    """Design, desirability: a wish counts only where it is stated; it is no part of program_fit."""
    match_spec("""
        pair    | preferred_states | rotated_program_ids | p.state | p.track || desirability
        nothing |                  |                     | NY      |         || 1.00
        state   | NY               | elsewhere           |         |         || 1.00
    """)


def test_scores_do_not_make_a_program_wanted(match_spec: MatchSpec) -> None:
    """Design, desirability: the applicant's wish, whatever the chances."""
    match_spec("""
        pair    | step2_ck_score || desirability
        low     |            210 || 1.00
        high    |            260 || 1.00
        pending |                || 1.00
    """)

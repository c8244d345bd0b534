"""The screen “physician-only” (design: eligibility)."""

from collections.abc import Callable

MatchSpec = Callable[..., None]


def test_physician_only_takes_earlier_residency_training(match_spec: MatchSpec) -> None:
    """Design, eligibility: Physician-only is Fail with `prior_gme_months` 0, else Verify."""
    match_spec("""
        pair  | prior_gme_months | p.track        || eligibility | fails | asks
        none  |                0 | Physician-only || Ineligible  | track |
        one   |                1 | Physician-only || Verify      |       | track
        many  |               36 | Physician-only || Verify      |       | track
        blank |                  | Physician-only || Verify      |       | track
    """)


def test_every_other_track_asks_for_no_earlier_training(match_spec: MatchSpec) -> None:
    """Domain, Season: categorical and advanced positions are open to new graduates."""
    match_spec("""
        pair        | prior_gme_months | p.track                  || eligibility | fails | asks
        categorical |                0 | Categorical              || Eligible    |       |
        advanced    |                0 | Advanced                 || Eligible    |       |
        both        |                0 | Categorical and Advanced || Eligible    |       |
    """)


def test_a_blank_track_is_not_physician_only(match_spec: MatchSpec) -> None:
    """Design, The two input tables: blank is unknown, and no exposure to it is named."""
    match_spec("""
        pair  | prior_gme_months | p.track || eligibility | fails | asks
        none  |                0 |         || Eligible    |       |
        blank |                  |         || Eligible    |       |
    """)

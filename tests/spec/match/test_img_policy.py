"""The screen “considers IMGs” (design: eligibility)."""

from collections.abc import Callable

MatchSpec = Callable[..., None]


def test_only_a_stated_no_shuts_imgs_out(match_spec: MatchSpec) -> None:
    """Design, eligibility: considers IMGs is Pass, Fail or Unknown; blank is never no."""
    match_spec("""
        pair   | p.considers_img | p.non_us_img_pct || eligibility | fails         | asks
        yes    | Yes             |                  || Eligible    |               |
        no     | No              |                  || Ineligible  | considers_img |
        blank  |                 |                  || Verify      |               | considers_img
    """)


def test_a_stated_no_shuts_us_imgs_out_as_well(match_spec: MatchSpec) -> None:
    """Design, eligibility: the screen is about IMGs, US and non-US."""
    match_spec("""
        pair | img_status | p.considers_img || eligibility | fails
        yes  | US IMG     | Yes             || Eligible    |
        no   | US IMG     | No              || Ineligible  | considers_img
    """)


def test_a_stated_no_stands_against_the_residents(match_spec: MatchSpec) -> None:
    """Design, eligibility: any Fail is Ineligible; the contradiction is a query of its own."""
    match_spec("""
        pair | p.considers_img | p.us_img_pct | p.non_us_img_pct || eligibility | fails
        no   | No              |           30 |               40 || Ineligible  | considers_img
    """)


def test_a_stated_yes_asks_nothing_without_img_residents(match_spec: MatchSpec) -> None:
    """Design, eligibility: the shares matter only where the policy is blank."""
    match_spec("""
        pair  | p.considers_img | p.us_img_pct | p.non_us_img_pct || eligibility | asks
        zero  | Yes             |            0 |                0 || Eligible    |
        blank | Yes             |              |                  || Eligible    |
    """)


def test_a_blank_is_answered_by_any_img_resident(match_spec: MatchSpec) -> None:
    """Design, eligibility: a blank matters unless an IMG share is above 0, whichever of the two."""
    match_spec("""
        pair    | p.considers_img | p.us_img_pct | p.non_us_img_pct || eligibility | asks
        zero    |                 |            0 |                0 || Verify      | considers_img
        us      |                 |          0.5 |                0 || Eligible    |
        non_us  |                 |            0 |              0.5 || Eligible    |
        us_only |                 |          0.5 |                  || Eligible    |
        other   |                 |              |              0.5 || Eligible    |
        nothing |                 |              |                  || Verify      | considers_img
        half    |                 |            0 |                  || Verify      | considers_img
    """)

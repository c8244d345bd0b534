"""The shortlist: its rows and ranks, bands, signals, and the reasons in words."""

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

from stepladder import Result

Planned = Callable[..., Result]
Rows = list[dict[str, str | None]]
ManyPrograms = Callable[..., Rows]
Spec = Callable[..., None]

ONE = "applicant | step2_ck_score\nann | 245"


# ── Rows and ranks ───────────────────────────────────────────────────────────────────────────────


def test_the_shortlist_has_exactly_the_suggested_rows(example: Result) -> None:
    """The contract in the small: suggested_applications rows for everyone, none where blank."""
    rows = dict(example.shortlist.group_by("applicant_id").len().iter_rows())
    suggested = {
        who: number
        for who, number in example.applicants.select(
            "applicant_id", "suggested_applications"
        ).iter_rows()
        if number
    }
    assert rows == suggested


def test_no_program_is_listed_twice(example: Result) -> None:
    """Output columns: a program stands once on an applicant's list."""
    assert not example.shortlist.select("applicant_id", "program_id").is_duplicated().any()


def test_ranks_go_by_marginal_value_then_program_id(example: Result) -> None:
    """Output columns, rank: 1, 2, … without a gap, for every applicant of the cohort."""
    for _, listed in example.shortlist.group_by("applicant_id", maintain_order=True):
        assert listed["rank"].to_list() == list(range(1, listed.height + 1))
        ordered = listed.sort("marginal_value", "program_id", descending=[True, False])
        assert ordered["rank"].to_list() == listed["rank"].to_list()


def test_equal_marginal_values_rank_by_program_id(planned: Planned) -> None:
    """Output columns, rank: ids are text, so P10 comes before P2, whatever the table's order."""
    listed = planned(ONE, "program | state\nP2 | NY\nP10 | NY\nP1 | NY").shortlist
    assert listed["program_id"].to_list() == ["P1", "P10", "P2"]


def test_the_better_program_ranks_first(planned: Planned) -> None:
    """Output columns, rank: a rotation there outweighs a smaller program_id."""
    listed = planned(
        "applicant | rotated_program_ids\nann | P2", "program | state\nP1 | NY\nP2 | NY"
    ).shortlist
    assert listed["program_id"].to_list() == ["P2", "P1"]


def test_applicants_stand_in_input_order(planned: Planned) -> None:
    """Same input, same output: lists follow the applicants' rows, not their ids."""
    listed = planned(
        "applicant | step2_ck_score\nzoe | 245\nann | 245", "program | state\nP1 | NY\nP2 | NY"
    ).shortlist
    assert listed["applicant_id"].to_list() == ["zoe", "zoe", "ann", "ann"]


def test_a_listed_row_repeats_its_pair(example: Result) -> None:
    """Output columns: eligibility, program_fit and desirability are those of the pairs."""
    assert example.pairs is not None
    columns = ["applicant_id", "program_id", "eligibility", "program_fit", "desirability"]
    listed = example.shortlist.select(columns)
    assert listed.join(example.pairs, on=columns, how="semi").height == listed.height


def test_nobody_is_listed_at_an_ineligible_program(example: Result) -> None:
    """The plan, Locks: the shortlist holds Eligible and Verify only."""
    assert set(example.shortlist["eligibility"]) == {"Eligible", "Verify"}


# ── Bands ────────────────────────────────────────────────────────────────────────────────────────


def test_the_bands_turn_at_45_and_65(shortlist_spec: Spec) -> None:
    """Output columns, band: Reach under 45, Target from 45, Best fit from 65.

    P1 to P3: half of the score's 25 as nothing is on file, rotated 15, setting 5, holistic 5,
    preferred state 5, and 1.5 for each percent of IMG residents; P4 and P5 are 20 lower.
    """
    shortlist_spec(
        """
        program | us_img_pct | min_step2_ck | typical_step2_ck | state || program_fit | band
        P1      | 20         |              |                  | NY    || 72.5        | Best fit
        P2      | 15         |              |                  | NY    || 65.0        | Best fit
        P3      | 14.99      |              |                  | NY    || 64.99       | Target
        P4      | 15         |              |                  | OH    || 45.0        | Target
        P5      | 14.99      |              |                  | OH    || 44.99       | Reach
        """,
        alike={"non_us_img_pct": "0"},
        applicant={
            "rotated_program_ids": "P1; P2; P3",
            "preferred_states": "NY",
            "letters_us_physiatrist": "0",
        },
    )


# ── Signals and rates ────────────────────────────────────────────────────────────────────────────


def test_a_signal_stands_only_where_it_may(example: Result) -> None:
    """The plan, Signals: no signal at a program that takes none, over the whole cohort."""
    offered = example.programs.select("program_id", "takes_signals")
    signalled = example.shortlist.filter(pl.col("signal") == "Yes").join(offered, on="program_id")
    assert signalled.height > 0
    assert "No" not in signalled["takes_signals"].to_list()


def test_the_rate_is_the_signalled_one_where_signal_is_yes(example: Result) -> None:
    """The contract in the small: otherwise it is the rate without a signal."""
    assert example.pairs is not None
    rates = example.pairs.select(
        "applicant_id", "program_id", pl.col("invite_rate").alias("plain"), "invite_rate_signalled"
    )
    listed = example.shortlist.join(rates, on=["applicant_id", "program_id"])
    expected = listed.select(
        pl.when(pl.col("signal") == "Yes").then("invite_rate_signalled").otherwise("plain")
    ).to_series()
    assert listed["invite_rate"].to_list() == expected.to_list()


def test_signal_is_yes_or_blank(example: Result) -> None:
    """Output columns, signal: Yes/blank."""
    assert set(example.shortlist["signal"]) == {"Yes", None}


# ── Why ──────────────────────────────────────────────────────────────────────────────────────────


def test_why_names_the_parts_that_weighed_most(shortlist_spec: Spec) -> None:
    """Issue 3, Deliver 1: at most three, furthest above what an unknown counts first.

    Above half: a full IMG record 15, score 12.5, rotation 7.5, setting and holistic 2.5 each.
    """
    first = "takes IMGs; scores fit its minimum and usual level"
    shortlist_spec(
        f"""
        program | state || why
        P1      | NY    || {first}; rotated there
        P2      | NY    || {first}; setting open to this tier
        """,
        applicant={"rotated_program_ids": "P1"},
    )


POOR = {"us_img_pct": "0", "non_us_img_pct": "0", "typical_step2_ck": "290"}
"""Facts of a program with no IMG record and too high a score."""


def test_why_names_what_is_left_where_the_rest_is_poor(shortlist_spec: Spec) -> None:
    """Issue 3, Deliver 1: without an IMG record, a fitting score or a rotation the rest speaks.

    A categorical position, which weighs in desirability alone, comes after those.
    """
    first = "setting open to this tier"
    shortlist_spec(
        f"""
        program | state || why
        P1      | NY    || {first}; in a preferred state; categorical position
        P2      | OH    || {first}; categorical position
        """,
        alike={**POOR, "min_step2_ck": None},
        applicant={"rotated_program_ids": "P9", "preferred_states": "NY"},
    )


def test_why_says_so_where_nothing_speaks_for_it(shortlist_spec: Spec) -> None:
    """Issue 3, Deliver 1: a program may be there for breadth alone."""
    shortlist_spec(
        """
        program | state | setting  | track    | holistic_review || why
        P1      | OH    | Military | Advanced | No              || broadens the list
        """,
        alike=POOR,
        applicant={
            "rotated_program_ids": "P9",
            "preferred_states": "NY",
            "step2_ck_score": "225",
        },
    )


# ── Watch out ────────────────────────────────────────────────────────────────────────────────────


def test_nothing_to_watch_is_empty(shortlist_spec: Spec) -> None:
    """Issue 3, Deliver 1: a program with every fact on file says nothing."""
    shortlist_spec("""
        program | state || watch_out
        P1      | NY    ||
    """)


def test_an_unknown_visa_policy_is_to_be_asked(shortlist_spec: Spec) -> None:
    """Issue 3, Deliver 1: where a visa is needed; the near twin who needs none is told nothing."""
    table = """
        program | j1_visa || watch_out
        P1      |         || {}
    """
    asked = "visa policy not on file: ask before you apply"
    shortlist_spec(
        table.format(asked), applicant={"img_status": "Non-US IMG", "visa_needed": "J-1"}
    )
    shortlist_spec(table.format(""), applicant={"img_status": "Non-US IMG", "visa_needed": "None"})


def test_facts_are_stale_after_365_days(shortlist_spec: Spec) -> None:
    """Issue 3, Deliver 1: 365 days before 2026-06-01 is 2025-06-01; one day more is stale."""
    shortlist_spec(
        """
        program | verified_on || watch_out
        P1      | 2026-06-01  ||
        P2      | 2025-06-01  ||
        P3      | 2025-05-31  || facts last verified over a year ago: check its page
        P4      |             || facts never verified: check its page
        """,
        as_of=date(2026, 6, 1),
    )


def test_stale_days_cross_a_leap_day(shortlist_spec: Spec) -> None:
    """Issue 3, Deliver 1: 365 days before 2028-06-01 is 2027-06-02, as 2028 has a February 29."""
    shortlist_spec(
        """
        program | verified_on || watch_out
        P1      | 2027-06-02  ||
        P2      | 2027-06-01  || facts last verified over a year ago: check its page
        """,
        as_of=date(2028, 6, 1),
    )


@pytest.mark.parametrize(
    ("prelim_planned", "said"),
    [
        ("Yes", ""),
        ("No", "advanced track: plan a preliminary or transitional year"),
        (None, "advanced track: plan a preliminary or transitional year"),
    ],
)
def test_an_advanced_track_needs_a_preliminary_plan(
    shortlist_spec: Spec, prelim_planned: str | None, said: str
) -> None:
    """Issue 3, Deliver 1: said without a plan, and only of programs that are advanced alone."""
    shortlist_spec(
        f"""
        program | track                    || watch_out
        P1      | Advanced                 || {said}
        P2      | Categorical              ||
        P3      | Categorical and Advanced ||
        """,
        applicant={"prelim_planned": prelim_planned},
    )


def test_what_is_counted_half_is_named(shortlist_spec: Spec) -> None:
    """Scores, program_fit: what the program has not on file counts half and is named."""
    half, state = "not on file and counted half", "preferred state"
    shortlist_spec(
        f"""
        program | us_img_pct | non_us_img_pct | setting   | state || watch_out
        P1      |            |                | Community | NY    || {half}: record with IMGs
        P2      | 10         | 10             |           | NY    || {half}: setting
        P3      | 10         | 10             |           |       || {half}: setting, {state}
        """,
        applicant={"preferred_states": "NY"},
    )


def test_what_did_not_count_half_is_not_named(shortlist_spec: Spec) -> None:
    """Scores, program_fit: a blank that weighed in nothing for this applicant is not named.

    Holistic review counts in full without a low-score case; a non-US share alone is on file for a
    non-US IMG.
    """
    shortlist_spec(
        """
        program | holistic_review | us_img_pct || watch_out
        P1      |                 | 10         ||
        P2      | Yes             |            ||
        """,
        applicant={"img_status": "Non-US IMG"},
    )


def test_several_notes_are_joined(shortlist_spec: Spec) -> None:
    """Issue 3, Deliver 1: questions first, then what counted half, signal, track, age."""
    notes = (
        "visa policy not on file: ask before you apply",
        "not on file and counted half: setting",
        "whether it takes signals is not on file: ask before you signal",
        "advanced track: plan a preliminary or transitional year",
        "facts never verified: check its page",
    )
    shortlist_spec(
        f"""
        program | j1_visa | setting | takes_signals | track    | verified_on || watch_out
        P1      |         |         |               | Advanced |             || {"; ".join(notes)}
        """,
        applicant={"img_status": "Non-US IMG", "visa_needed": "J-1", "prelim_planned": "No"},
    )


def test_holistic_review_is_said_where_it_counts(shortlist_spec: Spec) -> None:
    """Scores, program_fit: holistic review counts only in a low-score case; there it is said."""
    shortlist_spec(
        """
        program | holistic_review || why
        P1      | Yes             || setting open to this tier; reviews holistically
        P2      | No              || setting open to this tier
        """,
        alike={**POOR, "min_step2_ck": None, "track": "Advanced"},
        applicant={"step2_ck_score": "229", "rotated_program_ids": "P9", "preferred_states": "OH"},
    )


def test_a_fitting_score_is_said_where_it_is_known_and_met(shortlist_spec: Spec) -> None:
    """Issue 3, Deliver 1: why names what is on file and met: minimum and typical score, both."""
    shortlist_spec(
        """
        program | min_step2_ck | typical_step2_ck || why
        P1      | 230          | 245              || scores fit its minimum and usual level
        P2      | 230          | 246              || broadens the list
        P3      |              | 245              || broadens the list
        """,
        alike={**POOR, "setting": "Other", "track": "Advanced"},
        applicant={"rotated_program_ids": "P9", "preferred_states": "OH"},
    )

"""The plan of actions: who is told to do what, why, by when, and in which order."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from itertools import pairwise, product
from pathlib import Path

import polars as pl
import pytest

from stepladder import shipped
from stepladder.errors import PolicyError
from stepladder.plan.actions import COLUMNS, actions, conditions, next_steps
from stepladder.rulebook import load_rulebook
from stepladder.rulebook.policy import ANCHORS, Actions, Policy
from stepladder.score import score
from stepladder.validate import load_schema

RULEBOOK = load_rulebook()
POLICY = RULEBOOK.policy
NAMED = POLICY._replace(
    actions=Actions(**{n: each._replace(action=n) for n, each in POLICY.actions._asdict().items()}),
)
"""The policy with each action's name for its words, so that a plan's actions can be told apart."""
SCHEMA = load_schema(shipped.schemas() / "applicants.toml")
SHIPPED_TOML = Path(shipped.__file__).parent / "rulebook" / "pmr.toml"

# Season 2027: submit 2026-09-02, review 2026-09-23, ends 2027-05-31; so the latest safe test day is
# 2026-08-12, most invitations are out by 2026-10-28, and the last useful test day is 2026-09-16.
AS_OF = "2026-03-01"

COMPLETE = """
    applicant_id=ann, img_status=Non-US IMG, graduation_year=2024, visa_needed=J-1,
    ecfmg_certified=Yes, season=2027, step1_result=Pass, step1_date=2023-02-01, step1_attempts=1,
    step2_ck_score=245, step2_ck_date=2025-03-01, step2_ck_attempts=1, usce_months=4,
    pmr_rotations_us=2, pmr_observerships_us=1, rotation_inpatient_rehab=Yes,
    rotation_brain_spinal=Yes, rotation_msk_pain=Yes, letters_total=4, letters_us_physiatrist=2,
    letter_pmr_faculty=Yes, case_reports=1, posters=1, qi_projects=1, publications=0,
    rehab_experience_months=8, pmr_meetings=2, prior_gme_months=0, gap_months=0,
    personal_statement=PM&R-focused, rotated_program_ids=P1, prelim_planned=Yes,
    eligible_programs=40, programs_to_verify=0, listed_to_verify=0, listed_signals=20,
    suggested_applications=40, prelim_cost_usd=0,
    expected_interviews_low=5, expected_interviews_high=14, applications_high=55
"""
SHORT = {
    "unsat": "step2_ck_score=, step2_ck_date=, step2_ck_attempts=0",
    "no list": "listed_signals=0, suggested_applications=, prelim_cost_usd=, low=, high=",
    "step1=": "step1_date=2021-02-01, step1_score=",
    "step2=": "step2_ck_score=",
    "step3=": "step3_date=2025-10-01, step3_score=",
    "booked=": "step2_ck_date=",
    "practice=": "practice_score=",
    "eligible=": "eligible_programs=",
    "to_verify=": "programs_to_verify=",
    "suggested=": "suggested_applications=",
    "low=": "expected_interviews_low=",
    "high=": "expected_interviews_high=",
}
"""How facts are told briefly; `unsat` has not sat Step 2 CK yet, `no list` is without any score."""
SUGGESTIONS: dict[str, type[pl.DataType]] = {
    "eligible_programs": pl.Int64,
    "programs_to_verify": pl.Int64,
    "listed_to_verify": pl.Int64,
    "listed_signals": pl.Int64,
    "suggested_applications": pl.Int64,
    "prelim_cost_usd": pl.Int64,
    "expected_interviews_low": pl.Int64,
    "expected_interviews_high": pl.Int64,
    "applications_high": pl.Int64,
}

# Twins, told apart from COMPLETE: facts that give the action | facts that do not.
TWINS = """
    enter_next_season
        as_of=2027-06-01 | as_of=2027-05-31
    settle_used_up_attempts
        step1_result=Fail, step1_attempts=4 | step1_result=Pass, step1_attempts=4
        unsat, step2_ck_attempts=4 | unsat, step2_ck_attempts=3
    pass_step1
        step1_result=Not taken | step1_result=Pass
        step1_result=Fail, step1_attempts=1 | step1_result=Fail, step1_attempts=4
    retake_step2_ck
        step2=213 | step2=214
    check_exam_window
        step1_date=2018-02-01 | step1_date=2018-03-01
    find_open_programs
        eligible=0 | eligible=1
    get_ecfmg_certificate
        ecfmg_certified=Expected | ecfmg_certified=Yes
        ecfmg_certified=No | ecfmg_certified=
        ecfmg_certified=No, step2=214 | ecfmg_certified=No, step2=213
        ecfmg_certified=No, unsat, booked=2026-07-22 | ecfmg_certified=No, unsat, booked=2026-07-23
    get_ecfmg_certificate_after_exams
        ecfmg_certified=No, step2=213 | ecfmg_certified=No, step2=214
        ecfmg_certified=No, unsat, booked=2026-07-23 | ecfmg_certified=No, unsat, booked=2026-07-22
        ecfmg_certified=No, step1_result=Not taken | ecfmg_certified=Yes, step1_result=Not taken
    weigh_j1
        visa_needed=H-1B | visa_needed=J-1 or H-1B
    enter_missing_facts
        visa_needed= | visa_needed=None
        visa_needed= | visa_needed=, img_status=US IMG
        letters_us_physiatrist= | letters_us_physiatrist=0
        rotated_program_ids= | rotated_program_ids=, pmr_rotations_us=0
    enter_step2_ck_score
        unsat, booked=2026-03-01 | unsat, booked=2026-03-02
        unsat, step2_ck_attempts=1 | unsat, step2_ck_attempts=
    weigh_later_season
        unsat, practice=235, as_of=2026-08-13 | unsat, practice=235, as_of=2026-08-12
        unsat, practice=219, as_of=2026-08-13 | unsat, practice=219, as_of=2026-08-12
        unsat, practice=219, booked=2026-08-20, as_of=2026-08-13 \
            | unsat, practice=219, booked=2026-08-19, as_of=2026-08-13
        unsat, practice=219, booked=2026-08-20, as_of=2026-08-13 \
            | unsat, practice=219, booked=2026-08-20, as_of=2026-08-12
    move_step2_ck_earlier
        unsat, booked=2026-08-13 | unsat, booked=2026-08-12
        unsat, booked=2026-08-13, practice=212 | unsat, booked=2026-08-12, practice=212
        unsat, booked=2026-08-20, practice=212, as_of=2026-08-12 \
            | unsat, booked=2026-08-20, practice=212, as_of=2026-08-13
    sit_step2_ck
        unsat, practice=230 | unsat, practice=229
        unsat, practice=230, booked=2026-08-12 | unsat, practice=230, booked=2026-08-13
    consider_step2_ck_delay
        unsat, practice=229, booked=2026-07-15 | unsat, practice=230, booked=2026-07-15
        unsat, practice=220, booked=2026-07-15 | unsat, practice=219, booked=2026-07-15
        unsat, practice=225, booked=2026-07-15 | unsat, practice=225
        unsat, practice=225, booked=2026-07-15 | unsat, practice=225, booked=2026-07-16
    sit_step2_ck_without_delay
        unsat, practice=225, booked=2026-07-16 | unsat, practice=225, booked=2026-07-15
        unsat, practice=212, booked=2026-08-12 | unsat, practice=212, booked=2026-08-11
    delay_step2_ck_by_weeks
        unsat, practice=219, booked=2026-07-15 | unsat, practice=220, booked=2026-07-15
        unsat, practice=219, booked=2026-07-15 | unsat, practice=219
        unsat, practice=219, booked=2026-08-11 | unsat, practice=219, booked=2026-08-12
        unsat, practice=219, booked=2026-08-19, as_of=2026-08-13 \
            | unsat, practice=219, booked=2026-08-20, as_of=2026-08-13
    take_practice_exams
        unsat | unsat, practice=230
    book_step2_ck
        unsat | unsat, booked=2026-07-01
        unsat, practice=212 | unsat, practice=212, booked=2026-07-01
        unsat, practice=225 | unsat, practice=225, booked=2026-07-01
    plan_early_step2_ck
        unsat, step1=219 | unsat, step1=220
        unsat, step1_attempts=2 | unsat, step1_attempts=1
    protect_strong_step1
        unsat, step1=240 | unsat, step1=239
    show_recent_step2_ck
        unsat, graduation_year=2021 | unsat, graduation_year=2022
    study_two_passes
        unsat, step1=219 | unsat, step1=220
        unsat, step1_attempts=2, booked=2026-03-29 | unsat, step1_attempts=2, booked=2026-03-28
    study_one_pass
        unsat, step1=240 | unsat, step1=239
        unsat, practice=240 | unsat, practice=239
    study_daily
        unsat | step2=245
        unsat, practice=239 | unsat, practice=240
    study_weak_areas
        unsat, practice=229 | unsat, practice=230
    pass_step3_for_h1b
        visa_needed=H-1B | visa_needed=J-1 or H-1B
        visa_needed=H-1B, step3=199 | visa_needed=H-1B, step3=200
    take_step3
        step2=229 | step2=230
        step2=214 | step2=213
        step2=239, step1=219 | step2=240, step1=219
        step2=225 | step2=225, step3=215
        step2=225 | step2=225, step3_date=2026-02-01
        step2=225, as_of=2026-07-29 | step2=225, as_of=2026-07-30
        step2=225, step3_attempts=1, step3_date=2026-06-01 | step2=225, step3_attempts=1
    do_not_rush_step3
        step2=225, as_of=2026-07-30 | step2=225, as_of=2026-07-29
    leave_step3
        step2=230 | step2=229
        visa_needed=J-1 | visa_needed=
        visa_needed=J-1 | visa_needed=H-1B
        visa_needed=, img_status=US IMG | visa_needed=, img_status=Non-US IMG
    point_out_step3
        step3=230 | step3=229
    get_physiatrist_letters
        letters_us_physiatrist=1 | letters_us_physiatrist=2
        letters_us_physiatrist=0 | letters_us_physiatrist=
    get_faculty_letter
        letter_pmr_faculty=No | letter_pmr_faculty=
        letter_pmr_faculty=No | letter_pmr_faculty=No, pmr_rotations_us=0
        letter_pmr_faculty=No, pmr_rotations_us= | letter_pmr_faculty=, pmr_rotations_us=
    confirm_letter_writers
        letters_total=1 | letters_total=0
        letters_total= | letters_total=0
    schedule_rotations
        pmr_rotations_us=1 | pmr_rotations_us=2
        pmr_rotations_us=0 | pmr_rotations_us=
    gain_us_experience
        usce_months=0, pmr_rotations_us=0 | usce_months=1, pmr_rotations_us=0
    email_departments
        pmr_rotations_us=0, pmr_observerships_us=0 | pmr_rotations_us=0, pmr_observerships_us=1
    ask_for_feedback
        pmr_rotations_us=0, pmr_observerships_us=1 | pmr_rotations_us=0, pmr_observerships_us=0
    widen_settings
        rotation_msk_pain=No | rotation_msk_pain=
    start_rehab_experience
        rehab_experience_months=5 | rehab_experience_months=6
    add_research
        case_reports=0 | case_reports=
        case_reports=0 | case_reports=0, publications=1
        step2=249, posters=0 | step2=250, posters=0
    attend_meetings
        pmr_meetings=0 | pmr_meetings=1
    draft_statement
        personal_statement=Not started | personal_statement=Draft
    finish_statement
        personal_statement=Draft | personal_statement=PM&R-focused
    address_red_flags
        gap_months=13 | gap_months=12
        step2=219 | step2=220
        step1_attempts=2 | usce_months=0, pmr_rotations_us=0
    acknowledge_low_scores
        step2=229 | step2=230
        step2=220 | step2=219
    highlight_rise
        step1=219 | step1=220
        step1=210, step2=220 | step1=210, step2=219
    show_clinical_maturity
        step2=229 | step2=230
    widen_plan
        low=2 | low=3
    raise_limit
        low=2, suggested=30, budget_usd=330 | low=2, suggested=30
        low=2, suggested=39, max_applications=39 | low=2, suggested=40, max_applications=40
    submit_on_day_one
        as_of=2026-09-23 | as_of=2026-09-24
        to_verify=1, eligible=0 | to_verify=0, eligible=0
    apply_broadly
        step2=229 | step2=230
    apply_to_shortlist
        step2=230 | step2=229
    target_open_programs
        step1_attempts=2 | step1_attempts=1
    pair_preliminary_year
        prelim_planned=No, prelim_cost_usd=165 | prelim_planned=Yes, prelim_cost_usd=165
        prelim_planned=, prelim_cost_usd=165 | prelim_planned=, prelim_cost_usd=0
    consider_preliminary_year
        step2=229, prelim_planned= | step2=230, prelim_planned=
        step2=229, prelim_planned= | step2=229, prelim_planned=, prelim_cost_usd=165
    use_signals
        listed_signals=1 | listed_signals=0
    verify_programs
        to_verify=38, listed_to_verify=1 | to_verify=38, listed_to_verify=0
    gather_documents
        as_of=2026-09-23 | as_of=2026-09-24
    practice_explaining_scores
        step2=229 | step2=230
    practice_why_pmr
        gap_months=12 | gap_months=13
    update_cv
        as_of=2026-09-02 | as_of=2026-09-03
    follow_up
        high=1 | high=0
"""

# The headings of the guide, as they stand in it.
HEADINGS = """
    Understanding Step Scores in PM&R for IMGs
    How PM&R Programs View Step Scores for IMGs
    What PM&R Programs Look For
    Approximate Score Tiers for IMGs in PM&R
    Designing a Step 2 CK Strategy as an IMG Targeting PM&R
    When to Take Step 2 CK for PM&R
    How Much Does Step 2 CK Matter in PM&R?
    Building a Study Plan Focused on PM&R-Relevant Skills
    Strategies for IMGs with Low Step Scores Targeting PM&R
    1. Understand What “Low” Means in Context
    2. Prioritize a Strong Upward Trend
    3. Optimize Program Selection Aggressively
    4. Make PM&R Fit Unmistakable
    5. Address Red Flags Directly but Briefly
    Integrating Step Scores with the Rest of Your PM&R Application
    Step Scores + PM&R Story
    Step Scores + Research and Scholarly Activity
    Step Scores + Timing of Application
    Practical Step-by-Step Plan for IMGs Targeting PM&R
    Year Before Application (or 12–18 Months Out)
    6–9 Months Before ERAS Submission
    3–6 Months Before ERAS
    ERAS Season (September–March)
    Frequently Asked Questions (FAQ)
    1. What Step 2 CK score should an IMG aim for to be competitive in PM&R?
    2. Can I match into PM&R with a low Step score?
    3. Should I delay Step 2 CK to get a higher score even if it means applying late?
    4. Is taking Step 3 before applying helpful for PM&R if my Step scores are low?
"""
ELSEWHERE = " (not in the guide)"


def facts_of(*texts: str) -> dict[str, str]:
    """The facts of an applicant, later ones first: `name=value` parted by commas."""
    told = ",".join([COMPLETE, *(_in_full(text) for text in texts if text)])
    facts = (fact.split("=") for fact in told.split(","))
    return {name.strip(): value.strip() for name, value in facts}


def _in_full(text: str) -> str:
    facts = [fact.strip() for fact in text.split(",")]
    for short, full in SHORT.items():
        facts = [
            full + fact.removeprefix(short) if fact.startswith(short) else fact for fact in facts
        ]
        facts = [fact.strip() for fact in ",".join(facts).split(",")]
    return ",".join(facts)


def applicants_of(*cases: Mapping[str, str]) -> pl.DataFrame:
    """Scored applicants with suggestions, one for each case, at the day of the first."""
    typed = pl.Schema([*SCHEMA.dtypes.items(), *SUGGESTIONS.items()])
    rows = [
        {name: _typed(facts.get(name, ""), dtype) for name, dtype in typed.items()}
        for facts in cases
    ]
    frame = pl.DataFrame(rows, schema=typed)
    return score(
        frame.with_row_index("row"),
        POLICY,
        as_of=day_of(cases[0]),
        chosen_season=None,
        assumed_season=2027,
    )


def _typed(value: str, dtype: object) -> object:
    if not value:
        return None
    if dtype == pl.List(pl.String):
        return value.split(";")
    if dtype == pl.Date:
        return date.fromisoformat(value)
    return int(value) if dtype == pl.Int64 else value


def day_of(facts: Mapping[str, str]) -> date:
    """The day of the report: the case's own, else AS_OF."""
    return date.fromisoformat(facts.get("as_of", AS_OF))


def plan_of(*texts: str, policy: Policy = POLICY) -> pl.DataFrame:
    """The plan of one applicant, told by facts beside those of COMPLETE."""
    facts = facts_of(*texts)
    return actions(applicants_of(facts), policy, day_of(facts))


def plans_of(texts: Iterable[str], policy: Policy) -> dict[str, pl.DataFrame]:
    """The plan of each applicant by the facts that tell them; those of one day together."""
    by_day: dict[date, dict[str, dict[str, str]]] = {}
    for text in dict.fromkeys(texts):
        facts = facts_of(text)
        by_day.setdefault(day_of(facts), {})[text] = facts
    plans: dict[str, pl.DataFrame] = {}
    for day, cases in by_day.items():
        listed = actions(applicants_of(*cases.values()), policy, day)
        for row, text in enumerate(cases):
            plans[text] = listed.filter(pl.col("row") == row)
    return plans


def names_of(*texts: str) -> list[str]:
    """The names of an applicant's actions in the plan's order."""
    return names_in(plan_of(*texts, policy=NAMED))


def names_in(listed: pl.DataFrame) -> list[str]:
    """The names of the actions of a plan by NAMED."""
    return listed["action"].str.strip_prefix("Overdue: ").to_list()


def next_step_of(*texts: str) -> str:
    """The next step of one applicant."""
    facts = facts_of(*texts)
    applicants = applicants_of(facts)
    listed = actions(applicants, POLICY, day_of(facts))
    step: str = next_steps(listed, applicants, POLICY)["next_step"].item()
    return step


def twins() -> list[tuple[str, str, str]]:
    """The action, the facts that give it and the facts that do not, by the rows of TWINS."""
    found: list[tuple[str, str, str]] = []
    action = ""
    for line in TWINS.strip().splitlines():
        given, parted, lacking = (part.strip() for part in line.partition("|"))
        if parted:
            found.append((action, given, lacking))
        else:
            action = given
    return found


@cache
def twins_named() -> dict[str, pl.DataFrame]:
    """The plans of all twins, with names for words."""
    return plans_of((text for _, *both in twins() for text in both), NAMED)


@pytest.mark.parametrize(("name", "given", "lacking"), twins())
def test_an_applicant_gets_an_action_and_a_near_twin_does_not(
    name: str, given: str, lacking: str
) -> None:
    """Issue: each action has an applicant who gets it and a near twin who does not."""
    assert name in names_in(twins_named()[given])
    assert name not in names_in(twins_named()[lacking])


def test_every_action_has_its_twins() -> None:
    """Issue: no action is without an applicant who gets it."""
    assert {name for name, _, _ in twins()} == set(POLICY.actions._asdict())


def test_rulebook_and_code_name_the_same_actions() -> None:
    """Design: parameters are data, logic is expressions; both agree on the names."""
    assert set(conditions(POLICY, date(2026, 3, 1))) == set(POLICY.actions._asdict())


@pytest.mark.parametrize("name", POLICY.actions._asdict())
def test_every_action_traces_to_its_source(name: str) -> None:
    """Issue: every action's text traces to a section of the guide, or says that it does not."""
    section = getattr(POLICY.actions, name).guide_section
    kind = {entry.name: entry.kind for entry in RULEBOOK.entries}[f"actions.{name}.guide_section"]
    if kind == "guide":
        assert section in {heading.strip() for heading in HEADINGS.splitlines()}
    else:
        assert section.endswith(ELSEWHERE)


def test_every_section_of_the_step_by_step_plan_is_used() -> None:
    """Guide, Practical Step-by-Step Plan: each of its four phases has its actions."""
    used = {action.guide_section for action in POLICY.actions._asdict().values()}
    assert used >= {
        "Year Before Application (or 12–18 Months Out)",
        "6–9 Months Before ERAS Submission",
        "3–6 Months Before ERAS",
        "ERAS Season (September–March)",
    }


def test_every_sentence_is_filled() -> None:
    """Every placeholder of the rulebook's sentences gets its value; no text is blank."""
    listed = pl.concat(plans_of((given for _, given, _ in twins()), POLICY).values())
    shown = listed.select("phase", "action", "why", "guide_section")
    texts = [text for column in shown for text in column.to_list()]
    assert all(text and "{" not in text and "}" not in text for text in texts)


def test_the_plan_has_its_columns() -> None:
    """Design, Output columns: the plan's columns, after the applicant's position."""
    listed = plan_of()
    assert tuple(listed.columns) == ("row", *COLUMNS)
    assert listed.schema["due"] == pl.Date


def test_a_complete_applicant_is_told_only_what_is_left() -> None:
    """An applicant who already has what an action would bring does not get it."""
    assert names_of() == [
        "submit_on_day_one",
        "apply_to_shortlist",
        "use_signals",
        "confirm_letter_writers",
        "gather_documents",
        "practice_why_pmr",
        "ask_for_feedback",
        "update_cv",
        "follow_up",
        "leave_step3",
    ]


def test_a_blank_is_asked_for_and_never_read_as_no() -> None:
    """Design: blank means unknown; where it decides, the action is to find out."""
    blank = [
        f"{name}="
        for name in SCHEMA.dtypes
        if name not in {"applicant_id", "img_status", "graduation_year", "season"}
    ]
    named = names_of(*blank, "no list")
    assert "enter_missing_facts" in named
    assert not set(named) & {
        "get_physiatrist_letters",
        "get_faculty_letter",
        "schedule_rotations",
        "gain_us_experience",
        "email_departments",
        "widen_settings",
        "start_rehab_experience",
        "add_research",
        "attend_meetings",
        "draft_statement",
        "get_ecfmg_certificate",
        "pass_step1",
        "leave_step3",
    }


def test_what_is_missing_is_named() -> None:
    """Design: what is blank is named, in the words of the rulebook."""
    listed = plan_of("visa_needed=, letters_us_physiatrist=, gap_months=")
    said = [text for text in listed["action"] if "not on file:" in text]
    assert said == [
        (
            "Find out and enter what is not on file: visa needed; gap in months; "
            "letters from US physiatrists"
        )
    ]


EXAM_DECISIONS = {
    "enter_step2_ck_score",
    "weigh_later_season",
    "move_step2_ck_earlier",
    "sit_step2_ck",
    "consider_step2_ck_delay",
    "sit_step2_ck_without_delay",
    "delay_step2_ck_by_weeks",
    "book_step2_ck",
}


def test_step2_ck_is_decided_one_way() -> None:
    """Guide, When to Take Step 2 CK and FAQ 3: sit, delay, move or wait, never two of them."""
    cases = product(
        ("200", "219", "220", "229", "230", "260"),
        ("", "2026-05-01", "2026-08-01", "2026-08-12", "2026-08-13", "2026-09-30"),
        ("2025-04-01", "2026-04-30", "2026-08-12", "2026-08-20", "2026-09-25"),
    )
    plans = plans_of(
        (f"unsat, practice={p}, booked={b}, as_of={day}" for p, b, day in cases), NAMED
    )
    to_sit_once_booked = {"sit_step2_ck", "book_step2_ck"}
    decided = {text: EXAM_DECISIONS & set(names_in(listed)) for text, listed in plans.items()}
    undecided = {
        text: names
        for text, names in decided.items()
        if len(names) != 1 and names != to_sit_once_booked
    }
    assert undecided == {}


@pytest.mark.parametrize(
    ("booked", "as_of", "until"),
    [
        ("2026-04-22", "2026-03-01", "2026-05-20"),
        ("2026-07-15", "2026-03-01", "2026-08-12"),
        ("2026-08-01", "2026-03-01", "2026-08-12"),
        ("2026-08-17", "2026-08-13", "2026-09-14"),
    ],
)
def test_a_delay_is_by_weeks_from_the_booked_day(booked: str, as_of: str, until: str) -> None:
    """FAQ 3: weeks, not months, decided by the booked day, and not past the latest safe day."""
    listed = plan_of(f"unsat, practice=212, booked={booked}, as_of={as_of}")
    told = listed.filter(pl.col("action").str.contains("Delay Step 2 CK"))
    assert told["due"].to_list() == [date.fromisoformat(booked)]
    assert f"from {booked} by weeks, not months: to {until} at the latest" in told["action"].item()


def test_step3_is_advised_one_way() -> None:
    """Guide, FAQ 4: Step 3 is advised, postponed, left or needed for a visa, never two of them."""
    cases = product(("214", "229", "230"), ("J-1", "H-1B", ""), ("2026-03-01", "2026-08-15"))
    plans = plans_of((f"step2={s}, visa_needed={v}, as_of={day}" for s, v, day in cases), NAMED)
    advice = {"take_step3", "do_not_rush_step3", "leave_step3", "pass_step3_for_h1b"}
    assert all(len(advice & set(names_in(listed))) <= 1 for listed in plans.values())


def test_a_retake_is_out_of_reach_without_attempts() -> None:
    """domain.md, Exams: at most 4 attempts; no exam is planned that may not be taken."""
    named = names_of("step2_ck_score=205, step2_ck_attempts=4, step2_ck_date=2025-08-01")
    assert named[0] == "settle_used_up_attempts"
    assert not {"retake_step2_ck", "study_two_passes"} & set(named)


@pytest.mark.parametrize(
    "facts",
    [
        "step2_ck_score=205, step2_ck_attempts=4, step2_ck_date=2025-08-01",
        "step1_result=Fail, step1_attempts=4, unsat",
    ],
)
def test_without_attempts_left_there_is_nothing_to_apply_with(facts: str) -> None:
    """domain.md, Exams: 4 fails end eligibility, so no application is prepared."""
    lacking = "ecfmg_certified=No, letters_us_physiatrist=0, gap_months="
    assert names_of(facts, lacking) == ["settle_used_up_attempts", "enter_missing_facts"]


def test_a_certificate_is_not_due_before_the_score_it_needs() -> None:
    """domain.md, ECFMG: the certificate needs a pass, and a retake's score comes after review."""
    listed = plan_of("step2=205, ecfmg_certified=No")
    told = listed.filter(pl.col("action").str.contains("ECFMG certificate"))
    assert told["due"].to_list() == [date(2027, 3, 2)]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ("listed_signals=13", "Use 13 signals as the Shortlist marks them"),
        ("to_verify=38, listed_to_verify=5", "programs to verify on the Shortlist (5)"),
    ],
)
def test_the_list_is_told_by_its_own_numbers(facts: str, said: str) -> None:
    """Design, The list: what is to be done with the list counts the list, not the table."""
    assert any(said in action for action in plan_of(facts)["action"])


def test_pending_applicants_have_a_plan() -> None:
    """Design: without any score there is no list, yet exam, letters and rotations are planned."""
    named = names_of("unsat, no list, letters_us_physiatrist=0, pmr_rotations_us=0")
    assert {"take_practice_exams", "get_physiatrist_letters", "schedule_rotations"} <= set(named)
    assert not {"apply_to_shortlist", "use_signals", "widen_plan"} & set(named)


DUE = """
    submit_on_day_one       | season=2027                          | 2026-09-02
    submit_on_day_one       | season=2026, as_of=2025-03-01        | 2025-09-03
    submit_on_day_one       | season=2030                          | 2029-09-02
    confirm_letter_writers  | season=2027                          | 2026-06-02
    confirm_letter_writers  | season=2030                          | 2029-06-02
    sit_step2_ck            | unsat, practice=240                  | 2026-08-12
    sit_step2_ck            | unsat, practice=240, season=2030     | 2029-08-12
    sit_step2_ck            | unsat, practice=240, booked=2026-06-10 | 2026-06-10
    study_daily             | unsat, booked=2026-06-10             | 2026-03-10
    study_daily             | unsat, booked=2026-12-10             | 2026-05-12
    study_daily             | unsat, booked=2026-12-10, as_of=2026-08-20 | 2026-09-10
    delay_step2_ck_by_weeks | unsat, practice=210, booked=2026-04-22 | 2026-04-22
    move_step2_ck_earlier   | season=2028, unsat, practice=212, booked=2027-08-20 | 2027-08-12
    enter_next_season       | as_of=2027-06-01                     | 2027-09-02
    enter_next_season       | season=2026, as_of=2026-06-01        | 2026-09-02
    enter_step2_ck_score    | unsat, booked=2026-02-10             | 2026-09-23
    practice_why_pmr        | season=2027                          | 2026-10-28
    follow_up               | season=2027                          | 2026-11-25
    pass_step3_for_h1b      | visa_needed=H-1B                     | 2026-10-28
    start_rehab_experience  | rehab_experience_months=0            | 2025-09-02
"""


@pytest.mark.parametrize("line", DUE.strip().splitlines())
def test_due_days_come_from_the_season_s_calendar(line: str) -> None:
    """domain.md, Season: due days count from the season's days, carried over if not published."""
    name, facts, due = (cell.strip() for cell in line.split("|"))
    listed = plan_of(facts, policy=NAMED)
    assert dict(zip(names_in(listed), listed["due"], strict=True))[name] == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("as_of", "said"),
    [
        ("2026-06-02", "Confirm letter writers, and give them time and the cases they saw"),
        (
            "2026-06-03",
            "Overdue: Confirm letter writers, and give them time and the cases they saw",
        ),
    ],
)
def test_an_action_is_overdue_from_the_day_after_its_due_day(as_of: str, said: str) -> None:
    """Issue: past due days say “overdue”; the due day itself is not past."""
    assert said in plan_of(f"as_of={as_of}")["action"].to_list()


def test_no_action_stands_longer_than_it_helps() -> None:
    """An action is listed on the last day on which it helps, and no longer on the day after."""
    assert "get_physiatrist_letters" in names_of("letters_us_physiatrist=0, as_of=2026-10-28")
    assert "get_physiatrist_letters" not in names_of("letters_us_physiatrist=0, as_of=2026-10-29")


def test_after_the_season_only_the_next_one_is_left() -> None:
    """Once a season has ended nothing of it can be done; its last day still belongs to it."""
    assert names_of("visa_needed=H-1B, as_of=2027-05-31") == ["pass_step3_for_h1b"]
    assert names_of("visa_needed=H-1B, as_of=2027-06-01") == ["enter_next_season"]


def test_the_most_valuable_action_comes_first() -> None:
    """Design: most valuable first; ties by due day, then by name."""
    value = {name: action.value for name, action in POLICY.actions._asdict().items()}
    for listed in twins_named().values():
        names = names_in(listed)
        order = [(-value[name], due, name) for name, due in zip(names, listed["due"], strict=True)]
        assert order == sorted(order)


def test_ties_go_by_due_day_then_name() -> None:
    """Two actions of one value: the earlier due day first, on one day the earlier name."""
    tied = {name: action._replace(value=50) for name, action in NAMED.actions._asdict().items()}
    listed = plan_of(policy=NAMED._replace(actions=Actions(**tied)))
    order = list(zip(listed["due"], names_in(listed), strict=True))
    assert order == sorted(order)


def test_applicants_stay_in_their_order() -> None:
    """The plan is sorted by applicant in input order, whoever has the more urgent action."""
    cases = [facts_of("applicant_id=zoe"), facts_of("applicant_id=bob, step2_ck_score=213")]
    listed = actions(applicants_of(*cases), POLICY, date.fromisoformat(AS_OF))
    assert listed["row"].is_sorted()
    assert listed["applicant_id"].unique(maintain_order=True).to_list() == ["zoe", "bob"]


def test_the_next_step_is_the_first_action_with_its_due_day() -> None:
    """Design: next_step is the first action of the plan."""
    assert next_step_of() == "Submit ERAS on the first day (by 2026-09-02)"


@pytest.mark.parametrize(
    ("as_of", "said"),
    [
        ("2026-03-02", "Start the personal statement: {what} (by 2026-03-02)"),
        ("2026-03-03", "Overdue: Start the personal statement: {what} (by 2026-03-02)"),
    ],
)
def test_an_overdue_next_step_says_so_once(as_of: str, said: str) -> None:
    """Issue: past due days say “overdue”; the next step keeps the day."""
    step = next_step_of(f"personal_statement=Not started, as_of={as_of}")
    assert step == said.format(what="collect patient stories and why PM&R in particular")


def test_the_next_step_says_where_the_low_end_is_under_the_floor() -> None:
    """Design: next_step says so where the low end of interviews is under the floor of 3."""
    noted = "; interviews may be as few as 2, under the floor of 3 (illustrative)"
    assert next_step_of("expected_interviews_low=2").endswith(noted)
    assert "floor" not in next_step_of("expected_interviews_low=3")


def test_the_floor_is_not_spoken_of_without_an_open_program() -> None:
    """An applicant without an open program is told that, not that interviews may be few."""
    assert "floor" in next_step_of("low=0, eligible=0, to_verify=1")
    assert "floor" not in next_step_of("low=0, eligible=0, to_verify=0")


def test_a_cohort_of_nobody_has_an_empty_plan() -> None:
    """An empty cohort still gives the plan's columns."""
    nobody = applicants_of(facts_of()).clear()
    listed = actions(nobody, POLICY, date.fromisoformat(AS_OF))
    assert listed.is_empty()
    assert next_steps(listed, nobody, POLICY).is_empty()


def test_no_action_helps_no_longer_before_it_is_overdue_by_the_calendar() -> None:
    """Rulebook: an action's last day is not before its due day, as counted from the season."""
    calendar = {"submit": 0, "review": 21, "main_invites": 56, "ends": 271, "next_submit": 365}
    for name, action in POLICY.actions._asdict().items():
        if {action.due.anchor, action.until.anchor} <= calendar.keys():
            due, until = (
                date(2026, 9, 2)
                + timedelta(days=calendar[day.anchor] + 30 * day.months + 7 * day.weeks)
                for day in (action.due, action.until)
            )
            assert due <= until, name


def test_every_anchor_is_used() -> None:
    """Every day from which the rulebook may count is read by an action."""
    days = [day for action in POLICY.actions for day in (action.due, action.until)]
    assert {day.anchor for day in days} == set(ANCHORS)


def test_rules_show_every_part_of_an_action() -> None:
    """Design, Commands: `rules` shows every value, an action's days as a person reads them."""
    shown = {
        entry.name.removeprefix("actions.draft_statement."): (entry.value, entry.unit)
        for entry in RULEBOOK.entries
        if entry.name.startswith("actions.draft_statement.")
    }
    assert set(shown) == {"action", "why", "phase", "due", "until", "value", "guide_section"}
    assert shown["due"] == ("submit − 6 months", "day")
    assert shown["until"] == ("review", "day")
    assert shown["value"] == ("68", "index")


@pytest.mark.parametrize(
    ("was", "becomes", "complaint"),
    [
        (
            'phase = "half_year_before"\ndue = { anchor = "submit", months = -6 }',
            'phase = "half_year_befor"\ndue = { anchor = "submit", months = -6 }',
            "did you mean half_year_before?",
        ),
        ('until = { anchor = "review" }', 'until = { anchor = "reviw" }', "did you mean review?"),
        ('until = { anchor = "review" }', 'until = "review"', "is to be like"),
        ('until = { anchor = "review" }', 'until = { anchor = "review", weeks = 105 }', "weeks"),
        (
            'until = { anchor = "review" }',
            'until = { anchor = "review", weeks = 1, months = 1 }',
            "is to be like",
        ),
        ("value = 68", "value = 101", "between 0 and 100"),
        ("value = 68", "valu = 68", "did you mean value?"),
        ("collect patient stories", "collect {stories}", "it can use none"),
        ("[actions.draft_statement]", "[actions.draft_statment]", "did you mean draft_statement?"),
    ],
)
def test_a_slip_in_an_own_action_is_named(
    tmp_path: Path, was: str, becomes: str, complaint: str
) -> None:
    """Design, exit code 5: an own rulebook is read strictly, and the entry at fault is named."""
    text = SHIPPED_TOML.read_text(encoding="utf-8")
    head, block = text.split("[actions.draft_statement]")
    block = f"[actions.draft_statement]{block}"
    assert was in block
    own = tmp_path / "own.toml"
    own.write_text(head + block.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(PolicyError, match=r"actions\.draft_stat") as refusal:
        load_rulebook(own)
    assert complaint in str(refusal.value)


def test_the_order_of_values_is_the_one_explained() -> None:
    """Rulebook: eligibility and exams first, then letters, the list, and papers last."""
    value = {name: action.value for name, action in POLICY.actions._asdict().items()}
    ladder = (
        "settle_used_up_attempts",
        "retake_step2_ck",
        "sit_step2_ck",
        "get_physiatrist_letters",
        "schedule_rotations",
        "address_red_flags",
        "submit_on_day_one",
        "gather_documents",
        "add_research",
        "follow_up",
    )
    assert all(value[upper] > value[lower] for upper, lower in pairwise(ladder))

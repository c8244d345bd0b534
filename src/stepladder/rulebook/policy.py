"""The policy as named tuples: one field for every value and sentence of the rulebook.

Frozen dataclasses would take every command ten times as long to define: Python compiles six methods
for each of them.
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple, TypeAlias

PassingScores: TypeAlias = tuple[tuple[date | None, int], ...]
"""(first test date, lowest passing score), ascending; a first date of None means since ever."""


class FeeStep(NamedTuple):
    """One step of a fee table: up to and including program `through` (None: all further ones)."""

    through: int | None
    each: int
    flat: int | None


Fees: TypeAlias = tuple[FeeStep, ...]


class Exams(NamedTuple):
    """Passing scores and dates of USMLE exams (domain.md, Exams)."""

    pass_fail_from: date
    step1_passing: PassingScores
    step2_ck_passing: PassingScores
    step3_passing: PassingScores
    safe_weeks: int


class Tier(NamedTuple):
    """What one tier of Step 2 CK brings with it."""

    minimum: int
    invite_rate: float
    applications_low: int
    applications_high: int
    university_points: float


class Tiers(NamedTuple):
    """The tiers, best first (guide: Approximate Score Tiers for IMGs in PM&R)."""

    highly_competitive: Tier
    competitive: Tier
    targeted: Tier
    challenging: Tier
    steep_climb: Tier


class TierNames(NamedTuple):
    """The names of the tiers, best first, and of having no tier yet."""

    highly_competitive: str
    competitive: str
    targeted: str
    challenging: str
    steep_climb: str
    pending: str


class Trend(NamedTuple):
    """Sizes of change from Step 1 to Step 2 CK, all positive."""

    strong_rise: int
    rise: int
    drop: int
    sharp_drop: int


class TrendNames(NamedTuple):
    """The names of the trends."""

    strong_rise: str
    rise: str
    steady: str
    drop: str
    sharp_drop: str
    not_assessable: str


class LowScore(NamedTuple):
    """What makes a low-score case (guide: Understand What “Low” Means in Context)."""

    step2_ck_below: int
    attempts_above: int


class LowScoreReasons(NamedTuple):
    """The reasons of a low-score case, in words."""

    step2_ck: str
    sharp_drop: str
    step1_attempts: str
    step2_ck_attempts: str


class RedFlags(NamedTuple):
    """The limits behind the red flags (guide: Address Red Flags Directly but Briefly)."""

    step2_ck_below: int
    graduation_years_above: int
    gap_months_above: int
    exam_window_years: int
    attempts_allowed: int
    step3_poor_below: int
    step3_strong: int


class RedFlagNames(NamedTuple):
    """The red flags, in words."""

    step2_ck: str
    step1_failed: str
    step2_ck_failed: str
    step3_failed: str
    sharp_drop: str
    old_graduate: str
    gap: str
    no_us_clinical: str
    no_pmr_exposure: str
    exam_window: str
    attempts_used: str
    step3_poor: str


class PmrFit(NamedTuple):
    """Points of each part of pmr_fit and what earns them (guide: Make PM&R Fit Unmistakable)."""

    rotations: float
    rotations_full: int
    observership_share: float
    letters: float
    letters_full: int
    faculty_letter: float
    settings: float
    research: float
    research_full: int
    rehab: float
    rehab_full: int
    statement: float


class PmrFitNames(NamedTuple):
    """The parts of pmr_fit, in words."""

    rotations: str
    letters: str
    faculty_letter: str
    settings: str
    research: str
    rehab: str
    statement: str


class Exposure(NamedTuple):
    """Who is exposed to a demand that a program leaves unstated (design: eligibility)."""

    step2_ck_below: int
    attempts_above: int
    years_above: int


class IneligibleReasons(NamedTuple):
    """What each screen says when it fails."""

    considers_img: str
    step1_score: str
    step2_ck_score: str
    step1_attempts: str
    step2_ck_attempts: str
    graduation: str
    visa: str
    ecfmg: str
    usce: str
    letters: str
    track: str


class VerifyQuestions(NamedTuple):
    """What each screen asks when it cannot be judged."""

    considers_img: str
    step1_floor: str
    step1_score: str
    step2_ck_floor: str
    step2_ck_score: str
    step2_ck_late: str
    step1_attempts_limit: str
    step1_attempts: str
    step2_ck_attempts_limit: str
    step2_ck_attempts: str
    graduation_limit: str
    visa_policy: str
    visa_step3: str
    visa_need: str
    step3_policy: str
    step3: str
    ecfmg_policy: str
    ecfmg: str
    usce_policy: str
    usce: str
    letters_policy: str
    letters: str
    track: str


class ProgramFit(NamedTuple):
    """Points of the parts of program_fit (design: program_fit)."""

    img_record: float
    img_record_full_pct: float
    score_floor: float
    score_typical: float
    score_typical_span: int
    pmr_fit: float
    rotated: float
    setting: float
    other_setting: float
    holistic: float
    preferred_state: float
    unknown_share: float


class ProgramFitNames(NamedTuple):
    """The parts of program_fit that rest on the program's facts, in words."""

    img_record: str
    score: str
    setting: str
    holistic: str
    preferred_state: str


class Bands(NamedTuple):
    """Lowest program_fit of the two upper bands."""

    best_fit: float
    target: float


class BandNames(NamedTuple):
    """The names of the bands."""

    best_fit: str
    target: str
    reach: str


class InviteRate(NamedTuple):
    """Log-odds of the invite rate beside its tier (design: invite_rate)."""

    fit_slope: float
    fit_center: float
    signal_lift: float
    step3_lift: float


class Calibration(NamedTuple):
    """What an office's outcomes must be for its own invite rates, and how sure they must be."""

    outcomes: int
    invitations: int
    applicants: int
    seasons: int
    outcomes_per_value: int
    sureness: float


class Desirability(NamedTuple):
    """What makes a program wanted by the applicant (design: desirability)."""

    base: float
    preferred_state: float
    rotated: float
    categorical: float


class Interviews(NamedTuple):
    """The one-factor model of interviews and its target (design: The plan)."""

    target: int
    floor: int
    target_chance: float
    correlation: float
    stress_correlation: float
    low_quantile: float
    high_quantile: float
    match_per_interview: float


class Suggestion(NamedTuple):
    """The range of applications of a low-score case."""

    low_score_low: int
    low_score_high: int


class SuggestionSentences(NamedTuple):
    """What decided the suggested number, in words."""

    target_met: str
    target_not_met: str
    programs: str
    budget: str
    maximum: str
    must: str
    unbounded: str
    stress: str
    fees: str
    no_program: str
    all_never: str
    pending: str


class Costs(NamedTuple):
    """What applications cost, in USD (domain.md, Season)."""

    fees: Mapping[int, Fees]
    transcript: int
    token: int
    prelim_programs: int


class Calendar(NamedTuple):
    """The days of each season in the table (domain.md, Season)."""

    submit: Mapping[int, date]
    review: Mapping[int, date]
    ends: Mapping[int, date]


class Signals(NamedTuple):
    """Program signals by season."""

    number: Mapping[int, int]


class Listing(NamedTuple):
    """When a program's facts are stale, and how many reasons are named."""

    stale_days: int
    reasons_shown: int


class ListingSentences(NamedTuple):
    """What speaks for a listed program, and what to watch out for."""

    img_record: str
    score: str
    rotated: str
    setting: str
    holistic: str
    preferred_state: str
    categorical: str
    broadens: str
    not_on_file: str
    stale: str
    never_verified: str
    advanced: str
    signal_unknown: str


class ActionLimits(NamedTuple):
    """The limits behind the conditions of actions (guide: When to Take Step 2 CK; FAQ 3 and 4)."""

    step1_weak_below: int
    step1_strong: int
    short_delay_weeks: int
    main_invites_weeks: int
    step3_study_weeks: int


class PhaseNames(NamedTuple):
    """The phases of the guide's step-by-step plan, in order."""

    year_before: str
    half_year_before: str
    quarter_before: str
    season: str


class ActionWords(NamedTuple):
    """What an action's sentences list, in words."""

    rotation_inpatient_rehab: str
    rotation_brain_spinal: str
    rotation_msk_pain: str
    case_reports: str
    posters: str
    qi_projects: str
    step1: str
    step1_attempts: str
    step2_ck_attempts: str
    visa_needed: str
    ecfmg_certified: str
    usce_months: str
    gap_months: str
    rotated_program_ids: str


class ActionSentences(NamedTuple):
    """How an action is shown when its day is past, and as the next step."""

    overdue: str
    next_step: str
    under_floor: str


ANCHORS = (
    "submit",
    "review",
    "ends",
    "latest_safe_test",
    "latest_useful_test",
    "test_day",
    "main_invites",
    "next_submit",
)
"""The days from which the days of actions and levers are counted; plan/actions.py has each."""


class Day(NamedTuple):
    """A day by rule: so many months or weeks after an anchor, negative before it."""

    anchor: str
    months: int
    weeks: int


class Action(NamedTuple):
    """What to do, why and by when; `value` puts the most valuable first."""

    action: str
    why: str
    phase: str
    due: Day
    until: Day
    value: int
    guide_section: str


class Actions(NamedTuple):
    """Every action; its condition stands under the same name in plan/actions.py."""

    enter_next_season: Action
    settle_used_up_attempts: Action
    pass_step1: Action
    retake_step2_ck: Action
    check_exam_window: Action
    find_open_programs: Action
    enter_step2_ck_score: Action
    weigh_later_season: Action
    move_step2_ck_earlier: Action
    sit_step2_ck: Action
    consider_step2_ck_delay: Action
    sit_step2_ck_without_delay: Action
    delay_step2_ck_by_weeks: Action
    take_practice_exams: Action
    book_step2_ck: Action
    pass_step3_for_h1b: Action
    plan_early_step2_ck: Action
    protect_strong_step1: Action
    show_recent_step2_ck: Action
    study_two_passes: Action
    study_one_pass: Action
    study_daily: Action
    study_weak_areas: Action
    get_physiatrist_letters: Action
    schedule_rotations: Action
    gain_us_experience: Action
    email_departments: Action
    get_faculty_letter: Action
    get_ecfmg_certificate: Action
    get_ecfmg_certificate_after_exams: Action
    take_step3: Action
    do_not_rush_step3: Action
    leave_step3: Action
    enter_missing_facts: Action
    address_red_flags: Action
    acknowledge_low_scores: Action
    highlight_rise: Action
    draft_statement: Action
    finish_statement: Action
    widen_plan: Action
    raise_limit: Action
    submit_on_day_one: Action
    apply_broadly: Action
    apply_to_shortlist: Action
    target_open_programs: Action
    pair_preliminary_year: Action
    consider_preliminary_year: Action
    use_signals: Action
    verify_programs: Action
    weigh_j1: Action
    confirm_letter_writers: Action
    gather_documents: Action
    widen_settings: Action
    start_rehab_experience: Action
    add_research: Action
    show_clinical_maturity: Action
    practice_explaining_scores: Action
    practice_why_pmr: Action
    point_out_step3: Action
    ask_for_feedback: Action
    update_cv: Action
    attend_meetings: Action
    follow_up: Action


class LeverLimits(NamedTuple):
    """The sizes of levers that no other value gives."""

    few_more: int
    many_more: int
    rotation_months: int


class LeverSentences(NamedTuple):
    """How it is said what a lever takes, and whether the calendar still allows it."""

    month: str
    months: str
    usd: str
    in_time: str
    too_late: str


class Divisions(NamedTuple):
    """The census divisions of the US, each as the codes of its states."""

    new_england: str
    middle_atlantic: str
    east_north_central: str
    west_north_central: str
    south_atlantic: str
    east_south_central: str
    west_south_central: str
    mountain: str
    pacific: str


class Lever(NamedTuple):
    """One change to an applicant's record, what it takes, and the last day on which it counts."""

    lever: str
    takes: str
    months: int
    usd: int
    until: Day


class Levers(NamedTuple):
    """Every lever; its condition and change stand under the same name in levers/changes.py."""

    step2_ck_at_practice: Lever
    step2_ck_next_tier: Lever
    step3: Lever
    physiatrist_letter: Lever
    faculty_letter: Lever
    rotation: Lever
    setting: Lever
    research: Lever
    rehab_experience: Lever
    statement: Lever
    few_more_applications: Lever
    many_more_applications: Lever
    budget: Lever
    geography: Lever
    accept_j1: Lever
    accept_h1b: Lever


class Policy(NamedTuple):
    """Every value and sentence of the rulebook."""

    exams: Exams
    tiers: Tiers
    tier_names: TierNames
    trend: Trend
    trend_names: TrendNames
    low_score: LowScore
    low_score_reasons: LowScoreReasons
    red_flags: RedFlags
    red_flag_names: RedFlagNames
    pmr_fit: PmrFit
    pmr_fit_names: PmrFitNames
    exposure: Exposure
    ineligible_reasons: IneligibleReasons
    verify_questions: VerifyQuestions
    program_fit: ProgramFit
    program_fit_names: ProgramFitNames
    bands: Bands
    band_names: BandNames
    invite_rate: InviteRate
    calibration: Calibration
    desirability: Desirability
    interviews: Interviews
    suggestion: Suggestion
    suggestion_sentences: SuggestionSentences
    costs: Costs
    calendar: Calendar
    signals: Signals
    listing: Listing
    listing_sentences: ListingSentences
    action_limits: ActionLimits
    phase_names: PhaseNames
    action_words: ActionWords
    action_sentences: ActionSentences
    actions: Actions
    lever_limits: LeverLimits
    lever_sentences: LeverSentences
    divisions: Divisions
    levers: Levers

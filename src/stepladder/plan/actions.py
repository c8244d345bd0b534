"""Scored applicants with their suggestions in; what each is to do, why and by when, out.

The words, days and order of each action stand in the rulebook; its condition stands here, under the
same name.
"""

from collections.abc import Mapping
from datetime import date

import polars as pl

from stepladder.plan.sentences import filled
from stepladder.rulebook import Policy, season
from stepladder.rulebook.policy import Action, Day

COLUMNS = ("applicant_id", "phase", "due", "action", "why", "guide_section")

_SETTINGS = ("rotation_inpatient_rehab", "rotation_brain_spinal", "rotation_msk_pain")
_RESEARCH = ("case_reports", "posters", "qi_projects")
_CALENDAR = {"submit": "submit_day", "review": "review_day", "ends": "season_ends"}
_SEPARATOR = "; "
_DUE_FROM, _VALUE_FROM = 10, 40
"""Bits of an action's rank: its name below, the days of its due day between, its value above."""
_WITHOUT_ATTEMPTS = ("settle_used_up_attempts", "enter_step2_ck_score", "enter_missing_facts")
"""What still makes sense when the attempts at an exam are used up."""


def actions(
    applicants: pl.DataFrame, policy: Policy, as_of: date, *, first_only: bool = False
) -> pl.DataFrame:
    """Give one row for each applicant and action that applies: `row` and COLUMNS.

    Sorted by applicant, the most valuable action first, ties by due day and name. `applicants` are
    scored, with their suggestions and `applications_high`. An action stands until the last day on
    which it helps, and says so when its due day is past. Once the season has ended, all that is
    left is to enter the next one; without attempts left, to settle that. `first_only` gives each
    applicant's first action and puts no other into words.
    """
    judged = (
        applicants.lazy()
        .with_columns(**exam_days(policy), next_submit=_next_submit(applicants, policy))
        .with_columns(**exam_states(policy, as_of))
        .with_columns(test_day=_test_day(as_of), delayed_test=_delayed_test(policy, as_of))
        .with_columns(**_lists(policy))
        .collect()
    )
    applies = judged.select(
        holds.fill_null(value=False).alias(name)
        for name, holds in conditions(policy, as_of).items()
    )
    if first_only:
        applies = _first(judged, applies, policy, as_of)
    sentences, every = _sentence_values(policy), policy.actions._asdict()
    told = {
        name: {
            **_columns(name, action, policy, sentences, as_of),
            "until": day_by_rule(action.until),
        }
        for name, action in every.items()
    }
    is_had = applies.select(pl.all().any())
    # One frame for each action: only the applicants it applies to are given their sentences. An
    # action of nobody is left out, but for one, which has the columns.
    listed = [
        judged.lazy().filter(applies[name]).select(**columns)
        for name, columns in told.items()
        if is_had[name].item() or name == next(iter(told))
    ]
    return (
        pl.concat(listed)
        .filter(pl.col("until") >= as_of)
        .sort("row", "value", "due", "name", descending=[False, True, False, False])
        .select("row", *COLUMNS)
        .collect()
    )


def _first(
    judged: pl.DataFrame, applies: pl.DataFrame, policy: Policy, as_of: date
) -> pl.DataFrame:
    """Of the actions that apply, only the one that comes first in the order of `actions`.

    Its rank is one number: the most valuable lowest, then the due day (a blank one first, as it
    sorts), then the name.
    """
    every = policy.actions._asdict()
    most = max(action.value for action in every.values())
    names = sorted(every)
    ranks = judged.select(
        pl.when(applies[name] & (day_by_rule(action.until) >= as_of))
        .then(
            (most - action.value) * 2**_VALUE_FROM
            + day_by_rule(action.due).cast(pl.Int64).fill_null(0) * 2**_DUE_FROM
            + names.index(name)
        )
        .alias(name)
        for name, action in every.items()
    )
    first = ranks.select(first=pl.min_horizontal(pl.all()))["first"]
    return ranks.select((pl.col(name) == first).fill_null(value=False) for name in every)


def next_steps(listed: pl.DataFrame, suggestions: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Give `row` and `next_step`: the first action with its due day, for those who have one.

    Says besides where the low end of interviews is under the floor, if a program is open at all.
    """
    sentences = policy.action_sentences
    values = {
        "action": pl.col("action"),
        "due": _shown("due"),
        "interviews_low": _shown("expected_interviews_low"),
        "floor": pl.lit(str(policy.interviews.floor)),
    }
    noted = filled(sentences.under_floor, {**values, "next_step": pl.col("next_step")})
    return (
        listed.unique("row", keep="first", maintain_order=True)
        .join(suggestions, on="row", how="left", maintain_order="left")
        .with_columns(next_step=filled(sentences.next_step, values))
        .select(
            "row",
            next_step=pl.when(_is(_is_under_floor(policy) & (_open_programs() > 0)))
            .then(noted)
            .otherwise("next_step"),
        )
    )


def conditions(policy: Policy, as_of: date) -> dict[str, pl.Expr]:
    """Whether each action applies, by its name in the rulebook; a null counts as no.

    A blank is never read as “no” or 0: where it decides, the action is to find out.
    """
    left = pl.lit(value=True), ~pl.col("attempts_are_used_up")
    return {
        **{
            name: ~_is_over(as_of) & left[name not in _WITHOUT_ATTEMPTS] & holds
            for name, holds in (
                _on_eligibility(policy)
                | _on_step2_ck(policy, as_of)
                | _on_study(policy, as_of)
                | _on_step3(policy, as_of)
                | _on_pmr_fit(policy)
                | _on_statement(policy)
                | _on_list(policy)
                | _on_file()
                | _on_interviews()
            ).items()
        },
        "enter_next_season": _is_over(as_of),
    }


def _on_eligibility(policy: Policy) -> dict[str, pl.Expr]:
    """What decides whether an application can be made at all."""
    score_out = pl.col("test_day").dt.offset_by(f"{policy.exams.safe_weeks}w")
    is_scored_late = pl.col("step2_ck_is_to_sit") & (score_out > pl.col("submit_day"))
    waits = is_scored_late | pl.col("step2_ck_is_failed") | pl.col("step1_is_open")
    lacks_certificate = pl.col("ecfmg_certified").is_in(["No", "Expected"])
    return {
        "settle_used_up_attempts": pl.col("attempts_are_used_up"),
        "pass_step1": pl.col("step1_is_open"),
        "retake_step2_ck": pl.col("step2_ck_is_failed"),
        "check_exam_window": pl.col("is_past_exam_window"),
        "find_open_programs": _open_programs() == 0,
        "get_ecfmg_certificate": lacks_certificate & ~waits,
        "get_ecfmg_certificate_after_exams": lacks_certificate & waits,
        "weigh_j1": pl.col("visa_needed") == "H-1B",
        "enter_missing_facts": pl.col("missing") != "",
    }


def _on_step2_ck(policy: Policy, as_of: date) -> dict[str, pl.Expr]:
    """When to sit Step 2 CK (guide: When to Take Step 2 CK for PM&R; FAQ 3).

    From a practice score at which sitting pays, sit; in the tier below, delay if the calendar
    allows; further below, delay by weeks. A booked day after the latest safe one is to move
    earlier while it can; from then on only a score far below may still be worth a delay, if it is
    out for the main part of the invitations. Else weigh a later season. Without a day there is
    none to delay: book one.
    """
    practice = pl.col("practice_score")
    sits_from, delays_from = policy.tiers.targeted.minimum, policy.tiers.challenging.minimum
    is_ready = practice >= sits_from
    is_close = (practice >= delays_from) & (practice < sits_from)
    is_far = (practice < delays_from).fill_null(value=False)
    is_booked, booked = pl.col("is_booked"), pl.col("step2_ck_date")
    safe, useful = pl.col("latest_safe_test"), pl.col("latest_useful_test")
    delayed = booked.dt.offset_by(f"{policy.action_limits.short_delay_weeks}w")
    is_safe_past = safe < as_of
    is_late = is_safe_past & ~(is_far & is_booked & (delayed <= useful))
    is_to_move = is_booked & (booked > safe) & ~is_safe_past
    to_sit = pl.col("step2_ck_is_to_sit")
    in_time = to_sit & ~is_late
    is_kept = in_time & is_booked & ~is_to_move
    has_room = is_safe_past | (booked < safe)
    no_room = (is_close & (delayed > safe)) | (is_far & ~has_room)
    is_weak, is_strong = pl.col("step1_is_weak"), pl.col("step1_is_strong")
    return {
        "enter_step2_ck_score": pl.col("step2_ck_is_awaited"),
        "weigh_later_season": to_sit & is_late,
        "move_step2_ck_earlier": in_time & is_to_move,
        "sit_step2_ck": in_time & is_ready & ~is_to_move,
        "consider_step2_ck_delay": is_kept & is_close & (delayed <= safe),
        "sit_step2_ck_without_delay": is_kept & no_room,
        "delay_step2_ck_by_weeks": is_kept & is_far & has_room,
        "take_practice_exams": to_sit & practice.is_null(),
        "book_step2_ck": in_time & ~is_booked,
        "plan_early_step2_ck": in_time & is_weak,
        "protect_strong_step1": in_time & is_strong & ~is_weak,
        "show_recent_step2_ck": in_time
        & (pl.col("years_since_graduation") > policy.red_flags.graduation_years_above),
    }


def _on_study(policy: Policy, as_of: date) -> dict[str, pl.Expr]:
    """How to study for Step 2 CK, unless a booked day is near (guide: Building a Study Plan)."""
    practice = pl.col("practice_score")
    near = pl.lit(as_of).dt.offset_by(f"{policy.action_limits.short_delay_weeks}w")
    sits_again = pl.col("step2_ck_is_to_sit") | pl.col("step2_ck_is_failed")
    is_near = pl.col("is_booked") & (pl.col("step2_ck_date") < near)
    studies = sits_again & ~is_near
    practises_low = (practice < policy.tiers.targeted.minimum).fill_null(value=False)
    practises_high = (practice >= policy.tiers.competitive.minimum).fill_null(value=False)
    from_low = pl.col("step1_is_weak") | pl.col("step2_ck_is_failed")
    from_strong = (pl.col("step1_is_strong") | practises_high) & ~practises_low & ~from_low
    return {
        "study_two_passes": studies & from_low,
        "study_one_pass": studies & from_strong,
        "study_daily": studies & ~from_low & ~from_strong,
        "study_weak_areas": studies & (from_low | practises_low),
    }


def _on_step3(policy: Policy, as_of: date) -> dict[str, pl.Expr]:
    """Whether and when to sit Step 3 (guide: Prioritize a Strong Upward Trend; FAQ 4).

    It helps after a low exam, if there is time to prepare. A visa that needs it comes first.
    """
    is_open = pl.col("step3_is_open") & pl.col("step2_ck_is_passed") & ~pl.col("step1_is_open")
    is_low = pl.col("step1_is_weak") & (pl.col("step2_ck_score") < policy.tiers.competitive.minimum)
    helps = pl.col("is_low_score") | is_low
    needs_h1b = (pl.col("visa_needed") == "H-1B").fill_null(value=False)
    is_visa_known = pl.col("visa_needed").is_not_null() | (pl.col("img_status") == "US IMG")
    prepare_from = pl.col("review_day").dt.offset_by(f"-{policy.action_limits.step3_study_weeks}w")
    has_time = prepare_from >= as_of
    is_failed = pl.col("step3_score").is_not_null() & ~pl.col("step3_is_passed")
    return {
        "pass_step3_for_h1b": needs_h1b
        & pl.col("step2_ck_is_passed")
        & (pl.col("step3_is_open") | is_failed),
        "take_step3": is_open & helps & ~needs_h1b & has_time,
        "do_not_rush_step3": is_open & helps & ~needs_h1b & ~has_time,
        "leave_step3": is_open
        & ~helps
        & is_visa_known.fill_null(value=False)
        & ~needs_h1b
        & pl.col("step3_date").is_null(),
        "point_out_step3": pl.col("is_step3_strong"),
    }


def _on_pmr_fit(policy: Policy) -> dict[str, pl.Expr]:
    """What makes PM&R fit unmistakable and is not there yet, by an entered number or No."""
    full = policy.pmr_fit
    rotations, observerships = pl.col("pmr_rotations_us"), pl.col("pmr_observerships_us")
    experiences = pl.sum_horizontal(pl.col(name) for name in (*_RESEARCH, "publications"))
    is_top_tier = pl.col("tier") == policy.tier_names.highly_competitive
    return {
        "get_physiatrist_letters": pl.col("letters_us_physiatrist") < full.letters_full,
        "get_faculty_letter": (pl.col("letter_pmr_faculty") == "No") & rotations.ne_missing(0),
        "confirm_letter_writers": pl.col("letters_total").ne_missing(0),
        "schedule_rotations": (rotations < full.rotations_full) & ~pl.col("has_no_us_clinical"),
        "gain_us_experience": pl.col("has_no_us_clinical"),
        "email_departments": (rotations == 0) & (observerships == 0),
        "ask_for_feedback": (rotations > 0) | (observerships > 0),
        "widen_settings": pl.col("settings_missing") != "",
        "start_rehab_experience": pl.col("rehab_experience_months") < full.rehab_full,
        "add_research": (pl.col("research_missing") != "")
        & (experiences < full.research_full)
        & ~is_top_tier,
        "attend_meetings": pl.col("pmr_meetings") == 0,
    }


def _on_statement(policy: Policy) -> dict[str, pl.Expr]:
    """What the personal statement is to say (guide: Address Red Flags Directly but Briefly)."""
    names = policy.trend_names
    explains = pl.col("red_flags_to_explain") != ""
    return {
        "draft_statement": pl.col("personal_statement") == "Not started",
        "finish_statement": pl.col("personal_statement") == "Draft",
        "address_red_flags": explains,
        "acknowledge_low_scores": pl.col("is_low_score") & ~explains,
        "highlight_rise": pl.col("step1_is_weak")
        & pl.col("trend").is_in([names.strong_rise, names.rise])
        & (pl.col("step2_ck_score") >= policy.red_flags.step2_ck_below),
        "show_clinical_maturity": pl.col("is_low_score"),
    }


def _on_list(policy: Policy) -> dict[str, pl.Expr]:
    """How to apply to the list, and what to do where it brings too few interviews."""
    suggested = pl.col("suggested_applications")
    open_programs = _open_programs()
    is_limited = pl.any_horizontal(
        pl.col("budget_usd").is_not_null(), pl.col("max_applications").is_not_null()
    )
    is_held = suggested < pl.min_horizontal(open_programs, "applications_high")
    has_advanced = (pl.col("prelim_cost_usd") > 0).fill_null(value=False)
    is_unplanned = pl.col("prelim_planned").ne_missing("Yes")
    is_low_score = pl.col("is_low_score")
    return {
        "widen_plan": _is_under_floor(policy) & (open_programs > 0),
        "raise_limit": _is_under_floor(policy) & is_limited & is_held,
        "apply_broadly": is_low_score & (suggested > 0),
        "apply_to_shortlist": ~is_low_score & (suggested > 0),
        "target_open_programs": is_low_score & (open_programs > 0),
        "pair_preliminary_year": has_advanced & is_unplanned,
        "consider_preliminary_year": is_low_score & ~has_advanced & is_unplanned,
        "use_signals": pl.col("listed_signals") > 0,
        "verify_programs": pl.col("listed_to_verify") > 0,
    }


def _on_file() -> dict[str, pl.Expr]:
    """What an application is sent with; the rulebook says until when it helps."""
    everyone = pl.lit(value=True)
    return {
        "submit_on_day_one": _open_programs() > 0,
        "gather_documents": everyone,
        "update_cv": everyone,
    }


def _on_interviews() -> dict[str, pl.Expr]:
    """How to prepare for interviews and follow them up, unless none is to be expected."""
    explains = pl.col("is_low_score") | (pl.col("red_flags_to_explain") != "")
    expects = pl.col("expected_interviews_high").ne_missing(0)
    return {
        "practice_explaining_scores": expects & explains,
        "practice_why_pmr": expects & ~explains,
        "follow_up": expects,
    }


def _is_over(as_of: date) -> pl.Expr:
    return pl.col("season_ends") < as_of


def _open_programs() -> pl.Expr:
    return pl.col("eligible_programs") + pl.col("programs_to_verify")


def _is_under_floor(policy: Policy) -> pl.Expr:
    return pl.col("expected_interviews_low") < policy.interviews.floor


def exam_days(policy: Policy) -> dict[str, pl.Expr]:
    """The latest test day with a score by review day, and by the main part of the invitations."""
    review, safe = pl.col("review_day"), f"-{policy.exams.safe_weeks}w"
    main_invites = review.dt.offset_by(f"{policy.action_limits.main_invites_weeks}w")
    return {
        "latest_safe_test": review.dt.offset_by(safe),
        "latest_useful_test": main_invites.dt.offset_by(safe),
        "main_invites": main_invites,
    }


def _next_submit(applicants: pl.DataFrame, policy: Policy) -> pl.Expr:
    """The day on which the season after the planned one opens."""
    years = applicants["planning_season"].unique().to_list()
    opens = [season(policy, year + 1).submit for year in years]
    return pl.col("planning_season").replace_strict(years, opens, return_dtype=pl.Date)


def exam_states(policy: Policy, as_of: date) -> dict[str, pl.Expr]:
    """Which exams are passed, failed, booked, awaited or still to sit; none is null.

    An exam without a score counts as taken where its day is past, or where an attempt but no
    later day is on file.
    """
    score, on, taken = (pl.col(f"step2_ck_{part}") for part in ("score", "date", "attempts"))
    failed = pl.col("step2_ck_is_failed")
    booked = score.is_null() & _is(on > as_of)
    awaited = score.is_null() & ~booked & (on.is_not_null() | _is(taken > 0))
    step3_taken = _is(pl.col("step3_date") <= as_of) | (
        pl.col("step3_date").is_null() & _is(pl.col("step3_attempts") > 0)
    )
    step1_open = pl.col("step1_is_failed") | _is(pl.col("step1_result") == "Not taken")
    allowed = policy.red_flags.attempts_allowed
    step1_used_up = _is(pl.col("step1_attempts") >= allowed) & ~pl.col("step1_is_passed")
    step2_used_up = _is(taken >= allowed) & (score.is_null() | failed)
    weak = _is(pl.col("step1_score") < policy.action_limits.step1_weak_below)
    repeated = _is(pl.col("step1_attempts") > policy.low_score.attempts_above)
    return {
        "is_booked": booked,
        "step2_ck_is_awaited": awaited,
        "step2_ck_is_to_sit": score.is_null() & ~awaited,
        "step3_is_open": pl.col("step3_score").is_null() & ~step3_taken,
        "step1_is_open": step1_open,
        "step1_is_weak": weak | repeated | pl.col("step1_is_failed"),
        "step1_is_strong": _is(pl.col("step1_score") >= policy.action_limits.step1_strong),
        "attempts_are_used_up": step1_used_up | step2_used_up,
    }


def _test_day(as_of: date) -> pl.Expr:
    """The booked day of Step 2 CK, else the latest safe one, while it can still be had."""
    booked, safe = pl.col("step2_ck_date"), pl.col("latest_safe_test")
    is_kept = pl.col("is_booked") & ((booked <= safe) | (safe < as_of))
    return pl.when(is_kept).then(booked).otherwise(safe)


def _delayed_test(policy: Policy, as_of: date) -> pl.Expr:
    """The last day to which a booked Step 2 CK may be delayed and still be scored in time."""
    safe = pl.col("latest_safe_test")
    last = pl.when(safe >= as_of).then(safe).otherwise("latest_useful_test")
    delayed = pl.col("step2_ck_date").dt.offset_by(f"{policy.action_limits.short_delay_weeks}w")
    return pl.min_horizontal(delayed, last)


def _lists(policy: Policy) -> dict[str, pl.Expr]:
    """What is missing, in words: settings and research entered as none, and blanks that decide."""
    words = policy.action_words
    has_step1 = pl.col("step1_result").is_not_null() | pl.col("step1_score").is_not_null()
    is_blank = {
        words.step1: ~has_step1,
        words.step1_attempts: has_step1 & pl.col("step1_attempts").is_null(),
        words.step2_ck_attempts: pl.col("step2_ck_score").is_not_null()
        & pl.col("step2_ck_attempts").is_null(),
        words.visa_needed: pl.col("visa_needed").is_null() & (pl.col("img_status") != "US IMG"),
        words.ecfmg_certified: pl.col("ecfmg_certified").is_null(),
        words.usce_months: pl.col("usce_months").is_null(),
        words.gap_months: pl.col("gap_months").is_null(),
        words.rotated_program_ids: pl.col("rotated_program_ids").is_null()
        & (pl.col("pmr_rotations_us") > 0),
    }
    fit_parts = pl.when(pl.col("fit_not_on_file") != "").then("fit_not_on_file")
    return {
        "settings_missing": _listed({getattr(words, name): _has_no(name) for name in _SETTINGS}),
        "research_missing": _listed(
            {getattr(words, name): pl.col(name) == 0 for name in _RESEARCH}
        ),
        "missing": pl.concat_str(
            [*_named(is_blank), fit_parts], separator=_SEPARATOR, ignore_nulls=True
        ),
    }


def _has_no(name: str) -> pl.Expr:
    return pl.col(name) == "No"


def _is(holds: pl.Expr) -> pl.Expr:
    return holds.fill_null(value=False)


def _named(holds: Mapping[str, pl.Expr]) -> list[pl.Expr]:
    return [pl.when(held).then(pl.lit(word)) for word, held in holds.items()]


def _listed(holds: Mapping[str, pl.Expr]) -> pl.Expr:
    """The words of what holds, joined by `; `; empty without any."""
    return pl.concat_str(_named(holds), separator=_SEPARATOR, ignore_nulls=True)


def _columns(
    name: str,
    action: Action,
    policy: Policy,
    sentences: Mapping[str, pl.Expr],
    as_of: date,
) -> dict[str, pl.Expr]:
    due, said = day_by_rule(action.due), filled(action.action, sentences)
    overdue = filled(policy.action_sentences.overdue, {"action": said})
    return {
        "row": pl.col("row"),
        "applicant_id": pl.col("applicant_id"),
        "phase": pl.lit(getattr(policy.phase_names, action.phase)),
        "due": due,
        "action": pl.when(due < as_of).then(overdue).otherwise(said),
        "why": filled(action.why, sentences),
        "guide_section": pl.lit(action.guide_section),
        "value": pl.lit(action.value),
        "name": pl.lit(name),
    }


def day_by_rule(rule: Day) -> pl.Expr:
    """The day of a rule, from the row's days of the season and of its exams."""
    anchor = pl.col(_CALENDAR.get(rule.anchor, rule.anchor))
    if rule.months:
        return anchor.dt.offset_by(f"{rule.months}mo")
    return anchor.dt.offset_by(f"{rule.weeks}w") if rule.weeks else anchor


def _shown(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String)


def _sentence_values(policy: Policy) -> dict[str, pl.Expr]:
    """What fills each placeholder of the actions' sentences."""
    numbers = {
        **policy.red_flags._asdict(),
        **policy.suggestion._asdict(),
        **policy.action_limits._asdict(),
        "targeted": policy.tiers.targeted.minimum,
        "competitive": policy.tiers.competitive.minimum,
        "letters_full": policy.pmr_fit.letters_full,
        "rotations_full": policy.pmr_fit.rotations_full,
        "rehab_full": policy.pmr_fit.rehab_full,
        "floor": policy.interviews.floor,
        "prelim_programs": policy.costs.prelim_programs,
    }
    columns = {
        "season": "planning_season",
        "submit": "submit_day",
        "review": "review_day",
        "ends": "season_ends",
        "latest_safe_test": "latest_safe_test",
        "latest_useful_test": "latest_useful_test",
        "test_day": "test_day",
        "delayed_test": "delayed_test",
        "step1_score": "step1_score",
        "step2_ck_score": "step2_ck_score",
        "step2_ck_date": "step2_ck_date",
        "step3_score": "step3_score",
        "practice_score": "practice_score",
        "years": "years_since_graduation",
        "ecfmg_certified": "ecfmg_certified",
        "red_flags": "red_flags_to_explain",
        "low_score_reasons": "low_score_reasons",
        "rehab_months": "rehab_experience_months",
        "settings_missing": "settings_missing",
        "research_missing": "research_missing",
        "missing": "missing",
        "suggested": "suggested_applications",
        "interviews_low": "expected_interviews_low",
        "listed_to_verify": "listed_to_verify",
        "listed_signals": "listed_signals",
    }
    lacking = {
        "letters_missing": policy.pmr_fit.letters_full - pl.col("letters_us_physiatrist"),
        "rotations_missing": policy.pmr_fit.rotations_full - pl.col("pmr_rotations_us"),
    }
    return {
        **{name: pl.lit(str(number)) for name, number in numbers.items()},
        **{name: _shown(column) for name, column in columns.items()},
        **{name: number.cast(pl.String) for name, number in lacking.items()},
    }

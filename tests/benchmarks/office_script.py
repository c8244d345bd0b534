"""A cohort CSV and a programs CSV in; tiers, filters and a top list by rate, in a workbook, out.

The peer of `stepladder batch`: what a capable office would write for itself with pandas and
openpyxl. It has the same tiers, screens and rates, and nothing else: what it cannot read counts as
blank in silence; it has no findings, no reasons, no signals, no plan.
"""

import argparse
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill

NUMBERS = [
    "season", "graduation_year", "step1_score", "step1_attempts", "step2_ck_score",
    "step2_ck_attempts", "practice_score", "step3_score", "step3_attempts", "usce_months",
    "pmr_rotations_us", "pmr_observerships_us", "letters_total", "letters_us_physiatrist",
    "case_reports", "posters", "qi_projects", "publications", "rehab_experience_months",
    "prior_gme_months", "gap_months", "budget_usd", "max_applications", "positions", "us_img_pct",
    "non_us_img_pct", "min_step1", "min_step2_ck", "typical_step1", "typical_step2_ck",
    "max_step1_attempts", "max_step2_ck_attempts", "max_years_since_graduation",
    "min_usce_months", "min_pmr_letters",
]  # fmt: skip
DATES = ["step1_date", "step2_ck_date", "step3_date"]
PASSING: dict[str, list[tuple[str, int]]] = {
    "step1": [("1900-01-01", 188), ("2014-01-01", 192), ("2018-01-01", 194), ("2022-01-26", 196)],
    "step2_ck": [
        ("2013-07-01", 203),
        ("2014-07-01", 209),
        ("2022-07-01", 214),
        ("2025-07-01", 218),
    ],
    "step3": [("1900-01-01", 190), ("2016-01-01", 196), ("2020-01-01", 198), ("2024-01-01", 200)],
}
PASS_FAIL_FROM = pd.Timestamp("2022-01-26")
REVIEW = {2025: "2024-09-25", 2026: "2025-09-24", 2027: "2026-09-23", 2028: "2027-09-23"}
TIERS = ["Highly competitive", "Competitive", "Targeted", "Challenging", "Steep climb"]
MINIMUM = [250, 240, 230, 220, 1]
RATE = dict(zip(TIERS, [0.15, 0.12, 0.10, 0.08, 0.05], strict=True))
UNIVERSITY = dict(zip(TIERS, [5.0, 5.0, 3.0, 1.0, 1.0], strict=True))
APPLICATIONS = dict(zip(TIERS, [40, 55, 65, 80, 110], strict=True))
COLORS = dict(zip(TIERS, ["C6E0B4", "E2EFDA", "FFF2CC", "F8CBAD", "F4B084"], strict=True))
WELCOMING = ["Community", "University-affiliated"]
SETTINGS = ["rotation_inpatient_rehab", "rotation_brain_spinal", "rotation_msk_pain"]
RESEARCH = ["case_reports", "posters", "qi_projects", "publications"]
LISTED = ["program_id", "program_name", "state", "setting", "eligibility", "program_fit"]
LISTED += ["invite_rate"]
MATCHED = [
    "row", "applicant_id", "img_status", "visa_needed", "ecfmg_certified", "step1_score",
    "step1_date", "step1_attempts", "step2_ck_score", "step2_ck_date", "step2_ck_attempts",
    "usce_months", "letters_us_physiatrist", "prior_gme_months", "preferred_states",
    "rotated_program_ids", "max_applications", "tier", "tier_score", "pmr_fit", "review",
    "is_low_score", "is_low_for_lift", "step3_strong", "step1_passed", "step1_failed",
    "step3_passed", "years",
]  # fmt: skip


def read(path: Path) -> pd.DataFrame:
    """Read a CSV whose headers are the schema's names; what is no number or date counts as none."""
    table = pd.read_csv(path, dtype=str, encoding="utf-8-sig")
    for name in table.columns.intersection(NUMBERS):
        table[name] = pd.to_numeric(table[name], errors="coerce")
    for name in table.columns.intersection(DATES):
        table[name] = pd.to_datetime(table[name], format="%Y-%m-%d", errors="coerce")
    return table


def passing_score(applicants: pd.DataFrame, step: str) -> pd.Series:
    """The passing score of each test date; the lowest of all without a date."""
    day = applicants[f"{step}_date"]
    score = pd.Series(np.nan, applicants.index)
    for first, lowest in PASSING[step]:
        score[day >= first] = lowest
    score[day.isna()] = PASSING[step][0][1]
    return score


def score(applicants: pd.DataFrame, season: int, as_of: date) -> pd.DataFrame:
    """Add tier, trend, low-score case, red flags and PM&R fit."""
    scored = applicants.copy()
    step1, step2, step3 = (scored[f"{step}_score"] for step in ("step1", "step2_ck", "step3"))
    tries1, tries2, tries3 = (scored[f"{step}_attempts"] for step in ("step1", "step2_ck", "step3"))
    scored["tier_score"] = step2.fillna(scored["practice_score"])
    reached = [scored["tier_score"] >= minimum for minimum in MINIMUM]
    scored["tier"] = np.select(reached, TIERS, "Pending")
    has_none = scored["tier_score"].isna()
    scored["tier_basis"] = np.select(
        [step2.notna(), ~has_none], ["Step 2 CK", "Practice score"], "Pending"
    )
    change = step2 - step1
    scored["step_delta"] = change
    scored["trend"] = np.select(
        [change.isna(), change >= 20, change >= 10, change <= -15, change <= -5],
        ["Not assessable", "Strong rise", "Rise", "Sharp drop", "Drop"],
        "Steady",
    )
    low = {
        "Step 2 CK below 230": step2 < 230,
        "sharp drop from Step 1 to Step 2 CK": change <= -15,
        "more than one attempt at Step 1": tries1 > 1,
        "more than one attempt at Step 2 CK": tries2 > 1,
    }
    scored["is_low_score"] = np.logical_or.reduce(list(low.values()))
    scored["low_score"] = "No"
    reasons = joined(low, scored.index)
    scored.loc[scored["is_low_score"], "low_score"] = "Yes: " + reasons
    scored["is_low_for_lift"] = (step2 < 230) | (tries1 > 1) | (tries2 > 1)
    scored["step3_strong"] = step3 >= 230
    failed1 = (scored["step1_result"] == "Fail") | (step1 < passing_score(scored, "step1"))
    failed2 = step2 < passing_score(scored, "step2_ck")
    failed3 = step3 < passing_score(scored, "step3")
    scored["step1_failed"] = failed1
    scored["step1_passed"] = ((scored["step1_result"] == "Pass") | step1.notna()) & ~failed1
    passed2 = step2.notna() & ~failed2
    scored["step3_passed"] = step3.notna() & ~failed3
    scored["season"] = scored["season"].fillna(season)
    scored["review"] = pd.to_datetime(scored["season"].map(REVIEW))
    scored["years"] = scored["season"] - scored["graduation_year"]
    no_exposure = (scored["pmr_rotations_us"] == 0) & (scored["pmr_observerships_us"] == 0)
    no_exposure &= ~(scored[SETTINGS] == "Yes").any(axis=1)
    no_exposure &= ~(scored["rehab_experience_months"] > 0)
    days = [
        scored["step1_date"].where(scored["step1_passed"]),
        scored["step2_ck_date"].where(passed2),
    ]
    first, last = pd.concat(days, axis=1).min(axis=1), pd.concat(days, axis=1).max(axis=1)
    until = last.where(days[0].notna() & days[1].notna())
    until = until.mask(~(scored["step1_passed"] & passed2), pd.Timestamp(as_of))
    flags = {
        "Step 2 CK below 220": step2 < 220,
        "Step 1 failed or repeated": failed1 | (tries1 > 1),
        "Step 2 CK failed or repeated": failed2 | (tries2 > 1),
        "Step 3 failed or repeated": failed3 | (tries3 > 1),
        "sharp drop from Step 1 to Step 2 CK": change <= -15,
        "graduated more than 5 years before the season": scored["years"] > 5,
        "gap of more than 12 months": scored["gap_months"] > 12,
        "no US clinical experience": (scored["usce_months"] == 0)
        & ~(scored["pmr_rotations_us"] > 0),
        "no PM&R exposure": no_exposure,
        "exams not passed within 7 years": until > first + pd.DateOffset(years=7),
        "all 4 attempts at one exam used": (tries1 >= 4) | (tries2 >= 4) | (tries3 >= 4),
        "Step 3 below 210": step3 < 210,
    }
    scored["red_flags"] = joined(flags, scored.index)
    rotations = scored["pmr_rotations_us"].fillna(0) + 0.5 * scored["pmr_observerships_us"].fillna(
        0
    )
    fit = (
        25 * (rotations / 2).clip(upper=1)
        + 25 * (scored["letters_us_physiatrist"].fillna(0) / 2).clip(upper=1)
        + 10 * (scored["letter_pmr_faculty"] == "Yes")
        + 10 * ((scored[SETTINGS] == "Yes").sum(axis=1) / 3)
        + 10 * (scored[RESEARCH].fillna(0).sum(axis=1) / 3).clip(upper=1)
        + 10 * (scored["rehab_experience_months"].fillna(0) / 6).clip(upper=1)
        + 10 * (scored["personal_statement"] == "PM&R-focused")
    )
    scored["pmr_fit"] = np.floor(fit.round(6) + 0.5)
    return scored


def joined(reasons: dict[str, pd.Series], index: pd.Index) -> pd.Series:
    """The reasons that hold, joined by `; `."""
    text = pd.Series("", index)
    for reason, holds in reasons.items():
        text[holds] += "; " + reason
    return text.str.removeprefix("; ")


def match(applicants: pd.DataFrame, programs: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Every applicant with every program: eligibility, program fit and invite rate."""
    pairs = applicants[MATCHED].merge(programs, how="cross")
    fails = (
        (pairs["considers_img"] == "No")
        | (pairs["step1_score"] < pairs["min_step1"])
        | (pairs["min_step1"].notna() & pairs["step1_failed"])
        | (pairs["step2_ck_score"] < pairs["min_step2_ck"])
        | (pairs["step1_attempts"] > pairs["max_step1_attempts"])
        | (pairs["step2_ck_attempts"] > pairs["max_step2_ck_attempts"])
        | (pairs["years"] > pairs["max_years_since_graduation"])
        | ((pairs["ecfmg_required_to_apply"] == "Yes") & (pairs["ecfmg_certified"] == "No"))
        | (pairs["usce_months"] < pairs["min_usce_months"])
        | (pairs["letters_us_physiatrist"] < pairs["min_pmr_letters"])
        | ((pairs["track"] == "Physician-only") & (pairs["prior_gme_months"] == 0))
    )
    wants_j1 = pairs["visa_needed"].isin(["J-1", "J-1 or H-1B"])
    wants_h1b = pairs["visa_needed"].isin(["H-1B", "J-1 or H-1B"])
    j1, h1b = pairs["j1_visa"], pairs["h1b_visa"]
    needs = wants_j1 | wants_h1b
    met = (wants_j1 & (j1 == "Yes")) | (wants_h1b & (h1b == "Yes") & pairs["step3_passed"])
    shut = ~(wants_j1 & (j1 != "No")) & ~(wants_h1b & (h1b != "No"))
    fails |= needs & shut
    exposed = ~(pairs["step2_ck_score"] >= 230)
    no_number = pairs["step1_passed"] & (pairs["step1_date"] >= PASS_FAIL_FROM)
    has_imgs = (pairs["us_img_pct"] > 0) | (pairs["non_us_img_pct"] > 0)
    on_file = pairs["step2_ck_score"].notna() & (pd.Timestamp(as_of) <= pairs["review"])
    step3_open = (pairs["step3_required"] != "No") & ~pairs["step3_passed"]
    ecfmg = pairs["ecfmg_certified"]
    asks = (
        (pairs["considers_img"].isna() & ~has_imgs)
        | (pairs["min_step1"].isna() & exposed & ~no_number)
        | (pairs["min_step1"].notna() & pairs["step1_score"].isna() & ~no_number)
        | (pairs["min_step2_ck"].isna() & exposed)
        | pairs["step2_ck_score"].isna()
        | (pairs["max_step1_attempts"].isna() & (pairs["step1_attempts"] > 1))
        | ((pairs["max_step1_attempts"] < 4) & pairs["step1_attempts"].isna())
        | (pairs["max_step2_ck_attempts"].isna() & (pairs["step2_ck_attempts"] > 1))
        | ((pairs["max_step2_ck_attempts"] < 4) & pairs["step2_ck_attempts"].isna())
        | (pairs["max_years_since_graduation"].isna() & (pairs["years"] > 5))
        | (needs & ~met & ((wants_j1 & j1.isna()) | (wants_h1b & h1b.isna())))
        | (needs & ~met & wants_h1b & (h1b == "Yes") & ~pairs["step3_passed"])
        | (
            pairs["visa_needed"].isna()
            & (pairs["img_status"] == "Non-US IMG")
            & ~((j1 == "Yes") & (h1b == "Yes") & pairs["step3_passed"])
        )
        | step3_open
        | (pairs["ecfmg_required_to_apply"].isna() & ecfmg.notna() & (ecfmg != "Yes"))
        | ((pairs["ecfmg_required_to_apply"] == "Yes") & ~ecfmg.isin(["No", "Yes"]))
        | (pairs["min_usce_months"].isna() & (pairs["usce_months"] == 0))
        | ((pairs["min_usce_months"] > 0) & pairs["usce_months"].isna())
        | (pairs["min_pmr_letters"].isna() & (pairs["letters_us_physiatrist"] == 0))
        | ((pairs["min_pmr_letters"] > 0) & pairs["letters_us_physiatrist"].isna())
        | ((pairs["step2_ck_date"] > pairs["review"] - pd.Timedelta(weeks=6)) & ~on_file)
        | ((pairs["track"] == "Physician-only") & ~(pairs["prior_gme_months"] == 0))
    )
    pairs["eligibility"] = np.select([fails, asks], ["Ineligible", "Verify"], "Eligible")
    pairs["program_fit"] = program_fit(pairs)
    base = pairs["tier"].map(RATE)
    lifted = pairs["step3_strong"] & pairs["is_low_for_lift"] & pairs["setting"].isin(WELCOMING)
    odds = np.log(base / (1 - base)) + 0.30 * (pairs["program_fit"] - 50) / 10 + 0.2 * lifted
    pairs["invite_rate"] = (1 / (1 + np.exp(-odds))).round(6)
    return pairs


def program_fit(pairs: pd.DataFrame) -> pd.Series:
    """0–100; what is unknown counts half."""
    both = pairs["us_img_pct"].fillna(0) + pairs["non_us_img_pct"].fillna(0)
    both = both.where(pairs["us_img_pct"].notna() | pairs["non_us_img_pct"].notna())
    share = pairs["non_us_img_pct"].where(pairs["img_status"] == "Non-US IMG", both)
    above = pairs["tier_score"] - pairs["typical_step2_ck"]
    floor = (pairs["tier_score"] >= pairs["min_step2_ck"]).astype(float)
    floor = floor.where(pairs["tier_score"].notna() & pairs["min_step2_ck"].notna())
    setting = pd.Series(2.5, pairs.index)
    setting = setting.mask(pairs["setting"].isin(WELCOMING), 5.0)
    setting = setting.mask(pairs["setting"] == "University", pairs["tier"].map(UNIVERSITY))
    setting = setting.where(pairs["setting"].notna())
    holistic = (pairs["holistic_review"] == "Yes").astype(float)
    holistic = holistic.where(pairs["holistic_review"].notna())
    holistic = holistic.where(pairs["is_low_score"], 1.0)
    total = (
        (30 * (share / 20).clip(upper=1)).fillna(15)
        + (10 * floor).fillna(5)
        + (15 * (above / 15 + 1).clip(0, 1)).fillna(7.5)
        + 15 * pairs["pmr_fit"] / 100
        + (15 * named(pairs, "rotated_program_ids", "program_id")).fillna(7.5)
        + setting.fillna(2.5)
        + (5 * holistic).fillna(2.5)
        + (5 * named(pairs, "preferred_states", "state")).fillna(2.5)
    )
    return np.floor(total.round(6) * 100 + 0.5) / 100


def named(pairs: pd.DataFrame, names: str, name: str) -> pd.Series:
    """1 where the applicant's list names the program's value; blank where either is."""
    known = pairs[names].notna() & pairs[name].notna()
    lists = {text: set(text.split("; ")) for text in pairs[names].dropna().unique()}
    found = [
        value in lists[text] if is_known else None
        for text, value, is_known in zip(pairs[names], pairs[name], known, strict=True)
    ]
    return pd.Series(found, pairs.index, dtype=object).astype(float)


def top_lists(pairs: pd.DataFrame) -> pd.DataFrame:
    """The best n open programs by rate, n the top of the tier's range, in a low-score case 80."""
    most = pairs["tier"].map(APPLICATIONS)
    most = most.mask(pairs["is_low_score"], most.clip(lower=80))
    most = most.where(~(pairs["max_applications"] < most), pairs["max_applications"])
    is_open = (pairs["eligibility"] != "Ineligible") & pairs["invite_rate"].notna()
    ranked = pairs[is_open].sort_values(
        ["row", "invite_rate"], ascending=[True, False], kind="stable"
    )
    ranked["rank"] = ranked.groupby("row").cumcount() + 1
    chosen = ranked[ranked["rank"] <= most[ranked.index]]
    return chosen[["applicant_id", "rank", *LISTED]]


def count(applicants: pd.DataFrame, pairs: pd.DataFrame, kind: str) -> pd.Series:
    """How many pairs of each applicant are of a kind."""
    counts = pairs[pairs["eligibility"] == kind].groupby("row").size()
    return counts.reindex(applicants["row"], fill_value=0).to_numpy()


def plan(
    applicants: pd.DataFrame, programs: pd.DataFrame, season: int, as_of: date
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The applicants with their tiers and counts, and the top list of each."""
    scored = score(applicants, season, as_of)
    scored["row"] = np.arange(len(scored))
    pairs = match(scored, programs, as_of)
    scored["eligible_programs"] = count(scored, pairs, "Eligible")
    scored["programs_to_verify"] = count(scored, pairs, "Verify")
    ours = ["tier", "tier_basis", "step_delta", "trend", "low_score", "red_flags", "pmr_fit"]
    counted = ["eligible_programs", "programs_to_verify"]
    return scored[[*applicants.columns, *ours, *counted]], top_lists(pairs)


def write(path: Path, sheets: dict[str, pd.DataFrame]) -> None:
    """Write a sheet for each table, tiers in color; write-only is openpyxl's quick and lean way."""
    book = Workbook(write_only=True)
    bold = Font(bold=True)
    fills = {tier: PatternFill("solid", fgColor=color) for tier, color in COLORS.items()}
    for title, table in sheets.items():
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        header = [WriteOnlyCell(sheet, name) for name in table.columns]
        for cell in header:
            cell.font = bold
        sheet.append(header)
        tier = table.columns.get_loc("tier") if "tier" in table.columns else None
        plain = table.astype(object).where(table.notna(), None)
        for record in plain.itertuples(index=False):
            cells = list(record)
            if tier is not None and cells[tier] in fills:
                cells[tier] = WriteOnlyCell(sheet, cells[tier])
                cells[tier].fill = fills[cells[tier].value]
            sheet.append(cells)
    book.save(path)


def main() -> None:
    """Read two CSVs, write one workbook."""
    parser = argparse.ArgumentParser()
    parser.add_argument("applicants", type=Path)
    parser.add_argument("programs", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--season", type=int, required=True)
    parser.add_argument("--as-of", type=date.fromisoformat, required=True)
    given = parser.parse_args()
    applicants, lists = plan(
        read(given.applicants), read(given.programs), given.season, given.as_of
    )
    write(given.out, {"Applicants": applicants, "Shortlist": lists})


if __name__ == "__main__":
    main()

"""`stepladder refresh`: what a lead advisor types on the sheets Rules and Start decides."""

import re
from importlib.resources import files
from pathlib import Path

import openpyxl
import pytest
from tests.cli.office_edits import (
    address,
    cell,
    laid_out,
    links,
    refresh,
    reworked,
    row,
    rows,
    told,
    typed,
)

COMPETITIVE = "tiers.competitive.minimum"
CONTRADICTS = "does not go with the other rules"


@pytest.fixture
def book(plain: Path) -> Path:
    """A workbook of three applicants and three programs, without Dashboard and Brief."""
    return plain


def rule(book: Path, name: str) -> dict[str, object]:
    """A row of the Rules sheet."""
    return next(line for line in rows(book, "Rules") if line["Rule"] == name)


def rule_cell(book: Path, name: str) -> str:
    """The cell in which a rule's value stands."""
    at = [line["Rule"] for line in rows(book, "Rules")].index(name)
    return address(book, "Value", at + 1, "Rules")


def type_rules(book: Path, **values: str | None) -> None:
    """Type values into the Rules sheet; a double underscore stands for a dot."""
    cells = {rule_cell(book, name.replace("__", ".")): value for name, value in values.items()}
    typed(book, "Rules", cells)


# ── values that are used ───────────────────────────────────────────────────────────────────────


def test_a_typed_value_is_used_and_told(book: Path) -> None:
    """Rules: the results follow; the sheet, the Log and the screen say what is overridden."""
    type_rules(book, tiers__competitive__minimum="246")
    done = refresh(book)
    assert done.exit_code == 0
    assert row(book, "007")["Tier"] == "Targeted"
    shown = rule(book, COMPETITIVE)
    assert (shown["Value"], shown["Rulebook's own"], shown["Override"]) == ("246", "240", "Yes")
    assert rows(book, "Log")[-1]["Overrides"] == f"{COMPETITIVE} = 246"
    assert f"Rules: {COMPETITIVE} is overridden (the rulebook says 240)." in done.out
    assert "nothing was written" in refresh(book).out


def test_an_emptied_value_is_the_rulebooks_own_again(book: Path) -> None:
    """Rules: so is the own value typed back."""
    type_rules(book, tiers__competitive__minimum="246", interviews__floor="4")
    refresh(book)
    type_rules(book, tiers__competitive__minimum=None, interviews__floor="3")
    refresh(book)
    assert row(book, "007")["Tier"] == "Competitive"
    for name, own in ((COMPETITIVE, "240"), ("interviews.floor", "3")):
        shown = rule(book, name)
        assert (shown["Value"], shown["Override"]) == (own, None)
    assert rows(book, "Log")[-1]["Overrides"] is None


def test_the_own_value_in_another_spelling_is_no_override(book: Path) -> None:
    """Rules: 0.150 is 0.15, and spaces around a value do not count."""
    type_rules(book, tiers__highly_competitive__invite_rate="0.150", interviews__floor=" 3 ")
    done = refresh(book)
    assert (done.exit_code, "overridden" in done.out) == (0, False)


def test_a_number_in_a_cell_is_a_value_too(book: Path) -> None:
    """Rules: whoever formats the column as numbers is understood."""
    at = rule_cell(book, COMPETITIVE)
    typed(book, "Rules", {at: 246})
    assert refresh(book).exit_code == 0
    assert row(book, "007")["Tier"] == "Targeted"


def test_an_upgrade_of_the_rulebook_is_no_override(book: Path, tmp_path: Path) -> None:
    """Rules: older own values in the sheet give way; what was overridden stays overridden."""
    shipped = (files("stepladder.rulebook") / "pmr.toml").read_text("utf-8")
    pattern = r"(\[interviews\.target\][^\[]*?\nvalue\s*=\s*)\d+"
    newer, count = re.subn(pattern, r"\g<1>6", shipped)
    assert count == 1
    (tmp_path / "newer.toml").write_text(newer, "utf-8")
    type_rules(book, interviews__floor="4")
    refresh(book)
    done = refresh(book, "--rulebook", tmp_path / "newer.toml")
    assert done.exit_code == 0
    target, floor = rule(book, "interviews.target"), rule(book, "interviews.floor")
    assert (target["Value"], target["Rulebook's own"], target["Override"]) == ("6", "6", None)
    assert (floor["Value"], floor["Rulebook's own"], floor["Override"]) == ("4", "3", "Yes")
    assert rows(book, "Log")[-1]["Overrides"] == "interviews.floor = 4"


# ── values that cannot be used ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("=240+1", "is not a number, without a unit or a percent sign"),
        ("225", f"{CONTRADICTS}: tiers are to have falling minimum scores, best tier first"),
    ],
)
def test_a_wrong_value_is_a_finding_and_the_own_one_is_used(
    book: Path, text: str, reason: str
) -> None:
    """Rules: table rules, a link to the cell, what was found and what is used until then."""
    at = rule_cell(book, COMPETITIVE)
    type_rules(book, tiers__competitive__minimum=text)
    assert refresh(book).exit_code == 1
    assert told(book) == [("rule_not_valid", at)]
    assert links(book) == {at: f"'Rules'!{at}"}
    finding = rows(book, "Findings")[0]
    assert (finding["Severity"], finding["Table"], finding["Found"]) == ("Error", "rules", text)
    assert finding["Message"] == f"{at}: “{text}” for {COMPETITIVE} {reason}."
    assert finding["What to do"].endswith("the rulebook's own value is used: 240.")
    shown = rule(book, COMPETITIVE)
    assert (shown["Value"], shown["Rulebook's own"]) == (text, "240")
    assert shown["Override"] == "Not valid"
    assert row(book, "007")["Tier"] == "Competitive"
    assert "nothing was written" in refresh(book).out
    type_rules(book, tiers__competitive__minimum="240")
    assert refresh(book).exit_code == 0
    assert told(book) == []


def test_a_finding_leads_to_its_rule_on_a_sorted_and_renamed_sheet(book: Path) -> None:
    """Rules: after the refresh the rules stand in the rulebook's order, and the link fits that."""

    def sorted_anew(office: openpyxl.Workbook) -> None:
        laid_out(office, "Rules", lambda lines: [lines[0], *lines[:0:-1]])
        office["Rules"].title = "Our policy"

    reworked(book, sorted_anew)
    at = rule_cell(book, COMPETITIVE)
    typed(book, "Our policy", {at: "soon"})
    refresh(book)
    [(_, told_at)] = told(book)
    assert told_at != at
    assert cell(book, "Our policy", str(told_at)) == "soon"
    assert links(book) == {str(told_at): f"'Our policy'!{told_at}"}


def test_a_rule_that_nobody_knows_is_told(book: Path) -> None:
    """Rules: its row goes, as all rows there are ours; the finding says so, and leads nowhere."""

    def longer(lines: list[list[object]]) -> list[list[object]]:
        return [*lines, ["tiers.unheard_of.minimum", None, "230", *[None] * (len(lines[0]) - 3)]]

    reworked(book, lambda office: laid_out(office, "Rules", longer))
    assert refresh(book).exit_code == 1
    assert told(book) == [("rule_not_valid", None)]
    assert "belongs to no rule of the rulebook" in rows(book, "Findings")[0]["Message"]
    assert "tiers.unheard_of.minimum" not in {line["Rule"] for line in rows(book, "Rules")}
    assert refresh(book).exit_code == 0
    assert told(book) == []


# ── the office's season ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("year", [2027, " 2027 "])
def test_the_offices_season_is_taken(book: Path, year: object) -> None:
    """Start: as a number or as text."""
    typed(book, "Start", {"D13": year})
    done = refresh(book)
    assert done.exit_code == 0
    assert "Season 2027 was assumed where none is entered (the office's)." in done.out
    assert rows(book, "Log")[-1]["Season"] == 2027
    assert cell(book, "Start", "D13") == year


def test_an_emptied_season_is_the_next_one(book: Path) -> None:
    """Start: the help beside the cell says so."""
    typed(book, "Start", {"D13": 2027})
    refresh(book)
    typed(book, "Start", {"D13": None})
    refresh(book)
    assert rows(book, "Log")[-1]["Season"] == 2028


@pytest.mark.parametrize("text", ["2027/28", 20.5, 2101])
def test_a_season_that_is_no_year_is_a_finding(book: Path, text: object) -> None:
    """Start: table start, a link to the cell; the next season is taken until it is mended."""
    typed(book, "Start", {"D13": text})
    done = refresh(book)
    assert done.exit_code == 1
    assert told(book) == [("season_not_valid", "D13")]
    assert links(book) == {"D13": "'Start'!D13"}
    finding = rows(book, "Findings")[0]
    assert (finding["Table"], finding["Severity"], finding["Found"]) == (
        "start",
        "Error",
        str(text),
    )
    assert rows(book, "Log")[-1]["Season"] == 2028
    assert "nothing was written" in refresh(book).out
    typed(book, "Start", {"D13": 2028})
    assert refresh(book).exit_code == 0
    assert told(book) == []


def test_the_commands_season_overrides_the_offices(book: Path) -> None:
    """--season: of all rows, for this once."""
    typed(book, "Start", {"D13": 2027})
    refresh(book, "--season", "2026")
    assert {line["Due"].year for line in rows(book, "Plan")} <= {2023, 2024, 2025, 2026}

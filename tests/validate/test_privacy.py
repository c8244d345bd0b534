"""Tables with people in them in; findings without them out."""

from collections.abc import Callable

import polars as pl
import pytest

from stepladder.validate import Validated

Read = Callable[..., Validated]

NAME = "Ann Example"


def everything_said(result: Validated) -> str:
    """All text of all findings and of the header mapping."""
    return result.findings.write_csv() + result.headers.write_csv()


@pytest.mark.parametrize("typed", [NAME, f"␠{NAME.upper()}␠", f"{NAME} (245)", f"P1; {NAME}"])
@pytest.mark.parametrize(
    "column",
    [
        "step2_ck_score",
        "visa_needed",
        "step1_date",
        "must_program_ids",
        "preferred_states",
        "season",
    ],
)
def test_a_name_in_another_cell_is_not_shown(read: Read, column: str, typed: str) -> None:
    """Whatever the cell is for, and however the name is typed."""
    result = read(f"""
        id | name   | img    | yog  | {column}
        a  | {NAME} | US IMG | 2020 | {typed}
    """)
    assert "example" not in everything_said(result).lower()
    assert result.frame["name"].to_list() == [NAME]


def test_a_name_in_the_id_cell_is_not_shown(read: Read) -> None:
    """Its findings bear no id, be they of that cell or of others."""
    result = read(f"""
        id     | name   | img    | yog  | step2_ck_score
        {NAME} | {NAME} | US IMG | 2020 | two-forty
        {NAME} | {NAME} | US IMG | 2020 | 240
    """)
    assert result.findings.select("code", "applicant_id", "found").rows() == [
        ("doubled_id", None, "(not shown)"),
        ("unreadable", None, "two-forty"),
        ("doubled_id", None, "(not shown)"),
    ]
    assert "example" not in everything_said(result).lower()


def test_another_row_s_name_is_not_shown_either(read: Read) -> None:
    """Pasted one row too far, a name stands beside its own row."""
    result = read(f"""
        id | name   | img    | yog
        a  | {NAME} | US IMG | 2020
        b  | Bo Lee | US IMG | {NAME}
    """)
    assert result.findings.select("code", "found").rows() == [("unreadable", "(not shown)")]


@pytest.mark.parametrize("column", ["name", "notes"])
def test_personal_columns_are_never_quoted(read: Read, column: str) -> None:
    """A finding of such a cell says where and what to do only."""
    result = read(f"""
        id | img    | yog  | {column}
        a  | US IMG | 2020 | #REF!
        b  | US IMG | 2020 | n/a
    """)
    assert result.findings.select("cell", "found").rows() == [
        ("D2", "(not shown)"),
        ("D3", "(not shown)"),
    ]
    assert result.findings["message"][0] == "D2: this text is not readable text."


def test_a_short_name_hides_itself_only(read: Read) -> None:
    """A name of three letters does not hide every text with these letters in it."""
    result = read("""
        id | name | img    | yog  | step2_ck_score
        a  | Two  | US IMG | 2020 | two-forty
        b  | Two  | US IMG | 2020 | two
    """)
    assert result.findings["found"].to_list() == ["two-forty", "(not shown)"]


def test_a_finding_quotes_its_own_cell_only(read: Read) -> None:
    """No other value of the row is in it."""
    result = read("""
        id  | advisor   | img    | yog  | step2_ck_score | posters
        a17 | Dr Wisdom | US IMG | 2020 | two-forty      | 77
    """)
    said = " ".join(str(cell) for cell in result.findings.drop("applicant_id").row(0))
    assert "two-forty" in said
    assert not any(other in said for other in ("Wisdom", "2020", "77", "a17"))


def test_a_long_text_is_shortened(read: Read) -> None:
    """A pasted paragraph does not become a message, and its line breaks become spaces."""
    result = read(f"""
        id | img    | yog
        a  | US IMG | line⏎break {"x" * 200}
    """)
    found = pl.Series(result.findings["found"])[0]
    assert found == f"line break {'x' * 49}…"


def test_a_short_name_in_a_list_is_not_shown(read: Read) -> None:
    """Design, Validation: a finding quotes nothing equal to the row's name, be it two letters."""
    result = read("""
        id | name | img    | yog  | preferred_states
        a  | Li   | US IMG | 2020 | Li; NY
    """)
    assert "Li" not in "".join(result.findings["message"]) + "".join(result.findings["found"])

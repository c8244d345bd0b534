"""One cell as typed in; its value, and what is told about it, out."""

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest
from pandera.config import ValidationDepth, config_context

from stepladder.books.table import TextTable
from stepladder.validate import Facts, TableSchema, Validated, validate

Spec = Callable[..., None]


def test_whole_numbers_are_read_plainly_or_told(spec: Spec) -> None:
    """A plain number is silent; spaces, asterisks and .0 are told; no words are read."""
    spec("""
        step2_ck_score          || step2_ck_score | finding        | severity
        245                     || 245            |                |
        0245                    || 245            |                |
        ␠245␠                   || 245            | read_as_number | Query
        245*                    || 245            | read_as_number | Query
        245 **                  || 245            | read_as_number | Query
        245.0                   || 245            | read_as_number | Query
        245.5                   ||                | unreadable     | Error
        two-forty               ||                | unreadable     | Error
        ~245                    ||                | unreadable     | Error
        2 45                    ||                | unreadable     | Error
        $245                    ||                | unreadable     | Error
        ٢٤٥                     ||                | unreadable     | Error
        1e2                     ||                | unreadable     | Error
        #REF!                   ||                | unreadable     | Error
        99999999999999999999999 ||                | unreadable     | Error
    """)


def test_money_may_have_a_dollar_sign_and_separators(spec: Spec) -> None:
    """A budget of $1,200 is 1200; 1.200 is no amount, since it could be either."""
    spec("""
        budget_usd || budget_usd | finding        | severity
        1200       || 1200       |                |
        1,200      || 1200       | read_as_number | Query
        $1,200     || 1200       | read_as_number | Query
        $ 1,200.00 || 1200       | read_as_number | Query
        1.200      ||            | unreadable     | Query
        12,00      ||            | unreadable     | Query
        about 1200 ||            | unreadable     | Query
    """)


def test_shares_may_have_decimals_and_a_percent_sign(spec: Spec) -> None:
    """45% is 45 and told; a comma for the decimal point is not read."""
    spec(
        """
        us_img_pct || us_img_pct | finding
        45         || 45         |
        45.5       || 45.5       |
        45%        || 45         | read_as_number
        45.5 %     || 45.5       | read_as_number
        45,5       ||            | unreadable
        nan        ||            | unreadable
        inf        ||            | unreadable
        """,
        schema="programs",
    )


def test_yes_and_no_are_read_whatever_their_case_and_punctuation(spec: Spec) -> None:
    """Yes and No are silent; short signs for them are told; doubt is not read."""
    spec("""
        rotation_msk_pain || rotation_msk_pain | finding
        Yes               || Yes               |
        ␠yES.             || Yes               |
        no                || No                |
        y                 || Yes               | read_as_choice
        TRUE              || Yes               | read_as_choice
        x                 || Yes               | read_as_choice
        1                 || Yes               | read_as_choice
        ✓                 || Yes               | read_as_choice
        N                 || No                | read_as_choice
        false             || No                | read_as_choice
        0                 || No                | read_as_choice
        Yes?              ||                   | unreadable
        maybe             ||                   | unreadable
    """)


def test_allowed_values_match_whatever_their_spelling(spec: Spec) -> None:
    """Case, spaces, hyphens and punctuation do not matter."""
    spec("""
        img_status | visa_needed | PS          || img_status | visa_needed | personal_statement
        US-IMG     | none        | PMR focused || US IMG     | None        | PM&R-focused
        non us img | h-1b        | not-started || Non-US IMG | H-1B        | Not started
        NonUS IMG  | j1 OR h1b   | DRAFT       || Non-US IMG | J-1 or H-1B | Draft
    """)


def test_synonyms_are_read_and_told(spec: Spec) -> None:
    """The spellings that offices use instead of an allowed value are told."""
    spec("""
        step1_result || step1_result | finding
        pass         || Pass         |
        P            || Pass         | read_as_choice
        failed       || Fail         | read_as_choice
        not yet      || Not taken    | read_as_choice
        245          ||              | unreadable
    """)


def test_the_word_none_is_a_visa_value(spec: Spec) -> None:
    """None says that no visa is needed; it is not blank."""
    spec("""
        visa_needed || visa_needed | finding
        none        || None        |
        n/a         ||             | read_as_blank
    """)


def test_only_empty_na_and_a_hyphen_are_blank(spec: Spec) -> None:
    """The two words for blank are told; anything else that is no value is not read."""
    spec("""
        gap_months | posters || gap_months | finding
                   | 1       ||            |
        n/a        | 1       ||            | read_as_blank
        N/A        | 1       ||            | read_as_blank
        -          | 1       ||            | read_as_blank
        na         | 1       ||            | unreadable
        --         | 1       ||            | unreadable
        none       | 1       ||            | unreadable
        ?          | 1       ||            | unreadable
        #N/A       | 1       ||            | unreadable
    """)


def test_text_and_ids_lose_their_outer_spaces_only(spec: Spec) -> None:
    """Leading zeros, case and inner spaces stay; an Excel error is no id."""
    spec("""
        applicant_id | advisor  || applicant_id | advisor | finding
        007          | ␠Dr  Lee || 007          | Dr  Lee |
        7            | Dr Lee   || 7            | Dr Lee  |
        \u00a0a-1\u00a0 | n/a   || a-1          |         | read_as_blank
        A-1          | #NAME?   || A-1          |         | unreadable
        #REF!        | None     ||              | None    | unreadable
        -            | x        ||              | x       | missing_id
    """)


def test_lists_split_at_semicolons_commas_and_line_breaks(spec: Spec) -> None:
    """Items lose outer spaces, empty ones and repeats."""
    spec("""
        rotated_program_ids || rotated_program_ids | finding
        P1; P2,P3⏎P4        || P1; P2; P3; P4      |
        P1;;P1;             || P1                  |
        ;                   ||                     |
        007                 || 007                 |
        n/a                 ||                     | read_as_blank
        P1; #REF!           || P1                  | unknown_list_item
    """)


def test_preferred_states_are_codes_or_told_names(spec: Spec) -> None:
    """Names are told, unknown states are dropped with a query."""
    spec("""
        preferred_states    || preferred_states | finding           | severity
        ny; NJ              || NY; NJ           |                   |
        New York, NY        || NY               | read_as_list      | Query
        Washington DC       || DC               | read_as_list      | Query
        NY; Narnia          || NY               | unknown_list_item | Query
        Narnia              ||                  | unknown_list_item | Query
    """)


def test_a_list_that_is_read_in_part_is_kept_for_writing_back(
    read: Callable[..., Validated],
) -> None:
    """Nothing that an advisor typed is lost with the item that was dropped."""
    result = read("""
        applicant_id | img_status | graduation_year | preferred_states
        a            | US IMG     | 2020            | NY; Narnia
    """)
    assert result.unread.rows() == [(0, "preferred_states", "NY; Narnia")]


@pytest.mark.parametrize(
    ("column", "low", "high", "severity"),
    [
        ("step1_score", 1, 300, "Error"),
        ("step2_ck_score", 1, 300, "Error"),
        ("practice_score", 1, 300, "Error"),
        ("step3_score", 1, 300, "Error"),
        ("step1_attempts", 0, 4, "Error"),
        ("step2_ck_attempts", 0, 4, "Error"),
        ("step3_attempts", 0, 4, "Error"),
        ("graduation_year", 1950, 2040, "Error"),
        ("season", 2000, 2100, "Error"),
        ("step1_date", "1990-01-01", "2040-12-31", "Error"),
        ("budget_usd", 0, 100000, "Query"),
        ("max_applications", 0, 1000, "Query"),
        ("pmr_meetings", 0, 100, "Query"),
    ],
)
def test_a_limit_itself_is_within_it(
    read: Callable[..., Validated], column: str, low: object, high: object, severity: str
) -> None:
    """Each limit is read; one beyond it on either side is told, blank and kept as it was typed."""
    below, above = (
        ("1989-12-31", "2041-01-01")
        if isinstance(low, str)
        else (int(str(low)) - 1, int(str(high)) + 1)
    )
    year = "" if column == "graduation_year" else "| graduation_year"
    typed = [below, low, high, above]
    rows = [f"{at} | US IMG | {cell} {year and '| 1990'}" for at, cell in enumerate(typed)]
    result = read("\n".join([f"applicant_id | img_status | {column} {year}", *rows]))
    values = ["" if value is None else str(value) for value in result.frame[column]]
    told = result.findings.filter(code="out_of_limits").select("sheet_row", "column", "severity")
    assert values == ["", str(low), str(high), ""]
    assert told.rows() == [(2, column, severity), (5, column, severity)]
    assert result.unread.rows() == [(0, column, str(below)), (3, column, str(above))]


def test_attempts_beyond_four_are_told_why(read: Callable[..., Validated]) -> None:
    """The message names the limit and whose it is."""
    result = read("""
        applicant_id | img_status | graduation_year | step1_attempts
        a            | US IMG     | 2020            | 5
    """)
    assert result.findings["message"].to_list() == [
        "D2: “5” is not a whole number from 0 to 4; USMLE allows at most 4 attempts."
    ]


def test_an_unreadable_cell_that_scoring_does_not_read_counts_as_blank(
    read: Callable[..., Validated],
) -> None:
    """Its row is queried, scored and written back as typed."""
    result = read("""
        applicant_id | img_status | graduation_year | budget_usd
        a            | US IMG     | 2020            | a lot
    """)
    assert result.frame.select("budget_usd", "has_error", "has_query").row(0) == (None, False, True)
    assert result.unread.rows() == [(0, "budget_usd", "a lot")]


def test_a_missing_required_cell_is_told_once(spec: Spec) -> None:
    """Blank, a word for blank and unreadable text each give one finding."""
    spec("""
        graduation_year | advisor || finding      | severity
                        | Dr Lee  || missing_cell | Error
        n/a             | Dr Lee  || missing_cell | Error
        long ago        | Dr Lee  || unreadable   | Error
    """)


def test_every_row_of_a_doubled_id_is_an_error_and_missing_ids_are_no_doubles(spec: Spec) -> None:
    """Ids are compared after their outer spaces; two missing ids are two missing ids."""
    spec("""
        applicant_id | advisor || applicant_id | finding    | severity
        a            | x       || a            | doubled_id | Error
        b            | x       || b            |            |
        ␠a           | x       || a            | doubled_id | Error
                     | x       ||              | missing_id | Error
                     | x       ||              | missing_id | Error
    """)


def test_a_record_with_too_many_cells_is_an_error(
    book: Callable[..., TextTable], schemas: dict[str, TableSchema], facts: Facts
) -> None:
    """It points at the first cell beyond the headers."""
    table = book(["applicant_id", "img_status", "graduation_year"], [["a", "US IMG", "2020"]])
    result = validate(replace(table, overlong=pl.Series([True])), schemas["applicants"], facts)
    assert result.findings.select("code", "severity", "cell", "column").rows() == [
        ("too_many_cells", "Error", "D2", None)
    ]


def test_a_required_column_that_is_not_there_is_told_once(read: Callable[..., Validated]) -> None:
    """One finding at the header row, and every row has an error."""
    result = read("""
        applicant_id | img_status
        a            | US IMG
        b            | US IMG
    """)
    assert result.findings.select("code", "severity", "cell", "applicant_id", "column").rows() == [
        ("missing_column", "Error", "A1", None, "graduation_year")
    ]
    assert result.frame["has_error"].to_list() == [True, True]


def test_the_environment_cannot_switch_the_checks_off(
    read: Callable[..., Validated], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own switches, in whatever position, leave a score of 999 an error."""
    monkeypatch.setenv("PANDERA_VALIDATION_ENABLED", "False")
    monkeypatch.setenv("PANDERA_VALIDATION_DEPTH", "SCHEMA_ONLY")
    with config_context(validation_enabled=False, validation_depth=ValidationDepth.SCHEMA_ONLY):
        result = read("""
            applicant_id | img_status | graduation_year | step2_ck_score
            a            | US IMG     | 2020            | 999
        """)
    assert result.findings["code"].to_list() == ["out_of_limits"]

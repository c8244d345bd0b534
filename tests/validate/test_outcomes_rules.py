"""The rules of the table Outcomes: what contradicts an application, and what is counted twice."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from stepladder.validate import Facts

Spec = Callable[..., None]


def test_the_same_application_twice_is_an_error(spec: Spec) -> None:
    """Nobody can tell which of the rows holds; another season or program is another one."""
    spec(
        """
        applicant_id | program_id | season || finding         | severity
        ann          | P1         | 2027   || doubled_outcome | Error
        ann          | P1         | 2027   || doubled_outcome | Error
        ann          | P1         | 2028   ||                 |
        ann          | P2         | 2027   ||                 |
        bob          | P1         | 2027   ||                 |
        """,
        "outcomes",
    )


def test_an_answer_to_what_was_not_sent_is_an_error(spec: Spec) -> None:
    """A blank says nothing, so it contradicts nothing."""
    spec(
        """
        applied | signalled | invited || finding                     | severity
        No      | Yes       |         || outcome_without_application | Error
        No      | No        | Yes     || outcome_without_application | Error
        No      | No        | No      ||                             |
                | Yes       | Yes     ||                             |
        Yes     | Yes       | Yes     ||                             |
        """,
        "outcomes",
    )


def test_a_stage_without_the_one_before_is_a_query(spec: Spec) -> None:
    """Invited, interviewed, ranked, matched: an entered No before a Yes is asked about."""
    spec(
        """
        invited | interviewed | ranked | matched || finding                      | severity
        No      | Yes         |        |         || interview_without_invitation | Query
        Yes     | No          | Yes    |         || ranked_without_interview     | Query
        Yes     | Yes         | No     | Yes     || matched_without_rank         | Query
        Yes     |             |        | Yes     ||                              |
        """,
        "outcomes",
    )


def test_a_match_at_two_programs_is_a_query(spec: Spec) -> None:
    """Within one season; a match in the next one is another."""
    spec(
        """
        applicant_id | program_id | season | matched || finding
        ann          | P1         | 2027   | Yes     || matched_twice
        ann          | P2         | 2027   | Yes     || matched_twice
        ann          | P3         | 2028   | Yes     ||
        ann          | P4         | 2027   | No      ||
        """,
        "outcomes",
    )


def test_ids_that_nobody_bears_are_queries(spec: Spec, facts: Facts) -> None:
    """Where the tables of applicants and programs are given.

    Whoever applied in a season that is over (2027 is under way) may have left the cohort since.
    """
    known = replace(facts, applicant_ids=frozenset({"ann"}), program_ids=frozenset({"P1"}))
    spec(
        """
        applicant_id | program_id | season || finding           | severity
        ann          | P1         | 2027   ||                   |
        zoe          | P1         | 2027   || unknown_applicant | Query
        zoe          | P1         | 2026   ||                   |
        ann          | P9         | 2026   || unknown_program   | Query
        """,
        "outcomes",
        known,
    )


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        (" | P1 | 2027", "missing_cell"),
        ("ann | | 2027", "missing_cell"),
        ("ann | P1 | ", "missing_cell"),
        ("ann | P1 | 1999", "out_of_limits"),
    ],
)
def test_an_application_needs_its_applicant_program_and_season(
    spec: Spec, line: str, codes: str
) -> None:
    """Any of them missing is an error; an applicant has many rows, so no id is doubled."""
    spec(
        f"""
        applicant_id | program_id | season || finding | severity
        {line} || {codes} | Error
        """,
        "outcomes",
    )

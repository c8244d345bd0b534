"""Names of pages: distinct, and safe on every system."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.briefs.file_names import INDEX, page_names

IDS = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="aAbB019-_./\\ :~", max_size=12),
    st.sampled_from(["CON", "con", "NUL", "COM1", "INDEX", "index", "..", ".", "", "A051_2"]),
)
DEVICES = {"con", "prn", "aux", "nul", *(f"{p}{n}" for p in ("com", "lpt") for n in range(10))}


@given(st.lists(IDS, unique=True))
def test_distinct_ids_get_distinct_files(ids: list[str]) -> None:
    """Also on a system that takes a.html and A.html for one file; none is the index."""
    names = [name.casefold() for name in page_names(ids)]
    assert len({*names, INDEX}) == len(ids) + 1


@given(IDS)
def test_a_name_is_safe_on_every_system(applicant_id: str) -> None:
    """Letters, digits, hyphen and underscore; no device of Windows; not too long."""
    [name] = page_names([applicant_id])
    assert re.fullmatch(r"[A-Za-z0-9_-]+\.html", name)
    assert name.partition(".")[0].casefold() not in DEVICES
    assert len(name) <= 64


@given(st.lists(IDS, unique=True), IDS)
def test_a_name_rests_on_the_id_alone(others: list[str], applicant_id: str) -> None:
    """A page made alone replaces the one that was made with all others."""
    ids = [one for one in others if one != applicant_id]
    *_, with_others = page_names([*ids, applicant_id])
    assert [with_others] == [*page_names([applicant_id])]


@pytest.mark.parametrize("applicant_id", ["A001", "3401-E5", "007"])
def test_a_plain_id_is_its_page_s_name(applicant_id: str) -> None:
    """So that a person finds it."""
    assert [*page_names([applicant_id])] == [f"{applicant_id}.html"]


def test_a_doubled_id_gets_a_page_for_each_row() -> None:
    """Both rows have to be fixed, so both have a page."""
    names = [*page_names(["A051", "A051", None, None])]
    assert names[:2] == ["A051.html", "A051_2.html"]
    assert len({*names}) == 4

"""Two states of a cohort in; who changed between two refreshes, and how, out."""

from tests.spec.tables import cells

from stepladder.changes import SHOWN, Changes, Standing, changes

BEFORE = """
    id  | tier        | fit | number | list
    ann | Competitive |  70 |     40 | P1 P2 P3
    bob | Targeted    |  55 |     50 | P1 P2
    cyn |             |     |        |
"""


def state(table: str) -> dict[str, Standing]:
    """What a table says of each applicant."""
    _, *lines = [line for line in table.splitlines() if line.strip()]
    return {
        applicant: Standing(dict(zip(SHOWN, shown, strict=True)), frozenset(listed.split()))
        for applicant, *shown, listed in map(cells, lines)
    }


def compared(now: str) -> Changes:
    """What changed since BEFORE."""
    return changes(state(BEFORE), state(now))


def test_the_same_state_has_no_change() -> None:
    """The order of applicants and of the programs in a list does not count."""
    found = compared("""
        id  | tier        | fit | number | list
        bob | Targeted    |  55 |     50 | P2 P1
        ann | Competitive |  70 |     40 | P3 P2 P1
        cyn |             |     |        |
    """)
    assert list(found.lines()) == []
    assert found.text() == "No applicant's tier, fit, number or list changed"


def test_each_change_is_told_by_applicant() -> None:
    """The Log: tier, fit, number and list, each with what it was and is; none for a blank."""
    found = compared("""
        id  | tier        | fit | number | list
        ann | Competitive |  71 |     40 | P1 P4
        bob | Challenging |  55 |     50 | P1 P2
        cyn | Targeted    |     |        | P1
    """)
    assert found.text().splitlines() == [
        "Applicants: 3 changed (2 tier, 1 fit, 2 list)",
        "ann: fit 70 → 71; list +1 −2",
        "bob: tier Targeted → Challenging",
        "cyn: tier none → Targeted; list +1 −0",
    ]


def test_who_came_and_who_went_is_told() -> None:
    """The Log: new and gone, and no change of theirs."""
    found = compared("""
        id  | tier        | fit | number | list
        ann | Competitive |  70 |     40 | P1 P2 P3
        dan | Competitive |  70 |     40 | P1
        cyn |             |     |        |
        eve |             |     |        |
    """)
    assert found.text().splitlines() == ["Applicants: 2 new, 1 gone", "new: dan, eve", "gone: bob"]


def test_a_log_entry_fits_its_cell() -> None:
    """The Log: 200 applicants are spelled out, and the line above counts all of them."""
    before, now = (
        {f"a{n}": Standing({"tier": tier}) for n in range(1000)} for tier in ("Old", "New")
    )
    lines = changes(before, now).text().splitlines()
    assert lines[0] == "Applicants: 1000 changed (1000 tier)"
    assert lines[-2:] == ["a199: tier Old → New", "and 800 more"]

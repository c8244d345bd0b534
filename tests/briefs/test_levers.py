"""The levers on the printed page: the three best that are in time and bring a gain."""

import pytest
from tests.briefs.tables import brief_of, listed, results

from stepladder.briefs.layout import lay_out


def lever(
    rank: int | None, *, chance: float = 0.01, low: int = 0, high: int = 1
) -> dict[str, object]:
    """A row of the levers of A1."""
    return {
        "applicant_id": "A1",
        "rank": rank,
        "lever": f"Lever {rank}",
        "takes": f"Do {rank}",
        "gain_target_chance_low": chance,
        "gain_target_chance_high": chance,
        "gain_list_value": chance,
        "gain_interviews_low": low,
        "gain_interviews_high": high,
        "feasible": "Yes" if rank else "No",
    }


def test_the_three_best_stand_on_the_page_by_rank() -> None:
    """Issue 9, 1: whatever the order of the rows."""
    told = results(levers=[lever(4), lever(2), lever(None), lever(1), lever(3)])
    assert [one.words for one in brief_of(told).levers] == ["Lever 1", "Lever 2", "Lever 3"]


def test_what_brings_nothing_is_left_out() -> None:
    """A lever without a gain is none of the best."""
    assert brief_of(results(levers=[lever(1, chance=0.0)])).levers == ()
    assert brief_of(results(levers=[lever(1, chance=-0.01)])).levers == ()
    assert brief_of(results()).levers == ()


@pytest.mark.parametrize(
    ("low", "high", "words"), [(0, 1, "0 / +1"), (2, 12, "+2 / +12"), (-1, 0, "−1 / 0")]
)
def test_the_change_in_interviews_is_a_range(low: int, high: int, words: str) -> None:
    """Both ends with their signs."""
    [one] = brief_of(results(levers=[lever(1, low=low, high=high)])).levers
    assert one.interviews == words


def test_levers_take_their_room_on_the_page() -> None:
    """A list that just fits beside no lever is set smaller, or less of it is shown, with three."""
    plan = [{"applicant_id": "A1", "action": f"Do {number}", "why": "So."} for number in range(60)]
    shortlist = [listed(rank) for rank in range(1, 60)]
    without = lay_out(brief_of(results(shortlist=shortlist, plan=plan)))
    levers = [lever(rank) for rank in (1, 2, 3)]
    beside = lay_out(brief_of(results(shortlist=shortlist, plan=plan, levers=levers)))
    assert without.unlisted == beside.unlisted == 0
    assert len(beside.actions) < len(without.actions)

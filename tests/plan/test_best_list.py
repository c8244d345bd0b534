"""The provably best list: brute force, the known vector, ties, locks and institutions."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from tests.plan.leaving_out import values_added

from stepladder import Result
from stepladder.plan.alike import distinct
from stepladder.plan.best_list import (
    APPLIED,
    SIGNALLED,
    SKIPPED,
    BestLists,
    Candidates,
    best_lists,
    list_value,
)
from stepladder.rulebook import Policy

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Planned = Callable[..., Result]

CASES = 40


def candidates(
    chance: list[float],
    desirability: list[float],
    *,
    signalled: list[float] | None = None,
    institution: list[int] | None = None,
    closed: tuple[int, ...] = (),
    required: tuple[int, ...] = (),
    no_signals: tuple[int, ...] = (),
) -> Candidates:
    """One applicant's programs; positions are named in `closed`, `required` and `no_signals`."""
    places = range(len(chance))
    return Candidates(
        chance=np.array([chance]),
        chance_signalled=np.array([signalled or chance]),
        desirability=np.array([desirability], dtype=np.float64),
        is_open=np.array([[place not in closed for place in places]]),
        is_required=np.array([[place in required for place in places]]),
        may_signal=np.array([[place not in no_signals for place in places]]),
        institution=np.array([institution or list(places)]),
    )


def solved(programs: Candidates, signals: int = 0) -> BestLists:
    """The best lists of every size up to all open programs."""
    return best_lists(programs, programs.is_open.sum(axis=1), signals)


def choices(programs: Candidates, signals: int = 0) -> list[list[int]]:
    """One applicant's best list of each size, program by program."""
    listed: list[list[int]] = solved(programs, signals).choices[0].tolist()
    return listed


def value_of(programs: Candidates, chosen: NDArray[np.uint8]) -> Floats:
    """The value of lists [applicant, list, program], program by program by rising desirability."""
    chance = np.where(
        chosen == SIGNALLED, programs.chance_signalled[:, None], programs.chance[:, None]
    )
    value = np.zeros(chosen.shape[:2])
    who = np.arange(len(chosen))
    for place in np.argsort(programs.desirability, axis=1, kind="stable").T:
        q, u = chance[who, :, place], programs.desirability[who, place][:, None]
        on_list = chosen[who, :, place] > SKIPPED
        value = np.where(on_list, q * u + (1 - q) * value, value)
    return value


def is_allowed(programs: Candidates, chosen: NDArray[np.uint8], signals: int) -> Flags:
    """Which lists [applicant, list, program] obey locks, signals and institutions."""
    is_signalled = chosen == SIGNALLED
    allowed: Flags = is_signalled.sum(axis=2) <= signals
    allowed &= ~((chosen > SKIPPED) & ~programs.is_open[:, None]).any(axis=2)
    allowed &= ~((chosen == SKIPPED) & programs.is_required[:, None]).any(axis=2)
    allowed &= ~(is_signalled & ~programs.may_signal[:, None]).any(axis=2)
    for one, other in itertools.combinations(range(chosen.shape[2]), 2):
        both = is_signalled[:, :, one] & is_signalled[:, :, other]
        together = programs.institution[:, one] == programs.institution[:, other]
        allowed &= ~(both & together[:, None])
    return allowed


def brute_force(programs: Candidates, signals: int) -> Floats:
    """The best value of each size [applicant, size − 1] among all lists; −inf without any."""
    applicants, count = programs.chance.shape
    every = np.array(list(itertools.product((SKIPPED, APPLIED, SIGNALLED), repeat=count)), np.uint8)
    chosen = np.broadcast_to(every, (applicants, *every.shape))
    value = np.where(is_allowed(programs, chosen, signals), value_of(programs, chosen), -np.inf)
    sizes = (every > SKIPPED).sum(axis=1)
    return np.stack([value[:, sizes == size].max(axis=1) for size in range(1, count + 1)], axis=1)


@dataclass(frozen=True)
class Drawn:
    """What some random applicants may have."""

    has_locks: bool = False
    shares_institutions: bool = False
    is_coarse: bool = False


KINDS = {
    "free": Drawn(),
    "locks": Drawn(has_locks=True),
    "institutions": Drawn(shares_institutions=True),
    "locks and institutions": Drawn(has_locks=True, shares_institutions=True),
    "ties": Drawn(is_coarse=True),
    "ties, locks and institutions": Drawn(True, True, True),  # noqa: FBT003 - all of them
}


def drawn(kind: Drawn, programs: int, seed: int, applicants: int = CASES) -> Candidates:
    """Random applicants; coarse ones draw from few rates and desirabilities, so that many tie."""
    random = np.random.default_rng(seed)
    shape = (applicants, programs)
    if kind.is_coarse:
        chance = random.choice([0.02, 0.05, 0.2], shape)
        signalled = np.choose(np.searchsorted([0.02, 0.05, 0.2], chance), [0.05, 0.09, 0.3])
        desirability = random.choice([1.0, 1.25, 1.5, 2.0], shape)
    else:
        chance = random.uniform(0.001, 0.9, shape)
        signalled = chance + (1 - chance) * random.uniform(0, 0.8, shape)
        desirability = random.uniform(0.2, 5, shape)
    is_open = random.random(shape) < (0.8 if kind.has_locks else 1)
    may_signal = random.random(shape) < (0.75 if kind.has_locks else 1)
    required = is_open & (random.random(shape) < (0.25 if kind.has_locks else 0))
    own = np.broadcast_to(np.arange(programs), shape)
    shared = random.integers(0, max(2, programs // 2), shape)
    institution = shared if kind.shares_institutions else own
    return Candidates(chance, signalled, desirability, is_open, required, may_signal, institution)


@pytest.mark.parametrize("signals", [0, 1, 2, 4])
@pytest.mark.parametrize("programs", [2, 3, 4, 5, 6, 7])
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_list_equals_brute_force(kind: Drawn, programs: int, signals: int) -> None:
    """The plan, The list: no allowed list of any size is worth more; 5,760 cases in all."""
    cases = drawn(kind, programs, seed=100 * programs + signals)
    lists = solved(cases, signals)
    expected = brute_force(cases, signals)[:, : lists.values.shape[1]]
    np.testing.assert_allclose(lists.values, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("signals", [0, 1, 2, 4])
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_each_list_is_allowed_and_worth_its_value(kind: Drawn, signals: int) -> None:
    """The plan, The list: what is chosen has the size, obeys every rule and has the value told."""
    cases = drawn(kind, 7, seed=signals)
    lists = solved(cases, signals)
    exists = np.isfinite(lists.values)
    size = np.broadcast_to(np.arange(1, lists.values.shape[1] + 1), exists.shape)
    assert ((lists.choices > SKIPPED).sum(axis=2) == size)[exists].all()
    assert is_allowed(cases, lists.choices, signals)[exists].all()
    value = value_of(cases, lists.choices)
    np.testing.assert_allclose(value[exists], lists.values[exists], rtol=0, atol=1e-12)


def test_three_institutions_of_three_programs() -> None:
    """The plan, Signals: exact too where three institutions would each bear several signals."""
    cases = drawn(Drawn(), 9, seed=9, applicants=20)
    cases = replace(cases, institution=np.broadcast_to(np.arange(9) % 3, (20, 9)))
    np.testing.assert_allclose(solved(cases, 3).values, brute_force(cases, 3), rtol=0, atol=1e-12)


def many_at_one_institution(applicants: int, institutions: int, each: int) -> Candidates:
    """Programs of few desirabilities, as the rules give them; a signal doubles their odds."""
    random = np.random.default_rng(12)
    shape = (applicants, institutions * each)
    chance = random.uniform(0.005, 0.04, shape)
    signalled = 2 * chance / (1 + chance)
    desirability = random.choice([1, 1.25, 1.5, 1.75, 2], shape)
    institution = np.broadcast_to(np.arange(shape[1]) % institutions, shape)
    free = np.ones(shape, np.bool_)
    return Candidates(chance, signalled, desirability, free, ~free, free, institution)


def test_institutions_of_nine_programs() -> None:
    """The plan, Signals: where each institution would bear several, the search still ends.

    What it finds is allowed, and no signal is worth more at another program of its institution.
    Without the rule some lists would be worth more, none less.
    """
    cases = many_at_one_institution(30, institutions=12, each=9)
    lists = best_lists(cases, np.full(30, 40), 12)
    assert is_allowed(cases, lists.choices, 12).all()
    institutions = cases.institution[0]
    for place in range(cases.chance.shape[1]):
        moved = lists.choices.copy()
        home = moved[:, :, institutions == institutions[place]]
        bears = (home == SIGNALLED).any(axis=2) & (moved[:, :, place] == APPLIED)
        home[home == SIGNALLED] = APPLIED
        moved[:, :, institutions == institutions[place]] = home
        moved[:, :, place] = SIGNALLED
        gained = value_of(cases, moved) - lists.values
        assert bears.any()
        assert (gained[bears] <= 1e-12).all()
    alone = np.broadcast_to(np.arange(cases.chance.shape[1]), cases.chance.shape)
    unbound = best_lists(replace(cases, institution=alone), np.full(30, 40), 12)
    assert (lists.values <= unbound.values + 1e-12).all()
    assert (lists.values < unbound.values - 1e-6).any()


def test_the_known_vector() -> None:
    """The plan, The list: the published test vector for the recursion."""
    programs = candidates([0.2, 0.5, 0.1, 0.6, 0.1], [1, 4, 9, 1, 8])
    expected = [2, 2.7, 3.24, 3.483, 3.5154]
    np.testing.assert_allclose(solved(programs).values[0], expected, rtol=0, atol=1e-12)


def test_the_known_vector_s_lists() -> None:
    """The plan, The list: 0.5 × 4 first; 9, 8 and then the sure ones join."""
    programs = candidates([0.2, 0.5, 0.1, 0.6, 0.1], [1, 4, 9, 1, 8])
    assert choices(programs) == [
        [0, 1, 0, 0, 0],
        [0, 1, 1, 0, 0],
        [0, 1, 1, 0, 1],
        [0, 1, 1, 1, 1],
        [1, 1, 1, 1, 1],
    ]


def test_the_recursion_by_hand() -> None:
    """The plan, The list: V = q·u + (1−q)·V: 0.5·2 = 1, then 0.2·4 + 0.8·1 = 1.6."""
    value = list_value(np.array([0.5, 0.2]), np.array([2.0, 4.0]))
    assert value == pytest.approx(1.6)


@pytest.mark.parametrize("kind", ["free", "locks", "ties"])
def test_without_signals_lists_are_nested(kind: str) -> None:
    """The plan, The list: each list holds the one before it, with locks and ties too."""
    lists = solved(drawn(KINDS[kind], 12, seed=3, applicants=200))
    exists = np.isfinite(lists.values)
    dropped = ((lists.choices[:, :-1] > SKIPPED) & (lists.choices[:, 1:] == SKIPPED)).any(axis=2)
    assert (exists[:, :-1] & exists[:, 1:]).sum() > 1000
    assert not (dropped & exists[:, :-1] & exists[:, 1:]).any()


def test_a_longer_list_is_worth_no_less() -> None:
    """The plan, The list: another program never lowers the value of the best list."""
    values = solved(drawn(KINDS["ties, locks and institutions"], 12, seed=4), 3).values
    from_below = values[:, :-1]
    exists = np.isfinite(from_below) & np.isfinite(values[:, 1:])
    assert (values[:, 1:][exists] >= from_below[exists] - 1e-12).all()


def test_sizes_above_the_most_asked_for_have_no_list() -> None:
    """The plan: an applicant planned together with others gets no list beyond the own most."""
    cases = drawn(KINDS["free"], 4, seed=5, applicants=2)
    lists = best_lists(cases, np.array([2, 4]), 0)
    assert np.isfinite(lists.values).tolist() == [[True, True, False, False], [True] * 4]


def test_tiles_do_not_mix_applicants() -> None:
    """Issue 3, Deliver 1: several tiles of applicants get what each gets alone."""
    cases = drawn(KINDS["ties, locks and institutions"], 6, seed=6, applicants=150)
    most = cases.is_open.sum(axis=1)
    together = best_lists(cases, most, 2)
    for who in range(150):
        alone = best_lists(cases.of(np.array([who])), most[[who]], 2)
        size = alone.values.shape[1]
        assert (alone.values[0] == together.values[who, :size]).all()
        assert (alone.choices[0] == together.choices[who, :size]).all()


# ── Ties ─────────────────────────────────────────────────────────────────────────────────────────


def test_of_equal_programs_the_earlier_is_taken() -> None:
    """The plan, The list: among programs that differ in nothing the first joins first."""
    programs = candidates([0.1, 0.1, 0.1], [1, 1, 1])
    assert choices(programs) == [[1, 0, 0], [1, 1, 0], [1, 1, 1]]


def test_of_equal_values_the_lower_desirability_is_taken() -> None:
    """The plan, The list: 0.25 × 2 and 0.5 × 1 are both worth 0.5; rising u comes first."""
    assert choices(candidates([0.25, 0.5], [2, 1]))[0] == [0, 1]


def equal_programs() -> list[tuple[int, float]]:
    """Sizes and rates of programs that differ in nothing."""
    random = np.random.default_rng(11)
    return [
        (int(random.integers(2, 7)), round(float(random.uniform(0.01, 0.3)), 3)) for _ in range(200)
    ]


@pytest.mark.parametrize("signals", [1, 2, 3])
def test_of_equal_programs_the_earlier_is_signalled(signals: int) -> None:
    """The plan, The list: ties go by program_id, for signals too, whatever the last bit says."""
    for count, rate in equal_programs():
        programs = candidates([rate] * count, [1.25] * count, signalled=[1.8 * rate] * count)
        for size, listed in enumerate(choices(programs, signals), start=1):
            borne = min(size, signals)
            expected = [SIGNALLED] * borne + [APPLIED] * (size - borne) + [SKIPPED] * (count - size)
            assert listed == expected, (count, rate)


def test_of_equal_programs_at_one_institution_the_earlier_is_taken() -> None:
    """The plan, The list: the tie holds where only one of the two may bear the signal."""
    programs = candidates([0.1, 0.1], [1, 1], signalled=[0.2, 0.2], institution=[0, 0])
    assert choices(programs, 1) == [[SIGNALLED, SKIPPED], [SIGNALLED, APPLIED]]


def test_of_equal_programs_at_one_institution_the_earlier_is_signalled() -> None:
    """The plan, The list: so it is where the last bit of the two lists' values differs."""
    programs = candidates(
        [0.1, 0.1, 0.05], [1.25] * 3, signalled=[0.18, 0.18, 0.09], institution=[0, 0, 1]
    )
    assert choices(programs, 2)[2] == [SIGNALLED, APPLIED, SIGNALLED]


def test_ties_go_by_program_id_not_by_row(planned: Planned) -> None:
    """The plan, The list: equal programs are taken by program_id, whatever the table's order."""
    person = "applicant | max_applications\nann | 2"
    for ids in itertools.permutations(("P1", "P2", "P3")):
        table = "program | state\n" + "\n".join(f"{name} | NY" for name in ids)
        assert planned(person, table).shortlist["program_id"].to_list() == ["P1", "P2"]


# ── Signals and institutions ─────────────────────────────────────────────────────────────────────


def test_the_signal_goes_where_it_adds_most() -> None:
    """The plan, The list: 0.1→0.2 of u 1 adds less than 0.1→0.18 of u 2; rates alone mislead."""
    programs = candidates([0.1, 0.1], [1, 2], signalled=[0.2, 0.18])
    assert choices(programs, 1)[1] == [APPLIED, SIGNALLED]


def test_an_institution_bears_one_signal() -> None:
    """The plan, Signals: of its two programs the better one is signalled, the rest goes elsewhere.

    Without the rule both programs of institution 0 would be signalled (0.1→0.3); with it the second
    signal goes to the third program (0.1→0.2).
    """
    alone = candidates([0.1] * 3, [3, 2, 1], signalled=[0.3, 0.3, 0.2])
    shared = replace(alone, institution=np.array([[0, 0, 1]]))
    assert choices(alone, 2)[2] == [SIGNALLED, SIGNALLED, APPLIED]
    assert choices(shared, 2)[2] == [SIGNALLED, APPLIED, SIGNALLED]


def test_the_one_signal_may_go_to_the_less_wanted_program() -> None:
    """The plan, Signals: an institution's signal goes where it lifts most, not where u is highest.

    0.30→0.31 of u 2 adds little; 0.05→0.30 of u 1.5 adds more.
    """
    programs = candidates([0.3, 0.05], [2, 1.5], signalled=[0.31, 0.3], institution=[0, 0])
    assert choices(programs, 2)[1] == [APPLIED, SIGNALLED]


def test_a_required_program_keeps_its_signal_from_a_better_twin_that_is_left_out() -> None:
    """The plan, Signals: with one application the required program is listed and signalled."""
    programs = candidates(
        [0.1, 0.2], [1, 2], signalled=[0.2, 0.4], institution=[0, 0], required=(0,)
    )
    assert choices(programs, 1) == [[SIGNALLED, SKIPPED], [APPLIED, SIGNALLED]]


def test_programs_of_one_institution_bear_one_signal(planned: Planned) -> None:
    """The plan, Signals: one per institution, whatever its case and outer spaces."""
    listed = planned(
        "applicant | step2_ck_score\nann | 245",
        """
        program | institution   | us_img_pct
        P1      | Lark Hospital | 10
        P2      | LARK hospital | 0
        P3      | Wren Hospital | 0
        """,
    ).shortlist
    signals = dict(listed.select("program_id", "signal").iter_rows())
    assert signals == {"P1": "Yes", "P2": None, "P3": "Yes"}


def test_a_blank_institution_is_its_own(shortlist_spec: Callable[..., None]) -> None:
    """The plan, Signals: two programs without an institution are each signalled."""
    shortlist_spec("""
        program | institution || signal
        P1      |             || Yes
        P2      |             || Yes
    """)


def test_a_signal_lifts_only_its_row(planned: Planned) -> None:
    """The plan, Signals: the other program of the institution keeps its unsignalled rate."""
    table = "program | institution\nP1 | Lark\nP2 | Lark"
    rates = planned("applicant | step2_ck_score\nann | 245", table).shortlist
    signalled, plain = rates.sort("signal", nulls_last=True)["invite_rate"]
    assert plain < signalled


def test_a_program_that_takes_no_signals_gets_none(shortlist_spec: Callable[..., None]) -> None:
    """The plan, Signals: No is never signalled; Yes and blank are, blank with a watch_out."""
    asked = "whether it takes signals is not on file: ask before you signal"
    shortlist_spec(f"""
        program | takes_signals || signal | watch_out
        P1      | Yes           || Yes    |
        P2      | No            ||        |
        P3      |               || Yes    | {asked}
    """)


def test_an_unsignalled_program_of_unknown_signals_is_not_watched(planned: Planned) -> None:
    """The plan, Signals: the question is asked where a signal would be sent, else not."""
    table = "program | institution | takes_signals\nP1 | Lark | Yes\nP2 | Lark |"
    listed = planned("applicant | step2_ck_score\nann | 245", table).shortlist
    asked = listed.filter(pl.col("signal").is_null())["watch_out"].str.contains("takes signals")
    signalled = listed.filter(pl.col("signal") == "Yes")["watch_out"].str.contains("takes signals")
    assert listed["signal"].null_count() == 1
    assert asked.to_list() == [False]
    assert signalled.to_list() == [
        listed.filter(pl.col("signal") == "Yes")["program_id"].item() == "P2"
    ]


@pytest.mark.parametrize(("season", "signals"), [(2025, 8), (2026, 20), (2027, 20)])
def test_the_season_s_signals(
    planned: Planned, many_programs: Callable[..., list[dict[str, str]]], season: int, signals: int
) -> None:
    """domain.md, Season: 8 signals in 2025, 20 in 2026 and 2027; all of them are used."""
    plan = planned("applicant | max_applications\nann | 30", many_programs(40), season=season)
    assert plan.shortlist["signal"].count() == signals


# ── Locks ────────────────────────────────────────────────────────────────────────────────────────


def test_never_and_ineligible_are_out(shortlist_spec: Callable[..., None]) -> None:
    """The plan, Locks: neither is listed, however good."""
    shortlist_spec(
        """
        program | considers_img || listed
        P1      | Yes           || yes
        P2      | Yes           ||
        P3      | No            ||
        """,
        applicant={"never_program_ids": "P2"},
    )


def test_must_is_in(shortlist_spec: Callable[..., None]) -> None:
    """The plan, Locks: with one application the worse program is the one that must be listed."""
    shortlist_spec(
        """
        program | us_img_pct || listed
        P1      | 0          || yes
        P2      | 20         ||
        """,
        applicant={"max_applications": "1", "must_program_ids": "P1"},
    )


def test_the_best_program_is_in_without_a_must(shortlist_spec: Callable[..., None]) -> None:
    """The plan, Locks: the near twin without the lock takes the better program."""
    shortlist_spec(
        """
        program | us_img_pct || listed
        P1      | 0          ||
        P2      | 20         || yes
        """,
        applicant={"max_applications": "1"},
    )


def test_a_list_holds_its_required_programs_at_every_size() -> None:
    """The plan, Locks: two required programs leave no list of one, and nothing in its place."""
    lists = solved(candidates([0.1, 0.5, 0.2], [1, 2, 1], required=(0, 2)))
    assert lists.values[0, 0] == -np.inf
    assert lists.choices[0].tolist() == [[0, 0, 0], [1, 0, 1], [1, 1, 1]]


def test_ineligible_wins_over_must(planned: Planned) -> None:
    """The plan, Locks: it stays out, and a query names it."""
    plan = planned(
        "applicant | must_program_ids\nann | P2",
        "program | considers_img\nP1 | Yes\nP2 | No",
    )
    query = plan.findings.filter(pl.col("code") == "must_is_ineligible")
    assert plan.shortlist["program_id"].to_list() == ["P1"]
    assert query.select("severity", "applicant_id", "column").row(0) == (
        "Query",
        "ann",
        "must_program_ids",
    )
    assert "P2" in query["message"].item()


@pytest.mark.parametrize(
    ("column", "limit", "code"),
    [
        ("budget_usd", "22", "must_passes_budget"),
        ("max_applications", "2", "must_passes_maximum"),
    ],
)
def test_must_raises_the_count_past_a_limit(
    planned: Planned, column: str, limit: str, code: str
) -> None:
    """The plan, Locks: three must-programs where $22 or a maximum of 2 allow two, with a query."""
    plan = planned(
        f"applicant | must_program_ids | {column}\nann | P1; P2; P3 | {limit}",
        "program | state\nP1 | NY\nP2 | NY\nP3 | NY\nP4 | NY",
    )
    assert plan.applicants["suggested_applications"].to_list() == [3]
    assert plan.findings["code"].to_list() == [code]


@pytest.mark.parametrize(("column", "limit"), [("budget_usd", "33"), ("max_applications", "3")])
def test_must_within_its_limit_asks_nothing(planned: Planned, column: str, limit: str) -> None:
    """The plan, Locks: three must-programs at a limit of exactly three raise no query."""
    plan = planned(
        f"applicant | must_program_ids | {column}\nann | P1; P2; P3 | {limit}",
        "program | state\nP1 | NY\nP2 | NY\nP3 | NY\nP4 | NY",
    )
    assert plan.applicants["suggested_applications"].to_list() == [3]
    assert plan.findings.height == 0


# ── The smallest tables ──────────────────────────────────────────────────────────────────────────


def test_one_program(planned: Planned) -> None:
    """The plan: a table of one program gives a list of one."""
    plan = planned("applicant | step2_ck_score\nann | 245", "program | state\nP1 | NY")
    assert plan.shortlist["program_id"].to_list() == ["P1"]


def test_no_program_left_after_validation(planned: Planned) -> None:
    """The contract in the small: program rows with errors are left out, even all of them."""
    plan = planned("applicant | step2_ck_score\nann | 245", "program | considers_img\nP1 | perhaps")
    assert plan.applicants["suggested_applications"].to_list() == [0]


def test_one_candidate_without_a_signal_to_give() -> None:
    """The plan, Signals: one program and no signals is the smallest list."""
    assert choices(candidates([0.1], [1])) == [[APPLIED]]


# ── Marginal value ───────────────────────────────────────────────────────────────────────────────


def test_marginal_value_is_what_leaving_it_out_costs(example: Result, policy: Policy) -> None:
    """The plan, Locks: V(list) − V(list without it), signals as they stand, for the cohort."""
    for (_,), listed in example.shortlist.group_by("applicant_id", maintain_order=True):
        added = values_added(listed, policy)
        np.testing.assert_allclose(listed["marginal_value"], added, rtol=0, atol=6e-7)


def test_marginal_value_by_hand(planned: Planned, policy: Policy) -> None:
    """The plan, Locks: of two programs of one desirability u, each adds u·q·(1 − the other q)."""
    plan = planned("applicant | step2_ck_score\nann | 245", "program | us_img_pct\nP1 | 9\nP2 | 0")
    chances = policy.interviews.match_per_interview * plan.shortlist["invite_rate"]
    expected = 1.25 * chances * (1 - chances.reverse())
    np.testing.assert_allclose(plan.shortlist["marginal_value"], expected, rtol=0, atol=6e-7)


def test_alike_applicants_share_lists_up_to_sizes_of_their_own() -> None:
    """Solved once up to the larger size, each has what it would have had alone."""
    one = candidates([0.5, 0.2, 0.4, 0.1], [3, 1, 2, 4], signalled=[0.6, 0.5, 0.4, 0.3])
    two = one.of(np.array([0, 0]))
    most = np.array([2, 4])
    shared, own = solved(one, 1).of(np.array([0, 0]), most), best_lists(two, most, 1)
    assert np.array_equal(shared.choices, own.choices)
    assert np.array_equal(shared.values, own.values)


def test_the_kinds_of_what_decides() -> None:
    """Every array counts, to the last bit; kinds come in the order of their first applicant."""
    rates = np.array([[0.1, 0.2], [0.1, 0.2 + 1e-16], [0.1, 0.2], [0.1, 0.2]])
    may = np.array([[True], [True], [False], [True]])
    first, which = distinct([rates, may])
    assert (first.tolist(), which.tolist()) == ([0, 1, 2], [0, 1, 2, 0])

"""Every value and sentence of the rulebook is read by the pipeline, and no other stands in it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, get_type_hints

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.calibrate.offices import DOCS, PROGRAMS

from stepladder import refresh, shipped
from stepladder.books import text_table
from stepladder.calibrate import Inputs, calibrate
from stepladder.result import Result
from stepladder.rulebook import Rulebook, load_rulebook
from stepladder.rulebook.policy import Day, FeeStep, Policy

AS_OF = date(2026, 9, 1)
SEASON = 2027


def planned(rulebook: Rulebook, applicants: int | None = None) -> Result:
    """The whole pipeline on the example cohort, or on its first applicants."""
    cohort, programs = (
        shipped.workbooks() / f"example-{name}-fictional.csv" for name in ("applicants", "programs")
    )
    table = refresh.read_applicants(cohort)
    if applicants is not None:
        table = replace(
            table,
            cells=table.cells.head(applicants),
            sheet_rows=table.sheet_rows.head(applicants),
            overlong=table.overlong.head(applicants),
        )
    settings = refresh.Settings(rulebook, AS_OF, keep_pairs=True, with_levers=True)
    return refresh.refresh(table, refresh.read_programs(programs), settings)


def planned_without_facts(rulebook: Rulebook) -> Result:
    """Two applicants whom the example lacks, over programs of which nothing else is on file.

    One must have more programs than the maximum; for the other even the range's top misses the
    target; the third wants none of them. What is not on file of the programs is counted half, and
    named.
    """
    programs = pl.DataFrame({"program_id": [f"P{number:03}" for number in range(90)]})
    programs = programs.with_columns(program_name="program_id", considers_img=pl.lit("Yes"))
    applicants = pl.DataFrame(
        {
            "applicant_id": ["must", "weak", "never"],
            "img_status": ["Non-US IMG", "Non-US IMG", "Non-US IMG"],
            "graduation_year": ["2026", "2026", "2026"],
            "step2_ck_score": ["250", "220", "250"],
            "max_applications": ["1", None, None],
            "must_program_ids": ["P001; P002", None, None],
            "never_program_ids": [None, None, "; ".join(programs["program_id"])],
        }
    )
    return refresh.refresh(
        text_table(applicants, "applicants"),
        text_table(programs, "programs"),
        refresh.Settings(rulebook, AS_OF, keep_pairs=True),
    )


def calibrated(rulebook: Rulebook, folder: Path) -> None:
    """A calibration on the fictional outcomes of docs/calibration.md."""
    seasons = [DOCS / f"applicants-{season}-fictional.csv" for season in (2027, 2028)]
    inputs = Inputs(DOCS / "outcomes-until-2028-fictional.csv", seasons, PROGRAMS)
    settings = refresh.Settings(rulebook, date(2028, 6, 1))
    calibrate(inputs, folder / "office.toml", settings)


def sections(value: object, name: str) -> Iterator[tuple[str, Any]]:
    """Every section of a policy with its name in the rulebook, from the top.

    A day by rule is one value, so that its months are not told from its weeks.
    """
    if not hasattr(value, "_fields") or isinstance(value, Day):
        return
    yield name, value
    for field in value._fields:
        yield from sections(getattr(value, field), f"{name}.{field}".lstrip("."))


@dataclass(frozen=True)
class Reading:
    """The names of all values of the rulebook, and of those that a run asks for."""

    all: frozenset[str]
    read: frozenset[str]


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    """What the pipeline reads of the shipped rulebook.

    Fee steps stand for one another: a run prices by the steps of its own seasons only. Taking a
    section of sentences as a whole reads them, since they are told by their place in it; a number
    has to be asked for by its name, and comparing policies asks for none.
    """
    rulebook = load_rulebook()
    named = {id(section): (name, section) for name, section in sections(rulebook.policy, "")}
    names = {name for name, _ in named.values()}
    types = {FeeStep, *(type(section) for _, section in named.values())}
    of_sentences = {cls for cls in types if set(get_type_hints(cls).values()) == {str}}
    wanted = {
        f"{name}.{field}".lstrip(".")
        for name, section in named.values()
        for field in section._fields
        if f"{name}.{field}".lstrip(".") not in names
    } | {f"costs.fees.{field}" for field in FeeStep._fields}
    read: set[str] = set()

    def record(section: object, attributes: Iterable[str]) -> None:
        # Calibration loads what it wrote: the values of that rulebook are not these.
        if type(section) is FeeStep or id(section) in named:
            name = "costs.fees" if isinstance(section, FeeStep) else named[id(section)][0]
            read.update(f"{name}.{each}".lstrip(".") for each in attributes)

    def attribute_of(section: object, attribute: str) -> object:
        if not attribute.startswith("_"):
            record(section, [attribute])
        value: object = object.__getattribute__(section, attribute)
        return value

    def values_of(section: tuple[object, ...]) -> Iterator[object]:
        if type(section) in of_sentences:
            record(section, get_type_hints(type(section)))
        return tuple.__iter__(section)

    with pytest.MonkeyPatch.context() as patch:
        for cls in types:
            patch.setattr(cls, "__getattribute__", attribute_of)
            patch.setattr(cls, "__iter__", values_of)
        planned(rulebook)
        planned_without_facts(rulebook)
        calibrated(rulebook, tmp_path_factory.mktemp("calibrated"))
    return Reading(frozenset(wanted), frozenset(read))


def test_every_value_and_sentence_is_read(reading: Reading) -> None:
    """Issue, Deliver 5: a value that nothing reads fails the tests; no exception is listed."""
    assert sorted(reading.all - reading.read) == []


def test_a_read_value_is_told_from_its_namesakes(reading: Reading) -> None:
    """What is recorded is one value of one section, as it stands in the rulebook."""
    namesakes = {"red_flags.step2_ck_below", "low_score.step2_ck_below", "exposure.step2_ck_below"}
    assert namesakes <= reading.all & reading.read


def frames(result: Result) -> dict[str, pl.DataFrame]:
    """The frames of a result by name."""
    return {sheet.name: sheet.frame for sheet in result.sheets}


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    """The shipped rulebook."""
    return load_rulebook()


@pytest.fixture(scope="module")
def as_shipped(rulebook: Rulebook) -> dict[str, pl.DataFrame]:
    """The first dozen applicants' results under the shipped rulebook."""
    return frames(planned(rulebook, 12))


def moved_by(policy: Policy, rulebook: Rulebook, before: dict[str, pl.DataFrame]) -> bool:
    """Another policy gives other results."""
    after = frames(planned(replace(rulebook, policy=policy), 12))
    return any(not frame.equals(after[name]) for name, frame in before.items())


@pytest.mark.parametrize("day", ["submit", "review", "ends"])
def test_a_day_of_the_season_moves_a_result(
    rulebook: Rulebook, as_shipped: dict[str, pl.DataFrame], day: str
) -> None:
    """Issue, Deliver 5: a day is read when it decides something, not when it is carried along."""
    calendar = rulebook.policy.calendar
    past = {**getattr(calendar, day), SEASON: AS_OF - timedelta(days=30)}
    policy = rulebook.policy._replace(calendar=calendar._replace(**{day: past}))
    assert moved_by(policy, rulebook, as_shipped)


def test_the_number_of_signals_moves_a_result(
    rulebook: Rulebook, as_shipped: dict[str, pl.DataFrame]
) -> None:
    """Issue, Deliver 5: as above, for the signals of a season."""
    fewer = {**rulebook.policy.signals.number, SEASON: 3}
    policy = rulebook.policy._replace(signals=rulebook.policy.signals._replace(number=fewer))
    assert moved_by(policy, rulebook, as_shipped)


def test_the_fees_of_the_season_move_a_result(
    rulebook: Rulebook, as_shipped: dict[str, pl.DataFrame]
) -> None:
    """Issue, Deliver 5: as above, for the fees of a season."""
    dearer = {**rulebook.policy.costs.fees, SEASON: (FeeStep(None, 40, None),)}
    policy = rulebook.policy._replace(costs=rulebook.policy.costs._replace(fees=dearer))
    assert moved_by(policy, rulebook, as_shipped)


def test_the_same_rulebook_moves_nothing(
    rulebook: Rulebook, as_shipped: dict[str, pl.DataFrame]
) -> None:
    """Design, Output columns: same input, rulebook and date, the same output."""
    again = frames(planned(rulebook, 12))
    for name, frame in as_shipped.items():
        assert_frame_equal(frame, again[name], check_exact=True)


def test_the_policy_has_a_type_for_every_section() -> None:
    """Each section of the policy is a named tuple, so that a run cannot change it."""
    for cls in get_type_hints(Policy).values():
        assert issubclass(cls, tuple), cls

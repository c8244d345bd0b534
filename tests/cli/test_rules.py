"""`stepladder rules`: every value of the rulebook with unit, kind and source."""

from pathlib import Path

import pytest
from tests.cli.command import run, start

from stepladder.rulebook import load, load_rulebook

SHIPPED = Path(load.__file__).with_name("pmr.toml")
ENTRIES = load_rulebook().entries
KINDS = {"guide", "published", "assumption"}


@pytest.fixture(scope="module")
def printed() -> list[str]:
    """The lines that `rules` prints."""
    return run("rules").out.splitlines()


def test_every_entry_is_shown_with_its_label_kind_and_source(printed: list[str]) -> None:
    """Commands; a source stands right under its value."""
    for entry in ENTRIES:
        unit = "" if entry.unit == "text" else f" {entry.unit}"
        at = printed.index(f"{entry.name} = {entry.value}{unit}")
        assert printed[at + 1] == f"    {entry.label} · {entry.kind} · {entry.source}"


def test_every_entry_has_a_kind_and_a_source(printed: list[str]) -> None:
    """Engine issue, 5: guide, published or assumption."""
    told = [line.strip().split(" · ", 2) for line in printed if line.startswith("    ")]
    assert len(told) == len(ENTRIES)
    assert {kind for _, kind, _ in told} == KINDS
    assert all(source for _, _, source in told)


def test_nothing_else_is_shown(printed: list[str]) -> None:
    """One value or heading a line."""
    values = [line for line in printed if " = " in line and not line.startswith(" ")]
    headings = [line for line in printed if line.startswith("[")]
    assert len(values) == len(ENTRIES)
    assert len(headings) == len({entry.name.split(".")[0] for entry in ENTRIES})


def test_an_offices_own_values_are_shown(tmp_path: Path) -> None:
    """Commands: --rulebook FILE."""
    own = SHIPPED.read_text("utf-8").replace("value = 250", "value = 252", 1)
    (tmp_path / "office.toml").write_text(own, encoding="utf-8")
    said = run("rules", "--rulebook", tmp_path / "office.toml").out
    assert "tiers.highly_competitive.minimum = 252 score\n" in said


def test_a_process_of_its_own_ends_with_0(tmp_path: Path) -> None:
    """Commands: exit 0, and nothing on stderr."""
    done = start("rules", folder=tmp_path)
    assert (done.exit_code, done.err) == (0, "")

"""`stepladder rules --out`: a copy of the rulebook for an office to change."""

from pathlib import Path

import pytest
from tests.cli.command import run

from stepladder.rulebook import load_rulebook


def test_the_copy_is_the_rulebook_and_is_read_again(tmp_path: Path) -> None:
    """The same bytes as were loaded, shipped or an office's own."""
    own, again = tmp_path / "own.toml", tmp_path / "again.toml"
    assert run("rules", "--out", own).out == f"Rulebook: {own}\n"
    assert load_rulebook(own).sha256 == load_rulebook().sha256
    own.write_text(own.read_text("utf-8").replace('version = "', 'version = "our ', 1), "utf-8")
    assert run("rules", "--rulebook", own, "--out", again).exit_code == 0
    assert again.read_bytes() == own.read_bytes()


def test_a_file_that_is_there_is_never_replaced(tmp_path: Path) -> None:
    """An office may have changed it: exit code 6, and it stays."""
    own = tmp_path / "own.toml"
    own.write_text("ours", "utf-8")
    done = run("rules", "--out", own)
    assert (done.exit_code, done.out) == (6, "")
    assert "is there already" in done.err
    assert own.read_text("utf-8") == "ours"


@pytest.mark.parametrize("name", ["own.xlsx", "own"])
def test_a_name_of_another_kind_is_wrong_usage(tmp_path: Path, name: str) -> None:
    """Exit code 2, and nothing is written."""
    assert run("rules", "--out", tmp_path / name).exit_code == 2
    assert list(tmp_path.iterdir()) == []

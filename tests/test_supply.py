"""What Stepladder is made of: licences, known vulnerabilities, and the tools that build it."""

import tomllib

import pytest
from tests.audit import UNREACHED, Audited, read
from tests.licences import (
    EXCEPTIONS,
    FOR_DEVELOPERS,
    PAGE,
    PERMISSIVE,
    ROOT,
    Licensed,
    is_one_of,
    licensed,
    page,
    refusals,
)

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCK = (ROOT / "requirements.lock").read_text("utf-8")


@pytest.fixture(scope="module")
def packages() -> list[Licensed]:
    """What the lock holds."""
    return licensed()


def test_every_licence_is_allowed_where_its_package_is_used(packages: list[Licensed]) -> None:
    """Issue 8, 5: of all locked packages, those for other systems among them."""
    assert len(packages) > 80
    assert refusals(packages) == []


def test_the_page_of_licences_is_up_to_date(packages: list[Licensed]) -> None:
    """docs/licences.md is what `make licences` writes."""
    assert PAGE.read_text("utf-8") == page(packages)


@pytest.mark.parametrize(
    ("licence", "part", "refused"),
    [
        ("MIT", "To run", False),
        ("MPL-2.0", "To run", True),
        ("MPL-2.0", "Extras", True),
        ("MPL-2.0", "To develop and test", False),
        ("GPL-3.0", "To run", True),
        ("GPL-3.0", "To develop and test", True),
        ("unknown: it is not installed here", "To develop and test", True),
    ],
)
def test_what_an_office_gets_is_held_to_more(licence: str, part: str, *, refused: bool) -> None:
    """Permissive licences where it runs; a tool at a desk may ask for its own changes back."""
    assert bool(refusals([Licensed("tool", ("1.0",), part, licence)])) is refused


def test_an_exception_is_one_at_a_desk_only() -> None:
    """It would be refused if Stepladder came to need it."""
    for name in EXCEPTIONS:
        assert refusals([Licensed(name, ("1.0",), "To develop and test", "GPL-3.0")]) == []
        assert refusals([Licensed(name, ("1.0",), "To run", "GPL-3.0")]) != []


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("GPL-3.0 OR MIT", True),
        ("GPL-3.0 AND MIT", False),
        ("Apache-2.0 WITH LLVM-exception AND MIT", True),
        ("MIT OR GPL-3.0 AND Zlib", True),
        ("GPL-2.0 OR GPL-3.0 AND MIT", False),
        ("", False),
    ],
)
def test_a_choice_of_licences_needs_one_that_is_allowed(licence: str, *, allowed: bool) -> None:
    """AND asks for all, OR for one."""
    assert is_one_of(licence, PERMISSIVE) is allowed
    assert PERMISSIVE < FOR_DEVELOPERS


VULNERABLE = {
    "name": "old",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1", "2.0"]}, {"id": "X-2", "fix_versions": []}],
}
CLEAN = {"name": "new", "version": "3.0", "vulns": []}
UNKNOWN = {"name": "ours", "skip_reason": "Dependency not found"}


@pytest.mark.parametrize(
    ("dependencies", "exit_code", "lines"),
    [
        ([CLEAN], 0, ["1 packages audited, 0 known vulnerabilities."]),
        (
            [CLEAN, VULNERABLE],
            1,
            [
                "old 1.0: PYSEC-1, mended in 1.1, 2.0.",
                "old 1.0: X-2, mended in no version yet.",
                "2 packages audited, 2 known vulnerabilities.",
            ],
        ),
        (
            [CLEAN, UNKNOWN],
            0,
            ["1 packages audited, 0 known vulnerabilities.", "The database does not know ours."],
        ),
        ([UNKNOWN], 0, [UNREACHED]),
        ([], 0, [UNREACHED]),
    ],
)
def test_an_audit_says_what_it_has_looked_up(
    dependencies: list[dict[str, object]], exit_code: int, lines: list[str]
) -> None:
    """A package that was skipped is not a package without faults."""
    audited = read({"dependencies": dependencies})
    assert isinstance(audited, Audited)
    assert (audited.exit_code, [*audited.lines()]) == (exit_code, lines)


def test_what_builds_is_pinned_to_what_is_locked() -> None:
    """Issue 8, 5: the build backend is one version, that of the lock, here and in isolation."""
    [backend] = PYPROJECT["build-system"]["requires"]
    assert "==" in backend
    assert f"\n{backend} \\\n" in LOCK
    assert backend in PYPROJECT["dependency-groups"]["dev"]

"""What is refused, with one sentence, and leaves everything as it was."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from tests.programs_import.conftest import PMR, imported

from stepladder import shipped
from stepladder.errors import InputError, PolicyError, StepladderError, UsageError
from stepladder.programs_import import import_programs
from stepladder.programs_import.mapping import load_mapping
from stepladder.validate import load_schema

Export = Callable[..., Path]
Programs = Callable[..., Path]

WHOLE = "ACGME residency program code | 3409998001\nResidency program name | Fennmoor"


def refusal(exports: list[Path], out: Path, kind: type[StepladderError] = InputError) -> str:
    """The sentence with which an import is refused."""
    with pytest.raises(kind) as refused:
        import_programs(exports, out)
    return refused.value.message


@pytest.mark.parametrize(
    ("top", "table"),
    [
        ("Specialty: Physical Medicine and Rehabilitation", "City | Fennmoor"),
        ("Programs", WHOLE),
        (PMR, f"City | Fennmoor\n{WHOLE}"),
        ("program_id", "3409998001"),
    ],
    ids=["no codes", "no specialty", "a line above the codes", "a list"],
)
def test_a_workbook_that_is_no_export(export: Export, tmp_path: Path, top: str, table: str) -> None:
    """Exit code 3, and nothing is written."""
    out = tmp_path / "programs.csv"
    message = refusal([export(table, top=top)], out)
    assert message.startswith("export.xlsx is not a Residency Explorer comparison export")
    assert not out.exists()


def test_a_csv_is_no_export(tmp_path: Path) -> None:
    """Even with the same lines: what Residency Explorer gives is a workbook."""
    path = tmp_path / "export.csv"
    path.write_text(f"{PMR}\n{WHOLE.replace(' | ', ',')}\n", "utf-8")
    assert "not a Residency Explorer" in refusal([path], tmp_path / "programs.csv")


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (None, "is not there"),
        (b"PK\x03\x04 cut", "is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"),
    ],
    ids=["missing", "damaged", "old format"],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | None, part: str) -> None:
    """Told apart from a workbook that is another thing."""
    path = tmp_path / "export.xlsx"
    if content:
        path.write_bytes(content)
    assert part in refusal([path], tmp_path / "programs.csv")


def test_an_export_without_names_is_not_whole(export: Export, tmp_path: Path) -> None:
    """Every row of programs needs a name."""
    given = export("ACGME residency program code | 3409998001")
    assert "not a whole" in refusal([given], tmp_path / "programs.csv")


def test_an_export_without_programs_is_not_whole(export: Export, tmp_path: Path) -> None:
    """A comparison of nothing is told, not written as an empty list."""
    given = export("ACGME residency program code |\nResidency program name |")
    assert "not a whole" in refusal([given], tmp_path / "programs.csv")


def test_two_exports_on_two_sheets(export: Export, tmp_path: Path) -> None:
    """One sheet is one export: the other would be lost."""
    path = export(WHOLE)
    book = openpyxl.load_workbook(path)
    book.copy_worksheet(book.worksheets[0])
    book.save(path)
    assert "more than one sheet" in refusal([path], tmp_path / "programs.csv")


@pytest.mark.parametrize(
    ("top", "is_taken"),
    [
        ("Specialty: Physical Medicine and Rehabilitation", True),
        ("Specialty: Physical Medicine & Rehabilitation", True),
        ("Specialty: Pediatrics/Physical Medicine and Rehabilitation", True),
        ("specialty : PM&R", True),
        ("Specialty:", True),
        ("Specialty: Neurology", False),
        ("Specialty: Transitional Year", False),
    ],
)
def test_another_specialty_is_refused(
    export: Export, tmp_path: Path, top: str, *, is_taken: bool
) -> None:
    """Its programs would be suggested as PM&R programs."""
    given, out = export(WHOLE, top=top), tmp_path / "programs.csv"
    if is_taken:
        assert len(imported([given], out)[0]) == 1
    else:
        assert "is an export of" in refusal([given], out)


def test_one_refused_export_refuses_all(
    export: Export, programs_csv: Programs, tmp_path: Path
) -> None:
    """Everything is read before anything is written: the list is as it was, nothing beside it."""
    out = programs_csv("program_id | program_name\n3409998009 | Heathby")
    before = out.read_bytes()
    good, bad = export(WHOLE, "good.xlsx"), export("City | Fennmoor", "bad.xlsx")
    refusal([good, bad], out)
    assert out.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.xlsx", "good.xlsx", out.name]


@pytest.mark.parametrize(
    ("own", "part"),
    [
        ("Fruit | Colour\nApple | red", "no known column title"),
        ("program_name | city\nHeathby | Heath", "no column of program codes"),
        ("program_id | program_name\n1 | Heathby | surplus", "line 2 has more cells"),
        ("program_id | Program code\n1 | 1", "both mean Program code"),
        ("", "is empty"),
    ],
)
def test_a_list_that_cannot_be_merged_into_is_refused(
    export: Export, programs_csv: Programs, own: str, part: str
) -> None:
    """Never overwritten: it may be another file of the office."""
    out = programs_csv(own)
    before = out.read_bytes()
    assert part in refusal([export(WHOLE)], out)
    assert out.read_bytes() == before


def test_a_workbook_named_as_a_csv_is_not_overwritten(export: Export, tmp_path: Path) -> None:
    """Told by its content."""
    book = openpyxl.Workbook()
    book.worksheets[0].append(["program_id", "program_name"])
    book.save(tmp_path / "programs.csv")
    assert "not a text file" in refusal([export(WHOLE)], tmp_path / "programs.csv")


@pytest.mark.parametrize("name", ["programs.xlsx", "programs.parquet", "programs.XLSM"])
def test_another_kind_of_file_is_wrong_usage(export: Export, tmp_path: Path, name: str) -> None:
    """Exit code 2: the list is a CSV."""
    assert name in refusal([export(WHOLE)], tmp_path / name, UsageError)


def test_no_export_is_wrong_usage(tmp_path: Path) -> None:
    """Exit code 2."""
    assert "No export" in refusal([], tmp_path / "programs.csv", UsageError)


def test_a_folder_gets_a_list(export: Export, tmp_path: Path) -> None:
    """Design: a path without a known suffix is a folder, created if missing."""
    report = import_programs([export(WHOLE)], tmp_path / "lists")
    assert report.out == tmp_path / "lists" / "programs.csv"
    assert report.out.exists()


SHIPPED = (shipped.schemas() / "residency-explorer.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("[columns.city]", "[columns.town]", "“town”"),
        ("[columns.city]\nlabels", "[columns.city]\nlabel", "Did you mean “labels”?"),
        ('= "University-affiliated"', '= "Affiliated"', "“Affiliated”"),
        ('["City", "Program city"]', '"City"', "list of texts"),
        ('["City", "Program city"]', '["City", "State"]', "label “State”"),
        ('["City", "Program city"]', '["the 2021"]', "label “the 2021”"),
        ('reads  = "range"', 'reads  = "spread"', "“spread”"),
        ("[specialty]", "[speciality]", "Did you mean “specialty”?"),
        ("advanced    =", "advance     =", "Did you mean “advanced”?"),
        ("[columns.program_name]", "[columns.notes]", "program_name"),
        ("small_words = [", "small_words = [[", "TOML"),
    ],
)
def test_the_mapping_is_read_strictly(tmp_path: Path, old: str, new: str, part: str) -> None:
    """A slip in the mapping stops the import, with its place."""
    assert old in SHIPPED
    path = tmp_path / "residency-explorer.toml"
    path.write_text(SHIPPED.replace(old, new, 1), "utf-8")
    schema = load_schema(shipped.schemas() / "programs.toml")
    with pytest.raises(PolicyError, match=r"The mapping residency-explorer\.toml") as refused:
        load_mapping(path, schema)
    assert part in refused.value.message

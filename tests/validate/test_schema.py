"""Schema files in; schemas, or the reason why a file is refused, out."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from pandera.errors import SchemaError

from stepladder.errors import PolicyError
from stepladder.validate import TableSchema, load_schema, pandera_schema
from stepladder.validate.spelling import header_key

APPLICANTS = """
    applicant_id name advisor season img_status medical_school_country graduation_year visa_needed
    ecfmg_certified step1_result step1_score step1_date step1_attempts step2_ck_score step2_ck_date
    step2_ck_attempts practice_score step3_score step3_date step3_attempts usce_months
    pmr_rotations_us pmr_observerships_us rotation_inpatient_rehab rotation_brain_spinal
    rotation_msk_pain letters_total letters_us_physiatrist letter_pmr_faculty case_reports posters
    qi_projects publications rehab_experience_months pmr_meetings prior_gme_months
    personal_statement gap_months budget_usd max_applications preferred_states rotated_program_ids
    must_program_ids never_program_ids prelim_planned notes
"""
PROGRAMS = """
    program_id program_name institution city state setting track positions considers_img us_img_pct
    non_us_img_pct min_step1 min_step2_ck typical_step1 typical_step2_ck max_step1_attempts
    max_step2_ck_attempts max_years_since_graduation j1_visa h1b_visa step3_required
    ecfmg_required_to_apply min_usce_months min_pmr_letters holistic_review takes_signals
    applications_received interviewed_pct source_url verified_on notes
"""

SMALL = """
name = "pets"
title = "Pets"
key = "pet_id"

[columns.pet_id]
title = "Pet ID"
type = "id"
required = true
unique = true
help = "A code."

[columns.legs]
title = "Legs"
aliases = ["Number of legs"]
type = "integer"
minimum = 0
maximum = 8
help = "How many."

[columns.kind]
title = "Kind"
type = "choice"
allowed = ["Cat", "Dog"]
help = "What it is."

[rules.legless]
severity = "query"
columns = ["legs"]
message = "{cell}: {found} legs."
fix = "Count again."
"""


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., TableSchema]:
    """Load the small schema with one text replaced by another."""

    def loaded(old: str = "", new: str = "") -> TableSchema:
        assert old in SMALL
        path = tmp_path / "pets.toml"
        path.write_text(SMALL.replace(old, new, 1), encoding="utf-8")
        return load_schema(path)

    return loaded


@pytest.mark.parametrize(("table", "names"), [("applicants", APPLICANTS), ("programs", PROGRAMS)])
def test_every_column_is_there_in_order(
    schemas: dict[str, TableSchema], table: str, names: str
) -> None:
    """The columns of the design, in its order."""
    assert [column.name for column in schemas[table].columns] == names.split()


@pytest.mark.parametrize(
    ("table", "required"),
    [
        ("applicants", ["applicant_id", "img_status", "graduation_year"]),
        ("programs", ["program_id", "program_name"]),
    ],
)
def test_only_what_a_row_cannot_do_without_is_required(
    schemas: dict[str, TableSchema], table: str, required: list[str]
) -> None:
    """Blank means unknown in every other column."""
    assert [column.name for column in schemas[table].columns if column.required] == required


@pytest.mark.parametrize("table", ["applicants", "programs"])
def test_no_alias_says_what_the_column_s_other_headers_say(
    schemas: dict[str, TableSchema], table: str
) -> None:
    """Case, spaces and punctuation do not make a new header."""
    for column in schemas[table].columns:
        known = {header_key(column.name), header_key(column.title)}
        keys = [header_key(alias) for alias in column.aliases]
        assert len({*keys} - known) == len(keys), column.name


@pytest.mark.parametrize("table", ["applicants", "programs"])
def test_names_and_notes_are_personal(schemas: dict[str, TableSchema], table: str) -> None:
    """Nothing of these columns is ever quoted."""
    personal = {column.name for column in schemas[table].columns if column.personal}
    assert personal == {"name", "notes"} & {*schemas[table].by_name}


def test_columns_that_scoring_does_not_read_are_queried_only(
    schemas: dict[str, TableSchema],
) -> None:
    """Money, counts and dates beside the score do not keep a row from being scored."""
    queried = {
        column.name
        for schema in schemas.values()
        for column in schema.columns
        if column.severity == "query"
    }
    assert queried >= {
        "budget_usd",
        "max_applications",
        "pmr_meetings",
        "prelim_planned",
        "preferred_states",
        "state",
        "positions",
        "applications_received",
        "interviewed_pct",
        "verified_on",
        "takes_signals",
    }


def test_both_tables_know_the_same_states(schemas: dict[str, TableSchema]) -> None:
    """The states are listed once."""
    preferred = schemas["applicants"].by_name["preferred_states"]
    state = schemas["programs"].by_name["state"]
    assert preferred.allowed == state.allowed
    assert len(state.allowed) == 50 + len(["DC", "PR", "GU", "VI", "AS", "MP"])


def test_the_small_schema_is_sound(load: Callable[..., TableSchema]) -> None:
    """So that each refusal below has one reason."""
    schema = load()
    assert [column.name for column in schema.columns] == ["pet_id", "legs", "kind"]
    assert schema.by_name["legs"].expected == "a whole number from 0 to 8"
    assert schema.by_name["kind"].expected == "Cat or Dog"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("minimum = 0", "minimun = 0", "columns.legs, has “minimun”.* Did you mean “minimum”?"),
        ('key = "pet_id"', 'key = "pet"', "key, has “pet”.* Did you mean “pet_id”?"),
        ('title = "Pets"', "", "title, is missing"),
        ('help = "How many."', "", "columns.legs.help, is missing"),
        ('title = "Legs"', "title = 4", "columns.legs.title, is of the wrong type"),
        ("unique = true", "unique = 1", "columns.pet_id.unique, is of the wrong type"),
        ('type = "integer"', 'type = "integers"', "Did you mean “integer”?"),
        ("minimum = 0\n", "", "both minimum and maximum"),
        ("minimum = 0", "minimum = 9", "minimum above its maximum"),
        ("minimum = 0", "minimum = 0.5", "columns.legs.minimum, does not fit"),
        ("minimum = 0", "minimum = true", "columns.legs.minimum, does not fit"),
        ('allowed = ["Cat", "Dog"]', "minimum = 1\nmaximum = 2", "has limits"),
        ('allowed = ["Cat", "Dog"]', "", "allowed values exactly if its type is choice"),
        ('"Dog"]', '"cat."]', "two entries that read like"),
        ('"Dog"]', "4]", "list of texts"),
        ('help = "What it is."', 'help = ""\nsynonyms = {Kitty = "Cats"}', "Did you mean “Cat”?"),
        ('help = "What it is."', 'help = ""\nvocabulary = "kinds"', "“kinds”, which is not known"),
        ('help = "What it is."', 'help = ""\nseverity = "eror"', "Did you mean “error”?"),
        ('title = "Kind"', 'title = "LEGS?"', "shares the header “LEGS\\?” with Legs"),
        ('title = "Kind"', 'title = "Kind"\naliases = ["legs"]', "shares the header “legs”"),
        ('title = "Kind"', 'title = "Kind"\naliases = ["#"]', "without a letter"),
        ('columns = ["legs"]', 'columns = ["leg"]', "Did you mean “legs”?"),
        ("{found} legs", "{fund} legs", "Did you mean “found”?"),
        ("[columns.legs]", "[columns]\nlegs = 4\n[columns.arms]", "columns.legs, is to be a table"),
        (
            "[rules.legless]",
            '[split.limbs]\ntitle = "Limbs"\ninto = ["legs"]\n[rules.legless]',
            "split.limbs.into, is to name two columns",
        ),
        ("[rules.legless]", "[vocabulary]\nkinds = 4\n[rules.legless]", "kinds, is to be a table"),
        (
            "[rules.legless]",
            "[vocabulary.kinds]\nCat = 2026-11-28\n[rules.legless]",
            "vocabulary.kinds.Cat, is to be a list of texts",
        ),
        ("[rules.legless]", "[rule.legless]", "Did you mean “rules”?"),
        ("[rules.legless]", "[rules.legless", "is no valid TOML"),
        ("[rules.legless]", "x = " + "[" * 5_000, "is no valid TOML"),
        ("[rules.legless]", "x = " + "9" * 5_000, "is no valid TOML"),
    ],
)
def test_a_slip_in_a_schema_file_is_refused(
    load: Callable[..., TableSchema], old: str, new: str, says: str
) -> None:
    """With the file, the key, and the nearest known word where there is one."""
    with pytest.raises(PolicyError, match=says) as refusal:
        load(old, new)
    assert "pets.toml" in str(refusal.value)


def test_a_schema_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """With its name, without its folder."""
    with pytest.raises(PolicyError, match=r"^The schema pets\.toml cannot be read\.$"):
        load_schema(tmp_path / "pets.toml")


@pytest.mark.parametrize("table", ["applicants", "programs"])
def test_pandera_accepts_an_empty_typed_frame(schemas: dict[str, TableSchema], table: str) -> None:
    """The compiled schema has the columns and types of the typed frame, and coerces nothing."""
    compiled = pandera_schema(schemas[table])
    compiled.validate(schemas[table].dtypes.to_frame())
    assert list(compiled.columns) == schemas[table].dtypes.names()
    assert not compiled.coerce


def test_pandera_refuses_text_for_a_number(schemas: dict[str, TableSchema]) -> None:
    """A column that was not read into its type never passes as one that was."""
    frame = pl.DataFrame({"posters": ["3"]})
    with pytest.raises(SchemaError, match="posters"):
        pandera_schema(schemas["applicants"], ["posters"]).validate(frame)

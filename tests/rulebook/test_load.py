"""The strict loader: what it takes, and what it refuses with the name of the entry."""

from collections.abc import Callable, Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from stepladder.errors import PolicyError
from stepladder.rulebook import Rulebook, load_rulebook
from stepladder.rulebook.policy import Day, Fees, FeeStep

SHIPPED = files("stepladder.rulebook").joinpath("pmr.toml").read_text(encoding="utf-8")

Load = Callable[[str], Rulebook]
Refused = Callable[[str], str]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load a rulebook's text as an office's own file."""

    def loaded(text: str) -> Rulebook:
        path = tmp_path / "own.toml"
        path.write_text(text, encoding="utf-8")
        return load_rulebook(path)

    return loaded


@pytest.fixture
def refused(load: Load) -> Refused:
    """Give the sentence with which a rulebook's text is refused."""

    def refusal(text: str) -> str:
        with pytest.raises(PolicyError) as caught:
            load(text)
        assert caught.value.exit_code == 5
        assert caught.value.message.startswith("Rulebook own.toml: ")
        return caught.value.message.removeprefix("Rulebook own.toml: ")

    return refusal


def edited(*changes: tuple[str, str, str]) -> str:
    """The shipped rulebook with lines of some entries changed: (entry, from, to)."""
    text = SHIPPED
    for entry, old, new in changes:
        head, found, rest = text.partition(f"\n[{entry}]\n")
        block, table, tail = rest.partition("\n[")
        assert found, f"there is no entry {entry}"
        assert block.count(old) == 1, f"{entry} has not one {old}"
        text = head + found + block.replace(old, new) + table + tail
    return text


# ── What is taken ────────────────────────────────────────────────────────────────────────────────


def test_a_copy_of_the_shipped_rulebook_is_taken(load: Load) -> None:
    """Issue, Deliver 5: `--rulebook FILE` for an office's own; the same values, the same policy."""
    assert load(SHIPPED).policy == load_rulebook().policy


def test_a_copy_with_a_byte_order_mark_is_taken(load: Load) -> None:
    """Windows editors write one."""
    assert load("\ufeff" + SHIPPED).policy == load_rulebook().policy


def test_another_value_is_taken(load: Load) -> None:
    """Issue, Deliver 5: an office's own number replaces ours, and no other."""
    own = load(edited(("red_flags.gap_months_above", "value = 12", "value = 18")))
    pairs = zip(own.entries, load_rulebook().entries, strict=True)
    assert own.policy.red_flags.gap_months_above == 18
    assert [ours.name for theirs, ours in pairs if theirs != ours] == ["red_flags.gap_months_above"]


def test_another_sentence_is_taken(load: Load) -> None:
    """Issue, Deliver 5: sentences are the office's too; a brace is written twice."""
    own = load(edited(("red_flag_names", '"Step 2 CK below {step2_ck_below}"', '"Low {{CK}}"')))
    assert own.policy.red_flag_names.step2_ck == "Low {{CK}}"


def test_a_whole_number_is_taken_for_a_number(load: Load) -> None:
    """An advisor writes 25 rather than 25.0."""
    own = load(edited(("pmr_fit.rotations", "value = 25.0", "value = 25")))
    assert own.policy == load_rulebook().policy
    assert isinstance(own.policy.pmr_fit.rotations, float)


def test_a_further_season_is_taken(load: Load) -> None:
    """Domain, Season: the table grows by one season a year."""
    line = 'values.2029 = { value = 24, kind = "assumption", source = "Ours" }'
    own = load(edited(("signals.number", "values.2028", f"{line}\nvalues.2028")))
    assert list(own.policy.signals.number) == [2025, 2026, 2027, 2028, 2029]


def test_dated_values_stand_in_the_order_of_their_dates(load: Load) -> None:
    """Domain, Exams: the latest date that is reached decides, wherever it stands in the file."""
    line = 'values.2012-01-01 = { value = 189, kind = "published", source = "USMLE" }'
    own = load(
        edited(("exams.step1_passing", "values.2022-01-26 =", f"{line}\nvalues.2022-01-26 ="))
    )
    assert own.policy.exams.step1_passing == (
        (None, 188),
        (date(2012, 1, 1), 189),
        (date(2014, 1, 1), 192),
        (date(2018, 1, 1), 194),
        (date(2022, 1, 26), 196),
    )


def test_a_flat_fee_and_a_price_for_each_are_steps(load: Load) -> None:
    """Domain, Season: $99 for the first 10, then $19, $23, $27 each by tens."""
    steps = load(SHIPPED).policy.costs.fees[2024]
    assert steps == (
        FeeStep(through=10, each=0, flat=99),
        FeeStep(through=20, each=19, flat=None),
        FeeStep(through=30, each=23, flat=None),
        FeeStep(through=None, each=27, flat=None),
    )


# ── Every entry has a label, a unit, a kind and a source ─────────────────────────────────────────


def leaves(value: object, name: str) -> Iterator[str]:
    """The names of all values of a policy, each season or test date of a dated one on its own.

    A day by rule is one value.
    """
    if isinstance(value, Day):
        yield name
    elif hasattr(value, "_fields"):
        for field in value._fields:
            yield from leaves(getattr(value, field), f"{name}.{field}")
    elif isinstance(value, dict):
        yield from (f"{name}.{key}" for key in value)
    elif isinstance(value, tuple):
        yield from (f"{name}.{first or 'earlier'}" for first, _ in value)
    else:
        yield name


def test_every_value_of_the_policy_is_an_entry() -> None:
    """Issue, Deliver 5: `stepladder rules` shows every value."""
    rulebook = load_rulebook()
    names = {name.lstrip(".") for name in leaves(rulebook.policy, "")}
    assert {entry.name for entry in rulebook.entries} == names
    assert len(rulebook.entries) == len(names)


@pytest.mark.parametrize("part", ["label", "value", "unit", "kind", "source"])
def test_every_entry_says_all_about_itself(part: str) -> None:
    """Issue, Deliver 5: each value has label, unit, kind and source."""
    entries = load_rulebook().entries
    assert [entry.name for entry in entries if not getattr(entry, part).strip()] == []


def test_every_kind_is_guide_published_or_assumption() -> None:
    """Design, Scores: G guide, P published, A assumption."""
    kinds = {entry.kind for entry in load_rulebook().entries}
    assert kinds == {"guide", "published", "assumption"}


def test_what_comes_from_the_guide_names_its_section() -> None:
    """Issue, Deliver 5: a source; of the guide, where in it."""
    sources = {entry.source for entry in load_rulebook().entries if entry.kind == "guide"}
    assert [source for source in sources if not source.startswith("Guide")] == []


def test_the_hash_is_of_the_files_bytes(load: Load) -> None:
    """Design, Output columns: the Log names the rulebook's version and hash."""
    assert load(SHIPPED).sha256 == load_rulebook().sha256
    assert load(SHIPPED + "\n").sha256 != load_rulebook().sha256


# ── What is refused: the file ────────────────────────────────────────────────────────────────────


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """Design, Commands: exit code 5, rulebook invalid; the sentence names the file."""
    with pytest.raises(PolicyError, match=r"The rulebook own\.toml cannot be read") as caught:
        load_rulebook(tmp_path / "own.toml")
    assert caught.value.exit_code == 5


def test_a_folder_is_refused(tmp_path: Path) -> None:
    """Design, Commands: as a missing file."""
    with pytest.raises(PolicyError, match="cannot be read"):
        load_rulebook(tmp_path)


def test_invalid_toml_is_refused(refused: Refused) -> None:
    """Design, The flow: a strict loader; the place in the file is told."""
    assert refused("title = \n").startswith("the file is no valid TOML (")
    assert "line 1" in refused("title = \n")


@pytest.mark.parametrize(
    "value", ["[" * 5_000 + "]" * 5_000, "9" * 5_000], ids=["brackets", "digits"]
)
def test_toml_without_end_is_refused(refused: Refused, value: str) -> None:
    """Python's own reader of TOML gives up on it in other ways than on a slip."""
    assert refused(f"title = {value}\n").startswith("the file is no valid TOML (")


def test_other_text_than_utf_8_is_refused(tmp_path: Path) -> None:
    """TOML is UTF-8; what an editor saved in another encoding is told, not guessed."""
    path = tmp_path / "own.toml"
    path.write_bytes(SHIPPED.encode("utf-16"))
    with pytest.raises(PolicyError, match="is no valid TOML"):
        load_rulebook(path)


def test_an_entry_given_twice_is_refused(refused: Refused) -> None:
    """Of two values none is silently taken."""
    twice = SHIPPED + "\n[red_flags.gap_months_above]\nvalue = 3\n"
    assert refused(twice).startswith("the file is no valid TOML (")


def test_an_empty_file_is_refused(refused: Refused) -> None:
    """An own rulebook must have every entry of the shipped one."""
    assert refused("") == "title is to be a text and may not be empty."


@pytest.mark.parametrize("key", ["title", "version"])
def test_a_rulebook_without_its_name_is_refused(refused: Refused, key: str) -> None:
    """Design, Output columns: results name the rulebook they come from."""
    lines = [line for line in SHIPPED.splitlines() if not line.startswith(f"{key} ")]
    assert refused("\n".join(lines)) == f"{key} is to be a text and may not be empty."


def test_a_version_that_is_no_text_is_refused(refused: Refused) -> None:
    """A version is quoted, so that 2026.10 does not become 2026.1."""
    text = SHIPPED.replace('version = "2026.11"', "version = 2026.11")
    assert text != SHIPPED
    assert refused(text) == "version is to be a text and may not be empty."


# ── What is refused: keys ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        pytest.param(
            SHIPPED.replace("[red_flags.gap_months_above]", "[red_flag.gap_months_above]"),
            "red_flag is not known; did you mean red_flags?",
            id="section",
        ),
        pytest.param(
            SHIPPED.replace("[red_flags.gap_months_above]", "[red_flags.gap_month_above]"),
            "red_flags.gap_month_above is not known; did you mean gap_months_above?",
            id="entry",
        ),
        pytest.param(
            edited(("red_flags.gap_months_above", "value =", "valeu =")),
            "red_flags.gap_months_above.valeu is not known; did you mean value?",
            id="key of an entry",
        ),
        pytest.param(
            edited(("red_flag_names", "gap =", "gaps =")),
            "red_flag_names.gaps is not known; did you mean gap?",
            id="sentence",
        ),
        pytest.param(
            SHIPPED.replace("tiers.targeted.minimum", "tiers.targetted.minimum"),
            "tiers.targetted is not known; did you mean targeted?",
            id="tier",
        ),
        pytest.param(
            edited(("signals.number", "values.2025 = { value", "values.2025 = { vaule")),
            "signals.number.2025.vaule is not known; did you mean value?",
            id="key of a dated value",
        ),
        pytest.param(SHIPPED + "\n[zzz]\n", "zzz is not known.", id="nothing near"),
    ],
)
def test_an_unknown_key_is_refused(refused: Refused, text: str, refusal: str) -> None:
    """Design, The flow: a strict loader, with the nearest known name."""
    assert refused(text) == refusal.removesuffix(".") + "."


@pytest.mark.parametrize("key", ["label", "unit", "kind", "source", "value"])
def test_an_entry_without_one_of_its_keys_is_refused(refused: Refused, key: str) -> None:
    """Issue, Deliver 5: each value has label, unit, kind and source."""
    head, _, rest = SHIPPED.partition("[red_flags.gap_months_above]\n")
    lines = rest.splitlines()
    kept = [line for place, line in enumerate(lines) if place > 5 or not line.startswith(key)]
    text = f"{head}[red_flags.gap_months_above]\n" + "\n".join(kept)
    assert refused(text) == f"red_flags.gap_months_above.{key} is missing."


@pytest.mark.parametrize("key", ["kind", "source", "gap"])
def test_a_section_of_sentences_without_one_of_its_keys_is_refused(
    refused: Refused, key: str
) -> None:
    """Issue, Deliver 5: sentences have a kind and a source too."""
    text = edited(("red_flag_names", f"{key} = ", "# "))
    assert refused(text) == f"red_flag_names.{key} is missing."


@pytest.mark.parametrize("key", ["label", "unit"])
def test_a_dated_entry_without_one_of_its_keys_is_refused(refused: Refused, key: str) -> None:
    """Issue, Deliver 5: dated values share a label and a unit."""
    text = edited(("signals.number", f"{key} = ", "# "))
    assert refused(text) == f"signals.number.{key} is missing."


@pytest.mark.parametrize(
    ("old", "key"),
    [("value = 8, ", "value"), ('kind = "published", ', "kind"), (", source =", "source")],
)
def test_a_dated_value_without_one_of_its_keys_is_refused(
    refused: Refused, old: str, key: str
) -> None:
    """Issue, Deliver 5: each dated value has its own kind and source."""
    line = 'values.2025 = { value = 8, kind = "published", source = "AAMC: program signals, season'
    less = line.replace(old, "") if key != "source" else line.partition(", source")[0] + " } #"
    text = edited(("signals.number", line, less))
    assert refused(text) == f"signals.number.2025.{key} is missing."


def test_a_missing_entry_is_refused(refused: Refused) -> None:
    """An own rulebook must have every entry of the shipped one."""
    head, _, rest = SHIPPED.partition("\n[desirability.rotated]\n")
    text = head + "\n[" + rest.partition("\n[")[2]
    assert refused(text) == "desirability.rotated is missing."


def test_a_missing_section_is_refused(refused: Refused) -> None:
    """An own rulebook must have every section of the shipped one."""
    head, _, rest = SHIPPED.partition("\n[band_names]\n")
    text = head + "\n[" + rest.partition("\n[")[2]
    assert refused(text) == "band_names is missing."


# ── What is refused: values ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("entry", "old", "new", "complaint"),
    [
        ("red_flags.gap_months_above", "12", "12.0", "is to be a whole number"),
        ("red_flags.gap_months_above", "12", '"12"', "is to be a whole number"),
        ("red_flags.gap_months_above", "12", "true", "is to be a whole number"),
        ("red_flags.gap_months_above", "12", "[12]", "is to be a whole number"),
        ("pmr_fit.rotations", "25.0", '"25"', "is to be a number"),
        ("pmr_fit.rotations", "25.0", "false", "is to be a number"),
        ("exams.pass_fail_from", "2022-01-26", '"2022-01-26"', "is to be a date"),
        ("exams.pass_fail_from", "2022-01-26", "2022-01-26T00:00:00", "is to be a date"),
        ("exams.pass_fail_from", "2022-01-26", "20220126", "is to be a date"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(
    refused: Refused, entry: str, old: str, new: str, complaint: str
) -> None:
    """Design, The flow: named tuples of ints, floats and dates; nothing is coerced."""
    text = edited((entry, f"value = {old}", f"value = {new}"))
    assert refused(text) == f"{entry} {complaint}."


def test_a_dated_value_of_the_wrong_type_is_refused(refused: Refused) -> None:
    """As above, for one season."""
    text = edited(("calendar.submit", "value = 2024-09-04", 'value = "2024-09-04"'))
    assert refused(text) == "calendar.submit.2025 is to be a date."


@pytest.mark.parametrize(
    ("entry", "old", "inside", "outside", "limits"),
    [
        ("low_score.step2_ck_below", "230", None, "0", "1 and 300 score"),
        ("red_flags.step3_strong", "230", "300", "301", "1 and 300 score"),
        ("red_flags.step3_strong", "230", "1", "0", "1 and 300 score"),
        ("invite_rate.fit_center", "50.0", "100", "100.5", "0 and 100 points"),
        ("invite_rate.fit_center", "50.0", "0", "-0.5", "0 and 100 points"),
        ("program_fit.img_record_full_pct", "20.0", "1", "0.5", "1 and 100 percent"),
        ("pmr_fit.observership_share", "0.5", "1", "1.1", "0 and 1 share"),
        ("pmr_fit.observership_share", "0.5", "0", "-0.1", "0 and 1 share"),
        ("tiers.steep_climb.invite_rate", "0.05", "0.001", "0.0005", "0.001 and 0.999 rate"),
        ("tiers.steep_climb.invite_rate", "0.05", None, "1", "0.001 and 0.999 rate"),
        ("interviews.target_chance", "0.80", "0.999", "1", "0.001 and 0.999 chance"),
        ("interviews.correlation", "0.1", "0.95", "0.96", "0 and 0.95 correlation"),
        ("interviews.correlation", "0.1", "0", "-0.1", "0 and 0.95 correlation"),
        ("costs.prelim_programs", "15", "0", "-1", "0 and 1000 applications"),
        ("costs.prelim_programs", "15", "1000", "1001", "0 and 1000 applications"),
        ("interviews.target", "5", "50", "51", "1 and 50 interviews"),
        ("interviews.target", "5", None, "0", "1 and 50 interviews"),
        ("red_flags.attempts_allowed", "4", "20", "21", "0 and 20 attempts"),
        ("red_flags.exam_window_years", "7", "1", "0", "1 and 50 years"),
        ("red_flags.gap_months_above", "12", "600", "601", "1 and 600 months"),
        ("exams.safe_weeks", "6", "0", "-1", "0 and 52 weeks"),
        ("exams.safe_weeks", "6", "52", "53", "0 and 52 weeks"),
        ("listing.stale_days", "365", "1", "0", "1 and 3650 days"),
        ("pmr_fit.rotations_full", "2", "1", "0", "1 and 50 rotations"),
        ("pmr_fit.letters_full", "2", "1", "0", "1 and 50 letters"),
        ("pmr_fit.research_full", "3", "1", "0", "1 and 50 experiences"),
        ("desirability.base", "1.0", "100", "101", "0 and 100 index"),
        ("listing.reasons_shown", "3", "1", "0", "1 and 100 count"),
        ("invite_rate.signal_lift", "0.7", "5", "5.1", "0 and 5 log-odds"),
        ("costs.token", "185", "100000", "100001", "0 and 100000 USD"),
        ("pmr_fit.rotations", "25.0", None, "nan", "0 and 100 points"),
        ("pmr_fit.rotations", "25.0", None, "inf", "0 and 100 points"),
    ],
)
def test_a_value_beyond_the_limits_of_its_unit_is_refused(
    load: Load,
    refused: Refused,
    entry: str,
    old: str,
    inside: str | None,
    outside: str,
    limits: str,
) -> None:
    """A slip of typing is told with the limits; the limit itself is taken.

    `inside` is None where the limit cannot be had for another reason.
    """
    text = edited((entry, f"value = {old}", f"value = {outside}"))
    assert refused(text) == f"{entry} is to lie between {limits}."
    if inside is not None:
        load(edited((entry, f"value = {old}", f"value = {inside}")))


def test_a_dated_value_beyond_the_limits_of_its_unit_is_refused(refused: Refused) -> None:
    """As above, for one test date."""
    text = edited(("exams.step3_passing", "value = 200", "value = 2000"))
    assert refused(text) == "exams.step3_passing.2024-01-01 is to lie between 1 and 300 score."


@pytest.mark.parametrize("kind", ['"Guide"', '"opinion"', '""', "1", "[]"])
def test_a_kind_of_its_own_is_refused(refused: Refused, kind: str) -> None:
    """Design, Scores: guide, published, assumption, or calibrated on outcomes."""
    text = edited(("red_flags.gap_months_above", 'kind = "assumption"', f"kind = {kind}"))
    complaint = "is to be one of guide, published, assumption, calibrated."
    assert refused(text) == f"red_flags.gap_months_above.kind {complaint}"


@pytest.mark.parametrize("text", ['""', '"  "', "5"])
@pytest.mark.parametrize("key", ["label", "source", "unit"])
def test_an_entry_with_an_empty_text_is_refused(refused: Refused, key: str, text: str) -> None:
    """Issue, Deliver 5: a value without a source fails; so does one without a label or unit."""
    entry = "exams.pass_fail_from"
    head, _, rest = SHIPPED.partition(f"[{entry}]\n")
    block, _, tail = rest.partition("\n\n")
    lines = [
        f"{key} = {text}" if line.startswith(f"{key} = ") else line for line in block.splitlines()
    ]
    own = f"{head}[{entry}]\n" + "\n".join(lines) + "\n\n" + tail
    assert refused(own) == f"{entry}.{key} is to be a text and may not be empty."


def test_a_unit_that_is_a_list_is_refused(refused: Refused) -> None:
    """As above, for a number, whose unit is looked up."""
    text = edited(("red_flags.gap_months_above", 'unit = "months"', 'unit = ["months"]'))
    assert refused(text).startswith("red_flags.gap_months_above.unit is to be a text")


@pytest.mark.parametrize("sentence", ['""', '"   "', "5", '["gap"]'])
def test_an_empty_sentence_is_refused(refused: Refused, sentence: str) -> None:
    """A flag that says nothing would be no flag."""
    text = edited(("red_flag_names", '"gap of more than {gap_months_above} months"', sentence))
    assert refused(text) == "red_flag_names.gap is to be a text and may not be empty."


@pytest.mark.parametrize("sentence", ["gap_months_above", "", "0", "step2_ck_below"])
def test_a_placeholder_that_the_sentence_does_not_fill_is_refused(
    refused: Refused, sentence: str
) -> None:
    """Issue, Deliver 5: sentences are the office's; what fills them is ours."""
    text = edited(("red_flag_names", '"Step 1 failed or repeated"', f'"Failed {{{sentence}}}"'))
    assert refused(text) == f"red_flag_names.step1_failed uses {{{sentence}}}; it can use none."


def test_the_placeholders_that_can_be_used_are_told(refused: Refused) -> None:
    """Design, errors: what to do about it."""
    text = edited(("suggestion_sentences", "{stress_low}", "{low}"))
    refusal = "suggestion_sentences.stress uses {low}; it can use {stress_high}, {stress_low}."
    assert refused(text) == refusal


@pytest.mark.parametrize("sentence", ["gap {", "gap }", "gap {gap_months_above"])
def test_a_lone_brace_is_refused(refused: Refused, sentence: str) -> None:
    """A brace that is meant is written twice."""
    old = '"gap of more than {gap_months_above} months"'
    refusal = "red_flag_names.gap has a lone brace; write {{ or }} for a brace."
    assert refused(edited(("red_flag_names", old, f'"{sentence}"'))) == refusal


@pytest.mark.parametrize("placeholder", ["{gap_months_above:q}", "{gap_months_above!q}"])
def test_a_placeholder_that_cannot_be_written_is_refused(
    refused: Refused, placeholder: str
) -> None:
    """Design, The flow: a strict loader; no sentence fails when it is said of an applicant."""
    text = edited(("red_flag_names", "{gap_months_above}", placeholder))
    assert refused(text).startswith("red_flag_names.gap ")


@pytest.mark.parametrize(
    ("section", "old", "new"),
    [
        ("tier_names", '"Competitive"', '"Targeted"'),
        (
            "low_score_reasons",
            '"more than one attempt at Step 1"',
            '"more than one attempt at Step 2 CK"',
        ),
        ("red_flag_names", '"Step 1 failed or repeated"', '"Step 2 CK failed or repeated"'),
    ],
)
def test_two_cases_in_the_same_words_are_refused(
    refused: Refused, section: str, old: str, new: str
) -> None:
    """Scoring tells tiers, reasons and flags apart by their words; of two alike one is lost."""
    assert refused(edited((section, old, new))).startswith(section)


@pytest.mark.parametrize(
    ("entry", "unit", "other"),
    [
        ("red_flags.gap_months_above", "months", "years"),
        ("exams.pass_fail_from", "date", "day"),
        ("desirability.base", "index", "points"),
        ("costs.token", "USD", "EUR"),
    ],
)
def test_another_unit_is_refused(refused: Refused, entry: str, unit: str, other: str) -> None:
    """Issue, Deliver 5: an own rulebook is in the same units; 12 years are not 12 months."""
    text = edited((entry, f'unit = "{unit}"', f'unit = "{other}"'))
    assert refused(text) == f"{entry} is in {unit}, not in {other}."


def test_another_unit_of_a_dated_value_is_refused(refused: Refused) -> None:
    """As above, told at its first season."""
    text = edited(("costs.fees", 'unit = "USD"', 'unit = "EUR"'))
    assert refused(text) == "costs.fees.2024 is in USD, not in EUR."


def test_rates_in_percent_are_refused(refused: Refused) -> None:
    """As above, where 15 cannot even be compared as a rate."""
    rates = {
        "highly_competitive": "0.15",
        "competitive": "0.12",
        "targeted": "0.10",
        "challenging": "0.08",
        "steep_climb": "0.05",
    }
    percent = [
        change
        for tier, rate in rates.items()
        for change in (
            (f"tiers.{tier}.invite_rate", 'unit = "rate"', 'unit = "percent"'),
            (f"tiers.{tier}.invite_rate", f"value = {rate}", f"value = {float(rate) * 100:g}"),
        )
    ]
    refusal = "tiers.highly_competitive.invite_rate is in rate, not in percent."
    assert refused(edited(*percent)) == refusal


# ── What is refused: the shape of sections, dates and fees ───────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("bands", "bands is to be a table."),
        ("band_names", "band_names is to be a table."),
        (
            "bands.target",
            "bands.target is to be a table with label, unit, kind, source and value.",
        ),
        (
            "signals.number",
            "signals.number is to be a table with label, unit, kind, source and value.",
        ),
        ("tiers.targeted", "tiers.targeted is to be a table."),
        (
            "actions.update_cv",
            "actions.update_cv is to be a table with action, why, phase, due and the rest.",
        ),
    ],
)
def test_a_number_in_the_place_of_a_table_is_refused(
    refused: Refused, name: str, refusal: str
) -> None:
    """Design, The flow: a strict loader."""
    kept = [
        block for block in SHIPPED.split("\n[") if not block.startswith((f"{name}]", f"{name}."))
    ]
    text = "\n[".join(kept).replace('version = "2026.11"', f'version = "2026.11"\n{name} = 5')
    assert refused(text) == refusal


@pytest.mark.parametrize("key", ["next", "2025-26", "-2025"])
def test_a_season_that_is_no_year_is_refused(refused: Refused, key: str) -> None:
    """Domain, Season: a season is named by a year."""
    text = edited(("signals.number", "values.2025", f"values.{key}"))
    assert refused(text) == f"signals.number.{key} is to be named by a season's year."


@pytest.mark.parametrize("key", ["before", "2014-13-01", "2014", "01-01-2014"])
def test_a_test_date_that_is_no_date_is_refused(refused: Refused, key: str) -> None:
    """Domain, Exams: passing scores stand by first test date."""
    text = edited(("exams.step1_passing", "values.2014-01-01", f"values.{key}"))
    refusal = (
        f"exams.step1_passing.{key} is to be named by a date such as 2014-01-01, or `earlier`."
    )
    assert refused(text) == refusal


@pytest.mark.parametrize(
    ("entry", "first", "again"),
    [
        ("exams.step1_passing", "values.2014-01-01", "values.20140101"),
        ("signals.number", "values.2025", "values.02025"),
    ],
)
def test_a_date_written_in_two_ways_is_refused(
    refused: Refused, entry: str, first: str, again: str
) -> None:
    """Of two values of one day or season none is silently taken."""
    line = f'{again} = {{ value = 9, kind = "assumption", source = "Ours" }}'
    text = edited((entry, f"{first} =", f"{line}\n{first} ="))
    assert refused(text).startswith(entry)


@pytest.mark.parametrize("values", ["values = {}", "values = 8", "values = [8]"])
def test_a_dated_entry_without_values_is_refused(refused: Refused, values: str) -> None:
    """Domain, Season: at least one season is known."""
    head, _, rest = SHIPPED.partition("[signals.number]\n")
    lines = [line for line in rest.splitlines() if not line.startswith("values.202")]
    text = f"{head}[signals.number]\n{values}\n" + "\n".join(lines)
    assert refused(text) == "signals.number has no values."


def test_a_dated_value_without_its_source_beside_it_is_refused(refused: Refused) -> None:
    """Issue, Deliver 5: each dated value with its own kind and source."""
    line = '{ value = 8, kind = "published", source = "AAMC: program signals, season 2025" }'
    text = edited(("signals.number", line, "8"))
    assert refused(text) == "signals.number.2025 is to have value, kind and source."


FEES_EXPECTED = (
    "is to be a list of steps like { through = 30, each = 11 }, the last without through"
)


@pytest.mark.parametrize(
    "fees",
    [
        pytest.param("11", id="one price"),
        pytest.param("[]", id="no step"),
        pytest.param("[11, 30]", id="prices only"),
        pytest.param("[{ through = 30, each = 11 }]", id="no last step"),
        pytest.param("[{ each = 11 }, { each = 30 }]", id="two last steps"),
        pytest.param("[{ each = 11 }, { through = 30, each = 30 }]", id="last step first"),
        pytest.param(
            "[{ through = 30, each = 11 }, { through = 20, each = 30 }, { each = 40 }]",
            id="steps fall back",
        ),
        pytest.param(
            "[{ through = 30, each = 11 }, { through = 30, each = 30 }, { each = 40 }]",
            id="a step is empty",
        ),
        pytest.param("[{ through = 0, each = 11 }, { each = 30 }]", id="the first step is empty"),
        pytest.param("[{ through = 30 }, { each = 30 }]", id="no price"),
        pytest.param("[{ through = 30, each = 11, flat = 99 }, { each = 30 }]", id="two prices"),
        pytest.param("[{ through = 30, price = 11 }, { each = 30 }]", id="an unknown key"),
        pytest.param("[{ through = 30, each = 11.5 }, { each = 30 }]", id="half dollars"),
        pytest.param('[{ through = 30, each = "11" }, { each = 30 }]', id="a text"),
        pytest.param("[{ through = 30, each = true }, { each = 30 }]", id="a yes"),
        pytest.param("[{ through = 30, each = -1 }, { each = 30 }]", id="below 0"),
        pytest.param("[{ through = 30, each = 100001 }, { each = 30 }]", id="beyond all fees"),
    ],
)
def test_fees_that_are_no_steps_are_refused(refused: Refused, fees: str) -> None:
    """Domain, Season: prices by number of programs, rising, without a gap or an end."""
    old = "values.2025 = { value = [{ through = 30, each = 11 }, { each = 30 }]"
    text = edited(("costs.fees", old, f"values.2025 = {{ value = {fees}"))
    assert refused(text) == f"costs.fees.2025 {FEES_EXPECTED}."


def test_one_price_for_all_programs_is_taken(load: Load) -> None:
    """Domain, Season: the only step is the last."""
    old = "values.2025 = { value = [{ through = 30, each = 11 }, { each = 30 }]"
    own: dict[int, Fees] = dict(
        load(
            edited(("costs.fees", old, "values.2025 = { value = [{ each = 0 }]"))
        ).policy.costs.fees
    )
    assert own[2025] == (FeeStep(through=None, each=0, flat=None),)


# ── What is refused: actions ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (
            'phase = "year_before"',
            'phase = "years_before"',
            ".phase is “years_before”, which is not known; did you mean year_before?",
        ),
        ('phase = "year_before"', 'phase = ""', ".phase is to be a text and may not be empty"),
        (
            'due = { anchor = "submit", months = -6 }',
            'due = { anchor = "submitted", months = -6 }',
            ".due.anchor is “submitted”, which is not known; did you mean submit?",
        ),
        (
            "months = -6",
            "months = -37",
            ".due is to lie between -36 and 120 months",
        ),
        ("months = -6", "weeks = -105", ".due is to lie between -104 and 104 weeks"),
        ("months = -6", "months = -6.0", ".due is to lie between -36 and 120 months"),
        (
            "months = -6",
            "months = -6, weeks = 1",
            '.due is to be like { anchor = "submit", months = -6 }, in months or in weeks',
        ),
        (
            "months = -6",
            "days = -6",
            '.due is to be like { anchor = "submit", months = -6 }, in months or in weeks',
        ),
        (
            'due = { anchor = "submit", months = -6 }',
            "due = 2026-09-02",
            '.due is to be like { anchor = "submit", months = -6 }, in months or in weeks',
        ),
        ("value = 98", "value = 101", ".value is to lie between 0 and 100 index"),
        ("value = 98", 'value = "98"', ".value is to be a whole number"),
        ("value = 98", "valu = 98", ".valu is not known; did you mean value?"),
        ("why = ", "# ", ".why is missing"),
        ("guide_section = ", "# ", ".guide_section is missing"),
        ("source = ", "# ", ".source is missing"),
        ("until = ", "# ", ".until is missing"),
        (
            "no pass is on file",
            "no pass of {name}",
            ".action uses {name}; it can use none",
        ),
    ],
)
def test_an_action_that_is_not_well_formed_is_refused(
    refused: Refused, old: str, new: str, complaint: str
) -> None:
    """Design, actions: each has a phase, a due date, a reason and the guide's section."""
    text = edited(("actions.pass_step1", old, new))
    assert refused(text) == f"actions.pass_step1{complaint}".removesuffix(".") + "."


# ── What is refused: values that contradict each other ───────────────────────────────────────────


def test_tiers_that_do_not_fall_are_refused(load: Load, refused: Refused) -> None:
    """Guide, Approximate Score Tiers: each tier begins below the better one."""
    for minimum in (250, 251):
        text = edited(("tiers.competitive.minimum", "value = 240", f"value = {minimum}"))
        assert refused(text) == "tiers are to have falling minimum scores, best tier first."
    load(edited(("tiers.competitive.minimum", "value = 240", "value = 249")))


def test_a_better_tier_with_a_lower_rate_is_refused(load: Load, refused: Refused) -> None:
    """Design, invite_rate: a higher Step 2 CK lowers no invite rate."""
    entry = "tiers.competitive.invite_rate"
    refusal = "tiers are to have invite rates that do not rise from a better tier to a lower"
    assert refused(edited((entry, "value = 0.12", "value = 0.151"))).startswith(refusal)
    load(edited((entry, "value = 0.12", "value = 0.15")))


def test_a_better_tier_with_fewer_university_points_is_refused(
    load: Load, refused: Refused
) -> None:
    """Design, program_fit: university programs are for the upper tiers; no rate may fall."""
    entry = "tiers.targeted.university_points"
    refusal = "tiers are to have university points that do not rise"
    assert refused(edited((entry, "value = 3.0", "value = 5.5"))).startswith(refusal)
    load(edited((entry, "value = 3.0", "value = 5.0")))


def test_a_range_of_applications_that_falls_is_refused(load: Load, refused: Refused) -> None:
    """Design, suggested_applications: by tier a range, 35–55."""
    entry = "tiers.competitive.applications_low"
    refusal = "tiers are to suggest no fewer applications at the top of a range"
    assert refused(edited((entry, "value = 35", "value = 56"))).startswith(refusal)
    load(edited((entry, "value = 35", "value = 55")))


def test_a_low_score_range_that_falls_is_refused(load: Load, refused: Refused) -> None:
    """Design, suggested_applications: a low-score case at least the 60–80."""
    entry = "suggestion.low_score_low"
    refusal = "suggestion is to have low_score_low at or under low_score_high."
    assert refused(edited((entry, "value = 60", "value = 81"))) == refusal
    load(edited((entry, "value = 60", "value = 80")))


@pytest.mark.parametrize(
    ("entry", "old", "inside", "outside"),
    [
        ("trend.rise", 10, 20, 21),
        ("trend.rise", 10, 1, 0),
        ("trend.drop", 5, 15, 16),
        ("trend.drop", 5, 1, 0),
    ],
)
def test_a_trend_out_of_order_is_refused(
    load: Load, refused: Refused, entry: str, old: int, inside: int, outside: int
) -> None:
    """Design, trend: steady, then a rise, then a strong rise; likewise downward."""
    refusal = "trend is to have 0 < rise ≤ strong_rise and 0 < drop ≤ sharp_drop."
    assert refused(edited((entry, f"value = {old}", f"value = {outside}"))) == refusal
    load(edited((entry, f"value = {old}", f"value = {inside}")))


def test_bands_out_of_order_are_refused(load: Load, refused: Refused) -> None:
    """Design, Output columns: Reach, Target, Best fit."""
    entry = "bands.target"
    refusal = "bands is to have target at or under best_fit."
    assert refused(edited((entry, "value = 45.0", "value = 65.5"))) == refusal
    load(edited((entry, "value = 45.0", "value = 65.0")))


def test_a_range_of_interviews_that_falls_is_refused(load: Load, refused: Refused) -> None:
    """Design, expected_interviews: from the lower quantile to the upper."""
    entry = "interviews.low_quantile"
    refusal = "interviews is to have low_quantile at or under high_quantile."
    assert refused(edited((entry, "value = 0.10", "value = 0.91"))) == refusal
    load(edited((entry, "value = 0.10", "value = 0.90")))


@pytest.mark.parametrize(
    ("entry", "points"), [("pmr_fit.rotations", 25.0), ("program_fit.rotated", 15.0)]
)
def test_parts_of_a_fit_that_add_up_to_more_than_100_are_refused(
    refused: Refused, entry: str, points: float
) -> None:
    """Design, pmr_fit 0–100 and program_fit 0–100: the points of all parts make up the scale."""
    text = edited((entry, f"value = {points}", f"value = {points + 0.5}"))
    assert refused(text).startswith(entry.partition(".")[0])


@pytest.mark.parametrize("day", ["submit", "review", "ends"])
def test_a_season_that_lacks_one_of_its_days_is_refused(refused: Refused, day: str) -> None:
    """Domain, Season: submit from, programs may review, ends."""
    text = edited((f"calendar.{day}", "values.2028 = ", "# "))
    assert refused(text) == "calendar is to have the same seasons for submit, review and ends."


def test_a_lift_of_step_3_beyond_the_next_tier_is_refused(load: Load, refused: Refused) -> None:
    """Design, invite_rate: no rate falls where Step 2 CK is no longer low.

    From Challenging to Targeted the log-odds gain ln(.10/.90) − ln(.08/.92) = 0.2451.
    """
    entry = "invite_rate.step3_lift"
    refusal = "invite_rate.step3_lift is larger than what the next tier gains"
    assert refused(edited((entry, "value = 0.2", "value = 0.2452"))).startswith(refusal)
    load(edited((entry, "value = 0.2", "value = 0.2451")))


@pytest.mark.parametrize("limit", [229, 231])
def test_a_low_score_that_ends_within_a_tier_is_refused(refused: Refused, limit: int) -> None:
    """Design, invite_rate: within a tier nothing makes up for the lift that ends there."""
    text = edited(("low_score.step2_ck_below", "value = 230", f"value = {limit}"))
    assert refused(text).startswith("invite_rate.step3_lift is larger")


def test_without_a_lift_a_low_score_may_end_anywhere(load: Load) -> None:
    """As above: where there is no lift, none ends."""
    load(
        edited(
            ("low_score.step2_ck_below", "value = 230", "value = 225"),
            ("invite_rate.step3_lift", "value = 0.2", "value = 0"),
        )
    )


def test_a_low_score_at_the_end_of_the_scale_is_judged(load: Load) -> None:
    """Domain, Exams: the scale begins at 1; no score is under it, so no lift ends there."""
    own = load(
        edited(
            ("low_score.step2_ck_below", "value = 230", "value = 1"),
            ("invite_rate.step3_lift", "value = 0.2", "value = 0"),
        )
    )
    assert own.policy.low_score.step2_ck_below == 1

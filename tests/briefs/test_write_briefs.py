"""Pages as files: what they hold, what they never hold, and how they are written."""

import re
import stat
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.briefs.tables import PERSON, TODAY, brief_of, fit, listed, planned, results
from tests.cli.command import contents

from stepladder import briefs
from stepladder.briefs import Wanted, write_briefs
from stepladder.briefs.page import FIX
from stepladder.briefs.render import Printed, page_html
from stepladder.errors import OutputError, UsageError
from stepladder.rulebook import load_rulebook

PRINTED = Printed(TODAY.as_of, "2026.11")
HOSTILE = "<script>alert(1)</script>\"'&<b>"


class Tags(HTMLParser):
    """Collects the tags of a page and their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.found.append((tag, dict(attrs)))


def write(source: Path, out: Path, **given: str) -> dict[str, bytes]:
    """Write the pages of a source and give the folder's files."""
    write_briefs(source, out, load_rulebook(), TODAY.as_of, wanted=Wanted(**given))
    return contents(out)


def page_of(**given: object) -> str:
    """The page of an applicant with one program and one action."""
    told = results([{**PERSON, **given}], [listed(1)], [planned(1)], [fit()])
    return page_html(brief_of(told), PRINTED)


# ── what a page asks for ───────────────────────────────────────────────────────────────────────


def test_no_page_has_a_script_or_anything_that_is_fetched(pages: dict[str, str]) -> None:
    """Issue, The workbook, 4: no script; no picture, frame, font or style from elsewhere."""
    fetching = {"script", "img", "iframe", "link", "object", "embed", "base", "form", "video"}
    for page in pages.values():
        tags = Tags(page).found
        assert {tag for tag, _ in tags} & fetching == set()
        names = {name for _, attributes in tags for name in attributes}
        assert {name for name in names if name.startswith("on") or name in {"src", "srcset"}} == (
            set()
        )


def test_no_page_names_an_outside_address(pages: dict[str, str]) -> None:
    """Issue, The workbook, 4: links of the index lead to pages beside it, and nothing else does."""
    for page in pages.values():
        assert re.search(r"//|url\(|@import|javascript:|data:", page) is None
    links = [link["href"] for tag, link in Tags(pages["index.html"]).found if tag == "a"]
    assert sorted(map(str, links)) == sorted({*pages} - {"index.html"})


def test_every_page_forbids_what_it_does_not_need(pages: dict[str, str]) -> None:
    """A browser would refuse a script, were there one."""
    for page in pages.values():
        policies = [
            str(attributes["content"])
            for tag, attributes in Tags(page).found
            if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
        ]
        assert len(policies) == 1
        assert policies[0].startswith("default-src 'none'; style-src 'unsafe-inline'")


def test_a_page_can_be_read_aloud(pages: dict[str, str]) -> None:
    """A language, a title, one h1, headers with a scope, and words for every chart."""
    for page in pages.values():
        tags = Tags(page).found
        names = [tag for tag, _ in tags]
        assert dict(tags)["html"] == {"lang": "en-US"}
        assert (names.count("title"), names.count("h1"), names.count("main")) == (1, 1, 1)
        assert [
            attributes for tag, attributes in tags if tag == "th" and not attributes.get("scope")
        ] == []
        charts = [attributes for tag, attributes in tags if tag == "svg"]
        assert all(chart["role"] == "img" and chart["aria-label"] for chart in charts)


# ── what a page says ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("column", ["name", "applicant_id", "advisor", "medical_school_country"])
def test_what_an_office_typed_is_text(column: str) -> None:
    """A tag in a cell is shown, never obeyed."""
    told = results([{**PERSON, column: HOSTILE}])
    page = page_html(brief_of(told), PRINTED)
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_what_stands_in_a_result_is_text() -> None:
    """A program's name, an action and its reason, a finding."""
    told = results(
        [PERSON, {**PERSON, "status": FIX, "tier": None}],
        [listed(1, program_name=HOSTILE)],
        [planned(1, action=HOSTILE, why=HOSTILE)],
    )
    page = page_html(brief_of(told), PRINTED)
    assert "<script" not in page
    assert page.count("&lt;script&gt;alert(1)") >= 3


def test_notes_stay_in_the_office() -> None:
    """They are for the advisor's own use."""
    assert "secret" not in page_of(notes="secret")


def test_every_number_of_interviews_says_that_it_is_illustrative() -> None:
    """domain.md, Honesty: beside the range, and in the footer."""
    page = page_of(expected_interviews_low=3, expected_interviews_high=9)
    assert re.search(r"interviews \(illustrative\)</dt><dd>3–9<", page)
    assert "illustrative until calibrated" in page


def test_a_page_says_its_day_its_rulebook_and_that_it_is_private() -> None:
    """So that an old print is known for one, and none is left in a printer."""
    page = page_of()
    assert "As of 2026-11-23" in page
    assert "rulebook 2026.11" in page
    assert "Private." in page


def test_a_page_without_a_name_bears_the_id() -> None:
    """The name is optional, and so is the id of a row to be fixed."""
    assert "<h1><bdi>A1</bdi></h1>" in page_of(name=None)
    nobody = page_of(name=None, applicant_id=None, status=FIX, tier=None)
    assert "<h1><bdi>No name and no id on file</bdi></h1>" in nobody


def test_a_list_of_none_says_why() -> None:
    """No program is open: no count is invented."""
    told = results([{**PERSON, "suggested_applications": 0, "suggestion_basis": "None is open."}])
    page = page_html(brief_of(told), PRINTED)
    assert "None is open." in page
    assert "The list" not in page


def test_actions_without_room_are_told() -> None:
    """Where they are to be found."""
    told = results(plan=[planned(number) for number in range(200)])
    shown = page_html(brief_of(told), PRINTED)
    [more] = re.findall(r"([0-9]+) more in the Plan", shown)
    assert shown.count("Do thing") == 200 - int(more)


# ── what is written ────────────────────────────────────────────────────────────────────────────


def test_workbook_and_folders_give_the_same_pages(small: Path, tmp_path: Path) -> None:
    """Whatever `batch` wrote: xlsx, CSV or parquet."""
    sources = [small / name for name in ("results.xlsx", "csv", "parquet")]
    book, texts, typed = (write(source, tmp_path / source.stem) for source in sources)
    assert len(texts) == 4
    assert book == texts
    assert typed == texts


def test_a_page_made_alone_is_the_one_made_with_all(cohort: Path, tmp_path: Path) -> None:
    """--applicant: one page under the same name, and an index that lists it."""
    whole = write(cohort / "csv", tmp_path / "all")
    alone = write(cohort / "csv", tmp_path / "one", applicant=" 3401-E5 ")
    assert {*alone} == {"3401-E5.html", "index.html"}
    assert alone["3401-E5.html"] == whole["3401-E5.html"]


def test_an_advisor_s_pages(cohort: Path, tmp_path: Path) -> None:
    """--advisor: whatever the case and the spaces around it."""
    written = write(cohort / "csv", tmp_path, advisor="  ruth HALLOWMERE ")
    assert len(written) == 1 + 17
    assert all(b"Ruth Hallowmere" in page for page in written.values())


def test_both_rows_of_a_doubled_id_get_a_page(cohort: Path, tmp_path: Path) -> None:
    """Both have to be fixed."""
    written = write(cohort / "csv", tmp_path, applicant="A051")
    assert {*written} == {"A051.html", "A051_2.html", "index.html"}


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Wanted(applicant="nobody"), "67 applicants"),
        (Wanted(advisor="Nobody"), "4 advisors"),
        (Wanted(applicant="A001", advisor="Tomas Bergquill"), "4 advisors"),
    ],
)
def test_who_is_not_there_is_told_without_names(
    cohort: Path, tmp_path: Path, wanted: Wanted, words: str
) -> None:
    """How many there are to choose from, not who; nothing is written."""
    with pytest.raises(UsageError, match=words) as refused:
        write_briefs(cohort / "csv", tmp_path / "out", load_rulebook(), TODAY.as_of, wanted=wanted)
    assert "Hallowmere" not in refused.value.message
    assert not (tmp_path / "out").exists()


def test_pages_are_written_together_or_not_at_all(
    cohort: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is as it was if one page fails."""
    write(cohort / "csv", tmp_path, applicant="A001")
    before = contents(tmp_path)
    given = iter(range(1000))

    def full_disk(place: Path, text: str) -> None:
        if next(given) == 30:
            raise OSError(28, "no space")
        place.write_text(text)

    monkeypatch.setattr(briefs, "_write", full_disk)
    with pytest.raises(OutputError, match="disk is full"):
        write(cohort / "csv", tmp_path)
    assert contents(tmp_path) == before


def test_other_files_in_the_folder_stay(cohort: Path, tmp_path: Path) -> None:
    """Also pages of others."""
    (tmp_path / "minutes.txt").write_text("ours", encoding="utf-8")
    write(cohort / "csv", tmp_path, applicant="A001")
    written = write(cohort / "csv", tmp_path, applicant="A002")
    assert {*written} == {"A001.html", "A002.html", "index.html", "minutes.txt"}


def test_only_its_owner_may_read_a_page(cohort: Path, tmp_path: Path) -> None:
    """Pages hold names; a page that was opened to others stays open to them."""
    write(cohort / "csv", tmp_path, applicant="A001")
    page = tmp_path / "A001.html"
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    page.chmod(0o640)
    write(cohort / "csv", tmp_path, applicant="A001")
    assert stat.S_IMODE(page.stat().st_mode) == 0o640


def test_names_and_points_are_the_rulebook_s(cohort: Path, tmp_path: Path) -> None:
    """Results of one rulebook are not shown in the words of another."""
    ours = load_rulebook()
    names = ours.policy.tier_names._replace(targeted="Aimed at")
    other = replace(ours, policy=ours.policy._replace(tier_names=names))
    with pytest.raises(UsageError, match="--rulebook"):
        write_briefs(cohort / "csv", tmp_path / "out", other, TODAY.as_of)
    assert not (tmp_path / "out").exists()

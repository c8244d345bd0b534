"""Workbooks made for tests: an office's own in many spellings, and one of ours to graft from."""

import datetime as dt
import warnings
import zipfile
from collections import Counter
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import openpyxl
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table
from openxml_audit import OpenXmlValidator

from stepladder.books.package import Package

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET_ML = "application/vnd.openxmlformats-officedocument.spreadsheetml"
OURS = ("Applicants", "Dashboard", "Log")
DAY = dt.date(2026, 11, 23)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A package of these parts, in their order."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return content.getvalue()


def unzipped(content: bytes) -> dict[str, bytes]:
    """The parts of a package by name."""
    with zipfile.ZipFile(BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def hand_made(**changed: str | bytes | None) -> dict[str, str | bytes]:
    """The least that is a workbook, one sheet with A1 = kept; a part given as None is left out.

    Parts are given by short names: types, links (of the package), book, book_links, sheet, styles;
    any other by its full one.
    """
    short = {
        "types": "[Content_Types].xml",
        "links": "_rels/.rels",
        "book": "xl/workbook.xml",
        "book_links": "xl/_rels/workbook.xml.rels",
        "sheet": "xl/worksheets/sheet1.xml",
        "styles": "xl/styles.xml",
    }
    styles_type = styles_link = ""
    if changed.get("styles"):
        styles_type = f'<Override PartName="/xl/styles.xml" ContentType="{SHEET_ML}.styles+xml"/>'
        styles_link = f'<Relationship Id="s" Type="{RELATIONS}/styles" Target="/xl/styles.xml"/>'
    parts: dict[str, str | bytes | None] = {
        "types": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{SHEET_ML}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{SHEET_ML}.worksheet+xml"/>'
        f"{styles_type}</Types>",
        "links": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "book": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
        '<sheets><sheet name="Office" sheetId="7" r:id="rId1"/></sheets></workbook>',
        "book_links": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>{styles_link}'
        "</Relationships>",
        "sheet": f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="inlineStr">'
        "<is><t>kept</t></is></c></row></sheetData></worksheet>",
        **changed,
    }
    return {short.get(name, name): part for name, part in parts.items() if part is not None}


def office(*, is_1904: bool = False) -> bytes:
    """An office's workbook by openpyxl: two sheets, a table, a note, names, styles of its own."""
    book = openpyxl.Workbook()
    if is_1904:
        book.epoch = CALENDAR_MAC_1904
    people = book.worksheets[0]
    people.title = "People"
    for row in [("Who", "Born"), ("Ann", dt.date(1990, 2, 3)), ("Bob", None)]:
        people.append(row)
    people["A1"].font = Font(name="Georgia", bold=True)
    people["A1"].comment = Comment("theirs", "office")
    people.add_table(Table(name="People", displayName="People", ref="A1:B3"))
    notes = book.create_sheet("Our notes")
    notes["B2"] = "=SUM(A1:A3)"
    notes.print_title_rows = "1:1"
    book.defined_names["Budget"] = DefinedName("Budget", attr_text="'Our notes'!$A$1")
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def donor() -> bytes:
    """A workbook as our template writes it: a table with looks and help, a page, a log."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        _applicants(book)
        _dashboard(book)
        log = book.add_worksheet("Log")
        log.add_table(0, 0, 1, 0, {"name": "Log", "columns": [{"header": "Time"}]})
        log.hide()
        book.define_name("As_of", "=Dashboard!$B$2")
        book.define_name("Applicant_IDs", "=Applicants[Applicant ID]")
    return content.getvalue()


def _applicants(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet("Applicants")
    header = book.add_format({"bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "font_name": "Calibri"})
    money = book.add_format({"num_format": "$#,##0"})
    warn = book.add_format({"bg_color": "#8C2A1A", "font_color": "#FFFFFF"})
    sheet.set_column(1, 1, 12, day)
    sheet.set_column(3, 3, 12, None, {"hidden": True})
    titles = ["Applicant ID", "Step 2 CK date", "Budget (USD)", "Status"]
    sheet.add_table(
        *(0, 0, 2, 3),
        {
            "name": "Applicants",
            "columns": [
                {"header": title, "header_format": header, "format": look}
                for title, look in zip(titles, [None, day, money, None], strict=True)
            ],
        },
    )
    for row, values in enumerate([("007", DAY, 1200, "Fix"), ("<b>", DAY, None, "OK")], 1):
        sheet.write_string(row, 0, values[0])
        sheet.write_datetime(row, 1, dt.datetime.combine(values[1], dt.time()), day)
        sheet.write(row, 2, values[2], money)
        sheet.write(row, 3, values[3])
    sheet.write_comment(0, 0, "A code that no other row has.")
    sheet.data_validation(
        *(1, 1, 99, 1),
        {
            "validate": "date",
            "criteria": "between",
            "minimum": dt.date(2020, 1, 1),
            "maximum": dt.date(2040, 12, 31),
        },
    )
    sheet.conditional_format(
        1, 3, 99, 3, {"type": "cell", "criteria": "==", "value": '"Fix"', "format": warn}
    )
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    sheet.set_tab_color("#1F3A5F")
    sheet.set_landscape()


def _dashboard(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet("Dashboard")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    title = book.add_format({"bold": True, "font_size": 20, "border": 1})
    sheet.merge_range("A1:C1", "How the cohort stands", title)
    sheet.write_datetime("B2", dt.datetime.combine(DAY, dt.time()), day)
    sheet.write_formula("A3", '=COUNTIF(Applicants[Status],"Fix")', None, 1)
    sheet.write_formula("B3", "=As_of+1", day, 46350)
    sheet.write_rich_string("A4", "plain ", book.add_format({"italic": True}), "and italic")
    sheet.write_url("A5", "internal:Applicants!A1", string="To the applicants")
    sheet.write_url("A6", "https://example.org/guide", string="Guide")
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=Dashboard!$A$3:$A$3", "name": "Fix"})
    sheet.insert_chart("E2", chart)
    sheet.print_area("A1:H20")
    sheet.activate()


def package(content: bytes, source: str = "Book.xlsx") -> Package:
    """The package of a workbook called Book.xlsx."""
    return Package(content, source)


def reopened(content: bytes) -> openpyxl.Workbook:
    """The workbook as openpyxl reads it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(BytesIO(content))


def audit(content: bytes, folder: Path, suffix: str = ".xlsx") -> Counter[tuple[str, str]]:
    """What openxml-audit finds wrong, as part and sentence.

    Strings that are stored inline are meant so, though Excel moves them on its next save.
    """
    path = folder / f"audited{suffix}"
    path.write_bytes(content)
    found = OpenXmlValidator(max_errors=10_000).validate(path).errors
    return Counter(
        (str(error.part_uri), error.description)
        for error in found
        if error.id != "Excel_InlineStrCells"
    )

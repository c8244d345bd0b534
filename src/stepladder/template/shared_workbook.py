"""What a workbook shows in; its sheets and pages in their order, ready to be written, out."""

from dataclasses import replace
from typing import Final

from stepladder.books.packed import AnySheet
from stepladder.template.brief import brief
from stepladder.template.contents import Contents
from stepladder.template.dashboard import dashboard
from stepladder.template.page import Page
from stepladder.template.start import start

_BEFORE_PAGES: Final = (
    *("applicants", "programs", "shortlist", "plan", "levers", "outcomes", "findings"),
)
_AT_THE_END: Final = ("rules", "log")


def shared_workbook(contents: Contents, configuration: Page | None = None) -> list[AnySheet | Page]:
    """Give the parts: Start, what is filled in, the results, Dashboard, Brief, and the rest.

    With the hidden sheet that says what a button starts, Start has the button.
    """
    contents = replace(contents, has_button=configuration is not None)
    sheets = contents.sheets
    further = [name for name in sheets if name not in {*_BEFORE_PAGES, *_AT_THE_END}]
    return [
        start(contents),
        *(sheets[name] for name in _BEFORE_PAGES if name in sheets),
        dashboard(contents),
        brief(contents),
        *(sheets[name] for name in (*further, *_AT_THE_END)),
        *([configuration] if configuration else []),
    ]

"""The shipped page about the workbook in; the same page, open in the browser, out."""

import html
import webbrowser
from pathlib import Path
from typing import Final

from stepladder import shipped
from stepladder.trace import trace_file

_PAGE: Final = "workbook.md"
_HEAD: Final = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Stepladder: the workbook</title>'
    "<style>body{max-width:52rem;margin:2rem auto;padding:0 1rem;font:1rem/1.5 sans-serif;"
    "white-space:pre-wrap}</style>"
)


def open_help_page() -> bool:
    """Open it; whether a browser took it. Raises OSError where the page cannot be kept."""
    return webbrowser.open(written_page().as_uri())


def written_page() -> Path:
    """Write the page's words as HTML, which any browser shows, into the user's own folder."""
    page = trace_file().with_name("help.html")
    page.parent.mkdir(parents=True, exist_ok=True)
    words = (shipped.docs() / _PAGE).read_text("utf-8")
    page.write_text(f"{_HEAD}{html.escape(words)}", "utf-8")
    return page

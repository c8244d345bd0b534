"""A page in; what headless Chromium prints of it and measures on it out."""

import html
import json
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

MM = 25.4 / 96
"""A pixel of CSS in mm."""

_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1000,1400",
)
_NO_SCRIPT = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
_SHEET = re.compile(r"<main>.*</main>", re.DOTALL)
# Every line of text with its box, size and colors; backgrounds are looked up through what is
# drawn under it: a shape of the same SVG, else the nearest element that is filled.
_MEASURE = """
const rgba = (color) => color.match(/[\\d.]+/g).map(Number);
const inside = (box, x, y) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
function ground(element, box) {
  const x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
  const svg = element.closest("svg");
  if (svg) {
    const shapes = [...svg.querySelectorAll("circle, rect")].reverse();
    const under = shapes.find((shape) => inside(shape.getBoundingClientRect(), x, y));
    if (under) return getComputedStyle(under).fill;
  }
  for (let one = element; one; one = one.parentElement) {
    const color = getComputedStyle(one).backgroundColor, alpha = rgba(color)[3];
    if (alpha === undefined || alpha === 1) return color;
  }
  return "rgb(255, 255, 255)";
}
function measured(main) {
const style = getComputedStyle(main);
const sheet = main.getBoundingClientRect(), edge = parseFloat(style.paddingLeft);
const texts = [];
const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const node = walker.currentNode, element = node.parentElement;
  if (!node.data.trim() || element.closest(".unseen")) continue;
  const range = document.createRange();
  range.selectNodeContents(node);
  const look = getComputedStyle(element), isSvg = element.closest("svg") !== null;
  for (const box of range.getClientRects()) {
    const frame = element.closest(".name")?.getBoundingClientRect();
    if (box.width < 1 || frame && box.bottom > frame.bottom + box.height / 2) continue;
    texts.push({
      text: node.data.trim(), ink: rgba(isSvg ? look.fill : look.color),
      ground: rgba(ground(element, box)), points: parseFloat(look.fontSize) * 0.75,
      svg: isSvg ? element.closest("svg").viewBox.baseVal.width / element.closest("svg")
        .getBoundingClientRect().width : 0,
      left: box.left - sheet.left - edge, right: box.right - sheet.left - edge,
      top: box.top - sheet.top - edge, bottom: box.bottom - sheet.top - edge,
    });
  }
}
const cut = [...main.querySelectorAll("*:not(.unseen, .unseen *, svg *)")]
  .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0
    && getComputedStyle(one).display !== "inline"
    || one.scrollHeight > one.clientHeight + 1 && one.clientHeight > 0
    && getComputedStyle(one).overflowY === "hidden")
  .map((one) => [one.className || one.tagName, one.textContent.trim()]);
return { texts, cut, width: sheet.width - 2 * edge, height: sheet.height - 2 * edge };
}
document.body.dataset.measured = JSON.stringify(
  [...document.querySelectorAll("main")].map(measured));
"""


def together(pages: Sequence[str]) -> str:
    """One page with the sheets of all; what takes a second is to start the browser."""
    bodies = [_SHEET.findall(page)[0] for page in pages]
    breaks = "<style>main + main { break-before: page }</style></head>"
    return _SHEET.sub(lambda _: "".join(bodies), pages[0]).replace("</head>", breaks)


@dataclass(frozen=True)
class Text:
    """One line of text: its box in pixels from the page's corner, its size, and its contrast."""

    text: str
    points: float
    contrast: float
    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Measured:
    """A page as the browser lays it out, in pixels; `cut` is (class, text) of what is clipped."""

    texts: tuple[Text, ...]
    cut: tuple[tuple[str, str], ...]
    width: float
    height: float


@dataclass(frozen=True)
class Chromium:
    """The browser, and a folder for its profile and its copies of pages."""

    command: str
    folder: Path

    def printed(self, page: str, paper: str) -> PdfReader:
        """The page printed on letter or A4, as a person would choose it in the dialog."""
        copy = page.replace("</head>", f"<style>@page {{ size: {paper} }}</style></head>")
        target = self.folder / "page.pdf"
        target.unlink(missing_ok=True)
        self._run(copy, "--no-pdf-header-footer", f"--print-to-pdf={target}")
        return PdfReader(BytesIO(target.read_bytes()))

    def measured(self, page: str) -> list[Measured]:
        """Where every text of each sheet stands, and what of it cannot be seen."""
        script = f"<script>{_MEASURE}</script></body>"
        dom = self._run(_NO_SCRIPT.sub("", page).replace("</body>", script), "--dump-dom")
        found = re.search(r'data-measured="([^"]*)"', dom)
        assert found, "the browser has measured nothing"
        return [
            Measured(
                texts=tuple(map(_text, told["texts"])),
                cut=tuple((kind, text) for kind, text in told["cut"]),
                width=told["width"],
                height=told["height"],
            )
            for told in json.loads(html.unescape(found[1]))
        ]

    def _run(self, page: str, *options: str) -> str:
        copy = self.folder / "page.html"
        copy.write_text(page, encoding="utf-8")
        done = subprocess.run(
            [
                self.command,
                *_OPTIONS,
                f"--user-data-dir={self.folder / 'profile'}",
                *options,
                copy.as_uri(),
            ],
            capture_output=True,
            encoding="utf-8",
            check=True,
            timeout=180,
        )
        return done.stdout


def _text(told: dict[str, object]) -> Text:
    numbers = {name: value for name, value in told.items() if isinstance(value, int | float)}
    ink, ground = told["ink"], told["ground"]
    assert isinstance(ink, list)
    assert isinstance(ground, list)
    # Type within an SVG is given in its own units.
    points = numbers["points"] / numbers["svg"] if numbers["svg"] else numbers["points"]
    return Text(
        text=str(told["text"]),
        points=points,
        contrast=_contrast(ink, ground),
        left=numbers["left"],
        right=numbers["right"],
        top=numbers["top"],
        bottom=numbers["bottom"],
    )


def _contrast(one: list[float], other: list[float]) -> float:
    """WCAG 2.2, contrast ratio."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: list[float]) -> float:
    """WCAG 2.2, relative luminance."""
    shares = [channel / 255 for channel in color[:3]]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

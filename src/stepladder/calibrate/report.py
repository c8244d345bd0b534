"""A calibration in; its report, an HTML page that needs nothing from anywhere else, out."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from stepladder.calibrate import charts
from stepladder.calibrate.told import Calibrated
from stepladder.template import palette


def report_html(done: Calibrated) -> str:
    """The page: what came of it, on which outcomes, the curve, each season and each value."""
    pages = Environment(
        loader=PackageLoader("stepladder.calibrate", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return pages.get_template("report.html.j2").render(
        done=done,
        verdict=done.verdict,
        curve=charts.curve(done.verdict),
        rates=charts.rates(done.values),
        lifts=charts.lifts(done.values),
        size=charts,
        colors=palette,
    )

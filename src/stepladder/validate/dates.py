"""The text of a column of days in; dates out, day and month in the order the column proves."""

from dataclasses import dataclass

import polars as pl

from stepladder.validate.place import Place

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_YEAR = r"([0-9]{4}|'?[0-9]{2})"
_NTH = r"([0-9]{1,2})(?:st|nd|rd|th)?"

_YEAR_FIRST = r"^([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})$"
_COMPACT = r"^([12][0-9]{3})([0-9]{2})([0-9]{2})$"
_DAY_NAME = rf"(?i)^{_NTH}[\s.,/-]*{_MONTH}[\s.,/-]*{_YEAR}$"
_NAME_DAY = rf"(?i)^{_MONTH}[\s.,/-]*{_NTH}[\s.,/-]+{_YEAR}$"
_NUMBERS = rf"^([0-9]{{1,2}})\s*[/.-]\s*([0-9]{{1,2}})\s*[/.-]\s*{_YEAR}$"
_SERIAL = r"^([0-9]{5})(?:\.[0-9]+)?$"

_CLOCK = r"(?i)[T\s]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?\s*(?:am|pm)?Z?$"
_MIDNIGHT = r"(?i)[T\s](?:0?0:00(?::00(?:\.0+)?)?|12:00(?::00)?\s*am)Z?$"

_FIRST_SERIAL, _LAST_SERIAL = 20_000, 80_000
_SERIAL_ORIGIN = pl.date(1899, 12, 30)
"""Excel counts days from here, so that its serials are right from March 1900 on."""

_LAST_20XX = 30
"""Two-digit years to 30 are 20xx, later ones 19xx, as Excel reads them by default."""


def is_iso_date(text: pl.Expr) -> pl.Expr:
    """The text is a day as yyyy-mm-dd, which no reading could take for another."""
    return text.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")


@dataclass(frozen=True)
class Proofs:
    """The first cells, by address, that prove an order of day and month; empty where none does."""

    month_first: str = ""
    day_first: str = ""

    def before(self, later: "Proofs") -> "Proofs":
        """The first proofs of these cells and of others below them."""
        return Proofs(self.month_first or later.month_first, self.day_first or later.day_first)


def proofs_of(cells: pl.DataFrame, place: Place) -> Proofs:
    """What one column's cells `row`, `word` prove of the order of day and month."""
    return _proofs_in(_without_clock(cells).select("row", **_BOTH_ORDERS), place)


def read_dates(cells: pl.DataFrame, place: Place, proofs: Proofs | None = None) -> pl.DataFrame:
    """Add `value` (Date), `code` and `detail` to one column's cells `row`, `word`.

    Year first and month names need no proof. Day and month as numbers are read in the order that a
    part over 12 in any cell of the column proves; without a proof, month first, and told; with
    proofs both ways, not at all. Excel serials, two-digit years and times of day are told.
    `proofs` are those of the whole column where the cells are a part of it.
    """
    parts = _without_clock(cells).select("row", **_READINGS)
    proofs = proofs or _proofs_in(parts, place)
    month_proof, day_proof = proofs.month_first, proofs.day_first
    is_numeric = pl.col("month_first").is_not_null() | pl.col("day_first").is_not_null()
    numeric = pl.col("day_first") if day_proof else pl.col("month_first")
    is_contradicted = is_numeric & bool(month_proof and day_proof)
    is_assumed = pl.lit(not month_proof and not day_proof) & (
        pl.col("month_first") != pl.col("day_first")
    )
    is_told = (
        pl.col("compact").is_not_null()
        | pl.col("serial").is_not_null()
        | pl.col("has_short_year")
        | pl.col("has_time")
    )
    value = pl.coalesce("year_first", "compact", "named", numeric, "serial")
    contradiction = f"{month_proof} puts the month first, {day_proof} the day"
    return parts.select(
        "row",
        value=pl.when(~is_contradicted).then(value),
        code=pl.when(is_contradicted)
        .then(pl.lit("mixed_date_orders"))
        .when(value.is_null())
        .then(pl.lit("unreadable"))
        .when(is_assumed)
        .then(pl.lit("date_order_assumed"))
        .when(is_told)
        .then(pl.lit("read_as_date")),
        detail=pl.when(is_contradicted)
        .then(pl.lit(contradiction))
        .otherwise(value.dt.to_string("%Y-%m-%d")),
    )


def _proofs_in(both: pl.DataFrame, place: Place) -> Proofs:
    day_first, month_first = pl.col("day_first"), pl.col("month_first")
    return Proofs(
        month_first=place.first(both.filter(day_first.is_null(), month_first.is_not_null())),
        day_first=place.first(both.filter(month_first.is_null(), day_first.is_not_null())),
    )


def _without_clock(cells: pl.DataFrame) -> pl.DataFrame:
    """Add `day`, the word without a time of day."""
    return cells.with_columns(day=pl.col("word").str.replace(_CLOCK, ""))


def _date(pattern: str, year_month_day: tuple[int, int, int], *, is_named: bool = False) -> pl.Expr:
    """The date whose parts the pattern's groups hold; null where there is none."""
    year, month, day = (pl.col("day").str.extract(pattern, group) for group in year_month_day)
    return pl.concat_str(
        _four_digits(year.str.strip_chars("'")),
        _number_of(month) if is_named else month.str.zfill(2),
        day.str.zfill(2),
        separator="-",
    ).str.to_date("%Y-%m-%d", strict=False)


def _four_digits(year: pl.Expr) -> pl.Expr:
    century = pl.when(year.cast(pl.Int32, strict=False) <= _LAST_20XX).then(pl.lit("20"))
    short = pl.concat_str(century.otherwise(pl.lit("19")), year)
    return pl.when(year.str.len_bytes() == len("24")).then(short).otherwise(year)


def _number_of(month: pl.Expr) -> pl.Expr:
    numbers = [f"{number:02}" for number in range(1, len(_MONTHS) + 1)]
    return month.str.to_lowercase().str.slice(0, 3).replace(list(_MONTHS), numbers)


def _from_serial(digits: pl.Expr) -> pl.Expr:
    days = digits.cast(pl.Int32, strict=False)
    in_range = days.is_between(_FIRST_SERIAL, _LAST_SERIAL)
    return pl.when(in_range).then(_SERIAL_ORIGIN + pl.duration(days=days))


_BOTH_ORDERS = {
    "month_first": _date(_NUMBERS, (3, 1, 2)),
    "day_first": _date(_NUMBERS, (3, 2, 1)),
}
_READINGS = {
    "year_first": _date(_YEAR_FIRST, (1, 2, 3)),
    "compact": _date(_COMPACT, (1, 2, 3)),
    "named": pl.coalesce(
        _date(_DAY_NAME, (3, 2, 1), is_named=True), _date(_NAME_DAY, (3, 1, 2), is_named=True)
    ),
    **_BOTH_ORDERS,
    "serial": _from_serial(pl.col("day").str.extract(_SERIAL)),
    "has_short_year": ~pl.col("day").str.contains(r"[0-9]{4}"),
    "has_time": pl.col("word").str.contains(_CLOCK) & ~pl.col("word").str.contains(_MIDNIGHT),
}
"""Each way to read a cell of `word` and `day`: written out once, for every column of dates."""

"""One column's text in; its typed values out, with what was read generously or not at all."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import numpy as np
import polars as pl

from stepladder.validate.dates import Proofs, is_iso_date, proofs_of, read_dates
from stepladder.validate.place import Place
from stepladder.validate.schema import Column
from stepladder.validate.spelling import value_key, value_keys

_BLANK_WORDS = ("-", "n/a", "N/A", "N/a", "n/A")
_EXCEL_ERRORS = (
    "#BLOCKED!",
    "#BUSY!",
    "#CALC!",
    "#CONNECT!",
    "#DIV/0!",
    "#FIELD!",
    "#GETTING_DATA",
    "#N/A",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#REF!",
    "#SPILL!",
    "#UNKNOWN!",
    "#VALUE!",
)
_SPECIAL = [*_BLANK_WORDS, *_EXCEL_ERRORS]

_WHOLE = r"([+-]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+))"
_INTEGER = rf"^{_WHOLE}(?:\.0{{1,2}})?\s*\**$"
_MONEY = rf"^\$?\s*{_WHOLE}(?:\.0{{1,2}})?\s*\**$"
_NUMBER = r"^([+-]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)?\.?[0-9]*)\s*%?\s*\**$"

_SEPARATORS = r"[;,\r\n]"


@dataclass(frozen=True)
class Reading:
    """One column as read.

    `values` has one typed value per row, null where blank or not read. `told` lists the cells that
    a person is told about, each with `row` (UInt32), `code` and `detail`: what the text was read
    as, or what could not be read (`is_unread`), be it a part of it.
    """

    values: pl.Series
    told: pl.DataFrame

    @property
    def unread(self) -> pl.DataFrame:
        """The cells that could not be read."""
        return self.told.filter(is_unread())


TOLD = pl.Schema({"row": pl.UInt32(), "code": pl.String(), "detail": pl.String()})
_NOTHING = TOLD.to_frame()
_NO_CELLS = pl.Schema({"row": pl.UInt32(), "word": pl.String()}).to_frame()


def read_column(
    column: Column, texts: pl.Series, place: Place, proofs: Proofs | None = None
) -> Reading:
    """Read a column of cells, given as text (String, null where empty), into the column's type.

    `proofs` tell the order of day and month where these cells are a part of their column. Plain
    spellings are read by a cast of the whole column. Only what is left takes the slower path,
    where meant-well spellings are read and told, and all else is left unread. Never raises.
    """
    values = _PLAIN[column.type](column, texts).rename(column.name)
    odd = _odd_cells(texts, values)
    if odd.is_empty():
        return Reading(values, _NOTHING)
    read = _read_odd(column, odd, place, proofs)
    told = read.drop_nulls("code").select(TOLD.names())
    return Reading(_fill(values, read), told)


def is_unread() -> pl.Expr:
    """Whether a cell that is told could not be read."""
    return pl.col("code").is_in(_UNREAD)


def date_proofs(column: Column, texts: pl.Series, place: Place) -> Proofs:
    """What the cells of a column of dates prove of the order of day and month."""
    odd = _odd_cells(texts, _PLAIN[column.type](column, texts))
    odd = odd.filter(~pl.col("word").is_in(_BLANK_WORDS))
    return Proofs() if odd.is_empty() else proofs_of(odd, place)


def is_whole_number(text: pl.Expr) -> pl.Expr:
    """The text is a whole number, be it plain or with spaces, asterisks or thousands separators."""
    return text.str.strip_chars().str.contains(_INTEGER)


_UNREAD = ("unreadable", "mixed_date_orders", "unknown_list_item")


def _odd_cells(texts: pl.Series, values: pl.Series) -> pl.DataFrame:
    """The cells that hold text but were not read: `row`, and `word`, without outer spaces."""
    if values.null_count() == texts.null_count():
        return _NO_CELLS
    return (
        pl.DataFrame({"word": texts, "value": values})
        .with_row_index("row")
        .filter(pl.col("value").is_null(), pl.col("word").is_not_null())
        .select(pl.col("row").cast(pl.UInt32), pl.col("word").str.strip_chars())
        .filter(pl.col("word") != "")
    )


def _read_odd(
    column: Column, odd: pl.DataFrame, place: Place, proofs: Proofs | None
) -> pl.DataFrame:
    """Read what is not plain: `row`, `value`, `code` (null: nothing to tell) and `detail`."""
    is_blank = pl.col("word").is_in(_BLANK_WORDS)
    blank = odd.filter(is_blank).select(
        "row",
        value=pl.lit(None, column.dtype),
        code=pl.lit("read_as_blank"),
        detail=pl.lit(None, pl.String),
    )
    if blank.height == odd.height:
        return blank
    written = odd if blank.is_empty() else odd.filter(~is_blank)
    if column.type == "date":
        read = read_dates(written, place, proofs)
    else:
        read = _ODD[column.type](column, written)
    return read if blank.is_empty() else pl.concat([blank, read])


def _fill(values: pl.Series, read: pl.DataFrame) -> pl.Series:
    """Put what was read into the places where the plain reading left a null."""
    place = np.arange(len(values))
    place[read["row"].to_numpy()] = len(values) + np.arange(read.height)
    return pl.concat([values, read["value"]])[place]


def _plain(expression: Callable[[pl.Expr], pl.Expr], texts: pl.Series) -> pl.Series:
    return texts.to_frame("text").select(expression(pl.col("text"))).to_series()


def _plain_text(_column: Column, texts: pl.Series) -> pl.Series:
    return _plain(
        lambda word: pl.when(~word.is_in(_SPECIAL) & (word != "")).then(word),
        texts.str.strip_chars(),
    )


def _plain_integers(_column: Column, texts: pl.Series) -> pl.Series:
    return texts.cast(pl.Int64, strict=False)


def _plain_numbers(_column: Column, texts: pl.Series) -> pl.Series:
    return _plain(
        lambda text: pl.when(text.str.contains(r"^-?[0-9]+(\.[0-9]+)?$")).then(
            text.cast(pl.Float64, strict=False)
        ),
        texts,
    )


def _plain_dates(_column: Column, texts: pl.Series) -> pl.Series:
    return _plain(
        lambda text: pl.when(is_iso_date(text)).then(text.str.to_date("%Y-%m-%d", strict=False)),
        texts,
    )


def _plain_choices(column: Column, texts: pl.Series) -> pl.Series:
    return _plain(lambda text: pl.when(text.is_in(column.allowed)).then(text), texts)


def _plain_lists(column: Column, texts: pl.Series) -> pl.Series:
    item, items = pl.element(), pl.col("items")
    word = item.str.strip_chars()
    is_plain_item = item.is_in(column.allowed) if column.allowed else ~item.is_in(_EXCEL_ERRORS)
    is_plain = items.list.eval(is_plain_item).list.all() & (items.list.len() > 0)
    return (
        pl.DataFrame({"text": texts.str.strip_chars()})
        .with_columns(
            items=pl.col("text")
            .str.replace_all(_SEPARATORS, ";")
            .str.split(";")
            .list.eval(word.filter(word != ""))
            .list.unique(maintain_order=True)
        )
        .select(pl.when(is_plain & ~pl.col("text").is_in(_BLANK_WORDS)).then("items"))
        .to_series()
    )


def _each_once(
    read: Callable[[Column, pl.Series], pl.Series], column: Column, texts: pl.Series
) -> pl.Series:
    """Read every spelling once: in a large column most cells say what another one says."""
    spellings = texts.unique()
    known = pl.DataFrame({"text": spellings, "value": read(column, spellings)})
    cells = texts.rename("text").to_frame()
    return cells.join(known, on="text", how="left", maintain_order="left")["value"]


def _odd_text(_column: Column, odd: pl.DataFrame) -> pl.DataFrame:
    return odd.select(
        "row",
        value=pl.lit(None, pl.String),
        code=pl.lit("unreadable"),
        detail=pl.lit(None, pl.String),
    )


def _odd_integers(column: Column, odd: pl.DataFrame) -> pl.DataFrame:
    pattern = _MONEY if column.type == "money" else _INTEGER
    return _odd_digits(column, odd, pattern)


def _odd_numbers(column: Column, odd: pl.DataFrame) -> pl.DataFrame:
    return _odd_digits(column, odd, _NUMBER)


def _odd_digits(column: Column, odd: pl.DataFrame, pattern: str) -> pl.DataFrame:
    digits = pl.col("word").str.extract(pattern).str.replace_all(",", "", literal=True)
    value = digits.cast(column.dtype, strict=False)
    return odd.select(
        "row",
        value=value,
        code=_told_if_read(value, "read_as_number"),
        detail=digits.str.strip_prefix("+"),
    )


def _odd_choices(column: Column, odd: pl.DataFrame) -> pl.DataFrame:
    key = value_key(pl.col("word"))
    meant = _by_key(key, column.allowed, column.allowed)
    synonym = _by_key(key, column.synonyms.keys(), column.synonyms.values())
    return odd.select(
        "row",
        value=pl.coalesce(meant, synonym),
        code=pl.when(meant.is_null()).then(_told_if_read(synonym, "read_as_choice")),
        detail=synonym,
    )


def _odd_lists(column: Column, odd: pl.DataFrame) -> pl.DataFrame:
    items = (
        odd.with_columns(word=pl.col("word").str.replace_all(_SEPARATORS, ";").str.split(";"))
        .explode("word")
        .with_columns(pl.col("word").str.strip_chars())
        .filter(pl.col("word") != "")
    )
    read = _read_items(column, items)
    value = pl.col("value").drop_nulls().unique(maintain_order=True)
    lists = read.group_by("row", maintain_order=True).agg(
        value,
        unknown=pl.col("word").filter(pl.col("value").is_null()).unique(maintain_order=True),
        is_told=pl.col("is_told").any(),
        readable=value.str.join("; "),
    )
    has_unknown = pl.col("unknown").list.len() > 0
    return lists.select(
        "row",
        value=pl.when(pl.col("value").list.len() > 0).then("value"),
        code=pl.when(has_unknown)
        .then(pl.lit("unknown_list_item"))
        .when("is_told")
        .then(pl.lit("read_as_list")),
        detail=pl.when(has_unknown).then(pl.col("unknown").list.join("; ")).otherwise("readable"),
    )


def _read_items(column: Column, items: pl.DataFrame) -> pl.DataFrame:
    """Add `value` (null where an item is not known) and `is_told` to a list's items."""
    if not column.allowed:
        is_error = pl.col("word").is_in(_EXCEL_ERRORS)
        return items.with_columns(
            value=pl.when(~is_error).then("word"), is_told=pl.lit(value=False)
        )
    key = value_key(pl.col("word"))
    meant = _by_key(key, column.allowed, column.allowed)
    synonym = _by_key(key, column.synonyms.keys(), column.synonyms.values())
    return items.with_columns(
        value=pl.coalesce(meant, synonym), is_told=meant.is_null() & synonym.is_not_null()
    )


def _by_key(key: pl.Expr, spellings: Iterable[str], meant: Iterable[str]) -> pl.Expr:
    return key.replace_strict(
        value_keys(spellings), list(meant), default=None, return_dtype=pl.String
    )


def _told_if_read(value: pl.Expr, code: str) -> pl.Expr:
    return pl.when(value.is_null()).then(pl.lit("unreadable")).otherwise(pl.lit(code))


_PLAIN: Mapping[str, Callable[[Column, pl.Series], pl.Series]] = MappingProxyType(
    {
        "id": _plain_text,
        "text": _plain_text,
        "integer": _plain_integers,
        "number": _plain_numbers,
        "money": _plain_integers,
        "date": partial(_each_once, _plain_dates),
        "yesno": _plain_choices,
        "choice": _plain_choices,
        "list": partial(_each_once, _plain_lists),
    }
)
_ODD: Mapping[str, Callable[[Column, pl.DataFrame], pl.DataFrame]] = MappingProxyType(
    {
        "id": _odd_text,
        "text": _odd_text,
        "integer": _odd_integers,
        "number": _odd_numbers,
        "money": _odd_integers,
        "yesno": _odd_choices,
        "choice": _odd_choices,
        "list": _odd_lists,
    }
)

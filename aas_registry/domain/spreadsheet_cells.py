"""Cells of a list, read as what their column holds; what Excel did to a code is found out.

A cell is text (`str`, empty where nothing stands), or an `OddCell`: what a spreadsheet
program stored as something else than text. A number in the place of a code has lost its
leading zeros, or digits beyond the fifteenth; a date in the place of a code was one never.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, auto
from typing import Any, NamedTuple

from aas_registry.domain.codes import Code
from aas_registry.domain.countries import COUNTRY_CODES
from aas_registry.domain.findings import Severity
from aas_registry.domain.identifiers import matching_key
from aas_registry.domain.lot_facts import MAX_TEXT_CHARS, QUANTITY_PLACES, parse_quantity
from aas_registry.domain.spreadsheet_columns import ColumnKind

SHOWN_CHARS = 60
_EXACT_DIGITS = 15  # a spreadsheet's number is a double
_EARLIEST, _LATEST = date(1970, 1, 1), date(2200, 1, 1)

# What AAS text may hold (the characters of XML 1.0, AASd-130), without control characters.
_TEXT = re.compile("[\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+\d{1,3}")
_DOUBLE = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,3})?")
_PLAIN_NUMBER = re.compile(r"\+?\d{1,30}(?:[.,]\d{1,30})?")
_TEXT_FORMULA = re.compile(r'="([^"]*)"')
_SIGNED_NUMBER = re.compile(r"[+-][0-9]{1,30}(?:[.,][0-9]{1,30})?")
_THOUSANDS = re.compile(r"\+?[1-9]\d{0,2}[.,]\d{3}")
_DATES = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?:[T ][\d:.]+Z?)?"),
    re.compile(r"(?P<year>\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2})"),
    re.compile(r"(?P<year>\d{4})年(?P<month>\d{1,2})月(?P<day>\d{1,2})日"),
    re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})"),
)
MOST_FORMULA_CHARS = 8192  # of Excel
# Dynamic data exchange (program|topic!item), and functions that ask a server or run code.
_ACTIVE = re.compile(
    r"\|[^|]*!|\b(?:WEBSERVICE|DDE|DDEAUTO|CALL|REGISTER(?:\.ID)?|EXEC|RTD|IMAGE|IMPORT(?:DATA|XML|HTML|FEED|RANGE))\s*\(",
    re.IGNORECASE,
)
# With the wide forms, which East Asian versions of spreadsheet programs take for the narrow ones.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_MARKED_STARTS = (*FORMULA_STARTS, "'")


class CellKind(Enum):
    """What a spreadsheet program holds a cell for, where that is not text."""

    NUMBER = auto()
    DATE = auto()
    BOOLEAN = auto()
    ERROR = auto()
    FORMULA = auto()


class OddCell(NamedTuple):
    """A cell that is not plain text.

    Attributes:
        text: What stands there, as near as the file tells; of a date the ISO form.
        kind: What it is held for; None for text that a formula gave.
        is_formula: Whether a formula gave the value.
    """

    text: str
    kind: CellKind | None
    is_formula: bool = False


CellValue = str | OddCell


class Problem(NamedTuple):
    """What is wrong with a cell, without its place."""

    severity: Severity
    code: Code
    message: str


@dataclass(frozen=True, slots=True)
class ReadCell:
    """A cell as it was read.

    Attributes:
        value: ``str``, ``Decimal`` or ``date``; None where nothing stands, or nothing usable.
        problem: What is wrong with it.
    """

    value: Any
    problem: Problem | None = None


def read_cell(cell: CellValue, kind: ColumnKind) -> ReadCell:
    """Return what a cell says, in the terms of its column."""
    if isinstance(cell, str):
        return _read_plain(cell.strip(), kind)
    if cell.kind in (CellKind.ERROR, CellKind.BOOLEAN):
        return _wrong(Code.SPREADSHEET_CELL_ERROR, "is an error value or a yes/no of the spreadsheet program")
    read = _read_odd(cell, kind)
    if cell.is_formula and read.problem is None and kind in (ColumnKind.KEY, ColumnKind.CODE):
        told = _warned(Code.SPREADSHEET_FORMULA, "comes from a formula; its last value was read")
        return ReadCell(read.value, told)
    return read


def is_formula_text(text: str) -> bool:
    """Return whether a spreadsheet program may evaluate a text that stands in a CSV."""
    return text.startswith(FORMULA_STARTS) and len(text) > 1 and _SIGNED_NUMBER.fullmatch(text) is None


def is_text_formula(text: str) -> bool:
    """Return whether a formula gives the text that it holds, as `="0042"` does to keep its zeros."""
    return _TEXT_FORMULA.fullmatch(text) is not None


def is_active_formula(formula: str) -> bool:
    """Return whether a formula would do more than calculate, where a program evaluates it."""
    return len(formula) > MOST_FORMULA_CHARS or _ACTIVE.search(formula) is not None


def is_marked(text: str) -> bool:
    """Return whether a text begins with the apostrophe by which spreadsheet programs mark text.

    It keeps a formula, or a number with leading zeros, what it is. A name such as 't Hart has its own.
    """
    return text[:1] == "'" and (text[1:2].isdigit() or text[1:].startswith(_MARKED_STARTS))


def shown(cell: CellValue) -> str:
    """Return what stands in a cell, short enough for a finding."""
    text = cell if isinstance(cell, str) else cell.text
    clean = "".join(each if each.isprintable() else "\ufffd" for each in text[:SHOWN_CHARS])
    return clean + "…" if len(text) > SHOWN_CHARS else clean


def _read_plain(text: str, kind: ColumnKind) -> ReadCell:
    marked = is_marked(text)
    plain = text[1:] if marked else text
    read = _READERS[kind](plain) if plain else ReadCell(None)
    if read.problem is not None or text[:1] != "'" or (marked and plain.startswith(FORMULA_STARTS)):
        return read
    if marked:
        said = "begins with the apostrophe that marks text; it was taken off"
    else:
        said = "begins with an apostrophe, which was kept"
    return ReadCell(read.value, _warned(Code.SPREADSHEET_TEXT_MARK, said))


def _read_odd(cell: OddCell, kind: ColumnKind) -> ReadCell:
    text = cell.text.strip()
    if not text:
        return ReadCell(None)
    if cell.kind is CellKind.FORMULA:
        return _read_formula(text, kind)
    if cell.kind is None or (kind is ColumnKind.DATE and cell.kind is CellKind.DATE):
        return _READERS[kind](text)
    if kind is ColumnKind.QUANTITY and cell.kind is CellKind.NUMBER:
        return _read_number(text)
    if kind in (ColumnKind.KEY, ColumnKind.CODE):
        return _read_altered(cell, kind)
    word = "date" if cell.kind is CellKind.DATE else "number"
    code = _CODES.get(kind, Code.SPREADSHEET_TEXT_INVALID)
    return _wrong(code, f"is a {word} of the spreadsheet program")


def _read_altered(cell: OddCell, kind: ColumnKind) -> ReadCell:
    """Return a code that a spreadsheet program stored as a number or date."""
    if cell.kind is CellKind.DATE:
        return _wrong(Code.SPREADSHEET_CODE_ALTERED, "was turned into a date; what was typed is lost")
    digits = _whole_digits(cell.text)
    if digits is None or len(digits) > _EXACT_DIGITS:
        return _wrong(Code.SPREADSHEET_CODE_ALTERED, "was turned into a number; digits may be lost")
    advice = "is a number, so leading zeros may be lost; format the column as text and enter it again"
    if kind is ColumnKind.KEY:
        return _wrong(Code.SPREADSHEET_CODE_ALTERED, advice)
    taken = "is a number and was taken as it is; leading zeros may be lost"
    return ReadCell(digits, _warned(Code.SPREADSHEET_CODE_ALTERED, taken))


def _whole_digits(text: str) -> str | None:
    if _DOUBLE.fullmatch(text) is None:
        return None
    number = Decimal(text)
    if number < 0 or number.adjusted() > 2 * _EXACT_DIGITS:
        return None
    return format(number.quantize(Decimal(1)), "f") if number == number.to_integral_value() else None


def _read_text(text: str) -> ReadCell:
    if len(text) > MAX_TEXT_CHARS:
        return _wrong(Code.SPREADSHEET_TEXT_INVALID, f"is longer than {MAX_TEXT_CHARS} characters")
    if _TEXT.fullmatch(text) is None:
        return _wrong(Code.SPREADSHEET_TEXT_INVALID, "holds a line break or a control character")
    if not matching_key(text):
        return _wrong(Code.SPREADSHEET_TEXT_INVALID, "holds nothing that can be seen")
    return ReadCell(text)


def _read_code(text: str) -> ReadCell:
    if _SCIENTIFIC.fullmatch(text):
        return _wrong(Code.SPREADSHEET_CODE_ALTERED, "is a number in powers of ten; the code itself is lost")
    return _read_text(text)


def _read_formula(text: str, kind: ColumnKind) -> ReadCell:
    """Return what a CSV writes for a program to evaluate; `="0042"` is how leading zeros are kept there."""
    held = _TEXT_FORMULA.fullmatch(text)
    if held is None and text.startswith("="):
        return _wrong(Code.SPREADSHEET_FORMULA, "is a formula, and what it gave does not stand there")
    read = _READERS[kind](held[1] if held else text)
    if read.problem is not None:
        return read
    return ReadCell(read.value, _warned(Code.SPREADSHEET_FORMULA, "begins like a formula; its text was read"))


def _read_quantity(text: str) -> ReadCell:
    if text.startswith("-"):
        return _wrong(Code.SPREADSHEET_QUANTITY_INVALID, "is negative")
    if _PLAIN_NUMBER.fullmatch(text) is None:
        return _wrong(Code.SPREADSHEET_QUANTITY_INVALID, "is no number without thousands signs")
    if _THOUSANDS.fullmatch(text):
        without = text.replace(".", "").replace(",", "")
        message = f"may mean {without} or {text.replace(',', '.')}; leave the sign out, or the zeros"
        return _wrong(Code.SPREADSHEET_QUANTITY_INVALID, message)
    quantity = parse_quantity(text.replace(",", "."))
    if quantity is None:
        message = f"is too large, or has more than {QUANTITY_PLACES} decimals"
        return _wrong(Code.SPREADSHEET_QUANTITY_INVALID, message)
    return ReadCell(quantity)


def _read_number(text: str) -> ReadCell:
    # A double: 0.3 may stand there as 0.30000000000000004.
    if _DOUBLE.fullmatch(text) is None or Decimal(text).adjusted() > 2 * _EXACT_DIGITS:
        return _wrong(Code.SPREADSHEET_QUANTITY_INVALID, "is no quantity that can be kept")
    number = Decimal(text)
    if number < 0:
        return _wrong(Code.SPREADSHEET_QUANTITY_INVALID, "is negative")
    quantity = parse_quantity(format(round(number, QUANTITY_PLACES), "f"))
    if quantity is None:
        return _wrong(Code.SPREADSHEET_QUANTITY_INVALID, "is too large")
    return ReadCell(quantity.normalize() if "." in format(quantity, "f") else quantity)


def _read_date(text: str) -> ReadCell:
    found = next((match for each in _DATES if (match := each.fullmatch(text))), None)
    if found is None:
        return _wrong(Code.SPREADSHEET_DATE_INVALID, "is no date of the form YYYY-MM-DD")
    try:
        day = date(*(int(found[name]) for name in ("year", "month", "day")))
    except ValueError:
        return _wrong(Code.SPREADSHEET_DATE_INVALID, "is no day of the calendar")
    if not _EARLIEST <= day <= _LATEST:
        return _wrong(Code.SPREADSHEET_DATE_INVALID, f"is not between {_EARLIEST.year} and {_LATEST.year}")
    return ReadCell(day)


def _read_country(text: str) -> ReadCell:
    if text.upper() not in COUNTRY_CODES:
        return _wrong(Code.SPREADSHEET_COUNTRY_UNKNOWN, "is no country code of two letters, such as DE or JP")
    return ReadCell(text.upper())


def _wrong(code: Code, message: str) -> ReadCell:
    return ReadCell(None, Problem(Severity.ERROR, code, message))


def _warned(code: Code, message: str) -> Problem:
    return Problem(Severity.WARNING, code, message)


_READERS: dict[ColumnKind, Callable[[str], ReadCell]] = {
    ColumnKind.KEY: _read_code,
    ColumnKind.CODE: _read_code,
    ColumnKind.QUANTITY: _read_quantity,
    ColumnKind.DATE: _read_date,
    ColumnKind.COUNTRY: _read_country,
}
_CODES = {
    ColumnKind.QUANTITY: Code.SPREADSHEET_QUANTITY_INVALID,
    ColumnKind.DATE: Code.SPREADSHEET_DATE_INVALID,
    ColumnKind.COUNTRY: Code.SPREADSHEET_COUNTRY_UNKNOWN,
}

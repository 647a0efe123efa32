"""Example lists to try: ten lots that one certificate covers, and a list with five errors.

The five errors are those that lists have: a lot code that a spreadsheet program took for a
number, a missing manufacturer, a negative quantity, a country that is none, a day that never was.
"""

from datetime import date
from functools import cache

from aas_registry.formats.lists.writer import write_list_xlsx, write_template_csv, write_template_xlsx
from aas_registry.formats.pdf.text import TextPage, write_text_pdf

LIST_NAME = "example-ten-lots.xlsx"
CERTIFICATE_NAME = "example-ten-lots.pdf"
ERRORS_NAME = "example-with-five-errors.xlsx"

_MAKER, _MPN, _NOTE, _NUMBER = "Example Components Ltd", "EX-10K-0603", "EX-55020", "EX-C-55020"
_LOTS, _REELS = 10, 3
_MADE = date(2026, 2, 9)
_ISSUED = date(2026, 3, 2)
_Row = dict[str, str | int]
# Row of the list, column, and what stands there.
_MISTAKES: tuple[tuple[int, str, str | int], ...] = (
    (3, "lot_code", 811),
    (5, "manufacturer", ""),
    (6, "quantity", "-5000"),
    (9, "country_of_origin", "UK"),
    (12, "manufactured_on", "2026-02-30"),
)


@cache
def template_xlsx() -> bytes:
    """Return the template as a workbook."""
    return write_template_xlsx()


def template_csv() -> bytes:
    """Return the template as CSV."""
    return write_template_csv()


@cache
def example_list() -> bytes:
    """Return a list of ten lots on thirty reels; the certificate is said once and named nowhere."""
    rows: list[_Row] = []
    for lot in range(_LOTS):
        for reel in range(_REELS):
            row = _row(lot)
            row |= {"package": f"EXR{100 * lot + reel:05d}", "package_quantity": "5000"}
            rows.append(row)
    rows[0] = {
        **rows[0],
        "certificate_number": _NUMBER,
        "certificate_type": "Certificate of conformity",
        "issued_on": _ISSUED.isoformat(),
    }
    return write_list_xlsx(rows)


@cache
def example_certificate() -> bytes:
    """Return the certificate of the ten lots; it carries no signature."""
    lots = [(_code(lot), _date_code(lot), "15000") for lot in range(_LOTS)]
    page = TextPage(
        heading=_MAKER,
        title="Certificate of conformity",
        fields=[
            ("Certificate no.", _NUMBER),
            ("Manufacturer", _MAKER),
            ("Part number", _MPN),
            ("Lot codes", ", ".join(code for code, _, _ in lots)),
            ("Delivery note", _NOTE),
            ("Date of issue", _ISSUED.isoformat()),
        ],
        table=[("Code", "Date code", "Quantity"), *lots],
        closing=("We confirm that the goods named above meet the agreed specification.",),
    )
    return write_text_pdf(page)


@cache
def example_with_errors() -> bytes:
    """Return a list of twelve lots with five errors of five kinds."""
    rows = [_row(lot) for lot in range(10, 22)]
    for row, column, wrong in _MISTAKES:
        rows[row - 2][column] = wrong
    return write_list_xlsx(rows)


def _row(lot: int) -> _Row:
    return {
        "manufacturer": _MAKER,
        "mpn": _MPN,
        "lot_code": _code(lot),
        "date_codes": _date_code(lot),
        "quantity": "15000",
        "unit_of_measure": "pcs",
        "delivery_note": _NOTE,
        "internal_part_number": "004711",
        "country_of_origin": "PT",
        "manufactured_on": _MADE.isoformat(),
    }


def _code(lot: int) -> str:
    return f"{800 + lot:05d}"


def _date_code(lot: int) -> str:
    return f"26{7 + lot // 6:02d}"

"""A reel, lot and certificate list: its rows, put together as lots with their reels and papers.

One row stands for a lot, or for one reel of it. What rows of the same lot say of it must
agree; an empty cell says nothing. Every error is found, not only the first, and the caller
refuses the whole list where there is any.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Severity, error, warning
from aas_registry.domain.identifiers import matching_key, tells_apart
from aas_registry.domain.lot_facts import QUANTITY_LIMIT
from aas_registry.domain.lot_list import ListedCertificate, ListedLot, ListedPackage, LotList
from aas_registry.domain.progress import Progress, no_progress
from aas_registry.domain.spreadsheet_cells import CellValue, Problem, ReadCell, read_cell, shown
from aas_registry.domain.spreadsheet_columns import (
    BY_KEY,
    COLUMNS,
    ERRORS,
    Column,
    ColumnKind,
    column_named,
)
from aas_registry.domain.spreadsheet_findings import SpreadsheetFindings, column_letters

HEADER_ROWS = 20  # the header is looked for among so many rows that are not empty
LAST_ROW = 1_048_576  # of a spreadsheet program
_PROGRESS_ROWS = 2000
_MOST_CACHED = 50_000

_LOT_FACTS = (
    "quantity",
    "unit_of_measure",
    "delivery_note",
    "internal_part_number",
    "country_of_origin",
    "manufactured_on",
)
_CERTIFICATE_FACTS = ("certificate_number", "certificate_type", "issued_on", "expires_on")
_KEYS = ("manufacturer", "mpn", "lot_code")
_QUANTITIES = ("quantity", "package_quantity")
_PLACES = {each.key: place for place, each in enumerate(COLUMNS)}
_LOT_FACT_PLACES = [(key, _PLACES[key]) for key in _LOT_FACTS]
_CERTIFICATE_PLACES = [(key, _PLACES[key]) for key in _CERTIFICATE_FACTS]

Row = tuple[int, Sequence[CellValue]]


def read_lot_list(
    rows: Iterable[Row], *, most_rows: int, most_findings: int, progress: Progress = no_progress
) -> LotList:
    """Put the rows of a list together.

    Args:
        rows: Number, from 1, and cells of every row that is not empty, in order.
        most_rows: Below the header.
        most_findings: Most that are kept of each severity.
        progress: Told ``reading`` and how many rows are read.

    Returns:
        The lots, and every finding; a list with errors is not to be stored.

    Raises:
        RefusedError: There are more rows than ``most_rows``.
    """
    reader = _ListReader(most_findings)
    remaining = iter(rows)
    if reader.find_header(remaining):
        for count, (number, cells) in enumerate(remaining, start=1):
            if count > most_rows:
                message = f"There are more than {most_rows} rows below the header."
                raise RefusedError(error(Code.SPREADSHEET_TOO_LARGE, message, row=number))
            reader.read_row(number, cells)
            if count % _PROGRESS_ROWS == 0:
                progress("reading", count, None)
        progress("reading", reader.rows, reader.rows)
        reader.finish()
    else:
        reader.measure(remaining)
    return reader.result()


def refuse_date_codes(listed: LotList, *, most: int) -> None:
    """Add an error to the list's findings for each lot that has more date codes than ``most``."""
    for lot in listed.lots:
        if len(lot.date_codes) > most:
            message = f"The lot {lot.lot_code!r} has {len(lot.date_codes)} date codes; the limit is {most}."
            place = {"row": lot.row, "column": listed.places.get("date_codes")}
            listed.findings.add(error(Code.SPREADSHEET_TOO_LARGE, message, **place))


def is_header(cells: Sequence[CellValue]) -> bool:
    """Return whether a row names at least two columns of a list."""
    named = (column_named(shown_text(each)) for each in cells)
    return len({each.key for each in named if each is not None}) > 1


def file_key(name: str) -> str:
    """Return the form in which file names are compared: without folders, as other names are."""
    return matching_key(re.split(r"[/\\]", name.strip())[-1])


class _ListReader:
    def __init__(self, most_findings: int) -> None:
        self.rows = 0
        self._header_row = 0
        self._found = SpreadsheetFindings(most=most_findings)
        self._lots: list[ListedLot] = []
        self._lot_places: dict[tuple[str, str, str], int] = {}
        self._reels: dict[str, int] = {}
        self._certificates: dict[str | None, ListedCertificate] = {}
        self._numbers: dict[str, int] = {}
        self._plan: list[tuple[int, int, Column, dict[CellValue, ReadCell]]] = []
        self._unnamed: set[int] = set()
        self._told: set[int] = set()
        self._has_certificates = False
        self._width = 0
        self._widest = 0

    def find_header(self, rows: Iterator[Row]) -> bool:
        for _, (number, cells) in zip(range(HEADER_ROWS), rows, strict=False):
            self._widest = max(self._widest, len(cells))
            if is_header(cells):
                self._header_row = number
                self._read_header(number, cells)
                return not self._found.has_errors
        self._found.add(error(Code.SPREADSHEET_HEADER_MISSING, Code.SPREADSHEET_HEADER_MISSING.meaning))
        return False

    def _read_header(self, row: int, cells: Sequence[CellValue]) -> None:
        for number, cell in enumerate(cells, start=1):
            column, text, letters = column_named(shown_text(cell)), shown(cell), column_letters(number)
            if column is None:
                if text:
                    message = f"Column {letters} ({text!r}) is not known; it stays in the original only."
                    place = {"row": row, "column": number, "value": text}
                    self._found.add(warning(Code.SPREADSHEET_COLUMN_UNKNOWN, message, **place))
                else:
                    self._unnamed.add(number - 1)
            elif column.key in self._numbers:
                other = column_letters(self._numbers[column.key])
                message = f"The columns {other} and {letters} both mean {column.header!r}."
                place = {"row": row, "column": number, "value": text}
                self._found.add(error(Code.SPREADSHEET_COLUMN_DUPLICATE, message, **place))
            else:
                self._numbers[column.key] = number
                if column.kind is not ColumnKind.IGNORED:
                    self._plan.append((number - 1, _PLACES[column.key], column, {}))
        for column in COLUMNS:
            if column.required and column.key not in self._numbers:
                message = f"The column {column.header!r} is missing."
                self._found.add(error(Code.SPREADSHEET_COLUMN_MISSING, message, row=row))
        named = (number for number, cell in enumerate(cells, start=1) if shown_text(cell).strip())
        self._width = max((each for each in named if each != self._numbers.get(ERRORS.key)), default=0)
        self._has_certificates = not self._numbers.keys().isdisjoint(
            ("certificate_file", *_CERTIFICATE_FACTS)
        )

    def measure(self, rows: Iterator[Row]) -> None:
        self._widest = max([self._widest, *(len(cells) for _, cells in rows)])

    def read_row(self, number: int, cells: Sequence[CellValue]) -> None:
        self.rows += 1
        self._widest = max(self._widest, len(cells))
        values, wrong = self._values(number, cells)
        if len(cells) > self._width or self._unnamed:
            stated = (each for each in _QUANTITIES if values[_PLACES[each]] is not None or each in wrong)
            self._tell_unnamed(number, cells, has_quantity=any(stated))
        missing = [key for key in _KEYS if values[_PLACES[key]] is None]
        for key in missing:
            if key not in wrong:
                self._wrong(Code.SPREADSHEET_CELL_MISSING, "is empty", number, key)
        if not missing:
            self._take(number, values)

    def _values(self, number: int, cells: Sequence[CellValue]) -> tuple[list[Any], set[str]]:
        values: list[Any] = [None] * len(COLUMNS)
        wrong: set[str] = set()
        width = len(cells)
        for index, place, column, cache in self._plan:
            cell = cells[index] if index < width else ""
            if cell == "":
                continue
            read = cache.get(cell)
            if read is None:
                read = read_cell(cell, column.kind)
                if len(cache) < _MOST_CACHED:
                    cache[cell] = read
            values[place] = read.value
            if read.problem is not None:
                self._found.add_at(read.problem, number, (index + 1, column), cell)
                wrong.add(column.key)
        return values, wrong

    def _take(self, row: int, values: list[Any]) -> None:
        place = self._lot_at(row, values)
        lot = self._lots[place]
        for key, at in _LOT_FACT_PLACES:
            if values[at] is not None and lot.facts.get(key) != values[at]:
                self._agree(row, key, values[at], lot.facts, lot.row, Code.SPREADSHEET_LOT_CONFLICT)
        stated = values[_PLACES["date_codes"]]
        if stated is not None and stated not in lot.date_codes:
            codes = (each.strip() for each in re.split("[,;]", stated))
            lot.date_codes.update(dict.fromkeys(each for each in codes if each))
        self._take_package(row, values, place, lot)
        if self._has_certificates:
            self._take_certificate(row, values, place)

    def _lot_at(self, row: int, values: list[Any]) -> int:
        manufacturer, mpn, lot_code = (values[_PLACES[key]] for key in _KEYS)
        known = (matching_key(manufacturer), matching_key(mpn), matching_key(lot_code))
        place = self._lot_places.get(known)
        if place is None:
            place = self._lot_places[known] = len(self._lots)
            self._lots.append(ListedLot(row, manufacturer, mpn, lot_code))
            return place
        lot = self._lots[place]
        named = ((manufacturer, lot.manufacturer), (mpn, lot.mpn), (lot_code, lot.lot_code))
        if lot.other_spelling_row is None and any(
            one != other and tells_apart(one, other) for one, other in named
        ):
            lot.other_spelling_row = row
            if tells_apart(lot_code, lot.lot_code):
                message = f"is {lot.lot_code!r} in row {lot.row}; compared as equal, they are one lot"
                problem = Problem(Severity.WARNING, Code.LOT_SPELLED_OTHERWISE, message)
                self._found.add_at(problem, row, self._column("lot_code"), lot_code)
        return place

    def _take_package(self, row: int, values: list[Any], place: int, lot: ListedLot) -> None:
        name, quantity = values[_PLACES["package"]], values[_PLACES["package_quantity"]]
        if name is None:
            if quantity is not None:
                self._wrong(Code.SPREADSHEET_CELL_MISSING, "is empty beside a reel quantity", row, "package")
            return
        key = matching_key(name)
        if key in lot.packages:
            message = f"is the reel of row {lot.packages[key].row} again"
            self._wrong(Code.SPREADSHEET_REEL_DUPLICATE, message, row, "package", name)
            return
        if self._reels.setdefault(key, place) != place:
            other = self._lots[self._reels[key]]
            message = f"is a reel of the lot {other.lot_code!r} as well; both are kept"
            problem = Problem(Severity.WARNING, Code.SPREADSHEET_REEL_SHARED, message)
            self._found.add_at(problem, row, self._column("package"), name)
        lot.packages[key] = ListedPackage(name, quantity, row)

    def _take_certificate(self, row: int, values: list[Any], place: int) -> None:
        name = values[_PLACES["certificate_file"]]
        said = {key: values[at] for key, at in _CERTIFICATE_PLACES if values[at] is not None}
        if name is None and not said:
            return
        key = None if name is None else file_key(name)
        stated = self._certificates.setdefault(key, ListedCertificate(name, row))
        if name is not None:
            stated.lots[place] = None
        for fact, value in said.items():
            if stated.facts.get(fact) != value:
                self._agree(row, fact, value, stated.facts, stated.row, Code.SPREADSHEET_CERTIFICATE_CONFLICT)

    def _agree(self, row: int, key: str, value: Any, facts: dict[str, Any], first: int, code: Code) -> None:
        held = facts.setdefault(key, value)
        same = matching_key(held) == matching_key(value) if isinstance(value, str) else held == value
        if not same:
            message = f"differs from {str(held)[:60]!r}, said from row {first} on"
            self._wrong(code, message, row, key, str(value))

    def _tell_unnamed(self, row: int, cells: Sequence[CellValue], *, has_quantity: bool) -> None:
        for index, cell in enumerate(cells):
            if not shown_text(cell).strip() or index + 1 == self._numbers.get(ERRORS.key):
                continue
            letters = column_letters(index + 1)
            place = {"row": row, "column": index + 1, "value": shown(cell)}
            if has_quantity and index >= self._width:
                message = (
                    f"Column {letters} has a value and no name, in a row with quantities: was one written"
                    " with a comma, such as 1,000? Write 1000; put remarks under a name of their own."
                )
                self._found.add(error(Code.SPREADSHEET_ROW_TOO_LONG, message, **place))
                return
            if index in self._unnamed or (index >= self._width and index not in self._told):
                self._unnamed.discard(index)
                self._told.add(index)
                message = f"Column {letters} has values and no name; they stay in the original only."
                self._found.add(warning(Code.SPREADSHEET_COLUMN_UNKNOWN, message, **place))

    def _wrong(self, code: Code, message: str, row: int, key: str, cell: CellValue = "") -> None:
        self._found.add_at(Problem(Severity.ERROR, code, message), row, self._column(key), cell)

    def _column(self, key: str) -> tuple[int, Column]:
        return self._numbers.get(key, 1), BY_KEY[key]

    def finish(self) -> None:
        if not self.rows:
            self._found.add(
                error(Code.SPREADSHEET_NO_ROWS, Code.SPREADSHEET_NO_ROWS.meaning, row=self._header_row)
            )
        for lot in self._lots:
            stated = [each.quantity for each in lot.packages.values()]
            total = sum((each for each in stated if each is not None), Decimal(0))
            held = lot.facts.get("quantity")
            if held is None and stated and None not in stated:
                if total >= QUANTITY_LIMIT:
                    message = f"adds up to {total} for the lot, which is not below {QUANTITY_LIMIT}"
                    self._wrong(Code.SPREADSHEET_QUANTITY_INVALID, message, lot.row, "package_quantity")
                lot.facts["quantity"] = total
            elif held is not None and total > held:
                message = f"is less than the {total} on its reels; both are kept"
                problem = Problem(Severity.WARNING, Code.SPREADSHEET_REEL_QUANTITY, message)
                self._found.add_at(problem, lot.row, self._column("quantity"), str(held))

    def result(self) -> LotList:
        return LotList(
            lots=self._lots,
            certificates=self._certificates,
            rows=self.rows,
            width=self._widest,
            header_row=self._header_row,
            places=self._numbers,
            findings=self._found,
        )


def shown_text(cell: CellValue) -> str:
    """Return the text of a cell."""
    return cell if isinstance(cell, str) else cell.text

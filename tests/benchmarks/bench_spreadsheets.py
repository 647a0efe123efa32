"""A list of 100,000 rows from upload to commit, against openpyxl reading the same file.

Once 2,000 lots with 50 reels each, and once a lot in every row, which is fifty times as many documents.
Ours reads every cell, checks it, makes shells and submodels, stores them with lots, statements and
reels, and waits for the disk; the rival reads the cells and does nothing with them. The ten
seconds are the project's own, and count for both lists.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from figure import Figure
from openpyxl import Workbook, load_workbook
from timing import milliseconds, once

from aas_registry.domain.spreadsheet_columns import TEMPLATE_COLUMNS
from aas_registry.services import access
from aas_registry.services.intake.arrival import Arrival
from aas_registry.services.intake.spreadsheets import take_spreadsheet
from aas_registry.services.registry import open_registry
from aas_registry.settings import Settings

ROWS = 100_000
TARGET_S = 10
LISTS = (("reels", 50), ("lots", 1))  # name, reels of each lot


def figures() -> Iterator[Figure]:
    """Yield the seconds of each list, and their ratio to the rival."""
    for name, reels in LISTS:
        with TemporaryDirectory() as folder:
            path = _write(Path(folder) / "list.xlsx", reels)
            ours = once(lambda: _take(path, Path(folder) / "data", reels))[0]  # noqa: B023
            rival = once(lambda: _parse(path))[0]  # noqa: B023
            detail = milliseconds(ours=ours, rival=rival) + f", {path.stat().st_size:,} bytes"
        yield Figure(f"spreadsheet-100000-rows-of-{name}", ours, "s", TARGET_S, "at most", detail)
        yield Figure(f"spreadsheet-{name}-against-openpyxl", ours / rival, "x", 1, "at most")


def _write(path: Path, reels: int) -> Path:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Lots")
    keys = [each.key for each in TEMPLATE_COLUMNS]
    sheet.append([each.header for each in TEMPLATE_COLUMNS])
    for number in range(ROWS):
        row = _row(number, number // reels, reels)
        sheet.append([row.get(key) for key in keys])
    book.save(path)
    return path


def _row(number: int, lot: int, reels: int) -> dict[str, object]:
    return {
        "manufacturer": "Bolt Components GmbH",
        "mpn": f"CAP-{lot % 40:03d}N",
        "lot_code": f"{lot:06d}",
        "date_codes": "2611",
        "quantity": 4000 * reels,
        "unit_of_measure": "pcs",
        "package": f"R{number:08d}",
        "package_quantity": 4000,
        "delivery_note": "DN-7",
        "internal_part_number": "00471",
        "country_of_origin": "DE",
        "manufactured_on": "2026-02-03",
    }


def _take(path: Path, data: Path, reels: int) -> None:
    registry = open_registry(Settings(data_dir=data))
    with path.open("rb") as stream:
        receipt = take_spreadsheet(
            registry,
            access.local_administrator(registry),
            Arrival(stream, path.name, media_type="application/octet-stream"),
        )
    registry.close()
    told = receipt.outcome["spreadsheet"]
    assert (told["rows"], told["lots"], told["packages"]) == (ROWS, ROWS // reels, ROWS)


def _parse(path: Path) -> None:
    book = load_workbook(path, read_only=True)
    assert sum(1 for _ in book["Lots"].iter_rows(values_only=True)) == ROWS + 1

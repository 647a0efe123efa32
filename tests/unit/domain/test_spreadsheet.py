"""The rows of a list become lots; every error is told with its place."""

from decimal import Decimal

import pytest

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.lot_list import LotList
from aas_registry.domain.spreadsheet import read_lot_list, refuse_date_codes
from aas_registry.domain.spreadsheet_cells import CellValue
from aas_registry.domain.spreadsheet_findings import column_letters

MOST = 5
HEADER = ["Manufacturer", "MPN", "Lot code", "Reel id", "Reel quantity", "Lot quantity", "Date code"]


def read(*rows: list[CellValue], header: list[str] | None = None) -> LotList:
    return read_lot_list(enumerate([header or HEADER, *rows], start=1), most_rows=100, most_findings=MOST)


def codes(listed: LotList) -> list[tuple[str, int | None, int | None]]:
    return [(each.code.value, each.row, each.column) for each in listed.findings.all()]


def test_rows_of_one_lot_are_one_lot_with_its_reels() -> None:
    listed = read(
        ["Bolt", "C1", "007", "R1", "100", "", "2611"],
        ["BOLT", "c1", "007", "R2", "150", "", "2612, 2611"],
        ["Bolt", "C1", "07", "R3", "5"],
    )

    first, second = listed.lots
    assert codes(listed) == []
    assert (first.lot_code, first.manufacturer, list(first.date_codes)) == ("007", "Bolt", ["2611", "2612"])
    assert [each.id for each in first.packages.values()] == ["R1", "R2"]
    assert first.facts["quantity"] == Decimal(250)
    assert second.lot_code == "07"


def test_what_rows_of_a_lot_say_must_agree() -> None:
    listed = read(["Bolt", "C1", "007", "", "", "100"], ["Bolt", "C1", "007", "", "", "200"])

    assert codes(listed) == [("SPREADSHEET-LOT-CONFLICT", 3, 6)]


def test_a_reel_stands_once_in_a_lot_and_may_be_shared_by_two() -> None:
    listed = read(["B", "C", "1x", "R1"], ["B", "C", "1x", "r1"], ["B", "C", "2x", "R1"])

    assert codes(listed) == [("SPREADSHEET-REEL-DUPLICATE", 3, 4), ("SPREADSHEET-REEL-SHARED", 4, 4)]


def test_a_reel_quantity_needs_a_reel() -> None:
    assert codes(read(["B", "C", "1x", "", "5"])) == [("SPREADSHEET-CELL-MISSING", 2, 4)]


def test_reels_that_hold_more_than_their_lot_are_told_and_kept() -> None:
    listed = read(["B", "C", "1x", "R1", "80", "100"], ["B", "C", "1x", "R2", "80"])

    assert codes(listed) == [("SPREADSHEET-REEL-QUANTITY", 2, 6)]
    assert not listed.findings.has_errors
    assert listed.lots[0].facts["quantity"] == Decimal(100)


def test_every_missing_key_is_told() -> None:
    listed = read(["", "", "1x"], ["B", "C", ""])

    assert codes(listed) == [
        ("SPREADSHEET-CELL-MISSING", 2, 1),
        ("SPREADSHEET-CELL-MISSING", 2, 2),
        ("SPREADSHEET-CELL-MISSING", 3, 3),
    ]


def test_the_header_may_stand_below_other_rows_in_any_order() -> None:
    listed = read_lot_list(
        [
            (1, ["Delivery of Monday"]),
            (4, ["", "Losnummer", "Hersteller", "MPN"]),
            (7, ["", "007", "B", "C"]),
        ],
        most_rows=100,
        most_findings=MOST,
    )

    assert listed.header_row == 4
    assert listed.lots[0].row == 7
    assert listed.places["lot_code"] == 2


def test_unknown_columns_are_told_and_stay_out() -> None:
    listed = read(["B", "C", "1x", "note", "", "stray"], header=["Manufacturer", "MPN", "Lot code", "Remark"])

    assert codes(listed) == [("SPREADSHEET-COLUMN-UNKNOWN", 1, 4), ("SPREADSHEET-COLUMN-UNKNOWN", 2, 6)]


def test_a_value_behind_the_last_named_column_of_a_row_with_quantities_is_an_error() -> None:
    header = ["Manufacturer", "MPN", "Lot code", "Lot quantity"]

    listed = read(["B", "C", "1x", "1", "000"], ["B", "C", "2x", "1"], header=header)

    assert codes(listed) == [("SPREADSHEET-ROW-TOO-LONG", 2, 5)]
    assert "1000" in listed.findings.all()[0].message


def test_each_row_that_is_too_long_is_told_also_where_its_quantity_is_wrong() -> None:
    header = ["Manufacturer", "MPN", "Lot code", "Lot quantity"]

    listed = read(["B", "C", "1x", "x", "000"], ["B", "C", "2x", "2", "500"], header=header)

    assert codes(listed) == [
        ("SPREADSHEET-QUANTITY-INVALID", 2, 4),
        ("SPREADSHEET-ROW-TOO-LONG", 2, 5),
        ("SPREADSHEET-ROW-TOO-LONG", 3, 5),
    ]


def test_a_row_that_is_too_long_stays_an_error_where_the_list_was_given_back_with_its_errors() -> None:
    header = ["Manufacturer", "MPN", "Lot code", "Lot quantity", "", "Errors"]

    listed = read(["B", "C", "1x", "1", "000", "was told"], header=header)

    assert codes(listed) == [("SPREADSHEET-ROW-TOO-LONG", 2, 5)]


def test_remarks_behind_the_columns_of_a_row_without_quantities_are_warned_of_once() -> None:
    header = ["Manufacturer", "MPN", "Lot code", "Lot quantity"]

    listed = read(["B", "C", "1x", "", "see mail"], ["B", "C", "2x", " ", "too", ""], header=header)

    assert codes(listed) == [("SPREADSHEET-COLUMN-UNKNOWN", 2, 5)]
    assert len(listed.lots) == 2


def test_reels_that_add_up_to_no_quantity_are_refused() -> None:
    reels = [["B", "C", "1", f"R{number}", "8999999999999"] for number in range(2)]

    assert codes(read(*reels)) == [("SPREADSHEET-QUANTITY-INVALID", 2, 5)]


def test_more_date_codes_than_are_kept_are_refused() -> None:
    listed = read(
        ["B", "C", "1", "", "", "", "2601,2602"], ["B", "C", "1", "", "", "", "2603"], ["B", "C", "2"]
    )

    refuse_date_codes(listed, most=3)
    assert codes(listed) == []
    refuse_date_codes(listed, most=2)
    assert codes(listed) == [("SPREADSHEET-TOO-LARGE", 2, 7)]


def test_a_list_without_header_columns_or_rows_is_refused() -> None:
    assert codes(read_lot_list([(1, ["a", "b"])], most_rows=100, most_findings=MOST)) == [
        ("SPREADSHEET-HEADER-MISSING", None, None)
    ]
    assert codes(read(header=["Manufacturer", "MPN"])) == [("SPREADSHEET-COLUMN-MISSING", 1, None)]
    assert codes(read()) == [("SPREADSHEET-NO-ROWS", 1, None)]
    assert codes(read(header=[*HEADER, "Qty"])) == [("SPREADSHEET-COLUMN-DUPLICATE", 1, 8)]


def test_findings_are_bounded_and_say_how_many_more_there_are() -> None:
    listed = read(*([["B", "C", ""]] * (MOST + 7)))

    found = listed.findings.all()
    assert len(found) == MOST + 1
    assert found[-1].message == "There are 7 more of severity error."


def test_errors_come_before_warnings_even_where_there_are_many_of_those() -> None:
    rows: list[list[CellValue]] = [["B", "C", f"{place}x", "same reel"] for place in range(MOST + 2)]

    listed = read(*rows, ["B", "C", ""])

    assert listed.findings.all()[0].code.value == "SPREADSHEET-CELL-MISSING"


def test_columns_have_the_letters_of_a_spreadsheet() -> None:
    assert [column_letters(each) for each in (1, 26, 27, 702, 703)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_the_rows_below_the_header_are_bounded_exactly() -> None:
    rows = [(number, HEADER if number == 3 else ["Bolt", "CAP", f"L{number}"]) for number in range(3, 9)]

    assert read_lot_list(rows, most_rows=5, most_findings=MOST).rows == 5
    with pytest.raises(RefusedError) as caught:
        read_lot_list(rows, most_rows=4, most_findings=MOST)
    (found,) = caught.value.findings
    assert (found.code, found.row) == (Code.SPREADSHEET_TOO_LARGE, 8)

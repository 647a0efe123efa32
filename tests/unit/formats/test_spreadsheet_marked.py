"""A list comes back with its own rows and values, and a column of errors; with nothing hostile."""

import io

import openpyxl
import pytest

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import TooLargeError
from aas_registry.domain.findings import Finding, error, warning
from aas_registry.domain.limits import Limits
from aas_registry.formats import spreadsheet_marked
from aas_registry.formats.spreadsheet_marked import MarkedList, mark_spreadsheet

FINDINGS = [
    error(Code.SPREADSHEET_CELL_MISSING, "Empty.", row=3, column=1),
    error(Code.SPREADSHEET_CERTIFICATE_UNUSED, "No row names it."),
    warning(Code.SPREADSHEET_COLUMN_UNKNOWN, "Unknown.", row=1, column=2),
]


def marked(content: bytes, name: str, limits: Limits, findings: list[Finding] = FINDINGS) -> MarkedList:
    stream = io.BytesIO(content)
    return mark_spreadsheet(
        stream, file_name=name, limits=limits, findings=findings, header_row=1, errors_column=None
    )


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["MPN", "Remark"])
    sheet.append(["=1+1", 42, 1.5])
    sheet["A4"] = "=HYPERLINK(1)"
    sheet["A4"].data_type = "s"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_workbook_keeps_places_and_values_and_holds_no_formula(limits: Limits) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(marked(workbook(), "a.xlsx", limits).content)).active

    assert [cell.value for cell in sheet["D"]][:3] == [
        "Errors",
        "No row names it. [SPREADSHEET-CERTIFICATE-UNUSED] | Unknown. [SPREADSHEET-COLUMN-UNKNOWN]",
        "Empty. [SPREADSHEET-CELL-MISSING]",
    ]
    assert (sheet["B2"].value, sheet["C2"].value, sheet["A4"].value) == (42, 1.5, "=HYPERLINK(1)")
    assert {cell.data_type for line in sheet.iter_rows() for cell in line} <= {"s", "n"}
    assert sheet["A3"].fill.fgColor.rgb != sheet["B1"].fill.fgColor.rgb


def test_a_csv_keeps_its_rows_and_separator(limits: Limits) -> None:
    found = marked(b"MPN;Remark\r\n\r\n=1;x\r\n", "a.csv", limits)

    lines = found.content.decode("utf-8-sig").split("\r\n")
    assert lines[0] == "MPN;Remark;Errors"
    assert lines[1].startswith(";;No row names it.")
    assert lines[2] == "'=1;x;Empty. [SPREADSHEET-CELL-MISSING]"
    assert (found.media_type, found.suffix) == ("text/csv", ".csv")


def test_a_list_that_is_too_large_is_not_given_back(limits: Limits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet_marked, "MOST_CELLS", 3)

    with pytest.raises(TooLargeError):
        marked(b"a,b\nc,d", "a.csv", limits)

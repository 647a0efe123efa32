"""A list is told apart from a package by its content; a CSV by its name."""

import io

import pytest
from aas_content import make_rels, make_zip
from aas_samples import lot_aasx

from aas_registry.domain.errors import RefusedError
from aas_registry.domain.limits import Limits
from aas_registry.formats.container.content_kind import recognise
from aas_registry.formats.lists.spreadsheet import read_spreadsheet

BEFORE = b"PKG no,Manufacturer,Lot code\r\n1,Bolt,0042\r\n"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
OFFICE_BINARY = make_zip(
    {"_rels/.rels": make_rels([(OFFICE, "/xl/workbook.bin")]), "xl/workbook.bin": b"\x83"}
)
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.csv", "UPLOAD-EMPTY"),
        (OLD, "a.xls", "SPREADSHEET-TYPE"),
        (b"a,b", "a.bin", "SPREADSHEET-TYPE"),
        (OFFICE_BINARY, "a.xlsb", "SPREADSHEET-TYPE"),
        (OFFICE_BINARY, "a.xlsx", "SPREADSHEET-TYPE"),
        (b"PK\x03\x04 and nothing", "a.ods", "SPREADSHEET-TYPE"),
        (BEFORE, "a.xlsx", "SPREADSHEET-TYPE"),
        (BEFORE + lot_aasx(), "a.csv", "FILE-POLYGLOT"),
        (b"PK" + lot_aasx(), "a.csv", "FILE-POLYGLOT"),
        (lot_aasx() + BEFORE, "a.csv", "ZIP-OUTSIDE-DATA"),
        (lot_aasx(), "a.xlsx", "SPREADSHEET-TYPE"),
        (b"PK\x03\x04 and nothing", "a.xlsx", "ZIP-INVALID"),
    ],
)
def test_what_is_no_list_is_refused(content: bytes, name: str, code: str, limits: Limits) -> None:
    with pytest.raises(RefusedError) as caught:
        read_spreadsheet(recognise(io.BytesIO(content), name, limits=limits), limits=limits)

    assert caught.value.code.value == code

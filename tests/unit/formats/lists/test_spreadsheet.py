"""A list is told apart from a package by its content; a CSV by its name."""

import io

import pytest
from aas_samples import lot_aasx

from aas_registry.domain.errors import RefusedError
from aas_registry.domain.limits import Limits
from aas_registry.formats.lists.spreadsheet import is_spreadsheet, read_spreadsheet
from aas_registry.formats.lists.writer import write_template_csv, write_template_xlsx

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (write_template_xlsx(), "list.xlsx", True),
        (write_template_xlsx(), "list.aasx", True),
        (lot_aasx(), "list.xlsx", False),
        (write_template_csv(), "list.csv", True),
        (write_template_csv(), "LIST.TXT", True),
        (write_template_csv(), "list", False),
        (b"{}", "a.txt", False),
        (b"{}", "a.json", False),
        (OLD, "a.xls", True),
        (OLD, "with a password.xlsx", True),
        (b"PK\x03\x04 and nothing", "a.xlsx", False),
    ],
)
def test_lists_are_known(content: bytes, name: str, expected: bool, limits: Limits) -> None:
    stream = io.BytesIO(content)

    assert is_spreadsheet(stream, name, limits=limits) is expected
    assert stream.tell() == 0


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.csv", "UPLOAD-EMPTY"),
        (OLD, "a.xls", "SPREADSHEET-TYPE"),
        (b"a,b", "a.bin", "SPREADSHEET-TYPE"),
        (lot_aasx(), "a.xlsx", "SPREADSHEET-TYPE"),
        (b"PK\x03\x04 and nothing", "a.xlsx", "ZIP-INVALID"),
    ],
)
def test_what_is_no_list_is_refused(content: bytes, name: str, code: str, limits: Limits) -> None:
    with pytest.raises(RefusedError) as caught:
        read_spreadsheet(io.BytesIO(content), file_name=name, limits=limits)

    assert caught.value.code.value == code

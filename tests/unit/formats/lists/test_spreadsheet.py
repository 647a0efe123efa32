"""A list is told apart from a package by its content; a CSV by its name."""

import io

import pytest
from aas_samples import lot_aasx

from aas_registry.domain.errors import RefusedError
from aas_registry.domain.limits import Limits
from aas_registry.formats.container.content_kind import recognise
from aas_registry.formats.lists.spreadsheet import read_spreadsheet

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


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
        read_spreadsheet(recognise(io.BytesIO(content), name, limits=limits), limits=limits)

    assert caught.value.code.value == code

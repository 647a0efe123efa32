"""Content tells what a file is; a name only where content cannot."""

import io
import zipfile
from collections.abc import Mapping

import pytest
from aas_content import make_rels
from aas_samples import lot_aasx

from aas_registry.domain.errors import RefusedError
from aas_registry.domain.limits import Limits
from aas_registry.formats.container.content_kind import (
    LISTS,
    ContentKind,
    is_pdf,
    recognise,
    text_kind,
)
from aas_registry.formats.lists.writer import write_template_csv, write_template_xlsx

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
NO_ARCHIVE = b"PK\x03\x04 and nothing"


def stored(parts: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def office(part: str, content: bytes) -> bytes:
    """Return a package of an office program, with its main part."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    return stored({"_rels/.rels": make_rels([(kind, f"/{part}")]), part: content})


XLSB = office("xl/workbook.bin", b"\x83\x01\x00")
ODS = stored({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"})
ODT = stored({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"})
PKG = b"PKG no,Manufacturer,Lot code\r\n1,Bolt,0042\r\n"


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (write_template_xlsx(), "list.xlsx", ContentKind.WORKBOOK),
        (write_template_xlsx(), "list.aasx", ContentKind.WORKBOOK),
        (lot_aasx(), "list.xlsx", ContentKind.PACKAGE),
        (lot_aasx(), "list.ods", ContentKind.UNREAD_SPREADSHEET),
        (write_template_csv(), "list.csv", ContentKind.CSV),
        (write_template_csv(), "LIST.TXT", ContentKind.CSV),
        (write_template_csv(), "list.xls", ContentKind.CSV),
        (write_template_csv(), "list", ContentKind.UNKNOWN),
        (b"{}", "a.txt", ContentKind.JSON),
        (b"{}", "a.json", ContentKind.JSON),
        (b"{}", "a.csv", ContentKind.CSV),
        (b"<a/>", "a", ContentKind.XML),
        (b"%PDF-1.7\n", "a.pdf", ContentKind.PDF),
        (b"\n" * 1019 + b"%PDF-", "a", ContentKind.PDF),
        (OLD, "a.xls", ContentKind.UNREAD_SPREADSHEET),
        (OLD, "with a password.xlsx", ContentKind.UNREAD_SPREADSHEET),
        (XLSB, "a.xlsb", ContentKind.UNREAD_SPREADSHEET),
        (XLSB, "a.xlsx", ContentKind.UNREAD_SPREADSHEET),
        (office("xl/Workbook.BIN", b""), "a.xlsx", ContentKind.UNREAD_SPREADSHEET),
        (office("xl/workbook.xml", b"<workbook/>"), "a.xlsb", ContentKind.WORKBOOK),
        (office("word/document.bin", b""), "a.docx", ContentKind.PACKAGE),
        (ODS, "a.xlsx", ContentKind.UNREAD_SPREADSHEET),
        (ODS, "a.aasx", ContentKind.UNREAD_SPREADSHEET),
        (ODT, "a.aasx", ContentKind.PACKAGE),
        (PKG, "a.csv", ContentKind.CSV),
        (PKG.replace(b",", b";"), "a.txt", ContentKind.CSV),
        (PKG, "a.xlsx", ContentKind.UNKNOWN),
        (b"PK", "a.xlsx", ContentKind.UNKNOWN),
        (NO_ARCHIVE, "a.csv", ContentKind.PACKAGE),
        (stored({}), "a.csv", ContentKind.PACKAGE),
        (b"PK\x07\x08" + lot_aasx(), "a.csv", ContentKind.PACKAGE),
        (b"MZ" + lot_aasx(), "a.aasx", ContentKind.UNKNOWN),
        (NO_ARCHIVE, "a.xlsx", ContentKind.PACKAGE),
        (b" " * 600 + b"{}", "a.json", ContentKind.JSON),
        (b"\n" * 60_000 + b"<a/>", "a.xml", ContentKind.XML),
        (b" " * 100_000, "a.json", ContentKind.UNKNOWN),
        ("<a/>".encode("utf-16-be"), "a.xml", ContentKind.XML),
        (b"", "a.csv", ContentKind.EMPTY),
    ],
)
def test_a_file_is_recognised(content: bytes, name: str, kind: ContentKind, limits: Limits) -> None:
    stream = io.BytesIO(content)

    found = recognise(stream, name, limits=limits)

    assert found.kind is kind
    assert stream.tell() == 0
    assert (found.archive is not None) is content.startswith((b"PK\x03", b"PK\x05", b"PK\x07"))
    assert (found.workbook_part is not None) is (kind is ContentKind.WORKBOOK)


def test_lists_are_workbooks_and_texts_and_spreadsheets_that_are_not_read() -> None:
    assert {ContentKind.WORKBOOK, ContentKind.CSV, ContentKind.UNREAD_SPREADSHEET} == LISTS


def test_what_is_wrong_with_an_archive_is_said_where_it_is_read(limits: Limits) -> None:
    found = recognise(io.BytesIO(NO_ARCHIVE), "a.aasx", limits=limits)

    with pytest.raises(RefusedError) as caught:
        found.container  # noqa: B018 - reading it is the act

    assert caught.value.code == "ZIP-INVALID"


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"PK\x03\x04", ContentKind.UNKNOWN),
        (b"  \n{", ContentKind.JSON),
        (b"\xef\xbb\xbf[", ContentKind.JSON),
        (b"\xef\xbb\xbf<?xml", ContentKind.XML),
        ("<a/>".encode("utf-16"), ContentKind.XML),
        (b"\xfe\xff" + "\n<a/>".encode("utf-16-be"), ContentKind.XML),
        ("<?xml".encode("utf-16-le"), ContentKind.XML),
        ("<?xml".encode("utf-16-be"), ContentKind.XML),
        (b"\x00" * 9 + b"<", ContentKind.UNKNOWN),
        (b" " * 513 + b"[", ContentKind.JSON),
        ("{}".encode("utf-16"), ContentKind.JSON),
        (b"%PDF", ContentKind.UNKNOWN),
        (b"", ContentKind.UNKNOWN),
    ],
)
def test_tells_the_kind_of_a_text_from_the_first_bytes(start: bytes, kind: ContentKind) -> None:
    assert text_kind(start) is kind


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (b"%PDF-1.7\n", True),
        (b"\n" * 1019 + b"%PDF-", True),
        (b"\n" * 1020 + b"%PDF-", False),
        (b"%PDX-", False),
        (b"", False),
    ],
)
def test_a_pdf_has_its_header_in_the_first_1024_bytes(start: bytes, expected: bool) -> None:
    assert is_pdf(start) is expected

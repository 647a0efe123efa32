"""Content tells what it is; names do not."""

import pytest

from aas_registry.formats.container.content_kind import ContentKind, content_kind, is_pdf


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"PK\x03\x04", ContentKind.ZIP),
        (b"  \n{", ContentKind.JSON),
        (b"\xef\xbb\xbf[", ContentKind.JSON),
        (b"\xef\xbb\xbf<?xml", ContentKind.XML),
        ("<a/>".encode("utf-16"), ContentKind.XML),
        (b"\xfe\xff" + "\n<a/>".encode("utf-16-be"), ContentKind.XML),
        ("{}".encode("utf-16"), ContentKind.JSON),
        (b"%PDF", ContentKind.UNKNOWN),
        (b"", ContentKind.UNKNOWN),
    ],
)
def test_tells_the_kind_from_the_first_bytes(start: bytes, kind: ContentKind) -> None:
    assert content_kind(start) is kind


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

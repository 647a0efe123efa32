"""Names of files as they are shown."""

import pytest

from aas_registry.domain.file_names import MAX_CHARS, display_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Lot 0042 ä漢.aasx", "Lot 0042 ä漢.aasx"),
        ("a\r\nSet-Cookie: b\x00.pdf", "aSet-Cookie: b.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("half\ud800", "half"),
        ("", ""),
    ],
)
def test_leaves_out_what_cannot_be_kept_or_shown(name: str, shown: str) -> None:
    assert display_name(name) == shown


def test_cuts_a_long_name() -> None:
    assert display_name("x" * 5000) == "x" * MAX_CHARS

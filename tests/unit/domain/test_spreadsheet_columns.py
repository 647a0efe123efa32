"""Columns are known by many names, in three languages, however they are written."""

import pytest

from aas_registry.domain.spreadsheet_columns import COLUMNS, column_named, header_key


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("Lot code", "lot_code"),
        ("LOT_CODE", "lot_code"),
        (" lot-code: ", "lot_code"),
        ("Chargen-Nr.", "lot_code"),
        ("ロット番号", "lot_code"),
        ("\uff2c\uff4f\uff54\u3000\uff2e\uff4f", "lot_code"),
        ("Lot\u00ad co\u200bde", "lot_code"),
        ("M\ufeffPN", "mpn"),
        ("Gu\u0308ltig bis", "expires_on"),
        ("Mfr. Part Number", "mpn"),
        ("Hersteller", "manufacturer"),
        ("Menge", "quantity"),
        ("Gültig bis", "expires_on"),
        ("原産国", "country_of_origin"),
        ("Errors", "errors"),
    ],
)
def test_a_column_is_known_by_name(header: str, key: str) -> None:
    found = column_named(header)

    assert found is not None
    assert found.key == key


@pytest.mark.parametrize("header", ["", "Remarks", "Lot code 2", "***"])
def test_another_header_names_no_column(header: str) -> None:
    assert column_named(header) is None


def test_no_name_means_two_columns() -> None:
    names = [
        {header_key(name) for name in (each.header, *filter(None, each.names.split("; ")))}
        for each in COLUMNS
    ]

    assert sum(map(len, names)) == len(set().union(*names))

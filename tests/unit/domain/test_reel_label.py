"""Reel label: several lots, quantities, dates, and what contradicts itself."""

from datetime import date
from decimal import Decimal

import pytest
from label_samples import fields_of

from aas_registry.domain.codes import Code
from aas_registry.domain.data_identifiers import Meaning
from aas_registry.domain.reel_label import LabelField, LotOnReel, ReelLabel, Syntax, interpret, split_quantity


def label_of(*fields: str) -> ReelLabel:
    """Return the label of fields such as ``1T 0042``."""
    split = [field.partition(" ") for field in fields]
    named = [LabelField(name, text, place) for place, (name, _, text) in enumerate(split, start=1)]
    return interpret(named, syntax=Syntax.FORMAT_06)


def codes_of(label: ReelLabel) -> list[tuple[str, int | None]]:
    return [(finding.code, finding.column) for finding in label.findings]


def test_leading_zeros_survive() -> None:
    label = label_of("1T 0042", "1P 00-1", "Q 0100", "9D 0623")

    assert label.lots == (LotOnReel(code="0042", quantity=Decimal(100), date_code="0623"),)
    assert label.text(Meaning.MANUFACTURER_PART) == "00-1"
    assert label.date_codes == ("0623",)


@pytest.mark.parametrize(
    ("fields", "lots", "total"),
    [
        (("1T A", "Q 600", "1T B", "Q 400"), [("A", 600), ("B", 400)], 1000),
        (("Q 600", "1T A", "Q 400", "1T B"), [("A", 600), ("B", 400)], 1000),
        (("Q 1000", "1T A", "Q 600", "1T B", "Q 400"), [("A", 600), ("B", 400)], 1000),
        (("1T A", "Q 600", "1T B", "Q 400", "Q 1000"), [("A", 600), ("B", 400)], 1000),
        (("1T A/B", "14Q 600/400", "Q 1000"), [("A", 600), ("B", 400)], 1000),
        (("1T A/B", "15Q 600/400"), [("A", 600), ("B", 400)], None),
        (("1T A/B", "Q 1000"), [("A/B", 1000)], 1000),
        (("1T A/B", "14Q 1/2/3", "Q 6"), [("A/B", 6)], 6),
        (("1T A", "1T B", "Q 1000"), [("A", None), ("B", None)], 1000),
        (("1T A", "1T B", "Q 1", "Q 2", "Q 9"), [("A", None), ("B", None)], None),
        (("1T A", "1T A", "Q 5", "Q 5"), [("A", 5)], 5),
        (("1T N/T", "Q 5"), [], 5),
        (("1T A",), [("A", None)], None),
    ],
)
def test_quantities_go_to_lots_only_where_they_fit(
    fields: tuple[str, ...], lots: list[tuple[str, int | None]], total: int | None
) -> None:
    label = label_of(*fields)

    assert [(lot.code, lot.quantity) for lot in label.lots] == lots
    assert label.quantity == total


def test_date_codes_go_to_lots_where_they_fit() -> None:
    each = label_of("1T A", "10D 2301", "1T B", "10D 2302")
    shared = label_of("1T A", "1T B", "10D 2301")
    loose = label_of("1T A", "1T B", "1T C", "10D 2301", "10D 2302")

    assert [lot.date_code for lot in each.lots] == ["2301", "2302"]
    assert [lot.date_code for lot in shared.lots] == ["2301", "2301"]
    assert [lot.date_code for lot in loose.lots] == [None, None, None]
    assert loose.date_codes == ("2301", "2302")


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1000", (Decimal(1000), None)),
        ("1000PCS", (Decimal(1000), "PCS")),
        (" 1000 pcs. ", (Decimal(1000), "pcs")),
        ("12.5M", (Decimal("12.5"), "M")),
        ("3000NAR000", (Decimal(3000), "NAR")),
        ("12KGM000", (Decimal(12), "KGM")),
        ("0", (Decimal(0), None)),
        ("1,000", None),
        ("-5", None),
        ("", None),
        ("1e9", None),
        ("12345678901234567890", None),
        ("\u0661\u0662", None),
    ],
)
def test_a_quantity_is_exact_or_none(text: str, amount: tuple[Decimal, str | None] | None) -> None:
    assert split_quantity(text) == amount


def test_a_unit_field_counts_where_the_quantity_has_none() -> None:
    assert label_of("Q 5", "3Q EA").unit == "EA"
    assert label_of("7Q 5KG", "3Q EA").unit == "KG"


@pytest.mark.parametrize(
    ("field", "meaning", "day"),
    [
        ("14D 20271231", Meaning.EXPIRES, date(2027, 12, 31)),
        ("15D 31122027", Meaning.EXPIRES, date(2027, 12, 31)),
        ("16D 20260102", Meaning.PRODUCED, date(2026, 1, 2)),
        ("17 271231", Meaning.EXPIRES, date(2027, 12, 31)),
        ("13 260102", Meaning.PACKED, date(2026, 1, 2)),
        ("14D 20271332", Meaning.EXPIRES, None),
        ("16D 260102", Meaning.PRODUCED, None),
    ],
)
def test_a_date_is_read_as_its_identifier_prescribes(field: str, meaning: Meaning, day: date | None) -> None:
    label = label_of(field)

    assert label.day(meaning) == day
    assert codes_of(label) == ([] if day else [(Code.LABEL_DATE_INVALID, 1)])


def test_what_is_not_understood_is_kept_and_reported() -> None:
    label = label_of("1P A", "88Y ?", "Q many", "1P B", "1P a", "4L DE", "4L DE")

    assert fields_of(label)[1] == ("88Y", "?")
    assert codes_of(label) == [
        (Code.LABEL_IDENTIFIER_UNKNOWN, 2),
        (Code.LABEL_QUANTITY_INVALID, 3),
        (Code.LABEL_FIELD_CONFLICT, 4),
    ]

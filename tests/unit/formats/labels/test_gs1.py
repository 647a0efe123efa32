"""GS1 element strings: FNC1 and what stands for it, check digits, and where reading stops."""

import pytest

from aas_registry.domain.codes import Code
from aas_registry.formats.labels.gs1 import read_digital_link, read_elements, read_human_readable

GTIN = "09501101530003"


def places(text: str) -> tuple[int, ...]:
    return tuple(range(1, len(text) + 1))


@pytest.mark.parametrize("fnc1", ["\x1d", "|", "^", "~", "#"])
def test_reads_fnc1_and_what_scanners_send_for_it(fnc1: str) -> None:
    text = f"01{GTIN}10A-1{fnc1}21007{fnc1}30500"

    fields, findings = read_elements(text, places(text))

    assert [(field.identifier, field.text) for field in fields] == [
        ("01", GTIN),
        ("10", "A-1"),
        ("21", "007"),
        ("30", "500"),
    ]
    assert findings == []


def test_a_wrong_check_digit_is_a_finding_at_its_place() -> None:
    text = "10A\x1d0109501101530004"

    fields, findings = read_elements(text, places(text))

    assert [field.identifier for field in fields] == ["10", "01"]
    assert [(each.code, each.column) for each in findings] == [(Code.LABEL_GS1_INVALID, 5)]


def test_reading_stops_where_no_identifier_begins() -> None:
    text = "10A\x1dxyz"

    fields, findings = read_elements(text, places(text))

    assert [field.identifier for field in fields] == ["10"]
    assert [(each.code, each.column) for each in findings] == [(Code.LABEL_GS1_INVALID, 5)]


def test_a_value_that_its_identifier_does_not_take_is_kept() -> None:
    text = f"(01){GTIN}(17)271399(10)A(1)"

    read = read_human_readable(text, places(text))

    assert read is not None
    assert [(field.identifier, field.text) for field in read[0]] == [
        ("01", GTIN),
        ("17", "271399"),
        ("10", "A(1)"),
    ]
    assert [(each.code, each.column) for each in read[1]] == [(Code.LABEL_GS1_INVALID, 19)]


@pytest.mark.parametrize(
    "text", ["https://bolt.example/lots/1", "https://id.gs1.org/01/x", "http://[/01/1", "01/1", ""]
)
def test_another_address_is_no_digital_link(text: str) -> None:
    assert read_digital_link(text) is None


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        (f"01{GTIN}10LOT117280229", ("LOT117280229", "LOT1")),
        (f"01{GTIN}10LOT121SER", ("LOT121SER", "LOT1")),
        (f"01{GTIN}10LOT11728022921SER", ("LOT11728022921SER", "LOT117280229", "LOT1")),
    ],
)
def test_a_field_that_may_have_swallowed_others_has_every_reading(
    text: str, readings: tuple[str, ...]
) -> None:
    fields, findings = read_elements(text, places(text))

    assert fields[-1].readings == readings
    assert [(each.code, each.column) for each in findings] == [
        (Code.LABEL_AMBIGUOUS, text.index("10LOT") + 1)
    ]


@pytest.mark.parametrize("text", [f"01{GTIN}1728022910LOT1", f"01{GTIN}10LOT1172813A", f"01{GTIN}10LOT1729"])
def test_the_last_field_is_plain_where_nothing_else_can_stand_in_it(text: str) -> None:
    fields, findings = read_elements(text, places(text))

    assert (fields[-1].readings, findings) == ((), [])


def test_where_one_separator_arrived_all_did() -> None:
    text = f"01{GTIN}21007\x1d10LOT117280229"

    fields, findings = read_elements(text, places(text))

    assert (fields[-1].text, fields[-1].readings, findings) == ("LOT117280229", (), [])


def test_a_field_that_only_its_longest_form_ends_is_ambiguous() -> None:
    text = "10ABCDEFGHIJKLMNOPQRSTUVWXYZ"

    fields, findings = read_elements(text, places(text))

    assert fields[0].readings[0] == "ABCDEFGHIJKLMNOPQRST"
    assert findings[0].code is Code.LABEL_AMBIGUOUS

"""Labels written: what cannot be said in a symbology is refused, and drawings hold nothing active."""

import pytest
from lxml import etree

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.formats.labels.reel_label_writer import (
    Symbology,
    write_drawing,
    write_elements,
    write_message,
    write_picture,
)


def test_a_message_has_every_control_character() -> None:
    assert write_message([("1P", "A"), ("Q", "5")]) == "[)>\x1e06\x1d1PA\x1dQ5\x1e\x04"


def test_elements_are_separated_where_they_must_be() -> None:
    data = [("01", "09501101530003"), ("10", "A"), ("11", "260102"), ("21", "7")]

    assert write_elements(data) == "010950110153000310A\x1d11260102217"


@pytest.mark.parametrize(
    "data", [[("1P", "A\x1dB")], [("p", "A")], [("", "A")], [("1234P", "A")], [("1P", "A\x04")]]
)
def test_a_message_that_could_not_be_read_again_is_not_written(data: list[tuple[str, str]]) -> None:
    with pytest.raises(RefusedError) as refused:
        write_message(data)

    assert refused.value.code is Code.LABEL_UNWRITABLE


@pytest.mark.parametrize("data", [[("01", "123")], [("10", "A B\x1d")], [("10", "x" * 21)], [("9999", "1")]])
def test_elements_that_break_the_rules_are_not_written(data: list[tuple[str, str]]) -> None:
    with pytest.raises(RefusedError) as refused:
        write_elements(data)

    assert refused.value.code is Code.LABEL_UNWRITABLE


@pytest.mark.parametrize(
    ("symbology", "text", "gs1"),
    [
        (Symbology.CODE_128, "\u20ac", False),
        (Symbology.CODE_128, "x" * 500, False),
        (Symbology.DATA_MATRIX, "x" * 4000, False),
        (Symbology.PDF417, "1", True),
    ],
)
def test_what_does_not_fit_a_symbology_is_refused(symbology: Symbology, text: str, *, gs1: bool) -> None:
    with pytest.raises(RefusedError) as refused:
        write_picture([("10" if gs1 else "1P", text)], symbology, gs1=gs1)

    assert refused.value.code is Code.LABEL_UNWRITABLE


@pytest.mark.parametrize("symbology", list(Symbology))
def test_a_drawing_is_paths_and_nothing_else(symbology: Symbology) -> None:
    drawn = write_drawing([("1P", "<script>&"), ("1T", "]]>")], symbology)

    tags = {etree.QName(each).localname for each in etree.fromstring(drawn).iter()}
    assert tags <= {"svg", "g", "rect", "path"}
    assert "script" not in drawn

"""Labels written: what cannot be said in a symbology is refused, and drawings hold nothing active."""

import pytest
from lxml import etree

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.formats.labels.reel_label_writer import (
    Symbology,
    write_drawing,
    write_message,
    write_picture,
)


def test_a_message_has_every_control_character() -> None:
    assert write_message([("1P", "A"), ("Q", "5")]) == "[)>\x1e06\x1d1PA\x1dQ5\x1e\x04"


@pytest.mark.parametrize(
    "data", [[("1P", "A\x1dB")], [("p", "A")], [("", "A")], [("1234P", "A")], [("1P", "A\x04")]]
)
def test_a_message_that_could_not_be_read_again_is_not_written(data: list[tuple[str, str]]) -> None:
    with pytest.raises(RefusedError) as refused:
        write_message(data)

    assert refused.value.code is Code.LABEL_UNWRITABLE


@pytest.mark.parametrize(
    ("symbology", "text"),
    [
        (Symbology.CODE_128, "\u20ac"),
        (Symbology.CODE_128, "x" * 500),
        (Symbology.DATA_MATRIX, "x" * 4000),
    ],
)
def test_what_does_not_fit_a_symbology_is_refused(symbology: Symbology, text: str) -> None:
    with pytest.raises(RefusedError) as refused:
        write_picture([("1P", text)], symbology)

    assert refused.value.code is Code.LABEL_UNWRITABLE


@pytest.mark.parametrize("symbology", list(Symbology))
def test_a_drawing_is_paths_and_nothing_else(symbology: Symbology) -> None:
    drawn = write_drawing([("1P", "<script>&"), ("1T", "]]>")], symbology)

    tags = {etree.QName(each).localname for each in etree.fromstring(drawn).iter()}
    assert tags <= {"svg", "g", "rect", "path"}
    assert "script" not in drawn

"""What our writer writes, the reader reads back equal: as text, as a picture, and through every quirk."""

from collections.abc import Callable

import pytest
import zxingcpp
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from label_samples import fields_of, gs1_elements, gs1_picture

from aas_registry.domain.errors import RefusedError
from aas_registry.formats.labels.picture import read_codes, read_picture
from aas_registry.formats.labels.reel_label import read_label, recognise_label
from aas_registry.formats.labels.reel_label_writer import (
    Symbology,
    write_message,
    write_picture,
)
from aas_registry.settings import Settings

LIMITS = Settings().limits
IDENTIFIERS = [
    "P",
    "1P",
    "30P",
    "2P",
    "Q",
    "1T",
    "T",
    "9D",
    "10D",
    "14D",
    "S",
    "3S",
    "1J",
    "1V",
    "4L",
    "K",
    "11K",
]
# Characters of part numbers and lot codes; none that the quirks below put in a separator's place.
TEXTS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcxyz0123456789-./+_:*&", min_size=1, max_size=20)
ANY_TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=12)
FIELDS = st.lists(st.tuples(st.sampled_from(IDENTIFIERS), TEXTS), min_size=1, max_size=12)
GS1_TEXTS = st.text("ABCXYZabc0123456789-./+()", min_size=1, max_size=20)
GS1_FIELDS = st.lists(
    st.tuples(st.sampled_from(["10", "21", "240", "241", "400"]), GS1_TEXTS),
    min_size=1,
    max_size=5,
    unique_by=lambda field: field[0],
)

Data = list[tuple[str, str]]


def replaced(gs: str, rs: str, eot: str) -> Callable[[str], str]:
    return lambda text: text.replace("\x1d", gs).replace("\x1e", rs).replace("\x04", eot)


QUIRKS: dict[str, Callable[[str], str]] = {
    "none": lambda text: text,
    "line end": lambda text: text + "\r\n",
    "no end of transmission": lambda text: text.removesuffix("\x04"),
    "no trailer": lambda text: text.removesuffix("\x1e\x04"),
    "no record separators": lambda text: text.replace("\x1e", ""),
    "a sign before the header": lambda text: ">" + text.replace("\x1e", "").removesuffix("\x04"),
    "symbology identifier": lambda text: "]d1" + text,
    "spelled in braces": replaced("{GS}", "{RS}", "{EOT}"),
    "spelled in angles": replaced("<GS>", "<RS>", "<EOT>"),
    "pictures of controls": replaced("␝", "␞", "␄"),
    "code page 437": replaced("↔", "▲", "♦"),
    "caret notation": replaced("^]", "^^", "^D"),
    "escapes": replaced("\\x1d", "\\x1e", "\\x04"),
    "function keys": replaced("{F8}", "{F9}", ""),
    "keys without control": replaced("]", "^", "d"),
    "bars": replaced("|", "", ""),
    "at signs": replaced("@", "@", "@"),
    "tildes": replaced("~", "~", ""),
    "tabs": replaced("\t", "\t", ""),
}


@given(st.lists(st.tuples(st.sampled_from(IDENTIFIERS), ANY_TEXTS), min_size=1, max_size=12))
def test_text_is_read_back_equal_whatever_it_holds(data: Data) -> None:
    if all(not text.strip() for _, text in data):
        data = [*data, ("Q", "1")]

    label = read_label(write_message(data), limits=LIMITS)

    spelled = any(mark in text for _, text in data for mark in "{<[(^\\&␝␞␄↔▲♦")
    assert spelled or fields_of(label) == tuple(data)


@pytest.mark.parametrize("quirk", list(QUIRKS))
@given(data=FIELDS)
def test_every_quirk_reads_as_the_label_itself(quirk: str, data: Data) -> None:
    written = write_message(data)

    plain, bent = read_label(written, limits=LIMITS), read_label(QUIRKS[quirk](written), limits=LIMITS)

    assert fields_of(bent) == fields_of(plain) == tuple(data)
    assert (bent.lots, bent.quantity, bent.unit, bent.date_codes) == (
        plain.lots,
        plain.quantity,
        plain.unit,
        plain.date_codes,
    )


@given(GS1_FIELDS, st.sampled_from(["]C1", "]d2", "]Q3"]))
def test_elements_are_read_back_equal(data: Data, prefix: str) -> None:
    assert fields_of(read_label(prefix + gs1_elements(data), limits=LIMITS)) == tuple(data)


@examples(40)
@given(data=FIELDS, symbology=st.sampled_from([each for each in Symbology if each is not Symbology.CODE_128]))
def test_a_picture_is_read_back_equal(data: Data, symbology: Symbology) -> None:
    reading = read_picture(write_picture(data, symbology), limits=LIMITS)

    assert [fields_of(label) for label in reading.labels] == [tuple(data)]


@examples(40)
@given(st.lists(st.tuples(st.sampled_from(IDENTIFIERS), TEXTS), min_size=1, max_size=8, unique=True))
def test_a_sheet_of_linear_codes_is_read_back_equal(data: Data) -> None:
    reading = read_picture(write_picture(data, Symbology.CODE_128), limits=LIMITS)

    assert [fields_of(label) for label in reading.labels] == [tuple(data)]


@examples(40)
@given(GS1_FIELDS, st.sampled_from([zxingcpp.BarcodeFormat.DataMatrix, zxingcpp.BarcodeFormat.QRCode]))
def test_a_gs1_picture_is_read_back_equal(data: Data, kind: zxingcpp.BarcodeFormat) -> None:
    reading = read_picture(gs1_picture(data, kind), limits=LIMITS)

    assert [fields_of(label) for label in reading.labels] == [tuple(data)]


@examples(500)
@given(
    st.one_of(
        st.text(max_size=60),
        st.text("[)>\x1e\x1d\x04]^{}<>GRSEOT0156PQT|@(): ", max_size=40),
        st.text(max_size=30).map(lambda text: "[)>\x1e06\x1d" + text),
        st.text(max_size=30).map(lambda text: "]d201" + text),
        st.text(max_size=30).map(lambda text: "https://id.gs1.org/01/" + text),
    )
)
def test_any_text_is_a_label_or_is_refused(text: str) -> None:
    recognise_label(text, limits=LIMITS)
    try:
        label = read_label(text, limits=LIMITS)
    except RefusedError:
        return

    assert label.fields
    assert all(1 <= field.position <= len(text) + 1 for field in label.fields)


@examples(150)
@given(st.data(), st.sampled_from([Symbology.DATA_MATRIX, Symbology.CODE_128]))
def test_a_damaged_picture_is_read_or_refused(data: st.DataObject, symbology: Symbology) -> None:
    content = bytearray(write_picture([("1P", "A"), ("1T", "0042")], symbology))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))

    try:
        codes = read_codes(bytes(content), limits=LIMITS)
    except RefusedError:
        return

    assert codes

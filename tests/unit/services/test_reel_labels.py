"""Reel labels: what one names on record, and how much of one is looked up."""

import io

import pytest
from aas_samples import lot_aasx
from PIL import Image

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.principals import Principal
from aas_registry.domain.search import HitKind
from aas_registry.formats.labels.reel_label_writer import write_message, write_picture
from aas_registry.services import access, reel_labels
from aas_registry.services.intake import uploads
from aas_registry.services.intake.arrival import Arrival
from aas_registry.services.reel_labels import LabelForm, Symbology
from aas_registry.services.registry import Registry


@pytest.fixture
def who(registry: Registry) -> Principal:
    return access.local_administrator(registry)


@pytest.fixture
def lots(registry: Registry, who: Principal) -> dict[str, str]:
    """Opaque ids of the lots 0042 and 0043 of one part, by code."""
    found = {}
    for code in ("0042", "0043"):
        stream = io.BytesIO(lot_aasx(code))
        taken = uploads.take_upload(registry, who, Arrival(stream, "lot.aasx"))
        found[code] = taken.outcome["lots"][0]["id"]
    return found


def titles(found: reel_labels.LabelMatch) -> dict[HitKind, list[str]]:
    return {group.kind: [hit.title for hit in group.hits] for group in found.groups}


@pytest.mark.usefixtures("lots")
@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ([("1P", "CAP-100N-0603"), ("1T", "0042")], ["0042"]),
        ([("1P", "OTHER"), ("1T", "0042")], ["0042"]),
        ([("1T", "0042/0043")], ["0042", "0043"]),
        ([("1P", "CAP-100N-0603"), ("9D", "2611")], ["0042", "0043"]),
        ([("1P", "CAP-100N-0603"), ("9D", "9999")], ["0042", "0043"]),
        ([("1T", "0044")], []),
        ([("1T", "/")], []),
    ],
)
def test_a_label_names_lots_by_code_part_and_date(
    registry: Registry, who: Principal, fields: list[tuple[str, str]], codes: list[str]
) -> None:
    found = reel_labels.match_text(registry, who, write_message(fields))

    assert titles(found).get(HitKind.LOT, []) == codes


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("lots")
def test_of_a_picture_twenty_labels_are_looked_up_and_the_rest_is_told(
    registry: Registry, who: Principal
) -> None:
    tiles = [
        Image.open(io.BytesIO(write_picture([("1T", "0042"), ("Q", str(number))], Symbology.DATA_MATRIX)))
        for number in range(22)
    ]
    width, height = tiles[0].size
    sheet = Image.new("L", (6 * width, 4 * height), 255)
    for number, tile in enumerate(tiles):
        sheet.paste(tile, (number % 6 * width, number // 6 * height))
    content = io.BytesIO()
    sheet.save(content, "PNG")

    found = reel_labels.match_picture(registry, who, content.getvalue(), file_name="sheet.png")

    assert [bool(each.groups) for each in found.labels] == [True] * 20 + [False] * 2
    assert [each.code for each in found.findings] == [Code.LABEL_CODE_IGNORED]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_refused_picture_is_named(registry: Registry, who: Principal) -> None:
    with pytest.raises(RefusedError) as refused:
        reel_labels.match_picture(registry, who, b"GIF89a", file_name="a\u202e.gif")

    assert [each.file for each in refused.value.findings] == ["a.gif"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_label_of_a_lot_holds_what_is_said_of_it(
    registry: Registry, who: Principal, lots: dict[str, str]
) -> None:
    made = reel_labels.write_lot_label(
        registry,
        who,
        lots["0042"],
        symbology=Symbology.QR_CODE,
        form=LabelForm.TEXT,
        quantity="7",
        package="R1",
    )

    expected = [
        ("1P", "CAP-100N-0603"),
        ("1V", "Bolt Components GmbH"),
        ("1T", "0042"),
        ("Q", "7"),
        ("3S", "R1"),
    ]
    assert made.content.decode() == write_message(expected)

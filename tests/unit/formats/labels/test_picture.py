"""Pictures of labels: every code in them, what they make together, and hostile files."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest
from label_samples import fields_of
from PIL import Image

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.limits import Limits
from aas_registry.domain.reel_label import Syntax
from aas_registry.formats.labels.picture import read_codes, read_picture
from aas_registry.formats.labels.reel_label_writer import Symbology, write_picture

DATA = [("1P", "CAP-100N"), ("1T", "0042"), ("Q", "1000")]


@pytest.fixture(scope="module")
def png() -> bytes:
    return write_picture(DATA, Symbology.DATA_MATRIX)


def sheet(*pngs: bytes) -> Image.Image:
    """Return pictures side by side on one white sheet."""
    pictures = [Image.open(io.BytesIO(each)) for each in pngs]
    whole = Image.new(
        "L", (sum(each.width for each in pictures) + 80, max(each.height for each in pictures)), 255
    )
    left = 0
    for each in pictures:
        whole.paste(each, (left, 0))
        left += each.width + 40
    return whole


def saved(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def refusal_of(content: bytes, limits: Limits) -> Code:
    with pytest.raises(RefusedError) as refused:
        read_codes(content, limits=limits)
    return refused.value.code


@pytest.mark.parametrize("symbology", list(Symbology))
def test_reads_every_symbology(symbology: Symbology, limits: Limits) -> None:
    reading = read_picture(write_picture(DATA, symbology), limits=limits)

    assert [fields_of(label) for label in reading.labels] == [tuple(DATA)]
    assert reading.findings == ()


@pytest.mark.parametrize(
    ("kind", "options"), [("PNG", {}), ("JPEG", {"quality": 70}), ("WEBP", {"quality": 70})]
)
@pytest.mark.parametrize("mode", ["L", "RGB", "P", "RGBA", "LA", "CMYK"])
def test_reads_every_kind_of_picture(
    kind: str, options: dict[str, int], mode: str, png: bytes, limits: Limits
) -> None:
    picture = Image.open(io.BytesIO(png)).convert("RGB").convert(mode)
    if (kind, mode) in {("JPEG", "P"), ("JPEG", "RGBA"), ("JPEG", "LA"), ("PNG", "CMYK"), ("WEBP", "CMYK")}:
        picture = picture.convert("RGB")

    codes = read_codes(saved(picture, kind, **options), limits=limits)

    assert [code.symbology for code in codes] == ["Data Matrix"]
    assert codes[0].text.startswith("[)>\x1e06\x1d1PCAP-100N")


def test_what_shines_through_is_white_and_deep_grey_is_read(png: bytes, limits: Limits) -> None:
    black = Image.open(io.BytesIO(png)).convert("L")
    clear = Image.new("RGBA", black.size, (0, 0, 0, 0))
    clear.putalpha(black.point(lambda value: 255 - value))
    deep = black.convert("I").point(lambda value: value * 256).convert("I;16")

    assert len(read_codes(saved(clear), limits=limits)) == 1
    assert len(read_codes(saved(deep), limits=limits)) == 1


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_reads_a_label_that_was_turned(degrees: int, png: bytes, limits: Limits) -> None:
    turned = Image.open(io.BytesIO(png)).rotate(degrees, expand=True)

    assert len(read_codes(saved(turned), limits=limits)) == 1


def test_many_linear_codes_make_one_label_in_reading_order(limits: Limits) -> None:
    data = [("P", "77"), ("1P", "CAP-100N"), ("1T", "0042"), ("9D", "2316"), ("Q", "1000"), ("3S", "R-1")]

    reading = read_picture(write_picture(data, Symbology.CODE_128), limits=limits)

    assert [fields_of(label) for label in reading.labels] == [tuple(data)]
    assert reading.labels[0].syntax is Syntax.IDENTIFIERS
    assert [code.position[1] for code in reading.codes] == sorted(code.position[1] for code in reading.codes)


def test_what_is_misread_where_the_picture_is_reduced_is_no_field(limits: Limits) -> None:
    data = [("P", "0"), ("T", "_/")]  # reduced, zxing-cpp reads T_N, too

    reading = read_picture(write_picture(data, Symbology.CODE_128), limits=limits)

    assert [fields_of(label) for label in reading.labels] == [tuple(data)]


def test_linear_codes_add_to_a_message_only_what_it_does_not_say(png: bytes, limits: Limits) -> None:
    linear = write_picture([("1T", "0042"), ("3S", "REEL-9"), ("Q", "1000")], Symbology.CODE_128)

    reading = read_picture(saved(sheet(linear, png)), limits=limits)

    assert [fields_of(label) for label in reading.labels] == [(*DATA, ("3S", "REEL-9"))]
    assert reading.labels[0].quantity == 1000
    assert len(reading.codes) == 4


def test_two_messages_are_two_labels_and_other_codes_are_told(png: bytes, limits: Limits) -> None:
    other = write_picture([("1P", "RES-10K"), ("1T", "43")], Symbology.QR_CODE)
    foreign = write_picture([("999Y", "hello")], Symbology.CODE_128)

    reading = read_picture(saved(sheet(png, other, foreign)), limits=limits)

    assert {fields_of(label) for label in reading.labels} == {tuple(DATA), (("1P", "RES-10K"), ("1T", "43"))}
    assert [finding.code for finding in reading.findings] == [Code.LABEL_CODE_IGNORED]


def test_the_same_code_twice_is_one_label(png: bytes, limits: Limits) -> None:
    assert len(read_picture(saved(sheet(png, png)), limits=limits).labels) == 1


def test_a_picture_without_a_label_is_refused(limits: Limits) -> None:
    foreign = write_picture([("999Y", "hello")], Symbology.CODE_128)

    with pytest.raises(RefusedError) as refused:
        read_picture(foreign, limits=limits)

    assert refused.value.code is Code.LABEL_UNREADABLE
    assert refused.value.findings[1].code is Code.LABEL_CODE_IGNORED
    assert refusal_of(saved(Image.new("L", (50, 50), 255)), limits) is Code.LABEL_PICTURE_NO_CODE


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"BM", b"%PDF-1.7", b"<svg/>", b"RIFF\0\0\0\0WAVE"])
def test_refuses_other_files(content: bytes, limits: Limits) -> None:
    assert refusal_of(content, limits) in {Code.LABEL_PICTURE_TYPE, Code.LABEL_PICTURE_DAMAGED}


def test_refuses_a_picture_of_too_many_bytes_or_pixels(
    png: bytes, with_limits: Callable[..., Limits]
) -> None:
    assert refusal_of(png, with_limits(label_picture_bytes=len(png) - 1)) is Code.LABEL_PICTURE_TOO_LARGE
    assert refusal_of(png, with_limits(label_picture_pixels=100)) is Code.LABEL_PICTURE_TOO_LARGE
    assert refusal_of(saved(Image.new("L", (65_536, 1))), with_limits()) is Code.LABEL_PICTURE_TOO_LARGE
    assert refusal_of(saved(Image.new("L", (65_535, 1))), with_limits()) is Code.LABEL_PICTURE_NO_CODE


def test_webp_counts_twice_for_its_decoder_holds_it_twice(
    png: bytes, with_limits: Callable[..., Limits]
) -> None:
    picture = Image.open(io.BytesIO(png))
    tight = with_limits(label_picture_pixels=picture.width * picture.height)

    assert len(read_codes(png, limits=tight)) == 1
    assert refusal_of(saved(picture, "WEBP"), tight) is Code.LABEL_PICTURE_TOO_LARGE


def test_a_jpeg_that_is_drawn_too_often_is_refused(png: bytes, with_limits: Callable[..., Limits]) -> None:
    content = saved(sheet(png).convert("L"), "JPEG", progressive=True)
    scans = content.count(b"\xff\xda")

    assert refusal_of(content, with_limits(label_picture_scans=scans - 1)) is Code.LABEL_PICTURE_TOO_LARGE
    assert read_codes(content, limits=with_limits(label_picture_scans=scans))


def test_glass_and_inks_count_for_the_memory_that_they_take(
    png: bytes, with_limits: Callable[..., Limits]
) -> None:
    plain = sheet(png)
    limits = with_limits(label_picture_pixels=plain.width * plain.height)

    assert read_codes(saved(plain.convert("RGB")), limits=limits)
    assert refusal_of(saved(plain.convert("RGBA")), limits) is Code.LABEL_PICTURE_TOO_LARGE
    assert refusal_of(saved(plain.convert("CMYK"), "JPEG"), limits) is Code.LABEL_PICTURE_TOO_LARGE


@pytest.mark.parametrize("side", [4_001, 100_000, 2**31 - 1])
def test_a_bomb_is_refused_by_its_header(side: int, limits: Limits) -> None:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))
        )

    header = chunk(b"IHDR", struct.pack(">LLBBBBB", side, side, 1, 0, 0, 0, 0))
    bomb = (
        b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(10_000_000))) + chunk(b"IEND", b"")
    )

    assert refusal_of(bomb, limits) is Code.LABEL_PICTURE_TOO_LARGE


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_picture_that_is_cut_off_is_refused(kind: str, share: float, png: bytes, limits: Limits) -> None:
    whole = saved(Image.open(io.BytesIO(png)), kind)

    assert refusal_of(whole[: int(len(whole) * share)], limits) is Code.LABEL_PICTURE_DAMAGED


def test_a_picture_that_is_also_another_file_is_refused(png: bytes, limits: Limits) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("a.txt", "x" * 100)
    commented = png[:33] + struct.pack(">L", 12) + b"tEXt" + b"a\0%PDF-1.7\n " + b"\0\0\0\0" + png[33:]

    assert refusal_of(png + archive.getvalue(), limits) is Code.LABEL_PICTURE_POLYGLOT
    assert refusal_of(commented, limits) is Code.LABEL_PICTURE_POLYGLOT


def test_a_text_chunk_that_swells_is_no_danger(png: bytes, limits: Limits) -> None:
    content = b"a\0\0" + zlib.compress(bytes(50_000_000))
    swollen = png[:33] + struct.pack(">L", len(content)) + b"zTXt" + content
    swollen += struct.pack(">L", zlib.crc32(b"zTXt" + content)) + png[33:]

    with pytest.raises(RefusedError) as refused:
        read_codes(swollen, limits=limits)

    assert refused.value.code is Code.LABEL_PICTURE_DAMAGED

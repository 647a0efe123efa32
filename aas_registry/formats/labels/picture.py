"""Pictures of reel labels: the codes in them, and the labels that those make.

A photograph or scan is decoded into grey pixels, read by zxing-cpp, and forgotten. PNG, JPEG and
WebP are taken; their pixels are counted from the header, before any is unpacked, and a file that
is at the same time a ZIP archive or a PDF is refused: no label printer or camera makes one.

A label shows one two-dimensional code with everything, many linear codes with one field each, or
both. Linear fields are put together in reading order; beside a single message they only add what
it does not say.

Source:
    ISO/IEC 15424 (symbology identifiers); ECIA EIGP 114.2018 (labels with both kinds of codes).
"""

import io
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations

import zxingcpp
from PIL import Image

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Finding, error, info
from aas_registry.domain.limits import Limits
from aas_registry.domain.reel_label import LabelField, ReelLabel, Syntax, interpret
from aas_registry.formats.container.content_kind import is_pdf
from aas_registry.formats.labels import gs1
from aas_registry.formats.labels.reel_label import read_field, read_label, recognise_label

_KINDS = {"PNG": b"\x89PNG\r\n\x1a\n", "JPEG": b"\xff\xd8\xff", "WEBP": b"RIFF"}
_ZIP_END, _ZIP_END_BYTES, _ZIP_COMMENT_BYTES = b"PK\x05\x06", 22, 0xFFFF
_FORMATS = (
    zxingcpp.BarcodeFormat.DataMatrix,
    zxingcpp.BarcodeFormat.QRCode,
    zxingcpp.BarcodeFormat.PDF417,
    zxingcpp.BarcodeFormat.Aztec,
    zxingcpp.BarcodeFormat.Code128,
    zxingcpp.BarcodeFormat.Code39,
    zxingcpp.BarcodeFormat.DataBar,
)
# What Pillow raises on damaged files, as its own decoders document and fuzzing found.
_DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    struct.error,
    zlib.error,
)
_ROW_PIXELS = 20
_SCAN = b"\xff\xda"  # stands nowhere else in a JPEG's own data
_MOST_SIDE = 65_535  # of zxing-cpp
_OF_READER = {
    Code.LABEL_MENDED,
    Code.LABEL_GS1_INVALID,
    Code.LABEL_FORMAT_UNSUPPORTED,
    Code.LABEL_FIELD_MALFORMED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Barcode:
    """One code in a picture.

    Attributes:
        text: What it holds; GS1 codes begin with their symbology identifier, FNC1 is U+001D.
        symbology: Its name, such as ``Data Matrix`` or ``Code 128``.
        position: The upper left corner of the code as it was printed: x, y in pixels.
    """

    text: str
    symbology: str
    position: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureReading:
    """What a picture shows.

    Attributes:
        codes: Every readable code, from top to bottom and left to right.
        labels: The labels that they make; most often one.
        findings: LABEL-CODE-IGNORED for each code that is no part of a label.
    """

    codes: tuple[Barcode, ...]
    labels: tuple[ReelLabel, ...]
    findings: tuple[Finding, ...] = ()


def read_picture(content: bytes, *, limits: Limits) -> PictureReading:
    """Return the codes of a picture and the labels that they make.

    Args:
        content: A PNG, JPEG or WebP file.
        limits: Bounds on the picture and its codes.

    Raises:
        RefusedError: LABEL-UNREADABLE where no code is part of a label, and what `read_codes` refuses.
    """
    codes = read_codes(content, limits=limits)
    labels, fields, findings = [], [], []
    for code in codes:
        # A camera loses no FNC1: the last field of element strings ends where the code ends.
        ended = code.text + "\x1d" if gs1.SYMBOLOGY.match(code.text) else code.text
        label = recognise_label(ended, limits=limits)
        field = None if label else read_field(code.text)
        if label:
            labels.append(label)
        elif field:
            fields.append(field)
        else:
            why = "it is no field of a label"
            try:
                read_label(code.text, limits=limits)
            except RefusedError as refused:
                why = why if refused.code == Code.LABEL_UNREADABLE else str(refused)
            message = f"The {code.symbology} {code.text[:60]!r} was ignored: {why}"
            findings.append(info(Code.LABEL_CODE_IGNORED, message))
    whole = tuple(dict.fromkeys(_put_together(labels, fields)))
    if not whole:
        raise RefusedError(error(Code.LABEL_UNREADABLE, "No code in the picture is a label."), *findings)
    return PictureReading(codes=tuple(codes), labels=whole, findings=tuple(findings))


def read_codes(content: bytes, *, limits: Limits) -> list[Barcode]:
    """Return the codes of a picture, from top to bottom and left to right.

    Args:
        content: A PNG, JPEG or WebP file.
        limits: ``label_picture_bytes``, ``label_picture_pixels`` and ``label_picture_scans`` bound it,
            ``label_chars`` each code.

    Raises:
        RefusedError: LABEL-PICTURE-TYPE, LABEL-PICTURE-TOO-LARGE, LABEL-PICTURE-POLYGLOT,
            LABEL-PICTURE-DAMAGED or LABEL-PICTURE-NO-CODE.
    """
    codes = []
    for each in _found(_grey(content, limits)):
        if 0 < len(each.text) <= limits.label_chars:
            is_gs1 = each.content_type == zxingcpp.ContentType.GS1
            text = (each.symbology_identifier if is_gs1 else "") + each.text
            corner = each.position.top_left
            codes.append(Barcode(text=text, symbology=str(each.symbology), position=(corner.x, corner.y)))
    if not codes:
        raise RefusedError(error(Code.LABEL_PICTURE_NO_CODE, Code.LABEL_PICTURE_NO_CODE.meaning))
    return sorted(codes, key=lambda code: (code.position[1] // _ROW_PIXELS, code.position[0]))


def _found(picture: Image.Image) -> list[zxingcpp.Barcode]:
    read = partial(
        zxingcpp.read_barcodes,
        picture,
        formats=zxingcpp.BarcodeFormats(_FORMATS),
        text_mode=zxingcpp.TextMode.Plain,
    )
    found: list[zxingcpp.Barcode] = read()
    # A small linear code can be misread where the picture is looked at reduced; as it was sent, it is not.
    if any(_is_at_one_place(one, other) for one, other in combinations(found, 2)):
        as_sent = {each.text for each in read(try_downscale=False)}
        found = [
            each
            for each in found
            if each.text in as_sent
            or not any(_is_at_one_place(each, other) and other.text in as_sent for other in found)
        ]
    return found


def _is_at_one_place(one: zxingcpp.Barcode, other: zxingcpp.Barcode) -> bool:
    """Return whether two codes say different things of one place in the picture."""
    corners = (one.position.top_left, one.position.bottom_right)
    (left, right), (top, bottom) = (sorted(getattr(each, axis) for each in corners) for axis in "xy")
    opposite = (other.position.top_left, other.position.bottom_right)
    across, down = (sum(getattr(each, axis) for each in opposite) / 2 for axis in "xy")
    return one.text != other.text and left < across < right and top < down < bottom


def _kind(content: bytes, limits: Limits) -> str:
    """Return the kind of a file that may be unpacked as a picture."""
    if len(content) > limits.label_picture_bytes:
        message = f"The picture is larger than {limits.label_picture_bytes} bytes."
        raise RefusedError(error(Code.LABEL_PICTURE_TOO_LARGE, message))
    kind = next((kind for kind, magic in _KINDS.items() if content.startswith(magic)), None)
    if kind is None:
        raise RefusedError(error(Code.LABEL_PICTURE_TYPE, Code.LABEL_PICTURE_TYPE.meaning))
    at = content.rfind(_ZIP_END, max(0, len(content) - _ZIP_END_BYTES - _ZIP_COMMENT_BYTES))
    # Four bytes may stand anywhere by chance; a record whose offsets lie in the file does not.
    is_archive = 0 <= at <= len(content) - _ZIP_END_BYTES and (
        sum(struct.unpack_from("<LL", content, at + 12)) <= at
    )
    if is_archive or is_pdf(content):
        message = Code.LABEL_PICTURE_POLYGLOT.meaning
        raise RefusedError(error(Code.LABEL_PICTURE_POLYGLOT, message))
    if kind == "JPEG" and content.count(_SCAN) > limits.label_picture_scans:
        message = f"The picture is drawn in more than {limits.label_picture_scans} scans."
        raise RefusedError(error(Code.LABEL_PICTURE_TOO_LARGE, message))
    return kind


def _grey(content: bytes, limits: Limits) -> Image.Image:
    """Return the first picture of a file in shades of grey."""
    kind = _kind(content, limits)
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as picture:
            # How many times the memory of a plain picture it takes to read this one, at the most.
            copies = 1.5 if picture.has_transparency_data else 1
            if kind == "WEBP" or picture.mode == "CMYK":
                copies = 2
            weight = picture.width * picture.height * copies
            if weight > limits.label_picture_pixels or max(picture.size) > _MOST_SIDE:
                raise RefusedError(_too_many(limits))
            picture.draft("L", picture.size)  # a JPEG then never unpacks its colours
            shades = picture.point(lambda value: value / 256) if picture.mode.startswith("I") else picture
            if not shades.has_transparency_data:
                return shades.convert("L")
            # What shines through is paper: a printed label is black on white.
            clear = shades if shades.mode in {"RGBA", "LA"} else shades.convert("RGBA")
            return Image.composite(clear.convert("L"), Image.new("L", clear.size, 255), clear.getchannel("A"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as cause:
        raise RefusedError(_too_many(limits)) from cause
    except _DAMAGE as cause:
        message = Code.LABEL_PICTURE_DAMAGED.meaning
        raise RefusedError(error(Code.LABEL_PICTURE_DAMAGED, message)) from cause


def _too_many(limits: Limits) -> Finding:
    message = f"The picture has more than {limits.label_picture_pixels} pixels, or one side is too long."
    return error(Code.LABEL_PICTURE_TOO_LARGE, message)


def _put_together(labels: Sequence[ReelLabel], fields: Sequence[LabelField]) -> list[ReelLabel]:
    single = [replace(field, position=1) for field in fields]
    if len(set(labels)) != 1:
        alone = interpret(dict.fromkeys(single), syntax=Syntax.IDENTIFIERS)
        return [*labels, *([alone] if single else [])]
    label = labels[0]
    stated = {field.identifier for field in label.fields} | {"Q", "7Q"}
    more = [field for field in dict.fromkeys(single) if field.identifier not in stated]
    if not more:
        return [label]
    said = [each for each in label.findings if each.code in _OF_READER]
    return [interpret([*label.fields, *more], syntax=label.syntax, findings=said)]

"""Reel labels written: as text, and as a picture that a printer can use.

Text is an ISO/IEC 15434 message of format 06. As a picture a message is
one Data Matrix, QR code or PDF417; with Code 128 every field is a code of its own, one below the
other, as labels without a two-dimensional code have them.

Source:
    ISO/IEC 15434:2019, 4.2 to 4.4; ECIA EIGP 114.2018.
"""

import io
import re
from collections.abc import Sequence
from enum import StrEnum

import zxingcpp
from PIL import Image

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error

RS, GS, EOT = "\x1e", "\x1d", "\x04"
_SCALE = 4
_IDENTIFIER = re.compile(r"\d{0,3}[A-Z]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_INSIDE = re.compile(r"<svg width=\"(\d+)\" height=\"(\d+)\"[^>]*>(.*)</svg>", re.DOTALL)

Data = Sequence[tuple[str, str]]


class Symbology(StrEnum):
    """The codes that a label can be written in."""

    DATA_MATRIX = "datamatrix"
    QR_CODE = "qr"
    PDF417 = "pdf417"
    CODE_128 = "code128"


_FORMATS = {
    Symbology.DATA_MATRIX: zxingcpp.BarcodeFormat.DataMatrix,
    Symbology.QR_CODE: zxingcpp.BarcodeFormat.QRCode,
    Symbology.PDF417: zxingcpp.BarcodeFormat.PDF417,
    Symbology.CODE_128: zxingcpp.BarcodeFormat.Code128,
}


def write_message(data: Data) -> str:
    """Return an ISO/IEC 15434 message of format 06.

    Args:
        data: Data identifier and text of each field, in the order wanted.

    Raises:
        RefusedError: LABEL-UNWRITABLE; an identifier is none, or a text holds a control character.
    """
    for identifier, text in data:
        if _IDENTIFIER.fullmatch(identifier) is None or _CONTROL.search(text):
            raise _unwritable(f"The field {identifier[:10]!r} with {text[:40]!r}")
    return f"[)>{RS}06{GS}" + GS.join(identifier + text for identifier, text in data) + RS + EOT


def write_picture(data: Data, symbology: Symbology) -> bytes:
    """Return a label as a PNG picture.

    Args:
        data: Data identifier and text of each field.
        symbology: The kind of code; Code 128 becomes one code for each field.

    Raises:
        RefusedError: LABEL-UNWRITABLE; the label does not fit the symbology.
    """
    pictures = [Image.fromarray(code.to_image(scale=_SCALE)) for code in _codes(data, symbology)]
    gap = 10 * _SCALE
    size = (
        max(each.width for each in pictures) + 2 * gap,
        sum(each.height + gap for each in pictures) + gap,
    )
    sheet = Image.new("L", size, 255)
    top = gap
    for each in pictures:
        sheet.paste(each, (gap, top))
        top += each.height + gap
    written = io.BytesIO()
    sheet.save(written, "PNG", optimize=True)
    return written.getvalue()


def write_drawing(data: Data, symbology: Symbology) -> str:
    """Return a label as an SVG drawing; arguments and errors as `write_picture`."""
    parts, top, width = [], 0, 0
    for code in _codes(data, symbology):
        drawn = _INSIDE.search(code.to_svg(scale=_SCALE))
        assert drawn is not None  # zxing-cpp always writes one svg element with both
        shapes = re.sub(r' id="[^"]*"|<desc>[^<]*</desc>', "", drawn[3]).strip()
        parts.append(f'<g transform="translate(0 {top})">{shapes}</g>')
        width, top = max(width, int(drawn[1])), top + int(drawn[2]) + 10 * _SCALE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="{width}" height="{top}"'
        f' viewBox="0 0 {width} {top}">' + "".join(parts) + "</svg>"
    )


def _codes(data: Data, symbology: Symbology) -> list[zxingcpp.Barcode]:
    contents = [write_message(data)]
    if symbology is Symbology.CODE_128:
        contents = [identifier + text for identifier, text in data]
    # Few scanners know the rectangular extension.
    options = {"force_square": True} if symbology is Symbology.DATA_MATRIX else {}
    try:
        return [zxingcpp.create_barcode(each, _FORMATS[symbology], **options) for each in contents]
    except ValueError as cause:
        raise _unwritable("The label") from cause


def _unwritable(what: str) -> RefusedError:
    return RefusedError(error(Code.LABEL_UNWRITABLE, f"{what} cannot be written so."))

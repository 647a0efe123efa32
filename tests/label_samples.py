"""Labels for the reader: what one holds, and GS1 labels, which the product reads and never prints.

Source:
    GS1 General Specifications, 7.8.6.
"""

import io
from collections.abc import Sequence

import zxingcpp
from biip.gs1_element_strings import GS1ElementString
from PIL import Image

from aas_registry.domain.reel_label import ReelLabel

GS = "\x1d"

Data = Sequence[tuple[str, str]]


def fields_of(label: ReelLabel) -> tuple[tuple[str, str], ...]:
    """Return identifier and text of every field, wherever it stood."""
    return tuple((field.identifier, field.text) for field in label.fields)


def gs1_elements(data: Data) -> str:
    """Return element strings as a scanner sends them: after text of any length FNC1, as U+001D."""
    written = ""
    for identifier, text in data:
        string = GS1ElementString.parse(identifier + text)
        assert string.ai.ai == identifier
        written += identifier + text + (GS if string.ai.separator_required else "")
    return written.removesuffix(GS)


def gs1_picture(data: Data, kind: zxingcpp.BarcodeFormat) -> bytes:
    """Return a label as a PNG picture of one code."""
    # Brackets, for GS1's own character set has parentheses.
    content = "".join(f"[{identifier}]{text}" for identifier, text in data)
    options = {"force_square": True} if kind == zxingcpp.BarcodeFormat.DataMatrix else {}
    code = Image.fromarray(zxingcpp.create_barcode(content, kind, gs1=True, **options).to_image(scale=4))
    sheet = Image.new("L", (code.width + 80, code.height + 80), 255)
    sheet.paste(code, (40, 40))
    written = io.BytesIO()
    sheet.save(written, "PNG")
    return written.getvalue()

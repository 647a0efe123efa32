"""One page of text as a small PDF: a title, named values, a table, closing lines.

For certificates of the demo and the example, which must be made in milliseconds and come
out the same every time. The font is one of the fourteen that every reader has, so the
text is of the code page 1252 and nothing is embedded; reports are made elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aas_registry.domain.errors import InvalidRequestError

_WIDTH, _HEIGHT = 595, 842  # A4 in points
_LEFT, _VALUES, _TOP = 56, 200, 786
_COLUMN = 96
_LINE = 15
_ENCODING = "cp1252"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPage:
    """What stands on the page.

    Attributes:
        heading: Small line on top, such as the issuer's name.
        title: What the document is.
        fields: Names and values, one pair a line.
        table: Rows of short cells, the first row being the header; at most five columns.
        closing: Lines at the end.
    """

    heading: str
    title: str
    fields: Sequence[tuple[str, str]]
    table: Sequence[Sequence[str]] = ()
    closing: Sequence[str] = ()


def write_text_pdf(page: TextPage) -> bytes:
    """Return the page as PDF 1.7; the same page gives the same bytes.

    Raises:
        InvalidRequestError: A character is not in the code page 1252, or the page is too short.

    Source:
        ISO 32000-2, 7.5 (file structure) and 9.6.2.2 (the standard 14 fonts).
    """
    content = "\n".join(_drawing(page)).encode("ascii")
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /{} /Encoding /WinAnsiEncoding >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {_WIDTH} {_HEIGHT}] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>".encode(),
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
        font.format("Helvetica").encode(),
        font.format("Helvetica-Bold").encode(),
    ]
    written = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    places = []
    for number, each in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return (
        written
        + b"xref\n0 %d\n0000000000 65535 f \n%b" % (count, table)
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(written))
    )


def _drawing(page: TextPage) -> list[str]:
    drawn = [
        _text(page.heading, _LEFT, _TOP, size=10),
        _text(page.title, _LEFT, _TOP - 30, size=18, bold=True),
    ]
    y = _TOP - 64
    for name, value in page.fields:
        drawn += [_text(f"{name}:", _LEFT, y, bold=True), _text(value, _VALUES, y)]
        y -= _LINE
    y -= _LINE
    for number, row in enumerate(page.table):
        for column, cell in enumerate(row):
            drawn.append(_text(cell, _LEFT + column * _COLUMN, y, bold=not number))
        if not number:
            drawn.append(f"0.5 w {_LEFT} {y - 4} m {_WIDTH - _LEFT} {y - 4} l S")
        y -= _LINE
    y -= _LINE
    for line in page.closing:
        drawn.append(_text(line, _LEFT, y))
        y -= _LINE
    if y < _LEFT:
        raise InvalidRequestError("The text does not fit on one page.")
    return drawn


def _text(text: str, x: int, y: int, *, size: int = 10, bold: bool = False) -> str:
    try:
        shown = text.encode(_ENCODING).hex()
    except UnicodeEncodeError as cause:
        raise InvalidRequestError(f"{text!r} cannot be written with the standard fonts.") from cause
    return f"BT /F{2 if bold else 1} {size} Tf 1 0 0 1 {x} {y} Tm <{shown}> Tj ET"

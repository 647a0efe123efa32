"""A part of a workbook on its way through the XML wall, piece by piece."""

from collections.abc import Iterator
from dataclasses import replace

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error
from aas_registry.domain.limits import Limits
from aas_registry.formats.container.bounded_xml import XmlReader, read_bounded_pieces
from aas_registry.formats.container.zip import ZipContainer

_CHUNK_BYTES = 1 << 17


def read_part(
    container: ZipContainer, part: str, reader: XmlReader, *, limits: Limits, kept_chars: int
) -> Iterator[None]:
    """Tell a reader what a part holds; yield after each piece.

    Args:
        container: The workbook.
        part: As `ZipContainer.find` answers it.
        reader: What it raises passes through.
        limits: Every bound.
        kept_chars: Of the text of an element at least so much is told.

    Raises:
        RefusedError: Hostile or damaged XML, or more than ``spreadsheet_tags`` tags.
    """
    pieces = _counted_pieces(container, part, limits)
    try:
        yield from read_bounded_pieces(pieces, reader, limits=limits, part=part, kept_chars=kept_chars)
    except RefusedError as refusal:
        # Lines of the XML are no rows of the list.
        found = (replace(each, row=None, column=None) for each in refusal.findings)
        raise RefusedError(*found) from refusal


def _counted_pieces(container: ZipContainer, part: str, limits: Limits) -> Iterator[bytes]:
    tags = 0
    with container.open(part) as stream:
        while piece := stream.read(_CHUNK_BYTES):
            tags += piece.count(b"<")  # each calls back at least once, and that is what costs
            if tags > limits.spreadsheet_tags:
                message = f"The part has more than {limits.spreadsheet_tags} tags."
                raise RefusedError(error(Code.SPREADSHEET_TOO_LARGE, message, part=part))
            yield piece

"""Downloads: a file whole, or the range of it that is asked for.

Source:
    RFC 9110, 13 (conditional requests) and 14 (range requests).
"""

import io
from typing import BinaryIO

from flask import Response, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable

RANGE_ANSWERS = {206: "The range that the header Range asks for.", 416: "The range begins behind the end."}
FILE_ANSWERS = RANGE_ANSWERS | {304: "The content is that of the entity tag that you have."}
"""Answers of a file that has an entity tag."""


def download(stream: BinaryIO, *, media_type: str, name: str, etag: str | None = None) -> Response:
    """Return the answer that sends a file to be saved; where it is asked for, a range of it.

    Several ranges, and those of other units than bytes, are answered with the whole file.

    Args:
        stream: The file, seekable; closed with the answer.
        media_type: Value of the header Content-Type.
        name: File name that the browser proposes, without folders.
        etag: Entity tag without quotes, such as the file's SHA-256; None for none.

    Raises:
        RequestedRangeNotSatisfiable: The range begins behind the end.
    """
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    answer = send_file(
        stream,
        mimetype=media_type,
        as_attachment=True,
        download_name=name,
        etag=etag or False,
        conditional=False,
    )
    answer.content_length = size
    asked = request.range
    is_one = asked is not None and asked.units == "bytes" and len(asked.ranges) == 1
    try:
        answer.make_conditional(request, accept_ranges=True, complete_length=size if is_one else None)
    except RequestedRangeNotSatisfiable:
        stream.close()
        raise
    return answer

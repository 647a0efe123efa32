"""A request whose body is never cut off in silence.

Werkzeug reads a body that comes in chunks up to its limit and hands out that part as if
it were all; half an NDJSON file would then be taken as the whole.
"""

from collections.abc import Callable
from contextlib import ExitStack
from typing import IO, BinaryIO

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge

from aas_registry.domain.errors import UnsupportedCodingError
from aas_registry.domain.limits import Limits
from aas_registry.web.unpacked_body import UnpackedBody


class BoundedRequest(Request):
    """A request of which one byte more than the limit is read, to tell that there is more.

    Attributes:
        open_file: Opens what holds an uploaded file until it is taken; None for werkzeug's own,
            which lies where the system keeps temporary files, often in memory.
    """

    open_file: Callable[[], BinaryIO] | None = None
    _parts: ExitStack | None = None
    _is_lent = False

    def lend_files(self) -> Callable[[], None]:
        """Keep uploaded files open beyond the request; return what closes them."""
        self._is_lent = True
        return super().close

    def close(self) -> None:
        """Close the uploaded files, unless they were lent."""
        if not self._is_lent:
            super().close()

    def limit_body(self, most_bytes: int) -> None:
        """Refuse a body of more than so many bytes, whether it tells its length or not.

        Raises:
            RequestEntityTooLarge: It says that it is longer; nothing of it was read.
        """
        if self.content_length is not None and self.content_length > most_bytes:
            raise RequestEntityTooLarge
        self.max_content_length = most_bytes + 1

    def unpack(self, *, limits: Limits) -> None:
        """Read a body that comes packed with gzip as what it unpacks to.

        Raises:
            UnsupportedCodingError: It is packed in another way, or more than once.

        Source:
            RFC 9110, 8.4 (Content-Encoding) and 15.5.16 (415 for a coding that is not taken).
        """
        coding = self.headers.get("Content-Encoding", "identity").strip().lower()
        if coding in {"", "identity"}:
            return
        if coding not in {"gzip", "x-gzip"}:
            message = f"The Content-Encoding {coding[:100]!r} is not taken; send gzip, or the body as it is."
            raise UnsupportedCodingError(message)
        self.environ["wsgi.input"] = UnpackedBody(self.stream, limits=limits)
        # What arrives no longer has the length, nor the coding, that the sender told.
        self.environ["wsgi.input_terminated"] = True
        for name in ("CONTENT_LENGTH", "HTTP_CONTENT_ENCODING"):
            self.environ.pop(name, None)
        for cached in ("stream", "content_length"):
            self.__dict__.pop(cached, None)

    def _load_form_data(self) -> None:
        """Close what came of uploaded files where the form breaks off, and not when memory is next tidied."""
        with ExitStack() as self._parts:
            super()._load_form_data()
            self._parts.pop_all()

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if self.open_file is not None:
            opened = self.open_file()
            if self._parts is not None:
                self._parts.callback(opened.close)
            return opened
        return super()._get_file_stream(total_content_length, content_type, filename, content_length)

    def get_data(self, cache: bool = True, as_text: bool = False, parse_form_data: bool = False) -> bytes:  # type: ignore[override]  # noqa: FBT001, FBT002 - werkzeug's signature
        """Return the body.

        Raises:
            RequestEntityTooLarge: It is over the limit.
        """
        content: bytes = super().get_data(cache=cache, as_text=as_text, parse_form_data=parse_form_data)  # type: ignore[call-overload]
        if self.max_content_length is not None and len(content) >= self.max_content_length:
            raise RequestEntityTooLarge
        return content

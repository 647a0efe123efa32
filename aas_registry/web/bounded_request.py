"""A request whose body is never cut off in silence.

Werkzeug reads a body that comes in chunks up to its limit and hands out that part as if
it were all; half an NDJSON file would then be taken as the whole.
"""

from collections.abc import Callable
from typing import IO, BinaryIO

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge


class BoundedRequest(Request):
    """A request of which one byte more than the limit is read, to tell that there is more.

    Attributes:
        open_file: Opens what holds an uploaded file until it is taken; None for werkzeug's own,
            which lies where the system keeps temporary files, often in memory.
    """

    open_file: Callable[[], BinaryIO] | None = None
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

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if self.open_file is not None:
            return self.open_file()
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

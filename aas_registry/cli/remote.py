"""A registry that is asked over HTTP, with the standard library only.

A body is streamed from the file, so that its size does not matter here. A redirect is not
followed: the token is for the address that was given, and for no other.
"""

import http.client
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import SEEK_END
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import (
    ConflictError,
    ForbiddenError,
    InvalidRequestError,
    LockedError,
    NotFoundError,
    ProtocolVersionError,
    RateLimitedError,
    RegistryError,
    TooLargeError,
    TooSlowError,
    UnauthenticatedError,
    UnavailableError,
    UnsupportedTypeError,
)
from aas_registry.domain.findings import Finding, Severity
from aas_registry.domain.progress import Progress, no_progress

_CHUNK = 256 * 1024
_ANSWER_BYTES = 64 * 1024 * 1024
_TIMEOUT_S = 300
_LINE_END = b"\r\n"
# What would end or break the name of a file in the head of a form's part.
_QUOTED = str.maketrans({"\\": "\\\\", '"': "%22", "\r": "%0D", "\n": "%0A"})
UPLOADS = "/trace/v1/uploads"
_LINES = "application/x-ndjson"
_ACCEPT = f"{_LINES}, application/json;q=0.5"
_TEXTS = ("file", "part", "path", "constraint", "value")
_KINDS: dict[int, type[RegistryError]] = {
    http.client.UNAUTHORIZED: UnauthenticatedError,
    http.client.FORBIDDEN: ForbiddenError,
    http.client.NOT_FOUND: NotFoundError,
    http.client.CONFLICT: ConflictError,
    http.client.REQUEST_ENTITY_TOO_LARGE: TooLargeError,
    http.client.UNSUPPORTED_MEDIA_TYPE: UnsupportedTypeError,
    http.client.PRECONDITION_FAILED: ProtocolVersionError,
    http.client.LOCKED: LockedError,
    http.client.TOO_MANY_REQUESTS: RateLimitedError,
    http.client.REQUEST_TIMEOUT: TooSlowError,
}


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as a field of a form."""

    field: str
    path: Path
    media_type: str


@dataclass(frozen=True, slots=True)
class Server:
    """The address of a server and the token it is asked with."""

    scheme: str
    host: str
    port: int | None
    path: str
    token: str | None

    @classmethod
    def at(cls, url: str, token: str | None) -> "Server":
        """Read an address.

        Raises:
            InvalidRequestError: It is no http or https address.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as cause:
            raise InvalidRequestError(f"{url} is no address.") from cause
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise InvalidRequestError(f"{url} is no http or https address.")
        return cls(parts.scheme, parts.hostname, port, parts.path.rstrip("/"), token)

    def upload(
        self, path: Path, *, media_type: str, progress: Progress = no_progress, **query: str | None
    ) -> dict[str, Any]:
        """Upload a file in one request and return the server's answer.

        Args:
            path: The file.
            media_type: Its media type, as the server is told it.
            progress: Is called with ``sending`` in bytes, then with each phase that the server names.
            query: Query parameters; None leaves one out.

        Raises:
            RegistryError: Of the kind that the server answered, with its code and findings.
            UnavailableError: The server cannot be reached, or broke off.
        """
        sent = [SentFile("file", path, media_type)]
        return self.send(with_query(UPLOADS, query), sent, progress=progress)

    def send(self, target: str, files: Sequence["SentFile"], *, progress: Progress) -> dict[str, Any]:
        """Send a form with files, in their order; return the upload that they became.

        Args:
            target: Path and query of the request, below the address of the server.
            files: The fields of the form.
            progress: Is called with ``sending`` in bytes of each file, then with each phase that
                the server names.

        Raises:
            RegistryError: See `upload`.
        """
        headers, body = _form(files, progress)
        return self.take(target, headers=headers, body=body, progress=progress)

    def fetch(self, target: str, files: Sequence["SentFile"], *, write: Callable[[bytes], object]) -> None:
        """Send a form with files and take the file that is answered, piece by piece.

        Args:
            target: Path and query of the request, below the address of the server.
            files: The fields of the form.
            write: Takes each piece.

        Raises:
            RegistryError: See `upload`.
        """
        headers, body = _form(files, no_progress)
        with self.asked("POST", target, headers=headers, body=body) as answer:
            if answer.status != http.client.OK:
                raise refusal(answer)
            while piece := answer.read(_CHUNK):
                write(piece)

    def take(
        self,
        target: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: Iterable[bytes] | None = None,
        progress: Progress,
    ) -> dict[str, Any]:
        """Have a file taken; return the upload that it became.

        Args:
            target: Path and query of the request, below the address of the server.
            headers: Request headers beside those of every request.
            body: The body of the request, in pieces; None for none.
            progress: Is called with each phase that the server names.

        Raises:
            RegistryError: See `upload`.
        """
        with self.asked("POST", target, headers={"Accept": _ACCEPT, **(headers or {})}, body=body) as answer:
            if answer.headers.get_content_type() != _LINES:
                if answer.status not in {http.client.OK, http.client.CREATED}:
                    raise refusal(answer)
                return _object(answer.status, answer.read(_ANSWER_BYTES))
            last: dict[str, Any] = {}
            while line := answer.readline(_ANSWER_BYTES):
                last = _object(http.client.OK, line)
                if "phase" in last:
                    progress(str(last["phase"]), _count(last.get("done")) or 0, _count(last.get("total")))
        return _read_last(last)

    @contextmanager
    def asked(
        self,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: Iterable[bytes] | None = None,
    ) -> Iterator[http.client.HTTPResponse]:
        """Send a request and hold its answer open.

        Raises:
            UnavailableError: The server cannot be reached, or broke off.
        """
        secure = self.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(self.host, self.port, timeout=_TIMEOUT_S)
        own = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            # It may refuse before it read the whole body: its answer then says why.
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.request(method, self.path + target, body, {**own, **(headers or {})})
            yield connection.getresponse()
        except (OSError, http.client.HTTPException) as cause:
            text = f"The server {self.scheme}://{self.host} cannot be reached: {cause!r}."
            raise UnavailableError(text) from cause
        finally:
            connection.close()


def with_query(target: str, query: Mapping[str, str | None]) -> str:
    """Return a path with query parameters; None leaves one out."""
    asked = urlencode({name: value for name, value in query.items() if value is not None})
    return f"{target}?{asked}" if asked else target


def read_pieces(
    path: Path, *, progress: Progress, offset: int = 0, most_bytes: int | None = None
) -> Iterator[bytes]:
    """Yield a file, or a part of it, in pieces; tell ``sending`` of each that was asked for."""
    with path.open("rb") as stream:
        total = stream.seek(0, SEEK_END)
        end = total if most_bytes is None else min(total, offset + most_bytes)
        stream.seek(offset)
        while offset < end and (piece := stream.read(min(_CHUNK, end - offset))):
            yield piece
            offset += len(piece)
            progress("sending", offset, total)


def refusal(answer: http.client.HTTPResponse) -> RegistryError:
    """Return the error that a server answered."""
    return _refusal(answer.status, _object(answer.status, answer.read(_ANSWER_BYTES)))


def _form(files: Sequence[SentFile], progress: Progress) -> tuple[dict[str, str], Iterator[bytes]]:
    """Return the headers and the body of a form (RFC 7578)."""
    boundary = uuid4().hex
    heads = []
    for each in files:
        name = each.path.name.translate(_QUOTED)
        head = (
            f"--{boundary}\r\n"
            f'Content-Disposition: form-data; name="{each.field}"; filename="{name}"\r\n'
            f"Content-Type: {each.media_type}\r\n\r\n"
        )
        heads.append(head.encode("utf-8"))
    tail = f"--{boundary}--\r\n".encode("ascii")
    length = len(tail) + sum(len(head) + len(_LINE_END) for head in heads)
    length += sum(each.path.stat().st_size for each in files)
    headers = {
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Content-Length": str(length),
    }

    def body() -> Iterator[bytes]:
        for head, each in zip(heads, files, strict=True):
            yield head
            yield from read_pieces(each.path, progress=progress)
            yield _LINE_END
        yield tail

    return headers, body()


def _read_last(last: dict[str, Any]) -> dict[str, Any]:
    status, upload, error = last.get("status"), last.get("upload"), last.get("error")
    if isinstance(upload, dict):
        return upload
    if isinstance(status, int) and isinstance(error, dict):
        raise _refusal(status, error)
    raise UnavailableError("The server broke off before it said what became of the file.")


def _object(status: int, content: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise UnavailableError(f"The server answered {status} with something else than a JSON object.")
    return answer


def _count(told: object) -> int | None:
    return told if isinstance(told, int) else None


def _refusal(status: int, answer: dict[str, Any]) -> RegistryError:
    message = next(iter(_dicts(answer.get("messages"))), {})
    is_ours = http.client.BAD_REQUEST <= status < http.client.INTERNAL_SERVER_ERROR
    kind = _KINDS.get(status, InvalidRequestError if is_ours else UnavailableError)
    return kind(
        str(message.get("text", f"The server answered {status}.")),
        code=_code(message.get("code")),
        findings=[_finding(each) for each in _dicts(answer.get("findings"))],
    )


def _finding(told: dict[str, Any]) -> Finding:
    place: dict[str, Any] = {name: str(told[name]) for name in _TEXTS if name in told}
    place |= {name: told[name] for name in ("row", "column") if isinstance(told.get(name), int)}
    severity = told.get("severity")
    return Finding(
        severity=Severity(severity) if severity in set(Severity) else Severity.ERROR,
        code=_code(told.get("code")),
        message=str(told.get("message", "")),
        **place,
    )


def _code(told: object) -> Code:
    # A newer server may know codes that this program does not.
    return next((code for code in Code if code == told), Code.REQUEST_INVALID)


def _dicts(told: object) -> list[dict[str, Any]]:
    return [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []

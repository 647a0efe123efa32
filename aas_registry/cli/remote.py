"""A registry that is asked over HTTP, with the standard library only.

A body is streamed from the file, so that its size does not matter here. A redirect is not
followed: the token is for the address that was given, and for no other.
"""

import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import (
    ConflictError,
    ForbiddenError,
    InvalidRequestError,
    NotFoundError,
    RateLimitedError,
    RegistryError,
    TooLargeError,
    UnauthenticatedError,
    UnavailableError,
    UnsupportedTypeError,
)
from aas_registry.domain.findings import Finding, Severity

_CHUNK = 256 * 1024
_ANSWER_BYTES = 64 * 1024 * 1024
_TIMEOUT_S = 300
_UPLOADS = "/trace/v1/uploads"
_TEXTS = ("file", "part", "path", "constraint")
_KINDS: dict[int, type[RegistryError]] = {
    http.client.UNAUTHORIZED: UnauthenticatedError,
    http.client.FORBIDDEN: ForbiddenError,
    http.client.NOT_FOUND: NotFoundError,
    http.client.CONFLICT: ConflictError,
    http.client.REQUEST_ENTITY_TOO_LARGE: TooLargeError,
    http.client.UNSUPPORTED_MEDIA_TYPE: UnsupportedTypeError,
    http.client.TOO_MANY_REQUESTS: RateLimitedError,
}


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
        self, path: Path, *, media_type: str, advance: Callable[[int], None], **query: str | None
    ) -> dict[str, Any]:
        """Upload a file and return the server's answer.

        Args:
            path: The file.
            media_type: What it says it is.
            advance: Told how many bytes were sent, again and again.
            query: Query parameters; None leaves one out.

        Raises:
            RegistryError: Of the kind that the server answered, with its code and findings.
            UnavailableError: The server cannot be reached, or broke off.
        """
        boundary = uuid4().hex
        head, tail = _frame(path.name, media_type, boundary)
        asked = urlencode({name: value for name, value in query.items() if value is not None})
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(len(head) + path.stat().st_size + len(tail)),
            "Accept": "application/json",
        }
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        target = f"{self.path}{_UPLOADS}?{asked}" if asked else f"{self.path}{_UPLOADS}"
        status, content = self._post(target, headers, _body(head, path, tail, advance))
        return _read_answer(status, content)

    def _post(self, target: str, headers: dict[str, str], body: Iterator[bytes]) -> tuple[int, bytes]:
        secure = self.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(self.host, self.port, timeout=_TIMEOUT_S)
        try:
            # It may refuse before it read the whole body: its answer then says why.
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.request("POST", target, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read(_ANSWER_BYTES)
        except (OSError, http.client.HTTPException) as cause:
            text = f"The server {self.scheme}://{self.host} cannot be reached: {cause!r}."
            raise UnavailableError(text) from cause
        finally:
            connection.close()


def _frame(name: str, media_type: str, boundary: str) -> tuple[bytes, bytes]:
    quoted = name.replace("\\", "\\\\").replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    head = (
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="file"; filename="{quoted}"\r\n'
        f"Content-Type: {media_type}\r\n\r\n"
    )
    return head.encode("utf-8"), f"\r\n--{boundary}--\r\n".encode("ascii")


def _body(head: bytes, path: Path, tail: bytes, advance: Callable[[int], None]) -> Iterator[bytes]:
    yield head
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk
            advance(len(chunk))
    yield tail


def _read_answer(status: int, content: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise UnavailableError(f"The server answered {status} with something else than a JSON object.")
    if status in {http.client.OK, http.client.CREATED}:
        return answer
    raise _refusal(status, answer)


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

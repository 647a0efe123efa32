"""Uploads to a server in pieces: what a dropped connection or a restarted server cost is a piece.

The server's offset is the only truth: after every failure it is asked for, and sending
goes on from there.

Source:
    tus resumable upload protocol 1.0.0.
"""

import http.client
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from aas_registry.cli.remote import Server, read_pieces, refusal, with_query
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import (
    ConflictError,
    LockedError,
    NotFoundError,
    RegistryError,
    UnavailableError,
)
from aas_registry.domain.progress import Progress

RESUMABLE_UPLOADS = "/trace/v1/resumable-uploads"
PIECE_BYTES = 32 * 1024 * 1024
_TUS = {"Tus-Resumable": "1.0.0"}
_PIECE = {**_TUS, "Content-Type": "application/offset+octet-stream"}
_WAITS_S = (0.5, 1, 2, 4, 8, 15, 30, 30)

Answer = TypeVar("Answer")


def upload_in_pieces(
    server: Server,
    path: Path,
    *,
    media_type: str,
    progress: Progress,
    query: Mapping[str, str | None],
    piece_bytes: int = PIECE_BYTES,
) -> dict[str, Any]:
    """Upload a file piece by piece, have it taken, and return the server's answer.

    Args:
        server: The server that takes the file.
        path: The file; it must not change meanwhile.
        media_type: Its media type, as the server is told it.
        progress: Is called with ``sending`` in bytes, then with each phase that the server names.
        query: Query parameters of the request that takes it; None leaves one out.
        piece_bytes: Most bytes that one request carries; at least 1.

    Raises:
        RegistryError: Of the kind that the server answered, with its code and findings.
        UnavailableError: The server could not be reached for about a minute and a half.
    """
    target = _begin(server, path, media_type)
    _send(server, path, target, progress=progress, piece_bytes=piece_bytes)
    try:
        taken = _patiently(lambda: server.take(with_query(f"{target}/take", query), progress=progress))
    except RegistryError as refused:
        if not _may_pass(refused):
            _give_up(server, target)
        raise
    if query.get("dryRun") is not None:  # nothing will be taken of it, even where it is known
        _give_up(server, target)
    return taken


def _begin(server: Server, path: Path, media_type: str) -> str:
    described = {"filename": path.name, "filetype": media_type}
    pairs = [f"{key} {b64encode(value.encode()).decode()}" for key, value in described.items()]
    headers = {**_TUS, "Upload-Length": str(path.stat().st_size), "Upload-Metadata": ",".join(pairs)}
    with server.asked("POST", RESUMABLE_UPLOADS, headers=headers) as answer:
        _require(answer, http.client.CREATED)
        place = answer.headers.get("Location", "")
    # Only the id is taken over, so that no answer can lead the token elsewhere.
    return f"{RESUMABLE_UPLOADS}/{place.rstrip('/').rpartition('/')[2]}"


def _send(server: Server, path: Path, target: str, *, progress: Progress, piece_bytes: int) -> None:
    total, offset, failures = path.stat().st_size, 0, 0
    while offset < total:
        pieces = read_pieces(path, progress=progress, offset=offset, most_bytes=piece_bytes)
        place = {"Upload-Offset": str(offset), "Content-Length": str(min(piece_bytes, total - offset))}
        try:
            with server.asked("PATCH", target, headers={**_PIECE, **place}, body=pieces) as answer:
                _require(answer, http.client.NO_CONTENT)
                reached = _number(answer)
        except RegistryError as failure:
            passes = _may_pass(failure) or isinstance(failure, ConflictError)  # it stands elsewhere
            if not passes or failures == len(_WAITS_S):
                raise
            time.sleep(_WAITS_S[failures])
            failures += 1
            reached = _patiently(lambda: _offset(server, target))
        if reached > offset:
            failures = 0
        offset = reached


def _offset(server: Server, target: str) -> int:
    with server.asked("GET", target, headers=_TUS) as answer:
        _require(answer, http.client.OK)
        return _number(answer)


def _give_up(server: Server, target: str) -> None:
    try:
        with server.asked("DELETE", target, headers=_TUS) as answer:
            _require(answer, http.client.NO_CONTENT)
    except (UnavailableError, NotFoundError):
        return  # it expires by itself


def _patiently(ask: Callable[[], Answer]) -> Answer:
    for wait_s in _WAITS_S:
        try:
            return ask()
        except RegistryError as failure:
            if not _may_pass(failure):
                raise
            time.sleep(wait_s)
    return ask()


def _may_pass(failure: RegistryError) -> bool:
    is_down = isinstance(failure, UnavailableError) and failure.code is Code.UNAVAILABLE
    return is_down or isinstance(failure, LockedError)


def _require(answer: http.client.HTTPResponse, status: int) -> None:
    if answer.status != status:
        raise refusal(answer)


def _number(answer: http.client.HTTPResponse) -> int:
    text = answer.headers.get("Upload-Offset", "")
    if not (text.isascii() and text.isdigit()):
        raise UnavailableError("The server does not say how much has arrived.")
    return int(text)

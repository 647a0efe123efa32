"""A WSGI application for an ASGI server: bodies come whole, worker threads never wait for a client.

Source:
    PEP 3333 (WSGI); the ASGI specification, HTTP connection scope, version 2.3.
"""

import asyncio
import contextvars
import io
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from typing import Any, BinaryIO
from urllib.parse import unquote_to_bytes

import structlog
from flask import Flask
from werkzeug.wsgi import FileWrapper

from aas_registry.services.registry import Registry
from aas_registry.web.gateway.admission import Admission
from aas_registry.web.gateway.answer import Environ, InThread, Stream, WsgiAnswer, answer_of
from aas_registry.web.gateway.body import Receive, receive_body
from aas_registry.web.gateway.pace import Pace
from aas_registry.web.gateway.turns import Turn

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_log = structlog.get_logger(__name__)
_SMALL_BYTES = 64 * 1024
_FILE_PIECE_BYTES = 256 * 1024
_DISK_THREADS = 2


class Bridge:
    """The ASGI application of a worker process."""

    def __init__(self, app: Flask, registry: Registry, *, threads: int) -> None:
        """Run ``app`` in so many threads."""
        self._app = app
        self._registry = registry
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._disk = ThreadPoolExecutor(_DISK_THREADS, thread_name_prefix="body")

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """WsgiAnswer one request."""
        if scope["type"] != "http":
            return
        loop, context = asyncio.get_running_loop(), contextvars.copy_context()

        def in_thread(work: Callable[..., Any], *arguments: Any) -> "asyncio.Future[Any]":
            return loop.run_in_executor(self._threads, partial(context.run, work, *arguments))

        environ = environ_of(scope)
        kept: BinaryIO = io.BytesIO()
        most_bytes = _SMALL_BYTES
        if _is_to_be_admitted(environ):
            admission = Admission()
            head = environ | admission.as_environ() | {"wsgi.input": kept}
            answer = await in_thread(answer_of, self._app, head)
            if admission.most_bytes is None:
                # Whether a body follows all the same, where it was asked for first, cannot be known.
                is_last = "HTTP_EXPECT" in environ
                await _send(answer, in_thread, receive, _closing_after(send) if is_last else send)
                return
            most_bytes, kept = admission.most_bytes, self._registry.scratch()
        with closing(kept):
            came = await receive_body(receive, self._pace(), kept, most_bytes=most_bytes, disk=self._disk)
            answer = await self._answer(environ | {"wsgi.input": came}, in_thread, receive)
            if answer is None:
                return
            await _send(answer, in_thread, receive, send if came is kept else _closing_after(send))

    async def _answer(self, environ: Environ, in_thread: InThread, receive: Receive) -> WsgiAnswer | None:
        """Return the answer to a whole request, which runs again when its turn comes if it had to wait.

        None where its client left before its turn came, so that nothing was done.
        """
        turn = Turn(self._registry.settings.login_wait_s)
        try:
            answer: WsgiAnswer = await in_thread(answer_of, self._app, environ | turn.as_environ())
            while turn.is_awaited:
                if not await turn.comes(_until_gone(receive)):
                    _log.info("a client left before its turn came", path=environ["PATH_INFO"])
                    return None
                environ["wsgi.input"].seek(0)
                answer = await in_thread(answer_of, self._app, environ | turn.as_environ())
            return answer
        finally:
            turn.leave()

    def _pace(self) -> Pace:
        settings = self._registry.settings
        return Pace(span_s=settings.body_timeout_s, least_bytes_per_s=settings.body_min_bytes_per_s)


def environ_of(scope: MutableMapping[str, Any]) -> Environ:
    """Return the environment of a request, without its body.

    Headers with an underscore are left out: in an environment they could not be told from those
    with a hyphen, which a proxy sets and an application trusts.
    """
    server, client = scope["server"] or ("", 0), scope["client"] or ("", 0)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 80),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
        "wsgi.file_wrapper": _wrap_file,
    }
    for raw_name, raw_value in scope["headers"]:
        if b"_" in raw_name:
            continue
        name, value = raw_name.decode("latin-1").upper().replace("-", "_"), raw_value.decode("latin-1")
        if name not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            name = f"HTTP_{name}"
        if name in environ:
            value = f"{environ[name]}{'; ' if name == 'HTTP_COOKIE' else ','}{value}"
        environ[name] = value
    return environ


def _wrap_file(file: BinaryIO, _: int = 0) -> FileWrapper:
    return FileWrapper(file, _FILE_PIECE_BYTES)


def _is_to_be_admitted(environ: Environ) -> bool:
    """Say whether the application is asked before the body is received, as it is long or waited for."""
    length = environ.get("CONTENT_LENGTH", "0")
    return (
        "HTTP_TRANSFER_ENCODING" in environ
        or "HTTP_EXPECT" in environ
        or not length.isdecimal()
        or int(length) > _SMALL_BYTES
    )


def _closing_after(send: Send) -> Send:
    """Return what sends an answer that is the last of its connection."""

    async def sent(event: MutableMapping[str, Any]) -> None:
        if event["type"] == "http.response.start":
            event["headers"].append((b"connection", b"close"))
        await send(event)

    return sent


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass  # what is left of a body that nobody wants


async def _send(answer: WsgiAnswer, in_thread: InThread, receive: Receive, send: Send) -> None:
    headers = [
        (name.encode("latin-1"), value.encode("latin-1"))
        for name, value in answer.headers
        if name.lower() != "date"  # the server writes its own on every answer, werkzeug one on files
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if answer.pieces is not None:
        stream = Stream(answer.pieces, in_thread)
        gone = asyncio.ensure_future(_until_gone(receive))
        gone.add_done_callback(lambda _: stream.leave())
        try:
            async for piece in stream.taken():
                for start in range(0, len(piece), _SMALL_BYTES):
                    content = piece[start : start + _SMALL_BYTES]
                    await send({"type": "http.response.body", "body": content, "more_body": True})
        finally:
            gone.cancel()
    await send({"type": "http.response.body", "body": answer.content, "more_body": False})

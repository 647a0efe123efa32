"""Answers that tell how far the work is: lines of JSON while it runs, its result as the last.

The work runs in a thread of its own; it tells its progress into a box that holds the
latest word of each phase, and the answer empties the box a few times a second. So
neither a slow reader nor a talkative worker ever holds more than a few lines, and a reader
that goes away stops the work at its next word, before it commits: nothing is half done.
"""

import contextvars
import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock
from typing import Any, TypeVar

import orjson
from flask import Response, make_response, request, stream_with_context

from aas_registry.domain.errors import UnavailableError
from aas_registry.domain.progress import Progress
from aas_registry.web.bounded_request import BoundedRequest
from aas_registry.web.errors import answer_error

MEDIA_TYPE = "application/x-ndjson"
_INTERVAL_S = 0.1

Result = TypeVar("Result")


class ReaderGoneError(UnavailableError):
    """Nobody waits for the answer any more: what is under way is to stop."""


def wants_progress() -> bool:
    """Return whether the asker prefers lines of progress to one JSON value."""
    return request.accept_mimetypes.best_match(["application/json", MEDIA_TYPE]) == MEDIA_TYPE


def progress_answer(
    work: Callable[[Progress], Result], render: Callable[[Result], Mapping[str, Any]]
) -> Response:
    """Do the work in a thread and answer its progress, and at last its result.

    Args:
        work: Runs in another thread, so without the request. Its argument is to be called with
            each step, and raises `ReaderGoneError` once the reader has gone; the work must let
            that pass.
        render: Returns the last line of a success: ``status`` and what was made. The last
            line of a failure has ``status`` and the body of the error's answer as ``error``.

    Source:
        Lines as of NDJSON: one JSON value each, UTF-8, ended by a line feed.
    """
    assert isinstance(request, BoundedRequest)
    answer = Response(
        stream_with_context(_lines(work, render)),
        mimetype=MEDIA_TYPE,
        headers={"X-Accel-Buffering": "no"},  # nginx would hold the lines back
    )
    answer.call_on_close(request.lend_files())  # Flask would close them before the work begins
    return answer


class _Box:
    """The latest word of each phase that was not passed on yet."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._told: dict[str, tuple[int, int | None]] = {}
        self._is_left = Event()

    def tell(self, phase: str, done: int, total: int | None) -> None:
        if self._is_left.is_set():
            raise ReaderGoneError("Nobody waits for the answer any more.")
        with self._lock:
            self._told[phase] = (done, total)

    def empty(self) -> list[dict[str, Any]]:
        with self._lock:
            told, self._told = self._told, {}
        return [{"phase": phase, "done": done, "total": total} for phase, (done, total) in told.items()]

    def leave(self) -> None:
        self._is_left.set()


def _lines(
    work: Callable[[Progress], Result], render: Callable[[Result], Mapping[str, Any]]
) -> Iterator[bytes]:
    box, is_done = _Box(), Event()
    context = contextvars.copy_context()  # the log's request id
    with ThreadPoolExecutor(1, thread_name_prefix="progress") as pool:
        future = pool.submit(context.run, work, box.tell)
        future.add_done_callback(lambda _: is_done.set())
        try:
            while not is_done.wait(_INTERVAL_S):
                yield from map(_line, box.empty())
            yield from map(_line, box.empty())
            failure = future.exception()
            if failure is None:
                yield _line(render(future.result()))
            else:
                answer = make_response(answer_error(failure))
                yield _line({"status": answer.status_code, "error": json.loads(answer.get_data())})
        finally:
            box.leave()


def _line(value: Mapping[str, Any]) -> bytes:
    return orjson.dumps(value) + b"\n"

"""Lines of progress: the latest word of each phase, the result last, and an end when nobody reads."""

import itertools
import json
from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConflictError, UnavailableError
from aas_registry.domain.progress import Progress
from aas_registry.web.bounded_request import BoundedRequest
from aas_registry.web.progress import MEDIA_TYPE, ReaderGoneError, progress_answer, wants_progress


@pytest.fixture
def app() -> Flask:
    made = Flask(__name__)
    made.request_class = BoundedRequest
    return made


def answer(app: Flask, work: Callable[[Progress], str]):
    with app.test_request_context("/trace/v1/uploads", method="POST"):
        return progress_answer(work, lambda result: {"status": 200, "upload": result})


def lines_of(app: Flask, work: Callable[[Progress], str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in answer(app, work).response]


def test_the_last_line_is_the_result(app: Flask) -> None:
    def work(progress: Progress) -> str:
        progress("reading", 1, 2)
        progress("reading", 2, 2)
        progress("storing", 0, None)
        return "taken"

    *told, last = lines_of(app, work)

    assert last == {"status": 200, "upload": "taken"}
    assert told[-2:] == [
        {"phase": "reading", "done": 2, "total": 2},
        {"phase": "storing", "done": 0, "total": None},
    ]


def test_a_talkative_worker_makes_few_lines(app: Flask) -> None:
    def work(progress: Progress) -> str:
        for done in range(100_000):
            progress("reading", done, 100_000)
        return "taken"

    assert len(lines_of(app, work)) < 1000


def test_a_failure_is_the_last_line_with_the_status_of_its_answer(app: Flask) -> None:
    def work(progress: Progress) -> str:
        raise ConflictError("An id is taken.", code=Code.PARTIAL_UPLOAD_OFFSET)

    (last,) = lines_of(app, work)

    assert last["status"] == 409
    assert "PARTIAL-UPLOAD-OFFSET" in json.dumps(last["error"])


def test_a_reader_that_goes_stops_the_work_with_an_error_of_its_own(app: Flask) -> None:
    stopped = []

    def work(progress: Progress) -> str:
        for done in itertools.count():
            try:
                progress("reading", done, None)
            except ReaderGoneError as failure:
                stopped.append(failure)
                raise
        return "taken"

    lines = iter(answer(app, work).response)
    next(lines)
    lines.close()

    assert [type(each) for each in stopped] == [ReaderGoneError]
    assert isinstance(stopped[0], UnavailableError)


@pytest.mark.parametrize(
    ("accept", "wants"),
    [(MEDIA_TYPE, True), (f"{MEDIA_TYPE}, text/html;q=0.1", True), ("application/json", False), ("", False)],
)
def test_lines_are_for_those_who_prefer_them(app: Flask, accept: str, wants: bool) -> None:
    builder = EnvironBuilder("/", headers={"Accept": accept} if accept else {})

    with app.request_context(builder.get_environ()):
        assert wants_progress() == wants

"""Logs: JSON lines on standard error, whoever writes them."""

import json
import logging

import pytest
import structlog

from aas_registry.services.logs import configure_logging


@pytest.fixture
def lines(capsys):
    """Configure anew, on the streams of this test, and return what was logged."""
    root, before = logging.getLogger(), list(logging.getLogger().handlers)
    configure_logging("INFO")

    def read() -> list[dict[str, object]]:
        printed = capsys.readouterr()
        assert printed.out == ""
        return [json.loads(line) for line in printed.err.splitlines()]

    yield read
    root.handlers[:] = before
    structlog.contextvars.clear_contextvars()
    structlog.reset_defaults()


def test_our_own_records_carry_their_facts_and_the_request_id(lines) -> None:
    structlog.contextvars.bind_contextvars(request_id="r-1")

    structlog.get_logger("aas_registry.request").info("request", status=200)

    (line,) = lines()
    assert (line["event"], line["status"], line["request_id"]) == ("request", 200, "r-1")
    assert (line["level"], line["logger"]) == ("info", "aas_registry.request")
    assert str(line["timestamp"]).endswith("Z")


def test_records_of_the_standard_library_become_json_with_the_request_id_too(lines) -> None:
    structlog.contextvars.bind_contextvars(request_id="r-2")
    try:
        raise ValueError("reason")
    except ValueError:
        logging.getLogger("aas_registry.web.errors").exception("unforeseen %s", "error")

    (line,) = lines()
    assert (line["event"], line["level"], line["request_id"]) == ("unforeseen error", "error", "r-2")
    assert "ValueError: reason" in str(line["exception"])


def test_libraries_are_heard_from_warnings_on_and_ours_from_the_level(lines) -> None:
    logging.getLogger("some.library").info("chatter")
    logging.getLogger("some.library").warning("heed")
    logging.getLogger("aas_registry.x").debug("detail")
    structlog.get_logger("aas_registry.x").debug("detail")

    assert [line["event"] for line in lines()] == ["heed"]

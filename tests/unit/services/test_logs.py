"""Logs: JSON lines on standard error, whoever writes them."""

import json
import subprocess
import sys

import pytest

SCRIPT = """
import logging, structlog
from aas_registry.services.logs import configure_logging

configure_logging("INFO")
structlog.contextvars.bind_contextvars(request_id="r-1")
structlog.get_logger("aas_registry.request").info("request", status=200)
structlog.get_logger("aas_registry.request").debug("detail")
logging.getLogger("aas_registry.web").debug("detail")
logging.getLogger("some.library").info("chatter")
logging.getLogger("some.library").warning("heed")
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("aas_registry.web.errors").exception("unforeseen %s", "error")
"""


@pytest.fixture(scope="module")
def logged() -> list[dict[str, str]]:
    """What a process of its own logs: the logging of this one belongs to pytest."""
    ran = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert ran.stdout == ""
    return [json.loads(line) for line in ran.stderr.splitlines()]


def test_our_own_records_carry_their_facts_and_the_request_id(logged) -> None:
    line = logged[0]

    assert (line["event"], line["status"], line["request_id"]) == ("request", 200, "r-1")
    assert (line["level"], line["logger"]) == ("info", "aas_registry.request")
    assert line["timestamp"].endswith("Z")


def test_records_of_the_standard_library_become_json_with_the_request_id_too(logged) -> None:
    line = logged[-1]

    assert (line["event"], line["level"], line["request_id"]) == ("unforeseen error", "error", "r-1")
    assert "ZeroDivisionError" in line["exception"]


def test_libraries_are_heard_from_warnings_on_and_ours_from_the_level(logged) -> None:
    assert [line["event"] for line in logged] == ["request", "heed", "unforeseen error"]

"""A command line run in this process, on a registry of its own."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any

import pytest
import structlog

from aas_registry.cli.main import main
from aas_registry.settings import PREFIX


@dataclass(frozen=True)
class Ran:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def database_url() -> str:
    """The command line is the same on every database: SQLite is enough here."""
    return ""


@pytest.fixture
def configured(settings, monkeypatch) -> Iterator[None]:
    """Let the environment name the test's own registry; restore the logging that commands set up."""
    monkeypatch.setenv(f"{PREFIX}DATA_DIR", str(settings.data_dir))
    handlers = list(logging.getLogger().handlers)
    yield
    logging.getLogger().handlers[:] = handlers
    structlog.reset_defaults()


@pytest.fixture
def run(configured, capsys, monkeypatch) -> Callable[..., Ran]:
    """Run a command line and return its exit code and both streams."""

    def call(*words: object, stdin: str = "") -> Ran:
        monkeypatch.setattr(sys, "stdin", StringIO(stdin))
        capsys.readouterr()
        code = main([str(word) for word in words])
        printed = capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    return call

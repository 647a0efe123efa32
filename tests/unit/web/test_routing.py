"""What is said of a wrong request names what was expected: no class, no pattern, no word of a library."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from pydantic import BaseModel

from aas_registry.domain.errors import InvalidRequestError
from aas_registry.services.registry import open_registry
from aas_registry.settings import Settings
from aas_registry.web.app import create_app
from aas_registry.web.routing import operation_of, validated

FOREIGN = re.compile(
    r"instance of|pattern|Input |should|dictionary|function-|constrained|\^\[|Field required|Extra inputs"
    r"|\b[A-Z][a-z]+[A-Z]\w*\b|(?<!\w)_[A-Za-z]|Value error"
)
WRONG: list[Any] = [12345, 1.5, True, None, "", "C 1", "\0", "x" * 3000, [], [12], {}, {"x": 1}, -1, 10**20]


@pytest.fixture
def app(tmp_path) -> Iterator[Flask]:
    registry = open_registry(Settings(data_dir=tmp_path))
    yield create_app(registry)
    registry.close()


def test_no_message_about_a_request_names_a_class_or_a_pattern(app: Flask) -> None:
    models = {
        model
        for endpoint in app.view_functions
        if (known := operation_of_endpoint(app, endpoint)) is not None
        for model in (known.query, known.body)
        if model is not None
    }
    said = [text for model in models for text in complaints(model)]

    assert len(models) > 20
    assert not [text for text in said if FOREIGN.search(text)]
    assert 'expected text such as "BOLT" (body)' in said


def operation_of_endpoint(app: Flask, endpoint: str) -> Any:
    """Return what is known of an endpoint."""
    with app.app_context():
        return operation_of(endpoint)


def complaints(model: type[BaseModel]) -> list[str]:
    """Return what is said of every wrong value of every member of a form, and of a wrong form."""
    said: list[str] = []
    names = [info.alias or name for name, info in model.model_fields.items()]
    given: list[Any] = [{name: wrong} for name in [*names, "unheardOf"] for wrong in WRONG]
    for each in [*given, 5, "x", []]:
        try:
            validated(model, each, "body")
        except InvalidRequestError as refused:
            said += [found.message for found in refused.findings]
    return said

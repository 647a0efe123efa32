"""The OpenAPI document says what is registered, whole and valid."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from declared_answers import Declared
from flask import Flask, Response
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator

from aas_registry.services.registry import open_registry
from aas_registry.settings import Settings
from aas_registry.web.app import create_app
from aas_registry.web.openapi import describe
from aas_registry.web.schemas.example import example_of

VERSION = '{"version": 1, "sha256": "a", "recordedFrom": "today", "recordedTo": null}'
FORMATS = FormatChecker(("date", "date-time"))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    registry = open_registry(Settings(data_dir=tmp_path_factory.mktemp("data")))
    yield create_app(registry)
    registry.close()


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Push none, as pytest-flask would."""


@pytest.fixture(scope="module")
def document(app: Flask) -> dict[str, Any]:
    answer: dict[str, Any] = app.test_client().get("/openapi.json").get_json()
    return answer


@pytest.fixture(scope="module")
def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method.upper(), path): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


def wrong(operations: dict[tuple[str, str], dict[str, Any]], is_right: Callable[[Any], bool]) -> list[Any]:
    return [key for key, operation in operations.items() if not is_right(operation)]


def test_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    problems = [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()]

    assert document["openapi"] == "3.1.0"
    assert problems == []


def test_the_page_of_the_api_explains_every_status_that_is_no_success(
    operations: dict[tuple[str, str], dict[str, Any]],
) -> None:
    page = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| (\d{3}) \|", page, flags=re.MULTILINE))

    answered = {
        status
        for (_, path), operation in operations.items()
        for status in operation["responses"]
        if path.startswith(("/trace/", "/api/")) and not status.startswith("2")
    }

    assert answered >= {"304", "408", "412", "416", "423", "507"}
    assert answered - {"default"} <= explained


def test_every_route_stands_in_it(app: Flask, operations: dict[tuple[str, str], dict[str, Any]]) -> None:
    registered = {
        (method, re.sub(r"<(?:[^:<>]+(?:\([^)]*\))?:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in rule.methods or set()
        if method not in {"HEAD", "OPTIONS"}
    }

    assert set(operations) == registered


def test_every_parameter_is_described(operations: dict[tuple[str, str], dict[str, Any]]) -> None:
    silent = [
        (key, parameter["name"])
        for key, operation in operations.items()
        for parameter in operation.get("parameters", [])
        if not parameter["description"]
    ]

    assert silent == []


def test_every_variable_of_an_address_is_a_parameter(
    operations: dict[tuple[str, str], dict[str, Any]],
) -> None:
    for (_, path), operation in operations.items():
        parameters = [each for each in operation.get("parameters", []) if each["in"] == "path"]

        assert sorted(each["name"] for each in parameters) == sorted(re.findall(r"\{(\w+)\}", path))


def test_every_operation_has_a_sentence_a_permission_and_a_name_of_its_own(
    operations: dict[tuple[str, str], dict[str, Any]],
) -> None:
    names = [operation["operationId"] for operation in operations.values()]

    assert len(names) == len(set(names))
    assert wrong(operations, lambda each: each["summary"].endswith(".")) == []
    assert wrong(operations, lambda each: each["x-permission"]) == []


def test_only_public_operations_need_no_login(operations: dict[tuple[str, str], dict[str, Any]]) -> None:
    assert (
        wrong(operations, lambda each: (each["security"] == []) == (each["x-permission"] == "public")) == []
    )


def test_what_writes_says_what_it_takes(operations: dict[tuple[str, str], dict[str, Any]]) -> None:
    without = {key for key, operation in operations.items() if "requestBody" not in operation}
    writing = {key for key in operations if key[0] in {"POST", "PUT", "PATCH"}}

    assert without & writing <= {
        ("POST", "/logout"),
        ("POST", "/trace/v1/merges/{merge}/part"),  # the address says all
        ("POST", "/trace/v1/resumable-uploads"),  # headers say all
        ("POST", "/trace/v1/resumable-uploads/{partial}/take"),
        ("POST", "/trace/v1/users/{name}/enable"),  # the address says all
    }


def test_errors_have_the_shape_of_their_api(operations: dict[tuple[str, str], dict[str, Any]]) -> None:
    for (_, path), operation in operations.items():
        content = operation["responses"]["default"]["content"]
        if "application/json" in content:
            shape = content["application/json"]["schema"]["$ref"].rsplit("/", 1)[-1]
            assert shape == ("Result" if path.startswith("/api/v3") else "Problem")


def test_bodies_refuse_unknown_members(document: dict[str, Any]) -> None:
    schema = document["components"]["schemas"]["NewToken"]

    assert schema["additionalProperties"] is False
    assert schema["required"] == ["name", "role"]


def test_an_optional_parameter_is_absent_not_null(operations: dict[tuple[str, str], dict[str, Any]]) -> None:
    parameters = {each["name"]: each for each in operations["GET", "/trace/v1/lots"]["parameters"]}

    assert parameters["limit"]["schema"] == {"type": "integer", "minimum": 1}
    assert parameters["dateCode"]["required"] is False


def successes(operations: dict[tuple[str, str], dict[str, Any]]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Yield operation and status, with the content, of each success that is to have a body."""
    for key, operation in operations.items():
        for status, response in operation["responses"].items():
            if status.startswith("2") and status != "204":
                yield (*key, status), response.get("content", {})


def examples_of(content: dict[str, Any]) -> list[Any]:
    """Return every example of a media type of an answer."""
    several = [each["value"] for each in content.get("examples", {}).values()]
    return [*several, *([content["example"]] if "example" in content else [])]


def test_every_operation_declares_the_schema_and_an_example_of_its_success(
    operations: dict[tuple[str, str], dict[str, Any]],
) -> None:
    silent = {key for key, content in successes(operations) if not content}
    told = [(key, kind, each) for key, content in successes(operations) for kind, each in content.items()]

    assert silent == {("POST", "/trace/v1/resumable-uploads", "201")}  # its headers say all
    assert [
        (key, kind) for key, kind, each in told if not each["schema"].keys() & {"$ref", "anyOf", "type"}
    ] == []
    assert [
        (key, kind)
        for key, kind, each in told
        if not examples_of(each) and (kind == "application/json" or kind.startswith("text/"))
    ] == []


def test_every_example_of_a_success_is_of_its_schema(
    document: dict[str, Any], operations: dict[tuple[str, str], dict[str, Any]]
) -> None:
    wrong, seen = [], 0
    for key, contents in successes(operations):
        for kind, content in contents.items():
            validator = Draft202012Validator(
                content["schema"] | {"components": document["components"]}, format_checker=FORMATS
            )
            for example in examples_of(content):
                seen += 1
                wrong += [
                    (key, kind, each.json_path, each.message) for each in validator.iter_errors(example)
                ]

    assert wrong == []
    assert seen >= 100


def test_every_member_of_an_answer_is_described(document: dict[str, Any]) -> None:
    silent = [
        f"{name}.{member}"
        for name, schema in document["components"]["schemas"].items()
        if name.rstrip("_").endswith("Json")
        for member, told in schema["properties"].items()
        if not told.get("description")
    ]

    assert silent == []


def test_answers_have_no_members_but_those_that_are_declared(document: dict[str, Any]) -> None:
    answers = {
        name: schema
        for name, schema in document["components"]["schemas"].items()
        if name.rstrip("_").endswith("Json")
    }

    assert {name for name, schema in answers.items() if schema.get("additionalProperties") is not False} == {
        "ConceptDescriptionJson",  # objects of the AAS: their metamodel says what else there is
        "ReferenceJson",
        "ShellJson",
        "SubmodelElementJson",
        "SubmodelJson",
    }


def test_what_may_be_absent_from_an_answer_is_never_null(document: dict[str, Any]) -> None:
    outcome = document["components"]["schemas"]["EventOutcomeJson"]
    clock = document["components"]["schemas"]["ClockJson"]

    assert outcome["required"] == ["state"]
    assert outcome["properties"]["message"] == {
        "type": "string",
        "description": "The reason in words, for a person.",
    }
    assert {"type": "null"} in clock["properties"]["jumpS"]["anyOf"]
    assert "jumpS" in clock["required"]


def test_a_text_without_an_example_is_told() -> None:
    with pytest.raises(LookupError, match="no example"):
        example_of({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}, {})


@pytest.mark.parametrize(
    ("endpoint", "method", "answer", "found"),
    [
        ("operations.get_health", "GET", ('{"status": "ok", "version": "1"}', 200), None),
        (
            "operations.get_health",
            "GET",
            ('{"status": "ok", "version": "1", "load": 3}', 200),
            "'load' was un",
        ),
        ("operations.get_health", "GET", ('{"status": "ok"}', 200), "'version' is a required"),
        ("operations.get_health", "GET", ('{"status": "ok", "version": "1"}', 201), "status is not declared"),
        ("operations.get_health", "GET", ("ok", 200, "text/plain"), "text/plain is not declared"),
        ("access.delete_user", "DELETE", ("{}", 204), "a body"),
        ("clock.post_clock", "POST", ('{"messages": [{"code": "CLOCK-NOT-AS-TOLD"}]}', 409), None),
        (
            "clock.post_clock",
            "POST",
            ('{"messages": [{"code": "USER-EXISTS"}]}', 409),
            "USER-EXISTS, and only",
        ),
        (
            "account.get_sessions",
            "GET",
            ('{"paging_metadata": {}, "result": [{"id": "a"}]}', 200),
            "required",
        ),
        (
            "documents.get_versions",
            "GET",
            (f'{{"paging_metadata": {{}}, "result": [{VERSION}]}}', 200),
            "is not a 'date-time'",
        ),
    ],
)
def test_the_api_tests_find_an_answer_that_is_not_as_declared(
    app: Flask, endpoint: str, method: str, answer: tuple[Any, ...], found: str | None
) -> None:
    body, status, media_type = (*answer, "application/json")[:3]

    wrong = Declared.by(app).wrong(endpoint, method, Response(body, status, mimetype=media_type))

    assert wrong is None if found is None else found in str(wrong)


def test_is_made_once(app: Flask) -> None:
    first, second = (app.test_client().get("/openapi.json") for _ in range(2))

    assert first.headers["ETag"] == second.headers["ETag"]
    asked = app.test_client().get("/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
    assert asked.status_code == 304


def test_the_plain_page_lists_every_route(app: Flask, document: dict[str, Any]) -> None:
    page = app.test_client().get("/docs")

    assert page.status_code == 200
    assert all(f" {path}<" in page.text for path in document["paths"])
    assert not re.search(r"<script(?![^>]*\bsrc=)", page.text)
    assert not re.search(r"(?:src|href)=\"https?:", page.text)


def test_the_page_loads_swagger_ui_only_where_it_is_installed(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("aas_registry.web.pages.assets._FOLDER", tmp_path)
    without = app.test_client().get("/docs").text
    bundle = tmp_path / "vendor" / "swagger-ui-dist" / "swagger-ui-bundle.js"
    bundle.parent.mkdir(parents=True)
    bundle.touch()

    assert "swagger-ui-bundle.js" not in without
    assert "swagger-ui-bundle.js" in app.test_client().get("/docs").text


def test_describes_an_application_without_routes() -> None:
    assert describe(Flask("empty"))["paths"] == {}

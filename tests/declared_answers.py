"""Every answer of an application, held against the OpenAPI document that the application gives out."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http import HTTPStatus
from typing import Any

import orjson
from flask import Flask, Response, current_app, request, request_finished
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from aas_registry.domain.codes import Code
from aas_registry.web.openapi import describe, routes_of

_DOCUMENT = "urn:document"
_CODE = re.compile("|".join(sorted(map(re.escape, Code), key=len, reverse=True)))
_FORMATS = FormatChecker(("date", "date-time"))


class Declared:
    """What a document declares of each operation; its validators are made once."""

    def __init__(self, document: dict[str, Any], operations: dict[tuple[str, str], dict[str, Any]]) -> None:
        """Keep the document; ``operations`` are those of it by endpoint and method."""
        self._operations = operations
        resource = Resource.from_contents(document, default_specification=DRAFT202012)
        self._registry = Registry().with_resource(_DOCUMENT, resource)
        self.validator = cache(self._validator)

    @classmethod
    def by(cls, app: Flask) -> "Declared":
        document = describe(app)
        operations = {
            (each.endpoint, each.method): document["paths"][each.path][each.method.lower()]
            for each in routes_of(app)
        }
        return cls(document, operations)

    def wrong(self, endpoint: str, method: str, answer: Response) -> str | None:
        """Return what an answer has that its operation does not declare; None for nothing."""
        operation, status = self._operations.get((endpoint, method)), answer.status_code
        if operation is None or status == HTTPStatus.INTERNAL_SERVER_ERROR:
            return None
        response = operation["responses"].get(str(status))
        if response is None:
            found = None if _names_nothing(answer) else "this status is not declared"
        elif status < HTTPStatus.MULTIPLE_CHOICES:
            found = self._wrong_success(response.get("content", {}), (endpoint, method, str(status)), answer)
        else:
            found = _wrong_error(response["description"], answer)
        return found and f"{method} {endpoint} {status}: {found}"

    def _wrong_success(
        self, content: dict[str, Any], of: tuple[str, str, str], answer: Response
    ) -> str | None:
        media_type = answer.mimetype
        if not content:
            return "a body" if not answer.is_streamed and answer.get_data() else None
        if not {media_type, "*/*"} & content.keys():
            return f"{media_type} is not declared"
        if media_type != "application/json" or media_type not in content or answer.is_streamed:
            return None
        found = next(self.validator(*of).iter_errors(orjson.loads(answer.get_data())), None)
        return found and f"{found.json_path}: {found.message[:400]}"

    def _validator(self, endpoint: str, method: str, status: str) -> Draft202012Validator:
        schema = self._operations[endpoint, method]["responses"][status]["content"]["application/json"][
            "schema"
        ]
        return Draft202012Validator(_absolute(schema), registry=self._registry, format_checker=_FORMATS)


def _wrong_error(description: str, answer: Response) -> str | None:
    """Return what is wrong with the code of an error, where its operation names those of its status."""
    if answer.mimetype != "application/json" or answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
        return None
    if _names_nothing(answer):
        return None
    named, code = set(_CODE.findall(description)), answer.json["messages"][0]["code"]
    return f"{code}, and only {sorted(named)} are declared" if named and code not in named else None


def _names_nothing(answer: Response) -> bool:
    """Return whether the address has, say, a U+0000: it names nothing, whatever is asked of it."""
    if answer.status_code != HTTPStatus.NOT_FOUND or answer.mimetype != "application/json":
        return False
    return bool(answer.json["messages"][0]["code"] == Code.NOT_FOUND)


def _absolute(schema: Any) -> Any:
    """Return a schema whose references name the document they lead into."""
    if isinstance(schema, list):
        return [_absolute(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: f"{_DOCUMENT}{value}" if name == "$ref" else _absolute(value) for name, value in schema.items()
    }


@cache
def _declared() -> Declared:
    """Return what is declared, which is the same in every application: their routes are."""
    return Declared.by(current_app)


@contextmanager
def held_against_the_document() -> Iterator[list[str]]:
    """Look at every answer that an application of this process gives; yield what is wrong, as it is found."""
    wrong: list[str] = []

    def look(sender: Flask, response: Response, **_: Any) -> None:
        method = "GET" if request.method == "HEAD" else request.method
        if request.endpoint is not None and (found := _declared().wrong(request.endpoint, method, response)):
            wrong.append(found)

    with request_finished.connected_to(look):
        yield wrong

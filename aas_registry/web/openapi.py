"""The OpenAPI document, made from the operations that are registered.

A route states once what it takes, gives and needs (`web.routing.Operation`); this module
only writes that down in OpenAPI's form. Nothing is described by hand beside the code.

Source:
    OpenAPI Specification 3.1.0; its schemas are JSON Schema 2020-12, as pydantic makes them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from aas_registry import __version__
from aas_registry.domain.codes import Code
from aas_registry.domain.deadlines import Work
from aas_registry.domain.findings import Severity
from aas_registry.domain.principals import Permission
from aas_registry.web.routing import Operation
from aas_registry.web.schemas.answer import FileAnswer, absent_not_null
from aas_registry.web.schemas.example import example_of

Json = dict[str, Any]

_SCHEMA = "#/components/schemas/"
_VARIABLE = re.compile(r"<(?:(?P<converter>[a-z_]+)(?:\((?P<arguments>[^)]*)\))?:)?(?P<name>\w+)>")
_AAS_PREFIX = "/api/v3"
_NO_BODY = {HTTPStatus.NO_CONTENT, HTTPStatus.SEE_OTHER, HTTPStatus.NOT_MODIFIED}
_BYTES = {"format": "binary"}
_OF_FILES = {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}
_OF_VALUES = {HTTPStatus.OK, HTTPStatus.CREATED}
_PATH_PARAMETERS = {
    "anchor": "Id of a trust anchor, as its list gives it.",
    "certificate": "Id of a certificate, as this server gave it.",
    "change": "`disable` locks the user out, `enable` lets the user in again.",
    "code": "Code of a language, such as `de`.",
    "event": "Id of an event, as its sender gave it.",
    "filename": "Name of a file of the pages.",
    "identifier": "Identifier of the shell, submodel or concept description: base64url of UTF-8.",
    "kind": "Kind of the object.",
    "lot": "Id of a material lot, as this server gave it.",
    "merge": "Id of a merge, as their list gives it.",
    "name": "Name of the user.",
    "partial": "Id of a resumable upload, as the Location of its creation gave it.",
    "party": "Id of a supplier, manufacturer or customer, as the search gave it.",
    "path": "idShort path, such as `Reels[3].Quantity` (IDTA-01002).",
    "report": "Id of a report, as this server gave it.",
    "session": "Id of a session, as the list of sessions gives it; not what the cookie carries.",
    "shipment": "Id of a shipment, as this server gave it.",
    "token": "Id of a token, as its list gives it; not the token itself.",
    "unit": "Id of a unit, as this server gave it.",
    "upload": "Id of an upload, as this server gave it.",
    "version": "Digest of all files of the pages.",
}
_MESSAGE = {
    "type": "object",
    "required": ["code", "correlationId", "messageType", "text", "timestamp"],
    "properties": {
        "code": {"type": "string", "enum": [code.value for code in Code]},
        "correlationId": {"type": "string", "description": "The request id, for the log."},
        "messageType": {"type": "string", "enum": ["Error", "Exception"]},
        "text": {"type": "string", "description": "One sentence for a person."},
        "timestamp": {"type": "string", "format": "date-time"},
    },
}
_FINDING = {
    "type": "object",
    "required": ["severity", "code", "message"],
    "properties": {
        "severity": {"type": "string", "enum": [severity.value for severity in Severity]},
        "code": {"type": "string", "enum": [code.value for code in Code]},
        "message": {"type": "string"},
        "file": {"type": "string", "description": "Name of the uploaded file."},
        "part": {"type": "string", "description": "Part of the package."},
        "path": {"type": "string", "description": "Element path, parameter, or JSON pointer."},
        "constraint": {"type": "string", "description": "Constraint of the AAS metamodel."},
        "row": {"type": "integer", "minimum": 1},
        "column": {"type": "integer", "minimum": 1},
        "value": {"type": "string", "description": "What stands there, shortened."},
    },
}
_MESSAGES = {"type": "array", "minItems": 1, "items": {"$ref": _SCHEMA + "Message"}}
_SHAPES: Json = {
    "Message": _MESSAGE,
    "Finding": _FINDING,
    "Result": {
        "type": "object",
        "description": "An error of the AAS API (IDTA-01002).",
        "required": ["messages"],
        "properties": {"messages": _MESSAGES},
        "additionalProperties": False,
    },
    "Problem": {
        "type": "object",
        "description": "An error of our own API: a Result, and the findings that explain it.",
        "required": ["messages", "findings"],
        "properties": {
            "messages": _MESSAGES,
            "findings": {"type": "array", "items": {"$ref": _SCHEMA + "Finding"}},
        },
    },
}
_SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A token of 256 random bits."},
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "aas_registry",
        "description": "The session of a login; writing needs the header X-CSRFToken too.",
    },
}


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one address.

    Attributes:
        rule: The address with its variables, as it was registered.
        endpoint: Its unique name.
        known: What was said of it.
    """

    rule: str
    method: str
    endpoint: str
    known: Operation

    @property
    def path(self) -> str:
        """Return the address as OpenAPI writes it."""
        return _VARIABLE.sub(lambda found: f"{{{found['name']}}}", self.rule)


def routes_of(app: Flask) -> Iterator[Route]:
    """Yield every method of every route that was registered with an operation, by address."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: each.rule):
        known = getattr(app.view_functions[rule.endpoint], "operation", None)
        if known is not None:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield Route(rule.rule, method, rule.endpoint, known)


def tags_of(routes: Sequence[Route]) -> list[str]:
    """Return the groups of routes in the order to show them: what programs ask comes first."""
    ordered = sorted(routes, key=lambda each: (each.known.is_page, each.known.tag))
    return list(dict.fromkeys(each.known.tag for each in ordered))


def describe(app: Flask) -> Json:
    """Return the OpenAPI 3.1.0 document of an application, as JSON."""
    routes = list(routes_of(app))
    models = dict.fromkeys(model for each in routes for model in _models(each.known))
    refs, definitions = models_json_schema(
        [(model, "validation") for model in models], ref_template=_SCHEMA + "{model}"
    )
    schemas: Json = definitions.get("$defs", {})
    names = {model: refs[model, "validation"]["$ref"].removeprefix(_SCHEMA) for model in models}
    queries = {names[each.known.query] for each in routes if each.known.query is not None}
    written = _Components(names, schemas | _SHAPES)
    paths: Json = {}
    for each in routes:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each, written)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "AAS traceability registry",
            "version": __version__,
            "summary": "Component lots, their certificates, and where they went.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in tags_of(routes)],
        "paths": paths,
        "components": {
            "schemas": {name: each for name, each in written.schemas.items() if name not in queries},
            "securitySchemes": _SECURITY,
        },
    }


@dataclass(frozen=True, slots=True)
class _Components:
    """The schemas that operations refer to, and the names of the models among them."""

    names: Mapping[type[BaseModel], str]
    schemas: Json


def _models(known: Operation) -> Iterator[type[BaseModel]]:
    yield from (model for model in (known.query, known.body) if model is not None)
    yield from (form for form in known.gives if not isinstance(form, FileAnswer))


def _operation(route: Route, written: _Components) -> Json:
    known = route.known
    query = {} if known.query is None else written.schemas[written.names[known.query]]
    parameters = [*_parameters(route, query)]
    described: Json = {
        "operationId": route.endpoint,
        "summary": known.summary,
        "tags": [known.tag],
        "x-permission": known.permission.value,
        "security": [] if known.permission is Permission.PUBLIC else [{"bearer": []}, {"cookie": []}],
        "responses": _responses(route, written),
    }
    if parameters:
        described["parameters"] = parameters
    content = _request_content(known, written.names)
    if content:
        described["requestBody"] = {"required": True, "content": content}
    return described


def _parameters(route: Route, query: Json) -> Iterator[Json]:
    """Yield the variables of the address, the members of the query's schema, the headers."""
    for found in _VARIABLE.finditer(route.rule):
        schema: Json = {"type": "integer" if found["converter"] == "int" else "string"}
        if found["converter"] == "any":
            schema["enum"] = [value.strip() for value in found["arguments"].split(",")]
        text = _PATH_PARAMETERS.get(found["name"], "")
        yield _parameter("path", found["name"], schema, is_required=True, text=text)
    for name, member in query.get("properties", {}).items():
        schema = absent_not_null(member)
        is_required, text = name in query.get("required", ()), schema.pop("description", "")
        yield _parameter("query", name, schema, is_required=is_required, text=text)
    for name, text in route.known.headers.items():
        yield _parameter("header", name, {"type": "string"}, is_required=False, text=text)


def _parameter(place: str, name: str, schema: Json, *, is_required: bool, text: str) -> Json:
    return {"name": name, "in": place, "required": is_required, "description": text, "schema": schema}


def _request_content(known: Operation, names: Mapping[type[BaseModel], str]) -> Json:
    if known.body is not None:
        return {"application/json": {"schema": {"$ref": _SCHEMA + names[known.body]}}}
    content: Json = {
        media_type: {"schema": {"description": text}} for media_type, text in known.takes.items()
    }
    if "multipart/form-data" in content:
        file = {"type": "string", "contentMediaType": "application/octet-stream"}
        content["multipart/form-data"]["schema"] = {
            "type": "object",
            "description": known.takes["multipart/form-data"],
            "required": ["file"],
            "properties": {"file": file},
        }
    return content


def _responses(route: Route, written: _Components) -> Json:
    known = route.known
    is_aas = route.rule.startswith(_AAS_PREFIX)
    shape = {"application/json": {"schema": {"$ref": _SCHEMA + ("Result" if is_aas else "Problem")}}}
    failed = {"text/html": {"schema": {"type": "string"}}} if known.is_page else shape
    responses: Json = {}
    for status, text in known.answers.items():
        response: Json = {"description": text}
        if status >= HTTPStatus.BAD_REQUEST:
            response["content"] = failed
        elif status not in _NO_BODY and known.gives:
            response["content"] = _success_content(known, status, written)
        responses[str(status)] = response
    for status, text in _everywhere(route):
        content = {} if status in _NO_BODY else {"content": failed}
        responses.setdefault(str(status), {"description": text} | content)
    responses["default"] = {"description": "Any other error.", "content": failed}
    return responses


def _success_content(known: Operation, status: int, written: _Components) -> Json:
    """Return what a success holds: what was made is told as JSON, a part of something is a part of a file."""
    content: Json = {}
    values: dict[str, Json] = {}
    for form in known.gives:
        if not isinstance(form, FileAnswer):
            values[written.names[form]] = {"$ref": _SCHEMA + written.names[form]}
        elif status in _OF_FILES:
            schema = {"type": "string", "description": form.description}
            is_text = form.example is not None
            told = {"schema": schema, "example": form.example} if is_text else {"schema": schema | _BYTES}
            content[form.media_type] = told
    if values and status in _OF_VALUES:
        examples = {name: {"value": example_of(each, written.schemas)} for name, each in values.items()}
        shape = next(iter(values.values())) if len(values) == 1 else {"anyOf": list(values.values())}
        content["application/json"] = {"schema": shape, "examples": examples}
    return content


def _everywhere(route: Route) -> Iterator[tuple[int, str]]:
    known = route.known
    if known.permission is not Permission.PUBLIC:
        yield 303 if known.is_page else 401, "Nobody known is asking."
        yield 403, "The role may not do this."
    if not known.is_page or known.query is not None or route.method != "GET":
        yield 400, "The request is not of this form."
    if known.is_page and _VARIABLE.search(route.rule):
        yield 404, "There is none that you may see."
    if known.body is not None or known.takes:
        yield 408, "BODY-TOO-SLOW: the body came too slowly, or stopped."
        yield 413, "The body is over the limit."
        yield 415, "Another media type, or a Content-Encoding other than gzip."
        yield 507, "STORAGE-FULL: no room is left on the disk; nothing was kept."
    code = Code.UPLOAD_TIMEOUT if known.work is Work.UPLOAD else Code.QUESTION_TIMEOUT
    texts = [
        f"{code}: it took longer than the setting {known.work}_timeout_s.",
        f"{Code.UNAVAILABLE}: the database is busy, or what is needed cannot be reached.",
        *([] if route.method == "GET" else [f"{Code.CLOCK_JUMPED}: nothing is recorded while it has."]),
    ]
    yield 503, " ".join(texts)

"""Every parameter of every route, and every body, with values that nobody should send: never a 5xx."""

import re
from urllib.parse import quote

import pytest
from aas_samples import id64, lot_aasx
from flask import Flask
from plant_samples import events

from aas_registry.services.keys import init_keys
from aas_registry.web.openapi import describe

pytestmark = pytest.mark.check

VALUES = [
    "", " ", "\0", "a\0b", "%00", "é漢\U0001f600", "\ud7ff\ufffe", "\u202e", "x" * 3000, "-1", "0", "1", "1e400", "NaN",
    "9" * 400, "9223372036854775808", "2026-02-30T00:00:00Z", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59.999999-23:59", "'; DROP TABLE lot; --", "%", "_", "*", "\\", "[", "a[0]", "..", "../../etc/passwd",
    "{}", "null", "true", "A" * 22, id64("urn:x"), id64("\0"), id64("x" * 2049), id64("{}"), id64('{"keys":[{"value":[]}]}'),
]  # fmt: skip
JSON_VALUES = [
    None, True, 0, -1, 2**63, 2**70, 1e308, "", "a\0b", "x" * 5000, [], [[]], {}, {"a": {}}, ["é" * 300], [None] * 3,
]  # fmt: skip
SHARES = 3


@pytest.fixture
def settings(settings, clock):
    init_keys(settings.data_dir, organization="Plant", now=clock())
    return settings


@pytest.fixture
def document(app: Flask) -> dict:
    return describe(app)


@pytest.fixture
def real(bolt, quality):
    """Put a lot and a plant on record; return what exists, for the variables of addresses."""
    upload = bolt.upload(lot_aasx("0042"), "lot.aasx").get_json()
    quality.post("/trace/v1/events", json=events())
    [unit, *_] = quality.get("/trace/v1/units?serial=BRD-1").get_json()["result"]
    return {
        "upload": upload["id"],
        "lot": upload["lots"][0]["id"],
        "unit": unit["id"],
        "identifier": id64("https://bolt.example/lots/0042/LotData"),
        "path": "LotCode",
        "kind": "submodel",
    }


def operations(document):
    """Yield what can be asked; what removes comes last."""
    every = [(path, *each) for path, item in document["paths"].items() for each in item.items()]
    for path, method, operation in sorted(every, key=lambda each: each[1] == "delete"):
        if path not in {"/logout", "/login", "/metrics"}:
            yield method.upper(), path, operation


def asked(path, variables):
    return re.sub(r"\{(\w+)\}", lambda found: quote(variables.get(found[1], "unknown"), safe=""), path)


@pytest.mark.parametrize(
    "share", [0, *(pytest.param(each, marks=pytest.mark.night) for each in range(1, SHARES))]
)
def test_no_value_of_a_parameter_fails_the_server(document, real, administrator, database_url, share) -> None:
    """Send each parameter a share of the values, another on each database; every value meets many."""
    failed = []
    for number, (method, path, operation) in enumerate(operations(document), start=bool(database_url)):
        for place, parameter in enumerate(operation.get("parameters", []), start=number + share):
            for value in VALUES[place % SHARES :: SHARES]:
                if parameter["in"] == "path":
                    address, query = asked(path, real | {parameter["name"]: value}), {}
                else:
                    address, query = asked(path, real), {parameter["name"]: value}
                status = administrator.send(method, address, query_string=query).status_code
                if status >= 500:
                    failed.append(f"{status} {method} {path} {parameter['name']}={value[:40]!r}")

    assert failed == []


def test_no_member_of_a_body_fails_the_server(document, real, administrator) -> None:
    failed = []
    for method, path, operation in operations(document):
        content = operation.get("requestBody", {}).get("content", {})
        reference = content.get("application/json", {}).get("schema", {}).get("$ref")
        if reference is None:
            continue
        schema = document["components"]["schemas"][reference.rsplit("/", 1)[-1]]
        valid = dict.fromkeys(schema.get("required", ()), "x")
        for name in schema["properties"]:
            for value in JSON_VALUES:
                answer = administrator.send(method, asked(path, real), json=valid | {name: value})
                if answer.status_code >= 500:
                    failed.append(f"{answer.status_code} {method} {path} {name}={str(value)[:40]}")

    assert failed == []


def test_no_json_fails_what_reads_its_body_itself(document, real, administrator) -> None:
    failed = []
    for method, path, operation in operations(document):
        if "application/json" in operation.get("requestBody", {}).get("content", {}):
            for value in [
                *JSON_VALUES,
                *({"modelType": each, "id": each, "type": each} for each in JSON_VALUES),
            ]:
                answer = administrator.send(method, asked(path, real), json=value)
                if answer.status_code >= 500:
                    failed.append(f"{answer.status_code} {method} {path} {str(value)[:60]}")

    assert failed == []

"""Environments, written object by object: what JSON and XML can say, and which of them is taken."""

import io
import json
from typing import Any

import pytest
from aas_samples import concept, shell, submodel, text

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.package import Identifiable, IdentifiableKind
from aas_registry.formats.aas.environment_writer import (
    Source,
    fitting_metamodel,
    source_of,
    write_fitting_environment,
    write_json,
    write_xml,
)

KINDS = {kind.model_type: kind for kind in IdentifiableKind}


def source(*bodies: dict[str, Any]) -> Source:
    return source_of(
        Identifiable(kind=KINDS[each["modelType"]], identifier=each["id"], id_short=None, body=each)
        for each in bodies
    )


def fitting(*bodies: dict[str, Any], **options: Any) -> tuple[Any, bytes]:
    stream = io.BytesIO()
    written = write_fitting_environment(source(*bodies), stream, **options)
    return written, stream.getvalue()


def test_json_is_canonical_whatever_the_order_of_the_objects() -> None:
    stream = io.BytesIO()

    write_json(source(submodel("urn:b"), concept("urn:c"), shell("urn:a"), submodel("urn:d")), stream)

    found = json.loads(stream.getvalue())
    assert list(found) == ["assetAdministrationShells", "conceptDescriptions", "submodels"]
    assert [each["id"] for each in found["submodels"]] == ["urn:b", "urn:d"]
    assert b": " not in stream.getvalue()


def test_an_environment_without_objects_is_an_empty_object() -> None:
    stream = io.BytesIO()

    write_json(source(), stream)

    assert stream.getvalue() == b"{}"


@pytest.mark.parametrize(
    "body",
    [
        submodel("urn:a", text("Odd", "\x01")),
        submodel("urn:a") | {"unknown": "member"},
        submodel("urn:a") | {"submodelElements": "none"},
    ],
)
def test_what_xml_cannot_say_is_refused_as_xml_and_written_as_json(body: dict[str, Any]) -> None:
    with pytest.raises(RefusedError) as refused:
        write_xml(source(body), io.BytesIO(), metamodel="3.1")
    written, content = fitting(body)

    assert refused.value.code is Code.EXPORT_NOT_XML
    assert (written.data_format, written.metamodel, written.reason.code) == (
        "json",
        None,
        Code.EXPORT_NOT_XML,
    )
    assert json.loads(content) == {"submodels": [body]}


def test_the_objects_that_xml_cannot_say_are_listed_up_to_a_hundred() -> None:
    many = [submodel(f"urn:{number}") | {"unknown": 1} for number in range(103)]

    with pytest.raises(RefusedError) as refused:
        write_xml(source(*many), io.BytesIO(), metamodel="3.1")

    assert len(refused.value.findings) == 101
    assert refused.value.findings[-1].message.startswith("103 objects")


def test_a_carriage_return_survives() -> None:
    written, content = fitting(submodel("urn:a", text("Lines", "a\r\nb")))

    assert written.data_format == "xml"
    assert b"a&#13;\nb" in content


def test_the_version_of_the_xml_may_be_given() -> None:
    written, content = fitting(submodel("urn:a"), metamodel="3.0")

    assert (written.data_format, written.metamodel) == ("xml", "3.0")
    assert b"https://admin-shell.io/aas/3/0" in content


def test_objects_without_violations_fit_the_newest_version() -> None:
    assert fitting_metamodel(source(submodel("urn:a", text("Code")), shell("urn:b"))) == "3.1"

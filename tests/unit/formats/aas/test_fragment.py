"""Single objects: of every kind, also elements, which a package cannot hold alone."""

import json
from typing import Any

import pytest
from aas_content import make_submodel

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.profile import Profile
from aas_registry.formats.aas.fragment import read_fragment

PROPERTY = {"modelType": "Property", "idShort": "LotCode", "valueType": "xs:string", "value": "0042"}
PROPERTY_XML = (
    b'<property xmlns="https://admin-shell.io/aas/3/0"><idShort>LotCode</idShort>'
    b"<valueType>xs:string</valueType><value>0042</value></property>"
)


@pytest.mark.parametrize(
    ("body", "kind"), [(make_submodel(), IdentifiableKind.SUBMODEL), (PROPERTY, "element")]
)
def test_reads_json(body: dict[str, Any], kind: str, limits: Limits) -> None:
    fragment = read_fragment(json.dumps(body).encode(), limits=limits)

    assert (fragment.kind, fragment.body, fragment.metamodel) == (kind, body, "3.1")


def test_reads_an_element_in_xml_by_the_version_of_its_namespace(limits: Limits) -> None:
    fragment = read_fragment(PROPERTY_XML, limits=limits)

    assert (fragment.kind, fragment.body, fragment.metamodel) == ("element", PROPERTY, "3.0")


def test_checks_by_the_version_that_the_caller_knows(limits: Limits) -> None:
    content = json.dumps({"modelType": "Entity", "idShort": "Part"}).encode()

    assert read_fragment(content, limits=limits, metamodel="3.1").findings == ()
    with pytest.raises(RefusedError) as raised:
        read_fragment(content, limits=limits, metamodel="3.0")
    assert raised.value.findings[0].path == "entityType"


@pytest.mark.parametrize("body", [{**PROPERTY, "poem": 1}, make_submodel(poem=1)])
def test_reports_or_refuses_as_the_profile_says(body: dict[str, Any], limits: Limits) -> None:
    content = json.dumps(body).encode()

    assert read_fragment(content, limits=limits, profile=Profile.REPORT).body == body
    with pytest.raises(RefusedError) as raised:
        read_fragment(content, limits=limits)
    assert raised.value.code is Code.AAS_MEMBER_UNKNOWN


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", Code.UPLOAD_TYPE_UNKNOWN),
        (b"[]", Code.AAS_MODEL_TYPE),
        (b'{"submodels": []}', Code.AAS_MODEL_TYPE),
        (b'{"modelType": "Poem"}', Code.AAS_MODEL_TYPE),
        (b'<environment xmlns="https://admin-shell.io/aas/3/1"/>', Code.AAS_MODEL_TYPE),
    ],
)
def test_refuses_what_is_no_single_object(content: bytes, code: Code, limits: Limits) -> None:
    with pytest.raises(RefusedError) as raised:
        read_fragment(content, limits=limits, profile=Profile.REPORT)

    assert raised.value.code is code

"""AAS XML: the namespace names the version, attributes beside the metamodel do not matter."""

import pytest
from aas_content import SUBMODEL_XML, make_xml

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import IdentifiableKind
from aas_registry.formats.aas_xml import read_xml


@pytest.mark.parametrize("version", ["3.0", "3.1"])
def test_reads_by_the_rules_that_the_namespace_names(version: str, limits: Limits) -> None:
    namespace = f"https://admin-shell.io/aas/{version.replace('.', '/')}"

    environment = read_xml(make_xml(SUBMODEL_XML, namespace=namespace), limits=limits)

    assert environment.metamodel == version
    assert environment.identifiables[0].body == {"modelType": "Submodel", "id": "urn:example:submodel"}


def test_passes_over_schema_locations_and_comments(limits: Limits) -> None:
    xml = (
        b'<?xml version="1.0"?><!-- x --><e:environment xmlns:e="https://admin-shell.io/aas/3/1" '
        b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b" version="9">'
        b'<e:submodels><e:submodel xsi:type="x"><e:id>urn:a</e:id></e:submodel></e:submodels></e:environment>'
    )

    assert read_xml(xml, limits=limits).identifiables[0].identifier == "urn:a"


def test_reads_a_single_submodel(limits: Limits) -> None:
    xml = b'<submodel xmlns="https://admin-shell.io/aas/3/1"><id>urn:a</id></submodel>'

    entry = read_xml(xml, limits=limits).identifiables[0]

    assert (entry.kind, entry.identifier, entry.path) == (IdentifiableKind.SUBMODEL, "urn:a", "")


@pytest.mark.parametrize(
    "body",
    [
        "<submodels><submodel><id>urn:a</id><poem/></submodel></submodels>",
        "<submodels><submodel/></submodels>",
        "<submodels><submodel><id x='1'>urn:a</id></submodel></submodels>",
        "<poems/>",
    ],
)
def test_refuses_what_the_metamodel_does_not_know(body: str, limits: Limits) -> None:
    with pytest.raises(RefusedError) as raised:
        read_xml(make_xml(body), limits=limits)

    assert raised.value.code is Code.AAS_UNREADABLE


def test_reports_a_violated_constraint_at_its_path(limits: Limits) -> None:
    xml = make_xml("<submodels><submodel><idShort>1</idShort><id>urn:a</id></submodel></submodels>")

    finding = read_xml(xml, limits=limits, part="/aasx/data.xml").findings[0]

    assert (finding.code, finding.path, finding.part) == (
        Code.AAS_CONSTRAINT,
        "submodels[0].idShort",
        "/aasx/data.xml",
    )
